//! Values of fresh identifiers (`semantics.md` 5.5): one for each match and variable, from its seed or numbered after its name.

use std::sync::Arc;

use c_syntax::print::{self, TypeParts};
use matcher::{Bindings, RuleMatch, Value};
use rustc_hash::FxHashMap;
use smpl_parser::{MvId, MvKind, Rule, SeedPart};

use super::env;
use super::script::{Input, ScriptError, ScriptHost};

/// Numbers for fresh identifiers without a seed, by name. One for each group of files, so that threads do not show.
#[derive(Debug, Default)]
pub struct Counters(FxHashMap<String, u32>);

/// Gives the fresh identifiers of a rule their values in one match: in the bindings of its edits and in what it exports.
///
/// # Errors
/// If the script of a seed failed.
pub fn assign(
    rule: &Rule,
    found: &mut RuleMatch,
    counters: &mut Counters,
    host: &mut Option<&mut dyn ScriptHost>,
) -> Result<(), ScriptError> {
    let fresh: Vec<(MvId, &[SeedPart])> = (rule.metavars.iter().enumerate())
        .filter_map(|(i, m)| match &m.kind {
            MvKind::Fresh(parts) if m.inherited.is_none() && (m.in_plus || m.used_after) => {
                Some((MvId(i as u32), &parts[..]))
            }
            _ => None,
        })
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut made = Made::default();
    let mut done: Vec<(Arc<Bindings>, Arc<Bindings>)> = Vec::new();
    for touch in &mut found.touches {
        if let Some((_, new)) = done.iter().find(|(old, _)| Arc::ptr_eq(old, &touch.bindings)) {
            touch.bindings = new.clone();
            continue;
        }
        let mut all = (*touch.bindings).clone();
        for (var, parts) in &fresh {
            let text = made.get(rule, *var, parts, &touch.bindings, counters, host)?;
            put(&mut all, *var, Value::Text(text));
        }
        let new = Arc::new(all);
        done.push((touch.bindings.clone(), new.clone()));
        touch.bindings = new;
    }
    for (var, parts) in &fresh {
        if rule.metavars[var.0 as usize].used_after {
            let bindings = Bindings(found.exports.clone());
            let text = made.get(rule, *var, parts, &bindings, counters, host)?;
            found.exports.push((*var, Value::Text(text)));
        }
    }
    found.exports.sort_by_key(|e| e.0);
    Ok(())
}

/// The values of one match: those of a variable whose seed names the same values are one.
#[derive(Default)]
struct Made(FxHashMap<MvId, Vec<Known>>);

/// The values of a seed, and the text made from them.
type Known = (Vec<u64>, Arc<str>);

impl Made {
    fn get(
        &mut self,
        rule: &Rule,
        var: MvId,
        parts: &[SeedPart],
        bindings: &Bindings,
        counters: &mut Counters,
        host: &mut Option<&mut dyn ScriptHost>,
    ) -> Result<Arc<str>, ScriptError> {
        let known = self.0.entry(var).or_default();
        // Where a variable of the seed is not bound, the value is that of the match's other places.
        let seeds: Option<Vec<u64>> = (parts.iter().flat_map(variables))
            .filter(|v| *v != var)
            .map(|v| bindings.get(v).map(|value| env::value_key(value, false)))
            .collect();
        let found = match &seeds {
            Some(key) => known.iter().find(|(k, _)| k == key),
            None => known.first(),
        };
        if let Some((_, text)) = found {
            return Ok(text.clone());
        }
        let text = value(rule, var, parts, bindings, counters, host)?;
        known.push((seeds.unwrap_or_default(), text.clone()));
        Ok(text)
    }
}

/// The variables that a part of a seed names.
fn variables(part: &SeedPart) -> Vec<MvId> {
    match part {
        SeedPart::Text(_) | SeedPart::Virtual(_) => Vec::new(),
        SeedPart::Var(v) => vec![*v],
        SeedPart::Script(call) => call.params.iter().map(|(_, v)| *v).collect(),
    }
}

fn put(bindings: &mut Bindings, var: MvId, value: Value) {
    match bindings.0.binary_search_by_key(&var, |b| b.0) {
        Ok(i) => bindings.0[i].1 = value,
        Err(i) => bindings.0.insert(i, (var, value)),
    }
}

fn value(
    rule: &Rule,
    var: MvId,
    parts: &[SeedPart],
    bindings: &Bindings,
    counters: &mut Counters,
    host: &mut Option<&mut dyn ScriptHost>,
) -> Result<Arc<str>, ScriptError> {
    if parts.is_empty() {
        let name = &rule.metavars[var.0 as usize].name;
        let n = counters.0.entry(name.clone()).or_default();
        *n += 1;
        return Ok(format!("{name}{n}").into());
    }
    if let [SeedPart::Text(text)] = parts {
        // A seed of nothing but text is numbered from 0, all such seeds together (`features.md` 3).
        let n = counters.0.entry(String::new()).or_default();
        *n += 1;
        return Ok(format!("{text}{}", *n - 1).into());
    }
    let mut out = String::new();
    for part in parts {
        match part {
            SeedPart::Text(text) | SeedPart::Virtual(text) => out.push_str(text),
            SeedPart::Var(v) => out.push_str(&bindings.get(*v).map(text_of).unwrap_or_default()),
            SeedPart::Script(call) => {
                let inputs: Vec<Input> =
                    call.params.iter().filter_map(|(_, v)| bindings.get(*v).cloned().map(Input::Value)).collect();
                if let Some(host) = host
                    && let Some(text) = host.evaluate(call, &inputs)?
                {
                    out.push_str(&text);
                }
            }
        }
    }
    Ok(out.into())
}

/// A value as text, for names made of it.
fn text_of(value: &Value) -> String {
    match value {
        Value::Text(t) => t.to_string(),
        Value::Term(t) => String::from_utf8_lossy(t.tree().node_text(t.node)).into_owned(),
        Value::Type(t) => {
            let parts = TypeParts { tree: t.specs.tree(), specs: t.specs.node, ops: &t.ops };
            String::from_utf8_lossy(&print::type_text(parts, b"")).into_owned()
        }
        Value::Length(n) => n.to_string(),
        _ => String::new(),
    }
}

//! Applies isomorphisms to the rules of a patch (`smpl-front-end.md` section 10).

use c_syntax::{Diagnostic, Label, Span};

use crate::ast::{Item, ItemId, SemanticPatch};
use crate::iso::{self, ApplyOptions, IsoSet};
use crate::parse::{ParseOptions, UsedIsos};
use crate::words;

/// Rewrites the patterns of all rules, each with its isomorphisms.
pub(crate) fn expand(
    patch: &mut SemanticPatch,
    options: &ParseOptions<'_>,
    used: &[UsedIsos],
    diags: &mut Vec<Diagnostic>,
) {
    let standard = options.isos.map(|(name, text)| read(name, text, diags)).unwrap_or_default();
    let more: Vec<(Option<ItemId>, IsoSet)> = used.iter().map(|u| (u.rule, read(&u.path, &u.text, diags))).collect();
    let star = patch.star;
    for (i, item) in patch.items.iter_mut().enumerate() {
        let Item::Rule(rule) = item else { continue };
        let id = ItemId(i as u32);
        let sets: Vec<&IsoSet> = std::iter::once(&standard)
            .chain(more.iter().filter(|(r, _)| r.is_none_or(|r| r == id)).map(|(_, s)| s))
            .collect();
        let mut disabled = Vec::new();
        for name in rule.disabled.iter().chain(options.disabled_isos) {
            let meant = iso::resolve_name(name, &sets);
            if meant.is_empty() && name != "all" {
                diags.push(unknown(&rule.name, name, &sets));
            }
            disabled.push(name.clone());
            disabled.extend(meant.into_iter().map(str::to_owned));
        }
        let apply = ApplyOptions { disabled: &disabled, limit: options.iso_limit, star };
        let applied = iso::apply(&mut rule.pattern, &mut rule.metavars, &sets, &apply);
        rule.disabled = disabled;
        diags.extend(applied.diagnostics);
        rule.words = words::of_rule(rule);
        if let Some(prototype) = &mut rule.prototype {
            prototype.words = words::of_rule(prototype);
        }
    }
}

/// Reads isomorphisms; messages name their file, since their places are not in the patch.
fn read(name: &str, text: &str, diags: &mut Vec<Diagnostic>) -> IsoSet {
    let (set, messages) = iso::parse(text);
    for mut d in messages {
        let at = (d.primary.span.start as usize).min(text.len());
        let line = 1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        d.message = format!("{name}:{line}: {}", d.message);
        d.primary = Label { file: 0, span: Span::default(), text: "while reading isomorphisms".to_owned() };
        d.secondary.clear();
        diags.push(d);
    }
    set
}

fn unknown(rule: &str, name: &str, sets: &[&IsoSet]) -> Diagnostic {
    let d = Diagnostic::error(
        "E007",
        Span::default(),
        format!("{rule}: there is no isomorphism `{name}`"),
        "named after `disable`",
    );
    let known = sets.iter().flat_map(|s| s.names()).chain(iso::BUILT_IN);
    match crate::codes::similar(name, known) {
        Some(near) => d.help(format!("did you mean `{near}`?")),
        None => d,
    }
}

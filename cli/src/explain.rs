//! `spatch-rs explain`: why the rules of a semantic patch do not match at a line of a C file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use c_syntax::{Diagnostic, Label};
use clap::Args;
use rewriter::run::explain::{C_FILE, Explained, RULE_FILE};
use serde_json::{Value, json};
use smpl_parser::Item;

use crate::apply;
use crate::args::ApplyArgs;
use crate::diagnostics;
use crate::group::Runner;
use crate::patch::{self, Loaded};

/// Options of `explain`.
#[derive(Args, Debug, Clone)]
pub struct ExplainArgs {
    /// Print an array of objects instead of drawings.
    #[arg(long)]
    json: bool,
    /// Only this rule.
    #[arg(long, value_name = "NAME")]
    rule: Option<String>,
    /// What the semantic patch is run with; the one path is FILE:LINE.
    #[command(flatten)]
    apply: ApplyArgs,
}

/// Explains.
///
/// # Errors
/// If the place is none, or a file cannot be read.
pub fn run(args: ExplainArgs, words: &[String]) -> Result<ExitCode> {
    let places: Vec<PathBuf> = args.apply.paths.iter().filter(|p| place(p).is_some()).cloned().collect();
    let [only] = &places[..] else { bail!("name one place as FILE:LINE") };
    let Some((file, line)) = place(only) else { bail!("name one place as FILE:LINE") };
    if !file.is_file() {
        bail!("cannot read {}", file.display());
    }
    let json = args.json;
    let wanted = args.rule.clone();
    let mut own = args.apply;
    own.paths = own.paths.into_iter().map(|p| if p == *only { file.clone() } else { p }).collect();
    let prepared = match apply::prepare(own, &apply_words(words, only, &file))? {
        Ok(prepared) => prepared,
        Err(code) => return Ok(code),
    };
    if prepared.patches.is_empty() {
        bail!("no semantic patch named; use --sp-file FILE.cocci (see --help)");
    }
    let text = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let lines = text.iter().filter(|b| **b == b'\n').count() + usize::from(text.last().is_some_and(|b| *b != b'\n'));
    if line == 0 || line as usize > lines {
        bail!("{} has {lines} lines", file.display());
    }
    let runner = Runner::new(&prepared.args, &prepared.patches)?;
    let mut found = Vec::new();
    for (i, patch) in prepared.patches.iter().enumerate() {
        let mut explained = runner.explain(i, &file, &text, line);
        disabled(patch, &mut explained, (&file, &text, line))?;
        found.extend(explained.into_iter().map(|e| (patch, e)));
    }
    if let Some(name) = &wanted {
        found.retain(|(_, e)| e.rule == *name);
        if found.is_empty() {
            bail!("there is no rule `{name}`");
        }
    }
    if json {
        let list: Vec<Value> = found.iter().map(|(p, e)| as_json(p, e, &file, &text)).collect();
        anstream::println!("{}", serde_json::to_string_pretty(&Value::Array(list))?);
    } else {
        let c_text = String::from_utf8_lossy(&text).into_owned();
        for (i, (patch, e)) in found.iter().enumerate() {
            if i > 0 {
                anstream::println!();
            }
            let sources = [(file.display().to_string(), c_text.clone()), (patch.name.clone(), patch.text().to_owned())];
            anstream::println!("{}", diagnostics::render(&sources, &e.message, true));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Tries again with the isomorphisms that rules disable: whether that is what keeps one from matching.
fn disabled(patch: &Loaded, explained: &mut [Explained], (file, text, line): (&Path, &[u8], u32)) -> Result<()> {
    let rules = patch.program.patch.items.iter().filter_map(|i| match i {
        Item::Rule(r) => Some((r.name.as_str(), r.disabled.iter().map(|d| format!("`{d}`")).collect())),
        Item::Script(_) => None,
    });
    let names: BTreeMap<&str, BTreeSet<String>> = rules.filter(|(_, d): &(_, BTreeSet<_>)| !d.is_empty()).collect();
    if !explained.iter().any(|e| !e.matches && names.contains_key(e.rule.as_str())) {
        return Ok(());
    }
    let args = ApplyArgs { all_isos: true, ..patch.args.clone() };
    let patch::Reading::Ready(again) = patch::load(Path::new(&patch.name), &args, &mut patch::Library::default())?
    else {
        return Ok(());
    };
    let again = [*again];
    let runner = Runner::new(&args, &again)?;
    let others = runner.explain(0, file, text, line);
    for e in explained.iter_mut().filter(|e| !e.matches) {
        let Some(names) = names.get(e.rule.as_str()) else { continue };
        if others.iter().any(|o| o.rule == e.rule && o.matches) {
            e.reason = "disabled-iso";
            e.message.notes.retain(|n| !n.contains("isomorphism"));
            let names = names.iter().cloned().collect::<Vec<_>>().join(", ");
            e.message.help = Some(format!("with the isomorphisms that are disabled here ({names}) the rule matches"));
        }
    }
    Ok(())
}

/// File and line of `FILE:LINE`.
fn place(path: &Path) -> Option<(PathBuf, u32)> {
    let text = path.to_str()?;
    let (file, line) = text.rsplit_once(':')?;
    Some((PathBuf::from(file), line.parse().ok()?))
}

/// The words of the command line that are for the run.
fn apply_words(words: &[String], place: &Path, file: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let mut words = words.iter().skip_while(|w| *w == "explain");
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => {}
            "--rule" => {
                words.next();
            }
            w if w.starts_with("--rule=") => {}
            w if Path::new(w) == place => out.push(file.display().to_string()),
            w => out.push(w.to_owned()),
        }
    }
    out
}

fn as_json(patch: &Loaded, e: &Explained, file: &Path, text: &[u8]) -> Value {
    let texts = [String::from_utf8_lossy(text).into_owned(), patch.text().to_owned()];
    let names = [file.display().to_string(), patch.name.clone()];
    let label = |l: &Label| {
        let (text, name) = (&texts[l.file.min(RULE_FILE) as usize], &names[l.file.min(RULE_FILE) as usize]);
        let at = |offset: u32| {
            let before = &text.as_bytes()[..(offset as usize).min(text.len())];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = before.iter().rev().take_while(|b| **b != b'\n').count();
            json!({ "line": line, "column": column })
        };
        json!({ "file": name, "start": at(l.span.start), "end": at(l.span.end), "text": l.text })
    };
    let Diagnostic { message, primary, secondary, notes, help, .. } = &e.message;
    debug_assert_eq!(C_FILE, 0);
    json!({
        "rule": e.rule,
        "semantic_patch": patch.name,
        "matches": e.matches,
        "reason": e.reason,
        "message": message,
        "place": label(primary),
        "labels": secondary.iter().map(label).collect::<Vec<_>>(),
        "path": e.path,
        "notes": notes,
        "help": help,
    })
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn places() {
        assert_eq!(place("a/b.c:12".as_ref()), Some(("a/b.c".into(), 12)));
        for no in ["a.c", "a.c:", "a.c:x", "a.c:-1"] {
            assert_eq!(place(no.as_ref()), None, "{no}");
        }
    }
}

//! `spatch-rs parse-cocci`: reads semantic patches and prints them as understood.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use c_syntax::{Diagnostic, Severity};
use clap::Args;
use matcher::CompiledRule;
use serde_json::{Value, json};
use smpl_parser::{
    Dep, Item, ItemId, MetaVar, ParseOptions, Quantifier, Rule, Script, ScriptSource, SemanticPatch, WordFormula,
    parse, show,
};
use walkdir::WalkDir;

use crate::patch::Library;
use crate::{diagnostics, text};

/// Options of `parse-cocci`.
#[derive(Args, Debug, Clone, Default)]
pub struct ParseCocciArgs {
    /// Semantic patches, and directories of them.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Switch on a virtual rule, or give a virtual identifier its value.
    #[arg(short = 'D', long = "define", value_name = "NAME[=VALUE]")]
    pub define: Vec<String>,
    /// Isomorphisms to use instead of the standard ones.
    #[arg(long, alias = "iso", value_name = "FILE.iso")]
    pub iso_file: Option<PathBuf>,
    /// Do not use an isomorphism; `all` for none at all.
    #[arg(long, value_name = "NAME")]
    pub disable_iso: Vec<String>,
    /// Print each rule after isomorphisms too.
    #[arg(long)]
    pub variants: bool,
    /// Print the formula that each rule is matched with too.
    #[arg(long)]
    pub formula: bool,
    /// Print only how many were read, and how often each message was given.
    #[arg(long)]
    pub summary: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Figures of a run.
#[derive(Default)]
struct Counts {
    files: usize,
    refused: usize,
    rules: usize,
    scripts: usize,
    warnings: usize,
    /// How often each message was given.
    codes: BTreeMap<&'static str, usize>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a file cannot be read.
pub fn run(args: &ParseCocciArgs) -> Result<ExitCode> {
    let isos = Library::default().isos(args.iso_file.as_deref())?;
    let mut counts = Counts::default();
    let mut out = String::new();
    let mut list = Vec::new();
    for path in files(&args.paths)? {
        counts.files += 1;
        let name = path.display().to_string();
        let text = read(&path)?;
        let include = |wanted: &str| beside(&path, wanted);
        let options = ParseOptions {
            iso_limit: None,
            reverse: false,
            defines: &args.define,
            isos: Some(&isos),
            all_isos: false,
            disabled_isos: &args.disable_iso,
            include: &include,
        };
        let (patch, messages) = parse(&name, &text, &options);
        messages.iter().for_each(|m| *counts.codes.entry(m.code).or_default() += 1);
        counts.warnings += messages.iter().filter(|m| m.severity == Severity::Warning).count();
        if !args.json && !(args.summary && patch.is_some()) {
            diagnostics::show(&name, &text, &messages);
        }
        let Some(patch) = patch else {
            counts.refused += 1;
            list.push(json!({ "file": name, "read": false, "messages": messages.iter().map(|m| message(m, &text)).collect::<Vec<_>>() }));
            continue;
        };
        counts.rules += patch.items.iter().filter(|i| matches!(i, Item::Rule(_))).count();
        counts.scripts += patch.items.iter().filter(|i| matches!(i, Item::Script(_))).count();
        if args.json {
            list.push(as_json(&patch, &name, &messages, &text, args));
        } else if !args.summary {
            print(&patch, args, &mut out);
        }
    }
    if args.json {
        anstream::println!("{}", serde_json::to_string_pretty(&Value::Array(list))?);
    } else {
        anstream::print!("{out}");
    }
    if args.summary {
        anstream::println!(
            "{} files: {} read, {} refused; {} rules, {} scripts, {} warnings",
            counts.files,
            counts.files - counts.refused,
            counts.refused,
            counts.rules,
            counts.scripts,
            counts.warnings
        );
        if !counts.codes.is_empty() {
            let codes: Vec<String> = counts.codes.iter().map(|(code, n)| format!("{code} {n}")).collect();
            anstream::println!("messages: {}", codes.join(", "));
        }
    }
    Ok(if counts.refused > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in paths {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.with_context(|| path.display().to_string())?;
            if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "cocci") {
                out.push(entry.into_path());
            }
        }
    }
    Ok(out)
}

fn read(path: &Path) -> Result<String> {
    text::read(path)
}

fn beside(patch: &Path, wanted: &str) -> Option<(String, String)> {
    let near = patch.parent().unwrap_or(Path::new("")).join(wanted);
    let path = if near.is_file() { near } else { PathBuf::from(wanted) };
    read(&path).ok().map(|text| (path.display().to_string(), text))
}

fn print(patch: &SemanticPatch, args: &ParseCocciArgs, out: &mut String) {
    let _ = writeln!(out, "== {}", patch.name);
    for (title, names) in
        [("virtual", &patch.virtuals), ("options", &patch.options), ("typedef", &patch.names.typedefs)]
    {
        if !names.is_empty() {
            let _ = writeln!(out, "{title} {}", names.join(" "));
        }
    }
    for item in &patch.items {
        match item {
            Item::Rule(r) => {
                print_rule(patch, r, args, out);
                if let Some(p) = &r.prototype {
                    let _ = writeln!(out, "for prototypes, after {}:", r.name);
                    print_rule(patch, p, args, out);
                }
            }
            Item::Script(s) => print_script(patch, s, out),
        }
    }
}

fn print_rule(patch: &SemanticPatch, rule: &Rule, args: &ParseCocciArgs, out: &mut String) {
    let mut header = rule.name.clone();
    if rule.depends != Dep::True {
        let _ = write!(header, " depends on {}", dep(patch, &rule.depends));
    }
    if !rule.disabled.is_empty() {
        let _ = write!(header, " disable {}", rule.disabled.join(", "));
    }
    match rule.quantifier {
        Some(Quantifier::Exists) => header.push_str(" exists"),
        Some(Quantifier::Forall) => header.push_str(" forall"),
        None => {}
    }
    let _ = writeln!(out, "\n@ {header} @  // {:?}, line {}", rule.kind, rule.line);
    for m in &rule.metavars {
        let _ = writeln!(out, "{}", variable(patch, m));
    }
    let written = show::pattern(&rule.written, &rule.metavars);
    let _ = writeln!(out, "@@\n{}", written.trim_end());
    let pattern = show::pattern(&rule.pattern, &rule.metavars);
    if args.variants && pattern != written {
        let _ = writeln!(out, "with isomorphisms:\n{}", pattern.trim_end());
    }
    if rule.words != WordFormula::True {
        let _ = writeln!(out, "words: {}", words(&rule.words));
    }
    if let Some(effect) = &rule.effect {
        let _ = writeln!(out, "words for a change: {}", words(effect));
    }
    if args.formula {
        let _ = writeln!(out, "formula: {}", CompiledRule::new(rule, false).show());
    }
}

fn variable(patch: &SemanticPatch, m: &MetaVar) -> String {
    let mut notes = Vec::new();
    if m.used_after {
        notes.push("used later".to_owned());
    }
    if m.unitary {
        notes.push("unitary".to_owned());
    }
    if m.in_plus {
        notes.push("in added code".to_owned());
    }
    if let Some(v) = m.inherited {
        notes.push(format!("from {}", name(patch, v.item)));
    }
    if !matches!(m.constraint, smpl_parser::Constraint::True) {
        notes.push("constrained".to_owned());
    }
    let note = if notes.is_empty() { String::new() } else { format!("  // {}", notes.join(", ")) };
    format!("{} {};{note}", show::kind(&m.kind), m.name)
}

fn print_script(patch: &SemanticPatch, s: &Script, out: &mut String) {
    let _ = writeln!(out, "\n@ script:{} {} @  // {:?}, line {}", s.language, s.name, s.phase, s.line);
    if s.depends != Dep::True {
        let _ = writeln!(out, "// depends on {}", dep(patch, &s.depends));
    }
    for i in &s.inputs {
        let from = match &i.source {
            ScriptSource::Var(v) => match patch.items.get(v.item.0 as usize) {
                Some(Item::Rule(r)) => {
                    let var = r.metavars.get(v.var as usize).map_or("?", |m| m.name.as_str());
                    format!("{}.{var}", r.name)
                }
                Some(Item::Script(s)) => {
                    format!("{}.{}", s.name, s.outputs.get(v.var as usize).map_or("?", String::as_str))
                }
                None => "nothing".to_owned(),
            },
            ScriptSource::Virtual(n, value) => format!("virtual.{n} ({})", value.as_deref().unwrap_or("unset")),
            ScriptSource::Merge(n) => format!("merge.{n}"),
        };
        let _ = writeln!(out, "{} << {from};", i.name);
    }
    for o in &s.outputs {
        let _ = writeln!(out, "{o};");
    }
    let _ = writeln!(out, "@@\n{}", s.code.trim_end());
}

fn name(patch: &SemanticPatch, id: ItemId) -> &str {
    match patch.items.get(id.0 as usize) {
        Some(Item::Rule(r)) => &r.name,
        Some(Item::Script(s)) => &s.name,
        None => "a rule that never applies",
    }
}

fn dep(patch: &SemanticPatch, d: &Dep) -> String {
    match d {
        Dep::True => "true".to_owned(),
        Dep::False => "false".to_owned(),
        Dep::Matched(i) => name(patch, *i).to_owned(),
        Dep::Ever(i) => format!("ever {}", name(patch, *i)),
        Dep::Never(i) => format!("never {}", name(patch, *i)),
        Dep::Not(d) => format!("!({})", dep(patch, d)),
        Dep::And(a, b) => format!("({} && {})", dep(patch, a), dep(patch, b)),
        Dep::Or(a, b) => format!("({} || {})", dep(patch, a), dep(patch, b)),
        Dep::FileIn(p) => format!("file in {p:?}"),
        Dep::Forall(d) => format!("forall {}", dep(patch, d)),
    }
}

fn words(w: &WordFormula) -> String {
    let list = |l: &[WordFormula], sep: &str| {
        let parts: Vec<String> = l.iter().map(words).collect();
        format!("({})", parts.join(sep))
    };
    match w {
        WordFormula::True => "anything".to_owned(),
        WordFormula::False => "nothing".to_owned(),
        WordFormula::Word(w) => w.clone(),
        WordFormula::And(l) => list(l, " && "),
        WordFormula::Or(l) => list(l, " || "),
    }
}

fn message(m: &Diagnostic, text: &str) -> Value {
    let at = (m.primary.span.start as usize).min(text.len());
    let line = 1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
    json!({
        "severity": format!("{:?}", m.severity).to_lowercase(),
        "code": m.code,
        "line": line,
        "start": m.primary.span.start,
        "end": m.primary.span.end,
        "message": m.message,
        "label": m.primary.text,
        "help": m.help,
    })
}

fn as_json(patch: &SemanticPatch, file: &str, messages: &[Diagnostic], text: &str, args: &ParseCocciArgs) -> Value {
    let items: Vec<Value> = patch
        .items
        .iter()
        .map(|i| match i {
            Item::Rule(r) => json!({
                "rule": r.name,
                "line": r.line,
                "kind": format!("{:?}", r.kind),
                "depends": dep(patch, &r.depends),
                "disabled": r.disabled,
                "star": r.star,
                "transforms": r.transforms,
                "metavariables": r.metavars.iter().map(|m| json!({
                    "name": m.name,
                    "kind": show::kind(&m.kind),
                    "inherited": m.inherited.map(|v| name(patch, v.item).to_owned()),
                    "used_after": m.used_after,
                    "unitary": m.unitary,
                    "in_plus": m.in_plus,
                })).collect::<Vec<_>>(),
                "pattern": show::pattern(&r.written, &r.metavars),
                "with_isomorphisms": show::pattern(&r.pattern, &r.metavars),
                "words": words(&r.words),
                "formula": args.formula.then(|| CompiledRule::new(r, false).show()),
            }),
            Item::Script(s) => json!({
                "script": s.name,
                "line": s.line,
                "language": s.language,
                "phase": format!("{:?}", s.phase),
                "depends": dep(patch, &s.depends),
                "outputs": s.outputs,
                "code": s.code,
            }),
        })
        .collect();
    let messages: Vec<Value> = messages.iter().map(|m| message(m, text)).collect();
    json!({
        "file": file,
        "read": true,
        "virtual": patch.virtuals,
        "options": patch.options,
        "items": items,
        "messages": messages,
    })
}

//! The conformance suite: cases `NAME.cocci`, `NAME.c`, `NAME.res`, judged by tokens and byte for byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use rayon::prelude::*;
use spatch_tests::laws;

use crate::binary;
use crate::ctokens;
use crate::score::{Entry, Reasons, Scores, settle};

/// Arguments of `cargo xtask conformance`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `conformance/cases` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Write the score file.
    #[arg(long)]
    update: bool,
    /// Run with `--coccinelle-quirks`.
    #[arg(long)]
    quirks: bool,
    /// Print the difference of failing cases.
    #[arg(long, short)]
    verbose: bool,
    /// Only these cases.
    cases: Vec<String>,
}

/// How a case ended.
struct Judged {
    name: String,
    tokens: bool,
    exact: bool,
    /// Exact only with `--coccinelle-quirks`: the layout is one of the deliberate differences.
    quirk: bool,
    scripts: Option<&'static str>,
    /// Laws of rewriting that the result breaks, and whether the compiler accepted the original.
    broken: Vec<String>,
    compiled: bool,
    /// First line of the error output, or what kind of failure it is.
    group: String,
    detail: String,
}

/// Runs all cases, prints failures grouped by how they fail, compares with the recorded scores.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("conformance", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let dir = data.join("conformance/cases");
    let names = case_names(&dir, &args.cases)?;
    let judged: Vec<Judged> = names.par_iter().map(|name| judge_both(&dir, name, &bin, args)).collect::<Result<_>>()?;
    let mut groups: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    let mut scores = Scores::default();
    for case in &judged {
        let mut entry = Entry::default();
        entry.marks.extend(case.tokens.then(|| "tokens".to_owned()));
        entry.marks.extend(case.exact.then(|| "exact".to_owned()));
        scores.0.insert(case.name.clone(), entry);
        if !case.tokens {
            groups.entry(case.group.as_str()).or_default().push(case);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|g| std::cmp::Reverse(g.1.len()));
    for (group, cases) in groups {
        let names: Vec<&str> = cases.iter().map(|c| c.name.as_str()).collect();
        println!("{:4} {group}\n     {}", cases.len(), names.join(" "));
        if args.verbose {
            cases.iter().for_each(|c| println!("===== {}\n{}", c.name, c.detail));
        }
    }
    if args.verbose {
        for case in judged.iter().filter(|c| c.tokens && !c.exact) {
            println!("===== {} (not exact)\n{}", case.name, case.detail);
        }
    }
    for (label, wanted) in [("no scripts", None), ("Python", Some("python")), ("OCaml", Some("ocaml"))] {
        let of: Vec<&Judged> = judged.iter().filter(|c| c.scripts == wanted).collect();
        let tokens = of.iter().filter(|c| c.tokens).count();
        let exact = of.iter().filter(|c| c.exact).count();
        println!("conformance: {label}: tokens {tokens}, exact {exact}, of {}", of.len());
    }
    let quirks: Vec<&str> = judged.iter().filter(|c| c.quirk).map(|c| c.name.as_str()).collect();
    println!("conformance: exact with --coccinelle-quirks only: {} ({})", quirks.len(), quirks.join(" "));
    let named = |c: &&Judged| c.name.ends_with(SPACING);
    let spacing = judged.iter().filter(named).filter(|c| c.exact).count();
    println!("conformance: {SPACING}: exact {spacing}, of {}", judged.iter().filter(named).count());
    let known = Reasons::read("laws.tsv")?;
    let mut lawful = true;
    for case in judged.iter().filter(|c| !c.broken.is_empty()) {
        match known.0.get(&case.name) {
            Some(reason) => println!("LAW {}: {reason}", case.name),
            None => {
                case.broken.iter().for_each(|law| println!("LAW BROKEN {}: {law}", case.name));
                lawful = false;
            }
        }
    }
    let kept = |c: &&Judged| c.broken.is_empty() && known.0.contains_key(&c.name);
    for case in judged.iter().filter(kept) {
        println!("LAW {} is kept: its row in tests/scores/laws.tsv can go", case.name);
        lawful = false;
    }
    let broken = judged.iter().filter(|c| !c.broken.is_empty()).count();
    let compiled = judged.iter().filter(|c| c.compiled).count();
    println!(
        "conformance: laws of rewriting: {broken} results break one; {compiled} originals were accepted by the compiler"
    );
    if !args.cases.is_empty() {
        return Ok(if lawful { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let fine = lawful & settle("conformance", "conformance.tsv", &scores, &["tokens", "exact"], args.update)?;
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The cases, in order.
pub(crate) fn case_names(dir: &Path, only: &[String]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|e| e == "res") && (only.is_empty() || only.contains(&name)) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The ending of cases whose result is what people wish for, and not what the reference prints.
const SPACING: &str = "_spacingfailure";

/// Judges a case. The results were printed by the reference, so a layout that differs on purpose is judged with the switch that turns it off.
fn judge_both(dir: &Path, name: &str, bin: &Path, args: &Args) -> Result<Judged> {
    let first = judge(dir, name, bin, args.quirks)?;
    if !first.tokens || first.exact || args.quirks || name.ends_with(SPACING) {
        return Ok(first);
    }
    let second = judge(dir, name, bin, true)?;
    Ok(if second.exact {
        Judged { quirk: true, broken: first.broken, compiled: first.compiled, ..second }
    } else {
        first
    })
}

fn judge(dir: &Path, name: &str, bin: &Path, quirks: bool) -> Result<Judged> {
    let cocci = rule_file(dir, name);
    let input = dir.join(format!("{name}.c"));
    let expected = std::fs::read(dir.join(format!("{name}.res")))?;
    let rule = String::from_utf8_lossy(&std::fs::read(&cocci)?).into_owned();
    let wanted_output = dir.join(format!("{name}.stdout"));
    let out = tempfile::tempdir()?;
    // The names that the suite's scripts know: its folder is `tests`, seen from where it runs.
    std::os::unix::fs::symlink(dir, out.path().join("tests"))?;
    let result_file = out.path().join("result.c");
    let mut command = Command::new(bin);
    command.current_dir(out.path()).arg("--very-quiet").arg("--sp-file").arg(&cocci).arg("-o").arg(&result_file);
    if quirks {
        command.arg("--coccinelle-quirks");
    }
    // What is changed is told where it does not come between what scripts print.
    command.arg(if wanted_output.exists() { "--no-show-diff" } else { "--show-edits" });
    command.arg(Path::new("tests").join(input.file_name().unwrap_or_default()));
    let run = binary::run(&mut command, Duration::from_secs(20))?;
    let original = std::fs::read(&input)?;
    let result = std::fs::read(&result_file).unwrap_or_else(|_| original.clone());
    let mut tokens = ctokens::tokens(&result) == ctokens::tokens(&expected);
    let mut exact = tokens && ctokens::exact(&result, &expected);
    if wanted_output.exists() && std::fs::read(&wanted_output)? != run.stdout {
        (tokens, exact) = (false, false);
    }
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    let mut group = group_of(&run, &errors, result == original, original == expected);
    if rule.contains("script:ocaml") || rule.contains("initialize:ocaml") {
        group = format!("OCaml: {group}");
    }
    let (broken, compiled) =
        if result == original { (Vec::new(), false) } else { laws(&run, &original, &result, &expected)? };
    let detail = if exact { String::new() } else { format!("{errors}{}", difference(&expected, &result)?) };
    Ok(Judged {
        name: name.to_owned(),
        tokens,
        exact,
        quirk: false,
        broken,
        compiled,
        scripts: scripts(&rule),
        group,
        detail,
    })
}

/// The laws of rewriting (`spatch_tests::laws`) that a result breaks; whether the compiler accepts the original
/// and what is expected, and so must accept the result.
fn laws(run: &binary::Run, original: &[u8], result: &[u8], expected: &[u8]) -> Result<(Vec<String>, bool)> {
    let mut broken = Vec::new();
    broken.extend(laws::no_new_error(original, result).err());
    let origins = laws::origins(&run.stdout, |_| original.len());
    broken.extend(laws::changed_lines(original, result, origins.first().map(|o| &o.1)).err());
    let dir = tempfile::tempdir()?;
    let names = crate::unified::parse(&run.stdout);
    if let Some(name) = names.keys().next() {
        let place = dir.path().join(name);
        std::fs::create_dir_all(place.parent().unwrap_or(dir.path()))?;
        std::fs::write(place, original)?;
        broken.extend(laws::git_applies(dir.path(), &run.stdout).err());
    }
    let compiled = compiles(dir.path(), original)? && compiles(dir.path(), expected)?;
    if compiled && !compiles(dir.path(), result)? {
        broken.push("the compiler no longer accepts it".to_owned());
    }
    Ok((broken, compiled))
}

/// Whether `cc` accepts a text.
fn compiles(dir: &Path, text: &[u8]) -> Result<bool> {
    let file = dir.join("compiled.c");
    std::fs::write(&file, text)?;
    let mut command = Command::new("cc");
    command.args(["-fsyntax-only", "-w", "-std=gnu11"]).arg(&file);
    Ok(binary::run(&mut command, Duration::from_secs(20))?.code == Some(0))
}

fn scripts(rule: &str) -> Option<&'static str> {
    if rule.contains(":ocaml") {
        Some("ocaml")
    } else if rule.contains(":python") {
        Some("python")
    } else {
        None
    }
}

/// The semantic patch of a case.
pub(crate) fn rule_file(dir: &Path, name: &str) -> PathBuf {
    let own = dir.join(format!("{name}.cocci"));
    if own.exists() {
        return own;
    }
    let base = name.rfind("_ver").map_or(name, |at| &name[..at]);
    dir.join(format!("{base}.cocci"))
}

fn group_of(run: &binary::Run, errors: &str, unchanged: bool, no_change_wanted: bool) -> String {
    if run.timed_out {
        return "time limit".to_owned();
    }
    if errors.contains("panicked") || run.code.is_none() {
        return "crash".to_owned();
    }
    if run.code == Some(2) {
        let first =
            errors.lines().find(|l| l.starts_with("error")).unwrap_or_else(|| errors.lines().next().unwrap_or(""));
        return format!("error: {}", first.chars().take(110).collect::<String>());
    }
    match (unchanged, no_change_wanted) {
        (true, false) => "nothing changed".to_owned(),
        (false, true) => "changed, should not".to_owned(),
        _ => "changed otherwise".to_owned(),
    }
}

fn difference(expected: &[u8], got: &[u8]) -> Result<String> {
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("expected"), expected)?;
    std::fs::write(dir.path().join("got"), got)?;
    let mut command = Command::new("diff");
    command.current_dir(dir.path()).args(["-u", "expected", "got"]);
    let run = binary::run(&mut command, Duration::from_secs(10))?;
    Ok(String::from_utf8_lossy(&run.stdout).into_owned())
}

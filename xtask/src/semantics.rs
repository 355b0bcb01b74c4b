//! The behaviour cases of the matching engine: a rule, C text, and the changed lines and messages that are expected.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use rayon::prelude::*;

use crate::binary;
use crate::score::{Entry, Scores, settle};

/// Arguments of `cargo xtask semantics`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `cases/semantics` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Write the score file.
    #[arg(long)]
    update: bool,
    /// Run without `--coccinelle-quirks`: the deliberate differences show.
    #[arg(long)]
    default_mode: bool,
    /// Print the expected and the actual lines of failing cases.
    #[arg(long, short)]
    verbose: bool,
    /// Only these cases (prefixes).
    cases: Vec<String>,
}

struct Case {
    name: String,
    flags: Vec<String>,
    smpl: String,
    files: Vec<(&'static str, String)>,
    expected: Vec<String>,
}

/// Runs the cases, prints failures, compares with the recorded score.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("semantics", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let cases = read_cases(&data.join("cases/semantics"), &args.cases)?;
    let results: Vec<(&Case, Vec<String>, String)> = cases
        .par_iter()
        .map(|case| {
            let (lines, full) = run_case(case, &bin, !args.default_mode)?;
            Ok((case, lines, full))
        })
        .collect::<Result<_>>()?;
    let mut scores = Scores::default();
    for (case, lines, full) in &results {
        let ok = *lines == case.expected;
        let mut entry = Entry::default();
        if ok {
            entry.marks.push("pass".to_owned());
        } else {
            println!("FAIL {}", case.name);
            if args.verbose {
                println!("--- rule\n{}--- C\n{}", case.smpl, case.files[0].1);
                println!(
                    "--- expected\n{}\n--- got\n{}\n--- all output\n{full}",
                    case.expected.join("\n"),
                    lines.join("\n")
                );
            }
        }
        scores.0.insert(case.name.clone(), entry);
    }
    let file = if args.default_mode { "semantics-default.tsv" } else { "semantics.tsv" };
    if !args.cases.is_empty() {
        println!("semantics: {} of {} pass", scores.count("pass"), results.len());
        return Ok(ExitCode::SUCCESS);
    }
    let fine = settle("semantics", file, &scores, &["pass"], args.update)?;
    let scripted = cases.iter().filter(|c| c.smpl.contains("script:") || c.smpl.contains("initialize:")).count();
    let free = results.iter().filter(|(c, l, _)| !c.smpl.contains("script:") && *l == c.expected).count();
    println!("semantics: without scripts {free} of {}", results.len() - scripted);
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read_cases(dir: &Path, only: &[String]) -> Result<Vec<Case>> {
    let mut names: Vec<PathBuf> = std::fs::read_dir(dir)
        .with_context(|| dir.display().to_string())?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "t"))
        .collect();
    names.sort();
    let mut cases = Vec::new();
    for path in names {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if only.is_empty() || only.iter().any(|o| name.starts_with(o.as_str())) {
            let text = std::fs::read(&path)?;
            cases.push(parse_case(name, &String::from_utf8_lossy(&text)));
        }
    }
    Ok(cases)
}

fn parse_case(name: String, text: &str) -> Case {
    let mut case = Case { name, flags: Vec::new(), smpl: String::new(), files: Vec::new(), expected: Vec::new() };
    let mut section = "";
    let mut expected = String::new();
    for line in text.split_inclusive('\n') {
        let head = line.trim_end_matches('\n');
        let word = head.strip_prefix('#').map(|h| h.split(' ').next().unwrap_or_default());
        match word {
            Some("desc") => section = "desc",
            Some("flags") => {
                section = "flags";
                case.flags.extend(head.split_whitespace().skip(1).map(str::to_owned));
            }
            Some("smpl") => section = "smpl",
            Some("c") => {
                section = "c";
                case.files.push(("t.c", String::new()));
            }
            Some("c2") => {
                section = "c";
                case.files.push(("u.c", String::new()));
            }
            Some("expect") => section = "expect",
            _ => match section {
                "flags" => case.flags.extend(line.split_whitespace().map(str::to_owned)),
                "smpl" => case.smpl.push_str(line),
                "c" => {
                    if let Some(f) = case.files.last_mut() {
                        f.1.push_str(line);
                    }
                }
                "expect" => expected.push_str(line),
                _ => {}
            },
        }
    }
    case.expected = kinds(&expected);
    case
}

fn run_case(case: &Case, bin: &Path, quirks: bool) -> Result<(Vec<String>, String)> {
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("t.cocci"), &case.smpl)?;
    for (name, text) in &case.files {
        std::fs::write(dir.path().join(name), text)?;
    }
    let mut command = Command::new(bin);
    command.current_dir(dir.path()).args(["--sp-file", "t.cocci"]).args(&case.flags);
    if quirks {
        command.arg("--coccinelle-quirks");
    }
    command.args(case.files.iter().map(|f| f.0));
    let run = binary::run(&mut command, Duration::from_secs(20))?;
    let mut full = String::from_utf8_lossy(&run.stdout).into_owned();
    full.push_str(&String::from_utf8_lossy(&run.stderr));
    if run.timed_out {
        full.push_str("TIME LIMIT\n");
    }
    Ok((kinds(&full), full))
}

/// What counts of an output: changed lines and script output as they are, messages by kind.
fn kinds(text: &str) -> Vec<String> {
    const NOISE: [&str; 6] = ["--- ", "+++ ", "@@ ", "diff ", "\\ No newline", "warning: line"];
    let mut messages: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        if NOISE.iter().any(|n| line.starts_with(n)) {
            continue;
        }
        if line.starts_with(['+', '-']) || line.starts_with("OUT") {
            lines.push(line.trim_end().to_owned());
            continue;
        }
        if let Some(kind) = message_kind(line)
            && !messages.iter().any(|m| m == kind)
        {
            messages.push(kind.to_owned());
        }
    }
    messages.sort();
    messages.extend(lines);
    messages
}

fn message_kind(line: &str) -> Option<&'static str> {
    let has = |s: &str| line.contains(s);
    if has("but only removed, so safe") || has("may be inconsistently modified") || has("not used in") {
        None
    } else if has("already tagged") || has("conflict") || has("ask for different changes of the same code") {
        Some("!conflict")
    } else if has("inconsistent") {
        Some("!inconsistent")
    } else if has("inherited over modifications") || (has("position") && has("modif")) {
        Some("!position-over-modification")
    } else if has("not allowed in the first column") || has("mix") || has("marks code with `*`") {
        Some("!star-mix")
    } else {
        None
    }
}

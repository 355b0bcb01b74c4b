//! The rewriting examples: rule, C text before, and the bytes that two versions of the reference make of it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Deserialize;

use crate::binary;
use crate::score::{Entry, Scores, settle};

/// Arguments of `cargo xtask rewriting`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `cases/rewriting-examples.json` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// The binary to measure instead of a fresh release build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Write the score file.
    #[arg(long)]
    update: bool,
    /// Run without `--coccinelle-quirks`: the deliberate differences show.
    #[arg(long)]
    default_mode: bool,
    /// Print rule, text, expected and actual result of failing cases.
    #[arg(long, short)]
    verbose: bool,
    /// Only these cases (numbers such as `E12`, or parts of ids).
    cases: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

/// Texts are Latin-1: each character is one byte.
#[derive(Deserialize)]
struct Case {
    id: String,
    num: Option<String>,
    opts: String,
    smpl: String,
    before: String,
    after_master: Option<String>,
    after_1_1_1: Option<String>,
}

impl Case {
    fn name(&self) -> String {
        match &self.num {
            Some(num) => format!("{num} {}", self.id),
            None => self.id.clone(),
        }
    }

    /// The recorded results.
    fn expected(&self) -> Vec<Vec<u8>> {
        [&self.after_master, &self.after_1_1_1].into_iter().flatten().map(|t| bytes(t)).collect()
    }
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\t', "⇥")
}

/// Runs the cases, prints failures, compares with the recorded score.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("rewriting", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let path = data.join("cases/rewriting-examples.json");
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let file: File = serde_json::from_slice(&text)?;
    let wanted = |c: &&Case| {
        let hit = |w: &String| c.num.as_ref() == Some(w) || c.id == *w;
        !c.expected().is_empty() && (args.cases.is_empty() || args.cases.iter().any(hit))
    };
    let cases: Vec<&Case> = file.cases.iter().filter(wanted).collect();
    let results: Vec<(&Case, Vec<u8>, String)> = cases
        .par_iter()
        .map(|case| run_case(case, &bin, !args.default_mode).map(|(text, log)| (*case, text, log)))
        .collect::<Result<_>>()?;
    let mut scores = Scores::default();
    for (case, got, log) in &results {
        let mut entry = Entry::default();
        if case.expected().contains(got) {
            entry.marks.push("exact".to_owned());
        } else {
            println!("FAIL {}", case.name());
            if args.verbose {
                report(case, got, log);
            }
        }
        scores.0.insert(case.name(), entry);
    }
    let name = if args.default_mode { "rewriting-default.tsv" } else { "rewriting.tsv" };
    if !args.cases.is_empty() {
        println!("rewriting: {} of {} exact", scores.count("exact"), results.len());
        return Ok(ExitCode::SUCCESS);
    }
    let fine = settle("rewriting", name, &scores, &["exact"], args.update)?;
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(case: &Case, got: &[u8], log: &str) {
    println!("--- rule {}\n{}--- before\n{}", case.opts, case.smpl, shown(&bytes(&case.before)));
    for expected in case.expected() {
        println!("--- expected\n{}", shown(&expected));
    }
    println!("--- got\n{}\n--- messages\n{log}", shown(got));
}

/// The text that the binary makes, and what it says.
fn run_case(case: &Case, bin: &Path, quirks: bool) -> Result<(Vec<u8>, String)> {
    let dir = tempfile::tempdir()?;
    let before = bytes(&case.before);
    std::fs::write(dir.path().join("a.c"), &before)?;
    std::fs::write(dir.path().join("a.cocci"), bytes(&case.smpl))?;
    let mut command = Command::new(bin);
    command.current_dir(dir.path()).args(["--very-quiet", "--sp-file", "a.cocci", "-o", "o.c"]);
    if quirks {
        command.arg("--coccinelle-quirks");
    }
    command.args(case.opts.split_whitespace()).arg("a.c");
    let run = binary::run(&mut command, Duration::from_secs(20))?;
    let got = std::fs::read(dir.path().join("o.c")).unwrap_or(before);
    let mut log = String::from_utf8_lossy(&run.stderr).into_owned();
    if run.timed_out {
        log.push_str("(time limit)");
    }
    Ok((got, log))
}

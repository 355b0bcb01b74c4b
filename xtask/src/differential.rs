//! spatch-rs against the reference on the same rules and files: where do the results differ?
//!
//! For each semantic patch and mode (`-D patch`, `-D context`) both programs print what they would change in a fixed sample of files. Of each
//! file only the tokens of the result count; in context mode the marked lines. What the reference printed can be kept, since it takes hours.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::binary;
use crate::ctokens::tokens;
use crate::unified::{self, FileDiff};

/// Arguments of `cargo xtask differential`.
#[derive(clap::Args)]
pub struct Args {
    /// Source tree of Linux: its semantic patches are run, and its files are the sample.
    #[arg(long)]
    kernel: Option<PathBuf>,
    /// Number of files in the sample: at equal distances in path order among those of at most `--largest` bytes.
    #[arg(long, default_value = "2000")]
    files: usize,
    /// Files over this size are left out, for the reference's sake.
    #[arg(long, default_value = "32767")]
    largest: u64,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// The reference.
    #[arg(long, default_value = "spatch")]
    reference: PathBuf,
    /// Keep the reference's output in this folder, and take it from there when it is known.
    #[arg(long)]
    known: Option<PathBuf>,
    /// Never start the reference: leave out what `--known` has not.
    #[arg(long, requires = "known")]
    known_only: bool,
    /// Seconds for one run of one program over the sample.
    #[arg(long, default_value = "1200")]
    limit: u64,
    /// Keep both diffs of files that differ here, as `<rule>.<mode>/<file>.{ours,theirs}`.
    #[arg(long)]
    save: Option<PathBuf>,
    /// Further arguments for both programs.
    #[arg(long, allow_hyphen_values = true)]
    with: Vec<String>,
    /// Only semantic patches whose path contains one of these.
    rules: Vec<String>,
}

/// What the files of a sample came to under one semantic patch.
#[derive(Default, Clone, Copy)]
struct Tally {
    agree: usize,
    differ: usize,
    only_ours: usize,
    only_theirs: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.agree += other.agree;
        self.differ += other.differ;
        self.only_ours += other.only_ours;
        self.only_theirs += other.only_theirs;
    }

    fn changed(&self) -> usize {
        self.agree + self.differ + self.only_ours + self.only_theirs
    }
}

/// Runs all, prints one line for each semantic patch and mode that changes anything, the files that differ, and the sums.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(kernel) = &args.kernel else {
        println!("differential: NOT RUN (name a source tree of Linux with --kernel)");
        return Ok(ExitCode::SUCCESS);
    };
    if args.known.is_none() && Command::new(&args.reference).arg("--version").output().is_err() {
        println!("differential: NOT RUN (no program {})", args.reference.display());
        return Ok(ExitCode::SUCCESS);
    }
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let sample = Sample::lay(kernel, args)?;
    if let Some(known) = &args.known {
        sample.stamp(known)?;
    }
    println!("{} files, {} bytes", sample.texts.len(), sample.texts.values().map(Vec::len).sum::<usize>());
    println!(
        "{:<48} {:>6} {:>6} {:>9} {:>11}   seconds ours, theirs",
        "", "agree", "differ", "only ours", "only theirs"
    );
    let mut sum = Tally::default();
    let rules = kernel.join("scripts/coccinelle");
    let mut left_out = Vec::new();
    for (rule, mode) in jobs(&rules, &args.rules)? {
        let stem = rule.strip_prefix(&rules).unwrap_or(&rule).with_extension("");
        let name = format!("{}.{mode}", stem.to_string_lossy().replace('/', "_"));
        if args.known_only && args.known.as_ref().is_some_and(|k| !k.join(format!("{name}.json")).exists()) {
            left_out.push(name);
            continue;
        }
        let ours = apply(&bin, &rule, mode, &sample, args)?;
        let theirs = reference(&name, &rule, mode, &sample, args)?;
        let (tally, differing) = compare(&name, mode, &sample, &ours, &theirs, args.save.as_deref())?;
        if tally.changed() > 0 || !ours.end.is_empty() || !theirs.end.is_empty() {
            println!(
                "{name:<48} {:>6} {:>6} {:>9} {:>11}   {:.1}{} {:.1}{}",
                tally.agree,
                tally.differ,
                tally.only_ours,
                tally.only_theirs,
                ours.seconds,
                ours.end,
                theirs.seconds,
                theirs.end
            );
            print!("{differing}");
        }
        sum.add(tally);
    }
    if !left_out.is_empty() {
        println!("NOT RUN, no known result: {}", left_out.join(" "));
    }
    println!("{:<48} {:>6} {:>6} {:>9} {:>11}", "all", sum.agree, sum.differ, sum.only_ours, sum.only_theirs);
    let share = 100.0 * sum.agree as f64 / sum.changed().max(1) as f64;
    println!("differential: {} of {} files changed by either agree: {share:.2} %", sum.agree, sum.changed());
    Ok(ExitCode::SUCCESS)
}

/// A copy of the sample of files: the same for everyone who has the same tree.
struct Sample {
    dir: tempfile::TempDir,
    /// Text by path below the tree.
    texts: BTreeMap<PathBuf, Vec<u8>>,
}

impl Sample {
    fn lay(tree: &Path, args: &Args) -> Result<Self> {
        let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(tree)
            .into_iter()
            .filter_map(Result::ok)
            .filter(|e| e.file_type().is_file() && e.path().extension().is_some_and(|x| x == "c"))
            .filter(|e| e.metadata().is_ok_and(|m| m.len() <= args.largest))
            .filter_map(|e| e.path().strip_prefix(tree).ok().map(Path::to_path_buf))
            .collect();
        // As text: `a-b/` before `a/`, which paths order the other way round.
        paths.sort_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        if paths.is_empty() {
            bail!("no C file below {}", tree.display());
        }
        let count = args.files.clamp(1, paths.len());
        let dir = tempfile::tempdir()?;
        let mut texts = BTreeMap::new();
        for i in 0..count {
            let path = &paths[i * paths.len() / count];
            let text = std::fs::read(tree.join(path)).with_context(|| path.display().to_string())?;
            let copy = dir.path().join(path);
            std::fs::create_dir_all(copy.parent().unwrap_or(&copy))?;
            std::fs::write(copy, &text)?;
            texts.insert(path.clone(), text);
        }
        Ok(Self { dir, texts })
    }

    /// Makes sure that the outputs in `known` belong to this sample.
    fn stamp(&self, known: &Path) -> Result<()> {
        let mut list = String::new();
        for (path, text) in &self.texts {
            let _ = writeln!(list, "{} {}", path.display(), text.len());
        }
        std::fs::create_dir_all(known)?;
        let file = known.join("sample.txt");
        match std::fs::read_to_string(&file) {
            Ok(old) if old == list => Ok(()),
            Ok(_) => bail!("{} is of another sample: take an empty folder for --known", known.display()),
            Err(_) => Ok(std::fs::write(file, list)?),
        }
    }
}

/// The semantic patches that work without scripts in a mode that they declare.
fn jobs(dir: &Path, only: &[String]) -> Result<Vec<(PathBuf, &'static str)>> {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(dir)
        .into_iter()
        .filter_map(|e| e.ok().map(walkdir::DirEntry::into_path))
        .filter(|p| p.extension().is_some_and(|e| e == "cocci"))
        .filter(|p| only.is_empty() || only.iter().any(|o| p.to_string_lossy().contains(o.as_str())))
        .collect();
    paths.sort();
    let mut jobs = Vec::new();
    for path in paths {
        let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let virtuals: Vec<&str> = text
            .lines()
            .filter_map(|l| l.strip_prefix("virtual "))
            .flat_map(|l| l.split([',', ';']).map(str::trim))
            .collect();
        let free = |mode: &str| !scripts_in(&text, mode);
        jobs.extend(
            ["patch", "context"].into_iter().filter(|m| virtuals.contains(m) && free(m)).map(|m| (path.clone(), m)),
        );
    }
    Ok(jobs)
}

/// Whether a script runs in this mode: one that depends on no mode, or on this one.
fn scripts_in(text: &str, mode: &str) -> bool {
    text.lines()
        .filter(|l| {
            l.starts_with('@') && (l.contains("script:") || l.contains("initialize:") || l.contains("finalize:"))
        })
        .any(|l| match l.split_once("depends on") {
            Some((_, on)) => !["org", "report"].iter().any(|other| on.contains(other)) || on.contains(mode),
            None => true,
        })
}

/// What a program would do to the sample.
struct Outcome {
    /// What it would change, by file.
    diffs: BTreeMap<PathBuf, FileDiff>,
    seconds: f64,
    /// How it ended, if not well.
    end: String,
}

/// The reference's result, from `--known` if it is there.
fn reference(name: &str, rule: &Path, mode: &str, sample: &Sample, args: &Args) -> Result<Outcome> {
    let Some(known) = &args.known else { return apply(&args.reference, rule, mode, sample, args) };
    let (out, json) = (known.join(format!("{name}.out")), known.join(format!("{name}.json")));
    if !json.exists() {
        let (stdout, seconds, end) = start(&args.reference, rule, mode, sample, args)?;
        std::fs::write(&out, stdout)?;
        std::fs::write(&json, serde_json::json!({ "wall": seconds, "end": end }).to_string())?;
    }
    let facts: serde_json::Value = serde_json::from_slice(&std::fs::read(&json)?)?;
    let text = std::fs::read(&out)?;
    Ok(Outcome {
        diffs: unified::parse(&text),
        seconds: facts["wall"].as_f64().unwrap_or_default(),
        end: facts["end"].as_str().unwrap_or_default().to_owned(),
    })
}

fn apply(program: &Path, rule: &Path, mode: &str, sample: &Sample, args: &Args) -> Result<Outcome> {
    let (stdout, seconds, end) = start(program, rule, mode, sample, args)?;
    Ok(Outcome { diffs: unified::parse(&stdout), seconds, end })
}

fn start(program: &Path, rule: &Path, mode: &str, sample: &Sample, args: &Args) -> Result<(Vec<u8>, f64, String)> {
    let mut command = Command::new(program);
    command.current_dir(sample.dir.path()).args(["--very-quiet", "--no-includes", "--timeout", "60", "-D", mode]);
    command.args(&args.with).arg("--sp-file").arg(rule.canonicalize()?).args(["--dir", "."]);
    let start = Instant::now();
    let run = binary::run(&mut command, Duration::from_secs(args.limit))?;
    let end = match (run.timed_out, run.code) {
        (true, _) => " (time limit)".to_owned(),
        (_, Some(0)) => String::new(),
        (_, Some(code)) => format!(" (status {code})"),
        (_, None) => " (killed)".to_owned(),
    };
    Ok((run.stdout, start.elapsed().as_secs_f64(), end))
}

/// The tally, and a line for each file whose results differ.
fn compare(
    name: &str,
    mode: &str,
    sample: &Sample,
    ours: &Outcome,
    theirs: &Outcome,
    save: Option<&Path>,
) -> Result<(Tally, String)> {
    let mut tally = Tally::default();
    let mut lines = String::new();
    for (path, text) in &sample.texts {
        let (a, b) = (ours.diffs.get(path), theirs.diffs.get(path));
        let (said, count) = match (a, b) {
            (None, None) => continue,
            (Some(a), Some(b)) if same(mode, text, a, b) => {
                tally.agree += 1;
                continue;
            }
            (Some(_), Some(_)) => ("differ", &mut tally.differ),
            (Some(_), None) => ("only ours", &mut tally.only_ours),
            (None, Some(_)) => ("only theirs", &mut tally.only_theirs),
        };
        *count += 1;
        let _ = writeln!(lines, "    {said}: {}", path.display());
        if let Some(save) = save {
            for (diff, who) in [(a, "ours"), (b, "theirs")] {
                let mut file = save.join(name).join(path).into_os_string();
                file.push(".");
                file.push(who);
                let file = PathBuf::from(file);
                std::fs::create_dir_all(file.parent().unwrap_or(save))?;
                std::fs::write(file, diff.map(|d| d.text.as_slice()).unwrap_or_default())?;
            }
        }
    }
    Ok((tally, lines))
}

/// Whether two diffs of one file say the same: in patch mode the tokens of the result, else the marked lines.
fn same(mode: &str, text: &[u8], a: &FileDiff, b: &FileDiff) -> bool {
    if mode == "context" {
        return a.removed() == b.removed();
    }
    match (a.apply(text), b.apply(text)) {
        (Some(a), Some(b)) => a == b || tokens(&a) == tokens(&b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_modes_run_scripts() {
        let text = "virtual patch\n@script:python depends on org@\n@script:python depends on report && !x@\n";
        assert!(!scripts_in(text, "patch"));
        assert!(scripts_in("@initialize:python@\n", "patch"));
        assert!(scripts_in("@script:python depends on r@\n", "context"));
        assert!(scripts_in("@script:python depends on patch || org@\n", "patch"));
    }
}

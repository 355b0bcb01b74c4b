//! spatch-rs against the reference on the same rules and files: where do the results differ?
//!
//! For each semantic patch and mode (`-D patch`, `-D context`) both programs work on a copy of a fixed sample of files. Of each file only the
//! tokens count; in context mode the marked lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::binary;
use crate::ctokens::tokens;

/// Arguments of `cargo xtask differential`.
#[derive(clap::Args)]
pub struct Args {
    /// Source tree of Linux: its semantic patches are run, and its files are the sample.
    #[arg(long)]
    kernel: Option<PathBuf>,
    /// Take the sample from here instead.
    #[arg(long)]
    files_from: Option<PathBuf>,
    /// Number of files in the sample.
    #[arg(long, default_value = "100")]
    files: usize,
    /// The binary to measure instead of a fresh release build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// The reference.
    #[arg(long, default_value = "spatch")]
    reference: PathBuf,
    /// Seconds for one run of one program over the sample.
    #[arg(long, default_value = "600")]
    limit: u64,
    /// Keep both results of files that differ here, as `<rule>.<mode>/{ours,theirs,original}/<file>`.
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
}

/// Runs all, prints one line for each semantic patch and mode, and the sums.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(kernel) = &args.kernel else {
        println!("differential: NOT RUN (name a source tree of Linux with --kernel)");
        return Ok(ExitCode::SUCCESS);
    };
    if Command::new(&args.reference).arg("--version").output().is_err() {
        println!("differential: NOT RUN (no program {})", args.reference.display());
        return Ok(ExitCode::SUCCESS);
    }
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let sample = sample(args.files_from.as_deref().unwrap_or(&kernel.join("drivers")), args.files)?;
    println!(
        "{:<44} {:>7} {:>7} {:>9} {:>11}   seconds ours, theirs",
        "", "agree", "differ", "only ours", "only theirs"
    );
    let mut sum = Tally::default();
    for (rule, mode) in jobs(&kernel.join("scripts/coccinelle"), &args.rules)? {
        let name = format!("{}.{mode}", rule.file_stem().unwrap_or_default().to_string_lossy());
        let ours = apply(&bin, &rule, mode, &sample, args)?;
        let theirs = apply(&args.reference, &rule, mode, &sample, args)?;
        let tally = compare(&name, mode, &sample, &ours, &theirs, args.save.as_deref())?;
        println!(
            "{name:<44} {:>7} {:>7} {:>9} {:>11}   {:.1}{} {:.1}{}",
            tally.agree,
            tally.differ,
            tally.only_ours,
            tally.only_theirs,
            ours.time.as_secs_f64(),
            ours.end,
            theirs.time.as_secs_f64(),
            theirs.end
        );
        sum.add(tally);
    }
    println!("{:<44} {:>7} {:>7} {:>9} {:>11}", "all", sum.agree, sum.differ, sum.only_ours, sum.only_theirs);
    Ok(ExitCode::SUCCESS)
}

/// A file of the sample: its path below the tree, and its text.
struct File {
    path: PathBuf,
    text: Vec<u8>,
}

/// Files at equal distances in path order: the same for everyone who has the same tree.
fn sample(from: &Path, count: usize) -> Result<Vec<File>> {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(from)
        .into_iter()
        .filter_map(|e| e.ok().map(walkdir::DirEntry::into_path))
        .filter(|p| p.extension().is_some_and(|e| e == "c") && p.is_file())
        .collect();
    paths.sort();
    if paths.is_empty() {
        bail!("no C file below {}", from.display());
    }
    let count = count.clamp(1, paths.len());
    (0..count)
        .map(|i| {
            let path = &paths[i * paths.len() / count];
            let text = std::fs::read(path).with_context(|| path.display().to_string())?;
            Ok(File { path: path.strip_prefix(from).unwrap_or(path).to_path_buf(), text })
        })
        .collect()
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

/// What a program did to the sample.
struct Outcome {
    /// Text of each file afterwards, in patch mode.
    texts: Vec<Vec<u8>>,
    /// Marked lines by file, in context mode.
    marks: BTreeMap<PathBuf, Vec<Vec<u8>>>,
    time: Duration,
    /// How it ended, if not well.
    end: String,
}

fn apply(program: &Path, rule: &Path, mode: &str, sample: &[File], args: &Args) -> Result<Outcome> {
    let dir = tempfile::tempdir()?;
    for file in sample {
        let path = dir.path().join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &file.text)?;
    }
    let mut command = Command::new(program);
    command.current_dir(dir.path()).args(["--very-quiet", "--no-includes", "--timeout", "60", "-D", mode]);
    command.args(&args.with).arg("--sp-file").arg(rule).args(["--dir", "."]);
    if mode == "patch" {
        command.args(["--in-place", "--no-show-diff"]);
    }
    let start = Instant::now();
    let run = binary::run(&mut command, Duration::from_secs(args.limit))?;
    let time = start.elapsed();
    let end = match (run.timed_out, run.code) {
        (true, _) => " (time limit)".to_owned(),
        (_, Some(0)) => String::new(),
        (_, Some(code)) => format!(" (status {code})"),
        (_, None) => " (killed)".to_owned(),
    };
    let texts = sample
        .iter()
        .map(|f| std::fs::read(dir.path().join(&f.path)).with_context(|| f.path.display().to_string()))
        .collect::<Result<_>>()?;
    Ok(Outcome { texts, marks: marks(&run.stdout), time, end })
}

/// The `-` lines of a diff by file.
fn marks(diff: &[u8]) -> BTreeMap<PathBuf, Vec<Vec<u8>>> {
    let mut out: BTreeMap<PathBuf, Vec<Vec<u8>>> = BTreeMap::new();
    let mut file = PathBuf::new();
    for line in diff.split(|b| *b == b'\n') {
        if let Some(name) = line.strip_prefix(b"--- ") {
            let name = String::from_utf8_lossy(name);
            let name = name.split(['\t', ' ']).next().unwrap_or_default();
            let name = name.strip_prefix("a/").unwrap_or(name);
            file = Path::new(name).strip_prefix(".").unwrap_or(Path::new(name)).to_path_buf();
        } else if let Some(line) = line.strip_prefix(b"-") {
            out.entry(file.clone()).or_default().push(line.trim_ascii().to_vec());
        }
    }
    out
}

fn compare(
    name: &str,
    mode: &str,
    sample: &[File],
    ours: &Outcome,
    theirs: &Outcome,
    save: Option<&Path>,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let none = Vec::new();
    for (i, file) in sample.iter().enumerate() {
        let (our_change, their_change, same) = if mode == "patch" {
            let (a, b) = (&ours.texts[i], &theirs.texts[i]);
            (*a != file.text, *b != file.text, a == b || tokens(a) == tokens(b))
        } else {
            let of = |o: &Outcome| o.marks.get(&file.path).unwrap_or(&none).clone();
            let (a, b) = (of(ours), of(theirs));
            (!a.is_empty(), !b.is_empty(), a == b)
        };
        match (our_change, their_change) {
            (false, false) => continue,
            _ if same => tally.agree += 1,
            (true, true) => tally.differ += 1,
            (true, false) => tally.only_ours += 1,
            (false, true) => tally.only_theirs += 1,
        }
        if let (Some(save), false) = (save, same) {
            let write = |who: &str, text: &[u8]| -> Result<()> {
                let path = save.join(name).join(who).join(&file.path);
                std::fs::create_dir_all(path.parent().unwrap_or(save))?;
                Ok(std::fs::write(path, text)?)
            };
            let shown = |o: &Outcome| match mode {
                "patch" => o.texts[i].clone(),
                _ => o.marks.get(&file.path).unwrap_or(&none).join(&b'\n'),
            };
            write("ours", &shown(ours))?;
            write("theirs", &shown(theirs))?;
            write("original", &file.text)?;
        }
    }
    Ok(tally)
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

    #[test]
    fn marked_lines() {
        let diff =
            b"diff -u -p ./d/f.c /tmp/nothing/d/f.c\n--- ./d/f.c\n+++ /tmp/nothing/d/f.c\n@@ -1 +0 @@\n a\n-\tb();\n";
        assert_eq!(marks(diff)[Path::new("d/f.c")], [b"b();".to_vec()]);
    }
}

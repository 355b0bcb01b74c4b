//! Where calls, casts, iterators, `if`s, declared names and definitions are: ours against the reference's, on real files.
//! Error-free is not yet right: this shows silent misreading.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::binary;

/// Arguments of `cargo xtask positions`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `cases/c-positions` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// A tree of Linux 6.1.
    #[arg(long)]
    code: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Print every place that is missed.
    #[arg(long, short)]
    verbose: bool,
}

/// Of the recorded places that are compared, the share that must be found.
const WANTED: f64 = 0.999;

/// The kinds that are compared; what `sizeof` of a type is depends on names that a file alone does not tell.
const KINDS: [&str; 6] = ["CALL", "CAST", "ITER", "IF", "DECL", "FUNC"];

type Place = (String, u32, u32);

/// Compares, printing each kind's share.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("positions", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let Some(code) = args.code.clone().or_else(|| std::env::var_os("SPATCH_CODE").map(PathBuf::from)) else {
        println!("positions: NOT RUN (name a tree of Linux 6.1 with --code or SPATCH_CODE)");
        return Ok(ExitCode::SUCCESS);
    };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let archive = data.join("cases/c-positions/spatch-1.1.1.tsv.xz");
    let recorded = Command::new("xz").arg("-dc").arg(&archive).output().context("cannot start xz")?;
    if !recorded.status.success() {
        bail!("cannot unpack {}", archive.display());
    }
    let theirs = places(&recorded.stdout);
    let files: BTreeSet<&String> = theirs.values().flatten().map(|p| &p.0).collect();
    let mut command = Command::new(&bin);
    command.current_dir(&code).args(["parse-c", "--positions"]).args(&files);
    let run = binary::run(&mut command, Duration::from_secs(600))?;
    let ours = places(&run.stdout);
    let in_macros: BTreeMap<&String, BTreeSet<u32>> =
        files.iter().map(|f| (*f, macro_lines(&std::fs::read(code.join(f)).unwrap_or_default()))).collect();
    let mut fine = true;
    for kind in KINDS {
        let empty = BTreeSet::new();
        let mine = ours.get(kind).unwrap_or(&empty);
        let compared: Vec<&Place> = theirs
            .get(kind)
            .unwrap_or(&empty)
            .iter()
            .filter(|p| !in_macros.get(&p.0).is_some_and(|lines| lines.contains(&p.1)))
            .collect();
        let missed: Vec<&&Place> = compared.iter().filter(|p| !mine.contains(**p)).collect();
        let share = 1.0 - missed.len() as f64 / compared.len().max(1) as f64;
        fine &= share >= WANTED;
        println!(
            "positions: {kind}: {} of {} found ({:.3} %)",
            compared.len() - missed.len(),
            compared.len(),
            share * 100.0
        );
        if args.verbose {
            missed.iter().for_each(|(f, l, c)| println!("    {f}:{l}:{c}"));
        }
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Places by kind: lines of kind, file, line, column, name.
fn places(text: &[u8]) -> BTreeMap<String, BTreeSet<Place>> {
    let mut out: BTreeMap<String, BTreeSet<Place>> = BTreeMap::new();
    for line in String::from_utf8_lossy(text).lines() {
        let mut parts = line.split('\t');
        let (Some(kind), Some(file)) = (parts.next(), parts.next()) else { continue };
        let mut number = || parts.next().and_then(|n| n.parse().ok());
        if let (Some(l), Some(c)) = (number(), number()) {
            out.entry(kind.to_owned()).or_default().insert((file.trim_start_matches("./").to_owned(), l, c));
        }
    }
    out
}

/// The lines of `#define`s, continued ones included.
fn macro_lines(text: &[u8]) -> BTreeSet<u32> {
    let mut out = BTreeSet::new();
    let mut inside = false;
    for (i, line) in text.split(|b| *b == b'\n').enumerate() {
        let start = line.trim_ascii_start();
        let directive = start.strip_prefix(b"#").is_some_and(|r| r.trim_ascii_start().starts_with(b"define"));
        if inside || directive {
            out.insert(i as u32 + 1);
            inside = line.trim_ascii_end().ends_with(b"\\");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_macros() {
        let lines = macro_lines(b"int a;\n# define A \\\n  f(x)\ng();\n#define B 1\n");
        assert_eq!(lines.into_iter().collect::<Vec<_>>(), [2, 3, 5]);
    }

    #[test]
    fn rows() {
        let got = places(b"IF\tfs/a.c\t3\t1\tif\nbad\n");
        assert!(got["IF"].contains(&("fs/a.c".to_owned(), 3, 1)));
    }
}

//! The evaluator of formulas against the reference evaluator: on random pairs of formulas and graphs, or on the rules of the
//! conformance suite, each with its own C file.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use matcher::ctl::agreement::{self, Compared};
use rayon::prelude::*;

use crate::{binary, conformance};

/// Arguments of `cargo xtask evaluators`.
#[derive(clap::Args)]
pub struct Args {
    /// How many pairs.
    #[arg(long, default_value_t = 1_000_000)]
    pairs: u64,
    /// The seed of the first pair; the next ones follow.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Compare on the rules of the conformance suite instead.
    #[arg(long)]
    suite: bool,
    /// With `--suite`: every so manieth case only.
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// With `--suite`: the binary to run instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Number of threads; 0: all cores.
    #[arg(short = 'j', long, default_value_t = 0)]
    jobs: usize,
}

/// So many differences are shown.
const SHOWN: usize = 5;

/// Compares, and prints what differs.
pub fn run(args: &Args) -> Result<ExitCode> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs).build()?;
    if args.suite {
        return pool.install(|| suite(args));
    }
    let differences = AtomicUsize::new(0);
    let seeds = args.seed..args.seed.saturating_add(args.pairs);
    let one = |seed: u64| match agreement::compare(seed) {
        Ok(compared) => (compared, 0u64),
        Err(difference) => {
            if differences.fetch_add(1, Ordering::Relaxed) < SHOWN {
                println!("{difference}");
            }
            (Compared::default(), 1)
        }
    };
    let sum = |a: (Sum, u64), b: (Sum, u64)| (a.0.plus(b.0), a.1 + b.1);
    let (all, differ) = pool
        .install(|| seeds.into_par_iter().map(one).map(|(c, d)| (Sum::of(c), d)).reduce(|| (Sum::default(), 0), sum));
    println!(
        "evaluators: {} pairs, {} left out (the reference takes too long), {} points compared, {} of them with a set that is not empty, {differ} pairs differ",
        args.pairs, all.skipped, all.points, all.holding
    );
    Ok(ExitCode::from(u8::from(differ > 0)))
}

/// What `spatch-rs --by-definition` says where the two differ, and where the reference evaluator ends early.
const DIFFERS: &str = "the evaluators disagree";
const TOO_LONG: &str = "the reference evaluator takes too long";

fn suite(args: &Args) -> Result<ExitCode> {
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let Some(data) = binary::data_dir("evaluators", None)? else { return Ok(ExitCode::SUCCESS) };
    let dir = data.join("conformance/cases");
    let names: Vec<String> = conformance::case_names(&dir, &[])?.into_iter().step_by(args.every.max(1)).collect();
    let errors: Vec<(String, String)> =
        names.into_par_iter().map(|n| errors_of(&dir, n, &bin)).collect::<Result<_>>()?;
    let (mut differ, mut cut) = (0, 0);
    for (name, errors) in &errors {
        for line in errors.lines().filter(|l| l.contains(DIFFERS)) {
            println!("{name}: {line}");
            differ += 1;
        }
        cut += errors.lines().filter(|l| l.contains(TOO_LONG)).count();
    }
    println!(
        "evaluators: {} rules of the suite on their files, {cut} functions left out (the reference takes too long), {differ} differ",
        errors.len()
    );
    Ok(ExitCode::from(u8::from(differ > 0)))
}

fn errors_of(dir: &Path, name: String, bin: &Path) -> Result<(String, String)> {
    let out = tempfile::tempdir()?;
    std::os::unix::fs::symlink(dir, out.path().join("tests"))?;
    let mut command = Command::new(bin);
    command.current_dir(out.path()).arg("--by-definition").arg("--no-show-diff");
    command.arg("--sp-file").arg(conformance::rule_file(dir, &name)).arg(format!("tests/{name}.c"));
    let run = binary::run(&mut command, Duration::from_secs(60))?;
    Ok((name, String::from_utf8_lossy(&run.stderr).into_owned()))
}

#[derive(Clone, Copy, Default)]
struct Sum {
    points: u64,
    holding: u64,
    skipped: u64,
}

impl Sum {
    fn of(c: Compared) -> Self {
        Self { points: c.points as u64, holding: c.holding as u64, skipped: u64::from(c.skipped) }
    }

    fn plus(self, o: Self) -> Self {
        Self { points: self.points + o.points, holding: self.holding + o.holding, skipped: self.skipped + o.skipped }
    }
}

//! The evaluator of formulas against the reference evaluator, on random pairs of formulas and graphs.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use matcher::ctl::agreement::{self, Compared};
use rayon::prelude::*;

/// Arguments of `cargo xtask evaluators`.
#[derive(clap::Args)]
pub struct Args {
    /// How many pairs.
    #[arg(long, default_value_t = 1_000_000)]
    pairs: u64,
    /// The seed of the first pair; the next ones follow.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of threads; 0: all cores.
    #[arg(short = 'j', long, default_value_t = 0)]
    jobs: usize,
}

/// So many differences are shown.
const SHOWN: usize = 5;

/// Compares, and prints what differs.
pub fn run(args: &Args) -> Result<ExitCode> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs).build()?;
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

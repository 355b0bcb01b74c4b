//! Fuzzing without tools: mutated inputs from seeds found at run time, in a worker process that a watchdog ends.
//!
//! The n-th input follows from the seed number and the seeds alone, so the parent knows what the worker was at when it died. A worker
//! limits the CPU time of each input, and runs it on a stack as large as the command line's. Findings are made smaller and kept in a folder.

mod minimise;
mod mutate;
mod seeds;
mod worker;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use spatch_tests::targets::Target;

use mutate::Mutator;
use worker::{Verdict, Worker};

/// Arguments of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub struct Args {
    /// What to fuzz: rule, isos, c, both; all in turn if none is named.
    targets: Vec<String>,
    /// How long for each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The number that all choices follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of the first input.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Folder of recorded data, whose cases are seeds beside those of the repository.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where findings are kept.
    #[arg(long, default_value = "target/fuzz")]
    findings: PathBuf,
    /// CPU time that an input of 64 KiB may take, in milliseconds.
    #[arg(long, default_value_t = 1000)]
    limit: u64,
    /// Run one input from a file instead, and say what became of it.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Write the seeds into a folder, one folder for each target: what `cargo fuzz run` starts from.
    #[arg(long, value_name = "DIR")]
    write_seeds: Option<PathBuf>,
    /// Work for a parent process.
    #[arg(long, hide = true)]
    worker: bool,
}

/// Fuzzes each target for its time; fails if something was found.
pub fn run(args: &Args) -> Result<ExitCode> {
    let mut targets = Vec::new();
    for name in &args.targets {
        match Target::ALL.iter().find(|t| t.0 == name) {
            Some(t) => targets.push(*t),
            None => bail!("no target {name}; there are rule, isos, c, both"),
        }
    }
    if targets.is_empty() {
        targets = Target::ALL.to_vec();
    }
    let data = args.data.clone().or_else(|| std::env::var_os("SPATCH_DATA").map(PathBuf::from));
    if let Some(dir) = &args.write_seeds {
        for (name, target) in targets {
            seeds::write(&seeds::collect(target, data.as_deref()), &dir.join(name))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let limit = Duration::from_millis(args.limit);
    if let Some(file) = &args.replay {
        if args.worker {
            return worker::serve_one(targets[0].1, limit);
        }
        let input = std::fs::read(file)?;
        let verdict = Worker::once(targets[0], &input, limit)?;
        println!("{}: {verdict}", file.display());
        return Ok(if verdict == Verdict::Fine { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if args.worker {
        let mutator = Mutator::new(seeds::collect(targets[0].1, data.as_deref()), args.seed, targets[0].1);
        return worker::serve(targets[0].1, &mutator, args.from, limit);
    }
    std::fs::create_dir_all(&args.findings)?;
    let mut found = 0;
    for target in targets {
        found += fuzz(args, target, data.as_deref(), limit)?;
    }
    Ok(if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fuzzes one target; the number of different findings.
fn fuzz(args: &Args, target: (&'static str, Target), data: Option<&std::path::Path>, limit: Duration) -> Result<usize> {
    let mutator = Mutator::new(seeds::collect(target.1, data), args.seed, target.1);
    let end = Instant::now() + Duration::from_secs(args.seconds);
    let mut seen = BTreeSet::new();
    let mut at = args.from;
    let mut worker = Worker::start(target.0, args.seed, at, data, limit)?;
    while Instant::now() < end {
        let Some((n, verdict)) = worker.next(end)? else { break };
        at = n + 1;
        if verdict == Verdict::Fine {
            continue;
        }
        if worker.ended() {
            worker = Worker::start(target.0, args.seed, at, data, limit)?;
        }
        // One finding for each kind of failure is enough.
        if !seen.insert(verdict.class()) {
            continue;
        }
        let input = mutator.input(n);
        println!("{}: input {n}: {verdict}", target.0);
        let small = minimise::minimise(target, &input, &verdict, limit)?;
        let path = args.findings.join(format!("{}-{}-{n}", target.0, args.seed));
        std::fs::write(&path, &small)?;
        println!("{}: {} bytes in {}", target.0, small.len(), path.display());
    }
    let runs = at - args.from;
    println!("fuzz: {}: {runs} inputs from {} seeds, {} kinds of findings", target.0, mutator.seeds(), seen.len());
    Ok(seen.len())
}

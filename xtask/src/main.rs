//! Development tasks: the harnesses that measure spatch-rs against recorded data, the reference, and itself.
//!
//! Data that is not ours stays outside the repository. Its place is given as an argument or in `SPATCH_DATA`;
//! without it a task prints NOT RUN and why.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod binary;
mod cpu;
mod ctokens;
mod findings;
mod score;

mod bench;
mod bench_rewriting;
mod coccicheck;
mod conformance;
mod corpus;
mod demo;
mod differential;
mod evaluators;
mod frontend;
mod fuzz;
mod growth;
mod laws;
mod positions;
mod readers;
mod reading;
mod removal_model;
mod rewriting;
mod semantics;
mod story;
mod test;
mod unified;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks of spatch-rs")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// The conformance suite: `tokens` and `exact` scores, failures by cause.
    Conformance(conformance::Args),
    /// The behaviour cases of the matching engine.
    Semantics(semantics::Args),
    /// The SmPL front end on tiny rules: read or refused, where added code hangs, what a refusal is about.
    Frontend(frontend::Args),
    /// The two readers of C against each other, on given files.
    Readers(readers::Args),
    /// The reference and spatch-rs on the kernel's semantic patches and a sample of its files: where do they differ?
    Differential(differential::Args),
    /// Mutated semantic patches, isomorphisms and C files: no panic, no hang, no stack overflow.
    Fuzz(fuzz::Args),
    /// The rewriting examples, byte for byte.
    Rewriting(rewriting::Args),
    /// The evaluator of formulas against the reference evaluator, on random formulas and graphs.
    Evaluators(evaluators::Args),
    /// The executable model of removal and insertion against the binary, on generated functions.
    RemovalModel(removal_model::Args),
    /// The laws of rewriting on real files with given rules.
    Laws(laws::Args),
    /// Speed against the reference and ripgrep, as ratios measured in one run.
    Bench(bench::Args),
    /// What rewriting costs beside reading: time and memory of a file with many edits.
    BenchRewriting(bench_rewriting::Args),
    /// The main job on the sample drivers, or with `--kernel` on Linux 6.1.
    Demo(demo::Args),
    /// Every test: formatting, lints, tests, recorded scores.
    Test(test::Args),
    /// Positions of calls, casts, iterators, ifs, declared names and definitions against recorded ones.
    Positions(positions::Args),
    /// The i2c story and the removal of IRQF_DISABLED on 758 kernel files against the recorded diffs.
    Story(story::Args),
    /// The kernel's own `scripts/coccicheck` on spatch-rs: its findings against the reference's, by rule and mode.
    Coccicheck(coccicheck::Args),
    /// Outside code and rule collections that we measure on.
    Corpus(corpus::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Conformance(args) => conformance::run(&args),
        Task::Semantics(args) => semantics::run(&args),
        Task::Frontend(args) => frontend::run(&args),
        Task::Readers(args) => readers::run(&args),
        Task::Differential(args) => differential::run(&args),
        Task::Fuzz(args) => fuzz::run(&args),
        Task::Rewriting(args) => rewriting::run(&args),
        Task::Evaluators(args) => evaluators::run(&args),
        Task::RemovalModel(args) => removal_model::run(&args),
        Task::Laws(args) => laws::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::BenchRewriting(args) => bench_rewriting::run(&args),
        Task::Demo(args) => demo::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Positions(args) => positions::run(&args),
        Task::Story(args) => story::run(&args),
        Task::Coccicheck(args) => coccicheck::run(&args),
        Task::Corpus(args) => corpus::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::from(2)
        }
    }
}

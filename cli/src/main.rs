//! The `spatch-rs` binary.

mod apply;
mod args;
mod cache;
mod cfg_cmd;
mod check;
mod config;
mod diagnostics;
mod edits;
mod explain;
mod explain_error;
mod files;
mod group;
mod interrupt;
mod legacy;
mod output;
mod parse_c;
mod parse_cocci;
mod patch;
mod schedule;
mod script;
mod text;
mod watch;
mod write;

use std::io::Write;
use std::process::ExitCode;

use args::{Cli, Cmd};

/// Trees, graphs and sets are many small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// All work is done by one thread beside the main one, for its large stack. It also reads the rules, so that what that leaves of its heap
/// holds the first file.
fn main() -> ExitCode {
    let work = || leave(run().unwrap_or_else(|e| failed(&e)));
    schedule::on_big_stack(work).unwrap_or_else(|e| failed(&e))
}

/// Ends the process where all went well: taking apart what it holds would be a part of a short run.
fn leave(code: ExitCode) -> ExitCode {
    #[cfg(unix)]
    if code == ExitCode::SUCCESS && std::io::stdout().flush().is_ok() {
        signal_hook::low_level::exit(0);
    }
    code
}

fn failed(e: &anyhow::Error) -> ExitCode {
    match e.downcast_ref::<clap::Error>() {
        Some(usage) => {
            // A closed standard error leaves nobody to tell.
            let _ = usage.print();
            return ExitCode::from(if usage.use_stderr() { 2 } else { 0 });
        }
        None => eprintln!("error: {e:#}"),
    }
    ExitCode::from(2)
}

fn run() -> anyhow::Result<ExitCode> {
    let words: Vec<String> = std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let (cli, words) = Cli::of_words(words)?;
    match cli.command {
        Some(Cmd::ParseC(args)) => parse_c::run(&args),
        Some(Cmd::ParseCocci(args)) => parse_cocci::run(&args),
        Some(Cmd::Cfg(args)) => cfg_cmd::run(&args),
        Some(Cmd::Check(args)) => check::run(&args),
        Some(Cmd::Explain(args)) => explain::run(*args, &words),
        Some(Cmd::ExplainError(args)) => explain_error::run(&args),
        None if cli.apply.version => apply::version(),
        None => apply::run(cli.apply, &words),
    }
}

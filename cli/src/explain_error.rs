//! `spatch-rs explain-error`: what a code of a message means, with an example.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use smpl_parser::codes;

/// Options of `explain-error`.
#[derive(Args, Debug, Clone, Default)]
pub struct ExplainErrorArgs {
    /// Codes such as `E005`; none lists all.
    #[arg(value_name = "CODE")]
    pub codes: Vec<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a code is unknown.
pub fn run(args: &ExplainErrorArgs) -> Result<ExitCode> {
    if args.codes.is_empty() {
        for code in codes::codes() {
            let title = codes::page(code).and_then(|p| p.lines().next()).unwrap_or_default();
            anstream::println!("{}", title.trim_start_matches("# "));
        }
    }
    for (i, code) in args.codes.iter().enumerate() {
        let Some(page) = codes::page(code) else {
            bail!("there is no code `{code}`; `spatch-rs explain-error` lists all");
        };
        anstream::print!("{}{}", if i > 0 { "\n" } else { "" }, page);
    }
    Ok(ExitCode::SUCCESS)
}

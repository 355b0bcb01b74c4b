//! The executable model of removal and insertion against the binary, on generated functions and edits.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::binary;

/// The generator's driver: it asks the model and the binary, and compares.
const DRIVER: &str = include_str!("removal_model.py");

/// Arguments of `cargo xtask removal-model`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `cases/rewriting_model.py` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// How many functions to generate, over all kinds of edits.
    #[arg(long, default_value_t = 10_000)]
    functions: u32,
    /// What the generator starts from.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// Runs the comparison; needs python3.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("removal-model", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?.canonicalize()?;
    let model = data.join("cases/rewriting_model.py");
    let mut command = Command::new("python3");
    command.arg("-c").arg(DRIVER).arg(&model).arg(&bin).args([args.functions.to_string(), args.seed.to_string()]);
    let status = command.status().context("python3")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

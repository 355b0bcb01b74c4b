//! The main job on a sample: the i2c rule over the sample drivers, or over a kernel.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::binary;

/// Arguments of `cargo xtask demo`.
#[derive(clap::Args)]
pub struct Args {
    /// Get Debian's linux-source-6.1 (needs apt-get and 2 GB) and run on its drivers.
    #[arg(long)]
    kernel: bool,
    /// Where the kernel is unpacked.
    #[arg(long, default_value = "target/kernel")]
    into: PathBuf,
}

/// Builds the command line and runs the shipped rules on the sample drivers, printing the diffs.
pub fn run(args: &Args) -> Result<ExitCode> {
    let bin = binary::spatch_rs(None)?;
    let root = binary::root();
    let code = if args.kernel { kernel(&args.into)? } else { root.join("corpus/sample") };
    for rule in ["rules/i2c/clear-clientdata/rule.cocci", "rules/irqf/remove-disabled/rule.cocci"] {
        println!("$ spatch-rs --sp-file {rule} --dir {}", code.display());
        let status = Command::new(&bin).current_dir(&root).args(["--sp-file", rule, "--dir"]).arg(&code).status()?;
        if !status.success() {
            bail!("spatch-rs failed: {status}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn kernel(into: &std::path::Path) -> Result<PathBuf> {
    let tree = std::path::absolute(into)?.join("linux-source-6.1");
    if !tree.join("drivers").is_dir() {
        crate::corpus::get("linux-6.1", into)?;
    }
    Ok(tree.join("drivers"))
}

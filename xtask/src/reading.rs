//! What it costs to read semantic patches, isomorphisms applied: CPU time of the whole process.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::cpu::children_cpu;

/// CPU seconds that reading the kernel's semantic patches may take.
const LIMIT: f64 = 0.2;

/// Reads all semantic patches below `dir` several times and prints the least CPU time.
pub fn report(bin: &Path, dir: &Path, runs: usize) -> Result<()> {
    if !dir.is_dir() {
        println!("reading semantic patches: NOT RUN (no folder {})", dir.display());
        return Ok(());
    }
    let mut least = f64::INFINITY;
    let mut summary = String::new();
    for _ in 0..runs.max(1) {
        let before = children_cpu();
        let run = Command::new(bin).args(["parse-cocci", "--summary"]).arg(dir).stderr(Stdio::null()).output()?;
        if run.stdout.is_empty() {
            bail!("parse-cocci of {}: {}", dir.display(), run.status);
        }
        least = least.min(children_cpu() - before);
        summary = String::from_utf8_lossy(&run.stdout).trim().to_owned();
    }
    println!("reading semantic patches: {least:.3} CPU s (at most {LIMIT} in a release build): {summary}");
    Ok(())
}

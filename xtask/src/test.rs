//! Everything that must hold before a change lands: formatting, lints, tests, and the recorded scores.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Args {}

/// Runs each step; prints which ones failed.
pub fn run(_: &Args) -> Result<ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let steps: [&[&str]; 10] = [
        &["fmt", "--all", "--check"],
        &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
        &["test", "--workspace", "--quiet"],
        &["xtask", "semantics"],
        &["xtask", "conformance"],
        &["xtask", "evaluators", "--suite", "--every", "10"],
        &["xtask", "frontend"],
        &["xtask", "rewriting"],
        &["xtask", "rewriting", "--default-mode"],
        &["xtask", "removal-model", "--functions", "2000"],
    ];
    let mut failed = Vec::new();
    for step in steps {
        println!("$ cargo {}", step.join(" "));
        let status = Command::new(&cargo).current_dir(crate::binary::root()).args(step).status();
        if !status.context("cannot start cargo")?.success() {
            failed.push(step.join(" "));
        }
    }
    for step in &failed {
        println!("FAILED: cargo {step}");
    }
    println!("{} passed, {} failed", steps.len() - failed.len(), failed.len());
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

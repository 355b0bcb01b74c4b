//! Outside code and rule collections that we measure on: what they are, and how to get those that a package manager has.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// Arguments of `cargo xtask corpus`.
#[derive(clap::Args)]
pub struct Args {
    /// Fetch the named collection into this folder.
    #[arg(long, requires = "name")]
    get: Option<PathBuf>,
    /// Name of a collection.
    name: Option<String>,
}

/// One row of `corpus/manifest.json`.
#[derive(Deserialize)]
struct Collection {
    name: String,
    what: String,
    source: String,
    version: String,
    licence: String,
    /// SHA-256 of what is fetched, as `sha256sum` prints it; empty where the package manager checks it.
    hash: String,
    /// Debian package, if it comes as one.
    #[serde(default)]
    debian: Option<String>,
    /// The archive that the package installs, to be unpacked.
    #[serde(default)]
    archive: Option<String>,
}

/// Lists the collections, or fetches one.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(into) = &args.get else {
        for r in manifest()?.iter().filter(|r| args.name.as_ref().is_none_or(|n| *n == r.name)) {
            println!("{}: {}\n    from {} ({}), licence {}", r.name, r.what, r.source, r.version, r.licence);
            if !r.hash.is_empty() {
                println!("    sha256 {}", r.hash);
            }
        }
        return Ok(ExitCode::SUCCESS);
    };
    get(args.name.as_deref().unwrap_or_default(), into)?;
    Ok(ExitCode::SUCCESS)
}

fn manifest() -> Result<Vec<Collection>> {
    let path = crate::binary::root().join("corpus/manifest.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).context("corpus/manifest.json")
}

/// Installs the collection `name` and unpacks it into `into`.
pub fn get(name: &str, into: &Path) -> Result<()> {
    let rows = manifest()?;
    let Some(row) = rows.iter().find(|r| r.name == name) else { bail!("no collection {name}") };
    let Some(package) = &row.debian else { bail!("{name} is not in a package manager; see {}", row.source) };
    command("apt-get", &["install", "--yes", package])?;
    if let Some(archive) = &row.archive {
        std::fs::create_dir_all(into)?;
        let into = into.to_string_lossy();
        command("tar", &["--extract", "--file", archive, "--directory", &into])?;
        println!("{name}: unpacked into {into}");
    }
    Ok(())
}

fn command(program: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program).args(arguments).status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} failed: {status}");
    }
    Ok(())
}

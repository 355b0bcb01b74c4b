//! Whole semantic patches that must read: those of the conformance suite and of the kernel. What is refused must be listed with the reason.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::binary;

/// Modes of the kernel's semantic patches; each is tried on those that declare it.
const MODES: [&str; 5] = ["", "patch", "report", "context", "org"];

/// Reads all files; returns whether each is read, or refused for the reason that is written down.
pub fn run(bin: &Path, data: &Path, code: Option<&Path>) -> Result<bool> {
    let listed = listed()?;
    let refused = read(bin, &data.join("conformance/cases"), "")?;
    let mut fine = true;
    for (name, code) in &refused.files {
        if listed.get(name).is_none_or(|(c, _)| c != code) {
            fine = false;
            println!("frontend: {name} is refused with {code}, and no reason is written down");
        }
    }
    println!("frontend: {} files of the conformance suite, {} refused", refused.all, refused.files.len());
    let Some(code) = code else {
        println!("frontend: rules of the kernel NOT RUN (name a tree of Linux 6.1 with --code or SPATCH_CODE)");
        return Ok(fine);
    };
    for mode in MODES {
        let refused = read(bin, &code.join("scripts/coccinelle"), mode)?;
        for (name, code) in &refused.files {
            fine = false;
            println!("frontend: {name} is refused with {code} (mode `{mode}`)");
        }
        println!("frontend: {} kernel files with mode `{mode}`, {} refused", refused.all, refused.files.len());
    }
    Ok(fine)
}

struct Refused {
    all: usize,
    /// Name and code of the first error.
    files: Vec<(String, String)>,
}

fn read(bin: &Path, dir: &Path, mode: &str) -> Result<Refused> {
    let mut command = Command::new(bin);
    command.args(["parse-cocci", "--json"]);
    if !mode.is_empty() {
        command.args(["-D", mode]);
    }
    let run = binary::run(command.arg(dir), Duration::from_secs(120))?;
    let answer: Value = serde_json::from_slice(&run.stdout)
        .with_context(|| format!("{}: {}", dir.display(), String::from_utf8_lossy(&run.stderr)))?;
    let mut out = Refused { all: 0, files: Vec::new() };
    for file in answer.as_array().map(Vec::as_slice).unwrap_or_default() {
        let messages = file["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        let error = messages.iter().find(|m| m["severity"] == "error");
        let undeclared = format!("virtual rule `{mode}` is not declared");
        if error.is_some_and(|e| e["message"] == undeclared.as_str()) {
            continue;
        }
        out.all += 1;
        if file["read"] != true {
            let path = Path::new(file["file"].as_str().unwrap_or_default());
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            out.files.push((name, error.and_then(|e| e["code"].as_str()).unwrap_or("no message").to_owned()));
        }
    }
    Ok(out)
}

/// Files that are refused: the code of the first error, and why that is right.
fn listed() -> Result<BTreeMap<String, (String, String)>> {
    let path = binary::root().join("tests/scores/refused.tsv");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let rows = text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| {
        let mut parts = l.splitn(3, '\t').map(str::to_owned);
        Some((parts.next()?, (parts.next()?, parts.next()?)))
    });
    Ok(rows.filter(|(_, (_, why))| !why.is_empty()).collect())
}

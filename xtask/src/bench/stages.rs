//! Instructions of the stages of a run, counted by valgrind: the same on a busy machine as on an idle one.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::command::installed;
use crate::binary;

/// Each stage, and the function that does it: what it calls counts, but for the stages that are taken off.
const STAGES: [(&str, &str); 8] = [
    ("read rule", "smpl_parser::parse::parse"),
    ("lex", "c_syntax::lexer::lex"),
    ("cut", "c_syntax::file::SourceFile::parse"),
    ("parse", "c_syntax::parse::parse_element"),
    ("graph", "rewriter::run::shared::build_graphs"),
    ("match", "rewriter::run::element::search"),
    ("rewrite", "rewriter::run::element::rewrite"),
    ("diff", "rewriter::diff::add_unified"),
];

/// Counts on the sample drivers.
pub fn run(bin: &Path) -> Result<()> {
    // The annotator comes with it, and answers a question for its version with status 255.
    if !installed("valgrind") {
        println!("NOT RUN (valgrind is not installed)");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("callgrind.out");
    let rule = binary::root().join("rules/i2c/clear-clientdata/rule.cocci");
    let code = binary::root().join("corpus/sample");
    println!("    $ valgrind --tool=callgrind spatch-rs -j1 --sp-file {} --dir {}", rule.display(), code.display());
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--callgrind-out-file={}", out.display())])
        .arg(bin)
        .args(["-j1", "--very-quiet", "--sp-file"])
        .arg(&rule)
        .arg("--dir")
        .arg(&code)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        bail!("valgrind failed");
    }
    let text = Command::new("callgrind_annotate").args(["--inclusive=yes", "--threshold=100"]).arg(&out).output()?;
    let text = String::from_utf8_lossy(&text.stdout);
    let total = text.lines().find(|l| l.contains("PROGRAM TOTALS")).and_then(count).unwrap_or(0);
    println!("{:>14} instructions in all", total);
    for (stage, function) in STAGES {
        match text.lines().filter(|l| names(l, function)).filter_map(count).max() {
            Some(n) => println!("{n:>14} {stage} ({function}, with what it calls)"),
            None => {
                println!("{:>14} {stage}: {function} was not called, or is no function of its own in this build", "-")
            }
        }
    }
    Ok(())
}

/// Whether a line is about a function.
fn names(line: &str, function: &str) -> bool {
    line.split(':').skip(1).collect::<Vec<_>>().join(":").split(" [").next().is_some_and(|name| {
        let name = name.trim();
        let name = name.split("'").next().unwrap_or(name);
        name == function || name.strip_suffix('>').is_some_and(|n| n == function)
    })
}

/// The count at the start of a line.
fn count(line: &str) -> Option<u64> {
    let digits: String =
        line.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    digits.parse().ok()
}

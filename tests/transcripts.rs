//! Command-line sessions: arguments, outputs, exit status, and that nothing is written that should not be.
//!
//! A block with `file=NAME` makes a file (words: `crlf`, `no-newline`, `latin1`, for what Markdown cannot say). A `console` block is a
//! session: `$ spatch-rs ARGS`, then what is printed (standard output, then standard error), then `? STATUS` if it is not 0.
//! A line `...` stands for any lines, `[..]` inside a line for any text. After each session all files must be as they were, but for
//! those that a following block with `becomes=NAME` names.

use std::collections::BTreeMap;
use std::path::Path;

use spatch_tests::markdown::{Block, Section, sections};
use spatch_tests::{files, folder, run, settle};

#[test]
fn transcripts() {
    let (mut ran, mut failures) = (0, Vec::new());
    for page in files(&folder().join("transcripts"), ".md") {
        let text = std::fs::read_to_string(&page).expect("a page can be read");
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for section in sections(&text).iter().filter(|s| s.blocks.iter().any(|b| b.language == "console")) {
            ran += 1;
            if let Err(e) = session(section) {
                failures.push(format!("{name}:{} {}\n{e}", section.line, section.title));
            }
        }
    }
    settle("transcripts", ran, &failures);
}

fn session(section: &Section) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut blocks = section.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        if let Some(name) = block.value("file") {
            let path = scratch.path().join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(|e| e.to_string())?;
            }
            std::fs::write(path, contents(block)).map_err(|e| e.to_string())?;
        } else if block.language == "console" {
            let mut want = snapshot(scratch.path());
            let said = commands(scratch.path(), &block.text)?;
            while let Some(becomes) = blocks.next_if(|b| b.value("becomes").is_some()) {
                want.insert(becomes.value("becomes").unwrap_or_default().to_string(), contents(becomes));
            }
            let got = snapshot(scratch.path());
            if got != want {
                return Err(format!("files differ from what they should be\n{}\n{said}", difference(&want, &got)));
            }
        }
    }
    Ok(())
}

fn contents(block: &Block) -> Vec<u8> {
    let mut text = block.text.clone();
    if block.has("no-newline") {
        text.pop();
    }
    if block.has("empty") {
        text.clear();
    }
    if block.has("crlf") {
        text = text.replace('\n', "\r\n");
    }
    if block.has("latin1") {
        return text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    }
    text.into_bytes()
}

fn snapshot(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |p: &Path| p.strip_prefix(dir).unwrap_or(p).to_string_lossy().into_owned();
    files(dir, "").into_iter().map(|p| (name(&p), std::fs::read(&p).unwrap_or_default())).collect()
}

fn difference(want: &BTreeMap<String, Vec<u8>>, got: &BTreeMap<String, Vec<u8>>) -> String {
    let mut out = String::new();
    for name in want.keys().chain(got.keys().filter(|n| !want.contains_key(*n))) {
        let show = |files: &BTreeMap<String, Vec<u8>>| {
            files.get(name).map_or("(no file)\n".to_string(), |b| format!("{}\n", b.escape_ascii()))
        };
        if want.get(name) != got.get(name) {
            out += &format!("--- {name} expected\n{}--- {name} got\n{}", show(want), show(got));
        }
    }
    out
}

/// Runs the commands of a block one after the other.
fn commands(dir: &Path, text: &str) -> Result<String, String> {
    let mut lines = text.lines().peekable();
    let mut said = String::new();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ spatch-rs") else {
            return Err(format!("expected a command, found: {line}"));
        };
        let (mut want, mut status) = (Vec::new(), 0);
        while let Some(line) = lines.next_if(|l| !l.starts_with("$ ")) {
            match line.strip_prefix("? ").and_then(|s| s.parse().ok()) {
                Some(s) => status = s,
                None => want.push(line),
            }
        }
        let args: Vec<String> = command.split_whitespace().map(String::from).collect();
        let ran = run(dir, &args);
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        said += &printed;
        let got: Vec<&str> = printed.lines().collect();
        if ran.status != Some(status) || !matches(&want, &got) {
            return Err(format!(
                "$ spatch-rs{command}\n--- expected (status {status})\n{}\n--- got (status {:?})\n{printed}",
                want.join("\n"),
                ran.status
            ));
        }
    }
    Ok(said)
}

/// Whether lines fit a pattern of lines.
fn matches(want: &[&str], got: &[&str]) -> bool {
    match want.split_first() {
        None => got.is_empty(),
        Some((&"...", rest)) => (0..=got.len()).any(|skip| matches(rest, &got[skip..])),
        Some((line, rest)) => got.split_first().is_some_and(|(g, more)| line_matches(line, g) && matches(rest, more)),
    }
}

fn line_matches(want: &str, got: &str) -> bool {
    let mut parts = want.trim_end().split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = got.trim_end().strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        let found = if last { rest.ends_with(part).then(|| rest.len() - part.len()) } else { rest.find(part) };
        match found {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    parts.is_empty() && rest.is_empty() || !parts.is_empty()
}

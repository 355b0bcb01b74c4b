//! Results to their places: diffs and script output to standard output, files written, messages to standard error, the exit status.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use rewriter::run::{Level, Message};
use serde::{Deserialize, Serialize};

use crate::args::ApplyArgs;
use crate::watch::GroupTimes;
use crate::write;

/// The version of Coccinelle whose language and command line we follow, for scripts that ask.
pub const COMPATIBLE_VERSION: &str = "1.3.1";

/// What became of a group, ready to be shown.
#[derive(Debug, Default)]
pub struct Done {
    /// What each semantic patch gave.
    pub parts: Vec<Part>,
    /// What scripts printed on standard error.
    pub stderr: Vec<u8>,
    /// Files to write.
    pub writes: Vec<(PathBuf, Vec<u8>)>,
    /// Whether anything changed or was marked, or a script printed something.
    pub found: bool,
    /// Refusals and warnings.
    pub messages: Vec<Message>,
    /// What could not be read.
    pub problems: Vec<String>,
    /// What it cost, if that was asked for.
    pub times: Option<Box<GroupTimes>>,
}

impl Done {
    /// Adds what a further semantic patch gave.
    pub fn append(&mut self, mut other: Self) {
        self.parts.append(&mut other.parts);
        self.stderr.append(&mut other.stderr);
        self.writes.append(&mut other.writes);
        self.found |= other.found;
        self.messages.append(&mut other.messages);
        self.problems.append(&mut other.problems);
    }

    /// Whether nothing of it is shown.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.parts.is_empty() && self.stderr.is_empty() && self.messages.is_empty() && self.problems.is_empty()
    }
}

/// What one semantic patch gave for a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its index.
    pub patch: usize,
    /// What its scripts printed on standard output.
    pub printed: Vec<u8>,
    /// Diffs.
    pub diff: Vec<u8>,
}

/// Where results go, one group after the other.
pub struct Sink<'a> {
    args: &'a ApplyArgs,
    found: bool,
    /// The one changed file and its new text, for `-o`.
    only: Option<(PathBuf, Vec<u8>)>,
    refused: usize,
    /// Whether a file could not be read or written.
    pub problems: bool,
    /// Whether diffs are shown in colours.
    colour: bool,
}

/// Takes results in order.
pub trait Take {
    /// Shows and writes what became of a group.
    ///
    /// # Errors
    /// If standard output or a file cannot be written.
    fn take(&mut self, done: Done) -> Result<()>;
}

impl<'a> Sink<'a> {
    /// A sink that does as the options say.
    #[must_use]
    pub fn new(args: &'a ApplyArgs) -> Self {
        Self { args, found: false, only: None, refused: 0, problems: false, colour: args.color.wanted() }
    }

    /// Shows a message about a place in code.
    pub fn message(&mut self, message: &Message) {
        let level = match message.level {
            Level::Refused | Level::GivenUp => "error",
            Level::Warning => "warning",
        };
        if message.level < Level::Warning {
            self.refused += 1;
        }
        let line = message.line.map_or_else(String::new, |l| format!(":{l}"));
        let rule = if message.rule.starts_with("rule starting") { "" } else { "rule " };
        eprintln!("{level}: {}{line}: {rule}{}: {}", message.file, message.rule, message.text);
        for detail in &message.details {
            eprintln!("  {detail}");
        }
    }

    fn write(&mut self, path: &Path, text: &[u8]) -> Result<()> {
        if self.args.in_place {
            match &self.args.suffix {
                Some(suffix) => write::replace_keeping(path, text, &with_suffix(path, suffix))?,
                None => write::replace(path, text)?,
            }
        } else if self.args.out_place {
            let beside = with_suffix(path, self.args.suffix.as_deref().unwrap_or(".cocci_res"));
            write::create(&beside, text, path)?;
        } else if self.args.output.is_some() {
            if let Some((first, _)) = self.only.as_ref().filter(|f| f.0 != path) {
                bail!("-o takes one changed file, but both {} and {} change", first.display(), path.display());
            }
            self.only = Some((path.to_path_buf(), text.to_vec()));
        }
        Ok(())
    }

    /// The exit status: 0 done, 1 with `--check` if anything was found, 2 if something could not be read.
    ///
    /// # Errors
    /// If the file that `-o` names cannot be written, or standard output not flushed.
    pub fn finish(self) -> Result<ExitCode> {
        if let (Some(output), Some((path, text))) = (&self.args.output, &self.only) {
            write::create(output, text, path)?;
        }
        io::stdout().flush().context("cannot write to standard output")?;
        if self.problems {
            return Ok(ExitCode::from(2));
        }
        Ok(if self.args.check && (self.found || self.refused > 0) { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

impl Take for Sink<'_> {
    fn take(&mut self, done: Done) -> Result<()> {
        for problem in &done.problems {
            eprintln!("error: {problem}");
            self.problems = true;
        }
        if !done.stderr.is_empty() {
            io::stderr().write_all(&done.stderr)?;
        }
        for message in &done.messages {
            self.message(message);
        }
        self.found |= done.found;
        if !done.parts.is_empty() {
            let mut out = io::stdout().lock();
            let colour = self.colour;
            let diff = |p: &Part| if colour { coloured(&p.diff) } else { p.diff.clone() };
            done.parts
                .iter()
                .try_for_each(|p| out.write_all(&p.printed).and_then(|()| out.write_all(&diff(p))))
                .and_then(|()| out.flush())
                .context("cannot write to standard output")?;
        }
        for (path, text) in &done.writes {
            if let Err(e) = self.write(path, text) {
                // Without the one file of `-o` there is no result; else the other files are.
                if self.args.output.is_some() {
                    return Err(e);
                }
                eprintln!("error: {e:#}");
                self.problems = true;
            }
        }
        Ok(())
    }
}

/// A diff with the colours that git gives it.
fn coloured(diff: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(diff.len() + diff.len() / 4);
    for line in diff.split_inclusive(|b| *b == b'\n') {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let style: &[u8] = match body {
            [b'd', b'i', b'f', b'f', b' ', ..] | [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => {
                b"\x1b[1m"
            }
            [b'@', b'@', ..] => b"\x1b[36m",
            [b'-', ..] => b"\x1b[31m",
            [b'+', ..] => b"\x1b[32m",
            _ => b"",
        };
        if style.is_empty() {
            out.extend_from_slice(line);
        } else {
            out.extend([style, body, b"\x1b[m", &line[body.len()..]].concat());
        }
    }
    out
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

//! Why a rule does not match at a line: for each rule of a semantic patch what became of it there, as a message that can be drawn
//! over the C file and over the semantic patch.

mod cause;
mod draw;
mod words;

use c_syntax::Diagnostic;

use super::group::Group;
use super::script::ScriptHost;
use super::{FileInput, Program, RunOptions, file};

pub(super) use draw::Draw;
pub(super) use words::{lacking, unread};

/// The number of the C file in the labels of messages.
pub const C_FILE: u32 = 0;
/// The number of the semantic patch in the labels of messages.
pub const RULE_FILE: u32 = 1;

/// What became of a rule at a line.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The rule.
    pub rule: String,
    /// Whether it matches there.
    pub matches: bool,
    /// What stopped it (or that nothing did), as a word for programs.
    pub reason: &'static str,
    /// The same in sentences. Labels of file [`C_FILE`] count in the original text.
    pub message: Diagnostic,
    /// The lines of the path that the message is about.
    pub path: Vec<u32>,
}

/// Runs a semantic patch on a group of files, and says of each rule what became of it at a line (from 1) of the `file`-th one.
pub fn explain<'a>(
    program: &'a Program,
    files: Vec<FileInput>,
    host: Option<&'a mut dyn ScriptHost>,
    options: &'a RunOptions,
    (file, line): (usize, u32),
) -> Vec<Explained> {
    let files: Vec<file::FileState> =
        files.into_iter().map(|f| file::FileState::new(f.name, f.file, options.quirks)).collect();
    if file >= files.len() {
        return Vec::new();
    }
    Group::new(program, files, host, options).explain(file, line)
}

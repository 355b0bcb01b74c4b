//! What a run has to say besides its result: refusals, failures, warnings. Data, not text on a terminal.

use std::sync::Arc;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something was given up: the result lacks a change that the semantic patch asks for.
    Refused,
    /// A limit ended the work on something: nobody knows what would have come of it.
    GivenUp,
    /// Worth knowing; nothing was given up.
    Warning,
}

/// One message about a place in C code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How bad it is.
    pub level: Level,
    /// The file.
    pub file: Arc<str>,
    /// Line (from 1) in the original text, if the message is about one.
    pub line: Option<u32>,
    /// The rule.
    pub rule: String,
    /// One sentence.
    pub text: String,
    /// Further lines: paths, the two edits, a traceback.
    pub details: Vec<String>,
}

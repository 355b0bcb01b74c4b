//! The loop over rules (`semantics.md` 6): a semantic patch on a group of files.
//!
//! [`Program::new`] once per run, [`apply`] once per group. Nothing here prints or touches the file system.

mod comments;
mod element;
pub mod env;
pub mod explain;
mod file;
mod fresh;
mod group;
mod message;
pub mod offsets;
pub mod profile;
mod program;
mod repeat;
pub mod script;
mod shared;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use c_syntax::MacroTables;
use c_syntax::types::{HeaderTable, IncludeOptions};
use cfg::CfgOptions;

pub use comments::Comments;
pub use message::{Level, Message};
pub use profile::{Clock, Stage, Times};
pub use program::Program;
pub use script::{Input, ScriptError, ScriptHost, ScriptResult};
pub use shared::SharedFile;
pub use words::{WordSet, WordTable};

use crate::edit::Edit;
use crate::layout::Style;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// `--coccinelle-quirks`.
    pub quirks: bool,
    /// The reference evaluator is asked too, and a difference refuses the element: for tests of the matcher.
    pub by_definition: bool,
    /// `--allow-inconsistent-paths`.
    pub allow_inconsistent: bool,
    /// Of bare terms: whether later branches of a disjunction yield to earlier ones, and whether only outermost matches count.
    pub bare: (bool, bool),
    /// How graphs are made.
    pub cfg: CfgOptions,
    /// How code is laid out.
    pub style: Style,
    /// Macros for reading C.
    pub tables: Arc<MacroTables>,
    /// The headers that say types, and which of them count.
    pub headers: (Arc<HeaderTable>, IncludeOptions),
    /// The bits of `int` and `long`, if they decide the types of numbers.
    pub number_bits: Option<(u32, u32)>,
    /// Elementary steps for one (rule, element).
    pub steps: u64,
    /// About how many bytes for one (rule, element).
    pub memory: usize,
    /// Tells what stages cost.
    pub clock: Option<Clock>,
    /// When to give up: work on one (rule, element) may not go on after it.
    pub deadline: Option<std::time::Instant>,
    /// Which of the matches that change or mark code count; all if there is none.
    pub select: Option<Arc<dyn Select>>,
}

/// Decides which matches count. One that does not is as if it were not there.
pub trait Select: std::fmt::Debug + Send + Sync {
    /// Whether a match counts that changes or marks these lines (from 1) of the original text of a file.
    fn wants(&self, file: &str, text: &[u8], lines: &BTreeSet<u32>) -> bool;
}

/// A file to work on.
#[derive(Debug, Clone)]
pub struct FileInput {
    /// Its name, for positions and messages.
    pub name: Arc<str>,
    /// The file as it was read.
    pub file: Arc<SharedFile>,
}

/// What became of a group.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Its files, in the order given.
    pub files: Vec<FileOutcome>,
    /// Refusals and warnings, in order.
    pub messages: Vec<Message>,
    /// What scripts printed on standard output.
    pub printed: Vec<u8>,
    /// What scripts printed on standard error.
    pub warned: Vec<u8>,
    /// What stages cost, if there is a clock.
    pub times: Times,
}

/// What became of a file.
#[derive(Debug)]
pub struct FileOutcome {
    /// Its name.
    pub name: Arc<str>,
    /// Its new text, if it changed.
    pub text: Option<Arc<[u8]>>,
    /// The lines (from 1) that `*` marks.
    pub starred: BTreeSet<u32>,
    /// What each rule changed, one after the other, if the style says that this is noted.
    pub rounds: Vec<Vec<Edit>>,
}

/// Applies a semantic patch to a group of files. `host` runs scripts; without it a patch that comes to one is refused for the group.
pub fn apply<'a>(
    program: &'a Program,
    files: Vec<FileInput>,
    host: Option<&'a mut dyn ScriptHost>,
    options: &'a RunOptions,
) -> Outcome {
    let files = files.into_iter().map(|f| file::FileState::new(f.name, f.file, options.quirks)).collect();
    group::Group::new(program, files, host, options).run()
}

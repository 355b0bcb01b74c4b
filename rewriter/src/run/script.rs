//! Scripts, seen from the rule loop: a trait (architecture, decision 9).

use std::sync::Arc;

use matcher::Value;
use smpl_parser::{Script, ScriptCall};

use super::comments::Comments;

/// Runs scripts. One value serves one group of files at a time.
pub trait ScriptHost {
    /// Runs a script rule for one environment. `inputs` has one entry for each of `script.inputs`; what has a value or a default is there.
    ///
    /// # Errors
    /// If the script raised, or could not be run.
    fn run(
        &mut self,
        script: &Script,
        inputs: &[Option<Input>],
        files: &[Arc<str>],
    ) -> Result<ScriptResult, ScriptError>;

    /// Evaluates the script of a constraint or of a fresh identifier's seed: the text of the result, `None` for a constraint that failed.
    ///
    /// # Errors
    /// If the script raised, or could not be run.
    fn evaluate(&mut self, call: &ScriptCall, inputs: &[Input]) -> Result<Option<String>, ScriptError>;
}

/// The value of a script's variable.
#[derive(Debug, Clone)]
pub enum Input {
    /// A metavariable's value.
    Value(Value),
    /// A virtual identifier, a default, or the text that a script made.
    Text(String),
    /// The default `[]`.
    EmptyList,
    /// What a metavariable for comments stands for: those around each of its places.
    Comments(Vec<Comments>),
}

/// What a script did.
#[derive(Debug, Clone, Default)]
pub struct ScriptResult {
    /// `cocci.include_match(False)` was not called last.
    pub keep: bool,
    /// `cocci.exit()` was called: no further rule for this group.
    pub exit: bool,
    /// Values of the script's outputs that it set, by index.
    pub outputs: Vec<(u32, Value)>,
    /// What it printed on standard output.
    pub printed: Vec<u8>,
    /// What it printed on standard error.
    pub warned: Vec<u8>,
}

/// Why a script gave nothing.
#[derive(Debug, Clone)]
pub struct ScriptError {
    /// One sentence.
    pub message: String,
    /// The traceback or what else helps.
    pub details: Vec<String>,
    /// What it had printed before.
    pub printed: Vec<u8>,
}

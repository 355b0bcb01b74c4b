//! Straight-line scripts without Python: those that only format and print what they are given. A script that is not surely of that kind,
//! and one whose run comes upon anything but the plain case, is left to Python; both ways give the same output.

mod eval;
mod lex;
mod parse;
mod quiet;

#[cfg(test)]
mod tests;

use rewriter::run::{Input, ScriptResult};
use rustc_hash::{FxHashMap, FxHashSet};
use smpl_parser::ast::{Script, ScriptCall, ScriptPhase};

use parse::{Block, Expr};
pub use quiet::only_sets_names;

/// The scripts of a semantic patch that need no Python.
#[derive(Debug, Default)]
pub struct Native {
    scripts: FxHashMap<(u32, String), Block>,
    /// Scripts of constraints and seeds.
    calls: FxHashMap<(u32, String), Expr>,
}

impl Native {
    /// Finds them. Python keeps the variables of a script for later ones, so a script stays with Python if another one that does may look at
    /// its variables, or changes what its own names mean.
    #[must_use]
    pub fn of<'a>(scripts: impl Iterator<Item = &'a Script>, calls: impl Iterator<Item = &'a ScriptCall>) -> Self {
        let mut native = Vec::new();
        let mut native_calls = FxHashMap::default();
        let mut python: FxHashSet<String> = FxHashSet::default();
        let mut redefined = false;
        let words = |code: &str, own: &[&str]| -> Vec<String> {
            let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.filter(|w| !own.contains(w)).map(str::to_owned).collect()
        };
        for call in calls.filter(|c| c.language == "python") {
            let params: Vec<&str> = call.params.iter().map(|(name, _)| name.as_str()).collect();
            match parse::expression(call.code.trim(), &params) {
                Some(expr) => drop(native_calls.insert((call.line, call.code.clone()), expr)),
                None => python.extend(words(&call.code, &params)),
            }
        }
        for script in scripts.filter(|s| s.runs_here()) {
            let inputs: Vec<&str> = script.inputs.iter().map(|i| i.name.as_str()).collect();
            let block = (script.phase == ScriptPhase::Rule)
                .then(|| parse::script(&script.code, &inputs, &script.outputs))
                .flatten();
            match block {
                Some(block) => native.push((script, block)),
                None => {
                    redefined |= redefines(&script.code);
                    python.extend(words(&script.code, &inputs));
                }
            }
        }
        let sets = |script: &Script, block: &Block| -> bool {
            let mut names = parse::assigned(block);
            names.extend(script.inputs.iter().map(|i| i.name.clone()));
            names.extend(script.outputs.iter().cloned());
            names.iter().any(|n| python.contains(n))
        };
        if redefined {
            return Self::default();
        }
        if native.iter().any(|(s, b)| sets(s, b)) {
            native.clear();
        }
        let scripts = native.into_iter().map(|(s, b)| ((s.code_line, s.code.clone()), b)).collect();
        Self { scripts, calls: native_calls }
    }

    /// Runs a script; none if Python has to.
    #[must_use]
    pub fn run(&self, script: &Script, inputs: &[Option<Input>]) -> Option<ScriptResult> {
        if self.scripts.is_empty() {
            return None;
        }
        let block = self.scripts.get(&(script.code_line, script.code.clone()))?;
        eval::run(block, script, inputs)
    }

    /// The text of the value of a constraint or seed, none inside if it is false; none if Python has to work it out.
    #[must_use]
    pub fn evaluate(&self, call: &ScriptCall, inputs: &[Input]) -> Option<Option<String>> {
        if self.calls.is_empty() {
            return None;
        }
        eval::expression(self.calls.get(&(call.line, call.code.clone()))?, call, inputs)
    }

    /// Whether a script is one of these.
    #[must_use]
    pub fn has(&self, script: &Script) -> bool {
        self.scripts.contains_key(&(script.code_line, script.code.clone()))
    }

    /// Whether the script of a constraint or seed is one of these.
    #[must_use]
    pub fn has_call(&self, call: &ScriptCall) -> bool {
        self.calls.contains_key(&(call.line, call.code.clone()))
    }
}

/// Whether code may give another meaning to a name that straight-line scripts use.
fn redefines(code: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(part).any(|(at, _)| {
        if code[..at].ends_with(part) {
            return false;
        }
        let word = code[at..].split(|c| !part(c)).next().unwrap_or_default();
        let after = code[at + word.len()..].trim_start_matches([' ', '\t']);
        let before = code[..at].trim_end_matches([' ', '\t']);
        let set = after.starts_with('=') && !after.starts_with("==");
        let defined = ["def", "class", "as", "import", "for", "global", ","].iter().any(|k| before.ends_with(k));
        (set || defined) && (parse::BUILT_IN.contains(&word) || word.starts_with("print_") || word == "include_match")
    })
}

//! The scripts of one semantic patch as the groups of a run come to them: in any order where no state can be kept, else in path order.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, bail};
use rewriter::run::{Input, ScriptError, ScriptHost, ScriptResult};
use smpl_parser::ast::{Script, ScriptCall};

use crate::patch::Loaded;

use super::Python;
use super::straight::Native;

/// The scripts of one semantic patch.
pub struct Scripts {
    native: Native,
    python: Arc<Mutex<Python>>,
    turns: Turns,
}

impl Scripts {
    /// The scripts of a patch; none if it has none that can run.
    ///
    /// # Errors
    /// If it has some and they are not allowed.
    pub fn new(patch: &Loaded) -> Result<Option<Self>> {
        let args = &patch.args;
        let scripts: Vec<&Script> = patch.program.all_scripts().collect();
        let runnable: Vec<&str> = scripts.iter().filter(|s| s.runs_here()).map(|s| s.name.as_str()).collect();
        let calls = patch.program.calls_scripts();
        if args.no_scripts && !runnable.is_empty() {
            bail!("{}: --no-scripts, but these rules are scripts: {}", patch.name, runnable.join(", "));
        }
        if args.no_scripts && calls {
            bail!("{}: --no-scripts, but a metavariable has one", patch.name);
        }
        for script in scripts.iter().filter(|s| !s.runs_here()) {
            eprintln!(
                "warning: {}:{}: rule {} is a script in {}, which spatch-rs does not run; what depends on it does not apply",
                patch.name, script.line, script.name, script.language
            );
        }
        if runnable.is_empty() && !calls {
            return Ok(None);
        }
        let own = &patch.program.patch;
        let virtuals = own.virtuals.iter().chain(&own.virtual_identifiers).cloned().collect();
        let python = Python::new(args.python.clone(), patch.name.clone(), args.timeout, virtuals);
        let native = Native::of(scripts.into_iter(), calls);
        Ok(Some(Self { native, python: Arc::new(Mutex::new(python)), turns: Turns::default() }))
    }

    /// For a further run of the patch: the same interpreter.
    #[must_use]
    pub fn again(&self, patch: &Loaded) -> Self {
        let native = Native::of(patch.program.all_scripts(), patch.program.calls_scripts());
        Self { native, python: self.python.clone(), turns: Turns::default() }
    }

    /// Whether a script runs in Python.
    #[must_use]
    pub fn need_python(&self, patch: &Loaded) -> bool {
        patch.program.calls_scripts() || patch.program.all_scripts().any(|s| s.runs_here() && !self.native.has(s))
    }

    /// The scripts for the `i`-th group of a run. Groups have to be begun in their order.
    #[must_use]
    pub fn of_group(&self, i: usize) -> OfGroup<'_> {
        OfGroup { scripts: self, group: i, called: false }
    }

    /// The `i`-th group has no more use for scripts.
    pub fn done(&self, i: usize) {
        self.turns.done(i);
    }

    /// The interpreter, also after a fault in another group.
    pub fn python(&self) -> MutexGuard<'_, Python> {
        self.python.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Scripts for one group of files.
pub struct OfGroup<'a> {
    scripts: &'a Scripts,
    group: usize,
    /// Whether Python was called, which may keep state.
    pub called: bool,
}

impl ScriptHost for OfGroup<'_> {
    fn run(
        &mut self,
        script: &Script,
        inputs: &[Option<Input>],
        files: &[Arc<str>],
    ) -> Result<ScriptResult, ScriptError> {
        if let Some(result) = self.scripts.native.run(script, inputs) {
            return Ok(result);
        }
        self.called = true;
        self.scripts.turns.wait(self.group);
        self.scripts.python().run(script, inputs, files)
    }

    fn evaluate(&mut self, call: &ScriptCall, inputs: &[Input]) -> Result<Option<String>, ScriptError> {
        self.called = true;
        self.scripts.turns.wait(self.group);
        self.scripts.python().evaluate(call, inputs)
    }
}

/// Lets groups through in their order.
#[derive(Default)]
struct Turns {
    state: Mutex<Finished>,
    changed: Condvar,
}

/// Which groups are done.
#[derive(Default)]
struct Finished {
    /// All before this one.
    before: usize,
    /// Of those after it.
    others: BTreeSet<usize>,
}

impl Turns {
    /// Waits until all groups before `i` are done.
    fn wait(&self, i: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.before < i {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, i: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if i >= state.before {
            state.others.insert(i);
        }
        let state = &mut *state;
        while state.others.remove(&state.before) {
            state.before += 1;
        }
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_pass_in_their_order() {
        let turns = Turns::default();
        let order = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for i in (0..20).rev() {
                let (turns, order) = (&turns, &order);
                scope.spawn(move || {
                    if i % 3 != 0 {
                        turns.wait(i);
                        order.lock().expect("no panic").push(i);
                    }
                    turns.done(i);
                    turns.done(i);
                });
            }
        });
        let order = order.into_inner().expect("no panic");
        assert_eq!(order, (0..20).filter(|i| i % 3 != 0).collect::<Vec<_>>());
    }
}

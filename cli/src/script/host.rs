//! The scripts of one semantic patch as the groups of a run come to them: each worker with an interpreter of its own where no state can be
//! kept, else all with one, in path order.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::bail;
use rewriter::run::{Input, ScriptError, ScriptHost, ScriptResult};
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};
use smpl_parser::ItemId;
use smpl_parser::ast::{Item, Script, ScriptCall, ScriptPhase, VarRef};

use crate::patch::Loaded;

use super::Python;
use super::straight::Native;

/// The scripts of one semantic patch.
pub struct Scripts {
    native: Native,
    pool: Arc<Pool>,
    turns: Turns,
}

/// The interpreters of a semantic patch.
struct Pool {
    /// Runs what is outside groups, and is the only one if scripts may keep state.
    first: Mutex<Python>,
    /// Others that nobody uses at present.
    idle: Mutex<Vec<Python>>,
    /// Once it was asked: none if scripts may keep state, else what further interpreters are made of.
    others: OnceLock<Option<Mutex<Python>>>,
    /// What tells that.
    question: Json,
}

impl Pool {
    /// The first interpreter, also after a fault in another group.
    fn first(&self) -> MutexGuard<'_, Python> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What makes a further interpreter; none if scripts may keep state. Starts the first interpreter to know it.
    fn others(&self) -> Option<&Mutex<Python>> {
        let ask = || {
            let mut first = self.first();
            (!first.keeps_state(&self.question)).then(|| Mutex::new(first.another()))
        };
        self.others.get_or_init(ask).as_ref()
    }

    /// Does something with an interpreter that nobody else uses; as many are started as are used at once.
    fn with_any<R>(&self, others: &Mutex<Python>, work: impl FnOnce(&mut Python) -> R) -> R {
        if let Ok(mut first) = self.first.try_lock() {
            return work(&mut first);
        }
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let mut python = known.unwrap_or_else(|| others.lock().unwrap_or_else(PoisonError::into_inner).another());
        let result = work(&mut python);
        idle().push(python);
        result
    }
}

impl Scripts {
    /// The scripts of a patch; none if it has none that can run.
    ///
    /// # Errors
    /// If it has some and they are not allowed.
    pub fn new(patch: &Loaded) -> anyhow::Result<Option<Self>> {
        let args = &patch.args;
        let scripts: Vec<&Script> = patch.program.all_scripts().collect();
        let runnable: Vec<&str> = scripts.iter().filter(|s| s.runs_here()).map(|s| s.name.as_str()).collect();
        let calls = patch.program.script_calls().next().is_some();
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
        let virtuals: Vec<String> = own.virtuals.iter().chain(&own.virtual_identifiers).cloned().collect();
        let question = question(patch, &virtuals);
        let python =
            Python::new(args.python.clone(), patch.name.clone(), args.timeout, virtuals).with_names(names(patch));
        let pool = Pool { first: Mutex::new(python), idle: Mutex::default(), others: OnceLock::new(), question };
        Ok(Some(Self { native: native(patch), pool: Arc::new(pool), turns: Turns::default() }))
    }

    /// For a further run of the patch: the same interpreters.
    #[must_use]
    pub fn again(&self, patch: &Loaded) -> Self {
        Self { native: native(patch), pool: self.pool.clone(), turns: Turns::default() }
    }

    /// Whether a script runs in Python.
    #[must_use]
    pub fn need_python(&self, patch: &Loaded) -> bool {
        let program = &patch.program;
        program.script_calls().any(|c| !self.native.has_call(c))
            || program.all_scripts().any(|s| s.runs_here() && !self.native.has(s))
    }

    /// Whether groups may have to wait for those before them: scripts that run in Python may keep state. Starts Python to know it.
    #[must_use]
    pub fn have_turns(&self, patch: &Loaded) -> bool {
        self.need_python(patch) && self.pool.others().is_none()
    }

    /// The scripts for the `i`-th group of a run. Groups have to be begun in their order.
    #[must_use]
    pub fn of_group(&self, i: usize) -> OfGroup<'_> {
        OfGroup { scripts: self, group: i, unkept: false }
    }

    /// The `i`-th group has no more use for scripts.
    pub fn done(&self, i: usize) {
        self.turns.done(i);
    }

    /// The interpreter for what is outside groups, also after a fault in one.
    pub fn python(&self) -> MutexGuard<'_, Python> {
        self.pool.first()
    }
}

fn native(patch: &Loaded) -> Native {
    Native::of(patch.program.all_scripts(), patch.program.script_calls())
}

/// Rule and name of each variable of a patch.
fn names(patch: &Loaded) -> FxHashMap<VarRef, String> {
    let items = patch.program.patch.items.iter().zip(0..);
    let all = items.flat_map(|(item, i)| {
        let (rule, names): (&str, Vec<&str>) = match item {
            Item::Rule(rule) => (&rule.name, rule.metavars.iter().map(|m| m.name.as_str()).collect()),
            Item::Script(script) => (&script.name, script.outputs.iter().map(String::as_str).collect()),
        };
        names.into_iter().zip(0..).map(move |(name, var)| (VarRef { item: ItemId(i), var }, format!("{rule}.{name}")))
    });
    all.collect()
}

/// What tells whether the scripts of a patch may keep state.
fn question(patch: &Loaded, virtuals: &[String]) -> Json {
    let phase = |p| match p {
        ScriptPhase::Initialize => "initialize",
        ScriptPhase::Rule => "rule",
        ScriptPhase::Finalize => "finalize",
    };
    let scripts = patch.program.all_scripts().filter(|s| s.runs_here()).map(|s| {
        let inputs: Vec<&str> = s.inputs.iter().map(|i| i.name.as_str()).collect();
        json!({"phase": phase(s.phase), "code": s.code, "line": s.code_line, "cocci": patch.name, "inputs": inputs,
               "outputs": s.outputs})
    });
    let calls = patch.program.script_calls().map(|c| {
        let inputs: Vec<&str> = c.params.iter().map(|(name, _)| name.as_str()).collect();
        json!({"code": c.code.trim(), "line": c.line, "cocci": patch.name, "inputs": inputs})
    });
    json!({"op": "state", "names": virtuals, "scripts": scripts.collect::<Vec<_>>(), "calls": calls.collect::<Vec<_>>()})
}

/// Scripts for one group of files.
pub struct OfGroup<'a> {
    scripts: &'a Scripts,
    group: usize,
    /// Whether a script had a part in the result that another run may not repeat: state, a failure, text for standard error.
    pub unkept: bool,
}

impl OfGroup<'_> {
    fn with_python<R>(&mut self, work: impl FnOnce(&mut Python) -> Result<R, ScriptError>) -> Result<R, ScriptError> {
        let pool = &self.scripts.pool;
        let result = match pool.others() {
            Some(others) => pool.with_any(others, work),
            None => {
                self.unkept = true;
                self.scripts.turns.wait(self.group);
                work(&mut pool.first())
            }
        };
        self.unkept |= result.is_err();
        result
    }
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
        let result = self.with_python(|python| python.run(script, inputs, files))?;
        self.unkept |= !result.warned.is_empty();
        Ok(result)
    }

    fn evaluate(&mut self, call: &ScriptCall, inputs: &[Input]) -> Result<Option<String>, ScriptError> {
        match self.scripts.native.evaluate(call, inputs) {
            Some(result) => Ok(result),
            None => self.with_python(|python| python.evaluate(call, inputs)),
        }
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
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn scripts_without_state_run_side_by_side() {
        let question = json!({"op": "state", "names": [], "scripts": [], "calls": []});
        let python = Python::new("python3".into(), "r.cocci".to_owned(), None, Vec::new());
        let pool = Pool { first: Mutex::new(python), idle: Mutex::default(), others: OnceLock::new(), question };
        let others = pool.others().expect("no scripts keep no state");
        let mut met = Vec::new();
        std::thread::scope(|scope| {
            let (to_second, from_first) = mpsc::channel();
            let (to_first, from_second) = mpsc::channel();
            let meet = |to: mpsc::Sender<()>, from: mpsc::Receiver<()>| {
                pool.with_any(others, |_| to.send(()).is_ok() && from.recv_timeout(Duration::from_secs(60)).is_ok())
            };
            let both =
                [scope.spawn(move || meet(to_second, from_second)), scope.spawn(move || meet(to_first, from_first))];
            met.extend(both.map(|thread| thread.join().expect("no panic")));
        });
        assert_eq!(met, [true, true]);
        assert_eq!(pool.idle.lock().expect("no panic").len(), 1);
    }

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

//! Scripts of semantic patches: straight-line ones run here, the others in a Python process (architecture, decision 9).
//!
//! Where a script may keep state between files, a semantic patch has one interpreter, which groups of files come to in path order; else each
//! worker has its own.

mod host;
mod process;
#[cfg(test)]
mod state_tests;
mod straight;

pub use host::Scripts;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use matcher::{Position, Value};
use rewriter::run::{Input, ScriptError, ScriptHost, ScriptResult};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use smpl_parser::ast::{Script, ScriptCall, ScriptSource, VarRef};

use process::{Answer, Failure, Interpreter};

/// How long a script may take if `--timeout` does not say.
const DEFAULT_LIMIT: Duration = Duration::from_secs(300);

/// How long an interpreter may take to start, whatever `--timeout` says of scripts.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Runs the scripts of one semantic patch.
pub struct Python {
    program: PathBuf,
    cocci: String,
    limit: Duration,
    /// Names of virtual rules and identifiers, which scripts see as strings.
    virtuals: Vec<String>,
    /// Rule and name of each variable of the semantic patch.
    names: Arc<FxHashMap<VarRef, String>>,
    /// Why no script can run: the interpreter cannot be started, or an `initialize` script fails.
    missing: Option<String>,
    interpreter: Option<Interpreter>,
    /// `initialize` scripts with their lines, which a new interpreter runs first.
    initialize: Vec<(Arc<Json>, u32)>,
    /// Further runs that scripts asked for.
    iterations: Vec<Iteration>,
}

/// A further run of the semantic patch that a script asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Iteration {
    /// The files; none: those of the present run.
    pub files: Option<Vec<PathBuf>>,
    /// Virtual rules that are set.
    pub rules: Vec<String>,
    /// Virtual identifiers that are set: name and value.
    pub identifiers: Vec<(String, String)>,
    /// Whether the virtual identifiers of the present run stay set.
    pub extend: bool,
}

impl Python {
    /// A host that starts `program` when the first script runs. `cocci` is the name of the semantic patch, for tracebacks.
    #[must_use]
    pub fn new(program: PathBuf, cocci: String, limit: Option<u64>, virtuals: Vec<String>) -> Self {
        let limit = limit.filter(|l| *l > 0).map_or(DEFAULT_LIMIT, Duration::from_secs);
        Self {
            program,
            cocci,
            limit,
            virtuals,
            names: Arc::default(),
            missing: None,
            interpreter: None,
            initialize: Vec::new(),
            iterations: Vec::new(),
        }
    }

    /// With rule and name (`r.x`) of each variable, for scripts that ask whether one is bound.
    #[must_use]
    pub fn with_names(self, names: FxHashMap<VarRef, String>) -> Self {
        Self { names: Arc::new(names), ..self }
    }

    /// A further interpreter for the same scripts.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            program: self.program.clone(),
            cocci: self.cocci.clone(),
            virtuals: self.virtuals.clone(),
            names: self.names.clone(),
            missing: self.missing.clone(),
            interpreter: None,
            initialize: self.initialize.clone(),
            iterations: Vec::new(),
            ..*self
        }
    }

    /// Whether scripts may keep state; also if that cannot be found out, which is said once a script is needed.
    pub fn keeps_state(&mut self, question: &Json) -> bool {
        let answer = self.call(question);
        self.missing = None;
        answer.map_or(true, |answer| answer.state.is_some())
    }

    /// Why no script could run when one was needed.
    #[must_use]
    pub fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// The further runs that scripts asked for since the last call.
    pub fn take_iterations(&mut self) -> Vec<Iteration> {
        std::mem::take(&mut self.iterations)
    }

    /// Sends a request. An interpreter that died or was ended is started again at the next call.
    fn call(&mut self, request: &Json) -> Result<Answer, ScriptError> {
        if let Some(why) = &self.missing {
            return Err(failed(why));
        }
        if self.interpreter.is_none() {
            self.restart()?;
        }
        let Some(interpreter) = &mut self.interpreter else { return Err(failed("no interpreter")) };
        match interpreter.call(request, Some(self.limit)) {
            Ok(answer) if answer.ok => {
                self.iterations.extend(answer.iterations.iter().filter_map(|i| serde_json::from_value(i.clone()).ok()));
                Ok(answer)
            }
            Ok(answer) => {
                let at = answer.line.map_or_else(String::new, |l| format!(" at {}:{l}", self.cocci));
                Err(ScriptError {
                    message: format!("the Python script failed{at}: {}", answer.error),
                    printed: answer.printed(),
                    details: answer.trace,
                })
            }
            Err(failure) => {
                self.interpreter = None;
                Err(self.describe(&failure))
            }
        }
    }

    fn restart(&mut self) -> Result<(), ScriptError> {
        let mut fresh = Interpreter::start(&self.program).map_err(|f| {
            let error = self.describe(&f);
            self.missing = Some(format!("{}; {}", error.message, error.details.join("; ")));
            error
        })?;
        let limit = self.limit.max(START_LIMIT);
        let setup = fresh.call(&json!({"op": "setup", "names": self.virtuals}), Some(limit));
        setup.map_err(|f| self.describe(&f))?;
        for (request, line) in &self.initialize {
            let answer = fresh.call(request, Some(self.limit)).map_err(|f| self.describe(&f))?;
            if !answer.ok {
                let why = format!("the initialize script on line {line} of {} failed: {}", self.cocci, answer.error);
                self.missing = Some(why.clone());
                return Err(ScriptError { details: answer.trace, ..failed(&why) });
            }
        }
        self.interpreter = Some(fresh);
        Ok(())
    }

    fn describe(&self, failure: &Failure) -> ScriptError {
        match failure {
            Failure::Start(why) => ScriptError {
                message: format!("cannot run the Python interpreter {}: {why}", self.program.display()),
                details: vec!["install python3, or name an interpreter with --python".to_owned()],
                printed: Vec::new(),
            },
            Failure::Died => failed("the Python interpreter ended in the middle of a script"),
            Failure::TimedOut(seconds) => {
                failed(&format!("the Python script took longer than {seconds} seconds and was ended"))
            }
        }
    }

    fn request(&self, op: &str, code: &str, line: u32, inputs: Vec<Json>) -> Json {
        json!({"op": op, "id": format!("{line}:{code}"), "cocci": self.cocci, "line": line, "code": code, "inputs": inputs,
               "outputs": [], "files": []})
    }

    /// Runs an `initialize` script; returns what it printed. One that only sets names runs with the first script that needs it.
    ///
    /// # Errors
    /// If it failed.
    pub fn initialize(&mut self, script: &Script, inputs: &[Option<Input>]) -> Result<ScriptResult, ScriptError> {
        let request = self.request_of(script, inputs, &[]);
        let result = if straight::only_sets_names(&script.code) {
            ScriptResult { keep: true, ..ScriptResult::default() }
        } else {
            result(script, &self.call(&request)?)
        };
        self.initialize.push((Arc::new(request), script.line));
        Ok(result)
    }

    /// The values of `merge.x` variables.
    ///
    /// # Errors
    /// If the interpreter died.
    pub fn merged(&mut self, names: &[String]) -> Result<Vec<Json>, ScriptError> {
        let answer = self.call(&json!({"op": "merge", "names": names}))?;
        Ok(names.iter().map(|n| json!([answer.merged.get(n).cloned().unwrap_or(Json::Null)])).collect())
    }

    /// Runs a `finalize` script.
    ///
    /// # Errors
    /// If it failed.
    pub fn finalize(&mut self, script: &Script, inputs: &[Option<Input>]) -> Result<ScriptResult, ScriptError> {
        let names: BTreeSet<String> = (script.inputs.iter())
            .filter_map(|i| match &i.source {
                ScriptSource::Merge(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        let names: Vec<String> = names.into_iter().collect();
        let merged = if names.is_empty() { Vec::new() } else { self.merged(&names)? };
        let mut list = self.inputs(script, inputs);
        for input in &script.inputs {
            if let ScriptSource::Merge(name) = &input.source
                && let Some(i) = names.iter().position(|n| n == name)
            {
                list.push(json!([input.name, {"t": "merged", "v": merged[i]}]));
            }
        }
        let mut request = self.request("run", &script.code, script.code_line, list);
        request["outputs"] = json!(script.outputs);
        let answer = self.call(&request)?;
        Ok(result(script, &answer))
    }

    fn request_of(&self, script: &Script, inputs: &[Option<Input>], files: &[Arc<str>]) -> Json {
        let mut request = self.request("run", &script.code, script.code_line, self.inputs(script, inputs));
        let bound = script.inputs.iter().zip(inputs).filter_map(|(input, value)| match (&input.source, value) {
            (ScriptSource::Var(var), Some(Input::Value(_) | Input::Comments(_))) => self.names.get(var).cloned(),
            (ScriptSource::Virtual(name, Some(_)), _) => Some(format!("virtual.{name}")),
            _ => None,
        });
        request["bound"] = bound.collect();
        request["outputs"] = json!(script.outputs);
        request["files"] = json!(files.iter().map(|f| &**f).collect::<Vec<&str>>());
        request
    }

    fn inputs(&self, script: &Script, inputs: &[Option<Input>]) -> Vec<Json> {
        let both = script.inputs.iter().zip(inputs);
        both.filter_map(|(s, v)| v.as_ref().map(|v| json!([s.name, input_json(v)]))).collect()
    }
}

fn failed(message: &str) -> ScriptError {
    ScriptError { message: message.to_owned(), details: Vec::new(), printed: Vec::new() }
}

impl ScriptHost for Python {
    fn run(
        &mut self,
        script: &Script,
        inputs: &[Option<Input>],
        files: &[Arc<str>],
    ) -> Result<ScriptResult, ScriptError> {
        if script.language != "python" {
            return Err(failed(&format!("scripts in {} are not supported", script.language)));
        }
        let answer = self.call(&self.request_of(script, inputs, files))?;
        Ok(result(script, &answer))
    }

    fn evaluate(&mut self, call: &ScriptCall, inputs: &[Input]) -> Result<Option<String>, ScriptError> {
        if call.language != "python" {
            return Err(failed(&format!("scripts in {} are not supported", call.language)));
        }
        let list = call.params.iter().zip(inputs).map(|((name, _), v)| json!([name, input_json(v)])).collect();
        let answer = self.call(&self.request("eval", call.code.trim(), call.line, list))?;
        Ok(answer.truth.then_some(answer.text))
    }
}

fn result(script: &Script, answer: &Answer) -> ScriptResult {
    let outputs = script.outputs.iter().enumerate().filter_map(|(i, name)| {
        let made = answer.outputs.get(name)?;
        Some((u32::try_from(i).ok()?, output_value(made)?))
    });
    ScriptResult {
        keep: answer.keep.unwrap_or(true),
        exit: answer.exit,
        outputs: outputs.collect(),
        printed: answer.printed(),
        warned: answer.warned(),
    }
}

fn input_json(input: &Input) -> Json {
    match input {
        Input::Text(text) => json!({"t": "text", "v": text}),
        Input::EmptyList => json!({"t": "pos", "v": []}),
        Input::Comments(all) => {
            let one = |c: &rewriter::run::Comments| json!([c.before, c.middle, c.after]);
            json!({"t": "comments", "v": all.iter().map(one).collect::<Vec<_>>()})
        }
        Input::Value(value) => value_json(value),
    }
}

/// A value as scripts see it (features.md 5.1): terms as tokens joined with single blanks.
fn value_json(value: &Value) -> Json {
    match value {
        Value::Positions(places) => json!({"t": "pos", "v": places.iter().map(position_json).collect::<Vec<_>>()}),
        Value::List(terms) => {
            let parts: Vec<String> = terms.iter().map(matcher::term::script_term_text).collect();
            json!({"t": "list", "v": parts, "s": matcher::term::script_text(value)})
        }
        other => json!({"t": "text", "v": matcher::term::script_text(other)}),
    }
}

fn position_json(p: &Position) -> Json {
    let (from, to) = p.element_extent;
    json!([*p.file, *p.element, from.0, from.1, to.0, to.1, p.start.0, p.start.1, p.end.0, p.end.1])
}

/// What a script made, as the value of a metavariable.
fn output_value(made: &Json) -> Option<Value> {
    let kind = made.get("t")?.as_str()?;
    if kind == "pos" {
        let places: Option<Vec<Position>> = made.get("v")?.as_array()?.iter().map(position_of).collect();
        let mut places = places?;
        places.sort();
        return Some(Value::Positions(places.into()));
    }
    let text = made.get("v")?.as_str()?;
    if kind == "length" {
        return text.parse().ok().map(Value::Length);
    }
    let term = match kind {
        "expr" => matcher::term::made_term(text, false),
        "stmt" => matcher::term::made_term(text, true),
        _ => None,
    };
    term.or_else(|| Some(Value::Text(text.into())))
}

fn position_of(json: &Json) -> Option<Position> {
    let list = json.as_array()?;
    let text = |i: usize| list.get(i).and_then(Json::as_str).map(Arc::<str>::from);
    let number = |i: usize| list.get(i).and_then(Json::as_u64).and_then(|n| u32::try_from(n).ok());
    Some(Position {
        file: text(0)?,
        element: text(1)?,
        element_extent: ((number(2)?, number(3)?), (number(4)?, number(5)?)),
        start: (number(6)?, number(7)?),
        end: (number(8)?, number(9)?),
    })
}

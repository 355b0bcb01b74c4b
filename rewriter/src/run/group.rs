//! One group of files: the rules in order, the environments between them, the changed elements after each.

mod explain;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use matcher::{Bindings, Env, RuleMatch, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use smpl_parser::{Dep, Item, ItemId, MvId, MvKind, Rule, Script, ScriptPhase, ScriptSource, VarRef};

use super::element::{self, Found};
use super::env::{self, EnvSet, Later};
use super::file::FileState;
use super::fresh::{self, Counters};
use super::message::{Level, Message};
use super::profile::{Stage, Stopwatch};
use super::program::{Program, RuleStep};
use super::repeat::Done;
use super::script::{Input, ScriptHost};
use super::{FileOutcome, Outcome, RunOptions};
use crate::edit::Edit;
use crate::layout::{self, AddedCode, FileText};

/// Why work on a group ends before the last rule.
pub(super) enum Stop {
    /// A refusal that leaves the group unchanged.
    Refuse,
    /// A script called `exit()`.
    Exit,
}

/// A group in work.
pub(super) struct Group<'a> {
    pub program: &'a Program,
    pub options: &'a RunOptions,
    pub host: Option<&'a mut dyn ScriptHost>,
    pub files: Vec<FileState>,
    /// Rules that make no difference are asked too why they do not match.
    asks: bool,
    envs: Vec<Env>,
    ever: FxHashSet<ItemId>,
    counters: Counters,
    scripts_done: FxHashMap<(ItemId, Vec<Option<u64>>), ScriptMemo>,
    messages: Vec<Message>,
    printed: Vec<u8>,
    warned: Vec<u8>,
    watch: Stopwatch,
}

/// What a script did for some values.
#[derive(Clone)]
struct ScriptMemo {
    keep: bool,
    outputs: Vec<(VarRef, Value)>,
}

/// The matches of one rule, by file and element, and what was given up.
#[derive(Default)]
struct Pending {
    matches: BTreeMap<(usize, usize), Vec<RuleMatch>>,
    refused: BTreeSet<(usize, usize)>,
    /// How many environments were searched for.
    envs: u32,
    /// One environment is searched for: what is found in an element is all.
    single: bool,
    /// The edits of elements whose matches were all found, and what is said of matches that are left out.
    edits: BTreeMap<(usize, usize), (Vec<Edit>, Vec<Message>)>,
    /// What matches of earlier environments do.
    done: Done,
}

/// What decides the result of a search: inherited values, and the files in which the dependency holds.
type SearchKey = (Vec<Option<u64>>, Vec<bool>);

/// What one run of a rule for one set of inherited values found.
struct Hits {
    matched: bool,
    exports: Vec<Vec<(VarRef, Value)>>,
}

impl<'a> Group<'a> {
    pub fn new(
        program: &'a Program,
        files: Vec<FileState>,
        host: Option<&'a mut dyn ScriptHost>,
        options: &'a RunOptions,
    ) -> Self {
        Self {
            program,
            options,
            host,
            files,
            asks: false,
            envs: env::start(),
            ever: FxHashSet::default(),
            counters: Counters::default(),
            scripts_done: FxHashMap::default(),
            messages: Vec::new(),
            printed: Vec::new(),
            warned: Vec::new(),
            watch: Stopwatch::new(options.clock),
        }
    }

    /// Runs all rules.
    pub fn run(mut self) -> Outcome {
        let mut refused = false;
        for (i, item) in self.program.patch.items.iter().enumerate() {
            let id = ItemId(i as u32);
            let result = match item {
                Item::Rule(rule) if self.program.is_idle(id, rule) => {
                    self.pass(id);
                    Ok(())
                }
                Item::Rule(rule) => self.rule(id, rule),
                Item::Script(script) if script.phase == ScriptPhase::Rule => self.script(id, script),
                Item::Script(_) => Ok(()),
            };
            match result {
                Ok(()) => {}
                Err(Stop::Exit) => break,
                Err(Stop::Refuse) => {
                    refused = true;
                    break;
                }
            }
        }
        let files = self.files.into_iter().map(|f| FileOutcome {
            name: f.name.clone(),
            text: f.result().filter(|_| !refused),
            starred: if refused { BTreeSet::new() } else { f.starred },
            rounds: f.rounds,
        });
        Outcome {
            files: files.collect(),
            messages: self.messages,
            printed: self.printed,
            warned: self.warned,
            times: self.watch.times,
        }
    }

    /// Leaves out an item.
    fn pass(&mut self, id: ItemId) {
        let later = &self.program.steps[id.0 as usize].later;
        let mut next = EnvSet::new(later, self.options.quirks);
        self.envs.iter().for_each(|e| next.add(env::restrict(e, later)));
        self.envs = next.list();
    }

    fn rule(&mut self, id: ItemId, rule: &Rule) -> Result<(), Stop> {
        let step = &self.program.steps[id.0 as usize];
        let Some(ready) = &step.rule else { return Ok(()) };
        let envs = std::mem::take(&mut self.envs);
        let mut next = EnvSet::new(&step.later, self.options.quirks);
        let mut pending = Pending { single: envs.len() == 1, ..Pending::default() };
        let mut done: FxHashMap<SearchKey, Hits> = FxHashMap::default();
        let inherits = env::Inherited::new(rule, &ready.pooled, &envs);
        for e in &envs {
            let allowed = self.allowed(&rule.depends, e);
            if !allowed.contains(&true) {
                next.add(env::restrict(e, &step.later));
                continue;
            }
            let key = (inherits.key(e), allowed.clone());
            if !done.contains_key(&key) {
                let inherited = inherits.from(e);
                let hits = self.search(id, rule, ready, &inherited, &allowed, &mut pending)?;
                done.insert(key.clone(), hits);
            }
            let hits = &done[&key];
            self.merge(id, e, hits, &step.later, &mut next);
        }
        self.envs = next.list();
        if !done.values().any(|h| h.matched) {
            return Ok(());
        }
        self.ever.insert(id);
        self.transform(rule, pending, step.needed, self.is_last_rule(id))?;
        match (&ready.prototype, &rule.prototype) {
            (Some(ready), Some(rule)) => self.prototype(id, rule, ready, &envs),
            _ => Ok(()),
        }
    }

    /// Whether no later rule looks at code.
    fn is_last_rule(&self, id: ItemId) -> bool {
        !self.asks && self.program.is_last_rule(id)
    }

    /// For each file whether the dependency holds there.
    fn allowed(&self, dep: &Dep, env: &Env) -> Vec<bool> {
        self.files.iter().map(|f| env::holds(dep, env, &self.ever, &f.name)).collect()
    }

    fn merge(&self, id: ItemId, e: &Env, hits: &Hits, later: &Later, next: &mut EnvSet<'_>) {
        if !hits.matched {
            next.add(env::restrict(e, later));
        } else if hits.exports.is_empty() {
            next.add(env::extend(e, id, &[], later));
        }
        for exports in &hits.exports {
            next.add(env::extend(e, id, exports, later));
        }
    }

    /// Runs a rule with given inherited values on all elements.
    fn search(
        &mut self,
        id: ItemId,
        rule: &Rule,
        ready: &RuleStep,
        inherited: &Bindings,
        allowed: &[bool],
        pending: &mut Pending,
    ) -> Result<Hits, Stop> {
        let mut hits = Hits { matched: false, exports: Vec::new() };
        let mut seen: FxHashSet<Vec<(VarRef, u64)>> = FxHashSet::default();
        let needed = self.program.steps[id.0 as usize].needed;
        let last = pending.single && self.is_last_rule(id);
        pending.envs += 1;
        // `++` and fresh identifiers make something of their own for each environment.
        let own = rule.pattern.runs.iter().any(|r| r.many)
            || rule.metavars.iter().any(|m| matches!(m.kind, MvKind::Fresh(_)));
        let repeats = !own && !pending.single;
        let code = AddedCode::new(&rule.pattern, rule, &self.options.style);
        for (f, _) in allowed.iter().enumerate().filter(|(_, allowed)| **allowed) {
            let (source, style) = (self.files[f].source.clone(), &self.options.style);
            let page = FileText::new(&source.text, &source.elements, style);
            for e in 0..self.files[f].source.elements.len() {
                if pending.refused.contains(&(f, e))
                    || !self.files[f].may_match(e, &ready.words, &self.program.table)
                    || !self.files[f].may_hold(e, &ready.need, inherited)
                {
                    continue;
                }
                let job = (rule, ready, inherited, self.options);
                let found = element::search(&mut self.files[f], e, job, &mut self.host, &mut self.watch);
                if last {
                    self.files[f].drop_graphs(e);
                }
                let mut matches = match found {
                    Found::Nothing => continue,
                    Found::Matches { matches } => matches,
                    Found::Refused(message) => {
                        self.messages.push(message);
                        pending.refused.insert((f, e));
                        pending.matches.remove(&(f, e));
                        if self.options.quirks || needed {
                            return Err(Stop::Refuse);
                        }
                        continue;
                    }
                };
                if let Some(select) = &self.options.select {
                    let file = &self.files[f];
                    matches.retain(|m| file.selects(e, m, &**select));
                }
                for found in &mut matches {
                    if let Err(error) = fresh::assign(rule, found, &mut self.counters, &mut self.host) {
                        self.printed.extend_from_slice(&error.printed);
                        let line = self.files[f].line_of_element(e);
                        self.refuse(f, line, &rule.name, error.message, error.details);
                        return Err(Stop::Refuse);
                    }
                    found.env = pending.envs;
                    hits.matched = true;
                    let exports: Vec<(VarRef, Value)> =
                        found.exports.drain(..).map(|(v, x)| (VarRef { item: id, var: v.0 }, x)).collect();
                    let key = exports.iter().map(|(v, x)| (*v, env::value_key(x, self.options.quirks))).collect();
                    if seen.insert(key) {
                        hits.exports.push(exports);
                    }
                }
                if pending.single && !self.program.patch.star {
                    let file = &self.files[f];
                    if matches.iter().any(|m| !m.touches.is_empty()) {
                        let rewrite = || element::rewrite(file, &page, e, (rule, &code), matches);
                        pending.edits.insert((f, e), self.watch.time(Stage::Rewrite, rewrite));
                    }
                    continue;
                }
                if repeats {
                    pending.done.drop_repeated((f, e), &mut matches);
                }
                // Code that several environments add at one place stands in front of what earlier ones added.
                let all = pending.matches.entry((f, e)).or_default();
                matches.append(all);
                *all = matches;
            }
        }
        Ok(hits)
    }

    /// Applies what the matches of a rule ask for.
    fn transform(&mut self, rule: &Rule, mut pending: Pending, needed: bool, last: bool) -> Result<(), Stop> {
        let mut edits: BTreeMap<usize, Vec<Edit>> = BTreeMap::new();
        let code = AddedCode::new(&rule.pattern, rule, &self.options.style);
        for (f, file) in self.files.iter_mut().enumerate() {
            let later = pending.matches.split_off(&(f + 1, 0));
            let of_file: Vec<(usize, Vec<RuleMatch>)> = std::mem::replace(&mut pending.matches, later)
                .into_iter()
                .filter(|(_, m)| m.iter().any(|m| !m.touches.is_empty()))
                .map(|((_, e), m)| (e, m))
                .collect();
            if self.program.patch.star {
                of_file.iter().for_each(|(e, m)| file.mark(*e, m));
                continue;
            }
            let source = file.source.clone();
            let page = FileText::new(&source.text, &source.elements, &self.options.style);
            for (e, matches) in of_file {
                let list = self.watch.time(Stage::Rewrite, || element::rewrite(file, &page, e, (rule, &code), matches));
                pending.edits.insert((f, e), list);
            }
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for ((f, _), (list, _)) in &pending.edits {
            *counts.entry(*f).or_default() += list.len();
        }
        for ((f, _), (list, refused)) in pending.edits {
            let is_refused = !refused.is_empty();
            self.messages.extend(refused);
            if is_refused && (self.options.quirks || needed) {
                return Err(Stop::Refuse);
            }
            edits.entry(f).or_insert_with(|| Vec::with_capacity(counts[&f])).extend(list);
        }
        for (f, mut edits) in edits {
            if !self.options.quirks {
                layout::trim_start(&self.files[f].source.text, &mut edits);
            }
            let (file, options) = (&mut self.files[f], self.options);
            if edits.is_empty() || self.watch.time(Stage::Rewrite, || file.apply(&edits, options, last)) {
                continue;
            }
            let at = edits[0].range.start as u32;
            let line = Some(self.files[f].place(at).0);
            let details = vec!["the file keeps the text that it had before this rule".to_owned()];
            self.refuse(f, line, &rule.name, "what the rule makes here cannot be read as C".to_owned(), details);
            if needed {
                return Err(Stop::Refuse);
            }
        }
        Ok(())
    }

    /// Runs the prototype rule of a rule that matched.
    fn prototype(&mut self, id: ItemId, rule: &Rule, ready: &RuleStep, envs: &[Env]) -> Result<(), Stop> {
        let mut pending = Pending::default();
        let allowed = vec![true; self.files.len()];
        let current: Vec<Env> = self.envs.iter().chain(envs).cloned().collect();
        let mut done: FxHashSet<Vec<(MvId, u64)>> = FxHashSet::default();
        let inherits = env::Inherited::new(rule, &ready.pooled, &current);
        for e in &current {
            let inherited = inherits.from(e);
            if done.insert(inherited.0.iter().map(|(v, x)| (*v, env::value_key(x, false))).collect()) {
                self.search(id, rule, ready, &inherited, &allowed, &mut pending)?;
            }
        }
        if self.options.quirks {
            // The reference changes no prototype that is declared together with other names.
            for ((f, e), matches) in &mut pending.matches {
                let element = &self.files[*f].source.elements[*e].element;
                matches.retain(|m| !element::changes_one_of_several(element.tree(m.variant), m));
            }
        }
        self.transform(rule, pending, false, false)
    }

    fn refuse(&mut self, f: usize, line: Option<u32>, rule: &str, text: String, details: Vec<String>) {
        let file = self.files.get(f).map_or_else(|| "".into(), |f| f.name.clone());
        self.messages.push(Message { level: Level::Refused, file, line, rule: rule.to_owned(), text, details });
    }

    /// Runs a script for each environment (`semantics.md` 6.5).
    fn script(&mut self, id: ItemId, script: &Script) -> Result<(), Stop> {
        let later = &self.program.steps[id.0 as usize].later;
        if !script.runs_here() {
            // The caller was told by name; what depends on the script does not apply.
            self.pass(id);
            return Ok(());
        }
        let envs = std::mem::take(&mut self.envs);
        let mut next = EnvSet::new(later, self.options.quirks);
        for e in &envs {
            let Some(inputs) =
                self.script_inputs(script, e).filter(|_| self.allowed(&script.depends, e).contains(&true))
            else {
                next.add(env::restrict(e, later));
                continue;
            };
            let memo = self.call_script(id, script, &inputs)?;
            self.ever.insert(id);
            if memo.keep {
                next.add(env::extend(e, id, &memo.outputs, later));
            }
        }
        self.envs = next.list();
        if self.envs.is_empty() {
            self.envs = env::start();
        }
        Ok(())
    }

    /// The values of a script's variables; none if one without default is unbound.
    fn script_inputs(&self, script: &Script, env: &Env) -> Option<Vec<Option<Input>>> {
        let default = |text: &String| if text == "[]" { Input::EmptyList } else { Input::Text(text.clone()) };
        let mut out = Vec::with_capacity(script.inputs.len());
        for input in &script.inputs {
            let value = match &input.source {
                ScriptSource::Var(var) => {
                    env.values.binary_search_by_key(var, |v| v.0).ok().map(|i| self.input(*var, &env.values[i].1))
                }
                ScriptSource::Virtual(_, value) => value.clone().map(Input::Text),
                ScriptSource::Merge(_) => {
                    out.push(None);
                    continue;
                }
            };
            out.push(Some(value.or_else(|| input.default.as_ref().map(default))?));
        }
        Some(out)
    }

    /// A value as a script gets it.
    fn input(&self, var: VarRef, value: &Value) -> Input {
        let kind = match self.program.patch.items.get(var.item.0 as usize) {
            Some(Item::Rule(rule)) => rule.metavars.get(var.var as usize).map(|m| &m.kind),
            _ => None,
        };
        match (kind, value) {
            (Some(MvKind::Comments), Value::Positions(places)) => Input::Comments(
                places
                    .iter()
                    .filter_map(|p| self.files.iter().find(|f| f.name == p.file).map(|f| f.comments(p)))
                    .collect(),
            ),
            _ => Input::Value(value.clone()),
        }
    }

    fn call_script(&mut self, id: ItemId, script: &Script, inputs: &[Option<Input>]) -> Result<ScriptMemo, Stop> {
        let key = |i: &Option<Input>| match i {
            Some(Input::Value(v)) => Some(env::value_key(v, self.options.quirks)),
            Some(Input::Comments(c)) => Some(rustc_hash::FxBuildHasher.hash_one(c)),
            _ => None,
        };
        let key = (id, inputs.iter().map(key).collect::<Vec<_>>());
        if let Some(memo) = self.scripts_done.get(&key) {
            return Ok(memo.clone());
        }
        let names: Vec<Arc<str>> = self.files.iter().map(|f| f.name.clone()).collect();
        let Some(host) = &mut self.host else {
            let text = format!("needs a {} script, and there is nothing to run it", script.language);
            self.refuse(0, None, &script.name, text, Vec::new());
            return Err(Stop::Refuse);
        };
        match self.watch.time(Stage::Script, || host.run(script, inputs, &names)) {
            Ok(result) => {
                self.printed.extend_from_slice(&result.printed);
                self.warned.extend_from_slice(&result.warned);
                if result.exit {
                    return Err(Stop::Exit);
                }
                let outputs = result.outputs.into_iter().map(|(var, v)| (VarRef { item: id, var }, v)).collect();
                let memo = ScriptMemo { keep: result.keep, outputs };
                self.scripts_done.insert(key, memo.clone());
                Ok(memo)
            }
            Err(error) => {
                self.printed.extend_from_slice(&error.printed);
                self.refuse(0, None, &script.name, error.message, error.details);
                Err(Stop::Refuse)
            }
        }
    }
}

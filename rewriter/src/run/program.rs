//! A semantic patch made ready to run: everything about it that does not depend on C code, computed once per run.

use std::sync::Arc;

use matcher::{CompiledRule, Need, RuleElem, direct};
use memchr::memmem;
use rustc_hash::FxHashSet;
use smpl_parser::{
    Constraint, Dep, FileFilter, Item, ItemId, MvId, MvKind, Rule, Scope, Script, ScriptCall, ScriptPhase,
    ScriptSource, SeedPart, SemanticPatch, VarRef, WordFormula,
};

use super::env::{self, Later};
use super::words::{WordSet, WordTable, Words, common_part, each_word};

/// A semantic patch and what was derived from it. Shared by all threads.
#[derive(Debug)]
pub struct Program {
    /// The patch.
    pub patch: Arc<SemanticPatch>,
    pub(super) steps: Vec<Step>,
    /// The words that are looked for in C code.
    pub(super) table: Arc<WordTable>,
    filter: FileFilter,
    /// The numbers of the filter's words.
    filter_words: Vec<Option<u32>>,
    /// What every file that may matter holds.
    gate: Option<memmem::Finder<'static>>,
    /// Whether lines that `*` marks matter.
    marks: bool,
}

/// An item, made ready.
#[derive(Debug)]
pub(super) struct Step {
    /// What later items look at.
    pub later: Later,
    /// Whether a later item that changes or marks code, or a script, depends on this one or inherits from it.
    pub needed: bool,
    /// Of a rule.
    pub rule: Option<RuleStep>,
}

/// A rule, made ready.
#[derive(Debug)]
pub(super) struct RuleStep {
    pub compiled: CompiledRule,
    /// The one element of a rule that needs no graph search.
    pub bare: Option<(RuleElem, Need)>,
    pub words: Words,
    /// What an element must hold of inherited values.
    pub need: Need,
    /// Whether matching looks at inferred types or scopes.
    pub needs_types: bool,
    /// Inherited positions that are pooled over environments: indices of metavariables.
    pub pooled: Vec<usize>,
    /// The prototype rule, which runs after it.
    pub prototype: Option<Box<RuleStep>>,
}

impl Program {
    /// Compiles the rules of a patch. `only_return`: only branches that end in `return` may leave a path unmatched.
    #[must_use]
    pub fn new(patch: Arc<SemanticPatch>, only_return: bool) -> Self {
        let later = env::later(&patch);
        let needed = needed(&patch, true);
        let filter = FileFilter::of(&patch);
        let table = Arc::new(WordTable::new(all_words(&patch, &filter)));
        let steps = (patch.items.iter().zip(later).zip(needed))
            .map(|((item, later), needed)| {
                let rule = match item {
                    Item::Rule(rule) => Some(rule_step(rule, needed, &table, only_return)),
                    Item::Script(_) => None,
                };
                Step { later, needed, rule }
            })
            .collect();
        let filter_words = filter.words().iter().map(|w| table.number(w)).collect();
        let gate = filter.one_of().and_then(|words| Some(memmem::Finder::new(common_part(&words)?).into_owned()));
        Self { patch, steps, table, filter, filter_words, gate, marks: true }
    }

    /// Nobody will look at the lines that `*` marks.
    pub fn without_marks(&mut self) {
        for (step, needed) in self.steps.iter_mut().zip(needed(&self.patch, false)) {
            step.needed = needed;
        }
        self.marks = false;
    }

    /// Whether it makes no difference whether a rule matches.
    pub(super) fn is_idle(&self, id: ItemId, rule: &Rule) -> bool {
        !self.steps[id.0 as usize].needed && !rule.transforms && !(rule.star && self.marks)
    }

    /// Whether no rule behind an item, nor its prototype rule, looks at code.
    pub(super) fn is_last_rule(&self, id: ItemId) -> bool {
        let at = id.0 as usize;
        let later = self.patch.items.iter().enumerate().skip(at + 1);
        let idle = |(i, item): (usize, &Item)| match item {
            Item::Rule(rule) => self.is_idle(ItemId(i as u32), rule),
            Item::Script(_) => true,
        };
        self.steps[at].rule.as_ref().is_none_or(|r| r.prototype.is_none()) && later.into_iter().all(idle)
    }

    /// Lets all semantic patches of a run look for their words together.
    pub fn share_words(programs: &mut [&mut Self]) {
        let table = Arc::new(WordTable::new(programs.iter().flat_map(|p| all_words(&p.patch, &p.filter))));
        for program in programs {
            let items = program.patch.clone();
            for (item, step) in items.items.iter().zip(&mut program.steps) {
                let needed = step.needed;
                if let (Item::Rule(rule), Some(step)) = (item, &mut step.rule) {
                    set_words(rule, needed, step, &table);
                }
            }
            program.filter_words = program.filter.words().iter().map(|w| table.number(w)).collect();
            program.table = table.clone();
        }
    }

    /// The words that are looked for in C code.
    #[must_use]
    pub fn words(&self) -> &Arc<WordTable> {
        &self.table
    }

    /// A first look at the only file of a group: whether it may matter.
    #[must_use]
    pub fn may_matter(&self, text: &[u8]) -> bool {
        self.gate.as_ref().is_none_or(|gate| gate.find(text).is_some())
    }

    /// Whether a group of files that hold these words, found with [`Program::words`], may matter.
    #[must_use]
    pub fn may_match(&self, words: &WordSet) -> bool {
        self.filter.may_match_words(|i| self.filter_words[i].is_none_or(|w| words.has(w)))
    }

    /// The scripts that may run in this run, in order: those whose dependency does not fail from the start.
    pub fn all_scripts(&self) -> impl Iterator<Item = &Script> {
        self.patch.items.iter().filter_map(|i| match i {
            Item::Script(s) if s.depends != Dep::False => Some(&**s),
            Item::Script(_) | Item::Rule(_) => None,
        })
    }

    /// The scripts of constraints and of seeds of fresh identifiers, in order, of the rules that may run in this run.
    pub fn script_calls(&self) -> impl Iterator<Item = &ScriptCall> {
        let rules = self.patch.items.iter().filter_map(|i| match i {
            Item::Rule(r) if r.depends != Dep::False => Some(r),
            Item::Script(_) | Item::Rule(_) => None,
        });
        rules.flat_map(|r| &r.metavars).flat_map(|m| {
            let parts: &[SeedPart] = if let MvKind::Fresh(parts) = &m.kind { parts } else { &[] };
            let seeds = parts.iter().filter_map(|p| match p {
                SeedPart::Script(call) => Some(call),
                _ => None,
            });
            seeds.chain(constraint_scripts(&m.constraint))
        })
    }

    /// Scripts of a phase, in order.
    pub fn scripts(&self, phase: ScriptPhase) -> impl Iterator<Item = &Script> {
        self.all_scripts().filter(move |s| s.phase == phase)
    }
}

/// The scripts that decide a constraint, or a part of it.
fn constraint_scripts(constraint: &Constraint) -> Vec<&ScriptCall> {
    match constraint {
        Constraint::Script(call) => vec![call],
        Constraint::Not(c) => constraint_scripts(c),
        Constraint::And(a, b) | Constraint::Or(a, b) => [constraint_scripts(a), constraint_scripts(b)].concat(),
        _ => Vec::new(),
    }
}

/// Whether the values of a metavariable depend on types or scopes: typed ones, those of local and global names, and terms that are
/// compared with each other because they occur twice.
fn needs_types(rule: &Rule, var: usize) -> bool {
    let m = &rule.metavars[var];
    let compared = !m.unitary && !smpl_parser::only_added(rule, MvId(var as u32));
    match &m.kind {
        MvKind::IdExpression(types, scope) => !types.types.is_empty() || *scope != Scope::Any || compared,
        MvKind::Expression(types) | MvKind::Constant(types) => {
            !types.types.is_empty() || types.bits.is_some() || compared
        }
        MvKind::ExpressionList(_) => compared,
        // An inherited type may be named by a typedef.
        MvKind::Type => m.inherited.is_some(),
        _ => false,
    }
}

/// The words that an element must contain for a rule to be searched for in it. `needed`: more follows from a match than its edits.
fn words(rule: &Rule, needed: bool) -> &WordFormula {
    rule.effect.as_ref().filter(|_| !needed).unwrap_or(&rule.words)
}

fn rule_step(rule: &Rule, needed: bool, table: &WordTable, only_return: bool) -> RuleStep {
    RuleStep {
        compiled: CompiledRule::new(rule, only_return),
        bare: direct::bare_element(rule),
        words: Words::of(words(rule, needed), table),
        need: if rule.metavars.iter().any(|m| m.inherited.is_some()) { Need::of_rule(rule) } else { Need::Nothing },
        needs_types: (0..rule.metavars.len()).any(|v| needs_types(rule, v)),
        pooled: env::pooled(rule),
        prototype: rule.prototype.as_deref().map(|r| Box::new(rule_step(r, needed, table, only_return))),
    }
}

fn set_words(rule: &Rule, needed: bool, step: &mut RuleStep, table: &WordTable) {
    step.words = Words::of(words(rule, needed), table);
    if let (Some(rule), Some(step)) = (&rule.prototype, &mut step.prototype) {
        set_words(rule, needed, step, table);
    }
}

/// The words that a patch looks for in files and elements.
fn all_words<'p>(patch: &'p SemanticPatch, filter: &'p FileFilter) -> Vec<&'p str> {
    let mut out: Vec<&str> = filter.words().iter().map(String::as_str).collect();
    for item in &patch.items {
        let mut rule: Option<&Rule> = match item {
            Item::Rule(rule) => Some(rule),
            Item::Script(_) => None,
        };
        while let Some(r) = rule {
            [Some(&r.words), r.effect.as_ref()].into_iter().flatten().for_each(|f| each_word(f, &mut |w| out.push(w)));
            rule = r.prototype.as_deref();
        }
    }
    out
}

/// For each item, whether something later with an effect depends on it or inherits from it, over any number of steps. `marks`: whether
/// marking lines is an effect.
fn needed(patch: &SemanticPatch, marks: bool) -> Vec<bool> {
    let mut wanted: FxHashSet<ItemId> = FxHashSet::default();
    let mut out = vec![false; patch.items.len()];
    for (i, item) in patch.items.iter().enumerate().rev() {
        let id = ItemId(i as u32);
        out[i] = wanted.contains(&id);
        let mut mention = |x: ItemId| {
            wanted.insert(x);
        };
        match item {
            Item::Rule(r) if r.depends == Dep::False => {}
            Item::Rule(r) if r.transforms || r.star && marks || out[i] => {
                env::dep_mentions(&r.depends, &mut mention);
                r.metavars.iter().filter_map(|m| m.inherited).for_each(|v: VarRef| mention(v.item));
            }
            Item::Script(s) if s.phase == ScriptPhase::Rule && s.depends != Dep::False && s.runs_here() || out[i] => {
                env::dep_mentions(&s.depends, &mut mention);
                for input in &s.inputs {
                    if let ScriptSource::Var(v) = input.source {
                        mention(v.item);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

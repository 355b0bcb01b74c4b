//! One rule on one element: matching its variants, and turning matches into edits.

use std::cell::RefCell;
use std::sync::Arc;

use c_syntax::{SyntaxKind, TokenKind, Tree};
use cfg::NodeIndex;
use matcher::term::complete_declarations;
use matcher::why::{self, Answer};
use matcher::{
    Action, Bindings, ConstraintScripts, FileContext, Limits, Place, PreparedGraph, Refusal, RuleMatch, TermMatcher,
    Value, direct,
};
use rustc_hash::FxHashSet;
use smpl_parser::{Rule, ScriptCall};

use super::RunOptions;
use super::file::FileState;
use super::message::{Level, Message};
use super::profile::{Stage, Stopwatch};
use super::program::RuleStep;
use super::script::{Input, ScriptError, ScriptHost};
use crate::edit::Edit;
use crate::layout::{self, AddedCode, FileText};

/// What a rule found in an element.
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// Matches of all variants, in order.
    Matches { matches: Vec<RuleMatch> },
    /// The rule gives the element up.
    Refused(Message),
}

/// Scripts of constraints, answered by the host.
struct Scripts<'a, 'h>(RefCell<(&'a mut Option<&'h mut dyn ScriptHost>, Option<ScriptError>)>);

impl ConstraintScripts for Scripts<'_, '_> {
    fn accepts(&self, call: &ScriptCall, values: &[(&str, &Value)]) -> bool {
        let mut both = self.0.borrow_mut();
        let (host, error) = &mut *both;
        let inputs: Vec<Input> = values.iter().map(|(_, v)| Input::Value((*v).clone())).collect();
        match host.as_mut().map(|h| h.evaluate(call, &inputs)) {
            Some(Ok(text)) => text.is_some(),
            Some(Err(e)) => {
                error.get_or_insert(e);
                false
            }
            None => false,
        }
    }
}

/// Runs a rule on all variants of an element.
pub(super) fn search(
    file: &mut FileState,
    e: usize,
    (rule, step, inherited, options): (&Rule, &RuleStep, &Bindings, &RunOptions),
    host: &mut Option<&mut dyn ScriptHost>,
    watch: &mut Stopwatch,
) -> Found {
    if options.quirks && is_unread(file, e) {
        return Found::Nothing;
    }
    let mut all = Vec::new();
    let scripts = Scripts(RefCell::new((host, None)));
    let job = Job { rule, step, inherited, options, scripts: &scripts };
    let variants = watch.time(Stage::Parse, || file.variants(e));
    for variant in 0..variants {
        if watch.time(Stage::Graph, || file.graph(e, variant, options.cfg)).is_err() {
            continue;
        }
        if step.needs_types {
            watch.time(Stage::Types, || file.types(e, variant, options));
        }
        let run = |graph: &PreparedGraph, terms: &mut TermMatcher<'_>| match &step.bare {
            Some(elem) => Ok(direct::bare_matches(rule, &step.compiled, elem, graph, terms, options.bare)),
            None => matcher::run(&step.compiled, graph, terms, &job.limits()),
        };
        let Some(result) = watch.time(Stage::Match, || job.with_terms(file, e, variant, run)) else { continue };
        if let Some(error) = scripts.0.borrow_mut().1.take() {
            return Found::Refused(Message {
                level: Level::Refused,
                file: file.name.clone(),
                line: file.line_of_element(e),
                rule: rule.name.clone(),
                text: error.message,
                details: error.details,
            });
        }
        match result {
            Ok(mut matches) => {
                for m in &mut matches {
                    m.variant = variant as u8;
                    inherit(m, inherited);
                }
                if variant > 0 {
                    matches.retain(|m| is_new(file, e, m));
                }
                all.append(&mut matches);
            }
            // What was found in the first reading stays.
            Err(_) if variant > 0 => {}
            Err(refusal) => return Found::Refused(refused(file, e, variant, rule, &refusal)),
        }
    }
    if all.is_empty() { Found::Nothing } else { Found::Matches { matches: all } }
}

/// Whether the reference cannot read an element wholly, and leaves it: bytes and names that it does not know.
fn is_unread(file: &FileState, e: usize) -> bool {
    let element = &file.source.elements[e];
    let own = &file.source.text[element.start as usize..element.end as usize];
    let unread = |t: &c_syntax::Token| match t.kind {
        TokenKind::Stray | TokenKind::At => true,
        TokenKind::Ident => own.get(t.start as usize..t.end() as usize).is_some_and(|name| !name.is_ascii()),
        _ => false,
    };
    let marked = e == 0 && file.source.text.starts_with(b"\xef\xbb\xbf");
    marked || element.element.parsed().tokens.iter().any(unread)
}

/// Whether a match adds code to a declaration of several names.
pub(super) fn changes_one_of_several(tree: &Tree, found: &RuleMatch) -> bool {
    let several: Vec<_> = (tree.preorder(tree.root()))
        .filter(|n| tree.kind(*n) == SyntaxKind::Declaration && tree.child_nodes(*n).count() > 2)
        .map(|n| tree.token_range(n))
        .collect();
    found.touches.iter().filter(|t| !matches!(t.action, Action::Remove { .. })).any(|t| {
        let at = match t.place {
            Place::Token(t) => Some(t),
            Place::Node(n) => tree.first_token(n),
        };
        at.is_some_and(|t| several.iter().any(|r| r.contains(&t.0)))
    })
}

/// A rule with all that it is to run with.
struct Job<'a, 'b, 'h> {
    rule: &'a Rule,
    step: &'a RuleStep,
    inherited: &'a Bindings,
    options: &'a RunOptions,
    scripts: &'a Scripts<'b, 'h>,
}

impl Job<'_, '_, '_> {
    fn limits(&self) -> Limits {
        Limits {
            allow_inconsistent: self.options.allow_inconsistent || self.rule.star,
            deadline: self.options.deadline,
            steps: self.options.steps,
            memory: self.options.memory,
            quirks: self.options.quirks,
            by_definition: self.options.by_definition,
        }
    }

    /// Does something with a term matcher for a variant of an element; nothing if the variant has no graph.
    fn with_terms<R>(
        &self,
        file: &mut FileState,
        e: usize,
        variant: usize,
        work: impl FnOnce(&PreparedGraph, &mut TermMatcher<'_>) -> R,
    ) -> Option<R> {
        let graph = file.graph(e, variant, self.options.cfg).ok()?;
        let types = self.step.needs_types.then(|| file.types(e, variant, self.options));
        let (name, place) = file.positions(e);
        let context = FileContext {
            name: &name,
            source: &file.source,
            index: e,
            variant: variant as u8,
            place: &place,
            types: types.as_deref(),
            scripts: Some(self.scripts),
            quirks: self.options.quirks,
        };
        let mut terms = TermMatcher::new(self.rule, context, &graph.cfg, self.inherited);
        Some(work(&graph, &mut terms))
    }
}

/// How near a rule comes to matching at a line (from 1, of the original) of an element, for each variant.
pub(super) fn ask(
    file: &mut FileState,
    (e, line): (usize, u32),
    rule: &Rule,
    step: &RuleStep,
    inherited: &Bindings,
    options: &RunOptions,
    host: &mut Option<&mut dyn ScriptHost>,
) -> Vec<(usize, Answer)> {
    let scripts = Scripts(RefCell::new((host, None)));
    let job = Job { rule, step, inherited, options, scripts: &scripts };
    let mut out = Vec::new();
    for variant in 0..file.variants(e) {
        let Ok(graph) = file.graph(e, variant, options.cfg) else { continue };
        let on_line = |p: NodeIndex| file.lines_of_point(e, variant, &graph.cfg, p).is_some_and(|l| l.contains(&line));
        let there: Vec<bool> = graph.cfg.graph.node_indices().map(on_line).collect();
        let ask = |graph: &PreparedGraph, terms: &mut TermMatcher<'_>| {
            why::why(&step.compiled, graph, terms, &job.limits(), &|p| there[p.index()])
        };
        out.extend(job.with_terms(file, e, variant, ask).map(|answer| (variant, answer)));
    }
    out
}

/// Gives the edits of a match the inherited values too: added code may mention them.
fn inherit(found: &mut RuleMatch, inherited: &Bindings) {
    if inherited.0.is_empty() {
        return;
    }
    // Edits that share their bindings go on sharing them: that tells which belong together.
    let mut made: Vec<(Arc<Bindings>, Arc<Bindings>)> = Vec::new();
    for touch in &mut found.touches {
        if let Some((_, new)) = made.iter().find(|(old, _)| Arc::ptr_eq(old, &touch.bindings)) {
            touch.bindings = new.clone();
            continue;
        }
        let own = &touch.bindings;
        let missing = inherited.0.iter().filter(|(v, _)| own.get(*v).is_none()).cloned();
        let mut all: Vec<_> = own.0.iter().cloned().chain(missing).collect();
        all.sort_by_key(|b| b.0);
        let new = Arc::new(Bindings(all));
        made.push((touch.bindings.clone(), new.clone()));
        touch.bindings = new;
    }
}

/// Whether a match of a later variant touches or binds something that the first tree does not hold: the others were found there.
fn is_new(file: &FileState, e: usize, found: &RuleMatch) -> bool {
    let trees = &file.source.elements[e].element.parsed().trees;
    let first = read_tokens(&trees[0]);
    let tree = &trees[found.variant as usize];
    found.touches.iter().any(|t| match t.place {
        Place::Token(t) => !first.contains(&t.0),
        Place::Node(n) => tree.first_token(n).is_some_and(|t| !first.contains(&t.0)),
    })
}

/// The tokens of a tree, but for those that were left out of it (attributes, branches of conditionals that are not read).
fn read_tokens(tree: &Tree) -> FxHashSet<u32> {
    let read = tree.preorder(tree.root()).filter(|n| tree.kind(*n) != SyntaxKind::Attribute);
    read.flat_map(|n| tree.child_tokens(n)).map(|t| t.0).collect()
}

fn refused(file: &FileState, e: usize, variant: usize, rule: &Rule, refusal: &Refusal) -> Message {
    let element = &file.source.elements[e];
    let tree = element.element.tree(variant as u8);
    let line = |t: c_syntax::TokenId| file.place(element.start + tree.token(t).start).0;
    let (text, details, at) = refusal.describe(tree, element.element.name.as_deref(), &line);
    Message {
        level: if refusal.is_limit() { Level::GivenUp } else { Level::Refused },
        file: file.name.clone(),
        line: at.or_else(|| file.line_of_element(e)),
        rule: rule.name.clone(),
        text,
        details,
    }
}

/// The lines of the original from the first to the last token that a match in conflict changes.
fn span_of(file: &FileState, e: usize, variant: u8, matches: &[RuleMatch], side: &layout::Side) -> String {
    let element = &file.source.elements[e];
    let tree = element.element.tree(variant);
    let found = matches.iter().filter(|m| m.variant == variant).nth(side.match_index);
    let tokens = found.into_iter().flat_map(|m| &m.touches).filter_map(|t| match t.place {
        Place::Token(t) => Some(t),
        Place::Node(n) => tree.first_token(n),
    });
    let lines = tokens.map(|t| file.place(element.start + tree.token(t).start).0);
    match lines.fold(None, |all, l| Some(all.map_or((l, l), |(a, b): (u32, u32)| (a.min(l), b.max(l))))) {
        None => "nowhere".to_owned(),
        Some((a, b)) if a == b => format!("line {a}"),
        Some((a, b)) => format!("lines {a} to {b}"),
    }
}

/// What is said of a match that is left out: where it is, and why.
fn describe(file: &FileState, start: u32, refusal: layout::Refusal) -> (u32, String, Vec<String>) {
    match refusal {
        layout::Refusal::Lost(lost) => describe_parts(file, start, &lost, "the edit would lose a part of it"),
        layout::Refusal::Divided(value) => {
            describe_parts(file, start, &value, "what the rule puts around it would stand in some of its branches only")
        }
        layout::Refusal::Unbound(unbound) => {
            let names: Vec<String> = unbound.names.iter().map(|n| format!("`{n}`")).collect();
            let text = match &names[..] {
                [one] => format!("{one} of the added code has no value in this match"),
                several => format!("{} of the added code have no values in this match", several.join(", ")),
            };
            (unbound.at, text, vec!["the code that it matches stays as it is".to_owned()])
        }
    }
}

/// What is said of code that a conditional divides: where it is, what would go wrong, and which parts of the conditional are there.
fn describe_parts(file: &FileState, start: u32, lost: &layout::Lost, what: &str) -> (u32, String, Vec<String>) {
    let line = |at: u32| file.place(start + at).0;
    let (first, last) = (line(lost.replaced.start), line(lost.replaced.end));
    let text = format!("a conditional divides the code on lines {first} to {last}: {what}");
    let mut parts: Vec<(u32, Vec<String>)> = Vec::new();
    for part in &lost.parts {
        let bytes = &file.source.text[(start + part.start) as usize..(start + part.end) as usize];
        let text = String::from_utf8_lossy(bytes.trim_ascii()).into_owned();
        match parts.last_mut().filter(|(l, _)| *l == line(part.start)) {
            Some((_, texts)) => texts.push(text),
            None => parts.push((line(part.start), vec![text])),
        }
    }
    let details = parts.into_iter().map(|(line, texts)| format!("line {line}: `{}`", texts.join(" "))).collect();
    (lost.replaced.start, text, details)
}

/// The edits that the matches of a rule ask for in an element of the present version, and what is said of those that are left out.
pub(super) fn rewrite(
    file: &FileState,
    page: &FileText<'_>,
    e: usize,
    (rule, code): (&Rule, &AddedCode<'_>),
    mut matches: Vec<RuleMatch>,
) -> (Vec<Edit>, Vec<Message>) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut refused: Vec<layout::Refusal> = Vec::new();
    let start = file.source.elements[e].start;
    let say = |(at, text, details): (u32, String, Vec<String>)| {
        let line = Some(file.place(start + at).0);
        Message { level: Level::Refused, file: file.name.clone(), line, rule: rule.name.clone(), text, details }
    };
    for variant in 0..file.variants(e) as u8 {
        if !matches.iter().any(|m| m.variant == variant) {
            continue;
        }
        let last = matches.iter().all(|m| m.variant <= variant);
        let mut matches = if last { std::mem::take(&mut matches) } else { matches.clone() };
        complete_declarations(file.source.elements[e].element.tree(variant), &mut matches);
        let mut own = match layout::rewrite_element(page, e, code, variant, &mut matches) {
            Ok(done) => {
                refused.extend(done.refused);
                done.edits
            }
            Err(c) => {
                let side = |which: &str, side: &layout::Side| {
                    format!("{which} ({}): {}", span_of(file, e, variant, &matches, side), side.what)
                };
                let text = "two matches ask for different changes of the same code";
                let details = vec![side("one", &c.first), side("the other", &c.second)];
                return (Vec::new(), vec![say((c.at.start, text.to_owned(), details))]);
            }
        };
        // The readings of an element share tokens: their edits agree there, or those of the later reading are left out.
        own.retain(|e| !edits.contains(e));
        let overlaps =
            |a: &Edit, b: &Edit| a.range.start < b.range.end && b.range.start < a.range.end || a.range == b.range;
        if !own.iter().any(|e| edits.iter().any(|f| overlaps(e, f))) {
            edits.append(&mut own);
        }
    }
    edits.sort_by_key(|e| (e.range.start, e.range.end));
    // What one reading would lose another may have kept.
    refused.retain(|r| match r {
        layout::Refusal::Lost(l) => {
            let (from, to) = ((start + l.replaced.start) as usize, (start + l.replaced.end) as usize);
            !edits.iter().any(|e| e.range.start < to && from < e.range.end)
        }
        layout::Refusal::Divided(_) | layout::Refusal::Unbound(_) => true,
    });
    let mut messages: Vec<Message> = Vec::new();
    for message in refused.into_iter().map(|r| say(describe(file, start, r))) {
        if !messages.iter().any(|m| m.line == message.line && m.text == message.text) {
            messages.push(message);
        }
    }
    (edits, messages)
}

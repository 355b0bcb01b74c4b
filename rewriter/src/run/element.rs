//! One rule on one element: matching its variants, and turning matches into edits.

use matcher::term::{FileContext, TermMatcher};
use matcher::{Bindings, CompiledRule, Limits, Place, Refusal, RuleMatch};
use smpl_parser::Rule;

use super::RunOptions;
use super::file::FileState;
use super::message::{Level, Message};
use super::script::ScriptHost;
use crate::edit::Edit;
use crate::layout;

/// What a rule found in an element.
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// Matches of all variants, in order.
    Matches { matches: Vec<RuleMatch>, warnings: Vec<Message> },
    /// The rule gives the element up.
    Refused(Message),
}

/// Runs a rule on all variants of an element.
pub(super) fn search(
    file: &mut FileState,
    e: usize,
    rule: &Rule,
    compiled: &CompiledRule,
    inherited: &Bindings,
    options: &RunOptions,
    _host: &mut Option<&mut dyn ScriptHost>,
) -> Found {
    let mut all = Vec::new();
    let warnings = Vec::new();
    for variant in 0..file.variants(e) {
        let Ok(graph) = file.graph(e, variant, options.cfg) else { continue };
        let place = |offset: u32| file.place(offset);
        let context = FileContext {
            name: &file.name,
            source: &file.source,
            index: e,
            variant: variant as u8,
            place: &place,
            types: None,
            scripts: None,
        };
        let mut terms = TermMatcher::new(rule, context, &graph, inherited);
        let limits = Limits { allow_inconsistent: options.allow_inconsistent || rule.star, deadline: options.deadline, ..Limits::default() };
        match matcher::run(compiled, &graph, &mut terms, &limits) {
            Ok(mut matches) => {
                for m in &mut matches {
                    m.variant = variant as u8;
                }
                if variant > 0 {
                    matches.retain(|m| is_new(file, e, m));
                }
                all.append(&mut matches);
            }
            Err(refusal) => return Found::Refused(refused(file, e, variant, rule, &refusal)),
        }
    }
    if all.is_empty() { Found::Nothing } else { Found::Matches { matches: all, warnings } }
}

/// Whether a match of a later variant touches or binds something that the first tree does not hold: the others were found there.
fn is_new(file: &FileState, e: usize, found: &RuleMatch) -> bool {
    let trees = &file.source.elements[e].element.parsed().trees;
    let first: rustc_hash::FxHashSet<u32> = trees[0].held_tokens(trees[0].root()).into_iter().map(|t| t.0).collect();
    let tree = &trees[found.variant as usize];
    found.touches.iter().any(|t| match t.place {
        Place::Token(t) => !first.contains(&t.0),
        Place::Node(n) => tree.first_token(n).is_some_and(|t| !first.contains(&t.0)),
    })
}

fn refused(file: &FileState, e: usize, variant: usize, rule: &Rule, refusal: &Refusal) -> Message {
    let element = &file.source.elements[e];
    let tree = element.element.tree(variant as u8);
    let line = |t: c_syntax::TokenId| file.place(element.start + tree.token(t).start).0;
    let (text, details, at) = refusal.describe(tree, element.element.name.as_deref(), &line);
    Message {
        level: Level::Refused,
        file: file.name.clone(),
        line: at.or_else(|| file.line_of_element(e)),
        rule: rule.name.clone(),
        text,
        details,
    }
}

/// The edits that the matches of a rule ask for in an element.
pub(super) fn rewrite(
    file: &FileState,
    e: usize,
    rule: &Rule,
    matches: &[RuleMatch],
    options: &RunOptions,
) -> Result<Vec<Edit>, Message> {
    let element = &file.source.elements[e];
    let mut edits: Vec<Edit> = Vec::new();
    for variant in 0..file.variants(e) as u8 {
        let own: Vec<RuleMatch> = matches.iter().filter(|m| m.variant == variant).cloned().collect();
        if own.is_empty() {
            continue;
        }
        let result = layout::rewrite_element(rule, &file.source.text, element, variant, &own, &options.style);
        let new = result.map_err(|conflict| {
            let (text, details) = conflict.describe();
            Message {
                level: Level::Refused,
                file: file.name.clone(),
                line: Some(file.place(element.start + conflict.offset()).0),
                rule: rule.name.clone(),
                text,
                details,
            }
        })?;
        edits.extend(new);
    }
    edits.sort_by_key(|e| (e.range.start, e.range.end));
    edits.dedup();
    Ok(edits)
}

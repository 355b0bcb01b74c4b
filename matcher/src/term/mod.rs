//! A pattern term against a C term: all ways in which a rule element matches at a point of a graph (`semantics.md` section 4).
//!
//! Matching is structural recursion over two trees of the same shape, in continuation-passing style: every choice (a branch of a
//! disjunction, the length of a run of arguments, one of several declarators) calls the continuation once and is undone afterwards,
//! so that a mismatch costs no allocation and the results come in the order of the choices.

#![allow(clippy::collapsible_match)] // conditions that record what they match are no guards

mod bind;
mod constraint;
mod context;
mod decl;
mod declarators;
mod directive;
mod elem;
mod hash;
mod header;
mod init;
mod list;
mod literal;
mod made;
mod metavar;
mod node;
mod observe;
mod operator;
mod parts;
mod quick;
mod specs;
mod state;
mod text;
mod types;

pub use context::{BuiltinIsos, ConstraintScripts, FileContext};
pub use declarators::complete_declarations;
pub use made::made_term;
pub use observe::{Mismatch, Miss};
pub use text::{script_term_text, script_text, term_text, value_text};

use c_syntax::{NodeId, TokenId, Tree};
use cfg::{Cfg, NodeIndex};
use smpl_parser::{MvId, Pattern, Rule};

use crate::compile::{ElemMatch, RuleElem, Terms, ValueId};
use crate::value::{Bindings, Value};
use bind::Values;
use state::State;

/// Matches the elements of one rule in one element of C, in one environment.
#[derive(Debug)]
pub struct TermMatcher<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) pat: &'a Pattern,
    /// The tree of the pattern.
    pub(crate) p: &'a Tree,
    /// The tree of the element.
    pub(crate) c: &'a Tree,
    pub(crate) ctx: FileContext<'a>,
    pub(crate) cfg: &'a Cfg,
    pub(crate) inherited: &'a Bindings,
    /// Whether each inherited metavariable has a value.
    pub(crate) all_inherited: bool,
    pub(crate) isos: BuiltinIsos,
    pub(crate) values: Values,
    pub(crate) state: State,
    /// How far down the cheap check looks.
    quick_depth: u32,
    /// Whether the element has tokens that no grammar reads, once that was asked.
    unread: Option<bool>,
    observer: Option<Box<observe::Observer>>,
}

/// What is done with each way to match.
pub(crate) type K<'k, 'a> = &'k mut (dyn FnMut(&mut TermMatcher<'a>) + 'k);

impl<'a> TermMatcher<'a> {
    /// A matcher for the elements of `rule` in the element of `ctx`, whose graph is `cfg`; `inherited` has the values of the rule's
    /// inherited metavariables, under their numbers in this rule.
    #[must_use]
    pub fn new(rule: &'a Rule, ctx: FileContext<'a>, cfg: &'a Cfg, inherited: &'a Bindings) -> Self {
        Self {
            rule,
            pat: &rule.pattern,
            p: &rule.pattern.tree,
            c: ctx.tree(),
            ctx,
            cfg,
            inherited,
            all_inherited: missing(rule, inherited).is_none(),
            isos: BuiltinIsos::of(rule),
            values: Values::default(),
            state: State::default(),
            quick_depth: quick::DEPTH,
            unread: None,
            observer: None,
        }
    }

    /// The metavariable that a token of the pattern is.
    pub(crate) fn var_of(&self, token: TokenId) -> Option<MvId> {
        self.pat.tokens.get(token.0 as usize)?.var
    }

    /// The metavariable that a MetaVar node is, with its token.
    pub(crate) fn var_of_node(&self, node: NodeId) -> Option<(MvId, TokenId)> {
        let token = self.p.first_token(node)?;
        Some((self.var_of(token)?, token))
    }
}

/// An inherited metavariable without a value.
fn missing(rule: &Rule, inherited: &Bindings) -> Option<MvId> {
    let of = (0..rule.metavars.len()).filter(|i| rule.metavars[*i].inherited.is_some()).map(|i| MvId(i as u32));
    of.into_iter().find(|v| inherited.get(*v).is_none())
}

impl Terms for TermMatcher<'_> {
    fn match_elem(&mut self, elem: &RuleElem, point: NodeIndex) -> Vec<ElemMatch> {
        self.element(elem, point)
    }

    fn misses(&mut self, elem: &RuleElem, point: NodeIndex) -> Vec<Miss> {
        self.observe(elem, point)
    }

    fn meet(&mut self, var: MvId, a: ValueId, b: ValueId) -> Option<ValueId> {
        self.meet_values(var, a, b)
    }

    fn value(&self, id: ValueId) -> Value {
        self.values.get(id).clone()
    }

    fn inherited(&self) -> &Bindings {
        self.inherited
    }

    fn tree(&self) -> &Tree {
        self.c
    }

    fn owned_tokens(&self, point: NodeIndex) -> Vec<TokenId> {
        let Some(at) = self.cfg.graph.node_weight(point) else { return Vec::new() };
        let mut out = Vec::new();
        for child in cfg::owned(self.c, at) {
            match child {
                c_syntax::Child::Token(t) => out.push(t),
                c_syntax::Child::Node(n) => out.extend(self.c.token_range(n).map(TokenId)),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;

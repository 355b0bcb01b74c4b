//! Why an element does not match at a point: what the matcher got furthest with, and what stopped it there.
//!
//! The observer hangs in the matcher only while somebody asks ([`TermMatcher::observe`]). Matching reports to it where a comparison has
//! failed, never where one goes on, so that a run without it does no more than find it absent there. That costs 0.02 % of the instructions
//! of the kernel's `misc/returnvar` on `inode.c` and `mballoc.c` of `fs/ext4`: 651.60 million against 651.47 million of a build in which
//! [`TermMatcher::observed`] is `false` (`valgrind --tool=callgrind spatch-rs --sp-file returnvar.cocci -D context --jobs 1 FILES`).

use std::ops::Range;

use c_syntax::types::Type;
use c_syntax::{Child, NodeId, SyntaxKind};
use cfg::NodeIndex;
use smpl_parser::{MvId, TypeSet};

use super::bind::loosely_equal;
use super::text::value_text;
use super::{K, TermMatcher};
use crate::compile::{RuleElem, ValueId};
use crate::value::Value;

/// A place where a comparison of a pattern with code failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// How many tokens of the pattern had matched before.
    pub progress: u32,
    /// Tokens of the pattern (half-open).
    pub pattern: Range<u32>,
    /// Tokens of the element (half-open).
    pub code: Range<u32>,
    /// What is wrong.
    pub why: Mismatch,
    /// Whether the place in the pattern is as it was written, not one that an isomorphism made.
    pub written: bool,
}

/// What makes a comparison fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// Another token, or another kind of term.
    Differs,
    /// The code ends before the pattern, or has nothing in the place.
    Missing,
    /// The code goes on where the pattern ends.
    Extra,
    /// The metavariable's kind does not accept the term.
    Kind(MvId),
    /// The metavariable has another value already.
    Bound {
        /// The metavariable.
        var: MvId,
        /// Its value, as text.
        value: String,
        /// Where it was bound, if that is a term of the same element.
        place: Option<Range<u32>>,
    },
    /// The metavariable is inherited with another value.
    Inherited {
        /// The metavariable.
        var: MvId,
        /// Its value, as text.
        value: String,
    },
    /// The metavariable is inherited, and no value came.
    NoValue(MvId),
    /// The value does not satisfy the metavariable's constraint.
    Constraint {
        /// The metavariable.
        var: MvId,
        /// The value, as text.
        value: String,
    },
    /// The expression's type is not one of those declared.
    Type {
        /// The type, if it is known.
        found: Option<String>,
    },
    /// The pattern holds only for a test of truth, and the expression stands elsewhere.
    NoTest,
}

/// What the matcher reports to.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    misses: Vec<Miss>,
    /// The pattern node of the element.
    root: Option<NodeId>,
    reported: usize,
    /// The nodes compared so far, of the pattern and of the code.
    pairs: Vec<(NodeId, NodeId)>,
    /// Why the last value was refused, until the term is known.
    pending: Option<Mismatch>,
}

/// So many misses of one element at one point are kept.
const MAX_KEPT: usize = 64;

impl<'a> TermMatcher<'a> {
    /// The misses that got furthest when an element is compared with a point; none if it matches.
    pub(crate) fn observe(&mut self, elem: &RuleElem, point: NodeIndex) -> Vec<Miss> {
        let quick = std::mem::replace(&mut self.quick_depth, 0);
        self.observer = Some(Box::new(Observer { root: Some(elem.kind.node()), ..Observer::default() }));
        let matched = !self.element(elem, point).is_empty();
        self.quick_depth = quick;
        let Some(observer) = self.observer.take() else { return Vec::new() };
        if matched {
            return Vec::new();
        }
        let mut misses = observer.misses;
        // What differs in a token is nearer than what is another kind of term; of equals the written form comes first.
        let far = |m: &Miss| {
            let whole = m.why == Mismatch::Differs && m.pattern.len() > 1;
            (std::cmp::Reverse(m.progress), whole, !m.written)
        };
        misses.sort_by_key(far);
        let best = misses.first().map(|m| m.progress);
        misses.retain(|m| Some(m.progress) == best);
        misses.dedup();
        misses
    }

    /// A node of the pattern against one of the code, with an observer: what it finds wrong below is kept, else that these differ.
    #[cold]
    pub(crate) fn node_observed(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let before = self.reported();
        let mut reached = false;
        if let Some(o) = &mut self.observer {
            o.pending = None;
            o.pairs.push((p, c));
        }
        let test = self.pat.notes.get(&p).is_some_and(|n| n.must_be_test) && !self.is_test(c);
        if !test {
            self.node_kinds(p, c, &mut |m| {
                reached = true;
                k(m);
            });
        }
        if reached || self.reported() > before {
            return;
        }
        let why = match self.var_of_node(p).filter(|_| self.p.kind(p) == SyntaxKind::MetaVar) {
            _ if test => Mismatch::NoTest,
            Some((var, _)) => Mismatch::Kind(var),
            None if self.c.kind(c) == SyntaxKind::Absent => Mismatch::Missing,
            None => Mismatch::Differs,
        };
        let why = self.pending(why);
        self.miss(self.p.token_range(p), self.c.token_range(c), why);
    }

    /// Whether somebody asks.
    pub(crate) fn observed(&self) -> bool {
        self.observer.is_some()
    }

    fn reported(&self) -> usize {
        self.observer.as_ref().map_or(0, |o| o.reported)
    }

    /// Keeps a miss, if somebody asks.
    #[cold]
    pub(crate) fn miss(&mut self, pattern: Range<u32>, code: Range<u32>, why: Mismatch) {
        let Some(mut observer) = self.observer.take() else { return };
        observer.reported += 1;
        let root = observer.root.unwrap_or(self.p.root());
        let written = !self.is_made(pattern.start);
        let mut progress = 0;
        self.count_before(root, pattern.start, &mut progress);
        let best = observer.misses.iter().map(|m| m.progress).max().unwrap_or(0);
        if progress > best {
            observer.misses.clear();
        }
        let miss = Miss { progress, pattern, code, why, written };
        if progress >= best && observer.misses.len() < MAX_KEPT && !observer.misses.contains(&miss) {
            observer.misses.push(miss);
        }
        self.observer = Some(observer);
    }

    /// Two children of which the pattern's does not match; one is missing where a sequence ends, and `ends` are the last ones of both.
    #[cold]
    pub(crate) fn miss_child(&mut self, p: Option<Child>, c: Option<Child>, ends: (Option<&Child>, Option<&Child>)) {
        if !self.observed() {
            return;
        }
        let range = |tree: &c_syntax::Tree, child: Child| match child {
            Child::Token(t) => t.0..t.0 + 1,
            Child::Node(n) => tree.token_range(n),
        };
        let after = |tree: &c_syntax::Tree, last: Option<&Child>| last.map(|l| range(tree, *l).end).map(|e| e..e);
        let (pattern, code) = (p.map(|p| range(self.p, p)), c.map(|c| range(self.c, c)));
        let why = match (p, c) {
            (Some(_), None) => Mismatch::Missing,
            (None, Some(_)) => Mismatch::Extra,
            _ => self.pending(Mismatch::Differs),
        };
        let (pattern, code) = (pattern.or_else(|| after(self.p, ends.0)), code.or_else(|| after(self.c, ends.1)));
        if let (Some(pattern), Some(code)) = (pattern, code) {
            self.miss(pattern, code, why);
        }
    }

    /// A list that ends too early or too late: `p` is what the pattern wants, if it wants more.
    #[cold]
    pub(crate) fn miss_end(&mut self, p: Option<NodeId>, code: Range<u32>, why: Mismatch) {
        let Some(observer) = &self.observer else { return };
        // The lists are the last two nodes that were compared of which one holds the place.
        let holds = |tree: &c_syntax::Tree, n: NodeId, at: u32| tree.token_range(n).contains(&at);
        let lists = observer.pairs.iter().rev().find(|(a, b)| match p {
            Some(p) => self.p.parent(p) == Some(*a),
            None => holds(self.c, *b, code.start) && self.c.child_nodes(*b).any(|n| self.c.token_range(n) == code),
        });
        let Some((a, b)) = lists.copied() else { return };
        let last = |r: Range<u32>| r.end.saturating_sub(1)..r.end;
        let pattern = p.map_or_else(|| last(self.p.token_range(a)), |p| self.p.token_range(p));
        let code = if why == Mismatch::Missing { last(self.c.token_range(b)) } else { code };
        self.miss(pattern, code, why);
    }

    /// A metavariable cannot have a value: why, for the term that is compared.
    #[cold]
    pub(crate) fn value_refused(&mut self, var: MvId, id: ValueId) {
        if !self.observed() {
            return;
        }
        let inherited = self.rule.metavars.get(var.0 as usize).is_some_and(|m| m.inherited.is_some());
        let value = || value_text(self.values.get(id));
        let why = match (self.bound(var), self.inherited.get(var)) {
            (Some(old), _) => {
                Mismatch::Bound { var, value: value_text(self.values.get(old)), place: self.place_of(old) }
            }
            (None, None) if inherited => Mismatch::NoValue(var),
            (None, Some(known)) if !loosely_equal(known, self.values.get(id)) => {
                Mismatch::Inherited { var, value: value_text(known) }
            }
            _ => Mismatch::Constraint { var, value: value() },
        };
        self.set_pending(why);
    }

    /// [`TermMatcher::typed`] with an observer.
    #[cold]
    pub(crate) fn typed_observed(&mut self, set: &TypeSet, ty: Option<&Type>, k: K<'_, 'a>) {
        let mut reached = false;
        if let Some(ty) = ty {
            self.typed_as(set, ty, &mut |m| {
                reached = true;
                k(m);
            });
        }
        if !reached {
            self.set_pending(Mismatch::Type { found: ty.map(ToString::to_string) });
        }
    }

    fn set_pending(&mut self, why: Mismatch) {
        if let Some(o) = &mut self.observer {
            o.pending = Some(why);
        }
    }

    fn pending(&mut self, otherwise: Mismatch) -> Mismatch {
        self.observer.as_mut().and_then(|o| o.pending.take()).unwrap_or(otherwise)
    }

    fn place_of(&self, id: ValueId) -> Option<Range<u32>> {
        match self.values.get(id) {
            Value::Term(t) if std::ptr::eq(t.tree(), self.c) => Some(self.c.token_range(t.node)),
            _ => None,
        }
    }

    /// Whether an isomorphism made the place of a token: its branch is not the first of a disjunction that isomorphisms made.
    fn is_made(&self, token: u32) -> bool {
        let mut at = self.p.root();
        loop {
            if self.pat.notes.get(&at).is_some_and(|n| !n.isos.is_empty()) {
                return true;
            }
            match self.p.child_nodes(at).find(|n| self.p.token_range(*n).contains(&token)) {
                Some(next) => at = next,
                None => return false,
            }
        }
    }

    /// Counts the tokens of the pattern before `stop` on its way: of disjunctions one branch. True if `stop` was reached.
    fn count_before(&self, node: NodeId, stop: u32, out: &mut u32) -> bool {
        if self.p.kind(node) == SyntaxKind::Disj {
            let branches = self.branches(node);
            let on_way = branches.iter().find(|b| self.p.token_range(**b).contains(&stop));
            return on_way.or(branches.first()).is_some_and(|b| self.count_before(*b, stop, out));
        }
        for child in self.p.children(node) {
            match *child {
                Child::Token(t) if t.0 >= stop => return true,
                Child::Token(_) => *out += 1,
                Child::Node(n) => {
                    if self.count_before(n, stop, out) {
                        return true;
                    }
                }
            }
        }
        false
    }
}

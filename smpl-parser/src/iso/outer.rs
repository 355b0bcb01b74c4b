//! Plus code around a term that an isomorphism rewrites.

use std::sync::Arc;

use c_syntax::SyntaxKind;
use smallvec::SmallVec;

use super::bind::{has_plus, is_all_minus};
use super::kinds;
use super::term::{Part, Term, Tok};
use crate::ast::{PatToken, RunId, Slots};

/// Plus code at the edges of a term that goes with the term, not with what a metavariable at its edge stands for.
pub(super) struct OuterPlus {
    /// The term without it.
    pub(super) inner: Arc<Term>,
    slots: Option<Box<Slots>>,
    before: SmallVec<[RunId; 1]>,
    replace: SmallVec<[RunId; 1]>,
    after: SmallVec<[RunId; 1]>,
}

impl OuterPlus {
    /// Takes it off a term that an alternative matches; with `*` nothing is added.
    pub(super) fn take(t: &Arc<Term>, alt: &Term, star: bool) -> Self {
        let mut out = Self {
            inner: t.clone(),
            slots: t.slots.clone(),
            before: SmallVec::new(),
            replace: SmallVec::new(),
            after: SmallVec::new(),
        };
        let any = t.slots.is_some()
            || t.first_tok().is_some_and(|t| has_plus(&t.pat))
            || t.last_tok().is_some_and(|t| has_plus(&t.pat));
        if star || !any {
            return out;
        }
        let all_minus = is_all_minus(t);
        let lone = kinds::var_of(alt).is_some();
        let own = |edge: Option<&Tok>| edge.is_some_and(|t| t.pat.var.is_none());
        // With added code at both ends it stands around the term, whatever its edges are.
        let around = t.first_tok().is_some_and(|t| !t.pat.before.is_empty())
            && t.last_tok().is_some_and(|t| !t.pat.after.is_empty());
        let first = all_minus || !lone && (around || own(alt.first_tok()));
        let last = all_minus || !lone && (around || own(alt.last_tok()));
        let mut inner = (**t).clone();
        inner.slots = None;
        let mut inner = Arc::new(inner);
        if first {
            inner = edge(&inner, true, &mut |t| {
                out.before = std::mem::take(&mut t.before);
                out.replace = std::mem::take(&mut t.replace);
            });
        }
        if last {
            inner = edge(&inner, false, &mut |t| out.after = std::mem::take(&mut t.after));
        }
        out.inner = inner;
        out
    }

    /// Puts it around an alternative that stands for the term.
    pub(super) fn put(&self, built: Arc<Term>) -> Arc<Term> {
        let mut built = built;
        if !self.before.is_empty() || !self.replace.is_empty() {
            built = edge(&built, true, &mut |t| {
                t.before.insert_many(0, self.before.iter().copied());
                t.replace.insert_many(0, self.replace.iter().copied());
            });
        }
        if !self.after.is_empty() {
            built = edge(&built, false, &mut |t| t.after.extend(self.after.iter().copied()));
        }
        if let Some(outer) = &self.slots {
            let mut new = (*built).clone();
            let own = new.slots.take().map_or_else(Slots::default, |s| *s);
            let mut slots = (**outer).clone();
            slots.before.extend(own.before);
            let mut after = own.after;
            after.extend(slots.after);
            slots.after = after;
            new.slots = Some(Box::new(slots));
            built = Arc::new(new);
        }
        built
    }
}

/// A copy of a term with its first or last token changed; in a choice, that of each branch.
fn edge(t: &Arc<Term>, first: bool, change: &mut dyn FnMut(&mut PatToken)) -> Arc<Term> {
    if matches!(t.kind, SyntaxKind::Disj) {
        let parts = t.parts.iter().map(|p| match p {
            Part::Node(branch) => Part::Node(edge(branch, first, change)),
            tok @ Part::Tok(_) => tok.clone(),
        });
        return Arc::new(t.with_parts(parts.collect()));
    }
    let has_tok = |p: &Part| match p {
        Part::Tok(_) => true,
        Part::Node(n) => n.any_tok(&|_| true),
    };
    let at = if first { t.parts.iter().position(has_tok) } else { t.parts.iter().rposition(has_tok) };
    let Some(at) = at else {
        return t.clone();
    };
    let mut parts = t.parts.clone();
    match &mut parts[at] {
        Part::Tok(tok) => change(&mut tok.pat),
        Part::Node(n) => *n = edge(n, first, change),
    }
    Arc::new(t.with_parts(parts))
}

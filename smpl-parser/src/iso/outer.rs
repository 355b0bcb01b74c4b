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
    /// How many tokens the term has, and how many the code before and after it goes around.
    len: u32,
    before_of: u32,
    after_of: u32,
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
            len: 0,
            before_of: 0,
            after_of: 0,
        };
        let any = t.slots.is_some()
            || t.first_tok().is_some_and(|t| has_plus(&t.pat))
            || t.last_tok().is_some_and(|t| has_plus(&t.pat));
        if star || !any {
            return out;
        }
        let all_minus = is_all_minus(t);
        let lone = kinds::var_of(alt).is_some();
        out.len = t.all_toks().len() as u32;
        // Where nothing says what the code goes around, what is at the edge of the isomorphism has to be a token of it.
        let own = |edge: Option<&Tok>| edge.is_some_and(|t| t.pat.var.is_none());
        let around = |of: u32, edge: Option<&Tok>| if of == 0 { own(edge) } else { of >= out.len };
        let before_of = t.first_tok().map_or(0, |t| t.pat.before_of);
        let after_of = t.last_tok().map_or(0, |t| t.pat.after_of);
        let first = all_minus || !lone && around(before_of, alt.first_tok());
        let last = all_minus || !lone && around(after_of, alt.last_tok());
        (out.before_of, out.after_of) = (before_of, after_of);
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
            let len = built.all_toks().len() as u32;
            built = edge(&built, true, &mut |t| {
                t.before_of = (self.before_of + len).saturating_sub(self.len);
                t.before.insert_many(0, self.before.iter().copied());
                t.replace.insert_many(0, self.replace.iter().copied());
            });
        }
        if !self.after.is_empty() {
            let len = built.all_toks().len() as u32;
            built = edge(&built, false, &mut |t| {
                t.after_of = (self.after_of + len).saturating_sub(self.len);
                t.after.extend(self.after.iter().copied());
            });
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

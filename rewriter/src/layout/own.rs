//! Values with the text of their own place. Matches with equal values share one environment, whose values are those of the first
//! place: comments and line breaks there are not those of the others.

use std::ops::Range;
use std::sync::Arc;

use c_syntax::{Element, NodeId, SyntaxKind, TokenId, Tree};
use matcher::outcome::{Action, Place, RuleMatch};
use matcher::value::{Bindings, Term, Value};
use smallvec::SmallVec;

use super::facts::Facts;

/// Gives matches of a tree values from the code that each of them touches where that holds equal code.
pub(super) fn values<'m>(
    element: &Arc<Element>,
    variant: u8,
    facts: &Facts<'_>,
    matches: impl Iterator<Item = &'m mut RuleMatch>,
) {
    let here = Here { element, variant, tree: facts.tree, facts };
    matches.for_each(|m| here.own_values(m));
}

/// The terms that a value is made of.
fn terms_of(value: &Value) -> &[Term] {
    match value {
        Value::Term(t) => std::slice::from_ref(t),
        Value::List(l) => l,
        _ => &[],
    }
}

struct Here<'a> {
    element: &'a Arc<Element>,
    variant: u8,
    tree: &'a Tree,
    facts: &'a Facts<'a>,
}

impl Here<'_> {
    fn own_values(&self, m: &mut RuleMatch) {
        // Where nothing is added, nobody asks for values.
        if m.touches.iter().all(|t| matches!(t.action, Action::Remove { .. })) {
            return;
        }
        let mut parts: SmallVec<[(&Arc<Bindings>, Range<u32>); 2]> = SmallVec::new();
        for t in &m.touches {
            let range = match t.place {
                Place::Token(t) => t.0..t.0 + 1,
                Place::Node(n) => self.tree.token_range(n),
            };
            match parts.iter_mut().find(|(b, _)| Arc::ptr_eq(b, &t.bindings)) {
                Some((_, all)) => *all = all.start.min(range.start)..all.end.max(range.end),
                None => parts.push((&t.bindings, range)),
            }
        }
        // Heads and branches have values of their own, but the code that replaces both stands at the first.
        let ends = parts.iter().map(|(_, r)| (r.start, r.end)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let all = ends.map_or(0..0, |(start, end)| start..end);
        let own = |(b, range): &(&Arc<Bindings>, Range<u32>)| {
            let both = [range, &all];
            let ranges = if *range == all { &both[..1] } else { &both };
            Some((Arc::as_ptr(b), Arc::new(self.own(b, ranges)?)))
        };
        let mut new: SmallVec<[(*const Bindings, Arc<Bindings>); 2]> = SmallVec::new();
        parts.iter().for_each(|part| new.extend(own(part)));
        drop(parts);
        if new.is_empty() {
            return;
        }
        for t in &mut m.touches {
            if let Some((_, own)) = new.iter().find(|(old, _)| *old == Arc::as_ptr(&t.bindings)) {
                t.bindings = own.clone();
            }
        }
    }

    /// The bindings with values from the first of these stretches of tokens that has others.
    fn own(&self, bindings: &Bindings, ranges: &[&Range<u32>]) -> Option<Bindings> {
        let mut values: Option<Vec<_>> = None;
        for (i, (_, value)) in bindings.0.iter().enumerate() {
            let Some(own) = ranges.iter().find_map(|r| self.equal_terms(terms_of(value), r)) else { continue };
            let own = match value {
                Value::List(_) => Value::List(own.as_slice().into()),
                _ => own.into_iter().next().map_or_else(|| value.clone(), Value::Term),
            };
            values.get_or_insert_with(|| bindings.0.clone())[i].1 = own;
        }
        values.map(Bindings)
    }

    /// Whether terms do not lie in a stretch of tokens.
    fn is_elsewhere(&self, terms: &[Term], range: &Range<u32>) -> bool {
        let (Some(first), Some(last)) = (terms.first(), terms.last()) else { return false };
        let theirs = first.tree();
        !std::ptr::eq(theirs, self.tree)
            || theirs.token_range(first.node).start < range.start
            || theirs.token_range(last.node).end > range.end
    }

    /// Terms of the same texts in a stretch of tokens that does not hold the terms themselves.
    fn equal_terms(&self, terms: &[Term], range: &Range<u32>) -> Option<SmallVec<[Term; 1]>> {
        let (first, last) = (terms.first()?, terms.last()?);
        let theirs = first.tree();
        let span = theirs.token_range(first.node).start..theirs.token_range(last.node).end;
        if !self.is_elsewhere(terms, range) || span.is_empty() || !terms.iter().all(|t| std::ptr::eq(t.tree(), theirs))
        {
            return None;
        }
        let len = span.end - span.start;
        let names = theirs.tokens().get(span.start as usize..span.end as usize)?;
        let same =
            |at: u32, i: u32| self.tree.token_text(TokenId(at + i)) == theirs.token_text(TokenId(span.start + i));
        let here = self.tree.tokens().get(range.start as usize..range.end as usize)?;
        let at = here.windows(names.len()).position(|w| w.iter().zip(names).all(|(a, b)| a.sym == b.sym))?;
        let at = range.start + at as u32;
        if !(0..len).all(|i| same(at, i)) {
            return None;
        }
        let mut out = SmallVec::with_capacity(terms.len());
        for t in terms {
            let own = theirs.token_range(t.node);
            let (start, end) = (own.start - span.start + at, own.end - span.start + at);
            let node = self.node(start..end, theirs.kind(t.node))?;
            let Term { loose, strict, .. } = *t;
            out.push(Term { element: self.element.clone(), variant: self.variant, node, loose, strict });
        }
        Some(out)
    }

    /// The node of a kind that spans these tokens.
    fn node(&self, range: Range<u32>, kind: SyntaxKind) -> Option<NodeId> {
        let leaf = self.facts.leaves().get(TokenId(range.start))?;
        std::iter::successors(Some(leaf), |n| self.tree.parent(*n))
            .find(|n| self.tree.token_range(*n) == range && self.tree.kind(*n) == kind)
    }
}

//! Values with the text of their own place. Matches with equal values share one environment, whose values are those of the first
//! place: comments and line breaks there are not those of the others.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use c_syntax::{Element, NodeId, SyntaxKind, TokenId, Tree};
use matcher::outcome::{Place, RuleMatch, Touch};
use matcher::value::{Bindings, Term, Value};
use smallvec::SmallVec;

use super::facts::Facts;

/// The matches of a tree, their values taken from the code that each of them touches where that holds equal code.
pub(super) fn values<'a>(
    element: &Arc<Element>,
    variant: u8,
    facts: &Facts<'_>,
    matches: Vec<&'a RuleMatch>,
) -> Vec<Cow<'a, RuleMatch>> {
    let here = Here { element, variant, tree: facts.tree, facts };
    matches.into_iter().map(|m| here.own_values(m)).collect()
}

struct Here<'a> {
    element: &'a Arc<Element>,
    variant: u8,
    tree: &'a Tree,
    facts: &'a Facts<'a>,
}

impl Here<'_> {
    fn own_values<'a>(&self, m: &'a RuleMatch) -> Cow<'a, RuleMatch> {
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
        let new: SmallVec<[Option<Arc<Bindings>>; 2]> =
            parts.iter().map(|(b, range)| self.own(b, range).map(Arc::new)).collect();
        if new.iter().all(Option::is_none) {
            return Cow::Borrowed(m);
        }
        let touches = m.touches.iter().map(|t| {
            let part = parts.iter().position(|(b, _)| Arc::ptr_eq(b, &t.bindings));
            let bindings = part.and_then(|i| new[i].clone()).unwrap_or_else(|| t.bindings.clone());
            Touch { bindings, ..t.clone() }
        });
        Cow::Owned(RuleMatch { touches: touches.collect(), ..m.clone() })
    }

    /// The bindings with values from a stretch of tokens, if there are others in it.
    fn own(&self, bindings: &Bindings, range: &Range<u32>) -> Option<Bindings> {
        let is_elsewhere = |value: &Value| match value {
            Value::Term(t) => self.is_elsewhere(std::slice::from_ref(t), range),
            Value::List(l) => self.is_elsewhere(l, range),
            _ => false,
        };
        if !bindings.0.iter().any(|(_, value)| is_elsewhere(value)) {
            return None;
        }
        let mut changed = false;
        let values = bindings.0.iter().map(|(var, value)| {
            let terms = match value {
                Value::Term(t) => std::slice::from_ref(t),
                Value::List(l) => l,
                _ => &[],
            };
            let own = self.equal_terms(terms, range);
            changed |= own.is_some();
            let value = match (own, value) {
                (Some(own), Value::List(_)) => Value::List(own.into()),
                (Some(own), _) => own.into_iter().next().map_or_else(|| value.clone(), Value::Term),
                (None, _) => value.clone(),
            };
            (*var, value)
        });
        let values: Vec<_> = values.collect();
        changed.then_some(Bindings(values))
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
    fn equal_terms(&self, terms: &[Term], range: &Range<u32>) -> Option<Vec<Term>> {
        let (first, last) = (terms.first()?, terms.last()?);
        let theirs = first.tree();
        let span = theirs.token_range(first.node).start..theirs.token_range(last.node).end;
        if !self.is_elsewhere(terms, range) || span.is_empty() || !terms.iter().all(|t| std::ptr::eq(t.tree(), theirs))
        {
            return None;
        }
        let len = span.end - span.start;
        let text = |i: u32| theirs.token_text(TokenId(span.start + i));
        let at = (range.start..range.end.saturating_sub(len - 1))
            .find(|at| (0..len).all(|i| self.tree.token_text(TokenId(at + i)) == text(i)))?;
        terms
            .iter()
            .map(|t| {
                let own = theirs.token_range(t.node);
                let (start, end) = (own.start - span.start + at, own.end - span.start + at);
                let node = self.node(start..end, theirs.kind(t.node))?;
                Some(Term { element: self.element.clone(), variant: self.variant, node, ..t.clone() })
            })
            .collect()
    }

    /// The node of a kind that spans these tokens.
    fn node(&self, range: Range<u32>, kind: SyntaxKind) -> Option<NodeId> {
        let leaf = self.facts.leaves().get(TokenId(range.start))?;
        std::iter::successors(Some(leaf), |n| self.tree.parent(*n))
            .find(|n| self.tree.token_range(*n) == range && self.tree.kind(*n) == kind)
    }
}

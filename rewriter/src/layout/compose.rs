//! Matches inside the values of other matches of the same rule, `foo(foo(a))`: the outer one prints what the inner one makes
//! (`rewriting.md` sections 16.3, 17).

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use c_syntax::Tree;
use matcher::outcome::{Action, Place, RuleMatch, Touch};
use matcher::value::{Bindings, Term, Value};
use smallvec::SmallVec;

use super::plus::Inner;
use super::tags::Block;

/// A match that replaces a stretch of tokens as a whole, or the part of one that does so with one set of values.
struct Whole {
    index: usize,
    /// Of a part: its values.
    part: Option<Arc<Bindings>>,
    range: Range<u32>,
    block: Block,
}

/// The matches that are to be merged, with their numbers, and what only shows inside the values of these. A match of several
/// environments may lose a part.
pub(super) fn nested<'a>(
    tree: &'a Tree,
    matches: &[(usize, &'a RuleMatch)],
) -> (Vec<(usize, Cow<'a, RuleMatch>)>, Vec<Inner<'a>>) {
    let mut wholes: Vec<Whole> = matches.iter().flat_map(|(index, m)| wholes(tree, *index, m)).collect();
    // Outer ones first.
    wholes.sort_by_key(|w| (w.range.start, std::cmp::Reverse(w.range.end)));
    let mut inside: Vec<(usize, Option<Arc<Bindings>>)> = Vec::new();
    let mut inner = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (i, w) in wholes.iter().enumerate() {
        while open.last().is_some_and(|o| wholes[*o].range.end <= w.range.start) {
            open.pop();
        }
        let covered = open.iter().any(|o| {
            let outer = &wholes[*o];
            let strictly = outer.range != w.range && outer.range.end >= w.range.end;
            strictly && binds(&outer.block.bindings, tree, &w.range)
        });
        if covered {
            inside.push((w.index, w.part.clone()));
            inner.push(Inner { tree, range: w.range.clone(), block: w.block.clone() });
        }
        open.push(i);
    }
    inside.sort_by_key(|i| i.0);
    let kept = matches.iter().filter_map(|(index, m)| {
        let (index, m) = (*index, *m);
        let of_match = inside.partition_point(|i| i.0 < index);
        let inside = &inside[of_match..of_match + inside[of_match..].iter().take_while(|i| i.0 == index).count()];
        if inside.is_empty() {
            return Some((index, Cow::Borrowed(m)));
        }
        let shown = |t: &Touch| {
            let hides = |part: &Option<Arc<Bindings>>| part.as_ref().is_none_or(|b| Arc::ptr_eq(b, &t.bindings));
            !inside.iter().any(|(_, part)| hides(part))
        };
        if m.touches.iter().all(shown) {
            return Some((index, Cow::Borrowed(m)));
        }
        let touches: Vec<Touch> = m.touches.iter().filter(|t| shown(t)).cloned().collect();
        (!touches.is_empty()).then(|| (index, Cow::Owned(RuleMatch { touches, ..m.clone() })))
    });
    (kept.collect(), inner)
}

/// A match, or the parts of it, that do nothing but replace a stretch of tokens.
fn wholes(tree: &Tree, index: usize, m: &RuleMatch) -> SmallVec<[Whole; 1]> {
    if let Some((range, block)) = whole(tree, m.touches.iter()) {
        return SmallVec::from([Whole { index, part: None, range, block }]);
    }
    let same = |t: &Touch| Arc::ptr_eq(&t.bindings, &m.touches[0].bindings);
    if m.touches.iter().all(same) {
        return SmallVec::new();
    }
    let mut parts: Vec<(&Arc<Bindings>, Vec<&Touch>)> = Vec::new();
    for t in &m.touches {
        match parts.iter_mut().find(|(b, _)| Arc::ptr_eq(b, &t.bindings)) {
            Some((_, list)) => list.push(t),
            None => parts.push((&t.bindings, vec![t])),
        }
    }
    parts
        .into_iter()
        .filter_map(|(bindings, touches)| whole(tree, touches.into_iter()).map(|found| (bindings, found)))
        .map(|(bindings, (range, block))| Whole { index, part: Some(bindings.clone()), range, block })
        .collect()
}

/// The tokens that touches replace, if that is all they do.
fn whole<'a>(tree: &Tree, touches: impl Iterator<Item = &'a Touch>) -> Option<(Range<u32>, Block)> {
    let mut block = None;
    let (mut lo, mut hi, mut count) = (u32::MAX, 0, 0);
    for t in touches {
        let Place::Token(token) = t.place else { return None };
        match t.action {
            Action::Remove { .. } => {
                lo = lo.min(token.0);
                hi = hi.max(token.0 + 1);
                count += 1;
            }
            Action::Replace(run) => {
                if block.is_some() {
                    return None;
                }
                block = Some((token.0, Block { run, bindings: t.bindings.clone() }));
            }
            _ => return None,
        }
    }
    let (at, block) = block?;
    (at == lo && count <= hi - lo && count > 0 && hi as usize <= tree.tokens().len()).then_some((lo..hi, block))
}

/// Whether the value of some metavariable holds the tokens.
fn binds(bindings: &Bindings, tree: &Tree, range: &Range<u32>) -> bool {
    let holds = |t: &Term| {
        let r = t.tree().token_range(t.node);
        std::ptr::eq(t.tree(), tree) && r.start <= range.start && range.end <= r.end
    };
    bindings.0.iter().any(|(_, v)| match v {
        Value::Term(t) => holds(t),
        Value::List(l) => l.iter().any(holds),
        _ => false,
    })
}

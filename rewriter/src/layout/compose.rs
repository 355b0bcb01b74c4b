//! Matches inside the values of other matches of the same rule, `foo(foo(a))`: the outer one prints what the inner one makes
//! (`rewriting.md` sections 16.3, 17).

use std::ops::Range;

use c_syntax::Tree;
use matcher::outcome::{Action, Place, RuleMatch};
use matcher::value::{Bindings, Term, Value};

use super::plus::Inner;
use super::tags::Block;

/// A match that replaces a stretch of tokens as a whole.
struct Whole {
    index: usize,
    range: Range<u32>,
    block: Block,
}

/// The matches that are to be merged, and those that only show inside the values of these.
pub(super) fn nested<'a>(tree: &'a Tree, matches: Vec<&'a RuleMatch>) -> (Vec<&'a RuleMatch>, Vec<Inner<'a>>) {
    if matches.len() < 2 {
        return (matches, Vec::new());
    }
    let mut wholes: Vec<Whole> = matches
        .iter()
        .enumerate()
        .filter_map(|(index, m)| whole(tree, m).map(|(range, block)| Whole { index, range, block }))
        .collect();
    // Outer ones first.
    wholes.sort_by_key(|w| (w.range.start, std::cmp::Reverse(w.range.end)));
    let mut inside = vec![false; matches.len()];
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
            inside[w.index] = true;
            inner.push(Inner { tree, range: w.range.clone(), block: w.block.clone() });
        }
        open.push(i);
    }
    let kept = matches.into_iter().enumerate().filter(|(i, _)| !inside[*i]).map(|(_, m)| m).collect();
    (kept, inner)
}

/// The tokens that a match replaces, if that is all it does.
fn whole(tree: &Tree, m: &RuleMatch) -> Option<(Range<u32>, Block)> {
    let mut block = None;
    let (mut lo, mut hi, mut count) = (u32::MAX, 0, 0);
    for t in &m.touches {
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

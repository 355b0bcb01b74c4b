//! Declarations of several variables of which matches removed some: what goes with them (`semantics.md` 4.5).

use std::ops::Range;

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use rustc_hash::FxHashMap;

use crate::outcome::{Action, Place, RuleMatch, Touch};

/// Completes the removals of the matches of one rule in one element: a declaration of several variables loses the commas of the removed
/// ones, and goes as a whole if all are removed. Each match by itself removes only its variable.
pub fn complete_declarations(tree: &Tree, matches: &mut [RuleMatch]) {
    let is_declaration = |n: &NodeId| matches!(tree.kind(*n), SyntaxKind::Declaration | SyntaxKind::FieldDecl);
    let declarations: Vec<NodeId> = tree.ids().filter(is_declaration).collect();
    // The tokens of declarations, which may lie in each other.
    let mut ranges: Vec<Range<u32>> = declarations.iter().map(|n| tree.token_range(*n)).collect();
    ranges.sort_unstable_by_key(|r| r.start);
    ranges.dedup_by(|next, last| {
        let inside = next.start < last.end;
        last.end = if inside { last.end.max(next.end) } else { last.end };
        inside
    });
    let is_declared = |place: Place| match place {
        Place::Token(t) => ranges.get(ranges.partition_point(|r| r.end <= t.0)).is_some_and(|r| r.start <= t.0),
        Place::Node(_) => false,
    };
    if !matches.iter().flat_map(|m| &m.touches).any(|t| is_declared(t.place)) {
        return;
    }
    let removed: FxHashMap<u32, (usize, u32)> = matches
        .iter()
        .enumerate()
        .flat_map(|(i, m)| m.touches.iter().map(move |t| (i, t)))
        .filter_map(|(i, t)| match (t.place, t.action) {
            (Place::Token(token), Action::Remove { group }) => Some((token.0, (i, group))),
            _ => None,
        })
        .collect();
    if removed.is_empty() {
        return;
    }
    for n in declarations {
        let range = tree.token_range(n);
        if !range.clone().any(|t| removed.contains_key(&t)) {
            continue;
        }
        complete(tree, n, &removed, matches);
        after_kept_words(tree, n, &removed, matches);
    }
}

/// What takes the place of a whole declaration stands behind the words of it that stay: `const` where `static int x;` is replaced.
fn after_kept_words(tree: &Tree, n: NodeId, removed: &FxHashMap<u32, (usize, u32)>, matches: &mut [RuleMatch]) {
    let Some(specs) = tree.child_node(n, 0) else { return };
    let gone = |t: TokenId| removed.contains_key(&t.0);
    let (Some(last), Some(end)) = (tree.child_tokens(specs).filter(|t| !gone(*t)).last(), tree.last_token(n)) else {
        return;
    };
    if tree.child_node(specs, 0).is_some_and(|_| tree.token_range(specs).end <= last.0 + 1) || !gone(end) {
        return;
    }
    let Some(place) = (last.0 + 1..=end.0).map(TokenId).find(|t| gone(*t)) else { return };
    let before = tree.token_range(specs).start..last.0;
    for touch in matches.iter_mut().flat_map(|m| &mut m.touches) {
        if let (Place::Token(t), Action::Replace(_)) = (touch.place, touch.action)
            && before.contains(&t.0)
        {
            touch.place = Place::Token(place);
        }
    }
}

fn complete(tree: &Tree, n: NodeId, removed: &FxHashMap<u32, (usize, u32)>, matches: &mut [RuleMatch]) {
    let declarators: Vec<NodeId> = tree.child_nodes(n).skip(1).collect();
    if declarators.len() < 2 {
        return;
    }
    let replaced = |token: &TokenId| {
        let touches = matches.iter().flat_map(|m| &m.touches);
        touches.into_iter().any(|t| t.place == Place::Token(*token) && matches!(t.action, Action::Replace(_)))
    };
    let is_gone = |d: &NodeId| {
        let held = tree.held_tokens(*d);
        !held.is_empty() && held.iter().all(|t| removed.contains_key(&t.0)) && !held.iter().any(replaced)
    };
    let gone: Vec<bool> = declarators.iter().map(is_gone).collect();
    let Some((owner, group)) = declarators
        .iter()
        .zip(&gone)
        .filter(|(_, g)| **g)
        .find_map(|(d, _)| tree.first_token(*d).and_then(|t| removed.get(&t.0)).copied())
    else {
        return;
    };
    let mut extra: Vec<TokenId> = Vec::new();
    if gone.iter().all(|g| *g) {
        extra.extend(tree.token_range(n).map(TokenId));
    } else {
        let commas: Vec<TokenId> = tree
            .children(n)
            .iter()
            .filter_map(|c| match *c {
                Child::Token(t) if tree.token(t).kind == TokenKind::Comma => Some(t),
                _ => None,
            })
            .collect();
        // A comma stays behind a variable that stays and is not the last of those.
        let last_kept = gone.iter().rposition(|g| !*g).unwrap_or(0);
        extra.extend(commas.iter().enumerate().filter(|(i, _)| gone[*i] || *i >= last_kept).map(|(_, t)| *t));
    }
    let Some(found) = matches.get_mut(owner) else { return };
    let Some(bindings) = found.touches.first().map(|t| t.bindings.clone()) else { return };
    for token in extra {
        if !removed.contains_key(&token.0) {
            found.touches.push(Touch {
                place: Place::Token(token),
                action: Action::Remove { group },
                bindings: bindings.clone(),
            });
        }
    }
}

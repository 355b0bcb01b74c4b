//! Tags that do not say literally what goes: declarations removed one variable at a time, parameter lists (`rewriting.md` sections 9, 10).

use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T, Tree};

use super::facts::Facts;
use super::tags::{Tag, Tags};

/// Code around a variable of a declaration stands around the declaration, or in its place if all variables are removed.
pub(super) fn declarations(tree: &Tree, tags: &mut Tags) {
    let declares = |n: NodeId| matches!(tree.kind(n), K::Declaration | K::FieldDecl);
    if !tags.nodes.keys().any(|n| tree.parent(*n).is_some_and(declares)) {
        return;
    }
    for n in tree.preorder(tree.root()).filter(|n| declares(*n)) {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let removed = whole(tree, tags, n);
        for part in tree.child_nodes(n) {
            let Some(added) = tags.nodes.remove(&part).and_then(|tag| tag.added) else { continue };
            before.extend(added.before);
            after.extend(added.after);
        }
        let Some(first) = tree.first_token(n).filter(|_| !(before.is_empty() && after.is_empty())) else { continue };
        if removed {
            tags.tokens.entry(first).replace.extend(before.into_iter().chain(after));
        } else {
            let tag = tags.nodes.entry(n).or_default();
            tag.before.extend(before);
            tag.after.splice(0..0, after);
        }
    }
}

fn removed(tags: &Tags, t: TokenId) -> bool {
    tags.tokens.get(t).is_some_and(Tag::is_removed)
}

fn whole(tree: &Tree, tags: &Tags, n: NodeId) -> bool {
    let held = tree.held_tokens(n);
    !held.is_empty() && held.iter().all(|t| removed(tags, *t))
}

/// The `void` of parameter lists that gain a parameter.
pub(super) fn void_goes(facts: &Facts<'_>, tags: &Tags) -> Vec<TokenId> {
    let mut out = Vec::new();
    let tree = facts.tree;
    if !(facts.has_token(T::KwVoid) && facts.has_node(&[K::ParamList])) {
        return out;
    }
    for n in tree.preorder(tree.root()).filter(|n| tree.kind(*n) == K::ParamList) {
        if tree.child_token(n, T::LParen).is_none_or(|t| removed(tags, t)) {
            continue;
        }
        let inside = tree.token_range(n);
        let adds = |t: u32| {
            tags.tokens.get(TokenId(t)).is_some_and(|tag| {
                !tag.replace.is_empty()
                    || (t != inside.start && !tag.before.is_empty())
                    || (t + 1 != inside.end && !tag.after.is_empty())
            })
        };
        let held: Vec<TokenId> = tree.child_nodes(n).flat_map(|i| tree.held_tokens(i)).collect();
        if let [only] = held[..]
            && tree.token(only).kind == T::KwVoid
            && !removed(tags, only)
            && inside.clone().any(adds)
        {
            out.push(only);
        }
    }
    out
}

/// The comma in front of a removed last element of a braced list stays, as trailing commas do there; that of a list that goes as a
/// whole goes too, whether or not the rule has it.
pub(super) fn trailing_commas(facts: &Facts<'_>, tags: &mut Tags) {
    let tree = facts.tree;
    let counts = |t: TokenId| matches!(tree.token(t).kind, T::Comma | T::RBrace);
    if !facts.has_node(&[K::InitList, K::EnumList]) || !tags.tokens.iter().any(|(t, tag)| tag.is_removed() && counts(t))
    {
        return;
    }
    for n in tree.preorder(tree.root()).filter(|n| matches!(tree.kind(*n), K::InitList | K::EnumList)) {
        if let Some(by) = tree.last_token(n).and_then(|t| tags.tokens.get(t)).filter(|tag| tag.is_removed()) {
            let by = by.removed_by.clone();
            for comma in tree.child_tokens(n).filter(|t| tree.token(*t).kind == T::Comma) {
                if !removed(tags, comma) {
                    tags.tokens.entry(comma).removed_by = by.clone();
                }
            }
            continue;
        }
        let Some(last) = tree.child_nodes(n).last().filter(|l| whole(tree, tags, *l)) else { continue };
        let Some(first) = tree.first_token(last) else { continue };
        let behind = tree
            .last_token(last)
            .is_some_and(|t| tree.child_tokens(n).any(|c| c > t && tree.token(c).kind == T::Comma));
        let front = tree.child_tokens(n).filter(|c| *c < first && tree.token(*c).kind == T::Comma).last();
        let Some(comma) = front.filter(|c| !behind && removed(tags, *c)) else { continue };
        let neighbour = tree.child_nodes(n).filter(|c| tree.last_token(*c).is_some_and(|t| t < comma)).last();
        if neighbour.is_some_and(|c| !whole(tree, tags, c))
            && let Some(tag) = tags.tokens.get_mut(comma)
        {
            tag.removed_by.clear();
        }
    }
}

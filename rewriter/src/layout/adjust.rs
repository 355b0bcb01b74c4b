//! Tags that do not say literally what goes: shared specifiers of declarations, parameter lists (`rewriting.md` sections 9, 10).

use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T, Tree};
use smallvec::SmallVec;

use super::tags::{Tag, Tags};

/// A rule on `int a;` that matched one declarator of several removes that declarator and a comma, not the shared tokens.
/// Returns false if the tags ask for what cannot be done so (the reference refuses it).
pub(super) fn declarators(tree: &Tree, tags: &mut Tags, quirks: bool) -> bool {
    let mut fine = true;
    for n in tree.preorder(tree.root()) {
        if !matches!(tree.kind(n), K::Declaration | K::FieldDecl) {
            continue;
        }
        let parts: Vec<NodeId> = tree.child_nodes(n).filter(|c| tree.kind(*c) != K::DeclSpecs).collect();
        if parts.len() > 1 {
            fine &= shared(tree, tags, n, &parts, quirks);
        }
    }
    fine
}

fn removed(tags: &Tags, t: TokenId) -> bool {
    tags.tokens.get(&t).is_some_and(Tag::is_removed)
}

fn whole(tree: &Tree, tags: &Tags, n: NodeId) -> bool {
    let held = tree.held_tokens(n);
    !held.is_empty() && held.iter().all(|t| removed(tags, *t))
}

fn shared(tree: &Tree, tags: &mut Tags, decl: NodeId, parts: &[NodeId], quirks: bool) -> bool {
    let Some(specs) = tree.child_node(decl, 0) else { return true };
    let semi = tree.child_token(decl, T::Semi);
    let going: Vec<bool> = parts.iter().map(|p| whole(tree, tags, *p)).collect();
    if !going.contains(&true) {
        return true;
    }
    let commas: Vec<TokenId> = tree.child_tokens(decl).filter(|t| tree.token(*t).kind == T::Comma).collect();
    if going.iter().all(|g| *g) {
        let by = groups(tags, parts.iter().filter_map(|p| tree.first_token(*p)));
        for t in tree.held_tokens(specs).into_iter().chain(commas).chain(semi) {
            let tag = tags.tokens.entry(t).or_default();
            if !tag.is_removed() {
                tag.removed_by.extend(by.iter().copied());
            }
        }
        // What comes for each of them comes in the place of the whole, in order.
        let held = tree.held_tokens(decl);
        let mut moved = Vec::new();
        for t in &held {
            moved.extend(tags.tokens.get_mut(t).map(|tag| std::mem::take(&mut tag.replace)).unwrap_or_default());
        }
        if let (Some(first), false) = (held.first(), moved.is_empty()) {
            tags.tokens.entry(*first).or_default().replace = moved;
        }
        return true;
    }
    let removed_commas = commas.iter().filter(|c| removed(tags, **c)).count();
    if removed_commas == going.iter().filter(|g| **g).count() && !whole(tree, tags, specs) {
        return true;
    }
    // What replaces the declaration as a whole goes behind what is left of it.
    let mut moved = Vec::new();
    let shared: Vec<TokenId> = tree.held_tokens(specs).into_iter().chain(semi).collect();
    for t in shared {
        if let Some(tag) = tags.tokens.get_mut(&t) {
            tag.removed_by.clear();
            moved.append(&mut tag.replace);
        }
    }
    for (i, part) in parts.iter().enumerate().filter(|(i, _)| going[*i]) {
        for t in tree.held_tokens(*part) {
            if let Some(tag) = tags.tokens.get_mut(&t) {
                moved.append(&mut tag.replace);
            }
        }
        let by = groups(tags, tree.first_token(*part).into_iter());
        let behind = commas.get(i).filter(|c| !removed(tags, **c));
        let front = (0..i).rev().find_map(|j| commas.get(j).filter(|c| !removed(tags, **c)));
        let later_stays = going[i + 1..].iter().any(|g| !g);
        let comma = if later_stays { behind.or(front) } else { front.or(behind) };
        if let Some(c) = comma {
            tags.tokens.entry(*c).or_default().removed_by.extend(by);
        }
    }
    if moved.is_empty() {
        return true;
    }
    if quirks {
        return false;
    }
    tags.nodes.entry(decl).or_default().after.splice(0..0, moved);
    true
}

fn groups(tags: &Tags, tokens: impl Iterator<Item = TokenId>) -> SmallVec<[(u32, u32); 1]> {
    tokens.filter_map(|t| tags.tokens.get(&t)).flat_map(|t| t.removed_by.iter().copied()).collect()
}

/// What to do at a parameter list.
pub(super) struct Params {
    /// The `void` that goes as parameters come.
    pub void_goes: Vec<TokenId>,
    /// The `(` behind which `void` must stand as all parameters went.
    pub void_comes: Vec<TokenId>,
}

/// `(void)` that gains a parameter, and lists that lose their last one.
pub(super) fn params(tree: &Tree, tags: &Tags) -> Params {
    let mut out = Params { void_goes: Vec::new(), void_comes: Vec::new() };
    for n in tree.preorder(tree.root()).filter(|n| tree.kind(*n) == K::ParamList) {
        let Some(open) = tree.child_token(n, T::LParen).filter(|t| !removed(tags, *t)) else { continue };
        let inside = tree.token_range(n);
        let adds = |t: u32| {
            tags.tokens.get(&TokenId(t)).is_some_and(|tag| {
                !tag.replace.is_empty()
                    || (t != inside.start && !tag.before.is_empty())
                    || (t + 1 != inside.end && !tag.after.is_empty())
            })
        };
        let added = inside.clone().any(adds);
        let items: Vec<NodeId> = tree.child_nodes(n).collect();
        let held: Vec<TokenId> = items.iter().flat_map(|i| tree.held_tokens(*i)).collect();
        match held.as_slice() {
            [] => {}
            [only] if tree.token(*only).kind == T::KwVoid && added && !removed(tags, *only) => {
                out.void_goes.push(*only)
            }
            all if !added && all.iter().all(|t| removed(tags, *t)) && tree.kind(items[0]) == K::Param => {
                out.void_comes.push(open);
            }
            _ => {}
        }
    }
    out
}

/// The comma in front of a removed last element of a braced list stays, as trailing commas do there.
pub(super) fn trailing_commas(tree: &Tree, tags: &mut Tags) {
    for n in tree.preorder(tree.root()).filter(|n| matches!(tree.kind(*n), K::InitList | K::EnumList)) {
        let Some(last) = tree.child_nodes(n).last().filter(|l| whole(tree, tags, *l)) else { continue };
        let Some(first) = tree.first_token(last) else { continue };
        let behind = tree
            .last_token(last)
            .is_some_and(|t| tree.child_tokens(n).any(|c| c > t && tree.token(c).kind == T::Comma));
        let front = tree.child_tokens(n).filter(|c| *c < first && tree.token(*c).kind == T::Comma).last();
        let Some(comma) = front.filter(|c| !behind && removed(tags, *c)) else { continue };
        let neighbour = tree.child_nodes(n).filter(|c| tree.last_token(*c).is_some_and(|t| t < comma)).last();
        if neighbour.is_some_and(|c| !whole(tree, tags, c))
            && let Some(tag) = tags.tokens.get_mut(&comma)
        {
            tag.removed_by.clear();
        }
    }
}

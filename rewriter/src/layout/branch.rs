//! Statements that are branches: braces where an edit makes of one statement none or several (`rewriting.md` section 8).

use std::cmp::Reverse;
use std::rc::Rc;

use c_syntax::print::{AtomKind, Level};
use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T, Tree};
use rustc_hash::FxHashSet;
use smpl_parser::ast::{FragmentKind as F, Mark, Pattern};

use super::facts::Facts;
use super::plus::{Plus, Printed};
use super::tags::{Block, Tags};

/// What must be put around or in the place of a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Brace {
    /// `{}` in the place of the removed statement.
    Empty,
    /// Braces around it.
    Around,
    /// `;` behind a label without a statement.
    Semicolon,
    /// A line of its own, if the removed statement stood on that of the head (`else if`).
    Line,
}

/// A branch and what it needs. All of its tokens are removed, or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub body: NodeId,
    pub brace: Brace,
    pub removed: bool,
}

/// The statements that heads govern, innermost first.
fn bodies(tree: &Tree) -> Vec<(NodeId, NodeId)> {
    let mut out = Vec::new();
    for n in tree.ids() {
        let index = match tree.kind(n) {
            K::If | K::While | K::Switch => 1,
            K::Iterator => 2,
            K::For => 3,
            K::Else | K::DoWhile => 0,
            _ => continue,
        };
        if let Some(b) = tree.child_node(n, index)
            && (tree.kind(b).is_stmt() || tree.kind(b) == K::Declaration)
        {
            out.push((n, b));
        }
    }
    let place = |n: NodeId| (tree.token_range(n).start, Reverse(tree.token_range(n).end), Reverse(n));
    out.sort_unstable_by_key(|(n, _)| Reverse(place(*n)));
    out
}

/// Decides for each branch.
pub(super) fn needs(plus: &Plus<'_>, facts: &Facts<'_>, tags: &Tags) -> Vec<Need> {
    let tree = facts.tree;
    let mut out = Vec::new();
    let mut claimed: FxHashSet<TokenId> = FxHashSet::default();
    for (head, body) in bodies(tree) {
        if tree.kind(body) == K::Block {
            out.extend(stands_beside(plus, tags, body).then_some(Need { body, brace: Brace::Around, removed: false }));
            continue;
        }
        let tagged = tree.token_range(body).any(|t| tags.tokens.get(TokenId(t)).is_some());
        if !(tagged || tags.nodes.contains_key(&body)) {
            continue;
        }
        let held = tree.held_tokens(body);
        let Some(first) = held.first().copied() else { continue };
        let removed = |t: &TokenId| tags.tokens.get(*t).is_some_and(|x| x.is_removed());
        let all = held.iter().all(removed);
        if all && !head_kept(tree, tags, head, first) {
            continue;
        }
        let attached = attached(plus, tags, body, &held, all, &mut claimed);
        let attached: Vec<&Printed> = attached.iter().flat_map(|p| p.iter()).collect();
        // Added code that starts with a brace is the block itself.
        if attached.first().is_some_and(|f| matches!(f.token, Some(T::LBrace | T::RBrace | T::KwElse))) {
            continue;
        }
        let count = attached.iter().filter(|f| makes_statement(f)).count();
        let need = if all {
            removed_branch(plus, tree, tags, (head, body), &held, &attached, count)
        } else if count > 0
            || attached.iter().any(|f| matches!(f.kind, F::Directive | F::Unindented) || f.token.is_some_and(is_head))
            || unwrapped(tree, tags, body) > 1
        {
            Some(Brace::Around)
        } else {
            None
        };
        out.extend(need.map(|brace| Need { body, brace, removed: all }));
    }
    if !plus.style.quirks && facts.has_node(&[K::Case, K::Default, K::Label]) {
        out.extend(empty_labels(tree, tags));
    }
    out
}

/// Whether statements are added beside a block that is itself a branch.
fn stands_beside(plus: &Plus<'_>, tags: &Tags, block: NodeId) -> bool {
    let Some(tag) = tags.nodes.get(&block) else { return false };
    let printed: Vec<Rc<[Printed]>> = tag.before.iter().chain(&tag.after).map(|b| plus.outline(b)).collect();
    let mut beside = printed.iter().flat_map(|p| p.iter());
    // An added `else` is a part of the statement that the block is a branch of.
    !matches!(beside.clone().next().and_then(|f| f.token), Some(T::LBrace | T::KwElse)) && beside.any(makes_statement)
}

/// Whether the token in front of the branch stays: otherwise the head goes too.
fn head_kept(tree: &Tree, tags: &Tags, head: NodeId, first: TokenId) -> bool {
    let before = tree.held_tokens(head).into_iter().rfind(|t| *t < first);
    before.is_some_and(|t| !tags.tokens.get(t).is_some_and(|x| x.is_removed()))
}

/// The fragments that stand beside or in the place of the branch.
fn attached(
    plus: &Plus<'_>,
    tags: &Tags,
    body: NodeId,
    held: &[TokenId],
    all: bool,
    claimed: &mut FxHashSet<TokenId>,
) -> Vec<Rc<[Printed]>> {
    let mut blocks: Vec<&Block> = Vec::new();
    let whole = tags.nodes.get(&body);
    let first = held.first().and_then(|t| tags.tokens.get(*t));
    blocks.extend([whole, first].into_iter().flatten().flat_map(|tag| &tag.before));
    blocks.extend(whole.into_iter().flat_map(|tag| &tag.after));
    let fresh = held.last().is_some_and(|last| tags.tokens.get(*last).is_some() && claimed.insert(*last));
    if let Some(tag) = held.last().filter(|_| fresh).and_then(|t| tags.tokens.get(*t)) {
        blocks.extend(&tag.after);
    }
    if all {
        blocks.extend(held.iter().filter_map(|t| tags.tokens.get(*t)).flat_map(|x| &x.replace));
    } else if fresh && held.last().is_some_and(|t| tags.tokens.get(*t).is_some_and(|x| x.is_removed())) {
        // Code in the place of a part of the statement can be statements, if that part ends it.
        let parts = held.iter().filter_map(|t| tags.tokens.get(*t)).flat_map(|x| &x.replace);
        let several = parts.filter(|b| plus.outline(b).iter().filter(|f| makes_statement(f)).count() > 1);
        blocks.extend(several);
    }
    blocks.iter().map(|b| plus.outline(b)).collect()
}

fn makes_statement(f: &Printed) -> bool {
    matches!(f.kind, F::Statement | F::Declaration | F::TopLevel | F::Function) && !f.atoms.is_empty()
}

fn is_head(kind: T) -> bool {
    matches!(kind, T::KwIf | T::KwWhile | T::KwFor | T::KwSwitch | T::KwDo)
}

fn removed_branch(
    plus: &Plus<'_>,
    tree: &Tree,
    tags: &Tags,
    (head, body): (NodeId, NodeId),
    held: &[TokenId],
    attached: &[&Printed],
    count: usize,
) -> Option<Brace> {
    let written = if plus.style.quirks { written(plus.pattern, tags, held) } else { Written::Settled };
    if written == Written::Overlooked {
        return None;
    }
    // What stands between directives may be no statement.
    if !plus.style.quirks && attached.iter().any(|f| matches!(f.kind, F::Directive | F::Unindented)) {
        return Some(Brace::Around);
    }
    let only_comments = attached.iter().all(|f| matches!(f.kind, F::Comment | F::BlankLine));
    if count == 0 {
        let broken = tree.kind(head) == K::DoWhile && plus.style.quirks;
        return (only_comments && !broken).then_some(Brace::Empty);
    }
    if count > 1 {
        return Some(Brace::Around);
    }
    let one = attached.iter().find(|f| makes_statement(f))?;
    let first = one.atoms.iter().find_map(|a| match a.kind {
        AtomKind::Token(kind) => Some(kind),
        _ => None,
    });
    let is_if = first == Some(T::KwIf);
    let dangling = is_if && has_else(tree, head);
    if one.kind == F::Declaration || dangling || (plus.style.quirks && is_if) {
        return Some(Brace::Around);
    }
    let block = first == Some(T::LBrace);
    match written {
        _ if block => None,
        Written::Plain => Some(Brace::Around),
        _ if !plus.style.quirks && !is_if && tree.kind(head) == K::Else && has_body(tree.kind(body)) => {
            Some(Brace::Line)
        }
        _ => None,
    }
}

/// Whether a statement has a body of its own.
fn has_body(kind: K) -> bool {
    matches!(kind, K::If | K::While | K::For | K::DoWhile | K::Switch | K::Iterator)
}

fn has_else(tree: &Tree, head: NodeId) -> bool {
    tree.child_nodes(head).any(|n| tree.kind(n) == K::Else)
}

/// How a rule writes a statement, as far as it decides whether the reference thinks of braces (`semantics.md` 5.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Written {
    /// Alone, or among statements without dots.
    Plain,
    /// As a branch or in a block, or with dots beside it.
    Settled,
    /// In a nest that more of the rule follows.
    Overlooked,
}

/// How the rule writes the statement whose tokens these are.
fn written(pattern: &Pattern, tags: &Tags, held: &[TokenId]) -> Written {
    let held = || held.iter().filter_map(|t| tags.tokens.get(*t));
    let groups: Vec<u32> = held().flat_map(|x| x.removed_by.iter().map(|r| r.1)).collect();
    let runs: Vec<_> = held().flat_map(|x| x.replace.iter().map(|b| b.run)).collect();
    let tree = &pattern.tree;
    let carries = |n: NodeId| {
        tree.child_tokens(n).map(|t| pattern.token(t)).any(|t| match &runs[..] {
            [] => t.mark == Mark::Minus && groups.contains(&t.adjacency),
            runs => t.replace.iter().any(|r| runs.contains(r)),
        })
    };
    let Some(mut at) = tree.preorder(tree.root()).find(|n| carries(*n)) else { return Written::Plain };
    let dots = |n: NodeId| matches!(tree.kind(n), K::Dots | K::Nest);
    let mut settled = false;
    while let Some(up) = tree.parent(at) {
        let kind = tree.kind(up);
        if kind == K::Nest {
            let follows = tree.parent(up).and_then(|p| tree.child_nodes(p).last()) != Some(up);
            settled |= tree.child_nodes(up).any(dots);
            return if follows { Written::Overlooked } else { settled_or_plain(settled) };
        }
        settled |=
            matches!(kind, K::If | K::Else | K::While | K::For | K::DoWhile | K::Switch | K::Iterator | K::Block)
                || matches!(kind, K::RuleBody | K::DisjBranch) && tree.child_nodes(up).any(dots);
        at = up;
    }
    settled_or_plain(settled)
}

fn settled_or_plain(settled: bool) -> Written {
    if settled { Written::Settled } else { Written::Plain }
}

/// How many statements a branch leaves that loses its head and braces.
fn unwrapped(tree: &Tree, tags: &Tags, body: NodeId) -> usize {
    let removed = |t: TokenId| tags.tokens.get(t).is_some_and(|x| x.is_removed());
    let Some(block) = tree.child_nodes(body).find(|n| tree.kind(*n) == K::Block) else { return 0 };
    let braces: Vec<TokenId> = tree.child_tokens(block).collect();
    let heads = tree.child_tokens(body).chain(braces.iter().copied());
    if braces.len() < 2 || !heads.into_iter().all(removed) {
        return 0;
    }
    tree.child_nodes(block).filter(|n| !tree.held_tokens(*n).into_iter().all(removed)).count()
}

/// Labels at the end of a block whose statement goes.
fn empty_labels(tree: &Tree, tags: &Tags) -> Vec<Need> {
    let gone = |n: NodeId| {
        let held = tree.held_tokens(n);
        !held.is_empty()
            && held.iter().all(|t| tags.tokens.get(*t).is_some_and(|x| x.is_removed() && x.replace.is_empty()))
            && !tags.nodes.contains_key(&n)
    };
    let mut out = Vec::new();
    for n in tree.preorder(tree.root()) {
        let index = match tree.kind(n) {
            K::Case | K::Label => 1,
            K::Default => 0,
            _ => continue,
        };
        let Some(stmt) = tree.child_node(n, index).filter(|s| gone(*s)) else { continue };
        let label_stays = tree.first_token(n).is_some_and(|t| !tags.tokens.get(t).is_some_and(|x| x.is_removed()));
        let rest_gone = tree
            .parent(n)
            .is_some_and(|p| tree.kind(p) == K::Block && tree.child_nodes(p).skip_while(|c| *c != n).skip(1).all(gone));
        if label_stays && rest_gone {
            out.push(Need { body: stmt, brace: Brace::Semicolon, removed: true });
        }
    }
    out
}

/// Whether an added expression needs parentheses in the place of the removed one (`rewriting.md` section 6).
pub(super) fn needs_parens(
    tree: &Tree,
    first: TokenId,
    last: TokenId,
    (level, elements): (Level, bool),
    leaf: Option<NodeId>,
) -> bool {
    let mut node = leaf;
    let mut found = None;
    while let Some(n) = node {
        let r = tree.token_range(n);
        if r.start < first.0 || r.end > last.0 + 1 {
            break;
        }
        if r == (first.0..last.0 + 1) && tree.kind(n).is_expr() {
            found = Some(n);
        }
        node = tree.parent(n);
    }
    let Some(n) = found else { return false };
    let listed = |p| elements && matches!(tree.kind(p), K::ArgList | K::InitList);
    tree.parent(n).is_some_and(|p| level < Level::required(tree, p, n) && !listed(p))
}

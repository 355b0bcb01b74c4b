//! What a body is, which of its nodes are tests, and what the grammar cannot say about dots (`smpl-front-end.md` 6.2, 6.3).

use c_syntax::{Diagnostic, NodeId, Span, SyntaxKind, TokenKind, Tree};

use crate::ast::{BodyKind, MvKind};
use crate::lexer::{BodyCtx, SmplTok};

/// What one item says about its body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ItemKind {
    Top,
    Declaration,
    Expression,
    Code,
    /// Fits every kind: an empty branch.
    Nothing,
}

impl ItemKind {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, x) | (x, Self::Nothing) => x,
            (Self::Top, _) | (_, Self::Top) => Self::Top,
            (a, b) if a == b => a,
            _ => Self::Code,
        }
    }
}

/// The kind of a body from its items.
pub(super) fn body_kind(tree: &Tree, ctx: &BodyCtx<'_>, toks: &[SmplTok], indices: &[u32]) -> BodyKind {
    let var_kind = |node: NodeId| {
        let token = tree.child_tokens(node).next()?;
        let var = toks[*indices.get(token.0 as usize)? as usize].var?;
        ctx.metavars.get(var.0 as usize).map(|m| &m.kind)
    };
    let items: Vec<NodeId> = tree.child_nodes(tree.root()).collect();
    let joined = items.iter().fold(ItemKind::Nothing, |k, n| k.join(item_kind(tree, *n, &var_kind)));
    match joined {
        ItemKind::Top => BodyKind::TopLevel,
        ItemKind::Declaration => BodyKind::Declaration,
        ItemKind::Expression if items.len() == 1 => BodyKind::Expression,
        _ => BodyKind::Statements,
    }
}

fn item_kind<'m>(tree: &Tree, node: NodeId, var_kind: &impl Fn(NodeId) -> Option<&'m MvKind>) -> ItemKind {
    match tree.kind(node) {
        SyntaxKind::FunctionDef | SyntaxKind::MacroFunction => ItemKind::Top,
        SyntaxKind::Include | SyntaxKind::Define | SyntaxKind::Undef | SyntaxKind::Pragma => ItemKind::Top,
        SyntaxKind::Declaration | SyntaxKind::MacroDecl => ItemKind::Declaration,
        SyntaxKind::MetaVar => match var_kind(node) {
            Some(MvKind::Declaration) => ItemKind::Declaration,
            Some(MvKind::Statement | MvKind::StatementList(_)) => ItemKind::Code,
            _ => ItemKind::Expression,
        },
        SyntaxKind::Disj | SyntaxKind::Conj => tree
            .child_nodes(node)
            .map(|b| {
                let items: Vec<_> = tree.child_nodes(b).collect();
                let joined = items.iter().fold(ItemKind::Nothing, |k, n| k.join(item_kind(tree, *n, var_kind)));
                if joined == ItemKind::Expression && items.len() > 1 { ItemKind::Code } else { joined }
            })
            .fold(ItemKind::Nothing, ItemKind::join),
        SyntaxKind::As => tree.child_node(node, 0).map_or(ItemKind::Code, |n| item_kind(tree, n, var_kind)),
        kind if kind.is_expr() => ItemKind::Expression,
        _ => ItemKind::Code,
    }
}

/// Nodes in test position, in no particular order.
pub(super) fn tests(tree: &Tree) -> Vec<NodeId> {
    let mut out = Vec::new();
    let mut stack = vec![tree.root()];
    while let Some(node) = stack.pop() {
        let condition = match tree.kind(node) {
            SyntaxKind::If | SyntaxKind::While | SyntaxKind::Cond => Some(0),
            SyntaxKind::DoWhile | SyntaxKind::For => Some(1),
            _ => None,
        };
        if let Some(test) = condition.and_then(|i| tree.child_node(node, i)) {
            add_test(tree, test, &mut out);
        }
        stack.extend(tree.child_nodes(node));
    }
    out
}

fn add_test(tree: &Tree, test: NodeId, out: &mut Vec<NodeId>) {
    let mut stack = vec![test];
    while let Some(node) = stack.pop() {
        out.push(node);
        let logical = |node| {
            tree.child_tokens(node).next().is_some_and(|t| {
                matches!(tree.token(t).kind, TokenKind::AmpAmp | TokenKind::PipePipe | TokenKind::Bang)
            })
        };
        match tree.kind(node) {
            SyntaxKind::Paren | SyntaxKind::DisjBranch | SyntaxKind::Disj | SyntaxKind::Conj => {
                stack.extend(tree.child_nodes(node));
            }
            SyntaxKind::As => stack.extend(tree.child_node(node, 0)),
            SyntaxKind::Binary | SyntaxKind::Unary if logical(node) => stack.extend(tree.child_nodes(node)),
            _ => {}
        }
    }
}

/// Dots that may not stand where they do.
pub(super) fn check(tree: &Tree, toks: &[SmplTok], indices: &[u32]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let span = |node: NodeId| {
        let tokens = tree.held_tokens(node);
        let of = |t: &c_syntax::TokenId| indices.get(t.0 as usize).map_or(Span::default(), |i| toks[*i as usize].span);
        tokens.first().map_or(Span::default(), of)
    };
    let root: Vec<_> = tree.child_nodes(tree.root()).collect();
    if let [only] = root[..]
        && tree.kind(only) == SyntaxKind::Dots
    {
        out.push(
            Diagnostic::error("E003", span(only), "a rule cannot consist of dots", "matches everything")
                .help("say what is to be found before or after them"),
        );
    }
    if let Some(function) = root.iter().find(|n| tree.kind(**n) == SyntaxKind::FunctionDef)
        && root.len() > 1
    {
        let other = root.iter().find(|n| *n != function).copied().unwrap_or(*function);
        let both = [(span(*function), "the function definition"), (span(other), "this is more")];
        let [first, second] = if both[0].0.start < both[1].0.start { both } else { [both[1], both[0]] };
        out.push(
            Diagnostic::error("E018", second.0, "a function definition must be all that a rule matches", second.1)
                .also(first.0, first.1)
                .help("write two rules, the second of which inherits what the first one matched"),
        );
    }
    out.extend(stray_opt(tree, toks, indices));
    let mut stack = vec![tree.root()];
    while let Some(node) = stack.pop() {
        let children: Vec<_> = tree.child_nodes(node).collect();
        let list = matches!(
            tree.kind(node),
            SyntaxKind::RuleBody
                | SyntaxKind::Block
                | SyntaxKind::DisjBranch
                | SyntaxKind::Nest
                | SyntaxKind::ArgList
                | SyntaxKind::ParamList
                | SyntaxKind::InitList
                | SyntaxKind::EnumList
                | SyntaxKind::FieldList
        );
        if list {
            let statements = matches!(
                tree.kind(node),
                SyntaxKind::RuleBody | SyntaxKind::Block | SyntaxKind::DisjBranch | SyntaxKind::Nest
            );
            let is_dots =
                |n: &NodeId| tree.kind(*n) == SyntaxKind::Dots || statements && tree.kind(*n) == SyntaxKind::Nest;
            for pair in children.windows(2) {
                if is_dots(&pair[0]) && is_dots(&pair[1]) {
                    out.push(
                        Diagnostic::error(
                            "E003",
                            span(pair[1]),
                            "dots follow dots",
                            "these match what the first ones match",
                        )
                        .also(span(pair[0]), "the first ones")
                        .help("dots already match any number: write them once"),
                    );
                }
            }
        }
        if tree.kind(node) == SyntaxKind::Disj {
            out.extend(mixed_branches(tree, node, &span));
        }
        if tree.kind(node) == SyntaxKind::Nest {
            let is_dots = |n: &&NodeId| tree.kind(**n) == SyntaxKind::Dots;
            let mut inner = children.iter().filter(|n| !tree.kind(**n).is_when());
            let edges = [inner.next().filter(is_dots), inner.next_back().filter(is_dots)];
            for edge in edges.into_iter().flatten() {
                out.push(
                    Diagnostic::error(
                        "E003",
                        span(*edge),
                        "a nest cannot start or end with dots",
                        "at the edge of a nest",
                    )
                    .help("remove them: a nest already allows anything around what it holds"),
                );
            }
        }
        stack.extend(children);
    }
    out
}

/// The first `?` line that is no part of an optional statement, of a whole branch, or of dots, which may match nothing anyway.
fn stray_opt(tree: &Tree, toks: &[SmplTok], indices: &[u32]) -> Option<Diagnostic> {
    let marked = |t: u32| indices.get(t as usize).is_some_and(|i| toks[*i as usize].opt);
    if !indices.iter().any(|i| toks[*i as usize].opt) {
        return None;
    }
    let mut fine = vec![false; indices.len()];
    for n in tree.preorder(tree.root()) {
        let branch = tree.parent(n).is_some_and(|p| tree.kind(p) == SyntaxKind::DisjBranch);
        let covers = matches!(tree.kind(n), SyntaxKind::Opt | SyntaxKind::Dots)
            || branch && tree.first_token(n).is_some_and(|t| marked(t.0));
        let (at, range) = (tree.token_range(n).start as usize, tree.token_range(n));
        // What lies inside such a node is done already.
        if covers && !fine.get(at).copied().unwrap_or(true) {
            range.for_each(|t| fine[t as usize] = true);
        }
    }
    let stray = (0..indices.len() as u32).find(|t| marked(*t) && !fine[*t as usize])?;
    let tok = &toks[indices[stray as usize] as usize];
    let holder = tree
        .preorder(tree.root())
        .filter(|n| tree.token_range(*n).contains(&stray))
        .min_by_key(|n| tree.token_range(*n).len())?;
    let part = tree.kind(holder) == SyntaxKind::DeclSpecs || !tree.token_range(holder).all(marked);
    Some(if part {
        Diagnostic::warning("W108", tok.span, "this `?` makes nothing optional", "is part of what has to be there")
            .help("remove it, or write both forms as a disjunction")
    } else {
        Diagnostic::error("E032", tok.span, "`?` where nothing can be left out", "on a `?` line")
            .help("only whole statements, and the last branch of a disjunction of statements, can be optional")
    })
}

/// A disjunction whose first branch is an expression and another one an expression with `;`.
fn mixed_branches(tree: &Tree, node: NodeId, span: &impl Fn(NodeId) -> Span) -> Option<Diagnostic> {
    let only = |branch: NodeId| {
        let mut items = tree.child_nodes(branch);
        items.next().filter(|_| items.next().is_none())
    };
    let items: Vec<NodeId> = tree.child_nodes(node).filter_map(only).collect();
    let expression = items.first().filter(|n| tree.kind(**n).is_expr())?;
    let statement = items.iter().find(|n| tree.kind(**n) == SyntaxKind::ExprStmt)?;
    Some(
        Diagnostic::error("E004", span(*statement), "the branches are of different kinds", "a statement")
            .also(span(*expression), "an expression: it has no `;`")
            .help("end all branches with `;`, or none"),
    )
}

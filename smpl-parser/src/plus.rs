//! The plus slice of a body (`smpl-front-end.md` section 5), and whether it is of the kind of the minus slice (6.2).

use c_syntax::{Diagnostic, NodeId, Span, SyntaxKind, TokenKind};

use crate::ast::BodyKind;
use crate::body::{Side, Slice, parse_slice};
use crate::lexer::{BodyCtx, LexedBody, LineMark};

/// Reads what the code becomes. A context that disappears with removed code leaves things that are no whole body: dots beside dots,
/// commas beside dots; those are read as they are.
pub(crate) fn read(
    ctx: &BodyCtx<'_>,
    body: &LexedBody,
    forced: Option<BodyKind>,
    minus: &Slice,
) -> Result<Slice, Vec<Diagnostic>> {
    let slice: Vec<usize> = body
        .toks
        .iter()
        .enumerate()
        .filter(|(_, t)| t.mark != LineMark::Minus && t.added.is_none())
        .map(|(i, _)| i)
        .collect();
    let forced = forced.or(match minus.kind {
        BodyKind::Initialiser => Some(BodyKind::Initialiser),
        _ => None,
    });
    let read = |slice: &[usize], forced| parse_slice(ctx, &body.toks, slice, Side::Plus, forced);
    let errors = match read(&slice, forced) {
        Ok(s) => return Ok(s),
        Err(errors) => errors,
    };
    let fuller = without_empty(body, &slice);
    if fuller.len() < slice.len()
        && let Ok(s) = read(&fuller, forced)
    {
        return Ok(s);
    }
    match minus.kind {
        BodyKind::Initialiser => read(&slice, None).map_err(|_| errors),
        _ => Err(errors),
    }
}

/// A disjunction that is added: there is nothing that could choose.
pub(crate) fn choice(body: &LexedBody) -> Option<Diagnostic> {
    // Of each open disjunction: where it starts, whether it holds added code, whether other code.
    let mut open: Vec<(usize, bool, bool)> = Vec::new();
    for (i, t) in body.toks.iter().enumerate() {
        match t.kind {
            TokenKind::DisjOpen => open.push((i, false, false)),
            TokenKind::DisjOr | TokenKind::ConjAnd => {}
            TokenKind::DisjClose => match open.pop() {
                Some((start, true, false)) => {
                    let span = body.toks[start].span.to(t.span);
                    let error = Diagnostic::error("E013", span, "a choice cannot be added", "on a `+` line");
                    return Some(error.help("write the code to add in each branch of the code to match"));
                }
                Some((_, plus, other)) => {
                    if let Some(outer) = open.last_mut() {
                        outer.1 |= plus;
                        outer.2 |= other;
                    }
                }
                None => {}
            },
            _ => {
                if let Some(inner) = open.last_mut() {
                    inner.1 |= t.mark == LineMark::Plus;
                    inner.2 |= t.mark != LineMark::Plus;
                }
            }
        }
    }
    None
}

/// A slice without disjunctions of which nothing is left but the delimiters.
fn without_empty(body: &LexedBody, slice: &[usize]) -> Vec<usize> {
    let mut out: Vec<usize> = Vec::with_capacity(slice.len());
    for i in slice {
        out.push(*i);
        if body.toks[*i].kind != TokenKind::DisjClose {
            continue;
        }
        let inside = out[..out.len() - 1].iter().rev();
        let between = |t: &&usize| matches!(body.toks[**t].kind, TokenKind::DisjOr | TokenKind::ConjAnd);
        let separators = inside.clone().take_while(between).count();
        if inside.clone().nth(separators).is_some_and(|t| body.toks[*t].kind == TokenKind::DisjOpen) {
            out.truncate(out.len() - separators - 2);
        }
    }
    out
}

/// An expression on one side and statements on the other: putting one in place of the other gives no C.
pub(crate) fn unlike(body: &LexedBody, minus: &Slice, plus: &Slice) -> Option<Diagnostic> {
    // A disjunction in added code has branches that may be empty.
    if plus.tree.preorder(plus.tree.root()).any(|n| matches!(plus.tree.kind(n), SyntaxKind::Disj | SyntaxKind::Conj)) {
        return None;
    }
    let bare = |s: &Slice| {
        let mut items = s.tree.child_nodes(s.tree.root());
        items.next().filter(|n| items.next().is_none() && s.tree.kind(*n).is_expr())
    };
    let (before, after) = match (minus.kind, plus.kind) {
        (BodyKind::Expression, BodyKind::Statements) => ("an expression", "statements"),
        (BodyKind::Statements, BodyKind::Expression) if bare(plus).is_some() && !is_variable(plus) => {
            ("statements", "an expression")
        }
        _ => return None,
    };
    let message = "the two sides of the change are of different kinds";
    Some(
        Diagnostic::error("E004", whole(body, plus), message, format!("becomes {after}"))
            .also(whole(body, minus), format!("the code to match is {before}"))
            .help("end both sides with `;` to change statements, none of them to change expressions"),
    )
}

/// Whether the slice is a metavariable alone, which can stand for more than its name shows.
fn is_variable(s: &Slice) -> bool {
    s.tree.child_node(s.tree.root(), 0).is_some_and(|n| s.tree.kind(n) == SyntaxKind::MetaVar)
}

/// An expression or type that is removed without anything in its place.
pub(crate) fn hole(body: &LexedBody, minus: &Slice) -> Option<Diagnostic> {
    let what = match minus.kind {
        BodyKind::Expression => "an expression",
        BodyKind::Type => "a type",
        BodyKind::Identifier => "an identifier",
        _ => return None,
    };
    body.minus?;
    let removed = |n: NodeId| {
        minus
            .tree
            .token_range(n)
            .all(|t| minus.toks.get(t as usize).is_some_and(|i| body.toks[*i as usize].mark == LineMark::Minus))
    };
    let mut stack: Vec<NodeId> = minus.tree.child_nodes(minus.tree.root()).collect();
    let mut gone = None;
    while let Some(node) = stack.pop() {
        match minus.tree.kind(node) {
            SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::DisjBranch => stack.extend(minus.tree.child_nodes(node)),
            _ if removed(node) => gone = Some(node),
            _ => {}
        }
    }
    let span = span_of(body, minus, gone?);
    Some(
        Diagnostic::error("E033", span, format!("{what} is removed and nothing put in its place"), "leaves a hole")
            .help("add what it becomes on a `+` line; to remove a statement, match its `;` too"),
    )
}

fn whole(body: &LexedBody, slice: &Slice) -> Span {
    span_of(body, slice, slice.tree.root())
}

/// From the first token of a node to its last.
fn span_of(body: &LexedBody, slice: &Slice, node: NodeId) -> Span {
    let range = slice.tree.token_range(node);
    let span = |t: u32| slice.toks.get(t as usize).map(|i| body.toks[*i as usize].span);
    match (span(range.start), span(range.end.saturating_sub(1))) {
        (Some(a), Some(b)) => a.to(b),
        _ => Span::default(),
    }
}

//! Reading `#define`, `#undef` and `#pragma` elements (design of the C front end, 6.9).

use std::sync::Arc;

use crate::lower::{Source, lower_body};
use crate::parse::{Input, render, with_tree};
use crate::sym::Sym;
use crate::token::{Token, TokenKind as T};
use crate::tree::{TokenId, Tree, TreeBuilder};
use crate::view::{Cause, Goal, view};
use crate::{SyntaxKind as S, parse};

/// A body that reads as none of expression, statements, type, initialiser.
const UNREAD: Cause = "macro body of no known form";

/// Where the parts of a definition are, as token indices.
struct Parts {
    /// One past the parameter list, if there is one.
    params: Option<usize>,
    body: usize,
}

fn parts(tokens: &[Token]) -> Parts {
    let adjacent = match (tokens.get(1), tokens.get(2)) {
        (Some(name), Some(open)) => open.kind == T::LParen && open.start == name.end(),
        _ => false,
    };
    if !adjacent {
        return Parts { params: None, body: 2.min(tokens.len()) };
    }
    let close = tokens.iter().position(|t| t.kind == T::RParen);
    let end = close.map_or(tokens.len(), |c| c + 1);
    Parts { params: Some(end), body: end }
}

/// Opens `Root Define`, with everything up to the body placed.
fn open_define(input: &Input<'_>, b: &mut TreeBuilder, parts: &Parts) {
    let id = |i: usize| TokenId(i as u32);
    b.start(S::Root);
    b.start(S::Define);
    b.token(id(0));
    if input.tokens.len() > 1 {
        b.start(S::Name);
        b.token(id(1));
        b.finish();
    }
    if let Some(end) = parts.params {
        b.start(S::MacroParams);
        let mut i = 2;
        while i < end {
            match input.tokens[i].kind {
                T::Ellipsis => {
                    b.start(S::VarArgs);
                    b.token(id(i));
                    b.finish();
                }
                T::LParen | T::RParen | T::Comma => b.token(id(i)),
                _ => {
                    b.start(S::Name);
                    b.token(id(i));
                    b.finish();
                }
            }
            i += 1;
        }
        b.finish();
    }
}

/// Reads a `#define`; the body as the first form that fits.
pub(crate) fn read_define(input: &Input<'_>) -> (Vec<Tree>, Option<Cause>) {
    let p = parts(input.tokens);
    let n = input.tokens.len();
    if p.body + 1 >= n {
        return (vec![plain(input, &p)], None);
    }
    let operator = |t: &Token| matches!(t.kind, T::HashHash | T::Hash);
    let tokens = if input.tokens[p.body..].iter().any(operator) { glued(input, p.body) } else { input.tokens.clone() };
    let input = Input { tokens: &tokens, ..*input };
    let body = &tokens[p.body..];
    if body.len() == 1 && body[0].kind == T::Ident {
        return (vec![plain(&input, &p)], None);
    }
    if body.iter().any(|t| operator(t) || t.kind == T::Stray) {
        return (vec![plain(&input, &p)], Some(UNREAD));
    }
    let kept: Vec<u32> = (p.body as u32..tokens.len() as u32).collect();
    match goals(&input, p.body).iter().find_map(|g| body_tree(&input, &p, &kept, *g)) {
        Some(tree) => (vec![tree], None),
        None => (vec![plain(&input, &p)], Some(UNREAD)),
    }
}

/// The tokens with the operators `#` and `##` of the body (C17 6.10.3.2, 6.10.3.3): an operator and its operands are one name,
/// which is what they make. `##` at the start of an argument has only the operand behind it.
fn glued(input: &Input<'_>, body: usize) -> Arc<[Token]> {
    let tokens = input.tokens;
    let kind = |i: usize| tokens.get(i).map_or(T::Eof, |t| t.kind);
    let operand = |i: usize| match kind(i) {
        T::Hash if kind(i + 1) == T::Ident => Some(i + 2),
        T::Number | T::Char | T::Str | T::Ident => Some(i + 1),
        kind if kind.is_keyword() => Some(i + 1),
        _ => None,
    };
    let mut out = tokens[..body].to_vec();
    let mut i = body;
    while i < tokens.len() {
        let start = i;
        let alone = kind(i) == T::HashHash && i > 0 && matches!(kind(i - 1), T::Comma | T::LParen);
        let mut end = operand(if alone { i + 1 } else { i });
        while let Some(next) = end.filter(|e| kind(*e) == T::HashHash).and_then(|e| operand(e + 1)) {
            end = Some(next);
        }
        i = end.unwrap_or(i + 1);
        let (first, last) = (tokens[start], tokens[i - 1]);
        out.push(if i - start == 1 { first } else { glued_token(input, first, last) });
    }
    out.into()
}

fn glued_token(input: &Input<'_>, first: Token, last: Token) -> Token {
    let text = &input.text[input.base as usize..][first.start as usize..last.end() as usize];
    let name: Vec<u8> = text.iter().copied().filter(|b| !b.is_ascii_whitespace() && *b != b'\\').collect();
    Token { kind: T::Ident, len: last.end() - first.start, sym: Sym::of(&name), ..first }
}

/// The forms to try, by the look of the body.
fn goals(input: &Input<'_>, body: usize) -> Vec<Goal> {
    let tokens = &input.tokens[body..];
    let first = tokens.first().map_or(T::Eof, |t| t.kind);
    let semi = tokens.iter().any(|t| t.kind == T::Semi);
    if crate::view::is_statement_word(first) || first == T::KwAsm {
        return vec![Goal::Stmts];
    }
    if first == T::LBrace {
        return if semi || tokens.len() == 2 { vec![Goal::Stmts, Goal::Init] } else { vec![Goal::Init, Goal::Stmts] };
    }
    if matches!(first, T::Dot | T::LBracket) {
        return vec![Goal::Items];
    }
    if crate::view::is_specifier(first) {
        return vec![Goal::TypeName, Goal::Stmts];
    }
    if semi && tokens.last().is_some_and(|t| matches!(t.kind, T::Semi | T::RBrace)) {
        return vec![Goal::Stmts, Goal::Expr];
    }
    vec![Goal::Expr, Goal::TypeName, Goal::Stmts, Goal::Items]
}

fn body_tree(input: &Input<'_>, p: &Parts, kept: &[u32], goal: Goal) -> Option<Tree> {
    let bytes = &input.text[input.base as usize..];
    let view = view(bytes, input.tokens, kept, input.known, goal, false).ok()?;
    if !view.partial.is_empty() {
        return None;
    }
    let (text, starts) = render(&view);
    let mut flags = vec![false; input.tokens.len()];
    for k in kept {
        flags[*k as usize] = true;
    }
    let source = Source {
        text: input.text,
        base: input.base,
        tokens: input.tokens,
        kept: &flags,
        groups: &[],
        view: &view,
        starts: &starts,
    };
    let mut b = TreeBuilder::new(input.text.clone(), input.base, input.tokens.clone());
    open_define(input, &mut b, p);
    with_tree(&text, |t| {
        let root = t.root_node();
        if root.has_error() { None } else { lower_body(&source, root, b, p.body as u32, goal).ok() }
    })
    .ok()
    .flatten()
}

/// The body as tokens; a single token as the expression that it is.
fn plain(input: &Input<'_>, p: &Parts) -> Tree {
    let mut b = TreeBuilder::new(input.text.clone(), input.base, input.tokens.clone());
    open_define(input, &mut b, p);
    b.start(S::MacroBody);
    let body = &input.tokens[p.body..];
    let single = match body {
        [t] => match t.kind {
            T::Ident => Some(S::Ident),
            T::Number | T::Char => Some(S::Constant),
            T::Str => Some(S::StringLit),
            kind if crate::view::is_primitive(kind) => Some(S::TypeName),
            _ => None,
        },
        _ => None,
    };
    if let Some(kind) = single {
        b.start(kind);
        if kind == S::TypeName {
            b.start(S::DeclSpecs);
        }
    }
    for i in p.body..input.tokens.len() {
        b.token(TokenId(i as u32));
    }
    if let Some(kind) = single {
        b.finish();
        if kind == S::TypeName {
            b.start(S::Absent);
            b.finish();
            b.finish();
        }
    }
    for _ in 0..3 {
        b.finish();
    }
    b.build()
}

/// `#undef NAME`.
pub(crate) fn read_undef(input: &Input<'_>) -> Tree {
    named_directive(input, S::Undef)
}

/// `#pragma NAME tokens`.
pub(crate) fn read_pragma(input: &Input<'_>) -> Tree {
    named_directive(input, S::Pragma)
}

fn named_directive(input: &Input<'_>, kind: S) -> Tree {
    if input.tokens.len() < 2 {
        return parse::token_tree(input.text, input.base, input.tokens, Some(kind));
    }
    let mut b = TreeBuilder::new(input.text.clone(), input.base, input.tokens.clone());
    b.start(S::Root);
    b.start(kind);
    for i in 0..input.tokens.len() {
        if i == 1 {
            b.start(S::Name);
        }
        b.token(TokenId(i as u32));
        if i == 1 {
            b.finish();
        }
    }
    b.finish();
    b.finish();
    b.build()
}

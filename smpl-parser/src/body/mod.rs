//! Slices of rule bodies to trees (`smpl-front-end.md` sections 5, 6 and 14).
//!
//! [`parse_slice`] reads the minus or the plus slice with the grammar of C (`c_syntax::grammar`) and the constructs of SmPL, and tells
//! what the body is. Shapes are those of `c_syntax::kind`; a bare expression stands among statements as it is.
//!
//! Shapes that `c_syntax::kind` leaves open: the operator of a Binary or Assign may be a MetaVar or a Disj whose branches hold a token;
//! a Disj of types stands in DeclSpecs and its branches hold TypeNames; Include holds a StringLit, Dots, MetaVar, Ident or Disj after its token;
//! `when` clauses of a nest stand where they are written; a label, case or default before dots or a nest has an Absent statement.

mod attach;
mod disj;
mod dots;
mod hooks;
mod items;
mod kinds;
#[cfg(test)]
mod tests;

use c_syntax::grammar::{Fail, Farthest, Input, Parsed, Parser};
use c_syntax::{
    Diagnostic, NodeId, Severity, Span, SyntaxKind, Token, TokenFlags, TokenId, TokenKind, Tree, TreeBuilder,
};

use crate::ast::{BodyKind, MvKind};
use crate::lexer::{BodyCtx, SmplTok};
use hooks::{Smpl, SmplParser};
use items::Level;

/// Which slice of a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Context and minus: what is matched.
    Minus,
    /// Context and plus: what the code becomes.
    Plus,
}

/// A slice as a tree.
#[derive(Debug, Clone)]
pub struct Slice {
    /// The tree. Its root is a RuleBody; its text is the text buffer of the patch.
    pub tree: Tree,
    /// For each token of the tree: which token of the body it is. In the plus slice, tokens of `when` clauses are left out.
    pub toks: Vec<u32>,
    /// What the body is.
    pub kind: BodyKind,
    /// Nodes in test position: conditions, and operands of `!`, `&&`, `||` below them.
    pub tests: Vec<NodeId>,
    /// What is doubtful about it.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a slice of a body: the tokens `slice` (indices) of `toks`. `forced` is the kind word of the header.
///
/// # Errors
/// What is wrong with it.
pub fn parse_slice(
    ctx: &BodyCtx<'_>,
    toks: &[SmplTok],
    slice: &[usize],
    side: Side,
    forced: Option<BodyKind>,
) -> Result<Slice, Vec<Diagnostic>> {
    let hooks = Smpl::new(ctx, toks, slice, side);
    let indices = hooks.kept.clone();
    let (tokens, input) = tokens(ctx, toks, &hooks);
    if input.is_empty() && side == Side::Minus {
        return Err(vec![empty(toks)]);
    }
    let mut p = Parser::new(ctx.text.clone(), 0, tokens, &input, hooks);
    p.start(SyntaxKind::RuleBody);
    let read = body(&mut p, forced);
    let Ok(hint) = read else {
        let shown: Vec<u32> = p.hooks.ids.iter().map(|id| indices[*id as usize]).collect();
        return Err(vec![syntax_error(p.farthest(), toks, &shown, side)]);
    };
    let ids = std::mem::take(&mut p.hooks.ids);
    let tree = p.into_tree(indices.len()).map_err(|farthest| vec![syntax_error(&farthest, toks, &indices, side)])?;
    let tree = attach::attach(tree, &ids, |t| variable(ctx, toks, &indices, t));
    let warnings = if side == Side::Minus { kinds::check(&tree, toks, &indices) } else { Vec::new() };
    if warnings.iter().any(|d| d.severity == Severity::Error) {
        return Err(warnings);
    }
    let kind = hint.unwrap_or_else(|| kinds::body_kind(&tree, ctx, toks, &indices));
    let tests = kinds::tests(&tree);
    Ok(Slice { tree, toks: indices, kind, tests, warnings })
}

/// Reads plus code that is no whole body: what can be read becomes nodes, the rest tokens of the root. Never fails.
#[must_use]
pub fn parse_fragments(ctx: &BodyCtx<'_>, toks: &[SmplTok], slice: &[usize]) -> Slice {
    let hooks = Smpl::new(ctx, toks, slice, Side::Plus);
    let indices = hooks.kept.clone();
    let (tokens, input) = tokens(ctx, toks, &hooks);
    let mut p = Parser::new(ctx.text.clone(), 0, tokens.clone(), &input, hooks);
    p.start(SyntaxKind::RuleBody);
    items::fragments(&mut p);
    let ids = std::mem::take(&mut p.hooks.ids);
    let tree = p.into_tree(indices.len()).unwrap_or_else(|_| flat(ctx, tokens));
    let tree = attach::attach(tree, &ids, |t| variable(ctx, toks, &indices, t));
    let kind = kinds::body_kind(&tree, ctx, toks, &indices);
    let tests = kinds::tests(&tree);
    Slice { tree, toks: indices, kind, tests, warnings: Vec::new() }
}

/// A tree whose root holds all tokens.
fn flat(ctx: &BodyCtx<'_>, tokens: Vec<Token>) -> Tree {
    let count = tokens.len() as u32;
    let mut builder = TreeBuilder::new(ctx.text.clone(), 0, tokens);
    builder.start(SyntaxKind::RuleBody);
    (0..count).for_each(|t| builder.token(TokenId(t)));
    builder.finish();
    builder.build()
}

/// The kind of the metavariable that a token of the tree is.
fn variable<'c>(ctx: &BodyCtx<'c>, toks: &[SmplTok], indices: &[u32], token: TokenId) -> Option<&'c MvKind> {
    let var = toks[*indices.get(token.0 as usize)? as usize].var?;
    ctx.metavars.get(var.0 as usize).map(|m| &m.kind)
}

/// The tokens of the tree, and the parser's view of them.
fn tokens(ctx: &BodyCtx<'_>, toks: &[SmplTok], hooks: &Smpl<'_>) -> (Vec<Token>, Vec<Input>) {
    let len = ctx.text.len() as u32;
    let mut tokens = Vec::with_capacity(hooks.kept.len());
    for index in &hooks.kept {
        let tok = &toks[*index as usize];
        let flags = TokenFlags(if tok.col0 { TokenFlags::COLUMN_0.0 } else { 0 });
        let start = tok.text.start.min(len);
        let end = tok.text.end.clamp(start, len);
        tokens.push(Token { kind: tok.kind, flags, start, len: end - start, sym: tok.sym });
    }
    let input = hooks
        .ids
        .iter()
        .map(|id| {
            let t: Token = tokens[*id as usize];
            Input { kind: t.kind, sym: t.sym, id: TokenId(*id) }
        })
        .collect();
    (tokens, input)
}

/// Reads the whole input as `forced` says, or as what it looks like. Returns the kind if reading decided it.
fn body(p: &mut SmplParser<'_, '_>, forced: Option<BodyKind>) -> Parsed<Option<BodyKind>> {
    match forced {
        Some(BodyKind::Expression) => whole(p, |p| p.expr())?,
        Some(BodyKind::Identifier) => whole(p, |p| p.name())?,
        Some(BodyKind::Type) => whole(p, |p| p.type_name())?,
        Some(BodyKind::Initialiser) => whole(p, |p| p.init_list())?,
        _ => return guess(p),
    }
    Ok(forced)
}

fn guess(p: &mut SmplParser<'_, '_>) -> Parsed<Option<BodyKind>> {
    if looks_like_initialiser(p) && p.attempt(|p| whole(p, |p| p.init_list())).is_ok() {
        return Ok(Some(BodyKind::Initialiser));
    }
    if p.attempt(|p| whole(p, |p| items::items(p, Level::Top))).is_ok() {
        return Ok(None);
    }
    let as_items = p.farthest().clone();
    if p.attempt(|p| whole(p, |p| p.type_name())).is_ok() {
        return Ok(Some(BodyKind::Type));
    }
    if p.attempt(|p| whole(p, |p| p.init_list())).is_ok() {
        return Ok(Some(BodyKind::Initialiser));
    }
    p.set_farthest(as_items);
    Err(Fail)
}

/// `{ .x ...` or `..., }` over the whole input.
fn looks_like_initialiser(p: &SmplParser<'_, '_>) -> bool {
    let end = p.end();
    if !p.at(TokenKind::LBrace) || p.matching(p.pos()) != Some(end) {
        return false;
    }
    let first = p.nth(1);
    first == TokenKind::Dot
        || first == TokenKind::LBracket
        || (first == TokenKind::Ellipsis && p.nth(2) == TokenKind::Comma)
        || (end >= 2 && p.kind_at(end - 2) == TokenKind::Comma)
}

fn whole<'t, 'a>(p: &mut SmplParser<'t, 'a>, read: impl FnOnce(&mut SmplParser<'t, 'a>) -> Parsed) -> Parsed {
    read(p)?;
    if p.at(TokenKind::Eof) { Ok(()) } else { p.fail("the end of the rule") }
}

fn empty(toks: &[SmplTok]) -> Diagnostic {
    let span = toks.first().map_or(Span::default(), |t| t.span);
    Diagnostic::error("E009", span, "this rule has nothing to match", "only added code")
        .help("give the code next to which this is to be added")
}

/// The message for the farthest place that reading reached.
fn syntax_error(farthest: &Farthest, toks: &[SmplTok], indices: &[u32], side: Side) -> Diagnostic {
    let slice = match side {
        Side::Minus => "in the code to match (the `-` and unmarked lines)",
        Side::Plus => "in the code after the change (the `+` and unmarked lines)",
    };
    let at = indices.get(farthest.at).map(|i| &toks[*i as usize]);
    let last = indices.last().map(|i| &toks[*i as usize]);
    let (span, found) = match (at, last) {
        (Some(t), _) => (t.span, format!("`{}`", describe(t))),
        (None, Some(t)) => (Span::new(t.span.end.saturating_sub(1), t.span.end), "the end of the rule".to_owned()),
        (None, None) => (Span::default(), "nothing".to_owned()),
    };
    if farthest.too_complex {
        return Diagnostic::error("E001", span, "this rule is nested too deeply", "reading stopped here");
    }
    let expected = match farthest.expected.as_slice() {
        [] => "something else".to_owned(),
        [one] => quote(one),
        many => {
            let (last, rest) = many.split_last().unwrap_or((&"", &[]));
            format!("{} or {}", rest.iter().map(|e| quote(e)).collect::<Vec<_>>().join(", "), quote(last))
        }
    };
    let error =
        Diagnostic::error("E001", span, format!("expected {expected}, found {found}"), format!("unexpected {slice}"));
    let delimiter = at.is_some_and(|t| t.col0 && matches!(t.kind, TokenKind::DisjOpen | TokenKind::DisjClose));
    let plain = at.is_some_and(|t| t.kind == TokenKind::RParen && farthest.expected.contains(&"\\| or \\)"));
    match (delimiter, plain) {
        (true, _) => {
            error.help("a parenthesis in column 0 delimits a disjunction: indent it if it belongs to the code")
        }
        (_, true) => error.help("a disjunction that starts in column 0 with `(` ends with `)` in column 0"),
        _ => error,
    }
}

fn describe(t: &SmplTok) -> &'static str {
    t.kind.text()
}

/// Punctuation in quotes, descriptions as they are.
fn quote(expected: &str) -> String {
    let word = expected.bytes().all(|b| b.is_ascii_alphabetic() || b == b' ');
    if word && !matches!(expected, "any" | "strict" | "forall" | "exists" | "while") {
        expected.to_owned()
    } else {
        format!("`{expected}`")
    }
}

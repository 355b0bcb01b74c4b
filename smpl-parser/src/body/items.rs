//! Lists of items: what a rule's body, a nest, a branch or a `when` clause holds.

use c_syntax::TokenKind;
use c_syntax::grammar::{NameClass, Parsed, VarClass, precedence};

use super::disj;
use super::hooks::{SmplParser, opt_here, optional};

/// Whether functions may stand in a list of items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    /// They may: the body of a rule, and branches of a disjunction of these.
    Top,
    /// They may not.
    Nested,
}

/// Items up to the end of the branch, nest or input.
pub(super) fn items(p: &mut SmplParser<'_, '_>, level: Level) -> Parsed {
    items_bare(p, level).map(|_| ())
}

/// [`items`]; returns whether the last one is an expression without `;`.
pub(super) fn items_bare(p: &mut SmplParser<'_, '_>, level: Level) -> Parsed<bool> {
    let mut bare = false;
    while !p.ends_branch() {
        bare = item(p, level)?;
    }
    Ok(bare)
}

/// One item; returns whether it is an expression without `;`.
pub(super) fn item(p: &mut SmplParser<'_, '_>, level: Level) -> Parsed<bool> {
    p.deeper(|p| {
        if level == Level::Top && p.function_here() && p.function().is_ok() {
            return Ok(false);
        }
        if level == Level::Top && p.at(TokenKind::DisjOpen) && disj::stmt_disj(p, true)? {
            return Ok(p.hooks.bare_disj_end == p.pos());
        }
        if opt_here(p) {
            return optional(p, |p| p.item());
        }
        Ok(p.item()? || p.hooks.bare_disj_end == p.pos())
    })
}

/// Whether the next token can only continue an expression (so that what was read is no statement).
pub(super) fn continues_expression(p: &SmplParser<'_, '_>) -> bool {
    match p.kind() {
        TokenKind::Semi
        | TokenKind::LParen
        | TokenKind::LBracket
        | TokenKind::Arrow
        | TokenKind::Dot
        | TokenKind::Question
        | TokenKind::Colon
        | TokenKind::Comma
        | TokenKind::RParen => true,
        TokenKind::Star | TokenKind::Amp | TokenKind::Plus | TokenKind::Minus => false,
        TokenKind::Ident => {
            matches!(p.class(), Some(NameClass::Var(VarClass::BinaryOp | VarClass::AssignOp)))
        }
        kind => precedence::binary(kind).is_some() || precedence::is_assignment(kind),
    }
}

/// Any terms one after the other, for code of which only parts are there: what can be read is read, the rest stays tokens.
pub(super) fn fragments(p: &mut SmplParser<'_, '_>) {
    while !p.at(TokenKind::Eof) {
        let before = p.pos();
        let read = p.function_here() && p.function().is_ok()
            || p.attempt(|p| p.stmt()).is_ok()
            || p.attempt(|p| p.field()).is_ok()
            || p.attempt(|p| p.init_item().map(|_| ())).is_ok()
            || p.attempt(|p| p.type_name()).is_ok()
            || p.attempt(|p| p.param()).is_ok();
        if !read || p.pos() == before {
            p.bump();
        }
    }
}

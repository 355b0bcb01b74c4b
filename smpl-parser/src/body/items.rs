//! Lists of items: what a rule's body, a nest, a branch or a `when` clause holds.

use c_syntax::grammar::{NameClass, Parsed, VarClass, precedence};
use c_syntax::{SyntaxKind, TokenKind};

use super::disj;
use super::hooks::{SmplParser, opt_here};

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

/// [`items`]; returns whether an expression without `;` is among them.
pub(super) fn items_bare(p: &mut SmplParser<'_, '_>, level: Level) -> Parsed<bool> {
    let mut bare = false;
    while !p.ends_branch() {
        bare |= item(p, level)?;
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
            return Ok(is_bare(p));
        }
        if p.attempt(|p| p.stmt()).is_ok() {
            return Ok(is_bare(p));
        }
        p.attempt(bare_expression)?;
        Ok(true)
    })
}

/// An expression without `;`, optional perhaps, where nothing but dots or an end may follow.
fn bare_expression(p: &mut SmplParser<'_, '_>) -> Parsed {
    let opt = opt_here(p);
    if opt {
        let _ = opt_here(p);
        p.start(SyntaxKind::Opt);
    }
    p.expr()?;
    if opt {
        p.finish();
    }
    let ends =
        p.ends_branch() || matches!(p.kind(), TokenKind::Ellipsis | TokenKind::NestOpen | TokenKind::NestOpenPlus);
    if ends { Ok(()) } else { p.fail(";") }
}

/// Whether the item just read, a disjunction perhaps, is an expression.
fn is_bare(p: &SmplParser<'_, '_>) -> bool {
    let Some(c_syntax::Child::Node(last)) = p.builder.siblings().last() else {
        return false;
    };
    // A disjunction that took the statement's place was checked for what follows it; its branches tell what it is.
    matches!(p.builder.kind(*last), SyntaxKind::Disj | SyntaxKind::Conj)
        && p.pos() > 0
        && p.kind_at(p.pos() - 1) == TokenKind::DisjClose
        && {
            let before = p.pos().checked_sub(2).map(|i| p.kind_at(i));
            !matches!(before, Some(TokenKind::Semi | TokenKind::RBrace | TokenKind::DisjOr | TokenKind::Ellipsis))
        }
        && !last_branch_is_stmt_var(p)
}

fn last_branch_is_stmt_var(p: &SmplParser<'_, '_>) -> bool {
    p.pos() >= 2 && matches!(p.class_at(p.pos() - 2), Some(NameClass::Var(VarClass::Stmt | VarClass::Decl)))
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

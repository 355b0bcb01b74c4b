//! Disjunctions and conjunctions at every level (`smpl-front-end.md` section 6.4).

use c_syntax::grammar::{Parsed, Place};
use c_syntax::{SyntaxKind, TokenKind};

use super::hooks::SmplParser;
use super::items::{self, Level};

/// A disjunction or conjunction whose branches are terms of a place.
pub(super) fn disj(p: &mut SmplParser<'_, '_>, place: Place) -> Parsed<bool> {
    delimited(p, |p| branch(p, place))?;
    Ok(true)
}

/// A disjunction in the place of a statement; not one that is the first part of an expression or declaration.
pub(super) fn stmt_disj(p: &mut SmplParser<'_, '_>, top: bool) -> Parsed<bool> {
    let level = if top { Level::Top } else { Level::Nested };
    let read = p.attempt(|p| {
        let mut bare = true;
        delimited(p, |p| {
            bare &= items::items_bare(p, level)?;
            Ok(())
        })?;
        let complete = p.ends_branch() || matches!(p.kind(), TokenKind::RBrace | TokenKind::Ellipsis);
        let complete =
            complete || matches!(p.kind(), TokenKind::NestOpen | TokenKind::NestOpenPlus | TokenKind::KwElse);
        let goes_on = if bare { !complete } else { items::continues_expression(p) };
        if goes_on {
            return p.fail("a statement");
        }
        p.hooks.bare_disj_end = if bare { p.pos() } else { 0 };
        Ok(())
    });
    Ok(read.is_ok())
}

fn delimited<'t, 'a>(p: &mut SmplParser<'t, 'a>, mut branch: impl FnMut(&mut SmplParser<'t, 'a>) -> Parsed) -> Parsed {
    p.deeper(|p| {
        if p.matching(p.pos()).is_none() {
            return p.fail("a closing delimiter");
        }
        p.start(kind(p));
        p.bump();
        let mut separator = None;
        loop {
            p.start(SyntaxKind::DisjBranch);
            branch(p)?;
            p.finish();
            match p.kind() {
                TokenKind::DisjClose => break,
                next @ (TokenKind::DisjOr | TokenKind::ConjAnd) if separator.is_none_or(|s| s == next) => {
                    separator = Some(next);
                    p.bump();
                }
                _ => return p.fail("\\| or \\)"),
            }
        }
        p.bump();
        p.finish();
        Ok(())
    })
}

/// Whether the first separator makes it a disjunction or a conjunction.
fn kind(p: &SmplParser<'_, '_>) -> SyntaxKind {
    let mut at = p.pos() + 1;
    while at < p.end() {
        match p.kind_at(at) {
            TokenKind::DisjClose | TokenKind::DisjOr => break,
            TokenKind::ConjAnd => return SyntaxKind::Conj,
            _ => at = p.matching(at).unwrap_or(at + 1),
        }
    }
    SyntaxKind::Disj
}

fn branch(p: &mut SmplParser<'_, '_>, place: Place) -> Parsed {
    if matches!(p.kind(), TokenKind::DisjOr | TokenKind::DisjClose) && p.hooks_lenient() {
        return Ok(());
    }
    match place {
        Place::Stmt | Place::Top => items::items(p, Level::Nested),
        Place::Expr | Place::Arg => p.expr(),
        Place::Type => p.type_name(),
        Place::Declarator => p.named_declarator(),
        Place::Name => p.name(),
        Place::Param | Place::MacroParam => p.param(),
        Place::Field => p.fields(TokenKind::RBrace),
        Place::Init => p.init_item().map(|_| ()),
        Place::Enumerator => p.enumerator(),
    }
}

//! Dots and nests with their `when` clauses (`smpl-front-end.md` section 6.3).

use c_syntax::grammar::{NameClass, Parsed, Place};
use c_syntax::{Sym, SyntaxKind, TokenKind};

use super::hooks::SmplParser;
use super::items::{self, Level};

/// Words of `when` clauses.
const MODIFIERS: [(&[u8], SyntaxKind); 8] = [
    (b"any", SyntaxKind::WhenAny),
    (b"ANY", SyntaxKind::WhenAny),
    (b"strict", SyntaxKind::WhenStrict),
    (b"STRICT", SyntaxKind::WhenStrict),
    (b"forall", SyntaxKind::WhenForall),
    (b"FORALL", SyntaxKind::WhenForall),
    (b"exists", SyntaxKind::WhenExists),
    (b"EXISTS", SyntaxKind::WhenExists),
];

/// Reads `...`, if dots may stand at the place.
pub(super) fn dots(p: &mut SmplParser<'_, '_>, place: Place) -> Parsed<bool> {
    let whole_element = matches!(
        p.nth(1),
        TokenKind::Comma
            | TokenKind::RParen
            | TokenKind::RBrace
            | TokenKind::Semi
            | TokenKind::DisjOr
            | TokenKind::DisjClose
            | TokenKind::ConjAnd
            | TokenKind::Eof
    ) || p.class_at(p.pos() + 1) == Some(NameClass::Word);
    match place {
        Place::Name | Place::Type | Place::Declarator => return Ok(false),
        Place::Arg | Place::Init if !whole_element => return Ok(false),
        _ => {}
    }
    p.start(SyntaxKind::Dots);
    p.bump();
    whens(p, place)?;
    p.finish();
    Ok(true)
}

/// Any number of `when` clauses.
fn whens(p: &mut SmplParser<'_, '_>, place: Place) -> Parsed {
    while p.class() == Some(NameClass::Word) {
        let end = p.hooks.when_end.get(p.pos()).map_or(p.end(), |e| *e as usize);
        p.until(end, |p| clause(p, place))?;
        if p.pos() < end && (matches!(place, Place::Stmt | Place::Top) || !p.at(TokenKind::Comma)) {
            return p.fail("the end of the line");
        }
    }
    Ok(())
}

/// The node of the modifier at an index of the input.
fn modifier(p: &SmplParser<'_, '_>, at: usize) -> Option<SyntaxKind> {
    let sym = p.input().get(at).filter(|_| p.kind_at(at) == TokenKind::Ident)?.sym;
    MODIFIERS.iter().find(|(word, _)| Sym::of(word) == sym).map(|(_, kind)| *kind)
}

fn clause(p: &mut SmplParser<'_, '_>, place: Place) -> Parsed {
    let next = p.pos() + 1;
    let kind = match p.nth(1) {
        TokenKind::Ne => match truth(p, next + 1) {
            Some(kind) => kind,
            None => SyntaxKind::WhenNot,
        },
        TokenKind::Eq => SyntaxKind::WhenOnly,
        _ => match modifier(p, next) {
            Some(kind) => {
                p.start(kind);
                p.bump();
                p.bump();
                p.finish();
                return more_modifiers(p);
            }
            None => {
                p.bump();
                for expected in ["!=", "=", "any", "strict", "forall"] {
                    let _: Parsed = p.fail(expected);
                }
                return p.fail("exists");
            }
        },
    };
    p.start(kind);
    p.bump();
    p.bump();
    match kind {
        SyntaxKind::WhenTrue | SyntaxKind::WhenFalse => {
            p.bump();
            p.expr()?;
        }
        _ => match place {
            Place::Stmt | Place::Top => items::items(p, Level::Nested)?,
            Place::Field => p.fields(TokenKind::RBrace)?,
            Place::Param => p.param()?,
            Place::Enumerator => p.enumerator()?,
            Place::Init => {
                p.init_item()?;
            }
            _ => p.assign()?,
        },
    }
    p.finish();
    more_modifiers(p)
}

/// `, any` and the like after a clause.
fn more_modifiers(p: &mut SmplParser<'_, '_>) -> Parsed {
    while p.at(TokenKind::Comma) {
        let Some(kind) = modifier(p, p.pos() + 1) else {
            break;
        };
        p.start(kind);
        p.bump();
        p.bump();
        p.finish();
    }
    Ok(())
}

/// `true e` or `false e` after `when !=`: the word, followed by an operand.
fn truth(p: &SmplParser<'_, '_>, at: usize) -> Option<SyntaxKind> {
    let sym = p.input().get(at).filter(|_| p.kind_at(at) == TokenKind::Ident)?.sym;
    let kind = if sym == Sym::of(b"true") || sym == Sym::of(b"TRUE") {
        SyntaxKind::WhenTrue
    } else if sym == Sym::of(b"false") || sym == Sym::of(b"FALSE") {
        SyntaxKind::WhenFalse
    } else {
        return None;
    };
    let operand = matches!(
        p.kind_at(at + 1),
        TokenKind::Ident
            | TokenKind::Number
            | TokenKind::Char
            | TokenKind::Str
            | TokenKind::LParen
            | TokenKind::DisjOpen
            | TokenKind::Bang
            | TokenKind::Tilde
            | TokenKind::Star
            | TokenKind::Amp
            | TokenKind::Minus
            | TokenKind::NestOpen
            | TokenKind::NestOpenPlus
            | TokenKind::KwSizeof
    );
    operand.then_some(kind)
}

/// The closing delimiter of the nest that comes next.
fn closing(p: &SmplParser<'_, '_>) -> TokenKind {
    if p.at(TokenKind::NestOpenPlus) { TokenKind::NestClosePlus } else { TokenKind::NestClose }
}

/// A nest in the place of a statement; not one that is the first part of an expression.
pub(super) fn stmt_nest(p: &mut SmplParser<'_, '_>) -> Parsed<bool> {
    let close = closing(p);
    let read = p.attempt(|p| {
        p.start(SyntaxKind::Nest);
        p.bump();
        whens(p, Place::Stmt)?;
        let first = p.pos();
        items::items(p, Level::Nested)?;
        if p.pos() == first && !p.hooks_lenient() {
            return p.fail("a statement or expression");
        }
        p.expect(close)?;
        whens(p, Place::Stmt)?;
        p.finish();
        if items::continues_expression(p) { p.fail("a statement") } else { Ok(()) }
    });
    Ok(read.is_ok())
}

/// A nest in the place of an expression.
pub(super) fn expr_nest(p: &mut SmplParser<'_, '_>) -> Parsed<bool> {
    let close = closing(p);
    p.start(SyntaxKind::Nest);
    p.bump();
    whens(p, Place::Expr)?;
    p.expr()?;
    while p.at(TokenKind::Ellipsis) {
        // `<+... a ... b ...+>`: dots between expressions.
        dots(p, Place::Stmt)?;
        p.expr()?;
    }
    p.expect(close)?;
    whens(p, Place::Expr)?;
    p.finish();
    Ok(true)
}

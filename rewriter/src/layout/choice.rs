//! Choices (`x ? a : b`) that an edit made too long for a line.

use c_syntax::TokenKind as T;
use c_syntax::print::width;

use super::Style;
use super::piece::{Bytes, Kind, Piece, indent_of};

/// Breaks added choices that stand in no brackets behind their `:`, and behind their `?` if that is not enough.
pub(super) fn break_choices<'a>(pieces: &mut [Piece<'a>], style: &Style, bytes: Bytes<'a>, eol: &[u8], unit: &[u8]) {
    for i in 0..pieces.len() {
        let new = pieces[i].comes() && !pieces[i].gone && pieces[i].is(T::Question);
        if new && !in_brackets(pieces, i) {
            break_choice(pieces, i, style.max_width, bytes, (eol, unit));
        }
    }
}

/// Whether a bracket of the statement is open at a piece.
fn in_brackets(pieces: &[Piece<'_>], at: usize) -> bool {
    let mut depth = 0;
    for p in pieces[..at].iter().rev().filter(|p| !p.gone) {
        match p.kind {
            Kind::Code(T::RParen | T::RBracket) => depth += 1,
            Kind::Code(T::LParen | T::LBracket) if depth == 0 => return true,
            Kind::Code(T::LParen | T::LBracket) => depth -= 1,
            Kind::Code(T::Semi | T::LBrace | T::RBrace) if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

fn break_choice<'a>(
    pieces: &mut [Piece<'a>],
    question: usize,
    max_width: usize,
    bytes: Bytes<'a>,
    (eol, unit): (&[u8], &[u8]),
) {
    let line = pieces[..question].iter().rposition(|p| p.is_newline() && !p.gone);
    let Some(line) = line else { return };
    let rest = pieces[question..].iter().position(|p| p.is_newline() && !p.gone);
    let end = rest.map_or(pieces.len(), |n| question + n);
    let Some(colon) = colon_of(&pieces[..end], question) else { return };
    let indent = indent_of(pieces[line].bytes(bytes.file));
    let width_of = |pieces: &[Piece<'_>]| {
        let counts = pieces.iter().filter(|p| !p.gone && !p.is(T::Semi));
        counts.fold(width(indent, 0), |at, p| width(p.bytes(bytes.file), at))
    };
    let too_long = |pieces: &[Piece<'_>]| width_of(pieces) > max_width;
    if !too_long(&pieces[line + 1..end]) {
        return;
    }
    let both = too_long(&pieces[line + 1..=colon]);
    let text = bytes.concat(&[eol, indent, unit]);
    for mark in [Some(colon), both.then_some(question)].into_iter().flatten() {
        let next = (mark + 1..end).find(|j| !pieces[*j].gone);
        if let Some(blank) = next.filter(|j| pieces[*j].kind == Kind::Space) {
            pieces[blank] = Piece::newline();
            pieces[blank].text = Some(text);
        }
    }
}

/// The `:` of a `?`.
fn colon_of(pieces: &[Piece<'_>], question: usize) -> Option<usize> {
    let (mut depth, mut inner) = (0, 0);
    for (i, p) in pieces.iter().enumerate().skip(question + 1).filter(|(_, p)| !p.gone) {
        match p.kind {
            Kind::Code(T::LParen | T::LBracket | T::LBrace) => depth += 1,
            Kind::Code(T::RParen | T::RBracket | T::RBrace) => depth -= 1,
            Kind::Code(T::Question) if depth == 0 => inner += 1,
            Kind::Code(T::Colon) if depth == 0 && inner == 0 => return Some(i),
            Kind::Code(T::Colon) if depth == 0 => inner -= 1,
            _ => {}
        }
    }
    None
}

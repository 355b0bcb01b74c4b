//! Texts of ranges of tokens, values and added code that are texts.

use std::ops::Range;

use c_syntax::print::{self, Atom, AtomKind, Printer, Text};
use c_syntax::{TokenId, TokenKind, Tree};
use smpl_parser::ast::FragmentKind;

/// Whether there is a token of a kind among tokens.
pub(super) fn holds(tree: &Tree, range: &Range<u32>, kind: TokenKind) -> bool {
    range.clone().any(|t| tree.token(TokenId(t)).kind == kind)
}

/// The text of a range of tokens.
fn text_of<'t>(tree: &'t Tree, range: &Range<u32>) -> &'t [u8] {
    match range.end.checked_sub(1).filter(|last| *last >= range.start) {
        Some(last) => tree.slice(tree.token(TokenId(range.start)).start, tree.token(TokenId(last)).end()),
        None => &[],
    }
}

/// Whether tokens stand on several lines.
pub(super) fn stands_on_lines(tree: &Tree, range: &Range<u32>) -> bool {
    memchr::memchr(b'\n', text_of(tree, range)).is_some()
}

/// Whether comments or directives may stand among tokens.
pub(super) fn may_hold_comment(tree: &Tree, range: &Range<u32>) -> bool {
    let text = text_of(tree, range);
    let comment = memchr::memchr_iter(b'/', text).any(|i| matches!(text.get(i + 1), Some(b'/' | b'*')));
    comment || holds(tree, range, TokenKind::Directive)
}

/// Prints a text value; the stars at the end of a type are tokens of their own, which the name behind them touches.
pub(super) fn print_text(text: &str, out: &mut Printer<'_>) {
    let base = text.trim_end_matches(['*', ' ']);
    if base.is_empty() || base.len() == text.len() || kind_of_text(text) != TokenKind::Ident {
        return out.solid(Atom::token(kind_of_text(text), text.as_bytes()));
    }
    out.solid(Atom::token(TokenKind::Ident, base.as_bytes()));
    out.space();
    for _ in text[base.len()..].matches('*') {
        out.punct(TokenKind::Star);
    }
}

/// What a text value looks like.
fn kind_of_text(text: &str) -> TokenKind {
    match text.as_bytes().first() {
        Some(b) if b.is_ascii_digit() => TokenKind::Number,
        Some(b'"') => TokenKind::Str,
        Some(b'\'') => TokenKind::Char,
        Some(b) if print::is_word(*b) => TokenKind::Ident,
        _ => match c_syntax::lexer::lex(text.as_bytes()).as_slice() {
            [one] => one.kind,
            _ => TokenKind::Stray,
        },
    }
}

/// Comments, directives and empty lines, verbatim.
pub(super) fn text_atoms(kind: FragmentKind, text: &str, out: &mut Vec<Atom>) {
    let text = text.trim_end();
    match kind {
        FragmentKind::BlankLine => {}
        FragmentKind::Comment => {
            let text = text.trim_start();
            if !text.is_empty() {
                out.push(Atom { kind: AtomKind::Comment, text: Text::from_slice(text.as_bytes()), origin: None });
            }
        }
        _ => {
            if !text.is_empty() {
                out.push(Atom { kind: AtomKind::Line, text: Text::from_slice(text.as_bytes()), origin: None });
            }
        }
    }
}

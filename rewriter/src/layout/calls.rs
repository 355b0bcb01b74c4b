//! How the authors of a file write calls: `f(x)`, `f( x )` as in Wine, or `f (x)` as in GNU.

use c_syntax::TokenKind as T;
use c_syntax::print::is_word;

use super::piece::{Kind, Piece};
use super::space::insert_before;

/// The style of a file, by count.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallStyle {
    /// A blank behind the opening and in front of the closing bracket.
    pub padded: bool,
    /// A blank in front of the opening bracket.
    pub parted: bool,
}

/// Words in front of brackets that are no calls.
const WORDS: [&[u8]; 7] = [b"if", b"while", b"for", b"switch", b"return", b"sizeof", b"defined"];

impl CallStyle {
    /// That of a text: calls without arguments say nothing, nor do the ends of lines.
    pub fn of(text: &[u8]) -> Self {
        let (mut padded, mut parted) = (0i64, 0i64);
        for at in memchr::memchr_iter(b'(', text) {
            let before = &text[at.saturating_sub(LONGEST)..at];
            let gap = before.last() == Some(&b' ');
            let before = if gap { &before[..before.len() - 1] } else { before };
            let start = before.iter().rposition(|b| !is_word(*b)).map_or(0, |i| i + 1);
            let (word, behind) = (&before[start..], text.get(at + 1).copied().unwrap_or(b'\n'));
            if word.is_empty() || word[0].is_ascii_digit() || WORDS.contains(&word) {
                continue;
            }
            // Words of text have blanks between them, too: only those at the start of a line, or behind operators, are calls.
            let code = |b: &u8| b"=(,&|!;{\n+-?:<>\t".contains(b);
            let leads = before[..start].iter().rev().find(|b| **b != b' ').is_none_or(code);
            if leads {
                parted += if gap { 1 } else { -1 };
            }
            if !matches!(behind, b')' | b'\n' | b'\r') {
                padded += if behind == b' ' { 1 } else { -1 };
            }
        }
        Self { padded: padded > 0, parted: parted > 0 }
    }

    /// Gives added calls the blanks of the style.
    pub fn settle(self, pieces: &mut Vec<Piece<'_>>) {
        if self == Self::default() {
            return;
        }
        let mut blanks = Vec::new();
        // Of each open bracket, whether it is that of a call.
        let mut open: Vec<bool> = Vec::new();
        let mut before: Option<usize> = None;
        for i in 0..pieces.len() {
            let p = &pieces[i];
            if p.gone {
                continue;
            }
            let next = pieces[i + 1..].iter().position(|p| !p.gone).map(|n| i + 1 + n);
            let is = |at: Option<usize>, wanted: &[Kind]| at.is_some_and(|at| wanted.contains(&pieces[at].kind));
            let line = [Kind::Space, Kind::Newline, Kind::Comment];
            match p.kind {
                Kind::Code(T::LParen) => {
                    let call = is(before, &[Kind::Code(T::Ident)]);
                    let named = call || is(before, &[Kind::Code(T::KwSizeof)]);
                    blanks.extend((named && self.parted && p.comes()).then_some(i));
                    let full = !is(next, &[Kind::Code(T::RParen)]) && !is(next, &line);
                    let new = p.comes() || next.is_some_and(|at| pieces[at].comes());
                    blanks.extend(next.filter(|_| call && self.padded && full && new));
                    open.push(call);
                }
                Kind::Code(T::RParen) => {
                    let full = !is(before, &[Kind::Code(T::LParen)]) && !is(before, &line);
                    let new = p.comes() || before.is_some_and(|at| pieces[at].comes());
                    let call = open.pop().unwrap_or(false);
                    blanks.extend((call && self.padded && full && new).then_some(i));
                }
                _ => {}
            }
            before = Some(i);
        }
        insert_before(pieces, &blanks, Piece::space);
    }
}

/// Longer words are no names.
const LONGEST: usize = 64;

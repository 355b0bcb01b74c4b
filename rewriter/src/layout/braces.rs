//! Where the authors of a file put braces: behind the heads of statements or below them, `else` behind `}` or below it.

use std::cmp::Ordering;

use c_syntax::TokenKind as T;
use c_syntax::print::is_word;

use super::indent::lines_with_brace;
use super::piece::{Kind, Piece};
use super::space::insert_before;

/// The style of a file, by count.
#[derive(Debug)]
pub(super) struct BraceStyle {
    /// Opening braces of statements have lines of their own.
    pub below: bool,
    /// Whether `else` stands behind a `}` on its line, or if less on a line of its own below one.
    pub joins_else: Ordering,
}

impl BraceStyle {
    /// That of a text. Where braces stand further right than their heads, added ones are put behind them.
    pub fn of(text: &[u8], half_indented: bool) -> Self {
        let mut below = 0i64;
        for line in lines_with_brace(text) {
            let code = text[line.clone()].trim_ascii_end();
            let Some(before) = code.strip_suffix(b"{").map(<[u8]>::trim_ascii_end) else { continue };
            if !before.is_empty() {
                below -= i64::from(is_head(before));
            } else if code.len() > 1 && line.start > 0 {
                // In the first column it is that of a function.
                let above = memchr::memrchr(b'\n', &text[..line.start - 1]).map_or(0, |i| i + 1);
                below += i64::from(is_head(text[above..line.start].trim_ascii_end()));
            }
        }
        let joins = memchr::memmem::find_iter(text, b"else").map(|at| {
            let before = text[..at].trim_ascii_end();
            let whole = text.get(at + 4).is_none_or(|b| !is_word(*b));
            match before.ends_with(b"}") && whole {
                true if memchr::memchr(b'\n', &text[before.len()..at]).is_none() => 1,
                true => -1,
                false => 0i64,
            }
        });
        Self { below: below > 0 && !half_indented, joins_else: joins.sum::<i64>().cmp(&0) }
    }

    /// Puts added braces and each `else` beside one where the authors would.
    pub fn settle(&self, pieces: &mut Vec<Piece<'_>>) {
        if self.joins_else != Ordering::Less {
            pull_up_else(pieces, self.joins_else == Ordering::Greater);
        }
        if self.below || self.joins_else == Ordering::Less {
            push_down(pieces, self);
        }
    }
}

/// Whether a line ends as the head of a statement does.
fn is_head(line: &[u8]) -> bool {
    let word = |w: &[u8]| line.strip_suffix(w).is_some_and(|rest| rest.last().is_none_or(|b| !is_word(*b)));
    line.ends_with(b")") || word(b"else") || word(b"do")
}

/// An `else` on the line behind an added `}` moves behind the brace; a kept one only where it does so in the file.
fn pull_up_else(pieces: &mut Vec<Piece<'_>>, kept: bool) {
    let mut blanks = Vec::new();
    for i in 0..pieces.len() {
        if !(pieces[i].comes() && pieces[i].is(T::RBrace) && !pieces[i].gone) {
            continue;
        }
        let mut behind = (i + 1..pieces.len()).filter(|j| !pieces[*j].gone && pieces[*j].kind != Kind::Space);
        let (Some(newline), Some(word)) = (behind.next(), behind.next()) else { continue };
        if pieces[newline].is_newline() && pieces[word].is(T::KwElse) && (kept || pieces[word].added) {
            pieces[i + 1..word].iter_mut().for_each(|p| p.gone = true);
            blanks.push(word);
        }
    }
    insert_before(pieces, &blanks, Piece::space);
}

/// Added braces behind the heads of statements, and each added `else` behind a brace, go to lines of their own.
fn push_down(pieces: &mut Vec<Piece<'_>>, style: &BraceStyle) {
    let mut breaks = Vec::new();
    let mut before: Option<usize> = None;
    for i in 0..pieces.len() {
        let p = &pieces[i];
        if p.gone || p.kind == Kind::Space {
            continue;
        }
        let head = before.map(|j| &pieces[j]);
        let is_head = |p: &Piece<'_>| matches!(p.kind, Kind::Code(T::RParen | T::KwElse | T::KwDo));
        // A blank stands in front of the brace of a statement, none in front of that of a value.
        let parted = before.is_some_and(|j| pieces[j + 1..i].iter().any(|p| !p.gone)) || p.head;
        let brace = style.below && p.is(T::LBrace) && parted && head.is_some_and(is_head);
        let word = style.joins_else == Ordering::Less && p.is(T::KwElse) && head.is_some_and(|p| p.is(T::RBrace));
        if p.comes() && (brace || word) {
            if let Some(j) = before {
                pieces[j + 1..i].iter_mut().for_each(|p| p.gone = true);
            }
            breaks.push(i);
        }
        before = Some(i);
    }
    insert_before(pieces, &breaks, Piece::newline);
}

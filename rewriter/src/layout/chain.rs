//! An added `else` in front of code that stays: a branch becomes the next one of a chain (`rewriting.md` section 8).

use c_syntax::TokenKind as T;

use super::piece::{Kind, Piece};

/// An added `else` stands on the line of the `if` or the brace that follows it, and on that of the brace in front of both if no comment
/// is between. In front of other code there is no empty line.
pub(super) fn join_chains(pieces: &mut [Piece<'_>]) {
    for i in 0..pieces.len() {
        if pieces[i].added && !pieces[i].gone && pieces[i].is(T::KwElse) {
            join_chain(pieces, i);
        }
    }
}

fn join_chain(pieces: &mut [Piece<'_>], word: usize) {
    let Some(next) = (word + 1..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].is_code()) else { return };
    let between = &mut pieces[word + 1..next];
    if between.iter().any(|p| p.added && !p.gone) {
        return;
    }
    let commented = between.iter().any(|p| p.kind == Kind::Comment && !p.gone);
    if !commented {
        let breaks = between.iter_mut().rev().filter(|p| p.is_newline() && !p.gone);
        breaks.skip(1).for_each(|p| p.gone = true);
    }
    if !pieces[next].kept() || !matches!(pieces[next].kind, Kind::Code(T::KwIf | T::LBrace)) {
        return;
    }
    let last = (0..word).rev().find(|j| !pieces[*j].gone && pieces[*j].kind != Kind::Space);
    if last.is_some_and(|j| pieces[j].is(T::RBrace)) && !commented {
        pieces[word + 1..next].iter_mut().for_each(|p| p.gone = true);
    } else if pieces[word + 1..next].iter().any(|p| !p.gone) {
        // It comes behind the line break in front of the `if`, and needs none of its own.
        if let Some(own) = last.filter(|j| pieces[*j].added && pieces[*j].is_newline()) {
            pieces[own].gone = true;
        }
        pieces[word..next].rotate_left(1);
    }
}

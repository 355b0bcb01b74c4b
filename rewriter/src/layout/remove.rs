//! What disappears with removed code: blanks, comments, line breaks (`rewriting.md` section 2, procedures P1 to P7).

use c_syntax::TokenKind as T;

use super::Style;
use super::piece::{Kind, Piece};

/// P1: trivia between two tokens that were removed together goes too.
pub(super) fn join(pieces: &mut [Piece<'_>], style: &Style) {
    let mut prev: Option<usize> = None;
    for i in 0..pieces.len() {
        let p = &pieces[i];
        if !p.is_code() || prev.is_none() && !p.gone {
            continue;
        }
        if p.added {
            prev = None;
            continue;
        }
        if !p.gone {
            let unclaimed = p.kind == Kind::Directive || p.token().is_some() && skipped(pieces, i);
            prev = prev.filter(|_| unclaimed);
            continue;
        }
        if let Some(p) = prev
            && p + 1 < i
            && together(&pieces[p], &pieces[i])
        {
            join_between(pieces, p, i, style);
        }
        prev = Some(i);
    }
}

/// Tokens that no tree holds carry the mark of [`mark_skipped`].
pub(super) fn skipped(pieces: &[Piece<'_>], i: usize) -> bool {
    pieces[i].origin() == Some(SKIPPED)
}

const SKIPPED: (u32, u32) = (u32::MAX, u32::MAX);

/// Marks a token that the tree does not hold.
pub(super) fn mark_skipped(piece: &mut Piece<'_>) {
    piece.mark(SKIPPED);
}

fn together(a: &Piece<'_>, b: &Piece<'_>) -> bool {
    a.removed_by().iter().any(|x| b.removed_by().iter().any(|y| same_stretch(*x, *y)))
}

/// Whether two tokens go with one stretch of the pattern, a comma that may stay counted with what is beside it.
pub(super) fn same_stretch(x: (u32, u32), y: (u32, u32)) -> bool {
    x.0 == y.0 && (x.1 | matcher::APART) == (y.1 | matcher::APART)
}

fn join_between(pieces: &mut [Piece<'_>], from: usize, to: usize, style: &Style) {
    let directives = pieces[from + 1..to].iter().any(|p| p.kind == Kind::Directive);
    let keep = directives && (style.quirks || !complete(pieces, from, to));
    let is_directive = |p: Option<&Piece<'_>>| p.is_some_and(|p| p.kind == Kind::Directive);
    for i in from + 1..to {
        let keeps_line = keep
            && (is_directive(pieces.get(i)) || pieces[i].is_newline() && i + 1 < to && is_directive(pieces.get(i + 1)));
        if !keeps_line && !pieces[i].added {
            pieces[i].gone = true;
        }
    }
}

/// Whether the removed code around a gap holds whole conditionals only. The gap's own directives may be one half of it.
fn complete(pieces: &[Piece<'_>], from: usize, to: usize) -> bool {
    let mut lo = from;
    while lo > 0
        && (pieces[lo - 1].gone
            || !pieces[lo - 1].is_code()
            || pieces[lo - 1].kind == Kind::Directive
            || skipped(pieces, lo - 1))
        && !pieces[lo - 1].added
    {
        lo -= 1;
    }
    let mut hi = to;
    while hi + 1 < pieces.len()
        && (pieces[hi + 1].gone
            || !pieces[hi + 1].is_code()
            || pieces[hi + 1].kind == Kind::Directive
            || skipped(pieces, hi + 1))
        && !pieces[hi + 1].added
    {
        hi += 1;
    }
    // Directives at the edges stand outside of the removed code.
    let first = (lo..=hi).find(|i| pieces[*i].gone && pieces[*i].is_code()).unwrap_or(from);
    let last = (lo..=hi).rev().find(|i| pieces[*i].gone && pieces[*i].is_code()).unwrap_or(to);
    let mut depth = 0i32;
    for p in &pieces[first..=last] {
        if p.kind != Kind::Directive {
            continue;
        }
        match p.origin().map(|o| o.1) {
            Some(CONDITIONAL_OPEN) => depth += 1,
            Some(CONDITIONAL_CLOSE) => depth -= 1,
            Some(CONDITIONAL_ELSE) if depth == 0 => return false,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

const CONDITIONAL_OPEN: u32 = u32::MAX - 1;
const CONDITIONAL_CLOSE: u32 = u32::MAX - 2;
const CONDITIONAL_ELSE: u32 = u32::MAX - 3;

/// Marks what a preprocessor line is.
pub(super) fn mark_directive(piece: &mut Piece<'_>, text: &[u8]) {
    let word: Vec<u8> = text
        .iter()
        .copied()
        .skip_while(|b| matches!(b, b'#' | b' ' | b'\t'))
        .take_while(u8::is_ascii_alphabetic)
        .collect();
    let mark = match word.as_slice() {
        b"if" | b"ifdef" | b"ifndef" => CONDITIONAL_OPEN,
        b"endif" => CONDITIONAL_CLOSE,
        b"else" | b"elif" => CONDITIONAL_ELSE,
        _ => return,
    };
    piece.mark((0, mark));
}

/// P2 to P6': blanks, comments and empty lines around removed code.
pub(super) fn settle(pieces: &mut [Piece<'_>], style: &Style) {
    let lines = lines(pieces);
    if lines.is_empty() {
        return;
    }
    let mut run = Vec::new();
    for &(a, b) in &lines {
        run.clear();
        run.extend(pieces[a..b].iter().map(|p| p.gone));
        sides(&mut pieces[a..b], &run, style);
    }
    for &(a, b) in &lines {
        line_end(pieces, a, b);
    }
    for &(a, b) in &lines {
        emptied(pieces, a, b, style);
    }
    after_open(pieces);
    before_close(pieces);
    if !style.quirks {
        inside_added_braces(pieces);
    }
}

/// The stretches between kept line breaks that hold removed code.
fn lines(pieces: &[Piece<'_>]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let (mut start, mut removed) = (0, false);
    for (i, p) in pieces.iter().enumerate() {
        if p.gone {
            removed = true;
        } else if p.is_newline() {
            if removed {
                out.push((start, i));
            }
            (start, removed) = (i + 1, false);
        }
    }
    if removed {
        out.push((start, pieces.len()));
    }
    out
}

fn goes(p: &Piece<'_>, style: &Style) -> bool {
    !p.added && (p.kind == Kind::Space || (p.kind == Kind::Comment && !style.keep_comments))
}

/// P3a and P2 on one line.
fn sides(line: &mut [Piece<'_>], run: &[bool], style: &Style) {
    let mut j = line.len();
    while j > 0 && line[j - 1].is_trivia() && !run[j - 1] {
        j -= 1;
    }
    if j > 0 && run[j - 1] && !(style.quirks && line[j - 1].kind == Kind::Directive) {
        while j > 0 && run[j - 1] && !line[j - 1].is_newline() {
            j -= 1;
        }
        while j > 0 && line[j - 1].is_trivia() && goes(&line[j - 1], style) {
            line[j - 1].gone = true;
            j -= 1;
        }
    }
    for i in 0..line.len() {
        if run[i] && !(style.quirks && line[i].kind == Kind::Directive) {
            for p in &mut line[i + 1..] {
                if !(p.is_trivia() && (p.gone || goes(p, style))) {
                    break;
                }
                p.gone = true;
            }
        }
    }
}

/// P3b: blanks that would end the line.
fn line_end(pieces: &mut [Piece<'_>], a: usize, b: usize) {
    let mut k = b;
    while k > a && pieces[k - 1].gone {
        k -= 1;
    }
    if k == a || k == b || pieces[k - 1].kind != Kind::Space {
        return;
    }
    while k > a && (pieces[k - 1].kind == Kind::Space && !pieces[k - 1].added || pieces[k - 1].gone) {
        pieces[k - 1].gone = true;
        k -= 1;
    }
}

/// P4: a line with removed code on which nothing is left goes, with the comments and empty lines above.
fn emptied(pieces: &mut [Piece<'_>], a: usize, b: usize, style: &Style) {
    let all = |p: &Piece<'_>| p.gone || (p.kind == Kind::Space && !p.added);
    if a == 0 || b == pieces.len() || !pieces[a..b].iter().all(all) {
        return;
    }
    let before = pieces[..a].iter().rev().find(|p| p.is_code());
    if before.is_some_and(|p| p.unended && !p.gone) {
        // In the reference what follows comes in the place of the removed code then.
        for p in &mut pieces[a..] {
            if p.is_code() || p.added || p.kind == Kind::Comment {
                if p.gone {
                    continue;
                }
                break;
            }
            p.gone = true;
        }
        return;
    }
    take_line(pieces, a, b, style);
}

/// Removes the line `a..b` and what stands above it, up to the last code; the line break that ends the line stays.
fn take_line(pieces: &mut [Piece<'_>], a: usize, b: usize, style: &Style) {
    // What stands above a head whose body stays is about that, too.
    let head = !style.quirks && ends_in_head(&pieces[a..b]);
    for p in &mut pieces[a..b] {
        p.gone = true;
    }
    let mut k = a;
    let mut breaks = 0;
    // The lowest place up to which things may go: a comment further up is about something else.
    let mut floor = a;
    while k > 0 && !pieces[k - 1].added && !pieces[k - 1].gone && !pieces[k - 1].is_code() {
        let p = &pieces[k - 1];
        if p.is_newline() {
            breaks += 1;
            floor = k - 1;
        } else if p.kind == Kind::Comment && (head || style.keep_comments || (!style.quirks && breaks > 1)) {
            break;
        } else if p.kind == Kind::Comment {
            breaks = 0;
        }
        k -= 1;
    }
    let stopped_at_comment = k > 0 && pieces[k - 1].kind == Kind::Comment && !pieces[k - 1].gone;
    if stopped_at_comment {
        k = floor;
    }
    while k < a && !pieces[k].is_newline() {
        k += 1;
    }
    if !style.quirks && has_blank_line(&pieces[k..a]) && needs_blank(pieces, b) {
        // The paragraph that ended above stays apart from what follows.
        k += 1;
    }
    for p in &mut pieces[k..a] {
        if !(style.keep_comments && p.kind == Kind::Comment) {
            p.gone = true;
        }
    }
}

/// Whether the removed code of a line goes on to the statement that it governs.
fn ends_in_head(line: &[Piece<'_>]) -> bool {
    let last = line.iter().rev().find(|p| p.gone && p.is_code());
    last.is_some_and(|p| matches!(p.kind, Kind::Code(T::RParen | T::LBrace | T::KwElse | T::KwDo)))
}

/// Whether two line breaks have only blanks between them.
pub(super) fn has_blank_line(pieces: &[Piece<'_>]) -> bool {
    let mut fresh = false;
    for p in pieces {
        if p.is_newline() {
            if fresh {
                return true;
            }
            fresh = true;
        } else if p.kind != Kind::Space {
            fresh = false;
        }
    }
    false
}

/// Whether code follows the removed lines that end with the line break `at`, without an empty line in between.
pub(super) fn needs_blank(pieces: &[Piece<'_>], at: usize) -> bool {
    let mut fresh = true;
    for p in &pieces[(at + 1).min(pieces.len())..] {
        if p.is_newline() {
            if fresh && !p.gone {
                return false;
            }
            fresh = true;
        } else if p.is_code() && !p.gone {
            return !p.is(T::RBrace);
        } else if p.is_code() || p.kind == Kind::Comment {
            if !p.gone {
                return true;
            }
            fresh = false;
        }
    }
    false
}

/// P5: behind a kept `{`, only one of the line breaks after removed code stays.
fn after_open(pieces: &mut [Piece<'_>]) {
    for i in 0..pieces.len() {
        if pieces[i].kind != Kind::Code(T::LBrace) || pieces[i].gone {
            continue;
        }
        let trivia = pieces[i + 1..].iter().take_while(|p| !p.gone && !p.is_code() && !p.added).count();
        let s = i + 1 + trivia;
        let k = s + pieces[s..].iter().take_while(|p| p.gone).count();
        let e = k + pieces[k..].iter().take_while(|p| p.is_newline() && p.kept()).count();
        if k > s && e > k {
            pieces[k..e - 1].iter_mut().for_each(|p| p.gone = true);
        }
    }
}

/// P6: in front of a kept `}`, only the last line break stays if the code in front of the empty lines went.
fn before_close(pieces: &mut [Piece<'_>]) {
    for i in (0..pieces.len()).rev() {
        if pieces[i].kind != Kind::Code(T::RBrace) || pieces[i].gone || pieces[i].added {
            continue;
        }
        let mut k = i;
        while k > 0 && pieces[k - 1].kind == Kind::Space && pieces[k - 1].kept() {
            k -= 1;
        }
        let e = k;
        while k > 0 && pieces[k - 1].is_newline() && pieces[k - 1].kept() {
            k -= 1;
        }
        let s = k;
        while k > 0 && pieces[k - 1].gone {
            k -= 1;
        }
        if k < s && k > 0 && pieces[k - 1].is_newline() && !pieces[k - 1].added && e > s {
            for p in &mut pieces[s..e - 1] {
                p.gone = true;
            }
        }
    }
}

/// Braces in the place of removed code have no empty lines inside.
fn inside_added_braces(pieces: &mut [Piece<'_>]) {
    for i in 0..pieces.len() {
        let Kind::Code(brace @ (T::LBrace | T::RBrace)) = pieces[i].kind else { continue };
        if !pieces[i].added || pieces[i].gone || !in_place(&pieces[..i]) {
            continue;
        }
        if brace == T::LBrace {
            let lines = pieces[i + 1..].iter().take_while(|p| p.is_newline() && p.kept()).count();
            pieces[i + 1..].iter_mut().take(lines.saturating_sub(1)).for_each(|p| p.gone = true);
        } else {
            let from = pieces[..i].iter().rposition(|p| !p.gone).map_or(0, |last| last + 1);
            let lines = pieces[..from].iter().rev().take_while(|p| p.is_newline() && p.kept()).count();
            pieces[from - lines..].iter_mut().take(lines.saturating_sub(1)).for_each(|p| p.gone = true);
        }
    }
}

/// Whether added code at the end stands where code was removed.
fn in_place(pieces: &[Piece<'_>]) -> bool {
    pieces.iter().rev().take_while(|p| p.added || p.gone).any(|p| p.gone && p.is_code())
}

/// P6': an element of which only trivia is left goes from its first line break on.
pub(super) fn element_edge(pieces: &mut [Piece<'_>], style: &Style) {
    if pieces.iter().any(|p| (p.is_code() || p.added) && !p.gone) || !pieces.iter().any(Piece::is_code) {
        return;
    }
    let first_code = pieces.iter().position(Piece::is_code).unwrap_or(0);
    let last_code = pieces.iter().rposition(Piece::is_code).unwrap_or(0);
    let mut from = pieces[..first_code].iter().position(Piece::is_newline).unwrap_or(first_code);
    if !style.quirks {
        // Comments that an empty line separates from the element are about something else.
        let mut breaks = 0;
        let mut k = first_code;
        while k > from {
            k -= 1;
            match pieces[k].kind {
                Kind::Newline => breaks += 1,
                Kind::Comment if breaks > 1 || style.keep_comments => {
                    from = pieces[k..first_code].iter().position(Piece::is_newline).map_or(first_code, |i| k + i);
                    break;
                }
                Kind::Comment => breaks = 0,
                _ => {}
            }
        }
    }
    for (i, p) in pieces.iter_mut().enumerate().skip(from) {
        if i <= last_code || !style.quirks {
            p.gone = true;
        }
    }
}

/// P7: blanks beside kept punctuation, where code next to it went.
pub(super) fn punctuation(pieces: &mut [Piece<'_>], quirks: bool) {
    for i in 0..pieces.len() {
        match pieces[i].kind {
            _ if pieces[i].gone => {}
            Kind::Code(T::RParen | T::Comma | T::Semi) => blanks_left(pieces, i),
            // What stands behind an added parenthesis was left there by what replaces code.
            Kind::Code(T::LParen) if quirks || !pieces[i].added => trivia_right(pieces, i),
            _ => {}
        }
    }
}

fn blanks_left(pieces: &mut [Piece<'_>], i: usize) {
    let mut k = i;
    let (mut removed, mut replaced) = (0, false);
    let mut blanks = Vec::new();
    while k > 0 {
        let p = &pieces[k - 1];
        if p.gone {
            removed += usize::from(p.is_code());
        } else if p.added && !p.is_newline() && !blanks.is_empty() {
            replaced = true;
        } else if p.kind == Kind::Space && !p.added && !replaced {
            blanks.push(k - 1);
        } else {
            break;
        }
        k -= 1;
    }
    // New code takes the place of the first removed token, so that no other one was beside the blanks.
    if removed > usize::from(replaced) {
        for q in blanks {
            pieces[q].gone = true;
        }
    }
}

fn trivia_right(pieces: &mut [Piece<'_>], i: usize) {
    let (mut k, mut seen) = (i + 1, false);
    let mut pending = Vec::new();
    while k < pieces.len() {
        let p = &pieces[k];
        if p.gone {
            seen = seen || p.is_code();
        } else if p.added {
            // What was put in place of the removed code follows the parenthesis directly.
            if p.is_code() {
                break;
            }
        } else if !p.is_code() {
            pending.push(k);
        } else if !(p.is(T::Comma) && seen) {
            break;
        }
        k += 1;
    }
    if seen {
        for q in pending {
            pieces[q].gone = true;
        }
    }
}

/// If all that the tree holds of an element went, the tokens that it left out go too.
pub(super) fn whole_element(pieces: &mut [Piece<'_>]) {
    let own = |p: &&Piece<'_>| p.is_code() && !p.added && p.origin().is_none();
    if pieces.iter().any(|p| p.added) || !pieces.iter().any(|p| own(&p)) || pieces.iter().filter(own).any(|p| !p.gone) {
        return;
    }
    pieces.iter_mut().filter(|p| p.is_code()).for_each(|p| p.gone = true);
}

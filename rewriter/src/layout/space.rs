//! Blanks at the joints of added and kept code, commas of lists, braces behind heads (`rewriting.md` 16.7, P8, P10, P12).

use c_syntax::TokenKind as T;
use c_syntax::print::{UNKNOWN, fuses, is_word};

use super::piece::{Kind, Piece};

/// The pieces that are left, by index.
fn live(pieces: &[Piece]) -> Vec<usize> {
    (0..pieces.len()).filter(|i| !pieces[*i].gone).collect()
}

/// P10: an added `{` that starts a line moves behind the `)` or `else` of its head, if no comment ends that line.
pub(super) fn pull_up_braces(pieces: &mut Vec<Piece>, quirks: bool) {
    let mut i = 0;
    while i < pieces.len() {
        if pieces[i].added && pieces[i].head && pieces[i].is(T::LBrace) && !pieces[i].gone && breaks_line(pieces, i) {
            i = pull_up(pieces, i, quirks);
        }
        i += 1;
    }
}

fn breaks_line(pieces: &[Piece], i: usize) -> bool {
    pieces.get(i + 1).is_some_and(|p| p.added && p.is_newline())
}

fn pull_up(pieces: &mut Vec<Piece>, brace: usize, quirks: bool) -> usize {
    let Some(head) = (0..brace).rev().find(|j| !pieces[*j].gone && pieces[*j].is_code()) else { return brace };
    if !(pieces[head].is(T::RParen) || pieces[head].is(T::KwElse) || pieces[head].is(T::KwDo)) {
        return brace;
    }
    let between: Vec<usize> = (head + 1..brace).filter(|j| !pieces[*j].gone).collect();
    let first = between.iter().find(|j| pieces[**j].kind != Kind::Space);
    match first {
        None => {
            if between.is_empty() {
                pieces.insert(brace, Piece::space());
            }
            return brace + 1;
        }
        Some(j) if pieces[*j].kind == Kind::Comment && !quirks => return behind_comment(pieces, *j, brace),
        Some(j) if !pieces[*j].is_newline() || pieces[*j].added => return brace,
        Some(_) => {}
    }
    if pieces[head].is(T::KwDo) && quirks {
        return brace;
    }
    let open = pieces.remove(brace);
    pieces.remove(brace);
    // Blanks at the end of the head's line give way.
    let stop = (head + 1..brace).find(|j| pieces[*j].is_newline() && !pieces[*j].gone).unwrap_or(brace);
    for p in &mut pieces[head + 1..stop] {
        p.gone = true;
    }
    pieces.insert(head + 1, open);
    pieces.insert(head + 1, Piece::space());
    brace
}

/// Moves a brace behind the comment that ends the line of its head.
fn behind_comment(pieces: &mut Vec<Piece>, comment: usize, brace: usize) -> usize {
    let Some(end) = (comment..brace).find(|j| pieces[*j].is_newline() && !pieces[*j].gone) else { return brace };
    let line = pieces[comment..end].iter().filter(|p| !p.gone);
    let closed = line.clone().all(|p| p.kind == Kind::Space || (p.kind == Kind::Comment && !p.line_comment));
    if !closed || pieces[end].added {
        return brace;
    }
    let blank = pieces[end - 1].kind == Kind::Space && !pieces[end - 1].gone;
    let open = pieces.remove(brace);
    pieces.remove(brace);
    pieces.insert(end, open);
    if !blank {
        pieces.insert(end, Piece::space());
    }
    brace
}

/// Added code never follows a `//` comment on its line.
pub(super) fn protect_line_comments(pieces: &mut Vec<Piece>) {
    let mut open = false;
    let mut i = 0;
    while i < pieces.len() {
        let p = &pieces[i];
        if p.gone {
        } else if p.is_newline() {
            open = false;
        } else if p.line_comment {
            open = true;
        } else if open && p.is_code() {
            pieces.insert(i, Piece::newline());
            open = false;
        }
        i += 1;
    }
}

/// P8: commas that have lost an element, and those that an added element needs.
pub(super) fn commas(pieces: &mut Vec<Piece>) {
    missing_commas(pieces);
    loop {
        let code: Vec<usize> = live(pieces).into_iter().filter(|i| pieces[*i].is_code()).collect();
        let mut changed = false;
        for w in code.windows(2) {
            let (p, q) = (w[0], w[1]);
            if pieces[p].is(T::Comma) && !pieces[p].removed_by.is_empty() {
                drop_comma(pieces, p);
                changed = true;
                break;
            }
            if adjacent_in_source(pieces, p, q) {
                continue;
            }
            if pieces[p].is(T::Comma) && (pieces[q].is(T::Comma) || pieces[q].is(T::RParen)) {
                drop_comma(pieces, p);
                changed = true;
                break;
            }
            if (pieces[p].is(T::LParen) || pieces[p].is(T::LBrace)) && pieces[q].is(T::Comma) {
                pieces[q].gone = true;
                drop_blanks(pieces, q + 1);
                changed = true;
                break;
            }
        }
        if !changed {
            break;
        }
    }
}

/// Removes a comma and, if it was added, the blank behind it.
fn drop_comma(pieces: &mut [Piece], at: usize) {
    pieces[at].gone = true;
    if pieces[at].added {
        drop_blanks(pieces, at + 1);
    }
}

fn drop_blanks(pieces: &mut [Piece], from: usize) {
    for p in pieces[from..].iter_mut().take_while(|p| p.gone || p.kind == Kind::Space) {
        p.gone = true;
    }
}

fn adjacent_in_source(pieces: &[Piece], p: usize, q: usize) -> bool {
    match (pieces[p].token, pieces[q].token) {
        (Some(a), Some(b)) => a.0 + 1 == b.0,
        _ => false,
    }
}

fn missing_commas(pieces: &mut Vec<Piece>) {
    let mut i = 0;
    while i < pieces.len() {
        if pieces[i].element_start && !pieces[i].gone {
            let prev = (0..i).rev().find(|j| !pieces[*j].gone && pieces[*j].is_code());
            if let Some(j) = prev
                && !(pieces[j].is(T::Comma) || pieces[j].is(T::LBrace) || pieces[j].is(T::LParen))
            {
                pieces.insert(j + 1, Piece::code(T::Comma));
                i += 1;
            }
        }
        if pieces[i].element_end && !pieces[i].gone {
            let next = (i + 1..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].is_code());
            if let Some(j) = next
                && !(pieces[j].is(T::Comma) || pieces[j].is(T::RBrace) || pieces[j].is(T::RParen))
            {
                pieces.insert(i + 1, Piece::code(T::Comma));
            }
        }
        i += 1;
    }
}

/// P12: one blank where added and kept code would stand too close.
pub(super) fn joints(pieces: &mut Vec<Piece>, file: &[u8], quirks: bool) {
    if !quirks {
        stars(pieces);
    }
    let live = live(pieces);
    let mut inserts = Vec::new();
    for (n, w) in live.windows(2).enumerate() {
        let (p, q) = (&pieces[w[0]], &pieces[w[1]]);
        if p.is_newline() || q.is_newline() || p.kind == Kind::Space || q.kind == Kind::Space {
            continue;
        }
        let (left, right) = (p.bytes(file), q.bytes(file));
        let fused = p.is_code() && q.is_code() && fuses(left, right);
        let between_words = fused && (p.added || q.added || !adjacent_in_source(pieces, w[0], w[1]));
        if between_words
            || (p.added != q.added && wants_blank(pieces, &live, n, file))
            || quirks && p.added && p.is_code() && q.is(T::Colon) && !q.added && followed_by_blank(pieces, &live, n + 1)
        {
            inserts.push(w[1]);
        }
    }
    insert_blanks(pieces, &inserts);
}

/// Inserts a blank in front of each of the pieces at ascending indices.
fn insert_blanks(pieces: &mut Vec<Piece>, before: &[usize]) {
    if before.is_empty() {
        return;
    }
    let mut wanted = before.iter().copied().peekable();
    let old = std::mem::take(pieces);
    pieces.reserve(old.len() + before.len());
    for (i, piece) in old.into_iter().enumerate() {
        while wanted.next_if_eq(&i).is_some() {
            pieces.push(Piece::space());
        }
        pieces.push(piece);
    }
}

/// A `*` added between a type and a name takes the blank in front of it.
fn stars(pieces: &mut Vec<Piece>) {
    let live = live(pieces);
    let mut inserts = Vec::new();
    for w in live.windows(4) {
        let [word, star, blank, name] = [w[0], w[1], w[2], w[3]];
        let kept = [word, blank, name].iter().all(|i| pieces[*i].kept());
        let is_word = |i: usize| matches!(pieces[i].kind, Kind::Code(k) if k == T::Ident || k.is_keyword());
        let added = pieces[star].added && pieces[star].is(T::Star) && pieces[blank].kind == Kind::Space;
        if kept && added && is_word(word) && is_word(name) {
            inserts.push((star, blank));
        }
    }
    for (_, blank) in &inserts {
        pieces[*blank].gone = true;
    }
    insert_blanks(pieces, &inserts.iter().map(|i| i.0).collect::<Vec<_>>());
}

/// The rule for the joint between the `n`-th and the next live piece.
fn wants_blank(pieces: &[Piece], live: &[usize], n: usize, file: &[u8]) -> bool {
    let (p, q) = (&pieces[live[n]], &pieces[live[n + 1]]);
    if q.kind == Kind::Comment {
        return q.added;
    }
    if p.kind == Kind::Comment {
        return q.added;
    }
    let left = p.bytes(file);
    if p.is(T::Comma) && !p.added {
        let behind = live[n + 1..].iter().map(|i| &pieces[*i]).find(|p| !p.added);
        return q.added && behind.is_some_and(|p| matches!(p.kind, Kind::Space | Kind::Newline));
    }
    if p.is(T::Comma) && p.added {
        return matches!(q.kind, Kind::Code(_)) && !q.is(T::RParen);
    }
    if !(left.last().is_some_and(|b| is_word(*b)) || p.is(T::RParen) || p.is(T::RBracket)) {
        return false;
    }
    let right = q.bytes(file);
    if right.first().is_some_and(|b| is_word(*b) || *b == b'"' || *b == b'\'') {
        return true;
    }
    if q.is(T::LBrace) && left.last().is_some_and(|b| is_word(*b)) {
        return true;
    }
    let Kind::Code(kind) = q.kind else { return false };
    is_operator(kind) && followed_by_blank(pieces, live, n + 1)
}

fn followed_by_blank(pieces: &[Piece], live: &[usize], n: usize) -> bool {
    live.get(n + 1).is_some_and(|i| matches!(pieces[*i].kind, Kind::Space | Kind::Newline))
}

fn is_operator(kind: T) -> bool {
    kind.is_punct()
        && !matches!(
            kind,
            T::LParen
                | T::RParen
                | T::LBrace
                | T::RBrace
                | T::LBracket
                | T::RBracket
                | T::Semi
                | T::Comma
                | T::Dot
                | T::Arrow
                | T::Colon
                | T::Ellipsis
                | T::PlusPlus
                | T::MinusMinus
        )
}

/// `--smpl-spacing`: blanks between added tokens as the rule writes them.
pub(super) fn smpl_spacing(pieces: &mut Vec<Piece>, rule_text: &[u8]) {
    let mut i = 0;
    let mut last: Option<(usize, u32)> = None;
    while i < pieces.len() {
        if pieces[i].gone || (pieces[i].kind == Kind::Space && pieces[i].added) {
            i += 1;
            continue;
        }
        if !pieces[i].added || !pieces[i].is_code() {
            last = None;
            i += 1;
            continue;
        }
        let origin = pieces[i].origin;
        if let (Some((at, end)), Some((start, _))) = (last, origin)
            && start != UNKNOWN
            && end != UNKNOWN
            && end <= start
        {
            let gap = rule_text.get(end as usize..start as usize).unwrap_or_default();
            if gap.iter().all(|b| matches!(b, b' ' | b'\t')) {
                for p in &mut pieces[at + 1..i] {
                    p.gone = true;
                }
                if !gap.is_empty() {
                    pieces.insert(i, Piece::added(Kind::Space, gap));
                    i += 1;
                }
            }
        }
        last = origin.map(|o| (i, o.1));
        i += 1;
    }
}

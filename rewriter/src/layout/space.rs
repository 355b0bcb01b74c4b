//! Blanks at the joints of added and kept code, commas of lists, braces behind heads (`rewriting.md` 16.7, P8, P10, P12).

use c_syntax::TokenKind as T;
use c_syntax::branches::{Conditional, conditional};
use c_syntax::print::{UNKNOWN, fuses, is_moved, is_word};

use super::piece::{Bytes, Kind, Piece};

/// The pieces that are left, by index.
fn live(pieces: &[Piece<'_>]) -> Vec<usize> {
    (0..pieces.len()).filter(|i| !pieces[*i].gone).collect()
}

/// P10: an added `{` that starts a line moves behind the `)` or `else` of its head, if no comment ends that line; a `while` behind an
/// added `}`.
pub(super) fn pull_up_braces(pieces: &mut Vec<Piece<'_>>, quirks: bool) {
    let mut blanks = Vec::new();
    for i in 0..pieces.len() {
        if !quirks && pieces[i].added && pieces[i].head && pieces[i].is(T::RBrace) {
            pull_up_while(pieces, i);
        }
        if pieces[i].added && pieces[i].head && pieces[i].is(T::LBrace) && !pieces[i].gone && breaks_line(pieces, i) {
            blanks.extend(pull_up(pieces, i, quirks).then_some(i));
        }
    }
    insert_blanks(pieces, &blanks);
}

/// The lines of added directives have nothing else on them, whatever stands beside them (C17 6.10). The reference sees to it for
/// conditionals only, and of other elements only these may stand beside.
pub(super) fn directives_apart(pieces: &mut Vec<Piece<'_>>, file: &[u8], quirks: bool) {
    let is_conditional = |p: &Piece<'_>| conditional(p.bytes(file)) != Conditional::Other;
    let is_apart = |p: &Piece<'_>| p.added && p.kind == Kind::Directive && !p.gone && (!quirks || is_conditional(p));
    let mut breaks = Vec::new();
    let (shared_start, shared_end) = shared_lines(pieces, file);
    for i in 0..pieces.len() {
        if !is_apart(&pieces[i]) {
            continue;
        }
        let whole = is_conditional(&pieces[i]);
        let solid = |j: &usize| !pieces[*j].gone && pieces[*j].kind != Kind::Space;
        let before = (0..i).rev().find(solid);
        let breaks_before = before.map_or(shared_start && whole, |j| !pieces[j].is_newline());
        let before = before.filter(|_| breaks_before);
        // The words of other directives are pieces of their own.
        let goes_on =
            |j: &usize| pieces[*j].kind == Kind::Comment || !whole && pieces[*j].added && pieces[*j].is_code();
        let behind = (i + 1..pieces.len()).filter(solid).find(|j| !goes_on(j));
        let behind = behind.or((shared_end && whole).then_some(pieces.len()));
        let behind = behind.filter(|j| pieces.get(*j).is_none_or(|p| !p.is_newline()));
        breaks.extend(breaks_before.then_some(i).into_iter().chain(behind));
        let start = if breaks_before { before.map_or(0, |j| j + 1) } else { i };
        let blanks = start..behind.unwrap_or(i);
        for p in pieces[blanks].iter_mut().filter(|p| p.kind == Kind::Space && (whole || !p.added)) {
            p.gone = true;
        }
    }
    if breaks.is_empty() {
        return;
    }
    breaks.sort_unstable();
    breaks.dedup();
    insert_before(pieces, &breaks, Piece::newline);
    for i in 1..pieces.len() {
        if is_apart(&pieces[i]) && pieces[i - 1].added && pieces[i - 1].is_newline() {
            pieces[i - 1].set_column_0();
        }
    }
}

/// The `while` of a `do` moves behind the brace that was added in front of it.
fn pull_up_while(pieces: &mut Vec<Piece<'_>>, brace: usize) {
    let Some(next) = (brace + 1..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].kind != Kind::Space) else {
        return;
    };
    let word = pieces[next + 1..].iter().find(|p| !p.gone && p.kind != Kind::Space);
    if pieces[next].is_newline() && pieces[next].kept() && word.is_some_and(|p| p.is(T::KwWhile)) {
        pieces[next].gone = true;
        pieces.insert(next, Piece::space());
    }
}

fn breaks_line(pieces: &[Piece<'_>], i: usize) -> bool {
    pieces.get(i + 1).is_some_and(|p| p.added && p.is_newline())
}

/// Moves one brace; whether it stays and lacks a blank in front.
fn pull_up(pieces: &mut [Piece<'_>], brace: usize, quirks: bool) -> bool {
    let Some(head) = (0..brace).rev().find(|j| !pieces[*j].gone && pieces[*j].is_code()) else { return false };
    if !(pieces[head].is(T::RParen) || pieces[head].is(T::KwElse) || pieces[head].is(T::KwDo)) {
        return false;
    }
    let mut between = (head + 1..brace).filter(|j| !pieces[*j].gone);
    let first = between.clone().find(|j| pieces[*j].kind != Kind::Space);
    match first {
        None => {
            let joined = between.next().is_none();
            if !quirks {
                drop_emptied_line(pieces, brace + 1, brace + 2);
            }
            return joined;
        }
        Some(j) if pieces[j].kind == Kind::Comment && !quirks => {
            behind_comment(pieces, j, brace);
            return false;
        }
        Some(j) if !pieces[j].is_newline() || pieces[j].added => return false,
        Some(_) => {}
    }
    if pieces[head].is(T::KwDo) && quirks {
        return false;
    }
    // Blanks at the end of the head's line give way.
    let stop = (head + 1..brace).find(|j| pieces[*j].is_newline() && !pieces[*j].gone).unwrap_or(brace);
    for p in &mut pieces[head + 1..stop] {
        p.gone = true;
    }
    let line = (stop..brace).rev().find(|j| pieces[*j].is_newline() && !pieces[*j].gone).unwrap_or(stop);
    // The line break behind the brace becomes the blank in front of it.
    pieces[brace + 1] = Piece::space();
    pieces[head + 1..=brace + 1].rotate_right(2);
    pieces.swap(head + 1, head + 2);
    drop_emptied_line(pieces, line + 2, brace + 2);
    false
}

/// Drops the line behind a line break if from piece `from` on it holds removed code only.
fn drop_emptied_line(pieces: &mut [Piece<'_>], line: usize, from: usize) {
    let Some(end) = (from..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].kind != Kind::Space) else { return };
    if pieces[end].is_newline() && pieces[end].kept() && pieces[from..end].iter().any(|p| p.gone && p.is_code()) {
        for p in pieces[line..end].iter_mut().filter(|p| p.is_newline() || p.kind == Kind::Space) {
            p.gone = true;
        }
    }
}

/// Moves a brace behind the comment that ends the line of its head.
fn behind_comment(pieces: &mut [Piece<'_>], comment: usize, brace: usize) {
    let Some(end) = (comment..brace).find(|j| pieces[*j].is_newline() && !pieces[*j].gone) else { return };
    let line = pieces[comment..end].iter().filter(|p| !p.gone);
    let closed = line.clone().all(|p| p.kind == Kind::Space || (p.kind == Kind::Comment && !p.line_comment));
    if !closed || pieces[end].added {
        return;
    }
    let blank = pieces[end - 1].kind == Kind::Space && !pieces[end - 1].gone;
    pieces[brace + 1] = Piece::space();
    pieces[brace + 1].gone = blank;
    pieces[end..=brace + 1].rotate_right(2);
    pieces.swap(end, end + 1);
}

/// Added code never follows a `//` comment on its line.
pub(super) fn protect_line_comments(pieces: &mut Vec<Piece<'_>>) {
    let mut open = false;
    let mut breaks = Vec::new();
    for (i, p) in pieces.iter().enumerate().filter(|(_, p)| !p.gone) {
        if p.is_newline() {
            open = false;
        } else if p.line_comment {
            open = true;
        } else if open && p.is_code() {
            breaks.push(i);
            open = false;
        }
    }
    insert_before(pieces, &breaks, Piece::newline);
}

/// P8: commas that have lost an element.
pub(super) fn commas(pieces: &mut [Piece<'_>]) {
    // The code in front that stays.
    let mut kept: Vec<u32> = Vec::new();
    for q in 0..pieces.len() {
        if pieces[q].gone || !pieces[q].is_code() {
            continue;
        }
        while let Some(p) = kept.last().map(|p| *p as usize)
            && pieces[p].is(T::Comma)
            && comma_goes(pieces, p, q)
        {
            kept.pop();
            drop_comma(pieces, p);
        }
        if pieces[q].is(T::Comma) {
            let opens =
                kept.last().map(|p| *p as usize).filter(|p| pieces[*p].is(T::LParen) || pieces[*p].is(T::LBrace));
            if opens.is_some_and(|p| !adjacent_in_source(pieces, p, q)) {
                pieces[q].gone = true;
                drop_blanks(pieces, q + 1);
                continue;
            }
        }
        kept.push(q as u32);
    }
}

/// Whether the comma `p` loses its place in front of the code `q`.
fn comma_goes(pieces: &[Piece<'_>], p: usize, q: usize) -> bool {
    let nothing_between = || !adjacent_in_source(pieces, p, q) && (pieces[q].is(T::Comma) || pieces[q].is(T::RParen));
    !pieces[p].removed_by().is_empty() || nothing_between()
}

/// Removes a comma and, if it was added, the blank behind it.
fn drop_comma(pieces: &mut [Piece<'_>], at: usize) {
    pieces[at].gone = true;
    if pieces[at].added {
        drop_blanks(pieces, at + 1);
    }
}

fn drop_blanks(pieces: &mut [Piece<'_>], from: usize) {
    for p in pieces[from..].iter_mut().take_while(|p| p.gone || p.kind == Kind::Space) {
        p.gone = true;
    }
}

fn adjacent_in_source(pieces: &[Piece<'_>], p: usize, q: usize) -> bool {
    match (pieces[p].token(), pieces[q].token()) {
        (Some(a), Some(b)) => a.0 + 1 == b.0,
        _ => false,
    }
}

/// P8: commas that an added element needs.
pub(super) fn missing_commas(pieces: &mut Vec<Piece<'_>>) {
    let mut missing: Vec<usize> = Vec::new();
    for i in 0..pieces.len() {
        if pieces[i].element_start && !pieces[i].gone {
            let prev = (0..i).rev().find(|j| !pieces[*j].gone && pieces[*j].is_code());
            if let Some(j) = prev
                && !(pieces[j].is(T::Comma) || pieces[j].is(T::LBrace) || pieces[j].is(T::LParen))
                && missing.last() != Some(&(j + 1))
            {
                missing.push(j + 1);
            }
        }
        if pieces[i].element_end && !pieces[i].gone {
            let next = (i + 1..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].is_code());
            if let Some(j) = next
                && !(pieces[j].is(T::Comma) || pieces[j].is(T::RBrace) || pieces[j].is(T::RParen))
            {
                missing.push(i + 1);
            }
        }
    }
    insert_before(pieces, &missing, || Piece::code(T::Comma));
}

/// P12: one blank where added and kept code would stand too close.
pub(super) fn joints(pieces: &mut Vec<Piece<'_>>, file: &[u8], quirks: bool) {
    if !quirks {
        close_up(pieces);
    }
    let mut inserts = Vec::new();
    let mut left = pieces.iter().enumerate().filter(|(_, p)| !p.gone);
    let Some(mut last) = left.next() else { return };
    for next in left {
        let ((i, p), (at, q)) = (std::mem::replace(&mut last, next), next);
        // What stands side by side in the source stays so.
        if !(p.added || q.added || i + 1 < at)
            || !(p.is_code() || p.kind == Kind::Comment)
            || !(q.is_code() || q.kind == Kind::Comment)
            || !(p.added || q.added) && adjacent_in_source(pieces, i, at)
        {
            continue;
        }
        let fused = p.is_code() && q.is_code() && fuses(p.bytes(file), q.bytes(file));
        if fused
            || (p.added != q.added && wants_blank(pieces, i, at, file, quirks))
            || quirks && parted_from_colon(p, q) && followed_by_blank(pieces, at)
        {
            inserts.push(at);
        }
    }
    insert_blanks(pieces, &inserts);
}

/// Kept blanks go that would stand inside added parentheses.
fn close_up(pieces: &mut [Piece<'_>]) {
    let mut before = None;
    let mut blank: Option<usize> = None;
    for i in 0..pieces.len() {
        let p = &pieces[i];
        if p.gone {
            continue;
        }
        if p.kind == Kind::Space {
            blank = (!p.added).then_some(i);
            continue;
        }
        let opened = before == Some(T::LParen);
        let closes = p.added && p.is(T::RParen) && before.is_some();
        if let Some(b) = blank.take().filter(|_| opened && p.is_code() || closes) {
            pieces[b].gone = true;
        }
        let p = &pieces[i];
        // Of kept code only matters that it is some.
        before = match p.kind {
            Kind::Code(T::LParen) if p.added => Some(T::LParen),
            Kind::Code(_) => Some(T::Ident),
            _ => None,
        };
    }
}

/// Whether the reference puts a blank between added code and the colon behind it: not behind a literal.
fn parted_from_colon(p: &Piece<'_>, q: &Piece<'_>) -> bool {
    let literal = matches!(p.kind, Kind::Code(T::Number | T::Char | T::Str));
    p.added && p.is_code() && !literal && q.is(T::Colon) && !q.added
}

/// Inserts a blank in front of each of the pieces at ascending indices.
fn insert_blanks(pieces: &mut Vec<Piece<'_>>, before: &[usize]) {
    insert_before(pieces, before, Piece::space);
}

/// Inserts a piece in front of each of the pieces at ascending indices.
pub(super) fn insert_before<'a>(pieces: &mut Vec<Piece<'a>>, before: &[usize], new: fn() -> Piece<'a>) {
    let mut end = pieces.len();
    pieces.resize(end + before.len(), new());
    let mut free = pieces.len();
    for at in before.iter().rev() {
        let at = (*at).min(end);
        free -= end - at;
        pieces.copy_within(at..end, free);
        end = at;
        free -= 1;
        pieces[free] = new();
    }
}

/// Added comments and directives over lines end these as the file does. The lines of a comment that begin with `*` are indented like the
/// one on which it starts, but not in the reference.
pub(super) fn inner_lines<'a>(pieces: &mut [Piece<'a>], bytes: Bytes<'a>, eol: &[u8], quirks: bool) {
    let file = bytes.file;
    for i in 0..pieces.len() {
        let p = &pieces[i];
        let over_lines = p.added && matches!(p.kind, Kind::Comment | Kind::Directive);
        let Some(text) = p.text.filter(|t| over_lines && t.contains(&b'\n')) else { continue };
        let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l)).collect();
        let starred = lines[1..].iter().all(|l| l.trim_ascii_start().starts_with(b"*"));
        let indent = match pieces[..i].iter().rev().find(|p| !p.gone) {
            Some(p) if p.is_newline() => p.bytes(file).rsplit(|b| *b == b'\n').next().unwrap_or(b""),
            _ => b"",
        };
        let starts_line = pieces[..i].iter().rev().find(|p| !p.gone).is_none_or(Piece::is_newline);
        let mut new = lines[0].to_vec();
        for line in &lines[1..] {
            new.extend_from_slice(eol);
            if starred && starts_line && !quirks && p.kind == Kind::Comment {
                new.extend_from_slice(indent);
                new.push(b' ');
                new.extend_from_slice(line.trim_ascii_start());
            } else {
                new.extend_from_slice(line);
            }
        }
        pieces[i].text = Some(bytes.copy(&new));
    }
}

/// Added comments among the code of a macro end before the backslash of their line.
pub(super) fn end_comments_of_macro<'a>(pieces: &mut [Piece<'a>], bytes: Bytes<'a>) {
    let last = pieces.iter().rposition(|p| p.is_code() && !p.gone).unwrap_or(0);
    for p in pieces[..last].iter_mut().filter(|p| p.added && p.kind == Kind::Comment) {
        let words = p.text.and_then(|t| t.strip_prefix(b"//"));
        let Some(words) = words.filter(|w| memchr::memmem::find(w, b"*/").is_none()) else { continue };
        p.text = Some(bytes.concat(&[b"/* ", words.trim_ascii(), b" */"]));
    }
}

/// Whether code of other elements stands on the line on which the pieces start, and on the one on which they end.
fn shared_lines(pieces: &[Piece<'_>], file: &[u8]) -> (bool, bool) {
    let blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\r');
    let mut sources = pieces.iter().filter(|p| !p.added);
    let Some(first) = sources.next() else { return (false, false) };
    let end = sources.next_back().unwrap_or(first).end();
    let before = file[..first.start()].iter().rev().find(|b| !blank(b));
    let behind = file[end..].iter().find(|b| !blank(b));
    (before.is_some_and(|b| *b != b'\n'), behind.is_some_and(|b| *b != b'\n'))
}

/// A `*` added between a type and a name takes the blank in front of it.
pub(super) fn stars(pieces: &mut Vec<Piece<'_>>) {
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

/// The rule for the joint between the pieces at two indices, between which none is left.
fn wants_blank(pieces: &[Piece<'_>], before: usize, at: usize, file: &[u8], quirks: bool) -> bool {
    let (p, q) = (&pieces[before], &pieces[at]);
    if q.kind == Kind::Comment {
        return q.added && (quirks || !p.is(T::LParen));
    }
    if p.kind == Kind::Comment {
        return q.added;
    }
    let left = p.bytes(file);
    if p.is(T::Comma) && !p.added {
        let behind = pieces[at..].iter().find(|p| !p.gone && !p.added);
        return q.added && behind.is_some_and(|p| matches!(p.kind, Kind::Space | Kind::Newline));
    }
    if p.is(T::Comma) && p.added {
        return matches!(q.kind, Kind::Code(_)) && !q.is(T::RParen);
    }
    let operand = match p.kind {
        // The reference puts no blank behind them.
        Kind::Code(T::Number | T::Char | T::Str) => !quirks,
        _ => left.last().is_some_and(|b| is_word(*b)) || p.is(T::RParen) || p.is(T::RBracket),
    };
    let label = p.is(T::Colon) && p.kept() && q.added && !quirks;
    if label && matches!(q.kind, Kind::Code(k) if k == T::Ident || k.is_keyword()) {
        return true;
    }
    if !operand {
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
    is_operator(kind) && followed_by_blank(pieces, at)
}

/// Whether white space is what is left behind a piece.
fn followed_by_blank(pieces: &[Piece<'_>], at: usize) -> bool {
    let next = pieces[at + 1..].iter().find(|p| !p.gone);
    next.is_some_and(|p| matches!(p.kind, Kind::Space | Kind::Newline))
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
pub(super) fn smpl_spacing<'a>(pieces: &mut Vec<Piece<'a>>, rule_text: &'a [u8]) {
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
        let origin = pieces[i].origin().filter(|_| !is_moved(pieces[i].origin()));
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

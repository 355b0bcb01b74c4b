//! Breaking of argument lists that an edit made too long (`rewriting.md` section 7, procedure P13).
//!
//! Kept lines of a list that an edit touches stay where they are, but for those that stood behind a bracket that moved.

use c_syntax::TokenKind as T;
use c_syntax::print::width;

use super::Style;
use super::columns::pad;
use super::piece::{Bytes, Indent, Kind, Piece, indent_of, is_blank};

/// The outermost open list of the line.
struct Bottom {
    /// The blank behind the last comma, or the comma.
    cell: Option<usize>,
    /// Whether added code came since the last line break that stays as it is.
    touched: bool,
    /// Whether the line is one of the source, in front of which a line break came.
    settled: bool,
    /// Where the line starts, if it is what was broken off from the one above it.
    broken_off: Option<usize>,
    /// Whether the list is the head of a `for`, a part of which came.
    parts: bool,
}

impl Bottom {
    /// That of a list that opens.
    fn new(touched: bool) -> Self {
        Self { cell: None, touched, settled: false, broken_off: None, parts: false }
    }
}

/// An open bracket.
struct Open {
    /// The column behind it.
    column: usize,
    /// Where it ends in the source, or the bracket that it replaces.
    source: Option<usize>,
    /// Whether it came around code that was in no list.
    new: bool,
    /// Whether its lines move with it: those of an initialiser keep the style of their author.
    moves: bool,
    /// The white space in front of the last line of the list that stays as it is: its next lines follow it.
    line: Option<Vec<u8>>,
}

/// What broken lines are made of.
struct Lines<'a> {
    quirks: bool,
    max_width: usize,
    file: &'a [u8],
    eol: &'a [u8],
    /// What stands in front of a continuation line as often as it fits; the rest are blanks.
    unit: &'a [u8],
}

impl Lines<'_> {
    /// White space up to a column.
    fn blanks(&self, column: usize) -> Vec<u8> {
        let step = width(self.unit, 0).max(1);
        [self.unit.repeat(column / step), vec![b' '; column % step]].concat()
    }

    /// What stands in front of a new line of the list.
    fn indentation(&self, list: &Open) -> Vec<u8> {
        list.line.clone().unwrap_or_else(|| self.blanks(list.column))
    }

    /// The indentation of a kept line of the list that goes with its bracket: it was in line with it, and is no longer.
    /// In the reference lines that would stand left of the bracket do.
    fn moved(&self, list: &Open, newline: &Piece<'_>) -> Option<Vec<u8>> {
        let at = column_of(newline, self.file);
        if self.quirks {
            let indent = self.indentation(list);
            return (at < width(&indent, 0)).then_some(indent);
        }
        if list.new && at != list.column {
            return Some(self.blanks(list.column));
        }
        let end = list.source.filter(|_| at != list.column)?;
        // Some authors put a blank behind their brackets.
        let end = end + self.file[end..].iter().take_while(|b| is_blank(**b)).count();
        let line = memchr::memrchr(b'\n', &self.file[..end]).map_or(0, |i| i + 1);
        let was = width(indent_of(newline.source_bytes(self.file)), 0);
        (width(&self.file[line..end], 0) == was).then(|| self.blanks(list.column))
    }

    /// The column to which the next line of the list goes, if it does not stay as it is.
    fn new_column(&self, list: &Open, newline: &Piece<'_>) -> Option<usize> {
        if newline.indent() == Indent::Aligned {
            return Some(list.column);
        }
        self.moved(list, newline).map(|indent| width(&indent, 0))
    }

    /// The indentation of the next line of a list that is open at piece `at`: new lines in front of it follow it.
    fn of_next_line(&self, pieces: &[Piece<'_>], at: usize, list: &Open) -> Option<Vec<u8>> {
        let mut depth = 0;
        for p in pieces[at..].iter().filter(|p| !p.gone) {
            match p.kind {
                Kind::Code(T::LParen | T::LBracket | T::LBrace) => depth += 1,
                Kind::Code(T::RParen | T::RBracket | T::RBrace) if depth == 0 => return None,
                Kind::Code(T::RParen | T::RBracket | T::RBrace) => depth -= 1,
                Kind::Newline if depth == 0 && p.indent() == Indent::Aligned => return None,
                Kind::Newline if depth == 0 => {
                    if let Some(moved) = self.moved(list, p).filter(|_| !p.added) {
                        return Some(moved);
                    }
                    // What stands further right is in line with something else.
                    let follows = p.added || column_of(p, self.file) <= list.column;
                    return follows.then(|| indent_of(p.bytes(self.file)).to_vec());
                }
                _ => {}
            }
        }
        None
    }
}

/// Where the reading of columns is.
struct Columns<'a> {
    file: &'a [u8],
    /// The piece that comes next.
    at: usize,
    /// The column at which it starts.
    column: usize,
}

impl Columns<'_> {
    /// The column behind piece `i`.
    fn behind(&mut self, pieces: &[Piece<'_>], i: usize) -> usize {
        let last = pieces[self.at..=i].iter().rposition(|p| p.is_newline() && !p.gone);
        if let Some(newline) = last.map(|n| self.at + n) {
            self.column = column_of(&pieces[newline], self.file);
            self.at = newline + 1;
        }
        for p in pieces[self.at..=i].iter().filter(|p| !p.gone) {
            self.column = width(p.bytes(self.file), self.column);
        }
        self.at = i + 1;
        self.column
    }
}

/// The end of the list that a piece opens, if nothing is added inside.
fn end_of_unchanged(pieces: &[Piece<'_>], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (n, p) in pieces[open..].iter().enumerate() {
        match p.kind {
            _ if p.gone => {}
            _ if p.added => return None,
            Kind::Code(T::LParen | T::LBracket | T::LBrace) => depth += 1,
            Kind::Code(T::RParen | T::RBracket | T::RBrace) if depth == 1 => return Some(open + n),
            Kind::Code(T::RParen | T::RBracket | T::RBrace) => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Breaks lists where a line would go beyond the limit, and keeps their lines in line with brackets that move. In the reference only lines
/// move that would stand left of the bracket of a list which got new code.
pub(super) fn wrap<'a>(pieces: &mut [Piece<'a>], style: &Style, bytes: Bytes<'a>, eol: &[u8], unit: &[u8]) {
    let file = bytes.file;
    // The reference takes whole units of indentation, ours are tabs wherever tabs indent.
    let unit = match unit {
        _ if style.quirks => unit,
        _ if unit.contains(&b'\t') => b"\t",
        _ => b" ",
    };
    let lines = Lines { quirks: style.quirks, max_width: style.max_width, file, eol, unit };
    let mut columns = Columns { file, at: 0, column: first_column(pieces, file) };
    let mut open: Vec<Open> = Vec::new();
    let mut bottom: Option<Bottom> = None;
    let mut last_code: Option<T> = None;
    // Whether what stands on this line may stand in another column than before.
    let mut shifted = false;
    // What comes in front of this one is done.
    let mut from = 0;
    for i in 0..pieces.len() {
        if i < from {
            continue;
        }
        shifted = !pieces[i].kept() || if pieces[i].is_newline() { pieces[i].text.is_some() } else { shifted };
        if pieces[i].gone {
            continue;
        }
        if open.is_empty() {
            let Kind::Code(kind) = pieces[i].kind else { continue };
            let opens = matches!(kind, T::LParen | T::LBracket) || kind == T::LBrace && last_code == Some(T::Eq);
            last_code = Some(kind);
            if !opens {
                continue;
            }
            if let Some(end) = end_of_unchanged(pieces, i).filter(|_| style.quirks || !shifted) {
                if let Kind::Code(kind) = pieces[end].kind {
                    last_code = Some(kind);
                }
                from = end + 1;
                continue;
            }
        }
        if pieces[i].is_newline() {
            if let (false, Some(list)) = (style.quirks, open.first()) {
                let before = columns.behind(pieces, i - 1);
                if overflow(pieces, &mut bottom, list, &mut columns, i - 1, (&lines, bytes)) {
                    // The lists that are open on the line went with what was broken off.
                    let behind = columns.column;
                    for inner in open.iter_mut().skip(1).filter(|l| l.line.is_none()) {
                        inner.column = (inner.column + behind).saturating_sub(before);
                    }
                }
            }
            let broken_off = bottom.as_mut().and_then(|b| b.broken_off.take());
            if let (Some(start), [list]) = (broken_off, &open[..])
                && lines.new_column(list, &pieces[i]) == Some(start)
                && joins(pieces, i, columns.behind(pieces, i - 1), list, &lines)
            {
                pieces[i].kind = Kind::Space;
                pieces[i].text = Some(b" ");
                continue;
            }
            match (pieces[i].indent(), open.last()) {
                (Indent::Aligned, Some(list)) => {
                    pieces[i].text = Some(bytes.concat(&[eol, &lines.blanks(list.column)]));
                }
                (Indent::Infer, Some(list)) if pieces[i].added && list.moves && !style.quirks => {
                    pieces[i].text = Some(bytes.concat(&[eol, &lines.indentation(list)]));
                }
                _ => {}
            }
            let mut moved = false;
            if let (Some(b), Some(list)) = (&bottom, open.last())
                && (b.touched || !style.quirks)
                && list.moves
                && !pieces[i].added
                && continues(pieces, i)
                && let Some(indent) = lines.moved(list, &pieces[i])
            {
                pieces[i].text = Some(bytes.concat(&[line_end(pieces[i].bytes(file)), &indent]));
                moved = true;
                shifted = true;
            }
            if let (Some(b), Some(list)) = (&mut bottom, open.last_mut()) {
                let own = if pieces[i].added { !style.quirks && pieces[i].indent() != Indent::Aligned } else { !moved };
                if own {
                    list.line = Some(indent_of(pieces[i].bytes(file)).to_vec());
                }
                b.cell = None;
                // The lines of a value that move with the bracket may become too long.
                b.touched = moved || !style.quirks && pieces[i].indent() == Indent::Aligned;
                b.settled = false;
            }
            continue;
        }
        if let Some(b) = &mut bottom {
            let closes = !style.quirks && matches!(pieces[i].kind, Kind::Code(T::RParen | T::RBracket | T::Semi));
            let new = pieces[i].comes() && pieces[i].is_code() && !closes;
            b.touched |= new;
            b.settled &= !new;
        }
        let Kind::Code(kind) = pieces[i].kind else { continue };
        match kind {
            T::LParen | T::LBracket => {
                if open.is_empty() {
                    bottom = Some(Bottom::new(pieces[i].comes() && !style.quirks));
                }
                let padded =
                    !style.quirks && pieces[i + 1..].iter().find(|p| !p.gone).is_some_and(|p| p.kind == Kind::Space);
                let column = columns.behind(pieces, i) + usize::from(padded);
                let source = source_of(pieces, i);
                let new = pieces[i].added && source.is_none() && open.is_empty();
                open.push(Open { column, source, new, moves: true, line: None });
            }
            T::LBrace => {
                if open.is_empty() {
                    bottom = Some(Bottom::new(false));
                }
                // In the reference the lines of an initialiser start in the first column.
                let blank = pieces[i + 1..].iter().find(|p| !p.gone).is_some_and(|p| p.kind == Kind::Space);
                let column = if style.quirks { 0 } else { columns.behind(pieces, i) + usize::from(blank) };
                open.push(Open { column, source: None, new: false, moves: style.quirks, line: None });
            }
            T::RParen | T::RBracket | T::RBrace => {
                if open.len() == 1 {
                    overflow(pieces, &mut bottom, &open[0], &mut columns, i, (&lines, bytes));
                    bottom = None;
                }
                open.pop();
            }
            T::AmpAmp | T::PipePipe | T::Semi if open.len() == 1 && !style.quirks => {
                overflow(pieces, &mut bottom, &open[0], &mut columns, i, (&lines, bytes));
                let next = (i + 1..pieces.len()).find(|j| !pieces[*j].gone);
                if let (Some(b), Some(j)) = (&mut bottom, next.filter(|j| pieces[*j].kind == Kind::Space)) {
                    // The parts of the head of a `for` stay whole if they can.
                    if kind == T::Semi || b.cell.is_none() || !b.parts {
                        b.cell = Some(j);
                    }
                    b.parts |= kind == T::Semi;
                }
            }
            T::Comma if open.len() == 1 => {
                overflow(pieces, &mut bottom, &open[0], &mut columns, i, (&lines, bytes));
                let next = (i + 1..pieces.len()).find(|j| !pieces[*j].gone);
                if let (Some(b), Some(j)) = (bottom.as_mut().filter(|b| !b.parts || b.cell.is_none()), next) {
                    let at = if pieces[j].kind == Kind::Space { j } else { i };
                    b.cell = Some(at).filter(|_| !matches!(pieces[j].kind, Kind::Newline | Kind::Comment));
                }
            }
            _ => {}
        }
        last_code = Some(kind);
    }
}

/// If the line is too long at piece `i`, a line break comes in the last place where one can be. Whether it did.
fn overflow<'a>(
    pieces: &mut [Piece<'a>],
    bottom: &mut Option<Bottom>,
    list: &Open,
    columns: &mut Columns<'_>,
    i: usize,
    (lines, bytes): (&Lines<'_>, Bytes<'a>),
) -> bool {
    let Some(b) = bottom else { return false };
    if !b.touched || b.settled || columns.behind(pieces, i) <= lines.max_width {
        return false;
    }
    // A comment at the end of a line stays there.
    let goes = |c: &usize| pieces[(*c + 1).min(i)..=i].iter().any(|p| p.is_code() && !p.gone);
    let Some(place) = b.cell.take().filter(|c| *c < i && goes(c)) else { return false };
    let below = if lines.quirks || list.line.is_some() { None } else { lines.of_next_line(pieces, i, list) };
    // Behind a bracket beyond the limit nothing fits.
    if below.is_none() && list.line.is_none() && list.column >= lines.max_width && !lines.quirks {
        return false;
    }
    let indent = below.unwrap_or_else(|| lines.indentation(list));
    let mut at = width(&indent, 0);
    for p in pieces[place + 1..=i].iter().filter(|p| !p.gone) {
        at = width(p.bytes(lines.file), at);
    }
    columns.column = at;
    let code = pieces[place + 1..=i].iter().filter(|p| !p.gone && p.is_code());
    let own = code.clone().all(|p| !p.added) && code.clone().next().is_some_and(|p| starts_line(lines.file, p.start()));
    b.settled = own && !lines.quirks;
    b.broken_off = (!lines.quirks && !own).then(|| width(&indent, 0));
    let comma: &[u8] = if pieces[place].is(T::Comma) { b"," } else { b"" };
    pieces[place].text = Some(bytes.concat(&[comma, lines.eol, &indent]));
    true
}

/// Whether the next line of a list, behind the line break at piece `i`, fits on a line that ends in a column; of one that moves with its
/// bracket, whether its first element does: such lines are filled.
fn joins(pieces: &[Piece<'_>], i: usize, column: usize, list: &Open, lines: &Lines<'_>) -> bool {
    let last = pieces[..i].iter().rev().find(|p| !p.gone);
    let aligned = pieces[i].indent() == Indent::Aligned;
    let filled = aligned || lines.moved(list, &pieces[i]).is_some();
    let mut depth = 0;
    let mut ends = |p: &&Piece<'_>| {
        depth += match p.kind {
            Kind::Code(T::LParen | T::LBracket | T::LBrace) => 1,
            Kind::Code(T::RParen | T::RBracket | T::RBrace) => -1,
            _ => 0,
        };
        p.is_newline() || filled && depth == 0 && p.is(T::Comma)
    };
    let next = pieces[i + 1..].iter().filter(|p| !p.gone).take_while(|p| !ends(p));
    let end = next.fold(column + 1, |at, p| width(p.bytes(lines.file), at)) + usize::from(filled);
    (pieces[i].kept() || filled)
        && last.is_some_and(|p| p.is(T::Comma))
        && continues(pieces, i)
        && end <= lines.max_width
}

/// Whether code of the list, or a comment, stands behind the line break at piece `i`.
fn continues(pieces: &[Piece<'_>], i: usize) -> bool {
    let next = pieces[i + 1..].iter().find(|p| !p.gone).map(|p| p.kind);
    !matches!(next, None | Some(Kind::Newline | Kind::Directive | Kind::Code(T::RParen | T::RBracket | T::RBrace)))
}

/// Whether there is only white space in front of a byte on its line.
fn starts_line(file: &[u8], at: usize) -> bool {
    file[..at].iter().rev().find(|b| !is_blank(**b)).is_none_or(|b| *b == b'\n')
}

/// The column of what stands behind a line break.
fn column_of(newline: &Piece<'_>, file: &[u8]) -> usize {
    width(indent_of(newline.bytes(file)), 0)
}

/// Where a bracket ends in the source, or what an added one stands in front of starts, or where the one ends that it replaces.
fn source_of(pieces: &[Piece<'_>], at: usize) -> Option<usize> {
    let next = pieces[at + 1..].iter().find(|p| !p.gone);
    if let Some(value) = next.filter(|p| pieces[at].added && !p.added && p.is_code()) {
        return Some(value.start());
    }
    let changed = |p: &&Piece<'_>| p.gone || p.added;
    let old = |p: &&Piece<'_>| !p.added && p.is(T::LParen);
    let before = || pieces[..at].iter().rev().take_while(changed).find(old);
    let behind = || pieces[at..].iter().take_while(changed).find(old);
    let own = Some(&pieces[at]).filter(|p| !p.added);
    own.or_else(before).or_else(behind).map(|p| p.end())
}

/// The line break itself, without the white space of the next line.
fn line_end(newline: &[u8]) -> &[u8] {
    &newline[..memchr::memrchr(b'\n', newline).map_or(0, |i| i + 1)]
}

/// The column at which the first piece starts.
fn first_column(pieces: &[Piece<'_>], file: &[u8]) -> usize {
    let Some(start) = pieces.iter().find(|p| !p.added).map(Piece::start) else { return 0 };
    let line = memchr::memrchr(b'\n', &file[..start]).map_or(0, |i| i + 1);
    width(&file[line..start], 0)
}

/// In a macro body the backslashes of changed and added lines stand in the column of the nearest original one, if that is aligned.
pub(super) fn align_continuations<'a>(pieces: &mut [Piece<'a>], bytes: Bytes<'a>) {
    let file = bytes.file;
    let aligned: Vec<(usize, Backslash)> =
        (0..pieces.len()).filter_map(|i| Backslash::of(&pieces[i], file).map(|b| (i, b))).collect();
    let mut column = first_column(pieces, file);
    for i in 0..pieces.len() {
        if pieces[i].gone {
            continue;
        }
        if !pieces[i].is_newline() {
            column = width(pieces[i].bytes(file), column);
            continue;
        }
        let from = std::mem::replace(&mut column, column_of(&pieces[i], file));
        let own = if pieces[i].added { ended_here(pieces, i) } else { Some(i) };
        let backslash = match own {
            Some(own) => aligned.iter().find(|a| a.0 == own),
            None => aligned.iter().min_by_key(|a| a.0.abs_diff(i)),
        };
        let Some((at, backslash)) = backslash.filter(|(at, b)| *at != i || b.behind != from) else { continue };
        let line = pieces[i].bytes(file);
        let Some(text) = line[line.iter().take_while(|b| is_blank(**b)).count()..].strip_prefix(b"\\") else {
            continue;
        };
        let pad = if own == Some(*at) && backslash.behind == from {
            pieces[*at].source_bytes(file).iter().copied().take_while(|b| is_blank(*b)).collect()
        } else {
            pad(from, backslash.column, backslash.tabs)
        };
        pieces[i].text = Some(bytes.concat(&[&pad, b"\\", text]));
    }
}

/// The original line break that ended the line which an added one ends, if the line is what it was.
fn ended_here(pieces: &[Piece<'_>], at: usize) -> Option<usize> {
    let kept = |p: &&Piece<'_>| !p.gone || !p.added;
    let whole = pieces[..at].iter().rev().find(kept).is_some_and(Piece::kept);
    let next = (at..pieces.len()).find(|i| !pieces[*i].added)?;
    (whole && pieces[next].is_newline()).then_some(next)
}

/// An original backslash to which more than one blank leads.
struct Backslash {
    /// The column behind the code of its line.
    behind: usize,
    column: usize,
    /// Whether tabs lead to it.
    tabs: bool,
}

impl Backslash {
    fn of(p: &Piece<'_>, file: &[u8]) -> Option<Self> {
        if p.added || !p.is_newline() {
            return None;
        }
        let bytes = p.source_bytes(file);
        let blanks = bytes.iter().take_while(|b| is_blank(**b)).count();
        let aligned = bytes.get(blanks) == Some(&b'\\') && (blanks > 1 || bytes.first() == Some(&b'\t'));
        let line = memchr::memrchr(b'\n', &file[..p.start()]).map_or(0, |i| i + 1);
        let behind = width(&file[line..p.start()], 0);
        let blanks = &bytes[..blanks];
        aligned.then(|| Self { behind, column: width(blanks, behind), tabs: blanks.contains(&b'\t') })
    }
}

/// Added lines before and behind what stays of a macro are no part of it.
pub(super) fn end_lines_around(pieces: &mut [Piece<'_>]) {
    let stays = |p: &Piece<'_>| !p.added && !p.gone && (p.is_code() || p.kind == Kind::Directive);
    let first = pieces.iter().position(stays).unwrap_or(pieces.len());
    let last = pieces.iter().rposition(stays).unwrap_or(0);
    for (i, p) in pieces.iter_mut().enumerate() {
        if p.added
            && (i < first || i > last)
            && p.is_newline()
            && let Some(rest) = p.text.and_then(|t| t.strip_prefix(b" \\"))
        {
            p.text = Some(rest);
        }
    }
}

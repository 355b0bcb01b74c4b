//! Columns: what stood behind tabs or several blanks in removed code, below or above what stands there too, does so in the code that
//! comes in its place.

use c_syntax::TokenKind as T;
use c_syntax::print::{is_word, width};

use smpl_parser::ast::FragmentKind as F;

use super::piece::{Bytes, Kind, Piece};
use super::place::Slot;
use super::plus::Printed;

/// White space from one column to another, but one blank at least.
pub(super) fn pad(mut at: usize, column: usize, tabs: bool) -> Vec<u8> {
    let mut out = Vec::new();
    while at < column {
        let step = at / 8 * 8 + 8 - at;
        let fits = tabs && at + step <= column;
        out.push(if fits { b'\t' } else { b' ' });
        at += if fits { step } else { 1 };
    }
    if out.is_empty() { b" ".to_vec() } else { out }
}

/// A wide gap between two tokens of the source.
struct Gap<'a> {
    before: &'a [u8],
    behind: &'a [u8],
    /// The column of what stands behind it.
    column: usize,
    tabs: bool,
    /// Whether it is on the first line.
    first: bool,
}

/// The wide gaps in front of `=` and in the specifiers and names in front of it, or of brackets.
fn gaps<'a>(old: &[Piece<'_>], file: &'a [u8]) -> Vec<Gap<'a>> {
    let mut out = Vec::new();
    let (mut heads, mut first) = (true, true);
    for w in old.windows(3) {
        let [a, blank, b] = w else { break };
        heads |= a.is_newline();
        first &= !a.is_newline();
        heads &= match a.kind {
            Kind::Code(T::Ident | T::Dot | T::Arrow | T::Star | T::RBracket) => true,
            Kind::Code(kind) => kind.is_keyword() && kind != T::KwReturn,
            _ => true,
        };
        let blanks = blank.source_bytes(file);
        let wide = blank.kind == Kind::Space && (blanks.len() > 1 || blanks == b"\t");
        if wide && heads && a.is_code() && b.is_code() {
            let Some(line) = line_of(file, b.start()) else { break };
            let column = width(&file[line..b.start()], 0);
            if is_shared(file, line, column) {
                out.push(Gap {
                    before: a.source_bytes(file),
                    behind: b.source_bytes(file),
                    column,
                    tabs: blanks.contains(&b'\t'),
                    first,
                });
            }
        }
    }
    out
}

/// Lines longer than this have no columns.
const LONG: usize = 512;

/// Where the line of a byte starts, unless it is long.
fn line_of(file: &[u8], at: usize) -> Option<usize> {
    let from = at.saturating_sub(LONG);
    match memchr::memrchr(b'\n', &file[from..at]) {
        Some(i) => Some(from + i + 1),
        None => (from == 0).then_some(0),
    }
}

/// Whether on the line above or below the one that starts at `line` something starts in a column too: then it is one.
fn is_shared(file: &[u8], line: usize, column: usize) -> bool {
    let end = line.saturating_sub(1);
    let above = line_of(file, end).map(|start| &file[start..end]);
    let rest = &file[line..file.len().min(line + LONG)];
    let below = memchr::memchr(b'\n', rest).map(|i| &file[line + i + 1..file.len().min(line + i + LONG)]);
    let below = below.and_then(|text| text.split(|b| *b == b'\n').next());
    [above, below].into_iter().flatten().any(|text| {
        let mut at = 0;
        let starts = text.iter().enumerate().find(|(i, _)| {
            let here = at;
            at = width(&text[*i..=*i], at);
            here >= column
        });
        starts.is_some_and(|(i, b)| {
            let blank = |b: &u8| matches!(b, b' ' | b'\t');
            let parted = i > 0 && blank(&text[i - 1]);
            parted && !blank(b) && width(&text[..i], 0) == column
        })
    })
}

/// Whether fragments are members of a list, or declarations: the comma behind an initialiser is a fragment of its own.
pub(super) fn are_members(fragments: &[Printed]) -> bool {
    let member = |f: &Printed| matches!(f.kind, F::Field | F::Declaration | F::Initialiser);
    fragments.iter().any(member) && fragments.iter().all(|f| member(f) || f.kind == F::Token)
}

/// Puts what is added on one side of the code at a place into the columns of the lines there: the names of declarations, or the `=` of fields
/// of an initialiser.
pub(super) fn join_beside<'a>(added: &mut [Piece<'a>], here: usize, slot: Slot, bytes: Bytes<'a>) {
    let file = bytes.file;
    let lines = lines_beside(here, slot, file);
    for part in added.split_mut(Piece::is_newline) {
        let Some(first) = part.iter().find(|p| p.is_code()) else { continue };
        let field = first.is(T::Dot);
        let (Some(column), Some(gap)) = (shared_column(&lines, field), gap_of(part, field)) else { continue };
        let at = part[..gap].iter().fold(column.indent, |at, p| width(p.bytes(file), at));
        part[gap].text = Some(bytes.copy(&pad(at, column.at, column.tabs)));
    }
}

/// Whether there are columns of declarations on one side of the code at a place.
pub(super) fn are_beside(here: usize, slot: Slot, file: &[u8]) -> bool {
    shared_column(&lines_beside(here, slot, file), false).is_some()
}

/// The lines of the code at a place, and on one side of it.
fn lines_beside(here: usize, slot: Slot, file: &[u8]) -> [&[u8]; 2] {
    let other = if slot == Slot::After {
        memchr::memchr(b'\n', &file[here..]).map_or(here, |i| here + i + 1)
    } else {
        memchr::memrchr(b'\n', &file[..here]).unwrap_or(here)
    };
    [here, other].map(|at| {
        let rest = line_of(file, at).map_or(&[][..], |start| &file[start..file.len().min(start + LONG)]);
        &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]
    })
}

/// The column of those of the lines that have one, if it is the same.
fn shared_column(lines: &[&[u8]], field: bool) -> Option<Column> {
    let mut columns = lines.iter().filter_map(|text| column_of(text, field));
    columns.next().filter(|c| columns.all(|other| other.at == c.at))
}

/// The column of a line of a list.
struct Column {
    at: usize,
    /// Where its code starts.
    indent: usize,
    tabs: bool,
}

/// Where the name of a declaration stands that a wide gap parts from its type, or the `=` of a field of an initialiser.
fn column_of(text: &[u8], field: bool) -> Option<Column> {
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    let start = text.iter().position(|b| !blank(b))?;
    if (text[start] == b'.') != field {
        return None;
    }
    let name = |b: u8| is_word(b) || b == b'*';
    let end = text.iter().rposition(|b| matches!(b, b';' | b','))?;
    let mut at = start;
    while let Some(gap) = text[at..end].iter().position(blank).map(|i| at + i) {
        let behind = text[gap..end].iter().position(|b| !blank(b)).map(|i| gap + i)?;
        let wide = behind - gap > 1 || text[gap] == b'\t';
        let fits = if field { text[behind] == b'=' } else { name(text[behind]) };
        if fits && wide {
            let tabs = text[gap..behind].contains(&b'\t');
            return Some(Column { at: width(&text[..behind], 0), indent: width(&text[..start], 0), tabs });
        }
        if wide || matches!(text[behind], b'=' | b'/') {
            return None;
        }
        at = behind;
    }
    None
}

/// The blank in front of what goes into the column.
fn gap_of(part: &[Piece<'_>], field: bool) -> Option<usize> {
    let ends = |p: &Piece<'_>| {
        matches!(p.kind, Kind::Code(T::Semi | T::Comma | T::LBracket | T::Colon | T::Eq | T::LParen | T::Star))
    };
    let end = part.iter().position(|p| if field { p.is(T::Eq) } else { ends(p) })?;
    let blank = |p: &Piece<'_>| p.kind == Kind::Space;
    if field || matches!(part[end].kind, Kind::Code(T::Star | T::LParen)) {
        return end.checked_sub(1).filter(|gap| blank(&part[*gap]));
    }
    let name = part[..end].iter().rposition(|p| !blank(p))?;
    part[..name].iter().rposition(blank)
}

/// Widens the blanks of added code that takes the place of `old` to where the columns were.
pub(super) fn keep<'a>(old: &[Piece<'a>], added: &mut [Piece<'a>], bytes: Bytes<'a>) {
    let file = bytes.file;
    let Some(start) = old.iter().find(|p| p.is_code()).map(Piece::start) else { return };
    let Some(line) = line_of(file, start) else { return };
    let gaps = gaps(old, file);
    if gaps.is_empty() {
        return;
    }
    let indent = file[line..start].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let mut column = width(&file[line..start], 0);
    for (line_number, part) in added.split_mut(Piece::is_newline).enumerate() {
        let mut at = 0;
        for gap in &gaps {
            // What is renamed is so where it was; elsewhere both sides tell.
            let one_side = gap.first && line_number == 0;
            let found = (at..part.len().saturating_sub(1)).find(|i| {
                let is = |p: &Piece<'_>, text: &[u8]| p.is_code() && p.bytes(file) == text;
                *i > 0
                    && part[*i].kind == Kind::Space
                    && part[*i].bytes(file) == b" "
                    && match (is(&part[*i - 1], gap.before), is(&part[*i + 1], gap.behind)) {
                        (before, behind) if one_side => before || behind,
                        (before, behind) => before && behind,
                    }
            });
            let Some(found) = found else { continue };
            column = part[at..found].iter().fold(column, |c, p| width(p.bytes(file), c));
            let blanks = pad(column, gap.column, gap.tabs);
            column = width(&blanks, column);
            part[found].text = Some(bytes.copy(&blanks));
            at = found + 1;
        }
        column = width(&file[line..line + indent], 0);
    }
}

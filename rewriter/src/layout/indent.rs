//! Indentation of added lines, and of kept lines whose nesting changed (`rewriting.md` section 4, procedure P11).

use std::ops::Range;

use c_syntax::TokenKind as T;
use c_syntax::print::{Moved, width};
use rustc_hash::FxHashMap;

use super::Style;
use super::depth::{Key, Line, lines};
use super::piece::{Bytes, EMPTY, Indent, Kind, Piece, indent_of};

/// What is learnt from the element, or the file, about units of indentation.
#[derive(Clone, Debug, Default)]
pub(super) struct Learnt {
    pub unit: Option<Vec<u8>>,
    /// Braces on lines of their own stand further right than their heads: lines of one depth differ in their indentation.
    pub half_indented: bool,
    /// Lines end in CR LF.
    pub crlf: bool,
}

/// Gives every added line break its indentation, and shifts kept lines whose depth changed. Returns the unit.
pub(super) fn indent<'a>(
    pieces: &mut [Piece<'a>],
    style: &Style,
    learnt: &'a Learnt,
    bytes: Bytes<'a>,
    eol: &[u8],
) -> &'a [u8] {
    let file = bytes.file;
    if !pieces.iter().any(|p| p.added || (p.gone && p.is_code())) {
        return default_unit(style, bytes);
    }
    let lines = lines(pieces, style.quirks);
    let teaching = teachers(pieces, &lines, style.quirks);
    let units = units_of(pieces, &teaching, style, learnt, bytes);
    let known = known(pieces, &teaching, &lines, file, style.quirks);
    let known = |i: usize| known.binary_search_by_key(&i, |k| k.0).ok().map(|at| &known[at].1);
    shift_kept(pieces, &lines, &units, &known, style, bytes);
    if !pieces.iter().any(|p| p.added && p.is_newline() && !p.gone) {
        return units.at(pieces.len());
    }
    let mut start = Start::default();
    let mut values = Values::default();
    // For each open brace the indentation of its statement, if the brace is added.
    let mut opened: Vec<Option<&[u8]>> = Vec::new();
    // The first line of the added code that a line goes on with: where lines of one depth differ, depths do not tell.
    let mut first: Option<(i32, &[u8])> = None;
    let mut text: Vec<u8> = Vec::new();
    let mut before = 0;
    // The first line break of a macro, behind its name, stands in front of its body.
    let name = pieces.iter().position(Piece::is_code).filter(|_| eol.starts_with(b" \\"));
    let body = name.and_then(|n| lines.iter().find(|l| l.at > n && l.new.is_some_and(|k| k.nest == 0))).map(|l| l.at);
    for line in &lines {
        let (i, new) = (line.at, line.new);
        if pieces[i].gone {
            continue;
        }
        for p in pieces[before..i].iter().filter(|p| p.is_code() && !p.gone) {
            start.pass_piece(p);
            match p.kind {
                Kind::Code(T::LBrace) => opened.push(p.added.then_some(start.indent)),
                Kind::Code(T::RBrace) => drop(opened.pop()),
                _ => {}
            }
            first = first.filter(|_| p.added);
        }
        before = i + 1;
        // The lines on which a value goes on begin no statement, those of an initialiser either.
        let goes_on = matches!(pieces[i].indent(), Indent::Extra(_)) && !style.quirks;
        let begins = (start.begins(new) || body == Some(i)) && !goes_on;
        if !pieces[i].added {
            let indent = indent_of(pieces[i].bytes(file));
            start.line(begins, new, indent);
            let is_first = |j: usize| pieces[j].added && pieces[j].is_code() && !is_label(pieces, j);
            let replaced = next_solid(pieces, i).is_some_and(is_first);
            let level = new.filter(|_| replaced && first.is_none()).map(|k| k.level);
            first = level.map(|level| (level, indent)).or(first);
            continue;
        }
        let next = next_solid(pieces, i);
        // A directive is in no macro body.
        let plain = next.is_some_and(|j| pieces[j].kind == Kind::Directive);
        text.clear();
        text.extend_from_slice(eol.strip_prefix(b" \\").filter(|_| plain).unwrap_or(eol));
        let blank = next.is_none_or(|j| pieces[j].is_newline() && !pieces[j].gone);
        let moved = match pieces[i].indent() {
            Indent::Moved(m) => values.indent(&m, start.indent, bytes).map(|to| (m.indent, to)),
            Indent::Column0OfValue(value) => {
                values.start(value, start.indent);
                None
            }
            _ => None,
        };
        if let Some((from, to)) = moved {
            if !blank {
                text.extend_from_slice(to);
                if let Some(j) = next.filter(|j| from != to && pieces[*j].kind == Kind::Comment) {
                    move_comment(&mut pieces[j], from, to, bytes);
                }
            }
            start.line(begins, new, to);
            pieces[i].text = Some(bytes.copy(&text));
            continue;
        }
        match (pieces[i].indent(), new) {
            _ if blank => {}
            (Indent::Column0 | Indent::Column0OfValue(_), _) | (_, None) => {}
            (Indent::Infer | Indent::Aligned | Indent::Moved(_), Some(_)) => {
                known(i).into_iter().for_each(|k| k.resolve(units.at(i), &mut text));
            }
            (Indent::Extra(extra), Some(key)) => {
                if begins || style.quirks {
                    known(i).into_iter().for_each(|k| k.resolve(units.at(i), &mut text));
                } else {
                    text.extend_from_slice(start.indent);
                }
                if key.nest > 0 || !(begins || style.quirks) {
                    text.extend_from_slice(extra);
                }
            }
        }
        let closes = learnt.half_indented && next.is_some_and(|j| pieces[j].added && pieces[j].is(T::RBrace));
        let own = own_indent(pieces, i, new, &lines, &units, file);
        // Where depths do not tell, an added brace closes where the statement of the brace that it belongs to starts.
        let own = own.or_else(|| opened.last().filter(|_| closes).copied().flatten().map(<[u8]>::to_vec));
        if let Some(own) = own.filter(|_| !blank && !style.quirks) {
            text.truncate(text.len() - indent_of(&text).len());
            text.extend(own);
        }
        let outdented = pieces[i].is_column_0();
        let key = new.filter(|k| k.nest == 0 && !style.quirks && !blank && !outdented);
        if let (Some(key), Some((level, indent))) = (key, first.filter(|f| key.is_some_and(|k| k.level >= f.0))) {
            let flat = key.level > level && width(indent_of(&text), 0) <= width(indent, 0);
            if flat || learnt.half_indented {
                text.truncate(text.len() - indent_of(&text).len());
                let inner = Known { base: indent, missing: (key.level - level) as usize };
                inner.resolve(units.at(i), &mut text);
            }
        }
        let text = bytes.copy(&text);
        if let Some(key) = key.filter(|k| first.is_none_or(|f| k.level < f.0)) {
            first = Some((key.level, indent_of(text)));
        }
        start.line(begins, new, indent_of(text));
        pieces[i].text = Some(text);
    }
    units.at(pieces.len())
}

/// The indentation of the statements in which the values start whose lines stay together.
#[derive(Default)]
struct Values<'a>(FxHashMap<u32, &'a [u8]>);

impl<'a> Values<'a> {
    /// A value starts in a statement with this indentation.
    fn start(&mut self, value: u32, statement: &'a [u8]) {
        self.0.insert(value, statement);
    }

    /// The indentation of a line of a value, which is in a statement with this indentation; nothing if that has nothing in common with
    /// the former one.
    fn indent(&mut self, line: &Moved<'a>, statement: &'a [u8], bytes: Bytes<'a>) -> Option<&'a [u8]> {
        if line.first {
            self.start(line.value, statement);
        }
        let start = *self.0.get(&line.value)?;
        if let Some(rest) = line.indent.strip_prefix(line.from) {
            return Some(bytes.concat(&[start, rest]));
        }
        if line.indent.is_empty() || start == line.from {
            return Some(line.indent);
        }
        match (start.strip_prefix(line.from), line.from.strip_prefix(start)) {
            (Some(more), _) => Some(bytes.concat(&[more, line.indent])),
            (None, Some(less)) => Some(line.indent.strip_prefix(less).unwrap_or(line.indent)),
            (None, None) => None,
        }
    }
}

/// The line on which the present statement starts: the lines on which it goes on are indented with it.
#[derive(Default)]
pub(super) struct Start<'a> {
    level: i32,
    indent: &'a [u8],
    /// Whether the code passed last ends a statement or a head.
    ended: bool,
    /// How many `?` wait for their `:`.
    choices: u32,
}

impl<'a> Start<'a> {
    fn pass_piece(&mut self, p: &Piece<'_>) {
        if let Kind::Code(kind) = p.kind {
            self.pass(kind);
        }
    }

    /// Passes code.
    pub fn pass(&mut self, kind: T) {
        let label = kind == T::Colon && self.choices == 0;
        self.choices = match kind {
            T::Question => self.choices + 1,
            T::Colon => self.choices.saturating_sub(1),
            T::Semi | T::LBrace | T::RBrace => 0,
            _ => self.choices,
        };
        self.ended = kind == EMPTY || label || matches!(kind, T::Semi | T::LBrace | T::RBrace | T::KwElse | T::KwDo);
    }

    /// Whether a statement begins on the line behind a line break.
    pub fn begins(&self, key: Option<Key>) -> bool {
        key.is_none_or(|k| k.nest == 0 && (self.ended || k.level > self.level))
    }

    /// A line break, of whose line is said whether a statement begins there, and its indentation.
    pub fn line(&mut self, begins: bool, key: Option<Key>, indent: &'a [u8]) {
        if begins {
            let level = key.map_or(0, |k| k.level);
            *self = Self { level, indent, ended: true, choices: 0 };
        }
    }
}

/// For a line break that was added in front of code that started its line and stays: the indentation of that line.
fn own_indent(
    pieces: &[Piece<'_>],
    at: usize,
    new: Option<Key>,
    lines: &[Line],
    units: &Units,
    file: &[u8],
) -> Option<Vec<u8>> {
    let next = next_solid(pieces, at).filter(|j| pieces[*j].kept() && pieces[*j].kind != Kind::Directive)?;
    let line = (0..at).rev().find(|k| !pieces[*k].added && pieces[*k].kind != Kind::Space)?;
    if !(pieces[line].is_newline() && pieces[line].kept()) {
        return None;
    }
    let old = lines.binary_search_by_key(&line, |l| l.at).ok().and_then(|l| lines[l].old);
    let (Some(a), Some(b)) = (old, new) else { return None };
    let indent = indent_of(pieces[line].source_bytes(file));
    let steps = if is_label(pieces, next) { 0 } else { b.level - a.level };
    Some(shifted(indent, steps, units.at(at)))
}

/// The next piece that is not a blank and not removed.
fn next_solid(pieces: &[Piece<'_>], i: usize) -> Option<usize> {
    (i + 1..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].kind != Kind::Space)
}

/// The original line breaks that teach: not those before labels, directives, comments with nothing behind them, and empty lines.
/// In the reference the lines on which a statement goes on teach as well.
fn teachers(pieces: &[Piece<'_>], lines: &[Line], quirks: bool) -> Vec<(usize, Key)> {
    let mut out = Vec::with_capacity(lines.len());
    let mut start = Start::default();
    let mut at = 0;
    for line in lines.iter().filter(|l| !pieces[l.at].added) {
        let Some(key) = line.old else { continue };
        pieces[at..line.at].iter().filter(|p| !p.added).for_each(|p| start.pass_piece(p));
        at = line.at;
        let mut next = (at + 1..pieces.len()).filter(|j| !pieces[*j].added && pieces[*j].kind != Kind::Space);
        let Some(j) = next.next() else { continue };
        let comment = pieces[j].kind == Kind::Comment
            && next.find(|k| pieces[*k].kind != Kind::Comment).is_none_or(|k| pieces[k].is_newline());
        if comment || pieces[j].is_newline() || pieces[j].kind == Kind::Directive || is_label(pieces, j) {
            continue;
        }
        let begins = start.begins(Some(key));
        if quirks || begins || key.nest > 0 || key.inits > 0 || pieces[j].is(T::LBrace) {
            out.push((at, key));
        }
        start.line(begins, Some(key), b"");
    }
    out
}

/// Whether a label starts at piece `j`.
fn is_label(pieces: &[Piece<'_>], j: usize) -> bool {
    let name = !pieces[j].gone && (pieces[j].is(T::Ident) || pieces[j].is(T::KwDefault));
    name && pieces[j + 1..].iter().find(|p| p.is_code() && !p.gone).is_some_and(|p| p.is(T::Colon))
}

/// The units of indentation that neighbouring depths show, by the place where they do.
struct Units<'a> {
    seen: Vec<(usize, &'a [u8])>,
    /// Where nothing is seen.
    default: &'a [u8],
}

impl<'a> Units<'a> {
    /// The unit for a line: the last one that the element shows above the line, or else the first.
    fn at(&self, i: usize) -> &'a [u8] {
        let above = self.seen.partition_point(|s| s.0 < i);
        self.seen.get(above.saturating_sub(1)).map_or(self.default, |s| s.1)
    }
}

fn units_of<'a>(
    pieces: &[Piece<'_>],
    teaching: &[(usize, Key)],
    style: &Style,
    learnt: &'a Learnt,
    bytes: Bytes<'a>,
) -> Units<'a> {
    let default = learnt.unit.as_deref().filter(|_| !style.quirks).unwrap_or_else(|| default_unit(style, bytes));
    let mut seen: Vec<(usize, &[u8])> = Vec::new();
    let mut prev: Option<(Key, &[u8])> = None;
    for (i, key) in teaching.iter().filter(|t| t.1.nest == 0 && (style.quirks || t.1.inits == 0)) {
        let indent = indent_of(pieces[*i].source_bytes(bytes.file));
        if let Some((k, before)) = prev
            && k.level != key.level
        {
            let (long, short) = if key.level > k.level { (indent, before) } else { (before, indent) };
            let steps = (key.level - k.level).unsigned_abs() as usize;
            if let Some(rest) = long.strip_prefix(short)
                && rest.len() % steps == 0
            {
                seen.push((*i, &rest[..rest.len() / steps]));
            } else if long.len() < short.len() {
                seen.push((*i, default));
            }
        }
        prev = Some((*key, indent));
    }
    Units { seen, default }
}

fn default_unit<'a>(style: &Style, bytes: Bytes<'a>) -> &'a [u8] {
    style.indent.map_or(b"\t", |n| bytes.copy(&vec![b' '; n]))
}

/// The indentation of the nearest line of the same depth, or of a smaller one and the units that miss.
#[derive(Clone, Debug)]
struct Known<'a> {
    base: &'a [u8],
    missing: usize,
}

impl Known<'_> {
    fn resolve(&self, unit: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(self.base);
        (0..self.missing).for_each(|_| out.extend_from_slice(unit));
    }
}

/// Whether added code starts the line behind a line break that stays, at another depth than what started it before.
fn starts_added(pieces: &[Piece<'_>], line: &Line) -> bool {
    let (Some(a), Some(b)) = (line.old, line.new) else { return false };
    a.level != b.level
        && pieces[line.at].kept()
        && next_solid(pieces, line.at).is_some_and(|j| pieces[j].added && pieces[j].is_code())
}

/// For each line break in front of added lines, in order, what is known about its depth.
fn known<'a>(
    pieces: &[Piece<'_>],
    teaching: &[(usize, Key)],
    lines: &[Line],
    file: &'a [u8],
    quirks: bool,
) -> Vec<(usize, Known<'a>)> {
    let wanted: Vec<(usize, Key)> = lines
        .iter()
        .filter(|l| pieces[l.at].added || starts_added(pieces, l))
        .filter_map(|l| Some((l.at, l.new?)))
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let indents: Vec<(usize, Key, &[u8])> =
        teaching.iter().map(|(i, k)| (*i, *k, indent_of(pieces[*i].source_bytes(file)))).collect();
    let before = sweep(indents.iter(), wanted.iter(), quirks, |a, b| a < b);
    let after = sweep(indents.iter().rev(), wanted.iter().rev(), quirks, |a, b| a > b);
    let near = before.into_iter().zip(after.into_iter().rev());
    let known = wanted.into_iter().zip(near).map(|((i, key), near)| {
        let near = match near {
            (Some(a), Some(b)) => Some(if i - a.0 <= b.0 - i { a } else { b }),
            (a, b) => a.or(b),
        };
        let known = match near {
            Some((_, base)) => Known { base, missing: 0 },
            None => extrapolate(&indents, i, key, quirks),
        };
        (i, known)
    });
    known.collect()
}

/// For each wanted place the last taught line of the same depth that comes earlier in the order of the sweep.
fn sweep<'a, 'b>(
    taught: impl Iterator<Item = &'b (usize, Key, &'a [u8])>,
    wanted: impl Iterator<Item = &'b (usize, Key)>,
    quirks: bool,
    earlier: impl Fn(usize, usize) -> bool,
) -> Vec<Option<(usize, &'a [u8])>>
where
    'a: 'b,
{
    let mut last: FxHashMap<Key, (usize, &'a [u8])> = FxHashMap::default();
    let mut taught = taught.peekable();
    let found = wanted.map(|&(i, key)| {
        while let Some((at, of, indent)) = taught.next_if(|t| earlier(t.0, i)) {
            last.insert(*of, (*at, indent));
        }
        let near = [key, Key { inits: 0, ..key }, Key { inits: 1, ..key }, Key { nest: 0, inits: 0, ..key }];
        // Where no initialiser is open, the lines on which one goes on say nothing.
        let near: &[Key] = match (quirks, key.inits) {
            (true, _) => &near[..3],
            (false, 0) => &[near[0], near[3]],
            (false, _) => &near,
        };
        near.iter().find_map(|k| last.get(k)).copied()
    });
    found.collect()
}

/// From the nearest smaller depth that is known, and the steps that miss.
/// The reference takes the nearer of the lines above and below, and counts open parentheses as steps.
fn extrapolate<'a>(indents: &[(usize, Key, &'a [u8])], at: usize, key: Key, quirks: bool) -> Known<'a> {
    let split = indents.partition_point(|t| t.0 < at);
    let highest = if quirks { key.level + 1 } else { key.level };
    for level in (0..highest).rev() {
        let fits = |t: &&(usize, Key, &'a [u8])| {
            let open = t.1.inits > 0 && key.inits == 0 && !quirks;
            t.1.level == level && (t.1.nest == 0 || t.1.nest == key.nest) && !open
        };
        let above = indents[..split].iter().rev().find(fits);
        let below = indents[split..].iter().find(fits);
        let found = match (above, below) {
            (Some(a), Some(b)) if quirks && b.0 - at < at - a.0 => Some(b),
            (above, below) => above.or(below),
        };
        if let Some(t) = found {
            let open = if quirks { key.nest - t.1.nest } else { 0 };
            return Known { base: t.2, missing: (key.level - level + open).max(0) as usize };
        }
    }
    Known { base: b"", missing: key.level.max(0) as usize }
}

/// Kept lines whose depth changed move by whole units; added code that now starts one is indented as its neighbours are.
fn shift_kept<'a, 'k>(
    pieces: &mut [Piece<'a>],
    lines: &[Line],
    units: &Units<'_>,
    known: &impl Fn(usize) -> Option<&'k Known<'k>>,
    style: &Style,
    bytes: Bytes<'a>,
) {
    let file = bytes.file;
    // Lines side by side that move by the same number of steps move by the same unit.
    let mut run: Option<(i32, &[u8])> = None;
    for line in lines {
        let (i, Some(a), Some(b)) = (line.at, line.old, line.new) else { continue };
        let inits = if style.quirks { b.inits - a.inits } else { 0 };
        let steps = b.level - a.level + inits;
        run = run.filter(|r| r.0 == steps);
        if steps == 0 || !pieces[i].kept() || pieces[i].is_column_0() {
            continue;
        }
        let Some(j) = next_solid(pieces, i) else { continue };
        if pieces[j].is_newline() || pieces[j].kind == Kind::Directive || is_label(pieces, j) || is_inherited(pieces, i)
        {
            continue;
        }
        let line = pieces[i].source_bytes(file);
        let indent = indent_of(line);
        let head = &line[..line.len() - indent.len()];
        let (_, unit) = *run.get_or_insert((steps, units.at(i)));
        let near = known(i).filter(|k| k.missing == 0);
        let moved = near.map_or_else(|| shifted(indent, steps, unit), |k| k.base.to_vec());
        if pieces[j].kind == Kind::Comment && pieces[j].kept() {
            move_comment(&mut pieces[j], indent, &moved, bytes);
        }
        pieces[i].text = Some(bytes.concat(&[head, &moved]));
    }
}

/// Whether a line break is that of removed code behind a macro statement without `;`, in whose place other code came.
fn is_inherited(pieces: &[Piece<'_>], at: usize) -> bool {
    let before = pieces[..at].iter().rev().find(|p| p.is_code());
    let behind = pieces[at..].iter().find(|p| p.is_code());
    before.is_some_and(|p| p.unended) && behind.is_some_and(|p| p.gone)
}

/// The inner lines of a comment move with its first, where they have the same indentation.
fn move_comment<'a>(comment: &mut Piece<'a>, from: &[u8], to: &[u8], bytes: Bytes<'a>) {
    let text = comment.bytes(bytes.file);
    if memchr::memchr(b'\n', text).is_none() {
        return;
    }
    let mut out = Vec::with_capacity(text.len());
    for (n, line) in text.split_inclusive(|b| *b == b'\n').enumerate() {
        match line.strip_prefix(from) {
            Some(rest) if n > 0 => {
                out.extend_from_slice(to);
                out.extend_from_slice(rest);
            }
            _ => out.extend_from_slice(line),
        }
    }
    comment.text = Some(bytes.copy(&out));
}

/// An indentation some units further right or left; a tab counts as eight blanks where the texts do not fit.
fn shifted(indent: &[u8], steps: i32, unit: &[u8]) -> Vec<u8> {
    let mut out = indent.to_vec();
    for _ in 0..steps.max(0) {
        out.splice(0..0, unit.iter().copied());
    }
    for _ in 0..(-steps).max(0) {
        if out.starts_with(unit) {
            out.drain(..unit.len());
        } else {
            let mut width: usize = unit.iter().map(|b| if *b == b'\t' { 8 } else { 1 }).sum();
            while width > 0 && !out.is_empty() {
                let w = if out[0] == b'\t' { 8 } else { 1 };
                out.remove(0);
                if w > width {
                    out.splice(0..0, std::iter::repeat_n(b' ', w - width));
                    break;
                }
                width -= w;
            }
        }
    }
    out
}

/// Whether a file has braces on lines of their own that stand further right than their heads.
pub(super) fn half_indents(text: &[u8]) -> bool {
    lines_with_brace(text).any(|line| {
        if line.start == 0 || text[line.clone()].trim_ascii() != b"{" {
            return false;
        }
        let above = memchr::memrchr(b'\n', &text[..line.start - 1]).map_or(0, |i| i + 1);
        let above = &text[above..line.start - 1];
        let (indent, head) = (indent_of_line(&text[line]), indent_of_line(above));
        // The braces of an initialiser have no head.
        let heads = [&b")"[..], b"else", b"do"].iter().any(|end| above.trim_ascii_end().ends_with(end));
        heads && indent.len() > head.len() && !head.is_empty() && indent.starts_with(head)
    })
}

/// The lines that end in an opening brace, without their ends.
pub(super) fn lines_with_brace(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    memchr::memchr_iter(b'{', text).filter_map(|at| {
        let blank = |b: &&u8| **b != b'\n' && b.is_ascii_whitespace();
        let end = at + 1 + text[at + 1..].iter().take_while(blank).count();
        let start = || memchr::memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1);
        text.get(end).is_none_or(|b| *b == b'\n').then(|| start()..end)
    })
}

/// The unit of a whole file, from the steps between its lines; one that wins by count.
pub(super) fn file_unit(text: &[u8]) -> Option<Vec<u8>> {
    let mut counts: FxHashMap<&[u8], usize> = FxHashMap::default();
    let says_nothing =
        |line: &[u8]| line.is_empty() || line.starts_with(b"*") || line.starts_with(b"#") || line.ends_with(b"\\");
    for head in lines_with_brace(text) {
        if says_nothing(text[head.clone()].trim_ascii()) {
            continue;
        }
        let mut lines = text.get(head.end + 1..).unwrap_or_default().split(|b| *b == b'\n');
        let Some(line) = lines.find(|l| !says_nothing(l.trim_ascii())) else { continue };
        if let Some(rest) = indent_of_line(line).strip_prefix(indent_of_line(&text[head]))
            && !rest.is_empty()
            && rest.len() <= 8
        {
            *counts.entry(rest).or_default() += 1;
        }
    }
    let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)))?;
    Some(best.0.to_vec())
}

/// The white space at the start of a line.
fn indent_of_line(line: &[u8]) -> &[u8] {
    &line[..line.len() - line.trim_ascii_start().len()]
}

//! Indentation of added lines, and of kept lines whose nesting changed (`rewriting.md` section 4, procedure P11).

use c_syntax::TokenKind as T;
use c_syntax::print::{Moved, Text, width};
use rustc_hash::FxHashMap;

use super::Style;
use super::depth::{Key, keys};
use super::piece::{EMPTY, Indent, Kind, Piece, indent_of};

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
pub(super) fn indent(pieces: &mut [Piece], style: &Style, learnt: &Learnt, file: &[u8], eol: &[u8]) -> Vec<u8> {
    if !pieces.iter().any(|p| p.added || (p.gone && p.is_code())) {
        return default_unit(style);
    }
    let (old, new) = keys(pieces, style.quirks);
    let teaching = teachers(pieces, &old, style.quirks);
    let units = units_of(pieces, &teaching, style, learnt, file);
    let known = known(pieces, &teaching, (&old, &new), file, style.quirks);
    let known = |i: usize| known.binary_search_by_key(&i, |k| k.0).ok().map(|at| &known[at].1);
    shift_kept(pieces, (&old, &new), &units, &known, style, file);
    if !pieces.iter().any(|p| p.added && p.is_newline() && !p.gone) {
        return units.at(pieces.len()).to_vec();
    }
    let mut start = Start::default();
    let mut values = Values::default();
    // For each open brace the indentation of its statement, if the brace is added.
    let mut opened: Vec<Option<Text>> = Vec::new();
    // The first line of the added code that a line goes on with: where lines of one depth differ, depths do not tell.
    let mut first: Option<(i32, Text)> = None;
    for i in 0..pieces.len() {
        if pieces[i].gone {
            continue;
        }
        if !pieces[i].is_newline() {
            start.pass(&pieces[i]);
            match pieces[i].kind {
                Kind::Code(T::LBrace) => opened.push(pieces[i].added.then(|| start.indent.clone())),
                Kind::Code(T::RBrace) => drop(opened.pop()),
                _ => {}
            }
            first = first.filter(|_| pieces[i].added || !pieces[i].is_code());
            continue;
        }
        let begins = start.begins(new[i]);
        if !pieces[i].added {
            start.line(begins, new[i], indent_of(pieces[i].bytes(file)));
            let replaced = next_solid(pieces, i).is_some_and(|j| pieces[j].added && pieces[j].is_code());
            let level = new[i].filter(|_| replaced && first.is_none()).map(|k| k.level);
            first = level.map(|level| (level, Text::from_slice(indent_of(pieces[i].bytes(file))))).or(first);
            continue;
        }
        let next = next_solid(pieces, i);
        // A directive is in no macro body.
        let plain = next.is_some_and(|j| pieces[j].kind == Kind::Directive);
        let mut text = Text::from_slice(eol.strip_prefix(b" \\").filter(|_| plain).unwrap_or(eol));
        let blank = next.is_none_or(|j| pieces[j].is_newline() && !pieces[j].gone);
        let moved = match &pieces[i].indent {
            Indent::Moved(m) => values.indent(m, &start.indent).map(|to| (m.indent.clone(), to)),
            _ => None,
        };
        if let Some((from, to)) = moved {
            if !blank {
                text.extend_from_slice(&to);
                if let Some(j) = next.filter(|j| from != to && pieces[*j].kind == Kind::Comment) {
                    move_comment(&mut pieces[j], &from, &to, file);
                }
            }
            start.line(begins, new[i], &to);
            pieces[i].text = Some(text);
            continue;
        }
        match (&pieces[i].indent, new[i]) {
            _ if blank => {}
            (Indent::Column0, _) | (_, None) => {}
            (Indent::Infer | Indent::Aligned | Indent::Moved(_), Some(_)) => {
                known(i).into_iter().for_each(|k| k.resolve(units.at(i), &mut text));
            }
            (Indent::Extra(extra), Some(key)) => {
                if begins || style.quirks {
                    known(i).into_iter().for_each(|k| k.resolve(units.at(i), &mut text));
                } else {
                    text.extend_from_slice(&start.indent);
                }
                if key.nest > 0 || !(begins || style.quirks) {
                    text.extend_from_slice(extra);
                }
            }
        }
        let closes = learnt.half_indented && next.is_some_and(|j| pieces[j].added && pieces[j].is(T::RBrace));
        let own = own_indent(pieces, i, &old, &new, &units, file);
        // Where depths do not tell, an added brace closes where the statement of the brace that it belongs to starts.
        let own = own.or_else(|| opened.last().filter(|_| closes).cloned().flatten());
        if let Some(own) = own.filter(|_| !blank && !style.quirks) {
            text.truncate(text.len() - indent_of(&text).len());
            text.extend(own);
        }
        let column_0 = pieces[i].indent == Indent::Column0;
        if let Some(key) = new[i].filter(|k| k.nest == 0 && !style.quirks && !blank && !column_0) {
            match &first {
                Some((level, indent)) if key.level >= *level => {
                    let flat = key.level > *level && width(indent_of(&text), 0) <= width(indent, 0);
                    if flat || learnt.half_indented {
                        text.truncate(text.len() - indent_of(&text).len());
                        let inner = Known { base: indent, missing: (key.level - level) as usize };
                        inner.resolve(units.at(i), &mut text);
                    }
                }
                _ => first = Some((key.level, Text::from_slice(indent_of(&text)))),
            }
        }
        start.line(begins, new[i], indent_of(&text));
        pieces[i].text = Some(text);
    }
    units.at(pieces.len()).to_vec()
}

/// The indentation of the statements in which the values start whose lines stay together.
#[derive(Default)]
struct Values(FxHashMap<u32, Text>);

impl Values {
    /// The indentation of a line of a value, which is in a statement with this indentation; nothing if that has nothing in common with
    /// the former one.
    fn indent(&mut self, line: &Moved, statement: &[u8]) -> Option<Text> {
        if line.first {
            self.0.insert(line.value, Text::from_slice(statement));
        }
        let start = self.0.get(&line.value)?;
        if let Some(rest) = line.indent.strip_prefix(&line.from[..]) {
            return Some([&start[..], rest].concat().into());
        }
        if line.indent.is_empty() || *start == line.from {
            return Some(line.indent.clone());
        }
        match (start.strip_prefix(&line.from[..]), line.from.strip_prefix(&start[..])) {
            (Some(more), _) => Some([more, &line.indent].concat().into()),
            (None, Some(less)) => Some(Text::from_slice(line.indent.strip_prefix(less).unwrap_or(&line.indent))),
            (None, None) => None,
        }
    }
}

/// The line on which the present statement starts: the lines on which it goes on are indented with it.
#[derive(Default)]
struct Start {
    level: i32,
    indent: Text,
    /// Whether the code passed last ends a statement or a head.
    ended: bool,
    /// How many `?` wait for their `:`.
    choices: u32,
}

impl Start {
    fn pass(&mut self, p: &Piece) {
        if let Kind::Code(kind) = p.kind {
            let label = kind == T::Colon && self.choices == 0;
            self.choices = match kind {
                T::Question => self.choices + 1,
                T::Colon => self.choices.saturating_sub(1),
                T::Semi | T::LBrace | T::RBrace => 0,
                _ => self.choices,
            };
            self.ended =
                kind == EMPTY || label || matches!(kind, T::Semi | T::LBrace | T::RBrace | T::KwElse | T::KwDo);
        }
    }

    /// Whether a statement begins on the line behind a line break.
    fn begins(&self, key: Option<Key>) -> bool {
        key.is_none_or(|k| k.nest == 0 && (self.ended || k.level > self.level))
    }

    fn line(&mut self, begins: bool, key: Option<Key>, indent: &[u8]) {
        if begins {
            let level = key.map_or(0, |k| k.level);
            *self = Self { level, indent: Text::from_slice(indent), ended: true, choices: 0 };
        }
    }
}

/// For a line break that was added in front of code that started its line and stays: the indentation of that line.
fn own_indent(
    pieces: &[Piece],
    at: usize,
    old: &[Option<Key>],
    new: &[Option<Key>],
    units: &Units,
    file: &[u8],
) -> Option<Text> {
    let next = next_solid(pieces, at).filter(|j| pieces[*j].kept() && pieces[*j].kind != Kind::Directive)?;
    let line = (0..at).rev().find(|k| !pieces[*k].added && pieces[*k].kind != Kind::Space)?;
    let (true, Some(a), Some(b)) = (pieces[line].is_newline() && pieces[line].kept(), old[line], new[at]) else {
        return None;
    };
    let indent = indent_of(&file[pieces[line].src.clone()]);
    let steps = if is_label(pieces, next) { 0 } else { b.level - a.level };
    Some(shifted(indent, steps, units.at(at)).into())
}

/// The next piece that is not a blank and not removed.
fn next_solid(pieces: &[Piece], i: usize) -> Option<usize> {
    (i + 1..pieces.len()).find(|j| !pieces[*j].gone && pieces[*j].kind != Kind::Space)
}

/// The original line breaks that teach: not those before labels, directives, comments with nothing behind them, and empty lines.
/// In the reference the lines on which a statement goes on teach as well.
fn teachers(pieces: &[Piece], old: &[Option<Key>], quirks: bool) -> Vec<(usize, Key)> {
    let mut out = Vec::new();
    let mut start = Start::default();
    for i in 0..pieces.len() {
        if !pieces[i].added && !pieces[i].is_newline() {
            start.pass(&pieces[i]);
        }
        let Some(key) = old[i].filter(|_| !pieces[i].added) else { continue };
        let mut next = (i + 1..pieces.len()).filter(|j| !pieces[*j].added && pieces[*j].kind != Kind::Space);
        let Some(j) = next.next() else { continue };
        let comment = pieces[j].kind == Kind::Comment
            && next.find(|k| pieces[*k].kind != Kind::Comment).is_none_or(|k| pieces[k].is_newline());
        if comment || pieces[j].is_newline() || pieces[j].kind == Kind::Directive || is_label(pieces, j) {
            continue;
        }
        let begins = start.begins(Some(key));
        if quirks || begins || key.nest > 0 || key.inits > 0 || pieces[j].is(T::LBrace) {
            out.push((i, key));
        }
        start.line(begins, Some(key), b"");
    }
    out
}

/// Whether a label starts at piece `j`.
fn is_label(pieces: &[Piece], j: usize) -> bool {
    let mut code = (j..pieces.len()).filter(|k| pieces[*k].is_code() && !pieces[*k].gone);
    let (a, b) = (code.next(), code.next());
    a.is_some_and(|k| pieces[k].is(T::Ident) || pieces[k].is(T::KwDefault))
        && b.is_some_and(|k| pieces[k].is(T::Colon))
        && a == Some(j)
}

/// The units of indentation that neighbouring depths show, by the place where they do.
struct Units {
    seen: Vec<(usize, Vec<u8>)>,
    /// Where nothing is seen.
    default: Vec<u8>,
}

impl Units {
    /// The unit for a line: the last one that the element shows above the line, or else the first.
    fn at(&self, i: usize) -> &[u8] {
        let above = self.seen.partition_point(|s| s.0 < i);
        self.seen.get(above.saturating_sub(1)).map_or(&self.default, |s| &s.1)
    }
}

fn units_of(pieces: &[Piece], teaching: &[(usize, Key)], style: &Style, learnt: &Learnt, file: &[u8]) -> Units {
    let default = learnt.unit.clone().filter(|_| !style.quirks).unwrap_or_else(|| default_unit(style));
    let mut seen: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut prev: Option<(Key, &[u8])> = None;
    for (i, key) in teaching.iter().filter(|t| t.1.nest == 0 && (style.quirks || t.1.inits == 0)) {
        let indent = indent_of(&file[pieces[*i].src.clone()]);
        if let Some((k, before)) = prev
            && k.level != key.level
        {
            let (long, short) = if key.level > k.level { (indent, before) } else { (before, indent) };
            let steps = (key.level - k.level).unsigned_abs() as usize;
            if let Some(rest) = long.strip_prefix(short)
                && rest.len() % steps == 0
            {
                seen.push((*i, rest[..rest.len() / steps].to_vec()));
            } else if long.len() < short.len() {
                seen.push((*i, default.clone()));
            }
        }
        prev = Some((*key, indent));
    }
    Units { seen, default }
}

fn default_unit(style: &Style) -> Vec<u8> {
    style.indent.map_or_else(|| b"\t".to_vec(), |n| vec![b' '; n])
}

/// The indentation of the nearest line of the same depth, or of a smaller one and the units that miss.
#[derive(Clone, Debug)]
struct Known<'a> {
    base: &'a [u8],
    missing: usize,
}

impl Known<'_> {
    fn resolve(&self, unit: &[u8], out: &mut Text) {
        out.extend_from_slice(self.base);
        (0..self.missing).for_each(|_| out.extend_from_slice(unit));
    }
}

/// Whether added code starts the line behind a line break that stays, at another depth than what started it before.
fn starts_added(pieces: &[Piece], i: usize, (old, new): (&[Option<Key>], &[Option<Key>])) -> bool {
    let (Some(a), Some(b)) = (old[i], new[i]) else { return false };
    a.level != b.level
        && pieces[i].kept()
        && next_solid(pieces, i).is_some_and(|j| pieces[j].added && pieces[j].is_code())
}

/// For each line break in front of added lines, in order, what is known about its depth.
fn known<'a>(
    pieces: &[Piece],
    teaching: &[(usize, Key)],
    (old, new): (&[Option<Key>], &[Option<Key>]),
    file: &'a [u8],
    quirks: bool,
) -> Vec<(usize, Known<'a>)> {
    let wanted: Vec<(usize, Key)> = (0..pieces.len())
        .filter(|i| pieces[*i].is_newline() && (pieces[*i].added || starts_added(pieces, *i, (old, new))))
        .filter_map(|i| Some((i, new[i]?)))
        .collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let indents: Vec<(usize, Key, &[u8])> =
        teaching.iter().map(|(i, k)| (*i, *k, indent_of(&file[pieces[*i].src.clone()]))).collect();
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
fn shift_kept<'k>(
    pieces: &mut [Piece],
    (old, new): (&[Option<Key>], &[Option<Key>]),
    units: &Units,
    known: &impl Fn(usize) -> Option<&'k Known<'k>>,
    style: &Style,
    file: &[u8],
) {
    // Lines side by side that move by the same number of steps move by the same unit.
    let mut run: Option<(i32, &[u8])> = None;
    for i in 0..pieces.len() {
        let (Some(a), Some(b)) = (old[i], new[i]) else { continue };
        let inits = if style.quirks { b.inits - a.inits } else { 0 };
        let steps = b.level - a.level + inits;
        run = run.filter(|r| r.0 == steps);
        if steps == 0 || !pieces[i].kept() || pieces[i].indent == Indent::Column0 {
            continue;
        }
        let Some(j) = next_solid(pieces, i) else { continue };
        if pieces[j].is_newline() || pieces[j].kind == Kind::Directive || is_label(pieces, j) || is_inherited(pieces, i)
        {
            continue;
        }
        let bytes = &file[pieces[i].src.clone()];
        let indent = indent_of(bytes);
        let head = &bytes[..bytes.len() - indent.len()];
        let (_, unit) = *run.get_or_insert((steps, units.at(i)));
        let near = known(i).filter(|k| k.missing == 0);
        let moved = near.map_or_else(|| shifted(indent, steps, unit), |k| k.base.to_vec());
        if pieces[j].kind == Kind::Comment && pieces[j].kept() {
            move_comment(&mut pieces[j], indent, &moved, file);
        }
        pieces[i].text = Some([head, &moved].concat().into());
    }
}

/// Whether a line break is that of removed code behind a macro statement without `;`, in whose place other code came.
fn is_inherited(pieces: &[Piece], at: usize) -> bool {
    let before = pieces[..at].iter().rev().find(|p| p.is_code());
    let behind = pieces[at..].iter().find(|p| p.is_code());
    before.is_some_and(|p| p.unended) && behind.is_some_and(|p| p.gone)
}

/// The inner lines of a comment move with its first, where they have the same indentation.
fn move_comment(comment: &mut Piece, from: &[u8], to: &[u8], file: &[u8]) {
    let text = comment.bytes(file);
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
    comment.text = Some(out.into());
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
    let mut above: &[u8] = b"";
    text.split(|b| *b == b'\n').any(|line| {
        let indent = &line[..line.len() - line.trim_ascii_start().len()];
        let head = std::mem::replace(&mut above, indent);
        line.trim_ascii() == b"{" && indent.len() > head.len() && !head.is_empty() && indent.starts_with(head)
    })
}

/// The unit of a whole file, from the steps between its lines; one that wins by count.
pub(super) fn file_unit(text: &[u8]) -> Option<Vec<u8>> {
    let mut counts: FxHashMap<Vec<u8>, usize> = FxHashMap::default();
    let mut prev: (&[u8], bool) = (b"", false);
    for line in text.split(|b| *b == b'\n') {
        let trimmed = line.trim_ascii();
        let indent = &line[..line.len() - line.trim_ascii_start().len()];
        if trimmed.is_empty() || trimmed.starts_with(b"*") || trimmed.starts_with(b"#") || trimmed.ends_with(b"\\") {
            continue;
        }
        if prev.1
            && let Some(rest) = indent.strip_prefix(prev.0)
            && !rest.is_empty()
            && rest.len() <= 8
        {
            *counts.entry(rest.to_vec()).or_default() += 1;
        }
        prev = (indent, trimmed.ends_with(b"{"));
    }
    let best = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)))?;
    Some(best.0)
}

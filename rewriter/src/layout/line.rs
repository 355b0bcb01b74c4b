//! Added code that is a line beside a statement, laid out once: what changes from match to match is the values in it.

use std::rc::Rc;

use bumpalo::Bump;
use c_syntax::print::{Atom, AtomKind, Printer, fuses};
use c_syntax::{SyntaxKind, TokenKind as T};
use matcher::value::Bindings;
use smpl_parser::ast::{FragmentKind as F, RunId};

use super::columns;
use super::piece::{Bytes, Kind, Piece};
use super::place::{self, Around, Slot};
use super::plus::{Plus, Printed, print_code};
use super::template::{Hole, Holes, marked, plain_node};
use super::values::Values;

/// A line with holes for the values of metavariables.
pub(super) struct Line {
    parts: Vec<Part>,
    /// By how many braces what follows is deeper.
    pub deeper: i32,
    /// Columns of the lines around it may concern it.
    pub joins_columns: bool,
    /// Blanks depend on how values start.
    spaced: bool,
}

enum Part {
    Text(Vec<u8>),
    Hole(Hole),
}

/// The fragments of a run, printed with marks in the place of values.
pub(super) struct Sketch {
    pub printed: Rc<[Printed]>,
    holes: Vec<Hole>,
}

impl Sketch {
    /// The sketch of a run, if its fragments are bare tokens, expressions and statements that are ones.
    pub fn of(plus: &Plus<'_>, run: RunId) -> Option<Self> {
        let (pattern, code) = (plus.pattern, &plus.pattern.plus);
        let holes = Holes::of(pattern);
        let mut printed = Vec::new();
        for f in &plus.run(run).fragments {
            let value = f.kind == F::Expression && f.node.is_some_and(|n| code.kind(n) == SyntaxKind::MetaVar);
            let bare = f.node.is_none() && f.kind == F::Token || value;
            if !(bare && f.text.is_none() && f.inside.is_empty()) && plain_node(pattern, f).is_none() {
                return None;
            }
            let mut p = Printer::new(plus.code.spelling(), Some(&holes));
            let token = print_code(code, f, &mut p);
            p.trim();
            printed.push(Printed { kind: f.kind, atoms: p.atoms, line: f.line, token, level: None, elements: false });
        }
        Some(Self { printed: printed.into(), holes: holes.all()? })
    }

    /// Whether the values are expressions.
    pub fn takes(&self, bindings: &Bindings) -> bool {
        self.holes.iter().all(|h| h.is_simple(bindings))
    }
}

impl Line {
    /// The line that a run is, if it is one whatever the values are.
    pub fn of(plus: &Plus<'_>, run: RunId, slot: Slot, around: Around) -> Option<Self> {
        let sketch = plus.sketch(run)?;
        let (printed, holes) = (&sketch.printed, &sketch.holes);
        let made = Bump::new();
        let bytes = Bytes::new(b"", &made);
        let mut pieces = Vec::new();
        place::lay_out(printed, slot, around, plus.style, bytes, &mut pieces);
        let line = line_of(&pieces, slot)?;
        let deeper = reads_as_line(line, slot, b"")?;
        let mut parts: Vec<Part> = Vec::new();
        for p in line {
            let text = p.bytes(b"");
            match (marked(text), parts.last_mut()) {
                (Some(hole), _) => parts.push(Part::Hole(*holes.get(hole)?)),
                (None, Some(Part::Text(last))) => last.extend_from_slice(text),
                (None, _) => parts.push(Part::Text(text.to_vec())),
            }
        }
        let joins_columns = columns::are_members(printed);
        (!line.first()?.is(T::Dot)).then_some(Self { parts, deeper, joins_columns, spaced: printed.len() > 1 })
    }

    /// The line with values; nothing if one of them is not such that the rest is the same around it.
    pub fn print(&self, plus: &Plus<'_>, bindings: &Bindings) -> Option<Vec<u8>> {
        let simple = |p: &Part| match p {
            Part::Text(_) => true,
            Part::Hole(hole) => hole.is_simple(bindings),
        };
        if !self.parts.iter().all(simple) {
            return None;
        }
        let values = Values::of(plus, bindings);
        let mut out = Vec::with_capacity(48);
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Hole(hole) => {
                    let behind: &[u8] = match self.parts.get(i + 1) {
                        Some(Part::Text(text)) => text,
                        _ => b"",
                    };
                    if let Some(word) = hole.word(bindings) {
                        if fuses(&out, word) || fuses(word, behind) {
                            return None;
                        }
                        out.extend_from_slice(word);
                        continue;
                    }
                    let mut p = Printer::new(plus.code.spelling(), Some(&values));
                    hole.print(&plus.pattern.plus, &mut p);
                    let (first, last) = (p.atoms.first()?, p.atoms.last()?);
                    let fused = fuses(&out, &first.text) || fuses(&last.text, behind);
                    let opens = self.spaced && first.kind == AtomKind::Token(T::LParen);
                    if fused || opens || !is_plain_value(&p.atoms) {
                        return None;
                    }
                    p.atoms.iter().for_each(|a| out.extend_from_slice(&a.text));
                }
            }
        }
        Some(out)
    }
}

/// Whether a value is an expression on one line that no pass over pieces changes.
fn is_plain_value(atoms: &[Atom]) -> bool {
    let mut last = None;
    let mut plain = |a: &Atom| {
        let AtomKind::Token(kind) = a.kind else { return matches!(a.kind, AtomKind::Space | AtomKind::Break) };
        let fine = match kind {
            T::Comma => !matches!(last, Some(T::LParen | T::Comma)),
            T::RParen | T::RBracket => last != Some(T::Comma),
            T::LBrace | T::RBrace | T::Semi | T::Eof => false,
            T::KwElse | T::KwDo | T::KwCase | T::KwDefault | T::KwEnum => false,
            _ => true,
        };
        last = Some(kind);
        fine
    };
    let solid = |a: Option<&Atom>| a.is_some_and(Atom::is_solid);
    solid(atoms.first()) && solid(atoms.last()) && atoms.iter().all(&mut plain)
}

/// The pieces of a line, without the line break that parts it from the statement.
pub(super) fn line_of<'p, 'a>(pieces: &'p [Piece<'a>], slot: Slot) -> Option<&'p [Piece<'a>]> {
    let (newline, line) = match slot {
        Slot::Before => pieces.split_last()?,
        _ => pieces.split_first()?,
    };
    newline.is_newline().then_some(line)
}

/// Whether added code is a line that no pass changes, and nothing around it: the braces that it opens.
pub(super) fn reads_as_line(line: &[Piece<'_>], slot: Slot, file: &[u8]) -> Option<i32> {
    let mut before: Option<(T, &[u8])> = None;
    let mut spaced = true;
    let mut depth = 0;
    for (i, p) in line.iter().enumerate() {
        let Kind::Code(kind) = p.kind else {
            if p.kind != Kind::Space || p.is_column_0() {
                return None;
            }
            spaced = true;
            continue;
        };
        let (text, last) = (p.bytes(file), before.map(|b| b.0));
        let ends = i + 1 == line.len();
        let fine = match kind {
            T::LParen | T::LBracket => {
                depth += 1;
                true
            }
            T::RParen | T::RBracket => {
                depth -= 1;
                last != Some(T::Comma)
            }
            T::Comma => !matches!(last, Some(T::LParen | T::Comma)),
            T::Semi => depth > 0 || ends,
            T::LBrace => ends && slot == Slot::Before && last == Some(T::RParen),
            T::RBrace => ends && slot == Slot::After && last.is_none(),
            T::KwElse | T::KwDo | T::KwCase | T::KwDefault | T::KwEnum | T::Eof => false,
            T::KwWhile => last.is_some() || slot == Slot::Before,
            T::Colon => last != Some(T::Ident) || i > 1,
            _ => true,
        };
        let fused = !spaced && before.is_some_and(|b| fuses(b.1, text));
        if !fine || fused || depth < 0 || p.element_start || p.element_end {
            return None;
        }
        (before, spaced) = (Some((kind, text)), false);
    }
    match before?.0 {
        T::Semi if depth == 0 => Some(0),
        T::LBrace if depth == 0 => Some(1),
        T::RBrace => Some(-1),
        _ => None,
    }
}

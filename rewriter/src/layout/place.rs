//! Where added code goes and how its fragments stand on lines (`rewriting.md` section 3, procedure P9).

use c_syntax::TokenKind as T;
use c_syntax::print::AtomKind;
use smpl_parser::ast::FragmentKind as F;

use super::Style;
use super::piece::{Bytes, Kind, Piece, from_atoms, outdent};
use super::plus::Printed;

/// The side of the anchor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Slot {
    /// In front of kept code.
    Before,
    /// Behind kept code.
    After,
    /// In the place of removed code.
    Replace,
}

/// Facts about the place that decide on lines.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around {
    /// Inside a list on one line: elements stay on it.
    pub one_line_list: bool,
    /// The anchor ends a statement.
    pub after_statement: bool,
    /// The anchor is itself a token on the line of an unfinished statement, such as `}` before an added `else`.
    pub after_brace: bool,
    /// The anchor begins a statement that shares its lines with no other, or is a branch.
    pub before_lone_statement: bool,
}

/// Whether what comes in front of a statement is the head of one, of which it becomes the branch.
pub(super) fn ends_in_head(fragments: &[Printed]) -> bool {
    let last = fragments.last();
    last.is_some_and(|f| matches!(f.token, Some(T::KwElse | T::KwDo)) || head_of(fragments, f))
}

/// Whether a fragment takes a line of its own.
fn line_like(f: &Printed, around: Around) -> bool {
    match f.kind {
        F::Statement | F::Declaration | F::TopLevel | F::Function | F::Directive | F::Unindented => true,
        F::Comment | F::BlankLine => true,
        F::Field | F::Enumerator | F::Initialiser => !around.one_line_list,
        _ => false,
    }
}

fn is_head_word(kind: T) -> bool {
    matches!(kind, T::KwIf | T::KwWhile | T::KwFor | T::KwSwitch | T::KwDo)
}

/// Lays out the fragments of a block for a slot.
pub(super) fn lay_out<'a>(
    fragments: &[Printed],
    slot: Slot,
    around: Around,
    style: &Style,
    bytes: Bytes<'a>,
    out: &mut Vec<Piece<'a>>,
) {
    let Some(first) = fragments.first() else { return };
    let start = out.len();
    if slot == Slot::After {
        let function = fragments.iter().find(|f| f.kind != F::Comment).is_some_and(|f| f.kind == F::Function);
        lead(first, function, around, style, out);
        let explicit = first.kind == F::BlankLine && fragments.get(1).is_some_and(|f| f.kind == F::Function);
        if explicit {
            out.push(Piece::newline());
        }
    }
    if is_label(fragments) && !style.quirks {
        out.push(outdent());
    }
    for (i, f) in fragments.iter().enumerate() {
        if let Some(prev) = i.checked_sub(1).and_then(|j| fragments.get(j)) {
            separate(&fragments[..i], prev, f, around, style, (start, out));
        }
        let from = out.len();
        from_atoms(&f.atoms, bytes, out);
        if f.token == Some(T::LBrace) || f.kind == F::Statement {
            // A bare brace, or the block that the statement is.
            out.get_mut(from).filter(|p| p.is(T::LBrace)).into_iter().for_each(|p| p.head = true);
        }
        if matches!(f.kind, F::Enumerator | F::Initialiser) {
            mark_element(&mut out[from..]);
        }
    }
    if slot == Slot::Before {
        trail(fragments, around, style, out);
    }
}

/// Marks the ends of a list element, which commas must separate from its neighbours.
fn mark_element(pieces: &mut [Piece<'_>]) {
    if let Some(p) = pieces.iter_mut().find(|p| p.is_code()) {
        p.element_start = true;
    }
    if let Some(p) = pieces.iter_mut().rev().find(|p| p.is_code()) {
        p.element_end = true;
    }
}

/// The line breaks in front of code added behind an anchor.
fn lead(first: &Printed, function: bool, around: Around, style: &Style, out: &mut Vec<Piece<'_>>) {
    let brace = first.token == Some(T::RBrace);
    let head = !style.quirks
        && (first.token.is_some_and(is_head_word) || first.token == Some(T::LBrace) && around.after_statement);
    if line_like(first, around) || brace || head {
        out.push(Piece::newline());
        if function {
            out.push(Piece::newline());
        }
    } else if first.token == Some(T::KwElse) {
        match (around.after_brace, style.quirks) {
            (true, true) => {}
            (true, false) => out.push(Piece::space()),
            (false, _) => out.push(Piece::newline()),
        }
    } else if matches!(first.kind, F::Field | F::Enumerator | F::Initialiser) {
        out.push(Piece::space());
    }
}

/// The line breaks behind code added in front of an anchor.
fn trail(fragments: &[Printed], around: Around, style: &Style, out: &mut Vec<Piece<'_>>) {
    let Some(last) = fragments.last() else { return };
    let listed = last.token == Some(T::Comma)
        && fragments.iter().rev().nth(1).is_some_and(|f| matches!(f.kind, F::Field | F::Enumerator | F::Initialiser));
    let brace = last.token == Some(T::LBrace) || (!style.quirks && last.token == Some(T::RBrace));
    let head = around.before_lone_statement && !style.quirks && ends_in_head(fragments);
    if line_like(last, around) || brace || head || is_label(fragments) || (listed && !around.one_line_list) {
        out.push(Piece::newline());
        if last.kind == F::Function {
            out.push(Piece::newline());
        }
    } else if matches!(last.kind, F::Field | F::Enumerator | F::Initialiser) || listed {
        out.push(Piece::space());
    }
}

/// Whether what comes is a label for the statement behind it.
fn is_label(fragments: &[Printed]) -> bool {
    matches!(fragments, [name, colon] if name.token == Some(T::Ident) && colon.token == Some(T::Colon))
}

/// What stands between two fragments.
fn separate(
    before: &[Printed],
    prev: &Printed,
    f: &Printed,
    around: Around,
    style: &Style,
    (start, out): (usize, &mut Vec<Piece<'_>>),
) {
    let same_line = prev.line == f.line;
    if f.kind == F::Comment && same_line && prev.kind != F::BlankLine {
        // The reference puts a blank in front of `//` only.
        if !style.quirks || f.atoms.first().is_some_and(|a| a.text.starts_with(b"//")) {
            out.push(Piece::space());
        }
        return;
    }
    let inline = same_line && prev.kind == F::Comment && prev.atoms.first().is_some_and(|a| a.text.starts_with(b"/*"));
    // Behind a statement it is that one's.
    let behind = |f: &Printed| f.line == prev.line && line_like(f, around);
    if inline && !(line_like(f, around) && before.iter().rev().nth(1).is_some_and(behind)) {
        if !(style.quirks || matches!(f.token, Some(T::Comma | T::Semi | T::RParen))) {
            out.push(Piece::space());
        }
        return;
    }
    let listed = prev.token == Some(T::Comma)
        && before.iter().rev().nth(1).is_some_and(|f| matches!(f.kind, F::Field | F::Enumerator | F::Initialiser));
    if matches!(f.token, Some(T::Comma | T::Semi)) && prev.kind != F::Comment {
        return;
    }
    if f.token == Some(T::Colon) && prev.token == Some(T::Ident) && same_line {
        return;
    }
    let directive = matches!(f.kind, F::Directive | F::Unindented);
    if line_like(prev, around) || (listed && !around.one_line_list) || directive {
        out.push(Piece::newline());
        return;
    }
    let ends = matches!(prev.token, Some(T::Semi | T::LBrace | T::RBrace));
    if f.token == Some(T::KwElse) && prev.token == Some(T::RBrace) {
        if !style.quirks {
            out.push(Piece::space());
        }
        return;
    }
    let headed = style.quirks && head_of(before, prev);
    let line = !same_line && (ends || line_like(f, around) && !headed);
    if line || (same_line && matches!(prev.token, Some(T::LBrace))) {
        out.push(Piece::newline());
        return;
    }
    if prev.token == Some(T::KwElse) {
        let block = f.atoms.first().is_some_and(|a| a.kind == AtomKind::Token(T::LBrace));
        let chained = f.atoms.first().is_some_and(|a| a.kind == AtomKind::Token(T::KwIf));
        if style.quirks || !(block || chained) {
            out.push(Piece::newline());
        } else {
            out.push(Piece::space());
        }
        return;
    }
    if line_like(f, around) && !headed {
        out.push(Piece::newline());
        return;
    }
    if listed && !style.quirks {
        out.push(Piece::space());
        return;
    }
    if wants_space(&out[start..], f, style.quirks) {
        out.push(Piece::space());
    }
}

/// Whether what came so far is the head of a compound statement: in the reference its body follows on the line.
fn head_of(before: &[Printed], prev: &Printed) -> bool {
    prev.token == Some(T::RParen) && before.iter().any(|f| f.token.is_some_and(is_head_word))
}

/// The blank between two fragments on a line.
fn wants_space(out: &[Piece<'_>], f: &Printed, quirks: bool) -> bool {
    let Some(left) = out.iter().rev().find(|p| p.is_code()) else { return false };
    let Some(right) = f.atoms.iter().find(|a| a.is_solid()) else { return false };
    let right = match right.kind {
        AtomKind::Token(k) => k,
        _ => return true,
    };
    let Kind::Code(left) = left.kind else { return true };
    let open = matches!(left, T::LParen | T::LBracket | T::Dot | T::Arrow | T::Bang | T::Tilde);
    let close = matches!(right, T::RParen | T::RBracket | T::Dot | T::Arrow | T::Comma | T::Semi | T::LBracket);
    let word = is_head_word(left) || left == T::KwReturn;
    let parted = !quirks && matches!(left, T::Semi | T::Comma | T::AmpAmp | T::PipePipe);
    let call = right == T::LParen && !(word || parted);
    !(open || close || call)
}

/// The braces around a branch: ` {` behind its head, `}` on a line of its own.
pub(super) fn open_brace<'a>() -> [Piece<'a>; 2] {
    let mut brace = Piece::code(T::LBrace);
    brace.head = true;
    [brace, Piece::newline()]
}

pub(super) fn close_brace<'a>() -> [Piece<'a>; 2] {
    [Piece::newline(), Piece::code(T::RBrace)]
}

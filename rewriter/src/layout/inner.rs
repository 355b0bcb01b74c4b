//! Comments, directives and empty lines inside printed statements and functions of plus code (`rewriting.md` section 3, R-A7 to R-A9).
//!
//! The printer decides on line breaks by the structure of the code alone, so these first become marks among the atoms;
//! when a fragment is printed they take their lines.

use c_syntax::TokenKind as T;
use c_syntax::print::{Atom, AtomKind, Text, UNKNOWN};
use smpl_parser::ast::{FragmentKind, InnerText};

/// The origins of marks, which no token of added code has.
const INLINE: (u32, u32) = (UNKNOWN, 0);
const LINE_END: (u32, u32) = (UNKNOWN, 1);
const OWN_LINE: (u32, u32) = (UNKNOWN, 2);
const EMPTY_LINE: (u32, u32) = (UNKNOWN, 3);

/// Adds the mark of a text in front of the token that follows it.
pub(super) fn mark(text: &InnerText, out: &mut Vec<Atom>) {
    let bytes = Text::from_slice(text.text.trim().as_bytes());
    let atom = match text.kind {
        FragmentKind::BlankLine => Atom { kind: AtomKind::Comment, text: Text::new(), origin: Some(EMPTY_LINE) },
        FragmentKind::Comment if bytes.is_empty() => return,
        FragmentKind::Comment => {
            let origin = match (text.follows, text.followed && !bytes.starts_with(b"//")) {
                (true, true) => INLINE,
                (true, false) => LINE_END,
                (false, _) => OWN_LINE,
            };
            Atom { kind: AtomKind::Comment, text: bytes, origin: Some(origin) }
        }
        _ => Atom { kind: AtomKind::Line, text: bytes, origin: Some(OWN_LINE) },
    };
    out.push(atom);
}

/// Gives the marks of a printed fragment their white space.
/// In the reference no blank stands in front of a block comment.
pub(super) fn settle(atoms: &mut Vec<Atom>, quirks: bool) {
    if !atoms.iter().any(|a| is_mark(a.origin)) {
        return;
    }
    let mut out: Vec<Atom> = Vec::with_capacity(atoms.len() + 8);
    let mut rest = std::mem::take(atoms).into_iter().peekable();
    while let Some(mut atom) = rest.next() {
        let origin = atom.origin.filter(|_| is_mark(atom.origin));
        let Some(origin) = origin else {
            out.push(atom);
            continue;
        };
        atom.origin = None;
        match origin {
            INLINE if out.last().is_none_or(|a| a.kind != AtomKind::Newline) => {
                blank(&mut out, &atom, quirks);
                out.push(atom);
                // The printer saw the mark as a word.
                while rest.next_if(|a| a.kind == AtomKind::Space).is_some() {}
                if rest.peek().is_some_and(|a| a.is_solid() && !closes(a.kind)) {
                    out.push(Atom::blank(AtomKind::Space));
                }
            }
            INLINE | LINE_END => {
                let at = out.iter().rposition(Atom::is_solid).map_or(0, |i| i + 1);
                let behind = out.split_off(at);
                blank(&mut out, &atom, quirks);
                out.push(atom);
                if !behind.iter().any(|a| a.kind == AtomKind::Newline) {
                    out.push(Atom::blank(AtomKind::Newline));
                }
                out.extend(behind.into_iter().filter(|a| !matches!(a.kind, AtomKind::Space | AtomKind::Break)));
            }
            _ => {
                let outdent = out.pop_if(|a| a.kind == AtomKind::Outdent);
                while out.pop_if(|a| matches!(a.kind, AtomKind::Space | AtomKind::Break)).is_some() {}
                if out.last().is_some_and(|a| a.kind != AtomKind::Newline) {
                    out.push(Atom::blank(AtomKind::Newline));
                }
                if origin == OWN_LINE {
                    out.push(atom);
                }
                out.push(Atom::blank(AtomKind::Newline));
                out.extend(outdent);
                while rest.next_if(|a| a.kind == AtomKind::Space).is_some() {}
            }
        }
    }
    *atoms = out;
}

fn is_mark(origin: Option<(u32, u32)>) -> bool {
    matches!(origin, Some(INLINE | LINE_END | OWN_LINE | EMPTY_LINE))
}

fn closes(kind: AtomKind) -> bool {
    matches!(kind, AtomKind::Token(T::Comma | T::Semi | T::RParen | T::RBracket))
}

fn blank(out: &mut Vec<Atom>, comment: &Atom, quirks: bool) {
    if quirks && !comment.text.starts_with(b"//") {
        while out.pop_if(|a| a.kind == AtomKind::Space).is_some() {}
        return;
    }
    if out.last().is_some_and(Atom::is_solid) {
        out.push(Atom::blank(AtomKind::Space));
    }
}

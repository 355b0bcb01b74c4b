//! A range of source text as atoms that keep every byte: values that hold comments.

use super::{Atom, AtomKind};
use crate::tree::Tree;

/// The text of a range of tokens, comments and line breaks included, if it has comments or `always`; otherwise nothing.
/// What continuation lines have beyond the indentation of the first line becomes the text of their line breaks.
#[must_use]
pub fn verbatim(tree: &Tree, range: std::ops::Range<u32>, always: bool) -> Option<Vec<Atom>> {
    let mut out = Vec::new();
    let mut comments = always;
    if range.is_empty() {
        return None;
    }
    let base = line_indent(tree, tree.token(crate::tree::TokenId(range.start)).start);
    for i in range.clone() {
        let id = crate::tree::TokenId(i);
        let t = tree.token(id);
        if i > range.start {
            comments |= gap(tree.slice(tree.token(crate::tree::TokenId(i - 1)).end(), t.start), &base, &mut out);
        }
        let kind = if t.kind == crate::token::TokenKind::Directive { AtomKind::Line } else { AtomKind::Token(t.kind) };
        out.push(Atom { kind, text: tree.token_text(id).to_vec(), origin: None });
    }
    comments.then_some(out)
}

/// Cuts white space and comments into atoms; returns whether there was a comment.
fn gap(text: &[u8], base: &[u8], out: &mut Vec<Atom>) -> bool {
    let mut comments = false;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (kind, len) = match rest {
            [b'/', b'*', ..] => {
                (AtomKind::Comment, memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |i| i + 4))
            }
            [b'/', b'/', ..] => (AtomKind::Comment, memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())),
            [b'\n', ..] => (AtomKind::Newline, 1),
            [b'\r', b'\n', ..] => (AtomKind::Newline, 2),
            _ => {
                let stop = rest.iter().position(|b| matches!(b, b'/' | b'\n' | b'\r'));
                (AtomKind::Space, stop.unwrap_or(rest.len()).max(1))
            }
        };
        comments |= kind == AtomKind::Comment;
        at += len;
        if kind == AtomKind::Newline {
            let blanks = text[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            let indent = &text[at..at + blanks];
            // The indentation itself is inferred anew: a value stands elsewhere than it did.
            let extra = indent.strip_prefix(base).unwrap_or(indent);
            out.push(Atom { kind, text: extra.to_vec(), origin: None });
            at += blanks;
        } else {
            out.push(Atom { kind, text: rest[..len].to_vec(), origin: None });
        }
    }
    comments
}

/// The indentation of the line that holds an offset of the tree.
fn line_indent(tree: &Tree, offset: u32) -> Vec<u8> {
    let (text, base) = tree.text();
    let at = (base + offset) as usize;
    let start = memchr::memrchr2(b'\n', b'\r', &text[..at]).map_or(0, |i| i + 1);
    text[start..at].iter().copied().take_while(|b| matches!(b, b' ' | b'\t')).collect()
}

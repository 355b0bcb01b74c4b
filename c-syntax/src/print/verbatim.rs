//! A range of source text as atoms that keep every byte: values that keep their layout.

use super::{Atom, AtomKind, Text};
use crate::kind::SyntaxKind as K;
use crate::token::TokenKind as T;
use crate::tree::{NodeId, TokenId, Tree};

/// What becomes of the lines of a text that is printed as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// They go on the statement that the text is printed into.
    OfValue,
    /// They are those of statements.
    OfStatements,
    /// And comments on lines of their own above go along.
    WithCommentsAbove,
}

/// Where the comments on lines of their own start that stand in front of a token.
fn comments_above(tree: &Tree, token: TokenId) -> Option<u32> {
    let from = tree.token(TokenId(token.0.checked_sub(1)?)).end();
    let text = tree.slice(from, tree.token(token).start);
    let line = memchr::memchr(b'\n', text)?;
    let at = line + text[line..].iter().position(|b| !b.is_ascii_whitespace())?;
    Some(from + at as u32)
}

/// What stands in the place of tokens: how far it goes, and its atoms.
pub type Hole = (u32, Vec<Atom>);

/// The text of a range of tokens, comments and line breaks included; nothing of an empty range. `holes` says what stands in the place
/// of tokens from one on.
///
/// Of statements the lines become [`Moved`] ones. Else what continuation lines have beyond the indentation of the statement that
/// `node`, the first of the range, is in becomes the text of their line breaks.
#[must_use]
pub fn verbatim(
    tree: &Tree,
    node: NodeId,
    range: std::ops::Range<u32>,
    lines: Lines,
    holes: &dyn Fn(u32) -> Option<Hole>,
) -> Option<Vec<Atom>> {
    let mut out = Vec::new();
    if range.is_empty() {
        return None;
    }
    let range = range.start..whole_conditionals(tree, &range);
    let statements = lines != Lines::OfValue;
    let start = if statements { line_start(tree, node) } else { statement_start(tree, node) };
    let above = (lines == Lines::WithCommentsAbove).then(|| comments_above(tree, TokenId(range.start))).flatten();
    let base = line_indent(tree, above.unwrap_or(tree.token(start).start));
    let in_macro = tree.child_nodes(tree.root()).any(|n| tree.kind(n) == K::Define);
    let mut first = statements;
    let mut i = range.start;
    let mut move_lines = |lines: &mut [Atom]| {
        for line in lines.iter_mut().filter(|a| a.kind == AtomKind::Newline) {
            let indent = std::mem::take(&mut line.text);
            *line = Moved { value: range.start, first, from: &base, indent: &indent }.atom();
            first = false;
        }
    };
    if let Some(at) = above {
        gap(tree.slice(at, tree.token(TokenId(range.start)).start), b"", in_macro, &mut out);
        move_lines(&mut out);
    }
    while i < range.end {
        let id = TokenId(i);
        let t = tree.token(id);
        if i > range.start {
            let from = out.len();
            let base: &[u8] = if statements { b"" } else { &base };
            gap(tree.slice(tree.token(TokenId(i - 1)).end(), t.start), base, in_macro, &mut out);
            if statements {
                move_lines(&mut out[from..]);
            } else if let Some(line) = out[from..].iter_mut().rev().find(|a| a.kind == AtomKind::Newline)
                && is_aligned(tree, id)
            {
                line.origin = Some(ALIGNED);
            }
        }
        if let Some((end, atoms)) = holes(i).filter(|h| h.0 > i) {
            out.extend(atoms);
            i = end;
            continue;
        }
        let kind = if t.kind == T::Directive { AtomKind::Line } else { AtomKind::Token(t.kind) };
        out.push(Atom { kind, text: Text::from_slice(tree.token_text(id)), origin: Some((MOVED, MOVED)) });
        i += 1;
    }
    if out.last().is_some_and(|a| a.kind == AtomKind::Line) {
        out.push(Atom::blank(AtomKind::Newline));
    }
    Some(out)
}

/// The first token of the statement, declaration or list element on its own lines that holds a node, or of the node.
fn statement_start(tree: &Tree, node: NodeId) -> TokenId {
    let own = |n: &NodeId| {
        tree.kind(*n).is_stmt()
            || matches!(tree.kind(*n), K::Declaration | K::FieldDecl | K::Enumerator | K::Designated)
    };
    let holder = std::iter::successors(Some(node), |n| tree.parent(*n)).find(own).unwrap_or(node);
    tree.first_token(holder).unwrap_or(TokenId(tree.token_range(node).start))
}

/// A token on the line that a statement starts or goes on: the first of the statement, or of the head behind which it stands.
fn line_start(tree: &Tree, node: NodeId) -> TokenId {
    let first = TokenId(tree.token_range(node).start);
    let on_line = first.0.checked_sub(1).is_some_and(|before| {
        let gap = tree.slice(tree.token(TokenId(before)).end(), tree.token(first).start);
        memchr::memchr(b'\n', gap).is_none()
    });
    let head = tree.parent(node).filter(|_| on_line).and_then(|head| tree.first_token(head));
    head.unwrap_or(first)
}

/// The end of a range with the lines behind it that end conditionals which begin in it.
fn whole_conditionals(tree: &Tree, range: &std::ops::Range<u32>) -> u32 {
    let mut open = 0i32;
    let mut end = range.end;
    for i in range.start..tree.tokens().len() as u32 {
        if i >= range.end && (open == 0 || tree.token(TokenId(i)).kind != T::Directive) {
            break;
        }
        end = end.max(i + 1);
        if tree.token(TokenId(i)).kind == T::Directive {
            let word = tree.token_text(TokenId(i)).trim_ascii_start();
            let word = word.strip_prefix(b"#").unwrap_or(word).trim_ascii_start();
            open += i32::from(word.starts_with(b"if")) - i32::from(word.starts_with(b"endif"));
        }
    }
    end
}

/// The origins of what [`Moved`] lines consist of.
const MOVED: u32 = super::UNKNOWN - 1;
const MOVED_FIRST: u32 = super::UNKNOWN - 2;

/// The line break in front of a line of statements that may stand elsewhere than they did: they keep what they have among each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moved<'t> {
    /// Tells lines of one value from those of others.
    pub value: u32,
    /// Whether it is the first line break of the value.
    pub first: bool,
    /// The indentation of the line on which the value started.
    pub from: &'t [u8],
    /// The indentation of this line.
    pub indent: &'t [u8],
}

impl<'t> Moved<'t> {
    fn atom(self) -> Atom {
        let origin = (if self.first { MOVED_FIRST } else { MOVED }, self.value);
        let text = [self.from, b"\n", self.indent].concat();
        Atom { kind: AtomKind::Newline, text: text.into(), origin: Some(origin) }
    }

    /// The one that an atom stands for.
    #[must_use]
    pub fn of(atom: &'t Atom) -> Option<Self> {
        let (mark, value) =
            atom.origin.filter(|o| atom.kind == AtomKind::Newline && matches!(o.0, MOVED | MOVED_FIRST))?;
        let end = memchr::memchr(b'\n', &atom.text)?;
        let (from, indent) = (&atom.text[..end], &atom.text[end + 1..]);
        Some(Self { value, first: mark == MOVED_FIRST, from, indent })
    }
}

/// Whether a token's place in the text is that of a value that keeps its lines.
#[must_use]
pub fn is_moved(origin: Option<(u32, u32)>) -> bool {
    origin == Some((MOVED, MOVED))
}

/// The origin of a line break behind which the line is aligned to the bracket around it.
pub const ALIGNED: (u32, u32) = (super::UNKNOWN, super::UNKNOWN);

/// Whether a token that starts a line stands in the column behind the innermost bracket that is open there.
fn is_aligned(tree: &Tree, token: TokenId) -> bool {
    let mut depth = 0;
    for i in (0..token.0).rev() {
        match tree.token(TokenId(i)).kind {
            T::RParen | T::RBracket => depth += 1,
            T::LParen | T::LBracket if depth > 0 => depth -= 1,
            T::LParen | T::LBracket => {
                return column(tree, tree.token(TokenId(i)).end()) == column(tree, tree.token(token).start);
            }
            T::Semi | T::LBrace | T::RBrace if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

/// The column of an offset, tabs counted to 8.
#[must_use]
pub fn column(tree: &Tree, offset: u32) -> usize {
    let (text, base) = tree.text();
    let at = (base + offset) as usize;
    let start = memchr::memrchr2(b'\n', b'\r', &text[..at]).map_or(0, |i| i + 1);
    width(&text[start..at], 0)
}

/// The column behind bytes that start at `column`, tabs counted to 8.
#[must_use]
pub fn width(bytes: &[u8], column: usize) -> usize {
    bytes.iter().fold(column, |c, b| match b {
        b'\t' => c / 8 * 8 + 8,
        b'\n' => 0,
        _ => c + 1,
    })
}

/// Cuts white space and comments, of a macro's body or of other code, into atoms.
fn gap(text: &[u8], base: &[u8], in_macro: bool, out: &mut Vec<Atom>) {
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
        at += len;
        if kind == AtomKind::Newline {
            let blanks = text[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
            let indent = &text[at..at + blanks];
            // The indentation itself is inferred anew: a value stands elsewhere than it did.
            let extra = indent.strip_prefix(base).unwrap_or(indent);
            out.push(Atom { kind, text: Text::from_slice(extra), origin: None });
            at += blanks;
            continue;
        }
        let mut bytes = &rest[..len];
        if in_macro && kind == AtomKind::Space && matches!(text.get(at), Some(b'\n' | b'\r')) {
            // The end of a line of a macro's body: whether that goes on is for the place where the value goes to say.
            bytes = bytes.strip_suffix(b"\\").map_or(bytes, <[u8]>::trim_ascii_end);
        }
        if !bytes.is_empty() {
            out.push(Atom { kind, text: Text::from_slice(bytes), origin: None });
        }
    }
}

/// The indentation of the line that holds an offset of the tree.
fn line_indent(tree: &Tree, offset: u32) -> Text {
    let (text, base) = tree.text();
    let at = (base + offset) as usize;
    let start = memchr::memrchr2(b'\n', b'\r', &text[..at]).map_or(0, |i| i + 1);
    text[start..at].iter().copied().take_while(|b| matches!(b, b' ' | b'\t')).collect()
}

//! Elements that surely can be read after edits: only the statements that edits concern are lexed and read again.
//!
//! Where the fast reader read a function, its body is a row of statements that do not depend on each other. If those that come in the
//! place of edited ones are statements for it too, it reads the function as before.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::edited::balanced;
use crate::file::{ElementKind, FileElement};
use crate::grammar::{COMPLEX, NameClass};
use crate::kind::SyntaxKind;
use crate::lexer::{Directives, lex_range};
use crate::sym::Sym;
use crate::token::{Token, TokenFlags, TokenKind};
use crate::tree::{Child, NodeId, Tree};
use crate::view::Known;
use crate::{second, sure};

/// An edit: the replaced bytes, counted from the element's start, and how many bytes came in their place.
pub(crate) type Change = (Range<u32>, usize);

/// More tokens are not read as one window: limits of work and depth are those of elements.
const MAX_TOKENS: usize = 2000;

/// Statements of one block that edits concern.
struct Window {
    block: NodeId,
    /// Their tokens; none if something is added between two statements.
    first: u32,
    end: u32,
    /// By how many bytes what stands in front of them, and behind them, has moved.
    shift: (i64, i64),
}

/// Rows of tokens that were read, by what the reader sees of them.
#[derive(Default)]
pub(crate) struct Shapes {
    read: FxHashSet<Box<[u64]>>,
    names: FxHashMap<Sym, u64>,
    shape: Vec<u64>,
}

/// Whether a function with edits, which starts at `start` in the new text, surely can be read.
pub(crate) fn surely_reads(
    old: &FileElement,
    text: &Arc<[u8]>,
    start: u32,
    edits: impl Iterator<Item = Change>,
    shapes: &mut Shapes,
) -> bool {
    let parsed = old.element.parsed.get().filter(|p| p.sure && old.element.kind == ElementKind::Function);
    let Some(tree) = parsed.and_then(|p| p.trees.first()) else { return false };
    let Some(windows) = windows(tree, edits) else { return false };
    let known = Known { tables: &old.element.source.context.tables, facts: &old.element.source.context.facts };
    windows.iter().all(|w| reads(w, tree, text, start, known, shapes).is_some())
}

/// The statements that edits concern, in order; nothing if one concerns more than statements.
fn windows(tree: &Tree, edits: impl Iterator<Item = Change>) -> Option<Vec<Window>> {
    let tokens = tree.tokens();
    let mut out: Vec<Window> = Vec::new();
    let (mut shift, mut passed) = (0i64, 0);
    for (gone, len) in edits {
        let before = shift;
        shift += len as i64 - gone.len() as i64;
        // Edits come in order.
        passed += tokens[passed..].iter().take_while(|t| t.end() <= gone.start).count();
        let mut first = passed;
        if first > 0 && tokens[first - 1].end() == gone.start && !stands_apart(tokens[first - 1].kind) {
            first -= 1;
        }
        let mut end = first + tokens[first..].iter().take_while(|t| t.start < gone.end).count();
        if tokens.get(end).is_some_and(|t| t.start == gone.end && !stands_apart(t.kind)) {
            end += 1;
        }
        let near = out.last().map_or(tree.root(), |last| last.block);
        let mut new = window(tree, near, (first as u32, end as u32), (before, shift))?;
        while let Some(last) = out.last_mut() {
            if last.block == new.block && new.first <= last.end {
                new.first = new.first.min(last.first);
                new.end = new.end.max(last.end);
            } else if last.first <= new.first && new.end <= last.end && last.first < last.end {
                (new.block, new.first, new.end) = (last.block, last.first, last.end);
            } else if !(new.first <= last.first && last.end <= new.end && new.first < new.end) {
                if new.first < last.end {
                    return None;
                }
                break;
            }
            new.shift.0 = last.shift.0;
            out.pop();
        }
        out.push(new);
    }
    Some(out)
}

/// Whether a token stays as it is, whatever comes beside it.
fn stands_apart(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(kind, T::LBrace | T::RBrace | T::Semi | T::LParen | T::RParen | T::Comma)
}

/// The statements of the innermost block that hold tokens, or the place among them. Most often they are in a block that was looked at.
fn window(tree: &Tree, near: NodeId, (first, end): (u32, u32), shift: (i64, i64)) -> Option<Window> {
    let range = |c: &Child| match *c {
        Child::Node(n) => tree.token_range(n),
        Child::Token(t) => t.0..t.0 + 1,
    };
    let mut found = None;
    let around = tree.token_range(near);
    let mut node = if around.start < first && end.max(first) < around.end { near } else { tree.root() };
    loop {
        let own = tree.token_range(node);
        if tree.kind(node) == SyntaxKind::Block && own.start < first && end < own.end && end <= own.end {
            found = Some(node);
        }
        let children = tree.children(node);
        let at = if first < end {
            children.partition_point(|c| range(c).end <= first)
        } else {
            children.partition_point(|c| range(c).end <= first && range(c).start < first)
        };
        let inside = |r: &Range<u32>| {
            if first < end { r.start <= first && end <= r.end } else { r.start < first && first < r.end }
        };
        match children.get(at) {
            Some(Child::Node(n)) if inside(&tree.token_range(*n)) => node = *n,
            _ => break,
        }
    }
    let block = found?;
    let children = tree.children(block);
    let from = children.partition_point(|c| range(c).end <= first);
    let to = children.partition_point(|c| range(c).start < end.max(first));
    let (first, end) = match children.get(from..to) {
        Some([one, .., last]) => (range(one).start, range(last).end),
        Some([one]) => (range(one).start, range(one).end),
        _ => (first, first),
    };
    Some(Window { block, first, end, shift })
}

/// Lexes and reads what stands in the place of a window now.
fn reads(w: &Window, tree: &Tree, text: &Arc<[u8]>, start: u32, known: Known<'_>, shapes: &mut Shapes) -> Option<()> {
    let tokens = tree.tokens();
    let (before, behind) = (tokens.get(w.first.checked_sub(1)? as usize)?, tokens.get(w.end as usize)?);
    let place = |at: u32, shift: i64| usize::try_from(i64::from(start) + i64::from(at) + shift).ok();
    let from = place(before.end(), w.shift.0)?;
    let to = place(behind.start, w.shift.1)?;
    let mut new = lex_range(text, from, to + behind.len as usize, start as usize, Directives::Whole);
    new.pop().filter(|t| t.start as usize + start as usize == to && t.len == behind.len && t.kind == behind.kind)?;
    if let Some(first) = new.first_mut()
        && memchr::memchr(b'\n', &text[from..(start + first.start) as usize]).is_none()
    {
        first.flags = TokenFlags::default();
    }
    let old = &tokens[w.first as usize..w.end as usize];
    let in_column_0 = |t: &Token| t.flags.has(TokenFlags::COLUMN_0);
    if new.len() > MAX_TOKENS || old.iter().any(in_column_0) || new.iter().any(in_column_0) || !is_plain(&new) {
        return None;
    }
    if new.is_empty() {
        return Some(());
    }
    if shapes.take(&new, text, start, known) {
        return Some(());
    }
    let facts = known.facts;
    let around: Vec<Token> = std::iter::once(*before).chain(new.iter().copied()).chain([*behind]).collect();
    if facts.learns_from(&around) {
        return None;
    }
    second::read_statements(text, start, &new.into(), known.tables, facts).ok().filter(|t| sure::is_sure(t, known))?;
    shapes.read.insert(shapes.shape.as_slice().into());
    Some(())
}

/// Whether brackets are in pairs, and all tokens such that the fast reader takes them.
fn is_plain(tokens: &[Token]) -> bool {
    balanced(tokens) && !tokens.iter().any(|t| sure::is_slow(t.kind))
}

impl Shapes {
    /// Makes the shape of a row of tokens; whether one of this shape was read.
    fn take(&mut self, tokens: &[Token], text: &[u8], start: u32, known: Known<'_>) -> bool {
        self.shape.clear();
        let mut last = None;
        for t in tokens {
            let at = (start + t.start) as usize;
            let mut shape = t.kind as u64 | u64::from(last == Some(t.start)) << 8;
            if t.flags.has(TokenFlags::FIRST_ON_LINE) {
                let blank = |c: &&u8| matches!(c, b' ' | b'\t');
                let indentation = text[..at].iter().rev().take(400).take_while(blank).count();
                shape |= 1 << 9 | (indentation as u64) << 10;
            }
            if t.kind == TokenKind::Ident {
                let word = || &text[at..at + t.len as usize];
                shape |= *self.names.entry(t.sym).or_insert_with(|| name(t, word(), known)) << 32;
            }
            last = Some(t.end());
            self.shape.push(shape);
        }
        self.read.contains(self.shape.as_slice())
    }
}

/// What the grammar and those who doubt its trees see of a name.
fn name(token: &Token, word: &[u8], known: Known<'_>) -> u64 {
    let class = match second::class(known.tables, known.facts, word, token) {
        NameClass::Plain => 0,
        NameClass::Typedef => 1,
        NameClass::Attribute => 2,
        NameClass::Declarer => 3,
        NameClass::Iterator => 4,
        NameClass::Word | NameClass::Var(_) => 5,
    };
    let bits = [
        word.starts_with(b"__"),
        word.len() > 1 && !word.iter().any(u8::is_ascii_lowercase),
        sure::is_attribute(known, token.sym),
        token.sym == COMPLEX,
    ];
    bits.iter().fold(class, |all, bit| all << 1 | u64::from(*bit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::SourceFile;
    use crate::macros::MacroTables;

    const FILE: &str = "typedef int t;\nstatic int f(int a, t *b)\n{\n\tint x = 1, *y;\n\n\tfoo(a, g(b));\n\tif (a) {\n\t\tx++; /* c */\n\t} else\n\
                        \t\tfoo(1, 2);\n\tfor (;;)\n\t\tswitch (x) {\n\t\tcase 1:\n\t\t\tbreak;\n\t\tdefault:\n\t\t\tgoto out;\n\t\t}\n\
                        out:\n\treturn -1;\n}\n\nint last;\n";

    /// Whatever is replaced, what is sure to be readable is read by the fast reader.
    #[test]
    fn what_is_sure_is_read() {
        let tables = Arc::new(MacroTables::default());
        let old = SourceFile::parse(FILE.as_bytes().into(), &tables, None);
        assert!(old.elements.iter().all(|e| e.element.parsed().sure));
        let pieces = [
            "",
            "b",
            "}",
            "{",
            ";",
            "/*",
            "*/",
            "\"",
            "(2)",
            "else",
            "\n\n",
            "int q;\n",
            " x(y) ",
            "\n\tbar(a);",
            "\\\n",
            "// z\n",
            "A b;",
            "t *v;",
            "if (1)",
            "case 2:",
            "=",
            "\n#if 1\n",
            "u *w;",
            "M(x)\n\t",
            "{ x; }",
            "do",
        ];
        let mut sure = 0;
        let function = &old.elements[1];
        for at in function.start as usize..=function.end as usize {
            for gone in [0, 1, 3, 9, 40] {
                let end = (at + gone).min(function.end as usize);
                for piece in pieces {
                    for second in [None, Some("foo(0);")] {
                        let mut text = [&FILE[..at], piece, &FILE[end..]].concat();
                        let mut edits = vec![(at as u32 - function.start..end as u32 - function.start, piece.len())];
                        let place = FILE.find("return").unwrap();
                        if let Some(second) = second {
                            if end > place {
                                continue;
                            }
                            let moved = place + piece.len() - (end - at);
                            text.insert_str(moved, second);
                            let place = place as u32 - function.start;
                            edits.push((place..place, second.len()));
                        }
                        let text: Arc<[u8]> = text.as_bytes().into();
                        let edits = edits.into_iter();
                        if !surely_reads(function, &text, function.start, edits, &mut Shapes::default()) {
                            continue;
                        }
                        sure += 1;
                        let fresh = SourceFile::parse(text.clone(), &tables, Some(&old));
                        let shown = String::from_utf8_lossy(&text);
                        assert_eq!(fresh.elements.len(), 3, "{at}..{end} {piece:?}\n{shown}");
                        assert!(fresh.elements[1].element.parsed().sure, "{at}..{end} {piece:?}\n{shown}");
                    }
                }
            }
        }
        assert!(sure > 3000, "only {sure} are sure");
    }
}

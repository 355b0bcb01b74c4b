//! A file after edits inside some of its elements: only these are lexed and cut again, where nothing else can depend on them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use crate::branches::{self, Conditional};
use crate::cut;
use crate::file::{Element, ElementKind, ElementSource, FileElement, SourceFile};
use crate::lexer::{Directives, lex_range};
use crate::macros::MacroTables;
use crate::token::{Token, TokenFlags, TokenKind};
use crate::windows::{Shapes, surely_reads};

/// So many tokens after an element decide at most where it ends.
const AHEAD: usize = 64;

impl SourceFile {
    /// The file with the text that edits give: `edits` are the replaced bytes of this version, sorted and disjoint, and how many bytes
    /// came in their place. Elements without edits are those of this version. What the file says about names is not forgotten where
    /// code goes.
    #[must_use]
    pub fn edited(&self, text: Arc<[u8]>, tables: &Arc<MacroTables>, edits: &[(Range<usize>, usize)]) -> Self {
        match Edited::new(self, &text, edits).and_then(|mut e| e.elements(tables)) {
            Some(elements) => Self { text, elements },
            None => Self::parse(text, tables, Some(self)),
        }
    }

    /// Whether no more elements of the file that edits give are unreadable than of this one. As [`SourceFile::edited`], but for a
    /// text that is not worked on any further: of its elements only one is held at a time.
    #[must_use]
    pub fn stays_readable(&self, text: &Arc<[u8]>, tables: &Arc<MacroTables>, edits: &[(Range<usize>, usize)]) -> bool {
        let (mut before, mut after) = (0, 0);
        let each = |i: usize, new: Arc<Element>| {
            if !new.reads() {
                after += 1;
                before += usize::from(!self.elements[i].element.reads());
            }
        };
        let local = Edited::new(self, text, edits).and_then(|mut e| {
            e.leave_out_readable(edits);
            e.each(tables, each)
        });
        if local.is_some() {
            return after <= before;
        }
        self.reads_as_well(&Self::parse(text.clone(), tables, Some(self)))
    }

    /// Whether no more elements of a new version are unreadable than of this one.
    #[must_use]
    pub fn reads_as_well(&self, new: &Self) -> bool {
        let wrong = new.unread_beside(self);
        wrong == 0 || wrong <= self.unread_beside(new)
    }

    /// How many elements cannot be read, of those that another version does not share.
    fn unread_beside(&self, other: &Self) -> usize {
        let shared: FxHashSet<*const Element> = other.elements.iter().map(|e| Arc::as_ptr(&e.element)).collect();
        let own = self.elements.iter().filter(|e| !shared.contains(&Arc::as_ptr(&e.element)));
        own.filter(|e| !e.element.reads()).count()
    }
}

struct Edited<'a> {
    old: &'a SourceFile,
    text: &'a Arc<[u8]>,
    /// Where each element lies in the new text.
    places: Vec<Range<u32>>,
    /// The elements with edits, in order.
    changed: Vec<usize>,
    /// Those of them that are to be read anew.
    unsure: Vec<usize>,
    /// The new tokens of those of them that are worked on; they count from where the element starts.
    lexed: BTreeMap<usize, Arc<[Token]>>,
}

impl<'a> Edited<'a> {
    /// None if an edit is not inside an element that stands by itself, or changes how the text around it is read.
    fn new(old: &'a SourceFile, text: &'a Arc<[u8]>, edits: &[(Range<usize>, usize)]) -> Option<Self> {
        let mut new = Self {
            old,
            text,
            places: Vec::with_capacity(old.elements.len()),
            changed: Vec::new(),
            unsure: Vec::new(),
            lexed: BTreeMap::new(),
        };
        let mut edits = edits.iter().peekable();
        let mut shift = 0i64;
        let mut conditionals = 0usize;
        for (i, e) in old.elements.iter().enumerate() {
            conditionals = after_directive(conditionals, &e.element);
            let range = e.start as usize..e.end as usize;
            let start = i64::from(e.start) + shift;
            let mut touched = false;
            while let Some((replaced, len)) = edits.next_if(|(replaced, _)| replaced.start <= range.end) {
                if replaced.start < range.start || replaced.end > range.end {
                    return None;
                }
                touched = true;
                shift += *len as i64 - replaced.len() as i64;
            }
            new.places.push(u32::try_from(start).ok()?..u32::try_from(i64::from(e.end) + shift).ok()?);
            if touched {
                if conditionals > 0 || !stands_alone(&e.element) {
                    return None;
                }
                new.changed.push(i);
            }
        }
        if edits.next().is_some() {
            return None;
        }
        new.unsure.clone_from(&new.changed);
        Some(new)
    }

    /// Of the changed elements, leaves only those to be read anew that are not sure to be readable.
    fn leave_out_readable(&mut self, edits: &[(Range<usize>, usize)]) {
        let mut shapes = Shapes::default();
        let mut rest = edits;
        let mut unsure = std::mem::take(&mut self.unsure);
        unsure.retain(|i| {
            let element = &self.old.elements[*i];
            let from = rest.partition_point(|e| e.0.end < element.start as usize);
            let count = rest[from..].partition_point(|e| e.0.start <= element.end as usize);
            let own = &rest[from..from + count];
            rest = &rest[from + count..];
            let own = own.iter().map(|(gone, len)| {
                let at = |at: usize| at as u32 - element.start;
                (at(gone.start)..at(gone.end), *len)
            });
            !surely_reads(element, self.text, self.places[*i].start, own, &mut shapes)
        });
        self.unsure = unsure;
    }

    /// The new tokens of an element, if lexing is back in step at the next one.
    fn lex(&self, i: usize) -> Option<Arc<[Token]>> {
        let place = &self.places[i];
        let start = place.start as usize;
        let next = self.old.elements.get(i + 1).map(|next| {
            let from = self.places[i + 1].start;
            let first = next.element.tokens().first().map_or(0, |t| t.end());
            (from, if is_directive(next.element.kind) { next.end - next.start } else { first })
        });
        let end = next.map_or(self.text.len(), |(from, len)| (from + len) as usize);
        let mut tokens = lex_range(self.text, start, end, 0, Directives::Whole);
        if let Some((from, len)) = next {
            tokens.pop().filter(|t| t.start == from && t.len == len)?;
        }
        let old = self.old.elements[i].element.tokens().first()?;
        let (first, last) = (tokens.first()?, tokens.last()?);
        let same = first.start == place.start && first.flags.0 == old.flags.0 && last.end() == place.end;
        let own = tokens.iter().map(|t| Token { start: t.start - place.start, ..*t });
        (same && balanced(&tokens)).then(|| own.collect())
    }

    /// The elements of the new version, if they are cut where those of the old one were.
    fn elements(&mut self, tables: &MacroTables) -> Option<Vec<FileElement>> {
        let mut made = Vec::with_capacity(self.changed.len());
        self.each(tables, |i, element| made.push((i, element)))?;
        let mut made = made.into_iter().peekable();
        let old = self.old.elements.iter().enumerate().zip(&self.places);
        let all = old.map(|((i, old), place)| {
            let new = made.next_if(|m| m.0 == i).map(|m| m.1);
            let element = new.unwrap_or_else(|| Arc::clone(&old.element));
            FileElement { start: place.start, end: place.end, element }
        });
        Some(all.collect())
    }

    /// Makes the changed elements one after the other that are to be read anew.
    fn each(&mut self, tables: &MacroTables, mut take: impl FnMut(usize, Arc<Element>)) -> Option<()> {
        for at in 0..self.unsure.len() {
            let i = self.unsure[at];
            take(i, self.element(i, tables)?);
            self.lexed = self.lexed.split_off(&i);
        }
        Some(())
    }

    fn element(&mut self, i: usize, tables: &MacroTables) -> Option<Arc<Element>> {
        let tokens = &self.lexed(i)?;
        let old = &self.old.elements[i].element;
        let context = &old.source.context;
        if context.facts.learns_from(tokens) {
            return None;
        }
        let before = (0..i).rev().find(|b| is_cut(&self.old.elements[*b].element));
        let mut around = Vec::new();
        if let Some(before) = before {
            self.tokens(before, &mut around)?;
        }
        let start = around.len();
        self.tokens(i, &mut around)?;
        let end = around.len();
        for after in (i + 1..self.old.elements.len()).filter(|a| is_cut(&self.old.elements[*a].element)) {
            if around.len() > end + AHEAD {
                break;
            }
            self.tokens(after, &mut around)?;
        }
        let kept: Vec<u32> = (0..around.len() as u32).collect();
        let item = |lo: usize| cut::first(self.text, &around[lo..], &kept[..around.len() - lo], tables, &context.facts);
        if start > 0 && item(0).hi != start {
            return None;
        }
        let item = item(start);
        if item.hi != tokens.len() || item.kind != old.kind {
            return None;
        }
        let place = &self.places[i];
        let word = |t: usize| {
            let t = around.get(start + t)?;
            Some(String::from_utf8_lossy(&self.text[t.start as usize..t.end() as usize]).into())
        };
        let source = ElementSource {
            text: Arc::clone(self.text),
            base: place.start,
            len: place.end - place.start,
            first: tokens.first().is_none_or(|t| t.flags.has(TokenFlags::FIRST_ON_LINE)),
            tokens: OnceLock::from(Arc::clone(tokens)),
            kept: None,
            context: Arc::clone(context),
        };
        let (kind, name) = (old.kind, item.name.and_then(word));
        Some(Arc::new(Element { kind, name, source, parsed: OnceLock::new() }))
    }

    /// The new tokens of a changed element.
    fn lexed(&mut self, i: usize) -> Option<Arc<[Token]>> {
        if let Some(tokens) = self.lexed.get(&i) {
            return Some(tokens.clone());
        }
        let tokens = self.lex(i)?;
        self.lexed.insert(i, tokens.clone());
        Some(tokens)
    }

    /// Adds the tokens of an element that are read, where they lie in the new text.
    fn tokens(&mut self, i: usize, out: &mut Vec<Token>) -> Option<()> {
        let start = self.places[i].start;
        let place = |t: Token| Token { start: t.start + start, ..t };
        if self.changed.binary_search(&i).is_ok() {
            out.extend(self.lexed(i)?.iter().copied().map(place));
            return Some(());
        }
        let element = &self.old.elements[i].element;
        let tokens = element.tokens();
        match &element.source.kept {
            Some(kept) => out.extend(kept.iter().filter_map(|k| tokens.get(*k as usize)).copied().map(place)),
            None => out.extend(tokens.iter().copied().map(place)),
        }
        Some(())
    }
}

fn is_directive(kind: ElementKind) -> bool {
    use ElementKind as K;
    matches!(kind, K::Include | K::Define | K::Undef | K::Pragma | K::Conditional)
}

/// Whether an element has tokens that items are cut from.
fn is_cut(element: &Element) -> bool {
    !is_directive(element.kind) && element.source.kept.as_ref().is_none_or(|kept| !kept.is_empty())
}

/// Whether how an element is read does not depend on conditionals, nor the reading of others on its brackets.
fn stands_alone(element: &Element) -> bool {
    use ElementKind as K;
    matches!(element.kind, K::Function | K::Declaration | K::MacroCall)
        && element.source.kept.is_none()
        && balanced(element.tokens())
}

/// Whether brackets are in pairs, and no directive is among the tokens.
pub(crate) fn balanced(tokens: &[Token]) -> bool {
    let mut open = Vec::new();
    for t in tokens {
        match t.kind {
            TokenKind::LParen => open.push(TokenKind::RParen),
            TokenKind::LBrace => open.push(TokenKind::RBrace),
            TokenKind::LBracket => open.push(TokenKind::RBracket),
            TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket if open.pop() != Some(t.kind) => return false,
            TokenKind::Directive => return false,
            _ => {}
        }
    }
    open.is_empty()
}

/// How many `#if` are open after an element.
fn after_directive(open: usize, element: &Element) -> usize {
    if element.kind != ElementKind::Conditional {
        return open;
    }
    match branches::conditional(element.bytes()) {
        Conditional::If | Conditional::IfFalse | Conditional::IfTrue => open + 1,
        Conditional::Endif => open.saturating_sub(1),
        Conditional::Else | Conditional::Other => open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "#include <a.h>\n\n#define N 3\nstatic int a[N];\n\nstruct s { int x; };\n\nMODULE_X(\"y\")\n\
                        static int f(void)\n{\n\tfoo(1);\n\treturn 2; /* c */\n}\n\n#ifdef A\nint in(void)\n{\n\tfoo(2);\n}\n#endif\n\
                        int g(int v)\n{\n\tif (v)\n\t\tfoo(3);\n}\nint last;\n";

    fn show(file: &SourceFile) -> String {
        let one = |e: &FileElement| {
            let tokens: Vec<_> = e.element.tokens().iter().map(|t| (t.kind, t.start, t.len, t.flags, t.sym)).collect();
            format!("{:?} {:?} {}..{} {tokens:?}\n", e.element.kind, e.element.name, e.start, e.end)
        };
        file.elements.iter().map(one).collect()
    }

    /// Whatever is replaced, the elements are those of the new text read afresh.
    #[test]
    fn edits_give_what_reading_gives() {
        let tables = Arc::new(MacroTables::default());
        let old = SourceFile::parse(FILE.as_bytes().into(), &tables, None);
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
            "\n#if 1\n",
            "int q;\n",
            " x(y) ",
            "\\\n",
            "// z\n",
            "A b;",
        ];
        let mut local = 0;
        for at in 0..FILE.len() {
            for gone in [0, 1, 4, 9] {
                let end = (at + gone).min(FILE.len());
                for piece in pieces {
                    let text = [&FILE[..at], piece, &FILE[end..]].concat();
                    let text: Arc<[u8]> = text.as_bytes().into();
                    let edits = [(at..end, piece.len())];
                    local +=
                        usize::from(Edited::new(&old, &text, &edits).and_then(|mut e| e.elements(&tables)).is_some());
                    let new = old.edited(text.clone(), &tables, &edits);
                    let fresh = SourceFile::parse(text.clone(), &tables, Some(&old));
                    assert_eq!(show(&new), show(&fresh), "{at}..{end} {piece:?}\n{}", String::from_utf8_lossy(&text));
                }
            }
        }
        assert!(local > 1000, "only {local} edits were local");
    }
}

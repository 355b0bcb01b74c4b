//! A C file as a list of top-level elements, each read into a tree only when asked.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::branches::{self, Preference};
use crate::cut;
use crate::lexer::{self, Directives, lex_range};
use crate::macros::{FileFacts, MacroTables};
use crate::parse::parse_element;
use crate::sym::Sym;
use crate::token::{Token, TokenFlags, TokenKind};
use crate::tree::Tree;

/// What a top-level element is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ElementKind {
    /// A function definition, also one headed by a macro (`SYSCALL_DEFINE3(...) {`).
    Function,
    /// A declaration: variables, prototypes, types.
    Declaration,
    /// A macro call that declares something, or stands alone.
    MacroCall,
    /// `#include`.
    Include,
    /// `#define`.
    Define,
    /// `#undef`.
    Undef,
    /// `#pragma`.
    Pragma,
    /// `#if`, `#ifdef`, `#else`, `#endif`, `#error`, `#line`...: never matched.
    Conditional,
    /// A lone `;` or something that was not read.
    Other,
}

/// A C file: its bytes and its elements in source order. Immutable, shared by all rules (architecture, decision 13).
#[derive(Debug)]
pub struct SourceFile {
    /// The bytes.
    pub text: Arc<[u8]>,
    /// The elements. What lies between them is white space and comments.
    pub elements: Vec<FileElement>,
}

/// An element and where it lies in the present version of the file.
#[derive(Clone, Debug)]
pub struct FileElement {
    /// Offset of the element's first token: what the offsets of its tokens count from.
    pub start: u32,
    /// One past its last token.
    pub end: u32,
    /// The element. It is the same object in every version of the file that leaves its bytes alone.
    pub element: Arc<Element>,
}

/// One top-level element. It knows no absolute position, so that it survives edits elsewhere.
#[derive(Debug)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// The name it defines or declares, as far as the element scan can tell.
    pub name: Option<Box<str>>,
    /// What it is read from.
    pub(crate) source: ElementSource,
    /// The tree, once asked for.
    pub(crate) parsed: OnceLock<ParsedElement>,
}

/// The tokens of an element and what is needed to read them.
#[derive(Debug)]
pub(crate) struct ElementSource {
    /// The file that the element was first seen in, and where it lies there.
    pub text: Arc<[u8]>,
    pub base: u32,
    pub len: u32,
    /// Whether the first token is the first on its line.
    pub first: bool,
    /// All tokens, once asked for; offsets count from `base`.
    pub tokens: OnceLock<Arc<[Token]>>,
    /// The tokens that are read; all if absent.
    pub kept: Option<Box<[u32]>>,
    pub context: Arc<FileContext>,
}

impl ElementSource {
    fn bytes(&self) -> &[u8] {
        &self.text[self.base as usize..(self.base + self.len) as usize]
    }
}

/// What the elements of a file share.
#[derive(Debug)]
pub(crate) struct FileContext {
    pub tables: Arc<MacroTables>,
    pub facts: FileFacts,
}

/// What reading an element gives.
#[derive(Debug)]
pub struct ParsedElement {
    /// The tree; further ones if branches of conditionals could not be kept side by side. All are over the same tokens.
    /// Empty if nothing could be read.
    pub trees: Vec<Tree>,
    /// All tokens of the element, also those no tree holds.
    pub tokens: Arc<[Token]>,
    /// Why it was read in part or not at all: a cause for the statistics.
    pub failure: Option<&'static str>,
    /// Whether the fast reader read it.
    pub sure: bool,
}

impl Element {
    /// An element that was read already.
    #[must_use]
    pub fn read(kind: ElementKind, name: Option<Box<str>>, parsed: ParsedElement) -> Self {
        let context = FileContext { tables: Arc::new(MacroTables::default()), facts: FileFacts::of(&[], &[]) };
        let source = ElementSource {
            text: Arc::from(&[][..]),
            base: 0,
            len: 0,
            first: true,
            tokens: OnceLock::from(parsed.tokens.clone()),
            kept: None,
            context: Arc::new(context),
        };
        Self { kind, name, source, parsed: OnceLock::from(parsed) }
    }

    /// Reads the element, the first time it is asked for.
    pub fn parsed(&self) -> &ParsedElement {
        self.parsed.get_or_init(|| parse_element(self))
    }

    /// One of the trees; the first is the one to match first.
    ///
    /// # Panics
    /// If the element has no such variant.
    #[must_use]
    pub fn tree(&self, variant: u8) -> &Tree {
        &self.parsed().trees[variant as usize]
    }

    /// Rule and name of every decision of the token view about a name (design of the C front end, 6.4: the audit).
    #[must_use]
    pub fn explain(&self) -> Vec<(&'static str, String)> {
        crate::parse::explain(self)
    }

    /// What the grammar gets to read in place of the element.
    #[must_use]
    pub fn view_text(&self) -> String {
        crate::parse::view_text(self)
    }

    /// The bytes from the first token to the last.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.source.bytes()
    }

    /// All tokens, without reading the element. Offsets count from the element's start.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        self.shared_tokens()
    }

    /// The same, for who keeps them. Most elements hold nothing that is looked for, so that tokens are not kept when a file is cut.
    pub(crate) fn shared_tokens(&self) -> &Arc<[Token]> {
        let source = &self.source;
        source.tokens.get_or_init(|| {
            let part = source.base as usize..(source.base + source.len) as usize;
            match self.kind {
                ElementKind::Define | ElementKind::Undef | ElementKind::Pragma => {
                    split_directive(&source.text, part, source.first)
                }
                _ => lexer::lex_part(&source.text, part, source.first).into(),
            }
        })
    }
}

impl SourceFile {
    /// Cuts a file into elements; those whose bytes are in `previous` are taken from there, trees included.
    #[must_use]
    pub fn parse(text: Arc<[u8]>, tables: &Arc<MacroTables>, previous: Option<&Self>) -> Self {
        let tokens = lexer::lex(&text);
        let selection = branches::select(&text, &tokens, Preference::Design);
        let facts = FileFacts::of(&text, &tokens);
        let items = cut::items(&text, &tokens, &selection.kept, tables, &facts);
        let context = Arc::new(FileContext { tables: Arc::clone(tables), facts });
        let mut b = FileBuilder {
            text: &text,
            tokens: &tokens,
            kept: &selection.kept,
            context,
            old: FxHashMap::default(),
            out: Vec::new(),
        };
        if let Some(previous) = previous {
            b.old.extend(previous.elements.iter().map(|e| (Sym::of(e.element.bytes()), Arc::clone(&e.element))));
        }
        let mut at = 0;
        for item in &items {
            let first = b.kept[item.lo] as usize;
            let last = b.kept[item.hi - 1] as usize;
            b.between(at, first);
            let name = item.name.map(|n| b.word(b.kept[n] as usize));
            let kept = &selection.kept[item.lo..item.hi];
            b.item(first, last + 1, item.kind, name, kept);
            at = last + 1;
        }
        b.between(at, tokens.len());
        let elements = b.out;
        Self { text, elements }
    }
}

/// Makes the elements of a file.
struct FileBuilder<'a> {
    text: &'a Arc<[u8]>,
    tokens: &'a [Token],
    kept: &'a [u32],
    context: Arc<FileContext>,
    old: FxHashMap<Sym, Arc<Element>>,
    out: Vec<FileElement>,
}

impl FileBuilder<'_> {
    fn word(&self, t: usize) -> Box<str> {
        let t = self.tokens[t];
        String::from_utf8_lossy(&self.text[t.start as usize..t.end() as usize]).into()
    }

    /// Directives and dropped tokens between items.
    fn between(&mut self, lo: usize, hi: usize) {
        let mut i = lo;
        while i < hi {
            if self.tokens[i].kind == TokenKind::Directive {
                self.directive(i);
                i += 1;
                continue;
            }
            let run = self.tokens[i..hi].iter().take_while(|t| t.kind != TokenKind::Directive).count();
            self.item(i, i + run, ElementKind::Other, None, &[]);
            i += run;
        }
    }

    fn item(&mut self, lo: usize, hi: usize, kind: ElementKind, name: Option<Box<str>>, kept: &[u32]) {
        let base = self.tokens[lo].start;
        let end = self.tokens[hi - 1].end();
        let all = kept.len() == hi - lo;
        let kept: Option<Box<[u32]>> = (!all).then(|| kept.iter().map(|k| k - lo as u32).collect());
        if let Some(old) = self.reusable(kind, base, end, kept.as_deref()) {
            self.out.push(FileElement { start: base, end, element: old });
            return;
        }
        self.push(kind, name, (base, end), self.tokens[lo], kept);
    }

    fn reusable(&self, kind: ElementKind, base: u32, end: u32, kept: Option<&[u32]>) -> Option<Arc<Element>> {
        if self.old.is_empty() {
            return None;
        }
        let bytes = &self.text[base as usize..end as usize];
        let old = self.old.get(&Sym::of(bytes))?;
        (old.bytes() == bytes && old.kind == kind && old.source.kept.as_deref() == kept).then(|| Arc::clone(old))
    }

    fn directive(&mut self, i: usize) {
        let t = self.tokens[i];
        let line = &self.text[t.start as usize..t.end() as usize];
        let (word, rest) = branches::directive_word(line);
        let kind = match word {
            b"include" | b"include_next" | b"import" => ElementKind::Include,
            b"define" => ElementKind::Define,
            b"undef" => ElementKind::Undef,
            b"pragma" => ElementKind::Pragma,
            _ => ElementKind::Conditional,
        };
        if let Some(old) = self.reusable(kind, t.start, t.end(), None) {
            self.out.push(FileElement { start: t.start, end: t.end(), element: old });
            return;
        }
        let name_end = rest.iter().position(|c| !c.is_ascii_alphanumeric() && *c != b'_').unwrap_or(rest.len());
        let named = matches!(kind, ElementKind::Define | ElementKind::Undef | ElementKind::Pragma);
        let name = named.then(|| String::from_utf8_lossy(&rest[..name_end]).into());
        self.push(kind, name, (t.start, t.end()), t, None);
    }

    fn push(
        &mut self,
        kind: ElementKind,
        name: Option<Box<str>>,
        (base, end): (u32, u32),
        first: Token,
        kept: Option<Box<[u32]>>,
    ) {
        let source = ElementSource {
            text: Arc::clone(self.text),
            base,
            len: end - base,
            first: first.flags.has(TokenFlags::FIRST_ON_LINE),
            tokens: OnceLock::new(),
            kept,
            context: Arc::clone(&self.context),
        };
        let element = Arc::new(Element { kind, name, source, parsed: OnceLock::new() });
        self.out.push(FileElement { start: base, end, element });
    }
}

/// `#define NAME body` as tokens: `#define` is one, of kind directive. `first`: it is the first on its line.
fn split_directive(text: &[u8], part: Range<usize>, first: bool) -> Arc<[Token]> {
    let Range { start, end } = part;
    let word = branches::directive_word(&text[start..end]).0.len();
    let blanks = text[start + 1..end].iter().take_while(|c| c.is_ascii_whitespace()).count();
    let head = 1 + blanks + word;
    let column_0 = start == 0 || text[start - 1] == b'\n';
    let flags = (u8::from(first) * TokenFlags::FIRST_ON_LINE.0) | (u8::from(column_0) * TokenFlags::COLUMN_0.0);
    let mut out = vec![Token {
        kind: TokenKind::Directive,
        flags: TokenFlags(flags),
        start: 0,
        len: head as u32,
        sym: Sym::of(&text[start..start + head]),
    }];
    out.extend(lex_range(text, start + head, end, start, Directives::Tokens));
    out.into()
}

//! An element as a list of pieces: tokens, line breaks, blanks, comments, each kept, removed or added (`rewriting.md` sections 1, 16.7).

use std::ops::Range;

use bumpalo::Bump;
use c_syntax::print::{Atom, AtomKind, Moved, is_moved};
use c_syntax::{Token, TokenId, TokenKind};

use super::FileText;
use super::tags::Removals;

/// What a piece is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A token.
    Code(TokenKind),
    /// A preprocessor line inside the element.
    Directive,
    /// A line break and the indentation behind it; in a macro body the backslash belongs to it.
    Newline,
    /// Blanks elsewhere.
    Space,
    /// A comment.
    Comment,
}

/// The kind of the `{}` that stands for a removed branch: a statement, not a block.
pub(super) const EMPTY: TokenKind = TokenKind::Eof;

/// Where the bytes of pieces are: in the file, or made by the layout of an element, which keeps them until it is done.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    pub file: &'a [u8],
    made: &'a Bump,
}

impl<'a> Bytes<'a> {
    pub fn new(file: &'a [u8], made: &'a Bump) -> Self {
        Self { file, made }
    }

    pub fn copy(self, text: &[u8]) -> &'a [u8] {
        if text.is_empty() { b"" } else { self.made.alloc_slice_copy(text) }
    }

    pub fn concat(self, parts: &[&[u8]]) -> &'a [u8] {
        let all = self.made.alloc_slice_fill_copy(parts.iter().map(|p| p.len()).sum(), 0);
        let mut rest = &mut *all;
        for part in parts {
            let (front, behind) = rest.split_at_mut(part.len());
            front.copy_from_slice(part);
            rest = behind;
        }
        all
    }

    fn indent(self, indent: Indent<'a>) -> Option<&'a Indent<'a>> {
        match indent {
            Indent::Infer => None,
            Indent::Column0 => Some(&Indent::Column0),
            Indent::Aligned => Some(&Indent::Aligned),
            other => Some(self.made.alloc(other)),
        }
    }
}

/// A piece of the element's text, or of what is added to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub kind: Kind,
    pub added: bool,
    pub gone: bool,
    /// First and last token of an added list element.
    pub element_start: bool,
    pub element_end: bool,
    /// The name of an iterator macro, which heads a statement; an added `{` that goes on the line of its head.
    pub head: bool,
    /// The end of a macro statement without `;`.
    pub unended: bool,
    /// A comment that goes on to the end of its line.
    pub line_comment: bool,
    /// The token of the element that it is, or [`NONE`].
    token: u32,
    /// Its bytes in the file; empty for added pieces.
    start: u32,
    end: u32,
    /// The bytes of an added piece, or a source piece's new ones.
    pub text: Option<&'a [u8]>,
    /// Match and adjacency group of the removals that took it.
    removals: Option<&'a Removals>,
    /// For an added line break: how to indent what follows. None: as its depth asks.
    indent: Option<&'a Indent<'a>>,
    /// Where added code stands in the rule's text, for `--smpl-spacing`; a mark of a source piece.
    origin: (u32, u32),
}

/// No token.
const NONE: u32 = u32::MAX;

/// No origin.
const NOWHERE: (u32, u32) = (u32::MAX, u32::MAX - 7);

/// How the line behind an added line break is indented.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Indent<'a> {
    /// As its depth asks.
    #[default]
    Infer,
    /// Not at all.
    Column0,
    /// Not at all, and the lines of a value, which has this number, start here.
    Column0OfValue(u32),
    /// Inferred, plus these bytes if inside parentheses.
    Extra(&'a [u8]),
    /// In the column behind the open bracket.
    Aligned,
    /// With the other lines of its value.
    Moved(Moved<'a>),
}

impl<'a> Piece<'a> {
    pub fn added(kind: Kind, text: &'a [u8]) -> Self {
        let line_comment = kind == Kind::Comment && text.starts_with(b"//");
        Self { text: Some(text), line_comment, ..Self::of_kind(kind) }
    }

    const fn of_kind(kind: Kind) -> Self {
        Self {
            kind,
            added: true,
            gone: false,
            element_start: false,
            element_end: false,
            head: false,
            unended: false,
            line_comment: false,
            token: NONE,
            start: 0,
            end: 0,
            text: None,
            removals: None,
            indent: None,
            origin: NOWHERE,
        }
    }

    /// An added line break.
    pub fn newline() -> Self {
        Self::added(Kind::Newline, b"\n")
    }

    pub fn space() -> Self {
        Self::added(Kind::Space, b" ")
    }

    pub fn code(kind: TokenKind) -> Self {
        Self::added(Kind::Code(kind), kind.text().as_bytes())
    }

    /// Code of the source, where nobody asks which tokens it is.
    pub fn code_of_source(kind: TokenKind, bytes: Range<usize>) -> Self {
        Self::source(Kind::Code(kind), bytes, NONE)
    }

    fn source(kind: Kind, src: Range<usize>, token: u32) -> Self {
        Self { start: src.start as u32, end: src.end as u32, added: false, token, ..Self::of_kind(kind) }
    }

    /// The bytes that the piece stands for now.
    pub fn bytes<'b>(&self, file: &'b [u8]) -> &'b [u8]
    where
        'a: 'b,
    {
        self.text.unwrap_or_else(|| self.source_bytes(file))
    }

    /// Its bytes in the file.
    pub fn source_bytes<'b>(&self, file: &'b [u8]) -> &'b [u8] {
        &file[self.start as usize..self.end as usize]
    }

    /// Where its bytes in the file start.
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// Where they end.
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// The token of the element that it is.
    pub fn token(&self) -> Option<TokenId> {
        (self.token != NONE).then_some(TokenId(self.token))
    }

    /// Match and adjacency group of the removals that took it.
    pub fn removed_by(&self) -> &'a [(u32, u32)] {
        self.removals.map_or(&[], |r| r)
    }

    /// Says which removals took it.
    pub fn set_removed_by(&mut self, removals: Option<&'a Removals>) {
        self.removals = removals;
    }

    /// How what follows an added line break is indented.
    pub fn indent(&self) -> Indent<'a> {
        self.indent.copied().unwrap_or_default()
    }

    pub fn is_column_0(&self) -> bool {
        matches!(self.indent, Some(Indent::Column0 | Indent::Column0OfValue(_)))
    }

    pub fn set_column_0(&mut self) {
        self.indent = Some(&Indent::Column0);
    }

    /// Where added code stands in the rule's text; the mark of a source piece.
    pub fn origin(&self) -> Option<(u32, u32)> {
        (self.origin != NOWHERE).then_some(self.origin)
    }

    /// Sets the mark of a source piece.
    pub fn mark(&mut self, mark: (u32, u32)) {
        self.origin = mark;
    }

    pub fn is_code(&self) -> bool {
        matches!(self.kind, Kind::Code(_) | Kind::Directive)
    }

    /// Blank or comment.
    pub fn is_trivia(&self) -> bool {
        matches!(self.kind, Kind::Space | Kind::Comment)
    }

    pub fn is(&self, kind: TokenKind) -> bool {
        self.kind == Kind::Code(kind)
    }

    pub fn is_newline(&self) -> bool {
        self.kind == Kind::Newline
    }

    /// New code: not that of a value which is put back as its author wrote it.
    pub fn comes(&self) -> bool {
        self.added && !is_moved(self.origin())
    }

    /// Kept from the source.
    pub fn kept(&self) -> bool {
        !self.added && !self.gone
    }
}

/// What the pieces of an element ask of the passes over them: most passes have nothing to do in most elements.
#[derive(Default)]
pub(super) struct Asks {
    /// There are comments that go on to the end of their lines.
    pub line_comments: bool,
    /// Code goes.
    pub removed: bool,
    /// There are added braces of heads.
    pub heads: bool,
    /// There are added parentheses.
    pub calls: bool,
    /// There are added braces, or an added `else`.
    pub braces: bool,
    /// There is an added `else`.
    pub chains: bool,
    /// There is an added `?`.
    pub choices: bool,
    /// There are added directives.
    pub directives: bool,
    /// There are added comments or directives.
    pub comments: bool,
    /// There are marks of lines that go to column 0.
    pub outdents: bool,
    /// There are added list elements.
    pub elements: bool,
    /// A comma may be in the wrong place.
    pub commas: bool,
    /// There are added stars.
    pub stars: bool,
}

impl Asks {
    /// What pieces with the added code among them ask for.
    pub fn of(pieces: &[Piece<'_>]) -> Self {
        let mut out = Self::default();
        for p in pieces {
            out.line_comments |= p.line_comment;
            if p.added {
                out.removed |= p.gone;
                out.heads |= p.head;
                out.calls |= p.is(TokenKind::LParen);
                out.braces |= matches!(p.kind, Kind::Code(TokenKind::LBrace | TokenKind::RBrace | TokenKind::KwElse));
                out.chains |= p.is(TokenKind::KwElse);
                out.choices |= p.is(TokenKind::Question);
                out.directives |= p.kind == Kind::Directive;
                out.comments |= matches!(p.kind, Kind::Directive | Kind::Comment);
                out.outdents |= p.is_column_0();
                out.elements |= p.element_start || p.element_end;
                out.commas |= matches!(p.kind, Kind::Code(TokenKind::Comma | TokenKind::RParen));
                out.stars |= p.is(TokenKind::Star);
            } else if p.removals.is_some() || p.gone {
                out.removed |= p.gone;
                out.commas |= !p.removed_by().is_empty();
            }
        }
        out.commas |= out.removed;
        out
    }
}

/// The pieces of an element with the trivia in front of it (from the line break that ends the previous element's last line)
/// and behind it on its last line.
pub(super) fn of_element(page: &FileText<'_>, index: usize, tokens: &[Token]) -> Vec<Piece<'static>> {
    let element = &page.elements[index];
    let base = element.start as usize;
    // With room for what is added; what is not used costs no memory.
    let mut out = Vec::with_capacity(tokens.len() * 3);
    let mut at = lead_start(page, index);
    for (i, t) in tokens.iter().enumerate() {
        let start = base + t.start as usize;
        let end = start + t.len as usize;
        if start < at || end > page.text.len() {
            continue;
        }
        trivia(page.text, at..start, &mut out);
        let kind = if t.kind == TokenKind::Directive { Kind::Directive } else { Kind::Code(t.kind) };
        let code = if kind == Kind::Directive { start + directive_code(&page.text[start..end]) } else { end };
        out.push(Piece::source(kind, start..code, i as u32));
        trivia(page.text, code..end, &mut out);
        at = end;
    }
    let end = tail_end(page, index).max(at);
    trivia(page.text, at..end, &mut out);
    out
}

/// How many bytes of a preprocessor line are code: the rest is blanks and a comment at its end.
fn directive_code(line: &[u8]) -> usize {
    let mut at = 0;
    let mut code = 0;
    while at < line.len() {
        match line[at] {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < line.len() && line[at] != quote {
                    at += if line[at] == b'\\' { 2 } else { 1 };
                }
                code = (at + 1).min(line.len());
            }
            b'/' if line[at + 1..].starts_with(b"/") => return code,
            b'/' if line[at + 1..].starts_with(b"*") => {
                let end = memchr::memmem::find(&line[at + 2..], b"*/").map_or(line.len(), |i| at + i + 4);
                // A comment between words is part of the line.
                if line[end..].iter().all(u8::is_ascii_whitespace) {
                    return code;
                }
                at = end - 1;
            }
            b if is_blank(b) => {}
            _ => code = at + 1,
        }
        at += 1;
    }
    line.len()
}

/// Where the pieces of an element start.
fn lead_start(page: &FileText<'_>, index: usize) -> usize {
    match index.checked_sub(1) {
        None => 0,
        Some(i) => {
            let from = page.elements[i].end as usize;
            let to = page.elements[index].start as usize;
            first_newline(page.text, from..to).unwrap_or(from)
        }
    }
}

/// Where they end.
fn tail_end(page: &FileText<'_>, index: usize) -> usize {
    let from = page.elements[index].end as usize;
    match page.elements.get(index + 1) {
        Some(next) => first_newline(page.text, from..next.start as usize).unwrap_or(from),
        None => first_newline(page.text, from..page.text.len()).unwrap_or(page.text.len()),
    }
}

/// The first line break of a gap that is not inside a comment.
fn first_newline(text: &[u8], gap: Range<usize>) -> Option<usize> {
    if gap.start >= gap.end {
        return None;
    }
    let mut out = Vec::new();
    trivia(text, gap, &mut out);
    out.iter().find(|p| p.is_newline()).map(Piece::start)
}

/// Cuts the bytes between two tokens into line breaks, blanks and comments.
pub(super) fn trivia(text: &[u8], gap: Range<usize>, out: &mut Vec<Piece<'_>>) {
    let mut at = gap.start;
    if gap.len() == 1 && text[at] == b' ' {
        out.push(Piece::source(Kind::Space, gap, NONE));
        return;
    }
    if at < gap.end && text[at] == b'\n' {
        // A line break and an indentation, as most are.
        let blanks = text[at + 1..gap.end].iter().take_while(|b| is_blank(**b)).count();
        out.push(Piece::source(Kind::Newline, at..at + 1 + blanks, NONE));
        at += 1 + blanks;
    }
    while at < gap.end {
        let rest = &text[at..gap.end];
        let (kind, len) = one_trivia(rest);
        let line_comment = kind == Kind::Comment && rest.starts_with(b"//");
        out.push(Piece { line_comment, ..Piece::source(kind, at..at + len, NONE) });
        at += len;
    }
}

fn one_trivia(rest: &[u8]) -> (Kind, usize) {
    if rest.starts_with(b"/*") {
        return (Kind::Comment, memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |i| i + 4));
    }
    if rest.starts_with(b"//") {
        return (Kind::Comment, memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()));
    }
    let blanks = rest.iter().take_while(|b| is_blank(**b)).count();
    // Blanks in front of a continued line's backslash belong to the line break.
    let slash = if rest.get(blanks) == Some(&b'\\') { 1 } else { 0 };
    let eol = match &rest[blanks + slash..] {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    };
    if eol > 0 && (blanks == 0 || slash == 1) {
        let head = blanks + slash + eol;
        let indent = rest[head..].iter().take_while(|b| is_blank(**b)).count();
        return (Kind::Newline, head + indent);
    }
    (Kind::Space, blanks.max(1))
}

pub(super) fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | 0x0b | 0x0c)
}

/// The indentation of a line break's bytes: what stands behind the last line end.
pub(super) fn indent_of(bytes: &[u8]) -> &[u8] {
    let at = memchr::memrchr2(b'\n', b'\r', bytes).map_or(0, |i| i + 1);
    &bytes[at..]
}

/// Printed atoms as added pieces.
pub(super) fn from_atoms<'a>(atoms: &[Atom], bytes: Bytes<'a>, out: &mut Vec<Piece<'a>>) {
    let first = out.len();
    out.reserve(atoms.len());
    for a in atoms {
        match a.kind {
            AtomKind::Token(kind) => {
                let fixed = kind.text().as_bytes();
                let text = if fixed == &a.text[..] { fixed } else { bytes.copy(&a.text) };
                let origin = a.origin.unwrap_or(NOWHERE);
                out.push(Piece { text: Some(text), origin, ..Piece::of_kind(Kind::Code(kind)) });
            }
            AtomKind::Comment => {
                let origin = a.origin.unwrap_or(NOWHERE);
                out.push(Piece { origin, ..Piece::added(Kind::Comment, bytes.copy(&a.text)) });
            }
            AtomKind::Space | AtomKind::Break => {
                let text = if &a.text[..] == b" " { b" " } else { bytes.copy(&a.text) };
                out.push(Piece::added(Kind::Space, text));
            }
            AtomKind::Newline => {
                let indent = if let Some(m) = Moved::of(a) {
                    Indent::Moved(Moved { from: bytes.copy(m.from), indent: bytes.copy(m.indent), ..m })
                } else if a.origin == Some(c_syntax::print::ALIGNED) {
                    Indent::Aligned
                } else if a.text.is_empty() {
                    Indent::Infer
                } else {
                    Indent::Extra(bytes.copy(&a.text))
                };
                out.push(Piece { indent: bytes.indent(indent), ..Piece::newline() });
            }
            AtomKind::Line | AtomKind::Outdent => {
                if let Some(last) = out[first..].last_mut().filter(|p| p.is_newline()) {
                    match last.indent() {
                        // An author's indentation moves with the other lines.
                        Indent::Moved(m) if !m.indent.is_empty() => {}
                        Indent::Moved(m) if m.first => last.indent = bytes.indent(Indent::Column0OfValue(m.value)),
                        _ => last.set_column_0(),
                    }
                } else {
                    // Whoever puts the line break in front sees this mark.
                    out.push(outdent());
                }
                if a.kind == AtomKind::Line {
                    out.push(Piece::added(Kind::Directive, bytes.copy(&a.text)));
                }
            }
        }
    }
}

/// A mark in added code: the line that it starts goes to column 0.
pub(super) fn outdent<'a>() -> Piece<'a> {
    Piece { indent: Some(&Indent::Column0), ..Piece::added(Kind::Space, b"") }
}

/// Hands the marks of lines that go to column 0 to the line breaks in front of them.
pub(super) fn settle_outdents<'a>(pieces: &mut Vec<Piece<'a>>, file: &'a [u8]) {
    let is_mark = |p: &Piece<'_>| p.kind == Kind::Space && p.added && p.is_column_0();
    for i in 0..pieces.len() {
        if !is_mark(&pieces[i]) {
            continue;
        }
        let before =
            pieces[..i].iter_mut().rev().take_while(|p| p.gone || !p.is_code()).find(|p| p.is_newline() && !p.gone);
        if let Some(nl) = before {
            nl.set_column_0();
            if !nl.added {
                let bytes = nl.source_bytes(file);
                nl.text = Some(&bytes[..bytes.len() - indent_of(bytes).len()]);
            }
        }
    }
    pieces.retain(|p| !is_mark(p));
}

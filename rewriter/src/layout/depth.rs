//! How deep each line of an element lies: braces, branches without braces, parentheses and initialisers (`rewriting.md` section 4, R-I1).

use c_syntax::TokenKind as T;

use super::piece::{EMPTY, Kind, Piece};

/// Depth of a line: braces and unbraced branches; parentheses and initialisers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub(super) struct Key {
    pub level: i32,
    pub nest: i32,
    pub inits: i32,
}

/// A header whose body is not finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Header {
    /// Open braces inside its body.
    sub: i32,
    /// Counts for the depth: its body has no braces.
    counts: bool,
    /// The word with which its statement may go on behind the body: `else`, and `while` behind that of `do`.
    goes_on: Option<T>,
}

/// Reads a token sequence and knows the depth at each line break.
#[derive(PartialEq, Eq)]
struct Depth {
    braces: i32,
    nest: i32,
    /// `=` seen since the last `;`.
    inits: i32,
    headers: Vec<Header>,
    /// For each open parenthesis: the header keyword in front of it, and whether what is behind decides.
    parens: Vec<(Option<T>, bool)>,
    /// Kind of the last code.
    last: Option<T>,
    quirks: bool,
    /// The last code may be the name of an iterator: surely, or if a statement follows its arguments.
    iterator: (bool, bool),
    /// The braces of an enumeration, or that its head is open: the `=` of its members start no initialisers.
    enumeration: Option<i32>,
}

impl Depth {
    fn new(quirks: bool) -> Self {
        Self {
            braces: 0,
            nest: 0,
            inits: 0,
            headers: Vec::new(),
            parens: Vec::new(),
            last: None,
            quirks,
            iterator: (false, false),
            enumeration: None,
        }
    }

    fn level(&self) -> i32 {
        self.braces + self.headers.iter().filter(|h| h.counts).count() as i32
    }

    /// The depth of a line that `next` starts; `level` is [`Depth::level`].
    fn key(&self, level: i32, next: Option<T>) -> Key {
        let less = match next {
            Some(T::RBrace | T::KwCase) => 1,
            Some(T::KwDefault) if !self.quirks => 1,
            _ => 0,
        };
        Key { level: level - less, nest: self.nest, inits: self.inits }
    }

    /// A token; `next` is the code behind it, `line_end` whether a line break is between.
    fn feed(&mut self, kind: T, next: Option<T>, line_end: bool) {
        match kind {
            T::KwEnum => self.enumeration = Some(self.braces + 1),
            T::LBrace => {
                self.braces += 1;
                if let Some(h) = self.headers.last_mut() {
                    h.sub += 1;
                }
            }
            T::RBrace => {
                self.enumeration = self.enumeration.filter(|e| *e < self.braces);
                self.braces -= 1;
                if let Some(h) = self.headers.last_mut() {
                    h.sub -= 1;
                }
                // The braces of an initialiser end no statement.
                if !matches!(next, Some(T::Semi | T::Comma | T::RParen)) || self.inits == 0 {
                    self.finish(next);
                }
            }
            T::LParen => {
                let word = if self.iterator.0 { Some(T::KwFor) } else { self.last.filter(|k| is_header(*k)) };
                self.parens.push((word, self.iterator.1 && self.parens.is_empty() && self.braces > 0));
                self.nest += 1;
            }
            T::RParen => {
                self.nest = (self.nest - 1).max(0);
                match self.parens.pop() {
                    Some((Some(word), _)) => self.head_done(word, next),
                    Some((None, true)) if next.is_some_and(starts_statement) => self.head_done(T::KwFor, next),
                    _ => {}
                }
            }
            T::LBracket => self.nest += 1,
            T::RBracket => self.nest = (self.nest - 1).max(0),
            T::KwElse => {
                let braced = next == Some(T::LBrace);
                if !braced && line_end || (!self.quirks && next != Some(T::KwIf)) {
                    self.push(Header { sub: 0, counts: !braced, goes_on: None });
                }
            }
            T::KwDo if !self.quirks => {
                self.push(Header { sub: 0, counts: next != Some(T::LBrace), goes_on: Some(T::KwWhile) });
            }
            T::Semi if self.parens.is_empty() => {
                self.enumeration = self.enumeration.filter(|e| *e < self.braces);
                self.inits = 0;
                self.nest = 0;
                self.finish(next);
            }
            T::Comma if self.parens.is_empty() && self.nest == 0 && self.braces > 0 && self.inits > 1 => self.inits = 1,
            T::Eq if self.parens.is_empty() && self.enumeration.is_none_or(|e| e != self.braces) => self.inits += 1,
            EMPTY => self.finish(next),
            _ => {}
        }
        self.last = Some(kind);
        self.iterator = (false, false);
    }

    fn push(&mut self, header: Header) {
        // In the reference a header with braces leaves no trace.
        if header.counts || !self.quirks {
            self.headers.push(header);
        }
    }

    fn head_done(&mut self, word: T, next: Option<T>) {
        if matches!(next, Some(T::Semi | T::Comma)) {
            return;
        }
        let goes_on = (word == T::KwIf).then_some(T::KwElse);
        self.push(Header { sub: 0, counts: next != Some(T::LBrace), goes_on });
    }

    /// A statement ended: so do the headers whose body it was.
    fn finish(&mut self, next: Option<T>) {
        while let Some(h) = self.headers.last().copied() {
            if h.sub != 0 {
                break;
            }
            self.headers.pop();
            if next.is_some() && h.goes_on == next || self.quirks && next == Some(T::KwElse) {
                break;
            }
        }
    }
}

/// Whether a word may head a statement: keywords, and identifiers as iterators are not known here.
pub(super) fn is_header(kind: T) -> bool {
    matches!(kind, T::KwIf | T::KwWhile | T::KwFor | T::KwSwitch)
}

/// Whether a token changes no depth, whatever is around it.
pub(super) fn is_inert(kind: T) -> bool {
    use T as K;
    !matches!(
        kind,
        K::LBrace | K::RBrace | K::LParen | K::RParen | K::LBracket | K::RBracket | K::Comma | K::Semi | K::Eq | EMPTY
    ) && !matches!(kind, K::KwElse | K::KwDo | K::KwEnum)
}

/// Whether a statement starts with this token, behind the arguments of what may be an iterator macro.
pub(super) fn starts_statement(kind: T) -> bool {
    is_header(kind)
        || matches!(kind, T::Ident | T::LBrace | T::KwReturn | T::KwGoto | T::KwBreak | T::KwContinue | T::KwDo)
}

/// A line break and its depths: in the source, and in what is left with what is added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The piece that it is.
    pub at: usize,
    pub old: Option<Key>,
    pub new: Option<Key>,
}

/// The line breaks among pieces, with their depths.
pub(super) fn lines(pieces: &[Piece<'_>], quirks: bool) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut reader = Reader::new(quirks);
    // What reads the second sequence, where the two differ or did so with effect.
    let (mut other, mut differ) = (Reader::new(quirks), false);
    for (i, p) in pieces.iter().enumerate() {
        if p.kind == Kind::Space || p.added && p.gone {
            continue;
        }
        if p.kind == Kind::Newline {
            out.push(Line { at: i, old: None, new: None });
        }
        if !differ && (p.added || p.gone) {
            other.clone_from(&reader);
            differ = true;
        }
        let here = out.len();
        if !differ {
            reader.read(here, p.kind, (p.head, p.added), |i, key| (out[i].old, out[i].new) = (Some(key), Some(key)));
            continue;
        }
        if !p.added {
            reader.read(here, p.kind, (p.head, p.added), |i, key| out[i].old = Some(key));
        }
        if !p.gone {
            other.read(here, p.kind, (p.head, p.added), |i, key| out[i].new = Some(key));
        }
        if p.kept() && matches!(p.kind, Kind::Code(_)) {
            differ = reader.last != other.last || reader.depth != other.depth;
        }
    }
    if differ {
        reader.pass(None, |i, key| out[i].old = Some(key));
        other.pass(None, |i, key| out[i].new = Some(key));
    } else {
        reader.pass(None, |i, key| (out[i].old, out[i].new) = (Some(key), Some(key)));
    }
    out
}

/// Reads the tokens of code to which nothing is done.
pub(super) struct Source(Reader);

impl Default for Source {
    fn default() -> Self {
        Self(Reader::new(false))
    }
}

impl Source {
    /// Reads a token, of which is said whether it is the name of an iterator macro and whether it starts a line: then the answer is the
    /// depth of that line.
    pub fn read(&mut self, kind: T, head: bool, starts_line: bool) -> Option<Key> {
        let mut found = None;
        if starts_line {
            self.0.read(1, Kind::Newline, (false, false), |_, _| ());
        }
        self.0.read(1, Kind::Code(kind), (head, false), |_, key| found = Some(key));
        found
    }
}

/// Reads pieces; what a token means depends on the next one.
struct Reader {
    depth: Depth,
    /// The last code, which is not fed yet, and what its name says about iterators.
    last: Option<(T, (bool, bool))>,
    /// Whether a line break is what comes first behind it.
    line_end: Option<bool>,
    /// The line breaks behind it, and the code that starts their lines.
    breaks: Vec<(usize, Option<T>)>,
    /// How many of them have something on their lines.
    settled: usize,
}

impl Reader {
    fn new(quirks: bool) -> Self {
        Self { depth: Depth::new(quirks), last: None, line_end: None, breaks: Vec::new(), settled: 0 }
    }

    /// Reads a piece, which is the last of so many line breaks if it is one; `found` hears of the depths of line breaks.
    #[inline(always)]
    fn read(&mut self, lines: usize, kind: Kind, (head, added): (bool, bool), found: impl FnMut(usize, Key)) {
        match kind {
            Kind::Space => {}
            Kind::Newline => {
                self.line_end.get_or_insert(true);
                self.breaks.push((lines - 1, None));
            }
            Kind::Code(kind) if self.breaks.is_empty() && self.last.is_some_and(|(last, _)| is_inert(last)) => {
                // As below, in short.
                if let Some((last, iterator)) = self.last {
                    (self.depth.last, self.depth.iterator) = (Some(last), iterator);
                }
                self.line_end = None;
                self.last = Some((kind, (head, added && kind == T::Ident)));
            }
            Kind::Code(kind) => {
                self.begin(Some(kind));
                // The reference does not see that an added `else` goes on with the statement.
                let unseen = kind == T::KwElse && added && self.depth.quirks;
                self.pass(Some(kind).filter(|_| !unseen), found);
                self.last = Some((kind, (head, added && kind == T::Ident)));
            }
            Kind::Directive | Kind::Comment => {
                self.begin(None);
                if self.depth.quirks || kind != Kind::Comment {
                    self.line_end.get_or_insert(false);
                }
            }
        }
    }

    /// Something starts the lines behind the last line breaks.
    fn begin(&mut self, kind: Option<T>) {
        if self.settled < self.breaks.len() {
            self.breaks[self.settled..].iter_mut().for_each(|b| b.1 = kind);
            self.settled = self.breaks.len();
        }
    }

    /// The code behind the last one is `next`.
    fn pass(&mut self, next: Option<T>, mut found: impl FnMut(usize, Key)) {
        if let Some((kind, iterator)) = self.last {
            self.depth.feed(kind, next, self.line_end == Some(true));
            self.depth.iterator = iterator;
        }
        if !self.breaks.is_empty() {
            let level = self.depth.level();
            for (i, kind) in self.breaks.drain(..) {
                found(i, self.depth.key(level, kind));
            }
        }
        (self.line_end, self.settled) = (None, 0);
    }

    /// Goes on as another one does.
    fn clone_from(&mut self, other: &Self) {
        self.depth.headers.clone_from(&other.depth.headers);
        self.depth.parens.clone_from(&other.depth.parens);
        let Depth { braces, nest, inits, last, quirks, iterator, enumeration, .. } = other.depth;
        let (headers, parens) = (std::mem::take(&mut self.depth.headers), std::mem::take(&mut self.depth.parens));
        self.depth = Depth { braces, nest, inits, headers, parens, last, quirks, iterator, enumeration };
        self.breaks.clone_from(&other.breaks);
        (self.last, self.line_end, self.settled) = (other.last, other.line_end, other.settled);
    }
}

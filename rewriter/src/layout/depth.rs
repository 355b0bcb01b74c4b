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
#[derive(Clone, Copy, Debug)]
struct Header {
    /// Open braces inside its body.
    sub: i32,
    /// Counts for the depth: its body has no braces.
    counts: bool,
    /// An `else` may follow its body.
    is_if: bool,
}

/// Reads a token sequence and knows the depth at each line break.
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
        }
    }

    fn level(&self) -> i32 {
        self.braces + self.headers.iter().filter(|h| h.counts).count() as i32
    }

    fn key(&self, next: Option<T>) -> Key {
        let less = match next {
            Some(T::RBrace | T::KwCase) => 1,
            Some(T::KwDefault) if !self.quirks => 1,
            _ => 0,
        };
        Key { level: self.level() - less, nest: self.nest, inits: self.inits }
    }

    /// A token; `next` is the code behind it, `line_end` whether a line break is between.
    fn feed(&mut self, kind: T, next: Option<T>, line_end: bool) {
        match kind {
            T::LBrace => {
                self.braces += 1;
                if let Some(h) = self.headers.last_mut() {
                    h.sub += 1;
                }
            }
            T::RBrace => {
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
                    self.push(Header { sub: 0, counts: !braced, is_if: false });
                }
            }
            T::KwDo if !self.quirks => {
                self.push(Header { sub: 0, counts: next != Some(T::LBrace), is_if: false });
            }
            T::Semi if self.parens.is_empty() => {
                self.inits = 0;
                self.nest = 0;
                self.finish(next);
            }
            T::Comma if self.parens.is_empty() && self.nest == 0 && self.braces > 0 && self.inits > 1 => self.inits = 1,
            T::Eq if self.parens.is_empty() => self.inits += 1,
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
        self.push(Header { sub: 0, counts: next != Some(T::LBrace), is_if: word == T::KwIf });
    }

    /// A statement ended: so do the headers whose body it was.
    fn finish(&mut self, next: Option<T>) {
        let else_follows = next == Some(T::KwElse);
        while let Some(h) = self.headers.last().copied() {
            if h.sub != 0 {
                break;
            }
            self.headers.pop();
            if else_follows && (h.is_if || self.quirks) {
                break;
            }
        }
    }
}

/// Whether a word may head a statement: keywords, and identifiers as iterators are not known here.
fn is_header(kind: T) -> bool {
    matches!(kind, T::KwIf | T::KwWhile | T::KwFor | T::KwSwitch)
}

/// Whether a statement starts with this token, behind the arguments of what may be an iterator macro.
fn starts_statement(kind: T) -> bool {
    is_header(kind)
        || matches!(kind, T::Ident | T::LBrace | T::KwReturn | T::KwGoto | T::KwBreak | T::KwContinue | T::KwDo)
}

/// The depth at each line break of the sequence that `part` picks.
pub(super) fn keys(pieces: &[Piece], part: impl Fn(&Piece) -> bool, quirks: bool) -> Vec<Option<Key>> {
    let mut depth = Depth::new(quirks);
    let code: Vec<usize> =
        (0..pieces.len()).filter(|i| part(&pieces[*i]) && matches!(pieces[*i].kind, Kind::Code(_))).collect();
    let mut out = vec![None; pieces.len()];
    let mut at = 0;
    for i in 0..pieces.len() {
        if !part(&pieces[i]) {
            continue;
        }
        match pieces[i].kind {
            Kind::Code(kind) => {
                at += 1;
                let next = code.get(at).copied();
                let next_kind = next.and_then(|n| kind_of(&pieces[n]));
                let stop = next.unwrap_or(pieces.len());
                let line_end = pieces[i + 1..stop]
                    .iter()
                    .find(|p| part(p) && p.kind != Kind::Space && (quirks || p.kind != Kind::Comment))
                    .is_some_and(Piece::is_newline);
                // The reference does not see that an added `else` goes on with the statement.
                let unseen = quirks && next.is_some_and(|n| pieces[n].added && pieces[n].is(T::KwElse));
                depth.feed(kind, next_kind.filter(|_| !unseen), line_end);
                depth.iterator = (pieces[i].head, pieces[i].added && kind == T::Ident);
            }
            Kind::Newline => {
                // What starts the line, if that is code.
                let direct = (i + 1..pieces.len())
                    .find(|j| part(&pieces[*j]) && pieces[*j].kind != Kind::Space && !pieces[*j].is_newline());
                let next = direct.and_then(|n| kind_of(&pieces[n]));
                out[i] = Some(depth.key(next));
            }
            _ => {}
        }
    }
    out
}

fn kind_of(p: &Piece) -> Option<T> {
    match p.kind {
        Kind::Code(k) => Some(k),
        _ => None,
    }
}

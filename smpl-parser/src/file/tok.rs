//! Tokens of the parts of a semantic patch that are no code: prolog, headers, declarations (`smpl-front-end.md` 3.1).

use c_syntax::{Span, TokenKind};

use crate::lexer::scan::{block_comment_len, line_len, scan, string_over_lines};

/// A token of a header or of declarations. Words are `Ident`, keywords of C included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tok {
    /// What it is.
    pub kind: TokenKind,
    /// Its place in the text.
    pub span: Span,
}

/// Where a list of tokens ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At the closing `@` or `@@`, which ends before this offset.
    Closed(usize),
    /// At the end of the text.
    Eof,
}

/// What closes a list of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    /// `@`.
    At,
    /// `@@`.
    AtAt,
}

/// The tokens from `pos` up to what closes them.
pub(crate) fn tokens(text: &[u8], mut pos: usize, close: Close) -> (Vec<Tok>, End) {
    let mut out = Vec::new();
    let mut unclosed = false;
    loop {
        pos = skip_blank(text, pos);
        let rest = &text[pos.min(text.len())..];
        if rest.is_empty() {
            return (out, End::Eof);
        }
        if rest[0] == b'@' && (close == Close::At || rest.get(1) == Some(&b'@')) {
            return (out, End::Closed(pos + if close == Close::At { 1 } else { 2 }));
        }
        let (mut kind, mut len) = scan(rest);
        if rest[0] == b'"' && kind == TokenKind::Stray && !unclosed {
            // A regular expression may go on over lines. When one does not end, none after it is looked for.
            match string_over_lines(rest) {
                Some(whole) => (kind, len) = (TokenKind::Str, whole),
                None => unclosed = true,
            }
        }
        let span = Span::new(pos as u32, (pos + len) as u32);
        out.push(Tok { kind, span });
        pos += len.max(1);
    }
}

/// Goes over white space, comments and `#spatch` lines.
pub(crate) fn skip_blank(text: &[u8], mut pos: usize) -> usize {
    while pos < text.len() {
        let rest = &text[pos..];
        match rest[0] {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c => pos += 1,
            b'/' if rest.get(1) == Some(&b'/') => pos += line_len(rest),
            b'/' if rest.get(1) == Some(&b'*') => pos += block_comment_len(rest).0,
            b'#' if rest[1..].trim_ascii_start().starts_with(b"spatch") || rest.get(1) == Some(&b'!') => {
                pos += line_len(rest);
            }
            _ => break,
        }
    }
    pos
}

/// A place in a list of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    /// The text.
    pub text: &'a [u8],
    /// The tokens.
    pub toks: &'a [Tok],
    /// Index of the next token.
    pub pos: usize,
}

impl<'a> Cursor<'a> {
    /// At the first token.
    pub fn new(text: &'a [u8], toks: &'a [Tok]) -> Self {
        Self { text, toks, pos: 0 }
    }

    /// The token `ahead` of the next one.
    pub fn nth(&self, ahead: usize) -> Option<Tok> {
        self.toks.get(self.pos + ahead).copied()
    }

    /// The kind of the next token; `Eof` at the end.
    pub fn kind(&self) -> TokenKind {
        self.kind_at(0)
    }

    /// The kind of a token further on.
    pub fn kind_at(&self, ahead: usize) -> TokenKind {
        self.nth(ahead).map_or(TokenKind::Eof, |t| t.kind)
    }

    /// The text of a token.
    pub fn text_of(&self, t: Tok) -> &'a str {
        std::str::from_utf8(&self.text[t.span.start as usize..t.span.end as usize]).unwrap_or("")
    }

    /// The next token's text if it is a word.
    pub fn word(&self) -> Option<&'a str> {
        self.word_at(0)
    }

    /// A later token's text if it is a word.
    pub fn word_at(&self, ahead: usize) -> Option<&'a str> {
        self.nth(ahead).filter(|t| t.kind == TokenKind::Ident).map(|t| self.text_of(t))
    }

    /// Goes over the next token and returns it.
    pub fn bump(&mut self) -> Option<Tok> {
        let t = self.nth(0);
        self.pos += usize::from(t.is_some());
        t
    }

    /// Goes over the next token if it is of kind `kind`.
    pub fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        self.pos += usize::from(found);
        found
    }

    /// Goes over the next token if it is the word `word`.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word() == Some(word);
        self.pos += usize::from(found);
        found
    }

    /// Whether two neighbouring tokens, of these kinds, come next without blanks between them.
    pub fn at_pair(&self, first: TokenKind, second: TokenKind) -> bool {
        match (self.nth(0), self.nth(1)) {
            (Some(a), Some(b)) => a.kind == first && b.kind == second && a.span.end == b.span.start,
            _ => false,
        }
    }

    /// Where the next token is; at the end, just after the last one.
    pub fn span(&self) -> Span {
        match (self.nth(0), self.toks.last()) {
            (Some(t), _) => t.span,
            (None, Some(t)) => Span::new(t.span.end.saturating_sub(1), t.span.end),
            (None, None) => Span::default(),
        }
    }

    /// How a message names the next token.
    pub fn found(&self) -> String {
        match self.nth(0) {
            Some(t) => format!("`{}`", self.text_of(t)),
            None => "the closing `@@`".to_owned(),
        }
    }
}

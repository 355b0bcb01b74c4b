//! The lossless lexer: bytes to tokens; what lies between tokens is white space, comments and line continuations.
//!
//! Any bytes are accepted (design of the C front end, 6.1): a byte that starts no token is a token of kind [`TokenKind::Stray`].

use crate::sym::Sym;
use crate::token::{Token, TokenFlags, TokenKind};

/// What the lexer does with lines that start with `#`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Directives {
    /// A whole logical line is one token of kind [`TokenKind::Directive`].
    Whole,
    /// `#` is an ordinary token: for the inside of a directive.
    Tokens,
}

/// The tokens of a whole file. A text of 4 GiB or more gives none.
#[must_use]
pub fn lex(text: &[u8]) -> Vec<Token> {
    if u32::try_from(text.len()).is_err() {
        return Vec::new();
    }
    let start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    lex_range(text, start, text.len(), 0, Directives::Whole)
}

/// The tokens of `text[start..end]`; their offsets count from `base`.
#[must_use]
pub fn lex_range(text: &[u8], start: usize, end: usize, base: usize, directives: Directives) -> Vec<Token> {
    let mut lexer = Lexer { text: &text[..end], pos: start, first: true, inside: directives == Directives::Tokens };
    let mut out = Vec::with_capacity((end - start) / 4);
    while let Some((kind, from)) = lexer.next(directives) {
        let mut flags = 0;
        if lexer.first {
            flags |= TokenFlags::FIRST_ON_LINE.0;
        }
        if from == 0 || text[from - 1] == b'\n' {
            flags |= TokenFlags::COLUMN_0.0;
        }
        lexer.first = kind == TokenKind::Directive;
        let bytes = &text[from..lexer.pos];
        let kind = if kind == TokenKind::Ident { word_kind(bytes) } else { kind };
        out.push(Token {
            kind,
            flags: TokenFlags(flags),
            start: (from - base) as u32,
            len: bytes.len() as u32,
            // A digraph is the token that it stands for, and `__const__` is `const`.
            sym: match kind {
                k if k.is_punct() => PUNCT[k as usize - FIRST_PUNCT],
                k if k.is_keyword() => Sym::of(k.text().as_bytes()),
                _ => Sym::of(bytes),
            },
        });
    }
    out
}

const FIRST_PUNCT: usize = TokenKind::LParen as usize;

/// The symbols of operators and punctuation.
static PUNCT: [Sym; TokenKind::MaxEq as usize + 1 - FIRST_PUNCT] = {
    let mut out = [Sym(0); TokenKind::MaxEq as usize + 1 - FIRST_PUNCT];
    let mut i = 0;
    while i < out.len() {
        out[i] = Sym::of(TokenKind::PUNCT[i].text().as_bytes());
        i += 1;
    }
    out
};

/// The end of the logical line that starts at `pos`: continuations and comments included, the newline excluded.
#[must_use]
pub fn logical_line_end(text: &[u8], mut pos: usize) -> usize {
    let mut quote = 0u8;
    while let Some(&c) = text.get(pos) {
        match c {
            b'\n' => break,
            b'\\' => pos += continuation(text, pos).max(2) - 1,
            b'"' | b'\'' if quote == 0 => quote = c,
            _ if c == quote => quote = 0,
            b'/' if quote == 0 && text.get(pos + 1) == Some(&b'*') => pos = comment_end(text, pos) - 1,
            b'/' if quote == 0 && text.get(pos + 1) == Some(&b'/') => return line_comment_end(text, pos),
            _ => {}
        }
        pos += 1;
    }
    let mut pos = pos.min(text.len());
    while pos > 0 && matches!(text[pos - 1], b' ' | b'\t' | b'\r') {
        pos -= 1;
    }
    pos
}

/// Length of a backslash-newline at `pos`, 0 if there is none.
fn continuation(text: &[u8], pos: usize) -> usize {
    match (text.get(pos), text.get(pos + 1), text.get(pos + 2)) {
        (Some(b'\\'), Some(b'\n'), _) => 2,
        (Some(b'\\'), Some(b'\r'), Some(b'\n')) => 3,
        _ => 0,
    }
}

/// One past the block comment that starts at `pos`.
fn comment_end(text: &[u8], pos: usize) -> usize {
    let mut at = pos + 2;
    while let Some(i) = memchr::memchr(b'*', text.get(at..).unwrap_or_default()) {
        at += i + 1;
        if text.get(at) == Some(&b'/') {
            return at + 1;
        }
    }
    text.len()
}

/// The end of the line comment that starts at `pos`.
fn line_comment_end(text: &[u8], pos: usize) -> usize {
    let mut at = pos;
    while let Some(i) = memchr::memchr(b'\n', text.get(at..).unwrap_or_default()) {
        let line = text[at..at + i].strip_suffix(b"\r").unwrap_or(&text[at..at + i]);
        if line.last() != Some(&b'\\') {
            return at + line.len();
        }
        at += i + 1;
    }
    text.len()
}

const fn word_byte(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80
}

static WORD: [bool; 256] = {
    let mut t = [false; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = word_byte(i as u8);
        i += 1;
    }
    t
};

fn word_kind(bytes: &[u8]) -> TokenKind {
    let short = bytes.len() >= 2 && bytes.len() <= 14;
    if short && (bytes[0].is_ascii_lowercase() || bytes[0] == b'_') {
        TokenKind::keyword(bytes).unwrap_or(TokenKind::Ident)
    } else {
        TokenKind::Ident
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    pos: usize,
    /// Whether no token came before on this line.
    first: bool,
    /// Inside a directive a continuation begins a line.
    inside: bool,
}

impl Lexer<'_> {
    fn at(&self, i: usize) -> u8 {
        self.text.get(self.pos + i).copied().unwrap_or(0)
    }

    fn skip_gap(&mut self) {
        while let Some(&c) = self.text.get(self.pos) {
            match c {
                b'\n' => {
                    self.first = true;
                    self.pos += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                    let rest = &self.text[self.pos..];
                    self.pos += rest.iter().position(|c| !matches!(*c, b' ' | b'\t')).unwrap_or(rest.len()).max(1);
                }
                b'\\' => match continuation(self.text, self.pos) {
                    0 => return,
                    n => {
                        self.first |= self.inside;
                        self.pos += n;
                    }
                },
                b'/' if self.at(1) == b'*' => {
                    let end = comment_end(self.text, self.pos);
                    self.first |= memchr::memchr(b'\n', &self.text[self.pos..end]).is_some();
                    self.pos = end;
                }
                b'/' if self.at(1) == b'/' => self.pos = line_comment_end(self.text, self.pos),
                _ => return,
            }
        }
    }

    /// Kind and start of the next token; `pos` is then at its end. Words are all of kind `Ident` here.
    fn next(&mut self, directives: Directives) -> Option<(TokenKind, usize)> {
        self.skip_gap();
        let start = self.pos;
        let c = *self.text.get(start)?;
        let kind = match c {
            b'#' if self.first && directives == Directives::Whole => {
                self.pos = logical_line_end(self.text, start).max(start + 1);
                TokenKind::Directive
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.at(1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => self.quoted(0),
            b'L' | b'u' | b'U' if self.string_prefix() > 0 => self.quoted(self.string_prefix()),
            _ if WORD[c as usize] => {
                let rest = &self.text[start..];
                self.pos += rest.iter().position(|c| !WORD[*c as usize]).unwrap_or(rest.len());
                TokenKind::Ident
            }
            _ => {
                let (kind, len) = self.punct(c);
                self.pos += len;
                kind
            }
        };
        Some((kind, start))
    }

    fn string_prefix(&self) -> usize {
        match (self.at(0), self.at(1), self.at(2)) {
            (b'L' | b'u' | b'U', b'"' | b'\'', _) => 1,
            (b'u', b'8', b'"' | b'\'') => 2,
            _ => 0,
        }
    }

    fn number(&mut self) -> TokenKind {
        let hex = self.at(0) == b'0' && matches!(self.at(1), b'x' | b'X');
        loop {
            let c = self.at(0);
            let sign = matches!(self.at(1), b'+' | b'-');
            if (matches!(c, b'p' | b'P') || (!hex && matches!(c, b'e' | b'E'))) && sign {
                self.pos += 2;
            } else if WORD[c as usize] || (c == b'.' && self.at(1) != b'.') || (c == b'\'' && WORD[self.at(1) as usize])
            {
                self.pos += 1;
            } else {
                return TokenKind::Number;
            }
        }
    }

    fn quoted(&mut self, prefix: usize) -> TokenKind {
        self.pos += prefix;
        let quote = self.at(0);
        self.pos += 1;
        while let Some(&c) = self.text.get(self.pos) {
            match c {
                b'\n' => break,
                b'\\' => self.pos += continuation(self.text, self.pos).max(2),
                _ => {
                    self.pos += 1;
                    if c == quote {
                        break;
                    }
                }
            }
        }
        self.pos = self.pos.min(self.text.len());
        if quote == b'"' { TokenKind::Str } else { TokenKind::Char }
    }

    fn punct(&self, c: u8) -> (TokenKind, usize) {
        use TokenKind as T;
        let (d, e) = (self.at(1), self.at(2));
        match c {
            b'(' => (T::LParen, 1),
            b')' => (T::RParen, 1),
            b'{' => (T::LBrace, 1),
            b'}' => (T::RBrace, 1),
            b'[' => (T::LBracket, 1),
            b']' => (T::RBracket, 1),
            b';' => (T::Semi, 1),
            b',' => (T::Comma, 1),
            b'?' => (T::Question, 1),
            b'~' => (T::Tilde, 1),
            b'@' => (T::At, 1),
            b'.' if d == b'.' && e == b'.' => (T::Ellipsis, 3),
            b'.' => (T::Dot, 1),
            b':' if d == b':' => (T::ColonColon, 2),
            b':' if d == b'>' => (T::RBracket, 2),
            b':' => (T::Colon, 1),
            b'#' if d == b'#' => (T::HashHash, 2),
            b'#' => (T::Hash, 1),
            b'+' => pick(d, b'+', T::PlusPlus, T::PlusEq, T::Plus),
            b'-' if d == b'>' => (T::Arrow, 2),
            b'-' => pick(d, b'-', T::MinusMinus, T::MinusEq, T::Minus),
            b'&' => pick(d, b'&', T::AmpAmp, T::AmpEq, T::Amp),
            b'|' => pick(d, b'|', T::PipePipe, T::PipeEq, T::Pipe),
            b'*' => pick(d, 0, T::Star, T::StarEq, T::Star),
            b'/' => pick(d, 0, T::Slash, T::SlashEq, T::Slash),
            // Digraphs; `<::` is for C++.
            b'<' if d == b'%' => (T::LBrace, 2),
            b'%' if d == b'>' => (T::RBrace, 2),
            b'<' if d == b':' && e != b':' => (T::LBracket, 2),
            b'%' => pick(d, 0, T::Percent, T::PercentEq, T::Percent),
            b'^' => pick(d, 0, T::Caret, T::CaretEq, T::Caret),
            b'!' => pick(d, 0, T::Bang, T::Ne, T::Bang),
            b'=' => pick(d, 0, T::Eq, T::EqEq, T::Eq),
            b'<' if d == b'<' && e == b'=' => (T::ShlEq, 3),
            b'>' if d == b'>' && e == b'=' => (T::ShrEq, 3),
            b'<' if d == b'?' && e == b'=' => (T::MinEq, 3),
            b'>' if d == b'?' && e == b'=' => (T::MaxEq, 3),
            b'<' if d == b'?' => (T::Min, 2),
            b'>' if d == b'?' => (T::Max, 2),
            b'<' => pick(d, b'<', T::Shl, T::Le, T::Lt),
            b'>' => pick(d, b'>', T::Shr, T::Ge, T::Gt),
            _ => (T::Stray, 1),
        }
    }
}

/// The operator that `second` continues: doubled, with `=`, or alone.
fn pick(second: u8, double: u8, doubled: TokenKind, assign: TokenKind, alone: TokenKind) -> (TokenKind, usize) {
    if double != 0 && second == double {
        (doubled, 2)
    } else if second == b'=' {
        (assign, 2)
    } else {
        (alone, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spell(text: &str) -> String {
        let tokens = lex(text.as_bytes());
        let words: Vec<_> =
            tokens.iter().map(|t| text[t.start as usize..t.end() as usize].replace('\n', "~")).collect();
        words.join("|")
    }

    #[test]
    fn tokens_of_texts() {
        let cases = [
            ("a+++b", "a|++|+|b"),
            ("x = 100baseT_Full;", "x|=|100baseT_Full|;"),
            ("case 1...3:", "case|1|...|3|:"),
            ("0x1E+2 1e+2 .5f", "0x1E|+|2|1e+2|.5f"),
            ("L\"a\" u8'b' \"x\\\"y\"", "L\"a\"|u8'b'|\"x\\\"y\""),
            ("a /* b\n */ c // d\n e", "a|c|e"),
            ("#define X \\\n 1 /* a\n b */ 2\nint", "#define X \\~ 1 /* a~ b */ 2|int"),
            ("  # if 0 // x\ny", "# if 0 // x|y"),
            ("a # b", "a|#|b"),
            ("p->q.r ... x <<= 1 >>= 2", "p|->|q|.|r|...|x|<<=|1|>>=|2"),
            ("\"open\nx", "\"open|x"),
            ("a\\\nb", "a|b"),
            ("\u{feff}int", "int"),
            ("s::t", "s|::|t"),
            ("1'000'000 + 'a'", "1'000'000|+|'a'"),
            ("a <? b >?= c < d ? e", "a|<?|b|>?=|c|<|d|?|e"),
        ];
        for (text, want) in cases {
            assert_eq!(spell(text), want, "{text:?}");
        }
    }

    #[test]
    fn flags_of_tokens() {
        let tokens = lex(b"a b\n c\nd /*\n*/ e\n#if 1\nf");
        let flags: Vec<_> = tokens.iter().map(|t| t.flags.0).collect();
        assert_eq!(flags, [3, 0, 1, 3, 1, 3, 3]);
    }

    #[test]
    fn any_bytes_are_read() {
        let all: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        let tokens = lex(&all);
        assert!(tokens.windows(2).all(|w| w[0].end() <= w[1].start));
        for text in [&b"\""[..], b"'", b"/*", b"//", b"\\", b"#", b"#\\", b"\"\\", b"u8\"", b"/", b"#/*"] {
            let _ = lex(text);
        }
    }
}

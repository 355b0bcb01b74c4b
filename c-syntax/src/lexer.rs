//! The lossless lexer: bytes to tokens; what lies between tokens is white space, comments and line continuations.
//!
//! Any bytes are accepted (design of the C front end, 6.1): a byte that starts no token is a token of kind [`TokenKind::Stray`].

use std::ops::Range;

use crate::sym::Sym;
use crate::token::{Token, TokenFlags, TokenKind};
use crate::word;

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
    scan(text, start..end, base, directives, true)
}

/// The tokens of a part of a text that starts and ends at tokens; their offsets count from its start. `first`: the first token is the
/// first on its line.
#[must_use]
pub(crate) fn lex_part(text: &[u8], part: Range<usize>, first: bool) -> Vec<Token> {
    let base = part.start;
    scan(text, part, base, Directives::Whole, first)
}

/// `first`: no token came before on the first line.
fn scan(text: &[u8], part: Range<usize>, base: usize, directives: Directives, mut first: bool) -> Vec<Token> {
    let Range { start, end } = part;
    let text = &text[..end];
    // Inside a directive a continuation begins a line.
    let inside = directives == Directives::Tokens;
    let mut out = Vec::with_capacity((end - start) / 4);
    // Where the present line of the text starts.
    let mut column_0 = if start == 0 || text[start - 1] == b'\n' { start } else { usize::MAX };
    let mut at = start;
    while let Some(&c) = text.get(at) {
        let from = at;
        let (kind, sym) = match CLASS[c as usize] {
            Class::Blank => {
                at += 1;
                while let Some(b' ' | b'\t') = text.get(at) {
                    at += 1;
                }
                continue;
            }
            Class::NewLine => {
                at += 1;
                first = true;
                column_0 = at;
                continue;
            }
            Class::Word => {
                let (end, sym) = word::read(text, at);
                at = end;
                if matches!(text.get(at), Some(b'"' | b'\'')) && matches!(&text[from..at], b"L" | b"u" | b"U" | b"u8") {
                    quoted(text, from, &mut at)
                } else {
                    word::keyword(sym).unwrap_or((TokenKind::Ident, sym))
                }
            }
            Class::Single => {
                at += 1;
                alone(c)
            }
            Class::Operator if text.get(at + 1).is_none_or(|next| !GOES_ON[*next as usize]) => {
                at += 1;
                alone(c)
            }
            Class::Digit => number(text, &mut at),
            Class::Quote => quoted(text, from, &mut at),
            Class::Operator | Class::Special => match (c, text.get(at + 1).copied().unwrap_or(0)) {
                (b'/', b'*') => {
                    at = comment_end(text, at);
                    first |= memchr::memchr(b'\n', &text[from..at]).is_some();
                    continue;
                }
                (b'/', b'/') => {
                    at = line_comment_end(text, at);
                    continue;
                }
                (b'\\', _) if continuation(text, at) > 0 => {
                    at += continuation(text, at);
                    first |= inside;
                    column_0 = at;
                    continue;
                }
                (b'#', _) if first && !inside => {
                    at = logical_line_end(text, at).max(at + 1);
                    (TokenKind::Directive, Sym::of(&text[from..at]))
                }
                (b'.', b'0'..=b'9') => number(text, &mut at),
                (_, next) => {
                    let (kind, len) = punct(c, next, text.get(at + 2).copied().unwrap_or(0));
                    at += len;
                    // A digraph is the token that it stands for.
                    (kind, if kind.is_punct() { PUNCT[kind as usize] } else { Sym::of(&text[from..at]) })
                }
            },
        };
        let flags =
            (u8::from(first) * TokenFlags::FIRST_ON_LINE.0) | (u8::from(from == column_0) * TokenFlags::COLUMN_0.0);
        first = kind == TokenKind::Directive;
        out.push(Token { kind, flags: TokenFlags(flags), start: (from - base) as u32, len: (at - from) as u32, sym });
    }
    out
}

/// What may start with a byte.
#[derive(Clone, Copy)]
enum Class {
    Blank,
    NewLine,
    Word,
    Digit,
    Quote,
    /// A token of one byte, whatever follows.
    Single,
    /// The same, but where one of [`GOES_ON`] follows.
    Operator,
    /// What depends on more, and bytes that belong to no token.
    Special,
}

static CLASS: [Class; 256] = {
    let mut out = [Class::Special; 256];
    let mut c = 0;
    while c < 256 {
        out[c] = match c as u8 {
            b'\n' => Class::NewLine,
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => Class::Blank,
            b'0'..=b'9' => Class::Digit,
            b'"' | b'\'' => Class::Quote,
            b'(' | b')' | b'{' | b'}' | b'[' | b']' | b';' | b',' | b'?' | b'~' | b'@' => Class::Single,
            b'.' | b':' | b'+' | b'-' | b'&' | b'|' | b'*' | b'/' | b'%' | b'^' | b'!' | b'=' | b'<' | b'>' => {
                Class::Operator
            }
            w if word::is_word_byte(w) => Class::Word,
            _ => Class::Special,
        };
        c += 1;
    }
    out
};

/// Bytes that may be the second one of an operator or comment, and digits, which may follow a dot.
static GOES_ON: [bool; 256] = set(b".:+-&|*/%=<>?0123456789");

const fn set(bytes: &[u8]) -> [bool; 256] {
    let mut out = [false; 256];
    let mut i = 0;
    while i < bytes.len() {
        out[bytes[i] as usize] = true;
        i += 1;
    }
    out
}

/// The tokens of one byte.
fn alone(c: u8) -> (TokenKind, Sym) {
    let kind = ALONE[c as usize];
    (kind, PUNCT[kind as usize])
}

static ALONE: [TokenKind; 256] = {
    let mut out = [TokenKind::Stray; 256];
    let mut i = 0;
    while i < TokenKind::PUNCT.len() {
        if let [c] = TokenKind::PUNCT[i].text().as_bytes() {
            out[*c as usize] = TokenKind::PUNCT[i];
        }
        i += 1;
    }
    out
};

/// The symbols of operators and punctuation, by their kinds.
static PUNCT: [Sym; 256] = {
    let mut out = [Sym(0); 256];
    let mut i = 0;
    while i < TokenKind::PUNCT.len() {
        let kind = TokenKind::PUNCT[i];
        out[kind as usize] = Sym::of(kind.text().as_bytes());
        i += 1;
    }
    out
};

/// The end of the logical line that starts at `pos`: continuations and comments included, the newline excluded.
#[must_use]
pub fn logical_line_end(text: &[u8], mut pos: usize) -> usize {
    let mut quote = 0u8;
    while let Some(&c) = text.get(pos) {
        if !LINE_STOP[c as usize] {
            pos += 1;
            continue;
        }
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

/// Bytes that mean something where the end of a logical line is looked for.
static LINE_STOP: [bool; 256] = set(b"\n\\\"'/");

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
    // Slashes are rarer in comments than stars.
    let mut at = pos + 3;
    while let Some(i) = memchr::memchr(b'/', text.get(at..).unwrap_or_default()) {
        at += i + 1;
        if text[at - 2] == b'*' {
            return at;
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

/// The end of the preprocessing number at `at`.
fn number(text: &[u8], at: &mut usize) -> (TokenKind, Sym) {
    let from = *at;
    let byte = |i: usize| text.get(i).copied().unwrap_or(0);
    let hex = byte(from) == b'0' && matches!(byte(from + 1), b'x' | b'X');
    loop {
        let (c, next) = (byte(*at), byte(*at + 1));
        let exponent = matches!(c, b'p' | b'P') || (!hex && matches!(c, b'e' | b'E'));
        if exponent && matches!(next, b'+' | b'-') {
            *at += 2;
        } else if word::is_word_byte(c) || (c == b'.' && next != b'.') || (c == b'\'' && word::is_word_byte(next)) {
            *at += 1;
        } else {
            return (TokenKind::Number, Sym::of(&text[from..*at]));
        }
    }
}

/// A string or character constant from `from`, whose quote is at `at`; goes on to its end.
fn quoted(text: &[u8], from: usize, at: &mut usize) -> (TokenKind, Sym) {
    let quote = text[*at];
    let mut pos = *at + 1;
    loop {
        let rest = text.get(pos..).unwrap_or_default();
        let Some(i) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
            pos = text.len();
            break;
        };
        pos += i;
        match rest[i] {
            b'\n' => break,
            b'\\' => pos += continuation(text, pos).max(2),
            _ => {
                pos += 1;
                break;
            }
        }
    }
    *at = pos;
    (if quote == b'"' { TokenKind::Str } else { TokenKind::Char }, Sym::of(&text[from..pos]))
}

/// Kind and length of the operator that starts with byte `c`, followed by `d` and `e`.
fn punct(c: u8, d: u8, e: u8) -> (TokenKind, usize) {
    use TokenKind as T;
    match c {
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

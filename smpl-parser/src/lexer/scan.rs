//! One token at a place of a text: what declarations, headers and bodies share. Knows no lines and no markers.

use c_syntax::TokenKind;

/// Operators and punctuation, SmPL ones included, longest first within each first byte.
const PUNCTUATION: &[TokenKind] = &[
    TokenKind::NestOpenPlus,
    TokenKind::NestOpen,
    TokenKind::SixDots,
    TokenKind::NestClosePlus,
    TokenKind::NestClose,
    TokenKind::Ellipsis,
    TokenKind::ShlEq,
    TokenKind::ShrEq,
    TokenKind::MinEq,
    TokenKind::MaxEq,
    TokenKind::Arrow,
    TokenKind::ColonColon,
    TokenKind::PlusPlus,
    TokenKind::MinusMinus,
    TokenKind::AmpAmp,
    TokenKind::PipePipe,
    TokenKind::Shl,
    TokenKind::Shr,
    TokenKind::Le,
    TokenKind::Ge,
    TokenKind::EqEq,
    TokenKind::Ne,
    TokenKind::PlusEq,
    TokenKind::MinusEq,
    TokenKind::StarEq,
    TokenKind::SlashEq,
    TokenKind::PercentEq,
    TokenKind::AmpEq,
    TokenKind::PipeEq,
    TokenKind::CaretEq,
    TokenKind::HashHash,
    TokenKind::Min,
    TokenKind::Max,
    TokenKind::DisjOpen,
    TokenKind::DisjOr,
    TokenKind::ConjAnd,
    TokenKind::DisjClose,
    TokenKind::LParen,
    TokenKind::RParen,
    TokenKind::LBrace,
    TokenKind::RBrace,
    TokenKind::LBracket,
    TokenKind::RBracket,
    TokenKind::Semi,
    TokenKind::Comma,
    TokenKind::Dot,
    TokenKind::Question,
    TokenKind::Colon,
    TokenKind::Plus,
    TokenKind::Minus,
    TokenKind::Star,
    TokenKind::Slash,
    TokenKind::Percent,
    TokenKind::Amp,
    TokenKind::Pipe,
    TokenKind::Caret,
    TokenKind::Tilde,
    TokenKind::Bang,
    TokenKind::Lt,
    TokenKind::Gt,
    TokenKind::Eq,
    TokenKind::Hash,
    TokenKind::At,
];

/// For each byte the numbers in [`PUNCTUATION`] of those that start with it.
static BY_FIRST_BYTE: [u64; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < PUNCTUATION.len() {
        table[PUNCTUATION[i].text().as_bytes()[0] as usize] |= 1 << i;
        i += 1;
    }
    table
};

/// Whether a byte can start an identifier (bytes from 0x80 and `$` count as letters).
pub(crate) fn is_ident_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b == b'$' || b >= 0x80
}

/// Whether a byte can stand inside an identifier.
pub(crate) fn is_ident_byte(b: u8) -> bool {
    is_ident_start(b) || b.is_ascii_digit()
}

/// Length of the identifier at the start of `text`; 0 if there is none.
pub(crate) fn ident_len(text: &[u8]) -> usize {
    match text.first() {
        Some(b) if is_ident_start(*b) => text.iter().take_while(|b| is_ident_byte(**b)).count(),
        _ => 0,
    }
}

/// The token at the start of `text`, which starts with neither white space nor a comment: its kind (`Ident` for keywords too) and its length
/// (at least 1). A string without its closing quote on the line is a `Stray` byte.
pub(crate) fn scan(text: &[u8]) -> (TokenKind, usize) {
    let Some(&first) = text.first() else {
        return (TokenKind::Eof, 0);
    };
    if let Some((kind, prefix)) = quote(text) {
        return match quoted_len(&text[prefix..]) {
            Some(len) => (kind, prefix + len),
            None if prefix > 0 => (TokenKind::Ident, ident_len(text)),
            None => (TokenKind::Stray, 1),
        };
    }
    if is_ident_start(first) {
        return (TokenKind::Ident, ident_len(text));
    }
    if first.is_ascii_digit() || (first == b'.' && text.get(1).is_some_and(u8::is_ascii_digit)) {
        return (TokenKind::Number, number_len(text));
    }
    let mut rest = BY_FIRST_BYTE[first as usize];
    while rest != 0 {
        let kind = PUNCTUATION[rest.trailing_zeros() as usize];
        if text.starts_with(kind.text().as_bytes()) {
            return (kind, kind.text().len());
        }
        rest &= rest - 1;
    }
    (TokenKind::Stray, 1)
}

/// The kind of the literal that starts here and the length of its prefix (`L`, `u`, `U`, `u8`).
fn quote(text: &[u8]) -> Option<(TokenKind, usize)> {
    let prefix =
        if text.starts_with(b"u8") { 2 } else { usize::from(matches!(text.first(), Some(b'L' | b'u' | b'U'))) };
    match text.get(prefix)? {
        b'"' => Some((TokenKind::Str, prefix)),
        b'\'' => Some((TokenKind::Char, prefix)),
        _ => None,
    }
}

/// Length of the literal whose quote starts `text`; none if its line ends first.
pub(crate) fn quoted_len(text: &[u8]) -> Option<usize> {
    let close = *text.first()?;
    let mut i = 1;
    while let Some(&b) = text.get(i) {
        match b {
            b'\\' => i += 2,
            b'\n' => return None,
            b if b == close => return Some(i + 1),
            _ => i += 1,
        }
    }
    None
}

/// Length of the string that starts `text`, over lines too.
pub(crate) fn string_over_lines(text: &[u8]) -> Option<usize> {
    let mut i = 1;
    while let Some(&b) = text.get(i) {
        match b {
            b'\\' => i += 2,
            b'"' => return Some(i + 1),
            _ => i += 1,
        }
    }
    None
}

/// Length of a preprocessing number. It ends before `..`, so that `1...3` is a range.
fn number_len(text: &[u8]) -> usize {
    let mut i = 1;
    while let Some(&b) = text.get(i) {
        let sign = matches!(b, b'+' | b'-')
            && matches!(text[i - 1], b'e' | b'E' | b'p' | b'P')
            && !is_hex_without_exponent(text, i);
        let dot = b == b'.' && text.get(i + 1) != Some(&b'.') && text[i - 1] != b'.';
        let separator = b == b'\'' && text.get(i + 1).is_some_and(|b| is_ident_byte(*b));
        if !(is_ident_byte(b) || sign || dot || separator) {
            break;
        }
        i += 1;
    }
    i
}

/// Whether the sign at `i` follows the digit `e` of a hexadecimal number (`0xe+1`).
fn is_hex_without_exponent(text: &[u8], i: usize) -> bool {
    matches!(text[i - 1], b'e' | b'E') && matches!(text.get(..2), Some(b"0x" | b"0X"))
}

/// Length of the block comment that starts `text`, and whether it is closed.
pub(crate) fn block_comment_len(text: &[u8]) -> (usize, bool) {
    let mut i = 2;
    while i + 1 < text.len() {
        if text[i] == b'*' && text[i + 1] == b'/' {
            return (i + 2, true);
        }
        i += 1;
    }
    (text.len(), false)
}

/// Length of the line that starts `text`, without its end.
pub(crate) fn line_len(text: &[u8]) -> usize {
    text.iter().position(|b| *b == b'\n').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_tokens() {
        for (text, kind, len) in [
            ("<+... x", TokenKind::NestOpenPlus, 5),
            ("<... x", TokenKind::NestOpen, 4),
            ("...+>", TokenKind::NestClosePlus, 5),
            ("...>", TokenKind::NestClose, 4),
            ("......", TokenKind::SixDots, 6),
            ("...,", TokenKind::Ellipsis, 3),
            ("\\(f", TokenKind::DisjOpen, 2),
            ("1...3", TokenKind::Number, 1),
            ("1.5e+3f;", TokenKind::Number, 7),
            ("0xe+1", TokenKind::Number, 3),
            ("L\"a\\\"b\" c", TokenKind::Str, 7),
            ("'a", TokenKind::Stray, 1),
            ("u8x", TokenKind::Ident, 3),
            ("<<=1", TokenKind::ShlEq, 3),
            ("`", TokenKind::Stray, 1),
        ] {
            assert_eq!(scan(text.as_bytes()), (kind, len), "{text}");
        }
    }
}

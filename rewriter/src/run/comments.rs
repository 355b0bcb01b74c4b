//! The comments around a piece of code, for scripts (`features.md` section 3, `comments`).

use c_syntax::lexer::lex;
use c_syntax::{Token, TokenKind};

/// The comments before, inside and after a piece of code, each on a line of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Comments {
    /// Those between the token before it and its first one.
    pub before: String,
    /// Those between its tokens.
    pub middle: String,
    /// Those between its last token and the one after it.
    pub after: String,
}

impl Comments {
    /// Those around the bytes of `range`.
    #[must_use]
    pub fn around(text: &[u8], range: std::ops::Range<u32>) -> Self {
        let tokens: Vec<Token> = lex(text).into_iter().filter(|t| t.kind != TokenKind::Eof).collect();
        let first = tokens.partition_point(|t| t.start < range.start);
        let last = tokens.partition_point(|t| t.end() <= range.end);
        let end = |i: usize| tokens.get(i).map_or(text.len(), |t| t.end() as usize);
        let start = |i: usize| tokens.get(i).map_or(text.len(), |t| t.start as usize);
        let gap = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let mut middle = Vec::new();
        for i in first..last.saturating_sub(1) {
            comments(gap(end(i), start(i + 1)), &mut middle);
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        comments(gap(first.checked_sub(1).map_or(0, end), start(first)), &mut before);
        comments(gap(last.checked_sub(1).map_or(0, end), start(last)), &mut after);
        Self { before: before.join("\n"), middle: middle.join("\n"), after: after.join("\n") }
    }
}

/// The comments of a text without code.
fn comments(mut text: &[u8], out: &mut Vec<String>) {
    while let Some(at) = memchr::memchr(b'/', text) {
        text = &text[at..];
        let len = if text.starts_with(b"//") {
            memchr::memchr(b'\n', text).unwrap_or(text.len())
        } else if text.starts_with(b"/*") {
            memchr::memmem::find(&text[2..], b"*/").map_or(text.len(), |i| i + 4)
        } else {
            1
        };
        if len > 1 {
            out.push(String::from_utf8_lossy(&text[..len]).trim_end().to_owned());
        }
        text = &text[len..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_code() {
        let text = b"int x; // tail\n/* one */\nf /* in */ (1 /* b */ ) /* y */ ; // z\n";
        let of = |code: &str| {
            let at = text.windows(code.len()).position(|w| w == code.as_bytes()).expect(code) as u32;
            let c = Comments::around(text, at..at + code.len() as u32);
            (c.before, c.middle, c.after)
        };
        let all = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(of("f"), all("// tail\n/* one */", "", "/* in */"));
        assert_eq!(of("f /* in */ (1 /* b */ )"), all("// tail\n/* one */", "/* in */\n/* b */", "/* y */"));
        assert_eq!(of(";"), all("", "", "// tail\n/* one */"));
        assert_eq!(of("int"), all("", "", ""));
    }
}

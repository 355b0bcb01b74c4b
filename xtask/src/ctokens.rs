//! C tokens for comparing results: white space, line breaks and comments do not count.

const PUNCT3: [&[u8]; 4] = [b"...", b"<<=", b">>=", b"->*"];
const PUNCT2: [&[u8]; 20] = [
    b"->", b"++", b"--", b"<<", b">>", b"<=", b">=", b"==", b"!=", b"&&", b"||", b"+=", b"-=", b"*=", b"/=", b"%=",
    b"&=", b"|=", b"^=", b"##",
];

/// The tokens of `text`; a comma right before `}` is left out, as the suite's own comparison does.
pub fn tokens(text: &[u8]) -> Vec<&[u8]> {
    let mut out: Vec<&[u8]> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let end = token_end(text, i);
        if let Some(end) = end {
            let token = &text[i..end];
            if token == b"}" && out.last() == Some(&&b","[..]) {
                out.pop();
            }
            out.push(token);
            i = end;
        } else {
            i = gap_end(text, i);
        }
    }
    out
}

/// One past the token at `i`, or `None` if white space or a comment starts there.
fn token_end(text: &[u8], i: usize) -> Option<usize> {
    let rest = &text[i..];
    let c = rest[0];
    if c.is_ascii_whitespace() || c == 0x0b || rest.starts_with(b"//") || rest.starts_with(b"/*") {
        return None;
    }
    if c == b'\\' && rest.get(1).is_none_or(|c| c.is_ascii_whitespace()) {
        return None;
    }
    if c == b'"' || c == b'\'' {
        return Some(i + quoted(rest, c));
    }
    let word = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80;
    if word(c) {
        return Some(i + rest.iter().take_while(|c| word(**c)).count());
    }
    let munch = |list: &[&[u8]]| list.iter().find(|p| rest.starts_with(p)).map(|p| i + p.len());
    munch(&PUNCT3).or_else(|| munch(&PUNCT2)).or(Some(i + 1))
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut j = 1;
    while j < rest.len() && rest[j] != quote && rest[j] != b'\n' {
        j += if rest[j] == b'\\' { 2 } else { 1 };
    }
    (j + 1).min(rest.len())
}

fn gap_end(text: &[u8], i: usize) -> usize {
    let rest = &text[i..];
    if rest.starts_with(b"//") {
        return i + rest.iter().position(|c| *c == b'\n').unwrap_or(rest.len());
    }
    if rest.starts_with(b"/*") {
        return rest.windows(2).skip(2).position(|w| w == b"*/").map_or(text.len(), |p| i + p + 4);
    }
    i + 1
}

/// Whether two texts are equal byte for byte, but for white space at the end of a line.
pub fn exact(a: &[u8], b: &[u8]) -> bool {
    let lines = |t: &[u8]| -> Vec<Vec<u8>> { t.split(|c| *c == b'\n').map(|l| l.trim_ascii_end().to_vec()).collect() };
    lines(a) == lines(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_comments_and_last_commas_do_not_count() {
        let a = tokens(b"int x[] = { 1, 2, }; // c\nf(a->b, \"x y\");");
        let b = tokens(b"int x[]={1,2};f(a->b/* q */,\"x y\");");
        assert_eq!(a, b);
        assert_ne!(tokens(b"int x"), tokens(b"intx"));
        assert_ne!(tokens(b"\"a b\""), tokens(b"\"ab\""));
    }

    #[test]
    fn exact_ignores_blanks_at_line_ends_only() {
        assert!(exact(b"a \nb\n", b"a\nb\n"));
        assert!(!exact(b" a\n", b"a\n"));
    }
}

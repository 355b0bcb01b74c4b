//! Words of Python: names, numbers, strings, punctuation, and the shape of lines. Nothing that a straight-line script does not need.

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A name or keyword.
    Name(String),
    /// A decimal number.
    Int(i64),
    /// A string, its escapes resolved.
    Str(String),
    /// Punctuation.
    Op(&'static str),
    /// The end of a line of code.
    Newline,
    /// A line that is indented more than the one before.
    Indent,
    /// Back to an outer block.
    Dedent,
}

const OPS: &[&str] = &["==", "!=", "<=", ">=", "(", ")", "[", "]", ",", ".", "=", "%", "+", "-", "<", ">", ":"];

/// The words of a script; none where something else comes up.
pub fn words(text: &str) -> Option<Vec<Word>> {
    let mut out = Vec::new();
    let mut indents: Vec<&str> = vec![""];
    let mut rest = text;
    while !rest.is_empty() {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let (indent, line) = rest.split_at(blanks);
        if let Some(after) = line.strip_prefix('\n') {
            rest = after;
            continue;
        }
        if line.starts_with('#') {
            rest = line.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        if line.is_empty() {
            break;
        }
        let now = *indents.last()?;
        if indent.len() > now.len() && indent.starts_with(now) {
            indents.push(indent);
            out.push(Word::Indent);
        } else {
            while *indents.last()? != indent {
                if indents.len() == 1 {
                    return None;
                }
                indents.pop();
                out.push(Word::Dedent);
            }
        }
        rest = logical_line(line, &mut out)?;
        out.push(Word::Newline);
    }
    out.extend((1..indents.len()).map(|_| Word::Dedent));
    Some(out)
}

/// One line of code, with those that brackets or a backslash join to it; what follows it.
fn logical_line<'a>(mut rest: &'a str, out: &mut Vec<Word>) -> Option<&'a str> {
    let mut depth = 0usize;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let Some(first) = rest.chars().next() else { return (depth == 0).then_some(rest) };
        match first {
            '\n' if depth == 0 => return Some(&rest[1..]),
            '\n' => rest = &rest[1..],
            '\\' => rest = rest[1..].strip_prefix('\n')?,
            '#' => rest = rest.find('\n').map_or("", |at| &rest[at..]),
            '"' | '\'' => rest = string(rest, first, out)?,
            '0'..='9' => {
                let len = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
                // Neither 0x10 nor 010, and nothing that could overflow.
                if rest[..len].parse::<u32>().ok()?.to_string() != rest[..len] {
                    return None;
                }
                if rest[len..].starts_with(['.', '_']) {
                    return None;
                }
                out.push(Word::Int(rest[..len].parse().ok()?));
                rest = &rest[len..];
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let len = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
                if rest[len..].starts_with(['"', '\'']) {
                    // A prefix of a string.
                    return None;
                }
                out.push(Word::Name(rest[..len].to_owned()));
                rest = &rest[len..];
            }
            _ => {
                let op = OPS.iter().find(|op| rest.starts_with(**op))?;
                // Not `+=` and the like, nor `->`.
                if matches!(*op, "+" | "-" | "%") && rest[1..].starts_with(['=', '>']) {
                    return None;
                }
                match *op {
                    "(" | "[" => depth += 1,
                    ")" | "]" => depth = depth.checked_sub(1)?,
                    _ => {}
                }
                out.push(Word::Op(op));
                rest = &rest[op.len()..];
            }
        }
    }
}

/// A string in single quotes of either kind, with the escapes that people write.
fn string<'a>(rest: &'a str, quote: char, out: &mut Vec<Word>) -> Option<&'a str> {
    let mut text = String::new();
    let mut chars = rest[1..].char_indices();
    if rest[1..].starts_with(&format!("{quote}{quote}")) {
        return None;
    }
    while let Some((i, c)) = chars.next() {
        match c {
            c if c == quote => {
                out.push(Word::Str(text));
                return Some(&rest[i + 2..]);
            }
            '\n' => return None,
            '\\' => match chars.next()?.1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'r' => text.push('\r'),
                c @ ('\\' | '"' | '\'') => text.push(c),
                '\n' => {}
                _ => return None,
            },
            c => text.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_blocks() {
        let got = words("a = 1 # c\n\nif a:\n\tb(\n  2)\nc").expect("reads");
        let n = |s: &str| Word::Name(s.to_owned());
        let want = [
            n("a"),
            Word::Op("="),
            Word::Int(1),
            Word::Newline,
            n("if"),
            n("a"),
            Word::Op(":"),
            Word::Newline,
            Word::Indent,
            n("b"),
            Word::Op("("),
            Word::Int(2),
            Word::Op(")"),
            Word::Newline,
            Word::Dedent,
            n("c"),
            Word::Newline,
        ];
        assert_eq!(got, want);
    }

    #[test]
    fn what_python_may_read_otherwise_is_left_to_it() {
        for text in
            ["a = 010", "a = 1.5", "r'x'", "'''x'''", "'\\x41'", "a += 1", "a; b", "a(", "if a:\n  b\n c", " \"x"]
        {
            assert_eq!(words(text), None, "{text}");
        }
    }
}

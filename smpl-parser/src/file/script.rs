//! Declarations and code of script rules (`smpl-front-end.md` 2.2, `features.md` 5.1).

use c_syntax::{Diagnostic, Span, TokenKind};

use super::tok::{Cursor, Tok};

/// A declaration of a script as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Param {
    /// `name << rule.var = default;`.
    Input {
        /// Its name in the script.
        name: String,
        /// What stands before the dot.
        rule: (String, Span),
        /// What stands after it.
        var: (String, Span),
        /// The text after `=`; `[]` for an empty list.
        default: Option<String>,
    },
    /// `name;`.
    Output(String, Span),
}

/// Reads the declarations of a script. Where `code_likely`, what reads as none is taken to be the code of the script, before which `@@` was forgotten.
pub(crate) fn params(text: &[u8], toks: &[Tok], code_likely: bool, diags: &mut Vec<Diagnostic>) -> Vec<Param> {
    let mut c = Cursor::new(text, toks);
    let mut out = Vec::new();
    while c.kind() != TokenKind::Eof {
        match param(&mut c) {
            Some(p) => out.push(p),
            None => {
                let message = format!("expected a declaration of a script, found {}", c.found());
                let error = Diagnostic::error("E023", c.span(), message, "unexpected");
                if code_likely {
                    diags.push(error.help("the code of a script stands after its declarations: write `@@` before it"));
                    break;
                }
                diags.push(
                    error.help(
                        "write `x << rule.x;` for a variable that the script reads, or `x;` for one that it makes",
                    ),
                );
                while !matches!(c.kind(), TokenKind::Semi | TokenKind::Eof) {
                    c.bump();
                }
                c.eat(TokenKind::Semi);
            }
        }
    }
    out
}

fn param(c: &mut Cursor<'_>) -> Option<Param> {
    // `(str, ast) << r.x`: only the text is of use.
    let pair = c.eat(TokenKind::LParen);
    let at = c.span();
    let name = c.word()?.to_owned();
    c.bump();
    if pair {
        c.eat(TokenKind::Comma);
        c.word()?;
        c.bump();
        if !c.eat(TokenKind::RParen) {
            return None;
        }
    }
    if c.eat(TokenKind::Semi) {
        return Some(Param::Output(name, at));
    }
    if !c.eat(TokenKind::Shl) {
        return None;
    }
    let rule = (c.word()?.to_owned(), c.span());
    c.bump();
    if !c.eat(TokenKind::Dot) {
        return None;
    }
    let var = (c.word()?.to_owned(), c.span());
    c.bump();
    let mut default = None;
    if c.eat(TokenKind::Eq) {
        if c.eat(TokenKind::LBracket) {
            if !c.eat(TokenKind::RBracket) {
                return None;
            }
            default = Some("[]".to_owned());
        } else {
            let t = c.bump()?;
            default = Some(c.text_of(t).trim_matches('"').to_owned());
        }
    }
    c.eat(TokenKind::Semi).then_some(Param::Input { name, rule, var, default })
}

/// The code of a script: its bytes, and the line on which they start. The rest of the line of the closing `@@` is left out if it is blank;
/// lines that are SmPL comments (`//`) become empty, so that line numbers stay.
pub(crate) fn code(text: &[u8], body: &std::ops::Range<usize>, line: u32, language: &str) -> (String, u32) {
    let bytes = &text[body.clone()];
    let first = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| i + 1);
    let (bytes, line) =
        if bytes[..first].trim_ascii().is_empty() { (&bytes[first..], line + 1) } else { (bytes, line) };
    let all = String::from_utf8_lossy(bytes);
    if language != "python" {
        return (all.into_owned(), line);
    }
    let mut out = String::with_capacity(all.len());
    for l in all.split_inclusive('\n') {
        if l.trim_start().starts_with("//") {
            out.push('\n');
        } else {
            out.push_str(l);
        }
    }
    (out, line)
}

#[cfg(test)]
mod tests {
    use super::super::tok::{Close, tokens};
    use super::*;

    #[test]
    fn declarations() {
        for (text, count, errors) in [
            ("x << r.y; z;", 2, 0),
            ("(s, a) << r.y; p << r.p = []; q << r.q = \"d\";", 3, 0),
            ("x <<; y;", 1, 1),
            ("x << r y;", 0, 1),
        ] {
            let closed = format!("{text}@@");
            let (toks, _) = tokens(closed.as_bytes(), 0, Close::AtAt);
            let mut diags = Vec::new();
            assert_eq!(params(closed.as_bytes(), &toks, false, &mut diags).len(), count, "{text}");
            assert_eq!(diags.len(), errors, "{text}");
        }
    }

    #[test]
    fn code_keeps_its_lines() {
        let text = b"@@\n// note\nx = 7 // 2\n";
        assert_eq!(code(text, &(2..text.len()), 5, "python"), ("\nx = 7 // 2\n".to_owned(), 6));
    }
}

//! The skeleton of a semantic patch: prolog, headers, declarations, bodies (`smpl-front-end.md` section 2).

pub(crate) mod header;
pub(crate) mod script;
pub(crate) mod tok;

use c_syntax::{Diagnostic, Span};

use crate::lexer::scan::{block_comment_len, ident_len, line_len, quoted_len};
use tok::{Close, End, Tok};

/// One item of the prolog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Prolog {
    /// `#include "x.cocci"`.
    Include(String, Span),
    /// `using "x.iso"` or `using <x.iso>`.
    Using(String, Span),
    /// A name after `virtual`.
    Virtual(String, Span),
}

/// A rule or script before anything of it was understood.
#[derive(Clone, Debug)]
pub(crate) struct RawItem {
    /// Tokens between the first `@` and the second.
    pub header: Vec<Tok>,
    /// From the first `@` to the second.
    pub header_span: Span,
    /// Line of the first `@`, from 1.
    pub line: u32,
    /// Tokens of the declarations.
    pub decls: Vec<Tok>,
    /// Bytes of the body or script.
    pub body: std::ops::Range<usize>,
    /// Line on which the body starts.
    pub body_line: u32,
}

/// A file cut into its parts.
#[derive(Debug, Default)]
pub(crate) struct Skeleton {
    /// What stands before the first rule.
    pub prolog: Vec<Prolog>,
    /// Words of `#spatch` lines.
    pub options: Vec<String>,
    /// Rules and scripts.
    pub items: Vec<RawItem>,
}

/// Cuts a file into its parts.
pub(crate) fn split(text: &[u8], diags: &mut Vec<Diagnostic>) -> Skeleton {
    let mut out = Skeleton { options: option_lines(text), ..Skeleton::default() };
    let mut at = find_header(text, 0, None);
    prolog(text, at.unwrap_or(text.len()), &mut out.prolog, diags);
    let mut counted = (0, 1);
    while let Some(start) = at {
        let line = line_of(text, &mut counted, start);
        let (header, end) = tok::tokens(text, start + 1, Close::At);
        let End::Closed(header_end) = end else {
            diags.push(unclosed(text, start, "this header has no closing `@`", "write `@name@` or `@@`"));
            break;
        };
        let (decls, end) = tok::tokens(text, header_end, Close::AtAt);
        let End::Closed(body_start) = end else {
            diags.push(unclosed(
                text,
                start,
                "these declarations are not closed by `@@`",
                "a rule is `@name@ declarations @@ body`",
            ));
            break;
        };
        at = find_header(text, body_start, header::script_language(text, &header));
        let body_line = line_of(text, &mut counted, body_start);
        out.items.push(RawItem {
            header,
            header_span: Span::new(start as u32, header_end as u32),
            line,
            decls,
            body: body_start..at.unwrap_or(text.len()),
            body_line,
        });
    }
    out
}

fn unclosed(text: &[u8], start: usize, message: &str, help: &str) -> Diagnostic {
    let end = start + line_len(&text[start..]).max(1);
    Diagnostic::error("E020", Span::new(start as u32, end as u32), message, "starts here").help(help)
}

/// The line of an offset, counted on from the last question.
fn line_of(text: &[u8], counted: &mut (usize, u32), offset: usize) -> u32 {
    let from = counted.0.min(offset);
    counted.1 += text[from..offset].iter().filter(|b| **b == b'\n').count() as u32;
    counted.0 = offset;
    counted.1
}

/// Offset of the next `@` that starts a header: in column 0, or `@@` after blanks only.
/// In code, comments and strings are gone over; in a script, those of its language, and what follows the `@` must read as a header.
fn find_header(text: &[u8], from: usize, script: Option<&str>) -> Option<usize> {
    let mut lines = ScriptLines { python: script == Some("python"), ..ScriptLines::default() };
    let mut pos = from;
    let mut line_blank = from == 0 || text[..from].last() == Some(&b'\n');
    let mut column_0 = line_blank;
    while pos < text.len() {
        let rest = &text[pos..];
        match rest[0] {
            b'\n' => {
                (line_blank, column_0) = (true, true);
                pos += 1;
                continue;
            }
            b'@' if (column_0 || line_blank && rest.get(1) == Some(&b'@'))
                && (script.is_none() || header::reads_as_header(text, pos)) =>
            {
                return Some(pos);
            }
            b' ' | b'\t' | b'\r' => pos += 1,
            _ if script.is_some() => {
                pos = lines.end(text, pos);
                continue;
            }
            b'/' if rest.get(1) == Some(&b'/') => pos += line_len(rest),
            b'/' if rest.get(1) == Some(&b'*') => pos += block_comment_len(rest).0,
            b'"' | b'\'' => {
                pos += quoted_len(rest).unwrap_or(1);
                line_blank = false;
            }
            _ => {
                pos += ident_len(rest).max(1);
                line_blank = false;
            }
        }
        column_0 = false;
    }
    None
}

/// Reads over the lines of a script, its strings and comments.
#[derive(Default)]
struct ScriptLines<'a> {
    python: bool,
    /// Delimiters that are not closed any more.
    unclosed: Vec<&'a [u8]>,
}

impl<'a> ScriptLines<'a> {
    /// The end of a line, or of the last line of a string or comment that goes on over several. One that is never closed is taken
    /// to end with its line.
    fn end(&mut self, text: &'a [u8], from: usize) -> usize {
        let mut end = from + line_len(&text[from..]);
        let mut pos = from;
        while pos < end {
            let rest = &text[pos..];
            let close: &[u8] = match rest[0] {
                b'#' if self.python => return end,
                b'"' | b'\'' if self.python && rest.len() > 2 && rest[1] == rest[0] && rest[2] == rest[0] => &rest[..3],
                b'(' if !self.python && rest.get(1) == Some(&b'*') => b"*)",
                b'"' => &rest[..1],
                b'\'' if self.python => &rest[..1],
                _ => {
                    pos += 1;
                    continue;
                }
            };
            // Only strings of three quotes and those of OCaml go over lines.
            let one_line = self.python && close.len() == 1;
            pos += if close == b"*)" { 2 } else { close.len() };
            if !one_line && self.unclosed.contains(&close) {
                continue;
            }
            match closing(&text[..if one_line { end } else { text.len() }], pos, close) {
                Some(closed) => {
                    pos = closed;
                    end = end.max(closed + line_len(&text[closed..]));
                }
                None if !one_line => self.unclosed.push(close),
                None => {}
            }
        }
        end
    }
}

/// Where the text after `close` starts.
fn closing(text: &[u8], mut pos: usize, close: &[u8]) -> Option<usize> {
    while pos < text.len() {
        if text[pos..].starts_with(close) {
            return Some(pos + close.len());
        }
        let escape = text[pos] == b'\\' && close != b"*)";
        pos += 1 + usize::from(escape);
    }
    None
}

fn prolog(text: &[u8], end: usize, out: &mut Vec<Prolog>, diags: &mut Vec<Diagnostic>) {
    let text = &text[..end];
    let mut pos = 0;
    loop {
        pos = tok::skip_blank(text, pos);
        let Some(rest) = text.get(pos..).filter(|r| !r.is_empty()) else { return };
        let word = &rest[..ident_len(rest)];
        let line_end = pos + line_len(rest);
        if rest[0] == b'#' && rest[1..].trim_ascii_start().starts_with(b"include") {
            let line = &text[pos..line_end];
            match path_in(line) {
                Some((path, _, _)) => out.push(Prolog::Include(path, Span::new(pos as u32, line_end as u32))),
                None => diags.push(stray(pos, line_end)),
            }
            pos = line_end;
        } else if word == b"using" {
            match path_in(&text[pos..line_end]) {
                Some((path, a, b)) => {
                    out.push(Prolog::Using(path, Span::new((pos + a) as u32, (pos + b) as u32)));
                    pos += b;
                }
                None => {
                    diags.push(stray(pos, line_end));
                    pos = line_end;
                }
            }
        } else if word == b"virtual" {
            pos = virtual_names(text, pos + word.len(), out, diags);
        } else {
            diags.push(stray(pos, line_end));
            return;
        }
    }
}

fn stray(start: usize, end: usize) -> Diagnostic {
    let span = Span::new(start as u32, end.max(start + 1) as u32);
    Diagnostic::error("E021", span, "text before the first rule", "neither `virtual`, `using` nor `#include`")
        .help("a rule starts with `@name@` or `@@` in column 0; write `//` before a comment")
}

/// The path in quotes or angle brackets on a line, and where it starts and ends.
fn path_in(line: &[u8]) -> Option<(String, usize, usize)> {
    let start = line.iter().position(|b| matches!(b, b'"' | b'<'))?;
    let close = if line[start] == b'<' { b'>' } else { b'"' };
    let len = line[start + 1..].iter().position(|b| *b == close)?;
    let path = String::from_utf8_lossy(&line[start + 1..start + 1 + len]).into_owned();
    Some((path, start, start + len + 2))
}

/// The names after `virtual`, and where they end.
fn virtual_names(text: &[u8], mut pos: usize, out: &mut Vec<Prolog>, diags: &mut Vec<Diagnostic>) -> usize {
    loop {
        pos = tok::skip_blank(text, pos);
        let len = ident_len(&text[pos.min(text.len())..]);
        if len == 0 {
            diags.push(
                Diagnostic::error(
                    "E021",
                    Span::new(pos.saturating_sub(1) as u32, pos as u32),
                    "a name must follow `virtual`",
                    "no name here",
                )
                .help("write `virtual a, b`"),
            );
            return (pos + 1).min(text.len());
        }
        let name = String::from_utf8_lossy(&text[pos..pos + len]).into_owned();
        out.push(Prolog::Virtual(name, Span::new(pos as u32, (pos + len) as u32)));
        pos = tok::skip_blank(text, pos + len);
        match text.get(pos) {
            Some(b',') => pos += 1,
            Some(b';') => return pos + 1,
            _ => return pos,
        }
    }
}

/// The words of all lines that start with `#spatch` or `# spatch`.
fn option_lines(text: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.split(|b| *b == b'\n') {
        let Some(rest) = line.trim_ascii_start().strip_prefix(b"#") else { continue };
        let Some(rest) = rest.trim_ascii_start().strip_prefix(b"spatch") else { continue };
        if rest.first().is_none_or(u8::is_ascii_whitespace) {
            words(&String::from_utf8_lossy(rest), &mut out);
        }
    }
    out
}

/// Splits a line at blanks; `'` and `"` quote.
fn words(line: &str, out: &mut Vec<String>) {
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => out.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (text, items, codes) in [
            ("@@ @@\nf();\n", &["f();\n"][..], &[][..]),
            (
                "@r@ expression e; @@ f(e); // @\n\n@ s @\n@@\n x@p; /*\n@ */ \"@@\"\n",
                &[" f(e); // @\n\n", "\n x@p; /*\n@ */ \"@@\"\n"],
                &[],
            ),
            (
                "@script:python@\n@@\n@staticmethod\ndef f(): pass\n@r@\n@@\n a\n",
                &["\n@staticmethod\ndef f(): pass\n", "\n a\n"],
                &[],
            ),
            (
                "@script:python@\n@@\nx = '''a\n@r@\n@@\n''' # isn't\n@r@\n@@\n a\n",
                &["\nx = '''a\n@r@\n@@\n''' # isn't\n", "\n a\n"],
                &[],
            ),
            (
                "@script:ocaml@\n@@\n(* a\n@r@\n@@ *) f 'a' \"it's\"\n@r@\n@@\n a\n",
                &["\n(* a\n@r@\n@@ *) f 'a' \"it's\"\n", "\n a\n"],
                &[],
            ),
            ("virtual a, b\n#spatch --x 'y z'\nusing \"i.iso\"\n#include \"j.cocci\"\n@@ @@\nf", &["\nf"], &[]),
            ("hello\n@@ @@\nf", &["\nf"], &["E021"]),
            ("@r", &[], &["E020"]),
            ("@r@ x\n", &[], &["E020"]),
            ("  @@ @@\nf", &["\nf"], &[]),
        ] {
            let mut diags = Vec::new();
            let s = split(text.as_bytes(), &mut diags);
            let bodies: Vec<_> = s.items.iter().map(|i| &text[i.body.clone()]).collect();
            let trimmed = |l: &[&str]| l.iter().map(|b| b.trim_start_matches('\n').to_owned()).collect::<Vec<_>>();
            assert_eq!(trimmed(&bodies), trimmed(items), "{text}");
            assert_eq!(diags.iter().map(|d| d.code).collect::<Vec<_>>(), codes, "{text}");
        }
        let mut diags = Vec::new();
        let s = split(b"virtual a, b\n# spatch --x 'y z'\nusing <i.iso>\n#include \"j.cocci\"\n@@ @@\nf", &mut diags);
        assert_eq!(s.options, ["--x", "y z"]);
        assert_eq!(s.prolog.len(), 4);
    }
}

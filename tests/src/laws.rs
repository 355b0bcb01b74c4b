//! Laws of rewriting, which hold for any rule and any file: no new error in the result, no line changed without need, a diff that is
//! one for `git apply`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use c_syntax::lexer::lex;
use c_syntax::{MacroTables, SourceFile, TokenKind as T};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The elements of a text that are read in part or not at all.
#[must_use]
pub fn unread(text: &[u8]) -> usize {
    let tables = Arc::new(MacroTables::new(rules::MACROS, "", &smpl_parser::ast::DeclaredNames::default()));
    let file = SourceFile::parse(text.into(), &tables, None);
    file.elements.iter().filter(|e| e.element.parsed().failure.is_some()).count()
}

/// The result parses with no new error.
///
/// # Errors
/// With what was found.
pub fn no_new_error(old: &[u8], new: &[u8]) -> Result<(), String> {
    let (before, after) = (unread(old), unread(new));
    if after > before {
        return Err(format!("{after} elements of the result are not read, {before} of the text before"));
    }
    Ok(())
}

/// Every changed line holds a token that was removed or added, goes on a list or statement that holds one, or lies in a function
/// in which braces or heads of statements came or went. Lines without code belong to the code beside them.
///
/// # Errors
/// With the lines that changed without need.
pub fn changed_lines(old: &[u8], new: &[u8]) -> Result<(), String> {
    let (a, b) = (Side::new(old), Side::new(new));
    let mut hunks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut touched: (BTreeSet<usize>, BTreeSet<usize>) = Default::default();
    let mut partners: Vec<(usize, usize)> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &a.lines, &b.lines) {
        let (x, y) = match op {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { old_index, old_len, new_index } => (old_index..old_index + old_len, new_index..new_index),
            DiffOp::Insert { old_index, new_index, new_len } => (old_index..old_index, new_index..new_index + new_len),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                (old_index..old_index + old_len, new_index..new_index + new_len)
            }
        };
        let (p, q) = (a.tokens_in(&x), b.tokens_in(&y));
        let (left, right): (Vec<&[u8]>, Vec<&[u8]>) =
            (p.iter().map(|t| a.token(*t)).collect(), q.iter().map(|t| b.token(*t)).collect());
        for op in capture_diff_slices(Algorithm::Myers, &left, &right) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                partners.extend((0..len).map(|i| (p[old_index + i], q[new_index + i])));
            } else {
                touched.0.extend(&p[op.old_range()]);
                touched.1.extend(&q[op.new_range()]);
            }
        }
        hunks.push((x, y));
    }
    // A line whose tokens all stayed changes if what stood or stands beside them on a line of the other text came or went.
    let mut fine: (BTreeSet<usize>, BTreeSet<usize>) = (
        hunks.iter().flat_map(|h| h.0.clone()).filter(|l| a.allows(*l, &touched.0, &b)).collect(),
        hunks.iter().flat_map(|h| h.1.clone()).filter(|l| b.allows(*l, &touched.1, &a)).collect(),
    );
    let lines: BTreeSet<(usize, usize)> = partners.iter().map(|(p, q)| (a.line_of(*p), b.line_of(*q))).collect();
    loop {
        let before = fine.0.len() + fine.1.len();
        for (x, y) in &lines {
            if fine.0.contains(x) || fine.1.contains(y) {
                fine.0.insert(*x);
                fine.1.insert(*y);
            }
        }
        if fine.0.len() + fine.1.len() == before {
            break;
        }
    }
    let mut bad = Vec::new();
    for (x, y) in hunks {
        bad.extend(x.filter(|l| !fine.0.contains(l)).map(|l| format!("-{}", a.shown(l))));
        bad.extend(y.filter(|l| !fine.1.contains(l)).map(|l| format!("+{}", b.shown(l))));
    }
    bad.retain(|l| !l[1..].trim().is_empty());
    if bad.is_empty() || structural(&a, &touched.0) || structural(&b, &touched.1) {
        return Ok(());
    }
    Err(format!("changed without need:\n{}", bad.join("\n")))
}

/// Whether braces or heads of statements are among the tokens.
fn structural(side: &Side<'_>, touched: &BTreeSet<usize>) -> bool {
    touched.iter().any(|t| {
        matches!(
            side.tokens[*t].0,
            T::LBrace | T::RBrace | T::KwIf | T::KwElse | T::KwFor | T::KwWhile | T::KwDo | T::KwSwitch
        )
    })
}

/// One of two texts.
struct Side<'a> {
    text: &'a [u8],
    lines: Vec<&'a [u8]>,
    starts: Vec<usize>,
    tokens: Vec<(T, Range<usize>)>,
}

impl<'a> Side<'a> {
    fn new(text: &'a [u8]) -> Self {
        let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
        let mut starts = vec![0];
        for l in &lines {
            starts.push(starts.last().unwrap_or(&0) + l.len());
        }
        let tokens = lex(text).iter().map(|t| (t.kind, t.start as usize..t.end() as usize)).collect();
        Self { text, lines, starts, tokens }
    }

    fn line_of(&self, t: usize) -> usize {
        self.starts.partition_point(|s| *s <= self.tokens[t].1.start).saturating_sub(1)
    }

    fn token(&self, t: usize) -> &'a [u8] {
        &self.text[self.tokens[t].1.clone()]
    }

    fn shown(&self, line: usize) -> String {
        String::from_utf8_lossy(self.lines[line]).trim_end().to_owned()
    }

    /// The tokens that start or lie on some lines.
    fn tokens_in(&self, lines: &Range<usize>) -> Vec<usize> {
        let (from, to) = (self.starts[lines.start], self.starts[lines.end]);
        let first = self.tokens.partition_point(|t| t.1.end <= from);
        (first..self.tokens.len()).take_while(|t| self.tokens[*t].1.start < to).collect()
    }

    /// Whether a line may change when these tokens do.
    fn allows(&self, line: usize, touched: &BTreeSet<usize>, other: &Side<'_>) -> bool {
        // An added or removed comment.
        let comment = self.lines[line].windows(2).any(|w| matches!(w, b"//" | b"/*" | b"*/"));
        if comment && !other.lines.iter().any(|l| l.trim_ascii() == self.lines[line].trim_ascii()) {
            return true;
        }
        let here = self.tokens_in(&(line..line + 1));
        if here.is_empty() {
            return self.beside(line, touched);
        }
        here.iter().any(|t| touched.contains(t)) || self.goes_on(&here, touched)
    }

    /// A line without code: the nearest code above or below changed.
    fn beside(&self, line: usize, touched: &BTreeSet<usize>) -> bool {
        let at = self.starts[line];
        let next = self.tokens.partition_point(|t| t.1.start < at);
        touched.contains(&next)
            || next.checked_sub(1).is_some_and(|t| touched.contains(&t))
            || next == self.tokens.len()
    }

    /// The line holds a part of a statement of which another part changed.
    fn goes_on(&self, here: &[usize], touched: &BTreeSet<usize>) -> bool {
        let ends = |t: usize| matches!(self.tokens[t].0, T::Semi | T::LBrace | T::RBrace);
        let (Some(first), Some(last)) = (here.first(), here.last()) else { return false };
        let from = (0..*first).rev().find(|t| ends(*t)).unwrap_or(0);
        let to = (*last..self.tokens.len()).find(|t| ends(*t)).unwrap_or(self.tokens.len());
        touched.range(from..=to).next().is_some()
    }
}

/// `git apply --check` takes a diff in a folder.
///
/// # Errors
/// With what git says.
pub fn git_applies(folder: &Path, diff: &[u8]) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    std::fs::write(file.path(), diff).map_err(|e| e.to_string())?;
    let mut command = Command::new("git");
    command.args(["apply", "--check", "--whitespace=nowarn"]).arg(file.path()).current_dir(folder);
    // Not the repository that the folder may lie in.
    command.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder));
    let output = command.output().map_err(|e| format!("git: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("git apply --check: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_need_not_change_are_found() {
        let old = b"int f(void)\n{\n\ta();\n\tb(1,\n\t  2);\n}\n";
        assert!(changed_lines(old, b"int f(void)\n{\n\tb(1,\n\t  2);\n}\n").is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3,\n\t    2);\n}\n").is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\tc();\n\tb(1,\n\t    2);\n}\n").is_err());
        assert!(
            changed_lines(b"int f(void)\n{\n\tif (x) {\n\t\ta();\n\t}\n}\n", b"int f(void)\n{\n\ta();\n}\n").is_ok()
        );
    }

    #[test]
    fn a_new_error_is_found() {
        assert!(no_new_error(b"int f(void) { a(); }\n", b"int f(void) { a(;; }\n").is_err());
        assert!(no_new_error(b"int f(void) { a(); }\n", b"int f(void) { b(); }\n").is_ok());
    }
}

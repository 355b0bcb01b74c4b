//! Findings and the forms in which they are printed.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::json;

/// The name and version of the JSON form.
const SCHEMA: &str = "spatch-rs/findings/1";

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column of the first byte, from 0.
    pub column: u32,
    /// Column one past the last byte.
    pub column_end: u32,
    /// The rule: the file's name without `.cocci`.
    pub rule: String,
    /// What it is.
    pub message: String,
    /// As the script printed it, if that was an entry or a link of org mode.
    #[serde(skip)]
    pub org: Option<String>,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// `FILE:LINE:COLUMN-END: message`, as the rules print it.
    Text,
    /// One object of JSON a line.
    Json,
    /// SARIF 2.1.0, one document.
    Sarif,
    /// Annotations of GitHub's workflows.
    Github,
    /// Entries for Emacs' org mode.
    Org,
    /// For Emacs' compilation mode.
    Emacs,
    /// For Vim's quickfix list.
    Vim,
}

/// What a script printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Printed {
    /// A finding.
    Finding(Finding),
    /// Another line.
    Other(String),
}

/// Reads what a rule's scripts printed, in order.
#[must_use]
pub fn read(rule: &str, printed: &str) -> Vec<Printed> {
    let one = |line: &str| {
        let org = org_line(line);
        let Some((file, at, column, column_end, message)) = report_line(line).or(org) else {
            return Printed::Other(line.to_owned());
        };
        Printed::Finding(Finding {
            file: file.to_owned(),
            line: at,
            column,
            column_end,
            rule: rule.to_owned(),
            message: message.to_owned(),
            org: org.map(|_| line.to_owned()),
        })
    };
    printed.lines().map(one).collect()
}

type Parts<'a> = (&'a str, u32, u32, u32, &'a str);

/// `FILE:LINE:COLUMN-END: message`.
fn report_line(line: &str) -> Option<Parts<'_>> {
    let (place, message) = line.split_once(": ").or_else(|| line.strip_suffix(':').map(|p| (p, "")))?;
    let (rest, columns) = place.rsplit_once(':')?;
    let (file, number) = rest.rsplit_once(':')?;
    let (column, end) = columns.split_once('-')?;
    Some((file, number.parse().ok()?, column.parse().ok()?, end.parse().ok()?, message))
}

/// `* TODO [[view:FILE::face=F::linb=L::colb=C::cole=E][message]]`, also without `* TODO`.
fn org_line(line: &str) -> Option<Parts<'_>> {
    let inner = line.trim_start_matches("* TODO ").strip_prefix("[[view:")?.strip_suffix("]]")?;
    let (place, message) = inner.split_once("][")?;
    let mut parts = place.split("::");
    let file = parts.next()?;
    let number = |parts: &mut std::str::Split<'_, &str>, key: &str| parts.next()?.strip_prefix(key)?.parse().ok();
    parts.next()?;
    let at = number(&mut parts, "linb=")?;
    let column = number(&mut parts, "colb=")?;
    Some((file, at, column, number(&mut parts, "cole=")?, message))
}

/// A line of a text, without its end; empty if there is none.
#[must_use]
pub fn line_of(text: &[u8], number: u32) -> &[u8] {
    text.split(|b| *b == b'\n').nth((number as usize).saturating_sub(1)).unwrap_or_default()
}

/// The column on a screen, from 0, of a byte of a line: tabs stop at every eighth.
fn screen_column(line: &[u8], column: u32) -> u32 {
    let before = String::from_utf8_lossy(&line[..(column as usize).min(line.len())]);
    before.chars().fold(0, |at, c| if c == '\t' { (at / 8 + 1) * 8 } else { at + 1 })
}

/// Findings in a form that is printed piece by piece (all but SARIF). `read` reads a file.
#[must_use]
pub fn lines(findings: &[Finding], format: Format, read: impl Fn(&str) -> Vec<u8>) -> String {
    let mut out = String::new();
    let mut text = (String::new(), Vec::new());
    for f in findings {
        let Finding { file, line, column, column_end, rule, message, org } = f;
        let first = column + 1;
        if format == Format::Emacs && text.0 != *file {
            text = (file.clone(), read(file));
        }
        let _ = match format {
            Format::Text | Format::Sarif => writeln!(out, "{file}:{line}:{column}-{column_end}: {message}"),
            Format::Json => {
                let object = json!({"schema": SCHEMA, "file": file, "line": line, "column": column, "column_end": column_end,
                                    "rule": rule, "message": message});
                writeln!(out, "{object}")
            }
            Format::Github => {
                // The end may lie on a later line, which reports do not name.
                let end = if column_end > column { format!(",endColumn={column_end}") } else { String::new() };
                let (file, rule, message) = (property(file), property(rule), data(message));
                writeln!(out, "::warning file={file},line={line},col={first}{end},title={rule}::{message}")
            }
            Format::Org if org.is_some() => writeln!(out, "{}", org.as_deref().unwrap_or_default()),
            Format::Org => writeln!(
                out,
                "* TODO [[view:{file}::face=ovl-face1::linb={line}::colb={column}::cole={column_end}][{}]]",
                message.replace('[', "@(").replace(']', ")")
            ),
            Format::Emacs => {
                let first = screen_column(line_of(&text.1, *line), *column) + 1;
                writeln!(out, "{file}:{line}:{first}: warning: {message} [{rule}]")
            }
            Format::Vim => writeln!(out, "{file}:{line}:{first}: {message}"),
        };
    }
    out
}

/// Escapes text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Finding {
        Finding {
            file: "a/b.c".into(),
            line: 3,
            column: 1,
            column_end: 4,
            rule: "free".into(),
            message: "ERROR: [x] 5%".into(),
            org: None,
        }
    }

    #[test]
    fn what_scripts_print_is_read_back() {
        let text = "a/b.c:3:1-4: ERROR: [x] 5%\nsomething else: 1\n\
                    * TODO [[view:a/b.c::face=ovl-face1::linb=3::colb=1::cole=4][ERROR: [x] 5%]]\n";
        let entry = text.lines().last().map(str::to_owned);
        let from_org = Finding { org: entry.clone(), ..one() };
        let want = [
            Printed::Finding(one()),
            Printed::Other("something else: 1".to_owned()),
            Printed::Finding(from_org.clone()),
        ];
        assert_eq!(read("free", text), want);
        assert_eq!(lines(&[from_org], Format::Org, |_| Vec::new()).lines().next(), entry.as_deref());
    }

    #[test]
    fn forms() {
        let cases = [
            (Format::Text, "a/b.c:3:1-4: ERROR: [x] 5%\n"),
            (Format::Github, "::warning file=a/b.c,line=3,col=2,endColumn=4,title=free::ERROR: [x] 5%25\n"),
            (Format::Org, "* TODO [[view:a/b.c::face=ovl-face1::linb=3::colb=1::cole=4][ERROR: @(x) 5%]]\n"),
            (Format::Emacs, "a/b.c:3:9: warning: ERROR: [x] 5% [free]\n"),
            (Format::Vim, "a/b.c:3:2: ERROR: [x] 5%\n"),
        ];
        for (format, want) in cases {
            assert_eq!(lines(&[one()], format, |_| b"1\n2\n\tfree\n".to_vec()), want);
        }
        let json: serde_json::Value =
            serde_json::from_str(&lines(&[one()], Format::Json, |_| Vec::new())).unwrap_or_default();
        assert_eq!((&json["schema"], &json["line"]), (&json!(SCHEMA), &json!(3)));
        let two_lines = Finding { column: 9, column_end: 4, ..one() };
        assert_eq!(
            lines(&[two_lines], Format::Github, |_| Vec::new()),
            "::warning file=a/b.c,line=3,col=10,title=free::ERROR: [x] 5%25\n"
        );
    }
}

//! Reads unified diffs and applies them, to compare what two programs would change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a diff says of one file.
#[derive(Default, Debug)]
pub struct FileDiff {
    /// Its lines as printed, from the first `@@` on.
    pub text: Vec<u8>,
    hunks: Vec<Hunk>,
}

#[derive(Debug)]
struct Hunk {
    /// First line of the original that it covers, from 0.
    start: usize,
    /// Lines with their `-`, `+` or blank.
    lines: Vec<Vec<u8>>,
}

/// All files of a diff by the name after `---`, without `a/` and `./`.
pub fn parse(diff: &[u8]) -> BTreeMap<PathBuf, FileDiff> {
    let mut out: BTreeMap<PathBuf, FileDiff> = BTreeMap::new();
    let mut name = PathBuf::new();
    // Lines of the original and of the result that the current hunk still has.
    let (mut old, mut new) = (0usize, 0usize);
    for line in diff.split_inclusive(|b| *b == b'\n') {
        if old + new == 0 {
            if let Some(rest) = line.strip_prefix(b"--- ") {
                name = file_name(rest);
            } else if line.starts_with(b"@@ -")
                && let Some((start, lines, result)) = ranges(line)
            {
                (old, new) = (lines, result);
                // A hunk without lines of the original stands behind the line it names.
                let start = if old == 0 { start } else { start.saturating_sub(1) };
                let file = out.entry(name.clone()).or_default();
                file.text.extend_from_slice(line);
                file.hunks.push(Hunk { start, lines: Vec::new() });
            }
            continue;
        }
        let file = out.entry(name.clone()).or_default();
        file.text.extend_from_slice(line);
        let Some(hunk) = file.hunks.last_mut() else { continue };
        match line.first() {
            Some(b'-') => old = old.saturating_sub(1),
            Some(b'+') => new = new.saturating_sub(1),
            Some(b'\\') => continue,
            _ => (old, new) = (old.saturating_sub(1), new.saturating_sub(1)),
        }
        hunk.lines.push(line.to_vec());
    }
    out
}

fn file_name(rest: &[u8]) -> PathBuf {
    let name = String::from_utf8_lossy(rest);
    let name = name.split(['\t', '\n']).next().unwrap_or_default().trim_end();
    let name = name.strip_prefix("a/").unwrap_or(name);
    Path::new(name.trim_start_matches("./")).to_path_buf()
}

/// `@@ -12,3 +12,4 @@`: 12, 3, 4.
fn ranges(line: &[u8]) -> Option<(usize, usize, usize)> {
    let line = std::str::from_utf8(line.get(4..)?.split(|b| *b == b'@').next()?).ok()?;
    let (old, new) = line.trim().split_once(" +")?;
    let count = |r: &str| r.split_once(',').map_or(Some(1), |(_, n)| n.parse().ok());
    let start = old.split(',').next()?.parse().ok()?;
    Some((start, count(old)?, count(new)?))
}

impl FileDiff {
    /// The text after the change; `None` if the diff does not fit.
    pub fn apply(&self, text: &[u8]) -> Option<Vec<u8>> {
        let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        for hunk in &self.hunks {
            out.extend(lines.get(at..hunk.start)?.concat());
            at = hunk.start;
            for line in &hunk.lines {
                let (mark, body) = line.split_first()?;
                if *mark != b'+' {
                    let original = lines.get(at)?;
                    if original.trim_ascii_end() != body.trim_ascii_end() {
                        return None;
                    }
                    at += 1;
                }
                if *mark != b'-' {
                    out.extend_from_slice(body);
                }
            }
        }
        out.extend(lines.get(at..)?.concat());
        Some(out)
    }

    /// The removed lines without white space around them.
    pub fn removed(&self) -> Vec<&[u8]> {
        let lines = self.hunks.iter().flat_map(|h| &h.lines);
        lines.filter_map(|l| l.strip_prefix(b"-")).map(<[u8]>::trim_ascii).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &[u8] = b"diff -u -p ./d/f.c /tmp/nothing/d/f.c\n--- ./d/f.c\n+++ /tmp/nothing/d/f.c\n@@ -2,2 +2,2 @@ f\n a\n---b;\n+c;\n";

    #[test]
    fn a_diff_is_read_and_applied() {
        let diffs = parse(DIFF);
        let diff = &diffs[Path::new("d/f.c")];
        assert_eq!(diff.removed(), [b"--b;".as_slice()]);
        assert_eq!(diff.apply(b"x\na\n--b;\ny\n").as_deref(), Some(b"x\na\nc;\ny\n".as_slice()));
        assert_eq!(diff.apply(b"x\na\nother\ny\n"), None);
    }
}

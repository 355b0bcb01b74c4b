//! What a run of a semantic patch found, read from what it printed: messages with places, entries of org mode, changed and marked lines.

use std::collections::BTreeMap;

/// Findings, each with how often it was printed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings(BTreeMap<String, usize>);

/// How two sets of findings compare.
#[derive(Debug, Default)]
pub struct Comparison {
    /// In both.
    pub equal: usize,
    /// Only in the first.
    pub ours: Vec<String>,
    /// Only in the second.
    pub theirs: Vec<String>,
}

impl Findings {
    /// Reads what was printed. Lines that are no finding (messages of other kinds) are left out.
    pub fn read(printed: &str) -> Self {
        let mut out = Self::default();
        let mut file = "";
        let mut hunk = Hunk::default();
        for line in printed.lines() {
            if hunk.is_open() {
                if let Some(found) = hunk.line(file, line) {
                    out.add(found);
                }
            } else if let Some(name) = line.strip_prefix("--- ") {
                let name = name.split('\t').next().unwrap_or_default();
                file = name.strip_prefix("a/").or_else(|| name.strip_prefix("./")).unwrap_or(name);
            } else if let Some(numbers) = line.strip_prefix("@@ -") {
                hunk = Hunk::open(numbers);
            } else if is_message(line) {
                out.add(line.to_owned());
            }
        }
        out
    }

    fn add(&mut self, finding: String) {
        *self.0.entry(finding).or_default() += 1;
    }

    /// Takes in what another run found.
    pub fn extend(&mut self, other: &Self) {
        for (finding, n) in &other.0 {
            *self.0.entry(finding.clone()).or_default() += n;
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.values().sum()
    }

    /// Compares with the findings of another program.
    pub fn compare(&self, theirs: &Self) -> Comparison {
        let mut out = Comparison::default();
        let names: std::collections::BTreeSet<&String> = self.0.keys().chain(theirs.0.keys()).collect();
        for name in names {
            let count = |of: &Self| of.0.get(name).copied().unwrap_or(0);
            let (a, b) = (count(self), count(theirs));
            out.equal += a.min(b);
            out.ours.extend(std::iter::repeat_n(name.clone(), a.saturating_sub(b)));
            out.theirs.extend(std::iter::repeat_n(name.clone(), b.saturating_sub(a)));
        }
        out
    }
}

/// `FILE:LINE:COLUMN-END: message`, or an entry or link of org mode.
fn is_message(line: &str) -> bool {
    let place = || {
        let (place, _) = line.split_once(": ")?;
        let (rest, columns) = place.rsplit_once(':')?;
        let (file, number) = rest.rsplit_once(':')?;
        let (from, to) = columns.split_once('-')?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        (!file.is_empty() && [number, from, to].into_iter().all(digits)).then_some(())
    };
    line.trim_start_matches("* TODO ").starts_with("[[view:") || place().is_some()
}

/// What is still to come of a hunk of a diff.
#[derive(Default)]
struct Hunk {
    old: usize,
    new: usize,
    /// Number of the next line in the old text.
    at: usize,
}

impl Hunk {
    /// From what follows `@@ -`.
    fn open(numbers: &str) -> Self {
        let mut words = numbers.split_whitespace();
        let pair = |word: Option<&str>| {
            let word = word.unwrap_or_default().trim_start_matches('+');
            let (start, count) = word.split_once(',').unwrap_or((word, "1"));
            (start.parse().unwrap_or(0), count.parse().unwrap_or(0))
        };
        let ((at, old), (_, new)) = (pair(words.next()), pair(words.next()));
        Self { old, new, at }
    }

    fn is_open(&self) -> bool {
        self.old > 0 || self.new > 0
    }

    /// Takes a line: what it changes or marks. Blanks count as one, layout has suites of its own.
    fn line(&mut self, file: &str, line: &str) -> Option<String> {
        let text = || line.get(1..).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        match line.as_bytes().first() {
            Some(b'-') => {
                self.old = self.old.saturating_sub(1);
                self.at += 1;
                Some(format!("{file}:{}:-{}", self.at - 1, text()))
            }
            Some(b'+') => {
                self.new = self.new.saturating_sub(1);
                Some(format!("{file}:+{}", text()))
            }
            Some(b'\\') => None,
            _ => {
                self.old = self.old.saturating_sub(1);
                self.new = self.new.saturating_sub(1);
                self.at += 1;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(of: &Findings) -> Vec<&str> {
        of.0.keys().map(String::as_str).collect()
    }

    #[test]
    fn messages_are_told_from_other_output() {
        let text = "warning: x.cocci:3: rule r\nd/a.c:3:1-4: ERROR: x\n* TODO [[view:a.c::face=f::linb=1::colb=2::cole=3][m]]\n\
                    [[view:a.c::face=f::linb=1::colb=2::cole=3][m]]\nd/a.c:3: no\n";
        let found = Findings::read(text);
        assert_eq!(found.len(), 3);
        assert!(list(&found).contains(&"d/a.c:3:1-4: ERROR: x"));
    }

    #[test]
    fn diffs_give_their_lines_with_places() {
        let text = "diff -u -p a/d/f.c b/d/f.c\n--- a/d/f.c\n+++ b/d/f.c\n@@ -3,3 +3,3 @@ f\n a\n---x;\n+b  c\n d\na.c:1:2-3: m\n";
        assert_eq!(list(&Findings::read(text)), ["a.c:1:2-3: m", "d/f.c:+b c", "d/f.c:4:---x;"]);
        let star = "--- d/f.c\n+++ /tmp/nothing/d/f.c\n@@ -7 +7,0 @@\n-y\n";
        assert_eq!(list(&Findings::read(star)), ["d/f.c:7:-y"]);
    }

    #[test]
    fn what_is_printed_twice_counts_twice() {
        let a = Findings::read("a.c:1:2-3: m\na.c:1:2-3: m\n");
        let b = Findings::read("a.c:1:2-3: m\na.c:9:2-3: m\n");
        let both = a.compare(&b);
        assert_eq!((both.equal, both.ours.len(), both.theirs.len()), (1, 1, 1));
    }
}

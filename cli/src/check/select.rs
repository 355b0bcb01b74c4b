//! Which findings count: suppression comments, a baseline, the lines that changed since a revision.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use rewriter::run::Select;

use super::finding::{self, Finding, Format};

/// The comment that suppresses findings on its line and on the next one.
const COMMENT: &str = "spatch-ignore:";

/// Changed lines by absolute path; no set: all of them.
type Changed = BTreeMap<PathBuf, Option<BTreeSet<u32>>>;

/// Decides which findings count.
#[derive(Debug, Default)]
pub struct Selection {
    baseline: Option<PathBuf>,
    write: bool,
    /// Changed lines per file, if only those count.
    changed: Option<Changed>,
    state: Mutex<State>,
}

/// What is used up, and what came up, as findings are looked at.
#[derive(Debug, Default)]
struct State {
    /// Findings of the baseline that did not come up yet: rule, file, message; and how often.
    known: HashMap<Key, usize>,
    /// Suppression comments of the files that findings are in.
    comments: BTreeMap<String, Vec<Comment>>,
    /// Places of matches that were looked at, and whether they count.
    places: HashMap<(String, String, BTreeSet<u32>), bool>,
    /// The matches that count, for a new baseline.
    matches: BTreeSet<Finding>,
}

/// What makes a finding the same one in another version of its file: rule, file, message.
type Key = (String, String, String);

/// A suppression comment.
#[derive(Debug)]
struct Comment {
    line: u32,
    rules: Vec<String>,
    used: bool,
}

impl Selection {
    /// Reads the baseline, and asks git for changed lines.
    ///
    /// # Errors
    /// If the baseline does not read, or git fails.
    pub fn new(baseline: Option<&Path>, diff_base: Option<&str>) -> Result<Self> {
        let mut state = State::default();
        let write = baseline.is_some_and(|path| !path.exists());
        if let Some(path) = baseline.filter(|_| !write) {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            for line in text.lines().filter(|l| !l.trim().is_empty()) {
                let f: Finding =
                    serde_json::from_str(line).with_context(|| format!("{}: not a baseline", path.display()))?;
                *state.known.entry(key(&f)).or_default() += 1;
            }
        }
        let changed = diff_base.map(changed_lines).transpose()?;
        Ok(Self { baseline: baseline.map(Path::to_path_buf), write, changed, state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything could be left out of a file with this text, or has to be noted.
    #[must_use]
    pub fn concerns(&self, text: &[u8]) -> bool {
        self.baseline.is_some() || self.changed.is_some() || memchr::memmem::find(text, COMMENT.as_bytes()).is_some()
    }

    /// Whether a finding counts.
    pub fn wants(&self, f: &Finding) -> bool {
        let mut state = self.state();
        let comments = state.comments.entry(f.file.clone()).or_insert_with(|| comments(Path::new(&f.file)));
        !suppressed(comments, &f.rule, &[f.line].into())
            && self.has_changed(&f.file, &[f.line].into())
            && !state.is_known(f)
    }

    /// Whether a match of a rule that changes or marks these lines counts.
    fn wants_match(&self, rule: &str, file: &str, text: &[u8], lines: &BTreeSet<u32>) -> bool {
        let mut state = self.state();
        let place = (rule.to_owned(), file.to_owned(), lines.clone());
        if let Some(wanted) = state.places.get(&place) {
            return *wanted;
        }
        let comments = state.comments.entry(file.to_owned()).or_insert_with(|| comments_of(text));
        let finding = match_finding(rule, file, text, lines);
        let wanted = !suppressed(comments, rule, lines) && self.has_changed(file, lines) && !state.is_known(&finding);
        state.places.insert(place, wanted);
        if wanted && self.write {
            state.matches.insert(finding);
        }
        wanted
    }

    /// Whether one of the lines of a file counts as changed.
    fn has_changed(&self, file: &str, lines: &BTreeSet<u32>) -> bool {
        self.changed.as_ref().is_none_or(|changed| {
            let path = Path::new(file).canonicalize().unwrap_or_default();
            changed.get(&path).is_some_and(|c| c.as_ref().is_none_or(|c| !c.is_disjoint(lines)))
        })
    }

    /// Writes a new baseline: findings, and matches that change or mark code.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(&self, findings: &[Finding]) -> Result<()> {
        match &self.baseline {
            Some(path) if self.write => {
                let mut all = findings.to_vec();
                all.extend(self.state().matches.iter().cloned());
                let text = finding::lines(&all, Format::Json, |_| Vec::new());
                std::fs::write(path, text).with_context(|| path.display().to_string())
            }
            _ => Ok(()),
        }
    }

    /// Suppression comments that no finding needed, though all rules that they name ran.
    pub fn unused_suppressions<'a>(
        &self,
        files: impl Iterator<Item = &'a PathBuf>,
        ran: &BTreeSet<&str>,
    ) -> Vec<String> {
        let mut state = self.state();
        for path in files {
            state.comments.entry(path.to_string_lossy().into_owned()).or_insert_with(|| comments(path));
        }
        let all = state.comments.iter().flat_map(|(file, list)| list.iter().map(move |c| (file, c)));
        all.filter(|(_, c)| !c.used && c.rules.iter().all(|r| r == "all" || ran.contains(r.as_str())))
            .map(|(file, c)| format!("{file}:{}: unused suppression of {}", c.line, c.rules.join(", ")))
            .collect()
    }
}

impl State {
    /// Whether a finding is one of the baseline that did not come up yet.
    fn is_known(&mut self, f: &Finding) -> bool {
        match self.known.get_mut(&key(f)) {
            Some(n) if *n > 0 => {
                *n -= 1;
                true
            }
            _ => false,
        }
    }
}

/// A selection as a rule asks it.
#[derive(Debug)]
pub struct OfRule {
    /// The selection.
    pub selection: Arc<Selection>,
    /// The rule's name.
    pub rule: String,
}

impl Select for OfRule {
    fn wants(&self, file: &str, text: &[u8], lines: &BTreeSet<u32>) -> bool {
        self.selection.wants_match(&self.rule, file, text, lines)
    }
}

fn key(f: &Finding) -> Key {
    (f.rule.clone(), f.file.clone(), f.message.clone())
}

/// A match that changes or marks lines, as a baseline holds it: their text, without white space around it, says which it is.
fn match_finding(rule: &str, file: &str, text: &[u8], lines: &BTreeSet<u32>) -> Finding {
    let first = lines.first().copied().unwrap_or(1);
    let all = text.split(|b| *b == b'\n').zip(1u32..).filter(|(_, n)| lines.contains(n));
    let texts: Vec<String> = all.map(|(line, _)| String::from_utf8_lossy(line).trim().to_owned()).collect();
    Finding {
        file: file.to_owned(),
        line: first,
        column: 0,
        column_end: 0,
        rule: rule.to_owned(),
        message: texts.join("\n"),
        org: None,
    }
}

/// Whether a comment on or above one of the lines names the rule; it is used then.
fn suppressed(comments: &mut [Comment], rule: &str, lines: &BTreeSet<u32>) -> bool {
    let near = |c: &Comment| lines.contains(&c.line) || lines.contains(&(c.line + 1));
    let mut hit = false;
    for comment in comments {
        if near(comment) && comment.rules.iter().any(|r| r == rule || r == "all") {
            comment.used = true;
            hit = true;
        }
    }
    hit
}

fn comments(path: &Path) -> Vec<Comment> {
    comments_of(&std::fs::read(path).unwrap_or_default())
}

fn comments_of(text: &[u8]) -> Vec<Comment> {
    let mut out = Vec::new();
    if memchr::memmem::find(text, COMMENT.as_bytes()).is_none() {
        return out;
    }
    for (i, line) in text.split(|b| *b == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let Some((before, rest)) = line.split_once(COMMENT) else { continue };
        if !before.contains("//") && !before.contains("/*") {
            continue;
        }
        let rest = rest.split("*/").next().unwrap_or_default();
        let rules =
            rest.split([',', ' ', '\t', '\r']).map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned).collect();
        out.push(Comment { line: i as u32 + 1, rules, used: false });
    }
    out
}

/// Lines that differ from a revision.
fn changed_lines(revision: &str) -> Result<Changed> {
    let git = |args: &[&str]| -> Result<String> {
        let run =
            Command::new("git").args(["-c", "core.quotePath=false"]).args(args).output().context("cannot start git")?;
        if !run.status.success() {
            bail!("git {}: {}", args.join(" "), String::from_utf8_lossy(&run.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    };
    let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?.trim_end());
    let top = top.canonicalize().unwrap_or(top);
    let diff = git(&[
        "diff",
        "-U0",
        "--no-color",
        "--no-ext-diff",
        "--no-relative",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        revision,
        "--",
    ])?;
    let mut out: Changed = parse_diff(&diff).into_iter().map(|(f, l)| (top.join(f), Some(l))).collect();
    // Files that git does not know yet are new as a whole.
    let new = git(&["ls-files", "--others", "--exclude-standard", "--full-name", ":/"])?;
    out.extend(new.lines().map(|f| (top.join(f), None)));
    Ok(out)
}

/// The new lines of a diff without context.
fn parse_diff(diff: &str) -> BTreeMap<String, BTreeSet<u32>> {
    let mut out: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut file = String::new();
    for line in diff.lines() {
        if let Some(name) = line.strip_prefix("+++ ") {
            name.strip_prefix("b/").unwrap_or(name).trim_end_matches('\t').clone_into(&mut file);
        } else if let Some(rest) = line.strip_prefix("@@ ") {
            let Some(new) = rest.split_whitespace().nth(1).and_then(|n| n.strip_prefix('+')) else { continue };
            let (start, count) = new.split_once(',').unwrap_or((new, "1"));
            let (Ok(start), Ok(count)) = (start.parse::<u32>(), count.parse::<u32>()) else { continue };
            out.entry(file.clone()).or_default().extend(start..start.saturating_add(count));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_of_a_diff() {
        let diff = "--- a/x.c\n+++ b/x.c\n@@ -1,0 +2,2 @@ f\n+a\n+b\n@@ -9 +11 @@\n-c\n+d\n";
        let got = parse_diff(diff);
        assert_eq!(got["x.c"].iter().copied().collect::<Vec<_>>(), [2, 3, 11]);
    }

    #[test]
    fn suppression_comments() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("x.c");
        std::fs::write(
            &path,
            "a; // spatch-ignore: free\nb;\nc;\nd; /* spatch-ignore: other, free */\n\"spatch-ignore: x\";\n",
        )
        .expect("writes");
        let file = path.to_string_lossy().into_owned();
        let at = |line| Finding {
            file: file.clone(),
            line,
            column: 0,
            column_end: 1,
            rule: "free".into(),
            message: "m".into(),
            org: None,
        };
        let s = Selection::default();
        let got: Vec<bool> = (1..=4).map(|l| s.wants(&at(l))).collect();
        assert_eq!(got, [false, false, true, false]);
        let ran = BTreeSet::from(["free"]);
        assert!(s.unused_suppressions([&path].into_iter(), &ran).is_empty());
        let other = Selection::default();
        assert_eq!(
            other.unused_suppressions([&path].into_iter(), &ran),
            [format!("{file}:1: unused suppression of free")]
        );
    }
}

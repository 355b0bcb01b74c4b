//! Which findings count: suppression comments, a baseline, the lines that changed since a revision.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::finding::{self, Finding, Format};

/// The comment that suppresses findings on its line and on the next one.
const COMMENT: &str = "spatch-ignore:";

/// Changed lines by absolute path; no set: all of them.
type Changed = BTreeMap<PathBuf, Option<BTreeSet<u32>>>;

/// Decides which findings count.
#[derive(Default)]
pub struct Selection {
    baseline: Option<PathBuf>,
    /// Findings of the baseline: rule, file, message, text of the line; and how often.
    known: HashMap<(String, String, String), usize>,
    write: bool,
    /// Changed lines per file, if only those count.
    changed: Option<Changed>,
    /// Suppression comments of the files that findings are in: line, rules, used.
    comments: BTreeMap<String, Vec<(u32, Vec<String>, bool)>>,
}

impl Selection {
    /// Reads the baseline, and asks git for changed lines.
    ///
    /// # Errors
    /// If the baseline does not read, or git fails.
    pub fn new(baseline: Option<&Path>, diff_base: Option<&str>) -> Result<Self> {
        let mut out = Self { baseline: baseline.map(Path::to_path_buf), ..Self::default() };
        if let Some(path) = baseline {
            out.write = !path.exists();
            if !out.write {
                let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
                for line in text.lines().filter(|l| !l.trim().is_empty()) {
                    let f: Finding =
                        serde_json::from_str(line).with_context(|| format!("{}: not a baseline", path.display()))?;
                    *out.known.entry(key(&f)).or_default() += 1;
                }
            }
        }
        if let Some(revision) = diff_base {
            out.changed = Some(changed_lines(revision)?);
        }
        Ok(out)
    }

    /// Whether a finding counts.
    pub fn wants(&mut self, f: &Finding) -> bool {
        if self.suppressed(f) {
            return false;
        }
        if let Some(changed) = &self.changed {
            let path = Path::new(&f.file).canonicalize().unwrap_or_default();
            let lines = changed.get(&path);
            if !lines.is_some_and(|lines| lines.as_ref().is_none_or(|l| l.contains(&f.line))) {
                return false;
            }
        }
        match self.known.get_mut(&key(f)) {
            Some(n) if *n > 0 => {
                *n -= 1;
                false
            }
            _ => true,
        }
    }

    fn suppressed(&mut self, f: &Finding) -> bool {
        let comments = self.comments.entry(f.file.clone()).or_insert_with(|| comments(Path::new(&f.file)));
        let mut hit = false;
        for (line, rules, used) in comments {
            let near = *line == f.line || *line + 1 == f.line;
            if near && rules.iter().any(|r| *r == f.rule || r == "all") {
                *used = true;
                hit = true;
            }
        }
        hit
    }

    /// Writes a new baseline.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(&self, findings: &[Finding]) -> Result<()> {
        match &self.baseline {
            Some(path) if self.write => {
                std::fs::write(path, finding::lines(findings, Format::Json)).with_context(|| path.display().to_string())
            }
            _ => Ok(()),
        }
    }

    /// Suppression comments that no finding needed, though all rules that they name ran.
    pub fn unused_suppressions<'a>(
        &mut self,
        files: impl Iterator<Item = &'a PathBuf>,
        ran: &BTreeSet<&str>,
    ) -> Vec<String> {
        for path in files {
            self.comments.entry(path.to_string_lossy().into_owned()).or_insert_with(|| comments(path));
        }
        let all = self.comments.iter().flat_map(|(file, list)| list.iter().map(move |c| (file, c)));
        all.filter(|(_, c)| !c.2 && c.1.iter().all(|r| r == "all" || ran.contains(r.as_str())))
            .map(|(file, (line, rules, _))| format!("{file}:{line}: unused suppression of {}", rules.join(", ")))
            .collect()
    }
}

/// What makes a finding the same one in another version of its file.
fn key(f: &Finding) -> (String, String, String) {
    (f.rule.clone(), f.file.clone(), f.message.clone())
}

fn comments(path: &Path) -> Vec<(u32, Vec<String>, bool)> {
    let text = std::fs::read(path).unwrap_or_default();
    let mut out = Vec::new();
    if memchr::memmem::find(&text, COMMENT.as_bytes()).is_none() {
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
        out.push((i as u32 + 1, rules, false));
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
        let mut s = Selection::default();
        let got: Vec<bool> = (1..=4).map(|l| s.wants(&at(l))).collect();
        assert_eq!(got, [false, false, true, false]);
        let ran = BTreeSet::from(["free"]);
        assert!(s.unused_suppressions([&path].into_iter(), &ran).is_empty());
        let mut other = Selection::default();
        assert_eq!(
            other.unused_suppressions([&path].into_iter(), &ran),
            [format!("{file}:1: unused suppression of free")]
        );
    }
}

//! Score files: what passed when the file was last written. A case that passed may not fail silently later.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

/// The state of one case: the marks it earned and, where it misses one, the cause.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Earned marks, such as `tokens`, `exact`.
    pub marks: Vec<String>,
    /// Why a mark is missing, written by hand and kept over updates.
    pub cause: String,
}

/// A score file: one line a case, `name<TAB>marks separated by commas<TAB>cause`.
#[derive(Default)]
pub struct Scores(pub BTreeMap<String, Entry>);

impl Scores {
    /// Reads the file; a missing one is empty.
    pub fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let mut map = BTreeMap::new();
        for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
            let mut parts = line.splitn(3, '\t');
            let name = parts.next().unwrap_or_default().to_owned();
            let marks = parts.next().unwrap_or_default();
            let marks = marks.split(',').filter(|m| !m.is_empty() && *m != "-").map(str::to_owned).collect();
            map.insert(name, Entry { marks, cause: parts.next().unwrap_or_default().to_owned() });
        }
        Ok(Self(map))
    }

    /// The marks that `self` (the recorded state) has and `now` has not: `(case, mark)`.
    pub fn lost(&self, now: &Self) -> Vec<(String, String)> {
        let mut lost = Vec::new();
        for (name, old) in &self.0 {
            let Some(new) = now.0.get(name) else { continue };
            lost.extend(old.marks.iter().filter(|m| !new.marks.contains(m)).map(|m| (name.clone(), m.clone())));
        }
        lost
    }

    /// How many cases have `mark`.
    pub fn count(&self, mark: &str) -> usize {
        self.0.values().filter(|e| e.marks.iter().any(|m| m == mark)).count()
    }

    /// Writes the file with `head` as comment. Causes are taken over from `old`, and dropped for cases without a miss.
    pub fn write(&self, path: &Path, old: &Self, all_marks: &[&str], head: &str) -> Result<()> {
        let mut text = String::new();
        for line in head.lines() {
            let _ = writeln!(text, "# {line}");
        }
        for (name, e) in &self.0 {
            let complete = all_marks.iter().all(|m| e.marks.iter().any(|x| x == m));
            let cause = if complete {
                ""
            } else if e.cause.is_empty() {
                old.0.get(name).map_or("", |o| o.cause.as_str())
            } else {
                e.cause.as_str()
            };
            let marks = if e.marks.is_empty() { "-".to_owned() } else { e.marks.join(",") };
            let _ = writeln!(text, "{name}\t{marks}\t{cause}");
        }
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir)?;
        }
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }
}

/// Compares with the recorded scores, writes them if `update`, prints what was lost. Returns whether all is well.
pub fn settle(task: &str, file: &str, now: &Scores, all_marks: &[&str], update: bool) -> Result<bool> {
    let path = crate::binary::root().join("tests/scores").join(file);
    let old = Scores::read(&path)?;
    let lost = old.lost(now);
    for (case, mark) in &lost {
        println!("{task}: LOST {mark}: {case}");
    }
    for mark in all_marks {
        let total = now.0.len();
        println!("{task}: {mark} {} of {total} (recorded: {})", now.count(mark), old.count(mark));
    }
    if update {
        let head = format!(
            "What passes, for each case: name, marks, and the cause where a mark is missing.\n\
             Written by `cargo xtask {task} --update`; the causes are written by hand. May only rise."
        );
        now.write(&path, &old, all_marks, &head)?;
    }
    // A case may change sides in an update as long as no count falls.
    let risen = all_marks.iter().all(|m| now.count(m) >= old.count(m));
    Ok(if update { risen } else { lost.is_empty() })
}

/// Cases that are known to miss something, each with the reason: lines `name<TAB>reason`, written by hand.
pub struct Reasons(pub BTreeMap<String, String>);

impl Reasons {
    /// Reads a file of `tests/scores`.
    pub fn read(file: &str) -> Result<Self> {
        let path = crate::binary::root().join("tests/scores").join(file);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let row = |line: &str| line.split_once('\t').map(|(name, reason)| (name.to_owned(), reason.to_owned()));
        Ok(Self(text.lines().filter_map(row).collect()))
    }
}

//! What is kept of a group, and its form in a file: a hash of the rest, then the rest.

use std::path::PathBuf;

use rewriter::run::{Level, Message};
use serde::{Deserialize, Serialize};

use super::{Hash, RuleKey};
use crate::output::{Done, Part};

/// The results of semantic patches that are not of the present run stay, but of all no more than so many.
const MOST_RULES: usize = 1024;

/// Results for a group.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The headers that were asked for; none for those that do not exist.
    pub headers: Vec<(PathBuf, Option<Hash>)>,
    /// Semantic patches that found nothing, as most do; the latest last.
    silent: Vec<RuleKey>,
    results: Vec<(RuleKey, Kept)>,
}

/// The result of a semantic patch.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    parts: Vec<Part>,
    writes: Vec<(PathBuf, Vec<u8>)>,
    found: bool,
    messages: Vec<Said>,
}

/// A message as it is kept.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Said {
    warning: bool,
    file: String,
    line: Option<u32>,
    rule: String,
    text: String,
    details: Vec<String>,
}

impl Said {
    fn of(m: &Message) -> Self {
        Self {
            warning: m.level == Level::Warning,
            file: m.file.to_string(),
            line: m.line,
            rule: m.rule.clone(),
            text: m.text.clone(),
            details: m.details.clone(),
        }
    }

    fn message(self) -> Message {
        Message {
            level: if self.warning { Level::Warning } else { Level::Refused },
            file: self.file.into(),
            line: self.line,
            rule: self.rule,
            text: self.text,
            details: self.details,
        }
    }
}

impl Kept {
    /// What is kept of the result of the `i`-th semantic patch of a run; nothing if work is missing from it.
    pub fn of(done: &Done, i: usize) -> Option<Self> {
        let partial = done.messages.iter().any(|m| m.level == Level::GivenUp) || !done.problems.is_empty();
        (!partial).then(|| Self {
            parts: done.parts.iter().map(|p| Part { patch: p.patch - i, ..p.clone() }).collect(),
            writes: done.writes.clone(),
            found: done.found,
            messages: done.messages.iter().map(Said::of).collect(),
        })
    }

    /// As the result of the `i`-th semantic patch of a run.
    fn done(self, i: usize) -> Done {
        let own = |part: Part| Part { patch: part.patch + i, ..part };
        Done {
            parts: self.parts.into_iter().map(own).collect(),
            writes: self.writes,
            found: self.found,
            messages: self.messages.into_iter().map(Said::message).collect(),
            ..Done::default()
        }
    }
}

impl Entry {
    /// The entry in the bytes of a file, if they are whole.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (hash, rest) = bytes.split_first_chunk::<{ blake3::OUT_LEN }>()?;
        (blake3::hash(rest).as_bytes() == hash).then(|| postcard::from_bytes(rest).ok())?
    }

    /// As the bytes of a file.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let rest = postcard::to_stdvec(self).ok()?;
        Some([&blake3::hash(&rest).as_bytes()[..], &rest].concat())
    }

    /// The result of a semantic patch, the `i`-th of this run.
    pub fn take(&self, rule: &RuleKey, i: usize) -> Option<Done> {
        if self.silent.contains(rule) {
            return Some(Done::default());
        }
        self.results.iter().find(|(r, _)| r == rule).map(|(_, kept)| kept.clone().done(i))
    }

    /// Adds a result of a semantic patch.
    pub fn add(&mut self, rule: RuleKey, kept: Kept) {
        if kept == Kept::default() {
            self.silent.push(rule);
            latest(&mut self.silent);
        } else {
            self.results.push((rule, kept));
            latest(&mut self.results);
        }
    }
}

fn latest<T>(list: &mut Vec<T>) {
    list.drain(..list.len().saturating_sub(MOST_RULES));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let mut entry = Entry::default();
        entry.headers.push(("a.h".into(), None));
        let part = Part { patch: 3, printed: b"text".to_vec(), diff: Vec::new() };
        let done = Done { parts: vec![part], found: true, ..Done::default() };
        entry.add([1; 16], Kept::of(&done, 3).expect("it is complete"));
        entry.add([2; 16], Kept::of(&Done::default(), 0).expect("it is complete"));
        entry
    }

    #[test]
    fn results_are_found_by_their_semantic_patch() {
        let bytes = entry().bytes().expect("it has a form");
        let entry = Entry::of_bytes(&bytes).expect("it is whole");
        let told = entry.take(&[1; 16], 7).expect("it is there");
        assert_eq!((told.parts[0].patch, told.found), (7, true));
        assert!(entry.take(&[2; 16], 8).is_some_and(|d| d.parts.is_empty() && !d.found));
        assert!(entry.take(&[3; 16], 9).is_none());
    }

    #[test]
    fn what_is_not_whole_is_no_entry() {
        let bytes = entry().bytes().expect("it has a form");
        for length in 0..bytes.len() {
            assert!(Entry::of_bytes(&bytes[..length]).is_none());
            let mut other = bytes.clone();
            other[length] ^= 4;
            assert!(Entry::of_bytes(&other).is_none());
        }
    }

    #[test]
    fn old_results_make_room() {
        let mut entry = entry();
        for i in 0..MOST_RULES {
            let rule: RuleKey = std::array::from_fn(|b| i.to_le_bytes().get(b).copied().unwrap_or(9));
            entry.add(rule, Kept::default());
        }
        assert!(entry.take(&[2; 16], 0).is_none());
        assert!(entry.take(&[1; 16], 0).is_some());
    }
}

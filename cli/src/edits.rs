//! What rules removed and added, as text for tools that check results.

use std::ops::Range;

use rewriter::Edit;
use serde_json::json;

/// What the rules of a semantic patch did to a file, one after the other, as a line of JSON: for each edit the bytes of the text before its
/// rule in whose place others come, how many these are, tokens that go (bytes of the text before) and come (bytes counted from the first
/// that comes).
#[must_use]
pub fn shown(name: &[u8], rounds: &[Vec<Edit>]) -> Vec<u8> {
    let ends = |ranges: &[Range<usize>]| ranges.iter().map(|r| [r.start, r.end]).collect::<Vec<_>>();
    let edit = |e: &Edit| {
        let asked = e.asked.as_deref().cloned().unwrap_or_default();
        let (front, back) = asked.same;
        json!({
            "at": [e.range.start - front, e.range.end + back],
            "length": front + e.text.len() + back,
            "removed": ends(&asked.removed),
            "added": ends(&asked.added),
        })
    };
    let rounds: Vec<Vec<_>> = rounds.iter().map(|round| round.iter().map(edit).collect()).collect();
    format!("{}\n", json!({ "file": String::from_utf8_lossy(name), "rounds": rounds })).into_bytes()
}

//! Edits of a text: what layout makes and the rule loop applies.

use std::ops::Range;

/// A replacement of bytes of the present text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go; empty for an insertion.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: Vec<u8>,
    /// What of it matches ask for, if the style says that this is noted.
    pub asked: Option<Box<Asked>>,
}

impl Edit {
    /// An edit of which nobody asks why.
    #[must_use]
    pub fn new(range: Range<usize>, text: Vec<u8>) -> Self {
        Self { range, text, asked: None }
    }
}

/// What matches ask for in an edit; the rest of it is layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Tokens of the present text that go.
    pub removed: Vec<Range<usize>>,
    /// Tokens and comments that come; bytes of what comes, counted from its start.
    pub added: Vec<Range<usize>>,
    /// How many bytes at the start and at the end of what comes are those that were there, and lie outside of the edit.
    pub same: (usize, usize),
}

/// The text after edits, which are sorted and disjoint.
#[must_use]
pub fn apply_edits(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let added: usize = edits.iter().map(|e| e.text.len()).sum();
    let mut out = Vec::with_capacity(text.len() + added);
    let mut at = 0;
    for edit in edits {
        debug_assert!(at <= edit.range.start && edit.range.end <= text.len(), "edits are sorted and disjoint");
        out.extend_from_slice(&text[at..edit.range.start]);
        out.extend_from_slice(&edit.text);
        at = edit.range.end;
    }
    out.extend_from_slice(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outside_edits_stay() {
        let edits = [Edit::new(0..1, b"A".to_vec()), Edit::new(2..2, b"-".to_vec()), Edit::new(3..4, Vec::new())];
        assert_eq!(apply_edits(b"abc\xff\r\n", &edits), b"Ab-c\r\n");
    }
}

//! Edits of a text: what layout makes and the rule loop applies.

use std::ops::Range;
use std::sync::Arc;

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
pub fn apply_edits(text: &[u8], edits: &[Edit]) -> Arc<[u8]> {
    let gone: usize = edits.iter().map(|e| e.range.len()).sum();
    let come: usize = edits.iter().map(|e| e.text.len()).sum();
    // One that nobody else has: made in place, since texts are large.
    let mut all: Arc<[u8]> = std::iter::repeat_n(0, text.len() + come - gone).collect();
    let mut rest = Arc::get_mut(&mut all).unwrap_or_default();
    let mut add = |part: &[u8]| {
        let (own, behind) = std::mem::take(&mut rest).split_at_mut(part.len());
        own.copy_from_slice(part);
        rest = behind;
    };
    let mut at = 0;
    for edit in edits {
        debug_assert!(at <= edit.range.start && edit.range.end <= text.len(), "edits are sorted and disjoint");
        add(&text[at..edit.range.start]);
        add(&edit.text);
        at = edit.range.end;
    }
    add(&text[at..]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outside_edits_stay() {
        let edits = [Edit::new(0..1, b"A".to_vec()), Edit::new(2..2, b"-".to_vec()), Edit::new(3..4, Vec::new())];
        assert_eq!(apply_edits(b"abc\xff\r\n", &edits)[..], *b"Ab-c\r\n");
    }
}

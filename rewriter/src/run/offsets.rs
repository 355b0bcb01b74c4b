//! Where the bytes of a changed text lay in the original one, so that positions keep original coordinates after a re-parse
//! (`semantics.md` 8.10, h06).

use std::sync::Arc;

use crate::edit::Edit;

/// Line starts of a text.
#[derive(Debug, Clone)]
pub struct Lines(Arc<[u32]>);

impl Lines {
    /// The lines of a text.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|i| i as u32 + 1));
        Self(starts.into())
    }

    /// The bytes of a line (from 1) of a text of this length.
    #[must_use]
    pub fn range(&self, line: u32, len: u32) -> std::ops::Range<u32> {
        let at = |i: u32| self.0.get(i as usize).copied().unwrap_or(len).min(len);
        let start = at(line.saturating_sub(1));
        start..at(line).max(start)
    }

    /// The offset of a line (from 1) and column (from 0, in bytes).
    #[must_use]
    pub fn offset(&self, (line, column): (u32, u32)) -> u32 {
        self.0.get(line.saturating_sub(1) as usize).copied().unwrap_or(0) + column
    }

    /// Line (from 1) and column (from 0, in bytes) of an offset.
    #[must_use]
    pub fn place(&self, offset: u32) -> (u32, u32) {
        let line = self.0.partition_point(|s| *s <= offset).max(1);
        (line as u32, offset - self.0[line - 1])
    }
}

/// A stretch of the present text that was copied from the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    now: u32,
    original: u32,
    len: u32,
}

/// The map from offsets of the present text to those of the original.
#[derive(Debug, Clone)]
pub struct OffsetMap {
    segments: Vec<Segment>,
}

impl OffsetMap {
    /// The map of a text that nothing changed yet.
    #[must_use]
    pub fn identity(len: usize) -> Self {
        Self { segments: vec![Segment { now: 0, original: 0, len: len as u32 }] }
    }

    /// The offset in the original text. What was added lies where the copied text before it ended.
    #[must_use]
    pub fn original(&self, now: u32) -> u32 {
        let i = self.segments.partition_point(|s| s.now <= now);
        match i.checked_sub(1).map(|i| self.segments[i]) {
            Some(s) => s.original + (now - s.now).min(s.len),
            None => 0,
        }
    }

    /// The map after edits of the present text, sorted and disjoint.
    #[must_use]
    pub fn after(&self, edits: &[Edit]) -> Self {
        let mut out = Vec::with_capacity(self.segments.len() + edits.len());
        let mut shift: i64 = 0;
        let mut segments = self.segments.iter().copied();
        let mut current = segments.next();
        // Copies the part of the segments before `end` of the present text.
        let mut copy_until = |end: u32, from: u32, shift: i64, out: &mut Vec<Segment>| {
            while let Some(s) = current {
                let (lo, hi) = (s.now.max(from), (s.now + s.len).min(end));
                if lo < hi {
                    out.push(Segment {
                        now: (i64::from(lo) + shift) as u32,
                        original: s.original + (lo - s.now),
                        len: hi - lo,
                    });
                }
                if s.now + s.len > end {
                    break;
                }
                current = segments.next();
            }
        };
        let mut from = 0;
        for edit in edits {
            copy_until(edit.range.start as u32, from, shift, &mut out);
            from = edit.range.end as u32;
            shift += edit.text.len() as i64 - (edit.range.end - edit.range.start) as i64;
        }
        copy_until(u32::MAX, from, shift, &mut out);
        Self { segments: out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let lines = Lines::of(b"ab\nc\n\nd");
        let places: Vec<_> = [0, 2, 3, 5, 6, 7].map(|o| lines.place(o)).to_vec();
        assert_eq!(places, [(1, 0), (1, 2), (2, 0), (3, 0), (4, 0), (4, 1)]);
    }

    #[test]
    fn offsets_survive_edits() {
        let edit = |range: std::ops::Range<usize>, text: &str| Edit::new(range, text.as_bytes().to_vec());
        // 0123456789 -> 01xx456yy89 -> 1xx456yy8
        let map = OffsetMap::identity(10).after(&[edit(2..4, "xx"), edit(7..8, "yy")]);
        let at: Vec<u32> = (0..11).map(|i| map.original(i)).collect();
        assert_eq!(at, [0, 1, 2, 2, 4, 5, 6, 7, 7, 8, 9]);
        let map = map.after(&[edit(0..1, ""), edit(10..11, "")]);
        let at: Vec<u32> = (0..9).map(|i| map.original(i)).collect();
        assert_eq!(at, [1, 2, 2, 4, 5, 6, 7, 7, 8]);
    }
}

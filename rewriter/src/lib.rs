//! Matches to edits, new text and diffs; the loop over rules.

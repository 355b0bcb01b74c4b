//! From matches to text: edits on byte ranges, layout of added code, the loop over rules, the diff.

pub mod diff;
pub mod edit;
pub mod layout;
pub mod run;

pub use edit::{Asked, Edit, apply_edits};

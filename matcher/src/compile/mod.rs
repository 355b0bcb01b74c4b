//! From a rule to a formula over rule elements (`semantics.md` section 3).

pub mod elem;

pub use elem::{ElemKind, ElemMatch, RuleElem, Terms, ValueId};

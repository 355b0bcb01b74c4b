//! The loop over rules (`semantics.md` 6).

pub mod env;
pub mod offsets;
pub mod script;

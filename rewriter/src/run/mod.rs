//! The loop over rules (`semantics.md` 6).

pub mod env;
mod fresh;
mod message;
pub mod offsets;
pub mod script;
mod words;

pub use message::{Level, Message};

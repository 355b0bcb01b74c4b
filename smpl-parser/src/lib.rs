//! Semantic patches (SmPL) and isomorphisms: read, checked, rewritten by isomorphisms.
//!
//! **Invariant:** no I/O, nothing printed, no panic whatever the input: a value and diagnostics.

pub mod anchor;
pub mod ast;
pub mod body;
mod checks;
pub mod codes;
mod decl;
mod expand;
mod file;
pub mod iso;
pub mod lexer;
mod link;
mod parse;
mod plus;
mod prototype;
mod reach;
mod regexp;
pub mod show;
pub mod words;

pub use ast::*;
pub use lexer::{AddedText, BodyCtx, BodyScope, LexedBody, LineMark, ScopeVar, SmplTok};
pub use link::only_added;
pub use parse::{ParseOptions, parse};
pub use regexp::Regexp;
pub use words::FileFilter;

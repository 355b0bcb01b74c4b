//! Semantic patches (SmPL) and isomorphisms: read, checked, rewritten by isomorphisms.
//!
//! **Invariant:** no I/O, nothing printed, no panic whatever the input: a value and diagnostics.

pub mod anchor;
pub mod ast;
pub mod body;
pub mod iso;
pub mod lexer;

pub use ast::*;
pub use lexer::{AddedText, BodyCtx, BodyScope, LexedBody, LineMark, ScopeVar, SmplTok};

//! Inferred types of C expressions, and where their names are declared (`semantics.md` 4.2, 4.6, 4.7).
//!
//! Three layers, each made only when asked for. [`Facts`] is what a file or a header declares at top level: a table read from its tokens,
//! no tree, shared by threads. A [`TypeEnv`] is a file's facts over those of its headers. [`ElementTypes`] is one forward
//! pass over an element's tree: a type for every expression, a [`Scope`] for every identifier.
//!
//! **Invariant:** a type is never guessed. What is not declared where we look has no type, and matches no typed metavariable.

mod declare;
mod element;
mod env;
mod expr;
mod facts;
mod include;
mod macros;
mod place;
mod scan;
mod ty;

#[cfg(test)]
mod tests;

pub use declare::{SpecWords, declared_type, name_of};
pub use element::{ElementTypes, Scope};
pub use env::TypeEnv;
pub use facts::{Facts, HeaderFacts, IncludeLine, Macro};
pub use include::{HeaderTable, IncludeMode, IncludeOptions, ReadFile, headers_of};
pub use place::in_test_position;
pub use ty::{Base, Field, FunctionType, Name, Quals, Record, RecordKind, Type, TypeKind};

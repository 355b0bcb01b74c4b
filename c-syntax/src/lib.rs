//! C text to lossless tokens and trees, without preprocessing.
//!
//! Bird's eye view: `lexer` makes tokens of a file, [`file`] cuts them into top-level elements, `view` renders an element for
//! tree-sitter-c, `lower` turns its tree into ours; [`kind`] says what our trees look like. `grammar` is the hand-written grammar of
//! C that reads patterns, elements that tree-sitter-c cannot read, and as `sure` those that it reads without a doubt.
//!
//! **Invariant:** this is the only crate that names `tree_sitter`, and it knows no SmPL beyond the vocabulary of kinds.

pub mod branches;
mod cut;
mod define;
pub mod diagnostic;
mod edited;
pub mod file;
pub mod grammar;
pub mod kind;
pub mod lexer;
mod lower;
pub mod macros;
mod parse;
pub mod print;
pub(crate) mod second;
mod sure;
pub mod sym;
pub mod token;
pub mod tree;
pub mod types;
pub mod view;
mod windows;
mod word;

pub use diagnostic::{Diagnostic, Label, Severity, Span};
pub use file::{Element, ElementKind, FileElement, ParsedElement, SourceFile};
pub use kind::SyntaxKind;
pub use lexer::lex;
pub use macros::{DeclaredNames, MacroTables};
pub use parse::parse_raw;
pub use sym::Sym;
pub use token::{Token, TokenFlags, TokenKind};
pub use tree::{BuilderMark, Checkpoint, Child, NodeId, TokenId, Tree, TreeBuilder};

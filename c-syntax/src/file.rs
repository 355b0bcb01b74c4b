//! A C file as a list of top-level elements, each read into a tree only when asked.

use std::sync::{Arc, OnceLock};

use crate::token::Token;
use crate::tree::Tree;

/// What a top-level element is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ElementKind {
    /// A function definition, also one headed by a macro (`SYSCALL_DEFINE3(...) {`).
    Function,
    /// A declaration: variables, prototypes, types.
    Declaration,
    /// A macro call that declares something, or stands alone.
    MacroCall,
    /// `#include`.
    Include,
    /// `#define`.
    Define,
    /// `#undef`.
    Undef,
    /// `#pragma`.
    Pragma,
    /// `#if`, `#ifdef`, `#else`, `#endif`, `#error`, `#line`...: never matched.
    Conditional,
    /// A lone `;` or something that was not read.
    Other,
}

/// A C file: its bytes and its elements in source order. Immutable, shared by all rules (architecture, decision 13).
#[derive(Debug)]
pub struct SourceFile {
    /// The bytes.
    pub text: Arc<[u8]>,
    /// The elements. What lies between them is white space and comments.
    pub elements: Vec<FileElement>,
}

/// An element and where it lies in the present version of the file.
#[derive(Clone, Debug)]
pub struct FileElement {
    /// Offset of the element's first token: what the offsets of its tokens count from.
    pub start: u32,
    /// One past its last token.
    pub end: u32,
    /// The element. It is the same object in every version of the file that leaves its bytes alone.
    pub element: Arc<Element>,
}

/// One top-level element. It knows no absolute position, so that it survives edits elsewhere.
#[derive(Debug)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// The name it defines or declares, as far as the element scan can tell.
    pub name: Option<Box<str>>,
    /// The tree, once asked for.
    pub(crate) parsed: OnceLock<ParsedElement>,
}

/// What reading an element gives.
#[derive(Debug)]
pub struct ParsedElement {
    /// The tree; further ones if branches of conditionals could not be kept side by side. All are over the same tokens.
    /// Empty if nothing could be read.
    pub trees: Vec<Tree>,
    /// All tokens of the element, also those no tree holds.
    pub tokens: Arc<[Token]>,
    /// Why it was read in part or not at all: a cause for the statistics.
    pub failure: Option<&'static str>,
}

impl Element {
    /// An element that was read already.
    #[must_use]
    pub fn read(kind: ElementKind, name: Option<Box<str>>, parsed: ParsedElement) -> Self {
        Self { kind, name, parsed: OnceLock::from(parsed) }
    }

    /// One of the trees; the first is the one to match first.
    ///
    /// # Panics
    /// If the element was not read yet or has no such variant.
    #[must_use]
    pub fn tree(&self, variant: u8) -> &Tree {
        &self.parsed.get().expect("a term's element was read").trees[variant as usize]
    }
}

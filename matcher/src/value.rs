//! Values of metavariables and environments.
//!
//! A value holds on to the parsed element that it comes from, so that it stays valid across re-parsing, files and rules.

use std::sync::Arc;

use c_syntax::{Element, NodeId, Tree};
use smpl_parser::{ItemId, MvId, VarRef};

/// A term of C code: a node of a tree of a parsed element.
#[derive(Debug, Clone)]
pub struct Term {
    /// The element.
    pub element: Arc<Element>,
    /// Which of its trees.
    pub variant: u8,
    /// The node.
    pub node: NodeId,
    /// Content hash of shape and token texts (loose equality, `semantics.md` 4.2).
    pub loose: u128,
    /// `loose` with inferred types and scopes of identifiers (strict equality).
    pub strict: u128,
}

impl Term {
    /// The tree that holds the term.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        self.element.tree(self.variant)
    }
}

/// A type as a declaration writes it: specifiers and the declarator around the name, whose tokens need not be contiguous.
#[derive(Debug, Clone)]
pub struct TypeTerm {
    /// The specifiers (a DeclSpecs; storage classes do not count), and the element that they are in.
    pub specs: Term,
    /// The declarator nodes (PointerDecl, ArrayDecl, FuncDecl, ParenDecl) that belong to the type, outermost type first,
    /// that is from the name outwards.
    pub ops: Arc<[NodeId]>,
    /// Content hash of the normal form.
    pub loose: u128,
}

/// Where a token or term is, for position metavariables. Places are equal, and ordered, by file, start and end.
#[derive(Debug, Clone)]
pub struct Position {
    /// File as given.
    pub file: Arc<str>,
    /// Enclosing function or declared name; `something_else` if none.
    pub element: Arc<str>,
    /// Lines (from 1) and columns (from 0) of the enclosing element's start and of one past its end.
    pub element_extent: ((u32, u32), (u32, u32)),
    /// Line (from 1) and column (from 0, in bytes) of the first byte.
    pub start: (u32, u32),
    /// Line and column one past the last byte.
    pub end: (u32, u32),
}

impl Position {
    fn key(&self) -> (&str, (u32, u32), (u32, u32)) {
        (&self.file, self.start, self.end)
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Position {}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl std::hash::Hash for Position {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// The value of a metavariable.
#[derive(Debug, Clone)]
pub enum Value {
    /// An expression, statement, declaration, parameter, field, initialiser, attribute...
    Term(Term),
    /// Elements of a list (separators left out); the node of the list that holds them stands in each term's tree.
    List(Arc<[Term]>),
    /// A type.
    Type(TypeTerm),
    /// A name or other text: identifiers, operators, formats, pragma info, what scripts make.
    Text(Arc<str>),
    /// Places, sorted.
    Positions(Arc<[Position]>),
    /// The length of a list.
    Length(u32),
}

/// The values of the metavariables of one rule, sorted by [`MvId`].
#[derive(Debug, Clone, Default)]
pub struct Bindings(pub Vec<(MvId, Value)>);

impl Bindings {
    /// The value of a metavariable.
    #[must_use]
    pub fn get(&self, var: MvId) -> Option<&Value> {
        self.0.binary_search_by_key(&var, |b| b.0).ok().map(|i| &self.0[i].1)
    }
}

/// An environment that flows from rule to rule: values of used-after metavariables, and the rules that matched on the way.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// Values, sorted by variable.
    pub values: Vec<(VarRef, Value)>,
    /// Alternative histories (equal environments are merged): sorted lists of items that matched.
    pub histories: Vec<Vec<ItemId>>,
}

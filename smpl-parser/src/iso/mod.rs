//! Isomorphisms: other spellings that a pattern also matches (`smpl-front-end.md` section 10, `semantics.md` 4.8).
//!
//! [`parse`] reads a `.iso` file, [`apply`] rewrites a rule's pattern: a term that matches an alternative becomes a disjunction without
//! delimiters of all alternatives of its group and the groups after it. One bottom-up pass for each isomorphism, in order; no fixpoint.
//! Isomorphisms that live in the matcher are only names here: [`BUILT_IN`].

mod apply;
mod bind;
mod build;
mod kinds;
mod outer;
mod read;
mod term;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use c_syntax::{Diagnostic, Sym};

pub use apply::{Applied, ApplyOptions, IsoFailure, apply};
pub use read::{outline, parse};

use crate::ast::MvKind;
use term::Term;

/// Names that `disable` knows besides those of the isomorphism files: they switch parts of the matcher.
pub const BUILT_IN: [&str; 8] = [
    "optional_storage",
    "optional_qualifier",
    "optional_attributes",
    "optional_declarer_semicolon",
    "value_format",
    "comm_assoc",
    "list_and_aggregate_initialization",
    "prototypes",
];

/// Earlier names of isomorphisms, with the present ones.
pub const FORMER_NAMES: [(&str, &[&str]); 2] = [("isnt_null", &["isnt_null1"]), ("not_ptr", &["not_ptr1", "not_ptr2"])];

/// A file of isomorphisms, read once for all semantic patches of a run.
#[derive(Clone, Debug, Default)]
pub struct IsoFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What it says.
    pub set: IsoSet,
    /// What is wrong with it.
    pub messages: Vec<Diagnostic>,
}

impl IsoFile {
    /// Reads a file.
    #[must_use]
    pub fn new(name: String, text: String) -> Self {
        let (set, messages) = parse(&text);
        Self { name, text, set, messages }
    }

    /// A file that is known to be right (a test says so): each isomorphism is read when a rule has use for it.
    #[must_use]
    pub fn known(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), set: outline(text), messages: Vec::new() }
    }
}

/// The isomorphisms of one file.
#[derive(Clone, Debug)]
pub struct IsoSet {
    text: Arc<[u8]>,
    pub(crate) isos: Vec<Outline>,
}

impl Default for IsoSet {
    fn default() -> Self {
        Self { text: Arc::from([]), isos: Vec::new() }
    }
}

impl IsoSet {
    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.isos.iter().map(|i| i.name.as_str())
    }

    /// An isomorphism in full.
    fn read<'s>(&'s self, outline: &'s Outline) -> Option<&'s Iso> {
        let read = || read::read_alternatives(outline, &self.text, &mut Vec::new());
        outline.read.get_or_init(read).as_ref()
    }
}

/// Where an isomorphism stands in its file, and what it asks for.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    name: String,
    kind: IsoKind,
    vars: Vec<(String, IsoVar)>,
    groups: Vec<Vec<Alternative>>,
    read: OnceLock<Option<Iso>>,
}

/// An alternative as text.
#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    span: Range<usize>,
    /// The tokens that any code of its form has.
    needs: Vec<Sym>,
}

/// What `disable NAME` stands for among the isomorphisms of `sets` and the built-in ones: their names. Nothing for an unknown name.
#[must_use]
pub fn resolve_name<'a>(name: &'a str, sets: &[&IsoSet]) -> Vec<&'a str> {
    if BUILT_IN.contains(&name) || sets.iter().any(|s| s.names().any(|n| n == name)) {
        return vec![name];
    }
    FORMER_NAMES.iter().find(|(former, _)| *former == name).map_or_else(Vec::new, |(_, now)| now.to_vec())
}

/// An isomorphism.
#[derive(Clone, Debug)]
pub(crate) struct Iso {
    name: String,
    kind: IsoKind,
    vars: Vec<IsoVar>,
    /// A term that matches an alternative of a group becomes the choice of all alternatives of this group and the ones after it.
    groups: Vec<Vec<Arc<Term>>>,
}

/// Where an isomorphism applies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IsoKind {
    Expression,
    ArgExpression,
    TestExpression,
    ToTestExpression,
    Statement,
    Declaration,
    Type,
    TopLevel,
}

/// A metavariable of an isomorphism.
#[derive(Clone, Debug)]
pub(crate) struct IsoVar {
    kind: MvKind,
    value: Value,
    pure: bool,
    context: bool,
}

/// What is asked of the type of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    Any,
    Integer,
    Pointer,
    /// Of the type that the metavariable with this index stands for, with so many stars.
    OfType(u32, u32),
}

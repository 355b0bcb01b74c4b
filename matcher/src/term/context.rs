//! What the term matcher is told about the file around the element that it works on.

use std::sync::Arc;

use c_syntax::types::ElementTypes;
use c_syntax::{Element, FileElement, SourceFile, Tree};
use smpl_parser::{Rule, ScriptCall};

use crate::value::Value;

/// An element of a file, and what matching needs to know about its surroundings.
#[derive(Clone, Copy)]
pub struct FileContext<'a> {
    /// The file's name as given, for positions.
    pub name: &'a Arc<str>,
    /// The present version of the file.
    pub source: &'a SourceFile,
    /// Which of its elements.
    pub index: usize,
    /// Which tree of the element.
    pub variant: u8,
    /// Line (from 1) and column (from 0) in the original text of an offset of the present version.
    pub place: &'a dyn Fn(u32) -> (u32, u32),
    /// Types and scopes of the element's expressions, once known.
    pub types: Option<&'a ElementTypes>,
    /// Who answers script constraints; without one they hold never.
    pub scripts: Option<&'a dyn ConstraintScripts>,
    /// As the reference matches, where ours differs.
    pub quirks: bool,
}

impl<'a> FileContext<'a> {
    /// The element with its place in the file.
    #[must_use]
    pub fn file_element(&self) -> &'a FileElement {
        &self.source.elements[self.index]
    }

    /// The element.
    #[must_use]
    pub fn element(&self) -> &'a Arc<Element> {
        &self.file_element().element
    }

    /// The tree that is matched.
    #[must_use]
    pub fn tree(&self) -> &'a Tree {
        self.element().tree(self.variant)
    }

    /// Line (from 1) and column (from 0) of an offset of the element.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        (self.place)(self.file_element().start + offset)
    }
}

impl std::fmt::Debug for FileContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileContext").field("name", &self.name).field("index", &self.index).finish_non_exhaustive()
    }
}

/// Runs the scripts of constraints (`features.md` 3.2).
pub trait ConstraintScripts {
    /// Whether the script accepts: the values of its parameters, by the names they have in the script. The variable that the constraint
    /// stands on comes last, under its own name.
    fn accepts(&self, call: &ScriptCall, values: &[(&str, &Value)]) -> bool;
}

/// The built-in isomorphisms that node-level matching itself implements (`semantics.md` 4.8), unless the rule disables them.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
pub struct BuiltinIsos {
    /// A declaration pattern without storage class matches any.
    pub storage: bool,
    /// A type pattern without qualifiers matches any.
    pub qualifier: bool,
    /// A pattern without attributes matches any.
    pub attributes: bool,
    /// Integers are compared by value.
    pub value_format: bool,
    /// The semicolon of a macro declaration is optional.
    pub declarer_semicolon: bool,
    /// `e op ...` looks at whole chains.
    pub comm_assoc: bool,
}

impl BuiltinIsos {
    /// Those that a rule leaves on.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        let on = |name: &str| !rule.disabled.iter().any(|d| d == name || d == "all");
        Self {
            storage: on("optional_storage"),
            qualifier: on("optional_qualifier"),
            attributes: on("optional_attributes"),
            value_format: on("value_format"),
            declarer_semicolon: on("optional_declarer_semicolon"),
            comm_assoc: on("comm_assoc"),
        }
    }
}

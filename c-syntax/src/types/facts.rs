//! What a file or header declares at top level, as a table.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::ty::{Record, RecordKind, Type};
use crate::sym::Sym;

/// What a header declares. The same table as for a file; where in it something stands does not matter to those who include it.
pub type HeaderFacts = Facts;

/// A declaration and the offset where its element starts: it holds for what comes after, until the next one.
type Versions<T> = SmallVec<[(u32, T); 1]>;

/// What a file declares at top level: variables, functions, typedefs, bodies of structs, enumerators, macros. Made by [`Facts::of_text`].
#[derive(Debug, Default)]
pub struct Facts {
    pub(crate) values: FxHashMap<Sym, Versions<Option<Type>>>,
    pub(crate) typedefs: FxHashMap<Sym, Versions<Type>>,
    pub(crate) records: FxHashMap<(RecordKind, Sym), Versions<Arc<Record>>>,
    pub(crate) enumerators: FxHashMap<Sym, u32>,
    pub(crate) macros: FxHashMap<Sym, Versions<Arc<Macro>>>,
    /// The `#include` lines in order.
    pub includes: Vec<IncludeLine>,
}

/// An `#include` line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IncludeLine {
    /// The path as written.
    pub path: Box<str>,
    /// `"..."`, not `<...>`.
    pub quoted: bool,
}

/// A `#define`, as far as types need it.
#[derive(Debug)]
pub struct Macro {
    /// Has a parameter list.
    pub function_like: bool,
    /// The text of the body.
    pub body: Box<[u8]>,
}

/// The version of a fact that holds at an offset: the last one that starts there or before.
pub(crate) fn at<T>(versions: &Versions<T>, offset: u32) -> Option<&T> {
    versions.iter().rev().find(|(start, _)| *start <= offset).map(|(_, fact)| fact)
}

impl Facts {
    /// Reads the facts of a whole file or header. Linear in its size; what cannot be read is skipped.
    #[must_use]
    pub fn of_text(text: &[u8]) -> Self {
        super::scan::scan(text, crate::lexer::lex(text))
    }

    /// Number of facts, for statistics.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() + self.typedefs.len() + self.records.len() + self.enumerators.len() + self.macros.len()
    }

    /// Whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a typedef of this name is declared anywhere.
    #[must_use]
    pub fn has_typedef(&self, name: Sym) -> bool {
        self.typedefs.contains_key(&name)
    }
}

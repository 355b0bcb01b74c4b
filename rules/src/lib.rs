//! Standard isomorphisms, macro tables and shipped semantic patches.

/// The standard isomorphisms, used unless `--iso-file` names others.
pub const STANDARD_ISO: &str = include_str!("../standard.iso");

/// What the C front end is told about names of macros (the table's own first lines say its form).
pub const MACROS: &str = include_str!("../c-macros.table");

//! Standard isomorphisms, macro tables and shipped semantic patches.

/// The standard isomorphisms, used unless `--iso-file` names others.
pub const STANDARD_ISO: &str = include_str!("../standard.iso");

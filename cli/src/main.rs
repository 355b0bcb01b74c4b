//! The `spatch-rs` binary.

#[cfg(test)]
mod diagnostics;
#[cfg(test)]
#[path = "script/process.rs"]
mod process;

fn main() {}

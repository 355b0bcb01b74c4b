//! The `spatch-rs` binary.

#[cfg(test)]
mod diagnostics;

fn main() {}

//! A semantic patch with the standard isomorphisms.
#![no_main]

use spatch_tests::targets::Target;

libfuzzer_sys::fuzz_target!(|input: &[u8]| Target::Rule.run_on_own_stack(input));

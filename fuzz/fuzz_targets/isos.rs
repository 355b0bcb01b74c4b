//! Isomorphisms, applied to a semantic patch.
#![no_main]

use spatch_tests::targets::Target;

libfuzzer_sys::fuzz_target!(|input: &[u8]| Target::Isos.run_on_own_stack(input));

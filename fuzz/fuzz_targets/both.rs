//! A semantic patch and a C file, to the diff.
#![no_main]

use spatch_tests::targets::Target;

libfuzzer_sys::fuzz_target!(|input: &[u8]| Target::Both.run_on_own_stack(input));

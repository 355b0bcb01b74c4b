//! A C file, by both readers, to control-flow graphs.
#![no_main]

use spatch_tests::targets::Target;

libfuzzer_sys::fuzz_target!(|input: &[u8]| Target::C.run_on_own_stack(input));

//! The fast reader of C against the one that stays the authority, on all C files of the repository.

use std::path::Path;
use std::sync::Arc;

use c_syntax::macros::MacroTables;
use c_syntax::{DeclaredNames, SourceFile};

#[test]
fn the_fast_reader_gives_the_same_trees() {
    let tables = Arc::new(MacroTables::new(rules::MACROS, "", &DeclaredNames::default()));
    let root = spatch_tests::folder().parent().map(Path::to_path_buf).expect("a root");
    let mut read = 0;
    let mut compared = 0;
    for folder in ["corpus", "rules", "tests"] {
        for path in spatch_tests::files(&root.join(folder), ".c") {
            let text = std::fs::read(&path).expect("a C file");
            for e in SourceFile::parse(text.into(), &tables, None).elements {
                read += 1;
                let Some(fast) = e.element.fast_reading() else { continue };
                compared += 1;
                let slow = e.element.slow_reading();
                let trees: Vec<String> = slow.trees.iter().map(c_syntax::Tree::dump).collect();
                assert_eq!(trees, [fast.dump()], "{} at offset {}", path.display(), e.start);
            }
        }
    }
    assert!(compared * 2 > read, "of {read} elements only {compared} are read fast");
}

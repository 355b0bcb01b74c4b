//! A small project for runs over many files.

use std::fs;
use std::path::Path;

/// The words of a command line.
#[must_use]
pub fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// Writes a file, and makes its folder.
///
/// # Panics
/// If that cannot be done.
pub fn write(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder is made");
    fs::write(path, text).expect("a file is written");
}

/// A folder with files of different sizes, and rules that all concern them.
///
/// # Panics
/// If it cannot be made.
#[must_use]
pub fn project() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder is made");
    for i in 0..40 {
        let body = "\told(a, 1);\n".repeat(1 + (i * 7) % 11);
        write(dir.path(), &format!("src/{}/f{i}.c", i % 4), &format!("void f{i}(int a)\n{{\n{body}}}\n"));
    }
    write(dir.path(), "rules/1.cocci", "@@\nexpression E;\n@@\n- old(E, 1)\n+ new(E)\n");
    write(dir.path(), "rules/2.cocci", "@@\nidentifier f;\n@@\n- f(int a)\n+ f(long a)\n  { ... }\n");
    dir
}

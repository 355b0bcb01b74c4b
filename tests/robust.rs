//! Files that are not as they should be, found in a folder or named: each is read or named in a message, and the others are treated.

#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use spatch_tests::{Run, run};

const RULE: &str = "@@\nexpression e;\n@@\n- x(e)\n+ y(e)\n";

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("rule.cocci"), RULE).expect("a rule");
    dir
}

fn spatch(dir: &Path, args: &[&str]) -> Run {
    let all = ["--very-quiet", "--sp-file", "rule.cocci"].iter().chain(args);
    run(dir, &all.map(|a| (*a).to_owned()).collect::<Vec<_>>())
}

#[test]
fn what_is_no_file_is_passed_over_in_folders() {
    let dir = folder();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("good.c"), "void f(void) { x(1); }\n").expect("a file");
    std::fs::create_dir(at("folder.c")).expect("a folder");
    std::fs::write(at("folder.c/inner.c"), "void f(void) { x(2); }\n").expect("a file");
    symlink(".", at("loop")).expect("a link");
    let fifo = Command::new("mkfifo").arg(at("fifo.c")).status();
    assert!(fifo.is_ok_and(|s| s.success()), "mkfifo works");
    let ran = spatch(dir.path(), &["."]);
    assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("+void f(void) { y(1); }") && ran.stdout.contains("+void f(void) { y(2); }"));
    assert_eq!(ran.stdout.matches("diff ").count(), 2, "{}", ran.stdout);
}

#[test]
fn what_cannot_be_read_is_named() {
    let dir = folder();
    symlink("nowhere.c", dir.path().join("dangling.c")).expect("a link");
    let ran = spatch(dir.path(), &["dangling.c"]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("dangling.c"), "{}", ran.stderr);
    let utf16: Vec<u8> = "\u{feff}void f(void) { x(1); }\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(dir.path().join("wide.c"), utf16).expect("a file");
    let ran = spatch(dir.path(), &["wide.c"]);
    assert!(ran.stderr.contains("wide.c: text in UTF-16"), "{}", ran.stderr);
}

#[test]
fn odd_bytes_are_kept() {
    let dir = folder();
    let cases: [(&str, &[u8], &[u8]); 4] = [
        ("nul.c", b"void f(void) { x(1);\0 }\n", b"void f(void) { y(1);\0 }\n"),
        ("mark.c", b"\xef\xbb\xbfvoid f(void) { x(1); }\n", b"\xef\xbb\xbfvoid f(void) { y(1); }\n"),
        ("cr.c", b"void f(void)\r{\r\tx(1);\r}\r", b"void f(void)\r{\r\ty(1);\r}\r"),
        ("latin.c", b"/* \xe4 */ void f(void) { x(\"\xff\"); }", b"/* \xe4 */ void f(void) { y(\"\xff\"); }"),
    ];
    for (name, before, after) in cases {
        std::fs::write(dir.path().join(name), before).expect("a file");
        let ran = spatch(dir.path(), &["--in-place", name]);
        assert_eq!(ran.status, Some(0), "{name}: {}", ran.stderr);
        assert_eq!(std::fs::read(dir.path().join(name)).expect("the file"), after, "{name}");
    }
}

#[test]
fn semantic_patches_in_other_encodings_are_read() {
    let dir = folder();
    std::fs::write(dir.path().join("a.c"), "void f(void) { x(1); }\n").expect("a file");
    let utf16: Vec<u8> = format!("\u{feff}{RULE}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [format!("\u{feff}{RULE}").into_bytes(), RULE.replace('\n', "\r\n").into_bytes(), utf16] {
        std::fs::write(dir.path().join("rule.cocci"), bytes).expect("a rule");
        let ran = spatch(dir.path(), &["a.c"]);
        assert!(ran.stdout.contains("+void f(void) { y(1); }"), "{}", ran.stderr);
    }
}

//! Diffs are what `patch`, `git apply`, `filterdiff`, `interdiff` and editors take, and what GNU `diff -u -p` prints.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use spatch_tests::{binary, installed};

const RULE: &str = "@@\nexpression x;\n@@\n- foo(x)\n+ bar(x, 0)\n\n@@\n@@\n- gone();\n\n@@\n@@\n  here();\n+ new();\n";

/// Runs a program in a folder, with a text on its standard input.
fn pipe<S: AsRef<OsStr>>(dir: &Path, program: &str, args: &[S], input: &[u8]) -> Output {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), input).expect("written");
    let input = fs::File::open(file.path()).expect("opened");
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).stdin(input).env("GIT_CEILING_DIRECTORIES", dir.parent().unwrap_or(dir));
    command.output().unwrap_or_else(|e| panic!("{program}: {e}"))
}

fn ok(what: &str, output: Output) -> Vec<u8> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{what}: {said}");
    output.stdout
}

/// A file of every kind: name and text.
fn sources() -> Vec<(OsString, Vec<u8>)> {
    let body: String = (0..30).map(|i| format!("\tline({i});\n")).collect();
    let long = format!(
        "static int first(void)\n{{\n\tfoo(1);\n{body}\tgone();\n}}\n\nvoid second(int a)\n{{\n{body}\there();\n{body}}}\n"
    );
    let mut out: Vec<(OsString, Vec<u8>)> = vec![
        ("plain.c".into(), long.clone().into()),
        ("crlf.c".into(), long.replace('\n', "\r\n").into()),
        ("unfinished.c".into(), b"void f(void)\n{\n\tfoo(1);\n}".to_vec()),
        ("one_line.c".into(), b"void f(void) { gone(); foo(1); }".to_vec()),
        ("last_line.c".into(), b"int g;\n\nvoid f(void) { foo(1); }".to_vec()),
        ("first_line.c".into(), b"int g = foo(1);\nint h;\n".to_vec()),
        ("latin1.c".into(), b"void f(void)\n{\n\tfoo(\"\xe4\"); /* \xfc */\n}\n".to_vec()),
        ("label.c".into(), b"int\nf(void)\n{\n\ta();\nout:\n\tb();\n\tc();\n\td();\n\tfoo(1);\n}\n".to_vec()),
        ("-- dashes.c".into(), b"void f(void)\n{\n\tfoo(--a);\n\tgone();\n-- a;\n++ b;\n}\n".to_vec()),
    ];
    for name in [
        "a b.c",
        " front.c",
        "tab\there.c",
        "quote\"s.c",
        "back\\slash.c",
        "it's.c",
        "\u{e4}\u{4e2d}.c",
        "line\nbreak.c",
        "deep er/x y.c",
    ] {
        out.push((name.into(), b"void f(void)\n{\n\tfoo(1);\n}\n".to_vec()));
    }
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStringExt;
        out.push((OsString::from_vec(b"latin\xe4.c".to_vec()), b"void f(void)\n{\n\tfoo(1);\n}\n".to_vec()));
    }
    out
}

/// A folder `src` with all files.
fn project() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("r.cocci"), RULE).expect("written");
    for (name, text) in sources() {
        let path = dir.path().join("src").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    dir
}

/// Runs the binary in a folder.
fn spatch(dir: &Path, args: &[&str]) -> Vec<u8> {
    let all = [&["--very-quiet", "--sp-file", "r.cocci"], args].concat();
    ok("spatch-rs", pipe(dir, &binary().display().to_string(), &all, b""))
}

/// The texts of all files below a folder.
fn texts(dir: &Path) -> Vec<(OsString, Vec<u8>)> {
    let read = |(name, _): (OsString, _)| {
        let text = fs::read(dir.join("src").join(&name)).expect("read");
        (name, text)
    };
    sources().into_iter().map(read).collect()
}

/// The project as `--in-place` makes it.
fn wanted() -> Vec<(OsString, Vec<u8>)> {
    let dir = project();
    spatch(dir.path(), &["--in-place", "--no-show-diff", "src"]);
    let new = texts(dir.path());
    let changed = new.iter().zip(sources()).filter(|(a, b)| **a != *b).count();
    assert_eq!(changed, new.len(), "every file changes");
    new
}

/// What a diff makes of the project when a program applies it.
fn check(what: &str, diff: &[u8], wanted: &[(OsString, Vec<u8>)], program: &str, args: &[&str]) {
    let dir = project();
    ok(what, pipe(dir.path(), program, args, diff));
    for ((name, got), (_, want)) in texts(dir.path()).iter().zip(wanted) {
        assert_eq!(String::from_utf8_lossy(got), String::from_utf8_lossy(want), "{what}: {}", name.display());
    }
}

#[test]
fn patch_and_git_apply_take_every_diff() {
    let wanted = wanted();
    for context in ["0", "1", "3", "10"] {
        let diff = spatch(project().path(), &["-U", context, "src"]);
        if installed("patch") {
            check(
                &format!("patch -U {context}"),
                &diff,
                &wanted,
                "patch",
                &["-p1", "--binary", "--no-backup-if-mismatch", "--fuzz=0"],
            );
        }
        if installed("git") {
            let zero = if context == "0" { "--unidiff-zero" } else { "--whitespace=nowarn" };
            check(
                &format!("git apply -U {context}"),
                &diff,
                &wanted,
                "git",
                &["apply", zero, "--whitespace=nowarn", "-"],
            );
        }
    }
}

#[test]
fn names_are_relative_to_the_prefix() {
    let (dir, wanted) = (project(), wanted());
    let src = dir.path().join("src");
    let absolute = src.display().to_string();
    for prefix in ["src", "./src/", &absolute] {
        let diff = spatch(dir.path(), &["--patch", prefix, "src"]);
        let other = project();
        ok(
            "patch in the prefix",
            pipe(&other.path().join("src"), "git", &["apply", "--whitespace=nowarn", "-"], &diff),
        );
        assert!(texts(other.path()) == wanted, "--patch {prefix}");
    }
}

#[test]
fn tools_that_work_on_diffs_understand_ours() {
    let wanted = wanted();
    let dir = project();
    let diff = spatch(dir.path(), &["src"]);
    if installed("filterdiff") {
        let filtered = ok("filterdiff", pipe(dir.path(), "filterdiff", &["-p1", "-i", "*.c*"], &diff));
        check("filterdiff", &filtered, &wanted, "git", &["apply", "--whitespace=nowarn", "-"]);
        let names = ok("lsdiff", pipe(dir.path(), "lsdiff", &[""; 0], &diff));
        assert_eq!(names.iter().filter(|b| **b == b'\n').count(), wanted.len(), "{}", String::from_utf8_lossy(&names));
    }
    if installed("interdiff") {
        // Names that `interdiff` itself can handle.
        let plain = spatch(dir.path(), &["src/plain.c", "src/label.c", "src/latin1.c"]);
        fs::write(dir.path().join("a.diff"), &plain).expect("written");
        let same = ok("interdiff", pipe(dir.path(), "interdiff", &["-p1", "a.diff", "a.diff"], b""));
        assert_eq!(String::from_utf8_lossy(&same), "");
        fs::write(dir.path().join("none.diff"), "").expect("written");
        let all = ok("interdiff", pipe(dir.path(), "interdiff", &["-p1", "none.diff", "a.diff"], b""));
        assert!(all.windows(12).any(|w| w == b"+\tbar(1, 0);"), "{}", String::from_utf8_lossy(&all));
    }
}

#[test]
fn editors_understand_our_diffs() {
    let wanted = wanted();
    let names = ["plain.c", "crlf.c", "unfinished.c", "a b.c"];
    for name in names {
        let want = wanted.iter().find(|w| w.0 == *name).map(|w| w.1.clone()).expect("it is there");
        let dir = project();
        let path = format!("src/{name}");
        fs::write(dir.path().join("a.diff"), spatch(dir.path(), &[&path])).expect("written");
        if installed("vim") && installed("patch") {
            let open = format!("edit ++bin {}", path.replace(' ', "\\ "));
            let args = [
                "-es",
                "-u",
                "NONE",
                "-i",
                "NONE",
                "-c",
                &open,
                "-c",
                "set nofixeol",
                "-c",
                "diffpatch a.diff",
                "-c",
                "write! new.c",
                "-c",
                "qall!",
            ];
            ok("vim", pipe(dir.path(), "vim", &args, b""));
            assert_eq!(fs::read(dir.path().join("new.c")).expect("vim wrote it"), want, "vim: {name}");
        }
        if installed("emacs") {
            let program = r#"(let ((default-directory (expand-file-name default-directory)) (hunks 0)
                (coding-system-for-read 'raw-text-unix) (coding-system-for-write 'raw-text-unix)
                (mode-require-final-newline nil) (require-final-newline nil))
              (find-file "a.diff") (diff-mode) (goto-char (point-min))
              (condition-case nil (while t (diff-hunk-next) (setq hunks (1+ hunks))
                  (save-excursion (diff-sanity-check-hunk)) (save-excursion (diff-apply-hunk)))
                (error nil))
              (if (= hunks 0) (error "no hunk"))
              (save-some-buffers t))"#;
            ok("emacs", pipe(dir.path(), "emacs", &["-Q", "--batch", "--eval", program], b""));
            assert_eq!(fs::read(dir.path().join(&path)).expect("read"), want, "emacs: {name}");
        }
    }
}

/// The lines of a diff from the first hunk on.
fn from_hunks(diff: &[u8]) -> String {
    let text = String::from_utf8_lossy(diff).into_owned();
    text.find("@@").map_or(String::new(), |at| text[at..].to_owned())
}

#[test]
fn hunks_are_those_of_gnu_diff() {
    if !installed("diff") {
        return;
    }
    let functions = [
        "void f(void)\n{\n\tfoo(1);\n}\n",
        "static const struct a_very_long_name_of_a_type *a_very_long_name_of_a_function(int a,   int b)\n{\n\n\n\n\n\tfoo(1);\n}\n",
        "struct s x = {\n\t.a = 1,\n\t.b = 1,\n\t.c = 1,\n\t.d = foo(1),\n};\n",
        "#define M(x) \\\n\tdo { \\\n\t\ta(); \\\n\t\tb(); \\\n\t\tc(); \\\n\t\tfoo(x); \\\n\t} while (0)\n",
        "int a;\n/*\nWords of a comment\n*/\n static int f(void)\n{\n\ta();\n\tb();\nout:   \n\tc();\n\td();\n\te();\n\tfoo(1);\n}\n",
        "$odd(a)\n{\n\ta();\n\tb();\n\tc();\n\tfoo(1);\n}\n",
        "int f(void)\n{\n\ta();\n\n\tgone();\n\n\tb();\n\tgone();\n\tgone();\n}\n\n\n\nint g(void)\n{\n\there();\n\n\there();\n}\n",
        "int f(void)\r\n{\r\n\ta();\r\n\tb();\r\n\tc();\r\n\tfoo(1);\r\n}\r\n",
    ];
    for (i, text) in functions.iter().enumerate() {
        for context in ["0", "3", "7"] {
            let dir = tempfile::tempdir().expect("a folder");
            fs::write(dir.path().join("r.cocci"), RULE).expect("written");
            fs::write(dir.path().join("old.c"), text).expect("written");
            let ours = spatch(dir.path(), &["-U", context, "old.c"]);
            spatch(dir.path(), &["--no-show-diff", "-o", "new.c", "old.c"]);
            let gnu = pipe(dir.path(), "diff", &["-p", "-U", context, "old.c", "new.c"], b"").stdout;
            assert!(!gnu.is_empty(), "text {i} does not change");
            assert_eq!(from_hunks(&ours), from_hunks(&gnu), "text {i}, context {context}");
        }
    }
}

#[test]
fn a_result_that_is_empty_or_new() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("r.cocci"), "@@\nidentifier f;\n@@\n- f(...) { ... }\n").expect("written");
    let text = "void f(void)\n{\n}\n";
    fs::write(dir.path().join("f.c"), text).expect("written");
    let diff = spatch(dir.path(), &["f.c"]);
    assert_eq!(from_hunks(&diff), "@@ -1,3 +0,0 @@\n-void f(void)\n-{\n-}\n");
    spatch(dir.path(), &["--no-show-diff", "-o", "out.c", "f.c"]);
    assert_eq!(fs::read(dir.path().join("out.c")).expect("written"), b"");
    for (program, args) in [("patch", &["-p1"][..]), ("git", &["apply", "-"])] {
        if installed(program) {
            fs::write(dir.path().join("f.c"), text).expect("written");
            ok(program, pipe(dir.path(), program, args, &diff));
            assert_eq!(fs::read(dir.path().join("f.c")).unwrap_or_default(), b"", "{program}");
        }
    }
}

//! What scripts and rule files can do wrong, and what interrupts do: the run goes on or ends with a message, and leaves nothing behind.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder with two C files and a semantic patch with a script.
struct Scene(tempfile::TempDir);

impl Scene {
    /// `script` runs for each file with `f << r.f`.
    fn new(script: &str) -> Self {
        let scene = Self(tempfile::tempdir().expect("a temporary folder"));
        for name in ["a", "b"] {
            scene.file(&format!("src/{name}.c"), &format!("void {name}(void)\n{{\n\told();\n}}\n"));
        }
        scene.file(
            "r.cocci",
            &format!("@r@\nidentifier f;\n@@\nf(...) {{ ... }}\n\n@script:python@\nf << r.f;\n@@\n{script}\n"),
        );
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().expect("a folder")).expect("a folder");
        std::fs::write(self.path(name), text).expect("writes");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spatch-rs"));
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (String, String, Option<i32>) {
        let Output { stdout, stderr, status } = self.command(arguments).output().expect("runs");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (text(stdout), text(stderr), status.code())
    }

    /// Runs the script on both files.
    fn both(&self, more: &[&str]) -> (String, String, Option<i32>) {
        let mut arguments = vec!["--very-quiet", "--sp-file", "r.cocci", "src"];
        arguments.extend(more);
        self.run(&arguments)
    }
}

/// Whether a process with this word among its arguments is there.
fn lives(word: &str) -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.filter_map(|p| std::fs::read(p.path().join("cmdline")).ok()).any(|line| {
        let mut words = line.split(|b| *b == 0);
        words.any(|w| w == word.as_bytes())
    })
}

/// Waits until something holds, at most some seconds.
fn soon(what: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_script_that_raises_shows_its_traceback_with_lines_of_the_semantic_patch() {
    let scene = Scene::new("import os\nif f == 'a':\n    raise ValueError('no')\nprint(f)");
    let (out, err, code) = scene.both(&[]);
    assert_eq!((out.as_str(), code), ("b\n", Some(0)), "{err}");
    assert!(err.contains("error: src/a.c") && err.contains("r.cocci:11: ValueError: no"), "{err}");
    assert!(err.contains("File \"r.cocci\", line 11"), "{err}");
}

#[test]
fn a_script_that_does_not_compile_names_the_line() {
    let scene = Scene::new("import os\nprint 'x'");
    let (_, err, _) = scene.both(&[]);
    assert!(err.contains("r.cocci:10: SyntaxError"), "{err}");
}

#[test]
fn a_script_that_prints_a_gigabyte_is_stopped() {
    let scene = Scene::new(
        "import os\nfor i in range(1000 if f == 'a' else 1):\n    print('x' * (1000000 if f == 'a' else 1))",
    );
    let (out, err, code) = scene.both(&[]);
    assert!(out.ends_with("x\n") && out.len() < (65 << 20) && code == Some(0), "{} {err}", out.len());
    assert!(err.contains("src/a.c") && err.contains("more than can be held"), "{err}");
}

#[test]
fn a_child_that_a_script_forks_does_not_answer() {
    let scene = Scene::new("import os\nif os.fork() > 0:\n    os.wait()\n    print(f)");
    let (out, err, code) = scene.both(&[]);
    assert_eq!((out.as_str(), code), ("a\nb\n", Some(0)), "{err}");
}

#[test]
fn a_script_that_sleeps_is_ended_with_its_children() {
    let scene = Scene::new("import subprocess\nif f == 'a':\n    subprocess.run(['sleep', '7351'])\nprint(f)");
    let start = Instant::now();
    let (out, err, code) = scene.both(&["--timeout", "3"]);
    assert!(start.elapsed() < Duration::from_secs(60));
    assert_eq!((out.as_str(), code), ("b\n", Some(0)), "{err}");
    assert!(err.contains("src/a.c") && err.contains("longer than 3 second"), "{err}");
    assert!(soon(|| !lives("7351")));
}

#[test]
fn a_script_that_calls_exit_fails_in_its_file_only() {
    let scene = Scene::new("import sys\nif f == 'a':\n    sys.exit(3)\nprint(f)");
    let (out, err, code) = scene.both(&[]);
    assert_eq!((out.as_str(), code), ("b\n", Some(0)), "{err}");
    assert!(err.contains("src/a.c") && err.contains("exit(3)"), "{err}");
}

#[test]
fn a_killed_interpreter_is_started_again() {
    let scene =
        Scene::new("import os, signal\nif f == 'a':\n    os.kill(os.getpid(), signal.SIGKILL)\nprint(f, start)");
    let rule = std::fs::read_to_string(scene.path("r.cocci")).expect("reads");
    scene.file("r.cocci", &format!("@initialize:python@\nword << virtual.word;\n@@\nstart = word\n\n{rule}"));
    let (out, err, code) = scene.both(&["-D", "word=begun"]);
    assert_eq!((out.as_str(), code), ("b begun\n", Some(0)), "{err}");
    assert!(err.contains("src/a.c") && err.contains("interpreter ended"), "{err}");
}

#[test]
fn without_an_interpreter_scripts_that_need_it_say_what_to_install() {
    let scene = Scene::new("import os\nprint(f)");
    let (out, err, code) = scene.both(&["--python", "no-such-python"]);
    assert_eq!((out.as_str(), code), ("", Some(2)));
    assert!(err.contains("no-such-python") && err.contains("install python3"), "{err}");
    scene.file("none/x.c", "int x;\n");
    let (out, err, code) =
        scene.run(&["--very-quiet", "--python", "no-such-python", "--timeout", "9", "--sp-file", "r.cocci", "none"]);
    assert_eq!((out.as_str(), err.as_str(), code), ("", "", Some(0)), "no script was needed");
    let straight = Scene::new("print('found %s' % (f))");
    let (out, err, code) = straight.both(&["--python", "no-such-python"]);
    assert_eq!((out.as_str(), code), ("found a\nfound b\n", Some(0)), "{err}");
}

#[test]
fn an_initialize_script_that_fails_is_named_once_it_is_needed() {
    let scene = Scene::new("show(f)");
    let rule = std::fs::read_to_string(scene.path("r.cocci")).expect("reads");
    scene.file("r.cocci", &format!("@initialize:python@\n@@\ndef show(f):\n    print f\n\n{rule}"));
    let (out, err, code) = scene.both(&[]);
    assert_eq!((out.as_str(), code), ("", Some(2)), "{err}");
    assert!(err.contains("initialize script on line 1 of r.cocci failed: SyntaxError"), "{err}");
    scene.file("empty/none.c", "int x;\n");
    let (out, err, code) = scene.run(&["--very-quiet", "--sp-file", "r.cocci", "empty"]);
    assert_eq!((out.as_str(), err.as_str(), code), ("", "", Some(0)));
}

#[test]
fn scripts_without_state_fail_in_their_file_only() {
    let scene = Scene::new("if f == 'a':\n    while True:\n        pass\nprint(sorted({f, 'c'}))");
    let (out, err, code) = scene.both(&["--timeout", "3", "--jobs", "2"]);
    assert_eq!((out.as_str(), code), ("['b', 'c']\n", Some(0)), "{err}");
    assert!(err.contains("src/a.c") && err.contains("longer than 3 second"), "{err}");
    let scene = Scene::new("while f == 'a':\n    print('x' * 1000000)\nprint(sorted({f, 'c'}))");
    let (out, err, code) = scene.both(&["--jobs", "2"]);
    assert!(out.ends_with("['b', 'c']\n") && code == Some(0), "{err}");
    assert!(err.contains("src/a.c") && err.contains("more than can be held"), "{err}");
}

#[test]
fn scripts_can_be_refused() {
    let (_, err, code) = Scene::new("print(f)").both(&["--no-scripts"]);
    assert!(err.contains("--no-scripts") && code == Some(2), "{err}");
}

#[test]
fn the_output_does_not_depend_on_the_number_of_threads() {
    let scene = Scene::new("import os\ncount = globals().get('count', 0) + 1\nprint(count, f)");
    for i in 0..30 {
        scene.file(&format!("src/n{i:02}.c"), &format!("void n{i:02}(void)\n{{\n\told();\n}}\n"));
    }
    let (one, _, _) = scene.both(&["--jobs", "1"]);
    assert_eq!(one.lines().count(), 32);
    assert_eq!(one.lines().last(), Some("32 n29"));
    for jobs in ["2", "5"] {
        assert_eq!(scene.both(&["--jobs", jobs]).0, one);
    }
}

#[test]
fn a_rule_file_that_is_a_directory_without_rules_is_refused() {
    let scene = Scene::new("print(f)");
    let (_, err, code) = scene.run(&["--sp-file", "src", "src"]);
    assert!(code == Some(2) && err.contains("no .cocci file below"), "{err}");
    std::fs::create_dir(scene.path("x.cocci")).expect("a folder");
    let (_, err, code) = scene.run(&["--sp-file", "x.cocci", "src"]);
    assert!(code == Some(2) && err.contains("x.cocci"), "{err}");
    let (_, err, code) = scene.run(&["check", "x.cocci", "src"]);
    assert!(code == Some(2) && err.contains("x.cocci"), "{err}");
}

/// Sends an interrupt to a running program.
fn interrupt(pid: u32) {
    // The shell's own: not every machine has a program for it.
    let sent = Command::new("sh").args(["-c", &format!("kill -INT {pid}")]).status().expect("a shell is there");
    assert!(sent.success());
}

#[test]
fn an_interrupt_while_a_script_runs_leaves_no_process() {
    let scene = Scene::new("import subprocess\nsubprocess.run(['sleep', '7352'])");
    let mut child = scene.command(&["--sp-file", "r.cocci", "src"]).stderr(Stdio::null()).spawn().expect("runs");
    assert!(soon(|| lives("7352")));
    interrupt(child.id());
    let status = child.wait().expect("ends");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    assert!(soon(|| !lives("7352")));
}

#[test]
fn a_killed_run_leaves_no_process() {
    let scene = Scene::new("import subprocess\nsubprocess.run(['sleep', '7353'])");
    let mut child = scene.command(&["--sp-file", "r.cocci", "src"]).stderr(Stdio::null()).spawn().expect("runs");
    assert!(soon(|| lives("7353")));
    child.kill().expect("can be killed");
    child.wait().expect("ends");
    assert!(soon(|| !lives("7353")));
}

#[test]
fn an_interrupt_while_files_are_written_leaves_whole_files() {
    for suffix in [None, Some(".orig")] {
        interrupted(suffix);
    }
}

/// Interrupts a run that writes 200 files.
fn interrupted(suffix: Option<&str>) {
    let scene = Scene::new("print(f)");
    scene.file("w.cocci", "@@\n@@\n- old();\n+ new();\n");
    let body = "\told();\n".repeat(200);
    let texts: Vec<String> = ["old", "new"].iter().map(|word| body.replace("old", word)).collect();
    for i in 0..200 {
        scene.file(&format!("src/{i:03}.c"), &format!("void n(void)\n{{\n{}}}\n", texts[0]));
    }
    let mut command = scene.command(&["--very-quiet", "--in-place", "--no-show-diff", "--sp-file", "w.cocci", "src"]);
    if let Some(s) = suffix {
        command.args(["--suffix", s]);
    }
    let mut child = command.spawn().expect("runs");
    let is_new = |i: usize| {
        let text = std::fs::read_to_string(scene.path(&format!("src/{i:03}.c"))).expect("reads");
        let whole = |t: &String| text == format!("void n(void)\n{{\n{t}}}\n");
        assert!(texts.iter().any(whole), "{i} is half written");
        whole(&texts[1])
    };
    assert!(soon(|| is_new(3)));
    interrupt(child.id());
    let status = child.wait().expect("ends");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2), "it ended before the interrupt");
    let new = (0..200).filter(|i| is_new(*i)).count();
    assert!((4..200).contains(&new), "{new}");
    let kept = |n: &String| suffix.is_some_and(|s| n.strip_suffix(s).is_some_and(|n| n.ends_with(".c")));
    let found = names(&scene.path("src"));
    let strangers: Vec<&String> = found.iter().filter(|n| !n.ends_with(".c") && !kept(n)).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    if suffix.is_some() {
        // Those of `a.c` and `b.c` too.
        assert!((new..=new + 3).contains(&found.iter().filter(|n| kept(n)).count()), "{new} files, {found:?}");
    }
}

const BIG: usize = 20_000;

/// A folder in which `src/b.c` is larger than what may be written, and a semantic patch without scripts.
fn scene_with_big_file() -> (Scene, String) {
    let scene = Scene::new("print(f)");
    let big = format!("void b(void)\n{{\n{}}}\n", "\told();\n".repeat(BIG));
    scene.file("src/b.c", &big);
    scene.file("src/c.c", "void c(void)\n{\n\told();\n}\n");
    scene.file("w.cocci", "@@\n@@\n- old();\n+ new();\n");
    (scene, big)
}

#[test]
fn a_file_that_cannot_be_written_stays_whole_and_the_others_are_written() {
    for (more, left) in [
        (&["--in-place"][..], &["a.c", "b.c", "c.c"][..]),
        (&["--in-place", "--suffix", ".orig"], &["a.c", "a.c.orig", "b.c", "c.c", "c.c.orig"]),
        (&["--out-place"], &["a.c", "a.c.cocci_res", "b.c", "c.c", "c.c.cocci_res"]),
    ] {
        let (scene, big) = scene_with_big_file();
        let mut command = Command::new("sh");
        command.current_dir(scene.0.path()).args([
            "-c",
            "ulimit -f 64; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_spatch-rs"),
        ]);
        command.args(["--very-quiet", "--no-show-diff", "--sp-file", "w.cocci", "src"]).args(more);
        let output = command.output().expect("runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains("b.c") && said.lines().count() == 1, "{said}");
        let read = |name: &str| std::fs::read_to_string(scene.path(name)).expect("reads");
        assert!(read("src/b.c") == big, "{more:?}");
        let written = if more == ["--out-place"] { "src/c.c.cocci_res" } else { "src/c.c" };
        assert!(read(written).contains("new();"), "{more:?}");
        let mut found = names(&scene.path("src"));
        found.sort();
        assert_eq!(found, left);
    }
}

#[test]
fn a_backup_is_written_with_its_file_or_not_at_all() {
    let scene = Scene::new("print(f)");
    // The backup may be written, the new text is too large.
    scene.file("w.cocci", "@@\n@@\n- old();\n+ very_much_longer_than_it_was_before();\n");
    scene.file("src/b.c", &format!("void b(void)\n{{\n{}}}\n", "\told();\n".repeat(3000)));
    let mut command = Command::new("sh");
    command.current_dir(scene.0.path()).args([
        "-c",
        "ulimit -f 64; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_spatch-rs"),
    ]);
    command.args([
        "--very-quiet",
        "--no-show-diff",
        "--sp-file",
        "w.cocci",
        "--in-place",
        "--suffix",
        ".orig",
        "src/b.c",
    ]);
    let output = command.output().expect("runs");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found = names(&scene.path("src"));
    found.sort();
    assert_eq!(found, ["a.c", "b.c"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let (scene, _) = scene_with_big_file();
    let permit = |name: &str, mode| {
        std::fs::set_permissions(scene.path(name), std::fs::Permissions::from_mode(mode)).expect("sets");
    };
    permit("", 0o755);
    permit("src", 0o555);
    let mut command =
        scene.command(&["--very-quiet", "--no-show-diff", "--in-place", "--sp-file", "w.cocci", "src/c.c"]);
    if std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0) {
        // Folders are no obstacle to the superuser.
        command.uid(65534).gid(65534);
    }
    let output = command.output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    permit("src", 0o755);
    assert!(output.status.code() == Some(2) && said.contains("cannot write in"), "{said}");
    assert!(std::fs::read_to_string(scene.path("src/c.c")).expect("reads").contains("old();"));
    assert_eq!(names(&scene.path("src")).len(), 3);
}

#[test]
fn modes_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new("print(f)");
    scene.file("w.cocci", "@@\n@@\n- old();\n+ new();\n");
    let permit = |name: &str, mode| {
        std::fs::set_permissions(scene.path(name), std::fs::Permissions::from_mode(mode)).expect("sets");
    };
    let mode = |name: &str| std::fs::metadata(scene.path(name)).expect("is there").permissions().mode() & 0o7777;
    permit("src/a.c", 0o640);
    permit("src/b.c", 0o755);
    std::os::unix::fs::symlink("src/b.c", scene.path("link.c")).expect("a link");
    let run = |more: &[&str]| {
        let (_, err, code) = scene.run(&[&["--very-quiet", "--no-show-diff", "--sp-file", "w.cocci"], more].concat());
        assert_eq!((code, err.as_str()), (Some(0), ""));
    };
    run(&["-o", "o.c", "src/a.c"]);
    run(&["--out-place", "src/a.c"]);
    run(&["--in-place", "--suffix", "~", "src/a.c"]);
    run(&["--in-place", "link.c"]);
    for (name, wanted) in
        [("src/a.c", 0o640), ("src/a.c~", 0o640), ("o.c", 0o640), ("src/a.c.cocci_res", 0o640), ("src/b.c", 0o755)]
    {
        assert_eq!(mode(name), wanted, "{name}");
    }
    assert!(std::fs::symlink_metadata(scene.path("link.c")).expect("is there").is_symlink());
    assert!(std::fs::read_to_string(scene.path("src/b.c")).expect("reads").contains("new();"));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.filter_map(|e| e.ok().map(|e| e.file_name().to_string_lossy().into_owned())).collect()
}

//! The set-ups of `docs/editors.md`, run by the editors where they are installed, and by hand where they are not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spatch_tests::{binary, folder, installed};

const RULE: &str = "@@\n@@\n- a();\n+ b();\n";
const OLD: &str = "void f(void)\n{\n\ta();\n\tc();\n}\n";
const NEW: &str = "void f(void)\n{\n\tb();\n\tc();\n}\n";

/// The block of the document that is named.
fn block(name: &str) -> String {
    let path = folder().join("../docs/editors.md");
    let text = std::fs::read_to_string(&path).expect("docs/editors.md");
    let (_, rest) = text.split_once(&format!("file={name}\n")).unwrap_or_else(|| panic!("no block {name}"));
    rest.split_once("```").expect("the block ends").0.to_owned()
}

/// A folder with a rule, a C file and a set-up, and a search path on which the binary comes first.
fn scratch(setup: &str) -> (tempfile::TempDir, std::ffi::OsString) {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("rule.cocci"), RULE).expect("written");
    std::fs::write(dir.path().join("f.c"), OLD).expect("written");
    std::fs::write(dir.path().join(setup), block(setup)).expect("written");
    let mut path = vec![binary().parent().expect("a folder").to_path_buf()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let path = std::env::join_paths(path).expect("a search path");
    (dir, path)
}

fn edit(dir: &Path, path: &std::ffi::OsStr, program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).current_dir(dir).env("PATH", path).stdin(Stdio::null()).output();
    let output = output.expect("the editor starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{program}: {said}");
}

fn read(dir: &Path, name: &str) -> String {
    std::fs::read_to_string(dir.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn vim_shows_and_applies() {
    for program in ["vim", "nvim"].into_iter().filter(|p| installed(p)) {
        let (dir, path) = scratch("spatch.vim");
        let quiet = if program == "vim" { ["-es", "-u"] } else { ["--headless", "-u"] };
        let mut args = quiet.to_vec();
        args.extend(["NONE", "-i", "NONE", "-S", "spatch.vim", "f.c", "-c", "SpatchDiff rule.cocci"]);
        args.extend(["-c", "setlocal buftype= | write! shown.diff | quit!", "-c", "Spatch rule.cocci", "-c", "wq"]);
        edit(dir.path(), &path, program, &args);
        assert!(read(dir.path(), "shown.diff").contains("-\ta();\n+\tb();\n"), "{program}");
        assert_eq!(read(dir.path(), "f.c"), NEW, "{program}");
    }
}

/// A folder in which two rules' findings lie in a file: two tabs before the second, so that columns matter.
fn findings(format: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let rule = "virtual report\n@r@\nposition p;\n@@\ngets@p(...)\n\n@script:python@\np << r.p;\n@@\n\
                coccilib.report.print_report(p, \"ERROR: gets\")\n";
    std::fs::write(dir.path().join("rule.cocci"), rule).expect("written");
    std::fs::create_dir(dir.path().join("d")).expect("a folder");
    let code = "void f(void)\n{\n\tgets(x);\n\tif (y)\n\t\tgets(x);\n}\n";
    std::fs::write(dir.path().join("d/f.c"), code).expect("written");
    let mut command = Command::new(binary());
    let output = command.args(["check", "--format", format, "rule.cocci", "d"]).current_dir(dir.path()).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(dir.path().join("found.txt"), output.stdout).expect("written");
    dir
}

#[test]
fn vim_reads_findings() {
    for program in ["vim", "nvim"].into_iter().filter(|p| installed(p)) {
        let dir = findings("vim");
        let quiet = if program == "vim" { ["-es", "-u"] } else { ["--headless", "-u"] };
        let mut args = quiet.to_vec();
        args.extend(["NONE", "-i", "NONE", "-c", "cfile found.txt"]);
        let list = "call writefile(map(getqflist(), 'bufname(v:val.bufnr).\" \".v:val.lnum.\" \".v:val.col.v:val.text'), 'list')";
        args.extend(["-c", list, "-c", "cnext | call writefile([getline('.')[col('.') - 1 :]], 'there')", "-c", "qa!"]);
        edit(dir.path(), std::ffi::OsStr::new("/usr/local/bin:/usr/bin:/bin"), program, &args);
        assert_eq!(read(dir.path(), "list"), "d/f.c 3 2 ERROR: gets\nd/f.c 5 3 ERROR: gets\n", "{program}");
        assert_eq!(read(dir.path(), "there"), "gets(x);\n", "{program}");
    }
}

#[test]
fn emacs_reads_findings() {
    if !installed("emacs") {
        return;
    }
    let dir = findings("emacs");
    let program = r#"(progn (find-file "found.txt") (insert "what was run\n") (goto-char (point-min)) (compilation-mode)
      (let ((list (current-buffer)) (found ""))
        (dotimes (_ 2) (with-current-buffer list (next-error))
          (with-current-buffer "f.c" (setq found (format "%s%d %s\n" found (line-number-at-pos) (buffer-substring (point) (line-end-position))))))
        (write-region found nil "there")))"#;
    edit(
        dir.path(),
        std::ffi::OsStr::new("/usr/local/bin:/usr/bin:/bin"),
        "emacs",
        &["-Q", "--batch", "--eval", program],
    );
    assert_eq!(read(dir.path(), "there"), "3 gets(x);\n5 gets(x);\n");
}

#[test]
fn jq_reads_findings() {
    if !installed("jq") {
        return;
    }
    let read = |format: &str, filter: &str| {
        let dir = findings(format);
        let output =
            Command::new("jq").args(["-r", filter, "found.txt"]).current_dir(dir.path()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let json = read("json", r#""\(.schema) \(.file):\(.line):\(.column)-\(.column_end) \(.rule) \(.message)""#);
    let start = "spatch-rs/findings/1 d/f.c:";
    assert_eq!(json, format!("{start}3:1-5 rule ERROR: gets\n{start}5:2-6 rule ERROR: gets\n"));
    let sarif = read(
        "sarif",
        r#".runs[] | .tool.driver.rules[0].id, (.results[] | "\(.ruleId) \(.locations[0].physicalLocation | .artifactLocation.uri, .region)")"#,
    );
    assert_eq!(sarif.lines().next(), Some("rule"), "{sarif}");
    assert!(sarif.contains(r#"{"endColumn":7,"startColumn":3,"startLine":5}"#), "{sarif}");
}

#[test]
fn emacs_shows_and_applies() {
    if !installed("emacs") {
        return;
    }
    let (dir, path) = scratch("spatch.el");
    let program = r#"(progn (load (expand-file-name "spatch.el")) (find-file "f.c") (goto-char (point-max))
      (spatch-diff "rule.cocci") (write-region nil nil "shown.diff") (set-buffer (get-file-buffer "f.c"))
      (spatch-apply "rule.cocci") (unless (= (point) (point-max)) (error "point moved")) (save-buffer))"#;
    edit(dir.path(), &path, "emacs", &["-Q", "--batch", "--eval", program]);
    assert!(read(dir.path(), "shown.diff").contains("-\ta();\n+\tb();\n"));
    assert_eq!(read(dir.path(), "f.c"), NEW);
}

#[test]
fn tasks_of_vs_code_do_what_they_say() {
    let (dir, path) = scratch("tasks.json");
    let text = read(dir.path(), "tasks.json");
    let commands: Vec<String> = text
        .lines()
        .filter_map(|l| l.trim().strip_prefix("\"command\": \"")?.strip_suffix("\",").map(str::to_owned))
        .collect();
    assert_eq!(commands.len(), 2);
    std::fs::create_dir(dir.path().join(".vscode")).expect("a folder");
    let file: PathBuf = dir.path().join("f.c");
    for command in commands {
        let command = command.replace("${input:rule}", "rule.cocci").replace("${file}", &file.display().to_string());
        // Opening the diff needs the editor.
        let command = command.split(" && code").next().unwrap_or_default().to_owned();
        edit(dir.path(), &path, "sh", &["-c", &command]);
    }
    assert!(read(dir.path(), ".vscode/spatch.diff").contains("-\ta();\n+\tb();\n"));
    assert_eq!(read(dir.path(), "f.c"), NEW);
}

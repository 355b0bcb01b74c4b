//! Runs over many files: any number of threads, shards, limits.

use std::fs;
use std::process::Command;

use spatch_tests::project::{project, words, write};
use spatch_tests::{Run, run};

/// The project with rules that have scripts, with and without state.
fn with_scripts() -> tempfile::TempDir {
    let dir = project();
    let script = "@r@\nposition p;\n@@\nold@p(...)\n@script:python@\np << r.p;\n@@\nn = globals().get('n', 0) + len(p[0].file)\nprint(n, p[0].file, p[0].line)\n";
    write(dir.path(), "state/3.cocci", script);
    let script = "@initialize:python@\n@@\nimport re\nword = re.compile('[a-z]+')\n\n@r@\nposition p;\nexpression e;\n@@\nold@p(e, ...)\n\n\
                  @script:python@\np << r.p;\ne << r.e;\n@@\nprint(p[0].file, p[0].line, word.findall(str(e)), {'x', 'y', p[0].line})\n";
    write(dir.path(), "clean/4.cocci", script);
    dir
}

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|o| o.status.success())
}

#[test]
fn output_does_not_depend_on_the_number_of_threads() {
    let dir = with_scripts();
    let mut lines = vec!["--sp-file rules src"];
    if has_python() {
        lines.push("--sp-file rules --sp-file state src");
        lines.push("--sp-file rules --sp-file clean src");
        lines.push("--sp-file clean --sp-file state --sp-file rules src --timeout 100");
    }
    for line in lines {
        let one = run(dir.path(), &words(&format!("{line} -j 1")));
        assert_eq!(one.stdout.contains("src/1/f1.c 3 ['a']"), line.contains("clean"), "{line}: {}", one.stdout);
        assert_eq!(one.stdout.matches("diff -u").count(), 80, "{line}: {}", one.stderr);
        for jobs in ["2", "3", "8"] {
            let many = run(dir.path(), &words(&format!("{line} -j {jobs}")));
            assert_eq!(
                (many.status, &many.stdout, &many.stderr),
                (one.status, &one.stdout, &one.stderr),
                "{line} -j {jobs}"
            );
        }
    }
}

#[test]
fn in_place_applies_semantic_patches_one_after_the_other() {
    let dir = tempfile::tempdir().expect("a folder is made");
    write(dir.path(), "a.cocci", "@@\n@@\n- one();\n+ two();\n");
    write(dir.path(), "b.cocci", "@@\n@@\n- two();\n+ three();\n");
    write(dir.path(), "d/f.c", "void f(void)\n{\n\tone();\n\ttwo();\n}\n");
    let shown = run(dir.path(), &words("--sp-file a.cocci --sp-file b.cocci d"));
    assert_eq!(shown.stdout.matches("# rule: a.cocci\n").count(), 1, "{}", shown.stdout);
    assert_eq!(shown.stdout.matches("# rule: b.cocci\n").count(), 1, "{}", shown.stdout);
    assert_eq!(shown.stdout.matches("\n-\ttwo();\n").count(), 1, "each is against the original: {}", shown.stdout);
    let written = run(dir.path(), &words("--sp-file a.cocci --sp-file b.cocci --in-place d"));
    assert_eq!(written.status, Some(0), "{}", written.stderr);
    let text = fs::read_to_string(dir.path().join("d/f.c")).expect("the file is there");
    assert_eq!(text, "void f(void)\n{\n\tthree();\n\tthree();\n}\n");
}

#[test]
fn shards_are_the_whole() {
    let dir = project();
    let whole = run(dir.path(), &words("--sp-file rules/1.cocci src"));
    let mut parts: Vec<String> = Vec::new();
    for index in 0..3 {
        let shard = run(dir.path(), &words(&format!("--sp-file rules/1.cocci src --index {index} --max 3")));
        parts.extend(shard.stdout.split("diff -u").skip(1).map(str::to_owned));
    }
    let mut all: Vec<String> = whole.stdout.split("diff -u").skip(1).map(str::to_owned).collect();
    assert_eq!(parts.len(), 40);
    parts.sort();
    all.sort();
    assert_eq!(parts, all);
    write(dir.path(), "kinds/4.cocci", "virtual patch\n@depends on patch@\nexpression E;\n@@\n- old(E, 1)\n+ new(E)\n");
    let report = run(dir.path(), &words("check --mode patch kinds/4.cocci src --index 0 --max 3"));
    assert_eq!(report.stdout.matches("diff -u").count(), 14, "{}", report.stderr);
}

#[test]
fn limits_are_named_at_the_end() {
    let dir = tempfile::tempdir().expect("a folder is made");
    write(dir.path(), "r.cocci", "@@\nexpression E;\n@@\n  a(E);\n  ... when != E\n- b(E);\n");
    let body = "\ta(x);\n\tif (y)\n\t\tc();\n\tb(x);\n".repeat(40);
    write(dir.path(), "d/f.c", &format!("void f(void)\n{{\n{body}}}\n"));
    write(dir.path(), "d/g.c", "void g(void)\n{\n\ta(x);\n\tb(x);\n}\n");
    let given_up = |r: &Run| r.stderr.contains("given up: 1\n  d/f.c");
    let free = run(dir.path(), &words("--sp-file r.cocci d --error-on-give-up"));
    assert!(free.status == Some(0) && !given_up(&free) && free.stdout.contains("d/f.c"), "{}", free.stderr);
    for limit in ["--max-steps 300", "--max-memory 0"] {
        let bound = run(dir.path(), &words(&format!("--sp-file r.cocci d {limit}")));
        assert_eq!(bound.status, Some(0), "{limit}");
        assert!(bound.stderr.contains(limit.split(' ').next().unwrap_or_default()), "{limit}: {}", bound.stderr);
        let strict = run(dir.path(), &words(&format!("--sp-file r.cocci d {limit} --error-on-give-up")));
        assert_eq!(strict.status, Some(2), "{limit}");
    }
    let steps = run(dir.path(), &words("--sp-file r.cocci d --max-steps 300"));
    assert!(given_up(&steps) && steps.stdout.contains("d/g.c"), "{}{}", steps.stderr, steps.stdout);
}

#[test]
fn rules_whose_matches_nobody_looks_at_do_not_run() {
    let dir = tempfile::tempdir().expect("a folder is made");
    let rule = "@r@\nexpression E;\nposition p;\n@@\n  a(E);\n  ... when != E\n* b@p(E);\n";
    let script = |language: &str| format!("{rule}\n@script:{language}@\np << r.p;\n@@\nprint(\"found\")\n");
    write(dir.path(), "star.cocci", rule);
    write(dir.path(), "ocaml.cocci", &script("ocaml"));
    write(dir.path(), "python.cocci", &script("python"));
    let body = "\ta(x);\n\tif (y)\n\t\tc();\n\tb(x);\n".repeat(40);
    write(dir.path(), "d/f.c", &format!("void f(void)\n{{\n{body}}}\n"));
    // A rule that runs is given up after so few steps.
    let status = |line: &str| run(dir.path(), &words(&format!("{line} d --max-steps 1 --error-on-give-up"))).status;
    assert_eq!(status("--sp-file star.cocci"), Some(2));
    assert_eq!(status("--sp-file star.cocci --no-show-diff --check"), Some(2));
    assert_eq!(status("--sp-file star.cocci --no-show-diff"), Some(0));
    assert_eq!(status("--sp-file ocaml.cocci --no-show-diff"), Some(0));
    assert_eq!(status("--sp-file python.cocci --no-show-diff"), Some(2));
}

#[test]
fn ignored_linked_and_unreadable_files() {
    let dir = tempfile::tempdir().expect("a folder is made");
    write(dir.path(), "r.cocci", "@@\n@@\n- one();\n+ two();\n");
    let code = "void f(void)\n{\n\tone();\n}\n";
    write(dir.path(), "d/a.c", code);
    write(dir.path(), "d/gen/b.c", code);
    write(dir.path(), "d/.gitignore", "gen/\n");
    let all = run(dir.path(), &words("--sp-file r.cocci d"));
    assert_eq!(all.stdout.matches("diff -u").count(), 2);
    let kept = run(dir.path(), &words("--sp-file r.cocci d --respect-gitignore"));
    assert_eq!(kept.stdout.matches("diff -u").count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("..", dir.path().join("d/gen/up")).expect("a link is made");
        symlink("../a.c", dir.path().join("d/gen/c.c")).expect("a link is made");
        symlink("nowhere.c", dir.path().join("d/gen/gone.c")).expect("a link is made");
        let linked = run(dir.path(), &words("--sp-file r.cocci d"));
        assert_eq!(linked.stdout.matches("diff -u").count(), 3, "{}", linked.stdout);
        assert!(linked.stderr.contains("gone.c"), "{}", linked.stderr);
        assert_eq!(linked.status, Some(2));
    }
}

#[test]
fn profile_names_stages_rules_and_files() {
    let dir = project();
    let run = run(dir.path(), &words("--sp-file rules src --profile"));
    for word in ["parse", "match", "rewrite", "diff", "rules/1.cocci", "rules/2.cocci", "slowest files", "src/"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}

#[test]
fn only_changed_lines_count_with_a_revision() {
    let dir = tempfile::tempdir().expect("a folder is made");
    let git = |line: &str| {
        let identity = ["-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false"];
        Command::new("git").args(identity).args(line.split(' ')).current_dir(dir.path()).output()
    };
    if git("init -q").is_err() {
        println!("git: NOT RUN (not installed)");
        return;
    }
    let report = "@r depends on report || org@\nposition p;\n@@\nold@p(...)\n\n@script:python depends on report@\np << r.p;\n@@\n\
                  coccilib.report.print_report(p, \"old\")\n\n@depends on context@\n@@\n* old(...);\n";
    let patch = "@depends on patch@\n@@\n- old(1);\n- old(2);\n+ new(1, 2);\n";
    write(dir.path(), "r.cocci", &format!("virtual report, org, context, patch\n\n{report}\n{patch}"));
    write(dir.path(), "a.c", "void f(void)\n{\n\told(1);\n\told(2);\n}\n\nvoid g(void)\n{\n\told(1);\n\told(3);\n}\n");
    write(dir.path(), "b.c", "void f(void)\n{\n\told(1);\n\told(2);\n}\n");
    for line in ["add .", "commit -q -m one"] {
        let done = git(line).expect("git runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    write(dir.path(), "a.c", "void f(void)\n{\n\told(1);\n\told(2);\n}\n\nvoid g(void)\n{\n\told(1);\n\told(2);\n}\n");
    write(dir.path(), "c.c", "void f(void)\n{\n\told(1);\n\told(2);\n}\n");
    let of = |mode: &str| run(dir.path(), &words(&format!("check --mode {mode} --diff-base HEAD r.cocci a.c b.c c.c")));
    let found = of("report");
    assert_eq!(found.stdout, "a.c:10:1-4: old\nc.c:3:1-4: old\nc.c:4:1-4: old\n", "{}", found.stderr);
    let marked = of("context");
    let lines: Vec<&str> = marked.stdout.lines().filter(|l| l.starts_with(['-', '@'])).collect();
    assert_eq!(
        lines,
        [
            "--- a/a.c",
            "@@ -7,5 +7,4 @@ void f(void)",
            "-\told(2);",
            "--- a/c.c",
            "@@ -1,5 +1,3 @@",
            "-\told(1);",
            "-\told(2);"
        ],
        "{}{}",
        marked.stdout,
        marked.stderr
    );
    let changed = of("patch");
    assert_eq!(changed.stdout.matches("+\tnew(1, 2);").count(), 2, "{}{}", changed.stdout, changed.stderr);
    assert!(changed.stdout.contains("void g(void)") && !changed.stdout.contains("b.c"), "{}", changed.stdout);
}

/// The lines that a star rule marks.
fn marked(dir: &std::path::Path, rule: &str) -> String {
    write(dir, "star.cocci", rule);
    let shown = run(dir, &words("--sp-file star.cocci star.c")).stdout;
    shown.lines().filter(|l| l.starts_with('-') && !l.starts_with("---")).collect::<Vec<_>>().join("|")
}

#[test]
fn stars_mark_the_lines_of_what_they_stand_on() {
    let dir = tempfile::tempdir().expect("a folder is made");
    write(dir.path(), "star.c", "static int\nf(int a)\n{\n\tif (a) {\n\t\tb();\n\t}\n\tc(a,\n\t  b);\n}\n");
    for (rule, lines) in [
        ("@@ @@\n* f(...) { ... }\n", "-static int|-f(int a)|-{|-\tif (a) {|-\t\tb();|-\t}|-\tc(a,|-\t  b);|-}"),
        ("@@ @@\n* f(...)\n  { ... }\n", "-f(int a)"),
        ("@@ @@\n  f(...)\n  {\n  ...\n* }\n", "-}"),
        ("@@ @@\n* if (...)\n  { ... }\n", "-\tif (a) {"),
        ("@@ @@\n  if (...)\n* { ... }\n", "-\tif (a) {|-\t\tb();|-\t}"),
        ("@@ expression e; @@\n  c(\n* e,\n  b)\n", "-\tc(a,"),
        ("@@ expression e; @@\n  c(e,\n* b\n  )\n", "-\t  b);"),
        ("@@ @@\n* c(...)\n", "-\tc(a,|-\t  b);"),
    ] {
        assert_eq!(marked(dir.path(), rule), lines, "{rule}");
    }
}

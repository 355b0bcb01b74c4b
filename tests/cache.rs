//! The cache of results: never stale, used where it can be, within its bound, and no harm where it cannot be written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use spatch_tests::project::{project, words, write};
use spatch_tests::{binary, run};

/// Each row changes one thing that a result depends on, and the result has to follow.
#[test]
fn a_cached_result_is_never_stale() {
    let dir = tempfile::tempdir().expect("a folder is made");
    let d = dir.path();
    let (rule, part) =
        ("#include \"part.cocci\"\n@@\nstruct s *E;\n@@\n- old(E)\n+ new(E)\n", "@@\n@@\n- x();\n+ y();\n");
    write(d, "r.cocci", rule);
    write(d, "part.cocci", part);
    write(d, "src/a.h", "struct s *get(void);\n");
    write(d, "src/a.c", "#include \"a.h\"\nvoid f(void)\n{\n\tx();\n\told(get());\n}\n");
    let line = "--sp-file r.cocci src --cache cache";
    let count = || entries(&d.join("cache")).len();
    let first = run(d, &words(line));
    assert!(
        first.stdout.contains("+\tnew(get());") && first.stdout.contains("+\ty();"),
        "{}{}",
        first.stdout,
        first.stderr
    );
    assert_eq!(count(), 1);
    let again = run(d, &words(line));
    assert_eq!((&again.stdout, count()), (&first.stdout, 1));

    // What is not whole, or not what was written, is no result.
    let path = entries(&d.join("cache")).pop().expect("there is an entry");
    let bytes = fs::read(&path).expect("it can be read");
    let at = bytes.windows(3).position(|w| w == b"new").expect("it holds the diff");
    let mut forged = bytes.clone();
    forged[at..at + 3].copy_from_slice(b"NEW");
    for bad in [&forged[..], b"rubbish", b"", &bytes[..bytes.len() - 1], &bytes[..40]] {
        fs::write(&path, bad).expect("it can be written");
        assert_eq!(run(d, &words(line)).stdout, first.stdout);
        assert_eq!(fs::read(&path).expect("it can be read"), bytes, "it is written anew");
    }

    write(d, "src/a.h", "struct t *get(void);\n");
    assert!(!run(d, &words(line)).stdout.contains("new(get())"), "the header changed");
    fs::remove_file(d.join("src/a.h")).expect("it can be removed");
    assert!(!run(d, &words(line)).stdout.contains("new(get())"), "the header is gone");
    write(d, "src/a.h", "struct s *get(void);\n");
    assert_eq!(run(d, &words(line)).stdout, first.stdout, "the header is back");

    write(d, "r.cocci", &rule.replace("new", "newer"));
    assert!(run(d, &words(line)).stdout.contains("newer(get())"), "the rule changed");
    write(d, "r.cocci", rule);
    write(d, "part.cocci", &part.replace("y()", "z()"));
    assert!(run(d, &words(line)).stdout.contains("+\tz();"), "an included rule changed");
    write(d, "part.cocci", part);
    let plain = run(d, &words(&format!("{line} --no-includes")));
    assert!(!plain.stdout.contains("new(get())"), "the options changed: {}", plain.stdout);
    write(d, "src/a.c", "#include \"a.h\"\nvoid f(void)\n{\n\told(get());\n}\n");
    assert!(!run(d, &words(line)).stdout.contains("y()"), "the file changed");

    // Another build of the program: the same with a byte more.
    let mut program = fs::read(binary()).expect("the program can be read");
    program.push(0);
    let other = d.join("other");
    fs::write(&other, program).expect("it can be written");
    fs::set_permissions(&other, fs::metadata(binary()).expect("it is there").permissions()).expect("it can be run");
    let before = count();
    let ran = Command::new(&other).current_dir(d).args(words(line)).output().expect("it runs");
    assert!(ran.status.success());
    assert_eq!(count(), before + 1, "the version changed");
}

/// The rules of a run whose work the profile shows, by name.
fn worked(dir: &Path, line: &str) -> Vec<String> {
    let run = run(dir, &words(&format!("{line} --profile")));
    let rules = run.stderr.lines().filter_map(|l| l.split_whitespace().find(|w| w.ends_with(".cocci")));
    let mut rules: Vec<String> = rules.map(str::to_owned).collect();
    rules.sort();
    rules
}

#[test]
fn a_rule_that_joins_a_run_costs_its_own_work_only() {
    let dir = project();
    let d = dir.path();
    let line = "--sp-file rules src --cache cache";
    let bare = |line: &str| run(d, &words(line)).stdout;
    assert_eq!(worked(d, line), ["rules/1.cocci", "rules/2.cocci"]);
    assert!(worked(d, line).is_empty(), "all is known");
    write(d, "rules/3.cocci", "@@\n@@\n- old(a, 1);\n");
    assert_eq!(worked(d, line), ["rules/3.cocci"]);
    assert_eq!(bare(line), bare("--sp-file rules src"));
    // Each still is known where the others are not asked for, but for the lines that name rules in runs of several.
    assert!(worked(d, "--sp-file rules/3.cocci --sp-file rules/1.cocci src --cache cache").is_empty());
    assert_eq!(
        bare("--sp-file rules/3.cocci --sp-file rules/1.cocci src --cache cache"),
        bare("--sp-file rules/3.cocci --sp-file rules/1.cocci src")
    );
    assert_eq!(bare("--sp-file rules/1.cocci src --cache cache"), bare("--sp-file rules/1.cocci src"));
    // A rule that says how names are read concerns all of the run.
    write(d, "rules/4.cocci", "@@\ntypedef foo_t;\nfoo_t E;\n@@\n- drop(E);\n");
    assert_eq!(worked(d, line), ["rules/1.cocci", "rules/2.cocci", "rules/3.cocci"]);
    assert_eq!(bare(line), bare("--sp-file rules src"));
    fs::remove_file(d.join("rules/4.cocci")).expect("it can be removed");
    assert!(worked(d, line).is_empty(), "what was known before still is");
}

#[test]
fn rules_that_see_what_others_made_have_results_together() {
    let dir = project();
    let d = dir.path();
    write(d, "rules/3.cocci", "@@\nexpression E;\n@@\n- new(E)\n+ newer(E)\n");
    let line = "--sp-file rules --in-place --cache cache src/1/f1.c";
    let text = fs::read(d.join("src/1/f1.c")).expect("it is there");
    assert_eq!(run(d, &words(line)).status, Some(0));
    let made = fs::read_to_string(d.join("src/1/f1.c")).expect("it is there");
    assert!(made.contains("newer(a);") && made.contains("long a"), "{made}");
    for change in ["", "- old(E, 1)\n+ newest(E)\n"] {
        if !change.is_empty() {
            write(d, "rules/1.cocci", &format!("@@\nexpression E;\n@@\n{change}"));
        }
        fs::write(d.join("src/1/f1.c"), &text).expect("it can be written");
        assert_eq!(run(d, &words(line)).status, Some(0));
        let again = fs::read_to_string(d.join("src/1/f1.c")).expect("it is there");
        let wanted = if change.is_empty() { made.clone() } else { made.replace("newer", "newest") };
        assert_eq!(again, wanted);
    }
}

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|o| o.status.success())
}

#[test]
fn results_of_scripts_that_keep_state_are_not_cached() {
    if !has_python() {
        return;
    }
    let dir = project();
    let script = "@r@\nposition p;\n@@\nold@p(...)\n@script:python@\np << r.p;\n@@\nn = globals().get('n', 0) + len(p[0].file)\nprint(n, p[0].file, p[0].line)\n";
    write(dir.path(), "state/3.cocci", script);
    let script = "@initialize:python@\n@@\nimport re\nword = re.compile('[a-z]+')\n\n@r@\nposition p;\nexpression e;\n@@\nold@p(e, ...)\n\n\
                  @script:python@\np << r.p;\ne << r.e;\n@@\nprint(p[0].file, p[0].line, word.findall(str(e)), {'x', 'y', p[0].line})\n";
    write(dir.path(), "clean/4.cocci", script);
    let line = "--sp-file state src --cache cache";
    let first = run(dir.path(), &words(line));
    assert!(first.stdout.contains("src/0/f0.c"), "{}{}", first.stdout, first.stderr);
    assert_eq!(run(dir.path(), &words(line)).stdout, first.stdout);
    assert_eq!(entries(&dir.path().join("cache")).len(), 0);
    let line = "--sp-file clean src --cache cache";
    let first = run(dir.path(), &words(line));
    assert!(first.stdout.contains("src/0/f0.c"), "{}{}", first.stdout, first.stderr);
    assert_eq!(entries(&dir.path().join("cache")).len(), 40);
    assert_eq!(run(dir.path(), &words(line)).stdout, first.stdout);
    // Beside a rule whose results are not kept, those of others are.
    let line = "--sp-file clean --sp-file state --sp-file rules src --cache cache";
    let first = run(dir.path(), &words(line));
    let mut again = worked(dir.path(), line);
    assert_eq!(again.pop().as_deref(), Some("state/3.cocci"));
    assert!(again.is_empty(), "{again:?}");
    assert_eq!(run(dir.path(), &words(line)).stdout, first.stdout);
}

#[test]
fn two_runs_at_once_share_a_cache() {
    let dir = project();
    let d = dir.path();
    for rules in ["rules", "rules/1.cocci"] {
        let line = words(&format!("--sp-file {rules} src -j 2 --cache cache --cache-size 1"));
        let wanted = run(d, &words(&format!("--sp-file {rules} src"))).stdout;
        for _ in 0..3 {
            let start = || {
                let mut command = Command::new(binary());
                command.current_dir(d).args(&line).stdout(Stdio::piped()).stderr(Stdio::null());
                command.spawn().expect("it starts")
            };
            for run in [start(), start(), start()] {
                let output = run.wait_with_output().expect("it ends");
                assert!(output.status.success());
                assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
            }
        }
    }
}

#[test]
fn what_is_used_stays_and_what_is_not_goes() {
    let dir = tempfile::tempdir().expect("a folder is made");
    let d = dir.path();
    write(d, "r.cocci", "@@\n@@\n- old();\n+ new();\n");
    let file = |i: u32| write(d, &format!("src/{i:03}.c"), &format!("void f{i}(void)\n{{\n\told();\n}}\n"));
    file(0);
    write(d, "other/1.c", "void g(void)\n{\n\told();\n}\n");
    let long_ago = SystemTime::now() - Duration::from_secs(1_000_000);
    for folder in ["src", "other"] {
        assert!(run(d, &words(&format!("--sp-file r.cocci {folder} --cache cache"))).stdout.contains("new();"));
    }
    for path in entries(&d.join("cache")) {
        let file = fs::File::options().write(true).open(path).expect("it is there");
        file.set_modified(long_ago).expect("it has a time");
    }
    // It is read, not written, and its use noted.
    let before = entries(&d.join("cache"));
    assert!(run(d, &words("--sp-file r.cocci src/000.c --cache cache")).stdout.contains("new();"));
    let used = |p: &PathBuf| fs::metadata(p).is_ok_and(|m| m.modified().is_ok_and(|t| t > long_ago));
    assert_eq!(before.iter().filter(|p| used(p)).count(), 1);
    (1..300).for_each(file);
    // 300 entries of a block each are more than a MiB.
    let first = run(d, &words("--sp-file r.cocci src --cache cache --cache-size 1"));
    assert_eq!(first.stdout.matches("+\tnew();").count(), 300);
    let left = entries(&d.join("cache"));
    assert!((200..=256).contains(&left.len()), "{}", left.len());
    assert_eq!(before.iter().filter(|p| left.contains(p)).count(), 1, "the one that was not used went first");
    assert_eq!(run(d, &words("--sp-file r.cocci src --cache cache --cache-size 0")).stdout, first.stdout);
    assert_eq!(entries(&d.join("cache")).len(), 300, "there is no bound");
}

#[cfg(unix)]
#[test]
fn a_cache_that_cannot_be_written_harms_nobody() {
    let dir = project();
    let d = dir.path();
    let wanted = run(d, &words("--sp-file rules src")).stdout;
    // Writing beyond the limit of a file's size fails as on a full disk.
    let full = format!("trap '' XFSZ; ulimit -f 0; exec '{}' --sp-file rules src --cache cache", binary().display());
    let output = Command::new("sh").args(["-c", &full]).current_dir(d).output().expect("there is a shell");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
    assert!(entries(&d.join("cache")).is_empty(), "no pieces are left");
    let after = run(d, &words("--sp-file rules src --cache cache"));
    assert_eq!((after.stdout, entries(&d.join("cache")).len()), (wanted, 40));
}

/// All files below a folder.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(list) = fs::read_dir(dir) else { return Vec::new() };
    list.flatten().flat_map(|e| if e.path().is_dir() { entries(&e.path()) } else { vec![e.path()] }).collect()
}

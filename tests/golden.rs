//! Golden cases: a rule, a file, and what it becomes.

use std::collections::BTreeSet;
use std::path::Path;

use spatch_tests::{files, folder, laws, run, settle};

#[test]
fn golden() {
    // By any of its files, so that a case that lacks one fails.
    let parts = ["patch.cocci", "input.c", "expected.c"].map(|part| files(&folder().join("golden"), part));
    let cases: BTreeSet<&Path> = parts.iter().flatten().filter_map(|part| part.parent()).collect();
    let failures: Vec<String> = cases.iter().filter_map(|dir| case(dir).err()).collect();
    settle("golden", cases.len(), &failures);
}

/// `args` holds further arguments; `idempotent` (an empty file) says that applying the rule twice is applying it once.
fn case(dir: &Path) -> Result<(), String> {
    let name = dir.strip_prefix(folder()).unwrap_or(dir).display().to_string();
    let read = |file: &str| std::fs::read(dir.join(file)).map_err(|e| format!("{name}: {file}: {e}"));
    let (input, expected) = (read("input.c")?, read("expected.c")?);
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    let work = |file: &str| scratch.path().join(file);
    std::fs::copy(dir.join("patch.cocci"), work("patch.cocci")).map_err(|e| e.to_string())?;
    std::fs::write(work("input.c"), &input).map_err(|e| e.to_string())?;
    let mut args: Vec<String> = ["--sp-file", "patch.cocci", "--in-place", "--no-show-diff", "--very-quiet", "input.c"]
        .map(String::from)
        .into();
    args.extend(
        read("args")
            .map(|a| String::from_utf8_lossy(&a).split_whitespace().map(String::from).collect())
            .unwrap_or_else(|_| Vec::new()),
    );
    laws::no_new_error(&input, &expected).map_err(|e| format!("{name}: {e}"))?;
    let mut diff_args = args.clone();
    diff_args.retain(|a| a != "--in-place" && a != "--no-show-diff");
    diff_args.push("--show-edits".to_owned());
    let diff = run(scratch.path(), &diff_args).stdout;
    let origins = laws::origins(diff.as_bytes(), |_| input.len());
    let origin = origins.first().map(|(_, origin)| origin);
    laws::changed_lines(&input, &expected, origin).map_err(|e| format!("{name}: {e}"))?;
    if !diff.is_empty() {
        laws::git_applies(scratch.path(), diff.as_bytes()).map_err(|e| format!("{name}: {e}"))?;
    }
    let rounds = if dir.join("idempotent").exists() { 2 } else { 1 };
    for round in 1..=rounds {
        let ran = run(scratch.path(), &args);
        let got = std::fs::read(work("input.c")).map_err(|e| e.to_string())?;
        if got != expected || ran.status != Some(0) {
            let (got, want) = (String::from_utf8_lossy(&got), String::from_utf8_lossy(&expected));
            return Err(format!(
                "{name} (round {round}), status {:?}\n--- expected\n{want}--- got\n{got}--- messages\n{}",
                ran.status, ran.stderr
            ));
        }
    }
    Ok(())
}

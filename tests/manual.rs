//! The executable manual: what it says about a feature is what happens.
//!
//! In a section, a `cocci` block is a rule, and each `diff` block after it a whole file with what the rule changes: lines that start
//! with a blank or `-` are the file, those with a blank or `+` the result. An `output` block after a `diff` block is what is printed
//! beside the diff. Words after `cocci` are further arguments. A `file NAME` block is a file beside the rules of its section.

use spatch_tests::markdown::{Block, Section, sections};
use spatch_tests::{files, folder, hunks, run, settle};

#[test]
fn manual() {
    let (mut ran, mut failures) = (0, Vec::new());
    for page in files(&folder().join("manual"), ".md") {
        let text = std::fs::read_to_string(&page).expect("a page can be read");
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for section in sections(&text) {
            let (n, failed) = check(&name, &section);
            ran += n;
            failures.extend(failed);
        }
    }
    settle("manual", ran, &failures);
}

fn check(page: &str, section: &Section) -> (usize, Vec<String>) {
    let (mut ran, mut failures) = (0, Vec::new());
    let mut rule: Option<&Block> = None;
    let beside: Vec<&Block> = section.blocks.iter().filter(|b| b.language == "file").collect();
    let mut blocks = section.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        match (block.language.as_str(), rule) {
            ("cocci", _) => rule = Some(block),
            ("diff", Some(rule)) => {
                let output = blocks.next_if(|b| b.language == "output");
                ran += 1;
                if let Err(e) = effect(rule, block, output, &beside) {
                    failures.push(format!("{page}:{} {}\n{e}", block.line, section.title));
                }
            }
            ("diff", None) => failures.push(format!("{page}:{} a change without a rule", block.line)),
            _ => {}
        }
    }
    (ran, failures)
}

fn effect(rule: &Block, change: &Block, output: Option<&Block>, beside: &[&Block]) -> Result<(), String> {
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    let mut input = String::new();
    for line in change.text.lines() {
        // Editors drop the blank of an empty line.
        if let Some(line) = line.strip_prefix([' ', '-']).or_else(|| line.is_empty().then_some("")) {
            input.push_str(line);
            input.push('\n');
        }
    }
    for file in beside {
        let name = file.words.first().ok_or("a file without a name")?;
        std::fs::write(scratch.path().join(name), &file.text).map_err(|e| e.to_string())?;
    }
    std::fs::write(scratch.path().join("rule.cocci"), &rule.text).map_err(|e| e.to_string())?;
    std::fs::write(scratch.path().join("file.c"), input).map_err(|e| e.to_string())?;
    let mut args: Vec<String> =
        ["--sp-file", "rule.cocci", "file.c", "-U", "100000", "--very-quiet"].map(String::from).into();
    args.extend(rule.words.iter().cloned());
    let ran = run(scratch.path(), &args);
    let got = normal(&hunks(&ran.stdout));
    let changes = change.text.lines().any(|l| l.starts_with(['+', '-']));
    let want = if changes { normal(&change.text) } else { String::new() };
    let mut problem = String::new();
    if got != want {
        problem += &format!("--- expected\n{want}--- got\n{got}");
    }
    if ran.status != Some(0) {
        problem += &format!("--- status {:?}\n", ran.status);
    }
    let printed = ran.stdout.split("--- ").next().unwrap_or_default();
    if let Some(output) = output.filter(|o| o.text != printed) {
        problem += &format!("--- output expected\n{}--- output\n{printed}", output.text);
    }
    if problem.is_empty() { Ok(()) } else { Err(format!("{problem}--- messages\n{}", ran.stderr)) }
}

/// Lines without blanks at their ends; in each run of changed lines the removed ones first.
fn normal(text: &str) -> String {
    let (mut out, mut added) = (String::new(), String::new());
    for line in text.lines() {
        let line = line.trim_end().to_string() + "\n";
        if line.starts_with('+') {
            added += &line;
            continue;
        }
        if !line.starts_with('-') {
            out += &std::mem::take(&mut added);
        }
        out += &line;
    }
    out + &added
}

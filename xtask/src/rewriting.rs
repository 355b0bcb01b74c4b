//! The rewriting examples: rule, C text before, and the bytes that two versions of the reference make of it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Deserialize;
use similar::{ChangeTag, TextDiff};

use crate::binary;
use crate::score::{Entry, Scores, settle};

/// Arguments of `cargo xtask rewriting`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `cases/rewriting-examples.json` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Write the score file.
    #[arg(long)]
    update: bool,
    /// Run without `--coccinelle-quirks`: the deliberate differences show.
    #[arg(long)]
    default_mode: bool,
    /// Print rule, text, expected and actual result of failing cases.
    #[arg(long, short)]
    verbose: bool,
    /// Only these cases (numbers such as `E12`, or parts of ids).
    cases: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

/// Texts are Latin-1: each character is one byte.
#[derive(Deserialize)]
struct Case {
    id: String,
    num: Option<String>,
    opts: String,
    smpl: String,
    before: String,
    after_master: Option<String>,
    after_1_1_1: Option<String>,
}

impl Case {
    fn name(&self) -> String {
        match &self.num {
            Some(num) => format!("{num} {}", self.id),
            None => self.id.clone(),
        }
    }

    /// Whether the reference makes nothing of it: what we make, without the switch, is stated in [`STATED`].
    fn given_up(&self) -> bool {
        self.expected().is_empty()
    }

    /// The recorded results.
    fn expected(&self) -> Vec<Vec<u8>> {
        [&self.after_master, &self.after_1_1_1].into_iter().flatten().map(|t| bytes(t)).collect()
    }
}

/// What spatch-rs makes of an example that the reference gives up.
struct Stated {
    id: &'static str,
    /// The lines that change, each behind `-` or `+`.
    changes: &'static str,
    /// Why this is right, or what is wrong with it.
    judged: &'static str,
}

const STATED: [Stated; 7] = [
    Stated {
        id: "type-meta2",
        changes: "-\tint x=1;\n-\tstruct foo *y = NULL;\n+\tint x;\n+\tx = 1;\n+\tstruct foo *y;\n+\ty = NULL;\n",
        judged: "right: a declaration may be replaced by a declaration and a statement; an initialiser list is no expression",
    },
    Stated {
        id: "par-rm",
        changes: "-int foo(int a, int x);\n-int foo(int a, int x)\n+int foo(int a);\n+int foo(int a)\n-int bar(int x)\n+int bar()\n",
        judged: "right but for `bar()`, which says nothing of parameters: `bar(void)` would be better",
    },
    Stated {
        id: "nul",
        changes: "-\tfoo(1); /* a\0b */\n+\tbar(1); /* a\0b */\n",
        judged: "right: a byte 0 in a comment is a byte as any other",
    },
    Stated {
        id: "case-add",
        changes: "+\tcase 7:\n+\t\tfoo();\n+\t\tbreak;\n",
        judged: "right: labels are statements and may be added behind one",
    },
    Stated {
        id: "add-do",
        changes: "+\tdo {\n+\t\ta();\n+\t\tb();\n+\t} while (x);\n\
                  +\tswitch (x) {\n+\tcase 1:\n+\t\ta();\n+\t\tbreak;\n+\tdefault:\n+\t\tb();\n+\t}\n\
                  +\twhile (x)\n+\t\ta();\n\
                  +\tfor (i = 0; i < 10; i++) {\n+\t\tc();\n+\t}\n\
                  +\tlist_for_each (x, y)\n+\t\td();\n\
                  +\tif (a)\n+\t\tb();\n+\telse if (c)\n+\t\td();\n+\telse {\n+\t\te();\n+\t}\n\
                  +\tdo {\n+\t\ta();\n+\t} while (x);\n",
        judged: "right: all statements, each laid out as code of its kind",
    },
    Stated {
        id: "add-tok-close",
        changes: "-\treturn a+b;\n-\treturn a + b;\n+\treturn a-b;\n+\treturn a - b;\n",
        judged: "right: the operator alone changes, the blanks around it stay",
    },
    Stated {
        id: "fn-decl2",
        changes: "-int f1(void)\n+int g;\n+int f2(void)\n-\treturn 3;\n+\treturn 0;\n",
        judged: "right: a function may be replaced by several elements",
    },
];

/// Whether the result of an example that the reference gives up is the stated one.
fn is_as_stated(case: &Case, got: &[u8], log: &str, verbose: bool) -> bool {
    let (before, after) = (bytes(&case.before), String::from_utf8_lossy(got));
    let before = String::from_utf8_lossy(&before);
    let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
    let mut changes = String::new();
    for change in diff.iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Equal => continue,
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        changes.push(sign);
        changes.push_str(change.value());
    }
    let stated = STATED.iter().find(|s| s.id == case.id);
    let same = stated.is_some_and(|s| s.changes == changes);
    if verbose && let Some(s) = stated {
        println!("{}: {}", case.name(), s.judged);
    }
    if !same {
        println!("FAIL {} is not as stated: {changes:?}", case.name());
        if verbose {
            report(case, got, log);
        }
    }
    same
}

fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\t', "⇥")
}

/// Runs the cases, prints failures, compares with the recorded score.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("rewriting", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let path = data.join("cases/rewriting-examples.json");
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    let file: File = serde_json::from_slice(&text)?;
    let wanted = |c: &&Case| {
        let hit = |w: &String| c.num.as_ref() == Some(w) || c.id == *w;
        args.cases.is_empty() || args.cases.iter().any(hit)
    };
    let cases: Vec<&Case> = file.cases.iter().filter(wanted).collect();
    let results: Vec<(&Case, Vec<u8>, String)> = cases
        .par_iter()
        .map(|case| run_case(case, &bin, !args.default_mode && !case.given_up()).map(|(text, log)| (*case, text, log)))
        .collect::<Result<_>>()?;
    let (given_up, results): (Vec<_>, Vec<_>) = results.into_iter().partition(|(case, ..)| case.given_up());
    let stated = given_up.iter().filter(|(case, got, log)| is_as_stated(case, got, log, args.verbose)).count();
    println!("rewriting: as stated {stated} of {} that the reference gives up", given_up.len());
    let stated = stated == given_up.len();
    let mut scores = Scores::default();
    for (case, got, log) in &results {
        let mut entry = Entry::default();
        if case.expected().contains(got) {
            entry.marks.push("exact".to_owned());
        } else {
            println!("FAIL {}", case.name());
            if args.verbose {
                report(case, got, log);
            }
        }
        scores.0.insert(case.name(), entry);
    }
    let name = if args.default_mode { "rewriting-default.tsv" } else { "rewriting.tsv" };
    if !args.cases.is_empty() {
        println!("rewriting: {} of {} exact", scores.count("exact"), results.len());
        return Ok(if stated { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let fine = settle("rewriting", name, &scores, &["exact"], args.update)?;
    Ok(if fine && stated { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(case: &Case, got: &[u8], log: &str) {
    println!("--- rule {}\n{}--- before\n{}", case.opts, case.smpl, shown(&bytes(&case.before)));
    for expected in case.expected() {
        println!("--- expected\n{}", shown(&expected));
    }
    println!("--- got\n{}\n--- messages\n{log}", shown(got));
}

/// The text that the binary makes, and what it says.
fn run_case(case: &Case, bin: &Path, quirks: bool) -> Result<(Vec<u8>, String)> {
    let dir = tempfile::tempdir()?;
    let before = bytes(&case.before);
    std::fs::write(dir.path().join("a.c"), &before)?;
    std::fs::write(dir.path().join("a.cocci"), bytes(&case.smpl))?;
    let mut command = Command::new(bin);
    command.current_dir(dir.path()).args(["--very-quiet", "--sp-file", "a.cocci", "-o", "o.c"]);
    if quirks {
        command.arg("--coccinelle-quirks");
    }
    command.args(case.opts.split_whitespace()).arg("a.c");
    let run = binary::run(&mut command, Duration::from_secs(20))?;
    let got = std::fs::read(dir.path().join("o.c")).unwrap_or(before);
    let mut log = String::from_utf8_lossy(&run.stderr).into_owned();
    if run.timed_out {
        log.push_str("(time limit)");
    }
    Ok((got, log))
}

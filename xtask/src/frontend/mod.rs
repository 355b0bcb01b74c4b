//! The SmPL front end on tiny rules, against what the reference's front end made of them: read or refused, where added code
//! is hung, and which token a refusal is about. Then whole semantic patches, which must read.

mod files;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::binary;
use crate::score::{Entry, Scores, settle};

/// Arguments of `cargo xtask frontend`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `cases/smpl-front-end-cases.json` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// A tree of Linux 6.1.
    #[arg(long)]
    code: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Write the score file.
    #[arg(long)]
    update: bool,
    /// Print what was expected and what came of cases that miss a mark.
    #[arg(long, short)]
    verbose: bool,
    /// Only these cases.
    cases: Vec<String>,
}

/// What is recorded of a rule.
#[derive(Deserialize)]
struct Case {
    id: String,
    /// `parse`: `stdout` is the reference's dump; `run`: it is what the rule does to `c`.
    mode: String,
    opts: String,
    smpl: String,
    #[serde(default)]
    c: String,
    stdout: String,
    stderr: String,
    rc: i32,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

/// Where the reference says an error is.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// Bytes of the rule.
    Token(usize, usize),
    /// Lines, from 1.
    Lines(Vec<usize>),
    /// It does not say, or names the end of the file.
    Unknown,
}

/// The marks: ours reads what the reference reads and refuses what it refuses; added code is at the same place (where rules are
/// read), the same change is made (where they are run), the message is about the same token (where they are refused).
const MARKS: [&str; 2] = ["verdict", "place"];

/// Runs the cases, prints misses, compares with the recorded score.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("frontend", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let path = data.join("cases/smpl-front-end-cases.json");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let Cases { mut cases } = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    cases.retain(|c| args.cases.is_empty() || args.cases.contains(&c.id));
    let results: Vec<(&Case, Entry, String)> = cases
        .par_iter()
        .map(|case| judge(case, &bin).map(|(entry, detail)| (case, entry, detail)))
        .collect::<Result<_>>()?;
    let mut scores = Scores::default();
    for (case, entry, detail) in results {
        if entry.marks.len() < MARKS.len() && args.verbose {
            println!("MISS {} ({})\n{}{detail}\n", case.id, case.opts, case.smpl);
        }
        scores.0.insert(case.id.clone(), entry);
    }
    if !args.cases.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let fine = settle("frontend", "frontend.tsv", &scores, &MARKS, args.update)?;
    let unexplained = unexplained(&scores)?;
    for case in &unexplained {
        println!("frontend: no cause is written for {case}");
    }
    let code = args.code.clone().or_else(|| std::env::var_os("SPATCH_CODE").map(PathBuf::from));
    let files = files::run(&bin, &data, code.as_deref())?;
    Ok(if fine && files && unexplained.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Cases that miss a mark although the score file gives no cause.
fn unexplained(now: &Scores) -> Result<Vec<String>> {
    let recorded = Scores::read(&binary::root().join("tests/scores/frontend.tsv"))?;
    let missing = now.0.iter().filter(|(_, e)| e.marks.len() < MARKS.len());
    Ok(missing
        .filter(|(id, _)| recorded.0.get(*id).is_none_or(|e| e.cause.is_empty()))
        .map(|(id, _)| id.clone())
        .collect())
}

/// The isomorphisms that one case was recorded with.
const MY_ISO: &str = "Expression\n@ one @\nexpression X;\n@@\nX + 1 <=> 1 + X => inc(X)\n";

fn judge(case: &Case, bin: &Path) -> Result<(Entry, String)> {
    let scratch = tempfile::tempdir()?;
    let rule = scratch.path().join("a.cocci");
    std::fs::write(&rule, &case.smpl)?;
    let defines: Vec<&str> = case.opts.split_whitespace().skip_while(|w| *w != "-D").collect();
    let mut command = Command::new(bin);
    command.args(["parse-cocci", "--json"]).args(&defines).arg(&rule);
    if case.opts.contains("empty.iso") {
        command.args(["--disable-iso", "all"]);
    } else if case.opts.contains("my.iso") {
        std::fs::write(scratch.path().join("my.iso"), MY_ISO)?;
        command.arg("--iso-file").arg(scratch.path().join("my.iso"));
    }
    let run = binary::run(&mut command, Duration::from_secs(10))?;
    let ours: Value = serde_json::from_slice(&run.stdout)
        .with_context(|| format!("{}: {}", case.id, String::from_utf8_lossy(&run.stderr)))?;
    let ours = &ours[0];
    let read = ours["read"] == true;
    let mut entry = Entry::default();
    if read == accepts(case) {
        entry.marks.push("verdict".to_owned());
    }
    let (same, detail) = match (accepts(case), read) {
        (true, true) if case.mode == "run" => change(case, bin, scratch.path())?,
        (true, true) => anchors(case, ours),
        (false, false) => refusal(case, ours),
        (theirs, _) => (false, format!("the reference {}\n{}{}", verdict(theirs), case.stderr, ours["messages"])),
    };
    if same {
        entry.marks.push("place".to_owned());
    }
    Ok((entry, detail))
}

fn verdict(accepted: bool) -> &'static str {
    if accepted { "reads this" } else { "refuses this" }
}

/// Whether the reference read the rule. That nothing is to be done, or was done, is no refusal.
fn accepts(case: &Case) -> bool {
    case.rc == 0
        || case.stderr.contains("No rules apply")
        || case.stderr.contains("there are no modified files")
        || case.stderr.contains("failed dependency")
}

/// Whether added code hangs where the reference's dump shows it, in each variant of the rule.
fn anchors(case: &Case, ours: &Value) -> (bool, String) {
    let with_isos = !case.opts.contains("empty.iso");
    let field = if with_isos { "with_isomorphisms" } else { "pattern" };
    let items = ours["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let shown: String = items.iter().filter_map(|i| i[field].as_str()).collect();
    let got = variants(&bare(&shown.replace("\\(", OPEN).replace("\\|", OR).replace("\\)", CLOSE)));
    let want = variants(&bare(&delimiters(&bodies(&case.stdout))));
    // Without any rule that does something there is no dump.
    let same = got == want || case.rc != 0;
    let list = |v: &BTreeSet<String>| v.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    (same, format!("--- reference\n{}\n--- ours\n{}", list(&want), list(&got)))
}

/// The bodies of the rules of a dump; the rules for prototypes are no part of the comparison.
fn bodies(dump: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in dump.lines() {
        let header = line.starts_with('@') && line.ends_with('@') && !line.starts_with("@SL");
        if line.starts_with("@proto for") {
            break;
        }
        if header {
            inside = line == "@@";
        } else if inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Delimiters of disjunctions in texts that are compared.
const OPEN: &str = "\u{1}";
const OR: &str = "\u{2}";
const CLOSE: &str = "\u{3}";

/// In a dump, delimiters of disjunctions are a line, or the start of one.
fn delimiters(dump: &str) -> String {
    let mut out = String::new();
    let mut open = 0;
    for line in dump.lines() {
        match line.chars().next() {
            Some('(') if line.trim_end() == "(" => {
                open += 1;
                out.push_str(OPEN);
            }
            Some('|') if open > 0 && line.trim_end() == "|" => out.push_str(OR),
            Some(')') if open > 0 => {
                open -= 1;
                out.push_str(CLOSE);
                out.push_str(&line[1..]);
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// A dump without white space and with one mark for all code added at a place. Dumps do not show `++`, spell the dots of a
/// parameter list as a metavariable, and show the `-` of the place before a declaration.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut last = "";
    for line in text.lines() {
        let line = line.trim().replace("__P__1", "...").replace("@SL...", "SL").replace("--", "-");
        let line = line.replace("strict, any", "strict when any").replace("WHEN", "when");
        let mark = ["<<<", ">>>", "==="].into_iter().find(|m| line.starts_with(m)).unwrap_or_default();
        let rest = line[mark.len()..].trim_start_matches("++ ");
        if mark.is_empty() || mark != last {
            out.push_str(if mark == "===" { ">>>" } else { mark });
        }
        out.extend(rest.chars().filter(|c| !c.is_whitespace() && *c != '\\'));
        last = mark;
    }
    out
}

/// All texts that come of choosing a branch of each disjunction.
fn variants(text: &str) -> BTreeSet<String> {
    let mut done = BTreeSet::new();
    let mut open = vec![text.to_owned()];
    while let Some(text) = open.pop() {
        // The innermost disjunction: the first end, and the last start before it.
        let end = text.find(CLOSE);
        let start = end.and_then(|e| text[..e].rfind(OPEN));
        let (Some(start), Some(end)) = (start, end) else {
            done.insert(text);
            continue;
        };
        if done.len() + open.len() > 10_000 {
            return done;
        }
        open.extend(text[start + 1..end].split(OR).map(|b| format!("{}{b}{}", &text[..start], &text[end + 1..])));
    }
    done
}

/// Whether running the rule makes the same change and prints the same.
fn change(case: &Case, bin: &Path, dir: &Path) -> Result<(bool, String)> {
    std::fs::write(dir.join("a.c"), &case.c)?;
    let defines = case.opts.split_whitespace().skip_while(|w| *w != "-D");
    let mut command = Command::new(bin);
    command.current_dir(dir).args(["--sp-file", "a.cocci", "a.c"]).args(defines);
    let run = binary::run(&mut command, Duration::from_secs(10))?;
    let got = lines(&String::from_utf8_lossy(&run.stdout));
    let want = lines(&case.stdout);
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    Ok((got == want, format!("--- reference\n{}\n--- ours\n{}\n{errors}", want.join("\n"), got.join("\n"))))
}

/// Changed lines and printed ones, without white space.
fn lines(output: &str) -> Vec<String> {
    let context = |l: &&str| {
        l.starts_with("--- ")
            || l.starts_with("+++ ")
            || l.starts_with("@@ ")
            || l.starts_with("diff ")
            || l.starts_with(' ')
    };
    let shrunk = output.lines().filter(|l| !context(l)).map(|l| l.chars().filter(|c| !c.is_whitespace()).collect());
    shrunk.filter(|l: &String| !l.is_empty()).collect()
}

/// Whether the first error is about the token that the reference names.
fn refusal(case: &Case, ours: &Value) -> (bool, String) {
    let place = place(&case.stderr, &case.smpl);
    let messages = ours["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let Some(error) = messages.iter().find(|m| m["severity"] == "error") else {
        return (false, "refused without a message".to_owned());
    };
    let number = |key: &str| error[key].as_u64().unwrap_or_default() as usize;
    let (start, end, line) = (number("start"), number("end"), number("line"));
    let same = match &place {
        // Ours may show more than the token, but starts or ends with it.
        Place::Token(from, to) => start <= *from && *to <= end || *from <= start && end <= *to,
        Place::Lines(lines) => {
            let last =
                line + case.smpl[start.min(case.smpl.len())..end.min(case.smpl.len())].trim_end().matches('\n').count();
            lines.iter().any(|l| (line..=last).contains(l))
        }
        Place::Unknown => start < end,
    };
    let shown = case.smpl.get(start..end).unwrap_or_default();
    (same, format!("--- reference\n{}\n{place:?}\n--- ours\n{error}\nat `{shown}`", case.stderr))
}

/// Where an error of the reference is. `charpos` counts bytes, `around` is the token.
fn place(stderr: &str, smpl: &str) -> Place {
    let after = |key: &str| stderr.split(key).nth(1);
    if let (Some(at), Some(token)) = (after("charpos = "), after("around = '")) {
        let at: usize = at.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let token = token.split("',\n").next().unwrap_or_default();
        if token.is_empty() || at >= smpl.trim_end().len() {
            return Place::Unknown;
        }
        // What is found wrong when a declaration has been read is said to be at its end.
        if stderr.contains("meta: semantic error") {
            return Place::Lines(vec![1 + smpl[..at].matches('\n').count()]);
        }
        return Place::Token(at, at + token.len());
    }
    let errors = stderr.lines().filter(|l| !l.starts_with("warning") && !l.contains("exception"));
    let mut found: Vec<usize> = Vec::new();
    for error in errors {
        let words = error.split(|c: char| c != ':' && !c.is_ascii_digit());
        let number = |w: &str| -> Option<usize> { w.trim_end_matches(':').parse().ok() };
        let after_line = error.contains("line") || error.starts_with(|c: char| c.is_ascii_digit());
        found.extend(words.filter(|_| after_line).filter_map(number).filter(|n| *n > 0));
    }
    if found.is_empty() { Place::Unknown } else { Place::Lines(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_errors() {
        let smpl = "@@ @@\n- foo(1;\n";
        let parse = "minus: parse error: \n  File \"a.cocci\", line 2, column 7, charpos = 13\n  around = ';',\n  whole content = x";
        assert_eq!(place(parse, smpl), Place::Token(13, 14));
        assert_eq!(place("warning: line 3: x\n7: no available token to attach to", smpl), Place::Lines(vec![7]));
        assert_eq!(place("incompatible minus and plus code starting on lines 2 and 4", smpl), Place::Lines(vec![2, 4]));
        assert_eq!(place("invalid iso name nonsense in r", smpl), Place::Unknown);
    }

    #[test]
    fn bodies_of_dumps() {
        assert_eq!(bodies("@r@\nexpression x;\n@@\n\na\n@s@\n@@\nb\n@proto for s@\n@@\nc\n"), "\na\nb\n");
    }

    #[test]
    fn dumps_without_layout() {
        assert_eq!(bare("a\n  >>>++ b();\n  >>> c();\n"), "a>>>b();c();");
        assert_eq!(bare("a\n  === b();\n"), "a>>>b();");
        assert_eq!(delimiters("(\nif (x)\n|\ny\n)z;\n"), "\u{1}\nif (x)\n\u{2}\ny\n\u{3}z;\n");
    }

    #[test]
    fn variants_of_a_rule() {
        let all: Vec<String> = variants("a\u{1}b\u{2}\u{1}c\u{2}d\u{3}\u{3}e").into_iter().collect();
        assert_eq!(all, ["abe", "ace", "ade"]);
    }

    #[test]
    fn changed_lines() {
        assert_eq!(lines("--- a\n+++ b\n@@ -1 +1 @@\n x\n-\tf( 1 );\nsaid\n"), ["-f(1);", "said"]);
    }
}

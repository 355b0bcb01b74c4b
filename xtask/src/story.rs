//! The i2c story and the removal of `IRQF_DISABLED` on 758 kernel files: changed lines compared with the reference's recorded diffs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{binary, ctokens};

/// Arguments of `cargo xtask story`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the recorded data (with `corpus` below it).
    #[arg(long)]
    data: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Print every differing file with its lines.
    #[arg(long, short)]
    verbose: bool,
    /// Only these rules (parts of names).
    rules: Vec<String>,
}

/// Files in which lines are known to differ from the recorded ones; `rules/README.md` says why.
const KNOWN: &[(&str, &str)] = &[("i2c-step5", "drivers/input/keyboard/qt2160.c")];

/// A recorded or printed diff: per file the removed and added lines, in order.
type Changes = BTreeMap<String, (Vec<String>, Vec<String>)>;

struct Story<'a> {
    args: &'a Args,
    bin: PathBuf,
    data: PathBuf,
    code: PathBuf,
    fine: bool,
}

/// Runs every rule in every mode, prints how far it agrees, and fails unless all agree as `corpus/README.md` of the data says.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(data) = binary::data_dir("story", args.data.as_deref())? else { return Ok(ExitCode::SUCCESS) };
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let code = unpack(&data.join("corpus/linux-2.6.34-i2c-irqf.tar.xz"))?;
    let mut story = Story { args, bin, data: data.join("corpus"), code, fine: true };
    for step in 1..=5 {
        let name = format!("i2c-step{step}");
        for allow in [false, true] {
            story.compare(&name, &story.data.join(format!("rules/{name}.cocci")), allow)?;
        }
        if let Some(ours) = shipped(step) {
            story.compare(&name, &binary::root().join(ours), false)?;
        }
    }
    story.totals(3, (140, 224, 2))?;
    story.totals(4, (109, 171, 2))?;
    story.totals(5, (109, 171, 21))?;
    story.tokens("irqf-disabled", &story.data.join("rules/irqf-disabled.cocci"))?;
    story.tokens("irqf-disabled", &binary::root().join("rules/irqf/remove-disabled/rule.cocci"))?;
    println!("story: {}", if story.fine { "all as expected" } else { "differences" });
    Ok(if story.fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Our rule of the same meaning as a step.
fn shipped(step: u32) -> Option<&'static str> {
    Some(match step {
        1 => "rules/i2c/step-1/rule.cocci",
        2 => "rules/i2c/step-2/rule.cocci",
        3 => "rules/i2c/step-3/rule.cocci",
        4 => "rules/i2c/step-4/rule.cocci",
        5 => "rules/i2c/clear-clientdata/rule.cocci",
        _ => return None,
    })
}

fn unpack(archive: &Path) -> Result<PathBuf> {
    let into = binary::root().join("target/story");
    let done = into.join(".done");
    if !done.is_file() {
        std::fs::create_dir_all(&into)?;
        let status = Command::new("tar").arg("xf").arg(archive).arg("-C").arg(&into).status().context("tar")?;
        if !status.success() {
            bail!("cannot unpack {}", archive.display());
        }
        std::fs::write(&done, "")?;
    }
    // The archive may hold one folder around the tree.
    let entries: Vec<PathBuf> = std::fs::read_dir(&into)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    let folders: Vec<&PathBuf> = entries.iter().filter(|p| p.is_dir()).collect();
    Ok(if folders.len() == 1 { folders[0].clone() } else { into })
}

impl Story<'_> {
    fn wanted(&self, name: &str) -> bool {
        self.args.rules.is_empty() || self.args.rules.iter().any(|r| name.contains(r.as_str()))
    }

    /// Runs a rule over the tree: the diff, and the messages.
    fn spatch(&self, rule: &Path, flags: &[&str]) -> Result<(Changes, String)> {
        let mut command = Command::new(&self.bin);
        command.current_dir(&self.code).args(["--very-quiet", "--no-includes", "--sp-file"]).arg(rule).args(flags);
        let run = binary::run(command.args(["--dir", "."]), Duration::from_secs(600))?;
        if run.timed_out || run.code != Some(0) {
            println!("story: {} ended with {:?}", rule.display(), run.code);
        }
        Ok((changes(&run.stdout), String::from_utf8_lossy(&run.stderr).into_owned()))
    }

    /// Changed lines with `--coccinelle-quirks` against the recorded ones.
    fn compare(&mut self, name: &str, rule: &Path, allow: bool) -> Result<()> {
        if !self.wanted(name) {
            return Ok(());
        }
        let suffix = if allow { "-allow-inconsistent-paths" } else { "" };
        let recorded = std::fs::read(self.data.join(format!("expected/{name}{suffix}.diff")))?;
        let theirs = changes(&recorded);
        let mut flags = vec!["--coccinelle-quirks"];
        if allow {
            flags.push("--allow-inconsistent-paths");
        }
        let (ours, messages) = self.spatch(rule, &flags)?;
        let what = rule.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        self.report(&format!("{name}{suffix} by {what}"), &ours, &theirs, |a, b| a == b);
        if self.args.verbose && !messages.is_empty() {
            println!("{messages}");
        }
        Ok(())
    }

    /// Files, added and removed lines without quirks, and the refused functions of the last step.
    fn totals(&mut self, step: u32, wanted: (usize, usize, usize)) -> Result<()> {
        let name = format!("i2c-step{step}");
        if !self.wanted(&name) {
            return Ok(());
        }
        let (ours, messages) = self.spatch(&self.data.join(format!("rules/{name}.cocci")), &[])?;
        let got = totals(&ours);
        let state = if got == wanted { "as wanted" } else { "DIFFERS" };
        self.fine &= got == wanted;
        println!("{name} without the switch: {} files +{} -{} (wanted {wanted:?}): {state}", got.0, got.1, got.2);
        let recorded = std::fs::read_to_string(self.data.join(format!("expected/{name}.messages")))?;
        let functions: BTreeSet<&str> =
            recorded.split("] in ").skip(1).filter_map(|t| t.split_whitespace().next()).collect();
        let missing: Vec<&&str> = functions.iter().filter(|f| !messages.contains(**f)).collect();
        self.fine &= missing.is_empty();
        println!(
            "    refused functions named: {} of {}; missing {missing:?}",
            functions.len() - missing.len(),
            functions.len()
        );
        if self.args.verbose {
            println!("{messages}");
        }
        Ok(())
    }

    /// Equal tokens, and where lines differ although tokens do not.
    fn tokens(&mut self, name: &str, rule: &Path) -> Result<()> {
        if !self.wanted(name) {
            return Ok(());
        }
        let recorded = std::fs::read(self.data.join(format!("expected/{name}.diff")))?;
        let theirs = changes(&recorded);
        let (ours, _) = self.spatch(rule, &["--coccinelle-quirks"])?;
        let what = rule.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        self.report(&format!("{name} by {what} (tokens)"), &ours, &theirs, |a, b| {
            changed_tokens(a) == changed_tokens(b)
        });
        let lines: Vec<&String> =
            ours.iter().filter(|(f, c)| theirs.get(*f).is_some_and(|t| t != *c)).map(|(f, _)| f).collect();
        println!("    lines differ in {} files: {lines:?}", lines.len());
        Ok(())
    }

    fn report(
        &mut self,
        what: &str,
        ours: &Changes,
        theirs: &Changes,
        equal: impl Fn(&(Vec<String>, Vec<String>), &(Vec<String>, Vec<String>)) -> bool,
    ) {
        let files: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let mut differing = Vec::new();
        for file in files {
            match (ours.get(file), theirs.get(file)) {
                (Some(a), Some(b)) if equal(a, b) => {}
                (Some(_), Some(_)) => differing.push(format!("{file} differs")),
                (Some(_), None) => differing.push(format!("{file} only ours")),
                _ => differing.push(format!("{file} only theirs")),
            }
        }
        let (f, a, r) = totals(ours);
        let (tf, ta, tr) = totals(theirs);
        println!("{what}: ours {f} files +{a} -{r}, recorded {tf} files +{ta} -{tr}, {} files differ", differing.len());
        let known = |line: &String| KNOWN.iter().any(|(rule, file)| what.starts_with(rule) && line.starts_with(file));
        self.fine &= differing.iter().all(known);
        let shown = if self.args.verbose { differing.len() } else { 5 };
        for line in differing.iter().take(shown) {
            println!("    {line}");
        }
    }
}

/// How often each token was added (positive) or removed: a call that is only wrapped anew cancels out.
fn changed_tokens((removed, added): &(Vec<String>, Vec<String>)) -> BTreeMap<Vec<u8>, i64> {
    let mut out = BTreeMap::new();
    for (lines, by) in [(removed, -1), (added, 1)] {
        for token in ctokens::tokens(lines.join("\n").as_bytes()) {
            *out.entry(token.to_vec()).or_default() += by;
        }
    }
    out.retain(|_, n| *n != 0);
    out
}

fn totals(changes: &Changes) -> (usize, usize, usize) {
    (changes.len(), changes.values().map(|c| c.1.len()).sum(), changes.values().map(|c| c.0.len()).sum())
}

/// The removed and added lines of a unified diff, per file.
fn changes(diff: &[u8]) -> Changes {
    let mut out = Changes::new();
    let mut file = String::new();
    let mut in_hunk = (0usize, 0usize);
    for line in diff.split(|b| *b == b'\n') {
        let text = String::from_utf8_lossy(line);
        if in_hunk == (0, 0) {
            if let Some(name) = text.strip_prefix("--- ") {
                let name = name.split('\t').next().unwrap_or_default();
                file = name.trim_start_matches("a/").trim_start_matches("./").to_owned();
            } else if let Some(counts) = text.strip_prefix("@@ ") {
                in_hunk = hunk_lengths(counts);
            }
            continue;
        }
        let entry = out.entry(file.clone()).or_default();
        match line.first() {
            Some(b'-') => {
                entry.0.push(text[1..].to_owned());
                in_hunk.0 = in_hunk.0.saturating_sub(1);
            }
            Some(b'+') => {
                entry.1.push(text[1..].to_owned());
                in_hunk.1 = in_hunk.1.saturating_sub(1);
            }
            Some(b'\\') => {}
            _ => in_hunk = (in_hunk.0.saturating_sub(1), in_hunk.1.saturating_sub(1)),
        }
    }
    out
}

/// `-1,7 +1,8 @@ ...`: the numbers of old and new lines.
fn hunk_lengths(text: &str) -> (usize, usize) {
    let length = |part: &str| part.split_once(',').map_or(Some(1), |(_, n)| n.parse().ok()).unwrap_or(0);
    let mut parts = text.split_whitespace();
    let old = parts.next().map_or(0, length);
    (old, parts.next().map_or(0, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_of_a_diff() {
        let diff = b"diff -u -p a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@ f\n a\n--- b\n+++ c\n@@ -9 +9,2 @@\n x\n+y\n";
        let got = changes(diff);
        assert_eq!(got["x.c"].0, ["-- b"]);
        assert_eq!(got["x.c"].1, ["++ c", "y"]);
    }
}

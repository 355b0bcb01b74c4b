//! The kernel's own check on spatch-rs: the unchanged `scripts/coccicheck` over a slice of the tree, its findings against the reference's.
//!
//! The reference's results are kept in a folder as `<rule>.<mode>.<dir>.{out,err,json}`; those that are missing are made with `--reference`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::binary;
use crate::cpu::children_cpu;
use crate::findings::{Comparison, Findings};

/// What `make coccicheck` passes as `LINUXINCLUDE` for x86.
const LINUXINCLUDE: &str = "-I./arch/x86/include -I./arch/x86/include/generated -I./include -I./arch/x86/include/uapi \
                            -I./arch/x86/include/generated/uapi -I./include/uapi -I./include/generated/uapi \
                            -include ./include/linux/compiler-version.h -include ./include/linux/kconfig.h";

/// Where the rules are.
const RULES: &str = "scripts/coccinelle";

/// Arguments of `cargo xtask coccicheck`.
#[derive(clap::Args)]
pub struct Args {
    /// Source tree of Linux.
    #[arg(long)]
    kernel: Option<PathBuf>,
    /// Folder of the reference's results.
    #[arg(long, value_name = "FOLDER")]
    results: Option<PathBuf>,
    /// Run this program for results that the folder lacks.
    #[arg(long, value_name = "PROGRAM")]
    reference: Option<PathBuf>,
    /// The binary to measure instead of a fresh build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Modes.
    #[arg(long, value_delimiter = ',', default_value = "report,patch,context,org")]
    modes: Vec<String>,
    /// Directories of the tree, each a run of the script with `M=`.
    #[arg(long, value_delimiter = ',', default_value = "drivers/i2c,drivers/rtc,net/core,fs/ext4")]
    dirs: Vec<String>,
    /// Also run `spatch-rs check` over the directories, and compare its findings with those of the script.
    #[arg(long)]
    check: bool,
    /// Seconds for one run of the script.
    #[arg(long, default_value = "3600")]
    limit: u64,
    /// Print each finding that only one side has.
    #[arg(long, short)]
    verbose: bool,
    /// Only rules whose path contains one of these.
    rules: Vec<String>,
}

/// A recorded run of the reference.
#[derive(Deserialize, Serialize)]
struct Record {
    cmd: Vec<String>,
    /// Exit status, or `timeout`.
    rc: serde_json::Value,
    /// CPU seconds.
    cpu: f64,
}

/// Findings of all directories by rule, and CPU seconds.
#[derive(Default)]
struct Results {
    found: BTreeMap<String, Findings>,
    cpu: f64,
}

/// Runs the modes, prints a line for each rule that found anything, and the sums.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Some(kernel) = &args.kernel else {
        println!("coccicheck: NOT RUN (name a source tree of Linux with --kernel)");
        return Ok(ExitCode::SUCCESS);
    };
    let kernel = kernel.canonicalize().with_context(|| format!("no folder {}", kernel.display()))?;
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let rules = rules(&kernel, &args.rules)?;
    let mut fine = true;
    println!("{:<48} {:>6} {:>10} {:>12}", "", "equal", "only ours", "only theirs");
    for mode in &args.modes {
        let ours = script(args, &kernel, &bin, mode, &rules)?;
        let theirs = reference(args, &kernel, mode, &rules)?;
        fine &= table(args, mode, &rules, &ours, &theirs);
        println!(
            "{mode}: CPU seconds of the script with spatch-rs {:.1}, of the reference {:.1}",
            ours.cpu, theirs.cpu
        );
        if args.check {
            let check = check(args, &kernel, &bin, mode, &rules)?;
            let mut all = Findings::default();
            ours.found.values().for_each(|f| all.extend(f));
            let both = all.compare(check.found.get("").unwrap_or(&Findings::default()));
            let ratio = theirs.cpu / check.cpu.max(0.01);
            println!(
                "{mode}: spatch-rs check: {} findings equal, {} only the script, {} only check; {:.1} CPU seconds, 1/{ratio:.0} of the reference",
                both.equal,
                both.ours.len(),
                both.theirs.len(),
                check.cpu
            );
            show(args, &both, "only the script", "only check");
        }
    }
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A rule of the kernel.
struct Rule {
    /// Relative to the tree.
    path: PathBuf,
    /// As in names of results: the path below the rules with `_` for `/`.
    name: String,
    modes: Vec<String>,
    ocaml: bool,
}

fn rules(kernel: &Path, only: &[String]) -> Result<Vec<Rule>> {
    let dir = kernel.join(RULES);
    let mut out = Vec::new();
    for entry in walkdir::WalkDir::new(&dir).sort_by_file_name() {
        let path = entry.with_context(|| dir.display().to_string())?.into_path();
        let Ok(below) = path.strip_prefix(&dir) else { continue };
        let below = below.to_string_lossy();
        let Some(stem) = below.strip_suffix(".cocci") else { continue };
        if !only.is_empty() && !only.iter().any(|o| below.contains(o.as_str())) {
            continue;
        }
        let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        let virtuals = text.lines().filter_map(|l| l.strip_prefix("virtual ")).flat_map(|l| l.split([',', ';']));
        out.push(Rule {
            name: stem.replace('/', "_"),
            modes: virtuals.map(|v| v.trim().to_owned()).collect(),
            ocaml: text.lines().any(|l| l.starts_with('@') && l.contains("script:ocaml")),
            path: Path::new(RULES).join(&*below),
        });
    }
    if out.is_empty() {
        bail!("no rule below {}", dir.display());
    }
    Ok(out)
}

/// Runs the script as `make coccicheck MODE=.. M=..` does; all rules in one run, or one run for each rule that was asked for.
fn script(args: &Args, kernel: &Path, bin: &Path, mode: &str, rules: &[Rule]) -> Result<Results> {
    let mut out = Results::default();
    let before = children_cpu();
    for dir in &args.dirs {
        let whole = [None];
        let single: Vec<Option<&Rule>> = rules.iter().map(Some).collect();
        for rule in if args.rules.is_empty() { &whole[..] } else { &single[..] } {
            let mut command = Command::new("bash");
            command.arg("scripts/coccicheck").current_dir(kernel);
            let set =
                [("srctree", "."), ("LINUXINCLUDE", LINUXINCLUDE), ("KBUILD_EXTMOD", dir), ("MODE", mode), ("J", "1")];
            command.envs(set).env("SPATCH", bin).env_remove("C").env_remove("V");
            if let Some(rule) = rule {
                command.env("COCCI", Path::new(".").join(&rule.path));
            }
            let run = binary::run(&mut command, Duration::from_secs(args.limit))?;
            let text = String::from_utf8_lossy(&run.stdout).into_owned();
            if run.timed_out || run.code != Some(0) {
                let end: Vec<&str> = text.lines().rev().take(5).collect();
                bail!(
                    "the script did not end well: {mode}, {dir}\n{}",
                    end.into_iter().rev().collect::<Vec<_>>().join("\n")
                );
            }
            for (rule, printed) in split(&text, bin) {
                out.found.entry(rule).or_default().extend(&Findings::read(&printed));
            }
        }
    }
    out.cpu = children_cpu() - before;
    Ok(out)
}

/// What the script printed, by rule: it prints each command before it runs it.
fn split(printed: &str, bin: &Path) -> BTreeMap<String, String> {
    let start = format!("{} -D ", bin.display());
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut rule = String::new();
    for line in printed.lines() {
        if line.starts_with(&start) {
            let file = line.split_whitespace().skip_while(|w| *w != "--cocci-file").nth(1).unwrap_or_default();
            let below = file.trim_start_matches("./").trim_start_matches(RULES).trim_start_matches('/');
            rule = below.trim_end_matches(".cocci").replace('/', "_");
        } else {
            let text = out.entry(rule.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    out
}

/// The reference's results: recorded ones, and where asked for new ones.
fn reference(args: &Args, kernel: &Path, mode: &str, rules: &[Rule]) -> Result<Results> {
    let mut out = Results::default();
    let Some(folder) = &args.results else { return Ok(out) };
    for rule in rules.iter().filter(|r| r.modes.iter().any(|m| m == mode)) {
        let mut all = Findings::default();
        let mut missing = false;
        for dir in &args.dirs {
            let name = format!("{}.{mode}.{}", rule.name, dir.replace('/', "_"));
            let path = |suffix: &str| folder.join(format!("{name}.{suffix}"));
            if !path("json").exists() {
                match &args.reference {
                    Some(program) => record(program, kernel, mode, rule, dir, &path)?,
                    None => {
                        missing = true;
                        continue;
                    }
                }
            }
            let record: Record = serde_json::from_slice(&std::fs::read(path("json"))?).with_context(|| name.clone())?;
            if record.rc != 0 {
                println!("{name}: the reference ended with {}", record.rc);
            }
            out.cpu += record.cpu;
            all.extend(&Findings::read(&String::from_utf8_lossy(&std::fs::read(path("out"))?)));
        }
        if !missing {
            out.found.insert(rule.name.clone(), all);
        }
    }
    Ok(out)
}

/// Runs the reference as the script would, and keeps what it printed.
fn record(
    program: &Path,
    kernel: &Path,
    mode: &str,
    rule: &Rule,
    dir: &str,
    path: &dyn Fn(&str) -> PathBuf,
) -> Result<()> {
    let text = std::fs::read(kernel.join(&rule.path))?;
    let mut cmd = vec![program.display().to_string(), "-D".to_owned(), mode.to_owned(), "--very-quiet".to_owned()];
    if matches!(mode, "report" | "org") {
        cmd.push("--no-show-diff".to_owned());
    }
    cmd.extend(["--cocci-file".to_owned(), rule.path.display().to_string()]);
    for line in String::from_utf8_lossy(&text).lines().filter(|l| l.contains("Options:")) {
        cmd.extend(line.split(':').nth(1).unwrap_or_default().split_whitespace().map(str::to_owned));
    }
    cmd.extend(["--patch", ".", "--dir", dir].map(str::to_owned));
    let includes = LINUXINCLUDE.replace("-I", "-I ").replace("-include", "--include");
    cmd.extend(includes.split_whitespace().map(str::to_owned));
    let before = children_cpu();
    let run = binary::run(Command::new(&cmd[0]).args(&cmd[1..]).current_dir(kernel), Duration::from_secs(900))?;
    let rc = if run.timed_out { "timeout".into() } else { run.code.into() };
    std::fs::write(path("out"), &run.stdout)?;
    std::fs::write(path("err"), &run.stderr)?;
    let record = Record { cmd, rc, cpu: children_cpu() - before };
    Ok(std::fs::write(path("json"), serde_json::to_vec(&record)?)?)
}

/// Prints the comparison; whether there is no difference.
fn table(args: &Args, mode: &str, rules: &[Rule], ours: &Results, theirs: &Results) -> bool {
    let none = Findings::default();
    let mut sum = (0, 0, 0);
    let (mut lacking, mut unrecorded, mut ocaml) = (0, 0, 0);
    for rule in rules {
        let found = ours.found.get(&rule.name).unwrap_or(&none);
        if !rule.modes.iter().any(|m| m == mode) {
            lacking += 1;
            continue;
        }
        let title = format!("{}.{mode}", rule.name);
        if rule.ocaml {
            ocaml += 1;
            println!("{title:<48} has scripts in OCaml, not counted (ours {})", found.len());
            continue;
        }
        let Some(wanted) = theirs.found.get(&rule.name) else {
            unrecorded += 1;
            if found.len() > 0 {
                println!("{title:<48} no result of the reference (ours {})", found.len());
            }
            continue;
        };
        let both = found.compare(wanted);
        sum = (sum.0 + both.equal, sum.1 + both.ours.len(), sum.2 + both.theirs.len());
        if both.equal + both.ours.len() + both.theirs.len() > 0 {
            println!("{title:<48} {:>6} {:>10} {:>12}", both.equal, both.ours.len(), both.theirs.len());
            show(args, &both, "only ours", "only theirs");
        }
    }
    println!("{:<48} {:>6} {:>10} {:>12}", format!("{mode}, {} rules", rules.len()), sum.0, sum.1, sum.2);
    println!(
        "{mode}: {lacking} rules lack the mode, {ocaml} have scripts in OCaml, {unrecorded} without a result of the reference"
    );
    sum.1 + sum.2 == 0
}

fn show(args: &Args, both: &Comparison, ours: &str, theirs: &str) {
    if args.verbose {
        both.ours.iter().for_each(|f| println!("    {ours}: {f}"));
        both.theirs.iter().for_each(|f| println!("    {theirs}: {f}"));
    }
}

/// Runs `spatch-rs check` over all directories at once; its findings are under the empty name.
fn check(args: &Args, kernel: &Path, bin: &Path, mode: &str, rules: &[Rule]) -> Result<Results> {
    let mut command = Command::new(bin);
    command.args(["check", "--mode", mode, "--exit-zero", "--quiet"]).current_dir(kernel);
    let words: Vec<&str> = LINUXINCLUDE.split_whitespace().collect();
    command.args(words.iter().filter(|w| w.starts_with("-I")));
    for pair in words.windows(2).filter(|p| p[0] == "-include") {
        command.args(["--include", pair[1]]);
    }
    command.args(rules.iter().map(|r| &r.path)).args(&args.dirs);
    let before = children_cpu();
    let run = binary::run(&mut command, Duration::from_secs(args.limit))?;
    if run.timed_out || run.code != Some(0) {
        bail!("spatch-rs check did not end well:\n{}", String::from_utf8_lossy(&run.stderr));
    }
    let found = Findings::read(&String::from_utf8_lossy(&run.stdout));
    Ok(Results { found: BTreeMap::from([(String::new(), found)]), cpu: children_cpu() - before })
}

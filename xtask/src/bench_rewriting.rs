//! What rewriting costs beside reading: a file with many edits against the same file with none, and memory beside the file's size.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::binary;
use crate::cpu::children_cpu;

/// Arguments of `cargo xtask bench-rewriting`.
#[derive(clap::Args)]
pub struct Args {
    /// The binary to measure instead of a fresh release build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// How many edits the file holds.
    #[arg(long, default_value_t = 10_000)]
    edits: usize,
    /// How often each run is made; the mean counts.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
}

/// At most this many times the time of a run that changes nothing.
const MOST_TIME: f64 = 2.0;
/// At most this many bytes of memory for each byte of the file, above the process that has an empty file.
const MOST_MEMORY: f64 = 60.0;

/// A rule with edits, the same without, for each kind of edit.
const RULES: [(&str, &str, &str); 4] = [
    (
        "call replaced",
        "@@ expression x, y; @@\n- foo(x, y)\n+ bar(y, x)\n",
        "@@ expression x; @@\n- foo(x, 0)\n+ bar(0, x)\n",
    ),
    (
        "statement added",
        "@@ expression x, y; @@\n foo(x, y);\n+ bar(x);\n",
        "@@ expression x; @@\n foo(x, 0);\n+ bar(x);\n",
    ),
    ("statement removed", "@@ expression x, y; @@\n- foo(x, y);\n", "@@ expression x; @@\n- foo(x, 0);\n"),
    (
        "braces added",
        "@@ expression x, y; @@\n+ if (x) {\n foo(x, y);\n+ }\n",
        "@@ expression x; @@\n+ if (x) {\n foo(x, 0);\n+ }\n",
    ),
];

/// Measures each rule on a generated file, and judges.
pub fn run(args: &Args) -> Result<ExitCode> {
    let bin = binary::released(args.bin.as_deref())?;
    Ok(if report(&bin, args.edits, args.rounds)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints what each rule costs; whether all stay within the limits.
pub fn report(bin: &Path, edits: usize, rounds: u32) -> Result<bool> {
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("empty.c"), "")?;
    let mut fine = true;
    for (shape, of_function) in [("functions of 20", FEW), ("one function", edits)] {
        let text = source(edits, of_function);
        std::fs::write(dir.path().join("f.c"), &text)?;
        println!("a file of {} bytes with {edits} places to edit, {shape}", text.len());
        fine &= judge(bin, dir.path(), text.len(), rounds)?;
    }
    Ok(fine)
}

/// How many places the functions of the first file hold.
const FEW: usize = 20;

/// Measures each rule on the file in `dir`, which is so long; whether all stay within the limits.
fn judge(bin: &Path, dir: &Path, len: usize, rounds: u32) -> Result<bool> {
    let mut fine = true;
    for (name, with, without) in RULES {
        std::fs::write(dir.join("with.cocci"), with)?;
        std::fs::write(dir.join("without.cocci"), without)?;
        let empty = measure(bin, dir, "with.cocci", "empty.c", rounds)?;
        let idle = measure(bin, dir, "without.cocci", "f.c", rounds)?;
        let busy = measure(bin, dir, "with.cocci", "f.c", rounds)?;
        if idle.changed || !busy.changed {
            bail!("{name}: the rules do not do what they are for");
        }
        let time = busy.seconds / idle.seconds;
        let memory = busy.bytes.saturating_sub(empty.bytes) as f64 / len as f64;
        let verdict = time <= MOST_TIME && memory <= MOST_MEMORY;
        println!(
            "{name:18} {:.3} CPU s with edits, {:.3} without: {time:.2} times; {memory:.1} bytes for each of the file{}",
            busy.seconds,
            idle.seconds,
            if verdict { "" } else { "   TOO MUCH" }
        );
        fine &= verdict;
    }
    Ok(fine)
}

/// Functions of so many calls each, some of them branches.
fn source(edits: usize, of_function: usize) -> String {
    let mut out = String::new();
    for i in 0..edits {
        if i % of_function == 0 {
            let _ = write!(
                out,
                "/* What function {i} is for. */\nstatic int f{i}(struct device *dev, int a)\n{{\n\tint ret = {i};\n\n"
            );
        }
        match i % 5 {
            0 => drop(write!(out, "\tif (a > {i})\n\t\tfoo(dev->field, a + {i});\n")),
            1 => drop(write!(out, "\t/* a comment */\n\tfoo(ret, a);\n")),
            _ => drop(write!(out, "\tfoo(ret, g(a, {i}));\n\th(dev, &ret);\n")),
        }
        if i % of_function == of_function - 1 || i + 1 == edits {
            out.push_str("\treturn ret;\n}\n\n");
        }
    }
    out
}

/// The mean of several runs.
struct Measured {
    seconds: f64,
    bytes: u64,
    changed: bool,
}

fn measure(bin: &Path, dir: &Path, rule: &str, file: &str, rounds: u32) -> Result<Measured> {
    let mut all = Measured { seconds: 0.0, bytes: 0, changed: false };
    let before = children_cpu();
    for _ in 0..rounds.max(1) {
        let out = std::fs::File::create(dir.join("diff"))?;
        let mut command = Command::new(bin);
        command.args(["--very-quiet", "-j1", "--sp-file", rule, file]).current_dir(dir);
        let mut child = command.stdin(Stdio::null()).stdout(out).stderr(Stdio::null()).spawn()?;
        let mut bytes = 0;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            bytes = bytes.max(peak(child.id()));
            std::thread::sleep(Duration::from_millis(1));
        };
        if !status.success() {
            bail!("{rule} on {file}: {status}");
        }
        all.bytes = all.bytes.max(bytes);
        all.changed |= std::fs::metadata(dir.join("diff"))?.len() > 0;
    }
    all.seconds = (children_cpu() - before) / f64::from(rounds.max(1));
    Ok(all)
}

/// The most memory that a process held so far.
fn peak(pid: u32) -> u64 {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else { return 0 };
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

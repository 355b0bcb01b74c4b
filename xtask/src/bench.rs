//! Speed as ratios measured in one run: against the reference where it is installed, against ripgrep as the floor,
//! against raw tree-sitter-c for reading.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::cpu::children_cpu;
use crate::{binary, growth};

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// What to measure instead of speed on a tree.
    #[command(subcommand)]
    what: Option<What>,
    /// A tree of C code to run on: a kernel, or any other.
    #[arg(long)]
    code: Option<PathBuf>,
    /// The binary to measure instead of a fresh release build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Measure each command this many times and take the median.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Leave the reference out (it takes minutes on a large tree).
    #[arg(long)]
    no_reference: bool,
}

/// Other things to measure.
#[derive(clap::Subcommand)]
enum What {
    /// How cost grows with size, for families of inputs.
    Growth(growth::Args),
}

/// What a command cost.
#[derive(Clone, Copy)]
struct Cost {
    cpu: f64,
    wall: f64,
}

/// Measures, printing each command and each ratio.
pub fn run(args: &Args) -> Result<ExitCode> {
    if let Some(What::Growth(args)) = &args.what {
        return growth::run(args);
    }
    let Some(code) = args.code.clone().or_else(|| std::env::var_os("SPATCH_CODE").map(PathBuf::from)) else {
        println!("bench: NOT RUN (name a tree of C code with --code or SPATCH_CODE)");
        return Ok(ExitCode::SUCCESS);
    };
    let code = code.canonicalize().with_context(|| format!("no folder {}", code.display()))?;
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let rule = binary::root().join("rules/i2c/clear-clientdata/rule.cocci");
    crate::reading::report(&bin, &code.join("scripts/coccinelle"), args.runs)?;
    let bench = Bench { code, runs: args.runs.max(1) };

    let ours = bench.measure(
        "spatch-rs, the i2c rule",
        &bin,
        &[s("--very-quiet"), s("--sp-file"), p(&rule), s("--dir"), s(".")],
    )?;
    if args.no_reference || !installed("spatch") {
        println!("reference: NOT RUN (spatch is not installed, or --no-reference)");
    } else {
        let theirs = bench.once(
            "spatch, the same rule",
            Path::new("spatch"),
            &[s("--very-quiet"), s("--no-includes"), s("--sp-file"), p(&rule), s("--dir"), s(".")],
        )?;
        ratio("spatch-rs / spatch, CPU", ours.cpu, theirs.cpu);
        ratio("spatch-rs / spatch, wall", ours.wall, theirs.wall);
    }
    if installed("rg") {
        let floor = bench.measure(
            "rg -l, the same word",
            Path::new("rg"),
            &[s("-uuu"), s("-tc"), s("-l"), s("-w"), s("i2c_set_clientdata"), s(".")],
        )?;
        ratio("spatch-rs / rg, CPU", ours.cpu, floor.cpu);
    } else {
        println!("ripgrep: NOT RUN (rg is not installed)");
    }
    let read = bench.measure("spatch-rs, reading every element", &bin, &[s("parse-c"), s("--summary"), s(".")])?;
    let raw = bench.measure(
        "raw tree-sitter-c on the same files",
        &bin,
        &[s("parse-c"), s("--raw"), s("--summary"), s(".")],
    )?;
    ratio("bytes to our tree / raw tree-sitter-c, CPU", read.cpu, raw.cpu);
    Ok(ExitCode::SUCCESS)
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn p(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn ratio(what: &str, ours: f64, theirs: f64) {
    if theirs > 0.0 {
        println!("{what}: {:.4} (1/{:.1})", ours / theirs, theirs / ours.max(1e-3));
    }
}

fn installed(program: &str) -> bool {
    let probe = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|s| s.success())
}

struct Bench {
    code: PathBuf,
    runs: usize,
}

impl Bench {
    fn measure(&self, what: &str, program: &Path, arguments: &[String]) -> Result<Cost> {
        let mut costs = (0..self.runs).map(|_| self.cost(program, arguments)).collect::<Result<Vec<_>>>()?;
        costs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
        let cost = costs[costs.len() / 2];
        report(what, program, arguments, cost, self.runs);
        Ok(cost)
    }

    fn once(&self, what: &str, program: &Path, arguments: &[String]) -> Result<Cost> {
        let cost = self.cost(program, arguments)?;
        report(what, program, arguments, cost, 1);
        Ok(cost)
    }

    fn cost(&self, program: &Path, arguments: &[String]) -> Result<Cost> {
        let before = children_cpu();
        let start = Instant::now();
        Command::new(program)
            .current_dir(&self.code)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Cost { cpu: children_cpu() - before, wall: start.elapsed().as_secs_f64() })
    }
}

fn report(what: &str, program: &Path, arguments: &[String], cost: Cost, runs: usize) {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    println!("{what}: {:.2} CPU s, {:.2} s (median of {runs})", cost.cpu, cost.wall);
    println!("    $ {name} {}", arguments.join(" "));
}

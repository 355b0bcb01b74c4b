//! Speed as ratios measured in one run: against the reference where it is installed, against ripgrep as the floor, against raw
//! tree-sitter-c for reading; and instruction counts of the stages, which a busy machine does not change.

mod command;
mod stages;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{binary, growth};
use command::{Bench, Cost, installed, p, ratio, s, verdict};

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
    /// Only these figures.
    #[arg(value_enum)]
    only: Vec<Figure>,
}

/// Other things to measure.
#[derive(clap::Subcommand)]
enum What {
    /// How cost grows with size, for families of inputs.
    Growth(growth::Args),
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Figure {
    /// The i2c rule over `drivers/`, against the reference, ripgrep, and the parsing of the files that ripgrep lists.
    Rule,
    /// The rules of `scripts/coccinelle` in report mode over four directories, against the reference.
    Slice,
    /// The same rules over all files: CPU time and memory.
    Tree,
    /// A rule for `kfree` over all files: bytes that pass the word filter for each second.
    Kfree,
    /// Start, one rule, one small file, against the reference.
    Start,
    /// Reading every element, against raw tree-sitter-c.
    Read,
    /// Memory for one large file, for its size.
    Memory,
    /// Two jobs against one.
    Jobs,
    /// Reading the kernel's rules.
    Rules,
    /// Instructions of each stage.
    Stages,
    /// A file with 10,000 edits against the same file with none: time and memory.
    Rewriting,
}

const ALL: [Figure; 11] = [
    Figure::Start,
    Figure::Rules,
    Figure::Stages,
    Figure::Rewriting,
    Figure::Memory,
    Figure::Rule,
    Figure::Kfree,
    Figure::Jobs,
    Figure::Read,
    Figure::Slice,
    Figure::Tree,
];

/// The files of Linux 6.1 for which memory is the largest part of their size: large functions, many headers, long tables.
const HARD: [&str; 6] = [
    "fs/ntfs3/fslog.c",
    "drivers/media/usb/gspca/topro.c",
    "net/core/sock.c",
    "drivers/gpu/drm/amd/display/dc/dml/dcn32/display_mode_vba_32.c",
    "drivers/net/ethernet/chelsio/cxgb4/cxgb4_debugfs.c",
    "drivers/net/ethernet/sfc/ef10.c",
];

/// The directories of the slice.
const SLICE: [&str; 4] = ["drivers/i2c", "drivers/rtc", "net/core", "fs/ext4"];

/// Measures, printing each command and each ratio.
pub fn run(args: &Args) -> Result<ExitCode> {
    if let Some(What::Growth(args)) = &args.what {
        return growth::run(args);
    }
    let bin = binary::released(args.bin.as_deref())?;
    let figures = if args.only.is_empty() { &ALL[..] } else { &args.only };
    let code = args.code.clone().or_else(|| std::env::var_os("SPATCH_CODE").map(PathBuf::from));
    let code = code.map(|c| c.canonicalize().with_context(|| format!("no folder {}", c.display()))).transpose()?;
    let small = binary::root().join("corpus/sample");
    for figure in figures {
        println!("== {figure:?}");
        let code = match (figure, &code) {
            (Figure::Start | Figure::Stages | Figure::Rewriting, _) => &small,
            (_, Some(code)) => code,
            (_, None) => {
                println!("NOT RUN (name a tree of C code with --code or SPATCH_CODE)");
                continue;
            }
        };
        let reference = !args.no_reference && installed("spatch");
        let measure = Measure { bench: Bench { code, runs: args.runs.max(1) }, bin: &bin, reference };
        measure.figure(*figure)?;
    }
    Ok(ExitCode::SUCCESS)
}

struct Measure<'a> {
    bench: Bench<'a>,
    bin: &'a Path,
    reference: bool,
}

impl Measure<'_> {
    fn figure(&self, figure: Figure) -> Result<()> {
        match figure {
            Figure::Rule => self.rule(),
            Figure::Slice => self.slice(),
            Figure::Tree => self.tree(),
            Figure::Kfree => self.kfree(),
            Figure::Start => self.start(),
            Figure::Read => self.read(),
            Figure::Memory => self.memory(),
            Figure::Jobs => self.jobs(),
            Figure::Rules => {
                crate::reading::report(self.bin, &self.bench.code.join("scripts/coccinelle"), self.bench.runs)
            }
            Figure::Stages => stages::run(self.bin),
            Figure::Rewriting => crate::bench_rewriting::report(self.bin, 10_000, self.bench.runs as u32).map(|_| ()),
        }
    }

    /// What the reference costs, or that it was not asked.
    fn reference(&self, what: &str, arguments: &[String]) -> Result<Option<Cost>> {
        if !self.reference {
            println!("reference: NOT RUN (spatch is not installed, or --no-reference)");
            return Ok(None);
        }
        self.bench.once(what, Path::new("spatch"), arguments).map(Some)
    }

    fn rule(&self) -> Result<()> {
        let rule = binary::root().join("rules/i2c/clear-clientdata/rule.cocci");
        let own = [s("--very-quiet"), s("--sp-file"), p(&rule), s("--dir"), s("drivers")];
        let ours = self.bench.measure("spatch-rs, the i2c rule", self.bin, &own)?;
        let mut theirs = own.to_vec();
        theirs.extend([s("--no-includes"), s("--jobs"), s("2")]);
        if let Some(theirs) = self.reference("spatch --jobs 2, the same rule", &theirs)? {
            ratio("spatch-rs / spatch, CPU", ours.cpu, theirs.cpu, 0.02);
            ratio("spatch-rs / spatch, wall", ours.wall, theirs.wall, 0.02);
        }
        if !installed("rg") {
            println!("ripgrep: NOT RUN (rg is not installed)");
            return Ok(());
        }
        let words = [s("-uuu"), s("-tc"), s("-g*.c"), s("-l"), s("-w"), s("i2c_set_clientdata"), s("drivers")];
        let floor = self.bench.measure("rg -l, the same word", Path::new("rg"), &words)?;
        let mut parse = vec![s("parse-c"), s("--summary")];
        parse.extend(self.bench.lines(Path::new("rg"), &words)?);
        let parse = self.bench.measure("reading the files that it lists", self.bin, &parse)?;
        ratio("spatch-rs / (rg and reading), CPU", ours.cpu, floor.cpu + parse.cpu, 4.0);
        Ok(())
    }

    fn slice(&self) -> Result<()> {
        let ours = self.bench.measure("spatch-rs, the slice", self.bin, &check("1", &SLICE))?;
        if !self.reference {
            println!("reference: NOT RUN (spatch is not installed, or --no-reference)");
            return Ok(());
        }
        let mut theirs = 0.0;
        let rules = self.bench.lines(Path::new("find"), &[s("scripts/coccinelle"), s("-name"), s("*.cocci")])?;
        for rule in &rules {
            for dir in SLICE {
                let arguments = [s("-D"), s("report"), s("--very-quiet"), s("--no-show-diff"), s("--no-includes")];
                let arguments = [&arguments[..], &[s("--cocci-file"), rule.clone(), s("--dir"), s(dir)]].concat();
                theirs += self.bench.cost(Path::new("spatch"), &arguments)?.cpu;
            }
        }
        println!("spatch, {} rules one by one: {theirs:.1} CPU s", rules.len());
        ratio("spatch-rs / spatch, CPU", ours.cpu, theirs, 0.01);
        Ok(())
    }

    fn tree(&self) -> Result<()> {
        let cost = self.bench.once("spatch-rs, all rules over all files", self.bin, &check("2", &["."]))?;
        let good = cost.cpu < 900.0 && cost.memory < 4 << 30;
        let (minutes, memory) = (cost.cpu / 60.0, cost.memory >> 20);
        println!("{minutes:.1} CPU minutes, {memory} MiB at most; wanted under 15 and 4096: {}", verdict(good));
        Ok(())
    }

    fn kfree(&self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let rule = folder.path().join("kfree.cocci");
        std::fs::write(&rule, "@@\nexpression E;\n@@\n- kfree(E)\n+ kvfree(E)\n")?;
        let own = [s("--very-quiet"), s("--jobs"), s("1"), s("--sp-file"), p(&rule), s("--dir"), s(".")];
        let ours = self.bench.measure("spatch-rs, kfree", self.bin, &own)?;
        let files = self.bench.lines(Path::new("grep"), &[s("-rlw"), s("--include=*.c"), s("kfree"), s(".")])?;
        let bytes: u64 =
            files.iter().filter_map(|f| std::fs::metadata(self.bench.code.join(f)).ok()).map(|m| m.len()).sum();
        let rate = bytes as f64 / 1e6 / ours.cpu.max(1e-3);
        println!(
            "{} files with {:.1} MB hold the word: {rate:.1} MB for each CPU second, wanted above 20: {}",
            files.len(),
            bytes as f64 / 1e6,
            verdict(rate > 20.0)
        );
        Ok(())
    }

    fn start(&self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (rule, file) = (folder.path().join("r.cocci"), folder.path().join("f.c"));
        std::fs::write(&rule, "@@\nexpression E;\n@@\n- f(E)\n+ g(E)\n")?;
        std::fs::write(&file, "void h(void)\n{\n\tf(1);\n}\n")?;
        let arguments = [s("--very-quiet"), s("--sp-file"), p(&rule), p(&file)];
        // A hundred starts, since one is less than a tick of the clock.
        let ours = self.bench.many(100, "spatch-rs, a small file", self.bin, &arguments)?;
        if self.reference {
            let theirs = self.bench.many(20, "spatch, the same", Path::new("spatch"), &arguments)?;
            ratio("spatch-rs / spatch, CPU", ours.cpu, theirs.cpu, 0.1);
        } else {
            println!("reference: NOT RUN (spatch is not installed, or --no-reference)");
        }
        Ok(())
    }

    fn read(&self) -> Result<()> {
        let read = [s("parse-c"), s("--summary"), s(".")];
        let read = self.bench.once("spatch-rs, reading every element", self.bin, &read)?;
        let raw = [s("parse-c"), s("--raw"), s("--summary"), s(".")];
        let raw = self.bench.once("raw tree-sitter-c on the same files", self.bin, &raw)?;
        ratio("bytes to our tree / raw tree-sitter-c, CPU", read.cpu, raw.cpu, 1.3);
        Ok(())
    }

    /// Memory for one file above an empty one. Beside it stands what it takes above its own first lines: what a run holds whatever its
    /// files, and makes when the first code needs it, is not in that.
    fn memory(&self) -> Result<()> {
        const START: usize = 8 << 10;
        let folder = tempfile::tempdir()?;
        let of = |rules: &str, file: &str| {
            vec![s("check"), s("-q"), s("--exit-zero"), s("-j1"), s("--rules"), s(rules), s(file)]
        };
        let nothing = folder.path().join("empty.c");
        std::fs::write(&nothing, "")?;
        let find = [s("."), s("-name"), s("*.c"), s("-size"), s("+100k"), s("-printf"), s("%s %p\n")];
        let mut files = self.bench.lines(Path::new("find"), &find)?;
        files.sort_by_key(|l| std::cmp::Reverse(l.split(' ').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0)));
        let hard = files.iter().filter(|l| HARD.iter().any(|h| l.ends_with(h)));
        let files: Vec<&String> = files.iter().step_by(files.len() / 8 + 1).chain(hard).collect();
        for (what, rules) in
            [("all rules", "scripts/coccinelle"), ("deref_null", "scripts/coccinelle/null/deref_null.cocci")]
        {
            let empty = self.bench.once(&format!("{what}, an empty file"), self.bin, &of(rules, &p(&nothing)))?;
            let (mut worst, mut above): (f64, usize) = (0.0, 0);
            for line in &files {
                let Some((bytes, file)) = line.split_once(' ') else { continue };
                let text = std::fs::read(self.bench.code.join(file))?;
                let end = text.iter().take(START).rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
                let first = folder.path().join("first.c");
                std::fs::write(&first, &text[..end])?;
                let base = self.bench.cost(self.bin, &of(rules, &p(&first)))?;
                let whole = self.bench.cost(self.bin, &of(rules, file))?;
                let size = bytes.parse::<f64>().unwrap_or(f64::MAX);
                let times = |base: u64, size: f64| whole.memory.saturating_sub(base) as f64 / size;
                let own = times(empty.memory, size);
                println!(
                    "{file}, {bytes} bytes: {own:.1} times its size above an empty file, {:.1} above its first {START} bytes",
                    times(base.memory, size - end as f64)
                );
                worst = worst.max(own);
                above += usize::from(own > 60.0);
            }
            let (all, good) = (files.len(), verdict(worst <= 60.0));
            println!(
                "{what}: memory of a file above an empty one, at most: {worst:.1} times its size ({above} of {all} above 60), wanted at most 60: {good}"
            );
        }
        Ok(())
    }

    fn jobs(&self) -> Result<()> {
        let one = self.bench.measure("one job", self.bin, &check("1", &["drivers/rtc"]))?;
        let two = self.bench.measure("two jobs", self.bin, &check("2", &["drivers/rtc"]))?;
        ratio("two jobs / one job, CPU", two.cpu, one.cpu, 1.1);
        ratio("two jobs / one job, wall", two.wall, one.wall, 0.6);
        Ok(())
    }
}

/// The kernel's rules in report mode over some directories.
fn check(jobs: &str, code: &[&str]) -> Vec<String> {
    let mut out = vec![s("check"), s("--mode"), s("report"), s("-q"), s("--exit-zero"), s("-j"), s(jobs)];
    out.extend([s("--rules"), s("scripts/coccinelle")]);
    out.extend(code.iter().map(|d| s(d)));
    out
}

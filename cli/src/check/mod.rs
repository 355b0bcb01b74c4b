//! `spatch-rs check`: many rules over many files in one process, their findings in one form (what `coccicheck` does with one process a rule).

mod finding;
pub mod header;
mod sarif;
mod select;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::apply;
use crate::args::{ApplyArgs, Cli, RunArgs};
use crate::files::{self, Work};
use crate::group::Runner;
use crate::output::{COMPATIBLE_VERSION, Done, Sink, Take};
use crate::patch::{self, Library, Loaded, Reading};

use finding::{Finding, Format, Printed};
use header::{Header, Mode};
pub use select::OfRule;
use select::Selection;

/// Arguments of `spatch-rs check`.
#[derive(clap::Args, Debug, Clone)]
pub struct CheckArgs {
    /// Rules (`.cocci` files), and C files and directories. Without a rule: those below --rules, else the kernel's `scripts/coccinelle`.
    #[arg(value_name = "RULE|FILE|DIR", required = true)]
    paths: Vec<PathBuf>,
    /// Directories of rules.
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "report")]
    mode: Mode,
    /// The form of findings (default: `org` in the mode org, else `text`).
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Exit with status 0 whatever is found.
    #[arg(long)]
    exit_zero: bool,
    /// Exit with status 1 only if one of these rules found something (names without `.cocci`).
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    error_on: Vec<String>,
    /// Leave out findings that this file holds; if it does not exist, write the present findings into it.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Only findings on lines that changed since this revision (asks git).
    #[arg(long, value_name = "REV")]
    diff_base: Option<String>,
    /// Set a virtual identifier.
    #[arg(short = 'D', value_name = "NAME=VALUE")]
    define: Vec<String>,
    /// Where to look for headers.
    #[arg(short = 'I', value_name = "DIR")]
    include_dirs: Vec<PathBuf>,
    /// Read this header for every file.
    #[arg(long, value_name = "FILE")]
    include: Vec<PathBuf>,
    /// Number of threads; 0: all cores.
    #[arg(short = 'j', long, value_name = "N", default_value = "0")]
    jobs: i64,
    /// Give up on a rule in a file after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Of the sorted list of files take those whose number modulo --max is this.
    #[arg(long, value_name = "K", requires = "max")]
    index: Option<u64>,
    /// Number of shards for --index.
    #[arg(long, value_name = "N", requires = "index")]
    max: Option<u64>,
    /// How the run goes.
    #[command(flatten)]
    run: RunArgs,
    /// The Python interpreter for scripts.
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: PathBuf,
    /// Print nothing about rules that are left out.
    #[arg(long, short)]
    quiet: bool,
}

/// A rule that runs.
struct Rule {
    name: String,
    header: Header,
}

/// Runs the rules.
///
/// # Errors
/// If there is no rule or no file, or output fails.
pub fn run(args: &CheckArgs) -> Result<ExitCode> {
    let diffs = matches!(args.mode, Mode::Patch | Mode::Context);
    let format = args.format.unwrap_or(if args.mode == Mode::Org { Format::Org } else { Format::Text });
    if diffs && format != Format::Text {
        bail!("mode {} prints diffs; --format is for the modes report and org", args.mode.name());
    }
    let (rule_files, code) = rules_and_code(args)?;
    let base = apply_args(args, code);
    let mut rules = Vec::new();
    let mut patches: Vec<Loaded> = Vec::new();
    let mut library = Library::default();
    let mut failed = false;
    for path in &rule_files {
        let text = std::fs::read(path).with_context(|| path.display().to_string())?;
        let header = header::read(&String::from_utf8_lossy(&text));
        if let Some(why) = left_out(args, &header) {
            if !args.quiet {
                eprintln!("note: {}: {why}", path.display());
            }
            continue;
        }
        let own = Cli::of_words(header.options.clone()).with_context(|| path.display().to_string())?.0.apply;
        match patch::load(path, &with_options(&base, &own), &mut library)? {
            Reading::Ready(loaded) => {
                let name = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
                rules.push(Rule { name, header });
                patches.push(*loaded);
            }
            Reading::Refused => failed = true,
            Reading::NoMode(mode) => bail!("{}: its header hides that it has no mode {}", path.display(), mode.name()),
        }
    }
    if patches.is_empty() {
        bail!("no rule has the mode {}", args.mode.name());
    }
    patch::share_names(&mut patches);
    let include_headers = patches.iter().any(|p| p.args.include_headers);
    let work = files::collect(&ApplyArgs { include_headers, ..base.clone() })?;
    for problem in &work.problems {
        eprintln!("warning: {problem}");
    }
    let selection = Arc::new(Selection::new(args.baseline.as_deref(), args.diff_base.as_deref())?);
    let mut report = Report {
        args,
        format,
        rules: &rules,
        sink: Sink::new(&base),
        selection: selection.clone(),
        findings: Vec::new(),
        found: BTreeMap::new(),
    };
    let mut runner = Runner::new(&base, &patches)?;
    if diffs {
        runner.select(rules.iter().map(|r| OfRule { selection: selection.clone(), rule: r.name.clone() }).collect());
    }
    let jobs = apply::threads(Some(args.jobs));
    let given_up = apply::run_groups(&runner, &patches, &work.groups, jobs, &mut report)?;
    failed |= args.run.error_on_give_up && given_up > 0;
    report.sink.problems |= !work.problems.is_empty();
    let code = report.finish(&work)?;
    Ok(if failed { ExitCode::from(2) } else { code })
}

/// Splits the paths into rules and code.
fn rules_and_code(args: &CheckArgs) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let is_rule = |p: &PathBuf| p.extension().is_some_and(|e| e == "cocci");
    let (mut rules, code): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(is_rule);
    rules.extend(args.rules.iter().cloned());
    if rules.is_empty() {
        let kernel = PathBuf::from("scripts/coccinelle");
        if !kernel.is_dir() {
            bail!("no rules named; give .cocci files, or a directory of them with --rules");
        }
        rules.push(kernel);
    }
    if code.is_empty() {
        bail!("no C files or directories named");
    }
    Ok((patch::expand(&rules)?, code))
}

fn left_out(args: &CheckArgs, header: &Header) -> Option<String> {
    if !header.modes.is_empty() && !header.modes.contains(&args.mode) {
        return Some(format!("left out: it has no mode {}", args.mode.name()));
    }
    let required = header.requires.as_deref().filter(|r| !header::satisfies(COMPATIBLE_VERSION, r));
    required.map(|r| format!("left out: it requires Coccinelle {r}"))
}

fn apply_args(args: &CheckArgs, code: Vec<PathBuf>) -> ApplyArgs {
    let mut define = vec![args.mode.name().to_owned()];
    define.extend(args.define.iter().cloned());
    ApplyArgs {
        paths: code,
        define,
        include_dirs: args.include_dirs.clone(),
        include: args.include.clone(),
        no_show_diff: matches!(args.mode, Mode::Report | Mode::Org),
        very_quiet: true,
        timeout: args.timeout,
        python: args.python.clone(),
        index: args.index,
        max: args.max,
        run: args.run.clone(),
        context: 3,
        max_width: 78,
        ..ApplyArgs::default()
    }
}

/// The options of a run with those that a rule's header asks for.
fn with_options(base: &ApplyArgs, own: &ApplyArgs) -> ApplyArgs {
    let mut out = base.clone();
    out.define.extend(own.define.iter().cloned());
    out.include_dirs.extend(own.include_dirs.iter().cloned());
    out.include.extend(own.include.iter().cloned());
    out.no_includes = own.no_includes;
    out.local_includes = own.local_includes;
    out.all_includes = own.all_includes;
    out.recursive_includes = own.recursive_includes;
    out.include_headers = own.include_headers;
    out.no_loops = own.no_loops;
    out.no_gotos = own.no_gotos;
    out.disable_worth_trying_opt = own.disable_worth_trying_opt;
    out.smpl_spacing = own.smpl_spacing;
    out.timeout = out.timeout.or(own.timeout);
    out
}

/// Prints results as they come.
struct Report<'a> {
    args: &'a CheckArgs,
    format: Format,
    rules: &'a [Rule],
    sink: Sink<'a>,
    selection: Arc<Selection>,
    /// Kept for forms that are one document, and for a new baseline.
    findings: Vec<Finding>,
    /// Findings per rule.
    found: BTreeMap<String, usize>,
}

impl Take for Report<'_> {
    fn take(&mut self, done: Done) -> Result<()> {
        let mut text = Vec::new();
        for part in &done.parts {
            let rule = &self.rules[part.patch].name;
            if !part.diff.is_empty() {
                *self.found.entry(rule.clone()).or_default() += 1;
                text.extend_from_slice(&part.diff);
            }
            for printed in finding::read(rule, &String::from_utf8_lossy(&part.printed)) {
                match printed {
                    Printed::Finding(f) if self.selection.wants(&f) => {
                        *self.found.entry(rule.clone()).or_default() += 1;
                        if self.format != Format::Sarif {
                            text.extend(finding::lines(std::slice::from_ref(&f), self.format, read).into_bytes());
                        }
                        self.findings.push(f);
                    }
                    Printed::Finding(_) => {}
                    // Other lines that scripts print have no place in the other forms.
                    Printed::Other(line) if matches!(self.format, Format::Text | Format::Org) => {
                        text.extend(format!("{line}\n").into_bytes());
                    }
                    Printed::Other(line) => eprintln!("{line}"),
                }
            }
        }
        std::io::stdout().lock().write_all(&text).context("cannot write to standard output")?;
        self.sink.take(Done { parts: Vec::new(), writes: Vec::new(), ..done })
    }
}

/// The text of a file that a finding names; empty if it cannot be read.
fn read(file: &str) -> Vec<u8> {
    std::fs::read(file).unwrap_or_default()
}

impl Report<'_> {
    fn finish(mut self, work: &Work) -> Result<ExitCode> {
        if self.format == Format::Sarif {
            let rules: Vec<(String, String)> =
                self.rules.iter().map(|r| (r.name.clone(), r.header.description.clone())).collect();
            std::io::stdout().lock().write_all(sarif::document(&self.findings, &rules, read).as_bytes())?;
        }
        self.selection.finish(&self.findings)?;
        let ran = self.rules.iter().map(|r| r.name.as_str()).collect();
        let files = work.groups.iter().flat_map(|g| &g.files);
        for line in self.selection.unused_suppressions(files, &ran) {
            eprintln!("warning: {line}");
        }
        let problems = std::mem::take(&mut self.sink.problems);
        let count = |rule: &String| self.found.get(rule).copied().unwrap_or(0);
        let found = match &self.args.error_on[..] {
            [] => self.found.values().any(|n| *n > 0),
            only => only.iter().any(|r| count(r) > 0),
        };
        Ok(ExitCode::from(if problems { 2 } else { u8::from(found && !self.args.exit_zero) }))
    }
}

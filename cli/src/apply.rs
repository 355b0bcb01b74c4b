//! The main job: one semantic patch over files and directories, in path order whatever the number of threads.

use std::collections::{HashSet, VecDeque};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::args::{ApplyArgs, Cli};
use crate::files::{self, Group};
use crate::output::{self, Sink, Take};
use crate::patch::{self, Library, Loaded, Reading};
use crate::watch::Watch;
use crate::{config, group, schedule};

/// More further runs than this are taken for a circle.
const MOST_ITERATIONS: usize = 10_000;

/// Applies a semantic patch as the words of the command line say.
///
/// # Errors
/// If nothing could be done at all: a bad option, a semantic patch that does not read, a file that does not exist.
pub fn run(args: ApplyArgs, words: &[String]) -> Result<ExitCode> {
    let Prepared { args, patches } = match prepare(args, words)? {
        Ok(both) => both,
        Err(code) => return Ok(code),
    };
    if args.print_options_only {
        println!("{args:#?}");
        return Ok(ExitCode::SUCCESS);
    }
    if patches.is_empty() {
        bail!("no semantic patch named; use --sp-file FILE.cocci (see --help)");
    }
    check_output_options(&args)?;
    let work = files::collect(&args)?;
    for problem in &work.problems {
        eprintln!("warning: {problem}");
    }
    let mut sink = Sink::new(&args);
    sink.problems = !work.problems.is_empty();
    let runner = group::Runner::new(&args, &patches)?;
    // Asking for the number of cores takes a tenth of a short run.
    let jobs = if work.groups.len() < 2 { 1 } else { threads(args.jobs) };
    let given_up = run_groups(&runner, &patches, &work.groups, jobs, &mut sink)?;
    sink.problems |= args.run.error_on_give_up && given_up > 0;
    drop(runner);
    // The process ends: nothing of this need be taken apart.
    std::mem::forget((patches, work));
    sink.finish()
}

/// Runs everything: the `initialize` scripts, the groups, what scripts ask for, the `finalize` scripts. The number of things that were
/// given up because of limits.
///
/// # Errors
/// If a script outside a file fails, or results cannot be written.
pub fn run_groups(
    runner: &group::Runner<'_>,
    patches: &[Loaded],
    groups: &[Group],
    jobs: usize,
    sink: &mut (dyn Take + Send),
) -> Result<usize> {
    let names = patches.iter().map(|p| p.name.clone()).collect();
    let mut watch = Watch::new(runner.args(), names, groups.len(), sink);
    runner.initialize(&mut watch)?;
    schedule::run(runner, groups, if runner.is_sequential() { 1 } else { jobs }, &mut watch)?;
    iterate(patches, runner, groups, &mut watch)?;
    runner.finalize(&mut watch)?;
    runner.close_cache();
    let given_up = watch.finish();
    runner.check_scripts()?;
    Ok(given_up)
}

/// Runs that scripts asked for, and those that these ask for, each once.
fn iterate(
    patches: &[Loaded],
    runner: &group::Runner<'_>,
    groups: &[Group],
    sink: &mut (dyn Take + Send),
) -> Result<()> {
    let mut waiting: VecDeque<_> = runner.iterations().into();
    let mut seen = HashSet::new();
    while let Some((i, iteration)) = waiting.pop_front() {
        if !seen.insert(format!("{i} {iteration:?}")) {
            continue;
        }
        if seen.len() > MOST_ITERATIONS {
            bail!("scripts asked for more than {MOST_ITERATIONS} further runs");
        }
        let mut args = patches[i].args.clone();
        if !iteration.extend {
            args.define.retain(|d| !d.contains('='));
        }
        args.define.retain(|d| d.contains('='));
        args.define.extend(iteration.rules.iter().cloned());
        args.define.extend(iteration.identifiers.iter().map(|(a, b)| format!("{a}={b}")));
        let path = PathBuf::from(&patches[i].name);
        let Reading::Ready(loaded) = patch::load(&path, &args, &mut Library::default())? else {
            bail!("{}: cannot be read again", path.display())
        };
        let next = [*loaded];
        let groups = match &iteration.files {
            Some(files) => vec![Group { files: files.clone(), bytes: 0, header: false }],
            None => groups.to_vec(),
        };
        let again = group::Runner::with_host(&args, &next, runner, i);
        schedule::run(&again, &groups, 1, sink)?;
        waiting.extend(again.iterations().into_iter().map(|(_, next)| (i, next)));
    }
    Ok(())
}

/// The number of threads: what was asked for, 0 or less or nothing meaning all cores.
pub fn threads(jobs: Option<i64>) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match jobs {
        Some(n) if n > 0 => usize::try_from(n).unwrap_or(cores).min(1024),
        _ => cores,
    }
}

/// What a run works with: its options, and the semantic patches, each with its own `#spatch` options put in.
pub struct Prepared {
    /// Its options.
    pub args: ApplyArgs,
    /// The semantic patches.
    pub patches: Vec<Loaded>,
}

/// Reads the semantic patches, and merges options: `.cocciconfig`, then a patch's `#spatch` lines, then the command line.
/// The inner error is the exit status after messages about a patch.
pub fn prepare(args: ApplyArgs, words: &[String]) -> Result<Result<Prepared, ExitCode>> {
    let here = std::env::current_dir().context("the current directory")?;
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let input = args.dir.as_deref().or(args.paths.iter().map(PathBuf::as_path).find(|p| !is_cocci(p)));
    let before = config::options(home.as_deref(), &here, input)?;
    let mut args = if before.is_empty() { args } else { parse(&before, words)? };
    settle_sp_file(&mut args);
    let mut patches = Vec::new();
    let mut library = Library::default();
    let (mut failed, mut left_out) = (false, false);
    for path in patch::expand(&args.sp_file)? {
        match load(&path, &args, &mut library, &before, words)? {
            Reading::Ready(loaded) => patches.push(*loaded),
            Reading::Refused => failed = true,
            Reading::NoMode(mode) => {
                eprintln!("note: {}: left out: it has no mode {}", path.display(), mode.name());
                left_out = true;
            }
        }
    }
    if failed {
        return Ok(Err(ExitCode::from(2)));
    }
    if left_out && patches.is_empty() {
        return Ok(Err(ExitCode::SUCCESS));
    }
    // One semantic patch speaks for the whole run, as it always did.
    if let [only] = &patches[..] {
        args = only.args.clone();
    }
    patch::share_names(&mut patches);
    Ok(Ok(Prepared { args, patches }))
}

/// Reads one semantic patch, twice if it has options of its own.
fn load(path: &Path, args: &ApplyArgs, library: &mut Library, before: &[String], words: &[String]) -> Result<Reading> {
    let mut reading = patch::load(path, args, library)?;
    if let Reading::Ready(loaded) = &reading
        && !loaded.program.patch.options.is_empty()
    {
        let mut all = before.to_vec();
        all.extend(loaded.program.patch.options.iter().cloned());
        let mut args = parse(&all, words)?;
        settle_sp_file(&mut args);
        reading = patch::load(path, &args, library)?;
    }
    if let Reading::Ready(loaded) = &reading {
        loaded.report();
    }
    Ok(reading)
}

fn parse(before: &[String], words: &[String]) -> Result<ApplyArgs> {
    let all = before.iter().chain(words).cloned().collect();
    Ok(Cli::of_words(all).context("options of .cocciconfig or #spatch lines")?.0.apply)
}

fn is_cocci(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "cocci")
}

/// `spatch-rs rule.cocci x.c`: a bare `.cocci` file is the semantic patch; `--sp-file rule` may leave the suffix out.
fn settle_sp_file(args: &mut ApplyArgs) {
    if args.sp_file.is_empty() {
        let (rules, code) = std::mem::take(&mut args.paths).into_iter().partition(|p| is_cocci(p));
        (args.sp_file, args.paths) = (rules, code);
    }
    for file in &mut args.sp_file {
        if !is_cocci(file) && file.as_os_str() != "-" && !file.exists() {
            let mut name = file.as_os_str().to_owned();
            name.push(".cocci");
            *file = PathBuf::from(name);
        }
    }
}

fn check_output_options(args: &ApplyArgs) -> Result<()> {
    let ways = [args.in_place, args.out_place, args.output.is_some()];
    if args.sp_file.len() > 1 && args.out_place {
        bail!("--out-place takes one semantic patch; use --in-place or -o for several");
    }
    if args.prints_text() && args.stdin_filename.is_none() && (args.dir.is_some() || args.paths.len() != 1) {
        bail!("-o - prints the text of one file; name one");
    }
    if ways.iter().filter(|w| **w).count() > 1 {
        bail!("--in-place, --out-place and -o exclude one another");
    }
    Ok(())
}

/// When work that starts now has to end.
pub fn deadline(args: &ApplyArgs) -> Option<Instant> {
    args.timeout.filter(|t| *t > 0).map(|t| Instant::now() + Duration::from_secs(t))
}

/// Prints the version in the form that the kernel's `coccicheck` reads: its third word is compared with a rule's `Requires:`.
pub fn version() -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "spatch version {} (spatch-rs {})", output::COMPATIBLE_VERSION, env!("CARGO_PKG_VERSION"))?;
    Ok(ExitCode::SUCCESS)
}

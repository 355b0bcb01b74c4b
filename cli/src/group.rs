//! One group of files, from their bytes to what is shown: word filter, reading, rules, diff.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use c_syntax::SourceFile;
use c_syntax::types::{HeaderTable, IncludeMode, IncludeOptions};
use rewriter::diff;
use rewriter::layout::Style;
use rewriter::run::explain::Explained;
use rewriter::run::{self, FileInput, FileOutcome, Input, RunOptions, ScriptHost, Select, SharedFile};
use smpl_parser::ast::{Dep, Item, MetaVar, Script, ScriptInput, ScriptPhase, ScriptSource};

use crate::apply::deadline;
use crate::args::ApplyArgs;
use crate::cache::Cache;
use crate::check::OfRule;
use crate::edits;
use crate::files::{self, Group};
use crate::output::{Done, Part, Take};
use crate::patch::Loaded;
use crate::script::{Iteration, Scripts};
use crate::text;
use crate::watch::{self, GroupTimes};

/// What all groups of a run share.
pub struct Runner<'a> {
    args: &'a ApplyArgs,
    patches: &'a [Loaded],
    options: Vec<RunOptions>,
    /// The scripts of each semantic patch that has some.
    scripts: Vec<Option<Scripts>>,
    cache: Option<Arc<Cache>>,
    /// What decides which matches of each semantic patch count, if anything does.
    select: Option<Vec<Arc<OfRule>>>,
}

impl<'a> Runner<'a> {
    /// Gets ready to run semantic patches.
    ///
    /// # Errors
    /// If one needs scripts and they are not allowed.
    pub fn new(args: &'a ApplyArgs, patches: &'a [Loaded]) -> Result<Self> {
        let cache = args.run.cache.as_ref().filter(|_| args.stdin_filename.is_none());
        let cache = cache.map(|dir| Cache::open(dir, args, patches).map(Arc::new)).transpose()?;
        let options = run_options(patches, cache.as_ref());
        let scripts = patches.iter().map(Scripts::new).collect::<Result<_>>()?;
        Ok(Self { args, patches, options, scripts, cache, select: None })
    }

    /// A runner for a further run of the `i`-th semantic patch of `other`, with its interpreter.
    #[must_use]
    pub fn with_host(args: &'a ApplyArgs, patches: &'a [Loaded], other: &Runner<'_>, i: usize) -> Self {
        let options = run_options(patches, None);
        let scripts = patches.iter().map(|p| other.scripts[i].as_ref().map(|s| s.again(p))).collect();
        let select = other.select.as_ref().map(|s| vec![s[i].clone()]);
        Self { args, patches, options, scripts, cache: None, select }
    }

    /// Lets matches that change or mark code count only where these want them, one for each semantic patch.
    pub fn select(&mut self, select: Vec<OfRule>) {
        self.select = Some(select.into_iter().map(Arc::new).collect());
    }

    /// Whether something decides which matches in these texts count.
    fn selects(&self, texts: &[(PathBuf, Arc<[u8]>)]) -> bool {
        let concerns = |s: &Arc<OfRule>| texts.iter().any(|(_, text)| s.selection.concerns(text));
        self.select.iter().flatten().next().is_some_and(concerns)
    }

    /// The options of the run.
    #[must_use]
    pub fn args(&self) -> &ApplyArgs {
        self.args
    }

    /// Whether groups may have to wait for those before them.
    #[must_use]
    pub fn has_turns(&self) -> bool {
        self.patches.iter().zip(&self.scripts).any(|(p, s)| s.as_ref().is_some_and(|s| s.need_python(p)))
    }

    /// Whether groups have to be worked on one after the other: where a script in Python would wait for its turn while its time runs.
    #[must_use]
    pub fn is_sequential(&self) -> bool {
        let mut all = self.patches.iter().zip(&self.scripts);
        all.any(|(p, s)| p.args.timeout.is_some_and(|t| t > 0) && s.as_ref().is_some_and(|s| s.have_turns(p)))
    }

    /// Ends the work with results of earlier runs.
    pub fn close_cache(&self) {
        if let Some(cache) = &self.cache {
            cache.close();
        }
    }

    /// Fails if a script needed an interpreter that could not be started.
    ///
    /// # Errors
    /// Then.
    pub fn check_scripts(&self) -> Result<()> {
        for scripts in self.scripts.iter().flatten() {
            if let Some(why) = scripts.python().missing() {
                bail!("{why}");
            }
        }
        Ok(())
    }

    /// Runs the `initialize` scripts.
    ///
    /// # Errors
    /// If one failed, or standard output cannot be written.
    pub fn initialize(&self, sink: &mut dyn Take) -> Result<()> {
        self.phase(ScriptPhase::Initialize, sink)
    }

    /// Runs the `finalize` scripts.
    ///
    /// # Errors
    /// If one failed, or standard output cannot be written.
    pub fn finalize(&self, sink: &mut dyn Take) -> Result<()> {
        self.phase(ScriptPhase::Finalize, sink)
    }

    fn phase(&self, phase: ScriptPhase, sink: &mut dyn Take) -> Result<()> {
        for (patch, (loaded, scripts)) in self.patches.iter().zip(&self.scripts).enumerate() {
            let Some(scripts) = scripts else { continue };
            let mut host = scripts.python();
            for script in loaded.program.scripts(phase).filter(|s| s.runs_here() && s.depends != Dep::False) {
                let Some(inputs) = fixed_inputs(script) else { continue };
                let result = match phase {
                    ScriptPhase::Finalize => host.finalize(script, &inputs),
                    _ => host.initialize(script, &inputs),
                };
                let result = result.map_err(|e| {
                    anyhow!("{}: {}: {}\n{}", loaded.name, script.name, e.message, e.details.join("\n"))
                })?;
                let part = Part { patch, printed: result.printed, diff: Vec::new() };
                sink.take(Done { parts: vec![part], stderr: result.warned, ..Done::default() })?;
            }
        }
        Ok(())
    }

    /// Further runs that scripts asked for since the last call, for each semantic patch.
    pub fn iterations(&self) -> Vec<(usize, Iteration)> {
        let mut out = Vec::new();
        for (i, scripts) in self.scripts.iter().enumerate() {
            if let Some(scripts) = scripts {
                out.extend(scripts.python().take_iterations().into_iter().map(|it| (i, it)));
            }
        }
        out
    }

    /// Processes the `i`-th group. Groups have to be begun in their order. A fault of ours ends this group only, and is named.
    #[must_use]
    pub fn run(&self, i: usize, group: &Group) -> Done {
        let guarded = std::panic::AssertUnwindSafe(|| self.process(i, group));
        let result = std::panic::catch_unwind(guarded);
        self.scripts.iter().flatten().for_each(|s| s.done(i));
        result.unwrap_or_else(|_| {
            let names: Vec<String> = group.files.iter().map(|f| f.display().to_string()).collect();
            Done {
                problems: vec![format!("{}: internal fault; please report it with the file", names.join(" "))],
                ..Done::default()
            }
        })
    }

    /// Why the rules of the `i`-th semantic patch do not match at a line (from 1) of a file.
    #[must_use]
    pub fn explain(&self, i: usize, path: &Path, text: &[u8], line: u32) -> Vec<Explained> {
        let patch = &self.patches[i];
        let file = self.shared(SourceFile::parse(text.into(), &patch.tables, None));
        let input = FileInput { name: path.to_string_lossy().into(), file };
        let options = RunOptions { deadline: deadline(&patch.args), ..self.options[i].clone() };
        let mut scripts = self.scripts[i].as_ref().map(|s| s.of_group(0));
        let host = scripts.as_mut().map(|s| s as &mut dyn ScriptHost);
        run::explain::explain(&patch.program, vec![input], host, &options, (0, line))
    }

    fn process(&self, number: usize, group: &Group) -> Done {
        let mut done = Done::default();
        let clock = || self.args.run.profile.then(watch::clock);
        let start = clock();
        let mut texts: Vec<(PathBuf, Arc<[u8]>)> = Vec::with_capacity(group.files.len());
        let first = match self.glance(group) {
            Glance::Unwanted => return done,
            Glance::Wanted(text) => Some(text),
            Glance::Unknown => None,
        };
        let mut first = first.map(Ok);
        for path in &group.files {
            match first.take().unwrap_or_else(|| read(self.args, path)) {
                Ok(text) if text.len() > LARGEST => {
                    done.problems.push(format!("{}: larger than 2 GiB", path.display()));
                }
                Ok(text) if text::utf16(&text).is_some() => {
                    done.problems
                        .push(format!("{}: text in UTF-16, which is not read; convert it to UTF-8", path.display()));
                }
                Ok(text) => texts.push((path.clone(), text)),
                Err(e) => done.problems.push(format!("{}: {e}", path.display())),
            }
        }
        let mut wanted = self.wanted(group, texts.iter().map(|(_, text)| &text[..]));
        if !wanted.contains(&true) || texts.is_empty() {
            if self.args.verbose {
                texts.iter().for_each(|(p, _)| eprintln!("skipping {}: lacks the words of every rule", p.display()));
            }
            if self.args.prints_text() {
                let text = texts.first().map(|(_, t)| t.to_vec()).unwrap_or_default();
                done.parts.push(Part { patch: 0, printed: text, diff: Vec::new() });
            }
            return done;
        }
        let selects = self.selects(&texts);
        let mut kept: Vec<Option<Done>> = self.patches.iter().map(|_| None).collect();
        let mut cached = self.cache.as_ref().filter(|_| !selects).map(|cache| (cache, cache.look(&texts)));
        if let Some((cache, known)) = &mut cached {
            if cache.is_whole() {
                if let Some(all) = cache.take(known, 0) {
                    return all;
                }
            } else {
                for i in (0..self.patches.len()).filter(|i| wanted[*i]) {
                    kept[i] = cache.take(known, i);
                }
                if (0..self.patches.len()).all(|i| !wanted[i] || kept[i].is_some()) {
                    kept.into_iter().flatten().for_each(|one| done.append(one));
                    return done;
                }
            }
        }
        let mut times = GroupTimes {
            name: texts[0].0.display().to_string(),
            bytes: texts.iter().map(|(_, t)| t.len()).sum(),
            read: since(start, clock()),
            ..GroupTimes::default()
        };
        let start = clock();
        let tables = &self.patches[0].tables;
        let (paths, texts): (Vec<PathBuf>, Vec<Arc<[u8]>>) = texts.into_iter().unzip();
        let read = |text: Arc<[u8]>| self.shared(SourceFile::parse(text, tables, None));
        let mut sources: Vec<Arc<SharedFile>> = texts.into_iter().map(read).collect();
        if self.args.verbose {
            paths.iter().for_each(|p| eprintln!("handling {}", p.display()));
        }
        let originals: Vec<Arc<[u8]>> = sources.iter().map(|s| s.source.text.clone()).collect();
        let mut results: Vec<Option<Arc<[u8]>>> = vec![None; paths.len()];
        times.cut = since(start, clock());
        let mut work = Work { number, selects, unkept: false, any_unkept: false, headers: Vec::new(), times };
        for i in 0..self.patches.len() {
            if !wanted[i] {
                continue;
            }
            if let Some(one) = kept[i].take() {
                done.append(one);
                continue;
            }
            let mut own = Done::default();
            work.unkept = false;
            self.patch(i, &paths, &mut sources, &mut results, &mut own, &mut work);
            if let Some((cache, known)) =
                cached.as_mut().filter(|(cache, _)| !cache.is_whole() && !work.unkept && done.problems.is_empty())
            {
                cache.add(known, i, &own);
            }
            work.any_unkept |= work.unkept;
            done.append(own);
            if self.is_sequence() && results.iter().any(Option::is_some) {
                // The text may hold other words now.
                wanted = self.wanted(group, sources.iter().map(|s| &s.source.text[..]));
            }
        }
        work.headers.extend(sources.iter().flat_map(|s| s.headers_asked()));
        if self.args.prints_text() {
            let text = results.into_iter().flatten().next().unwrap_or_else(|| originals[0].clone()).to_vec();
            done.parts = vec![Part { patch: 0, printed: text, diff: Vec::new() }];
        } else if self.args.in_place || self.args.out_place || self.args.output.is_some() {
            let changed = paths.into_iter().zip(results).zip(&originals);
            done.writes.extend(
                changed.filter_map(|((p, new), old)| new.filter(|n| n[..] != old[..]).map(|n| (p, n.to_vec()))),
            );
        }
        if let Some((cache, mut known)) = cached {
            if cache.is_whole() && !work.any_unkept {
                cache.add(&mut known, 0, &done);
            }
            work.headers.sort();
            work.headers.dedup();
            cache.put(known, &work.headers);
        }
        done.times = start.map(|_| Box::new(work.times));
        done
    }

    /// Reads the one file of a group into memory that each thread uses again for the next one: most files hold nothing that is wanted.
    fn glance(&self, group: &Group) -> Glance {
        let [path] = &group.files[..] else { return Glance::Unknown };
        if self.args.stdin_filename.is_some() || self.args.verbose || self.args.prints_text() {
            return Glance::Unknown;
        }
        let glance = BUFFER.with_borrow_mut(|buffer| {
            let Ok(text) = std::fs::File::open(path).and_then(|file| read_into(file, buffer)) else {
                return Glance::Unknown;
            };
            let odd = text.len() > LARGEST || text::utf16(text).is_some();
            if let [only] = self.patches
                && !(odd || only.args.disable_worth_trying_opt || only.program.may_matter(text))
            {
                return Glance::Unwanted;
            }
            if odd || self.wanted(group, std::iter::once(text)).contains(&true) {
                return Glance::Wanted(text.into());
            }
            Glance::Unwanted
        });
        if matches!(glance, Glance::Wanted(_)) {
            // Work on the file begins, beside which making a new one costs nothing.
            BUFFER.take();
        }
        glance
    }

    /// Whether each semantic patch sees the result of the one before.
    fn is_sequence(&self) -> bool {
        self.patches.len() > 1 && (self.args.in_place || self.args.output.is_some())
    }

    fn shared(&self, source: SourceFile) -> Arc<SharedFile> {
        Arc::new(SharedFile::new(Arc::new(source), self.patches[0].program.words(), self.patches.len() > 1))
    }

    /// For each semantic patch, whether some file of a group may hold what it looks for.
    fn wanted<'t>(&self, group: &Group, texts: impl Iterator<Item = &'t [u8]>) -> Vec<bool> {
        let table = self.patches[0].program.words();
        let mut words = table.empty_set();
        texts.for_each(|text| words.add(&table.find(text)));
        let one = |p: &Loaded| {
            let asked = !group.header || p.args.include_headers;
            asked && (p.args.disable_worth_trying_opt || p.program.may_match(&words))
        };
        self.patches.iter().map(one).collect()
    }

    /// Applies the `i`-th semantic patch to the group of this number. Where files are written, the next one sees its result; else each
    /// sees the original.
    fn patch(
        &self,
        i: usize,
        paths: &[PathBuf],
        sources: &mut [Arc<SharedFile>],
        results: &mut [Option<Arc<[u8]>>],
        done: &mut Done,
        work: &mut Work,
    ) {
        let patch = &self.patches[i];
        let inputs = paths
            .iter()
            .zip(sources.iter())
            .map(|(path, source)| FileInput { name: path.to_string_lossy().into(), file: source.clone() })
            .collect();
        let select = self.select.as_ref().filter(|_| work.selects).map(|s| s[i].clone() as Arc<dyn Select>);
        let options = RunOptions { deadline: deadline(&patch.args), select, ..self.options[i].clone() };
        let mut scripts = self.scripts[i].as_ref().map(|s| s.of_group(work.number));
        let outcome = run::apply(&patch.program, inputs, scripts.as_mut().map(|s| s as &mut dyn ScriptHost), &options);
        work.unkept |= scripts.is_some_and(|s| s.unkept);
        self.scripts[i].iter().for_each(|s| s.done(work.number));
        work.times.patches.push((i, outcome.times));
        let start = self.args.run.profile.then(watch::clock);
        done.found |= !outcome.printed.is_empty();
        let mut part = Part { patch: i, printed: outcome.printed, diff: Vec::new() };
        done.stderr.extend(outcome.warned);
        done.messages.extend(outcome.messages);
        for (f, file) in outcome.files.into_iter().enumerate() {
            if patch.args.show_edits && file.text.is_some() {
                part.printed.extend(edits::shown(&files::shown_name(&paths[f], self.args), &file.rounds));
            }
            let new = self.show(patch, &paths[f], &sources[f].source.text, file, done, &mut part.diff);
            let Some(new) = new else { continue };
            if self.is_sequence() {
                work.headers.extend(sources[f].headers_asked());
                sources[f] = self.shared(SourceFile::parse(new.clone(), &patch.tables, Some(&sources[f].source)));
            }
            results[f] = Some(new);
        }
        if !part.printed.is_empty() || !part.diff.is_empty() {
            done.parts.push(part);
        }
        work.times.diff += since(start, self.args.run.profile.then(watch::clock));
    }

    /// Adds the diff of a file to `diff`; returns its new text.
    fn show(
        &self,
        patch: &Loaded,
        path: &Path,
        old: &[u8],
        file: FileOutcome,
        done: &mut Done,
        diff: &mut Vec<u8>,
    ) -> Option<Arc<[u8]>> {
        if file.starred.is_empty() && file.text.is_none() {
            return None;
        }
        let args = &patch.args;
        let shown = files::shown_name(path, self.args);
        let below = |folder: &[u8]| [folder, b"/", &shown].concat();
        let (a, b) = (below(b"a"), below(b"b"));
        let before = diff.len();
        if self.patches.len() > 1 {
            diff.extend(format!("# rule: {}\n", patch.name).into_bytes());
        }
        diff.extend([b"diff -u -p ", &diff::quoted(&a)[..], b" ", &diff::quoted(&b), b"\n"].concat());
        let head = diff.len();
        if !file.starred.is_empty() {
            done.found = true;
            let rest = without_lines(old, &file.starred);
            diff::add_unified(old, &rest, [&a, &below(b"/tmp/nothing")], self.args.context, diff);
        }
        let visible = file.text.as_ref().is_some_and(|new| args.force_diff || !only_blanks_differ(old, new));
        if let Some(new) = file.text.as_ref().filter(|_| visible) {
            done.found = true;
            diff::add_unified(old, new, [&a, &b], self.args.context, diff);
        }
        if args.no_show_diff || diff.len() == head {
            diff.truncate(before);
        }
        file.text
    }
}

/// What is noted while a group is worked on.
struct Work {
    /// Which group it is.
    number: usize,
    /// Whether something decides which matches count.
    selects: bool,
    /// Whether scripts of the present semantic patch had a part in its result that another run may not repeat.
    unkept: bool,
    /// The same of any.
    any_unkept: bool,
    /// Headers that were asked for.
    headers: Vec<PathBuf>,
    times: GroupTimes,
}

fn since(start: Option<Duration>, end: Option<Duration>) -> Duration {
    start.zip(end).map_or(Duration::ZERO, |(a, b)| b.saturating_sub(a))
}

/// Larger files are not read.
const LARGEST: usize = u32::MAX as usize / 2;

/// What a first look at a group tells.
enum Glance {
    /// No rule wants it.
    Unwanted,
    /// The text of its one file.
    Wanted(Arc<[u8]>),
    /// It has to be read in full.
    Unknown,
}

/// More than this is not kept for the next file.
const BUFFER_KEPT: usize = 4 << 20;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Reads a file into a buffer, of which what lies behind the text is left over from files before.
fn read_into(mut file: std::fs::File, buffer: &mut Vec<u8>) -> std::io::Result<&[u8]> {
    if buffer.is_empty() || buffer.len() > BUFFER_KEPT {
        *buffer = vec![0; 16 << 10];
    }
    let mut end = 0;
    loop {
        match file.read(&mut buffer[end..]) {
            Ok(0) => return Ok(&buffer[..end]),
            Ok(n) => end += n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        if end == buffer.len() {
            buffer.resize(2 * end, 0);
        }
    }
}

/// The text of a file, or standard input in its place.
fn read(args: &ApplyArgs, path: &Path) -> std::io::Result<Arc<[u8]>> {
    if args.stdin_filename.is_none() {
        return std::fs::read(path).map(Arc::from);
    }
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text)?;
    Ok(text.into())
}

/// A text without the given lines (from 1).
fn without_lines(text: &[u8], lines: &BTreeSet<u32>) -> Vec<u8> {
    let kept = text.split_inclusive(|b| *b == b'\n').enumerate();
    kept.filter(|(i, _)| !lines.contains(&(*i as u32 + 1))).flat_map(|(_, l)| l).copied().collect()
}

/// The values of a script's variables outside any file: virtual identifiers and defaults; none if one is unbound.
fn fixed_inputs(script: &Script) -> Option<Vec<Option<Input>>> {
    let one = |input: &ScriptInput| match &input.source {
        ScriptSource::Merge(_) => Some(None),
        ScriptSource::Virtual(_, Some(value)) => Some(Some(Input::Text(value.clone()))),
        _ => input.default.as_ref().map(|d| Some(Input::Text(d.clone()))),
    };
    script.inputs.iter().map(one).collect()
}

/// What holds for each semantic patch of a run; each header is read once for all.
fn run_options(patches: &[Loaded], cache: Option<&Arc<Cache>>) -> Vec<RunOptions> {
    let table = Arc::new(match cache.cloned() {
        Some(cache) => HeaderTable::new(Box::new(move |path| cache.read_header(path))),
        None => HeaderTable::new(Box::new(|path| std::fs::read(path).ok())),
    });
    patches.iter().map(|p| options_of(p, &table)).collect()
}

/// Which headers say types: those that are asked for, else those in quotes if a metavariable has a type (`features.md` section 7).
fn includes(patch: &Loaded) -> IncludeOptions {
    let args = &patch.args;
    let typed = patch.program.patch.items.iter().any(|item| match item {
        Item::Rule(rule) => rule.metavars.iter().any(MetaVar::is_typed),
        Item::Script(_) => false,
    });
    let mode = if args.no_includes {
        IncludeMode::None
    } else if args.recursive_includes {
        IncludeMode::Recursive
    } else if args.all_includes {
        IncludeMode::All
    } else if args.local_includes || typed {
        IncludeMode::Local
    } else {
        IncludeMode::None
    };
    let mut dirs = args.include_dirs.clone();
    dirs.extend(args.dir.iter().map(|dir| dir.join("include")));
    IncludeOptions { mode, dirs, forced: args.include.clone() }
}

fn options_of(patch: &Loaded, table: &Arc<HeaderTable>) -> RunOptions {
    let args = &patch.args;
    let style = Style {
        quirks: args.coccinelle_quirks,
        smpl_spacing: args.smpl_spacing,
        indent: args.indent.map(|n| n as usize),
        max_width: args.max_width as usize,
        keep_comments: args.keep_comments,
        notes: args.show_edits,
    };
    RunOptions {
        quirks: args.coccinelle_quirks,
        by_definition: args.by_definition,
        allow_inconsistent: args.allow_inconsistent_paths,
        bare: (!args.no_safe_expressions, args.disallow_nested_exps),
        cfg: cfg::CfgOptions { no_loops: args.no_loops, no_gotos: args.no_gotos },
        style,
        tables: patch.tables.clone(),
        headers: (table.clone(), includes(patch)),
        number_bits: args.int_bits.zip(args.long_bits),
        steps: args.run.max_steps.unwrap_or(matcher::DEFAULT_STEPS),
        memory: args.run.max_memory.map_or(matcher::DEFAULT_MEMORY, |mib| mib.saturating_mul(1 << 20)),
        clock: args.run.profile.then_some(watch::clock as rewriter::run::Clock),
        deadline: None,
        select: None,
    }
}

/// Whether two texts differ in white space only: such a result is no change unless `--force-diff` (features.md 11.4).
fn only_blanks_differ(a: &[u8], b: &[u8]) -> bool {
    let ink = |t: &&u8| !t.is_ascii_whitespace();
    a.iter().filter(ink).eq(b.iter().filter(ink))
}

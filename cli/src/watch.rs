//! A run watched from outside: progress on a terminal, where time went, what was given up.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use rewriter::run::{Level, Message, Stage, Times};

use crate::args::ApplyArgs;
use crate::output::{Done, Take};

/// So many of the slowest files are named.
const SLOWEST: usize = 10;

/// What the work on one group cost.
#[derive(Debug, Default)]
pub struct GroupTimes {
    /// The first file of the group.
    pub name: String,
    /// Bytes of its files.
    pub bytes: usize,
    /// Reading bytes and looking for words.
    pub read: Duration,
    /// Cutting into elements.
    pub cut: Duration,
    /// Diffs.
    pub diff: Duration,
    /// What each semantic patch cost.
    pub patches: Vec<(usize, Times)>,
}

impl GroupTimes {
    fn total(&self) -> Duration {
        self.read + self.cut + self.diff + self.patches.iter().map(|p| p.1.total()).sum::<Duration>()
    }
}

/// CPU time of this thread.
pub fn clock() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Hands results on, and keeps count.
pub struct Watch<'a> {
    inner: &'a mut (dyn Take + Send),
    /// Names of the semantic patches.
    names: Vec<String>,
    bar: Option<ProgressBar>,
    profile: Option<Profile>,
    given_up: Vec<Message>,
}

/// Where time went.
#[derive(Default)]
struct Profile {
    bytes: usize,
    groups: usize,
    read: Duration,
    cut: Duration,
    diff: Duration,
    patches: BTreeMap<usize, Times>,
    slowest: Vec<(Duration, String)>,
}

impl<'a> Watch<'a> {
    /// Watches a run over so many groups.
    pub fn new(args: &ApplyArgs, names: Vec<String>, groups: usize, inner: &'a mut (dyn Take + Send)) -> Self {
        let show = groups > 1 && !args.run.no_progress && std::io::stderr().is_terminal();
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} files, {per_sec}, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = show.then(|| ProgressBar::new(groups as u64).with_style(style));
        Self { inner, names, bar, profile: args.run.profile.then(Profile::default), given_up: Vec::new() }
    }

    /// Ends the run: prints what was asked for, and names what was given up. The number of these.
    pub fn finish(self) -> usize {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if let Some(profile) = &self.profile {
            eprint!("{}", profile.text(&self.names));
        }
        if !self.given_up.is_empty() {
            eprintln!("given up: {}", self.given_up.len());
            for m in &self.given_up {
                let line = m.line.map_or_else(String::new, |l| format!(":{l}"));
                eprintln!("  {}{line}: {}: {}", m.file, m.rule, m.text);
            }
        }
        self.given_up.len()
    }
}

impl Take for Watch<'_> {
    fn take(&mut self, mut done: Done) -> Result<()> {
        self.given_up.extend(done.messages.iter().filter(|m| m.level == Level::GivenUp).cloned());
        if let (Some(profile), Some(times)) = (&mut self.profile, done.times.take()) {
            profile.add(&times);
        }
        let Some(bar) = &self.bar else { return self.inner.take(done) };
        bar.inc(1);
        if done.is_silent() { self.inner.take(done) } else { bar.suspend(|| self.inner.take(done)) }
    }
}

impl Profile {
    fn add(&mut self, times: &GroupTimes) {
        self.groups += 1;
        self.bytes += times.bytes;
        self.read += times.read;
        self.cut += times.cut;
        self.diff += times.diff;
        for (patch, own) in &times.patches {
            self.patches.entry(*patch).or_default().add(own);
        }
        self.slowest.push((times.total(), times.name.clone()));
        if self.slowest.len() >= 8 * SLOWEST {
            self.trim();
        }
    }

    fn trim(&mut self) {
        self.slowest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.slowest.truncate(SLOWEST);
    }

    fn text(&self, names: &[String]) -> String {
        use std::fmt::Write as _;
        let mut all = Times::default();
        self.patches.values().for_each(|t| all.add(t));
        let total = self.read + self.cut + self.diff + all.total();
        let mut out = String::new();
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        let _ = writeln!(out, "profile: CPU milliseconds, {} groups, {} bytes", self.groups, self.bytes);
        let stages = [("read", self.read), ("cut", self.cut)]
            .into_iter()
            .chain(Stage::ALL.map(|s| (s.name(), all.of(s))))
            .chain([("diff", self.diff), ("total", total)]);
        for (name, time) in stages {
            let _ = writeln!(out, "  {:>10.1}  {name}", ms(time));
        }
        let _ = write!(out, "profile: semantic patches\n  {:>10}", "total");
        Stage::ALL.iter().for_each(|s| {
            let _ = write!(out, " {:>10}", s.name());
        });
        out.push('\n');
        let mut patches: Vec<(&usize, &Times)> = self.patches.iter().collect();
        patches.sort_by_key(|(i, t)| (std::cmp::Reverse(t.total()), **i));
        for (i, times) in patches {
            let _ = write!(out, "  {:>10.1}", ms(times.total()));
            Stage::ALL.iter().for_each(|s| {
                let _ = write!(out, " {:>10.1}", ms(times.of(*s)));
            });
            let _ = writeln!(out, "  {}", names.get(*i).map_or("", String::as_str));
        }
        let mut slowest = Self { slowest: self.slowest.clone(), ..Self::default() };
        slowest.trim();
        let _ = writeln!(out, "profile: slowest files");
        for (time, name) in &slowest.slowest {
            let _ = writeln!(out, "  {:>10.1}  {name}", ms(*time));
        }
        out
    }
}

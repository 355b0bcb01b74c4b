//! One group of files, from their bytes to what is shown: word filter, reading, rules, diff.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use c_syntax::SourceFile;
use rewriter::Style;
use rewriter::diff::{self, DiffOptions};
use rewriter::run::{self, FileInput, FileOutcome, RunOptions};

use crate::apply::deadline;
use crate::args::ApplyArgs;
use crate::files::{self, Group};
use crate::output::{Done, Sink};
use crate::patch::Loaded;

/// What all groups of a run share.
pub struct Runner<'a> {
    args: &'a ApplyArgs,
    loaded: &'a Loaded,
    options: RunOptions,
}

impl<'a> Runner<'a> {
    /// Gets ready to run a semantic patch.
    ///
    /// # Errors
    /// If scripts are needed and cannot be run at all.
    pub fn new(args: &'a ApplyArgs, loaded: &'a Loaded) -> Result<Self> {
        let style = Style {
            quirks: args.coccinelle_quirks,
            smpl_spacing: args.smpl_spacing,
            indent: args.indent,
            max_width: args.max_width,
            keep_comments: args.keep_comments,
        };
        let options = RunOptions {
            quirks: args.coccinelle_quirks,
            allow_inconsistent: args.allow_inconsistent_paths,
            cfg: cfg::CfgOptions { no_loops: args.no_loops, no_gotos: args.no_gotos, ..cfg::CfgOptions::default() },
            style,
            tables: loaded.tables.clone(),
            deadline: None,
        };
        Ok(Self { args, loaded, options })
    }

    /// Runs the `initialize` scripts.
    ///
    /// # Errors
    /// If one cannot be run.
    pub fn initialize(&self, _sink: &mut Sink<'_>) -> Result<()> {
        Ok(())
    }

    /// Runs the `finalize` scripts.
    ///
    /// # Errors
    /// If one cannot be run.
    pub fn finalize(&self, _sink: &mut Sink<'_>) -> Result<()> {
        Ok(())
    }

    /// Processes a group. A fault of ours ends this group only, and is named.
    #[must_use]
    pub fn run(&self, group: &Group) -> Done {
        let guarded = std::panic::AssertUnwindSafe(|| self.process(group));
        std::panic::catch_unwind(guarded).unwrap_or_else(|_| {
            let names: Vec<String> = group.files.iter().map(|f| f.display().to_string()).collect();
            Done { problems: vec![format!("{}: internal fault; please report it with the file", names.join(" "))], ..Done::default() }
        })
    }

    fn process(&self, group: &Group) -> Done {
        let mut done = Done::default();
        let mut texts: Vec<(PathBuf, Vec<u8>)> = Vec::with_capacity(group.files.len());
        for path in &group.files {
            match std::fs::read(path) {
                Ok(text) if text.len() > u32::MAX as usize / 2 => {
                    done.problems.push(format!("{}: larger than 2 GiB", path.display()));
                }
                Ok(text) => texts.push((path.clone(), text)),
                Err(e) => done.problems.push(format!("{}: {e}", path.display())),
            }
        }
        let wanted = self.args.disable_worth_trying_opt || texts.iter().any(|(_, t)| self.loaded.filter.may_match(t));
        if !wanted || texts.is_empty() {
            if self.args.verbose {
                texts.iter().for_each(|(p, _)| eprintln!("skipping {}: lacks the words of every rule", p.display()));
            }
            return done;
        }
        let inputs: Vec<FileInput> = texts
            .iter_mut()
            .map(|(path, text)| {
                if self.args.verbose {
                    eprintln!("handling {}", path.display());
                }
                let text: Arc<[u8]> = std::mem::take(text).into();
                FileInput {
                    name: path.to_string_lossy().into(),
                    source: Arc::new(SourceFile::parse(text, &self.options.tables, None)),
                }
            })
            .collect();
        let originals: Vec<Arc<[u8]>> = inputs.iter().map(|f| f.source.text.clone()).collect();
        let options = RunOptions { deadline: deadline(self.args), ..self.options.clone() };
        let outcome = run::apply(&self.loaded.program, inputs, None, &options);
        done.found |= !outcome.printed.is_empty();
        done.stdout = outcome.printed;
        done.stderr = outcome.warned;
        done.messages = outcome.messages;
        for ((path, _), (old, file)) in texts.iter().zip(originals.iter().zip(outcome.files)) {
            self.show(path, old, file, &mut done);
        }
        done
    }

    fn show(&self, path: &Path, old: &[u8], file: FileOutcome, done: &mut Done) {
        let shown = files::shown_name(path, self.args);
        let options = DiffOptions { context: self.args.context };
        if !file.starred.is_empty() {
            done.found = true;
            if !self.args.no_show_diff {
                done.stdout.extend(diff::starred(old, &file.starred, &shown, &options));
            }
        }
        let Some(new) = file.text else { return };
        let visible = self.args.force_diff || !only_blanks_differ(old, &new);
        done.found |= visible;
        if !self.args.no_show_diff && visible {
            done.stdout.extend(diff::unified(old, &new, &shown, &options));
        }
        if self.args.in_place || self.args.out_place || self.args.output.is_some() {
            done.writes.push((path.to_path_buf(), new));
        }
    }
}

/// Whether two texts differ in white space only: such a result is no change unless `--force-diff` (features.md 11.4).
fn only_blanks_differ(a: &[u8], b: &[u8]) -> bool {
    let ink = |t: &&u8| !t.is_ascii_whitespace();
    a.iter().filter(ink).eq(b.iter().filter(ink))
}

//! The semantic patches of a run: found, read with the options in force, their messages shown.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use c_syntax::{Diagnostic, MacroTables};
use rewriter::run::Program;
use rustc_hash::FxHashMap;
use smpl_parser::ParseOptions;
use smpl_parser::ast::DeclaredNames;
use smpl_parser::iso::IsoFile;
use walkdir::WalkDir;

use crate::args::ApplyArgs;
use crate::check::header::{self, Mode};
use crate::{diagnostics, text};

/// A semantic patch, ready to run.
pub struct Loaded {
    /// Its rules.
    pub program: Program,
    /// Macros for reading C.
    pub tables: Arc<MacroTables>,
    /// The options in force for it.
    pub args: ApplyArgs,
    /// Its name, as given.
    pub name: String,
    /// All texts that it was made from: its own, isomorphisms, macros, included patches.
    pub read: Vec<String>,
    text: String,
    macros: String,
    /// What the macros for reading C were made from, beside the shipped ones.
    named: Arc<str>,
    warnings: Vec<Diagnostic>,
}

impl Loaded {
    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What C files are read with, as text: equal texts are equal tables of macros.
    pub fn names_of_tables(&self) -> &str {
        &self.named
    }

    /// Shows the warnings about the patch.
    pub fn report(&self) {
        if !self.args.very_quiet {
            diagnostics::show(&self.name, &self.text, &self.warnings);
        }
    }
}

/// The semantic patches that arguments name: files as they are, those below directories in path order.
///
/// # Errors
/// If a directory cannot be listed, or holds none.
pub fn expand(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in named {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let before = out.len();
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.with_context(|| path.display().to_string())?;
            if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "cocci") {
                out.push(entry.into_path());
            }
        }
        if out.len() == before {
            bail!("no .cocci file below the directory {}", path.display());
        }
    }
    Ok(out)
}

/// What came of reading a semantic patch.
pub enum Reading {
    /// It can run.
    Ready(Box<Loaded>),
    /// It cannot be used; its messages were shown.
    Refused,
    /// A mode is asked for (`-D report`), and it has others but not this one.
    NoMode(Mode),
}

/// Files that semantic patches are read with, each read once for all of a run.
#[derive(Default)]
pub struct Library {
    /// Isomorphisms by their file; none for the standard ones.
    isos: FxHashMap<Option<PathBuf>, Rc<IsoFile>>,
}

impl Library {
    /// The isomorphisms that options name.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn isos(&mut self, file: Option<&Path>) -> Result<Rc<IsoFile>> {
        if let Some(known) = self.isos.get(&file.map(Path::to_path_buf)) {
            return Ok(known.clone());
        }
        let read = Rc::new(match file {
            Some(file) => IsoFile::new(file.display().to_string(), text::read(file)?),
            None => IsoFile::known("standard.iso", rules::STANDARD_ISO),
        });
        self.isos.insert(file.map(Path::to_path_buf), read.clone());
        Ok(read)
    }
}

/// Reads a semantic patch.
///
/// # Errors
/// If a file cannot be read.
pub fn load(path: &Path, args: &ApplyArgs, library: &mut Library) -> Result<Reading> {
    let name = path.display().to_string();
    let text = text::read(path)?;
    let modes = header::read(&text).modes;
    let lacks = |m: &&Mode| !modes.contains(m) && args.define.iter().any(|d| d == m.name());
    if let Some(mode) = Mode::ALL.iter().find(lacks).filter(|_| !modes.is_empty()) {
        return Ok(Reading::NoMode(*mode));
    }
    let isos = library.isos(args.iso_file.as_deref())?;
    let read = RefCell::new(vec![text.clone(), isos.text.clone()]);
    let resolve = |wanted: &str| {
        let found = read_beside(path, wanted);
        read.borrow_mut().extend(found.iter().flat_map(|(name, text)| [name.clone(), text.clone()]));
        found
    };
    let options = ParseOptions {
        defines: &args.define,
        isos: Some(&isos),
        all_isos: args.all_isos,
        disabled_isos: if args.all_isos { &[] } else { &args.disable_iso },
        iso_limit: args.iso_limit,
        reverse: args.reverse,
        include: &resolve,
    };
    let (patch, messages) = smpl_parser::parse(&name, &text, &options);
    let Some(patch) = patch else {
        diagnostics::show(&name, &text, &messages);
        return Ok(Reading::Refused);
    };
    let mut macros = String::new();
    for file in &args.macro_file {
        match std::fs::read(file) {
            Ok(bytes) => macros.push_str(&String::from_utf8_lossy(&bytes)),
            Err(e) => eprintln!("warning: macro file {}: {e}", file.display()),
        }
    }
    if let Some(file) = &args.macro_file_builtins {
        macros.insert_str(0, &text::read(file)?);
    }
    let tables = Arc::new(MacroTables::new(built_in(args), &macros, &patch.names));
    let named = named(args, &macros, &patch.names).into();
    let mut read = read.into_inner();
    read.push(macros.clone());
    let mut program = Program::new(Arc::new(patch), args.only_return_is_error_exit);
    if args.no_show_diff && !args.check {
        program.without_marks();
    }
    let args = args.clone();
    Ok(Reading::Ready(Box::new(Loaded { program, tables, args, name, read, text, macros, named, warnings: messages })))
}

/// Gives all semantic patches of a run the names that any of them declares, and lets them look for their words together, so that a C
/// file is read once for all.
pub fn share_names(patches: &mut [Loaded]) {
    if patches.len() < 2 {
        return;
    }
    let mut programs: Vec<&mut Program> = patches.iter_mut().map(|p| &mut p.program).collect();
    Program::share_words(&mut programs);
    let mut names = DeclaredNames::default();
    for p in patches.iter() {
        let own = &p.program.patch.names;
        names.typedefs.extend(own.typedefs.iter().cloned());
        names.attributes.extend(own.attributes.iter().cloned());
        names.declarers.extend(own.declarers.iter().cloned());
        names.iterators.extend(own.iterators.iter().cloned());
    }
    let tables = Arc::new(MacroTables::new(built_in(&patches[0].args), &patches[0].macros, &names));
    let named: Arc<str> = named(&patches[0].args, &patches[0].macros, &names).into();
    for p in patches {
        p.tables = tables.clone();
        p.named = named.clone();
    }
}

fn named(args: &ApplyArgs, macros: &str, names: &DeclaredNames) -> String {
    let lists = [&names.typedefs, &names.attributes, &names.declarers, &names.iterators];
    let sorted = lists.map(|list| list.iter().collect::<BTreeSet<_>>());
    format!("{:?} {macros:?} {sorted:?}", built_in(args).is_empty())
}

/// The shipped table of macros, unless a file takes its place.
fn built_in(args: &ApplyArgs) -> &'static str {
    if args.macro_file_builtins.is_some() { "" } else { rules::MACROS }
}

/// A file that a semantic patch names: beside it, else from where we are, else the file of that name beside it (a collection that
/// was moved names its files from where it was).
fn read_beside(patch: &Path, wanted: &str) -> Option<(String, String)> {
    let folder = patch.parent().unwrap_or(Path::new(""));
    let mut places = vec![folder.join(wanted), PathBuf::from(wanted)];
    places.extend(Path::new(wanted).file_name().map(|name| folder.join(name)));
    let path = places.into_iter().find(|p| p.is_file() && p != patch)?;
    Some((path.display().to_string(), text::read(&path).ok()?))
}

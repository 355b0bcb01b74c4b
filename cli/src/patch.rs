//! The semantic patch of a run: read with the options in force, its messages shown.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use c_syntax::Diagnostic;
use c_syntax::view::MacroTables;
use rewriter::run::Program;
use smpl_parser::{FileFilter, ParseOptions};

use crate::args::ApplyArgs;
use crate::diagnostics;

/// A semantic patch, ready to run.
pub struct Loaded {
    /// Its rules.
    pub program: Program,
    /// What a file must contain.
    pub filter: FileFilter,
    /// Macros for reading C.
    pub tables: Arc<MacroTables>,
    name: String,
    text: String,
    warnings: Vec<Diagnostic>,
}

impl Loaded {
    /// Shows the warnings about the patch.
    pub fn report(&self, args: &ApplyArgs) {
        if !args.very_quiet {
            diagnostics::show(&self.name, &self.text, &self.warnings);
        }
    }
}

/// Reads the semantic patch that the options name; none if they name none. The inner error is the exit status after messages.
///
/// # Errors
/// If a file cannot be read.
pub fn load(args: &ApplyArgs) -> Result<Option<Result<Loaded, ExitCode>>> {
    let Some(path) = &args.sp_file else { return Ok(None) };
    let name = path.display().to_string();
    let text = read_text(path)?;
    let isos = match &args.iso_file {
        Some(file) => Some(read_text(file)?),
        None => None,
    };
    let resolve = |wanted: &str| read_beside(path, wanted);
    let options = ParseOptions {
        defines: &args.define,
        isos: isos.as_deref().unwrap_or(spatch_rules::STANDARD_ISO),
        disabled_isos: &args.disable_iso,
        include: &resolve,
    };
    let (patch, messages) = smpl_parser::parse(&name, &text, &options);
    let Some(patch) = patch else {
        diagnostics::show(&name, &text, &messages);
        return Ok(Some(Err(ExitCode::from(2))));
    };
    let mut macros = String::new();
    for file in &args.macro_file {
        match std::fs::read(file) {
            Ok(bytes) => macros.push_str(&String::from_utf8_lossy(&bytes)),
            Err(e) => eprintln!("warning: macro file {}: {e}", file.display()),
        }
    }
    let tables = MacroTables::new(spatch_rules::MACROS, &macros, &patch.names);
    let filter = FileFilter::of(&patch);
    Ok(Some(Ok(Loaded { program: Program::new(Arc::new(patch)), filter, tables: Arc::new(tables), name, text, warnings: messages })))
}

fn read_text(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("standard input")?;
    } else {
        if path.is_dir() {
            bail!("{} is a directory, not a semantic patch", path.display());
        }
        bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A file that a semantic patch names: beside it, else as given.
fn read_beside(patch: &Path, wanted: &str) -> Option<(String, String)> {
    let beside = patch.parent().unwrap_or(Path::new("")).join(wanted);
    let path = if beside.is_file() { beside } else { wanted.into() };
    let bytes = std::fs::read(&path).ok()?;
    Some((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()))
}

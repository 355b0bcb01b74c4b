//! `spatch-rs cfg`: the control-flow graphs of a file's functions, for Graphviz or as a list of edges.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use c_syntax::{DeclaredNames, ElementKind, MacroTables, SourceFile, SyntaxKind};
use cfg::{Cfg, CfgOptions};
use clap::Args;

/// Options of `cfg`.
#[derive(Args, Debug, Clone, Default)]
pub struct CfgArgs {
    /// A C file, and the function to show; without it all functions, and every other element named so.
    #[arg(value_name = "FILE[:FUNCTION]")]
    pub target: String,
    /// Print points and edges as lines of text.
    #[arg(long)]
    pub edges: bool,
    /// Paths do not go round loops.
    #[arg(long)]
    pub no_loops: bool,
    /// `goto` falls through.
    #[arg(long)]
    pub no_gotos: bool,
    /// C macro definitions that say how to read macros, beside the built-in table.
    #[arg(long, value_name = "FILE")]
    pub macro_file: Vec<PathBuf>,
}

/// Prints the graphs.
///
/// # Errors
/// If the file or the function does not exist, or the function named has no graph.
pub fn run(args: &CfgArgs) -> Result<ExitCode> {
    let (path, function) = split(&args.target);
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut macros = String::new();
    for file in &args.macro_file {
        macros += &std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let tables = Arc::new(MacroTables::new(rules::MACROS, &macros, &DeclaredNames::default()));
    let file = SourceFile::parse(text.into(), &tables, None);
    let mut found = false;
    for element in &file.elements {
        let element = &element.element;
        let name = element.name.as_deref().unwrap_or_default();
        if function.as_deref().map_or(element.kind != ElementKind::Function, |f| f != name) {
            continue;
        }
        for tree in &element.parsed().trees {
            for item in tree.child_nodes(tree.root()) {
                found |= show(args, tree, item, name, function.is_some())?;
            }
        }
    }
    if let (Some(function), false) = (&function, found) {
        bail!("{} has no function {function}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints one graph; false if the element has none and was not asked for by name.
fn show(args: &CfgArgs, tree: &c_syntax::Tree, item: c_syntax::NodeId, name: &str, named: bool) -> Result<bool> {
    let options = CfgOptions { no_loops: args.no_loops, no_gotos: args.no_gotos };
    match Cfg::build(tree, item, &options) {
        Ok(graph) if args.edges => print!("{name}:\n{}", graph.dump(tree)),
        Ok(graph) => print!("{}", graph.dot(tree, name)),
        // A prototype stands beside its function.
        Err(_) if named && !matches!(tree.kind(item), SyntaxKind::FunctionDef | SyntaxKind::MacroFunction) => {
            return Ok(false);
        }
        Err(e) if named => bail!("{name} has no control-flow graph: {e}"),
        Err(e) => eprintln!("{name}: no control-flow graph: {e}"),
    }
    Ok(true)
}

/// File and function of `FILE:FUNCTION`; a file that exists under the whole name is meant as such.
fn split(target: &str) -> (PathBuf, Option<String>) {
    let whole = PathBuf::from(target);
    match target.rsplit_once(':') {
        Some((file, function)) if !whole.exists() && !function.is_empty() && !function.contains('/') => {
            (PathBuf::from(file), Some(function.to_string()))
        }
        _ => (whole, None),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn names() {
        for (target, file, function) in
            [("a.c", "a.c", None), ("d/a.c:f", "d/a.c", Some("f")), ("c:/a.c", "c:/a.c", None), ("a.c:", "a.c:", None)]
        {
            assert_eq!(split(target), (file.into(), function.map(String::from)), "{target}");
        }
    }
}

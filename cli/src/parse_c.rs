//! `spatch-rs parse-c`: reads C files and says how well (design of the C front end, sections 3 and 6).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use c_syntax::{Child, DeclaredNames, ElementKind, MacroTables, ParsedElement, SourceFile, SyntaxKind, Tree};
use clap::Args;
use rayon::prelude::*;

/// Options of `parse-c`.
#[derive(Args, Debug, Clone, Default)]
pub struct ParseCArgs {
    /// C files and directories.
    #[arg(required = true, value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// Print the tree of each element.
    #[arg(long)]
    pub tree: bool,
    /// Print the tokens of each element.
    #[arg(long)]
    pub tokens: bool,
    /// Print the names that each rule of the token view touched.
    #[arg(long)]
    pub names: bool,
    /// Print the text that the grammar reads for elements that it found errors in.
    #[arg(long)]
    pub view: bool,
    /// Print positions of calls, casts, iterators, ifs, declared names and definitions.
    #[arg(long)]
    pub positions: bool,
    /// Parse with the plain grammar instead, to compare the cost.
    #[arg(long)]
    pub raw: bool,
    /// Print the sum only.
    #[arg(long)]
    pub summary: bool,
    /// Print every element that was not read wholly.
    #[arg(long)]
    pub failures: bool,
    /// Also take `.h` files of directories.
    #[arg(long)]
    pub include_headers: bool,
    /// Number of threads.
    #[arg(short = 'j', long, value_name = "N")]
    pub jobs: Option<usize>,
    /// C macro definitions that say how to read macros, beside the built-in table.
    #[arg(long, value_name = "FILE")]
    pub macro_file: Vec<PathBuf>,
}

/// Figures of a file, or of many.
#[derive(Default)]
struct Stats {
    files: usize,
    perfect_files: usize,
    bytes: usize,
    elements: usize,
    functions: usize,
    whole: usize,
    partial: usize,
    failed: usize,
    defines: usize,
    defines_unread: usize,
    lines: usize,
    lines_lost: usize,
    /// Tokens of functions read wholly, and those of them that no node holds.
    tokens: usize,
    tokens_unheld: usize,
    /// Arguments of calls in them that were not read into an expression, type or statement.
    arguments_raw: usize,
    causes: BTreeMap<&'static str, usize>,
    time: Duration,
}

impl Stats {
    fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.perfect_files += other.perfect_files;
        self.bytes += other.bytes;
        self.elements += other.elements;
        self.functions += other.functions;
        self.whole += other.whole;
        self.partial += other.partial;
        self.failed += other.failed;
        self.defines += other.defines;
        self.defines_unread += other.defines_unread;
        self.lines += other.lines;
        self.lines_lost += other.lines_lost;
        self.tokens += other.tokens;
        self.tokens_unheld += other.tokens_unheld;
        self.arguments_raw += other.arguments_raw;
        for (cause, n) in &other.causes {
            *self.causes.entry(cause).or_default() += n;
        }
        self.time += other.time;
    }

    fn show(&self, name: &str) -> String {
        let percent = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
        let mut out = format!(
            "{name}: {} elements, {} functions: {} wholly ({:.3} %), {} partly, {} not at all; {} of {} lines lost",
            self.elements,
            self.functions,
            self.whole,
            percent(self.whole, self.functions),
            self.partial,
            self.failed,
            self.lines_lost,
            self.lines,
        );
        if self.defines_unread > 0 {
            let _ = write!(out, "; {} of {} macro bodies unread", self.defines_unread, self.defines);
        }
        let _ = write!(
            out,
            "\n  tokens of functions read wholly: {}, in no node {} ({:.4} %); arguments left as tokens: {}",
            self.tokens,
            self.tokens_unheld,
            percent(self.tokens_unheld, self.tokens),
            self.arguments_raw,
        );
        for (cause, n) in &self.causes {
            let _ = write!(out, "\n  {n} x {cause}");
        }
        out
    }
}

/// What one file gave: text to print, and figures.
struct FileReport {
    text: String,
    stats: Stats,
}

/// Runs the command.
///
/// # Errors
/// If a path or a macro file cannot be read, or output fails.
pub fn run(args: &ParseCArgs) -> anyhow::Result<std::process::ExitCode> {
    let mut macros = String::new();
    for path in &args.macro_file {
        macros.push_str(&String::from_utf8_lossy(&std::fs::read(path)?));
        macros.push('\n');
    }
    let tables = Arc::new(MacroTables::new(rules::MACROS, &macros, &DeclaredNames::default()));
    let files = files(args)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).stack_size(16 << 20).build()?;
    let started = Instant::now();
    let mut sum = Stats::default();
    for chunk in files.chunks(256) {
        let reports: Vec<_> = pool.install(|| chunk.par_iter().map(|p| report(args, p, &tables)).collect());
        for r in reports {
            let r = r?;
            print_out(&r.text)?;
            sum.add(&r.stats);
        }
    }
    if files.len() > 1 || args.summary {
        let mb = sum.bytes as f64 / 1e6;
        print_out(&format!(
            "{}\n{} of {} files perfect; {mb:.1} MB in {:.2} s of work ({:.2} MB/s a thread), {:.2} s elapsed\n",
            sum.show("sum"),
            sum.perfect_files,
            sum.files,
            sum.time.as_secs_f64(),
            mb / sum.time.as_secs_f64().max(1e-9),
            started.elapsed().as_secs_f64(),
        ))?;
    }
    Ok(std::process::ExitCode::SUCCESS)
}

fn print_out(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    std::io::stdout().lock().write_all(text.as_bytes())
}

fn files(args: &ParseCArgs) -> anyhow::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in &args.paths {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
            let entry = entry?;
            let ext = entry.path().extension().and_then(|e| e.to_str()).unwrap_or("");
            if entry.file_type().is_file() && (ext == "c" || (ext == "h" && args.include_headers)) {
                out.push(entry.into_path());
            }
        }
    }
    Ok(out)
}

fn report(args: &ParseCArgs, path: &Path, tables: &Arc<MacroTables>) -> anyhow::Result<FileReport> {
    use anyhow::Context as _;
    let text: Arc<[u8]> = std::fs::read(path).with_context(|| path.display().to_string())?.into();
    let started = Instant::now();
    let mut stats = Stats { files: 1, bytes: text.len(), ..Stats::default() };
    let mut out = String::new();
    if args.raw {
        let errors = c_syntax::parse_raw(&text);
        stats.time = started.elapsed();
        if !args.summary {
            let _ = writeln!(out, "{}: {}", path.display(), if errors { "errors" } else { "no errors" });
        }
        return Ok(FileReport { text: out, stats });
    }
    let file = SourceFile::parse(Arc::clone(&text), tables, None);
    for e in &file.elements {
        e.element.parsed();
    }
    stats.time = started.elapsed();
    let lines = Lines::of(&text);
    for e in &file.elements {
        count(args, path, &lines, e, &mut stats, &mut out);
        if args.positions {
            positions(path, &lines, e, &mut out);
        }
        if args.names {
            for (rule, name) in e.element.explain() {
                let _ = writeln!(out, "{rule}\t{name}");
            }
        }
    }
    stats.lines = lines.starts.len();
    stats.perfect_files = usize::from(stats.causes.is_empty());
    let listing = args.tree || args.tokens || args.names || args.positions || args.failures;
    if !args.summary && !listing {
        let _ = writeln!(out, "{}", stats.show(&path.display().to_string()));
    }
    Ok(FileReport { text: out, stats })
}

fn count(
    args: &ParseCArgs,
    path: &Path,
    lines: &Lines,
    e: &c_syntax::FileElement,
    stats: &mut Stats,
    out: &mut String,
) {
    let parsed = e.element.parsed();
    stats.elements += 1;
    let kind = e.element.kind;
    stats.defines += usize::from(kind == ElementKind::Define);
    let function = kind == ElementKind::Function;
    stats.functions += usize::from(function);
    match parsed.failure {
        None if function => {
            stats.whole += 1;
            held(parsed, stats);
        }
        None => {}
        Some(cause) => {
            if kind == ElementKind::Define {
                stats.defines_unread += 1;
            } else {
                *stats.causes.entry(cause).or_default() += 1;
            }
            if function && parsed.trees.is_empty() {
                stats.failed += 1;
            } else if function {
                stats.partial += 1;
            }
            let (first, last) = (lines.at(e.start).0, lines.at(e.end).0);
            stats.lines_lost += if kind == ElementKind::Define { 0 } else { last - first + 1 };
            if args.failures {
                let name = e.element.name.as_deref().unwrap_or("");
                let _ = writeln!(out, "{}:{first}-{last}: {kind:?} {name}: {cause}", path.display());
                for (rule, name) in e.element.explain().iter().filter(|(rule, _)| *rule == cause) {
                    let _ = writeln!(out, "    {rule} at {name}");
                }
            }
            if args.view && kind != ElementKind::Define {
                out.push_str(&e.element.view_text());
            }
        }
    }
    if args.tokens {
        for t in parsed.tokens.iter() {
            let (line, column) = lines.at(e.start + t.start);
            let bytes = &e.element.bytes()[t.start as usize..t.end() as usize];
            let _ = writeln!(out, "{line}:{column} {:?} {}", t.kind, String::from_utf8_lossy(bytes));
        }
    }
    if args.tree {
        let (line, _) = lines.at(e.start);
        let _ = writeln!(out, "-- line {line}: {kind:?} {}", e.element.name.as_deref().unwrap_or(""));
        for tree in &parsed.trees {
            out.push_str(&tree.dump());
        }
        if let Some(cause) = parsed.failure {
            let _ = writeln!(out, "-- {cause}");
        }
    }
}

/// Counts the tokens of a function that its tree does not hold, and the arguments that are only tokens.
fn held(parsed: &ParsedElement, stats: &mut Stats) {
    let Some(tree) = parsed.trees.first() else { return };
    stats.tokens += parsed.tokens.len();
    stats.tokens_unheld += parsed.tokens.len().saturating_sub(tree.held_tokens(tree.root()).len());
    stats.arguments_raw += tree.preorder(tree.root()).filter(|n| tree.kind(*n) == SyntaxKind::RawArg).count();
}

/// Line starts of a text.
struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    fn of(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(text.iter().enumerate().filter(|(_, c)| **c == b'\n').map(|(i, _)| i as u32 + 1));
        Self { starts }
    }

    /// Line from 1 and column from 0.
    fn at(&self, offset: u32) -> (usize, u32) {
        let line = self.starts.partition_point(|s| *s <= offset);
        (line, offset - self.starts[line - 1])
    }
}

/// Prints the positions of the constructs that a semantic patch most often names, in the form `KIND file line column name`.
fn positions(path: &Path, lines: &Lines, e: &c_syntax::FileElement, out: &mut String) {
    if e.element.kind == ElementKind::Define {
        return;
    }
    for tree in &e.element.parsed().trees {
        for node in tree.preorder(tree.root()) {
            let Some((kind, at)) = position_of(tree, node) else { continue };
            let Some(token) = tree.first_token(at) else { continue };
            let (line, column) = lines.at(e.start + tree.token(token).start);
            let name = match kind {
                "CAST" => String::new(),
                "IF" => "if".to_owned(),
                "SIZEOFT" => "sizeof".to_owned(),
                _ => String::from_utf8_lossy(tree.token_text(token)).into_owned(),
            };
            let _ = writeln!(out, "{kind}\t{}\t{line}\t{column}\t{name}", path.display());
        }
    }
}

/// What a node is in the listing of positions, and the node that it is at.
fn position_of(tree: &Tree, node: c_syntax::NodeId) -> Option<(&'static str, c_syntax::NodeId)> {
    let first = || tree.child_node(node, 0);
    Some(match tree.kind(node) {
        SyntaxKind::Call => ("CALL", first().filter(|f| tree.kind(*f) == SyntaxKind::Ident)?),
        SyntaxKind::MacroStmt => {
            tree.child_node(node, 1)?;
            ("CALL", first()?)
        }
        SyntaxKind::Cast => ("CAST", type_of_cast(tree, node)?),
        SyntaxKind::Iterator => ("ITER", first()?),
        SyntaxKind::If => ("IF", node),
        SyntaxKind::SizeofType => ("SIZEOFT", node),
        SyntaxKind::MacroFunction => ("FUNC", first().and_then(|_| tree.child_node(node, 1))?),
        SyntaxKind::FunctionDef => ("FUNC", innermost(tree, tree.child_node(node, 1)?)?),
        SyntaxKind::InitDeclarator => ("DECL", innermost(tree, first()?)?),
        _ => return None,
    })
}

/// The type of a cast: the first child with tokens after the parenthesis.
fn type_of_cast(tree: &Tree, node: c_syntax::NodeId) -> Option<c_syntax::NodeId> {
    tree.children(node).iter().find_map(|c| match *c {
        Child::Node(n) if tree.kind(n) == SyntaxKind::TypeName => Some(n),
        _ => None,
    })
}

/// The Name of a declarator.
fn innermost(tree: &Tree, mut node: c_syntax::NodeId) -> Option<c_syntax::NodeId> {
    while !matches!(tree.kind(node), SyntaxKind::Name | SyntaxKind::Absent) {
        node = tree.child_node(node, 0)?;
    }
    (tree.kind(node) == SyntaxKind::Name).then_some(node)
}

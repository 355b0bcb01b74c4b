//! The readers of C against each other: trees that tree-sitter-c gives after lowering, and those of the hand-written grammar.
//!
//! Where the fast reader (the grammar where it is sure) reads an element, its tree must be the same in everything. For the grammar
//! as second reader attributes and directives are left out of the comparison: it reads neither. `c-syntax/READERS.md` explains what
//! differs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Result;
use c_syntax::macros::MacroTables;
use c_syntax::{Child, DeclaredNames, ElementKind, NodeId, SourceFile, SyntaxKind, Tree};
use rayon::prelude::*;

/// Per cent of the elements that both must read.
const MIN_READ: f64 = 95.0;

/// Per cent of those that must have equal trees.
const MIN_EQUAL: f64 = 98.0;

#[derive(clap::Args)]
pub struct Args {
    /// Files and directories.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The macro table, as the command line uses it.
    #[arg(long, default_value = "rules/c-macros.table")]
    table: PathBuf,
    /// Examples shown for each class of disagreement.
    #[arg(long, default_value_t = 2)]
    examples: usize,
    /// Classes shown.
    #[arg(long, default_value_t = 25)]
    classes: usize,
    /// Compare only the fast reader, where it is sure, with the others.
    #[arg(long)]
    fast: bool,
}

#[derive(Default)]
struct Totals {
    elements: u64,
    equal: u64,
    only_first: u64,
    only_second: u64,
    neither: u64,
    first_time: Duration,
    second_time: Duration,
    /// Elements that the fast reader reads, of these those whose trees are not the same, and bytes: of all elements, of the former.
    fast: u64,
    wrong: u64,
    bytes: u64,
    fast_bytes: u64,
    fast_time: Duration,
    classes: BTreeMap<String, (u64, Vec<String>)>,
}

impl Totals {
    fn add(&mut self, class: String, place: impl FnOnce() -> String, examples: usize) {
        self.add_bytes(class, place, examples, 1);
    }

    fn show(&self, number: usize) {
        let mut classes: Vec<_> = self.classes.iter().collect();
        classes.sort_by_key(|c| std::cmp::Reverse(c.1.0));
        for (class, (count, examples)) in classes.into_iter().take(number) {
            println!("{count:7} {class}");
            for e in examples {
                println!("          {e}");
            }
        }
    }

    fn add_bytes(&mut self, class: String, place: impl FnOnce() -> String, examples: usize, weight: u64) {
        let entry = self.classes.entry(class).or_default();
        entry.0 += weight;
        if entry.1.len() < examples {
            entry.1.push(place());
        }
    }
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let table = std::fs::read_to_string(&args.table)?;
    let tables = Arc::new(MacroTables::new(&table, "", &DeclaredNames::default()));
    let mut files: Vec<PathBuf> = args
        .paths
        .iter()
        .flat_map(|p| walkdir::WalkDir::new(p).into_iter().filter_map(Result::ok))
        .filter(|e| e.file_type().is_file() && e.path().extension().is_some_and(|x| x == "c"))
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    let totals = Mutex::new(Totals::default());
    files.par_iter().for_each(|path| {
        let Ok(text) = std::fs::read(path) else { return };
        let text: Arc<[u8]> = text.into();
        let file = SourceFile::parse(Arc::clone(&text), &tables, None);
        for e in &file.elements {
            let items = [ElementKind::Function, ElementKind::Declaration, ElementKind::MacroCall];
            if !items.contains(&e.element.kind) {
                continue;
            }
            let at = Instant::now();
            let fast = e.element.fast_reading();
            let fast_time = at.elapsed();
            let at = Instant::now();
            let slow = e.element.slow_reading();
            let first = slow.trees.first().filter(|_| slow.failure.is_none());
            let first_time = at.elapsed();
            let place = |offset: u32| {
                let end = (e.start + offset) as usize;
                let line = text[..end.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1;
                format!("{}:{line}", path.display())
            };
            let wrong = fast.as_ref().and_then(|fast| match (first, slow.trees.len()) {
                (Some(first), 1) => difference(first, fast, true),
                _ => Some((format!("not read once: {:?}", slow.failure), 0)),
            });
            {
                let Ok(mut t) = totals.lock() else { return };
                let bytes = u64::from(e.end - e.start);
                t.bytes += bytes;
                t.fast_time += fast_time;
                if fast.is_some() {
                    t.fast += 1;
                    t.fast_bytes += bytes;
                }
                if let Some((class, offset)) = wrong {
                    t.wrong += 1;
                    t.add(format!("FAST: {class}"), || place(offset), args.examples);
                } else if args.fast && fast.is_none() {
                    let class = format!("not sure: {}", e.element.why_unsure());
                    t.add_bytes(class, || place(0), args.examples, bytes);
                }
                if args.fast {
                    t.elements += 1;
                    t.first_time += first_time;
                    continue;
                }
            }
            let at = Instant::now();
            let second = e.element.second_reading();
            let second_time = at.elapsed();
            let difference = match (first, &second) {
                (Some(a), Ok(b)) => difference(a, b, false),
                _ => None,
            };
            let Ok(mut t) = totals.lock() else { return };
            t.elements += 1;
            t.first_time += first_time;
            t.second_time += second_time;
            match (first, &second, &difference) {
                (Some(_), Ok(_), None) => t.equal += 1,
                (Some(_), Err(_), _) => t.only_first += 1,
                (None, Ok(_), _) => t.only_second += 1,
                (None, Err(_), _) => t.neither += 1,
                _ => {}
            }
            let class = match (difference, first, &second) {
                (Some((class, offset)), ..) => Some((class, place(offset))),
                (_, Some(_), Err(f)) => {
                    Some((format!("only tree-sitter-c reads it: expected {:?}", f.expected), place(0)))
                }
                _ => None,
            };
            if let Some((class, place)) = class {
                t.add(class, || place, args.examples);
            }
        }
    });
    let Ok(t) = totals.into_inner() else { return Ok(ExitCode::FAILURE) };
    let share = |part: u64, whole: u64| 100.0 * part as f64 / whole.max(1) as f64;
    println!(
        "fast reader: {} elements ({:.2} % of {} bytes), of which {} differ; {:?}, the others {:?} for all",
        t.fast,
        share(t.fast_bytes, t.bytes),
        t.bytes,
        t.wrong,
        t.fast_time,
        t.first_time
    );
    if args.fast {
        t.show(args.classes);
        return Ok(if t.fast > 0 && t.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let both = t.elements - t.only_first - t.only_second - t.neither;
    let (read, equal) = (share(both, t.elements), share(t.equal, both));
    println!(
        "{} elements: {} read by tree-sitter-c only, {} by the grammar only, {} by neither",
        t.elements, t.only_first, t.only_second, t.neither
    );
    println!("readers: both read {both} ({read:.3} %), of which equal {} ({equal:.3} %)", t.equal);
    println!("time: {:?} with tree-sitter-c, {:?} with the grammar", t.first_time, t.second_time);
    t.show(args.classes);
    let good = t.elements > 0 && t.wrong == 0 && read >= MIN_READ && equal >= MIN_EQUAL;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The first place where two trees differ, in anything if `strict`, else attributes and directives left out: a description of its
/// class and the offset.
fn difference(a: &Tree, b: &Tree, strict: bool) -> Option<(String, u32)> {
    let mut stack = vec![(a.root(), b.root(), SyntaxKind::Root)];
    while let Some((x, y, parent)) = stack.pop() {
        let offset = a.first_token(x).map_or(0, |t| a.token(t).start);
        if a.kind(x) != b.kind(y) {
            return Some((format!("in {parent:?}: {:?} / {:?}", a.kind(x), b.kind(y)), offset));
        }
        if strict && a.token_range(x) != b.token_range(y) {
            return Some((
                format!("in {parent:?}: place of {:?}: {:?} / {:?}", a.kind(x), a.token_range(x), b.token_range(y)),
                offset,
            ));
        }
        let (p, q) =
            if strict { (a.children(x).to_vec(), b.children(y).to_vec()) } else { (children(a, x), children(b, y)) };
        if p.len() != q.len() {
            let shape = |t: &Tree, c: &[Child]| c.iter().map(|c| name(t, *c)).collect::<Vec<_>>().join(" ");
            let (s, u) = (shape(a, &p), shape(b, &q));
            let short = |s: String| if s.len() > 90 { format!("{}...", &s[..s.floor_char_boundary(90)]) } else { s };
            return Some((format!("{:?} in {parent:?}: ({}) / ({})", a.kind(x), short(s), short(u)), offset));
        }
        for (c, d) in p.iter().zip(&q).rev() {
            match (*c, *d) {
                (Child::Node(c), Child::Node(d)) => stack.push((c, d, a.kind(x))),
                (Child::Token(c), Child::Token(d)) if c == d => {}
                (c, d) => return Some((format!("child of {:?}: {} / {}", a.kind(x), name(a, c), name(b, d)), offset)),
            }
        }
    }
    None
}

fn children(t: &Tree, n: NodeId) -> Vec<Child> {
    let mut out = Vec::new();
    add_children(t, n, &mut out);
    out
}

fn add_children(t: &Tree, n: NodeId, out: &mut Vec<Child>) {
    for c in t.children(n) {
        match c {
            Child::Node(n) => match t.kind(*n) {
                SyntaxKind::Attribute | SyntaxKind::DirectiveLine => {}
                SyntaxKind::CondGroup | SyntaxKind::CondBranch => add_children(t, *n, out),
                _ => out.push(*c),
            },
            Child::Token(_) => out.push(*c),
        }
    }
}

fn name(t: &Tree, c: Child) -> String {
    match c {
        Child::Node(n) => format!("{:?}", t.kind(n)),
        Child::Token(k) if t.token(k).kind == c_syntax::TokenKind::Ident => {
            String::from_utf8_lossy(t.token_text(k)).into_owned()
        }
        Child::Token(k) => t.token(k).kind.text().to_owned(),
    }
}

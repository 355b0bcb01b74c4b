//! What fuzzing runs: one function for each kind of input. Whatever the bytes, it neither panics nor hangs, and what it makes holds
//! together. `cargo xtask fuzz` and the targets in `fuzz/` call these; inputs that once failed are the tests in `tests/fuzzed`.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use c_syntax::types::{HeaderTable, IncludeMode, IncludeOptions};
use c_syntax::{DeclaredNames, ElementKind, MacroTables, SourceFile, SyntaxKind, Token, Tree};
use cfg::{Cfg, CfgOptions};
use rewriter::layout::Style;
use rewriter::run::{self, FileInput, Program, RunOptions, SharedFile};
use smpl_parser::iso::IsoFile;
use smpl_parser::{FileFilter, ParseOptions, SemanticPatch, parse, show};

/// Stands between the semantic patch and the C text of an end-to-end input.
pub const SEPARATOR: &str = "\n@@@@@ C @@@@@\n";

/// The stack that readers and matcher may count on: what the command line gives its threads.
pub const STACK: usize = 64 << 20;

/// A semantic patch that isomorphisms of many kinds apply to.
const PATCH: &str = "@r@
expression E, E1; type T; identifier f, x; statement S, S1; T *p;
@@
(
- if (E == NULL || !x) S else S1
|
  x = (T)E1;
  ...
- f(..., E, sizeof(*p), ...);
+ f(p, E1 ? E : x);
|
- while (x->f != 0 && E > 1) { x++; E += 1; return (E); }
)

@@
T f; identifier r.x;
@@
 static int x(T f, const int *a) {
<...
- for (E = 0; E < 10; ++E) unlikely(f & x);
...>
 }
";

/// What a target runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A semantic patch.
    Rule,
    /// Isomorphisms.
    Isos,
    /// A C file.
    C,
    /// A semantic patch and a C file, to the diff.
    Both,
}

impl Target {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 4] =
        [("rule", Self::Rule), ("isos", Self::Isos), ("c", Self::C), ("both", Self::Both)];

    /// Runs the target on a stack as large as the command line's threads have.
    ///
    /// # Panics
    /// If the target does.
    pub fn run_on_own_stack(self, input: &[u8]) {
        std::thread::scope(|scope| {
            let work = || self.run(input);
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread");
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        });
    }

    /// Runs the target.
    pub fn run(self, input: &[u8]) {
        match self {
            Self::Rule => drop(rule(input)),
            Self::Isos => isos(input),
            Self::C => c(input),
            Self::Both => both(input),
        }
    }
}

fn tables() -> &'static Arc<MacroTables> {
    static TABLES: OnceLock<Arc<MacroTables>> = OnceLock::new();
    TABLES.get_or_init(|| Arc::new(MacroTables::new(rules::MACROS, "", &DeclaredNames::default())))
}

/// Reads a semantic patch with the standard isomorphisms, and gets it ready to run.
pub fn rule(input: &[u8]) -> Option<Program> {
    let text = String::from_utf8_lossy(input);
    program(&text, rules::STANDARD_ISO)
}

fn program(text: &str, isos: &str) -> Option<Program> {
    let isos = IsoFile::new("fuzz.iso".to_owned(), isos.to_owned());
    let options = ParseOptions { include: &|_| None, isos: Some(&isos), ..ParseOptions::default() };
    let (patch, messages) = parse("fuzz.cocci", text, &options);
    for m in &messages {
        let span = m.primary.span;
        assert!(span.start <= span.end, "the span of {} runs backwards", m.code);
    }
    let patch: SemanticPatch = patch?;
    for item in &patch.items {
        if let smpl_parser::Item::Rule(rule) = item {
            drop(show::pattern(&rule.pattern, &rule.metavars));
        }
    }
    drop(FileFilter::of(&patch));
    Some(Program::new(Arc::new(patch), false))
}

/// Reads isomorphisms and applies them to a semantic patch.
pub fn isos(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    drop(program(PATCH, &text));
}

/// Reads a C file with both readers, and makes the graphs of its functions.
///
/// # Panics
/// If elements overlap, or a tree holds its tokens in another order than the text.
pub fn c(input: &[u8]) {
    let file = SourceFile::parse(input.into(), tables(), None);
    let mut end = 0;
    for e in &file.elements {
        assert!(end <= e.start && e.start <= e.end && e.end as usize <= input.len(), "elements overlap");
        end = e.end;
        let parsed = e.element.parsed();
        for tree in &parsed.trees {
            check(tree, &parsed.tokens);
            if e.element.kind == ElementKind::Function {
                for item in tree.child_nodes(tree.root()) {
                    drop(Cfg::build(tree, item, &CfgOptions::default()));
                }
            }
        }
        if let Ok(tree) = e.element.second_reading() {
            check(&tree, &[]);
        }
    }
    let again = SourceFile::parse(input.into(), tables(), Some(&file));
    assert_eq!(again.elements.len(), file.elements.len(), "a second reading cuts the file otherwise");
}

/// Tokens ascend; with `all` given, each is held, perhaps as a part of what `##` makes of several.
fn check(tree: &Tree, all: &[Token]) {
    let tokens = tree.held_tokens(tree.root());
    assert!(tokens.windows(2).all(|w| w[0].0 < w[1].0), "tokens of a tree out of order");
    if tree.kind(tree.root()) != SyntaxKind::Root {
        return;
    }
    let mut held = tokens.iter().map(|t| tree.token(*t)).peekable();
    for t in all {
        while held.next_if(|h| h.end() <= t.start).is_some() {}
        let inside = held.peek().is_some_and(|h| h.start <= t.start && t.end() <= h.end());
        assert!(inside, "tokens of an element are missing in its tree");
    }
}

/// Reads a semantic patch and a C file, and applies the one to the other.
pub fn both(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some((patch, code)) = text.split_once(SEPARATOR) else { return };
    let Some(program) = rule(patch.as_bytes()) else { return };
    let tables = Arc::new(MacroTables::new(rules::MACROS, "", &program.patch.names));
    let source = Arc::new(SourceFile::parse(code.as_bytes().into(), &tables, None));
    let file = Arc::new(SharedFile::new(source, program.words(), false));
    let files = vec![FileInput { name: "fuzz.c".into(), file }];
    let headers = (
        Arc::new(HeaderTable::new(Box::new(|_| None))),
        IncludeOptions { mode: IncludeMode::Local, dirs: Vec::new(), forced: Vec::new() },
    );
    let options = RunOptions {
        quirks: false,
        by_definition: false,
        allow_inconsistent: false,
        bare: (true, false),
        cfg: CfgOptions::default(),
        style: Style::default(),
        tables,
        headers,
        number_bits: None,
        steps: matcher::DEFAULT_STEPS,
        memory: matcher::DEFAULT_MEMORY,
        clock: None,
        deadline: Some(Instant::now() + Duration::from_millis(800)),
        select: None,
    };
    let outcome = run::apply(&program, files, None, &options);
    for file in &outcome.files {
        if let Some(new) = &file.text {
            drop(rewriter::diff::unified(code.as_bytes(), new, b"a/fuzz.c", b"b/fuzz.c", 3));
        }
    }
}

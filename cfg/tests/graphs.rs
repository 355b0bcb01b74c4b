//! Graphs of C text as lists of points and edges, and laws that hold for every graph.

use std::collections::HashSet;
use std::sync::Arc;

use c_syntax::{DeclaredNames, MacroTables, NodeId, SourceFile, Tree};
use cfg::{Cfg, CfgError, CfgOptions, NodeIndex, PointKind};

fn with_item<R>(text: &str, f: impl FnOnce(&Tree, NodeId) -> R) -> R {
    let tables = Arc::new(MacroTables::new("", "", &DeclaredNames::default()));
    let file = SourceFile::parse(text.as_bytes().to_vec().into(), &tables, None);
    let element = &file.elements.first().expect("an element").element;
    let tree = element.parsed().trees.first().unwrap_or_else(|| panic!("not read: {text}"));
    f(tree, tree.child_nodes(tree.root()).next().expect("an item"))
}

fn dump(text: &str, options: CfgOptions) -> String {
    let graph = with_item(text, |tree, item| Cfg::build(tree, item, &options).map(|g| g.dump(tree)));
    format!("{text}\n{}", graph.unwrap_or_else(|e| format!("no graph: {e}\n")))
}

fn all(cases: &[&str]) -> String {
    cases.iter().map(|c| dump(c, CfgOptions::default())).collect::<Vec<_>>().join("\n")
}

#[test]
fn elements() {
    insta::assert_snapshot!(all(&[
        "void f(void) { }",
        "void f(void) { a(); int b; ; }",
        "int x = 1;",
        "#include <x.h>",
        "#define M 1",
        "#define M",
        "#define M(x) do { a(x); return; } while (0)",
        "#define M(x) if (x) a();",
        "SYSCALL_DEFINE1(f, int, x) { a(); }",
    ]));
}

#[test]
fn conditions() {
    insta::assert_snapshot!(all(&[
        "void f(void) { if (a) b(); c(); }",
        "void f(void) { if (a) b(); else c(); }",
        "void f(void) { if (a) { b(); return; } c(); }",
        "int f(void) { if (a) return 1; else return 2; }",
        "void f(void) { if (a) if (b) c(); else d(); }",
    ]));
}

#[test]
fn loops() {
    insta::assert_snapshot!(all(&[
        "void f(void) { while (a) b(); c(); }",
        "void f(void) { for (i = 0; i < n; i++) { if (a) continue; break; } }",
        "void f(void) { do a(); while (b); }",
        "void f(void) { do { a(); if (b) break; } while (0); }",
        "void f(void) { list_for_each(a, b) c(); }",
        "void f(void) { scoped_guard(a, b) c(); }",
    ]));
}

#[test]
fn switches() {
    insta::assert_snapshot!(all(&[
        "void f(void) { switch (a) { case 1: b(); case 2: c(); break; default: d(); } e(); }",
        "void f(void) { switch (a) { int x; case 1: case 2: b(); } }",
        "int f(void) { switch (a) { case 1: return 1; default: return 2; } }",
    ]));
}

#[test]
fn jumps() {
    insta::assert_snapshot!(all(&[
        "void f(void) { { goto out; } a(); out: b(); }",
        "void f(void) { again: a(); goto again; }",
        "void f(void) { return; dead(); }",
        "void f(void) { out: ; }",
    ]));
}

#[test]
fn conditionals() {
    insta::assert_snapshot!(all(&[
        "void f(void)\n{\n#ifdef A\n\ta();\n#else\n\tb();\n#endif\n\tc();\n}",
        "void f(void)\n{\n#ifdef A\n\ta();\n#endif\n}",
    ]));
}

#[test]
fn options() {
    let text = "void f(void) { while (a) { if (b) continue; c(); } do d(); while (e); goto l; g(); l: h(); }";
    let got = [
        dump(text, CfgOptions { no_loops: true, ..CfgOptions::default() }),
        dump(text, CfgOptions { no_gotos: true, ..CfgOptions::default() }),
    ];
    insta::assert_snapshot!(got.join("\n"));
}

#[test]
fn elements_without_graph() {
    let cases = [
        ("void f(void) { goto l; }", CfgError::MissingLabel("l".into())),
        ("void f(void) { l: a(); l: b(); }", CfgError::DuplicateLabel("l".into())),
        ("void f(void) { goto *p; }", CfgError::ComputedGoto),
        ("void f(void) { case 1: a(); }", CfgError::CaseOutsideSwitch),
        ("void f(void) { break; }", CfgError::JumpOutsideLoop),
        ("void f(void) { if (a) continue; }", CfgError::JumpOutsideLoop),
        ("void f(void) { switch (a) continue; }", CfgError::SwitchWithoutBlock),
    ];
    for (text, want) in cases {
        let got = with_item(text, |tree, item| Cfg::build(tree, item, &CfgOptions::default()).err());
        assert_eq!(got, Some(want), "{text}");
    }
}

/// Statements made from a number, nested and in sequence.
fn program(seed: u32) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut labels = 0;
    let body = statements(&mut state, 4, &mut labels, false);
    let labels: String = (0..labels).map(|l| format!("l{l}: x(); ")).collect();
    format!("void f(void) {{ {body} {labels} }}")
}

fn next(state: &mut u32, below: u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    (*state >> 16) % below
}

fn statements(state: &mut u32, depth: u32, labels: &mut u32, in_loop: bool) -> String {
    let count = next(state, 4);
    (0..count).map(|_| statement(state, depth, labels, in_loop) + " ").collect()
}

fn statement(state: &mut u32, depth: u32, labels: &mut u32, in_loop: bool) -> String {
    let choice = next(state, if depth == 0 { 5 } else { 12 });
    let mut block = |state: &mut u32, inside: bool| format!("{{ {}}}", statements(state, depth - 1, labels, inside));
    match choice {
        0 => "a();".into(),
        1 => "int v;".into(),
        2 => "return;".into(),
        3 if in_loop => ["break;", "continue;"][next(state, 2) as usize].into(),
        4 => {
            *labels += 1;
            format!("goto l{};", *labels - 1)
        }
        5 => format!("if (c) {}", block(state, in_loop)),
        6 => format!("if (c) {} else {}", block(state, in_loop), block(state, in_loop)),
        7 => format!("while (c) {}", block(state, true)),
        8 => format!("for (;;) {}", block(state, true)),
        9 => format!("do {} while (c);", block(state, true)),
        10 => format!("switch (c) {{ case 1: {} case 2: default: {} }}", block(state, in_loop), block(state, in_loop)),
        11 => block(state, in_loop),
        _ => ";".into(),
    }
}

#[test]
fn laws_of_all_graphs() {
    let mut points = 0;
    for seed in 0..400 {
        let text = program(seed);
        with_item(&text, |tree, item| {
            let cfg = Cfg::build(tree, item, &CfgOptions::default()).unwrap_or_else(|e| panic!("{e}: {text}"));
            points += cfg.graph.node_count();
            check(&cfg, &text);
        });
    }
    assert!(points > 10_000, "the programs are not trivial: {points}");
}

fn check(cfg: &Cfg, text: &str) {
    let dump = || text.to_string();
    let mut dead: Vec<NodeIndex> = cfg.graph.node_indices().filter(|n| cfg.graph[*n].kind == PointKind::Dead).collect();
    dead.push(cfg.top);
    let reached = reachable(cfg, dead);
    for n in cfg.graph.node_indices() {
        let point = &cfg.graph[n];
        assert!(cfg.graph.neighbors(n).next().is_some(), "{point:?} has no successor\n{}", dump());
        assert!(
            cfg.graph.neighbors_directed(n, petgraph::Direction::Incoming).next().is_some(),
            "{point:?} has no predecessor\n{}",
            dump()
        );
        // What nothing reaches and yet has a predecessor lies on a cycle of dead code.
        assert!(reached.contains(&n) || reachable(cfg, vec![n]).len() > 1, "{point:?} is not reached\n{}", dump());
        let label = point.label;
        assert!((label.0 as usize) < cfg.labels.parents.len());
        assert!(cfg.labels.parents[label.0 as usize] <= label);
        if let Some(jump) = point.jump_label() {
            assert!(cfg.labels.inside(label, jump), "a jump leaves what is around it\n{}", dump());
        }
        assert_eq!(point.dup, point.dup && point.jump.is_some(), "copies know their jump");
    }
}

fn reachable(cfg: &Cfg, from: Vec<NodeIndex>) -> HashSet<NodeIndex> {
    let mut seen: HashSet<NodeIndex> = from.iter().copied().collect();
    let mut stack = from;
    while let Some(n) = stack.pop() {
        stack.extend(cfg.graph.neighbors(n).filter(|m| seen.insert(*m)));
    }
    seen
}

/// The number of points of a function with this body.
fn size(body: &str) -> usize {
    let text = format!("void f(void) {{ {body} }}");
    with_item(&text, |tree, item| Cfg::build(tree, item, &CfgOptions::default()).map_or(0, |g| g.graph.node_count()))
}

#[test]
fn cost_grows_with_the_length() {
    let start = std::time::Instant::now();
    for unit in ["a(); ", "if (a) b(); ", "if (a) return; else b(); ", "while (a) { if (b) break; } "] {
        let (small, large) = (size(&unit.repeat(100)), size(&unit.repeat(10_000)));
        assert!(small > 0 && large <= small * 101, "{unit}: {small} points, then {large}");
    }
    let cases: String = (0..5_000).map(|i| format!("case {i}: a(); break; ")).collect();
    assert!(size(&format!("switch (x) {{ {cases} }}")) > 5_000);
    assert!(start.elapsed().as_secs() < 60, "took {:?}", start.elapsed());
}

#[test]
fn deep_nesting_ends_cleanly() {
    for depth in [100, 400, 2_000] {
        let text = format!("void f(void) {{ {} a(); {} }}", "if (x) { ".repeat(depth), "}".repeat(depth));
        let tables = Arc::new(MacroTables::new("", "", &DeclaredNames::default()));
        let file = SourceFile::parse(text.into_bytes().into(), &tables, None);
        for element in &file.elements {
            for tree in &element.element.parsed().trees {
                for item in tree.child_nodes(tree.root()) {
                    let _ = Cfg::build(tree, item, &CfgOptions::default());
                }
            }
        }
    }
}

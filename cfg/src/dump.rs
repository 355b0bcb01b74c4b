//! Graphs as text: an edge list for tests, Graphviz for people.

use std::fmt::Write as _;

use c_syntax::{Child, Tree};
use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use crate::graph::{Cfg, EdgeKind, Point, PointKind};
use crate::owned::owned;

impl Cfg {
    /// One line for each point: its number, what it is, the path of its label, and its successors with `d` or `c` for direct and
    /// control edges. Self loops of exits are left out.
    #[must_use]
    pub fn dump(&self, tree: &Tree) -> String {
        let mut out = String::new();
        for n in self.graph.node_indices() {
            let _ = write!(out, "{} {}", n.index(), self.describe(tree, n));
            let mut next: Vec<_> = self.graph.edges(n).filter(|e| e.target() != n).collect();
            next.sort_by_key(|e| e.id());
            let next: Vec<_> = next.iter().map(|e| format!("{}{}", e.target().index(), letter(*e.weight()))).collect();
            let _ = writeln!(out, "{}{}", if next.is_empty() { "" } else { " -> " }, next.join(" "));
        }
        out
    }

    /// The graph in Graphviz's language.
    #[must_use]
    pub fn dot(&self, tree: &Tree, name: &str) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "digraph {} {{\n  node [shape=box, fontname=monospace];", quote(name));
        for n in self.graph.node_indices() {
            let _ = writeln!(out, "  {} [label={}];", n.index(), quote(&self.describe(tree, n)));
        }
        for e in self.graph.edge_references().filter(|e| e.source() != e.target()) {
            let style = if *e.weight() == EdgeKind::Control { " [style=dashed]" } else { "" };
            let _ = writeln!(out, "  {} -> {}{style};", e.source().index(), e.target().index());
        }
        out.push_str("}\n");
        out
    }

    fn describe(&self, tree: &Tree, n: NodeIndex) -> String {
        let point = &self.graph[n];
        let mut out = kind_name(point);
        let text = text_of(tree, point);
        if !text.is_empty() {
            let _ = write!(out, " `{text}`");
        }
        let path: Vec<_> = self.labels.path(point.label).iter().map(|l| l.0.to_string()).collect();
        let _ = write!(out, " [{}]", path.join("."));
        if let Some(label) = point.jump_label() {
            let _ = write!(out, " of {}", label.0);
        }
        if point.in_loop {
            out.push_str(" loop");
        }
        let lonely = self.graph.neighbors_directed(n, Direction::Incoming).all(|p| p == n);
        if lonely && !matches!(point.kind, PointKind::Top | PointKind::Dead) {
            out.push_str(" unreached");
        }
        out
    }
}

fn kind_name(point: &Point) -> String {
    let name = format!("{:?}", point.kind);
    let name = name.replace("Then { escapes: true }", "Then(escapes)").replace("Then { escapes: false }", "Then");
    match point.jump {
        Some(jump) => format!("{name}({jump:?})"),
        None => name,
    }
}

/// What the point owns, on one line.
fn text_of(tree: &Tree, point: &Point) -> String {
    let mut out = String::new();
    for child in owned(tree, point) {
        let tokens = match child {
            Child::Node(n) => tree.held_tokens(n),
            Child::Token(t) => vec![t],
        };
        for t in tokens {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&String::from_utf8_lossy(tree.token_text(t)));
        }
    }
    out
}

fn letter(kind: EdgeKind) -> char {
    match kind {
        EdgeKind::Direct => 'd',
        EdgeKind::Control => 'c',
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

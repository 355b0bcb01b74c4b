//! A graph with what rules look up in it: made once for all rules that come to the element.

use std::sync::OnceLock;

use c_syntax::{Child, Sym, TokenId, TokenKind, Tree};
use cfg::{Cfg, EdgeKind, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::compile::Terms;
use crate::ctl::Graph;
use crate::rule::need::{Need, name_of};

/// A graph, ready for matching.
#[derive(Debug)]
pub struct PreparedGraph {
    /// The graph.
    pub cfg: Cfg,
    links: OnceLock<Graph>,
    /// Names, each with a point that owns it, sorted.
    names: OnceLock<Vec<(Sym, u32)>>,
}

impl PreparedGraph {
    /// Takes a graph.
    #[must_use]
    pub fn new(cfg: Cfg) -> Self {
        Self { cfg, links: OnceLock::new(), names: OnceLock::new() }
    }

    /// Its edges in compact form.
    pub(crate) fn links(&self) -> &Graph {
        self.links.get_or_init(|| {
            let edges: Vec<(u32, u32, bool)> = (self.cfg.graph.edge_references())
                .map(|e| (e.source().index() as u32, e.target().index() as u32, *e.weight() == EdgeKind::Direct))
                .collect();
            Graph::new(self.cfg.graph.node_count(), &edges)
        })
    }

    /// The points that own a name, in order. `tree` is the one that the graph was made from.
    fn points_of<'a>(&'a self, name: Sym, tree: &Tree) -> impl Iterator<Item = u32> + 'a {
        let names = self.names.get_or_init(|| self.find_names(tree));
        let first = names.partition_point(|n| n.0 < name);
        names[first..].iter().take_while(move |n| n.0 == name).map(|n| n.1)
    }

    /// The points that own the names that are needed, as far as `wanted`; all that are if nothing is needed.
    pub(crate) fn candidates(&self, need: &Need, terms: &dyn Terms, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut points = match self.by_names(need, terms) {
            Some(points) => points,
            None => (0..self.cfg.graph.node_count() as u32).collect(),
        };
        points.retain(|p| wanted(*p));
        points
    }

    /// The points that own the needed names, sorted; nothing if none is needed.
    fn by_names(&self, need: &Need, terms: &dyn Terms) -> Option<Vec<u32>> {
        match need {
            Need::Nothing => None,
            Need::Name(name) => Some(self.points_of(*name, terms.tree()).collect()),
            Need::Value(var) => {
                let name = name_of(terms.inherited().get(*var)?)?;
                Some(self.points_of(name, terms.tree()).collect())
            }
            Need::All(parts) => {
                let mut all = parts.iter().filter_map(|p| self.by_names(p, terms));
                let mut out = all.next()?;
                for other in all {
                    out.retain(|p| other.binary_search(p).is_ok());
                }
                Some(out)
            }
            Need::Any(parts) => {
                let mut out = Vec::new();
                for part in parts {
                    out.extend(self.by_names(part, terms)?);
                }
                out.sort_unstable();
                out.dedup();
                Some(out)
            }
        }
    }

    fn find_names(&self, tree: &Tree) -> Vec<(Sym, u32)> {
        let mut out = Vec::new();
        for index in self.cfg.graph.node_indices() {
            for child in cfg::owned(tree, &self.cfg.graph[NodeIndex::new(index.index())]) {
                let range = match child {
                    Child::Token(t) => t.0..t.0 + 1,
                    Child::Node(n) => tree.token_range(n),
                };
                for t in range {
                    let token = tree.token(TokenId(t));
                    if token.kind == TokenKind::Ident {
                        out.push((token.sym, index.index() as u32));
                    }
                }
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

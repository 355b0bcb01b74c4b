//! A graph with what rules look up in it: made once for all rules that come to the element.

use std::sync::OnceLock;

use c_syntax::{Child, Sym, TokenId, TokenKind, Tree};
use cfg::{Cfg, EdgeKind, NodeIndex, PointKind};
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

use crate::compile::Terms;
use crate::ctl::Graph;
use crate::kinds::KindSet;
use crate::rule::need::{Need, is_operator, name_of};

/// A graph, ready for matching.
#[derive(Debug)]
pub struct PreparedGraph {
    /// The graph.
    pub cfg: Cfg,
    links: OnceLock<Graph>,
    contents: OnceLock<Contents>,
}

/// What the points of a graph own.
#[derive(Debug)]
struct Contents {
    /// Names and operators, each with a point that owns it, sorted.
    names: Box<[(Sym, u32)]>,
    /// For each point the number in `sets` of the kinds of the nodes that it owns.
    kinds: Vec<u32>,
    /// The sets, each once: there are few.
    sets: Vec<KindSet>,
    /// All of these.
    all_kinds: KindSet,
    /// Kinds of the points, each once.
    points: Vec<PointKind>,
}

impl PreparedGraph {
    /// Takes a graph.
    #[must_use]
    pub fn new(cfg: Cfg) -> Self {
        Self { cfg, links: OnceLock::new(), contents: OnceLock::new() }
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
        let names = &self.contents(tree).names;
        let first = names.partition_point(|n| n.0 < name);
        names[first..].iter().take_while(move |n| n.0 == name).map(|n| n.1)
    }

    fn contents(&self, tree: &Tree) -> &Contents {
        self.contents.get_or_init(|| Contents::of(&self.cfg, tree))
    }

    /// The points that own what is needed, as far as `wanted`; all that are if nothing is needed.
    pub(crate) fn candidates(&self, need: &Need, terms: &dyn Terms, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut points = match self.by_names(need, terms) {
            Some(points) => points,
            None => (0..self.cfg.graph.node_count() as u32).collect(),
        };
        let contents = self.contents(terms.tree());
        points.retain(|p| wanted(*p) && has_kinds(need, contents.sets[contents.kinds[*p as usize] as usize]));
        points
    }

    /// Whether points own what is needed, each part at some point.
    pub(crate) fn has(&self, need: &Need, terms: &dyn Terms) -> bool {
        let contents = self.contents(terms.tree());
        match need {
            Need::Nothing => true,
            Need::Name(name) => self.points_of(*name, terms.tree()).next().is_some(),
            Need::Kinds(kinds) => kinds.meets(contents.all_kinds),
            Need::Point(kind) => contents.points.contains(kind),
            Need::Value(var) => match terms.inherited().get(*var).map(name_of) {
                Some(Some(name)) => self.points_of(name, terms.tree()).next().is_some(),
                _ => true,
            },
            Need::All(parts) => parts.iter().all(|p| self.has(p, terms)),
            Need::Any(parts) => parts.iter().any(|p| self.has(p, terms)),
        }
    }

    /// The points that own the needed names, sorted; nothing if none is needed.
    fn by_names(&self, need: &Need, terms: &dyn Terms) -> Option<Vec<u32>> {
        match need {
            Need::Nothing | Need::Kinds(_) | Need::Point(_) => None,
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
}

/// Whether these kinds of nodes are enough.
fn has_kinds(need: &Need, there: KindSet) -> bool {
    match need {
        Need::Kinds(kinds) => kinds.meets(there),
        Need::All(parts) => parts.iter().all(|p| has_kinds(p, there)),
        Need::Any(parts) => parts.iter().any(|p| has_kinds(p, there)),
        Need::Nothing | Need::Name(_) | Need::Value(_) | Need::Point(_) => true,
    }
}

impl Contents {
    fn of(cfg: &Cfg, tree: &Tree) -> Self {
        let size = cfg.graph.node_count();
        let mut names: Vec<(Sym, u32)> = Vec::new();
        let mut out = Self {
            names: Box::default(),
            kinds: Vec::with_capacity(size),
            sets: Vec::new(),
            all_kinds: KindSet::default(),
            points: Vec::new(),
        };
        let mut numbers: FxHashMap<KindSet, u32> = FxHashMap::default();
        for index in 0..size {
            let mut kinds = KindSet::default();
            let point = &cfg.graph[NodeIndex::new(index)];
            if !out.points.contains(&point.kind) {
                out.points.push(point.kind);
            }
            for child in cfg::owned(tree, point) {
                let range = match child {
                    Child::Token(t) => t.0..t.0 + 1,
                    Child::Node(n) => {
                        tree.preorder(n).for_each(|n| kinds.insert(tree.kind(n)));
                        tree.token_range(n)
                    }
                };
                for t in range {
                    let token = tree.token(TokenId(t));
                    if token.kind == TokenKind::Ident || is_operator(token.kind) {
                        names.push((token.sym, index as u32));
                    }
                }
            }
            out.all_kinds = out.all_kinds.or(kinds);
            let number = *numbers.entry(kinds).or_insert_with(|| {
                out.sets.push(kinds);
                out.sets.len() as u32 - 1
            });
            out.kinds.push(number);
        }
        names.sort_unstable();
        names.dedup();
        // A copy takes up no more than it holds.
        out.names = Box::from(&names[..]);
        out
    }
}

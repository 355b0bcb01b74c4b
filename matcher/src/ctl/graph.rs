//! A compact copy of a graph: neighbours of each point as slices, once for direct edges and once for all.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::ctl::Edges;

/// A directed graph whose edges are direct or short cuts ("control edges").
#[derive(Debug, Clone, Default)]
pub struct Graph {
    succ: [Lists; 2],
    pred: [Lists; 2],
    size: usize,
}

#[derive(Debug, Clone, Default)]
struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    fn new(size: usize, edges: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; size + 1];
        for (a, _) in edges.clone() {
            starts[a as usize + 1] += 1;
        }
        for i in 0..size {
            starts[i + 1] += starts[i];
        }
        let mut at = starts.clone();
        let mut items = vec![0u32; starts[size] as usize];
        for (a, b) in edges {
            items[at[a as usize] as usize] = b;
            at[a as usize] += 1;
        }
        Self { starts, items }
    }

    fn of(&self, point: u32) -> &[u32] {
        &self.items[self.starts[point as usize] as usize..self.starts[point as usize + 1] as usize]
    }
}

impl Graph {
    /// The graph with points `0..size` and these edges: from, to, whether direct.
    #[must_use]
    pub fn new(size: usize, edges: &[(u32, u32, bool)]) -> Self {
        let all = edges.iter().map(|e| (e.0, e.1));
        let direct = edges.iter().filter(|e| e.2).map(|e| (e.0, e.1));
        let back = |e: (u32, u32)| (e.1, e.0);
        Self {
            succ: [Lists::new(size, direct.clone()), Lists::new(size, all.clone())],
            pred: [Lists::new(size, direct.map(back)), Lists::new(size, all.map(back))],
            size,
        }
    }

    /// Number of points.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The points after (`forward`) or before a point.
    #[must_use]
    pub fn next(&self, point: u32, edges: Edges, forward: bool) -> &[u32] {
        let lists = if forward { &self.succ } else { &self.pred };
        lists[usize::from(edges == Edges::All)].of(point)
    }

    /// Whether no path leads anywhere else from a point.
    #[must_use]
    pub fn is_sink(&self, point: u32) -> bool {
        self.next(point, Edges::Direct, true).iter().all(|n| *n == point)
    }

    /// For each point the number of its strongly connected component over direct edges; what a component leads to has smaller numbers.
    #[must_use]
    pub fn components(&self) -> Vec<u32> {
        let points = 0..self.size as u32;
        let edges = points.flat_map(|p| self.next(p, Edges::Direct, true).iter().map(move |n| (p, *n)));
        let mut graph = DiGraph::<(), ()>::from_edges(edges);
        while graph.node_count() < self.size {
            graph.add_node(());
        }
        let mut out = vec![0; self.size];
        for (i, component) in kosaraju_scc(&graph).iter().enumerate() {
            component.iter().for_each(|p| out[p.index()] = i as u32);
        }
        out
    }

    /// All points that a point reaches over all edges, itself included, in order of discovery.
    #[must_use]
    pub fn reachable(&self, from: u32) -> Vec<u32> {
        let mut seen = vec![false; self.size];
        seen[from as usize] = true;
        let mut out = vec![from];
        let mut at = 0;
        while at < out.len() {
            for n in self.next(out[at], Edges::All, true) {
                if !std::mem::replace(&mut seen[*n as usize], true) {
                    out.push(*n);
                }
            }
            at += 1;
        }
        out
    }
}

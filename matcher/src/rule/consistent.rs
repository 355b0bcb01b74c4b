//! Whether every path to an edit asks for it (`semantics.md` 5.4).

use c_syntax::TokenId;
use cfg::{Cfg, NodeIndex, PointKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::compile::Terms;
use crate::ctl::{Edges, Graph};
use crate::rule::Refusal;
use crate::rule::read::{Found, first_token};

/// Checks all points with edits.
pub(crate) fn check(cfg: &Cfg, graph: &Graph, found: &[Found], terms: &dyn Terms) -> Result<(), Refusal> {
    if found.iter().all(|one| one.edited.iter().all(|point| *point == one.root)) {
        return Ok(());
    }
    let mut roots: FxHashMap<u32, FxHashSet<u32>> = FxHashMap::default();
    let mut order: Vec<u32> = Vec::new();
    for one in found {
        for point in &one.edited {
            if !roots.contains_key(point) {
                order.push(*point);
            }
            roots.entry(*point).or_default().insert(one.root);
        }
    }
    order.sort_unstable();
    for point in order {
        let from = &roots[&point];
        if from.contains(&point) {
            continue;
        }
        if let Some(without) = uncovered(cfg, graph, point, from) {
            let Some(at) = first_token(terms, point) else { continue };
            let tokens =
                |path: Vec<u32>| path.into_iter().filter_map(|p| first_token(terms, p)).collect::<Vec<TokenId>>();
            let with = shortest(graph, point, |p| from.contains(&p));
            return Err(Refusal::Inconsistent { at, with: tokens(with), without: tokens(without) });
        }
    }
    Ok(())
}

/// A path to `point` from where control enters, past all roots; none if there is none.
fn uncovered(cfg: &Cfg, graph: &Graph, point: u32, roots: &FxHashSet<u32>) -> Option<Vec<u32>> {
    let covers =
        |p: u32| roots.contains(&p) || matches!(cfg.graph[NodeIndex::new(p as usize)].kind, PointKind::After(_));
    let source = |p: u32| graph.next(p, Edges::Direct, false).iter().all(|b| *b == p);
    let path = search(graph, point, covers, source);
    (!path.is_empty()).then_some(path)
}

fn shortest(graph: &Graph, point: u32, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
    search(graph, point, |_| false, wanted)
}

/// The shortest path backwards from `point` to a wanted point that passes no closed one, in forward order; empty if there is none.
fn search(graph: &Graph, point: u32, closed: impl Fn(u32) -> bool, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut next: FxHashMap<u32, u32> = FxHashMap::default();
    let mut queue = vec![point];
    next.insert(point, point);
    let mut at = 0;
    while at < queue.len() {
        let p = queue[at];
        at += 1;
        if p != point && closed(p) {
            continue;
        }
        if wanted(p) {
            let mut path = vec![p];
            let mut here = p;
            while next[&here] != here {
                here = next[&here];
                path.push(here);
            }
            return path;
        }
        for b in graph.next(p, Edges::Direct, false) {
            if !next.contains_key(b) {
                next.insert(*b, p);
                queue.push(*b);
            }
        }
    }
    Vec::new()
}

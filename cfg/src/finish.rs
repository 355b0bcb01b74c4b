//! After construction: self loops, helpers before dead code, back edges (`semantics.md` 1.4).

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::build::Builder;
use crate::graph::{Cfg, EdgeKind, LabelId, Labels, Point, PointKind};

/// Makes every point have a successor and a predecessor, and marks the targets of back edges.
pub(crate) fn finish(b: Builder<'_>) -> Cfg {
    let Builder { mut graph, mut labels, top, exit, error_exit, .. } = b;
    let has_loop = mark_back_edges(&mut graph);
    let starts: Vec<NodeIndex> = graph.externals(Direction::Incoming).filter(|n| *n != top).collect();
    for n in [Some(top), Some(exit), error_exit].into_iter().flatten() {
        graph.add_edge(n, n, EdgeKind::Direct);
    }
    for n in starts {
        let dead = graph.add_node(Point::new(PointKind::Dead, None, LabelId::NONE));
        graph.add_edge(dead, dead, EdgeKind::Direct);
        graph.add_edge(dead, n, EdgeKind::Direct);
    }
    number(&mut labels);
    // A copy takes up no more than it holds, what grew up to twice that.
    labels.parents = labels.parents.as_slice().to_vec();
    Cfg { graph: graph.clone(), top, labels, has_loop }
}

/// Fills in the last label inside each label; a label's number is above its parent's.
fn number(labels: &mut Labels) {
    labels.last = (0..labels.parents.len() as u32).map(LabelId).collect();
    for i in (1..labels.parents.len()).rev() {
        let parent = labels.parents[i].0 as usize;
        if parent < i {
            labels.last[parent] = labels.last[parent].max(labels.last[i]);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    Not,
    Open,
    Done,
}

/// Depth-first search from Top, then from what nothing reaches.
fn mark_back_edges(graph: &mut DiGraph<Point, EdgeKind>) -> bool {
    let mut visit = vec![Visit::Not; graph.node_count()];
    let mut found = false;
    for root in graph.node_indices() {
        if visit[root.index()] != Visit::Not {
            continue;
        }
        visit[root.index()] = Visit::Open;
        let mut stack = vec![(root, graph.neighbors(root).detach())];
        while let Some((n, walk)) = stack.last_mut() {
            let Some(next) = walk.next_node(graph) else {
                visit[n.index()] = Visit::Done;
                stack.pop();
                continue;
            };
            match visit[next.index()] {
                Visit::Not => {
                    visit[next.index()] = Visit::Open;
                    stack.push((next, graph.neighbors(next).detach()));
                }
                Visit::Open => {
                    graph[next].in_loop = true;
                    found = true;
                }
                Visit::Done => {}
            }
        }
    }
    found
}

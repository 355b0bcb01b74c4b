//! Control-flow graphs of C elements, on petgraph. Knows the trees of `c-syntax`, and nothing of patterns.
//!
//! [`Cfg::build`] makes the graph of one top-level element, [`owned`] says which part of the tree a point stands for.

mod build;
mod dump;
mod finish;
pub mod graph;
mod jump;
mod owned;
mod stmt;

pub use build::MAX_DEPTH;
pub use graph::{Cfg, CfgError, CfgOptions, EdgeKind, Jump, LabelId, Labels, Point, PointKind};
pub use owned::owned;
pub use petgraph::graph::NodeIndex;

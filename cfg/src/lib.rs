//! Control-flow graphs of C elements, on petgraph. Knows the trees of `c-syntax`, and nothing of patterns.

pub mod graph;

pub use graph::{Cfg, CfgError, EdgeKind, Jump, LabelId, Labels, Point, PointKind};
pub use petgraph::graph::NodeIndex;

//! What a point of a graph owns: which children of its node belong to it and not to other points (`cfg::PointKind`).

use c_syntax::{Child, NodeId, SyntaxKind, TokenKind, Tree};
use cfg::PointKind;

/// The children (tokens and nodes) of `node` that a point of kind `kind` owns. A node that is owned is owned whole.
/// Serves the trees of elements and of patterns alike.
#[must_use]
pub fn owned(tree: &Tree, kind: PointKind, node: NodeId) -> Vec<Child> {
    let all = tree.children(node);
    match kind {
        PointKind::Simple
        | PointKind::Decl
        | PointKind::Goto
        | PointKind::Return
        | PointKind::Break
        | PointKind::Continue
        | PointKind::Directive
        | PointKind::DefineBody => vec![Child::Node(node)],
        PointKind::FunHead => all.iter().copied().filter(|c| !is_kind(tree, *c, SyntaxKind::Block)).collect(),
        PointKind::DefineHead => all.iter().copied().filter(|c| !is_kind(tree, *c, SyntaxKind::MacroBody)).collect(),
        PointKind::Open => tree.child_token(node, TokenKind::LBrace).map(Child::Token).into_iter().collect(),
        PointKind::Close => tree.child_token(node, TokenKind::RBrace).map(Child::Token).into_iter().collect(),
        // Everything up to the body, which is the last positional child (for an If: up to the then branch).
        PointKind::IfHead => before_nth(tree, node, 1),
        PointKind::WhileHead | PointKind::SwitchHead => before_nth(tree, node, 1),
        PointKind::ForHead => before_nth(tree, node, 3),
        PointKind::IteratorHead => before_nth(tree, node, 2),
        PointKind::Case => before_nth(tree, node, 1),
        PointKind::Label => before_nth(tree, node, 1),
        PointKind::Default | PointKind::ElseKw | PointKind::DoHead => before_nth(tree, node, 0),
        PointKind::DoTail => after_nth(tree, node, 0),
        _ => Vec::new(),
    }
}

fn is_kind(tree: &Tree, child: Child, kind: SyntaxKind) -> bool {
    matches!(child, Child::Node(n) if tree.kind(n) == kind)
}

/// The children before the `nth` positional child node.
fn before_nth(tree: &Tree, node: NodeId, nth: usize) -> Vec<Child> {
    let stop = tree.child_node(node, nth);
    tree.children(node).iter().copied().take_while(|c| !matches!(*c, Child::Node(n) if Some(n) == stop)).collect()
}

/// The children after the `nth` positional child node.
fn after_nth(tree: &Tree, node: NodeId, nth: usize) -> Vec<Child> {
    let start = tree.child_node(node, nth);
    let mut rest =
        tree.children(node).iter().copied().skip_while(|c| !matches!(*c, Child::Node(n) if Some(n) == start));
    rest.next();
    rest.collect()
}

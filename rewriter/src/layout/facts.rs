//! What a tree holds, worked out once for all passes: most have nothing to do in most elements.

use std::cell::OnceCell;

use c_syntax::{SyntaxKind, TokenKind, Tree};

use super::leaves::Leaves;

/// Facts about a tree.
pub(super) struct Facts<'t> {
    pub tree: &'t Tree,
    tokens: Kinds,
    nodes: Kinds,
    leaves: OnceCell<Leaves>,
}

impl<'t> Facts<'t> {
    /// Those of a tree.
    pub fn of(tree: &'t Tree) -> Self {
        let (mut tokens, mut nodes) = (Kinds::default(), Kinds::default());
        tree.tokens().iter().for_each(|t| tokens.add(t.kind as u8));
        tree.ids().for_each(|n| nodes.add(tree.kind(n) as u8));
        Self { tree, tokens, nodes, leaves: OnceCell::new() }
    }

    /// Whether there are tokens of a kind.
    pub fn has_token(&self, kind: TokenKind) -> bool {
        self.tokens.has(kind as u8)
    }

    /// Whether there are nodes of one of some kinds.
    pub fn has_node(&self, kinds: &[SyntaxKind]) -> bool {
        kinds.iter().any(|k| self.nodes.has(*k as u8))
    }

    /// The innermost nodes around tokens.
    pub fn leaves(&self) -> &Leaves {
        self.leaves.get_or_init(|| Leaves::of(self.tree))
    }
}

/// A set of kinds.
#[derive(Default)]
struct Kinds([u64; 4]);

impl Kinds {
    fn add(&mut self, kind: u8) {
        self.0[usize::from(kind) / 64] |= 1 << (kind % 64);
    }

    fn has(&self, kind: u8) -> bool {
        self.0[usize::from(kind) / 64] & (1 << (kind % 64)) != 0
    }
}

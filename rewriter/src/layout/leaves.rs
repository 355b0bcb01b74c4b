//! What is known of the tokens of a tree, found by token.

use c_syntax::{NodeId, SyntaxKind as K, TokenId, Tree};

/// The innermost node that holds each token.
pub(super) struct Leaves(ByToken);

impl Leaves {
    /// Those of a tree.
    pub fn of(tree: &Tree) -> Self {
        let mut out = ByToken::new(tree);
        for n in tree.ids() {
            tree.child_tokens(n).for_each(|t| out.set(t, n.0 as usize));
        }
        Self(out)
    }

    /// The innermost node that holds a token.
    pub fn get(&self, token: TokenId) -> Option<NodeId> {
        self.0.get(token).map(|n| NodeId(n as u32))
    }

    /// Whether the tree understands a token: those under attributes were left out by the token view.
    pub fn is_held(&self, tree: &Tree, token: TokenId) -> bool {
        self.get(token).is_some_and(|n| !matches!(tree.kind(n), K::Attribute | K::DirectiveLine))
    }
}

/// A number that is known of some of the tokens of a tree.
pub(super) struct ByToken(Vec<u32>);

/// Nothing is known.
const UNKNOWN: u32 = u32::MAX;

impl ByToken {
    /// Nothing is known of any.
    pub fn new(tree: &Tree) -> Self {
        Self(vec![UNKNOWN; tree.tokens().len()])
    }

    /// Says something of a token.
    pub fn set(&mut self, token: TokenId, value: usize) {
        if let Some(slot) = self.0.get_mut(token.0 as usize) {
            *slot = value as u32;
        }
    }

    /// What is known of a token.
    pub fn get(&self, token: TokenId) -> Option<usize> {
        self.0.get(token.0 as usize).filter(|n| **n != UNKNOWN).map(|n| *n as usize)
    }
}

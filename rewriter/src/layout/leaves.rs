//! What is known of the tokens of a tree, found by token.

use c_syntax::{NodeId, SyntaxKind as K, TokenId, Tree};

/// The innermost node that holds each token.
pub(super) struct Leaves(ByToken<NodeId>);

impl Leaves {
    /// Those of a tree.
    pub fn of(tree: &Tree) -> Self {
        let mut out = ByToken::new(tree);
        for n in tree.ids() {
            tree.child_tokens(n).for_each(|t| out.set(t, n));
        }
        Self(out)
    }

    /// The innermost node that holds a token.
    pub fn get(&self, token: TokenId) -> Option<NodeId> {
        self.0.get(token)
    }

    /// Whether the tree understands a token: those under attributes were left out by the token view.
    pub fn is_held(&self, tree: &Tree, token: TokenId) -> bool {
        self.0.get(token).is_some_and(|n| !matches!(tree.kind(n), K::Attribute | K::DirectiveLine))
    }
}

/// Something that is known of some of the tokens of a tree.
pub(super) struct ByToken<T>(Vec<Option<T>>);

impl<T: Copy> ByToken<T> {
    /// Nothing is known of any.
    pub fn new(tree: &Tree) -> Self {
        Self(vec![None; tree.tokens().len()])
    }

    /// Says something of a token.
    pub fn set(&mut self, token: TokenId, value: T) {
        if let Some(slot) = self.0.get_mut(token.0 as usize) {
            *slot = Some(value);
        }
    }

    /// What is known of a token.
    pub fn get(&self, token: TokenId) -> Option<T> {
        self.0.get(token.0 as usize).copied().flatten()
    }
}

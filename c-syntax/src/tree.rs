//! The homogeneous tree: kind, children, tokens. One representation for C elements and for patterns.
//!
//! A tree is a value: immutable once built, without knowledge of types, scopes or rules.
//!
//! ```
//! use c_syntax::{Sym, SyntaxKind, Token, TokenFlags, TokenKind, Tree, TreeBuilder};
//!
//! let token = Token { kind: TokenKind::Ident, flags: TokenFlags::default(), start: 0, len: 1, sym: Sym::of(b"x") };
//! let mut b = TreeBuilder::new(b"x".to_vec().into(), 0, vec![token]);
//! b.start(SyntaxKind::Root);
//! b.start(SyntaxKind::Ident);
//! b.token(c_syntax::TokenId(0));
//! b.finish();
//! b.finish();
//! let tree: Tree = b.build();
//! assert_eq!(tree.dump(), "Root\n  Ident\n    x\n");
//! ```

use std::fmt::Write as _;
use std::sync::Arc;

use crate::kind::SyntaxKind;
use crate::token::{Token, TokenKind};

/// A node of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u32);

/// A token of a tree: its index in [`Tree::tokens`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TokenId(pub u32);

/// A child of a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Child {
    /// A node.
    Node(NodeId),
    /// A token.
    Token(TokenId),
}

#[derive(Clone, Copy, Debug)]
struct NodeData {
    kind: SyntaxKind,
    parent: u32,
    /// Where its children start in `Tree::children`; they end where those of the next node start.
    first: u32,
    /// First token and one past the last token below; equal if there is none (then the place where it stands).
    lo: u32,
    hi: u32,
}

/// A tree over a list of tokens. Every token of the text is in [`Tree::tokens`]; the tree holds those that it understands.
#[derive(Clone, Debug)]
pub struct Tree {
    text: Arc<[u8]>,
    base: u32,
    tokens: Arc<[Token]>,
    nodes: Box<[NodeData]>,
    children: Box<[Child]>,
    root: NodeId,
}

const NO_PARENT: u32 = u32::MAX;

impl Tree {
    /// The root node.
    #[must_use]
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// All tokens, in order.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// One token.
    #[must_use]
    pub fn token(&self, id: TokenId) -> Token {
        self.tokens[id.0 as usize]
    }

    /// The bytes of a token.
    #[must_use]
    pub fn token_text(&self, id: TokenId) -> &[u8] {
        let t = self.token(id);
        let start = (self.base + t.start) as usize;
        &self.text[start..start + t.len as usize]
    }

    /// The whole text that the tree was read from (of a C element: of its file), and where the tree's offset 0 lies in it.
    #[must_use]
    pub fn text(&self) -> (&Arc<[u8]>, u32) {
        (&self.text, self.base)
    }

    /// The bytes between two offsets of the tree.
    #[must_use]
    pub fn slice(&self, start: u32, end: u32) -> &[u8] {
        &self.text[(self.base + start) as usize..(self.base + end) as usize]
    }

    /// Number of nodes; node ids are below it.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The kind of a node.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> SyntaxKind {
        self.nodes[id.0 as usize].kind
    }

    /// All nodes, those below a node before it.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The parent of a node; none for the root.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let p = self.nodes[id.0 as usize].parent;
        (p != NO_PARENT).then_some(NodeId(p))
    }

    /// All children in source order, attributes and tokens included.
    #[must_use]
    pub fn children(&self, id: NodeId) -> &[Child] {
        let first = self.nodes[id.0 as usize].first as usize;
        let end = self.nodes.get(id.0 as usize + 1).map_or(self.children.len(), |next| next.first as usize);
        &self.children[first..end]
    }

    /// The children that are nodes, [`SyntaxKind::Attribute`] left out: the positional children of the shapes.
    pub fn child_nodes(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).iter().filter_map(|c| match *c {
            Child::Node(n) if self.kind(n) != SyntaxKind::Attribute => Some(n),
            _ => None,
        })
    }

    /// The `index`-th of [`Tree::child_nodes`].
    #[must_use]
    pub fn child_node(&self, id: NodeId, index: usize) -> Option<NodeId> {
        self.child_nodes(id).nth(index)
    }

    /// The children that are tokens.
    pub fn child_tokens(&self, id: NodeId) -> impl Iterator<Item = TokenId> + '_ {
        self.children(id).iter().filter_map(|c| match *c {
            Child::Token(t) => Some(t),
            Child::Node(_) => None,
        })
    }

    /// The first child token of kind `kind`.
    #[must_use]
    pub fn child_token(&self, id: NodeId, kind: TokenKind) -> Option<TokenId> {
        self.child_tokens(id).find(|t| self.token(*t).kind == kind)
    }

    /// The half-open range of token indices that a node spans; empty for a node without tokens.
    /// Tokens inside the range may belong to no node (see [`SyntaxKind::Attribute`]).
    #[must_use]
    pub fn token_range(&self, id: NodeId) -> std::ops::Range<u32> {
        let n = &self.nodes[id.0 as usize];
        n.lo..n.hi
    }

    /// The first token of a node.
    #[must_use]
    pub fn first_token(&self, id: NodeId) -> Option<TokenId> {
        let r = self.token_range(id);
        (!r.is_empty()).then_some(TokenId(r.start))
    }

    /// The last token of a node.
    #[must_use]
    pub fn last_token(&self, id: NodeId) -> Option<TokenId> {
        let r = self.token_range(id);
        (!r.is_empty()).then(|| TokenId(r.end - 1))
    }

    /// The bytes from a node's first token to its last.
    #[must_use]
    pub fn node_text(&self, id: NodeId) -> &[u8] {
        match (self.first_token(id), self.last_token(id)) {
            (Some(a), Some(b)) => self.slice(self.token(a).start, self.token(b).end()),
            _ => &[],
        }
    }

    /// The node and all nodes below it, parents before children, in source order.
    pub fn preorder(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut stack = vec![id];
        std::iter::from_fn(move || {
            let n = stack.pop()?;
            stack.extend(self.children(n).iter().rev().filter_map(|c| match *c {
                Child::Node(n) => Some(n),
                Child::Token(_) => None,
            }));
            Some(n)
        })
    }

    /// How many levels a tree as a [`TreeBuilder`] makes it has.
    #[must_use]
    pub fn height(&self) -> u32 {
        let mut heights = vec![1; self.nodes.len()];
        // A node is made after the nodes below it.
        for (i, node) in self.nodes.iter().enumerate() {
            if let Some(above) = heights.get(node.parent as usize).copied() {
                heights[node.parent as usize] = above.max(heights[i] + 1);
            }
        }
        heights.get(self.root.0 as usize).copied().unwrap_or(0)
    }

    /// The tokens that the node and the nodes below it hold, in source order.
    #[must_use]
    pub fn held_tokens(&self, id: NodeId) -> Vec<TokenId> {
        let mut out = Vec::new();
        let mut stack = vec![Child::Node(id)];
        while let Some(c) = stack.pop() {
            match c {
                Child::Token(t) => out.push(t),
                Child::Node(n) => stack.extend(self.children(n).iter().rev()),
            }
        }
        out
    }

    /// The tree as indented lines of kinds and token texts, for tests and `--tree`.
    #[must_use]
    pub fn dump(&self) -> String {
        self.dump_node(self.root)
    }

    /// [`Tree::dump`] of the part below a node.
    #[must_use]
    pub fn dump_node(&self, id: NodeId) -> String {
        let mut out = String::new();
        let mut stack = vec![(Child::Node(id), 0usize)];
        while let Some((c, depth)) = stack.pop() {
            let pad = depth * 2;
            match c {
                Child::Node(n) => {
                    let _ = writeln!(out, "{:pad$}{:?}", "", self.kind(n));
                    stack.extend(self.children(n).iter().rev().map(|c| (*c, depth + 1)));
                }
                Child::Token(t) => {
                    let _ = writeln!(out, "{:pad$}{}", "", String::from_utf8_lossy(self.token_text(t)));
                }
            }
        }
        out
    }
}

/// Builds a [`Tree`] from a sequence of starts, tokens and finishes, with checkpoints for left-recursive shapes.
#[derive(Debug)]
pub struct TreeBuilder {
    text: Arc<[u8]>,
    base: u32,
    tokens: Arc<[Token]>,
    /// Tokens behind those.
    added: Vec<Token>,
    nodes: Vec<NodeData>,
    children: Vec<Child>,
    /// Finished children of the nodes that are open.
    pending: Vec<Child>,
    /// Open nodes: kind and where their children start in `pending`.
    open: Vec<(SyntaxKind, usize)>,
    /// The token after the last one placed: where an empty node stands.
    next: u32,
}

/// A place before which a node can be started later.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoint(usize);

/// The state of a builder, to go back to after a failed attempt.
#[derive(Clone, Copy, Debug)]
pub struct BuilderMark {
    pending: usize,
    open: usize,
    nodes: usize,
    children: usize,
    next: u32,
}

impl TreeBuilder {
    /// A builder over `tokens` of `text`, whose offsets count from `base`.
    #[must_use]
    pub fn new(text: Arc<[u8]>, base: u32, tokens: impl Into<Arc<[Token]>>) -> Self {
        Self {
            text,
            base,
            tokens: tokens.into(),
            added: Vec::new(),
            nodes: Vec::new(),
            children: Vec::new(),
            pending: Vec::new(),
            open: Vec::new(),
            next: 0,
        }
    }

    /// Opens a node.
    pub fn start(&mut self, kind: SyntaxKind) {
        self.open.push((kind, self.pending.len()));
    }

    /// Remembers the current place.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.pending.len())
    }

    /// Opens a node that starts at `at`, taking in what was added to the innermost open node since.
    pub fn start_at(&mut self, at: Checkpoint, kind: SyntaxKind) {
        debug_assert!(self.open.last().is_none_or(|o| o.1 <= at.0));
        self.open.push((kind, at.0));
    }

    /// Adds a token to the innermost open node.
    pub fn token(&mut self, id: TokenId) {
        self.next = id.0 + 1;
        self.pending.push(Child::Token(id));
    }

    /// Adds an empty node.
    pub fn empty(&mut self, kind: SyntaxKind) -> NodeId {
        self.start(kind);
        self.finish()
    }

    /// Closes the innermost open node and returns it.
    ///
    /// # Panics
    /// If no node is open: a fault of the caller, whatever the input.
    pub fn finish(&mut self) -> NodeId {
        let (kind, at) = self.open.pop().expect("finish without start");
        let first = self.children.len() as u32;
        let id = NodeId(self.nodes.len() as u32);
        let (mut lo, mut hi) = (u32::MAX, 0);
        for c in self.pending.drain(at..) {
            match c {
                Child::Token(t) => {
                    lo = lo.min(t.0);
                    hi = hi.max(t.0 + 1);
                }
                Child::Node(n) => {
                    let d = &mut self.nodes[n.0 as usize];
                    d.parent = id.0;
                    if d.lo < d.hi {
                        lo = lo.min(d.lo);
                        hi = hi.max(d.hi);
                    }
                }
            }
            self.children.push(c);
        }
        if lo > hi {
            (lo, hi) = (self.next, self.next);
        }
        self.nodes.push(NodeData { kind, parent: NO_PARENT, first, lo, hi });
        self.pending.push(Child::Node(id));
        id
    }

    /// The last token of a finished node.
    #[must_use]
    pub fn last_token(&self, id: NodeId) -> Option<TokenId> {
        let node = &self.nodes[id.0 as usize];
        (node.lo < node.hi).then(|| TokenId(node.hi - 1))
    }

    /// Closes the innermost open node before its last `number` children, which become children of the node around it, behind it.
    pub fn finish_before_last(&mut self, number: usize) -> NodeId {
        let first = self.pending.len().saturating_sub(number).max(self.open.last().map_or(0, |o| o.1));
        let left = self.pending.split_off(first);
        let next = self.next;
        self.next = self.first_of(&left).unwrap_or(next);
        let id = self.finish();
        self.pending.extend(left);
        self.next = next;
        id
    }

    /// Adds an empty node before the last `number` children of the innermost open node.
    pub fn empty_before_last(&mut self, number: usize, kind: SyntaxKind) {
        self.start(kind);
        if let Some(open) = self.open.last_mut() {
            open.1 = open.1.saturating_sub(number);
        }
        self.finish_before_last(number);
    }

    /// The first token of finished children.
    fn first_of(&self, children: &[Child]) -> Option<u32> {
        children.iter().find_map(|c| match *c {
            Child::Token(t) => Some(t.0),
            Child::Node(n) => self.first_token(n).map(|t| t.0),
        })
    }

    /// The first token of a finished node.
    #[must_use]
    pub fn first_token(&self, id: NodeId) -> Option<TokenId> {
        let node = &self.nodes[id.0 as usize];
        (node.lo < node.hi).then_some(TokenId(node.lo))
    }

    /// The kind of a finished node.
    #[must_use]
    pub fn kind(&self, id: NodeId) -> SyntaxKind {
        self.nodes[id.0 as usize].kind
    }

    /// What was added to the innermost open node (or at top level) so far.
    #[must_use]
    pub fn siblings(&self) -> &[Child] {
        &self.pending[self.open.last().map_or(0, |o| o.1)..]
    }

    /// Appends a token that is not in the source (a copy, for isomorphisms) and returns its id.
    pub fn add_token(&mut self, token: Token) -> TokenId {
        self.added.push(token);
        TokenId((self.tokens.len() + self.added.len()) as u32 - 1)
    }

    /// The state, for [`TreeBuilder::rewind`].
    #[must_use]
    pub fn mark(&self) -> BuilderMark {
        BuilderMark {
            pending: self.pending.len(),
            open: self.open.len(),
            nodes: self.nodes.len(),
            children: self.children.len(),
            next: self.next,
        }
    }

    /// Goes back to an earlier state: only what was added to the then innermost node or below it may have come since.
    pub fn rewind(&mut self, mark: BuilderMark) {
        self.pending.truncate(mark.pending);
        self.open.truncate(mark.open);
        self.nodes.truncate(mark.nodes);
        self.children.truncate(mark.children);
        self.next = mark.next;
    }

    /// The tree.
    ///
    /// # Panics
    /// If not exactly one node was built and closed: a fault of the caller, whatever the input.
    #[must_use]
    pub fn build(self) -> Tree {
        assert!(self.open.is_empty() && self.pending.len() == 1, "a tree has one closed root");
        let Child::Node(root) = self.pending[0] else { panic!("a tree has a node as root") };
        let added = self.added;
        let tokens = if added.is_empty() { self.tokens } else { self.tokens.iter().copied().chain(added).collect() };
        let (nodes, children) = (exact(self.nodes), exact(self.children));
        Tree { text: self.text, base: self.base, tokens, nodes, children, root }
    }
}

/// The elements without the room that the list grew beyond them. Allocators leave a block as it is that shrinks by less than half.
fn exact<T: Copy>(list: Vec<T>) -> Box<[T]> {
    if list.len() == list.capacity() { list.into() } else { Box::from(&list[..]) }
}

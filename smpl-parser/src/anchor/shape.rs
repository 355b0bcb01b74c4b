//! Facts about a slice's tree that anchoring asks again and again: parents of tokens, which nodes are wholly marked.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree};

/// The tree of a slice with facts about its nodes.
pub(super) struct Shape<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// The node that holds each token.
    holder: Vec<Option<NodeId>>,
    /// For each node: whether it has marked tokens, and whether it has others.
    marks: Vec<(bool, bool)>,
}

impl<'a> Shape<'a> {
    /// `marked` says of each token of the tree whether it is removed (minus slice) or added (plus slice).
    pub fn new(tree: &'a Tree, marked: &[bool]) -> Self {
        let mut holder = vec![None; tree.tokens().len()];
        let mut marks = vec![(false, false); tree.node_count()];
        let mut order: Vec<NodeId> = tree.preorder(tree.root()).collect();
        order.reverse();
        for node in order {
            let mut m = (false, false);
            for child in tree.children(node) {
                match *child {
                    Child::Token(t) => {
                        holder[t.0 as usize] = Some(node);
                        if !is_delimiter(tree.token(t).kind) {
                            let mark = marked.get(t.0 as usize).copied().unwrap_or(false);
                            m.0 |= mark;
                            m.1 |= !mark;
                        }
                    }
                    Child::Node(n) => {
                        m.0 |= marks[n.0 as usize].0;
                        m.1 |= marks[n.0 as usize].1;
                    }
                }
            }
            marks[node.0 as usize] = m;
        }
        Self { tree, holder, marks }
    }

    /// The node that holds a token.
    pub fn holder(&self, token: u32) -> Option<NodeId> {
        self.holder.get(token as usize).copied().flatten()
    }

    /// Whether all tokens below a node are marked, and there is one. Delimiters of disjunctions do not count.
    pub fn all_marked(&self, node: NodeId) -> bool {
        self.marks[node.0 as usize] == (true, false)
    }

    /// The nodes above a token, from the innermost.
    pub fn above(&self, token: u32) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = self.holder(token);
        std::iter::from_fn(move || {
            let node = next?;
            next = self.tree.parent(node);
            Some(node)
        })
    }

    /// The kind of the node's parent.
    pub fn parent_kind(&self, node: NodeId) -> Option<SyntaxKind> {
        self.tree.parent(node).map(|p| self.tree.kind(p))
    }

    /// The innermost node above both tokens.
    pub fn common(&self, a: u32, b: u32) -> Option<NodeId> {
        self.above(a).find(|n| {
            let r = self.tree.token_range(*n);
            r.contains(&a) && r.contains(&b)
        })
    }

    /// The first tokens of a node: those of each branch where it starts with a disjunction.
    pub fn first_leaves(&self, node: NodeId) -> Vec<u32> {
        self.edge(node, true)
    }

    /// The last tokens of a node: those of each branch where it ends with a disjunction.
    pub fn last_leaves(&self, node: NodeId) -> Vec<u32> {
        self.edge(node, false)
    }

    fn edge(&self, node: NodeId, first: bool) -> Vec<u32> {
        let mut out = Vec::new();
        let mut work = vec![node];
        while let Some(node) = work.pop() {
            let kind = self.tree.kind(node);
            if matches!(kind, SyntaxKind::Disj | SyntaxKind::Conj) {
                let mut branches: Vec<_> = self.tree.child_nodes(node).collect();
                if kind == SyntaxKind::Conj {
                    branches.truncate(1);
                }
                work.extend(branches.into_iter().rev());
                continue;
            }
            let children = self.tree.children(node);
            let mut held = children.iter().filter(|c| match c {
                Child::Token(_) => true,
                Child::Node(n) => !self.tree.token_range(*n).is_empty(),
            });
            match if first { held.next() } else { held.next_back() } {
                Some(Child::Token(t)) => out.push(t.0),
                Some(Child::Node(n)) => work.push(*n),
                None => {}
            }
        }
        out
    }

    /// The kind of a token.
    pub fn kind(&self, token: u32) -> TokenKind {
        self.tree.token(TokenId(token)).kind
    }
}

/// Whether a token only separates the branches of disjunctions.
pub(super) fn is_delimiter(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::DisjOpen | TokenKind::DisjOr | TokenKind::ConjAnd | TokenKind::DisjClose)
}

/// Whether a token is dots or the edge of a nest.
pub(super) fn is_dots(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Ellipsis
            | TokenKind::NestOpen
            | TokenKind::NestOpenPlus
            | TokenKind::NestClose
            | TokenKind::NestClosePlus
    )
}

/// Whether a node can have plus code before or after it as a whole.
pub(super) fn is_item(kind: SyntaxKind) -> bool {
    kind.is_stmt() && !matches!(kind, SyntaxKind::CondGroup | SyntaxKind::DirectiveLine)
        || matches!(
            kind,
            SyntaxKind::Declaration
                | SyntaxKind::MacroDecl
                | SyntaxKind::FunctionDef
                | SyntaxKind::MacroFunction
                | SyntaxKind::Include
                | SyntaxKind::Define
                | SyntaxKind::Undef
                | SyntaxKind::Pragma
        )
}

/// Whether a node holds a list of statements, or one statement as a branch or body.
pub(super) fn holds_items(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::RuleBody
            | SyntaxKind::Block
            | SyntaxKind::DisjBranch
            | SyntaxKind::Nest
            | SyntaxKind::If
            | SyntaxKind::Else
            | SyntaxKind::While
            | SyntaxKind::DoWhile
            | SyntaxKind::For
            | SyntaxKind::Iterator
            | SyntaxKind::Switch
            | SyntaxKind::Case
            | SyntaxKind::Default
            | SyntaxKind::Label
            | SyntaxKind::Opt
            | SyntaxKind::As
    )
}

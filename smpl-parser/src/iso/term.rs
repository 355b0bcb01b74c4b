//! Terms: patterns as shared, mutable-by-copy trees, which isomorphisms rewrite; from a pattern and back.

use std::sync::Arc;

use c_syntax::{Child, NodeId, Sym, SyntaxKind, Token, TokenFlags, TokenId, TokenKind, Tree, TreeBuilder};
use rustc_hash::FxHashMap;

use crate::ast::{NodeNote, PatToken, Pattern, Slots};

/// A node of a pattern with what is below it.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub kind: SyntaxKind,
    pub parts: Vec<Part>,
    pub slots: Option<Box<Slots>>,
    pub note: NodeNote,
    /// Number of nodes and tokens below it, itself included.
    pub size: u64,
    pub depth: u32,
    /// How many isomorphisms rewrote it or terms below it.
    pub rewrites: u32,
}

/// A child of a term.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Node(Arc<Term>),
    Tok(Box<Tok>),
}

/// A token of a term, with its text.
#[derive(Clone, Debug)]
pub(super) struct Tok {
    pub kind: TokenKind,
    pub flags: TokenFlags,
    pub sym: Sym,
    pub text: Arc<[u8]>,
    pub pat: PatToken,
}

impl Part {
    pub fn node(&self) -> Option<&Arc<Term>> {
        match self {
            Self::Node(n) => Some(n),
            Self::Tok(_) => None,
        }
    }
}

impl Term {
    /// A term of these parts, without slots and notes.
    pub fn new(kind: SyntaxKind, parts: Vec<Part>) -> Self {
        let mut t = Self { kind, parts, slots: None, note: NodeNote::default(), size: 0, depth: 0, rewrites: 0 };
        t.measure();
        t
    }

    /// The same node over other parts.
    pub fn with_parts(&self, parts: Vec<Part>) -> Self {
        let mut t = Self { parts, slots: self.slots.clone(), note: self.note.clone(), ..*self };
        t.measure();
        t
    }

    fn measure(&mut self) {
        let nodes = || self.parts.iter().filter_map(Part::node);
        let size = nodes().map(|n| n.size).fold(0u64, u64::saturating_add);
        let depth = nodes().map(|n| n.depth).max().unwrap_or(0);
        let rewrites = nodes().map(|n| n.rewrites).fold(0u32, u32::saturating_add);
        self.size = size.saturating_add(self.parts.len() as u64 + 1);
        self.depth = depth.saturating_add(1);
        self.rewrites = self.rewrites.max(rewrites);
    }

    /// The children that are nodes, attributes left out.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = &Arc<Term>> {
        self.parts.iter().filter_map(Part::node).filter(|n| n.kind != SyntaxKind::Attribute)
    }

    /// The children that are tokens.
    pub fn toks(&self) -> impl DoubleEndedIterator<Item = &Tok> {
        self.parts.iter().filter_map(|p| match p {
            Part::Tok(t) => Some(&**t),
            Part::Node(_) => None,
        })
    }

    /// The `i`-th child that is a node.
    pub fn node(&self, i: usize) -> Option<&Arc<Term>> {
        self.nodes().nth(i)
    }

    /// The first token below it.
    pub fn first_tok(&self) -> Option<&Tok> {
        let mut stack: Vec<&Part> = self.parts.iter().rev().collect();
        loop {
            match stack.pop()? {
                Part::Tok(t) => return Some(t),
                Part::Node(n) => stack.extend(n.parts.iter().rev()),
            }
        }
    }

    /// The last token below it.
    pub fn last_tok(&self) -> Option<&Tok> {
        let mut stack: Vec<&Part> = self.parts.iter().collect();
        loop {
            match stack.pop()? {
                Part::Tok(t) => return Some(t),
                Part::Node(n) => stack.extend(n.parts.iter()),
            }
        }
    }

    /// All tokens below it, in order.
    pub fn all_toks(&self) -> Vec<&Tok> {
        let mut out = Vec::new();
        let mut stack: Vec<&Part> = self.parts.iter().rev().collect();
        while let Some(p) = stack.pop() {
            match p {
                Part::Tok(t) => out.push(&**t),
                Part::Node(n) => stack.extend(n.parts.iter().rev()),
            }
        }
        out
    }

    /// Whether any token below it satisfies `test`.
    pub fn any_tok(&self, test: &impl Fn(&Tok) -> bool) -> bool {
        let mut stack: Vec<&Part> = self.parts.iter().collect();
        while let Some(p) = stack.pop() {
            match p {
                Part::Tok(t) if test(t) => return true,
                Part::Tok(_) => {}
                Part::Node(n) => stack.extend(n.parts.iter()),
            }
        }
        false
    }

    /// A choice that an isomorphism made: a disjunction without delimiters.
    pub fn is_choice(&self) -> bool {
        self.kind == SyntaxKind::Disj && self.toks().next().is_none()
    }
}

/// Whether two terms are the same code (marks and plus code may differ).
pub(super) fn same_code(a: &Term, b: &Term) -> bool {
    std::ptr::eq(a, b)
        || a.kind == b.kind
            && a.parts.len() == b.parts.len()
            && a.parts.iter().zip(&b.parts).all(|(x, y)| match (x, y) {
                (Part::Node(x), Part::Node(y)) => same_code(x, y),
                (Part::Tok(x), Part::Tok(y)) => x.kind == y.kind && x.sym == y.sym && x.pat.var == y.pat.var,
                _ => false,
            })
}

/// Whether two terms are the same code with the same marks, positions and plus code; `a` may match more than tests where `b` does not.
pub(super) fn same(a: &Term, b: &Term) -> bool {
    std::ptr::eq(a, b)
        || a.kind == b.kind
            && a.parts.len() == b.parts.len()
            && (!a.note.must_be_test || b.note.must_be_test)
            && same_slots(a.slots.as_deref(), b.slots.as_deref())
            && a.parts.iter().zip(&b.parts).all(|(x, y)| match (x, y) {
                (Part::Node(x), Part::Node(y)) => same(x, y),
                (Part::Tok(x), Part::Tok(y)) => x.kind == y.kind && x.sym == y.sym && same_facts(&x.pat, &y.pat),
                _ => false,
            })
}

fn same_slots(a: Option<&Slots>, b: Option<&Slots>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.before == b.before && a.after == b.after,
        _ => false,
    }
}

fn same_facts(a: &PatToken, b: &PatToken) -> bool {
    a.mark == b.mark
        && a.var == b.var
        && a.attached == b.attached
        && a.before == b.before
        && a.after == b.after
        && a.replace == b.replace
        && a.adjacency == b.adjacency
}

/// The term of a node of a pattern.
pub(super) fn of_pattern(p: &Pattern) -> Arc<Term> {
    let mut texts: FxHashMap<Sym, Arc<[u8]>> = FxHashMap::default();
    let fact = |t: TokenId| p.tokens.get(t.0 as usize).cloned().unwrap_or_default();
    of_node(&p.tree, p.tree.root(), &fact, Some(p), &mut texts)
}

/// The term of a tree without marks; `fact` says what SmPL says of its tokens.
pub(super) fn of_tree(tree: &Tree, node: NodeId, fact: &dyn Fn(TokenId) -> PatToken) -> Arc<Term> {
    of_node(tree, node, fact, None, &mut FxHashMap::default())
}

fn of_node(
    tree: &Tree,
    node: NodeId,
    fact: &dyn Fn(TokenId) -> PatToken,
    pattern: Option<&Pattern>,
    texts: &mut FxHashMap<Sym, Arc<[u8]>>,
) -> Arc<Term> {
    let parts = tree
        .children(node)
        .iter()
        .map(|c| match *c {
            Child::Node(n) => Part::Node(of_node(tree, n, fact, pattern, texts)),
            Child::Token(t) => {
                let token = tree.token(t);
                let bytes = tree.token_text(t);
                let text = texts.entry(token.sym).or_insert_with(|| bytes.into());
                // The symbol of `# include` is that of `#include`: keep the text as it is written.
                let text = if **text == *bytes { text.clone() } else { bytes.into() };
                Part::Tok(Box::new(Tok { kind: token.kind, flags: token.flags, sym: token.sym, text, pat: fact(t) }))
            }
        })
        .collect();
    let mut term = Term::new(tree.kind(node), parts);
    if let Some(p) = pattern {
        term.slots = p.slots.get(&node).cloned().map(Box::new);
        term.note = p.notes.get(&node).cloned().unwrap_or_default();
    }
    Arc::new(term)
}

/// A term as a tree, and what SmPL says of its tokens and nodes.
pub(super) struct Built {
    pub tree: Tree,
    pub tokens: Vec<PatToken>,
    pub slots: FxHashMap<NodeId, Slots>,
    pub notes: FxHashMap<NodeId, NodeNote>,
}

/// Builds the tree of a term. Its text is that of its tokens, separated by blanks.
pub(super) fn build(root: &Term) -> Built {
    let mut text: Vec<u8> = Vec::new();
    let mut tokens = Vec::new();
    let mut facts = Vec::new();
    for t in root.all_toks() {
        let (start, len) = (text.len() as u32, t.text.len() as u32);
        text.extend_from_slice(&t.text);
        text.push(b' ');
        tokens.push(Token { kind: t.kind, flags: t.flags, start, len, sym: t.sym });
        facts.push(t.pat.clone());
    }
    let mut build = Build {
        builder: TreeBuilder::new(text.into(), 0, tokens),
        next: 0,
        slots: FxHashMap::default(),
        notes: FxHashMap::default(),
    };
    build.node(root);
    Built { tree: build.builder.build(), tokens: facts, slots: build.slots, notes: build.notes }
}

struct Build {
    builder: TreeBuilder,
    next: u32,
    slots: FxHashMap<NodeId, Slots>,
    notes: FxHashMap<NodeId, NodeNote>,
}

impl Build {
    fn node(&mut self, t: &Term) {
        self.builder.start(t.kind);
        for p in &t.parts {
            match p {
                Part::Node(n) => self.node(n),
                Part::Tok(_) => {
                    self.builder.token(TokenId(self.next));
                    self.next += 1;
                }
            }
        }
        let id = self.builder.finish();
        if let Some(s) = &t.slots {
            self.slots.insert(id, (**s).clone());
        }
        if t.note.test || t.note.must_be_test || !t.note.isos.is_empty() {
            self.notes.insert(id, t.note.clone());
        }
    }
}

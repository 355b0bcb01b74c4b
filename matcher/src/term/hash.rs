//! Content hashes of terms: shape and token texts, without layout and comments (`semantics.md` 4.2).

use c_syntax::types::{ElementTypes, Scope};
use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use smallvec::SmallVec;

/// A hash that is fed word by word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hasher {
    a: u64,
    b: u64,
}

impl Hasher {
    /// A hash of nothing yet; different tags never give equal hashes.
    pub(crate) fn new(tag: u64) -> Self {
        let mut h = Self { a: 0x9e37_79b9_7f4a_7c15, b: 0xc2b2_ae3d_27d4_eb4f };
        h.word(tag);
        h
    }

    /// Adds a word.
    pub(crate) fn word(&mut self, w: u64) {
        self.a = (self.a ^ w).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29);
        self.b = (self.b.wrapping_add(w)).wrapping_mul(0xc4ce_b9fe_1a85_ec53).rotate_left(31) ^ self.a;
    }

    /// Adds the two words of a hash.
    pub(crate) fn wide(&mut self, w: u128) {
        self.word((w >> 64) as u64);
        self.word(w as u64);
    }

    /// The hash of all words.
    pub(crate) fn finish(mut self) -> u128 {
        self.word(0x1656_67b1);
        (u128::from(self.a) << 64) | u128::from(self.b)
    }
}

const CLOSE: u64 = u64::MAX;

/// The kind as far as it matters for equality: a name is a name wherever it stands.
fn kind_word(kind: SyntaxKind) -> u64 {
    match kind {
        SyntaxKind::Name => SyntaxKind::Ident as u64,
        other => other as u64,
    }
}

/// The loose and the strict hash of a term.
pub(crate) fn term_hashes(tree: &Tree, node: NodeId, types: Option<&ElementTypes>) -> (u128, u128) {
    let mut loose = Hasher::new(1);
    let mut scopes = Hasher::new(2);
    let mut any_scope = false;
    let mut stack: SmallVec<[Option<Child>; 32]> = SmallVec::new();
    stack.push(Some(Child::Node(node)));
    while let Some(item) = stack.pop() {
        match item {
            None => loose.word(CLOSE),
            Some(Child::Token(t)) => loose.word(tree.token(t).sym.0),
            Some(Child::Node(n)) => {
                let kind = tree.kind(n);
                if kind == SyntaxKind::Attribute && n != node {
                    continue;
                }
                loose.word(kind_word(kind));
                if let (SyntaxKind::Ident | SyntaxKind::Name, Some(types)) = (kind, types)
                    && let Scope::Local(d) | Scope::Param(d) | Scope::StaticLocal(d) = types.scope_of(n)
                {
                    any_scope = true;
                    scopes.word(u64::from(tree.token_range(n).start - tree.token_range(node).start));
                    scopes.word(u64::from(d.0));
                }
                stack.push(None);
                stack.extend(tree.children(n).iter().rev().map(|c| Some(*c)));
            }
        }
    }
    // The tree leaves out what directives divide: code in different conditionals is not the same code.
    let range = tree.token_range(node);
    if range.clone().any(|t| tree.token(TokenId(t)).kind == TokenKind::Directive) {
        range.for_each(|t| loose.word(tree.token(TokenId(t)).sym.0));
    }
    let loose = loose.finish();
    (loose, if any_scope { loose ^ scopes.finish() } else { loose })
}

/// The loose hash of a term of any tree.
pub(crate) fn loose_hash(tree: &Tree, node: NodeId) -> u128 {
    term_hashes(tree, node, None).0
}

/// What a child of DeclSpecs is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpecClass {
    /// `static`, `extern`, `register`, `auto`, `_Thread_local`.
    Storage,
    /// `typedef`.
    Typedef,
    /// `inline`, `_Noreturn`.
    Function,
    /// `const`, `volatile`, `restrict`, `_Atomic`.
    Qualifier,
    /// A keyword that names a type or a part of its name.
    Base,
    /// Something else (attributes, `__extension__`).
    Other,
}

/// Classifies a keyword of a declaration.
pub(crate) fn spec_class(kind: TokenKind) -> SpecClass {
    use TokenKind as T;
    match kind {
        T::KwStatic | T::KwExtern | T::KwRegister | T::KwAuto | T::KwThreadLocal => SpecClass::Storage,
        T::KwTypedef => SpecClass::Typedef,
        T::KwInline | T::KwNoreturn => SpecClass::Function,
        T::KwConst | T::KwVolatile | T::KwRestrict | T::KwAtomic => SpecClass::Qualifier,
        T::KwExtension | T::KwLabel => SpecClass::Other,
        _ => SpecClass::Base,
    }
}

/// Hash of a type in normal form: what the declarator adds from the name outwards, then qualifiers and base.
pub(crate) fn type_hash(tree: &Tree, specs: NodeId, ops: &[NodeId]) -> u128 {
    let mut h = Hasher::new(3);
    for op in ops.iter().copied().filter(|o| tree.kind(*o) != SyntaxKind::ParenDecl) {
        h.word(tree.kind(op) as u64);
        let inner = tree.child_node(op, 0);
        for c in tree.children(op) {
            match *c {
                Child::Token(t) => h.word(tree.token(t).sym.0),
                Child::Node(n) if Some(n) != inner && tree.kind(n) != SyntaxKind::Attribute => {
                    let part = loose_hash(tree, n);
                    h.wide(part);
                }
                Child::Node(_) => {}
            }
        }
    }
    let mut words: SmallVec<[u64; 8]> = SmallVec::new();
    for c in tree.children(specs) {
        match *c {
            Child::Token(t) => {
                let token = tree.token(t);
                if matches!(spec_class(token.kind), SpecClass::Qualifier | SpecClass::Base) {
                    words.push(token.sym.0);
                }
            }
            Child::Node(n) if tree.kind(n) != SyntaxKind::Attribute => words.push(loose_hash(tree, n) as u64),
            Child::Node(_) => {}
        }
    }
    words.sort_unstable();
    for w in words {
        h.word(w);
    }
    h.finish()
}

/// Hash of the tokens of a term as they are written: attributes and spellings that do not count for equality are part of what a value
/// is printed as.
pub(crate) fn spelling_hash(tree: &Tree, node: NodeId) -> u128 {
    let mut h = Hasher::new(4);
    tree.token_range(node).for_each(|t| h.word(tree.token(TokenId(t)).sym.0));
    h.finish()
}

/// The same of a type: of its specifiers without storage classes, and of what a declarator adds.
pub(crate) fn type_spelling_hash(tree: &Tree, specs: NodeId, ops: &[NodeId]) -> u128 {
    let mut h = Hasher::new(5);
    let mut add = |c: &Child| match *c {
        Child::Token(t) => h.word(tree.token(t).sym.0),
        Child::Node(n) => tree.token_range(n).for_each(|t| h.word(tree.token(TokenId(t)).sym.0)),
    };
    let counts = |c: &&Child| match **c {
        Child::Token(t) => matches!(spec_class(tree.token(t).kind), SpecClass::Qualifier | SpecClass::Base),
        Child::Node(_) => true,
    };
    tree.children(specs).iter().filter(counts).for_each(&mut add);
    for op in ops {
        let inner = tree.child_node(*op, 0);
        tree.children(*op).iter().filter(|c| !matches!(**c, Child::Node(n) if Some(n) == inner)).for_each(&mut add);
    }
    h.finish()
}

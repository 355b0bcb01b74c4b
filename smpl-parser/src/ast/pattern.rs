//! Patterns: the tree of a rule's minus slice, what SmPL adds to its tokens and nodes, plus code at its anchors.

use c_syntax::{NodeId, Span, TokenId, Tree};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::{MvId, RunId};

/// A body: the tree of the minus slice, what SmPL says of its tokens, and the plus code.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The minus slice. Its root is a RuleBody.
    pub tree: Tree,
    /// For each token of the tree.
    pub tokens: Vec<PatToken>,
    /// Plus code before and after whole statements, declarations, functions (nodes of `tree`).
    pub slots: FxHashMap<NodeId, Slots>,
    /// The plus code.
    pub runs: Vec<PlusRun>,
    /// The tree of the plus slice, which `runs` point into. Its tokens are those of the plus slice.
    pub plus: Tree,
    /// For each token of `plus`: the metavariable that it is, if any.
    pub plus_vars: Vec<Option<MvId>>,
    /// Facts about nodes that isomorphisms and matching need.
    pub notes: FxHashMap<NodeId, NodeNote>,
}

/// What SmPL says of a pattern token.
#[derive(Debug, Clone, Default)]
pub struct PatToken {
    /// Its place in the `.cocci` (or `.iso`) file.
    pub span: Span,
    /// Logical line (`smpl-front-end.md` 3.3).
    pub line: u32,
    /// `-` (or `*`) or context.
    pub mark: Mark,
    /// The metavariable that it is.
    pub var: Option<MvId>,
    /// Positions (and comments) attached to it or to the term that ends with it.
    pub attached: SmallVec<[MvId; 1]>,
    /// Plus code before it (for a minus token: see `replace`).
    pub before: SmallVec<[RunId; 1]>,
    /// Plus code after it.
    pub after: SmallVec<[RunId; 1]>,
    /// How many tokens from this one on the code before it goes around, as the plus slice is read; 0 if nothing says.
    pub before_of: u32,
    /// How many tokens up to this one the code after it goes around.
    pub after_of: u32,
    /// Plus code in place of the removed code that starts with it. Only on minus tokens.
    pub replace: SmallVec<[RunId; 1]>,
    /// Adjacency group: equal for tokens between which the pattern has no dots (`smpl-front-end.md` section 13).
    pub adjacency: u32,
}

/// The mark of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Mark {
    /// Kept.
    #[default]
    Context,
    /// Removed, or marked by `*`.
    Minus,
}

/// Plus code around a whole statement, declaration or function.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    /// Before it.
    pub before: SmallVec<[RunId; 1]>,
    /// After it.
    pub after: SmallVec<[RunId; 1]>,
}

/// Facts about a node of a pattern.
#[derive(Debug, Clone, Default)]
pub struct NodeNote {
    /// Stands in a test position of the pattern.
    pub test: bool,
    /// May only match code in a test position (made by an isomorphism on tests).
    pub must_be_test: bool,
    /// The isomorphisms that made it.
    pub isos: SmallVec<[u16; 2]>,
}

/// A run of plus code: what stands between two tokens of the minus slice.
#[derive(Debug, Clone)]
pub struct PlusRun {
    /// Its fragments in order.
    pub fragments: Vec<PlusFragment>,
    /// Written with `++`.
    pub many: bool,
    /// Where it stands in the `.cocci` file.
    pub span: Span,
}

/// A maximal all-plus subtree, a single token, or text that is not parsed.
#[derive(Debug, Clone)]
pub struct PlusFragment {
    /// What it is.
    pub kind: FragmentKind,
    /// The subtree of [`Pattern::plus`]; none for a bare token or text.
    pub node: Option<NodeId>,
    /// The tokens of [`Pattern::plus`] (half-open); empty for text.
    pub tokens: std::ops::Range<u32>,
    /// Logical line of its first token: fragments of one line stay on one line.
    pub line: u32,
    /// The verbatim text of comments, directives and empty lines (without the `+`).
    pub text: Option<String>,
    /// Comments, directives and empty lines that stand inside the subtree, in order.
    pub inside: Vec<InnerText>,
}

/// Text that is not parsed, inside a parsed fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerText {
    /// The token of [`Pattern::plus`] that it stands in front of.
    pub before: u32,
    /// `Comment`, `Unindented` or `BlankLine`.
    pub kind: FragmentKind,
    /// Its text, as in [`PlusFragment::text`].
    pub text: String,
    /// It follows code on its line.
    pub follows: bool,
    /// Code follows it on its line.
    pub followed: bool,
}

/// What a fragment of plus code is; layout depends on it (`rewriting.md` section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FragmentKind {
    /// A statement.
    Statement,
    /// A declaration in a block.
    Declaration,
    /// A declaration, function or directive at top level.
    TopLevel,
    /// A function definition.
    Function,
    /// A member of a struct.
    Field,
    /// An enumerator.
    Enumerator,
    /// An initialiser, possibly designated.
    Initialiser,
    /// An expression.
    Expression,
    /// A type.
    Type,
    /// A parameter.
    Parameter,
    /// Storage class or qualifier words.
    Storage,
    /// An attribute.
    Attribute,
    /// One token that completes no subtree.
    Token,
    /// `#include`, `#define`, `#undef`, `#pragma`, parsed.
    Directive,
    /// A line that goes to column 0 (`#ifdef` ...): `text`.
    Unindented,
    /// A comment on its own line or after code: `text`.
    Comment,
    /// An empty `+` line.
    BlankLine,
}

impl Pattern {
    /// What SmPL says of a token.
    #[must_use]
    pub fn token(&self, id: TokenId) -> &PatToken {
        &self.tokens[id.0 as usize]
    }
}

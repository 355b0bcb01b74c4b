//! What the front end makes of a semantic patch: rules, metavariables, patterns with marks, plus code at its anchors.
//!
//! A rule's minus slice is a [`Tree`] with the kinds of C plus the SmPL ones (`c_syntax::kind`). Everything that SmPL adds to a token
//! (mark, positions, plus code) stands in [`PatToken`], one for each token of the tree, and for whole statements in [`Slots`].
//! Isomorphisms rewrite the tree: copied tokens get copies of their [`PatToken`].

use std::sync::Arc;

use c_syntax::{NodeId, Span, Sym, TokenId, Tree};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A checked semantic patch.
#[derive(Debug, Default)]
pub struct SemanticPatch {
    /// Name of the file, as given.
    pub name: String,
    /// Rules and scripts in the order in which they run (those of included files first). Rules that can never apply are left out.
    pub items: Vec<Item>,
    /// Names declared `virtual`.
    pub virtuals: Vec<String>,
    /// Names used as `virtual.x`, sorted.
    pub virtual_identifiers: Vec<String>,
    /// Whether any rule has a `*`: then unmarked rules are `exists` rules and nothing is changed.
    pub star: bool,
    /// Rules and scripts that can never apply, mostly because a virtual rule is not set.
    pub left_out: Vec<LeftOut>,
    /// Words of `#spatch` lines.
    pub options: Vec<String>,
    /// Names that were declared or guessed, for the C front end: `attribute name`, `declarer name`, `iterator name`, `typedef`.
    pub names: DeclaredNames,
}

/// A rule or script that can never apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Line of its header (from 1).
    pub line: u32,
}

pub use c_syntax::DeclaredNames;

/// A rule or a script.
#[derive(Debug)]
pub enum Item {
    /// A rule with a body in SmPL.
    Rule(Box<Rule>),
    /// `@script:...@`, `@initialize:...@`, `@finalize:...@`.
    Script(Box<Script>),
}

/// Index of an item in [`SemanticPatch::items`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ItemId(pub u32);

/// Index of a metavariable in [`Rule::metavars`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MvId(pub u32);

/// Index of a run of plus code in [`Pattern::runs`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RunId(pub u32);

/// A metavariable anywhere in the patch: which item binds it, and its name. Environments are keyed by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct VarRef {
    /// The rule or script that binds it.
    pub item: ItemId,
    /// For a rule its [`MvId`], for a script the index of the output variable.
    pub var: u32,
}

/// A rule of the patch.
#[derive(Debug)]
pub struct Rule {
    /// Its name; `rule starting on line N` if it has none.
    pub name: String,
    /// Where its header starts (line from 1).
    pub line: u32,
    /// `depends on`.
    pub depends: Dep,
    /// `exists` or `forall` in the header.
    pub quantifier: Option<Quantifier>,
    /// Names after `disable`, `all` included.
    pub disabled: Vec<String>,
    /// What the body is.
    pub kind: BodyKind,
    /// Its metavariables, inherited ones included, in order of declaration.
    pub metavars: Vec<MetaVar>,
    /// The body after isomorphisms.
    pub pattern: Pattern,
    /// The body before isomorphisms (equal trees if none applied).
    pub written: Arc<Pattern>,
    /// Whether the body has a `*`.
    pub star: bool,
    /// Whether the body has `-` or `+`.
    pub transforms: bool,
    /// Words that an element (not: file) must contain for the rule to match in it.
    pub words: WordFormula,
    /// The rule that changes prototypes after this one's function headers (`smpl-front-end.md` section 11).
    pub prototype: Option<Box<Rule>>,
}

/// What a rule's body is. The root node is a RuleBody; its children are as said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyKind {
    /// Statements, declarations, dots, nests, disjunctions of these: a path in a graph.
    Statements,
    /// One expression, matched anywhere.
    Expression,
    /// One TypeName, matched anywhere.
    Type,
    /// One Name, matched at every identifier.
    Identifier,
    /// One InitList.
    Initialiser,
    /// Only declarations: matched in blocks and at top level.
    Declaration,
    /// Function definitions, directives, or disjunctions of these.
    TopLevel,
}

/// `exists` or `forall`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quantifier {
    /// One path is enough.
    Exists,
    /// Every path.
    Forall,
}

/// A dependency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Dep {
    /// None, or one that virtual rules made true.
    #[default]
    True,
    /// One that can never hold.
    False,
    /// The item has matched in the environment's history.
    Matched(ItemId),
    /// The item has matched anywhere in this group.
    Ever(ItemId),
    /// The item has not matched anywhere in this group.
    Never(ItemId),
    /// Negation.
    Not(Box<Dep>),
    /// Both.
    And(Box<Dep>, Box<Dep>),
    /// At least one.
    Or(Box<Dep>, Box<Dep>),
    /// The file is this one or below this directory.
    FileIn(String),
    /// All histories of the environment satisfy it (`depends on forall`); otherwise one is enough.
    Forall(Box<Dep>),
}

/// A metavariable.
#[derive(Debug, Clone)]
pub struct MetaVar {
    /// Its name in this rule.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Its kind.
    pub kind: MvKind,
    /// Where its value comes from, if it is inherited.
    pub inherited: Option<VarRef>,
    /// What its value must satisfy.
    pub constraint: Constraint,
    /// Whether a later rule or script, or a constraint of one, uses its value.
    pub used_after: bool,
    /// Occurs exactly once in the minus slice, not in plus code, is not used later (`semantics.md` 3.1).
    pub unitary: bool,
    /// Whether plus code mentions it.
    pub in_plus: bool,
}

impl MetaVar {
    /// Whether it is declared with types that C expressions must have.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        match &self.kind {
            MvKind::Expression(types) | MvKind::IdExpression(types, _) | MvKind::Constant(types) => {
                !types.types.is_empty() || types.bits.is_some()
            }
            _ => false,
        }
    }
}

/// The kinds of metavariables.
#[derive(Debug, Clone)]
pub enum MvKind {
    /// `identifier`.
    Identifier,
    /// `fresh identifier`, with the parts of its seed; none: numbered after its own name.
    Fresh(Vec<SeedPart>),
    /// `expression`, typed or not.
    Expression(TypeSet),
    /// `idexpression`.
    IdExpression(TypeSet, Scope),
    /// `constant`.
    Constant(TypeSet),
    /// `expression list`.
    ExpressionList(ListLen),
    /// `statement`.
    Statement,
    /// `statement list`.
    StatementList(ListLen),
    /// `type`.
    Type,
    /// `parameter`.
    Parameter,
    /// `parameter list`.
    ParameterList(ListLen),
    /// `identifier list` (of a macro).
    IdentifierList(ListLen),
    /// `declaration`.
    Declaration,
    /// `field`.
    Field,
    /// `field list`.
    FieldList(ListLen),
    /// `initialiser`.
    Initialiser,
    /// `initialiser list`.
    InitialiserList(ListLen),
    /// `function`.
    Function,
    /// `local function`.
    LocalFunction,
    /// `position`; `any` pools the values of all environments.
    Position {
        /// Declared `any`.
        any: bool,
    },
    /// `assignment operator`.
    AssignOp,
    /// `binary operator`.
    BinaryOp,
    /// `format`.
    Format,
    /// `format list`.
    FormatList(ListLen),
    /// `pragmainfo`.
    PragmaInfo,
    /// `attribute`.
    Attribute,
    /// `declarer`.
    Declarer,
    /// `iterator`.
    Iterator,
    /// `comments`.
    Comments,
    /// A length `n` of `list[n]`.
    Length,
    /// `metavariable`, whose use did not settle its kind.
    Any,
}

/// The length of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListLen {
    /// Any.
    Any,
    /// Fixed.
    Exactly(u32),
    /// Bound to or compared with a metavariable.
    Var(MvId),
}

/// Types that an expression may have. Empty: any, known or not.
#[derive(Debug, Clone, Default)]
pub struct TypeSet {
    /// The types.
    pub types: Vec<TypePattern>,
    /// `: width` of a bit-field.
    pub bits: Option<ListLen>,
}

/// One type in the declaration of a metavariable.
#[derive(Debug, Clone)]
pub enum TypePattern {
    /// A type in SmPL: a TypeName tree over its own tokens, and for each token the metavariable it is, if any.
    Term(Arc<Tree>, Arc<[Option<MvId>]>),
    /// `expression *`, with the number of stars.
    AnyPointer(u32),
    /// `expression struct`, `union` or `enum`, with the number of stars.
    AnyTagged(c_syntax::TokenKind, u32),
}

/// Where an idexpression must be declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Anywhere.
    Any,
    /// In the function or as its parameter.
    Local,
    /// Anywhere else.
    Global,
}

/// A part of the seed of a fresh identifier.
#[derive(Debug, Clone)]
pub enum SeedPart {
    /// Fixed text.
    Text(String),
    /// The value of a metavariable of the same rule.
    Var(MvId),
    /// The value of `virtual.x`, already put in.
    Virtual(String),
    /// What a script returns.
    Script(ScriptCall),
}

/// A constraint on a metavariable.
#[derive(Debug, Clone, Default)]
pub enum Constraint {
    /// None.
    #[default]
    True,
    /// `=~ "re"`: found anywhere in the printed term.
    Regex(Arc<regex::Regex>),
    /// `= {...}`: one of.
    OneOf(Vec<ConstraintItem>),
    /// `<= r.e`: a sub-term of an inherited one.
    SubTerm(MvId),
    /// `< <= > >=` with a number.
    Compare(CompareOp, i64),
    /// A script that says yes or no.
    Script(ScriptCall),
    /// Negation (`!=`, `!~`, `!`).
    Not(Box<Constraint>),
    /// Both.
    And(Box<Constraint>, Box<Constraint>),
    /// At least one.
    Or(Box<Constraint>, Box<Constraint>),
}

impl Constraint {
    /// Whether a script decides it, or a part of it.
    #[must_use]
    pub fn has_script(&self) -> bool {
        match self {
            Self::Script(_) => true,
            Self::Not(c) => c.has_script(),
            Self::And(a, b) | Self::Or(a, b) => a.has_script() || b.has_script(),
            Self::True | Self::Regex(_) | Self::OneOf(_) | Self::SubTerm(_) | Self::Compare(..) => false,
        }
    }
}

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CompareOp {
    Lt,
    Le,
    Gt,
    Ge,
}

/// An item of a set constraint.
#[derive(Debug, Clone)]
pub enum ConstraintItem {
    /// A name, operator or constant as text.
    Text(Sym, String),
    /// A type: a TypeName tree.
    Type(TypePattern),
    /// An inherited metavariable.
    Var(MvId),
    /// A range of integers, both ends included.
    Range(i64, i64),
}

/// A script in a constraint or seed.
#[derive(Debug, Clone)]
pub struct ScriptCall {
    /// Language.
    pub language: String,
    /// Parameters: name in the script and the metavariable.
    pub params: Vec<(String, MvId)>,
    /// The expression.
    pub code: String,
    /// Line of the code in the `.cocci` file (from 1).
    pub line: u32,
}

/// A script rule.
#[derive(Debug)]
pub struct Script {
    /// Its name, if it has one, else `script:LANG on line N`.
    pub name: String,
    /// When it runs.
    pub phase: ScriptPhase,
    /// Language.
    pub language: String,
    /// `depends on`.
    pub depends: Dep,
    /// Variables that it reads.
    pub inputs: Vec<ScriptInput>,
    /// Variables that it makes.
    pub outputs: Vec<String>,
    /// The code, byte for byte.
    pub code: String,
    /// Line of the header (from 1).
    pub line: u32,
    /// Line of the first line of code (from 1).
    pub code_line: u32,
}

impl Script {
    /// Whether its language is one that can be run (OCaml is read only).
    #[must_use]
    pub fn runs_here(&self) -> bool {
        self.language == "python"
    }
}

/// When a script runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptPhase {
    /// Once before the first file.
    Initialize,
    /// For each environment, in its place among the rules.
    Rule,
    /// Once after the last file.
    Finalize,
}

/// A variable that a script reads.
#[derive(Debug)]
pub struct ScriptInput {
    /// Its name in the script.
    pub name: String,
    /// What it is.
    pub source: ScriptSource,
    /// `= "text"` or `= []`.
    pub default: Option<String>,
}

/// Where the value of a script's variable comes from.
#[derive(Debug)]
pub enum ScriptSource {
    /// A metavariable of an earlier rule, or an output of an earlier script.
    Var(VarRef),
    /// `virtual.x`; its value if `-D x=value` was given.
    Virtual(String, Option<String>),
    /// `merge.x`.
    Merge(String),
}

/// A formula over words that a text must contain (`semantics.md` 6.6).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum WordFormula {
    /// No condition.
    #[default]
    True,
    /// Cannot match.
    False,
    /// Contains the word.
    Word(String),
    /// All.
    And(Vec<WordFormula>),
    /// At least one.
    Or(Vec<WordFormula>),
}

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

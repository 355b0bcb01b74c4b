//! What the front end makes of a semantic patch: rules, metavariables, patterns with marks, plus code at its anchors.
//!
//! A rule's minus slice is a [`c_syntax::Tree`] with the kinds of C plus the SmPL ones (`c_syntax::kind`). Everything that SmPL adds to a token
//! (mark, positions, plus code) stands in [`PatToken`], one for each token of the tree, and for whole statements in [`Slots`].
//! Isomorphisms rewrite the tree: copied tokens get copies of their [`PatToken`].

mod metavar;
mod pattern;

use std::sync::Arc;

pub use metavar::*;
pub use pattern::*;

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
    /// Words that it must contain for a match to change or mark something, if that is more.
    pub effect: Option<WordFormula>,
    /// The rule that changes prototypes after this one's function headers (`smpl-front-end.md` section 11).
    pub prototype: Option<Box<Rule>>,
}

impl Rule {
    /// Whether it has a name by which later rules and scripts can refer to it.
    #[must_use]
    pub fn is_named(&self) -> bool {
        !self.name.contains(' ')
    }
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

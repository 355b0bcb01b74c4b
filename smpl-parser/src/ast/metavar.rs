//! Metavariables: what they may stand for, and constraints on that.

use std::sync::Arc;

use c_syntax::{Span, Sym, Tree};

use super::{MvId, VarRef};
use crate::regexp::Regexp;

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
    Regex(Arc<Regexp>),
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

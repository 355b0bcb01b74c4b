//! Rule elements: the parts of a pattern that are matched at one point of a graph each (`semantics.md` 4.3).

use c_syntax::{NodeId, TokenId, Tree};
use cfg::{NodeIndex, PointKind};
use smallvec::SmallVec;
use smpl_parser::MvId;

use crate::outcome::{Action, Place};
use crate::term::Miss;
use crate::value::{Bindings, Value};

/// A part of a pattern that is matched at one point. The nodes are nodes of the rule's minus slice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleElem {
    /// What it is, and which node of the pattern.
    pub kind: ElemKind,
    /// Metavariables of the element that are quantified outside of it (shared with other elements, or used after), sorted.
    /// Only these decide whether an earlier choice of a disjunction inside the element suppresses a later one (see [`ElemMatch`]).
    pub shared: SmallVec<[MvId; 4]>,
}

/// What a rule element is, and which point it can match. Unless said otherwise it owns, of its pattern node, the tokens and children
/// that a point of that kind owns (see [`ElemKind::point_kind`] and `cfg::PointKind`), and nothing of branches and bodies.
///
/// Plus code around whole nodes (`Pattern::slots`): a `before` slot of a pattern node belongs to the element that starts the node
/// (`Stmt`, `IfHead`, `Open`, `FunHead`, `Label`, `StmtVar`...), an `after` slot to `Stmt`, `StmtVar`, `Close`, `Goto`, `Return`, `Break`,
/// `Continue`; the touch names the C node (the whole statement). The `after` slots of If, While, For, Iterator, DoWhile, Switch and
/// FunctionDef are not the term matcher's business: the formula has the element [`ElemKind::AfterNode`] for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ElemKind {
    /// A simple statement or a declaration, the whole node: ExprStmt, AsmStmt, MacroStmt, Declaration, MacroDecl, or a directive
    /// (Include, Undef, Pragma). Points Simple, Decl, Directive.
    Stmt(NodeId),
    /// `if ( e )` of an If.
    IfHead(NodeId),
    /// `else` of an Else.
    ElseKw(NodeId),
    /// `while ( e )` of a While.
    WhileHead(NodeId),
    /// `for ( ... )` of a For.
    ForHead(NodeId),
    /// Name and arguments of an Iterator.
    IteratorHead(NodeId),
    /// `do` of a DoWhile.
    DoHead(NodeId),
    /// `while ( e ) ;` of a DoWhile.
    DoTail(NodeId),
    /// `switch ( e )` of a Switch.
    SwitchHead(NodeId),
    /// `case e :` of a Case.
    Case(NodeId),
    /// `default :` of a Default.
    Default(NodeId),
    /// `{` of a Block.
    Open(NodeId),
    /// `}` of a Block.
    Close(NodeId),
    /// `{` of the Block `{ SL }` that holds only a statement list metavariable: binds it to the statements of the C block.
    /// Its touches are those of the brace and of the whole list.
    OpenList(NodeId),
    /// `name :` of a Label.
    Label(NodeId),
    /// Goto.
    Goto(NodeId),
    /// Return, with or without expression.
    Return(NodeId),
    /// Break.
    Break(NodeId),
    /// Continue.
    Continue(NodeId),
    /// A statement metavariable (a MetaVar, or an As or Opt around one): any point with `stmt`, except declarations; value = that
    /// statement. The touches are for the whole statement: if removed all of its tokens, replacement on the first, slots around it.
    StmtVar(NodeId),
    /// The header of a FunctionDef or MacroFunction. Matches FunHead.
    FunHead(NodeId),
    /// `#define name(params)` of a Define.
    DefineHead(NodeId),
    /// The MacroBody of a Define, if it is no statements: matches the whole body of a DefineBody.
    DefineBody(NodeId),
    /// An expression anywhere in what the point owns, at every depth, each with its token interval. Also stands for expressions
    /// in `when`. Test conditions (`when != true e`) are [`ElemKind::Cond`].
    Expr(NodeId),
    /// A TypeName anywhere in what the point owns.
    Type(NodeId),
    /// A Name, at every identifier in what the point owns.
    Ident(NodeId),
    /// An InitList anywhere in what the point owns.
    Init(NodeId),
    /// An expression that must be the whole condition of an IfHead, WhileHead, ForHead or DoTail, for `when != true e` and `when != false e`.
    Cond(NodeId),
    /// Any point: what `- ...` (Dots) or a minus Nest removes. Removes all tokens that the point owns, with the mark, group and
    /// replacement of the node's first token (the replacement only on the first removed token, which the engine sees to).
    Any(NodeId),
    /// Any point: plus code after the whole statement or function that the point ends; the engine makes the touch itself.
    AfterNode(NodeId),
    /// A name, in the body of a `#define` among statements.
    Mention(NodeId),
    /// `}` of a function in the place of a Return without expression (`semantics.md` 3.12): binds and touches nothing of its own but
    /// plus code of the Return goes before the brace. The engine makes the touches itself.
    ImplicitReturn(NodeId),
}

impl ElemKind {
    /// The node of the pattern.
    #[must_use]
    pub fn node(self) -> NodeId {
        match self {
            Self::Stmt(n)
            | Self::IfHead(n)
            | Self::ElseKw(n)
            | Self::WhileHead(n)
            | Self::ForHead(n)
            | Self::IteratorHead(n)
            | Self::DoHead(n)
            | Self::DoTail(n)
            | Self::SwitchHead(n)
            | Self::Case(n)
            | Self::Default(n)
            | Self::Open(n)
            | Self::Close(n)
            | Self::OpenList(n)
            | Self::Label(n)
            | Self::Goto(n)
            | Self::Return(n)
            | Self::Break(n)
            | Self::Continue(n)
            | Self::StmtVar(n)
            | Self::FunHead(n)
            | Self::DefineHead(n)
            | Self::DefineBody(n)
            | Self::Expr(n)
            | Self::Type(n)
            | Self::Ident(n)
            | Self::Init(n)
            | Self::Cond(n)
            | Self::Any(n)
            | Self::AfterNode(n)
            | Self::Mention(n)
            | Self::ImplicitReturn(n) => n,
        }
    }

    /// The kind of point that the element matches, if there is only one.
    #[must_use]
    pub fn point_kind(self) -> Option<PointKind> {
        Some(match self {
            Self::IfHead(_) => PointKind::IfHead,
            Self::ElseKw(_) => PointKind::ElseKw,
            Self::WhileHead(_) => PointKind::WhileHead,
            Self::ForHead(_) => PointKind::ForHead,
            Self::IteratorHead(_) => PointKind::IteratorHead,
            Self::DoHead(_) => PointKind::DoHead,
            Self::DoTail(_) => PointKind::DoTail,
            Self::SwitchHead(_) => PointKind::SwitchHead,
            Self::Case(_) => PointKind::Case,
            Self::Default(_) => PointKind::Default,
            Self::Open(_) | Self::OpenList(_) => PointKind::Open,
            Self::Close(_) | Self::ImplicitReturn(_) => PointKind::Close,
            Self::Label(_) => PointKind::Label,
            Self::Goto(_) => PointKind::Goto,
            Self::Return(_) => PointKind::Return,
            Self::Break(_) => PointKind::Break,
            Self::Continue(_) => PointKind::Continue,
            Self::FunHead(_) => PointKind::FunHead,
            Self::DefineHead(_) => PointKind::DefineHead,
            Self::DefineBody(_) => PointKind::DefineBody,
            Self::Stmt(_)
            | Self::StmtVar(_)
            | Self::Expr(_)
            | Self::Mention(_)
            | Self::Type(_)
            | Self::Ident(_)
            | Self::Init(_)
            | Self::Cond(_)
            | Self::Any(_)
            | Self::AfterNode(_) => return None,
        })
    }

    /// Whether the element is looked for at every place inside a point, so that several matches at one point are independent and
    /// intervals decide what an earlier choice suppresses (`semantics.md` 3.13).
    #[must_use]
    pub fn is_bare(self) -> bool {
        matches!(self, Self::Expr(_) | Self::Type(_) | Self::Ident(_) | Self::Init(_))
    }
}

/// A value, interned for one run of a rule on an element: equal numbers are equal values, but [`Terms::meet`] decides whether
/// different numbers can stand for one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueId(pub u32);

/// One way in which a rule element matches at a point.
///
/// The term matcher returns *all* ways, those of earlier choices of the disjunctions inside the element first. The engine
/// then drops what an earlier choice suppresses: in an element that is not bare, a match is dropped if an earlier one with another `choice`
/// has compatible values for the `shared` variables; in a bare one, if one with an earlier choice (in the order of the disjunctions)
/// has an interval that contains it or lies in it, and compatible values (`semantics.md` 3.13).
#[derive(Debug, Clone, Default)]
pub struct ElemMatch {
    /// Values of the metavariables (not inherited ones, which only have to agree with the environment) that the element binds,
    /// positions included, sorted by variable.
    pub bindings: SmallVec<[(MvId, ValueId); 4]>,
    /// What it does to the tokens and nodes of the element. Empty for pure context.
    pub touches: Vec<(Place, Action)>,
    /// First token and one past the last token of the C term that was matched; for a bare element.
    pub interval: (u32, u32),
    /// The branch taken in each disjunction inside the element that was passed, in preorder.
    pub choice: SmallVec<[Taken; 2]>,
}

/// A branch of a disjunction that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Taken {
    /// Its number, from 0.
    pub index: u16,
    /// An isomorphism made it; otherwise the rule has it as it is.
    pub by_iso: bool,
}

/// What the engine asks of the term matcher. One value of it serves one rule, one element of C and one environment.
pub trait Terms {
    /// All ways in which an element matches at a point.
    fn match_elem(&mut self, elem: &RuleElem, point: NodeIndex) -> Vec<ElemMatch>;
    /// Where an element fails to match at a point, as far as it gets.
    fn misses(&mut self, elem: &RuleElem, point: NodeIndex) -> Vec<Miss>;
    /// Whether two values can stand for one metavariable, and which one then holds more (`semantics.md` 2.1). Not transitive.
    fn meet(&mut self, var: MvId, a: ValueId, b: ValueId) -> Option<ValueId>;
    /// The value behind a number.
    fn value(&self, id: ValueId) -> Value;
    /// The values of the inherited metavariables, under their numbers in this rule.
    fn inherited(&self) -> &Bindings;
    /// The tree of the element.
    fn tree(&self) -> &Tree;
    /// The tokens that a point owns, for removal of everything between two points.
    fn owned_tokens(&self, point: NodeIndex) -> Vec<TokenId>;
}

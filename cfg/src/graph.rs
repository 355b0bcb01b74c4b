//! The graph: points, edges, labels (`semantics.md` section 1).

use c_syntax::NodeId;
use petgraph::graph::{DiGraph, NodeIndex};

/// The control-flow graph of one top-level element. Made by [`Cfg::build`](crate::Cfg::build).
#[derive(Debug, Clone)]
pub struct Cfg {
    /// Points and edges.
    pub graph: DiGraph<Point, EdgeKind>,
    /// Where control enters: the Top point.
    pub top: NodeIndex,
    /// The tree of statements that labels name.
    pub labels: Labels,
    /// Whether any back edge exists.
    pub has_loop: bool,
}

/// An edge. Only EX, EU, EF and reachability follow control edges (`semantics.md` 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EdgeKind {
    /// Control passes.
    Direct,
    /// A short cut from the start of a construct to its end.
    Control,
}

/// A statement as a place: labels form a tree, "inside" is "ancestor or self".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelId(pub u32);

impl LabelId {
    /// The label of points that belong to no statement: Top, PreExit, the exits and Dead.
    pub const NONE: Self = Self(0);
    /// The label of the element: the function header and the braces of its body, or the only point.
    pub const ELEMENT: Self = Self(1);
}

/// The tree of labels, numbered in preorder: what is inside a label is an interval of numbers.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Parent of each label; [`LabelId::NONE`] and [`LabelId::ELEMENT`] are their own parents.
    pub parents: Vec<LabelId>,
    /// The last label inside each label.
    pub last: Vec<LabelId>,
}

impl Labels {
    /// Whether both name the same statement.
    #[must_use]
    pub fn same(&self, a: LabelId, b: LabelId) -> bool {
        a == b
    }

    /// Whether `inner` is `outer` or a part of it. Constant time.
    #[must_use]
    pub fn inside(&self, inner: LabelId, outer: LabelId) -> bool {
        outer <= inner && self.last.get(outer.0 as usize).is_some_and(|last| inner <= *last)
    }

    /// The smallest statement that holds both; none for a label that is no statement.
    #[must_use]
    pub fn common(&self, a: LabelId, b: LabelId) -> Option<LabelId> {
        let mut outer = a;
        while !self.inside(b, outer) {
            let parent = *self.parents.get(outer.0 as usize)?;
            if parent == outer {
                return None;
            }
            outer = parent;
        }
        Some(outer)
    }

    /// The labels from the element down to `label`, for dumps.
    #[must_use]
    pub fn path(&self, label: LabelId) -> Vec<LabelId> {
        let mut out = Vec::new();
        let mut at = label;
        while at != LabelId::NONE {
            out.push(at);
            match self.parents.get(at.0 as usize) {
                Some(parent) if *parent != at => at = *parent,
                _ => break,
            }
        }
        out.reverse();
        out
    }
}

/// A point of the graph.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    node: u32,
    stmt: u32,
    /// The statement that it belongs to.
    pub label: LabelId,
    jump_label: u32,
    /// Target of a back edge.
    pub in_loop: bool,
    /// A copy of a closing brace or end marker made for a jump.
    pub dup: bool,
    /// Of a copy: for which jump.
    pub jump: Option<Jump>,
}

/// The number of a node or label that a point does not have: there are many points, and an option takes twice the room.
const NONE: u32 = u32::MAX;

fn number(n: u32) -> Option<u32> {
    (n != NONE).then_some(n)
}

impl Point {
    pub(crate) fn new(kind: PointKind, node: Option<NodeId>, label: LabelId) -> Self {
        let node = node.map_or(NONE, |n| n.0);
        Self { kind, node, stmt: NONE, label, jump_label: NONE, in_loop: false, dup: false, jump: None }
    }

    /// With a statement that starts here.
    pub(crate) fn with_stmt(mut self, stmt: NodeId) -> Self {
        self.stmt = stmt.0;
        self
    }

    pub(crate) fn set_jump_label(&mut self, label: LabelId) {
        self.jump_label = label.0;
    }

    /// The node of the tree that it stands for: an If for IfHead, a Block for Open and Close. Markers have the construct that
    /// they are part of (an If for Then, Fall, After and EndIf; the function for PreExit), though they own nothing of it:
    /// see [`owned`](crate::owned). Top, Exit, ErrorExit and Dead have none.
    #[must_use]
    pub fn node(&self) -> Option<NodeId> {
        number(self.node).map(NodeId)
    }

    /// The whole statement that starts here, for statement metavariables. Declarations are no statements here.
    #[must_use]
    pub fn stmt(&self) -> Option<NodeId> {
        number(self.stmt).map(NodeId)
    }

    /// Of a break or continue: the label of the loop or switch it leaves or continues.
    #[must_use]
    pub fn jump_label(&self) -> Option<LabelId> {
        number(self.jump_label).map(LabelId)
    }
}

/// Which jump a copy or a short cut was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Jump {
    /// None: the end is reached normally.
    Normal,
    /// `return`.
    Return,
    /// `goto`.
    Goto,
    /// `break` that leaves a loop.
    Break,
    /// `continue`.
    Continue,
    /// `break` that leaves a switch.
    SwitchBreak,
}

/// What a point is. The comment says which tokens and children of its node it owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointKind {
    /// Entry of the element.
    Top,
    /// A function's header: all of FunctionDef (or MacroFunction) but the Block.
    FunHead,
    /// `{` of a Block.
    Open,
    /// `}` of a Block.
    Close,
    /// A statement without control flow of its own: the whole node (ExprStmt, AsmStmt, MacroStmt, a nested FunctionDef).
    /// An Absent is the missing statement after a label: it owns nothing and never matches.
    Simple,
    /// A declaration in a block or at top level: the whole node (Declaration, MacroDecl).
    Decl,
    /// `if ( e )`.
    IfHead,
    /// The branch taken if true. `escapes`: it never reaches the end of the if.
    Then {
        /// The then branch never reaches the end of the if.
        escapes: bool,
    },
    /// The branch taken if false.
    ElseMark,
    /// The `else` keyword.
    ElseKw,
    /// No branch taken: an if without else, a switch without default, the end of a do-while, a conditional with one part.
    Fall,
    /// End of an if.
    EndIf,
    /// `while ( e )`.
    WhileHead,
    /// `for ( a; b; c )`.
    ForHead,
    /// Name and arguments of an iterator macro.
    IteratorHead,
    /// The body of a loop is entered.
    InLoop,
    /// A loop is left normally.
    LoopFall,
    /// End of a loop.
    EndLoop,
    /// End of a `scoped_guard (...) S`, which looks like an iterator and is no loop.
    EndGuard,
    /// `do`.
    DoHead,
    /// `while ( e ) ;`.
    DoTail,
    /// End of a do-while.
    EndDo,
    /// `switch ( e )`.
    SwitchHead,
    /// `case e :`.
    Case,
    /// `default :`.
    Default,
    /// End of a switch.
    EndSwitch,
    /// `name :`.
    Label,
    /// `goto name ;`.
    Goto,
    /// `return ;` or `return e ;`.
    Return,
    /// `break ;`.
    Break,
    /// `continue ;`.
    Continue,
    /// The short cut from the start of a construct to its end.
    After(Jump),
    /// `#if` among statements.
    IfdefHead,
    /// `#else` or `#elif`.
    IfdefElse,
    /// `#endif`.
    IfdefEnd,
    /// `#include`, `#pragma`, `#undef`, a `#define` inside a body: the whole node.
    Directive,
    /// `#define name(params)`: all of Define but the MacroBody.
    DefineHead,
    /// The MacroBody, if it is not statements.
    DefineBody,
    /// `do ... while (0)` around the statements of a macro body.
    DefineDo,
    /// Before the exit: "after the function".
    PreExit,
    /// Normal exit.
    Exit,
    /// Exit of a return under an if without else.
    ErrorExit,
    /// Helper before code that nothing reaches.
    Dead,
}

/// Why an element has no graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CfgError {
    /// The element is of a kind that is never matched, or was not read.
    NotMatchable,
    /// `goto` to a label that the function does not have.
    MissingLabel(String),
    /// A label that stands twice.
    DuplicateLabel(String),
    /// `goto *e`.
    ComputedGoto,
    /// `case` or `default` outside a switch.
    CaseOutsideSwitch,
    /// `break` or `continue` outside a loop.
    JumpOutsideLoop,
    /// A switch whose body is no block.
    SwitchWithoutBlock,
    /// Statements nested more deeply than [`MAX_DEPTH`](crate::MAX_DEPTH).
    TooDeep,
}

impl std::fmt::Display for CfgError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotMatchable => write!(f, "this element has no control flow"),
            Self::MissingLabel(name) => write!(f, "goto to label `{name}`, which the function does not have"),
            Self::DuplicateLabel(name) => write!(f, "label `{name}` stands twice"),
            Self::ComputedGoto => write!(f, "computed goto"),
            Self::CaseOutsideSwitch => write!(f, "case or default outside a switch"),
            Self::JumpOutsideLoop => write!(f, "break or continue outside a loop"),
            Self::SwitchWithoutBlock => write!(f, "switch whose body is not a block"),
            Self::TooDeep => write!(f, "statements are nested too deeply"),
        }
    }
}

impl std::error::Error for CfgError {}

/// How graphs are made (`semantics.md` 1.5). Both options change edges only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CfgOptions {
    /// No back edges: the end of a loop's body leaves the loop.
    pub no_loops: bool,
    /// A goto goes on to the next statement.
    pub no_gotos: bool,
}

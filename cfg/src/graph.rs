//! The graph: points, edges, labels (`semantics.md` section 1).

use c_syntax::NodeId;
use petgraph::graph::{DiGraph, NodeIndex};

/// The control-flow graph of one top-level element.
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

/// The tree of labels.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Parent of each label; label 0 is the element itself.
    pub parents: Vec<LabelId>,
}

/// A point of the graph.
#[derive(Debug, Clone)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// The node of the tree that it stands for (an If for IfHead, a Block for Open and Close); none for pure markers.
    pub node: Option<NodeId>,
    /// The whole statement that starts here, for statement metavariables.
    pub stmt: Option<NodeId>,
    /// The statement that it belongs to.
    pub label: LabelId,
    /// Of a break or continue: the label of the loop or switch it leaves or continues.
    pub jump_label: Option<LabelId>,
    /// Target of a back edge.
    pub in_loop: bool,
    /// A copy of a closing brace or end marker made for a jump.
    pub dup: bool,
}

/// Which jump a copy or a short cut was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Jump {
    Normal,
    Return,
    Goto,
    Break,
    Continue,
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
    /// A statement without control flow of its own: the whole node (ExprStmt, AsmStmt, MacroStmt).
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
    /// `#include`, `#pragma`, a directive inside a body: the whole node.
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
}

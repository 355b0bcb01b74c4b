//! The state of a translation: formulas, atoms, elements, continuations.

use c_syntax::{NodeId, Tree};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smpl_parser::{MvId, MvKind, Pattern, Rule};

use crate::compile::elem::{ElemKind, RuleElem};
use crate::ctl::{FormulaId, Formulas, Keep, Var};

/// An atomic predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    /// A rule element matches; `quiet`: and nobody asks what it does.
    Elem { elem: u32, quiet: bool },
    /// A property of the point alone.
    Test(Test),
    /// The variable is the label of the point.
    Label(Var),
    /// The variable is a label that the point is inside of.
    Inside(Var),
    /// The variable is the block whose brace the point is.
    Brace(Var),
    /// The variable is the label of what a break or continue refers to.
    Jump(Var),
    /// The nest of this variable has matched.
    Good(Var),
    /// Holds only if the nest of this variable has matched.
    NotBad(Var),
}

/// Properties of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub(crate) enum Test {
    Top,
    FrameHead,
    /// A head or marker before a body.
    BodyHead,
    After,
    /// After or LoopFall.
    Past,
    Then,
    ThenEscapes,
    /// Where control goes if the condition of an if, while or for is true.
    Taken,
    /// Where it goes if it is false.
    NotTaken,
    ElseMark,
    Fall,
    InLoop,
    LoopFall,
    PreExit,
    ErrorExit,
    Return,
    /// Return or continue.
    Leaves,
    Goto,
    Label,
    /// The short cut to a brace that a goto passes.
    AfterGoto,
    AfterOther,
    /// Goto or break.
    Jumps,
    ReturnOrGoto,
    /// A closing brace, or a copy of an end marker.
    Closes,
    Dup,
    /// The normal closing brace of a function.
    LastBrace,
}

/// A set of metavariables.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct VarSet(pub(crate) SmallVec<[u32; 8]>);

impl VarSet {
    pub(crate) fn insert(&mut self, var: MvId) {
        if let Err(at) = self.0.binary_search(&var.0) {
            self.0.insert(at, var.0);
        }
    }

    pub(crate) fn has(&self, var: u32) -> bool {
        self.0.binary_search(&var).is_ok()
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        let mut out = self.clone();
        other.0.iter().for_each(|v| out.insert(MvId(*v)));
        out
    }

    pub(crate) fn keep(&self, wanted: impl Fn(u32) -> bool) -> Self {
        Self(self.0.iter().copied().filter(|v| wanted(*v)).collect())
    }
}

/// What the translation depends on besides the continuation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ctx {
    /// All paths, not some path.
    pub(crate) forall: bool,
    /// Nobody asks for edits and bindings (`semantics.md` 3.2).
    pub(crate) guard: bool,
    /// Metavariables that are quantified further out.
    pub(crate) quantified: VarSet,
}

impl Ctx {
    pub(crate) fn with(&self, more: &VarSet) -> Self {
        Self { quantified: self.quantified.union(more), ..self.clone() }
    }

    pub(crate) fn guard(&self) -> Self {
        Self { guard: true, ..self.clone() }
    }
}

/// A continuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ContId(pub(crate) u32);

/// A list of items of the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ListId(pub(crate) u32);

/// One part of a continuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Frame {
    pub(crate) kind: FrameKind,
    pub(crate) scope: Scope,
    pub(crate) before: Before,
    pub(crate) next: Option<ContId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FrameKind {
    /// Items from an index on (which exists).
    Items(ListId, u32),
    /// The closing brace of a block, or of a function's body.
    Close(NodeId, Var, bool),
    /// `while (e);` of a do-while, with its label.
    DoTail(NodeId, Var),
    /// Nothing follows.
    End(End),
}

/// What it means that nothing follows (`semantics.md` 3.6, "the end").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum End {
    /// The end of the pattern, of a nest's body or of a `when`.
    Pattern,
    /// The end of a branch or loop body of the statement with this label.
    Branch(Var),
    /// The end of a case of the switch with this label and this brace.
    Case(Var, Var),
    /// The end of a macro body.
    Define,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Scope {
    /// Dots stay inside this label.
    pub(crate) label: Option<Var>,
    /// The loop or switch around it.
    pub(crate) jump: Option<Var>,
    /// The loop around it, if dots at the end of its body must not pass it again.
    pub(crate) around: Option<NodeId>,
    /// Dots do not pass this.
    pub(crate) stop: Option<FormulaId>,
    /// Whether a branch of the pattern is looked for behind a goto.
    pub(crate) by_goto: bool,
}

/// What stands before an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Before {
    /// Nothing that dots must not pass.
    #[default]
    None,
    /// Nothing: the item starts the rule's body.
    Start,
    /// An item.
    Item(NodeId),
    /// An opening brace.
    Brace(NodeId, Var),
    /// The header of a structured statement: the item is its branch or body.
    Head,
}

/// What a part of a formula stands for, for explanations.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What must not hold at a point that dots pass, and why.
    pub(crate) forbidden: FxHashMap<FormulaId, Forbidden>,
    /// The untils that dots and nests became.
    pub(crate) untils: FxHashMap<FormulaId, Until>,
}

/// Why dots do not pass a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// A `when` forbids it.
    When(NodeId),
    /// It matches what stands before the dots.
    Before(NodeId),
    /// It matches what stands after the dots.
    After(NodeId),
}

/// Dots or a nest as an until.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Until {
    /// The dots or the nest.
    pub(crate) dots: NodeId,
    /// What follows, without the places at which a path may end otherwise.
    pub(crate) goal: FormulaId,
}

/// How deeply patterns may be nested, sequences included.
const MAX_DEPTH: u32 = 600;

/// A rule's translation.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) formulas: Formulas,
    pub(crate) root: FormulaId,
    pub(crate) atoms: Vec<Atom>,
    pub(crate) elems: Vec<RuleElem>,
    /// For each element the inherited variables that must have values.
    pub(crate) inherited: Vec<VarSet>,
    pub(crate) notes: Notes,
    /// The body's sequence has dots.
    pub(crate) dots: bool,
    /// Not translated: nested too deeply.
    pub(crate) too_deep: bool,
}

/// A translation in progress.
pub(crate) struct Compiler<'r> {
    pub(crate) rule: &'r Rule,
    pub(crate) pat: &'r Pattern,
    pub(crate) tree: &'r Tree,
    /// Only a branch that ends in `return` is excused.
    pub(crate) only_return: bool,
    pub(crate) f: Formulas,
    pub(crate) notes: Notes,
    pub(crate) memo: FxHashMap<(ContId, Ctx), Option<FormulaId>>,
    pub(crate) var_memo: FxHashMap<NodeId, VarSet>,
    atoms: Vec<Atom>,
    atom_ids: FxHashMap<Atom, u32>,
    elems: Vec<RuleElem>,
    inherited: Vec<VarSet>,
    elem_ids: FxHashMap<RuleElem, u32>,
    frames: Vec<Frame>,
    frame_ids: FxHashMap<Frame, ContId>,
    lists: Vec<Box<[NodeId]>>,
    list_ids: FxHashMap<Box<[NodeId]>, ListId>,
    next_var: u32,
    depth: u32,
    too_deep: bool,
}

impl<'r> Compiler<'r> {
    pub(crate) fn new(rule: &'r Rule, only_return: bool) -> Self {
        Self {
            rule,
            only_return,
            pat: &rule.pattern,
            tree: &rule.pattern.tree,
            f: Formulas::default(),
            notes: Notes::default(),
            memo: FxHashMap::default(),
            var_memo: FxHashMap::default(),
            atoms: Vec::new(),
            atom_ids: FxHashMap::default(),
            elems: Vec::new(),
            inherited: Vec::new(),
            elem_ids: FxHashMap::default(),
            frames: Vec::new(),
            frame_ids: FxHashMap::default(),
            lists: Vec::new(),
            list_ids: FxHashMap::default(),
            next_var: rule.metavars.len() as u32,
            depth: 0,
            too_deep: false,
        }
    }

    pub(crate) fn finish(self, root: FormulaId, dots: bool) -> Compiled {
        Compiled {
            formulas: self.f,
            root,
            atoms: self.atoms,
            elems: self.elems,
            inherited: self.inherited,
            notes: self.notes,
            dots,
            too_deep: self.too_deep,
        }
    }

    /// Whether another level of recursion is allowed; pairs with [`Compiler::leave`].
    pub(crate) fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            self.too_deep = true;
            return false;
        }
        self.depth += 1;
        true
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// A variable of the formula that is no metavariable.
    pub(crate) fn fresh(&mut self) -> Var {
        self.next_var += 1;
        Var(self.next_var - 1)
    }

    pub(crate) fn frame(&self, id: ContId) -> Frame {
        self.frames[id.0 as usize]
    }

    pub(crate) fn cont(&mut self, frame: Frame) -> ContId {
        if let Some(id) = self.frame_ids.get(&frame) {
            return *id;
        }
        let id = ContId(self.frames.len() as u32);
        self.frames.push(frame);
        self.frame_ids.insert(frame, id);
        id
    }

    pub(crate) fn end(&mut self, end: End) -> ContId {
        self.cont(Frame { kind: FrameKind::End(end), scope: Scope::default(), before: Before::None, next: None })
    }

    /// Items, then `next`.
    pub(crate) fn items(&mut self, items: &[NodeId], scope: Scope, before: Before, next: ContId) -> ContId {
        if items.is_empty() {
            return next;
        }
        let list = match self.list_ids.get(items) {
            Some(id) => *id,
            None => {
                let id = ListId(self.lists.len() as u32);
                self.lists.push(items.into());
                self.list_ids.insert(items.into(), id);
                id
            }
        };
        self.cont(Frame { kind: FrameKind::Items(list, 0), scope, before, next: Some(next) })
    }

    pub(crate) fn list_item(&self, list: ListId, at: u32) -> Option<NodeId> {
        self.lists[list.0 as usize].get(at as usize).copied()
    }

    /// What follows `item` in a frame of items.
    pub(crate) fn rest(&mut self, frame: &Frame, list: ListId, start: u32, item: NodeId) -> ContId {
        match (self.list_item(list, start + 1), frame.next) {
            (None, Some(next)) => next,
            (None, None) => self.end(End::Pattern),
            (Some(_), next) => {
                let kind = FrameKind::Items(list, start + 1);
                self.cont(Frame { kind, scope: frame.scope, before: Before::Item(item), next })
            }
        }
    }

    pub(crate) fn atom(&mut self, atom: Atom, vars: &[Var]) -> FormulaId {
        let id = match self.atom_ids.get(&atom) {
            Some(id) => *id,
            None => {
                let id = self.atoms.len() as u32;
                self.atoms.push(atom);
                self.atom_ids.insert(atom, id);
                id
            }
        };
        self.f.atom(id, vars)
    }

    pub(crate) fn test(&mut self, test: Test) -> FormulaId {
        self.atom(Atom::Test(test), &[])
    }

    pub(crate) fn label(&mut self, var: Var) -> FormulaId {
        self.atom(Atom::Label(var), &[var])
    }

    pub(crate) fn inside(&mut self, var: Var) -> FormulaId {
        self.atom(Atom::Inside(var), &[var])
    }

    pub(crate) fn brace(&mut self, var: Var) -> FormulaId {
        self.atom(Atom::Brace(var), &[var])
    }

    pub(crate) fn hide(&mut self, var: Var, f: FormulaId) -> FormulaId {
        self.f.exists(Keep::No, var, f)
    }

    /// A rule element. Its own variables that nobody outside shares are quantified around it.
    pub(crate) fn elem(&mut self, kind: ElemKind, ctx: &Ctx) -> FormulaId {
        let vars = self.vars_of_elem(kind);
        let outside = vars.keep(|v| ctx.quantified.has(v) && !(ctx.guard && self.is_position(v)));
        let own = vars.keep(|v| !outside.has(v));
        let elem = RuleElem { kind, shared: outside.0.iter().map(|v| MvId(*v)).collect() };
        let id = match self.elem_ids.get(&elem) {
            Some(id) => *id,
            None => {
                let id = self.elems.len() as u32;
                self.elems.push(elem.clone());
                let inherited = self.inherited_of_elem(kind);
                self.inherited.push(inherited);
                self.elem_ids.insert(elem, id);
                id
            }
        };
        let all: Vec<Var> = vars.0.iter().map(|v| Var(*v)).collect();
        let f = self.atom(Atom::Elem { elem: id, quiet: ctx.guard }, &all);
        self.quantify(&own, !ctx.guard, f)
    }

    /// Quantifiers of metavariables around a formula; `keep`: what plus code or later rules use leaves a witness.
    pub(crate) fn quantify(&mut self, vars: &VarSet, keep: bool, f: FormulaId) -> FormulaId {
        let mut out = f;
        for v in &vars.0 {
            let var = &self.rule.metavars[*v as usize];
            let keep = match keep {
                true if var.used_after => Keep::Export,
                true if var.in_plus || self.is_seed(*v) => Keep::Local,
                _ => Keep::No,
            };
            out = self.f.exists(keep, Var(*v), out);
        }
        out
    }

    pub(crate) fn is_position(&self, var: u32) -> bool {
        matches!(self.rule.metavars.get(var as usize).map(|m| &m.kind), Some(MvKind::Position { .. }))
    }
}

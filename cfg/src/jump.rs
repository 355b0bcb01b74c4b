//! Jumps: each gets its own copy of the closing brace (or end marker) of every construct that it leaves (`semantics.md` 1.3).

use std::collections::HashMap;

use c_syntax::{NodeId, Sym};
use petgraph::Direction;
use petgraph::graph::NodeIndex;

use crate::build::{Builder, Flow};
use crate::graph::{CfgError, EdgeKind, Jump, LabelId, Point, PointKind};

/// A construct around the present place.
pub(crate) struct Scope {
    kind: ScopeKind,
    /// What a jump out of it passes a copy of.
    close: Option<(PointKind, NodeId)>,
    label: LabelId,
    /// The copies made so far.
    copies: Vec<(NodeIndex, Jump)>,
}

enum ScopeKind {
    /// The body of a function, or a macro's body.
    Function,
    /// A block, a branch of an if with else, or of an `#if`.
    Plain,
    /// An if without else: a return inside goes to the error exit.
    BareIf,
    /// Where break and continue go.
    Loop { end: NodeIndex, again: NodeIndex },
    /// The body of a switch: where cases hang, and where break goes, once something does.
    Switch { open: NodeIndex, node: NodeId, end: Option<NodeIndex>, has_default: bool },
}

impl Scope {
    fn new(kind: ScopeKind, close: Option<(PointKind, NodeId)>, label: LabelId) -> Self {
        Self { kind, close, label, copies: Vec::new() }
    }

    pub(crate) fn function(body: NodeId, label: LabelId) -> Self {
        Self::new(ScopeKind::Function, Some((PointKind::Close, body)), label)
    }

    pub(crate) fn macro_body() -> Self {
        Self::new(ScopeKind::Function, None, LabelId::ELEMENT)
    }

    pub(crate) fn plain(close: PointKind, node: NodeId, label: LabelId) -> Self {
        Self::new(ScopeKind::Plain, Some((close, node)), label)
    }

    pub(crate) fn bare_if(label: LabelId) -> Self {
        Self::new(ScopeKind::BareIf, None, label)
    }

    pub(crate) fn looping(label: LabelId, end: NodeIndex, again: NodeIndex) -> Self {
        Self::new(ScopeKind::Loop { end, again }, None, label)
    }

    pub(crate) fn switch(node: NodeId, body: NodeId, open: NodeIndex, label: LabelId) -> Self {
        let kind = ScopeKind::Switch { open, node, end: None, has_default: false };
        Self::new(kind, Some((PointKind::Close, body)), label)
    }
}

/// What is left of a scope: where its jumps passed, and of a switch the end, if something reaches it.
pub(crate) struct Left {
    pub(crate) copies: Vec<(NodeIndex, Jump)>,
    pub(crate) switch_end: Option<NodeIndex>,
}

/// The labels of the function, and the gotos to them.
#[derive(Default)]
pub(crate) struct Gotos {
    index: HashMap<Sym, usize>,
    labels: Vec<GotoLabel>,
}

struct GotoLabel {
    point: NodeIndex,
    name: String,
    defined: bool,
}

impl Gotos {
    /// Every goto has its label.
    pub(crate) fn check(&self) -> Result<(), CfgError> {
        match self.labels.iter().find(|l| !l.defined) {
            Some(label) => Err(CfgError::MissingLabel(label.name.clone())),
            None => Ok(()),
        }
    }
}

impl Builder<'_> {
    /// Leaves the innermost scope.
    pub(crate) fn leave(&mut self) -> Left {
        let scope = self.scopes.pop();
        let switch_end = match &scope {
            Some(Scope { kind: ScopeKind::Switch { end, .. }, .. }) => *end,
            _ => None,
        };
        Left { copies: scope.map(|s| s.copies).unwrap_or_default(), switch_end }
    }

    /// Whether the switch whose scope is at `depth` has had a default.
    pub(crate) fn has_default(&self, depth: usize) -> bool {
        matches!(self.scopes.get(depth), Some(Scope { kind: ScopeKind::Switch { has_default: true, .. }, .. }))
    }

    /// Copies the closing brace of the scope at `depth` after `at`.
    fn copy_close(&mut self, depth: usize, at: NodeIndex, jump: Jump) -> NodeIndex {
        let Some((kind, node)) = self.scopes[depth].close else {
            return at;
        };
        let label = self.scopes[depth].label;
        let mut point = Point::new(kind, Some(node), label);
        (point.dup, point.jump) = (true, Some(jump));
        let copy = self.graph.add_node(point);
        self.edge(Some(at), copy);
        self.scopes[depth].copies.push((copy, jump));
        copy
    }

    /// `return`: out of everything.
    pub(crate) fn return_from(&mut self, at: NodeIndex) {
        let mut at = at;
        for depth in (0..self.scopes.len()).rev() {
            at = self.copy_close(depth, at, Jump::Return);
        }
        let error = self.scopes.iter().any(|s| matches!(s.kind, ScopeKind::BareIf));
        let target = if error { self.error_exit() } else { self.pre_exit };
        self.edge(Some(at), target);
    }

    fn error_exit(&mut self) -> NodeIndex {
        match self.error_exit {
            Some(exit) => exit,
            None => {
                let exit = self.graph.add_node(Point::new(PointKind::ErrorExit, None, LabelId::NONE));
                self.error_exit = Some(exit);
                exit
            }
        }
    }

    /// `break`: out of the innermost loop or switch.
    pub(crate) fn break_from(&mut self, at: NodeIndex) -> Result<(), CfgError> {
        let target =
            self.scopes.iter().rposition(|s| matches!(s.kind, ScopeKind::Loop { .. } | ScopeKind::Switch { .. }));
        let target = target.ok_or(CfgError::JumpOutsideLoop)?;
        let label = self.scopes[target].label;
        let mut at = at;
        self.graph[at].set_jump_label(label);
        if let ScopeKind::Loop { end, .. } = self.scopes[target].kind {
            for depth in (target + 1..self.scopes.len()).rev() {
                at = self.copy_close(depth, at, Jump::Break);
            }
            self.edge(Some(at), end);
        } else {
            for depth in (target..self.scopes.len()).rev() {
                at = self.copy_close(depth, at, Jump::SwitchBreak);
            }
            self.connect_switch_end(at, target);
        }
        Ok(())
    }

    /// From `at` to the end of the switch whose scope is at `depth`; that point is made when something first reaches it.
    pub(crate) fn connect_switch_end(&mut self, at: NodeIndex, depth: usize) {
        let Some(Scope { kind: ScopeKind::Switch { node, end, .. }, label, .. }) = self.scopes.get_mut(depth) else {
            return;
        };
        let point = Point::new(PointKind::EndSwitch, Some(*node), *label);
        let end = *end.get_or_insert_with(|| self.graph.add_node(point));
        self.edge(Some(at), end);
    }

    /// `continue`: to the next round of the innermost loop.
    pub(crate) fn continue_from(&mut self, at: NodeIndex) -> Result<(), CfgError> {
        let target = self.scopes.iter().rposition(|s| matches!(s.kind, ScopeKind::Loop { .. }));
        let target = target.ok_or(CfgError::JumpOutsideLoop)?;
        let label = self.scopes[target].label;
        self.graph[at].set_jump_label(label);
        let mut at = at;
        for depth in (target + 1..self.scopes.len()).rev() {
            at = self.copy_close(depth, at, Jump::Continue);
        }
        if let ScopeKind::Loop { again, .. } = self.scopes[target].kind {
            self.edge(Some(at), again);
        }
        Ok(())
    }

    /// `goto`: out of every block up to the function's body, then to the label.
    pub(crate) fn goto_from(&mut self, at: NodeIndex, name: NodeId) -> Flow {
        if self.options.no_gotos {
            return Ok(Some(at));
        }
        let mut at = at;
        for depth in (1..self.scopes.len()).rev() {
            at = self.copy_close(depth, at, Jump::Goto);
        }
        let target = self.label_point(name);
        self.edge(Some(at), target);
        Ok(None)
    }

    /// The point of a label, made when a goto or the label itself is met first.
    fn label_point(&mut self, name: NodeId) -> NodeIndex {
        let text = self.tree.node_text(name);
        let next = self.gotos.labels.len();
        let at = *self.gotos.index.entry(Sym::of(text)).or_insert(next);
        if at == next {
            let name = String::from_utf8_lossy(text).into_owned();
            let point = self.graph.add_node(Point::new(PointKind::Label, None, LabelId::NONE));
            self.gotos.labels.push(GotoLabel { point, name, defined: false });
        }
        self.gotos.labels[at].point
    }

    /// `name :` as statement `node`.
    pub(crate) fn define_label(
        &mut self,
        node: NodeId,
        name: NodeId,
        from: Option<NodeIndex>,
        label: LabelId,
    ) -> Result<NodeIndex, CfgError> {
        let n = self.label_point(name);
        let known = self.gotos.index.get(&Sym::of(self.tree.node_text(name)));
        if let Some(known) = known.and_then(|i| self.gotos.labels.get_mut(*i)) {
            if known.defined {
                return Err(CfgError::DuplicateLabel(known.name.clone()));
            }
            known.defined = true;
        }
        let kind = self.graph[n].kind;
        self.graph[n] = Point::new(kind, Some(node), label).with_stmt(node);
        self.edge(from, n);
        Ok(n)
    }

    /// Hangs a case or default below the innermost switch.
    pub(crate) fn hang_case(&mut self, case: NodeIndex, is_default: bool) -> Result<(), CfgError> {
        for scope in self.scopes.iter_mut().rev() {
            if let ScopeKind::Switch { open, has_default, .. } = &mut scope.kind {
                *has_default |= is_default;
                let open = *open;
                if !self.graph.neighbors_directed(case, Direction::Incoming).any(|p| p == open) {
                    self.edge(Some(open), case);
                }
                return Ok(());
            }
        }
        Err(CfgError::CaseOutsideSwitch)
    }

    /// Short cuts from the head of a construct to each copy of its end, for a construct whose end is not reached normally.
    pub(crate) fn after_copies(&mut self, head: NodeIndex, node: NodeId, label: LabelId, copies: &[(NodeIndex, Jump)]) {
        for (copy, jump) in copies {
            self.after(head, node, label, *copy, *jump);
        }
    }

    /// A short cut from the head of a construct to its end.
    pub(crate) fn after(&mut self, head: NodeIndex, node: NodeId, label: LabelId, end: NodeIndex, jump: Jump) {
        let after = self.point(PointKind::After(jump), node, label);
        self.graph.add_edge(head, after, EdgeKind::Control);
        self.graph.add_edge(after, end, EdgeKind::Control);
    }
}

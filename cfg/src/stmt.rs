//! The graph of each kind of statement (the table of `semantics.md` 1.3).

use c_syntax::{NodeId, SyntaxKind};
use petgraph::graph::NodeIndex;

use crate::build::{Builder, Flow, MAX_DEPTH, is_declaration};
use crate::graph::{CfgError, Jump, LabelId, PointKind};
use crate::jump::Scope;

impl Builder<'_> {
    /// The statements below `list` (a block, the branch of an `#if`, a macro's body), each with a label of its own below `parent`.
    pub(crate) fn statements(&mut self, list: NodeId, from: Option<NodeIndex>, parent: LabelId, depth: u32) -> Flow {
        let tree = self.tree;
        let mut at = from;
        for child in tree.child_nodes(list) {
            at = match tree.kind(child) {
                SyntaxKind::DirectiveLine if !self.is_code_directive(child) => at,
                SyntaxKind::CondGroup => self.conditional(child, at, parent, depth)?,
                _ => self.stmt(child, at, parent, depth)?,
            };
        }
        Ok(at)
    }

    /// One statement, with a new label below `parent`.
    pub(crate) fn stmt(&mut self, node: NodeId, from: Option<NodeIndex>, parent: LabelId, depth: u32) -> Flow {
        if depth >= MAX_DEPTH {
            return Err(CfgError::TooDeep);
        }
        let (mut node, mut from, mut parent) = (node, from, parent);
        // Labels and cases nest to the right without limit: `case 1: case 2: case 3: ...`.
        while matches!(self.tree.kind(node), SyntaxKind::Label | SyntaxKind::Case | SyntaxKind::Default) {
            let label = self.label(parent);
            from = Some(self.labelled(node, from, label)?);
            match self.tree.child_nodes(node).last().filter(|s| self.is_statement_like(*s)) {
                Some(inner) => (node, parent) = (inner, label),
                None => return Ok(from),
            }
        }
        if self.tree.kind(node) == SyntaxKind::CondGroup {
            return self.conditional(node, from, parent, depth);
        }
        let label = self.label(parent);
        self.unlabelled(node, from, label, depth + 1)
    }

    fn is_statement_like(&self, node: NodeId) -> bool {
        let kind = self.tree.kind(node);
        kind.is_stmt() || is_declaration(kind) || matches!(kind, SyntaxKind::CondGroup | SyntaxKind::Absent)
    }

    fn labelled(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId) -> Result<NodeIndex, CfgError> {
        let kind = match self.tree.kind(node) {
            SyntaxKind::Label => {
                let name = self.tree.child_node(node, 0).ok_or(CfgError::NotMatchable)?;
                return self.define_label(node, name, from, label);
            }
            SyntaxKind::Case => PointKind::Case,
            _ => PointKind::Default,
        };
        let n = self.start(kind, from, node, label);
        self.hang_case(n, kind == PointKind::Default)?;
        Ok(n)
    }

    fn unlabelled(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        match self.tree.kind(node) {
            SyntaxKind::Block => self.block(node, from, label, depth),
            SyntaxKind::If => self.if_(node, from, label, depth),
            SyntaxKind::While => self.loop_(PointKind::WhileHead, node, from, label, depth),
            SyntaxKind::For => self.loop_(PointKind::ForHead, node, from, label, depth),
            SyntaxKind::Iterator if self.is_guard(node) => self.guard(node, from, label, depth),
            SyntaxKind::Iterator => self.loop_(PointKind::IteratorHead, node, from, label, depth),
            SyntaxKind::DoWhile => self.do_while(node, from, label, depth),
            SyntaxKind::Switch => self.switch(node, from, label, depth),
            SyntaxKind::Return => {
                let n = self.start(PointKind::Return, from, node, label);
                self.return_from(n);
                Ok(None)
            }
            SyntaxKind::Break => {
                let n = self.start(PointKind::Break, from, node, label);
                self.break_from(n)?;
                Ok(None)
            }
            SyntaxKind::Continue => {
                let n = self.start(PointKind::Continue, from, node, label);
                self.continue_from(n)?;
                Ok(None)
            }
            SyntaxKind::Goto => {
                let n = self.start(PointKind::Goto, from, node, label);
                let name = self.tree.child_node(node, 0).ok_or(CfgError::NotMatchable)?;
                self.goto_from(n, name)
            }
            SyntaxKind::ComputedGoto => Err(CfgError::ComputedGoto),
            SyntaxKind::Declaration | SyntaxKind::MacroDecl => Ok(Some(self.then(PointKind::Decl, from, node, label))),
            SyntaxKind::DirectiveLine
            | SyntaxKind::Include
            | SyntaxKind::Define
            | SyntaxKind::Undef
            | SyntaxKind::Pragma => Ok(Some(self.then(PointKind::Directive, from, node, label))),
            SyntaxKind::Absent => Ok(Some(self.then(PointKind::Simple, from, node, label))),
            _ => Ok(Some(self.start(PointKind::Simple, from, node, label))),
        }
    }

    fn block(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        let open = self.start(PointKind::Open, from, node, label);
        self.scopes.push(Scope::plain(PointKind::Close, node, label));
        let end = self.statements(node, Some(open), label, depth)?;
        let left = self.leave();
        if end.is_none() {
            self.after_copies(open, node, label, &left.copies);
            return Ok(None);
        }
        let close = self.then(PointKind::Close, end, node, label);
        self.after(open, node, label, close, Jump::Normal);
        Ok(Some(close))
    }

    fn if_(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        let head = self.start(PointKind::IfHead, from, node, label);
        let (then, other) = self.branches(node)?;
        let mark = self.then(PointKind::Then { escapes: false }, Some(head), node, label);
        let Some(other) = other else {
            let fall = self.then(PointKind::Fall, Some(head), node, label);
            self.scopes.push(Scope::bare_if(label));
            let end = self.stmt(then, Some(mark), label, depth)?;
            self.scopes.pop();
            return Ok(self.end_if(node, label, (head, mark), end, Some(fall), &[]));
        };
        let else_mark = self.then(PointKind::ElseMark, Some(head), node, label);
        let keyword = self.tree.parent(other).unwrap_or(node);
        let keyword = self.then(PointKind::ElseKw, Some(else_mark), keyword, label);
        self.scopes.push(Scope::plain(PointKind::EndIf, node, label));
        let then_end = self.stmt(then, Some(mark), label, depth)?;
        let else_end = self.stmt(other, Some(keyword), label, depth)?;
        let left = self.leave();
        Ok(self.end_if(node, label, (head, mark), then_end, else_end, &left.copies))
    }

    /// The branches of an if: the statement taken if true, and the one below its Else.
    fn branches(&self, node: NodeId) -> Result<(NodeId, Option<NodeId>), CfgError> {
        let mut parts = self.tree.child_nodes(node).skip(1);
        let then = parts.next().ok_or(CfgError::NotMatchable)?;
        let other = parts.next().map(|e| self.tree.child_node(e, 0).ok_or(CfgError::NotMatchable)).transpose()?;
        Ok((then, other))
    }

    fn end_if(
        &mut self,
        node: NodeId,
        label: LabelId,
        (head, mark): (NodeIndex, NodeIndex),
        then_end: Option<NodeIndex>,
        else_end: Option<NodeIndex>,
        copies: &[(NodeIndex, Jump)],
    ) -> Option<NodeIndex> {
        self.graph[mark].kind = PointKind::Then { escapes: then_end.is_none() };
        if then_end.is_none() && else_end.is_none() {
            self.after_copies(head, node, label, copies);
            return None;
        }
        let end = self.then(PointKind::EndIf, then_end, node, label);
        self.edge(else_end, end);
        self.after(head, node, label, end, Jump::Normal);
        Some(end)
    }

    fn loop_(&mut self, kind: PointKind, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        let body = self.tree.child_nodes(node).last().ok_or(CfgError::NotMatchable)?;
        let head = self.start(kind, from, node, label);
        let enter = self.then(PointKind::InLoop, Some(head), node, label);
        let fall = self.then(PointKind::LoopFall, Some(head), node, label);
        let end = self.then(PointKind::EndLoop, Some(fall), node, label);
        let (next, again) = if self.options.no_loops { (fall, end) } else { (head, head) };
        self.scopes.push(Scope::looping(label, end, again));
        let body_end = self.stmt(body, Some(enter), label, depth)?;
        self.scopes.pop();
        self.edge(body_end, next);
        Ok(Some(end))
    }

    fn do_while(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        let body = self.tree.child_node(node, 0).ok_or(CfgError::NotMatchable)?;
        let head = self.start(PointKind::DoHead, from, node, label);
        let tail = self.point(PointKind::DoTail, node, label);
        let fall = self.then(PointKind::Fall, Some(tail), node, label);
        let end = self.then(PointKind::EndDo, Some(fall), node, label);
        self.after(head, node, label, end, Jump::Normal);
        if !self.options.no_loops && !self.is_literal_0(node) {
            let again = self.then(PointKind::InLoop, Some(tail), node, label);
            self.edge(Some(again), head);
        }
        self.scopes.push(Scope::looping(label, end, tail));
        let body_end = self.stmt(body, Some(head), label, depth)?;
        self.scopes.pop();
        self.edge(body_end, tail);
        Ok(Some(end))
    }

    /// Whether the condition of a do-while is the literal 0.
    pub(crate) fn is_literal_0(&self, node: NodeId) -> bool {
        let condition = self.tree.child_node(node, 1);
        condition.is_some_and(|c| self.tree.kind(c) == SyntaxKind::Constant && self.tree.node_text(c) == b"0")
    }

    /// `scoped_guard` runs its statement once.
    fn is_guard(&self, node: NodeId) -> bool {
        let name = self.tree.child_node(node, 0);
        name.is_some_and(|n| matches!(self.tree.node_text(n), b"scoped_guard" | b"scoped_cond_guard"))
    }

    fn guard(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        let body = self.tree.child_nodes(node).last().ok_or(CfgError::NotMatchable)?;
        let head = self.start(PointKind::IteratorHead, from, node, label);
        let after = self.then(PointKind::After(Jump::Normal), Some(head), node, label);
        let body_end = self.stmt(body, Some(head), label, depth)?;
        let end = self.then(PointKind::EndGuard, body_end, node, label);
        self.edge(Some(after), end);
        Ok(Some(end))
    }

    fn switch(&mut self, node: NodeId, from: Option<NodeIndex>, label: LabelId, depth: u32) -> Flow {
        let body = self.tree.child_nodes(node).last().ok_or(CfgError::SwitchWithoutBlock)?;
        if self.tree.kind(body) != SyntaxKind::Block {
            return Err(CfgError::SwitchWithoutBlock);
        }
        let head = self.start(PointKind::SwitchHead, from, node, label);
        let open = self.start(PointKind::Open, Some(head), body, label);
        let inside = self.label(label);
        let depth_of_scope = self.scopes.len();
        self.scopes.push(Scope::switch(node, body, open, label));
        let end = self.statements(body, Some(open), inside, depth)?;
        if end.is_some() {
            let close = self.then(PointKind::Close, end, body, label);
            self.connect_switch_end(close, depth_of_scope);
        }
        if !self.has_default(depth_of_scope) {
            let fall = self.then(PointKind::Fall, Some(head), node, label);
            self.connect_switch_end(fall, depth_of_scope);
        }
        let end = self.leave().switch_end;
        if let Some(end) = end {
            self.after(head, node, label, end, Jump::Normal);
        }
        Ok(end)
    }

    /// Whether a directive line inside a body is code of its own (`#include`, `#define`, `#undef`, `#pragma`) rather than one
    /// half of a conditional that fits no structure.
    fn is_code_directive(&self, node: NodeId) -> bool {
        let text = self.tree.node_text(node);
        let word = text.strip_prefix(b"#").unwrap_or(text).trim_ascii_start();
        [&b"include"[..], b"define", b"undef", b"pragma"].iter().any(|w| word.starts_with(w))
    }

    /// An `#if` group: one path for each part; the group is no statement, so its parts belong to the block around it.
    fn conditional(&mut self, node: NodeId, from: Option<NodeIndex>, parent: LabelId, depth: u32) -> Flow {
        if depth >= MAX_DEPTH {
            return Err(CfgError::TooDeep);
        }
        let tree = self.tree;
        let is_line = |n: &NodeId| tree.kind(*n) == SyntaxKind::DirectiveLine;
        let first = tree.child_nodes(node).find(is_line).ok_or(CfgError::NotMatchable)?;
        let last = tree.child_nodes(node).filter(is_line).last().unwrap_or(first);
        let head = self.then(PointKind::IfdefHead, from, first, parent);
        self.scopes.push(Scope::plain(PointKind::IfdefEnd, last, parent));
        let (mut ends, mut parts, mut at) = (Vec::new(), 0, head);
        for child in tree.child_nodes(node) {
            match tree.kind(child) {
                SyntaxKind::DirectiveLine if child != first && child != last => {
                    at = self.then(PointKind::IfdefElse, Some(head), child, parent);
                }
                SyntaxKind::CondBranch => {
                    parts += 1;
                    ends.extend(self.statements(child, Some(at), parent, depth + 1)?);
                }
                _ => {}
            }
        }
        self.scopes.pop();
        if parts < 2 {
            ends.push(self.then(PointKind::Fall, Some(head), first, parent));
        }
        if ends.is_empty() {
            return Ok(None);
        }
        let end = self.point(PointKind::IfdefEnd, last, parent);
        for e in ends {
            self.edge(Some(e), end);
        }
        Ok(Some(end))
    }
}

//! Which metavariables a part of a pattern has, and which of them are shared with what follows (`semantics.md` 3.2).

use c_syntax::{Child, NodeId, SyntaxKind, TokenId};
use smpl_parser::{ListLen, MvId, MvKind, RunId, SeedPart, TypePattern, TypeSet};

use crate::compile::elem::ElemKind;
use crate::compile::state::{Compiler, ContId, Ctx, FrameKind, VarSet};
use crate::point::owned;

impl Compiler<'_> {
    /// Variables quantified around everything: used later, positions excepted, and those in seeds of used fresh identifiers.
    pub(crate) fn outermost(&self) -> VarSet {
        let mut out = VarSet::default();
        for (i, var) in self.rule.metavars.iter().enumerate() {
            if !var.used_after {
                continue;
            }
            match &var.kind {
                MvKind::Position { .. } => {}
                MvKind::Fresh(_) => self.add(MvId(i as u32), &mut out, 0),
                _ if var.inherited.is_none() => out.insert(MvId(i as u32)),
                _ => {}
            }
        }
        out.keep(|v| !self.is_inherited(v))
    }

    /// Whether a fresh identifier is made from the variable.
    pub(crate) fn is_seed(&self, var: u32) -> bool {
        self.rule.metavars.iter().any(|m| match &m.kind {
            MvKind::Fresh(parts) => parts.iter().any(|p| match p {
                SeedPart::Var(v) => v.0 == var,
                SeedPart::Script(call) => call.params.iter().any(|p| p.1.0 == var),
                _ => false,
            }),
            _ => false,
        })
    }

    /// Adds a variable, or what stands for it: the seeds of a fresh identifier; with it the variables of its type and length.
    fn add(&self, var: MvId, out: &mut VarSet, depth: u32) {
        let Some(m) = self.rule.metavars.get(var.0 as usize) else { return };
        if out.has(var.0) || depth > 20 {
            return;
        }
        match &m.kind {
            MvKind::Fresh(parts) => {
                for p in parts {
                    match p {
                        SeedPart::Var(v) => self.add(*v, out, depth + 1),
                        SeedPart::Script(call) => call.params.iter().for_each(|p| self.add(p.1, out, depth + 1)),
                        _ => {}
                    }
                }
                return;
            }
            MvKind::Expression(t) | MvKind::IdExpression(t, _) | MvKind::Constant(t) => {
                out.insert(var);
                self.add_types(t, out, depth);
            }
            MvKind::ExpressionList(len)
            | MvKind::StatementList(len)
            | MvKind::ParameterList(len)
            | MvKind::IdentifierList(len)
            | MvKind::FieldList(len)
            | MvKind::InitialiserList(len)
            | MvKind::FormatList(len) => self.add_length(len, out, depth),
            _ => {}
        }
        out.insert(var);
    }

    fn add_types(&self, types: &TypeSet, out: &mut VarSet, depth: u32) {
        for t in &types.types {
            if let TypePattern::Term(_, vars) = t {
                vars.iter().flatten().for_each(|v| self.add(*v, out, depth + 1));
            }
        }
        if let Some(len) = &types.bits {
            self.add_length(len, out, depth);
        }
    }

    fn add_length(&self, len: &ListLen, out: &mut VarSet, depth: u32) {
        if let ListLen::Var(v) = len {
            self.add(*v, out, depth + 1);
        }
    }

    fn add_run(&self, run: RunId, out: &mut VarSet) {
        let Some(run) = self.pat.runs.get(run.0 as usize) else { return };
        for fragment in &run.fragments {
            for t in fragment.tokens.clone() {
                if let Some(Some(v)) = self.pat.plus_vars.get(t as usize) {
                    self.add(*v, out, 0);
                }
            }
        }
    }

    fn add_token(&self, token: TokenId, out: &mut VarSet) {
        let Some(t) = self.pat.tokens.get(token.0 as usize) else { return };
        t.var.iter().chain(&t.attached).for_each(|v| self.add(*v, out, 0));
        t.before.iter().chain(&t.after).chain(&t.replace).for_each(|r| self.add_run(*r, out));
    }

    fn add_slots(&self, node: NodeId, out: &mut VarSet) {
        if let Some(slots) = self.pat.slots.get(&node) {
            slots.before.iter().chain(&slots.after).for_each(|r| self.add_run(*r, out));
        }
    }

    /// The variables of everything below a node, plus code included, inherited ones left out.
    pub(crate) fn vars_of(&mut self, node: NodeId) -> VarSet {
        self.all_vars_of(node).keep(|v| !self.is_inherited(v))
    }

    fn is_inherited(&self, var: u32) -> bool {
        self.rule.metavars.get(var as usize).is_some_and(|m| m.inherited.is_some())
    }

    /// The variables of what a rule element owns, inherited ones left out.
    pub(crate) fn vars_of_elem(&mut self, kind: ElemKind) -> VarSet {
        self.all_vars_of_elem(kind).keep(|v| !self.is_inherited(v))
    }

    /// The inherited variables of what a rule element owns: without their values it cannot match (`semantics.md` 3.2).
    pub(crate) fn inherited_of_elem(&mut self, kind: ElemKind) -> VarSet {
        let any = |v: u32| matches!(self.rule.metavars[v as usize].kind, MvKind::Position { .. });
        let mut out = VarSet::default();
        match self.owned_by(kind) {
            Some(children) => {
                self.add_slots(kind.node(), &mut out);
                children.into_iter().for_each(|c| self.add_required(c, &mut out));
            }
            None if matches!(kind, ElemKind::Any(_) | ElemKind::AfterNode(_)) => out = self.all_vars_of_elem(kind),
            None => self.add_required(Child::Node(kind.node()), &mut out),
        }
        out.keep(|v| self.is_inherited(v) && !any(v))
    }

    /// The variables outside of disjunctions: of those inside, another branch may do without.
    fn add_required(&self, child: Child, out: &mut VarSet) {
        let mut stack = vec![child];
        while let Some(child) = stack.pop() {
            match child {
                Child::Token(t) => self.add_token(t, out),
                Child::Node(n) => {
                    self.add_slots(n, out);
                    if self.tree.kind(n) != SyntaxKind::Disj {
                        stack.extend(self.tree.children(n));
                    }
                }
            }
        }
    }

    /// The children of its pattern node that an element owns, if it does not own the whole node.
    fn owned_by(&self, kind: ElemKind) -> Option<Vec<Child>> {
        let point =
            kind.point_kind().filter(|_| !matches!(kind, ElemKind::ImplicitReturn(_) | ElemKind::OpenList(_)))?;
        let children = owned(self.tree, point, kind.node());
        let whole = children.iter().any(|c| *c == Child::Node(kind.node()));
        (!whole).then_some(children)
    }

    fn all_vars_of(&mut self, node: NodeId) -> VarSet {
        if let Some(known) = self.var_memo.get(&node) {
            return known.clone();
        }
        let mut out = VarSet::default();
        for n in self.tree.preorder(node) {
            self.add_slots(n, &mut out);
            self.tree.child_tokens(n).for_each(|t| self.add_token(t, &mut out));
        }
        self.var_memo.insert(node, out.clone());
        out
    }

    fn all_vars_of_elem(&mut self, kind: ElemKind) -> VarSet {
        let node = kind.node();
        let mut out = VarSet::default();
        match kind {
            ElemKind::AfterNode(_) => self.add_slots(node, &mut out),
            ElemKind::OpenList(_) => return self.all_vars_of(node),
            ElemKind::Any(_) => {
                if let Some(t) = self.tree.first_token(node) {
                    self.add_token(t, &mut out);
                }
            }
            _ => match kind.point_kind() {
                Some(point) if !matches!(kind, ElemKind::ImplicitReturn(_)) => {
                    self.add_slots(node, &mut out);
                    for child in owned(self.tree, point, node) {
                        match child {
                            Child::Token(t) => self.add_token(t, &mut out),
                            Child::Node(n) if n == node => return self.all_vars_of(node),
                            Child::Node(n) => out = out.union(&self.all_vars_of(n)),
                        }
                    }
                }
                _ => return self.all_vars_of(node),
            },
        }
        out
    }

    /// The variables of everything that follows.
    pub(crate) fn vars_of_cont(&mut self, cont: ContId) -> VarSet {
        let mut out = VarSet::default();
        let mut at = Some(cont);
        while let Some(id) = at {
            let frame = self.frame(id);
            match frame.kind {
                FrameKind::Items(list, start) => {
                    let mut i = start;
                    while let Some(item) = self.list_item(list, i) {
                        out = out.union(&self.vars_of(item));
                        i += 1;
                    }
                }
                FrameKind::Close(block, ..) => out = out.union(&self.vars_of_elem(ElemKind::Close(block))),
                FrameKind::DoTail(node, _) => out = out.union(&self.vars_of_elem(ElemKind::DoTail(node))),
                FrameKind::End(_) => {}
            }
            at = frame.next;
        }
        out
    }

    /// Which of `own` also occur in what follows and are not quantified yet.
    pub(crate) fn shared(&mut self, own: &VarSet, rest: ContId, ctx: &Ctx) -> VarSet {
        let later = self.vars_of_cont(rest);
        own.keep(|v| later.has(v) && !ctx.quantified.has(v))
    }

    /// The same for an item; before dots that may not pass it, all of its variables are shared.
    pub(crate) fn shared_with_rest(&mut self, item: NodeId, own: &VarSet, rest: ContId, ctx: &Ctx) -> VarSet {
        let dots = self.first_item(rest).filter(|n| matches!(self.tree.kind(*n), SyntaxKind::Dots | SyntaxKind::Nest));
        let itself = matches!(self.tree.kind(item), SyntaxKind::Dots | SyntaxKind::Nest);
        match dots {
            Some(dots) if !itself && !self.has_when(dots, SyntaxKind::WhenAny) => {
                let later = self.vars_of_cont(rest);
                own.keep(|v| !ctx.quantified.has(v) && (later.has(v) || !self.is_position(v)))
            }
            _ => self.shared(own, rest, ctx),
        }
    }

    /// The next item, if the continuation starts with one.
    pub(crate) fn first_item(&self, cont: ContId) -> Option<NodeId> {
        match self.frame(cont).kind {
            FrameKind::Items(list, start) => self.list_item(list, start),
            _ => None,
        }
    }

    /// Variables that occur in at least two of the parts and are not quantified yet.
    pub(crate) fn shared_parts(&self, parts: &[VarSet], ctx: &Ctx) -> VarSet {
        let mut out = VarSet::default();
        for (i, a) in parts.iter().enumerate() {
            for b in &parts[i + 1..] {
                out = out.union(&a.keep(|v| b.has(v) && !ctx.quantified.has(v)));
            }
        }
        out
    }

    pub(crate) fn has_when(&self, dots: NodeId, kind: SyntaxKind) -> bool {
        self.tree.child_nodes(dots).any(|n| self.tree.kind(n) == kind)
    }
}

//! Structured statements as trees over the graph: blocks, branches, loops, switches, functions (`semantics.md` 3.5, 3.8, 3.9).

use c_syntax::{NodeId, SyntaxKind, TokenKind};
use smpl_parser::{Mark, MvKind};

use crate::compile::elem::ElemKind;
use crate::compile::state::{Before, Compiler, ContId, Ctx, End, Frame, FrameKind, Scope, Test, VarSet};
use crate::ctl::{Edges, FormulaId, Var};

impl Compiler<'_> {
    /// Whether a brace has a mark, plus code or a position.
    pub(crate) fn braces_edited(&self, block: NodeId) -> bool {
        self.brace_edited(block, TokenKind::LBrace) || self.brace_edited(block, TokenKind::RBrace)
    }

    fn brace_edited(&self, block: NodeId, brace: TokenKind) -> bool {
        let slots = self.pat.slots.get(&block);
        let slot =
            slots.is_some_and(|s| if brace == TokenKind::LBrace { !s.before.is_empty() } else { !s.after.is_empty() });
        slot || self.tree.child_token(block, brace).is_some_and(|t| self.is_edited(t))
    }

    /// Whether a brace is removed, or has plus code on its outer side.
    pub(crate) fn braces_edited_outside(&self, block: NodeId) -> bool {
        let slots = self.pat.slots.get(&block).is_some_and(|s| !(s.before.is_empty() && s.after.is_empty()));
        let edited = |brace: TokenKind| {
            self.tree.child_token(block, brace).is_some_and(|t| {
                let t = self.pat.token(t);
                let outside = if brace == TokenKind::LBrace { &t.before } else { &t.after };
                t.mark == Mark::Minus || !outside.is_empty() || !t.replace.is_empty()
            })
        };
        slots || edited(TokenKind::LBrace) || edited(TokenKind::RBrace)
    }

    pub(crate) fn braces_removed(&self, block: NodeId) -> bool {
        [TokenKind::LBrace, TokenKind::RBrace]
            .iter()
            .all(|b| self.tree.child_token(block, *b).is_some_and(|t| self.pat.token(t).mark == Mark::Minus))
    }

    fn contents(&self, block: NodeId) -> Vec<NodeId> {
        self.tree.child_nodes(block).collect()
    }

    /// Whether the only item is context dots without `when`.
    pub(crate) fn only_dots(&self, items: &[NodeId]) -> bool {
        matches!(items, [d] if self.tree.kind(*d) == SyntaxKind::Dots
            && self.tree.child_node(*d, 0).is_none() && !self.is_minus(*d))
    }

    fn only_nest(&self, items: &[NodeId]) -> bool {
        matches!(items, [one] if self.tree.kind(*one) == SyntaxKind::Nest)
    }

    /// Whether a block pattern may stand for one statement without braces.
    fn braces_optional(&self) -> bool {
        !self.rule.disabled.iter().any(|d| d == "all" || d.starts_with("braces"))
    }

    fn only_list(&self, items: &[NodeId]) -> bool {
        let [one] = items else { return false };
        let token = self.tree.first_token(*one);
        self.tree.kind(*one) == SyntaxKind::MetaVar
            && token.and_then(|t| self.pat.token(t).var).is_some_and(|v| {
                matches!(self.rule.metavars.get(v.0 as usize).map(|m| &m.kind), Some(MvKind::StatementList(_)))
            })
    }

    /// `{ ... }` and what follows (`semantics.md` 3.5).
    pub(crate) fn block(&mut self, block: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let found = self.any_block(block, frame, rest, ctx);
        match frame.before {
            Before::Start => self.top_block(block, found),
            _ => found,
        }
    }

    fn any_block(&mut self, block: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let items = self.contents(block);
        let list = self.only_list(&items);
        if list || (self.only_dots(&items) && !self.braces_edited(block)) {
            let open = self.elem(if list { ElemKind::OpenList(block) } else { ElemKind::Open(block) }, ctx);
            if self.seq(rest, ctx).is_none() && !self.brace_edited(block, TokenKind::RBrace) {
                return open;
            }
            let close = self.elem(ElemKind::Close(block), ctx);
            let next = self.next(rest, ctx);
            let close = self.f.and(close, next);
            let close = self.f.ex(close);
            let after = self.test(Test::After);
            let past = self.f.and(after, close);
            let past = self.f.ex(past);
            return self.f.and(open, past);
        }
        let written = self.block_as_written(block, &items, frame, rest, ctx);
        if self.only_nest(&items) && !self.braces_edited(block) && self.braces_optional() {
            let scope = Scope { around: None, ..frame.scope };
            let bare = self.items(&items, scope, frame.before, rest);
            let open = self.elem(ElemKind::Open(block), &ctx.guard());
            let other = self.f.not(open);
            let bare = match self.seq(bare, ctx) {
                Some(f) => self.f.and(other, f),
                None => other,
            };
            return self.f.or(written, bare);
        }
        if !self.leaves_by_return(&items) {
            return written;
        }
        let by_goto = self.block_by_goto(block, &items, ctx);
        self.f.or(written, by_goto)
    }

    /// Whether a body ends in a return and has dots: the idiom of error handling.
    fn leaves_by_return(&self, items: &[NodeId]) -> bool {
        items.last().is_some_and(|n| self.is_return(*n))
            && items.iter().any(|n| matches!(self.tree.kind(*n), SyntaxKind::Dots | SyntaxKind::Nest))
    }

    /// A return, or a choice of returns (as isomorphisms make).
    fn is_return(&self, item: NodeId) -> bool {
        match self.tree.kind(item) {
            SyntaxKind::Return => true,
            SyntaxKind::Disj => self
                .tree
                .child_nodes(item)
                .filter(|b| self.tree.kind(*b) == SyntaxKind::DisjBranch)
                .all(|b| self.tree.child_nodes(b).last().is_some_and(|n| self.is_return(n))),
            _ => false,
        }
    }

    /// `{ ... return e; }` as a branch that gets to the return by a goto: the bare goto, or a block that is left by one
    /// (`semantics.md` 3.5).
    fn block_by_goto(&mut self, block: NodeId, items: &[NodeId], ctx: &Ctx) -> FormulaId {
        let end = self.end(End::Pattern);
        let cont = self.items(items, Scope { by_goto: true, ..Scope::default() }, Before::None, end);
        let body = match self.seq(cont, ctx) {
            Some(f) => f,
            None => self.f.yes(),
        };
        let (goto, label, closes) = (self.test(Test::Goto), self.test(Test::Label), self.test(Test::Closes));
        let target = self.step(body, cont, ctx);
        let target = self.f.and(label, target);
        let way = if ctx.forall { self.f.au(closes, target) } else { self.f.eu(Edges::All, closes, target) };
        let way = if ctx.forall { self.f.ax(way) } else { self.f.ex(way) };
        let bare = self.f.and(goto, way);
        if self.brace_edited(block, TokenKind::RBrace) {
            let left = self.left_by_goto(block, items, body, cont, ctx);
            return self.f.or(bare, left);
        }
        let (by, other) = (self.test(Test::AfterGoto), self.test(Test::AfterOther));
        let (by, other) = (self.f.ex(by), self.f.ex(other));
        let only = self.f.not(other);
        let open = self.elem(ElemKind::Open(block), ctx);
        let next = self.step(body, cont, ctx);
        let left = self.f.all(&[open, by, only, next]);
        self.f.or(bare, left)
    }

    /// A block whose closing brace is edited, all paths of which pass a goto that leaves it, and from its start on the way `body`.
    fn left_by_goto(&mut self, block: NodeId, items: &[NodeId], body: FormulaId, cont: ContId, ctx: &Ctx) -> FormulaId {
        // Removed dots remove what the block holds, not what follows the label.
        let dots = items.first().copied().filter(|d| items.len() == 2 && self.is_minus(*d) && !ctx.guard);
        let (gap, body) = match dots.filter(|d| self.tree.kind(*d) == SyntaxKind::Dots) {
            Some(d) => (self.elem(ElemKind::Any(d), ctx), self.seq(cont, &ctx.guard()).unwrap_or(body)),
            None => (self.f.yes(), body),
        };
        let p = self.fresh();
        let (open, start) = (self.elem(ElemKind::Open(block), ctx), self.brace(p));
        let (close, end) = (self.elem(ElemKind::Close(block), ctx), self.brace(p));
        let (goto, closes) = (self.test(Test::Goto), self.test(Test::Closes));
        let close = self.f.and(end, close);
        let out = if ctx.forall { self.f.au(closes, close) } else { self.f.eu(Edges::All, closes, close) };
        let out = if ctx.forall { self.f.ax(out) } else { self.f.ex(out) };
        let leaves = self.f.all(&[goto, gap, out]);
        let inside = if ctx.forall { self.f.au(gap, leaves) } else { self.f.eu(Edges::All, gap, leaves) };
        let inside = if ctx.forall { self.f.ax(inside) } else { self.f.ex(inside) };
        let next = self.step(body, cont, ctx);
        let all = self.f.all(&[open, start, inside, next]);
        self.hide(p, all)
    }

    fn block_as_written(
        &mut self,
        block: NodeId,
        items: &[NodeId],
        frame: &Frame,
        rest: ContId,
        ctx: &Ctx,
    ) -> FormulaId {
        let (p, l) = (self.fresh(), self.fresh());
        let kind = FrameKind::Close(block, p, false);
        let close = self.cont(Frame { kind, scope: Scope::default(), before: Before::None, next: Some(rest) });
        let scope = Scope { label: Some(l), around: None, ..frame.scope };
        let body = self.items(items, scope, Before::Brace(block, p), close);
        let own = self.vars_of_elem(ElemKind::Open(block));
        let shared = self.shared(&own, body, ctx);
        let inner = ctx.with(&shared);
        let open = self.elem(ElemKind::Open(block), &inner);
        let (brace, at) = (self.brace(p), self.label(l));
        let mut next = match self.seq(body, &inner) {
            Some(f) => f,
            None => self.f.yes(),
        };
        if ctx.forall {
            let after = self.test(Test::After);
            next = self.f.or(after, next);
        }
        let next = self.step(next, body, &inner);
        let all = self.f.all(&[open, brace, at, next]);
        let all = self.hide(l, all);
        let all = self.hide(p, all);
        self.quantify(&shared, !ctx.guard, all)
    }

    /// The closing brace of a block or function, and what follows.
    pub(crate) fn close(
        &mut self,
        block: NodeId,
        p: Var,
        function: bool,
        next: Option<ContId>,
        ctx: &Ctx,
    ) -> FormulaId {
        let brace = self.brace(p);
        let close = self.elem(ElemKind::Close(block), ctx);
        let here = self.f.and(brace, close);
        let closes = self.test(Test::Closes);
        if function {
            let end = self.f.au(closes, here);
            let dup = self.test(Test::Dup);
            let first = self.f.not(dup);
            let first = self.f.ex_back(first);
            let (exit, error) = (self.test(Test::PreExit), self.test(Test::ErrorExit));
            let exit = self.f.or(exit, error);
            let leaves = self.f.au(closes, exit);
            return self.f.all(&[closes, first, end, leaves]);
        }
        let after = match next {
            Some(next) => self.next(next, ctx),
            None => self.f.yes(),
        };
        let here = self.f.and(here, after);
        self.f.au(closes, here)
    }

    /// What follows a structured statement: through the short cut `past` to its end, and on (`semantics.md` 3.8).
    fn tail(&mut self, node: NodeId, past: Test, rest: ContId, ctx: &Ctx) -> FormulaId {
        let past = self.test(past);
        let added = self.adds_after(node, ctx);
        let follows = self.seq(rest, ctx);
        let mut end = match follows {
            Some(k) => self.step(k, rest, ctx),
            None => self.f.yes(),
        };
        if added {
            let code = self.elem(ElemKind::AfterNode(node), ctx);
            end = self.f.and(code, end);
        }
        if added || follows.is_some() {
            end = self.f.ex(end);
        }
        let here = self.f.and(past, end);
        self.f.ex(here)
    }

    fn adds_after(&self, node: NodeId, ctx: &Ctx) -> bool {
        !ctx.guard && self.pat.slots.get(&node).is_some_and(|s| !s.after.is_empty())
    }

    /// Whether anything of the rule stands behind a structured statement.
    fn goes_on(&mut self, node: NodeId, rest: ContId, ctx: &Ctx) -> bool {
        self.adds_after(node, ctx) || self.seq(rest, ctx).is_some()
    }

    fn slot_vars(&mut self, node: NodeId, rest: ContId) -> VarSet {
        let after = self.vars_of_elem(ElemKind::AfterNode(node));
        after.union(&self.vars_of_cont(rest))
    }

    /// A branch or loop body, from the point where it is entered.
    fn branch(&mut self, stmt: NodeId, l: Var, scope: Scope, ctx: &Ctx) -> FormulaId {
        let kind = FrameKind::End(End::Branch(l));
        let end = self.cont(Frame { kind, scope, before: Before::None, next: None });
        let cont = self.items(&[stmt], scope, Before::Head, end);
        self.next(cont, ctx)
    }

    pub(crate) fn if_(&mut self, node: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let parts: Vec<NodeId> = self.contents(node);
        let (Some(then), other) = (parts.get(1).copied(), parts.get(2).copied()) else { return self.f.no() };
        let other = other.and_then(|e| Some((e, self.tree.child_node(e, 0)?)));
        let mut vars = vec![self.vars_of_elem(ElemKind::IfHead(node)), self.vars_of(then)];
        if let Some((keyword, stmt)) = other {
            // What is added at the word may need variables of the branch.
            vars.extend([self.vars_of_elem(ElemKind::ElseKw(keyword)), self.vars_of(stmt)]);
        }
        vars.push(self.slot_vars(node, rest));
        let shared = self.shared_parts(&vars, ctx);
        let inner = ctx.with(&shared);
        let l = self.fresh();
        let scope = Scope { label: Some(l), ..frame.scope };
        let mut all = vec![self.elem(ElemKind::IfHead(node), &inner), self.label(l)];
        let taken = self.branch(then, l, scope, &inner);
        let mark = self.test(Test::Then);
        let taken = self.f.and(mark, taken);
        all.push(self.f.ex(taken));
        match other {
            Some((keyword, stmt)) => {
                let body = self.branch(stmt, l, scope, &inner);
                let word = self.elem(ElemKind::ElseKw(keyword), &inner);
                let both = self.f.and(word, body);
                let both = if ctx.forall { self.f.ax(both) } else { self.f.ex(both) };
                let mark = self.test(Test::ElseMark);
                let both = self.f.and(mark, both);
                all.push(self.f.ex(both));
            }
            None => {
                let fall = self.test(Test::Fall);
                all.push(self.f.ex(fall));
            }
        }
        all.push(self.tail(node, Test::After, rest, &inner));
        self.closed(&all, l, &shared, ctx)
    }

    fn closed(&mut self, parts: &[FormulaId], l: Var, shared: &VarSet, ctx: &Ctx) -> FormulaId {
        let all = self.f.all(parts);
        let all = self.hide(l, all);
        self.quantify(shared, !ctx.guard, all)
    }

    /// while, for, iterators.
    pub(crate) fn loop_(&mut self, node: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let head = match self.tree.kind(node) {
            SyntaxKind::While => ElemKind::WhileHead(node),
            SyntaxKind::For => ElemKind::ForHead(node),
            _ => ElemKind::IteratorHead(node),
        };
        let Some(body) = self.contents(node).last().copied() else { return self.f.no() };
        let added = self.pat.slots.get(&node).is_some_and(|s| !s.after.is_empty());
        if self.is_free_statement(body) && !added && self.seq(rest, ctx).is_none() {
            return self.elem(head, ctx);
        }
        let name = self.tree.child_node(node, 0);
        let guard = matches!(head, ElemKind::IteratorHead(_))
            && name.is_some_and(|n| matches!(self.tree.node_text(n), b"scoped_guard" | b"scoped_cond_guard"));
        let vars = [self.vars_of_elem(head), self.vars_of(body), self.slot_vars(node, rest)];
        let shared = self.shared_parts(&vars, ctx);
        let inner = ctx.with(&shared);
        let l = self.fresh();
        let jump = if guard { frame.scope.jump } else { Some(l) };
        let scope = Scope { label: Some(l), jump, around: Some(node), ..frame.scope };
        let entered = if guard {
            let kind = FrameKind::End(End::Branch(l));
            let end = self.cont(Frame { kind, scope, before: Before::None, next: None });
            let cont = self.items(&[body], scope, Before::Head, end);
            match self.seq(cont, &inner) {
                Some(f) => f,
                None => self.f.yes(),
            }
        } else {
            let inside = self.branch(body, l, scope, &inner);
            let mark = self.test(Test::InLoop);
            self.f.and(mark, inside)
        };
        let entered = self.f.ex(entered);
        let here = self.elem(head, &inner);
        let at = self.label(l);
        let past = if guard { Test::After } else { Test::LoopFall };
        let tail = self.tail(node, past, rest, &inner);
        self.closed(&[here, at, entered, tail], l, &shared, ctx)
    }

    /// A statement metavariable that says nothing (`semantics.md` 3.8, f10).
    fn is_free_statement(&self, body: NodeId) -> bool {
        let Some(token) = self.tree.first_token(body) else { return false };
        if self.tree.kind(body) != SyntaxKind::MetaVar || self.is_edited(token) || self.pat.slots.contains_key(&body) {
            return false;
        }
        let var = self.pat.token(token).var.and_then(|v| self.rule.metavars.get(v.0 as usize));
        var.is_some_and(|m| {
            matches!(m.kind, MvKind::Statement)
                && m.unitary
                && m.inherited.is_none()
                && matches!(m.constraint, smpl_parser::Constraint::True)
        })
    }

    pub(crate) fn do_while(&mut self, node: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let Some(body) = self.tree.child_node(node, 0) else { return self.f.no() };
        let vars = [
            self.vars_of_elem(ElemKind::DoHead(node)),
            self.vars_of(body),
            self.vars_of_elem(ElemKind::DoTail(node)),
            self.slot_vars(node, rest),
        ];
        let shared = self.shared_parts(&vars, ctx);
        let inner = ctx.with(&shared);
        let l = self.fresh();
        let scope = Scope { label: Some(l), jump: Some(l), around: None, ..frame.scope };
        let kind = FrameKind::DoTail(node, l);
        let end = self.cont(Frame { kind, scope, before: Before::None, next: None });
        let cont = self.items(&[body], scope, Before::Head, end);
        let inside = match self.seq(cont, &inner) {
            Some(f) => f,
            None => self.f.yes(),
        };
        let inside = self.f.ex(inside);
        let here = self.elem(ElemKind::DoHead(node), &inner);
        let at = self.label(l);
        let tail = self.tail(node, Test::After, rest, &inner);
        self.closed(&[here, at, inside, tail], l, &shared, ctx)
    }

    pub(crate) fn do_tail(&mut self, node: NodeId, l: Var, ctx: &Ctx) -> FormulaId {
        let tail = self.elem(ElemKind::DoTail(node), ctx);
        let at = self.label(l);
        self.f.and(at, tail)
    }

    /// The items of a switch's body as cases: each a header with what follows it up to the next.
    fn cases(&self, body: NodeId) -> Vec<Vec<NodeId>> {
        let mut out: Vec<Vec<NodeId>> = Vec::new();
        for item in self.tree.child_nodes(body) {
            match (self.tree.kind(item), out.last_mut()) {
                (SyntaxKind::Case | SyntaxKind::Default, _) => out.push(vec![item]),
                (_, Some(case)) => case.push(item),
                _ => {}
            }
        }
        out
    }

    pub(crate) fn switch(&mut self, node: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let Some(body) = self.tree.child_node(node, 1) else { return self.f.no() };
        let cases = self.cases(body);
        let mut vars = vec![self.vars_of_elem(ElemKind::SwitchHead(node)), self.slot_vars(node, rest)];
        vars.push(self.vars_of_elem(ElemKind::Open(body)).union(&self.vars_of_elem(ElemKind::Close(body))));
        for case in &cases {
            let mut of = VarSet::default();
            for n in case {
                of = of.union(&self.vars_of(*n));
            }
            vars.push(of);
        }
        let shared = self.shared_parts(&vars, ctx);
        let inner = ctx.with(&shared);
        let (l, p) = (self.fresh(), self.fresh());
        let inside = self.switch_body(body, &cases, (l, p), frame, &inner);
        let default = cases.iter().any(|c| self.tree.kind(c[0]) == SyntaxKind::Default);
        let mut each = inside;
        if !default {
            let fall = self.test(Test::Fall);
            each = self.f.or(fall, inside);
        }
        let each = self.f.ax(each);
        let some = self.f.ex(inside);
        let here = self.elem(ElemKind::SwitchHead(node), &inner);
        let at = self.label(l);
        let mut tail = self.tail(node, Test::After, rest, &inner);
        // The end of a switch that is never left by it has no point.
        if !self.goes_on(node, rest, &inner) {
            tail = self.f.yes();
        }
        self.closed(&[here, at, each, some, tail], l, &shared, ctx)
    }

    fn switch_body(
        &mut self,
        body: NodeId,
        cases: &[Vec<NodeId>],
        (l, p): (Var, Var),
        frame: &Frame,
        ctx: &Ctx,
    ) -> FormulaId {
        let scope = Scope { label: Some(l), jump: Some(l), around: None, ..frame.scope };
        let kind = FrameKind::End(End::Case(l, p));
        let end = self.cont(Frame { kind, scope, before: Before::None, next: None });
        let mut all = vec![self.elem(ElemKind::Open(body), ctx), self.brace(p)];
        let (mut any, mut heads) = (self.f.no(), self.f.no());
        for case in cases {
            let cont = self.items(case, scope, Before::None, end);
            let Some(one) = self.seq(cont, ctx) else { continue };
            all.push(self.f.ex(one));
            any = self.f.or(any, one);
            let kind = match self.tree.kind(case[0]) {
                SyntaxKind::Case => ElemKind::Case(case[0]),
                _ => ElemKind::Default(case[0]),
            };
            let head = self.elem(kind, &ctx.guard());
            heads = self.f.or(heads, head);
        }
        if ctx.forall && !cases.is_empty() {
            let other = self.f.not(heads);
            let each = self.f.or(any, other);
            all.push(self.f.ax(each));
        }
        if self.brace_edited(body, TokenKind::RBrace) {
            let (brace, close) = (self.brace(p), self.elem(ElemKind::Close(body), ctx));
            let close = self.f.and(brace, close);
            let yes = self.f.yes();
            all.push(self.f.eu(Edges::All, yes, close));
        }
        let all = self.f.all(&all);
        self.hide(p, all)
    }

    /// A function: header, opening brace, body, the closing braces that lead to an exit (`semantics.md` 3.9).
    pub(crate) fn function(&mut self, node: NodeId, rest: ContId, ctx: &Ctx) -> FormulaId {
        let body = self.contents(node).into_iter().find(|n| self.tree.kind(*n) == SyntaxKind::Block);
        let Some(body) = body else { return self.f.no() };
        let head = ElemKind::FunHead(node);
        let vars = [self.vars_of_elem(head), self.vars_of(body), self.slot_vars(node, rest)];
        let shared = self.shared_parts(&vars, ctx);
        let inner = ctx.with(&shared);
        let here = self.elem(head, &inner);
        let inside = self.function_body(body, &inner);
        let inside = if ctx.forall { self.f.ax(inside) } else { self.f.ex(inside) };
        let mut all = self.f.and(here, inside);
        let added = !ctx.guard && self.pat.slots.get(&node).is_some_and(|s| !s.after.is_empty());
        if added {
            let exit = self.test(Test::PreExit);
            let code = self.elem(ElemKind::AfterNode(node), &inner);
            let code = self.f.and(exit, code);
            all = self.f.gather(all, code);
        }
        self.quantify(&shared, !ctx.guard, all)
    }

    /// From the opening brace of a function on.
    fn function_body(&mut self, body: NodeId, ctx: &Ctx) -> FormulaId {
        let items = self.contents(body);
        let edited = self.brace_edited(body, TokenKind::RBrace);
        let p = self.fresh();
        let list = self.only_list(&items);
        let open = self.elem(if list { ElemKind::OpenList(body) } else { ElemKind::Open(body) }, ctx);
        let brace = self.brace(p);
        let start = self.f.and(open, brace);
        let kind = FrameKind::Close(body, p, true);
        let close = self.cont(Frame { kind, scope: Scope::default(), before: Before::None, next: None });
        if list || (self.only_dots(&items) && !edited) {
            let all = if edited { self.with_close(start, body, p, ctx) } else { start };
            return self.hide(p, all);
        }
        if let [one] = items[..] {
            if self.tree.kind(one) == SyntaxKind::Nest
                && self.tree.child_token(one, TokenKind::NestOpen).is_some()
                && !self.tree.child_nodes(one).any(|n| (self.tree.kind(n) as u8) >= (SyntaxKind::WhenNot as u8))
                && !edited
            {
                let (inside, quiet) = self.nest_body(one, Scope::default(), None, ctx);
                let each = self.nest_step(one, inside, quiet, ctx);
                let all = self.f.gather(start, each);
                return self.hide(p, all);
            }
            if self.tree.kind(one) == SyntaxKind::Dots && self.is_minus(one) && self.tree.child_node(one, 0).is_none() {
                let brace = self.brace(p);
                let other = self.f.not(brace);
                let any = self.elem(ElemKind::Any(one), ctx);
                let each = self.f.and(other, any);
                let all = self.f.gather(start, each);
                let all = if edited { self.with_close(all, body, p, ctx) } else { all };
                return self.hide(p, all);
            }
        }
        let cont = self.items(&items, Scope::default(), Before::Brace(body, p), close);
        // Code added behind the brace may stand for what is matched further on.
        let own = self.vars_of_elem(ElemKind::Open(body));
        let shared = self.shared(&own, cont, ctx);
        let inner = ctx.with(&shared);
        let next = self.next(cont, &inner);
        let all = self.f.and(start, next);
        let all = self.hide(p, all);
        self.quantify(&shared, !ctx.guard, all)
    }

    /// With the edits of the closing brace, wherever it is.
    fn with_close(&mut self, start: FormulaId, body: NodeId, p: Var, ctx: &Ctx) -> FormulaId {
        let (brace, close) = (self.brace(p), self.elem(ElemKind::Close(body), ctx));
        let close = self.f.and(brace, close);
        let yes = self.f.yes();
        let found = self.f.eu(Edges::All, yes, close);
        self.f.and(start, found)
    }
}

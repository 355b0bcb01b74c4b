//! Items of statement lists: simple statements, bare terms, statement metavariables, disjunctions (`semantics.md` 3.4, 3.10 to 3.13).

use c_syntax::{NodeId, SyntaxKind, TokenId};
use smpl_parser::{Mark, MvKind};

use crate::compile::elem::ElemKind;
use crate::compile::state::{Before, Compiler, ContId, Ctx, End, Frame, FrameKind, Test};
use crate::ctl::FormulaId;

impl Compiler<'_> {
    /// One item and what follows it; none if the item is nothing and nothing follows.
    pub(crate) fn item(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> Option<FormulaId> {
        use SyntaxKind as S;
        let kind = self.tree.kind(item);
        Some(match kind {
            S::Absent => return self.seq(rest, ctx),
            S::Dots => self.dots(item, frame, rest, ctx),
            S::Nest => self.nest(item, frame, rest, ctx),
            S::Disj => return self.choice(item, frame, rest, ctx),
            S::Conj => self.conjunction(item, frame, rest, ctx),
            S::Opt => return self.optional(item, frame, rest, ctx),
            S::Block => self.block(item, frame, rest, ctx),
            S::If => self.if_(item, frame, rest, ctx),
            S::While | S::For | S::Iterator => self.loop_(item, frame, rest, ctx),
            S::DoWhile => self.do_while(item, frame, rest, ctx),
            S::Switch => self.switch(item, frame, rest, ctx),
            S::FunctionDef | S::MacroFunction => self.function(item, rest, ctx),
            S::Define => self.define(item, ctx),
            S::Label => self.labelled(ElemKind::Label(item), 1, frame, rest, ctx),
            S::Case => self.labelled(ElemKind::Case(item), 1, frame, rest, ctx),
            S::Default => self.labelled(ElemKind::Default(item), 0, frame, rest, ctx),
            S::Return => self.return_(item, frame, rest, ctx),
            S::Break | S::Continue => self.jump(item, frame, rest, ctx),
            S::Goto | S::ComputedGoto => self.simple(ElemKind::Goto(item), rest, ctx),
            _ => match self.term(item) {
                ElemKind::StmtVar(_) => self.statement_var(item, frame, rest, ctx),
                elem => self.simple(elem, rest, ctx),
            },
        })
    }

    /// The rule element of an item without structure.
    fn term(&self, item: NodeId) -> ElemKind {
        use SyntaxKind as S;
        let mut core = item;
        while let (S::As, Some(inner)) = (self.tree.kind(core), self.tree.child_node(core, 0)) {
            core = inner;
        }
        let kind = self.tree.kind(core);
        match kind {
            S::MetaVar => match self.kind_of_var(core) {
                Some(MvKind::Statement | MvKind::StatementList(_)) => ElemKind::StmtVar(item),
                Some(MvKind::Declaration | MvKind::PragmaInfo) => ElemKind::Stmt(item),
                Some(MvKind::Type) => ElemKind::Type(item),
                Some(MvKind::Initialiser | MvKind::InitialiserList(_)) => ElemKind::Init(item),
                Some(MvKind::Function | MvKind::LocalFunction | MvKind::Declarer) => ElemKind::Ident(item),
                _ => ElemKind::Expr(item),
            },
            S::TypeName => ElemKind::Type(item),
            S::Name => ElemKind::Ident(item),
            S::InitList => ElemKind::Init(item),
            kind if kind.is_expr() => ElemKind::Expr(item),
            _ => ElemKind::Stmt(item),
        }
    }

    pub(crate) fn kind_of_var(&self, node: NodeId) -> Option<&MvKind> {
        let token = self.tree.first_token(node)?;
        let var = self.pat.tokens.get(token.0 as usize)?.var?;
        Some(&self.rule.metavars.get(var.0 as usize)?.kind)
    }

    /// An element, then at the next point what follows.
    pub(crate) fn simple(&mut self, elem: ElemKind, rest: ContId, ctx: &Ctx) -> FormulaId {
        let here = self.elem(elem, ctx);
        let next = self.next(rest, ctx);
        self.f.and(here, next)
    }

    /// What follows holds at all next points, or at some; true if nothing follows.
    pub(crate) fn next(&mut self, rest: ContId, ctx: &Ctx) -> FormulaId {
        match self.seq(rest, ctx) {
            None => self.f.yes(),
            Some(k) => self.step(k, rest, ctx),
        }
    }

    /// `k`, the translation of `rest`, at all next points or at some: dots there may say which.
    pub(crate) fn step(&mut self, k: FormulaId, rest: ContId, ctx: &Ctx) -> FormulaId {
        let forall = match self.first_item(rest) {
            Some(dots) if matches!(self.tree.kind(dots), SyntaxKind::Dots | SyntaxKind::Nest) => {
                self.forall_of(dots, ctx)
            }
            _ => ctx.forall,
        };
        if forall { self.f.ax(k) } else { self.f.ex(k) }
    }

    pub(crate) fn forall_of(&self, dots: NodeId, ctx: &Ctx) -> bool {
        if self.has_when(dots, SyntaxKind::WhenForall) {
            true
        } else if self.has_when(dots, SyntaxKind::WhenExists) {
            false
        } else {
            ctx.forall
        }
    }

    fn labelled(&mut self, head: ElemKind, inner: usize, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let inner = self.tree.child_node(head.node(), inner).filter(|n| self.tree.kind(*n) != SyntaxKind::Absent);
        let Some(inner) = inner else {
            let (here, next) = (self.elem(head, ctx), self.next(rest, ctx));
            return self.f.and(here, next);
        };
        let vars = [self.vars_of_elem(head), self.vars_of(inner)];
        let shared = self.shared_parts(&vars, ctx);
        let ctx = &ctx.with(&shared);
        let here = self.elem(head, ctx);
        let cont = self.items(&[inner], frame.scope, Before::None, rest);
        let next = self.next(cont, ctx);
        let all = self.f.and(here, next);
        self.quantify(&shared, !ctx.guard, all)
    }

    /// A break or continue inside a loop or switch of the pattern refers to that one (`semantics.md` 3.4).
    fn jump(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let elem = match self.tree.kind(item) {
            SyntaxKind::Break => ElemKind::Break(item),
            _ => ElemKind::Continue(item),
        };
        let mut here = self.elem(elem, ctx);
        if let Some(l) = frame.scope.jump {
            let target = self.atom(crate::compile::Atom::Jump(l), &[l]);
            here = self.f.and(here, target);
        }
        let next = self.next(rest, ctx);
        self.f.and(here, next)
    }

    /// `return;` stands for the end of a function too, where what follows does not matter (`semantics.md` 3.12). In a branch it does not
    /// where it is removed: the branch cannot be removed together with the end of the function.
    fn return_(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let written = self.simple(ElemKind::Return(item), rest, ctx);
        let branch = frame.scope.label.is_some() || frame.scope.by_goto;
        let branch = branch && self.is_minus(item) && !self.rule.star;
        if branch || self.tree.child_node(item, 0).is_some() {
            return written;
        }
        let brace = self.test(Test::LastBrace);
        let implicit = self.elem(ElemKind::ImplicitReturn(item), ctx);
        let implicit = self.f.and(brace, implicit);
        self.f.or(written, implicit)
    }

    /// A statement metavariable (`semantics.md` 3.10).
    fn statement_var(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let mut parts = vec![self.elem(ElemKind::StmtVar(item), ctx)];
        if frame.before != Before::Head {
            let l = self.fresh();
            let (at, label) = (self.label(l), self.label(l));
            let body = self.f.ax_back(label);
            let body = self.f.not(body);
            let free = self.f.and(at, body);
            parts.push(self.hide(l, free));
        }
        if let Some(k) = self.seq(rest, ctx) {
            let past = self.test(Test::Past);
            let next = self.step(k, rest, ctx);
            let beyond = self.f.ex(next);
            let beyond = self.f.and(past, beyond);
            let beyond = self.f.ex(beyond);
            let compound = self.f.ex(past);
            let plain = self.f.not(compound);
            let plain = self.f.and(plain, next);
            parts.push(self.f.or(beyond, plain));
        }
        self.f.all(&parts)
    }

    /// The lists of items of the branches of a disjunction or conjunction.
    fn branches(&self, item: NodeId) -> Vec<Vec<NodeId>> {
        self.tree
            .child_nodes(item)
            .filter(|b| self.tree.kind(*b) == SyntaxKind::DisjBranch)
            .map(|b| self.tree.child_nodes(b).collect())
            .collect()
    }

    /// Ordered choice, each alternative with what follows (`semantics.md` 3.11). A disjunction of expressions or types is one element,
    /// whose choices the term matcher makes.
    fn choice(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> Option<FormulaId> {
        let branches = self.branches(item);
        if let Some(elem) = self.bare_choice(item, &branches) {
            return Some(self.simple(elem, rest, ctx));
        }
        let mut out: Option<FormulaId> = None;
        for items in branches.iter().rev() {
            let cont = self.items(items, frame.scope, frame.before, rest);
            let one = match self.seq(cont, ctx) {
                Some(f) => f,
                // As a bound of dots, an empty branch counts for nothing.
                None if ctx.guard => continue,
                None => self.f.yes(),
            };
            out = Some(match out {
                None => one,
                Some(later) => self.first_of(one, later, ctx),
            });
        }
        out
    }

    /// The second only where the first does not hold; but what bounds dots is only asked whether it holds.
    fn first_of(&mut self, first: FormulaId, second: FormulaId, ctx: &Ctx) -> FormulaId {
        if ctx.guard { self.f.or(first, second) } else { self.f.seq_or(first, second) }
    }

    /// Whether an item may stand for no statement at all.
    pub(crate) fn may_be_nothing(&self, item: NodeId) -> bool {
        match self.tree.kind(item) {
            SyntaxKind::Opt => true,
            SyntaxKind::Disj => self.branches(item).iter().any(Vec::is_empty),
            _ => false,
        }
    }

    /// The element of a disjunction all of whose branches are one bare term of one sort. A function's name beside expressions is one.
    fn bare_choice(&self, item: NodeId, branches: &[Vec<NodeId>]) -> Option<ElemKind> {
        let mut out: Option<ElemKind> = None;
        for items in branches {
            let [one] = items[..] else { return None };
            let found = match self.tree.kind(one) {
                SyntaxKind::Disj => self.bare_choice(one, &self.branches(one))?,
                SyntaxKind::Conj | SyntaxKind::Opt | SyntaxKind::Nest | SyntaxKind::Dots => return None,
                _ => self.term(one),
            };
            if !found.is_bare() {
                return None;
            }
            out = Some(match (out, found) {
                (None, found) => found,
                (Some(ElemKind::Expr(_)), ElemKind::Ident(_)) | (Some(ElemKind::Ident(_)), ElemKind::Expr(_)) => {
                    ElemKind::Expr(item)
                }
                (Some(a), b) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => a,
                _ => return None,
            });
        }
        Some(match out? {
            ElemKind::Expr(_) => ElemKind::Expr(item),
            ElemKind::Type(_) => ElemKind::Type(item),
            ElemKind::Ident(_) => ElemKind::Ident(item),
            _ => ElemKind::Init(item),
        })
    }

    /// Whether a conjunction is one of expressions: bare ones and nests of bare ones, and not of nests alone.
    fn joins_expressions(&self, branches: &[Vec<NodeId>]) -> bool {
        let is_expression = |n: NodeId| match self.tree.kind(n) {
            SyntaxKind::Disj => matches!(self.bare_choice(n, &self.branches(n)), Some(ElemKind::Expr(_))),
            SyntaxKind::Conj => self.joins_expressions(&self.branches(n)),
            SyntaxKind::Opt | SyntaxKind::Nest | SyntaxKind::Dots => false,
            _ => matches!(self.term(n), ElemKind::Expr(_)),
        };
        let mut some = false;
        let all = branches.iter().all(|items| match items[..] {
            [one] if self.tree.kind(one) == SyntaxKind::Nest => {
                let mut inner = self.tree.child_nodes(one);
                inner.next().is_some_and(is_expression) && inner.next().is_none()
            }
            [one] => {
                some = true;
                is_expression(one)
            }
            _ => false,
        });
        all && some
    }

    /// All branches, each with what follows (`semantics.md` 3.11). A conjunction of expressions is one element, so that they are the same one.
    fn conjunction(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let branches = self.branches(item);
        if self.joins_expressions(&branches) {
            return self.simple(ElemKind::Expr(item), rest, ctx);
        }
        let mut vars = Vec::new();
        for items in &branches {
            let mut of = crate::compile::state::VarSet::default();
            for n in items {
                of = of.union(&self.vars_of(*n));
            }
            vars.push(of);
        }
        let shared = self.shared_parts(&vars, ctx);
        let inner = ctx.with(&shared);
        let mut parts = Vec::new();
        for items in &branches {
            let cont = self.items(items, frame.scope, frame.before, rest);
            parts.extend(self.seq(cont, &inner));
        }
        let all = self.f.all(&parts);
        self.quantify(&shared, !ctx.guard, all)
    }

    /// `?s`: with it or without (`semantics.md` 3.11).
    fn optional(&mut self, item: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> Option<FormulaId> {
        let Some(inner) = self.tree.child_node(item, 0) else { return self.seq(rest, ctx) };
        let cont = self.items(&[inner], frame.scope, frame.before, rest);
        let with = self.seq(cont, ctx)?;
        let without = match self.seq(rest, ctx) {
            // Dots that begin a rule begin at the function's start.
            Some(f) if frame.before == Before::Start && self.begins_with_dots(rest) => {
                let (top, inside) = (self.test(Test::Top), self.f.ex(f));
                self.f.and(top, inside)
            }
            Some(f) => f,
            // As a bound of dots, what is optional counts where it stands only.
            None if ctx.guard => return Some(with),
            None => match frame.before {
                Before::Item(d) if matches!(self.tree.kind(d), SyntaxKind::Dots | SyntaxKind::Nest) => {
                    self.end_goal(frame, rest)
                }
                _ => self.f.yes(),
            },
        };
        Some(self.first_of(with, without, ctx))
    }

    fn begins_with_dots(&self, rest: ContId) -> bool {
        self.first_item(rest).is_some_and(|n| matches!(self.tree.kind(n), SyntaxKind::Dots | SyntaxKind::Nest))
    }

    /// `#define h body` (`semantics.md` 3.9).
    fn define(&mut self, item: NodeId, ctx: &Ctx) -> FormulaId {
        let body = self.tree.child_nodes(item).find(|n| self.tree.kind(*n) == SyntaxKind::MacroBody);
        let body = body.filter(|b| !self.tree.children(*b).is_empty());
        let mut vars = vec![self.vars_of_elem(ElemKind::DefineHead(item))];
        vars.extend(body.map(|b| self.vars_of(b)));
        let shared = self.shared_parts(&vars, ctx);
        let ctx = &ctx.with(&shared);
        let quiet = ctx.guard;
        let head = self.elem(ElemKind::DefineHead(item), ctx);
        let next = match body {
            // Nothing stands in the place of the body.
            None => {
                let exit = self.test(Test::PreExit);
                self.f.ex(exit)
            }
            Some(body) => {
                let items: Vec<NodeId> = self.tree.child_nodes(body).collect();
                let statements = items.first().is_some_and(|n| {
                    let kind = self.tree.kind(*n);
                    kind.is_stmt()
                        || matches!(kind, SyntaxKind::Declaration | SyntaxKind::Dots)
                        || matches!(self.term(*n), ElemKind::StmtVar(_))
                });
                if matches!(items[..], [d] if self.tree.kind(d) == SyntaxKind::Dots && !self.is_minus(d)) {
                    self.f.yes()
                } else if statements {
                    let kind = FrameKind::End(End::Define);
                    let end = self.cont(Frame { kind, scope: Default::default(), before: Before::None, next: None });
                    let cont = self.items(&items, Default::default(), Before::None, end);
                    self.next(cont, ctx)
                } else {
                    let all = self.elem(ElemKind::DefineBody(body), ctx);
                    self.f.ex(all)
                }
            }
        };
        let all = self.f.and(head, next);
        self.quantify(&shared, !quiet, all)
    }

    /// Whether a token has a mark, plus code or a position.
    pub(crate) fn is_edited(&self, token: TokenId) -> bool {
        let t = self.pat.token(token);
        t.mark == Mark::Minus
            || !(t.before.is_empty() && t.after.is_empty() && t.replace.is_empty() && t.attached.is_empty())
    }

    /// Whether dots or a nest stand on a minus line.
    pub(crate) fn is_minus(&self, node: NodeId) -> bool {
        self.tree.first_token(node).is_some_and(|t| self.pat.token(t).mark == Mark::Minus)
    }
}

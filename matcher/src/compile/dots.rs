//! Dots and nests (`semantics.md` 3.6, 3.7).

use c_syntax::{NodeId, SyntaxKind, TokenKind};
use smpl_parser::MvKind;

use crate::compile::elem::ElemKind;
use crate::compile::state::{
    Atom, Before, Compiler, ContId, Ctx, End, Forbidden, Frame, FrameKind, Scope, Test, Until,
};
use crate::ctl::{Edges, FormulaId};

impl Compiler<'_> {
    /// Dots and what follows.
    pub(crate) fn dots(&mut self, dots: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let unwanted = self.unwanted(dots, ctx);
        let free = self.f.not(unwanted);
        let wanted = self.wanted(dots, ctx);
        let middle = self.f.and(wanted, free);
        let bounds = self.bounds(dots, frame, rest, ctx);
        let mut gap = vec![bounds, middle];
        if self.is_minus(dots) && !ctx.guard {
            gap.push(self.elem(ElemKind::Any(dots), ctx));
        }
        let gap = self.f.all(&gap);
        let yes = self.f.yes();
        self.until(dots, gap, yes, frame, rest, ctx)
    }

    /// A nest and what follows.
    pub(crate) fn nest(&mut self, nest: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let guard = ctx.guard();
        let stop = self.seq(rest, &guard);
        let (inside, quiet) = self.nest_body(nest, frame.scope, stop, ctx);
        let plus = self.tree.child_token(nest, TokenKind::NestOpenPlus).is_some();
        let marker = plus.then(|| self.fresh());
        let counted = match marker {
            Some(x) => {
                let good = self.atom(Atom::Good(x), &[x]);
                self.f.and(inside, good)
            }
            None => inside,
        };
        let step = self.nest_step(nest, counted, quiet, ctx);
        let bounds = self.bounds(nest, frame, rest, ctx);
        let gap = self.f.and(bounds, step);
        let calm = self.nest_step(nest, quiet, quiet, &guard);
        let found = self.until(nest, gap, calm, frame, rest, ctx);
        match marker {
            Some(x) => {
                let not_bad = self.atom(Atom::NotBad(x), &[x]);
                let both = self.f.and(found, not_bad);
                self.hide(x, both)
            }
            None => found,
        }
    }

    /// What a nest looks for, as written and as a guard; it does not pass `stop`.
    pub(crate) fn nest_body(
        &mut self,
        nest: NodeId,
        scope: Scope,
        stop: Option<FormulaId>,
        ctx: &Ctx,
    ) -> (FormulaId, FormulaId) {
        let items: Vec<NodeId> = self.tree.child_nodes(nest).filter(|n| !self.tree.kind(*n).is_when()).collect();
        let end = self.end(End::Pattern);
        let cont = self.items(&items, Scope { stop, ..scope }, Before::None, end);
        let both = [ctx.clone(), ctx.guard()].map(|c| self.seq(cont, &c));
        let yes = self.f.yes();
        (both[0].unwrap_or(yes), both[1].unwrap_or(yes))
    }

    /// One point of a nest: the body matches, or it does not and no `when` forbids the point.
    pub(crate) fn nest_step(&mut self, nest: NodeId, inside: FormulaId, quiet: FormulaId, ctx: &Ctx) -> FormulaId {
        let unwanted = self.unwanted(nest, ctx);
        let free = self.f.not(unwanted);
        let wanted = self.wanted(nest, ctx);
        let none = self.f.not(quiet);
        let other = self.f.all(&[none, wanted, free]);
        let step = self.f.or(inside, other);
        if self.is_minus(nest) && !ctx.guard {
            let any = self.elem(ElemKind::Any(nest), ctx);
            return self.f.and(step, any);
        }
        step
    }

    /// What every point of a gap satisfies: it is no short cut, lies in the block around, and does not match what stands
    /// before or after the dots.
    fn bounds(&mut self, dots: NodeId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let after = self.test(Test::After);
        let mut parts = vec![self.f.not(after)];
        if let Some(l) = frame.scope.label {
            parts.insert(0, self.inside(l));
        }
        if let Some(stop) = frame.scope.stop {
            parts.push(self.f.not(stop));
        }
        if let FrameKind::End(End::Case(_, p)) = self.frame(rest).kind {
            let brace = self.brace(p);
            parts.push(self.f.not(brace));
        }
        if !self.has_when(dots, SyntaxKind::WhenAny) {
            if let Some(b) = self.guard_before(frame.before, ctx) {
                if let Before::Item(node) | Before::Brace(node, _) = frame.before {
                    self.notes.forbidden.entry(b).or_insert(Forbidden::Before(node));
                }
                parts.push(self.f.not(b));
            }
            if let Some(b) = self.guard_after(rest, ctx) {
                let after = self.first_item(rest).unwrap_or(dots);
                self.notes.forbidden.entry(b).or_insert(Forbidden::After(after));
                parts.push(self.f.not(b));
            }
            if let (Some(l), FrameKind::End(End::Branch(_))) = (frame.scope.around, self.frame(rest).kind)
                && let Some(again) = self.guard_item(l, ctx)
            {
                self.notes.forbidden.entry(again).or_insert(Forbidden::After(l));
                parts.push(self.f.not(again));
            }
        }
        self.f.all(&parts)
    }

    /// The until from the point after what stands before the dots (`semantics.md` 3.6).
    fn until(
        &mut self,
        dots: NodeId,
        gap: FormulaId,
        calm: FormulaId,
        frame: &Frame,
        rest: ContId,
        ctx: &Ctx,
    ) -> FormulaId {
        let follows = self.seq(rest, ctx);
        let goal = match follows {
            Some(k) => match frame.scope.label {
                Some(l) => {
                    let inside = self.inside(l);
                    self.f.and(inside, k)
                }
                None => k,
            },
            None => self.end_goal(frame, rest),
        };
        let note = Until { dots, goal };
        if !self.forall_of(dots, ctx) {
            let until = self.f.eu(Edges::All, gap, goal);
            self.notes.untils.insert(until, note);
            return until;
        }
        let after = self.test(Test::After);
        let stop = if self.has_when(dots, SyntaxKind::WhenStrict) {
            after
        } else if follows.is_none() {
            let error = self.test(Test::ErrorExit);
            self.f.or(after, error)
        } else {
            let excused = self.excused(calm, frame, rest, ctx);
            self.f.or(after, excused)
        };
        let goal = self.f.or(goal, stop);
        let until = self.f.au(gap, goal);
        self.notes.untils.insert(until, note);
        until
    }

    /// Where dots that nothing follows may end.
    pub(crate) fn end_goal(&mut self, frame: &Frame, rest: ContId) -> FormulaId {
        let error = self.test(Test::ErrorExit);
        match self.frame(rest).kind {
            FrameKind::End(end @ (End::Branch(l) | End::Case(l, _))) => {
                let mut at = self.label(l);
                if let End::Case(_, p) = end {
                    let brace = self.brace(p);
                    at = self.f.or(at, brace);
                }
                let left = self.test(Test::ReturnOrGoto);
                let left = self.f.ex_back(left);
                let after = self.test(Test::After);
                let out = self.f.or(at, left);
                let end = self.f.or(after, error);
                self.f.or(out, end)
            }
            _ => {
                let exit = self.test(Test::PreExit);
                let mut goal = self.f.or(exit, error);
                if let Some(stop) = frame.scope.stop {
                    goal = self.f.or(goal, stop);
                }
                goal
            }
        }
    }

    /// A then branch that never falls through may be ignored if nothing in it matches what follows (`semantics.md` 3.6).
    fn excused(&mut self, calm: FormulaId, frame: &Frame, rest: ContId, ctx: &Ctx) -> FormulaId {
        let guard = ctx.guard();
        let l = self.fresh();
        let (then, at) = (self.test(Test::ThenEscapes), self.label(l));
        let inside = self.inside(l);
        let next = match self.seq(rest, &guard) {
            Some(k) => k,
            None => self.f.no(),
        };
        let next = match frame.scope.label {
            Some(c) => {
                let confined = self.inside(c);
                self.f.and(confined, next)
            }
            None => next,
        };
        let quiet = self.f.not(next);
        let path = self.f.all(&[inside, quiet, calm]);
        let wanted = match self.guard_after(rest, ctx) {
            Some(a) => a,
            None => self.f.no(),
        };
        let none = self.f.not(wanted);
        if self.only_return {
            let left = self.test(Test::Return);
            let end = self.f.all(&[inside, left, none]);
            let branch = self.f.au(path, end);
            let all = self.f.all(&[then, at, branch]);
            return self.hide(l, all);
        }
        let (leaves, after, jumps) = (self.test(Test::Leaves), self.test(Test::After), self.test(Test::Jumps));
        let leaves = self.f.or(after, leaves);
        let leaves = self.f.and(leaves, none);
        let yes = self.f.yes();
        let reached = self.f.eu(Edges::Direct, yes, wanted);
        let never = self.f.not(reached);
        let jumps = self.f.and(jumps, never);
        let end = self.f.or(leaves, jumps);
        let end = self.f.and(inside, end);
        let branch = self.f.au(path, end);
        let all = self.f.all(&[then, at, branch]);
        self.hide(l, all)
    }

    fn guard_item(&mut self, item: NodeId, ctx: &Ctx) -> Option<FormulaId> {
        let item = match self.tree.kind(item) {
            SyntaxKind::Dots | SyntaxKind::Nest => return None,
            SyntaxKind::Opt => self.tree.child_node(item, 0)?,
            _ => item,
        };
        let end = self.end(End::Pattern);
        let cont = self.items(&[item], Scope::default(), Before::None, end);
        self.seq(cont, &ctx.guard())
    }

    fn guard_before(&mut self, before: Before, ctx: &Ctx) -> Option<FormulaId> {
        match before {
            Before::None | Before::Start | Before::Head => None,
            Before::Item(item) => self.guard_item(item, ctx),
            Before::Brace(block, p) => {
                let open = self.elem(ElemKind::Open(block), &ctx.guard());
                let brace = self.brace(p);
                Some(self.f.and(brace, open))
            }
        }
    }

    /// The element after dots, as a guard.
    fn guard_after(&mut self, rest: ContId, ctx: &Ctx) -> Option<FormulaId> {
        let frame = self.frame(rest);
        match frame.kind {
            FrameKind::Items(list, start) => {
                let item = self.list_item(list, start)?;
                let own = self.guard_item(item, ctx);
                if !self.may_be_nothing(item) {
                    return own;
                }
                let after = self.rest(&frame, list, start, item);
                match (own, self.guard_after(after, ctx)) {
                    (Some(a), Some(b)) => Some(self.f.or(a, b)),
                    (a, b) => a.or(b),
                }
            }
            FrameKind::Close(block, p, _) => {
                let close = self.elem(ElemKind::Close(block), &ctx.guard());
                let brace = self.brace(p);
                Some(self.f.and(brace, close))
            }
            FrameKind::DoTail(node, l) => {
                let tail = self.elem(ElemKind::DoTail(node), &ctx.guard());
                let at = self.label(l);
                Some(self.f.and(at, tail))
            }
            FrameKind::End(_) => None,
        }
    }

    /// What `when !=` forbids at a point of the gap.
    fn unwanted(&mut self, dots: NodeId, ctx: &Ctx) -> FormulaId {
        let guard = ctx.guard();
        let mut out = self.f.no();
        let clauses: Vec<NodeId> = self.tree.child_nodes(dots).collect();
        for clause in clauses {
            let one = match self.tree.kind(clause) {
                SyntaxKind::WhenNot => {
                    let items: Vec<NodeId> = self.tree.child_nodes(clause).collect();
                    let end = self.end(End::Pattern);
                    let cont = self.items(&items, Scope::default(), Before::None, end);
                    self.seq(cont, &guard)
                }
                kind @ (SyntaxKind::WhenTrue | SyntaxKind::WhenFalse) => self.tree.child_node(clause, 0).map(|e| {
                    let cond = self.elem(ElemKind::Cond(e), &guard);
                    let head = self.f.ex_back(cond);
                    let taken = kind == SyntaxKind::WhenTrue;
                    let marker = self.test(if taken { Test::Taken } else { Test::NotTaken });
                    self.f.and(marker, head)
                }),
                _ => None,
            };
            let mention = self.mention(clause).map(|name| self.elem(ElemKind::Mention(name), &guard));
            for one in one.into_iter().chain(mention) {
                self.notes.forbidden.entry(one).or_insert(Forbidden::When(clause));
                out = self.f.or(out, one);
            }
        }
        out
    }

    /// The name that a `when !=` forbids: a macro defined on the way may use it wherever it is called.
    fn mention(&self, clause: NodeId) -> Option<NodeId> {
        let name = self.tree.child_node(clause, 0)?;
        let one = self.tree.kind(clause) == SyntaxKind::WhenNot && self.tree.child_node(clause, 1).is_none();
        let kind = match self.tree.kind(name) {
            SyntaxKind::Ident => true,
            SyntaxKind::MetaVar => matches!(
                self.kind_of_var(name),
                Some(MvKind::Identifier | MvKind::Expression(_) | MvKind::IdExpression(..))
            ),
            _ => false,
        };
        (one && kind).then_some(name)
    }

    /// What `when =` asks of every point of the gap.
    fn wanted(&mut self, dots: NodeId, ctx: &Ctx) -> FormulaId {
        let guard = ctx.guard();
        let mut out = self.f.yes();
        let clauses: Vec<NodeId> = self.tree.child_nodes(dots).collect();
        for clause in clauses {
            if self.tree.kind(clause) != SyntaxKind::WhenOnly {
                continue;
            }
            let items: Vec<NodeId> = self.tree.child_nodes(clause).collect();
            let end = self.end(End::Pattern);
            let cont = self.items(&items, Scope::default(), Before::None, end);
            if let Some(f) = self.seq(cont, &guard) {
                out = self.f.and(out, f);
            }
        }
        out
    }
}

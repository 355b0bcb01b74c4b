//! From a rule to a formula over rule elements (`semantics.md` section 3).
//!
//! What follows a statement of the pattern is a *continuation*: a chain of [`Frame`]s, interned so that the translation of what
//! follows several alternatives is made once. `seq` translates a continuation, `item` one statement with its continuation.

mod dots;
pub mod elem;
mod item;
mod state;
mod tree;
mod vars;

pub use elem::{ElemKind, ElemMatch, RuleElem, Taken, Terms, ValueId};
pub use state::Forbidden;
pub(crate) use state::{Atom, Compiled, Test};

use c_syntax::{NodeId, SyntaxKind, TokenId, TokenKind};
use smpl_parser::{BodyKind, FragmentKind, Quantifier, Rule};

use crate::ctl::FormulaId;
use state::{Before, Compiler, Ctx, End, FrameKind, Scope};

/// Translates a rule.
pub(crate) fn compile(rule: &Rule, only_return: bool) -> Compiled {
    let mut c = Compiler::new(rule, only_return);
    let forall = match rule.quantifier {
        Some(q) => q == Quantifier::Forall,
        None => !rule.star,
    };
    let outer = c.outermost();
    let ctx = Ctx { forall, guard: false, quantified: outer.clone() };
    let items: Vec<NodeId> = c.tree.child_nodes(c.tree.root()).collect();
    let separate = rule.kind == BodyKind::TopLevel && items.len() > 1;
    let bodies: Vec<Vec<NodeId>> = if separate { items.into_iter().map(|i| vec![i]).collect() } else { vec![items] };
    let mut root = c.f.no();
    let mut dots = false;
    for body in bodies {
        dots |= body.iter().any(|n| c.has_dots(*n));
        let one = c.top(&body, &ctx);
        root = c.f.or(root, one);
    }
    root = c.quantify(&outer, true, root);
    c.finish(root, dots)
}

impl Compiler<'_> {
    /// The formula of a body, to be looked for at every point.
    fn top(&mut self, body: &[NodeId], ctx: &Ctx) -> FormulaId {
        let end = self.end(End::Pattern);
        let cont = self.items(body, Scope::default(), Before::Start, end);
        let found = match self.seq(cont, ctx) {
            Some(f) => f,
            None => self.f.yes(),
        };
        let Some(first) = body.first().copied() else { return self.f.no() };
        match self.tree.kind(first) {
            SyntaxKind::Dots | SyntaxKind::Nest => {
                let top = self.test(Test::Top);
                let inside = self.f.ex(found);
                self.f.and(top, inside)
            }
            SyntaxKind::Declaration | SyntaxKind::MacroDecl if body.len() == 1 && self.adds_statements(first) => {
                let top = self.test(Test::Top);
                let outside = self.f.ex_back(top);
                let inside = self.f.not(outside);
                self.f.and(inside, found)
            }
            _ => found,
        }
    }

    /// Whether plus code at a node holds statements, which cannot stand outside functions (`semantics.md` 3.9).
    fn adds_statements(&self, node: NodeId) -> bool {
        let tokens = self.tree.held_tokens(node).into_iter().map(|t| self.pat.token(t));
        let at_tokens = tokens.flat_map(|t| t.before.iter().chain(&t.after).chain(&t.replace));
        let slots = self.pat.slots.get(&node).into_iter().flat_map(|s| s.before.iter().chain(&s.after));
        at_tokens
            .chain(slots)
            .filter_map(|r| self.pat.runs.get(r.0 as usize))
            .any(|run| run.fragments.iter().any(|f| f.kind == FragmentKind::Statement))
    }

    /// A pattern that begins with a block whose braces are edited, code added on their inner sides excepted, does not match a block
    /// that is the body of something. If the braces around one item only go, or if code is added behind plain dots, that is the body of a
    /// function or switch.
    pub(crate) fn top_block(&mut self, block: NodeId, found: FormulaId) -> FormulaId {
        let items: Vec<NodeId> = self.tree.child_nodes(block).collect();
        let added = |t: TokenId| !self.pat.token(t).before.is_empty();
        let dots = self.only_dots(&items) && self.tree.child_token(block, TokenKind::RBrace).is_some_and(added);
        let both = self.braces_removed(block) && items.len() == 1;
        let heads = match (self.braces_edited_outside(block), both || dots) {
            (false, false) => return found,
            (false, true) => Test::FrameHead,
            (true, _) if both => Test::FrameHead,
            (true, _) => Test::BodyHead,
        };
        let heads = self.test(heads);
        let before = self.f.ex_back(heads);
        let free = self.f.not(before);
        self.f.and(free, found)
    }

    /// Whether a body's own sequence has dots or a nest: then it needs a graph with paths (`semantics.md` 3.9).
    fn has_dots(&self, item: NodeId) -> bool {
        match self.tree.kind(item) {
            SyntaxKind::Dots | SyntaxKind::Nest => true,
            SyntaxKind::Disj | SyntaxKind::Conj => self.tree.child_nodes(item).all(|b| {
                self.tree.child_nodes(b).any(|n| matches!(self.tree.kind(n), SyntaxKind::Dots | SyntaxKind::Nest))
            }),
            _ => false,
        }
    }

    /// What follows, as a formula for the point where it starts; none if nothing does.
    pub(crate) fn seq(&mut self, cont: state::ContId, ctx: &Ctx) -> Option<FormulaId> {
        let key = (cont, ctx.clone());
        if let Some(known) = self.memo.get(&key) {
            return *known;
        }
        if !self.enter() {
            return Some(self.f.no());
        }
        let frame = self.frame(cont);
        let out = match frame.kind {
            FrameKind::End(End::Define) => Some(self.test(Test::PreExit)),
            FrameKind::End(_) => None,
            FrameKind::Items(list, start) => {
                let Some(item) = self.list_item(list, start) else { unreachable!("item frames have an item") };
                let rest = self.rest(&frame, list, start, item);
                let own = self.vars_of(item);
                let shared = self.shared_with_rest(item, &own, rest, ctx);
                let inner = ctx.with(&shared);
                let f = self.item(item, &frame, rest, &inner);
                f.map(|f| self.quantify(&shared, !ctx.guard, f))
            }
            FrameKind::Close(block, p, function) => {
                let own = self.vars_of_elem(ElemKind::Close(block));
                let shared = match frame.next {
                    Some(next) => self.shared(&own, next, ctx),
                    None => state::VarSet::default(),
                };
                let inner = ctx.with(&shared);
                let f = self.close(block, p, function, frame.next, &inner);
                Some(self.quantify(&shared, !ctx.guard, f))
            }
            FrameKind::DoTail(node, l) => Some(self.do_tail(node, l, ctx)),
        };
        self.leave();
        self.memo.insert(key, out);
        out
    }
}

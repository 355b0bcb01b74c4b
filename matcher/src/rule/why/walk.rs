//! From a formula that does not hold at a point down to the part of it that fails.

use std::rc::Rc;

use cfg::{Cfg, NodeIndex};
use rustc_hash::FxHashMap;
use smpl_parser::MvId;

use super::{Cause, NearMiss, Step};
use crate::compile::{Atom, ElemKind, Forbidden};
use crate::ctl::{Edges, Evaluator, Exhausted, Fact, Formula, FormulaId, Model, SubstId, Var};
use crate::point::owned;
use crate::rule::CompiledRule;
use crate::rule::model::{RuleModel, Val, can_match};
use crate::term::value_text;

/// So many of the ways in which the first part of a conjunction holds are followed.
const MAX_WAYS: usize = 6;

/// A walk down a formula.
pub(super) struct Walk<'e, 'a> {
    pub(super) rule: &'e CompiledRule,
    pub(super) cfg: &'e Cfg,
    pub(super) ev: Evaluator<'e, RuleModel<'a>>,
    pub(super) place: &'e dyn Fn(NodeIndex) -> bool,
    memo: FxHashMap<(FormulaId, u32, SubstId), Rc<NearMiss>>,
    misses: FxHashMap<(u32, u32), Rc<NearMiss>>,
}

pub(super) type Outcome<T> = Result<T, Exhausted>;

/// How much a cause says.
pub(super) fn rank(cause: &Cause) -> u32 {
    match cause {
        Cause::Bound { .. } | Cause::NoValue(_) => 4,
        Cause::Term(_) | Cause::Forbidden(_) | Cause::PathsDisagree | Cause::Nowhere => 3,
        Cause::Ends | Cause::Loop => 2,
        Cause::LeavesBlock => 1,
        Cause::Place | Cause::Shape => 0,
    }
}

impl<'e, 'a> Walk<'e, 'a> {
    pub(super) fn new(
        rule: &'e CompiledRule,
        cfg: &'e Cfg,
        ev: Evaluator<'e, RuleModel<'a>>,
        place: &'e dyn Fn(NodeIndex) -> bool,
    ) -> Self {
        Self { rule, cfg, ev, place, memo: FxHashMap::default(), misses: FxHashMap::default() }
    }

    /// The parts of a match that starts at a point, or how near the rule comes to one.
    pub(super) fn root(&mut self, root: FormulaId, point: u32) -> Outcome<Result<Vec<Step>, NearMiss>> {
        if self.holds(root, point, SubstId::EMPTY)? {
            return Ok(Ok(self.trail(root, point, SubstId::EMPTY)?));
        }
        let miss = self.fail(root, point, SubstId::EMPTY)?;
        Ok(Err(miss.as_ref().clone()))
    }

    pub(super) fn holds(&mut self, f: FormulaId, point: u32, known: SubstId) -> Outcome<bool> {
        Ok(!self.ev.eval(f, point, known)?.is_empty())
    }

    /// How near a formula comes to holding, which it does not.
    pub(super) fn fail(&mut self, f: FormulaId, point: u32, known: SubstId) -> Outcome<Rc<NearMiss>> {
        let known = self.ev.restrict(f, known);
        if let Some(miss) = self.memo.get(&(f, point, known)) {
            return Ok(miss.clone());
        }
        // Until the answer is known, a part that comes back to itself says nothing.
        self.memo.insert((f, point, known), Rc::new(self.nothing(point, Cause::Loop)));
        let miss = self.take_apart(f, point, known)?;
        self.memo.insert((f, point, known), miss.clone());
        Ok(miss)
    }

    fn take_apart(&mut self, f: FormulaId, point: u32, known: SubstId) -> Outcome<Rc<NearMiss>> {
        Ok(match self.ev.formulas.get(f) {
            Formula::True | Formula::False => Rc::new(self.nothing(point, Cause::Shape)),
            Formula::Atom(a) => self.atom(a, point, known),
            Formula::And(a, b) => self.and(a, b, point, known)?,
            Formula::Or(a, b) | Formula::SeqOr(a, b) => {
                let (x, y) = (self.fail(a, point, known)?, self.fail(b, point, known)?);
                self.better(x, y)
            }
            Formula::Not(a) => {
                let cause = self.forbidden(a, point, known)?.map_or(Cause::Shape, Cause::Forbidden);
                Rc::new(self.nothing(point, cause))
            }
            Formula::Exists(_, var, a) => {
                let (outer, _) = self.ev.algebra.substs.remove(known, var);
                self.fail(a, point, outer)?
            }
            Formula::Ex(edges, forward, a) => {
                let next = self.ev.graph.next(point, edges, forward).to_vec();
                self.best(a, &next, known, point)?
            }
            Formula::Ax(forward, a) => {
                let next = self.ev.graph.next(point, Edges::Direct, forward).to_vec();
                let mut failing = Vec::new();
                for n in &next {
                    if !self.holds(a, *n, known)? {
                        failing.push(*n);
                    }
                }
                if failing.is_empty() && !next.is_empty() {
                    Rc::new(self.nothing(point, Cause::PathsDisagree))
                } else {
                    self.best(a, &failing, known, point)?
                }
            }
            Formula::Eu(edges, gap, goal) => self.some_path(f, (edges, gap, goal), point, known)?,
            Formula::Au(gap, goal) => self.all_paths(f, (gap, goal), point, known)?,
            Formula::Gather(a, _) => self.fail(a, point, known)?,
        })
    }

    /// The nearest of several points.
    fn best(&mut self, f: FormulaId, points: &[u32], known: SubstId, from: u32) -> Outcome<Rc<NearMiss>> {
        let mut best: Option<Rc<NearMiss>> = None;
        for n in points {
            let one = self.fail(f, *n, known)?;
            best = Some(match best {
                None => one,
                Some(best) => self.better(best, one),
            });
        }
        Ok(best.unwrap_or_else(|| Rc::new(self.nothing(from, Cause::Ends))))
    }

    /// The one that got further; of equals the one at the place that was asked about, then the first.
    pub(super) fn better(&self, x: Rc<NearMiss>, y: Rc<NearMiss>) -> Rc<NearMiss> {
        let key = |m: &NearMiss| (m.score, m.at.is_some_and(|p| (self.place)(p)), rank(&m.cause));
        if key(&y) > key(&x) { y } else { x }
    }

    fn and(&mut self, a: FormulaId, b: FormulaId, point: u32, known: SubstId) -> Outcome<Rc<NearMiss>> {
        let left = self.ev.eval(a, point, known)?;
        if left.is_empty() {
            return self.fail(a, point, known);
        }
        let mut best: Option<Rc<NearMiss>> = None;
        for triple in left.iter().take(MAX_WAYS) {
            let Some(more) = self.ev.algebra.conj(known, triple.0) else { continue };
            if self.holds(b, point, more)? {
                continue;
            }
            let rest = self.fail(b, point, more)?;
            let mut steps = self.trail(a, point, more)?;
            let score = rest.score + steps.iter().map(|s| self.weight(*s)).sum::<u32>();
            steps.extend(rest.steps.iter().copied().filter(|s| !steps.contains(s)).collect::<Vec<_>>());
            let one = Rc::new(NearMiss { steps, score, ..rest.as_ref().clone() });
            best = Some(match best {
                None => one,
                Some(best) => self.better(best, one),
            });
        }
        Ok(best.unwrap_or_else(|| Rc::new(self.nothing(point, Cause::PathsDisagree))))
    }

    fn atom(&mut self, atom: u32, point: u32, known: SubstId) -> Rc<NearMiss> {
        match self.rule.compiled.atoms[atom as usize] {
            Atom::Elem { elem, .. } => self.element(elem, point, known),
            Atom::Inside(_) => Rc::new(self.nothing(point, Cause::LeavesBlock)),
            _ => Rc::new(self.nothing(point, Cause::Shape)),
        }
    }

    fn element(&mut self, elem: u32, point: u32, known: SubstId) -> Rc<NearMiss> {
        let ways: Vec<_> = self.ev.algebra.model.element(elem, point).map(|(facts, _)| facts.to_vec()).collect();
        let node = self.rule.compiled.elems[elem as usize].kind.node();
        if !ways.is_empty() {
            let step = Step { node, point: NodeIndex::new(point as usize) };
            let score = self.weight(step).saturating_sub(1);
            // An earlier branch that takes the place of a later one is not the reason: it says less of variables than the later one, so it
            // gets as far with all that is known. What is left are values that something before excludes.
            let mut cause = Cause::PathsDisagree;
            for facts in &ways {
                if let Some(conflict) = self.conflict(facts, known) {
                    cause = conflict;
                    break;
                }
            }
            return Rc::new(NearMiss { node: Some(node), score, ..self.nothing(point, cause) });
        }
        if let Some(miss) = self.misses.get(&(elem, point)) {
            return miss.clone();
        }
        let miss = Rc::new(self.mismatch(elem, point));
        self.misses.insert((elem, point), miss.clone());
        miss
    }

    /// An element that matches nowhere at a point.
    fn mismatch(&mut self, elem: u32, point: u32) -> NearMiss {
        let rule_elem = &self.rule.compiled.elems[elem as usize];
        let node = Some(rule_elem.kind.node());
        let index = NodeIndex::new(point as usize);
        let terms = &mut *self.ev.algebra.model.terms;
        let inherited = &self.rule.compiled.inherited[elem as usize].0;
        if let Some(var) = inherited.iter().find(|v| terms.inherited().get(MvId(**v)).is_none()) {
            return NearMiss { node, ..self.nothing(point, Cause::NoValue(MvId(*var))) };
        }
        if !can_match(rule_elem.kind, &self.cfg.graph[index]) {
            return NearMiss { node, ..self.nothing(point, Cause::Place) };
        }
        let misses = terms.misses(rule_elem, index);
        let score = misses.first().map_or(0, |m| m.progress);
        let cause = if misses.is_empty() { Cause::Place } else { Cause::Term(misses) };
        NearMiss { node, score, ..self.nothing(point, cause) }
    }

    /// The first fact of a way that contradicts what is known.
    fn conflict(&mut self, facts: &[(Var, Fact<Val>)], known: SubstId) -> Option<Cause> {
        let known = self.ev.algebra.subst(known).clone();
        for (var, fact) in facts {
            let Some((_, other)) = known.iter().find(|k| k.0 == *var) else { continue };
            let (Fact::Is(Val::Term(here)), Fact::Is(Val::Term(earlier))) = (fact, other) else { continue };
            let model = &mut self.ev.algebra.model;
            if model.meet(*var, Val::Term(*here), Val::Term(*earlier)).is_none() {
                let text = |id| value_text(&model.terms.value(id));
                return Some(Cause::Bound { var: MvId(var.0), here: text(*here), earlier: text(*earlier) });
            }
        }
        None
    }

    /// What of a formula that holds is known as forbidden.
    fn forbidden(&mut self, f: FormulaId, point: u32, known: SubstId) -> Outcome<Option<Forbidden>> {
        if !self.holds(f, point, known)? {
            return Ok(None);
        }
        if let Some(why) = self.rule.compiled.notes.forbidden.get(&f) {
            return Ok(Some(*why));
        }
        match self.ev.formulas.get(f) {
            Formula::Or(a, b) => match self.forbidden(a, point, known)? {
                Some(why) => Ok(Some(why)),
                None => self.forbidden(b, point, known),
            },
            _ => Ok(None),
        }
    }

    /// How many tokens of the pattern a step stands for.
    pub(super) fn weight(&self, step: Step) -> u32 {
        let tree = &self.rule.pattern.tree;
        let kind = self.cfg.graph[step.point].kind;
        let count = |child: c_syntax::Child| match child {
            c_syntax::Child::Token(_) => 1,
            c_syntax::Child::Node(n) => tree.held_tokens(n).len(),
        };
        let elem = self.rule.compiled.elems.iter().find(|e| e.kind.node() == step.node).map(|e| e.kind);
        match elem {
            Some(e) if e.point_kind().is_some() => {
                owned(tree, kind, step.node).into_iter().map(count).sum::<usize>() as u32
            }
            Some(ElemKind::AfterNode(_)) => 0,
            _ => tree.held_tokens(step.node).len() as u32,
        }
    }

    pub(super) fn nothing(&self, point: u32, cause: Cause) -> NearMiss {
        NearMiss {
            steps: Vec::new(),
            node: None,
            at: Some(NodeIndex::new(point as usize)),
            path: Vec::new(),
            beyond: Vec::new(),
            dots: None,
            all_paths: false,
            cause,
            score: 0,
        }
    }
}

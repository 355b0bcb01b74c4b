//! Where a formula can hold at all: its value as if no variable were ever bound. Too large a set, never too small a one, found with a few
//! operations on sets of points, so that the evaluator looks only where something may come of it. What is known of variables is taken into
//! account in one way: a part of the formula that holds nowhere in the graph with these values is as good as false.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ctl::{Edges, Evaluator, Exhausted, Formula, FormulaId, Graph, Model, SubstId, Var};

/// A set of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Points(Box<[u64]>);

impl Points {
    fn none(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)].into())
    }

    fn all(size: usize) -> Self {
        let mut out = Self(vec![u64::MAX; size.div_ceil(64)].into());
        if let (Some(last), true) = (out.0.last_mut(), !size.is_multiple_of(64)) {
            *last = (1 << (size % 64)) - 1;
        }
        out
    }

    pub(crate) fn has(&self, point: u32) -> bool {
        self.0[point as usize / 64] >> (point % 64) & 1 == 1
    }

    fn insert(&mut self, point: u32) -> bool {
        let new = !self.has(point);
        self.0[point as usize / 64] |= 1 << (point % 64);
        new
    }

    fn remove(&mut self, point: u32) {
        self.0[point as usize / 64] &= !(1 << (point % 64));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|w| *w == 0)
    }

    /// The points, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().enumerate().flat_map(|(i, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(i as u32 * 64 + bit)
            })
        })
    }

    fn and(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
        self
    }

    fn or(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
        self
    }
}

/// What is remembered of where formulas can hold with some values.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// The parts of formulas that values can make false.
    parts: FxHashMap<FormulaId, Rc<[Part]>>,
    /// What local formulas say of variables, at any point; nothing if that is too much to look through.
    said: FxHashMap<FormulaId, Option<Rc<FxHashSet<SubstId>>>>,
    /// Whether a local formula holds at some point with values.
    somewhere: FxHashMap<(FormulaId, SubstId), bool>,
    /// The parts that are false with values.
    fails: FxHashMap<(FormulaId, SubstId), Rc<[FormulaId]>>,
    /// Where a formula can hold if these of its parts are false.
    without: FxHashMap<(FormulaId, Rc<[FormulaId]>), Points>,
}

/// A local part of a formula, and those of its variables whose values come from outside the formula.
#[derive(Debug, Clone)]
struct Part {
    formula: FormulaId,
    vars: Box<[Var]>,
}

/// A part that says more different things of variables than this is taken to hold with all values.
const MANY: usize = 64;

impl<M: Model> Evaluator<'_, M> {
    /// Whether a formula can hold at a point with these values of variables.
    ///
    /// # Errors
    /// If the budget of steps is used up.
    pub(crate) fn can_hold(&mut self, formula: FormulaId, point: u32, known: SubstId) -> Result<bool, Exhausted> {
        let fails = self.fails(formula, known)?;
        Ok(fails.is_empty() || self.points_without(formula, &fails)?.has(point))
    }

    /// The parts of a formula that hold nowhere with these values.
    fn fails(&mut self, formula: FormulaId, known: SubstId) -> Result<Rc<[FormulaId]>, Exhausted> {
        if let Some(fails) = self.knowledge.fails.get(&(formula, known)) {
            return Ok(fails.clone());
        }
        let parts = match self.knowledge.parts.get(&formula) {
            Some(parts) => parts.clone(),
            None => {
                let parts: Rc<[Part]> = self.value_parts(formula).into();
                self.knowledge.parts.insert(formula, parts.clone());
                parts
            }
        };
        let mut fails = Vec::new();
        for part in parts.iter() {
            let values = self.algebra.substs.restrict(known, &part.vars);
            if values != SubstId::EMPTY && !self.holds_somewhere(part.formula, values)? {
                fails.push(part.formula);
            }
        }
        let fails: Rc<[FormulaId]> = fails.into();
        self.knowledge.fails.insert((formula, known), fails.clone());
        Ok(fails)
    }

    /// The largest local parts of a formula that variables from outside occur in, but for those that are negated.
    fn value_parts(&self, formula: FormulaId) -> Vec<Part> {
        let (mut found, mut bound) = (Vec::new(), Vec::new());
        let mut seen = FxHashSet::default();
        let mut work = vec![formula];
        while let Some(f) = work.pop() {
            if !seen.insert(f) {
                continue;
            }
            if self.formulas.is_local(f) {
                found.push(f);
                continue;
            }
            match self.formulas.get(f) {
                Formula::Exists(_, var, a) => {
                    bound.push(var);
                    work.push(a);
                }
                Formula::Not(_) | Formula::True | Formula::False | Formula::Atom(_) => {}
                Formula::Ex(_, _, a) | Formula::Ax(_, a) | Formula::Gather(a, _) => work.push(a),
                Formula::And(a, b)
                | Formula::Or(a, b)
                | Formula::SeqOr(a, b)
                | Formula::Eu(_, a, b)
                | Formula::Au(a, b) => work.extend([a, b]),
            }
        }
        let outer = self.formulas.free(formula);
        let part = |f: FormulaId| {
            let from_outside = |v: &Var| outer.binary_search(v).is_ok() && !bound.contains(v);
            let vars: Box<[Var]> = self.formulas.free(f).iter().copied().filter(from_outside).collect();
            (!vars.is_empty()).then_some(Part { formula: f, vars })
        };
        found.sort_unstable();
        found.into_iter().filter_map(part).collect()
    }

    /// Whether a local formula holds at any point with these values.
    fn holds_somewhere(&mut self, formula: FormulaId, values: SubstId) -> Result<bool, Exhausted> {
        if let Some(holds) = self.knowledge.somewhere.get(&(formula, values)) {
            return Ok(*holds);
        }
        let holds = match self.said(formula)? {
            None => true,
            Some(said) if said.contains(&values) => true,
            Some(said) => {
                self.algebra.spend(said.len())?;
                said.iter().any(|s| self.algebra.conj(values, *s).is_some())
            }
        };
        self.knowledge.somewhere.insert((formula, values), holds);
        Ok(holds)
    }

    /// What a local formula says of variables, at any point.
    fn said(&mut self, formula: FormulaId) -> Result<Option<Rc<FxHashSet<SubstId>>>, Exhausted> {
        if let Some(said) = self.knowledge.said.get(&formula) {
            return Ok(said.clone());
        }
        let mut said = FxHashSet::default();
        for point in self.points(formula)?.clone().iter() {
            said.extend(self.eval(formula, point, SubstId::EMPTY)?.iter().map(|t| t.0));
            if said.len() > MANY || said.contains(&SubstId::EMPTY) {
                break;
            }
        }
        let little = said.len() <= MANY && !said.contains(&SubstId::EMPTY);
        let said = little.then(|| Rc::new(said));
        self.knowledge.said.insert(formula, said.clone());
        Ok(said)
    }

    /// The points where a formula can hold if some of its parts hold nowhere.
    fn points_without(&mut self, formula: FormulaId, fails: &Rc<[FormulaId]>) -> Result<Points, Exhausted> {
        let key = (formula, fails.clone());
        if let Some(points) = self.knowledge.without.get(&key) {
            return Ok(points.clone());
        }
        let points = if fails.binary_search(&formula).is_ok() {
            Points::none(self.graph.size())
        } else if self.formulas.is_local(formula) {
            self.points(formula)?.clone()
        } else {
            self.find_points(formula, &mut |this, part| this.points_without(part, fails))?
        };
        self.knowledge.without.insert(key, points.clone());
        Ok(points)
    }

    /// The points where a formula can hold.
    ///
    /// # Errors
    /// If the budget of steps is used up.
    pub(crate) fn points(&mut self, formula: FormulaId) -> Result<&Points, Exhausted> {
        if self.possible[formula.0 as usize].is_none() {
            let set = self.find_points(formula, &mut |this, part| this.points(part).cloned())?;
            self.possible[formula.0 as usize] = Some(set);
        }
        Ok(self.possible[formula.0 as usize].get_or_insert_with(|| Points::all(self.graph.size())))
    }

    /// Where a formula can hold, by where its parts can.
    fn find_points(
        &mut self,
        formula: FormulaId,
        part: &mut dyn FnMut(&mut Self, FormulaId) -> Result<Points, Exhausted>,
    ) -> Result<Points, Exhausted> {
        let graph = self.graph;
        let size = graph.size();
        self.algebra.spend(1 + size / 16)?;
        Ok(match self.formulas.get(formula) {
            Formula::True | Formula::Not(_) => Points::all(size),
            Formula::False => Points::none(size),
            Formula::Atom(atom) => {
                let mut out = Points::none(size);
                for point in self.algebra.model.points(atom, size as u32) {
                    out.insert(point);
                }
                out
            }
            Formula::And(a, b) => {
                let first = part(self, a)?;
                if first.is_empty() { first } else { first.and(&part(self, b)?) }
            }
            Formula::Or(a, b) | Formula::SeqOr(a, b) => {
                let first = part(self, a)?;
                first.or(&part(self, b)?)
            }
            Formula::Exists(_, _, a) | Formula::Gather(a, _) => part(self, a)?,
            Formula::Ex(edges, forward, a) => some_next(graph, &part(self, a)?, edges, forward),
            Formula::Ax(forward, a) => all_next(graph, &part(self, a)?, forward),
            Formula::Eu(edges, a, b) => {
                let goal = part(self, b)?;
                if goal.is_empty() { goal } else { until(graph, &part(self, a)?, goal, edges) }
            }
            Formula::Au(a, b) => {
                let goal = part(self, b)?;
                if goal.is_empty() { goal } else { always_until(graph, &part(self, a)?, goal) }
            }
        })
    }
}

fn some_next(graph: &Graph, set: &Points, edges: Edges, forward: bool) -> Points {
    let mut out = Points::none(graph.size());
    for point in set.iter() {
        for before in graph.next(point, edges, !forward) {
            out.insert(*before);
        }
    }
    out
}

fn all_next(graph: &Graph, set: &Points, forward: bool) -> Points {
    let mut out = some_next(graph, set, Edges::Direct, forward);
    let found: Vec<u32> = out.iter().collect();
    for point in found {
        if !graph.next(point, Edges::Direct, forward).iter().all(|n| set.has(*n)) {
            out.remove(point);
        }
    }
    out
}

/// The goal, and from where it is reached through points of `way`.
fn until(graph: &Graph, way: &Points, goal: Points, edges: Edges) -> Points {
    let mut work: Vec<u32> = goal.iter().collect();
    let mut out = goal;
    while let Some(point) = work.pop() {
        for before in graph.next(point, edges, false) {
            if way.has(*before) && out.insert(*before) {
                work.push(*before);
            }
        }
    }
    out
}

/// The goal, and points of `way` that reach it and have no next point from where it is not reached.
fn always_until(graph: &Graph, way: &Points, goal: Points) -> Points {
    let mut out = until(graph, way, goal.clone(), Edges::Direct);
    let stuck = |out: &Points, p: u32| !goal.has(p) && graph.next(p, Edges::Direct, true).iter().any(|n| !out.has(*n));
    let mut work: Vec<u32> = out.iter().filter(|p| stuck(&out, *p)).collect();
    while let Some(point) = work.pop() {
        if !out.has(point) {
            continue;
        }
        out.remove(point);
        work.extend(graph.next(point, Edges::Direct, false).iter().filter(|p| out.has(**p) && stuck(&out, **p)));
    }
    out
}

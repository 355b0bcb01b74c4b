//! Where a formula can hold at all: its value as if no variable were ever bound. Too large a set, never too small a one, found with a few
//! operations on sets of points, so that the evaluator looks only where something may come of it.

use crate::ctl::{Edges, Evaluator, Exhausted, Formula, FormulaId, Graph, Model};

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

impl<M: Model> Evaluator<'_, M> {
    /// The points where a formula can hold.
    ///
    /// # Errors
    /// If the budget of steps is used up.
    pub(crate) fn points(&mut self, formula: FormulaId) -> Result<&Points, Exhausted> {
        if self.possible[formula.0 as usize].is_none() {
            let set = self.find_points(formula)?;
            self.possible[formula.0 as usize] = Some(set);
        }
        Ok(self.possible[formula.0 as usize].get_or_insert_with(|| Points::all(self.graph.size())))
    }

    fn find_points(&mut self, formula: FormulaId) -> Result<Points, Exhausted> {
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
                let first = self.points(a)?.clone();
                if first.is_empty() { first } else { first.and(self.points(b)?) }
            }
            Formula::Or(a, b) | Formula::SeqOr(a, b) => {
                let first = self.points(a)?.clone();
                first.or(self.points(b)?)
            }
            Formula::Exists(_, _, a) | Formula::Gather(a, _) => self.points(a)?.clone(),
            Formula::Ex(edges, forward, a) => some_next(graph, self.points(a)?, edges, forward),
            Formula::Ax(forward, a) => all_next(graph, self.points(a)?, forward),
            Formula::Eu(edges, a, b) => {
                let goal = self.points(b)?.clone();
                if goal.is_empty() { goal } else { until(graph, self.points(a)?, goal, edges) }
            }
            Formula::Au(a, b) => {
                let goal = self.points(b)?.clone();
                if goal.is_empty() { goal } else { always_until(graph, self.points(a)?, goal) }
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

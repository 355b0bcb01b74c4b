//! Until on the part of the graph that a start point can reach (`semantics.md` 2.4).

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::ctl::eval::KEPT;
use crate::ctl::{Edges, Evaluator, Exhausted, FormulaId, Graph, Model, Set, SubstId, Triple};

/// The part of a graph that matters for an until: from the start through points where the first part holds.
struct Region {
    points: Vec<u32>,
    /// Place in `points` of the points in it.
    place: FxHashMap<u32, usize>,
    holds: Vec<Rc<[Triple]>>,
    goal: Vec<Rc<[Triple]>>,
    /// Next points of each, as places.
    next: Vec<Vec<usize>>,
    /// Results found earlier: not to be computed again.
    known: Vec<Option<Rc<[Triple]>>>,
}

impl Region {
    /// The points before each, as places.
    fn before(&self) -> Vec<Vec<usize>> {
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.next.len()];
        for (i, next) in self.next.iter().enumerate() {
            for n in next {
                before[*n].push(i);
            }
        }
        before
    }
}

impl<M: Model> Evaluator<'_, M> {
    fn region(
        &mut self,
        formula: FormulaId,
        (edges, a, b): (Edges, FormulaId, FormulaId),
        start: u32,
        known: SubstId,
    ) -> Result<Region, Exhausted> {
        let graph: &Graph = self.graph;
        let mut r = Region {
            points: vec![start],
            place: std::iter::once((start, 0)).collect(),
            holds: Vec::new(),
            goal: Vec::new(),
            next: Vec::new(),
            known: Vec::new(),
        };
        let mut at = 0;
        while at < r.points.len() {
            let point = r.points[at];
            at += 1;
            let earlier = self.memo.get(&(formula, point, known));
            if earlier.is_some() {
                r.known.push(earlier);
                r.holds.push(self.memo.none());
                r.goal.push(self.memo.none());
                r.next.push(Vec::new());
                continue;
            }
            r.known.push(None);
            r.goal.push(self.eval(b, point, known)?);
            let holds = self.eval(a, point, known)?;
            let mut next = Vec::new();
            let ends = edges == Edges::Direct && graph.is_sink(point);
            if !holds.is_empty() && !ends {
                for n in graph.next(point, edges, true) {
                    let count = r.points.len();
                    let place = *r.place.entry(*n).or_insert(count);
                    if place == count {
                        r.points.push(*n);
                    }
                    next.push(place);
                }
            }
            r.holds.push(holds);
            r.next.push(next);
        }
        self.algebra.spend(r.points.len())?;
        Ok(r)
    }

    fn remember(
        &mut self,
        formula: FormulaId,
        known: SubstId,
        r: &Region,
        sets: Vec<Set>,
    ) -> Result<Rc<[Triple]>, Exhausted> {
        let mut first = self.memo.none();
        for (place, set) in sets.into_iter().enumerate() {
            if let Some(known) = &r.known[place] {
                self.algebra.hold(KEPT + 8 * known.len())?;
                continue;
            }
            let set = if set.is_empty() { self.memo.none() } else { set.into() };
            self.keep((formula, r.points[place], known), &set)?;
            if place == 0 {
                first = set;
            }
        }
        Ok(first)
    }

    pub(crate) fn eu(
        &mut self,
        formula: FormulaId,
        parts: (Edges, FormulaId, FormulaId),
        start: u32,
        known: SubstId,
    ) -> Result<Rc<[Triple]>, Exhausted> {
        let r = self.region(formula, parts, start, known)?;
        let sets = self.eu_sets(&r, known, false)?;
        self.remember(formula, known, &r, sets)
    }

    /// The least fixpoint of "the goal, or the first part holds and so does this at some next point".
    fn eu_sets(&mut self, r: &Region, known: SubstId, quiet: bool) -> Result<Vec<Set>, Exhausted> {
        let count = r.points.len();
        let mut sets: Vec<Set> = Vec::with_capacity(count);
        let mut holds: Vec<Set> = Vec::with_capacity(count);
        for i in 0..count {
            let set = r.known[i].as_ref().unwrap_or(&r.goal[i]);
            sets.push(if quiet { self.algebra.strip(set)? } else { set.to_vec() });
            holds.push(if quiet { self.algebra.strip(&r.holds[i])? } else { r.holds[i].to_vec() });
        }
        let before = r.before();
        // In reverse order of discovery: most points then see their next points' results at once.
        let mut waiting = vec![true; count];
        let mut work: Vec<usize> = (0..count).collect();
        while let Some(i) = work.pop() {
            waiting[i] = false;
            if r.known[i].is_some() || r.next[i].is_empty() {
                continue;
            }
            let mut ahead = Vec::new();
            for n in &r.next[i] {
                ahead = self.algebra.union(ahead, &sets[*n])?;
            }
            let step = self.algebra.join(&holds[i], &ahead, known)?;
            let set = self.algebra.union(sets[i].clone(), &step)?;
            if set != sets[i] {
                sets[i] = set;
                for b in &before[i] {
                    if !std::mem::replace(&mut waiting[*b], true) {
                        work.push(*b);
                    }
                }
            }
        }
        Ok(sets)
    }

    pub(crate) fn au(
        &mut self,
        formula: FormulaId,
        (a, b): (FormulaId, FormulaId),
        start: u32,
        known: SubstId,
    ) -> Result<Rc<[Triple]>, Exhausted> {
        let r = self.region(formula, (Edges::Direct, a, b), start, known)?;
        let sets = match postorder(&r.next) {
            (order, false) => self.au_acyclic(&r, &order, known)?,
            (_, true) => self.au_cyclic(&r, known)?,
        };
        self.remember(formula, known, &r, sets)
    }

    /// One point: the goal, or the first part (`holds`) and all next points.
    fn au_step(
        &mut self,
        r: &Region,
        holds: &[Triple],
        sets: &[Set],
        place: usize,
        known: SubstId,
    ) -> Result<Set, Exhausted> {
        let goal = &r.goal[place];
        let mut all: Set = holds.to_vec();
        if r.next[place].is_empty() {
            all.clear();
        }
        for n in &r.next[place] {
            if all.is_empty() {
                break;
            }
            all = self.algebra.join(&all, &sets[*n], known)?;
        }
        self.algebra.union(goal.to_vec(), &all)
    }

    fn au_acyclic(&mut self, r: &Region, order: &[usize], known: SubstId) -> Result<Vec<Set>, Exhausted> {
        let mut sets: Vec<Set> = vec![Vec::new(); r.points.len()];
        for i in order {
            sets[*i] = match &r.known[*i] {
                Some(set) => set.to_vec(),
                None => self.au_step(r, &r.holds[*i], &sets, *i, known)?,
            };
        }
        Ok(sets)
    }

    /// The greatest fixpoint over points from which the goal stays reachable, as far as substitutions go; of the witnesses the least
    /// one, so that a cycle contributes none of its own. One strongly connected component after the other, each in an order of its
    /// own: values that meet without being equal can make several fixpoints, and which one is found must not depend on the start. A cycle
    /// would justify every refinement of what holds on it; so refinements are found with the witnesses, where something says them.
    fn au_cyclic(&mut self, r: &Region, known: SubstId) -> Result<Vec<Set>, Exhausted> {
        let mut sets = self.eu_sets(r, known, true)?;
        let mut plain = Vec::with_capacity(sets.len());
        for (i, set) in sets.iter_mut().enumerate() {
            let holds = self.algebra.strip(&r.holds[i])?;
            *set = match &r.known[i] {
                Some(known) => known.to_vec(),
                None => {
                    let goal = self.algebra.strip(&r.goal[i])?;
                    let start = self.algebra.join(&holds, set, known)?;
                    let start = self.algebra.union(start, &goal)?;
                    self.algebra.general(&start)?
                }
            };
            plain.push(holds);
        }
        let graph = self.graph;
        let components = self.components.get_or_insert_with(|| graph.components().into()).clone();
        let component = |i: &usize| components[r.points[*i] as usize];
        let mut order: Vec<usize> = (0..sets.len()).filter(|i| r.known[*i].is_none()).collect();
        order.sort_unstable_by_key(|i| (component(i), std::cmp::Reverse(r.points[*i])));
        let before = r.before();
        let mut stale = vec![false; sets.len()];
        for group in order.chunk_by(|a, b| component(a) == component(b)) {
            for quiet in [true, false] {
                group.iter().for_each(|i| stale[*i] = true);
                let mut changed = true;
                for _ in 0..rounds(group.len(), quiet) {
                    if !std::mem::take(&mut changed) {
                        break;
                    }
                    for i in group {
                        if !std::mem::take(&mut stale[*i]) {
                            continue;
                        }
                        let holds: &[Triple] = if quiet { &plain[*i] } else { &r.holds[*i] };
                        let mut set = self.au_step(r, holds, &sets, *i, known)?;
                        if quiet {
                            set = self.algebra.general(&set)?;
                        }
                        self.algebra.spend(1)?;
                        if set != sets[*i] {
                            sets[*i] = set;
                            changed = true;
                            before[*i].iter().for_each(|b| stale[*b] = true);
                        }
                    }
                }
            }
        }
        Ok(sets)
    }
}

/// How often the points of a component are worked out at the most. Witnesses have gone all ways round then: what more rounds could add
/// are other ways to combine them, which need not come to an end where so many are found that they are not kept apart.
pub(crate) fn rounds(points: usize, quiet: bool) -> usize {
    if quiet { usize::MAX } else { points + 1 }
}

/// The points in an order in which all next points come first, but for those that a cycle goes back to; and whether there is a cycle.
fn postorder(next: &[Vec<usize>]) -> (Vec<usize>, bool) {
    let mut state = vec![0u8; next.len()];
    let mut order = Vec::with_capacity(next.len());
    let mut cyclic = false;
    for root in 0..next.len() {
        if state[root] != 0 {
            continue;
        }
        state[root] = 1;
        let mut stack = vec![(root, 0)];
        while let Some((i, at)) = stack.last_mut() {
            let Some(n) = next[*i].get(*at).copied() else {
                state[*i] = 2;
                order.push(*i);
                stack.pop();
                continue;
            };
            *at += 1;
            match state[n] {
                0 => {
                    state[n] = 1;
                    stack.push((n, 0));
                }
                1 => cyclic = true,
                _ => {}
            }
        }
    }
    (order, cyclic)
}

//! The reference evaluator: the set of every part of a formula at every point, by the definitions of `semantics.md` 2.3. Slow and plain.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::ctl::until::rounds;
use crate::ctl::{Algebra, Edges, Exhausted, Forest, Formula, FormulaId, Formulas, Graph, Model, Set, SubstId};

const NOTHING: SubstId = SubstId::EMPTY;

/// The triples of a formula at every point.
///
/// # Errors
/// If the algebra's budget of steps is used up.
pub fn sat<M: Model>(
    all: &Formulas,
    graph: &Graph,
    x: &mut Algebra<M>,
    formula: FormulaId,
) -> Result<Vec<Set>, Exhausted> {
    Ok(Definitions { all, graph, x, known: FxHashMap::default() }.sat(formula)?.to_vec())
}

/// What is evaluated, and the parts that are known.
struct Definitions<'a, M: Model> {
    all: &'a Formulas,
    graph: &'a Graph,
    x: &'a mut Algebra<M>,
    known: FxHashMap<FormulaId, Rc<[Set]>>,
}

impl<M: Model> Definitions<'_, M> {
    fn sat(&mut self, formula: FormulaId) -> Result<Rc<[Set]>, Exhausted> {
        if let Some(known) = self.known.get(&formula) {
            return Ok(known.clone());
        }
        let sets: Rc<[Set]> = self.define(formula)?.into();
        self.known.insert(formula, sets.clone());
        Ok(sets)
    }

    fn define(&mut self, formula: FormulaId) -> Result<Vec<Set>, Exhausted> {
        let points = 0..self.graph.size() as u32;
        match self.all.get(formula) {
            Formula::True => Ok(points.map(|_| vec![(NOTHING, Forest::EMPTY)]).collect()),
            Formula::False => Ok(points.map(|_| Vec::new()).collect()),
            Formula::Atom(a) => points.map(|n| self.x.label(a, n)).collect(),
            Formula::And(a, b) => {
                let (a, b) = (self.sat(a)?, self.sat(b)?);
                a.iter().zip(b.iter()).map(|(a, b)| self.x.join(a, b, NOTHING)).collect()
            }
            Formula::Or(a, b) => {
                let (a, b) = (self.sat(a)?, self.sat(b)?);
                a.iter().zip(b.iter()).map(|(a, b)| self.x.union(a.clone(), b)).collect()
            }
            Formula::SeqOr(a, b) => {
                let (a, b) = (self.sat(a)?, self.sat(b)?);
                let mut out = Vec::new();
                for (a, b) in a.iter().zip(b.iter()) {
                    let rest = self.x.complement(a, NOTHING)?;
                    let b = self.x.join(b, &rest, NOTHING)?;
                    out.push(self.x.union(a.clone(), &b)?);
                }
                Ok(out)
            }
            Formula::Not(a) => self.sat(a)?.iter().map(|a| self.x.complement(a, NOTHING)).collect(),
            Formula::Exists(keep, var, a) => {
                let a = self.sat(a)?;
                Ok(points.zip(a.iter()).map(|(n, a)| self.x.exists(keep, var, n, a)).collect())
            }
            Formula::Ex(edges, forward, a) => {
                let a = self.sat(a)?;
                points.map(|n| some_next(self.graph, self.x, &a, n, edges, forward)).collect()
            }
            Formula::Ax(forward, a) => {
                let a = self.sat(a)?;
                points.map(|n| all_next(self.graph, self.x, &a, n, forward)).collect()
            }
            Formula::Eu(edges, a, b) => {
                let (a, b) = (self.sat(a)?, self.sat(b)?);
                eu(self.graph, self.x, edges, &a, b.to_vec())
            }
            Formula::Au(a, b) => {
                let (a, b) = (self.sat(a)?, self.sat(b)?);
                au(self.graph, self.x, &a, &b)
            }
            Formula::Gather(a, b) => {
                let (a, b) = (self.sat(a)?, self.sat(b)?);
                points.zip(a.iter()).map(|(n, a)| gather(self.graph, self.x, a.clone(), &b, n)).collect()
            }
        }
    }
}

fn some_next<M: Model>(
    graph: &Graph,
    x: &mut Algebra<M>,
    sets: &[Set],
    point: u32,
    edges: Edges,
    forward: bool,
) -> Result<Set, Exhausted> {
    let mut out = Vec::new();
    for n in graph.next(point, edges, forward) {
        out = x.union(out, &sets[*n as usize])?;
    }
    Ok(out)
}

fn all_next<M: Model>(
    graph: &Graph,
    x: &mut Algebra<M>,
    sets: &[Set],
    point: u32,
    forward: bool,
) -> Result<Set, Exhausted> {
    let mut out: Option<Set> = None;
    for n in graph.next(point, Edges::Direct, forward) {
        let set = &sets[*n as usize];
        out = Some(match out {
            None => set.clone(),
            Some(out) => x.join(&out, set, NOTHING)?,
        });
    }
    Ok(out.unwrap_or_default())
}

/// Least fixpoint. A point from which no other is reached over direct edges is its own end.
fn eu<M: Model>(
    graph: &Graph,
    x: &mut Algebra<M>,
    edges: Edges,
    holds: &[Set],
    goal: Vec<Set>,
) -> Result<Vec<Set>, Exhausted> {
    let mut sets = goal;
    loop {
        let mut next = Vec::new();
        for n in 0..graph.size() as u32 {
            let sink = edges == Edges::Direct && graph.is_sink(n);
            let ahead = if sink { Vec::new() } else { some_next(graph, x, &sets, n, edges, true)? };
            let step = x.join(&holds[n as usize], &ahead, NOTHING)?;
            next.push(x.union(sets[n as usize].clone(), &step)?);
        }
        if next == sets {
            return Ok(sets);
        }
        sets = next;
    }
}

/// Greatest fixpoint of the substitutions over the points from which the goal can be reached, then the least one of the witnesses
/// (`semantics.md` 2.4); one strongly connected component after the other, so that all that it leads to is known.
fn au<M: Model>(graph: &Graph, x: &mut Algebra<M>, holds: &[Set], goal: &[Set]) -> Result<Vec<Set>, Exhausted> {
    let mut plain = Vec::new();
    let mut quiet = Vec::new();
    for (h, g) in holds.iter().zip(goal) {
        plain.push(x.strip(h)?);
        quiet.push(x.strip(g)?);
    }
    let reach = eu(graph, x, Edges::Direct, &plain, quiet.clone())?;
    let mut sets = Vec::new();
    for n in 0..graph.size() {
        let start = x.join(&plain[n], &reach[n], NOTHING)?;
        let start = x.union(start, &quiet[n])?;
        sets.push(x.general(&start)?);
    }
    let components = graph.components();
    let mut points: Vec<u32> = (0..graph.size() as u32).collect();
    points.sort_by_key(|n| (components[*n as usize], std::cmp::Reverse(*n)));
    for group in points.chunk_by(|a, b| components[*a as usize] == components[*b as usize]) {
        for (quiet, holds) in [(true, &plain[..]), (false, holds)] {
            for _ in 0..rounds(group.len(), quiet) {
                if !au_sweep(graph, x, group, holds, goal, &mut sets, quiet)? {
                    break;
                }
            }
        }
    }
    Ok(sets)
}

/// Works out every point of a component once; whether something changed.
fn au_sweep<M: Model>(
    graph: &Graph,
    x: &mut Algebra<M>,
    group: &[u32],
    holds: &[Set],
    goal: &[Set],
    sets: &mut [Set],
    quiet: bool,
) -> Result<bool, Exhausted> {
    let mut changed = false;
    for n in group {
        let at = *n as usize;
        let mut step = Vec::new();
        if !graph.is_sink(*n) {
            step = all_next(graph, x, sets, *n, true)?;
            step = x.join(&holds[at], &step, NOTHING)?;
        }
        let mut set = x.union(goal[at].clone(), &step)?;
        if quiet {
            set = x.general(&set)?;
        }
        x.spend(1)?;
        changed |= set != sets[at];
        sets[at] = set;
    }
    Ok(changed)
}

fn gather<M: Model>(
    graph: &Graph,
    x: &mut Algebra<M>,
    mut set: Set,
    found: &[Set],
    point: u32,
) -> Result<Set, Exhausted> {
    for n in graph.reachable(point) {
        let mut next = Vec::new();
        for triple in set {
            let joined = x.join(&[triple], &found[n as usize], NOTHING)?;
            if joined.is_empty() {
                next.push(triple);
            } else {
                next.extend(joined);
            }
        }
        set = x.normal(next);
    }
    Ok(set)
}

//! The reference evaluator: the set of every part of a formula at every point, by the definitions of `semantics.md` 2.3. Slow and plain.

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
    let points = 0..graph.size() as u32;
    match all.get(formula) {
        Formula::True => Ok(points.map(|_| vec![(NOTHING, Forest::EMPTY)]).collect()),
        Formula::False => Ok(points.map(|_| Vec::new()).collect()),
        Formula::Atom(a) => points.map(|n| x.label(a, n, NOTHING)).collect(),
        Formula::And(a, b) => {
            let (a, b) = (sat(all, graph, x, a)?, sat(all, graph, x, b)?);
            a.iter().zip(&b).map(|(a, b)| x.join(a, b, NOTHING)).collect()
        }
        Formula::Or(a, b) => {
            let (a, b) = (sat(all, graph, x, a)?, sat(all, graph, x, b)?);
            a.into_iter().zip(&b).map(|(a, b)| x.union(a, b)).collect()
        }
        Formula::SeqOr(a, b) => {
            let (a, b) = (sat(all, graph, x, a)?, sat(all, graph, x, b)?);
            let mut out = Vec::new();
            for (a, b) in a.into_iter().zip(&b) {
                let rest = x.complement(&a, NOTHING)?;
                let b = x.join(b, &rest, NOTHING)?;
                out.push(x.union(a, &b)?);
            }
            Ok(out)
        }
        Formula::Not(a) => sat(all, graph, x, a)?.iter().map(|a| x.complement(a, NOTHING)).collect(),
        Formula::Exists(keep, var, a) => {
            let a = sat(all, graph, x, a)?;
            Ok(points.zip(&a).map(|(n, a)| x.exists(keep, var, n, a)).collect())
        }
        Formula::Ex(edges, forward, a) => {
            let a = sat(all, graph, x, a)?;
            points.map(|n| some_next(graph, x, &a, n, edges, forward)).collect()
        }
        Formula::Ax(forward, a) => {
            let a = sat(all, graph, x, a)?;
            points.map(|n| all_next(graph, x, &a, n, forward)).collect()
        }
        Formula::Eu(edges, a, b) => {
            let (a, b) = (sat(all, graph, x, a)?, sat(all, graph, x, b)?);
            eu(graph, x, edges, &a, b)
        }
        Formula::Au(a, b) => {
            let (a, b) = (sat(all, graph, x, a)?, sat(all, graph, x, b)?);
            au(graph, x, &a, &b)
        }
        Formula::Gather(a, b) => {
            let (a, b) = (sat(all, graph, x, a)?, sat(all, graph, x, b)?);
            points.zip(a).map(|(n, a)| gather(graph, x, a, &b, n)).collect()
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
/// (`semantics.md` 2.4).
fn au<M: Model>(graph: &Graph, x: &mut Algebra<M>, holds: &[Set], goal: &[Set]) -> Result<Vec<Set>, Exhausted> {
    let plain: Vec<Set> = holds.iter().map(|s| x.strip(s)).collect();
    let quiet: Vec<Set> = goal.iter().map(|s| x.strip(s)).collect();
    let reach = eu(graph, x, Edges::Direct, &plain, quiet.clone())?;
    let mut sets = Vec::new();
    for n in 0..graph.size() {
        let start = x.join(&plain[n], &reach[n], NOTHING)?;
        sets.push(x.union(start, &quiet[n])?);
    }
    sets = au_iterate(graph, x, &plain, &quiet, sets)?;
    au_iterate(graph, x, holds, goal, sets)
}

fn au_iterate<M: Model>(
    graph: &Graph,
    x: &mut Algebra<M>,
    holds: &[Set],
    goal: &[Set],
    mut sets: Vec<Set>,
) -> Result<Vec<Set>, Exhausted> {
    loop {
        let mut next = Vec::new();
        for n in 0..graph.size() {
            let mut step = Vec::new();
            if !graph.is_sink(n as u32) {
                step = all_next(graph, x, &sets, n as u32, true)?;
                step = x.join(&holds[n], &step, NOTHING)?;
            }
            next.push(x.union(goal[n].clone(), &step)?);
        }
        x.spend(1)?;
        if next == sets {
            return Ok(sets);
        }
        sets = next;
    }
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

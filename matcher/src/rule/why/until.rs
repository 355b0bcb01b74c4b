//! Dots that do not get where they should: the path, and what stops it.

use std::collections::hash_map::Entry;
use std::rc::Rc;

use cfg::NodeIndex;
use rustc_hash::FxHashMap;

use super::walk::{Outcome, Walk};
use super::{Cause, NearMiss};
use crate::ctl::{Edges, FormulaId, SubstId};

/// The points that dots reach from a start.
struct Reached {
    /// In the order of their distance.
    points: Vec<u32>,
    /// The point before each.
    before: FxHashMap<u32, u32>,
    /// Points where what follows stands.
    goals: Vec<u32>,
}

impl Reached {
    fn path(&self, to: u32) -> Vec<NodeIndex> {
        let mut out = vec![NodeIndex::new(to as usize)];
        let mut at = to;
        while let Some(p) = self.before.get(&at).copied().filter(|p| *p != at) {
            out.push(NodeIndex::new(p as usize));
            at = p;
        }
        out.reverse();
        out
    }
}

impl Walk<'_, '_> {
    /// Along these edges, through points that satisfy `gap` (none: all), to where `goal` holds.
    fn reach(
        &mut self,
        edges: Edges,
        gap: Option<FormulaId>,
        goal: FormulaId,
        start: u32,
        known: SubstId,
    ) -> Outcome<Reached> {
        let mut r = Reached { points: vec![start], before: FxHashMap::default(), goals: Vec::new() };
        r.before.insert(start, start);
        let mut at = 0;
        while let Some(p) = r.points.get(at).copied() {
            at += 1;
            if self.holds(goal, p, known)? {
                r.goals.push(p);
                continue;
            }
            if let Some(gap) = gap
                && !self.holds(gap, p, known)?
            {
                continue;
            }
            for n in self.ev.graph.next(p, edges, true) {
                if !r.before.contains_key(n) {
                    r.before.insert(*n, p);
                    r.points.push(*n);
                }
            }
        }
        Ok(r)
    }

    /// No path through the gap gets to the goal.
    pub(super) fn some_path(
        &mut self,
        f: FormulaId,
        (edges, gap, goal): (Edges, FormulaId, FormulaId),
        start: u32,
        known: SubstId,
    ) -> Outcome<Rc<NearMiss>> {
        let note = self.rule.compiled.notes.untils.get(&f).copied();
        let goal = note.map_or(goal, |n| n.goal);
        let free = self.reach(edges, None, goal, start, known)?;
        if let Some(found) = free.goals.first().copied() {
            // What stops the way to where it would match.
            for p in free.path(found) {
                if !self.holds(gap, p.index() as u32, known)? {
                    let why = self.fail(gap, p.index() as u32, known)?;
                    let beyond = self.trail(goal, found, known)?;
                    let score = beyond.iter().map(|s| self.weight(*s)).sum::<u32>().saturating_sub(1);
                    let path = free.path(p.index() as u32);
                    let dots = note.map(|n| n.dots);
                    let miss = NearMiss { path, beyond, dots, score, at: Some(p), ..why.as_ref().clone() };
                    return Ok(Rc::new(miss));
                }
            }
        }
        let reached = self.reach(edges, Some(gap), goal, start, known)?;
        self.nearest(&reached, goal, note.map(|n| n.dots), known)
    }

    /// The goal matches nowhere: where it comes nearest.
    fn nearest(
        &mut self,
        reached: &Reached,
        goal: FormulaId,
        dots: Option<c_syntax::NodeId>,
        known: SubstId,
    ) -> Outcome<Rc<NearMiss>> {
        let mut best: Option<(Rc<NearMiss>, u32)> = None;
        for p in &reached.points {
            let one = self.fail(goal, *p, known)?;
            best = Some(match best {
                None => (one, *p),
                Some((best, at)) => {
                    let winner = self.better(best.clone(), one);
                    if Rc::ptr_eq(&winner, &best) { (best, at) } else { (winner, *p) }
                }
            });
        }
        let Some((best, at)) = best else { return Ok(Rc::new(self.nothing(0, Cause::Ends))) };
        let path = if best.path.is_empty() { reached.path(at) } else { best.path.clone() };
        Ok(Rc::new(NearMiss { path, dots: best.dots.or(dots), ..best.as_ref().clone() }))
    }

    /// Some path through the gap does not get to the goal.
    pub(super) fn all_paths(
        &mut self,
        f: FormulaId,
        (gap, end): (FormulaId, FormulaId),
        start: u32,
        known: SubstId,
    ) -> Outcome<Rc<NearMiss>> {
        let note = self.rule.compiled.notes.untils.get(&f).copied();
        let goal = note.map_or(end, |n| n.goal);
        let some = self.reach(Edges::Direct, Some(gap), goal, start, known)?;
        let Some(found) = some.goals.first().copied() else {
            return self.some_path(f, (Edges::Direct, gap, goal), start, known);
        };
        let beyond = self.trail(goal, found, known)?;
        let score = beyond.iter().map(|s| self.weight(*s)).sum::<u32>().saturating_sub(1);
        let (path, at, miss) = self.bad_path(f, (gap, end), start, known)?;
        Ok(Rc::new(NearMiss {
            path,
            beyond,
            dots: note.map(|n| n.dots),
            all_paths: true,
            score,
            at: Some(at),
            ..miss.as_ref().clone()
        }))
    }

    /// A shortest path that fails, where it does, and why.
    fn bad_path(
        &mut self,
        f: FormulaId,
        (gap, end): (FormulaId, FormulaId),
        start: u32,
        known: SubstId,
    ) -> Outcome<(Vec<NodeIndex>, NodeIndex, Rc<NearMiss>)> {
        let mut before: FxHashMap<u32, u32> = FxHashMap::default();
        before.insert(start, start);
        let mut queue = vec![start];
        let mut at = 0;
        let mut ended = None;
        while let Some(p) = queue.get(at).copied() {
            at += 1;
            if self.holds(end, p, known)? {
                continue;
            }
            if !self.holds(gap, p, known)? {
                ended = Some((p, self.fail(gap, p, known)?));
                break;
            }
            if self.ev.graph.is_sink(p) {
                ended = Some((p, Rc::new(self.nothing(p, Cause::Ends))));
                break;
            }
            let mut all_hold = true;
            for n in self.ev.graph.next(p, Edges::Direct, true).to_vec() {
                if self.holds(f, n, known)? {
                    continue;
                }
                all_hold = false;
                if let Entry::Vacant(first) = before.entry(n) {
                    first.insert(p);
                    queue.push(n);
                }
            }
            if all_hold {
                ended = Some((p, Rc::new(self.nothing(p, Cause::PathsDisagree))));
                break;
            }
        }
        let (p, miss) = match ended {
            Some(found) => found,
            None => {
                let last = queue.last().copied().unwrap_or(start);
                (last, Rc::new(self.nothing(last, Cause::Loop)))
            }
        };
        let r = Reached { points: Vec::new(), before, goals: Vec::new() };
        Ok((r.path(p), NodeIndex::new(p as usize), miss))
    }
}

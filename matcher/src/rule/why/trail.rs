//! The parts of a pattern behind a formula that holds at a point.

use cfg::NodeIndex;
use rustc_hash::FxHashSet;

use super::Step;
use super::walk::{Outcome, Walk};
use crate::compile::Atom;
use crate::ctl::{Edges, Formula, FormulaId, SubstId};

type Seen = FxHashSet<(FormulaId, u32)>;

impl Walk<'_, '_> {
    /// The elements that match, in the order of the pattern.
    pub(super) fn trail(&mut self, f: FormulaId, point: u32, known: SubstId) -> Outcome<Vec<Step>> {
        let mut out = Vec::new();
        self.follow(f, point, known, &mut Seen::default(), &mut out)?;
        Ok(out)
    }

    fn follow(
        &mut self,
        f: FormulaId,
        point: u32,
        known: SubstId,
        seen: &mut Seen,
        out: &mut Vec<Step>,
    ) -> Outcome<()> {
        if !seen.insert((f, point)) {
            return Ok(());
        }
        match self.ev.formulas.get(f) {
            Formula::Atom(a) => {
                if let Atom::Elem { elem, quiet: false } = self.rule.compiled.atoms[a as usize] {
                    let node = self.rule.compiled.elems[elem as usize].kind.node();
                    let step = Step { node, point: NodeIndex::new(point as usize) };
                    if !out.contains(&step) {
                        out.push(step);
                    }
                }
            }
            Formula::And(a, b) => {
                let left = self.ev.eval(a, point, known)?;
                for triple in left.iter() {
                    let Some(more) = self.ev.algebra.conj(known, triple.0) else { continue };
                    if self.holds(b, point, more)? {
                        self.follow(a, point, more, seen, out)?;
                        return self.follow(b, point, more, seen, out);
                    }
                }
            }
            Formula::Or(a, b) | Formula::SeqOr(a, b) => {
                let first = if self.holds(a, point, known)? { a } else { b };
                self.follow(first, point, known, seen, out)?;
            }
            Formula::Exists(_, var, a) => {
                let (outer, _) = self.ev.algebra.substs.remove(known, var);
                self.follow(a, point, outer, seen, out)?;
            }
            Formula::Ex(edges, forward, a) => {
                for n in self.ev.graph.next(point, edges, forward).to_vec() {
                    if self.holds(a, n, known)? {
                        return self.follow(a, n, known, seen, out);
                    }
                }
            }
            Formula::Ax(forward, a) => {
                for n in self.ev.graph.next(point, Edges::Direct, forward).to_vec() {
                    self.follow(a, n, known, seen, out)?;
                }
            }
            Formula::Eu(edges, gap, goal) => self.follow_until(f, (edges, gap, goal), point, known, seen, out)?,
            Formula::Au(gap, goal) => self.follow_until(f, (Edges::Direct, gap, goal), point, known, seen, out)?,
            Formula::Gather(a, _) => self.follow(a, point, known, seen, out)?,
            Formula::True | Formula::False | Formula::Not(_) => {}
        }
        Ok(())
    }

    /// The nearest points at which what follows the dots holds.
    fn follow_until(
        &mut self,
        f: FormulaId,
        (edges, gap, goal): (Edges, FormulaId, FormulaId),
        point: u32,
        known: SubstId,
        seen: &mut Seen,
        out: &mut Vec<Step>,
    ) -> Outcome<()> {
        let goal = self.rule.compiled.notes.untils.get(&f).map_or(goal, |u| u.goal);
        let mut visited = vec![point];
        let mut at = 0;
        while let Some(p) = visited.get(at).copied() {
            at += 1;
            if self.holds(goal, p, known)? {
                self.follow(goal, p, known, seen, out)?;
                continue;
            }
            if self.holds(gap, p, known)? {
                for n in self.ev.graph.next(p, edges, true) {
                    if !visited.contains(n) {
                        visited.push(*n);
                    }
                }
            }
        }
        Ok(())
    }
}

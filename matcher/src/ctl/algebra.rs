//! Sets of triples at one point: join, union, complement, elimination of variables.

use std::time::Instant;

use crate::ctl::subst::Substs;
use crate::ctl::witness::Witnesses;
use crate::ctl::{Exhausted, Fact, Forest, Keep, Labelled, Model, Subst, SubstId, Var, Witness};

/// A substitution and how it came about; the point is known from where the triple is kept.
pub type Triple = (SubstId, Forest);

/// Triples at one point, sorted, without duplicates.
pub type Set = Vec<Triple>;

/// So many triples with one substitution are kept apart because of exported values; more are made one, so that
/// the number of triples cannot grow exponentially along a path.
const MAX_APART: usize = 24;

/// The tables that sets refer to, and the count of steps.
#[derive(Debug)]
pub struct Algebra<M: Model> {
    /// The labelling of points and the equality of values.
    pub model: M,
    pub(crate) substs: Substs<M::Value>,
    /// The witnesses.
    pub witnesses: Witnesses<M::Value>,
    pub(crate) steps: u64,
    pub(crate) deadline: Option<Instant>,
    /// About how many bytes the tables may hold, and those of results do.
    pub(crate) memory: usize,
    held: usize,
}

impl<M: Model> Algebra<M> {
    /// Empty tables; at most `steps` elementary steps can be made with them.
    pub fn new(model: M, steps: u64) -> Self {
        Self {
            model,
            substs: Substs::new(),
            witnesses: Witnesses::default(),
            steps,
            deadline: None,
            memory: usize::MAX,
            held: 0,
        }
    }

    /// The facts of a substitution.
    pub fn subst(&self, id: SubstId) -> &Subst<M::Value> {
        self.substs.get(id)
    }

    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Exhausted> {
        let Some(rest) = self.steps.checked_sub(steps as u64) else { return Err(Exhausted::Steps) };
        let turn = rest >> 12 != self.steps >> 12;
        self.steps = rest;
        if turn && self.deadline.is_some_and(|d| Instant::now() >= d) {
            return Err(Exhausted::Time);
        }
        Ok(())
    }

    /// Counts bytes that are kept.
    pub(crate) fn hold(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.held += bytes;
        let all = self.held + self.substs.bytes() + self.witnesses.bytes();
        if all > self.memory { Err(Exhausted::Memory) } else { Ok(()) }
    }

    pub(crate) fn conj(&mut self, a: SubstId, b: SubstId) -> Option<SubstId> {
        self.substs.conj(&mut self.model, a, b)
    }

    /// What the model says of an atomic predicate.
    pub(crate) fn label(&mut self, atom: u32, point: u32) -> Result<Set, Exhausted> {
        let all = self.model.label(atom, point);
        self.spend(1 + all.len())?;
        let mut out = Vec::with_capacity(all.len());
        for one in all {
            let mut facts = one.facts;
            facts.sort_by_key(|f| f.0);
            let subst = self.substs.intern(&facts);
            let forest = match one.leaf {
                Some(leaf) => {
                    let apart = self.model.tells_apart();
                    self.witnesses.single(Witness::Leaf { point, leaf }, apart)
                }
                None => Forest::EMPTY,
            };
            out.push((subst, forest));
        }
        Ok(self.normal(out))
    }

    /// What an atomic predicate gives once variables are eliminated, from the first one on, if it holds in one way or in none.
    pub(crate) fn one_way(
        &mut self,
        atom: u32,
        point: u32,
        quantifiers: impl Iterator<Item = (Keep, Var)>,
    ) -> Result<Option<Set>, Exhausted> {
        let mut all = self.model.label(atom, point);
        self.spend(1)?;
        let Some(Labelled { mut facts, leaf }) = all.pop() else { return Ok(Some(Vec::new())) };
        if !all.is_empty() {
            return Ok(None);
        }
        facts.sort_by_key(|f| f.0);
        let mut forest = leaf.map_or(Forest::EMPTY, |leaf| {
            let apart = self.model.tells_apart();
            self.witnesses.single(Witness::Leaf { point, leaf }, apart)
        });
        for (keep, var) in quantifiers {
            let Ok(at) = facts.binary_search_by_key(&var, |f| f.0) else { continue };
            let Fact::Is(value) = facts.remove(at).1 else { return Ok(Some(Vec::new())) };
            forest = self.bound(keep, var, value, point, forest);
        }
        Ok(Some(vec![(self.substs.intern(&facts), forest)]))
    }

    /// The forest of what a variable had a value for.
    fn bound(&mut self, keep: Keep, var: Var, value: M::Value, point: u32, below: Forest) -> Forest {
        let wrap = keep == Keep::Export || (keep == Keep::Local && below != Forest::EMPTY);
        if !wrap {
            return below;
        }
        self.witnesses.single(Witness::Bind { point, var, value, below }, keep == Keep::Export)
    }

    /// Sorted, equal substitutions merged where nobody can tell them apart (`semantics.md` 2.7).
    pub(crate) fn normal(&mut self, mut set: Set) -> Set {
        if set.len() < 2 {
            return set;
        }
        set.sort_unstable();
        set.dedup();
        let mut out: Set = Vec::with_capacity(set.len());
        let mut start = 0;
        for (subst, forest) in set {
            if out.last().is_none_or(|l| l.0 != subst) {
                start = out.len();
            }
            let crowded = out.len() - start >= MAX_APART;
            let apart = self.witnesses.has_export(forest) && !crowded;
            let same = out[start..].iter().position(|t| crowded || !self.witnesses.has_export(t.1));
            match same {
                Some(at) if !apart => out[start + at].1 = self.witnesses.union(out[start + at].1, forest),
                _ => out.push((subst, forest)),
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Either.
    pub(crate) fn union(&mut self, mut a: Set, b: &[Triple]) -> Result<Set, Exhausted> {
        self.spend(a.len() + b.len())?;
        a.extend_from_slice(b);
        self.reduced(a)
    }

    /// Normal, and in a form that does not depend on the order in which triples come: one that differs from another only in saying
    /// more of what variables are *not* holds wherever that one does too, so it has that one's witnesses as well; if it then has no
    /// others it goes. What binds a variable stays beside what leaves it free.
    fn reduced(&mut self, set: Set) -> Result<Set, Exhausted> {
        let set = self.normal(set);
        if set.len() < 2 || set.iter().all(|t| self.substs.positive(t.0) == t.0) {
            return Ok(set);
        }
        let key = |t: &Triple| (self.substs.positive(t.0), self.substs.denials(t.0), *t);
        let mut order: Vec<(SubstId, usize, Triple)> = set.iter().map(key).collect();
        order.sort_unstable();
        self.spend(order.len())?;
        let mut out: Set = Vec::with_capacity(order.len());
        for group in order.chunk_by(|x, y| x.0 == y.0) {
            self.spend(group.len() * group.len() / 8)?;
            let start = out.len();
            for (_, _, (subst, forest)) in group {
                let export = self.witnesses.has_export(*forest);
                let mut below = None;
                for (other, theirs) in out[start..].iter().filter(|o| o.0 != *subst) {
                    let comparable = if export { theirs == forest } else { !self.witnesses.has_export(*theirs) };
                    if comparable && self.substs.more_general(*other, *subst) {
                        below = Some(self.witnesses.union(*theirs, below.unwrap_or(Forest::EMPTY)));
                    }
                }
                let all = self.witnesses.union(*forest, below.unwrap_or(Forest::EMPTY));
                if below != Some(all) {
                    out.push((*subst, all));
                }
            }
        }
        out.sort_unstable();
        Ok(out)
    }

    /// Both at once; what is incompatible with `known` is left out.
    pub(crate) fn join(&mut self, a: &[Triple], b: &[Triple], known: SubstId) -> Result<Set, Exhausted> {
        if let [(SubstId::EMPTY, Forest::EMPTY)] = a {
            return Ok(b.to_vec());
        }
        if let [(SubstId::EMPTY, Forest::EMPTY)] = b {
            return Ok(a.to_vec());
        }
        self.spend(a.len() * b.len())?;
        let mut out = Vec::new();
        for (s, f) in a {
            for (t, g) in b {
                if let Some(both) = self.conj(*s, *t)
                    && self.conj(known, both).is_some()
                {
                    out.push((both, self.witnesses.union(*f, *g)));
                }
            }
        }
        self.reduced(out)
    }

    /// The same substitutions, without witnesses.
    pub(crate) fn strip(&mut self, set: &[Triple]) -> Result<Set, Exhausted> {
        self.reduced(set.iter().map(|t| (t.0, Forest::EMPTY)).collect())
    }

    /// The most general of the substitutions, without witnesses.
    pub(crate) fn general(&mut self, set: &[Triple]) -> Result<Set, Exhausted> {
        let set = self.strip(set)?;
        self.spend(set.len() * set.len() / 8)?;
        let kept = |t: &&Triple| !set.iter().any(|o| o.0 != t.0 && self.substs.more_general(o.0, t.0));
        Ok(set.iter().filter(kept).copied().collect())
    }

    /// The substitutions that no triple of `set` allows.
    pub(crate) fn complement(&mut self, set: &[Triple], known: SubstId) -> Result<Set, Exhausted> {
        let mut out: Set = vec![(SubstId::EMPTY, Forest::EMPTY)];
        for (subst, _) in self.strip(set)? {
            let ways = self.substs.negations(subst);
            self.spend(out.len() * ways.len() + 1)?;
            let mut next = Vec::new();
            for (s, _) in &out {
                for way in &ways {
                    if let Some(both) = self.conj(*s, *way)
                        && self.conj(known, both).is_some()
                    {
                        next.push((both, Forest::EMPTY));
                    }
                }
            }
            out = self.reduced(next)?;
            if out.is_empty() {
                break;
            }
        }
        Ok(out)
    }

    /// Elimination of a variable at a point.
    pub(crate) fn exists(&mut self, keep: Keep, var: Var, point: u32, set: &[Triple]) -> Set {
        let mut out = Vec::with_capacity(set.len());
        for (subst, forest) in set {
            let (rest, fact) = self.substs.remove(*subst, var);
            match fact {
                None => out.push((rest, *forest)),
                Some(Fact::IsNot(_)) => {}
                Some(Fact::Is(value)) => out.push((rest, self.bound(keep, var, value, point, *forest))),
            }
        }
        self.normal(out)
    }
}

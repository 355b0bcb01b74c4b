//! The evaluator: on demand, at one point, under what is known of the variables.
//!
//! `eval(f, point, known)` gives the triples of `f` at the point as far as they can be compatible with `known`. A conjunction
//! evaluates its second part once for each substitution of the first, so that what a pattern has bound restricts all that
//! follows; results are remembered for (formula, point, what is known of the formula's free variables).

use std::rc::Rc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::ctl::memo::{Key, Memo};
use crate::ctl::possible::{Knowledge, Points};
use crate::ctl::{Algebra, Formula, FormulaId, Formulas, Graph, Keep, Model, Set, SubstId, Triple, Var};

/// A limit ends the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    /// The budget of steps is used up.
    Steps,
    /// The time is over.
    Time,
    /// The tables hold too much.
    Memory,
}

/// So many formulas of paths are evaluated before it pays to find out first whether values are out of the question.
const FEW_PATHS: u32 = 6;

/// About how many bytes a result takes up beside its triples.
pub(crate) const KEPT: usize = 64;

/// Evaluates formulas on one graph.
#[derive(Debug)]
pub struct Evaluator<'a, M: Model> {
    pub(crate) formulas: &'a Formulas,
    pub(crate) graph: &'a Graph,
    /// The tables that results refer to.
    pub algebra: Algebra<M>,
    pub(crate) memo: Memo,
    restricted: FxHashMap<(FormulaId, SubstId), SubstId>,
    reach: FxHashMap<u32, Rc<[u32]>>,
    /// The strongly connected components of the graph, once asked for.
    pub(crate) components: Option<Rc<[u32]>>,
    /// For each formula, once asked for: where it can hold.
    pub(crate) possible: Vec<Option<Points>>,
    /// Where formulas can hold with what is known of variables.
    pub(crate) knowledge: Knowledge,
    /// How many formulas of paths were evaluated with values so far.
    followed: u32,
}

type Outcome = Result<Rc<[Triple]>, Exhausted>;

impl<'a, M: Model> Evaluator<'a, M> {
    /// An evaluator with a budget of elementary steps.
    pub fn new(formulas: &'a Formulas, graph: &'a Graph, model: M, steps: u64) -> Self {
        Self {
            formulas,
            graph,
            algebra: Algebra::new(model, steps),
            memo: Memo::new(),
            restricted: FxHashMap::default(),
            reach: FxHashMap::default(),
            components: None,
            possible: vec![None; formulas.len()],
            knowledge: Knowledge::default(),
            followed: 0,
        }
    }

    /// Ends the work at a time.
    pub fn set_deadline(&mut self, deadline: Option<std::time::Instant>) {
        self.algebra.deadline = deadline;
    }

    /// Ends the work when the tables hold about so many bytes.
    pub fn set_memory(&mut self, bytes: usize) {
        self.algebra.memory = bytes;
    }

    /// The points where a formula holds, with its triples there.
    ///
    /// # Errors
    /// If the budget of steps is used up.
    pub fn everywhere(&mut self, formula: FormulaId) -> Result<Vec<(u32, Triple)>, Exhausted> {
        let points: Vec<u32> = self.points(formula)?.iter().collect();
        self.algebra.witnesses.reserve(points.len());
        // Each point is asked for once, and nobody else asks.
        let alone = self.formulas.is_local(formula);
        let mut out = Vec::with_capacity(points.len());
        for point in points {
            let set = match alone {
                true => self.work_out(formula, point, SubstId::EMPTY)?,
                false => self.eval(formula, point, SubstId::EMPTY)?,
            };
            out.extend(set.iter().map(|t| (point, *t)));
        }
        Ok(out)
    }

    /// The triples of a formula at a point.
    ///
    /// # Errors
    /// If the budget of steps is used up.
    pub fn sat(&mut self, formula: FormulaId, point: u32) -> Result<Set, Exhausted> {
        Ok(self.eval(formula, point, SubstId::EMPTY)?.to_vec())
    }

    /// What is known of the free variables of a formula.
    pub(crate) fn restrict(&mut self, formula: FormulaId, known: SubstId) -> SubstId {
        if known == SubstId::EMPTY {
            return known;
        }
        if let Some(id) = self.restricted.get(&(formula, known)) {
            return *id;
        }
        let id = self.algebra.substs.restrict(known, self.formulas.free(formula));
        if self.restricted.len() >= crate::ctl::subst::MOST {
            self.restricted.clear();
        }
        self.restricted.insert((formula, known), id);
        id
    }

    pub(crate) fn eval(&mut self, formula: FormulaId, point: u32, known: SubstId) -> Outcome {
        if !self.points(formula)?.has(point) {
            return Ok(self.memo.none());
        }
        let known = self.restrict(formula, known);
        let key = (formula, point, known);
        if let Some(set) = self.memo.get(&key) {
            return Ok(set);
        }
        if let Some(set) = self.whatever_is_known(formula, point, known)? {
            return Ok(set);
        }
        let follows_paths = matches!(self.formulas.get(formula), Formula::Eu(..) | Formula::Au(..));
        if follows_paths && known != SubstId::EMPTY {
            self.followed += 1;
            if self.followed > FEW_PATHS && !self.can_hold(formula, point, known)? {
                return Ok(self.memo.none());
            }
        }
        let set = self.work_out(formula, point, known)?;
        // What is said of one point alone is soon found again from what is said whatever is known.
        if known == SubstId::EMPTY || !self.formulas.is_local(formula) {
            self.keep(key, &set)?;
        }
        Ok(set)
    }

    /// The triples of a formula at a point, from those of its parts.
    fn work_out(&mut self, formula: FormulaId, point: u32, known: SubstId) -> Outcome {
        self.algebra.spend(1)?;
        Ok(match self.formulas.get(formula) {
            Formula::True => Rc::from([(SubstId::EMPTY, crate::ctl::Forest::EMPTY)]),
            Formula::False => Rc::from([]),
            Formula::Atom(a) if known == SubstId::EMPTY => self.algebra.label(a, point)?.into(),
            Formula::Atom(_) => {
                let all = self.eval(formula, point, SubstId::EMPTY)?;
                all.iter().copied().filter(|t| self.algebra.conj(known, t.0).is_some()).collect()
            }
            Formula::And(a, b) => self.and(a, b, point, known)?.into(),
            Formula::Or(a, b) => {
                let (x, y) = (self.eval(a, point, known)?, self.eval(b, point, known)?);
                self.algebra.union(x.to_vec(), &y)?.into()
            }
            Formula::SeqOr(a, b) => self.seq_or(a, b, point, known)?.into(),
            Formula::Not(a) => {
                let set = self.eval(a, point, known)?;
                self.algebra.complement(&set, known)?.into()
            }
            Formula::Exists(keep, var, a) => {
                if known == SubstId::EMPTY
                    && let Some(set) = self.one_way(formula, point)?
                {
                    return Ok(set.into());
                }
                let (outer, _) = self.algebra.substs.remove(known, var);
                let set = self.eval(a, point, outer)?;
                self.algebra.exists(keep, var, point, &set).into()
            }
            Formula::Ex(edges, forward, a) => {
                let graph = self.graph;
                let mut out = Vec::new();
                for n in graph.next(point, edges, forward) {
                    let set = self.eval(a, *n, known)?;
                    out = self.algebra.union(out, &set)?;
                }
                out.into()
            }
            Formula::Ax(forward, a) => self.ax(a, point, forward, known)?.into(),
            Formula::Eu(edges, a, b) => self.eu(formula, (edges, a, b), point, known)?,
            Formula::Au(a, b) => self.au(formula, (a, b), point, known)?,
            Formula::Gather(a, b) => self.gather(a, b, point, known)?.into(),
        })
    }

    /// What quantifiers leave of a predicate that holds in one way, if that is what a formula is.
    fn one_way(&mut self, formula: FormulaId, point: u32) -> Result<Option<Set>, Exhausted> {
        let mut quantifiers: SmallVec<[(Keep, Var); 8]> = SmallVec::new();
        let mut inner = formula;
        let atom = loop {
            match self.formulas.get(inner) {
                Formula::Exists(keep, var, a) => {
                    quantifiers.push((keep, var));
                    inner = a;
                }
                Formula::Atom(atom) => break atom,
                _ => return Ok(None),
            }
        };
        self.algebra.one_way(atom, point, quantifiers.into_iter().rev())
    }

    /// What a formula gives if that does not depend on what is known of its variables: at most points the elements of a rule do not
    /// match whatever the variables are, and then nothing needs to be worked out for each of their values.
    fn whatever_is_known(
        &mut self,
        formula: FormulaId,
        point: u32,
        known: SubstId,
    ) -> Result<Option<Rc<[Triple]>>, Exhausted> {
        if known == SubstId::EMPTY {
            return Ok(None);
        }
        if self.formulas.is_local(formula) {
            let set = self.eval(formula, point, SubstId::EMPTY)?;
            let same = matches!(set[..], [] | [(SubstId::EMPTY, crate::ctl::Forest::EMPTY)]);
            return Ok(same.then_some(set));
        }
        match self.formulas.get(formula) {
            Formula::And(a, _) if self.formulas.is_local(a) => {
                let first = self.eval(a, point, SubstId::EMPTY)?;
                Ok(first.is_empty().then_some(first))
            }
            Formula::Exists(_, _, a) => {
                let inner = self.whatever_is_known(a, point, known)?;
                Ok(inner.filter(|set| set.is_empty()))
            }
            _ => Ok(None),
        }
    }

    /// Remembers a result.
    pub(crate) fn keep(&mut self, key: Key, set: &Rc<[Triple]>) -> Result<(), Exhausted> {
        self.algebra.hold(KEPT + 8 * set.len())?;
        self.memo.insert(key, set);
        Ok(())
    }

    fn and(&mut self, a: FormulaId, b: FormulaId, point: u32, known: SubstId) -> Result<Set, Exhausted> {
        let left = self.eval(a, point, known)?;
        let mut out = Vec::new();
        for triple in left.iter() {
            let Some(more) = self.algebra.conj(known, triple.0) else { continue };
            let right = self.eval(b, point, more)?;
            out.extend(self.algebra.join(&[*triple], &right, known)?);
        }
        Ok(self.algebra.normal(out))
    }

    fn seq_or(&mut self, a: FormulaId, b: FormulaId, point: u32, known: SubstId) -> Result<Set, Exhausted> {
        let first = self.eval(a, point, known)?;
        let rest = self.algebra.complement(&first, known)?;
        if rest.is_empty() {
            return Ok(first.to_vec());
        }
        let second = self.eval(b, point, known)?;
        let second = self.algebra.join(&second, &rest, known)?;
        self.algebra.union(first.to_vec(), &second)
    }

    fn ax(&mut self, a: FormulaId, point: u32, forward: bool, known: SubstId) -> Result<Set, Exhausted> {
        let graph = self.graph;
        let mut out: Option<Set> = None;
        for n in graph.next(point, crate::ctl::Edges::Direct, forward) {
            let set = self.eval(a, *n, known)?;
            let joined = match out {
                None => set.to_vec(),
                Some(out) => self.algebra.join(&out, &set, known)?,
            };
            if joined.is_empty() {
                return Ok(joined);
            }
            out = Some(joined);
        }
        Ok(out.unwrap_or_default())
    }

    fn gather(&mut self, a: FormulaId, b: FormulaId, point: u32, known: SubstId) -> Result<Set, Exhausted> {
        let mut set = self.eval(a, point, known)?.to_vec();
        if set.is_empty() || self.points(b)?.is_empty() {
            return Ok(set);
        }
        let graph = self.graph;
        let reach = self.reach.entry(point).or_insert_with(|| graph.reachable(point).into()).clone();
        let there = self.points(b)?.clone();
        for n in reach.iter().filter(|n| there.has(**n)) {
            let mut next = Vec::new();
            for triple in set {
                // Not restricted by what is known: that nothing is found must not depend on it.
                let found = self.eval(b, *n, triple.0)?;
                let joined = self.algebra.join(&[triple], &found, SubstId::EMPTY)?;
                if joined.is_empty() {
                    next.push(triple);
                } else {
                    next.extend(joined);
                }
            }
            set = self.algebra.normal(next);
        }
        Ok(set)
    }
}

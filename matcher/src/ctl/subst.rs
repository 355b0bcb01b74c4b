//! Substitutions: what is known of variables (`semantics.md` 2.1).

use std::hash::BuildHasher;
use std::rc::Rc;

use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::ctl::Model;

/// A variable of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Var(pub u32);

/// What is known of a variable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact<V> {
    /// It has the value.
    Is(V),
    /// It has none of the values (sorted).
    IsNot(Rc<[V]>),
}

/// Facts about variables, sorted by variable; a variable that is missing is free.
pub type Subst<V> = Rc<[(Var, Fact<V>)]>;

/// So many conjunctions are remembered, and as many restrictions; then all are forgotten, since each is soon found again.
pub(crate) const MOST: usize = 3_500;

/// An interned substitution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubstId(pub u32);

impl SubstId {
    /// Nothing is known.
    pub const EMPTY: Self = Self(0);
}

/// Owns substitutions, and remembers conjunctions.
#[derive(Debug)]
pub(crate) struct Substs<V> {
    list: Vec<Subst<V>>,
    /// By the facts in `list`.
    ids: HashTable<SubstId>,
    conj: FxHashMap<(SubstId, SubstId), Option<SubstId>>,
    /// What each says that variables are, without what they are not.
    positive: Vec<SubstId>,
}

impl<V: Copy + Eq + Ord + std::hash::Hash + std::fmt::Debug> Substs<V> {
    pub(crate) fn new() -> Self {
        let mut out =
            Self { list: Vec::new(), ids: HashTable::new(), conj: FxHashMap::default(), positive: Vec::new() };
        out.intern(&[]);
        out
    }

    /// About how many bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.list.len() * 128 + self.conj.len() * 24
    }

    pub(crate) fn get(&self, id: SubstId) -> &Subst<V> {
        &self.list[id.0 as usize]
    }

    /// The id of facts that are sorted by variable, one for each.
    pub(crate) fn intern(&mut self, facts: &[(Var, Fact<V>)]) -> SubstId {
        if facts.is_empty() && !self.list.is_empty() {
            return SubstId::EMPTY;
        }
        let hash = FxBuildHasher.hash_one(facts);
        if let Some(id) = self.ids.find(hash, |id| self.list[id.0 as usize][..] == *facts) {
            return *id;
        }
        let id = SubstId(self.list.len() as u32);
        self.list.push(Rc::from(facts));
        self.positive.push(id);
        self.ids.insert_unique(hash, id, |id| FxBuildHasher.hash_one(&self.list[id.0 as usize][..]));
        let is_positive = |f: &&(Var, Fact<V>)| matches!(f.1, Fact::Is(_));
        if !facts.iter().all(|f| is_positive(&f)) {
            let positive: Vec<_> = facts.iter().filter(is_positive).cloned().collect();
            self.positive[id.0 as usize] = self.intern(&positive);
        }
        id
    }

    /// Both, if they are compatible.
    pub(crate) fn conj<M: Model<Value = V>>(&mut self, model: &mut M, a: SubstId, b: SubstId) -> Option<SubstId> {
        if a == b || b == SubstId::EMPTY {
            return Some(a);
        }
        if a == SubstId::EMPTY {
            return Some(b);
        }
        if let Some(known) = self.conj.get(&(a, b)) {
            return *known;
        }
        let facts = join(model, &self.list[a.0 as usize].clone(), &self.list[b.0 as usize].clone());
        let id = facts.map(|f| self.intern(&f));
        if self.conj.len() >= MOST {
            self.conj.clear();
        }
        self.conj.insert((a, b), id);
        id
    }

    /// The facts about these variables (sorted) only.
    pub(crate) fn restrict(&mut self, id: SubstId, vars: &[Var]) -> SubstId {
        let facts = self.get(id);
        if facts.iter().all(|f| vars.binary_search(&f.0).is_ok()) {
            return id;
        }
        let kept: Vec<_> = facts.iter().filter(|f| vars.binary_search(&f.0).is_ok()).cloned().collect();
        self.intern(&kept)
    }

    /// The substitution without a variable, and what it said of it.
    pub(crate) fn remove(&mut self, id: SubstId, var: Var) -> (SubstId, Option<Fact<V>>) {
        let facts = self.get(id).clone();
        let Ok(at) = facts.binary_search_by_key(&var, |f| f.0) else { return (id, None) };
        let kept: Vec<_> = facts.iter().filter(|f| f.0 != var).cloned().collect();
        (self.intern(&kept), Some(facts[at].1.clone()))
    }

    /// What a substitution says that variables are.
    pub(crate) fn positive(&self, id: SubstId) -> SubstId {
        self.positive[id.0 as usize]
    }

    /// How many values a substitution excludes.
    pub(crate) fn denials(&self, id: SubstId) -> usize {
        let count = |f: &(Var, Fact<V>)| if let Fact::IsNot(values) = &f.1 { values.len() } else { 0 };
        self.get(id).iter().map(count).sum()
    }

    /// Whether `a` says nothing that `b` does not say in the same words.
    pub(crate) fn more_general(&self, a: SubstId, b: SubstId) -> bool {
        let (a, b) = (self.get(a), self.get(b));
        a.iter().all(|(var, fact)| {
            let other = b.binary_search_by_key(var, |f| f.0).ok().map(|i| &b[i].1);
            match (fact, other) {
                (Fact::Is(v), Some(Fact::Is(w))) => v == w,
                (Fact::IsNot(vs), Some(Fact::IsNot(ws))) => vs.iter().all(|v| ws.contains(v)),
                _ => false,
            }
        })
    }

    /// All ways of contradicting a substitution: each negates one of its facts.
    pub(crate) fn negations(&mut self, id: SubstId) -> Vec<SubstId> {
        let facts = self.get(id).clone();
        let mut out = Vec::new();
        for (var, fact) in facts.iter() {
            match fact {
                Fact::Is(v) => out.push(self.intern(&[(*var, Fact::IsNot(Rc::from([*v])))])),
                Fact::IsNot(vs) => {
                    for v in vs.iter() {
                        out.push(self.intern(&[(*var, Fact::Is(*v))]));
                    }
                }
            }
        }
        out
    }
}

fn join<M: Model>(
    model: &mut M,
    a: &[(Var, Fact<M::Value>)],
    b: &[(Var, Fact<M::Value>)],
) -> Option<Vec<(Var, Fact<M::Value>)>> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let order = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.0.cmp(&y.0),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        match order {
            std::cmp::Ordering::Less => out.push(a[i].clone()),
            std::cmp::Ordering::Greater => out.push(b[j].clone()),
            std::cmp::Ordering::Equal => out.push((a[i].0, both(model, a[i].0, &a[i].1, &b[j].1)?)),
        }
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    Some(out)
}

/// The table of `semantics.md` 2.1.
fn both<M: Model>(model: &mut M, var: Var, a: &Fact<M::Value>, b: &Fact<M::Value>) -> Option<Fact<M::Value>> {
    match (a, b) {
        (Fact::Is(v), Fact::Is(w)) if v == w => Some(Fact::Is(*v)),
        (Fact::Is(v), Fact::Is(w)) => model.meet(var, *v, *w).map(Fact::Is),
        (Fact::Is(v), Fact::IsNot(ws)) | (Fact::IsNot(ws), Fact::Is(v)) => {
            let hit = ws.iter().any(|w| w == v || model.meet(var, *v, *w).is_some());
            (!hit).then_some(Fact::Is(*v))
        }
        (Fact::IsNot(vs), Fact::IsNot(ws)) => {
            let mut all = [&vs[..], &ws[..]].concat();
            all.sort_unstable();
            all.dedup();
            Some(Fact::IsNot(all.into()))
        }
    }
}

//! Witnesses: how a formula came to hold. Trees with equal parts shared (`semantics.md` 2.2).

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::ctl::Var;

/// An interned witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WitnessId(pub u32);

/// An interned set of witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Forest(pub u32);

impl Forest {
    /// No witness.
    pub const EMPTY: Self = Self(0);
}

/// A witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Witness<V> {
    /// An atomic predicate held and does something.
    Leaf {
        /// Where.
        point: u32,
        /// What the model called it.
        leaf: u32,
    },
    /// A variable had a value for what is below.
    Bind {
        /// Where the quantifier was eliminated.
        point: u32,
        /// The variable.
        var: Var,
        /// Its value.
        value: V,
        /// What is below.
        below: Forest,
    },
}

/// The witnesses of a forest: most often one.
#[derive(Debug)]
enum Ids {
    One(WitnessId),
    Other(Rc<[WitnessId]>),
}

/// Owns witnesses and forests.
#[derive(Debug)]
pub struct Witnesses<V> {
    list: Vec<Witness<V>>,
    ids: FxHashMap<Witness<V>, WitnessId>,
    /// For each witness the forest that holds it alone.
    alone: Vec<Forest>,
    forests: Vec<Ids>,
    /// Those of several witnesses.
    forest_ids: FxHashMap<Rc<[WitnessId]>, Forest>,
    /// For each forest: whether a value that is exported is in it.
    exports: Vec<bool>,
    unions: FxHashMap<(Forest, Forest), Forest>,
    /// About how many bytes the forests hold.
    size: usize,
}

impl<V: Copy + Eq + Ord + std::hash::Hash> Default for Witnesses<V> {
    fn default() -> Self {
        let empty: Rc<[WitnessId]> = Rc::from([]);
        Self {
            list: Vec::new(),
            ids: FxHashMap::default(),
            alone: Vec::new(),
            forest_ids: std::iter::once((empty.clone(), Forest::EMPTY)).collect(),
            forests: vec![Ids::Other(empty)],
            exports: vec![false],
            unions: FxHashMap::default(),
            size: 0,
        }
    }
}

impl<V: Copy + Eq + Ord + std::hash::Hash> Witnesses<V> {
    /// About how many bytes it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.list.len() * 64 + self.size + self.unions.len() * 24
    }

    /// Makes room for so many witnesses at once.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.list.reserve(count);
        self.ids.reserve(count);
        self.forests.reserve(count);
        self.alone.reserve(count);
        self.exports.reserve(count);
    }

    /// The witness behind an id.
    #[must_use]
    pub fn witness(&self, id: WitnessId) -> Witness<V> {
        self.list[id.0 as usize]
    }

    /// The witnesses of a forest.
    #[must_use]
    pub fn forest(&self, id: Forest) -> &[WitnessId] {
        match &self.forests[id.0 as usize] {
            Ids::One(id) => std::slice::from_ref(id),
            Ids::Other(ids) => ids,
        }
    }

    /// Whether the forest holds a value that is exported.
    #[must_use]
    pub fn has_export(&self, id: Forest) -> bool {
        self.exports[id.0 as usize]
    }

    /// The forest of one witness.
    pub(crate) fn single(&mut self, witness: Witness<V>, export: bool) -> Forest {
        if let Some(id) = self.ids.get(&witness) {
            return self.alone[id.0 as usize];
        }
        let id = WitnessId(self.list.len() as u32);
        self.list.push(witness);
        self.ids.insert(witness, id);
        let below = match witness {
            Witness::Bind { below, .. } => self.has_export(below),
            Witness::Leaf { .. } => false,
        };
        let forest = self.add(Ids::One(id), export || below);
        self.alone.push(forest);
        forest
    }

    fn add(&mut self, ids: Ids, export: bool) -> Forest {
        let forest = Forest(self.forests.len() as u32);
        self.size += 64;
        self.forests.push(ids);
        self.exports.push(export);
        forest
    }

    fn intern(&mut self, ids: Vec<WitnessId>, export: bool) -> Forest {
        if let [one] = ids[..] {
            return self.alone[one.0 as usize];
        }
        let ids: Rc<[WitnessId]> = ids.into();
        if let Some(f) = self.forest_ids.get(&ids) {
            return *f;
        }
        self.size += 4 * ids.len();
        let forest = self.add(Ids::Other(ids.clone()), export);
        self.forest_ids.insert(ids, forest);
        forest
    }

    /// The witnesses of both.
    pub(crate) fn union(&mut self, a: Forest, b: Forest) -> Forest {
        if a == b || b == Forest::EMPTY {
            return a;
        }
        if a == Forest::EMPTY {
            return b;
        }
        let key = (a.min(b), a.max(b));
        if let Some(f) = self.unions.get(&key) {
            return *f;
        }
        let (mut rest, mut few) = (self.forest(a), self.forest(b));
        if rest.len() < few.len() {
            std::mem::swap(&mut rest, &mut few);
        }
        // Both are sorted, and most often one of them has few.
        let mut ids = Vec::with_capacity(rest.len() + few.len());
        for id in few {
            let (less, more) = rest.split_at(rest.partition_point(|other| other < id));
            ids.extend_from_slice(less);
            if more.first() != Some(id) {
                ids.push(*id);
            }
            rest = more;
        }
        ids.extend_from_slice(rest);
        let export = self.has_export(a) || self.has_export(b);
        let f = self.intern(ids, export);
        self.unions.insert(key, f);
        f
    }
}

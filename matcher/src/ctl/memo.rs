//! Results that the evaluator remembers, within bounds: what was not asked for in a long time is forgotten, and worked out again if it
//! is needed after all.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::ctl::{FormulaId, SubstId, Triple};

/// A formula, a point, and what is known of the formula's variables.
pub(crate) type Key = (FormulaId, u32, SubstId);

/// So many results are kept beside as many that were not asked for since. Most elements never have so many.
const MOST: usize = 14_000;

/// Remembered results. Empty ones, which are most, take up no memory of their own.
#[derive(Debug)]
pub(crate) struct Memo {
    young: Generation,
    old: Generation,
    none: Rc<[Triple]>,
}

#[derive(Debug, Default)]
struct Generation {
    /// One more than the place of the result; 0 for an empty one.
    index: FxHashMap<Key, u32>,
    sets: Vec<Rc<[Triple]>>,
    /// For what sets begin with, one of them: most results are equal to another one not long before.
    recent: Vec<u32>,
}

/// So many places has the list of recent results.
const RECENT: usize = 256;

impl Memo {
    pub(crate) fn new() -> Self {
        Self { young: Generation::default(), old: Generation::default(), none: Rc::from([]) }
    }

    /// The empty result.
    pub(crate) fn none(&self) -> Rc<[Triple]> {
        self.none.clone()
    }

    /// What is remembered.
    pub(crate) fn get(&mut self, key: &Key) -> Option<Rc<[Triple]>> {
        if let Some(at) = self.young.index.get(key) {
            return Some(self.young.set(*at).unwrap_or(&self.none).clone());
        }
        if self.old.index.is_empty() {
            return None;
        }
        let at = *self.old.index.get(key)?;
        let set = self.old.set(at).unwrap_or(&self.none).clone();
        self.insert(*key, &set);
        Some(set)
    }

    /// Remembers a result.
    pub(crate) fn insert(&mut self, key: Key, set: &Rc<[Triple]>) {
        if self.young.index.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
        let at = self.young.place(set);
        self.young.index.insert(key, at);
    }
}

impl Generation {
    /// Where a set is kept, from now on at the latest.
    fn place(&mut self, set: &Rc<[Triple]>) -> u32 {
        let Some((subst, forest)) = set.first() else { return 0 };
        if self.recent.is_empty() {
            self.recent = vec![0; RECENT];
        }
        let slot = (subst.0.wrapping_mul(31) ^ forest.0) as usize % RECENT;
        let at = self.recent[slot];
        if self.set(at) == Some(set) {
            return at;
        }
        self.sets.push(set.clone());
        self.recent[slot] = self.sets.len() as u32;
        self.recent[slot]
    }

    fn set(&self, at: u32) -> Option<&Rc<[Triple]>> {
        self.sets.get((at as usize).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::Forest;

    #[test]
    fn what_is_asked_for_again_and_again_is_not_forgotten() {
        let mut memo = Memo::new();
        let key = |point: usize| (FormulaId(3), point as u32, SubstId::EMPTY);
        let set: Rc<[Triple]> = Rc::from([(SubstId::EMPTY, Forest(7))]);
        memo.insert(key(0), &set);
        memo.insert(key(1), &memo.none());
        for point in 2..4 * MOST {
            memo.insert(key(point), &set);
            if point % (MOST / 2) == 0 {
                assert_eq!(memo.get(&key(0)), Some(set.clone()));
            }
        }
        assert_eq!(memo.get(&key(1)), None);
        assert_eq!(memo.get(&key(4 * MOST - 1)), Some(set));
        assert!(memo.young.index.len() + memo.old.index.len() <= 2 * MOST);
    }
}

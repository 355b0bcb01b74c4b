//! Results that the evaluator remembers, within bounds: what was not asked for in a long time is forgotten, and worked out again if it
//! is needed after all.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::ctl::{FormulaId, SubstId, Triple};

/// A formula, a point, and what is known of the formula's variables.
pub(crate) type Key = (FormulaId, u32, SubstId);

/// So many results are kept beside as many that were not asked for since. Most elements never have so many.
const MOST: usize = 28_000;

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
}

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
        let young = &mut self.young;
        let at = if set.is_empty() {
            0
        } else {
            young.sets.push(set.clone());
            young.sets.len() as u32
        };
        young.index.insert(key, at);
    }
}

impl Generation {
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

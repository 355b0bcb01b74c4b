//! Matches of several environments that do the same.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use matcher::{Bindings, RuleMatch, Value};
use rustc_hash::{FxHashSet, FxHasher};

use super::env;

/// What matches of earlier environments do, with file and element.
#[derive(Default)]
pub(super) struct Done(FxHashSet<(usize, usize, u64)>);

impl Done {
    /// Leaves out what a match of an earlier environment does too, with the same values but for positions.
    pub fn drop_repeated(&mut self, (f, e): (usize, usize), matches: &mut Vec<RuleMatch>) {
        let mut new = Vec::with_capacity(matches.len());
        matches.retain(|m| {
            let key = (f, e, effect(m));
            let first = m.touches.is_empty() || !self.0.contains(&key);
            if first {
                new.push(key);
            }
            first
        });
        self.0.extend(new);
    }
}

/// Content hash of what a match does: its edits with the values that added code can have.
fn effect(found: &RuleMatch) -> u64 {
    let mut h = FxHasher::default();
    found.variant.hash(&mut h);
    let mut last: Option<&Arc<Bindings>> = None;
    for touch in &found.touches {
        (touch.place, touch.action).hash(&mut h);
        if last.is_some_and(|l| Arc::ptr_eq(l, &touch.bindings)) {
            continue;
        }
        last = Some(&touch.bindings);
        for (var, value) in &touch.bindings.0 {
            if !matches!(value, Value::Positions(_)) {
                (var, env::value_key(value, true)).hash(&mut h);
            }
        }
    }
    h.finish()
}

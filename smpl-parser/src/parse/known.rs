//! What is known of a patch while it is read: its rules so far, what `-D` gives.

use std::cell::RefCell;
use std::collections::BTreeSet;

use c_syntax::Span;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ast::{Item, ItemId, MvKind, VarRef};
use crate::decl::{Lookup, NEVER, Outer};

/// What is known of the patch so far, for names used in declarations.
pub(crate) struct Known {
    /// Rules and scripts, also those that can never apply.
    pub items: Vec<Item>,
    /// Whether each can never apply.
    pub dead: Vec<bool>,
    pub by_name: FxHashMap<String, ItemId>,
    pub virtuals: Vec<String>,
    /// Names of virtual identifiers that were asked for.
    pub identifiers: RefCell<BTreeSet<String>>,
    /// Names given with `-D`.
    pub on: FxHashSet<String>,
    pub values: FxHashMap<String, (String, Span)>,
}

impl Outer for Known {
    fn lookup(&self, rule: &str, var: &str) -> Lookup {
        let Some(id) = self.by_name.get(rule) else { return Lookup::NoRule };
        let dead = self.dead[id.0 as usize];
        let found = match &self.items[id.0 as usize] {
            Item::Rule(r) => r.metavars.iter().position(|m| m.name == var).map(|i| {
                let m = &r.metavars[i];
                (m.inherited.unwrap_or(VarRef { item: *id, var: i as u32 }), m.kind.clone())
            }),
            Item::Script(s) => {
                let at = s.outputs.iter().position(|o| o == var);
                at.map(|i| (VarRef { item: *id, var: i as u32 }, MvKind::Any))
            }
        };
        match found {
            Some(_) if dead => Lookup::Dead,
            Some((v, _)) if v.item == NEVER => Lookup::Dead,
            Some((v, kind)) => Lookup::Found(v, kind),
            None => Lookup::NoVar,
        }
    }

    fn value(&self, name: &str) -> Option<(String, Span)> {
        self.identifiers.borrow_mut().insert(name.to_owned());
        self.values.get(name).cloned()
    }

    fn similar_variable(&self, rule: &str, wrong: &str) -> Option<String> {
        match &self.items[self.by_name.get(rule)?.0 as usize] {
            Item::Rule(r) => crate::codes::similar(wrong, r.metavars.iter().map(|m| m.name.as_str())),
            Item::Script(s) => crate::codes::similar(wrong, s.outputs.iter().map(String::as_str)),
        }
    }

    fn similar(&self, wrong: &str) -> Option<String> {
        let names = self.by_name.keys().map(String::as_str).chain(self.virtuals.iter().map(String::as_str));
        crate::codes::similar(wrong, names)
    }
}

//! From forests of witnesses to matches: edits with their bindings, exported values (`semantics.md` 2.5).

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::Arc;

use c_syntax::TokenId;
use cfg::{Cfg, NodeIndex};
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;
use smpl_parser::{Mark, MvId, RunId};

use crate::compile::{ElemKind, Terms, ValueId};
use crate::ctl::{Algebra, Forest, Var, Witness};
use crate::outcome::{Action, Place, RuleMatch, Touch};
use crate::rule::CompiledRule;
use crate::rule::model::{RuleModel, Val};
use crate::value::{Bindings, Position, Value};

/// The bindings of a leaf, sorted by variable.
type Bound = SmallVec<[(MvId, ValueId); 4]>;

/// A match before its values are looked up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where the pattern starts.
    pub(crate) root: u32,
    /// Points with edits, sorted.
    pub(crate) edited: Vec<u32>,
    touches: Vec<(Place, Action, u32)>,
    exports: Vec<(MvId, Vec<ValueId>)>,
}

/// Roots, edits with their bindings, and exported values of all matches.
pub(crate) type Said = BTreeSet<(u32, Vec<(Place, Action, Bound)>, Vec<(MvId, Vec<ValueId>)>)>;

/// Reads forests.
pub(crate) struct Reader<'a, 'm> {
    rule: &'a CompiledRule,
    cfg: &'a Cfg,
    algebra: &'a mut Algebra<RuleModel<'m>>,
    bound: Vec<Bound>,
    /// By the bindings in `bound`.
    ids: HashTable<u32>,
}

/// What is collected from one forest.
#[derive(Default)]
struct Gathered {
    leaves: Vec<(u32, u32, u32)>,
    exports: Vec<(MvId, ValueId)>,
}

impl<'a, 'm> Reader<'a, 'm> {
    pub(crate) fn new(rule: &'a CompiledRule, cfg: &'a Cfg, algebra: &'a mut Algebra<RuleModel<'m>>) -> Self {
        Self { rule, cfg, algebra, bound: Vec::new(), ids: HashTable::new() }
    }

    pub(crate) fn terms(&self) -> &dyn Terms {
        &*self.algebra.model.terms
    }

    fn bound(&mut self, bound: &Bound) -> u32 {
        let hash = FxBuildHasher.hash_one(bound);
        if let Some(id) = self.ids.find(hash, |id| self.bound[*id as usize] == *bound) {
            return *id;
        }
        let id = self.bound.len() as u32;
        self.bound.push(bound.clone());
        self.ids.insert_unique(hash, id, |id| FxBuildHasher.hash_one(&self.bound[*id as usize]));
        id
    }

    pub(crate) fn read(&mut self, root: u32, forest: Forest) -> Found {
        let mut gathered = Gathered::default();
        self.walk(forest, &mut gathered);
        gathered.leaves.sort_unstable();
        gathered.leaves.dedup();
        let mut edited: Vec<u32> = gathered.leaves.iter().map(|l| l.0).collect();
        edited.dedup();
        let mut touches = Vec::new();
        for (point, leaf, path) in gathered.leaves {
            self.touches(point, leaf, path, &mut touches);
        }
        let mut touches = self.first_replacements(touches);
        touches.sort_unstable();
        touches.dedup();
        let mut exports: Vec<(MvId, Vec<ValueId>)> = Vec::new();
        gathered.exports.sort_unstable();
        gathered.exports.dedup();
        for (var, value) in gathered.exports {
            match exports.last_mut() {
                Some((v, values)) if *v == var => values.push(value),
                _ => exports.push((var, vec![value])),
            }
        }
        Found { root, edited, touches, exports }
    }

    /// What matches say, in a form that can be compared with what another evaluator finds.
    pub(crate) fn said(&self, found: &[Found]) -> Said {
        let touch = |t: &(Place, Action, u32)| (t.0, t.1, self.bound[t.2 as usize].clone());
        let one = |f: &Found| {
            let mut touches: Vec<_> = f.touches.iter().map(touch).collect();
            touches.sort();
            (f.root, touches, f.exports.clone())
        };
        found.iter().map(one).collect()
    }

    fn walk(&mut self, mut forest: Forest, out: &mut Gathered) {
        let mut bound = Bound::new();
        // Most often there is one witness below another.
        while let [one] = *self.algebra.witnesses.forest(forest) {
            match self.algebra.witnesses.witness(one) {
                Witness::Leaf { point, leaf } => {
                    let bound = self.bound(&bound);
                    return out.leaves.push((point, leaf, bound));
                }
                Witness::Bind { var, value, below, .. } => {
                    self.bind(&mut bound, var, value, out);
                    forest = below;
                }
            }
        }
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        let mut stack = vec![(forest, self.bound(&bound))];
        while let Some((forest, bound)) = stack.pop() {
            if !seen.insert((forest.0, bound)) {
                continue;
            }
            for id in self.algebra.witnesses.forest(forest).to_vec() {
                match self.algebra.witnesses.witness(id) {
                    Witness::Leaf { point, leaf } => out.leaves.push((point, leaf, bound)),
                    Witness::Bind { var, value, below, .. } => {
                        let mut more = self.bound[bound as usize].clone();
                        self.bind(&mut more, var, value, out);
                        stack.push((below, self.bound(&more)));
                    }
                }
            }
        }
    }

    /// What a variable of a formula was bound to, if it is one of the rule.
    fn bind(&self, bound: &mut Bound, var: Var, value: Val, out: &mut Gathered) {
        if let (Some(var), Val::Term(value)) = (self.rule.variable(var.0), value) {
            if self.rule.exported[var.0 as usize] {
                out.exports.push((var, value));
            }
            put(bound, var, value);
        }
    }

    /// The touches of a leaf, with the number of their bindings; the last part says which element of removed dots made them.
    fn touches(&mut self, point: u32, leaf: u32, path: u32, out: &mut Vec<(Place, Action, u32, Option<u32>)>) {
        let leaf = leaf as usize;
        let mut bound = Bound::from_slice(&self.algebra.model.leaves[leaf].bindings);
        for (var, value) in &self.bound[path as usize] {
            put(&mut bound, *var, *value);
        }
        let bound = self.bound(&bound);
        let leaf = &self.algebra.model.leaves[leaf];
        let kind = self.rule.elem_of_leaf(leaf.elem);
        let any = matches!(kind, ElemKind::Any(_)).then_some(leaf.elem);
        match kind {
            ElemKind::AfterNode(node) => {
                let place = self.cfg.graph[NodeIndex::new(point as usize)].node().map(Place::Node);
                let slots = self.rule.pattern.slots.get(&node);
                let runs = slots.map(|s| s.after.to_vec()).unwrap_or_default();
                out.extend(
                    place.into_iter().flat_map(|p| runs.iter().map(move |r| (p, Action::After(*r), bound, None))),
                );
            }
            ElemKind::ImplicitReturn(node) => {
                let brace = self.terms().owned_tokens(NodeIndex::new(point as usize)).first().copied();
                if let (Some(brace), Some(group)) = (brace, self.star_group(node)) {
                    out.push((Place::Token(brace), Action::Remove { group }, bound, None));
                }
                let runs = self.rule.runs_around(node);
                out.extend(
                    brace
                        .into_iter()
                        .flat_map(|t| runs.iter().map(move |r| (Place::Token(t), Action::Before(*r), bound, None))),
                );
            }
            _ => out.extend(leaf.touches.iter().map(|(p, a)| (*p, *a, bound, any))),
        }
    }

    /// The group of a marked node in a rule with `*`: there the brace is shown in the place of the return that it stands for.
    fn star_group(&self, node: c_syntax::NodeId) -> Option<u32> {
        let first = self.rule.pattern.tree.first_token(node).filter(|_| self.rule.star)?;
        let token = self.rule.pattern.token(first);
        (token.mark == Mark::Minus).then_some(token.adjacency)
    }

    /// Removed dots are replaced once, at the first token that they remove.
    fn first_replacements(&self, touches: Vec<(Place, Action, u32, Option<u32>)>) -> Vec<(Place, Action, u32)> {
        if touches.iter().all(|t| t.3.is_none()) {
            return touches.into_iter().map(|t| (t.0, t.1, t.2)).collect();
        }
        let mut first: FxHashMap<(u32, RunId), Place> = FxHashMap::default();
        for (place, action, _, any) in &touches {
            if let (Some(any), Action::Replace(run)) = (any, action) {
                let at = first.entry((*any, *run)).or_insert(*place);
                *at = (*at).min(*place);
            }
        }
        touches
            .into_iter()
            .filter(|(place, action, _, any)| match (any, action) {
                (Some(any), Action::Replace(run)) => first.get(&(*any, *run)) == Some(place),
                _ => true,
            })
            .map(|t| (t.0, t.1, t.2))
            .collect()
    }

    /// The matches with their values; of several that ask for the same, one.
    pub(crate) fn finish(self, found: Vec<Found>) -> Vec<RuleMatch> {
        let terms = &*self.algebra.model.terms;
        let mut made: Vec<Option<Arc<Bindings>>> = vec![None; self.bound.len()];
        let mut out = Vec::with_capacity(found.len());
        // Those that are in `out`, by what they ask for.
        let mut seen: HashTable<u32> = HashTable::with_capacity(found.len());
        let hash = |i: u32| FxBuildHasher.hash_one((&found[i as usize].touches, &found[i as usize].exports));
        for (i, one) in (0..).zip(&found) {
            let same = |j: &u32| found[*j as usize].touches == one.touches && found[*j as usize].exports == one.exports;
            let own = hash(i);
            if seen.find(own, same).is_some() {
                continue;
            }
            seen.insert_unique(own, i, |j| hash(*j));
            let touch = |(place, action, bound): &(Place, Action, u32)| {
                let bindings =
                    made[*bound as usize].get_or_insert_with(|| bindings(terms, &self.bound[*bound as usize]));
                Touch { place: *place, action: *action, bindings: bindings.clone() }
            };
            let touches = one.touches.iter().map(touch).collect();
            let exports = one.exports.iter().filter_map(|(v, values)| Some((*v, pooled(terms, values)?))).collect();
            out.push(RuleMatch { variant: 0, env: 0, touches, exports });
        }
        out
    }
}

fn put(bound: &mut Bound, var: MvId, value: ValueId) {
    match bound.binary_search_by_key(&var, |b| b.0) {
        Ok(at) => bound[at].1 = value,
        Err(at) => bound.insert(at, (var, value)),
    }
}

fn bindings(terms: &dyn Terms, bound: &Bound) -> Arc<Bindings> {
    let mut all: Vec<(MvId, Value)> = bound.iter().map(|(v, value)| (*v, terms.value(*value))).collect();
    for (var, value) in &terms.inherited().0 {
        if let Err(at) = all.binary_search_by_key(var, |b| b.0) {
            all.insert(at, (*var, value.clone()));
        }
    }
    Arc::new(Bindings(all))
}

/// One value of several: positions are collected, of others there is one.
fn pooled(terms: &dyn Terms, values: &[ValueId]) -> Option<Value> {
    let first = terms.value(*values.first()?);
    let Value::Positions(_) = first else { return Some(first) };
    let mut all: Vec<Position> = Vec::new();
    for v in values {
        if let Value::Positions(p) = terms.value(*v) {
            all.extend(p.iter().cloned());
        }
    }
    all.sort();
    all.dedup();
    Some(Value::Positions(all.into()))
}

/// The first token of a point, to name it.
pub(crate) fn first_token(terms: &dyn Terms, point: u32) -> Option<TokenId> {
    terms.owned_tokens(NodeIndex::new(point as usize)).first().copied()
}

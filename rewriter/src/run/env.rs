//! The environments that flow from rule to rule: projection, merging, dependencies (`semantics.md` 6.3, 6.4).

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use matcher::{Bindings, Env, Position, Value};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use smpl_parser::{BodyKind, Constraint, ConstraintItem, Dep, Item, ItemId, MvKind, Rule, SemanticPatch, VarRef};

/// Content hash of a value. Loose: the same term at two places is one value (`semantics.md` 6.3, recommendation of step 5).
/// `exact` tells occurrences of terms apart, as the reference does.
#[must_use]
pub fn value_key(value: &Value, exact: bool) -> u64 {
    let mut h = FxHasher::default();
    std::mem::discriminant(value).hash(&mut h);
    match value {
        Value::Term(t) => {
            t.loose.hash(&mut h);
            if exact {
                (Arc::as_ptr(&t.element) as usize, t.node).hash(&mut h);
            }
        }
        Value::List(terms) => {
            for t in terms.iter() {
                t.loose.hash(&mut h);
            }
            terms.len().hash(&mut h);
        }
        Value::Type(t) => t.loose.hash(&mut h),
        Value::Text(t) => t.hash(&mut h),
        Value::Positions(p) => p.hash(&mut h),
        Value::Length(n) => n.hash(&mut h),
    }
    h.finish()
}

/// Environments in order of creation; equal ones are one, with the histories of both. Those that differ in positions only that later
/// items pool anyhow are one too, with the positions of both: several rules whose matches are only ruled out later would else multiply.
#[derive(Debug)]
pub struct EnvSet<'a> {
    list: Vec<Env>,
    index: FxHashMap<Vec<(VarRef, u64)>, usize>,
    later: &'a Later,
    exact: bool,
    /// Positions to be added to those that an environment has.
    places: FxHashMap<(usize, VarRef), Vec<Position>>,
}

/// The one empty environment with which a group begins.
#[must_use]
pub fn start() -> Vec<Env> {
    vec![Env { values: Vec::new(), histories: vec![Vec::new()] }]
}

impl<'a> EnvSet<'a> {
    /// No environment, for what looks at them `later`. `exact`: see [`value_key`].
    #[must_use]
    pub fn new(later: &'a Later, exact: bool) -> Self {
        Self { list: Vec::new(), index: FxHashMap::default(), later, exact, places: FxHashMap::default() }
    }

    /// Adds an environment, or its histories and pooled positions to an equal one.
    pub fn add(&mut self, env: Env) {
        let told = env.values.iter().filter(|(v, _)| !self.later.pooled.contains(v));
        let key = told.map(|(v, x)| (*v, value_key(x, self.exact))).collect();
        match self.index.get(&key) {
            Some(&i) => {
                for history in env.histories {
                    if !self.list[i].histories.contains(&history) {
                        self.list[i].histories.push(history);
                    }
                }
                for (var, value) in env.values {
                    if self.later.pooled.contains(&var) {
                        self.pool(i, var, value);
                    }
                }
            }
            None => {
                self.index.insert(key, self.list.len());
                self.list.push(env);
            }
        }
    }

    fn pool(&mut self, i: usize, var: VarRef, value: Value) {
        let values = &mut self.list[i].values;
        match values.binary_search_by_key(&var, |v| v.0) {
            Err(at) => values.insert(at, (var, value)),
            Ok(at) => {
                if let (Value::Positions(old), Value::Positions(new)) = (&values[at].1, &value)
                    && !Arc::ptr_eq(old, new)
                {
                    self.places.entry((i, var)).or_default().extend(new.iter().cloned());
                }
            }
        }
    }

    /// The environments.
    #[must_use]
    pub fn list(mut self) -> Vec<Env> {
        for ((i, var), mut places) in self.places {
            let values = &mut self.list[i].values;
            let Ok(at) = values.binary_search_by_key(&var, |v| v.0) else { continue };
            if let Value::Positions(old) = &values[at].1 {
                places.extend(old.iter().cloned());
            }
            places.sort();
            places.dedup();
            values[at].1 = Value::Positions(places.into());
        }
        self.list
    }
}

/// The part of an environment that later items can see: values used after an item, items named in later dependencies.
#[must_use]
pub fn restrict(env: &Env, later: &Later) -> Env {
    restrict_for(env, later, 0)
}

/// As [`restrict`], with room for `more` values: there may be many environments, so that each holds no more than it needs.
fn restrict_for(env: &Env, later: &Later, more: usize) -> Env {
    let seen = || env.values.iter().filter(|(v, _)| later.vars.contains(v));
    let mut values = Vec::with_capacity(seen().count() + more);
    values.extend(seen().cloned());
    Env { values, histories: env.histories.iter().map(|h| later.history(h)).collect() }
}

/// An environment extended by what a match exports; `item` is the rule that matched.
#[must_use]
pub fn extend(env: &Env, item: ItemId, exports: &[(VarRef, Value)], later: &Later) -> Env {
    let seen = || exports.iter().filter(|(v, _)| later.vars.contains(v));
    let mut out = restrict_for(env, later, seen().count());
    for (var, value) in seen() {
        match out.values.binary_search_by_key(var, |v| v.0) {
            Ok(i) => out.values[i].1 = value.clone(),
            Err(i) => out.values.insert(i, (*var, value.clone())),
        }
    }
    if later.items.contains(&item) {
        for history in &mut out.histories {
            if let Err(i) = history.binary_search(&item) {
                history.insert(i, item);
            }
        }
    }
    let mut seen: Vec<Vec<ItemId>> = Vec::with_capacity(out.histories.len());
    for h in out.histories.drain(..) {
        if !seen.contains(&h) {
            seen.push(h);
        }
    }
    out.histories = seen;
    out
}

/// What items after a given one look at.
#[derive(Debug, Clone, Default)]
pub struct Later {
    /// Variables that they inherit or read.
    pub vars: FxHashSet<VarRef>,
    /// Items that their dependencies ask the history for.
    pub items: FxHashSet<ItemId>,
    /// Those of the variables that rules pool over environments, and nothing reads otherwise. None if histories count: then it matters
    /// which values come with which history.
    pub pooled: FxHashSet<VarRef>,
}

impl Later {
    fn history(&self, history: &[ItemId]) -> Vec<ItemId> {
        history.iter().copied().filter(|i| self.items.contains(i)).collect()
    }
}

/// For each item of a patch, what the items after it look at.
#[must_use]
pub fn later(patch: &SemanticPatch) -> Vec<Later> {
    let mut out = vec![Later::default(); patch.items.len()];
    let mut now = Later::default();
    // Variables that are read one environment after the other.
    let mut told: FxHashSet<VarRef> = FxHashSet::default();
    for (i, item) in patch.items.iter().enumerate().rev() {
        if let Item::Rule(rule) = item
            && let Some(prototype) = &rule.prototype
        {
            // The prototype rule runs after the rule, with what it bound.
            add_rule(prototype, &mut now, &mut told);
        }
        if now.items.is_empty() {
            now.pooled = now.vars.difference(&told).copied().collect();
        } else {
            now.pooled.clear();
        }
        out[i] = now.clone();
        match item {
            Item::Rule(rule) => {
                add_rule(rule, &mut now, &mut told);
            }
            Item::Script(script) => {
                dep_items(&script.depends, &mut |m| {
                    now.items.insert(m);
                });
                for input in &script.inputs {
                    if let smpl_parser::ScriptSource::Var(v) = input.source {
                        now.vars.insert(v);
                        told.insert(v);
                    }
                }
            }
        }
    }
    out
}

fn add_rule(rule: &Rule, now: &mut Later, told: &mut FxHashSet<VarRef>) {
    dep_items(&rule.depends, &mut |m| {
        now.items.insert(m);
    });
    let pooled = pooled(rule);
    for (i, var) in rule.metavars.iter().enumerate().filter_map(|(i, m)| Some((i, m.inherited?))) {
        now.vars.insert(var);
        if !pooled.contains(&i) {
            told.insert(var);
        }
    }
    if let Some(prototype) = &rule.prototype {
        add_rule(prototype, now, told);
    }
}

/// Calls `f` for each item that a dependency asks the history for.
fn dep_items(dep: &Dep, f: &mut impl FnMut(ItemId)) {
    match dep {
        Dep::Matched(i) => f(*i),
        Dep::Not(d) | Dep::Forall(d) => dep_items(d, f),
        Dep::And(a, b) | Dep::Or(a, b) => {
            dep_items(a, f);
            dep_items(b, f);
        }
        Dep::True | Dep::False | Dep::Ever(_) | Dep::Never(_) | Dep::FileIn(_) => {}
    }
}

/// All items that a dependency names in any way.
pub fn dep_mentions(dep: &Dep, f: &mut impl FnMut(ItemId)) {
    match dep {
        Dep::Ever(i) | Dep::Never(i) | Dep::Matched(i) => f(*i),
        Dep::Not(d) | Dep::Forall(d) => dep_mentions(d, f),
        Dep::And(a, b) | Dep::Or(a, b) => {
            dep_mentions(a, f);
            dep_mentions(b, f);
        }
        Dep::True | Dep::False | Dep::FileIn(_) => {}
    }
}

/// Whether a dependency holds for an environment in a file. `ever` says which items matched in this group so far.
#[must_use]
pub fn holds(dep: &Dep, env: &Env, ever: &FxHashSet<ItemId>, file: &str) -> bool {
    match dep {
        Dep::True => true,
        Dep::Forall(d) => env.histories.iter().all(|h| holds_in(d, h, ever, file)),
        _ => env.histories.iter().any(|h| holds_in(dep, h, ever, file)),
    }
}

fn holds_in(dep: &Dep, history: &[ItemId], ever: &FxHashSet<ItemId>, file: &str) -> bool {
    match dep {
        Dep::True => true,
        Dep::False => false,
        Dep::Matched(i) => history.contains(i),
        Dep::Ever(i) => ever.contains(i),
        Dep::Never(i) => !ever.contains(i),
        Dep::Not(d) => !holds_in(d, history, ever, file),
        Dep::And(a, b) => holds_in(a, history, ever, file) && holds_in(b, history, ever, file),
        Dep::Or(a, b) => holds_in(a, history, ever, file) || holds_in(b, history, ever, file),
        Dep::FileIn(place) => below(file, place),
        Dep::Forall(d) => holds_in(d, history, ever, file),
    }
}

/// Whether `file` is `place` or lies below it; `place` may be any run of whole components of the path's beginning.
fn below(file: &str, place: &str) -> bool {
    let (file, place) = (file.trim_start_matches("./"), place.trim_start_matches("./").trim_end_matches('/'));
    file == place || file.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

/// The inherited positions whose value is pooled over all environments: declared `any`, or only forbidden (`p != r.p`), or where it
/// makes no difference but to the time ([`told_by_place`]).
#[must_use]
pub fn pooled(rule: &Rule) -> Vec<usize> {
    let mut negative = FxHashSet::default();
    for m in &rule.metavars {
        negated(&m.constraint, false, &mut |v| {
            negative.insert(v);
        });
    }
    let is_pooled = |i: &usize| {
        let m = &rule.metavars[*i];
        let any = matches!(m.kind, MvKind::Position { any: true });
        m.inherited.is_some() && (any || (matches!(m.kind, MvKind::Position { .. }) && negative.contains(&(*i as u32))))
    };
    let mut out: Vec<usize> = (0..rule.metavars.len()).filter(is_pooled).collect();
    if let Some(one) = told_by_place(rule)
        && !out.contains(&one)
    {
        out.push(one);
        out.sort_unstable();
    }
    out
}

/// An inherited position of which each match tells by its place from which environment it is: one that a rule that is one expression
/// asks for once. If nothing can refer to the rule, it can be searched for in all environments at once.
fn told_by_place(rule: &Rule) -> Option<usize> {
    let fresh = rule.metavars.iter().any(|m| matches!(m.kind, MvKind::Fresh(_)));
    if rule.kind != BodyKind::Expression || rule.is_named() || fresh {
        return None;
    }
    let mut asked = rule.written.tokens.iter().flat_map(|t| &t.attached).filter(|v| {
        let m = &rule.metavars[v.0 as usize];
        m.inherited.is_some() && matches!(m.kind, MvKind::Position { .. })
    });
    let one = asked.next()?;
    asked.next().is_none().then_some(one.0 as usize)
}

fn negated(constraint: &Constraint, below_not: bool, f: &mut impl FnMut(u32)) {
    match constraint {
        Constraint::Not(c) => negated(c, !below_not, f),
        Constraint::And(a, b) | Constraint::Or(a, b) => {
            negated(a, below_not, f);
            negated(b, below_not, f);
        }
        Constraint::OneOf(items) if below_not => {
            for item in items {
                if let ConstraintItem::Var(v) = item {
                    f(v.0);
                }
            }
        }
        _ => {}
    }
}

/// What a rule inherits from environments. Pooled positions hold those of all environments that agree on the rule's other inherited
/// variables; none is an empty list.
pub struct Inherited<'r> {
    rule: &'r Rule,
    pooled: &'r [usize],
    /// Inherited variables that are not pooled.
    others: Vec<VarRef>,
    /// For the values of the others, the positions of each pooled variable.
    pools: FxHashMap<Vec<Option<u64>>, Vec<Value>>,
}

impl<'r> Inherited<'r> {
    /// For a rule and all environments that come to it.
    #[must_use]
    pub fn new(rule: &'r Rule, pooled: &'r [usize], all: &[Env]) -> Self {
        let others = (rule.metavars.iter().enumerate())
            .filter(|(i, _)| !pooled.contains(i))
            .filter_map(|(_, m)| m.inherited)
            .collect();
        let mut out = Self { rule, pooled, others, pools: FxHashMap::default() };
        if pooled.is_empty() {
            return out;
        }
        let vars: Vec<Option<VarRef>> = pooled.iter().map(|i| rule.metavars[*i].inherited).collect();
        let mut places: FxHashMap<Vec<Option<u64>>, Vec<Vec<Position>>> = FxHashMap::default();
        for env in all {
            let mine = places.entry(out.key(env)).or_insert_with(|| vec![Vec::new(); vars.len()]);
            for (var, list) in vars.iter().zip(mine) {
                if let Some(Value::Positions(p)) = var.and_then(|v| value_of(env, v)) {
                    list.extend(p.iter().cloned());
                }
            }
        }
        let pool = |mut list: Vec<Position>| {
            list.sort();
            list.dedup();
            Value::Positions(list.into())
        };
        out.pools = places.into_iter().map(|(key, lists)| (key, lists.into_iter().map(pool).collect())).collect();
        out
    }

    /// Equal for environments from which the rule inherits the same.
    #[must_use]
    pub fn key(&self, env: &Env) -> Vec<Option<u64>> {
        self.others.iter().map(|v| value_of(env, *v).map(|x| value_key(x, false))).collect()
    }

    /// The values from one of the environments.
    #[must_use]
    pub fn from(&self, env: &Env) -> Bindings {
        let pool = if self.pooled.is_empty() { None } else { self.pools.get(&self.key(env)) };
        let mut out = Vec::new();
        for (i, m) in self.rule.metavars.iter().enumerate() {
            let Some(var) = m.inherited else { continue };
            let value = match self.pooled.iter().position(|p| *p == i) {
                Some(at) => Some(pool.map_or_else(|| Value::Positions([].into()), |pool| pool[at].clone())),
                None => value_of(env, var).cloned(),
            };
            out.extend(value.map(|value| (smpl_parser::MvId(i as u32), value)));
        }
        Bindings(out)
    }
}

fn value_of(env: &Env, var: VarRef) -> Option<&Value> {
    env.values.binary_search_by_key(&var, |v| v.0).ok().map(|i| &env.values[i].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> Value {
        Value::Text(s.into())
    }

    fn var(item: u32, var: u32) -> VarRef {
        VarRef { item: ItemId(item), var }
    }

    #[test]
    fn equal_environments_merge_and_keep_both_histories() {
        let later = Later::default();
        let mut set = EnvSet::new(&later, false);
        for (name, item) in [("a", 1), ("b", 1), ("a", 2), ("a", 1)] {
            set.add(Env { values: vec![(var(0, 0), text(name))], histories: vec![vec![ItemId(item)]] });
        }
        let seen: Vec<usize> = set.list().iter().map(|e| e.histories.len()).collect();
        assert_eq!(seen, [2, 1]);
    }

    fn places(lines: &[u32]) -> Value {
        let place = |line: &u32| Position {
            file: "a.c".into(),
            element: "f".into(),
            element_extent: ((1, 0), (99, 0)),
            start: (*line, 0),
            end: (*line, 1),
        };
        Value::Positions(lines.iter().map(place).collect())
    }

    #[test]
    fn environments_that_differ_in_pooled_positions_only_are_one() {
        let later = Later { pooled: [var(0, 1), var(1, 1)].into_iter().collect(), ..Later::default() };
        let mut set = EnvSet::new(&later, false);
        let add = |set: &mut EnvSet<'_>, name: &str, pooled: &[(u32, &[u32])]| {
            let mut values: Vec<(VarRef, Value)> = pooled.iter().map(|(i, l)| (var(*i, 1), places(l))).collect();
            values.push((var(0, 0), text(name)));
            values.sort_by_key(|v| v.0);
            set.add(Env { values, histories: vec![Vec::new()] });
        };
        add(&mut set, "a", &[(0, &[4])]);
        add(&mut set, "b", &[(0, &[5])]);
        add(&mut set, "a", &[(0, &[3]), (1, &[7])]);
        add(&mut set, "a", &[(0, &[3, 4]), (1, &[6])]);
        let lines = |v: &Value| match v {
            Value::Positions(p) => p.iter().map(|p| p.start.0).collect(),
            _ => Vec::new(),
        };
        let seen: Vec<Vec<Vec<u32>>> =
            set.list().iter().map(|e| e.values.iter().map(|(_, v)| lines(v)).collect()).collect();
        assert_eq!(seen, [vec![vec![], vec![3, 4], vec![6, 7]], vec![vec![], vec![5]]]);
    }

    #[test]
    fn dependencies() {
        let env = Env { values: Vec::new(), histories: vec![vec![ItemId(1)], vec![ItemId(1), ItemId(2)]] };
        let ever: FxHashSet<ItemId> = [ItemId(3)].into_iter().collect();
        let m = |i| Dep::Matched(ItemId(i));
        let not = |d| Dep::Not(Box::new(d));
        let cases = [
            (Dep::True, true),
            (m(1), true),
            (m(2), true),
            (not(m(2)), true),
            (Dep::Forall(Box::new(m(2))), false),
            (Dep::Forall(Box::new(m(1))), true),
            (Dep::And(Box::new(m(1)), Box::new(m(9))), false),
            (Dep::Or(Box::new(m(1)), Box::new(m(9))), true),
            (Dep::Ever(ItemId(3)), true),
            (Dep::Never(ItemId(3)), false),
            (Dep::FileIn("drivers/i2c".into()), true),
            (Dep::FileIn("drivers/i2".into()), false),
            (Dep::FileIn("drivers/i2c/a.c".into()), true),
        ];
        for (dep, want) in cases {
            assert_eq!(holds(&dep, &env, &ever, "drivers/i2c/a.c"), want, "{dep:?}");
        }
    }
}

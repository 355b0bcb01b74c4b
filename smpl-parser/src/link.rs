//! What can only be said when all rules are known: rules that never apply are left out, which variables are used later
//! (`semantics.md` 6.2, 6.4), which are unitary (3.1).

use rustc_hash::FxHashSet;

use crate::anchor::occurrences;
use crate::ast::{
    Constraint, ConstraintItem, Dep, Item, ItemId, ListLen, MetaVar, MvId, MvKind, Rule, ScriptSource, SeedPart,
    SemanticPatch, TypePattern, TypeSet, VarRef,
};
use crate::decl::NEVER;

/// Leaves out dead items and numbers the others anew; then says of each metavariable how it is used. Returns the new numbers.
pub(crate) fn finish(patch: &mut SemanticPatch, dead: &[bool]) -> Vec<ItemId> {
    let mut number = Vec::with_capacity(dead.len());
    let mut next = 0;
    for d in dead {
        number.push(if *d { NEVER } else { ItemId(next) });
        next += u32::from(!*d);
    }
    let mut at = 0;
    patch.items.retain(|_| {
        at += 1;
        !dead[at - 1]
    });
    for item in &mut patch.items {
        renumber(item, &number);
    }
    usage(patch);
    number
}

fn new_id(number: &[ItemId], id: ItemId) -> ItemId {
    number.get(id.0 as usize).copied().unwrap_or(NEVER)
}

fn renumber(item: &mut Item, number: &[ItemId]) {
    match item {
        Item::Rule(rule) => {
            renumber_dep(&mut rule.depends, number);
            for m in &mut rule.metavars {
                if let Some(v) = &mut m.inherited {
                    v.item = new_id(number, v.item);
                }
            }
            if let Some(p) = &mut rule.prototype {
                for m in &mut p.metavars {
                    if let Some(v) = &mut m.inherited {
                        v.item = new_id(number, v.item);
                    }
                }
            }
        }
        Item::Script(script) => {
            renumber_dep(&mut script.depends, number);
            for i in &mut script.inputs {
                if let ScriptSource::Var(v) = &mut i.source {
                    v.item = new_id(number, v.item);
                }
            }
        }
    }
}

fn renumber_dep(dep: &mut Dep, number: &[ItemId]) {
    match dep {
        Dep::Matched(i) | Dep::Ever(i) | Dep::Never(i) => *i = new_id(number, *i),
        Dep::Not(d) | Dep::Forall(d) => renumber_dep(d, number),
        Dep::And(a, b) | Dep::Or(a, b) => {
            renumber_dep(a, number);
            renumber_dep(b, number);
        }
        Dep::True | Dep::False | Dep::FileIn(_) => {}
    }
}

/// Sets `used_after` and `unitary` of all metavariables.
fn usage(patch: &mut SemanticPatch) {
    let mut later: FxHashSet<VarRef> = FxHashSet::default();
    for (i, item) in patch.items.iter_mut().enumerate().rev() {
        match item {
            Item::Rule(rule) => {
                if let Some(p) = &rule.prototype {
                    later.extend(p.metavars.iter().filter_map(|m| m.inherited));
                }
                for (v, m) in rule.metavars.iter_mut().enumerate() {
                    let var = m.inherited.unwrap_or(VarRef { item: ItemId(i as u32), var: v as u32 });
                    m.used_after = later.contains(&var);
                }
                unitary(rule);
                later.extend(read_by(rule));
            }
            Item::Script(script) => later.extend(script.inputs.iter().filter_map(|x| match x.source {
                ScriptSource::Var(v) => Some(v),
                _ => None,
            })),
        }
    }
}

/// The inherited variables whose values a rule reads: one that is only declared asks for no value.
fn read_by(rule: &Rule) -> impl Iterator<Item = VarRef> {
    let counts = occurrences(&rule.pattern, rule.metavars.len());
    let mentioned = mentioned_in_declarations(&rule.metavars);
    rule.metavars.iter().enumerate().filter_map(move |(i, m)| {
        let read = counts[i] > 0
            || m.in_plus
            || !matches!(m.constraint, Constraint::True)
            || mentioned.contains(&MvId(i as u32));
        m.inherited.filter(|_| read)
    })
}

fn unitary(rule: &mut Rule) {
    let counts = occurrences(&rule.pattern, rule.metavars.len());
    let mentioned = mentioned_in_declarations(&rule.metavars);
    for (i, m) in rule.metavars.iter_mut().enumerate() {
        m.unitary = counts[i] == 1
            && !m.in_plus
            && !m.used_after
            && m.inherited.is_none()
            && !mentioned.contains(&MvId(i as u32));
    }
}

/// Whether values of a metavariable only go into added code, so that none is compared with another.
#[must_use]
pub fn only_added(rule: &Rule, var: MvId) -> bool {
    let m = &rule.metavars[var.0 as usize];
    m.in_plus
        && !m.used_after
        && m.inherited.is_none()
        && occurrences(&rule.pattern, rule.metavars.len())[var.0 as usize] <= 1
        && !mentioned_in_declarations(&rule.metavars).contains(&var)
}

/// Variables that the declarations of others mention.
pub(crate) fn mentioned_in_declarations(vars: &[MetaVar]) -> FxHashSet<MvId> {
    let mut out = FxHashSet::default();
    for (i, m) in vars.iter().enumerate() {
        let own = MvId(i as u32);
        in_constraint(&m.constraint, own, &mut out);
        in_kind(&m.kind, own, &mut out);
    }
    out
}

fn in_kind(kind: &MvKind, own: MvId, out: &mut FxHashSet<MvId>) {
    let mut length = |l: &ListLen| {
        if let ListLen::Var(v) = l {
            out.insert(*v);
        }
    };
    match kind {
        MvKind::ExpressionList(l)
        | MvKind::StatementList(l)
        | MvKind::ParameterList(l)
        | MvKind::IdentifierList(l)
        | MvKind::FieldList(l)
        | MvKind::InitialiserList(l)
        | MvKind::FormatList(l) => length(l),
        MvKind::Expression(t) | MvKind::IdExpression(t, _) | MvKind::Constant(t) => in_types(t, out),
        MvKind::Fresh(parts) => {
            for p in parts {
                match p {
                    SeedPart::Var(v) => {
                        out.insert(*v);
                    }
                    SeedPart::Script(c) => out.extend(c.params.iter().map(|p| p.1).filter(|v| *v != own)),
                    SeedPart::Text(_) | SeedPart::Virtual(_) => {}
                }
            }
        }
        _ => {}
    }
}

fn in_types(t: &TypeSet, out: &mut FxHashSet<MvId>) {
    if let Some(ListLen::Var(v)) = t.bits {
        out.insert(v);
    }
    for ty in &t.types {
        in_type(ty, out);
    }
}

fn in_type(t: &TypePattern, out: &mut FxHashSet<MvId>) {
    if let TypePattern::Term(_, vars) = t {
        out.extend(vars.iter().flatten());
    }
}

fn in_constraint(c: &Constraint, own: MvId, out: &mut FxHashSet<MvId>) {
    match c {
        Constraint::OneOf(items) => {
            for i in items {
                match i {
                    ConstraintItem::Var(v) => {
                        out.insert(*v);
                    }
                    ConstraintItem::Type(t) => in_type(t, out),
                    ConstraintItem::Text(..) | ConstraintItem::Range(..) => {}
                }
            }
        }
        Constraint::SubTerm(v) => {
            out.insert(*v);
        }
        Constraint::Script(call) => out.extend(call.params.iter().map(|p| p.1).filter(|v| *v != own)),
        Constraint::Not(c) => in_constraint(c, own, out),
        Constraint::And(a, b) | Constraint::Or(a, b) => {
            in_constraint(a, own, out);
            in_constraint(b, own, out);
        }
        Constraint::True | Constraint::Regex(_) | Constraint::Compare(..) => {}
    }
}

/// Marks as used in plus code what the seeds of fresh identifiers in plus code mention.
pub(crate) fn seeds_in_plus(vars: &mut [MetaVar]) {
    // A seed may mention another fresh identifier: as many rounds as there are variables are enough.
    for _ in 0..vars.len() {
        let mut more = FxHashSet::default();
        for (i, m) in vars.iter().enumerate() {
            if m.in_plus && matches!(m.kind, MvKind::Fresh(_)) {
                in_kind(&m.kind, MvId(i as u32), &mut more);
            }
        }
        let before = vars.iter().filter(|m| m.in_plus).count();
        for v in more {
            vars[v.0 as usize].in_plus = true;
        }
        if vars.iter().filter(|m| m.in_plus).count() == before {
            return;
        }
    }
}

//! Rules that need no graph search: one expression, type, name or initialiser, matched anywhere (`semantics.md` 3.13, 8.7).

use std::sync::Arc;

use c_syntax::NodeId;
use cfg::NodeIndex;
use smallvec::SmallVec;
use smpl_parser::{BodyKind, MvId, Rule};

use crate::compile::{ElemKind, ElemMatch, RuleElem, Terms};
use crate::outcome::{RuleMatch, Touch};
use crate::rule::{CompiledRule, Need, PreparedGraph};
use crate::value::{Bindings, Value};

/// The one element of a rule whose body is a bare term, and the names that a point must own for it.
#[must_use]
pub fn bare_element(rule: &Rule) -> Option<(RuleElem, Need)> {
    let tree = &rule.pattern.tree;
    let node: NodeId = tree.child_node(tree.root(), 0)?;
    if tree.child_node(tree.root(), 1).is_some() {
        return None;
    }
    let kind = match rule.kind {
        BodyKind::Expression => ElemKind::Expr(node),
        BodyKind::Type => ElemKind::Type(node),
        BodyKind::Identifier => ElemKind::Ident(node),
        BodyKind::Initialiser => ElemKind::Init(node),
        BodyKind::Statements | BodyKind::Declaration | BodyKind::TopLevel => return None,
    };
    let shared: SmallVec<[MvId; 4]> = used_after(rule).collect();
    Some((RuleElem { kind, shared }, Need::of_elem(rule, kind)))
}

/// The rule's own variables that later items use.
fn used_after(rule: &Rule) -> impl Iterator<Item = MvId> + '_ {
    let own = rule.metavars.iter().enumerate();
    own.filter(|(_, m)| m.used_after && m.inherited.is_none()).map(|(i, _)| MvId(i as u32))
}

/// All matches of a bare element in a graph, in the order of its points.
/// `safe`: a later branch of a disjunction does not match in or around what an earlier one matches; `outermost`: no match inside another.
#[must_use]
pub fn bare_matches(
    rule: &Rule,
    compiled: &CompiledRule,
    (elem, need): &(RuleElem, Need),
    graph: &PreparedGraph,
    terms: &mut dyn Terms,
    (safe, outermost): (bool, bool),
) -> Vec<RuleMatch> {
    let mut out = Vec::new();
    if compiled.lacks_values(elem, terms.inherited()) {
        return out;
    }
    let cfg = &graph.cfg.graph;
    for point in graph.candidates(need, terms, |p| !cfg[NodeIndex::new(p as usize)].dup) {
        let mut found = terms.match_elem(elem, NodeIndex::new(point as usize));
        if safe {
            suppress(&mut found);
        }
        if outermost {
            let all: Vec<(u32, u32)> = found.iter().map(|m| m.interval).collect();
            let inside = |a: (u32, u32), b: &(u32, u32)| *b != a && b.0 <= a.0 && a.1 <= b.1;
            found.retain(|m| !all.iter().any(|b| inside(m.interval, b)));
        }
        out.extend(found.iter().map(|m| result(rule, m, terms)));
    }
    out
}

/// Drops what an earlier branch of a disjunction suppresses: it matches inside or around, whatever its values.
fn suppress(found: &mut Vec<ElemMatch>) {
    let all = std::mem::take(found);
    for m in &all {
        let hidden = all
            .iter()
            .any(|k| k.choice < m.choice && (contains(k.interval, m.interval) || contains(m.interval, k.interval)));
        if !hidden {
            found.push(m.clone());
        }
    }
}

fn contains(a: (u32, u32), b: (u32, u32)) -> bool {
    a.0 <= b.0 && b.1 <= a.1
}

fn result(rule: &Rule, m: &ElemMatch, terms: &dyn Terms) -> RuleMatch {
    let values: Vec<(MvId, Value)> = m.bindings.iter().map(|(v, x)| (*v, terms.value(*x))).collect();
    let exports = used_after(rule).filter_map(|v| values.iter().find(|(w, _)| *w == v).cloned()).collect();
    let mut all = values;
    for (var, value) in &terms.inherited().0 {
        if let Err(at) = all.binary_search_by_key(var, |b| b.0) {
            all.insert(at, (*var, value.clone()));
        }
    }
    let bindings = Arc::new(Bindings(all));
    let touches =
        m.touches.iter().map(|(place, action)| Touch { place: *place, action: *action, bindings: bindings.clone() });
    RuleMatch { variant: 0, env: 0, touches: touches.collect(), exports }
}

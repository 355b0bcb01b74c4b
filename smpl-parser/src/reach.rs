//! Rules that can never apply, whichever virtual rules are switched on, and rules without an effect.

use c_syntax::{Diagnostic, Span};
use rustc_hash::FxHashMap;

use crate::file::header::DepExpr;

/// What an item of the patch needs before it can apply, in the order of items.
pub(crate) struct Condition {
    /// Its name.
    pub name: Option<String>,
    /// `depends on`.
    pub depends: Option<DepExpr>,
    /// Items without which it cannot match.
    pub needs: Vec<String>,
    /// Items that it inherits from.
    pub reads: Vec<String>,
    /// Its header; none for scripts, about which nothing is said.
    pub header: Option<Span>,
    /// Whether it has no effect of its own.
    pub inert: bool,
}

/// Warns of rules that cannot apply, and of those that have no effect.
pub(crate) fn check(items: &[Condition], virtuals: &[String], diags: &mut Vec<Diagnostic>) {
    let mut last_use: FxHashMap<&str, usize> = FxHashMap::default();
    for (i, item) in items.iter().enumerate() {
        let mut names: Vec<&str> = item.reads.iter().map(String::as_str).collect();
        item.depends.iter().for_each(|d| mentioned(d, &mut names));
        last_use.extend(names.into_iter().map(|n| (n, i)));
    }
    dead(items, virtuals, &last_use, diags);
    for (i, item) in items.iter().enumerate() {
        let Some(header) = item.header.filter(|_| item.inert) else { continue };
        let used = item.name.as_deref().and_then(|n| last_use.get(n)).is_some_and(|last| *last > i);
        if !used {
            diags.push(
                Diagnostic::warning("W103", header, "this rule changes nothing, and nothing uses it", "has no effect")
                    .help("mark what it should change with `-` and `+`, or what it should find with `*`"),
            );
        }
    }
}

fn mentioned<'a>(dep: &'a DepExpr, out: &mut Vec<&'a str>) {
    match dep {
        DepExpr::Name(n, _) | DepExpr::Ever(n, _) | DepExpr::Never(n, _) => out.push(n),
        DepExpr::Not(d) => mentioned(d, out),
        DepExpr::And(a, b) | DepExpr::Or(a, b) => {
            mentioned(a, out);
            mentioned(b, out);
        }
        DepExpr::FileIn(_) => {}
    }
}

/// Most virtual rules for which all choices are tried.
const MOST: usize = 10;

/// Rules that apply under no choice of virtual rules. A rule that can apply may also not match, so `!rule` can always hold.
fn dead(items: &[Condition], virtuals: &[String], used: &FxHashMap<&str, usize>, diags: &mut Vec<Diagnostic>) {
    let chosen: Vec<&str> = virtuals.iter().map(String::as_str).filter(|v| used.contains_key(v)).collect();
    if chosen.len() > MOST {
        return;
    }
    let mut number: FxHashMap<&str, usize> = FxHashMap::default();
    for (i, item) in items.iter().enumerate() {
        number.extend(item.name.as_deref().map(|n| (n, i)));
    }
    let mut ever = vec![false; items.len()];
    for choice in 0..1u32 << chosen.len() {
        let on = |name: &str| chosen.iter().position(|v| *v == name).map(|i| choice >> i & 1 == 1);
        let mut now: Vec<bool> = Vec::with_capacity(items.len());
        for item in items {
            // An unknown name has its own message.
            let matched = |name: &str| number.get(name).and_then(|at| now.get(*at)).is_none_or(|known| *known);
            let holds = item.depends.as_ref().is_none_or(|d| can_hold(d, true, &on, &matched));
            let bound = item.needs.iter().all(|n| matched(n));
            now.push(holds && bound);
        }
        ever.iter_mut().zip(now).for_each(|(e, n)| *e |= n);
    }
    for (item, ever) in items.iter().zip(ever) {
        if let Some(span) = item.header.filter(|_| !ever) {
            diags.push(
                Diagnostic::warning("W106", span, "this rule can never apply", "whatever `-D` switches on")
                    .help("its dependencies contradict each other, or those of a rule that it inherits from"),
            );
        }
    }
}

/// Whether a dependency can be `wanted`. Two mentions of one rule are taken as independent, so nothing that can apply is reported.
fn can_hold(dep: &DepExpr, wanted: bool, on: &dyn Fn(&str) -> Option<bool>, matched: &dyn Fn(&str) -> bool) -> bool {
    match dep {
        DepExpr::Name(n, _) | DepExpr::Ever(n, _) => match on(n) {
            Some(is_on) => is_on == wanted,
            None => !wanted || matched(n),
        },
        DepExpr::Never(n, _) => match on(n) {
            Some(is_on) => is_on != wanted,
            None => wanted || matched(n),
        },
        DepExpr::Not(d) => can_hold(d, !wanted, on, matched),
        DepExpr::And(a, b) if wanted => can_hold(a, true, on, matched) && can_hold(b, true, on, matched),
        DepExpr::And(a, b) => can_hold(a, false, on, matched) || can_hold(b, false, on, matched),
        DepExpr::Or(a, b) if wanted => can_hold(a, true, on, matched) || can_hold(b, true, on, matched),
        DepExpr::Or(a, b) => can_hold(a, false, on, matched) && can_hold(b, false, on, matched),
        DepExpr::FileIn(_) => true,
    }
}

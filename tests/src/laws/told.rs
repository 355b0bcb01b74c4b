//! Lines that changed without need, by what the rules say that they removed and added.

use std::collections::BTreeSet;

use super::need::{Both, Change, shown};
use super::origin::Origin;
use super::side::Side;

/// The lines that changed though none of their tokens was removed or added, and nothing else asks for it; and those lines of which all
/// tokens were.
pub(super) fn without_need(a: &Side<'_>, b: &Side<'_>, origin: &Origin) -> (Vec<String>, BTreeSet<String>) {
    let partners = partners(a, b, origin);
    let lines = changed(a, b, origin);
    let mut change = Change { touched: touched(a, b, origin, &partners), partners: Vec::new() };
    let whole = |side: &Side<'_>, line: usize, touched: &BTreeSet<usize>| {
        side.items_in(&(line..line + 1)).all(|t| touched.contains(&t))
    };
    let old = lines.0.iter().filter(|l| whole(a, **l, &change.touched.0)).map(|l| shown(a, *l, '-'));
    let new = lines.1.iter().filter(|l| whole(b, **l, &change.touched.1)).map(|l| shown(b, *l, '+'));
    let anew = old.chain(new).collect();
    let empty = empty_lines(a, b, &partners, &change.touched);
    let moved = |(p, q): &&(usize, usize)| {
        a.lines_of(*p).any(|l| lines.0.contains(&l)) || b.lines_of(*q).any(|l| lines.1.contains(&l))
    };
    change.partners = partners.iter().filter(moved).copied().collect();
    let fine = change.reasons(a, b, &lines);
    let old = lines.0.difference(&fine.0).chain(&empty.0).map(|l| shown(a, *l, '-'));
    let bad = old.chain(lines.1.difference(&fine.1).chain(&empty.1).map(|l| shown(b, *l, '+')));
    (bad.collect(), anew)
}

/// The items that stayed, as pairs. A comment whose lines moved was printed again, or put back with a value.
fn partners(a: &Side<'_>, b: &Side<'_>, origin: &Origin) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (q, item) in b.items.iter().enumerate() {
        let same = |p: &usize| a.ink(*p) == b.ink(q);
        let gone = |p: usize| origin.removed[a.items[p].range.start];
        let next = out.last().map_or(0, |l| l.0 + 1);
        let found = match origin.from[item.range.start] {
            Some(at) => a.items.binary_search_by_key(&(at as usize), |t| t.range.start).ok().filter(same),
            None if !item.comment => None,
            None => (next..a.items.len()).take_while(|p| a.items[*p].comment || gone(*p)).find(same),
        };
        out.extend(found.filter(|p| *p >= next).map(|p| (p, q)));
    }
    out
}

/// The items that went, and those that came.
fn touched(a: &Side<'_>, b: &Side<'_>, origin: &Origin, partners: &[(usize, usize)]) -> Both {
    // A comment that was put back came anew, too.
    let stayed = |(_, q): &&(usize, usize)| !(b.items[*q].comment && origin.added[b.items[*q].range.start]);
    let kept: Both = (partners.iter().filter(stayed).map(|p| p.0).collect(), partners.iter().map(|p| p.1).collect());
    let went = |p: &usize| {
        let item = &a.items[*p];
        origin.removed[item.range.clone()].contains(&true) || item.comment && !kept.0.contains(p)
    };
    let came = |q: &usize| origin.added[b.items[*q].range.clone()].contains(&true);
    ((0..a.items.len()).filter(went).collect(), (0..b.items.len()).filter(came).collect())
}

/// The lines with code or comments that are not lines of the other text.
fn changed(a: &Side<'_>, b: &Side<'_>, origin: &Origin) -> Both {
    let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
    let mut stay = BTreeSet::new();
    for (l, text) in b.lines.iter().enumerate() {
        let Some(indent) = text.iter().position(|b| !b.is_ascii_whitespace()) else { continue };
        let here = b.starts[l];
        let same = origin.from[here + indent].map(|at| a.starts.partition_point(|s| *s <= at as usize) - 1);
        // White space, and what ends a line of a macro body, may be new and yet what it was.
        let text = text.trim_ascii_end();
        let ink =
            || text.strip_suffix(b"\\").unwrap_or(text).iter().enumerate().filter(|(_, b)| !b.is_ascii_whitespace());
        let stays = |line: &usize| {
            let there = a.starts[*line];
            a.lines[*line].trim_ascii_end() == text
                && ink().all(|(i, _)| origin.from[here + i] == Some((there + i) as u32))
        };
        match same.filter(stays) {
            Some(line) => stay.insert(line),
            None => new.insert(l),
        };
    }
    for (l, text) in a.lines.iter().enumerate() {
        if !text.trim_ascii().is_empty() && !stay.contains(&l) {
            old.insert(l);
        }
    }
    (old, new)
}

/// Empty lines that went or came between two neighbours that stayed, on lines of which nothing else went or came.
fn empty_lines(a: &Side<'_>, b: &Side<'_>, partners: &[(usize, usize)], touched: &Both) -> Both {
    let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
    let beside = |side: &Side<'_>, t: usize, touched: &BTreeSet<usize>| {
        side.lines_of(t).any(|l| side.items_in(&(l..l + 1)).any(|t| touched.contains(&t)))
    };
    for w in partners.windows(2) {
        let ((p, q), (v, w)) = (w[0], w[1]);
        if p + 1 != v || q + 1 != w {
            continue;
        }
        let (left, right) = (a.empty_between(p, v), b.empty_between(q, w));
        let near = [p, v].iter().any(|t| beside(a, *t, &touched.0)) || [q, w].iter().any(|t| beside(b, *t, &touched.1));
        if left.len() != right.len() && !near {
            old.extend(left);
            new.extend(right);
        }
    }
    (old, new)
}

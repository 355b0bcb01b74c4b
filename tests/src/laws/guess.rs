//! Lines that changed without need, by comparing two texts alone.
//!
//! Texts do not tell which of equal tokens went, nor of tokens that were removed and put back (the values of a call that is replaced). So
//! this finds less than what is told of the edits (`told`), but in such values it finds more.

use std::collections::BTreeMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::need::{Change, shown};
use super::side::Side;

/// The lines that changed without need, however it is told which of equal tokens went.
pub(super) fn without_need(a: &Side<'_>, b: &Side<'_>) -> Vec<String> {
    let mut bad = one_way(a, b, 0, false);
    for (gap, slide) in [(0, true), (8, true), (8, false)] {
        if !bad.is_empty() {
            let other = one_way(a, b, gap, slide);
            bad.retain(|line| other.contains(line));
        }
    }
    bad
}

/// The lines that changed without need, if the tokens of changed lines with fewer than `gap` equal ones between them are compared
/// together, and whole lines of them went or came where that can be (`slide`).
fn one_way(a: &Side<'_>, b: &Side<'_>, gap: usize, slide: bool) -> Vec<String> {
    let mut hunks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut change = Change::default();
    let mut twins: BTreeMap<usize, usize> = BTreeMap::new();
    for region in regions(whole_items(a, b), gap) {
        if let [(true, x, y)] = &region[..] {
            twins.extend(a.items_in(x).zip(b.items_in(y)));
            continue;
        }
        let (Some(first), Some(last)) = (region.first(), region.last()) else { continue };
        let (p, q) = (a.items_in(&(first.1.start..last.1.end)), b.items_in(&(first.2.start..last.2.end)));
        for (equal, from, to) in whole_lines(a, p, b, q, slide) {
            if equal {
                change.partners.extend(from.zip(to));
            } else {
                change.touched.0.extend(from);
                change.touched.1.extend(to);
            }
        }
        hunks.extend(region.into_iter().filter(|s| !s.0).map(|s| (s.1, s.2)));
    }
    let lines = (hunks.iter().flat_map(|h| h.0.clone()).collect(), hunks.iter().flat_map(|h| h.1.clone()).collect());
    let mut fine = change.reasons(a, b, &lines);
    twins.extend(change.partners);
    // Empty lines between the same two items, wherever they are shown.
    for ((p, q), (v, w)) in twins.iter().zip(twins.iter().skip(1)) {
        let (left, right) = (a.empty_between(*p, *v), b.empty_between(*q, *w));
        if p + 1 == *v && q + 1 == *w && left.len() == right.len() {
            fine.0.extend(left);
            fine.1.extend(right);
        }
    }
    let mut bad = Vec::new();
    for (x, y) in hunks {
        // As many empty lines as before stay what they were, wherever they are shown.
        let empty = |side: &Side<'_>, lines: &Range<usize>| {
            lines.clone().filter(|l| side.lines[*l].trim_ascii().is_empty()).count()
        };
        if empty(a, &x) == empty(b, &y) {
            fine.0.extend(x.clone().filter(|l| a.lines[*l] == b"\n"));
            fine.1.extend(y.clone().filter(|l| b.lines[*l] == b"\n"));
        }
        bad.extend(x.filter(|l| !fine.0.contains(l)).map(|l| shown(a, l, '-')));
        bad.extend(y.filter(|l| !fine.1.contains(l)).map(|l| shown(b, l, '+')));
    }
    bad
}

/// Lines or items of the old and the new text, and whether they are equal.
type Stretch = (bool, Range<usize>, Range<usize>);

/// The stretches of lines that are equal or not. Where it does not matter which of equal lines went or came, it is those of whole comments.
fn whole_items(a: &Side<'_>, b: &Side<'_>) -> Vec<Stretch> {
    let mut out = stretches(&a.lines, &b.lines);
    slide(&mut out, &a.lines, &b.lines, |new, lines| {
        let side = if new { b } else { a };
        !side.cuts_item(lines.start) && !side.cuts_item(lines.end)
    });
    out
}

/// The same of items; with `whole` it is those of whole lines.
fn whole_lines(a: &Side<'_>, p: Range<usize>, b: &Side<'_>, q: Range<usize>, whole: bool) -> Vec<Stretch> {
    let left: Vec<Vec<u8>> = p.clone().map(|t| a.ink(t)).collect();
    let right: Vec<Vec<u8>> = q.clone().map(|t| b.ink(t)).collect();
    let mut out = stretches(&left, &right);
    slide(&mut out, &left, &right, |new, items| {
        let (side, start) = if new { (b, q.start) } else { (a, p.start) };
        !whole || side.starts_line(start + items.start)
    });
    let place = |r: Range<usize>, start: usize| r.start + start..r.end + start;
    out.into_iter().map(|(equal, x, y)| (equal, place(x, p.start), place(y, q.start))).collect()
}

fn stretches<T: std::hash::Hash + Ord>(a: &[T], b: &[T]) -> Vec<Stretch> {
    let ops = capture_diff_slices(Algorithm::Myers, a, b);
    ops.iter().map(|op| (matches!(op, DiffOp::Equal { .. }), op.old_range(), op.new_range())).collect()
}

/// Moves what only went or only came along what is equal to it, to the first place that fits.
fn slide<T: PartialEq>(out: &mut [Stretch], a: &[T], b: &[T], fits: impl Fn(bool, Range<usize>) -> bool) {
    for i in 1..out.len().saturating_sub(1) {
        let (equal, x, y) = out[i].clone();
        let new = x.is_empty();
        if equal || !(new || y.is_empty()) || !out[i - 1].0 || !out[i + 1].0 {
            continue;
        }
        let (side, at) = if new { (b, y) } else { (a, x) };
        let up = (0..out[i - 1].1.len()).take_while(|k| side[at.start - 1 - k] == side[at.end - 1 - k]);
        let down = (0..out[i + 1].1.len()).take_while(|k| side[at.start + k] == side[at.end + k]);
        let (up, down) = (up.count() as isize, down.count() as isize);
        let moved = |by: isize| at.start.saturating_add_signed(by)..at.end.saturating_add_signed(by);
        let place = (0..=down).chain((-up..0).rev()).find(|by| fits(new, moved(*by)));
        let Some(by) = place.filter(|by| *by != 0) else { continue };
        for (at, start, end) in [(i - 1, false, true), (i, true, true), (i + 1, true, false)] {
            for r in [&mut out[at].1, &mut out[at].2] {
                r.start = r.start.saturating_add_signed(if start { by } else { 0 });
                r.end = r.end.saturating_add_signed(if end { by } else { 0 });
            }
        }
    }
}

/// Stretches with those that only few equal lines part: lines of other statements may be equal by chance.
fn regions(stretches: Vec<Stretch>, gap: usize) -> Vec<Vec<Stretch>> {
    let mut out: Vec<Vec<Stretch>> = Vec::new();
    let last = stretches.len().saturating_sub(1);
    for (i, stretch) in stretches.into_iter().enumerate() {
        let parts = stretch.0 && (i == 0 || i == last || stretch.1.len() >= gap);
        match out.last_mut().filter(|r| !parts && !matches!(&r[..], [(true, ..)])) {
            Some(region) => region.push(stretch),
            None => out.push(vec![stretch]),
        }
    }
    out
}

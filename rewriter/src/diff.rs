//! Unified diffs of byte texts in GNU's format (`rewriting.md` sections 13, 16.6).

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The unified diff of two texts with `context` lines around changes: the two header lines and the hunks.
/// Empty if the texts are equal.
#[must_use]
pub fn unified(old: &[u8], new: &[u8], name_old: &[u8], name_new: &[u8], context: usize) -> Vec<u8> {
    let mut out = Vec::new();
    add_unified(old, new, [name_old, name_new], context, &mut out);
    out
}

/// Adds the unified diff of two texts with these names.
pub fn add_unified(old: &[u8], new: &[u8], names: [&[u8]; 2], context: usize, out: &mut Vec<u8>) {
    if old == new {
        return;
    }
    for (mark, name) in ["--- ", "+++ "].into_iter().zip(names) {
        out.extend_from_slice(mark.as_bytes());
        out.extend(quoted(name));
        // A tab ends a name with blanks.
        out.extend_from_slice(if name.contains(&b' ') && !out.ends_with(b"\"") { b"\t\n" } else { b"\n" });
    }
    add_hunks(old, new, context, out);
}

/// A name as `patch` and `git apply` read it back: in quotes if it holds bytes that would not survive in a line of text.
#[must_use]
pub fn quoted(name: &[u8]) -> Vec<u8> {
    let plain = |c: char| !(c.is_control() || matches!(c, '"' | '\\'));
    if std::str::from_utf8(name).is_ok_and(|n| n.chars().all(plain)) {
        return name.to_vec();
    }
    let mut out = String::from("\"");
    let octal = |bytes: &[u8]| bytes.iter().map(|b| format!("\\{b:03o}")).collect::<String>();
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                c if plain(c) => out.push(c),
                c => out.push_str(&octal(c.encode_utf8(&mut [0; 4]).as_bytes())),
            }
        }
        out.push_str(&octal(chunk.invalid()));
    }
    out.push('"');
    out.into_bytes()
}

/// Adds the hunks.
fn add_hunks(old: &[u8], new: &[u8], context: usize, out: &mut Vec<u8>) {
    let (a, b) = (lines(old), lines(new));
    let ops = changes(&a, &b);
    out.reserve(ops.iter().map(|op| shown(&a[op.0.clone()], &b[op.1.clone()])).sum());
    let mut at = 0;
    while at < ops.len() {
        let mut end = at + 1;
        while end < ops.len() && ops[end].0.start - ops[end - 1].0.end <= 2 * context {
            end += 1;
        }
        hunk(&a, &b, &ops[at..end], context, out);
        at = end;
    }
}

/// About how many bytes a change takes up with the lines around it.
fn shown(gone: &[&[u8]], come: &[&[u8]]) -> usize {
    let lines = gone.iter().chain(come).map(|l| l.len() + 1);
    lines.sum::<usize>() + 160
}

/// The lines of a text with their ends.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::with_capacity(text.len() / 24 + 1);
    let mut start = 0;
    for i in memchr::memchr_iter(b'\n', text) {
        out.push(&text[start..=i]);
        start = i + 1;
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

/// What differs: ranges of lines of both sides, in order.
fn changes(a: &[&[u8]], b: &[&[u8]]) -> Vec<(Range<usize>, Range<usize>)> {
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let most = a.len().min(b.len()) - front;
    let back = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count();
    let (end_a, end_b) = (a.len() - back, b.len() - back);
    let mut out: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut from = (front, front);
    for (x, y) in same(&a[front..end_a], &b[front..end_b]).into_iter().chain([(end_a - front, end_b - front)]) {
        let (x, y) = (x + front, y + front);
        if from != (x, y) {
            out.push((from.0..x, from.1..y));
        }
        from = (x + 1, y + 1);
    }
    removal_first(&mut out, a, b);
    slide(&mut out, a, b);
    out
}

/// The lines that stay: their places in both texts, in order. As in GNU diff, lines that only one of the texts holds are left out
/// before the rest is compared.
fn same<'a>(a: &[&'a [u8]], b: &[&'a [u8]]) -> Vec<(usize, usize)> {
    // By text, a line that has it: of both texts one after the other.
    let mut known: HashTable<u32> = HashTable::with_capacity(a.len().max(b.len()));
    let line = |i: u32| a.get(i as usize).or_else(|| b.get(i as usize - a.len())).copied().unwrap_or_default();
    let hash = |line: &[u8]| FxBuildHasher.hash_one(line);
    // For each line the number of the first one with its text, and for each of these how often both texts hold it.
    let mut names: Vec<u32> = Vec::with_capacity(a.len() + b.len());
    let mut counts: Vec<[u32; 2]> = vec![[0, 0]; a.len() + b.len()];
    for i in 0..(a.len() + b.len()) as u32 {
        let text = line(i);
        let own = hash(text);
        let name = match known.find(own, |j| line(*j) == text) {
            Some(name) => *name,
            None => *known.insert_unique(own, i, |j| hash(line(*j))).get(),
        };
        counts[name as usize][usize::from(i as usize >= a.len())] += 1;
        names.push(name);
    }
    let in_both = |(at, name): (u32, &u32)| (!counts[*name as usize].contains(&0)).then_some((at, *name));
    let (all_a, all_b) = names.split_at(a.len());
    let (at_a, a): (Vec<u32>, Vec<u32>) = (0..).zip(all_a).filter_map(in_both).unzip();
    let (at_b, b): (Vec<u32>, Vec<u32>) = (0..).zip(all_b).filter_map(in_both).unzip();
    let mut out = Vec::with_capacity(a.len().min(b.len()));
    let mut from = (0, 0);
    for to in cuts(&a, &b, &counts) {
        let pairs = longest(&a[from.0..to.0], &b[from.1..to.1]);
        out.extend(pairs.into_iter().map(|(i, j)| (at_a[from.0 + i] as usize, at_b[from.1 + j] as usize)));
        from = to;
    }
    out
}

/// About how many lines are compared at once, and how many of them may be lines that one text holds more often: the cost grows with
/// the square of what differs.
const STRETCH: (usize, u32) = (1000, 100);

/// Where two texts may be cut so that corresponding parts are compared: at lines that both hold just once, in one order. The last
/// place is their ends. `counts` says how often each text holds a line.
fn cuts(a: &[u32], b: &[u32], counts: &[[u32; 2]]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let (uneven_a, uneven_b) = (uneven(a, counts), uneven(b, counts));
    let is_long = |from: (usize, usize), to: (usize, usize)| {
        let differing = uneven_a[to.0] - uneven_a[from.0] + uneven_b[to.1] - uneven_b[from.1];
        (to.0 - from.0).max(to.1 - from.1) >= STRETCH.0 || differing >= STRETCH.1
    };
    if is_long((0, 0), (a.len(), b.len())) {
        let mut from = (0, 0);
        for to in unique_lines(a, b, counts) {
            if is_long(from, to) {
                out.push(to);
                from = to;
            }
        }
    }
    out.push((a.len(), b.len()));
    out
}

/// For each place in a text how many lines in front of it one of the texts holds more often than the other.
fn uneven(text: &[u32], counts: &[[u32; 2]]) -> Vec<u32> {
    let mut count = 0;
    let lines = text.iter().map(|l| {
        let [a, b] = counts[*l as usize];
        count += u32::from(a != b);
        count
    });
    std::iter::once(0).chain(lines).collect()
}

/// The longest ascending sequence of places of lines that both texts hold just once.
fn unique_lines(a: &[u32], b: &[u32], counts: &[[u32; 2]]) -> Vec<(usize, usize)> {
    let once = |l: u32| counts[l as usize] == [1, 1];
    let mut in_b = vec![0; counts.len()];
    b.iter().enumerate().filter(|(_, l)| once(**l)).for_each(|(j, l)| in_b[*l as usize] = j);
    let unique = a.iter().enumerate().filter(|(_, l)| once(**l));
    let common: Vec<(usize, usize)> = unique.map(|(i, l)| (i, in_b[*l as usize])).collect();
    // For each length the sequence of that length which ends lowest: index of its last line; and what stands in front of each line.
    let mut ends: Vec<usize> = Vec::new();
    let mut front: Vec<Option<usize>> = Vec::with_capacity(common.len());
    for (n, (_, j)) in common.iter().enumerate() {
        let len = ends.partition_point(|e| common[*e].1 < *j);
        front.push(len.checked_sub(1).map(|l| ends[l]));
        if len == ends.len() {
            ends.push(n);
        } else {
            ends[len] = n;
        }
    }
    let mut out: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |n| front[*n]).map(|n| common[n]).collect();
    out.reverse();
    out
}

/// The longest common subsequence, by Myers' algorithm: the places in both.
fn longest(a: &[u32], b: &[u32]) -> Vec<(usize, usize)> {
    // From the end: of several smallest differences GNU diff shows the one that removes first.
    let back = |lines: &[u32]| -> Vec<u32> { lines.iter().rev().copied().collect() };
    let ops = capture_diff_slices(Algorithm::Myers, &back(a), &back(b));
    let kept = ops.into_iter().rev().filter_map(|op| match op {
        DiffOp::Equal { old_index, new_index, len } => {
            Some((a.len() - old_index - len, b.len() - new_index - len, len))
        }
        _ => None,
    });
    kept.flat_map(|(i, j, len)| (0..len).map(move |n| (i + n, j + n))).collect()
}

/// Lines that change places with as many others: shown as removed above and added below, as GNU diff does.
fn removal_first(ops: &mut [(Range<usize>, Range<usize>)], a: &[&[u8]], b: &[&[u8]]) {
    for i in 1..ops.len() {
        let ((x, y), (v, w)) = (ops[i - 1].clone(), ops[i].clone());
        let n = y.len();
        let swapped =
            x.is_empty() && w.is_empty() && v.len() == n && v.start - x.end == n && b[y.clone()] == a[v.clone()];
        if swapped {
            ops[i - 1] = (x.start..v.start, y.start..y.start);
            ops[i] = (v.end..v.end, y.end..w.start);
        }
    }
}

/// Moves pure insertions and deletions down as far as the lines allow, as GNU diff does.
fn slide(ops: &mut Vec<(Range<usize>, Range<usize>)>, a: &[&[u8]], b: &[&[u8]]) {
    for i in (0..ops.len()).rev() {
        let (stop_a, stop_b) = ops.get(i + 1).map_or((a.len(), b.len()), |n| (n.0.start, n.1.start));
        let (x, y) = &mut ops[i];
        let (pure_add, pure_del) = (x.start == x.end, y.start == y.end);
        if pure_add != pure_del {
            while x.end < stop_a && y.end < stop_b {
                let same = if pure_add { b[y.start] == b[y.end] } else { a[x.start] == a[x.end] };
                if !same {
                    break;
                }
                *x = x.start + 1..x.end + 1;
                *y = y.start + 1..y.end + 1;
            }
        }
    }
    // Neighbours that now touch are one change.
    let mut i = 1;
    while i < ops.len() {
        if ops[i - 1].0.end == ops[i].0.start && ops[i - 1].1.end == ops[i].1.start {
            let (x, y) = ops.remove(i);
            ops[i - 1].0.end = x.end;
            ops[i - 1].1.end = y.end;
        } else {
            i += 1;
        }
    }
}

fn hunk(a: &[&[u8]], b: &[&[u8]], ops: &[(Range<usize>, Range<usize>)], context: usize, out: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (ops.first(), ops.last()) else { return };
    let lead = context.min(first.0.start);
    let trail = context.min(a.len() - last.0.end);
    let old = first.0.start - lead..last.0.end + trail;
    let new = first.1.start - lead..last.1.end + trail;
    out.extend(format!("@@ -{} +{} @@", span(&old), span(&new)).into_bytes());
    if let Some(name) = function(a, old.start) {
        out.push(b' ');
        out.extend_from_slice(name);
    }
    out.push(b'\n');
    let mut at = old.start;
    for (x, y) in ops {
        a[at..x.start].iter().for_each(|l| line(b' ', l, out));
        a[x.clone()].iter().for_each(|l| line(b'-', l, out));
        b[y.clone()].iter().for_each(|l| line(b'+', l, out));
        at = x.end;
    }
    a[at..old.end].iter().for_each(|l| line(b' ', l, out));
}

/// `start,count` of a hunk header, with GNU's special cases for no line and one line.
fn span(r: &Range<usize>) -> String {
    match r.len() {
        0 => format!("{},0", r.start),
        1 => format!("{}", r.start + 1),
        n => format!("{},{n}", r.start + 1),
    }
}

fn line(mark: u8, text: &[u8], out: &mut Vec<u8>) {
    out.push(mark);
    out.extend_from_slice(text);
    if !text.ends_with(b"\n") {
        out.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

/// The line of the enclosing function as `diff -p` finds it: the last one above the hunk that starts with a letter,
/// an underscore or `$`; its first 40 bytes without blanks at the end.
fn function<'a>(a: &[&'a [u8]], start: usize) -> Option<&'a [u8]> {
    let found = a[..start]
        .iter()
        .rev()
        .find(|l| l.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'$')))?;
    let text = found.trim_ascii_end();
    Some(text[..text.len().min(40)].trim_ascii_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(old: &str, new: &str, context: usize) -> String {
        String::from_utf8_lossy(&unified(old.as_bytes(), new.as_bytes(), b"a", b"b", context)).into_owned()
    }

    #[test]
    fn formats() {
        let rows = [
            ("x\n", "x\n", 3, ""),
            ("x\ny\n", "y\nx\n", 3, "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-x\n y\n+x\n"),
            ("x\n", "y\n", 3, "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n"),
            ("", "y\n", 3, "--- a\n+++ b\n@@ -0,0 +1 @@\n+y\n"),
            ("y\n", "", 3, "--- a\n+++ b\n@@ -1 +0,0 @@\n-y\n"),
            (
                "x\ny",
                "x\nz",
                3,
                "--- a\n+++ b\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n",
            ),
            (
                "int f(void)\n{\n1\n2\n3\n4\n}\n",
                "int f(void)\n{\n1\n2\n3\n5\n}\n",
                1,
                "--- a\n+++ b\n@@ -5,3 +5,3 @@ int f(void)\n 3\n-4\n+5\n }\n",
            ),
            (
                "1\n2\n3\n4\n5\n",
                "0\n2\n3\n4\n6\n",
                1,
                "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-1\n+0\n 2\n@@ -4,2 +4,2 @@\n 4\n-5\n+6\n",
            ),
            // An insertion among equal lines stands as low as it can.
            ("{\n\n}\n", "{\n\n\n}\n", 0, "--- a\n+++ b\n@@ -2,0 +3 @@\n+\n"),
        ];
        for (old, new, context, expected) in rows {
            assert_eq!(text(old, new, context), expected, "{old:?} -> {new:?}");
        }
    }

    #[test]
    fn names_that_lines_cannot_hold_are_quoted() {
        let rows: [(&[u8], &[u8]); 6] = [
            (b"a/b.c", b"a/b.c"),
            (b"a/b c.c", b"a/b c.c"),
            ("a/\u{e4}.c".as_bytes(), "a/\u{e4}.c".as_bytes()),
            (b"a/b\tc\n.c", b"\"a/b\\tc\\n.c\""),
            (b"a/\"\\.c", b"\"a/\\\"\\\\.c\""),
            (b"a/\xff\x01.c", b"\"a/\\377\\001.c\""),
        ];
        for (name, expected) in rows {
            assert_eq!(quoted(name), expected);
        }
    }

    #[test]
    fn bytes_survive() {
        let diff = unified(b"\xff\r\n", b"\xfe\r\n", b"a", b"b", 3);
        assert_eq!(diff, b"--- a\n+++ b\n@@ -1 +1 @@\n-\xff\r\n+\xfe\r\n");
    }
}

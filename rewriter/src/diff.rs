//! Unified diffs of byte texts in GNU's format (`rewriting.md` sections 13, 16.6).

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The unified diff of two texts with `context` lines around changes: the two header lines and the hunks.
/// Empty if the texts are equal.
#[must_use]
pub fn unified(old: &[u8], new: &[u8], name_old: &str, name_new: &str, context: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let hunks = hunks(old, new, context);
    if !hunks.is_empty() {
        out.extend(format!("--- {}\n+++ {}\n", header_name(name_old), header_name(name_new)).into_bytes());
        out.extend(hunks);
    }
    out
}

/// A name as `patch` and `git apply` read it back: a tab ends one with blanks, quotes stand around one with other white space.
#[must_use]
pub fn header_name(name: &str) -> String {
    if name.chars().any(|c| c.is_control() || matches!(c, '"' | '\\')) {
        let escaped: String = name
            .chars()
            .map(|c| match c {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\t' => "\\t".to_owned(),
                c if c.is_control() => format!("\\{:03o}", u32::from(c)),
                c => c.to_string(),
            })
            .collect();
        return format!("\"{escaped}\"");
    }
    if name.contains(' ') { format!("{name}\t") } else { name.to_owned() }
}

/// The hunks alone.
#[must_use]
pub fn hunks(old: &[u8], new: &[u8], context: usize) -> Vec<u8> {
    let mut out = Vec::new();
    if old == new {
        return out;
    }
    let (a, b) = (lines(old), lines(new));
    let ops = changes(&a, &b);
    let mut at = 0;
    while at < ops.len() {
        let mut end = at + 1;
        while end < ops.len() && ops[end].0.start - ops[end - 1].0.end <= 2 * context {
            end += 1;
        }
        hunk(&a, &b, &ops[at..end], context, &mut out);
        at = end;
    }
    out
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
    // From the end: of several smallest differences GNU diff shows the one that removes first.
    let inner_a: Vec<&[u8]> = a[front..a.len() - back].iter().rev().copied().collect();
    let inner_b: Vec<&[u8]> = b[front..b.len() - back].iter().rev().copied().collect();
    let mut out: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &inner_a, &inner_b).into_iter().rev() {
        let (x, y) = match op {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { old_index, old_len, new_index } => (old_index..old_index + old_len, new_index..new_index),
            DiffOp::Insert { old_index, new_index, new_len } => (old_index..old_index, new_index..new_index + new_len),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                (old_index..old_index + old_len, new_index..new_index + new_len)
            }
        };
        let (end_a, end_b) = (a.len() - back, b.len() - back);
        let (x, y) = (end_a - x.end..end_a - x.start, end_b - y.end..end_b - y.start);
        match out.last_mut() {
            Some(last) if last.0.end == x.start && last.1.end == y.start => {
                last.0.end = x.end;
                last.1.end = y.end;
            }
            _ => out.push((x, y)),
        }
    }
    removal_first(&mut out, a, b);
    slide(&mut out, a, b);
    out
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
        String::from_utf8_lossy(&unified(old.as_bytes(), new.as_bytes(), "a", "b", context)).into_owned()
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
    fn bytes_survive() {
        let diff = unified(b"\xff\r\n", b"\xfe\r\n", "a", "b", 3);
        assert_eq!(diff, b"--- a\n+++ b\n@@ -1 +1 @@\n-\xff\r\n+\xfe\r\n");
    }
}

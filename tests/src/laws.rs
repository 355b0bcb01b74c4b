//! Laws of rewriting, which hold for any rule and any file: no new error in the result, no line changed without need, a diff that is
//! one for `git apply`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use c_syntax::lexer::{Directives, lex, lex_range};
use c_syntax::{MacroTables, NodeId, SourceFile, SyntaxKind as K, TokenKind as T, Tree};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The elements of a text that are read in part or not at all.
#[must_use]
pub fn unread(text: &[u8]) -> usize {
    parse(text).elements.iter().filter(|e| e.element.parsed().failure.is_some()).count()
}

fn parse(text: &[u8]) -> SourceFile {
    let tables = Arc::new(MacroTables::new(rules::MACROS, "", &smpl_parser::ast::DeclaredNames::default()));
    SourceFile::parse(text.into(), &tables, None)
}

/// The result parses with no new error.
///
/// # Errors
/// With what was found.
pub fn no_new_error(old: &[u8], new: &[u8]) -> Result<(), String> {
    let (before, after) = (unread(old), unread(new));
    if after > before {
        return Err(format!("{after} elements of the result are not read, {before} of the text before"));
    }
    Ok(())
}

/// Every changed line holds a token that was removed or added, or lies in a block whose nesting changed.
///
/// Where tokens moved from line to line, the old and the new lines count as one. Lines without code go with what stands beside, a comment
/// with code that goes. Texts do not tell of tokens that were removed and put back (the values of a call that is replaced), so a line
/// may go on a statement that changed; but not if it stands in a bracket that did not move.
///
/// # Errors
/// With the lines that changed without need.
pub fn changed_lines(old: &[u8], new: &[u8]) -> Result<(), String> {
    let (a, b) = (Side::new(old), Side::new(new));
    let mut bad = without_need(&a, &b, 0, false);
    // Which tokens of equal ones went is told in several ways: a line changed without need if it did so in all.
    for (gap, slide) in [(0, true), (8, true), (8, false)] {
        if !bad.is_empty() {
            let other = without_need(&a, &b, gap, slide);
            bad.retain(|line| other.contains(line));
        }
    }
    if bad.is_empty() { Ok(()) } else { Err(format!("changed without need:\n{}", bad.join("\n"))) }
}

/// The lines that changed without need, if the tokens of changed lines with fewer than `gap` equal ones between them are compared
/// together, and whole lines of them went or came where that can be (`slide`).
fn without_need(a: &Side<'_>, b: &Side<'_>, gap: usize, slide: bool) -> Vec<String> {
    let mut hunks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut touched: (BTreeSet<usize>, BTreeSet<usize>) = Default::default();
    let mut partners: Vec<(usize, usize)> = Vec::new();
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
                partners.extend(from.zip(to));
            } else {
                touched.0.extend(from);
                touched.1.extend(to);
            }
        }
        hunks.extend(region.into_iter().filter(|s| !s.0).map(|s| (s.1, s.2)));
    }
    let mut fine: (BTreeSet<usize>, BTreeSet<usize>) = (
        hunks.iter().flat_map(|h| h.0.clone()).filter(|l| a.allows(*l, &touched.0, false)).collect(),
        hunks.iter().flat_map(|h| h.1.clone()).filter(|l| b.allows(*l, &touched.1, true)).collect(),
    );
    for (p, q) in &partners {
        let nested = a.items[*p].depth != b.items[*q].depth;
        let first = a.starts_line(*p) && b.starts_line(*q);
        if nested || first && a.goes_on(*p, &touched.0, b, *q, &touched.1) {
            fine.0.extend(a.lines_of(*p));
            fine.1.extend(b.lines_of(*q));
        }
    }
    // Code that was added or removed between two tokens of a line parts or joins what stands around it.
    for w in partners.windows(2) {
        let ((p, q), (v, w)) = (w[0], w[1]);
        if (p + 1..v).any(|t| touched.0.contains(&t)) || (q + 1..w).any(|t| touched.1.contains(&t)) {
            let parted = a.lines_of(p).end > a.lines_of(v).start && b.lines_of(q).end <= b.lines_of(w).start;
            let joined = a.lines_of(p).end <= a.lines_of(v).start && b.lines_of(q).end > b.lines_of(w).start;
            if parted || joined {
                fine.0.extend(a.lines_of(p).chain(a.lines_of(v)));
                fine.1.extend(b.lines_of(q).chain(b.lines_of(w)));
            }
        }
    }
    let lines: BTreeSet<(usize, usize)> =
        partners.iter().map(|(p, q)| (a.lines_of(*p).start, b.lines_of(*q).start)).collect();
    loop {
        let before = fine.0.len() + fine.1.len();
        for (x, y) in &lines {
            if fine.0.contains(x) || fine.1.contains(y) {
                fine.0.insert(*x);
                fine.1.insert(*y);
            }
        }
        if fine.0.len() + fine.1.len() == before {
            break;
        }
    }
    twins.extend(partners.iter().copied());
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
        bad.extend(x.filter(|l| !fine.0.contains(l)).map(|l| format!("{}: -{}", l + 1, a.shown(l))));
        bad.extend(y.filter(|l| !fine.1.contains(l)).map(|l| format!("{}: +{}", l + 1, b.shown(l))));
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

/// A token or a comment.
struct Item {
    range: Range<usize>,
    comment: bool,
    /// How many blocks and branches it lies in.
    depth: u32,
}

/// One of two texts.
struct Side<'a> {
    text: &'a [u8],
    lines: Vec<&'a [u8]>,
    starts: Vec<usize>,
    items: Vec<Item>,
}

impl<'a> Side<'a> {
    fn new(text: &'a [u8]) -> Self {
        let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
        let mut starts = vec![0];
        for l in &lines {
            starts.push(starts.last().unwrap_or(&0) + l.len());
        }
        let mut side = Self { text, lines, starts, items: Vec::new() };
        let depths = depths(text);
        let mut at = 0;
        for t in lex(text) {
            let (from, to) = (t.start as usize, t.end() as usize);
            if t.kind == T::Directive {
                let mut depth = 0;
                for t in lex_range(text, from, to, 0, Directives::Tokens) {
                    depth -= u32::from(t.kind == T::RBrace && depth > 0);
                    side.code(&mut at, t.start as usize..t.end() as usize, depth);
                    depth += u32::from(t.kind == T::LBrace);
                }
            } else {
                side.code(&mut at, from..to, depths.get(&from).copied().unwrap_or(0));
            }
        }
        side.comments(at..text.len(), 0);
        side
    }

    /// Adds a token and the comments in front of it, which lie where it does, or in the block that it closes.
    fn code(&mut self, at: &mut usize, range: Range<usize>, depth: u32) {
        let closes = self.text[range.clone()] == *b"}";
        self.comments(*at..range.start, depth + u32::from(closes));
        *at = range.end;
        self.items.push(Item { range, comment: false, depth });
    }

    fn comments(&mut self, gap: Range<usize>, depth: u32) {
        let mut at = gap.start;
        while at < gap.end {
            let rest = &self.text[at..gap.end];
            let len = if rest.starts_with(b"/*") {
                memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |i| i + 4)
            } else if rest.starts_with(b"//") {
                rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
            } else {
                at += 1;
                continue;
            };
            self.items.push(Item { range: at..at + len, comment: true, depth });
            at += len;
        }
    }

    /// The lines on which an item lies.
    fn lines_of(&self, item: usize) -> Range<usize> {
        let range = &self.items[item].range;
        let line = |at: usize| self.starts.partition_point(|s| *s <= at).saturating_sub(1);
        line(range.start)..line(range.end.saturating_sub(1).max(range.start)) + 1
    }

    /// Whether an item goes on from the line above a line to that line.
    fn cuts_item(&self, line: usize) -> bool {
        let at = self.starts[line];
        let before = self.items.partition_point(|t| t.range.start < at);
        before.checked_sub(1).is_some_and(|t| self.items[t].range.end > at)
    }

    /// The bytes of an item, a comment's without the white space around its lines.
    fn ink(&self, item: usize) -> Vec<u8> {
        let item = &self.items[item];
        let bytes = &self.text[item.range.clone()];
        if !item.comment {
            return bytes.to_vec();
        }
        bytes.split(|b| *b == b'\n').flat_map(|l| [l.trim_ascii(), b"\n"].concat()).collect()
    }

    /// The empty lines between two items.
    fn empty_between(&self, from: usize, to: usize) -> Vec<usize> {
        let (start, end) = (self.lines_of(from).end, self.lines_of(to).start);
        (start..end).filter(|l| self.lines[*l].trim_ascii().is_empty()).collect()
    }

    fn shown(&self, line: usize) -> String {
        String::from_utf8_lossy(self.lines[line]).trim_end().to_owned()
    }

    /// The items that start or lie on some lines.
    fn items_in(&self, lines: &Range<usize>) -> Range<usize> {
        let (from, to) = (self.starts[lines.start], self.starts[lines.end]);
        let first = self.items.partition_point(|t| t.range.end <= from);
        first..self.items.partition_point(|t| t.range.start < to).max(first)
    }

    /// Whether a line may change because of these items: of the old text those that went, of the new text those that came.
    fn allows(&self, line: usize, touched: &BTreeSet<usize>, new: bool) -> bool {
        let here = self.items_in(&(line..line + 1));
        if here.is_empty() {
            let near = [here.start.checked_sub(1), Some(here.start).filter(|t| *t < self.items.len())];
            let mut beside = near.into_iter().flatten().flat_map(|t| self.lines_of(t));
            return beside.any(|l| self.items_in(&(l..l + 1)).any(|t| touched.contains(&t)));
        }
        here.into_iter().any(|t| touched.contains(&t) && (new || !self.items[t].comment || self.goes_along(t, touched)))
    }

    /// Whether an item goes on a statement of which something changed, and the bracket that it stands in, if any, moved. `other` and
    /// `twin` say the same of the other text.
    fn goes_on(
        &self,
        item: usize,
        touched: &BTreeSet<usize>,
        other: &Self,
        twin: usize,
        there: &BTreeSet<usize>,
    ) -> bool {
        let (mine, theirs) = (self.statement(item), other.statement(twin));
        if touched.range(mine).next().is_none() && there.range(theirs).next().is_none() {
            return false;
        }
        match (self.bracket(item), other.bracket(twin)) {
            (Some(p), Some(q)) => touched.contains(&p) || there.contains(&q) || self.column(p) != other.column(q),
            _ => true,
        }
    }

    fn starts_line(&self, item: usize) -> bool {
        let line = self.lines_of(item).start;
        self.items_in(&(line..line + 1)).start == item
    }

    fn is(&self, item: usize, any: &[u8]) -> bool {
        let item = &self.items[item];
        !item.comment && item.range.len() == 1 && any.contains(&self.text[item.range.start])
    }

    /// The items of the statement that holds one, as far as `;` and braces tell.
    fn statement(&self, item: usize) -> Range<usize> {
        let from = (0..item).rev().find(|t| self.is(*t, b";{}")).map_or(0, |t| t + 1);
        let to = (item..self.items.len()).find(|t| self.is(*t, b";{}")).map_or(self.items.len(), |t| t + 1);
        from..to.max(from)
    }

    /// The innermost round or square bracket that is open at an item.
    fn bracket(&self, item: usize) -> Option<usize> {
        let mut closed = 0;
        for t in (self.statement(item).start..item).rev() {
            if self.is(t, b")]") {
                closed += 1;
            } else if self.is(t, b"([") {
                if closed == 0 {
                    return Some(t);
                }
                closed -= 1;
            }
        }
        None
    }

    /// The column of an item, tabs counted to 8.
    fn column(&self, item: usize) -> usize {
        let line = self.starts[self.lines_of(item).start];
        let before = &self.text[line..self.items[item].range.start];
        before.iter().fold(0, |c, b| if *b == b'\t' { c / 8 * 8 + 8 } else { c + 1 })
    }

    /// Whether the code in front of or behind a comment goes.
    fn goes_along(&self, comment: usize, touched: &BTreeSet<usize>) -> bool {
        let code = |t: &usize| !self.items[*t].comment;
        let near = [(0..comment).rev().find(code), (comment..self.items.len()).find(code)];
        near.into_iter().flatten().any(|t| touched.contains(&t))
    }
}

/// How many blocks and branches each token lies in, by its offset. Where code is not read, its braces count.
fn depths(text: &[u8]) -> BTreeMap<usize, u32> {
    let mut out = BTreeMap::new();
    for element in &parse(text).elements {
        let base = element.start as usize;
        let mut depth = 0;
        for t in element.element.tokens() {
            depth -= u32::from(t.kind == T::RBrace && depth > 0);
            out.insert(base + t.start as usize, depth);
            depth += u32::from(t.kind == T::LBrace);
        }
        let Some(tree) = element.element.parsed().trees.first() else { continue };
        let mut of_node: BTreeMap<NodeId, u32> = BTreeMap::new();
        for n in tree.preorder(tree.root()) {
            let outer = tree.parent(n).map_or(0, |p| inside(tree, p, n) + of_node.get(&p).copied().unwrap_or(0));
            of_node.insert(n, outer);
            out.extend(tree.child_tokens(n).map(|t| (base + tree.token(t).start as usize, outer)));
        }
    }
    out
}

/// How much deeper a node lies than its parent.
fn inside(tree: &Tree, parent: NodeId, node: NodeId) -> u32 {
    let braces = |n: NodeId| matches!(tree.kind(n), K::Block | K::InitList | K::FieldList | K::EnumList);
    let chained = tree.kind(parent) == K::Else && tree.kind(node) == K::If;
    let branch =
        matches!(tree.kind(parent), K::If | K::Else | K::While | K::DoWhile | K::For | K::Switch | K::Iterator)
            && tree.kind(node).is_stmt()
            && !braces(node)
            && tree.kind(node) != K::Else
            && !chained;
    u32::from(braces(parent) || branch)
}

/// `git apply --check` takes a diff in a folder.
///
/// # Errors
/// With what git says.
pub fn git_applies(folder: &Path, diff: &[u8]) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    std::fs::write(file.path(), diff).map_err(|e| e.to_string())?;
    let mut command = Command::new("git");
    command.args(["apply", "--check", "--whitespace=nowarn"]).arg(file.path()).current_dir(folder);
    // Not the repository that the folder may lie in.
    command.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder));
    let output = command.output().map_err(|e| format!("git: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("git apply --check: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_need_not_change_are_found() {
        let old = b"int f(void)\n{\n\ta();\n\tb(1,\n\t  2);\n}\n";
        assert!(changed_lines(old, b"int f(void)\n{\n\tb(1,\n\t  2);\n}\n").is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3,\n\t  2);\n}\n").is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3,\n\t    2);\n}\n").is_err());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3, 4,\n\t  5, 2);\n}\n").is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\tc();\n\tb(1,\n\t    2);\n}\n").is_err());
        let branch = b"int f(void)\n{\n\tif (x) {\n\t\ta();\n\t}\n\tb();\n}\n";
        assert!(changed_lines(branch, b"int f(void)\n{\n\ta();\n\tb();\n}\n").is_ok());
        assert!(changed_lines(branch, b"int f(void)\n{\n\ta();\n    b();\n}\n").is_err());
        let noted = b"int f(void)\n{\n\t/* a */\n\ta();\n\n\t/* b */\n\tb();\n\tc();\n}\n";
        assert!(changed_lines(noted, b"int f(void)\n{\n\t/* b */\n\tb();\n\tc();\n}\n").is_ok());
        assert!(changed_lines(noted, b"int f(void)\n{\n\t/* a */\n\ta();\n\n\tb();\n}\n").is_err());
        let twice = b"/*\n * a\n */\nint a(void) { return 1; }\n\n/*\n * b\n */\nint b;\n";
        assert!(changed_lines(twice, b"/*\n * b\n */\nint b;\n").is_ok());
        assert!(changed_lines(twice, b"/*\n * a\n */\nint a(void) { return 1; }\n\nint b;\n").is_err());
        let body = b"#define M(x) do {\t\\\n\ta(x);\t\\\n\tb(x);\t\\\n} while (0)\n";
        assert!(changed_lines(body, b"#define M(x) do {\t\\\n\ta(x);\t\\\n\tc(x);\t\\\n} while (0)\n").is_ok());
        assert!(changed_lines(body, b"#define M(x) do {\t\\\n\ta(x);\t\t\\\n\tc(x);\t\\\n} while (0)\n").is_err());
    }

    #[test]
    fn a_new_error_is_found() {
        assert!(no_new_error(b"int f(void) { a(); }\n", b"int f(void) { a(;; }\n").is_err());
        assert!(no_new_error(b"int f(void) { a(); }\n", b"int f(void) { b(); }\n").is_ok());
    }
}

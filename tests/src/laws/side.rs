//! One of the two texts of a change, as tokens and comments on lines.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use c_syntax::lexer::{Directives, lex, lex_range};
use c_syntax::{NodeId, SyntaxKind as K, TokenKind as T, Tree};

use super::parse;

/// A token or a comment.
pub(super) struct Item {
    pub range: Range<usize>,
    pub comment: bool,
    /// How many blocks and branches it lies in.
    pub depth: u32,
}

/// One of two texts.
pub(super) struct Side<'a> {
    pub text: &'a [u8],
    pub lines: Vec<&'a [u8]>,
    pub starts: Vec<usize>,
    pub items: Vec<Item>,
}

impl<'a> Side<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
        let mut starts = vec![0];
        for l in &lines {
            starts.push(starts.last().unwrap_or(&0) + l.len());
        }
        let mut side = Self { text, lines, starts, items: Vec::new() };
        let depths = depths(text);
        let mut at = 0;
        let tokens = lex(text);
        for (i, t) in tokens.iter().enumerate() {
            let (from, to) = (t.start as usize, t.end() as usize);
            if t.kind == T::Directive {
                // Comments in front of it lie where the code behind it does.
                let next = tokens[i..].iter().find(|t| t.kind != T::Directive);
                let depth = next.and_then(|t| Some(depths.get(&(t.start as usize))? + u32::from(t.kind == T::RBrace)));
                side.comments(at..from, depth.unwrap_or(0));
                at = from;
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
    pub fn lines_of(&self, item: usize) -> Range<usize> {
        let range = &self.items[item].range;
        let line = |at: usize| self.starts.partition_point(|s| *s <= at).saturating_sub(1);
        line(range.start)..line(range.end.saturating_sub(1).max(range.start)) + 1
    }

    /// Whether an item goes on from the line above a line to that line.
    pub fn cuts_item(&self, line: usize) -> bool {
        let at = self.starts[line];
        let before = self.items.partition_point(|t| t.range.start < at);
        before.checked_sub(1).is_some_and(|t| self.items[t].range.end > at)
    }

    /// The bytes of an item, a comment's without the white space around its lines.
    pub fn ink(&self, item: usize) -> Vec<u8> {
        let item = &self.items[item];
        let bytes = &self.text[item.range.clone()];
        if !item.comment {
            return bytes.to_vec();
        }
        bytes.split(|b| *b == b'\n').flat_map(|l| [l.trim_ascii(), b"\n"].concat()).collect()
    }

    /// The empty lines between two items.
    pub fn empty_between(&self, from: usize, to: usize) -> Vec<usize> {
        let (start, end) = (self.lines_of(from).end, self.lines_of(to).start);
        (start..end).filter(|l| self.lines[*l].trim_ascii().is_empty()).collect()
    }

    pub fn shown(&self, line: usize) -> String {
        String::from_utf8_lossy(self.lines[line]).trim_end().to_owned()
    }

    /// The items that start or lie on some lines.
    pub fn items_in(&self, lines: &Range<usize>) -> Range<usize> {
        let (from, to) = (self.starts[lines.start], self.starts[lines.end]);
        let first = self.items.partition_point(|t| t.range.end <= from);
        first..self.items.partition_point(|t| t.range.start < to).max(first)
    }

    /// Whether a line may change because of these items: of the old text those that went, of the new text those that came.
    pub fn allows(&self, line: usize, touched: &BTreeSet<usize>, new: bool) -> bool {
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
    pub fn goes_on(
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

    pub fn starts_line(&self, item: usize) -> bool {
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

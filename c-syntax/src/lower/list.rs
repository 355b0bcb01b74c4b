//! Lists of statements, members and top-level items, with the `#if` groups among them as CondGroup nodes.

use tree_sitter::Node;

use super::{K, Lower};
use crate::kind::SyntaxKind as S;
use crate::tree::TokenId;
use crate::view::{Cause, NONE};

/// Case labels nested in case labels beyond this become siblings.
const MAX_LABELS: usize = 32;

/// An entry of a list.
#[derive(Clone, Copy)]
pub(super) struct Entry<'t> {
    node: Node<'t>,
    /// A case or label, of which only the head is meant: what follows is the next entry.
    head: bool,
    /// Source tokens, end exclusive.
    lo: u32,
    hi: u32,
}

impl<'t> Lower<'_, 't> {
    /// Lowers a list that lies between the source tokens `lo` and `hi`.
    pub(super) fn list(&mut self, nodes: &[Node<'t>], lo: u32, hi: u32) -> Result<(), Cause> {
        let entries = self.entries(nodes);
        let from = self.directives.partition_point(|d| *d < lo);
        let to = self.directives.partition_point(|d| *d < hi);
        if from == to {
            return self.entries_from(&entries);
        }
        // Nearly all lists have no directives of their own.
        let own: Vec<u32> = self.directives[from..to].iter().copied().filter(|d| outside(&entries, *d)).collect();
        let mut at = 0;
        self.branch(&entries, &own, &mut at, hi)
    }

    /// Entries and directives up to `hi`.
    fn branch(&mut self, entries: &[Entry<'t>], own: &[u32], at: &mut usize, hi: u32) -> Result<(), Cause> {
        let mut e = 0;
        let mut d = own.partition_point(|x| *x < self.next);
        while e < entries.len() || d < own.len() {
            let next_entry = entries.get(e).map_or(u32::MAX, |x| x.lo);
            match own.get(d) {
                Some(&t) if t < next_entry && t < hi => match self.own_group(t, own) {
                    Some(dirs) => {
                        let end = dirs.last().copied().unwrap_or(t);
                        let inside = entries[e..].iter().take_while(|x| x.lo < end).count();
                        self.cond_group(&entries[e..e + inside], own, &dirs)?;
                        e += inside;
                        d = own.partition_point(|x| *x <= end);
                    }
                    None => {
                        self.flush_list(t + 1);
                        d += 1;
                    }
                },
                _ if e < entries.len() => {
                    let stop = own.get(d).copied().unwrap_or(u32::MAX);
                    let n = entries[e..].iter().take_while(|x| x.lo < stop).count().max(1);
                    self.entries_from(&entries[e..e + n])?;
                    e += n;
                }
                _ => break,
            }
        }
        *at += e;
        Ok(())
    }

    /// The directives of the group that `t` begins, if all of them lie in this list.
    fn own_group(&self, t: u32, own: &[u32]) -> Option<Vec<u32>> {
        let group = self.src.groups.iter().find(|g| g.directives.first() == Some(&t))?;
        group.directives.iter().all(|d| own.binary_search(d).is_ok()).then(|| group.directives.clone())
    }

    fn cond_group(&mut self, entries: &[Entry<'t>], own: &[u32], dirs: &[u32]) -> Result<(), Cause> {
        self.deeper(|l| {
            l.flush_list(dirs[0]);
            l.b.start(S::CondGroup);
            let mut e = 0;
            for (i, &d) in dirs.iter().enumerate() {
                l.flush_list(d);
                l.b.start(S::DirectiveLine);
                l.b.token(TokenId(d));
                l.next = d + 1;
                l.b.finish();
                let Some(&end) = dirs.get(i + 1) else { break };
                l.b.start(S::CondBranch);
                let n = entries[e..].iter().take_while(|x| x.lo < end).count();
                let inner: Vec<u32> = own.iter().copied().filter(|x| *x > d && *x < end).collect();
                let mut at = 0;
                l.branch(&entries[e..e + n], &inner, &mut at, end)?;
                l.flush_list(end);
                l.b.finish();
                e += n;
            }
            l.b.finish();
            Ok(())
        })
    }

    /// Entries without directives of the list between them.
    fn entries_from(&mut self, entries: &[Entry<'t>]) -> Result<(), Cause> {
        let mut i = 0;
        while i < entries.len() {
            let first = &entries[i];
            let declares = matches!(self.kind(first.node), K::Declaration | K::FunctionDefinition | K::FieldDecl);
            // Attributes of a declaration are part of it.
            let lo = if declares && !first.head { self.attributes_start(first.lo) } else { first.lo };
            self.flush_list(lo);
            i += self.entry(&entries[i..])?;
        }
        Ok(())
    }

    /// Lowers the first entry, with the statement that belongs to it if it is a label; returns how many were used.
    fn entry(&mut self, entries: &[Entry<'t>]) -> Result<usize, Cause> {
        let first = entries[0];
        if !first.head {
            self.deeper(|l| l.statement(first.node))?;
            return Ok(1);
        }
        let mut heads = 0;
        while heads < MAX_LABELS && entries.get(heads).is_some_and(|e| e.head) {
            heads += 1;
        }
        for e in &entries[..heads] {
            self.open_head(e.node)?;
        }
        let mut used = heads;
        match entries.get(heads) {
            Some(e) if !e.head => {
                self.deeper(|l| l.statement(e.node))?;
                used += 1;
            }
            _ => {
                self.b.empty(S::Absent);
            }
        }
        for _ in 0..heads {
            self.b.finish();
        }
        Ok(used)
    }

    /// Opens a Case, Default or Label and lowers all but its statement.
    fn open_head(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        if self.kind(node) == K::Labeled {
            self.b.start(S::Label);
            self.name(kids[0])?;
            return self.put(kids[1]);
        }
        let default = self.leaf_kind(kids[0]) == crate::token::TokenKind::KwDefault;
        self.b.start(if default { S::Default } else { S::Case });
        self.put(kids[0])?;
        if default {
            return self.put(kids[1]);
        }
        self.expr(kids[1])?;
        self.put(kids[2])
    }

    /// Flattens labels and the statements that tree-sitter-c hangs below them.
    fn entries(&mut self, nodes: &[Node<'t>]) -> Vec<Entry<'t>> {
        let mut out = Vec::with_capacity(nodes.len());
        let mut stack: Vec<Node<'t>> = nodes.iter().rev().copied().collect();
        while let Some(node) = stack.pop() {
            let Some(lo) = self.first_source(node) else { continue };
            let kind = self.kind(node);
            if !matches!(kind, K::Case | K::Labeled) {
                let hi = self.end_source(node).unwrap_or(lo + 1);
                out.push(Entry { node, head: false, lo, hi });
                continue;
            }
            let kids = self.kids(node);
            let colon = kids.iter().position(|k| self.leaf_kind_at(*k, crate::token::TokenKind::Colon));
            let colon = colon.unwrap_or(kids.len() - 1);
            let hi = self.end_source(kids[colon]).unwrap_or(lo + 1);
            out.push(Entry { node, head: true, lo, hi });
            stack.extend(kids[colon + 1..].iter().rev());
        }
        out
    }

    fn leaf_kind_at(&mut self, node: Node<'t>, kind: crate::token::TokenKind) -> bool {
        if node.child_count() > 0 {
            return false;
        }
        let v = self.leaf(node);
        v.src != NONE && self.src.tokens[v.src as usize].kind == kind
    }

    /// A labelled statement where only one statement may stand: its labels and what follows.
    pub(super) fn labelled(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let entries = self.entries(&[node]);
        let used = if entries.is_empty() { 0 } else { self.entry(&entries)? };
        if used == entries.len() { Ok(()) } else { Err("statements after a label") }
    }
}

/// Whether a directive lies in none of the entries.
fn outside(entries: &[Entry<'_>], d: u32) -> bool {
    let after = entries.partition_point(|e| e.lo < d);
    after == 0 || entries[after - 1].hi <= d
}

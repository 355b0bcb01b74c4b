//! Brace initialisers: in order, or unordered if the pattern has designators (`semantics.md` 4.5).

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind};

use super::list::{At, delimited};
use super::{K, TermMatcher};

impl<'a> TermMatcher<'a> {
    /// `{ ... }` against `{ ... }`.
    pub(crate) fn init_list(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (ps, cs) = (self.p.children(p), self.c.children(c));
        let (Some((open_p, ps, close_p)), Some((open_c, cs, close_c))) = (delimited(ps), delimited(cs)) else {
            return;
        };
        if !self.token(open_p, open_c) || !self.token(close_p, close_c) {
            return;
        }
        let (pt, ct) = (self.p, self.c);
        let designated = |n: NodeId| self.holds_designated(n, 0);
        let all_designated = |cs: &[Child]| {
            nodes(cs).any(|n| ct.kind(n) == SyntaxKind::Designated)
                && nodes(cs).all(|n| !is_item(ct.kind(n)) || ct.kind(n) == SyntaxKind::Designated)
        };
        let empty = nodes(ps).next().is_none() && all_designated(cs);
        if !empty && !nodes(ps).any(designated) {
            return self.list(ps, cs, At::with_trailing_comma(true), k);
        }
        if nodes(cs).any(|n| is_item(ct.kind(n)) && ct.kind(n) != SyntaxKind::Designated) {
            return;
        }
        let items: Vec<(NodeId, Option<TokenId>)> =
            with_commas(ps, |n| is_item(pt.kind(n)), |t| pt.token(t).kind == TokenKind::Comma);
        let code: Vec<(NodeId, Option<TokenId>)> =
            with_commas(cs, |n| is_item(ct.kind(n)), |t| ct.token(t).kind == TokenKind::Comma);
        let mut items = items;
        items.sort_by_key(|(n, _)| pt.kind(*n) == SyntaxKind::Dots);
        let mut used = vec![false; code.len()];
        if self.is_minus(open_p) && self.is_minus(close_p) {
            self.remove_like(open_p, open_c.0..close_c.0 + 1);
        }
        self.unordered(&items, &code, &mut used, k);
    }

    /// Whether an item of the pattern is designated, in any branch.
    fn holds_designated(&self, n: NodeId, depth: u32) -> bool {
        match self.p.kind(n) {
            SyntaxKind::Designated => true,
            SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::DisjBranch | SyntaxKind::As | SyntaxKind::Opt => {
                depth < 20 && self.p.child_nodes(n).any(|n| self.holds_designated(n, depth + 1))
            }
            _ => false,
        }
    }

    /// Each item of the pattern matches another item of the code; the rest of the code is kept.
    fn unordered(
        &mut self,
        items: &[(NodeId, Option<TokenId>)],
        code: &[(NodeId, Option<TokenId>)],
        used: &mut [bool],
        k: K<'_, 'a>,
    ) {
        let Some(((p, comma), rest)) = items.split_first() else { return k(self) };
        if self.p.kind(*p) == SyntaxKind::Dots {
            // Removed dots remove what no item matches: they come last, see `init_list`.
            if let Some(dots) = self.p.first_token(*p).filter(|t| self.is_minus(*t)) {
                for (i, (c, comma)) in code.iter().enumerate() {
                    if !used[i] {
                        let range = self.c.token_range(*c);
                        self.remove_like(dots, range.start..comma.map_or(range.end, |t| t.0 + 1));
                    }
                }
            }
            return self.unordered(rest, code, used, k);
        }
        for i in 0..code.len() {
            if used[i] {
                continue;
            }
            used[i] = true;
            let mark = self.mark();
            let (c, c_comma) = code[i];
            self.node(*p, c, &mut |m| {
                let inner = m.mark();
                if m.item_comma(*comma, c, c_comma, code, i) {
                    m.unordered(rest, code, used, k);
                }
                m.reset(inner);
            });
            self.reset(mark);
            used[i] = false;
        }
    }

    /// The comma after an item: that of the code, or the end of the item if the code has none.
    fn item_comma(
        &mut self,
        p: Option<TokenId>,
        c: NodeId,
        c_comma: Option<TokenId>,
        code: &[(NodeId, Option<TokenId>)],
        index: usize,
    ) -> bool {
        let Some(p) = p else { return true };
        if let Some(comma) = c_comma {
            return self.record(p, comma);
        }
        if !self.adds_nothing(p) {
            let Some(last) = self.c.last_token(c) else { return false };
            let runs: Vec<_> = {
                let t = self.pat.token(p);
                t.before.iter().chain(&t.after).chain(&t.replace).copied().collect()
            };
            for run in runs {
                self.state.touches.push((crate::outcome::Place::Token(last), crate::outcome::Action::After(run)));
            }
            return true;
        }
        if self.is_minus(p)
            && let Some(before) = index.checked_sub(1).and_then(|i| code[i].1)
        {
            self.remove_like(p, before.0..before.0 + 1);
        }
        true
    }
}

fn nodes(children: &[Child]) -> impl Iterator<Item = NodeId> + '_ {
    children.iter().filter_map(|c| match *c {
        Child::Node(n) => Some(n),
        Child::Token(_) => None,
    })
}

fn is_item(kind: SyntaxKind) -> bool {
    !matches!(kind, SyntaxKind::Attribute | SyntaxKind::DirectiveLine | SyntaxKind::Absent)
}

fn with_commas(
    children: &[Child],
    is_item: impl Fn(NodeId) -> bool,
    is_comma: impl Fn(TokenId) -> bool,
) -> Vec<(NodeId, Option<TokenId>)> {
    let mut out: Vec<(NodeId, Option<TokenId>)> = Vec::new();
    for child in children {
        match *child {
            Child::Node(n) if is_item(n) => out.push((n, None)),
            Child::Token(t) if is_comma(t) => {
                if let Some(last) = out.last_mut() {
                    last.1 = Some(t);
                }
            }
            _ => {}
        }
    }
    out
}

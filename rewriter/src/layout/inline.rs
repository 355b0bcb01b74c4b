//! Expressions replaced inside lines: where nothing around them can change, edits need no pieces.
//!
//! The conditions are those under which no pass over pieces (`rewriting.md` 16.7) does anything beyond putting the printed code in the
//! place of the removed tokens.

use std::ops::Range;

use c_syntax::print::{Atom, AtomKind, fuses, width};
use c_syntax::{NodeId, SyntaxKind as K, Token, TokenId, TokenKind as T, Tree};
use smpl_parser::ast::FragmentKind;

use super::FileText;
use super::branch::needs_parens;
use super::calls::CallStyle;
use super::depth::{is_header, is_inert, starts_statement};
use super::emit::real;
use super::facts::Facts;
use super::plus::Plus;
use super::tags::{Block, Tags};
use super::texts::may_hold_comment;
use crate::edit::Edit;

/// An expression that is replaced: its tokens, its node, and the code that comes.
struct Exchange<'t> {
    tokens: Range<u32>,
    node: NodeId,
    block: &'t Block,
}

/// The edits of an element that is plain, if all that its tags ask for is to replace expressions inside lines.
pub(super) fn edits(
    page: &FileText<'_>,
    index: usize,
    facts: &Facts<'_>,
    plus: &Plus<'_>,
    tags: &Tags,
) -> Option<Vec<Edit>> {
    if !tags.nodes.is_empty() || page.calls() != CallStyle::default() {
        return None;
    }
    let (base, max_width) = (page.elements[index].start as usize, page.style.max_width);
    let here = Here { text: page.text, base, facts, tree: facts.tree, max_width };
    let exchanges = here.exchanges(tags)?;
    // The end of the last line that has an edit.
    let mut done = 0;
    let mut out = Vec::with_capacity(exchanges.len());
    let mut text = Vec::new();
    for x in &exchanges {
        let (at, line) = (here.bytes(&x.tokens), here.line(x)?);
        if line.start < done {
            return None;
        }
        done = line.end;
        text.clear();
        here.print(x, plus, &mut text)?;
        let column = width(&text, width(&page.text[line.start..at.start], 0));
        if width(&page.text[at.end..line.end], column) > here.max_width {
            return None;
        }
        out.extend(real(Edit::new(at, Vec::new()), &text, page.text));
    }
    Some(out)
}

struct Here<'a> {
    text: &'a [u8],
    /// Where the element starts.
    base: usize,
    facts: &'a Facts<'a>,
    tree: &'a Tree,
    max_width: usize,
}

impl Here<'_> {
    /// What the tags ask for, if they only replace expressions.
    fn exchanges<'t>(&self, tags: &'t Tags) -> Option<Vec<Exchange<'t>>> {
        let mut out: Vec<Exchange<'t>> = Vec::new();
        let mut group = None;
        let mut end = 0;
        for (token, tag) in tags.tokens.iter() {
            let [by] = tag.removed_by[..] else { return None };
            if by.1 & matcher::APART != 0 || !(tag.before.is_empty() && tag.after.is_empty()) {
                return None;
            }
            let apart = out.is_empty() || token.0 > end;
            match (&tag.replace[..], out.last_mut()) {
                ([block], _) if apart => {
                    out.push(Exchange { tokens: token.0..token.0 + 1, node: self.tree.root(), block });
                }
                ([], Some(last)) if token.0 == end && group == Some(by) => last.tokens.end = token.0 + 1,
                _ => return None,
            }
            (group, end) = (Some(by), token.0 + 1);
        }
        for x in &mut out {
            x.node = self.expression(&x.tokens)?;
        }
        Some(out)
    }

    /// The expression that these tokens are, if it is a part of something longer and could be read the same way with other plain
    /// tokens in its place.
    fn expression(&self, tokens: &Range<u32>) -> Option<NodeId> {
        let leaf = self.facts.leaves().get(TokenId(tokens.start))?;
        let mut up = std::iter::successors(Some(leaf), |n| self.tree.parent(*n));
        let node = up.find(|n| self.tree.token_range(*n) == *tokens && self.tree.kind(*n).is_expr())?;
        let parent = up.find(|n| self.tree.token_range(*n) != *tokens)?;
        let all = self.tree.tokens();
        let (before, behind) = (all.get(tokens.start.checked_sub(1)? as usize)?, all.get(tokens.end as usize)?);
        let own = &all[tokens.start as usize..tokens.end as usize];
        let bytes = self.bytes(tokens);
        let text = &self.text[bytes.clone()];
        let wide = memchr::memchr3(b'\n', b'\t', b'\r', text).is_some() || memchr::memmem::find(text, b"  ").is_some();
        let fits = self.tree.kind(parent) != K::FunctionDef
            && !wide
            && !may_hold_comment(self.tree, tokens)
            && are_plain(own.iter().map(|t| t.kind), behind.kind)
            && self.stands_free(before, own, behind);
        fits.then_some(node)
    }

    /// Whether no blank goes or comes between the expression and what is beside it.
    fn stands_free(&self, before: &Token, own: &[Token], behind: &Token) -> bool {
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return false };
        let touches = (before.end() == first.start, last.end() == behind.start);
        let (before, behind) = (before.kind, behind.kind);
        let front = if touches.0 {
            before.is_punct() && !matches!(before, T::Comma | T::RParen | T::RBracket | T::RBrace | T::Colon)
        } else {
            before != T::LParen
        };
        let back = if touches.1 {
            matches!(behind, T::RParen | T::RBracket | T::LBracket | T::Semi | T::Comma | T::Dot | T::Arrow)
        } else {
            !matches!(behind, T::RParen | T::Comma | T::Semi)
        };
        front && back && behind != T::LParen
    }

    fn bytes(&self, tokens: &Range<u32>) -> Range<usize> {
        let (first, last) = (self.tree.token(TokenId(tokens.start)), self.tree.token(TokenId(tokens.end - 1)));
        self.base + first.start as usize..self.base + last.end() as usize
    }

    /// The line of an expression, if the lists around it and behind it end on it.
    fn line(&self, x: &Exchange<'_>) -> Option<Range<usize>> {
        let at = self.bytes(&x.tokens);
        let start = memchr::memrchr(b'\n', &self.text[..at.start]).map_or(0, |i| i + 1);
        let end = memchr::memchr(b'\n', &self.text[at.end..]).map_or(self.text.len(), |i| at.end + i);
        let around = std::iter::successors(self.tree.parent(x.node), |n| self.tree.parent(*n));
        for n in around.take_while(|n| self.tree.kind(*n) != K::Block) {
            let closes = |t: &TokenId| matches!(self.tree.token(*t).kind, T::RParen | T::RBracket | T::RBrace);
            let last = self.tree.child_tokens(n).filter(|t| t.0 >= x.tokens.end && closes(t)).last();
            if last.is_some_and(|t| self.base + self.tree.token(t).end() as usize > end) {
                return None;
            }
        }
        let rest = &self.tree.tokens()[x.tokens.end as usize..];
        let open =
            rest.iter().take_while(|t| self.base + (t.start as usize) < end).fold(0u32, |open, t| match t.kind {
                T::LParen | T::LBracket => open + 1,
                T::RParen | T::RBracket => open.saturating_sub(1),
                _ => open,
            });
        (open == 0).then_some(start..end)
    }

    /// Prints what comes, if that is an expression on one line, with other tokens than those that go, which needs no parentheses.
    fn print(&self, x: &Exchange<'_>, plus: &Plus<'_>, out: &mut Vec<u8>) -> Option<()> {
        let printed = plus.fragments(x.block);
        let [one] = &printed[..] else { return None };
        let level = one.level?;
        let (first, last) = (TokenId(x.tokens.start), TokenId(x.tokens.end - 1));
        let behind = self.tree.token(TokenId(x.tokens.end));
        let one_line = |a: &Atom| matches!(a.kind, AtomKind::Token(_) | AtomKind::Space | AtomKind::Break);
        if one.kind != FragmentKind::Expression
            || one.token.is_some()
            || !one.atoms.iter().all(one_line)
            || !are_plain(kinds(&one.atoms), behind.kind)
            || needs_parens(self.tree, first, last, (level, one.elements), self.facts.leaves().get(first))
        {
            return None;
        }
        let (front, back) = (one.atoms.first()?, one.atoms.last()?);
        let before = TokenId(x.tokens.start - 1);
        let ends = front.is_solid() && back.is_solid();
        let fused = fuses(self.tree.token_text(before), &front.text)
            && self.tree.token(before).end() == self.tree.token(first).start
            || fuses(&back.text, self.tree.token_text(TokenId(x.tokens.end)))
                && self.tree.token(last).end() == behind.start;
        let old = x.tokens.clone().map(|t| self.tree.token_text(TokenId(t)));
        let new = one.atoms.iter().filter(|a| a.is_solid()).map(|a| &a.text[..]);
        if !ends || fused || old.eq(new) {
            return None;
        }
        one.atoms.iter().for_each(|a| out.extend_from_slice(&a.text));
        Some(())
    }
}

fn kinds(atoms: &[Atom]) -> impl Iterator<Item = T> {
    atoms.iter().filter_map(|a| match a.kind {
        AtomKind::Token(kind) => Some(kind),
        _ => None,
    })
}

/// Whether tokens with `behind` behind them leave all depths as they are, and no comma among them is one too many.
fn are_plain(kinds: impl Iterator<Item = T>, behind: T) -> bool {
    let mut last = T::Semi;
    // The open brackets: whether a name stands in front of each.
    let mut open: u64 = 0;
    let mut depth = 0;
    // Whether the last token ends what looks like a call: in front of a statement that may be an iterator.
    let mut called = false;
    let joins = |called: bool, last: T, kind: T| {
        let heads = called && (starts_statement(kind) || kind == T::LBrace);
        let lone = matches!(last, T::LParen | T::Comma) && kind == T::Comma || last == T::Comma && kind == T::RParen;
        !(heads || lone)
    };
    for kind in kinds {
        if !joins(called, last, kind) {
            return false;
        }
        called = false;
        match kind {
            T::LParen | T::LBracket => {
                open = open << 1 | u64::from(last == T::Ident);
                depth += 1;
            }
            T::RParen | T::RBracket if depth > 0 => {
                called = open & 1 != 0;
                open >>= 1;
                depth -= 1;
            }
            T::Comma if depth > 0 => {}
            kind if is_inert(kind) && !is_header(kind) && !matches!(kind, T::KwCase | T::KwDefault) => {}
            _ => return false,
        }
        if depth > MAX_DEPTH {
            return false;
        }
        last = kind;
    }
    depth == 0 && joins(called, last, behind)
}

/// More brackets than this are not looked at.
const MAX_DEPTH: u32 = 60;

//! Code in the place of removed code: how far that goes, and what of it stays because it is the same.

use std::ops::Range;

use c_syntax::print::width;
use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T};
use rustc_hash::{FxHashMap, FxHashSet};
use smpl_parser::ast::FragmentKind;

use super::insert::{Divided, Insertions, Site, Stays};
use super::piece::{Indent, Kind, Piece};
use super::place::Slot;
use super::plus::Printed;
use super::tags::Block;
use super::{branch, columns, remove, same};

impl<'a> Site<'_, 'a> {
    /// The last piece of the removed code that starts at a piece.
    pub(super) fn end_of_removed(&self, at: usize) -> usize {
        let mut last = at;
        for (i, p) in self.pieces.iter().enumerate().skip(at + 1) {
            if p.token().is_some_and(|t| self.starts_replaced(t)) {
                break;
            }
            if p.gone && p.token().is_some() && self.together(at, i) {
                last = i;
            } else if p.gone || (p.is_code() && p.origin().is_none()) {
                break;
            }
        }
        last
    }

    /// The first piece of the removed code that the code at a piece goes on with: that of a head is replaced at its end, that of a list
    /// in braces at the comma behind it.
    fn start_of_removed(&self, at: usize) -> usize {
        if let Some(open) = self.start_of_element(at) {
            return open;
        }
        let mut first = at;
        for (i, p) in self.pieces[..at].iter().enumerate().rev() {
            if p.gone && p.token().is_some_and(|t| !self.starts_replaced(t)) && self.together(at, i) {
                first = i;
            } else if p.gone && p.is_code() {
                return at;
            } else if p.is_code() && p.origin().is_none() {
                break;
            }
        }
        first
    }

    /// For a removed comma behind a list in braces that goes as a whole: the brace that opens it.
    fn start_of_element(&self, comma: usize) -> Option<usize> {
        let brace = (0..comma).rev().find(|i| self.pieces[*i].is_code())?;
        if !(self.pieces[comma].is(T::Comma) && self.pieces[brace].is(T::RBrace)) {
            return None;
        }
        let close = self.pieces[brace].token()?;
        let list = self.leaves.get(close).filter(|n| self.tree.kind(*n) == K::InitList)?;
        let open = self.of_token.get(self.tree.first_token(list)?)?;
        // The comma in front of the closing brace leaves late.
        let removed = |p: &Piece<'_>| p.gone || !p.removed_by().is_empty();
        let goes = |p: &Piece<'_>| !p.is_code() || removed(p) && p.token().is_some_and(|t| !self.starts_replaced(t));
        self.pieces[open..comma].iter().all(goes).then_some(open)
    }

    /// Whether two removed pieces were removed as one; a block's brace goes with all of its block.
    fn together(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.pieces[a], &self.pieces[b]);
        let block = a.is(T::LBrace);
        b.removed_by()
            .iter()
            .any(|x| a.removed_by().iter().any(|y| remove::same_stretch(*x, *y) || block && x.0 == y.0))
    }

    /// Whether removed code from `at` to `last` is a branch with braces on several lines, the head of which stays.
    fn was_block(&self, at: usize, last: usize) -> bool {
        let head = self.pieces[..at].iter().rev().find(|p| p.is_code());
        self.pieces[at].is(T::LBrace)
            && self.pieces[last].is(T::RBrace)
            && head.is_some_and(|p| !p.gone && (p.is(T::RParen) || p.is(T::KwElse)))
            && self.pieces[at..last].iter().any(Piece::is_newline)
    }

    /// Whether a function goes as a whole that has no line break above it. In the reference what comes in its place starts with a
    /// line break, and the one above goes with the function.
    fn first_function_goes(&self) -> bool {
        self.tree.child_nodes(self.tree.root()).any(|n| self.tree.kind(n) == K::FunctionDef)
            && self.pieces.iter().filter(|p| p.is_code()).all(|p| p.gone)
            && self.pieces.iter().take_while(|p| !p.is_code()).all(|p| !p.is_newline())
    }

    /// Puts code in the place of removed code, what of it is the same code stays as it is.
    ///
    /// # Errors
    /// If something would be lost, the code and these parts.
    pub(super) fn replace(
        &self,
        token: TokenId,
        blocks: &[Block],
        all: &mut Insertions<'a>,
        stays: &mut Stays,
    ) -> Result<(), Divided> {
        let Some(at) = self.of_token.get(token).filter(|_| !blocks.is_empty()) else { return Ok(()) };
        let last = self.end_of_removed(at);
        let from = all.pieces.len();
        self.lay_out(blocks, token, Slot::Replace, &mut all.pieces);
        let first = self.start_of_removed(at);
        if !(self.plus.style.quirks || self.plus.style.smpl_spacing) && self.is_same(first, last, &all.pieces[from..]) {
            all.pieces.truncate(from);
            stays.pieces.push(first..last + 1);
            return Ok(());
        }
        if !self.plus.style.quirks {
            let parts = self.lost_parts(at, last, blocks, &all.pieces[from..]);
            if !parts.is_empty() {
                let range = |t: TokenId| self.tree.token(t).start..self.tree.token(t).end();
                let end = self.pieces[last].token().map_or(token, |t| t.max(token));
                let replaced = range(token).start..range(end).end;
                return Err((replaced, parts.into_iter().map(range).collect()));
            }
        }
        let own_layout = self.plus.style.quirks || self.plus.style.smpl_spacing;
        let parted = self.plus.style.quirks || self.was_block(at, last);
        if !own_layout {
            self.keep_on_line(first, last, &mut all.pieces[from..]);
            columns::keep(&self.pieces[first..=last], &mut all.pieces[from..], self.bytes);
        }
        // A statement in the place of a block goes on a line of its own.
        if self.was_block(at, last) && !all.pieces.get(from).is_some_and(|p| p.is(T::LBrace) || p.is_newline()) {
            all.pieces.insert(from, Piece::newline());
        }
        if self.plus.style.quirks && self.first_function_goes() {
            all.pieces.insert(from, Piece::newline());
        }
        if !self.plus.style.quirks
            && let [block] = blocks
            && self.parenthesise(&self.plus.fragments(block), token, last)
        {
            all.pieces.insert(from, Piece::code(T::LParen));
            all.pieces.push(Piece::code(T::RParen));
        }
        // Several statements that are put back have their lines, and may stand in another order.
        let mut values = all.pieces[from..].iter().filter_map(|p| match p.indent() {
            Indent::Moved(m) => Some(m.value),
            _ => None,
        });
        let one = values.next();
        let moved = values.any(|v| Some(v) != one);
        let apart = !own_layout && !parted && !moved && self.needs_lines(first, last, &all.pieces[from..]);
        if apart && self.is_alone(first..last + 1, token) {
            let exchange = same::exchange(&self.pieces[first..=last], &all.pieces[from..], self.bytes.file);
            if let Some(exchange) = exchange {
                all.pieces.truncate(from);
                stays.pieces.extend(exchange.stay.into_iter().map(|r| first + r.start..first + r.end));
                stays.blanks.extend(exchange.go.into_iter().map(|i| first + i));
                stays.among.push(first..last + 1);
                for (i, pieces) in exchange.come {
                    let place = if first + i > last { (last, true) } else { (first + i, false) };
                    all.add(place, (0, token.0), &pieces);
                }
                return Ok(());
            }
        }
        if !self.plus.style.quirks && self.ends_declarations(first, last, blocks) {
            all.pieces.push(Piece::newline());
        }
        all.push((last, true), (0, token.0), from);
        Ok(())
    }

    /// Whether declarations take the place of declarations, the empty line below these and statements: the other statements stay apart.
    fn ends_declarations(&self, first: usize, last: usize, blocks: &[Block]) -> bool {
        let added = blocks.last().is_some_and(|b| {
            let fragments = self.plus.fragments(b);
            fragments.last().is_some_and(|f| f.kind == FragmentKind::Declaration)
        });
        if !added || !remove::has_blank_line(&self.pieces[first..=last]) {
            return false;
        }
        let line_end = self.pieces[last..].iter().position(Piece::is_newline).map(|i| last + i);
        let next = self.pieces[last + 1..].iter().find(|p| p.is_code() && !p.gone);
        let is_declaration = |p: &Piece<'_>| {
            let leaf = p.token().and_then(|t| self.leaves.get(t));
            let mut up = std::iter::successors(leaf, |n| self.tree.parent(*n));
            let declares = |n: &NodeId| matches!(self.tree.kind(*n), K::Declaration | K::MacroDecl);
            up.find(|n| declares(n) || self.tree.kind(*n).is_stmt()).is_some_and(|n| declares(&n))
        };
        line_end.is_some_and(|at| remove::needs_blank(self.pieces, at))
            && is_declaration(&self.pieces[first])
            && !is_declaration(&self.pieces[last])
            && next.is_some_and(|p| !is_declaration(p))
    }

    /// A list in braces that takes the place of one on a line stands on one, too, if it fits.
    fn keep_on_line(&self, first: usize, last: usize, added: &mut [Piece<'_>]) {
        let old = &self.pieces[first..=last];
        let braces = |pieces: &[Piece<'_>]| pieces.iter().filter(|p| p.is(T::LBrace)).count();
        let inferred = |p: &Piece<'_>| p.is_newline() && p.indent() == Indent::Infer;
        let other = |p: &Piece<'_>| match p.kind {
            Kind::Newline => !inferred(p),
            kind => matches!(kind, Kind::Comment | Kind::Directive | Kind::Code(T::Semi)),
        };
        if braces(old) == 0
            || braces(old) != braces(added)
            || old.iter().any(Piece::is_newline)
            || added.iter().any(other)
        {
            return;
        }
        let file = self.bytes.file;
        let line = memchr::memrchr(b'\n', &file[..old[0].start()]).map_or(0, |i| i + 1);
        let start = width(&file[line..old[0].start()], 0);
        let end = added.iter().fold(start, |at, p| if p.is_newline() { at + 1 } else { width(p.bytes(file), at) });
        if end <= self.plus.style.max_width {
            added.iter_mut().filter(|p| inferred(p)).for_each(|p| *p = Piece::space());
        }
    }

    /// Whether code on several lines holds conditionals, or gives way to other members of a list or to code on a line that is too
    /// long.
    fn needs_lines(&self, first: usize, last: usize, added: &[Piece<'_>]) -> bool {
        if !self.pieces[first..=last].iter().any(Piece::is_newline) {
            return false;
        }
        let divided = self.pieces[first..=last].iter().any(|p| p.kind == Kind::Directive);
        if divided || added.iter().any(|p| p.element_start || p.element_end) {
            return true;
        }
        let file = self.bytes.file;
        let start = self.pieces[first].start();
        let line = memchr::memrchr(b'\n', &file[..start]).map_or(0, |i| i + 1);
        let mut column = width(&file[line..start], 0);
        let mut longest = column;
        for p in added.iter().chain(self.pieces[last + 1..].iter().take_while(|p| !p.is_newline())) {
            column = if p.is_newline() { 0 } else { width(p.bytes(file), column) };
            longest = longest.max(column);
        }
        longest > self.plus.style.max_width
    }

    /// Whether nothing else is added in or beside a stretch of pieces than what replaces it.
    fn is_alone(&self, stretch: Range<usize>, token: TokenId) -> bool {
        let adds = |t: TokenId| {
            let replaces = t == token;
            self.tags.tokens.get(t).is_some_and(|tag| {
                !(tag.before.is_empty() && tag.after.is_empty() && (replaces || tag.replace.is_empty()))
            })
        };
        let inside = |t: Option<TokenId>| t.and_then(|t| self.of_token.get(t)).is_some_and(|i| stretch.contains(&i));
        let beside = |n: &NodeId| inside(self.tree.first_token(*n)) || inside(self.tree.last_token(*n));
        !self.pieces[stretch.clone()].iter().filter_map(Piece::token).any(adds) && !self.tags.nodes.keys().any(beside)
    }

    /// The directives and the code of unseen branches that stand beside a value which the added code prints, and are neither printed with it
    /// nor removed by a match.
    fn lost_parts(&self, at: usize, last: usize, blocks: &[Block], added: &[Piece<'_>]) -> Vec<TokenId> {
        let here = &self.pieces[at..=last];
        if !here.iter().any(|p| p.kind == Kind::Directive) {
            return Vec::new();
        }
        let mut printed: FxHashMap<&[u8], usize> = FxHashMap::default();
        for t in added.iter().filter(|p| p.is_code()).filter_map(|p| p.text) {
            *printed.entry(t).or_default() += 1;
        }
        let mut is_printed = |t: &[u8]| printed.get_mut(t).and_then(|n| n.checked_sub(1).map(|m| *n = m)).is_some();
        let values: FxHashSet<Vec<u8>> = blocks.iter().flat_map(|b| self.plus.value_words(b)).collect();
        let text = |p: &Piece<'_>| p.token().map(|t| self.tree.token_text(t));
        let of_value = |p: Option<&Piece<'_>>| p.and_then(text).is_some_and(|t| values.contains(t));
        let part = |i: usize| here[i].kind == Kind::Directive || remove::skipped(self.pieces, at + i);
        let seen = |i: &usize| here[*i].is_code() && !part(*i);
        (0..here.len())
            .filter(|i| here[*i].is_code() && part(*i) && here[*i].removed_by().is_empty())
            .filter(|i| text(&here[*i]).is_some_and(|t| !is_printed(t)))
            .filter(|i| {
                let before = (0..*i).rev().find(seen).map(|i| &here[i]);
                let behind = (i + 1..here.len()).find(seen).map(|i| &here[i]);
                of_value(before) || of_value(behind)
            })
            .filter_map(|i| here[i].token())
            .collect()
    }

    /// Whether added code has the tokens of the code that it replaces, so that only the layout would change.
    fn is_same(&self, at: usize, last: usize, added: &[Piece<'_>]) -> bool {
        let commented = added.iter().any(|p| p.kind == Kind::Comment);
        let counts = |p: &&Piece<'_>| p.is_code() || commented && p.kind == Kind::Comment;
        let old = self.pieces[at..=last].iter().filter(counts);
        let file = self.bytes.file;
        let new = added.iter().filter(counts).map(|p| p.bytes(file));
        old.clone().all(|p| p.gone || !matches!(p.kind, Kind::Code(_))) && old.map(|p| p.bytes(file)).eq(new)
    }

    fn parenthesise(&self, fragments: &[Printed], first: TokenId, last: usize) -> bool {
        let [one] = fragments else { return false };
        let (Some(level), Some(end)) = (one.level, self.pieces[last].token()) else { return false };
        branch::needs_parens(self.tree, first, end, (level, one.elements), self.leaves.get(first))
    }
}

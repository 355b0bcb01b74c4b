//! Whole statements that come or go on lines of their own, in functions that are indented the same way throughout: there the edits need no
//! pieces of what stands around them.
//!
//! The conditions are those under which the passes over pieces (`rewriting.md` 16.7) do what is done here: lines at the indentation of their
//! level, braces around branches and what is added on both sides of a statement, blanks and comments that go with removed lines.

use std::ops::Range;

use bumpalo::Bump;
use c_syntax::print::width;
use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T, Tree};

use super::branch::{self, Brace};
use super::calls::CallStyle;
use super::emit::{self, real};
use super::facts::Facts;
use super::line::{Line, line_of, reads_as_line};
use super::piece::{self, Bytes, Piece};
use super::place::{self, Around, Slot};
use super::plus::Plus;
use super::regular::Regular;
use super::tags::{Block, Tags};
use super::{FileText, columns, operand, remove};
use crate::edit::Edit;

/// A statement beside which code comes.
struct Beside<'t> {
    node: NodeId,
    before: Option<&'t Block>,
    after: Option<&'t Block>,
    /// It is a branch that gets braces.
    braced: bool,
}

/// Statements that go as one.
struct Removed {
    tokens: Range<u32>,
    by: (u32, u32),
    /// They are a branch, in whose place `{}` comes.
    branch: bool,
}

/// The edits of an element that is plain, if all that its tags ask for is that statements come and go as wholes, on lines of their own.
pub(super) fn edits(
    page: &FileText<'_>,
    index: usize,
    facts: &Facts<'_>,
    plus: &Plus<'_>,
    tags: &Tags,
) -> Option<Vec<Edit>> {
    if page.style.keep_comments {
        return None;
    }
    let (mut beside, mut removed) = asked(facts, tags)?;
    for need in branch::needs(plus, facts, tags) {
        let tokens = facts.tree.token_range(need.body);
        match need.brace {
            Brace::Around if !need.removed => {
                let at = beside.binary_search_by_key(&need.body, |b| b.node).ok()?;
                beside[at].braced = true;
            }
            Brace::Empty if need.removed => {
                let at = removed.binary_search_by_key(&tokens.start, |r| r.tokens.start).ok()?;
                removed[at].branch = removed[at].tokens == tokens;
            }
            _ => return None,
        }
    }
    let learnt = page.learnt();
    let base = page.elements[index].start as usize;
    let regular = if beside.is_empty() { None } else { Some(Regular::of(facts, page.text, base)?) };
    if regular.is_some()
        && (learnt.crlf || learnt.half_indented || page.braces().below || page.calls() != CallStyle::default())
    {
        return None;
    }
    let made = Bump::new();
    let bytes = Bytes::new(page.text, &made);
    let out = Vec::with_capacity(2 * beside.len() + removed.len());
    let mut here = Here { page, base, facts, tree: facts.tree, plus, bytes, out, pieces: Vec::new() };
    beside.sort_by_key(|b| facts.tree.token_range(b.node).start);
    for (i, b) in beside.iter().enumerate() {
        let moves = here.add(b, regular.as_ref()?)?;
        let tokens = facts.tree.token_range(b.node);
        let next = beside.get(i + 1).is_some_and(|b| facts.tree.token_range(b.node).start < tokens.end);
        let gone = removed.partition_point(|r| r.tokens.end <= tokens.start);
        let gone = removed.get(gone).is_some_and(|r| r.tokens.start < tokens.end);
        if moves && (next || gone) {
            return None;
        }
    }
    here.out.sort_by_key(|e| (e.range.start, e.range.end));
    let added = here.out.len();
    for r in removed.chunk_by(|a, b| a.tokens.end == b.tokens.start && !a.branch && !b.branch) {
        here.remove(r, added)?;
    }
    let mut out = here.out;
    out.sort_by_key(|e| (e.range.start, e.range.end));
    // What two edits add at one place has an order of its own.
    let apart = |w: &[Edit]| w[0].range.end <= w[1].range.start && w[0].range.start < w[1].range.start;
    out.windows(2).all(apart).then_some(out)
}

/// The statements that tags concern, if they concern nothing else.
fn asked<'t>(facts: &Facts<'_>, tags: &'t Tags) -> Option<(Vec<Beside<'t>>, Vec<Removed>)> {
    let tree = facts.tree;
    let mut beside: Vec<Beside<'t>> = Vec::new();
    let mut removed: Vec<Removed> = Vec::new();
    let mut add = |node: NodeId, before: &'t [Block], after: &'t [Block]| {
        let new = Beside { node, before: before.first(), after: after.first(), braced: false };
        beside.push(new);
        (before.len() < 2 && after.len() < 2).then_some(())
    };
    for (t, tag) in tags.tokens.iter() {
        if !tag.is_removed() {
            if !tag.before.is_empty() {
                add(starting(facts, t)?, &tag.before, &[])?;
            }
            if !tag.after.is_empty() {
                add(ending(facts, t)?, &[], &tag.after)?;
            }
        } else {
            let [by] = tag.removed_by[..] else { return None };
            if tag.adds() || by.1 & matcher::APART != 0 {
                return None;
            }
            match removed.last_mut() {
                Some(last) if last.tokens.end == t.0 && last.by == by => last.tokens.end += 1,
                _ => removed.push(Removed { tokens: t.0..t.0 + 1, by, branch: false }),
            }
        }
        if !tag.replace.is_empty() {
            return None;
        }
    }
    for (n, tag) in &tags.nodes {
        if tag.is_removed() || !tag.replace.is_empty() {
            return None;
        }
        add(*n, &tag.before, &tag.after)?;
    }
    beside.sort_by_key(|b| b.node);
    let mut out: Vec<Beside<'t>> = Vec::with_capacity(beside.len());
    for b in beside {
        match out.last_mut().filter(|last| last.node == b.node) {
            None => out.push(b),
            Some(last) if last.before.is_none() && b.after.is_none() => last.before = b.before,
            Some(last) if last.after.is_none() && b.before.is_none() => last.after = b.after,
            Some(_) => return None,
        }
    }
    out.iter().all(|b| is_plain(tree, b.node)).then_some((out, removed))
}

/// Whether a node is a statement or declaration that does not start with a label.
fn is_plain(tree: &Tree, node: NodeId) -> bool {
    let kind = tree.kind(node);
    let ends = tree.last_token(node).is_some_and(|t| matches!(tree.token(t).kind, T::Semi | T::RBrace));
    (kind.is_stmt() || kind == K::Declaration) && !matches!(kind, K::Label | K::Case | K::Default | K::Block) && ends
}

/// The statement that starts with a token.
fn starting(facts: &Facts<'_>, token: TokenId) -> Option<NodeId> {
    let tree = facts.tree;
    let starts = |n: &NodeId| tree.token_range(*n).start == token.0;
    let up = std::iter::successors(facts.leaves().get(token), |n| tree.parent(*n)).take_while(starts);
    let mut statements = up.filter(|n| tree.kind(*n).is_stmt() || tree.kind(*n) == K::Declaration);
    let found = statements.next()?;
    statements.next().is_none().then_some(found)
}

/// The innermost statement that ends with a token; of a block that is a branch, the statement of its head.
fn ending(facts: &Facts<'_>, token: TokenId) -> Option<NodeId> {
    let tree = facts.tree;
    let ends = |n: &NodeId| tree.token_range(*n).end == token.0 + 1;
    let mut up = std::iter::successors(facts.leaves().get(token), |n| tree.parent(*n)).take_while(ends);
    up.find(|n| is_plain(tree, *n))
}

struct Here<'a> {
    page: &'a FileText<'a>,
    /// Where the element starts.
    base: usize,
    facts: &'a Facts<'a>,
    tree: &'a Tree,
    plus: &'a Plus<'a>,
    bytes: Bytes<'a>,
    out: Vec<Edit>,
    /// The pieces of what is added, or of what stands around removed code.
    pieces: Vec<Piece<'a>>,
}

impl Here<'_> {
    fn start(&self, token: u32) -> usize {
        self.base + self.tree.token(TokenId(token)).start as usize
    }

    fn end(&self, token: u32) -> usize {
        self.base + self.tree.token(TokenId(token)).end() as usize
    }

    fn kind(&self, token: u32) -> Option<T> {
        self.tree.tokens().get(token as usize).map(|t| t.kind)
    }

    /// The bytes between a token and the next one.
    fn gap_behind(&self, token: u32) -> Range<usize> {
        let end = self.end(token);
        end..if (token as usize) + 1 < self.tree.tokens().len() { self.start(token + 1) } else { end }
    }

    /// Adds the code beside a statement, and its braces; whether the statement is one step deeper then.
    fn add(&mut self, b: &Beside<'_>, regular: &Regular<'_>) -> Option<bool> {
        let tokens = self.tree.token_range(b.node);
        let (first, last) = (tokens.start, tokens.end - 1);
        let level = regular.level(TokenId(first))?;
        let parent = self.tree.parent(b.node)?;
        if !b.braced && self.tree.kind(parent) != K::Block {
            return None;
        }
        let text = self.page.text;
        let (mut deeper, mut moves) = (0, false);
        if let Some(block) = b.before {
            let at = self.start(first);
            let mut new;
            (new, deeper) = self.line(block, first, Slot::Before)?;
            self.fits(regular, level, &new)?;
            new.push(b'\n');
            regular.indent(level + deeper, &mut new);
            self.out.push(Edit::new(at..at, new));
        }
        let mut behind = Vec::new();
        if let Some(block) = b.after {
            let (line, closes) = self.line(block, last, Slot::After)?;
            self.fits(regular, level, &line)?;
            deeper += closes;
            behind.push(b'\n');
            regular.indent(level, &mut behind);
            behind.extend_from_slice(&line);
            moves = closes < 0;
            if moves {
                self.shift(tokens.clone(), regular)?;
            }
        }
        if deeper != 0 {
            return None;
        }
        if b.braced {
            self.open_brace(parent, &tokens)?;
            behind.push(b'\n');
            regular.indent(level - 1, &mut behind);
            behind.push(b'}');
        }
        if !behind.is_empty() {
            let gap = self.gap_behind(last);
            let at = gap.start + behind_comments(&text[gap.clone()]);
            if text[at..gap.end].first() != Some(&b'\n') {
                return None;
            }
            self.out.push(Edit::new(at..at, behind));
        }
        Some(moves)
    }

    /// Whether a line fits, so that no list in it is broken.
    fn fits(&self, regular: &Regular<'_>, level: i32, text: &[u8]) -> Option<()> {
        let indent = width(regular.unit, 0) * usize::try_from(level).ok()?;
        (width(text, indent) <= self.page.style.max_width).then_some(())
    }

    /// The opening brace of a branch stands behind its head, if that is all that its line holds, and no `else` joins the closing one.
    fn open_brace(&mut self, parent: NodeId, tokens: &Range<u32>) -> Option<()> {
        let head = tokens.start.checked_sub(1)?;
        let gap = &self.page.text[self.gap_behind(head)];
        let fits = matches!(self.tree.kind(parent), K::If | K::Else | K::While | K::For)
            && matches!(self.kind(head), Some(T::RParen | T::KwElse))
            && self.kind(tokens.end) != Some(T::KwElse)
            && gap.first() == Some(&b'\n')
            && gap[1..].iter().all(|b| piece::is_blank(*b));
        let at = self.end(head);
        fits.then(|| self.out.push(Edit::new(at..at, b" {".to_vec())))
    }

    /// The lines of a statement but for the first are one step deeper, since braces come around it.
    fn shift(&mut self, tokens: Range<u32>, regular: &Regular<'_>) -> Option<()> {
        let text = &self.page.text[self.start(tokens.start)..self.end(tokens.end - 1)];
        if memchr::memchr(b'\n', text).is_none() {
            return Some(());
        }
        for t in tokens.start..tokens.end - 1 {
            let gap = self.gap_behind(t);
            let text = &self.page.text[gap.clone()];
            let Some(line) = memchr::memrchr(b'\n', text) else { continue };
            let label = matches!(self.kind(t + 1), Some(T::Ident | T::KwDefault)) && self.kind(t + 2) == Some(T::Colon);
            if label || memchr::memchr(b'/', text).is_some() || !text[line + 1..].iter().all(|b| piece::is_blank(*b)) {
                return None;
            }
            let range = gap.start + line..gap.end;
            let new = [b"\n", regular.unit, &text[line + 1..]].concat();
            self.out.extend(real(Edit::new(range, Vec::new()), &new, self.page.text));
        }
        Some(())
    }

    /// The line that added code makes, if it is one: a statement, the head of one in front or the brace that closes it behind. And by how
    /// many braces what follows is deeper.
    fn line(&mut self, block: &Block, token: u32, slot: Slot) -> Option<(Vec<u8>, i32)> {
        let (id, text) = (TokenId(token), self.page.text);
        let leaf = self.facts.leaves().get(id);
        if operand::operand(self.plus, self.tree, id, leaf, slot, block).is_some() {
            return None;
        }
        let after_brace = self.kind(token) == Some(T::RBrace);
        let after_statement = after_brace || self.kind(token) == Some(T::Semi);
        let around = Around { after_statement, after_brace, ..Around::default() };
        let here = self.start(token);
        let known =
            self.plus.code.line((block.run, slot, after_brace), || Line::of(self.plus, block.run, slot, around));
        if let Some(line) = known
            && !(line.joins_columns && columns::are_beside(here, slot, text))
            && let Some(text) = line.print(self.plus, &block.bindings)
        {
            return Some((text, line.deeper));
        }
        let printed = self.plus.fragments(block);
        self.pieces.clear();
        place::lay_out(&printed, slot, around, self.page.style, self.bytes, &mut self.pieces);
        if columns::are_members(&printed) {
            columns::join_beside(&mut self.pieces, here, slot, self.bytes);
        }
        let line = line_of(&self.pieces, slot)?;
        let deeper = reads_as_line(line, slot, text)?;
        Some((line.iter().flat_map(|p| p.bytes(text)).copied().collect(), deeper))
    }

    /// Removes statements side by side, with what goes with them. The first edits are those that add.
    fn remove(&mut self, all: &[Removed], added: usize) -> Option<()> {
        let text = self.page.text;
        let (first, last) = (all.first()?.tokens.start, all.last()?.tokens.end);
        let before = first.checked_sub(1)?;
        let around = self.end(before)..self.gap_behind(last - 1).end;
        let from = self.out[..added].partition_point(|e| e.range.end < around.start);
        if self.out[from..added].first().is_some_and(|e| e.range.start <= around.end) {
            return None;
        }
        self.pieces.clear();
        self.piece(before..first, false)?;
        for r in all {
            let (gap, behind) = (self.gap_behind(r.tokens.start - 1), self.gap_behind(r.tokens.end - 1));
            let place = self.start(r.tokens.start)..self.end(r.tokens.end - 1);
            if !(starts_line(&text[gap.clone()]) && ends_line(&text[behind.clone()])) {
                return None;
            }
            if r.branch {
                let clear = text[behind].first() == Some(&b'\n');
                let edit = real(Edit::new(place, Vec::new()), b"{}", text).filter(|_| clear)?;
                self.out.push(edit);
                return Some(());
            }
            self.are_statements(&r.tokens)?;
            piece::trivia(text, gap, &mut self.pieces);
            self.piece(r.tokens.clone(), true)?;
        }
        piece::trivia(text, self.gap_behind(last - 1), &mut self.pieces);
        self.piece(last..last + 1, false)?;
        remove::settle(&mut self.pieces, self.page.style);
        self.out.append(&mut emit::edits(&self.pieces, text, false));
        Some(())
    }

    /// Adds tokens as one piece.
    fn piece(&mut self, tokens: Range<u32>, gone: bool) -> Option<()> {
        let kind = self.kind(tokens.end - 1)?;
        let bytes = self.start(tokens.start)..self.end(tokens.end - 1);
        let mut piece = Piece::code_of_source(kind, bytes);
        piece.gone = gone;
        self.pieces.push(piece);
        Some(())
    }

    /// Whether tokens are statements of one block.
    fn are_statements(&self, tokens: &Range<u32>) -> Option<()> {
        let tree = self.tree;
        let mut at = tokens.start;
        let mut block = None;
        while at < tokens.end {
            let fits = |n: &NodeId| tree.token_range(*n).start == at && tree.token_range(*n).end <= tokens.end;
            let up = std::iter::successors(self.facts.leaves().get(TokenId(at)), |n| tree.parent(*n)).take_while(fits);
            let node = up.last()?;
            let parent = tree.parent(node).filter(|p| tree.kind(*p) == K::Block && block.is_none_or(|b| b == *p))?;
            block = Some(parent);
            at = tree.token_range(node).end;
        }
        matches!(self.kind(at - 1), Some(T::Semi | T::RBrace)).then_some(())
    }
}

/// Whether what is in front of a token ends with a line break and blanks.
fn starts_line(gap: &[u8]) -> bool {
    let line = memchr::memrchr(b'\n', gap);
    line.is_some_and(|at| gap[at + 1..].iter().all(|b| piece::is_blank(*b)))
        && memchr::memchr2(b'\\', b'\r', gap).is_none()
}

/// The place behind the comments that follow code on its line.
fn behind_comments(gap: &[u8]) -> usize {
    let (mut at, mut end) = (0, 0);
    loop {
        let rest = &gap[at..];
        if rest.starts_with(b"/*") {
            at += memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |i| i + 4);
            end = at;
        } else if rest.starts_with(b"//") {
            return at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        } else if rest.first().is_some_and(|b| piece::is_blank(*b)) {
            at += 1;
        } else {
            return end;
        }
    }
}

/// Whether only comments and blanks follow code on its line.
fn ends_line(gap: &[u8]) -> bool {
    let rest = &gap[behind_comments(gap)..];
    rest.iter().find(|b| !piece::is_blank(**b)) == Some(&b'\n') && memchr::memchr2(b'\\', b'\r', gap).is_none()
}

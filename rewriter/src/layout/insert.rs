//! The pieces of an element with the tags of its matches: removed tokens marked, added code in its places.

use std::ops::Range;

use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T, Tree};
use rustc_hash::FxHashSet;
use smpl_parser::ast::FragmentKind as F;

use super::branch::{self, Brace, Need};
use super::facts::Facts;
use super::leaves::{ByToken, Leaves};
use super::piece::{self, Bytes, Kind, Piece, is_blank};
use super::place::{self, Around, Slot};
use super::plus::{Plus, Printed};
use super::tags::{Block, Tags};
use super::{FileText, Lost, adjust, columns, operand, remove};

/// Code that would be replaced, and the parts of its conditionals that would be lost.
pub(super) type Divided = (Range<u32>, Vec<Range<u32>>);

/// Where something is inserted: after the piece `at` has been passed (`after`), or before it.
struct Insertion {
    at: usize,
    after: bool,
    /// Order among insertions at one place.
    rank: (i32, u32),
    /// The pieces, among all that are inserted.
    pieces: Range<usize>,
}

/// All that is inserted.
#[derive(Default)]
pub(super) struct Insertions<'a> {
    list: Vec<Insertion>,
    pub(super) pieces: Vec<Piece<'a>>,
}

impl<'a> Insertions<'a> {
    /// Inserts the pieces from one on.
    pub(super) fn push(&mut self, (at, after): (usize, bool), rank: (i32, u32), from: usize) {
        self.list.push(Insertion { at, after, rank, pieces: from..self.pieces.len() });
    }

    /// Inserts pieces.
    pub(super) fn add(&mut self, place: (usize, bool), rank: (i32, u32), pieces: &[Piece<'a>]) {
        let from = self.pieces.len();
        self.pieces.extend_from_slice(pieces);
        self.push(place, rank, from);
    }

    /// Puts the insertions among the pieces, from the last one on: so there is need for no other list of pieces.
    fn among(mut self, pieces: &mut Vec<Piece<'a>>) {
        self.list.sort_by_key(|i| (i.at, i.after, i.rank));
        let (mut end, added) = (pieces.len(), self.list.iter().map(|i| i.pieces.len()).sum::<usize>());
        pieces.resize(end + added, Piece::space());
        let mut free = pieces.len();
        for x in self.list.into_iter().rev() {
            let at = x.at + usize::from(x.after);
            free -= end - at;
            pieces.copy_within(at..end, free);
            end = at;
            free -= x.pieces.len();
            pieces[free..free + x.pieces.len()].copy_from_slice(&self.pieces[x.pieces]);
        }
    }
}

/// What stays of code that is replaced.
#[derive(Default)]
pub(super) struct Stays {
    pub(super) pieces: Vec<Range<usize>>,
    /// Blanks, line breaks and comments beside it that go.
    pub(super) blanks: Vec<usize>,
    /// The stretches of code of which something stays.
    pub(super) among: Vec<Range<usize>>,
}

/// The element's pieces with removed tokens marked.
pub(super) fn tagged_pieces<'t>(
    page: &FileText<'_>,
    index: usize,
    facts: &Facts<'_>,
    tags: &'t Tags,
) -> Vec<Piece<'t>> {
    let (tree, leaves) = (facts.tree, facts.leaves());
    let mut pieces: Vec<Piece<'t>> = piece::of_element(page, index, tree.tokens());
    for p in &mut pieces {
        let Some(t) = p.token() else { continue };
        let is_held = leaves.is_held(tree, t);
        if p.kind == Kind::Directive && !is_held {
            remove::mark_directive(p, p.source_bytes(page.text));
        } else if !is_held {
            remove::mark_skipped(p);
        }
        if let Some(tag) = tags.tokens.get(t)
            && tag.is_removed()
        {
            // A comma that goes because the last element does leaves when the rest is settled.
            p.gone = tag.removed_by.iter().any(|(_, group)| group & matcher::APART == 0);
            p.set_removed_by(Some(&tag.removed_by));
        }
    }
    whole_lists(&mut pieces);
    if facts.has_node(&[K::Iterator]) {
        mark_heads(tree, &mut pieces);
    }
    if page.style.quirks {
        if facts.has_node(&[K::MacroStmt]) {
            mark_unended(tree, &mut pieces);
        }
    } else {
        let goes = adjust::void_goes(facts, tags);
        if !goes.is_empty() {
            for p in pieces.iter_mut().filter(|p| p.token().is_some_and(|t| goes.contains(&t))) {
                p.gone = true;
            }
        }
    }
    pieces
}

/// A comma that was to leave late goes at once if its list goes as a whole.
fn whole_lists(pieces: &mut [Piece<'_>]) {
    for i in 0..pieces.len() {
        if pieces[i].gone || pieces[i].removed_by().is_empty() {
            continue;
        }
        let mut depth = 0;
        let close = pieces[i + 1..].iter().find(|p| {
            depth += match p.kind {
                Kind::Code(T::LParen | T::LBracket | T::LBrace) => 1,
                Kind::Code(T::RParen | T::RBracket | T::RBrace) => -1,
                _ => 0,
            };
            depth < 0
        });
        pieces[i].gone = close.is_some_and(|p| p.gone);
    }
}

fn mark_heads(tree: &Tree, pieces: &mut [Piece<'_>]) {
    let heads: FxHashSet<TokenId> = tree
        .preorder(tree.root())
        .filter(|n| tree.kind(*n) == K::Iterator)
        .filter_map(|n| tree.child_node(n, 0).and_then(|c| tree.first_token(c)))
        .collect();
    for p in pieces.iter_mut() {
        p.head = p.token().is_some_and(|t| heads.contains(&t));
    }
}

fn mark_unended(tree: &Tree, pieces: &mut [Piece<'_>]) {
    let macros = tree.preorder(tree.root()).filter(|n| tree.kind(*n) == K::MacroStmt);
    let ends: FxHashSet<TokenId> =
        macros.filter_map(|n| tree.last_token(n)).filter(|t| tree.token(*t).kind != T::Semi).collect();
    for p in pieces.iter_mut() {
        p.unended = p.token().is_some_and(|t| ends.contains(&t));
    }
}

/// What all insertions need.
pub(super) struct Site<'s, 'a> {
    pub(super) bytes: Bytes<'a>,
    pub(super) tree: &'s Tree,
    pub(super) plus: &'s Plus<'s>,
    pub(super) pieces: &'s [Piece<'a>],
    /// The piece of each token.
    pub(super) of_token: ByToken,
    pub(super) leaves: &'s Leaves,
    pub(super) tags: &'s Tags,
}

/// Inserts the added code of all tags, and the braces that branches need.
///
/// # Errors
/// With the code that would be replaced by a part of what its conditionals hold.
pub(super) fn insert_added<'a>(
    pieces: &mut Vec<Piece<'a>>,
    bytes: Bytes<'a>,
    facts: &Facts<'_>,
    plus: &Plus<'_>,
    tags: &Tags,
) -> Result<(), Vec<Lost>> {
    let (tree, leaves) = (facts.tree, facts.leaves());
    let mut of_token = ByToken::new(tree);
    for (i, p) in pieces.iter().enumerate() {
        if let Some(t) = p.token() {
            of_token.set(t, i);
        }
    }
    let site = Site { bytes, tree, plus, pieces, of_token, leaves, tags };
    let mut all = Insertions::default();
    let mut stays = Stays::default();
    let mut lost = Vec::new();
    for (t, tag) in tags.tokens.iter().filter(|(_, tag)| tag.adds()) {
        site.before(t, 0, &tag.before, &mut all);
        site.after(t, 0, &tag.after, &mut all);
        match site.replace(t, &tag.replace, &mut all, &mut stays) {
            Ok(()) => {}
            Err((replaced, parts)) => {
                lost.push(Lost { matches: tag.removed_by.iter().map(|r| r.0 as usize).collect(), replaced, parts });
            }
        }
    }
    if !lost.is_empty() {
        return Err(lost);
    }
    for (n, tag) in &tags.nodes {
        let height = site.height(*n);
        if let Some(t) = tree.first_token(*n) {
            site.before(t, -height, &tag.before, &mut all);
        }
        if let Some(t) = tree.last_token(*n) {
            site.after(t, height, &tag.after, &mut all);
        }
    }
    for need in branch::needs(plus, facts, tags) {
        site.brace(need, &mut stays, &mut all);
    }
    for i in stays.pieces.into_iter().flatten() {
        pieces[i].gone = false;
        pieces[i].set_removed_by(None);
    }
    stays.blanks.into_iter().for_each(|i| pieces[i].gone = true);
    all.among(pieces);
    Ok(())
}

impl<'a> Site<'_, 'a> {
    /// How far a node is from the leaves, for the order of code around nested statements.
    fn height(&self, node: NodeId) -> i32 {
        let mut depth = 0;
        let mut up = self.tree.parent(node);
        while let Some(p) = up {
            depth += 1;
            up = self.tree.parent(p);
        }
        100_000 - depth
    }

    /// Whether a removed token starts a replacement.
    pub(super) fn starts_replaced(&self, token: TokenId) -> bool {
        self.tags.tokens.get(token).is_some_and(|tag| !tag.replace.is_empty())
    }

    fn around(&self, token: TokenId) -> Around {
        let mut node = self.leaves.get(token);
        let mut one_line_list = false;
        while let Some(n) = node {
            match self.tree.kind(n) {
                K::InitList | K::EnumList | K::FieldList if !self.plus.style.quirks => {
                    let text = self.tree.node_text(n);
                    one_line_list = memchr::memchr(b'\n', text).is_none() && text.len() > 2;
                    break;
                }
                K::Block => break,
                _ => {}
            }
            node = self.tree.parent(n);
        }
        let after_brace = self.tree.token(token).kind == T::RBrace;
        let after_statement = after_brace || self.tree.token(token).kind == T::Semi;
        Around { one_line_list, after_statement, after_brace, before_lone_statement: false }
    }

    /// Whether a token begins a statement that shares its lines with no other, or is a branch.
    fn begins_lone_statement(&self, token: TokenId) -> bool {
        let first = |n: &NodeId| self.tree.token_range(*n).start == token.0;
        let around = std::iter::successors(self.leaves.get(token), |n| self.tree.parent(*n));
        let Some(statement) = around.take_while(first).filter(|n| self.tree.kind(*n).is_stmt()).last() else {
            return false;
        };
        if self.tree.parent(statement).is_some_and(|n| self.tree.kind(n) != K::Block) {
            return true;
        }
        let piece = |token| self.of_token.get(token).map(|i| &self.pieces[i]);
        let last = self.tree.last_token(statement);
        let (Some(first), Some(last)) = (piece(token), last.and_then(piece)) else { return false };
        let before = self.bytes.file[..first.start()].iter().rev().find(|b| !is_blank(**b));
        let behind = self.bytes.file[last.end()..].iter().find(|b| !is_blank(**b));
        before.is_none_or(|b| *b == b'\n') && behind.is_none_or(|b| matches!(b, b'\n' | b'\r' | b'/' | b'\\'))
    }

    pub(super) fn lay_out(&self, blocks: &[Block], token: TokenId, slot: Slot, out: &mut Vec<Piece<'a>>) {
        let around = self.around(token);
        for (i, b) in blocks.iter().enumerate() {
            // Further environments stand behind the first; in the reference nothing goes between what replaces the same code.
            let behind = i > 0 && slot == Slot::Replace && !self.plus.style.quirks;
            let slot_here = if behind { Slot::After } else { slot };
            let fragments = self.plus.fragments(b);
            let head = slot_here == Slot::Before && place::ends_in_head(&fragments);
            let around = Around { before_lone_statement: head && self.begins_lone_statement(token), ..around };
            place::lay_out(&fragments, slot_here, around, self.plus.style, self.bytes, out);
        }
    }

    fn before(&self, token: TokenId, rank: i32, blocks: &[Block], all: &mut Insertions<'a>) {
        let Some(at) = self.of_token.get(token) else { return };
        if blocks.is_empty() {
            return;
        }
        if let Some(last) = self.end_of_list(token, blocks) {
            return self.after(last, rank, blocks, all);
        }
        let from = all.pieces.len();
        self.lay_out(blocks, token, Slot::Before, &mut all.pieces);
        self.join_columns(blocks, at, Slot::Before, &mut all.pieces[from..]);
        let far = self.regroup(token, Slot::Before, blocks, (from, &mut all.pieces));
        let at =
            if !self.plus.style.quirks && self.heads_function(token, blocks) { self.above_comment(at) } else { at };
        all.push((at, false), (rank, token.0), from);
        if let Some((at, pieces)) = far {
            all.add(at, (rank, token.0), &pieces);
        }
    }

    /// Puts added members of a list into the columns of their neighbours.
    fn join_columns(&self, blocks: &[Block], at: usize, slot: Slot, pieces: &mut [Piece<'a>]) {
        let style = self.plus.style;
        let own = style.quirks || style.smpl_spacing;
        if !own && blocks.iter().all(|b| columns::are_members(&self.plus.fragments(b))) {
            columns::join_beside(pieces, self.pieces[at].start(), slot, self.bytes);
        }
    }

    /// For list elements added in front of a closing brace: the last token in front of it that stays.
    fn end_of_list(&self, brace: TokenId, blocks: &[Block]) -> Option<TokenId> {
        let list = self.leaves.get(brace).filter(|n| matches!(self.tree.kind(*n), K::InitList | K::EnumList))?;
        let element = |f: &Printed| matches!(f.kind, F::Initialiser | F::Enumerator);
        if self.tree.last_token(list) != Some(brace)
            || !blocks.iter().any(|b| self.plus.fragments(b).first().is_some_and(element))
        {
            return None;
        }
        let at = self.of_token.get(brace)?;
        self.pieces[..at].iter().rev().find(|p| p.is_code() && !p.gone).and_then(Piece::token)
    }

    /// Whether the code is a function or a directive that goes in front of a function.
    fn heads_function(&self, token: TokenId, blocks: &[Block]) -> bool {
        let mut fragments: Vec<F> = Vec::new();
        blocks.iter().for_each(|b| fragments.extend(self.plus.fragments(b).iter().map(|f| f.kind)));
        let guard = matches!(fragments.first(), Some(F::Directive | F::Unindented))
            && self
                .tree
                .preorder(self.tree.root())
                .any(|n| self.tree.kind(n) == K::FunctionDef && self.tree.first_token(n) == Some(token));
        guard || fragments.contains(&F::Function)
    }

    /// The first piece of the comments above a piece. A comment that an empty line separates from it goes with it too,
    /// unless it starts the file.
    fn above_comment(&self, at: usize) -> usize {
        let mut found = at;
        let mut k = at;
        let mut breaks = 0;
        while k > 0 {
            match self.pieces[k - 1].kind {
                Kind::Comment => {
                    let starts_file = self.pieces[..k - 1].iter().all(|p| p.kind == Kind::Space || p.is_newline())
                        && self.pieces[0].start() == 0;
                    if breaks > 1 && starts_file {
                        break;
                    }
                    (found, breaks) = (k - 1, 0);
                }
                Kind::Newline => breaks += 1,
                Kind::Space => {}
                _ => break,
            }
            k -= 1;
        }
        let starts_line = found == 0 || self.pieces[found - 1].is_newline();
        if starts_line { found } else { at }
    }

    fn after(&self, token: TokenId, rank: i32, blocks: &[Block], all: &mut Insertions<'a>) {
        let Some(at) = self.of_token.get(token) else { return };
        if blocks.is_empty() {
            return;
        }
        // Code behind removed code comes in its place, or behind what does.
        let slot = if self.pieces[at].gone && !self.is_replaced(at) { Slot::Replace } else { Slot::After };
        let from = all.pieces.len();
        self.lay_out(blocks, token, slot, &mut all.pieces);
        self.join_columns(blocks, at, Slot::After, &mut all.pieces[from..]);
        let regroup = slot == Slot::After;
        let far = regroup.then(|| self.regroup(token, slot, blocks, (from, &mut all.pieces))).flatten();
        // What goes on the same line belongs to the code, not to the comment behind it.
        let inline = slot == Slot::After && !all.pieces.get(from).is_some_and(Piece::is_newline);
        let at = if inline { at } else { self.behind_comments(at) };
        all.push((at, true), (rank, token.0), from);
        if let Some((at, pieces)) = far {
            all.add(at, (rank, token.0), &pieces);
        }
    }

    /// Whether other code comes in the place of the removed code that ends with a piece.
    fn is_replaced(&self, at: usize) -> bool {
        let mut removed = self.pieces[..=at].iter().rev().take_while(|p| p.gone || !p.is_code());
        removed.any(|p| p.token().is_some_and(|t| self.starts_replaced(t)))
    }

    /// Puts parentheses around what an added operator takes, and around it with its operands, where they would be taken apart. The
    /// operator's code is the pieces from one on; the answer is what stands at the other end, and where.
    fn regroup(
        &self,
        token: TokenId,
        slot: Slot,
        blocks: &[Block],
        (from, pieces): (usize, &mut Vec<Piece<'a>>),
    ) -> Option<((usize, bool), Vec<Piece<'a>>)> {
        let [block] = blocks else { return None };
        if self.plus.style.quirks {
            return None;
        }
        let leaf = self.leaves.get(token);
        let operand = operand::operand(self.plus, self.tree, token, leaf, slot, block)?;
        let far = match slot {
            Slot::After => self.tree.first_token(operand.node),
            _ => self.tree.last_token(operand.node),
        };
        let far = far.and_then(|t| self.of_token.get(t))?;
        let after = slot != Slot::After;
        let (near, other) = if after { (T::LParen, T::RParen) } else { (T::RParen, T::LParen) };
        if after && operand.spaced && !operand.inner {
            pieces.push(Piece::space());
        }
        if operand.inner {
            let blank = operand.spaced.then(Piece::space);
            if after {
                pieces.extend(blank.into_iter().chain([Piece::code(near)]));
            } else {
                pieces.splice(from..from, [Piece::code(near)].into_iter().chain(blank));
            }
        }
        if operand.outer {
            let end = if after { from } else { pieces.len() };
            pieces.insert(end, Piece::code(near));
        }
        let count = usize::from(operand.inner) + usize::from(operand.outer);
        (count > 0).then(|| ((far, after), vec![Piece::code(other); count]))
    }

    /// The last comment on the line behind a piece, or the piece.
    fn behind_comments(&self, at: usize) -> usize {
        let mut last = at;
        // In the reference the comment behind a directive belongs to what follows.
        if self.plus.style.quirks && self.pieces[at].kind == Kind::Directive {
            return at;
        }
        for (i, p) in self.pieces.iter().enumerate().skip(at + 1) {
            match p.kind {
                Kind::Comment => last = i,
                Kind::Space => {}
                _ => break,
            }
        }
        last
    }

    fn brace(&self, need: Need, stays: &mut Stays, all: &mut Insertions<'a>) {
        let (Some(first), Some(last)) = (self.tree.first_token(need.body), self.tree.last_token(need.body)) else {
            return;
        };
        let (Some(from), Some(to)) = (self.of_token.get(first), self.of_token.get(last)) else { return };
        let outer = self.height(need.body);
        let token = first.0;
        // Whether what comes in the place of the branch does so around what stays of it.
        let among = stays.among.iter().any(|r| r.contains(&from));
        match need.brace {
            Brace::Empty => {
                all.add((to, true), (0, token), &[Piece::added(Kind::Code(piece::EMPTY), b"{}")]);
            }
            Brace::Semicolon => {
                all.add((to, true), (0, token), &[Piece::code(T::Semi)]);
            }
            Brace::Line => {
                let gap = self.pieces[..from].iter().rposition(Piece::is_code).map_or(0, |i| i + 1)..from;
                if !self.pieces[gap.clone()].iter().any(Piece::is_newline) {
                    let at = if among { (from, false) } else { (to, true) };
                    stays.blanks.extend(gap.filter(|i| among && self.pieces[*i].kind == Kind::Space));
                    all.add(at, (-outer, token), &[Piece::newline()]);
                }
            }
            Brace::Around => {
                // Where dots part the removed code, what comes in its place stands behind the first part.
                let replaced = (from..=to).find(|i| self.pieces[*i].token().is_some_and(|t| self.starts_replaced(t)));
                let code = replaced.map_or(to, |i| self.end_of_removed(i));
                let open = if need.removed && !among { (code, true, -outer) } else { (from, false, -outer - 1) };
                all.add((open.0, open.1), (open.2, token), &place::open_brace());
                let end = self.behind_comments(to);
                let mut close = place::close_brace();
                if self.tree.parent(need.body).is_some_and(|p| self.tree.kind(p) == K::DoWhile) {
                    close.iter_mut().filter(|p| p.is(T::RBrace)).for_each(|p| p.head = true);
                }
                all.add((end, true), (outer + 1, token), &close);
            }
        }
    }
}

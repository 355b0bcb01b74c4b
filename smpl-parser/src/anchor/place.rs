//! The place of one run of plus code: the table of `smpl-front-end.md` 7.5.

use c_syntax::{Child, Diagnostic, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use rustc_hash::FxHashMap;

use super::fragments::{RunToks, is_line_like};
use super::shape::{Shape, holds_items, is_delimiter, is_dots, is_item};
use crate::ast::{FragmentKind, Mark, MetaVar, MvKind, PatToken, PlusFragment, PlusRun, RunId, Slots};
use crate::lexer::{LineMark, SmplTok};

/// How good a neighbour is as an anchor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Worth {
    /// A token of the construct itself, or a comma that vanishes with its neighbour.
    Own,
    /// A part of the construct.
    Part,
}

/// Which side of the anchor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Before,
    After,
}

/// Places runs.
pub(super) struct Placer<'a> {
    pub toks: &'a [SmplTok],
    pub shape: &'a Shape<'a>,
    pub plus: &'a Shape<'a>,
    pub minus_of: &'a [Option<u32>],
    pub plus_of: &'a [Option<u32>],
    pub metavars: &'a [MetaVar],
    pub tokens: &'a mut Vec<PatToken>,
    pub slots: &'a mut FxHashMap<NodeId, Slots>,
    pub diags: &'a mut Vec<Diagnostic>,
}

impl Placer<'_> {
    /// Places a run, or says why it has no place.
    pub fn place(&mut self, run: &RunToks, made: &PlusRun, id: RunId) {
        if let Some(token) = run.around.and_then(|t| self.minus_of[t]) {
            self.replace(token, id);
            return;
        }
        let (Some(first), Some(last)) = (run.toks.first(), run.toks.last()) else { return };
        let left = (0..*first).rev().find(|i| self.toks[*i].mark != LineMark::Plus).and_then(|i| self.minus_of[i]);
        let right =
            (*last + 1..self.toks.len()).find(|i| self.toks[*i].mark != LineMark::Plus).and_then(|i| self.minus_of[i]);
        if let Some(end) = left.and_then(|t| self.branch_replaced(run, t)) {
            self.replace(end, id);
            return;
        }
        // What stands behind a construct may be written before the code that the construct loses at its end.
        let lost =
            right.into_iter().flat_map(|r| (r..).take_while(|t| self.tokens.get(*t as usize).is_some_and(is_minus)));
        if run.behind
            && let Some(node) = left.into_iter().chain(lost).find_map(|t| self.item_ending(t))
        {
            self.slots.entry(node).or_default().after.push(id);
            return;
        }
        let l = left.and_then(|t| self.host(t));
        let r = right.filter(|t| self.attachable(*t));
        match self.choose(made, l, r) {
            Some((token, side)) => self.attach(token, side, made, id),
            None if self.distribute(left, right, made, id) => {}
            None => self.no_place(left, right, made),
        }
    }

    /// The last token of the branch that the run replaces, if it is the branch of a head that stays, and `left`, the removed token before
    /// the run, may belong to code behind that branch: `if (E) - a(); - b(); + x(); + y();`.
    fn branch_replaced(&self, run: &RunToks, left: u32) -> Option<u32> {
        let first = run.toks.iter().find_map(|t| self.plus_of[*t])?;
        let last = run.toks.iter().rev().find_map(|t| self.plus_of[*t])?;
        let branch = self.plus.above(first).take_while(|n| self.plus.all_marked(*n)).last()?;
        let head = self.plus.tree.parent(branch)?;
        if !is_head(self.plus.tree.kind(head)) || !self.plus.tree.token_range(branch).contains(&last) {
            return None;
        }
        let kept = self.plus.tree.children(head).iter().find_map(|c| match c {
            Child::Token(t) => {
                let body = self.plus_of.iter().position(|p| *p == Some(t.0))?;
                self.minus_of[body]
            }
            Child::Node(_) => None,
        })?;
        let head = self.shape.holder(kept)?;
        let is_else = |tree: &Tree, n: NodeId| tree.kind(n) == SyntaxKind::Else;
        let wanted = is_else(self.plus.tree, branch);
        let tree = self.shape.tree;
        let mut bodies = tree.child_nodes(head).filter(|n| tree.kind(*n).is_stmt() || is_else(tree, *n));
        let body = bodies.find(|n| is_head(tree.kind(head)) && is_else(tree, *n) == wanted)?;
        let end = tree.token_range(body).end.checked_sub(1)?;
        (end <= left && self.shape.all_marked(body) && (end..=left).all(|t| self.removed(t))).then_some(end)
    }

    fn choose(&self, made: &PlusRun, l: Option<u32>, r: Option<u32>) -> Option<(u32, Side)> {
        let line_like = self.stands_alone(made);
        let (Some(left), Some(right)) = (l, r) else {
            return l.map(|t| (t, Side::After)).or(r.map(|t| (t, Side::Before)));
        };
        if line_like && self.starts_declaration(right) && !self.removed(left) {
            return Some((right, Side::Before));
        }
        if is_top_level(made) && !self.ends_function(left) && self.starts(right, is_function) {
            return Some((right, Side::Before));
        }
        // `..., }`: the comma goes with the dots, new elements stand before the brace.
        let list_end = self.shape.kind(left) == TokenKind::Comma
            && self.shape.kind(right) == TokenKind::RBrace
            && self.shape.common(left, right).is_some_and(|n| self.follows_dots(left, n));
        if list_end {
            return Some((right, Side::Before));
        }
        if self.worth(left, right) >= self.worth(right, left) {
            Some((left, Side::After))
        } else {
            Some((right, Side::Before))
        }
    }

    /// The token on which code after `token` hangs: itself or, if it is the dots of a directive that is removed, one before them.
    fn host(&self, token: u32) -> Option<u32> {
        if self.attachable(token) {
            return Some(token);
        }
        let directive = self.shape.above(token).find(|n| {
            matches!(
                self.shape.tree.kind(*n),
                SyntaxKind::Include | SyntaxKind::Define | SyntaxKind::Undef | SyntaxKind::Pragma
            )
        })?;
        let start = self.shape.tree.token_range(directive).start;
        (start..token).rev().find(|t| self.removed(token) && self.removed(*t) && self.attachable(*t))
    }

    /// Whether plus code can hang on a token of the minus slice.
    fn attachable(&self, token: u32) -> bool {
        let kind = self.shape.kind(token);
        // The dots of `#include ...` are a part of the line like any other.
        let of_include = |n: NodeId| self.shape.parent_kind(n) == Some(SyntaxKind::Include);
        if is_delimiter(kind) || is_dots(kind) && !self.shape.holder(token).is_some_and(of_include) {
            return false;
        }
        if let Some(var) = self.tokens[token as usize].var
            && matches!(self.metavars.get(var.0 as usize).map(|m| &m.kind), Some(MvKind::StatementList(_)))
        {
            return false;
        }
        !self.shape.above(token).any(|n| {
            let k = self.shape.tree.kind(n);
            let inside_nest =
                k == SyntaxKind::Nest && self.shape.tree.first_token(n).is_some_and(|t| self.removed(t.0));
            inside_nest || (k == SyntaxKind::Dots && !of_include(n)) || k.is_when()
        })
    }

    fn removed(&self, token: u32) -> bool {
        is_minus(&self.tokens[token as usize])
    }

    /// How good `token` is, seen from the construct that holds it and `other`.
    fn worth(&self, token: u32, other: u32) -> Worth {
        let Some(common) = self.shape.common(token, other) else { return Worth::Part };
        if self.shape.holder(token) != Some(common) {
            return Worth::Part;
        }
        if self.shape.kind(token) == TokenKind::Comma {
            return if self.follows_dots(token, common) { Worth::Own } else { Worth::Part };
        }
        // Removed tokens are units of their own. Those of a construct that the plus code turned into another one are as
        // good as its parts.
        if self.removed(token) {
            return Worth::Part;
        }
        if self.kept(token, common) { Worth::Own } else { Worth::Part }
    }

    /// Whether the comma follows dots or a list in its construct.
    fn follows_dots(&self, comma: u32, holder: NodeId) -> bool {
        let children = self.shape.tree.children(holder);
        let at = children.iter().position(|c| *c == Child::Token(TokenId(comma)));
        match at.and_then(|i| i.checked_sub(1)).map(|i| children[i]) {
            Some(Child::Node(n)) => self.shape.tree.kind(n) == SyntaxKind::Dots || self.list_variable(n),
            _ => false,
        }
    }

    fn list_variable(&self, node: NodeId) -> bool {
        let var = self.shape.tree.first_token(node).and_then(|t| self.tokens[t.0 as usize].var);
        self.shape.tree.kind(node) == SyntaxKind::MetaVar
            && matches!(
                var.and_then(|v| self.metavars.get(v.0 as usize)).map(|m| &m.kind),
                Some(
                    MvKind::ExpressionList(_)
                        | MvKind::ParameterList(_)
                        | MvKind::InitialiserList(_)
                        | MvKind::FieldList(_)
                        | MvKind::IdentifierList(_)
                )
            )
    }

    /// Whether a context token belongs to the same kind of construct in the plus slice.
    fn kept(&self, token: u32, holder: NodeId) -> bool {
        let body = self.minus_of.iter().position(|t| *t == Some(token));
        let Some(there) = body.and_then(|i| self.plus_of[i]) else { return true };
        self.plus.holder(there).is_some_and(|n| self.plus.tree.kind(n) == self.shape.tree.kind(holder))
    }

    fn attach(&mut self, token: u32, side: Side, made: &PlusRun, id: RunId) {
        if self.stands_alone(made)
            && let Some(node) = self.item_at(token, side)
        {
            let slots = self.slots.entry(node).or_default();
            match side {
                Side::Before => slots.before.push(id),
                Side::After => slots.after.push(id),
            }
        } else if self.removed(token) {
            self.replace(token, id);
        } else if side == Side::Before {
            // Code that was anchored here before stands closer to the start of the text.
            self.tokens[token as usize].before.push(id);
        } else {
            self.tokens[token as usize].after.push(id);
        }
    }

    /// The statement, declaration or function, not removed as a whole, that starts or ends with a token.
    fn item_at(&self, token: u32, side: Side) -> Option<NodeId> {
        let tree = self.shape.tree;
        let mut best = None;
        for node in self.shape.above(token) {
            let range = tree.token_range(node);
            let edge = if side == Side::Before { range.start == token } else { range.end == token + 1 };
            let kind = tree.kind(node);
            let variable = kind == SyntaxKind::MetaVar && self.is_statement_variable(node);
            if !edge || self.shape.all_marked(node) && self.removed(token) && (variable || is_item(kind)) {
                break;
            }
            if matches!(kind, SyntaxKind::RuleBody | SyntaxKind::DisjBranch | SyntaxKind::Nest) {
                break;
            }
            let labelled = matches!(kind, SyntaxKind::Label | SyntaxKind::Case | SyntaxKind::Default);
            let whole = tree.parent(node).is_some_and(|p| holds_items(tree.kind(p)));
            let item = is_item(kind) && whole && !(labelled && side == Side::After);
            if item || variable {
                best = Some(node);
            }
        }
        best
    }

    /// The outermost statement of a list that ends with a token and of which something stays.
    fn item_ending(&self, token: u32) -> Option<NodeId> {
        let tree = self.shape.tree;
        let stays = |n: &NodeId| {
            let listed = tree.parent(*n).is_some_and(|p| holds_items(tree.kind(p)));
            is_item(tree.kind(*n)) && listed && !self.shape.all_marked(*n)
        };
        let ends = self.shape.above(token).take_while(|n| tree.token_range(*n).end == token + 1);
        ends.filter(stays).last()
    }

    /// Whether the run stands on lines of its own. Comments may cut a statement or declaration in it into tokens.
    fn stands_alone(&self, made: &PlusRun) -> bool {
        let line_like = |f: &PlusFragment| is_line_like(f.kind);
        let ends = |f: &PlusFragment| {
            f.kind == FragmentKind::Token
                && f.tokens.clone().all(|t| matches!(self.plus.kind(t), TokenKind::Semi | TokenKind::RBrace))
        };
        let (Some(first), Some(last)) = (made.fragments.first(), made.fragments.last()) else { return false };
        made.fragments.iter().all(line_like) || (line_like(first) && line_like(last) && made.fragments.iter().any(ends))
    }

    fn is_statement_variable(&self, node: NodeId) -> bool {
        let tree = self.shape.tree;
        let var = tree.first_token(node).and_then(|t| self.tokens[t.0 as usize].var);
        let kind = var.and_then(|v| self.metavars.get(v.0 as usize)).map(|m| &m.kind);
        matches!(kind, Some(MvKind::Statement | MvKind::Declaration | MvKind::Any))
            && tree.parent(node).is_some_and(|p| holds_items(tree.kind(p)))
    }

    /// Adds a run to what replaces the removed code that holds a token.
    fn replace(&mut self, token: u32, id: RunId) {
        let mut unit = None;
        for node in self.shape.above(token) {
            let kind = self.shape.tree.kind(node);
            if !self.shape.all_marked(node) || matches!(kind, SyntaxKind::RuleBody | SyntaxKind::DisjBranch) {
                break;
            }
            unit = Some(node);
        }
        let starts = unit.map_or_else(|| vec![token], |n| self.shape.first_leaves(n));
        for t in starts {
            self.tokens[t as usize].replace.push(id);
        }
    }

    /// Puts a copy of the run into each branch of the disjunction beside it.
    fn distribute(&mut self, left: Option<u32>, right: Option<u32>, made: &PlusRun, id: RunId) -> bool {
        let tree = self.shape.tree;
        let disj = |t: Option<u32>, kind: TokenKind| {
            t.filter(|t| self.shape.kind(*t) == kind).and_then(|t| self.shape.holder(t))
        };
        let (node, side) = match (disj(left, TokenKind::DisjClose), disj(right, TokenKind::DisjOpen)) {
            (Some(n), _) => (n, Side::After),
            (None, Some(n)) => (n, Side::Before),
            (None, None) => return false,
        };
        if tree.kind(node) == SyntaxKind::Conj && side == Side::After && self.shape.last_leaves(node).is_empty() {
            return false;
        }
        let leaves = if side == Side::After { self.shape.last_leaves(node) } else { self.shape.first_leaves(node) };
        if leaves.is_empty() || leaves.iter().any(|t| !self.attachable(*t)) {
            return false;
        }
        for t in leaves {
            self.attach(t, side, made, id);
        }
        true
    }

    fn no_place(&mut self, left: Option<u32>, right: Option<u32>, made: &PlusRun) {
        let mut d =
            Diagnostic::error("E005", made.span, "this added code has no place", "nothing it could stand beside");
        for (t, word) in [(left, "before"), (right, "after")] {
            if let Some(t) = t {
                d = d.also(
                    self.tokens[t as usize].span,
                    format!("what stands {word} it matches different code each time"),
                );
            }
        }
        self.diags.push(d.help("put it next to code that is matched exactly: a token, a statement, a brace"));
    }

    fn starts(&self, token: u32, wanted: impl Fn(SyntaxKind) -> bool) -> bool {
        self.shape
            .above(token)
            .take_while(|n| self.shape.tree.token_range(*n).start == token)
            .any(|n| wanted(self.shape.tree.kind(n)))
    }

    /// Whether a declaration, of which something stays, starts with a token.
    fn starts_declaration(&self, token: u32) -> bool {
        self.shape
            .above(token)
            .take_while(|n| self.shape.tree.token_range(*n).start == token)
            .any(|n| self.shape.tree.kind(n) == SyntaxKind::Declaration && !self.shape.all_marked(n))
    }

    fn ends_function(&self, token: u32) -> bool {
        self.shape
            .above(token)
            .take_while(|n| self.shape.tree.token_range(*n).end == token + 1)
            .any(|n| is_function(self.shape.tree.kind(n)))
    }
}

fn is_top_level(made: &PlusRun) -> bool {
    made.fragments.first().is_some_and(|f| {
        matches!(
            f.kind,
            FragmentKind::TopLevel | FragmentKind::Function | FragmentKind::Directive | FragmentKind::Unindented
        )
    })
}

fn is_minus(token: &PatToken) -> bool {
    token.mark == Mark::Minus
}

/// Whether a statement consists of a head and what it governs.
fn is_head(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::If
            | SyntaxKind::Else
            | SyntaxKind::While
            | SyntaxKind::For
            | SyntaxKind::Iterator
            | SyntaxKind::Switch
            | SyntaxKind::Label
    )
}

fn is_function(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::FunctionDef | SyntaxKind::MacroFunction)
}

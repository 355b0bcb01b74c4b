//! Printing of expressions.

use smallvec::SmallVec;

use super::{AtomKind, Level, Printer};
use crate::kind::SyntaxKind as K;
use crate::token::TokenKind as T;
use crate::tree::{Child, NodeId, TokenId, Tree};

impl Printer<'_> {
    /// An expression or argument list.
    pub(super) fn expr(&mut self, tree: &Tree, node: NodeId) {
        match tree.kind(node) {
            K::Binary | K::Assign | K::Cond => self.infix(tree, node),
            K::Comma => self.list(tree, node),
            K::ArgList => self.list(tree, node),
            K::StringRun => self.words(tree, node),
            K::Opaque | K::Generic => self.raw(tree, node),
            K::SizeofExpr => self.sizeof(tree, node),
            K::Unary | K::Prefix => self.unary(tree, node),
            K::Cast | K::CompoundLit => self.operands(tree, node),
            K::Range => self.infix(tree, node),
            _ => self.operands(tree, node),
        }
    }

    /// A child expression, at the level that its place requires.
    pub(super) fn operand(&mut self, tree: &Tree, parent: NodeId, child: NodeId) {
        if tree.kind(child) == K::MetaVar {
            let mut level = Level::required(tree, parent, child);
            if self.spelling.quirks && level == Level::Cast && tree.kind(parent) == K::Unary {
                level = Level::Unary;
            }
            let from = self.atoms.len();
            for t in tree.child_tokens(child) {
                self.token_at(tree, t, level);
            }
            if is_parenthesised(tree.kind(parent)) && !self.spelling.quirks {
                self.drop_parens(from);
            }
        } else {
            self.node(tree, child);
        }
    }

    /// Drops the parentheses around all that was printed from `from` on, unless an assignment or a comma stands in them.
    fn drop_parens(&mut self, from: usize) {
        let open = self.atoms.get(from).is_some_and(|a| a.kind == AtomKind::Token(T::LParen));
        let mut depth = 0;
        let whole = open
            && self.atoms[from..].iter().enumerate().all(|(i, a)| {
                let last = from + i + 1 == self.atoms.len();
                match a.kind {
                    AtomKind::Token(T::LParen | T::LBracket | T::LBrace) => depth += 1,
                    AtomKind::Token(T::RParen | T::RBracket | T::RBrace) => depth -= 1,
                    AtomKind::Token(T::Comma) if depth == 1 => return false,
                    AtomKind::Token(k) if depth == 1 && k.is_assignment() => return false,
                    AtomKind::Token(_) | AtomKind::Space => {}
                    _ => return false,
                }
                (depth == 0) == last
            });
        if whole {
            self.atoms.remove(from);
            self.atoms.pop();
        }
    }

    fn operands(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => self.operand(tree, node, n),
            }
        }
    }

    /// Operands and operators with a blank between.
    fn infix(&mut self, tree: &Tree, node: NodeId) {
        for (i, c) in tree.children(node).iter().enumerate() {
            let omitted = self.atoms.last().is_some_and(|a| a.kind == AtomKind::Token(T::Question));
            if matches!(*c, Child::Node(n) if tree.kind(n) == K::Absent) {
                continue;
            }
            if i > 0 && (self.spelling.quirks || !(omitted && matches!(*c, Child::Token(_)))) {
                self.space();
            }
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => self.operand(tree, node, n),
            }
        }
    }

    fn unary(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    self.token(tree, t);
                    if tree.token(t).kind.is_keyword() {
                        self.space();
                    }
                }
                Child::Node(n) => self.operand(tree, node, n),
            }
        }
    }

    fn sizeof(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => {
                    if tree.kind(n) != K::Paren {
                        self.space();
                    }
                    self.operand(tree, node, n);
                }
            }
        }
    }

    /// Children with a blank between.
    pub(super) fn words(&mut self, tree: &Tree, node: NodeId) {
        for (i, c) in tree.children(node).iter().enumerate() {
            let before = self.atoms.len();
            if i > 0 {
                self.space();
            }
            let spaced = self.atoms.len();
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => self.node(tree, n),
            }
            if self.atoms.len() == spaced {
                self.atoms.truncate(before);
            }
        }
    }

    /// Elements with commas, and whatever stands around them.
    pub(super) fn list(&mut self, tree: &Tree, node: NodeId) {
        let children = tree.children(node);
        if self.values > 0 && !self.spelling.quirks && is_plain(tree, children) {
            return self.plain_list(tree, children);
        }
        for c in children {
            match *c {
                Child::Token(t) if tree.token(t).kind == T::Comma => {}
                Child::Token(t) if tree.token(t).kind == T::RParen => {}
                Child::Token(t) => self.token(tree, t),
                Child::Node(_) => {}
            }
        }
        let items: SmallVec<[NodeId; 8]> = children.iter().filter_map(|c| node_of(*c)).collect();
        let commas: SmallVec<[TokenId; 8]> =
            tree.child_tokens(node).filter(|t| tree.token(*t).kind == T::Comma).collect();
        // What the tree does not understand stands beside an item as an attribute.
        let is_attribute = |i: usize| items.get(i).is_some_and(|n| tree.kind(*n) == K::Attribute);
        let behind_comma = |i: usize| {
            let at = children.iter().position(|c| node_of(*c) == items.get(i).copied());
            at.and_then(|at| children.get(at.checked_sub(1)?)).is_some_and(|c| matches!(c, Child::Token(_)))
        };
        let mut joined = 0;
        let mut printed = 0;
        for (i, item) in items.iter().enumerate() {
            let atoms = self.apart(|p| p.operand(tree, node, *item));
            if atoms.is_empty() && matches!(tree.kind(*item), K::MetaVar | K::Attribute) {
                joined += usize::from(is_attribute(i));
                continue;
            }
            let beside = i > 0 && (is_attribute(i) || is_attribute(i - 1));
            let joins = beside && !behind_comma(i);
            joined += usize::from(joins);
            if printed > 0 && !joins {
                match i.checked_sub(1 + joined).and_then(|i| commas.get(i)) {
                    Some(t) => self.token(tree, *t),
                    None => self.punct(T::Comma),
                }
                if !self.spells_dots(tree, *item) {
                    self.brk();
                }
            }
            printed += 1;
            self.take(atoms);
        }
        if let Some(t) = tree.child_token(node, T::RParen) {
            self.trim();
            self.token(tree, t);
        }
    }
}

/// Whether parentheses stand around the expressions of a node.
#[must_use]
pub const fn is_parenthesised(parent: K) -> bool {
    matches!(parent, K::Paren | K::If | K::While | K::DoWhile | K::Switch)
}

/// Whether a list of a value is made of expressions with commas between them, and what may stand around it.
fn is_plain(tree: &Tree, children: &[Child]) -> bool {
    let is = |c: Option<&Child>, kind: T| matches!(c, Some(Child::Token(t)) if tree.token(*t).kind == kind);
    let from = usize::from(is(children.first(), T::LParen));
    let to = children.len() - usize::from(children.len() > from && is(children.last(), T::RParen));
    let inside = &children[from..to];
    let fits = |(i, c): (usize, &Child)| match *c {
        Child::Token(_) => i % 2 == 1 && is(Some(c), T::Comma),
        Child::Node(n) => i % 2 == 0 && tree.kind(n).is_expr() && !tree.token_range(n).is_empty(),
    };
    inside.len() % 2 == 1 && inside.iter().enumerate().all(fits)
}

impl Printer<'_> {
    /// A list that [`is_plain`].
    fn plain_list(&mut self, tree: &Tree, children: &[Child]) {
        for c in children {
            match *c {
                Child::Node(n) => self.node(tree, n),
                Child::Token(t) => {
                    let kind = tree.token(t).kind;
                    if kind == T::RParen {
                        self.trim();
                    }
                    self.token(tree, t);
                    if kind == T::Comma {
                        self.brk();
                    }
                }
            }
        }
    }

    /// Whether a parameter of added code is `......`, which the reference prints as it stands, without a blank.
    fn spells_dots(&self, tree: &Tree, item: NodeId) -> bool {
        self.spelling.quirks && tree.first_token(item).is_some_and(|t| tree.token(t).kind == T::SixDots)
    }
}

pub(super) fn node_of(c: Child) -> Option<NodeId> {
    match c {
        Child::Node(n) => Some(n),
        Child::Token(_) => None,
    }
}

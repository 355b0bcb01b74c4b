//! Printing of statements.

use super::{Atom, AtomKind, Printer, Text};
use crate::kind::SyntaxKind as K;
use crate::token::TokenKind as T;
use crate::tree::{Child, NodeId, TokenId, Tree};

impl Printer<'_> {
    /// A statement, without a line break behind it.
    pub(super) fn stmt(&mut self, tree: &Tree, node: NodeId) {
        match tree.kind(node) {
            K::Block => self.block(tree, node),
            K::If | K::While | K::For | K::Switch | K::Iterator | K::DoWhile | K::Else => self.compound(tree, node),
            K::Case | K::Default | K::Label => self.labelled(tree, node),
            K::Return | K::Goto | K::ComputedGoto => self.keyword_stmt(tree, node),
            K::AsmStmt => self.raw(tree, node),
            K::CondGroup | K::CondBranch | K::StmtArg => self.lines(tree, node),
            _ => self.children(tree, node),
        }
    }

    /// Children on lines of their own.
    pub(super) fn lines(&mut self, tree: &Tree, node: NodeId) {
        self.separated_children(tree, node, Self::newline);
    }

    fn separated_children(&mut self, tree: &Tree, node: NodeId, between: impl FnMut(&mut Self)) {
        let children = tree.children(node);
        self.separated(
            children.len(),
            |p, i| match children[i] {
                Child::Token(t) => p.token(tree, t),
                Child::Node(n) => p.node(tree, n),
            },
            between,
        );
    }

    /// `{`, lines, `}`.
    pub(super) fn block(&mut self, tree: &Tree, node: NodeId) {
        let in_expression = tree.parent(node).is_some_and(|p| tree.kind(p) == K::StmtExpr);
        if in_expression && self.spelling.quirks && self.values > 0 {
            return self.children(tree, node);
        }
        self.separated_children(tree, node, Self::newline);
    }

    fn compound(&mut self, tree: &Tree, node: NodeId) {
        let kind = tree.kind(node);
        let children = tree.children(node);
        let mut after_do = false;
        for (i, c) in children.iter().enumerate() {
            match *c {
                Child::Token(t) => {
                    let token = tree.token(t).kind;
                    match token {
                        T::LParen if !(kind == K::For && self.spelling.quirks) => self.space(),
                        T::KwWhile if i > 0 && after_do => self.newline(),
                        T::KwWhile if i > 0 && !self.spelling.quirks => self.space(),
                        T::Semi | T::RParen => self.trim(),
                        _ => {}
                    }
                    self.token(tree, t);
                    let part = matches!(children.get(i + 1), Some(Child::Node(n)) if tree.kind(*n) != K::Absent);
                    if token == T::Semi && kind == K::For && !self.spelling.quirks && part {
                        self.space();
                    }
                }
                Child::Node(n) if is_body(tree, node, n) => {
                    after_do = self.body(tree, n);
                }
                Child::Node(n) => self.head_part(tree, node, n),
            }
        }
    }

    /// A part of the head of a compound statement, or its `else`.
    fn head_part(&mut self, tree: &Tree, node: NodeId, part: NodeId) {
        match tree.kind(part) {
            K::Else => {
                let after_block = self.atoms.last().is_some_and(|a| a.kind == AtomKind::Token(T::RBrace));
                if after_block && !self.spelling.quirks && then_is_block(tree, node) {
                    self.space();
                } else {
                    self.newline();
                }
                self.node(tree, part);
            }
            K::ArgList => {
                self.space();
                self.node(tree, part);
            }
            K::Declaration if !self.spelling.quirks => {
                self.node(tree, part);
                self.space();
            }
            _ => self.operand(tree, node, part),
        }
    }

    /// Whether a value printed from `start` on as the branch of an `if` would take the `else` that follows it.
    fn captures_else(&self, tree: &Tree, body: NodeId, start: usize) -> bool {
        let word = |a: &Atom| matches!(a.kind, AtomKind::Token(T::KwIf | T::KwFor | T::KwWhile | T::Ident));
        let is_if = |a: &Atom| a.kind == AtomKind::Token(T::KwIf);
        let followed = tree.parent(body).is_some_and(|p| tree.child_nodes(p).any(|n| tree.kind(n) == K::Else));
        followed && self.atoms.get(start).is_some_and(word) && self.atoms[start..].iter().any(is_if)
    }

    /// The body of a compound statement; returns whether it took a line of its own.
    fn body(&mut self, tree: &Tree, body: NodeId) -> bool {
        let joined = match tree.kind(body) {
            K::Block => true,
            K::If => !self.spelling.quirks && tree.parent(body).is_some_and(|p| tree.kind(p) == K::Else),
            _ => false,
        };
        let empty = tree.kind(body) == K::ExprStmt && tree.child_nodes(body).next().is_none();
        if empty && !self.spelling.quirks {
            self.node(tree, body);
            return false;
        }
        let at = self.atoms.len();
        if joined {
            self.space()
        } else {
            self.newline()
        }
        let start = self.atoms.len();
        self.node(tree, body);
        if !self.spelling.quirks && tree.kind(body) == K::MetaVar && self.captures_else(tree, body, start) {
            self.atoms
                .splice(at..start, [Atom::blank(AtomKind::Space), brace(T::LBrace), Atom::blank(AtomKind::Newline)]);
            self.newline();
            self.atoms.push(brace(T::RBrace));
            return false;
        }
        // The value of a metavariable may be a block.
        let brace = self.atoms.get(start).is_some_and(|a| a.kind == AtomKind::Token(T::LBrace));
        if !joined && brace && at < start {
            self.atoms.splice(at..start, [Atom::blank(AtomKind::Space)]);
        }
        !joined && !brace
    }

    fn labelled(&mut self, tree: &Tree, node: NodeId) {
        let kind = tree.kind(node);
        if kind == K::Label || (kind == K::Default && self.spelling.quirks) {
            self.atoms.push(Atom::blank(AtomKind::Outdent));
        }
        let mut heads = true;
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    if tree.token(t).kind == T::Colon {
                        self.trim();
                        heads = false;
                    }
                    self.token(tree, t);
                    if tree.token(t).kind == T::KwCase {
                        self.space();
                    }
                }
                Child::Node(n) if tree.kind(n) == K::Absent => {}
                Child::Node(n) if heads => self.operand(tree, node, n),
                Child::Node(n) => {
                    if kind == K::Label && self.values > 0 && !breaks_before(tree, n) {
                        self.space();
                    } else if self.spelling.quirks && kind != K::Label && self.values == 0 {
                        self.atoms.push(Atom { text: Text::from_slice(b"  "), ..Atom::blank(AtomKind::Space) });
                    } else {
                        self.newline();
                    }
                    self.node(tree, n);
                }
            }
        }
    }

    fn keyword_stmt(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    if tree.token(t).kind == T::Semi {
                        self.trim();
                    }
                    self.token(tree, t);
                    if tree.token(t).kind.is_keyword() {
                        self.space();
                    }
                }
                Child::Node(n) => self.node(tree, n),
            }
        }
        self.trim();
    }
}

/// Whether `child` is a statement that `parent` heads.
fn is_body(tree: &Tree, parent: NodeId, child: NodeId) -> bool {
    let index = match tree.kind(parent) {
        K::If | K::While | K::Switch | K::Iterator => match tree.kind(parent) {
            K::Iterator => 2,
            _ => 1,
        },
        K::For => 3,
        K::DoWhile | K::Else => 0,
        _ => return false,
    };
    tree.child_node(parent, index) == Some(child)
}

fn brace(kind: T) -> Atom {
    Atom::token(kind, kind.text().as_bytes())
}

/// Whether the source has a line break in front of a node.
fn breaks_before(tree: &Tree, node: NodeId) -> bool {
    let range = tree.token_range(node);
    let Some(before) = range.start.checked_sub(1).filter(|_| !range.is_empty()) else { return false };
    let gap = tree.slice(tree.token(TokenId(before)).end(), tree.token(TokenId(range.start)).start);
    memchr::memchr(b'\n', gap).is_some()
}

fn then_is_block(tree: &Tree, node: NodeId) -> bool {
    tree.child_node(node, 1).is_some_and(|n| matches!(tree.kind(n), K::Block | K::MetaVar))
}

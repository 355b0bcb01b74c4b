//! Precedence of expressions, for parentheses around values and added code (`rewriting.md` section 6).

use super::Printer;
use crate::kind::SyntaxKind;
use crate::token::TokenKind;
use crate::tree::{NodeId, Tree};

/// How tightly an expression binds, or how tightly a place requires it to bind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Level {
    Comma,
    Assign,
    Cond,
    OrOr,
    AndAnd,
    Or,
    Xor,
    And,
    Equal,
    Relation,
    Shift,
    Additive,
    Multiplicative,
    Cast,
    Unary,
    Postfix,
    Primary,
}

impl Level {
    /// The next higher one.
    #[must_use]
    pub fn next(self) -> Self {
        const ALL: [Level; 17] = [
            Level::Comma,
            Level::Assign,
            Level::Cond,
            Level::OrOr,
            Level::AndAnd,
            Level::Or,
            Level::Xor,
            Level::And,
            Level::Equal,
            Level::Relation,
            Level::Shift,
            Level::Additive,
            Level::Multiplicative,
            Level::Cast,
            Level::Unary,
            Level::Postfix,
            Level::Primary,
        ];
        ALL[(self as usize + 1).min(16)]
    }

    /// The level of a binary operator.
    #[must_use]
    pub fn of_operator(op: TokenKind) -> Self {
        use TokenKind as T;
        match op {
            T::PipePipe => Self::OrOr,
            T::AmpAmp => Self::AndAnd,
            T::Pipe => Self::Or,
            T::Caret => Self::Xor,
            T::Amp => Self::And,
            T::EqEq | T::Ne => Self::Equal,
            T::Lt | T::Gt | T::Le | T::Ge => Self::Relation,
            T::Shl | T::Shr => Self::Shift,
            T::Star | T::Slash | T::Percent => Self::Multiplicative,
            _ => Self::Additive,
        }
    }

    /// The level of an expression; what is no expression binds most tightly.
    #[must_use]
    pub fn of(tree: &Tree, node: NodeId) -> Self {
        use SyntaxKind as K;
        match tree.kind(node) {
            K::Comma => Self::Comma,
            K::Assign => Self::Assign,
            K::Cond => Self::Cond,
            K::Binary => operator(tree, node).map_or(Self::Additive, Self::of_operator),
            K::Cast => Self::Cast,
            K::Unary | K::Prefix | K::SizeofExpr | K::SizeofType | K::AddrLabel => Self::Unary,
            K::Call | K::Index | K::Field | K::PtrField | K::Postfix | K::CompoundLit => Self::Postfix,
            _ => Self::Primary,
        }
    }

    /// The level that the place of `child` in `parent` requires.
    #[must_use]
    pub fn required(tree: &Tree, parent: NodeId, child: NodeId) -> Self {
        use SyntaxKind as K;
        let first = tree.child_node(parent, 0) == Some(child);
        match tree.kind(parent) {
            K::Binary => {
                let level = Self::of(tree, parent);
                if first { level } else { level.next() }
            }
            K::Assign if first => Self::Unary,
            K::Assign => Self::Assign,
            K::Cond if first => Self::OrOr,
            K::Cond if tree.child_node(parent, 1) == Some(child) => Self::Comma,
            K::Cond => Self::Cond,
            K::Call | K::Index | K::Field | K::PtrField | K::Postfix if first => Self::Postfix,
            K::Unary | K::Prefix => Self::Cast,
            K::Cast if !first => Self::Cast,
            K::SizeofExpr => Self::Unary,
            K::ArgList | K::InitList | K::Designated | K::InitDeclarator | K::Enumerator => Self::Assign,
            K::Case | K::Range => Self::Cond,
            _ => Self::Comma,
        }
    }
}

/// The operator token of a binary expression or assignment.
fn operator(tree: &Tree, node: NodeId) -> Option<TokenKind> {
    tree.child_tokens(node).next().map(|t| tree.token(t).kind)
}

impl Printer<'_> {
    /// The level of a value. The reference takes every binary operator for an addition.
    pub(super) fn value_level(&self, tree: &Tree, node: NodeId) -> Level {
        let level = Level::of(tree, node);
        if self.spelling.quirks && tree.kind(node) == SyntaxKind::Binary { Level::Additive } else { level }
    }
}

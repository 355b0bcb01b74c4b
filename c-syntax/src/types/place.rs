//! Test positions: where C asks whether a value is zero (`semantics.md` 4.4).

use crate::kind::SyntaxKind;
use crate::sym::Sym;
use crate::token::TokenKind;
use crate::tree::{NodeId, Tree};

const LIKELY: [Sym; 2] = [Sym::of(b"likely"), Sym::of(b"unlikely")];

/// Whether an expression stands where only its truth matters: a condition, an operand of `&&`, `||`, `!`, the inside of parentheses in
/// such a place, an argument of `likely` or `unlikely`.
#[must_use]
pub fn in_test_position(tree: &Tree, node: NodeId) -> bool {
    let mut at = node;
    while let Some(parent) = tree.parent(at) {
        let index = tree.child_nodes(parent).position(|n| n == at);
        match tree.kind(parent) {
            SyntaxKind::If | SyntaxKind::While => return index == Some(0),
            SyntaxKind::DoWhile | SyntaxKind::For => return index == Some(1),
            SyntaxKind::Cond => return index == Some(0),
            SyntaxKind::Binary => {
                return tree
                    .child_tokens(parent)
                    .any(|t| matches!(tree.token(t).kind, TokenKind::AmpAmp | TokenKind::PipePipe));
            }
            SyntaxKind::Unary => return tree.child_token(parent, TokenKind::Bang).is_some(),
            SyntaxKind::Paren => at = parent,
            SyntaxKind::ArgList => {
                let callee = tree.parent(parent).and_then(|call| tree.child_node(call, 0));
                let name = callee.and_then(|c| tree.first_token(c)).map(|t| tree.token(t).sym);
                return name.is_some_and(|n| LIKELY.contains(&n));
            }
            _ => return false,
        }
    }
    false
}

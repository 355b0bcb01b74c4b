//! Operators that are added beside kept operands, and the parentheses that keep both together (`rewriting.md` section 6).

use c_syntax::print::Level;
use c_syntax::{NodeId, SyntaxKind as K, TokenId, Tree};
use matcher::value::Value;
use smpl_parser::ast::RunId;

use super::place::Slot;
use super::plus::{Operator, Plus};
use super::tags::Block;

/// The kept operand of an added operator.
pub(super) struct Operand {
    pub node: NodeId,
    /// It needs parentheses under the operator.
    pub inner: bool,
    /// The new expression needs them where the operand stood.
    pub outer: bool,
    /// A blank stands beside the operator.
    pub spaced: bool,
}

/// The operand of the operator with which added code begins behind `token`, or ends in front of it. `leaf` is the innermost node there.
pub(super) fn operand(
    plus: &Plus<'_>,
    tree: &Tree,
    token: TokenId,
    leaf: Option<NodeId>,
    slot: Slot,
    block: &Block,
) -> Option<Operand> {
    let code = &plus.pattern.plus;
    let (parent, written) = plus.operator((block.run, slot), || operator(plus, block.run, slot))?;
    let ends_here = |n: NodeId| {
        let end = if slot == Slot::After { tree.last_token(n) } else { tree.first_token(n) };
        end == Some(token)
    };
    let node = if code.kind(written) == K::MetaVar {
        let var = (*plus.pattern.plus_vars.get(code.first_token(written)?.0 as usize)?)?;
        match block.bindings.get(var)? {
            Value::Term(t) if std::ptr::eq(t.tree(), tree) => t.node,
            _ => return None,
        }
    } else {
        let mut chain = std::iter::successors(leaf, |n| tree.parent(*n)).take_while(|n| ends_here(*n));
        chain.find(|n| tree.kind(*n) == code.kind(written))?
    };
    if !ends_here(node) || !tree.kind(node).is_expr() {
        return None;
    }
    let outer = tree.parent(node).is_some_and(|p| Level::of(code, parent) < Level::required(tree, p, node));
    let inner = Level::of(tree, node) < Level::required(code, parent, written);
    Some(Operand { node, inner, outer, spaced: matches!(code.kind(parent), K::Binary | K::Assign | K::Cond) })
}

/// The expression whose operator an added run begins or ends with, and the operand in it that the rule keeps.
fn operator(plus: &Plus<'_>, run: RunId, slot: Slot) -> Operator {
    let code = &plus.pattern.plus;
    let fragments = &plus.run(run).fragments;
    let fragment = if slot == Slot::After { fragments.first() } else { fragments.last() }?;
    if fragment.node.is_some() || fragment.tokens.is_empty() {
        return None;
    }
    let operator = TokenId(if slot == Slot::After { fragment.tokens.start } else { fragment.tokens.end - 1 });
    let parent = code.preorder(code.root()).find(|n| code.child_tokens(*n).any(|t| t == operator))?;
    let written = code.child_nodes(parent).find(|n| {
        let range = code.token_range(*n);
        if slot == Slot::After { range.end == operator.0 } else { range.start == operator.0 + 1 }
    })?;
    code.kind(parent).is_expr().then_some((parent, written))
}

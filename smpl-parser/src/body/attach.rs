//! Metavariables attached to terms, `g(...)@E`: each belongs to the smallest term of its category that owns the token before the `@`
//! (`smpl-front-end.md` section 4).

use c_syntax::grammar::VarClass;
use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree, TreeBuilder};
use rustc_hash::FxHashMap;

use super::hooks::var_class;
use crate::ast::MvKind;

/// Puts the tokens that are not in `ids` (each an `@` and a metavariable) into As nodes around the terms that they are attached to.
pub(super) fn attach<'c>(tree: Tree, ids: &[u32], variable: impl Fn(TokenId) -> Option<&'c MvKind>) -> Tree {
    let count = tree.tokens().len();
    if ids.len() == count {
        return tree;
    }
    let mut in_input = vec![false; count];
    for id in ids {
        in_input[*id as usize] = true;
    }
    let owners = owners(&tree);
    let mut attached: FxHashMap<NodeId, Vec<TokenId>> = FxHashMap::default();
    let mut host = None;
    for (i, present) in in_input.iter().enumerate() {
        let token = TokenId(i as u32);
        if *present {
            host = Some(token);
        } else if tree.token(token).kind != TokenKind::At {
            let class = variable(token).map_or(VarClass::None, var_class);
            let owner = host.and_then(|h| owners[h.0 as usize]);
            let mut term = owner.and_then(|n| term_of(&tree, n, class));
            if term.is_none() && matches!(class, VarClass::Stmt | VarClass::Decl) {
                // The statement that will be around the whole expression.
                term = owner.and_then(|n| outermost_expression(&tree, n));
            }
            attached.entry(term.unwrap_or(tree.root())).or_default().push(token);
        }
    }
    rebuild(&tree, &attached)
}

/// For each token the node that holds it.
fn owners(tree: &Tree) -> Vec<Option<NodeId>> {
    let mut out = vec![None; tree.tokens().len()];
    let mut stack = vec![tree.root()];
    while let Some(node) = stack.pop() {
        for child in tree.children(node) {
            match *child {
                Child::Node(n) => stack.push(n),
                Child::Token(t) => out[t.0 as usize] = Some(node),
            }
        }
    }
    out
}

/// The largest expression at or above a node.
fn outermost_expression(tree: &Tree, node: NodeId) -> Option<NodeId> {
    std::iter::successors(Some(node), |n| tree.parent(*n)).filter(|n| tree.kind(*n).is_expr()).last()
}

/// The smallest term of a category at or above a node.
fn term_of(tree: &Tree, node: NodeId, class: VarClass) -> Option<NodeId> {
    std::iter::successors(Some(node), |n| tree.parent(*n)).find(|n| {
        let kind = tree.kind(*n);
        let parent = tree.parent(*n).map(|p| tree.kind(p));
        match class {
            VarClass::Expr | VarClass::Any => {
                kind.is_expr()
                    || kind == SyntaxKind::MetaVar && parent != Some(SyntaxKind::DeclSpecs) && !is_operator(tree, *n)
            }
            VarClass::Ident => matches!(kind, SyntaxKind::Ident | SyntaxKind::Name | SyntaxKind::MetaVar),
            VarClass::Stmt => kind.is_stmt() || matches!(kind, SyntaxKind::Declaration | SyntaxKind::MacroDecl),
            VarClass::Decl => matches!(kind, SyntaxKind::Declaration | SyntaxKind::MacroDecl),
            VarClass::Field => matches!(kind, SyntaxKind::FieldDecl | SyntaxKind::MacroField),
            VarClass::Param => kind == SyntaxKind::Param,
            VarClass::ExprList => {
                kind == SyntaxKind::Param || kind == SyntaxKind::MetaVar && parent == Some(SyntaxKind::ParamList)
            }
            VarClass::Type => {
                matches!(
                    kind,
                    SyntaxKind::TypeName | SyntaxKind::NamedType | SyntaxKind::StructType | SyntaxKind::EnumType
                ) || kind == SyntaxKind::MetaVar && parent == Some(SyntaxKind::DeclSpecs)
                    || kind == SyntaxKind::DeclSpecs
            }
            VarClass::Init => kind == SyntaxKind::InitList || kind == SyntaxKind::Designated || kind.is_expr(),
            _ => false,
        }
    })
}

/// Whether a metavariable stands for an operator: between the operands.
fn is_operator(tree: &Tree, var: NodeId) -> bool {
    let Some(parent) = tree.parent(var).filter(|p| matches!(tree.kind(*p), SyntaxKind::Binary | SyntaxKind::Assign))
    else {
        return false;
    };
    let mut operands = tree.child_nodes(parent);
    operands.next() != Some(var) && operands.last() != Some(var)
}

fn rebuild(tree: &Tree, attached: &FxHashMap<NodeId, Vec<TokenId>>) -> Tree {
    enum Step {
        Visit(Child),
        Leave(NodeId),
    }
    let (text, base) = tree.text();
    let mut b = TreeBuilder::new(text.clone(), base, tree.tokens().to_vec());
    let mut stack = vec![Step::Visit(Child::Node(tree.root()))];
    while let Some(step) = stack.pop() {
        match step {
            Step::Visit(Child::Token(t)) => b.token(t),
            Step::Visit(Child::Node(n)) => {
                if attached.contains_key(&n) && n != tree.root() {
                    b.start(SyntaxKind::As);
                }
                b.start(tree.kind(n));
                stack.push(Step::Leave(n));
                stack.extend(tree.children(n).iter().rev().map(|c| Step::Visit(*c)));
            }
            Step::Leave(n) => {
                b.finish();
                for var in attached.get(&n).filter(|_| n != tree.root()).into_iter().flatten() {
                    b.token(TokenId(var.0 - 1));
                    b.start(SyntaxKind::MetaVar);
                    b.token(*var);
                    b.finish();
                }
                if attached.contains_key(&n) && n != tree.root() {
                    b.finish();
                }
            }
        }
    }
    b.build()
}

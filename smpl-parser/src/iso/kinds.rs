//! Categories of terms that metavariables of isomorphisms ask for: expressions, constants, names, statements, integers, pointers.

use std::sync::Arc;

use c_syntax::{SyntaxKind, TokenKind, Tree};

use super::term::{Part, Term};
use crate::ast::{MetaVar, MvId, MvKind, TypePattern, TypeSet};

/// The metavariable that a term is.
pub(super) fn var_of(term: &Term) -> Option<MvId> {
    if term.kind != SyntaxKind::MetaVar {
        return None;
    }
    term.toks().next().and_then(|t| t.pat.var)
}

/// Storage classes.
pub(super) fn is_storage(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwStatic
            | TokenKind::KwExtern
            | TokenKind::KwRegister
            | TokenKind::KwAuto
            | TokenKind::KwTypedef
            | TokenKind::KwThreadLocal
    )
}

/// Qualifiers, and `inline`: they do not belong to the type that an isomorphism rewrites.
pub(super) fn is_qualifier(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwConst
            | TokenKind::KwVolatile
            | TokenKind::KwRestrict
            | TokenKind::KwInline
            | TokenKind::KwNoreturn
            | TokenKind::KwAtomic
    )
}

/// Kinds that stand around a declared name.
fn is_wrapper(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PointerDecl
            | SyntaxKind::ArrayDecl
            | SyntaxKind::FuncDecl
            | SyntaxKind::ParenDecl
            | SyntaxKind::BitField
    )
}

/// The declared name, or what stands in its place.
pub(super) fn innermost(declarator: &Arc<Term>) -> Arc<Term> {
    let mut at = declarator;
    while is_wrapper(at.kind) {
        match at.node(0) {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at.clone()
}

/// A declarator with another innermost part.
pub(super) fn with_innermost(declarator: &Arc<Term>, inner: Arc<Term>) -> Arc<Term> {
    if !is_wrapper(declarator.kind) {
        return inner;
    }
    let mut done = false;
    let mut inner = Some(inner);
    let parts = declarator
        .parts
        .iter()
        .map(|p| match p {
            Part::Node(n) if !done && n.kind != SyntaxKind::Attribute => {
                done = true;
                Part::Node(match inner.take() {
                    Some(inner) => with_innermost(n, inner),
                    None => n.clone(),
                })
            }
            p => p.clone(),
        })
        .collect();
    Arc::new(declarator.with_parts(parts))
}

/// Whether a metavariable stands for a name.
pub(super) fn is_name_var(kind: Option<&MvKind>) -> bool {
    matches!(kind, Some(MvKind::Identifier | MvKind::IdExpression(..) | MvKind::Function | MvKind::LocalFunction))
}

pub(super) fn is_expression(term: &Term, var: Option<&MvKind>) -> bool {
    match term.kind {
        SyntaxKind::MetaVar => {
            is_name_var(var) || matches!(var, Some(MvKind::Expression(_) | MvKind::Constant(_) | MvKind::Any))
        }
        // Dots in the place of an expression, as in `if (...)`.
        SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::As | SyntaxKind::Nest | SyntaxKind::Dots => true,
        kind => kind.is_expr(),
    }
}

/// Constants are literals, names in capitals, and choices of these.
pub(super) fn is_constant(term: &Term, var: Option<&MvKind>) -> bool {
    match term.kind {
        SyntaxKind::Constant | SyntaxKind::StringLit => true,
        SyntaxKind::MetaVar => matches!(var, Some(MvKind::Constant(_))),
        SyntaxKind::Ident => term.toks().next().is_some_and(|t| {
            t.pat.var.is_none()
                && t.text.iter().any(u8::is_ascii_uppercase)
                && !t.text.iter().any(u8::is_ascii_lowercase)
        }),
        SyntaxKind::Disj => term.nodes().all(|branch| {
            let mut items = branch.nodes();
            matches!((items.next(), items.next()), (Some(item), None) if is_constant(item, None))
        }),
        _ => false,
    }
}

pub(super) fn is_name(term: &Term, var: Option<&MvKind>) -> bool {
    matches!(term.kind, SyntaxKind::Ident | SyntaxKind::Name)
        || matches!(var, Some(MvKind::Identifier | MvKind::Function | MvKind::LocalFunction | MvKind::Any))
}

/// Statements, and expressions that stand for the statements around them (`semantics.md` 3.13).
pub(super) fn is_statement(term: &Term, var: Option<&MvKind>) -> bool {
    match term.kind {
        SyntaxKind::MetaVar => matches!(var, Some(MvKind::Statement)),
        SyntaxKind::Disj | SyntaxKind::Conj => term.nodes().all(|branch| {
            let mut items = branch.nodes();
            match (items.next(), items.next()) {
                (Some(item), None) => item.kind == SyntaxKind::MetaVar || is_statement(item, None),
                _ => false,
            }
        }),
        kind => kind.is_stmt() || kind.is_expr(),
    }
}

/// What is known of the types of a rule's expressions without any code.
pub(super) struct Types<'a> {
    pub rule_vars: &'a [MetaVar],
}

const DEPTH: u32 = 64;

impl Types<'_> {
    /// The declared types of a typed metavariable.
    pub fn declared(&self, term: &Term) -> Option<&TypeSet> {
        let set = match &self.rule_vars.get(var_of(term)?.0 as usize)?.kind {
            MvKind::Expression(set) | MvKind::IdExpression(set, _) | MvKind::Constant(set) => set,
            _ => return None,
        };
        (!set.types.is_empty()).then_some(set)
    }

    pub fn is_integer(&self, term: &Term, depth: u32) -> bool {
        if depth > DEPTH {
            return false;
        }
        let operand = |i: usize| term.node(i).is_some_and(|n| self.is_integer(n, depth + 1));
        match term.kind {
            SyntaxKind::MetaVar => self.declared(term).is_some_and(|s| s.types.iter().all(is_integer_type)),
            SyntaxKind::Constant => term.toks().next().is_some_and(|t| {
                t.kind == TokenKind::Char || !t.text.contains(&b'.') && t.text.first().is_some_and(u8::is_ascii_digit)
            }),
            SyntaxKind::Paren => operand(0),
            SyntaxKind::Binary => {
                let op = term.toks().next().map(|t| t.kind);
                let bits = matches!(
                    op,
                    Some(TokenKind::Amp | TokenKind::Pipe | TokenKind::Caret | TokenKind::Shl | TokenKind::Shr)
                );
                let sum = matches!(
                    op,
                    Some(TokenKind::Plus | TokenKind::Minus | TokenKind::Star | TokenKind::Slash | TokenKind::Percent)
                );
                // What is not known to be something else counts as an integer here.
                let other =
                    |i: usize| term.node(i).is_none_or(|n| self.declared(n).is_some() || self.is_pointer(n, depth + 1));
                bits || sum && (0..2).all(|i| operand(i) || !other(i))
            }
            SyntaxKind::Assign => operand(0),
            SyntaxKind::Unary => {
                term.toks().next().is_some_and(|t| matches!(t.kind, TokenKind::Minus | TokenKind::Tilde)) && operand(0)
            }
            SyntaxKind::Disj => {
                term.nodes().all(|branch| branch.node(0).is_some_and(|n| self.is_integer(n, depth + 1)))
            }
            SyntaxKind::As => operand(0),
            SyntaxKind::Cast => term.node(0).is_some_and(|t| is_integer_term(t)),
            SyntaxKind::SizeofExpr | SyntaxKind::SizeofType => true,
            _ => false,
        }
    }

    pub fn is_pointer(&self, term: &Term, depth: u32) -> bool {
        if depth > DEPTH {
            return false;
        }
        let operand = |i: usize| term.node(i).is_some_and(|n| self.is_pointer(n, depth + 1));
        match term.kind {
            SyntaxKind::MetaVar => self.declared(term).is_some_and(|s| s.types.iter().all(is_pointer_type)),
            SyntaxKind::StringLit | SyntaxKind::StringRun => true,
            SyntaxKind::Paren | SyntaxKind::As | SyntaxKind::Assign => operand(0),
            SyntaxKind::Unary => term.toks().next().is_some_and(|t| t.kind == TokenKind::Amp),
            SyntaxKind::Disj => {
                term.nodes().all(|branch| branch.node(0).is_some_and(|n| self.is_pointer(n, depth + 1)))
            }
            SyntaxKind::Cast => {
                let declarator = term.node(0).and_then(|t| t.node(1)).map(|d| d.kind);
                matches!(declarator, Some(SyntaxKind::PointerDecl | SyntaxKind::ArrayDecl))
            }
            _ => false,
        }
    }
}

fn is_integer_keyword(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwInt
            | TokenKind::KwChar
            | TokenKind::KwShort
            | TokenKind::KwLong
            | TokenKind::KwSigned
            | TokenKind::KwUnsigned
            | TokenKind::KwBool
    )
}

fn is_integer_term(type_name: &Term) -> bool {
    let [specs, declarator] = &type_name.nodes().collect::<Vec<_>>()[..] else {
        return false;
    };
    declarator.kind == SyntaxKind::Absent
        && specs.nodes().next().is_none()
        && specs.toks().any(|t| is_integer_keyword(t.kind))
        && !specs.toks().any(|t| matches!(t.kind, TokenKind::KwDouble | TokenKind::KwFloat))
}

fn is_integer_type(t: &TypePattern) -> bool {
    let TypePattern::Term(tree, _) = t else {
        return false;
    };
    let Some([specs, declarator]) = type_parts(tree) else {
        return false;
    };
    tree.kind(declarator) == SyntaxKind::Absent
        && tree.child_nodes(specs).next().is_none()
        && tree.child_tokens(specs).any(|t| is_integer_keyword(tree.token(t).kind))
        && !tree.child_tokens(specs).any(|t| matches!(tree.token(t).kind, TokenKind::KwDouble | TokenKind::KwFloat))
}

fn is_pointer_type(t: &TypePattern) -> bool {
    match t {
        TypePattern::AnyPointer(_) => true,
        TypePattern::AnyTagged(_, stars) => *stars > 0,
        TypePattern::Term(tree, _) => type_parts(tree)
            .is_some_and(|[_, d]| matches!(tree.kind(d), SyntaxKind::PointerDecl | SyntaxKind::ArrayDecl)),
    }
}

/// The specifiers and the declarator of a type that is a tree, whatever its root.
pub(super) fn type_parts(tree: &Tree) -> Option<[c_syntax::NodeId; 2]> {
    let name = tree.preorder(tree.root()).find(|n| tree.kind(*n) == SyntaxKind::TypeName)?;
    Some([tree.child_node(name, 0)?, tree.child_node(name, 1)?])
}

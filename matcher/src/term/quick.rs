//! A check that costs nothing: whether a term can match at all, by kinds and names, before anything is bound.

use c_syntax::{Child, NodeId, SyntaxKind, TokenKind};
use smpl_parser::MvKind;

use super::TermMatcher;
use crate::kinds::KindSet;

/// How far down the check looks.
pub(super) const DEPTH: u32 = 12;

impl TermMatcher<'_> {
    /// False only if `p` cannot match `c`.
    pub(crate) fn quick(&self, p: NodeId, c: NodeId) -> bool {
        self.quick_node(p, c, self.quick_depth)
    }

    fn quick_node(&self, p: NodeId, c: NodeId, depth: u32) -> bool {
        use SyntaxKind as S;
        if depth == 0 {
            return true;
        }
        let (pk, ck) = (self.p.kind(p), self.c.kind(c));
        match pk {
            S::MetaVar => self.quick_var(p, c),
            S::Disj | S::Conj => {
                let mut branches = self.p.child_nodes(p).filter(|n| self.p.kind(*n) == S::DisjBranch);
                let fits = |b: NodeId| self.p.child_node(b, 0).is_some_and(|t| self.quick_node(t, c, depth - 1));
                if pk == S::Disj { branches.any(fits) } else { branches.all(fits) }
            }
            S::As | S::Opt | S::DisjBranch => self.p.child_node(p, 0).is_some_and(|t| self.quick_node(t, c, depth - 1)),
            S::Dots | S::Nest => true,
            S::Binary if self.p.child_nodes(p).any(|n| self.p.kind(n) == S::Dots) => ck.is_expr(),
            S::Assign if ck == S::InitDeclarator => true,
            S::Ident | S::Name if matches!(ck, S::Ident | S::Name) => self.quick_children(p, c, depth),
            _ if pk != ck => matches!(pk, S::TypeArg | S::TypeName | S::Include | S::Pragma),
            S::Constant | S::StringLit | S::VarArgs => true,
            S::Ident
            | S::Name
            | S::Field
            | S::PtrField
            | S::Call
            | S::Index
            | S::Unary
            | S::Assign
            | S::Binary
            | S::Postfix
            | S::Prefix
            | S::Paren
            | S::ExprStmt
            | S::Return => self.quick_children(p, c, depth),
            _ => true,
        }
    }

    /// The kinds of code that `p` may match; too many where nothing is known.
    pub(crate) fn roots(&self, p: NodeId) -> KindSet {
        use SyntaxKind as S;
        match self.p.kind(p) {
            S::MetaVar => {
                match self.var_of_node(p).and_then(|(v, _)| self.rule.metavars.get(v.0 as usize)).map(|m| &m.kind) {
                    Some(MvKind::Identifier | MvKind::Function | MvKind::LocalFunction | MvKind::Fresh(_)) => {
                        KindSet::of(&[S::Ident, S::Name])
                    }
                    Some(MvKind::IdExpression(..)) => KindSet::of(&[S::Ident]),
                    _ => KindSet::ALL,
                }
            }
            S::Disj => {
                let branches = self.p.child_nodes(p).filter(|n| self.p.kind(*n) == S::DisjBranch);
                branches.fold(KindSet::default(), |all, b| all.or(self.roots(b)))
            }
            S::As | S::Opt | S::DisjBranch => self.p.child_node(p, 0).map_or(KindSet::ALL, |t| self.roots(t)),
            S::Binary if self.p.child_nodes(p).any(|n| self.p.kind(n) == S::Dots) => KindSet::ALL,
            S::Dots | S::Nest | S::Conj | S::TypeArg | S::TypeName | S::Include | S::Pragma => KindSet::ALL,
            S::Assign => KindSet::of(&[S::Assign, S::InitDeclarator]),
            S::Ident | S::Name => KindSet::of(&[S::Ident, S::Name]),
            kind => KindSet::of(&[kind]),
        }
    }

    fn quick_children(&self, p: NodeId, c: NodeId, depth: u32) -> bool {
        let is_real =
            |t: &c_syntax::Tree, x: &Child| !matches!(*x, Child::Node(n) if t.kind(n) == SyntaxKind::Attribute);
        let mut cs = self.c.children(c).iter().filter(|x| is_real(self.c, x));
        for pc in self.p.children(p).iter().filter(|x| is_real(self.p, x)) {
            let Some(cc) = cs.next() else { return false };
            let fits = match (*pc, *cc) {
                (Child::Token(p), Child::Token(c)) => {
                    self.var_of(p).is_some() || self.p.token(p).sym == self.c.token(c).sym
                }
                (Child::Node(p), Child::Node(c)) => self.quick_node(p, c, depth - 1),
                _ => true,
            };
            if !fits {
                return false;
            }
        }
        cs.next().is_none()
    }

    fn quick_var(&self, p: NodeId, c: NodeId) -> bool {
        let Some((var, _)) = self.var_of_node(p) else { return false };
        let Some(meta) = self.rule.metavars.get(var.0 as usize) else { return false };
        let ck = self.c.kind(c);
        let fits = match &meta.kind {
            MvKind::Identifier | MvKind::Function | MvKind::LocalFunction | MvKind::Fresh(_) => {
                matches!(ck, SyntaxKind::Ident | SyntaxKind::Name)
                    && self.c.first_token(c).is_some_and(|t| self.may_be_token(var, t))
            }
            MvKind::IdExpression(..) => ck == SyntaxKind::Ident,
            _ => true,
        };
        fits && (meta.inherited.is_none() || self.inherited.get(var).is_some())
    }

    /// Whether a bare expression pattern may match declarators: it is an assignment, or has one among its branches.
    pub(crate) fn may_match_declarators(&self, p: NodeId) -> bool {
        match self.p.kind(p) {
            // With another operator in it the operator is a metavariable or a choice.
            SyntaxKind::Assign => {
                self.p.child_token(p, TokenKind::Eq).is_some()
                    || !self.p.child_tokens(p).any(|t| self.p.token(t).kind.is_punct())
            }
            SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::As | SyntaxKind::DisjBranch => {
                self.p.child_nodes(p).any(|n| {
                    matches!(
                        self.p.kind(n),
                        SyntaxKind::DisjBranch | SyntaxKind::Assign | SyntaxKind::Disj | SyntaxKind::As
                    ) && self.may_match_declarators(n)
                })
            }
            _ => false,
        }
    }
}

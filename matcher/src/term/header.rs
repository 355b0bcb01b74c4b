//! Function headers and declarations made by macros.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind};
use smallvec::SmallVec;

use super::decl::{CodeType, SpecUse};
use super::hash::{SpecClass, spec_class};
use super::parts::{declarator_parts, specs_and_declarator};
use super::{K, TermMatcher};

impl<'a> TermMatcher<'a> {
    /// A whole function inside another: header and body.
    pub(crate) fn function(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let block = |t: &c_syntax::Tree, n: NodeId| t.child_nodes(n).find(|b| t.kind(*b) == SyntaxKind::Block);
        let (Some(pb), Some(cb)) = (block(self.p, p), block(self.c, c)) else { return };
        self.function_header(p, c, &mut |m| m.node(pb, cb, k));
    }

    /// The header of a function: all but the body.
    pub(crate) fn function_header(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        match (self.p.kind(p), self.c.kind(c)) {
            (SyntaxKind::FunctionDef, SyntaxKind::FunctionDef) => self.plain_header(p, c, k),
            (SyntaxKind::MacroFunction, SyntaxKind::MacroFunction) => {
                let keep = |t: &c_syntax::Tree, n: NodeId| -> SmallVec<[Child; 8]> {
                    t.children(n)
                        .iter()
                        .copied()
                        .filter(|x| {
                            !matches!(*x, Child::Node(b)
                                if matches!(t.kind(b), SyntaxKind::Block | SyntaxKind::DeclSpecs))
                        })
                        .collect()
                };
                let (ps, cs) = (keep(self.p, p), keep(self.c, c));
                let (Some(p_specs), Some(c_specs)) = (self.p.child_node(p, 0), self.c.child_node(c, 0)) else {
                    return;
                };
                self.remove_unmentioned(p, c);
                let code = CodeType { specs: c_specs, ops: &[] };
                self.ty(p_specs, &[], code, SpecUse::Header, &mut |m| m.seq(&ps, &cs, k));
            }
            _ => {}
        }
    }

    fn plain_header(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (Some((ps, pd)), Some((cs, cd))) = (specs_and_declarator(self.p, p), specs_and_declarator(self.c, c))
        else {
            return;
        };
        let old_style = |t: &c_syntax::Tree, n: NodeId| t.child_nodes(n).find(|x| t.kind(*x) == SyntaxKind::KrDecls);
        let (p_old, c_old) = (old_style(self.p, p), old_style(self.c, c));
        if c_old.is_some() && p_old.is_none() && !self.has_dots_only(pd) {
            return;
        }
        if !self.match_attributes(p, c) {
            return;
        }
        self.remove_unmentioned(p, c);
        self.typed_name(ps, pd, cs, cd, SpecUse::Header, &mut |m| match (p_old, c_old) {
            (Some(p), Some(c)) => m.children(p, c, k),
            (Some(_), None) => {}
            (None, _) => k(m),
        });
    }

    /// Whether the parameters of a pattern header are `...` alone.
    fn has_dots_only(&self, declarator: NodeId) -> bool {
        let parts = declarator_parts(self.p, declarator);
        parts.ops.first().and_then(|f| self.p.child_node(*f, 1)).is_some_and(|list| {
            let mut nodes = self.p.child_nodes(list);
            nodes.next().is_some_and(|n| self.p.kind(n) == SyntaxKind::Dots) && nodes.next().is_none()
        })
    }

    /// A header that the pattern removes takes the storage classes, type and attributes with it that the pattern leaves out. A star marks
    /// them with the whole function only.
    fn remove_unmentioned(&mut self, p: NodeId, c: NodeId) {
        if self.rule.star && !self.is_all_minus(p) {
            return;
        }
        let (pt, ct) = (self.p, self.c);
        let head = |t: &c_syntax::Tree, n: NodeId| -> (u32, u32) {
            let range = t.token_range(n);
            let block = t.child_nodes(n).find(|b| t.kind(*b) == SyntaxKind::Block);
            (range.start, block.map_or(range.end, |b| t.token_range(b).start))
        };
        let (lo, hi) = head(pt, p);
        let all: Vec<TokenId> = pt.held_tokens(p).into_iter().filter(|t| (lo..hi).contains(&t.0)).collect();
        // A replacement of the header may stand at the brace that is replaced with it.
        let block = pt.child_nodes(p).find(|b| pt.kind(*b) == SyntaxKind::Block);
        let open = block.and_then(|b| pt.child_token(b, TokenKind::LBrace));
        let replaced = !all.iter().chain(&open).all(|t| self.adds_nothing(*t));
        let Some(first) = all.first().filter(|_| all.iter().all(|t| self.is_minus(*t))) else { return };
        if !replaced {
            let (lo, hi) = head(ct, c);
            self.remove_like(*first, lo..hi);
        } else if self.is_all_minus(p) && pt.child_node(p, 0).is_some_and(|s| pt.children(s).is_empty()) {
            // Storage classes stay, as where only the header is replaced.
            let specs = ct.child_node(c, 0).map_or(&[][..], |s| ct.children(s));
            for child in specs {
                match *child {
                    Child::Node(n) => self.remove_like(*first, ct.token_range(n)),
                    Child::Token(t) if spec_class(ct.token(t).kind) == SpecClass::Base => {
                        self.remove_like(*first, t.0..t.0 + 1);
                    }
                    Child::Token(_) => {}
                }
            }
        }
    }

    /// A declaration made by a macro: storage and semicolon are optional.
    pub(crate) fn macro_decl(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (pt, ct) = (self.p, self.c);
        let (Some(ps), Some(cs)) = (pt.child_node(p, 0), ct.child_node(c, 0)) else { return };
        let rest = |t: &c_syntax::Tree, n: NodeId, specs: NodeId| -> SmallVec<[Child; 8]> {
            t.children(n)
                .iter()
                .copied()
                .filter(|x| match *x {
                    Child::Node(n) => n != specs && t.kind(n) != SyntaxKind::Attribute,
                    Child::Token(s) => t.token(s).kind != TokenKind::Semi,
                })
                .collect()
        };
        let (p_rest, c_rest) = (rest(pt, p, ps), rest(ct, c, cs));
        let semis = (pt.child_token(p, TokenKind::Semi), ct.child_token(c, TokenKind::Semi));
        if !self.match_attributes(p, c) {
            return;
        }
        self.whole_removal(p, c, ps, false);
        let code = CodeType { specs: cs, ops: &[] };
        self.ty(ps, &[], code, SpecUse::Header, &mut |m| {
            m.seq(&p_rest, &c_rest, &mut |m| {
                let fine = match semis {
                    (Some(p), Some(c)) => m.record(p, c),
                    (Some(p), None) => m.isos.declarer_semicolon && m.adds_nothing(p),
                    (None, Some(_)) => m.isos.declarer_semicolon,
                    (None, None) => true,
                };
                if fine {
                    k(m);
                }
            });
        });
    }
}

//! Declarations: types from the name outwards, optional storage and qualifiers, one declarator among several
//! (`semantics.md` 4.5, 4.6).

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind};
use smallvec::SmallVec;
use smpl_parser::RunId;

use super::hash::{SpecClass, spec_class};
use super::parts::{DeclaratorParts, declarator_parts, own_children, specs_and_declarator};
use super::{K, TermMatcher};
use crate::outcome::{Action, Place};

/// What the specifiers of a pattern may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpecUse {
    /// A declaration with storage classes.
    Declaration,
    /// A function header: a pattern without type matches any.
    Header,
    /// A type alone: storage classes of the code are not part of it.
    Type,
}

/// One side of the comparison of two types.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeType<'g> {
    pub(crate) specs: NodeId,
    pub(crate) ops: &'g [NodeId],
}

impl<'a> TermMatcher<'a> {
    /// A declaration against a declaration.
    pub(crate) fn declaration(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (Some(ps), Some(cs)) = (self.p.child_node(p, 0), self.c.child_node(c, 0)) else { return };
        let pds: SmallVec<[NodeId; 2]> = self.p.child_nodes(p).skip(1).collect();
        let cds: SmallVec<[NodeId; 4]> = self.c.child_nodes(c).skip(1).collect();
        self.declarators(p, c, ps, cs, &pds, &cds, k);
    }

    /// A member against a member.
    pub(crate) fn field_decl(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        self.declaration(p, c, k);
    }

    #[allow(clippy::too_many_arguments)]
    fn declarators(
        &mut self,
        p: NodeId,
        c: NodeId,
        ps: NodeId,
        cs: NodeId,
        pds: &[NodeId],
        cds: &[NodeId],
        k: K<'_, 'a>,
    ) {
        match (pds, cds) {
            ([], []) => self.base_only(p, c, ps, cs, k),
            ([], _) if self.is_tag_of_typedef(ps, cs) => self.base_only(p, c, ps, cs, k),
            ([pd], [cd]) => {
                if self.match_attributes(p, c) {
                    self.whole_removal(p, c, ps, false);
                    self.declared(ps, *pd, cs, *cd, &mut |m| m.semicolon(p, c, k));
                }
            }
            ([pd], [_, ..]) => self.one_of_several(p, c, ps, *pd, cs, cds, k),
            ([_, ..], _) if pds.len() == cds.len() => {
                if self.match_attributes(p, c) {
                    self.all_declared(ps, pds, cs, cds, &mut |m| m.commas_and_semicolon(p, c, k));
                }
            }
            _ => {}
        }
    }

    /// `struct s {...};` also matches the structure in `typedef struct s {...} t;`.
    fn is_tag_of_typedef(&self, ps: NodeId, cs: NodeId) -> bool {
        let has_body = |n: NodeId| {
            matches!(self.p.kind(n), SyntaxKind::StructType | SyntaxKind::EnumType)
                && self.p.child_nodes(n).nth(1).is_some()
        };
        self.p.child_nodes(ps).any(has_body) && self.c.child_token(cs, TokenKind::KwTypedef).is_some()
    }

    fn base_only(&mut self, p: NodeId, c: NodeId, ps: NodeId, cs: NodeId, k: K<'_, 'a>) {
        if !self.match_attributes(p, c) {
            return;
        }
        self.whole_removal(p, c, ps, false);
        let typedef_fine = self.c.child_nodes(c).nth(1).is_some();
        let code = CodeType { specs: cs, ops: &[] };
        let how = if typedef_fine { SpecUse::Type } else { SpecUse::Declaration };
        self.ty(ps, &[], code, how, &mut |m| m.semicolon(p, c, k));
    }

    /// One of several declarators: only if nothing shared is changed, or if the pattern is removed as a whole (`semantics.md` 4.5).
    #[allow(clippy::too_many_arguments)]
    fn one_of_several(
        &mut self,
        p: NodeId,
        c: NodeId,
        ps: NodeId,
        pd: NodeId,
        cs: NodeId,
        cds: &[NodeId],
        k: K<'_, 'a>,
    ) {
        let Some(semi) = self.p.last_token(p) else { return };
        let shared_kept = self.p.held_tokens(ps).iter().chain([&semi]).all(|t| self.is_untouched(*t))
            && !self.pat.slots.contains_key(&p);
        let around = self.runs_around(p);
        if !shared_kept {
            let storage = self.c.child_tokens(cs).any(|t| spec_class(self.c.token(t).kind) == SpecClass::Storage);
            let behind = around.iter().filter(|(_, before)| !before);
            let many = |r: &RunId| self.pat.runs.get(r.0 as usize).is_some_and(|r| r.many);
            let allowed = behind.clone().all(|(r, _)| many(r)) && (!storage || behind.count() == 0);
            if !self.is_all_minus(p) || self.pat.slots.contains_key(&p) || !allowed {
                return;
            }
        }
        let semi_c = self.c.last_token(c).map_or(u32::MAX, |t| t.0);
        let shared = self.c.token_range(cs);
        if !self.match_attributes(p, c) {
            return;
        }
        for cd in cds {
            let mark = self.mark();
            if !shared_kept {
                self.state.muted = Some((shared.start, shared.end, semi_c));
                for (run, before) in &around {
                    let action = if *before { Action::Before(*run) } else { Action::After(*run) };
                    self.state.touches.push((Place::Node(*cd), action));
                }
            }
            self.declared(ps, pd, cs, *cd, &mut |m| m.semicolon(p, c, k));
            self.reset(mark);
        }
    }

    /// The runs that replace a removed declaration, and whether each is written before it. Where only one of several variables goes,
    /// they stand around what is left of the declaration, which the rewriter works out from its variables.
    fn runs_around(&self, p: NodeId) -> SmallVec<[(RunId, bool); 2]> {
        let Some(first) = self.p.first_token(p) else { return SmallVec::new() };
        let start = self.pat.token(first).span.start;
        let before = |r: &RunId| self.pat.runs.get(r.0 as usize).is_some_and(|run| run.span.start < start);
        self.replacements(p).into_iter().map(|r| (r, before(&r))).collect()
    }

    fn all_declared(&mut self, ps: NodeId, pds: &[NodeId], cs: NodeId, cds: &[NodeId], k: K<'_, 'a>) {
        match (pds.split_first(), cds.split_first()) {
            (Some((pd, pr)), Some((cd, cr))) => {
                self.declared(ps, *pd, cs, *cd, &mut |m| m.all_declared(ps, pr, cs, cr, k));
            }
            _ => k(self),
        }
    }

    /// One declarator with its type, name and initialiser.
    fn declared(&mut self, ps: NodeId, pd: NodeId, cs: NodeId, cd: NodeId, k: K<'_, 'a>) {
        if !self.enter() {
            return;
        }
        let pd_kind = self.p.kind(pd);
        if matches!(pd_kind, SyntaxKind::Disj) {
            self.disjunction(pd, &mut |m, branch| m.declared(ps, branch, cs, cd, k));
            self.leave();
            return;
        }
        let unwrap = |tree: &c_syntax::Tree, d: NodeId| match tree.kind(d) {
            SyntaxKind::InitDeclarator => tree.child_node(d, 0),
            _ => Some(d),
        };
        if let (Some(p_decl), Some(c_decl)) = (unwrap(self.p, pd), unwrap(self.c, cd)) {
            let (p_init, c_init) = (after_declarator(self.p, pd), after_declarator(self.c, cd));
            let plain = |t: &c_syntax::Tree, cs: &[Child]| {
                cs.iter().all(|c| matches!(*c, Child::Node(n) if t.kind(n) == SyntaxKind::Attribute))
            };
            // `T x;` does not match an initialised variable.
            if plain(self.p, p_init) == plain(self.c, c_init) {
                self.typed_name(ps, p_decl, cs, c_decl, SpecUse::Declaration, &mut |m| m.seq(p_init, c_init, k));
            }
        }
        self.leave();
    }

    /// Specifiers and declarator on both sides: the type from the name outwards, then the name.
    pub(crate) fn typed_name(
        &mut self,
        ps: NodeId,
        p_decl: NodeId,
        cs: NodeId,
        c_decl: NodeId,
        how: SpecUse,
        k: K<'_, 'a>,
    ) {
        let p_parts = declarator_parts(self.p, p_decl);
        let c_parts = declarator_parts(self.c, c_decl);
        let (Some(p_name), Some(c_name)) = (p_parts.name, c_parts.name) else { return };
        if !self.name_may_match(p_name, c_name) {
            return;
        }
        let code = CodeType { specs: cs, ops: &c_parts.ops };
        self.ty(ps, &p_parts.ops, code, how, &mut |m| {
            m.node(p_name, c_name, &mut |m| m.bits(&p_parts, &c_parts, k));
        });
    }

    /// A cheap check before types are compared.
    fn name_may_match(&self, p: NodeId, c: NodeId) -> bool {
        match (self.p.kind(p), self.c.kind(c)) {
            (SyntaxKind::Absent, kind) | (kind, SyntaxKind::Absent) if kind != SyntaxKind::Absent => false,
            (SyntaxKind::Name, SyntaxKind::Name) => match (self.p.first_token(p), self.c.first_token(c)) {
                (Some(pt), Some(ct)) => self.var_of(pt).is_some() || self.p.token(pt).sym == self.c.token(ct).sym,
                _ => false,
            },
            _ => true,
        }
    }

    /// Bit-fields match only bit-fields.
    fn bits(&mut self, p: &DeclaratorParts, c: &DeclaratorParts, k: K<'_, 'a>) {
        match (p.bits, c.bits) {
            (None, None) => k(self),
            (Some(p), Some(c)) => {
                let (ps, cs) = (own_children(self.p, p), own_children(self.c, c));
                self.seq(&ps, &cs, k);
            }
            _ => {}
        }
    }

    /// A TypeName or Param.
    pub(crate) fn type_name(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (Some((ps, pd)), Some((cs, cd))) = (specs_and_declarator(self.p, p), specs_and_declarator(self.c, c))
        else {
            // A parameter that is one metavariable.
            if let (Some(only), None) = (self.p.child_node(p, 0), self.p.child_node(p, 1)) {
                self.node(only, c, k);
            }
            return;
        };
        if self.match_attributes(p, c) {
            self.whole_removal(p, c, ps, false);
            // A type that goes as a whole takes its attributes with it.
            if self.p.kind(p) == SyntaxKind::TypeName
                && self.is_all_minus(p)
                && let Some(first) = self.p.first_token(p)
            {
                for a in Self::attributes(self.c, c) {
                    self.remove_like(first, self.c.token_range(a));
                }
            }
            let how = if self.p.kind(p) == SyntaxKind::Param { SpecUse::Declaration } else { SpecUse::Type };
            self.typed_name(ps, pd, cs, cd, how, k);
        }
    }

    /// The type of the pattern (specifiers, and declarator nodes from the name outwards) against that of the code.
    pub(crate) fn ty(&mut self, ps: NodeId, p_ops: &[NodeId], code: CodeType<'_>, how: SpecUse, k: K<'_, 'a>) {
        if !self.enter() {
            return;
        }
        self.declarator_ops(ps, p_ops, code, how, k);
        self.leave();
    }

    fn declarator_ops(&mut self, ps: NodeId, p_ops: &[NodeId], code: CodeType<'_>, how: SpecUse, k: K<'_, 'a>) {
        use SyntaxKind as S;
        let Some((p, p_rest)) = p_ops.split_first() else {
            let items: SmallVec<[Child; 8]> = self.p.children(ps).iter().copied().collect();
            return self.specifiers(&items, code, how, k);
        };
        let Some((c, c_rest)) = code.ops.split_first() else {
            if self.p.kind(*p) == S::ParenDecl && self.p.child_tokens(*p).all(|t| self.is_untouched(t)) {
                self.ty(ps, p_rest, code, how, k);
            }
            return;
        };
        let rest = CodeType { specs: code.specs, ops: c_rest };
        match (self.p.kind(*p), self.c.kind(*c)) {
            (S::ParenDecl, S::ParenDecl) => {
                let (pc, cc) = (own_children(self.p, *p), own_children(self.c, *c));
                self.seq(&pc, &cc, &mut |m| m.ty(ps, p_rest, rest, how, k));
            }
            (_, S::ParenDecl) => self.ty(ps, p_ops, rest, how, k),
            (S::ParenDecl, _) => {
                if self.p.child_tokens(*p).all(|t| self.is_untouched(t)) {
                    self.ty(ps, p_rest, code, how, k);
                }
            }
            (S::PointerDecl, S::PointerDecl) => {
                if self.pointer(*p, *c) {
                    self.ty(ps, p_rest, rest, how, k);
                }
            }
            (a, b) if a == b => {
                let (pc, cc) = (own_children(self.p, *p), own_children(self.c, *c));
                self.seq(&pc, &cc, &mut |m| m.ty(ps, p_rest, rest, how, k));
            }
            _ => {}
        }
    }

    /// `*` with qualifiers: those of the pattern are required, others are allowed.
    fn pointer(&mut self, p: NodeId, c: NodeId) -> bool {
        let (pt, ct) = (self.p, self.c);
        let mut used: SmallVec<[TokenId; 4]> = SmallVec::new();
        for p in pt.child_tokens(p) {
            let sym = pt.token(p).sym;
            let Some(c) = ct.child_tokens(c).find(|c| ct.token(*c).sym == sym && !used.contains(c)) else {
                return false;
            };
            used.push(c);
            if !self.record(p, c) {
                return false;
            }
        }
        self.isos.qualifier || ct.child_tokens(c).count() == used.len()
    }

    /// What is removed with a declaration or header that the pattern removes as a whole without replacing it: also the storage
    /// classes, qualifiers and attributes that the pattern does not mention.
    pub(crate) fn whole_removal(&mut self, p: NodeId, c: NodeId, p_specs: NodeId, header: bool) {
        if !self.is_all_minus(if header { p_specs } else { p }) && !header {
            return;
        }
        if !header && !self.replacements(p).is_empty() {
            return;
        }
        if let Some(first) = self.p.first_token(p) {
            let range = self.c.token_range(c);
            self.remove_like(first, range);
        }
    }

    /// The `;` of a declaration.
    fn semicolon(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (p_semi, c_semi) = (self.p.child_token(p, TokenKind::Semi), self.c.child_token(c, TokenKind::Semi));
        let mark = self.mark();
        let fine = match (p_semi, c_semi) {
            (Some(p), Some(c)) => self.record(p, c),
            (Some(p), None) => self.adds_nothing(p),
            (None, _) => true,
        };
        if fine {
            let muted = self.state.muted.take();
            k(self);
            self.state.muted = muted;
        }
        self.reset(mark);
    }

    fn commas_and_semicolon(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let commas = |t: &c_syntax::Tree, n: NodeId| -> Vec<TokenId> {
            t.child_tokens(n).filter(|x| t.token(*x).kind == TokenKind::Comma).collect()
        };
        let pairs: Vec<(TokenId, TokenId)> = commas(self.p, p).into_iter().zip(commas(self.c, c)).collect();
        if pairs.iter().all(|(p, c)| self.record(*p, *c)) {
            self.semicolon(p, c, k);
        }
    }
}

/// What follows the declarator in an InitDeclarator; nothing for a plain declarator.
fn after_declarator(tree: &c_syntax::Tree, d: NodeId) -> &[Child] {
    if tree.kind(d) != SyntaxKind::InitDeclarator {
        return &[];
    }
    let inner = tree.child_node(d, 0);
    let children = tree.children(d);
    let at = children.iter().position(|c| matches!(*c, Child::Node(n) if Some(n) == inner));
    at.map_or(&[], |i| &children[i + 1..])
}

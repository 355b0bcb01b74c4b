//! Inferred types against typed metavariables, and equality of bound types (`semantics.md` 4.6, 4.7).

use c_syntax::types::{Base, Quals, RecordKind, SpecWords, Type, TypeKind, declared_type};
use c_syntax::{Child, NodeId, Sym, SyntaxKind, TokenId, TokenKind, Tree};
use smpl_parser::{ListLen, MvId, MvKind, TypePattern, TypeSet};

use super::hash::Hasher;
use super::parts::{declarator_parts, specs_and_declarator};
use super::{K, TermMatcher};
use crate::compile::ValueId;
use crate::value::{TypeTerm, Value};

/// A pattern type: its tree, and the metavariable that each of its tokens is.
#[derive(Clone, Copy)]
struct Pat<'p> {
    tree: &'p Tree,
    vars: &'p [Option<MvId>],
}

impl Pat<'_> {
    fn var(&self, node: NodeId) -> Option<MvId> {
        let token = self.tree.first_token(node)?;
        self.vars.get(token.0 as usize).copied().flatten()
    }
}

impl<'a> TermMatcher<'a> {
    /// Whether an expression has one of the types; metavariables in a type are bound.
    pub(crate) fn typed(&mut self, set: &TypeSet, c: NodeId, k: K<'_, 'a>) {
        let ty = self.ctx.types.and_then(|t| t.type_of(c)).cloned();
        if self.observed() {
            return self.typed_observed(set, ty.as_ref(), k);
        }
        if let Some(ty) = ty {
            self.typed_as(set, &ty, k);
        }
    }

    /// Whether a type is one of the types.
    pub(crate) fn typed_as(&mut self, set: &TypeSet, ty: &Type, k: K<'_, 'a>) {
        let ty = ty.clone();
        let (ty, width) = match &ty.kind {
            TypeKind::BitField(inner, width) => ((**inner).clone(), Some(*width)),
            _ => (ty, None),
        };
        let mark = self.mark();
        let fits = match (&set.bits, width) {
            (None, _) | (Some(ListLen::Any), Some(_)) => true,
            (Some(ListLen::Exactly(n)), Some(width)) => width == Some(*n),
            (Some(ListLen::Var(v)), Some(Some(width))) => {
                let value = self.length_value(width);
                self.bind(*v, value)
            }
            (Some(_), _) => false,
        };
        if fits {
            self.typed_base(set, &ty, k);
        }
        self.reset(mark);
    }

    fn typed_base(&mut self, set: &TypeSet, ty: &Type, k: K<'_, 'a>) {
        if set.types.is_empty() {
            return k(self);
        }
        for pattern in &set.types {
            let mark = self.mark();
            self.type_pattern(pattern, ty, k);
            self.reset(mark);
        }
    }

    fn type_pattern(&mut self, pattern: &TypePattern, ty: &Type, k: K<'_, 'a>) {
        match pattern {
            TypePattern::AnyPointer(stars) => {
                if self.pointee(ty, *stars).is_some() {
                    k(self);
                }
            }
            TypePattern::AnyTagged(keyword, stars) => {
                let Some(inner) = self.pointee(ty, *stars) else { return };
                let wanted = match keyword {
                    TokenKind::KwUnion => RecordKind::Union,
                    TokenKind::KwEnum => RecordKind::Enum,
                    _ => RecordKind::Struct,
                };
                if matches!(self.unfolded(&inner).kind, TypeKind::Tagged(k, _) | TypeKind::Anonymous(k, _) if k == wanted)
                {
                    k(self);
                }
            }
            TypePattern::Term(tree, vars) => {
                let pat = Pat { tree, vars };
                let Some(root) = type_root(tree) else { return };
                self.type_tree(pat, root, ty, 0, k);
            }
        }
    }

    /// What a type points to after so many stars, typedefs unfolded. Arrays are no pointers.
    fn pointee(&self, ty: &Type, stars: u32) -> Option<Type> {
        let mut at = ty.clone();
        for _ in 0..stars {
            at = match &self.unfolded(&at).kind {
                TypeKind::Pointer(to) => (**to).clone(),
                _ => return None,
            };
        }
        Some(at)
    }

    fn unfolded(&self, ty: &Type) -> Type {
        self.ctx.types.map_or_else(|| ty.clone(), |t| t.unfold(ty))
    }

    /// A TypeName (or a disjunction of them, or a type metavariable) of a pattern against an inferred type.
    fn type_tree(&mut self, pat: Pat<'_>, node: NodeId, ty: &Type, depth: u32, k: K<'_, 'a>) {
        if depth > 20 {
            return;
        }
        match pat.tree.kind(node) {
            SyntaxKind::Disj => {
                for branch in pat.tree.child_nodes(node) {
                    let mark = self.mark();
                    if let Some(inner) = pat.tree.child_node(branch, 0) {
                        self.type_tree(pat, inner, ty, depth + 1, k);
                    }
                    self.reset(mark);
                }
            }
            SyntaxKind::MetaVar => {
                if let Some(var) = pat.var(node) {
                    self.bind_inferred(var, ty, k);
                }
            }
            _ => {
                let Some((specs, declarator)) = specs_and_declarator(pat.tree, node) else { return };
                let ops = declarator_parts(pat.tree, declarator).ops;
                self.type_ops(pat, specs, &ops, ty, depth, k);
            }
        }
    }

    fn type_ops(&mut self, pat: Pat<'_>, specs: NodeId, ops: &[NodeId], ty: &Type, depth: u32, k: K<'_, 'a>) {
        let Some((op, rest)) = ops.split_first() else { return self.type_specs(pat, specs, ty, depth, k) };
        let open = self.unfolded(ty);
        match (pat.tree.kind(*op), &open.kind) {
            (SyntaxKind::ParenDecl, _) => self.type_ops(pat, specs, rest, ty, depth, k),
            (SyntaxKind::PointerDecl, TypeKind::Pointer(to)) | (SyntaxKind::ArrayDecl, TypeKind::Array(to)) => {
                self.type_ops(pat, specs, rest, to, depth, k);
            }
            // The name of a function is a pointer to it.
            (SyntaxKind::PointerDecl, TypeKind::Function(_)) => self.type_ops(pat, specs, rest, &open, depth, k),
            (SyntaxKind::FuncDecl, TypeKind::Function(f)) => {
                self.type_ops(pat, specs, rest, &f.returns, depth, k);
            }
            _ => {}
        }
    }

    fn type_specs(&mut self, pat: Pat<'_>, specs: NodeId, ty: &Type, depth: u32, k: K<'_, 'a>) {
        let mut words = SpecWords::default();
        for child in pat.tree.children(specs) {
            match *child {
                Child::Token(t) => {
                    let kind = pat.tree.token(t).kind;
                    let _ = words.qualifier(kind) || words.keyword(kind);
                }
                Child::Node(_) if !self.unfolded(ty).quals.with(ty.quals).has(words.quals) => return,
                Child::Node(n) => match pat.tree.kind(n) {
                    SyntaxKind::Attribute => {}
                    SyntaxKind::Disj => {
                        for branch in pat.tree.child_nodes(n) {
                            let mark = self.mark();
                            if let Some(inner) = pat.tree.child_node(branch, 0) {
                                self.type_tree(pat, inner, ty, depth + 1, k);
                            }
                            self.reset(mark);
                        }
                        return;
                    }
                    SyntaxKind::MetaVar => {
                        // Qualifiers that the pattern writes are not part of what the variable stands for.
                        let bare = if words.quals == Quals::NONE { ty.clone() } else { ty.clone().unqualified() };
                        return self.type_tree(pat, n, &bare, depth + 1, k);
                    }
                    _ => return self.type_node(pat, n, ty, k),
                },
            }
        }
        let Some(wanted) = words.finish() else { return };
        let open = self.unfolded(ty);
        if open.quals.with(ty.quals).has(wanted.quals)
            && let (TypeKind::Base(a), TypeKind::Base(b)) = (&wanted.kind, &open.kind)
            && same_base(*a, *b)
        {
            k(self);
        }
    }

    /// A typedef name, struct, union or enum of a pattern against a type.
    fn type_node(&mut self, pat: Pat<'_>, n: NodeId, ty: &Type, k: K<'_, 'a>) {
        match pat.tree.kind(n) {
            SyntaxKind::NamedType => {
                let Some(token) = pat.tree.first_token(n) else { return };
                match (pat.var(n), &ty.kind) {
                    (Some(var), TypeKind::Named(name)) => self.bind_type_name_text(var, &name.text.clone(), k),
                    (None, _) => {
                        if self.is_named_type(ty, pat.tree.token(token).sym) {
                            k(self);
                        }
                    }
                    _ => {}
                }
            }
            kind @ (SyntaxKind::StructType | SyntaxKind::EnumType) => {
                let keyword = pat.tree.child_tokens(n).next().map(|t| pat.tree.token(t).kind);
                let wanted = match (kind, keyword) {
                    (SyntaxKind::EnumType, _) => RecordKind::Enum,
                    (_, Some(TokenKind::KwUnion)) => RecordKind::Union,
                    _ => RecordKind::Struct,
                };
                let TypeKind::Tagged(found, name) = self.unfolded(ty).kind else { return };
                let Some(tag) = pat.tree.child_node(n, 0) else { return };
                if found != wanted {
                    return;
                }
                match (pat.var(tag), pat.tree.first_token(tag)) {
                    (Some(var), _) => self.bind_type_name_text(var, &name.text, k),
                    (None, Some(t)) if pat.tree.token(t).sym == name.sym => k(self),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Whether a type is a typedef name, perhaps through other typedef names.
    fn is_named_type(&self, ty: &Type, wanted: Sym) -> bool {
        let mut at = ty.clone();
        for _ in 0..16 {
            match &at.kind {
                TypeKind::Named(name) if name.sym == wanted => return true,
                TypeKind::Named(_) => {}
                _ => return false,
            }
            match self.ctx.types.and_then(|t| t.unfold_once(&at)) {
                Some(next) => at = next,
                None => return false,
            }
        }
        false
    }

    fn bind_type_name_text(&mut self, var: MvId, name: &str, k: K<'_, 'a>) {
        let id = self.text_value(name);
        if self.bind(var, id) {
            k(self);
        }
    }

    fn bind_inferred(&mut self, var: MvId, ty: &Type, k: K<'_, 'a>) {
        let text = ty.spell("");
        let mut h = Hasher::new(16);
        h.word(Sym::of(text.as_bytes()).0);
        let id = self.values.intern(h.finish(), || Value::Text(text.trim().into()));
        self.values.inferred.insert(id, ty.clone());
        if self.bind(var, id) {
            k(self);
        }
    }

    /// The number of a part of the specifiers as a type: `words`, which are the keywords `base` or the named type, and qualifiers.
    pub(crate) fn partial_type(
        &mut self,
        words: &str,
        specs: NodeId,
        base: &[TokenId],
        qualifiers: &[TokenId],
    ) -> ValueId {
        let tree = self.c;
        let id = self.text_value(words);
        let mut part = SpecWords::default();
        for t in base {
            part.keyword(tree.token(*t).kind);
        }
        let whole = || declared_type(tree, specs, specs, &mut |_| None).map(Type::unqualified);
        if let Some(ty) = if base.is_empty() { whole() } else { part.finish() } {
            let mut quals = SpecWords::default();
            for t in qualifiers {
                quals.qualifier(tree.token(*t).kind);
            }
            self.values.inferred.insert(id, ty.qualified(quals.quals));
        }
        id
    }

    /// The number of a bound type without the qualifiers of the whole.
    pub(crate) fn unqualified_type(&mut self, id: ValueId) -> ValueId {
        let Some(ty) = self.bound_type(id).map(Type::unqualified) else { return id };
        let bare = self.text_value(ty.spell("").trim());
        self.values.inferred.insert(bare, ty);
        bare
    }

    /// Whether two bound types are equal: as they are written, or by unfolding the typedef name that was inferred.
    pub(crate) fn meet_types(&self, a: ValueId, b: ValueId) -> bool {
        let (Some(x), Some(y)) = (self.bound_type(a), self.bound_type(b)) else { return false };
        let known = |id: ValueId| self.values.inferred.contains_key(&id);
        self.same_type((&x, known(a)), (&y, known(b)))
    }

    /// Whether two types are equal at each level; a typedef name of one that was inferred also equals what it stands for.
    fn same_type(&self, (x, x_known): (&Type, bool), (y, y_known): (&Type, bool)) -> bool {
        if x == y {
            return true;
        }
        match (&x.kind, &y.kind) {
            (TypeKind::Named(_), TypeKind::Named(_)) => false,
            (TypeKind::Named(_), _) if x_known => self.unfolded(x) == *y,
            (_, TypeKind::Named(_)) if y_known => self.unfolded(y) == *x,
            (TypeKind::Pointer(a), TypeKind::Pointer(b)) | (TypeKind::Array(a), TypeKind::Array(b)) => {
                x.quals == y.quals && self.same_type((a, x_known), (b, y_known))
            }
            _ => false,
        }
    }

    /// Whether a bound type is a typedef name for an inherited one.
    pub(crate) fn unfolds_to(&self, id: ValueId, inherited: &Value) -> bool {
        let Some(ty) = self.bound_type(id).filter(|t| matches!(t.kind, TypeKind::Named(_))) else { return false };
        let open = self.unfolded(&ty);
        open != ty && super::text::same_text(&super::text::value_text(inherited), &open.spell(""))
    }

    fn bound_type(&self, id: ValueId) -> Option<Type> {
        match self.values.get(id) {
            Value::Type(t) => written_type(t),
            _ => self.values.inferred.get(&id).cloned(),
        }
    }

    /// Whether the value of a type variable is one of a constraint's types.
    pub(crate) fn type_value_matches(&mut self, pattern: &TypePattern, id: ValueId) -> bool {
        let Some(ty) = self.bound_type(id) else {
            if let Value::Term(t) = self.values.get(id)
                && let Some(ty) = self.ctx.types.and_then(|x| x.type_of(t.node)).cloned()
            {
                let mut found = false;
                self.type_pattern(pattern, &ty, &mut |_| found = true);
                return found;
            }
            return self.type_text_matches(pattern, id);
        };
        let mut found = false;
        let mark = self.mark();
        self.type_pattern(pattern, &ty, &mut |_| found = true);
        self.reset(mark);
        found
    }

    /// A set of names may have been read as types.
    fn type_text_matches(&self, pattern: &TypePattern, id: ValueId) -> bool {
        let TypePattern::Term(tree, _) = pattern else { return false };
        let text = super::text::value_text(self.values.get(id));
        super::text::same_text(&text, &String::from_utf8_lossy(tree.node_text(tree.root())))
    }

    /// Whether a metavariable may hold a type.
    pub(crate) fn is_type_kind(&self, var: MvId) -> bool {
        self.rule.metavars.get(var.0 as usize).is_some_and(|m| matches!(m.kind, MvKind::Type))
    }
}

/// The type of a pattern's tree: the TypeName at or below its root.
fn type_root(tree: &Tree) -> Option<NodeId> {
    let is_type = |n: &NodeId| {
        matches!(tree.kind(*n), SyntaxKind::TypeName | SyntaxKind::Disj | SyntaxKind::MetaVar | SyntaxKind::Param)
    };
    tree.preorder(tree.root()).find(is_type)
}

/// `char` is `char`, `signed char` another; the sign of a pattern must be stated.
fn same_base(a: Base, b: Base) -> bool {
    a == b
}

/// The type that specifiers and declarator write.
pub(crate) fn written_type(t: &TypeTerm) -> Option<Type> {
    let tree = t.specs.tree();
    // Without declarator: a node that is none.
    let mut ty = declared_type(tree, t.specs.node, t.specs.node, &mut |_| None)?;
    for op in t.ops.iter().rev() {
        ty = match tree.kind(*op) {
            SyntaxKind::PointerDecl => {
                let mut words = SpecWords::default();
                for token in tree.child_tokens(*op) {
                    words.qualifier(tree.token(token).kind);
                }
                let pointer = ty.pointer();
                pointer.qualified(words.quals)
            }
            SyntaxKind::ArrayDecl => ty.array(),
            SyntaxKind::ParenDecl => ty,
            _ => return None,
        };
    }
    Some(ty)
}

//! Specifiers of declarations: storage classes and qualifiers in any order, then the type they name (`semantics.md` 4.6).

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use smallvec::SmallVec;
use smpl_parser::{MvId, MvKind};

use super::decl::{CodeType, SpecUse};
use super::hash::{SpecClass, spec_class};
use super::{K, TermMatcher};
use crate::compile::Taken;

/// The specifiers of the code, by what they are.
#[derive(Debug, Default)]
struct CodeSpecs {
    storage: SmallVec<[TokenId; 4]>,
    qualifiers: SmallVec<[TokenId; 4]>,
    /// Qualifiers that are not of the whole type, but of what it points to or holds.
    inner: SmallVec<[TokenId; 4]>,
    base: SmallVec<[TokenId; 4]>,
    node: Option<NodeId>,
    typedef: Option<TokenId>,
}

impl CodeSpecs {
    /// The qualifiers of the whole type, where a declarator adds to the specifiers: those of its last `*` (C17 6.7.6.1), and
    /// none of an array or function.
    fn outermost(&mut self, tree: &Tree, ops: &[NodeId]) {
        let Some(op) = ops.iter().find(|o| tree.kind(**o) != SyntaxKind::ParenDecl) else { return };
        self.inner = std::mem::take(&mut self.qualifiers);
        if tree.kind(*op) == SyntaxKind::PointerDecl {
            let tokens = tree.child_tokens(*op);
            self.qualifiers.extend(tokens.filter(|t| spec_class(tree.token(*t).kind) == SpecClass::Qualifier));
        }
    }
}

impl<'a> TermMatcher<'a> {
    /// The specifiers of the pattern against those of the code; a type metavariable takes also what is left of the declarator.
    pub(crate) fn specifiers(&mut self, items: &[Child], code: CodeType<'_>, how: SpecUse, k: K<'_, 'a>) {
        if let Some(at) = items.iter().position(|c| self.is_choice(*c)) {
            return self.choice_of_specs(items, at, code, how, k);
        }
        let mut found = self.code_specs(code.specs);
        if items.iter().any(|i| self.is_type_variable(*i)) {
            found.outermost(self.c, code.ops);
        }
        let mut used: SmallVec<[TokenId; 8]> = SmallVec::new();
        let mut base: SmallVec<[TokenId; 4]> = SmallVec::new();
        let mut node = None;
        let mut var = None;
        for item in items {
            match *item {
                Child::Token(t) => match spec_class(self.p.token(t).kind) {
                    _ if self.var_of(t).is_some() => var = Some(t),
                    SpecClass::Base => base.push(t),
                    SpecClass::Other => {}
                    class => {
                        if !self.required(t, class, &found, &mut used) {
                            return;
                        }
                    }
                },
                Child::Node(n) => match self.p.kind(n) {
                    SyntaxKind::Attribute | SyntaxKind::Absent => {}
                    SyntaxKind::MetaVar if self.is_attribute_var(n) => {}
                    SyntaxKind::MetaVar => var = self.p.first_token(n),
                    _ => node = Some(n),
                },
            }
        }
        if !self.rest_is_optional(&found, &used, how, code.ops, var.is_some()) {
            return;
        }
        match (var, node) {
            (Some(token), None) => self.type_variable(token, &base, &used, &found, code, k),
            (None, Some(n)) if base.is_empty() => {
                if let Some(c) = found.node
                    && found.base.is_empty()
                    && self.ops_are_used_up(code.ops)
                {
                    self.node(n, c, k);
                }
            }
            (None, None) if base.is_empty() => {
                // A header without type matches any.
                if how == SpecUse::Header || (found.base.is_empty() && found.node.is_none()) {
                    k(self);
                }
            }
            (None, None) => {
                if found.node.is_none() && self.ops_are_used_up(code.ops) && self.base_tokens(&base, &found.base) {
                    k(self);
                }
            }
            _ => {}
        }
    }

    fn is_attribute_var(&self, n: NodeId) -> bool {
        self.var_of_node(n)
            .and_then(|(v, _)| self.rule.metavars.get(v.0 as usize))
            .is_some_and(|m| matches!(m.kind, MvKind::Attribute))
    }

    fn ops_are_used_up(&self, ops: &[NodeId]) -> bool {
        ops.iter().all(|o| self.c.kind(*o) == SyntaxKind::ParenDecl)
    }

    fn is_type_variable(&self, item: Child) -> bool {
        let token = match item {
            Child::Token(t) => Some(t),
            Child::Node(n) if self.p.kind(n) == SyntaxKind::MetaVar => self.p.first_token(n),
            Child::Node(_) => None,
        };
        token.and_then(|t| self.var_of(t)).is_some_and(|v| self.is_type_var(v))
    }

    fn is_choice(&self, c: Child) -> bool {
        matches!(c, Child::Node(n)
            if matches!(self.p.kind(n), SyntaxKind::Disj | SyntaxKind::DeclSpecs | SyntaxKind::TypeName | SyntaxKind::As | SyntaxKind::Conj))
    }

    /// A disjunction among the specifiers: each branch put in its place. A type in a branch may bring stars of its own.
    fn choice_of_specs(&mut self, items: &[Child], at: usize, code: CodeType<'_>, how: SpecUse, k: K<'_, 'a>) {
        let Child::Node(n) = items[at] else { return };
        if !self.enter() {
            return;
        }
        match self.p.kind(n) {
            SyntaxKind::Disj => {
                let branches = self.branches(n);
                for (i, branch) in branches.iter().enumerate() {
                    let mark = self.mark();
                    self.state.choice.push(Taken { index: i as u16, by_iso: false });
                    self.spliced(items, at, *branch, code, how, k);
                    self.reset(mark);
                }
            }
            SyntaxKind::As => {
                let names: SmallVec<[NodeId; 2]> = self.p.child_nodes(n).skip(1).collect();
                if let Some(inner) = self.p.child_node(n, 0) {
                    let mut new: SmallVec<[Child; 8]> = items.iter().copied().collect();
                    new[at] = Child::Node(inner);
                    let id = self.type_value(code.specs, code.ops);
                    let fine = names.iter().all(|v| self.var_of_node(*v).is_some_and(|(v, _)| self.bind(v, id)));
                    if fine {
                        self.specifiers(&new, code, how, k);
                    }
                }
            }
            SyntaxKind::Conj => {
                let branches = self.branches(n);
                self.all_specs(items, at, &branches, code, how, k);
            }
            _ => self.spliced(items, at, n, code, how, k),
        }
        self.leave();
    }

    fn all_specs(
        &mut self,
        items: &[Child],
        at: usize,
        branches: &[NodeId],
        code: CodeType<'_>,
        how: SpecUse,
        k: K<'_, 'a>,
    ) {
        match branches.split_first() {
            None => k(self),
            Some((first, rest)) => {
                self.spliced(items, at, *first, code, how, &mut |m| m.all_specs(items, at, rest, code, how, k));
            }
        }
    }

    /// The children of `inner` in the place of `items[at]`.
    fn spliced(&mut self, items: &[Child], at: usize, inner: NodeId, code: CodeType<'_>, how: SpecUse, k: K<'_, 'a>) {
        let tree = self.p;
        let mut new: SmallVec<[Child; 8]> = items[..at].iter().copied().collect();
        if tree.kind(inner) == SyntaxKind::TypeName {
            let Some((specs, declarator)) = super::parts::specs_and_declarator(tree, inner) else { return };
            let parts = super::parts::declarator_parts(tree, declarator);
            if !parts.ops.is_empty() {
                // Stars in the branch: compared first, then its specifiers.
                return self.ty(specs, &parts.ops, code, how, k);
            }
            new.push(Child::Node(specs));
        } else {
            new.extend(tree.children(inner).iter().copied());
        }
        new.extend(items[at + 1..].iter().copied());
        self.specifiers(&new, code, how, k);
    }

    fn code_specs(&self, specs: NodeId) -> CodeSpecs {
        let mut out = CodeSpecs::default();
        for child in self.c.children(specs) {
            match *child {
                Child::Token(t) => match spec_class(self.c.token(t).kind) {
                    SpecClass::Storage | SpecClass::Function => out.storage.push(t),
                    SpecClass::Typedef => out.typedef = Some(t),
                    SpecClass::Qualifier => out.qualifiers.push(t),
                    SpecClass::Base => out.base.push(t),
                    SpecClass::Other => {}
                },
                Child::Node(n) if self.c.kind(n) != SyntaxKind::Attribute => out.node = Some(n),
                Child::Node(_) => {}
            }
        }
        out
    }

    /// A storage class or qualifier that the pattern names must be in the code.
    fn required(&mut self, p: TokenId, class: SpecClass, found: &CodeSpecs, used: &mut SmallVec<[TokenId; 8]>) -> bool {
        let sym = self.p.token(p).sym;
        let hit = match class {
            SpecClass::Typedef => found.typedef,
            SpecClass::Qualifier => {
                found.qualifiers.iter().copied().find(|c| self.c.token(*c).sym == sym && !used.contains(c))
            }
            _ => found.storage.iter().copied().find(|c| self.c.token(*c).sym == sym && !used.contains(c)),
        };
        match hit {
            Some(c) => {
                used.push(c);
                self.record(p, c)
            }
            None => false,
        }
    }

    /// Whether the code may have what the pattern does not name. Of a pointer or array that a type variable takes whole, the qualifiers
    /// of the pointer itself count.
    fn rest_is_optional(&self, found: &CodeSpecs, used: &[TokenId], how: SpecUse, ops: &[NodeId], var: bool) -> bool {
        let unused = |t: &TokenId| !used.contains(t);
        let outermost = ops.iter().find(|o| self.c.kind(**o) != SyntaxKind::ParenDecl).filter(|_| var);
        let storage = how == SpecUse::Type || self.isos.storage || !found.storage.iter().any(unused);
        let qualified = match outermost {
            Some(op) => self.c.child_tokens(*op).any(|t| spec_class(self.c.token(t).kind) == SpecClass::Qualifier),
            None => found.qualifiers.iter().any(unused),
        };
        let qualifiers = self.isos.qualifier || !qualified;
        let typedef = how == SpecUse::Type || found.typedef.is_none_or(|t| used.contains(&t));
        storage && qualifiers && typedef
    }

    /// Keywords that name a type, in any order: `int` may be missing in the code after a sign (`semantics.md` 4.6).
    fn base_tokens(&mut self, ps: &[TokenId], cs: &[TokenId]) -> bool {
        let mut used: SmallVec<[TokenId; 4]> = SmallVec::new();
        let signed = ps.iter().any(|p| matches!(self.p.token(*p).kind, TokenKind::KwSigned | TokenKind::KwUnsigned));
        for p in ps {
            let token = self.p.token(*p);
            let hit = cs.iter().copied().find(|c| !used.contains(c) && self.c.token(*c).kind == token.kind);
            match hit {
                Some(c) => {
                    used.push(c);
                    if !self.record(*p, c) {
                        return false;
                    }
                }
                None if signed && token.kind == TokenKind::KwInt && self.adds_nothing(*p) => {}
                None => return false,
            }
        }
        cs.iter().all(|c| used.contains(c))
    }

    /// A type metavariable takes the whole type with its qualifiers, and what is left of the declarator.
    fn type_variable(
        &mut self,
        token: TokenId,
        base: &[TokenId],
        used: &[TokenId],
        found: &CodeSpecs,
        code: CodeType<'_>,
        k: K<'_, 'a>,
    ) {
        let Some(var) = self.var_of(token) else { return };
        if found.base.is_empty() && found.node.is_none() {
            return;
        }
        // The rest of a declarator in parentheses is no type by itself.
        if code.ops.len() > 1 && code.ops.first().is_some_and(|o| self.c.kind(*o) == SyntaxKind::ParenDecl) {
            return;
        }
        if !self.is_type_var(var) {
            return self.name_as_type(var, token, found, code, k);
        }
        let mut left: SmallVec<[TokenId; 4]> = found.base.clone();
        for p in base {
            let kind = self.p.token(*p).kind;
            let Some(i) = left.iter().position(|c| self.c.token(*c).kind == kind) else { return };
            let c = left.remove(i);
            if !self.record(*p, c) {
                return;
            }
        }
        // Beside a sign or qualifiers the variable stands for the rest.
        let qualifiers: SmallVec<[TokenId; 4]> =
            found.qualifiers.iter().copied().filter(|t| !used.contains(t)).collect();
        let whole = base.is_empty() && qualifiers.len() == found.qualifiers.len();
        let id = if !code.ops.is_empty() {
            let id = self.type_value(code.specs, code.ops);
            if qualifiers.len() == found.qualifiers.len() { id } else { self.unqualified_type(id) }
        } else if whole {
            self.type_value(code.specs, code.ops)
        } else {
            let node = found.node.map_or(0..0, |n| self.c.token_range(n)).map(TokenId);
            let words = qualifiers.iter().copied().chain(left.iter().copied()).chain(node);
            let words: Vec<_> = words.map(|t| String::from_utf8_lossy(self.c.token_text(t))).collect();
            self.partial_type(&words.join(" "), code.specs, &left, &qualifiers)
        };
        if !self.bind(var, id) {
            return;
        }
        let mut tokens: Vec<u32> = left.iter().chain(&qualifiers).chain(&found.inner).map(|t| t.0).collect();
        if let Some(n) = found.node {
            tokens.extend(self.c.token_range(n));
        }
        for op in code.ops {
            for child in super::parts::own_children(self.c, *op) {
                match child {
                    Child::Token(t) => tokens.push(t.0),
                    Child::Node(n) => tokens.extend(self.c.token_range(n)),
                }
            }
        }
        tokens.sort_unstable();
        tokens.dedup();
        tokens.retain(|t| !used.contains(&TokenId(*t)));
        if self.touch_scattered(token, &tokens) {
            k(self);
        }
    }

    fn is_type_var(&self, var: MvId) -> bool {
        self.rule.metavars.get(var.0 as usize).is_some_and(|m| matches!(m.kind, MvKind::Type | MvKind::Any))
    }

    /// An identifier metavariable in the place of a typedef name.
    fn name_as_type(&mut self, var: MvId, token: TokenId, found: &CodeSpecs, code: CodeType<'_>, k: K<'_, 'a>) {
        let Some(node) = found.node.filter(|n| self.c.kind(*n) == SyntaxKind::NamedType) else { return };
        let Some(name) = self.c.first_token(node) else { return };
        if !self.ops_are_used_up(code.ops) {
            return;
        }
        let id = self.token_value(name);
        if self.bind(var, id) && self.record(token, name) {
            k(self);
        }
    }

    /// The edits of a token on tokens that need not be neighbours, and its positions on the first to the last of them.
    fn touch_scattered(&mut self, pattern: TokenId, tokens: &[u32]) -> bool {
        let (Some(first), Some(last)) = (tokens.first().copied(), tokens.last().copied()) else { return false };
        let mut start = first;
        for (i, t) in tokens.iter().enumerate() {
            let ends = tokens.get(i + 1).is_none_or(|next| *next != t + 1);
            if ends {
                let piece = start..t + 1;
                let fine = if first == start && last == *t {
                    self.touch(pattern, piece)
                } else {
                    self.touch_piece(pattern, piece, first == start, last == *t)
                };
                if !fine {
                    return false;
                }
                start = tokens.get(i + 1).copied().unwrap_or(0);
            }
        }
        self.attach(pattern, first..last + 1)
    }

    fn touch_piece(&mut self, pattern: TokenId, piece: std::ops::Range<u32>, first: bool, last: bool) -> bool {
        use crate::outcome::{Action, Place};
        let Some(t) = self.pat.tokens.get(pattern.0 as usize) else { return true };
        if self.is_minus(pattern) {
            self.remove_like(pattern, piece.clone());
        }
        let (a, b) = (Place::Token(TokenId(piece.start)), Place::Token(TokenId(piece.end - 1)));
        if first {
            self.state.touches.extend(t.before.iter().map(|r| (a, Action::Before(*r))));
            self.state.touches.extend(t.replace.iter().map(|r| (a, Action::Replace(*r))));
        }
        if last {
            self.state.touches.extend(t.after.iter().map(|r| (b, Action::After(*r))));
        }
        true
    }

    /// A type metavariable against a whole type: a TypeName, a type as argument, or a parameter without a name.
    pub(crate) fn type_metavar(&mut self, var: MvId, token: TokenId, c: NodeId, k: K<'_, 'a>) {
        let node = match self.c.kind(c) {
            SyntaxKind::TypeArg => match self.c.child_node(c, 0) {
                Some(n) => n,
                None => return,
            },
            SyntaxKind::TypeName | SyntaxKind::Param => c,
            SyntaxKind::NamedType => return self.bind_type_name(var, token, c, k),
            SyntaxKind::Name | SyntaxKind::Ident if self.names_type(c) => {
                let Some(name) = self.c.first_token(c) else { return };
                let id = self.token_value(name);
                if self.bind(var, id) && self.record(token, name) {
                    k(self);
                }
                return;
            }
            _ => return,
        };
        let Some((specs, declarator)) = super::parts::specs_and_declarator(self.c, node) else { return };
        let parts = super::parts::declarator_parts(self.c, declarator);
        if parts.name.is_some_and(|n| self.c.kind(n) != SyntaxKind::Absent) {
            return;
        }
        let id = self.type_value(specs, &parts.ops);
        let range = self.c.token_range(node);
        if self.bind(var, id) && self.touch(token, range.clone()) && self.attach(token, range) {
            k(self);
        }
    }

    /// Whether a name is that of a type: declared by a typedef, the body of a macro, or an argument that is a type elsewhere in the element.
    fn names_type(&self, c: NodeId) -> bool {
        let Some(parent) = self.c.parent(c) else { return false };
        let sym = self.c.first_token(c).map(|t| self.c.token(t).sym);
        match self.c.kind(parent) {
            SyntaxKind::MacroBody => true,
            SyntaxKind::ArgList => (0..self.c.node_count() as u32).map(NodeId).any(|n| {
                self.c.kind(n) == SyntaxKind::NamedType && self.c.first_token(n).map(|t| self.c.token(t).sym) == sym
            }),
            _ => self.names_typedef(c),
        }
    }

    /// Whether a name is the one that a typedef declares.
    pub(crate) fn names_typedef(&self, c: NodeId) -> bool {
        let mut at = c;
        while let Some(up) = self.c.parent(at) {
            match self.c.kind(up) {
                SyntaxKind::Declaration => {
                    let specs = self.c.child_node(up, 0);
                    return specs.is_some_and(|s| s != at && self.c.child_token(s, TokenKind::KwTypedef).is_some());
                }
                // Of the size of an array the name is none.
                SyntaxKind::ArrayDecl if self.c.child_node(up, 0) != Some(at) => return false,
                SyntaxKind::InitDeclarator
                | SyntaxKind::PointerDecl
                | SyntaxKind::ArrayDecl
                | SyntaxKind::FuncDecl
                | SyntaxKind::ParenDecl => at = up,
                _ => return false,
            }
        }
        false
    }

    fn bind_type_name(&mut self, var: MvId, token: TokenId, c: NodeId, k: K<'_, 'a>) {
        let Some(specs) = self.c.parent(c).filter(|n| self.c.kind(*n) == SyntaxKind::DeclSpecs) else { return };
        let id = self.type_value(specs, &[]);
        let range = self.c.token_range(c);
        if self.bind(var, id) && self.touch(token, range.clone()) && self.attach(token, range) {
            k(self);
        }
    }
}

//! The recursion over pattern and code: nodes of equal kind by their children, and what SmPL puts in the place of a term.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId};
use smpl_parser::MvKind;

use super::{K, TermMatcher};
use crate::compile::Taken;

impl<'a> TermMatcher<'a> {
    /// All ways in which the pattern node `p` matches the code node `c`.
    pub(crate) fn node(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        if !self.enter() {
            return;
        }
        let note = self.pat.notes.get(&p);
        if self.observed() {
            self.node_observed(p, c, k);
        } else if note.is_none_or(|n| !n.must_be_test || self.is_test(c)) {
            self.node_kinds(p, c, k);
        }
        self.leave();
    }

    pub(crate) fn node_kinds(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        use SyntaxKind as S;
        let (pk, ck) = (self.p.kind(p), self.c.kind(c));
        match pk {
            S::MetaVar => self.metavar(p, c, k),
            S::Disj => self.disjunction(p, &mut |m, branch| m.node(branch, c, k)),
            S::Conj => self.conjunction(p, c, 0, k),
            S::As => self.with_names(p, c, k),
            S::Opt | S::DisjBranch => {
                if let Some(inner) = self.p.child_node(p, 0) {
                    self.node(inner, c, k);
                }
            }
            S::Dots => self.dots_term(p, c, k),
            S::Nest => self.nest_term(p, c, k),
            S::Binary => self.binary(p, c, k),
            S::Assign if ck == S::InitDeclarator => self.assignment_as_initialiser(p, c, k),
            _ if pk == ck => self.same_kind(p, c, k),
            S::Include | S::Pragma if ck == S::DirectiveLine => self.directive_line(p, c, k),
            // A name is a name, whatever position the reader of one side gave it.
            S::Ident | S::Name if matches!(ck, S::Ident | S::Name) => self.children(p, c, k),
            // A type as macro argument may have been read as an expression.
            S::TypeArg | S::TypeName if matches!(ck, S::Ident | S::Name) => self.type_arg_as_name(p, c, k),
            S::TypeArg if ck == S::TypeName => {
                if let Some(inner) = self.p.child_node(p, 0) {
                    self.node(inner, c, k);
                }
            }
            S::TypeName if ck == S::TypeArg => {
                if let Some(inner) = self.c.child_node(c, 0) {
                    self.node(p, inner, k);
                }
            }
            S::ExprStmt if ck == S::Declaration => {}
            _ => {}
        }
    }

    fn same_kind(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        use SyntaxKind as S;
        match self.p.kind(p) {
            S::Constant => self.constant(p, c, k),
            S::StringLit => self.string(p, c, k),
            S::ArgList | S::ParamList | S::MacroParams | S::EnumList => self.comma_list(p, c, k),
            S::InitList => self.init_list(p, c, k),
            S::FieldList => self.field_list(p, c, k),
            S::Block => self.plain_list(p, c, k),
            S::Declaration => self.declaration(p, c, k),
            S::FieldDecl => self.field_decl(p, c, k),
            S::MacroDecl => self.macro_decl(p, c, k),
            S::TypeName | S::Param => self.type_name(p, c, k),
            S::FunctionDef | S::MacroFunction => self.function(p, c, k),
            S::Include | S::Pragma => self.directive(p, c, k),
            S::VarArgs => self.var_args(p, c, k),
            S::StructType | S::EnumType => self.tagged(p, c, k),
            S::MacroBody => self.macro_body(p, c, k),
            // The reference reads `asm(...)` in a rule as a call.
            S::AsmStmt if self.ctx.quirks => {}
            _ => self.children(p, c, k),
        }
    }

    /// The children of two nodes, one by one.
    pub(crate) fn children(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (ps, cs) = (self.p.children(p), self.c.children(c));
        self.seq(ps, cs, k);
    }

    /// Two sequences of children, one by one; attributes of the code are passed over.
    pub(crate) fn seq(&mut self, mut ps: &[Child], mut cs: &[Child], k: K<'_, 'a>) {
        let ends = (ps.last(), cs.last());
        loop {
            while let [Child::Node(n), rest @ ..] = cs
                && self.c.kind(*n) == SyntaxKind::Attribute
            {
                cs = rest;
            }
            while let [Child::Node(n), rest @ ..] = ps
                && self.p.kind(*n) == SyntaxKind::Attribute
            {
                ps = rest;
            }
            let ([p, pr @ ..], [c, cr @ ..]) = (ps, cs) else {
                if ps.is_empty() && cs.is_empty() {
                    return k(self);
                }
                return self.miss_child(ps.first().copied(), cs.first().copied(), ends);
            };
            match (*p, *c) {
                (Child::Token(p), Child::Token(c)) => {
                    if !self.token(p, c) {
                        return self.miss_child(Some(Child::Token(p)), Some(Child::Token(c)), ends);
                    }
                }
                (Child::Node(p), Child::Node(c)) => return self.node(p, c, &mut |m| m.seq(pr, cr, k)),
                (Child::Node(p), Child::Token(c)) => {
                    if !self.operator_node(p, c) {
                        return self.miss_child(Some(Child::Node(p)), Some(Child::Token(c)), ends);
                    }
                }
                (Child::Token(p), Child::Node(c)) => {
                    let Some(var) = self.var_of(p) else {
                        return self.miss_child(Some(Child::Token(p)), Some(Child::Node(c)), ends);
                    };
                    return self.metavar_at(var, p, c, &mut |m| m.seq(pr, cr, k));
                }
            }
            (ps, cs) = (pr, cr);
        }
    }

    /// A token of the pattern against a token of the code: compares and records.
    pub(crate) fn token(&mut self, p: TokenId, c: TokenId) -> bool {
        match self.var_of(p) {
            Some(var) => {
                if (!self.may_be_token(var, c) && !self.observed()) || !self.accepts_token(var, c) {
                    return false;
                }
                let id = self.token_value(c);
                self.bind(var, id) && self.record(p, c)
            }
            None => self.p.token(p).sym == self.c.token(c).sym && self.record(p, c),
        }
    }

    fn accepts_token(&self, var: smpl_parser::MvId, c: TokenId) -> bool {
        let kind = self.c.token(c).kind;
        match self.rule.metavars.get(var.0 as usize).map(|m| &m.kind) {
            Some(MvKind::AssignOp | MvKind::BinaryOp) => kind.is_punct(),
            Some(MvKind::Constant(_)) => !kind.is_punct() && kind != c_syntax::TokenKind::Ident,
            Some(_) => kind == c_syntax::TokenKind::Ident,
            None => false,
        }
    }

    /// Records the edits and positions of a pattern token on the code token that it stands for.
    pub(crate) fn record(&mut self, p: TokenId, c: TokenId) -> bool {
        let range = c.0..c.0 + 1;
        self.touch(p, range.clone()) && self.attach(p, range)
    }

    /// A node in the place of an operator: an operator metavariable, or a disjunction of operators.
    pub(crate) fn operator_node(&mut self, p: NodeId, c: TokenId) -> bool {
        match self.p.kind(p) {
            SyntaxKind::MetaVar => self.p.first_token(p).is_some_and(|t| self.token(t, c)),
            SyntaxKind::Disj => {
                let branches: Vec<NodeId> = self.branches(p);
                let mark = self.mark();
                for (i, b) in branches.iter().enumerate() {
                    self.state.choice.push(Taken { index: i as u16, by_iso: false });
                    if self.p.held_tokens(*b).first().is_some_and(|t| self.token(*t, c)) {
                        return true;
                    }
                    self.reset(mark);
                }
                false
            }
            SyntaxKind::Name | SyntaxKind::Ident | SyntaxKind::DisjBranch => {
                self.p.first_token(p).is_some_and(|t| self.token(t, c))
            }
            _ => false,
        }
    }

    /// The branches of a disjunction or conjunction.
    pub(crate) fn branches(&self, p: NodeId) -> Vec<NodeId> {
        let kind = |n: &NodeId| self.p.kind(*n) == SyntaxKind::DisjBranch;
        self.p.child_nodes(p).filter(kind).collect()
    }

    /// Tries each branch of a disjunction below statement level; `each` gets the term of the branch.
    pub(crate) fn disjunction(&mut self, p: NodeId, each: &mut dyn FnMut(&mut Self, NodeId)) {
        let tree = self.p;
        let mut index = 0;
        for branch in tree.child_nodes(p) {
            if tree.kind(branch) != SyntaxKind::DisjBranch {
                continue;
            }
            if let Some(term) = tree.child_node(branch, 0).filter(|t| self.plus_has_values(*t)) {
                let mark = self.mark();
                let by_iso = self.pat.notes.get(&term).is_some_and(|n| !n.isos.is_empty());
                self.state.choice.push(Taken { index, by_iso });
                each(self, term);
                self.reset(mark);
            }
            index += 1;
        }
    }

    fn conjunction(&mut self, p: NodeId, c: NodeId, from: usize, k: K<'_, 'a>) {
        let branch = self.p.child_nodes(p).filter(|n| self.p.kind(*n) == SyntaxKind::DisjBranch).nth(from);
        match branch {
            None => k(self),
            Some(b) => match self.p.child_node(b, 0) {
                Some(term) => self.node(term, c, &mut |m| m.conjunction(p, c, from + 1, k)),
                None => self.conjunction(p, c, from + 1, k),
            },
        }
    }

    /// A term with metavariables attached: the term, and each variable on the same code.
    fn with_names(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let Some(term) = self.p.child_node(p, 0) else { return };
        self.node(term, c, &mut |m| m.names_from(p, c, 1, k));
    }

    pub(crate) fn names_from(&mut self, p: NodeId, c: NodeId, from: usize, k: K<'_, 'a>) {
        match self.p.child_node(p, from) {
            None => k(self),
            Some(var) => {
                let outer = self.enclosing(var, c);
                // The variable only names the code: what happens to it the term says.
                let muted = self.state.muted.replace((0, u32::MAX, u32::MAX));
                self.node(var, outer, &mut |m| {
                    let all = std::mem::replace(&mut m.state.muted, muted);
                    m.names_from(p, c, from + 1, k);
                    m.state.muted = all;
                });
                self.state.muted = muted;
            }
        }
    }

    /// The smallest term around `c` of the category that an attached metavariable stands for (`features.md` 3.1).
    fn enclosing(&self, var: NodeId, c: NodeId) -> NodeId {
        let kind = self.var_of_node(var).and_then(|(v, _)| self.rule.metavars.get(v.0 as usize)).map(|m| &m.kind);
        let fits = |k: SyntaxKind| match kind {
            Some(MvKind::Statement) => k.is_stmt(),
            Some(MvKind::Declaration) => matches!(k, SyntaxKind::Declaration | SyntaxKind::MacroDecl),
            Some(MvKind::Expression(_)) => k.is_expr(),
            _ => true,
        };
        let mut at = c;
        while !fits(self.c.kind(at)) {
            match self.c.parent(at) {
                Some(parent) => at = parent,
                None => return c,
            }
        }
        at
    }

    /// Dots in the place of a term match any term that its `when`s allow, also a missing one.
    fn dots_term(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        if !self.whens_allow(p, &[c]) {
            return;
        }
        let Some(dots) = self.p.first_token(p) else { return k(self) };
        let range = self.c.token_range(c);
        if self.touch(dots, range.clone()) && self.attach(dots, range) {
            k(self);
        }
    }

    /// Whether no `when != x` below `p` matches in one of the terms.
    pub(crate) fn whens_allow(&mut self, p: NodeId, terms: &[NodeId]) -> bool {
        let (pt, ct) = (self.p, self.c);
        for when in pt.child_nodes(p).filter(|n| pt.kind(*n) == SyntaxKind::WhenNot) {
            for item in pt.child_nodes(when) {
                for term in terms {
                    let whole = !pt.kind(item).is_expr();
                    let found = ct
                        .preorder(*term)
                        .take(if whole { 1 } else { usize::MAX })
                        .any(|n| (whole || ct.kind(n).is_expr()) && self.can_match(item, n));
                    if found {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Whether `p` matches `c` at all, with the present bindings.
    pub(crate) fn can_match(&mut self, p: NodeId, c: NodeId) -> bool {
        let mark = self.mark();
        let mut found = false;
        self.node(p, c, &mut |_| found = true);
        self.reset(mark);
        found
    }

    /// `<+... e ...+>` matches a term that has a sub-term which matches `e`; each such sub-term is a result.
    /// `<... e ...>` also matches a term without any.
    fn nest_term(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (pt, ct) = (self.p, self.c);
        let Some(item) = pt.child_nodes(p).find(|n| !pt.kind(*n).is_when()) else { return };
        let Some(open) = pt.first_token(p) else { return };
        let all_removed = self.is_minus(open);
        let needed = pt.token(open).kind == c_syntax::TokenKind::NestOpenPlus;
        let mut found = false;
        for sub in ct.preorder(c) {
            if !is_searched(ct.kind(sub)) {
                continue;
            }
            let mark = self.mark();
            self.node(item, sub, &mut |m| {
                found = true;
                if !all_removed || m.touch(open, ct.token_range(c)) {
                    k(m);
                }
            });
            self.reset(mark);
        }
        if !needed && !found && (!all_removed || self.touch(open, ct.token_range(c))) {
            k(self);
        }
    }

    /// Whether an expression stands where only its truth counts (`semantics.md` 4.4).
    pub(crate) fn is_test(&self, c: NodeId) -> bool {
        c_syntax::types::in_test_position(self.c, c)
    }

    /// A macro body: attributes in it are part of what is defined.
    fn macro_body(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let attributes = |t: &c_syntax::Tree, n: NodeId| -> Vec<NodeId> {
            let is_attribute = |c: &Child| match *c {
                Child::Node(n) if t.kind(n) == SyntaxKind::Attribute => Some(n),
                _ => None,
            };
            t.children(n).iter().filter_map(is_attribute).collect()
        };
        let (pa, ca) = (attributes(self.p, p), attributes(self.c, c));
        if pa.is_empty() || (pa.len() == ca.len() && pa.iter().zip(&ca).all(|(p, c)| self.match_attribute(*p, *c))) {
            self.children(p, c, k);
        }
    }

    /// A struct, union or enum; `T { ... }` with a type metavariable binds it to keyword and tag.
    fn tagged(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let by_type = self.p.child_node(p, 0).and_then(|n| self.var_of_node(n)).filter(|(v, _)| self.is_type_kind(*v));
        let starts_with_var = matches!(self.p.children(p).first(), Some(Child::Node(_)));
        let (Some((var, token)), true) = (by_type, starts_with_var) else { return self.children(p, c, k) };
        let (Some(p_body), Some(c_body)) = (self.p.child_node(p, 1), self.c.child_node(c, 1)) else { return };
        let head = self.c.token_range(c).start..self.c.token_range(c_body).start;
        let specs = self.c.parent(c).filter(|n| self.c.kind(*n) == SyntaxKind::DeclSpecs);
        let id = match specs {
            // A type without a name is no type without its body.
            Some(specs) if head.len() == 1 => self.type_value(specs, &[]),
            _ => {
                let words: Vec<String> =
                    head.clone().map(|t| String::from_utf8_lossy(self.c.token_text(TokenId(t))).into_owned()).collect();
                self.text_value(&words.join(" "))
            }
        };
        if self.bind(var, id) && self.touch(token, head.clone()) && self.attach(token, head) {
            self.node(p_body, c_body, k);
        }
    }

    /// `......` in a pattern is C's `...`.
    fn var_args(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        if let (Some(pt), Some(ct)) = (self.p.first_token(p), self.c.first_token(c))
            && self.record(pt, ct)
        {
            k(self);
        }
    }

    fn type_arg_as_name(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let tokens = self.p.held_tokens(p);
        let ([only], Some(name)) = (tokens.as_slice(), self.c.first_token(c)) else { return };
        match self.var_of(*only) {
            Some(var) => self.metavar_at(var, *only, c, k),
            None if self.token(*only, name) => k(self),
            None => {}
        }
    }
}

/// Whether bare expression patterns are tried at nodes of this kind.
pub(crate) fn is_searched(kind: SyntaxKind) -> bool {
    kind.is_expr() && kind != SyntaxKind::Opaque
}

//! Metavariables in the place of one term: what each kind accepts, and how it is bound (`features.md` section 3).

use c_syntax::{ElementKind, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use smpl_parser::{MvId, MvKind, Scope};

use super::{K, TermMatcher};

impl<'a> TermMatcher<'a> {
    /// A MetaVar node against a node of the code.
    pub(crate) fn metavar(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        if let Some((var, token)) = self.var_of_node(p) {
            self.metavar_at(var, token, c, k);
        }
    }

    /// A metavariable, which stands in the pattern as `token`, against a node of the code.
    pub(crate) fn metavar_at(&mut self, var: MvId, token: TokenId, c: NodeId, k: K<'_, 'a>) {
        let rule = self.rule;
        let Some(meta) = rule.metavars.get(var.0 as usize) else { return };
        let ck = self.c.kind(c);
        match &meta.kind {
            MvKind::Type => return self.type_metavar(var, token, c, k),
            // The reference does not take an argument with statements for an expression.
            MvKind::Expression(_) if self.ctx.quirks && self.is_argument(c) && holds_statements(self.c, c) => return,
            MvKind::Expression(types) if ck.is_expr() => {
                if types.types.is_empty() && types.bits.is_none() {
                    return self.bind_node(var, token, c, k);
                }
                return self.typed(types, c, &mut |m| m.bind_node(var, token, c, k));
            }
            MvKind::IdExpression(types, scope) if self.is_id_expression(c) && self.has_scope(c, *scope) => {
                if types.types.is_empty() {
                    return self.bind_node(var, token, c, k);
                }
                return self.typed(types, c, &mut |m| m.bind_node(var, token, c, k));
            }
            MvKind::Constant(types) if self.is_constant(c) => {
                if types.types.is_empty() {
                    return self.bind_node(var, token, c, k);
                }
                return self.typed(types, c, &mut |m| m.bind_node(var, token, c, k));
            }
            _ => {}
        }
        if self.accepts_name(&meta.kind, c) {
            return self.bind_name(var, token, c, k);
        }
        let accepted = match &meta.kind {
            MvKind::Statement => ck.is_stmt(),
            MvKind::Declaration => matches!(ck, SyntaxKind::Declaration | SyntaxKind::MacroDecl),
            MvKind::Parameter => ck == SyntaxKind::Param,
            MvKind::Field => matches!(ck, SyntaxKind::FieldDecl | SyntaxKind::MacroField),
            MvKind::Initialiser => {
                ck.is_expr() || matches!(ck, SyntaxKind::InitList | SyntaxKind::Designated | SyntaxKind::MacroInit)
            }
            MvKind::Attribute => ck == SyntaxKind::Attribute,
            MvKind::Any => ck != SyntaxKind::Absent,
            _ => false,
        };
        if accepted {
            self.bind_node(var, token, c, k);
        }
    }

    /// Whether a kind of metavariable that stands for names accepts a node.
    fn accepts_name(&self, kind: &MvKind, c: NodeId) -> bool {
        let ck = self.c.kind(c);
        if !matches!(ck, SyntaxKind::Ident | SyntaxKind::Name) || is_glued(self.c.node_text(c)) {
            return false;
        }
        match kind {
            MvKind::Identifier | MvKind::Fresh(_) => true,
            MvKind::Declarer | MvKind::Iterator => ck == SyntaxKind::Name,
            MvKind::Function => self.is_function_name(c),
            MvKind::LocalFunction => self.is_function_name(c) && self.is_defined_here(c),
            _ => false,
        }
    }

    /// Whether a name is called or declared as a function.
    fn is_function_name(&self, c: NodeId) -> bool {
        let Some(parent) = self.c.parent(c) else { return false };
        let first = self.c.child_node(parent, 0) == Some(c);
        first && matches!(self.c.kind(parent), SyntaxKind::Call | SyntaxKind::FuncDecl)
    }

    /// Whether the file defines a function of this name.
    fn is_defined_here(&self, c: NodeId) -> bool {
        let name = self.c.node_text(c);
        self.ctx.source.elements.iter().any(|e| {
            e.element.kind == ElementKind::Function && e.element.name.as_deref().is_some_and(|n| n.as_bytes() == name)
        })
    }

    fn is_argument(&self, c: NodeId) -> bool {
        self.c.parent(c).is_some_and(|p| self.c.kind(p) == SyntaxKind::ArgList)
    }

    /// A name, perhaps cast (measured with spatch 1.1.1; a cast name counts as not local).
    fn is_id_expression(&self, c: NodeId) -> bool {
        let mut at = c;
        while self.c.kind(at) == SyntaxKind::Cast
            && let Some(inner) = self.c.child_node(at, 1)
        {
            at = inner;
        }
        self.c.kind(at) == SyntaxKind::Ident
    }

    fn has_scope(&self, c: NodeId, scope: Scope) -> bool {
        let local = self.c.kind(c) == SyntaxKind::Ident && self.ctx.types.is_some_and(|t| t.scope_of(c).is_local());
        match scope {
            Scope::Any => true,
            Scope::Local => local,
            Scope::Global => !local,
        }
    }

    /// A literal, a name without small letters, sizeof, or one of these negated or cast (`semantics.md` 4.4).
    fn is_constant(&self, c: NodeId) -> bool {
        use SyntaxKind as S;
        let tree = self.c;
        let mut at = c;
        loop {
            let inner = match tree.kind(at) {
                S::Constant | S::StringLit | S::StringRun | S::SizeofExpr | S::SizeofType => return true,
                S::Ident => {
                    let name = tree.node_text(at);
                    return !is_glued(name) && !name.iter().any(u8::is_ascii_lowercase);
                }
                S::Unary if tree.child_token(at, TokenKind::Minus).is_some() => tree.child_node(at, 0),
                S::Cast => tree.child_node(at, 1),
                _ => None,
            };
            match inner {
                Some(e) => at = e,
                None => return false,
            }
        }
    }

    /// Binds a variable to a node and records the edits of its token on all tokens of the node.
    pub(crate) fn bind_node(&mut self, var: MvId, token: TokenId, c: NodeId, k: K<'_, 'a>) {
        if !self.may_be_node(var, c) && !self.observed() {
            return;
        }
        let meta = self.rule.metavars.get(var.0 as usize);
        let id = match meta.map(|m| &m.kind) {
            // What may also stand for a name is a text, so that all its uses agree.
            Some(MvKind::Any) if matches!(self.c.kind(c), SyntaxKind::Ident | SyntaxKind::Name) => {
                match self.c.first_token(c) {
                    Some(t) => self.token_value(t),
                    None => return,
                }
            }
            // In the reference equal expressions at different places are different values for later items (`semantics.md` 6.3).
            Some(MvKind::Expression(_) | MvKind::IdExpression(..) | MvKind::Constant(_)) if self.ctx.quirks => {
                let exported = meta.is_some_and(|m| m.used_after && m.inherited.is_none());
                if exported { self.occurrence_value(c) } else { self.node_value(c) }
            }
            _ => self.node_value(c),
        };
        let range = self.c.token_range(c);
        let touched =
            |m: &mut Self| if m.c.kind(c).is_stmt() { m.touch_whole(token, c) } else { m.touch(token, range.clone()) };
        if self.bind(var, id) && touched(self) && self.attach(token, range.clone()) {
            k(self);
        }
    }

    /// A cheap check before a value is made: an inherited name against a term of several tokens.
    fn may_be_node(&self, var: MvId, c: NodeId) -> bool {
        match self.inherited.get(var) {
            Some(crate::value::Value::Term(t)) => {
                let (a, b) = (t.tree().token_range(t.node), self.c.token_range(c));
                match (t.tree().first_token(t.node), self.c.first_token(c)) {
                    (Some(x), Some(y)) => {
                        t.tree().token(x).sym == self.c.token(y).sym && (a.len() == 1) == (b.len() == 1)
                    }
                    (None, None) => true,
                    _ => false,
                }
            }
            _ => true,
        }
    }

    /// Binds a variable that stands for names.
    fn bind_name(&mut self, var: MvId, token: TokenId, c: NodeId, k: K<'_, 'a>) {
        let Some(name) = self.c.first_token(c) else { return };
        if !self.may_be_token(var, name) && !self.observed() {
            return;
        }
        let id = self.token_value(name);
        if self.bind(var, id) && self.record(token, name) {
            k(self);
        }
    }
}

/// Whether a name is what `#` or `##` makes in the body of a macro.
fn is_glued(name: &[u8]) -> bool {
    name.contains(&b'#')
}

/// Whether an expression holds statements, those in the arguments of its calls left out.
fn holds_statements(tree: &Tree, c: NodeId) -> bool {
    match tree.kind(c) {
        SyntaxKind::StmtExpr => true,
        SyntaxKind::ArgList => false,
        _ => tree.child_nodes(c).any(|n| holds_statements(tree, n)),
    }
}

//! Binary operators: chains of commutative and associative ones, and assignments that match initialisers.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use smpl_parser::MvKind;

use super::{K, TermMatcher};

impl<'a> TermMatcher<'a> {
    /// A binary expression; `e op ...` looks at every operand of a chain (`semantics.md` 4.4).
    pub(crate) fn binary(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        if let Some((operand, op, dots)) = self.chain(p) {
            let kind = self.p.token(op).kind;
            // `e op ... op f` is a sum of a chain and `f`: what stands for the chain is a part of the code's chain.
            let is_choice = |n: &NodeId| matches!(self.p.kind(*n), SyntaxKind::Disj | SyntaxKind::DisjBranch);
            let around = std::iter::successors(self.p.parent(p), |n| self.p.parent(*n)).find(|n| !is_choice(n));
            let is_part = around.is_some_and(|up| is_link(self.p, up, kind));
            if is_part || !self.c.parent(c).is_some_and(|up| is_link(self.c, up, kind)) {
                self.chain_operands(operand, op, dots, c, k);
            }
            return;
        }
        if self.c.kind(c) == SyntaxKind::Binary {
            self.children(p, c, k);
        }
    }

    /// The parts of `e op ...`, if the pattern is one: the operand, the operator and the dots.
    fn chain(&self, p: NodeId) -> Option<(NodeId, TokenId, NodeId)> {
        if !self.isos.comm_assoc {
            return None;
        }
        let [Child::Node(left), Child::Token(op), Child::Node(right)] = *self.p.children(p) else { return None };
        if !is_comm_assoc(self.p.token(op).kind) {
            return None;
        }
        match (self.p.kind(left), self.p.kind(right)) {
            (SyntaxKind::Dots, SyntaxKind::Dots) => None,
            (_, SyntaxKind::Dots) => Some((left, op, right)),
            (SyntaxKind::Dots, _) => Some((right, op, left)),
            _ => None,
        }
    }

    fn chain_operands(&mut self, operand: NodeId, op: TokenId, dots: NodeId, c: NodeId, k: K<'_, 'a>) {
        let kind = self.p.token(op).kind;
        if is_link(self.c, c, kind) {
            let mut stack = vec![c];
            while let Some(n) = stack.pop() {
                if is_link(self.c, n, kind) {
                    stack.extend(self.c.child_nodes(n));
                    stack[..].reverse();
                    stack.sort_unstable_by_key(|n| std::cmp::Reverse(self.c.token_range(*n).start));
                    continue;
                }
                let mark = self.mark();
                self.node(operand, n, &mut |m| {
                    if m.rest_of_chain(op, dots, c, n, kind) {
                        k(m);
                    }
                });
                self.reset(mark);
            }
        }
        let logical = matches!(kind, TokenKind::AmpAmp | TokenKind::PipePipe);
        if (!logical || self.is_test(c)) && self.adds_nothing(op) {
            self.node(operand, c, k);
        }
    }

    /// The operator of `e op ...` is the one next to the operand; removed dots remove the other operands.
    fn rest_of_chain(&mut self, op: TokenId, dots: NodeId, chain: NodeId, operand: NodeId, kind: TokenKind) -> bool {
        let mine = self.c.token_range(operand);
        let whole = self.c.token_range(chain);
        let next = (mine.end..whole.end).find(|t| self.c.token(TokenId(*t)).kind == kind);
        let last = (whole.start..mine.start).rev().find(|t| self.c.token(TokenId(*t)).kind == kind);
        if let Some(t) = next.or(last)
            && !self.record(op, TokenId(t))
        {
            return false;
        }
        if let Some(dots) = self.p.first_token(dots)
            && self.is_minus(dots)
        {
            self.remove_like(dots, whole.start..mine.start);
            self.remove_like(dots, mine.end..whole.end);
        }
        true
    }

    /// `x = e` as a bare expression also matches the declarator `T x = e`, if the left side and the operator are kept, or if the
    /// whole is replaced by another assignment to the same variable (`semantics.md` 4.4).
    pub(crate) fn assignment_as_initialiser(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (pt, ct) = (self.p, self.c);
        let [Child::Node(left), operator, Child::Node(right)] = *pt.children(p) else { return };
        if !matches!(pt.kind(left), SyntaxKind::Ident | SyntaxKind::MetaVar) {
            return;
        }
        let Some(name) = pt.first_token(left) else { return };
        let operators = match operator {
            Child::Token(t) => vec![t],
            Child::Node(n) => pt.held_tokens(n),
        };
        let kept = self.is_untouched(name) && operators.iter().all(|t| self.is_untouched(*t));
        if !kept && !self.rule.star && !self.is_similar_assignment(p, name) {
            return;
        }
        let (Some(declarator), Some(init)) = (ct.child_node(c, 0), ct.child_node(c, 1)) else { return };
        let Some(eq) = ct.child_token(c, TokenKind::Eq) else { return };
        if ct.kind(init) == SyntaxKind::InitList {
            return;
        }
        let Some(declared) = self.declared_name(declarator) else { return };
        self.declared_variable(left, declared, &mut |m| {
            let fits = match operator {
                Child::Token(t) => m.token(t, eq),
                Child::Node(n) => m.operator_node(n, eq),
            };
            if fits {
                m.node(right, init, k);
            }
        });
    }

    /// The left side of an assignment pattern against the name in a declarator.
    fn declared_variable(&mut self, left: NodeId, name: NodeId, k: K<'_, 'a>) {
        let Some(token) = self.p.first_token(left) else { return };
        let Some(c) = self.c.first_token(name) else { return };
        let Some(var) = self.var_of(token) else {
            if self.token(token, c) {
                k(self);
            }
            return;
        };
        let id = match self.rule.metavars.get(var.0 as usize).map(|m| &m.kind) {
            Some(MvKind::Identifier | MvKind::Any) => self.token_value(c),
            Some(MvKind::Expression(t) | MvKind::IdExpression(t, _)) if t.types.is_empty() => self.node_value(name),
            Some(MvKind::Expression(t) | MvKind::IdExpression(t, _)) => {
                let Some(ty) = self.declared_type(name) else { return };
                return self.typed_as(t, &ty, &mut |m| {
                    let id = m.node_value(name);
                    if m.bind(var, id) && m.record(token, c) {
                        k(m);
                    }
                });
            }
            _ => return,
        };
        if self.bind(var, id) && self.record(token, c) {
            k(self);
        }
    }

    /// The type that its declaration gives a name.
    fn declared_type(&self, name: NodeId) -> Option<c_syntax::types::Type> {
        let mut outer = name;
        loop {
            let parent = self.c.parent(outer)?;
            match self.c.kind(parent) {
                SyntaxKind::InitDeclarator => {
                    let specs = self.c.child_node(self.c.parent(parent)?, 0)?;
                    return c_syntax::types::declared_type(self.c, specs, outer, &mut |_| None);
                }
                _ => outer = parent,
            }
        }
    }

    /// Whether the assignment is removed as a whole and replaced by one to the same variable.
    fn is_similar_assignment(&self, p: NodeId, name: TokenId) -> bool {
        if !self.is_all_minus(p) || self.p.child_token(p, TokenKind::Eq).is_none() {
            return false;
        }
        let plus = &self.pat.plus;
        let fragments: Vec<_> = self
            .replacements(p)
            .iter()
            .filter_map(|r| self.pat.runs.get(r.0 as usize))
            .flat_map(|r| r.fragments.iter())
            .collect();
        let [only] = fragments.as_slice() else { return false };
        let Some(node) = only.node else { return false };
        plus.kind(node) == SyntaxKind::Assign
            && plus.child_token(node, TokenKind::Eq).is_some()
            && plus
                .child_node(node, 0)
                .is_some_and(|l| plus.kind(l) == SyntaxKind::Ident || plus.node_text(l) == self.p.token_text(name))
    }
}

/// Whether a node is a binary expression with this operator.
fn is_link(tree: &Tree, node: NodeId, kind: TokenKind) -> bool {
    tree.kind(node) == SyntaxKind::Binary && tree.child_token(node, kind).is_some()
}

fn is_comm_assoc(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(kind, T::Plus | T::Star | T::Amp | T::Pipe | T::Caret | T::AmpAmp | T::PipePipe)
}

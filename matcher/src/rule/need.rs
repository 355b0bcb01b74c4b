//! What code must hold for a part of a rule to match there, found by looking at names alone: which points and elements need not be looked at.

use c_syntax::{Child, NodeId, Sym, SyntaxKind, TokenId, TokenKind};
use cfg::PointKind;
use smpl_parser::{BodyKind, Constraint, ConstraintItem, MvId, MvKind, Rule};

use crate::compile::ElemKind;
use crate::point::owned;
use crate::value::Value;

/// Names that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// None that we know of.
    Nothing,
    /// This one, as a token.
    Name(Sym),
    /// What the inherited metavariable is bound to.
    Value(MvId),
    /// All.
    All(Vec<Need>),
    /// At least one.
    Any(Vec<Need>),
}

impl Need {
    /// Of a rule element, at the point that it matches.
    pub(crate) fn of_elem(rule: &Rule, kind: ElemKind) -> Self {
        let walk = Walk { rule };
        let whole = |n| walk.node(n);
        let part = |point: PointKind, n| walk.all(&owned(&rule.pattern.tree, point, n));
        match kind {
            ElemKind::Stmt(n)
            | ElemKind::DefineBody(n)
            | ElemKind::Expr(n)
            | ElemKind::Ident(n)
            | ElemKind::Cond(n) => whole(n),
            ElemKind::IfHead(n) => part(PointKind::IfHead, n),
            ElemKind::WhileHead(n) => part(PointKind::WhileHead, n),
            ElemKind::ForHead(n) => part(PointKind::ForHead, n),
            ElemKind::IteratorHead(n) => part(PointKind::IteratorHead, n),
            ElemKind::DoTail(n) => part(PointKind::DoTail, n),
            ElemKind::SwitchHead(n) => part(PointKind::SwitchHead, n),
            ElemKind::Case(n) => part(PointKind::Case, n),
            ElemKind::FunHead(n) => part(PointKind::FunHead, n),
            ElemKind::DefineHead(n) => part(PointKind::DefineHead, n),
            ElemKind::Goto(n) | ElemKind::Return(n) => whole(n),
            ElemKind::Type(_)
            | ElemKind::Init(_)
            | ElemKind::Label(_)
            | ElemKind::ElseKw(_)
            | ElemKind::DoHead(_)
            | ElemKind::Default(_)
            | ElemKind::Open(_)
            | ElemKind::Close(_)
            | ElemKind::OpenList(_)
            | ElemKind::Break(_)
            | ElemKind::Continue(_)
            | ElemKind::StmtVar(_)
            | ElemKind::Any(_)
            | ElemKind::AfterNode(_)
            | ElemKind::ImplicitReturn(_) => Self::Nothing,
        }
    }

    /// Of a whole rule, in the element that it matches.
    #[must_use]
    pub fn of_rule(rule: &Rule) -> Self {
        let walk = Walk { rule };
        let tree = &rule.pattern.tree;
        let items = tree.child_nodes(tree.root()).map(|n| walk.node(n));
        // The items of a top-level body are matched in elements of their own.
        if rule.kind == BodyKind::TopLevel { Self::any(items) } else { Self::every(items) }
    }

    fn every(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::Nothing => {}
                Self::All(parts) => out.extend(parts),
                part => out.push(part),
            }
        }
        match out.len() {
            0 => Self::Nothing,
            1 => out.remove(0),
            _ => Self::All(out),
        }
    }

    fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        for part in parts {
            match part {
                Self::Nothing => return Self::Nothing,
                Self::Any(parts) => out.extend(parts),
                part => out.push(part),
            }
        }
        match out.len() {
            0 => Self::Nothing,
            1 => out.remove(0),
            _ => Self::Any(out),
        }
    }

    /// Whether it is met, if `name` and `value` say which names and values are there.
    pub fn is_met(&self, name: &mut dyn FnMut(Sym) -> bool, value: &mut dyn FnMut(MvId) -> bool) -> bool {
        match self {
            Self::Nothing => true,
            Self::Name(sym) => name(*sym),
            Self::Value(var) => value(*var),
            Self::All(parts) => parts.iter().all(|p| p.is_met(name, value)),
            Self::Any(parts) => parts.iter().any(|p| p.is_met(name, value)),
        }
    }
}

/// Reads the pattern of a rule. Whatever may match something else than itself needs nothing.
struct Walk<'a> {
    rule: &'a Rule,
}

impl Walk<'_> {
    fn node(&self, n: NodeId) -> Need {
        use SyntaxKind as S;
        let tree = &self.rule.pattern.tree;
        match tree.kind(n) {
            S::Dots | S::Opt | S::Include | S::Pragma | S::Attribute => Need::Nothing,
            k if is_when(k) => Need::Nothing,
            S::Nest if tree.child_token(n, TokenKind::NestOpenPlus).is_none() => Need::Nothing,
            S::Disj => Need::any(tree.child_nodes(n).map(|b| self.all(tree.children(b)))),
            S::TypeName | S::DeclSpecs | S::TypeArg | S::NamedType | S::StructType | S::EnumType => Need::Nothing,
            _ => self.all(tree.children(n)),
        }
    }

    fn all(&self, children: &[Child]) -> Need {
        Need::every(children.iter().map(|c| match *c {
            Child::Node(n) => self.node(n),
            Child::Token(t) => self.token(t),
        }))
    }

    fn token(&self, t: TokenId) -> Need {
        let tree = &self.rule.pattern.tree;
        let fact = self.rule.pattern.tokens.get(t.0 as usize);
        let attached = fact.map(|f| &f.attached[..]).unwrap_or_default().iter().map(|v| self.variable(*v));
        let own = match fact.and_then(|f| f.var) {
            Some(var) => self.variable(var),
            None if tree.token(t).kind == TokenKind::Ident && tree.token_text(t) != b"NULL" => {
                Need::Name(tree.token(t).sym)
            }
            None => Need::Nothing,
        };
        Need::every(attached.chain(std::iter::once(own)))
    }

    fn variable(&self, var: MvId) -> Need {
        let Some(m) = self.rule.metavars.get(var.0 as usize) else { return Need::Nothing };
        if m.inherited.is_some() {
            return match m.kind {
                MvKind::Position { .. } | MvKind::Expression(_) | MvKind::IdExpression(..) => Need::Value(var),
                _ if is_name(&m.kind) => Need::Value(var),
                _ => Need::Nothing,
            };
        }
        if is_name(&m.kind) { constraint(&m.constraint) } else { Need::Nothing }
    }
}

fn is_name(kind: &MvKind) -> bool {
    use MvKind as K;
    matches!(kind, K::Identifier | K::Function | K::LocalFunction | K::Declarer | K::Iterator)
}

/// The name that code must hold if it holds a value, if there is one.
#[must_use]
pub fn name_of(value: &Value) -> Option<Sym> {
    match value {
        Value::Text(text) => {
            let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            let is_name = text.bytes().all(word) && text.bytes().next().is_some_and(|b| !b.is_ascii_digit());
            is_name.then(|| Sym::of(text.as_bytes()))
        }
        Value::Term(term) => {
            let token = term.tree().token(term.tree().first_token(term.node)?);
            (token.kind == TokenKind::Ident).then_some(token.sym)
        }
        _ => None,
    }
}

/// What a constraint on a name makes certain.
fn constraint(c: &Constraint) -> Need {
    match c {
        Constraint::OneOf(items) => Need::any(items.iter().map(|i| match i {
            ConstraintItem::Text(sym, _) => Need::Name(*sym),
            _ => Need::Nothing,
        })),
        Constraint::And(a, b) => Need::every([constraint(a), constraint(b)]),
        Constraint::Or(a, b) => Need::any([constraint(a), constraint(b)]),
        _ => Need::Nothing,
    }
}

fn is_when(kind: SyntaxKind) -> bool {
    (kind as u8) >= (SyntaxKind::WhenNot as u8)
}

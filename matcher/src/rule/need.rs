//! What code must hold for a part of a rule to match there, found by looking at names alone: which points and elements need not be looked at.

use c_syntax::{Child, NodeId, Sym, SyntaxKind, TokenId, TokenKind};
use cfg::PointKind;
use rustc_hash::FxHashMap;
use smpl_parser::{BodyKind, Constraint, ConstraintItem, MvId, MvKind, Rule};

use crate::compile::{Atom, Compiled, ElemKind};
use crate::ctl::{Formula, FormulaId};
use crate::kinds::KindSet;
use crate::point::owned;
use crate::value::Value;

/// More parts are not listed.
const MOST: usize = 64;

/// Names, operators and kinds of nodes that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// None that we know of.
    Nothing,
    /// This name or operator, as a token.
    Name(Sym),
    /// A node of one of these kinds.
    Kinds(KindSet),
    /// A point of this kind.
    Point(PointKind),
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
            | ElemKind::Mention(_)
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

    /// Of a formula that holds somewhere.
    pub(crate) fn of_formula(compiled: &Compiled, elems: &[Self]) -> Self {
        let formulas = &compiled.formulas;
        let mut known: FxHashMap<FormulaId, Self> = FxHashMap::default();
        // Parts have smaller numbers than what they are parts of.
        for id in (0..formulas.len() as u32).map(FormulaId) {
            let of = |part: FormulaId| known.get(&part).cloned().unwrap_or(Self::Nothing);
            let need = match formulas.get(id) {
                Formula::Atom(atom) => match compiled.atoms[atom as usize] {
                    Atom::Elem { elem, .. } => {
                        let point = compiled.elems[elem as usize].kind.point_kind();
                        Self::every(point.map(Self::Point).into_iter().chain([elems[elem as usize].clone()]))
                    }
                    _ => Self::Nothing,
                },
                Formula::And(a, b) => Self::every([of(a), of(b)]),
                Formula::Or(a, b) | Formula::SeqOr(a, b) => Self::any([of(a), of(b)]),
                Formula::Exists(_, _, a) | Formula::Gather(a, _) | Formula::Ex(_, _, a) | Formula::Ax(_, a) => of(a),
                Formula::Eu(_, _, b) | Formula::Au(_, b) => of(b),
                Formula::True | Formula::False | Formula::Not(_) => Self::Nothing,
            };
            if need != Self::Nothing {
                known.insert(id, need);
            }
        }
        known.remove(&compiled.root).unwrap_or(Self::Nothing)
    }

    fn every(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut out = Vec::new();
        let mut add = |part| {
            if out.len() < MOST && !out.contains(&part) {
                out.push(part);
            }
        };
        for part in parts {
            match part {
                Self::Nothing => {}
                Self::All(parts) => parts.into_iter().for_each(&mut add),
                part => add(part),
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
                Self::Kinds(more) if matches!(out.last(), Some(Self::Kinds(_))) => {
                    if let Some(Self::Kinds(kinds)) = out.last_mut() {
                        *kinds = kinds.or(more);
                    }
                }
                part => out.push(part),
            }
            if out.len() > MOST {
                return Self::Nothing;
            }
        }
        match out.len() {
            0 => Self::Nothing,
            1 => out.remove(0),
            _ => Self::Any(out),
        }
    }

    /// Whether it is met as far as names and values decide, if `name` and `value` say which of them are there.
    pub fn is_met(&self, name: &mut dyn FnMut(Sym) -> bool, value: &mut dyn FnMut(MvId) -> bool) -> bool {
        match self {
            Self::Nothing | Self::Kinds(_) | Self::Point(_) => true,
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
            k if k.is_when() => Need::Nothing,
            S::Nest if tree.child_token(n, TokenKind::NestOpenPlus).is_none() => Need::Nothing,
            S::Disj => Need::any(tree.child_nodes(n).map(|b| self.all(tree.children(b)))),
            S::TypeName | S::DeclSpecs | S::TypeArg | S::NamedType | S::StructType | S::EnumType => Need::Nothing,
            S::Binary if tree.child_nodes(n).any(|n| tree.kind(n) == S::Dots) => self.all(tree.children(n)),
            S::Assign => self.expression(n, &[S::Assign, S::InitDeclarator]),
            kind if is_rigid(kind) => self.expression(n, &[kind]),
            _ => self.all(tree.children(n)),
        }
    }

    /// Of a term that matches only nodes of these kinds, with the same operators.
    fn expression(&self, n: NodeId, kinds: &[SyntaxKind]) -> Need {
        let tree = &self.rule.pattern.tree;
        let fixed = |t: &TokenId| self.rule.pattern.tokens.get(t.0 as usize).is_some_and(|f| f.var.is_none());
        let operators = tree.child_tokens(n).filter(fixed).filter(|t| is_operator(tree.token(*t).kind));
        let operators = operators.map(|t| Need::Name(tree.token(t).sym));
        let inside = self.all(tree.children(n));
        Need::every(operators.chain([inside, Need::Kinds(KindSet::of(kinds))]))
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

/// Whether an expression or statement of this kind matches only those of the same kind.
fn is_rigid(kind: SyntaxKind) -> bool {
    use SyntaxKind as S;
    matches!(
        kind,
        S::Call
            | S::Index
            | S::Field
            | S::PtrField
            | S::Postfix
            | S::Prefix
            | S::Unary
            | S::Binary
            | S::Cond
            | S::Cast
            | S::SizeofExpr
            | S::SizeofType
            | S::ExprStmt
    )
}

/// Whether a token is an operator that points are looked up by.
pub(crate) fn is_operator(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(
        kind,
        T::Arrow
            | T::PlusPlus
            | T::MinusMinus
            | T::AmpAmp
            | T::PipePipe
            | T::Shl
            | T::Shr
            | T::Le
            | T::Ge
            | T::Lt
            | T::Gt
            | T::EqEq
            | T::Ne
            | T::PlusEq
            | T::MinusEq
            | T::StarEq
            | T::SlashEq
            | T::PercentEq
            | T::AmpEq
            | T::PipeEq
            | T::CaretEq
            | T::ShlEq
            | T::ShrEq
            | T::Question
            | T::Plus
            | T::Minus
            | T::Slash
            | T::Percent
            | T::Amp
            | T::Pipe
            | T::Caret
            | T::Tilde
            | T::Bang
    )
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

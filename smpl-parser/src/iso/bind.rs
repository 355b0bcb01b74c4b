//! Whether an alternative of an isomorphism matches a term of a pattern, and with which bindings (`semantics.md` 4.8).

use std::sync::Arc;

use c_syntax::{SyntaxKind, TokenKind};

use super::kinds::{self, Types};
use super::term::{Part, Term, Tok, same_code};
use super::{IsoVar, Value};
use crate::ast::{Mark, MetaVar, MvKind, PatToken, TypeSet};

/// What a metavariable of an isomorphism stands for.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    /// A term.
    Term(Arc<Term>),
    /// A type: specifiers, and the declarator around the declared name.
    Type(Vec<Part>, Arc<Term>),
    /// The types of a typed metavariable of the rule.
    Types(TypeSet),
}

/// Why an alternative that has the right shape does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A pure metavariable of the isomorphism would stand for other code, or one for context code for what is no bare metavariable.
    Impure(u32),
    /// A context metavariable of the isomorphism would stand for changed code.
    Changed(u32),
    /// Only a part of the code is removed, or code is added inside it.
    Mixed,
    /// Braces are neither all removed nor around unchanged code.
    Braces,
    /// A position variable has no token in some alternative.
    Position,
    /// `when` code would be copied.
    When,
}

impl Binding {
    /// What an alternative needs to be built.
    pub fn values(&self) -> Self {
        Self { vars: self.vars.clone(), dots: self.dots.clone(), ..Self::default() }
    }
}

/// A match of an alternative.
#[derive(Debug, Default)]
pub(super) struct Binding {
    pub vars: Vec<Option<Bound>>,
    /// The dots of the alternative, in order.
    pub dots: Vec<Arc<Term>>,
    /// The tokens that the alternative has itself.
    pub skeleton: Vec<Tok>,
    /// Whether plus code stands around a node inside.
    inner_slots: bool,
    /// Operands of binary operators.
    operands: Vec<Arc<Term>>,
    /// The specifiers that a type metavariable took, until its declarator comes.
    pending: Option<(u32, Vec<Part>)>,
    refusal: Option<Refusal>,
}

/// Matches alternatives of one isomorphism against terms of one rule.
pub(super) struct Matcher<'a> {
    pub vars: &'a [IsoVar],
    pub rule_vars: &'a [MetaVar],
    /// For each run of plus code: whether it is more than one statement.
    pub several: &'a [bool],
    pub star: bool,
}

impl Matcher<'_> {
    /// The bindings with which `alt` matches `term`. None: another shape.
    pub fn matches(&self, alt: &Term, term: &Arc<Term>) -> Option<Result<Binding, Refusal>> {
        let mut b = Binding { vars: vec![None; self.vars.len()], ..Binding::default() };
        if !self.term(alt, term, &mut b, true) || b.pending.is_some() {
            return None;
        }
        if let Some(refusal) = self.refusal(alt, term, &mut b) {
            return Some(Err(refusal));
        }
        Some(Ok(b))
    }

    fn refusal(&self, alt: &Term, term: &Term, b: &mut Binding) -> Option<Refusal> {
        if b.refusal.is_some() {
            return b.refusal.take();
        }
        if self.star {
            return None;
        }
        let all_minus = is_all_minus(term);
        if alt.kind == SyntaxKind::Block {
            return if all_minus || self.context_braces(term, b) { None } else { Some(Refusal::Braces) };
        }
        let plus = b.skeleton.iter().any(|t| has_plus(&t.pat));
        let mixed = if all_minus {
            plus
        } else {
            let minus = b.skeleton.iter().any(|t| t.pat.mark == Mark::Minus);
            minus || plus || b.operands.iter().any(|t| changed_at_edge(t))
        };
        (mixed || b.inner_slots).then_some(Refusal::Mixed)
    }

    fn term(&self, alt: &Term, term: &Arc<Term>, b: &mut Binding, root: bool) -> bool {
        let var = kinds::var_of(alt);
        if b.pending.is_some() && matches!(alt.kind, SyntaxKind::MetaVar | SyntaxKind::Absent | SyntaxKind::Name) {
            return self.take_type(var.map(|v| v.0), alt, term, b);
        }
        if let Some(var) = var {
            return self.variable(var.0, term, b);
        }
        if alt.kind != term.kind {
            return false;
        }
        if !root && term.slots.is_some() {
            b.inner_slots = true;
        }
        match alt.kind {
            SyntaxKind::Dots => {
                b.dots.push(term.clone());
                b.skeleton.extend(term.toks().cloned());
                true
            }
            SyntaxKind::DeclSpecs => self.specs(alt, term, b),
            _ => self.parts(&alt.parts, &term.parts, b, matches!(alt.kind, SyntaxKind::Binary)),
        }
    }

    fn parts(&self, alt: &[Part], term: &[Part], b: &mut Binding, operands: bool) -> bool {
        if alt.len() != term.len() {
            return false;
        }
        alt.iter().zip(term).all(|(a, t)| match (a, t) {
            (Part::Tok(a), Part::Tok(t)) => {
                let same = a.kind == t.kind && a.sym == t.sym && t.pat.var.is_none();
                if same {
                    b.skeleton.push((**t).clone());
                }
                same
            }
            (Part::Node(a), Part::Node(t)) => {
                if operands {
                    b.operands.push(t.clone());
                }
                self.term(a, t, b, false)
            }
            _ => false,
        })
    }

    /// Specifiers of which the last may be a type metavariable: it takes what is left, storage classes excluded.
    fn specs(&self, alt: &Term, term: &Arc<Term>, b: &mut Binding) -> bool {
        let type_var = alt.parts.last().and_then(Part::node).filter(|n| n.kind == SyntaxKind::MetaVar);
        let var = type_var.and_then(|n| n.toks().next()).and_then(|t| t.pat.var);
        let (Some(var), Some(fixed)) = (var, alt.parts.len().checked_sub(1)) else {
            return self.parts(&alt.parts, &term.parts, b, false);
        };
        if term.parts.len() <= fixed || !self.parts(&alt.parts[..fixed], &term.parts[..fixed], b, false) {
            return false;
        }
        let rest = &term.parts[fixed..];
        if rest.iter().any(|p| matches!(p, Part::Tok(t) if kinds::is_storage(t.kind))) {
            return false;
        }
        b.pending = Some((var.0, rest.to_vec()));
        true
    }

    /// Ends a type metavariable at its declarator, whose innermost part is matched by `var` or is missing in both.
    fn take_type(&self, var: Option<u32>, alt: &Term, declarator: &Arc<Term>, b: &mut Binding) -> bool {
        let Some((type_var, specs)) = b.pending.take() else {
            return false;
        };
        let inner = kinds::innermost(declarator);
        let named = match var {
            Some(var) => self.variable(var, &inner, b),
            None => same_code(alt, &inner),
        };
        if !named {
            return false;
        }
        let slot = type_var as usize;
        let pure = matches!(declarator.kind, SyntaxKind::Absent | SyntaxKind::Name | SyntaxKind::MetaVar)
            && matches!(&specs[..], [Part::Node(n)] if self.is_pure(n));
        if self.vars[slot].pure && !pure {
            b.refusal.get_or_insert(Refusal::Impure(type_var));
        }
        match &b.vars[slot] {
            None => {
                b.vars[slot] = Some(Bound::Type(specs, declarator.clone()));
                true
            }
            Some(Bound::Type(old, _)) => {
                let (a, z) = (Term::new(SyntaxKind::DeclSpecs, old.clone()), Term::new(SyntaxKind::DeclSpecs, specs));
                same_code(&a, &z)
            }
            Some(_) => false,
        }
    }

    fn variable(&self, var: u32, term: &Arc<Term>, b: &mut Binding) -> bool {
        let Some(v) = self.vars.get(var as usize) else {
            return false;
        };
        if !self.fits(v, term, b) {
            return false;
        }
        if v.pure && !self.is_pure(term) {
            b.refusal.get_or_insert(Refusal::Impure(var));
        }
        if v.context {
            if kinds::var_of(term).is_none() || term.any_tok(&|t| !t.pat.attached.is_empty()) {
                b.refusal.get_or_insert(Refusal::Impure(var));
            }
            if !self.star && term.any_tok(&|t| t.pat.mark == Mark::Minus || has_plus(&t.pat)) {
                b.refusal.get_or_insert(Refusal::Changed(var));
            }
        }
        match &b.vars[var as usize] {
            None => {
                b.vars[var as usize] = Some(Bound::Term(term.clone()));
                true
            }
            Some(Bound::Term(old)) => same_code(old, term),
            Some(_) => false,
        }
    }

    /// Whether a metavariable may stand for a term.
    fn fits(&self, v: &IsoVar, term: &Arc<Term>, b: &mut Binding) -> bool {
        let rule_var = kinds::var_of(term).and_then(|m| self.rule_vars.get(m.0 as usize)).map(|m| &m.kind);
        let kind = match &v.kind {
            MvKind::Expression(_) => kinds::is_expression(term, rule_var),
            MvKind::IdExpression(..) => matches!(term.kind, SyntaxKind::Ident) || kinds::is_name_var(rule_var),
            MvKind::Constant(_) => kinds::is_constant(term, rule_var),
            MvKind::Identifier => kinds::is_name(term, rule_var),
            MvKind::Statement => kinds::is_statement(term, rule_var),
            MvKind::Declaration => {
                term.kind == SyntaxKind::Declaration || matches!(rule_var, Some(MvKind::Declaration))
            }
            MvKind::Initialiser => matches!(term.kind, SyntaxKind::InitList) || kinds::is_expression(term, rule_var),
            MvKind::AssignOp => matches!(rule_var, Some(MvKind::AssignOp)),
            MvKind::BinaryOp => matches!(rule_var, Some(MvKind::BinaryOp)),
            _ => term.kind == SyntaxKind::MetaVar,
        };
        kind && self.has_value(v.value, term, b)
    }

    fn has_value(&self, value: Value, term: &Arc<Term>, b: &mut Binding) -> bool {
        let types = Types { rule_vars: self.rule_vars };
        match value {
            Value::Any => true,
            Value::Integer => types.is_integer(term, 0),
            Value::Pointer => types.is_pointer(term, 0),
            Value::OfType(var, stars) => {
                let Some(set) = types.declared(term).filter(|_| stars == 0) else {
                    return false;
                };
                b.vars[var as usize] = Some(Bound::Types(set.clone()));
                true
            }
        }
    }

    /// Whether the braces of a block are kept, with no code added between its statements and no statement removed without replacement.
    fn context_braces(&self, block: &Term, b: &Binding) -> bool {
        let clean = |t: &Tok| t.pat.mark == Mark::Context && !has_plus(&t.pat);
        let mut braces = block.toks().filter(|t| matches!(t.kind, TokenKind::LBrace | TokenKind::RBrace));
        // Code added before `{` or after `}` was taken off before.
        braces.all(clean)
            && b.dots.iter().all(|d| !d.any_tok(&|t| !clean(t)) && d.slots.is_none())
            && block.nodes().filter(|n| n.kind != SyntaxKind::Dots).all(|n| self.kept(n))
    }

    /// Whether no code is added beside a statement, and if it is removed one statement comes in its place; of a choice, whether this
    /// holds for each branch.
    fn kept(&self, s: &Term) -> bool {
        let beside = s.slots.as_ref().is_some_and(|s| !(s.before.is_empty() && s.after.is_empty()));
        if matches!(s.kind, SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::DisjBranch) {
            return !beside && s.nodes().all(|n| self.kept(n));
        }
        let toks = s.all_toks();
        let edge_plus = toks.first().is_some_and(|t| !t.pat.before.is_empty())
            || toks.last().is_some_and(|t| !t.pat.after.is_empty());
        if !is_all_minus(s) {
            return !beside && !edge_plus;
        }
        let slots = s.slots.iter().flat_map(|s| s.before.iter().chain(&s.after));
        let hung = toks.iter().flat_map(|t| t.pat.before.iter().chain(&t.pat.replace).chain(&t.pat.after));
        let mut runs: Vec<_> = slots.chain(hung).collect();
        runs.sort_unstable_by_key(|r| r.0);
        runs.dedup();
        matches!(runs[..], [run] if !self.several.get(run.0 as usize).copied().unwrap_or(false))
    }

    /// Whether a term is a metavariable that occurs once and to which nothing is attached.
    fn is_pure(&self, term: &Term) -> bool {
        let var = kinds::var_of(term).and_then(|m| self.rule_vars.get(m.0 as usize));
        var.is_some_and(|m| m.unitary)
            && term.slots.is_none()
            && term.toks().all(|t| t.pat.attached.is_empty() && !has_plus(&t.pat))
    }
}

/// Whether plus code stands next to a token.
pub(super) fn has_plus(t: &PatToken) -> bool {
    !(t.before.is_empty() && t.after.is_empty() && t.replace.is_empty())
}

/// Whether every token of a term is removed.
pub(super) fn is_all_minus(term: &Term) -> bool {
    !term.any_tok(&|t| t.pat.mark != Mark::Minus) && term.any_tok(&|_| true)
}

/// Whether the first or last token of a term is removed, or has code added beside it.
fn changed_at_edge(term: &Term) -> bool {
    let changed = |t: &Tok| t.pat.mark == Mark::Minus || has_plus(&t.pat);
    term.first_tok().is_some_and(changed) || term.last_tok().is_some_and(changed)
}

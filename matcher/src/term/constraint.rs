//! Constraints on metavariables (`features.md` 3.2).

use c_syntax::{SyntaxKind, TokenKind};
use smpl_parser::{CompareOp, Constraint, ConstraintItem, MvId, ScriptCall};

use super::TermMatcher;
use super::bind::{loosely_equal, subterm_hashes};
use super::literal::integer_text;
use super::text::{same_text, value_text};
use crate::compile::ValueId;
use crate::value::Value;

impl TermMatcher<'_> {
    /// Whether a value satisfies a constraint of `var`.
    pub(crate) fn satisfies(&mut self, constraint: &Constraint, var: MvId, id: ValueId) -> bool {
        match constraint {
            Constraint::True => true,
            Constraint::Not(c) => !self.satisfies(c, var, id),
            Constraint::And(a, b) => self.satisfies(a, var, id) && self.satisfies(b, var, id),
            Constraint::Or(a, b) => self.satisfies(a, var, id) || self.satisfies(b, var, id),
            Constraint::Regex(re) => {
                let value = self.values.get(id);
                has_spelling(value) && re.is_match(&value_text(value))
            }
            Constraint::OneOf(items) => items.iter().any(|i| self.is_item(i, id)),
            Constraint::SubTerm(of) => self.is_subterm(*of, id),
            Constraint::Compare(op, n) => self.integer(id).is_some_and(|v| compare(*op, v, i128::from(*n))),
            Constraint::Script(call) => self.script_accepts(call, var, id),
        }
    }

    fn integer(&self, id: ValueId) -> Option<i128> {
        match self.values.get(id) {
            Value::Length(n) => Some(i128::from(*n)),
            other => signed_integer(&value_text(other)),
        }
    }

    fn is_item(&mut self, item: &ConstraintItem, id: ValueId) -> bool {
        match item {
            ConstraintItem::Text(_, text) => match self.values.get(id) {
                Value::Text(v) => **v == **text,
                Value::Positions(_) => false,
                other => same_text(&value_text(other), text),
            },
            ConstraintItem::Type(pattern) => self.type_value_matches(pattern, id),
            ConstraintItem::Var(other) => {
                let value = self.values.get(id);
                self.known(*other).is_some_and(|o| loosely_equal(o, value))
            }
            ConstraintItem::Range(a, b) => {
                self.integer(id).is_some_and(|v| (i128::from(*a)..=i128::from(*b)).contains(&v))
            }
        }
    }

    fn is_subterm(&self, of: MvId, id: ValueId) -> bool {
        match (self.known(of), self.values.get(id)) {
            (Some(Value::Term(outer)), Value::Term(t)) => subterm_hashes(outer).contains(&t.loose),
            (Some(outer), inner) => loosely_equal(outer, inner),
            (None, _) => false,
        }
    }

    fn script_accepts(&self, call: &ScriptCall, var: MvId, id: ValueId) -> bool {
        let Some(scripts) = self.ctx.scripts else { return false };
        let mut values: Vec<(&str, &Value)> = Vec::new();
        for (name, param) in &call.params {
            if *param == var {
                continue;
            }
            let Some(value) = self.known(*param) else { return false };
            values.push((name, value));
        }
        let own = call.params.iter().find(|p| p.1 == var).map(|p| p.0.as_str());
        let declared = self.rule.metavars.get(var.0 as usize).map(|m| m.name.as_str());
        if let Some(name) = own.or(declared) {
            values.push((name, self.values.get(id)));
        }
        scripts.accepts(call, &values)
    }
}

/// Whether a value is something that a regular expression speaks of: not an expression of several parts, and no character.
fn has_spelling(value: &Value) -> bool {
    let Value::Term(t) = value else { return true };
    let tree = t.tree();
    match tree.kind(t.node) {
        SyntaxKind::Constant => tree.first_token(t.node).is_none_or(|x| tree.token(x).kind != TokenKind::Char),
        kind => !kind.is_expr() || matches!(kind, SyntaxKind::Ident | SyntaxKind::StringLit),
    }
}

fn compare(op: CompareOp, a: i128, b: i128) -> bool {
    match op {
        CompareOp::Lt => a < b,
        CompareOp::Le => a <= b,
        CompareOp::Gt => a > b,
        CompareOp::Ge => a >= b,
    }
}

/// The value of an integer with an optional sign.
fn signed_integer(text: &str) -> Option<i128> {
    let text = text.trim();
    match text.strip_prefix('-') {
        Some(rest) => Some(-i128::try_from(integer_text(rest.trim().as_bytes())?).ok()?),
        None => i128::try_from(integer_text(text.as_bytes())?).ok(),
    }
}

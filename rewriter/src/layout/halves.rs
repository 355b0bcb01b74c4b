//! Values that hold a part of a conditional that begins or ends outside them: code put around one would be in some branches only.

use std::ops::Range;

use c_syntax::branches::{Conditional, conditional};
use c_syntax::{TokenId, TokenKind, Tree};
use matcher::outcome::{Action, RuleMatch};
use matcher::value::{Term, Value};
use smpl_parser::ast::Pattern;

use super::Lost;
use super::plus::vars_of;

/// The first value in the added code of a match (the `index`-th of a tree with directives) that is such a one.
pub(super) fn divided(pattern: &Pattern, tree: &Tree, index: usize, m: &RuleMatch) -> Option<Lost> {
    m.touches.iter().find_map(|touch| {
        let (Action::Before(run) | Action::After(run) | Action::Replace(run)) = touch.action else { return None };
        let vars = pattern.runs[run.0 as usize].fragments.iter().flat_map(|f| vars_of(pattern, f));
        vars.filter_map(|v| touch.bindings.get(v)).find_map(|value| {
            let terms = match value {
                Value::Term(t) => std::slice::from_ref(t),
                Value::List(l) => l,
                _ => return None,
            };
            let range = range_of(tree, terms)?;
            let place = |t: TokenId| tree.token(t).start..tree.token(t).end();
            let parts: Vec<Range<u32>> = halves(tree, &range).into_iter().map(place).collect();
            let replaced = place(TokenId(range.start)).start..place(TokenId(range.end - 1)).end;
            (!parts.is_empty()).then(|| Lost { matches: vec![index], replaced, parts })
        })
    })
}

/// The tokens of terms of a tree; none if they are of another one.
fn range_of(tree: &Tree, terms: &[Term]) -> Option<Range<u32>> {
    let (first, last) = (terms.first()?, terms.last()?);
    let range = tree.token_range(first.node).start..tree.token_range(last.node).end;
    (std::ptr::eq(first.tree(), tree) && std::ptr::eq(last.tree(), tree) && !range.is_empty()).then_some(range)
}

/// The directives among tokens whose conditional does not lie wholly among them, or goes on right behind them.
fn halves(tree: &Tree, range: &Range<u32>) -> Vec<TokenId> {
    let (mut open, mut out) = (Vec::new(), Vec::new());
    let behind = (range.end..tree.tokens().len() as u32).take_while(|t| is_directive(tree, *t));
    for t in range.clone().filter(|t| is_directive(tree, *t)).chain(behind).map(TokenId) {
        match conditional(tree.token_text(t)) {
            Conditional::If | Conditional::IfTrue | Conditional::IfFalse if t.0 < range.end => open.push(t),
            Conditional::Else if open.is_empty() && t.0 < range.end => out.push(t),
            Conditional::Endif if open.pop().is_none() && t.0 < range.end => out.push(t),
            _ => {}
        }
    }
    out.extend(open);
    out
}

fn is_directive(tree: &Tree, token: u32) -> bool {
    tree.token(TokenId(token)).kind == TokenKind::Directive
}

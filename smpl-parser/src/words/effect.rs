//! Words that code must contain for a match to change or mark something in it: where a rule is of no other use, code without them need
//! not be looked at.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind};

use super::{Formula, Scope, Walk};
use crate::ast::{BodyKind, MvKind};

/// What an edit of a node or in it needs.
pub(super) enum Effect {
    /// There is none.
    None,
    /// A match of the node is enough.
    Match,
    /// This.
    Needs(Formula),
}

impl Walk<'_> {
    /// What the pattern needs for a match of which something is seen.
    pub(super) fn effect(&self) -> Effect {
        let tree = self.tree();
        let several = self.rule.kind == BodyKind::TopLevel
            && self.scope == Scope::Element
            && tree.child_nodes(tree.root()).count() > 1;
        if several || self.is_seen_without_edits() {
            return Effect::Match;
        }
        match self.effect_in(tree.root()) {
            Effect::None => Effect::Match,
            effect => effect,
        }
    }

    /// Whether something follows from a match that changes and marks nothing.
    fn is_seen_without_edits(&self) -> bool {
        let rule = self.rule;
        let acts = rule.metavars.iter().any(|m| matches!(m.kind, MvKind::Fresh(_)) || m.constraint.has_script());
        acts || rule.prototype.is_some() || !(rule.transforms || rule.star)
    }

    fn effect_of(&self, n: NodeId) -> Effect {
        let tree = self.tree();
        if self.is_edited(n) {
            return Effect::Match;
        }
        match tree.kind(n) {
            SyntaxKind::Disj => {
                let mut always = true;
                let mut branches = Vec::new();
                for b in tree.child_nodes(n) {
                    let effect = self.effect_in(b);
                    always &= matches!(effect, Effect::Match);
                    branches.extend(self.needs(b, effect));
                }
                match branches.is_empty() {
                    _ if always => Effect::Match,
                    true => Effect::None,
                    false => Effect::Needs(Formula::any(branches)),
                }
            }
            // What need not be there.
            SyntaxKind::Opt => self.needs(n, self.effect_in(n)).map_or(Effect::None, Effect::Needs),
            SyntaxKind::Nest if tree.child_token(n, TokenKind::NestOpenPlus).is_none() => {
                self.needs(n, self.effect_in(n)).map_or(Effect::None, Effect::Needs)
            }
            _ => self.effect_in(n),
        }
    }

    /// The effect of the children of a node, which match together.
    fn effect_in(&self, n: NodeId) -> Effect {
        if self.is_edited(n) {
            return Effect::Match;
        }
        let mut needs = Vec::new();
        // Attributes too.
        let nodes = self.tree().children(n).iter().filter_map(|c| match *c {
            Child::Node(c) => Some(c),
            Child::Token(_) => None,
        });
        for c in nodes {
            match self.effect_of(c) {
                Effect::None => {}
                Effect::Match => return Effect::Match,
                Effect::Needs(formula) => needs.push(formula),
            }
        }
        match needs.is_empty() {
            true => Effect::None,
            false => Effect::Needs(Formula::all([self.children(n), Formula::any(needs)])),
        }
    }

    /// What the effect of a node's children needs if the node is not known to match.
    fn needs(&self, n: NodeId, effect: Effect) -> Option<Formula> {
        match effect {
            Effect::None => None,
            Effect::Match => Some(self.children(n)),
            Effect::Needs(formula) => Some(formula),
        }
    }

    /// Whether the node or a token of its own is removed or marked, or code is added beside it.
    fn is_edited(&self, n: NodeId) -> bool {
        let pattern = &self.rule.pattern;
        let token = |t: TokenId| {
            pattern.tokens.get(t.0 as usize).is_some_and(|t| {
                t.mark == crate::ast::Mark::Minus
                    || !(t.before.is_empty() && t.after.is_empty() && t.replace.is_empty())
            })
        };
        let own = |c: &Child| matches!(*c, Child::Token(t) if token(t));
        pattern.slots.contains_key(&n) || self.tree().children(n).iter().any(own)
    }
}

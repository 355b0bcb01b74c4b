//! What a match asks for: the pairs of pattern and C tokens, reduced to what rewriting needs.

use std::sync::Arc;

use c_syntax::{NodeId, TokenId};
use smpl_parser::{MvId, RunId};

use crate::value::{Bindings, Value};

/// One match of a rule in one element: all that follows from one root (`semantics.md` 2.5).
#[derive(Debug, Clone)]
pub struct RuleMatch {
    /// Which tree of the element was matched.
    pub variant: u8,
    /// Which of the rule's environments it was found for.
    pub env: u32,
    /// What it does to the element.
    pub touches: Vec<Touch>,
    /// Values of the used-after metavariables of the rule that this match binds (inherited ones left out).
    pub exports: Vec<(MvId, Value)>,
}

/// One edit of a match.
#[derive(Debug, Clone)]
pub struct Touch {
    /// Where.
    pub place: Place,
    /// What.
    pub action: Action,
    /// Values for instantiating plus code, inherited ones included.
    pub bindings: Arc<Bindings>,
}

/// Where an edit applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At a token of the element.
    Token(TokenId),
    /// Around a whole statement, declaration or function (the virtual tokens of `semantics.md` 1.3).
    Node(NodeId),
}

/// Set in the group of a comma that no comma of the pattern stands for, and that goes with the last element behind it.
pub const APART: u32 = 1 << 31;

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The token goes. Two removed tokens of one match and one group have only removed code between them in the pattern.
    Remove {
        /// Adjacency group of the pattern token.
        group: u32,
    },
    /// A run of plus code goes in front.
    Before(RunId),
    /// A run of plus code goes behind.
    After(RunId),
    /// A run of plus code takes the place of the removed code that starts here.
    Replace(RunId),
}

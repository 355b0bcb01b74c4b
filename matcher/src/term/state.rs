//! The state of a match: bindings, touches and choices so far, all of them stacks that backtracking cuts off.

use c_syntax::{NodeId, TokenId};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use smpl_parser::{Mark as TokenMark, MvId, RunId};
use std::hash::{Hash, Hasher};

use super::TermMatcher;
use crate::compile::{ElemMatch, Taken, ValueId};
use crate::outcome::{Action, Place};

/// How deeply a match may nest: about the number of nodes of a pattern that are matched at one point.
const MAX_DEPTH: u32 = 900;
/// How many nodes are compared at one point for one element before the search is given up.
const MAX_STEPS: u32 = 300_000;
/// How many ways to match are reported.
const MAX_RESULTS: usize = 5_000;

/// The state of a match.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Values of the metavariables that are not inherited; a later entry replaces an earlier one of the same variable.
    pub(crate) binds: SmallVec<[(MvId, ValueId); 8]>,
    pub(crate) touches: Vec<(Place, Action)>,
    pub(crate) choice: SmallVec<[Taken; 4]>,
    /// Tokens whose edits do not count: the shared parts of a declaration of several variables.
    pub(crate) muted: Option<(u32, u32, u32)>,
    pub(crate) interval: (u32, u32),
    pub(crate) depth: u32,
    pub(crate) steps: u32,
    pub(crate) results: Vec<ElemMatch>,
    seen: FxHashSet<u64>,
}

/// A state to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    binds: usize,
    touches: usize,
    choice: usize,
    muted: Option<(u32, u32, u32)>,
}

impl State {
    /// Forgets everything, to start at another point.
    pub(crate) fn restart(&mut self) {
        self.results.clear();
        self.seen.clear();
        self.steps = 0;
        self.depth = 0;
        self.clear();
    }

    /// Forgets the match, to start at another term of the same point.
    pub(crate) fn clear(&mut self) {
        self.binds.clear();
        self.touches.clear();
        self.choice.clear();
        self.muted = None;
    }
}

impl TermMatcher<'_> {
    pub(crate) fn mark(&self) -> Mark {
        let s = &self.state;
        Mark { binds: s.binds.len(), touches: s.touches.len(), choice: s.choice.len(), muted: s.muted }
    }

    pub(crate) fn reset(&mut self, mark: Mark) {
        let s = &mut self.state;
        s.binds.truncate(mark.binds);
        s.touches.truncate(mark.touches);
        s.choice.truncate(mark.choice);
        s.muted = mark.muted;
    }

    /// Counts a step; false if the search is to be given up.
    pub(crate) fn enter(&mut self) -> bool {
        self.state.steps += 1;
        if self.state.depth >= MAX_DEPTH || self.state.steps > MAX_STEPS || self.state.results.len() >= MAX_RESULTS {
            return false;
        }
        self.state.depth += 1;
        true
    }

    pub(crate) fn leave(&mut self) {
        self.state.depth -= 1;
    }

    /// Reports the present state as a way to match.
    pub(crate) fn emit(&mut self) {
        let s = &mut self.state;
        let mut bindings: SmallVec<[(MvId, ValueId); 4]> = SmallVec::new();
        for (var, value) in s.binds.iter().rev() {
            if !bindings.iter().any(|b| b.0 == *var) {
                bindings.push((*var, *value));
            }
        }
        bindings.sort_unstable();
        let mut touches = Vec::with_capacity(s.touches.len());
        if s.touches.len() < 32 {
            for t in &s.touches {
                if !touches.contains(t) {
                    touches.push(*t);
                }
            }
        } else {
            let mut seen = FxHashSet::default();
            touches.extend(s.touches.iter().copied().filter(|t| seen.insert(*t)));
        }
        let found = ElemMatch { bindings, touches, interval: s.interval, choice: s.choice.iter().copied().collect() };
        let mut h = rustc_hash::FxHasher::default();
        (&found.bindings, &found.touches, found.interval, &found.choice).hash(&mut h);
        if s.seen.insert(h.finish()) {
            s.results.push(found);
        }
    }

    fn is_muted(&self, token: u32) -> bool {
        self.state.muted.is_some_and(|(lo, hi, semi)| (lo..hi).contains(&token) || token == semi)
    }

    fn act(&mut self, token: u32, action: Action) {
        if !self.is_muted(token) {
            self.state.touches.push((Place::Token(TokenId(token)), action));
        }
    }

    /// Records the edits of a pattern token on the C tokens that it matched (more than one for a metavariable or dots):
    /// minus on all, a replacement or code before on the first, code after on the last (`semantics.md` 4.1).
    /// False if there is no token and something is to be added.
    pub(crate) fn touch(&mut self, pattern: TokenId, tokens: std::ops::Range<u32>) -> bool {
        let Some(t) = self.pat.tokens.get(pattern.0 as usize) else { return true };
        if t.mark == TokenMark::Context && t.before.is_empty() && t.after.is_empty() {
            return true;
        }
        if tokens.is_empty() {
            return t.before.is_empty() && t.after.is_empty() && t.replace.is_empty();
        }
        let (first, last) = (tokens.start, tokens.end - 1);
        for run in &t.before {
            self.act(first, Action::Before(*run));
        }
        if t.mark == TokenMark::Minus {
            for token in tokens {
                self.act(token, Action::Remove { group: t.adjacency });
            }
            for run in &t.replace {
                self.act(first, Action::Replace(*run));
            }
        }
        for run in &t.after {
            self.act(last, Action::After(*run));
        }
        true
    }

    /// The same for a whole statement: code before or after it stands around the statement, not at its tokens.
    pub(crate) fn touch_whole(&mut self, pattern: TokenId, node: NodeId) -> bool {
        let Some(t) = self.pat.tokens.get(pattern.0 as usize) else { return true };
        if t.mark == TokenMark::Minus {
            return self.touch(pattern, self.c.token_range(node));
        }
        let before = t.before.iter().map(|r| Action::Before(*r));
        self.state
            .touches
            .extend(before.chain(t.after.iter().map(|r| Action::After(*r))).map(|a| (Place::Node(node), a)));
        true
    }

    /// Removes tokens that the pattern does not mention, as part of what the pattern token `like` removes.
    pub(crate) fn remove_like(&mut self, like: TokenId, tokens: std::ops::Range<u32>) {
        let group = self.pat.token(like).adjacency;
        for token in tokens {
            self.act(token, Action::Remove { group });
        }
    }

    /// Removes a token that is no neighbour of what the pattern token `like` removes: the space between stays as it is.
    pub(crate) fn remove_apart(&mut self, like: TokenId, token: u32) {
        let group = self.pat.token(like).adjacency | crate::outcome::APART;
        self.act(token, Action::Remove { group });
    }

    /// Whether a pattern token is kept, with nothing added at it.
    pub(crate) fn is_untouched(&self, pattern: TokenId) -> bool {
        self.pat.tokens.get(pattern.0 as usize).is_none_or(|t| {
            t.mark == TokenMark::Context && t.before.is_empty() && t.after.is_empty() && t.replace.is_empty()
        })
    }

    /// Whether a pattern token adds nothing.
    pub(crate) fn adds_nothing(&self, pattern: TokenId) -> bool {
        self.pat
            .tokens
            .get(pattern.0 as usize)
            .is_none_or(|t| t.before.is_empty() && t.after.is_empty() && t.replace.is_empty())
    }

    /// Whether a pattern token is removed.
    pub(crate) fn is_minus(&self, pattern: TokenId) -> bool {
        self.pat.tokens.get(pattern.0 as usize).is_some_and(|t| t.mark == TokenMark::Minus)
    }

    /// The runs that replace what a pattern node removes.
    pub(crate) fn replacements(&self, node: NodeId) -> Vec<RunId> {
        let mut out = Vec::new();
        for t in self.p.held_tokens(node) {
            if let Some(t) = self.pat.tokens.get(t.0 as usize) {
                out.extend(t.replace.iter().chain(&t.before).chain(&t.after).copied());
            }
        }
        out
    }

    /// Whether all tokens of a pattern node are removed (and there is one).
    pub(crate) fn is_all_minus(&self, node: NodeId) -> bool {
        let tokens = self.p.held_tokens(node);
        !tokens.is_empty() && tokens.iter().all(|t| self.is_minus(*t))
    }

    /// Records the code that stands before or after a whole node of the pattern.
    pub(crate) fn touch_slots(&mut self, pattern: NodeId, node: NodeId, before: bool, after: bool) {
        let Some(slots) = self.pat.slots.get(&pattern) else { return };
        if before {
            for run in &slots.before {
                self.state.touches.push((Place::Node(node), Action::Before(*run)));
            }
        }
        if after {
            for run in &slots.after {
                self.state.touches.push((Place::Node(node), Action::After(*run)));
            }
        }
    }
}

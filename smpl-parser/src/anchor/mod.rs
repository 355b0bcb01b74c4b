//! Plus code at its anchors on the minus tree (`smpl-front-end.md` section 7, by the equivalent of 7.8).
//!
//! Every run of plus code sits between two known tokens of the body. It goes to the token on its left, unless that is dots or the
//! delimiter of a disjunction, then to the token on its right; next to removed code it becomes its replacement.

mod fragments;
mod place;
#[cfg(test)]
mod tests;

use c_syntax::{Diagnostic, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::ast::{Mark, MvId, NodeNote, PatToken, Pattern, RunId, Slots};
use crate::body::Slice;
use crate::lexer::{BodyCtx, LexedBody, LineMark, SmplTok};

use fragments::Run;

/// Makes the pattern of a rule: what SmPL says of each token of the minus slice, and the plus code at its anchors.
/// `plus` is the plus slice as read; without one the body has no plus code.
///
/// The diagnostics say which plus code has no place; the pattern then lacks it and must not be used.
#[must_use]
pub fn attach(ctx: &BodyCtx<'_>, body: &LexedBody, minus: Slice, plus: Option<Slice>) -> (Pattern, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let tokens = pattern_tokens(&minus, &body.toks);
    let tests = minus.tests.iter().map(|n| (*n, NodeNote { test: true, ..NodeNote::default() })).collect();
    let runs = match &plus {
        Some(plus) => fragments::runs(ctx, &body.toks, plus, &mut diagnostics),
        None => Vec::new(),
    };
    let plus_vars: Vec<Option<MvId>> = match &plus {
        Some(plus) => plus.toks.iter().map(|i| body.toks[*i as usize].var).collect(),
        None => Vec::new(),
    };
    let plus_tree = plus.map_or_else(|| empty_tree(&minus.tree), |p| p.tree);
    let mut anchors = Anchors {
        ctx,
        tree: &minus.tree,
        of_tok: minus.toks.iter().enumerate().map(|(t, i)| (*i as usize, TokenId(t as u32))).collect(),
        tokens,
        slots: FxHashMap::default(),
    };
    for (i, run) in runs.iter().enumerate() {
        if anchors.place(RunId(i as u32), run).is_none() {
            diagnostics.push(homeless(run));
        }
    }
    let (tokens, slots) = (anchors.tokens, anchors.slots);
    let runs = runs.into_iter().map(|r| r.run).collect();
    let pattern = Pattern { tree: minus.tree, tokens, slots, runs, plus: plus_tree, plus_vars, notes: tests };
    (pattern, diagnostics)
}

/// A tree without tokens, for bodies without plus code.
fn empty_tree(like: &Tree) -> Tree {
    let mut b = c_syntax::TreeBuilder::new(like.text().0.clone(), 0, Vec::new());
    b.start(SyntaxKind::RuleBody);
    b.finish();
    b.build()
}

fn homeless(run: &Run) -> Diagnostic {
    Diagnostic::error("E005", run.run.span, "this added code has no place", "neither neighbour can take it")
        .note(
            "added code goes to the token before it, or to the one after it if that is `...`, a nest or a disjunction",
        )
        .help("put it next to code that is matched, or into the branches of the disjunction")
}

/// What SmPL says of each token of the minus slice.
fn pattern_tokens(minus: &Slice, toks: &[SmplTok]) -> Vec<PatToken> {
    let mut adjacency = 0;
    let dots = dots_tokens(&minus.tree);
    minus
        .toks
        .iter()
        .enumerate()
        .map(|(i, tok)| {
            let tok = &toks[*tok as usize];
            let mark = if tok.mark == LineMark::Minus { Mark::Minus } else { Mark::Context };
            if mark == Mark::Context && dots[i] {
                adjacency += 1;
            }
            PatToken {
                span: tok.span,
                line: tok.lline,
                mark,
                var: tok.var,
                attached: tok.attached.iter().copied().collect(),
                before: SmallVec::new(),
                after: SmallVec::new(),
                replace: SmallVec::new(),
                adjacency,
            }
        })
        .collect()
}

/// Which tokens are dots or delimiters of nests.
fn dots_tokens(tree: &Tree) -> Vec<bool> {
    let mut out = vec![false; tree.tokens().len()];
    for node in tree.preorder(tree.root()) {
        if matches!(tree.kind(node), SyntaxKind::Dots | SyntaxKind::Nest) {
            for t in tree.child_tokens(node) {
                out[t.0 as usize] = true;
            }
        }
    }
    out
}

/// The minus slice with what was hung on it so far.
struct Anchors<'a> {
    ctx: &'a BodyCtx<'a>,
    tree: &'a Tree,
    /// Token of the tree for each token of the body that is in the minus slice.
    of_tok: FxHashMap<usize, TokenId>,
    tokens: Vec<PatToken>,
    slots: FxHashMap<NodeId, Slots>,
}

impl Anchors<'_> {
    /// The node that holds a token.
    fn parent(&self, token: TokenId) -> Option<NodeId> {
        let mut at = self.tree.root();
        'down: loop {
            for child in self.tree.children(at) {
                match *child {
                    c_syntax::Child::Token(t) if t == token => return Some(at),
                    c_syntax::Child::Node(n) if self.tree.token_range(n).contains(&token.0) => {
                        at = n;
                        continue 'down;
                    }
                    _ => {}
                }
            }
            return None;
        }
    }

    fn is_minus(&self, token: TokenId) -> bool {
        self.tokens[token.0 as usize].mark == Mark::Minus
    }

    /// Whether all tokens below a node are removed (delimiters of disjunctions do not count).
    fn all_minus(&self, node: NodeId) -> bool {
        let delimiter = |t: TokenId| is_disj_delimiter(self.tree.token(t).kind);
        self.tree.held_tokens(node).into_iter().filter(|t| !delimiter(*t)).all(|t| self.is_minus(t))
    }
}

fn is_disj_delimiter(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::DisjOpen | TokenKind::DisjOr | TokenKind::ConjAnd | TokenKind::DisjClose)
}

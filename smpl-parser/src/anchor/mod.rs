//! Anchoring: every run of plus code gets its place at tokens, removed code or whole statements of the minus slice
//! (`smpl-front-end.md` sections 7 and 14.7). No trees are compared: the neighbours of a run in the rule's text decide.

mod fragments;
mod place;
mod shape;
#[cfg(test)]
mod tests;

use c_syntax::{Diagnostic, NodeId, SyntaxKind, TokenKind, Tree, TreeBuilder};
use rustc_hash::FxHashMap;

use crate::ast::{Mark, MvId, NodeNote, PatToken, Pattern};
use crate::body::Slice;
use crate::lexer::{BodyCtx, LexedBody, LineMark, SmplTok};
use fragments::Plus;
pub(crate) use fragments::is_line_like;
use place::Placer;
use shape::Shape;

/// Makes the pattern of a rule: what SmPL says of each token of the minus slice, and the plus code at its anchors.
/// `plus` is the plus slice as read; without one the body has no plus code.
///
/// The diagnostics say which plus code has no place; the pattern then lacks it and must not be used.
#[must_use]
pub fn attach(ctx: &BodyCtx<'_>, body: &LexedBody, minus: Slice, plus: Option<Slice>) -> (Pattern, Vec<Diagnostic>) {
    let mut diags = Vec::new();
    let metavars = ctx.metavars;
    let toks = &body.toks;
    let minus_of = inverse(&minus.toks, toks.len());
    let mut tokens = pattern_tokens(toks, &minus);
    let mut slots = FxHashMap::default();
    let mut runs = Vec::new();
    let mut notes: FxHashMap<NodeId, NodeNote> = FxHashMap::default();
    for test in &minus.tests {
        notes.entry(*test).or_default().test = true;
    }
    let (plus_tree, plus_vars) = match plus {
        Some(plus) => {
            let plus_of = inverse(&plus.toks, toks.len());
            let removed: Vec<bool> = tokens.iter().map(|t| t.mark == Mark::Minus).collect();
            let added: Vec<bool> = plus.toks.iter().map(|t| toks[*t as usize].mark == LineMark::Plus).collect();
            let minus_shape = Shape::new(&minus.tree, &removed);
            let plus_shape = Shape::new(&plus.tree, &added);
            let reader = Plus { toks, shape: &plus_shape, of: &plus_of, metavars, kind: minus.kind };
            let mut placer = Placer {
                toks,
                shape: &minus_shape,
                plus: &plus_shape,
                minus_of: &minus_of,
                plus_of: &plus_of,
                metavars,
                tokens: &mut tokens,
                slots: &mut slots,
                diags: &mut diags,
            };
            for run in reader.runs() {
                let made = reader.run(&run);
                placer.place(&run, &made, crate::ast::RunId(runs.len() as u32));
                runs.push(made);
            }
            extents(&mut tokens, &minus.toks, &minus_of, &plus_of, &plus_shape);
            let vars = plus.toks.iter().map(|t| toks[*t as usize].var).collect();
            (plus.tree, vars)
        }
        None => (empty_tree(&minus.tree), Vec::new()),
    };
    let pattern = Pattern { tree: minus.tree, tokens, slots, runs, plus: plus_tree, plus_vars, notes };
    (pattern, diags)
}

/// Says how far the construct reaches beside which the plus code at each token stands, as the plus slice is read: behind `E == 0` the code
/// `&& f(E)` stands beside the comparison, `+ 1` beside the 0.
fn extents(
    tokens: &mut [PatToken],
    minus: &[u32],
    minus_of: &[Option<u32>],
    plus_of: &[Option<u32>],
    plus: &Shape<'_>,
) {
    let mut body_of = vec![0; plus.tree.tokens().len()];
    for (i, of) in plus_of.iter().enumerate() {
        of.iter().for_each(|t| body_of[*t as usize] = i);
    }
    for (i, token) in tokens.iter_mut().enumerate() {
        if token.before.is_empty() && token.after.is_empty() {
            continue;
        }
        let Some(at) = plus_of[minus[i] as usize] else { continue };
        let kept = |body: usize| minus_of[body].filter(|_| plus_of[body].is_some());
        if !token.before.is_empty() {
            let starts = plus.above(at).take_while(|n| plus.tree.token_range(*n).start == at);
            let end = starts.last().map_or(at, |n| plus.tree.token_range(n).end - 1);
            // Up to the next token that stays, what is removed before it included.
            let next = (body_of[end as usize]..minus_of.len())
                .find_map(kept)
                .map_or(minus.len() as u32, |t| if minus_of[body_of[end as usize]].is_some() { t + 1 } else { t });
            token.before_of = next.saturating_sub(i as u32);
        }
        if !token.after.is_empty() {
            let ends = plus.above(at).take_while(|n| plus.tree.token_range(*n).end == at + 1);
            let start = ends.last().map_or(at, |n| plus.tree.token_range(n).start);
            let last = (0..=body_of[start as usize])
                .rev()
                .find_map(kept)
                .map_or(0, |t| if minus_of[body_of[start as usize]].is_some() { t } else { t + 1 });
            token.after_of = (i as u32 + 1).saturating_sub(last);
        }
    }
}

/// For each token of the body: its token in a slice.
fn inverse(slice: &[u32], len: usize) -> Vec<Option<u32>> {
    let mut out = vec![None; len];
    for (i, t) in slice.iter().enumerate() {
        out[*t as usize] = Some(i as u32);
    }
    out
}

/// What SmPL says of each token of the minus slice, plus code not yet placed.
fn pattern_tokens(toks: &[SmplTok], minus: &Slice) -> Vec<PatToken> {
    let mut adjacency = 0;
    let mut out = Vec::with_capacity(minus.toks.len());
    for index in &minus.toks {
        let tok = &toks[*index as usize];
        let mark = if tok.mark == LineMark::Minus { Mark::Minus } else { Mark::Context };
        // Context dots separate what stands before them from what stands after them (section 13).
        let gap = mark == Mark::Context && shape::is_dots(tok.kind);
        adjacency += u32::from(gap);
        out.push(PatToken {
            span: tok.span,
            line: tok.lline,
            mark,
            var: tok.var,
            attached: tok.attached.clone(),
            adjacency,
            ..PatToken::default()
        });
        // So does the brace that opens a block: a head keeps its line break when its block goes.
        let opens = mark == Mark::Minus
            && tok.kind == TokenKind::LBrace
            && out.iter().rev().nth(1).is_some_and(|before: &PatToken| before.mark == Mark::Context);
        adjacency += u32::from(gap || opens);
    }
    out
}

/// A slice without tokens.
pub(crate) fn empty_tree(like: &Tree) -> Tree {
    let (text, base) = like.text();
    let mut b = TreeBuilder::new(text.clone(), base, Vec::new());
    b.empty(SyntaxKind::RuleBody);
    b.build()
}

/// How often each metavariable occurs in the minus slice, the branches of a disjunction counted as one (the one with most).
pub(crate) fn occurrences(pattern: &Pattern, vars: usize) -> Vec<u32> {
    let mut counts = count(pattern, pattern.tree.root(), vars, 0);
    for t in &pattern.tokens {
        for a in &t.attached {
            counts[a.0 as usize] += 1;
        }
    }
    counts
}

fn count(pattern: &Pattern, node: NodeId, vars: usize, depth: u32) -> Vec<u32> {
    let tree = &pattern.tree;
    let mut out = vec![0u32; vars];
    if tree.kind(node) == SyntaxKind::Disj && depth < 50 {
        for branch in tree.child_nodes(node) {
            for (o, n) in out.iter_mut().zip(count(pattern, branch, vars, depth + 1)) {
                *o = (*o).max(n);
            }
        }
        return out;
    }
    let mut work = vec![node];
    while let Some(n) = work.pop() {
        for child in tree.children(n) {
            match *child {
                c_syntax::Child::Token(t) => {
                    if let Some(MvId(v)) = pattern.token(t).var {
                        out[v as usize] += 1;
                    }
                }
                c_syntax::Child::Node(c) if tree.kind(c) == SyntaxKind::Disj => {
                    for (o, n) in out.iter_mut().zip(count(pattern, c, vars, depth + 1)) {
                        *o += n;
                    }
                }
                c_syntax::Child::Node(c) => work.push(c),
            }
        }
    }
    out
}

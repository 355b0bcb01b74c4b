//! Why a rule does not match at a place: the partial match that got furthest, and what stopped it.
//!
//! Nothing of this runs unless it is asked for: the formula is taken apart from its root after it was evaluated, with the evaluator
//! as the oracle that says which part holds where. Only for the one part that fails is the term matcher asked again, with an observer.

mod trail;
mod until;
mod walk;

use c_syntax::NodeId;
use cfg::NodeIndex;
use smpl_parser::MvId;

use crate::compile::{Forbidden, Terms};
use crate::ctl::{Evaluator, Formula};
use crate::rule::model::RuleModel;
use crate::rule::{CompiledRule, Limits, MAX_DEPTH, PreparedGraph};
use crate::term::Miss;
use walk::Walk;

/// A part of a pattern that matched at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The node of the pattern.
    pub node: NodeId,
    /// The point.
    pub point: NodeIndex,
}

/// What ended a partial match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The element does not match what stands there.
    Term(Vec<Miss>),
    /// What stands there is another kind of thing than the element.
    Place,
    /// The metavariable has another value from an earlier part.
    Bound {
        /// The metavariable.
        var: MvId,
        /// What it would have here, as text.
        here: String,
        /// What it has, as text.
        earlier: String,
    },
    /// An inherited metavariable has no value.
    NoValue(MvId),
    /// A point that dots pass is one that they must not pass.
    Forbidden(Forbidden),
    /// The path leaves the block that the dots are in.
    LeavesBlock,
    /// The path ends.
    Ends,
    /// The path goes round a loop and never gets on.
    Loop,
    /// Each path matches, but not with the same values.
    PathsDisagree,
    /// The shape of the code around is another one.
    Shape,
    /// All paths are excused, but what stands behind the dots stands nowhere in the function.
    Nowhere,
}

/// A partial match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// What matched, in the order of the pattern.
    pub steps: Vec<Step>,
    /// The part of the pattern that did not.
    pub node: Option<NodeId>,
    /// Where it did not.
    pub at: Option<NodeIndex>,
    /// The points on the way there from the last part that matched.
    pub path: Vec<NodeIndex>,
    /// What would have matched had the path not been stopped, or what matches on another path.
    pub beyond: Vec<Step>,
    /// The dots whose paths it is about.
    pub dots: Option<NodeId>,
    /// Some path matches, but not all do.
    pub all_paths: bool,
    /// What ended it.
    pub cause: Cause,
    /// How many tokens of the pattern matched.
    pub score: u32,
}

/// What became of a rule in an element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The matches, each as its parts, in the order of the points where they start.
    pub matches: Vec<Vec<Step>>,
    /// Partial matches, the nearest to the place first.
    pub misses: Vec<NearMiss>,
    /// The search took too long; there may be more.
    pub exhausted: bool,
    /// The rule needs paths, and the element has none.
    pub no_paths: bool,
}

/// So many partial matches are kept.
const MAX_MISSES: usize = 8;

/// How much of a partial match lies at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Touches {
    Not,
    OnItsWay,
    Yes,
}

/// What a rule does in an element, and how near it comes to matching at the points that `place` accepts.
pub fn why(
    rule: &CompiledRule,
    prepared: &PreparedGraph,
    terms: &mut dyn Terms,
    limits: &Limits,
    place: &dyn Fn(NodeIndex) -> bool,
) -> Answer {
    let (root, cfg) = (rule.compiled.root, &prepared.cfg);
    if !rule.fits(cfg) {
        return Answer { no_paths: true, ..Answer::default() };
    }
    let deep = rule.compiled.too_deep || rule.compiled.formulas.depth(root) > MAX_DEPTH;
    if deep || matches!(rule.compiled.formulas.get(root), Formula::False) {
        return Answer { exhausted: deep, ..Answer::default() };
    }
    let graph = prepared.links();
    let nowhere = super::stands_nowhere(rule, cfg, &mut RuleModel::new(rule, prepared, &mut *terms, limits.quirks));
    let model = RuleModel::new(rule, prepared, terms, limits.quirks);
    let mut evaluator = Evaluator::new(&rule.compiled.formulas, graph, model, limits.steps);
    evaluator.set_deadline(limits.deadline);
    let mut walk = Walk::new(rule, cfg, evaluator, place);
    let mut answer = Answer::default();
    let mut found = Vec::new();
    for point in 0..graph.size() as u32 {
        match walk.root(root, point) {
            Ok(Ok(steps)) => match nowhere {
                None => answer.matches.push(steps),
                Some(_) => {
                    let miss = NearMiss { node: nowhere, score: u32::MAX, ..walk.nothing(point, Cause::Nowhere) };
                    let miss = NearMiss { steps, ..miss };
                    found.push((touches(&miss, place), miss));
                }
            },
            Ok(Err(miss)) => {
                let touches = touches(&miss, place);
                if miss.score > 0 || touches == Touches::Yes {
                    found.push((touches, miss));
                }
            }
            Err(_) => {
                answer.exhausted = true;
                break;
            }
        }
    }
    found.sort_by_key(|(touches, miss)| std::cmp::Reverse((*touches, miss.score, walk::rank(&miss.cause))));
    answer.misses = found.into_iter().take(MAX_MISSES).map(|f| f.1).collect();
    answer
}

fn touches(miss: &NearMiss, place: &dyn Fn(NodeIndex) -> bool) -> Touches {
    let mut parts = miss.steps.iter().chain(&miss.beyond).map(|s| s.point).chain(miss.at);
    if parts.any(place) {
        Touches::Yes
    } else if miss.path.iter().any(|p| place(*p)) {
        Touches::OnItsWay
    } else {
        Touches::Not
    }
}

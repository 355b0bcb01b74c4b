//! What the model checker sees of C and SmPL: labels of points, values of variables.

use cfg::{Cfg, LabelId, NodeIndex, PointKind};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smpl_parser::MvId;
use std::num::NonZeroU32;
use std::rc::Rc;

use crate::compile::{Atom, ElemKind, ElemMatch, RuleElem, Terms, Test, ValueId};
use crate::ctl::{Fact, Labelled, Model, Var};
use crate::outcome::{Action, Place};
use crate::rule::{CompiledRule, PreparedGraph};

/// A value of a variable of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Val {
    /// Of a metavariable.
    Term(ValueId),
    /// A statement, exactly.
    Label(LabelId),
    /// A statement that this one is part of.
    Around(LabelId),
    /// A block, by its node.
    Brace(u32),
    /// A nest has matched.
    Good,
    /// A nest has not matched.
    Bad,
}

/// What an element does where it matched, with its values.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) elem: u32,
    pub(crate) bindings: Box<[(MvId, ValueId)]>,
    pub(crate) touches: Box<[(Place, Action)]>,
}

pub(super) type Facts = Vec<(Var, Fact<Val>)>;

/// What elements say at points: label after label, of each its ways. They are many, and small.
#[derive(Default)]
struct Labels {
    /// For an element and a point the number of the label. It is 0 where nothing matches: most elements do not at most points.
    known: FxHashMap<(u32, u32), u32>,
    /// For each label, those with a number, where its ways end.
    ends: Vec<u32>,
    /// For each way where its facts end, and the leaf that they come with if the element does something.
    ways: Vec<(u32, Option<NonZeroU32>)>,
    facts: Facts,
}

impl Labels {
    fn add(&mut self, key: (u32, u32), ways: Vec<(Facts, Option<u32>)>) -> u32 {
        let mut number = 0;
        if !ways.is_empty() {
            for (mut facts, leaf) in ways {
                self.facts.append(&mut facts);
                self.ways.push((self.facts.len() as u32, leaf.and_then(|leaf| NonZeroU32::new(leaf + 1))));
            }
            self.ends.push(self.ways.len() as u32);
            number = self.ends.len() as u32;
        }
        self.known.insert(key, number);
        number
    }

    /// The ways of a label: facts, and the leaf.
    fn ways(&self, number: u32) -> impl Iterator<Item = (&[(Var, Fact<Val>)], Option<u32>)> {
        let end_of = |number: u32| number.checked_sub(1).map_or(0, |at| self.ends[at as usize]);
        (end_of(number.saturating_sub(1))..end_of(number)).map(|way| {
            let first = way.checked_sub(1).map_or(0, |before| self.ways[before as usize].0);
            let (end, leaf) = self.ways[way as usize];
            (&self.facts[first as usize..end as usize], leaf.map(|leaf| leaf.get() - 1))
        })
    }
}

/// The labelling of one element for one rule in one environment.
pub(crate) struct RuleModel<'a> {
    rule: &'a CompiledRule,
    cfg: &'a Cfg,
    graph: &'a PreparedGraph,
    pub(crate) terms: &'a mut dyn Terms,
    labels: Labels,
    pub(crate) leaves: Vec<Leaf>,
    quirks: bool,
}

impl<'a> RuleModel<'a> {
    pub(crate) fn new(
        rule: &'a CompiledRule,
        graph: &'a PreparedGraph,
        terms: &'a mut dyn Terms,
        quirks: bool,
    ) -> Self {
        let (labels, leaves) = (Labels::default(), Vec::new());
        Self { rule, cfg: &graph.cfg, graph, terms, labels, leaves, quirks }
    }

    /// The points that own the names that an element needs; too many if it needs none.
    fn candidates(&self, elem: u32, size: u32) -> Vec<u32> {
        let kind = self.rule.compiled.elems[elem as usize].kind;
        self.graph.candidates(&self.rule.needs[elem as usize], self.terms, |point| {
            point < size && { can_match(kind, &self.cfg.graph[NodeIndex::new(point as usize)]) }
        })
    }

    /// The ways in which an element holds at a point: facts, and the leaf that they come with if the element does something.
    pub(super) fn element(
        &mut self,
        elem: u32,
        point: u32,
    ) -> impl Iterator<Item = (&[(Var, Fact<Val>)], Option<u32>)> {
        let number = self.label_of(elem, point);
        self.labels.ways(number)
    }

    /// The label of a point for an element; 0 if it does not match there.
    fn label_of(&mut self, elem: u32, point: u32) -> u32 {
        if let Some(number) = self.labels.known.get(&(elem, point)) {
            return *number;
        }
        let rule_elem = &self.rule.compiled.elems[elem as usize];
        let inherited = self.terms.inherited();
        let unbound = self.rule.compiled.inherited[elem as usize].0.iter().any(|v| inherited.get(MvId(*v)).is_none());
        let unseen = self.quirks && matches!(rule_elem.kind, ElemKind::Mention(_));
        let mut ways = Vec::new();
        if !unbound && !unseen && can_match(rule_elem.kind, &self.cfg.graph[NodeIndex::new(point as usize)]) {
            let found = self.terms.match_elem(rule_elem, NodeIndex::new(point as usize));
            ways = self.keep(elem, rule_elem, &found);
        }
        self.labels.add((elem, point), ways)
    }

    /// Names the matches, and drops or restricts those that an earlier choice suppresses (see [`ElemMatch`]).
    fn keep(&mut self, elem: u32, rule_elem: &RuleElem, found: &[ElemMatch]) -> Vec<(Facts, Option<u32>)> {
        let mut out = Vec::with_capacity(found.len());
        for (i, one) in found.iter().enumerate() {
            let own: Vec<(Var, Fact<Val>)> =
                one.bindings.iter().map(|(v, value)| (Var(v.0), Fact::Is(Val::Term(*value)))).collect();
            let mut allowed = vec![own];
            // Matches of a bare element come in the order of their places, others in the order of choices.
            let earlier = if rule_elem.kind.is_bare() { found } else { &found[..i] };
            for earlier in earlier {
                if suppresses(rule_elem, earlier, one) {
                    let all: SmallVec<[MvId; 4]>;
                    let differing = if is_header(rule_elem.kind) && (self.quirks || written(earlier, one)) {
                        all = earlier.bindings.iter().map(|b| b.0).collect();
                        &all
                    } else {
                        &rule_elem.shared
                    };
                    allowed = self.contradict(differing, earlier, allowed);
                }
                if allowed.is_empty() {
                    break;
                }
            }
            if allowed.is_empty() {
                continue;
            }
            let acts = !one.touches.is_empty() || self.rule.always_edits(elem);
            let leaf = acts.then(|| {
                let (bindings, touches) = (Box::from(&one.bindings[..]), Box::from(&one.touches[..]));
                self.leaves.push(Leaf { elem, bindings, touches });
                self.leaves.len() as u32 - 1
            });
            out.extend(allowed.into_iter().map(|facts| (facts, leaf)));
        }
        out
    }

    /// The ways to hold all of `facts` but not all that `earlier` says of the shared variables.
    fn contradict(&mut self, shared: &[MvId], earlier: &ElemMatch, facts: Vec<Facts>) -> Vec<Facts> {
        let mut out: Vec<Facts> = Vec::new();
        for one in facts {
            for (var, value) in earlier.bindings.iter().filter(|b| shared.contains(&b.0)) {
                let mut new = one.clone();
                match new.binary_search_by_key(&var.0, |f| f.0.0) {
                    Ok(at) => match &mut new[at].1 {
                        Fact::Is(Val::Term(mine)) => {
                            if *mine == *value || self.terms.meet(*var, *mine, *value).is_some() {
                                continue;
                            }
                        }
                        Fact::Is(_) => {}
                        Fact::IsNot(values) => {
                            let mut all = values.to_vec();
                            all.push(Val::Term(*value));
                            all.sort_unstable();
                            all.dedup();
                            *values = all.into();
                        }
                    },
                    Err(at) => {
                        new.insert(at, (Var(var.0), Fact::IsNot(Rc::from([Val::Term(*value)]))));
                    }
                }
                if !out.contains(&new) {
                    out.push(new);
                }
            }
        }
        out
    }
}

/// Whether an element is the header of a structured statement: there the forms that isomorphisms give are alternatives of the header, and
/// what they bind is known around them.
fn is_header(kind: ElemKind) -> bool {
    use ElemKind as E;
    matches!(kind, E::IfHead(_) | E::WhileHead(_) | E::ForHead(_) | E::IteratorHead(_) | E::SwitchHead(_))
}

/// Whether two matches first differ in a disjunction that the rule itself has: `if (\(e \| e != NULL\))` means both, with another `e` in each.
fn written(a: &ElemMatch, b: &ElemMatch) -> bool {
    let differing = a.choice.iter().zip(&b.choice).find(|(a, b)| a != b);
    differing.is_some_and(|(a, b)| !a.by_iso && !b.by_iso)
}

fn suppresses(elem: &RuleElem, earlier: &ElemMatch, later: &ElemMatch) -> bool {
    if !elem.kind.is_bare() {
        return earlier.choice != later.choice;
    }
    let (a, b) = (earlier.interval, later.interval);
    let nested = (a.0 <= b.0 && b.1 <= a.1) || (b.0 <= a.0 && a.1 <= b.1);
    earlier.choice < later.choice && nested
}

/// Whether an element can match at a point, by the kinds of both alone.
pub(super) fn can_match(kind: ElemKind, point: &cfg::Point) -> bool {
    if let Some(wanted) = kind.point_kind() {
        return wanted == point.kind;
    }
    match kind {
        ElemKind::Stmt(_) => {
            matches!(point.kind, PointKind::Simple | PointKind::Decl | PointKind::Directive | PointKind::ForHead)
        }
        ElemKind::StmtVar(_) => point.stmt().is_some(),
        ElemKind::Cond(_) => {
            matches!(point.kind, PointKind::IfHead | PointKind::WhileHead | PointKind::ForHead | PointKind::DoTail)
        }
        ElemKind::Expr(_) | ElemKind::Type(_) | ElemKind::Ident(_) | ElemKind::Init(_) | ElemKind::Mention(_) => {
            matches!(
                point.kind,
                PointKind::FunHead
                    | PointKind::Simple
                    | PointKind::Decl
                    | PointKind::IfHead
                    | PointKind::WhileHead
                    | PointKind::ForHead
                    | PointKind::IteratorHead
                    | PointKind::DoTail
                    | PointKind::SwitchHead
                    | PointKind::Case
                    | PointKind::Label
                    | PointKind::Goto
                    | PointKind::Return
                    | PointKind::Directive
                    | PointKind::DefineHead
                    | PointKind::DefineBody
            )
        }
        _ => true,
    }
}

impl Model for RuleModel<'_> {
    type Value = Val;

    fn tells_apart(&self) -> bool {
        self.rule.makes_names
    }

    fn label(&mut self, atom: u32, point: u32) -> Vec<Labelled<Val>> {
        let at = self.cfg.graph[NodeIndex::new(point as usize)];
        let one = |fact: Option<(Var, Val)>| fact.map(|(v, x)| Labelled::fact(v, x)).into_iter().collect();
        match self.rule.compiled.atoms[atom as usize] {
            Atom::Elem { elem, quiet } => {
                let ways = self.element(elem, point);
                ways.map(|(facts, leaf)| Labelled { facts: facts.to_vec(), leaf: leaf.filter(|_| !quiet) }).collect()
            }
            Atom::Test(test) => {
                if holds(test, &at) {
                    vec![Labelled::plain()]
                } else {
                    Vec::new()
                }
            }
            Atom::Label(v) => one((at.label != LabelId::NONE).then_some((v, Val::Label(at.label)))),
            Atom::Inside(v) => one((at.label != LabelId::NONE).then_some((v, Val::Around(at.label)))),
            Atom::Brace(v) => {
                let brace = matches!(at.kind, PointKind::Open | PointKind::Close);
                one(at.node().filter(|_| brace).map(|n| (v, Val::Brace(n.0))))
            }
            Atom::Jump(v) => one(at.jump_label().map(|l| (v, Val::Label(l)))),
            Atom::Good(v) => one(Some((v, Val::Good))),
            Atom::NotBad(v) => {
                vec![Labelled { facts: vec![(v, Fact::IsNot(Rc::from([Val::Bad])))], leaf: None }]
            }
        }
    }

    fn points(&mut self, atom: u32, size: u32) -> Vec<u32> {
        let all = |wanted: &dyn Fn(&cfg::Point) -> bool| {
            (0..size).filter(|p| wanted(&self.cfg.graph[NodeIndex::new(*p as usize)])).collect()
        };
        match self.rule.compiled.atoms[atom as usize] {
            Atom::Elem { elem, .. } => {
                let mut points = self.candidates(elem, size);
                points.retain(|p| self.label_of(elem, *p) > 0);
                points
            }
            Atom::Test(test) => all(&|at| holds(test, at)),
            Atom::Label(_) | Atom::Inside(_) => all(&|at| at.label != LabelId::NONE),
            Atom::Brace(_) => all(&|at| matches!(at.kind, PointKind::Open | PointKind::Close)),
            Atom::Jump(_) => all(&|at| at.jump_label().is_some()),
            Atom::Good(_) | Atom::NotBad(_) => all(&|_| true),
        }
    }

    fn meet(&mut self, var: Var, a: Val, b: Val) -> Option<Val> {
        let labels = &self.cfg.labels;
        match (a, b) {
            _ if a == b => Some(a),
            (Val::Term(a), Val::Term(b)) => self.terms.meet(MvId(var.0), a, b).map(Val::Term),
            (Val::Label(l), Val::Around(inner)) | (Val::Around(inner), Val::Label(l)) => {
                labels.inside(inner, l).then_some(Val::Label(l))
            }
            (Val::Around(a), Val::Around(b)) => labels.common(a, b).map(Val::Around),
            _ => None,
        }
    }
}

fn holds(test: Test, at: &cfg::Point) -> bool {
    use PointKind as P;
    match test {
        Test::Top => at.kind == P::Top,
        Test::FrameHead => matches!(at.kind, P::FunHead | P::SwitchHead),
        Test::BodyHead => matches!(
            at.kind,
            P::FunHead | P::Then { .. } | P::ElseKw | P::InLoop | P::DoHead | P::SwitchHead | P::IteratorHead
        ),
        Test::After => matches!(at.kind, P::After(_)),
        Test::Past => matches!(at.kind, P::After(_) | P::LoopFall),
        Test::Then => matches!(at.kind, P::Then { .. }),
        Test::ThenEscapes => at.kind == P::Then { escapes: true },
        Test::Taken => matches!(at.kind, P::Then { .. } | P::InLoop),
        Test::NotTaken => matches!(at.kind, P::ElseMark | P::Fall | P::LoopFall),
        Test::ElseMark => at.kind == P::ElseMark,
        Test::Fall => at.kind == P::Fall,
        Test::InLoop => at.kind == P::InLoop,
        Test::LoopFall => at.kind == P::LoopFall,
        Test::PreExit => at.kind == P::PreExit,
        Test::ErrorExit => at.kind == P::ErrorExit,
        Test::Return => at.kind == P::Return,
        Test::Leaves => matches!(at.kind, P::Return | P::Continue),
        Test::Goto => at.kind == P::Goto,
        Test::Label => at.kind == P::Label,
        Test::AfterGoto => at.kind == P::After(cfg::Jump::Goto),
        Test::AfterOther => matches!(at.kind, P::After(j) if j != cfg::Jump::Goto),
        Test::Jumps => matches!(at.kind, P::Goto | P::Break),
        Test::ReturnOrGoto => matches!(at.kind, P::Return | P::Goto),
        Test::Closes => at.kind == P::Close || at.dup,
        Test::Dup => at.dup,
        Test::LastBrace => at.kind == P::Close && !at.dup && at.label == LabelId::ELEMENT,
    }
}

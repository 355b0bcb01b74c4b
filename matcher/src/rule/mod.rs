//! A rule on one element of C, in one environment: labelling, evaluation, matches, consistency (`semantics.md` 2.5, 5.4, 8).

mod consistent;
mod model;
mod need;
mod prepared;
mod read;
mod refusal;
pub mod why;

use std::time::Instant;

use c_syntax::{NodeId, SyntaxKind, Tree};
use cfg::{Cfg, NodeIndex, PointKind};
use smpl_parser::{Mark, MvId, MvKind, Pattern, Rule, RunId};
use std::sync::Arc;

use crate::compile::{Atom, Compiled, ElemKind, RuleElem, Terms, compile};
use crate::ctl::{Algebra, Evaluator, Formula, Model, Triple, reference};
use crate::outcome::RuleMatch;
use crate::value::Bindings;
use model::RuleModel;

pub use need::{Need, name_of};
pub use prepared::PreparedGraph;
pub use refusal::Refusal;

/// A rule made ready for matching, once per run.
#[derive(Debug)]
pub struct CompiledRule {
    pub(crate) compiled: Compiled,
    /// For each element what its point must own.
    pub(crate) needs: Vec<Need>,
    /// What a graph must hold for the rule to match.
    need: Need,
    pub(crate) pattern: Arc<Pattern>,
    /// For each metavariable: used later and not inherited; a position.
    pub(crate) exported: Vec<bool>,
    pub(crate) star: bool,
    /// Whether added code has fresh identifiers: each match gets its own.
    pub(crate) makes_names: bool,
    /// The atoms of statements without which nothing matches.
    required: Vec<u32>,
}

/// What a run may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Matches that only some of the paths to a point ask for are accepted.
    pub allow_inconsistent: bool,
    /// Elementary steps of evaluation for one element.
    pub steps: u64,
    /// About how many bytes the tables for one element may hold.
    pub memory: usize,
    /// When to give up.
    pub deadline: Option<Instant>,
    /// Forms of a header that bind differently all match (`semantics.md` 3.13), so that their edits conflict.
    pub quirks: bool,
    /// The definitions are evaluated too, and an element is given up where they find something else.
    pub by_definition: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            allow_inconsistent: false,
            steps: DEFAULT_STEPS,
            memory: DEFAULT_MEMORY,
            deadline: None,
            quirks: false,
            by_definition: false,
        }
    }
}

/// Elementary steps for one rule on one element, unless something else is asked for.
pub const DEFAULT_STEPS: u64 = 20_000_000;
/// Bytes for one rule on one element, unless something else is asked for.
pub const DEFAULT_MEMORY: usize = 1 << 30;

/// Formulas nested more deeply are refused, since evaluation recurses.
const MAX_DEPTH: u32 = 4000;

impl CompiledRule {
    /// Translates a rule. `only_return`: only branches that end in `return` may leave a path unmatched (`semantics.md` 3.6).
    #[must_use]
    pub fn new(rule: &Rule, only_return: bool) -> Self {
        let exported = rule.metavars.iter().map(|m| m.used_after && m.inherited.is_none()).collect();
        let compiled = compile(rule, only_return);
        let needs: Vec<Need> = compiled.elems.iter().map(|e| Need::of_elem(rule, e.kind)).collect();
        let need = Need::of_formula(&compiled, &needs);
        let makes_names = rule.metavars.iter().any(|m| m.in_plus && matches!(m.kind, MvKind::Fresh(_)));
        let required = required(&compiled, &rule.pattern.tree);
        let pattern = Arc::new(rule.pattern.clone());
        Self { compiled, needs, need, pattern, exported, star: rule.star, makes_names, required }
    }

    /// The formula as text.
    #[must_use]
    pub fn show(&self) -> String {
        let c = &self.compiled;
        c.formulas.show(c.root, &|a| match c.atoms[a as usize] {
            crate::compile::Atom::Elem { elem, quiet } => {
                let kind = c.elems[elem as usize].kind;
                let text = self.pattern.tree.node_text(kind.node());
                let text = String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ");
                let name = format!("{kind:?}");
                let name = name.split('(').next().unwrap_or_default();
                format!("[{name} {text}{}]", if quiet { " quiet" } else { "" })
            }
            other => format!("{other:?}"),
        })
    }

    /// Whether the rule can match in the graph at all: dots between statements need paths (`semantics.md` 3.9).
    fn fits(&self, cfg: &Cfg) -> bool {
        let first = cfg.graph.neighbors(cfg.top).find(|n| *n != cfg.top);
        let head = first.map(|n| cfg.graph[n].kind);
        !self.compiled.dots || matches!(head, Some(PointKind::FunHead | PointKind::DefineHead))
    }

    /// Whether an inherited variable that an element needs has no value.
    pub(crate) fn lacks_values(&self, elem: &RuleElem, inherited: &Bindings) -> bool {
        let at = self.compiled.elems.iter().position(|e| e.kind == elem.kind);
        at.is_some_and(|at| self.compiled.inherited[at].0.iter().any(|v| inherited.get(MvId(*v)).is_none()))
    }

    fn variable(&self, var: u32) -> Option<MvId> {
        ((var as usize) < self.exported.len()).then_some(MvId(var))
    }

    fn elem_of_leaf(&self, elem: u32) -> ElemKind {
        self.compiled.elems[elem as usize].kind
    }

    /// Whether an element edits code at each of its points, also where it records no edits of tokens.
    fn always_edits(&self, elem: u32) -> bool {
        match self.elem_of_leaf(elem) {
            ElemKind::AfterNode(_) => true,
            ElemKind::ImplicitReturn(node) => {
                let removed = |t| self.pattern.token(t).mark == Mark::Minus;
                self.pattern.tree.held_tokens(node).into_iter().any(removed) || !self.runs_around(node).is_empty()
            }
            _ => false,
        }
    }

    /// All plus code at a node of the pattern, in order.
    fn runs_around(&self, node: NodeId) -> Vec<RunId> {
        let pattern = &self.pattern;
        let slots = pattern.slots.get(&node);
        let mut out: Vec<RunId> = slots.map(|s| s.before.to_vec()).unwrap_or_default();
        for t in pattern.tree.held_tokens(node) {
            let t = pattern.token(t);
            out.extend(t.before.iter().chain(&t.replace).chain(&t.after));
        }
        out.extend(slots.iter().flat_map(|s| s.after.iter()));
        out
    }
}

/// The atoms of the statements in the sequences of a rule's body: of those that stand for nothing else. The end of a function stands for
/// a `return` without value, but in a branch only if there is such a `return`, too.
fn required(compiled: &Compiled, tree: &Tree) -> Vec<u32> {
    use SyntaxKind as S;
    let mut out = Vec::new();
    let mut stack = vec![(tree.root(), false)];
    while let Some((node, branch)) = stack.pop() {
        for item in tree.child_nodes(node) {
            match tree.kind(item) {
                S::FunctionDef | S::Block => stack.push((item, branch)),
                S::If | S::Else | S::While | S::For | S::Iterator | S::DoWhile => stack.push((item, true)),
                S::ExprStmt | S::Declaration | S::Return => {
                    let is_it = |kind: ElemKind| match kind {
                        ElemKind::Stmt(n) => n == item,
                        ElemKind::Return(n) => n == item && (branch || tree.child_node(n, 0).is_some()),
                        _ => false,
                    };
                    out.extend((0..).zip(&compiled.atoms).filter_map(|(i, atom)| match *atom {
                        Atom::Elem { elem, quiet: false } => is_it(compiled.elems[elem as usize].kind).then_some(i),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
    }
    out
}

/// A statement that a rule requires and that stands nowhere in an element. Where no path arrives behind dots, each of them may be excused.
fn stands_nowhere(rule: &CompiledRule, cfg: &Cfg, model: &mut RuleModel<'_>) -> Option<NodeId> {
    let size = cfg.graph.node_count() as u32;
    let mut nowhere = |atom: u32| model.points(atom, size).into_iter().all(|p| model.label(atom, p).is_empty());
    let atom = rule.required.iter().copied().find(|atom| nowhere(*atom))?;
    match rule.compiled.atoms[atom as usize] {
        Atom::Elem { elem, .. } => Some(rule.elem_of_leaf(elem).node()),
        _ => None,
    }
}

/// All matches of a rule in an element, in the order of their first points.
///
/// # Errors
/// If the budget is used up, or if only some paths to a point ask for what a match does there.
pub fn run(
    rule: &CompiledRule,
    prepared: &PreparedGraph,
    terms: &mut dyn Terms,
    limits: &Limits,
) -> Result<Vec<RuleMatch>, Refusal> {
    let cfg = &prepared.cfg;
    if !rule.fits(cfg) {
        return Ok(Vec::new());
    }
    let root = rule.compiled.root;
    if rule.compiled.too_deep || rule.compiled.formulas.depth(root) > MAX_DEPTH {
        return Err(Refusal::TooDeep);
    }
    if matches!(rule.compiled.formulas.get(root), Formula::False) {
        return Ok(Vec::new());
    }
    if limits.by_definition {
        check_definition(rule, prepared, terms, limits)?;
    }
    if !prepared.has(&rule.need, terms) {
        return Ok(Vec::new());
    }
    let graph = prepared.links();
    let model = RuleModel::new(rule, prepared, terms, limits.quirks);
    let mut evaluator = Evaluator::new(&rule.compiled.formulas, graph, model, limits.steps);
    evaluator.set_deadline(limits.deadline);
    evaluator.set_memory(limits.memory);
    let mut found = evaluator.everywhere(root)?;
    if limits.quirks && rule.compiled.dots {
        found.retain(|(point, _)| !ends_in_three(cfg, NodeIndex::new(*point as usize)));
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    if stands_nowhere(rule, cfg, &mut evaluator.algebra.model).is_some() {
        return Ok(Vec::new());
    }
    let mut reader = read::Reader::new(rule, cfg, &mut evaluator.algebra);
    let matches: Vec<read::Found> = found.into_iter().map(|(point, triple)| reader.read(point, triple.1)).collect();
    if !limits.allow_inconsistent && !rule.star {
        consistent::check(cfg, graph, &matches, reader.terms())?;
    }
    Ok(reader.finish(matches))
}

/// Whether the reference evaluator finds what the other one does.
fn check_definition(
    rule: &CompiledRule,
    prepared: &PreparedGraph,
    terms: &mut dyn Terms,
    limits: &Limits,
) -> Result<(), Refusal> {
    let (cfg, graph, root) = (&prepared.cfg, prepared.links(), rule.compiled.root);
    let said = |algebra: &mut Algebra<RuleModel<'_>>, found: Vec<(u32, Triple)>| {
        let mut reader = read::Reader::new(rule, cfg, algebra);
        let matches: Vec<read::Found> = found.into_iter().map(|(point, t)| reader.read(point, t.1)).collect();
        reader.said(&matches)
    };
    let model = RuleModel::new(rule, prepared, terms, limits.quirks);
    let mut evaluator = Evaluator::new(&rule.compiled.formulas, graph, model, limits.steps);
    let found = evaluator.everywhere(root)?;
    let fast = said(&mut evaluator.algebra, found);
    let mut algebra = Algebra::new(RuleModel::new(rule, prepared, terms, limits.quirks), limits.steps);
    let sets = reference::sat(&rule.compiled.formulas, graph, &mut algebra, root).map_err(|_| Refusal::NotDefined)?;
    let found = (0..).zip(sets).flat_map(|(point, set)| set.into_iter().map(move |t| (point, t))).collect();
    let slow = said(&mut algebra, found);
    if fast == slow { Ok(()) } else { Err(Refusal::Differs) }
}

/// Whether the exit lies three steps ahead: how the reference knows an element without paths, and it takes the last statement of a
/// function for one (`semantics.md` 3.9, 8.10).
fn ends_in_three(cfg: &Cfg, point: NodeIndex) -> bool {
    let mut ahead = vec![point];
    for _ in 0..3 {
        ahead = ahead.into_iter().flat_map(|p| cfg.graph.neighbors(p)).collect();
        ahead.sort_unstable();
        ahead.dedup();
    }
    ahead.iter().any(|p| cfg.graph[*p].kind == PointKind::Exit)
}

impl From<crate::ctl::Exhausted> for Refusal {
    fn from(limit: crate::ctl::Exhausted) -> Self {
        Self::Exhausted(limit)
    }
}

//! Random formulas on random graphs, on which the evaluator must say what the reference says.
//!
//! Everything follows from a seed, so that what fails can be repeated. Values are compared as those of C are: some meet others without
//! being equal to them (a type that is not known meets every type), so that equality is not transitive. Only of a variable of which
//! some negative fact could arise all values are told apart: with both, joins are not associative, by the table of `semantics.md` 2.1
//! ("not int" contradicts "unknown", which "long" would have refined first), and then the order of evaluation shows in any evaluator.
//! Nothing is complemented twice with a variable free in it, as in the formulas of rules: by the definitions even an alternative that
//! what is known rules out would name values of the variable then, and the evaluator does not look at it.

use std::collections::BTreeSet;

use super::*;

/// How many atomic predicates a formula may have.
const ATOMS: u32 = 8;
/// Variables 0 to 3: the values of the last one meet others that they are not equal to.
const VARS: u32 = 4;
/// A value that meets every other.
const UNKNOWN: u32 = 9;

/// A small generator of random numbers.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        let mut r = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..10 {
            r.below(2);
        }
        r
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

/// Labels drawn at random.
#[derive(Clone, Debug)]
struct Drawn {
    /// For each atom and point the ways in which it holds.
    ways: Vec<Vec<Vec<Labelled<u32>>>>,
    /// Whether one value of the last variable meets the others.
    loose: bool,
}

impl Model for Drawn {
    type Value = u32;

    fn label(&mut self, atom: u32, point: u32) -> Vec<Labelled<u32>> {
        self.ways[atom as usize][point as usize].clone()
    }

    fn meet(&mut self, var: Var, a: u32, b: u32) -> Option<u32> {
        match (a, b) {
            _ if a == b => Some(a),
            (UNKNOWN, other) | (other, UNKNOWN) if self.loose && var.0 == VARS - 1 => Some(other),
            _ => None,
        }
    }
}

impl Drawn {
    /// Whether the value says nothing that another one of the variable does not say.
    fn says_less(&self, var: Var, value: u32) -> bool {
        self.loose && var.0 == VARS - 1 && value == UNKNOWN
    }
}

fn labels(r: &mut Random, size: u64, loose: bool) -> Drawn {
    let mut atoms = Vec::new();
    for atom in 0..ATOMS {
        let mut points = Vec::new();
        for _ in 0..size {
            let mut ways = Vec::new();
            for way in 0..[0, 1, 1, 2][r.below(4) as usize] {
                let facts = atom_vars(atom).iter().map(|v| (*v, Fact::Is(value(r, *v)))).collect();
                ways.push(Labelled { facts, leaf: (atom % 2 == 0).then_some(atom * 10 + way) });
            }
            points.push(ways);
        }
        atoms.push(points);
    }
    Drawn { ways: atoms, loose }
}

fn value(r: &mut Random, var: Var) -> u32 {
    if var.0 == VARS - 1 && r.below(3) == 0 { UNKNOWN } else { r.below(3) as u32 }
}

fn atom_vars(atom: u32) -> Vec<Var> {
    match atom {
        0..3 => Vec::new(),
        7 => vec![Var(0), Var(3)],
        _ => vec![Var(atom % VARS)],
    }
}

fn formula(r: &mut Random, all: &mut Formulas, depth: u32) -> FormulaId {
    if depth == 0 || r.below(6) == 0 {
        let atom = r.below(u64::from(ATOMS)) as u32;
        return all.atom(atom, &atom_vars(atom));
    }
    let a = formula(r, all, depth - 1);
    let edges = [Edges::Direct, Edges::All][r.below(2) as usize];
    let once = (0..VARS).all(|v| !(all.free(a).contains(&Var(v)) && is_negated(all, a, Var(v))));
    match r.below(13) {
        0 if once => all.not(a),
        1 => quantifier(r, all, a),
        2 => all.ex(a),
        3 => all.ax(a),
        4 => all.ex_back(a),
        op => {
            let b = formula(r, all, depth - 1);
            match op {
                5 => all.or(a, b),
                6 if once => all.seq_or(a, b),
                7 => all.eu(edges, a, b),
                8 | 9 => all.au(a, b),
                10 if (0..VARS).all(|v| ![a, b].iter().any(|f| is_negated(all, *f, Var(v)))) => all.gather(a, b),
                _ => all.and(a, b),
            }
        }
    }
}

/// Whether negative facts about a variable can arise: it is free in something that is complemented.
fn is_negated(all: &Formulas, f: FormulaId, var: Var) -> bool {
    let free = |f: FormulaId| all.free(f).contains(&var);
    match all.get(f) {
        Formula::True | Formula::False | Formula::Atom(_) => false,
        Formula::Not(a) => free(a) || is_negated(all, a, var),
        Formula::SeqOr(a, b) => free(a) || is_negated(all, a, var) || is_negated(all, b, var),
        Formula::Exists(_, _, a) | Formula::Ex(_, _, a) | Formula::Ax(_, a) => is_negated(all, a, var),
        Formula::And(a, b) | Formula::Or(a, b) | Formula::Eu(_, a, b) | Formula::Au(a, b) | Formula::Gather(a, b) => {
            is_negated(all, a, var) || is_negated(all, b, var)
        }
    }
}

/// A quantifier, in one case of three one that keeps what it removes for those who export it.
fn quantifier(r: &mut Random, all: &mut Formulas, a: FormulaId) -> FormulaId {
    let keep = [Keep::No, Keep::Local, Keep::Export][r.below(3) as usize];
    all.exists(keep, Var(r.below(u64::from(VARS)) as u32), a)
}

fn graph(r: &mut Random, size: u64) -> Graph {
    let mut edges = Vec::new();
    for n in 0..size as u32 {
        for _ in 0..=r.below(2) {
            let far = if r.below(4) == 0 { r.below(size) as u32 } else { (n + 1).min(size as u32 - 1) };
            edges.push((n, far, r.below(5) != 0));
        }
        edges.push((n, (n + 1).min(size as u32 - 1), true));
    }
    edges.sort_unstable();
    edges.dedup();
    Graph::new(size as usize, &edges)
}

/// The substitutions that no more general one makes superfluous, and all that the witnesses say. Which forests are kept apart
/// depends on the order in which fixpoints are reached, and no user of the results can tell.
fn meaning(x: &Algebra<Drawn>, set: &[Triple]) -> (BTreeSet<String>, BTreeSet<String>) {
    fn forest(x: &Algebra<Drawn>, f: Forest, out: &mut BTreeSet<String>) {
        for w in x.witnesses.forest(f) {
            match x.witnesses.witness(*w) {
                Witness::Leaf { point, leaf } => {
                    out.insert(format!("{point}:{leaf}"));
                }
                Witness::Bind { point, var, value, below } => {
                    out.insert(format!("{point} {}={value:?}", var.0));
                    forest(x, below, out);
                }
            }
        }
    }
    let mut said = BTreeSet::new();
    set.iter().for_each(|t| forest(x, t.1, &mut said));
    // As in substitutions: beside a value that meets every other, these say nothing.
    let loose = format!(" {}=", VARS - 1);
    let vague = said.clone();
    let refined = |s: &String| {
        x.model.loose
            && s.split_once(&loose).is_some_and(|(point, value)| {
                value != UNKNOWN.to_string() && vague.contains(&format!("{point}{loose}{UNKNOWN}"))
            })
    };
    said.retain(|s| !refined(s));
    let general = |t: &Triple| !set.iter().any(|o| o.0 != t.0 && implied(x, o.0, t.0));
    (set.iter().filter(|t| general(t)).map(|t| format!("{:?}", x.subst(t.0))).collect(), said)
}

/// Whether all that `a` says follows from `b`: another value than some is none of them, and the value that meets every other says less
/// than each.
fn implied(x: &Algebra<Drawn>, a: SubstId, b: SubstId) -> bool {
    x.subst(a).iter().all(|(var, fact)| {
        let other = x.subst(b).iter().find(|f| f.0 == *var).map(|f| &f.1);
        match (fact, other) {
            (Fact::Is(v), Some(Fact::Is(w))) => v == w || x.model.says_less(*var, *v),
            (Fact::IsNot(vs), Some(Fact::IsNot(ws))) => vs.iter().all(|v| ws.contains(v)),
            (Fact::IsNot(vs), Some(Fact::Is(w))) => !vs.contains(w),
            _ => false,
        }
    })
}

/// What a comparison saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    /// Points whose sets were compared.
    pub points: usize,
    /// Those whose set is not empty.
    pub holding: usize,
    /// The reference needed too many steps; nothing was compared.
    pub skipped: bool,
}

/// Compares the evaluators on the formula and the graph that follow from a seed.
///
/// # Errors
/// A description of the first difference.
pub fn compare(seed: u64) -> Result<Compared, String> {
    let mut r = Random::new(seed);
    let size = 2 + r.below(6);
    let graph = graph(&mut r, size);
    let mut all = Formulas::default();
    let depth = 2 + r.below(3) as u32;
    let mut f = formula(&mut r, &mut all, depth);
    if r.below(2) == 0 {
        f = quantifier(&mut r, &mut all, f);
    }
    for v in 0..VARS {
        if r.below(2) == 0 {
            f = all.exists(Keep::No, Var(v), f);
        }
    }
    let labels = labels(&mut r, size, !is_negated(&all, f, Var(VARS - 1)));
    let mut slow = Algebra::new(labels.clone(), 200_000);
    let Ok(expected) = reference::sat(&all, &graph, &mut slow, f) else {
        return Ok(Compared { skipped: true, ..Compared::default() });
    };
    let mut fast = Evaluator::new(&all, &graph, labels.clone(), 2_000_000);
    let mut out = Compared::default();
    for n in 0..size as u32 {
        let shown = || all.show(f, &|a| format!("a{a}"));
        let Ok(got) = fast.sat(f, n) else {
            return Err(format!("seed {seed}: the evaluator needs more than the reference: {}", shown()));
        };
        let (got, want) = (meaning(&fast.algebra, &got), meaning(&slow, &expected[n as usize]));
        if got != want {
            return Err(format!(
                "seed {seed}, point {n}: {}\n  the reference: {want:?}\n  the evaluator: {got:?}\n  {graph:?}\n  {labels:?}",
                shown()
            ));
        }
        out.points += 1;
        out.holding += usize::from(!want.0.is_empty());
    }
    Ok(out)
}

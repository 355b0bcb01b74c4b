//! The evaluator against the reference, on random formulas and graphs.

use std::collections::BTreeSet;

use crate::ctl::*;

/// A small generator of random numbers, so that failures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

/// Atoms 0..8: at each point, facts drawn at random.
#[derive(Clone)]
struct Drawn(Vec<Vec<Vec<Labelled<u32>>>>);

impl Model for Drawn {
    type Value = u32;
    fn label(&mut self, atom: u32, point: u32) -> Vec<Labelled<u32>> {
        self.0[atom as usize][point as usize].clone()
    }
    fn meet(&mut self, _: Var, a: u32, b: u32) -> Option<u32> {
        (a == b).then_some(a)
    }
}

fn drawn(r: &mut Random, size: u64) -> Drawn {
    let mut atoms = Vec::new();
    for atom in 0..8u32 {
        let mut points = Vec::new();
        for _ in 0..size {
            let mut ways = Vec::new();
            for way in 0..[0, 1, 1, 2][r.below(4) as usize] {
                let mut facts = Vec::new();
                if atom >= 3 {
                    facts.push((Var(atom % 4), Fact::Is(r.below(3) as u32)));
                }
                if atom == 7 {
                    facts.push((Var(0), Fact::Is(r.below(2) as u32)));
                }
                ways.push(Labelled { facts, leaf: (atom % 2 == 0).then_some(atom * 10 + way) });
            }
            points.push(ways);
        }
        atoms.push(points);
    }
    Drawn(atoms)
}

fn atom_vars(atom: u32) -> Vec<Var> {
    match atom {
        0..3 => Vec::new(),
        7 => vec![Var(0), Var(3)],
        _ => vec![Var(atom % 4)],
    }
}

fn formula(r: &mut Random, all: &mut Formulas, depth: u32) -> FormulaId {
    if depth == 0 || r.below(6) == 0 {
        let atom = r.below(8) as u32;
        return all.atom(atom, &atom_vars(atom));
    }
    let a = formula(r, all, depth - 1);
    let edges = [Edges::Direct, Edges::All][r.below(2) as usize];
    let keep = Keep::No;
    match r.below(12) {
        0 => all.not(a),
        1 => all.exists(keep, Var(r.below(4) as u32), a),
        2 => all.ex(a),
        3 => all.ax(a),
        4 => all.ex_back(a),
        op => {
            let b = formula(r, all, depth - 1);
            match op {
                5 => all.or(a, b),
                6 => all.seq_or(a, b),
                7 => all.eu(edges, a, b),
                8 | 9 => all.au(a, b),

                _ => all.and(a, b),
            }
        }
    }
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
fn show<M: Model>(x: &Algebra<M>, set: &[Triple]) -> (BTreeSet<String>, BTreeSet<String>) {
    fn forest<M: Model>(x: &Algebra<M>, f: Forest, out: &mut BTreeSet<String>) {
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
    let general = |t: &Triple| !set.iter().any(|o| o.0 != t.0 && implied(x, o.0, t.0));
    (set.iter().filter(|t| general(t)).map(|t| format!("{:?}", x.subst(t.0))).collect(), said)
}

/// Whether all that `a` says follows from `b`: another value than some is none of them.
fn implied<M: Model>(x: &Algebra<M>, a: SubstId, b: SubstId) -> bool {
    x.subst(a).iter().all(|(var, fact)| {
        let other = x.subst(b).iter().find(|f| f.0 == *var).map(|f| &f.1);
        match (fact, other) {
            (Fact::Is(v), Some(Fact::Is(w))) => v == w,
            (Fact::IsNot(vs), Some(Fact::IsNot(ws))) => vs.iter().all(|v| ws.contains(v)),
            (Fact::IsNot(vs), Some(Fact::Is(w))) => !vs.contains(w),
            _ => false,
        }
    })
}

#[test]
fn evaluator_equals_reference() {
    let mut compared = 0;
    for seed in 1..4000u64 {
        let mut r = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..10 {
            r.below(2);
        }
        let size = 2 + r.below(6);
        let g = graph(&mut r, size);
        let labels = drawn(&mut r, size);
        let mut all = Formulas::default();
        let depth = 2 + r.below(3) as u32;
        let mut f = formula(&mut r, &mut all, depth);
        for v in 0..4 {
            if r.below(2) == 0 {
                f = all.exists(Keep::No, Var(v), f);
            }
        }
        let mut slow = Algebra::new(labels.clone(), 200_000);
        let Ok(expected) = reference::sat(&all, &g, &mut slow, f) else { continue };
        let mut fast = Evaluator::new(&all, &g, labels, 2_000_000);
        for n in 0..size as u32 {
            let Ok(got) = fast.sat(f, n) else { panic!("seed {seed}: the evaluator needs more than the reference") };
            let want = show(&slow, &expected[n as usize]);
            let shown = all.show(f, &|a| format!("a{a}"));
            assert_eq!(show(&fast.algebra, &got), want, "seed {seed} point {n}: {shown}");
            compared += usize::from(!want.0.is_empty());
        }
    }
    assert!(compared > 1000, "only {compared} sets that are not empty");
}

#[test]
fn budget_ends_the_work() {
    let mut r = Random(7);
    let g = graph(&mut r, 8);
    let mut all = Formulas::default();
    let (a, b) = (all.atom(3, &[Var(3)]), all.atom(4, &[Var(0)]));
    let f = all.au(a, b);
    let mut e = Evaluator::new(&all, &g, drawn(&mut r, 8), 3);
    assert_eq!(e.sat(f, 0), Err(Exhausted));
}

#[test]
fn loops_do_not_defeat_all_paths() {
    // 0 -> 1 -> 2 -> 1, 1 -> 3: the loop 1-2 can be left towards the goal 3 only.
    let edges = [(0, 1, true), (1, 2, true), (2, 1, true), (1, 3, true), (3, 3, true)];
    let g = Graph::new(4, &edges);
    for (goals, expected) in [(vec![3u32], true), (vec![2], false), (vec![], false)] {
        let mut points = vec![vec![vec![Labelled::plain()]; 4], vec![Vec::new(); 4]];
        for n in goals {
            points[1][n as usize] = vec![Labelled { facts: Vec::new(), leaf: Some(n) }];
        }
        let mut all = Formulas::default();
        let (any, goal) = (all.atom(0, &[]), all.atom(1, &[]));
        let f = all.au(any, goal);
        let mut e = Evaluator::new(&all, &g, Drawn(points), 1000);
        assert_eq!(!e.sat(f, 0).unwrap().is_empty(), expected);
    }
}

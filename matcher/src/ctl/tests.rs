//! The evaluator against the reference, and where they end.

use crate::ctl::*;

/// Labels as given: for each atom and point the ways in which it holds.
struct Given(Vec<Vec<Vec<Labelled<u32>>>>);

impl Model for Given {
    type Value = u32;
    fn label(&mut self, atom: u32, point: u32) -> Vec<Labelled<u32>> {
        self.0[atom as usize][point as usize].clone()
    }
    fn meet(&mut self, _: Var, a: u32, b: u32) -> Option<u32> {
        (a == b).then_some(a)
    }
}

#[test]
fn evaluator_equals_reference() {
    let mut holding = 0;
    for seed in 1..20_000 {
        match agreement::compare(seed) {
            Ok(compared) => holding += compared.holding,
            Err(difference) => panic!("{difference}"),
        }
    }
    assert!(holding > 1000, "only {holding} sets that are not empty");
}

#[test]
fn budget_ends_the_work() {
    let edges: Vec<(u32, u32, bool)> = (0..7).map(|n| (n, n + 1, true)).collect();
    let g = Graph::new(8, &edges);
    let mut all = Formulas::default();
    let (a, b) = (all.atom(0, &[Var(3)]), all.atom(1, &[Var(0)]));
    let f = all.au(a, b);
    let holds = vec![vec![Labelled::fact(Var(3), 1)]; 8];
    let mut goals = vec![Vec::new(); 8];
    goals[7] = vec![Labelled::plain()];
    let mut e = Evaluator::new(&all, &g, Given(vec![holds, goals]), 6);
    assert_eq!(e.sat(f, 0), Err(Exhausted::Steps));
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
        let mut e = Evaluator::new(&all, &g, Given(points), 1000);
        assert_eq!(!e.sat(f, 0).unwrap().is_empty(), expected);
    }
}

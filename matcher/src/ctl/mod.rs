//! The logic: computation tree logic with variables and witnesses (`semantics.md` section 2). Knows neither C nor SmPL.
//!
//! A [`Formula`](Formulas) is evaluated on a [`Graph`] whose points are labelled by a [`Model`]. What it gives at a point is a set of
//! *triples without their point*: substitutions with forests of witnesses. [`Evaluator`] works on demand, point by point, under what is
//! already known of the variables; [`reference`] computes every set for every point and serves as its measure in tests.

pub mod agreement;
mod algebra;
mod eval;
mod formula;
mod graph;
mod memo;
mod possible;
pub mod reference;
mod subst;
#[cfg(test)]
mod tests;
mod until;
mod witness;

pub use algebra::{Algebra, Set, Triple};
pub use eval::{Evaluator, Exhausted};
pub use formula::{Edges, Formula, FormulaId, Formulas, Keep};
pub use graph::Graph;
pub use subst::{Fact, Subst, SubstId, Var};
pub use witness::{Forest, Witness, WitnessId, Witnesses};

/// What holds at the points of a graph.
pub trait Model {
    /// Values of variables. Equality is identity; whether different values can stand for one variable is for [`Model::meet`] to say.
    type Value: Copy + Eq + Ord + std::hash::Hash + std::fmt::Debug;

    /// All ways in which an atomic predicate holds at a point.
    fn label(&mut self, atom: u32, point: u32) -> Vec<Labelled<Self::Value>>;

    /// The points, of `0..size`, where an atomic predicate holds in some way, in any order; or too many.
    fn points(&mut self, atom: u32, size: u32) -> Vec<u32> {
        (0..size).filter(|p| !self.label(atom, *p).is_empty()).collect()
    }

    /// Whether several ways to hold with the same values count as matches of their own.
    fn tells_apart(&self) -> bool {
        false
    }

    /// Whether two values of a variable are compatible, and which value then holds the knowledge of both. Not transitive.
    fn meet(&mut self, var: Var, a: Self::Value, b: Self::Value) -> Option<Self::Value>;
}

/// One way in which an atomic predicate holds.
#[derive(Debug, Clone)]
pub struct Labelled<V> {
    /// What it says of variables.
    pub facts: Vec<(Var, Fact<V>)>,
    /// A name for what it does, if it does anything: becomes a leaf of the forest.
    pub leaf: Option<u32>,
}

impl<V> Labelled<V> {
    /// Holds whatever the variables are, and does nothing.
    #[must_use]
    pub fn plain() -> Self {
        Self { facts: Vec::new(), leaf: None }
    }

    /// Holds if the variable has the value.
    #[must_use]
    pub fn fact(var: Var, value: V) -> Self {
        Self { facts: vec![(var, Fact::Is(value))], leaf: None }
    }
}

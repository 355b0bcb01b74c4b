//! Where time goes: what each stage of the work on a file cost.

use std::time::Duration;

/// A stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading elements into trees.
    Parse,
    /// Making graphs.
    Graph,
    /// Reading headers, and inferring types.
    Types,
    /// Matching.
    Match,
    /// From matches to new text, which is read again.
    Rewrite,
    /// Scripts.
    Script,
}

impl Stage {
    /// All of them, in the order of the work.
    pub const ALL: [Self; 6] = [Self::Parse, Self::Graph, Self::Types, Self::Match, Self::Rewrite, Self::Script];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Graph => "graph",
            Self::Types => "types",
            Self::Match => "match",
            Self::Rewrite => "rewrite",
            Self::Script => "script",
        }
    }
}

/// The time that passed since some moment.
pub type Clock = fn() -> Duration;

/// What stages cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times([Duration; Stage::ALL.len()]);

impl Times {
    /// What a stage cost.
    #[must_use]
    pub fn of(&self, stage: Stage) -> Duration {
        self.0[stage as usize]
    }

    /// What all stages cost.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.0.iter().sum()
    }

    /// Adds what others cost.
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a += *b);
    }
}

/// Measures, if there is a clock. Stages do not nest.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stopwatch {
    clock: Option<Clock>,
    pub times: Times,
}

impl Stopwatch {
    pub fn new(clock: Option<Clock>) -> Self {
        Self { clock, times: Times::default() }
    }

    /// Does some work of a stage.
    pub fn time<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let Some(clock) = self.clock else { return work() };
        let start = clock();
        let out = work();
        self.times.0[stage as usize] += clock().saturating_sub(start);
        out
    }
}

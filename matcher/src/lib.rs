//! Matches rules against control-flow graphs.
//!
//! Layers, each ignorant of those above it: `ctl` (the logic: knows neither C nor SmPL), `term` (a pattern term against a C term),
//! `compile` (a rule to a formula over rule elements), `rule` (a rule on an element with an environment).

pub mod compile;
pub mod ctl;
pub mod direct;
mod kinds;
pub mod outcome;
pub mod point;
pub mod rule;
pub mod term;
pub mod value;

pub use compile::{ElemKind, ElemMatch, Forbidden, RuleElem, Terms, ValueId};
pub use outcome::{APART, Action, Place, RuleMatch, Touch};
pub use rule::{CompiledRule, DEFAULT_MEMORY, DEFAULT_STEPS, Limits, Need, PreparedGraph, Refusal, name_of, run, why};
pub use term::{ConstraintScripts, FileContext, TermMatcher};
pub use value::{Bindings, Env, Position, Term, TypeTerm, Value};

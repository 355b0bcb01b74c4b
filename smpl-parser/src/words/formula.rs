//! What must be in a text, in terms of words and of what other rules need.

use crate::ast::{ItemId, WordFormula};

/// A formula in which rules stand for their own formulas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Formula {
    True,
    False,
    Word(String),
    Item(ItemId),
    And(Vec<Formula>),
    Or(Vec<Formula>),
}

impl Formula {
    /// All of them; of none, what always holds.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::join(parts, true)
    }

    /// At least one of them; of none, what never holds.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::join(parts, false)
    }

    /// All of them, or at least one: nested ones, those that are there twice and those that another implies are taken out.
    fn join(parts: impl IntoIterator<Item = Self>, all: bool) -> Self {
        let (neutral, end) = if all { (Self::True, Self::False) } else { (Self::False, Self::True) };
        let mut out: Vec<Self> = Vec::new();
        for part in parts {
            let inner = match part {
                Self::And(fs) if all => fs,
                Self::Or(fs) if !all => fs,
                f if f == neutral => continue,
                f if f == end => return end,
                f => vec![f],
            };
            for f in inner {
                if !out.contains(&f) {
                    out.push(f);
                }
            }
        }
        // Absorption: `a` and `a or b` is `a`; `a` or `a and b` too.
        let redundant = |f: &Self| match f {
            Self::Or(fs) if all => out.iter().any(|g| g != f && fs.contains(g)),
            Self::And(fs) if !all => out.iter().any(|g| g != f && fs.contains(g)),
            _ => false,
        };
        let mut kept: Vec<Self> = out.iter().filter(|f| !redundant(f)).cloned().collect();
        match kept.len() {
            0 => neutral,
            1 => kept.remove(0),
            _ if all => Self::And(kept),
            _ => Self::Or(kept),
        }
    }

    /// As words alone: what other rules need is left out.
    pub fn into_words(self) -> WordFormula {
        match self {
            Self::True | Self::Item(_) => WordFormula::True,
            Self::False => WordFormula::False,
            Self::Word(w) => WordFormula::Word(w),
            Self::And(fs) => WordFormula::And(fs.into_iter().map(Self::into_words).collect()),
            Self::Or(fs) => WordFormula::Or(fs.into_iter().map(Self::into_words).collect()),
        }
    }
}

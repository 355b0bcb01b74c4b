//! Words that an element must contain for a rule to match in it, looked for in its bytes (`semantics.md` 6.6, 8.4).

use memchr::memmem::Finder;
use smpl_parser::WordFormula;

/// A word formula with its searchers.
#[derive(Debug)]
pub(super) enum Words {
    True,
    False,
    Word(Box<Finder<'static>>),
    And(Vec<Words>),
    Or(Vec<Words>),
}

impl Words {
    /// Prepares a formula.
    pub fn of(formula: &WordFormula) -> Self {
        match formula {
            WordFormula::True => Self::True,
            WordFormula::False => Self::False,
            WordFormula::Word(w) => Self::Word(Box::new(Finder::new(w.as_bytes()).into_owned())),
            WordFormula::And(fs) => Self::And(fs.iter().map(Self::of).collect()),
            WordFormula::Or(fs) => Self::Or(fs.iter().map(Self::of).collect()),
        }
    }

    /// Whether the bytes of an element may satisfy it. May say yes too often (a word inside a longer one), never no wrongly.
    pub fn may_match(&self, text: &[u8]) -> bool {
        match self {
            Self::True => true,
            Self::False => false,
            Self::Word(finder) => finder.find(text).is_some(),
            Self::And(fs) => fs.iter().all(|f| f.may_match(text)),
            Self::Or(fs) => fs.iter().any(|f| f.may_match(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_over_words() {
        let word = |w: &str| WordFormula::Word(w.into());
        let formula = WordFormula::And(vec![word("kfree"), WordFormula::Or(vec![word("a"), word("b_c")])]);
        let words = Words::of(&formula);
        let cases = [("kfree(b_c);", true), ("kfree(x);", false), ("a b_c", false)];
        for (text, want) in cases {
            assert_eq!(words.may_match(text.as_bytes()), want, "{text}");
        }
        assert!(!Words::of(&WordFormula::False).may_match(b"x") && Words::of(&WordFormula::True).may_match(b""));
    }
}

//! Words that code must contain for a rule to match (`semantics.md` 6.6, 8.4): those of all semantic patches of a run are looked for
//! in one pass over the bytes.

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smpl_parser::WordFormula;

/// The words of a run.
#[derive(Debug, Default)]
pub struct WordTable {
    index: FxHashMap<String, u32>,
    /// Without a searcher (words without end) every word counts as found.
    search: Option<AhoCorasick>,
}

/// Words that a text contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordSet(SmallVec<[u64; 2]>);

impl WordTable {
    /// A table of words.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut index = FxHashMap::default();
        let mut list = Vec::new();
        for word in words {
            index.entry(word.to_owned()).or_insert_with(|| {
                list.push(word);
                list.len() as u32 - 1
            });
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&list).ok();
        Self { index, search }
    }

    /// The number of a word of the table.
    #[must_use]
    pub fn number(&self, word: &str) -> Option<u32> {
        self.index.get(word).copied()
    }

    /// No word.
    #[must_use]
    pub fn empty_set(&self) -> WordSet {
        WordSet(SmallVec::from_elem(0, self.index.len().div_ceil(64)))
    }

    /// The words in a text. Words are whole identifiers.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> WordSet {
        let mut out = self.empty_set();
        self.each(text, |_, word| out.insert(word));
        out
    }

    /// Calls `found` with offset and number of each word of the table in a text, in order.
    pub fn each(&self, text: &[u8], mut found: impl FnMut(usize, u32)) {
        let Some(search) = &self.search else {
            (0..self.index.len() as u32).for_each(|w| found(0, w));
            return;
        };
        if self.index.is_empty() {
            return;
        }
        let inside = |at: Option<usize>| at.and_then(|i| text.get(i)).is_some_and(|b| is_word_byte(*b));
        // The longest match at a place hides no word: a word is a whole run of the bytes that words are made of.
        for m in search.find_iter(text) {
            if !inside(m.start().checked_sub(1)) && !inside(Some(m.end())) {
                found(m.start(), m.pattern().as_u32());
            }
        }
    }
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

impl WordSet {
    /// Adds a word.
    pub fn insert(&mut self, word: u32) {
        self.0[word as usize / 64] |= 1 << (word % 64);
    }

    /// Whether a word is in it.
    #[must_use]
    pub fn has(&self, word: u32) -> bool {
        self.0.get(word as usize / 64).is_some_and(|w| w >> (word % 64) & 1 == 1)
    }

    /// Adds the words of another set.
    pub fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }
}

/// A word formula over the numbers of a table.
#[derive(Debug)]
pub(super) enum Words {
    True,
    False,
    Word(u32),
    And(Vec<Words>),
    Or(Vec<Words>),
}

impl Words {
    /// A formula with the numbers of a table; words that are not in the table are not asked for.
    pub fn of(formula: &WordFormula, table: &WordTable) -> Self {
        let all = |fs: &[WordFormula]| fs.iter().map(|f| Self::of(f, table)).collect();
        match formula {
            WordFormula::True => Self::True,
            WordFormula::False => Self::False,
            WordFormula::Word(w) => table.number(w).map_or(Self::True, Self::Word),
            WordFormula::And(fs) => Self::And(all(fs)),
            WordFormula::Or(fs) => Self::Or(all(fs)),
        }
    }

    /// Whether code with these words may satisfy it.
    pub fn may_match(&self, words: &WordSet) -> bool {
        match self {
            Self::True => true,
            Self::False => false,
            Self::Word(w) => words.has(*w),
            Self::And(fs) => fs.iter().all(|f| f.may_match(words)),
            Self::Or(fs) => fs.iter().any(|f| f.may_match(words)),
        }
    }
}

/// Calls `f` with the words of a formula.
pub(super) fn each_word<'f>(formula: &'f WordFormula, f: &mut impl FnMut(&'f str)) {
    match formula {
        WordFormula::True | WordFormula::False => {}
        WordFormula::Word(w) => f(w),
        WordFormula::And(fs) | WordFormula::Or(fs) => fs.iter().for_each(|g| each_word(g, f)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_over_words() {
        let word = |w: &str| WordFormula::Word(w.into());
        let formula = WordFormula::And(vec![word("kfree"), WordFormula::Or(vec![word("a"), word("b_c")])]);
        let table = WordTable::new(["kfree", "a", "b_c", "kfree"]);
        let words = Words::of(&formula, &table);
        let cases = [
            ("kfree(b_c);", true),
            ("a;kfree", true),
            ("kfree(x);", false),
            ("a b_c", false),
            ("kfree_rcu(a)", false),
            ("xkfree(a)", false),
            ("kfree(ab_c)", false),
        ];
        for (text, want) in cases {
            assert_eq!(words.may_match(&table.find(text.as_bytes())), want, "{text}");
        }
        let none = table.empty_set();
        assert!(!Words::of(&WordFormula::False, &table).may_match(&none));
        assert!(Words::of(&WordFormula::True, &table).may_match(&none));
    }

    #[test]
    fn places_of_words() {
        let table = WordTable::new(["ab", "abc"]);
        let mut found = Vec::new();
        table.each(b"abc ab abcd ab", |at, word| found.push((at, word)));
        assert_eq!(found, [(0, 1), (4, 0), (12, 0)]);
    }
}

//! Words that code must contain for a rule to match (`semantics.md` 6.6, 8.4): those of all semantic patches of a run are looked for
//! in one pass over the bytes.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, packed};
use memchr::memmem;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smpl_parser::WordFormula;

/// The words of a run.
#[derive(Debug, Default)]
pub struct WordTable {
    index: FxHashMap<String, u32>,
    search: Search,
}

/// How the words are looked for: what is fastest for their number.
#[derive(Debug, Default)]
enum Search {
    /// Not at all (words without end): every word counts as found.
    #[default]
    Nothing,
    One(Box<memmem::Finder<'static>>),
    /// Many bytes at a time; first what all words have in common, if that is long enough.
    Few(Option<Box<memmem::Finder<'static>>>, Box<packed::Searcher>),
    Many(Box<AhoCorasick>),
}

/// At most this many words are looked for many bytes at a time.
const FEW: usize = 64;

/// Up to this many words the automaton is a table of all its transitions.
const DENSE: usize = 1000;

impl Search {
    fn new(words: &[&str]) -> Self {
        match words {
            [word] => return Self::One(Box::new(memmem::Finder::new(word.as_bytes()).into_owned())),
            _ if words.len() <= FEW => {
                let mut builder = packed::Config::new().match_kind(packed::MatchKind::LeftmostLongest).builder();
                if let Some(search) = builder.extend(words).build() {
                    let common = common_part(words).map(|part| Box::new(memmem::Finder::new(part).into_owned()));
                    return Self::Few(common, Box::new(search));
                }
            }
            _ => {}
        }
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest);
        if words.len() <= DENSE {
            builder.kind(Some(AhoCorasickKind::DFA));
        }
        builder.build(words).map_or(Self::Nothing, |search| Self::Many(Box::new(search)))
    }
}

/// The longest bytes that all words contain, if they are long enough to be rare in other words. Words longer than any in real code
/// are not looked through, as that would cost the square of their length.
pub(super) fn common_part<'w>(words: &[&'w str]) -> Option<&'w [u8]> {
    const RARE: usize = 6;
    const LONGEST: usize = 64;
    let (first, others) = words.split_first()?;
    if words.iter().any(|w| w.len() > LONGEST) {
        return None;
    }
    let first = first.as_bytes();
    let in_all = |part: &[u8]| others.iter().all(|w| memmem::find(w.as_bytes(), part).is_some());
    (RARE..=first.len()).rev().find_map(|length| first.windows(length).find(|part| in_all(part)))
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
        let search = Search::new(&list);
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
        if self.index.is_empty() {
            return;
        }
        let inside = |at: Option<usize>| at.and_then(|i| text.get(i)).is_some_and(|b| is_word_byte(*b));
        let mut place = |start: usize, end: usize, word: u32| {
            if !inside(start.checked_sub(1)) && !inside(Some(end)) {
                found(start, word);
            }
        };
        // The longest match at a place hides no word: a word is a whole run of the bytes that words are made of.
        match &self.search {
            Search::Nothing => (0..self.index.len() as u32).for_each(|w| found(0, w)),
            Search::One(search) => {
                let length = search.needle().len();
                search.find_iter(text).for_each(|at| place(at, at + length, 0));
            }
            Search::Few(Some(common), _) if common.find(text).is_none() => {}
            Search::Few(_, search) => {
                search.find_iter(text).for_each(|m| place(m.start(), m.end(), m.pattern().as_u32()));
            }
            Search::Many(search) => {
                search.find_iter(text).for_each(|m| place(m.start(), m.end(), m.pattern().as_u32()));
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

    #[test]
    fn words_without_end_share_no_part() {
        assert_eq!(common_part(&["i2c_get_clientdata", "i2c_set_clientdata"]), Some(&b"et_clientdata"[..]));
        assert_eq!(common_part(&["kfree", "kzalloc"]), None);
        let (long, other) = ("ab".repeat(50_000), "cd".repeat(50_000));
        assert_eq!(common_part(&[&long, &other]), None);
    }

    #[test]
    fn any_number_of_words_is_found_alike() {
        let words: Vec<String> = (0..FEW + 9).map(|i| format!("w{}_{i}", "x".repeat(i % 7))).collect();
        let text: String = words.iter().map(|w| format!("{w} a{w},{w}z {w}\n")).collect();
        let places = |number: usize| {
            let table = WordTable::new(words[..number].iter().map(String::as_str));
            let mut found = Vec::new();
            table.each(text.as_bytes(), |at, word| found.push((at, word)));
            found
        };
        let all = places(words.len());
        assert_eq!(all.len(), 2 * words.len());
        for number in [0, 1, 2, 10, FEW, FEW + 1] {
            let wanted: Vec<_> = all.iter().copied().filter(|f| (f.1 as usize) < number).collect();
            assert_eq!(places(number), wanted, "{number} words");
        }
    }
}

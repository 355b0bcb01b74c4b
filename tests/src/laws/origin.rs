//! Where the bytes of a result come from, as told by what the rules say that they did (`spatch-rs --show-edits`).

use serde::Deserialize;

/// Of each byte of a result, where it lay in the original or that a rule added it, and of each byte of the original, whether a rule
/// removed it.
#[derive(Debug)]
pub struct Origin {
    /// Where the bytes of the result lay.
    pub from: Vec<Option<u32>>,
    /// Which of them are of tokens and comments that rules added.
    pub added: Vec<bool>,
    /// Which bytes of the original are of tokens that rules removed.
    pub removed: Vec<bool>,
}

/// A line of what `--show-edits` prints.
#[derive(Deserialize)]
struct Told {
    file: String,
    rounds: Vec<Vec<Edit>>,
}

#[derive(Deserialize)]
struct Edit {
    at: [usize; 2],
    length: usize,
    removed: Vec<[usize; 2]>,
    added: Vec<[usize; 2]>,
}

/// The files of which `--show-edits` told something in front of their diffs, and what it told.
///
/// # Panics
/// If a line is not of that form.
#[must_use]
pub fn read(output: &[u8], length: impl Fn(&str) -> usize) -> Vec<(String, Origin)> {
    let lines = output.split(|b| *b == b'\n').filter(|l| l.starts_with(b"{\"file\":"));
    lines
        .map(|line| {
            let told: Told = serde_json::from_slice(line).expect("what was done, as JSON");
            let origin = Origin::new(length(&told.file), &told.rounds);
            (told.file.trim_start_matches("./").to_owned(), origin)
        })
        .collect()
}

impl Origin {
    fn new(length: usize, rounds: &[Vec<Edit>]) -> Self {
        let from = (0..length as u32).map(Some).collect();
        let mut all = Self { from, added: vec![false; length], removed: vec![false; length] };
        rounds.iter().for_each(|edits| all.round(edits));
        all
    }

    fn round(&mut self, edits: &[Edit]) {
        let (mut from, mut added) = (Vec::with_capacity(self.from.len()), Vec::with_capacity(self.from.len()));
        let mut at = 0;
        for Edit { at: [start, end], length, removed, added: own } in edits {
            if *start < at {
                // Two readings of an element tell of the same bytes: the result does not show which.
                return;
            }
            let gone = removed.iter().flat_map(|[from, to]| &self.from[*from..*to]);
            gone.flatten().for_each(|at| self.removed[*at as usize] = true);
            from.extend(&self.from[at..*start]);
            added.extend(&self.added[at..*start]);
            let base = added.len();
            from.resize(base + length, None);
            added.resize(base + length, false);
            own.iter().for_each(|[from, to]| added[base + from..base + to].fill(true));
            at = *end;
        }
        from.extend(&self.from[at..]);
        added.extend(&self.added[at..]);
        (self.from, self.added) = (from, added);
    }

    /// Whether it is one of these texts.
    #[must_use]
    pub fn fits(&self, old: &[u8], new: &[u8]) -> bool {
        let same = |(byte, from): (&u8, &Option<u32>)| from.is_none_or(|at| old.get(at as usize) == Some(byte));
        self.removed.len() == old.len() && self.from.len() == new.len() && new.iter().zip(&self.from).all(same)
    }
}

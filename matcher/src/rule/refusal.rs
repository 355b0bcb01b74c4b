//! Why a rule gives up an element.

use c_syntax::{TokenId, Tree};

use crate::ctl::Exhausted;

/// A rule gives up an element: nothing of it is changed by the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A limit ended the work.
    Exhausted(Exhausted),
    /// The pattern is nested too deeply.
    TooDeep,
    /// The reference evaluator finds something else (asked for in tests only).
    Differs,
    /// The reference evaluator takes too long.
    NotDefined,
    /// Only some of the paths to a point ask for the change there (`semantics.md` 5.4).
    Inconsistent {
        /// The code that would change.
        at: TokenId,
        /// The code on a path that asks for it, in order.
        with: Vec<TokenId>,
        /// The code on a path that does not.
        without: Vec<TokenId>,
    },
}

/// So many lines of a path are named.
const MAX_LINES: usize = 12;

impl Refusal {
    /// Whether a limit ended the work, so that nobody knows what would have come of it.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Exhausted(_))
    }

    /// The refusal as a sentence, further lines, and the line of the code (from 1) that it is about. `line` gives the line of a token.
    #[must_use]
    pub fn describe(
        &self,
        tree: &Tree,
        name: Option<&str>,
        line: &dyn Fn(TokenId) -> u32,
    ) -> (String, Vec<String>, Option<u32>) {
        let whose = name.map_or_else(|| "this element".to_string(), |n| format!("`{n}`"));
        match self {
            Self::Exhausted(limit) => {
                let limit = match limit {
                    Exhausted::Steps => "takes more steps than --max-steps allows",
                    Exhausted::Time => "takes longer than --timeout allows",
                    Exhausted::Memory => "takes more memory than --max-memory allows",
                };
                (format!("matching in {whose} {limit}; it is left as it is"), Vec::new(), None)
            }
            Self::Differs => (format!("the evaluators disagree about {whose}"), Vec::new(), None),
            Self::NotDefined => (format!("the reference evaluator takes too long for {whose}"), Vec::new(), None),
            Self::TooDeep => ("the pattern is nested too deeply".to_string(), Vec::new(), None),
            Self::Inconsistent { at, with, without } => {
                let row = line(*at);
                let text = String::from_utf8_lossy(tree.token_text(*at)).into_owned();
                let sentence = format!(
                    "in {whose}, the code at line {row} (`{text}`) is reached by inconsistent paths: \
                     some match the rule and some do not; {whose} is left as it is"
                );
                let path = |tokens: &[TokenId]| {
                    let mut rows: Vec<u32> = tokens.iter().map(|t| line(*t)).collect();
                    rows.dedup();
                    let cut = rows.len() > MAX_LINES;
                    let mut words: Vec<String> = rows.iter().take(MAX_LINES).map(u32::to_string).collect();
                    if cut {
                        words.push("...".to_string());
                    }
                    words.join(", ")
                };
                let details = vec![
                    format!("a path that matches: lines {}", path(with)),
                    format!("a path that does not: lines {}", path(without)),
                ];
                (sentence, details, Some(row))
            }
        }
    }
}

//! Regular expressions of constraints.

/// A regular expression as Perl has them, with look-around and back references.
#[derive(Clone, Debug)]
pub struct Regexp(fancy_regex::Regex);

impl Regexp {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn new(text: &str) -> Result<Self, String> {
        fancy_regex::Regex::new(text).map(Self).map_err(|e| last_line(&e.to_string()))
    }

    /// Whether it matches somewhere in `text`. One that would need more than a million steps back does not.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text).unwrap_or(false)
    }
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches() {
        for (regexp, yes, no) in [
            ("^a(b|c)$", "ab", "abc"),
            ("^(?!LOG_).+", "FLAG", "LOG_A"),
            ("^(.)\\1", "aab", "aba"),
            ("", "anything", "\u{0}none"),
        ] {
            let read = Regexp::new(regexp).expect(regexp);
            assert!(read.is_match(yes), "{regexp}");
            assert!(regexp.is_empty() || !read.is_match(no), "{regexp}");
        }
    }

    #[test]
    fn no_regular_expressions() {
        for regexp in ["a(", "[", "(?<x", "*"] {
            let error = Regexp::new(regexp).expect_err(regexp);
            assert!(!error.is_empty() && !error.contains('\n'), "{regexp}: {error}");
        }
    }

    #[test]
    fn steps_back_are_bounded() {
        let read = Regexp::new("^(?=(a+)+$)(a|aa)+$(?<!b)").expect("regexp");
        assert!(!read.is_match(&("a".repeat(60) + "b")));
    }
}

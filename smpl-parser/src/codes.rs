//! The codes of messages: which there are, and what stands on their pages in `docs/errors`.

/// Codes and pages, in order.
const PAGES: &[(&str, &str)] = &[];

/// The page that explains a code (`E005`), in Markdown.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(c, _)| c.eq_ignore_ascii_case(code)).map(|(_, p)| *p)
}

/// All codes that have a page.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(c, _)| *c)
}

/// The name among `names` that is most like a wrong one, if any is like it.
pub(crate) fn similar<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let most = (wrong.chars().count() / 3).max(1);
    names
        .map(|n| (distance(wrong, n), n))
        .filter(|(d, n)| *d <= most && *d < n.chars().count())
        .min()
        .map(|(_, n)| n.to_owned())
}

/// How many letters must be changed, added or removed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_like_a_wrong_one() {
        for (wrong, names, expected) in [
            ("rulee", &["rule", "other"][..], Some("rule")),
            ("r1", &["r2", "q"], Some("r2")),
            ("abc", &["xyz"], None),
            ("a", &["b"], None),
        ] {
            assert_eq!(similar(wrong, names.iter().copied()).as_deref(), expected, "{wrong}");
        }
    }
}

//! The codes of messages: which there are, and what stands on their pages in `smpl-parser/docs/errors`.

/// Codes and pages, in order.
const PAGES: &[(&str, &str)] = &[
    ("E001", include_str!("../docs/errors/E001.md")),
    ("E003", include_str!("../docs/errors/E003.md")),
    ("E004", include_str!("../docs/errors/E004.md")),
    ("E005", include_str!("../docs/errors/E005.md")),
    ("E006", include_str!("../docs/errors/E006.md")),
    ("E007", include_str!("../docs/errors/E007.md")),
    ("E009", include_str!("../docs/errors/E009.md")),
    ("E010", include_str!("../docs/errors/E010.md")),
    ("E011", include_str!("../docs/errors/E011.md")),
    ("E012", include_str!("../docs/errors/E012.md")),
    ("E013", include_str!("../docs/errors/E013.md")),
    ("E014", include_str!("../docs/errors/E014.md")),
    ("E015", include_str!("../docs/errors/E015.md")),
    ("E017", include_str!("../docs/errors/E017.md")),
    ("E018", include_str!("../docs/errors/E018.md")),
    ("E019", include_str!("../docs/errors/E019.md")),
    ("E020", include_str!("../docs/errors/E020.md")),
    ("E021", include_str!("../docs/errors/E021.md")),
    ("E022", include_str!("../docs/errors/E022.md")),
    ("E023", include_str!("../docs/errors/E023.md")),
    ("E024", include_str!("../docs/errors/E024.md")),
    ("E025", include_str!("../docs/errors/E025.md")),
    ("E026", include_str!("../docs/errors/E026.md")),
    ("E027", include_str!("../docs/errors/E027.md")),
    ("E028", include_str!("../docs/errors/E028.md")),
    ("E029", include_str!("../docs/errors/E029.md")),
    ("E030", include_str!("../docs/errors/E030.md")),
    ("E031", include_str!("../docs/errors/E031.md")),
    ("E032", include_str!("../docs/errors/E032.md")),
    ("E033", include_str!("../docs/errors/E033.md")),
    ("E040", include_str!("../docs/errors/E040.md")),
    ("E041", include_str!("../docs/errors/E041.md")),
    ("E042", include_str!("../docs/errors/E042.md")),
    ("W101", include_str!("../docs/errors/W101.md")),
    ("W102", include_str!("../docs/errors/W102.md")),
    ("W103", include_str!("../docs/errors/W103.md")),
    ("W104", include_str!("../docs/errors/W104.md")),
    ("W105", include_str!("../docs/errors/W105.md")),
    ("W106", include_str!("../docs/errors/W106.md")),
    ("W107", include_str!("../docs/errors/W107.md")),
    ("W108", include_str!("../docs/errors/W108.md")),
    ("W140", include_str!("../docs/errors/W140.md")),
];

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

    /// Each page's first example gives the code it explains, the second one no error.
    #[test]
    fn examples_of_pages() {
        let mut wrong = Vec::new();
        for (code, page) in PAGES {
            let blocks: Vec<(&str, &str)> = page
                .split("\n```")
                .filter_map(|b| b.split_once('\n'))
                .filter(|(language, _)| matches!(*language, "cocci" | "iso"))
                .collect();
            let [bad, good] = blocks[..] else { panic!("{code} has two examples") };
            let isos = crate::iso::IsoFile::known("standard.iso", rules::STANDARD_ISO);
            let options = crate::ParseOptions { isos: Some(&isos), ..crate::ParseOptions::default() };
            let read = |(language, text): (&str, &str)| {
                if language == "iso" {
                    let diags = crate::iso::parse(&format!("{text}\n")).1;
                    return (diags.is_empty(), diags);
                }
                let (patch, diags) = crate::parse("p.cocci", &format!("{text}\n"), &options);
                (patch.is_some(), diags)
            };
            let found: Vec<_> = read(bad).1.iter().map(|d| d.code).collect();
            if !found.contains(code) {
                wrong.push(format!("{code}: the first example gives {found:?}"));
            }
            let (fine, diags) = read(good);
            if !fine || diags.iter().any(|d| d.code == *code) {
                wrong.push(format!(
                    "{code}: the second example gives {:?}",
                    diags.iter().map(|d| (d.code, &d.message)).collect::<Vec<_>>()
                ));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Each code that a message of this crate or of the command line has is explained.
    #[test]
    fn all_codes_have_pages() {
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
        let mut folders: Vec<_> = ["smpl-parser/src", "rewriter/src", "matcher/src"].map(|f| crates.join(f)).into();
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a source file");
                for word in text.split('"').filter(|w| w.len() == 4 && w.starts_with(['E', 'W'])) {
                    if word[1..].bytes().all(|b| b.is_ascii_digit()) {
                        found += 1;
                        assert!(page(word).is_some(), "{word} of {} has no page", path.display());
                    }
                }
            }
        }
        assert!(found > PAGES.len());
    }

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

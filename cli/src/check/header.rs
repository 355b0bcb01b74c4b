//! The comment at the head of a rule file, in the form that the kernel's rules have: description, options, confidence, requirements.

/// What a rule file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The `///` lines, joined.
    pub description: String,
    /// `// Confidence: High`.
    pub confidence: String,
    /// `// Options: ...`, as words.
    pub options: Vec<String>,
    /// `// Requires: 1.0.3`: the version of Coccinelle that it needs.
    pub requires: Option<String>,
    /// `// Keywords: a, b`.
    pub keywords: Vec<String>,
    /// The modes that the rule declares: of patch, context, org, report.
    pub modes: Vec<Mode>,
}

/// What a run of rules prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Mode {
    /// Messages with places.
    Report,
    /// Diffs.
    Patch,
    /// Diffs that mark lines.
    Context,
    /// Entries for Emacs' org mode.
    Org,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 4] = [Self::Report, Self::Patch, Self::Context, Self::Org];

    /// The virtual rule that switches the mode on.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Patch => "patch",
            Self::Context => "context",
            Self::Org => "org",
        }
    }
}

/// Reads the head of a rule file: comments up to the first other line, and the `virtual` declarations.
#[must_use]
pub fn read(text: &str) -> Header {
    let mut header = Header::default();
    let mut in_head = true;
    for line in text.lines() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("///").filter(|_| in_head) {
            let rest = rest.trim_start_matches('#').trim();
            if !rest.is_empty() {
                if !header.description.is_empty() {
                    header.description.push(' ');
                }
                header.description.push_str(rest);
            }
        } else if let Some(rest) = line.strip_prefix("//").filter(|_| in_head) {
            field(rest.trim(), &mut header);
        } else if let Some(names) = line.strip_prefix("virtual ") {
            in_head = false;
            for name in names.trim_end_matches(';').split(',').map(str::trim) {
                header.modes.extend(Mode::ALL.iter().find(|m| m.name() == name));
            }
        } else if !line.is_empty() {
            in_head = false;
        }
    }
    header
}

fn field(text: &str, header: &mut Header) {
    let Some((name, value)) = text.split_once(':') else { return };
    let value = value.trim();
    match name.trim().to_ascii_lowercase().as_str() {
        "confidence" => value.clone_into(&mut header.confidence),
        "options" => header.options.extend(crate::config::split_words(value)),
        "requires" => header.requires = Some(value.to_owned()),
        "keywords" => {
            let words = value.split(',').map(str::trim).filter(|w| !w.is_empty());
            header.keywords.extend(words.map(str::to_owned));
        }
        _ => {}
    }
}

/// Whether the version that we are compatible with is at least the one that a rule requires: numbers between dots.
#[must_use]
pub fn satisfies(ours: &str, required: &str) -> bool {
    let numbers = |v: &str| -> Vec<u64> {
        v.split(['.', '-'])
            .map_while(|p| p.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok())
            .collect()
    };
    let (a, b) = (numbers(ours), numbers(required));
    let at = |v: &[u64], i: usize| v.get(i).copied().unwrap_or(0);
    (0..a.len().max(b.len())).map(|i| at(&a, i).cmp(&at(&b, i))).find(|o| o.is_ne()).is_none_or(|o| o.is_gt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_in_the_kernels_form() {
        let text = "// SPDX-License-Identifier: GPL-2.0-only\n/// Free what\n//# not this\n/// was got\n///\n// Confidence: High\n\
                    // Options: --no-includes --include-headers\n// Requires: 1.0.3\n// Keywords: kfree, kmalloc\n\nvirtual patch, report\n\
                    virtual org;\n\n@r@ @@ // Options: --not-this\n";
        let h = read(text);
        assert_eq!(h.description, "Free what was got");
        assert_eq!((h.confidence.as_str(), h.requires.as_deref()), ("High", Some("1.0.3")));
        assert_eq!(h.options, ["--no-includes", "--include-headers"]);
        assert_eq!(h.keywords, ["kfree", "kmalloc"]);
        assert_eq!(h.modes, [Mode::Patch, Mode::Report, Mode::Org]);
    }

    #[test]
    fn versions_compare_by_number() {
        for (ours, required, want) in [
            ("1.3.1", "1.0.3", true),
            ("1.3.1", "1.3.1", true),
            ("1.3.1", "1.10", false),
            ("1.3", "1.3.0", true),
            ("1.3.1", "2", false),
        ] {
            assert_eq!(satisfies(ours, required), want, "{ours} {required}");
        }
    }
}

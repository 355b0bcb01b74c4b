//! `.cocciconfig`: default options in a `[spatch]` section (features.md 9.1).

use std::path::Path;

use anyhow::{Context, Result, bail};

/// The words of the `options = ...` lines of the files that apply: in the home directory, in the current directory, and in the
/// nearest ancestor of `input`; later ones come later, and so win.
pub fn options(home: Option<&Path>, current: &Path, input: Option<&Path>) -> Result<Vec<String>> {
    let mut places = Vec::new();
    places.extend(home.map(|h| h.join(".cocciconfig")));
    places.push(current.join(".cocciconfig"));
    if let Some(input) = input {
        let start = current.join(input);
        let found = start.ancestors().map(|a| a.join(".cocciconfig")).find(|p| p.is_file());
        places.extend(found);
    }
    let mut words = Vec::new();
    let mut seen = Vec::new();
    for place in places {
        if !place.is_file() {
            continue;
        }
        let canonical = place.canonicalize()?;
        if seen.contains(&canonical) {
            continue;
        }
        seen.push(canonical);
        let text = std::fs::read_to_string(&place).with_context(|| place.display().to_string())?;
        words.extend(read(&text).with_context(|| place.display().to_string())?);
    }
    Ok(words)
}

fn read(text: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut in_section = false;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            if line != "[spatch]" {
                bail!("line {}: unknown section {line}; there is only [spatch]", i + 1);
            }
            in_section = true;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| in_section) {
            if key.trim() != "options" {
                bail!("line {}: unknown attribute {}; there is only options", i + 1, key.trim());
            }
            words.extend(split_words(value));
        } else {
            bail!("line {}: expected `options = ...` in a [spatch] section", i + 1);
        }
    }
    Ok(words)
}

/// Splits at blanks; quotes of either kind keep words together.
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_lines_are_words() {
        let words = read("# c\n[spatch]\noptions = --jobs 4 --include 'a b.h'\n options = -I inc\n");
        assert_eq!(words.unwrap_or_default(), ["--jobs", "4", "--include", "a b.h", "-I", "inc"]);
    }

    #[test]
    fn strangers_are_refused() {
        assert!(read("[other]\n").is_err());
        assert!(read("[spatch]\ncolour = red\n").is_err());
        assert!(read("options = x\n").is_err());
    }
}

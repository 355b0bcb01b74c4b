//! `initialize` scripts that only give names to values and functions: they can wait until a script needs them.

use rustc_hash::FxHashSet;

/// Modules whose import does nothing that can be seen.
const MODULES: &[&str] =
    &["re", "os", "os.path", "sys", "string", "math", "json", "itertools", "functools", "collections"];

/// What makes a value and does nothing else.
const MAKERS: &[&str] = &["frozenset", "set", "list", "dict", "tuple", "re.compile"];

/// Whether a script surely does nothing but import well-known modules, define functions and name constant values.
#[must_use]
pub fn only_sets_names(code: &str) -> bool {
    let Some(lines) = top_lines(code) else { return false };
    let mut known: FxHashSet<&str> = ["True", "False", "None"].into_iter().collect();
    lines.iter().all(|line| {
        if let Some(modules) = line.strip_prefix("import ") {
            return modules.split(',').all(|m| MODULES.contains(&m.trim()));
        }
        if let Some(head) = line.strip_prefix("def ") {
            return head.trim_end().ends_with(':') && head.matches('(').count() == 1;
        }
        let Some((name, value)) = line.split_once('=') else { return false };
        let name = name.trim();
        is_name(name) && is_constant(value, &known) && known.insert(name)
    })
}

fn part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(part) && !text.starts_with(|c: char| c.is_numeric())
}

/// Whether an expression, its strings emptied, is made of literals, known names and what makes collections of them.
fn is_constant(mut rest: &str, known: &FxHashSet<&str>) -> bool {
    // Whether what was read last is a value: brackets behind one are a subscript or a call, which may fail.
    let mut value = false;
    while let Some(c) = rest.chars().next() {
        let len = rest.find(|c| !part(c) && c != '.').unwrap_or(rest.len());
        if len == 0 {
            match c {
                ' ' | '\t' | '\n' => {}
                '[' | '(' | '{' if value => return false,
                ']' | ')' | '}' | '"' => value = true,
                '[' | '(' | '{' | ',' | ':' | '+' | '|' => value = false,
                _ => return false,
            }
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(len);
        rest = after;
        let flag = word.strip_prefix("re.").is_some_and(|f| f.bytes().all(|b| b.is_ascii_uppercase()));
        let fine = match after.chars().next() {
            Some('(') => MAKERS.contains(&word),
            Some('"') => matches!(word, "r" | "b" | "u" | "rb"),
            _ => flag || known.contains(word) || word.bytes().all(|b| b.is_ascii_digit()),
        };
        if !fine {
            return false;
        }
        value = !matches!(after.chars().next(), Some('(' | '"'));
    }
    true
}

/// The logical lines that are not indented, without comments, their strings emptied; none if the text does not end well.
fn top_lines(code: &str) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    let (mut line, mut depth) = (String::new(), 0usize);
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        match c {
            '#' => len = rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => {
                len = string(rest, c)?;
                line.push_str("\"\"");
            }
            '\\' => len = 1 + rest[1..].starts_with('\n').then_some(1)?,
            '\n' if depth == 0 => lines.push(std::mem::take(&mut line)),
            _ => {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth = depth.checked_sub(1)?,
                    _ => {}
                }
                line.push(c);
            }
        }
        rest = &rest[len..];
    }
    lines.push(line);
    lines.retain(|l| !l.starts_with([' ', '\t']) && !l.trim().is_empty());
    (depth == 0).then_some(lines)
}

/// The length of a string literal.
fn string(rest: &str, quote: char) -> Option<usize> {
    let triple = quote.to_string().repeat(3);
    let end = if rest.starts_with(&triple) { triple } else { quote.to_string() };
    let mut at = end.len();
    loop {
        if rest[at..].starts_with(&end) {
            return Some(at + end.len());
        }
        match rest[at..].chars().next()? {
            '\n' if end.len() == 1 => return None,
            '\\' => at += 1 + rest[at + 1..].chars().next()?.len_utf8(),
            c => at += c.len_utf8(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_only_set_names() {
        for quiet in [
            "",
            "import re, os\npattern = '__'  # two\nm = re.compile(pattern, re.I)\n",
            "names = frozenset(['a',\n\t# b\n    \"b(\"])\n\ndef relevant(p, n=1):\n    print(p)\n    return not (names & {e.x for e in p})\n",
            "d = {'a': [1, 2], 'b': (None, True)}\nr = r'''x\n'y'''\n",
        ] {
            assert!(only_sets_names(quiet), "{quiet}");
        }
        for other in [
            "print('x')",
            "import antigravity",
            "x = open('f')",
            "x = unknown",
            "x = [1][2]",
            "x = 1 (2)",
            "y = []\nx = y [0]",
            "x += 1",
            "x == 1",
            "x.y = 1",
            "@cached\ndef f():\n  pass",
            "def f(a=g()):\n  pass",
            "def f(): pass",
            "if x:\n  pass",
            "for i in []:\n  x = 1",
            "x = f'{g()}'",
            "x = 'a\n'",
            "x = (1",
            "x = y = 1",
            "x = 1; g()",
        ] {
            assert!(!only_sets_names(other), "{other}");
        }
    }
}

//! The text of values, for constraints, scripts and messages.

use c_syntax::print::{TypeParts, node_text, type_text};
use c_syntax::{SyntaxKind, TokenKind};

use crate::value::{Term, Value};

/// The text of a term, laid out by the printer.
#[must_use]
pub fn term_text(term: &Term) -> String {
    String::from_utf8_lossy(&node_text(term.tree(), term.node)).into_owned()
}

/// The text of a value. Elements of a list are joined with commas (statements and members with blanks); a position is its line.
#[must_use]
pub fn value_text(value: &Value) -> String {
    match value {
        Value::Term(t) => term_text(t),
        Value::List(terms) => {
            let separator = if terms.first().is_some_and(is_item) { " " } else { ", " };
            terms.iter().map(term_text).collect::<Vec<_>>().join(separator)
        }
        Value::Type(t) => {
            let parts = TypeParts { tree: t.specs.tree(), specs: t.specs.node, ops: &t.ops };
            String::from_utf8_lossy(&type_text(parts, b"")).into_owned()
        }
        Value::Text(t) => t.to_string(),
        Value::Positions(p) => p.first().map(|p| p.start.0.to_string()).unwrap_or_default(),
        Value::Length(n) => n.to_string(),
    }
}

/// The text of a value as scripts see it: tokens with single blanks between them (`features.md` 5.1).
#[must_use]
pub fn script_text(value: &Value) -> String {
    match value {
        Value::Term(t) => spaced(&node_text(t.tree(), t.node)),
        Value::List(terms) => {
            let parts: Vec<String> = terms.iter().map(|t| spaced(&node_text(t.tree(), t.node))).collect();
            parts.join(if terms.first().is_some_and(is_item) { " " } else { " , " })
        }
        Value::Type(_) => spaced(value_text(value).as_bytes()),
        other => value_text(other),
    }
}

/// The text of an element of a list as scripts see it.
#[must_use]
pub fn script_term_text(term: &Term) -> String {
    spaced(&node_text(term.tree(), term.node))
}

fn spaced(text: &[u8]) -> String {
    let tokens = c_syntax::lex(text);
    let words: Vec<String> = (tokens.iter())
        .filter(|t| t.kind != TokenKind::Eof)
        .map(|t| String::from_utf8_lossy(&text[t.start as usize..t.end() as usize]).into_owned())
        .collect();
    words.join(" ")
}

/// Whether a term stands in its list without a comma.
fn is_item(term: &Term) -> bool {
    let kind = term.tree().kind(term.node);
    matches!(kind, SyntaxKind::FieldDecl | SyntaxKind::MacroField | SyntaxKind::Declaration) || kind.is_stmt()
}

/// Whether two texts have the same tokens: compared without the blanks that separate nothing.
pub(crate) fn same_text(a: &str, b: &str) -> bool {
    a == b || squeeze(a).eq(squeeze(b))
}

/// The bytes of a text without the blanks that separate nothing; literals are kept as they are.
fn squeeze(text: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    let mut quote: Option<u8> = None;
    let mut escaped = false;
    (0..bytes.len()).filter_map(move |i| {
        let b = bytes[i];
        if let Some(q) = quote {
            if escaped {
                escaped = false;
            } else if b == b'\\' {
                escaped = true;
            } else if b == q {
                quote = None;
            }
            return Some(b);
        }
        if b == b'"' || b == b'\'' {
            quote = Some(b);
            return Some(b);
        }
        if !b.is_ascii_whitespace() {
            return Some(b);
        }
        let before = i.checked_sub(1).map(|j| bytes[j]);
        let after = bytes[i..].iter().copied().find(|b| !b.is_ascii_whitespace());
        matches!((before, after), (Some(x), Some(y)) if word(x) && word(y)).then_some(b' ')
    })
}

#[cfg(test)]
mod tests {
    use super::same_text;

    #[test]
    fn texts_by_tokens() {
        for (a, b, same) in [
            ("a + b", "a+b", true),
            ("f(a,  b)", "f(a, b)", true),
            ("unsigned  int", "unsigned int", true),
            ("unsignedint", "unsigned int", false),
            ("\"a  b\"", "\"a b\"", false),
            ("x", "y", false),
        ] {
            assert_eq!(same_text(a, b), same, "{a} / {b}");
        }
    }
}

//! What keeps a rule from code before any of it is compared: words that are not there, code that is not read.

use std::ops::Range;

use c_syntax::{ElementKind, NodeId, SyntaxKind, Tree, lexer};
use smpl_parser::WordFormula;

use crate::run::file::FileState;
use crate::run::words::{WordSet, WordTable};

/// The words of which code that has `found` lacks all (one word, or several that stand for each other), if that keeps a rule from it.
pub fn lacking(formula: &WordFormula, table: &WordTable, found: &WordSet) -> Option<Vec<String>> {
    match formula {
        WordFormula::True => None,
        WordFormula::False => Some(Vec::new()),
        WordFormula::Word(w) => table.number(w).is_some_and(|n| !found.has(n)).then(|| vec![w.clone()]),
        WordFormula::And(parts) => parts.iter().find_map(|p| lacking(p, table, found)),
        WordFormula::Or(parts) => {
            let all: Option<Vec<Vec<String>>> = parts.iter().map(|p| lacking(p, table, found)).collect();
            all.map(|words| words.into_iter().flatten().collect())
        }
    }
}

/// The tokens of branches of conditionals that are kept for their bytes only.
fn skipped(tree: &Tree) -> Vec<Range<u32>> {
    let is_kept = |n: &NodeId| {
        let parent = tree.parent(*n).map(|p| tree.kind(p));
        tree.kind(*n) == SyntaxKind::Attribute && parent == Some(SyntaxKind::CondBranch)
    };
    tree.preorder(tree.root()).filter(is_kept).map(|n| tree.token_range(n)).collect()
}

/// Why a line (from 1) of a file is not read, if it is not: a word for programs and a sentence.
pub fn unread(file: &FileState, line: u32) -> Option<(&'static str, String)> {
    let on_line = |offset: u32| file.place(offset).0 == line;
    let tokens = lexer::lex(&file.source.text);
    let code = tokens.iter().filter(|t| on_line(t.start)).count();
    let inside = file.source.elements.iter().find(|e| {
        let (first, last) = (file.place(e.start).0, file.place(e.end.saturating_sub(1)).0);
        (first..=last).contains(&line)
    });
    let blank = {
        let span = file.span_of_line(line);
        span.start >= span.end
    };
    if blank || (code == 0 && inside.is_none()) {
        return Some(("empty", "there is no code on this line".to_owned()));
    }
    let Some(element) = inside else {
        return Some(("not-read", "this code is in a branch of a `#if` that is not taken".to_owned()));
    };
    if element.element.kind == ElementKind::Conditional {
        return Some(("not-read", "a conditional directive is never matched".to_owned()));
    }
    let parsed = element.element.parsed();
    if parsed.trees.is_empty() {
        let why = parsed.failure.unwrap_or("it is no C that can be read");
        let name = element.element.name.as_deref().map_or_else(String::new, |n| format!(" `{n}`"));
        return Some(("not-read", format!("the code{name} around this line could not be read: {why}")));
    }
    let mine: Vec<u32> = (parsed.tokens.iter().enumerate())
        .filter(|(_, t)| on_line(element.start + t.start))
        .map(|(i, _)| i as u32)
        .collect();
    let held = parsed.trees.iter().any(|tree| {
        let held = tree.held_tokens(tree.root());
        let skipped = skipped(tree);
        mine.iter().any(|t| held.iter().any(|h| h.0 == *t) && !skipped.iter().any(|s| s.contains(t)))
    });
    if held {
        return None;
    }
    if mine.is_empty() {
        let skipped = ("not-read", "this line is not read: it is in a branch of a `#if` that is not taken".to_owned());
        return Some(if code > 0 { skipped } else { ("empty", "there is no code on this line".to_owned()) });
    }
    Some(match parsed.failure {
        Some(why) => ("not-read", format!("this line could not be read: {why}")),
        None => ("not-read", "this line is not read: it is in a branch of a `#if` that is not taken".to_owned()),
    })
}

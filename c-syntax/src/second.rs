//! The second reading of an element: by the hand-written grammar, for what tree-sitter-c cannot read, and to compare the two.

use std::sync::Arc;

use crate::file::Element;
use crate::grammar::{Farthest, NameClass, parse_element, parse_statements};
use crate::macros::{FileFacts, MacroTables, looks_like_iterator, spelled_as_type};
use crate::token::{Token, TokenKind};
use crate::tree::{TokenId, Tree};

/// What a name stands for, as far as tables, file and spelling tell.
pub(crate) fn class(tables: &MacroTables, facts: &FileFacts, word: &[u8], token: &Token) -> NameClass {
    let name = token.sym;
    if tables.is_iterator(name) || facts.is_iterator(name) {
        NameClass::Iterator
    } else if tables.is_attribute(name) || tables.is_attribute_call(name) || facts.is_attribute(name) {
        NameClass::Attribute
    } else if looks_like_iterator(word) {
        NameClass::Iterator
    } else if tables.is_declarer(name) {
        NameClass::Declarer
    } else if tables.is_type(name) || facts.is_type(name) || spelled_as_type(word) {
        NameClass::Typedef
    } else {
        NameClass::Plain
    }
}

/// Reads the tokens `kept` of an element with the hand-written grammar; directives are left out.
pub(crate) fn read(
    text: &Arc<[u8]>,
    base: u32,
    tokens: &Arc<[Token]>,
    kept: &[u32],
    tables: &MacroTables,
    facts: &FileFacts,
) -> Result<Tree, Farthest> {
    let kind = |i: &u32| tokens[*i as usize].kind;
    let mut keep: Vec<TokenId> = Vec::with_capacity(kept.len());
    let mut i = 0;
    while let Some(id) = kept.get(i) {
        let two = kind(id) == TokenKind::LBracket && kept.get(i + 1).is_some_and(|k| kind(k) == TokenKind::LBracket);
        if two {
            // `[[...]]`
            i += kept[i..].iter().position(|k| kind(k) == TokenKind::RBracket).map_or(kept.len(), |n| n + 2);
            continue;
        }
        if kind(id) != TokenKind::Directive {
            keep.push(TokenId(*id));
        }
        i += 1;
    }
    parse_element(text, base, tokens, &keep, &|t| class_in(text, base, t, tables, facts))
}

/// Reads tokens that are statements of a block.
pub(crate) fn read_statements(
    text: &Arc<[u8]>,
    base: u32,
    tokens: &Arc<[Token]>,
    tables: &MacroTables,
    facts: &FileFacts,
) -> Result<Tree, Farthest> {
    let all: Vec<TokenId> = (0..tokens.len() as u32).map(TokenId).collect();
    parse_statements(text, base, tokens, &all, &|t| class_in(text, base, t, tables, facts))
}

fn class_in(text: &[u8], base: u32, token: &Token, tables: &MacroTables, facts: &FileFacts) -> NameClass {
    let start = (base + token.start) as usize;
    class(tables, facts, text.get(start..start + token.len as usize).unwrap_or_default(), token)
}

impl Element {
    /// Whether the element can be read without an error.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.parsed().failure.is_none()
    }

    /// The element as the hand-written grammar reads it (the tree that is used is [`Element::tree`]).
    ///
    /// # Errors
    /// The farthest place that reading reached.
    pub fn second_reading(&self) -> Result<Tree, Farthest> {
        let source = &self.source;
        let tokens = self.shared_tokens();
        let all: Vec<u32>;
        let kept = match source.kept.as_deref() {
            Some(kept) => kept,
            None => {
                all = (0..tokens.len() as u32).collect();
                &all
            }
        };
        read(&source.text, source.base, tokens, kept, &source.context.tables, &source.context.facts)
    }
}

//! Preprocessor lines: macros and includes become facts, what `#if 0` hides goes.

use std::sync::Arc;

use crate::token::{Token, TokenKind as T};
use crate::types::facts::{Facts, IncludeLine, Macro};
use crate::types::ty::Type;

/// Takes preprocessor lines and what `#if 0` hides out of the tokens; macros and includes go into `facts`.
pub(super) fn directives(text: &[u8], tokens: &mut Vec<Token>, facts: &mut Facts) {
    // One entry for each open conditional: whether this branch is hidden by a literal condition.
    let mut open: Vec<bool> = Vec::new();
    let mut hidden = 0usize;
    tokens.retain(|token| {
        if token.kind != T::Directive {
            return hidden == 0 && token.kind != T::Eof;
        }
        let line = &text[token.start as usize..token.end() as usize];
        let (word, rest) = directive_word(line);
        match word {
            b"if" | b"ifdef" | b"ifndef" => {
                let off = word == b"if" && rest.trim_ascii() == b"0";
                open.push(off);
                hidden += usize::from(off);
            }
            b"else" | b"elif" => {
                if let Some(off) = open.last_mut() {
                    hidden -= usize::from(*off);
                    *off = false;
                }
            }
            b"endif" => hidden -= usize::from(open.pop().unwrap_or(false)),
            b"define" if hidden == 0 => define(rest, token.start, facts),
            b"include" if hidden == 0 => include(rest, facts),
            _ => {}
        }
        false
    });
}

/// The word after `#`, and what follows it.
fn directive_word(line: &[u8]) -> (&[u8], &[u8]) {
    let line = line.strip_prefix(b"#").unwrap_or(line).trim_ascii_start();
    let end = line.iter().position(|b| !is_word(*b)).unwrap_or(line.len());
    line.split_at(end)
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80 || b == b'$'
}

fn define(rest: &[u8], start: u32, facts: &mut Facts) {
    let rest = rest.trim_ascii_start();
    let end = rest.iter().position(|b| !is_word(*b)).unwrap_or(rest.len());
    let (name, mut body) = rest.split_at(end);
    let function_like = body.first() == Some(&b'(');
    if function_like {
        body = body.iter().position(|b| *b == b')').map_or(&[], |p| &body[p + 1..]);
    }
    if !name.is_empty() {
        let body: Box<[u8]> = body.trim_ascii().into();
        if let Some(ty) = Some(&body).filter(|_| !function_like).and_then(|b| type_of_words(b)) {
            facts.typedefs.entry(crate::sym::Sym::of(name)).or_default().push((start, ty));
        }
        let entry = facts.macros.entry(crate::sym::Sym::of(name)).or_default();
        entry.push((start, Arc::new(Macro { function_like, body })));
    }
}

/// Longer bodies of macros are no types.
const MAX_TYPE_BODY: usize = 80;

/// The type that the body of a macro is, if it consists of type words and pointers: such a macro is as good as a typedef name.
fn type_of_words(body: &[u8]) -> Option<Type> {
    if body.len() > MAX_TYPE_BODY || !body.first()?.is_ascii_lowercase() && body[0] != b'_' {
        return None;
    }
    let tokens = crate::lexer::lex(body);
    let mut kinds = tokens.iter().map(|t| t.kind).filter(|k| *k != T::Eof).peekable();
    let tagged = |k: T| matches!(k, T::KwStruct | T::KwUnion | T::KwEnum);
    let qualifier = |k: T| matches!(k, T::KwConst | T::KwVolatile);
    let mut has_type = false;
    while let Some(kind) = kinds.next() {
        let fits = if tagged(kind) {
            has_type = true;
            kinds.next() == Some(T::Ident)
        } else {
            has_type |= crate::view::is_primitive(kind);
            crate::view::is_primitive(kind) || qualifier(kind) || has_type && kind == T::Star
        };
        if !fits {
            return None;
        }
    }
    let facts = has_type.then(|| Facts::of_text(&[b"typedef ", body, b" t;"].concat()))?;
    facts.typedefs.get(&crate::sym::Sym::of(b"t"))?.first().map(|v| v.1.clone())
}

fn include(rest: &[u8], facts: &mut Facts) {
    let rest = rest.trim_ascii_start();
    let (quoted, close) = match rest.first() {
        Some(b'"') => (true, b'"'),
        Some(b'<') => (false, b'>'),
        _ => return,
    };
    if let Some(end) = rest[1..].iter().position(|b| *b == close) {
        let path = String::from_utf8_lossy(&rest[1..=end]).into();
        facts.includes.push(IncludeLine { path, quoted });
    }
}

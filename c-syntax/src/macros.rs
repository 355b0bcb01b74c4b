//! What is known about names: tables of macros and types given from outside, and facts read off one file.
//!
//! Design of the C front end, 6.3, 6.4 and 8.4. A table is text: one `kind name...` list a line, `#` starts a comment.

use rustc_hash::FxHashSet;

use crate::lexer::{Directives, lex_range};
use crate::sym::Sym;
use crate::token::{Token, TokenKind};

/// Names with a meaning for reading C.
#[derive(Debug, Default, Clone)]
pub struct DeclaredNames {
    /// `typedef` names.
    pub typedefs: Vec<String>,
    /// `attribute name`s.
    pub attributes: Vec<String>,
    /// `declarer name`s.
    pub declarers: Vec<String>,
    /// `iterator name`s.
    pub iterators: Vec<String>,
}

/// Names with a known role. The text of the shipped table is passed in by the caller.
#[derive(Clone, Debug, Default)]
pub struct MacroTables {
    attributes: FxHashSet<Sym>,
    attribute_calls: FxHashSet<Sym>,
    iterators: FxHashSet<Sym>,
    declarers: FxHashSet<Sym>,
    statements: FxHashSet<Sym>,
    types: FxHashSet<Sym>,
    strings: FxHashSet<Sym>,
}

impl MacroTables {
    /// The tables of a run: the text of the shipped table, `#define` lines of the user, names that semantic patches declare.
    #[must_use]
    pub fn new(table: &str, macro_file: &str, names: &DeclaredNames) -> Self {
        let mut tables = Self::default();
        tables.add_table(table);
        tables.add_macro_file(macro_file.as_bytes());
        let lists = [
            ("type", &names.typedefs),
            ("attribute", &names.attributes),
            ("attribute_call", &names.attributes),
            ("declarer", &names.declarers),
            ("iterator", &names.iterators),
        ];
        for (kind, list) in lists {
            tables.add_names(kind, list.iter().map(String::as_str));
        }
        tables
    }

    /// Reads a table: lines of `attribute|attribute_call|iterator|declarer|statement|type|string name...`.
    /// Lines that start otherwise are left out and returned.
    pub fn add_table<'t>(&mut self, text: &'t str) -> Vec<&'t str> {
        let mut bad = Vec::new();
        for line in text.lines() {
            let code = line.split('#').next().unwrap_or("");
            let mut words = code.split_ascii_whitespace();
            let Some(kind) = words.next() else { continue };
            match self.set(kind) {
                Some(set) => {
                    set.reserve(code.len() / 10);
                    set.extend(words.map(|w| Sym::of(w.as_bytes())));
                }
                None => bad.push(line),
            }
        }
        bad
    }

    /// Adds names of one kind (the first word of a table line); false if there is no such kind.
    pub fn add_names<'n>(&mut self, kind: &str, names: impl IntoIterator<Item = &'n str>) -> bool {
        match self.set(kind) {
            Some(set) => {
                set.extend(names.into_iter().map(|w| Sym::of(w.as_bytes())));
                true
            }
            None => false,
        }
    }

    /// Reads a macro file: `#define` lines whose bodies say how each macro is to be read.
    pub fn add_macro_file(&mut self, text: &[u8]) {
        let mut pos = 0;
        while pos < text.len() {
            let end = crate::lexer::logical_line_end(text, pos);
            let tokens = lex_range(text, pos, end, 0, Directives::Tokens);
            self.add_definition(text, &tokens);
            pos = end + memchr::memchr(b'\n', &text[end..]).map_or(text.len() - end, |i| i + 1);
        }
    }

    fn add_definition(&mut self, text: &[u8], tokens: &[Token]) {
        if let Some((name, class)) = classify_definition(text, tokens) {
            let kind = match class {
                MacroClass::Attribute => "attribute",
                MacroClass::AttributeCall => "attribute_call",
                MacroClass::Iterator => "iterator",
                MacroClass::Statement => "statement",
                MacroClass::Str => "string",
                MacroClass::Type => "type",
                MacroClass::Declarer => "declarer",
                MacroClass::Other => return,
            };
            if let Some(set) = self.set(kind) {
                set.insert(name);
            }
        }
    }

    fn set(&mut self, kind: &str) -> Option<&mut FxHashSet<Sym>> {
        Some(match kind {
            "attribute" => &mut self.attributes,
            "attribute_call" => &mut self.attribute_calls,
            "iterator" => &mut self.iterators,
            "declarer" => &mut self.declarers,
            "statement" => &mut self.statements,
            "type" => &mut self.types,
            "string" => &mut self.strings,
            _ => return None,
        })
    }

    /// Whether the name is an attribute without arguments.
    #[must_use]
    pub fn is_attribute(&self, name: Sym) -> bool {
        self.attributes.contains(&name)
    }

    /// Whether the name is an attribute with arguments.
    #[must_use]
    pub fn is_attribute_call(&self, name: Sym) -> bool {
        self.attribute_calls.contains(&name)
    }

    /// Whether the name heads a loop.
    #[must_use]
    pub fn is_iterator(&self, name: Sym) -> bool {
        self.iterators.contains(&name)
    }

    /// Whether the name declares something.
    #[must_use]
    pub fn is_declarer(&self, name: Sym) -> bool {
        self.declarers.contains(&name)
    }

    /// Whether the name is a statement.
    #[must_use]
    pub fn is_statement(&self, name: Sym) -> bool {
        self.statements.contains(&name)
    }

    /// Whether the name is a type.
    #[must_use]
    pub fn is_type(&self, name: Sym) -> bool {
        self.types.contains(&name)
    }

    /// Whether the name stands for a string.
    #[must_use]
    pub fn is_string(&self, name: Sym) -> bool {
        self.strings.contains(&name)
    }
}

/// How a macro is to be read, by its body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MacroClass {
    /// Nothing or attributes.
    Attribute,
    /// The same with parameters.
    AttributeCall,
    /// A loop head.
    Iterator,
    /// Statements.
    Statement,
    /// A string.
    Str,
    /// A type.
    Type,
    /// A declaration.
    Declarer,
    /// None of these, or not known.
    Other,
}

/// Classifies `# define name body`, given as ordinary tokens.
#[must_use]
pub fn classify_definition(text: &[u8], tokens: &[Token]) -> Option<(Sym, MacroClass)> {
    let word = |t: &Token| &text[t.start as usize..t.end() as usize];
    let [hash, define, name, body @ ..] = tokens else { return None };
    if hash.kind != TokenKind::Hash || word(define) != b"define" || name.kind == TokenKind::Number {
        return None;
    }
    let call = body.first().is_some_and(|t| t.kind == TokenKind::LParen && t.start == name.end());
    let body = if call {
        let close = body.iter().position(|t| t.kind == TokenKind::RParen)?;
        &body[close + 1..]
    } else {
        body
    };
    Some((name.sym, classify_body(call, body)))
}

fn classify_body(call: bool, body: &[Token]) -> MacroClass {
    let Some(first) = body.first() else {
        return if call { MacroClass::Other } else { MacroClass::Attribute };
    };
    let all = |f: fn(TokenKind) -> bool| body.iter().all(|t| f(t.kind));
    let last = body.last().map_or(TokenKind::Eof, |t| t.kind);
    match first.kind {
        TokenKind::KwAttribute => {
            if call {
                MacroClass::AttributeCall
            } else {
                MacroClass::Attribute
            }
        }
        TokenKind::KwFor | TokenKind::KwWhile if last == TokenKind::RParen => MacroClass::Iterator,
        TokenKind::KwFor if call && last != TokenKind::Semi && last != TokenKind::RBrace => MacroClass::Iterator,
        TokenKind::Str if all(|k| matches!(k, TokenKind::Str | TokenKind::Ident)) => MacroClass::Str,
        _ if !call && all(is_type_word) => MacroClass::Type,
        _ => MacroClass::Other,
    }
}

const fn is_type_word(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwInt
            | TokenKind::KwChar
            | TokenKind::KwLong
            | TokenKind::KwShort
            | TokenKind::KwUnsigned
            | TokenKind::KwSigned
            | TokenKind::KwVoid
            | TokenKind::KwFloat
            | TokenKind::KwDouble
            | TokenKind::KwBool
    )
}

/// What one file says about names.
#[derive(Clone, Debug, Default)]
pub struct FileFacts {
    types: FxHashSet<Sym>,
    strings: FxHashSet<Sym>,
    iterators: FxHashSet<Sym>,
    attributes: FxHashSet<Sym>,
}

impl FileFacts {
    /// Reads typedefs, names used as types, and the classes of the macros that the file defines.
    #[must_use]
    pub fn of(text: &[u8], tokens: &[Token]) -> Self {
        let mut facts = Self::default();
        for (i, t) in tokens.iter().enumerate() {
            match t.kind {
                TokenKind::Directive => facts.directive(text, *t),
                TokenKind::KwTypedef => facts.typedef(&tokens[i + 1..tokens.len().min(i + 4000)]),
                TokenKind::Ident => facts.used_as_type(tokens, i),
                _ => {}
            }
        }
        facts
    }

    /// Whether code without directives tells something new.
    #[must_use]
    pub fn learns_from(&self, tokens: &[Token]) -> bool {
        let new = Self::of(&[], tokens);
        !new.types.is_subset(&self.types)
    }

    fn directive(&mut self, text: &[u8], t: Token) {
        let (start, end) = (t.start as usize, t.end() as usize);
        if crate::branches::directive_word(&text[start..end]).0 != b"define" {
            return;
        }
        let tokens = lex_range(text, start, end, 0, Directives::Tokens);
        match classify_definition(text, &tokens) {
            Some((name, MacroClass::Str)) => self.strings.insert(name),
            Some((name, MacroClass::Iterator)) => self.iterators.insert(name),
            Some((name, MacroClass::Type)) => self.types.insert(name),
            Some((name, MacroClass::Attribute)) if tokens.len() > 3 => self.attributes.insert(name),
            _ => false,
        };
    }

    fn typedef(&mut self, tokens: &[Token]) {
        let mut depth = 0usize;
        let mut last = None;
        for (i, t) in tokens.iter().enumerate() {
            match t.kind {
                TokenKind::LBrace | TokenKind::LBracket => depth += 1,
                TokenKind::LParen => {
                    // `typedef int (*name)(...)`.
                    let star = tokens.get(i + 1).is_some_and(|t| t.kind == TokenKind::Star);
                    if depth == 0 && star {
                        let name = tokens[i..].iter().take(6).find(|t| t.kind == TokenKind::Ident);
                        self.types.extend(name.map(|t| t.sym));
                    }
                    if depth == 0 {
                        self.types.extend(last.take());
                    }
                    depth += 1;
                }
                TokenKind::RBrace | TokenKind::RBracket | TokenKind::RParen => depth = depth.saturating_sub(1),
                TokenKind::Ident if depth == 0 => last = Some(t.sym),
                TokenKind::Comma | TokenKind::Semi if depth == 0 => {
                    self.types.extend(last.take());
                    if t.kind == TokenKind::Semi {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// `X name ;` and the like at the start of a declaration.
    fn used_as_type(&mut self, tokens: &[Token], i: usize) {
        let kind = |j: usize| tokens.get(j).map_or(TokenKind::Eof, |t| t.kind);
        let before = if i == 0 { TokenKind::Semi } else { kind(i - 1) };
        let starts = matches!(before, TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace);
        let param = matches!(before, TokenKind::LParen | TokenKind::Comma);
        if !(starts || param) {
            return;
        }
        let mut j = i + 1;
        while kind(j) == TokenKind::Star && starts {
            j += 1;
        }
        let end = kind(j + 1);
        let ends = matches!(end, TokenKind::Semi | TokenKind::Eq | TokenKind::LBracket)
            || (param && j == i + 1 && matches!(end, TokenKind::Comma | TokenKind::RParen));
        if kind(j) == TokenKind::Ident && ends && (j == i + 1 || starts) {
            self.types.insert(tokens[i].sym);
        }
    }

    /// Whether the file uses the name as a type.
    #[must_use]
    pub fn is_type(&self, name: Sym) -> bool {
        self.types.contains(&name)
    }

    /// Whether the file defines the name as a string.
    #[must_use]
    pub fn is_string(&self, name: Sym) -> bool {
        self.strings.contains(&name)
    }

    /// Whether the file defines the name as a loop head.
    #[must_use]
    pub fn is_iterator(&self, name: Sym) -> bool {
        self.iterators.contains(&name)
    }

    /// Whether the file defines the name as attributes.
    #[must_use]
    pub fn is_attribute(&self, name: Sym) -> bool {
        self.attributes.contains(&name)
    }
}

/// Whether the spelling says that a word is a type: `u8`, `__be32`, `size_t`, `uint`...
#[must_use]
pub fn spelled_as_type(word: &[u8]) -> bool {
    let plain = word.strip_prefix(b"__").unwrap_or(word);
    matches!(
        plain,
        b"u8"
            | b"u16"
            | b"u32"
            | b"u64"
            | b"s8"
            | b"s16"
            | b"s32"
            | b"s64"
            | b"be16"
            | b"be32"
            | b"be64"
            | b"le16"
            | b"le32"
            | b"le64"
            | b"u128"
            | b"s128"
            | b"wsum"
            | b"sum16"
    ) || matches!(
        word,
        b"bool"
            | b"uint"
            | b"ulong"
            | b"ushort"
            | b"uchar"
            | b"u_char"
            | b"u_int"
            | b"u_long"
            | b"u_short"
            | b"FILE"
            | b"wchar_t"
    ) || (word.len() > 3 && word.ends_with(b"_t"))
}

/// Whether a word looks like an attribute macro: `__x`, or no lower-case letter.
#[must_use]
pub fn looks_like_attribute(word: &[u8]) -> bool {
    word.starts_with(b"__") || (word.len() > 1 && !word.iter().any(u8::is_ascii_lowercase))
}

/// Whether the name of a macro says that it heads a loop.
#[must_use]
pub fn looks_like_iterator(word: &[u8]) -> bool {
    let lower: Vec<u8> = word.iter().map(u8::to_ascii_lowercase).collect();
    let has = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
    lower.starts_with(b"for_")
        || has(b"foreach")
        || has(b"for_each")
        || has(b"_for_")
        || has(b"while_each")
        || has(b"for_all")
        || has(b"_each_")
}

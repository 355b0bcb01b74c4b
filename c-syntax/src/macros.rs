//! What is known about names: tables of macros and types given from outside, and facts read off one file.
//!
//! Design of the C front end, 6.3, 6.4 and 8.4. A table is text: one `kind name...` list a line, `#` starts a comment.

use rustc_hash::FxHashMap;

use crate::lexer::{Directives, lex_range};
use crate::sym::Sym;
use crate::token::{Token, TokenFlags, TokenKind};

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
    names: Roles,
}

/// What names are known to be, as bits of [`Role`].
#[derive(Clone, Debug, Default)]
struct Roles(FxHashMap<Sym, u8>);

/// What a name is known to be.
#[derive(Clone, Copy, Debug)]
enum Role {
    Attribute,
    AttributeCall,
    Iterator,
    Declarer,
    Statement,
    Type,
    Str,
}

impl Roles {
    fn add(&mut self, name: Sym, role: Role) {
        *self.0.entry(name).or_default() |= 1 << role as u8;
    }

    fn has(&self, name: Sym, role: Role) -> bool {
        self.0.get(&name).is_some_and(|roles| roles >> role as u8 & 1 == 1)
    }
}

impl Role {
    /// The role that the first word of a table line names.
    fn of(kind: &str) -> Option<Self> {
        Some(match kind {
            "attribute" => Self::Attribute,
            "attribute_call" => Self::AttributeCall,
            "iterator" => Self::Iterator,
            "declarer" => Self::Declarer,
            "statement" => Self::Statement,
            "type" => Self::Type,
            "string" => Self::Str,
            _ => return None,
        })
    }
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
        // A name takes about so many bytes.
        self.names.0.reserve(text.len() / 12);
        for line in text.lines() {
            let code = line.split('#').next().unwrap_or("");
            let mut words = code.split_ascii_whitespace();
            let Some(kind) = words.next() else { continue };
            match Role::of(kind) {
                Some(role) => words.for_each(|w| self.names.add(Sym::of(w.as_bytes()), role)),
                None => bad.push(line),
            }
        }
        bad
    }

    /// Adds names of one kind (the first word of a table line); false if there is no such kind.
    pub fn add_names<'n>(&mut self, kind: &str, names: impl IntoIterator<Item = &'n str>) -> bool {
        let Some(role) = Role::of(kind) else { return false };
        names.into_iter().for_each(|w| self.names.add(Sym::of(w.as_bytes()), role));
        true
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
            let role = match class {
                MacroClass::Attribute => Role::Attribute,
                MacroClass::AttributeCall => Role::AttributeCall,
                MacroClass::Iterator => Role::Iterator,
                MacroClass::Statement => Role::Statement,
                MacroClass::Str => Role::Str,
                MacroClass::Type => Role::Type,
                MacroClass::Declarer => Role::Declarer,
                MacroClass::Other => return,
            };
            self.names.add(name, role);
        }
    }

    /// Whether the name is an attribute without arguments.
    #[must_use]
    pub fn is_attribute(&self, name: Sym) -> bool {
        self.names.has(name, Role::Attribute)
    }

    /// Whether the name is an attribute with arguments.
    #[must_use]
    pub fn is_attribute_call(&self, name: Sym) -> bool {
        self.names.has(name, Role::AttributeCall)
    }

    /// Whether the name heads a loop.
    #[must_use]
    pub fn is_iterator(&self, name: Sym) -> bool {
        self.names.has(name, Role::Iterator)
    }

    /// Whether the name declares something.
    #[must_use]
    pub fn is_declarer(&self, name: Sym) -> bool {
        self.names.has(name, Role::Declarer)
    }

    /// Whether the name is a statement.
    #[must_use]
    pub fn is_statement(&self, name: Sym) -> bool {
        self.names.has(name, Role::Statement)
    }

    /// Whether the name is a type.
    #[must_use]
    pub fn is_type(&self, name: Sym) -> bool {
        self.names.has(name, Role::Type)
    }

    /// Whether the name stands for a string.
    #[must_use]
    pub fn is_string(&self, name: Sym) -> bool {
        self.names.has(name, Role::Str)
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
    names: Roles,
}

impl FileFacts {
    /// Reads typedefs, names used as types, and the classes of the macros that the file defines.
    #[must_use]
    pub fn of(text: &[u8], tokens: &[Token]) -> Self {
        let mut facts = Self::default();
        let mut depth = 0usize;
        // Before a name that may be a type.
        let mut before = TokenKind::Semi;
        for (i, t) in tokens.iter().enumerate() {
            match t.kind {
                TokenKind::Ident => facts.used_as_type(tokens, i, before, depth == 0),
                TokenKind::LBrace => depth += 1,
                // Conditionals may leave braces open: a brace in column 0 closes all.
                TokenKind::RBrace if t.flags.has(TokenFlags::COLUMN_0) => depth = 0,
                TokenKind::RBrace => depth = depth.saturating_sub(1),
                TokenKind::Directive => facts.directive(text, *t),
                TokenKind::KwTypedef => facts.typedef(&tokens[i + 1..tokens.len().min(i + 4000)]),
                _ => {}
            }
            before = t.kind;
        }
        facts
    }

    /// Whether code without directives tells something new.
    #[must_use]
    pub fn learns_from(&self, tokens: &[Token]) -> bool {
        let new = Self::of(&[], tokens);
        new.names.0.keys().any(|name| new.is_type(*name) && !self.is_type(*name))
    }

    fn directive(&mut self, text: &[u8], t: Token) {
        let (start, end) = (t.start as usize, t.end() as usize);
        if crate::branches::directive_word(&text[start..end]).0 != b"define" {
            return;
        }
        let tokens = lex_range(text, start, end, 0, Directives::Tokens);
        match classify_definition(text, &tokens) {
            Some((name, MacroClass::Str)) => self.names.add(name, Role::Str),
            Some((name, MacroClass::Iterator)) => self.names.add(name, Role::Iterator),
            Some((name, MacroClass::Type)) => self.names.add(name, Role::Type),
            Some((name, MacroClass::Attribute)) if tokens.len() > 3 => self.names.add(name, Role::Attribute),
            _ => {}
        }
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
                        if let Some(t) = name {
                            self.names.add(t.sym, Role::Type);
                        }
                    }
                    if depth == 0
                        && let Some(name) = last.take()
                    {
                        self.names.add(name, Role::Type);
                    }
                    depth += 1;
                }
                TokenKind::RBrace | TokenKind::RBracket | TokenKind::RParen => depth = depth.saturating_sub(1),
                TokenKind::Ident if depth == 0 => last = Some(t.sym),
                TokenKind::Comma | TokenKind::Semi if depth == 0 => {
                    if let Some(name) = last.take() {
                        self.names.add(name, Role::Type);
                    }
                    if t.kind == TokenKind::Semi {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// `X name ;` and the like at the start of a declaration, `X *name` among parameters outside of bodies, `(X *)` and casts.
    #[inline]
    fn used_as_type(&mut self, tokens: &[Token], i: usize, before: TokenKind, top: bool) {
        let starts = matches!(before, TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace);
        let param = matches!(before, TokenKind::LParen | TokenKind::Comma);
        if !(starts || param) {
            return;
        }
        let kind = |j: usize| tokens.get(j).map_or(TokenKind::Eof, |t| t.kind);
        let mut j = i + 1;
        while kind(j) == TokenKind::Star {
            j += 1;
        }
        if before == TokenKind::LParen && kind(j) == TokenKind::RParen {
            if j > i + 1 || is_cast(&tokens[..i - 1], kind(j + 1)) {
                self.names.add(tokens[i].sym, Role::Type);
            }
            return;
        }
        let end = kind(j + 1);
        let ends = matches!(end, TokenKind::Semi | TokenKind::Eq | TokenKind::LBracket)
            || (param && j == i + 1 && matches!(end, TokenKind::Comma | TokenKind::RParen));
        let pointer = top && matches!(end, TokenKind::Comma | TokenKind::RParen);
        if kind(j) == TokenKind::Ident && (ends && (j == i + 1 || starts) || pointer) {
            self.names.add(tokens[i].sym, Role::Type);
        }
    }

    /// Whether the file uses the name as a type.
    #[must_use]
    pub fn is_type(&self, name: Sym) -> bool {
        self.names.has(name, Role::Type)
    }

    /// Whether the file defines the name as a string.
    #[must_use]
    pub fn is_string(&self, name: Sym) -> bool {
        self.names.has(name, Role::Str)
    }

    /// Whether the file defines the name as a loop head.
    #[must_use]
    pub fn is_iterator(&self, name: Sym) -> bool {
        self.names.has(name, Role::Iterator)
    }

    /// Whether the file defines the name as attributes.
    #[must_use]
    pub fn is_attribute(&self, name: Sym) -> bool {
        self.names.has(name, Role::Attribute)
    }
}

/// Whether `( X )` is a cast, by what is in front of it and behind it.
fn is_cast(front: &[Token], behind: TokenKind) -> bool {
    let operand = matches!(behind, TokenKind::Ident | TokenKind::Number | TokenKind::Str | TokenKind::KwSizeof);
    operand
        && front.last().is_some_and(|t| {
            matches!(t.kind, TokenKind::Eq | TokenKind::Comma | TokenKind::LParen | TokenKind::KwReturn)
        })
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
    let is = |at: usize, part: &[u8]| word.get(at..at + part.len()).is_some_and(|w| w.eq_ignore_ascii_case(part));
    (0..word.len().saturating_sub(3)).any(|at| match word[at] | 0x20 {
        b'f' => {
            (at == 0 || word[at - 1] == b'_') && is(at, b"for_")
                || is(at, b"foreach")
                || is(at, b"for_each")
                || is(at, b"for_all")
        }
        b'w' => is(at, b"while_each"),
        // `_` with the bit of lower case set.
        0x7f => is(at, b"_each_"),
        _ => false,
    })
}

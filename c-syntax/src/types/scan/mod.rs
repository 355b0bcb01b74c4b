//! Reads the facts of a file from its tokens, without a tree: declarations at top level, one after the other, function bodies skipped.
//!
//! Macros that stand among the specifiers (`static int __init f(void)`) are told from types by their place and look; what cannot be read is
//! skipped up to the next `;` or `}` of its level, or the next `}` in column 0.

pub(super) mod aggregate;
mod directive;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::declare::SpecWords;
use super::facts::Facts;
use super::ty::{FunctionType, MAX_LEVELS, Name, Type, TypeKind};
use crate::sym::Sym;
use crate::token::{Token, TokenFlags, TokenKind as T};

/// Reads all facts.
pub(super) fn scan(text: &[u8], mut tokens: Vec<Token>) -> Facts {
    let mut facts = Facts::default();
    directive::directives(text, &mut tokens, &mut facts);
    let mut scanner = Scanner { text, tokens: &tokens, pos: 0, start: 0, names: FxHashMap::default(), facts };
    while !scanner.at_end() {
        let before = scanner.pos;
        scanner.start = scanner.peek().start;
        scanner.item();
        if scanner.pos == before {
            scanner.pos += 1;
        }
    }
    scanner.facts
}

struct Scanner<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    pos: usize,
    /// Where the present element starts.
    start: u32,
    /// The names that were read, each once.
    names: FxHashMap<Sym, Arc<str>>,
    facts: Facts,
}

/// Names and types of parameters.
type Params = Vec<(Option<Name>, Option<Type>)>;

/// One step of a declarator, from the name outwards.
enum Op {
    Pointer(super::ty::Quals),
    Array,
    Function(Params, bool),
}

#[derive(Default)]
struct Declarator {
    name: Option<Name>,
    ops: SmallVec<[Op; 4]>,
    failed: bool,
}

impl Declarator {
    fn apply(self, base: Option<Type>) -> Option<Type> {
        let mut ty = base.filter(|_| !self.failed)?;
        if self.ops.len() as u32 + ty.levels() > MAX_LEVELS {
            return None;
        }
        for op in self.ops.into_iter().rev() {
            ty = match op {
                Op::Pointer(quals) => ty.pointer().qualified(quals),
                Op::Array => ty.array(),
                Op::Function(params, variadic) => {
                    Type::new(TypeKind::Function(Arc::new(FunctionType { returns: ty, params, variadic })))
                }
            };
        }
        Some(ty)
    }
}

const EOF: Token = Token { kind: T::Eof, flags: TokenFlags(0), start: 0, len: 0, sym: crate::sym::Sym(0) };

impl Scanner<'_> {
    fn nth(&self, n: usize) -> Token {
        self.tokens.get(self.pos + n).copied().unwrap_or(EOF)
    }

    fn peek(&self) -> Token {
        self.nth(0)
    }

    fn kind(&self) -> T {
        self.peek().kind
    }

    fn at_end(&self) -> bool {
        self.pos >= self.tokens.len()
    }

    fn word(&self, token: Token) -> &[u8] {
        &self.text[token.start as usize..token.end() as usize]
    }

    fn name(&mut self, token: Token) -> Name {
        let word = &self.text[token.start as usize..token.end() as usize];
        let text = self.names.entry(token.sym).or_insert_with(|| String::from_utf8_lossy(word).into());
        Name { sym: token.sym, text: text.clone() }
    }

    /// Skips a bracket with all that it holds; ends early at a `}` in column 0, where functions end.
    fn skip_brackets(&mut self) {
        let mut depth = 0u32;
        while !self.at_end() {
            let token = self.peek();
            match token.kind {
                T::LParen | T::LBrace | T::LBracket => depth += 1,
                T::RBrace if token.flags.has(TokenFlags::COLUMN_0) => {
                    self.pos += 1;
                    return;
                }
                T::RParen | T::RBrace | T::RBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.pos += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// Skips to one of `stops` at this level, which is not taken; a closing bracket stops always.
    fn skip_to(&mut self, stops: &[T]) {
        while !self.at_end() {
            match self.kind() {
                k if stops.contains(&k) => return,
                T::RParen | T::RBrace | T::RBracket => return,
                T::LParen | T::LBrace | T::LBracket => self.skip_brackets(),
                _ => self.pos += 1,
            }
        }
    }

    /// Skips attributes and `asm("name")`.
    fn skip_attributes(&mut self) {
        loop {
            match self.kind() {
                T::KwAttribute | T::KwAsm | T::KwAlignas => {
                    self.pos += 1;
                    if self.kind() == T::LParen {
                        self.skip_brackets();
                    }
                }
                _ => return,
            }
        }
    }

    /// One declaration, function or macro call at top level.
    fn item(&mut self) {
        match self.kind() {
            T::Semi | T::RBrace | T::RParen | T::RBracket => {
                self.pos += 1;
                return;
            }
            T::LBrace | T::LParen | T::LBracket => return self.skip_brackets(),
            // `extern "C" {`: what is inside is at top level too.
            T::KwExtern if self.nth(1).kind == T::Str => {
                self.pos += if self.nth(2).kind == T::LBrace { 3 } else { 2 };
                return;
            }
            T::KwStaticAssert => return self.recover(),
            _ => {}
        }
        if self.is_macro_call() {
            return self.macro_call();
        }
        let words = self.specifiers(0);
        self.declarators(&words);
    }

    /// `NAME(...)` where nothing but `;`, `{`, `=` or the next element follows: no declaration that we can read.
    fn is_macro_call(&self) -> bool {
        let skip = usize::from(self.kind() == T::KwStatic);
        if self.nth(skip).kind != T::Ident || self.nth(skip + 1).kind != T::LParen {
            return false;
        }
        self.text_is_upper(self.nth(skip)) || !matches!(self.nth(skip + 2).kind, T::RParen)
    }

    fn text_is_upper(&self, token: Token) -> bool {
        self.word(token).iter().all(|b| !b.is_ascii_lowercase())
    }

    fn macro_call(&mut self) {
        let before = self.pos;
        self.pos += usize::from(self.kind() == T::KwStatic) + 1;
        self.skip_brackets();
        match self.kind() {
            T::Semi => self.pos += 1,
            T::LBrace => self.skip_brackets(),
            T::Eq => self.recover(),
            // `__printf(1, 2) void f(...)`, or a macro without semicolon: what follows is read as an element of its own.
            _ if self.pos > before => {}
            _ => self.pos = before + 1,
        }
    }

    /// After something that was not understood: behind the next `;` or body.
    fn recover(&mut self) {
        self.skip_to(&[T::Semi, T::LBrace]);
        match self.kind() {
            T::LBrace => {
                self.skip_brackets();
                if self.kind() == T::Semi {
                    self.pos += 1;
                }
            }
            _ => self.pos += 1,
        }
    }

    /// The declarators after specifiers, up to and with the `;` or body.
    fn declarators(&mut self, words: &SpecWords) {
        let base = words.finish();
        loop {
            let declarator = self.declarator(0);
            let is_function = matches!(declarator.ops.first(), Some(Op::Function(..)));
            self.after_declarator();
            if let Some(name) = declarator.name.clone() {
                self.enter(words, name, declarator.apply(base.clone()));
            }
            match self.kind() {
                T::Comma => self.pos += 1,
                T::Semi => {
                    self.pos += 1;
                    return;
                }
                T::LBrace if is_function => return self.skip_brackets(),
                // A K&R definition: declarations of the parameters, then the body.
                k if is_function && (k.is_keyword() || k == T::Ident) && self.is_kr() => return,
                _ => return self.recover(),
            }
        }
    }

    /// Parameter declarations of a K&R definition: skipped together with the body.
    fn is_kr(&mut self) -> bool {
        let mut last = T::Eof;
        for (at, token) in self.tokens.iter().enumerate().skip(self.pos).take(200) {
            match token.kind {
                T::LBrace if last == T::Semi => {
                    self.pos = at;
                    self.skip_brackets();
                    return true;
                }
                T::LBrace | T::RBrace | T::LParen | T::Eq => return false,
                kind => last = kind,
            }
        }
        false
    }

    /// Attributes, suffix macros and the initialiser.
    fn after_declarator(&mut self) {
        loop {
            self.skip_attributes();
            match self.kind() {
                T::Ident => {
                    self.pos += 1;
                    if self.kind() == T::LParen {
                        self.skip_brackets();
                    }
                    if self.is_kr_start() {
                        self.pos -= 1;
                        return;
                    }
                }
                T::Eq => {
                    self.pos += 1;
                    self.skip_to(&[T::Comma, T::Semi]);
                }
                _ => return,
            }
        }
    }

    /// An identifier was passed as suffix macro, but is the type of a K&R parameter.
    fn is_kr_start(&self) -> bool {
        matches!(self.kind(), T::Star) || (self.kind() == T::Ident && self.nth(1).kind == T::Semi)
    }

    fn enter(&mut self, words: &SpecWords, name: Name, ty: Option<Type>) {
        if words.is_typedef {
            if let Some(ty) = ty {
                self.facts.typedefs.entry(name.sym).or_default().push((self.start, ty));
            }
        } else {
            self.facts.values.entry(name.sym).or_default().push((self.start, ty));
        }
    }

    /// Specifiers: everything before the declarator.
    fn specifiers(&mut self, depth: u32) -> SpecWords {
        let mut words = SpecWords::default();
        loop {
            self.skip_attributes();
            let token = self.peek();
            match token.kind {
                T::KwStruct | T::KwUnion | T::KwEnum => {
                    let ty = self.tagged(depth);
                    words.ty = Some(ty);
                }
                T::KwTypeof => {
                    self.pos += 1;
                    if self.kind() == T::LParen {
                        self.skip_brackets();
                    }
                    words.ty = Some(None);
                }
                T::Ident => match self.identifier(&words) {
                    Role::Declared => return words,
                    Role::Type => {
                        words.ty = Some(Some(Type::new(TypeKind::Named(self.name(token)))));
                        self.pos += 1;
                    }
                    Role::Attribute => {
                        self.pos += 1;
                        if self.kind() == T::LParen {
                            self.skip_brackets();
                        }
                    }
                },
                kind if words.keyword(kind) => self.pos += 1,
                _ => return words,
            }
        }
    }

    /// What an identifier among specifiers is.
    fn identifier(&self, words: &SpecWords) -> Role {
        let next = self.nth(1).kind;
        let macro_like = self.looks_like_attribute(self.peek());
        let before_more =
            matches!(next, T::Ident | T::Star | T::KwAttribute) || (next.is_keyword() && next != T::KwAsm);
        if words.has_type() {
            // `int __init f`, `struct s __iomem *p`: an attribute, if a name still follows.
            let name_follows = next == T::Ident || next == T::Star && macro_like || next.is_keyword();
            return if name_follows { Role::Attribute } else { Role::Declared };
        }
        if next == T::LParen {
            // `__printf(1, 2) int f()` or `foo_t (*f)()`, or a function without a type.
            return match self.nth(2).kind {
                T::Star if !macro_like => Role::Type,
                _ if macro_like && self.something_follows_call() => Role::Attribute,
                _ => Role::Declared,
            };
        }
        if !before_more {
            return if matches!(next, T::RParen | T::Comma | T::LBracket) { Role::Type } else { Role::Declared };
        }
        let after = self.nth(2).kind;
        let more = next.is_keyword() || (next == T::Ident && (after == T::Ident || after == T::Star));
        if macro_like && more { Role::Attribute } else { Role::Type }
    }

    /// Whether a declaration goes on after the macro call at this place.
    fn something_follows_call(&self) -> bool {
        let mut depth = 0u32;
        for token in self.tokens[self.pos + 1..].iter().take(64) {
            match token.kind {
                T::LParen => depth += 1,
                T::RParen => depth = depth.saturating_sub(1),
                kind if depth == 0 => return kind == T::Ident || kind.is_keyword(),
                _ => {}
            }
        }
        false
    }

    /// `__init`, `EXPORT`, `noinline`: names that macros among specifiers have, and types have not.
    fn looks_like_attribute(&self, token: Token) -> bool {
        const KNOWN: [&[u8]; 6] =
            [b"asmlinkage", b"noinline", b"notrace", b"noreturn", b"fastcall", b"nokprobe_inline"];
        let word = self.word(token);
        if let Some(rest) = word.strip_prefix(b"__") {
            let number = rest.len() <= 4 && rest.iter().any(u8::is_ascii_digit);
            return !number && !rest.ends_with(b"_t");
        }
        KNOWN.contains(&word) || (word.len() > 2 && self.text_is_upper(token))
    }

    /// A declarator; it may be abstract.
    fn declarator(&mut self, depth: u32) -> Declarator {
        let mut pointers: SmallVec<[Op; 4]> = SmallVec::new();
        let mut out = Declarator::default();
        loop {
            self.skip_attributes();
            match self.kind() {
                T::Star => {
                    self.pos += 1;
                    let mut quals = SpecWords::default();
                    while quals.qualifier(self.kind()) {
                        self.pos += 1;
                    }
                    pointers.push(Op::Pointer(quals.quals));
                }
                // `void __iomem *p`, `char *__restrict p`, `int (__init *f)(void)`: a macro before the rest of the declarator.
                T::Ident if matches!(self.nth(1).kind, T::Ident | T::Star) => self.pos += 1,
                _ => break,
            }
        }
        match self.kind() {
            T::Ident => {
                out.name = Some(self.name(self.peek()));
                self.pos += 1;
            }
            T::LParen if self.is_nested_declarator() => {
                if depth >= MAX_LEVELS {
                    self.skip_brackets();
                    out.failed = true;
                } else {
                    self.pos += 1;
                    out = self.declarator(depth + 1);
                    self.skip_to(&[T::RParen]);
                    self.pos += usize::from(self.kind() == T::RParen);
                }
            }
            _ => {}
        }
        self.suffixes(&mut out, depth);
        out.ops.extend(pointers.into_iter().rev());
        out
    }

    /// `(*f)`, `(f)(...)`: not the parameters of a function without name.
    fn is_nested_declarator(&self) -> bool {
        match self.nth(1).kind {
            T::Star | T::Caret | T::LParen | T::LBracket => true,
            T::Ident => {
                matches!(self.nth(2).kind, T::Star | T::LBracket | T::LParen) || {
                    self.nth(2).kind == T::RParen && matches!(self.nth(3).kind, T::LParen | T::LBracket)
                }
            }
            _ => false,
        }
    }

    fn suffixes(&mut self, out: &mut Declarator, depth: u32) {
        loop {
            match self.kind() {
                T::LBracket => {
                    self.skip_brackets();
                    out.ops.push(Op::Array);
                }
                T::LParen if depth >= MAX_LEVELS => {
                    self.skip_brackets();
                    out.failed = true;
                }
                T::LParen => {
                    let (params, variadic) = self.parameters(depth + 1);
                    out.ops.push(Op::Function(params, variadic));
                }
                _ => return,
            }
        }
    }

    fn parameters(&mut self, depth: u32) -> (Params, bool) {
        let (mut params, mut variadic) = (Params::new(), false);
        self.pos += 1;
        while !self.at_end() && self.kind() != T::RParen {
            let before = self.pos;
            if self.kind() == T::Ellipsis {
                variadic = true;
                self.pos += 1;
            } else {
                let words = self.specifiers(depth);
                let declarator = self.declarator(depth);
                let name = declarator.name.clone();
                params.push((name, declarator.apply(words.finish())));
            }
            self.skip_to(&[T::Comma, T::Semi]);
            match self.kind() {
                T::Comma => self.pos += 1,
                T::RParen => break,
                // No parameter list after all: leave what follows to the caller.
                _ => return (params, variadic),
            }
            if self.pos == before {
                self.pos += 1;
            }
        }
        self.pos += 1;
        params.shrink_to_fit();
        (params, variadic)
    }
}

/// What an identifier among specifiers is.
enum Role {
    Type,
    Attribute,
    Declared,
}

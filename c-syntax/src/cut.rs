//! Cuts the kept tokens of a file into top-level items (design of the C front end, 6.5).

use crate::file::ElementKind;
use crate::macros::{FileFacts, MacroTables};
use crate::token::{Token, TokenFlags, TokenKind};

/// A top-level item: a range of the kept tokens.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// First kept token.
    pub lo: usize,
    /// One past the last.
    pub hi: usize,
    /// What it looks like.
    pub kind: ElementKind,
    /// The kept token that names it.
    pub name: Option<usize>,
}

/// Cuts `kept` (indices of `tokens`) into items.
#[must_use]
pub fn items(text: &[u8], tokens: &[Token], kept: &[u32], tables: &MacroTables, facts: &FileFacts) -> Vec<Item> {
    let cut = Cut::new(text, tokens, kept, tables, facts);
    let mut out = Vec::new();
    let mut at = 0;
    while at < kept.len() {
        let item = cut.item(at);
        at = item.hi.max(at + 1);
        out.push(item);
    }
    out
}

/// The item that `kept` starts with.
#[must_use]
pub fn first(text: &[u8], tokens: &[Token], kept: &[u32], tables: &MacroTables, facts: &FileFacts) -> Item {
    Cut::new(text, tokens, kept, tables, facts).item(0)
}

struct Cut<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    kept: &'a [u32],
    /// What each kept token means inside brackets.
    inside: Vec<Inside>,
    tables: &'a MacroTables,
    facts: &'a FileFacts,
}

/// What a token means for the end of the brackets around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Bracket,
    /// A word in column 0 that may start an element.
    Start,
}

impl Inside {
    fn of(token: Token) -> Self {
        use TokenKind as T;
        match token.kind {
            T::LParen | T::LBrace | T::LBracket | T::RParen | T::RBrace | T::RBracket => Self::Bracket,
            T::Ident | T::KwStatic | T::KwInt | T::KwVoid | T::KwStruct if token.flags.has(TokenFlags::COLUMN_0) => {
                Self::Start
            }
            _ => Self::Nothing,
        }
    }
}

/// What the scan of one item has seen at depth 0.
#[derive(Default)]
struct Seen {
    eq: bool,
    /// `struct`, `union` or `enum` without a parameter list after it.
    aggregate: bool,
    typedef: bool,
    /// First `IDENT (`: the likely name, and whether only storage words came before.
    call: Option<usize>,
    bare_call: bool,
    params: bool,
    words: usize,
    last_word: Option<usize>,
}

impl<'a> Cut<'a> {
    fn new(
        text: &'a [u8],
        tokens: &'a [Token],
        kept: &'a [u32],
        tables: &'a MacroTables,
        facts: &'a FileFacts,
    ) -> Self {
        let inside = kept.iter().map(|k| Inside::of(tokens[*k as usize])).collect();
        Self { text, tokens, kept, inside, tables, facts }
    }

    fn tok(&self, i: usize) -> Option<Token> {
        self.kept.get(i).map(|k| self.tokens[*k as usize])
    }

    fn kind(&self, i: usize) -> TokenKind {
        self.tok(i).map_or(TokenKind::Eof, |t| t.kind)
    }

    fn col0(&self, i: usize) -> bool {
        self.tok(i).is_some_and(|t| t.flags.has(TokenFlags::COLUMN_0))
    }

    fn done(&self, lo: usize, hi: usize, kind: ElementKind, name: Option<usize>) -> Item {
        Item { lo, hi: hi.min(self.kept.len()), kind, name }
    }

    fn item(&self, lo: usize) -> Item {
        if self.kind(lo) == TokenKind::KwExtern
            && self.kind(lo + 1) == TokenKind::Str
            && self.kind(lo + 2) == TokenKind::LBrace
        {
            return self.done(lo, lo + 3, ElementKind::Other, None);
        }
        if matches!(self.kind(lo), TokenKind::Semi | TokenKind::RBrace | TokenKind::RParen | TokenKind::RBracket) {
            return self.done(lo, lo + 1, ElementKind::Other, None);
        }
        let mut seen = Seen::default();
        let mut i = lo;
        while i < self.kept.len() {
            match self.kind(i) {
                TokenKind::Semi => {
                    if seen.params && !seen.eq && !seen.typedef && self.old_style(i) {
                        i += 1;
                        continue;
                    }
                    return self.finish(lo, i + 1, &seen);
                }
                TokenKind::LBrace => {
                    let body = self.is_body(lo, i, &seen);
                    let end = self.skip(i);
                    if body || end >= self.kept.len() {
                        return self.done(lo, end, ElementKind::Function, self.function_name(&seen));
                    }
                    if self.kind(end) != TokenKind::Semi && self.resync_after(i, end) {
                        return self.finish(lo, end, &seen);
                    }
                    i = end;
                }
                TokenKind::LParen => {
                    let end = self.skip(i);
                    self.paren(lo, i, &mut seen);
                    if seen.bare_call && seen.call == Some(i.wrapping_sub(1)) && self.ends_declarer(end) {
                        return self.done(lo, end, ElementKind::MacroCall, seen.call);
                    }
                    i = end;
                }
                TokenKind::LBracket => i = self.skip(i),
                TokenKind::RBrace => return self.finish(lo, i, &seen),
                kind => {
                    self.word(i, kind, &mut seen);
                    if seen.words == 1 && kind == TokenKind::Ident && i == lo && self.lone_word(i) {
                        return self.done(lo, i + 1, ElementKind::MacroCall, Some(i));
                    }
                    i += 1;
                    // `MACHINE_START(..) .f = v, MACHINE_END`.
                    let last = seen.bare_call && kind == TokenKind::Ident && self.col0(i - 1);
                    if last && self.kind(i - 2) == TokenKind::Comma && self.kind(i) != TokenKind::Semi {
                        return self.finish(lo, i, &seen);
                    }
                }
            }
        }
        self.finish(lo, i, &seen)
    }

    fn word(&self, i: usize, kind: TokenKind, seen: &mut Seen) {
        match kind {
            TokenKind::KwStruct | TokenKind::KwUnion | TokenKind::KwEnum => seen.aggregate = true,
            TokenKind::KwTypedef => seen.typedef = true,
            TokenKind::Eq => seen.eq = true,
            _ => {}
        }
        if kind == TokenKind::Ident && !seen.eq {
            seen.words += 1;
            seen.last_word = Some(i);
        } else if kind.is_keyword() {
            seen.words += 1;
        }
    }

    /// A parenthesis at depth 0.
    fn paren(&self, lo: usize, i: usize, seen: &mut Seen) {
        if i == lo || seen.eq {
            return;
        }
        let before = self.kind(i - 1);
        let attribute = before == TokenKind::KwAttribute
            || (before == TokenKind::Ident && self.tok(i - 1).is_some_and(|t| self.tables.is_attribute_call(t.sym)));
        let tag =
            i >= lo + 2 && matches!(self.kind(i - 2), TokenKind::KwStruct | TokenKind::KwUnion | TokenKind::KwEnum);
        if attribute || tag || before == TokenKind::KwTypeof {
            return;
        }
        if before == TokenKind::Ident && seen.call.is_none() {
            seen.call = Some(i - 1);
            seen.bare_call = (lo..i - 1).all(|j| is_storage(self.kind(j)));
        }
        seen.params = true;
        seen.aggregate = false;
    }

    /// Whether the macro call that ends before `end` is an item without `;`.
    fn ends_declarer(&self, end: usize) -> bool {
        let next = self.kind(end);
        let starts = next == TokenKind::Ident || next.is_keyword();
        // `PAGEFLAG(..) SETPAGEFLAG(..)` on one line.
        let beside = next == TokenKind::Ident
            && self.kind(end + 1) == TokenKind::LParen
            && self.tok(end).is_some_and(|t| t.len > 3 && !self.tables.is_attribute_call(t.sym) && self.capital(t));
        if !(starts && (self.col0(end) || (beside && !self.takes_body(end)))) {
            return false;
        }
        // An old-style definition without a type: `main(argc, argv)` newline `char **argv;` newline `{`.
        !self.old_style_list(end) || !self.old_style(end)
    }

    /// Whether the word has no lower-case letter.
    fn capital(&self, t: Token) -> bool {
        let word = self.text.get(t.start as usize..t.end() as usize).unwrap_or_default();
        !word.starts_with(b"_") && !word.iter().any(u8::is_ascii_lowercase)
    }

    /// Whether the call at `i` is followed by a body or an initialiser: then what came before belongs to it.
    fn takes_body(&self, i: usize) -> bool {
        matches!(self.kind(self.skip(i + 1)), TokenKind::LBrace | TokenKind::Eq | TokenKind::Semi)
    }

    /// Whether the parameter list before `end` is a plain list of names.
    fn old_style_list(&self, end: usize) -> bool {
        let mut i = end.saturating_sub(1);
        let mut names = 0;
        while i > 0 {
            i -= 1;
            match self.kind(i) {
                TokenKind::Ident => names += 1,
                TokenKind::Comma => {}
                TokenKind::LParen => return names > 0,
                _ => return false,
            }
        }
        false
    }

    /// Whether only declarations stand between `i` and a `{`: parameter declarations of an old-style definition.
    fn old_style(&self, i: usize) -> bool {
        let mut i = i;
        for _ in 0..400 {
            match self.kind(i) {
                TokenKind::LBrace => return self.kind(i - 1) == TokenKind::Semi,
                TokenKind::LParen | TokenKind::LBracket => i = self.skip(i),
                TokenKind::Ident | TokenKind::Star | TokenKind::Comma | TokenKind::Semi => i += 1,
                TokenKind::KwStatic | TokenKind::KwExtern | TokenKind::KwTypedef => return false,
                k if k.is_keyword() => i += 1,
                _ => return false,
            }
        }
        false
    }

    /// Whether the word at `i`, first of its item, is a macro alone on its line.
    fn lone_word(&self, i: usize) -> bool {
        let (Some(t), Some(next)) = (self.tok(i), self.tok(i + 1)) else { return true };
        if !(t.flags.has(TokenFlags::COLUMN_0) && next.flags.has(TokenFlags::COLUMN_0))
            || self.tables.is_attribute(t.sym)
            || self.facts.is_type(t.sym)
        {
            return false;
        }
        match next.kind {
            TokenKind::KwStatic | TokenKind::KwExtern | TokenKind::KwTypedef => true,
            TokenKind::Ident if self.kind(i + 2) == TokenKind::LParen => {
                let end = self.skip(i + 2);
                self.kind(end) == TokenKind::Semi || self.ends_declarer(end)
            }
            TokenKind::Ident => self.kind(i + 2) == TokenKind::Ident || is_storage(self.kind(i + 2)),
            TokenKind::KwStruct | TokenKind::KwUnion | TokenKind::KwEnum | TokenKind::KwVoid | TokenKind::KwInt => true,
            _ => false,
        }
    }

    /// Whether the brace at `i` opens the body of a function.
    fn is_body(&self, lo: usize, i: usize, seen: &Seen) -> bool {
        if seen.eq || seen.aggregate || i == lo {
            return i == lo;
        }
        if self.kind(i + 1) == TokenKind::Dot && self.kind(i + 3) == TokenKind::Eq {
            return false;
        }
        seen.params || self.kind(i - 1) == TokenKind::RParen || seen.words > 0
    }

    /// After a brace group of a declaration: whether a new item begins although no `;` came.
    fn resync_after(&self, open: usize, end: usize) -> bool {
        let _ = open;
        let next = self.kind(end);
        self.col0(end)
            && self.col0(end - 1)
            && matches!(
                next,
                TokenKind::KwStatic
                    | TokenKind::KwExtern
                    | TokenKind::KwTypedef
                    | TokenKind::KwStruct
                    | TokenKind::KwInt
                    | TokenKind::KwVoid
                    | TokenKind::KwEnum
                    | TokenKind::KwUnsigned
            )
    }

    /// One past the bracket that closes the one at `open`; re-synchronises at brackets in column 0, unless the code is not indented.
    fn skip(&self, open: usize) -> usize {
        let mut stack = vec![self.kind(open)];
        let flush = self.col0(open + 1) && self.kind(open + 2) != TokenKind::Colon;
        let mut header = None;
        let mut i = open + 1;
        let next = |i: usize| Some(i + self.inside.get(i..)?.iter().position(|n| *n != Inside::Nothing)?);
        while let Some(at) = next(i) {
            i = at;
            match self.kind(i) {
                k @ (TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket) => {
                    let after_params = self.kind(i - 1) == TokenKind::RParen;
                    let opens = k == TokenKind::LBrace && self.col0(i) && after_params && stack.len() > 1;
                    if let Some(at) = header.filter(|at| opens && *at > open + 1 && self.header(*at, i)) {
                        return at;
                    }
                    stack.push(k);
                }
                TokenKind::RBrace if self.col0(i) && !flush && stack[0] == TokenKind::LBrace && self.closes_all(i) => {
                    return i + 1;
                }
                k @ (TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket) => {
                    // A closing brace closes open parentheses inside its block: they were never closed.
                    while k == TokenKind::RBrace && stack.len() > 1 && stack.last() != Some(&TokenKind::LBrace) {
                        stack.pop();
                    }
                    let fits = k != TokenKind::RParen || stack.last() != Some(&TokenKind::LBrace);
                    if fits {
                        stack.pop();
                    }
                    if stack.is_empty() {
                        return i + 1;
                    }
                }
                _ if matches!(self.kind(i - 1), TokenKind::Semi | TokenKind::RBrace) => header = Some(i),
                _ => {}
            }
            i += 1;
        }
        self.kept.len()
    }

    /// Whether the tokens from `at` up to a `{` at `brace` may head a function.
    fn header(&self, at: usize, brace: usize) -> bool {
        brace - at < 200
            && (at..brace).all(|j| !matches!(self.kind(j), TokenKind::Semi | TokenKind::Eq | TokenKind::LBrace))
    }

    /// Whether what follows the brace at `i`, which is in column 0, is another element.
    fn closes_all(&self, i: usize) -> bool {
        let next = self.kind(i + 1);
        let inside = matches!(next, TokenKind::RBrace | TokenKind::LBrace) || crate::view::is_statement_word(next);
        next == TokenKind::Eof || (self.col0(i + 1) && !inside && self.kind(i + 2) != TokenKind::Colon)
    }

    fn function_name(&self, seen: &Seen) -> Option<usize> {
        let call = seen.call?;
        let is_call = self.tok(call).is_some_and(|t| t.kind == TokenKind::Ident);
        is_call.then_some(call)
    }

    fn finish(&self, lo: usize, hi: usize, seen: &Seen) -> Item {
        let kind = if seen.bare_call && !seen.typedef { ElementKind::MacroCall } else { ElementKind::Declaration };
        self.done(lo, hi, kind, seen.call.filter(|_| !seen.typedef).or(seen.last_word))
    }
}

/// Storage classes and qualifiers.
#[must_use]
pub const fn is_storage(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwStatic
            | TokenKind::KwExtern
            | TokenKind::KwInline
            | TokenKind::KwConst
            | TokenKind::KwVolatile
            | TokenKind::KwTypedef
            | TokenKind::KwRegister
            | TokenKind::KwAuto
            | TokenKind::KwNoreturn
            | TokenKind::KwThreadLocal
            | TokenKind::KwRestrict
            | TokenKind::KwExtension
    )
}

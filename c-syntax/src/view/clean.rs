//! Clean-up before the walk: drops what the tables call attributes (design of the C front end, 6.3).

use super::{Walk, is_primitive, is_specifier};
use crate::token::{Token, TokenFlags, TokenKind};

impl Walk<'_> {
    /// Fills `k` and `kinds` with the tokens that take part in the structure.
    pub(super) fn clean(&mut self, kept: &[u32]) {
        let mut i = 0;
        while i < kept.len() {
            match self.attribute_end(kept, i) {
                Some(end) => {
                    if self.log {
                        self.view.names.push(("attribute of the table", kept[i]));
                    }
                    i = end;
                }
                None => {
                    self.k.push(kept[i]);
                    self.kinds.push(self.tokens[kept[i] as usize].kind);
                    i += 1;
                }
            }
        }
    }

    fn raw(&self, kept: &[u32], i: usize) -> Option<Token> {
        kept.get(i).map(|k| self.tokens[*k as usize])
    }

    fn raw_kind(&self, kept: &[u32], i: usize) -> TokenKind {
        self.raw(kept, i).map_or(TokenKind::Eof, |t| t.kind)
    }

    /// If the token begins an attribute: one past it.
    fn attribute_end(&self, kept: &[u32], i: usize) -> Option<usize> {
        use TokenKind as T;
        let t = self.raw(kept, i)?;
        let next = self.raw_kind(kept, i + 1);
        let prev = self.kinds.last().copied().unwrap_or(T::Semi);
        match t.kind {
            T::KwAttribute if next == T::LParen => raw_group_end(self, kept, i + 1),
            T::KwAttribute => Some(i + 1),
            T::KwExtension => {
                let starts = matches!(prev, T::Semi | T::LBrace | T::RBrace | T::Comma | T::LParen);
                (starts && (is_specifier(next) || next == T::Ident)).then_some(i + 1)
            }
            T::Str if prev == T::KwExtern => Some(i + 1),
            // `[[...]]`: no expression starts with a bracket.
            T::LBracket if next == T::LBracket => raw_group_end(self, kept, i),
            T::Ident => self.attribute_name_end(kept, i, t, prev, next),
            _ => None,
        }
    }

    fn attribute_name_end(&self, kept: &[u32], i: usize, t: Token, prev: TokenKind, next: TokenKind) -> Option<usize> {
        use TokenKind as T;
        if next == T::LParen {
            let word = &self.text[t.start as usize..t.end() as usize];
            let pointer = self.known.tables.is_attribute(t.sym)
                && self.raw_kind(kept, i + 2) == T::Star
                && raw_group_end(self, kept, i + 1)
                    .is_some_and(|end| matches!(self.raw_kind(kept, end), T::LParen | T::LBracket));
            if pointer {
                // `int attr (*f)(void)`.
                return Some(i + 1);
            }
            if !(self.known.tables.is_attribute_call(t.sym) || word == b"__declspec") {
                return None;
            }
            let end = raw_group_end(self, kept, i + 1)?;
            let after = self.raw_kind(kept, end);
            // `void __warning(const char *fmt, ...) {`
            if after == T::LBrace && (is_primitive(prev) || prev == T::Star) {
                return None;
            }
            let own_line = t.flags.has(TokenFlags::FIRST_ON_LINE);
            let starts = matches!(prev, T::Semi | T::LBrace) || (prev == T::RBrace && own_line);
            let value = matches!(prev, T::Dot | T::Arrow | T::Eq | T::Comma | T::LParen | T::Question | T::Bang);
            let fits =
                if starts || value { after == T::Ident || is_specifier(after) || after == T::Star } else { true };
            return fits.then_some(end);
        }
        let table = self.known.tables.is_attribute(t.sym) || self.known.facts.is_attribute(t.sym);
        if !table || matches!(next, T::Colon | T::Dot | T::Arrow | T::LBracket | T::PlusPlus | T::MinusMinus) {
            return None;
        }
        match prev {
            T::Dot | T::Arrow | T::KwGoto => None,
            T::LParen | T::Comma if matches!(next, T::Comma | T::RParen) => None,
            T::KwStruct | T::KwUnion | T::KwEnum => matches!(next, T::Ident | T::LBrace).then_some(i + 1),
            T::Star | T::RParen | T::RBracket | T::RBrace | T::Ident | T::Semi | T::LBrace | T::LParen | T::Comma => {
                // A statement or declaration that is the name and nothing else is a macro.
                let lone = matches!(prev, T::Semi | T::LBrace) && next == T::Semi && self.k.is_empty();
                (!lone).then_some(i + 1)
            }
            p if p.is_keyword() => Some(i + 1),
            _ => None,
        }
    }
}

/// One past the bracket group that opens at `i`.
fn raw_group_end(w: &Walk<'_>, kept: &[u32], i: usize) -> Option<usize> {
    let mut depth = 0usize;
    for j in i..kept.len() {
        match w.raw_kind(kept, j) {
            TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth += 1,
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                depth -= 1;
                if depth == 0 {
                    return Some(j + 1);
                }
            }
            _ => {}
        }
    }
    None
}

//! Declarators and parameters of the view (design of the C front end, 6.4 and 6.6).

use super::{Cause, Place, Role, Walk, is_specifier};
use crate::macros::looks_like_attribute;
use crate::token::TokenKind as T;

impl Walk<'_> {
    /// Writes a declarator and returns one past it.
    pub(super) fn declarator(&mut self, lo: usize, hi: usize, place: Place) -> Result<usize, Cause> {
        let mut i = lo;
        while i < hi {
            match self.kind(i) {
                T::Star | T::Caret => {
                    self.put_as(i, T::Star);
                    i += 1;
                    while matches!(self.kind_in(i, hi), T::KwConst | T::KwVolatile | T::KwRestrict | T::KwAtomic) {
                        self.put_as(i, T::KwConst);
                        i += 1;
                    }
                }
                T::Ident if self.attribute_before_name(i, hi, i > lo, place) => {
                    self.note("attribute before a name", i);
                    i += 1;
                }
                T::KwInline | T::KwExtension | T::KwNoreturn => i += 1,
                _ => break,
            }
        }
        i = match self.kind_in(i, hi) {
            T::LParen
                if place == Place::Param
                    && self.kind(i + 1) == T::Ident
                    && self.mate(i) == i + 2
                    && !self.is_type(i + 1) =>
            {
                // The grammar would take `(name)` for a parameter list.
                self.put_range(i, i + 3, T::Ident, Role::LongName);
                i + 3
            }
            T::LParen if self.is_declarator_group(i, hi, place) => {
                let close = self.mate(i);
                self.put(i);
                let end = self.deeper(|w| w.declarator(i + 1, close, place))?;
                if end != close {
                    return Err("tokens in a declarator");
                }
                self.put(close);
                close + 1
            }
            T::Ident if place == Place::TypeName => i,
            T::Ident => self.declared_name(i, hi, place),
            k if k.is_keyword() && place == Place::Field => self.declared_name(i, hi, place),
            _ if matches!(place, Place::Param | Place::TypeName) => i,
            _ => {
                self.insert(T::Ident);
                i
            }
        };
        self.declarator_suffixes(i, hi, place)
    }

    fn declared_name(&mut self, i: usize, hi: usize, place: Place) -> usize {
        // `NAME(x)(params)`: the first call is the name.
        let call = self.kind_in(i + 1, hi) == T::LParen;
        if call && place == Place::Top && self.kind_in(self.after(i + 1), hi) == T::LParen {
            let end = self.after(i + 1);
            self.note("macro call as name", i);
            self.put_range(i, end, T::Ident, Role::LongName);
            return end;
        }
        self.put_as(i, T::Ident);
        i + 1
    }

    /// Whether the word at `i` stands between `*` or the type and the name.
    fn attribute_before_name(&self, i: usize, hi: usize, after_star: bool, place: Place) -> bool {
        match self.kind_in(i + 1, hi) {
            T::Ident => {
                let trailing = looks_like_attribute(self.word(i + 1)) && !looks_like_attribute(self.word(i));
                !trailing
            }
            T::Star => true,
            T::KwConst | T::KwVolatile | T::KwRestrict => true,
            T::LParen => after_star && self.kind_in(i + 2, hi) == T::Star && looks_like_attribute(self.word(i)),
            T::Eof | T::Comma | T::RParen => after_star && place == Place::TypeName && self.word(i).starts_with(b"__"),
            _ => false,
        }
    }

    /// Whether a parenthesis where a declarator may stand groups one, and is no parameter list.
    fn is_declarator_group(&self, i: usize, hi: usize, place: Place) -> bool {
        let close = self.mate(i);
        match self.kind(i + 1) {
            T::Star | T::Caret | T::LParen => true,
            T::LBracket => true,
            T::Ident => {
                if self.kind(i + 2) == T::Star || (self.kind(i + 2) == T::Ident && self.kind(i + 3) == T::Star) {
                    // `(WINAPI * name)`; as parameters: `(foo *x)`.
                    return self.kind_in(close + 1, hi) == T::LParen
                        || !matches!(place, Place::Param | Place::TypeName);
                }
                !matches!(place, Place::Param | Place::TypeName)
                    || (place == Place::Param && close == i + 2 && !self.is_type(i + 1))
            }
            _ => false,
        }
    }

    fn declarator_suffixes(&mut self, lo: usize, hi: usize, place: Place) -> Result<usize, Cause> {
        let mut i = lo;
        loop {
            match self.kind_in(i, hi) {
                T::LBracket => i = self.array_suffix(i)?,
                T::LParen => {
                    let close = self.mate(i);
                    self.put(i);
                    self.deeper(|w| w.params(i + 1, close))?;
                    self.put(close);
                    i = close + 1;
                }
                T::KwAsm => {
                    while i < hi && self.kind(i) != T::LParen {
                        i += 1;
                    }
                    i = if i < hi { self.after(i) } else { hi };
                }
                T::Ident if place == Place::TypeName && !looks_like_attribute(self.word(i)) => return Ok(i),
                // An attribute by its place; before `{` of a function it may have arguments.
                T::Ident => {
                    if place == Place::Top && self.first_on_line(i) && self.kind_in(i + 1, hi) == T::LParen && i == lo {
                        return Ok(i);
                    }
                    // Parameter declarations of an old-style definition.
                    if place == Place::Top && self.kind_in(i + 1, hi) == T::Ident
                        || self.kind_in(i + 1, hi) == T::Star
                        || is_specifier(self.kind_in(i + 1, hi))
                    {
                        return Ok(i);
                    }
                    self.note("attribute after a declarator", i);
                    i = if self.kind_in(i + 1, hi) == T::LParen { self.after(i + 1) } else { i + 1 };
                }
                T::Colon if place == Place::Field => {
                    self.put(i);
                    let mut end = i + 1;
                    while end < hi && !matches!(self.kind(end), T::Comma | T::Semi) {
                        end = self.after(end);
                    }
                    self.expr(i + 1, end)?;
                    i = end;
                }
                _ => return Ok(i),
            }
        }
    }

    fn array_suffix(&mut self, open: usize) -> Result<usize, Cause> {
        let close = self.mate(open);
        self.put(open);
        let mut i = open + 1;
        while matches!(self.kind_in(i, close), T::KwStatic | T::KwConst | T::KwVolatile | T::KwRestrict) {
            self.put_as(i, T::KwConst);
            i += 1;
        }
        if i < close {
            if i + 1 == close && self.kind(i) == T::Star {
                self.put(i);
            } else if self.attempt(|w| w.deeper(|w| w.expr(i, close))).is_err() {
                self.put_range(i, close, T::Number, Role::Raw);
            }
        }
        self.put(close);
        Ok(close + 1)
    }

    /// Writes a parameter list; one that is not parameter-like is emptied.
    pub(super) fn params(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if lo == hi {
            return Ok(());
        }
        let read = self.attempt(|w| {
            let mut at = lo;
            loop {
                let end = w.find(at, hi, T::Comma).unwrap_or(hi);
                w.param(at, end)?;
                if end == hi {
                    return Ok(());
                }
                w.put(end);
                at = end + 1;
            }
        });
        if read.is_err() {
            self.note("parameters left out", lo);
        }
        Ok(())
    }

    fn param(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if hi == lo + 1 && self.kind(lo) == T::Ellipsis {
            self.put(lo);
            return Ok(());
        }
        let s = self.scan_specs(lo, hi, Place::Param)?;
        if s.end == lo {
            return Err("no parameter");
        }
        self.put_specs(lo, &s)?;
        let end = self.declarator(s.end, hi, Place::Param)?;
        if end == hi { Ok(()) } else { Err("tokens after a parameter") }
    }
}

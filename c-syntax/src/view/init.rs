//! Initialisers, members and enumerators of the view (design of the C front end, 6.6: initialisers, struct/union/enum).

use super::{Cause, Place, Role, TOO_DEEP, TOO_HARD, Walk};
use crate::macros::looks_like_attribute;
use crate::token::TokenKind as T;

impl Walk<'_> {
    /// Writes `lo..hi` as the value of an initialiser.
    pub(super) fn init_value(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if lo < hi && self.kind(lo) == T::LBrace && self.after(lo) == hi {
            return self.init_list(lo).map(|_| ());
        }
        let read = self.attempt(|w| w.expr(lo, hi));
        match read {
            Err(TOO_DEEP | TOO_HARD) => read,
            Err(cause) if lo < hi => {
                self.note(cause, lo);
                self.view.partial.push((self.k[lo], cause));
                self.put_range(lo, hi, T::Number, Role::Raw);
                Ok(())
            }
            _ => read,
        }
    }

    /// Writes the initialiser list whose brace is at `open`; returns one past it.
    pub(super) fn init_list(&mut self, open: usize) -> Result<usize, Cause> {
        let close = self.mate(open);
        self.put(open);
        self.init_elements(open + 1, close)?;
        self.put(close);
        Ok(close + 1)
    }

    /// Writes the elements of an initialiser list.
    pub(super) fn init_elements(&mut self, lo: usize, close: usize) -> Result<(), Cause> {
        let mut i = lo;
        while i < close {
            if self.kind(i) == T::Comma {
                // A comma without an element before it is left out.
                i += 1;
                continue;
            }
            i = self.deeper(|w| w.init_element(i, close))?;
            if self.kind_in(i, close) == T::Comma {
                self.put(i);
                i += 1;
            } else if i < close {
                self.note("missing comma", i);
                self.insert_role(T::Comma, Role::MissingComma, 0);
            }
        }
        Ok(())
    }

    /// One element; returns one past it.
    fn init_element(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        match self.kind(lo) {
            T::Dot | T::LBracket => return self.designated(lo, hi),
            T::Ident if self.kind_in(lo + 1, hi) == T::Colon => {
                self.put(lo);
                self.put(lo + 1);
                return self.element_value(lo + 2, hi);
            }
            T::Ident => {
                let after = if self.is_call(lo, hi) { self.after(lo + 1) } else { lo + 1 };
                match self.kind_in(after, hi) {
                    T::Eq => return self.macro_designator(lo, after, hi, false),
                    T::LBrace if after > lo + 1 => return self.macro_designator(lo, after, hi, true),
                    _ => {}
                }
            }
            _ => {}
        }
        self.element_value(lo, hi)
    }

    /// `.a[1].b = value`; the `=` may be missing.
    fn designated(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let mut i = lo;
        loop {
            match self.kind_in(i, hi) {
                T::Dot if self.kind_in(i + 1, hi) == T::Ident || self.kind_in(i + 1, hi).is_keyword() => {
                    self.put(i);
                    self.put_as(i + 1, T::Ident);
                    i += 2;
                }
                T::LBracket => {
                    let close = self.mate(i);
                    self.put(i);
                    self.deeper(|w| w.expr(i + 1, close))?;
                    self.put(close);
                    i = close + 1;
                }
                T::Eq => {
                    self.put(i);
                    i += 1;
                    break;
                }
                T::Eof | T::Comma => return Err("designator without a value"),
                _ => {
                    self.insert(T::Eq);
                    break;
                }
            }
        }
        self.element_value(i, hi)
    }

    /// `MACRO(..) = value`, `MACRO(..) { ... }`, `NAME = value`: the macro as designator.
    fn macro_designator(&mut self, lo: usize, after: usize, hi: usize, missing: bool) -> Result<usize, Cause> {
        self.note("macro as designator", lo);
        self.insert_role(T::LBracket, Role::MacroDesignator, 0);
        if after > lo + 1 {
            self.macro_call(lo)?;
        } else {
            self.put_as(lo, T::Number);
        }
        self.insert(T::RBracket);
        if missing {
            self.insert(T::Eq);
            return self.element_value(after, hi);
        }
        self.put(after);
        self.element_value(after + 1, hi)
    }

    /// The value of an element: up to the comma, or to where the next element begins without one.
    fn element_value(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        if self.kind_in(lo, hi) == T::LBrace {
            return self.init_list(lo);
        }
        let mut i = lo;
        while i < hi && self.kind(i) != T::Comma {
            if i > lo && self.element_starts(i) {
                break;
            }
            i = self.after(i);
        }
        if i == lo {
            return Err("empty initialiser");
        }
        self.init_value(lo, i)?;
        Ok(i)
    }

    /// Whether a new element begins at `i` although no comma came.
    fn element_starts(&self, i: usize) -> bool {
        let before = self.kind(i - 1);
        let operand = matches!(before, T::RParen | T::Ident | T::Number | T::Str | T::RBrace | T::Char);
        if !operand {
            return false;
        }
        if !self.first_on_line(i) {
            // `A_OPS B_OPS`: macros that end in a comma.
            let caps = |j: usize| self.kind(j) == T::Ident && looks_like_attribute(self.word(j));
            let call = before == T::RParen && self.kind(i) == T::Ident && !self.closes_cast(i - 1);
            return (caps(i) && caps(i - 1)) || (call && self.is_call(i, self.k.len()));
        }
        match self.kind(i) {
            T::Dot => self.designator_assigns(i),
            T::LBracket => self.first_on_line(i) && before != T::Ident,
            T::Ident => before != T::Str && !self.closes_cast(i - 1),
            T::LBrace => before == T::Ident || (before == T::RParen && !self.closes_cast(i - 1)),
            _ => false,
        }
    }

    /// Whether `.a[1].b` at `i` is followed by `=` or the like: a designator, and no member access.
    fn designator_assigns(&self, i: usize) -> bool {
        let mut j = i;
        for _ in 0..20 {
            match self.kind(j) {
                T::Dot => j += 2,
                T::LBracket => j = self.after(j),
                T::Comma | T::RBrace => return false,
                _ => return true,
            }
        }
        false
    }

    /// Whether the token ends a parenthesis that is no argument list: then an operand follows.
    fn closes_cast(&self, i: usize) -> bool {
        if self.kind(i) != T::RParen {
            return false;
        }
        let open = self.mate(i);
        open == 0 || self.kind(open - 1) != T::Ident
    }

    // ---- members

    /// Writes the body of a struct or union.
    pub(super) fn struct_body(&mut self, open: usize) -> Result<(), Cause> {
        let close = self.mate(open);
        self.put(open);
        let mut i = open + 1;
        while i < close {
            if self.kind(i) == T::Semi {
                i += 1;
                continue;
            }
            i = self.field(i, close)?.max(i + 1);
        }
        self.put(close);
        Ok(())
    }

    fn field(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        if self.is_call(lo, hi) && self.is_macro_field(lo, hi) {
            return self.macro_field(lo, hi);
        }
        if self.kind(lo) == T::Ident && (lo + 1 == hi || (self.first_on_line(lo) && self.lone_field(lo))) {
            return Ok(self.lone_macro_field(lo));
        }
        let s = self.scan_specs(lo, hi, Place::Field)?;
        if !s.typed && s.end == lo {
            return Err("member without a type");
        }
        self.put_specs(lo, &s)?;
        let mut i = s.end;
        loop {
            // A lone attribute word after a body: `} __packed;`.
            if self.kind_in(i, hi) != T::Semi && i < hi {
                i = self.declarator(i, hi, Place::Field)?;
            }
            match self.kind_in(i, hi) {
                T::Comma => {
                    self.put(i);
                    i += 1;
                }
                T::Semi => {
                    self.put(i);
                    return Ok(i + 1);
                }
                T::Eof => {
                    self.insert(T::Semi);
                    return Ok(i);
                }
                T::Eq => i = self.init_end(i + 1, hi),
                _ => return Err("tokens in a member"),
            }
        }
    }

    /// Whether `NAME(...)` is a member of its own, and not the type of one.
    fn is_macro_field(&self, lo: usize, hi: usize) -> bool {
        let after = self.after(lo + 1);
        match self.kind_in(after, hi) {
            T::Semi | T::Eof => true,
            T::LParen => false,
            T::Ident | T::Star => self.first_on_line(after),
            _ => self.first_on_line(after),
        }
    }

    fn macro_field(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        self.note("macro as member", lo);
        let at = self.k[lo];
        let index = self.add_spec(Self::plain_spec(at, at));
        self.insert_role(T::KwInt, Role::MacroField, index);
        self.insert(T::Ident);
        self.insert(T::Colon);
        let end = self.macro_call(lo)?;
        if self.kind_in(end, hi) == T::Semi {
            self.put(end);
            return Ok(end + 1);
        }
        self.insert(T::Semi);
        Ok(end)
    }

    /// Whether the word at `lo`, alone on its line, is a macro before another member.
    fn lone_field(&self, lo: usize) -> bool {
        self.first_on_line(lo + 1) && super::is_specifier(self.kind(lo + 1)) && !self.is_type(lo)
    }

    /// A word alone as member, without `;`.
    fn lone_macro_field(&mut self, lo: usize) -> usize {
        self.note("macro as member", lo);
        let index = self.add_spec(Self::plain_spec(self.k[lo], self.k[lo]));
        self.insert_role(T::KwInt, Role::MacroField, index);
        self.insert(T::Ident);
        self.insert(T::Colon);
        self.put_as(lo, T::Number);
        self.insert(T::Semi);
        lo + 1
    }

    /// Writes the body of an enum.
    pub(super) fn enum_body(&mut self, open: usize) -> Result<(), Cause> {
        let close = self.mate(open);
        self.put(open);
        let mut i = open + 1;
        while i < close {
            if self.kind(i) == T::Comma {
                i += 1;
                continue;
            }
            i = self.enumerator(i, close)?;
            if self.kind_in(i, close) == T::Comma {
                self.put(i);
                i += 1;
            } else if i < close {
                self.note("missing comma", i);
                self.insert_role(T::Comma, Role::MissingComma, 0);
            }
        }
        self.put(close);
        Ok(())
    }

    fn enumerator(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        if self.is_call(lo, hi) {
            self.note("macro as enumerator", lo);
            self.insert_role(T::Ident, Role::MacroEnum, 0);
            self.insert(T::Eq);
            let end = self.macro_call(lo)?;
            // `MACRO(x) = 1`: the value is left out.
            return Ok(if self.kind_in(end, hi) == T::Eq { self.init_end(end, hi) } else { end });
        }
        if self.kind(lo) != T::Ident {
            return Err("enumerator without a name");
        }
        self.put_as(lo, T::Ident);
        let mut i = lo + 1;
        while self.kind_in(i, hi) == T::Ident && !self.first_on_line(i) {
            self.note("attribute of an enumerator", i);
            i = if self.kind_in(i + 1, hi) == T::LParen { self.after(i + 1) } else { i + 1 };
        }
        if self.kind_in(i, hi) == T::Eq {
            self.put(i);
            let mut end = i + 1;
            while end < hi && self.kind(end) != T::Comma {
                if end > i + 1 && self.kind(end) == T::Ident && self.first_on_line(end) && self.element_starts(end) {
                    break;
                }
                end = self.after(end);
            }
            self.init_value(i + 1, end)?;
            i = end;
        }
        Ok(i)
    }
}

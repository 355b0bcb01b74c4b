//! Top-level items and declarations made by macros (design of the C front end, 6.6: declarations, headers).

use super::{Cause, Place, Role, Walk, is_specifier};
use crate::cut::is_storage;
use crate::token::TokenKind as T;

impl Walk<'_> {
    /// Writes a top-level item.
    pub(super) fn item(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if lo == hi {
            return Err("nothing to read");
        }
        let s = self.scan_specs(lo, hi, Place::Top)?;
        if !s.typed {
            if self.is_call(s.end, hi) {
                return self.macro_item(lo, s.end, hi);
            }
            if s.end + 1 >= hi || (self.kind(s.end) == T::Ident && self.kind(s.end + 1) == T::Semi && s.end == lo) {
                return self.lone_name(lo, s.end, hi);
            }
        }
        self.put_specs(lo, &s)?;
        if self.kind_in(s.end, hi) == T::Semi && s.end + 1 == hi {
            self.insert(T::Ident);
            self.put(s.end);
            return Ok(());
        }
        self.declarators_or_function(s.end, hi)
    }

    /// After the specifiers of a top-level item.
    fn declarators_or_function(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        let end = self.declarator(lo, hi, Place::Top)?;
        let next = self.kind_in(end, hi);
        if next == T::LBrace {
            self.block(end)?;
            return if self.mate(end) + 1 == hi { Ok(()) } else { Err("tokens after a function") };
        }
        if self.kind(hi - 1) == T::RBrace && (is_specifier(next) || next == T::Ident) {
            return self.old_style(lo, end, hi);
        }
        let mark_end = match next {
            T::Eq => {
                self.put(end);
                let stop = self.init_end(end + 1, hi);
                self.init_value(end + 1, stop)?;
                stop
            }
            _ => end,
        };
        match self.kind_in(mark_end, hi) {
            T::Comma => {
                self.put(mark_end);
                let end = self.init_declarators(mark_end + 1, hi, Place::Top)?;
                if end == hi { Ok(()) } else { Err("tokens after a declaration") }
            }
            T::Semi if mark_end + 1 == hi => {
                self.put(mark_end);
                Ok(())
            }
            T::Eof => {
                self.insert(T::Semi);
                Ok(())
            }
            _ => Err("tokens in a declaration"),
        }
    }

    /// An old-style definition: names as parameters, then declarations, then the body.
    fn old_style(&mut self, declarator: usize, end: usize, hi: usize) -> Result<(), Cause> {
        // The parameters were written as types; write the header again with names.
        let open = (declarator..end).rev().find(|j| self.kind(*j) == T::LParen && self.mate(*j) < end);
        let Some(open) = open else { return Err("tokens in a declaration") };
        let close = self.mate(open);
        let at = self.view.out.iter().rposition(|v| v.src == self.k[open]).ok_or("old-style header")?;
        self.view.out.truncate(at + 1);
        for j in open + 1..close {
            match self.kind(j) {
                T::Ident | T::Comma => self.put(j),
                _ => return Err("old-style parameters"),
            }
        }
        self.put(close);
        let mut i = close + 1;
        while i < hi && self.kind(i) != T::LBrace {
            i = self.declaration(i, hi, Place::Block)?;
        }
        if i >= hi {
            return Err("old-style definition without a body");
        }
        self.block(i)?;
        if self.mate(i) + 1 == hi { Ok(()) } else { Err("tokens after a function") }
    }

    /// `[storage] NAME(...)` and what follows.
    fn macro_item(&mut self, lo: usize, name: usize, hi: usize) -> Result<(), Cause> {
        let after = self.after(name + 1);
        match self.kind_in(after, hi) {
            T::LBrace if !(self.kind(after + 1) == T::Dot && self.kind(after + 3) == T::Eq) => {
                if self.after(after) != hi {
                    return Err("tokens after a function");
                }
                if self.parameter_like(name + 2, self.mate(name + 1)) {
                    self.implicit_int(lo, name);
                    return self.declarators_or_function(name, hi);
                }
                self.macro_function(lo, name, after)
            }
            // `NAME(x)(params) {`, or `main(argc, argv) char **argv; {`.
            T::LParen => {
                self.implicit_int(lo, name);
                self.declarators_or_function(name, hi)
            }
            k if self.kind(hi - 1) == T::RBrace && (is_specifier(k) || k == T::Ident) && k != T::Dot => {
                self.implicit_int(lo, name);
                self.declarators_or_function(name, hi)
            }
            _ => {
                let end = self.macro_decl(lo, name, hi)?;
                if end == hi { Ok(()) } else { Err("tokens after a macro") }
            }
        }
    }

    fn storage_spec(&mut self, lo: usize, name: usize) -> u32 {
        let end = if name > lo { self.k[name - 1] + 1 } else { self.k[lo] };
        self.add_spec(Self::plain_spec(self.k[lo], end))
    }

    fn implicit_int(&mut self, lo: usize, name: usize) {
        let index = self.storage_spec(lo, name);
        self.insert_role(T::KwInt, Role::Specs, index);
    }

    /// Whether the arguments of a header read as parameters: `(void)`, `(int a, T b)`, `()`.
    fn parameter_like(&self, lo: usize, hi: usize) -> bool {
        let mut at = lo;
        while at < hi {
            let end = self.find(at, hi, T::Comma).unwrap_or(hi);
            let words = (at..end)
                .filter(|j| matches!(self.kind(*j), T::Ident | T::Star) || is_specifier(self.kind(*j)))
                .count();
            let void = end == at + 1 && self.kind(at) == T::KwVoid;
            if !(void || (words >= 2 && words == end - at) || self.kind(at) == T::Ellipsis) {
                return false;
            }
            at = end + 1;
        }
        true
    }

    /// `SYSCALL_DEFINE3(...) {`, written as `int i [ NAME(...) ] ( ) {`.
    fn macro_function(&mut self, lo: usize, name: usize, body: usize) -> Result<(), Cause> {
        self.note("macro heads a function", name);
        let index = self.storage_spec(lo, name);
        self.insert_role(T::KwInt, Role::MacroFunction, index);
        self.insert(T::Ident);
        self.insert(T::LBracket);
        self.macro_call(name)?;
        self.insert(T::RBracket);
        self.insert(T::LParen);
        self.insert(T::RParen);
        self.block(body)
    }

    /// `[storage] NAME(...) [= init] [;]`, written as `int i = NAME(...) [, i = init] ;`.
    pub(super) fn macro_decl(&mut self, lo: usize, name: usize, hi: usize) -> Result<usize, Cause> {
        self.note("macro declares", name);
        let index = self.storage_spec(lo, name);
        self.insert_role(T::KwInt, Role::MacroDecl, index);
        self.insert(T::Ident);
        self.insert(T::Eq);
        let mut i = self.macro_call(name)?;
        // Attributes after the macro.
        while self.kind_in(i, hi) == T::Ident {
            self.note("attribute after a macro", i);
            i = if self.kind_in(i + 1, hi) == T::LParen { self.after(i + 1) } else { i + 1 };
        }
        match self.kind_in(i, hi) {
            T::Eq => {
                self.insert(T::Comma);
                self.insert(T::Ident);
                self.put(i);
                let end = self.init_end(i + 1, hi);
                self.init_value(i + 1, end)?;
                i = end;
            }
            T::LBrace => {
                self.insert(T::Comma);
                self.insert(T::Ident);
                self.insert(T::Eq);
                i = self.init_list(i)?;
            }
            T::Dot => i = self.start_end(i, hi)?,
            _ => {}
        }
        match self.kind_in(i, hi) {
            T::Semi => {
                self.put(i);
                Ok(i + 1)
            }
            T::Eof => {
                self.insert(T::Semi);
                Ok(i)
            }
            _ => Err("tokens after a macro"),
        }
    }

    /// `NAME_START(..) .f = v, NAME_END`: the elements as an initialiser; the last word is left out.
    fn start_end(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let stop = if self.kind(hi - 1) == T::Semi { hi - 1 } else { hi };
        let named =
            self.kind(stop - 1) == T::Ident && (self.first_on_line(stop - 1) || self.kind(stop - 2) == T::Comma);
        let end = if named { stop - 1 } else { stop };
        for k in [T::Comma, T::Ident, T::Eq, T::LBrace] {
            self.insert(k);
        }
        self.init_elements(lo, end)?;
        self.insert(T::RBrace);
        Ok(stop)
    }

    /// A word alone, with or without `;`: a macro.
    fn lone_name(&mut self, lo: usize, name: usize, hi: usize) -> Result<(), Cause> {
        if self.kind(name) != T::Ident || (lo..name).any(|j| !is_storage(self.kind(j))) {
            return Err("no declaration");
        }
        self.note("lone macro", name);
        let index = self.storage_spec(lo, name);
        self.insert_role(T::KwInt, Role::MacroDecl, index);
        self.insert(T::Ident);
        self.insert(T::Eq);
        self.put_as(name, T::Ident);
        if name + 1 < hi {
            self.put(name + 1);
        } else {
            self.insert(T::Semi);
        }
        Ok(())
    }
}

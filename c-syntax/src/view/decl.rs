//! Declarations of the view: specifiers, and what starts a declaration (design of the C front end, 6.4 and 6.6).

use super::{Cause, NONE, Place, Role, Spec, SpecForm, Walk, is_primitive, is_specifier};
use crate::cut::is_storage;
use crate::macros::{looks_like_attribute, spelled_as_type};
use crate::token::TokenKind as T;

/// What the scan of specifiers found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Specs {
    /// One past the specifiers.
    pub end: usize,
    /// Whether there is a type among them.
    pub typed: bool,
    form: SpecForm,
    /// The typedef name, or the token that begins the part of `form`.
    named: usize,
    /// The brace of a body.
    body: usize,
    /// The tag, and one past it.
    tag: Option<(usize, usize)>,
}

impl Walk<'_> {
    /// Finds the specifiers that start at `lo`.
    pub(super) fn scan_specs(&mut self, lo: usize, hi: usize, place: Place) -> Result<Specs, Cause> {
        let mut s = Specs { end: lo, typed: false, form: SpecForm::Words, named: usize::MAX, body: 0, tag: None };
        loop {
            let i = s.end;
            match self.kind_in(i, hi) {
                T::KwStruct | T::KwUnion | T::KwEnum if !s.typed => self.scan_tag(i, hi, &mut s),
                T::KwTypeof if !s.typed && self.kind_in(i + 1, hi) == T::LParen => {
                    (s.form, s.named, s.typed) = (SpecForm::TypeofExpr, i, true);
                    s.end = self.after(i + 1);
                }
                T::KwAlignas | T::KwAtomic if self.kind_in(i + 1, hi) == T::LParen => {
                    s.typed |= self.kind(i) == T::KwAtomic;
                    s.end = self.after(i + 1);
                }
                k if is_primitive(k) => {
                    s.typed = true;
                    s.end += 1;
                }
                k if is_storage(k) || k == T::KwAtomic => s.end += 1,
                T::Ident => {
                    if !self.scan_spec_word(i, hi, place, &mut s) {
                        return Ok(s);
                    }
                }
                _ => return Ok(s),
            }
        }
    }

    /// `struct tag { ... }` and its kin.
    fn scan_tag(&mut self, i: usize, hi: usize, s: &mut Specs) {
        let mut j = i + 1;
        while self.kind_in(j, hi) == T::Ident
            && self.kind_in(j + 1, hi) == T::Ident
            && self.kind_in(j + 2, hi) == T::LBrace
            && looks_like_attribute(self.word(j))
            && !looks_like_attribute(self.word(j + 1))
        {
            self.note("attribute before a tag", j);
            j += 1;
        }
        if self.kind_in(j, hi) == T::Ident {
            s.tag = Some((j, j + 1));
            j += 1;
            if self.kind_in(j, hi) == T::LParen && self.kind_in(self.after(j), hi) == T::LBrace {
                self.note("macro as tag", j - 1);
                j = self.after(j);
                s.tag = s.tag.map(|t| (t.0, j));
            }
            // `struct tag __packed {`.
            while self.kind_in(j, hi) == T::Ident && self.kind_in(j + 1, hi) == T::LBrace {
                self.note("attribute after a tag", j);
                j += 1;
            }
        }
        if self.kind_in(j, hi) == T::LBrace {
            (s.form, s.named, s.body) = (SpecForm::Body, i, j);
            j = self.after(j);
        }
        s.typed = s.tag.is_some() || s.form == SpecForm::Body;
        s.end = j;
    }

    /// A word among specifiers: takes it and what belongs to it, or says that the specifiers end.
    fn scan_spec_word(&mut self, i: usize, hi: usize, place: Place, s: &mut Specs) -> bool {
        let next = self.kind_in(i + 1, hi);
        let after_call = if next == T::LParen { self.kind_in(self.after(i + 1), hi) } else { T::Eof };
        if s.typed {
            return self.scan_word_after_type(i, hi, place, next, after_call, s);
        }
        match next {
            T::Ident => {
                let run = self.word_run(i, hi);
                let (end, named) = self.pick_type(i, run, hi, place);
                (s.end, s.named, s.typed) = (end, named, true);
                true
            }
            T::Star => self.take_type(i, s),
            T::LParen if self.declares_behind_call(self.after(i + 1), hi, place) => {
                self.note("macro before a declaration", i);
                s.end = self.after(i + 1);
                true
            }
            T::LParen if after_call == T::Ident || after_call == T::Star => {
                if self.kind(i + 2) == T::Star && self.mate(i + 1) == i + 3 {
                    return false;
                }
                self.note("macro as type", i);
                (s.form, s.named, s.typed) = (SpecForm::MacroType, i, true);
                s.end = self.after(i + 1);
                true
            }
            T::LParen if is_specifier(after_call) => {
                self.note("macro before a declaration", i);
                s.end = self.after(i + 1);
                true
            }
            T::LParen => {
                let star = matches!(self.kind(i + 2), T::Star | T::Caret)
                    || (self.kind(i + 2) == T::Ident && self.kind(i + 3) == T::Star && after_call == T::LParen);
                let nameless = matches!(place, Place::TypeName | Place::Param) && after_call != T::Eof;
                if star || (nameless && self.is_type(i)) || (self.is_type(i) && after_call == T::LParen) {
                    self.take_type(i, s)
                } else {
                    false
                }
            }
            k if is_primitive(k) || matches!(k, T::KwStruct | T::KwUnion | T::KwEnum | T::KwTypeof) => {
                self.note("attribute before a type", i);
                s.end += 1;
                true
            }
            k if is_storage(k) => {
                // `type const *x`, `T static x`; or `MACRO static int x`.
                let mut j = i + 1;
                while is_storage(self.kind_in(j, hi)) {
                    j += 1;
                }
                if is_specifier(self.kind_in(j, hi))
                    || (self.kind_in(j, hi) == T::Ident && matches!(self.kind_in(j + 1, hi), T::Ident | T::Star))
                {
                    self.note("attribute before a type", i);
                    s.end += 1;
                    true
                } else {
                    self.take_type(i, s)
                }
            }
            T::Colon if place == Place::Field => self.take_type(i, s),
            T::Semi if place == Place::Field => self.take_type(i, s),
            T::Eof | T::Comma | T::LBracket if matches!(place, Place::TypeName | Place::Param) => self.take_type(i, s),
            T::Ellipsis => self.take_type(i, s),
            _ => false,
        }
    }

    /// Whether a type and what it declares stand behind `NAME(...)`, which then stands for an attribute: `NAME(...) type *name`.
    fn declares_behind_call(&self, at: usize, hi: usize, place: Place) -> bool {
        place == Place::Block
            && self.kind_in(at, hi) == T::Ident
            && !self.first_on_line(at)
            && match self.kind_in(at + 1, hi) {
                T::Star => self.kind_in(at + 2, hi) == T::Ident,
                T::Ident => !looks_like_attribute(self.word(at + 1)),
                _ => false,
            }
    }

    fn take_type(&mut self, i: usize, s: &mut Specs) -> bool {
        (s.end, s.named, s.typed) = (i + 1, i, true);
        true
    }

    /// A word after the type: an attribute by its place, or the declared name.
    fn scan_word_after_type(
        &mut self,
        i: usize,
        hi: usize,
        place: Place,
        next: T,
        after_call: T,
        s: &mut Specs,
    ) -> bool {
        let attribute = match next {
            T::Ident => {
                // `int X name`; but in `int name __attr` the name is the first.
                let trailing = looks_like_attribute(self.word(i + 1)) && !looks_like_attribute(self.word(i));
                let end = matches!(self.kind_in(i + 2, hi), T::Semi | T::Eq | T::Comma | T::Eof | T::LBracket);
                let call = self.kind_in(i + 2, hi) == T::LParen
                    && trailing
                    && matches!(self.kind_in(self.after(i + 2), hi), T::Semi | T::Eq | T::Comma | T::Eof | T::LBracket);
                !(trailing && (end || call))
            }
            T::Star => true,
            T::LParen if after_call == T::Ident || after_call == T::Star => {
                if looks_like_attribute(self.word(self.after(i + 1))) && !looks_like_attribute(self.word(i)) {
                    return false;
                }
                self.note("macro among specifiers", i);
                s.end = self.after(i + 1);
                return true;
            }
            T::LParen => {
                // `int __attr (*f)(void)`.
                self.kind(i + 2) == T::Star && after_call == T::LParen && looks_like_attribute(self.word(i))
            }
            k if is_specifier(k) => true,
            T::Eof | T::Comma => place == Place::TypeName,
            _ => false,
        };
        if attribute {
            self.note("attribute among specifiers", i);
            s.end = i + 1;
        }
        attribute
    }

    /// Number of words in a row.
    fn word_run(&self, i: usize, hi: usize) -> usize {
        let mut j = i;
        while self.kind_in(j, hi) == T::Ident && j - i < 8 {
            j += 1;
        }
        j - i
    }

    /// Of a run of at least two words at the start of a declaration: one past the specifiers, and the type.
    fn pick_type(&mut self, i: usize, run: usize, hi: usize, place: Place) -> (usize, usize) {
        let follow = self.kind_in(i + run, hi);
        let mut specs = match follow {
            T::Star => run,
            k if is_specifier(k) => run,
            T::LParen
                if self.kind(i + run + 1) == T::Star
                    && run >= 2
                    && self.mate(i + run) + 1 < hi
                    && self.kind(self.mate(i + run) + 1) == T::LParen =>
            {
                // `T name(*x)(...)` is not C; `T __attr (*name)(...)` is.
                run
            }
            _ => run - 1,
        };
        if specs == run - 1 && run >= 3 {
            // Trailing attributes: `type name __attr ;`, `type name UNUSED ,`.
            let ends = matches!(follow, T::Semi | T::Eq | T::Comma | T::Eof | T::LBracket | T::RParen | T::LParen);
            while specs > 1
                && ends
                && looks_like_attribute(self.word(i + specs))
                && !looks_like_attribute(self.word(i + specs - 1))
                && !self.is_type(i + specs - 1)
            {
                specs -= 1;
            }
        }
        let nameless = matches!(place, Place::TypeName | Place::Param) && specs == run - 1;
        if nameless && run == 2 && matches!(follow, T::Eof | T::Comma) && place == Place::TypeName {
            specs = run;
        }
        let range = i..i + specs;
        let named = range
            .clone()
            .find(|j| spelled_as_type(self.word(*j)))
            .or_else(|| range.clone().rev().find(|j| self.is_type(*j) && !looks_like_attribute(self.word(*j))))
            .or_else(|| range.clone().find(|j| !looks_like_attribute(self.word(*j))))
            .unwrap_or(if specs > 1 { i + specs - 1 } else { i });
        for j in range {
            if j != named {
                self.note("attribute in a run of words", j);
            }
        }
        (i + specs, named)
    }

    /// Writes specifiers found by [`Walk::scan_specs`].
    pub(super) fn put_specs(&mut self, lo: usize, s: &Specs) -> Result<(), Cause> {
        let at = |i: usize| self.k.get(i).copied();
        let spec = Spec {
            lo: at(lo).unwrap_or(NONE),
            hi: if s.end > lo { self.k[s.end - 1] + 1 } else { at(lo).unwrap_or(NONE) },
            named: if s.named == usize::MAX { NONE } else { self.k[s.named] },
            tag: s.tag.map_or((NONE, NONE), |t| (self.k[t.0], self.k[t.1 - 1] + 1)),
            form: s.form,
        };
        let index = self.add_spec(spec);
        match s.form {
            SpecForm::Words => {
                self.insert_role(T::KwInt, Role::Specs, index);
                Ok(())
            }
            SpecForm::Body => {
                let is_enum = self.kind(s.named) == T::KwEnum;
                self.insert_role(if is_enum { T::KwEnum } else { T::KwStruct }, Role::Specs, index);
                self.deeper(|w| if is_enum { w.enum_body(s.body) } else { w.struct_body(s.body) })
            }
            SpecForm::TypeofExpr | SpecForm::TypeofType => self.put_typeof(s, index),
            SpecForm::MacroType => {
                self.insert_role(T::KwStruct, Role::Specs, index);
                self.insert_type_box();
                self.macro_call(s.named)?;
                self.close_type_box();
                Ok(())
            }
        }
    }

    pub(super) fn add_spec(&mut self, spec: Spec) -> u32 {
        self.view.specs.push(spec);
        self.view.specs.len() as u32 - 1
    }

    /// `struct { int i [` ... : a type that holds an expression.
    fn insert_type_box(&mut self) {
        for k in [T::LBrace, T::KwInt, T::Ident, T::LBracket] {
            self.insert(k);
        }
    }

    fn close_type_box(&mut self) {
        for k in [T::RBracket, T::Semi, T::RBrace] {
            self.insert(k);
        }
    }

    fn put_typeof(&mut self, s: &Specs, index: u32) -> Result<(), Cause> {
        let (lo, hi) = (s.named + 2, self.mate(s.named + 1));
        self.insert_role(T::KwStruct, Role::Specs, index);
        self.insert_type_box();
        let typed = self.reads_as_type(lo, hi, true)
            && self
                .attempt(|w| {
                    w.insert(T::KwSizeof);
                    w.insert(T::LParen);
                    w.deeper(|w| w.type_name(lo, hi))?;
                    w.insert(T::RParen);
                    Ok(())
                })
                .is_ok();
        if typed {
            self.view.specs[index as usize].form = SpecForm::TypeofType;
        } else {
            self.deeper(|w| w.expr(lo, hi))?;
        }
        self.close_type_box();
        Ok(())
    }

    /// Writes `lo..hi`, all of it, as a type name.
    pub(super) fn type_name(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        let s = self.scan_specs(lo, hi, Place::TypeName)?;
        if !s.typed {
            return Err("no type");
        }
        self.put_specs(lo, &s)?;
        let end = self.declarator(s.end, hi, Place::TypeName)?;
        if end == hi { Ok(()) } else { Err("tokens after a type") }
    }

    /// Whether a declaration starts at `i`.
    pub(super) fn is_declaration(&self, i: usize, hi: usize) -> bool {
        let first = self.kind_in(i, hi);
        if is_specifier(first) {
            return true;
        }
        if first != T::Ident {
            return false;
        }
        match self.kind_in(i + 1, hi) {
            T::Ident => self.words_declare(i, hi),
            T::Star => self.stars_declare(i + 1, hi, self.is_type(i)),
            T::LParen => self.call_declares(i, hi),
            k if is_specifier(k) => !self.first_on_line(i + 1),
            _ => false,
        }
    }

    fn words_declare(&self, i: usize, hi: usize) -> bool {
        let own_line = self.first_on_line(i) && self.first_on_line(i + 1);
        match self.kind_in(i + 2, hi) {
            T::Semi | T::Eq | T::LBracket | T::Comma | T::Ident | T::Colon | T::Eof => {
                !(own_line && self.kind(i + 2) != T::Ident) || self.is_type(i)
            }
            T::Star => !own_line,
            T::LParen => !own_line || self.is_type(i),
            _ => false,
        }
    }

    /// `X * name ;` with more stars and qualifiers.
    fn stars_declare(&self, i: usize, hi: usize, known: bool) -> bool {
        let mut j = i;
        while matches!(self.kind_in(j, hi), T::Star | T::KwConst | T::KwVolatile | T::KwRestrict) {
            j += 1;
        }
        if self.kind_in(j, hi) == T::LParen {
            return known && self.kind(j + 1) == T::Star;
        }
        while self.kind_in(j, hi) == T::Ident && self.kind_in(j + 1, hi) == T::Ident {
            j += 1;
        }
        self.kind_in(j, hi) == T::Ident
            && match self.kind_in(j + 1, hi) {
                T::Semi | T::Eq | T::Comma => true,
                T::Eof => known,
                // Without a `;`, as an argument, `a * b[c]` is a product.
                T::LBracket => {
                    let after = self.kind_in(self.after(j + 1), hi);
                    known || matches!(after, T::Semi | T::Eq | T::Comma | T::LBracket | T::Ident)
                }
                T::LParen => known,
                T::Colon => known,
                _ => false,
            }
    }

    /// `T (*name)(...)`, `MACRO(x) name ;`.
    fn call_declares(&self, i: usize, hi: usize) -> bool {
        let after = self.after(i + 1);
        match self.kind_in(after, hi) {
            T::LParen => {
                let mut j = i + 2;
                if self.kind(j) != T::Star {
                    return false;
                }
                while matches!(self.kind(j), T::Star | T::KwConst | T::KwVolatile) {
                    j += 1;
                }
                let mut name_end = j + 1;
                while self.kind(name_end) == T::LBracket {
                    name_end = self.after(name_end);
                }
                self.kind(j) == T::Ident
                    && name_end + 1 == after
                    && matches!(self.kind_in(self.after(after), hi), T::Semi | T::Eq | T::Comma | T::Eof)
            }
            T::LBracket => self.is_type(i) && self.kind(i + 2) == T::Star,
            k if is_specifier(k) => !self.first_on_line(after),
            T::Ident if !self.first_on_line(after) => {
                matches!(self.kind_in(after + 1, hi), T::Semi | T::Eq | T::LBracket | T::Comma)
                    || self.declares_behind_call(after, hi, Place::Block)
            }
            T::Star if !self.first_on_line(after) => {
                let mut j = after;
                while self.kind_in(j, hi) == T::Star {
                    j += 1;
                }
                self.kind_in(j, hi) == T::Ident
                    && matches!(self.kind_in(j + 1, hi), T::Semi | T::Eq)
                    && !looks_like_attribute(self.word(j))
            }
            _ => false,
        }
    }

    /// Writes the declaration at `lo`, `;` included, and returns one past it.
    pub(super) fn declaration(&mut self, lo: usize, hi: usize, place: Place) -> Result<usize, Cause> {
        let s = self.scan_specs(lo, hi, place)?;
        if !s.typed && self.is_call(s.end, hi) && s.form == SpecForm::Words {
            return self.macro_decl(lo, s.end, hi);
        }
        if !s.typed && self.kind_in(s.end, hi) == T::Eof {
            return Err("no type");
        }
        self.put_specs(lo, &s)?;
        if self.kind_in(s.end, hi) == T::Semi {
            self.insert(T::Ident);
            self.put(s.end);
            return Ok(s.end + 1);
        }
        self.init_declarators(s.end, hi, place)
    }

    /// Declarators up to the `;`, which is inserted if missing.
    pub(super) fn init_declarators(&mut self, lo: usize, hi: usize, place: Place) -> Result<usize, Cause> {
        let mut i = lo;
        loop {
            i = self.declarator(i, hi, place)?;
            if self.kind_in(i, hi) == T::Eq {
                self.put(i);
                let end = self.init_end(i + 1, hi);
                self.init_value(i + 1, end)?;
                i = end;
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
                // A function in a block (or in a macro body).
                T::LBrace if place == Place::Block && self.kind(i - 1) == T::RParen => {
                    self.block(i)?;
                    return Ok(self.after(i));
                }
                _ => return Err("tokens in a declaration"),
            }
        }
    }

    /// Where an initialiser that starts at `i` ends.
    pub(super) fn init_end(&self, i: usize, hi: usize) -> usize {
        let mut j = i;
        while j < hi && !matches!(self.kind(j), T::Comma | T::Semi) {
            j = self.after(j);
        }
        j
    }
}

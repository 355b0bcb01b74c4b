//! Expressions and macro arguments of the view (design of the C front end, 6.6: calls, expressions).

use super::{Cause, NONE, Role, Walk, is_specifier, is_statement_word};
use crate::cut::is_storage;
use crate::grammar::precedence::is_assignment;
use crate::macros::looks_like_attribute;
use crate::token::TokenKind as T;

/// Binary operators, assignments and the comma.
const fn is_infix(kind: T) -> bool {
    matches!(
        kind,
        T::Plus
            | T::Minus
            | T::Star
            | T::Slash
            | T::Percent
            | T::Amp
            | T::Pipe
            | T::Caret
            | T::AmpAmp
            | T::PipePipe
            | T::Shl
            | T::Shr
            | T::Lt
            | T::Gt
            | T::Le
            | T::Ge
            | T::EqEq
            | T::Ne
            | T::Min
            | T::Max
            | T::Comma
    ) || is_assignment(kind)
}

impl Walk<'_> {
    /// Writes `lo..hi` as an expression, comma operators included.
    pub(super) fn expr(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if lo >= hi {
            return Err("empty expression");
        }
        let mut i = lo;
        let mut operand = false;
        while i < hi {
            (i, operand) = if operand { self.after_operand(i, hi)? } else { self.operand(i, hi)? };
        }
        if operand { Ok(()) } else { Err("expression ends in an operator") }
    }

    /// One step where an operand is expected: the next place, and whether an operand is complete.
    fn operand(&mut self, i: usize, hi: usize) -> Result<(usize, bool), Cause> {
        match self.kind(i) {
            T::LParen => self.paren(i, hi),
            T::Ident | T::KwStaticAssert => self.operand_word(i, hi),
            T::Str => {
                if let Some(end) = self.string_run(i, hi)? {
                    return Ok((end, true));
                }
                self.put(i);
                Ok((i + 1, true))
            }
            T::Number | T::Char => {
                if self.kind_in(i + 1, hi) == T::Ident && !self.first_on_line(i + 1) {
                    self.note("number with unit", i);
                    self.put_range(i, i + 2, T::Number, Role::Raw);
                    return Ok((i + 2, true));
                }
                self.put_as(i, T::Number);
                Ok((i + 1, true))
            }
            T::KwSizeof | T::KwAlignof => self.sizeof(i, hi),
            T::AmpAmp if self.kind_in(i + 1, hi) == T::Ident => {
                self.put_role(i, T::Amp, Role::AddrLabel, 0);
                self.put_as(i + 1, T::Ident);
                Ok((i + 2, true))
            }
            T::Amp | T::Star | T::Plus | T::Minus | T::Tilde | T::Bang | T::PlusPlus | T::MinusMinus => {
                self.put(i);
                Ok((i + 1, false))
            }
            T::KwExtension => {
                self.put_as(i, T::Plus);
                Ok((i + 1, false))
            }
            T::KwAsm | T::KwGeneric => {
                let mut end = i + 1;
                while end < hi && self.kind(end) != T::LParen {
                    end += 1;
                }
                let end = if end < hi { self.after(end) } else { hi };
                self.put_range(i, end, T::Number, Role::Raw);
                Ok((end, true))
            }
            k if is_specifier(k) => Err("type in an expression"),
            T::LBrace => Err("brace in an expression"),
            _ => Err("operator without operand"),
        }
    }

    fn operand_word(&mut self, i: usize, hi: usize) -> Result<(usize, bool), Cause> {
        if let Some(end) = self.string_run(i, hi)? {
            return Ok((end, true));
        }
        let next = self.kind_in(i + 1, hi);
        self.put_as(i, if is_assignment(next) { T::Ident } else { T::Number });
        Ok((i + 1, true))
    }

    /// One step after a complete operand.
    fn after_operand(&mut self, i: usize, hi: usize) -> Result<(usize, bool), Cause> {
        match self.kind(i) {
            T::LParen => {
                let close = self.mate(i);
                self.put(i);
                self.deeper(|w| w.args(i + 1, close))?;
                self.put(close);
                Ok((close + 1, true))
            }
            T::LBracket => {
                let close = self.mate(i);
                self.put(i);
                // The grammar has no comma here.
                let comma = self.find(i + 1, close, T::Comma).is_some();
                if i + 1 == close {
                    self.insert(T::Number);
                } else if comma {
                    self.insert(T::LParen);
                    self.deeper(|w| w.expr(i + 1, close))?;
                    self.insert(T::RParen);
                } else {
                    self.deeper(|w| w.expr(i + 1, close))?;
                }
                self.put(close);
                Ok((close + 1, true))
            }
            T::Dot | T::Arrow => {
                let next = self.kind_in(i + 1, hi);
                if next != T::Ident && !next.is_keyword() {
                    return Err("member without a name");
                }
                self.put(i);
                self.put_as(i + 1, T::Ident);
                Ok((i + 2, true))
            }
            T::PlusPlus | T::MinusMinus => {
                self.put_role(i, T::LBracket, Role::Postfix, 0);
                self.insert(T::Number);
                self.insert(T::RBracket);
                Ok((i + 1, true))
            }
            T::Question | T::Colon => {
                self.put(i);
                if self.kind(i) == T::Question && self.kind_in(i + 1, hi) == T::Colon {
                    self.put(i + 1);
                    return Ok((i + 2, false));
                }
                Ok((i + 1, false))
            }
            T::Ellipsis => {
                self.put_as(i, T::PipePipe);
                Ok((i + 1, false))
            }
            k if is_infix(k) => {
                // The grammar does not know the old GNU operators.
                let known = match k {
                    T::Min => T::Lt,
                    T::Max => T::Gt,
                    T::MinEq | T::MaxEq => T::PlusEq,
                    k => k,
                };
                self.put_as(i, known);
                Ok((i + 1, false))
            }
            T::LBrace => Err("block after an operand"),
            _ => Err("two operands side by side"),
        }
    }

    /// A parenthesis where an operand is expected: cast, compound literal, statement expression, or grouping.
    fn paren(&mut self, i: usize, hi: usize) -> Result<(usize, bool), Cause> {
        let close = self.mate(i);
        if self.kind(i + 1) == T::LBrace && self.mate(i + 1) + 1 == close {
            self.put(i);
            self.deeper(|w| w.block(i + 1))?;
            self.put(close);
            return Ok((close + 1, true));
        }
        let next = self.kind_in(close + 1, hi);
        if self.is_type_paren(i, next) {
            let mark = self.mark();
            self.put(i);
            let read = self.deeper(|w| w.type_name(i + 1, close));
            if read.is_ok() {
                self.put(close);
                if next == T::LBrace {
                    let end = self.deeper(|w| w.init_list(close + 1))?;
                    return Ok((end, true));
                }
                return if next == T::Eof { Err("type without operand") } else { Ok((close + 1, false)) };
            }
            self.rewind(mark);
        }
        self.put(i);
        if i + 1 == close {
            self.insert(T::Number);
        } else {
            self.deeper(|w| w.expr(i + 1, close))?;
        }
        self.put(close);
        Ok((close + 1, true))
    }

    /// Whether `( ... )` at `i`, followed by `next`, holds a type and not an expression.
    fn is_type_paren(&mut self, i: usize, next: T) -> bool {
        let (lo, close) = (i + 1, self.mate(i));
        // `(T)(U)x`: after a call no operand can stand.
        let chain = next == T::LParen && matches!(self.kind(self.after(close + 1)), T::Ident | T::Number | T::KwSizeof);
        if chain && self.reads_as_type(lo, close, false) {
            return true;
        }
        let starts = matches!(
            next,
            T::Ident
                | T::Number
                | T::Str
                | T::Char
                | T::LParen
                | T::Tilde
                | T::Bang
                | T::Amp
                | T::Star
                | T::Plus
                | T::Minus
                | T::PlusPlus
                | T::MinusMinus
                | T::KwSizeof
                | T::KwAlignof
                | T::LBrace
                | T::AmpAmp
                | T::KwExtension
                | T::KwGeneric
        );
        starts
            && self.reads_as_type(
                lo,
                close,
                matches!(
                    next,
                    T::LParen | T::Amp | T::Star | T::Plus | T::Minus | T::PlusPlus | T::MinusMinus | T::AmpAmp
                ),
            )
    }

    /// Whether `lo..hi` has the form of a type name; a lone word decides by what is known if `ambiguous`.
    pub(super) fn reads_as_type(&self, lo: usize, hi: usize, ambiguous: bool) -> bool {
        let first = self.kind_in(lo, hi);
        if is_specifier(first) {
            return first != T::KwAttribute;
        }
        if first != T::Ident {
            return false;
        }
        let mut j = lo + 1;
        if is_specifier(self.kind_in(j, hi)) && looks_like_attribute(self.word(lo)) {
            return true;
        }
        if self.kind_in(j, hi) == T::LParen {
            // `MACRO(x) *`, or a function type `T (*)(...)`.
            let end = self.after(j);
            if self.kind_in(j + 1, hi) == T::Star && matches!(self.kind_in(end, hi), T::LParen | T::LBracket) {
                return self.after(end) == hi && self.mate(j) == j + 2;
            }
            let mut s = end;
            while self.kind_in(s, hi) == T::Star {
                s += 1;
            }
            return s > end && s == hi;
        }
        let mut stars = 0;
        let mut words = 0;
        while j < hi {
            match self.kind(j) {
                T::Star => stars += 1,
                T::KwConst | T::KwVolatile | T::KwRestrict | T::KwAtomic => words += 1,
                T::Ident if stars == 0 && looks_like_attribute(self.word(j)) => words += 1,
                T::Ident if stars > 0 && self.word(j).starts_with(b"__") => words += 1,
                T::LBracket if stars > 0 || self.is_type(lo) => {
                    return self.after(j) == hi;
                }
                _ => return false,
            }
            j += 1;
        }
        stars > 0 || words > 0 || !ambiguous || self.is_type(lo)
    }

    fn sizeof(&mut self, i: usize, hi: usize) -> Result<(usize, bool), Cause> {
        self.put_as(i, T::KwSizeof);
        if self.kind_in(i + 1, hi) != T::LParen {
            return Ok((i + 1, false));
        }
        let close = self.mate(i + 1);
        let next = self.kind_in(close + 1, hi);
        let postfix = matches!(next, T::Arrow | T::Dot | T::LBracket | T::LBrace);
        if !postfix && self.reads_as_type(i + 2, close, true) {
            let mark = self.mark();
            self.put(i + 1);
            if self.deeper(|w| w.type_name(i + 2, close)).is_ok() {
                self.put(close);
                return Ok((close + 1, true));
            }
            self.rewind(mark);
        }
        Ok((i + 1, false))
    }

    /// A run of strings and macros with at least one string and two parts, as the call `i ( part , part )`.
    fn string_run(&mut self, i: usize, hi: usize) -> Result<Option<usize>, Cause> {
        let mut follow = i + 1;
        if self.kind(i) != T::Str && self.kind_in(follow, hi) == T::LParen {
            follow = self.after(follow);
        }
        if !matches!(self.kind_in(follow, hi), T::Str | T::Ident) {
            return Ok(None);
        }
        // Words in a row are a run only before a string.
        let mut ahead = follow;
        while self.kind_in(ahead, hi) == T::Ident && ahead < follow + 6 {
            ahead += 1;
        }
        let leads = self.kind_in(ahead, hi) == T::Str;
        let (mut j, mut strings, mut parts) = (i, 0usize, 0usize);
        let mut last_word = None;
        loop {
            let known_string = self.kind_in(j, hi) == T::Ident && self.is_known_string(j);
            match self.kind_in(j, hi) {
                T::Str => {
                    strings += 1;
                    last_word = None;
                    j += 1;
                }
                T::Ident => {
                    if parts > 0 && strings == 0 && !leads && !known_string {
                        // A word after a word is no string run unless a string is near.
                        break;
                    }
                    strings += usize::from(known_string);
                    last_word = Some(j);
                    j = if self.kind_in(j + 1, hi) == T::LParen { self.after(j + 1) } else { j + 1 };
                }
                _ => break,
            }
            parts += 1;
            if parts == 1 && strings == 0 && !leads {
                return Ok(None);
            }
        }
        if let Some(w) = last_word {
            let next = self.kind_in(j, hi);
            let fits = matches!(
                next,
                T::Eof
                    | T::RParen
                    | T::Comma
                    | T::Semi
                    | T::RBrace
                    | T::RBracket
                    | T::Colon
                    | T::Question
                    | T::Plus
                    | T::LBracket
                    | T::Eq
            );
            if !fits {
                j = w;
                parts -= 1;
            }
        }
        if parts < 2 || strings == 0 {
            return Ok(None);
        }
        self.insert_role(T::Ident, Role::StringRun, 0);
        self.insert(T::LParen);
        let mut p = i;
        while p < j {
            if p > i {
                self.insert(T::Comma);
            }
            if self.kind(p) == T::Str {
                self.put(p);
                p += 1;
            } else if self.kind_in(p + 1, j) == T::LParen {
                p = self.macro_call(p)?;
            } else {
                self.note("string macro", p);
                self.put_as(p, T::Number);
                p += 1;
            }
        }
        self.insert(T::RParen);
        Ok(Some(j))
    }

    fn is_known_string(&self, i: usize) -> bool {
        let name = self.tok(i).sym;
        self.known.facts.is_string(name) || self.known.tables.is_string(name)
    }

    // ---- arguments

    /// Writes the arguments of a call.
    pub(super) fn args(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if lo == hi {
            return Ok(());
        }
        let mut at = lo;
        loop {
            let end = self.find(at, hi, T::Comma).unwrap_or(hi);
            self.arg(at, end)?;
            if end == hi {
                return Ok(());
            }
            self.put(end);
            at = end + 1;
        }
    }

    /// Writes one argument: an expression, a type, statements, or tokens.
    fn arg(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        if lo == hi {
            self.insert_role(T::Number, Role::EmptyArg, 0);
            return Ok(());
        }
        let first = self.kind(lo);
        let block = first == T::LBrace && self.after(lo) == hi && self.looks_like_block(lo);
        if block && self.attempt(|w| w.block_arg(lo)).is_ok() {
            return Ok(());
        }
        let word = first == T::Ident || is_specifier(first);
        if word
            && (is_specifier(first) || self.reads_as_type(lo, hi, true) && !self.lone(lo, hi))
            && self.attempt(|w| w.type_arg(lo, hi)).is_ok()
        {
            self.note("type as argument", lo);
            return Ok(());
        }
        let statements = is_statement_word(first)
            || is_storage(first)
            || is_specifier(first)
            || (first != T::LBrace && self.find(lo, hi, T::Semi).is_some())
            || self.is_declaration(lo, hi);
        if statements && first != T::KwElse && self.attempt(|w| w.stmt_arg(lo, hi)).is_ok() {
            self.note("statements as argument", lo);
            return Ok(());
        }
        if !statements && self.attempt(|w| w.expr(lo, hi)).is_ok() {
            return Ok(());
        }
        self.note("tokens as argument", lo);
        self.put_range(lo, hi, T::Number, Role::Raw);
        Ok(())
    }

    fn lone(&self, lo: usize, hi: usize) -> bool {
        hi == lo + 1
    }

    fn looks_like_block(&self, open: usize) -> bool {
        let close = self.mate(open);
        open + 1 == close
            || self.kind(close - 1) == T::Semi
            || self.kind(close - 1) == T::RBrace
            || self.find(open + 1, close, T::Semi).is_some()
    }

    fn block_arg(&mut self, lo: usize) -> Result<(), Cause> {
        let before = self.view.partial.len();
        self.deeper(|w| w.block(lo))?;
        if self.view.partial.len() > before { Err("statement in an argument") } else { Ok(()) }
    }

    fn type_arg(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        self.insert_role(T::LParen, Role::TypeArg, 0);
        self.deeper(|w| w.type_name(lo, hi))?;
        self.insert(T::RParen);
        self.insert(T::Number);
        Ok(())
    }

    fn stmt_arg(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        let before = self.view.partial.len();
        self.insert_role(T::LBrace, Role::StmtArg, NONE);
        self.deeper(|w| w.stmts(lo, hi))?;
        self.insert(T::RBrace);
        if self.view.partial.len() > before { Err("statement in an argument") } else { Ok(()) }
    }
}

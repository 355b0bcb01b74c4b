//! Statements of the view (design of the C front end, 6.6: statements).

use super::{Cause, Place, Role, TOO_DEEP, TOO_HARD, Walk, is_specifier, is_statement_word};
use crate::macros::looks_like_iterator;
use crate::token::TokenKind as T;

/// What a macro call at the start of a statement is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Use {
    Expression,
    Iterator,
    Statement,
    Declaration,
}

impl Walk<'_> {
    /// Writes the block whose brace is at `open`.
    pub(super) fn block(&mut self, open: usize) -> Result<(), Cause> {
        let close = self.mate(open);
        self.put(open);
        self.deeper(|w| w.stmts(open + 1, close))?;
        self.put(close);
        Ok(())
    }

    /// Writes the statements of `lo..hi`.
    pub(super) fn stmts(&mut self, lo: usize, hi: usize) -> Result<(), Cause> {
        let mut i = lo;
        while i < hi {
            i = self.stmt(i, hi)?.max(i + 1);
        }
        Ok(())
    }

    /// Writes one statement; one that cannot be read is collapsed and counted.
    fn stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let mark = self.mark();
        match self.attempt(|w| w.deeper(|w| w.stmt_inner(lo, hi))) {
            Ok(end) if self.bad.is_empty() || !self.takes_bad(lo, end) => Ok(end),
            Ok(end) => {
                self.rewind(mark);
                self.collapse(lo, end.max(lo + 1), "the grammar found an error in a statement");
                Ok(end)
            }
            Err(cause @ (TOO_DEEP | TOO_HARD)) => Err(cause),
            Err(cause) => {
                let end = self.statement_end(lo, hi).max(lo + 1);
                self.collapse(lo, end, cause);
                Ok(end)
            }
        }
    }

    /// Writes the tokens `lo..end` as an expression statement that was not read further.
    fn collapse(&mut self, lo: usize, end: usize, cause: Cause) {
        self.note(cause, lo);
        self.view.partial.push((self.k[lo], cause));
        self.put_range(lo, end, T::Number, Role::Raw);
        self.insert(T::Semi);
    }

    /// Whether the grammar found an error in `lo..end` that no inner statement accounts for.
    fn takes_bad(&mut self, lo: usize, end: usize) -> bool {
        let range = self.k[lo]..=self.k[end.max(lo + 1) - 1];
        let before = self.bad.len();
        self.bad.retain(|t| !range.contains(t));
        self.bad.len() < before
    }

    /// Where a statement that could not be read ends: after `;` or a block outside brackets.
    fn statement_end(&self, lo: usize, hi: usize) -> usize {
        let mut i = lo;
        while i < hi {
            match self.kind(i) {
                T::Semi => return i + 1,
                T::LBrace => {
                    let end = self.after(i);
                    let goes_on =
                        matches!(self.kind_in(end, hi), T::KwElse | T::KwWhile | T::RParen | T::Comma | T::Semi);
                    if !goes_on {
                        return end;
                    }
                    i = end;
                }
                _ => i = self.after(i),
            }
        }
        hi
    }

    /// The body of `if`, a loop and so on.
    fn body(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        if lo >= hi || self.kind(lo) == T::KwElse {
            self.insert(T::Semi);
            return Ok(lo);
        }
        self.stmt(lo, hi)
    }

    fn stmt_inner(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        match self.kind(lo) {
            T::LBrace => {
                self.block(lo)?;
                Ok(self.mate(lo) + 1)
            }
            T::Semi => {
                self.put(lo);
                Ok(lo + 1)
            }
            T::KwIf => self.if_chain(lo, hi),
            T::KwWhile | T::KwSwitch => {
                let body = self.condition(lo, hi)?;
                self.body(body, hi)
            }
            T::KwFor => self.for_stmt(lo, hi),
            T::KwDo => self.do_stmt(lo, hi),
            T::KwCase | T::KwDefault => self.case(lo, hi),
            T::KwGoto => self.goto_stmt(lo, hi),
            T::KwReturn | T::KwBreak | T::KwContinue => {
                self.put(lo);
                let end = self.simple_end(lo + 1, hi);
                if end > lo + 1 {
                    if self.kind(lo) != T::KwReturn {
                        return Err("tokens after a jump");
                    }
                    self.expr(lo + 1, end)?;
                }
                Ok(self.semi(end, hi))
            }
            T::KwAsm => {
                let end = self.simple_end(lo, hi);
                let past = if self.kind_in(end, hi) == T::Semi { end + 1 } else { end };
                self.asm(lo, past);
                self.insert(T::Semi);
                Ok(past)
            }
            T::KwElse => Err("else without if"),
            T::KwStaticAssert => self.expr_stmt(lo, hi),
            T::Ident => self.word_stmt(lo, hi),
            k if is_specifier(k) => self.declaration_stmt(lo, hi),
            _ => self.expr_stmt(lo, hi),
        }
    }

    /// A declaration, or a nested function.
    fn declaration_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        self.declaration(lo, hi, Place::Block)
    }

    /// `if`, with its `else if` chain in a loop.
    fn if_chain(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let mut i = lo;
        loop {
            let body = self.condition(i, hi)?;
            i = self.body(body, hi)?;
            if self.kind_in(i, hi) != T::KwElse {
                return Ok(i);
            }
            self.put(i);
            i += 1;
            if self.kind_in(i, hi) != T::KwIf {
                return self.body(i, hi);
            }
        }
    }

    /// `word ( expr )`; returns one past it.
    fn condition(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        if self.kind_in(lo + 1, hi) != T::LParen {
            if !self.is_call(lo + 1, hi) {
                return Err("condition without parentheses");
            }
            self.put(lo);
            self.insert(T::LParen);
            let end = self.macro_call(lo + 1)?;
            self.insert(T::RParen);
            return Ok(end);
        }
        let close = self.mate(lo + 1);
        // The grammar wants a block after `switch`.
        let plain_switch = self.kind(lo) == T::KwSwitch && self.kind_in(close + 1, hi) != T::LBrace;
        self.put_as(lo, if plain_switch { T::KwWhile } else { self.kind(lo) });
        self.put(lo + 1);
        if lo + 2 == close {
            self.insert(T::Number);
        } else {
            self.deeper(|w| w.expr(lo + 2, close))?;
        }
        self.put(close);
        Ok(close + 1)
    }

    fn for_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        if self.kind_in(lo + 1, hi) != T::LParen {
            return Err("for without parentheses");
        }
        let close = self.mate(lo + 1);
        if self.kind_in(lo + 2, close) == T::Ident
            && (lo + 3 == close || self.is_call(lo + 2, close) && self.after(lo + 3) == close)
        {
            return self.for_macro(lo, close, hi);
        }
        let first = self.find(lo + 2, close, T::Semi);
        let second = first.and_then(|f| self.find(f + 1, close, T::Semi));
        let (Some(first), Some(second)) = (first, second) else { return Err("for without two semicolons") };
        if self.find(second + 1, close, T::Semi).is_some() {
            return Err("for with three semicolons");
        }
        self.put(lo);
        self.put(lo + 1);
        if self.is_declaration(lo + 2, first) {
            self.declaration(lo + 2, first + 1, Place::Block)?;
        } else {
            if lo + 2 < first {
                self.expr(lo + 2, first)?;
            }
            self.put(first);
        }
        if first + 1 < second {
            self.expr(first + 1, second)?;
        }
        self.put(second);
        if second + 1 < close {
            self.expr(second + 1, close)?;
        }
        self.put(close);
        self.body(close + 1, hi)
    }

    /// `for (all_elements(list, node))`: the macro stands for all three parts. An iterator of the name `for`.
    fn for_macro(&mut self, lo: usize, close: usize, hi: usize) -> Result<usize, Cause> {
        self.note("macro as head of a for loop", lo);
        self.insert_role(T::KwWhile, Role::Iterator, 0);
        self.insert(T::LParen);
        self.put_as(lo, T::Ident);
        self.put(lo + 1);
        self.expr(lo + 2, close)?;
        self.put(close);
        self.insert(T::RParen);
        self.body(close + 1, hi)
    }

    fn do_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        self.put(lo);
        let i = self.body(lo + 1, hi)?;
        let end = if self.kind_in(i, hi) == T::KwWhile {
            self.condition(i, hi)?
        } else if self.is_call(i, hi) {
            self.note("macro ends a do loop", i);
            self.insert(T::KwWhile);
            self.insert(T::LParen);
            let end = self.macro_call(i)?;
            self.insert(T::RParen);
            end
        } else {
            return Err("do without while");
        };
        Ok(self.semi(end, hi))
    }

    /// `case e :`, `default :`. What follows is read as the next statement.
    fn case(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        self.put(lo);
        let mut i = lo + 1;
        let mut open = 0usize;
        while i < hi {
            match self.kind(i) {
                T::Question => open += 1,
                T::Colon if open == 0 => break,
                T::Colon => open -= 1,
                T::Semi => break,
                _ => {}
            }
            i = self.after(i);
        }
        if self.kind_in(i, hi) != T::Colon {
            return Err("case without colon");
        }
        if self.kind(lo) == T::KwCase {
            self.expr(lo + 1, i)?;
        } else if i != lo + 1 {
            return Err("tokens after default");
        }
        self.put(i);
        Ok(i + 1)
    }

    fn goto_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let end = self.simple_end(lo + 1, hi);
        if self.kind_in(lo + 1, end) == T::Star {
            let star = self.k[lo + 1];
            self.put_role(lo, T::KwReturn, Role::ComputedGoto, star);
            self.expr(lo + 2, end)?;
        } else if end == lo + 2 {
            self.put(lo);
            self.put_as(lo + 1, T::Ident);
        } else {
            return Err("goto without label");
        }
        Ok(self.semi(end, hi))
    }

    /// Where a simple statement ends: at `;`, at the end, or before a statement word that starts a line.
    /// `asm` as `0(e) + 0(e) + 0`: each `e` an operand, each `0` the tokens between. Operands that are no expressions stay tokens.
    fn asm(&mut self, lo: usize, past: usize) {
        let open = (lo..past).find(|i| self.kind(*i) == T::LParen);
        let close = open.map_or(past, |open| self.mate(open)).min(past);
        let mut start = lo;
        let mut i = open.map_or(past, |open| open + 1);
        while i < close {
            let end = self.after(i + 1);
            if self.kind(i) != T::Str || self.kind_in(i + 1, close) != T::LParen || end > close {
                i = self.after(i);
                continue;
            }
            let read = self.attempt(|v| {
                if start > lo {
                    v.insert(T::Plus);
                }
                v.put_range(start, i + 1, T::Number, Role::Asm);
                v.put(i + 1);
                v.deeper(|v| v.expr(i + 2, end - 1))?;
                v.put(end - 1);
                Ok(())
            });
            if read.is_ok() {
                start = end;
            }
            i = end;
        }
        if start > lo {
            self.insert(T::Plus);
        }
        self.put_range(start, past, T::Number, Role::Asm);
    }

    fn simple_end(&self, lo: usize, hi: usize) -> usize {
        let mut i = lo;
        while i < hi {
            let kind = self.kind(i);
            if kind == T::Semi {
                return i;
            }
            if i > lo
                && is_statement_word(kind)
                && (self.first_on_line(i) || kind == T::KwElse)
                && !matches!(self.kind(i - 1), T::Dot | T::Arrow)
            {
                return i;
            }
            i = self.after(i);
        }
        hi
    }

    /// Writes the `;` at `i`, or inserts one; returns one past it.
    fn semi(&mut self, i: usize, hi: usize) -> usize {
        if self.kind_in(i, hi) == T::Semi {
            self.put(i);
            i + 1
        } else {
            self.insert(T::Semi);
            i
        }
    }

    fn expr_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let end = self.simple_end(lo, hi);
        self.expr(lo, end)?;
        Ok(self.semi(end, hi))
    }

    // ---- statements that begin with a word

    fn word_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        match self.kind_in(lo + 1, hi) {
            T::Colon => {
                self.put(lo);
                self.put(lo + 1);
                let next = self.kind_in(lo + 2, hi);
                if next == T::Eof {
                    self.insert(T::Semi);
                    return Ok(lo + 2);
                }
                self.stmt(lo + 2, hi)
            }
            T::LParen => self.call_stmt(lo, hi),
            T::LBrace => {
                self.note("loop macro without arguments", lo);
                self.insert_role(T::KwWhile, Role::Iterator, 0);
                self.insert(T::LParen);
                self.put_as(lo, T::Number);
                self.insert(T::RParen);
                self.body(lo + 1, hi)
            }
            T::Semi | T::Eof => self.expr_stmt(lo, hi),
            _ if self.is_declaration(lo, hi) => self.declaration_stmt(lo, hi),
            next if self.bare_word(lo, next) => {
                self.note("macro statement", lo);
                self.put_as(lo, T::Number);
                self.insert(T::Semi);
                Ok(lo + 1)
            }
            _ => self.expr_stmt(lo, hi),
        }
    }

    /// A word alone on its line before something that starts a statement.
    fn bare_word(&self, lo: usize, next: T) -> bool {
        let starts = next == T::Ident || is_statement_word(next) || is_specifier(next);
        starts && self.first_on_line(lo + 1)
    }

    fn call_stmt(&mut self, lo: usize, hi: usize) -> Result<usize, Cause> {
        let after = self.after(lo + 1);
        match self.use_of_call(lo, after, hi) {
            Use::Expression => self.expr_stmt(lo, hi),
            Use::Declaration => self.declaration_stmt(lo, hi),
            Use::Statement => {
                self.note("macro statement", lo);
                self.macro_call(lo)?;
                self.insert(T::Semi);
                Ok(after)
            }
            Use::Iterator => {
                self.note("iterator", lo);
                self.insert_role(T::KwWhile, Role::Iterator, 0);
                self.insert(T::LParen);
                self.macro_call(lo)?;
                self.insert(T::RParen);
                self.body(after, hi)
            }
        }
    }

    fn use_of_call(&self, lo: usize, after: usize, hi: usize) -> Use {
        let next = self.kind_in(after, hi);
        let name = self.tok(lo).sym;
        match next {
            T::LBrace => Use::Iterator,
            T::Semi if self.known.tables.is_declarer(name) => Use::Declaration,
            T::Semi => {
                // An iterator with an empty body; calls are expressions.
                if self.named_iterator(lo) && self.known.tables.is_iterator(name) {
                    Use::Iterator
                } else {
                    Use::Expression
                }
            }
            T::Eof | T::KwElse | T::KwCase | T::KwDefault => Use::Statement,
            T::Eq if self.known.tables.is_declarer(name) || self.kind(after + 1) == T::LBrace => Use::Declaration,
            _ if self.call_declares_here(lo, after, hi) => Use::Declaration,
            T::Ident | T::Number | T::Str | T::PlusPlus | T::MinusMinus | T::LParen | T::Star => {
                if matches!(next, T::LParen | T::Star | T::PlusPlus | T::MinusMinus) && !self.first_on_line(after) {
                    if self.named_iterator(lo) { Use::Iterator } else { Use::Expression }
                } else if next == T::Str {
                    Use::Expression
                } else {
                    self.iterator_or_statement(lo, after)
                }
            }
            k if k.is_keyword() && k != T::KwAsm => self.iterator_or_statement(lo, after),
            T::KwAsm => Use::Statement,
            _ => Use::Expression,
        }
    }

    fn call_declares_here(&self, lo: usize, after: usize, hi: usize) -> bool {
        !self.named_iterator(lo)
            && !self.known.tables.is_statement(self.tok(lo).sym)
            && (!self.first_on_line(after) || self.kind(after) == T::LParen)
            && self.is_declaration(lo, hi)
    }

    fn iterator_or_statement(&self, lo: usize, after: usize) -> Use {
        if self.known.tables.is_statement(self.tok(lo).sym) {
            return Use::Statement;
        }
        if self.named_iterator(lo) || !self.first_on_line(after) {
            return Use::Iterator;
        }
        if self.first_on_line(lo) && self.indent(after) > self.indent(lo) { Use::Iterator } else { Use::Statement }
    }

    fn named_iterator(&self, lo: usize) -> bool {
        let name = self.tok(lo).sym;
        self.known.tables.is_iterator(name) || self.known.facts.is_iterator(name) || looks_like_iterator(self.word(lo))
    }
}

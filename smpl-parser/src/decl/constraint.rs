//! Constraints on metavariables (`features.md` 3.2).

use std::sync::Arc;

use c_syntax::{Diagnostic, Span, Sym, TokenKind};

use super::{DeclReader, Read};
use crate::ast::{CompareOp, Constraint, ConstraintItem, MvId, MvKind, ScriptCall};
use crate::file::tok::Tok;
use crate::lexer::ScopeVar;
use crate::regexp::Regexp;

/// How deep constraints may be nested.
const DEEPEST: u32 = 100;

impl DeclReader<'_> {
    /// The constraints that follow a name; none is [`Constraint::True`].
    pub(super) fn constraints(&mut self, own: MvId, depth: u32) -> Read<Constraint> {
        if !self.starts_constraint() {
            return Ok(Constraint::True);
        }
        let mut left = self.conjunction(own, depth)?;
        while self.c.eat(TokenKind::PipePipe) {
            left = Constraint::Or(Box::new(left), Box::new(self.conjunction(own, depth)?));
        }
        Ok(left)
    }

    fn starts_constraint(&self) -> bool {
        match self.c.kind() {
            TokenKind::Eq
            | TokenKind::Ne
            | TokenKind::Bang
            | TokenKind::Le
            | TokenKind::Lt
            | TokenKind::Ge
            | TokenKind::Gt
            | TokenKind::LParen => true,
            TokenKind::Colon => self.c.word_at(1) == Some("script"),
            _ => false,
        }
    }

    fn conjunction(&mut self, own: MvId, depth: u32) -> Read<Constraint> {
        let mut left = self.unit(own, depth)?;
        loop {
            // Constraints one after the other, without an operator, must all hold.
            let more = self.c.eat(TokenKind::AmpAmp) || self.starts_constraint();
            if !more {
                return Ok(left);
            }
            left = Constraint::And(Box::new(left), Box::new(self.unit(own, depth)?));
        }
    }

    fn unit(&mut self, own: MvId, depth: u32) -> Read<Constraint> {
        if depth > DEEPEST {
            return self.expected("a simpler constraint");
        }
        let not = |c| Constraint::Not(Box::new(c));
        if self.c.at_pair(TokenKind::Eq, TokenKind::Tilde) {
            self.c.pos += 2;
            return self.regex();
        }
        if self.c.at_pair(TokenKind::Bang, TokenKind::Tilde) {
            self.c.pos += 2;
            return self.regex().map(not);
        }
        match self.c.kind() {
            TokenKind::Eq => {
                self.c.bump();
                self.items(own).map(Constraint::OneOf)
            }
            TokenKind::Ne => {
                self.c.bump();
                self.items(own).map(|i| not(Constraint::OneOf(i)))
            }
            TokenKind::Bang => {
                self.c.bump();
                self.unit(own, depth + 1).map(not)
            }
            TokenKind::LParen => {
                self.c.bump();
                let inner = self.constraints(own, depth + 1)?;
                if self.c.eat(TokenKind::RParen) { Ok(inner) } else { self.expected("`)`") }
            }
            TokenKind::Colon => {
                self.c.bump();
                self.script_call(own).map(Constraint::Script)
            }
            op @ (TokenKind::Le | TokenKind::Lt | TokenKind::Ge | TokenKind::Gt) => {
                self.c.bump();
                self.compare(op)
            }
            _ => self.expected("a constraint"),
        }
    }

    fn compare(&mut self, op: TokenKind) -> Read<Constraint> {
        if let Some(n) = self.integer() {
            let op = match op {
                TokenKind::Le => CompareOp::Le,
                TokenKind::Lt => CompareOp::Lt,
                TokenKind::Ge => CompareOp::Ge,
                _ => CompareOp::Gt,
            };
            return Ok(Constraint::Compare(op, n));
        }
        if op != TokenKind::Le || self.c.kind() != TokenKind::Ident {
            return self.expected("a number");
        }
        if self.c.kind_at(1) == TokenKind::Dot {
            // What never has a value has no parts.
            return Ok(self.inherited_here()?.map_or_else(never, Constraint::SubTerm));
        }
        let span = self.c.span();
        let name = self.c.word().unwrap_or_default().to_owned();
        self.c.bump();
        match self.out.scope.vars.get(name.as_bytes()) {
            Some(ScopeVar::Var(id)) => Ok(Constraint::SubTerm(*id)),
            _ => self.unknown(span, &name, "metavariable"),
        }
    }

    /// A whole number, with a sign perhaps.
    fn integer(&mut self) -> Option<i64> {
        let minus = self.c.kind() == TokenKind::Minus;
        let t = self.c.nth(usize::from(minus)).filter(|t| t.kind == TokenKind::Number)?;
        let n = number(self.c.text_of(t))?;
        self.c.pos += 1 + usize::from(minus);
        Some(if minus { -n } else { n })
    }

    fn regex(&mut self) -> Read<Constraint> {
        let Some(t) = self.c.bump().filter(|t| t.kind == TokenKind::Str) else {
            self.c.pos -= usize::from(self.c.pos > 0);
            return self.expected("a regular expression in quotes");
        };
        let text = self.c.text_of(t);
        let text = &text[1..text.len().saturating_sub(1).max(1)];
        match Regexp::new(text) {
            Ok(r) => Ok(Constraint::Regex(Arc::new(r))),
            Err(e) => {
                let message = format!("this is no regular expression: {e}");
                self.fail(
                    Diagnostic::error("E028", t.span, message, "cannot be read")
                        .help("regular expressions are those of Perl: `.` is any character, `\\.` a dot"),
                )
            }
        }
    }

    /// One item, or several in braces.
    fn items(&mut self, own: MvId) -> Read<Vec<ConstraintItem>> {
        let mut out = Vec::new();
        if !self.c.eat(TokenKind::LBrace) {
            self.item(own, &mut out)?;
            return Ok(out);
        }
        loop {
            if self.c.eat(TokenKind::RBrace) {
                return Ok(out);
            }
            self.item(own, &mut out)?;
            if !self.c.eat(TokenKind::Comma) && self.c.kind() != TokenKind::RBrace {
                return self.expected("`,` or `}`");
            }
        }
    }

    fn item(&mut self, own: MvId, out: &mut Vec<ConstraintItem>) -> Read {
        let kind = self.out.vars[own.0 as usize].kind.clone();
        if self.c.kind() == TokenKind::Ident
            && self.c.kind_at(1) == TokenKind::Dot
            && self.c.kind_at(3) != TokenKind::Star
        {
            out.extend(self.inherited_here()?.map(ConstraintItem::Var));
            return Ok(());
        }
        let operator = matches!(kind, MvKind::BinaryOp | MvKind::AssignOp);
        if !operator && let Some(from) = self.integer() {
            out.push(self.number_item(from)?);
            return Ok(());
        }
        let word = self.c.word();
        if let Some(ScopeVar::Var(id) | ScopeVar::Attached(id)) =
            word.and_then(|w| self.out.scope.vars.get(w.as_bytes()))
            && *id != own
            && self.c.kind_at(1) != TokenKind::Star
        {
            out.push(ConstraintItem::Var(*id));
            self.c.bump();
            return Ok(());
        }
        let is_type = matches!(kind, MvKind::Type)
            || word.is_some_and(|w| matches!(w, "struct" | "union" | "enum"))
            || word.is_some_and(|w| self.names.typedefs.iter().any(|n| n == w)) && self.c.kind_at(1) == TokenKind::Star;
        let toks = self.item_tokens();
        if toks.is_empty() {
            return self.expected("a value");
        }
        if is_type {
            let ty = self.type_of(&toks)?;
            out.push(ConstraintItem::Type(ty));
            return Ok(());
        }
        let span = toks[0].span.to(toks[toks.len() - 1].span);
        let text = String::from_utf8_lossy(&self.c.text[span.start as usize..span.end as usize]).into_owned();
        out.push(ConstraintItem::Text(Sym::of(text.as_bytes()), text));
        Ok(())
    }

    fn number_item(&mut self, from: i64) -> Read<ConstraintItem> {
        if !self.c.eat(TokenKind::Ellipsis) {
            return Ok(ConstraintItem::Range(from, from));
        }
        match self.integer() {
            Some(to) => Ok(ConstraintItem::Range(from, to)),
            None => self.expected("a number"),
        }
    }

    /// The tokens of an item, up to what can follow one.
    fn item_tokens(&mut self) -> Vec<Tok> {
        let from = self.c.pos;
        let operator = self.c.kind().is_punct()
            && !matches!(self.c.kind(), TokenKind::LParen | TokenKind::Semi | TokenKind::RBrace);
        if operator {
            self.c.bump();
            return self.c.toks[from..self.c.pos].to_vec();
        }
        let mut depth = 0u32;
        loop {
            match self.c.kind() {
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                TokenKind::RParen | TokenKind::RBracket if depth > 0 => depth -= 1,
                TokenKind::Eof | TokenKind::Semi => break,
                TokenKind::Comma
                | TokenKind::RBrace
                | TokenKind::RParen
                | TokenKind::AmpAmp
                | TokenKind::PipePipe
                | TokenKind::Ne
                | TokenKind::Eq
                | TokenKind::Bang
                    if depth == 0 =>
                {
                    break;
                }
                _ => {}
            }
            self.c.bump();
        }
        self.c.toks[from..self.c.pos].to_vec()
    }

    /// `script:lang(params) { code }`, from the word `script`.
    pub(super) fn script_call(&mut self, own: MvId) -> Read<ScriptCall> {
        self.c.eat_word("script");
        if !self.c.eat(TokenKind::Colon) {
            return self.expected("`:` and the language of the script");
        }
        let Some(language) = self.c.word() else { return self.expected("the language of the script") };
        let language = language.to_owned();
        self.c.bump();
        let mut params = Vec::new();
        if self.c.eat(TokenKind::LParen) {
            while !self.c.eat(TokenKind::RParen) {
                params.extend(self.script_param()?);
                if !self.c.eat(TokenKind::Comma) && self.c.kind() != TokenKind::RParen {
                    return self.expected("`,` or `)`");
                }
            }
        }
        let own_name = self.out.vars[own.0 as usize].name.clone();
        if !params.iter().any(|p: &(String, MvId)| p.1 == own) {
            params.push((own_name, own));
        }
        let span = self.braces()?;
        let code = String::from_utf8_lossy(&self.c.text[span.start as usize..span.end as usize]).trim().to_owned();
        let line = 1 + self.c.text[..span.start as usize].iter().filter(|b| **b == b'\n').count() as u32;
        Ok(ScriptCall { language, params, code, line })
    }

    fn script_param(&mut self) -> Read<Option<(String, MvId)>> {
        if self.c.kind_at(1) == TokenKind::Shl {
            let name = self.c.word().unwrap_or_default().to_owned();
            self.c.pos += 2;
            return Ok(self.inherited_here()?.map(|id| (name, id)));
        }
        if self.c.kind_at(1) == TokenKind::Dot {
            let name = self.c.word_at(2).unwrap_or_default().to_owned();
            return Ok(self.inherited_here()?.map(|id| (name, id)));
        }
        let span = self.c.span();
        let Some(name) = self.c.word() else { return self.expected("a metavariable") };
        let name = name.to_owned();
        self.c.bump();
        match self.out.scope.vars.get(name.as_bytes()) {
            Some(ScopeVar::Var(id) | ScopeVar::Attached(id)) => Ok(Some((name, *id))),
            _ => self.unknown(span, &name, "metavariable"),
        }
    }

    /// The bytes between braces.
    fn braces(&mut self) -> Read<Span> {
        let open = self.c.span();
        if !self.c.eat(TokenKind::LBrace) {
            return self.expected("`{`");
        }
        let mut depth = 1u32;
        while let Some(t) = self.c.bump() {
            match t.kind {
                TokenKind::LBrace => depth += 1,
                TokenKind::RBrace if depth == 1 => return Ok(Span::new(open.end, t.span.start)),
                TokenKind::RBrace => depth -= 1,
                _ => {}
            }
        }
        self.expected("`}`")
    }
}

/// A constraint that nothing satisfies.
fn never() -> Constraint {
    Constraint::OneOf(Vec::new())
}

/// The value of an integer constant.
fn number(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(['u', 'U', 'l', 'L']);
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok();
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return i64::from_str_radix(digits, 8).ok();
    }
    digits.parse().ok()
}

//! Expressions, argument lists, string runs.

use super::types::SpecPlace;
use super::{Hooks, NameClass, Parsed, Parser, Place, VarClass, precedence};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;

impl<H: Hooks> Parser<'_, H> {
    /// An expression with commas.
    ///
    /// # Errors
    /// If none can be read.
    pub fn expr(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.assign()?;
        while self.at(TokenKind::Comma) {
            self.start_at(from, SyntaxKind::Comma);
            self.bump();
            self.assign()?;
            self.finish();
        }
        Ok(())
    }

    /// An expression without commas at top level.
    ///
    /// # Errors
    /// If none can be read.
    pub fn assign(&mut self) -> Parsed {
        self.deeper(|p| {
            let from = p.checkpoint();
            p.cond()?;
            let op = precedence::is_assignment(p.kind());
            if op || p.var() == Some(VarClass::AssignOp) || p.assign_disj() {
                p.start_at(from, SyntaxKind::Assign);
                p.operator()?;
                p.assign()?;
                p.finish();
            }
            Ok(())
        })
    }

    /// Whether a disjunction of assignment operators comes next.
    fn assign_disj(&self) -> bool {
        self.at(TokenKind::DisjOpen) && precedence::is_assignment(self.nth(1))
    }

    /// A conditional expression.
    pub(super) fn cond(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.binary(precedence::LOWEST)?;
        if self.at(TokenKind::Question) {
            self.start_at(from, SyntaxKind::Cond);
            self.bump();
            if self.at(TokenKind::Colon) {
                self.builder.empty(SyntaxKind::Absent);
            } else {
                self.expr()?;
            }
            self.expect(TokenKind::Colon)?;
            self.deeper(Self::cond)?;
            self.finish();
        }
        Ok(())
    }

    fn binary(&mut self, min: u8) -> Parsed {
        let from = self.checkpoint();
        self.unary()?;
        while let Some(level) = self.binary_level().filter(|l| *l >= min) {
            self.start_at(from, SyntaxKind::Binary);
            let any = self.var() == Some(VarClass::BinaryOp);
            self.operator()?;
            // `a op b + c` is `(a op b) + c`, and `a && b op c` is `(a && b) op c`.
            let next = if any { precedence::ADDITIVE } else { level } + 1;
            self.deeper(|p| p.binary(next))?;
            self.finish();
        }
        Ok(())
    }

    /// How tightly the binary operator that comes next binds, if one does.
    fn binary_level(&self) -> Option<u8> {
        match self.kind() {
            TokenKind::Ident if self.var() == Some(VarClass::BinaryOp) => Some(precedence::LOWEST),
            TokenKind::DisjOpen if matches!(self.nth(2), TokenKind::DisjOr | TokenKind::DisjClose) => {
                precedence::binary(self.nth(1)).or_else(|| match self.class_at(self.pos + 1) {
                    Some(NameClass::Var(VarClass::BinaryOp)) => Some(precedence::RELATIONAL),
                    _ => None,
                })
            }
            kind => precedence::binary(kind),
        }
    }

    /// A binary or assignment operator: a token, a placeholder, or a disjunction of these.
    fn operator(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::Ident => self.leaf(SyntaxKind::MetaVar),
            TokenKind::DisjOpen => {
                self.start(SyntaxKind::Disj);
                self.bump();
                loop {
                    self.start(SyntaxKind::DisjBranch);
                    if self.at(TokenKind::Ident) {
                        self.leaf(SyntaxKind::MetaVar);
                    } else if precedence::binary(self.kind()).is_some() || precedence::is_assignment(self.kind()) {
                        self.bump();
                    } else {
                        return self.fail("an operator");
                    }
                    self.finish();
                    if !self.eat(TokenKind::DisjOr) {
                        break;
                    }
                }
                self.expect(TokenKind::DisjClose)?;
                self.finish();
            }
            _ => self.bump(),
        }
        Ok(())
    }

    fn unary(&mut self) -> Parsed {
        let kind = match self.kind() {
            TokenKind::PlusPlus | TokenKind::MinusMinus => SyntaxKind::Prefix,
            TokenKind::Amp
            | TokenKind::Star
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Tilde
            | TokenKind::Bang
            | TokenKind::KwExtension => SyntaxKind::Unary,
            TokenKind::AmpAmp => return self.addr_label(),
            TokenKind::KwSizeof | TokenKind::KwAlignof => return self.sizeof(),
            TokenKind::LParen if self.paren_holds_type() => {
                // In C a name may only look like one of a type.
                return if H::PATTERN { self.cast() } else { self.attempt(Self::cast).or_else(|_| self.postfix()) };
            }
            TokenKind::LParen if self.nth(1) == TokenKind::DisjOpen => {
                return self.attempt(Self::cast).or_else(|_| self.postfix());
            }
            _ => return self.postfix(),
        };
        self.deeper(|p| {
            p.start(kind);
            p.bump();
            p.unary()?;
            p.finish();
            Ok(())
        })
    }

    fn addr_label(&mut self) -> Parsed {
        self.start(SyntaxKind::AddrLabel);
        self.bump();
        self.name()?;
        self.finish();
        Ok(())
    }

    fn sizeof(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.bump();
        if self.at(TokenKind::LParen) && self.sizeof_holds_type() {
            let state = self.state();
            let read = self.attempt(|p| {
                p.start_at(from, SyntaxKind::SizeofType);
                p.bump();
                p.type_name()?;
                p.expect(TokenKind::RParen)?;
                // `sizeof (T){ 1 }` has a compound literal as operand.
                if p.at(TokenKind::LBrace) && !H::PATTERN {
                    return p.fail("an operator");
                }
                p.finish();
                Ok(())
            });
            if read.is_ok() {
                return Ok(());
            }
            self.rewind(state);
        }
        self.start_at(from, SyntaxKind::SizeofExpr);
        self.deeper(Self::unary)?;
        self.finish();
        Ok(())
    }

    /// Whether the parenthesis after `sizeof` holds a type.
    fn sizeof_holds_type(&self) -> bool {
        let inner = self.pos + 1;
        self.kind_at(inner) == TokenKind::DisjOpen
            || self.surely_type(inner)
            || self.stars_close(inner)
            || matches!(self.class_at(inner), Some(NameClass::Var(VarClass::Any)))
    }

    /// `name * ... )`: only a type can be followed by stars alone.
    fn stars_close(&self, at: usize) -> bool {
        let mut i = at + 1;
        if self.kind_at(at) != TokenKind::Ident || !matches!(self.kind_at(i), TokenKind::Star | TokenKind::LBracket) {
            return false;
        }
        while matches!(self.kind_at(i), TokenKind::Star | TokenKind::KwConst | TokenKind::KwVolatile) {
            i += 1;
        }
        if self.kind_at(i) == TokenKind::LBracket && self.kind_at(i + 1) == TokenKind::RBracket {
            i += 2;
        }
        self.kind_at(i) == TokenKind::RParen && i > at + 1
    }

    /// Whether the parenthesis that comes next holds the type of a cast or compound literal.
    fn paren_holds_type(&self) -> bool {
        let inner = self.pos + 1;
        if self.surely_type(inner) || self.stars_close(inner) || self.pointer_to_function(inner) {
            return true;
        }
        if !self.may_name_type(inner) || self.kind_at(inner + 1) != TokenKind::RParen {
            return false;
        }
        let after = inner + 2;
        match self.kind_at(after) {
            TokenKind::Number | TokenKind::Char | TokenKind::Str | TokenKind::LBrace => true,
            TokenKind::LParen => self.surely_type(after + 1),
            TokenKind::Tilde | TokenKind::Bang | TokenKind::KwSizeof | TokenKind::KwAlignof => true,
            TokenKind::Ident => !matches!(
                self.class_at(after),
                Some(NameClass::Word | NameClass::Var(VarClass::BinaryOp | VarClass::AssignOp | VarClass::Stmt))
            ),
            _ => false,
        }
    }

    /// `name (*)(...)` inside parentheses.
    fn pointer_to_function(&self, at: usize) -> bool {
        self.may_name_type(at)
            && self.kind_at(at + 1) == TokenKind::LParen
            && self.kind_at(at + 2) == TokenKind::Star
            && self.kind_at(at + 3) == TokenKind::RParen
    }

    fn cast(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.bump();
        self.type_name()?;
        self.expect(TokenKind::RParen)?;
        if self.at(TokenKind::LBrace) {
            self.start_at(from, SyntaxKind::CompoundLit);
            self.init_list()?;
            self.finish();
            return self.postfix_of(from);
        }
        self.start_at(from, SyntaxKind::Cast);
        self.deeper(Self::unary)?;
        self.finish();
        Ok(())
    }

    fn postfix(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.primary()?;
        self.postfix_of(from)
    }

    /// What may follow an operand that started at `from`.
    fn postfix_of(&mut self, from: crate::tree::Checkpoint) -> Parsed {
        loop {
            match self.kind() {
                TokenKind::LParen => {
                    self.start_at(from, SyntaxKind::Call);
                    self.arg_list()?;
                }
                TokenKind::LBracket => {
                    self.start_at(from, SyntaxKind::Index);
                    self.bump();
                    self.expr()?;
                    self.expect(TokenKind::RBracket)?;
                }
                kind @ (TokenKind::Dot | TokenKind::Arrow) => {
                    let kind = if kind == TokenKind::Dot { SyntaxKind::Field } else { SyntaxKind::PtrField };
                    self.start_at(from, kind);
                    self.bump();
                    self.name()?;
                }
                TokenKind::PlusPlus | TokenKind::MinusMinus => {
                    self.start_at(from, SyntaxKind::Postfix);
                    self.bump();
                }
                _ => return Ok(()),
            }
            self.finish();
        }
    }

    fn primary(&mut self) -> Parsed {
        if H::hook(self, Place::Expr)? {
            return Ok(());
        }
        match self.kind() {
            TokenKind::Ident => match self.class() {
                Some(NameClass::Var(VarClass::Expr | VarClass::Ident | VarClass::Any | VarClass::Init))
                    if self.nth(1) != TokenKind::Str =>
                {
                    self.leaf(SyntaxKind::MetaVar);
                }
                Some(NameClass::Var(VarClass::Expr | VarClass::Ident | VarClass::Any)) => return self.string_run(),
                Some(NameClass::Var(VarClass::Declarer | VarClass::Iterator)) if self.nth(1) == TokenKind::LParen => {
                    self.leaf(SyntaxKind::MetaVar);
                }
                Some(NameClass::Typedef) if H::PATTERN => return self.fail("an expression"),
                Some(NameClass::Var(_) | NameClass::Word) => return self.fail("an expression"),
                _ if self.nth(1) == TokenKind::Str || self.macro_before_string() => return self.string_run(),
                _ => self.leaf(SyntaxKind::Ident),
            },
            TokenKind::Number | TokenKind::Char => self.leaf(SyntaxKind::Constant),
            TokenKind::Str => return self.string_run(),
            TokenKind::LParen if self.nth(1) == TokenKind::LBrace => {
                self.start(SyntaxKind::StmtExpr);
                self.bump();
                self.block()?;
                self.expect(TokenKind::RParen)?;
                self.finish();
            }
            TokenKind::LParen => {
                self.start(SyntaxKind::Paren);
                self.bump();
                self.expr()?;
                self.expect(TokenKind::RParen)?;
                self.finish();
            }
            TokenKind::KwGeneric if self.nth(1) == TokenKind::LParen => {
                self.start(SyntaxKind::Generic);
                self.bump();
                self.balanced()?;
                self.finish();
            }
            _ => return self.fail("an expression"),
        }
        Ok(())
    }

    /// `NAME(...) "string"`.
    fn macro_before_string(&self) -> bool {
        self.nth(1) == TokenKind::LParen
            && self.matching(self.pos() + 1).is_some_and(|end| self.kind_at(end) == TokenKind::Str)
    }

    /// Strings and macros that stand for strings, next to each other. One string alone is a StringLit.
    fn string_run(&mut self) -> Parsed {
        let from = self.checkpoint();
        let mut count = 0;
        loop {
            match self.kind() {
                TokenKind::Str => self.leaf(SyntaxKind::StringLit),
                TokenKind::Ident => match self.class() {
                    Some(NameClass::Word) => break,
                    Some(NameClass::Var(VarClass::Expr | VarClass::Ident | VarClass::Any)) => {
                        self.leaf(SyntaxKind::MetaVar);
                    }
                    Some(NameClass::Var(_)) => break,
                    _ => self.string_macro()?,
                },
                _ => break,
            }
            count += 1;
        }
        if count > 1 {
            self.start_at(from, SyntaxKind::StringRun);
            self.finish();
        }
        Ok(())
    }

    fn string_macro(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.leaf(SyntaxKind::Ident);
        if self.at(TokenKind::LParen) {
            self.start_at(from, SyntaxKind::Call);
            self.arg_list()?;
            self.finish();
        }
        Ok(())
    }

    /// `( arguments )`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn arg_list(&mut self) -> Parsed {
        self.start(SyntaxKind::ArgList);
        self.expect(TokenKind::LParen)?;
        if !self.at(TokenKind::RParen) {
            loop {
                self.deeper(Self::arg)?;
                if !self.eat(TokenKind::Comma) || self.comma_before_nothing() {
                    break;
                }
            }
        }
        self.expect(TokenKind::RParen)?;
        self.finish();
        Ok(())
    }

    /// In a pattern, a comma between dots and the closing parenthesis is there for code that is added after it.
    pub(super) fn comma_before_nothing(&self) -> bool {
        H::PATTERN
            && self.at(TokenKind::RParen)
            && self.pos() >= 2
            && self.kind_at(self.pos() - 2) == TokenKind::Ellipsis
    }

    /// One argument of a call or macro.
    ///
    /// # Errors
    /// If none can be read.
    pub fn arg(&mut self) -> Parsed {
        if matches!(self.kind(), TokenKind::Comma | TokenKind::RParen) {
            if H::PATTERN && !self.hooks.lenient() {
                return self.fail("an argument");
            }
            self.builder.empty(SyntaxKind::EmptyArg);
            return Ok(());
        }
        if H::hook(self, Place::Arg)? {
            return Ok(());
        }
        match self.var() {
            Some(VarClass::ExprList) => {
                self.leaf(SyntaxKind::MetaVar);
                return Ok(());
            }
            Some(VarClass::Stmt | VarClass::Decl) => return self.stmt_arg(),
            _ => {}
        }
        // In C, where a type is known by its spelling only, a name alone is an expression.
        let lone = !H::PATTERN
            && self.at(TokenKind::Ident)
            && matches!(self.nth(1), TokenKind::Comma | TokenKind::RParen | TokenKind::Eof);
        let type_first = !lone && self.surely_type(self.pos);
        if type_first && self.attempt(Self::type_arg).is_ok() {
            return Ok(());
        }
        if self
            .attempt(|p| {
                p.assign()?;
                p.arg_end()
            })
            .is_ok()
        {
            return Ok(());
        }
        let may_be_type = self.may_name_type(self.pos()) || self.at(TokenKind::DisjOpen);
        if !type_first && may_be_type && self.attempt(Self::type_arg).is_ok() {
            return Ok(());
        }
        if (!H::PATTERN || self.statement_word()) && self.attempt(Self::stmt_arg).is_ok() {
            return Ok(());
        }
        if H::PATTERN { Err(super::Fail) } else { self.raw_arg() }
    }

    /// Whether what comes next can only start a statement or declaration.
    fn statement_word(&self) -> bool {
        let word = matches!(
            self.kind(),
            TokenKind::LBrace
                | TokenKind::KwIf
                | TokenKind::KwFor
                | TokenKind::KwWhile
                | TokenKind::KwDo
                | TokenKind::KwSwitch
                | TokenKind::KwReturn
                | TokenKind::KwGoto
                | TokenKind::KwBreak
                | TokenKind::KwContinue
        );
        word || self.surely_type(self.pos()) || self.type_by_context(self.pos())
    }

    fn arg_end(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::Comma | TokenKind::RParen | TokenKind::Eof => Ok(()),
            TokenKind::DisjOr | TokenKind::DisjClose | TokenKind::ConjAnd => Ok(()),
            _ => {
                let _: Parsed = self.fail(",");
                self.fail(")")
            }
        }
    }

    fn type_arg(&mut self) -> Parsed {
        self.start(SyntaxKind::TypeArg);
        self.type_name_in(SpecPlace::TypeName)?;
        self.arg_end()?;
        self.finish();
        Ok(())
    }

    fn stmt_arg(&mut self) -> Parsed {
        self.start(SyntaxKind::StmtArg);
        let first = self.pos;
        while !matches!(self.kind(), TokenKind::Comma | TokenKind::RParen | TokenKind::Eof) {
            let from = self.checkpoint();
            if self.attempt(Self::stmt).is_ok() {
                continue;
            }
            // The last statement may lack its `;`, which the macro adds.
            if self.attempt(Self::jump_without_semi).is_ok() || self.attempt(Self::declaration_without_semi).is_ok() {
                break;
            }
            self.start_at(from, SyntaxKind::ExprStmt);
            self.expr()?;
            self.finish();
            break;
        }
        if self.pos == first {
            return self.fail("an argument");
        }
        self.arg_end()?;
        self.finish();
        Ok(())
    }

    fn raw_arg(&mut self) -> Parsed {
        self.start(SyntaxKind::RawArg);
        let first = self.pos;
        loop {
            match self.kind() {
                TokenKind::Comma | TokenKind::RParen | TokenKind::Eof => break,
                TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket => self.balanced()?,
                _ => self.bump(),
            }
        }
        if self.pos == first {
            return self.fail("an argument");
        }
        self.finish();
        Ok(())
    }
}

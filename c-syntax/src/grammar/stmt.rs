//! Statements and lists of them.

use super::types::SpecPlace;
use super::{Hooks, NameClass, Parsed, Parser, Place, VarClass};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;

impl<H: Hooks> Parser<'_, H> {
    /// Whether the next token ends a branch, a nest or the input.
    #[must_use]
    pub fn ends_branch(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::Eof
                | TokenKind::DisjOr
                | TokenKind::ConjAnd
                | TokenKind::DisjClose
                | TokenKind::NestClose
                | TokenKind::NestClosePlus
        )
    }

    /// `{ statements }`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn block(&mut self) -> Parsed {
        self.deeper(|p| {
            p.start(SyntaxKind::Block);
            p.expect(TokenKind::LBrace)?;
            p.stmts()?;
            p.expect(TokenKind::RBrace)?;
            p.finish();
            Ok(())
        })
    }

    /// Statements up to a `}` or the end of the branch.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn stmts(&mut self) -> Parsed {
        while !self.at(TokenKind::RBrace) && !self.ends_branch() {
            if H::PATTERN {
                self.item()?;
            } else {
                self.stmt()?;
            }
        }
        Ok(())
    }

    /// A statement, or in a pattern a bare expression; returns whether it is the latter.
    ///
    /// # Errors
    /// If none can be read.
    pub fn item(&mut self) -> Parsed<bool> {
        if self.attempt(Self::stmt).is_ok() {
            return Ok(false);
        }
        self.attempt(Self::bare_expr)?;
        Ok(true)
    }

    /// An expression without `;`, where only dots or an end follow.
    fn bare_expr(&mut self) -> Parsed {
        self.expr()?;
        if self.ends_branch() || self.at(TokenKind::RBrace) || self.at_dots() { Ok(()) } else { self.fail(";") }
    }

    /// A statement or declaration.
    ///
    /// # Errors
    /// If none can be read.
    pub fn stmt(&mut self) -> Parsed {
        self.deeper(|p| if H::hook(p, Place::Stmt)? { Ok(()) } else { p.plain_stmt() })
    }

    fn plain_stmt(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::LBrace => self.block(),
            TokenKind::KwIf => self.if_stmt(),
            TokenKind::KwWhile => self.while_stmt(),
            TokenKind::KwDo => self.do_stmt(),
            TokenKind::KwFor => self.for_stmt(),
            TokenKind::KwSwitch => {
                self.start(SyntaxKind::Switch);
                self.bump();
                self.condition()?;
                self.body()
            }
            TokenKind::KwCase | TokenKind::KwDefault => self.cases(),
            TokenKind::KwGoto => self.goto_stmt(),
            TokenKind::KwReturn => {
                self.start(SyntaxKind::Return);
                self.bump();
                if !self.at(TokenKind::Semi) {
                    self.expr()?;
                }
                self.semi()
            }
            TokenKind::KwBreak => self.word_stmt(SyntaxKind::Break),
            TokenKind::KwContinue => self.word_stmt(SyntaxKind::Continue),
            TokenKind::KwAsm => self.asm_stmt(),
            TokenKind::KwStaticAssert => {
                self.start(SyntaxKind::MacroDecl);
                self.builder.empty(SyntaxKind::DeclSpecs);
                self.leaf(SyntaxKind::Name);
                self.arg_list()?;
                self.semi()
            }
            TokenKind::KwLabel => {
                self.start(SyntaxKind::MacroStmt);
                self.bump();
                self.expr()?;
                self.semi()
            }
            TokenKind::Directive => self.directive(),
            TokenKind::Semi => self.word_stmt(SyntaxKind::ExprStmt),
            TokenKind::Ident | TokenKind::DisjOpen if self.label_here() => {
                self.start(SyntaxKind::Label);
                self.name()?;
                self.labelled()
            }
            TokenKind::Ident => self.named_stmt(),
            _ => self.declaration_or_expression(),
        }
    }

    /// Whether `name :` comes next.
    fn label_here(&self) -> bool {
        match self.kind() {
            TokenKind::Ident => {
                self.nth(1) == TokenKind::Colon
                    && self.nth(2) != TokenKind::Colon
                    && !matches!(self.class(), Some(NameClass::Word | NameClass::Var(VarClass::Type | VarClass::Stmt)))
            }
            _ => self.matching(self.pos()).is_some_and(|end| self.kind_at(end) == TokenKind::Colon),
        }
    }

    fn named_stmt(&mut self) -> Parsed {
        match self.class() {
            Some(NameClass::Var(VarClass::Stmt)) => {
                self.leaf(SyntaxKind::MetaVar);
                return Ok(());
            }
            Some(NameClass::Var(VarClass::Decl)) => {
                self.start(SyntaxKind::MetaVar);
                self.bump();
                self.eat(TokenKind::Semi);
                self.finish();
                return Ok(());
            }
            Some(NameClass::Iterator | NameClass::Var(VarClass::Iterator))
                if self.nth(1) == TokenKind::LParen && self.statement_after_call() =>
            {
                return self.iterator();
            }
            Some(NameClass::Var(VarClass::Any)) if self.any_is_stmt() => {
                self.leaf(SyntaxKind::MetaVar);
                return Ok(());
            }
            _ => {}
        }
        self.declaration_or_expression()
    }

    /// Whether a macro call that comes next can head a loop. In C, where this is a guess from its name, a statement must follow.
    fn statement_after_call(&self) -> bool {
        H::PATTERN
            || self.matching(self.pos() + 1).is_some_and(|end| {
                let kind = self.kind_at(end);
                matches!(kind, TokenKind::Ident | TokenKind::LBrace | TokenKind::Star | TokenKind::PlusPlus)
                    || kind == TokenKind::LParen && self.indentation(end - self.pos()).is_some()
                    || kind.is_keyword()
            })
    }

    /// A placeholder of any category stands for a statement if what follows can only come after one.
    fn any_is_stmt(&self) -> bool {
        match self.nth(1) {
            TokenKind::RBrace | TokenKind::KwElse => true,
            TokenKind::Ident | TokenKind::Number | TokenKind::LBrace => {
                self.class_at(self.pos() + 1) != Some(NameClass::Word) && !self.type_by_context(self.pos())
            }
            kind => kind.is_keyword() && !self.surely_type(self.pos() + 1),
        }
    }

    fn declaration_or_expression(&mut self) -> Parsed {
        if self.macro_on_own_line() {
            return self.attempt(Self::macro_stmt);
        }
        let macro_type = self.macro_type_here(SpecPlace::Declaration)
            && self.matching(self.pos() + 1).is_some_and(|end| self.indentation(end - self.pos()).is_none());
        let declares = self.surely_type(self.pos())
            || self.macro_declaration_here()
            || macro_type
            || self.type_by_context(self.pos());
        if declares {
            if self.attempt(Self::declaration).is_ok() {
                return Ok(());
            }
            return self.attempt(Self::expr_stmt);
        }
        if self.attempt(Self::expr_stmt).is_ok() {
            return Ok(());
        }
        // A type that only a disjunction or its own syntax shows.
        if matches!(self.kind(), TokenKind::DisjOpen | TokenKind::Ident | TokenKind::KwExtension) {
            return self.attempt(Self::declaration);
        }
        Err(super::Fail)
    }

    /// In C, a word alone on its line that is no type, before what may be a declaration.
    fn macro_on_own_line(&self) -> bool {
        let alone = !H::PATTERN && self.indentation(0).is_some() && self.indentation(1).is_some();
        alone
            && !matches!(self.class(), None | Some(NameClass::Typedef))
            && match self.nth(1) {
                TokenKind::Ident => self.nth(2) != TokenKind::Ident,
                _ => self.surely_type(self.pos() + 1),
            }
    }

    fn expr_stmt(&mut self) -> Parsed {
        let from = self.checkpoint();
        if !H::PATTERN && self.at(TokenKind::Ident) {
            let end =
                if self.nth(1) == TokenKind::LParen { self.matching(self.pos() + 1) } else { Some(self.pos() + 1) };
            match end.map(|at| self.kind_at(at)) {
                Some(TokenKind::LBrace) if self.nth(1) == TokenKind::LParen => return self.iterator(),
                Some(TokenKind::RBrace) => return self.macro_stmt(),
                // `NAME(...)` newline `*p = x;`
                Some(TokenKind::Star | TokenKind::LParen | TokenKind::PlusPlus | TokenKind::MinusMinus)
                    if self.nth(1) == TokenKind::LParen
                        && end.is_some_and(|end| self.indentation(end - self.pos()).is_some()) =>
                {
                    let deeper = end.is_some_and(|end| self.indented_below(end));
                    return if deeper { self.iterator() } else { self.macro_stmt() };
                }
                Some(TokenKind::Eq) if self.initialised_macro() => return self.macro_call(),
                Some(kind) if kind == TokenKind::Ident || kind.is_keyword() => {
                    let goes_on = end.is_some_and(|end| self.indented_below(end));
                    let heads = self.nth(1) == TokenKind::LParen && goes_on && kind != TokenKind::KwElse;
                    return if heads && !matches!(kind, TokenKind::KwCase | TokenKind::KwDefault | TokenKind::KwAsm) {
                        self.iterator()
                    } else {
                        self.macro_stmt()
                    };
                }
                _ => {}
            }
        }
        self.expr()?;
        self.start_at(from, SyntaxKind::ExprStmt);
        self.semi()
    }

    /// Whether the token at `at` stands on the line of the next one, or on a line of its own that is indented deeper.
    fn indented_below(&self, at: usize) -> bool {
        match (self.indentation(0), self.indentation(at - self.pos())) {
            (_, None) => true,
            (Some(head), Some(body)) => body > head,
            (None, Some(_)) => false,
        }
    }

    /// `NAME(...) = {` in C.
    fn initialised_macro(&self) -> bool {
        self.nth(1) == TokenKind::LParen
            && self.matching(self.pos() + 1).is_some_and(|end| self.kind_at(end + 1) == TokenKind::LBrace)
    }

    /// `NAME` or `NAME(...)` without `;`.
    fn macro_stmt(&mut self) -> Parsed {
        self.start(SyntaxKind::MacroStmt);
        self.name()?;
        if self.at(TokenKind::LParen) {
            self.arg_list()?;
        }
        self.finish();
        Ok(())
    }

    fn iterator(&mut self) -> Parsed {
        self.start(SyntaxKind::Iterator);
        self.name()?;
        self.arg_list()?;
        self.body()
    }

    /// A jump without its `;`: the argument of a macro.
    pub(super) fn jump_without_semi(&mut self) -> Parsed {
        let kind = match self.kind() {
            TokenKind::KwReturn => SyntaxKind::Return,
            TokenKind::KwBreak => SyntaxKind::Break,
            TokenKind::KwContinue => SyntaxKind::Continue,
            TokenKind::KwGoto => SyntaxKind::Goto,
            _ => return self.fail("a jump"),
        };
        self.start(kind);
        self.bump();
        if kind == SyntaxKind::Goto {
            self.name()?;
        } else if kind == SyntaxKind::Return && !matches!(self.kind(), TokenKind::Comma | TokenKind::RParen) {
            self.assign()?;
        }
        self.finish();
        Ok(())
    }

    /// `;`, then closes the node.
    fn semi(&mut self) -> Parsed {
        self.expect(TokenKind::Semi)?;
        self.finish();
        Ok(())
    }

    fn word_stmt(&mut self, kind: SyntaxKind) -> Parsed {
        self.start(kind);
        self.bump();
        if kind != SyntaxKind::ExprStmt {
            self.expect(TokenKind::Semi)?;
        }
        self.finish();
        Ok(())
    }

    /// `( condition )`.
    fn condition(&mut self) -> Parsed {
        self.expect(TokenKind::LParen)?;
        self.expr()?;
        self.expect(TokenKind::RParen)
    }

    /// The statement that a header controls, then closes the header's node.
    fn body(&mut self) -> Parsed {
        self.sub_stmt()?;
        self.finish();
        Ok(())
    }

    /// The statement that a header controls. In code with missing parts it may be absent.
    fn sub_stmt(&mut self) -> Parsed {
        let missing = self.at(TokenKind::RBrace) || self.ends_branch() || self.at_dots() || self.at(TokenKind::KwElse);
        if missing && self.hooks.lenient() {
            self.builder.empty(SyntaxKind::Absent);
            return Ok(());
        }
        if H::PATTERN && self.at_dots() && !matches!(self.kind(), TokenKind::NestOpen | TokenKind::NestOpenPlus) {
            return self.fail("a statement");
        }
        self.stmt()
    }

    /// Whether dots or a nest come next.
    fn at_dots(&self) -> bool {
        matches!(self.kind(), TokenKind::Ellipsis | TokenKind::NestOpen | TokenKind::NestOpenPlus)
    }

    fn if_stmt(&mut self) -> Parsed {
        self.start(SyntaxKind::If);
        self.bump();
        self.condition()?;
        self.sub_stmt()?;
        if self.at(TokenKind::KwElse) {
            self.start(SyntaxKind::Else);
            self.bump();
            self.sub_stmt()?;
            self.finish();
        }
        self.finish();
        Ok(())
    }

    fn while_stmt(&mut self) -> Parsed {
        self.start(SyntaxKind::While);
        self.bump();
        self.condition()?;
        self.body()
    }

    fn do_stmt(&mut self) -> Parsed {
        self.start(SyntaxKind::DoWhile);
        self.bump();
        self.sub_stmt()?;
        // A macro can stand for `while`: `do { ... } while_each_thread(g, t);`.
        if !H::PATTERN && self.at(TokenKind::Ident) {
            self.expr()?;
            return self.semi();
        }
        self.expect(TokenKind::KwWhile)?;
        self.condition()?;
        self.semi()
    }

    fn for_stmt(&mut self) -> Parsed {
        if self.at_for_macro() {
            self.start(SyntaxKind::Iterator);
            self.leaf(SyntaxKind::Name);
            self.arg_list()?;
            return self.body();
        }
        self.start(SyntaxKind::For);
        self.bump();
        self.expect(TokenKind::LParen)?;
        let declares = !self.at(TokenKind::Semi)
            && (self.surely_type(self.pos()) || self.type_by_context(self.pos()))
            && self.attempt(Self::declaration).is_ok();
        if !declares {
            self.optional_expr(TokenKind::Semi)?;
            self.expect(TokenKind::Semi)?;
        }
        self.optional_expr(TokenKind::Semi)?;
        self.expect(TokenKind::Semi)?;
        self.optional_expr(TokenKind::RParen)?;
        self.expect(TokenKind::RParen)?;
        self.body()
    }

    /// `for (NAME)`, `for (NAME(...))`: the macro stands for all three parts. The loop is an iterator of the name `for`.
    fn at_for_macro(&self) -> bool {
        let name = self.pos() + 2;
        if self.nth(1) != TokenKind::LParen || self.nth(2) != TokenKind::Ident {
            return false;
        }
        let end = if self.nth(3) == TokenKind::LParen { self.matching(name + 1) } else { Some(name + 1) };
        end.is_some_and(|end| self.kind_at(end) == TokenKind::RParen)
    }

    /// An expression, or Absent if `close` comes next.
    fn optional_expr(&mut self, close: TokenKind) -> Parsed {
        if self.at(close) {
            self.builder.empty(SyntaxKind::Absent);
            return Ok(());
        }
        self.expr()
    }

    fn goto_stmt(&mut self) -> Parsed {
        let computed = self.nth(1) == TokenKind::Star;
        self.start(if computed { SyntaxKind::ComputedGoto } else { SyntaxKind::Goto });
        self.bump();
        if computed {
            self.bump();
            self.expr()?;
        } else {
            self.name()?;
        }
        self.semi()
    }

    /// `:` and the statement after a label, then closes the label's node. Dots and nests stay siblings.
    fn labelled(&mut self) -> Parsed {
        self.expect(TokenKind::Colon)?;
        if self.at(TokenKind::KwAttribute) {
            self.attributes()?;
        }
        let alone = self.at(TokenKind::RBrace) || self.ends_branch() || self.at_dots() || self.at(TokenKind::Eof);
        if alone {
            self.builder.empty(SyntaxKind::Absent);
        } else {
            self.stmt()?;
        }
        self.finish();
        Ok(())
    }

    /// Cases that follow each other, each the statement of the one before: there may be hundreds.
    fn cases(&mut self) -> Parsed {
        let mut open = 0;
        loop {
            let case = self.at(TokenKind::KwCase);
            self.start(if case { SyntaxKind::Case } else { SyntaxKind::Default });
            self.bump();
            if case {
                self.range()?;
            }
            open += 1;
            if self.at(TokenKind::Colon) && matches!(self.nth(1), TokenKind::KwCase | TokenKind::KwDefault) {
                self.bump();
                continue;
            }
            break;
        }
        self.labelled()?;
        for _ in 1..open {
            self.finish();
        }
        Ok(())
    }

    fn asm_stmt(&mut self) -> Parsed {
        self.start(SyntaxKind::AsmStmt);
        while !matches!(self.kind(), TokenKind::LParen | TokenKind::LBrace | TokenKind::Semi | TokenKind::Eof) {
            self.bump();
        }
        match self.kind() {
            TokenKind::LParen => self.asm_operands()?,
            TokenKind::LBrace => self.balanced()?,
            _ => {}
        }
        self.eat(TokenKind::Semi);
        self.finish();
        Ok(())
    }

    /// What stands in the parentheses of an `asm`: tokens, but for the operands behind their constraints.
    fn asm_operands(&mut self) -> Parsed {
        let Some(end) = self.matching(self.pos) else {
            return self.fail("a closing delimiter");
        };
        self.bump();
        while self.pos + 1 < end {
            match self.kind() {
                TokenKind::Str if self.nth(1) == TokenKind::LParen => {
                    self.bump();
                    let operand = self.attempt(|p| {
                        p.bump();
                        p.expr()?;
                        p.expect(TokenKind::RParen)
                    });
                    if operand.is_err() {
                        self.balanced()?;
                    }
                }
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => self.balanced()?,
                _ => self.bump(),
            }
        }
        self.bump();
        Ok(())
    }
}

//! Directives: `#include`, `#define`, `#undef`, `#pragma`, and the bodies of macros.

use super::{Hooks, Parsed, Parser, Place, VarClass};
use crate::kind::SyntaxKind;
use crate::sym::Sym;
use crate::token::TokenKind;

const INCLUDE: Sym = Sym::of(b"#include");
const DEFINE: Sym = Sym::of(b"#define");
const UNDEF: Sym = Sym::of(b"#undef");
const PRAGMA: Sym = Sym::of(b"#pragma");

impl<H: Hooks> Parser<'_, H> {
    /// A directive. Other directives than the four are a DirectiveLine.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn directive(&mut self) -> Parsed {
        let end = self.line_end();
        match self.sym() {
            INCLUDE => self.include(),
            DEFINE => self.until(end, Self::define),
            UNDEF => {
                self.start(SyntaxKind::Undef);
                self.bump();
                self.name()?;
                self.finish();
                Ok(())
            }
            PRAGMA => self.until(end, Self::pragma),
            _ => {
                self.leaf(SyntaxKind::DirectiveLine);
                Ok(())
            }
        }
    }

    /// The index after the last token of the directive that comes next.
    fn line_end(&self) -> usize {
        (self.pos()..self.end()).find(|i| self.hooks.ends_line(self.input(), *i)).map_or(self.end(), |i| i + 1)
    }

    fn include(&mut self) -> Parsed {
        self.start(SyntaxKind::Include);
        self.bump();
        match self.kind() {
            TokenKind::Str => self.leaf(SyntaxKind::StringLit),
            TokenKind::Ellipsis => self.leaf(SyntaxKind::Dots),
            TokenKind::Ident if self.var().is_some() => self.leaf(SyntaxKind::MetaVar),
            TokenKind::Ident => self.leaf(SyntaxKind::Ident),
            TokenKind::DisjOpen => {
                H::hook(self, Place::Expr)?;
            }
            _ => return self.fail("the name of a header"),
        }
        self.finish();
        Ok(())
    }

    fn define(&mut self) -> Parsed {
        self.start(SyntaxKind::Define);
        self.bump();
        let name = self.pos();
        self.name()?;
        if self.at(TokenKind::LParen) && self.pos() == name + 1 && self.hooks.touches_next(self.input(), name) {
            self.macro_params()?;
        }
        self.macro_body()?;
        self.finish();
        Ok(())
    }

    fn macro_params(&mut self) -> Parsed {
        self.start(SyntaxKind::MacroParams);
        self.bump();
        if !self.at(TokenKind::RParen) {
            loop {
                self.macro_param()?;
                if !self.eat(TokenKind::Comma) {
                    break;
                }
            }
        }
        self.expect(TokenKind::RParen)?;
        self.finish();
        Ok(())
    }

    fn macro_param(&mut self) -> Parsed {
        if H::hook(self, Place::MacroParam)? {
            return Ok(());
        }
        match self.kind() {
            TokenKind::Ellipsis | TokenKind::SixDots => self.leaf(SyntaxKind::VarArgs),
            TokenKind::Ident if self.nth(1) == TokenKind::Ellipsis => {
                self.start(SyntaxKind::VarArgs);
                self.bump();
                self.bump();
                self.finish();
            }
            TokenKind::Ident if matches!(self.var(), Some(VarClass::IdentList | VarClass::ExprList)) => {
                self.leaf(SyntaxKind::MetaVar);
            }
            _ => return self.name(),
        }
        Ok(())
    }

    /// The body of a macro, up to the end of the input or part of it: the first reading that takes all of it, or only tokens.
    ///
    /// # Errors
    /// Never.
    pub fn macro_body(&mut self) -> Parsed {
        self.start(SyntaxKind::MacroBody);
        if self.at(TokenKind::Eof) {
            self.finish();
            return Ok(());
        }
        if H::PATTERN && self.at(TokenKind::Ellipsis) && self.nth(1) == TokenKind::Eof {
            self.leaf(SyntaxKind::Dots);
            self.finish();
            return Ok(());
        }
        let type_first = self.surely_type(self.pos());
        let read = self.at(TokenKind::KwAttribute) && self.attempt(|p| p.whole(Self::attributes)).is_ok()
            || type_first && self.attempt(|p| p.whole(Self::type_name)).is_ok()
            || self.attempt(|p| p.whole(Self::expr)).is_ok()
            || !type_first && self.attempt(|p| p.whole(Self::type_name)).is_ok()
            || self.attempt(|p| p.whole(Self::stmts)).is_ok()
            || self.attempt(|p| p.whole(Self::stmts_without_last_semi)).is_ok()
            || self.attempt(|p| p.whole(Self::init_list)).is_ok();
        if !read {
            while !self.at(TokenKind::Eof) {
                self.bump();
            }
        }
        self.finish();
        Ok(())
    }

    /// Reads up to the end.
    fn whole(&mut self, read: impl FnOnce(&mut Self) -> Parsed) -> Parsed {
        read(self)?;
        if self.at(TokenKind::Eof) { Ok(()) } else { self.fail("the end of the line") }
    }

    /// Statements, the last of which lacks its `;`: `do { ... } while (0)`.
    fn stmts_without_last_semi(&mut self) -> Parsed {
        while self.attempt(Self::stmt).is_ok() {}
        if !self.at(TokenKind::KwDo) {
            if self.at(TokenKind::Eof) {
                return Ok(());
            }
            self.start(SyntaxKind::ExprStmt);
            self.expr()?;
            self.finish();
            return Ok(());
        }
        self.start(SyntaxKind::DoWhile);
        self.bump();
        self.stmt()?;
        self.expect(TokenKind::KwWhile)?;
        self.expect(TokenKind::LParen)?;
        self.expr()?;
        self.expect(TokenKind::RParen)?;
        self.finish();
        Ok(())
    }

    fn pragma(&mut self) -> Parsed {
        self.start(SyntaxKind::Pragma);
        self.bump();
        if self.kind().is_keyword() {
            self.leaf(SyntaxKind::Name)
        } else {
            self.name()?
        }
        while !self.at(TokenKind::Eof) {
            match self.kind() {
                TokenKind::Ellipsis if H::PATTERN => self.leaf(SyntaxKind::Dots),
                TokenKind::Ident if self.var().is_some() => self.leaf(SyntaxKind::MetaVar),
                _ => self.bump(),
            }
        }
        self.finish();
        Ok(())
    }
}

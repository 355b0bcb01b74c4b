//! Declarators, parameters, names.

use super::types::SpecPlace;
use super::{Hooks, NameClass, Parsed, Parser, Place, VarClass};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;
use crate::tree::Checkpoint;

/// Whether a declarator declares a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Naming {
    /// It does.
    Named,
    /// It does not: a type name.
    Abstract,
    /// Either: a parameter.
    Either,
}

impl<H: Hooks> Parser<'_, H> {
    /// A name that is no expression.
    ///
    /// # Errors
    /// If none comes next.
    pub fn name(&mut self) -> Parsed {
        if !H::hook(self, Place::Name)? {
            match self.class() {
                Some(NameClass::Var(
                    VarClass::Ident | VarClass::Any | VarClass::Expr | VarClass::Declarer | VarClass::Iterator,
                )) => self.leaf(SyntaxKind::MetaVar),
                Some(NameClass::Var(_)) | None => return self.fail("identifier"),
                Some(_) => self.leaf(SyntaxKind::Name),
            }
        }
        Ok(())
    }

    /// A declarator that declares a name.
    ///
    /// # Errors
    /// If none can be read.
    pub fn named_declarator(&mut self) -> Parsed {
        self.declarator(Naming::Named)
    }

    /// A declarator.
    ///
    /// # Errors
    /// If none can be read.
    pub fn declarator(&mut self, naming: Naming) -> Parsed {
        let from = self.checkpoint();
        self.declarator_from(from, naming)
    }

    /// A declarator; attributes since `from` belong to it.
    fn declarator_from(&mut self, from: Checkpoint, naming: Naming) -> Parsed {
        self.deeper(|p| {
            if !p.at(TokenKind::Star) && (H::PATTERN || !p.at(TokenKind::Caret)) {
                return p.direct_declarator(from, naming);
            }
            p.start(SyntaxKind::PointerDecl);
            p.bump();
            loop {
                match p.kind() {
                    TokenKind::KwConst | TokenKind::KwVolatile | TokenKind::KwRestrict | TokenKind::KwAtomic => {
                        p.bump()
                    }
                    TokenKind::KwAttribute => p.attributes()?,
                    _ => break,
                }
            }
            let mut from = p.checkpoint();
            p.attributes_before_name()?;
            while matches!(p.kind(), TokenKind::KwConst | TokenKind::KwVolatile | TokenKind::KwRestrict) {
                p.bump();
                from = p.checkpoint();
            }
            if H::PATTERN {
                from = p.checkpoint();
            }
            p.declarator_from(from, naming)?;
            p.finish();
            Ok(())
        })
    }

    fn direct_declarator(&mut self, from: Checkpoint, naming: Naming) -> Parsed {
        let names = naming != Naming::Abstract;
        match self.kind() {
            // `T * __force` without a name: attributes behind the declarator.
            TokenKind::Ident
                if naming != Naming::Named
                    && !H::PATTERN
                    && self.class() == Some(NameClass::Attribute)
                    && matches!(self.nth(1), TokenKind::RParen | TokenKind::Comma | TokenKind::Eof) =>
            {
                self.no_name();
            }
            // A function cannot return one: the name of `int NAME(x)(void)` is a macro call.
            TokenKind::Ident if naming == Naming::Named && !H::PATTERN && self.call_is_name() => {
                self.start(SyntaxKind::Name);
                self.bump();
                self.balanced()?;
                self.finish();
            }
            TokenKind::Ident if names && self.declares_name() => self.name()?,
            // `typedef struct { ... } T;`
            TokenKind::Ident if naming == Naming::Named && self.var() == Some(VarClass::Type) => {
                self.leaf(SyntaxKind::MetaVar);
            }
            TokenKind::DisjOpen if names => {
                if !H::hook(self, Place::Declarator)? {
                    return self.fail("a declarator");
                }
            }
            TokenKind::LParen if self.paren_holds_declarator(naming) => {
                self.start(SyntaxKind::ParenDecl);
                self.bump();
                self.attributes_before_name()?;
                self.declarator(naming)?;
                self.expect(TokenKind::RParen)?;
                self.finish();
            }
            _ if naming == Naming::Named => return self.fail("a declarator"),
            _ => self.no_name(),
        }
        loop {
            match self.kind() {
                TokenKind::LBracket => self.array_suffix(from)?,
                TokenKind::LParen => {
                    self.start_at(from, SyntaxKind::FuncDecl);
                    self.param_list()?;
                    self.finish();
                }
                _ => return Ok(()),
            }
        }
    }

    /// The name that is missing, in C before attributes that came.
    pub(super) fn no_name(&mut self) {
        let number = self.attributes_before(|_, _| true);
        self.builder.empty_before_last(number, SyntaxKind::Absent);
    }

    /// Whether `NAME(...)(` comes next.
    fn call_is_name(&self) -> bool {
        self.nth(1) == TokenKind::LParen
            && self.matching(self.pos() + 1).is_some_and(|end| self.kind_at(end) == TokenKind::LParen)
    }

    /// Whether the identifier that comes next is the declared name.
    fn declares_name(&self) -> bool {
        !matches!(
            self.class(),
            Some(NameClass::Word | NameClass::Var(VarClass::Type | VarClass::Stmt | VarClass::Attribute))
        )
    }

    fn array_suffix(&mut self, from: Checkpoint) -> Parsed {
        self.start_at(from, SyntaxKind::ArrayDecl);
        self.bump();
        while matches!(
            self.kind(),
            TokenKind::KwStatic | TokenKind::KwConst | TokenKind::KwVolatile | TokenKind::KwRestrict
        ) {
            self.bump();
        }
        if self.at(TokenKind::RBracket) {
            self.builder.empty(SyntaxKind::Absent);
        } else {
            self.deeper(Self::expr)?;
        }
        self.expect(TokenKind::RBracket)?;
        self.finish();
        Ok(())
    }

    /// Whether a parenthesis in the place of a direct declarator holds a declarator, and not parameters.
    fn paren_holds_declarator(&self, naming: Naming) -> bool {
        let mut inner = self.pos() + 1;
        if self.kind_at(inner) == TokenKind::KwAttribute {
            inner = self.matching(inner + 1).unwrap_or(inner);
        }
        match self.kind_at(inner) {
            TokenKind::Star => true,
            TokenKind::Caret => !H::PATTERN,
            TokenKind::LParen => naming == Naming::Named || self.kind_at(inner + 1) == TokenKind::Star,
            TokenKind::LBracket => naming != Naming::Named,
            TokenKind::Ident => match naming {
                Naming::Named => true,
                Naming::Abstract => false,
                // A parameter `int (f)(int)`; `int (foo_t)` and `int (foo_t x)` are functions.
                Naming::Either => {
                    self.kind_at(inner + 1) == TokenKind::RParen
                        && matches!(self.kind_at(inner + 2), TokenKind::LParen | TokenKind::LBracket)
                }
            },
            TokenKind::DisjOpen => naming == Naming::Named,
            _ => false,
        }
    }

    /// `( parameters )`.
    pub(super) fn param_list(&mut self) -> Parsed {
        self.start(SyntaxKind::ParamList);
        self.expect(TokenKind::LParen)?;
        if !self.at(TokenKind::RParen) {
            loop {
                self.deeper(Self::param)?;
                if !self.eat(TokenKind::Comma) || self.comma_before_nothing() {
                    break;
                }
            }
        }
        self.expect(TokenKind::RParen)?;
        self.finish();
        Ok(())
    }

    /// One parameter.
    ///
    /// # Errors
    /// If none can be read.
    pub fn param(&mut self) -> Parsed {
        if H::hook(self, Place::Param)? {
            return Ok(());
        }
        match self.kind() {
            TokenKind::Ellipsis | TokenKind::SixDots => {
                self.leaf(SyntaxKind::VarArgs);
                return Ok(());
            }
            TokenKind::Comma | TokenKind::RParen if self.hooks.lenient() => {
                self.builder.empty(SyntaxKind::Absent);
                return Ok(());
            }
            TokenKind::Ident => match self.class() {
                Some(NameClass::Var(VarClass::Param | VarClass::ExprList | VarClass::IdentList)) => {
                    self.leaf(SyntaxKind::MetaVar);
                    return Ok(());
                }
                Some(NameClass::Var(VarClass::Ident | VarClass::Expr)) => return self.name(),
                Some(NameClass::Var(VarClass::Any))
                    if matches!(self.nth(1), TokenKind::Comma | TokenKind::RParen | TokenKind::DisjOr) =>
                {
                    self.leaf(SyntaxKind::MetaVar);
                    return Ok(());
                }
                _ if self.kr => return self.name(),
                _ => {}
            },
            _ => {}
        }
        self.start(SyntaxKind::Param);
        let specs = self.decl_specs(SpecPlace::Parameter)?;
        if !specs.has_type {
            return self.fail("a parameter");
        }
        self.declarator(Naming::Either)?;
        self.attributes_after_name()?;
        self.finish();
        Ok(())
    }

    /// Reads with the parameters of a K&R definition: names.
    pub(super) fn with_kr<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let outer = std::mem::replace(&mut self.kr, true);
        let result = read(self);
        self.kr = outer;
        result
    }
}

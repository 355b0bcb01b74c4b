//! Declarations, initialisers, function definitions.

use super::declarator::Naming;
use super::types::SpecPlace;
use super::{Hooks, NameClass, Parsed, Parser, Place, VarClass};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;

impl<H: Hooks> Parser<'_, H> {
    /// A declaration with its `;`.
    ///
    /// # Errors
    /// If none can be read.
    pub fn declaration(&mut self) -> Parsed {
        self.declaration_with(true)
    }

    /// A declaration without its `;`: the argument of a macro.
    pub(super) fn declaration_without_semi(&mut self) -> Parsed {
        self.declaration_with(false)
    }

    fn declaration_with(&mut self, semi: bool) -> Parsed {
        self.deeper(|p| {
            if p.macro_declaration_here() {
                return p.macro_declaration(semi);
            }
            p.start(SyntaxKind::Declaration);
            let specs = p.decl_specs(SpecPlace::Declaration)?;
            if !specs.any {
                return p.fail("a declaration");
            }
            if !matches!(p.kind(), TokenKind::Semi | TokenKind::Eof | TokenKind::RParen)
                && (semi || !p.at(TokenKind::Comma))
            {
                loop {
                    p.init_declarator()?;
                    // A comma after a declaration that is an argument begins the next argument.
                    if !semi || !p.eat(TokenKind::Comma) {
                        break;
                    }
                }
            } else if !specs.has_type {
                return p.fail("a type");
            }
            if semi {
                p.expect(TokenKind::Semi)?;
            }
            p.finish();
            Ok(())
        })
    }

    /// `Declarator [= Init]`.
    ///
    /// # Errors
    /// If none can be read.
    pub fn init_declarator(&mut self) -> Parsed {
        // In C attributes before a declarator stand beside it.
        if !H::PATTERN {
            self.attributes_before_name()?;
        }
        self.start(SyntaxKind::InitDeclarator);
        if H::PATTERN {
            self.attributes_before_name()?;
        }
        self.declarator(Naming::Named)?;
        self.attributes_after_name()?;
        if self.eat(TokenKind::Eq) {
            self.init()?;
            self.finish();
        } else {
            self.finish_before_attributes(|_, _| true);
        }
        Ok(())
    }

    /// Whether a declaration made by a macro comes next: storage words, then a declarer and its arguments.
    pub(super) fn macro_declaration_here(&self) -> bool {
        let mut at = self.pos();
        while matches!(
            self.kind_at(at),
            TokenKind::KwStatic
                | TokenKind::KwExtern
                | TokenKind::KwConst
                | TokenKind::KwInline
                | TokenKind::KwVolatile
        ) {
            at += 1;
        }
        // Attributes before the macro, in C.
        while !H::PATTERN
            && self.kind_at(at) == TokenKind::Ident
            && self.kind_at(at + 1) == TokenKind::Ident
            && self.kind_at(at + 2) == TokenKind::LParen
            && self.class_at(at) == Some(NameClass::Attribute)
        {
            at += 1;
        }
        if H::PATTERN && self.kind_at(at) == TokenKind::DisjOpen {
            return self.declarers_end(at + 1).is_some_and(|end| self.kind_at(end) == TokenKind::LParen);
        }
        let declarer = match self.class_at(at) {
            Some(NameClass::Declarer | NameClass::Var(VarClass::Declarer)) => true,
            // `static NAME(...);` declares by a macro, since a function would have parameters and a type.
            Some(NameClass::Plain | NameClass::Typedef | NameClass::Attribute) => !H::PATTERN && at > self.pos(),
            _ => false,
        };
        declarer
            && self.kind_at(at + 1) == TokenKind::LParen
            && (H::PATTERN
                || self.matching(at + 1).is_some_and(|end| {
                    let end = self.after_attributes(end);
                    matches!(self.kind_at(end), TokenKind::Semi | TokenKind::Eq | TokenKind::Eof)
                }))
    }

    /// The end of a disjunction of declarers, whose first branch starts at `at`.
    fn declarers_end(&self, mut at: usize) -> Option<usize> {
        loop {
            let declarer = matches!(self.class_at(at), Some(NameClass::Declarer | NameClass::Var(VarClass::Declarer)));
            match self.kind_at(at + 1) {
                TokenKind::DisjOr if declarer => at += 2,
                TokenKind::DisjClose if declarer => return Some(at + 2),
                _ => return None,
            }
        }
    }

    /// `specifiers NAME(...) [= init]`, with or without `;`.
    fn macro_declaration(&mut self, semi: bool) -> Parsed {
        self.start(SyntaxKind::MacroDecl);
        self.start(SyntaxKind::DeclSpecs);
        while self.nth(1) != TokenKind::LParen && !self.at(TokenKind::DisjOpen) {
            if self.at(TokenKind::Ident) {
                self.leaf(SyntaxKind::Attribute);
            } else {
                self.bump();
            }
        }
        self.finish_before_attributes(Self::surely_attribute);
        self.name()?;
        self.arg_list()?;
        self.attributes()?;
        if self.eat(TokenKind::Eq) {
            self.init()?;
        }
        if semi && (H::PATTERN || self.at(TokenKind::Semi)) {
            self.expect(TokenKind::Semi)?;
        }
        self.finish();
        Ok(())
    }

    /// The initialiser of a variable or element.
    ///
    /// # Errors
    /// If none can be read.
    pub fn init(&mut self) -> Parsed {
        self.deeper(|p| {
            if p.at(TokenKind::LBrace) {
                return p.init_list();
            }
            if p.at(TokenKind::DisjOpen) {
                if p.attempt(|p| {
                    p.assign()?;
                    p.init_end()
                })
                .is_ok()
                {
                    return Ok(());
                }
                return if H::hook(p, Place::Init)? { Ok(()) } else { p.fail("an initialiser") };
            }
            p.assign()
        })
    }

    fn init_end(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::Comma | TokenKind::Semi | TokenKind::RBrace | TokenKind::Eof => Ok(()),
            TokenKind::DisjOr | TokenKind::DisjClose | TokenKind::ConjAnd | TokenKind::Ident => Ok(()),
            _ => self.fail(","),
        }
    }

    /// `{ elements }`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn init_list(&mut self) -> Parsed {
        self.start(SyntaxKind::InitList);
        self.expect(TokenKind::LBrace)?;
        while !self.at(TokenKind::RBrace) {
            let macro_made = self.deeper(Self::init_item)?;
            if !self.eat(TokenKind::Comma) && (!macro_made || self.at(TokenKind::RBrace)) {
                break;
            }
        }
        self.expect(TokenKind::RBrace)?;
        self.finish();
        Ok(())
    }

    /// One element of an initialiser list. Returns whether a macro made it, so that a comma need not follow.
    ///
    /// # Errors
    /// If none can be read.
    pub fn init_item(&mut self) -> Parsed<bool> {
        match self.kind() {
            TokenKind::Dot => self.designated()?,
            TokenKind::LBracket => self.designated()?,
            TokenKind::Ident if self.nth(1) == TokenKind::Colon => {
                self.start(SyntaxKind::Designated);
                self.start(SyntaxKind::FieldDesignator);
                self.name()?;
                self.bump();
                self.finish();
                self.init()?;
                self.finish();
            }
            TokenKind::Ident if matches!(self.var(), Some(VarClass::Init | VarClass::ExprList)) => {
                self.leaf(SyntaxKind::MetaVar);
            }
            TokenKind::DisjOpen => {
                let read = self.attempt(|p| {
                    if !H::hook(p, Place::Init)? {
                        return p.fail("an initialiser");
                    }
                    p.init_end()
                });
                if read.is_err() {
                    self.init()?;
                }
            }
            TokenKind::Comma if self.hooks.lenient() => {
                self.builder.empty(SyntaxKind::Absent);
            }
            TokenKind::Ident if !H::PATTERN && self.nth(1) == TokenKind::LParen => return self.macro_or_init(),
            // `{ COMMON_PART .x = 1, ... }`
            TokenKind::Ident
                if !H::PATTERN
                    && self.nth(1) == TokenKind::Dot
                    && self.nth(2) == TokenKind::Ident
                    && self.nth(3) == TokenKind::Eq =>
            {
                self.leaf(SyntaxKind::Ident);
                return Ok(true);
            }
            // `{ FIRST_PART SECOND_PART &last }`
            TokenKind::Ident
                if !H::PATTERN
                    && (self.nth(1) == TokenKind::Ident
                        || self.nth(1) == TokenKind::Amp && self.indentation(1).is_some()) =>
            {
                self.leaf(SyntaxKind::Ident);
                return Ok(true);
            }
            _ => {
                if !H::hook(self, Place::Init)? {
                    self.init()?;
                }
            }
        }
        Ok(false)
    }

    /// `NAME(...)` followed by neither an operator nor a comma is an element that a macro makes.
    fn macro_or_init(&mut self) -> Parsed<bool> {
        let made = self.matching(self.pos() + 1).is_some_and(|end| {
            matches!(
                self.kind_at(end),
                TokenKind::Eq | TokenKind::Ident | TokenKind::LBrace | TokenKind::Dot | TokenKind::LBracket
            )
        });
        if !made {
            self.init()?;
            return Ok(false);
        }
        self.start(SyntaxKind::MacroInit);
        self.leaf(SyntaxKind::Name);
        if self.at(TokenKind::LParen) {
            self.arg_list()?;
        }
        if self.eat(TokenKind::Eq) {
            self.init()?;
        }
        self.finish();
        Ok(true)
    }

    fn designated(&mut self) -> Parsed {
        self.start(SyntaxKind::Designated);
        loop {
            match self.kind() {
                TokenKind::Dot => {
                    self.start(SyntaxKind::FieldDesignator);
                    self.bump();
                    self.name()?;
                    self.finish();
                }
                TokenKind::LBracket => {
                    self.start(SyntaxKind::IndexDesignator);
                    self.bump();
                    self.range()?;
                    self.expect(TokenKind::RBracket)?;
                    self.finish();
                }
                _ => break,
            }
        }
        let assigned = self.eat(TokenKind::Eq);
        if !assigned && H::PATTERN && !self.hooks.lenient() {
            return self.fail("=");
        }
        self.init()?;
        self.finish();
        Ok(())
    }

    /// `Expr` or `Expr ... Expr`.
    pub(super) fn range(&mut self) -> Parsed {
        let from = self.checkpoint();
        self.cond()?;
        if self.at(TokenKind::Ellipsis) {
            self.start_at(from, SyntaxKind::Range);
            self.bump();
            self.cond()?;
            self.finish();
        }
        Ok(())
    }

    /// Whether a function definition may come next: a parameter list, then a body or what may stand before it.
    #[must_use]
    pub fn function_here(&self) -> bool {
        let called = H::PATTERN || self.nth(1) == TokenKind::LParen;
        if called
            && matches!(
                self.class(),
                Some(NameClass::Iterator | NameClass::Word | NameClass::Var(VarClass::Iterator | VarClass::Stmt))
            )
        {
            return false;
        }
        let mut at = self.pos();
        let mut params = false;
        loop {
            match self.kind_at(at) {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::DisjOpen => {
                    params |= self.kind_at(at) == TokenKind::LParen;
                    match self.matching(at) {
                        Some(end) => at = end,
                        None => return false,
                    }
                    let kr = params && self.surely_type(at) && self.kind_at(at) != TokenKind::KwAttribute;
                    if kr {
                        return true;
                    }
                    continue;
                }
                TokenKind::LBrace if params => return true,
                // The body of a struct in the return type.
                TokenKind::LBrace => match self.matching(at) {
                    Some(end) if at > self.pos() => {
                        at = end;
                        continue;
                    }
                    _ => return false,
                },
                TokenKind::Ident if params && !H::PATTERN && self.kind_at(at + 1) == TokenKind::Ident => return true,
                TokenKind::Ident | TokenKind::Star | TokenKind::At | TokenKind::KwAttribute | TokenKind::KwTypeof => {}
                TokenKind::KwExtension | TokenKind::KwAlignas => {}
                _ if self.surely_type(at) => {}
                _ => return false,
            }
            at += 1;
        }
    }

    /// A function definition.
    ///
    /// # Errors
    /// If none can be read.
    pub fn function(&mut self) -> Parsed {
        self.attempt(|p| p.function_with(false)).or_else(|_| self.attempt(|p| p.with_kr(|p| p.function_with(true))))
    }

    fn function_with(&mut self, kr: bool) -> Parsed {
        self.start(SyntaxKind::FunctionDef);
        self.decl_specs(SpecPlace::Declaration)?;
        let first = self.pos();
        self.declarator(Naming::Named)?;
        if self.kind_at(self.pos() - 1) != TokenKind::RParen || self.pos() == first {
            return self.fail("a parameter list");
        }
        self.attributes_after_name()?;
        if kr {
            self.start(SyntaxKind::KrDecls);
            while !self.at(TokenKind::LBrace) {
                self.declaration()?;
            }
            self.finish();
        }
        self.block()?;
        self.finish();
        Ok(())
    }
}

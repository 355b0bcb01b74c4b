//! Structs, unions and enums with their members.

use super::declarator::Naming;
use super::types::SpecPlace;
use super::{Hooks, NameClass, Parsed, Parser, Place, VarClass};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;

impl<H: Hooks> Parser<'_, H> {
    /// `struct` or `union`.
    pub(super) fn struct_type(&mut self) -> Parsed {
        self.start(SyntaxKind::StructType);
        self.bump();
        self.attributes_of_tag()?;
        if self.at(TokenKind::LBrace) {
            self.no_name();
        } else {
            self.tag()?;
        }
        if self.at(TokenKind::LBrace) {
            self.deeper(Self::field_list)?;
        }
        self.finish();
        Ok(())
    }

    /// Attributes between `struct` and its tag.
    fn attributes_of_tag(&mut self) -> Parsed {
        let known = !H::PATTERN && self.class() == Some(NameClass::Attribute);
        let named = match self.nth(1) {
            TokenKind::Ident => known || self.nth(2) == TokenKind::LBrace,
            TokenKind::LBrace => known,
            _ => false,
        };
        if named || !self.at(TokenKind::Ident) { self.attributes() } else { Ok(()) }
    }

    /// The tag of a struct, union or enum; a macro call as tag is a MacroType.
    fn tag(&mut self) -> Parsed {
        if !H::PATTERN && self.at(TokenKind::Ident) && self.nth(1) == TokenKind::LParen {
            self.start(SyntaxKind::MacroType);
            self.leaf(SyntaxKind::Name);
            self.arg_list()?;
            self.finish();
            return Ok(());
        }
        self.name()
    }

    pub(super) fn field_list(&mut self) -> Parsed {
        self.start(SyntaxKind::FieldList);
        self.expect(TokenKind::LBrace)?;
        self.fields(TokenKind::RBrace)?;
        self.expect(TokenKind::RBrace)?;
        self.finish();
        Ok(())
    }

    /// Members up to a token.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn fields(&mut self, close: TokenKind) -> Parsed {
        while !self.at(close) && !self.ends_branch() {
            self.deeper(Self::field)?;
        }
        Ok(())
    }

    /// One member of a struct.
    ///
    /// # Errors
    /// If none can be read.
    pub fn field(&mut self) -> Parsed {
        if self.at(TokenKind::DisjOpen) {
            if let Ok(true) = self.attempt(|p| H::hook(p, Place::Field)) {
                return Ok(());
            }
        } else if H::hook(self, Place::Field)? {
            return Ok(());
        }
        match self.kind() {
            TokenKind::Ident if matches!(self.var(), Some(VarClass::Field | VarClass::Decl)) => {
                self.leaf(SyntaxKind::MetaVar);
                return Ok(());
            }
            TokenKind::Directive => {
                self.leaf(SyntaxKind::DirectiveLine);
                return Ok(());
            }
            TokenKind::KwStaticAssert => return self.macro_field(),
            TokenKind::Ident if !H::PATTERN && self.nth(1) == TokenKind::Semi => return self.macro_field(),
            TokenKind::Ident if self.nth(1) == TokenKind::LParen && !self.macro_type_here(SpecPlace::Field) => {
                if self.type_by_context(self.pos()) {
                    return self.attempt(Self::field_decl).or_else(|_| self.macro_field());
                }
                return self.macro_field();
            }
            _ => {}
        }
        self.field_decl()?;
        Ok(())
    }

    fn macro_field(&mut self) -> Parsed {
        self.start(SyntaxKind::MacroField);
        if self.at(TokenKind::Ident) {
            self.name()?;
        } else {
            self.leaf(SyntaxKind::Name);
        }
        if !self.at(TokenKind::Semi) {
            self.arg_list()?;
        }
        self.eat(TokenKind::Semi);
        self.finish();
        Ok(())
    }

    fn field_decl(&mut self) -> Parsed {
        self.start(SyntaxKind::FieldDecl);
        let specs = self.decl_specs(SpecPlace::Field)?;
        if !specs.has_type {
            return self.fail("a member");
        }
        if !self.at(TokenKind::Semi) {
            loop {
                self.attributes_before_name()?;
                let from = self.checkpoint();
                if self.at(TokenKind::Colon) {
                    self.builder.empty(SyntaxKind::Absent);
                } else {
                    self.declarator(Naming::Named)?;
                }
                if self.at(TokenKind::Colon) {
                    self.start_at(from, SyntaxKind::BitField);
                    self.bump();
                    self.cond()?;
                    self.finish();
                }
                self.attributes_after_name()?;
                if !self.eat(TokenKind::Comma) {
                    break;
                }
            }
        }
        self.expect(TokenKind::Semi)?;
        self.finish();
        Ok(())
    }

    pub(super) fn enum_type(&mut self) -> Parsed {
        self.start(SyntaxKind::EnumType);
        self.bump();
        self.attributes_of_tag()?;
        if self.at(TokenKind::LBrace) {
            self.no_name();
        } else {
            self.name()?;
        }
        if self.at(TokenKind::LBrace) {
            self.start(SyntaxKind::EnumList);
            self.bump();
            while !self.at(TokenKind::RBrace) {
                self.deeper(Self::enumerator)?;
                if !self.eat(TokenKind::Comma) {
                    break;
                }
            }
            self.expect(TokenKind::RBrace)?;
            self.finish();
        }
        self.finish();
        Ok(())
    }

    /// One enumerator.
    ///
    /// # Errors
    /// If none can be read.
    pub fn enumerator(&mut self) -> Parsed {
        if H::hook(self, Place::Enumerator)? {
            return Ok(());
        }
        if matches!(self.var(), Some(VarClass::ExprList | VarClass::Init)) {
            self.leaf(SyntaxKind::MetaVar);
            return Ok(());
        }
        self.start(SyntaxKind::Enumerator);
        self.name()?;
        if self.at(TokenKind::LParen) {
            self.arg_list()?;
        }
        self.attributes()?;
        if self.eat(TokenKind::Eq) {
            self.assign()?;
        }
        self.finish();
        Ok(())
    }
}

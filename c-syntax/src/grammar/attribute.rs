//! Attributes: keywords of GNU C, macros that stand for attributes, attribute metavariables.

use super::types::SpecPlace;
use super::{Hooks, NameClass, Parsed, Parser, VarClass};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;
use crate::tree::{Child, TokenId};

impl<H: Hooks> Parser<'_, H> {
    /// Attributes before a declared name. In C, where a name may only look like an attribute, the last name is the declared one.
    pub(super) fn attributes_before_name(&mut self) -> Parsed {
        loop {
            match self.kind() {
                TokenKind::KwAttribute | TokenKind::KwAlignas => self.attribute()?,
                TokenKind::Ident => match self.class() {
                    Some(NameClass::Var(VarClass::Attribute)) => self.attribute()?,
                    Some(NameClass::Attribute) if self.attribute_here(SpecPlace::Declaration, true) => {
                        self.attribute()?;
                    }
                    _ if self.underscored_attribute(self.pos()) => self.attribute()?,
                    Some(_)
                        if !H::PATTERN
                            && self.nth(1) == TokenKind::Ident
                            && self.nth(2) != TokenKind::LParen
                            && !self.attribute_follows_name(self.pos()) =>
                    {
                        self.leaf(SyntaxKind::Attribute);
                    }
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// In C, of two names in a row: whether the first is the declared one, because only the second looks like an attribute.
    pub(super) fn attribute_follows_name(&self, at: usize) -> bool {
        let known = |at| self.class_at(at) == Some(NameClass::Attribute);
        let looks = |at| known(at) || self.hooks.underscored(self.input(), at) || self.hooks.shouted(self.input(), at);
        looks(at + 1) && !looks(at) || known(at + 1) && !known(at)
    }

    /// Attributes after a declarator: in C any name there is one.
    pub(super) fn attributes_after_name(&mut self) -> Parsed {
        loop {
            self.attributes()?;
            if H::PATTERN || !self.at(TokenKind::Ident) || self.kr {
                return Ok(());
            }
            self.start(SyntaxKind::Attribute);
            self.bump();
            if self.at(TokenKind::LParen) {
                self.balanced()?;
            }
            self.finish();
        }
    }

    /// Attributes, any number.
    pub(super) fn attributes(&mut self) -> Parsed {
        loop {
            match self.kind() {
                TokenKind::KwAttribute | TokenKind::KwAlignas => self.attribute()?,
                TokenKind::KwAsm if self.nth(1) == TokenKind::LParen => self.attribute()?,
                TokenKind::Ident
                    if matches!(self.class(), Some(NameClass::Attribute | NameClass::Var(VarClass::Attribute))) =>
                {
                    self.attribute()?;
                }
                TokenKind::Ident if self.underscored_attribute(self.pos()) => self.attribute()?,
                _ => return Ok(()),
            }
        }
    }

    /// Closes a node; attributes at its end stay outside if `outside` holds for their first tokens (in C).
    pub(super) fn finish_before_attributes(&mut self, outside: impl Fn(&Self, TokenId) -> bool) {
        let number = self.attributes_before(outside);
        self.builder.finish_before_last(number);
    }

    /// In C, the number of attributes that end what was read so far of the innermost open node and whose first tokens fit.
    pub(super) fn attributes_before(&self, fits: impl Fn(&Self, TokenId) -> bool) -> usize {
        if H::PATTERN {
            return 0;
        }
        let builder = &self.builder;
        let attribute = |child: &&Child| match **child {
            Child::Node(n) if builder.kind(n) == SyntaxKind::Attribute => {
                builder.first_token(n).is_some_and(|t| fits(self, t))
            }
            _ => false,
        };
        builder.siblings().iter().rev().take_while(attribute).count()
    }

    /// Whether a token begins an attribute whatever stands around it.
    pub(super) fn surely_attribute(&self, token: TokenId) -> bool {
        let Ok(at) = self.input.binary_search_by_key(&token, |i| i.id) else { return false };
        self.kind_at(at) == TokenKind::KwAttribute || self.class_at(at) == Some(NameClass::Attribute)
    }

    /// One attribute: `__attribute__((...))`, `asm("name")`, a macro with or without arguments, or a placeholder.
    pub(super) fn attribute(&mut self) -> Parsed {
        self.start(SyntaxKind::Attribute);
        if matches!(self.var(), Some(VarClass::Attribute)) {
            self.leaf(SyntaxKind::MetaVar);
        } else if self.at(TokenKind::KwAttribute) && H::PATTERN {
            self.bump();
            self.pattern_attribute_args()?;
        } else {
            let word = self.at(TokenKind::Ident);
            self.bump();
            let arguments = match word {
                true if H::PATTERN => self.attribute_has_arguments(),
                true => !self.pointer_group(self.pos()),
                false => true,
            };
            if self.at(TokenKind::LParen) && arguments {
                self.balanced()?;
            }
        }
        self.finish();
        Ok(())
    }

    /// Whether `(*name)(` or `(*name)[` is at an index.
    pub(super) fn pointer_group(&self, at: usize) -> bool {
        self.kind_at(at) == TokenKind::LParen
            && self.kind_at(at + 1) == TokenKind::Star
            && self.matching(at).is_some_and(|end| matches!(self.kind_at(end), TokenKind::LParen | TokenKind::LBracket))
    }

    /// The parentheses after an attribute's name are its arguments, if another declarator or an end follows them.
    fn attribute_has_arguments(&self) -> bool {
        self.matching(self.pos()).is_some_and(|end| {
            self.surely_type(end)
                || matches!(
                    self.kind_at(end),
                    TokenKind::Semi
                        | TokenKind::Ident
                        | TokenKind::Comma
                        | TokenKind::Eq
                        | TokenKind::RParen
                        | TokenKind::Star
                        | TokenKind::LBrace
                        | TokenKind::Eof
                )
        })
    }

    /// `((...))`: tokens, except that placeholders are nodes.
    fn pattern_attribute_args(&mut self) -> Parsed {
        let Some(end) = self.matching(self.pos()).filter(|_| self.at(TokenKind::LParen)) else {
            return self.fail("(");
        };
        while self.pos() < end {
            if self.var().is_some() {
                self.leaf(SyntaxKind::MetaVar);
            } else if self.at(TokenKind::Ellipsis) {
                self.leaf(SyntaxKind::Dots);
            } else {
                self.bump();
            }
        }
        Ok(())
    }
}

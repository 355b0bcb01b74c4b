//! The second reader of C elements: tokens of one top-level element to a tree, without tree-sitter (`smpl-front-end.md` 14.2).
//!
//! The caller chooses which tokens to read (branches of conditionals, attributes and macros left out) and what names stand for;
//! names of which nothing is known are judged by how they are used.

use std::sync::Arc;

use super::{Farthest, Hooks, Input, NameClass, Parsed, Parser, Place};
use crate::kind::SyntaxKind;
use crate::token::{Token, TokenFlags, TokenKind};
use crate::tree::{TokenId, Tree};

/// The hooks of C: none but for names.
pub struct CHooks<'a> {
    classes: Vec<NameClass>,
    tokens: &'a [Token],
    /// The text from the element's start.
    text: &'a [u8],
}

impl CHooks<'_> {
    fn word(&self, input: &[Input], at: usize) -> &[u8] {
        let token = input.get(at).and_then(|i| self.tokens.get(i.id.0 as usize));
        token.and_then(|t| self.text.get(t.start as usize..t.end() as usize)).unwrap_or_default()
    }
}

impl Hooks for CHooks<'_> {
    const PATTERN: bool = false;

    fn class(&self, _input: &[Input], at: usize) -> NameClass {
        self.classes.get(at).copied().unwrap_or(NameClass::Plain)
    }

    fn hook(_p: &mut Parser<'_, Self>, _place: Place) -> Parsed<bool> {
        Ok(false)
    }

    fn underscored(&self, input: &[Input], at: usize) -> bool {
        self.word(input, at).starts_with(b"__")
    }

    fn shouted(&self, input: &[Input], at: usize) -> bool {
        let word = self.word(input, at);
        word.len() > 1 && !word.iter().any(u8::is_ascii_lowercase)
    }

    fn ends_line(&self, _input: &[Input], _at: usize) -> bool {
        false
    }

    fn indentation(&self, input: &[Input], at: usize) -> Option<usize> {
        let token = self.tokens.get(input.get(at)?.id.0 as usize)?;
        let before = self.text.get(..token.start as usize)?;
        let blank = |c: &&u8| matches!(c, b' ' | b'\t');
        token.flags.has(TokenFlags::FIRST_ON_LINE).then(|| before.iter().rev().take(400).take_while(blank).count())
    }

    fn touches_next(&self, input: &[Input], at: usize) -> bool {
        let token = |at: usize| input.get(at).and_then(|i| self.tokens.get(i.id.0 as usize));
        matches!((token(at), token(at + 1)), (Some(a), Some(b)) if a.end() == b.start)
    }
}

/// What a name of which the caller knows nothing stands for, as far as its spelling tells.
#[must_use]
pub fn class_by_spelling(name: &[u8]) -> NameClass {
    let has = |part: &[u8]| name.windows(part.len()).any(|w| w == part);
    if has(b"for_each") || has(b"foreach") || has(b"FOREACH") || has(b"FOR_EACH") {
        NameClass::Iterator
    } else {
        NameClass::Plain
    }
}

/// Reads one top-level element: the tokens `keep` of `tokens`. Its root is a Root with one item.
///
/// # Errors
/// The farthest place that reading reached (an index in `keep`).
pub fn parse_element(
    text: &Arc<[u8]>,
    base: u32,
    tokens: &Arc<[Token]>,
    keep: &[TokenId],
    class: &dyn Fn(&Token) -> NameClass,
) -> Result<Tree, Farthest> {
    parse_as(text, base, tokens, keep, class, SyntaxKind::Root, |p| {
        p.element()?;
        if p.at(TokenKind::Eof) { Ok(()) } else { p.fail("the end of the element") }
    })
}

/// Reads tokens that are statements of a block. Its root is a Root with those.
///
/// # Errors
/// The farthest place that reading reached (an index in `keep`).
pub fn parse_statements(
    text: &Arc<[u8]>,
    base: u32,
    tokens: &Arc<[Token]>,
    keep: &[TokenId],
    class: &dyn Fn(&Token) -> NameClass,
) -> Result<Tree, Farthest> {
    parse_as(text, base, tokens, keep, class, SyntaxKind::Root, |p| {
        p.stmts()?;
        if p.at(TokenKind::Eof) { Ok(()) } else { p.fail("the end of the statements") }
    })
}

/// Reads the body of a macro: `root` is a MacroBody without children but for what the tokens are.
///
/// # Errors
/// Never but for bodies that are nested too deeply.
pub fn parse_macro_body(
    text: &Arc<[u8]>,
    base: u32,
    tokens: &Arc<[Token]>,
    keep: &[TokenId],
    class: &dyn Fn(&Token) -> NameClass,
) -> Result<Tree, Farthest> {
    parse_as(text, base, tokens, keep, class, SyntaxKind::Root, |p| p.macro_body())
}

fn parse_as(
    text: &Arc<[u8]>,
    base: u32,
    tokens: &Arc<[Token]>,
    keep: &[TokenId],
    class: &dyn Fn(&Token) -> NameClass,
    root: SyntaxKind,
    read: impl FnOnce(&mut Parser<'_, CHooks<'_>>) -> Parsed,
) -> Result<Tree, Farthest> {
    let kept = || keep.iter().filter_map(|id| tokens.get(id.0 as usize).map(|t| (*id, t)));
    let input: Vec<Input> = kept().map(|(id, t)| Input { kind: t.kind, sym: t.sym, id }).collect();
    let classes = kept().map(|(_, t)| if t.kind == TokenKind::Ident { class(t) } else { NameClass::Plain }).collect();
    let hooks = CHooks { classes, tokens, text: text.get(base as usize..).unwrap_or_default() };
    let mut p = Parser::new(text.clone(), base, tokens.clone(), &input, hooks);
    p.start(root);
    match read(&mut p) {
        Ok(()) => p.into_tree(tokens.len()),
        Err(_) => Err(p.farthest().clone()),
    }
}

impl<H: Hooks> Parser<'_, H> {
    /// One top-level item of C.
    ///
    /// # Errors
    /// If none can be read.
    pub fn element(&mut self) -> Parsed {
        match self.kind() {
            TokenKind::Directive => return self.directive(),
            TokenKind::Semi | TokenKind::KwAsm => return self.stmt(),
            _ => {}
        }
        let headed = self.at(TokenKind::Ident)
            && self.nth(1) == TokenKind::LParen
            && self.hooks.shouted(self.input(), self.pos());
        if headed && self.function_here() && self.attempt(Self::macro_function).is_ok() {
            return Ok(());
        }
        if self.function_here() && (self.function().is_ok() || self.attempt(Self::macro_function).is_ok()) {
            return Ok(());
        }
        if self.macro_call_here() {
            return self.macro_call();
        }
        self.declaration()
    }

    /// Whether `NAME(...)` comes next and nothing that makes it a declaration follows.
    fn macro_call_here(&self) -> bool {
        self.at(TokenKind::Ident)
            && self.nth(1) == TokenKind::LParen
            && self.matching(self.pos() + 1).is_some_and(|end| {
                let end = self.after_attributes(end);
                matches!(self.kind_at(end), TokenKind::Semi | TokenKind::Eof | TokenKind::Eq)
            })
            || self.at(TokenKind::Ident) && self.nth(1) == TokenKind::Eof
    }

    /// The index after attributes.
    pub(super) fn after_attributes(&self, mut at: usize) -> usize {
        while self.class_at(at) == Some(NameClass::Attribute) || self.kind_at(at) == TokenKind::KwAttribute {
            at += 1;
            if self.kind_at(at) == TokenKind::LParen {
                at = self.matching(at).unwrap_or(at + 1);
            }
        }
        at
    }

    pub(super) fn macro_call(&mut self) -> Parsed {
        self.start(SyntaxKind::MacroDecl);
        self.builder.empty(SyntaxKind::DeclSpecs);
        self.name()?;
        if self.at(TokenKind::LParen) {
            self.arg_list()?;
        } else {
            self.builder.empty(SyntaxKind::Absent);
        }
        while self.at(TokenKind::Ident) {
            self.leaf(SyntaxKind::Attribute);
        }
        if self.eat(TokenKind::Eq) {
            self.init()?;
        }
        self.eat(TokenKind::Semi);
        self.finish();
        Ok(())
    }

    /// `specifiers NAME(...) {`, whose arguments are no parameters.
    fn macro_function(&mut self) -> Parsed {
        self.start(SyntaxKind::MacroFunction);
        self.start(SyntaxKind::DeclSpecs);
        while self.nth(1) != TokenKind::LParen {
            if self.at(TokenKind::Eof) || self.at(TokenKind::LParen) {
                return self.fail("a macro call");
            }
            self.bump();
        }
        self.finish();
        self.name()?;
        self.arg_list()?;
        self.attributes()?;
        self.block()?;
        self.finish();
        Ok(())
    }
}

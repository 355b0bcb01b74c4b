//! Types of macros: of the expression that a macro's body is (`semantics.md` 4.7).

use std::sync::{Arc, PoisonError};

use super::element::ElementTypes;
use super::env::TypeEnv;
use super::facts::Macro;
use super::ty::Type;
use crate::grammar::{Hooks, Input, NameClass, Parsed, Parser, Place};
use crate::kind::SyntaxKind;
use crate::lexer;
use crate::sym::Sym;
use crate::token::{Token, TokenKind};
use crate::tree::{NodeId, TokenId, Tree};

/// How many macros deep a body is followed.
const MAX_DEPTH: u32 = 8;
/// Longer bodies are not looked at.
const MAX_BODY: usize = 4096;

impl TypeEnv {
    /// The type of what a macro expands to, if its body is an expression: object-like or function-like as asked.
    #[must_use]
    pub fn macro_type(self: &Arc<Self>, name: Sym, offset: u32, function_like: bool) -> Option<Type> {
        self.macro_type_within(name, offset, function_like, 0)
    }

    /// [`TypeEnv::macro_type`] inside the bodies of `depth` other macros.
    pub(super) fn macro_type_within(
        self: &Arc<Self>,
        name: Sym,
        offset: u32,
        function_like: bool,
        depth: u32,
    ) -> Option<Type> {
        let found = self.macro_named(name, offset).filter(|m| m.function_like == function_like)?;
        if depth >= MAX_DEPTH {
            return None;
        }
        let key = Arc::as_ptr(found) as usize;
        if let Some(known) = self.macros.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let ty = self.body_type(found, offset, depth);
        self.macros.lock().unwrap_or_else(PoisonError::into_inner).insert(key, ty.clone());
        ty
    }

    fn body_type(self: &Arc<Self>, found: &Macro, offset: u32, depth: u32) -> Option<Type> {
        if found.body.is_empty() || found.body.len() > MAX_BODY {
            return None;
        }
        let (tree, root) = read_expression(self, &found.body, offset)?;
        ElementTypes::of_macro(self.clone(), offset, &tree, depth + 1).type_of(root).cloned()
    }
}

/// The body as an expression and nothing else.
fn read_expression(env: &TypeEnv, body: &[u8], offset: u32) -> Option<(Tree, NodeId)> {
    read(env, body, offset, |p| p.expr())
}

/// A text as what a production reads, and nothing else.
pub(super) fn read(
    env: &TypeEnv,
    body: &[u8],
    offset: u32,
    production: impl Fn(&mut Parser<'_, MacroHooks<'_>>) -> Parsed,
) -> Option<(Tree, NodeId)> {
    let tokens: Vec<Token> = lexer::lex(body).into_iter().filter(|t| t.kind != TokenKind::Eof).collect();
    let input: Vec<Input> =
        tokens.iter().enumerate().map(|(i, t)| Input { kind: t.kind, sym: t.sym, id: TokenId(i as u32) }).collect();
    let hooks = MacroHooks { env, offset, suffixed: suffixed(body, &tokens) };
    let mut parser = Parser::new(body.to_vec().into(), 0, tokens, &input, hooks);
    parser.builder.start(SyntaxKind::Root);
    production(&mut parser).ok()?;
    if parser.pos() != parser.end() {
        return None;
    }
    parser.builder.finish();
    let tree = parser.builder.build();
    let root = tree.child_node(tree.root(), 0)?;
    Some((tree, root))
}

/// The words that end in `_t`.
fn suffixed(body: &[u8], tokens: &[Token]) -> Vec<Sym> {
    let text = |t: &Token| &body[t.start as usize..t.end() as usize];
    tokens.iter().filter(|t| t.kind == TokenKind::Ident && text(t).ends_with(b"_t")).map(|t| t.sym).collect()
}

/// What names stand for in the body of a macro.
pub(super) struct MacroHooks<'a> {
    env: &'a TypeEnv,
    offset: u32,
    suffixed: Vec<Sym>,
}

impl Hooks for MacroHooks<'_> {
    const PATTERN: bool = false;

    fn class(&self, input: &[Input], at: usize) -> NameClass {
        let Some(name) = input.get(at).map(|i| i.sym) else { return NameClass::Plain };
        let is_value = self.env.value(name, self.offset).is_some();
        let is_type = self.env.typedef(name, self.offset).is_some() || self.suffixed.contains(&name);
        if is_type && !is_value { NameClass::Typedef } else { NameClass::Plain }
    }

    fn hook(_p: &mut Parser<'_, Self>, _place: Place) -> Parsed<bool> {
        Ok(false)
    }

    fn ends_line(&self, input: &[Input], at: usize) -> bool {
        at + 1 >= input.len()
    }

    fn touches_next(&self, _input: &[Input], _at: usize) -> bool {
        false
    }
}

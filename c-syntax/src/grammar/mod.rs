//! The hand-written grammar of C: recursive descent over tokens, for rule bodies and as fast and second reader of C elements
//! (`smpl-front-end.md` section 14; shapes: [`crate::kind`]).
//!
//! A [`Parser`] is generic over [`Hooks`], through which a pattern language adds its own constructs and says what names stand for.
//! Productions return [`Fail`] without details; the farthest place that any of them reached, and what was expected there, is the
//! message. Depth and total work are bounded, so that no input makes it run away.

mod aggregate;
mod attribute;
mod decl;
mod declarator;
mod directive;
mod element;
mod expr;
pub mod precedence;
mod stmt;
#[cfg(test)]
mod tests;
mod types;

use std::sync::Arc;

pub use element::{CHooks, class_by_spelling, parse_element, parse_macro_body, parse_statements};
pub(crate) use types::COMPLEX;
pub use types::SpecPlace;

use crate::kind::SyntaxKind;
use crate::sym::Sym;
use crate::token::{Token, TokenKind};
use crate::tree::{BuilderMark, Checkpoint, NodeId, TokenId, Tree, TreeBuilder};

/// Nesting beyond which reading fails.
const MAX_DEPTH: u32 = 240;

/// The highest tree that is given out: what walks trees may do so by recursion. A chain (`a + a + a`) makes trees higher than they are nested.
const MAX_HEIGHT: u32 = 1000;

/// What an identifier stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameClass {
    /// A name of which nothing is known.
    Plain,
    /// The name of a type.
    Typedef,
    /// A macro that stands for attributes.
    Attribute,
    /// A macro that declares something.
    Declarer,
    /// A macro that heads a loop.
    Iterator,
    /// Not an identifier of C here: it ends what stands before it (`when` in a pattern).
    Word,
    /// A placeholder (metavariable) for terms of a category.
    Var(VarClass),
}

/// The category of terms that a placeholder stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum VarClass {
    Expr,
    ExprList,
    /// Identifiers and functions: expressions and names.
    Ident,
    IdentList,
    Type,
    Stmt,
    Decl,
    Field,
    Param,
    Init,
    AssignOp,
    BinaryOp,
    Attribute,
    Declarer,
    Iterator,
    Pragma,
    /// Of any category: its use settles it.
    Any,
    /// Usable in no place of a tree.
    None,
}

/// A place of the grammar at which [`Hooks::hook`] may read a construct of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Place {
    /// An item at top level: function, directive, declaration, statement.
    Top,
    Stmt,
    Expr,
    Arg,
    /// A type among the specifiers of a declaration.
    Type,
    Declarator,
    Name,
    Param,
    Field,
    Init,
    Enumerator,
    MacroParam,
}

/// A production did not fit. Where and why is in the parser.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fail;

/// The result of a production.
pub type Parsed<T = ()> = Result<T, Fail>;

/// What a language adds to C.
pub trait Hooks: Sized {
    /// Whether this is a pattern language: its rules for names and for what may stand alone are those of SmPL.
    const PATTERN: bool;

    /// What the identifier at an index of the input stands for.
    fn class(&self, input: &[Input], at: usize) -> NameClass;

    /// Reads a construct of its own at the parser's place, if one starts there.
    ///
    /// # Errors
    /// If a construct of its own starts there that cannot be read.
    fn hook(p: &mut Parser<'_, Self>, place: Place) -> Parsed<bool>;

    /// Whether the directive that holds the token at an index of the input ends with it.
    fn ends_line(&self, input: &[Input], at: usize) -> bool;

    /// Whether no blank stands between the token at an index of the input and the next one.
    fn touches_next(&self, input: &[Input], at: usize) -> bool;

    /// Whether the identifier at an index of the input starts with `__`.
    fn underscored(&self, _input: &[Input], _at: usize) -> bool {
        false
    }

    /// Whether the identifier at an index of the input has no lower-case letter: the name of a macro, in C.
    fn shouted(&self, _input: &[Input], _at: usize) -> bool {
        false
    }

    /// The width of the white space before the token at an index of the input, if it is the first of its line; in C, where the
    /// layout tells what a macro is.
    fn indentation(&self, _input: &[Input], _at: usize) -> Option<usize> {
        None
    }

    /// Whether missing parts are accepted, because what fills them was removed (the plus slice of a rule).
    fn lenient(&self) -> bool {
        false
    }
}

/// A token as the parser sees it.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its kind.
    pub kind: TokenKind,
    /// The name of its text.
    pub sym: Sym,
    /// Which token of the tree it is. Ids ascend; tokens of C that are left out become [`SyntaxKind::Attribute`] nodes.
    pub id: TokenId,
}

/// The farthest place that reading reached, and what could have stood there.
#[derive(Clone, Debug, Default)]
pub struct Farthest {
    /// Index in the input.
    pub at: usize,
    /// What was expected, without repetition.
    pub expected: Vec<&'static str>,
    /// Whether the limit of depth or of work was reached.
    pub too_complex: bool,
}

/// A parser at a place of its input.
pub struct Parser<'t, H: Hooks> {
    input: &'t [Input],
    pos: usize,
    end: usize,
    /// The tree so far.
    pub builder: TreeBuilder,
    /// The language.
    pub hooks: H,
    /// For each opening delimiter, the index after the one that closes it; 0 if none does, and for other tokens.
    closers: Vec<u32>,
    depth: u32,
    budget: u64,
    farthest: Farthest,
    /// Inside the parameter list of a K&R definition.
    kr: bool,
}

/// A place to go back to.
#[derive(Clone, Copy, Debug)]
pub struct State {
    pos: usize,
    end: usize,
    depth: u32,
    builder: BuilderMark,
    kr: bool,
}

impl<'t, H: Hooks> Parser<'t, H> {
    /// A parser over `input`, which selects among `tokens` of `text`.
    #[must_use]
    pub fn new(text: Arc<[u8]>, base: u32, tokens: impl Into<Arc<[Token]>>, input: &'t [Input], hooks: H) -> Self {
        let budget = 20_000 + 400 * input.len() as u64;
        let builder = TreeBuilder::new(text, base, tokens);
        Self {
            input,
            pos: 0,
            end: input.len(),
            builder,
            hooks,
            closers: closers(input),
            depth: 0,
            budget,
            farthest: Farthest::default(),
            kr: false,
        }
    }

    /// The input.
    #[must_use]
    pub fn input(&self) -> &'t [Input] {
        self.input
    }

    /// The index of the next token.
    #[must_use]
    pub fn pos(&self) -> usize {
        self.pos
    }

    /// Where reading stops: the end of the input or of a part of it.
    #[must_use]
    pub fn end(&self) -> usize {
        self.end
    }

    /// Reads a part of the input that ends before `end`, as if it were all. The part need not be read to its end.
    ///
    /// # Errors
    /// As `read`.
    pub fn until<T>(&mut self, end: usize, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let outer = self.end;
        self.end = end.min(outer);
        let result = read(self);
        self.end = outer;
        result
    }

    /// The kind of the next token.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.nth(0)
    }

    /// The kind of a token ahead.
    #[must_use]
    pub fn nth(&self, ahead: usize) -> TokenKind {
        self.kind_at(self.pos + ahead)
    }

    /// [`Hooks::indentation`] of the token that many places ahead.
    #[must_use]
    pub(super) fn indentation(&self, ahead: usize) -> Option<usize> {
        self.hooks.indentation(self.input, self.pos + ahead)
    }

    /// The kind of the token at an index.
    #[must_use]
    pub fn kind_at(&self, at: usize) -> TokenKind {
        if at < self.end { self.input[at].kind } else { TokenKind::Eof }
    }

    /// The name of the next token.
    #[must_use]
    pub fn sym(&self) -> Sym {
        if self.pos < self.end { self.input[self.pos].sym } else { Sym(0) }
    }

    /// Whether the next token is of a kind.
    #[must_use]
    pub fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    /// What the next token stands for; nothing if it is no identifier.
    #[must_use]
    pub fn class(&self) -> Option<NameClass> {
        self.class_at(self.pos)
    }

    /// What the token at an index stands for; nothing if it is no identifier.
    #[must_use]
    pub fn class_at(&self, at: usize) -> Option<NameClass> {
        (self.kind_at(at) == TokenKind::Ident).then(|| self.hooks.class(self.input, at))
    }

    /// The category of the placeholder that comes next, if one does.
    #[must_use]
    pub fn var(&self) -> Option<VarClass> {
        match self.class() {
            Some(NameClass::Var(v)) => Some(v),
            _ => None,
        }
    }

    /// Takes the next token into the tree. Tokens of C before it that the input left out become an Attribute.
    pub fn bump(&mut self) {
        if self.pos >= self.end {
            return;
        }
        let id = self.input[self.pos].id;
        let first = if self.pos == 0 { 0 } else { self.input[self.pos - 1].id.0 + 1 };
        if first < id.0 && !H::PATTERN {
            self.builder.start(SyntaxKind::Attribute);
            for skipped in first..id.0 {
                self.builder.token(TokenId(skipped));
            }
            self.builder.finish();
        }
        self.builder.token(id);
        self.pos += 1;
        self.budget = self.budget.saturating_sub(1);
    }

    /// Takes the next token if it is of a kind.
    pub fn eat(&mut self, kind: TokenKind) -> bool {
        let there = self.at(kind);
        if there {
            self.bump();
        }
        there
    }

    /// Takes the next token, which must be of a kind.
    ///
    /// # Errors
    /// If it is another one.
    pub fn expect(&mut self, kind: TokenKind) -> Parsed {
        if self.eat(kind) { Ok(()) } else { self.fail(kind.text()) }
    }

    /// Says what could have stood here, and fails.
    ///
    /// # Errors
    /// Always.
    pub fn fail<T>(&mut self, expected: &'static str) -> Parsed<T> {
        if self.pos > self.farthest.at {
            self.farthest.at = self.pos;
            self.farthest.expected.clear();
        }
        if self.pos == self.farthest.at && !self.farthest.expected.contains(&expected) {
            self.farthest.expected.push(expected);
        }
        Err(Fail)
    }

    /// The farthest failure so far.
    #[must_use]
    pub fn farthest(&self) -> &Farthest {
        &self.farthest
    }

    /// Goes back to an earlier record of failures: later attempts were less likely readings.
    pub fn set_farthest(&mut self, farthest: Farthest) {
        self.farthest = farthest;
    }

    /// Opens a node.
    pub fn start(&mut self, kind: SyntaxKind) {
        self.builder.start(kind);
    }

    /// Opens a node that takes in what was added since `from`.
    pub fn start_at(&mut self, from: Checkpoint, kind: SyntaxKind) {
        self.builder.start_at(from, kind);
    }

    /// Closes the innermost node.
    pub fn finish(&mut self) -> NodeId {
        self.builder.finish()
    }

    /// The current place of the tree.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.builder.checkpoint()
    }

    /// A node that holds the next token only.
    pub fn leaf(&mut self, kind: SyntaxKind) {
        self.start(kind);
        self.bump();
        self.finish();
    }

    /// The current place.
    #[must_use]
    pub fn state(&self) -> State {
        State { pos: self.pos, end: self.end, depth: self.depth, builder: self.builder.mark(), kr: self.kr }
    }

    /// Goes back.
    pub fn rewind(&mut self, state: State) {
        self.pos = state.pos;
        self.end = state.end;
        self.depth = state.depth;
        self.kr = state.kr;
        self.builder.rewind(state.builder);
    }

    /// Tries a production; if it does not fit, nothing has happened.
    ///
    /// # Errors
    /// As the production.
    pub fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let state = self.state();
        self.budget = self.budget.saturating_sub(1);
        let result = read(self);
        if result.is_err() {
            self.rewind(state);
        }
        result
    }

    /// Reads one level deeper.
    ///
    /// # Errors
    /// As `read`, or if the limit of depth or of work is reached.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH || self.budget == 0 {
            self.farthest.too_complex = true;
            return Err(Fail);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// [`Hooks::lenient`].
    #[must_use]
    pub fn hooks_lenient(&self) -> bool {
        self.hooks.lenient()
    }

    /// The index after the delimiter that closes the one at `at`; nothing if there is none.
    #[must_use]
    pub fn matching(&self, at: usize) -> Option<usize> {
        let close = *self.closers.get(at)? as usize;
        (close > 0 && close <= self.end).then_some(close)
    }

    /// Takes a delimiter and everything up to the one that closes it.
    ///
    /// # Errors
    /// If none closes it.
    pub fn balanced(&mut self) -> Parsed {
        let Some(end) = self.matching(self.pos) else {
            return self.fail("a closing delimiter");
        };
        while self.pos < end {
            self.bump();
        }
        Ok(())
    }

    /// Closes all with `root`; tokens left out at the end become an Attribute.
    ///
    /// The caller has opened the root and nothing else is open.
    ///
    /// # Errors
    /// If the tree is too high.
    pub fn into_tree(mut self, all_tokens: usize) -> Result<Tree, Farthest> {
        let last = self.input.last().map_or(0, |i| i.id.0 + 1) as usize;
        if last < all_tokens && !H::PATTERN {
            self.builder.start(SyntaxKind::Attribute);
            for skipped in last..all_tokens {
                self.builder.token(TokenId(skipped as u32));
            }
            self.builder.finish();
        }
        self.builder.finish();
        let tree = self.builder.build();
        if tree.height() > MAX_HEIGHT {
            return Err(Farthest { too_complex: true, ..Farthest::default() });
        }
        Ok(tree)
    }
}

/// For each opening delimiter, the index after the one that closes it; 0 if none does, and for other tokens.
fn closers(input: &[Input]) -> Vec<u32> {
    let mut out = vec![0; input.len()];
    let mut open = Vec::new();
    for (i, t) in input.iter().enumerate() {
        match t.kind {
            TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket | TokenKind::DisjOpen => open.push(i),
            TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket | TokenKind::DisjClose => {
                if let Some(at) = open.pop() {
                    out[at] = i as u32 + 1;
                }
            }
            _ => {}
        }
    }
    out
}

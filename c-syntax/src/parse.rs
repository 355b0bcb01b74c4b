//! Reading an element: token view, tree-sitter-c, lowering (design of the C front end, 6.7 and 6.8).

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use tree_sitter::{ParseOptions, ParseState, Parser};

use crate::branches::{self, Preference};
use crate::file::{Element, ElementKind, ParsedElement};
use crate::lower::{Source, lower_item};
use crate::token::{Token, TokenKind};
use crate::tree::{TokenId, Tree, TreeBuilder};
use crate::view::{Cause, Goal, Known, NONE, View, view, view_without};
use crate::{SyntaxKind, define};

/// The grammar found an error that could not be confined to a statement.
const GRAMMAR: Cause = "the grammar found an error";

/// At most this many statements of an element are collapsed because of errors of the grammar.
const MAX_BAD: usize = 8;

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// Runs `f` on the parse of `text` by this thread's parser.
///
/// # Errors
/// If the parser gives up: it is stopped when it takes far more steps than the length of the text explains.
pub(crate) fn with_tree<R>(text: &[u8], f: impl FnOnce(&tree_sitter::Tree) -> R) -> Result<R, Cause> {
    PARSER.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut parser = Parser::new();
            if parser.set_language(&tree_sitter_c::LANGUAGE.into()).is_err() {
                return Err("no grammar");
            }
            *slot = Some(parser);
        }
        let Some(parser) = slot.as_mut() else { return Err("no grammar") };
        let mut calls = 0usize;
        let limit = 2000 + text.len() / 4;
        let mut progress = |_: &ParseState| {
            calls += 1;
            if calls > limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let mut read = |at: usize, _| text.get(at..).unwrap_or_default();
        match parser.parse_with_options(&mut read, None, Some(options)) {
            Some(tree) => Ok(f(&tree)),
            None => {
                parser.reset();
                Err("the grammar took too long")
            }
        }
    })
}

/// Writes the view in canonical spelling; the offsets of its tokens.
pub(crate) fn render(view: &View) -> (Vec<u8>, Vec<u32>) {
    let mut text = Vec::with_capacity(view.out.len() * 3);
    let mut starts = Vec::with_capacity(view.out.len());
    for v in &view.out {
        starts.push(text.len() as u32);
        let word = match v.emit {
            TokenKind::Ident => "i",
            TokenKind::Number | TokenKind::Char => "0",
            TokenKind::Str => "\"\"",
            k => k.text(),
        };
        text.extend_from_slice(word.as_bytes());
        text.push(b' ');
    }
    (text, starts)
}

/// What a try at an element gave.
pub(crate) struct Attempt {
    pub tree: Tree,
    /// Statements and initialisers that were collapsed, and the cause of the first.
    pub partial: Option<Cause>,
}

/// An element as the functions here see it.
pub(crate) struct Input<'a> {
    pub text: &'a Arc<[u8]>,
    pub base: u32,
    pub tokens: &'a Arc<[Token]>,
    pub known: Known<'a>,
}

impl<'a> Input<'a> {
    /// An element.
    pub fn of(element: &'a Element) -> Self {
        let source = &element.source;
        let known = Known { tables: &source.context.tables, facts: &source.context.facts };
        Self { text: &source.text, base: source.base, tokens: element.shared_tokens(), known }
    }

    fn bytes(&self) -> &[u8] {
        &self.text[self.base as usize..]
    }

    /// View, parse and lower the tokens `kept`. Statements in which the grammar finds errors are collapsed.
    fn attempt(&self, kept: &[u32], flags: &[bool]) -> Result<Attempt, Cause> {
        let groups = self.groups();
        let mut bad = Vec::new();
        loop {
            let view = view_without(self.bytes(), self.tokens, kept, self.known, Goal::Item, false, &bad)?;
            let (text, starts) = render(&view);
            let source = Source {
                text: self.text,
                base: self.base,
                tokens: self.tokens,
                kept: flags,
                groups: &groups,
                view: &view,
                starts: &starts,
            };
            let result = with_tree(&text, |t| {
                let root = t.root_node();
                if root.has_error() { Err(error_offset(root)) } else { Ok(lower_item(&source, root)) }
            })?;
            match result {
                Ok(tree) => return Ok(Attempt { tree: tree?, partial: view.partial.first().map(|p| p.1) }),
                Err(at) => {
                    let i = starts.partition_point(|s| *s as usize <= at);
                    let token = view.out[..i].iter().rev().map(|v| v.src).find(|s| *s != NONE);
                    match token.filter(|t| bad.len() < MAX_BAD && !bad.contains(t)) {
                        Some(t) => bad.push(t),
                        None => return Err(GRAMMAR),
                    }
                }
            }
        }
    }

    fn groups(&self) -> Vec<branches::Group> {
        if self.tokens.iter().any(|t| t.kind == TokenKind::Directive) {
            branches::select(self.bytes(), self.tokens, Preference::All).groups
        } else {
            Vec::new()
        }
    }
}

/// Where the first innermost error of a parse is.
fn error_offset(root: tree_sitter::Node<'_>) -> usize {
    let mut node = root;
    loop {
        let mut cursor = node.walk();
        match node.children(&mut cursor).find(tree_sitter::Node::has_error) {
            Some(child) => node = child,
            None => return node.end_byte().saturating_sub(1).max(node.start_byte()),
        }
    }
}

/// A tree that only holds the tokens, below the root.
pub(crate) fn token_tree(text: &Arc<[u8]>, base: u32, tokens: &Arc<[Token]>, kind: Option<SyntaxKind>) -> Tree {
    let mut b = TreeBuilder::new(Arc::clone(text), base, Arc::clone(tokens));
    b.start(SyntaxKind::Root);
    if let Some(kind) = kind {
        b.start(kind);
    }
    for i in 0..tokens.len() {
        b.token(TokenId(i as u32));
    }
    if kind.is_some() {
        b.finish();
    }
    b.finish();
    b.build()
}

/// Reads an element.
pub(crate) fn parse_element(element: &Element) -> ParsedElement {
    match element.fast_reading() {
        Some(tree) => {
            let tokens = Arc::clone(element.shared_tokens());
            ParsedElement { trees: vec![tree], tokens, failure: None, sure: true }
        }
        None => parse_element_slowly(element),
    }
}

/// Reads an element without asking the fast reader.
pub(crate) fn parse_element_slowly(element: &Element) -> ParsedElement {
    let input = Input::of(element);
    let source = &element.source;
    let (trees, failure) = match element.kind {
        ElementKind::Include => {
            (vec![token_tree(input.text, input.base, input.tokens, Some(SyntaxKind::Include))], None)
        }
        ElementKind::Conditional => {
            (vec![token_tree(input.text, input.base, input.tokens, Some(SyntaxKind::DirectiveLine))], None)
        }
        ElementKind::Define => define::read_define(&input),
        ElementKind::Undef => (vec![define::read_undef(&input)], None),
        ElementKind::Pragma => (vec![define::read_pragma(&input)], None),
        ElementKind::Other => (vec![token_tree(input.text, input.base, input.tokens, None)], None),
        ElementKind::Function | ElementKind::Declaration | ElementKind::MacroCall => {
            read_item(&input, source.kept.as_deref())
        }
    };
    ParsedElement { trees, tokens: Arc::clone(element.shared_tokens()), failure, sure: false }
}

fn read_item(input: &Input<'_>, kept: Option<&[u32]>) -> (Vec<Tree>, Option<Cause>) {
    let n = input.tokens.len();
    if input.tokens.first().is_some_and(|t| t.kind == TokenKind::KwAsm) {
        return (vec![token_tree(input.text, input.base, input.tokens, Some(SyntaxKind::AsmStmt))], None);
    }
    let all: Vec<u32>;
    let kept = match kept {
        Some(kept) => kept,
        None => {
            all = (0..n as u32).collect();
            &all
        }
    };
    let first = input.attempt(kept, &flags(n, kept));
    let cause = match &first {
        Ok(a) if a.partial.is_none() => {
            let mut trees: Vec<Tree> = first.into_iter().map(|a| a.tree).collect();
            trees.extend(other_branches(input, kept));
            return (trees, None);
        }
        Ok(a) => a.partial,
        Err(cause) => Some(*cause),
    };
    if input.tokens.iter().any(|t| t.kind == TokenKind::Directive) {
        for preference in [Preference::First, Preference::Last, Preference::All] {
            let other = branches::select(input.bytes(), input.tokens, preference).kept;
            if other == kept {
                continue;
            }
            match input.attempt(&other, &flags(n, &other)) {
                Ok(a) if a.partial.is_none() => return (vec![a.tree], None),
                _ => {}
            }
        }
    }
    let Known { tables, facts } = input.known;
    if let Ok(tree) = crate::second::read(input.text, input.base, input.tokens, kept, tables, facts) {
        return (vec![tree], None);
    }
    (first.into_iter().map(|a| a.tree).collect(), cause)
}

/// The element with the last branch of each `#if` group in place of the first, if that has tokens that `kept` lacks.
fn other_branches(input: &Input<'_>, kept: &[u32]) -> Option<Tree> {
    if !input.tokens.iter().any(|t| t.kind == TokenKind::Directive) {
        return None;
    }
    let other = branches::select(input.bytes(), input.tokens, Preference::Last).kept;
    if other.iter().all(|t| kept.binary_search(t).is_ok()) {
        return None;
    }
    let attempt = input.attempt(&other, &flags(input.tokens.len(), &other)).ok()?;
    attempt.partial.is_none().then_some(attempt.tree)
}

fn flags(n: usize, kept: &[u32]) -> Vec<bool> {
    let mut flags = vec![false; n];
    for k in kept {
        flags[*k as usize] = true;
    }
    flags
}

/// See [`Element::explain`].
pub(crate) fn explain(element: &Element) -> Vec<(&'static str, String)> {
    let source = &element.source;
    let known = Known { tables: &source.context.tables, facts: &source.context.facts };
    let items = [ElementKind::Function, ElementKind::Declaration, ElementKind::MacroCall];
    if !items.contains(&element.kind) {
        return Vec::new();
    }
    let tokens = element.shared_tokens();
    let all: Vec<u32> = (0..tokens.len() as u32).collect();
    let kept = source.kept.as_deref().unwrap_or(&all);
    let bytes = &source.text[source.base as usize..];
    let Ok(view) = view(bytes, tokens, kept, known, Goal::Item, true) else { return Vec::new() };
    let name = |t: u32| {
        let t = tokens[t as usize];
        String::from_utf8_lossy(&bytes[t.start as usize..t.end() as usize]).into_owned()
    };
    view.names.iter().map(|(rule, t)| (*rule, name(*t))).collect()
}

/// See [`Element::view_text`].
pub(crate) fn view_text(element: &Element) -> String {
    let source = &element.source;
    let known = Known { tables: &source.context.tables, facts: &source.context.facts };
    let tokens = element.shared_tokens();
    let all: Vec<u32> = (0..tokens.len() as u32).collect();
    let kept = source.kept.as_deref().unwrap_or(&all);
    match view(&source.text[source.base as usize..], tokens, kept, known, Goal::Item, false) {
        Ok(view) => {
            String::from_utf8_lossy(&render(&view).0).replace("; ", ";\n").replace("{ ", "{\n").replace("} ", "}\n")
        }
        Err(cause) => format!("({cause})"),
    }
}

/// Parses a whole text with the plain grammar, for comparison; whether it found errors.
#[must_use]
pub fn parse_raw(text: &[u8]) -> bool {
    with_tree(text, |t| t.root_node().has_error()).unwrap_or(true)
}

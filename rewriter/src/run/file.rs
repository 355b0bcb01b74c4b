//! A file in work: its present text and elements, their graphs, and where everything lay in the original.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::Arc;

use c_syntax::types::{ElementTypes, Facts, TypeEnv};
use c_syntax::{Child, ElementKind, SourceFile, Span, TokenId, Tree};
use cfg::{Cfg, CfgError, CfgOptions, NodeIndex};
use matcher::{Action, Place, RuleMatch};
use rustc_hash::FxHashMap;

use super::RunOptions;
use super::offsets::{Lines, OffsetMap};
use super::words::Words;
use crate::edit::{Edit, apply_edits};

/// A graph, or why there is none.
pub(super) type Graph = Result<Arc<Cfg>, CfgError>;

/// A file of a group.
pub(super) struct FileState {
    /// Its name, as given.
    pub name: Arc<str>,
    /// Its present text and elements.
    pub source: Arc<SourceFile>,
    /// Its original text.
    original: Arc<[u8]>,
    /// Lines of the original.
    pub lines: Lines,
    /// From the present to the original.
    pub map: OffsetMap,
    /// Graphs of the elements' variants, once asked for.
    graphs: Vec<Vec<Graph>>,
    /// Types of the elements' variants, once asked for.
    types: Vec<Vec<Option<Arc<ElementTypes>>>>,
    /// Facts about the names of the original file.
    type_env: Option<Arc<TypeEnv>>,
    /// Lines (from 1) that `*` marks.
    pub starred: BTreeSet<u32>,
}

impl FileState {
    /// A file at the start of a run.
    pub fn new(name: Arc<str>, source: Arc<SourceFile>) -> Self {
        let original = source.text.clone();
        Self {
            name,
            lines: Lines::of(&original),
            map: OffsetMap::identity(original.len()),
            graphs: vec![Vec::new(); source.elements.len()],
            types: vec![Vec::new(); source.elements.len()],
            type_env: None,
            original,
            source,
            starred: BTreeSet::new(),
        }
    }

    /// Whether its text differs from the original.
    pub fn changed(&self) -> bool {
        !Arc::ptr_eq(&self.source.text, &self.original) && *self.source.text != *self.original
    }

    /// Whether an element may hold a match of a rule with these words.
    pub fn may_match(&self, e: usize, words: &Words) -> bool {
        let element = &self.source.elements[e];
        element.element.kind != ElementKind::Conditional
            && words.may_match(&self.source.text[element.start as usize..element.end as usize])
    }

    /// Line (from 1) and column (from 0) in the original of an offset of the present text.
    pub fn place(&self, offset: u32) -> (u32, u32) {
        self.lines.place(self.map.original(offset))
    }

    /// The line on which an element starts, in the original.
    pub fn line_of_element(&self, e: usize) -> Option<u32> {
        self.source.elements.get(e).map(|e| self.place(e.start).0)
    }

    /// The number of trees of an element.
    pub fn variants(&self, e: usize) -> usize {
        self.source.elements[e].element.parsed().trees.len()
    }

    /// The graph of a variant of an element.
    pub fn graph(&mut self, e: usize, variant: usize, options: CfgOptions) -> Graph {
        if self.graphs[e].len() <= variant {
            let trees = &self.source.elements[e].element.parsed().trees;
            let build = |tree: &Tree| match tree.child_node(tree.root(), 0) {
                Some(item) => Cfg::build(tree, item, &options).map(Arc::new),
                None => Err(CfgError::NotMatchable),
            };
            self.graphs[e] = trees.iter().map(build).collect();
        }
        self.graphs[e].get(variant).cloned().unwrap_or(Err(CfgError::NotMatchable))
    }

    /// Types and scopes of a variant of an element, in the environment of the original file (`semantics.md` 4.7: types are not worked
    /// out again for elements that an edit of another one concerns).
    pub fn types(&mut self, e: usize, variant: usize, options: &RunOptions) -> Arc<ElementTypes> {
        let env = self.type_env.get_or_insert_with(|| {
            let facts = Facts::scan(&self.original, &c_syntax::lexer::lex(&self.original));
            let (table, includes) = &options.headers;
            let headers = table.headers_of(Path::new(&*self.name), &facts, includes);
            Arc::new(TypeEnv::new(Arc::new(facts), headers).with_number_bits(options.number_bits))
        });
        let element = &self.source.elements[e];
        let slot = &mut self.types[e];
        if slot.is_empty() {
            slot.resize(element.element.parsed().trees.len(), None);
        }
        let offset = self.map.original(element.start);
        let make = || Arc::new(ElementTypes::new(env.clone(), offset, element.element.tree(variant as u8)));
        slot[variant].get_or_insert_with(make).clone()
    }

    /// Where in the original the code lies that a point of a graph owns; none if it owns none.
    pub fn span_of_point(&self, e: usize, variant: usize, graph: &Cfg, point: NodeIndex) -> Option<Span> {
        let tree = self.source.elements[e].element.tree(variant as u8);
        let ranges = cfg::owned(tree, &graph.graph[point]).map(|child| match child {
            Child::Token(t) => t.0..t.0 + 1,
            Child::Node(n) => tree.token_range(n),
        });
        let all = ranges.filter(|r| !r.is_empty()).reduce(|a, b| a.start.min(b.start)..a.end.max(b.end))?;
        Some(self.span_of_tokens(e, variant, all))
    }

    /// Where in the original tokens of an element lie.
    pub fn span_of_tokens(&self, e: usize, variant: usize, tokens: Range<u32>) -> Span {
        let element = &self.source.elements[e];
        let tree = element.element.tree(variant as u8);
        let last = (tree.tokens().len() as u32).saturating_sub(1);
        let start = tree.token(TokenId(tokens.start.min(last))).start;
        let end = match tokens.end.checked_sub(1) {
            Some(end) if !tokens.is_empty() => tree.token(TokenId(end.min(last))).end(),
            _ => start,
        };
        Span::new(self.map.original(element.start + start), self.map.original(element.start + end))
    }

    /// The text of a line (from 1) of the original, without white space around it.
    pub fn span_of_line(&self, line: u32) -> Span {
        let range = self.lines.range(line, self.original.len() as u32);
        let text = &self.original[range.start as usize..range.end as usize];
        let blank = |b: &u8| b.is_ascii_whitespace();
        let before = text.iter().take_while(|b| blank(b)).count() as u32;
        let after = text.iter().rev().take_while(|b| blank(b)).count() as u32;
        Span::new(range.start + before, (range.end - after).max(range.start + before))
    }

    /// The lines (from 1) of the original on which the code of a point lies.
    pub fn lines_of_point(
        &self,
        e: usize,
        variant: usize,
        graph: &Cfg,
        point: NodeIndex,
    ) -> Option<RangeInclusive<u32>> {
        let span = self.span_of_point(e, variant, graph, point)?;
        Some(self.lines.place(span.start).0..=self.lines.place(span.end.saturating_sub(1).max(span.start)).0)
    }

    /// Marks the lines of the original that hold tokens that matches mark.
    pub fn mark(&mut self, e: usize, matches: &[RuleMatch]) {
        let element = &self.source.elements[e];
        let parsed = element.element.parsed();
        for found in matches {
            for touch in &found.touches {
                let (Place::Token(TokenId(t)), Action::Remove { .. }) = (touch.place, touch.action) else { continue };
                let Some(token) = parsed.tokens.get(t as usize) else { continue };
                let first = self.lines.place(element.start + token.start).0;
                let last = self.lines.place(element.start + token.end().saturating_sub(1)).0;
                self.starred.extend(first..=last);
            }
        }
    }

    /// Applies edits, and reads again what they changed.
    pub fn apply(&mut self, edits: &[Edit], options: &RunOptions) {
        let text: Arc<[u8]> = apply_edits(&self.source.text, edits).into();
        self.map = self.map.after(edits);
        let new = Arc::new(SourceFile::parse(text, &options.tables, Some(&self.source)));
        let mut old = FxHashMap::default();
        let known = self.graphs.drain(..).zip(self.types.drain(..));
        for (element, known) in self.source.elements.iter().zip(known) {
            old.insert(Arc::as_ptr(&element.element), known);
        }
        for element in &new.elements {
            let (graphs, types) = old.remove(&Arc::as_ptr(&element.element)).unwrap_or_default();
            self.graphs.push(graphs);
            self.types.push(types);
        }
        self.source = new;
    }
}

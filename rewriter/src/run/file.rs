//! A file in work: its present text and elements, their graphs, and where everything lay in the original.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::Arc;

use c_syntax::types::{ElementTypes, TypeEnv};
use c_syntax::{Child, ElementKind, SourceFile, Span, Sym, Token, TokenId, TokenKind};
use cfg::{Cfg, CfgError, CfgOptions, NodeIndex};
use matcher::{Action, Bindings, Need, Place, Position, RuleMatch, Value};
use rustc_hash::FxHashMap;

use super::comments::Comments;
use super::offsets::{Lines, OffsetMap};
use super::shared::{Graph, SharedFile, build_graphs};
use super::words::{WordSet, WordTable, Words};
use super::{RunOptions, Select};
use crate::edit::{Edit, apply_edits};

/// A file of a group.
pub(super) struct FileState {
    /// Its name, as given.
    pub name: Arc<str>,
    /// The file as it was read.
    shared: Arc<SharedFile>,
    /// Positions in elements that an earlier rule changed are those of a file that holds nothing else, as in the reference.
    fragments: bool,
    /// Its present text and elements.
    pub source: Arc<SourceFile>,
    /// The text that the last rule made.
    last: Option<Arc<[u8]>>,
    /// From the present to the original.
    pub map: OffsetMap,
    /// What is known of the present elements.
    known: Vec<Known>,
    /// Facts about the names of the original file.
    type_env: Option<(usize, Arc<TypeEnv>)>,
    /// Lines (from 1) that `*` marks.
    pub starred: BTreeSet<u32>,
    /// What each rule changed, if that is noted.
    pub rounds: Vec<Vec<Edit>>,
}

/// What is known of an element of the present version.
struct Known {
    /// Which element of the file as it was read it is; what is known of that is shared.
    original: Option<u32>,
    words: Option<WordSet>,
    /// Where it starts and ends in the original, by line and column.
    places: Option<[(u32, u32); 2]>,
    names: Option<Names>,
    graphs: Option<Arc<[Graph]>>,
    types: Vec<Option<Arc<ElementTypes>>>,
}

impl Known {
    fn new(original: Option<u32>) -> Self {
        Self { original, words: None, places: None, names: None, graphs: None, types: Vec::new() }
    }
}

/// The names among the tokens of an element.
struct Names {
    sorted: Box<[Sym]>,
    /// Directives are one token each, whatever they hold.
    directives: bool,
}

impl Names {
    fn of(tokens: &[Token]) -> Self {
        let mut names: Vec<Sym> = tokens.iter().filter(|t| t.kind == TokenKind::Ident).map(|t| t.sym).collect();
        names.sort_unstable();
        names.dedup();
        Self { sorted: names.into(), directives: tokens.iter().any(|t| t.kind == TokenKind::Directive) }
    }

    fn may_hold(&self, name: Sym) -> bool {
        self.directives || self.sorted.binary_search(&name).is_ok()
    }
}

impl FileState {
    /// A file at the start of a run.
    pub fn new(name: Arc<str>, shared: Arc<SharedFile>, fragments: bool) -> Self {
        let source = shared.source.clone();
        Self {
            name,
            map: OffsetMap::identity(source.text.len()),
            known: (0..source.elements.len()).map(|e| Known::new(Some(e as u32))).collect(),
            type_env: None,
            source,
            last: None,
            shared,
            fragments,
            starred: BTreeSet::new(),
            rounds: Vec::new(),
        }
    }

    /// Lines of the original.
    pub fn lines(&self) -> &Lines {
        &self.shared.lines
    }

    fn original(&self) -> &Arc<[u8]> {
        &self.shared.source.text
    }

    /// Its text, if that differs from the original.
    pub fn result(&self) -> Option<Arc<[u8]>> {
        let text = self.last.as_ref().unwrap_or(&self.source.text);
        (!Arc::ptr_eq(text, self.original()) && **text != **self.original()).then(|| text.clone())
    }

    /// Whether an element may hold a match of a rule with these words, which are numbers in `table`.
    pub fn may_match(&mut self, e: usize, words: &Words, table: &Arc<WordTable>) -> bool {
        let element = &self.source.elements[e];
        if element.element.kind == ElementKind::Conditional {
            return false;
        }
        let known = &mut self.known[e];
        if let Some(found) = known.original.and_then(|o| self.shared.words(o, table)) {
            return words.may_match(found);
        }
        let text = &self.source.text[element.start as usize..element.end as usize];
        words.may_match(known.words.get_or_insert_with(|| table.find(text)))
    }

    /// Whether an element holds what a rule needs of these inherited values.
    pub fn may_hold(&mut self, e: usize, need: &Need, inherited: &Bindings) -> bool {
        if *need == Need::Nothing {
            return true;
        }
        let element = &self.source.elements[e];
        let fragment = self.fragment(e);
        let known = &mut self.known[e];
        let [first, last] = *known.places.get_or_insert_with(|| {
            [element.start, element.end].map(|at| self.shared.lines.place(self.map.original(at)))
        });
        // Places are compared first: that is cheap, and there are many environments where there are positions.
        let there = need.is_met(&mut |_| true, &mut |var| match inherited.get(var) {
            Some(Value::Positions(places)) => places.iter().any(|p| match &fragment {
                None => p.file == self.name && first <= p.start && p.start <= last,
                Some(name) => p.file == *name,
            }),
            _ => true,
        });
        there
            && need.is_met(&mut |_| true, &mut |var| match inherited.get(var) {
                None | Some(Value::Positions(_)) => true,
                Some(value) => matcher::name_of(value).is_none_or(|name| {
                    known.names.get_or_insert_with(|| Names::of(element.element.tokens())).may_hold(name)
                }),
            })
    }

    /// The comments around a place of the original.
    pub fn comments(&self, at: &Position) -> Comments {
        let offset = |place| self.shared.lines.offset(place);
        Comments::around(&self.shared.source.text, offset(at.start)..offset(at.end))
    }

    /// For positions in an element: the name of the file, and line (from 1) and column (from 0) of an offset of the present text there.
    pub fn positions(&self, e: usize) -> (Arc<str>, impl Fn(u32) -> (u32, u32)) {
        let name = self.fragment(e);
        let fragment = name.is_some().then(|| {
            let start = e.checked_sub(1).map_or(0, |before| self.source.elements[before].end);
            (start, Lines::of(&self.source.text[start as usize..self.source.elements[e].end as usize]))
        });
        let place = move |offset: u32| match &fragment {
            None => self.place(offset),
            Some((start, lines)) => lines.place(offset.saturating_sub(*start)),
        };
        (name.unwrap_or_else(|| self.name.clone()), place)
    }

    /// The name of the file that holds only this element, if positions in it are those of such a file.
    fn fragment(&self, e: usize) -> Option<Arc<str>> {
        (self.fragments && self.known[e].original.is_none()).then(|| {
            let base = Path::new(&*self.name).file_name().unwrap_or_default().to_string_lossy();
            format!("cocci_small_output-{e}-{base}").into()
        })
    }

    /// Line (from 1) and column (from 0) in the original of an offset of the present text.
    pub fn place(&self, offset: u32) -> (u32, u32) {
        self.shared.lines.place(self.map.original(offset))
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
        let known = &mut self.known[e];
        let graphs = known.graphs.get_or_insert_with(|| match known.original {
            Some(original) => self.shared.graphs(original, options),
            None => build_graphs(&self.source.elements[e].element, options),
        });
        graphs.get(variant).cloned().unwrap_or(Err(CfgError::NotMatchable))
    }

    /// Gives up the graphs of an element, which no rule of the semantic patch will ask for.
    pub fn drop_graphs(&mut self, e: usize) {
        self.known[e].graphs = None;
    }

    /// Types and scopes of a variant of an element, in the environment of the original file (`semantics.md` 4.7: types are not worked
    /// out again for elements that an edit of another one concerns).
    pub fn types(&mut self, e: usize, variant: usize, options: &RunOptions) -> Arc<ElementTypes> {
        let shared = &self.shared;
        let name = Path::new(&*self.name);
        let env = self.type_env.get_or_insert_with(|| shared.types_of_file(name, options));
        let known = &mut self.known[e];
        if let Some(original) = known.original {
            return shared.types(original, variant as u8, env);
        }
        let element = &self.source.elements[e];
        if known.types.is_empty() {
            known.types.resize(element.element.parsed().trees.len(), None);
        }
        let offset = self.map.original(element.start);
        let make = || Arc::new(ElementTypes::new(env.1.clone(), offset, element.element.tree(variant as u8)));
        known.types[variant].get_or_insert_with(make).clone()
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
        let range = self.shared.lines.range(line, self.original().len() as u32);
        let text = &self.original()[range.start as usize..range.end as usize];
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
        Some(
            self.shared.lines.place(span.start).0
                ..=self.shared.lines.place(span.end.saturating_sub(1).max(span.start)).0,
        )
    }

    /// Whether a match counts. One that neither changes nor marks code always does.
    pub fn selects(&self, e: usize, found: &RuleMatch, select: &dyn Select) -> bool {
        let element = &self.source.elements[e];
        let tree = element.element.tree(found.variant);
        let tokens = found.touches.iter().filter_map(|touch| match touch.place {
            Place::Token(t) => Some(t),
            Place::Node(n) => tree.first_token(n),
        });
        let mut lines = BTreeSet::new();
        for token in tokens.map(|t| tree.token(t)) {
            let first = self.place(element.start + token.start).0;
            lines.extend(first..=self.place(element.start + token.end().saturating_sub(1)).0.max(first));
        }
        lines.is_empty() || select.wants(&self.name, self.original(), &lines)
    }

    /// Marks the lines of the original that hold tokens that matches mark.
    pub fn mark(&mut self, e: usize, matches: &[RuleMatch]) {
        let element = &self.source.elements[e];
        let parsed = element.element.parsed();
        for found in matches {
            for touch in &found.touches {
                let (Place::Token(TokenId(t)), Action::Remove { .. }) = (touch.place, touch.action) else { continue };
                let Some(token) = parsed.tokens.get(t as usize) else { continue };
                let first = self.shared.lines.place(element.start + token.start).0;
                let last = self.shared.lines.place(element.start + token.end().saturating_sub(1)).0;
                self.starred.extend(first..=last);
            }
        }
    }

    /// Applies edits, and reads again what they changed. If then more elements cannot be read than before, nothing is done and the
    /// answer is false. Those of the `last` rule that looks at code change the text that the file ends with, and nothing else.
    pub fn apply(&mut self, edits: &[Edit], options: &RunOptions, last: bool) -> bool {
        let text = apply_edits(&self.source.text, edits);
        let places: Vec<_> = edits.iter().map(|e| (e.range.clone(), e.text.len())).collect();
        if last {
            let fine = options.quirks || self.source.stays_readable(&text, &options.tables, &places);
            self.last = fine.then_some(text);
            self.note(edits, fine && options.style.notes);
            return fine;
        }
        let new = Arc::new(self.source.edited(text, &options.tables, &places));
        if !options.quirks && !self.source.reads_as_well(&new) {
            return false;
        }
        self.map = self.map.after(edits);
        let mut old = FxHashMap::default();
        for (element, known) in self.source.elements.iter().zip(self.known.drain(..)) {
            old.insert(Arc::as_ptr(&element.element), known);
        }
        for element in &new.elements {
            self.known.push(old.remove(&Arc::as_ptr(&element.element)).unwrap_or_else(|| Known::new(None)));
        }
        self.source = new;
        self.note(edits, options.style.notes);
        true
    }

    fn note(&mut self, edits: &[Edit], wanted: bool) {
        if wanted {
            self.rounds.push(edits.to_vec());
        }
    }
}

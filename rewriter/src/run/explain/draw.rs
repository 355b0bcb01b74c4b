//! Places of a partial match as spans in the C file and in the semantic patch, and their texts.

use std::ops::Range;
use std::sync::Arc;

use c_syntax::{Diagnostic, Label, NodeId, Severity, Span, TokenId, Tree};
use cfg::NodeIndex;
use matcher::PreparedGraph;
use matcher::why::Step;
use smpl_parser::{MvId, Rule};

use super::{C_FILE, RULE_FILE};
use crate::run::file::FileState;

/// How much of a piece of code is quoted.
const MAX_QUOTE: usize = 60;

/// What is drawn over: an element of a file, and a rule.
pub struct Draw<'a> {
    pub file: &'a FileState,
    pub rule: &'a Rule,
    /// The element.
    pub e: usize,
    /// Which of its trees.
    pub variant: usize,
    pub graph: Arc<PreparedGraph>,
}

impl Draw<'_> {
    pub fn code(&self) -> &Tree {
        self.file.source.elements[self.e].element.tree(self.variant as u8)
    }

    pub fn pattern(&self) -> &Tree {
        &self.rule.pattern.tree
    }

    /// A message about a rule that is not fulfilled at a place.
    pub fn message(severity: Severity, text: String, place: Label) -> Diagnostic {
        Diagnostic {
            severity,
            code: "",
            message: text,
            primary: place,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// The line (from 1) of the original of a span.
    pub fn line(&self, span: Span) -> u32 {
        self.file.lines().place(span.start).0
    }

    pub fn span_of_point(&self, point: NodeIndex) -> Option<Span> {
        self.file.span_of_point(self.e, self.variant, &self.graph.cfg, point)
    }

    pub fn span_of_code(&self, tokens: Range<u32>) -> Span {
        self.file.span_of_tokens(self.e, self.variant, tokens)
    }

    /// The lines of a path, each once in a row, of the points that own code.
    pub fn lines(&self, path: &[NodeIndex]) -> Vec<u32> {
        let mut out: Vec<u32> = path.iter().filter_map(|p| self.span_of_point(*p)).map(|s| self.line(s)).collect();
        out.dedup();
        out
    }

    /// Where in the semantic patch tokens of the pattern stand; for an empty range, behind the token before it.
    pub fn span_of_pattern(&self, tokens: Range<u32>) -> Span {
        let of = |t: u32| self.rule.pattern.tokens.get(t as usize).map(|t| t.span);
        if tokens.is_empty() {
            let end = of(tokens.start.saturating_sub(1)).unwrap_or_default().end;
            return Span::new(end, end);
        }
        let first = of(tokens.start).unwrap_or_default();
        let all = tokens.clone().filter_map(of).filter(|s| s.end > s.start);
        // What an isomorphism moved about keeps its places: the whole is from the first to the last of them.
        all.reduce(Span::to).unwrap_or(first)
    }

    /// The part of a node of the pattern that its element owns at a point.
    pub fn span_of_step(&self, step: Step) -> Span {
        let kind = self.graph.cfg.graph[step.point].kind;
        let owned = matcher::point::owned(self.pattern(), kind, step.node).into_iter().map(|child| match child {
            c_syntax::Child::Token(t) => t.0..t.0 + 1,
            c_syntax::Child::Node(n) => self.pattern().token_range(n),
        });
        let whole = self.pattern().token_range(step.node);
        let range = owned.filter(|r| !r.is_empty()).reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        self.span_of_pattern(range.unwrap_or(whole))
    }

    pub fn span_of_node(&self, node: NodeId) -> Span {
        self.span_of_pattern(self.pattern().token_range(node))
    }

    pub fn quote_code(&self, tokens: Range<u32>) -> String {
        quote(self.code(), tokens)
    }

    pub fn quote_pattern(&self, tokens: Range<u32>) -> String {
        quote(self.pattern(), tokens)
    }

    pub fn quote_point(&self, point: NodeIndex) -> Option<String> {
        let span = self.span_of_point(point)?;
        let tree = self.code();
        let start = self.file.source.elements[self.e].start;
        let at = |t: u32| self.file.map.original(start + tree.token(TokenId(t)).start);
        let inside = (0..tree.tokens().len() as u32).filter(|t| (span.start..span.end).contains(&at(*t)));
        let (first, last) = inside.fold((u32::MAX, 0), |(a, b), t| (a.min(t), b.max(t)));
        (first <= last).then(|| self.quote_code(first..last + 1))
    }

    /// The name of a metavariable, and where it is declared.
    pub fn var(&self, var: MvId) -> (&str, Span) {
        self.rule.metavars.get(var.0 as usize).map_or(("", Span::default()), |m| (m.name.as_str(), m.span))
    }

    pub fn c_label(&self, span: Span, text: impl Into<String>) -> Label {
        Label { file: C_FILE, span, text: text.into() }
    }

    pub fn rule_label(&self, span: Span, text: impl Into<String>) -> Label {
        Label { file: RULE_FILE, span, text: text.into() }
    }
}

/// Code on one line, cut if long.
fn quote(tree: &Tree, tokens: Range<u32>) -> String {
    let mut out = String::new();
    let mut before: Option<TokenId> = None;
    for t in tokens.map(TokenId).filter(|t| (t.0 as usize) < tree.tokens().len()) {
        if before.is_some_and(|b| tree.token(b).end() < tree.token(t).start) {
            out.push(' ');
        }
        out.push_str(&String::from_utf8_lossy(tree.token_text(t)));
        before = Some(t);
        if out.chars().count() > MAX_QUOTE {
            let cut: String = out.chars().take(MAX_QUOTE).collect();
            return format!("{cut}...");
        }
    }
    out
}

//! A rule as text: the code to match with the added code at its anchors, for `parse-cocci` and tests.
//!
//! Removed tokens have a `-` before them, what may be absent a `?`. Lines with `<<<` hold code added before what follows, `>>>` after what precedes,
//! `===` in place of the removed code that starts with the token before.

use std::fmt::Write as _;

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, Tree};

use crate::ast::{Mark, MetaVar, PatToken, Pattern, PlusRun, RunId};

/// What is printed, in order.
enum Step {
    Child(Child),
    Word(&'static str),
    After(NodeId),
}

/// The pattern of a rule with these metavariables as text.
#[must_use]
pub fn pattern(p: &Pattern, vars: &[MetaVar]) -> String {
    let mut out = Text { vars, ..Text::default() };
    let mut stack = vec![Step::Child(Child::Node(p.tree.root()))];
    while let Some(step) = stack.pop() {
        match step {
            Step::Word(w) => out.word(w),
            Step::After(node) => {
                if let Some(s) = p.slots.get(&node) {
                    out.runs(p, &s.after, ">>>");
                }
            }
            Step::Child(Child::Token(t)) => token(p, t, &mut out),
            Step::Child(Child::Node(node)) => {
                if let Some(s) = p.slots.get(&node) {
                    out.runs(p, &s.before, "<<<");
                }
                out.optional |= p.tree.kind(node) == SyntaxKind::Opt;
                stack.push(Step::After(node));
                push_children(&p.tree, node, &mut stack);
            }
        }
    }
    out.done()
}

/// The children of a node, last first; disjunctions without delimiters get some.
fn push_children(tree: &Tree, node: NodeId, stack: &mut Vec<Step>) {
    let children = tree.children(node);
    let made = tree.kind(node) == SyntaxKind::Disj && tree.child_tokens(node).next().is_none();
    if !made {
        stack.extend(children.iter().rev().map(|c| Step::Child(*c)));
        return;
    }
    stack.push(Step::Word("\\)"));
    for (i, c) in children.iter().enumerate().rev() {
        stack.push(Step::Child(*c));
        stack.push(Step::Word(if i == 0 { "\\(" } else { "\\|" }));
    }
}

fn token(p: &Pattern, id: TokenId, out: &mut Text<'_>) {
    let empty = PatToken::default();
    let t = p.tokens.get(id.0 as usize).unwrap_or(&empty);
    out.runs(p, &t.before, "<<<");
    out.at(t);
    if std::mem::take(&mut out.optional) {
        out.line.push('?');
    }
    if t.mark == Mark::Minus {
        out.line.push('-');
    }
    out.line.push_str(&word(&p.tree, id));
    for var in &t.attached {
        out.line.push('@');
        out.line.push_str(out.vars.get(var.0 as usize).map_or("", |m| m.name.as_str()));
    }
    out.runs(p, &t.replace, "===");
    out.runs(p, &t.after, ">>>");
}

/// A token's text; delimiters of disjunctions with their backslash.
fn word(tree: &Tree, id: TokenId) -> String {
    let kind = tree.token(id).kind;
    use c_syntax::TokenKind as T;
    if matches!(kind, T::DisjOpen | T::DisjOr | T::ConjAnd | T::DisjClose) {
        return kind.text().to_owned();
    }
    String::from_utf8_lossy(tree.token_text(id)).into_owned()
}

/// The code of a run as text.
#[must_use]
pub fn run(p: &Pattern, run: &PlusRun) -> String {
    let mut out = String::new();
    let mut last: Option<(u32, u32)> = None;
    for f in &run.fragments {
        if let Some(text) = &f.text {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(text);
            last = None;
            continue;
        }
        for id in f.tokens.clone() {
            let t = p.plus.token(TokenId(id));
            let broken = last.is_none() && !out.is_empty() || last.is_some_and(|(_, l)| l != f.line);
            if broken {
                out.push('\n');
            } else if last.is_some_and(|(end, _)| end != t.start) {
                out.push(' ');
            }
            out.push_str(&word(&p.plus, TokenId(id)));
            last = Some((t.end(), f.line));
        }
    }
    out
}

/// Lines being built.
#[derive(Default)]
struct Text<'a> {
    out: String,
    line: String,
    /// Whether what comes next may be absent.
    optional: bool,
    vars: &'a [MetaVar],
    /// Line and end of the last token of the `.cocci` file.
    last: Option<(u32, u32)>,
}

impl Text<'_> {
    /// Blanks or a line break before a token, as in the `.cocci` file.
    fn at(&mut self, t: &PatToken) {
        match self.last {
            Some((line, _)) if line != t.line => self.flush(),
            Some((_, end)) if end != t.span.start && !self.line.is_empty() => self.line.push(' '),
            _ => {}
        }
        self.last = Some((t.line, t.span.end));
    }

    fn word(&mut self, w: &str) {
        if !self.line.is_empty() {
            self.line.push(' ');
        }
        self.line.push_str(w);
        self.line.push(' ');
    }

    fn runs(&mut self, p: &Pattern, runs: &[RunId], mark: &str) {
        for id in runs {
            let Some(r) = p.runs.get(id.0 as usize) else { continue };
            self.flush();
            let many = if r.many { "++" } else { "" };
            for line in run(p, r).split('\n') {
                let _ = writeln!(self.out, "    {mark}{many} {line}");
            }
        }
    }

    fn flush(&mut self) {
        let line = self.line.trim_end();
        if !line.is_empty() {
            let _ = writeln!(self.out, "  {line}");
        }
        self.line.clear();
    }

    fn done(mut self) -> String {
        self.flush();
        self.out
    }
}

/// A kind of metavariable as it is declared.
#[must_use]
pub fn kind(kind: &crate::ast::MvKind) -> &'static str {
    crate::decl::kinds::describe(kind).trim_start_matches("an ").trim_start_matches("a ")
}

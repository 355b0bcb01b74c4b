//! The values of metavariables in added code, printed at their places (`rewriting.md` section 6).

use std::ops::Range;

use c_syntax::print::{self, Atom, AtomKind, Level, Printer, Spelling, Substitute, TypeParts};
use c_syntax::{NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use matcher::value::{Bindings, Term, Value};
use smpl_parser::ast::{InnerText, MvId};

use super::inner;
use super::plus::{Inner, Plus};
use super::texts::{holds, may_hold_comment, print_text, stands_on_lines};

/// The values of one block's metavariables.
pub(super) struct Values<'a> {
    pub(super) plus: &'a Plus<'a>,
    pub(super) bindings: &'a Bindings,
    /// Of a match inside the value of another: how many tokens it replaces. Only shorter ones show in its own values.
    pub(super) within: usize,
    /// Comments, directives and empty lines of the fragment.
    pub(super) inside: &'a [InnerText],
}

impl<'a> Values<'a> {
    /// Those of a block that is not inside the value of another.
    pub(super) fn of(plus: &'a Plus<'a>, bindings: &'a Bindings) -> Self {
        Self { plus, bindings, within: usize::MAX, inside: &[] }
    }

    fn value(&self, tree: &Tree, token: TokenId) -> Option<&Value> {
        if !std::ptr::eq(tree, &raw const self.plus.pattern.plus) {
            return None;
        }
        let var = (*self.plus.pattern.plus_vars.get(token.0 as usize)?)?;
        self.bindings.get(var)
    }

    /// The level of a fragment that is an expression.
    pub(super) fn level(&self, plus: &Tree, node: c_syntax::NodeId) -> Option<Level> {
        match plus.kind(node) {
            SyntaxKind::MetaVar => match self.value(plus, plus.first_token(node)?)? {
                Value::Term(t) if t.tree().kind(t.node).is_expr() => Some(Level::of(t.tree(), t.node)),
                _ => None,
            },
            k if k.is_expr() => Some(Level::of(plus, node)),
            _ => None,
        }
    }

    fn print_term(&self, term: &Term, level: Level, out: &mut Printer<'_>) {
        let tree = term.tree();
        let kind = tree.kind(term.node);
        let range = tree.token_range(term.node);
        let statement = kind.is_stmt();
        if self.plus.style.quirks || !statement && self.plus.has_inner(tree, range.clone()) {
            return out.value(tree, term.node, level);
        }
        let compound = statement && kind != SyntaxKind::ExprStmt;
        let simple = kind == SyntaxKind::ExprStmt && !self.plus.style.smpl_spacing;
        let keep = simple || self.keeps_lines(tree, term.node, &range, compound, |p| p.node(tree, term.node));
        let lines = match statement {
            false => print::Lines::OfValue,
            true if kind != SyntaxKind::Block && self.plus.takes_comments(tree, range.start) => {
                print::Lines::WithCommentsAbove
            }
            true => print::Lines::OfStatements,
        };
        let keep = keep || lines == print::Lines::WithCommentsAbove;
        let verbatim = || print::verbatim(tree, term.node, range.clone(), lines, &|t| self.hole(tree, term.node, t));
        if let Some(atoms) = keep.then(verbatim).flatten() {
            let paren = kind.is_expr() && Level::of(tree, term.node) < level;
            if paren {
                out.punct(TokenKind::LParen);
            }
            out.append(atoms);
            if paren {
                out.punct(TokenKind::RParen);
            }
            return;
        }
        out.value(tree, term.node, level);
    }

    /// A string of added code with values in the place of `@d@`.
    fn print_string(&self, tree: &Tree, token: TokenId, out: &mut Printer<'_>) -> bool {
        let text = tree.token_text(token);
        if tree.token(token).kind != TokenKind::Str || memchr::memchr(b'@', text).is_none() {
            return false;
        }
        let mut new = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'@', rest) {
            new.extend_from_slice(&rest[..at]);
            let name = memchr::memchr(b'@', &rest[at + 1..]).map(|n| &rest[at + 1..at + 1 + n]);
            let var = name.and_then(|n| self.plus.rule.metavars.iter().position(|m| m.name.as_bytes() == n));
            match (name, var.and_then(|v| self.bindings.get(MvId(v as u32)))) {
                (Some(name), Some(Value::Text(value))) => {
                    new.extend_from_slice(value.as_bytes());
                    rest = &rest[at + name.len() + 2..];
                }
                _ => {
                    new.push(b'@');
                    rest = &rest[at + 1..];
                }
            }
        }
        new.extend_from_slice(rest);
        out.solid(Atom::token(TokenKind::Str, &new));
        true
    }

    fn print_list(&self, terms: &[Term], out: &mut Printer<'_>) {
        let statements = terms.first().is_some_and(|t| {
            let k = t.tree().kind(t.node);
            k.is_stmt() || matches!(k, SyntaxKind::Declaration | SyntaxKind::FieldDecl)
        });
        if let (false, [first, .., last]) = (self.plus.style.quirks, terms)
            && std::ptr::eq(first.tree(), last.tree())
            && first.tree().parent(first.node) == last.tree().parent(last.node)
        {
            let (a, b) = (first.tree().token_range(first.node), first.tree().token_range(last.node));
            let range = a.start..b.end;
            let print = |p: &mut Printer<'_>| self.print_each(terms, statements, p);
            let lines = if statements { print::Lines::OfStatements } else { print::Lines::OfValue };
            let keep = statements || self.keeps_lines(first.tree(), first.node, &range, false, print);
            if keep
                && (statements || !self.plus.has_inner(first.tree(), range.clone()))
                && let Some(atoms) = print::verbatim(first.tree(), first.node, range, lines, &|t| {
                    terms.iter().find_map(|x| self.hole(x.tree(), x.node, t))
                })
            {
                out.append(atoms);
                return;
            }
        }
        self.print_each(terms, statements, out);
    }

    /// What a match inside a value makes of its tokens from one on.
    fn hole(&self, tree: &Tree, value: NodeId, token: u32) -> Option<print::Hole> {
        let within = tree.token_range(value);
        let here = |i: &&Inner<'_>| std::ptr::eq(i.tree, tree) && within.start <= token && i.range.end <= within.end;
        let inner = self.plus.inner_from(token).take_while(|i| i.range.start == token);
        let range = inner.filter(here).map(|i| &i.range).max_by_key(|r| r.end)?;
        let node = tree.preorder(value).find(|n| tree.token_range(*n) == *range)?;
        let mut p = Printer::new(Spelling { quirks: self.plus.style.quirks }, Some(self));
        self.node(tree, node, &mut p).then_some((range.end, p.atoms))
    }

    /// Whether a value keeps its layout: if it holds comments or directives, or is a statement on several lines; or if its line breaks
    /// are needed for it to fit, or printed it would get some.
    fn keeps_lines(
        &self,
        tree: &Tree,
        node: NodeId,
        range: &Range<u32>,
        statement: bool,
        print: impl Fn(&mut Printer<'_>),
    ) -> bool {
        let several = stands_on_lines(tree, range);
        if may_hold_comment(tree, range) || several && statement {
            return true;
        }
        if statement || !(several || holds(tree, range, TokenKind::LBrace)) {
            return false;
        }
        let mut p = Printer::new(Spelling { quirks: false }, None);
        print(&mut p);
        let breaks = p.atoms.iter().any(|a| matches!(a.kind, AtomKind::Newline | AtomKind::Line));
        breaks || several && self.overflows(tree, node, &p.atoms)
    }

    /// Whether a value printed on one line would be too long where it stands now.
    fn overflows(&self, tree: &Tree, node: NodeId, atoms: &[Atom]) -> bool {
        let width: usize = atoms.iter().map(|a| a.text.len()).sum();
        let start = tree.first_token(node).map_or(0, |t| print::column(tree, tree.token(t).start));
        // Something stands behind it.
        start + width + 1 > self.plus.style.max_width
    }

    fn print_each(&self, terms: &[Term], statements: bool, out: &mut Printer<'_>) {
        for (i, t) in terms.iter().enumerate() {
            if i > 0 {
                if statements {
                    out.newline();
                } else {
                    out.punct(TokenKind::Comma);
                    out.brk();
                }
            }
            self.print_term(t, if statements { Level::Comma } else { Level::Assign }, out);
        }
    }
}

impl Substitute for Values<'_> {
    fn print(&self, tree: &Tree, token: TokenId, level: Level, out: &mut Printer<'_>) -> bool {
        let Some(value) = self.value(tree, token) else { return self.print_string(tree, token, out) };
        match value {
            Value::Term(t) => self.print_term(t, level, out),
            Value::List(terms) => self.print_list(terms, out),
            Value::Type(t) => {
                let parts = TypeParts { tree: t.specs.tree(), specs: t.specs.node, ops: &t.ops };
                if out.wraps_types() { out.type_specs(parts) } else { out.type_prefix(parts) }
            }
            Value::Text(text) => print_text(text, out),
            Value::Length(n) => out.solid(Atom::token(TokenKind::Number, n.to_string().as_bytes())),
            Value::Positions(_) => return false,
        }
        true
    }

    fn before(&self, tree: &Tree, token: TokenId, out: &mut Printer<'_>) {
        if std::ptr::eq(tree, &raw const self.plus.pattern.plus) {
            let here = self.inside.iter().filter(|i| i.before == token.0);
            here.for_each(|i| inner::mark(i, &mut out.atoms));
        }
    }

    fn node(&self, tree: &Tree, node: NodeId, out: &mut Printer<'_>) -> bool {
        if self.plus.inner.is_empty() {
            return false;
        }
        let range = tree.token_range(node);
        if range.len() >= self.within {
            return false;
        }
        let mut here = self.plus.inner_from(range.start).take_while(|i| i.range.start == range.start);
        let Some(inner) = here.find(|i| std::ptr::eq(i.tree, tree) && i.range == range) else { return false };
        if self.plus.open.borrow().contains(&range) {
            return false;
        }
        self.plus.open.borrow_mut().push(range);
        let required = tree.parent(node).map_or(Level::Comma, |p| Level::required(tree, p, node));
        for f in self.plus.fragments_within(&inner.block, inner.range.len()) {
            let paren = f.level.is_some_and(|l| l < required);
            if paren {
                out.punct(TokenKind::LParen);
            }
            out.append(f.atoms);
            if paren {
                out.punct(TokenKind::RParen);
            }
        }
        self.plus.open.borrow_mut().pop();
        true
    }

    fn type_parts<'a>(&'a self, tree: &Tree, token: TokenId) -> Option<TypeParts<'a>> {
        match self.value(tree, token)? {
            Value::Type(t) => Some(TypeParts { tree: t.specs.tree(), specs: t.specs.node, ops: &t.ops }),
            _ => None,
        }
    }
}

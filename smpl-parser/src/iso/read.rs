//! The `.iso` file format (`smpl-front-end.md` 10.1): kinds, names, metavariables and groups of alternatives.
//!
//! A file is cut into outlines first, which say what tokens a term needs to match; alternatives become terms when a rule has these.

use std::sync::{Arc, OnceLock};

use c_syntax::{Diagnostic, Span, Sym, SyntaxKind, TokenId, TokenKind};

use super::term::{Term, of_tree};
use super::{Alternative, Iso, IsoKind, IsoSet, IsoVar, Outline, Value};
use crate::ast::{BodyKind, Constraint, DeclaredNames, ListLen, MetaVar, MvId, MvKind, PatToken, Scope, TypeSet};
use crate::body::{Side, parse_slice};
use crate::lexer::scan::{block_comment_len, is_ident_byte, line_len, quoted_len, scan};
use crate::lexer::{BodyCtx, BodyScope, ScopeVar, lex_body};

const KINDS: [(&str, IsoKind); 8] = [
    ("Expression", IsoKind::Expression),
    ("ArgExpression", IsoKind::ArgExpression),
    ("TestExpression", IsoKind::TestExpression),
    ("ToTestExpression", IsoKind::ToTestExpression),
    ("Statement", IsoKind::Statement),
    ("Declaration", IsoKind::Declaration),
    ("Type", IsoKind::Type),
    ("TopLevel", IsoKind::TopLevel),
];

/// Reads a file of isomorphisms. Those that cannot be read are reported and left out.
#[must_use]
pub fn parse(text: &str) -> (IsoSet, Vec<Diagnostic>) {
    let mut reader = Reader::new(text.as_bytes());
    let mut isos: Vec<Outline> = Vec::new();
    while let Some((start, outline)) = reader.next() {
        let mut messages = Vec::new();
        let read = read_alternatives(&outline, &reader.text, &mut messages);
        reader.diags.append(&mut messages);
        let Some(iso) = read else { continue };
        if isos.iter().any(|i| i.name == outline.name) {
            let span = Span::new(start as u32, reader.pos as u32);
            let message = format!("there are two isomorphisms named `{}`", outline.name);
            reader.diags.push(Diagnostic::error("E041", span, message, "the second one"));
        } else {
            isos.push(Outline { read: OnceLock::from(Some(iso)), ..outline });
        }
    }
    (IsoSet { text: reader.text, isos }, reader.diags)
}

/// The isomorphisms of a text without errors, each read when it is needed.
#[must_use]
pub fn outline(text: &str) -> IsoSet {
    let mut reader = Reader::new(text.as_bytes());
    let isos = std::iter::from_fn(|| reader.next().map(|(_, outline)| outline)).collect();
    IsoSet { text: reader.text, isos }
}

/// The isomorphism of an outline in `text`, if its alternatives can be read.
pub(super) fn read_alternatives(outline: &Outline, text: &Arc<[u8]>, diags: &mut Vec<Diagnostic>) -> Option<Iso> {
    let mut groups = Vec::with_capacity(outline.groups.len());
    for group in &outline.groups {
        let terms = group.iter().map(|a| alternative(outline, text, a, diags));
        groups.push(terms.collect::<Option<Vec<_>>>()?);
    }
    let vars = outline.vars.iter().map(|v| v.1.clone()).collect();
    Some(Iso { name: outline.name.clone(), kind: outline.kind, vars, groups })
}

struct Reader {
    text: Arc<[u8]>,
    pos: usize,
    diags: Vec<Diagnostic>,
}

impl Reader {
    fn new(text: &[u8]) -> Self {
        Self { text: text.into(), pos: 0, diags: Vec::new() }
    }

    /// The next isomorphism whose outline can be read, and where it starts.
    fn next(&mut self) -> Option<(usize, Outline)> {
        loop {
            self.skip_blanks();
            if self.pos >= self.text.len() {
                return None;
            }
            let start = self.pos;
            if let Some(outline) = self.outline() {
                return Some((start, outline));
            }
            self.pos = self.pos.max(start + 1);
            self.skip_to_next_header();
        }
    }

    fn outline(&mut self) -> Option<Outline> {
        let start = self.pos;
        let word = self.word();
        let Some((_, kind)) = KINDS.iter().find(|(k, _)| k.as_bytes() == word) else {
            let kinds = KINDS.map(|k| k.0).join(", ");
            self.error("E040", start, "an isomorphism starts with its kind", &format!("none of {kinds}"));
            return None;
        };
        self.expect(b"@")?;
        let name = String::from_utf8_lossy(self.word()).into_owned();
        self.expect(b"@")?;
        let vars = self.metavars()?;
        let groups = self.groups(&vars);
        if groups.iter().map(Vec::len).sum::<usize>() < 2 {
            self.error("E040", start, "an isomorphism needs at least two alternatives", "has only one");
            return None;
        }
        Some(Outline { name, kind: *kind, vars, groups, read: OnceLock::new() })
    }

    fn error(&mut self, code: &'static str, at: usize, message: &str, label: &str) {
        let end = (at + 1).min(self.text.len()).max(at);
        self.diags.push(Diagnostic::error(code, Span::new(at as u32, end as u32), message, label));
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            match rest.first() {
                Some(b) if b.is_ascii_whitespace() => self.pos += blanks(rest),
                Some(b'/') if rest.starts_with(b"//") => self.pos += line_len(rest),
                Some(b'/') if rest.starts_with(b"/*") => self.pos += block_comment_len(rest).0,
                _ => return,
            }
        }
    }

    fn word(&mut self) -> &[u8] {
        self.skip_blanks();
        let len = self.rest().iter().take_while(|b| is_ident_byte(**b)).count();
        self.pos += len;
        &self.text[self.pos - len..self.pos]
    }

    fn expect(&mut self, what: &[u8]) -> Option<()> {
        self.skip_blanks();
        if self.rest().starts_with(what) {
            self.pos += what.len();
            return Some(());
        }
        let message = format!("expected `{}` in the header of an isomorphism", String::from_utf8_lossy(what));
        self.error("E040", self.pos, &message, "something else");
        None
    }

    /// Whether a header starts here: a kind and `@`.
    fn at_header(&self) -> bool {
        let capital = self.rest().first().is_some_and(u8::is_ascii_uppercase);
        capital
            && KINDS.iter().any(|(k, _)| {
                self.rest().strip_prefix(k.as_bytes()).is_some_and(|r| r.trim_ascii_start().starts_with(b"@"))
            })
    }

    fn skip_to_next_header(&mut self) {
        while self.pos < self.text.len() && !(self.at_header() && self.at_line_start()) {
            self.skip_token();
        }
    }

    fn at_line_start(&self) -> bool {
        self.pos == 0 || self.text[self.pos - 1] == b'\n'
    }

    /// Skips blanks, a comment or a token.
    fn skip_token(&mut self) {
        let start = self.pos;
        let b = self.rest().first().copied().unwrap_or(b' ');
        if b.is_ascii_whitespace() {
            self.pos += blanks(self.rest());
            return;
        }
        self.skip_blanks();
        if self.pos > start {
            return;
        }
        let len = match b {
            b'"' | b'\'' => quoted_len(self.rest()).unwrap_or(1),
            _ => scan(self.rest()).1,
        };
        self.pos += len.max(1);
    }

    fn metavars(&mut self) -> Option<Vec<(String, IsoVar)>> {
        let mut vars = Vec::new();
        loop {
            self.skip_blanks();
            if self.rest().starts_with(b"@@") {
                self.pos += 2;
                return Some(vars);
            }
            let start = self.pos;
            let Some(len) = self.rest().iter().position(|b| *b == b';' || *b == b'@') else {
                self.error("E040", start, "this isomorphism has no `@@` after its metavariables", "starts here");
                return None;
            };
            if self.rest()[len] == b'@' {
                self.error("E040", start, "this declaration has no `;`", "starts here");
                return None;
            }
            let found = declaration(&String::from_utf8_lossy(&self.rest()[..len]), &vars);
            self.pos += len + 1;
            let Some(found) = found else {
                self.error("E040", start, "this metavariable cannot be declared in an isomorphism", "unknown kind");
                return None;
            };
            vars.extend(found);
        }
    }

    /// The alternatives up to the next header.
    fn groups(&mut self, vars: &[(String, IsoVar)]) -> Vec<Vec<Alternative>> {
        let mut groups = vec![Vec::new()];
        loop {
            self.skip_blanks();
            let mut found = Alternative { span: self.pos..self.pos, needs: Vec::new() };
            let separator = loop {
                if self.pos >= self.text.len() || (self.at_line_start() && self.at_header()) {
                    break 0;
                }
                if self.rest().starts_with(b"<=>") {
                    break 3;
                }
                if self.rest().starts_with(b"=>") {
                    break 2;
                }
                let at = self.pos;
                self.skip_token();
                let token = &self.text[at..self.pos];
                let blank = token[0].is_ascii_whitespace() || token.starts_with(b"//") || token.starts_with(b"/*");
                if !blank {
                    found.span.end = self.pos;
                    if !is_dots(token) && !vars.iter().any(|v| v.0.as_bytes() == token) {
                        found.needs.push(Sym::of(token));
                    }
                }
            };
            if let Some(group) = groups.last_mut() {
                group.push(found);
            }
            match separator {
                0 => return groups,
                2 => groups.push(Vec::new()),
                _ => {}
            }
            self.pos += separator;
        }
    }
}

/// How many blanks a text starts with.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// Whether a token stands for code that is not written.
fn is_dots(token: &[u8]) -> bool {
    token.windows(3).any(|w| w == b"...")
}

fn alternative(
    outline: &Outline,
    text: &Arc<[u8]>,
    alternative: &Alternative,
    diags: &mut Vec<Diagnostic>,
) -> Option<Arc<Term>> {
    let mut scope = BodyScope::default();
    for (i, (name, _)) in outline.vars.iter().enumerate() {
        scope.vars.insert(name.clone().into_bytes(), ScopeVar::Var(MvId(i as u32)));
    }
    let start = alternative.span.start;
    let line = 1 + text[..start].iter().filter(|b| **b == b'\n').count() as u32;
    let body = lex_body(text, alternative.span.clone(), line, true, &scope, diags);
    let metavars: Vec<MetaVar> = outline.vars.iter().map(|(name, v)| v.metavar(name.clone())).collect();
    let names = DeclaredNames::default();
    let ctx = BodyCtx { text, metavars: &metavars, names: &names };
    let forced = match outline.kind {
        IsoKind::Type => Some(BodyKind::Type),
        IsoKind::Statement | IsoKind::Declaration | IsoKind::TopLevel => None,
        _ => Some(BodyKind::Expression),
    };
    let slice = match parse_slice(&ctx, &body.toks, &body.minus_slice(), Side::Minus, forced) {
        Ok(slice) => slice,
        Err(messages) => {
            diags.extend(messages);
            return None;
        }
    };
    let fact = |t: TokenId| {
        let tok = slice.toks.get(t.0 as usize).and_then(|i| body.toks.get(*i as usize));
        tok.map_or_else(PatToken::default, |tok| PatToken { var: tok.var, span: tok.span, ..PatToken::default() })
    };
    let root = of_tree(&slice.tree, slice.tree.root(), &fact);
    let mut items = root.nodes();
    match (items.next(), items.next()) {
        (Some(item), None) if !has_choice(item) => Some(item.clone()),
        _ => {
            let message = "an alternative of an isomorphism is one term without choices";
            let end = (start + 1).min(text.len());
            diags.push(Diagnostic::error("E042", Span::new(start as u32, end as u32), message, "not this"));
            None
        }
    }
}

fn has_choice(t: &Term) -> bool {
    matches!(t.kind, SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::Nest) || t.nodes().any(|n| has_choice(n))
}

impl IsoVar {
    /// The metavariable that the grammar reads alternatives with, and that a rule gets for a new one.
    pub(super) fn metavar(&self, name: String) -> MetaVar {
        MetaVar {
            name,
            span: Span::default(),
            kind: self.kind.clone(),
            inherited: None,
            constraint: Constraint::True,
            used_after: false,
            unitary: true,
            in_plus: false,
        }
    }
}

/// The metavariables of one declaration, without its `;`.
fn declaration(text: &str, earlier: &[(String, IsoVar)]) -> Option<Vec<(String, IsoVar)>> {
    let words = words(text);
    let mut rest = &words[..];
    let mut flag = |word: &str| {
        let found = rest.first().is_some_and(|w| *w == word);
        rest = &rest[usize::from(found)..];
        found
    };
    let mut pure = flag("pure");
    let context = flag("context");
    pure |= flag("pure");
    let (kind, value, names) = var_kind(rest, earlier)?;
    let mut out = Vec::new();
    for name in names.split(|w| *w == ",") {
        let stars = name.iter().take_while(|w| **w == "*").count();
        let [name] = &name[stars..] else { return None };
        if !name.bytes().all(is_ident_byte) {
            return None;
        }
        let value = match value {
            Value::OfType(var, _) => Value::OfType(var, stars as u32),
            value if stars == 0 => value,
            _ => Value::Pointer,
        };
        out.push(((*name).to_owned(), IsoVar { kind: kind.clone(), value, pure, context }));
    }
    Some(out)
}

fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (kind, len) = scan(rest.as_bytes());
        let len = if kind == TokenKind::Eof { rest.len() } else { len };
        let mut end = len.clamp(1, rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        out.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    out
}

/// The kind that the words start with, what its values must be, and the words of the names.
fn var_kind<'w, 't>(words: &'w [&'t str], earlier: &[(String, IsoVar)]) -> Option<(MvKind, Value, &'w [&'t str])> {
    let expression = || MvKind::Expression(TypeSet::default());
    let first = *words.first()?;
    let second = words.get(1).copied().unwrap_or_default();
    Some(match (first, second) {
        ("expression", "list") => (MvKind::ExpressionList(ListLen::Any), Value::Any, &words[2..]),
        ("expression", _) => (expression(), Value::Any, &words[1..]),
        ("idexpression", _) => (MvKind::IdExpression(TypeSet::default(), Scope::Any), Value::Any, &words[1..]),
        ("local", "idexpression") => (MvKind::IdExpression(TypeSet::default(), Scope::Local), Value::Any, &words[2..]),
        ("constant", _) => (MvKind::Constant(TypeSet::default()), Value::Any, &words[1..]),
        ("identifier", _) => (MvKind::Identifier, Value::Any, &words[1..]),
        ("statement", "list") => (MvKind::StatementList(ListLen::Any), Value::Any, &words[2..]),
        ("statement", _) => (MvKind::Statement, Value::Any, &words[1..]),
        ("type", _) => (MvKind::Type, Value::Any, &words[1..]),
        ("declaration", _) => (MvKind::Declaration, Value::Any, &words[1..]),
        ("initialiser" | "initializer", _) => (MvKind::Initialiser, Value::Any, &words[1..]),
        ("parameter", _) => (MvKind::Parameter, Value::Any, &words[1..]),
        ("field", _) => (MvKind::Field, Value::Any, &words[1..]),
        ("iterator", _) => (MvKind::Iterator, Value::Any, &words[1..]),
        ("declarer", _) => (MvKind::Declarer, Value::Any, &words[1..]),
        ("assignment", "operator") => (MvKind::AssignOp, Value::Any, &words[2..]),
        ("binary", "operator") => (MvKind::BinaryOp, Value::Any, &words[2..]),
        _ => {
            let is_type = |v: &(String, IsoVar)| v.0 == first && matches!(v.1.kind, MvKind::Type);
            if let Some(var) = earlier.iter().position(is_type) {
                return Some((expression(), Value::OfType(var as u32, 0), &words[1..]));
            }
            let base = words.iter().take_while(|w| is_base_type(w)).count();
            if base == 0 {
                return None;
            }
            (expression(), Value::Integer, &words[base..])
        }
    })
}

fn is_base_type(word: &str) -> bool {
    matches!(word, "int" | "char" | "short" | "long" | "signed" | "unsigned")
}

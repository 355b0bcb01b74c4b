//! Declarations of metavariables (`smpl-front-end.md` section 4, `features.md` section 3).

mod constraint;
pub(crate) mod kinds;
mod types;

use std::sync::Arc;

use c_syntax::{Diagnostic, Span, TokenKind};

use crate::ast::{Constraint, DeclaredNames, ListLen, MetaVar, MvId, MvKind, SeedPart, TypeSet, VarRef};
use crate::file::tok::{Cursor, Tok};
use crate::lexer::{BodyScope, ScopeVar};

/// What a name before the dot of `r.x` leads to.
pub(crate) enum Lookup {
    /// A metavariable or script output, and the kind it was declared with.
    Found(VarRef, MvKind),
    /// `r` can never match in this run, so `x` never has a value.
    Dead,
    /// There is no rule `r`.
    NoRule,
    /// `r` has no `x`.
    NoVar,
}

/// What declarations need to know of the rest of the patch.
pub(crate) trait Outer {
    /// Finds `rule.var`.
    fn lookup(&self, rule: &str, var: &str) -> Lookup;
    /// The value of `-D name=value`, and where its bytes are in the text buffer.
    fn value(&self, name: &str) -> Option<(String, Span)>;
    /// Names like a wrong one.
    fn similar(&self, wrong: &str) -> Option<String>;
    /// Names of metavariables of `rule` like a wrong one.
    fn similar_variable(&self, rule: &str, wrong: &str) -> Option<String>;
}

/// `rule` is there, but has no metavariable `var`.
pub(crate) fn no_variable(outer: &dyn Outer, rule: &str, var: &str, span: Span) -> Diagnostic {
    let message = format!("rule `{rule}` has no metavariable `{var}`");
    let d = Diagnostic::error("E007", span, message, "not declared there");
    match outer.similar_variable(rule, var) {
        Some(near) => d.help(format!("did you mean `{rule}.{near}`?")),
        None => d,
    }
}

/// The item of a [`VarRef`] that can never be bound.
pub(crate) const NEVER: crate::ast::ItemId = crate::ast::ItemId(u32::MAX);

/// The declarations of one rule.
pub(crate) struct Decls {
    /// Metavariables.
    pub vars: Vec<MetaVar>,
    /// Names for the body.
    pub scope: BodyScope,
    /// Names declared with `symbol`.
    pub symbols: Vec<String>,
    /// Whether a variable was inherited from something that can never match: by [`MvId`].
    pub dead: Vec<MvId>,
    /// Rules that something is inherited from, and as which variable (none: it has no name here).
    pub from: Vec<(String, Option<MvId>)>,
    /// Variables written with `pure` or `context` (isomorphisms): `(variable, pure, context)`.
    pub purity: Vec<(MvId, bool, bool)>,
}

impl Decls {
    /// Those of a rule that extends one with `vars`.
    pub(crate) fn new(vars: Vec<MetaVar>) -> Self {
        let mut out = Self {
            vars: Vec::new(),
            scope: BodyScope::default(),
            symbols: Vec::new(),
            dead: Vec::new(),
            from: Vec::new(),
            purity: Vec::new(),
        };
        for v in vars {
            out.add(v);
        }
        out
    }

    /// Adds a variable and its name.
    pub(crate) fn add(&mut self, var: MetaVar) -> MvId {
        let id = MvId(self.vars.len() as u32);
        let entry = match var.kind {
            MvKind::Position { .. } | MvKind::Comments => ScopeVar::Attached(id),
            _ => ScopeVar::Var(id),
        };
        self.scope.vars.insert(var.name.clone().into_bytes(), entry);
        self.vars.push(var);
        id
    }

    fn by_name(&self, name: &str) -> Option<MvId> {
        match self.scope.vars.get(name.as_bytes()) {
            Some(ScopeVar::Var(id) | ScopeVar::Attached(id)) => Some(*id),
            _ => None,
        }
    }
}

/// Reads declarations.
pub(crate) struct DeclReader<'a> {
    pub c: Cursor<'a>,
    /// The text buffer of the patch.
    pub buffer: &'a Arc<[u8]>,
    pub outer: &'a dyn Outer,
    pub names: &'a mut DeclaredNames,
    pub out: Decls,
    pub diags: &'a mut Vec<Diagnostic>,
}

/// A failure that was already reported.
pub(crate) struct Reported;

type Read<T = ()> = Result<T, Reported>;

/// What a declaration declares.
enum Word {
    /// Metavariables of a kind; with `true`, a list, whose length follows the kind.
    Kind(MvKind, bool),
    /// Names of a table of C names.
    Typedef,
    Attribute,
    Declarer,
    Iterator,
    Symbol,
}

impl<'a> DeclReader<'a> {
    /// Reads the tokens of the declarations of a rule.
    pub(crate) fn run(
        toks: &[Tok],
        text: &'a [u8],
        buffer: &'a Arc<[u8]>,
        outer: &'a dyn Outer,
        names: &'a mut DeclaredNames,
        start: Decls,
        diags: &'a mut Vec<Diagnostic>,
    ) -> Decls {
        let toks = toks.to_vec();
        let mut reader =
            DeclReader { c: Cursor { text, toks: &toks, pos: 0 }, buffer, outer, names, out: start, diags };
        while reader.c.kind() != TokenKind::Eof {
            if reader.declaration().is_err() {
                reader.skip();
            }
        }
        reader.out
    }

    fn skip(&mut self) {
        let mut depth = 0u32;
        while let Some(t) = self.c.bump() {
            match t.kind {
                TokenKind::LBrace | TokenKind::LParen => depth += 1,
                TokenKind::RBrace | TokenKind::RParen => depth = depth.saturating_sub(1),
                TokenKind::Semi if depth == 0 => break,
                _ => {}
            }
        }
    }

    fn fail<T>(&mut self, d: Diagnostic) -> Read<T> {
        self.diags.push(d);
        Err(Reported)
    }

    fn expected<T>(&mut self, what: &str) -> Read<T> {
        let message = format!("expected {what}, found {}", self.c.found());
        let mut d = Diagnostic::error("E024", self.c.span(), message, "in this declaration");
        if self.c.kind() == TokenKind::Eof {
            d = d.help("a declaration ends with `;`");
        }
        self.fail(d)
    }

    fn declaration(&mut self) -> Read {
        while matches!(self.c.kind(), TokenKind::Question | TokenKind::Plus) {
            self.c.bump();
        }
        let (mut pure, mut context) = (false, false);
        while let Some(w @ ("pure" | "context")) = self.c.word() {
            if self.c.kind_at(1) != TokenKind::Ident {
                break;
            }
            pure |= w == "pure";
            context |= w == "context";
            self.c.bump();
        }
        let first = self.out.vars.len();
        match self.word()? {
            Word::Kind(kind, list) => self.variables(kind, list)?,
            other => self.plain_names(&other)?,
        }
        if pure || context {
            for i in first..self.out.vars.len() {
                self.out.purity.push((MvId(i as u32), pure, context));
            }
        }
        Ok(())
    }

    /// Names of a table, separated by commas.
    fn plain_names(&mut self, table: &Word) -> Read {
        loop {
            let Some(name) = self.c.word() else { return self.expected("a name") };
            let name = name.to_owned();
            self.c.bump();
            let list = match table {
                Word::Typedef => &mut self.names.typedefs,
                Word::Attribute => &mut self.names.attributes,
                Word::Declarer => &mut self.names.declarers,
                Word::Iterator => &mut self.names.iterators,
                _ => &mut self.out.symbols,
            };
            if !list.contains(&name) {
                list.push(name);
            }
            if self.c.eat(TokenKind::Semi) {
                return Ok(());
            }
            if !self.c.eat(TokenKind::Comma) {
                return self.expected("`,` or `;`");
            }
        }
    }

    /// Declared names with their constraints.
    fn variables(&mut self, mut kind: MvKind, list: bool) -> Read {
        if list {
            let len = self.length()?;
            kinds::set_length(&mut kind, len);
        }
        loop {
            self.variable(&mut kind)?;
            if self.c.eat(TokenKind::Semi) {
                return Ok(());
            }
            if !self.c.eat(TokenKind::Comma) {
                return self.expected("`,` or `;`");
            }
        }
    }

    fn variable(&mut self, kind: &mut MvKind) -> Read {
        let span = self.c.span();
        let Some(first) = self.c.word() else { return self.expected("the name of a metavariable") };
        let first = first.to_owned();
        self.c.bump();
        let mut name = first;
        let mut rule = None;
        let mut name_span = span;
        if self.c.eat(TokenKind::Dot) {
            name_span = self.c.span();
            let Some(second) = self.c.word() else { return self.expected("the name of a metavariable") };
            rule = Some(std::mem::replace(&mut name, second.to_owned()));
            self.c.bump();
        }
        if self.out.scope.vars.contains_key(name.as_bytes()) {
            let message = format!("`{name}` is declared twice in this rule");
            return self.fail(Diagnostic::error("E025", span, message, "declared again here"));
        }
        let mut inherited = None;
        let mut never = false;
        match rule.as_deref() {
            Some("virtual") => match self.outer.value(&name) {
                Some((_, value)) => {
                    self.out.scope.vars.insert(name.into_bytes(), ScopeVar::Literal(value));
                    return Ok(());
                }
                None => {
                    never = true;
                    inherited = Some(VarRef { item: NEVER, var: 0 });
                }
            },
            Some(r) => match self.outer.lookup(r, &name) {
                Lookup::Found(v, original) => {
                    if !kinds::compatible(kind, &original) {
                        let message = format!("`{r}.{name}` was declared as {}", kinds::describe(&original));
                        return self.fail(Diagnostic::error("E026", span, message, "inherited as something else"));
                    }
                    inherited = Some(v);
                }
                Lookup::Dead => {
                    never = true;
                    inherited = Some(VarRef { item: NEVER, var: 0 });
                }
                Lookup::NoRule => return self.unknown(span, r, "rule"),
                Lookup::NoVar => {
                    let d = no_variable(self.outer, r, &name, name_span);
                    return self.fail(d);
                }
            },
            None => {}
        }
        if let Some(r) = rule.as_deref() {
            self.out.from.push((r.to_owned(), Some(MvId(self.out.vars.len() as u32))));
        }
        self.array_suffix(kind)?;
        let id = self.out.add(MetaVar {
            name,
            span,
            kind: kind.clone(),
            inherited,
            constraint: Constraint::True,
            used_after: false,
            unitary: false,
            in_plus: false,
        });
        if never {
            self.out.dead.push(id);
        }
        if matches!(kind, MvKind::Fresh(_)) {
            let seed = self.seed(id)?;
            self.out.vars[id.0 as usize].kind = MvKind::Fresh(seed);
            return Ok(());
        }
        let constraint = self.constraints(id, 0)?;
        self.out.vars[id.0 as usize].constraint = constraint;
        Ok(())
    }

    pub(crate) fn unknown<T>(&mut self, span: Span, name: &str, what: &str) -> Read<T> {
        let mut d = Diagnostic::error("E007", span, format!("there is no {what} `{name}`"), "not declared above");
        if let Some(near) = self.outer.similar(name) {
            d = d.help(format!("did you mean `{near}`?"));
        }
        self.fail(d)
    }

    /// The seed of a fresh identifier.
    fn seed(&mut self, own: MvId) -> Read<Vec<SeedPart>> {
        if !self.c.eat(TokenKind::Eq) {
            return Ok(Vec::new());
        }
        if self.c.word() == Some("script") {
            return Ok(vec![SeedPart::Script(self.script_call(own)?)]);
        }
        let mut out = Vec::new();
        loop {
            match self.c.kind() {
                TokenKind::Str => {
                    let t = self.c.bump();
                    let text = t.map_or("", |t| self.c.text_of(t));
                    out.push(SeedPart::Text(text.trim_matches('"').to_owned()));
                }
                TokenKind::Ident => out.push(self.seed_name()?),
                _ => return self.expected("a string or a metavariable"),
            }
            if !self.c.eat(TokenKind::HashHash) {
                return Ok(out);
            }
        }
    }

    fn seed_name(&mut self) -> Read<SeedPart> {
        let span = self.c.span();
        if self.c.word() == Some("virtual") && self.c.kind_at(1) == TokenKind::Dot {
            self.c.pos += 2;
            let Some(name) = self.c.word() else { return self.expected("a name") };
            let value = self.outer.value(name).map_or_else(|| name.to_owned(), |v| v.0);
            self.c.bump();
            return Ok(SeedPart::Virtual(value));
        }
        if self.c.kind_at(1) == TokenKind::Dot {
            return Ok(self.inherited_here()?.map_or_else(|| SeedPart::Text(String::new()), SeedPart::Var));
        }
        let name = self.c.word().unwrap_or_default().to_owned();
        self.c.bump();
        if let Some(ScopeVar::Literal(at)) = self.out.scope.vars.get(name.as_bytes()) {
            let value = String::from_utf8_lossy(&self.buffer[at.start as usize..at.end as usize]).into_owned();
            return Ok(SeedPart::Virtual(value));
        }
        match self.out.by_name(&name) {
            Some(id) => Ok(SeedPart::Var(id)),
            None => self.unknown(span, &name, "metavariable"),
        }
    }

    /// `r.x` where no declaration is: an inherited variable without a name of its own. None if it never has a value.
    pub(crate) fn inherited_here(&mut self) -> Read<Option<MvId>> {
        let span = self.c.span();
        let Some(rule) = self.c.word() else { return self.expected("the name of a rule") };
        self.c.bump();
        self.c.eat(TokenKind::Dot);
        let Some(var) = self.c.word() else { return self.expected("the name of a metavariable") };
        let span = span.to(self.c.span());
        self.c.bump();
        self.out.from.push((rule.to_owned(), None));
        match self.outer.lookup(rule, var) {
            Lookup::Found(v, mut kind) => {
                if let Some(i) = self.out.vars.iter().position(|m| m.inherited == Some(v)) {
                    return Ok(Some(MvId(i as u32)));
                }
                kinds::forget_variables(&mut kind);
                let id = MvId(self.out.vars.len() as u32);
                self.out.vars.push(MetaVar {
                    name: format!("{rule}.{var}"),
                    span,
                    kind,
                    inherited: Some(v),
                    constraint: Constraint::True,
                    used_after: false,
                    unitary: false,
                    in_plus: false,
                });
                Ok(Some(id))
            }
            Lookup::Dead => Ok(None),
            Lookup::NoRule => self.unknown(span, rule, "rule"),
            Lookup::NoVar => {
                let d = no_variable(self.outer, rule, var, span);
                self.fail(d)
            }
        }
    }

    /// `[n]` after `list`.
    fn length(&mut self) -> Read<ListLen> {
        if !self.c.eat(TokenKind::LBracket) {
            return Ok(ListLen::Any);
        }
        let len = self.length_value()?;
        if self.c.eat(TokenKind::RBracket) { Ok(len) } else { self.expected("`]`") }
    }

    /// A number, a name (declared by this, if need be), `virtual.n`.
    fn length_value(&mut self) -> Read<ListLen> {
        let span = self.c.span();
        if self.c.kind() == TokenKind::Number {
            let n = self.c.bump().and_then(|t| self.c.text_of(t).parse().ok());
            return match n {
                Some(n) => Ok(ListLen::Exactly(n)),
                None => self.expected("a number"),
            };
        }
        let Some(name) = self.c.word() else { return self.expected("a length") };
        let name = name.to_owned();
        if self.c.kind_at(1) == TokenKind::Dot {
            if name == "virtual" {
                self.c.pos += 2;
                let Some(name) = self.c.word() else { return self.expected("a name") };
                let value = self.outer.value(name).and_then(|v| v.0.parse().ok());
                self.c.bump();
                return Ok(value.map_or(ListLen::Any, ListLen::Exactly));
            }
            return Ok(self.inherited_here()?.map_or(ListLen::Any, ListLen::Var));
        }
        self.c.bump();
        if let Some(id) = self.out.by_name(&name) {
            return Ok(ListLen::Var(id));
        }
        let id = self.out.add(MetaVar {
            name,
            span,
            kind: MvKind::Length,
            inherited: None,
            constraint: Constraint::True,
            used_after: false,
            unitary: false,
            in_plus: false,
        });
        let constraint = self.constraints(id, 0)?;
        self.out.vars[id.0 as usize].constraint = constraint;
        Ok(ListLen::Var(id))
    }
}

/// An empty set of types.
fn any_type() -> TypeSet {
    TypeSet::default()
}

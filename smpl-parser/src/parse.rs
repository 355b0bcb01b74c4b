//! Reads a semantic patch: files, rules, scripts in order, then what can only be said of all of them (`smpl-front-end.md` sections 1, 2, 12).

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use c_syntax::{Diagnostic, Label, Severity, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::anchor;
use crate::ast::{
    Constraint, DeclaredNames, Dep, Item, ItemId, LeftOut, MetaVar, MvKind, Pattern, Rule, Script, ScriptInput,
    ScriptSource, SemanticPatch, VarRef, WordFormula,
};
use crate::body::{Side, parse_slice};
use crate::checks;
use crate::decl::{DeclReader, Decls, Lookup, NEVER, Outer};
use crate::expand;
use crate::file::header::{DepExpr, Header};
use crate::file::script::Param;
use crate::file::{self, Prolog, RawItem};
use crate::lexer::{BodyCtx, LexedBody, LineMark, lex_body};
use crate::link;
use crate::prototype::prototype;
use crate::reach::{self, Condition};

/// How deep files may include each other.
const DEEPEST_INCLUDE: u32 = 20;

/// What reading a semantic patch depends on besides its text.
#[derive(Clone, Copy)]
pub struct ParseOptions<'a> {
    /// `-D`: names of virtual rules, and `name=value` for virtual identifiers.
    pub defines: &'a [String],
    /// Name and text of the isomorphisms to apply; none for none (the standard ones are `rules::STANDARD_ISO`).
    pub isos: Option<(&'a str, &'a str)>,
    /// Use isomorphisms also in rules that disable them.
    pub all_isos: bool,
    /// Isomorphisms not to use in any rule.
    pub disabled_isos: &'a [String],
    /// Most rewrites by isomorphisms of one term and the terms below it (`--iso-limit`).
    pub iso_limit: Option<u32>,
    /// Removed and added lines change places (`--reverse`).
    pub reverse: bool,
    /// Finds a file that the patch names: its path and text.
    pub include: &'a dyn Fn(&str) -> Option<(String, String)>,
}

impl std::fmt::Debug for ParseOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParseOptions")
            .field("defines", &self.defines)
            .field("isos", &self.isos.map(|i| i.0))
            .field("disabled_isos", &self.disabled_isos)
            .finish_non_exhaustive()
    }
}

impl Default for ParseOptions<'_> {
    fn default() -> Self {
        Self {
            defines: &[],
            isos: None,
            all_isos: false,
            disabled_isos: &[],
            iso_limit: None,
            reverse: false,
            include: &|_| None,
        }
    }
}

/// A file of isomorphisms that the patch asks for with `using`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsedIsos {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The only rule that it is for.
    pub rule: Option<ItemId>,
}

/// Reads the semantic patch `text`, which is called `name`. Without a patch, at least one of the messages is an error.
#[must_use]
pub fn parse(name: &str, text: &str, options: &ParseOptions<'_>) -> (Option<SemanticPatch>, Vec<Diagnostic>) {
    let mut session = Session::new(options);
    session.file(text, 0);
    session.check_defines(text);
    let Session { known, names, mut diags, options: words, used_isos, markers, disabled, conditions, .. } = session;
    checks::star_and_change(&markers, &mut diags);
    let star_rules = markers.iter().any(|m| m.star.is_some());
    let left_out = left_out(&known);
    let mut patch = SemanticPatch {
        name: name.to_owned(),
        items: known.items,
        virtuals: known.virtuals,
        virtual_identifiers: known.identifiers.into_inner().into_iter().collect(),
        star: star_rules,
        left_out,
        options: words,
        names,
    };
    let isos = expand::Isos::read(options, &used_isos, &mut diags);
    isos.check_names(&disabled, &mut diags);
    let number = link::finish(&mut patch, &known.dead);
    checks::patch(&patch, &mut diags);
    let failed = diags.iter().any(|d| d.severity == Severity::Error);
    if failed {
        return (None, diags);
    }
    reach::check(&conditions, &patch.virtuals, &mut diags);
    if star_rules {
        find_on_any_path(&mut patch);
    }
    isos.apply(&mut patch, options, &number, &mut diags);
    let failed = diags.iter().any(|d| d.severity == Severity::Error);
    (Some(patch).filter(|_| !failed), diags)
}

fn left_out(known: &Known) -> Vec<LeftOut> {
    let dead = known.items.iter().zip(&known.dead).filter(|(_, dead)| **dead);
    let name = |item: &Item| match item {
        Item::Rule(r) => LeftOut { name: r.name.clone(), line: r.line },
        Item::Script(s) => LeftOut { name: s.name.clone(), line: s.line },
    };
    dead.map(|(item, _)| name(item)).collect()
}

/// Where some rule has a `*`, one path is enough for every rule that does not say otherwise.
fn find_on_any_path(patch: &mut SemanticPatch) {
    for item in &mut patch.items {
        if let Item::Rule(rule) = item {
            rule.quantifier.get_or_insert(crate::ast::Quantifier::Exists);
        }
    }
}

/// What is known of the patch so far, for names used in declarations.
pub(crate) struct Known {
    /// Rules and scripts, also those that can never apply.
    pub items: Vec<Item>,
    /// Whether each can never apply.
    pub dead: Vec<bool>,
    by_name: FxHashMap<String, ItemId>,
    virtuals: Vec<String>,
    /// Names of virtual identifiers that were asked for.
    identifiers: RefCell<BTreeSet<String>>,
    /// Names given with `-D`.
    on: FxHashSet<String>,
    values: FxHashMap<String, (String, Span)>,
}

impl Outer for Known {
    fn lookup(&self, rule: &str, var: &str) -> Lookup {
        let Some(id) = self.by_name.get(rule) else { return Lookup::NoRule };
        let dead = self.dead[id.0 as usize];
        let found = match &self.items[id.0 as usize] {
            Item::Rule(r) => r.metavars.iter().position(|m| m.name == var).map(|i| {
                let m = &r.metavars[i];
                (m.inherited.unwrap_or(VarRef { item: *id, var: i as u32 }), m.kind.clone())
            }),
            Item::Script(s) => {
                let at = s.outputs.iter().position(|o| o == var);
                at.map(|i| (VarRef { item: *id, var: i as u32 }, MvKind::Any))
            }
        };
        match found {
            Some(_) if dead => Lookup::Dead,
            Some((v, _)) if v.item == NEVER => Lookup::Dead,
            Some((v, kind)) => Lookup::Found(v, kind),
            None => Lookup::NoVar,
        }
    }

    fn value(&self, name: &str) -> Option<(String, Span)> {
        self.identifiers.borrow_mut().insert(name.to_owned());
        self.values.get(name).cloned()
    }

    fn similar_variable(&self, rule: &str, wrong: &str) -> Option<String> {
        match &self.items[self.by_name.get(rule)?.0 as usize] {
            Item::Rule(r) => crate::codes::similar(wrong, r.metavars.iter().map(|m| m.name.as_str())),
            Item::Script(s) => crate::codes::similar(wrong, s.outputs.iter().map(String::as_str)),
        }
    }

    fn similar(&self, wrong: &str) -> Option<String> {
        let names = self.by_name.keys().map(String::as_str).chain(self.virtuals.iter().map(String::as_str));
        crate::codes::similar(wrong, names)
    }
}

/// A patch being read.
struct Session<'a> {
    opts: &'a ParseOptions<'a>,
    known: Known,
    names: DeclaredNames,
    options: Vec<String>,
    used_isos: Vec<UsedIsos>,
    /// The markers of rules that can apply.
    markers: Vec<checks::Markers>,
    /// Names after `disable`, and in which rules.
    disabled: Vec<expand::Disabled>,
    /// What each item depends on, for rules that can never apply.
    conditions: Vec<Condition>,
    /// Names of metavariables so far.
    earlier: FxHashSet<String>,
    /// Where virtual rules are declared.
    virtual_spans: Vec<Span>,
    /// A `;` in the text buffer.
    semi: Span,
    diags: Vec<Diagnostic>,
}

impl<'a> Session<'a> {
    fn new(opts: &'a ParseOptions<'a>) -> Self {
        let on = opts.defines.iter().filter(|d| !d.contains('=')).cloned().collect();
        let known = Known {
            items: Vec::new(),
            dead: Vec::new(),
            by_name: FxHashMap::default(),
            virtuals: Vec::new(),
            identifiers: RefCell::default(),
            on,
            values: FxHashMap::default(),
        };
        Self {
            opts,
            known,
            names: DeclaredNames::default(),
            options: Vec::new(),
            used_isos: Vec::new(),
            markers: Vec::new(),
            disabled: Vec::new(),
            conditions: Vec::new(),
            earlier: FxHashSet::default(),
            virtual_spans: Vec::new(),
            semi: Span::default(),
            diags: Vec::new(),
        }
    }

    /// The text of a file with a `;` and the values of `-D` after it, so that tokens can point at them.
    fn buffer(&mut self, text: &str) -> Arc<[u8]> {
        let mut buffer = text.as_bytes().to_vec();
        buffer.extend_from_slice(b"\n;");
        self.semi = Span::new(buffer.len() as u32 - 1, buffer.len() as u32);
        for d in self.opts.defines {
            if let Some((name, value)) = d.split_once('=') {
                buffer.push(b'\n');
                let span = Span::new(buffer.len() as u32, (buffer.len() + value.len()) as u32);
                buffer.extend_from_slice(value.as_bytes());
                self.known.values.insert(name.to_owned(), (value.to_owned(), span));
            }
        }
        buffer.into()
    }

    fn file(&mut self, text: &str, depth: u32) {
        let skeleton = file::split(text.as_bytes(), &mut self.diags);
        self.options.extend(skeleton.options);
        for p in &skeleton.prolog {
            match p {
                Prolog::Include(path, span) => self.include(path, *span, depth),
                Prolog::Using(path, span) => self.using(path, *span, None),
                Prolog::Virtual(name, span) => self.virtual_name(name, *span),
            }
        }
        let buffer = self.buffer(text);
        for raw in &skeleton.items {
            match file::header::read(text.as_bytes(), &raw.header, raw.header_span) {
                Ok(header) if header.script.is_some() => self.script(text, raw, header),
                Ok(header) => self.rule(text, &buffer, raw, &header),
                Err(d) => self.diags.push(*d),
            }
        }
    }

    /// Reads an included patch; its messages are shown at the place of the `#include`.
    fn include(&mut self, path: &str, span: Span, depth: u32) {
        let error = |m: String| Diagnostic::error("E030", span, m, "included here");
        if depth >= DEEPEST_INCLUDE {
            self.diags.push(error(format!("`{path}` is included too deeply")));
            return;
        }
        let Some((found, text)) = (self.opts.include)(path) else {
            self.diags.push(error(format!("cannot read `{path}`")).help("the path counts from the including file"));
            return;
        };
        let before = self.diags.len();
        self.file(&text, depth + 1);
        for d in &mut self.diags[before..] {
            let at = (d.primary.span.start as usize).min(text.len());
            let line = 1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
            d.message = format!("{found}:{line}: {}", d.message);
            d.primary = Label { file: 0, span, text: "included here".to_owned() };
            d.secondary.clear();
        }
    }

    fn using(&mut self, path: &str, span: Span, rule: Option<ItemId>) {
        match (self.opts.include)(path) {
            Some((path, text)) => self.used_isos.push(UsedIsos { path, text, rule }),
            None => self.diags.push(
                Diagnostic::error("E030", span, format!("cannot read `{path}`"), "isomorphisms to be used")
                    .help("the path counts from the semantic patch"),
            ),
        }
    }

    fn virtual_name(&mut self, name: &str, span: Span) {
        if self.known.by_name.contains_key(name) {
            self.diags.push(Diagnostic::error(
                "E025",
                span,
                format!("`{name}` is the name of a rule"),
                "cannot be virtual too",
            ));
        } else if !self.known.virtuals.iter().any(|v| v == name) {
            self.known.virtuals.push(name.to_owned());
            self.virtual_spans.push(span);
        }
    }

    fn check_defines(&mut self, text: &str) {
        let first_line = Span::new(0, text.find('\n').unwrap_or(text.len()) as u32);
        let declared = self.virtual_spans.last().copied().unwrap_or(first_line);
        let mut unknown: Vec<_> = self.known.on.iter().filter(|d| !self.known.virtuals.contains(d)).cloned().collect();
        unknown.sort();
        for name in unknown {
            let mut d = Diagnostic::error(
                "E007",
                declared,
                format!("virtual rule `{name}` is not declared"),
                "not among the names after `virtual`",
            );
            if let Some(near) = crate::codes::similar(&name, self.known.virtuals.iter().map(String::as_str)) {
                d = d.help(format!("did you mean `-D {near}`?"));
            }
            self.diags.push(d);
        }
    }

    /// The name of a new item, or the one for an item without a name.
    fn new_name(&mut self, given: Option<&(String, Span)>, other: String) -> String {
        let Some((name, span)) = given else { return other };
        let taken = if self.known.by_name.contains_key(name) {
            Some("there is already a rule of that name")
        } else if self.known.virtuals.contains(name) {
            Some("that is the name of a virtual rule")
        } else if checks::RESERVED.contains(&name.as_str()) {
            Some("that is the name of a built-in isomorphism")
        } else {
            None
        };
        if let Some(why) = taken {
            self.diags.push(
                Diagnostic::error("E025", *span, format!("a rule cannot be called `{name}`"), why)
                    .help("names of rules are unique"),
            );
        }
        name.clone()
    }

    fn add(&mut self, name: Option<&(String, Span)>, item: Item, dead: bool) {
        let id = ItemId(self.known.items.len() as u32);
        self.known.items.push(item);
        self.known.dead.push(dead);
        if let Some((name, _)) = name {
            self.known.by_name.insert(name.clone(), id);
        }
    }

    /// A dependency with its names looked up; what is already known is put in.
    fn depends(&mut self, header: &Header) -> Dep {
        let Some(expr) = &header.depends else { return Dep::True };
        let dep = self.dep(expr);
        if header.depends_forall && !matches!(dep, Dep::True | Dep::False) { Dep::Forall(Box::new(dep)) } else { dep }
    }

    fn dep(&mut self, expr: &DepExpr) -> Dep {
        match expr {
            DepExpr::Name(n, s) => self.dep_name(n, *s, Dep::Matched, false),
            DepExpr::Ever(n, s) => self.dep_name(n, *s, Dep::Ever, false),
            DepExpr::Never(n, s) => self.dep_name(n, *s, Dep::Never, true),
            DepExpr::FileIn(p) => Dep::FileIn(p.clone()),
            DepExpr::Not(d) => match self.dep(d) {
                Dep::True => Dep::False,
                Dep::False => Dep::True,
                d => Dep::Not(Box::new(d)),
            },
            DepExpr::And(a, b) => match (self.dep(a), self.dep(b)) {
                (Dep::False, _) | (_, Dep::False) => Dep::False,
                (Dep::True, d) | (d, Dep::True) => d,
                (a, b) => Dep::And(Box::new(a), Box::new(b)),
            },
            DepExpr::Or(a, b) => match (self.dep(a), self.dep(b)) {
                (Dep::True, _) | (_, Dep::True) => Dep::True,
                (Dep::False, d) | (d, Dep::False) => d,
                (a, b) => Dep::Or(Box::new(a), Box::new(b)),
            },
        }
    }

    fn dep_name(&mut self, name: &str, span: Span, live: fn(ItemId) -> Dep, negative: bool) -> Dep {
        let truth = |t: bool| if t != negative { Dep::True } else { Dep::False };
        if self.known.virtuals.iter().any(|v| v == name) {
            return truth(self.known.on.contains(name));
        }
        match self.known.by_name.get(name) {
            Some(id) if self.known.dead[id.0 as usize] => truth(false),
            Some(id) => live(*id),
            None => {
                let mut d = Diagnostic::error("E007", span, format!("there is no rule `{name}`"), "not declared above");
                if let Some(near) = self.known.similar(name) {
                    d = d.help(format!("did you mean `{near}`?"));
                }
                self.diags.push(d);
                Dep::False
            }
        }
    }

    fn script(&mut self, text: &str, raw: &RawItem, header: Header) {
        let depends = self.depends(&header);
        let Some((phase, language)) = header.script.clone() else { return };
        let mut dead = depends == Dep::False;
        let (mut inputs, mut outputs, mut from) = (Vec::new(), Vec::new(), Vec::new());
        for p in file::script::params(text.as_bytes(), &raw.decls, &mut self.diags) {
            match p {
                Param::Output(name, _) => outputs.push(name),
                Param::Input { name, rule, var, default } => {
                    from.push(rule.0.clone());
                    if let Some(source) = self.script_source(&rule, &var, default.is_some(), &mut dead) {
                        inputs.push(ScriptInput { name, source, default });
                    }
                }
            }
        }
        let name = self.new_name(header.name.as_ref(), format!("script:{language} on line {}", raw.line));
        let (code, code_line) = file::script::code(text.as_bytes(), &raw.body, raw.body_line, &language);
        self.conditions.push(Condition {
            name: header.name.as_ref().map(|n| n.0.clone()),
            depends: header.depends.clone(),
            needs: Vec::new(),
            reads: from,
            header: None,
            inert: false,
        });
        let script = Script { name, phase, language, depends, inputs, outputs, code, line: raw.line, code_line };
        self.add(header.name.as_ref(), Item::Script(Box::new(script)), dead);
    }

    fn script_source(
        &mut self,
        rule: &(String, Span),
        var: &(String, Span),
        has_default: bool,
        dead: &mut bool,
    ) -> Option<ScriptSource> {
        match rule.0.as_str() {
            "virtual" => {
                return Some(ScriptSource::Virtual(var.0.clone(), self.known.value(&var.0).map(|v| v.0)));
            }
            "merge" => return Some(ScriptSource::Merge(var.0.clone())),
            _ => {}
        }
        match self.known.lookup(&rule.0, &var.0) {
            Lookup::Found(v, _) => Some(ScriptSource::Var(v)),
            Lookup::Dead => {
                *dead |= !has_default;
                Some(ScriptSource::Var(VarRef { item: NEVER, var: 0 }))
            }
            Lookup::NoRule => {
                let mut d =
                    Diagnostic::error("E007", rule.1, format!("there is no rule `{}`", rule.0), "not declared above");
                if let Some(near) = self.known.similar(&rule.0) {
                    d = d.help(format!("did you mean `{near}`?"));
                }
                self.diags.push(d);
                None
            }
            Lookup::NoVar => {
                self.diags.push(crate::decl::no_variable(&self.known, &rule.0, &var.0, var.1));
                None
            }
        }
    }

    fn rule(&mut self, text: &str, buffer: &Arc<[u8]>, raw: &RawItem, header: &Header) {
        let id = ItemId(self.known.items.len() as u32);
        let errors_before = self.errors();
        let depends = self.depends(header);
        let name = self.new_name(header.name.as_ref(), format!("rule starting on line {}", raw.line));
        let start = self.extended(header);
        let extended = start.len();
        let named =
            header.disable.iter().map(|(name, span)| expand::Disabled { name: name.clone(), span: *span, rule: id });
        self.disabled.extend(named);
        for (path, span) in &header.using {
            self.using(path, *span, Some(id));
        }
        let mut decls = DeclReader::run(
            &raw.decls,
            text.as_bytes(),
            buffer,
            &self.known,
            &mut self.names,
            Decls::new(start),
            &mut self.diags,
        );
        decls.scope.reverse = self.opts.reverse;
        let body = lex_body(buffer, raw.body.clone(), raw.body_line, true, &decls.scope, &mut self.diags);
        let needed = needed_variables(&body, decls.vars.len());
        let dead = depends == Dep::False || decls.dead.iter().any(|d| needed[d.0 as usize]);
        let (pattern, kind) = self.pattern(buffer, &body, header, raw.header_span, &decls.vars);
        if !dead {
            let change = [body.minus, body.plus].into_iter().flatten().min_by_key(|s| s.start);
            self.markers.push(checks::Markers { rule: name.clone(), star: body.star, change });
        }
        let inherits = decls.from.iter().filter(|(_, v)| v.is_some_and(|v| needed.get(v.0 as usize) == Some(&true)));
        let extends = header.extends.iter().map(|e| e.0.clone());
        self.conditions.push(Condition {
            name: header.name.as_ref().map(|n| n.0.clone()),
            depends: header.depends.clone(),
            needs: inherits.map(|(rule, _)| rule.clone()).collect(),
            reads: decls.from.iter().map(|(rule, _)| rule.clone()).chain(extends).collect(),
            header: Some(raw.header_span),
            inert: body.minus.or(body.plus).or(body.star).is_none()
                && !decls.vars.iter().any(|m| m.constraint.has_script()),
        });
        for (i, var) in decls.vars.iter_mut().enumerate() {
            var.in_plus =
                body.toks.iter().any(|t| t.mark == LineMark::Plus && t.var.is_some_and(|v| v.0 as usize == i));
        }
        link::seeds_in_plus(&mut decls.vars);
        let star = body.star.is_some();
        let mut rule = Rule {
            name,
            line: raw.line,
            depends,
            quantifier: header.quantifier,
            disabled: header.disable.iter().map(|d| d.0.clone()).collect(),
            kind,
            metavars: decls.vars,
            written: Arc::new(pattern.clone()),
            pattern,
            star,
            transforms: body.plus.is_some() || body.minus.is_some(),
            words: WordFormula::True,
            prototype: None,
        };
        if !dead && self.errors() == errors_before {
            let earlier = &self.earlier;
            let about =
                checks::RuleText { rule: &rule, body: &body, text: buffer, symbols: &decls.symbols, extended, earlier };
            checks::rule(&about, &self.names, &mut self.diags);
        }
        self.earlier.extend(rule.metavars.iter().map(|m| m.name.clone()));
        let switched_off = self.opts.disabled_isos.iter().any(|d| d == "prototypes");
        rule.prototype =
            Some(id).filter(|_| !switched_off).and_then(|id| prototype(&rule, id, self.semi)).map(Box::new);
        self.add(header.name.as_ref(), Item::Rule(Box::new(rule)), dead);
    }

    fn errors(&self) -> usize {
        self.diags.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// The metavariables of the rule that is extended: inherited, all of them.
    fn extended(&mut self, header: &Header) -> Vec<MetaVar> {
        let Some((name, span)) = &header.extends else { return Vec::new() };
        let id = self.known.by_name.get(name).copied();
        match id.and_then(|id| self.known.items.get(id.0 as usize).map(|item| (id, item))) {
            Some((id, Item::Rule(r))) => r
                .metavars
                .iter()
                .enumerate()
                .map(|(i, m)| {
                    let from = m.inherited.unwrap_or(VarRef { item: id, var: i as u32 });
                    let kind = if matches!(m.kind, MvKind::Fresh(_)) { MvKind::Identifier } else { m.kind.clone() };
                    MetaVar {
                        name: m.name.clone(),
                        span: m.span,
                        kind,
                        inherited: Some(from),
                        constraint: Constraint::True,
                        used_after: false,
                        unitary: false,
                        in_plus: false,
                    }
                })
                .collect(),
            _ => {
                let d = Diagnostic::error("E007", *span, format!("there is no rule `{name}`"), "not declared above");
                self.diags.push(d);
                Vec::new()
            }
        }
    }

    /// Both slices of a body, and the plus code in its place.
    fn pattern(
        &mut self,
        buffer: &Arc<[u8]>,
        body: &LexedBody,
        header: &Header,
        header_span: Span,
        metavars: &[MetaVar],
    ) -> (Pattern, crate::ast::BodyKind) {
        let ctx = BodyCtx { text: buffer, metavars, names: &self.names };
        if let Some(error) = crate::plus::choice(body) {
            self.diags.push(error);
            return (no_pattern(buffer), crate::ast::BodyKind::Statements);
        }
        let minus = match parse_slice(&ctx, &body.toks, &body.minus_slice(), Side::Minus, header.kind) {
            Ok(slice) => slice,
            Err(mut errors) => {
                // An empty body has no place of its own.
                errors
                    .iter_mut()
                    .filter(|e| e.primary.span == Span::default())
                    .for_each(|e| e.primary.span = header_span);
                self.diags.extend(errors);
                return (no_pattern(buffer), crate::ast::BodyKind::Statements);
            }
        };
        let kind = minus.kind;
        let plus = if body.plus.is_some() {
            match crate::plus::read(&ctx, body, header.kind, &minus) {
                Ok(slice) => {
                    self.diags.extend(crate::plus::unlike(body, &minus, &slice));
                    Some(slice)
                }
                Err(errors) => {
                    self.diags.extend(errors);
                    None
                }
            }
        } else {
            self.diags.extend(crate::plus::hole(body, &minus));
            None
        };
        let (pattern, problems) = anchor::attach(&ctx, body, minus, plus);
        self.diags.extend(problems);
        (pattern, kind)
    }
}

/// The pattern of a rule that could not be read.
fn no_pattern(buffer: &Arc<[u8]>) -> Pattern {
    let mut b = c_syntax::TreeBuilder::new(buffer.clone(), 0, Vec::new());
    b.empty(c_syntax::SyntaxKind::RuleBody);
    let tree = b.build();
    Pattern {
        plus: tree.clone(),
        tree,
        tokens: Vec::new(),
        slots: FxHashMap::default(),
        runs: Vec::new(),
        plus_vars: Vec::new(),
        notes: FxHashMap::default(),
    }
}

/// For each variable: whether it stands in the code to match outside of all disjunctions and nests.
fn needed_variables(body: &LexedBody, vars: usize) -> Vec<bool> {
    use c_syntax::TokenKind as T;
    let mut out = vec![false; vars];
    let mut depth = 0u32;
    for t in &body.toks {
        match t.kind {
            T::DisjOpen | T::NestOpen | T::NestOpenPlus => depth += 1,
            T::DisjClose | T::NestClose | T::NestClosePlus => depth = depth.saturating_sub(1),
            _ => {}
        }
        let when_line = depth == 0 && t.mark != LineMark::Plus;
        if when_line {
            for v in t.var.iter().chain(&t.attached) {
                out[v.0 as usize] = true;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;

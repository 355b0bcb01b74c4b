//! Reads a semantic patch: files, rules, scripts in order, then what can only be said of all of them (`smpl-front-end.md` sections 1, 2, 12).

mod depends;
mod known;
mod rule;
mod script;

use std::cell::RefCell;
use std::sync::Arc;

use c_syntax::{Diagnostic, Label, Severity, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ast::{DeclaredNames, Item, ItemId, LeftOut, SemanticPatch};
use crate::checks;
use crate::expand;
use crate::file::{self, Prolog};
use crate::iso::IsoFile;
use crate::link;
use crate::reach::{self, Condition};
use known::Known;

/// How deep files may include each other.
const DEEPEST_INCLUDE: u32 = 20;

/// What reading a semantic patch depends on besides its text.
#[derive(Clone, Copy)]
pub struct ParseOptions<'a> {
    /// `-D`: names of virtual rules, and `name=value` for virtual identifiers.
    pub defines: &'a [String],
    /// The isomorphisms to apply; none for none (the text of the standard ones is `rules::STANDARD_ISO`).
    pub isos: Option<&'a IsoFile>,
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
            .field("isos", &self.isos.map(|i| &i.name))
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
    /// Names declared with `symbol` so far.
    symbols: Vec<String>,
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
            symbols: Vec::new(),
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

    fn errors(&self) -> usize {
        self.diags.iter().filter(|d| d.severity == Severity::Error).count()
    }
}

#[cfg(test)]
mod tests;

//! Plus code made concrete: fragments printed with the values of metavariables (`rewriting.md` sections 3, 5, 6).

use c_syntax::print::{self, Atom, AtomKind, Level, Printer, Spelling};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use c_syntax::{NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use matcher::outcome::{Action, Place, RuleMatch};
use matcher::value::{Bindings, Term, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use smpl_parser::ast::{FragmentKind, MvId, MvKind, Pattern, PlusFragment, PlusRun, Rule, RunId};

use super::line::{Line, Sketch};
use super::place::Slot;
use super::tags::{Block, Tags};
use super::template::Template;
use super::texts::text_atoms;
use super::values::Values;
use super::{Style, Unbound, inner};

/// A run beside a statement, and whether that ends with a brace.
type LineKey = (RunId, Slot, bool);

/// The added code of a rule, and what was found out while it was printed.
pub struct AddedCode<'a> {
    pub(super) pattern: &'a Pattern,
    rule: &'a Rule,
    pub(super) style: &'a Style,
    /// The fragments that were printed, by run and number. From the second time on there are templates.
    templates: RefCell<FxHashMap<(RunId, usize), Known>>,
    /// The runs without values, printed; none for those with values.
    fixed: RefCell<FxHashMap<RunId, Option<Rc<[Printed]>>>>,
    /// The operators at the ends of runs.
    operators: RefCell<FxHashMap<(RunId, Slot), Operator>>,
    /// The runs that are lines beside a statement.
    lines: RefCell<FxHashMap<LineKey, Option<Rc<Line>>>>,
    /// The runs with marks in the place of values.
    sketches: RefCell<FxHashMap<RunId, Option<Rc<Sketch>>>>,
}

impl<'a> AddedCode<'a> {
    /// Nothing is known of it yet.
    #[must_use]
    pub fn new(pattern: &'a Pattern, rule: &'a Rule, style: &'a Style) -> Self {
        Self {
            pattern,
            rule,
            style,
            templates: RefCell::default(),
            fixed: RefCell::default(),
            operators: RefCell::default(),
            lines: RefCell::default(),
            sketches: RefCell::default(),
        }
    }

    /// How it is spelled.
    pub(super) fn spelling(&self) -> Spelling {
        Spelling { quirks: self.style.quirks }
    }

    /// The line that a run is beside a statement, if it is one and has so far been looked at.
    pub(super) fn line(&self, key: LineKey, find: impl FnOnce() -> Option<Line>) -> Option<Rc<Line>> {
        if let Some(known) = self.lines.borrow().get(&key) {
            return known.clone();
        }
        let found = find().map(Rc::new);
        self.lines.borrow_mut().insert(key, found.clone());
        found
    }
}

/// The plus code of a rule for the matches of one element.
pub(super) struct Plus<'a> {
    pub code: &'a AddedCode<'a>,
    pub pattern: &'a Pattern,
    pub rule: &'a Rule,
    pub style: &'a Style,
    /// Matches inside the values of others, in the order of their first tokens: their code is put where the value is printed.
    pub inner: Vec<Inner<'a>>,
    /// The tokens that go together with those in front of them, and the tree of both.
    joined: Option<(&'a Tree, FxHashSet<TokenId>)>,
    /// The ranges of those that are being printed: their own values may be the code that they replace.
    pub(super) open: RefCell<Vec<Range<u32>>>,
    /// The block that was printed last: the passes over insertions ask for it several times.
    last: RefCell<Option<(Block, Rc<[Printed]>)>>,
}

/// A match whose code lies inside a value that another match of the rule prints.
#[derive(Clone)]
pub(super) struct Inner<'a> {
    pub tree: &'a Tree,
    /// The tokens that it replaces.
    pub range: Range<u32>,
    pub block: Block,
}

/// An expression and its operand that is kept, if a run begins or ends with its operator.
pub(super) type Operator = Option<(NodeId, NodeId)>;

/// What is known of a fragment.
enum Known {
    /// It was printed once.
    Printed,
    /// Its template, if it has one.
    Template(Option<Rc<Template>>),
}

/// A printed fragment.
pub(super) struct Printed {
    pub kind: FragmentKind,
    pub atoms: Vec<Atom>,
    pub line: u32,
    /// For a bare token: its kind.
    pub token: Option<TokenKind>,
    /// How tightly a single expression binds.
    pub level: Option<Level>,
    /// Operands with commas as the rule writes them: elements, where a list takes them.
    pub elements: bool,
}

impl<'a> Plus<'a> {
    /// The plus code of a rule, with the matches inside values.
    pub fn new(code: &'a AddedCode<'a>, inner: Vec<Inner<'a>>) -> Self {
        let AddedCode { pattern, rule, style, .. } = *code;
        Self { code, pattern, rule, style, inner, joined: None, open: RefCell::default(), last: RefCell::default() }
    }

    /// Says what goes: a statement that is put back takes along the comments above it that would go.
    pub fn settle(&mut self, tree: &'a Tree, tags: &Tags) {
        if !self.rule.metavars.iter().any(|m| matches!(m.kind, MvKind::Statement | MvKind::StatementList(_))) {
            return;
        }
        let by = |t: u32| tags.tokens.get(TokenId(t)).map_or(&[][..], |tag| &tag.removed_by[..]);
        let with_last = |t: &TokenId| t.0.checked_sub(1).is_some_and(|l| by(l).iter().any(|g| by(t.0).contains(g)));
        self.joined = Some((tree, tags.tokens.iter().map(|t| t.0).filter(with_last).collect()));
        self.last = RefCell::default();
    }

    /// Whether comments on lines of their own in front of a token would go that are a statement's.
    pub(super) fn takes_comments(&self, tree: &Tree, first: u32) -> bool {
        let joined = self.joined.as_ref().filter(|j| std::ptr::eq(j.0, tree) && j.1.contains(&TokenId(first)));
        let before = joined.and(first.checked_sub(1)).map(|t| tree.token(TokenId(t)).end());
        before.is_some_and(|from| {
            let gap = tree.slice(from, tree.token(TokenId(first)).start);
            memchr::memchr(b'\n', gap).is_some_and(|line| memchr::memchr(b'/', &gap[line..]).is_some())
        })
    }

    pub(super) fn has_inner(&self, tree: &Tree, range: Range<u32>) -> bool {
        let open = self.open.borrow();
        self.inner_from(range.start)
            .take_while(|i| i.range.start < range.end)
            .filter(|i| !open.contains(&i.range))
            .any(|i| std::ptr::eq(i.tree, tree) && i.range.end <= range.end)
    }

    /// The matches inside values from a token on.
    pub(super) fn inner_from(&self, token: u32) -> impl Iterator<Item = &Inner<'a>> {
        self.inner[self.inner.partition_point(|i| i.range.start < token)..].iter()
    }

    pub fn run(&self, run: RunId) -> &PlusRun {
        &self.pattern.runs[run.0 as usize]
    }

    /// The text of a block, for comparison and messages.
    pub fn text(&self, block: &Block) -> Vec<u8> {
        let mut out = Vec::new();
        for f in self.fragments(block).iter() {
            if !out.is_empty() {
                out.push(b' ');
            }
            out.extend(print::text(&f.atoms));
        }
        out
    }

    /// The texts of the tokens that a block prints for metavariables.
    pub fn value_words(&self, block: &Block) -> Vec<Vec<u8>> {
        let used = self.run(block.run).fragments.iter().flat_map(|f| vars_of(self.pattern, f));
        let mut out = Vec::new();
        let mut add = |term: &Term| {
            let tree = term.tree();
            out.extend(tree.token_range(term.node).map(|t| tree.token_text(TokenId(t)).to_vec()));
        };
        let mut texts = Vec::new();
        for value in used.filter_map(|v| block.bindings.get(v)) {
            match value {
                Value::Term(t) => add(t),
                Value::List(terms) => terms.iter().for_each(&mut add),
                Value::Type(t) => add(&t.specs),
                Value::Text(text) => texts.push(text.as_bytes().to_vec()),
                Value::Positions(_) | Value::Length(_) => {}
            }
        }
        out.extend(texts);
        out
    }

    /// The fragments of a block. Those that print nothing (empty lists) are left out.
    pub fn fragments(&self, block: &Block) -> Rc<[Printed]> {
        if let Some((last, printed)) = &*self.last.borrow()
            && last.run == block.run
            && Arc::ptr_eq(&last.bindings, &block.bindings)
        {
            return printed.clone();
        }
        let fixed = self.code.fixed.borrow().get(&block.run).cloned();
        if let Some(Some(printed)) = fixed {
            return printed;
        }
        let printed: Rc<[Printed]> = self.fragments_within(block, usize::MAX).into();
        if fixed.is_none() {
            let known = self.is_fixed(block.run).then(|| printed.clone());
            self.code.fixed.borrow_mut().insert(block.run, known);
        }
        *self.last.borrow_mut() = Some((block.clone(), printed.clone()));
        printed
    }

    /// The sketch of a run, if it has one.
    pub fn sketch(&self, run: RunId) -> Option<Rc<Sketch>> {
        if let Some(known) = self.code.sketches.borrow().get(&run) {
            return known.clone();
        }
        let found = Sketch::of(self, run).map(Rc::new);
        self.code.sketches.borrow_mut().insert(run, found.clone());
        found
    }

    /// The fragments of a block, perhaps with marks in the place of expressions.
    pub fn outline(&self, block: &Block) -> Rc<[Printed]> {
        match self.sketch(block.run).filter(|s| s.takes(&block.bindings)) {
            Some(sketch) => sketch.printed.clone(),
            None => self.fragments(block),
        }
    }

    /// Whether a run is printed the same way whatever the values are.
    fn is_fixed(&self, run: RunId) -> bool {
        let plus = &self.pattern.plus;
        let tokens = |f: &PlusFragment| f.node.map_or_else(|| f.tokens.clone(), |n| plus.token_range(n));
        let holds = |t: u32| {
            let token = TokenId(t);
            plus.token(token).kind == TokenKind::Str && memchr::memchr(b'@', plus.token_text(token)).is_some()
        };
        let varies = |f: &PlusFragment| vars_of(self.pattern, f).next().is_some() || tokens(f).any(holds);
        !self.run(run).fragments.iter().any(varies)
    }

    /// What is known of the operator at one end of a run.
    pub fn operator(&self, key: (RunId, Slot), find: impl FnOnce() -> Operator) -> Operator {
        if let Some(known) = self.code.operators.borrow().get(&key) {
            return *known;
        }
        let found = find();
        self.code.operators.borrow_mut().insert(key, found);
        found
    }

    /// [`Plus::fragments`] of a match inside the value of another, which replaces so many tokens.
    pub(super) fn fragments_within(&self, block: &Block, within: usize) -> Vec<Printed> {
        let fragments = &self.run(block.run).fragments;
        let mut out = Vec::with_capacity(fragments.len());
        let mut after_directive = false;
        for (i, f) in fragments.iter().enumerate() {
            let template = self.template((block.run, i), f);
            let printed = self.fragment(f, template.as_deref(), &block.bindings, within, after_directive);
            after_directive |= matches!(f.kind, FragmentKind::Directive | FragmentKind::Unindented);
            if !printed.atoms.is_empty() || f.text.is_some() || f.kind == FragmentKind::BlankLine {
                out.push(printed);
            }
        }
        out
    }

    /// Whether the brace of an added function stands on the line of its head: as the rule has it. The reference puts it there behind a
    /// directive.
    fn brace_on_line(&self, f: &PlusFragment, after_directive: bool) -> bool {
        if self.style.quirks {
            return after_directive;
        }
        let plus = &self.pattern.plus;
        let block = f.node.and_then(|n| plus.child_nodes(n).find(|c| plus.kind(*c) == SyntaxKind::Block));
        let Some(open) = block.and_then(|b| plus.first_token(b)).filter(|t| t.0 > 0) else { return false };
        let brace = plus.token(open);
        let gap = plus.slice(plus.token(TokenId(open.0 - 1)).end(), brace.start);
        let rest = &plus.text().0[brace.end() as usize..];
        let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
        memchr::memchr(b'\n', gap).is_none() && line.trim_ascii().is_empty()
    }

    /// The template of a fragment that was printed before.
    fn template(&self, key: (RunId, usize), f: &PlusFragment) -> Option<Rc<Template>> {
        let mut templates = self.code.templates.borrow_mut();
        let known = match templates.get(&key) {
            None => Known::Printed,
            Some(Known::Printed) => Known::Template(Template::of(self.pattern, f, self.code.spelling()).map(Rc::new)),
            Some(Known::Template(template)) => return template.clone(),
        };
        templates.insert(key, known);
        None
    }

    fn fragment(
        &self,
        f: &PlusFragment,
        template: Option<&Template>,
        bindings: &Bindings,
        within: usize,
        after_directive: bool,
    ) -> Printed {
        let values = &Values { plus: self, bindings, within, inside: &f.inside };
        let plus = &self.pattern.plus;
        let mut p = Printer::new(self.code.spelling(), Some(values));
        if f.kind == FragmentKind::Initialiser {
            p.enter_list();
        }
        let around = p.around();
        let filled = template.is_some_and(|t| t.print(plus, bindings, &mut p));
        if template.is_some() && !filled {
            p.atoms.clear();
            p.go_around(around);
        }
        let token = if filled { None } else { print_code(plus, f, &mut p) };
        p.trim();
        inner::settle(&mut p.atoms, self.style.quirks);
        if f.kind == FragmentKind::Function && self.brace_on_line(f, after_directive) {
            join_brace(&mut p.atoms);
        }
        let level = f.node.and_then(|n| values.level(plus, n));
        let elements = level == Some(Level::Comma) && f.node.is_some_and(|n| plus.kind(n) != SyntaxKind::MetaVar);
        Printed { kind: f.kind, atoms: p.atoms, line: f.line, token, level, elements }
    }
}

/// Prints the code of a fragment; the kind of the first token, if it is bare tokens.
pub(super) fn print_code(plus: &Tree, f: &PlusFragment, p: &mut Printer<'_>) -> Option<TokenKind> {
    if let Some(text) = &f.text {
        text_atoms(f.kind, text, &mut p.atoms);
    } else if let Some(node) = f.node {
        if plus.kind(node) == SyntaxKind::MetaVar {
            plus.child_tokens(node).for_each(|t| p.token_at(plus, t, Level::Comma));
        } else if f.kind == FragmentKind::Directive {
            p.atoms.push(Atom::blank(AtomKind::Outdent));
            p.raw(plus, node);
        } else {
            p.node(plus, node);
        }
    } else {
        let mut last = None;
        for t in f.tokens.clone() {
            let id = TokenId(t);
            let token = plus.token(id);
            if last.is_some_and(|e| e != token.start) {
                p.space();
            }
            p.token_at(plus, id, Level::Comma);
            last = Some(token.end());
        }
        return f.tokens.clone().next().map(|t| plus.token(TokenId(t)).kind);
    }
    None
}

/// The metavariables of the tokens of a fragment.
pub(super) fn vars_of<'p>(pattern: &'p Pattern, f: &'p PlusFragment) -> impl Iterator<Item = MvId> + 'p {
    let tokens = f.node.map_or_else(|| f.tokens.clone(), |n| pattern.plus.token_range(n));
    tokens.filter_map(|t| *pattern.plus_vars.get(t as usize)?)
}

/// The metavariables that a match gives no value and that its added code names, if there are any.
pub(super) fn unbound(code: &AddedCode<'_>, tree: &Tree, m: &RuleMatch) -> Option<Unbound> {
    let AddedCode { pattern, rule, .. } = *code;
    let mut vars: Vec<MvId> = Vec::new();
    let mut at = None;
    for touch in &m.touches {
        let (Action::Before(run) | Action::After(run) | Action::Replace(run)) = touch.action else { continue };
        let named = pattern.runs[run.0 as usize].fragments.iter().flat_map(|f| vars_of(pattern, f));
        for var in named.filter(|v| touch.bindings.get(*v).is_none()) {
            let place = match touch.place {
                Place::Token(t) => Some(t),
                Place::Node(n) => tree.first_token(n),
            };
            at = at.or(place);
            if !vars.contains(&var) {
                vars.push(var);
            }
        }
    }
    let name = |v: &MvId| rule.metavars.get(v.0 as usize).map_or_else(String::new, |m| m.name.clone());
    let at = at.map_or(0, |t| tree.token(t).start);
    (!vars.is_empty()).then(|| Unbound { at, names: vars.iter().map(name).collect() })
}

/// Moves the first brace onto the line in front of it.
fn join_brace(atoms: &mut [Atom]) {
    let Some(brace) = atoms.iter().position(|a| a.kind == AtomKind::Token(TokenKind::LBrace)) else { return };
    if let Some(before) = brace.checked_sub(1).filter(|i| atoms[*i].kind == AtomKind::Newline) {
        atoms[before] = Atom::blank(AtomKind::Space);
    }
}

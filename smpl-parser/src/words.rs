//! Words that code must contain for a rule to match, and for a file to be worth reading (`semantics.md` 6.6).
//!
//! [`of_rule`] is about one element of a file: what the rule's own pattern needs. [`FileFilter`] is about a whole file (or group of files):
//! dependencies and inherited metavariables count too, and only rules that change or mark code and scripts are reasons to read a file.

mod effect;
mod formula;

use std::fmt;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use c_syntax::{NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ast::{
    BodyKind, Constraint, ConstraintItem, Dep, Item, ItemId, MetaVar, MvId, MvKind, Rule, Script, ScriptPhase,
    ScriptSource, SeedPart, SemanticPatch, WordFormula,
};
use crate::lexer::scan::is_ident_byte;
use effect::Effect;
use formula::Formula;

/// Words that an element must contain for a rule to match in it.
#[must_use]
pub fn of_rule(rule: &Rule) -> WordFormula {
    let walk = Walk { rule, scope: Scope::Element, keywords: false };
    let found = walk.body();
    let found = if found == Formula::True { Walk { keywords: true, ..walk }.body() } else { found };
    found.into_words()
}

/// Words that an element must contain for a match of the rule to change or mark something in it, if that is more than a match needs.
#[must_use]
pub fn of_effect(rule: &Rule) -> Option<WordFormula> {
    let walk = Walk { rule, scope: Scope::Element, keywords: false };
    match walk.effect() {
        Effect::Needs(formula) if formula != Formula::True => Some(formula.into_words()),
        _ => None,
    }
}

/// What the words are looked for in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// One element: names of types do not count, since a typedef may stand for them; nor does what other rules need.
    Element,
    /// All files of a group.
    File,
}

/// The formula of a rule's pattern.
#[derive(Clone, Copy)]
struct Walk<'a> {
    rule: &'a Rule,
    scope: Scope,
    /// Take keywords too.
    keywords: bool,
}

impl Walk<'_> {
    fn tree(&self) -> &Tree {
        &self.rule.pattern.tree
    }

    fn body(&self) -> Formula {
        let tree = self.tree();
        let items = tree.child_nodes(tree.root()).map(|n| self.node(n));
        // The items of a top-level body are matched in elements of their own.
        if self.rule.kind == BodyKind::TopLevel && self.scope == Scope::Element {
            Formula::any(items)
        } else {
            Formula::all(items)
        }
    }

    fn node(&self, n: NodeId) -> Formula {
        let tree = self.tree();
        match tree.kind(n) {
            SyntaxKind::Dots | SyntaxKind::Opt => Formula::True,
            k if k.is_when() => Formula::True,
            SyntaxKind::Nest if tree.child_token(n, TokenKind::NestOpenPlus).is_none() => Formula::True,
            SyntaxKind::Disj => Formula::any(tree.child_nodes(n).map(|b| self.children(b))),
            SyntaxKind::NamedType if self.scope == Scope::Element => Formula::True,
            SyntaxKind::StructType | SyntaxKind::EnumType if self.scope == Scope::Element => {
                let body =
                    tree.child_nodes(n).any(|c| matches!(tree.kind(c), SyntaxKind::FieldList | SyntaxKind::EnumList));
                if body { self.children(n) } else { Formula::True }
            }
            SyntaxKind::Include => self.include(n),
            SyntaxKind::MetaVar => Formula::all(tree.child_tokens(n).map(|t| self.token(t))),
            _ => self.children(n),
        }
    }

    fn children(&self, n: NodeId) -> Formula {
        Formula::all(self.tree().children(n).iter().map(|c| match *c {
            c_syntax::Child::Node(n) => self.node(n),
            c_syntax::Child::Token(t) => self.token(t),
        }))
    }

    fn token(&self, t: TokenId) -> Formula {
        let fact = self.rule.pattern.tokens.get(t.0 as usize);
        let attached = fact.map(|f| &f.attached[..]).unwrap_or_default().iter().map(|v| self.variable(*v));
        let own = match (fact.and_then(|f| f.var), self.tree().token(t).kind) {
            (Some(var), _) => self.variable(var),
            (None, TokenKind::Ident) => word(self.tree().token_text(t)),
            (None, kind) if self.keywords && is_telling(kind) => Formula::Word(kind.text().to_owned()),
            _ => Formula::True,
        };
        Formula::all(attached.chain(std::iter::once(own)))
    }

    /// What a metavariable needs that stands in the pattern.
    fn variable(&self, var: MvId) -> Formula {
        self.rule
            .metavars
            .get(var.0 as usize)
            .map_or(Formula::True, |m| Formula::all([self.origin(m), self.constraint(&m.constraint)]))
    }

    /// The rule that an inherited metavariable comes from.
    fn origin(&self, m: &MetaVar) -> Formula {
        if self.scope == Scope::Element {
            return Formula::True;
        }
        let seeds = match &m.kind {
            MvKind::Fresh(parts) => parts.as_slice(),
            _ => &[],
        };
        let seeds = seeds.iter().map(|p| match p {
            SeedPart::Var(v)
                if self.rule.metavars.get(v.0 as usize).is_some_and(|s| !matches!(s.kind, MvKind::Fresh(_))) =>
            {
                self.variable(*v)
            }
            _ => Formula::True,
        });
        Formula::all(m.inherited.map(|v| Formula::Item(v.item)).into_iter().chain(seeds))
    }

    /// What a constraint makes certain.
    fn constraint(&self, c: &Constraint) -> Formula {
        match c {
            Constraint::OneOf(items) => Formula::any(items.iter().map(|i| match i {
                ConstraintItem::Text(_, text) if is_word(text.as_bytes()) => word(text.as_bytes()),
                ConstraintItem::Var(v) => self.equal(*v),
                _ => Formula::True,
            })),
            Constraint::SubTerm(v) => self.equal(*v),
            Constraint::And(a, b) => Formula::all([self.constraint(a), self.constraint(b)]),
            Constraint::Or(a, b) => Formula::any([self.constraint(a), self.constraint(b)]),
            _ => Formula::True,
        }
    }

    /// What a metavariable needs whose value another one must have.
    fn equal(&self, v: MvId) -> Formula {
        self.rule.metavars.get(v.0 as usize).map_or(Formula::True, |m| self.origin(m))
    }

    /// The words of the last component of an included file's name.
    fn include(&self, n: NodeId) -> Formula {
        let tree = self.tree();
        let names =
            tree.preorder(n).flat_map(|n| tree.child_tokens(n)).filter(|t| tree.token(*t).kind == TokenKind::Str);
        let in_disj = tree.child_nodes(n).any(|c| tree.kind(c) == SyntaxKind::Disj);
        let each = names.map(|t| {
            let text = tree.token_text(t);
            let last = text.rsplit(|b| *b == b'/').next().unwrap_or(text);
            let runs = last.split(|b| !is_ident_byte(*b)).filter(|w| w.len() > 1);
            Formula::all(runs.map(|w| Formula::Word(String::from_utf8_lossy(w).into_owned())))
        });
        if in_disj { Formula::any(each) } else { Formula::all(each) }
    }
}

/// Keywords that few files have, or that at least not every function has.
fn is_telling(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwWhile
            | TokenKind::KwFor
            | TokenKind::KwDo
            | TokenKind::KwSwitch
            | TokenKind::KwGoto
            | TokenKind::KwSizeof
            | TokenKind::KwTypedef
            | TokenKind::KwContinue
    )
}

fn is_word(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| is_ident_byte(*b)) && !text[0].is_ascii_digit()
}

/// A word, unless nearly every file has it or it has other spellings.
fn word(text: &[u8]) -> Formula {
    if text == b"NULL" || TokenKind::keyword(text).is_some() || !is_word(text) {
        return Formula::True;
    }
    String::from_utf8(text.to_vec()).map_or(Formula::True, Formula::Word)
}

/// Says from the bytes of a file whether any rule that matters may match in it.
#[derive(Clone, Debug)]
pub struct FileFilter {
    words: Vec<String>,
    /// Without a searcher (words without end) every file is read. Made when a text is first looked at.
    search: OnceLock<Option<AhoCorasick>>,
    /// For each item of the patch.
    items: Vec<Formula>,
    /// The reasons to read a file.
    file: Formula,
    tests: Vec<Test>,
    file_test: Test,
}

impl FileFilter {
    /// The filter of a patch.
    #[must_use]
    pub fn of(patch: &SemanticPatch) -> Self {
        let items: Vec<Formula> = patch
            .items
            .iter()
            .map(|item| match item {
                Item::Rule(rule) => rule_formula(rule),
                Item::Script(script) => script_formula(script),
            })
            .collect();
        let reasons = patch.items.iter().enumerate().filter_map(|(i, item)| {
            let matched = Formula::Item(ItemId(i as u32));
            match item {
                Item::Rule(rule) if rule.transforms || rule.star => Some(with_effect(rule, matched)),
                Item::Script(script) if script.phase == ScriptPhase::Rule => Some(matched),
                _ => None,
            }
        });
        let file = Formula::any(reasons);
        let mut words = Vec::new();
        let mut seen = FxHashSet::default();
        items.iter().chain([&file]).for_each(|f| collect(f, &mut words, &mut seen));
        let index: FxHashMap<&str, usize> = words.iter().enumerate().map(|(i, w)| (w.as_str(), i)).collect();
        let tests = items.iter().map(|f| Test::of(f, &index)).collect();
        let file_test = Test::of(&file, &index);
        Self { search: OnceLock::new(), items, file, tests, file_test, words }
    }

    /// The words that it looks for.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Words one of which every file that matters alone must have, where such are known: those that are the most telling.
    #[must_use]
    pub fn one_of(&self) -> Option<Vec<&str>> {
        self.telling(&self.file)
    }

    fn telling<'f>(&'f self, formula: &'f Formula) -> Option<Vec<&'f str>> {
        match formula {
            Formula::True => None,
            Formula::False => Some(Vec::new()),
            Formula::Word(word) => Some(vec![word]),
            Formula::Item(id) => self.items.get(id.0 as usize).map_or(Some(Vec::new()), |f| self.telling(f)),
            Formula::Or(fs) => {
                let all: Option<Vec<_>> = fs.iter().map(|f| self.telling(f)).collect();
                all.map(|words| words.concat())
            }
            // Long words are rare.
            Formula::And(fs) => fs
                .iter()
                .filter_map(|f| self.telling(f))
                .max_by_key(|words| words.iter().map(|w| w.len()).min().unwrap_or(usize::MAX)),
        }
    }

    /// Whether a group of files may matter in which some of [`FileFilter::words`] are: `present` tells for the number of each.
    #[must_use]
    pub fn may_match_words(&self, present: impl Fn(usize) -> bool) -> bool {
        let present: Vec<bool> = (0..self.words.len()).map(present).collect();
        self.holds(&present)
    }

    /// Whether a file may matter.
    #[must_use]
    pub fn may_match(&self, text: &[u8]) -> bool {
        self.may_match_group(std::iter::once(text))
    }

    /// Whether a group of files may matter: rules may match in different ones of them.
    #[must_use]
    pub fn may_match_group<'t>(&self, texts: impl IntoIterator<Item = &'t [u8]>) -> bool {
        let make = || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&self.words).ok();
        let Some(search) = self.search.get_or_init(make) else {
            return true;
        };
        let mut present = vec![false; self.words.len()];
        if self.holds(&present) {
            return true;
        }
        // The formula is looked at after 1, 2, 4, 8... words and at the end.
        let (mut count, mut next) = (0usize, 1usize);
        for text in texts {
            // Words are runs of identifier bytes, so that a match inside a longer run hides no other word.
            for found in search.find_iter(text) {
                let whole = |at: Option<usize>| !at.and_then(|i| text.get(i)).is_some_and(|b| is_ident_byte(*b));
                let i = found.pattern().as_usize();
                if present[i] || !whole(found.start().checked_sub(1)) || !whole(Some(found.end())) {
                    continue;
                }
                present[i] = true;
                count += 1;
                if count == next {
                    if self.holds(&present) {
                        return true;
                    }
                    next *= 2;
                }
            }
        }
        count > 0 && self.holds(&present)
    }

    fn holds(&self, present: &[bool]) -> bool {
        let mut known: Vec<bool> = Vec::with_capacity(self.items.len());
        for f in &self.tests {
            let value = f.holds(present, &known);
            known.push(value);
        }
        self.file_test.holds(present, &known)
    }
}

/// A formula over indices of words.
#[derive(Clone, Debug)]
enum Test {
    Const(bool),
    Word(usize),
    Item(usize),
    And(Vec<Test>),
    Or(Vec<Test>),
}

impl Test {
    fn of(f: &Formula, index: &FxHashMap<&str, usize>) -> Self {
        match f {
            Formula::True => Self::Const(true),
            Formula::False => Self::Const(false),
            Formula::Word(w) => index.get(w.as_str()).map_or(Self::Const(true), |i| Self::Word(*i)),
            Formula::Item(id) => Self::Item(id.0 as usize),
            Formula::And(fs) => Self::And(fs.iter().map(|f| Self::of(f, index)).collect()),
            Formula::Or(fs) => Self::Or(fs.iter().map(|f| Self::of(f, index)).collect()),
        }
    }

    /// Its value; items that are not known yet or do not exist never match.
    fn holds(&self, present: &[bool], items: &[bool]) -> bool {
        match self {
            Self::Const(value) => *value,
            Self::Word(i) => present.get(*i).copied().unwrap_or(true),
            Self::Item(i) => items.get(*i).copied().unwrap_or(false),
            Self::And(fs) => fs.iter().all(|f| f.holds(present, items)),
            Self::Or(fs) => fs.iter().any(|f| f.holds(present, items)),
        }
    }
}

impl fmt::Display for FileFilter {
    /// The formula of a file, with `&&` and `||`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.file, self, 0, f)
    }
}

fn show(formula: &Formula, filter: &FileFilter, depth: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let list = |fs: &[Formula], sep: &str, f: &mut fmt::Formatter<'_>| {
        for (i, part) in fs.iter().enumerate() {
            if i > 0 {
                f.write_str(sep)?;
            }
            let nested = matches!(part, Formula::And(_) | Formula::Or(_) | Formula::Item(_));
            f.write_str(if nested { "(" } else { "" })?;
            show(part, filter, depth + 1, f)?;
            f.write_str(if nested { ")" } else { "" })?;
        }
        Ok(())
    };
    match formula {
        Formula::True => f.write_str("any file"),
        Formula::False => f.write_str("no file"),
        Formula::Word(w) => f.write_str(w),
        // Dependencies of dependencies may be many.
        Formula::Item(_) if depth > 8 => f.write_str("..."),
        Formula::Item(id) => match filter.items.get(id.0 as usize) {
            Some(inner) => show(inner, filter, depth + 1, f),
            None => f.write_str("no file"),
        },
        Formula::And(fs) => list(fs, " && ", f),
        Formula::Or(fs) => list(fs, " || ", f),
    }
}

fn collect(f: &Formula, words: &mut Vec<String>, seen: &mut FxHashSet<String>) {
    match f {
        Formula::Word(w) => {
            if seen.insert(w.clone()) {
                words.push(w.clone());
            }
        }
        Formula::And(fs) | Formula::Or(fs) => fs.iter().for_each(|f| collect(f, words, seen)),
        Formula::True | Formula::False | Formula::Item(_) => {}
    }
}

/// What a file (or another file of its group) must have for a rule to match.
fn rule_formula(rule: &Rule) -> Formula {
    let walk = Walk { rule, scope: Scope::File, keywords: false };
    let own = walk.body();
    let own = if own == Formula::True { Walk { keywords: true, ..walk }.body() } else { own };
    Formula::all([dependency(&rule.depends), own])
}

/// What a file must have for a match of a rule to change or mark something.
fn with_effect(rule: &Rule, matched: Formula) -> Formula {
    match (Walk { rule, scope: Scope::File, keywords: false }).effect() {
        Effect::Needs(formula) if formula != Formula::True => Formula::all([dependency(&rule.depends), formula]),
        _ => matched,
    }
}

fn script_formula(script: &Script) -> Formula {
    let inputs = script.inputs.iter().map(|i| match (&i.source, &i.default) {
        (ScriptSource::Var(v), None) => Formula::Item(v.item),
        _ => Formula::True,
    });
    Formula::all(std::iter::once(dependency(&script.depends)).chain(inputs))
}

fn dependency(dep: &Dep) -> Formula {
    match dep {
        Dep::False => Formula::False,
        Dep::Matched(id) | Dep::Ever(id) => Formula::Item(*id),
        Dep::And(a, b) => Formula::all([dependency(a), dependency(b)]),
        Dep::Or(a, b) => Formula::any([dependency(a), dependency(b)]),
        Dep::Forall(inner) => dependency(inner),
        Dep::True | Dep::Never(_) | Dep::Not(_) | Dep::FileIn(_) => Formula::True,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ParseOptions, parse};

    const STANDARD: &str = include_str!("../../rules/standard.iso");

    fn patch(text: &str) -> SemanticPatch {
        let isos = crate::iso::IsoFile::known("standard.iso", STANDARD);
        let (patch, diags) = parse("t.cocci", text, &ParseOptions { isos: Some(&isos), ..ParseOptions::default() });
        patch.unwrap_or_else(|| panic!("{text}\n{diags:#?}"))
    }

    /// Checked against the `Grep query` of the reference, but for notation and files that it reads without need.
    #[test]
    fn files() {
        for (text, expected) in [
            ("@@ @@\n- foo(bar);\n", "foo && bar"),
            ("@@ expression x; @@\n- foo(x == NULL);\n", "foo"),
            ("@@ expression x; @@\n- x == FOO\n+ x\n", "FOO"),
            ("@@ expression x; @@\n(\n- foo(x);\n|\n- bar(x);\n)\n", "foo || bar"),
            ("@@ expression x; @@\n(\n- foo(x);\n|\n- x;\n)\n", "any file"),
            ("@@ expression x; @@\n- foo(x);\n ... when != bar(x)\n- baz(x);\n", "foo && baz"),
            ("@@ expression x; @@\n- foo(x);\n<... bar(x) ...>\n", "foo"),
            ("@@ expression x; @@\n- foo(x);\n<+... bar(x) ...+>\n", "foo && bar"),
            ("@r@ expression e; @@\n f(e);\n@@ expression r.e; @@\n- g(e);\n", "g && (f)"),
            ("@r@ expression e; @@\n f(e);\n@depends on r@ @@\n- g(1);\n", "(f) && g"),
            ("@r@ expression e; @@\n f(e);\n@depends on !r@ @@\n- g(1);\n", "g"),
            ("@r@ expression e; @@\n f(e);\n", "no file"),
            ("@@ identifier x = {a, b}; @@\n- x(1);\n", "a || b"),
            ("@@ @@\n- #include <linux/foo_bar.h>\n", "foo_bar"),
            ("@@ expression x; statement S; @@\n- while (x) S\n", "while"),
            ("@@ struct foo *x; identifier f; @@\n- x->f\n+ x\n", "any file"),
            ("@@ identifier x; @@\n- struct foo x;\n", "foo"),
            ("@r@ position p; @@\n f@p(1);\n@script:python@ p << r.p; @@\nprint(p)\n", "f"),
            ("@@ expression x; @@\n- return foo ( x );\n", "foo"),
            ("@@ type T; attribute name __at; identifier x; @@\n  (T\n- __at\n  ) x\n", "__at"),
            // A match that changes nothing is no reason to read a file.
            ("@@ expression x; @@\n  foo(x);\n<...\n- bar(x);\n...>\n", "foo && bar"),
            ("@@ expression x; @@\n  foo(x);\n  ...\n(\n  bar(x);\n|\n- baz(x);\n)\n", "foo && baz"),
            ("@@ expression x; @@\n  foo(x);\n  ...\n+ qux(x);\n? baz(x);\n", "foo && baz"),
        ] {
            assert_eq!(FileFilter::of(&patch(text)).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn telling_words() {
        for (text, expected) in [
            ("@@ @@\n- foo(bar_baz);\n", Some(&["bar_baz"][..])),
            ("@@ expression x; @@\n(\n- foo(x);\n|\n- bar(x);\n)\n- b(x);\n", Some(&["foo", "bar"])),
            ("@@ expression x; @@\n(\n- foo(x);\n|\n- x;\n)\n", None),
            ("@@ expression x; @@\n  f(x);\n<...\n- foo(x);\n...>\n", Some(&["foo"])),
            ("@r@ expression e; @@\n get_f(e);\n@depends on r@ @@\n- g(1);\n", Some(&["get_f"])),
        ] {
            assert_eq!(FileFilter::of(&patch(text)).one_of().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn texts() {
        let filter = FileFilter::of(&patch("@r@ expression e; @@\n f(e);\n@@ expression r.e; @@\n- get_x(e);\n"));
        for (text, expected) in [
            ("f(1); get_x(2)", true),
            ("f(1); get_xy(2)", false),
            ("f(1); forget_x(2)", false),
            ("get_x", false),
            ("f_get_x f get_xget_x get_x", true),
            ("", false),
        ] {
            assert_eq!(filter.may_match(text.as_bytes()), expected, "{text}");
        }
        assert!(filter.may_match_group([b"f".as_slice(), b"get_x"]));
        assert!(!filter.may_match_group([b"f".as_slice(), b"g"]));
    }

    #[test]
    fn elements() {
        for (text, expected) in [
            ("@@ @@\n- foo(bar);\n", "And([Word(\"foo\"), Word(\"bar\")])"),
            ("@@ identifier x; @@\n- struct foo x;\n", "True"),
            ("@r@ expression e; @@\n f(e);\n", "Word(\"f\")"),
            ("@@ @@\n f(1);\n<...\n- g(1);\n...>\n", "Word(\"f\")"),
        ] {
            let patch = patch(text);
            let Some(Item::Rule(rule)) = patch.items.first() else { panic!("{text}") };
            assert_eq!(format!("{:?}", rule.words), expected, "{text}");
        }
        for (text, expected) in [
            ("@@ @@\n- foo(bar);\n", "None"),
            ("@@ @@\n f(1);\n<...\n- g(1);\n...>\n", "Some(And([Word(\"f\"), Word(\"g\")]))"),
            ("@@ @@\n f(1);\n...\n(\n- g(1);\n|\n h(1);\n)\n", "Some(And([Word(\"f\"), Word(\"g\")]))"),
            ("@@ @@\n f(1);\n...\n(\n- g(1);\n|\n- h(1);\n)\n", "None"),
            ("@@ @@\n- f(1);\n...\n(\n- g(1);\n|\n h(1);\n)\n", "None"),
            ("@@ @@\n f(1);\n+ g(1);\n", "None"),
            ("@@ @@\n f(1);\n<+...\n- g(1);\n...+>\n", "None"),
            ("@@ fresh identifier x; @@\n f(1);\n<...\n- g(1);\n+ g(x);\n...>\n", "None"),
            ("@@ @@\n f(1);\n<...\n* g(1);\n...>\n", "Some(And([Word(\"f\"), Word(\"g\")]))"),
        ] {
            let patch = patch(text);
            let Some(Item::Rule(rule)) = patch.items.first() else { panic!("{text}") };
            assert_eq!(format!("{:?}", rule.effect), expected, "{text}");
        }
    }
}

//! Application of isomorphisms to the pattern of a rule: walk, positions, groups, growth.

use std::sync::Arc;

use c_syntax::{Diagnostic, Span, Sym, SyntaxKind, TokenKind};
use rustc_hash::FxHashSet;

use super::bind::{Binding, Matcher, Refusal, is_all_minus};
use super::build::Builder;
use super::outer::OuterPlus;
use super::term::{Part, Term, Tok, build, of_pattern, same};
use super::{Iso, IsoKind, IsoSet, Outline, kinds};
use crate::anchor::is_line_like;
use crate::ast::{FragmentKind as F, Mark, MetaVar, PatToken, Pattern, PlusFragment, PlusRun};

/// How isomorphisms are applied.
#[derive(Clone, Debug, Default)]
pub struct ApplyOptions<'a> {
    /// Names that are switched off; `all` for all.
    pub disabled: &'a [String],
    /// Most rewrites of one term and the terms below it.
    pub limit: Option<u32>,
    /// The patch has `*`: marks only say what is shown.
    pub star: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The isomorphisms that rewrote something; [`crate::NodeNote::isos`] are indices into it.
    pub used: Vec<String>,
    /// Code of the right shape that an isomorphism could not be applied to.
    pub failures: Vec<IsoFailure>,
    /// What the user should know.
    pub diagnostics: Vec<Diagnostic>,
}

/// Code of the right shape that an isomorphism could not be applied to (`--show-iso-failures`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsoFailure {
    /// The isomorphism.
    pub iso: String,
    /// The code.
    pub span: Span,
    /// Why.
    pub reason: String,
}

/// Most nodes and tokens that isomorphisms may add to one pattern.
const GROWTH: u64 = 200_000;
/// Most nodes and tokens of one disjunction.
const CHOICE_SIZE: u64 = 20_000;
/// Deepest pattern that is rewritten.
const DEPTH: u32 = 1_000;

/// Applies the isomorphisms of `sets`, in order, to a pattern. `metavars` are those of its rule; new ones are added at the end.
pub fn apply(
    pattern: &mut Pattern,
    metavars: &mut Vec<MetaVar>,
    sets: &[&IsoSet],
    options: &ApplyOptions<'_>,
) -> Applied {
    let mut applied = Applied::default();
    if options.disabled.iter().any(|d| d == "all") {
        return applied;
    }
    let before = of_pattern(pattern);
    let several = several_statements(pattern);
    let mut root = before.clone();
    let mut growth = GROWTH;
    let mut has = Has::of(&root);
    for set in sets {
        for outline in set.isos.iter().filter(|i| !options.disabled.contains(&i.name)) {
            if root.depth > DEPTH {
                break;
            }
            if !has.what_needs(outline) {
                continue;
            }
            let Some(iso) = set.read(outline) else { continue };
            let mut pass = Pass {
                iso,
                options,
                metavars: &mut *metavars,
                applied: &mut applied,
                growth: &mut growth,
                several: &several,
                index: None,
                stopped: false,
            };
            let new = pass.walk(&root, Place::default());
            if !Arc::ptr_eq(&new, &root) {
                has = Has::of(&new);
                root = new;
            }
        }
    }
    if !Arc::ptr_eq(&before, &root) {
        let built = build(&root);
        pattern.tree = built.tree;
        pattern.tokens = built.tokens;
        pattern.slots = built.slots;
        pattern.notes = built.notes;
    }
    applied
}

/// For each run of plus code: whether it is more than one statement where a single one stands, which an `if` without `else` may become.
fn several_statements(pattern: &Pattern) -> Vec<bool> {
    let text = |f: &PlusFragment| matches!(f.kind, F::Comment | F::BlankLine | F::Directive | F::Unindented);
    let open_if = |f: &PlusFragment| {
        let plus = &pattern.plus;
        f.node.is_some_and(|n| {
            plus.kind(n) == SyntaxKind::If && !plus.child_nodes(n).any(|c| plus.kind(c) == SyntaxKind::Else)
        })
    };
    let several = |run: &PlusRun| {
        let mut code = run.fragments.iter().filter(|f| !text(f));
        code.clone().any(open_if) || code.clone().any(|f| is_line_like(f.kind)) && code.nth(1).is_some()
    };
    pattern.runs.iter().map(several).collect()
}

/// What a pattern has that isomorphisms ask for.
#[derive(Default)]
struct Has {
    tokens: FxHashSet<Sym>,
    test: bool,
    argument: bool,
}

impl Has {
    fn of(root: &Term) -> Self {
        let mut has = Self::default();
        has.add(root, Place::default());
        has
    }

    fn add(&mut self, t: &Term, place: Place) {
        self.test |= place.test;
        self.argument |= place.arg;
        self.tokens.extend(t.toks().filter(|t| t.pat.var.is_none()).map(|t| t.sym));
        for (index, n) in t.nodes().enumerate() {
            self.add(n, child_place(t, index, place));
        }
    }

    /// Whether some code of it may be of a form that an isomorphism rewrites: the place and the tokens are there.
    fn what_needs(&self, outline: &Outline) -> bool {
        let place = match outline.kind {
            IsoKind::TestExpression => self.test,
            IsoKind::ArgExpression => self.argument,
            _ => true,
        };
        let groups = &outline.groups;
        // What stands alone at the end is not rewritten.
        let tried = groups.len() - usize::from(groups.len() > 1 && groups.last().is_some_and(|g| g.len() == 1));
        let mut forms = groups[..tried].iter().flatten();
        place && forms.any(|a| a.needs.iter().all(|sym| self.tokens.contains(sym)))
    }
}

/// Where a term stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// In test position.
    test: bool,
    /// A whole argument or right-hand side.
    arg: bool,
    /// The block of a function, `switch` or statement expression: no statement of its own.
    body: bool,
    /// The only item of the rule.
    whole: bool,
}

struct Pass<'a> {
    iso: &'a Iso,
    options: &'a ApplyOptions<'a>,
    metavars: &'a mut Vec<MetaVar>,
    applied: &'a mut Applied,
    growth: &'a mut u64,
    several: &'a [bool],
    /// The isomorphism's index in [`Applied::used`].
    index: Option<u16>,
    stopped: bool,
}

impl Pass<'_> {
    fn walk(&mut self, t: &Arc<Term>, place: Place) -> Arc<Term> {
        let mut changed: Vec<(usize, Arc<Term>)> = Vec::new();
        let mut index = 0;
        for (i, p) in t.parts.iter().enumerate() {
            if let Part::Node(n) = p
                && n.kind != SyntaxKind::Attribute
            {
                let new = self.walk(n, child_place(t, index, place));
                if !Arc::ptr_eq(n, &new) {
                    changed.push((i, new));
                }
                index += 1;
            }
        }
        let mut t = t.clone();
        if !changed.is_empty() {
            let mut parts = t.parts.clone();
            changed.into_iter().for_each(|(i, new)| parts[i] = Part::Node(new));
            t = Arc::new(flatten(t.with_parts(parts)));
        }
        if self.iso.kind == IsoKind::Type { self.rewrite_type(&t).unwrap_or(t) } else { self.rewrite(&t, place) }
    }

    /// Whether the isomorphism may apply to terms of this kind in this place.
    fn applies(&self, t: &Term, place: Place) -> bool {
        if t.is_choice() || t.kind == SyntaxKind::DisjBranch {
            return false;
        }
        match self.iso.kind {
            IsoKind::Expression | IsoKind::ToTestExpression => true,
            IsoKind::TestExpression => place.test && t.kind != SyntaxKind::Paren && !is_delimited(t),
            IsoKind::ArgExpression => place.arg && t.kind != SyntaxKind::Paren && !is_delimited(t),
            IsoKind::Statement => !place.body,
            IsoKind::Declaration => t.kind == SyntaxKind::Declaration,
            IsoKind::TopLevel => place.whole,
            IsoKind::Type => false,
        }
    }

    fn rewrite(&mut self, t: &Arc<Term>, place: Place) -> Arc<Term> {
        if !self.applies(t, place) || self.options.limit.is_some_and(|l| t.rewrites >= l) {
            return t.clone();
        }
        let iso = self.iso;
        let last = iso.groups.len() - 1;
        for (g, group) in iso.groups.iter().enumerate() {
            if g == last && g > 0 && group.len() == 1 {
                break;
            }
            for (a, alt) in group.iter().enumerate() {
                match self.try_alternative(t, alt, (g, a)) {
                    None => {}
                    Some(Ok(new)) => return new,
                    Some(Err(refusal)) => self.refuse(t, &refusal),
                }
            }
        }
        t.clone()
    }

    fn try_alternative(
        &mut self,
        t: &Arc<Term>,
        alt: &Arc<Term>,
        at: (usize, usize),
    ) -> Option<Result<Arc<Term>, Refusal>> {
        if alt.kind != t.kind && kinds::var_of(alt).is_none() {
            return None;
        }
        let outer = OuterPlus::take(t, alt, self.options.star);
        let matcher =
            Matcher { vars: &self.iso.vars, rule_vars: self.metavars, several: self.several, star: self.options.star };
        let binding = match matcher.matches(alt, &outer.inner)? {
            Ok(b) => b,
            Err(refusal) => return Some(Err(refusal)),
        };
        Some(self.alternatives(t, binding, &outer, at))
    }

    /// The choice of the alternatives from group `g` on, of which the `a`-th of group `g` is `t` itself.
    fn alternatives(
        &mut self,
        t: &Arc<Term>,
        binding: Binding,
        outer: &OuterPlus,
        (g, a): (usize, usize),
    ) -> Result<Arc<Term>, Refusal> {
        let iso = self.iso;
        let list: Vec<(usize, usize, &Arc<Term>)> = iso.groups[g..]
            .iter()
            .enumerate()
            .flat_map(|(i, group)| group.iter().enumerate().map(move |(j, alt)| (g + i, j, alt)))
            .collect();
        let attached = positions(&binding, &list)?;
        let with_dots = list.iter().filter(|(_, _, alt)| has_dots(alt)).count();
        let has_when = binding.dots.iter().any(|d| d.nodes().next().is_some());
        if has_when && with_dots > 1 {
            return Err(Refusal::When);
        }
        let index = self.index()?;
        let mut branches = Vec::new();
        for (i, j, alt) in list {
            let mut new = if (i, j) == (g, a) {
                t.clone()
            } else {
                let built = self.instantiate(alt, &binding, &attached, &outer.inner);
                outer.put(built)
            };
            if (i, j) != (g, a) {
                let must = t.note.must_be_test
                    || iso.kind == IsoKind::TestExpression
                    || iso.kind == IsoKind::ToTestExpression && (i, j) != (0, 0);
                new = marked(&new, must, index);
            }
            branches.push(new);
        }
        self.choice(t, branches)
    }

    fn instantiate(&mut self, alt: &Arc<Term>, binding: &Binding, attached: &[Tok], inner: &Term) -> Arc<Term> {
        let minus = is_all_minus(inner);
        let like = inner.first_tok().map_or_else(PatToken::default, |t| PatToken {
            span: t.pat.span,
            line: t.pat.line,
            adjacency: t.pat.adjacency,
            mark: if minus { Mark::Minus } else { Mark::Context },
            ..PatToken::default()
        });
        let names: Vec<Arc<[u8]>> = self.names();
        let mut copy = binding.values();
        let mut builder = Builder {
            vars: &self.iso.vars,
            binding: &mut copy,
            rule_vars: self.metavars,
            like,
            names: &names,
            attached: attached.iter().map(|t| (t.sym, t.pat.clone())).collect(),
            keep_when: true,
            dots: 0,
            wrapper: None,
        };
        builder.term(alt)
    }

    /// The names of the isomorphism's metavariables, from the tokens of its alternatives.
    fn names(&self) -> Vec<Arc<[u8]>> {
        let mut names: Vec<Arc<[u8]>> = vec![b"X".as_slice().into(); self.iso.vars.len()];
        for t in self.iso.groups.iter().flatten().flat_map(|alt| alt.all_toks()) {
            if let Some(slot) = t.pat.var.and_then(|v| names.get_mut(v.0 as usize)) {
                *slot = t.text.clone();
            }
        }
        names
    }

    fn index(&mut self) -> Result<u16, Refusal> {
        if let Some(index) = self.index {
            return Ok(index);
        }
        let index = self.applied.used.len() as u16;
        self.applied.used.push(self.iso.name.clone());
        self.index = Some(index);
        Ok(index)
    }

    /// The choice of these terms, or `t` if it would be too large.
    fn choice(&mut self, t: &Arc<Term>, branches: Vec<Arc<Term>>) -> Result<Arc<Term>, Refusal> {
        let parts =
            branches.into_iter().map(|b| Part::Node(Arc::new(Term::new(SyntaxKind::DisjBranch, vec![Part::Node(b)]))));
        let mut disj = flatten(Term::new(SyntaxKind::Disj, parts.collect()));
        let growth = disj.size.saturating_sub(t.size);
        if disj.size > CHOICE_SIZE || growth > *self.growth {
            self.too_large(t);
            return Ok(t.clone());
        }
        *self.growth -= growth;
        disj.rewrites = t.rewrites.saturating_add(1);
        if let [Part::Node(branch)] = &disj.parts[..] {
            return Ok(branch.node(0).unwrap_or(t).clone());
        }
        Ok(Arc::new(disj))
    }

    fn too_large(&mut self, t: &Term) {
        if self.stopped {
            return;
        }
        self.stopped = true;
        let message =
            format!("isomorphism `{}` is not applied everywhere: the pattern would grow too large", self.iso.name);
        self.applied.diagnostics.push(
            Diagnostic::warning("W140", span(t), message, "it has too many forms already")
                .help("disable isomorphisms that this rule does not need: `@disable NAME@`"),
        );
    }

    fn refuse(&mut self, t: &Term, refusal: &Refusal) {
        let name = |var: &u32| {
            let names = self.names();
            names.get(*var as usize).map_or(String::new(), |n| String::from_utf8_lossy(n).into_owned())
        };
        let reason = match refusal {
            Refusal::Impure(v) => {
                format!("its metavariable `{}` is pure: it stands only for a metavariable that is used once", name(v))
            }
            Refusal::Changed(v) => format!("its metavariable `{}` stands only for unchanged code", name(v)),
            Refusal::Mixed => "only a part of the code is changed".to_owned(),
            Refusal::Braces => "the braces are neither all removed nor around code that stays".to_owned(),
            Refusal::Position => "a position variable has no place in another form".to_owned(),
            Refusal::When => "`when` would stand in several forms".to_owned(),
        };
        let failure = IsoFailure { iso: self.iso.name.clone(), span: span(t), reason };
        if !self.applied.failures.contains(&failure) {
            self.applied.failures.push(failure);
        }
    }

    /// Rewrites the type among specifiers.
    fn rewrite_type(&mut self, t: &Arc<Term>) -> Option<Arc<Term>> {
        if t.kind != SyntaxKind::DeclSpecs {
            return None;
        }
        let is_type = |p: &Part| match p {
            Part::Tok(t) => !kinds::is_storage(t.kind) && !kinds::is_qualifier(t.kind),
            Part::Node(n) => n.kind != SyntaxKind::Attribute,
        };
        let first = t.parts.iter().position(is_type)?;
        let end = t.parts.iter().rposition(is_type)? + 1;
        if !t.parts[first..end].iter().all(is_type) {
            return None;
        }
        // Storage classes and qualifiers stay where they are; the rest is a type of its own.
        let absent = Part::Node(Arc::new(Term::new(SyntaxKind::Absent, Vec::new())));
        let specs = Part::Node(Arc::new(Term::new(SyntaxKind::DeclSpecs, t.parts[first..end].to_vec())));
        let name = Arc::new(Term::new(SyntaxKind::TypeName, vec![specs, absent]));
        let iso = self.iso;
        for (g, group) in iso.groups.iter().enumerate() {
            if g + 1 == iso.groups.len() && g > 0 && group.len() == 1 {
                break;
            }
            for (a, alt) in group.iter().enumerate() {
                let new = match self.try_alternative(&name, alt, (g, a)) {
                    None => continue,
                    Some(Ok(new)) if Arc::ptr_eq(&new, &name) => return None,
                    Some(Ok(new)) => new,
                    Some(Err(refusal)) => {
                        self.refuse(t, &refusal);
                        continue;
                    }
                };
                let mut parts = t.parts[..first].to_vec();
                parts.push(Part::Node(new));
                parts.extend_from_slice(&t.parts[end..]);
                return Some(Arc::new(t.with_parts(parts)));
            }
        }
        None
    }
}

/// A disjunction that the user wrote, or a conjunction.
fn is_delimited(t: &Term) -> bool {
    matches!(t.kind, SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::DisjBranch)
}

fn span(t: &Term) -> Span {
    match (t.first_tok(), t.last_tok()) {
        (Some(a), Some(z)) => a.pat.span.to(z.pat.span),
        _ => Span::default(),
    }
}

fn has_dots(t: &Term) -> bool {
    t.kind == SyntaxKind::Dots || t.nodes().any(|n| has_dots(n))
}

/// Where the `index`-th child of `t` stands (`smpl-front-end.md` 10.4).
fn child_place(t: &Term, index: usize, place: Place) -> Place {
    let op = || t.toks().next().map(|t| t.kind);
    let mut new = Place::default();
    match t.kind {
        SyntaxKind::RuleBody => new.whole = t.node(1).is_none(),
        SyntaxKind::Paren | SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::DisjBranch => {
            new = Place { whole: false, ..place };
        }
        SyntaxKind::As if index == 0 => new = place,
        SyntaxKind::If | SyntaxKind::While | SyntaxKind::Cond => new.test = index == 0,
        SyntaxKind::DoWhile | SyntaxKind::For => new.test = index == 1,
        SyntaxKind::Unary => new.test = op() == Some(TokenKind::Bang),
        SyntaxKind::Binary => new.test = matches!(op(), Some(TokenKind::AmpAmp | TokenKind::PipePipe)),
        SyntaxKind::WhenTrue | SyntaxKind::WhenFalse => new.test = true,
        SyntaxKind::ArgList => new.arg = true,
        SyntaxKind::Assign => new.arg = index > 0,
        SyntaxKind::FunctionDef
        | SyntaxKind::MacroFunction
        | SyntaxKind::Switch
        | SyntaxKind::StmtExpr
        | SyntaxKind::StmtArg => new.body = true,
        _ => {}
    }
    new
}

/// Takes choices that are a whole branch of a choice into it, and drops branches that are there already.
fn flatten(t: Term) -> Term {
    if !t.is_choice() {
        return t;
    }
    let mut branches: Vec<Arc<Term>> = Vec::new();
    let mut add = |branch: &Arc<Term>| {
        if !branches.iter().any(|b| same(b, branch)) {
            branches.push(branch.clone());
        }
    };
    for branch in t.nodes() {
        let only = branch.node(0).filter(|_| branch.parts.len() == 1);
        let choice = only.and_then(|n| if n.is_choice() && n.slots.is_none() { Some(n) } else { type_choice(n) });
        match choice {
            Some(inner) => inner.nodes().for_each(&mut add),
            None => add(branch),
        }
    }
    t.with_parts(branches.into_iter().map(Part::Node).collect())
}

/// The choice that a type without declarator consists of.
fn type_choice(t: &Arc<Term>) -> Option<&Arc<Term>> {
    let (specs, declarator) = (t.node(0)?, t.node(1)?);
    let bare = t.kind == SyntaxKind::TypeName && declarator.kind == SyntaxKind::Absent && specs.parts.len() == 1;
    specs.node(0).filter(|n| bare && n.is_choice())
}

/// The positions of matched tokens, if each has a token in every alternative.
fn positions(binding: &Binding, list: &[(usize, usize, &Arc<Term>)]) -> Result<Vec<Tok>, Refusal> {
    let attached: Vec<Tok> = binding.skeleton.iter().filter(|t| !t.pat.attached.is_empty()).cloned().collect();
    if attached.is_empty() {
        return Ok(attached);
    }
    let count = |toks: &[&Tok], sym: Sym| toks.iter().filter(|t| t.sym == sym && t.pat.var.is_none()).count();
    let wanted: Vec<&Tok> = attached.iter().collect();
    let found = list.iter().all(|(_, _, alt)| {
        let toks = alt.all_toks();
        attached.iter().all(|a| count(&toks, a.sym) >= count(&wanted, a.sym))
    });
    if found { Ok(attached) } else { Err(Refusal::Position) }
}

/// A copy of a term with the facts that an isomorphism adds; in a choice they go to its branches.
fn marked(t: &Arc<Term>, must_be_test: bool, iso: u16) -> Arc<Term> {
    if t.kind == SyntaxKind::Disj || t.kind == SyntaxKind::DisjBranch {
        let parts = t
            .parts
            .iter()
            .map(|p| match p {
                Part::Node(n) => Part::Node(marked(n, must_be_test, iso)),
                p @ Part::Tok(_) => p.clone(),
            })
            .collect();
        return Arc::new(t.with_parts(parts));
    }
    let mut new = (**t).clone();
    new.note.must_be_test |= must_be_test;
    new.note.isos.push(iso);
    Arc::new(new)
}

//! The alternatives of an isomorphism for a term that matched one of them: substitution, new metavariables, negation.

use std::sync::Arc;

use c_syntax::{Sym, SyntaxKind, TokenFlags, TokenKind};

use super::bind::{Binding, Bound};
use super::term::{Part, Term, Tok};
use super::{IsoVar, Value, kinds, term};
use crate::ast::{Mark, MetaVar, MvId, MvKind, PatToken, TypePattern, TypeSet};

/// Instantiates alternatives of one isomorphism for one match.
pub(super) struct Builder<'a> {
    pub vars: &'a [IsoVar],
    pub binding: &'a mut Binding,
    /// Metavariables of the rule: new ones are added.
    pub rule_vars: &'a mut Vec<MetaVar>,
    /// What a new token looks like.
    pub like: PatToken,
    /// Names of the isomorphism's metavariables by index, for new ones.
    pub names: &'a [Arc<[u8]>],
    /// Positions of the matched tokens that are still to be placed: text and token.
    pub attached: Vec<(Sym, PatToken)>,
    /// Whether dots keep their `when` clauses.
    pub keep_when: bool,
    /// How many dots were placed.
    pub dots: usize,
    /// The declarator of a type that was placed in specifiers, until the declared name comes.
    pub wrapper: Option<Arc<Term>>,
}

impl Builder<'_> {
    /// The term that an alternative stands for.
    pub fn term(&mut self, alt: &Arc<Term>) -> Arc<Term> {
        if matches!(alt.kind, SyntaxKind::MetaVar | SyntaxKind::Name | SyntaxKind::Absent)
            && let Some(wrapper) = self.wrapper.take()
        {
            let inner = self.term(alt);
            return kinds::with_innermost(&wrapper, inner);
        }
        match alt.kind {
            SyntaxKind::MetaVar => self.variable(alt),
            SyntaxKind::Dots => self.next_dots(alt),
            SyntaxKind::DeclSpecs => self.specs(alt),
            SyntaxKind::Unary if alt.toks().next().is_some_and(|t| t.kind == TokenKind::Bang) => self.negation(alt),
            _ => self.copy(alt),
        }
    }

    fn copy(&mut self, alt: &Arc<Term>) -> Arc<Term> {
        let parts = alt
            .parts
            .iter()
            .map(|p| match p {
                Part::Node(n) => Part::Node(self.term(n)),
                Part::Tok(t) => Part::Tok(Box::new(self.token(t))),
            })
            .collect();
        Arc::new(Term::new(alt.kind, parts))
    }

    /// A new token; positions of the matched token of the same text go with it.
    fn token(&mut self, t: &Tok) -> Tok {
        let mut pat = self.like.clone();
        if let Some(i) = self.attached.iter().position(|(sym, _)| *sym == t.sym) {
            let (_, from) = self.attached.remove(i);
            pat.attached = from.attached;
            pat.span = from.span;
        }
        Tok { kind: t.kind, flags: TokenFlags::default(), sym: t.sym, text: t.text.clone(), pat }
    }

    fn variable(&mut self, alt: &Arc<Term>) -> Arc<Term> {
        let Some(var) = kinds::var_of(alt) else {
            return self.copy(alt);
        };
        match self.binding.vars.get(var.0 as usize) {
            Some(Some(Bound::Term(t))) => {
                let t = t.clone();
                if let Some(last) = t.last_tok() {
                    self.like.adjacency = last.pat.adjacency;
                }
                t
            }
            _ => {
                let fresh = self.fresh(alt, var);
                self.bind(var, Bound::Term(fresh.clone()));
                fresh
            }
        }
    }

    fn bind(&mut self, var: MvId, to: Bound) {
        if let Some(slot) = self.binding.vars.get_mut(var.0 as usize) {
            *slot = Some(to);
        }
    }

    /// A metavariable that only the new alternatives have.
    fn fresh(&mut self, alt: &Arc<Term>, var: MvId) -> Arc<Term> {
        let iso_name = self.names.get(var.0 as usize).map_or("X".into(), |n| String::from_utf8_lossy(n));
        let prefix = format!("_{iso_name}_");
        let count = self.rule_vars.iter().filter(|v| v.name.starts_with(&prefix)).count();
        let name = format!("{prefix}{count}");
        let Some(iso_var) = self.vars.get(var.0 as usize) else {
            return self.copy(alt);
        };
        let mut made = iso_var.metavar(name.clone());
        if let Value::OfType(of, stars) = iso_var.value
            && let Some(Some(bound)) = self.binding.vars.get(of as usize)
        {
            made.kind = MvKind::Expression(with_stars(&types_of(bound), stars));
        } else if iso_var.value == Value::Pointer {
            made.kind = MvKind::Expression(TypeSet { types: vec![TypePattern::AnyPointer(1)], bits: None });
        }
        let id = MvId(self.rule_vars.len() as u32);
        self.rule_vars.push(made);
        let pat = PatToken { var: Some(id), ..self.like.clone() };
        let text: Arc<[u8]> = name.as_bytes().into();
        let tok = Tok { kind: TokenKind::Ident, flags: TokenFlags::default(), sym: Sym::of(&text), text, pat };
        Arc::new(Term::new(SyntaxKind::MetaVar, vec![Part::Tok(Box::new(tok))]))
    }

    fn next_dots(&mut self, alt: &Arc<Term>) -> Arc<Term> {
        let i = self.dots;
        self.dots += 1;
        let Some(bound) = self.binding.dots.get(i).cloned() else {
            return self.copy(alt);
        };
        if self.keep_when || bound.nodes().next().is_none() {
            return bound;
        }
        Arc::new(bound.with_parts(bound.parts.iter().filter(|p| p.node().is_none()).cloned().collect()))
    }

    fn specs(&mut self, alt: &Arc<Term>) -> Arc<Term> {
        let mut parts = Vec::with_capacity(alt.parts.len());
        for p in &alt.parts {
            match p {
                Part::Tok(t) => parts.push(Part::Tok(Box::new(self.token(t)))),
                Part::Node(n) => {
                    let bound = kinds::var_of(n).and_then(|v| self.binding.vars.get(v.0 as usize).cloned().flatten());
                    if let Some(Bound::Type(specs, declarator)) = bound {
                        parts.extend(specs);
                        self.wrapper = Some(declarator);
                    } else {
                        parts.push(Part::Node(self.term(n)));
                    }
                }
            }
        }
        Arc::new(Term::new(SyntaxKind::DeclSpecs, parts))
    }

    /// `!X`: the negation goes into what `X` stands for as far as it can.
    fn negation(&mut self, alt: &Arc<Term>) -> Arc<Term> {
        let (Some(operand), Some(bang)) = (alt.node(0), alt.toks().next()) else {
            return self.copy(alt);
        };
        let bang = self.token(bang);
        let operand = self.term(operand);
        negate(&operand, &bang)
    }
}

/// The negation of a term; `bang` is the `!` where one is needed.
fn negate(t: &Arc<Term>, bang: &Tok) -> Arc<Term> {
    let op = t.toks().next();
    let plain = op.is_some_and(|op| {
        op.pat.mark == bang.pat.mark && op.pat.attached.is_empty() && !super::bind::has_plus(&op.pat)
    }) && bang.pat.attached.is_empty();
    match t.kind {
        SyntaxKind::Unary if plain && op.is_some_and(|o| o.kind == TokenKind::Bang) => {
            if let Some(inner) = t.node(0) {
                return inner.clone();
            }
        }
        SyntaxKind::Binary if plain => {
            let opposite = op.and_then(|o| opposite(o.kind));
            let logical = op.is_some_and(|o| matches!(o.kind, TokenKind::AmpAmp | TokenKind::PipePipe));
            if let Some(kind) = opposite {
                return Arc::new(
                    t.with_parts(
                        t.parts
                            .iter()
                            .map(|p| match p {
                                Part::Tok(o) => Part::Tok(Box::new(respelled(o, kind))),
                                Part::Node(n) if logical => Part::Node(negate(n, bang)),
                                p @ Part::Node(_) => p.clone(),
                            })
                            .collect(),
                    ),
                );
            }
        }
        SyntaxKind::Paren if plain => return inside(t, bang),
        SyntaxKind::Disj => return inside(t, bang),
        // Any condition, so any negated one.
        SyntaxKind::Dots => return t.clone(),
        _ => {}
    }
    Arc::new(Term::new(SyntaxKind::Unary, vec![Part::Tok(Box::new(bang.clone())), Part::Node(t.clone())]))
}

/// Negates what is in parentheses or in the branches of a choice.
fn inside(t: &Arc<Term>, bang: &Tok) -> Arc<Term> {
    let parts = t
        .parts
        .iter()
        .map(|p| match p {
            Part::Node(n) if n.kind == SyntaxKind::DisjBranch => Part::Node(inside(n, bang)),
            Part::Node(n) => Part::Node(negate(n, bang)),
            p @ Part::Tok(_) => p.clone(),
        })
        .collect();
    Arc::new(t.with_parts(parts))
}

fn respelled(o: &Tok, kind: TokenKind) -> Tok {
    let text: Arc<[u8]> = kind.text().as_bytes().into();
    Tok { kind, sym: Sym::of(&text), text, ..o.clone() }
}

fn opposite(kind: TokenKind) -> Option<TokenKind> {
    Some(match kind {
        TokenKind::EqEq => TokenKind::Ne,
        TokenKind::Ne => TokenKind::EqEq,
        TokenKind::Lt => TokenKind::Ge,
        TokenKind::Ge => TokenKind::Lt,
        TokenKind::Gt => TokenKind::Le,
        TokenKind::Le => TokenKind::Gt,
        TokenKind::AmpAmp => TokenKind::PipePipe,
        TokenKind::PipePipe => TokenKind::AmpAmp,
        _ => return None,
    })
}

/// The types that a bound type metavariable of an isomorphism asks for.
fn types_of(bound: &Bound) -> TypeSet {
    let (specs, declarator) = match bound {
        Bound::Types(set) => return set.clone(),
        Bound::Type(specs, declarator) => (specs.clone(), declarator.clone()),
        Bound::Term(t) => (vec![Part::Node(t.clone())], Arc::new(Term::new(SyntaxKind::Absent, Vec::new()))),
    };
    let specs = Arc::new(Term::new(SyntaxKind::DeclSpecs, specs));
    let name = Term::new(SyntaxKind::TypeName, vec![Part::Node(specs), Part::Node(declarator)]);
    let built = term::build(&name);
    let pattern = TypePattern::Term(Arc::new(built.tree), built.tokens.iter().map(|t| t.var).collect());
    TypeSet { types: vec![pattern], bits: None }
}

/// Pointers to the types of a set.
fn with_stars(set: &TypeSet, stars: u32) -> TypeSet {
    let types = set
        .types
        .iter()
        .map(|t| match t {
            TypePattern::AnyPointer(n) => TypePattern::AnyPointer(n.saturating_add(stars)),
            TypePattern::AnyTagged(kind, n) => TypePattern::AnyTagged(*kind, n.saturating_add(stars)),
            TypePattern::Term(tree, vars) => {
                let fact = |t: c_syntax::TokenId| PatToken {
                    var: vars.get(t.0 as usize).copied().flatten(),
                    ..PatToken::default()
                };
                let root = term::of_tree(tree, tree.root(), &fact);
                let built = term::build(&pointed(&root, stars));
                TypePattern::Term(Arc::new(built.tree), built.tokens.iter().map(|t| t.var).collect())
            }
        })
        .collect();
    TypeSet { types, bits: set.bits.clone() }
}

/// The type name in or below a term, with stars around its innermost declarator.
fn pointed(t: &Arc<Term>, stars: u32) -> Arc<Term> {
    let is_type = t.kind == SyntaxKind::TypeName;
    let parts = t
        .parts
        .iter()
        .enumerate()
        .map(|(i, p)| match p {
            Part::Node(n) if is_type && i == 1 => {
                let mut inner = kinds::innermost(n);
                for _ in 0..stars {
                    let text: Arc<[u8]> = b"*".as_slice().into();
                    let star = Tok {
                        kind: TokenKind::Star,
                        flags: TokenFlags::default(),
                        sym: Sym::of(b"*"),
                        text,
                        pat: PatToken { mark: Mark::Context, ..PatToken::default() },
                    };
                    inner = Arc::new(Term::new(
                        SyntaxKind::PointerDecl,
                        vec![Part::Tok(Box::new(star)), Part::Node(inner)],
                    ));
                }
                Part::Node(kinds::with_innermost(n, inner))
            }
            Part::Node(n) if !is_type => Part::Node(pointed(n, stars)),
            p => p.clone(),
        })
        .collect();
    Arc::new(t.with_parts(parts))
}

//! What SmPL adds to the grammar of C: names with a meaning, dots, nests, disjunctions, optional statements, attached metavariables.

use c_syntax::grammar::{Hooks, Input, NameClass, Parsed, Parser, Place, VarClass};
use c_syntax::{Sym, SyntaxKind, TokenKind};

use super::Side;
use super::disj;
use super::dots;
use crate::ast::MvKind;
use crate::lexer::{BodyCtx, SmplTok};

const WHEN: [Sym; 2] = [Sym::of(b"when"), Sym::of(b"WHEN")];
/// Type names that need no declaration.
const BUILT_IN_TYPES: [&[u8]; 3] = [b"size_t", b"ssize_t", b"ptrdiff_t"];

/// The hooks for one slice of a rule's body.
pub(crate) struct Smpl<'a> {
    toks: &'a [SmplTok],
    text: &'a [u8],
    /// For each token of the tree: its index in `toks`.
    pub kept: Vec<u32>,
    /// For each token of the input: which token of the tree it is. Attached metavariables and their `@` are no input.
    pub ids: Vec<u32>,
    classes: Vec<NameClass>,
    /// For each token of the input that starts a `when` clause: where the clause ends.
    pub when_end: Vec<u32>,
    side: Side,
    /// Where the last disjunction of statements ended, if its branches are expressions without `;`.
    pub bare_disj_end: usize,
    /// Inside an optional statement.
    in_opt: bool,
}

pub(crate) type SmplParser<'t, 'a> = Parser<'t, Smpl<'a>>;

/// The category of a kind of metavariable.
pub(crate) fn var_class(kind: &MvKind) -> VarClass {
    match kind {
        MvKind::Identifier | MvKind::Fresh(_) | MvKind::Function | MvKind::LocalFunction => VarClass::Ident,
        MvKind::Expression(_) | MvKind::IdExpression(..) | MvKind::Constant(_) | MvKind::Length => VarClass::Expr,
        MvKind::ExpressionList(_) => VarClass::ExprList,
        MvKind::Statement | MvKind::StatementList(_) => VarClass::Stmt,
        MvKind::Type => VarClass::Type,
        MvKind::Parameter | MvKind::ParameterList(_) => VarClass::Param,
        MvKind::IdentifierList(_) => VarClass::IdentList,
        MvKind::Declaration => VarClass::Decl,
        MvKind::Field | MvKind::FieldList(_) => VarClass::Field,
        MvKind::Initialiser | MvKind::InitialiserList(_) => VarClass::Init,
        MvKind::AssignOp => VarClass::AssignOp,
        MvKind::BinaryOp => VarClass::BinaryOp,
        MvKind::PragmaInfo => VarClass::Pragma,
        MvKind::Attribute => VarClass::Attribute,
        MvKind::Declarer => VarClass::Declarer,
        MvKind::Iterator => VarClass::Iterator,
        MvKind::Any => VarClass::Any,
        MvKind::Position { .. } | MvKind::Comments | MvKind::Format | MvKind::FormatList(_) => VarClass::None,
    }
}

impl<'a> Smpl<'a> {
    /// The hooks for the tokens `slice` of `toks`. In the plus slice, `when` clauses vanish.
    pub(crate) fn new(ctx: &BodyCtx<'a>, toks: &'a [SmplTok], slice: &[usize], side: Side) -> Self {
        let mut kept: Vec<u32> = slice.iter().map(|i| *i as u32).collect();
        let mut when_end = when_clauses(toks, &kept);
        if side == Side::Plus && when_end.iter().any(|e| *e > 0) {
            let mut skip_to = 0;
            let mut without = Vec::new();
            for (i, t) in kept.iter().enumerate() {
                skip_to = skip_to.max(when_end[i] as usize);
                if i >= skip_to {
                    without.push(*t);
                }
            }
            kept = without;
            when_end = vec![0; kept.len()];
        }
        let attached = attached(toks, &kept);
        let ids: Vec<u32> = (0..kept.len() as u32).filter(|i| !attached[*i as usize]).collect();
        // Places of clauses count tokens of the input from here on.
        let when_end: Vec<u32> = ids
            .iter()
            .map(|i| match when_end[*i as usize] {
                0 => 0,
                end => ids.partition_point(|id| *id < end) as u32,
            })
            .collect();
        let classes = ids
            .iter()
            .zip(&when_end)
            .map(|(id, end)| classify(ctx, &toks[kept[*id as usize] as usize], *end > 0))
            .collect();
        Self { toks, text: ctx.text, kept, ids, classes, when_end, side, bare_disj_end: 0, in_opt: false }
    }

    /// The token at an index of the input.
    pub(crate) fn tok(&self, at: usize) -> Option<&'a SmplTok> {
        self.ids.get(at).map(|id| &self.toks[self.kept[*id as usize] as usize])
    }
}

/// Whether a statement starts at the parser's place with a `?`, and is no part of one that does.
pub(crate) fn opt_here(p: &mut SmplParser<'_, '_>) -> bool {
    let at = p.pos();
    !p.hooks.in_opt && at < p.end() && p.hooks.tok(at).is_some_and(|t| t.opt)
}

/// An item that is optional if all its lines have a `?`.
pub(crate) fn optional<T>(
    p: &mut SmplParser<'_, '_>,
    read: impl FnOnce(&mut SmplParser<'_, '_>) -> Parsed<T>,
) -> Parsed<T> {
    let (at, from) = (p.pos(), p.checkpoint());
    p.hooks.in_opt = true;
    let item = read(p);
    p.hooks.in_opt = false;
    let item = item?;
    if (at..p.pos()).all(|i| p.hooks.tok(i).is_none_or(|t| t.opt)) {
        p.start_at(from, SyntaxKind::Opt);
        p.finish();
    }
    Ok(item)
}

fn classify(ctx: &BodyCtx<'_>, tok: &SmplTok, when: bool) -> NameClass {
    if when {
        return NameClass::Word;
    }
    if let Some(var) = tok.var {
        return ctx.metavars.get(var.0 as usize).map_or(NameClass::Plain, |m| NameClass::Var(var_class(&m.kind)));
    }
    if tok.kind != TokenKind::Ident {
        return NameClass::Plain;
    }
    let word = ctx.text.get(tok.text.start as usize..tok.text.end as usize).unwrap_or_default();
    let is_in = |names: &[String]| names.iter().any(|n| n.as_bytes() == word);
    if is_in(&ctx.names.typedefs) || BUILT_IN_TYPES.contains(&word) {
        NameClass::Typedef
    } else if is_in(&ctx.names.attributes) {
        NameClass::Attribute
    } else if is_in(&ctx.names.declarers) {
        NameClass::Declarer
    } else if is_in(&ctx.names.iterators) {
        NameClass::Iterator
    } else {
        NameClass::Plain
    }
}

/// Which tokens are an `@` and the metavariable after it.
fn attached(toks: &[SmplTok], kept: &[u32]) -> Vec<bool> {
    let mut out = vec![false; kept.len()];
    for i in 1..kept.len().saturating_sub(1) {
        if toks[kept[i] as usize].kind == TokenKind::At && toks[kept[i + 1] as usize].var.is_some() {
            out[i] = true;
            out[i + 1] = true;
        }
    }
    out
}

/// For each token that is the word `when` of a clause: where the clause ends (exclusive); 0 for other tokens.
/// `when` is a word only after dots, a nest's delimiter or another clause; a clause ends with its line (if nothing is open) or before an unmatched closing delimiter.
fn when_clauses(toks: &[SmplTok], slice: &[u32]) -> Vec<u32> {
    let mut ends = vec![0u32; slice.len()];
    let mut i = 0;
    let mut after_clause = false;
    while i < slice.len() {
        let tok = &toks[slice[i] as usize];
        let after_dots = i > 0
            && matches!(
                toks[slice[i - 1] as usize].kind,
                TokenKind::Ellipsis
                    | TokenKind::NestOpen
                    | TokenKind::NestOpenPlus
                    | TokenKind::NestClose
                    | TokenKind::NestClosePlus
            );
        let word = tok.kind == TokenKind::Ident && tok.var.is_none() && WHEN.contains(&tok.sym);
        if word && (after_dots || after_clause) {
            let end = clause_end(toks, slice, i);
            ends[i] = end as u32;
            i = end;
            after_clause = true;
        } else {
            after_clause = false;
            i += 1;
        }
    }
    ends
}

fn clause_end(toks: &[SmplTok], slice: &[u32], when: usize) -> usize {
    let mut depth = 0usize;
    for (i, t) in slice.iter().enumerate().skip(when) {
        let tok = &toks[*t as usize];
        match tok.kind {
            TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket | TokenKind::DisjOpen => depth += 1,
            TokenKind::NestOpen | TokenKind::NestOpenPlus => depth += 1,
            TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket | TokenKind::DisjClose if depth == 0 => {
                return i;
            }
            TokenKind::NestClose | TokenKind::NestClosePlus | TokenKind::DisjOr if depth == 0 => return i,
            TokenKind::RParen
            | TokenKind::RBrace
            | TokenKind::RBracket
            | TokenKind::DisjClose
            | TokenKind::NestClose
            | TokenKind::NestClosePlus => depth -= 1,
            _ => {}
        }
        if tok.ends_line && depth == 0 {
            return i + 1;
        }
    }
    slice.len()
}

impl Hooks for Smpl<'_> {
    const PATTERN: bool = true;

    fn class(&self, _input: &[Input], at: usize) -> NameClass {
        self.classes.get(at).copied().unwrap_or(NameClass::Plain)
    }

    fn hook(p: &mut Parser<'_, Self>, place: Place) -> Parsed<bool> {
        match p.kind() {
            TokenKind::Ellipsis => dots::dots(p, place),
            TokenKind::NestOpen | TokenKind::NestOpenPlus => match place {
                Place::Stmt | Place::Top => dots::stmt_nest(p),
                Place::Expr => dots::expr_nest(p),
                _ => Ok(false),
            },
            TokenKind::DisjOpen => match place {
                Place::Stmt if opt_here(p) => optional(p, |p| p.stmt()).map(|()| true),
                Place::Stmt | Place::Top => disj::stmt_disj(p, false),
                Place::Arg => Ok(false),
                // Of types only, if more of the parameter follows.
                Place::Param => Ok(p
                    .attempt(|p| {
                        disj::disj(p, place)?;
                        let whole = matches!(
                            p.kind(),
                            TokenKind::Comma
                                | TokenKind::RParen
                                | TokenKind::DisjOr
                                | TokenKind::ConjAnd
                                | TokenKind::DisjClose
                        );
                        if whole { Ok(()) } else { p.fail("a parameter") }
                    })
                    .is_ok()),
                _ => disj::disj(p, place),
            },
            _ if place == Place::Stmt && opt_here(p) => optional(p, |p| p.stmt()).map(|()| true),
            _ => Ok(false),
        }
    }

    fn ends_line(&self, _input: &[Input], at: usize) -> bool {
        self.tok(at).is_some_and(|t| t.ends_line)
    }

    fn touches_next(&self, _input: &[Input], at: usize) -> bool {
        match (self.tok(at), self.tok(at + 1)) {
            (Some(a), Some(b)) => a.span.end == b.span.start && a.attached.is_empty(),
            _ => false,
        }
    }

    fn underscored(&self, _input: &[Input], at: usize) -> bool {
        self.tok(at).is_some_and(|t| {
            self.text.get(t.text.start as usize..t.text.end as usize).is_some_and(|w| w.starts_with(b"__"))
        })
    }

    fn lenient(&self) -> bool {
        self.side == Side::Plus
    }
}

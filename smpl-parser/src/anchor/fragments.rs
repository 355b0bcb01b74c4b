//! Runs of plus code and their fragments: maximal subtrees of the plus slice that hold only added tokens (`smpl-front-end.md` 7.4, 7.8).

use c_syntax::{Child, Diagnostic, NodeId, SyntaxKind, TokenId, TokenKind, Tree};

use crate::ast::{BodyKind, FragmentKind, MvKind, PlusFragment, PlusRun};
use crate::body::Slice;
use crate::lexer::{BodyCtx, LineMark, SmplTok};

/// A run of plus code and its neighbours.
pub(super) struct Run {
    /// The run.
    pub run: PlusRun,
    /// The token of the body before it that is not added, if any.
    pub left: Option<usize>,
    /// The token of the body after its first stretch that is not added, if any.
    pub right: Option<usize>,
    /// Whether removed tokens stand between its parts: then it takes their place.
    pub around: bool,
}

/// A fragment and the tokens of the body that it holds.
struct Piece {
    fragment: PlusFragment,
    first: usize,
    last: usize,
}

/// The runs of a body in order.
pub(super) fn runs(ctx: &BodyCtx<'_>, toks: &[SmplTok], plus: &Slice, diagnostics: &mut Vec<Diagnostic>) -> Vec<Run> {
    let mut pieces = pieces(ctx, toks, plus);
    pieces.sort_by_key(|p| p.first);
    let mut out: Vec<Run> = Vec::new();
    let mut last_first = None;
    for piece in pieces {
        // Pieces belong to one run if only added tokens stand between their beginnings.
        let joined = last_first.is_some_and(|f: usize| toks[f..piece.first].iter().all(|t| t.mark == LineMark::Plus));
        let many = toks[piece.first].many;
        let span = toks[piece.first].span.to(toks[piece.last].span);
        let around = toks[piece.first..=piece.last].iter().any(|t| t.mark == LineMark::Minus);
        last_first = Some(piece.first);
        if joined && let Some(run) = out.last_mut() {
            if run.run.many != many {
                diagnostics.push(
                    Diagnostic::error(
                        "E006",
                        span,
                        "`+` and `++` may not mix in one run of added code",
                        "marked otherwise",
                    )
                    .also(run.run.span, "the run begins here"),
                );
            }
            run.run.span = run.run.span.to(span);
            run.run.fragments.push(piece.fragment);
            run.around |= around;
        } else {
            let left = (0..piece.first).rev().find(|i| in_minus(&toks[*i]));
            let right = (piece.first..toks.len()).find(|i| in_minus(&toks[*i]));
            let run = PlusRun { fragments: vec![piece.fragment], many, span };
            out.push(Run { run, left, right, around });
        }
    }
    out
}

fn in_minus(tok: &SmplTok) -> bool {
    tok.mark != LineMark::Plus && tok.added.is_none()
}

/// All fragments: subtrees, single tokens, and text that is not read.
fn pieces(ctx: &BodyCtx<'_>, toks: &[SmplTok], plus: &Slice) -> Vec<Piece> {
    let is_plus: Vec<bool> = plus.toks.iter().map(|i| toks[*i as usize].mark == LineMark::Plus).collect();
    let mut out = Vec::new();
    let mut work = vec![Child::Node(plus.tree.root())];
    while let Some(child) = work.pop() {
        match child {
            Child::Token(t) if is_plus[t.0 as usize] => {
                let kind = token_kind(&plus.tree, t);
                out.push(piece(toks, plus, kind, None, t.0..t.0 + 1));
            }
            Child::Token(_) => {}
            Child::Node(n) => {
                let range = plus.tree.token_range(n);
                let whole = !range.is_empty() && range.clone().all(|t| is_plus[t as usize]);
                match fragment_kind(ctx, toks, plus, n).filter(|_| whole) {
                    Some(kind) => out.push(piece(toks, plus, kind, Some(n), range)),
                    None => work.extend(plus.tree.children(n).iter().rev()),
                }
            }
        }
    }
    for (i, tok) in toks.iter().enumerate() {
        if let Some(added) = &tok.added {
            let fragment = PlusFragment {
                kind: added.kind,
                node: None,
                tokens: 0..0,
                line: tok.lline,
                text: Some(added.text.clone()),
            };
            out.push(Piece { fragment, first: i, last: i });
        }
    }
    out
}

fn piece(
    toks: &[SmplTok],
    plus: &Slice,
    kind: FragmentKind,
    node: Option<NodeId>,
    tokens: std::ops::Range<u32>,
) -> Piece {
    let first = plus.toks[tokens.start as usize] as usize;
    let last = plus.toks[tokens.end as usize - 1] as usize;
    Piece { fragment: PlusFragment { kind, node, line: toks[first].lline, tokens, text: None }, first, last }
}

/// What a lone token is.
fn token_kind(tree: &Tree, token: TokenId) -> FragmentKind {
    match tree.token(token).kind {
        TokenKind::KwStatic
        | TokenKind::KwExtern
        | TokenKind::KwInline
        | TokenKind::KwConst
        | TokenKind::KwVolatile
        | TokenKind::KwRegister
        | TokenKind::KwAuto
        | TokenKind::KwTypedef
        | TokenKind::KwRestrict
        | TokenKind::KwNoreturn
        | TokenKind::KwThreadLocal => FragmentKind::Storage,
        _ => FragmentKind::Token,
    }
}

/// What a subtree of only added tokens is as one fragment; none if its parts are taken on their own.
fn fragment_kind(ctx: &BodyCtx<'_>, toks: &[SmplTok], plus: &Slice, node: NodeId) -> Option<FragmentKind> {
    use SyntaxKind as K;
    let tree = &plus.tree;
    let kind = tree.kind(node);
    let parent = tree.parent(node).map(|p| tree.kind(p));
    let top = parent == Some(K::RuleBody) && matches!(plus.kind, BodyKind::TopLevel | BodyKind::Declaration);
    Some(match kind {
        K::RuleBody | K::DeclSpecs | K::StructType | K::EnumType | K::FieldList | K::EnumList
            if parent != Some(K::TypeName) =>
        {
            return if kind == K::DeclSpecs && has_type(tree, node) { Some(FragmentKind::Type) } else { None };
        }
        K::FunctionDef | K::MacroFunction => FragmentKind::Function,
        K::Include | K::Define | K::Undef | K::Pragma => FragmentKind::Directive,
        K::Declaration | K::MacroDecl if top => FragmentKind::TopLevel,
        K::Declaration | K::MacroDecl => FragmentKind::Declaration,
        K::FieldDecl | K::MacroField => FragmentKind::Field,
        K::Enumerator => FragmentKind::Enumerator,
        K::Designated | K::MacroInit | K::InitList => FragmentKind::Initialiser,
        K::Param | K::VarArgs => FragmentKind::Parameter,
        K::Attribute => FragmentKind::Attribute,
        K::TypeName | K::NamedType | K::Typeof | K::MacroType | K::TypeArg => FragmentKind::Type,
        K::MetaVar | K::As => return Some(variable_kind(ctx, toks, plus, node, parent)),
        // `else` belongs to the code before it: never around a whole statement.
        K::Else => return None,
        k if k.is_stmt() => FragmentKind::Statement,
        k if k.is_expr() && parent == Some(K::InitList) => FragmentKind::Initialiser,
        k if k.is_expr() => FragmentKind::Expression,
        _ => return None,
    })
}

fn has_type(tree: &Tree, specs: NodeId) -> bool {
    let word = |t: TokenId| token_kind(tree, t) != FragmentKind::Storage;
    tree.child_nodes(specs).next().is_some() || tree.child_tokens(specs).any(word)
}

/// A metavariable is what its kind says.
fn variable_kind(
    ctx: &BodyCtx<'_>,
    toks: &[SmplTok],
    plus: &Slice,
    node: NodeId,
    parent: Option<SyntaxKind>,
) -> FragmentKind {
    let var = plus.tree.first_token(node).and_then(|t| toks[plus.toks[t.0 as usize] as usize].var);
    let kind = var.and_then(|v| ctx.metavars.get(v.0 as usize)).map(|m| &m.kind);
    match kind {
        Some(MvKind::Statement | MvKind::StatementList(_)) => FragmentKind::Statement,
        Some(MvKind::Declaration) => FragmentKind::Declaration,
        Some(MvKind::Type) => FragmentKind::Type,
        Some(MvKind::Parameter | MvKind::ParameterList(_)) => FragmentKind::Parameter,
        Some(MvKind::Field | MvKind::FieldList(_)) => FragmentKind::Field,
        Some(MvKind::Initialiser | MvKind::InitialiserList(_)) => FragmentKind::Initialiser,
        Some(MvKind::Attribute) => FragmentKind::Attribute,
        Some(MvKind::AssignOp | MvKind::BinaryOp) => FragmentKind::Token,
        _ if parent == Some(SyntaxKind::InitList) => FragmentKind::Initialiser,
        _ => FragmentKind::Expression,
    }
}

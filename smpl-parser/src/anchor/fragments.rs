//! Runs of plus code and their fragments: the largest subtrees of the plus slice that are wholly added (`smpl-front-end.md` 7.4, 7.6).

use c_syntax::{NodeId, Span, SyntaxKind, TokenKind};

use super::shape::{Shape, is_item};
use crate::ast::{BodyKind, FragmentKind, InnerText, MetaVar, MvKind, PlusFragment, PlusRun};
use crate::lexer::{LineMark, SmplTok};

/// A run of plus code as tokens of the body.
#[derive(Debug, Clone)]
pub(super) struct RunToks {
    /// Its tokens, added text included.
    pub toks: Vec<usize>,
    /// The first removed token among them, if it was written around some.
    pub around: Option<usize>,
    /// Whether it stands behind a construct of which something stays and whose last part the run before it replaces.
    pub behind: bool,
}

/// What making fragments needs.
pub(super) struct Plus<'a> {
    /// The body's tokens.
    pub toks: &'a [SmplTok],
    /// The plus slice.
    pub shape: &'a Shape<'a>,
    /// For each token of the body: its token in the plus slice.
    pub of: &'a [Option<u32>],
    /// The rule's metavariables.
    pub metavars: &'a [MetaVar],
    /// What the rule's body is.
    pub kind: BodyKind,
}

impl Plus<'_> {
    /// The runs of the body: maximal sequences of added tokens; sequences between which only removed tokens stand are one run if one
    /// construct of the plus code goes on from the one to the other.
    pub fn runs(&self) -> Vec<RunToks> {
        let mut out: Vec<RunToks> = Vec::new();
        let mut joinable = false;
        let mut between = None;
        let mut fresh = true;
        for (i, tok) in self.toks.iter().enumerate() {
            match tok.mark {
                LineMark::Plus => {
                    let joined = fresh && joinable && out.last().is_some_and(|r| self.goes_on(r, i));
                    match out.last_mut() {
                        Some(run) if (!fresh || joined) && !self.leaves(run, i) => {
                            if joined {
                                run.around = run.around.or(between);
                            }
                            run.toks.push(i);
                        }
                        _ => out.push(RunToks { toks: vec![i], around: None, behind: !fresh }),
                    }
                    (fresh, joinable, between) = (false, true, None);
                }
                LineMark::Minus => {
                    between = between.or(Some(i));
                    fresh = true;
                }
                LineMark::Context => {
                    (fresh, joinable) = (true, false);
                }
            }
        }
        out
    }

    /// Whether token `next` stands behind a construct that ends with the run and of which something stays (`else - s + f(); + g();`), or
    /// in the other branch of a conditional that stays.
    fn leaves(&self, run: &RunToks, next: usize) -> bool {
        let last = run.toks.last().and_then(|t| self.of[*t]);
        let (Some(last), Some(next)) = (last, self.of[next]) else { return false };
        let tree = self.shape.tree;
        if self.shape.kind(next) == TokenKind::KwElse {
            let conditional = self.shape.common(last, next);
            return conditional.is_some_and(|n| tree.kind(n) == SyntaxKind::If && !self.shape.all_marked(n));
        }
        self.shape
            .above(last)
            .take_while(|n| tree.token_range(*n).end == last + 1)
            .any(|n| is_item(tree.kind(n)) && !self.shape.all_marked(n) && self.shape.common(last, next) != Some(n))
    }

    /// Whether a construct of a run goes on with token `next`.
    fn goes_on(&self, run: &RunToks, next: usize) -> bool {
        let last = run.toks.iter().rev().find_map(|t| self.of[*t]);
        let first =
            (next..self.toks.len()).take_while(|i| self.toks[*i].mark == LineMark::Plus).find_map(|i| self.of[i]);
        let (Some(a), Some(b)) = (last, first) else { return false };
        self.shape.common(a, b).is_some_and(|n| {
            self.shape.all_marked(n)
                && !matches!(self.shape.tree.kind(n), SyntaxKind::RuleBody | SyntaxKind::DisjBranch)
        })
    }

    /// The fragments of a run.
    pub fn run(&self, run: &RunToks) -> PlusRun {
        let mut fragments = Vec::new();
        let mut i = 0;
        while i < run.toks.len() {
            let index = run.toks[i];
            let tok = &self.toks[index];
            if let Some(added) = &tok.added {
                fragments.push(PlusFragment {
                    kind: added.kind,
                    node: None,
                    tokens: 0..0,
                    line: tok.lline,
                    text: Some(added.text.clone()),
                    inside: Vec::new(),
                });
                i += 1;
                continue;
            }
            let Some(token) = self.of[index] else {
                i += 1;
                continue;
            };
            let (kind, node, end) = self.fragment(run, i, token);
            let last = (i..run.toks.len()).rev().find(|k| self.of[run.toks[*k]].is_some_and(|t| t < end)).unwrap_or(i);
            let inside = self.inside(&run.toks[i..=last]);
            fragments.push(PlusFragment { kind, node, tokens: token..end, line: tok.lline, text: None, inside });
            i = last + 1;
        }
        let many = run.toks.iter().any(|t| self.toks[*t].many);
        let span = run.toks.iter().map(|t| self.toks[*t].span).reduce(Span::to).unwrap_or_default();
        PlusRun { fragments, many, span }
    }

    /// The largest fragment that starts with a token: its kind, node and the end of its tokens.
    fn fragment(&self, run: &RunToks, at: usize, token: u32) -> (FragmentKind, Option<NodeId>, u32) {
        let tree = self.shape.tree;
        let mut best = None;
        for node in self.shape.above(token) {
            let range = tree.token_range(node);
            if range.start != token || !self.shape.all_marked(node) || !self.fits(run, at, range.end) {
                break;
            }
            if let Some(kind) = self.kind_of(node) {
                best = Some((kind, Some(node), range.end));
            }
        }
        best.unwrap_or_else(|| {
            let end = token + 1;
            match self.shape.kind(token) {
                TokenKind::KwStatic
                | TokenKind::KwExtern
                | TokenKind::KwInline
                | TokenKind::KwConst
                | TokenKind::KwVolatile
                | TokenKind::KwRegister
                | TokenKind::KwAuto
                | TokenKind::KwTypedef => (FragmentKind::Storage, None, end),
                _ => (FragmentKind::Token, None, end),
            }
        })
    }

    /// Added text among the tokens of a fragment.
    fn inside(&self, toks: &[usize]) -> Vec<InnerText> {
        let mut out = Vec::new();
        for (i, t) in toks.iter().enumerate() {
            let tok = &self.toks[*t];
            let next = toks[i..].iter().find_map(|t| self.of[*t].map(|of| (of, self.toks[*t].lline)));
            let (Some(added), Some((before, line))) = (&tok.added, next) else { continue };
            out.push(InnerText {
                before,
                kind: added.kind,
                text: added.text.clone(),
                follows: toks[..i].last().is_some_and(|t| self.toks[*t].lline == tok.lline),
                followed: line == tok.lline,
            });
        }
        out
    }

    /// Whether the run goes on, apart from added text in between, to the token before `end`.
    fn fits(&self, run: &RunToks, at: usize, end: u32) -> bool {
        for t in &run.toks[at..] {
            match self.of[*t] {
                Some(token) if token + 1 == end => return true,
                Some(token) if token >= end => return false,
                Some(_) => {}
                None if self.toks[*t].added.is_some() => {}
                None => return false,
            }
        }
        false
    }

    /// What a node is as a fragment; none if only its parts are.
    fn kind_of(&self, node: NodeId) -> Option<FragmentKind> {
        let tree = self.shape.tree;
        let kind = tree.kind(node);
        let parent = self.shape.parent_kind(node);
        let top = matches!(self.kind, BodyKind::TopLevel) && parent == Some(SyntaxKind::RuleBody);
        if parent == Some(SyntaxKind::InitList)
            && (kind.is_expr() || matches!(kind, SyntaxKind::InitList | SyntaxKind::MetaVar))
        {
            return Some(FragmentKind::Initialiser);
        }
        Some(match kind {
            SyntaxKind::FunctionDef | SyntaxKind::MacroFunction => FragmentKind::Function,
            // In the header of a loop.
            SyntaxKind::Declaration if parent == Some(SyntaxKind::For) => FragmentKind::Expression,
            SyntaxKind::Declaration | SyntaxKind::MacroDecl if top => FragmentKind::TopLevel,
            SyntaxKind::Declaration | SyntaxKind::MacroDecl => FragmentKind::Declaration,
            SyntaxKind::FieldDecl | SyntaxKind::MacroField => FragmentKind::Field,
            SyntaxKind::Enumerator => FragmentKind::Enumerator,
            SyntaxKind::Designated | SyntaxKind::MacroInit => FragmentKind::Initialiser,
            SyntaxKind::InitList => FragmentKind::Expression,
            SyntaxKind::TypeName | SyntaxKind::NamedType | SyntaxKind::StructType | SyntaxKind::EnumType => {
                FragmentKind::Type
            }
            SyntaxKind::Typeof | SyntaxKind::MacroType => FragmentKind::Type,
            SyntaxKind::Param | SyntaxKind::VarArgs => FragmentKind::Parameter,
            SyntaxKind::Attribute => FragmentKind::Attribute,
            SyntaxKind::Include | SyntaxKind::Define | SyntaxKind::Undef | SyntaxKind::Pragma => {
                FragmentKind::Directive
            }
            SyntaxKind::Else => return None,
            SyntaxKind::MetaVar => return self.variable_kind(node),
            SyntaxKind::As => return tree.child_node(node, 0).and_then(|n| self.kind_of(n)),
            k if k.is_stmt() => FragmentKind::Statement,
            k if k.is_expr() => FragmentKind::Expression,
            _ => return None,
        })
    }

    fn variable_kind(&self, node: NodeId) -> Option<FragmentKind> {
        let token = self.shape.tree.first_token(node)?;
        let body = self.of.iter().position(|t| *t == Some(token.0))?;
        let var = self.toks[body].var?;
        Some(match self.metavars.get(var.0 as usize)?.kind {
            MvKind::Statement | MvKind::StatementList(_) => FragmentKind::Statement,
            MvKind::Declaration => FragmentKind::Declaration,
            MvKind::Field | MvKind::FieldList(_) => FragmentKind::Field,
            MvKind::Initialiser | MvKind::InitialiserList(_) => FragmentKind::Initialiser,
            MvKind::Type => FragmentKind::Type,
            MvKind::Parameter | MvKind::ParameterList(_) => FragmentKind::Parameter,
            MvKind::Attribute => FragmentKind::Attribute,
            MvKind::AssignOp | MvKind::BinaryOp => FragmentKind::Token,
            _ => FragmentKind::Expression,
        })
    }
}

/// Whether a fragment stands on lines of its own.
pub(crate) fn is_line_like(kind: FragmentKind) -> bool {
    matches!(
        kind,
        FragmentKind::Statement
            | FragmentKind::Declaration
            | FragmentKind::TopLevel
            | FragmentKind::Function
            | FragmentKind::Directive
            | FragmentKind::Unindented
            | FragmentKind::Comment
            | FragmentKind::BlankLine
    )
}

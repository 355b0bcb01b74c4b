//! The fast reader of C elements: the hand-written grammar, wherever its tree is sure to be the one that the view, tree-sitter-c and
//! the lowering give. Where it is not sure it gives up, and these read the element: they stay the authority.

use crate::file::Element;
use crate::kind::SyntaxKind;
use crate::parse::{Input, parse_element_slowly};
use crate::sym::Sym;
use crate::token::{TokenFlags, TokenKind};
use crate::tree::{Child, NodeId, TokenId, Tree};
use crate::view::Known;
use crate::{ParsedElement, second};

/// Labels in a row beyond which the lowering begins anew.
const MAX_LABELS: usize = 32;

/// Reads an element of which all tokens are kept.
pub(crate) fn read(input: &Input<'_>) -> Option<Tree> {
    if input.tokens.iter().any(|t| is_slow(t.kind)) {
        return None;
    }
    let all: Vec<u32> = (0..input.tokens.len() as u32).collect();
    let known = input.known;
    let tree = second::read(input.text, input.base, input.tokens, &all, known.tables, known.facts).ok()?;
    is_sure(&tree, known).then_some(tree)
}

/// Whether a token makes the reader give up.
pub(crate) const fn is_slow(kind: TokenKind) -> bool {
    use TokenKind as T;
    matches!(kind, T::Directive | T::Stray | T::KwAsm | T::KwAlignas | T::KwStaticAssert)
}

/// Whether a tree holds nothing doubtful.
pub(crate) fn is_sure(tree: &Tree, known: Known<'_>) -> bool {
    doubt(tree, known).is_none()
}

/// What makes a tree doubtful.
fn doubt(tree: &Tree, known: Known<'_>) -> Option<SyntaxKind> {
    use SyntaxKind as K;
    let is = |n: Option<NodeId>, kind: K| n.is_some_and(|n| tree.kind(n) == kind);
    let attribute = |t: TokenId| {
        let token = tree.token(t);
        token.kind == TokenKind::KwAttribute || is_attribute(known, token.sym)
    };
    let doubtful = |n: NodeId| match tree.kind(n) {
        K::Case | K::Default | K::Label => {
            let above = |n: &NodeId| tree.parent(*n).filter(|p| is_label(tree.kind(*p)));
            std::iter::successors(Some(n), above).nth(MAX_LABELS).is_some()
        }
        // `NAME(...) {` may be headed by a macro.
        K::FunctionDef => {
            tree.child_node(n, 0).is_some_and(|specs| !tree.children(specs).iter().any(|c| is_type(tree, *c)))
        }
        // Where a comma is missing, a macro may go on in different ways.
        K::InitList => {
            let node = |c: &Child| matches!(*c, Child::Node(n) if tree.kind(n) != K::Attribute);
            tree.children(n).windows(2).any(|pair| pair.iter().all(node))
        }
        K::Index => {
            let open = tree.child_token(n, TokenKind::LBracket);
            open.is_some_and(|t| tree.token(t).flags.has(TokenFlags::FIRST_ON_LINE))
        }
        // `a > *b = c` is no C.
        K::Assign => tree.child_node(n, 0).is_some_and(|left| matches!(tree.kind(left), K::Binary | K::Cond | K::Cast)),
        // `(name)` as parameter is taken for a name, and `NAME(...)` for a macro.
        K::ParenDecl => is(tree.child_node(n, 0), K::Name),
        K::FuncDecl => is(tree.child_node(n, 0), K::Absent),
        // An attribute that only its place makes one, or in a type that need not be one.
        K::Attribute => {
            let above = |n: &NodeId| tree.parent(*n);
            let argument = std::iter::successors(Some(n), above).take(5).any(|n| tree.kind(n) == K::TypeArg);
            // `void __unused (*f)(int)` as parameter.
            let before_declarator = tree.parent(n).is_some_and(|p| tree.kind(p) == K::Param);
            argument || before_declarator || !tree.first_token(n).is_some_and(attribute)
        }
        K::NamedType => tree.first_token(n).is_some_and(attribute),
        // `NAME(...) type name;`, with a macro for an attribute.
        K::Iterator => matches!(tree.children(n).last(), Some(Child::Node(body)) if tree.kind(*body) == K::Declaration),
        kind => is_doubtful(kind),
    };
    tree.ids().find(|n| doubtful(*n)).map(|n| tree.kind(n))
}

pub(crate) fn is_attribute(known: Known<'_>, name: Sym) -> bool {
    known.tables.is_attribute(name) || known.tables.is_attribute_call(name) || known.facts.is_attribute(name)
}

const fn is_label(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::Case | SyntaxKind::Default | SyntaxKind::Label)
}

/// Whether a part of specifiers is a type.
fn is_type(tree: &Tree, child: Child) -> bool {
    match child {
        Child::Node(n) => tree.kind(n) != SyntaxKind::Attribute,
        Child::Token(t) => crate::view::is_primitive(tree.token(t).kind),
    }
}

/// Kinds of nodes that stand for guesses, in which the two readers may differ.
const fn is_doubtful(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::RawArg
            | SyntaxKind::StmtArg
            | SyntaxKind::MacroStmt
            | SyntaxKind::MacroInit
            | SyntaxKind::MacroField
            | SyntaxKind::KrDecls
            | SyntaxKind::MacroFunction
            | SyntaxKind::MacroType
            | SyntaxKind::Generic
            | SyntaxKind::Opaque
    )
}

impl Element {
    /// The element as the fast reader reads it; nothing where that is not sure of itself.
    #[must_use]
    pub fn fast_reading(&self) -> Option<Tree> {
        use crate::file::ElementKind as K;
        let item = matches!(self.kind, K::Function | K::Declaration | K::MacroCall);
        if item && self.source.kept.is_none() { read(&Input::of(self)) } else { None }
    }

    /// Why the fast reader does not read the element, for statistics.
    #[must_use]
    pub fn why_unsure(&self) -> String {
        if self.source.kept.is_some() || self.tokens().iter().any(|t| t.kind == TokenKind::Directive) {
            return "directives".to_owned();
        }
        match self.second_reading() {
            Ok(tree) => format!("{:?}", doubt(&tree, Input::of(self).known)),
            Err(far) => format!("expected {:?}", far.expected),
        }
    }

    /// The element as it is read without the fast reader.
    #[must_use]
    pub fn slow_reading(&self) -> ParsedElement {
        parse_element_slowly(self)
    }
}

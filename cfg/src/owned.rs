//! Which part of the tree a point owns: what a rule element may match there.

use c_syntax::{Child, SyntaxKind, TokenKind, Tree};

use crate::graph::{Point, PointKind};

/// The children and tokens of the point's node that the point owns, in source order: an IfHead owns `if ( e )` but not the
/// branches. A point that stands for a whole node ([`PointKind::Simple`], Decl, Directive, DefineBody, Ifdef*) yields that
/// node itself; a marker yields nothing. Attributes among the children are included.
pub fn owned<'t>(tree: &'t Tree, point: &Point) -> impl Iterator<Item = Child> + use<'t> {
    let kind = point.kind;
    let whole = point.node().filter(|n| is_whole(kind) && tree.kind(*n) != SyntaxKind::Absent);
    let children = point.node().filter(|_| !is_whole(kind)).map_or(&[][..], |n| tree.children(n));
    let range = part(tree, kind, children);
    whole.map(Child::Node).into_iter().chain(children[range].iter().copied().filter(move |c| keep(tree, kind, *c)))
}

fn is_whole(kind: PointKind) -> bool {
    matches!(
        kind,
        PointKind::Simple
            | PointKind::Decl
            | PointKind::Directive
            | PointKind::DefineBody
            | PointKind::IfdefHead
            | PointKind::IfdefElse
            | PointKind::IfdefEnd
    )
}

/// The range of children that the point owns, up to [`keep`].
fn part(tree: &Tree, kind: PointKind, children: &[Child]) -> std::ops::Range<usize> {
    let all = 0..children.len();
    let is_token = |c: &Child, kind: TokenKind| matches!(c, Child::Token(t) if tree.token(*t).kind == kind);
    let through = |kind: TokenKind| 0..children.iter().rposition(|c| is_token(c, kind)).map_or(0, |i| i + 1);
    let first_through = |kind: TokenKind| 0..children.iter().position(|c| is_token(c, kind)).map_or(0, |i| i + 1);
    match kind {
        PointKind::FunHead | PointKind::DefineHead => all,
        PointKind::Goto | PointKind::Return | PointKind::Break | PointKind::Continue => all,
        PointKind::Open => first_through(TokenKind::LBrace),
        PointKind::Close => children.iter().rposition(|c| is_token(c, TokenKind::RBrace)).map_or(0..0, |i| i..i + 1),
        PointKind::IfHead | PointKind::WhileHead | PointKind::ForHead | PointKind::SwitchHead => {
            through(TokenKind::RParen)
        }
        PointKind::IteratorHead => 0..children.iter().rposition(|c| is_node(tree, *c)).unwrap_or(0),
        PointKind::ElseKw => first_through(TokenKind::KwElse),
        PointKind::DoHead => first_through(TokenKind::KwDo),
        PointKind::DoTail => {
            children.iter().position(|c| is_token(c, TokenKind::KwWhile)).unwrap_or(children.len())..children.len()
        }
        PointKind::DefineDo => all,
        PointKind::Case | PointKind::Default | PointKind::Label => through(TokenKind::Colon),
        _ => 0..0,
    }
}

fn is_node(tree: &Tree, child: Child) -> bool {
    matches!(child, Child::Node(n) if tree.kind(n) != SyntaxKind::Attribute)
}

/// Whether a child in the range of [`part`] belongs to the point.
fn keep(tree: &Tree, kind: PointKind, child: Child) -> bool {
    let Child::Node(n) = child else { return true };
    let node = tree.kind(n);
    match kind {
        PointKind::FunHead => node != SyntaxKind::Block,
        PointKind::DefineHead => node != SyntaxKind::MacroBody,
        PointKind::DefineDo => !node.is_stmt(),
        _ => true,
    }
}

//! Expressions of added code, printed once: what changes from match to match is the values in them.

use std::cell::{Cell, RefCell};

use c_syntax::print::{
    Around, Atom, AtomKind, Level, Printer, Spelling, Substitute, Text, TypeParts, is_parenthesised,
};
use c_syntax::{NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use matcher::value::{Bindings, Value};
use smpl_parser::ast::{FragmentKind, MvId, Pattern, PlusFragment};

/// A printed fragment with holes for the values of metavariables.
pub(super) struct Template(Vec<Part>);

enum Part {
    Atom(Atom),
    Hole(Hole),
}

/// The place of a value.
#[derive(Clone, Copy)]
struct Hole {
    token: TokenId,
    var: MvId,
    level: Level,
    around: Around,
}

impl Template {
    /// The template of a fragment, if it is an expression or a statement that is one, and prints values in no way that depends on them.
    pub fn of(pattern: &Pattern, f: &PlusFragment, spelling: Spelling) -> Option<Self> {
        let plus = &pattern.plus;
        let node = f.node.filter(|_| f.inside.is_empty() && f.text.is_none() && f.kind != FragmentKind::Initialiser)?;
        let kind = plus.kind(node);
        if !(kind.is_expr() || kind == SyntaxKind::ExprStmt) || kind == SyntaxKind::MetaVar {
            return None;
        }
        // The parentheses of such a value may be dropped.
        let whole = |n: NodeId| {
            plus.kind(n) == SyntaxKind::MetaVar && plus.parent(n).is_some_and(|p| is_parenthesised(plus.kind(p)))
        };
        if plus.preorder(node).any(whole) {
            return None;
        }
        let holes = Holes { pattern, found: RefCell::default(), fails: Cell::new(false) };
        let mut p = Printer::new(spelling, Some(&holes));
        p.node(plus, node);
        let atoms = std::mem::take(&mut p.atoms);
        let found = holes.found.into_inner();
        let part = |atom: Atom| match *atom.text {
            [MARK, i, MARK] if atom.kind == AtomKind::Token(TokenKind::Ident) => {
                found.get(usize::from(i)).copied().map(Part::Hole)
            }
            _ => Some(Part::Atom(atom)),
        };
        let parts = atoms.into_iter().map(part).collect::<Option<Vec<Part>>>()?;
        (!holes.fails.get()).then_some(Self(parts))
    }

    /// Prints the fragment with values. If one of them is not such that the rest is printed the same way around it, the answer is false.
    pub fn print(&self, plus: &Tree, bindings: &Bindings, out: &mut Printer<'_>) -> bool {
        let is_simple = |hole: &Hole| match bindings.get(hole.var) {
            Some(Value::Term(t)) => !t.tree().kind(t.node).is_stmt(),
            Some(Value::Text(_)) => true,
            _ => false,
        };
        let is_fine = |part: &Part| match part {
            Part::Atom(_) => true,
            Part::Hole(hole) => is_simple(hole),
        };
        if !self.0.iter().all(is_fine) {
            return false;
        }
        for part in &self.0 {
            match part {
                Part::Atom(atom) if atom.is_solid() => out.solid(atom.clone()),
                Part::Atom(atom) => out.atoms.push(atom.clone()),
                Part::Hole(hole) => {
                    let from = out.atoms.len();
                    out.go_around(hole.around);
                    out.token_at(plus, hole.token, hole.level);
                    let printed = out.atoms.get(from..).unwrap_or_default();
                    let first = printed.iter().find(|a| a.kind != AtomKind::Space);
                    if !(first.is_some_and(Atom::is_solid) && printed.last().is_some_and(Atom::is_solid)) {
                        return false;
                    }
                }
            }
        }
        true
    }
}

/// Stands around the number of a hole.
const MARK: u8 = 1;

/// Puts marks in the place of values.
struct Holes<'p> {
    pattern: &'p Pattern,
    found: RefCell<Vec<Hole>>,
    /// Whether there is something that is no hole and depends on values.
    fails: Cell<bool>,
}

impl Substitute for Holes<'_> {
    fn print(&self, tree: &Tree, token: TokenId, level: Level, out: &mut Printer<'_>) -> bool {
        if !std::ptr::eq(tree, &raw const self.pattern.plus) {
            return false;
        }
        let Some(var) = self.pattern.plus_vars.get(token.0 as usize).copied().flatten() else {
            let holds =
                tree.token(token).kind == TokenKind::Str && memchr::memchr(b'@', tree.token_text(token)).is_some();
            self.fails.set(self.fails.get() || holds);
            return false;
        };
        let mut found = self.found.borrow_mut();
        let Ok(number) = u8::try_from(found.len()) else {
            self.fails.set(true);
            return false;
        };
        found.push(Hole { token, var, level, around: out.around() });
        out.solid(Atom { text: Text::from_slice(&[MARK, number, MARK]), ..Atom::token(TokenKind::Ident, b"") });
        true
    }

    fn type_parts<'a>(&'a self, _tree: &Tree, _token: TokenId) -> Option<TypeParts<'a>> {
        None
    }
}

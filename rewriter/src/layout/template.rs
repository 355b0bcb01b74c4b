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
pub(super) struct Hole {
    token: TokenId,
    var: MvId,
    level: Level,
    around: Around,
}

impl Hole {
    /// Whether its value is such that it is printed as an expression is, whatever is around it.
    pub fn is_simple(&self, bindings: &Bindings) -> bool {
        match bindings.get(self.var) {
            Some(Value::Term(t)) => !t.tree().kind(t.node).is_stmt(),
            Some(Value::Text(_)) => true,
            _ => false,
        }
    }

    /// The text of its value, if that is one word.
    pub fn word<'b>(&self, bindings: &'b Bindings) -> Option<&'b [u8]> {
        let Some(Value::Term(t)) = bindings.get(self.var) else { return None };
        let (tree, range) = (t.tree(), t.tree().token_range(t.node));
        let first = TokenId(range.start);
        let one = range.len() == 1 && matches!(tree.token(first).kind, TokenKind::Ident | TokenKind::Number);
        one.then(|| tree.token_text(first))
    }

    /// Prints its value.
    pub fn print(&self, plus: &Tree, out: &mut Printer<'_>) {
        out.go_around(self.around);
        out.token_at(plus, self.token, self.level);
    }
}

/// The node of a fragment, if that is an expression or a statement that is one, and values in it are printed in no way that depends on them.
pub(super) fn plain_node(pattern: &Pattern, f: &PlusFragment) -> Option<NodeId> {
    let plus = &pattern.plus;
    let node = f.node.filter(|_| f.inside.is_empty() && f.text.is_none() && f.kind != FragmentKind::Initialiser)?;
    let kind = plus.kind(node);
    // The parentheses of such a value may be dropped.
    let whole = |n: NodeId| {
        plus.kind(n) == SyntaxKind::MetaVar && plus.parent(n).is_some_and(|p| is_parenthesised(plus.kind(p)))
    };
    let fits = (kind.is_expr() || kind == SyntaxKind::ExprStmt) && kind != SyntaxKind::MetaVar;
    (fits && !plus.preorder(node).any(whole)).then_some(node)
}

impl Template {
    /// The template of a fragment, if it is an expression or a statement that is one, and prints values in no way that depends on them.
    pub fn of(pattern: &Pattern, f: &PlusFragment, spelling: Spelling) -> Option<Self> {
        let node = plain_node(pattern, f)?;
        let holes = Holes::of(pattern);
        let mut p = Printer::new(spelling, Some(&holes));
        p.node(&pattern.plus, node);
        let atoms = std::mem::take(&mut p.atoms);
        let found = holes.all()?;
        let part = |atom: Atom| match marked(&atom.text) {
            Some(i) if atom.kind == AtomKind::Token(TokenKind::Ident) => found.get(i).copied().map(Part::Hole),
            _ => Some(Part::Atom(atom)),
        };
        let parts = atoms.into_iter().map(part).collect::<Option<Vec<Part>>>()?;
        Some(Self(parts))
    }

    /// Prints the fragment with values. If one of them is not such that the rest is printed the same way around it, the answer is false.
    pub fn print(&self, plus: &Tree, bindings: &Bindings, out: &mut Printer<'_>) -> bool {
        let is_fine = |part: &Part| match part {
            Part::Atom(_) => true,
            Part::Hole(hole) => hole.is_simple(bindings),
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
                    hole.print(plus, out);
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

/// The number of the hole that a text stands for.
pub(super) fn marked(text: &[u8]) -> Option<usize> {
    match *text {
        [MARK, i, MARK] => Some(usize::from(i)),
        _ => None,
    }
}

/// Puts marks in the place of values.
pub(super) struct Holes<'p> {
    pattern: &'p Pattern,
    found: RefCell<Vec<Hole>>,
    /// Whether there is something that is no hole and depends on values.
    fails: Cell<bool>,
}

impl<'p> Holes<'p> {
    /// None yet.
    pub fn of(pattern: &'p Pattern) -> Self {
        Self { pattern, found: RefCell::default(), fails: Cell::new(false) }
    }

    /// The holes, if they are all that depends on values.
    pub fn all(self) -> Option<Vec<Hole>> {
        (!self.fails.get()).then(|| self.found.into_inner())
    }
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

//! Text of terms: added code and values of metavariables, laid out by their structure (`rewriting.md` section 5).
//!
//! The printer makes [`Atom`]s, which the layout of edits indents and wraps; [`text`] joins them for scripts.
//! Added code is printed from the tree of the plus slice; a [`Substitute`] puts values in the place of metavariables.

mod decl;
mod expr;
mod level;
mod stmt;
#[cfg(test)]
mod tests;
mod verbatim;

pub use expr::is_parenthesised;
pub use level::Level;
pub use verbatim::{ALIGNED, Hole, Lines, Moved, column, is_moved, verbatim, width};

use smallvec::SmallVec;

use crate::kind::SyntaxKind;
use crate::token::TokenKind;
use crate::tree::{Child, NodeId, TokenId, Tree};

/// What an atom is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtomKind {
    /// A token.
    Token(TokenKind),
    /// A blank.
    Space,
    /// A blank after a comma, where a line may be broken.
    Break,
    /// A line break; the indentation is inferred later unless the atom's text gives it.
    Newline,
    /// A comment.
    Comment,
    /// A line that goes to column 0, such as a directive.
    Line,
    /// The rest of the line that starts here goes to column 0 (labels).
    Outdent,
}

/// The bytes of an atom: most are short, and are made and dropped in great numbers.
pub type Text = SmallVec<[u8; 16]>;

/// A piece of printed text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Atom {
    /// What it is.
    pub kind: AtomKind,
    /// Its bytes: of a token or comment, a blank's spelling, the indentation after a line break (empty: inferred).
    pub text: Text,
    /// Where a token of added code stands in the text of its tree: first byte and one past the last.
    pub origin: Option<(u32, u32)>,
}

impl Atom {
    /// A token with a given spelling.
    #[must_use]
    pub fn token(kind: TokenKind, text: &[u8]) -> Self {
        Self { kind: AtomKind::Token(kind), text: Text::from_slice(text), origin: None }
    }

    /// An atom without a spelling of its own.
    #[must_use]
    pub fn blank(kind: AtomKind) -> Self {
        let text: &[u8] = if matches!(kind, AtomKind::Space | AtomKind::Break) { b" " } else { b"" };
        Self { kind, text: Text::from_slice(text), origin: None }
    }

    /// Whether it is a token, comment or directive.
    #[must_use]
    pub fn is_solid(&self) -> bool {
        matches!(self.kind, AtomKind::Token(_) | AtomKind::Comment | AtomKind::Line)
    }
}

/// How to spell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spelling {
    /// The reference's spellings where ours differ (`rewriting.md` section 17).
    pub quirks: bool,
}

/// A type as a declaration writes it: specifiers, and the declarator nodes from the name outwards.
#[derive(Clone, Copy, Debug)]
pub struct TypeParts<'a> {
    /// The tree of both.
    pub tree: &'a Tree,
    /// A DeclSpecs, or another node whose tokens are the type.
    pub specs: NodeId,
    /// PointerDecl, ArrayDecl, FuncDecl, ParenDecl.
    pub ops: &'a [NodeId],
}

/// Puts values in the place of metavariables while their surroundings are printed.
pub trait Substitute {
    /// Prints the value of the metavariable that `token` of `tree` is, if it is one. `level` is what the place requires of an expression.
    fn print(&self, tree: &Tree, token: TokenId, level: Level, out: &mut Printer<'_>) -> bool;

    /// Prints what stands in front of a token of added code: comments and lines of its own.
    fn before(&self, _tree: &Tree, _token: TokenId, _out: &mut Printer<'_>) {}

    /// Prints something else in the place of a node of a value, if it was edited.
    fn node(&self, _tree: &Tree, _node: NodeId, _out: &mut Printer<'_>) -> bool {
        false
    }

    /// The type that `token` of `tree` stands for, if it is a metavariable bound to a type.
    fn type_parts<'a>(&'a self, tree: &Tree, token: TokenId) -> Option<TypeParts<'a>>;
}

/// The end of an [`Atom::origin`] that has no place in the added code.
pub const UNKNOWN: u32 = u32::MAX;

/// How deep a tree is printed by its structure; below it tokens are joined.
const MAX_DEPTH: u32 = 200;

/// What a printer knows of what stands around its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Around {
    depth: u32,
    lists: u32,
    wrapping: bool,
}

/// Prints trees into atoms.
pub struct Printer<'s> {
    /// What was printed.
    pub atoms: Vec<Atom>,
    /// How to spell.
    pub spelling: Spelling,
    subst: Option<&'s dyn Substitute>,
    depth: u32,
    /// Depth of initialiser lists.
    lists: u32,
    /// Inside a declaration whose declarators take the declarator part of a type value.
    wrapping: bool,
    /// Depth of values being printed.
    values: u32,
    /// Empty lists, for what is printed apart.
    spare: Vec<Vec<Atom>>,
}

impl<'s> Printer<'s> {
    /// A printer with an optional source of values.
    #[must_use]
    pub fn new(spelling: Spelling, subst: Option<&'s dyn Substitute>) -> Self {
        let (atoms, spare) = (Vec::with_capacity(16), Vec::new());
        Self { atoms, spelling, subst, depth: 0, lists: 0, wrapping: false, values: 0, spare }
    }

    /// What is known of what stands around the place.
    #[must_use]
    pub fn around(&self) -> Around {
        Around { depth: self.depth, lists: self.lists, wrapping: self.wrapping }
    }

    /// Goes on as at a place with something else around it.
    pub fn go_around(&mut self, around: Around) {
        Around { depth: self.depth, lists: self.lists, wrapping: self.wrapping } = around;
    }

    /// Says that what is printed stands in a braced list.
    pub fn enter_list(&mut self) {
        self.lists += 1;
    }

    /// Prints a term of C, for a place that requires `level`. Of the substitutes only [`Substitute::node`] is asked.
    pub fn value(&mut self, tree: &Tree, node: NodeId, level: Level) {
        self.values += 1;
        if tree.kind(node).is_expr() && self.value_level(tree, node) < level {
            self.punct(TokenKind::LParen);
            self.node(tree, node);
            self.punct(TokenKind::RParen);
        } else {
            self.node(tree, node);
        }
        self.values -= 1;
    }

    /// Prints a node of any kind.
    pub fn node(&mut self, tree: &Tree, node: NodeId) {
        if self.values > 0
            && let Some(subst) = self.subst
            && subst.node(tree, node, self)
        {
            return;
        }
        if self.depth >= MAX_DEPTH {
            self.raw(tree, node);
            return;
        }
        self.depth += 1;
        let kind = tree.kind(node);
        if kind.is_expr() || kind == SyntaxKind::ArgList {
            self.expr(tree, node);
        } else if kind.is_stmt() || matches!(kind, SyntaxKind::Else | SyntaxKind::CondBranch | SyntaxKind::StmtArg) {
            self.stmt(tree, node);
        } else {
            self.decl(tree, node);
        }
        self.depth -= 1;
    }

    /// Prints a token, or the value of the metavariable that it is.
    pub fn token_at(&mut self, tree: &Tree, token: TokenId, level: Level) {
        let t = tree.token(token);
        if let Some(subst) = self.subst.filter(|_| self.values == 0) {
            subst.before(tree, token, self);
        }
        let from = self.atoms.len();
        if let Some(subst) = self.subst.filter(|_| self.values == 0)
            && subst.print(tree, token, level, self)
        {
            self.mark_value(from, t.start, t.end());
            return;
        }
        let kind = if t.kind == TokenKind::Directive { AtomKind::Line } else { AtomKind::Token(t.kind) };
        let text = match t.kind {
            TokenKind::SixDots if self.spelling.quirks => Text::from_slice(t.kind.text().as_bytes()),
            _ => Text::from_slice(tree.token_text(token)),
        };
        let origin = (self.subst.is_some() && self.values == 0).then(|| (t.start, t.end()));
        self.solid(Atom { kind, text, origin });
    }

    /// Gives the ends of a value the place of the metavariable in the added code.
    fn mark_value(&mut self, from: usize, start: u32, end: u32) {
        let solid = |a: &&mut Atom| a.is_solid();
        if let Some(first) = self.atoms[from..].iter_mut().find(solid) {
            first.origin = Some((start, UNKNOWN));
        }
        if let Some(last) = self.atoms[from..].iter_mut().rev().find(solid) {
            last.origin = Some((last.origin.map_or(UNKNOWN, |o| o.0), end));
        }
    }

    /// Prints a token without asking for values of metavariables.
    pub fn token(&mut self, tree: &Tree, token: TokenId) {
        self.token_at(tree, token, Level::Comma);
    }

    /// Adds a token that is in no tree.
    pub fn punct(&mut self, kind: TokenKind) {
        self.solid(Atom::token(kind, kind.text().as_bytes()));
    }

    /// Adds a token atom, with a blank in front if it would fuse with the last one.
    pub fn solid(&mut self, atom: Atom) {
        if let Some(last) = self.atoms.last()
            && last.is_solid()
            && fuses(&last.text, &atom.text)
        {
            self.atoms.push(Atom::blank(AtomKind::Space));
        }
        self.atoms.push(atom);
    }

    /// Adds a blank, unless there is white space already.
    pub fn space(&mut self) {
        if self.atoms.last().is_some_and(Atom::is_solid) {
            self.atoms.push(Atom::blank(AtomKind::Space));
        }
    }

    /// Adds a place where a line may be broken.
    pub fn brk(&mut self) {
        self.trim();
        self.atoms.push(Atom::blank(AtomKind::Break));
    }

    /// Adds a line break.
    pub fn newline(&mut self) {
        self.trim();
        self.atoms.push(Atom::blank(AtomKind::Newline));
    }

    /// Drops blanks at the end.
    pub fn trim(&mut self) {
        while self.atoms.last().is_some_and(|a| matches!(a.kind, AtomKind::Space | AtomKind::Break)) {
            self.atoms.pop();
        }
    }

    /// Whether a type value needs only its specifiers, as its declarator part goes around the declarators.
    #[must_use]
    pub fn wraps_types(&self) -> bool {
        self.wrapping
    }

    /// Prints children one after the other with `between` them; those that print nothing take no separator.
    pub(crate) fn separated(
        &mut self,
        count: usize,
        mut item: impl FnMut(&mut Self, usize),
        mut between: impl FnMut(&mut Self),
    ) {
        let mut any = false;
        for i in 0..count {
            let printed = self.apart(|p| item(p, i));
            if !printed.is_empty() {
                if any {
                    between(self);
                }
                any = true;
            }
            self.take(printed);
        }
    }

    /// What something prints, apart from what came before.
    fn apart(&mut self, print: impl FnOnce(&mut Self)) -> Vec<Atom> {
        let fresh = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(16));
        let before = std::mem::replace(&mut self.atoms, fresh);
        print(self);
        std::mem::replace(&mut self.atoms, before)
    }

    /// [`Printer::append`] for what [`Printer::apart`] gave.
    fn take(&mut self, mut printed: Vec<Atom>) {
        for atom in printed.drain(..) {
            if atom.is_solid() { self.solid(atom) } else { self.atoms.push(atom) }
        }
        self.spare.push(printed);
    }

    /// Adds atoms that were printed apart.
    pub fn append(&mut self, atoms: Vec<Atom>) {
        for atom in atoms {
            if atom.is_solid() { self.solid(atom) } else { self.atoms.push(atom) }
        }
    }

    /// All tokens of a node, with one blank where the source has white space or a line break.
    pub fn raw(&mut self, tree: &Tree, node: NodeId) {
        let mut last_end = None;
        for t in tree.held_tokens(node) {
            let token = tree.token(t);
            if last_end.is_some_and(|e| e != token.start) {
                self.space();
            }
            self.token_at(tree, t, Level::Comma);
            last_end = Some(token.end());
        }
    }

    /// All children in order, with a blank between those that are words.
    pub(crate) fn children(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => self.node(tree, n),
            }
        }
    }
}

/// Whether two tokens side by side would be read as another sequence of tokens.
#[must_use]
pub fn fuses(left: &[u8], right: &[u8]) -> bool {
    let (Some(&a), Some(&b)) = (left.last(), right.first()) else { return false };
    if is_word(a) && (is_word(b) || (matches!(b, b'"' | b'\'') && matches!(left, b"L" | b"u" | b"U" | b"u8"))) {
        return true;
    }
    match (a, b) {
        (b'+', b'+') | (b'-', b'-' | b'>') | (b'&', b'&') | (b'|', b'|') | (b'<', b'<' | b':' | b'%') => true,
        (b'>', b'>') | (b'/', b'/' | b'*') | (b'#', b'#') => true,
        (b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'=' | b'!' | b'<' | b'>', b'=') => true,
        (b'.', b) if b.is_ascii_digit() => true,
        (a, b'.') if a.is_ascii_digit() => left.first().is_some_and(u8::is_ascii_digit),
        _ => false,
    }
}

/// Whether a byte belongs to a word.
#[must_use]
pub fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80
}

/// The atoms as text, line breaks without indentation: what scripts see of a term.
#[must_use]
pub fn text(atoms: &[Atom]) -> Vec<u8> {
    let mut out = Vec::new();
    for atom in atoms {
        match atom.kind {
            AtomKind::Newline => {
                out.push(b'\n');
                if let Some(moved) = Moved::of(atom) {
                    out.extend_from_slice(moved.indent);
                    continue;
                }
            }
            AtomKind::Outdent => {}
            _ => {}
        }
        out.extend_from_slice(&atom.text);
    }
    out
}

/// The text of a term as scripts see it.
#[must_use]
pub fn node_text(tree: &Tree, node: NodeId) -> Vec<u8> {
    let mut p = Printer::new(Spelling { quirks: true }, None);
    p.value(tree, node, Level::Comma);
    text(&p.atoms)
}

/// The text of a type around `name` (empty for none), as scripts see it.
#[must_use]
pub fn type_text(parts: TypeParts<'_>, name: &[u8]) -> Vec<u8> {
    let mut p = Printer::new(Spelling::default(), None);
    p.type_around(parts, |p| {
        if !name.is_empty() {
            p.solid(Atom::token(TokenKind::Ident, name));
        }
    });
    text(&p.atoms)
}

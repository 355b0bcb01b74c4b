//! The parts of declarations: a declarator as a type seen from the name outwards, and the name.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind, Tree};
use smallvec::SmallVec;

use super::TermMatcher;

/// A declarator: what it adds to the type, from the name outwards, and the name (or Absent).
#[derive(Debug, Clone, Default)]
pub(crate) struct DeclaratorParts {
    /// PointerDecl, ArrayDecl, FuncDecl, ParenDecl nodes from the name outwards.
    pub(crate) ops: SmallVec<[NodeId; 4]>,
    /// The innermost declarator.
    pub(crate) name: Option<NodeId>,
    /// A bit-field's declarator.
    pub(crate) bits: Option<NodeId>,
}

/// Takes a declarator apart.
pub(crate) fn declarator_parts(tree: &Tree, declarator: NodeId) -> DeclaratorParts {
    let mut parts = DeclaratorParts::default();
    let mut at = declarator;
    loop {
        match tree.kind(at) {
            SyntaxKind::PointerDecl | SyntaxKind::ArrayDecl | SyntaxKind::FuncDecl | SyntaxKind::ParenDecl => {
                parts.ops.push(at);
            }
            SyntaxKind::BitField => parts.bits = Some(at),
            _ => break,
        }
        match tree.child_node(at, 0) {
            Some(inner) => at = inner,
            None => break,
        }
    }
    parts.ops.reverse();
    parts.name = Some(at);
    parts
}

/// Specifiers and declarator of a Param, TypeName, FunctionDef...: the first two nodes.
pub(crate) fn specs_and_declarator(tree: &Tree, node: NodeId) -> Option<(NodeId, NodeId)> {
    let mut nodes = tree.child_nodes(node);
    Some((nodes.next()?, nodes.next()?))
}

/// What a declarator node adds, without the declarator inside it.
pub(crate) fn own_children(tree: &Tree, op: NodeId) -> SmallVec<[Child; 4]> {
    let inner = tree.child_node(op, 0);
    tree.children(op)
        .iter()
        .copied()
        .filter(|c| !matches!(*c, Child::Node(n) if Some(n) == inner || tree.kind(n) == SyntaxKind::Attribute))
        .collect()
}

impl TermMatcher<'_> {
    /// The name that a declarator of the code declares.
    pub(crate) fn declared_name(&self, declarator: NodeId) -> Option<NodeId> {
        declarator_parts(self.c, declarator).name.filter(|n| self.c.kind(*n) != SyntaxKind::Absent)
    }

    /// The attributes of a declaration or header, those of bodies and initialisers left out.
    pub(crate) fn attributes(tree: &Tree, node: NodeId) -> Vec<NodeId> {
        let mut out = Vec::new();
        let mut stack = vec![node];
        while let Some(n) = stack.pop() {
            for child in tree.children(n).iter().rev() {
                let Child::Node(c) = *child else { continue };
                match tree.kind(c) {
                    SyntaxKind::Attribute => out.push(c),
                    SyntaxKind::DeclSpecs
                    | SyntaxKind::InitDeclarator
                    | SyntaxKind::PointerDecl
                    | SyntaxKind::ArrayDecl
                    | SyntaxKind::FuncDecl
                    | SyntaxKind::ParenDecl
                    | SyntaxKind::BitField => stack.push(c),
                    _ => {}
                }
            }
        }
        out.sort_unstable_by_key(|n| tree.token_range(*n).start);
        out
    }

    /// Where an attribute of a declaration, header, parameter or type stands: after the declared name (none), or before it, with so many
    /// stars between them. An attribute of what a pointer points to is another than one of the pointer.
    fn attribute_place(tree: &Tree, node: NodeId, attribute: NodeId) -> Option<usize> {
        use SyntaxKind as S;
        let at = tree.token_range(attribute).start;
        let declares = |n: &NodeId| {
            matches!(tree.kind(*n), S::InitDeclarator | S::PointerDecl | S::ArrayDecl | S::FuncDecl | S::ParenDecl)
                || matches!(tree.kind(*n), S::Name | S::Absent | S::MetaVar | S::BitField)
        };
        let Some(first) = tree.child_nodes(node).skip(1).find(declares) else { return Some(0) };
        let declarator = if tree.kind(first) == S::InitDeclarator { tree.child_node(first, 0) } else { Some(first) };
        let parts = declarator_parts(tree, declarator?);
        let name = parts.name.filter(|n| tree.kind(*n) != S::Absent).and_then(|n| tree.first_token(n));
        if name.is_some_and(|n| n.0 < at) {
            return None;
        }
        let stars = parts.ops.iter().filter(|o| tree.kind(**o) == S::PointerDecl);
        Some(stars.filter(|o| tree.token_range(**o).start > at).count())
    }

    /// Matches the attributes that the pattern names with attributes of the code in the same places, whatever their order; false if one
    /// is missing, or if the code has one and attributes are not optional.
    pub(crate) fn match_attributes(&mut self, p: NodeId, c: NodeId) -> bool {
        let wanted = Self::attributes(self.p, p);
        if wanted.is_empty() && self.isos.attributes {
            return true;
        }
        let found = Self::attributes(self.c, c);
        if !self.isos.attributes && found.len() != wanted.len() {
            return false;
        }
        let mut used = vec![false; found.len()];
        wanted.iter().all(|w| {
            let place = Self::attribute_place(self.p, p, *w);
            let hit = (0..found.len()).find(|i| {
                !used[*i] && place == Self::attribute_place(self.c, c, found[*i]) && self.match_attribute(*w, found[*i])
            });
            if let Some(i) = hit {
                used[i] = true;
            }
            hit.is_some()
        })
    }

    pub(crate) fn match_attribute(&mut self, p: NodeId, c: NodeId) -> bool {
        let ps = self.p.held_tokens(p);
        let cs: Vec<TokenId> = self.c.token_range(c).map(TokenId).collect();
        let mark = self.mark();
        if let [only] = ps.as_slice()
            && let Some(var) = self.var_of(*only)
        {
            let id = self.node_value(c);
            let range = self.c.token_range(c);
            let fine = self.bind(var, id) && self.touch(*only, range.clone()) && self.attach(*only, range);
            if !fine {
                self.reset(mark);
            }
            return fine;
        }
        let same = self.attribute_tokens(&ps, &cs);
        if !same {
            self.reset(mark);
        }
        same
    }

    /// Tokens of an attribute one by one; dots take any number of whole arguments.
    fn attribute_tokens(&mut self, ps: &[TokenId], cs: &[TokenId]) -> bool {
        let Some((p, rest)) = ps.split_first() else { return cs.is_empty() };
        let kind = |m: &Self, p: &TokenId| m.p.token(*p).kind;
        let dots = |m: &Self, p: Option<&TokenId>| p.is_some_and(|p| kind(m, p) == TokenKind::Ellipsis);
        if !dots(self, Some(p)) {
            let mark = self.mark();
            // `a, ...` also stands for `a` alone.
            if kind(self, p) == TokenKind::Comma && dots(self, rest.first()) && self.attribute_tokens(&rest[1..], cs) {
                return true;
            }
            self.reset(mark);
            return cs.first().is_some_and(|c| self.token(*p, *c)) && self.attribute_tokens(rest, &cs[1..]);
        }
        if !self.enter() {
            return false;
        }
        let mut depth = 0usize;
        for n in 0..=cs.len() {
            let whole = n == 0
                || cs.get(n).is_none_or(|c| matches!(self.c.token(*c).kind, TokenKind::Comma | TokenKind::RParen));
            if depth == 0 && whole {
                let mark = self.mark();
                let taken = n == 0 || self.touch(*p, cs[0].0..cs[n - 1].0 + 1);
                // `..., a` also stands for `a` alone.
                let comma = n == 0 && rest.first().is_some_and(|r| kind(self, r) == TokenKind::Comma);
                let after = if comma { &rest[1..] } else { rest };
                if taken && self.attribute_tokens(after, &cs[n..]) {
                    return true;
                }
                self.reset(mark);
            }
            match cs.get(n).map(|c| self.c.token(*c).kind) {
                Some(TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket) => depth += 1,
                Some(TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket) if depth == 0 => return false,
                Some(TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket) => depth -= 1,
                _ => {}
            }
        }
        false
    }
}

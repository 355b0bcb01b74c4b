//! Printing of types, declarations, initialisers and functions.

use super::expr::node_of;
use super::{AtomKind, Printer, TypeParts};
use crate::kind::SyntaxKind as K;
use crate::token::TokenKind as T;
use crate::tree::{Child, NodeId, TokenId, Tree};

impl Printer<'_> {
    /// Anything that is neither expression nor statement.
    pub(super) fn decl(&mut self, tree: &Tree, node: NodeId) {
        match tree.kind(node) {
            K::Absent => {}
            K::DeclSpecs => self.words(tree, node),
            K::Declaration if self.splits(tree, node) => self.split_declaration(tree, node),
            K::Declaration | K::FieldDecl | K::TypeName | K::Param => self.declaration(tree, node),
            K::InitDeclarator | K::Enumerator => self.initialised(tree, node),
            K::PointerDecl | K::ArrayDecl | K::FuncDecl | K::ParenDecl | K::BitField => self.declarator(tree, node),
            K::StructType | K::EnumType | K::Typeof => self.tagged(tree, node),
            K::FieldList => self.block(tree, node),
            K::InitList | K::EnumList => self.braced_list(tree, node),
            K::ParamList | K::MacroParams => self.list(tree, node),
            K::Designated => self.designated(tree, node),
            K::FunctionDef | K::MacroFunction => self.function(tree, node),
            K::MacroDecl => self.macro_decl(tree, node),
            K::KrDecls | K::Root | K::RuleBody => self.lines(tree, node),
            K::Attribute | K::RawArg | K::Include | K::Define | K::Undef | K::Pragma | K::MacroBody => {
                self.raw(tree, node);
            }
            _ => self.children(tree, node),
        }
    }

    /// Specifiers and declarators. A type metavariable may wrap the declarator.
    fn declaration(&mut self, tree: &Tree, node: NodeId) {
        let mut parts = None;
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    self.trim();
                    self.token(tree, t);
                    if tree.token(t).kind == T::Comma {
                        self.space();
                    }
                }
                Child::Node(n) if tree.kind(n) == K::DeclSpecs => {
                    parts = self.wrapping_type(tree, n);
                    self.wrapping = parts.is_some();
                    self.node(tree, n);
                    self.wrapping = false;
                }
                Child::Node(n) if tree.kind(n) == K::Absent && parts.is_none() => {}
                Child::Node(n) => {
                    self.gap_before_declarator(tree, n);
                    match parts {
                        Some(_) => self.wrapped(tree, n, node),
                        None => self.node(tree, n),
                    }
                }
            }
        }
        self.trim();
    }

    /// Whether a declaration of added code is printed as several: a type that a metavariable stands for may wrap each name.
    fn splits(&self, tree: &Tree, node: NodeId) -> bool {
        self.values == 0 && self.subst.is_some() && tree.child_nodes(node).count() > 2
    }

    fn split_declaration(&mut self, tree: &Tree, node: NodeId) {
        let parts: Vec<NodeId> = tree.child_nodes(node).collect();
        let Some((specs, declarators)) = parts.split_first() else { return };
        for (i, d) in declarators.iter().enumerate() {
            if i > 0 {
                self.newline();
            }
            let wrapping = self.wrapping_type(tree, *specs).is_some();
            self.wrapping = wrapping;
            self.node(tree, *specs);
            self.wrapping = false;
            self.gap_before_declarator(tree, *d);
            if wrapping {
                self.wrapped(tree, *d, node)
            } else {
                self.node(tree, *d)
            }
            self.punct(T::Semi);
        }
    }

    fn gap_before_declarator(&mut self, tree: &Tree, n: NodeId) {
        if tree.kind(n) != K::ArrayDecl || tree.first_token(n).is_none_or(|t| tree.token(t).kind != T::LBracket) {
            self.space_after_type();
        }
    }

    /// A blank between a type and a name, none after the star that ends a type value.
    fn space_after_type(&mut self) {
        if self.atoms.last().is_none_or(|a| a.kind != AtomKind::Token(T::Star)) {
            self.space();
        }
    }

    /// The metavariable among the specifiers whose type has a declarator part. The reference wraps nothing but bare names.
    fn wrapping_type(&self, tree: &Tree, specs: NodeId) -> Option<TokenId> {
        let subst = self.subst.filter(|_| self.values == 0)?;
        if self.spelling.quirks {
            let declarators = tree.parent(specs).into_iter().flat_map(|d| tree.child_nodes(d).skip(1));
            let inner = |d| if tree.kind(d) == K::InitDeclarator { tree.child_node(d, 0).unwrap_or(d) } else { d };
            let adds = |d| matches!(tree.kind(d), K::PointerDecl | K::ArrayDecl | K::FuncDecl | K::ParenDecl);
            if declarators.map(inner).any(adds) {
                return None;
            }
        }
        tree.held_tokens(specs).into_iter().find(|t| subst.type_parts(tree, *t).is_some_and(|p| !p.ops.is_empty()))
    }

    /// A declarator, put into the declarator part of the type that its specifiers' metavariable is bound to.
    fn wrapped(&mut self, tree: &Tree, declarator: NodeId, whole: NodeId) {
        let specs = tree.child_nodes(whole).find(|n| tree.kind(*n) == K::DeclSpecs);
        let found = specs.and_then(|s| self.wrapping_type(tree, s));
        let Some((subst, token)) = self.subst.zip(found) else { return self.node(tree, declarator) };
        let Some(parts) = subst.type_parts(tree, token) else { return self.node(tree, declarator) };
        let (inner, init) = match tree.kind(declarator) {
            K::InitDeclarator => (tree.child_node(declarator, 0).unwrap_or(declarator), true),
            _ => (declarator, false),
        };
        let starred = tree.kind(inner) == K::PointerDecl;
        let op = parts.ops.first().map(|n| parts.tree.kind(*n));
        let paren = starred && matches!(op, Some(K::ArrayDecl | K::FuncDecl));
        self.ops_around(parts, parts.ops.len(), &mut |p: &mut Self| {
            if paren {
                p.punct(T::LParen);
            }
            p.node(tree, inner);
            if paren {
                p.punct(T::RParen);
            }
        });
        if init {
            let rest: Vec<Child> =
                tree.children(declarator).iter().copied().skip_while(|c| node_of(*c) != Some(inner)).skip(1).collect();
            for c in rest {
                self.space();
                match c {
                    Child::Token(t) => self.token(tree, t),
                    Child::Node(n) => self.node(tree, n),
                }
            }
        }
    }

    /// A type around what `name` prints.
    pub fn type_around(&mut self, parts: TypeParts<'_>, mut name: impl FnMut(&mut Self)) {
        let subst = self.subst.take();
        self.type_specs(parts);
        self.subst = subst;
        let before = std::mem::take(&mut self.atoms);
        self.ops_around(parts, parts.ops.len(), &mut |p: &mut Self| name(p));
        let printed = std::mem::replace(&mut self.atoms, before);
        if let Some(first) = printed.first() {
            if first.kind != AtomKind::Token(T::LBracket) {
                self.space();
            }
            self.append(printed);
        }
    }

    /// The specifiers of a type, storage classes left out.
    pub fn type_specs(&mut self, parts: TypeParts<'_>) {
        let tree = parts.tree;
        if tree.kind(parts.specs) != K::DeclSpecs {
            self.node(tree, parts.specs);
            return;
        }
        let start = self.atoms.len();
        for c in tree.children(parts.specs) {
            if matches!(*c, Child::Token(t) if is_storage(tree.token(t).kind)) {
                continue;
            }
            if self.atoms.len() > start {
                self.space();
            }
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) if tree.kind(n) == K::Attribute => {}
                Child::Node(n) => self.node(tree, n),
            }
        }
        self.trim();
    }

    /// The type as the text in front of a name, which is what the reference puts for it.
    pub fn type_prefix(&mut self, parts: TypeParts<'_>) {
        let subst = self.subst.take();
        self.type_specs(parts);
        let before = std::mem::take(&mut self.atoms);
        self.ops_around(parts, parts.ops.len(), &mut |_: &mut Self| {});
        let printed = std::mem::replace(&mut self.atoms, before);
        if printed.first().is_some_and(|a| a.kind == AtomKind::Token(T::Star)) {
            self.space();
        }
        self.append(printed);
        self.subst = subst;
    }

    /// The first `count` declarator nodes of a type around what `name` prints.
    fn ops_around(&mut self, parts: TypeParts<'_>, count: usize, name: &mut dyn FnMut(&mut Self)) {
        let Some(index) = count.checked_sub(1) else { return name(self) };
        let tree = parts.tree;
        let node = parts.ops[index];
        let mut placed = false;
        let subst = self.subst;
        for c in tree.children(node) {
            match *c {
                Child::Node(n) if tree.kind(n) == K::Attribute => {}
                Child::Node(n) if !placed && is_declarator(tree.kind(n)) => {
                    placed = true;
                    self.ops_around(parts, index, name);
                }
                other => {
                    self.subst = None;
                    match other {
                        Child::Token(t) => {
                            self.token(tree, t);
                            if tree.token(t).kind.is_keyword() {
                                self.space();
                            }
                        }
                        Child::Node(n) => self.node(tree, n),
                    }
                    self.subst = subst;
                }
            }
        }
        if !placed {
            self.ops_around(parts, index, name);
        }
    }

    fn initialised(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    self.space();
                    self.token(tree, t);
                    self.space();
                }
                Child::Node(n) => self.operand(tree, node, n),
            }
        }
    }

    fn declarator(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    self.token(tree, t);
                    if tree.token(t).kind.is_keyword() {
                        self.space();
                    }
                }
                Child::Node(n) => {
                    if tree.kind(n) == K::Attribute {
                        self.space();
                    }
                    self.node(tree, n);
                }
            }
        }
    }

    fn tagged(&mut self, tree: &Tree, node: NodeId) {
        let start = self.atoms.len();
        match tree.kind(node) {
            K::Typeof => return self.children(tree, node),
            _ => self.words(tree, node),
        }
        // The reference has no blank in front of the enumerators of added code.
        if tree.kind(node) == K::EnumType && self.spelling.quirks && self.values == 0 && self.subst.is_some() {
            let brace = self.atoms[start..].iter().position(|a| a.kind == AtomKind::Token(T::LBrace));
            if let Some(blank) = brace.and_then(|b| (start + b).checked_sub(1)).filter(|b| *b > start) {
                self.atoms.remove(blank);
            }
        }
    }

    /// `{ 0 }`, or one element a line; plain elements of inner lists share a line.
    fn braced_list(&mut self, tree: &Tree, node: NodeId) {
        let items: Vec<NodeId> = tree.child_nodes(node).collect();
        let plain = items.iter().all(|n| tree.kind(*n) != K::Designated);
        let inner = self.lists > 0;
        self.lists += 1;
        let enumerators = tree.kind(node) == K::EnumList;
        let single = items.len() <= 1 && plain && !enumerators && !inner;
        if enumerators && self.spelling.quirks && self.subst.is_some() {
            return self.enumerators_in_line(tree, node);
        }
        // The reference ends lists with a comma when it puts a value into added code.
        let end_comma = self.spelling.quirks && self.values > 0 && self.subst.is_some() && !single && !items.is_empty();
        for (i, c) in tree.children(node).iter().enumerate() {
            match *c {
                Child::Token(t) => {
                    let kind = tree.token(t).kind;
                    if kind == T::RBrace {
                        if end_comma && self.atoms.last().is_some_and(|a| a.kind != AtomKind::Token(T::Comma)) {
                            self.punct(T::Comma);
                        }
                        if single && !items.is_empty() {
                            self.space()
                        } else if !items.is_empty() {
                            self.newline()
                        }
                    }
                    self.token(tree, t);
                    let last = i + 2 >= tree.children(node).len();
                    match kind {
                        T::LBrace if single && !items.is_empty() => self.space(),
                        T::LBrace if !items.is_empty() => self.newline(),
                        T::Comma if last => {}
                        T::Comma if inner && plain => self.brk(),
                        T::Comma => self.newline(),
                        _ => {}
                    }
                }
                Child::Node(n) => self.operand(tree, node, n),
            }
        }
        self.lists -= 1;
    }

    /// `{A, B}`, as the reference prints the enumerators of a value.
    fn enumerators_in_line(&mut self, tree: &Tree, node: NodeId) {
        let children = tree.children(node);
        for (i, c) in children.iter().enumerate() {
            match *c {
                Child::Token(t) => {
                    self.token(tree, t);
                    if tree.token(t).kind == T::Comma && i + 2 < children.len() {
                        self.space();
                    }
                }
                Child::Node(n) => self.operand(tree, node, n),
            }
        }
        self.lists -= 1;
    }

    fn designated(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => {
                    self.space();
                    self.token(tree, t);
                    self.space();
                }
                Child::Node(n) => {
                    if tree.kind(n) != K::IndexDesignator
                        && tree.kind(n) != K::FieldDesignator
                        && self.atoms.last().is_some_and(|a| a.kind == AtomKind::Token(T::Colon))
                    {
                        self.space();
                    }
                    self.operand(tree, node, n);
                }
            }
        }
    }

    fn function(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => {
                    match tree.kind(n) {
                        K::Block | K::KrDecls => self.newline(),
                        K::ArgList => {}
                        _ => self.space_after_type(),
                    }
                    self.node(tree, n);
                }
            }
        }
    }

    fn macro_decl(&mut self, tree: &Tree, node: NodeId) {
        for c in tree.children(node) {
            match *c {
                Child::Token(t) if tree.token(t).kind == T::Eq => {
                    self.space();
                    self.token(tree, t);
                    self.space();
                }
                Child::Token(t) => self.token(tree, t),
                Child::Node(n) => {
                    if tree.kind(n) == K::Name {
                        self.space();
                    }
                    self.node(tree, n);
                }
            }
        }
    }
}

fn is_declarator(kind: K) -> bool {
    matches!(
        kind,
        K::Name
            | K::Absent
            | K::PointerDecl
            | K::ArrayDecl
            | K::FuncDecl
            | K::ParenDecl
            | K::BitField
            | K::MetaVar
            | K::InitDeclarator
    )
}

/// Whether a keyword is a storage class.
#[must_use]
pub fn is_storage(kind: T) -> bool {
    matches!(
        kind,
        T::KwStatic
            | T::KwExtern
            | T::KwRegister
            | T::KwAuto
            | T::KwTypedef
            | T::KwInline
            | T::KwThreadLocal
            | T::KwNoreturn
    )
}

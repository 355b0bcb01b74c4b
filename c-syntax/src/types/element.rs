//! One forward pass over an element: the type of every expression and the scope of every identifier (`semantics.md` 4.7).

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::declare::{SpecWords, declared_type, name_of, record, specifiers};
use super::env::{TypeEnv, find_field};
use super::ty::{Record, RecordKind, Type, TypeKind};
use crate::kind::SyntaxKind;
use crate::sym::Sym;
use crate::token::TokenKind;
use crate::tree::{Child, NodeId, Tree};

/// Where an identifier is declared. Two terms are strictly equal only if the scopes of their identifiers are (`semantics.md` 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// A variable of this block: the Name that declares it.
    Local(NodeId),
    /// A parameter: the Name that declares it.
    Param(NodeId),
    /// A `static` variable of this block, which counts neither as local nor as global where types are compared.
    StaticLocal(NodeId),
    /// Declared at top level, in this file or a header: a variable, function, enumerator or macro.
    Global,
    /// Not declared where we look.
    Unknown,
}

impl Scope {
    /// Whether `local idexpression` accepts the name.
    #[must_use]
    pub fn is_local(self) -> bool {
        matches!(self, Self::Local(_) | Self::Param(_))
    }
}

/// The types and scopes of one tree. It belongs to that tree: nodes of another one get nonsense.
#[derive(Debug)]
pub struct ElementTypes {
    env: Arc<TypeEnv>,
    offset: u32,
    /// For each node one more than the index of its type; 0 for none.
    index: Vec<u32>,
    types: Vec<Type>,
    /// By node.
    scopes: Box<[(NodeId, Scope)]>,
    typedefs: FxHashMap<Sym, Type>,
    records: FxHashMap<(RecordKind, Sym), Arc<Record>>,
}

impl ElementTypes {
    /// Reads the types of a tree. `offset` is where its element starts in the file that `env` was made from: later declarations
    /// do not count. Linear in the size of the tree.
    #[must_use]
    pub fn new(env: Arc<TypeEnv>, offset: u32, tree: &Tree) -> Self {
        Self::of_macro(env, offset, tree, 0)
    }

    /// [`ElementTypes::new`] for the body of a macro, which `depth` macros stand around.
    pub(super) fn of_macro(env: Arc<TypeEnv>, offset: u32, tree: &Tree, depth: u32) -> Self {
        let mut pass = Pass {
            out: Self {
                env,
                offset,
                index: vec![0; tree.node_count()],
                types: Vec::new(),
                scopes: Box::default(),
                typedefs: FxHashMap::default(),
                records: FxHashMap::default(),
            },
            tree,
            scopes: Vec::new(),
            visible: FxHashMap::default(),
            undo: Vec::new(),
            own_params: None,
            specs: None,
            macro_depth: depth,
        };
        pass.run();
        // A list of its own takes up no more than it holds.
        let mut types = Vec::with_capacity(pass.out.types.len());
        types.append(&mut pass.out.types);
        pass.out.types = types;
        // Nearly sorted: a node comes before those that stand behind it. What was found last counts.
        pass.scopes.reverse();
        pass.scopes.sort_by_key(|s| s.0);
        pass.scopes.dedup_by_key(|s| s.0);
        pass.out.scopes = Box::from(&pass.scopes[..]);
        pass.out
    }

    /// The inferred type of an expression, if it is known.
    #[must_use]
    pub fn type_of(&self, node: NodeId) -> Option<&Type> {
        let index = self.index.get(node.0 as usize)?.checked_sub(1)?;
        self.types.get(index as usize)
    }

    /// Where the name of an Ident, or of a Name that declares a variable or parameter, is declared.
    #[must_use]
    pub fn scope_of(&self, node: NodeId) -> Scope {
        self.scopes.binary_search_by_key(&node, |s| s.0).map_or(Scope::Unknown, |at| self.scopes[at].1)
    }

    /// The type with a typedef name at its outermost level replaced, as often as needed, by what it stands for.
    #[must_use]
    pub fn unfold(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        for _ in 0..32 {
            let Some(next) = self.unfold_once(&ty) else { break };
            ty = next;
        }
        ty
    }

    /// What a typedef name stands for: nothing for other types and unknown names.
    #[must_use]
    pub fn unfold_once(&self, ty: &Type) -> Option<Type> {
        let TypeKind::Named(name) = &ty.kind else { return None };
        match self.typedefs.get(&name.sym) {
            Some(to) => Some(to.clone().qualified(ty.quals)),
            None => self.env.unfold_once(ty, self.offset),
        }
    }

    /// The type of a member of a struct or union (or of a typedef name for one).
    #[must_use]
    pub fn field(&self, ty: &Type, name: Sym) -> Option<Type> {
        self.field_within(ty, name, 16)
    }

    fn field_within(&self, ty: &Type, name: Sym, depth: u32) -> Option<Type> {
        let ty = self.unfold(ty);
        let record = match &ty.kind {
            TypeKind::Tagged(kind, tag) => match self.records.get(&(*kind, tag.sym)) {
                Some(record) => record.clone(),
                None => self.env.record(*kind, tag.sym, self.offset)?.clone(),
            },
            TypeKind::Anonymous(_, record) => record.clone(),
            _ => return None,
        };
        find_field(&record, name, depth, &mut |t, n, d| self.field_within(t, n, d)).map(|f| f.qualified(ty.quals))
    }

    /// What is declared around the element.
    #[must_use]
    pub fn env(&self) -> &Arc<TypeEnv> {
        &self.env
    }

    /// Where the element started in the file that the environment was made from.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.offset
    }
}

/// Among so many types a new one is looked for before it is kept once more.
const RECENT: usize = 16;

/// A declaration that is visible.
struct Visible {
    scope: Scope,
    ty: Option<Type>,
}

/// The state of the forward pass.
pub(super) struct Pass<'a> {
    pub(super) out: ElementTypes,
    pub(super) tree: &'a Tree,
    /// Scopes as they are found.
    scopes: Vec<(NodeId, Scope)>,
    /// Declarations of the element by name, innermost last.
    visible: FxHashMap<Sym, Vec<Visible>>,
    /// Names declared, and None where a scope was opened.
    undo: Vec<Option<Sym>>,
    /// The parameter list of the function that is defined: its names stay visible.
    own_params: Option<NodeId>,
    /// The last specifiers read, so that each list is read once.
    specs: Option<(NodeId, SpecWords)>,
    /// How many macros stand around the tree.
    pub(super) macro_depth: u32,
}

impl Pass<'_> {
    /// Visits every node twice: scopes open before the children and everything else happens after them.
    fn run(&mut self) {
        let mut stack = vec![(self.tree.root(), false)];
        while let Some((node, done)) = stack.pop() {
            if done {
                self.leave(node);
                continue;
            }
            self.enter(node);
            stack.push((node, true));
            stack.extend(self.tree.children(node).iter().rev().filter_map(|c| match *c {
                Child::Node(n) => Some((n, false)),
                Child::Token(_) => None,
            }));
        }
    }

    fn opens_scope(&self, node: NodeId) -> bool {
        match self.tree.kind(node) {
            SyntaxKind::FunctionDef | SyntaxKind::MacroFunction | SyntaxKind::Block | SyntaxKind::For => true,
            SyntaxKind::ParamList => self.own_params != Some(node),
            _ => false,
        }
    }

    fn enter(&mut self, node: NodeId) {
        if self.tree.kind(node) == SyntaxKind::FunctionDef {
            self.own_params = own_params(self.tree, node);
        }
        if self.opens_scope(node) {
            self.undo.push(None);
        }
    }

    fn leave(&mut self, node: NodeId) {
        let tree = self.tree;
        let kind = tree.kind(node);
        if self.opens_scope(node) {
            while let Some(Some(sym)) = self.undo.pop() {
                if let Some(all) = self.visible.get_mut(&sym) {
                    all.pop();
                }
            }
        }
        if kind == SyntaxKind::Ident {
            self.resolve(node);
        } else if kind.is_expr() {
            if let Some(ty) = self.infer(node) {
                self.set(node, ty);
            }
        } else if matches!(kind, SyntaxKind::StructType) {
            self.record(node);
        }
        match tree.parent(node).map(|p| (p, tree.kind(p))) {
            Some((parent, SyntaxKind::InitDeclarator)) if tree.child_node(parent, 0) == Some(node) => {
                let declaration = tree.parent(parent);
                let of_kr = declaration.and_then(|d| tree.parent(d)).map(|p| tree.kind(p)) == Some(SyntaxKind::KrDecls);
                if let Some(specs) = declaration.and_then(|d| tree.child_node(d, 0)) {
                    self.declare(specs, node, of_kr);
                }
            }
            Some((parent, SyntaxKind::Param)) if tree.child_node(parent, 1) == Some(node) => {
                if let Some(specs) = tree.child_node(parent, 0) {
                    self.declare(specs, node, true);
                }
            }
            Some((parent, SyntaxKind::ArgList))
                if tree.parent(parent).is_some_and(|p| tree.kind(p) == SyntaxKind::MacroFunction) =>
            {
                self.macro_param(parent, node);
            }
            _ => {}
        }
        if kind == SyntaxKind::InitDeclarator {
            self.auto_type(node);
        }
    }

    /// Gives a node a type.
    fn set(&mut self, node: NodeId, ty: Type) {
        let types = &mut self.out.types;
        // Few types are many expressions'.
        let known = types.iter().enumerate().rev().take(RECENT).find(|(_, t)| **t == ty).map(|(i, _)| i);
        let index = known.unwrap_or_else(|| {
            types.push(ty);
            types.len() - 1
        });
        self.out.index[node.0 as usize] = index as u32 + 1;
    }

    fn is_inside_function(&self) -> bool {
        self.undo.iter().any(Option::is_none)
    }

    fn words(&mut self, specs: NodeId) -> SpecWords {
        if let Some((_, words)) = self.specs.as_ref().filter(|(node, _)| *node == specs) {
            return words.clone();
        }
        let out = &self.out;
        let words = specifiers(self.tree, specs, &mut |n| out.type_of(n).cloned(), 0);
        self.specs = Some((specs, words.clone()));
        words
    }

    /// A declarator is complete: its name is visible from here on.
    fn declare(&mut self, specs: NodeId, declarator: NodeId, is_param: bool) {
        let tree = self.tree;
        let name = name_of(tree, declarator);
        let Some(token) = tree.first_token(name).filter(|_| tree.kind(name) == SyntaxKind::Name) else { return };
        let sym = tree.token(token).sym;
        let words = self.words(specs);
        let out = &self.out;
        let ty = declared_type(tree, specs, declarator, &mut |n| out.type_of(n).cloned());
        if words.is_typedef {
            if let Some(ty) = ty {
                self.out.typedefs.insert(sym, ty);
            }
            return;
        }
        let is_function = ty.as_ref().is_some_and(|t| matches!(t.kind, TypeKind::Function(_)));
        let scope = if is_param {
            Scope::Param(name)
        } else if !self.is_inside_function() || words.is_extern || is_function {
            Scope::Global
        } else if words.is_static {
            Scope::StaticLocal(name)
        } else {
            Scope::Local(name)
        };
        self.make_visible(name, sym, scope, ty);
    }

    fn make_visible(&mut self, name: NodeId, sym: Sym, scope: Scope, ty: Option<Type>) {
        self.scopes.push((name, scope));
        if let Some(ty) = &ty {
            self.set(name, ty.clone());
        }
        self.visible.entry(sym).or_default().push(Visible { scope, ty });
        self.undo.push(Some(sym));
    }

    /// `SYSCALL_DEFINE2(name, int, fd, char *, buf)`: a name after a type is a parameter.
    fn macro_param(&mut self, list: NodeId, node: NodeId) {
        let tree = self.tree;
        let before = tree.child_nodes(list).take_while(|n| *n != node).last();
        let Some(before) = before.filter(|_| tree.kind(node) == SyntaxKind::Ident) else { return };
        let Some(token) = tree.first_token(node) else { return };
        let out = &self.out;
        let ty = match tree.kind(before) {
            SyntaxKind::TypeArg => tree
                .child_node(before, 0)
                .and_then(|t| super::declare::type_name(tree, t, &mut |n| out.type_of(n).cloned(), 0)),
            // A lone identifier before a name may be a typedef name: `SYSCALL_DEFINE1(f, size_t, n)`.
            SyntaxKind::Ident => {
                let at = tree.child_nodes(list).position(|n| n == node);
                let text = tree.node_text(before);
                (at.is_some_and(|at| at >= 2 && at % 2 == 0)).then(|| Type::named(&String::from_utf8_lossy(text)))
            }
            _ => None,
        };
        if ty.is_some() {
            self.make_visible(node, tree.token(token).sym, Scope::Param(node), ty);
        }
    }

    /// `__auto_type x = e;`: the type is known once the initialiser is.
    fn auto_type(&mut self, node: NodeId) {
        let tree = self.tree;
        let Some(specs) = tree.parent(node).and_then(|d| tree.child_node(d, 0)) else { return };
        if tree.child_token(specs, TokenKind::KwAutoType).is_none() {
            return;
        }
        let (Some(declarator), Some(init)) = (tree.child_node(node, 0), tree.child_node(node, 1)) else { return };
        let name = name_of(tree, declarator);
        let (Some(ty), Some(token)) = (self.out.type_of(init).cloned(), tree.first_token(name)) else { return };
        if let Some(last) = self.visible.get_mut(&tree.token(token).sym).and_then(|all| all.last_mut()) {
            last.ty = Some(ty.clone());
            self.set(name, ty);
        }
    }

    /// A struct with tag and body: its members are known from here on.
    fn record(&mut self, node: NodeId) {
        let tree = self.tree;
        let Some(tag) = tree.child_node(node, 0).filter(|t| tree.kind(*t) == SyntaxKind::Name) else { return };
        if tree.child_node(node, 1).is_none() {
            return;
        }
        let Some(token) = tree.first_token(tag) else { return };
        let kind =
            if tree.child_token(node, TokenKind::KwUnion).is_some() { RecordKind::Union } else { RecordKind::Struct };
        let out = &self.out;
        let body = record(tree, node, &mut |n| out.type_of(n).cloned(), 0);
        self.out.records.insert((kind, tree.token(token).sym), body);
    }

    /// An identifier as expression: its scope and its type.
    fn resolve(&mut self, node: NodeId) {
        let Some(token) = self.tree.first_token(node) else { return };
        let sym = self.tree.token(token).sym;
        let (scope, ty) = match self.visible.get(&sym).and_then(|all| all.last()) {
            Some(visible) => (visible.scope, visible.ty.clone()),
            None => self.resolve_outside(sym),
        };
        self.scopes.push((node, scope));
        if let Some(ty) = ty {
            self.set(node, ty);
        }
    }

    fn resolve_outside(&self, sym: Sym) -> (Scope, Option<Type>) {
        let (env, offset) = (&self.out.env, self.out.offset);
        if let Some(ty) = env.value(sym, offset) {
            return (Scope::Global, ty);
        }
        if env.is_enumerator(sym, offset) {
            return (Scope::Global, Some(Type::int()));
        }
        if env.macro_named(sym, offset).is_some() {
            return (Scope::Global, env.macro_type_within(sym, offset, false, self.macro_depth));
        }
        match TypeEnv::predeclared(sym) {
            Some(ty) => (Scope::Global, Some(ty)),
            None => (Scope::Unknown, None),
        }
    }
}

/// The parameter list of the function that a FunctionDef defines: of the FuncDecl nearest to the name.
fn own_params(tree: &Tree, def: NodeId) -> Option<NodeId> {
    let mut at = tree.child_node(def, 1)?;
    let mut found = None;
    loop {
        match tree.kind(at) {
            SyntaxKind::FuncDecl => found = tree.child_node(at, 1),
            SyntaxKind::PointerDecl | SyntaxKind::ArrayDecl | SyntaxKind::ParenDecl => {}
            _ => return found,
        }
        at = tree.child_node(at, 0)?;
    }
}

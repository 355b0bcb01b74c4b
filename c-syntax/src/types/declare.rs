//! Types as trees write them: specifiers and a declarator.

use std::sync::Arc;

use super::scan::aggregate::number;
use super::ty::{Base, Field, FunctionType, MAX_LEVELS, Name, Quals, Record, RecordKind, Type, TypeKind};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;
use crate::tree::{Child, NodeId, Tree};

/// The keywords of a list of specifiers, collected in any order.
#[derive(Debug, Clone, Default)]
pub struct SpecWords {
    /// Qualifiers.
    pub quals: Quals,
    /// `typedef`
    pub is_typedef: bool,
    /// `static`
    pub is_static: bool,
    /// `extern`
    pub is_extern: bool,
    /// `__auto_type`
    pub is_auto_type: bool,
    /// The type, if it is not one of keywords; `Some(None)` if it could not be read.
    pub ty: Option<Option<Type>>,
    words: Vec<TokenKind>,
}

impl SpecWords {
    /// Takes a keyword; false if it is none that stands among specifiers.
    pub fn keyword(&mut self, kind: TokenKind) -> bool {
        use TokenKind as T;
        match kind {
            T::KwTypedef => self.is_typedef = true,
            T::KwStatic => self.is_static = true,
            T::KwExtern => self.is_extern = true,
            T::KwAutoType => self.is_auto_type = true,
            T::KwAuto | T::KwRegister | T::KwInline | T::KwNoreturn | T::KwThreadLocal | T::KwExtension => {}
            T::KwUnsigned | T::KwSigned | T::KwShort | T::KwLong | T::KwInt | T::KwChar | T::KwVoid => {
                self.words.push(kind);
            }
            T::KwFloat | T::KwDouble | T::KwBool | T::KwInt128 | T::KwComplex => self.words.push(kind),
            _ => return self.qualifier(kind),
        }
        true
    }

    /// Takes a qualifier; false if it is none.
    pub fn qualifier(&mut self, kind: TokenKind) -> bool {
        let Some(q) = qualifier(kind) else { return false };
        self.quals = self.quals.with(q);
        true
    }

    /// Whether a type was seen, be it one that could not be read.
    #[must_use]
    pub fn has_type(&self) -> bool {
        self.ty.is_some() || !self.words.is_empty() || self.is_auto_type
    }

    /// The type; none if it is not written or could not be read.
    #[must_use]
    pub fn finish(&self) -> Option<Type> {
        let ty = match &self.ty {
            Some(ty) => ty.clone()?,
            None => Type::base(self.base()?),
        };
        Some(ty.qualified(self.quals))
    }

    fn base(&self) -> Option<Base> {
        use TokenKind as T;
        let count = |k: T| self.words.iter().filter(|w| **w == k).count();
        let has = |k: T| count(k) > 0;
        let pick = |signed: Base, unsigned: Base| if has(T::KwUnsigned) { unsigned } else { signed };
        if self.words.is_empty() {
            return None;
        }
        Some(if has(T::KwVoid) {
            Base::Void
        } else if has(T::KwBool) {
            Base::Bool
        } else if has(T::KwFloat) {
            Base::Float
        } else if has(T::KwDouble) || has(T::KwComplex) {
            if has(T::KwLong) { Base::LongDouble } else { Base::Double }
        } else if has(T::KwChar) {
            let signed = if has(T::KwSigned) { Base::SChar } else { Base::Char };
            pick(signed, Base::UChar)
        } else if has(T::KwShort) {
            pick(Base::Short, Base::UShort)
        } else if has(T::KwInt128) {
            pick(Base::Int128, Base::UInt128)
        } else {
            match count(T::KwLong) {
                0 => pick(Base::Int, Base::UInt),
                1 => pick(Base::Long, Base::ULong),
                _ => pick(Base::LongLong, Base::ULongLong),
            }
        })
    }
}

/// The qualifier that a keyword is.
pub(crate) fn qualifier(kind: TokenKind) -> Option<Quals> {
    Some(match kind {
        TokenKind::KwConst => Quals::CONST,
        TokenKind::KwVolatile => Quals::VOLATILE,
        TokenKind::KwRestrict => Quals::RESTRICT,
        TokenKind::KwAtomic => Quals::ATOMIC,
        _ => return None,
    })
}

/// The type that specifiers and a declarator give, `typeof` answered by `type_of`. None if it is not written or cannot be known.
pub fn declared_type(
    tree: &Tree,
    specs: NodeId,
    declarator: NodeId,
    type_of: &mut dyn FnMut(NodeId) -> Option<Type>,
) -> Option<Type> {
    let base = specifiers(tree, specs, type_of, 0).finish()?;
    declare(tree, base, declarator, type_of, 0)
}

/// The Name (or Absent) inside a declarator.
#[must_use]
pub fn name_of(tree: &Tree, declarator: NodeId) -> NodeId {
    let mut at = declarator;
    while is_declarator_op(tree.kind(at)) {
        match tree.child_node(at, 0) {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at
}

fn is_declarator_op(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PointerDecl
            | SyntaxKind::ArrayDecl
            | SyntaxKind::FuncDecl
            | SyntaxKind::ParenDecl
            | SyntaxKind::BitField
    )
}

type TypeOf<'a> = &'a mut dyn FnMut(NodeId) -> Option<Type>;

/// The words of a DeclSpecs.
pub(crate) fn specifiers(tree: &Tree, specs: NodeId, type_of: TypeOf, depth: u32) -> SpecWords {
    let mut words = SpecWords::default();
    for child in tree.children(specs) {
        match *child {
            // `complex` makes of a floating type one that is not known.
            Child::Token(t) if tree.token(t).kind == TokenKind::Ident => words.ty = Some(None),
            Child::Token(t) => {
                words.keyword(tree.token(t).kind);
            }
            Child::Node(n) => match tree.kind(n) {
                SyntaxKind::Attribute => {}
                kind => words.ty = Some(type_node(tree, n, kind, type_of, depth)),
            },
        }
    }
    words
}

fn type_node(tree: &Tree, node: NodeId, kind: SyntaxKind, type_of: TypeOf, depth: u32) -> Option<Type> {
    match kind {
        SyntaxKind::NamedType => {
            let text = tree.token_text(tree.first_token(node)?);
            Some(Type::new(TypeKind::Named(Name::of(text))))
        }
        SyntaxKind::StructType => {
            let record = if tree.child_token(node, TokenKind::KwUnion).is_some() {
                RecordKind::Union
            } else {
                RecordKind::Struct
            };
            tagged(tree, node, record, type_of, depth)
        }
        SyntaxKind::EnumType => tagged(tree, node, RecordKind::Enum, type_of, depth),
        SyntaxKind::Typeof => {
            let of = tree.child_node(node, 0)?;
            if tree.kind(of) == SyntaxKind::TypeName { type_name(tree, of, type_of, depth) } else { type_of(of) }
        }
        _ => None,
    }
}

/// The type of a TypeName.
pub(crate) fn type_name(tree: &Tree, node: NodeId, type_of: TypeOf, depth: u32) -> Option<Type> {
    if depth > MAX_LEVELS {
        return None;
    }
    let specs = tree.child_node(node, 0)?;
    let base = specifiers(tree, specs, type_of, depth + 1).finish()?;
    match tree.child_node(node, 1) {
        Some(declarator) => declare(tree, base, declarator, type_of, depth + 1),
        None => Some(base),
    }
}

fn tagged(tree: &Tree, node: NodeId, kind: RecordKind, type_of: TypeOf, depth: u32) -> Option<Type> {
    let tag = tree.child_node(node, 0)?;
    match tree.kind(tag) {
        SyntaxKind::Name => {
            let text = tree.token_text(tree.first_token(tag)?);
            Some(Type::new(TypeKind::Tagged(kind, Name::of(text))))
        }
        SyntaxKind::Absent => Some(Type::new(TypeKind::Anonymous(kind, record(tree, node, type_of, depth)))),
        _ => None,
    }
}

/// The members of a StructType; none for an enum or a type without body.
pub(crate) fn record(tree: &Tree, node: NodeId, type_of: TypeOf, depth: u32) -> Arc<Record> {
    let mut fields = Vec::new();
    let list = tree.child_nodes(node).find(|n| tree.kind(*n) == SyntaxKind::FieldList);
    if let Some(list) = list.filter(|_| depth <= MAX_LEVELS) {
        for decl in tree.child_nodes(list).filter(|n| tree.kind(*n) == SyntaxKind::FieldDecl) {
            members(tree, decl, type_of, depth + 1, &mut fields);
        }
    }
    Arc::new(Record { fields })
}

fn members(tree: &Tree, decl: NodeId, type_of: TypeOf, depth: u32, out: &mut Vec<Field>) {
    let mut parts = tree.child_nodes(decl);
    let Some(specs) = parts.next() else { return };
    let base = specifiers(tree, specs, type_of, depth).finish();
    let mut any = false;
    for declarator in parts {
        any = true;
        let name = name_of(tree, declarator);
        let name = (tree.kind(name) == SyntaxKind::Name).then(|| tree.first_token(name)).flatten();
        let ty = base.clone().and_then(|b| declare(tree, b, declarator, type_of, depth));
        out.push(Field { name: name.map(|t| Name::of(tree.token_text(t))), ty });
    }
    if !any {
        out.push(Field { name: None, ty: base });
    }
}

/// `base` as changed by a declarator: from the outermost node, which is nearest to the base, to the name.
fn declare(tree: &Tree, base: Type, declarator: NodeId, type_of: TypeOf, depth: u32) -> Option<Type> {
    let mut ty = base;
    let mut at = declarator;
    let mut levels = ty.levels();
    loop {
        let kind = tree.kind(at);
        match kind {
            SyntaxKind::PointerDecl => {
                let mut quals = SpecWords::default();
                tree.child_tokens(at).for_each(|t| {
                    quals.qualifier(tree.token(t).kind);
                });
                ty = ty.pointer().qualified(quals.quals);
            }
            SyntaxKind::ArrayDecl => ty = ty.array(),
            SyntaxKind::FuncDecl => {
                let (params, variadic) = parameters(tree, tree.child_node(at, 1), type_of, depth);
                ty = Type::new(TypeKind::Function(Arc::new(FunctionType { returns: ty, params, variadic })));
            }
            SyntaxKind::BitField => {
                let width = tree.child_node(at, 1).filter(|n| tree.kind(*n) == SyntaxKind::Constant);
                let width = width.and_then(|n| tree.first_token(n)).and_then(|t| number(tree.token_text(t)));
                ty = Type::new(TypeKind::BitField(Arc::new(ty), width));
            }
            SyntaxKind::ParenDecl => {}
            _ => return Some(ty),
        }
        levels += u32::from(kind != SyntaxKind::ParenDecl);
        if levels > MAX_LEVELS {
            return None;
        }
        at = tree.child_node(at, 0)?;
    }
}

type Params = (Vec<(Option<Name>, Option<Type>)>, bool);

fn parameters(tree: &Tree, list: Option<NodeId>, type_of: TypeOf, depth: u32) -> Params {
    let mut out = Vec::new();
    let mut variadic = false;
    let Some(list) = list.filter(|_| depth <= MAX_LEVELS) else { return (out, variadic) };
    for p in tree.child_nodes(list) {
        match tree.kind(p) {
            SyntaxKind::VarArgs => variadic = true,
            SyntaxKind::Param => {
                let name = tree.child_node(p, 1).map(|d| name_of(tree, d));
                let name = name.filter(|n| tree.kind(*n) == SyntaxKind::Name).and_then(|n| tree.first_token(n));
                let ty = type_name(tree, p, type_of, depth + 1);
                out.push((name.map(|t| Name::of(tree.token_text(t))), ty));
            }
            SyntaxKind::Name => {
                let name = tree.first_token(p).map(|t| Name::of(tree.token_text(t)));
                out.push((name, None));
            }
            _ => {}
        }
    }
    (out, variadic)
}

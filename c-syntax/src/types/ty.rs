//! Types as values: small, shared, comparable, printable.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::sym::Sym;

/// A type with the qualifiers of its outermost level. Two types are equal if they are written alike up to white space and the order of
/// keywords; typedef names are not unfolded ([`TypeEnv::unfold`](super::TypeEnv::unfold) does that).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Type {
    /// Qualifiers of this level.
    pub quals: Quals,
    /// What it is.
    pub kind: TypeKind,
}

/// What a type is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    /// A type of keywords only.
    Base(Base),
    /// Pointer to.
    Pointer(Arc<Type>),
    /// Array of; the size does not count.
    Array(Arc<Type>),
    /// Function.
    Function(Arc<FunctionType>),
    /// A struct, union or enum with a tag.
    Tagged(RecordKind, Name),
    /// A struct, union or enum without tag, by its body.
    Anonymous(RecordKind, Arc<Record>),
    /// A typedef name.
    Named(Name),
    /// The type of a bit-field, and its width if that is a number.
    BitField(Arc<Type>, Option<u32>),
}

/// Which kind of tagged type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum RecordKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
    /// `enum`
    Enum,
}

impl RecordKind {
    /// The keyword.
    #[must_use]
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Enum => "enum",
        }
    }
}

/// Arithmetic types and `void`, in the order of the usual conversions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Base {
    Void,
    Bool,
    Char,
    SChar,
    UChar,
    Short,
    UShort,
    Int,
    UInt,
    Long,
    ULong,
    LongLong,
    ULongLong,
    Int128,
    UInt128,
    Float,
    Double,
    LongDouble,
}

impl Base {
    /// How C spells it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Bool => "_Bool",
            Self::Char => "char",
            Self::SChar => "signed char",
            Self::UChar => "unsigned char",
            Self::Short => "short",
            Self::UShort => "unsigned short",
            Self::Int => "int",
            Self::UInt => "unsigned int",
            Self::Long => "long",
            Self::ULong => "unsigned long",
            Self::LongLong => "long long",
            Self::ULongLong => "unsigned long long",
            Self::Int128 => "__int128",
            Self::UInt128 => "unsigned __int128",
            Self::Float => "float",
            Self::Double => "double",
            Self::LongDouble => "long double",
        }
    }

    /// Whether it is an integer type.
    #[must_use]
    pub fn is_integer(self) -> bool {
        (Self::Bool..=Self::UInt128).contains(&self)
    }

    /// The type that arithmetic on both gives (C11 6.3.1.8, for the sizes of 64-bit Linux).
    #[must_use]
    pub fn arithmetic(self, other: Self) -> Self {
        self.max(other).max(Self::Int)
    }
}

/// A set of qualifiers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Quals(pub u8);

impl Quals {
    /// None.
    pub const NONE: Self = Self(0);
    /// `const`
    pub const CONST: Self = Self(1);
    /// `volatile`
    pub const VOLATILE: Self = Self(2);
    /// `restrict`
    pub const RESTRICT: Self = Self(4);
    /// `_Atomic`
    pub const ATOMIC: Self = Self(8);

    /// Those of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are there.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A name with its text.
#[derive(Clone)]
pub struct Name {
    /// What is compared.
    pub sym: Sym,
    /// The text.
    pub text: Arc<str>,
}

impl Name {
    /// The name that `text` spells.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        Self { sym: Sym::of(text), text: String::from_utf8_lossy(text).into() }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.sym == other.sym
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.sym.hash(state);
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.text)
    }
}

/// A function's type. Parameter names count (`semantics.md` 4.6).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FunctionType {
    /// What it returns.
    pub returns: Type,
    /// Parameters; a type that is not known is none.
    pub params: Vec<(Option<Name>, Option<Type>)>,
    /// Ends in `...`.
    pub variadic: bool,
}

/// The body of a struct or union. An enum's has no fields.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Record {
    /// Members in order.
    pub fields: Vec<Field>,
}

/// A member.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Field {
    /// Its name; members of a nameless one are members of the whole.
    pub name: Option<Name>,
    /// Its type, if it could be read.
    pub ty: Option<Type>,
}

/// How many levels a type may have; what is deeper is unknown.
pub(crate) const MAX_LEVELS: u32 = 64;

impl Type {
    /// A type without qualifiers.
    #[must_use]
    pub fn new(kind: TypeKind) -> Self {
        Self { quals: Quals::NONE, kind }
    }

    /// A base type.
    #[must_use]
    pub fn base(base: Base) -> Self {
        Self::new(TypeKind::Base(base))
    }

    /// `int`
    #[must_use]
    pub fn int() -> Self {
        Self::base(Base::Int)
    }

    /// A typedef name.
    #[must_use]
    pub fn named(text: &str) -> Self {
        Self::new(TypeKind::Named(Name::of(text.as_bytes())))
    }

    /// Pointer to `self`.
    #[must_use]
    pub fn pointer(self) -> Self {
        Self::new(TypeKind::Pointer(Arc::new(self)))
    }

    /// Array of `self`.
    #[must_use]
    pub fn array(self) -> Self {
        Self::new(TypeKind::Array(Arc::new(self)))
    }

    /// With `quals` added.
    #[must_use]
    pub fn qualified(mut self, quals: Quals) -> Self {
        self.quals = self.quals.with(quals);
        self
    }

    /// Without the qualifiers of the outermost level.
    #[must_use]
    pub fn unqualified(mut self) -> Self {
        self.quals = Quals::NONE;
        self
    }

    /// The number of levels, as far as it matters.
    pub(crate) fn levels(&self) -> u32 {
        let mut n = 0;
        let mut at = self;
        loop {
            n += 1;
            at = match &at.kind {
                TypeKind::Pointer(t) | TypeKind::Array(t) | TypeKind::BitField(t, _) => t,
                TypeKind::Function(f) => &f.returns,
                _ => return n,
            };
        }
    }

    /// C's spelling of a declaration of `name` (empty: of the type alone): `int (*name)[]`.
    #[must_use]
    pub fn spell(&self, name: &str) -> String {
        let mut inner = name.to_string();
        let mut at = self;
        let mut pointer = false;
        loop {
            match &at.kind {
                TypeKind::Pointer(to) => {
                    let quals = spell_quals(at.quals);
                    let gap = if quals.is_empty() || inner.is_empty() { "" } else { " " };
                    inner = format!("*{}{gap}{inner}", quals.trim_end());
                    pointer = true;
                    at = to;
                }
                TypeKind::Array(of) => {
                    inner = if pointer { format!("({inner})[]") } else { format!("{inner}[]") };
                    pointer = false;
                    at = of;
                }
                TypeKind::Function(f) => {
                    let params = f.spell_params();
                    inner = if pointer { format!("({inner})({params})") } else { format!("{inner}({params})") };
                    pointer = false;
                    at = &f.returns;
                }
                TypeKind::BitField(of, _) => at = of,
                _ => break,
            }
        }
        let base = match &at.kind {
            TypeKind::Base(b) => b.text().to_string(),
            TypeKind::Tagged(kind, tag) => format!("{} {}", kind.keyword(), tag.text),
            TypeKind::Anonymous(kind, _) => format!("{} {{...}}", kind.keyword()),
            TypeKind::Named(name) => name.text.to_string(),
            _ => String::new(),
        };
        let gap = if inner.is_empty() { "" } else { " " };
        format!("{}{base}{gap}{inner}", spell_quals(at.quals))
    }
}

impl FunctionType {
    fn spell_params(&self) -> String {
        let mut all: Vec<String> = self
            .params
            .iter()
            .map(|(name, ty)| {
                let name = name.as_ref().map_or("", |n| &n.text);
                ty.as_ref().map_or_else(|| "?".to_string(), |t| t.spell(name))
            })
            .collect();
        if self.variadic {
            all.push("...".to_string());
        }
        all.join(", ")
    }
}

fn spell_quals(quals: Quals) -> String {
    let words = [(Quals::CONST, "const "), (Quals::VOLATILE, "volatile "), (Quals::RESTRICT, "restrict ")];
    let mut out: String = words.iter().filter(|(q, _)| quals.has(*q)).map(|(_, w)| *w).collect();
    if quals.has(Quals::ATOMIC) {
        out.push_str("_Atomic ");
    }
    out
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spell(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling() {
        let int = Type::int;
        let cases = [
            (int().pointer(), "x", "int *x"),
            (int().pointer().array(), "x", "int *x[]"),
            (int().array().pointer(), "x", "int (*x)[]"),
            (int().array().pointer(), "", "int (*)[]"),
            (int().qualified(Quals::CONST).pointer(), "", "const int *"),
            (int().pointer().qualified(Quals::CONST), "x", "int *const x"),
            (Type::named("u8"), "", "u8"),
            (
                Type::new(TypeKind::Function(Arc::new(FunctionType {
                    returns: Type::base(Base::Void),
                    params: vec![(None, Some(int())), (Some(Name::of(b"p")), Some(int().pointer()))],
                    variadic: true,
                })))
                .pointer(),
                "f",
                "void (*f)(int, int *p, ...)",
            ),
        ];
        for (ty, name, text) in cases {
            assert_eq!(ty.spell(name), text);
        }
    }

    #[test]
    fn conversions() {
        assert_eq!(Base::Char.arithmetic(Base::Short), Base::Int);
        assert_eq!(Base::UInt.arithmetic(Base::Int), Base::UInt);
        assert_eq!(Base::Long.arithmetic(Base::Double), Base::Double);
    }
}

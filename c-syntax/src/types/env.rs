//! A file's facts over those of the headers that it includes.

use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use super::facts::{Facts, HeaderFacts, Macro, at};
use super::ty::{Base, Record, RecordKind, Type, TypeKind};
use crate::sym::Sym;

/// What is declared around the elements of a file. Offsets are those of the file as it was first read: what a rule changes in a
/// declaration does not change the types of other elements (`semantics.md` 4.7).
#[derive(Debug, Default)]
pub struct TypeEnv {
    own: Arc<Facts>,
    /// In the order in which they are included; later ones hide earlier ones.
    headers: Vec<Arc<HeaderFacts>>,
    pub(super) number_bits: Option<(u32, u32)>,
    /// Types of the macros asked for so far, by the address of the macro, which the facts keep in place.
    pub(super) macros: Mutex<FxHashMap<usize, Option<Type>>>,
}

/// How often a typedef of a typedef is followed.
const MAX_UNFOLDING: u32 = 32;

impl TypeEnv {
    /// The environment of a file with these facts and headers, in the order of inclusion.
    #[must_use]
    pub fn new(own: Arc<Facts>, headers: Vec<Arc<HeaderFacts>>) -> Self {
        Self { own, headers, number_bits: None, macros: Mutex::default() }
    }

    /// With the bits of `int` and `long`, which then decide the types of numbers.
    #[must_use]
    pub fn with_number_bits(mut self, bits: Option<(u32, u32)>) -> Self {
        self.number_bits = bits;
        self
    }

    /// Whether it was made from these headers and bits, for the same file.
    #[must_use]
    pub fn has(&self, headers: &[Arc<HeaderFacts>], bits: Option<(u32, u32)>) -> bool {
        let same = |(a, b): (&Arc<HeaderFacts>, &Arc<HeaderFacts>)| Arc::ptr_eq(a, b);
        self.number_bits == bits && self.headers.len() == headers.len() && self.headers.iter().zip(headers).all(same)
    }

    /// The innermost fact: the file's own, if it stands at `offset` or before, then those of the headers, last to first.
    fn find<'a, T>(&'a self, offset: u32, get: impl Fn(&'a Facts, u32) -> Option<T>) -> Option<T> {
        get(&self.own, offset).or_else(|| self.headers.iter().rev().find_map(|h| get(h, u32::MAX)))
    }

    /// The type of a variable or function; `Some(None)` if it is declared with a type that could not be read.
    #[must_use]
    pub fn value(&self, name: Sym, offset: u32) -> Option<Option<Type>> {
        self.find(offset, |f, o| f.values.get(&name).and_then(|v| at(v, o)).cloned())
    }

    /// Whether the name is an enumerator.
    #[must_use]
    pub fn is_enumerator(&self, name: Sym, offset: u32) -> bool {
        self.find(offset, |f, o| f.enumerators.get(&name).filter(|start| **start <= o)).is_some()
    }

    /// The type that a typedef name stands for.
    #[must_use]
    pub fn typedef(&self, name: Sym, offset: u32) -> Option<&Type> {
        self.find(offset, |f, o| f.typedefs.get(&name).and_then(|v| at(v, o)))
    }

    /// The body of a struct or union.
    #[must_use]
    pub fn record(&self, kind: RecordKind, tag: Sym, offset: u32) -> Option<&Arc<Record>> {
        self.find(offset, |f, o| f.records.get(&(kind, tag)).and_then(|v| at(v, o)))
    }

    /// A macro.
    #[must_use]
    pub fn macro_named(&self, name: Sym, offset: u32) -> Option<&Arc<Macro>> {
        self.find(offset, |f, o| f.macros.get(&name).and_then(|v| at(v, o)))
    }

    /// The type with a typedef name at its outermost level replaced by what it stands for, as often as needed. Stops at a name whose
    /// definition is not known.
    #[must_use]
    pub fn unfold(&self, ty: &Type, offset: u32) -> Type {
        let mut ty = ty.clone();
        for _ in 0..MAX_UNFOLDING {
            let TypeKind::Named(name) = &ty.kind else { break };
            let Some(to) = self.typedef(name.sym, offset) else { break };
            ty = to.clone().qualified(ty.quals);
        }
        ty
    }

    /// One step of [`TypeEnv::unfold`]: nothing if the type is no typedef name, or one that is not known.
    #[must_use]
    pub fn unfold_once(&self, ty: &Type, offset: u32) -> Option<Type> {
        let TypeKind::Named(name) = &ty.kind else { return None };
        self.typedef(name.sym, offset).map(|to| to.clone().qualified(ty.quals))
    }

    /// The type of a member, those of nameless members included.
    #[must_use]
    pub fn field(&self, ty: &Type, name: Sym, offset: u32) -> Option<Type> {
        self.field_within(ty, name, offset, 16)
    }

    fn field_within(&self, ty: &Type, name: Sym, offset: u32, depth: u32) -> Option<Type> {
        let ty = self.unfold(ty, offset);
        let record = match &ty.kind {
            TypeKind::Tagged(kind, tag) => self.record(*kind, tag.sym, offset)?.clone(),
            TypeKind::Anonymous(_, record) => record.clone(),
            _ => return None,
        };
        find_field(&record, name, depth, &mut |t, n, d| self.field_within(t, n, offset, d))
            .map(|field| field.qualified(ty.quals))
    }

    /// Types that need no declaration.
    pub(crate) fn predeclared(name: Sym) -> Option<Type> {
        const NULL: Sym = Sym::of(b"NULL");
        (name == NULL).then(|| Type::base(Base::Void).pointer())
    }
}

/// A member by name; `inner` looks into nameless members.
pub(crate) fn find_field(
    record: &Record,
    name: Sym,
    depth: u32,
    inner: &mut dyn FnMut(&Type, Sym, u32) -> Option<Type>,
) -> Option<Type> {
    if let Some(f) = record.fields.iter().find(|f| f.name.as_ref().is_some_and(|n| n.sym == name)) {
        return f.ty.clone();
    }
    if depth == 0 {
        return None;
    }
    record.fields.iter().filter(|f| f.name.is_none()).find_map(|f| inner(f.ty.as_ref()?, name, depth - 1))
}

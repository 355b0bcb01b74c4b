//! Lowering of declarations, specifiers and declarators.

use tree_sitter::Node;

use super::{K, Kids, Lower};
use crate::kind::SyntaxKind as S;
use crate::token::TokenKind as T;
use crate::view::{Cause, Role, Spec, SpecForm};

impl<'t> Lower<'_, 't> {
    /// `specifiers declarators ;`
    pub(super) fn declaration(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        if self.leaf(kids[0]).role == Role::MacroDecl {
            return self.macro_decl(kids);
        }
        self.b.start(S::Declaration);
        self.specs(kids[0])?;
        for k in &kids[1..] {
            self.declaration_part(*k)?;
        }
        self.close()
    }

    fn declaration_part(&mut self, node: Node<'t>) -> Result<(), Cause> {
        match self.kind(node) {
            K::Other if !node.is_named() => self.put(node),
            K::InitDeclarator => {
                let kids = self.kids(node);
                self.flush_before(node);
                self.b.start(S::InitDeclarator);
                self.declarator(kids[0])?;
                self.put(kids[1])?;
                self.init(kids[2])?;
                self.close()
            }
            _ => {
                // An inserted name alone: a declaration without declarators.
                if self.first_source(node).is_none() {
                    return Ok(());
                }
                self.flush_before(node);
                self.b.start(S::InitDeclarator);
                self.declarator(node)?;
                self.close()
            }
        }
    }

    fn flush_before(&mut self, node: Node<'t>) {
        if let Some(t) = self.first_source(node) {
            self.flush(t);
        }
    }

    /// As [`Lower::flush_before`], but the attributes right before stay: they are part of the specifiers.
    fn flush_before_specs(&mut self, node: Node<'t>) {
        if let Some(t) = self.first_source(node) {
            self.flush(self.attributes_start(t));
        }
    }

    /// `int i = NAME(...) , i = init ;` stands for `NAME(...) = init ;`.
    fn macro_decl(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::MacroDecl);
        self.specs(kids[0])?;
        let first = self.kids(kids[1]);
        let call = first[2];
        if self.kind(call) == K::Call {
            let parts = self.kids(call);
            self.name(parts[0])?;
            self.arg_list(parts[1])?;
        } else {
            self.name(call)?;
            self.b.empty(S::Absent);
        }
        if let Some(second) = kids.get(3).filter(|k| k.is_named()) {
            let parts = self.kids(*second);
            self.put(parts[1])?;
            self.init(parts[2])?;
        }
        self.put(kids[kids.len() - 1])?;
        self.close()
    }

    pub(super) fn function(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        let body = self.kids(kids[kids.len() - 1]);
        if self.leaf(kids[0]).role == Role::MacroFunction {
            // `int i [ NAME(...) ] ( ) { ... }`.
            self.b.start(S::MacroFunction);
            self.specs(kids[0])?;
            let function = self.kids(kids[1]);
            let array = self.kids(function[0]);
            let call = self.kids(array[2]);
            self.name(call[0])?;
            self.arg_list(call[1])?;
            self.block(&body)?;
            return self.close();
        }
        self.b.start(S::FunctionDef);
        self.specs(kids[0])?;
        self.flush_before(kids[1]);
        self.declarator(kids[1])?;
        let old_style = &kids[2..kids.len() - 1];
        if !old_style.is_empty() {
            self.b.start(S::KrDecls);
            for k in old_style {
                self.flush_before(*k);
                self.statement(*k)?;
            }
            self.b.finish();
        }
        self.flush_before(kids[kids.len() - 1]);
        self.block(&body)?;
        self.close()
    }

    // ---- specifiers

    /// Specifiers; the node is the type that stands for all of them.
    fn specs(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let v = self.leaf(node);
        if !matches!(v.role, Role::Specs | Role::MacroDecl | Role::MacroFunction | Role::MacroField) {
            return Err("specifiers expected");
        }
        let spec = self.src.view.specs[v.extra as usize];
        if spec.lo < spec.hi {
            self.flush(self.attributes_start(spec.lo));
        }
        self.b.start(S::DeclSpecs);
        let mut t = spec.lo;
        while t < spec.hi {
            t = self.spec_part(t, spec, node)?;
        }
        if spec.lo < spec.hi {
            self.flush(spec.hi);
        }
        self.close()
    }

    /// One word of specifiers, or the part that its form names; returns one past it.
    fn spec_part(&mut self, t: u32, spec: Spec, node: Node<'t>) -> Result<u32, Cause> {
        let at = t as usize;
        if !self.src.kept[at] || t < self.next {
            return Ok(t + 1);
        }
        let kind = self.src.tokens[at].kind;
        if t == spec.named && spec.form != SpecForm::Words {
            match spec.form {
                SpecForm::Body => self.tagged_type(t, spec.tag, Some(node))?,
                SpecForm::MacroType => self.macro_type(node)?,
                _ => self.typeof_type(t, spec.form, node)?,
            }
            return Ok(self.next);
        }
        match kind {
            T::KwStruct | T::KwUnion | T::KwEnum => {
                self.tagged_type(t, spec.tag, None)?;
                Ok(self.next)
            }
            T::Ident if t == spec.named => {
                self.flush(t);
                self.b.start(S::NamedType);
                self.place(t)?;
                self.b.finish();
                Ok(t + 1)
            }
            T::Ident if crate::view::is_complex(self.src.tokens[at].sym) && self.complex_word(t, spec) => {
                self.place(t)?;
                Ok(t + 1)
            }
            // `_Alignas(x)`, `_Atomic(T)`: the word, then its parenthesis as an attribute.
            k if k.is_keyword() && k != T::KwAttribute && k != T::KwExtension => {
                self.place(t)?;
                Ok(t + 1)
            }
            _ => Ok(t + 1),
        }
    }

    /// Whether `complex` stands beside a word for a floating type.
    fn complex_word(&self, t: u32, spec: Spec) -> bool {
        (spec.lo..spec.hi)
            .filter(|i| *i != t)
            .any(|i| matches!(self.src.tokens[i as usize].kind, T::KwFloat | T::KwDouble | T::KwLong))
    }

    /// `struct tag { ... }`: keyword, name, body.
    fn tagged_type(&mut self, t: u32, tag: (u32, u32), node: Option<Node<'t>>) -> Result<(), Cause> {
        let is_enum = self.src.tokens[t as usize].kind == T::KwEnum;
        self.flush(t);
        self.b.start(if is_enum { S::EnumType } else { S::StructType });
        self.place(t)?;
        let body = match node {
            Some(n) => self.kids(n).last().copied(),
            None => None,
        };
        self.tag(tag)?;
        if let Some(b) = body {
            let kids = self.kids(b);
            let at = self.first_source(b).unwrap_or(self.next);
            self.flush(at);
            if is_enum { self.enum_list(&kids)? } else { self.braces(S::FieldList, &kids)? }
        }
        self.close()
    }

    /// The tag: a name, a macro call, or nothing.
    fn tag(&mut self, (lo, hi): (u32, u32)) -> Result<(), Cause> {
        if lo == crate::view::NONE {
            self.b.empty(S::Absent);
            return Ok(());
        }
        self.flush(lo);
        if hi == lo + 1 {
            self.b.start(S::Name);
            self.place(lo)?;
            return self.close();
        }
        self.b.start(S::MacroType);
        self.b.start(S::Name);
        self.place(lo)?;
        self.b.finish();
        self.b.start(S::ArgList);
        for t in lo + 1..hi {
            self.place_raw(t)?;
        }
        self.b.finish();
        self.close()
    }

    /// The expression in `struct { int i [ expr ] ; }`.
    fn boxed(&mut self, node: Node<'t>) -> Result<Node<'t>, Cause> {
        let list = self.kids(node).last().copied().ok_or("no box")?;
        let field = self.kids(list).get(1).copied().ok_or("no box")?;
        let array = self.kids(field).get(1).copied().ok_or("no box")?;
        self.kids(array).get(2).copied().ok_or("no box")
    }

    fn macro_type(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let call = self.boxed(node)?;
        let kids = self.kids(call);
        self.flush_before(call);
        self.b.start(S::MacroType);
        self.name(kids[0])?;
        self.arg_list(kids[1])?;
        self.close()
    }

    fn typeof_type(&mut self, t: u32, form: SpecForm, node: Node<'t>) -> Result<(), Cause> {
        let inner = self.boxed(node)?;
        self.flush(t);
        self.b.start(S::Typeof);
        self.place(t)?;
        let close = self.end_source(inner).ok_or("empty typeof")?;
        // The parenthesis is the next kept token after `typeof`.
        let mut open = t + 1;
        while !self.src.kept[open as usize] {
            open += 1;
        }
        self.place(open)?;
        if form == SpecForm::TypeofType {
            let kids = self.kids(inner);
            self.type_name(kids[2])?;
        } else {
            self.expr(inner)?;
        }
        let mut end = close.max(self.next);
        while self.src.tokens.get(end as usize).is_some_and(|t| t.kind != T::RParen) {
            end += 1;
        }
        self.place(end)?;
        self.close()
    }

    pub(super) fn type_name(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        self.flush_before_specs(node);
        self.b.start(S::TypeName);
        self.specs(kids[0])?;
        match kids.get(1) {
            Some(d) => self.declarator(*d)?,
            None => {
                self.b.empty(S::Absent);
            }
        }
        self.flush_after(node);
        self.close()
    }

    // ---- declarators

    /// A declarator, abstract or not.
    fn declarator(&mut self, node: Node<'t>) -> Result<(), Cause> {
        self.deeper(|l| l.declarator_inner(node))
    }

    fn declarator_inner(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        match self.kind(node) {
            K::PointerDecl | K::AbstractPointer => {
                self.flush_before(node);
                self.b.start(S::PointerDecl);
                let mut inner = None;
                for k in &kids {
                    match self.kind(*k) {
                        K::TypeQualifier => self.put(*k)?,
                        K::Other if !k.is_named() => self.put(*k)?,
                        _ => inner = Some(*k),
                    }
                }
                self.inner_declarator(inner)?;
                self.close()
            }
            K::ArrayDecl | K::AbstractArray => {
                let open = self.position(&kids, T::LBracket).ok_or("array without bracket")?;
                self.b.start(S::ArrayDecl);
                self.inner_declarator((open > 0).then(|| kids[0]))?;
                let mut size = false;
                for k in &kids[open..kids.len() - 1] {
                    if self.kind(*k) == K::TypeQualifier || (!k.is_named() && k.child_count() == 0) {
                        if self.leaf_kind(*k) == T::Star {
                            size = true;
                            self.b.start(S::Opaque);
                            self.put(*k)?;
                            self.b.finish();
                        } else {
                            self.put(*k)?;
                        }
                    } else {
                        size = true;
                        self.expr(*k)?;
                    }
                }
                if !size {
                    self.b.empty(S::Absent);
                }
                self.put(kids[kids.len() - 1])?;
                self.close()
            }
            K::FuncDecl | K::AbstractFunc => {
                self.b.start(S::FuncDecl);
                let params =
                    kids.iter().position(|k| self.kind(*k) == K::Params).ok_or("function without parameters")?;
                self.inner_declarator((params > 0).then(|| kids[0]))?;
                self.params(kids[params])?;
                self.close()
            }
            K::ParenDecl | K::AbstractParen => {
                self.flush_before(node);
                self.b.start(S::ParenDecl);
                self.put(kids[0])?;
                self.inner_declarator(kids.get(1).copied().filter(|k| k.is_named()))?;
                self.put(kids[kids.len() - 1])?;
                self.close()
            }
            K::Ident | K::FieldIdent | K::TypeIdent => self.name(node),
            _ => Err("unknown declarator"),
        }
    }

    fn inner_declarator(&mut self, node: Option<Node<'t>>) -> Result<(), Cause> {
        match node {
            Some(n) => self.declarator(n),
            None => {
                self.b.empty(S::Absent);
                Ok(())
            }
        }
    }

    fn position(&mut self, kids: &Kids<'t>, kind: T) -> Option<usize> {
        kids.iter().position(|k| !k.is_named() && self.leaf_kind(*k) == kind)
    }

    fn params(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        self.flush_before(node);
        self.b.start(S::ParamList);
        for k in kids {
            match self.kind(k) {
                K::Param => {
                    let parts = self.kids(k);
                    self.flush_before_specs(k);
                    self.b.start(S::Param);
                    self.specs(parts[0])?;
                    self.inner_declarator(parts.get(1).copied())?;
                    self.flush_after(k);
                    self.b.finish();
                }
                K::VarArgs => {
                    self.b.start(S::VarArgs);
                    self.put(k)?;
                    self.b.finish();
                }
                K::Ident => self.name(k)?,
                _ => self.put(k)?,
            }
        }
        self.close()
    }

    // ---- members and enumerators

    /// A member of a struct or union.
    pub(super) fn member(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        if self.leaf(kids[0]).role == Role::MacroField {
            return self.macro_field(kids);
        }
        self.b.start(S::FieldDecl);
        self.specs(kids[0])?;
        let mut i = 1;
        while i < kids.len() {
            let k = kids[i];
            let bits = kids.get(i + 1).copied().filter(|b| self.kind(*b) == K::Bitfield);
            if let Some(bits) = bits {
                self.flush_before(k);
                self.b.start(S::BitField);
                self.declarator(k)?;
                let parts = self.kids(bits);
                self.put(parts[0])?;
                self.expr(parts[1])?;
                self.b.finish();
                i += 2;
                continue;
            }
            if k.is_named() && self.kind(k) != K::Other {
                self.flush_before(k);
                self.declarator(k)?;
            } else {
                self.put(k)?;
            }
            i += 1;
        }
        self.close()
    }

    fn macro_field(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::MacroField);
        let bits = kids.iter().copied().find(|k| self.kind(*k) == K::Bitfield).ok_or("no macro member")?;
        let call = self.kids(bits).get(1).copied().ok_or("no macro member")?;
        if call.child_count() == 0 {
            self.name(call)?;
            self.b.empty(S::Absent);
        } else {
            let parts = self.kids(call);
            self.name(parts[0])?;
            self.arg_list(parts[1])?;
        }
        self.put(kids[kids.len() - 1])?;
        self.close()
    }

    fn enum_list(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::EnumList);
        for k in kids {
            if self.kind(*k) != K::Enumerator {
                self.put(*k)?;
                continue;
            }
            let parts = self.kids(*k);
            self.flush_before(*k);
            self.b.start(S::Enumerator);
            if self.leaf(parts[0]).role == Role::MacroEnum {
                let call = self.kids(parts[2]);
                self.name(call[0])?;
                self.arg_list(call[1])?;
            } else {
                self.name(parts[0])?;
                if parts.len() == 3 {
                    self.put(parts[1])?;
                    self.expr(parts[2])?;
                }
            }
            self.b.finish();
        }
        self.close()
    }
}

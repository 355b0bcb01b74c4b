//! Types: specifiers, structs, unions, enums, type names, attributes, and the decision whether a type comes next.

use super::declarator::Naming;
use super::{Hooks, NameClass, Parsed, Parser, Place, VarClass};
use crate::kind::SyntaxKind;
use crate::sym::Sym;
use crate::token::TokenKind;
use crate::tree::Child;

pub(crate) const COMPLEX: Sym = Sym::of(b"complex");

/// Where specifiers stand: it decides whether a lone identifier is a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpecPlace {
    /// A declaration or the head of a function.
    Declaration,
    /// A member of a struct.
    Field,
    /// A parameter.
    Parameter,
    /// A type without a name.
    TypeName,
}

/// What specifiers held.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Specs {
    /// A type.
    pub has_type: bool,
    /// Nothing but `signed` or `unsigned` so far.
    pub sign_only: bool,
    /// Anything.
    pub any: bool,
}

/// Whether a keyword is a storage class, qualifier or function specifier.
fn is_modifier(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwTypedef
            | TokenKind::KwExtern
            | TokenKind::KwStatic
            | TokenKind::KwAuto
            | TokenKind::KwRegister
            | TokenKind::KwInline
            | TokenKind::KwConst
            | TokenKind::KwVolatile
            | TokenKind::KwRestrict
            | TokenKind::KwNoreturn
            | TokenKind::KwThreadLocal
            | TokenKind::KwAtomic
    )
}

/// Whether a keyword is a type by itself.
fn is_type_word(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwVoid
            | TokenKind::KwChar
            | TokenKind::KwShort
            | TokenKind::KwInt
            | TokenKind::KwLong
            | TokenKind::KwFloat
            | TokenKind::KwDouble
            | TokenKind::KwSigned
            | TokenKind::KwUnsigned
            | TokenKind::KwBool
            | TokenKind::KwComplex
            | TokenKind::KwInt128
            | TokenKind::KwAutoType
    )
}

impl<H: Hooks> Parser<'_, H> {
    /// Whether the token at an index can only start a type or specifiers.
    pub(super) fn surely_type(&self, at: usize) -> bool {
        let kind = self.kind_at(at);
        match kind {
            TokenKind::KwStruct
            | TokenKind::KwUnion
            | TokenKind::KwEnum
            | TokenKind::KwTypeof
            | TokenKind::KwAttribute
            | TokenKind::KwAlignas => true,
            TokenKind::KwExtension => self.surely_type(at + 1),
            TokenKind::Ident => match self.class_at(at) {
                Some(NameClass::Var(VarClass::Type)) => true,
                // In C it is only known by its spelling.
                Some(NameClass::Typedef) if !H::PATTERN => {
                    self.kind_at(at + 1) != TokenKind::LParen || self.kind_at(at + 2) == TokenKind::Star
                }
                Some(NameClass::Typedef) => true,
                Some(NameClass::Attribute) if !H::PATTERN => self.surely_type(at + 1) || self.may_name_type(at + 1),
                _ => false,
            },
            _ => is_modifier(kind) || is_type_word(kind),
        }
    }

    /// Whether the token at an index can be the name of a type.
    pub(super) fn may_name_type(&self, at: usize) -> bool {
        match self.class_at(at) {
            Some(NameClass::Var(VarClass::Type)) => true,
            Some(class) => self.can_be_type(class),
            None => false,
        }
    }

    /// Whether a name of a class can be the name of a type. In C, classes other than types may be guesses from the spelling.
    fn can_be_type(&self, class: NameClass) -> bool {
        match class {
            NameClass::Plain | NameClass::Typedef | NameClass::Var(VarClass::Any) => true,
            NameClass::Attribute | NameClass::Iterator | NameClass::Declarer => !H::PATTERN,
            _ => false,
        }
    }

    /// The index after attributes and qualifiers at `at`.
    fn after_qualifiers(&self, mut at: usize) -> usize {
        loop {
            match self.kind_at(at) {
                TokenKind::KwConst | TokenKind::KwVolatile | TokenKind::KwRestrict | TokenKind::KwAtomic => at += 1,
                TokenKind::KwAttribute if self.kind_at(at + 1) == TokenKind::LParen => {
                    at = self.matching(at + 1).unwrap_or(self.end());
                }
                TokenKind::Ident if matches!(self.class_at(at), Some(NameClass::Attribute)) => at += 1,
                TokenKind::Ident if self.underscored_attribute(at) => at += 1,
                _ => return at,
            }
        }
    }

    /// Whether an identifier can be the name that a declarator declares.
    fn may_declare(&self, at: usize) -> bool {
        matches!(
            self.class_at(at),
            Some(
                NameClass::Plain
                    | NameClass::Typedef
                    | NameClass::Declarer
                    | NameClass::Iterator
                    | NameClass::Attribute
                    | NameClass::Var(
                        VarClass::Ident
                            | VarClass::Any
                            | VarClass::Expr
                            | VarClass::Attribute
                            | VarClass::Declarer
                            | VarClass::Iterator
                    )
            )
        )
    }

    /// Whether the identifier at `at` is a type because of what follows it, in a declaration.
    pub(super) fn type_by_context(&self, at: usize) -> bool {
        if !self.may_name_type(at) {
            return false;
        }
        let next = self.after_qualifiers(at + 1);
        match self.kind_at(next) {
            TokenKind::Ident => self.may_declare(next),
            TokenKind::Star => {
                let mut i = next;
                while self.kind_at(i) == TokenKind::Star {
                    i = self.after_qualifiers(i + 1);
                }
                match self.kind_at(i) {
                    TokenKind::Ident => {
                        self.may_declare(i)
                            && matches!(
                                self.kind_at(i + 1),
                                TokenKind::Semi
                                    | TokenKind::Eq
                                    | TokenKind::Comma
                                    | TokenKind::LBracket
                                    | TokenKind::LParen
                                    | TokenKind::RParen
                                    | TokenKind::At
                                    | TokenKind::KwAttribute
                                    | TokenKind::Ident
                                    | TokenKind::Eof
                            )
                    }
                    TokenKind::LParen => self.kind_at(i + 1) == TokenKind::Star,
                    TokenKind::DisjOpen => true,
                    _ => false,
                }
            }
            TokenKind::LParen => {
                self.kind_at(next + 1) == TokenKind::Star
                    && self
                        .matching(next)
                        .is_some_and(|i| matches!(self.kind_at(i), TokenKind::LParen | TokenKind::LBracket))
            }
            TokenKind::DisjOpen => {
                self.kind_at(next + 1) == TokenKind::Ident || self.kind_at(next + 1) == TokenKind::Star
            }
            kind => next > at + 1 || is_modifier(kind) || is_type_word(kind),
        }
    }

    /// An identifier that starts with `__` before another one is an attribute (`smpl-front-end.md` 3.8).
    pub(super) fn underscored_attribute(&self, at: usize) -> bool {
        if !H::PATTERN || self.class_at(at) != Some(NameClass::Plain) || !self.hooks.underscored(self.input(), at) {
            return false;
        }
        self.kind_at(at + 1) == TokenKind::Ident
            && matches!(self.class_at(at + 1), Some(NameClass::Plain | NameClass::Var(VarClass::Ident | VarClass::Any)))
    }

    /// Specifiers of a declaration.
    pub(super) fn decl_specs(&mut self, place: SpecPlace) -> Parsed<Specs> {
        let mut specs = Specs::default();
        self.start(SyntaxKind::DeclSpecs);
        let first = self.pos();
        while self.specifier(place, &mut specs)? {}
        specs.any = self.pos() > first;
        self.finish_before_attributes(Self::surely_attribute);
        Ok(specs)
    }

    fn specifier(&mut self, place: SpecPlace, specs: &mut Specs) -> Parsed<bool> {
        match self.kind() {
            TokenKind::KwStruct | TokenKind::KwUnion if !specs.has_type => self.struct_type()?,
            TokenKind::KwEnum if !specs.has_type => self.enum_type()?,
            TokenKind::KwTypeof if !specs.has_type => self.typeof_type()?,
            TokenKind::KwAttribute | TokenKind::KwAlignas => {
                self.attribute()?;
                return Ok(true);
            }
            TokenKind::KwExtension => {
                self.bump();
                return Ok(true);
            }
            TokenKind::KwAtomic if self.nth(1) == TokenKind::LParen && !specs.has_type => {
                self.start(SyntaxKind::Typeof);
                self.bump();
                self.bump();
                self.type_name()?;
                self.expect(TokenKind::RParen)?;
                self.finish();
            }
            TokenKind::DisjOpen if !specs.has_type && self.disj_of_types(place) => {
                if !H::hook(self, Place::Type)? {
                    return Ok(false);
                }
            }
            TokenKind::Ident => return self.named_specifier(place, specs),
            kind if is_type_word(kind) => {
                specs.sign_only = !specs.has_type && matches!(kind, TokenKind::KwSigned | TokenKind::KwUnsigned);
                self.bump();
            }
            kind if is_modifier(kind) => {
                self.bump();
                return Ok(true);
            }
            _ => return Ok(false),
        }
        specs.has_type = true;
        Ok(true)
    }

    /// Whether the disjunction that comes next can be one of types: no declared name, because something to declare follows it.
    fn disj_of_types(&self, place: SpecPlace) -> bool {
        if place == SpecPlace::TypeName || place == SpecPlace::Parameter {
            return true;
        }
        self.matching(self.pos()).is_some_and(|end| match self.kind_at(end) {
            TokenKind::LParen => self.kind_at(end + 1) == TokenKind::Star,
            TokenKind::Semi => place == SpecPlace::Field || self.surely_type(self.pos() + 1),
            TokenKind::Eq | TokenKind::Comma | TokenKind::LBracket | TokenKind::Eof => false,
            _ => true,
        })
    }

    fn named_specifier(&mut self, place: SpecPlace, specs: &mut Specs) -> Parsed<bool> {
        match self.class() {
            Some(NameClass::Attribute) if self.attribute_here(place, specs.has_type) => {
                self.attribute()?;
                return Ok(true);
            }
            Some(NameClass::Var(VarClass::Attribute)) => {
                self.attribute()?;
                return Ok(true);
            }
            Some(NameClass::Var(VarClass::Type)) if !specs.has_type && self.nth(1) == TokenKind::LBrace => {
                // `T { members }`: a struct or union of any tag.
                self.start(SyntaxKind::StructType);
                self.leaf(SyntaxKind::MetaVar);
                self.deeper(Self::field_list)?;
                self.finish();
            }
            Some(NameClass::Var(VarClass::Type)) if !specs.has_type || self.type_follows_sign(specs) => {
                self.leaf(SyntaxKind::MetaVar);
            }
            Some(NameClass::Plain) if specs.has_type && self.sym() == COMPLEX && self.may_declare(self.pos() + 1) => {
                self.bump();
            }
            _ if self.underscored_attribute(self.pos()) && (specs.has_type || specs.any_word(self)) => {
                self.attribute()?;
                return Ok(true);
            }
            Some(_) if !H::PATTERN && self.attribute_by_use(place, specs.has_type) => {
                self.leaf(SyntaxKind::Attribute);
                return Ok(true);
            }
            // `NAME(...) int x`
            Some(_)
                if !H::PATTERN
                    && !specs.has_type
                    && place != SpecPlace::TypeName
                    && self.nth(1) == TokenKind::LParen
                    && self
                        .matching(self.pos() + 1)
                        .is_some_and(|end| is_type_word(self.kind_at(end)) || is_modifier(self.kind_at(end))) =>
            {
                self.start(SyntaxKind::Attribute);
                self.bump();
                self.balanced()?;
                self.finish();
                return Ok(true);
            }
            Some(NameClass::Typedef) if !specs.has_type => self.leaf(SyntaxKind::NamedType),
            Some(class) if !specs.has_type && self.can_be_type(class) => {
                let alone = place == SpecPlace::Field && self.nth(1) == TokenKind::Semi;
                let named = match place {
                    _ if alone => true,
                    SpecPlace::TypeName | SpecPlace::Parameter => true,
                    SpecPlace::Declaration | SpecPlace::Field => self.type_by_context(self.pos()),
                };
                if !named && !self.macro_type_here(place) {
                    return Ok(false);
                }
                if self.macro_type_here(place) {
                    self.start(SyntaxKind::MacroType);
                    self.leaf(SyntaxKind::Name);
                    self.arg_list()?;
                    self.finish();
                } else {
                    let var = self.var().is_some();
                    self.leaf(if var { SyntaxKind::MetaVar } else { SyntaxKind::NamedType });
                }
            }
            _ => return Ok(false),
        }
        specs.has_type = true;
        Ok(true)
    }

    /// In C, a name after a type and before a name, or right before a type, stands for attributes.
    fn attribute_by_use(&self, place: SpecPlace, has_type: bool) -> bool {
        let next = self.pos() + 1;
        if has_type {
            let ends = matches!(
                self.kind_at(next + 1),
                TokenKind::Semi | TokenKind::Eq | TokenKind::Comma | TokenKind::Eof | TokenKind::LBracket
            );
            // `int name ATTRIBUTE;`
            let declared = ends && self.attribute_follows_name(self.pos());
            return self.kind_at(next) == TokenKind::Star
                || self.kind_at(next) == TokenKind::Ident
                    && self.class_at(next) != Some(NameClass::Attribute)
                    && !declared;
        }
        let mut after = next;
        while is_modifier(self.kind_at(after)) {
            after += 1;
        }
        let qualified = after > next
            && (is_type_word(self.kind_at(after))
                || matches!(self.kind_at(after), TokenKind::KwStruct | TokenKind::KwUnion | TokenKind::KwEnum)
                || self.kind_at(after) == TokenKind::Ident
                    && matches!(self.kind_at(after + 1), TokenKind::Ident | TokenKind::Star));
        qualified
            || is_type_word(self.kind_at(next))
            || self.class_at(next) == Some(NameClass::Typedef)
                && match self.kind_at(next + 1) {
                    TokenKind::Ident | TokenKind::Star => true,
                    TokenKind::RParen => place == SpecPlace::TypeName,
                    _ => false,
                }
            || matches!(
                self.kind_at(next),
                TokenKind::KwStruct
                    | TokenKind::KwUnion
                    | TokenKind::KwEnum
                    | TokenKind::KwStatic
                    | TokenKind::KwExtern
            )
    }

    /// Whether a type metavariable after `signed` or `unsigned` goes on with the type: something to declare follows.
    fn type_follows_sign(&self, specs: &Specs) -> bool {
        specs.sign_only
            && matches!(
                self.nth(1),
                TokenKind::Ident | TokenKind::Star | TokenKind::RParen | TokenKind::Comma | TokenKind::DisjOpen
            )
    }

    /// Whether the attribute name that comes next is used as one: something to declare follows, or a type came before.
    pub(super) fn attribute_here(&self, place: SpecPlace, has_type: bool) -> bool {
        let next = self.kind_at(self.pos() + 1);
        match place {
            // `} __packed;`, `} __aligned(8);`
            _ if has_type && !H::PATTERN && self.follows_body() => true,
            _ if has_type && !H::PATTERN && self.pointer_group(self.pos() + 1) => true,
            _ if has_type => {
                let end = if next == TokenKind::LParen { self.matching(self.pos() + 1) } else { Some(self.pos() + 1) };
                let abstract_type = place == SpecPlace::TypeName;
                let declared = |k| match k {
                    TokenKind::Ident | TokenKind::Star | TokenKind::KwConst => true,
                    TokenKind::LParen => next != TokenKind::LParen,
                    _ => abstract_type,
                };
                let parameters = next == TokenKind::LParen && self.surely_type(self.pos() + 2);
                H::PATTERN || !parameters && end.is_some_and(|at| declared(self.kind_at(at)))
            }
            SpecPlace::Declaration | SpecPlace::Field => {
                let end = if next == TokenKind::LParen { self.matching(self.pos() + 1) } else { Some(self.pos() + 1) };
                end.is_some_and(|at| self.kind_at(at) == TokenKind::Ident || self.surely_type(at))
            }
            // `T attribute *`: of two names that look alike the first one is the type.
            SpecPlace::Parameter | SpecPlace::TypeName
                if !H::PATTERN
                    && next == TokenKind::Ident
                    && self.class_at(self.pos() + 1) == Some(NameClass::Attribute)
                    && matches!(self.nth(2), TokenKind::Star | TokenKind::RParen) =>
            {
                false
            }
            SpecPlace::Parameter | SpecPlace::TypeName => {
                !matches!(next, TokenKind::RParen | TokenKind::Comma | TokenKind::Star)
            }
        }
    }

    /// Whether only attributes stand between the body of a struct, union or enum and this place.
    fn follows_body(&self) -> bool {
        let attributes = self.attributes_before(|_, _| true);
        let specs = self.builder.siblings();
        match specs.get(specs.len().wrapping_sub(attributes + 1)) {
            Some(Child::Node(n)) => self.builder.last_token(*n).is_some_and(|t| {
                let at = self.input().binary_search_by_key(&t, |i| i.id);
                at.is_ok_and(|at| self.kind_at(at) == TokenKind::RBrace)
            }),
            _ => false,
        }
    }

    /// `NAME(...)` followed by a declared name, in C only.
    pub(super) fn macro_type_here(&self, place: SpecPlace) -> bool {
        if H::PATTERN || place == SpecPlace::TypeName || self.nth(1) != TokenKind::LParen {
            return false;
        }
        let Some(end) = self.matching(self.pos() + 1) else {
            return false;
        };
        match self.kind_at(end) {
            TokenKind::Ident => matches!(
                self.kind_at(end + 1),
                TokenKind::Semi | TokenKind::Eq | TokenKind::LBracket | TokenKind::Comma | TokenKind::RParen
            ),
            TokenKind::Star => self.kind_at(end + 1) == TokenKind::Ident,
            _ => false,
        }
    }

    fn typeof_type(&mut self) -> Parsed {
        self.start(SyntaxKind::Typeof);
        self.bump();
        self.expect(TokenKind::LParen)?;
        let is_type = |p: &mut Self| {
            p.type_name()?;
            p.expect(TokenKind::RParen)
        };
        let is_expr = |p: &mut Self| {
            p.expr()?;
            p.expect(TokenKind::RParen)
        };
        self.deeper(|p| {
            if p.surely_type(p.pos()) {
                return p.attempt(is_type).or_else(|_| is_expr(p));
            }
            p.attempt(is_expr).or_else(|_| is_type(p))
        })?;
        self.finish();
        Ok(())
    }

    /// A type without a declared name.
    ///
    /// # Errors
    /// If none can be read.
    pub fn type_name(&mut self) -> Parsed {
        self.type_name_in(SpecPlace::TypeName)
    }

    pub(super) fn type_name_in(&mut self, place: SpecPlace) -> Parsed {
        self.deeper(|p| {
            p.start(SyntaxKind::TypeName);
            let specs = p.decl_specs(place)?;
            if !specs.has_type {
                return p.fail("a type");
            }
            p.declarator(Naming::Abstract)?;
            if !H::PATTERN {
                p.attributes()?;
            }
            p.finish();
            Ok(())
        })
    }
}

impl Specs {
    /// Whether specifiers came before, so that a leading `__word` can be an attribute among them.
    fn any_word<H: Hooks>(self, p: &Parser<'_, H>) -> bool {
        !p.builder.siblings().is_empty()
    }
}

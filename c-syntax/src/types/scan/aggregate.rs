//! `struct`, `union` and `enum`, with their fields and enumerators.

use std::sync::Arc;

use super::Scanner;
use crate::token::TokenKind as T;
use crate::types::ty::{Field, MAX_LEVELS, Record, RecordKind, Type, TypeKind};

impl Scanner<'_> {
    /// `struct s`, `struct s { ... }`, `enum { ... }` with attributes anywhere.
    pub(super) fn tagged(&mut self, depth: u32) -> Option<Type> {
        let kind = match self.kind() {
            T::KwStruct => RecordKind::Struct,
            T::KwUnion => RecordKind::Union,
            _ => RecordKind::Enum,
        };
        self.pos += 1;
        self.skip_attributes();
        let mut tag = None;
        if self.kind() == T::Ident {
            tag = Some(self.name(self.peek()));
            self.pos += 1;
            // `struct __packed s {`
            if self.kind() == T::Ident && self.nth(1).kind == T::LBrace {
                tag = Some(self.name(self.peek()));
                self.pos += 1;
            }
        }
        self.skip_attributes();
        let body = if self.kind() != T::LBrace {
            None
        } else if depth >= MAX_LEVELS {
            self.skip_brackets();
            None
        } else if kind == RecordKind::Enum {
            self.enumerators();
            Some(Arc::default())
        } else {
            Some(self.fields(depth + 1))
        };
        match (tag, body) {
            (Some(tag), Some(body)) => {
                let key = (kind, tag.sym);
                self.facts.records.entry(key).or_default().push((self.start, body));
                Some(Type::new(TypeKind::Tagged(kind, tag)))
            }
            (Some(tag), None) => Some(Type::new(TypeKind::Tagged(kind, tag))),
            (None, Some(body)) => Some(Type::new(TypeKind::Anonymous(kind, body))),
            (None, None) => None,
        }
    }

    fn enumerators(&mut self) {
        self.pos += 1;
        while !self.at_end() && self.kind() != T::RBrace {
            if self.kind() == T::Ident && self.nth(1).kind != T::LParen {
                let sym = self.peek().sym;
                self.facts.enumerators.entry(sym).or_insert(self.start);
            }
            self.skip_to(&[T::Comma, T::Semi]);
            if self.kind() == T::RBrace || self.at_end() {
                break;
            }
            self.pos += 1;
        }
        self.pos += 1;
    }

    /// The members of a struct or union: `{` to `}`.
    fn fields(&mut self, depth: u32) -> Arc<Record> {
        let mut fields = Vec::new();
        self.pos += 1;
        while !self.at_end() && self.kind() != T::RBrace {
            let before = self.pos;
            self.field_decl(depth, &mut fields);
            if self.pos == before {
                self.pos += 1;
            }
        }
        self.pos += 1;
        fields.shrink_to_fit();
        Arc::new(Record { fields })
    }

    fn field_decl(&mut self, depth: u32, out: &mut Vec<Field>) {
        if self.kind() == T::Ident && self.nth(1).kind == T::LParen && self.nth(2).kind != T::Star {
            // `DECLARE_BITMAP(bits, n);`
            self.skip_to(&[T::Semi]);
            self.pos += usize::from(self.kind() == T::Semi);
            return;
        }
        let words = self.specifiers(depth);
        let base = words.finish();
        loop {
            let declarator = self.declarator(0);
            let is_bits = self.kind() == T::Colon;
            let mut width = None;
            if is_bits {
                let alone = matches!(self.nth(2).kind, T::Comma | T::Semi);
                width = Some(self.nth(1)).filter(|t| alone && t.kind == T::Number).and_then(|t| number(self.word(t)));
                self.skip_to(&[T::Comma, T::Semi]);
            }
            self.after_declarator();
            let name = declarator.name.clone();
            let mut ty = declarator.apply(base.clone());
            if is_bits {
                ty = ty.map(|t| Type::new(TypeKind::BitField(Arc::new(t), width)));
            }
            if name.is_some() || ty.is_some() {
                out.push(Field { name, ty });
            }
            match self.kind() {
                T::Comma => self.pos += 1,
                T::Semi => {
                    self.pos += 1;
                    return;
                }
                _ => {
                    self.skip_to(&[T::Semi]);
                    self.pos += usize::from(self.kind() == T::Semi);
                    return;
                }
            }
        }
    }
}

/// A plain decimal number.
pub(in crate::types) fn number(text: &[u8]) -> Option<u32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

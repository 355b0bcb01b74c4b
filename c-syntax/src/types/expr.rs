//! The type of an expression from the types of its parts (`semantics.md` 4.7, table).

use super::declare::type_name;
use super::element::Pass;
use super::ty::{Base, Type, TypeKind};
use crate::kind::SyntaxKind;
use crate::token::TokenKind;
use crate::tree::NodeId;

impl Pass<'_> {
    /// The type of an expression that is no identifier; those of its parts are known already.
    pub(super) fn infer(&self, node: NodeId) -> Option<Type> {
        let tree = self.tree;
        let part = |i: usize| tree.child_node(node, i).and_then(|n| self.out.type_of(n));
        match tree.kind(node) {
            SyntaxKind::Constant => {
                let token = tree.first_token(node)?;
                match tree.token(token).kind {
                    TokenKind::Char => Some(Type::base(Base::Char)),
                    _ => number(tree.token_text(token), self.out.env().number_bits),
                }
            }
            SyntaxKind::StringLit | SyntaxKind::StringRun => Some(Type::base(Base::Char).array()),
            SyntaxKind::Paren | SyntaxKind::Postfix | SyntaxKind::Prefix => part(0).cloned(),
            SyntaxKind::Call => self.call(node),
            SyntaxKind::Index => self.element_of(part(0)?),
            SyntaxKind::Field => self.member(part(0)?, node),
            SyntaxKind::PtrField => self.member(&self.element_of(part(0)?)?, node),
            SyntaxKind::Unary => self.unary(node, part(0)),
            SyntaxKind::Binary => self.binary(node, part(0), part(1)),
            SyntaxKind::Assign => part(0).or_else(|| part(1)).cloned(),
            SyntaxKind::Cond => part(2).cloned(),
            SyntaxKind::Comma => part(1).cloned(),
            SyntaxKind::Cast | SyntaxKind::CompoundLit => {
                type_name(tree, tree.child_node(node, 0)?, &mut |n| self.out.type_of(n).cloned(), 0)
            }
            SyntaxKind::SizeofExpr | SyntaxKind::SizeofType => Some(Type::named("size_t")),
            _ => None,
        }
    }

    /// What a pointer points to, or the element of an array.
    fn element_of(&self, ty: &Type) -> Option<Type> {
        let ty = self.out.unfold(ty);
        match ty.kind {
            TypeKind::Pointer(to) => Some((*to).clone()),
            // Qualifiers of an array, such as a member has from its structure, are those of its elements.
            TypeKind::Array(to) => Some((*to).clone().qualified(ty.quals)),
            TypeKind::Function(f) => Some(Type::new(TypeKind::Function(f))),
            _ => None,
        }
    }

    fn member(&self, of: &Type, node: NodeId) -> Option<Type> {
        let name = self.tree.child_node(node, 1).and_then(|n| self.tree.first_token(n))?;
        self.out.field(of, self.tree.token(name).sym)
    }

    fn call(&self, node: NodeId) -> Option<Type> {
        let tree = self.tree;
        let callee = tree.child_node(node, 0)?;
        if let Some(ty) = self.out.type_of(callee) {
            let mut ty = self.out.unfold(ty);
            if let TypeKind::Pointer(to) = &ty.kind {
                ty = self.out.unfold(to);
            }
            return match ty.kind {
                TypeKind::Function(f) => Some(f.returns.clone()),
                _ => None,
            };
        }
        let name = tree.first_token(callee).filter(|_| tree.kind(callee) == SyntaxKind::Ident)?;
        self.out.env().macro_type_within(tree.token(name).sym, self.out.offset(), true, self.macro_depth)
    }

    fn unary(&self, node: NodeId, of: Option<&Type>) -> Option<Type> {
        let op = self.tree.child_tokens(node).next()?;
        match self.tree.token(op).kind {
            TokenKind::Bang => Some(Type::int()),
            TokenKind::Star => self.element_of(of?),
            TokenKind::Amp => Some(strip_bits(of?).pointer()),
            _ => of.cloned(),
        }
    }

    fn binary(&self, node: NodeId, left: Option<&Type>, right: Option<&Type>) -> Option<Type> {
        use TokenKind as T;
        let op = self.tree.child_tokens(node).next()?;
        let op = self.tree.token(op).kind;
        match op {
            T::AmpAmp | T::PipePipe | T::EqEq | T::Ne | T::Lt | T::Gt | T::Le | T::Ge => Some(Type::int()),
            _ => match (left, right) {
                (Some(a), Some(b)) => Some(self.arithmetic(op, a, b)),
                (a, b) => a.or(b).cloned(),
            },
        }
    }

    fn arithmetic(&self, op: TokenKind, a: &Type, b: &Type) -> Type {
        let (a, b) = (strip_bits(a), strip_bits(b));
        if let (TypeKind::Base(x), TypeKind::Base(y)) = (&a.kind, &b.kind) {
            let shift = matches!(op, TokenKind::Shl | TokenKind::Shr);
            return Type::base(if shift { x.arithmetic(Base::Int) } else { x.arithmetic(*y) });
        }
        let is_pointer = |t: &Type| matches!(self.out.unfold(t).kind, TypeKind::Pointer(_) | TypeKind::Array(_));
        match (op, is_pointer(&a), is_pointer(&b)) {
            (TokenKind::Minus, true, true) => Type::named("ptrdiff_t"),
            (TokenKind::Plus, false, true) => b,
            _ => a,
        }
    }
}

fn strip_bits(ty: &Type) -> Type {
    match &ty.kind {
        TypeKind::BitField(of, _) => (**of).clone(),
        _ => ty.clone(),
    }
}

/// The type of a number by its form and suffix; with the bits of `int` and `long` also by its size, as C says.
pub(super) fn number(text: &[u8], bits: Option<(u32, u32)>) -> Option<Type> {
    let lower = text.to_ascii_lowercase();
    let hex = lower.starts_with(b"0x");
    let float = !hex && lower.iter().any(|b| matches!(b, b'.' | b'e')) || hex && lower.contains(&b'p');
    let plain = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b'.' | b'+' | b'-' | b'x' | b'p' | b'l');
    if float && lower.iter().all(plain) {
        return Some(Type::base(match lower.last()? {
            b'f' => Base::Float,
            b'l' => Base::LongDouble,
            _ => Base::Double,
        }));
    }
    if float {
        return None;
    }
    let digits = lower.iter().rposition(|b| b.is_ascii_digit() || (hex && b.is_ascii_hexdigit()));
    let suffix = &lower[digits.map_or(0, |d| d + 1)..];
    let long = suffix.iter().filter(|b| **b == b'l').count();
    let unsigned = suffix.contains(&b'u');
    if suffix.len() != long + usize::from(unsigned) {
        return None;
    }
    if let Some(bits) = bits {
        let value = integer(&lower[..digits.map_or(0, |d| d + 1)])?;
        let decimal = !lower.starts_with(b"0");
        return Some(Type::base(fitting(value, (long, unsigned, decimal), bits)));
    }
    Some(Type::base(match (long, unsigned) {
        (0, false) => Base::Int,
        (0, true) => Base::UInt,
        (1, false) => Base::Long,
        (1, true) => Base::ULong,
        (_, false) => Base::LongLong,
        (_, true) => Base::ULongLong,
    }))
}

fn integer(digits: &[u8]) -> Option<u128> {
    let text = std::str::from_utf8(digits).ok()?;
    match text.strip_prefix("0x") {
        Some(hex) => u128::from_str_radix(hex, 16).ok(),
        None if text.starts_with('0') => u128::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

/// The first type of C's list that holds a number: a decimal one without `u` gets an unsigned type only where no `long` holds it.
fn fitting(value: u128, (long, unsigned, decimal): (usize, bool, bool), (int, long_bits): (u32, u32)) -> Base {
    let all = [
        (0, int, false, Base::Int),
        (0, int, true, Base::UInt),
        (1, long_bits, false, Base::Long),
        (1, long_bits, true, Base::ULong),
        (2, 64, false, Base::LongLong),
        (2, 64, true, Base::ULongLong),
    ];
    let fits = |(rank, bits, u, _): &&(usize, u32, bool, Base)| {
        let allowed = *rank >= long && (*u || !unsigned) && (!*u || unsigned || !decimal || *rank > 0);
        allowed && value.checked_shr(bits - u32::from(!*u)).unwrap_or(0) == 0
    };
    all.iter().find(fits).map_or(Base::ULongLong, |x| x.3)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_by_size() {
        let cases = [
            ("2147483647", "int"),
            ("2147483648", "long"),
            ("0xffffffff", "unsigned int"),
            ("9223372036854775808", "unsigned long"),
            ("3000000000u", "unsigned int"),
            ("1LL", "long long"),
        ];
        for (text, ty) in cases {
            let found = number(text.as_bytes(), Some((32, 64))).map(|t| t.to_string());
            assert_eq!(found.as_deref(), Some(ty), "{text}");
        }
    }

    #[test]
    fn numbers() {
        let cases = [
            ("0", "int"),
            ("0x1fUL", "unsigned long"),
            ("1u", "unsigned int"),
            ("1LL", "long long"),
            ("0xffull", "unsigned long long"),
            ("1.0", "double"),
            ("1e3f", "float"),
            ("0x1p3", "double"),
            ("1.5L", "long double"),
            ("017l", "long"),
        ];
        for (text, ty) in cases {
            assert_eq!(number(text.as_bytes(), None).map(|t| t.to_string()).as_deref(), Some(ty), "{text}");
        }
        assert_eq!(number(b"100baseT_Full", None), None);
        assert_eq!(number(b"1z", None), None);
    }
}

//! The binary operators of C and how tightly they bind; shared by the parser and by what decides on parentheses in output.

use crate::token::TokenKind;

/// The precedence of `||`; a larger number binds more tightly.
pub const LOWEST: u8 = 1;
/// The precedence of relational operators, which a choice of operators is read with.
pub const RELATIONAL: u8 = 7;
/// The precedence of additive operators, which a metavariable for an operator has for the operators after it; for those before it, it has
/// the lowest.
pub const ADDITIVE: u8 = 10;

/// How tightly a binary operator (other than comma and assignment) binds; nothing for other tokens.
#[must_use]
pub const fn binary(kind: TokenKind) -> Option<u8> {
    Some(match kind {
        TokenKind::PipePipe => LOWEST,
        TokenKind::AmpAmp => 2,
        TokenKind::Pipe => 3,
        TokenKind::Caret => 4,
        TokenKind::Amp => 5,
        TokenKind::EqEq | TokenKind::Ne => 6,
        TokenKind::Lt | TokenKind::Gt | TokenKind::Le | TokenKind::Ge => RELATIONAL,
        TokenKind::Min | TokenKind::Max => 8,
        TokenKind::Shl | TokenKind::Shr => 9,
        TokenKind::Plus | TokenKind::Minus => ADDITIVE,
        TokenKind::Star | TokenKind::Slash | TokenKind::Percent => 11,
        _ => return None,
    })
}

/// Whether a token is an assignment operator.
#[must_use]
pub const fn is_assignment(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Eq
            | TokenKind::PlusEq
            | TokenKind::MinusEq
            | TokenKind::StarEq
            | TokenKind::SlashEq
            | TokenKind::PercentEq
            | TokenKind::AmpEq
            | TokenKind::PipeEq
            | TokenKind::CaretEq
            | TokenKind::ShlEq
            | TokenKind::ShrEq
            | TokenKind::MinEq
            | TokenKind::MaxEq
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_bind_as_in_c() {
        for pair in [
            (TokenKind::PipePipe, TokenKind::AmpAmp),
            (TokenKind::AmpAmp, TokenKind::Pipe),
            (TokenKind::Amp, TokenKind::EqEq),
            (TokenKind::Ne, TokenKind::Lt),
            (TokenKind::Ge, TokenKind::Shl),
            (TokenKind::Shr, TokenKind::Plus),
            (TokenKind::Minus, TokenKind::Percent),
        ] {
            assert!(binary(pair.0) < binary(pair.1), "{pair:?}");
        }
        assert_eq!(binary(TokenKind::Eq), None);
        assert!(is_assignment(TokenKind::ShlEq) && !is_assignment(TokenKind::EqEq));
    }
}

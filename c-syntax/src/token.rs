//! Tokens: the positions of everything. One vocabulary for C and for patterns (SmPL adds a few kinds).

use crate::sym::Sym;

/// The kind of a token. Keywords and operators are kinds of their own, so that parsers compare one byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum TokenKind {
    /// An identifier (bytes >= 0x80 and `$` count as letters).
    Ident,
    /// A preprocessing number (C11 6.4.8), `100baseT_Full` included.
    Number,
    /// A character constant, prefix included.
    Char,
    /// A string literal, prefix included.
    Str,
    /// A whole logical preprocessor line, continuations and comments included.
    Directive,
    /// A byte that belongs to no token.
    Stray,
    // Operators and punctuation.
    LParen,
    RParen,
    LBrace,
    RBrace,
    LBracket,
    RBracket,
    Semi,
    Comma,
    Dot,
    Arrow,
    Ellipsis,
    Question,
    Colon,
    ColonColon,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    PlusPlus,
    MinusMinus,
    Amp,
    Pipe,
    Caret,
    Tilde,
    Bang,
    AmpAmp,
    PipePipe,
    Shl,
    Shr,
    Lt,
    Gt,
    Le,
    Ge,
    EqEq,
    Ne,
    Eq,
    PlusEq,
    MinusEq,
    StarEq,
    SlashEq,
    PercentEq,
    AmpEq,
    PipeEq,
    CaretEq,
    ShlEq,
    ShrEq,
    Hash,
    HashHash,
    At,
    Min,
    Max,
    MinEq,
    MaxEq,
    // Keywords.
    KwAuto,
    KwBreak,
    KwCase,
    KwChar,
    KwConst,
    KwContinue,
    KwDefault,
    KwDo,
    KwDouble,
    KwElse,
    KwEnum,
    KwExtern,
    KwFloat,
    KwFor,
    KwGoto,
    KwIf,
    KwInline,
    KwInt,
    KwLong,
    KwRegister,
    KwReturn,
    KwShort,
    KwSigned,
    KwSizeof,
    KwStatic,
    KwStruct,
    KwSwitch,
    KwTypedef,
    KwUnion,
    KwUnsigned,
    KwVoid,
    KwVolatile,
    KwWhile,
    KwBool,
    KwComplex,
    KwTypeof,
    KwAsm,
    KwAttribute,
    KwGeneric,
    KwAlignof,
    KwAlignas,
    KwNoreturn,
    KwStaticAssert,
    KwThreadLocal,
    KwAtomic,
    KwAutoType,
    KwExtension,
    KwRestrict,
    KwInt128,
    KwLabel,
    // SmPL only. In column 0 the delimiters of disjunctions are written without a backslash.
    NestOpen,
    NestOpenPlus,
    NestClose,
    NestClosePlus,
    DisjOpen,
    DisjOr,
    ConjAnd,
    DisjClose,
    SixDots,
    /// The end of the input; no tree holds it.
    Eof,
}

impl TokenKind {
    /// The operators and punctuation of C, in the order of their kinds.
    pub(crate) const PUNCT: [Self; 54] = [
        Self::LParen,
        Self::RParen,
        Self::LBrace,
        Self::RBrace,
        Self::LBracket,
        Self::RBracket,
        Self::Semi,
        Self::Comma,
        Self::Dot,
        Self::Arrow,
        Self::Ellipsis,
        Self::Question,
        Self::Colon,
        Self::ColonColon,
        Self::Plus,
        Self::Minus,
        Self::Star,
        Self::Slash,
        Self::Percent,
        Self::PlusPlus,
        Self::MinusMinus,
        Self::Amp,
        Self::Pipe,
        Self::Caret,
        Self::Tilde,
        Self::Bang,
        Self::AmpAmp,
        Self::PipePipe,
        Self::Shl,
        Self::Shr,
        Self::Lt,
        Self::Gt,
        Self::Le,
        Self::Ge,
        Self::EqEq,
        Self::Ne,
        Self::Eq,
        Self::PlusEq,
        Self::MinusEq,
        Self::StarEq,
        Self::SlashEq,
        Self::PercentEq,
        Self::AmpEq,
        Self::PipeEq,
        Self::CaretEq,
        Self::ShlEq,
        Self::ShrEq,
        Self::Hash,
        Self::HashHash,
        Self::At,
        Self::Min,
        Self::Max,
        Self::MinEq,
        Self::MaxEq,
    ];

    /// The spelling of an operator, punctuation or keyword; for other kinds a description.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ident => "identifier",
            Self::Number => "number",
            Self::Char => "character constant",
            Self::Str => "string",
            Self::Directive => "preprocessor line",
            Self::Stray => "stray byte",
            Self::LParen => "(",
            Self::RParen => ")",
            Self::LBrace => "{",
            Self::RBrace => "}",
            Self::LBracket => "[",
            Self::RBracket => "]",
            Self::Semi => ";",
            Self::Comma => ",",
            Self::Dot => ".",
            Self::Arrow => "->",
            Self::Ellipsis => "...",
            Self::Question => "?",
            Self::Colon => ":",
            Self::ColonColon => "::",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Star => "*",
            Self::Slash => "/",
            Self::Percent => "%",
            Self::PlusPlus => "++",
            Self::MinusMinus => "--",
            Self::Amp => "&",
            Self::Pipe => "|",
            Self::Caret => "^",
            Self::Tilde => "~",
            Self::Bang => "!",
            Self::AmpAmp => "&&",
            Self::PipePipe => "||",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::Lt => "<",
            Self::Gt => ">",
            Self::Le => "<=",
            Self::Ge => ">=",
            Self::EqEq => "==",
            Self::Ne => "!=",
            Self::Eq => "=",
            Self::PlusEq => "+=",
            Self::MinusEq => "-=",
            Self::StarEq => "*=",
            Self::SlashEq => "/=",
            Self::PercentEq => "%=",
            Self::AmpEq => "&=",
            Self::PipeEq => "|=",
            Self::CaretEq => "^=",
            Self::ShlEq => "<<=",
            Self::ShrEq => ">>=",
            Self::Hash => "#",
            Self::HashHash => "##",
            Self::At => "@",
            Self::Min => "<?",
            Self::Max => ">?",
            Self::MinEq => "<?=",
            Self::MaxEq => ">?=",
            Self::KwAuto => "auto",
            Self::KwBreak => "break",
            Self::KwCase => "case",
            Self::KwChar => "char",
            Self::KwConst => "const",
            Self::KwContinue => "continue",
            Self::KwDefault => "default",
            Self::KwDo => "do",
            Self::KwDouble => "double",
            Self::KwElse => "else",
            Self::KwEnum => "enum",
            Self::KwExtern => "extern",
            Self::KwFloat => "float",
            Self::KwFor => "for",
            Self::KwGoto => "goto",
            Self::KwIf => "if",
            Self::KwInline => "inline",
            Self::KwInt => "int",
            Self::KwLong => "long",
            Self::KwRegister => "register",
            Self::KwReturn => "return",
            Self::KwShort => "short",
            Self::KwSigned => "signed",
            Self::KwSizeof => "sizeof",
            Self::KwStatic => "static",
            Self::KwStruct => "struct",
            Self::KwSwitch => "switch",
            Self::KwTypedef => "typedef",
            Self::KwUnion => "union",
            Self::KwUnsigned => "unsigned",
            Self::KwVoid => "void",
            Self::KwVolatile => "volatile",
            Self::KwWhile => "while",
            Self::KwBool => "_Bool",
            Self::KwComplex => "_Complex",
            Self::KwTypeof => "typeof",
            Self::KwAsm => "asm",
            Self::KwAttribute => "__attribute__",
            Self::KwGeneric => "_Generic",
            Self::KwAlignof => "_Alignof",
            Self::KwAlignas => "_Alignas",
            Self::KwNoreturn => "_Noreturn",
            Self::KwStaticAssert => "_Static_assert",
            Self::KwThreadLocal => "_Thread_local",
            Self::KwAtomic => "_Atomic",
            Self::KwAutoType => "__auto_type",
            Self::KwExtension => "__extension__",
            Self::KwRestrict => "restrict",
            Self::KwInt128 => "__int128",
            Self::KwLabel => "__label__",
            Self::NestOpen => "<...",
            Self::NestOpenPlus => "<+...",
            Self::NestClose => "...>",
            Self::NestClosePlus => "...+>",
            Self::DisjOpen => "\\(",
            Self::DisjOr => "\\|",
            Self::ConjAnd => "\\&",
            Self::DisjClose => "\\)",
            Self::SixDots => "......",
            Self::Eof => "end of input",
        }
    }

    /// The keyword that `word` spells, GNU and C23 spellings included; nothing for an identifier.
    #[must_use]
    pub fn keyword(word: &[u8]) -> Option<Self> {
        crate::word::keyword(Sym::of(word)).map(|k| k.0)
    }

    /// Whether the kind is a C keyword.
    #[must_use]
    pub const fn is_keyword(self) -> bool {
        (self as u8) >= (Self::KwAuto as u8) && (self as u8) <= (Self::KwLabel as u8)
    }

    /// Whether the kind is an operator or punctuation of C.
    #[must_use]
    pub const fn is_punct(self) -> bool {
        (self as u8) >= (Self::LParen as u8) && (self as u8) <= (Self::MaxEq as u8)
    }

    /// Whether it is an operator that assigns.
    #[must_use]
    pub fn is_assignment(self) -> bool {
        self.is_punct() && self.text().ends_with('=') && !matches!(self, Self::EqEq | Self::Ne | Self::Le | Self::Ge)
    }
}

/// Facts about a token's place.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct TokenFlags(pub u8);

impl TokenFlags {
    /// First token of its physical line.
    pub const FIRST_ON_LINE: Self = Self(1);
    /// Starts in column 0.
    pub const COLUMN_0: Self = Self(2);

    /// Whether all flags of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A token of a tree. Offsets are bytes from the start of the tree's text ([`crate::tree::Tree::text`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Facts about its place.
    pub flags: TokenFlags,
    /// First byte.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// The name of its text.
    pub sym: Sym,
}

impl Token {
    /// One past the last byte.
    #[must_use]
    pub const fn end(self) -> u32 {
        self.start + self.len
    }
}

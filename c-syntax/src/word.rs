//! Words of C: where one ends, its symbol, and whether it is a keyword, eight bytes at a time.

use crate::sym::{self, Sym};
use crate::token::TokenKind;

/// Keywords and their spellings, that of the standard first, GNU and C23 ones included.
const SPELLINGS: [(TokenKind, &[&str]); 50] = {
    use TokenKind as T;
    [
        (T::KwAuto, &["auto"]),
        (T::KwBreak, &["break"]),
        (T::KwCase, &["case"]),
        (T::KwChar, &["char"]),
        (T::KwConst, &["const", "__const", "__const__"]),
        (T::KwContinue, &["continue"]),
        (T::KwDefault, &["default"]),
        (T::KwDo, &["do"]),
        (T::KwDouble, &["double"]),
        (T::KwElse, &["else"]),
        (T::KwEnum, &["enum"]),
        (T::KwExtern, &["extern"]),
        (T::KwFloat, &["float"]),
        (T::KwFor, &["for"]),
        (T::KwGoto, &["goto"]),
        (T::KwIf, &["if"]),
        (T::KwInline, &["inline", "__inline", "__inline__"]),
        (T::KwInt, &["int"]),
        (T::KwLong, &["long"]),
        (T::KwRegister, &["register"]),
        (T::KwReturn, &["return"]),
        (T::KwShort, &["short"]),
        (T::KwSigned, &["signed", "__signed", "__signed__"]),
        (T::KwSizeof, &["sizeof"]),
        (T::KwStatic, &["static"]),
        (T::KwStruct, &["struct"]),
        (T::KwSwitch, &["switch"]),
        (T::KwTypedef, &["typedef"]),
        (T::KwUnion, &["union"]),
        (T::KwUnsigned, &["unsigned"]),
        (T::KwVoid, &["void"]),
        (T::KwVolatile, &["volatile", "__volatile", "__volatile__"]),
        (T::KwWhile, &["while"]),
        (T::KwBool, &["_Bool"]),
        (T::KwComplex, &["_Complex"]),
        (T::KwTypeof, &["typeof", "__typeof", "__typeof__", "typeof_unqual"]),
        (T::KwAsm, &["asm", "__asm", "__asm__"]),
        (T::KwAttribute, &["__attribute__", "__attribute"]),
        (T::KwGeneric, &["_Generic"]),
        (T::KwAlignof, &["_Alignof", "__alignof", "__alignof__", "alignof"]),
        (T::KwAlignas, &["_Alignas", "alignas"]),
        (T::KwNoreturn, &["_Noreturn"]),
        (T::KwStaticAssert, &["_Static_assert"]),
        (T::KwThreadLocal, &["_Thread_local", "__thread"]),
        (T::KwAtomic, &["_Atomic"]),
        (T::KwAutoType, &["__auto_type"]),
        (T::KwExtension, &["__extension__"]),
        (T::KwRestrict, &["restrict", "__restrict", "__restrict__"]),
        (T::KwInt128, &["__int128"]),
        (T::KwLabel, &["__label__"]),
    ]
};

/// A spelling of a keyword in the table of keywords.
#[derive(Clone, Copy)]
struct Slot {
    spelling: Sym,
    /// The symbol of the standard's spelling.
    sym: Sym,
    /// `Ident` where the slot is empty.
    kind: TokenKind,
}

/// About four slots for each spelling, so that most words that are none meet an empty one.
const SLOTS: usize = 256;

/// The spellings of keywords by their symbols: each in the first free slot from that of its lowest bits.
static KEYWORDS: [Slot; SLOTS] = {
    let mut out = [Slot { spelling: Sym(0), sym: Sym(0), kind: TokenKind::Ident }; SLOTS];
    let mut k = 0;
    while k < SPELLINGS.len() {
        let (kind, spellings) = SPELLINGS[k];
        let mut s = 0;
        while s < spellings.len() {
            let spelling = Sym::of(spellings[s].as_bytes());
            let mut at = spelling.0 as usize % SLOTS;
            while !matches!(out[at].kind, TokenKind::Ident) {
                at = (at + 1) % SLOTS;
            }
            out[at] = Slot { spelling, sym: Sym::of(spellings[0].as_bytes()), kind };
            s += 1;
        }
        k += 1;
    }
    out
};

/// The keyword that a word with this symbol spells, and the symbol of its usual spelling: `__const__` is `const`.
#[inline]
pub(crate) fn keyword(word: Sym) -> Option<(TokenKind, Sym)> {
    let mut at = word.0 as usize % SLOTS;
    loop {
        let slot = &KEYWORDS[at];
        if slot.kind == TokenKind::Ident {
            return None;
        }
        if slot.spelling == word {
            return Some((slot.kind, slot.sym));
        }
        at = (at + 1) % SLOTS;
    }
}

/// Whether words hold this byte.
pub(crate) const fn is_word_byte(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80
}

/// The end of the run of word bytes from `start`, and its symbol.
#[inline]
pub(crate) fn read(text: &[u8], start: usize) -> (usize, Sym) {
    let mut state = sym::START;
    let mut at = start;
    loop {
        let chunk = chunk(text, at);
        let count = leading_word_bytes(chunk);
        if count < 8 {
            at += count;
            let last = chunk & ((1 << (8 * count)) - 1);
            return (at, sym::finish(state, last, at - start));
        }
        state = sym::step(state, chunk);
        at += 8;
    }
}

/// Eight bytes from `at`, zeros behind the end.
#[inline]
fn chunk(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => sym::tail(rest),
    }
}

/// How many of the first bytes are word bytes. Works on all eight at once: the high bit of a byte tells whether it is one.
#[inline]
const fn leading_word_bytes(chunk: u64) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    // None of the sums overflows its byte.
    let low = chunk & !HIGH;
    let folded = low | (0x20 * ONES);
    // Of two sums of which one is larger, exactly one has the high bit where the byte lies between.
    let letter = (folded + (0x80 - b'a' as u64) * ONES) ^ (folded + (0x7f - b'z' as u64) * ONES);
    let digit = (low + (0x80 - b'0' as u64) * ONES) ^ (low + (0x7f - b'9' as u64) * ONES);
    let no_other = ((low ^ (b'_' as u64 * ONES)) + 0x7f * ONES) & ((low ^ (b'$' as u64 * ONES)) + 0x7f * ONES);
    let none = !(letter | digit | chunk) & no_other & HIGH;
    none.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_bytes_of_any_chunk() {
        for place in 0..8 {
            for c in 0..=255u8 {
                for other in [b'a', b'Z', b'_', 0xff] {
                    let mut bytes = [other; 8];
                    bytes[place] = c;
                    let want = bytes.iter().position(|c| !is_word_byte(*c)).unwrap_or(8);
                    assert_eq!(leading_word_bytes(u64::from_le_bytes(bytes)), want, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn words_of_any_length() {
        for len in 0..40 {
            let word: Vec<u8> = (0..len).map(|i| b'a' + (i % 26) as u8).collect();
            for behind in [&b""[..], b" ", b"(x, y, z);"] {
                let text = [b"  ", &word[..], behind].concat();
                assert_eq!(read(&text, 2), (2 + len, Sym::of(&word)));
            }
        }
    }

    #[test]
    fn keywords_by_all_spellings() {
        for (kind, spellings) in SPELLINGS {
            for spelling in spellings {
                let known = keyword(Sym::of(spelling.as_bytes()));
                assert_eq!(known, Some((kind, Sym::of(kind.text().as_bytes()))), "{spelling}");
            }
        }
        for word in ["If", "i", "", "Static", "__thread__"] {
            assert_eq!(keyword(Sym::of(word.as_bytes())), None, "{word}");
        }
    }
}

//! Names of texts: a 64-bit content hash, so that equality is comparison of integers without any table.
//!
//! A symbol is the same in every file, thread and re-parse, which is what bindings that cross elements,
//! files and rules need (architecture, decision 7). The text itself stays in its source.

use std::fmt;

/// The name of a token's text. Two texts have equal symbols exactly if they are equal,
/// up to a chance of one in 2^64 for each pair. Every token has one, so that it asks for no more alignment than the rest of a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(4))]
pub struct Sym(pub u64);

impl Sym {
    /// The symbol of `text`. Usable in constants: `const NULL: Sym = Sym::of(b"NULL");`.
    #[must_use]
    pub const fn of(text: &[u8]) -> Self {
        let mut state = START;
        let mut rest = text;
        while let Some((chunk, more)) = rest.split_first_chunk::<8>() {
            state = step(state, u64::from_le_bytes(*chunk));
            rest = more;
        }
        finish(state, tail(rest), text.len())
    }
}

/// The state before the first bytes.
pub(crate) const START: u64 = 0xcbf2_9ce4_8422_2325;

/// Mixes eight more bytes in; for each state a permutation of them.
#[inline]
pub(crate) const fn step(state: u64, bytes: u64) -> u64 {
    let h = (state ^ bytes).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    h ^ h >> 32
}

/// The symbol of a text of this length after all full steps; `last` are the bytes that are left, fewer than eight.
#[inline]
pub(crate) const fn finish(state: u64, last: u64, len: usize) -> Sym {
    // The finaliser of MurmurHash3, so that high bits are as good as low ones.
    let mut h = step(state, last | (len as u64) << 56);
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^= h >> 33;
    Sym(h)
}

/// Fewer than eight bytes as they would be read, with zeros behind them.
pub(crate) const fn tail(bytes: &[u8]) -> u64 {
    let mut out: u64 = 0;
    let mut i = bytes.len();
    while i > 0 {
        i -= 1;
        out = out << 8 | bytes[i] as u64;
    }
    out
}

impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sym({:016x})", { self.0 })
    }
}

//! Names of texts: a 64-bit content hash, so that equality is comparison of integers without any table.
//!
//! A symbol is the same in every file, thread and re-parse, which is what bindings that cross elements,
//! files and rules need (architecture, decision 7). The text itself stays in its source.

use std::fmt;

/// The name of a token's text. Two texts have equal symbols exactly if they are equal,
/// up to a chance of one in 2^64 for each pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u64);

impl Sym {
    /// The symbol of `text`. Usable in constants: `const NULL: Sym = Sym::of(b"NULL");`.
    #[must_use]
    pub const fn of(text: &[u8]) -> Self {
        // FNV-1a, then the finaliser of MurmurHash3 so that high bits are as good as low ones.
        let mut h: u64 = 0xcbf2_9ce4_8422_2325;
        let mut i = 0;
        while i < text.len() {
            h ^= text[i] as u64;
            h = h.wrapping_mul(0x0000_0100_0000_01b3);
            i += 1;
        }
        h ^= h >> 33;
        h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
        h ^= h >> 33;
        h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        h ^= h >> 33;
        Self(h)
    }
}

impl fmt::Debug for Sym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sym({:016x})", self.0)
    }
}

//! Sets of kinds of nodes.

use c_syntax::SyntaxKind;

/// A set of kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct KindSet(u128);

impl KindSet {
    /// All of them.
    pub(crate) const ALL: Self = Self(u128::MAX);

    /// These kinds.
    pub(crate) fn of(kinds: &[SyntaxKind]) -> Self {
        let mut set = Self::default();
        kinds.iter().for_each(|k| set.insert(*k));
        set
    }

    pub(crate) fn insert(&mut self, kind: SyntaxKind) {
        self.0 |= 1 << kind as u8;
    }

    pub(crate) fn has(self, kind: SyntaxKind) -> bool {
        self.0 >> (kind as u8) & 1 == 1
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

// Each kind has a bit.
const _: () = assert!((SyntaxKind::LAST as usize) < 128);

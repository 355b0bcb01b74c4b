//! Which changed lines had to change.

use std::collections::BTreeSet;

use super::side::Side;

/// Lines of the old and of the new text, or items of them.
pub(super) type Both = (BTreeSet<usize>, BTreeSet<usize>);

/// What became of the items of two texts.
#[derive(Default)]
pub(super) struct Change {
    /// Items that went, and items that came.
    pub touched: Both,
    /// Items that stayed, of lines that may have changed; in order.
    pub partners: Vec<(usize, usize)>,
}

impl Change {
    /// The lines, among some and those of the partners, that had a reason to change.
    pub fn reasons(&self, a: &Side<'_>, b: &Side<'_>, lines: &Both) -> Both {
        let Self { touched, partners } = self;
        let mut fine: Both = (
            lines.0.iter().copied().filter(|l| a.allows(*l, &touched.0, false)).collect(),
            lines.1.iter().copied().filter(|l| b.allows(*l, &touched.1, true)).collect(),
        );
        for (p, q) in partners {
            let nested = a.items[*p].depth != b.items[*q].depth;
            let first = a.starts_line(*p) && b.starts_line(*q);
            if nested || first && a.goes_on(*p, &touched.0, b, *q, &touched.1) {
                fine.0.extend(a.lines_of(*p));
                fine.1.extend(b.lines_of(*q));
            }
        }
        // Code that was added or removed between two tokens of a line parts or joins what stands around it.
        for w in partners.windows(2) {
            let ((p, q), (v, w)) = (w[0], w[1]);
            if (p + 1..v).any(|t| touched.0.contains(&t)) || (q + 1..w).any(|t| touched.1.contains(&t)) {
                let parted = a.lines_of(p).end > a.lines_of(v).start && b.lines_of(q).end <= b.lines_of(w).start;
                let joined = a.lines_of(p).end <= a.lines_of(v).start && b.lines_of(q).end > b.lines_of(w).start;
                if parted || joined {
                    fine.0.extend(a.lines_of(p).chain(a.lines_of(v)));
                    fine.1.extend(b.lines_of(q).chain(b.lines_of(w)));
                }
            }
        }
        self.spread(a, b, &mut fine);
        fine
    }

    /// Where tokens moved from line to line, the old and the new lines count as one.
    fn spread(&self, a: &Side<'_>, b: &Side<'_>, fine: &mut Both) {
        let line = |(p, q): &(usize, usize)| (a.lines_of(*p).start, b.lines_of(*q).start);
        let lines: BTreeSet<(usize, usize)> = self.partners.iter().map(line).collect();
        loop {
            let before = fine.0.len() + fine.1.len();
            for (x, y) in &lines {
                if fine.0.contains(x) || fine.1.contains(y) {
                    fine.0.insert(*x);
                    fine.1.insert(*y);
                }
            }
            if fine.0.len() + fine.1.len() == before {
                break;
            }
        }
    }
}

/// A line as it is shown, with its number.
pub(super) fn shown(side: &Side<'_>, line: usize, sign: char) -> String {
    format!("{}: {sign}{}", line + 1, side.shown(line))
}

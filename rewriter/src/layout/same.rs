//! Code that stands on several lines and is replaced by partly the same code: what stays the same stays where it is, with its line
//! breaks, blanks and comments.

use std::ops::Range;

use c_syntax::TokenKind as T;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::piece::{Kind, Piece};

/// How added code takes the place of removed code piece by piece. Indices are those of the pieces of the removed code.
#[derive(Default)]
pub(super) struct Exchange<'a> {
    /// Pieces that stay.
    pub stay: Vec<Range<usize>>,
    /// Blanks, comments and line breaks that go.
    pub go: Vec<usize>,
    /// What comes in front of a piece, or behind the last one.
    pub come: Vec<(usize, Vec<Piece<'a>>)>,
}

/// Longer code is replaced as a whole.
const LONGEST: usize = 2048;

/// Takes removed and added code apart; nothing if no line break of the removed code would stay.
pub(super) fn exchange<'a>(old: &[Piece<'a>], new: &[Piece<'a>], file: &'a [u8]) -> Option<Exchange<'a>> {
    let (mut a, b) = (Side::new(old, file), Side::new(new, file));
    if a.tokens.len().max(b.tokens.len()) > LONGEST {
        return None;
    }
    // Line breaks between statements are none inside of them, those of a list in braces none of arguments.
    let statements = a.count(T::Semi) != b.count(T::Semi);
    let lists = a.count(T::LBrace) != b.count(T::LBrace);
    if statements || lists {
        a.give_up(statements, lists);
    }
    let (left, right) = (a.texts(), b.texts());
    let mut out = Exchange::default();
    let mut lines = 0;
    // The last tokens of both sides that stay, or are done with.
    let mut last: Option<(usize, usize)> = None;
    let mut changed: (Range<usize>, Range<usize>) = (0..0, 0..0);
    for op in capture_diff_slices(Algorithm::Myers, &left, &right) {
        let (x, y) = (op.old_range(), op.new_range());
        if !matches!(op, DiffOp::Equal { .. }) {
            changed = (changed.0.start..x.end, changed.1.start..y.end);
            continue;
        }
        for (p, q) in x.zip(y) {
            // A bracket moves with the name in front of it, and so do the lines behind it.
            let named = || matches!(new[b.tokens[q - 1]].kind, Kind::Code(T::Ident | T::KwSizeof));
            if !changed.1.is_empty() && new[b.tokens[q]].is(T::LParen) && named() {
                changed = (changed.0.start..p + 1, changed.1.start..q + 1);
                continue;
            }
            lines += settle(&a, &b, last, &changed, Some((p, q)), &mut out)?;
            out.stay.push(a.tokens[p]..a.tokens[p] + 1);
            last = Some((p, q));
            changed = (p + 1..p + 1, q + 1..q + 1);
        }
    }
    lines += settle(&a, &b, last, &changed, None, &mut out)?;
    (lines > 0).then_some(out)
}

/// Settles what lies between the last token that stays and the next one: how many line breaks stay there.
fn settle<'a>(
    a: &Side<'_, 'a>,
    b: &Side<'_, 'a>,
    last: Option<(usize, usize)>,
    (gone, come): &(Range<usize>, Range<usize>),
    next: Option<(usize, usize)>,
    out: &mut Exchange<'a>,
) -> Option<usize> {
    let old = Gaps { side: a, last: last.map(|l| l.0), changed: gone, next: next.map(|n| n.0) };
    let new = Gaps { side: b, last: last.map(|l| l.1), changed: come, next: next.map(|n| n.1) };
    // Where the added code comes: in front of what goes, or of what stays.
    let at = a.tokens.get(gone.start).copied().unwrap_or(a.pieces.len());
    let mut kept = 0;
    let mut keep = |gap: Range<usize>, out: &mut Exchange<'a>| {
        kept += usize::from(a.breaks(&gap));
        out.stay.push(gap);
    };
    match (gone.is_empty(), come.is_empty()) {
        (true, true) => {
            let (mine, theirs) = (old.whole(), new.whole());
            let asked = b.breaks(&theirs) && !a.breaks(&mine);
            let holds = |side: &Side<'_, 'a>, gap: &Range<usize>, text| side.ink(gap).any(|t| t == text);
            let stale = a.gives_up(&mine) && a.ink(&mine).all(|t| holds(b, &theirs, t));
            if asked || stale || !b.ink(&theirs).all(|t| holds(a, &mine, t)) {
                a.go(mine, out)?;
                out.come.push((at, b.pieces[theirs].to_vec()));
            } else {
                keep(mine, out);
            }
        }
        (true, false) => {
            // New code between two neighbours: a line break between them comes behind it, but in front of what goes with the next one, and
            // behind a directive.
            let mine = old.whole();
            if a.breaks(&mine) {
                let line = last.is_some_and(|l| a.pieces[a.tokens[l.0]].kind == Kind::Directive);
                let end = if line { new.front().start } else { new.end_of_line() };
                out.come.push((last.map_or(0, |l| a.tokens[l.0] + 1), b.pieces[new.front().start..end].to_vec()));
                keep(mine, out);
                let rest = end..new.back().end;
                let start =
                    b.pieces[rest.clone()].iter().take_while(|p| !p.is_code() && p.kind != Kind::Comment).count();
                out.come.push((at, b.pieces[rest.start + start..rest.end].to_vec()));
            } else {
                a.go(mine, out)?;
                out.come.push((at, b.pieces[new.whole()].to_vec()));
            }
        }
        (false, true) => {
            // Of the line breaks around what goes one stays, if anything has to.
            let theirs = new.whole();
            let (front, back) = (old.front(), old.back());
            a.go(old.inside(), out)?;
            // A brace stays on the line of its head.
            let opens = next.is_some_and(|(_, q)| new.side.pieces[b.tokens[q]].is(T::LBrace)) && !b.breaks(&theirs);
            let apart = !theirs.is_empty() && last.is_some() && next.is_some() && !opens;
            if apart && a.breaks(&back) {
                a.go(front, out)?;
                keep(back, out);
            } else if apart && a.breaks(&front) {
                a.go(back, out)?;
                keep(front, out);
            } else {
                a.go(front, out)?;
                a.go(back, out)?;
                out.come.push((at, b.pieces[theirs].to_vec()));
            }
        }
        (false, false) => {
            let (front, back) = (old.front(), old.back());
            a.go(old.inside(), out)?;
            let mut pieces = Vec::new();
            let mut start = new.front().end;
            if a.breaks(&front) {
                // No line starts with a comma.
                if b.pieces[start].is(T::Comma) {
                    out.come.push((front.start, vec![b.pieces[start]]));
                    let rest = &b.pieces[start + 1..new.back().start];
                    start += 1 + rest.iter().take_while(|p| !p.is_code() && p.kind != Kind::Comment).count();
                }
                keep(front, out);
            } else {
                a.go(front, out)?;
                pieces.extend_from_slice(&b.pieces[new.front()]);
            }
            let rest = &b.pieces[start..new.back().start];
            pieces.extend_from_slice(rest);
            // Only what stood behind a bracket goes on below one.
            let opens =
                |side: &Side<'_, '_>, at: usize| matches!(side.pieces[at].kind, Kind::Code(T::LParen | T::LBracket));
            let opened = opens(b, b.tokens[come.end - 1]) && !opens(a, a.tokens[gone.end - 1]);
            if rest.is_empty() || opened {
                a.go(back, out)?;
            } else if a.breaks(&back) {
                keep(back, out);
            } else {
                a.go(back, out)?;
                pieces.extend_from_slice(&b.pieces[new.back()]);
            }
            out.come.push((at, pieces));
        }
    }
    Some(kept)
}

/// Removed or added code.
struct Side<'s, 'a> {
    pieces: &'s [Piece<'a>],
    file: &'a [u8],
    /// The pieces that are code, with directives and with what the tree does not hold.
    tokens: Vec<usize>,
    /// Of each piece, whether a line break there is none that a change may keep.
    lost: Vec<bool>,
}

impl<'s, 'a> Side<'s, 'a> {
    fn new(pieces: &'s [Piece<'a>], file: &'a [u8]) -> Self {
        let tokens = (0..pieces.len()).filter(|i| pieces[*i].is_code()).collect();
        Self { pieces, file, tokens, lost: Vec::new() }
    }

    fn count(&self, kind: T) -> usize {
        self.tokens.iter().filter(|i| self.pieces[**i].is(kind)).count()
    }

    /// Gives up the line breaks that are in no parentheses (and no braces), and those that are in braces.
    fn give_up(&mut self, outside: bool, braces: bool) {
        let mut open = Vec::new();
        let lost = self.pieces.iter().map(|p| {
            match p.kind {
                Kind::Code(kind @ (T::LParen | T::LBracket | T::LBrace)) => open.push(kind),
                Kind::Code(T::RParen | T::RBracket | T::RBrace) => drop(open.pop()),
                _ => {}
            }
            match open.last() {
                Some(T::LBrace) => braces || outside && !open.contains(&T::LParen) && !open.contains(&T::LBracket),
                Some(_) => false,
                None => outside,
            }
        });
        self.lost = lost.collect();
    }

    fn texts(&self) -> Vec<&[u8]> {
        self.tokens.iter().map(|i| self.pieces[*i].bytes(self.file)).collect()
    }

    /// Whether a gap has a line break.
    fn breaks(&self, gap: &Range<usize>) -> bool {
        gap.clone().any(|i| self.pieces[i].is_newline() && !self.lost.get(i).is_some_and(|lost| *lost))
    }

    /// Whether a gap has a line break that a change may not keep.
    fn gives_up(&self, gap: &Range<usize>) -> bool {
        gap.clone().any(|i| self.pieces[i].is_newline() && self.lost.get(i).is_some_and(|lost| *lost))
    }

    /// The comments of a gap.
    fn ink(&self, gap: &Range<usize>) -> impl Iterator<Item = &[u8]> {
        let here = self.pieces[gap.clone()].iter().filter(|p| p.kind == Kind::Comment);
        here.map(|p| p.bytes(self.file))
    }

    /// A gap goes; nothing if code would be lost.
    fn go(&self, gap: Range<usize>, out: &mut Exchange<'a>) -> Option<()> {
        for i in gap {
            let p = &self.pieces[i];
            if p.is_code() && !p.gone {
                return None;
            }
            if !p.is_code() {
                out.go.push(i);
            }
        }
        Some(())
    }
}

/// The gaps around a stretch of tokens that goes or comes, between two that stay.
struct Gaps<'s, 'a> {
    side: &'s Side<'s, 'a>,
    last: Option<usize>,
    changed: &'s Range<usize>,
    next: Option<usize>,
}

impl Gaps<'_, '_> {
    fn from(&self) -> usize {
        self.last.map_or(0, |l| self.side.tokens[l] + 1)
    }

    fn to(&self) -> usize {
        self.next.map_or(self.side.pieces.len(), |n| self.side.tokens[n])
    }

    /// Where nothing goes or comes.
    fn whole(&self) -> Range<usize> {
        self.from()..self.to()
    }

    /// The gap in front.
    fn front(&self) -> Range<usize> {
        self.from()..self.side.tokens[self.changed.start]
    }

    /// The gap behind.
    fn back(&self) -> Range<usize> {
        self.side.tokens[self.changed.end - 1] + 1..self.to()
    }

    /// Where in code that comes a line can end.
    fn end_of_line(&self) -> usize {
        let tokens = &self.side.tokens[self.changed.clone()];
        let kind = |i: usize| self.side.pieces[tokens[i]].kind;
        // What stays comes into a list that opens here: the list goes with it.
        let mut open = Vec::new();
        for i in 0..tokens.len() {
            match kind(i) {
                Kind::Code(T::LParen | T::LBracket) => open.push(i + 1),
                Kind::Code(T::RParen | T::RBracket) => drop(open.pop()),
                _ => {}
            }
        }
        let mut start = open.first().copied().unwrap_or(tokens.len());
        while start > 0 {
            let opens = matches!(kind(start - 1), Kind::Code(T::LParen | T::LBracket | T::Bang));
            // A name goes with its arguments.
            let called = start < tokens.len()
                && kind(start) == Kind::Code(T::LParen)
                && matches!(kind(start - 1), Kind::Code(T::Ident | T::KwSizeof));
            if !(opens || called) {
                break;
            }
            start -= 1;
        }
        let rest = tokens.len() - start;
        match tokens.len() - rest {
            0 => self.front().start,
            n => tokens[n - 1] + 1,
        }
    }

    /// From the first to the last token that goes.
    fn inside(&self) -> Range<usize> {
        self.front().end..self.back().start
    }
}

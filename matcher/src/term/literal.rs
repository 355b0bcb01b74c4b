//! Constants by value, and strings with format fragments (`semantics.md` 4.4).

use c_syntax::{NodeId, TokenKind};
use smpl_parser::{ListLen, MvId, MvKind};

use super::{K, TermMatcher};

impl<'a> TermMatcher<'a> {
    /// A number or character against another: integers by value, everything else by text.
    pub(crate) fn constant(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (Some(pt), Some(ct)) = (self.p.first_token(p), self.c.first_token(c)) else { return };
        if self.var_of(pt).is_some() {
            if self.token(pt, ct) {
                k(self);
            }
            return;
        }
        let (a, b) = (self.p.token(pt), self.c.token(ct));
        let equal = a.sym == b.sym
            || (self.isos.value_format
                && a.kind == TokenKind::Number
                && b.kind == TokenKind::Number
                && integer_text(self.p.token_text(pt)).is_some_and(|v| integer_text(self.c.token_text(ct)) == Some(v)));
        if equal && self.record(pt, ct) {
            k(self);
        }
    }

    /// A string against another: by text, or by fragments if the pattern has format metavariables or dots.
    pub(crate) fn string(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (Some(pt), Some(ct)) = (self.p.first_token(p), self.c.first_token(c)) else { return };
        if self.var_of(pt).is_some() || self.p.token(pt).sym == self.c.token(ct).sym {
            if self.token(pt, ct) {
                k(self);
            }
            return;
        }
        let Some(pieces) = self.format_pieces(self.p.token_text(pt)) else { return };
        let text = self.c.token_text(ct);
        self.pieces(&pieces, text, 0, &mut |m| {
            let mark = m.mark();
            if m.record(pt, ct) {
                k(m);
            }
            m.reset(mark);
        });
    }

    /// The pieces of a pattern string; none if it has no format metavariable and no dots among directives.
    fn format_pieces(&self, text: &[u8]) -> Option<Vec<Piece>> {
        if !text.contains(&b'%') {
            return None;
        }
        let mut pieces = Vec::new();
        let mut special = false;
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            if rest.starts_with(b"...") && is_alone(text, at, &pieces) {
                special = true;
                pieces.push(Piece::Dots);
                at += 3;
            } else if let Some((var, len)) = self.format_variable(rest) {
                special = true;
                pieces.push(Piece::Var(var));
                at += len;
            } else {
                let len = if rest[0] == b'%' { directive_len(rest).max(1) } else { 1 };
                pieces.push(Piece::Text(rest[..len].to_vec()));
                at += len;
            }
        }
        special.then_some(pieces)
    }

    /// `%@name@` at the start of a text.
    fn format_variable(&self, text: &[u8]) -> Option<(MvId, usize)> {
        let rest = text.strip_prefix(b"%@")?;
        let end = rest.iter().position(|b| *b == b'@')?;
        let name = std::str::from_utf8(&rest[..end]).ok()?;
        let index = self.rule.metavars.iter().position(|m| m.name == name)?;
        Some((MvId(index as u32), end + 3))
    }

    fn pieces(&mut self, pieces: &[Piece], text: &[u8], at: usize, k: K<'_, 'a>) {
        if !self.enter() {
            return;
        }
        match pieces.split_first() {
            None if at == text.len() => k(self),
            None => {}
            Some((Piece::Text(t), rest)) => {
                if text[at..].starts_with(t) {
                    self.pieces(rest, text, at + t.len(), k);
                }
            }
            Some((Piece::Dots, rest)) => {
                let mut end = at;
                while end < text.len() {
                    self.pieces(rest, text, end, k);
                    end += fragment_len(&text[end..]);
                }
            }
            Some((Piece::Var(var), rest)) => self.format_value(*var, rest, text, at, k),
        }
        self.leave();
    }

    /// A format metavariable takes one directive (without its `%`), a list takes fragments up to the end of some directive.
    fn format_value(&mut self, var: MvId, rest: &[Piece], text: &[u8], at: usize, k: K<'_, 'a>) {
        let len = match self.rule.metavars.get(var.0 as usize).map(|m| &m.kind) {
            Some(MvKind::FormatList(len)) => Some(len.clone()),
            _ => None,
        };
        let mut end = at;
        let mut count = 0;
        while end < text.len() {
            let is_directive = text[end] == b'%' && !text[end..].starts_with(b"%%");
            if !is_directive && (len.is_none() || count == 0) {
                return;
            }
            end += fragment_len(&text[end..]);
            if !is_directive {
                continue;
            }
            count += 1;
            let Some(value) = text.get(at + 1..end) else { return };
            let mark = self.mark();
            let id = self.text_value(&String::from_utf8_lossy(value));
            let fits = match &len {
                None => true,
                Some(l) => self.list_length(l, count),
            };
            if fits && self.bind(var, id) {
                self.pieces(rest, text, end, k);
            }
            self.reset(mark);
            if len.is_none() {
                return;
            }
            // A list that ends the string takes the text behind its last directive too.
            let close = text.len() - 1;
            let last = matches!(rest, [Piece::Text(t)] if t == b"\"") && end < close;
            if last
                && !has_directive(&text[end..close])
                && let Some(value) = text.get(at + 1..close)
            {
                let id = self.text_value(&String::from_utf8_lossy(value));
                if len.as_ref().is_none_or(|l| self.list_length(l, count)) && self.bind(var, id) {
                    self.pieces(rest, text, close, k);
                }
                self.reset(mark);
            }
        }
    }

    /// Whether a list may have `n` elements; binds the length.
    pub(crate) fn list_length(&mut self, len: &ListLen, n: u32) -> bool {
        match len {
            ListLen::Any => true,
            ListLen::Exactly(m) => *m == n,
            ListLen::Var(var) => {
                let id = self.length_value(n);
                self.bind(*var, id)
            }
        }
    }
}

/// A piece of a pattern string.
enum Piece {
    Text(Vec<u8>),
    Var(MvId),
    Dots,
}

/// Whether dots are all that stands between two directives, or a directive and an end of the string. Others are text.
fn is_alone(text: &[u8], at: usize, before: &[Piece]) -> bool {
    let ends = match before.last() {
        Some(Piece::Text(t)) => at == 1 || t.starts_with(b"%"),
        Some(Piece::Var(_)) => true,
        Some(Piece::Dots) | None => false,
    };
    let behind = &text[at + 3..];
    ends && (behind == b"\"" || behind.starts_with(b"%"))
}

/// The length of the directive at the start of a text that begins with `%`; 0 if it is none.
fn directive_len(text: &[u8]) -> usize {
    if text.get(1) == Some(&b'%') {
        return 2;
    }
    let flags = text[1..].iter().take_while(|b| b"-+ #0123456789.*hlLqjzt'".contains(b)).count();
    match text.get(1 + flags) {
        Some(b) if b.is_ascii_alphabetic() => flags + 2,
        _ => 0,
    }
}

/// Whether a text has a directive.
fn has_directive(mut text: &[u8]) -> bool {
    while !text.is_empty() {
        if text[0] == b'%' && !text.starts_with(b"%%") {
            return true;
        }
        text = &text[fragment_len(text).min(text.len())..];
    }
    false
}

/// The length of the next fragment: a directive, an escape or one byte.
fn fragment_len(text: &[u8]) -> usize {
    match text.first() {
        Some(b'%') => directive_len(text).max(1),
        Some(b'\\') if text.len() > 1 => 2,
        _ => 1,
    }
}

/// The value of an integer written in decimal or hexadecimal without suffix. Leading zeros do not make it octal, as in the
/// original; such a number equals only its own text there.
pub(crate) fn integer_text(text: &[u8]) -> Option<u128> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u128::from_str_radix(hex, 16).ok();
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, value) in [
            ("16", Some(16)),
            ("0x10", Some(16)),
            ("0X1f", Some(31)),
            ("020", Some(20)),
            ("16UL", None),
            ("1.5", None),
            ("0", Some(0)),
            ("99999999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(integer_text(text.as_bytes()), value, "{text}");
        }
    }

    #[test]
    fn directives() {
        for (text, len) in [("%d x", 2), ("%-08lx", 6), ("%%", 2), ("%", 0), ("% ", 0), ("%.*s", 4)] {
            assert_eq!(directive_len(text.as_bytes()), len, "{text}");
        }
    }
}

//! `#include` and `#pragma` lines: one token in code, a few in a pattern.

use c_syntax::branches::directive_word;
use c_syntax::lexer::{Directives, lex_range};
use c_syntax::{Child, ElementKind, NodeId, SyntaxKind, TokenId, TokenKind};
use cfg::{Point, PointKind};
use smpl_parser::MvKind;

use super::{K, TermMatcher};

impl<'a> TermMatcher<'a> {
    /// A directive against a directive.
    pub(crate) fn directive(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        match self.p.kind(p) {
            SyntaxKind::Include => self.include(p, c, k),
            _ => self.pragma(p, c, k),
        }
    }

    fn include(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (Some(line), Some(what)) = (self.c.first_token(c), self.p.child_node(p, 0)) else { return };
        let Some(header) = header_of(self.c.token_text(line)) else { return };
        let Some(word) = self.p.first_token(p) else { return };
        self.header(what, header, &mut |m, last| {
            if !m.include_is_edge(p, word, last, what) {
                return;
            }
            let range = line.0..line.0 + 1;
            let fine = m.touch(word, range.clone())
                && m.attach(word, range.clone())
                && (last == word || (m.touch_again(last, line) && m.attach(last, range)));
            if fine {
                k(m);
            }
        });
    }

    /// The edits of the last token of an include on the line, which the first token may have removed already.
    fn touch_again(&mut self, last: TokenId, line: TokenId) -> bool {
        self.touch(last, line.0..line.0 + 1)
    }

    /// What names the header, against the header of the line; `k` gets the pattern token that stands for it.
    fn header(&mut self, p: NodeId, header: &'a [u8], k: &mut dyn FnMut(&mut TermMatcher<'a>, TokenId)) {
        match self.p.kind(p) {
            SyntaxKind::Disj => self.disjunction(p, &mut |m, branch| m.header(branch, header, k)),
            SyntaxKind::MetaVar => {
                let Some((var, token)) = self.var_of_node(p) else { return };
                let id = self.text_value(&String::from_utf8_lossy(header));
                if self.bind(var, id) {
                    k(self, token);
                }
            }
            _ => {
                let Some(token) = self.p.first_token(p) else { return };
                if header_matches(self.p.token_text(token), header) {
                    k(self, token);
                }
            }
        }
    }

    /// Code before or after an include with dots goes to the first or last one that matches (`semantics.md` 4.3).
    fn include_is_edge(&self, p: NodeId, word: TokenId, last: TokenId, what: NodeId) -> bool {
        let (Some(first), Some(end)) = (self.pat.tokens.get(word.0 as usize), self.pat.tokens.get(last.0 as usize))
        else {
            return true;
        };
        let slots = self.pat.slots.get(&p);
        let before = slots.is_some_and(|s| !s.before.is_empty()) || !first.before.is_empty() && !self.is_minus(word);
        let after = slots.is_some_and(|s| !s.after.is_empty()) || !end.after.is_empty() && !self.is_minus(last);
        if self.p.kind(what) == SyntaxKind::MetaVar || (!before && !after) {
            return true;
        }
        let pattern = self.p.token_text(last);
        if !pattern.windows(3).any(|w| w == b"...") {
            return true;
        }
        let mut depth = 0usize;
        let mut matching = Vec::new();
        for (i, e) in self.ctx.source.elements.iter().enumerate() {
            let text = self.ctx.source.text.get(e.start as usize..e.end as usize).unwrap_or_default();
            match e.element.kind {
                ElementKind::Conditional => depth = conditional_depth(text, depth),
                ElementKind::Include if header_of(text).is_some_and(|h| header_matches(pattern, h)) => {
                    matching.push((i, depth));
                }
                _ => {}
            }
        }
        // An include guard around the whole file does not count as a condition.
        let outermost = matching.iter().map(|m| m.1).min().unwrap_or(0);
        let mut plain = matching.iter().filter(|m| m.1 == outermost).map(|m| m.0);
        let mine = self.ctx.index;
        if before { plain.next() == Some(mine) } else { plain.next_back() == Some(mine) }
    }

    /// `#pragma name rest`: the pattern's words one by one; dots and `pragmainfo` take the rest.
    fn pragma(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (ps, cs) = (self.p.children(p), self.c.children(c));
        self.pragma_words(ps, cs, k);
    }

    fn pragma_words(&mut self, ps: &[Child], cs: &[Child], k: K<'_, 'a>) {
        let Some((first, rest)) = ps.split_first() else {
            if cs.is_empty() {
                k(self);
            }
            return;
        };
        if let Child::Node(n) = *first {
            let takes_rest = match self.p.kind(n) {
                SyntaxKind::Dots => true,
                SyntaxKind::MetaVar => self.var_of_node(n).is_some_and(|(v, _)| {
                    self.rule.metavars.get(v.0 as usize).is_some_and(|m| matches!(m.kind, MvKind::PragmaInfo))
                }),
                _ => false,
            };
            if takes_rest {
                return self.pragma_rest(n, cs, k);
            }
        }
        let Some((c, c_rest)) = cs.split_first() else { return };
        match (*first, *c) {
            (Child::Token(p), Child::Token(c)) => {
                if self.token(p, c) {
                    self.pragma_words(rest, c_rest, k);
                }
            }
            (Child::Node(p), Child::Node(c)) => self.node(p, c, &mut |m| m.pragma_words(rest, c_rest, k)),
            _ => {}
        }
    }

    /// A pattern of `#include` or `#pragma` against a directive inside an element, which is one token.
    pub(crate) fn directive_line(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        if self.p.kind(p) == SyntaxKind::Include {
            return self.include(p, c, k);
        }
        let Some(line) = self.c.first_token(c) else { return };
        let Some(rest) = after_pragma(self.c.token_text(line)) else { return };
        let words: Vec<(usize, usize)> = lex_range(rest, 0, rest.len(), 0, Directives::Tokens)
            .iter()
            .map(|t| (t.start as usize, t.end() as usize))
            .collect();
        let mark = self.mark();
        if self.pragma_text(p, rest, &words) && self.touch_line(p, line) {
            k(self);
        }
        self.reset(mark);
    }

    /// A name against the names in what is not read: the body of a `#define` inside an element, which is one token, and tokens that no
    /// grammar reads.
    pub(crate) fn mention(&mut self, p: NodeId, point: &Point) {
        let tree = self.c;
        if point.kind == PointKind::Directive {
            let Some(line) = point.node().and_then(|n| tree.first_token(n)) else { return };
            let Some((parameters, body)) = macro_parts(tree.token_text(line)) else { return };
            let own = names(parameters);
            for text in names(body).into_iter().filter(|n| !own.contains(n)) {
                self.mentioned(p, text);
            }
        } else if self.has_unread() {
            for n in self.places(point, |n| is_unread(tree.kind(n))) {
                for t in tree.held_tokens(n).into_iter().filter(|t| tree.token(*t).kind == TokenKind::Ident) {
                    self.mentioned(p, tree.token_text(t));
                }
            }
        }
    }

    fn mentioned(&mut self, p: NodeId, text: &[u8]) {
        let Some(token) = self.p.first_token(p) else { return };
        let mark = self.mark();
        let fits = match self.var_of(token) {
            Some(var) => {
                let id = self.text_value(&String::from_utf8_lossy(text));
                self.bind(var, id)
            }
            None => self.p.token_text(token) == text,
        };
        if fits {
            self.emit();
        }
        self.reset(mark);
    }

    /// Whether the element has tokens that no grammar reads.
    fn has_unread(&mut self) -> bool {
        let tree = self.c;
        *self.unread.get_or_insert_with(|| tree.ids().any(|n| is_unread(tree.kind(n))))
    }

    /// The pattern's words after `#pragma` against words of a text, all of them.
    fn pragma_text(&mut self, p: NodeId, text: &[u8], words: &[(usize, usize)]) -> bool {
        let word = |w: &(usize, usize)| String::from_utf8_lossy(&text[w.0..w.1]).into_owned();
        let mut words = words.iter();
        for child in &self.p.children(p)[1..] {
            let token = match *child {
                Child::Token(t) => Some(t),
                Child::Node(n) => self.p.first_token(n),
            };
            let Some(token) = token else { return false };
            let dots = matches!(*child, Child::Node(n) if self.p.kind(n) == SyntaxKind::Dots);
            let var = self.var_of(token);
            let info = var.is_some_and(|v| {
                self.rule.metavars.get(v.0 as usize).is_some_and(|m| matches!(m.kind, MvKind::PragmaInfo))
            });
            if dots || info {
                let rest = match (words.next(), words.next_back()) {
                    (Some(first), last) => {
                        String::from_utf8_lossy(&text[first.0..last.unwrap_or(first).1]).into_owned()
                    }
                    (None, _) => String::new(),
                };
                let id = self.text_value(&rest);
                return var.is_none_or(|v| self.bind(v, id));
            }
            let Some(found) = words.next() else { return false };
            let fits = match var {
                Some(v) => {
                    let id = self.text_value(&word(found));
                    self.bind(v, id)
                }
                None => self.p.token_text(token) == &text[found.0..found.1],
            };
            if !fits {
                return false;
            }
        }
        words.next().is_none()
    }

    /// The edits of all tokens of a pattern on one token of the code: they must agree on whether it stays.
    fn touch_line(&mut self, p: NodeId, line: TokenId) -> bool {
        let tokens = self.p.held_tokens(p);
        let range = line.0..line.0 + 1;
        let minus = tokens.first().is_some_and(|t| self.is_minus(*t));
        if tokens.iter().any(|t| self.is_minus(*t) != minus) {
            return false;
        }
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return false };
        self.touch(*first, range.clone())
            && self.attach(*first, range.clone())
            && (first == last || self.touch_again(*last, line) && self.attach(*last, range))
    }

    fn pragma_rest(&mut self, p: NodeId, cs: &[Child], k: K<'_, 'a>) {
        let Some(token) = self.p.first_token(p) else { return };
        let bounds = |c: &Child| match *c {
            Child::Token(t) => t.0..t.0 + 1,
            Child::Node(n) => self.c.token_range(n),
        };
        let range = match (cs.first(), cs.last()) {
            (Some(a), Some(b)) => bounds(a).start..bounds(b).end,
            _ => 0..0,
        };
        if let Some((var, _)) = self.var_of_node(p) {
            let text = if range.is_empty() {
                String::new()
            } else {
                let (a, b) = (self.c.token(TokenId(range.start)), self.c.token(TokenId(range.end - 1)));
                String::from_utf8_lossy(self.c.slice(a.start, b.end())).into_owned()
            };
            let id = self.text_value(&text);
            if !self.bind(var, id) {
                return;
            }
        }
        if self.touch(token, range.clone()) && self.attach(token, range) {
            k(self);
        }
    }
}

/// What follows `#pragma` on its line.
fn after_pragma(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"#")?.trim_ascii_start().strip_prefix(b"pragma")?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then_some(rest)
}

/// The parameters of a `#define` line, and what stands behind them.
fn macro_parts(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (b"define", name) = directive_word(line) else { return None };
    let end = name.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b'_')?;
    match name.get(end)? {
        b'(' => name.iter().position(|b| *b == b')').map(|close| name[end..].split_at(close + 1 - end)),
        _ => Some((&[], &name[end..])),
    }
}

/// The names in a text.
fn names(text: &[u8]) -> Vec<&[u8]> {
    let words = lex_range(text, 0, text.len(), 0, Directives::Tokens);
    let names = words.iter().filter(|w| w.kind == TokenKind::Ident);
    names.map(|w| &text[w.start as usize..w.end() as usize]).collect()
}

/// `<a/b.h>` or `"b.h"` or a name, of an `#include` line.
fn header_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.trim_ascii_start().strip_prefix(b"#")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"include_next").or_else(|| rest.strip_prefix(b"include"))?.trim_ascii_start();
    let close = match rest.first()? {
        b'<' => b'>',
        b'"' => b'"',
        _ => return rest.split(|b| b.is_ascii_whitespace()).next(),
    };
    let end = rest[1..].iter().position(|b| *b == close)?;
    Some(&rest[..end + 2])
}

/// Whether the header that a pattern names (perhaps ending in dots) is this one.
fn header_matches(pattern: &[u8], header: &[u8]) -> bool {
    if pattern == b"..." || pattern == header {
        return true;
    }
    let (Some((p_last, p_body)), Some((h_last, h_body))) = (pattern.split_last(), header.split_last()) else {
        return false;
    };
    match p_body.strip_suffix(b"...") {
        Some(prefix) => p_last == h_last && h_body.starts_with(prefix) && h_body.len() > prefix.len(),
        None => false,
    }
}

/// The depth of conditionals after a conditional line.
fn conditional_depth(line: &[u8], depth: usize) -> usize {
    let word = line.trim_ascii_start().strip_prefix(b"#").unwrap_or_default().trim_ascii_start();
    if word.starts_with(b"if") {
        depth + 1
    } else if word.starts_with(b"endif") {
        depth.saturating_sub(1)
    } else {
        depth
    }
}

/// Kinds of nodes of tokens that are not read.
const fn is_unread(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::Opaque | SyntaxKind::RawArg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (line, header) in [
            ("#include <a/b.h>", Some("<a/b.h>")),
            ("# include \"x.h\" // c", Some("\"x.h\"")),
            ("#include FOO", Some("FOO")),
            ("#define x", None),
        ] {
            assert_eq!(header_of(line.as_bytes()), header.map(str::as_bytes), "{line}");
        }
        for (pattern, header, fits) in [
            ("<a.h>", "<a.h>", true),
            ("<a.h>", "\"a.h\"", false),
            ("<linux/...>", "<linux/a.h>", true),
            ("<linux/...>", "<asm/a.h>", false),
            ("...", "<asm/a.h>", true),
            ("\"...\"", "\"x.h\"", true),
            ("\"...\"", "<x.h>", false),
        ] {
            assert_eq!(header_matches(pattern.as_bytes(), header.as_bytes()), fits, "{pattern} {header}");
        }
    }
}

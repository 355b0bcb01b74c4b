//! Lines and markers: the driver of the body lexer.

use c_syntax::{Diagnostic, Span, Sym, TokenKind};
use smallvec::SmallVec;

use super::scan::{self, block_comment_len, ident_len, line_len};
use super::{AddedText, BodyScope, LexedBody, LineMark, ScopeVar, SmplTok};
use crate::ast::FragmentKind;

/// The tokens of a rule's body.
///
/// `text` is the text buffer of the patch, of which `range` is the body; `line` is the line (from 1) on which `range` starts.
/// `mid_line` says that something stands before the body on that line.
#[must_use]
pub fn lex_body(
    text: &[u8],
    range: std::ops::Range<usize>,
    line: u32,
    mid_line: bool,
    scope: &BodyScope,
    diags: &mut Vec<Diagnostic>,
) -> LexedBody {
    let end = range.end.min(text.len());
    let pos = range.start.min(end);
    let line_start = memchr::memrchr(b'\n', &text[..pos]).map_or(0, |i| i + 1);
    let mut lexer = BodyLexer {
        text: &text[..end],
        buffer: text,
        scope,
        diags,
        out: LexedBody::default(),
        pos,
        line,
        lline: 0,
        line_start,
        state: LineState::default(),
        produced: false,
        open: 0,
    };
    lexer.run(mid_line);
    lexer.out
}

/// The marker of the current line.
#[derive(Clone, Copy, Default)]
struct LineState {
    mark: LineMark,
    many: bool,
    opt: bool,
}

struct BodyLexer<'a> {
    /// The text buffer up to the end of the body.
    text: &'a [u8],
    buffer: &'a [u8],
    scope: &'a BodyScope,
    diags: &'a mut Vec<Diagnostic>,
    out: LexedBody,
    pos: usize,
    line: u32,
    lline: u32,
    line_start: usize,
    state: LineState,
    /// Whether the current line has given a token.
    produced: bool,
    /// How many disjunctions and conjunctions are open.
    open: u32,
}

impl<'a> BodyLexer<'a> {
    fn run(&mut self, mid_line: bool) {
        let mut at_line_start = !mid_line;
        let mut header_lines = diff_header(&self.text[self.pos..]);
        while self.pos < self.text.len() {
            if at_line_start && header_lines > 0 && !self.rest().starts_with(b"\n") {
                header_lines -= 1;
                self.pos += line_len(self.rest());
            } else if at_line_start {
                self.start_line();
            }
            at_line_start = self.finish_line();
        }
        if let Some(last) = self.out.toks.last_mut() {
            last.ends_line = true;
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text[self.pos..]
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.pos + ahead).copied()
    }

    /// Reads the marker, and what stands in column 0.
    fn start_line(&mut self) {
        self.state = LineState::default();
        match self.byte(0) {
            Some(b'-') if self.byte(1) != Some(b'-') => self.marker(1, self.minus()),
            Some(b'+') => {
                self.state.many = self.byte(1) == Some(b'+');
                self.marker(1 + usize::from(self.state.many), self.plus());
                if self.scope.reverse && self.state.many {
                    let span = self.span(self.pos - 2, self.pos);
                    self.diags.push(Diagnostic::error(
                        "E011",
                        span,
                        "`++` cannot be reversed",
                        "would be a removed line",
                    ));
                }
                if self.state.mark == LineMark::Plus && self.rest()[..line_len(self.rest())].trim_ascii().is_empty() {
                    self.added(FragmentKind::BlankLine, String::new(), self.pos, self.pos);
                }
            }
            Some(b'*') => self.marker(1, LineMark::Minus),
            Some(b'?') => {
                self.state.opt = true;
                self.pos += 1;
                match self.byte(0) {
                    Some(b'-') if !self.scope.reverse => self.marker(1, LineMark::Minus),
                    Some(b'+' | b'-') => self.bad_marker("`?+` is no marker", "plus code cannot be optional"),
                    _ => {}
                }
            }
            Some(b' ' | b'\t') => self.warn_indented_marker(),
            _ => {}
        }
        if self.state.mark == LineMark::Minus && self.byte(0) == Some(b'?') {
            self.bad_marker("`-?` is no marker", "write `?-` for an optional removed line");
        }
    }

    /// The mark of `-`.
    fn minus(&self) -> LineMark {
        if self.scope.reverse { LineMark::Plus } else { LineMark::Minus }
    }

    /// The mark of `+`.
    fn plus(&self) -> LineMark {
        if self.scope.reverse { LineMark::Minus } else { LineMark::Plus }
    }

    fn bad_marker(&mut self, message: &str, help: &str) {
        let span = self.span(self.pos, self.pos + 1);
        self.diags.push(Diagnostic::error("E011", span, message, "unexpected marker").help(help));
        self.pos += 1;
    }

    fn marker(&mut self, len: usize, mark: LineMark) {
        let span = self.span(self.pos, self.pos + len);
        let first = match (mark, self.byte(0)) {
            (_, Some(b'*')) => &mut self.out.star,
            (LineMark::Plus, _) => &mut self.out.plus,
            _ => &mut self.out.minus,
        };
        first.get_or_insert(span);
        self.state.mark = mark;
        self.pos += len;
    }

    /// W102: blanks before something that looks like a marker, where no expression can go on.
    fn warn_indented_marker(&mut self) {
        let blanks = self.rest().iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let (Some(marker @ (b'-' | b'+')), Some(b' ' | b'\t')) = (self.byte(blanks), self.byte(blanks + 1)) else {
            return;
        };
        let complete = self.out.toks.last().is_none_or(|t| {
            matches!(
                t.kind,
                TokenKind::Semi
                    | TokenKind::LBrace
                    | TokenKind::RBrace
                    | TokenKind::Ellipsis
                    | TokenKind::DisjOpen
                    | TokenKind::DisjOr
                    | TokenKind::DisjClose
                    | TokenKind::ConjAnd
            )
        });
        if complete {
            let span = self.span(self.pos + blanks, self.pos + blanks + 1);
            let message = format!("`{}` is indented, so this is a context line", char::from(marker));
            self.diags.push(
                Diagnostic::warning("W102", span, message, "read as an operator of C")
                    .help("put the marker in column 0"),
            );
        }
    }

    /// Reads tokens up to and including the end of a line. Returns whether the next byte is at the start of a line.
    fn finish_line(&mut self) -> bool {
        let mut col0_possible = self.pos == self.line_start;
        while let Some(b) = self.byte(0) {
            match b {
                b'\n' => {
                    self.newline(false);
                    return true;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.pos += 1,
                b'\\' if self.is_continuation() => {
                    self.pos += 1 + line_len(&self.rest()[1..]);
                    if self.pos < self.text.len() {
                        self.newline(true);
                    }
                    return true;
                }
                b'/' if self.byte(1) == Some(b'/') => self.line_comment(),
                b'/' if self.byte(1) == Some(b'*') => self.block_comment(),
                b'#' if self.at_directive() => self.directive(),
                _ => self.token(col0_possible),
            }
            col0_possible = false;
        }
        false
    }

    fn is_continuation(&self) -> bool {
        let rest = &self.rest()[1..];
        rest[..line_len(rest)].trim_ascii().is_empty()
    }

    /// Goes over the `\n` at the current place.
    fn newline(&mut self, continued: bool) {
        if self.produced
            && !continued
            && let Some(last) = self.out.toks.iter_mut().rfind(|t| t.added.is_none())
        {
            last.ends_line = true;
        }
        self.lline += u32::from(self.produced);
        self.produced = false;
        self.pos += 1;
        self.line += 1;
        self.line_start = self.pos;
    }

    fn line_comment(&mut self) {
        let len = line_len(self.rest());
        if self.state.mark == LineMark::Plus {
            let text = String::from_utf8_lossy(self.rest()[..len].trim_ascii_end()).into_owned();
            self.added(FragmentKind::Comment, text, self.pos, self.pos + len);
        }
        self.pos += len;
    }

    /// A block comment: skipped, or kept as added text on plus lines, each line without its marker.
    fn block_comment(&mut self) {
        let start = self.pos;
        let (len, closed) = block_comment_len(self.rest());
        if !closed {
            let span = self.span(start, start + 2);
            self.diags.push(Diagnostic::error("E012", span, "this comment is not closed", "starts here"));
        }
        let plus = self.state.mark == LineMark::Plus;
        if plus {
            let text = self.plus_comment(start, start + len);
            self.added(FragmentKind::Comment, text, start, start + len);
        }
        for i in start..start + len {
            if self.text[i] == b'\n' {
                self.pos = i;
                self.newline(false);
                if !plus {
                    self.state = LineState::default();
                }
            }
        }
        self.pos = start + len;
    }

    /// The text of a comment in plus code; every line must start with `+`.
    fn plus_comment(&mut self, start: usize, end: usize) -> String {
        let mut out = Vec::new();
        let mut at = start;
        for (i, line) in self.text[start..end].split(|b| *b == b'\n').enumerate() {
            let mut line_text = line;
            if i > 0 {
                out.push(b'\n');
                if let Some(rest) = line.strip_prefix(b"+") {
                    line_text = rest.strip_prefix(b"+").unwrap_or(rest);
                } else {
                    let span = self.span(at, at + line.len().max(1));
                    self.diags.push(
                        Diagnostic::error(
                            "E012",
                            span,
                            "a line of a comment in plus code has no `+`",
                            "in the comment",
                        )
                        .help("every line of the comment must start with `+`"),
                    );
                }
            }
            out.extend_from_slice(line_text);
            at += line.len() + 1;
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    fn at_directive(&self) -> bool {
        let before = &self.text[self.line_start..self.pos];
        let marker = before.iter().take_while(|b| matches!(b, b'-' | b'+' | b'*' | b'?')).count();
        before[marker..].trim_ascii().is_empty() && {
            let rest = self.rest()[1..].trim_ascii_start();
            ident_len(rest) > 0 || self.rest().starts_with(b"#!")
        }
    }

    /// A line that starts with `#`.
    fn directive(&mut self) {
        let line = &self.rest()[..line_len(self.rest())];
        let blanks = line[1..].len() - line[1..].trim_ascii_start().len();
        let word = &line[1 + blanks..];
        let word = &word[..ident_len(word)];
        let len = 1 + blanks + word.len();
        match word {
            b"include" => {
                self.push(TokenKind::Directive, len, b"#include", false);
                self.include_path();
            }
            b"define" => self.push(TokenKind::Directive, len, b"#define", false),
            b"undef" => self.push(TokenKind::Directive, len, b"#undef", false),
            b"pragma" => self.push(TokenKind::Directive, len, b"#pragma", false),
            b"spatch" | b"" => self.pos += line.len(),
            b"if" | b"ifdef" | b"ifndef" | b"else" | b"elif" | b"endif" | b"error" | b"warning" | b"line"
                if self.state.mark == LineMark::Plus =>
            {
                let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
                let end = self.pos + line.len();
                self.added(FragmentKind::Unindented, text, self.pos, end);
                self.pos = end;
            }
            _ => {
                let span = self.span(self.pos, self.pos + len);
                let name = String::from_utf8_lossy(word).into_owned();
                self.diags.push(
                    Diagnostic::error(
                        "E010",
                        span,
                        format!("`#{name}` cannot be matched"),
                        "only plus code may hold it",
                    )
                    .help("leave the line out of the pattern: rules see the code of all branches"),
                );
                self.pos += line.len();
            }
        }
    }

    /// What follows `#include`.
    fn include_path(&mut self) {
        while matches!(self.byte(0), Some(b' ' | b'\t')) {
            self.pos += 1;
        }
        if self.byte(0) == Some(b'<') {
            let line = &self.rest()[..line_len(self.rest())];
            if let Some(close) = line.iter().position(|b| *b == b'>') {
                let path = &line[..=close];
                self.push(TokenKind::Str, path.len(), path, false);
            }
        }
    }

    fn token(&mut self, col0: bool) {
        let (mut kind, len) = scan::scan(self.rest());
        let bytes = &self.rest()[..len];
        let context = self.state.mark == LineMark::Context && !self.state.opt;
        if col0 && context && len == 1 {
            kind = match kind {
                TokenKind::LParen => TokenKind::DisjOpen,
                TokenKind::Pipe => TokenKind::DisjOr,
                // With nothing to separate, it takes an address.
                TokenKind::Amp if self.open > 0 => TokenKind::ConjAnd,
                TokenKind::RParen => TokenKind::DisjClose,
                other => other,
            };
        }
        match kind {
            TokenKind::Stray => self.stray(len),
            TokenKind::Ellipsis
            | TokenKind::NestOpen
            | TokenKind::NestOpenPlus
            | TokenKind::NestClose
            | TokenKind::NestClosePlus
                if self.state.mark == LineMark::Plus =>
            {
                self.dots_in_plus(len);
            }
            TokenKind::At => self.at(),
            TokenKind::Ident => self.word(len),
            TokenKind::SixDots => self.push(kind, len, b"...", col0),
            _ => self.push(kind, len, bytes, col0),
        }
    }

    /// Characters that start no token: all of the same kind beside each other, or a quote and the rest of its line.
    fn stray(&mut self, len: usize) {
        let b = self.byte(0).unwrap_or_default();
        let quote = matches!(b, b'"' | b'\'');
        let same = self.rest().iter().take_while(|c| **c == b).count();
        let len = if quote { len } else { same.max(len) };
        let span = self.span(self.pos, self.pos + len);
        let (message, help) = match b {
            b'"' => ("this string is not closed on its line".to_owned(), "add the closing quote"),
            b'\'' => ("this character constant is not closed on its line".to_owned(), "add the closing quote"),
            _ => (format!("unexpected character `{}`", b.escape_ascii()), "remove it"),
        };
        self.diags.push(Diagnostic::error("E014", span, message, "here").help(help));
        self.pos += if quote { line_len(self.rest()) } else { len };
    }

    fn dots_in_plus(&mut self, len: usize) {
        let span = self.span(self.pos, self.pos + len);
        self.diags.push(Diagnostic::error("E013", span, "dots cannot be added", "on a `+` line").help(
            "write `......` for the `...` of a C parameter list, or bind what the dots stand for with a metavariable",
        ));
        self.pos += len;
    }

    /// `@`: the positions after it go to the token before it.
    fn at(&mut self) {
        let name_at = self.pos + 1;
        let blanks = self.text[name_at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let start = name_at + blanks;
        let len = ident_len(&self.text[start..]);
        let var = self.scope.vars.get(&self.text[start..start + len]).copied();
        let Some(ScopeVar::Attached(var)) = var else {
            self.push(TokenKind::At, 1, b"@", false);
            return;
        };
        let span = self.span(self.pos, start + len);
        let host = self.out.toks.iter_mut().rfind(|t| t.added.is_none());
        match host {
            Some(tok) => tok.attached.push(var),
            None => self.diags.push(Diagnostic::error(
                "E015",
                span,
                "this position is attached to nothing",
                "there is no token before it",
            )),
        }
        self.pos = start + len;
    }

    fn word(&mut self, len: usize) {
        let word = &self.rest()[..len];
        if (word == b"when" || word == b"WHEN") && self.state.mark == LineMark::Plus {
            let span = self.span(self.pos, self.pos + len);
            self.diags.push(Diagnostic::error("E013", span, "`when` cannot be added", "on a `+` line"));
        }
        let scope = self.scope;
        match scope.vars.get(word) {
            Some(ScopeVar::Var(v)) => {
                self.push(TokenKind::Ident, len, word, false);
                self.last_mut(|t| t.var = Some(*v));
            }
            Some(ScopeVar::Attached(v)) => self.lone_position(*v, len),
            Some(ScopeVar::Literal(span)) => {
                let value = self.buffer.get(span.start as usize..span.end as usize).unwrap_or_default();
                self.push(TokenKind::Ident, len, value, false);
                self.last_mut(|t| t.text = *span);
            }
            None => {
                let kind = TokenKind::keyword(word).unwrap_or(TokenKind::Ident);
                self.push(kind, len, word, false);
            }
        }
    }

    /// The name of a position without `@`.
    fn lone_position(&mut self, var: crate::ast::MvId, len: usize) {
        let span = self.span(self.pos, self.pos + len);
        if matches!(self.out.toks.last(), Some(t) if t.kind == TokenKind::At) {
            self.out.toks.pop();
            self.last_mut(|t| t.attached.push(var));
        } else {
            self.diags.push(
                Diagnostic::error("E015", span, "a position stands alone", "not attached to a token")
                    .help("attach it to the token on its left with `@`"),
            );
        }
        self.pos += len;
    }

    fn last_mut(&mut self, change: impl FnOnce(&mut SmplTok)) {
        if let Some(t) = self.out.toks.last_mut() {
            change(t);
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(start as u32, end.min(self.text.len()) as u32)
    }

    fn added(&mut self, kind: FragmentKind, text: String, start: usize, end: usize) {
        let tok = self.make(TokenKind::Directive, start, end, b"");
        self.out.toks.push(SmplTok { added: Some(AddedText { kind, text }), ..tok });
        self.produced = true;
    }

    fn push(&mut self, kind: TokenKind, len: usize, name: &[u8], col0: bool) {
        match kind {
            TokenKind::DisjOpen => self.open += 1,
            TokenKind::DisjClose => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        let tok = self.make(kind, self.pos, self.pos + len, name);
        let text = if kind == TokenKind::SixDots { Span::new(tok.text.start, tok.text.start + 3) } else { tok.text };
        self.out.toks.push(SmplTok { col0, text, ..tok });
        self.produced = true;
        self.pos += len;
    }

    fn make(&self, kind: TokenKind, start: usize, end: usize, name: &[u8]) -> SmplTok {
        let delimiter =
            matches!(kind, TokenKind::DisjOpen | TokenKind::DisjOr | TokenKind::ConjAnd | TokenKind::DisjClose);
        SmplTok {
            kind,
            sym: Sym::of(name),
            span: self.span(start, end),
            text: self.span(start, end),
            line: self.line,
            lline: self.lline,
            col: (start - self.line_start) as u32,
            col0: false,
            mark: if delimiter { LineMark::Context } else { self.state.mark },
            many: self.state.many,
            opt: self.state.opt,
            ends_line: false,
            var: None,
            attached: SmallVec::new(),
            added: None,
        }
    }
}

/// Number of lines of a diff header (`--- a/x.c`, `+++ b/x.c`) that `text` starts with, blank lines before it aside: 0 or 2.
fn diff_header(text: &[u8]) -> usize {
    let mut lines = text.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty());
    let first = lines.next().is_some_and(|l| l.starts_with(b"--- "));
    let second = lines.next().is_some_and(|l| l.starts_with(b"+++ "));
    if first && second { 2 } else { 0 }
}

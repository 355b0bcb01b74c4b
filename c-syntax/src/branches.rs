//! Which tokens of a file are read: chooses among the branches of `#if` groups (design of the C front end, 6.2).
//!
//! Branches that can stand side by side are all kept; otherwise the first that holds tokens is.

use std::ops::Range;

use crate::token::{Token, TokenKind};

/// A complete `#if` group: its directives in order, the last is the `#endif`.
#[derive(Clone, Debug)]
pub struct Group {
    /// Indices of the directive tokens.
    pub directives: Vec<u32>,
    /// Whether branches that hold tokens were left out because they do not fit beside the kept one.
    pub alternative: bool,
}

/// The choice for a file.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Indices of the tokens that are read, directives excluded, in order.
    pub kept: Vec<u32>,
    /// All groups, outer before inner.
    pub groups: Vec<Group>,
}

/// What a directive says, as far as grouping needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conditional {
    /// `#if 0` and the like: the first branch is dead.
    IfFalse,
    /// `#if 1` and the like: the other branches are dead.
    IfTrue,
    /// Any other `#if`, `#ifdef`, `#ifndef`.
    If,
    /// `#elif` and its kin, `#else`.
    Else,
    /// `#endif`.
    Endif,
    /// A directive that is not conditional.
    Other,
}

/// The word after the `#` of a directive, and what follows it.
#[must_use]
pub fn directive_word(line: &[u8]) -> (&[u8], &[u8]) {
    let rest = line.strip_prefix(b"#").unwrap_or(line).trim_ascii_start();
    let end = rest.iter().position(|c| !c.is_ascii_alphanumeric() && *c != b'_').unwrap_or(rest.len());
    (&rest[..end], rest[end..].trim_ascii())
}

/// Reads a directive line.
#[must_use]
pub fn conditional(line: &[u8]) -> Conditional {
    let (word, rest) = directive_word(line);
    let code = rest.split(|c| *c == b'/').next().unwrap_or(rest).trim_ascii();
    match word {
        b"if" => match code {
            b"0" | b"(0)" | b"0L" | b"!1" | b"__cplusplus" | b"defined(__cplusplus)" | b"defined __cplusplus" => {
                Conditional::IfFalse
            }
            b"1" | b"(1)" => Conditional::IfTrue,
            _ if code.starts_with(b"0 &&") => Conditional::IfFalse,
            _ if code.starts_with(b"1 ||") => Conditional::IfTrue,
            _ => Conditional::If,
        },
        b"ifdef" if code == b"__cplusplus" => Conditional::IfFalse,
        b"ifdef" | b"ifndef" => Conditional::If,
        b"else" | b"elif" | b"elifdef" | b"elifndef" => Conditional::Else,
        b"endif" => Conditional::Endif,
        _ => Conditional::Other,
    }
}

/// How branches are chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Preference {
    /// The rule of the design: side by side if possible, else the first with tokens.
    #[default]
    Design,
    /// Always the first branch with tokens.
    First,
    /// Always the last branch with tokens.
    Last,
    /// All branches, whatever they hold.
    All,
}

/// Chooses branches of all groups of a file or an element.
#[must_use]
pub fn select(text: &[u8], tokens: &[Token], preference: Preference) -> Selection {
    let mut s = Selector {
        text,
        tokens,
        preference,
        out: Selection { kept: Vec::with_capacity(tokens.len()), groups: Vec::new() },
        open: Vec::new(),
        frames: Vec::new(),
    };
    s.run();
    s.out
}

struct Selector<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    preference: Preference,
    out: Selection,
    open: Vec<TokenKind>,
    frames: Vec<Frame>,
}

/// A group that is open.
struct Frame {
    group: usize,
    /// Whether the group lies in a branch that is left out.
    dead: bool,
    /// Whether the present branch is left out for good.
    branch_dead: bool,
    /// The remaining branches are left out.
    rest_dead: bool,
    /// `kept.len()` when the group began, and when the present branch began.
    begin: usize,
    branch: usize,
    /// Number of open brackets when the group began.
    depth: usize,
    /// The present branch closed a bracket from outside the group.
    negative: bool,
    /// Number of branches with kept tokens so far.
    filled: usize,
    /// Whether the branches so far may be kept in sequence.
    sequence: bool,
    /// The brackets that were open when the present branch began, if it is not the first.
    saved: Vec<TokenKind>,
}

impl Selector<'_> {
    fn line(&self, t: usize) -> &[u8] {
        let t = self.tokens[t];
        &self.text[t.start as usize..t.end() as usize]
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let code = self.tokens[at..].iter().position(|t| t.kind == TokenKind::Directive);
            let end = code.map_or(self.tokens.len(), |n| at + n);
            if !self.frames.last().is_some_and(|f| f.dead || f.branch_dead) {
                self.keep(at..end);
            }
            if end < self.tokens.len() {
                self.directive(end);
            }
            at = end + 1;
        }
        while let Some(f) = self.frames.pop() {
            // A group without `#endif` cannot be shown as a group.
            self.out.groups[f.group].directives.clear();
        }
        self.out.groups.retain(|g| g.directives.len() >= 2);
    }

    /// Keeps tokens none of which is a directive.
    fn keep(&mut self, range: Range<usize>) {
        for token in &self.tokens[range.clone()] {
            match token.kind {
                kind @ (TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket) => self.open.push(kind),
                TokenKind::RParen | TokenKind::RBrace | TokenKind::RBracket => {
                    let depth = self.open.len();
                    for f in self.frames.iter_mut().rev() {
                        if f.depth < depth {
                            break;
                        }
                        f.negative = true;
                    }
                    self.open.pop();
                }
                _ => {}
            }
        }
        self.out.kept.extend(range.start as u32..range.end as u32);
    }

    fn directive(&mut self, t: usize) {
        match conditional(self.line(t)) {
            c @ (Conditional::If | Conditional::IfTrue | Conditional::IfFalse) => self.open_group(t, c),
            Conditional::Else => {
                if self.frames.last().is_some() {
                    self.close_branch();
                    let rest_dead = self.frames.last().is_some_and(|f| f.rest_dead);
                    if let Some(f) = self.frames.last_mut() {
                        f.branch_dead = rest_dead;
                        self.out.groups[f.group].directives.push(t as u32);
                    }
                }
            }
            Conditional::Endif => {
                if self.frames.last().is_some() {
                    self.close_branch();
                    if let Some(f) = self.frames.pop() {
                        self.out.groups[f.group].directives.push(t as u32);
                    }
                }
            }
            Conditional::Other => {}
        }
    }

    fn open_group(&mut self, t: usize, c: Conditional) {
        let dead = self.frames.last().is_some_and(|f| f.dead || f.branch_dead);
        let before = self.out.kept.last().map(|k| self.tokens[*k as usize].kind);
        let inside = self.open.last();
        let place = inside.is_none_or(|k| *k == TokenKind::LBrace)
            && match before {
                None => true,
                Some(TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace | TokenKind::Comma | TokenKind::Colon) => {
                    true
                }
                Some(TokenKind::RParen) => inside.is_none(),
                _ => false,
            };
        self.out.groups.push(Group { directives: vec![t as u32], alternative: false });
        self.frames.push(Frame {
            group: self.out.groups.len() - 1,
            dead,
            branch_dead: c == Conditional::IfFalse,
            rest_dead: c == Conditional::IfTrue,
            begin: self.out.kept.len(),
            branch: self.out.kept.len(),
            depth: self.open.len(),
            negative: false,
            filled: 0,
            sequence: place,
            saved: Vec::new(),
        });
    }

    /// Decides about the branch that ends here.
    fn close_branch(&mut self) {
        let Some(f) = self.frames.last_mut() else { return };
        let n = self.out.kept.len();
        if f.dead || f.branch_dead || n == f.branch {
            return;
        }
        let balanced = !f.negative && self.open.len() == f.depth;
        let tail = self.tokens[self.out.kept[n - 1] as usize].kind;
        let in_braces = self.open.last() == Some(&TokenKind::LBrace);
        let ends = matches!(tail, TokenKind::Semi | TokenKind::RBrace | TokenKind::Colon)
            || (in_braces && tail == TokenKind::Comma)
            || (f.depth == 0 && bare_macro(self.tokens, &self.out.kept[f.branch..]));
        let fits = balanced && ends && f.sequence;
        f.filled += 1;
        let keep_new = match self.preference {
            Preference::All => true,
            Preference::Design => f.filled == 1 || fits,
            Preference::First => f.filled == 1,
            Preference::Last => {
                if f.filled > 1 {
                    self.out.kept.drain(f.begin..f.branch);
                }
                true
            }
        };
        if keep_new {
            if f.filled == 1 {
                f.sequence = fits;
                if !fits && self.preference == Preference::Design {
                    f.rest_dead = true;
                    self.out.groups[f.group].alternative = true;
                }
            }
        } else {
            self.out.kept.truncate(f.branch);
            self.open.clone_from(&f.saved);
            self.out.groups[f.group].alternative = true;
        }
        if self.preference == Preference::Last || self.preference == Preference::First {
            self.out.groups[f.group].alternative |= f.filled > 1;
        }
        f.branch = self.out.kept.len();
        f.negative = false;
        if self.open.len() < 1000 {
            f.saved.clone_from(&self.open);
        }
    }
}

/// Whether the tokens are `NAME(...)` and nothing else.
fn bare_macro(tokens: &[Token], kept: &[u32]) -> bool {
    let kind = |i: usize| tokens[kept[i] as usize].kind;
    if kept.len() < 3 || kind(0) != TokenKind::Ident || kind(1) != TokenKind::LParen {
        return false;
    }
    let mut depth = 0usize;
    for i in 1..kept.len() {
        match kind(i) {
            TokenKind::LParen => depth += 1,
            TokenKind::RParen => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1 == kept.len();
                }
            }
            _ => {}
        }
    }
    false
}

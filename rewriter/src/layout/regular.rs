//! Functions indented the same way throughout: where statements start, and how deep they lie there.
//!
//! What the passes over pieces learn from the lines around added ones (`rewriting.md` section 4) is then the same for all lines.

use c_syntax::{NodeId, SyntaxKind as K, TokenId, TokenKind as T, Tree};

use super::depth::{Source, is_inert};
use super::facts::Facts;
use super::indent::Start;
use super::piece::is_blank;

/// The lines of a function on which statements start.
pub(super) struct Regular<'a> {
    /// The first tokens of the lines, in order, and their levels.
    lines: Vec<(u32, i32)>,
    /// The unit of indentation.
    pub unit: &'a [u8],
}

impl<'a> Regular<'a> {
    /// Reads a function that starts at `base` of a text; nothing if one of its lines is indented otherwise than its level asks for.
    pub fn of(facts: &Facts<'_>, text: &'a [u8], base: usize) -> Option<Self> {
        let tree = facts.tree;
        let tokens = tree.tokens();
        let heads = heads(facts);
        let (mut source, mut start) = (Source::default(), Start::default());
        let mut lines = Vec::new();
        let mut unit: Option<&[u8]> = None;
        let mut outer = false;
        let mut at = memchr::memrchr(b'\n', &text[..base]).unwrap_or(base);
        let mut next = 0;
        while let Some(t) = tokens.get(next) {
            let i = next;
            next += 1;
            let from = base + t.start as usize;
            let indent = if from - at > 1 || text.get(at) == Some(&b'\n') { indent(&text[at..from])? } else { None };
            at = from + t.len as usize;
            let head = !heads.is_empty() && heads.binary_search(&TokenId(i as u32)).is_ok();
            let mut kind = t.kind;
            if indent.is_some()
                && let Some(end) = end_of_simple(facts, i as u32)
            {
                // Of such a statement its start and its end say all.
                kind = if is_inert(kind) { kind } else { T::Ident };
                next = end;
                at = base + tokens[end].start as usize;
            }
            let key = source.read(kind, head, indent.is_some());
            if let (Some(key), Some(indent)) = (key, indent)
                && !is_label(tree, i)
            {
                let begins = start.begins(Some(key));
                if (begins || t.kind == T::LBrace) && key.nest == 0 && key.inits == 0 {
                    let level = usize::try_from(key.level).ok()?;
                    outer |= level == 0;
                    if level > 0 && unit.is_none() {
                        unit = indent.get(..indent.len() / level).filter(|u| !u.is_empty());
                    }
                    if !is_times(indent, unit.unwrap_or_default(), level) {
                        return None;
                    }
                    lines.push((i as u32, key.level));
                }
                start.line(begins, Some(key), b"");
            }
            start.pass(kind);
        }
        let unit = unit.filter(|_| outer)?;
        Some(Self { lines, unit })
    }

    /// The level of the line that a token starts, if a statement starts there.
    pub fn level(&self, token: TokenId) -> Option<i32> {
        let at = self.lines.binary_search_by_key(&token.0, |l| l.0).ok()?;
        Some(self.lines[at].1)
    }

    /// Adds the indentation of a level.
    pub fn indent(&self, level: i32, out: &mut Vec<u8>) {
        (0..level).for_each(|_| out.extend_from_slice(self.unit));
    }
}

/// For a statement on one line without braces and labels that starts with a token: its semicolon.
fn end_of_simple(facts: &Facts<'_>, token: u32) -> Option<usize> {
    let tree = facts.tree;
    let starts = |n: &NodeId| tree.token_range(*n).start == token;
    let mut up = std::iter::successors(facts.leaves().get(TokenId(token)), |n| tree.parent(*n)).take_while(starts);
    let node = up.find(|n| matches!(tree.kind(*n), K::ExprStmt | K::Declaration | K::Return))?;
    let last = tree.last_token(node).filter(|t| t.0 > token && tree.token(*t).kind == T::Semi)?;
    memchr::memchr2(b'\n', b'{', tree.node_text(node)).is_none().then_some(last.0 as usize)
}

/// The names of iterator macros, which head statements, in order.
fn heads(facts: &Facts<'_>) -> Vec<TokenId> {
    if !facts.has_node(&[K::Iterator]) {
        return Vec::new();
    }
    let tree = facts.tree;
    let iterators = tree.preorder(tree.root()).filter(|n| tree.kind(*n) == K::Iterator);
    let mut out: Vec<TokenId> =
        iterators.filter_map(|n| tree.child_node(n, 0).and_then(|c| tree.first_token(c))).collect();
    out.sort_unstable();
    out
}

/// The white space in front of a token on its line, if it starts one; nothing if that is unclear.
fn indent(gap: &[u8]) -> Option<Option<&[u8]>> {
    let Some(line) = memchr::memrchr(b'\n', gap) else { return Some(None) };
    let indent = &gap[line + 1..];
    let clear = indent.iter().all(|b| is_blank(*b)) && memchr::memchr2(b'\\', b'\r', gap).is_none();
    clear.then_some(Some(indent))
}

/// Whether a label starts with a token.
fn is_label(tree: &Tree, token: usize) -> bool {
    let kind = |i: usize| tree.tokens().get(i).map(|t| t.kind);
    matches!(kind(token), Some(T::Ident | T::KwDefault)) && kind(token + 1) == Some(T::Colon)
}

/// Whether a text is another one so many times.
fn is_times(text: &[u8], unit: &[u8], times: usize) -> bool {
    text.len() == unit.len() * times
        && (times == 0 || !unit.is_empty())
        && text.chunks(unit.len().max(1)).all(|c| c == unit)
}

//! From matches to edits: what goes with removed code, where added code stands, how it is indented and spaced (`rewriting.md`).
//!
//! An element becomes a list of pieces; passes mark pieces as removed, insert added ones and give line breaks their
//! indentation; what then differs from the source becomes edits. Original text is never printed back.

mod adjust;
mod braces;
mod branch;
mod calls;
mod chain;
mod choice;
mod columns;
mod compose;
mod depth;
mod emit;
mod facts;
mod halves;
mod indent;
mod inline;
mod inner;
mod insert;
mod leaves;
mod line;
mod operand;
mod own;
mod piece;
mod place;
mod plus;
mod regular;
mod remove;
mod replace;
mod same;
mod space;
mod tags;
mod template;
#[cfg(test)]
mod tests;
mod texts;
mod values;
mod whole;
mod wrap;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use bumpalo::Bump;
use c_syntax::{ElementKind, FileElement, TokenKind};
use matcher::outcome::RuleMatch;

use crate::edit::{Asked, Edit};
use braces::BraceStyle;
use calls::CallStyle;
use facts::Facts;
use indent::Learnt;
use piece::{Bytes, Piece};
pub use plus::AddedCode;
use plus::Plus;

/// How added code is laid out.
#[derive(Clone, Debug)]
pub struct Style {
    /// The reference's results where ours differ (`rewriting.md` section 17).
    pub quirks: bool,
    /// Blanks in added code as the rule writes them.
    pub smpl_spacing: bool,
    /// Blanks for a unit of indentation where the code does not show one; a tab if not given.
    pub indent: Option<usize>,
    /// The last column that a broken line may fill.
    pub max_width: usize,
    /// Comments beside removed code stay.
    pub keep_comments: bool,
    /// Edits say what of them matches ask for.
    pub notes: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { quirks: false, smpl_spacing: false, indent: None, max_width: 78, keep_comments: false, notes: false }
    }
}

/// The present version of a file, with facts about it that are worked out once.
#[derive(Debug)]
pub struct FileText<'a> {
    /// The bytes.
    pub text: &'a [u8],
    /// The elements of this version.
    pub elements: &'a [FileElement],
    /// How added code is laid out.
    pub style: &'a Style,
    learnt: OnceLock<Learnt>,
    braces: OnceLock<BraceStyle>,
    calls: OnceLock<CallStyle>,
}

impl<'a> FileText<'a> {
    /// The version of a file that consists of `elements`.
    #[must_use]
    pub fn new(text: &'a [u8], elements: &'a [FileElement], style: &'a Style) -> Self {
        Self { text, elements, style, learnt: OnceLock::new(), braces: OnceLock::new(), calls: OnceLock::new() }
    }

    fn learnt(&self) -> &Learnt {
        self.learnt.get_or_init(|| Learnt {
            unit: indent::file_unit(self.text),
            half_indented: indent::half_indents(self.text),
            crlf: mostly_crlf(self.text),
        })
    }

    fn calls(&self) -> CallStyle {
        *self.calls.get_or_init(|| CallStyle::of(self.text))
    }

    fn braces(&self) -> &BraceStyle {
        self.braces.get_or_init(|| BraceStyle::of(self.text, self.learnt().half_indented))
    }

    /// The line ending of added lines.
    fn eol(&self, kind: ElementKind) -> Vec<u8> {
        let end: &[u8] = if !self.style.quirks && self.learnt().crlf { b"\r\n" } else { b"\n" };
        let continued: &[u8] = if kind == ElementKind::Define && !self.style.quirks { b" \\" } else { b"" };
        [continued, end].concat()
    }
}

/// Whether most lines end in CR LF.
fn mostly_crlf(text: &[u8]) -> bool {
    let ends = memchr::memchr_iter(b'\n', text).map(|i| i > 0 && text[i - 1] == b'\r');
    ends.fold(0i64, |n, crlf| if crlf { n + 1 } else { n - 1 }) > 0
}

/// Two edits of one rule that cannot both be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The bytes that both touch, counted from the element's start.
    pub at: Range<u32>,
    /// The edit that came first.
    pub first: Side,
    /// The one that contradicts it.
    pub second: Side,
}

impl Conflict {
    /// Where it is, counted from the element's start.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.at.start
    }

    /// The message: a sentence and what the two matches ask for.
    #[must_use]
    pub fn describe(&self) -> (String, Vec<String>) {
        let side = |s: &Side| format!("match {}: {}", s.match_index + 1, s.what);
        ("two matches ask for different edits of one token".to_owned(), vec![side(&self.first), side(&self.second)])
    }
}

/// Why the edits of a match are not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Code that stands in one branch of a conditional would be replaced with all branches.
    Lost(Lost),
    /// Code would come around a value that holds a part of a conditional.
    Divided(Lost),
    /// Added code names metavariables without a value.
    Unbound(Unbound),
}

/// Metavariables of added code that a match gives no value. Bytes count from the element's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbound {
    /// Where the code would come.
    pub at: u32,
    /// Their names.
    pub names: Vec<String>,
}

/// What a rule does to an element.
#[derive(Debug, Default)]
pub struct Rewritten {
    /// The edits, sorted and disjoint; offsets are those of the file.
    pub edits: Vec<Edit>,
    /// Why matches were left out.
    pub refused: Vec<Refusal>,
}

/// Parts of a conditional that replaced code surrounds and the code in its place does not hold, or holds without the others. Bytes count from the element's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The matches that ask for it: indices among those of the tree.
    matches: Vec<usize>,
    /// The code that would be replaced.
    pub replaced: Range<u32>,
    /// Directives, and code of branches that the match does not see.
    pub parts: Vec<Range<u32>>,
}

/// One of two edits that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Index of the match that asks for it, among those of the tree.
    pub match_index: usize,
    /// What it asks for.
    pub what: String,
}

/// The edits that the matches of one rule in one element ask for. A match is carried out as a whole or left out.
/// Those of other trees than `variant` are ignored; the others get values of their own places.
///
/// # Errors
/// If two of the matches ask for contradictory edits.
pub fn rewrite_element(
    page: &FileText<'_>,
    index: usize,
    code: &AddedCode<'_>,
    variant: u8,
    matches: &mut [RuleMatch],
) -> Result<Rewritten, Box<Conflict>> {
    let element = &page.elements[index];
    let tree = element.element.tree(variant);
    let mut out = Rewritten::default();
    let facts = Facts::of(tree);
    let mut left: Vec<(usize, &RuleMatch)> = Vec::new();
    let of_tree = |m: &RuleMatch| m.variant == variant;
    if !page.style.quirks {
        own::values(&element.element, variant, &facts, matches.iter_mut().filter(|m| of_tree(m)));
    }
    let directives = facts.has_token(TokenKind::Directive);
    for (i, m) in matches.iter().filter(|m| of_tree(m)).enumerate() {
        let divided = (directives && !page.style.quirks).then(|| halves::divided(code.pattern, tree, i, m)).flatten();
        match (plus::unbound(code, tree, m), divided) {
            (Some(unbound), _) => out.refused.push(Refusal::Unbound(unbound)),
            (None, Some(divided)) => out.refused.push(Refusal::Divided(divided)),
            (None, None) => left.push((i, m)),
        }
    }
    loop {
        let lost = match edits_of(page, index, code, &facts, &left)? {
            Ok(edits) => {
                out.edits = edits;
                return Ok(out);
            }
            Err(lost) => lost,
        };
        let before = left.len();
        left.retain(|(i, _)| !lost.iter().any(|l| l.matches.contains(i)));
        out.refused.extend(lost.into_iter().map(Refusal::Lost));
        if left.len() == before {
            return Ok(out);
        }
    }
}

/// The edits that matches, which have numbers, ask for together, or what would be lost.
fn edits_of(
    page: &FileText<'_>,
    index: usize,
    code: &AddedCode<'_>,
    facts: &Facts<'_>,
    matches: &[(usize, &RuleMatch)],
) -> Result<Result<Vec<Edit>, Vec<Lost>>, Box<Conflict>> {
    let tree = facts.tree;
    let (matches, inner) = if page.style.quirks {
        (matches.iter().map(|(i, m)| (*i, Cow::Borrowed(*m))).collect(), Vec::new())
    } else {
        compose::nested(tree, matches)
    };
    let matches: Vec<(usize, &RuleMatch)> = matches.iter().map(|(i, m)| (*i, &**m)).collect();
    let mut plus = Plus::new(code, inner);
    let mut tags = tags::merge(&plus, tree, &matches)?;
    plus.settle(tree, &tags);
    if tags.tokens.is_empty() && tags.nodes.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    adjust::declarations(tree, &mut tags);
    adjust::trailing_commas(facts, &mut tags);
    if is_plain(page, index, facts, &plus)
        && let Some(edits) =
            inline::edits(page, index, facts, &plus, &tags).or_else(|| whole::edits(page, index, facts, &plus, &tags))
    {
        return Ok(Ok(edits));
    }
    let made = Bump::new();
    let bytes = Bytes::new(page.text, &made);
    let mut pieces = insert::tagged_pieces(page, index, facts, &tags);
    if let Err(lost) = insert::insert_added(&mut pieces, bytes, facts, &plus, &tags) {
        return Ok(Err(lost));
    }
    let kind = page.elements[index].element.kind;
    let eol = page.eol(kind);
    settle(&mut pieces, page, &plus, (bytes, &eol), kind);
    Ok(Ok(emit::edits(&pieces, page.text, page.style.notes)))
}

/// Whether edits of an element may do without pieces: in a function without directives, where nobody asks for another layout or for notes.
fn is_plain(page: &FileText<'_>, index: usize, facts: &Facts<'_>, plus: &Plus<'_>) -> bool {
    let Style { quirks, smpl_spacing, notes, .. } = *page.style;
    let function = page.elements[index].element.kind == ElementKind::Function && !facts.has_token(TokenKind::Directive);
    function && !(quirks || smpl_spacing || notes) && plus.inner.is_empty()
}

/// If what a file starts with goes, the empty lines behind it go too.
pub fn trim_start(text: &[u8], edits: &mut Vec<Edit>) {
    let blank = |b: &u8| matches!(b, b'\n' | b'\r' | b' ' | b'\t');
    let mut end = 0;
    let mut last = None;
    for (i, e) in edits.iter().enumerate() {
        if !(e.text.iter().all(blank) && text[end..e.range.start].iter().all(blank)) {
            break;
        }
        (end, last) = (e.range.end, Some(i));
    }
    let Some(last) = last.filter(|_| !text[..end].iter().all(blank)) else { return };
    let next = edits.get(last + 1).map_or(text.len(), |e| e.range.start);
    let lines = text[end..next].iter().take_while(|b| blank(b)).count();
    let kept = text[end..end + lines].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
    let removed = edits[..=last].iter_mut().filter_map(|e| e.asked.take()).flat_map(|a| a.removed).collect();
    let asked = Some(Box::new(Asked { removed, ..Asked::default() })).filter(|a| !a.removed.is_empty());
    edits.splice(..=last, [Edit { range: 0..end + kept, text: Vec::new(), asked }]);
}

/// The passes over the pieces, in their order (`rewriting.md` 16.7).
fn settle<'a>(
    pieces: &mut Vec<Piece<'a>>,
    page: &'a FileText<'_>,
    plus: &Plus<'a>,
    (bytes, eol): (Bytes<'a>, &[u8]),
    kind: ElementKind,
) {
    let style = page.style;
    let asks = piece::Asks::of(pieces);
    if asks.line_comments {
        space::protect_line_comments(pieces);
    }
    if asks.removed {
        remove::join(pieces, style);
        remove::whole_element(pieces);
        remove::settle(pieces, style);
        remove::element_edge(pieces, style);
    }
    if asks.chains && !style.quirks {
        chain::join_chains(pieces);
    }
    let braces = ((asks.heads || asks.braces) && !style.quirks).then(|| page.braces());
    if asks.heads && !braces.is_some_and(|b| b.below) {
        space::pull_up_braces(pieces, style.quirks);
    }
    if let Some(braces) = braces {
        braces.settle(pieces);
    }
    if asks.directives && kind != ElementKind::Define {
        space::directives_apart(pieces, page.text, style.quirks);
    }
    if asks.outdents {
        piece::settle_outdents(pieces, page.text);
    }
    let unit = indent::indent(pieces, style, page.learnt(), bytes, eol);
    if asks.removed {
        remove::punctuation(pieces, style.quirks);
    }
    if style.smpl_spacing {
        space::smpl_spacing(pieces, plus.pattern.plus.text().0);
    }
    if asks.elements {
        space::missing_commas(pieces);
    }
    if asks.commas || asks.elements {
        space::commas(pieces);
    }
    if asks.stars && !style.quirks {
        space::stars(pieces);
    }
    if asks.calls && !style.quirks {
        page.calls().settle(pieces);
    }
    space::joints(pieces, page.text, style.quirks);
    if asks.comments {
        space::inner_lines(pieces, bytes, eol, style.quirks);
    }
    if asks.choices && kind != ElementKind::Define && !style.quirks {
        choice::break_choices(pieces, style, bytes, eol, unit);
    }
    if kind != ElementKind::Define {
        wrap::wrap(pieces, style, bytes, eol, unit);
    } else if !style.quirks {
        wrap::align_continuations(pieces, bytes);
        wrap::end_lines_around(pieces);
        if asks.comments {
            space::end_comments_of_macro(pieces, bytes);
        }
    }
}

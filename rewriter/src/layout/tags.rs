//! What the matches of a rule ask of each token: merging of edits, and the conflicts among them (`semantics.md` 5.5).

use std::sync::Arc;

use c_syntax::{NodeId, TokenId, Tree};
use matcher::outcome::{Action, Place, RuleMatch};
use matcher::value::Bindings;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smpl_parser::ast::RunId;

use super::place::Slot;
use super::plus::Plus;
use super::{Conflict, Side};

/// Plus code with the values to instantiate it with.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub run: RunId,
    pub bindings: Arc<Bindings>,
}

/// What all matches together ask of a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Tag {
    pub removed_by: SmallVec<[(u32, u32); 1]>,
    pub before: Vec<Block>,
    pub after: Vec<Block>,
    pub replace: Vec<Block>,
}

impl Tag {
    pub fn is_removed(&self) -> bool {
        !self.removed_by.is_empty()
    }
}

/// The tags of an element.
#[derive(Debug, Default)]
pub(super) struct Tags {
    pub tokens: FxHashMap<TokenId, Tag>,
    pub nodes: FxHashMap<NodeId, Tag>,
}

/// One edit of one match at one place.
#[derive(Clone, Debug, Default)]
struct One {
    group: Option<(u32, u32)>,
    /// The added code: in front, behind, in its place; each in the order in which the match asks for it.
    runs: SmallVec<[(Slot, RunId); 1]>,
    bindings: Option<Arc<Bindings>>,
    index: u32,
    env: u32,
}

impl One {
    fn same_shape(&self, other: &Self) -> bool {
        self.group.is_some() == other.group.is_some() && self.runs == other.runs
    }

    fn runs(&self) -> impl Iterator<Item = RunId> + '_ {
        self.runs.iter().map(|r| r.1)
    }

    fn add(&mut self, action: Action, index: u32) {
        let run = match action {
            Action::Remove { group } => {
                self.group = Some((index, group));
                return;
            }
            Action::Before(r) => (Slot::Before, r),
            Action::After(r) => (Slot::After, r),
            Action::Replace(r) => (Slot::Replace, r),
        };
        if !self.runs.contains(&run) {
            let at = self.runs.iter().take_while(|r| r.0 <= run.0).count();
            self.runs.insert(at, run);
        }
    }
}

/// A place of the tag table: the two sides of a node are places of their own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Spot {
    Token(TokenId),
    Before(NodeId),
    After(NodeId),
}

/// Merges the touches of all matches, which have numbers.
pub(super) fn merge(plus: &Plus<'_>, tree: &Tree, matches: &[(usize, &RuleMatch)]) -> Result<Tags, Box<Conflict>> {
    let mut spots: FxHashMap<Spot, SmallVec<[One; 1]>> = FxHashMap::default();
    spots.reserve(matches.iter().map(|(_, m)| m.touches.len()).sum());
    let mut of_match = OfMatch::default();
    for (index, m) in matches {
        of_match.read(m, *index as u32);
        for (spot, one) in of_match.edits.drain(..) {
            let list = spots.entry(spot).or_default();
            if let Err(both) = admit(plus, list, one) {
                let (a, b) = *both;
                return Err(Box::new(conflict(plus, tree, spot, &a, &b)));
            }
        }
    }
    let mut tags = Tags::default();
    tags.tokens.reserve(spots.len());
    for (spot, list) in spots {
        let tag = match spot {
            Spot::Token(t) => tags.tokens.entry(t).or_default(),
            Spot::Before(n) | Spot::After(n) => tags.nodes.entry(n).or_default(),
        };
        for one in list {
            tag.removed_by.extend(one.group);
            let Some(bindings) = &one.bindings else { continue };
            for (slot, run) in &one.runs {
                let blocks = match slot {
                    Slot::Before => &mut tag.before,
                    Slot::After => &mut tag.after,
                    Slot::Replace => &mut tag.replace,
                };
                blocks.push(Block { run: *run, bindings: bindings.clone() });
            }
        }
    }
    Ok(tags)
}

/// The edits of one match, the touches of one place and environment taken together, in a fixed order.
#[derive(Default)]
struct OfMatch {
    edits: Vec<(Spot, One)>,
    seen: FxHashMap<(Spot, *const Bindings), usize>,
}

impl OfMatch {
    fn read(&mut self, m: &RuleMatch, index: u32) {
        self.edits.clear();
        self.seen.clear();
        for touch in &m.touches {
            let spot = match (touch.place, touch.action) {
                (Place::Token(t), _) => Spot::Token(t),
                (Place::Node(n), Action::Before(_)) => Spot::Before(n),
                (Place::Node(n), _) => Spot::After(n),
            };
            let edits = &mut self.edits;
            let slot = *self.seen.entry((spot, Arc::as_ptr(&touch.bindings))).or_insert_with(|| {
                edits.push((spot, One { bindings: Some(touch.bindings.clone()), index, env: m.env, ..One::default() }));
                edits.len() - 1
            });
            edits[slot].1.add(touch.action, index);
        }
    }
}

/// Takes an edit in, or says with which it cannot stand.
fn admit(plus: &Plus<'_>, list: &mut SmallVec<[One; 1]>, new: One) -> Result<(), Box<(One, One)>> {
    for old in list.iter_mut() {
        if !old.same_shape(&new) {
            continue;
        }
        let pure = new.runs().next().is_none();
        // `++` adds its code again for each environment.
        if !pure && old.env != new.env && new.runs().all(|r| plus.run(r).many) {
            continue;
        }
        if pure || texts(plus, old) == texts(plus, &new) {
            // The same tokens go for several reasons; remember all, they say what was removed together.
            if let Some(group) = new.group {
                let more = One { group: Some(group), index: new.index, ..One::default() };
                if old.group != Some(group) {
                    list.push(more);
                }
            }
            return Ok(());
        }
    }
    let clash = list.iter().find(|old| {
        let only_removal = old.bindings.is_none();
        !only_removal && !(old.same_shape(&new) && new.runs().all(|r| plus.run(r).many))
    });
    match clash {
        Some(old) => Err(Box::new((old.clone(), new))),
        None => {
            list.push(new);
            Ok(())
        }
    }
}

fn texts(plus: &Plus<'_>, one: &One) -> Vec<Vec<u8>> {
    let Some(bindings) = &one.bindings else { return Vec::new() };
    one.runs().map(|run| plus.text(&Block { run, bindings: bindings.clone() })).collect()
}

fn conflict(plus: &Plus<'_>, tree: &Tree, spot: Spot, a: &One, b: &One) -> Conflict {
    let token = match spot {
        Spot::Token(t) => Some(t),
        Spot::Before(n) => tree.first_token(n),
        Spot::After(n) => tree.last_token(n),
    };
    let at = token.map_or(0..0, |t| {
        let t = tree.token(t);
        t.start..t.end()
    });
    Conflict { at, first: side(plus, a), second: side(plus, b) }
}

fn side(plus: &Plus<'_>, one: &One) -> Side {
    let mut what = String::new();
    if one.group.is_some() {
        what.push_str("removed");
    }
    for text in texts(plus, one) {
        if !what.is_empty() {
            what.push_str(", ");
        }
        what.push_str(&format!("`{}` added", String::from_utf8_lossy(&text).trim()));
    }
    Side { match_index: one.index as usize, what }
}

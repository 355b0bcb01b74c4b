//! What the matches of a rule ask of each token: merging of edits, and the conflicts among them (`semantics.md` 5.5).

use std::ops::{Deref, DerefMut};
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

/// Match and adjacency group of removals.
pub(super) type Removals = SmallVec<[(u32, u32); 1]>;

/// What all matches together ask of a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Tag {
    pub removed_by: Removals,
    /// Most tags only say that something goes.
    pub added: Option<Box<Added>>,
}

/// The code that is added at a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Added {
    pub before: Vec<Block>,
    pub after: Vec<Block>,
    pub replace: Vec<Block>,
}

static NOTHING: Added = Added { before: Vec::new(), after: Vec::new(), replace: Vec::new() };

impl Deref for Tag {
    type Target = Added;

    fn deref(&self) -> &Added {
        self.added.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Tag {
    fn deref_mut(&mut self) -> &mut Added {
        self.added.get_or_insert_default()
    }
}

impl Tag {
    pub fn is_removed(&self) -> bool {
        !self.removed_by.is_empty()
    }

    /// Whether there is added code.
    pub fn adds(&self) -> bool {
        self.added.is_some()
    }
}

/// The tags of an element.
#[derive(Debug, Default)]
pub(super) struct Tags {
    pub tokens: TokenTags,
    pub nodes: FxHashMap<NodeId, Tag>,
}

/// The tags of tokens.
#[derive(Debug, Default)]
pub(super) struct TokenTags {
    /// For each token one more than the place of its tag among `tags`; 0 if it has none.
    places: Vec<u32>,
    tags: Vec<Tag>,
}

impl TokenTags {
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    fn place(&self, token: TokenId) -> Option<usize> {
        (*self.places.get(token.0 as usize)? as usize).checked_sub(1)
    }

    pub fn get(&self, token: TokenId) -> Option<&Tag> {
        self.place(token).map(|i| &self.tags[i])
    }

    pub fn get_mut(&mut self, token: TokenId) -> Option<&mut Tag> {
        self.place(token).map(|i| &mut self.tags[i])
    }

    /// The tag of a token, which has one from now on.
    pub fn entry(&mut self, token: TokenId) -> &mut Tag {
        let place = self.place_of(token);
        &mut self.tags[place]
    }

    /// The place of the tag of a token, which has one from now on.
    fn place_of(&mut self, token: TokenId) -> usize {
        let at = token.0 as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, 0);
        }
        if self.places[at] == 0 {
            self.tags.push(Tag::default());
            self.places[at] = self.tags.len() as u32;
        }
        self.places[at] as usize - 1
    }

    /// The tokens that have tags, in order.
    pub fn iter(&self) -> impl Iterator<Item = (TokenId, &Tag)> {
        let tag = |(t, place): (usize, &u32)| Some((TokenId(t as u32), &self.tags[place.checked_sub(1)? as usize]));
        let places = if self.is_empty() { &[] } else { &self.places[..] };
        places.iter().enumerate().filter_map(tag)
    }
}

/// One edit of one match at one place.
#[derive(Clone, Debug, Default)]
struct One<'a> {
    group: Option<(u32, u32)>,
    /// The added code: in front, behind, in its place; each in the order in which the match asks for it.
    runs: SmallVec<[(Slot, RunId); 1]>,
    bindings: Option<&'a Arc<Bindings>>,
    index: u32,
    env: u32,
}

impl One<'_> {
    fn same_shape(&self, other: &One<'_>) -> bool {
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
    if let Some(tags) = apart(tree, matches) {
        return Ok(tags);
    }
    let mut table = Table { of_token: vec![Known::default(); tree.tokens().len()], of_node: FxHashMap::default() };
    let mut all = OfMatches::default();
    all.edits.reserve(matches.iter().map(|(_, m)| m.touches.len()).sum());
    // Those of places that several edits concern.
    let mut several: FxHashMap<Spot, SmallVec<[One<'_>; 1]>> = FxHashMap::default();
    for (index, m) in matches {
        all.read(m, *index as u32, &mut table);
        let mut kept = all.start;
        for at in all.start..all.edits.len() {
            let spot = all.edits[at].0;
            let first = &mut table.of(spot).place;
            if *first == 0 {
                all.edits.swap(kept, at);
                kept += 1;
                *first = kept as u32;
                continue;
            }
            let one = all.edits[at].1.clone();
            let list =
                several.entry(spot).or_insert_with(|| SmallVec::from([all.edits[*first as usize - 1].1.clone()]));
            if let Err(both) = admit(plus, list, one) {
                let (a, b) = *both;
                return Err(Box::new(conflict(plus, tree, spot, &a, &b)));
            }
        }
        all.edits.truncate(kept);
    }
    let mut tags = Tags::default();
    tags.tokens.tags.reserve(all.edits.len());
    for (spot, one) in all.edits {
        let list = if several.is_empty() { None } else { several.remove(&spot) };
        let list = list.unwrap_or_else(|| SmallVec::from([one]));
        let tag = match spot {
            Spot::Token(t) => tags.tokens.entry(t),
            Spot::Before(n) | Spot::After(n) => tags.nodes.entry(n).or_default(),
        };
        for one in list {
            if let Some(group) = one.group {
                tag.removed_by.push(group);
            }
            let Some(bindings) = one.bindings else { continue };
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

/// The tags of matches that touch no place twice, be it with several values: as most do.
fn apart(tree: &Tree, matches: &[(usize, &RuleMatch)]) -> Option<Tags> {
    let mut tags = Tags::default();
    let touches: usize = matches.iter().map(|(_, m)| m.touches.len()).sum();
    tags.tokens.places.resize(tree.tokens().len(), 0);
    tags.tokens.tags.reserve(touches);
    // The match and values of each tag of a token, and of each side of a node.
    let mut of_tags: Vec<(u32, *const Bindings)> = Vec::with_capacity(touches);
    let mut of_sides: FxHashMap<Spot, (u32, *const Bindings)> = FxHashMap::default();
    if matches.first().is_some_and(|(_, m)| m.touches.iter().any(|t| matches!(t.place, Place::Node(_)))) {
        tags.nodes.reserve(matches.len());
        of_sides.reserve(touches);
    }
    for (index, m) in matches {
        for touch in &m.touches {
            let own = (*index as u32, Arc::as_ptr(&touch.bindings));
            let (tag, known) = match touch.place {
                Place::Token(t) => {
                    let place = tags.tokens.place_of(t);
                    if place == of_tags.len() {
                        of_tags.push(own);
                    }
                    (&mut tags.tokens.tags[place], of_tags[place])
                }
                Place::Node(n) => {
                    let spot = if matches!(touch.action, Action::Before(_)) { Spot::Before(n) } else { Spot::After(n) };
                    (tags.nodes.entry(n).or_default(), *of_sides.entry(spot).or_insert(own))
                }
            };
            if known != own {
                return None;
            }
            let run = match touch.action {
                Action::Remove { group } => {
                    tag.removed_by.clear();
                    tag.removed_by.push((own.0, group));
                    continue;
                }
                Action::Before(r) | Action::After(r) | Action::Replace(r) => r,
            };
            let added: &mut Added = tag;
            let blocks = match touch.action {
                Action::Before(_) => &mut added.before,
                Action::After(_) => &mut added.after,
                _ => &mut added.replace,
            };
            if blocks.iter().all(|b| b.run != run) {
                blocks.reserve_exact(1);
                blocks.push(Block { run, bindings: touch.bindings.clone() });
            }
        }
    }
    Some(tags)
}

/// What is known of the places of the tag table.
struct Table {
    of_token: Vec<Known>,
    of_node: FxHashMap<Spot, Known>,
}

#[derive(Clone, Copy, Default)]
struct Known {
    /// One more than where the place is in the list of all.
    place: u32,
    /// One more than the match that was seen there last.
    seen: u32,
}

impl Table {
    fn of(&mut self, spot: Spot) -> &mut Known {
        match spot {
            Spot::Token(TokenId(t)) if (t as usize) < self.of_token.len() => &mut self.of_token[t as usize],
            _ => self.of_node.entry(spot).or_default(),
        }
    }
}

/// The edits of matches, the touches of one place and environment taken together.
#[derive(Default)]
struct OfMatches<'a> {
    edits: Vec<(Spot, One<'a>)>,
    /// Where those of the last match start.
    start: usize,
    /// The places of these, where there are many.
    seen: FxHashMap<(Spot, *const Bindings), usize>,
}

/// How many edits of a match are searched one by one.
const FEW: usize = 16;

impl<'a> OfMatches<'a> {
    fn read(&mut self, m: &'a RuleMatch, index: u32, table: &mut Table) {
        self.start = self.edits.len();
        self.seen.clear();
        for touch in &m.touches {
            let spot = match (touch.place, touch.action) {
                (Place::Token(t), _) => Spot::Token(t),
                (Place::Node(n), Action::Before(_)) => Spot::Before(n),
                (Place::Node(n), _) => Spot::After(n),
            };
            let seen = std::mem::replace(&mut table.of(spot).seen, index + 1) == index + 1;
            let slot = seen.then(|| self.slot(spot, &touch.bindings)).flatten().unwrap_or_else(|| {
                let bindings = Some(&touch.bindings);
                self.edits.push((spot, One { bindings, index, env: m.env, ..One::default() }));
                self.edits.len() - 1
            });
            self.edits[slot].1.add(touch.action, index);
        }
    }

    /// Where the edit of a place and environment is, if it is there.
    fn slot(&mut self, spot: Spot, bindings: &Arc<Bindings>) -> Option<usize> {
        let key = |(spot, one): &(Spot, One<'_>)| (*spot, one.bindings.map_or(std::ptr::null(), Arc::as_ptr));
        let wanted = (spot, Arc::as_ptr(bindings));
        let own = &self.edits[self.start..];
        if own.len() <= FEW {
            return own.iter().rposition(|e| key(e) == wanted).map(|i| self.start + i);
        }
        for (i, e) in self.edits.iter().enumerate().skip(self.start + self.seen.len()) {
            self.seen.insert(key(e), i);
        }
        self.seen.get(&wanted).copied()
    }
}

/// Takes an edit in, or says with which it cannot stand.
fn admit<'a>(plus: &Plus<'_>, list: &mut SmallVec<[One<'a>; 1]>, new: One<'a>) -> Result<(), Box<(One<'a>, One<'a>)>> {
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

fn texts(plus: &Plus<'_>, one: &One<'_>) -> Vec<Vec<u8>> {
    let Some(bindings) = one.bindings else { return Vec::new() };
    one.runs().map(|run| plus.text(&Block { run, bindings: bindings.clone() })).collect()
}

fn conflict(plus: &Plus<'_>, tree: &Tree, spot: Spot, a: &One<'_>, b: &One<'_>) -> Conflict {
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

fn side(plus: &Plus<'_>, one: &One<'_>) -> Side {
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

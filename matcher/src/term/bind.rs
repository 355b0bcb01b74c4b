//! Values of metavariables: interning, equality, binding (`semantics.md` 2.1, 4.1, 4.2).

use std::sync::Arc;

use c_syntax::types::Type;
use c_syntax::{NodeId, Sym, SyntaxKind, TokenId, Tree};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use smpl_parser::{MvId, MvKind};

use super::TermMatcher;
use super::hash::{Hasher, loose_hash, spelling_hash, term_hashes, type_hash, type_spelling_hash};
use super::text::{same_text, term_text};
use crate::compile::ValueId;
use crate::value::{Position, Term, TypeTerm, Value};

/// The values that one matcher has seen, each with a number.
#[derive(Debug, Default)]
pub(crate) struct Values {
    list: Vec<Value>,
    index: FxHashMap<u128, ValueId>,
    nodes: FxHashMap<NodeId, ValueId>,
    /// Types that were inferred, not written.
    pub(crate) inferred: FxHashMap<ValueId, Type>,
}

impl Values {
    pub(crate) fn get(&self, id: ValueId) -> &Value {
        &self.list[id.0 as usize]
    }

    /// The number of the value with this key.
    pub(crate) fn intern(&mut self, key: u128, make: impl FnOnce() -> Value) -> ValueId {
        let list = &mut self.list;
        *self.index.entry(key).or_insert_with(|| {
            list.push(make());
            ValueId(list.len() as u32 - 1)
        })
    }
}

impl<'a> TermMatcher<'a> {
    /// A node of the element as a term.
    pub(crate) fn term(&self, node: NodeId) -> Term {
        let (loose, strict) = term_hashes(self.c, node, self.ctx.types);
        Term { element: Arc::clone(self.ctx.element()), variant: self.ctx.variant, node, loose, strict }
    }

    /// The number of a node as a value.
    pub(crate) fn node_value(&mut self, node: NodeId) -> ValueId {
        if let Some(id) = self.values.nodes.get(&node) {
            return *id;
        }
        let term = self.term(node);
        let mut h = Hasher::new(10);
        h.wide(term.strict);
        h.wide(spelling_hash(self.c, node));
        let id = self.values.intern(h.finish(), || Value::Term(term));
        self.values.nodes.insert(node, id);
        id
    }

    /// The number of a node as a value of its own, equal as it may be to other nodes.
    pub(crate) fn occurrence_value(&mut self, node: NodeId) -> ValueId {
        let mut h = Hasher::new(17);
        h.word(u64::from(node.0));
        let term = self.term(node);
        self.values.intern(h.finish(), || Value::Term(term))
    }

    /// The number of a token's text as a value.
    pub(crate) fn token_value(&mut self, token: TokenId) -> ValueId {
        let mut h = Hasher::new(11);
        h.word(self.c.token(token).sym.0);
        let tree = self.c;
        self.values.intern(h.finish(), || Value::Text(String::from_utf8_lossy(tree.token_text(token)).into()))
    }

    /// The number of a text as a value.
    pub(crate) fn text_value(&mut self, text: &str) -> ValueId {
        let mut h = Hasher::new(11);
        h.word(Sym::of(text.as_bytes()).0);
        self.values.intern(h.finish(), || Value::Text(text.into()))
    }

    /// The number of a length as a value.
    pub(crate) fn length_value(&mut self, n: u32) -> ValueId {
        let mut h = Hasher::new(12);
        h.word(u64::from(n));
        self.values.intern(h.finish(), || Value::Length(n))
    }

    /// The number of a list of nodes as a value.
    pub(crate) fn list_value(&mut self, nodes: &[NodeId]) -> ValueId {
        let terms: Vec<Term> = nodes.iter().map(|n| self.term(*n)).collect();
        let mut h = Hasher::new(13);
        for t in &terms {
            h.wide(t.strict);
            h.wide(spelling_hash(self.c, t.node));
        }
        self.values.intern(h.finish(), || Value::List(terms.into()))
    }

    /// The number of a type as a value: specifiers, and the declarator nodes from the name outwards.
    pub(crate) fn type_value(&mut self, specs: NodeId, ops: &[NodeId]) -> ValueId {
        let loose = type_hash(self.c, specs, ops);
        let mut h = Hasher::new(14);
        h.wide(loose);
        h.wide(type_spelling_hash(self.c, specs, ops));
        let specs = self.term(specs);
        self.values.intern(h.finish(), || Value::Type(TypeTerm { specs, ops: ops.into(), loose }))
    }

    /// The number of a place: the tokens `lo..hi` of the element, as a position list of one.
    pub(crate) fn position_value(&mut self, lo: u32, hi: u32) -> ValueId {
        let mut h = Hasher::new(15);
        h.word((u64::from(lo) << 32) | u64::from(hi));
        let ctx = self.ctx;
        let tree = self.c;
        self.values.intern(h.finish(), || Value::Positions(Arc::from([position(&ctx, tree, lo, hi)])))
    }

    /// The value that a metavariable has at this point of the match.
    pub(crate) fn bound(&self, var: MvId) -> Option<ValueId> {
        self.state.binds.iter().rev().find(|b| b.0 == var).map(|b| b.1)
    }

    /// The value that a metavariable has, inherited or not.
    pub(crate) fn known(&self, var: MvId) -> Option<&Value> {
        match self.bound(var) {
            Some(id) => Some(self.values.get(id)),
            None => self.inherited.get(var),
        }
    }

    /// Binds a metavariable or compares with the value that it has; false if it cannot have this value.
    pub(crate) fn bind(&mut self, var: MvId, id: ValueId) -> bool {
        let fits = self.bind_quietly(var, id);
        if !fits {
            self.value_refused(var, id);
        }
        fits
    }

    fn bind_quietly(&mut self, var: MvId, id: ValueId) -> bool {
        let rule = self.rule;
        let Some(meta) = rule.metavars.get(var.0 as usize) else { return false };
        if meta.inherited.is_some() {
            let Some(value) = self.inherited.get(var) else { return false };
            let equal =
                loosely_equal(value, self.values.get(id)) || self.is_type_kind(var) && self.unfolds_to(id, value);
            return equal && self.satisfies(&meta.constraint, var, id);
        }
        match self.bound(var) {
            Some(old) if old == id => true,
            Some(old) => match self.meet_values(var, old, id) {
                Some(both) => {
                    if both != old {
                        self.state.binds.push((var, both));
                    }
                    true
                }
                None => false,
            },
            None => {
                if !self.satisfies(&meta.constraint, var, id) {
                    return false;
                }
                self.state.binds.push((var, id));
                true
            }
        }
    }

    /// Whether the inherited metavariables of the plus code below a node have values.
    pub(crate) fn plus_has_values(&self, node: NodeId) -> bool {
        if self.all_inherited {
            return true;
        }
        let (pat, rule) = (self.pat, self.rule);
        let tokens = self.p.held_tokens(node).into_iter().filter_map(|t| pat.tokens.get(t.0 as usize));
        let runs = tokens.flat_map(|t| t.before.iter().chain(&t.after).chain(&t.replace));
        let plus = runs.filter_map(|r| pat.runs.get(r.0 as usize)).flat_map(|r| &r.fragments);
        let vars = plus.flat_map(|f| f.tokens.clone()).filter_map(|t| *pat.plus_vars.get(t as usize)?);
        let mut inherited = vars.filter(|v| rule.metavars.get(v.0 as usize).is_some_and(|m| m.inherited.is_some()));
        inherited.all(|v| self.inherited.get(v).is_some())
    }

    /// Whether an inherited value can be this token: the check that needs no value. True if the variable is not inherited.
    pub(crate) fn may_be_token(&self, var: MvId, token: TokenId) -> bool {
        match self.rule.metavars.get(var.0 as usize) {
            Some(m) if m.inherited.is_some() => match self.inherited.get(var) {
                Some(Value::Text(text)) => text.as_bytes() == self.c.token_text(token),
                Some(_) => true,
                None => false,
            },
            Some(_) => true,
            None => false,
        }
    }

    /// Whether two values can stand for one variable, and which holds more.
    pub(crate) fn meet_values(&mut self, var: MvId, a: ValueId, b: ValueId) -> Option<ValueId> {
        if a == b {
            return Some(a);
        }
        match (self.values.get(a), self.values.get(b)) {
            (Value::Positions(x), Value::Positions(y)) => share_position(x, y).then_some(a),
            (Value::Type(x), Value::Type(y)) if x.loose == y.loose => Some(a),
            (Value::Term(x), Value::Term(y)) => (x.strict == y.strict).then_some(a),
            (Value::List(x), Value::List(y)) => {
                let same = x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| x.strict == y.strict);
                same.then_some(a)
            }
            (Value::Type(_) | Value::Text(_), Value::Type(_) | Value::Text(_)) if self.is_type_kind(var) => {
                // The written type holds more than the inferred one.
                let written = if matches!(self.values.get(b), Value::Type(_)) { b } else { a };
                self.meet_types(a, b).then_some(written)
            }
            (x @ Value::Term(t), y @ Value::Text(_)) | (y @ Value::Text(_), x @ Value::Term(t)) => {
                // An identifier variable meets an expression variable of the same name only through scripts and lists.
                (is_name(t.tree(), t.node) && self.is_nameable(var) && loosely_equal(x, y)).then_some(a)
            }
            _ => None,
        }
    }

    fn is_nameable(&self, var: MvId) -> bool {
        self.rule.metavars.get(var.0 as usize).is_some_and(|m| {
            matches!(m.kind, MvKind::Identifier | MvKind::Expression(_) | MvKind::IdExpression(..) | MvKind::Any)
        })
    }

    /// Attaches the positions (and comments) of a pattern token to the tokens `lo..hi`; false if a value does not fit.
    pub(crate) fn attach(&mut self, pattern: TokenId, tokens: std::ops::Range<u32>) -> bool {
        let pat = self.pat;
        let Some(t) = pat.tokens.get(pattern.0 as usize) else { return true };
        for var in &t.attached {
            let kind = self.rule.metavars.get(var.0 as usize).map(|m| &m.kind);
            if !matches!(kind, Some(MvKind::Position { .. } | MvKind::Comments)) || tokens.is_empty() {
                continue;
            }
            let id = self.position_value(tokens.start, tokens.end);
            if !self.bind(*var, id) {
                return false;
            }
        }
        true
    }
}

fn is_name(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), SyntaxKind::Ident | SyntaxKind::Name)
}

/// Where the tokens `lo..hi` of the element are.
fn position(ctx: &super::FileContext<'_>, tree: &Tree, lo: u32, hi: u32) -> Position {
    let element = ctx.element();
    let place = ctx.file_element();
    let name: Arc<str> = element.name.as_deref().unwrap_or("something_else").into();
    let end = ctx.line_column(tree.token(TokenId(hi.max(lo + 1) - 1)).end());
    Position {
        file: Arc::clone(ctx.name),
        element: name,
        element_extent: (ctx.line_column(0), ctx.line_column(place.end - place.start)),
        start: ctx.line_column(tree.token(TokenId(lo)).start),
        end,
    }
}

/// Whether two lists of positions, which are sorted, have one in common.
fn share_position(a: &[Position], b: &[Position]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|p| many.binary_search(p).is_ok())
}

/// Equality across rules: by text, without types and scopes (`semantics.md` 4.2).
pub(crate) fn loosely_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Term(x), Value::Term(y)) => x.loose == y.loose,
        (Value::List(x), Value::List(y)) => {
            x.len() == y.len() && x.iter().zip(y.iter()).all(|(x, y)| x.loose == y.loose)
        }
        (Value::Type(x), Value::Type(y)) => x.loose == y.loose,
        (Value::Text(x), Value::Text(y)) => x == y || same_text(x, y),
        (Value::Positions(x), Value::Positions(y)) => share_position(x, y),
        (Value::Length(x), Value::Length(y)) => x == y,
        (Value::Text(x), Value::Length(y)) | (Value::Length(y), Value::Text(x)) => x.trim().parse() == Ok(*y),
        (Value::Text(x), Value::Term(t)) | (Value::Term(t), Value::Text(x)) => same_text(x, &term_text(t)),
        (Value::Text(x), other @ (Value::Type(_) | Value::List(_)))
        | (other @ (Value::Type(_) | Value::List(_)), Value::Text(x)) => same_text(x, &super::text::value_text(other)),
        _ => false,
    }
}

/// The loose hashes of a term and all its sub-terms.
pub(crate) fn subterm_hashes(term: &Term) -> SmallVec<[u128; 16]> {
    let tree = term.tree();
    tree.preorder(term.node).filter(|n| tree.kind(*n).is_expr()).map(|n| loose_hash(tree, n)).collect()
}

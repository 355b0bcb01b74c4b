//! Lists: arguments, parameters, enumerators, members, with dots and list metavariables (`semantics.md` 4.4).
//!
//! Elements and commas form one list. Dots and list metavariables match any run of elements; a comma of the pattern next to an
//! empty run matches nothing, unless it adds something.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind};
use smallvec::SmallVec;
use smpl_parser::{ListLen, MvId, MvKind};

use super::observe::Mismatch;
use super::{K, TermMatcher};

/// Where the matching of a list stands.
#[derive(Clone, Default)]
pub(crate) struct At {
    /// Commas of the pattern since the last element of the code.
    pending: SmallVec<[TokenId; 3]>,
    /// The last comma of the code that was passed, and the pattern comma that it matched.
    last_comma: Option<TokenId>,
    /// Whether an element of the code was passed.
    started: bool,
    /// The last token of the last element that was passed.
    end: Option<u32>,
    /// Whether the list may end in a comma.
    trailing: bool,
}

impl At {
    /// The start of a list that may end in a comma, or not.
    pub(crate) fn with_trailing_comma(trailing: bool) -> Self {
        Self { trailing, ..Self::default() }
    }
}

/// A list metavariable or dots: what an item of the pattern that takes several elements is.
#[derive(Clone)]
enum Run {
    Dots,
    Var(MvId, ListLen),
}

impl<'a> TermMatcher<'a> {
    /// A list between delimiters, with commas.
    pub(crate) fn comma_list(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (ps, cs) = (self.p.children(p), self.c.children(c));
        let (Some((open_p, ps, close_p)), Some((open_c, cs, close_c))) = (delimited(ps), delimited(cs)) else {
            return;
        };
        if self.token(open_p, open_c) && self.token(close_p, close_c) {
            let trailing = self.c.kind(c) == SyntaxKind::EnumList;
            self.list(ps, cs, At::with_trailing_comma(trailing), k);
        }
    }

    /// Statements or items between braces, without separators.
    pub(crate) fn plain_list(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        self.comma_list(p, c, k);
    }

    /// Members of a struct: those of conditional branches count as if all branches stood there.
    pub(crate) fn field_list(&mut self, p: NodeId, c: NodeId, k: K<'_, 'a>) {
        let (ps, cs) = (self.p.children(p), self.c.children(c));
        let (Some((open_p, ps, close_p)), Some((open_c, cs, close_c))) = (delimited(ps), delimited(cs)) else {
            return;
        };
        if !self.token(open_p, open_c) || !self.token(close_p, close_c) {
            return;
        }
        let grouped = |c: &Child| matches!(*c, Child::Node(n) if self.c.kind(n) == SyntaxKind::CondGroup);
        if cs.iter().any(grouped) {
            let mut flat = Vec::new();
            self.flatten(cs, &mut flat, 0);
            return self.list(ps, &flat, At::default(), k);
        }
        self.list(ps, cs, At::default(), k);
    }

    fn flatten(&self, cs: &[Child], out: &mut Vec<Child>, depth: u32) {
        for child in cs {
            match *child {
                Child::Node(n)
                    if depth < 50 && matches!(self.c.kind(n), SyntaxKind::CondGroup | SyntaxKind::CondBranch) =>
                {
                    self.flatten(self.c.children(n), out, depth + 1);
                }
                other => out.push(other),
            }
        }
    }

    /// The rest of a list.
    pub(crate) fn list(&mut self, mut ps: &[Child], mut cs: &[Child], mut at: At, k: K<'_, 'a>) {
        if !self.enter() {
            return;
        }
        loop {
            match ps.split_first() {
                None => {
                    if self.list_end(cs, &at) {
                        k(self);
                    } else {
                        self.miss_list(None, cs, &at);
                    }
                    break;
                }
                Some((Child::Token(t), rest)) => {
                    if self.p.token(*t).kind == TokenKind::Comma {
                        at.pending.push(*t);
                    } else if let (Some(var), Some((c, cr))) = (self.var_of(*t), self.next_element(cs, &mut at)) {
                        self.metavar_at(var, *t, c, &mut |m| m.list(rest, cr, at.clone(), k));
                        break;
                    } else {
                        break;
                    }
                    ps = rest;
                }
                Some((Child::Node(n), rest)) => {
                    let kind = self.p.kind(*n);
                    if matches!(kind, SyntaxKind::Attribute | SyntaxKind::Absent) {
                        ps = rest;
                        continue;
                    }
                    if let Some(run) = self.run_of(*n) {
                        self.run(*n, &run, rest, cs, &at, k);
                        break;
                    }
                    if kind == SyntaxKind::Disj && self.has_run_branch(*n) {
                        let n = *n;
                        self.disjunction(n, &mut |m, branch| m.list_item(branch, rest, cs, at.clone(), k));
                        break;
                    }
                    // An empty macro argument of the code is not an element that a pattern names.
                    let Some((c, cr)) = self.next_element(cs, &mut at) else {
                        self.miss_list(Some(*n), cs, &at);
                        break;
                    };
                    if self.p.kind(*n) == SyntaxKind::EmptyArg && self.c.kind(c) == SyntaxKind::EmptyArg {
                        (ps, cs) = (rest, cr);
                        continue;
                    }
                    self.node(*n, c, &mut |m| m.list(rest, cr, at.clone(), k));
                    break;
                }
            }
        }
        self.leave();
    }

    /// A list of the code that ends before that of the pattern (which wants `p`), or goes on after it.
    #[cold]
    fn miss_list(&mut self, p: Option<NodeId>, cs: &[Child], at: &At) {
        let code = cs.iter().find_map(|c| match *c {
            Child::Node(n) if !self.is_passed_over(n) => Some(self.c.token_range(n)),
            _ => None,
        });
        let end = at.end.map_or(0, |e| e + 1);
        let (code, why) = match code {
            Some(code) => (code, Mismatch::Extra),
            None => (end..end, Mismatch::Missing),
        };
        self.miss_end(p, code, why);
    }

    fn has_run_branch(&self, disj: NodeId) -> bool {
        self.branches(disj).iter().any(|b| self.p.child_node(*b, 0).is_some_and(|n| self.run_of(n).is_some()))
    }

    /// One item that a branch of a disjunction holds, and the rest of the list.
    fn list_item(&mut self, item: NodeId, rest: &[Child], cs: &[Child], mut at: At, k: K<'_, 'a>) {
        if let Some(run) = self.run_of(item) {
            return self.run(item, &run, rest, cs, &at, k);
        }
        let Some((c, cr)) = self.next_element(cs, &mut at) else { return };
        self.node(item, c, &mut |m| m.list(rest, cr, at.clone(), k));
    }

    /// The next element of the code, with the comma before it passed, and what follows it.
    fn next_element<'l>(&mut self, cs: &'l [Child], at: &mut At) -> Option<(NodeId, &'l [Child])> {
        let cs = self.pass_comma(cs, at)?;
        let mut rest = cs;
        while let Some((first, tail)) = rest.split_first() {
            match *first {
                Child::Node(n) if self.is_passed_over(n) => rest = tail,
                Child::Node(n) => {
                    at.started = true;
                    at.pending.clear();
                    at.end = self.c.last_token(n).map(|t| t.0).or(at.end);
                    return Some((n, tail));
                }
                Child::Token(_) => return None,
            }
        }
        None
    }

    fn is_passed_over(&self, n: NodeId) -> bool {
        matches!(self.c.kind(n), SyntaxKind::Attribute | SyntaxKind::DirectiveLine)
    }

    /// Passes the comma of the code that stands before the next element, giving it to one of the pending commas of the pattern.
    /// Nothing if a comma of the pattern that adds something finds none.
    fn pass_comma<'l>(&mut self, mut cs: &'l [Child], at: &mut At) -> Option<&'l [Child]> {
        while let Some((Child::Node(n), rest)) = cs.split_first()
            && self.is_passed_over(*n)
            && !at.started
        {
            cs = rest;
        }
        let comma = match cs.split_first() {
            Some((Child::Token(t), rest)) if at.started && self.c.token(*t).kind == TokenKind::Comma => {
                cs = rest;
                Some(*t)
            }
            _ => None,
        };
        let Some(comma) = comma else {
            let fine = at.pending.iter().all(|p| self.adds_nothing(*p));
            return fine.then_some(cs);
        };
        at.last_comma = Some(comma);
        let rank = |p: &TokenId| (!self.adds_nothing(*p), self.is_minus(*p));
        // The first of the best, so that equals stay in order.
        let mut best: Option<TokenId> = None;
        for p in &at.pending {
            if best.is_none_or(|b| rank(p) > rank(&b)) {
                best = Some(*p);
            }
        }
        if let Some(best) = best {
            let others_fine = at.pending.iter().all(|p| *p == best || self.adds_nothing(*p));
            if !others_fine || !self.record(best, comma) {
                return None;
            }
        }
        Some(cs)
    }

    /// The end of the pattern: only a trailing comma may be left of the code.
    fn list_end(&mut self, cs: &[Child], at: &At) -> bool {
        let mut rest = cs.iter().filter(|c| !matches!(**c, Child::Node(n) if self.is_passed_over(n)));
        let trailing = match rest.next() {
            None => None,
            Some(Child::Token(t)) if self.c.token(*t).kind == TokenKind::Comma => Some(*t),
            Some(_) => return false,
        };
        if rest.next().is_some() {
            return false;
        }
        let Some(last) = at.pending.last().copied() else { return true };
        if let Some(comma) = trailing {
            return self.record(last, comma);
        }
        for p in &at.pending {
            if !self.adds_nothing(*p) {
                // Code after a trailing comma that the code does not have goes behind the last element.
                let Some(end) = at.end.filter(|_| at.trailing) else { return false };
                if !self.touch(*p, end..end + 1) {
                    return false;
                }
            }
        }
        // A removed comma that finds none takes the one before the last element (c16), unless another comes in its place.
        if let Some(comma) = at.last_comma
            && at.pending.iter().any(|p| self.is_minus(*p))
            && at.pending.iter().all(|p| self.adds_nothing(*p))
        {
            self.remove_apart(last, comma.0);
        }
        true
    }

    /// What an item of the pattern takes, if it takes a run.
    fn run_of(&self, p: NodeId) -> Option<Run> {
        match self.p.kind(p) {
            SyntaxKind::Dots => Some(Run::Dots),
            SyntaxKind::MetaVar => {
                let (var, _) = self.var_of_node(p)?;
                let len = list_len(&self.rule.metavars.get(var.0 as usize)?.kind)?;
                Some(Run::Var(var, len.clone()))
            }
            SyntaxKind::As => self.run_of(self.p.child_node(p, 0)?),
            SyntaxKind::Param | SyntaxKind::TypeName | SyntaxKind::DeclSpecs | SyntaxKind::TypeArg => {
                // A parameter that is a list metavariable alone may have been read as one with only a type.
                let mut inner = self.p.child_nodes(p).filter(|n| self.p.kind(*n) != SyntaxKind::Absent);
                let only = inner.next()?;
                if inner.next().is_some() || self.p.child_tokens(p).next().is_some() {
                    return None;
                }
                match self.p.kind(only) {
                    SyntaxKind::MetaVar | SyntaxKind::DeclSpecs | SyntaxKind::TypeName | SyntaxKind::As => {
                        self.run_of(only)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn run(&mut self, p: NodeId, run: &Run, rest: &[Child], cs: &[Child], at: &At, k: K<'_, 'a>) {
        let wanted = match run {
            Run::Var(_, ListLen::Exactly(n)) => Some(*n),
            Run::Var(_, ListLen::Var(v)) => match self.known(*v) {
                Some(crate::value::Value::Length(n)) => Some(*n),
                Some(crate::value::Value::Text(t)) => t.trim().parse().ok(),
                _ => None,
            },
            _ => None,
        };
        // The last item of the pattern takes all that is left.
        let only_all = rest.iter().all(|c| matches!(c, Child::Token(_))) && wanted.is_none();
        if wanted.unwrap_or(0) == 0 && !(only_all && self.has_element(cs)) {
            let mark = self.mark();
            if self.take_run(p, run, &[], None) {
                self.list(rest, cs, at.clone(), k);
            }
            self.reset(mark);
        }
        let mark = self.mark();
        let mut here = at.clone();
        let mut taken: SmallVec<[NodeId; 8]> = SmallVec::new();
        let mut left = cs;
        let mut range: Option<(u32, u32)> = None;
        let mut commas: Option<TokenId> = None;
        while let Some((c, tail)) = self.next_element(left, &mut here) {
            if !taken.is_empty() {
                // Commas inside the run belong to it; only the one before it counts as passed.
                here.last_comma = commas;
            }
            commas = here.last_comma;
            taken.push(c);
            left = tail;
            let r = self.c.token_range(c);
            if !r.is_empty() {
                range = Some((range.map_or(r.start, |x| x.0), r.end));
            }
            let n = taken.iter().filter(|n| self.c.kind(**n) != SyntaxKind::EmptyArg).count() as u32;
            if wanted.is_some_and(|w| n > w) {
                break;
            }
            if wanted.is_some_and(|w| n != w) || (only_all && self.has_element(left)) {
                continue;
            }
            let inner = self.mark();
            if self.take_run(p, run, &taken, range) {
                self.list(rest, left, here.clone(), k);
            }
            self.reset(inner);
        }
        self.reset(mark);
    }

    fn has_element(&self, cs: &[Child]) -> bool {
        cs.iter().any(|c| matches!(*c, Child::Node(n) if !self.is_passed_over(n)))
    }

    /// Binds and records a run of elements.
    fn take_run(&mut self, p: NodeId, run: &Run, nodes: &[NodeId], range: Option<(u32, u32)>) -> bool {
        let p = if self.p.kind(p) == SyntaxKind::As { self.p.child_node(p, 0).unwrap_or(p) } else { p };
        let Some(token) = self.p.first_token(p) else { return true };
        let tokens = range.map_or(0..0, |(a, b)| a..b);
        if let Run::Var(var, len) = run {
            let n = nodes.iter().filter(|n| self.c.kind(**n) != SyntaxKind::EmptyArg).count() as u32;
            let id = self.list_value(nodes);
            if !self.list_length(len, n) || !self.bind(*var, id) {
                return false;
            }
        } else if !self.whens_allow(p, nodes) {
            return false;
        }
        if !self.touch(token, tokens.clone()) || !self.attach(token, tokens) {
            return false;
        }
        self.run_names(p, nodes)
    }

    /// Expression lists attached to a parameter list are bound to the names of the parameters (`features.md` section 3).
    fn run_names(&mut self, p: NodeId, nodes: &[NodeId]) -> bool {
        let Some(parent) = self.p.parent(p).filter(|n| self.p.kind(*n) == SyntaxKind::As) else { return true };
        let others: SmallVec<[NodeId; 2]> = self.p.child_nodes(parent).skip(1).collect();
        for other in others {
            let Some((var, _)) = self.var_of_node(other) else { continue };
            let names: SmallVec<[NodeId; 8]> = nodes
                .iter()
                .filter_map(|n| match self.c.kind(*n) {
                    SyntaxKind::Param => self.c.child_node(*n, 1).and_then(|d| self.declared_name(d)),
                    _ => Some(*n),
                })
                .collect();
            let id = self.list_value(&names);
            if !self.bind(var, id) {
                return false;
            }
        }
        true
    }
}

/// The length of a list metavariable; none for other kinds.
fn list_len(kind: &MvKind) -> Option<&ListLen> {
    match kind {
        MvKind::ExpressionList(l)
        | MvKind::StatementList(l)
        | MvKind::ParameterList(l)
        | MvKind::IdentifierList(l)
        | MvKind::FieldList(l)
        | MvKind::InitialiserList(l) => Some(l),
        _ => None,
    }
}

/// Splits children into the opening token, what is inside, and the closing token.
pub(crate) fn delimited(children: &[Child]) -> Option<(TokenId, &[Child], TokenId)> {
    match children {
        [Child::Token(open), inside @ .., Child::Token(close)] => Some((*open, inside, *close)),
        _ => None,
    }
}

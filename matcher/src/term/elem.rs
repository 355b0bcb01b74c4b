//! Rule elements against points of the graph (`semantics.md` 4.3, 3.13).

use c_syntax::{Child, NodeId, SyntaxKind, TokenId};
use cfg::{NodeIndex, Point, PointKind};
use smallvec::SmallVec;

use super::TermMatcher;
use super::decl::{CodeType, SpecUse};
use super::node::is_searched;
use super::parts::{declarator_parts, specs_and_declarator};
use crate::compile::{ElemKind, ElemMatch, RuleElem};
use crate::outcome::{Action, Place};
use crate::point::owned;

impl<'a> TermMatcher<'a> {
    /// All ways in which an element matches at a point.
    pub(crate) fn element(&mut self, elem: &RuleElem, at: NodeIndex) -> Vec<ElemMatch> {
        let Some(point) = self.cfg.graph.node_weight(at).copied() else { return Vec::new() };
        if elem.kind.point_kind().is_some_and(|k| k != point.kind) {
            return Vec::new();
        }
        self.state.restart();
        if let Some(node) = point.node() {
            let range = self.c.token_range(node);
            self.state.interval = (range.start, range.end);
        }
        self.dispatch(elem.kind, &point);
        let mut found = std::mem::take(&mut self.state.results);
        if elem.kind.is_bare() {
            // Matches lie at many places: those of earlier branches come first, in the order of the places.
            found.sort_by(|a, b| a.choice.cmp(&b.choice));
        }
        found
    }

    fn dispatch(&mut self, kind: ElemKind, point: &Point) {
        match kind {
            ElemKind::Stmt(p) => self.whole(p, point, true),
            ElemKind::Goto(p) | ElemKind::Return(p) | ElemKind::Break(p) | ElemKind::Continue(p) => {
                self.whole(p, point, true);
            }
            ElemKind::IfHead(p)
            | ElemKind::WhileHead(p)
            | ElemKind::ForHead(p)
            | ElemKind::IteratorHead(p)
            | ElemKind::DoHead(p)
            | ElemKind::SwitchHead(p)
            | ElemKind::Case(p)
            | ElemKind::Default(p)
            | ElemKind::Open(p)
            | ElemKind::Label(p) => self.head(p, point, true, false),
            // Code around a macro is code around its whole line.
            ElemKind::DefineHead(p) => self.head(p, point, true, true),
            ElemKind::Close(p) => self.head(p, point, false, true),
            ElemKind::ElseKw(p) | ElemKind::DoTail(p) => self.head(p, point, false, false),
            ElemKind::FunHead(p) => self.fun_head(p, point),
            ElemKind::DefineBody(p) => self.whole(p, point, false),
            ElemKind::OpenList(p) => self.open_list(p, point),
            ElemKind::StmtVar(p) => self.statement(p, point),
            ElemKind::Expr(p) => self.expressions(p, point),
            ElemKind::Type(p) => self.types(p, point),
            ElemKind::Ident(p) => {
                let name = |k: SyntaxKind| matches!(k, SyntaxKind::Ident | SyntaxKind::Name);
                for c in self.places(point, |c| name(self.c.kind(c)) && !self.names_typedef(c) && self.quick(p, c)) {
                    self.at_place(p, c);
                }
            }
            ElemKind::Init(p) => {
                for c in self.places(point, |c| self.c.kind(c) == SyntaxKind::InitList && self.quick(p, c)) {
                    self.at_place(p, c);
                }
            }
            ElemKind::Cond(p) => self.condition(p, point),
            ElemKind::Any(p) => self.any(p, point),
            ElemKind::Mention(p) => self.mention(p, point),
            ElemKind::ImplicitReturn(p) => self.implicit_return(p, point),
            ElemKind::AfterNode(_) => self.emit(),
        }
    }

    /// The brace at the end of a function for a `return`: positions of the `return` are places of the brace.
    fn implicit_return(&mut self, p: NodeId, point: &Point) {
        let brace = cfg::owned(self.c, point).find_map(|c| match c {
            Child::Token(t) => Some(t.0),
            Child::Node(_) => None,
        });
        let Some(brace) = brace else { return };
        if self.p.child_tokens(p).all(|t| self.attach(t, brace..brace + 1)) {
            self.emit();
        }
    }

    /// A pattern node against the whole node of a point.
    fn whole(&mut self, p: NodeId, point: &Point, slots: bool) {
        let Some(node) = point.node() else { return };
        let c = match point.kind {
            PointKind::Simple | PointKind::Decl | PointKind::Directive | PointKind::DefineBody => node,
            PointKind::Goto | PointKind::Return | PointKind::Break | PointKind::Continue => node,
            // The declaration in the head of a loop, if it stays and nothing comes beside it.
            PointKind::ForHead => match self.c.child_node(node, 0) {
                Some(first) if self.c.kind(first) == SyntaxKind::Declaration && self.stays_alone(p) => first,
                _ => return,
            },
            _ => return,
        };
        if self.c.kind(c) == SyntaxKind::Absent || !self.quick(p, c) {
            return;
        }
        self.node(p, c, &mut |m| {
            let mark = m.mark();
            if slots {
                m.touch_slots(p, c, true, true);
            }
            m.emit();
            m.reset(mark);
        });
    }

    /// Whether the rule neither removes what this node stands for nor adds code beside it.
    fn stays_alone(&self, p: NodeId) -> bool {
        let adds = self.pat.slots.get(&p).is_some_and(|s| !(s.before.is_empty() && s.after.is_empty()));
        let edges = [self.p.first_token(p), self.p.last_token(p)];
        !adds && !self.is_all_minus(p) && edges.into_iter().flatten().all(|t| self.is_minus(t) || self.adds_nothing(t))
    }

    /// What a head, brace or tail owns, part by part.
    fn head(&mut self, p: NodeId, point: &Point, before: bool, after: bool) {
        let Some(c) = point.node() else { return };
        let mut ps = owned(self.p, point.kind, p);
        let mut cs: Vec<Child> = cfg::owned(self.c, point).collect();
        if point.kind == PointKind::ForHead {
            self.declaring_head(&mut ps, &mut cs);
        }
        self.seq(&ps, &cs, &mut |m| {
            let mark = m.mark();
            m.touch_slots(p, c, before, after);
            m.emit();
            m.reset(mark);
        });
    }

    /// `for (...; b; c)` also accepts a declaration as first part, if it is kept or removed as it is (`semantics.md` 4.3).
    fn declaring_head(&mut self, ps: &mut Vec<Child>, cs: &mut Vec<Child>) {
        let kind_p = |c: &Child, k: SyntaxKind| matches!(*c, Child::Node(n) if self.p.kind(n) == k);
        let declares = |c: &Child| matches!(*c, Child::Node(n) if self.c.kind(n) == SyntaxKind::Declaration);
        let Some(i) = cs.iter().position(declares) else { return };
        let Some(j) = ps.iter().position(|c| kind_p(c, SyntaxKind::Dots)) else { return };
        let (Some(Child::Node(dots)), Some(Child::Token(semi))) = (ps.get(j), ps.get(j + 1)) else { return };
        let edges = [self.p.first_token(*dots).unwrap_or(*semi), *semi];
        let unchanged = edges.iter().all(|t| self.is_untouched(*t));
        let removed = edges.iter().all(|t| self.is_minus(*t) && self.adds_nothing(*t));
        if i == j && (unchanged || removed) {
            if let (true, Child::Node(declaration)) = (removed, cs[i]) {
                self.remove_like(edges[0], self.c.token_range(declaration));
            }
            cs.remove(i);
            ps.drain(j..j + 2);
        }
    }

    fn fun_head(&mut self, p: NodeId, point: &Point) {
        let Some(c) = point.node() else { return };
        self.function_header(p, c, &mut |m| {
            let mark = m.mark();
            m.touch_slots(p, c, true, false);
            m.emit();
            m.reset(mark);
        });
    }

    /// `{ SL }`: the brace, and the statements of the block as a list.
    fn open_list(&mut self, p: NodeId, point: &Point) {
        let Some(c) = point.node() else { return };
        let ps = owned(self.p, PointKind::Open, p);
        let cs: Vec<Child> = cfg::owned(self.c, point).collect();
        let Some(list) = self.p.child_node(p, 0) else { return };
        let inside: Vec<Child> = self.c.children(c).iter().copied().filter(|x| matches!(x, Child::Node(_))).collect();
        let item = [Child::Node(list)];
        self.seq(&ps, &cs, &mut |m| {
            m.list(&item, &inside, super::list::At::default(), &mut |m| {
                let mark = m.mark();
                m.touch_slots(p, c, true, false);
                m.emit();
                m.reset(mark);
            });
        });
    }

    /// A statement metavariable: the statement that starts at the point, declarations excepted.
    fn statement(&mut self, p: NodeId, point: &Point) {
        let Some(c) = point.stmt() else { return };
        if matches!(self.c.kind(c), SyntaxKind::Declaration | SyntaxKind::MacroDecl | SyntaxKind::Absent) {
            return;
        }
        self.node(p, c, &mut |m| {
            let mark = m.mark();
            m.touch_slots(p, c, true, true);
            m.emit();
            m.reset(mark);
        });
    }

    /// The nodes below what a point owns that satisfy a condition, those of attributes left out.
    pub(crate) fn places(&self, point: &Point, wanted: impl Fn(NodeId) -> bool) -> SmallVec<[NodeId; 8]> {
        let mut out = SmallVec::new();
        let mut stack: SmallVec<[NodeId; 64]> = SmallVec::new();
        for child in cfg::owned(self.c, point) {
            stack.extend(node_of(child));
            while let Some(n) = stack.pop() {
                if self.c.kind(n) == SyntaxKind::Attribute {
                    continue;
                }
                if wanted(n) {
                    out.push(n);
                }
                stack.extend(self.c.children(n).iter().rev().copied().filter_map(node_of));
            }
        }
        out
    }

    fn at_place(&mut self, p: NodeId, c: NodeId) {
        self.state.clear();
        let range = self.c.token_range(c);
        self.state.interval = (range.start, range.end);
        self.node(p, c, &mut Self::emit);
    }

    fn expressions(&mut self, p: NodeId, point: &Point) {
        let roots = self.roots(p);
        let declarators = roots.has(SyntaxKind::InitDeclarator) && self.may_match_declarators(p);
        let fits = |c: NodeId| {
            let kind = self.c.kind(c);
            let searched = is_searched(kind) || (declarators && kind == SyntaxKind::InitDeclarator);
            searched && roots.has(kind) && self.quick(p, c) && !self.is_part_of_string(c)
        };
        for c in self.places(point, fits) {
            self.at_place(p, c);
        }
    }

    fn is_part_of_string(&self, c: NodeId) -> bool {
        matches!(self.c.kind(c), SyntaxKind::StringLit | SyntaxKind::Ident)
            && self.c.parent(c).is_some_and(|p| self.c.kind(p) == SyntaxKind::StringRun)
    }

    /// An expression that must be the whole condition of the point.
    fn condition(&mut self, p: NodeId, point: &Point) {
        let Some(node) = point.node() else { return };
        let nth = match point.kind {
            PointKind::IfHead | PointKind::WhileHead => 0,
            PointKind::ForHead | PointKind::DoTail => 1,
            _ => return,
        };
        if let Some(c) = self.c.child_node(node, nth)
            && self.quick(p, c)
        {
            self.at_place(p, c);
        }
    }

    /// What removed dots remove at a point: all that it owns.
    fn any(&mut self, p: NodeId, point: &Point) {
        if let Some(token) = self.p.first_token(p)
            && self.is_minus(token)
        {
            let replace = self.pat.token(token).replace.clone();
            let mut first = true;
            for child in cfg::owned(self.c, point) {
                let range = match child {
                    Child::Token(t) => t.0..t.0 + 1,
                    Child::Node(n) => self.c.token_range(n),
                };
                if first && !range.is_empty() {
                    first = false;
                    let place = Place::Token(TokenId(range.start));
                    self.state.touches.extend(replace.iter().map(|r| (place, Action::Replace(*r))));
                }
                self.remove_like(token, range);
            }
        }
        self.emit();
    }

    /// A type at every place of a type: the whole, and what its pointers point to.
    fn types(&mut self, p: NodeId, point: &Point) {
        for (specs, ops) in self.type_places(point) {
            for from in 0..=ops.len() {
                let rest = &ops[from..];
                let is_function = |o: &NodeId| self.c.kind(*o) == SyntaxKind::FuncDecl;
                if rest.iter().any(is_function) {
                    continue;
                }
                self.state.clear();
                self.state.interval = self.type_interval(specs, rest);
                self.type_at(p, CodeType { specs, ops: rest });
            }
        }
    }

    fn type_at(&mut self, p: NodeId, code: CodeType<'_>) {
        match self.p.kind(p) {
            SyntaxKind::Disj => self.disjunction(p, &mut |m, branch| m.type_at(branch, code)),
            SyntaxKind::TypeName => {
                let Some((specs, declarator)) = specs_and_declarator(self.p, p) else { return };
                let ops = declarator_parts(self.p, declarator).ops;
                self.ty(specs, &ops, code, SpecUse::Type, &mut Self::emit);
            }
            SyntaxKind::DeclSpecs => self.ty(p, &[], code, SpecUse::Type, &mut Self::emit),
            SyntaxKind::MetaVar => {
                let items = [Child::Node(p)];
                self.specifiers(&items, code, SpecUse::Type, &mut Self::emit);
            }
            _ => {}
        }
    }

    /// The types that a point owns: specifiers, and declarator nodes from the name outwards. Of several declarators only the first
    /// offers the base type.
    fn type_places(&self, point: &Point) -> Vec<(NodeId, SmallVec<[NodeId; 4]>)> {
        use SyntaxKind as S;
        let tree = self.c;
        let mut out: Vec<(NodeId, SmallVec<[NodeId; 4]>)> = Vec::new();
        let holds_type = |n: NodeId| {
            matches!(
                tree.kind(n),
                S::TypeName
                    | S::Param
                    | S::FunctionDef
                    | S::Declaration
                    | S::FieldDecl
                    | S::MacroFunction
                    | S::MacroDecl
            )
        };
        let mut nodes = self.places(point, holds_type);
        if point.kind == PointKind::FunHead
            && let Some(node) = point.node()
        {
            nodes.insert(0, node);
        }
        for n in nodes {
            let kind = tree.kind(n);
            let Some(specs) = tree.child_node(n, 0).filter(|s| tree.kind(*s) == S::DeclSpecs) else { continue };
            let declarators: SmallVec<[NodeId; 4]> = match kind {
                S::Declaration | S::FieldDecl => tree
                    .child_nodes(n)
                    .skip(1)
                    .filter_map(|d| if tree.kind(d) == S::InitDeclarator { tree.child_node(d, 0) } else { Some(d) })
                    .collect(),
                S::MacroFunction | S::MacroDecl => SmallVec::new(),
                _ => tree.child_node(n, 1).into_iter().collect(),
            };
            let Some(first) = declarators.first() else {
                out.push((specs, SmallVec::new()));
                continue;
            };
            out.push((specs, declarator_parts(tree, *first).ops));
        }
        out
    }

    fn type_interval(&self, specs: NodeId, ops: &[NodeId]) -> (u32, u32) {
        let range = self.c.token_range(specs);
        let (mut lo, mut hi) = (range.start, range.end);
        for op in ops {
            for t in self.c.child_tokens(*op) {
                lo = lo.min(t.0);
                hi = hi.max(t.0 + 1);
            }
        }
        (lo, hi)
    }
}

fn node_of(child: Child) -> Option<NodeId> {
    match child {
        Child::Node(n) => Some(n),
        Child::Token(_) => None,
    }
}

//! The rule that changes prototypes as another rule changes the headers of functions (`smpl-front-end.md` section 11, `semantics.md` 4.9).
//!
//! Its pattern is the header with a `;`, once as written and once without names of parameters. Names of parameters that are metavariables
//! may differ from those of the definition; everything else that the header binds is inherited.

use c_syntax::{Child, NodeId, Span, Sym, SyntaxKind, Token, TokenFlags, TokenId, TokenKind, Tree, TreeBuilder};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::ast::{
    BodyKind, Constraint, Dep, FragmentKind, ItemId, Mark, MetaVar, MvId, MvKind, PatToken, Pattern, PlusFragment,
    PlusRun, Quantifier, Rule, RunId, VarRef, WordFormula,
};
use crate::decl::kinds::forget_variables;

/// How deep a header may be nested.
const DEEPEST: u32 = 300;

/// The prototype rule of `rule`, which is to become item `id`; `semi` is where a `;` stands in the text buffer.
pub(crate) fn prototype(rule: &Rule, id: ItemId, semi: Span) -> Option<Rule> {
    if rule.star || rule.disabled.iter().any(|d| d == "prototypes" || d == "all") {
        return None;
    }
    let tree = &rule.pattern.tree;
    let items: Vec<NodeId> = tree.child_nodes(tree.root()).collect();
    let [function] = items[..] else { return None };
    if tree.kind(function) != SyntaxKind::FunctionDef {
        return None;
    }
    let header = header_nodes(tree, function)?;
    let change = change(&rule.pattern, function, &header)?;
    let mut maker = Maker::new(rule, id, semi, change);
    let pattern = maker.pattern(&header);
    let metavars = maker.metavars;
    Some(Rule {
        name: format!("proto for {}", rule.name),
        line: rule.line,
        depends: Dep::True,
        quantifier: Some(Quantifier::Forall),
        disabled: rule.disabled.clone(),
        kind: BodyKind::Declaration,
        metavars,
        written: std::sync::Arc::new(pattern.clone()),
        pattern,
        star: false,
        transforms: true,
        words: WordFormula::True,
        effect: None,
        prototype: None,
    })
}

/// Specifiers and declarator of a definition.
struct Header {
    specs: NodeId,
    declarator: NodeId,
    /// Names of parameters: the nodes to leave out in the second variant.
    names: Vec<NodeId>,
}

fn header_nodes(tree: &Tree, function: NodeId) -> Option<Header> {
    let specs = tree.child_node(function, 0)?;
    let declarator = tree.child_node(function, 1)?;
    let list = tree.preorder(declarator).find(|n| tree.kind(*n) == SyntaxKind::ParamList)?;
    let mut names = Vec::new();
    for param in tree.child_nodes(list).filter(|n| tree.kind(*n) == SyntaxKind::Param) {
        let Some(mut at) = tree.child_node(param, 1) else { continue };
        while let Some(inner) = matches!(
            tree.kind(at),
            SyntaxKind::PointerDecl | SyntaxKind::ArrayDecl | SyntaxKind::FuncDecl | SyntaxKind::ParenDecl
        )
        .then(|| tree.child_node(at, 0))
        .flatten()
        {
            at = inner;
        }
        if matches!(tree.kind(at), SyntaxKind::Name | SyntaxKind::MetaVar) {
            names.push(at);
        }
    }
    Some(Header { specs, declarator, names })
}

/// What happens to the header.
#[derive(Clone, Debug)]
enum Change {
    /// Tokens of it are removed, or have code beside them.
    Tokens,
    /// It goes with the whole definition.
    Deleted,
    /// The whole definition is replaced by these runs, which hold functions.
    Replaced(SmallVec<[RunId; 1]>),
    /// The header is replaced together with the brace behind it by this run.
    WithBrace(RunId),
}

fn change(p: &Pattern, function: NodeId, header: &Header) -> Option<Change> {
    let all = p.tree.held_tokens(function);
    let is_minus = |t: &TokenId| p.token(*t).mark == Mark::Minus;
    if all.iter().all(is_minus) {
        let first = p.token(*all.first()?);
        return Some(if first.replace.is_empty() { Change::Deleted } else { Change::Replaced(first.replace.clone()) });
    }
    let mut tokens = p.tree.held_tokens(header.specs);
    tokens.extend(p.tree.held_tokens(header.declarator));
    let touched = |t: &TokenId| {
        let x = p.token(*t);
        x.mark == Mark::Minus || !x.before.is_empty() || !x.after.is_empty()
    };
    // A new header up to the brace stands in the place of the old brace or, written first, in that of the old header.
    let block = p.tree.child_nodes(function).find(|n| p.tree.kind(*n) == SyntaxKind::Block);
    if let Some(open) = block.and_then(|b| p.tree.child_token(b, TokenKind::LBrace)).filter(is_minus)
        && tokens.iter().all(is_minus)
    {
        let mut runs = tokens.iter().chain([&open]).flat_map(|t| &p.token(*t).replace);
        if let (Some(run), None) = (runs.next(), runs.next())
            && p.runs[run.0 as usize].fragments.iter().any(|f| is_brace(&p.plus, f))
        {
            return Some(Change::WithBrace(*run));
        }
    }
    tokens.iter().any(touched).then_some(Change::Tokens)
}

/// Whether a fragment is the brace that opens a block.
fn is_brace(plus: &Tree, f: &PlusFragment) -> bool {
    f.text.is_none() && f.node.is_none() && f.tokens.clone().all(|t| plus.token(TokenId(t)).kind == TokenKind::LBrace)
}

struct Maker<'a> {
    rule: &'a Rule,
    id: ItemId,
    semi: Span,
    change: Change,
    metavars: Vec<MetaVar>,
    /// Variables of the rule to those of the new one.
    vars: FxHashMap<MvId, MvId>,
    /// Variables that name parameters to those that stand for any name.
    names: FxHashMap<MvId, MvId>,
    tokens: Vec<PatToken>,
    runs: Vec<PlusRun>,
    /// Nodes left out in the variant being made.
    dropped: FxHashSet<NodeId>,
    /// Runs of the rule to those of the variant being made.
    run_ids: FxHashMap<RunId, RunId>,
    /// Last token made, for code that stood after a dropped name.
    last: Option<usize>,
}

impl<'a> Maker<'a> {
    fn new(rule: &'a Rule, id: ItemId, semi: Span, change: Change) -> Self {
        Self {
            rule,
            id,
            semi,
            change,
            metavars: Vec::new(),
            vars: FxHashMap::default(),
            names: FxHashMap::default(),
            tokens: Vec::new(),
            runs: Vec::new(),
            dropped: FxHashSet::default(),
            run_ids: FxHashMap::default(),
            last: None,
        }
    }

    fn pattern(&mut self, header: &Header) -> Pattern {
        let from = &self.rule.pattern;
        self.parameter_names(header);
        let (text, base) = from.tree.text();
        let mut b = TreeBuilder::new(text.clone(), base, Vec::new());
        b.start(SyntaxKind::RuleBody);
        let both = !header.names.is_empty();
        if both {
            b.start(SyntaxKind::Disj);
            b.start(SyntaxKind::DisjBranch);
        }
        self.declaration(&mut b, header);
        if both {
            b.finish();
            self.dropped = header.names.iter().copied().collect();
            self.run_ids.clear();
            b.start(SyntaxKind::DisjBranch);
            self.declaration(&mut b, header);
            b.finish();
            b.finish();
        }
        b.finish();
        let plus_vars = from.plus_vars.clone();
        let plus_vars = plus_vars.into_iter().map(|v| v.map(|v| self.var(v))).collect();
        Pattern {
            tree: b.build(),
            tokens: std::mem::take(&mut self.tokens),
            slots: FxHashMap::default(),
            runs: std::mem::take(&mut self.runs),
            plus: from.plus.clone(),
            plus_vars,
            notes: FxHashMap::default(),
        }
    }

    /// Names of parameters that are identifier metavariables stand for any name.
    fn parameter_names(&mut self, header: &Header) {
        let p = &self.rule.pattern;
        for name in &header.names {
            let Some(var) = p.tree.first_token(*name).and_then(|t| p.token(t).var) else { continue };
            let kind = self.rule.metavars.get(var.0 as usize).map(|m| &m.kind);
            if !matches!(kind, Some(MvKind::Identifier)) || self.names.contains_key(&var) {
                continue;
            }
            let id = MvId(self.metavars.len() as u32);
            let old = &self.rule.metavars[var.0 as usize];
            self.metavars.push(MetaVar {
                name: format!("{}__0", old.name),
                span: old.span,
                kind: MvKind::Identifier,
                inherited: None,
                constraint: Constraint::True,
                used_after: false,
                unitary: false,
                in_plus: false,
            });
            self.names.insert(var, id);
        }
    }

    fn var(&mut self, old: MvId) -> MvId {
        if let Some(id) = self.vars.get(&old) {
            return *id;
        }
        let id = MvId(self.metavars.len() as u32);
        let mut m = self.rule.metavars[old.0 as usize].clone();
        forget_variables(&mut m.kind);
        m.inherited = m.inherited.or(Some(VarRef { item: self.id, var: old.0 }));
        m.constraint = Constraint::True;
        m.used_after = false;
        m.unitary = false;
        self.metavars.push(m);
        self.vars.insert(old, id);
        id
    }

    fn declaration(&mut self, b: &mut TreeBuilder, header: &Header) {
        self.last = None;
        let first = self.tokens.len();
        b.start(SyntaxKind::Declaration);
        if self.rule.pattern.tree.children(header.specs).is_empty() {
            self.any_type(b, header);
        } else {
            self.copy(b, header.specs, 0);
        }
        b.start(SyntaxKind::InitDeclarator);
        let name = self.tokens.len();
        self.copy(b, header.declarator, 0);
        b.finish();
        if let Change::WithBrace(run) = self.change {
            let run = self.run(run);
            let plus = &self.rule.pattern.plus;
            self.runs[run.0 as usize].fragments.retain(|f| !is_brace(plus, f));
            let at = if self.rule.pattern.tree.children(header.specs).is_empty() { name } else { first };
            self.tokens[at].replace.push(run);
        }
        let token = Token {
            kind: TokenKind::Semi,
            flags: TokenFlags::default(),
            start: self.semi.start,
            len: 1,
            sym: Sym::of(b";"),
        };
        let id = b.add_token(token);
        b.token(id);
        let like = self.tokens.last().cloned().unwrap_or_default();
        let deleted = matches!(self.change, Change::Deleted);
        self.tokens.push(PatToken {
            span: like.span,
            line: like.line,
            mark: if deleted { Mark::Minus } else { Mark::Context },
            adjacency: like.adjacency,
            ..PatToken::default()
        });
        b.finish();
        if let (Change::Replaced(runs), Some(_)) = (self.change.clone(), self.tokens.get(first)) {
            for run in runs {
                if let Some(new) = self.header_of(run) {
                    self.tokens[first].replace.push(new);
                }
            }
        }
    }

    /// A header without type matches any: so does the prototype, by a type metavariable of its own.
    fn any_type(&mut self, b: &mut TreeBuilder, header: &Header) {
        let tree = &self.rule.pattern.tree;
        let Some(name) = tree.first_token(header.declarator) else { return };
        let var = match self.metavars.iter().position(|m| m.name == "return type") {
            Some(i) => MvId(i as u32),
            None => {
                self.metavars.push(MetaVar {
                    name: "return type".to_owned(),
                    span: self.rule.pattern.token(name).span,
                    kind: MvKind::Type,
                    inherited: None,
                    constraint: Constraint::True,
                    used_after: false,
                    unitary: false,
                    in_plus: false,
                });
                MvId(self.metavars.len() as u32 - 1)
            }
        };
        b.start(SyntaxKind::DeclSpecs);
        b.start(SyntaxKind::MetaVar);
        let id = b.add_token(tree.token(name));
        b.token(id);
        b.finish();
        b.finish();
        let like = self.rule.pattern.token(name);
        let gone = !matches!(self.change, Change::Tokens | Change::WithBrace(_));
        self.last = Some(self.tokens.len());
        self.tokens.push(PatToken {
            span: like.span,
            line: like.line,
            mark: if gone { Mark::Minus } else { Mark::Context },
            var: Some(var),
            adjacency: like.adjacency,
            ..PatToken::default()
        });
    }

    /// Copies a node with what SmPL says of its tokens.
    fn copy(&mut self, b: &mut TreeBuilder, node: NodeId, depth: u32) {
        let tree = &self.rule.pattern.tree;
        if self.dropped.contains(&node) {
            self.keep_code_of(node);
            b.empty(SyntaxKind::Absent);
            return;
        }
        b.start(tree.kind(node));
        if depth < DEEPEST {
            for child in tree.children(node) {
                match *child {
                    Child::Node(n) => self.copy(b, n, depth + 1),
                    Child::Token(t) => {
                        let id = b.add_token(tree.token(t));
                        b.token(id);
                        let new = self.token(t);
                        self.last = Some(self.tokens.len());
                        self.tokens.push(new);
                    }
                }
            }
        }
        b.finish();
    }

    fn token(&mut self, t: TokenId) -> PatToken {
        let mut new = self.rule.pattern.token(t).clone();
        new.attached.clear();
        new.var = new.var.map(|v| self.names.get(&v).copied().unwrap_or_else(|| self.var(v)));
        let replaced = !matches!(self.change, Change::Tokens);
        for list in [&mut new.before, &mut new.after, &mut new.replace] {
            let old = std::mem::take(list);
            if !replaced {
                for r in old {
                    list.push(self.run(r));
                }
            }
        }
        new
    }

    /// Code that stood after a name that is left out goes after the token before it.
    fn keep_code_of(&mut self, node: NodeId) {
        let tree = &self.rule.pattern.tree;
        let Some(t) = tree.first_token(node) else { return };
        let kept = self.token(t);
        let Some(last) = self.last else { return };
        let minus = self.tokens[last].mark == Mark::Minus;
        let runs = kept.after.iter().chain(if minus { kept.replace.iter() } else { [].iter() });
        let runs: Vec<RunId> = runs.copied().collect();
        let target = &mut self.tokens[last];
        if minus { target.replace.extend(runs) } else { target.after.extend(runs) }
    }

    /// A run of the rule as a run of the variant being made: without names of parameters where the pattern has none.
    fn run(&mut self, old: RunId) -> RunId {
        if let Some(id) = self.run_ids.get(&old) {
            return *id;
        }
        let mut run = self.rule.pattern.runs[old.0 as usize].clone();
        if !self.dropped.is_empty() {
            run.fragments.iter_mut().for_each(|f| self.without_name(f));
        }
        let id = RunId(self.runs.len() as u32);
        self.runs.push(run);
        self.run_ids.insert(old, id);
        id
    }

    fn without_name(&self, f: &mut PlusFragment) {
        let plus = &self.rule.pattern.plus;
        let Some(node) = f.node.filter(|_| f.kind == FragmentKind::Parameter && f.tokens.len() > 1) else { return };
        let last = TokenId(f.tokens.end - 1);
        let is_name = plus.preorder(node).any(|n| {
            matches!(plus.kind(n), SyntaxKind::Name | SyntaxKind::MetaVar)
                && plus.parent(n).is_some_and(|p| plus.kind(p) != SyntaxKind::DeclSpecs)
                && plus.first_token(n) == Some(last)
        });
        if is_name {
            f.tokens.end -= 1;
            f.node = None;
        }
    }

    /// The headers of the functions that a run holds, as a run.
    fn header_of(&mut self, old: RunId) -> Option<RunId> {
        let plus = &self.rule.pattern.plus;
        let run = &self.rule.pattern.runs[old.0 as usize];
        let function = run.fragments.iter().find(|f| f.kind == FragmentKind::Function)?;
        let body = plus.child_nodes(function.node?).find(|n| plus.kind(*n) == SyntaxKind::Block)?;
        let end = plus.token_range(body).start;
        let fragment = PlusFragment {
            kind: FragmentKind::Expression,
            node: None,
            tokens: function.tokens.start..end,
            line: function.line,
            text: None,
            inside: Vec::new(),
        };
        let id = RunId(self.runs.len() as u32);
        self.runs.push(PlusRun { fragments: vec![fragment], many: run.many, span: run.span });
        Some(id)
    }
}

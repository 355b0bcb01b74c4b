//! From a top-level element to its graph: what kinds of elements there are, and the state of the construction.

use c_syntax::{NodeId, SyntaxKind, TokenKind, Tree};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::graph::{Cfg, CfgError, CfgOptions, EdgeKind, LabelId, Labels, Point, PointKind};
use crate::jump::{Gotos, Scope};

/// How deeply statements may be nested.
pub const MAX_DEPTH: u32 = 500;

impl Cfg {
    /// The graph of `item`, a top-level item of `tree` (`semantics.md` 1.1 lists the kinds) or a function nested in another.
    ///
    /// # Errors
    /// If the item is of a kind that is never matched, or its jumps make no sense; see [`CfgError`].
    pub fn build(tree: &Tree, item: NodeId, options: &CfgOptions) -> Result<Self, CfgError> {
        let mut b = Builder::new(tree, *options);
        match tree.kind(item) {
            SyntaxKind::FunctionDef | SyntaxKind::MacroFunction => b.function(item)?,
            SyntaxKind::Declaration | SyntaxKind::MacroDecl => b.single(PointKind::Decl, item),
            SyntaxKind::ExprStmt | SyntaxKind::MacroStmt | SyntaxKind::AsmStmt => b.single(PointKind::Simple, item),
            SyntaxKind::Include | SyntaxKind::Undef | SyntaxKind::Pragma => b.single(PointKind::Directive, item),
            SyntaxKind::Define => b.define(item)?,
            _ => return Err(CfgError::NotMatchable),
        }
        b.gotos.check()?;
        Ok(crate::finish::finish(b))
    }
}

/// A graph under construction. Methods that take `from: Option<NodeIndex>` add what comes after `from`; nothing reaches it if
/// `from` is none. They return the point from which control goes on, if it does.
pub(crate) struct Builder<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) options: CfgOptions,
    pub(crate) graph: DiGraph<Point, EdgeKind>,
    pub(crate) labels: Labels,
    /// Constructs around the present place, outermost first.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) gotos: Gotos,
    pub(crate) top: NodeIndex,
    pub(crate) exit: NodeIndex,
    pub(crate) pre_exit: NodeIndex,
    pub(crate) error_exit: Option<NodeIndex>,
}

/// What [`Builder`] methods return: where control goes on.
pub(crate) type Flow = Result<Option<NodeIndex>, CfgError>;

impl<'t> Builder<'t> {
    fn new(tree: &'t Tree, options: CfgOptions) -> Self {
        let labels = Labels { parents: vec![LabelId::NONE, LabelId::ELEMENT], last: Vec::new() };
        let mut graph = DiGraph::new();
        let top = graph.add_node(Point::new(PointKind::Top, None, LabelId::NONE));
        Self {
            tree,
            options,
            graph,
            labels,
            scopes: Vec::new(),
            gotos: Gotos::default(),
            top,
            exit: top,
            pre_exit: top,
            error_exit: None,
        }
    }

    pub(crate) fn point(&mut self, kind: PointKind, node: NodeId, label: LabelId) -> NodeIndex {
        self.graph.add_node(Point::new(kind, Some(node), label))
    }

    /// A point at which the statement `node` starts, reached from `from`.
    pub(crate) fn start(
        &mut self,
        kind: PointKind,
        from: Option<NodeIndex>,
        node: NodeId,
        label: LabelId,
    ) -> NodeIndex {
        let point = Point::new(kind, Some(node), label).with_stmt(node);
        let n = self.graph.add_node(point);
        self.edge(from, n);
        n
    }

    /// A point without a statement of its own, reached from `from`.
    pub(crate) fn then(&mut self, kind: PointKind, from: Option<NodeIndex>, node: NodeId, label: LabelId) -> NodeIndex {
        let n = self.point(kind, node, label);
        self.edge(from, n);
        n
    }

    pub(crate) fn edge(&mut self, from: Option<NodeIndex>, to: NodeIndex) {
        if let Some(from) = from {
            self.graph.add_edge(from, to, EdgeKind::Direct);
        }
    }

    pub(crate) fn label(&mut self, parent: LabelId) -> LabelId {
        self.labels.parents.push(parent);
        LabelId(self.labels.parents.len() as u32 - 1)
    }

    /// `Top -> n -> Exit`.
    fn single(&mut self, kind: PointKind, item: NodeId) {
        let n = match kind {
            PointKind::Simple => self.start(kind, Some(self.top), item, LabelId::ELEMENT),
            _ => self.then(kind, Some(self.top), item, LabelId::ELEMENT),
        };
        self.exit = self.graph.add_node(Point::new(PointKind::Exit, None, LabelId::NONE));
        self.edge(Some(n), self.exit);
    }

    fn exits(&mut self, item: NodeId) {
        self.pre_exit = self.point(PointKind::PreExit, item, LabelId::NONE);
        self.exit = self.graph.add_node(Point::new(PointKind::Exit, None, LabelId::NONE));
        self.edge(Some(self.pre_exit), self.exit);
    }

    fn function(&mut self, item: NodeId) -> Result<(), CfgError> {
        let body = self.tree.child_nodes(item).find(|n| self.tree.kind(*n) == SyntaxKind::Block);
        let body = body.ok_or(CfgError::NotMatchable)?;
        let head = self.then(PointKind::FunHead, Some(self.top), item, LabelId::ELEMENT);
        self.exits(item);
        let open = self.start(PointKind::Open, Some(head), body, LabelId::ELEMENT);
        let inside = self.label(LabelId::ELEMENT);
        self.scopes.push(Scope::function(body, LabelId::ELEMENT));
        let end = self.statements(body, Some(open), inside, 0)?;
        self.scopes.pop();
        if end.is_some() {
            let close = self.then(PointKind::Close, end, body, LabelId::ELEMENT);
            self.edge(Some(close), self.pre_exit);
        }
        Ok(())
    }

    /// `#define`: the head, then the body as one point or as the graph of its statements (`semantics.md` 1.1).
    fn define(&mut self, item: NodeId) -> Result<(), CfgError> {
        let head = self.then(PointKind::DefineHead, Some(self.top), item, LabelId::ELEMENT);
        self.exits(item);
        let body = self.tree.child_nodes(item).find(|n| self.tree.kind(*n) == SyntaxKind::MacroBody);
        let Some(body) = body.filter(|b| !self.tree.children(*b).is_empty()) else {
            self.edge(Some(head), self.pre_exit);
            return Ok(());
        };
        let end = match self.tree.child_node(body, 0).map(|first| (first, self.tree.kind(first))) {
            // Attributes only.
            None => Some(self.then(PointKind::DefineBody, Some(head), body, LabelId::ELEMENT)),
            Some((first, SyntaxKind::DoWhile)) if self.is_macro_do(first) => self.define_do(head, first)?,
            Some((_, kind)) if kind.is_stmt() || is_declaration(kind) => {
                self.scopes.push(Scope::macro_body());
                let end = self.statements(body, Some(head), LabelId::ELEMENT, 0)?;
                self.scopes.pop();
                end
            }
            Some(_) => Some(self.then(PointKind::DefineBody, Some(head), body, LabelId::ELEMENT)),
        };
        self.edge(end, self.pre_exit);
        Ok(())
    }

    /// Whether a do-while that heads a macro body is the idiom `do S while (0)` without semicolon.
    fn is_macro_do(&self, node: NodeId) -> bool {
        self.is_literal_0(node) && self.tree.child_token(node, TokenKind::Semi).is_none()
    }

    fn define_do(&mut self, head: NodeIndex, node: NodeId) -> Flow {
        let body = self.tree.child_node(node, 0).ok_or(CfgError::NotMatchable)?;
        let open = self.then(PointKind::DefineDo, Some(head), node, LabelId::ELEMENT);
        self.scopes.push(Scope::macro_body());
        self.scopes.push(Scope::looping(LabelId::ELEMENT, self.pre_exit, self.pre_exit));
        let end = self.stmt(body, Some(open), LabelId::ELEMENT, 0)?;
        self.scopes.truncate(self.scopes.len().saturating_sub(2));
        Ok(end)
    }
}

pub(crate) fn is_declaration(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::Declaration | SyntaxKind::MacroDecl | SyntaxKind::FunctionDef | SyntaxKind::MacroFunction
    )
}

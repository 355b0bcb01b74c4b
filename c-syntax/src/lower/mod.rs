//! Lowering: the tree of tree-sitter-c over the token view to our tree over the source tokens (design of the C front end, 6.8).
//!
//! Every leaf maps to a view token, and that to source tokens, which are placed in increasing order; tokens that the view left out
//! become Attribute or DirectiveLine nodes where they stand, so that the tree holds all tokens of the element.

mod decl;
mod expr;
mod list;
mod stmt;

use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;
use tree_sitter::{Node, TreeCursor};

use crate::branches::Group;
use crate::kind::SyntaxKind as S;
use crate::token::{Token, TokenKind};
use crate::tree::{TokenId, Tree, TreeBuilder};
use crate::view::{Cause, Goal, NONE, Role, View, ViewTok};

/// Trees deeper than this are not built.
const MAX_DEPTH: usize = 250;

pub(crate) type Kids<'t> = SmallVec<[Node<'t>; 5]>;

macro_rules! kinds {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// The node kinds of tree-sitter-c that lowering tells apart.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub(crate) enum K { Other, $($variant),* }

        impl K {
            fn of_name(name: &str) -> Self {
                match name { $($name => Self::$variant,)* _ => Self::Other }
            }
        }
    };
}

kinds! {
    FunctionDefinition = "function_definition", Declaration = "declaration", ExpressionStatement = "expression_statement",
    CompoundStatement = "compound_statement", If = "if_statement", ElseClause = "else_clause", While = "while_statement",
    Do = "do_statement", For = "for_statement", Switch = "switch_statement", Case = "case_statement",
    Labeled = "labeled_statement", Goto = "goto_statement", Return = "return_statement", Break = "break_statement",
    Continue = "continue_statement", Paren = "parenthesized_expression", Binary = "binary_expression",
    Assign = "assignment_expression", Cond = "conditional_expression", Comma = "comma_expression", Call = "call_expression",
    Args = "argument_list", Field = "field_expression", Subscript = "subscript_expression", Update = "update_expression",
    Unary = "unary_expression", Pointer = "pointer_expression", Cast = "cast_expression", Sizeof = "sizeof_expression",
    CompoundLiteral = "compound_literal_expression", InitList = "initializer_list", InitPair = "initializer_pair",
    InitDeclarator = "init_declarator", TypeDescriptor = "type_descriptor", Struct = "struct_specifier", Enum = "enum_specifier",
    FieldList = "field_declaration_list", FieldDecl = "field_declaration", Bitfield = "bitfield_clause",
    EnumList = "enumerator_list", Enumerator = "enumerator", PointerDecl = "pointer_declarator",
    ArrayDecl = "array_declarator", FuncDecl = "function_declarator", ParenDecl = "parenthesized_declarator",
    AbstractPointer = "abstract_pointer_declarator", AbstractArray = "abstract_array_declarator",
    AbstractFunc = "abstract_function_declarator", AbstractParen = "abstract_parenthesized_declarator",
    Params = "parameter_list", Param = "parameter_declaration", VarArgs = "variadic_parameter",
    FieldDesignator = "field_designator", SubscriptDesignator = "subscript_designator", TypeQualifier = "type_qualifier",
    Primitive = "primitive_type", Str = "string_literal", Number = "number_literal", Ident = "identifier",
    FieldIdent = "field_identifier", TypeIdent = "type_identifier", LabelIdent = "statement_identifier",
}

fn kind_table() -> &'static [K] {
    static TABLE: OnceLock<Vec<K>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let language: tree_sitter::Language = tree_sitter_c::LANGUAGE.into();
        (0..language.node_kind_count())
            .map(|id| {
                let id = id as u16;
                let named = language.node_kind_is_named(id);
                if named { K::of_name(language.node_kind_for_id(id).unwrap_or("")) } else { K::Other }
            })
            .collect()
    })
}

/// What lowering needs beside the tree of tree-sitter-c.
pub(crate) struct Source<'a> {
    /// The text that the offsets of tokens count from `base` in.
    pub text: &'a Arc<[u8]>,
    pub base: u32,
    pub tokens: &'a Arc<[Token]>,
    /// Which tokens were read, by index.
    pub kept: &'a [bool],
    pub groups: &'a [Group],
    pub view: &'a View,
    /// Offsets of the view tokens in the text that was parsed.
    pub starts: &'a [u32],
}

pub(crate) struct Lower<'a, 't> {
    src: &'a Source<'a>,
    kinds: &'static [K],
    cursor: TreeCursor<'t>,
    b: TreeBuilder,
    /// The next source token that has no place yet.
    next: u32,
    /// View token of the last leaf: leaves come in order.
    last: usize,
    depth: usize,
    /// Directives of the element, with their group and whether they begin it.
    directives: Vec<u32>,
}

/// Lowers the parse of an item.
pub(crate) fn lower_item(src: &Source<'_>, root: Node<'_>) -> Result<Tree, Cause> {
    let mut l = Lower::new(src, root);
    l.b.start(S::Root);
    let kids = l.kids(root);
    l.list(&kids, 0, src.tokens.len() as u32)?;
    l.flush_list(src.tokens.len() as u32);
    l.b.finish();
    Ok(l.b.build())
}

/// Lowers a macro body that was parsed for `goal` into `b`, where Root and Define are open; `body` is its first token.
pub(crate) fn lower_body(
    src: &Source<'_>,
    root: Node<'_>,
    b: TreeBuilder,
    body: u32,
    goal: Goal,
) -> Result<Tree, Cause> {
    let mut l = Lower::with_builder(src, root, b);
    l.next = body;
    l.b.start(S::MacroBody);
    let item = l.kids(root).first().copied().ok_or("empty body")?;
    let end = src.tokens.len() as u32;
    if goal == Goal::Stmts {
        let block = l.kids(item).last().copied().ok_or("empty body")?;
        let inner = l.kids(block);
        l.list(&inner[1..inner.len() - 1], body, end)?;
    } else {
        let declarator = l.kids(item).get(1).copied().ok_or("empty body")?;
        let value = l.kids(declarator).get(2).copied().ok_or("empty body")?;
        match goal {
            Goal::Expr => {
                let inner = l.kids(value).get(1).copied().ok_or("empty body")?;
                l.expr(inner)?;
            }
            Goal::TypeName => {
                let inner = l.kids(value).get(2).copied().ok_or("empty body")?;
                l.type_name(inner)?;
            }
            Goal::Items => {
                let inner = l.kids(value);
                l.init_items(&inner[1..inner.len() - 1])?;
            }
            _ => l.init(value)?,
        }
    }
    l.flush(end);
    for _ in 0..3 {
        l.b.finish();
    }
    Ok(l.b.build())
}

impl<'a, 't> Lower<'a, 't> {
    pub(crate) fn new(src: &'a Source<'a>, root: Node<'t>) -> Self {
        let b = TreeBuilder::new(Arc::clone(src.text), src.base, Arc::clone(src.tokens));
        Self::with_builder(src, root, b)
    }

    fn with_builder(src: &'a Source<'a>, root: Node<'t>, b: TreeBuilder) -> Self {
        let directive = |t: &Token| t.kind == TokenKind::Directive;
        let directives = (0..src.tokens.len() as u32).filter(|i| directive(&src.tokens[*i as usize])).collect();
        Self { src, kinds: kind_table(), cursor: root.walk(), b, next: 0, last: 0, depth: 0, directives }
    }

    pub(crate) fn kind(&self, node: Node<'t>) -> K {
        self.kinds.get(node.kind_id() as usize).copied().unwrap_or(K::Other)
    }

    pub(crate) fn kids(&mut self, node: Node<'t>) -> Kids<'t> {
        let mut out = Kids::new();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                out.push(self.cursor.node());
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        out
    }

    pub(crate) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Cause>) -> Result<T, Cause> {
        if self.depth >= MAX_DEPTH {
            return Err(crate::view::TOO_DEEP);
        }
        self.depth += 1;
        let out = f(self);
        self.depth -= 1;
        out
    }

    // ---- leaves

    /// The view token at a byte offset.
    pub(crate) fn view_index(&mut self, at: usize) -> usize {
        let starts = self.src.starts;
        let at = at as u32;
        for step in 0..3 {
            if starts.get(self.last + step) == Some(&at) {
                self.last += step;
                return self.last;
            }
        }
        self.last = starts.partition_point(|s| *s < at).min(starts.len().saturating_sub(1));
        self.last
    }

    pub(crate) fn leaf(&mut self, node: Node<'t>) -> ViewTok {
        let i = self.view_index(node.start_byte());
        self.src.view.out[i]
    }

    /// The source kind of a leaf; `Eof` for an inserted one.
    pub(crate) fn leaf_kind(&mut self, node: Node<'t>) -> TokenKind {
        let v = self.leaf(node);
        if v.src == NONE { TokenKind::Eof } else { self.src.tokens[v.src as usize].kind }
    }

    /// First source token of a node, or none if all of it was inserted.
    pub(crate) fn first_source(&mut self, node: Node<'t>) -> Option<u32> {
        let from = self.view_index(node.start_byte());
        let end = node.end_byte() as u32;
        let view = self.src.view;
        for (v, start) in view.out[from..].iter().zip(&self.src.starts[from..]) {
            if *start >= end {
                return None;
            }
            if matches!(v.role, Role::Specs | Role::MacroDecl | Role::MacroFunction) {
                let spec = view.specs[v.extra as usize];
                if spec.lo < spec.hi {
                    return Some(spec.lo);
                }
            }
            if v.src != NONE {
                return Some(v.src);
            }
        }
        None
    }

    /// One past the last source token of a node.
    pub(crate) fn end_source(&mut self, node: Node<'t>) -> Option<u32> {
        let end = node.end_byte() as u32;
        let from = node.start_byte() as u32;
        let last = self.src.starts.partition_point(|s| *s < end);
        for i in (0..last).rev() {
            if self.src.starts[i] < from {
                return None;
            }
            let v = self.src.view.out[i];
            match v.role {
                Role::Specs | Role::MacroDecl | Role::MacroFunction if v.extra != NONE => {
                    let spec = self.src.view.specs[v.extra as usize];
                    if spec.lo < spec.hi {
                        return Some(spec.hi);
                    }
                }
                Role::Raw | Role::LongName | Role::Asm => return Some(v.extra + 1),
                _ if v.src != NONE => return Some(v.src + 1),
                _ => {}
            }
        }
        None
    }

    // ---- placing tokens

    /// Places a source token, and before it those that were left out.
    pub(crate) fn place(&mut self, t: u32) -> Result<(), Cause> {
        if t < self.next {
            return Err("tokens out of order");
        }
        self.flush(t);
        self.b.token(TokenId(t));
        self.next = t + 1;
        Ok(())
    }

    /// Places the tokens of a leaf; an inserted one has none.
    pub(crate) fn put(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let v = self.leaf(node);
        if v.src == NONE {
            return Ok(());
        }
        self.place(v.src)?;
        if matches!(v.role, Role::Raw | Role::LongName | Role::Asm) {
            for t in v.src + 1..=v.extra {
                self.place_raw(t)?;
            }
        }
        Ok(())
    }

    /// A token of a run that was not read further: directives and dropped branches stay apart.
    pub(crate) fn place_raw(&mut self, t: u32) -> Result<(), Cause> {
        if self.src.kept[t as usize] { self.place(t) } else { Ok(()) }
    }

    /// The first of the attributes that stand right before `t` and have no place yet.
    pub(crate) fn attributes_start(&self, t: u32) -> u32 {
        let left_out = |i: u32| self.src.kept[i as usize] && self.src.tokens[i as usize].kind != TokenKind::Directive;
        let mut start = t;
        while start > self.next && left_out(start - 1) {
            start -= 1;
        }
        start
    }

    /// Puts the attributes right after the last token into Attribute nodes, if `node` ends there.
    pub(crate) fn flush_after(&mut self, node: Node<'t>) {
        let i = self.src.starts.partition_point(|s| (*s as usize) < node.end_byte());
        let Some(end) = self.src.view.out.get(i).map(|v| v.src).filter(|t| *t != NONE) else { return };
        let left_out = |i: u32| self.src.kept[i as usize] && self.src.tokens[i as usize].kind != TokenKind::Directive;
        let mut stop = self.next;
        while stop < end && left_out(stop) {
            stop += 1;
        }
        self.flush(stop);
    }

    /// Puts the tokens before `t` that have no place yet into Attribute nodes.
    pub(crate) fn flush(&mut self, t: u32) {
        while self.next < t {
            let end = self.left_out_end(self.next, t);
            self.b.start(S::Attribute);
            for i in self.next..end {
                self.b.token(TokenId(i));
            }
            self.next = end;
            self.b.finish();
        }
    }

    /// The same among statements and members: directives become DirectiveLine nodes.
    pub(crate) fn flush_list(&mut self, t: u32) {
        while self.next < t {
            let end = self.left_out_end(self.next, t);
            let directive = self.src.tokens[self.next as usize].kind == TokenKind::Directive;
            self.b.start(if directive { S::DirectiveLine } else { S::Attribute });
            for i in self.next..end {
                self.b.token(TokenId(i));
            }
            self.next = end;
            self.b.finish();
        }
    }

    /// One past the attribute, directive or dropped run that starts at `i`.
    fn left_out_end(&self, i: u32, limit: u32) -> u32 {
        let kind = |j: u32| self.src.tokens[j as usize].kind;
        let kept = |j: u32| self.src.kept[j as usize];
        if kind(i) == TokenKind::Directive {
            return i + 1;
        }
        let mut j = i + 1;
        if !kept(i) {
            while j < limit && !kept(j) && kind(j) != TokenKind::Directive {
                j += 1;
            }
            return j;
        }
        if j < limit && kind(j) == TokenKind::LParen {
            let mut depth = 0usize;
            while j < limit {
                match kind(j) {
                    TokenKind::LParen => depth += 1,
                    TokenKind::RParen => depth -= 1,
                    TokenKind::Directive => return j,
                    _ => {}
                }
                j += 1;
                if depth == 0 {
                    break;
                }
            }
        }
        j
    }
}

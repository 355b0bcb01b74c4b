//! Lowering of expressions, macro arguments and initialisers.

use tree_sitter::Node;

use super::{K, Kids, Lower};
use crate::kind::SyntaxKind as S;
use crate::token::TokenKind as T;
use crate::view::{Cause, NONE, Role};

impl<'t> Lower<'_, 't> {
    /// A name that is no expression.
    pub(super) fn name(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let v = self.leaf(node);
        if v.src == NONE {
            self.b.empty(S::Absent);
            return Ok(());
        }
        self.flush(v.src);
        self.b.start(S::Name);
        self.put(node)?;
        self.close()
    }

    /// Any expression. Chains that grow to the left are lowered in a loop.
    pub(super) fn expr(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let mut spine: Vec<(Node<'t>, Kids<'t>)> = Vec::new();
        let mut at = node;
        loop {
            let left = match self.kind(at) {
                K::Binary | K::Assign | K::Field | K::Subscript | K::Cond | K::Call => true,
                K::Update => self.kids(at).first().is_some_and(|k| k.is_named()),
                _ => false,
            };
            if !left {
                break;
            }
            let kids = self.kids(at);
            if self.kind(at) == K::Call && kids[0].child_count() == 0 && self.leaf(kids[0]).role == Role::StringRun {
                break;
            }
            let first = kids[0];
            spine.push((at, kids));
            at = first;
        }
        if let Some(t) = self.first_source(at) {
            self.flush(t);
        }
        let checkpoint = self.b.checkpoint();
        self.deeper(|l| l.atom(at))?;
        while let Some((node, kids)) = spine.pop() {
            let kind = self.grown_kind(node, &kids);
            self.b.start_at(checkpoint, kind);
            self.deeper(|l| l.grow(node, &kids))?;
            self.b.finish();
        }
        Ok(())
    }

    fn grown_kind(&mut self, node: Node<'t>, kids: &Kids<'t>) -> S {
        match self.kind(node) {
            K::Binary if self.leaf_kind(kids[1]) == T::Ellipsis => S::Range,
            K::Binary => S::Binary,
            K::Assign => S::Assign,
            K::Field if self.leaf_kind(kids[1]) == T::Dot => S::Field,
            K::Field => S::PtrField,
            K::Subscript if self.leaf(kids[1]).role == Role::Postfix => S::Postfix,
            K::Subscript => S::Index,
            K::Cond => S::Cond,
            K::Call => S::Call,
            _ => S::Postfix,
        }
    }

    /// What follows the first operand of a node that grows to the left.
    fn grow(&mut self, node: Node<'t>, kids: &Kids<'t>) -> Result<(), Cause> {
        match self.kind(node) {
            K::Binary | K::Assign => {
                self.put(kids[1])?;
                self.expr(kids[2])
            }
            K::Field => {
                self.put(kids[1])?;
                self.name(kids[2])
            }
            K::Subscript if self.leaf(kids[1]).role == Role::Postfix => self.put(kids[1]),
            K::Subscript => {
                self.put(kids[1])?;
                self.optional(kids[2])?;
                self.put(kids[3])
            }
            K::Cond => {
                self.put(kids[1])?;
                if kids.len() == 5 {
                    self.expr(kids[2])?;
                } else {
                    self.b.empty(S::Absent);
                }
                self.put(kids[kids.len() - 2])?;
                self.expr(kids[kids.len() - 1])
            }
            K::Call => self.arg_list(kids[1]),
            _ => self.put(kids[1]),
        }
    }

    /// An expression, or Absent for an inserted operand.
    fn optional(&mut self, node: Node<'t>) -> Result<(), Cause> {
        if node.child_count() == 0 && self.leaf(node).src == NONE {
            self.b.empty(S::Absent);
            return Ok(());
        }
        self.expr(node)
    }

    fn atom(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        match self.kind(node) {
            K::Paren => self.paren(&kids),
            K::Comma => self.comma(kids),
            K::Call => self.string_run(&kids),
            K::Update => self.unary(S::Prefix, &kids),
            K::Unary => self.unary(S::Unary, &kids),
            K::Pointer => {
                if self.leaf(kids[0]).role == Role::AddrLabel {
                    self.b.start(S::AddrLabel);
                    self.put(kids[0])?;
                    self.name(kids[1])?;
                    return self.close();
                }
                self.unary(S::Unary, &kids)
            }
            K::Cast => {
                self.b.start(S::Cast);
                self.put(kids[0])?;
                self.type_name(kids[1])?;
                self.put(kids[2])?;
                self.expr(kids[3])?;
                self.close()
            }
            K::Sizeof => self.sizeof(&kids),
            K::CompoundLiteral => {
                self.b.start(S::CompoundLit);
                self.put(kids[0])?;
                self.type_name(kids[1])?;
                self.put(kids[2])?;
                self.init(kids[3])?;
                self.close()
            }
            K::InitList => self.init(node),
            K::Str | K::Number | K::Ident | K::FieldIdent | K::TypeIdent => self.operand(node),
            _ => Err("unknown expression"),
        }
    }

    fn operand(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let v = self.leaf(node);
        if v.src == NONE {
            self.b.empty(S::Absent);
            return Ok(());
        }
        let kind = match (v.role, self.src.tokens[v.src as usize].kind) {
            (Role::Raw, T::KwGeneric) => S::Generic,
            (Role::Raw, _) => S::Opaque,
            (_, T::Number | T::Char) => S::Constant,
            (_, T::Str) => S::StringLit,
            _ => S::Ident,
        };
        self.b.start(kind);
        self.put(node)?;
        self.close()
    }

    fn paren(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        if self.leaf(kids[0]).src == NONE {
            return self.expr(kids[1]);
        }
        let block = self.kind(kids[1]) == K::CompoundStatement;
        self.b.start(if block { S::StmtExpr } else { S::Paren });
        self.put(kids[0])?;
        if block {
            self.statement(kids[1])?;
        } else {
            self.optional(kids[1])?;
        }
        self.put(kids[2])?;
        self.close()
    }

    /// tree-sitter-c nests commas to the right, C to the left.
    fn comma(&mut self, kids: Kids<'t>) -> Result<(), Cause> {
        let checkpoint = self.b.checkpoint();
        self.expr(kids[0])?;
        let mut rest = kids;
        loop {
            let right = rest[2];
            let more = if self.kind(right) == K::Comma { Some(self.kids(right)) } else { None };
            self.b.start_at(checkpoint, S::Comma);
            self.put(rest[1])?;
            self.expr(more.as_ref().map_or(right, |k| k[0]))?;
            self.b.finish();
            match more {
                Some(k) => rest = k,
                None => return Ok(()),
            }
        }
    }

    fn unary(&mut self, kind: S, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(kind);
        self.put(kids[0])?;
        self.expr(kids[1])?;
        self.close()
    }

    fn sizeof(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        if kids.len() == 2 {
            return self.unary(S::SizeofExpr, kids);
        }
        self.b.start(S::SizeofType);
        self.put(kids[0])?;
        self.put(kids[1])?;
        self.type_name(kids[2])?;
        self.put(kids[3])?;
        self.close()
    }

    /// `i ( part , part )` stands for adjacent strings and macros.
    fn string_run(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::StringRun);
        for part in self.kids(kids[1]) {
            if part.is_named() {
                self.expr(part)?;
            }
        }
        self.close()
    }

    // ---- arguments

    pub(super) fn arg_list(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        self.b.start(S::ArgList);
        for k in kids {
            if k.is_named() {
                self.deeper(|l| l.arg(k))?;
            } else {
                self.put(k)?;
            }
        }
        self.close()
    }

    fn arg(&mut self, node: Node<'t>) -> Result<(), Cause> {
        if let Some(t) = self.first_source(node) {
            self.flush(t);
        }
        let v = self.leaf(node);
        match (self.kind(node), v.role) {
            (K::Cast, Role::TypeArg) => {
                let kids = self.kids(node);
                self.b.start(S::TypeArg);
                self.type_name(kids[1])?;
                self.close()
            }
            (K::CompoundStatement, Role::StmtArg) => {
                let kids = self.kids(node);
                self.b.start(S::StmtArg);
                let lo = self.next;
                let inner = &kids[1..kids.len() - 1];
                let hi = inner.last().and_then(|n| self.end_source(*n)).unwrap_or(lo);
                self.list(inner, lo, hi)?;
                self.close()
            }
            (K::CompoundStatement, _) => {
                self.b.start(S::StmtArg);
                self.statement(node)?;
                self.close()
            }
            (_, Role::EmptyArg) => {
                self.b.empty(S::EmptyArg);
                Ok(())
            }
            (_, Role::Raw) if node.child_count() == 0 && self.src.tokens[v.src as usize].kind != T::KwGeneric => {
                self.b.start(S::RawArg);
                self.put(node)?;
                self.close()
            }
            _ => self.expr(node),
        }
    }

    // ---- initialisers

    /// An initialiser: a list or an expression.
    pub(super) fn init(&mut self, node: Node<'t>) -> Result<(), Cause> {
        if self.kind(node) != K::InitList {
            return self.expr(node);
        }
        let kids = self.kids(node);
        if let Some(t) = self.first_source(node) {
            self.flush(t);
        }
        self.b.start(S::InitList);
        self.init_items(&kids)?;
        self.close()
    }

    /// The elements of an initialiser list, with what stands between them.
    pub(super) fn init_items(&mut self, kids: &[Node<'t>]) -> Result<(), Cause> {
        for (i, k) in kids.iter().enumerate() {
            if !k.is_named() {
                self.put(*k)?;
                continue;
            }
            if let Some(t) = self.first_source(*k) {
                self.flush(t);
            }
            let missing = kids.get(i + 1).is_some_and(|c| !c.is_named() && self.leaf(*c).role == Role::MissingComma);
            self.deeper(|l| l.init_element(*k, missing))?;
        }
        Ok(())
    }

    fn init_element(&mut self, node: Node<'t>, missing_comma: bool) -> Result<(), Cause> {
        match self.kind(node) {
            K::InitPair => self.designated(node),
            K::Call if missing_comma => {
                let kids = self.kids(node);
                if kids[0].child_count() > 0 || self.leaf(kids[0]).role != Role::Plain {
                    return self.expr(node);
                }
                self.b.start(S::MacroInit);
                self.name(kids[0])?;
                self.arg_list(kids[1])?;
                self.close()
            }
            _ => self.init(node),
        }
    }

    fn designated(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        if self.leaf(kids[0]).role == Role::MacroDesignator {
            return self.macro_init(&kids);
        }
        self.b.start(S::Designated);
        let last = kids.len() - 1;
        for (i, k) in kids.iter().enumerate() {
            match self.kind(*k) {
                K::FieldDesignator => {
                    let inner = self.kids(*k);
                    self.b.start(S::FieldDesignator);
                    self.put(inner[0])?;
                    self.name(inner[1])?;
                    self.b.finish();
                }
                K::SubscriptDesignator => {
                    let inner = self.kids(*k);
                    self.b.start(S::IndexDesignator);
                    self.put(inner[0])?;
                    self.expr(inner[1])?;
                    self.put(inner[2])?;
                    self.b.finish();
                }
                K::FieldIdent | K::Ident if i == 0 && last == 2 => {
                    // Old style: `name : value`.
                    self.b.start(S::FieldDesignator);
                    self.name(*k)?;
                    self.put(kids[1])?;
                    self.b.finish();
                }
                _ if i == last => self.init(*k)?,
                _ if self.leaf_kind(*k) == T::Colon => {}
                _ => self.put(*k)?,
            }
        }
        self.close()
    }

    /// `[ NAME(...) ] = value` stands for `NAME(...) = value`.
    fn macro_init(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        let inner = self.kids(kids[0]);
        self.b.start(S::MacroInit);
        if self.kind(inner[1]) == K::Call {
            let call = self.kids(inner[1]);
            self.name(call[0])?;
            self.arg_list(call[1])?;
        } else {
            self.name(inner[1])?;
            self.b.empty(S::Absent);
        }
        for k in &kids[1..kids.len() - 1] {
            self.put(*k)?;
        }
        self.init(kids[kids.len() - 1])?;
        self.close()
    }
}

//! Lowering of statements.

use tree_sitter::Node;

use super::{K, Kids, Lower};
use crate::kind::SyntaxKind as S;
use crate::token::TokenKind as T;
use crate::view::{Cause, NONE, Role};

impl<'t> Lower<'_, 't> {
    /// A statement, declaration or function definition.
    pub(super) fn statement(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let declares = matches!(self.kind(node), K::Declaration | K::FunctionDefinition | K::FieldDecl);
        if let Some(t) = self.first_source(node) {
            // Attributes of a declaration are part of it.
            self.flush(if declares { self.attributes_start(t) } else { t });
        }
        let kids = self.kids(node);
        match self.kind(node) {
            K::CompoundStatement => self.block(&kids),
            K::ExpressionStatement => self.expr_statement(&kids),
            K::If => self.if_statement(&kids),
            K::While => self.while_statement(&kids),
            K::Do => self.do_statement(&kids),
            K::For => self.for_statement(&kids),
            K::Switch => self.with_condition(S::Switch, &kids),
            K::Case | K::Labeled => self.labelled(node),
            K::Goto => {
                self.b.start(S::Goto);
                self.put(kids[0])?;
                self.name(kids[1])?;
                self.put(kids[2])?;
                self.close()
            }
            K::Return => self.return_statement(&kids),
            K::Break => self.tokens(S::Break, &kids),
            K::Continue => self.tokens(S::Continue, &kids),
            K::Declaration => self.declaration(&kids),
            K::FunctionDefinition => self.function(&kids),
            K::FieldDecl => self.member(&kids),
            _ => Err("unknown statement"),
        }
    }

    pub(super) fn close(&mut self) -> Result<(), Cause> {
        self.b.finish();
        Ok(())
    }

    fn tokens(&mut self, kind: S, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(kind);
        for k in kids {
            self.put(*k)?;
        }
        self.close()
    }

    /// The children of a block, brace to brace.
    pub(super) fn block(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.braces(S::Block, kids)
    }

    pub(super) fn braces(&mut self, kind: S, kids: &Kids<'t>) -> Result<(), Cause> {
        let (Some(open), Some(close)) = (kids.first(), kids.last()) else { return Err("no braces") };
        self.b.start(kind);
        self.put(*open)?;
        let end = self.leaf(*close).src;
        if end == NONE {
            return Err("no closing brace");
        }
        let lo = self.next;
        self.list(&kids[1..kids.len() - 1], lo, end)?;
        self.flush_list(end);
        self.put(*close)?;
        self.close()
    }

    fn expr_statement(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        let (first, last) = (kids[0], kids[kids.len() - 1]);
        if kids.len() == 1 {
            return self.tokens(S::ExprStmt, kids);
        }
        let role = self.leaf(first).role;
        let leaf = first.child_count() == 0;
        if self.starts_with_asm(first) {
            self.b.start(S::AsmStmt);
            for k in kids {
                self.asm_part(*k)?;
            }
            return self.close();
        }
        if self.leaf(last).src != NONE || (leaf && role == Role::Raw) {
            self.b.start(S::ExprStmt);
            self.expr(first)?;
            self.put(last)?;
            return self.close();
        }
        // A macro call without `;`; another expression keeps its kind.
        match self.kind(first) {
            K::Call => {
                let call = self.kids(first);
                if call[0].child_count() == 0 && self.leaf(call[0]).role == Role::Plain {
                    self.b.start(S::MacroStmt);
                    self.name(call[0])?;
                    self.arg_list(call[1])?;
                    return self.close();
                }
            }
            _ if leaf && self.leaf_kind(first) == T::Ident => {
                self.b.start(S::MacroStmt);
                self.name(first)?;
                return self.close();
            }
            _ => {}
        }
        self.b.start(S::ExprStmt);
        self.expr(first)?;
        self.close()
    }

    fn starts_with_asm(&mut self, node: Node<'t>) -> bool {
        let mut at = node;
        while matches!(self.kind(at), K::Binary | K::Call) {
            match at.child(0) {
                Some(first) => at = first,
                None => break,
            }
        }
        at.child_count() == 0 && self.leaf(at).role == Role::Asm
    }

    /// A part of an `asm` as the view wrote it: operands are calls of the tokens before them, joined by `+`.
    fn asm_part(&mut self, node: Node<'t>) -> Result<(), Cause> {
        match self.kind(node) {
            K::Binary => {
                for k in self.kids(node) {
                    self.deeper(|l| l.asm_part(k))?;
                }
                Ok(())
            }
            K::Call => {
                let kids = self.kids(node);
                self.put(kids[0])?;
                for k in self.kids(kids[1]) {
                    if k.is_named() { self.deeper(|l| l.expr(k))? } else { self.put(k)? }
                }
                Ok(())
            }
            _ => self.put(node),
        }
    }

    /// `( expr )` of a statement: its parentheses are tokens of the statement.
    fn condition(&mut self, node: Node<'t>) -> Result<(), Cause> {
        let kids = self.kids(node);
        self.put(kids[0])?;
        if self.leaf(kids[1]).src == NONE && kids[1].child_count() == 0 {
            self.b.empty(S::Absent);
        } else {
            self.expr(kids[1])?;
        }
        self.put(kids[2])
    }

    /// The one statement that belongs to another.
    fn body(&mut self, node: Node<'t>) -> Result<(), Cause> {
        if self.first_source(node).is_none() {
            self.b.empty(S::Absent);
            return Ok(());
        }
        self.deeper(|l| l.statement(node))
    }

    fn with_condition(&mut self, kind: S, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(kind);
        self.put(kids[0])?;
        self.condition(kids[1])?;
        self.body(kids[2])?;
        self.close()
    }

    fn if_statement(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::If);
        self.put(kids[0])?;
        self.condition(kids[1])?;
        self.body(kids[2])?;
        if let Some(clause) = kids.get(3) {
            let clause = self.kids(*clause);
            let t = self.leaf(clause[0]).src;
            self.flush(t);
            self.b.start(S::Else);
            self.put(clause[0])?;
            self.body(clause[1])?;
            self.b.finish();
        }
        self.close()
    }

    fn while_statement(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        let head = self.leaf(kids[0]);
        if head.role != Role::Iterator {
            let switch = self.leaf_kind(kids[0]) == T::KwSwitch;
            return self.with_condition(if switch { S::Switch } else { S::While }, kids);
        }
        let inner = self.kids(kids[1]);
        self.b.start(S::Iterator);
        if self.kind(inner[1]) == K::Call {
            let call = self.kids(inner[1]);
            self.name(call[0])?;
            self.arg_list(call[1])?;
        } else {
            self.name(inner[1])?;
            self.b.empty(S::Absent);
        }
        self.body(kids[2])?;
        self.close()
    }

    fn do_statement(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::DoWhile);
        self.put(kids[0])?;
        self.body(kids[1])?;
        self.put(kids[2])?;
        self.condition(kids[3])?;
        self.put(kids[4])?;
        self.close()
    }

    fn for_statement(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        self.b.start(S::For);
        self.put(kids[0])?;
        self.put(kids[1])?;
        let body = kids.len() - 1;
        let (mut parts, mut filled) = (0, false);
        for k in &kids[2..body] {
            match self.kind(*k) {
                K::Declaration => {
                    let inner = self.kids(*k);
                    self.declaration(&inner)?;
                    parts += 1;
                }
                K::Other if k.child_count() == 0 => {
                    // `;` or `)`.
                    if !filled {
                        self.b.empty(S::Absent);
                    }
                    self.put(*k)?;
                    (parts, filled) = (parts + 1, false);
                }
                _ => {
                    self.expr(*k)?;
                    filled = true;
                }
            }
        }
        if parts != 3 {
            return Err("for with odd parts");
        }
        self.body(kids[body])?;
        self.close()
    }

    fn return_statement(&mut self, kids: &Kids<'t>) -> Result<(), Cause> {
        let head = self.leaf(kids[0]);
        let computed = head.role == Role::ComputedGoto;
        self.b.start(if computed { S::ComputedGoto } else { S::Return });
        self.put(kids[0])?;
        if computed {
            self.place(head.extra)?;
        }
        if kids.len() == 3 {
            self.expr(kids[1])?;
        }
        self.put(kids[kids.len() - 1])?;
        self.close()
    }
}

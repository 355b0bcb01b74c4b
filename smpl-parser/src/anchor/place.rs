//! Where a run goes (`smpl-front-end.md` 7.1, 7.5): to which neighbour, and whether around a whole statement or at a token.

use c_syntax::{Child, NodeId, SyntaxKind, TokenId, TokenKind};

use super::fragments::Run;
use super::{Anchors, is_disj_delimiter};
use crate::ast::{FragmentKind, MvKind, RunId};

/// On which side of the run a neighbour stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Neighbour {
    /// The code before the run.
    Left,
    /// The code after it.
    Right,
}

impl Anchors<'_> {
    /// Hangs a run on the tree; none if it has no place.
    pub(super) fn place(&mut self, id: RunId, run: &Run) -> Option<()> {
        let left = run.left.and_then(|i| self.of_tok.get(&i).copied());
        let right = run.right.and_then(|i| self.of_tok.get(&i).copied());
        let liftable = run.run.fragments.first().is_some_and(|f| is_statement_like(f.kind));
        let kind = run.run.fragments.first().map(|f| f.kind);
        if run.around
            && let Some(t) = left.filter(|t| self.is_minus(*t)).or(right.filter(|t| self.is_minus(*t)))
        {
            let first = self.whole_unit(t);
            self.tokens[first.0 as usize].replace.push(id);
            return Some(());
        }
        let good = |s: &Self, t: Option<TokenId>| t.filter(|t| s.attachable(*t));
        let (l, r) = (good(self, left), good(self, right));
        // Rows 2 and 3: statements go in front of a declaration that follows. Row 4: top-level code to the function beside it.
        if liftable
            && let Some(t) = r.filter(|t| !self.is_minus(*t))
            && self.starts_declaration(t)
        {
            return self.hang(id, t, Neighbour::Right, true);
        }
        if matches!(kind, Some(FragmentKind::TopLevel | FragmentKind::Function | FragmentKind::Directive))
            && !l.is_some_and(|t| self.ends_function(t))
            && let Some(t) =
                r.filter(|t| !self.is_minus(*t) && self.starts_function(*t) && l.is_none_or(|l| !self.is_minus(l)))
        {
            return self.hang(id, t, Neighbour::Right, true);
        }
        // Rows 5 to 8: the left neighbour, unless only the right one is favoured.
        match (l, r) {
            (Some(a), Some(b)) if !self.favoured(a, right) && self.favoured(b, left) => {
                self.hang(id, b, Neighbour::Right, liftable)
            }
            (Some(a), _) => self.hang(id, a, Neighbour::Left, liftable),
            (None, Some(b)) => self.hang(id, b, Neighbour::Right, liftable),
            (None, None) => self.distribute(id, left, right, liftable),
        }
    }

    /// Hangs a run behind (`Left`) or in front of (`Right`) a token; on removed code it becomes the replacement.
    fn hang(&mut self, id: RunId, token: TokenId, side: Neighbour, liftable: bool) -> Option<()> {
        if self.is_minus(token) {
            let first = self.unit_start(token, side);
            let list = &mut self.tokens[first.0 as usize].replace;
            if side == Neighbour::Right {
                list.insert(0, id)
            } else {
                list.push(id)
            }
            return Some(());
        }
        if let Some(node) = self.lifted(token, side).filter(|_| liftable) {
            let slots = self.slots.entry(node).or_default();
            match side {
                Neighbour::Left => slots.after.push(id),
                Neighbour::Right => slots.before.push(id),
            }
            return Some(());
        }
        let at = &mut self.tokens[token.0 as usize];
        match side {
            Neighbour::Left => at.after.push(id),
            Neighbour::Right => at.before.push(id),
        }
        Some(())
    }

    /// The first token of the largest removed node around a token.
    fn whole_unit(&self, token: TokenId) -> TokenId {
        let mut first = token;
        let mut at = self.parent(token);
        while let Some(node) = at {
            if self.tree.kind(node) == SyntaxKind::RuleBody || !self.all_minus(node) {
                break;
            }
            first = self.tree.first_token(node).unwrap_or(first);
            at = self.tree.parent(node);
        }
        first
    }

    /// The first token of the removed unit that ends (or starts) with a token.
    fn unit_start(&self, token: TokenId, side: Neighbour) -> TokenId {
        if side == Neighbour::Right {
            return token;
        }
        let mut first = token;
        let mut at = self.parent(token);
        while let Some(node) = at {
            if self.tree.kind(node) == SyntaxKind::RuleBody
                || self.tree.last_token(node) != Some(token)
                || !self.all_minus(node)
            {
                break;
            }
            first = self.tree.first_token(node).unwrap_or(first);
            at = self.tree.parent(node);
        }
        first
    }

    /// Both neighbours are dots or delimiters: if one is a disjunction, every branch gets the run.
    fn distribute(&mut self, id: RunId, left: Option<TokenId>, right: Option<TokenId>, liftable: bool) -> Option<()> {
        let closes = |t: &TokenId| self.tree.token(*t).kind == TokenKind::DisjClose;
        let opens = |t: &TokenId| self.tree.token(*t).kind == TokenKind::DisjOpen;
        let (token, side) = match (left.filter(closes), right.filter(opens)) {
            (Some(t), _) => (t, Neighbour::Left),
            (None, Some(t)) => (t, Neighbour::Right),
            (None, None) => return None,
        };
        let disj = self.parent(token)?;
        let branches: Vec<NodeId> =
            self.tree.child_nodes(disj).filter(|n| self.tree.kind(*n) == SyntaxKind::DisjBranch).collect();
        let mut done = None;
        for branch in branches {
            let edge = match side {
                Neighbour::Left => self.tree.last_token(branch),
                Neighbour::Right => self.tree.first_token(branch),
            };
            let edge = edge?;
            done = if self.attachable(edge) {
                self.hang(id, edge, side, liftable)
            } else {
                match side {
                    Neighbour::Left => self.distribute(id, Some(edge), None, liftable),
                    Neighbour::Right => self.distribute(id, None, Some(edge), liftable),
                }
            };
            done?;
        }
        done
    }

    /// Whether code can hang on a token: not on dots, delimiters, lists of statements, or inside a removed nest (7.1).
    fn attachable(&self, token: TokenId) -> bool {
        let kind = self.tree.token(token).kind;
        if is_disj_delimiter(kind)
            || matches!(
                kind,
                TokenKind::NestOpen | TokenKind::NestOpenPlus | TokenKind::NestClose | TokenKind::NestClosePlus
            )
        {
            return false;
        }
        if let Some(var) = self.tokens[token.0 as usize].var
            && let Some(m) = self.ctx.metavars.get(var.0 as usize)
            && matches!(m.kind, MvKind::StatementList(_))
            && !self.is_minus(token)
        {
            return false;
        }
        let mut at = self.parent(token);
        while let Some(node) = at {
            match self.tree.kind(node) {
                SyntaxKind::Dots => return false,
                SyntaxKind::WhenNot | SyntaxKind::WhenOnly | SyntaxKind::WhenTrue | SyntaxKind::WhenFalse => {
                    return false;
                }
                SyntaxKind::Nest if self.tree.first_token(node).is_some_and(|t| self.is_minus(t)) => return false,
                _ => {}
            }
            at = self.tree.parent(node);
        }
        true
    }

    /// Whether a neighbour is preferred: not a token of the very node that holds both neighbours (commas are), and not a comma
    /// that may vanish with the dots or list before it.
    fn favoured(&self, token: TokenId, other: Option<TokenId>) -> bool {
        let Some(parent) = self.parent(token) else { return true };
        if self.tree.token(token).kind == TokenKind::Comma {
            return !self.after_list(parent, token);
        }
        if self.is_minus(token) && self.unit_is_more(token) {
            return true;
        }
        other.is_none_or(|o| !self.tree.token_range(parent).contains(&o.0))
    }

    /// Whether a removed token is part of a removed node.
    fn unit_is_more(&self, token: TokenId) -> bool {
        self.parent(token).is_some_and(|n| self.tree.kind(n) != SyntaxKind::RuleBody && self.all_minus(n))
    }

    /// Whether the element before a comma is dots or a list metavariable.
    fn after_list(&self, parent: NodeId, comma: TokenId) -> bool {
        let mut before = None;
        for child in self.tree.children(parent) {
            match *child {
                Child::Token(t) if t == comma => break,
                Child::Node(n) => before = Some(n),
                Child::Token(_) => {}
            }
        }
        let Some(node) = before else { return false };
        match self.tree.kind(node) {
            SyntaxKind::Dots => true,
            _ => self
                .tree
                .first_token(node)
                .filter(|t| self.tree.last_token(node) == Some(*t))
                .and_then(|t| self.tokens[t.0 as usize].var)
                .and_then(|v| self.ctx.metavars.get(v.0 as usize))
                .is_some_and(|m| is_list(&m.kind)),
        }
    }

    /// The statement, declaration or function that a token ends (`Left`) or starts (`Right`).
    fn lifted(&self, token: TokenId, side: Neighbour) -> Option<NodeId> {
        let mut found = None;
        let mut at = self.parent(token);
        while let Some(node) = at {
            let edge = match side {
                Neighbour::Left => self.tree.last_token(node),
                Neighbour::Right => self.tree.first_token(node),
            };
            let kind = self.tree.kind(node);
            if edge != Some(token)
                || matches!(
                    kind,
                    SyntaxKind::RuleBody
                        | SyntaxKind::DisjBranch
                        | SyntaxKind::Disj
                        | SyntaxKind::Conj
                        | SyntaxKind::Nest
                )
            {
                break;
            }
            let label = matches!(kind, SyntaxKind::Label | SyntaxKind::Case | SyntaxKind::Default);
            if (is_item(kind) || self.is_statement_variable(node)) && !(label && side == Neighbour::Left) {
                found = Some(node);
            }
            at = self.tree.parent(node);
        }
        found
    }

    fn is_statement_variable(&self, node: NodeId) -> bool {
        let var = self.tree.first_token(node).and_then(|t| self.tokens[t.0 as usize].var);
        self.tree.kind(node) == SyntaxKind::MetaVar
            && var
                .and_then(|v| self.ctx.metavars.get(v.0 as usize))
                .is_some_and(|m| matches!(m.kind, MvKind::Statement | MvKind::Declaration))
    }

    fn starts_declaration(&self, token: TokenId) -> bool {
        self.lifted(token, Neighbour::Right)
            .is_some_and(|n| matches!(self.tree.kind(n), SyntaxKind::Declaration | SyntaxKind::MacroDecl))
    }

    fn starts_function(&self, token: TokenId) -> bool {
        self.lifted(token, Neighbour::Right).is_some_and(|n| self.tree.kind(n) == SyntaxKind::FunctionDef)
    }

    fn ends_function(&self, token: TokenId) -> bool {
        self.lifted(token, Neighbour::Left).is_some_and(|n| self.tree.kind(n) == SyntaxKind::FunctionDef)
    }
}

/// Whether a fragment goes around whole statements rather than at a token.
fn is_statement_like(kind: FragmentKind) -> bool {
    matches!(
        kind,
        FragmentKind::Statement
            | FragmentKind::Declaration
            | FragmentKind::TopLevel
            | FragmentKind::Function
            | FragmentKind::Directive
            | FragmentKind::Unindented
            | FragmentKind::Comment
            | FragmentKind::BlankLine
    )
}

/// Whether a node is a whole statement, declaration, function or directive.
fn is_item(kind: SyntaxKind) -> bool {
    kind.is_stmt()
        || matches!(
            kind,
            SyntaxKind::Declaration
                | SyntaxKind::MacroDecl
                | SyntaxKind::FunctionDef
                | SyntaxKind::MacroFunction
                | SyntaxKind::Include
                | SyntaxKind::Define
                | SyntaxKind::Undef
                | SyntaxKind::Pragma
        )
}

fn is_list(kind: &MvKind) -> bool {
    matches!(
        kind,
        MvKind::ExpressionList(_)
            | MvKind::ParameterList(_)
            | MvKind::IdentifierList(_)
            | MvKind::FieldList(_)
            | MvKind::InitialiserList(_)
            | MvKind::StatementList(_)
            | MvKind::FormatList(_)
    )
}

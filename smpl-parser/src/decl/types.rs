//! Types in declarations of metavariables: `struct foo *`, `{int, long}`, `char[]`.

use std::sync::Arc;

use c_syntax::TokenKind;

use super::{DeclReader, Decls, NEVER, Read, any_type};
use crate::ast::{BodyKind, Constraint, MetaVar, MvId, MvKind, TypePattern, TypeSet, VarRef};
use crate::body::{Side, parse_slice};
use crate::file::tok::{Cursor, Tok};
use crate::lexer::{BodyCtx, SmplTok, lex_body};

impl DeclReader<'_> {
    /// The types before a name, and the width of a bit-field.
    pub(super) fn types(&mut self) -> Read<TypeSet> {
        let mut out = any_type();
        if self.c.kind() == TokenKind::LBrace {
            self.type_choice(&mut out)?;
        } else {
            let end = self.type_end();
            let toks = self.c.toks[self.c.pos..end].to_vec();
            if toks.is_empty() {
                return self.expected("a kind of metavariable or a type");
            }
            self.c.pos = end;
            out.types.push(self.type_of(&toks)?);
        }
        out.bits = self.width()?;
        Ok(out)
    }

    /// `{T1, T2} *`.
    fn type_choice(&mut self, out: &mut TypeSet) -> Read {
        self.c.bump();
        let mut parts: Vec<Vec<Tok>> = vec![Vec::new()];
        loop {
            match self.c.bump() {
                Some(t) if t.kind == TokenKind::RBrace => break,
                Some(t) if t.kind == TokenKind::Comma => parts.push(Vec::new()),
                Some(t) => {
                    if let Some(p) = parts.last_mut() {
                        p.push(t);
                    }
                }
                None => return self.expected("`}`"),
            }
        }
        let end = self.type_end();
        let suffix = self.c.toks[self.c.pos..end].to_vec();
        self.c.pos = end;
        for mut part in parts.into_iter().filter(|p| !p.is_empty()) {
            part.extend(&suffix);
            out.types.push(self.type_of(&part)?);
        }
        Ok(())
    }

    /// Where the type that starts here ends: before the declared name.
    fn type_end(&self) -> usize {
        let toks = self.c.toks;
        let mut i = self.c.pos;
        let mut depth = 0u32;
        while let Some(t) = toks.get(i) {
            let next = toks.get(i + 1).map_or(TokenKind::Eof, |t| t.kind);
            match t.kind {
                TokenKind::LParen | TokenKind::LBrace => depth += 1,
                TokenKind::RParen | TokenKind::RBrace => depth = depth.saturating_sub(1),
                TokenKind::Semi if depth == 0 => return i,
                TokenKind::Colon if depth == 0 => return i,
                TokenKind::Ident
                    if depth == 0 && i > self.c.pos || t.kind == TokenKind::Ident && self.after_choice(i) =>
                {
                    let ends = matches!(
                        next,
                        TokenKind::Comma
                            | TokenKind::Semi
                            | TokenKind::Eq
                            | TokenKind::Ne
                            | TokenKind::Bang
                            | TokenKind::Le
                            | TokenKind::Lt
                            | TokenKind::Ge
                            | TokenKind::Gt
                            | TokenKind::Dot
                            | TokenKind::LBracket
                            | TokenKind::Eof
                    ) || next == TokenKind::Colon && self.is_script(i + 2);
                    let array_of = next == TokenKind::LBracket && self.array_then_name(i + 1);
                    if ends && !array_of {
                        return i;
                    }
                }
                _ => {}
            }
            i += 1;
        }
        i
    }

    fn after_choice(&self, i: usize) -> bool {
        i > 0 && self.c.toks[i - 1].kind == TokenKind::RBrace
    }

    fn is_script(&self, i: usize) -> bool {
        self.c.toks.get(i).is_some_and(|t| self.c.text_of(*t) == "script")
    }

    /// `[...]` at `i`, and then a name: the brackets are part of the type.
    fn array_then_name(&self, mut i: usize) -> bool {
        let toks = self.c.toks;
        while toks.get(i).is_some_and(|t| t.kind == TokenKind::LBracket) {
            while toks.get(i).is_some_and(|t| t.kind != TokenKind::RBracket) {
                i += 1;
            }
            i += 1;
        }
        toks.get(i).is_some_and(|t| t.kind == TokenKind::Ident)
    }

    /// `x[]` after the name: the type is an array of it.
    pub(super) fn array_suffix(&mut self, kind: &mut MvKind) -> Read {
        if self.c.kind() != TokenKind::LBracket {
            return Ok(());
        }
        let from = self.c.pos;
        while !matches!(self.c.kind(), TokenKind::RBracket | TokenKind::Eof) {
            self.c.bump();
        }
        self.c.bump();
        let suffix = self.c.toks[from..self.c.pos].to_vec();
        let (MvKind::Expression(set) | MvKind::IdExpression(set, _) | MvKind::Constant(set)) = kind else {
            return Ok(());
        };
        let mut types = Vec::new();
        for ty in &set.types {
            if let TypePattern::Term(tree, _) = ty {
                let mut toks: Vec<Tok> = tree
                    .tokens()
                    .iter()
                    .map(|t| Tok { kind: TokenKind::Ident, span: c_syntax::Span::new(t.start, t.end()) })
                    .collect();
                toks.extend(&suffix);
                types.push(self.type_of(&toks)?);
            }
        }
        set.types = types;
        Ok(())
    }

    /// A type from its tokens.
    pub(super) fn type_of(&mut self, toks: &[Tok]) -> Read<TypePattern> {
        let inherited = self.inherited_in_type(toks)?;
        self.note_type_names(toks);
        let mut lexed: Vec<SmplTok> = Vec::new();
        let mut skip_to = 0;
        for (i, t) in toks.iter().enumerate() {
            if i < skip_to {
                continue;
            }
            if let Some((_, var)) = inherited.iter().find(|(at, _)| *at == i) {
                // `rule.T` becomes one token, which is the variable.
                let last = toks[i + 2];
                let range = last.span.start as usize..last.span.end as usize;
                let mut body = lex_body(self.buffer, range, 1, true, &self.out.scope, self.diags);
                body.toks.iter_mut().for_each(|t| t.var = Some(*var));
                lexed.extend(body.toks);
                skip_to = i + 3;
                continue;
            }
            let range = t.span.start as usize..t.span.end as usize;
            let body = lex_body(self.buffer, range, 1, true, &self.out.scope, self.diags);
            lexed.extend(body.toks);
        }
        let slice: Vec<usize> = (0..lexed.len()).collect();
        let ctx = BodyCtx { text: self.buffer, metavars: &self.out.vars, names: self.names };
        match parse_slice(&ctx, &lexed, &slice, Side::Minus, Some(BodyKind::Type)) {
            Ok(read) => {
                let vars: Vec<_> = read.toks.iter().map(|i| lexed[*i as usize].var).collect();
                Ok(TypePattern::Term(Arc::new(read.tree), vars.into()))
            }
            Err(errors) => {
                let mut errors = errors;
                for e in &mut errors {
                    e.code = "E024";
                    e.help
                        .get_or_insert_with(|| "a declaration starts with a kind of metavariable or a type".to_owned());
                }
                self.diags.extend(errors);
                Err(super::Reported)
            }
        }
    }

    /// The places of `rule.T` among the tokens of a type, with their variables.
    fn inherited_in_type(&mut self, toks: &[Tok]) -> Read<Vec<(usize, MvId)>> {
        let mut out = Vec::new();
        for i in 0..toks.len().saturating_sub(2) {
            if toks[i].kind == TokenKind::Ident && toks[i + 1].kind == TokenKind::Dot {
                let mut there = DeclReader {
                    c: Cursor { text: self.c.text, toks: &toks[i..i + 3], pos: 0 },
                    buffer: self.buffer,
                    outer: self.outer,
                    names: &mut *self.names,
                    out: std::mem::replace(&mut self.out, Decls::new(Vec::new())),
                    diags: &mut *self.diags,
                };
                let found = there.inherited_here();
                let decls = there.out;
                self.out = decls;
                match found? {
                    Some(id) => out.push((i, id)),
                    None => {
                        let id = self.never(toks[i].span);
                        out.push((i, id));
                    }
                }
            }
        }
        Ok(out)
    }

    /// A variable that never has a value.
    fn never(&mut self, span: c_syntax::Span) -> MvId {
        let id = MvId(self.out.vars.len() as u32);
        self.out.vars.push(MetaVar {
            name: format!("virtual.{}", id.0),
            span,
            kind: MvKind::Type,
            inherited: Some(VarRef { item: NEVER, var: 0 }),
            constraint: Constraint::True,
            used_after: false,
            unitary: false,
            in_plus: false,
        });
        id
    }

    /// Words of a type that are nothing else are names of types, here and in bodies.
    fn note_type_names(&mut self, toks: &[Tok]) {
        let mut previous = "";
        for (i, t) in toks.iter().enumerate().filter(|(_, t)| t.kind == TokenKind::Ident) {
            let dotted = |at: Option<usize>| at.and_then(|at| toks.get(at)).is_some_and(|t| t.kind == TokenKind::Dot);
            if dotted(Some(i + 1)) || dotted(i.checked_sub(1)) {
                continue;
            }
            let word = self.c.text_of(*t);
            let tag = matches!(previous, "struct" | "union" | "enum" | "class");
            previous = word;
            let known = TokenKind::keyword(word.as_bytes()).is_some()
                || self.out.scope.vars.contains_key(word.as_bytes())
                || word.is_empty();
            if !tag && !known && !self.names.typedefs.iter().any(|n| n == word) {
                self.names.typedefs.push(word.to_owned());
            }
        }
    }
}

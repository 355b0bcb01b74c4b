//! Rules: declarations and body.

use std::sync::Arc;

use c_syntax::{Diagnostic, Span};
use rustc_hash::FxHashMap;

use super::Session;
use crate::anchor;
use crate::ast::{BodyKind, Constraint, Dep, Item, ItemId, MetaVar, MvKind, Pattern, Rule, VarRef, WordFormula};
use crate::body::{Side, parse_slice};
use crate::checks;
use crate::decl::{DeclReader, Decls};
use crate::expand;
use crate::file::RawItem;
use crate::file::header::Header;
use crate::lexer::{BodyCtx, LexedBody, LineMark, lex_body};
use crate::link;
use crate::prototype::prototype;
use crate::reach::Condition;

impl Session<'_> {
    pub(super) fn rule(&mut self, text: &str, buffer: &Arc<[u8]>, raw: &RawItem, header: &Header) {
        let id = ItemId(self.known.items.len() as u32);
        let errors_before = self.errors();
        let depends = self.depends(header);
        let name = self.new_name(header.name.as_ref(), format!("rule starting on line {}", raw.line));
        let start = self.extended(header);
        let extended = start.len();
        let named =
            header.disable.iter().map(|(name, span)| expand::Disabled { name: name.clone(), span: *span, rule: id });
        self.disabled.extend(named);
        for (path, span) in &header.using {
            self.using(path, *span, Some(id));
        }
        let mut decls = DeclReader::run(
            &raw.decls,
            text.as_bytes(),
            buffer,
            &self.known,
            &mut self.names,
            Decls::new(start),
            &mut self.diags,
        );
        self.symbols.append(&mut decls.symbols);
        decls.scope.reverse = self.opts.reverse;
        let body = lex_body(buffer, raw.body.clone(), raw.body_line, true, &decls.scope, &mut self.diags);
        let needed = needed_variables(&body, decls.vars.len());
        let dead = depends == Dep::False || decls.dead.iter().any(|d| needed[d.0 as usize]);
        let (pattern, kind) = self.pattern(buffer, &body, header, raw.header_span, &decls.vars);
        if !dead {
            let change = [body.minus, body.plus].into_iter().flatten().min_by_key(|s| s.start);
            self.markers.push(checks::Markers { rule: name.clone(), star: body.star, change });
        }
        let inherits = decls.from.iter().filter(|(_, v)| v.is_some_and(|v| needed.get(v.0 as usize) == Some(&true)));
        let extends = header.extends.iter().map(|e| e.0.clone());
        self.conditions.push(Condition {
            name: header.name.as_ref().map(|n| n.0.clone()),
            depends: header.depends.clone(),
            needs: inherits.map(|(rule, _)| rule.clone()).collect(),
            reads: decls.from.iter().map(|(rule, _)| rule.clone()).chain(extends).collect(),
            header: Some(raw.header_span),
            inert: body.minus.or(body.plus).or(body.star).is_none()
                && !decls.vars.iter().any(|m| m.constraint.has_script()),
        });
        for (i, var) in decls.vars.iter_mut().enumerate() {
            var.in_plus =
                body.toks.iter().any(|t| t.mark == LineMark::Plus && t.var.is_some_and(|v| v.0 as usize == i));
        }
        link::seeds_in_plus(&mut decls.vars);
        let star = body.star.is_some();
        let mut rule = Rule {
            name,
            line: raw.line,
            depends,
            quantifier: header.quantifier,
            disabled: header.disable.iter().map(|d| d.0.clone()).collect(),
            kind,
            metavars: decls.vars,
            written: Arc::new(pattern.clone()),
            pattern,
            star,
            transforms: body.plus.is_some() || body.minus.is_some(),
            words: WordFormula::True,
            effect: None,
            prototype: None,
        };
        if !dead && self.errors() == errors_before {
            let (symbols, earlier) = (&self.symbols, &self.earlier);
            let about = checks::RuleText { rule: &rule, body: &body, text: buffer, symbols, extended, earlier };
            checks::rule(&about, &self.names, &mut self.diags);
        }
        self.earlier.extend(rule.metavars.iter().map(|m| m.name.clone()));
        let switched_off = self.opts.disabled_isos.iter().any(|d| d == "prototypes");
        rule.prototype =
            Some(id).filter(|_| !switched_off).and_then(|id| prototype(&rule, id, self.semi)).map(Box::new);
        self.add(header.name.as_ref(), Item::Rule(Box::new(rule)), dead);
    }

    /// The metavariables of the rule that is extended: inherited, all of them.
    fn extended(&mut self, header: &Header) -> Vec<MetaVar> {
        let Some((name, span)) = &header.extends else { return Vec::new() };
        let id = self.known.by_name.get(name).copied();
        match id.and_then(|id| self.known.items.get(id.0 as usize).map(|item| (id, item))) {
            Some((id, Item::Rule(r))) => r
                .metavars
                .iter()
                .enumerate()
                .map(|(i, m)| {
                    let from = m.inherited.unwrap_or(VarRef { item: id, var: i as u32 });
                    let kind = if matches!(m.kind, MvKind::Fresh(_)) { MvKind::Identifier } else { m.kind.clone() };
                    MetaVar {
                        name: m.name.clone(),
                        span: m.span,
                        kind,
                        inherited: Some(from),
                        constraint: Constraint::True,
                        used_after: false,
                        unitary: false,
                        in_plus: false,
                    }
                })
                .collect(),
            _ => {
                let d = Diagnostic::error("E007", *span, format!("there is no rule `{name}`"), "not declared above");
                self.diags.push(d);
                Vec::new()
            }
        }
    }

    /// Both slices of a body, and the plus code in its place.
    fn pattern(
        &mut self,
        buffer: &Arc<[u8]>,
        body: &LexedBody,
        header: &Header,
        header_span: Span,
        metavars: &[MetaVar],
    ) -> (Pattern, BodyKind) {
        let ctx = BodyCtx { text: buffer, metavars, names: &self.names };
        if let Some(error) = crate::plus::choice(body) {
            self.diags.push(error);
            return (no_pattern(buffer), BodyKind::Statements);
        }
        let minus = match parse_slice(&ctx, &body.toks, &body.minus_slice(), Side::Minus, header.kind) {
            Ok(slice) => slice,
            Err(mut errors) => {
                // An empty body has no place of its own.
                errors
                    .iter_mut()
                    .filter(|e| e.primary.span == Span::default())
                    .for_each(|e| e.primary.span = header_span);
                self.diags.extend(errors);
                return (no_pattern(buffer), BodyKind::Statements);
            }
        };
        let kind = minus.kind;
        self.diags.extend(minus.warnings.iter().cloned());
        let plus = if body.plus.is_some() {
            match crate::plus::read(&ctx, body, header.kind, &minus) {
                Ok(slice) => {
                    self.diags.extend(crate::plus::unlike(body, &minus, &slice));
                    Some(slice)
                }
                Err(errors) => {
                    self.diags.extend(errors);
                    None
                }
            }
        } else {
            self.diags.extend(crate::plus::hole(body, &minus));
            None
        };
        let (pattern, problems) = anchor::attach(&ctx, body, minus, plus);
        self.diags.extend(problems);
        (pattern, kind)
    }
}

/// The pattern of a rule that could not be read.
fn no_pattern(buffer: &Arc<[u8]>) -> Pattern {
    let mut b = c_syntax::TreeBuilder::new(buffer.clone(), 0, Vec::new());
    b.empty(c_syntax::SyntaxKind::RuleBody);
    let tree = b.build();
    Pattern {
        plus: tree.clone(),
        tree,
        tokens: Vec::new(),
        slots: FxHashMap::default(),
        runs: Vec::new(),
        plus_vars: Vec::new(),
        notes: FxHashMap::default(),
    }
}

/// For each variable: whether it stands in the code to match outside of all disjunctions and nests.
fn needed_variables(body: &LexedBody, vars: usize) -> Vec<bool> {
    use c_syntax::TokenKind as T;
    let mut out = vec![false; vars];
    let mut depth = 0u32;
    for t in &body.toks {
        match t.kind {
            T::DisjOpen | T::NestOpen | T::NestOpenPlus => depth += 1,
            T::DisjClose | T::NestClose | T::NestClosePlus => depth = depth.saturating_sub(1),
            _ => {}
        }
        let when_line = depth == 0 && t.mark != LineMark::Plus;
        if when_line {
            for v in t.var.iter().chain(&t.attached) {
                out[v.0 as usize] = true;
            }
        }
    }
    out
}

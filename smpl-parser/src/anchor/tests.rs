//! The outcomes that `smpl-front-end.md` 7.5 lists.

use std::fmt::Write as _;
use std::sync::Arc;

use c_syntax::{NodeId, Span, TokenId};

use super::attach;
use crate::ast::{Constraint, DeclaredNames, ListLen, MetaVar, MvId, MvKind, Pattern, TypeSet};
use crate::body::{Side, parse_slice};
use crate::lexer::{BodyCtx, BodyScope, LineMark, ScopeVar, lex_body};

fn metavar(name: &str, kind: MvKind) -> MetaVar {
    MetaVar {
        name: name.to_owned(),
        span: Span::default(),
        kind,
        inherited: None,
        constraint: Constraint::True,
        used_after: false,
        unitary: false,
        in_plus: false,
    }
}

/// Where each run hangs: `side(token or node text): added text`.
fn anchors(text: &str) -> String {
    let vars = [
        metavar("E", MvKind::Expression(TypeSet::default())),
        metavar("S", MvKind::Statement),
        metavar("SL", MvKind::StatementList(ListLen::Any)),
        metavar("T", MvKind::Type),
        metavar("x", MvKind::Identifier),
        metavar("f", MvKind::Identifier),
    ];
    let mut scope = BodyScope::default();
    for (i, v) in vars.iter().enumerate() {
        scope.vars.insert(v.name.clone().into_bytes(), ScopeVar::Var(MvId(i as u32)));
    }
    let mut diagnostics = Vec::new();
    let body = lex_body(text.as_bytes(), 0..text.len(), 1, false, &scope, &mut diagnostics);
    let names = DeclaredNames::default();
    let buffer: Arc<[u8]> = text.as_bytes().into();
    let ctx = BodyCtx { text: &buffer, metavars: &vars, names: &names };
    let plus: Vec<usize> = (0..body.toks.len())
        .filter(|i| body.toks[*i].mark != LineMark::Minus && body.toks[*i].added.is_none())
        .collect();
    let minus = match parse_slice(&ctx, &body.toks, &body.minus_slice(), Side::Minus, None) {
        Ok(s) => s,
        Err(e) => return format!("minus: {}", e[0].message),
    };
    let plus = match parse_slice(&ctx, &body.toks, &plus, Side::Plus, None) {
        Ok(s) => s,
        Err(e) => return format!("plus: {}", e[0].message),
    };
    let (pattern, problems) = attach(&ctx, &body, minus, Some(plus));
    if let Some(p) = problems.first() {
        return p.code.to_owned();
    }
    show(&pattern)
}

fn show(pattern: &Pattern) -> String {
    let text = |id: crate::ast::RunId| -> String {
        let parts: Vec<String> = pattern.runs[id.0 as usize]
            .fragments
            .iter()
            .map(|f| match &f.text {
                Some(t) => t.clone(),
                None => {
                    let tokens: Vec<String> = f
                        .tokens
                        .clone()
                        .map(|t| String::from_utf8_lossy(pattern.plus.token_text(TokenId(t))).into_owned())
                        .collect();
                    format!("{:?} {}", f.kind, tokens.join(" "))
                }
            })
            .collect();
        parts.join(", ")
    };
    let mut out = String::new();
    for node in (0..pattern.tree.node_count() as u32).map(NodeId) {
        let Some(slots) = pattern.slots.get(&node) else { continue };
        let what =
            String::from_utf8_lossy(pattern.tree.node_text(node)).split_whitespace().collect::<Vec<_>>().join(" ");
        for (side, list) in [("BEFORE", &slots.before), ("AFTER", &slots.after)] {
            for run in list {
                let _ = write!(out, "{side}({what}): {}; ", text(*run));
            }
        }
    }
    for (i, tok) in pattern.tokens.iter().enumerate() {
        let what = String::from_utf8_lossy(pattern.tree.token_text(TokenId(i as u32))).into_owned();
        for (side, list) in [("before", &tok.before), ("after", &tok.after), ("replace", &tok.replace)] {
            for run in list {
                let _ = write!(out, "{side}({what}): {}; ", text(*run));
            }
        }
    }
    out.trim_end_matches("; ").to_owned()
}

#[test]
fn verified_outcomes() {
    let cases = [
        ("a();\n+ b();\nc();\n", "AFTER(a();): Statement b ( ) ;"),
        ("a();\n\n+ b();\n\nc();\n", "AFTER(a();): Statement b ( ) ;"),
        ("a();\n+ b();\n...\n", "AFTER(a();): Statement b ( ) ;"),
        ("...\n+ b();\nc();\n", "BEFORE(c();): Statement b ( ) ;"),
        ("- a();\n+ b();\nc();\n", "replace(a): Statement b ( ) ;"),
        ("a();\n+ b();\n- c();\n", "AFTER(a();): Statement b ( ) ;"),
        (
            "- a();\n+ x(1);\n\n- b();\n+ y(2);\nfoo(x);\n",
            "replace(a): Statement x ( 1 ) ;; replace(b): Statement y ( 2 ) ;",
        ),
        ("foo(x\n+ ,1\n, y);\n", "after(x): Token ,, Expression 1"),
        ("foo(x,\n+ 1,\ny);\n", "after(,): Expression 1, Token ,"),
        ("foo(...\n+ ,1\n );\n", "before()): Token ,, Expression 1"),
        ("foo(...,\n+ 1\n );\n", "after(,): Expression 1"),
        ("foo(\n+ 1,\n...);\n", "after((): Expression 1, Token ,"),
        ("f(...) {\n+ a();\n...\n+ b();\n}\n", "after({): Statement a ( ) ;; before(}): Statement b ( ) ;"),
        (
            "+ int g;\nf(...) { ... }\n+ int h;\n",
            "BEFORE(f(...) { ... }): TopLevel int g ;; AFTER(f(...) { ... }): TopLevel int h ;",
        ),
        ("if (E) S\n+ k();\n", "AFTER(if (E) S): Statement k ( ) ;"),
        ("if (E) { a(); }\n+ else { b(); }\n", "after(}): Token else, Statement { b ( ) ; }"),
        ("+ static\nT x;\n", "before(T): Storage static"),
        ("struct x { ...\n+ int x;\n};\n", "before(}): Field int x ;"),
        ("#include <a.h>\n+ #include <b.h>\n", "AFTER(#include <a.h>): Directive #include <b.h>"),
        ("- <+... a(); ...+>\n+ c();\nd();\n", "BEFORE(d();): Statement c ( ) ;"),
        ("SL\n+ b();\n...\n", "E005"),
        ("a();\n+ b();\nint x;\nc();\n", "BEFORE(int x;): Statement b ( ) ;"),
        ("- foo\n+ bar\n (E);\n", "replace(foo): Expression bar"),
        ("- foo(\n+ bar(\n-  E\n+  1\n- );\n+ );\n", "replace(foo): Statement bar ( 1 ) ;"),
        ("(\n a();\n|\n- b();\n)\n+ c();\n...\n", "AFTER(a();): Statement c ( ) ;; replace(b): Statement c ( ) ;"),
        ("z();\n(\n a();\n|\n b();\n)\n+ c();\n", "AFTER(a();): Statement c ( ) ;; AFTER(b();): Statement c ( ) ;"),
        ("foo(E);\n+ // note\n", "AFTER(foo(E);): // note"),
        (
            "if (E)\n-  a();\n- b();\n+  x(1);\n+ y(2);\n",
            "replace(a): Statement x ( 1 ) ;; replace(b): Statement y ( 2 ) ;",
        ),
        (
            "if (E)\n-  a();\n- else\n-  b();\n+  x(1);\n+ else\n+  y(2);\n",
            "replace(a): Statement x ( 1 ) ;; replace(else): Token else, Statement y ( 2 ) ;",
        ),
        (
            "if (E) a();\nelse\n+ x(1);\n+ y(2);\n- b();\n",
            "AFTER(if (E) a(); else + x(1); + y(2); - b();): Statement y ( 2 ) ;; replace(b): Statement x ( 1 ) ;",
        ),
        ("while (E)\n-  a();\n- b();\n+  { x(1); }\n", "replace(a): Statement { x ( 1 ) ; }"),
        ("- IRQF | E\n+ E\n", "replace(IRQF): Expression E"),
    ];
    let wrong: Vec<String> = (cases.iter())
        .filter(|(text, want)| anchors(text) != *want)
        .map(|(text, want)| format!("{text}--- got  {}\n--- want {want}\n", anchors(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Pattern against code, as tables: metavariables, pattern, code, and each way to match as `text where x=value; -removed`.

use std::sync::Arc;

use c_syntax::grammar::{NameClass, class_by_spelling, parse_element};
use c_syntax::types::{ElementTypes, Facts, TypeEnv};
use c_syntax::{
    Element, ElementKind, FileElement, NodeId, ParsedElement, SourceFile, Span, SyntaxKind, Token, TokenFlags, TokenId,
    Tree,
};
use cfg::{Cfg, CfgOptions};
use rustc_hash::FxHashMap;
use smpl_parser::body::{Side, parse_slice};
use smpl_parser::lexer::{BodyCtx, BodyScope, LineMark, ScopeVar, lex_body};
use smpl_parser::*;

use super::*;
use crate::compile::ElemKind;
use crate::outcome::{Action, Place};

fn kind(word: &str) -> MvKind {
    match word {
        "id" => MvKind::Identifier,
        "e" => MvKind::Expression(TypeSet::default()),
        "ide" => MvKind::IdExpression(TypeSet::default(), Scope::Any),
        "local" => MvKind::IdExpression(TypeSet::default(), Scope::Local),
        "c" => MvKind::Constant(TypeSet::default()),
        "es" => MvKind::ExpressionList(ListLen::Any),
        "es2" => MvKind::ExpressionList(ListLen::Exactly(2)),
        "s" => MvKind::Statement,
        "t" => MvKind::Type,
        "p" => MvKind::Parameter,
        "ps" => MvKind::ParameterList(ListLen::Any),
        "d" => MvKind::Declaration,
        "fld" => MvKind::Field,
        "flds" => MvKind::FieldList(ListLen::Any),
        "i" => MvKind::Initialiser,
        "is" => MvKind::InitialiserList(ListLen::Any),
        "f" => MvKind::Function,
        "bop" => MvKind::BinaryOp,
        "aop" => MvKind::AssignOp,
        "attr" => MvKind::Attribute,
        "ptr" => MvKind::Expression(TypeSet { types: vec![TypePattern::AnyPointer(1)], bits: None }),
        "pos" => MvKind::Position { any: false },
        "fmts" => MvKind::FormatList(ListLen::Any),
        other => panic!("no kind {other}"),
    }
}

/// `=~re`, `!~re`, `=a/b`, `!=a/b`, `>=n`.
fn constraint(text: &str) -> Constraint {
    let set = |t: &str| {
        let item = |w: &str| match w.split_once("..") {
            Some((a, b)) => ConstraintItem::Range(a.parse().expect("number"), b.parse().expect("number")),
            None => ConstraintItem::Text(c_syntax::Sym::of(w.as_bytes()), w.to_owned()),
        };
        Constraint::OneOf(t.split('/').map(item).collect())
    };
    let regex = |t: &str| Constraint::Regex(Arc::new(smpl_parser::Regexp::new(t).expect("regex")));
    if let Some(t) = text.strip_prefix("=~") {
        regex(t)
    } else if let Some(t) = text.strip_prefix("!~") {
        Constraint::Not(Box::new(regex(t)))
    } else if let Some(t) = text.strip_prefix("!=") {
        Constraint::Not(Box::new(set(t)))
    } else if let Some(t) = text.strip_prefix(">=") {
        Constraint::Compare(CompareOp::Ge, t.parse().expect("number"))
    } else {
        set(text.strip_prefix('=').expect("a constraint"))
    }
}

/// A rule from its body; `scope` is a list such as `e x, id f, typedef foo, declarer D`.
fn rule(scope: &str, text: &str) -> Rule {
    let mut names = DeclaredNames::default();
    let mut metavars = Vec::new();
    let mut body_scope = BodyScope::default();
    for item in scope.split(',').filter(|s| !s.trim().is_empty()) {
        let (k, name) = item.trim().split_once(' ').expect("kind name");
        match k {
            "typedef" => names.typedefs.push(name.to_owned()),
            "declarer" => names.declarers.push(name.to_owned()),
            "attribute" => names.attributes.push(name.to_owned()),
            "iterator" => names.iterators.push(name.to_owned()),
            _ => {
                let id = MvId(metavars.len() as u32);
                let kind = kind(k);
                let (name, constraint) = match name.split_once(' ') {
                    Some((name, c)) => (name, constraint(c)),
                    None => (name, Constraint::True),
                };
                let attached = matches!(kind, MvKind::Position { .. });
                let var = if attached { ScopeVar::Attached(id) } else { ScopeVar::Var(id) };
                body_scope.vars.insert(name.as_bytes().to_vec(), var);
                metavars.push(MetaVar {
                    name: name.to_owned(),
                    span: Span::default(),
                    kind,
                    inherited: None,
                    constraint,
                    used_after: false,
                    unitary: false,
                    in_plus: false,
                });
            }
        }
    }
    let mut diags = Vec::new();
    let lexed = lex_body(text.as_bytes(), 0..text.len(), 1, false, &body_scope, &mut diags);
    let buffer: Arc<[u8]> = text.as_bytes().into();
    let ctx = BodyCtx { text: &buffer, metavars: &metavars, names: &names };
    let slice = parse_slice(&ctx, &lexed.toks, &lexed.minus_slice(), Side::Minus, None)
        .unwrap_or_else(|d| panic!("{text}: {}", d[0].message));
    let tokens = slice
        .toks
        .iter()
        .map(|i| {
            let t = &lexed.toks[*i as usize];
            PatToken {
                mark: if t.mark == LineMark::Minus { Mark::Minus } else { Mark::Context },
                var: t.var,
                attached: t.attached.clone(),
                ..PatToken::default()
            }
        })
        .collect();
    let pattern = Pattern {
        plus: slice.tree.clone(),
        tree: slice.tree,
        tokens,
        slots: FxHashMap::default(),
        runs: Vec::new(),
        plus_vars: Vec::new(),
        notes: FxHashMap::default(),
    };
    Rule {
        name: "r".into(),
        line: 1,
        depends: Dep::True,
        quantifier: None,
        disabled: Vec::new(),
        kind: slice.kind,
        metavars,
        written: Arc::new(pattern.clone()),
        pattern,
        star: false,
        transforms: true,
        words: WordFormula::True,
        effect: None,
        prototype: None,
    }
}

/// The tokens of C code, by the lexer of bodies.
fn c_tokens(code: &str) -> Vec<Token> {
    let mut diags = Vec::new();
    let spaced: String = code.lines().map(|l| format!(" {l}\n")).collect();
    let lexed = lex_body(spaced.as_bytes(), 0..spaced.len(), 1, false, &BodyScope::default(), &mut diags);
    lexed
        .toks
        .iter()
        .map(|t| Token {
            kind: t.kind,
            flags: TokenFlags::default(),
            start: t.text.start,
            len: t.text.end - t.text.start,
            sym: t.sym,
        })
        .collect()
}

/// A file of one element, whose types are those that `types` declares and its own.
fn file(code: &str, kind: ElementKind, types: &[&str]) -> SourceFile {
    let text: Arc<[u8]> = code.lines().map(|l| format!(" {l}\n")).collect::<String>().into_bytes().into();
    let tokens: Arc<[Token]> = c_tokens(code).into();
    let keep: Vec<TokenId> = (0..tokens.len() as u32).map(TokenId).collect();
    let class = |t: &Token| {
        let word = &text[t.start as usize..t.end() as usize];
        if types.iter().any(|n| n.as_bytes() == word) {
            NameClass::Typedef
        } else if word.starts_with(b"DECLARE") {
            NameClass::Declarer
        } else {
            class_by_spelling(word)
        }
    };
    let tree = parse_element(&text, 0, &tokens, &keep, &class).unwrap_or_else(|e| panic!("{code}: {e:?}"));
    let parsed = ParsedElement { trees: vec![tree], tokens, failure: None, sure: false };
    let element = Arc::new(Element::read(kind, Some("m".into()), parsed));
    let end = text.len() as u32;
    SourceFile { text, elements: vec![FileElement { start: 0, end, element }] }
}

fn element_kind(rule: &Rule, node: NodeId) -> ElemKind {
    match rule.kind {
        BodyKind::Expression => ElemKind::Expr(node),
        BodyKind::Type => ElemKind::Type(node),
        BodyKind::Identifier => ElemKind::Ident(node),
        BodyKind::Initialiser => ElemKind::Init(node),
        _ => match rule.pattern.tree.kind(node) {
            SyntaxKind::FunctionDef => ElemKind::FunHead(node),
            SyntaxKind::If => ElemKind::IfHead(node),
            SyntaxKind::While => ElemKind::WhileHead(node),
            SyntaxKind::Iterator => ElemKind::IteratorHead(node),
            SyntaxKind::Label => ElemKind::Label(node),
            SyntaxKind::Goto => ElemKind::Goto(node),
            SyntaxKind::Define => ElemKind::DefineHead(node),
            SyntaxKind::For => ElemKind::ForHead(node),
            SyntaxKind::Return => ElemKind::Return(node),
            SyntaxKind::MetaVar if matches!(rule.metavars[0].kind, MvKind::Statement) => ElemKind::StmtVar(node),
            _ => ElemKind::Stmt(node),
        },
    }
}

fn text_of(tree: &Tree, lo: u32, hi: u32) -> String {
    if lo >= hi {
        return String::new();
    }
    let (a, b) = (tree.token(TokenId(lo)), tree.token(TokenId(hi - 1)));
    String::from_utf8_lossy(tree.slice(a.start, b.end())).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All ways in which the first item of the pattern matches in the code, one line each.
fn matches(scope: &str, pattern: &str, code: &str) -> String {
    let rule = rule(scope, pattern);
    let top = ["struct a", "int m", "static inline", "enum ", "#", "void m"].iter().any(|s| code.starts_with(s));
    let whole = if top { code.to_owned() } else { format!("void m(int a, int *p) {{ {code} }}") };
    let kind = if whole.trim_end().ends_with('}') { ElementKind::Function } else { ElementKind::Declaration };
    let source = file(&whole, kind, &["T", "u32"]);
    let tree = source.elements[0].element.tree(0);
    let node = tree.child_node(tree.root(), 0).expect("an item");
    let cfg = Cfg::build(tree, node, &CfgOptions::default()).unwrap_or_else(|e| panic!("{whole}: {e}"));
    let env = TypeEnv::new(Arc::new(Facts::of_text(&source.text)), Vec::new());
    let types = ElementTypes::new(Arc::new(env), 0, tree);
    let name: Arc<str> = "a.c".into();
    let ctx = FileContext {
        name: &name,
        source: &source,
        index: 0,
        variant: 0,
        place: &|offset| (1, offset),
        types: Some(&types),
        scripts: None,
        quirks: false,
    };
    let inherited = Bindings::default();
    let mut matcher = TermMatcher::new(&rule, ctx, &cfg, &inherited);
    let item = rule.pattern.tree.child_node(rule.pattern.tree.root(), 0).expect("an item");
    let elem = RuleElem { kind: element_kind(&rule, item), shared: Default::default() };
    let mut out = Vec::new();
    let mut points: Vec<_> = cfg.graph.node_indices().collect();
    points.sort_by_key(|p| cfg.graph[*p].node().map_or(0, |n| tree.token_range(n).start));
    for point in points {
        for m in matcher.match_elem(&elem, point) {
            out.push(show(&rule, tree, &matcher, &m));
        }
    }
    out.join(" | ")
}

fn show(rule: &Rule, tree: &Tree, matcher: &TermMatcher<'_>, m: &ElemMatch) -> String {
    let mut line = text_of(tree, m.interval.0, m.interval.1);
    if !m.choice.is_empty() {
        line.push_str(&format!(" {:?}", m.choice.iter().map(|t| t.index).collect::<Vec<_>>()));
    }
    for (var, id) in &m.bindings {
        let value = match matcher.value(*id) {
            Value::Positions(p) => format!("{}-{}", p[0].start.1, p[0].end.1),
            other => value_text(&other),
        };
        line.push_str(&format!(" {}={value};", rule.metavars[var.0 as usize].name));
    }
    let mut gone: Vec<u32> = m
        .touches
        .iter()
        .filter_map(|t| match *t {
            (Place::Token(t), Action::Remove { .. }) => Some(t.0),
            _ => None,
        })
        .collect();
    gone.sort_unstable();
    gone.dedup();
    if !gone.is_empty() {
        let texts: Vec<String> = gone.iter().map(|t| text_of(tree, *t, t + 1)).collect();
        line.push_str(&format!(" -[{}]", texts.join(" ")));
    }
    line
}

#[track_caller]
fn table(rows: &[(&str, &str, &str, &str)]) {
    let mut wrong = String::new();
    for (scope, pattern, code, expected) in rows {
        let got = matches(scope, pattern, code);
        if got != *expected {
            wrong.push_str(&format!("\n{scope} | {pattern} | {code}\n  got      {got}\n  expected {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn expressions() {
    table(&[
        ("e x", "f(x)", "f(f(1));", "f(f(1)) x=f(1); | f(1) x=1;"),
        (
            "e x",
            "f(x, x)",
            "f(a + 1, a /* c */ + 1); f(a, (a)); f(b, b);",
            "f(a + 1, a /* c */ + 1) x=a + 1; | f(b, b) x=b;",
        ),
        ("e x", "x->f", "y = p->f + q.f;", "p->f x=p;"),
        ("id x", "p->x", "y = p->f + p->g;", "p->f x=f; | p->g x=g;"),
        ("e x, bop b, e y", "f(x b y)", "f(1+2); f(3); f(a * b);", "f(1+2) x=1; b=+; y=2; | f(a * b) x=a; b=*; y=b;"),
        ("e x", "\\(f\\|g\\)(x)", "g(1); f(2);", "g(1) [1] x=1; | f(2) [0] x=2;"),
        (
            "c x",
            "f(x)",
            "f(1); f(-1); f(FOO); f(\"a\"); f(a); f(sizeof(int)); f(1+2); f(foo_BAR);",
            "f(1) x=1; | f(-1) x=-1; | f(FOO) x=FOO; | f(\"a\") x=\"a\"; | f(sizeof(int)) x=sizeof(int);",
        ),
        ("", "f(16)", "f(16); f(0x10); f(020); f(16UL);", "f(16) | f(0x10)"),
        ("local x", "f(x)", "int l; f(a); f(l); f(glob); f(a.b);", "f(a) x=a; | f(l) x=l;"),
        ("ptr x", "f(x)", "int l; f(p); f(a); f(unknown); f(&l);", "f(p) x=p; | f(&l) x=&l;"),
        ("e x", "f(x) || ...", "if (a || f(1) || b) k(); if (f(2)) k(); x = f(4);", "a || f(1) || b x=1; | f(2) x=2;"),
        ("e x", "h(<+... f(x) ...+>)", "h(f(1) + g(f(2))); h(3);", "h(f(1) + g(f(2))) x=1; | h(f(1) + g(f(2))) x=2;"),
        (
            "id x, e y",
            "x = f(y)",
            "char *c = f(3); c = f(4); int v[] = {1};",
            "*c = f(3) x=c; y=3; | c = f(4) x=c; y=4;",
        ),
        ("e x, pos p", "f(x)@p", "f(1);", "f(1) x=1; p=28-29;"),
        ("e x", "sizeof(x)", "f(sizeof(a), sizeof(int));", "sizeof(a) x=a;"),
        ("t x", "sizeof(x)", "f(sizeof(a), sizeof(struct s *));", "sizeof(struct s *) x=struct s *;"),
        ("t x, e y", " (x)y", "f((u32)a, (int *)p);", "(u32)a x=u32; y=a; | (int *)p x=int *; y=p;"),
    ]);
}

#[test]
fn lists() {
    table(&[
        ("e x", "f(x, ...)", "f(1, 2, 3); f(); f(4);", "f(1, 2, 3) x=1; | f(4) x=4;"),
        (
            "",
            "\n f(...,\n-3,\n ...)",
            "f(1,3,5); f(3); f(1,3); f(3,1);",
            "f(1,3,5) -[3 ,] | f(3) -[3] | f(1,3) -[, 3] | f(3,1) -[3 ,]",
        ),
        ("es l, e x", "f(l, x)", "f(1, 2, 3); f(4);", "f(1, 2, 3) l=1, 2; x=3; | f(4) l=; x=4;"),
        ("es l, e x", "f(l, x, ...)", "f(1, 2);", "f(1, 2) l=; x=1; | f(1, 2) l=1; x=2;"),
        ("es2 l", "f(l)", "f(1, 2); f(1); f(1, 2, 3);", "f(1, 2) l=1, 2;"),
        ("e x", "f(..., x, ...)", "f(1, 2);", "f(1, 2) x=1; | f(1, 2) x=2;"),
        ("", "-f(...)", "f(1, 2);", "f(1, 2) -[f ( 1 , 2 )]"),
    ]);
}

#[test]
fn strings() {
    table(&[
        (
            "e x",
            "pr(\"%d...\", x)",
            "pr(\"%d abc\", 1); pr(\"%d abc %s\", 1); pr(\"x %d abc\", 1);",
            "pr(\"%d abc\", 1) x=1; | pr(\"%d abc %s\", 1) x=1;",
        ),
        (
            "fmts d",
            "pr(\"a %@d@ b\")",
            "pr(\"a %d b\"); pr(\"a %s b\"); pr(\"a %d c\");",
            "pr(\"a %d b\") d=d; | pr(\"a %s b\") d=s;",
        ),
        ("", "pr(\"a\")", "pr(\"a\"); pr(\"a\" \"b\");", "pr(\"a\")"),
    ]);
}

#[test]
fn declarations() {
    table(&[
        (
            "id x",
            "int x;",
            "int b; static int c; const int d; long e; unsigned f;",
            "int b; x=b; | static int c; x=c; | const int d; x=d;",
        ),
        (
            "id x",
            "-int x;",
            "int b, *c, d; static int e;",
            "int b, *c, d; x=b; -[b] | int b, *c, d; x=d; -[d] | static int e; x=e; -[static int e ;]",
        ),
        (
            "t t, id x",
            "t x;",
            "int b; char **c; int v[3]; unsigned long d = 1;",
            "int b; t=int; x=b; | char **c; t=char **; x=c; | int v[3]; t=int[3]; x=v;",
        ),
        ("t t, id x", "t *x;", "int b; char **c;", "char **c; t=char *; x=c;"),
        (
            "id x",
            "-char *x;",
            "char *a; char b; char **c; const char *d; char *const e;",
            "char *a; x=a; -[char * a ;] | const char *d; x=d; -[const char * d ;] | char *const e; x=e; -[char * const e ;]",
        ),
        ("id x", "int x[...];", "int a[3]; int b[]; int c[2][3];", "int a[3]; x=a; | int b[]; x=b;"),
        ("id x, e y", "T x = y;", "u32 b; T a = 1; T b; int c = 2;", "T a = 1; x=a; y=1;"),
        (
            "id x, e y",
            "int x = y;",
            "int b = f(1), d = f(2);",
            "int b = f(1), d = f(2); x=b; y=f(1); | int b = f(1), d = f(2); x=d; y=f(2);",
        ),
        ("t t, id f", "t (*f)(int);", "int (*g)(int); int *(*h)(long);", "int (*g)(int); t=int; f=g;"),
        (
            "id i, e e",
            "\n struct ops i = { .b = e,\n-.a = 1,\n };",
            "struct ops x = { .a = 1, .c = 3, .b = 2 }; struct ops y = { 1, 2 };",
            "struct ops x = { .a = 1, .c = 3, .b = 2 }; i=x; e=2; -[. a = 1 ,]",
        ),
        (
            "id i",
            "\n int i[] = { 1,\n-2,\n ... };",
            "int x[] = { 1, 2, 3 }; int y[] = { 2, 1 };",
            "int x[] = { 1, 2, 3 }; i=x; -[2 ,]",
        ),
        ("d x", "x", "int a; f();", "int a; x=int a;;"),
        ("", "unsigned int x;", "unsigned x; unsigned int x; int x; unsigned long x;", "unsigned x; | unsigned int x;"),
        (
            "declarer DECLARE_X, e y",
            "DECLARE_X(y);",
            "DECLARE_X(1); static DECLARE_X(2);",
            "DECLARE_X(1); y=1; | static DECLARE_X(2); y=2;",
        ),
    ]);
}

#[test]
fn structures() {
    table(&[
        (
            "id s, id f",
            "struct s { ... int f; ... };",
            "struct a { char c; int x; int y; };",
            "struct a { char c; int x; int y; }; s=a; f=x; | struct a { char c; int x; int y; }; s=a; f=y;",
        ),
        ("id e", "\n enum e { ...,\n-B,\n ... };", "enum foo { A, B, C };", "enum foo { A, B, C }; e=foo; -[B ,]"),
        (
            "flds l",
            "struct a { l int y; };",
            "struct a { char c; int x; int y; };",
            "struct a { char c; int x; int y; }; l=char c; int x;;",
        ),
    ]);
}

#[test]
fn headers() {
    table(&[
        ("id f", "f(...) { ... }", "int m(int a, char b) { }", "int m(int a, char b) { } f=m;"),
        (
            "id f, t t, id x",
            "f(..., t x) { ... }",
            "int m(int a, char *b) { }",
            "int m(int a, char *b) { } f=m; t=char *; x=b;",
        ),
        (
            "id f, ps l, p q",
            "f(l, q) { ... }",
            "int m(int a, char b) { }",
            "int m(int a, char b) { } f=m; l=int a; q=char b;",
        ),
        ("id f", "f(void) { ... }", "int m(void) { }", "int m(void) { } f=m;"),
        ("id f", "f(void) { ... }", "int m() { }", ""),
        (
            "id f",
            "-f(int a) { ... }",
            "static inline int m(int a) { return 1; }",
            "static inline int m(int a) { return 1; } f=m; -[static inline int m ( int a )]",
        ),
        ("id f", "static f(...) { ... }", "int m(int a) { }", ""),
    ]);
}

#[test]
fn bare_types() {
    table(&[
        ("typedef u32", "u32", "u32 a; u32 *b, *c; f((u32)a);", "u32 | u32 | u32"),
        ("", "int *", "int *b; int **c; int d;", "int * | int * | int *"),
    ]);
}

#[test]
fn statements() {
    table(&[
        (
            "e x",
            "for (...; x; ...) { ... }",
            "for (int i = 0; i < 3; i++) { }",
            "for (int i = 0; i < 3; i++) { } x=i < 3;",
        ),
        ("e x", "return x;", "return a + 1;", "return a + 1; x=a + 1;"),
        ("e x", "return \\(1\\|x\\);", "return 1;", "return 1; [0] | return 1; [1] x=1;"),
        ("e x", "-x;", "f();", "f(); x=f(); -[f ( ) ;]"),
        (
            "s x",
            "x",
            "if (a) f();",
            "{ if (a) f(); } x={\nif (a)\nf();\n}; | if (a) f(); x=if (a)\nf();; | f(); x=f();;",
        ),
    ]);
}

#[test]
fn constraints() {
    table(&[
        ("id f =~^foo_", "f(...)", "foo_a(1); foo(2); xfoo_(3);", "foo_a(1) f=foo_a;"),
        ("id f !~^foo_", "f(...)", "foo_a(1); foo(2);", "foo(2) f=foo;"),
        ("id x =a/b, id y !=c/d", "x(y)", "a(c); a(e); b(z); q(z);", "a(e) x=a; y=e; | b(z) x=b; y=z;"),
        ("c x >=2", "f(x)", "f(1); f(2); f(0x10); f(-3); f(A);", "f(2) x=2; | f(0x10) x=0x10;"),
        ("c x =3..5", "f(x)", "f(2); f(3); f(5); f(6);", "f(3) x=3; | f(5) x=5;"),
        ("e x =~^a", "f(x)", "f(a + 1); f(b); f(ab);", "f(ab) x=ab;"),
        ("bop b =+/-, e x", "x b 1", "f(2 + 1); f(2 * 1); f(2 - 1);", "2 + 1 b=+; x=2; | 2 - 1 b=-; x=2;"),
    ]);
}

#[test]
fn attached_and_combined() {
    table(&[
        ("e x, e y", "f(x)@y", "f(1);", "f(1) x=1; y=f(1);"),
        ("e x", "\\(f(x) \\& f(1)\\)", "f(1); f(2);", "f(1) x=1;"),
        ("pos p, pos q", "f@p@q(...)", "f();", "f() p=25-26; q=25-26;"),
        ("pos p, e x", "f(x@p)", "f(a + 1);", "f(a + 1) p=27-32; x=a + 1;"),
        ("e x", "g(\\(f(x) \\| h(x)\\), 1)", "g(h(2), 1);", "g(h(2), 1) [1] x=2;"),
        ("e x, aop o", "p->f o x", "p->f += 2; p->f = 3; p->g = 4;", "p->f += 2 x=2; o=+=; | p->f = 3 x=3; o==;"),
        ("i v", " int x = v;", "int x = {1, 2};", "int x = {1, 2}; v={\n1,\n2\n};"),
    ]);
}

#[test]
fn heads_and_labels() {
    table(&[
        ("e x, s S", "while (x) S", "while (a) f();", "while (a) f(); x=a;"),
        ("e x, s S", "if (x) S", "if (a && p) f();", "if (a && p) f(); x=a && p;"),
        ("id l", "l: return;", "out: return;", "out: return; l=out;"),
        ("id l", "goto l;", "out: goto out;", "goto out; l=out;"),
        ("iterator for_each_x, e x, s S", "for_each_x(x) S", "for_each_x(p) f();", "for_each_x(p) f(); x=p;"),
    ]);
}

#[test]
fn attributes_and_members() {
    table(&[
        ("id f, attribute __init", "int __init f(void) { ... }", "int m(void) { }", ""),
        ("id x", "struct a { int x:3; };", "struct a { int y:3; };", "struct a { int y:3; }; x=y;"),
        ("id x", "struct a { int x; };", "struct a { int y:3; };", ""),
        ("fld f", "struct a { ... f };", "struct a { int y; char *z; };", "struct a { int y; char *z; }; f=char *z;;"),
        (
            "id x",
            "struct a { ...\n-int x;\n ... };",
            "struct a { char c; int d, e; };",
            "struct a { char c; int d, e; }; x=d; -[d] | struct a { char c; int d, e; }; x=e; -[e]",
        ),
    ]);
}

#[test]
fn types_from_the_code() {
    table(&[
        (
            "t t, id x, e y",
            "t x = (t)y;",
            "int b = (int)f(); long c = (int)f();",
            "int b = (int)f(); t=int; x=b; y=f();",
        ),
        (
            "t t, id x, e y",
            "t x = (t *)y;",
            "char *b = (char **)f(); char *c = (char *)f();",
            "char *b = (char **)f(); t=char *; x=b; y=f();",
        ),
    ]);
}

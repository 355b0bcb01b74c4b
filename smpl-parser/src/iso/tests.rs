//! Tests of isomorphisms: what a body becomes under the standard file, and under small files.

use std::sync::Arc;

use c_syntax::{Child, NodeId, SyntaxKind, TokenId};

use super::*;
use crate::ast::{DeclaredNames, ListLen, Mark, MetaVar, MvId, PatToken, Pattern, RunId, Scope, TypePattern, TypeSet};
use crate::body::{Side, parse_slice};
use crate::lexer::{BodyCtx, BodyScope, LineMark, ScopeVar, lex_body};

const STANDARD: &str = include_str!("../../../rules/standard.iso");

fn kind(word: &str) -> MvKind {
    match word {
        "id" => MvKind::Identifier,
        "e" => MvKind::Expression(TypeSet::default()),
        "ptr" => MvKind::Expression(TypeSet { types: vec![TypePattern::AnyPointer(1)], bits: None }),
        "ide" => MvKind::IdExpression(TypeSet::default(), Scope::Any),
        "c" => MvKind::Constant(TypeSet::default()),
        "es" => MvKind::ExpressionList(ListLen::Any),
        "s" => MvKind::Statement,
        "t" => MvKind::Type,
        "pos" => MvKind::Position { any: false },
        other => panic!("no kind {other}"),
    }
}

/// A pattern with marks. A line of `+` is a run before the next token, or instead of the last one if that is removed.
fn pattern(scope: &str, text: &str) -> (Pattern, Vec<MetaVar>) {
    let mut vars = BodyScope::default();
    let mut metavars = Vec::new();
    for item in scope.split(',').filter(|s| !s.trim().is_empty()) {
        let (k, name) = item.trim().split_once(' ').expect("kind name");
        let id = MvId(metavars.len() as u32);
        let kind = kind(k);
        let attached = matches!(kind, MvKind::Position { .. });
        vars.vars.insert(name.into(), if attached { ScopeVar::Attached(id) } else { ScopeVar::Var(id) });
        let var = IsoVar { kind, value: Value::Any, pure: false, context: false };
        metavars.push(MetaVar { unitary: text.matches(name).count() == 1, ..var.metavar(name.into()) });
    }
    let mut diags = Vec::new();
    let body = lex_body(text.as_bytes(), 0..text.len(), 1, false, &vars, &mut diags);
    let buffer: Arc<[u8]> = text.as_bytes().into();
    let names = DeclaredNames::default();
    let ctx = BodyCtx { text: &buffer, metavars: &metavars, names: &names };
    let slice = parse_slice(&ctx, &body.toks, &body.minus_slice(), Side::Minus, None).expect(text);
    let mut runs = 0;
    let tokens = slice
        .toks
        .iter()
        .map(|i| {
            let tok = &body.toks[*i as usize];
            let mark = if tok.mark == LineMark::Minus { Mark::Minus } else { Mark::Context };
            let mut pat =
                PatToken { mark, var: tok.var, attached: tok.attached.clone(), span: tok.span, ..PatToken::default() };
            let plus = |j: Option<usize>| j.and_then(|j| body.toks.get(j)).is_some_and(|t| t.mark == LineMark::Plus);
            if plus((*i as usize).checked_sub(1)) {
                pat.before.push(RunId(runs));
                runs += 1;
            }
            pat
        })
        .collect();
    let p = Pattern {
        tree: slice.tree.clone(),
        tokens,
        slots: Default::default(),
        runs: Vec::new(),
        plus: slice.tree,
        plus_vars: Vec::new(),
        notes: Default::default(),
    };
    (p, metavars)
}

/// The pattern as text: choices in braces with `|`, removed tokens with `-`, plus code as `>`, tests that must be as `?`.
fn show(p: &Pattern) -> String {
    let mut out = String::new();
    show_node(p, p.tree.root(), &mut out);
    out.trim().to_owned()
}

fn show_node(p: &Pattern, n: NodeId, out: &mut String) {
    if p.notes.get(&n).is_some_and(|n| n.must_be_test) {
        out.push('?');
    }
    let choice = p.tree.kind(n) == SyntaxKind::Disj && p.tree.child_tokens(n).next().is_none();
    if choice {
        out.push('⟨');
    }
    for (i, c) in p.tree.children(n).iter().enumerate() {
        if choice && i > 0 {
            trim(out);
            out.push('|');
        }
        match c {
            Child::Node(n) => show_node(p, *n, out),
            Child::Token(t) => show_token(p, *t, out),
        }
    }
    if choice {
        trim(out);
        out.push_str("⟩ ");
    }
}

fn trim(out: &mut String) {
    out.truncate(out.trim_end().len());
}

fn show_token(p: &Pattern, t: TokenId, out: &mut String) {
    let fact = p.token(t);
    out.push_str(&">".repeat(fact.before.len() + fact.after.len() + fact.replace.len()));
    if fact.mark == Mark::Minus {
        out.push('-');
    }
    out.push_str(&String::from_utf8_lossy(p.tree.token_text(t)));
    out.push_str(&"@".repeat(fact.attached.len()));
    out.push(' ');
}

fn standard() -> IsoSet {
    let (set, diags) = parse(STANDARD);
    assert!(diags.is_empty(), "{diags:#?}");
    set
}

#[test]
fn the_standard_file_is_read() {
    let set = standard();
    assert_eq!(set.isos.len(), 51);
    assert_eq!(resolve_name("isnt_null", &[&set]), ["isnt_null1"]);
    assert_eq!(resolve_name("paren", &[&set]), ["paren"]);
    assert_eq!(resolve_name("value_format", &[]), ["value_format"]);
    assert!(resolve_name("no_such", &[&set]).is_empty());
}

/// What the outline of an alternative asks for is there in each term that it matches, which is why it may be asked first.
#[test]
fn outlines_name_the_tokens_of_their_alternatives() {
    let set = outline(STANDARD);
    assert_eq!(set.isos.len(), standard().isos.len());
    for o in &set.isos {
        let iso = set.read(o).unwrap_or_else(|| panic!("{} is not read", o.name));
        for (alternative, term) in o.groups.iter().flatten().zip(iso.groups.iter().flatten()) {
            let fixed = |t: &&term::Tok| t.pat.var.is_none() && t.kind != c_syntax::TokenKind::Ellipsis;
            let found: Vec<_> = term.all_toks().into_iter().filter(fixed).map(|t| t.sym).collect();
            assert_eq!(alternative.needs, found, "{}", o.name);
        }
    }
}

/// Checked against `spatch --parse-cocci`, but for the order of branches and branches that are there twice.
#[test]
fn standard_isomorphisms() {
    let set = standard();
    for (scope, text, expected) in [
        ("e x", "x == NULL", "⟨x == NULL|! x|NULL == x⟩"),
        ("e x", "x == foo", "x == foo"),
        ("e x", "0 == x", "⟨x == 0|! x|0 == x⟩"),
        ("e x", "x != NULL", "⟨x != NULL|?x|NULL != x⟩"),
        ("e x", "if (x != 0) f();", "if ( ⟨x != 0|?x|0 != x⟩ ) f ( ) ;"),
        ("ptr x, s S", "if (x) S", "if ( ⟨x|?x != NULL|?NULL != x⟩ ) S"),
        ("ptr x", "y = x;", "y = x ;"),
        ("e x, t T", " (T)x", "⟨( T ) x|x⟩"),
        ("e x, t T", " (T *)x", "( T * ) x"),
        ("e x", " (int)x", "( ⟨int|signed int⟩ ) x"),
        ("e x", "f((x))", "f ( ⟨( x )|x⟩ )"),
        ("", "f(0, 1)", "f ( ⟨0|'\\0'⟩ , 1 )"),
        ("e x", "unlikely(x)", "⟨unlikely ( x )|likely ( x )|x⟩"),
        ("e x", "likely(x)", "⟨unlikely ( x )|likely ( x )|x⟩"),
        ("e x, e y", "x + y", "⟨x + y|y + x⟩"),
        ("e x, e y", "x > y", "⟨y < x|x > y⟩"),
        ("e x, e y, e z", "x - y - z", "⟨⟨( x - y )|x - y⟩ - z|x - y - z⟩"),
        ("e x, e y, e z", "x ? y : z", "⟨x ? y : z|! x ? z : y⟩"),
        ("id i", "i++;", "⟨i ++ ;|++ i ;|i += 1 ;|i = i + 1 ;⟩"),
        ("e x", "x++;", "x ++ ;"),
        ("id i, s S", "for (a; b; ++i) S", "⟨for ( a ; b ; i ++ ) S|for ( a ; b ; ++ i ) S⟩"),
        ("e x, s S, s R", "if (x) S else R", "⟨if ( x ) S else R|if ( x ) S|if ( ! x ) R else S|if ( ! x ) R⟩"),
        (
            "e x, e y, s S, s R",
            "if (x == y) S else R",
            "⟨if ( x == y ) S else R|if ( x == y ) S|if ( x != y ) R else S|if ( x != y ) R⟩",
        ),
        ("id i", "int i;", "⟨⟨int|signed int⟩ i ;|⟨int|signed int⟩ i = ... ;⟩"),
        (
            "id i",
            "static unsigned *i;",
            "⟨static ⟨unsigned|unsigned int⟩ * i ;|static ⟨unsigned|unsigned int⟩ * i = ... ;⟩",
        ),
        ("id i", "unsigned int i = 3;", "unsigned int i = 3 ;"),
        ("id i, t T", "T i[2];", "⟨T i [ 2 ] ;|T i [ 2 ] = ... ;⟩"),
        ("id i, t T", "- T i;", "-T -i -;"),
        ("e x", "if (x) { ... }", "if ( x ) ⟨{ ... }|_S_0⟩"),
        ("e x, s S", "if (x) { ... S }", "if ( x ) ⟨{ ... S }|S⟩"),
        ("e x", "if (x) { f(); }", "if ( x ) ⟨{ f ( ) ; }|f ( ) ;⟩"),
        ("id f", "int f(void) { g(); }", "⟨int|signed int⟩ f ( void ) { g ( ) ; }"),
        ("", "return ...;", "⟨return ... ;|return ;⟩"),
        ("e x, id f", "x->f", "⟨x -> f|x [ _E2_0 ] . f⟩"),
        ("e x, id f", "x->f->g", "⟨⟨x -> f|x [ _E2_0 ] . f⟩ -> g|⟨x -> f|x [ _E2_0 ] . f⟩ [ _E2_1 ] . g⟩"),
        ("t T", "sizeof(T)", "⟨sizeof ( T )|sizeof _E_0⟩"),
        ("", "sizeof(struct foo)", "sizeof ( struct foo )"),
        // Marks.
        ("e x", "- x == NULL\n", "⟨-x -== -NULL|-! -x|-NULL -== -x⟩"),
        ("e x", "  x\n- ==\n  NULL\n", "x -== NULL"),
        ("e x", "+ g();\n  x == NULL;\n", ">x == NULL ;"),
        ("e x", "+ g();\n- unlikely(x);\n", "⟨>-unlikely -( -x -)|>-likely -( -x -)|>-x⟩ -;"),
        ("e x", "f(\n- x\n ) == NULL", "⟨f ( -x ) == NULL|! f ( -x )|NULL == f ( -x )⟩"),
        ("e x", "if (x) {\n- f();\n}", "if ( x ) { -f -( -) -; }"),
        ("e x", "if (x) {\n+ g();\n- f();\n}", "if ( x ) ⟨{ >-f -( -) -; }|>-f -( -) -;⟩"),
        // Positions.
        ("e x, pos p", "x == NULL@p", "⟨x == NULL@|NULL@ == x⟩"),
        ("e x, pos p", "x@p == NULL", "⟨x@ == NULL|! x@|NULL == x@⟩"),
        ("e x, s S, pos p", "if@p (x == 0) S", "if@ ( ⟨x == 0|! x|0 == x⟩ ) S"),
    ] {
        let (mut p, mut metavars) = pattern(scope, text);
        let applied = apply(&mut p, &mut metavars, &[&set], &ApplyOptions::default());
        assert!(applied.diagnostics.is_empty(), "{text}: {:?}", applied.diagnostics);
        assert_eq!(show(&p), expected, "{text}");
        assert_eq!(p.tokens.len(), p.tree.tokens().len());
    }
}

#[test]
fn own_isomorphisms() {
    for (iso, scope, text, expected) in [
        (
            "Expression @a@ expression X; @@ X + 1 <=> 1 + X => inc(X)",
            "e x",
            "foo(x + 1)",
            "foo ( ⟨x + 1|1 + x|inc ( x )⟩ )",
        ),
        ("Expression @a@ expression X; @@ X + 1 => inc(X) => add(X, 1)", "e x", "inc(x)", "⟨inc ( x )|add ( x , 1 )⟩"),
        ("Expression @a@ expression X; @@ inc(X) => X + 1", "e x", "x + 1", "x + 1"),
        (
            "Type @a@ @@ u8 <=> uint8_t\nType @b@ @@ uint8_t => byte",
            "id x",
            "const u8 x;",
            "const ⟨u8|uint8_t|byte⟩ x ;",
        ),
        (
            "Statement @a@ statement S; @@ while (1) S <=> for (;;) S",
            "s S",
            "for (;;) S",
            "⟨while ( 1 ) S|for ( ; ; ) S⟩",
        ),
        (
            "Expression @a@ expression X; @@ f(X, X) => g(X)",
            "e x, e y",
            "f(x, y) + f(y, y)",
            "f ( x , y ) + ⟨f ( y , y )|g ( y )⟩",
        ),
        (
            "Expression @a@ identifier F; expression E; @@ F(E) => call(F, E)",
            "id g",
            "g(1)",
            "⟨g ( 1 )|call ( g , 1 )⟩",
        ),
        ("Expression @a@ expression list ES; @@ f(ES) => g(ES)", "es as", "f(as)", "⟨f ( as )|g ( as )⟩"),
    ] {
        let (set, diags) = parse(iso);
        assert!(diags.is_empty(), "{iso}: {diags:?}");
        let (mut p, mut metavars) = pattern(scope, text);
        apply(&mut p, &mut metavars, &[&set], &ApplyOptions::default());
        assert_eq!(show(&p), expected, "{iso}\n{text}");
    }
}

#[test]
fn faults_of_isomorphism_files() {
    for (text, code, left) in [
        ("Expresion @a@ @@ 1 => 2", "E040", 0),
        ("Expression @a@ @@ 1 => 2\nExpression @a@ @@ 1 => 3", "E041", 1),
        ("Expression @a@ @@ 1", "E040", 0),
        ("Expression @a@ position p; @@ 1 => 2\nExpression @b@ @@ 1 => 3", "E040", 1),
        ("Expression @a@ @@ 1 => \\(2 \\| 3\\)", "E042", 0),
        ("Expression @a@ @@ 1 => ( \nType @b@ @@ int => u32", "E001", 1),
        ("Expression @a@ expression x @@ x => 1", "E040", 0),
        ("Expression @a", "E040", 0),
    ] {
        let (set, diags) = parse(text);
        assert_eq!(diags.first().map(|d| d.code), Some(code), "{text}");
        assert_eq!(set.isos.len(), left, "{text}");
    }
}

#[test]
fn options_and_growth() {
    let set = standard();
    let disabled = ["is_null".to_owned()];
    let (mut p, mut metavars) = pattern("e x", "x == NULL");
    apply(&mut p, &mut metavars, &[&set], &ApplyOptions { disabled: &disabled, ..ApplyOptions::default() });
    assert_eq!(show(&p), "⟨x == NULL|NULL == x⟩");

    let all = ["all".to_owned()];
    let (mut p, mut metavars) = pattern("e x", "x == NULL");
    apply(&mut p, &mut metavars, &[&set], &ApplyOptions { disabled: &all, ..ApplyOptions::default() });
    assert_eq!(show(&p), "x == NULL");

    let (mut p, mut metavars) = pattern("e x", "x == NULL");
    let one = ApplyOptions { limit: Some(1), ..ApplyOptions::default() };
    apply(&mut p, &mut metavars, &[&set], &one);
    assert_eq!(show(&p), "⟨x == NULL|! x|NULL == x⟩");

    let deep = format!("{}x{}", "f((".repeat(40), "))".repeat(40));
    let (mut p, mut metavars) = pattern("e x", &deep);
    let applied = apply(&mut p, &mut metavars, &[&set], &ApplyOptions::default());
    assert_eq!(applied.diagnostics.first().map(|d| d.code), Some("W140"));
    assert!(p.tree.node_count() < 500_000);
}

#[test]
fn failures_are_told() {
    let set = standard();
    for (scope, text, iso) in [
        ("e x, t T", " (T *)x", "drop_cast"),
        ("e x", "  x\n- ==\n  NULL\n", "is_null"),
        ("e x, pos p", "x == NULL@p", "is_null"),
        ("e x, s S", "if (x) f(); else { ... }", "drop_else"),
        ("e x", "if (x) {\n- f();\n}", "braces4"),
        ("id i, t T", "- T i;", "decl_init"),
    ] {
        let (mut p, mut metavars) = pattern(scope, text);
        let applied = apply(&mut p, &mut metavars, &[&set], &ApplyOptions::default());
        assert!(applied.failures.iter().any(|f| f.iso == iso), "{text}: {:?}", applied.failures);
    }
}

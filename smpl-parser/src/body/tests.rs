//! Tests of the reading of slices: metavariables are declared as `kind name` and the trees shown in one line.

use std::sync::Arc;

use c_syntax::{Child, NodeId, Span, SyntaxKind, Tree};

use super::*;
use crate::ast::{Constraint, DeclaredNames, ListLen, MetaVar, MvId, MvKind, Scope, TypeSet};
use crate::lexer::{BodyScope, LexedBody, LineMark, ScopeVar, lex_body};

fn kind(word: &str) -> MvKind {
    match word {
        "id" => MvKind::Identifier,
        "e" => MvKind::Expression(TypeSet::default()),
        "ide" => MvKind::IdExpression(TypeSet::default(), Scope::Any),
        "c" => MvKind::Constant(TypeSet::default()),
        "es" => MvKind::ExpressionList(ListLen::Any),
        "s" => MvKind::Statement,
        "sl" => MvKind::StatementList(ListLen::Any),
        "t" => MvKind::Type,
        "p" => MvKind::Parameter,
        "ps" => MvKind::ParameterList(ListLen::Any),
        "ids" => MvKind::IdentifierList(ListLen::Any),
        "d" => MvKind::Declaration,
        "fld" => MvKind::Field,
        "flds" => MvKind::FieldList(ListLen::Any),
        "i" => MvKind::Initialiser,
        "is" => MvKind::InitialiserList(ListLen::Any),
        "f" => MvKind::Function,
        "bop" => MvKind::BinaryOp,
        "aop" => MvKind::AssignOp,
        "attr" => MvKind::Attribute,
        "decl" => MvKind::Declarer,
        "iter" => MvKind::Iterator,
        "any" => MvKind::Any,
        "prag" => MvKind::PragmaInfo,
        "pos" => MvKind::Position { any: false },
        other => panic!("no kind {other}"),
    }
}

/// Reads one slice of a body, with `scope` such as `e x, s S, typedef foo`.
pub(super) fn read(scope: &str, text: &str, side: Side, forced: Option<BodyKind>) -> Result<Slice, Vec<Diagnostic>> {
    let mut names = DeclaredNames::default();
    let mut metavars = Vec::new();
    let mut body_scope = BodyScope::default();
    for item in scope.split(',').filter(|s| !s.trim().is_empty()) {
        let (k, name) = item.trim().split_once(' ').expect("kind name");
        match k {
            "typedef" => names.typedefs.push(name.to_owned()),
            "attribute" => names.attributes.push(name.to_owned()),
            "declarer" => names.declarers.push(name.to_owned()),
            "iterator" => names.iterators.push(name.to_owned()),
            _ => {
                let id = MvId(metavars.len() as u32);
                let kind = kind(k);
                let attached = matches!(kind, MvKind::Position { .. });
                body_scope.vars.insert(
                    name.as_bytes().to_vec(),
                    if attached { ScopeVar::Attached(id) } else { ScopeVar::Var(id) },
                );
                metavars.push(MetaVar {
                    name: name.to_owned(),
                    span: Span::default(),
                    kind,
                    inherited: None,
                    constraint: Constraint::True,
                    used_after: false,
                    unitary: false,
                    in_plus: false,
                });
            }
        }
    }
    let mut diags = Vec::new();
    let lexed: LexedBody = lex_body(text.as_bytes(), 0..text.len(), 1, false, &body_scope, &mut diags);
    let keep =
        |t: &SmplTok| t.added.is_none() && t.mark != if side == Side::Minus { LineMark::Plus } else { LineMark::Minus };
    let slice: Vec<usize> = (0..lexed.toks.len()).filter(|i| keep(&lexed.toks[*i])).collect();
    let buffer: Arc<[u8]> = text.as_bytes().into();
    let ctx = BodyCtx { text: &buffer, metavars: &metavars, names: &names };
    parse_slice(&ctx, &lexed.toks, &slice, side, forced)
}

/// `Kind(child child ...)`, tokens as they are written.
fn show(tree: &Tree, node: NodeId) -> String {
    let inner: Vec<String> = tree
        .children(node)
        .iter()
        .map(|c| match *c {
            Child::Node(n) => show(tree, n),
            Child::Token(t) => String::from_utf8_lossy(tree.token_text(t)).into_owned(),
        })
        .collect();
    let kind = format!("{:?}", tree.kind(node));
    if tree.kind(node) == SyntaxKind::RuleBody { inner.join(" ") } else { format!("{kind}({})", inner.join(" ")) }
}

fn minus(scope: &str, text: &str) -> String {
    match read(scope, text, Side::Minus, None) {
        Ok(s) => {
            // Every token is in the tree.
            assert_eq!(s.tree.held_tokens(s.tree.root()).len(), s.toks.len(), "{text}");
            format!("{:?}: {}", s.kind, show(&s.tree, s.tree.root()))
        }
        Err(d) => format!("{}: {}", d[0].code, d[0].message),
    }
}

#[track_caller]
fn table(rows: &[(&str, &str, &str)]) {
    let mut wrong = String::new();
    for (scope, text, expected) in rows {
        let got = minus(scope, text);
        if got != *expected {
            wrong.push_str(&format!("\n{scope} | {text}\n  got      {got}\n  expected {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn expressions() {
    table(&[
        ("", "a + b * c", "Expression: Binary(Ident(a) + Binary(Ident(b) * Ident(c)))"),
        ("e x", "f(x, ...)", "Expression: Call(Ident(f) ArgList(( MetaVar(x) , Dots(...) )))"),
        ("e x, es l", "f(l, x)", "Expression: Call(Ident(f) ArgList(( MetaVar(l) , MetaVar(x) )))"),
        (
            "id f",
            "x->f.g[1]++",
            "Expression: Postfix(Index(Field(PtrField(Ident(x) -> MetaVar(f)) . Name(g)) [ Constant(1) ]) ++)",
        ),
        ("t T, e x", " (T)x", "Expression: Cast(( TypeName(DeclSpecs(MetaVar(T)) Absent()) ) MetaVar(x))"),
        ("t T", "sizeof(T)", "Expression: SizeofType(sizeof ( TypeName(DeclSpecs(MetaVar(T)) Absent()) ))"),
        ("e x", "sizeof(*x)", "Expression: SizeofExpr(sizeof Paren(( Unary(* MetaVar(x)) )))"),
        ("", " (foo *)p", "Expression: Cast(( TypeName(DeclSpecs(NamedType(foo)) PointerDecl(* Absent())) ) Ident(p))"),
        ("e x, bop b, e y", "x b y", "Expression: Binary(MetaVar(x) MetaVar(b) MetaVar(y))"),
        (
            "e x, e y",
            "x \\(+\\|-\\) y",
            "Expression: Binary(MetaVar(x) Disj(\\( DisjBranch(+) \\| DisjBranch(-) \\)) MetaVar(y))",
        ),
        (
            "e x",
            "\\(f\\|g\\)(x)",
            "Expression: Call(Disj(\\( DisjBranch(Ident(f)) \\| DisjBranch(Ident(g)) \\)) ArgList(( MetaVar(x) )))",
        ),
        ("e x", "x && ...", "Expression: Binary(MetaVar(x) && Dots(...))"),
        (
            "e x, e y",
            "g(f(x +@y 1))",
            "Expression: Call(Ident(g) ArgList(( Call(Ident(f) ArgList(( As(Binary(MetaVar(x) + Constant(1)) @ MetaVar(y)) ))) )))",
        ),
        ("s S, id f", "f@S(1);", "Statements: As(ExprStmt(Call(MetaVar(f) ArgList(( Constant(1) ))) ;) @ MetaVar(S))"),
        ("", "f(..., )", "Expression: Call(Ident(f) ArgList(( Dots(...) , )))"),
        ("e x, e y", "f(x)@y", "Expression: As(Call(Ident(f) ArgList(( MetaVar(x) ))) @ MetaVar(y))"),
        ("e x", "<+... x ...+> = 1", "Expression: Assign(Nest(<+... MetaVar(x) ...+>) = Constant(1))"),
        ("e c, e x", "c ? : x", "Expression: Cond(MetaVar(c) ? Absent() : MetaVar(x))"),
        ("", "\"a\" FOO \"b\"", "Expression: StringRun(StringLit(\"a\") Ident(FOO) StringLit(\"b\"))"),
        (
            "e x",
            "f(struct foo *, x)",
            "Expression: Call(Ident(f) ArgList(( TypeArg(TypeName(DeclSpecs(StructType(struct Name(foo))) PointerDecl(* Absent()))) , MetaVar(x) )))",
        ),
        ("e x", " ({ x; })", "Expression: StmtExpr(( Block({ ExprStmt(MetaVar(x) ;) }) ))"),
    ]);
}

#[test]
fn statements() {
    table(&[
        ("e x", "f(x);", "Statements: ExprStmt(Call(Ident(f) ArgList(( MetaVar(x) ))) ;)"),
        (
            "s S, e x",
            "if (x) S else { ... }",
            "Statements: If(if ( MetaVar(x) ) MetaVar(S) Else(else Block({ Dots(...) })))",
        ),
        (
            "e x",
            "x = 1;\n... when != x\n    when any\nf(x);",
            "Statements: ExprStmt(Assign(MetaVar(x) = Constant(1)) ;) Dots(... WhenNot(when != MetaVar(x)) WhenAny(when any)) ExprStmt(Call(Ident(f) ArgList(( MetaVar(x) ))) ;)",
        ),
        (
            "e x",
            "f();\n... when != true x\n when strict, forall\ng();",
            "Statements: ExprStmt(Call(Ident(f) ArgList(( ))) ;) Dots(... WhenTrue(when != true MetaVar(x)) WhenStrict(when strict) WhenForall(, forall)) ExprStmt(Call(Ident(g) ArgList(( ))) ;)",
        ),
        (
            "e x",
            "(\nf(x);\n|\ng(x);\n)",
            "Statements: Disj(( DisjBranch(ExprStmt(Call(Ident(f) ArgList(( MetaVar(x) ))) ;)) | DisjBranch(ExprStmt(Call(Ident(g) ArgList(( MetaVar(x) ))) ;)) ))",
        ),
        (
            "e x",
            "(\nf(x)\n|\ng(x)\n)",
            "Expression: Disj(( DisjBranch(Call(Ident(f) ArgList(( MetaVar(x) )))) | DisjBranch(Call(Ident(g) ArgList(( MetaVar(x) )))) ))",
        ),
        (
            "e x",
            "<... f(x) ...>\ng();",
            "Statements: Nest(<... Call(Ident(f) ArgList(( MetaVar(x) ))) ...>) ExprStmt(Call(Ident(g) ArgList(( ))) ;)",
        ),
        (
            "",
            "f();\n? g();",
            "Statements: ExprStmt(Call(Ident(f) ArgList(( ))) ;) Opt(ExprStmt(Call(Ident(g) ArgList(( ))) ;))",
        ),
        (
            "",
            "\\(f\\|g\\)(x);",
            "Statements: ExprStmt(Call(Disj(\\( DisjBranch(Ident(f)) \\| DisjBranch(Ident(g)) \\)) ArgList(( Ident(x) ))) ;)",
        ),
        (
            "id l",
            "goto l;\n...\nl: return 1;",
            "Statements: Goto(goto MetaVar(l) ;) Dots(...) Label(MetaVar(l) : Return(return Constant(1) ;))",
        ),
        (
            "iterator for_x, s S",
            "for_x(a, b) S",
            "Statements: Iterator(Name(for_x) ArgList(( Ident(a) , Ident(b) )) MetaVar(S))",
        ),
        (
            "e x",
            "for (...; x; ...) { ... }",
            "Statements: For(for ( Dots(...) ; MetaVar(x) ; Dots(...) ) Block({ Dots(...) }))",
        ),
        (
            "e x",
            "switch (x) { case 1: f(); ... default: g(); }",
            "Statements: Switch(switch ( MetaVar(x) ) Block({ Case(case Constant(1) : ExprStmt(Call(Ident(f) ArgList(( ))) ;)) Dots(...) Default(default : ExprStmt(Call(Ident(g) ArgList(( ))) ;)) }))",
        ),
        (
            "",
            "do f(); while (x);",
            "Statements: DoWhile(do ExprStmt(Call(Ident(f) ArgList(( ))) ;) while ( Ident(x) ) ;)",
        ),
        ("", "when->any = not;", "Statements: ExprStmt(Assign(PtrField(Ident(when) -> Name(any)) = Ident(not)) ;)"),
    ]);
}

#[test]
fn declarations_and_types() {
    table(&[
        ("", "int x;", "Declaration: Declaration(DeclSpecs(int) InitDeclarator(Name(x)) ;)"),
        (
            "id x, t T, e y",
            "T x = y;",
            "Declaration: Declaration(DeclSpecs(MetaVar(T)) InitDeclarator(MetaVar(x) = MetaVar(y)) ;)",
        ),
        (
            "",
            "foo *a, b[3];",
            "Declaration: Declaration(DeclSpecs(NamedType(foo)) InitDeclarator(PointerDecl(* Name(a))) , InitDeclarator(ArrayDecl(Name(b) [ Constant(3) ])) ;)",
        ),
        (
            "id f",
            "int (*f)(int, ...);",
            "Declaration: Declaration(DeclSpecs(int) InitDeclarator(FuncDecl(ParenDecl(( PointerDecl(* MetaVar(f)) )) ParamList(( Param(DeclSpecs(int) Absent()) , Dots(...) )))) ;)",
        ),
        (
            "",
            "int f(......);",
            "Declaration: Declaration(DeclSpecs(int) InitDeclarator(FuncDecl(Name(f) ParamList(( VarArgs(...) )))) ;)",
        ),
        (
            "id s, flds l",
            "struct s { l int a:3; ... };",
            "Declaration: Declaration(DeclSpecs(StructType(struct MetaVar(s) FieldList({ MetaVar(l) FieldDecl(DeclSpecs(int) BitField(Name(a) : Constant(3)) ;) Dots(...) }))) ;)",
        ),
        ("", "struct foo *", "Type: TypeName(DeclSpecs(StructType(struct Name(foo))) PointerDecl(* Absent()))"),
        ("t T", "T", "Type: TypeName(DeclSpecs(MetaVar(T)) Absent())"),
        (
            "",
            "(\nint\n|\nlong\n)",
            "Type: TypeName(DeclSpecs(Disj(( DisjBranch(TypeName(DeclSpecs(int) Absent())) | DisjBranch(TypeName(DeclSpecs(long) Absent())) ))) Absent())",
        ),
        (
            "",
            "\\(int\\|long\\) x;",
            "Declaration: Declaration(DeclSpecs(Disj(\\( DisjBranch(TypeName(DeclSpecs(int) Absent())) \\| DisjBranch(TypeName(DeclSpecs(long) Absent())) \\))) InitDeclarator(Name(x)) ;)",
        ),
        (
            "",
            "enum e { A, B = 1, ... };",
            "Declaration: Declaration(DeclSpecs(EnumType(enum Name(e) EnumList({ Enumerator(Name(A)) , Enumerator(Name(B) = Constant(1)) , Dots(...) }))) ;)",
        ),
        (
            "id x, e v",
            "{ .x = v, }",
            "Initialiser: InitList({ Designated(FieldDesignator(. MetaVar(x)) = MetaVar(v)) , })",
        ),
        (
            "declarer MODULE",
            "MODULE(\"x\");",
            "Declaration: MacroDecl(DeclSpecs() Name(MODULE) ArgList(( StringLit(\"x\") )) ;)",
        ),
        (
            "id x",
            "static struct foo x = { ..., .a = 1, ... };",
            "Declaration: Declaration(DeclSpecs(static StructType(struct Name(foo))) InitDeclarator(MetaVar(x) = InitList({ Dots(...) , Designated(FieldDesignator(. Name(a)) = Constant(1)) , Dots(...) })) ;)",
        ),
        ("", "typedef int a;", "Declaration: Declaration(DeclSpecs(typedef int) InitDeclarator(Name(a)) ;)"),
        ("", "int __init x;", "Declaration: Declaration(DeclSpecs(int Attribute(__init)) InitDeclarator(Name(x)) ;)"),
    ]);
}

#[test]
fn top_level() {
    table(&[
        (
            "id f",
            "f(...) { ... }",
            "TopLevel: FunctionDef(DeclSpecs() FuncDecl(MetaVar(f) ParamList(( Dots(...) ))) Block({ Dots(...) }))",
        ),
        (
            "t T, id f, p P",
            "T f(P) { ... when != x }",
            "TopLevel: FunctionDef(DeclSpecs(MetaVar(T)) FuncDecl(MetaVar(f) ParamList(( MetaVar(P) ))) Block({ Dots(... WhenNot(when != Ident(x))) }))",
        ),
        (
            "",
            "static int f(a, b) int a; char b; { }",
            "TopLevel: FunctionDef(DeclSpecs(static int) FuncDecl(Name(f) ParamList(( Name(a) , Name(b) ))) KrDecls(Declaration(DeclSpecs(int) InitDeclarator(Name(a)) ;) Declaration(DeclSpecs(char) InitDeclarator(Name(b)) ;)) Block({ }))",
        ),
        ("", "#include <a.h>", "TopLevel: Include(#include StringLit(<a.h>))"),
        ("", "#include ...", "TopLevel: Include(#include Dots(...))"),
        ("id x, e v", "#define x v", "TopLevel: Define(#define MetaVar(x) MacroBody(MetaVar(v)))"),
        (
            "id x, ids l",
            "#define x(l) ...",
            "TopLevel: Define(#define MetaVar(x) MacroParams(( MetaVar(l) )) MacroBody(Dots(...)))",
        ),
        ("", "#undef a\n#pragma b c", "TopLevel: Undef(#undef Name(a)) Pragma(#pragma Name(b) c)"),
    ]);
}

#[test]
fn errors() {
    table(&[
        ("", "f(;", "E001: expected an expression, found `;`"),
        ("", "...", "E003: a rule cannot consist of dots"),
        ("", "f();\n...\n...\ng();", "E003: dots follow dots"),
        ("", "f(..., ...)", "E003: dots follow dots"),
        ("", "if (x) ...", "E001: expected a statement, found `...`"),
        ("", "int x;\nf() { }", "E018: a function definition must be all that a rule matches"),
        ("", "(\nf()\n|\ng();\n)", "E004: the branches are of different kinds"),
        ("", "", "E009: this rule has nothing to match"),
    ]);
}

#[test]
fn kinds_that_the_header_forces() {
    for (forced, text, ok) in [
        (BodyKind::Identifier, "foo", true),
        (BodyKind::Identifier, "foo + 1", false),
        (BodyKind::Type, "foo", true),
        (BodyKind::Type, "foo *", true),
        (BodyKind::Expression, "foo", true),
        (BodyKind::Expression, "foo;", false),
    ] {
        let got = read("", text, Side::Minus, Some(forced));
        assert_eq!(got.as_ref().ok().map(|s| s.kind), ok.then_some(forced), "{text}");
    }
}

#[test]
fn plus_slices_with_holes() {
    for text in [
        "f(a\n- , b\n  );",
        "if (x)\n(\n- return 1;\n|\n- return 2;\n)",
        "...\n- f();\n...",
        "f(\n- a\n  , ...)",
        "f();\n... when != g(1,\n2)\nh();",
    ] {
        let got = read("", text, Side::Plus, None);
        assert!(got.is_ok(), "{text}: {got:?}");
    }
}

#[test]
fn hostile_input_ends() {
    for text in [
        "(".repeat(5000),
        "f(".repeat(5000),
        "{".repeat(5000),
        "\\(".repeat(5000),
        "<... ".repeat(3000),
        "(int)".repeat(3000),
        "*".repeat(5000),
        "a(b, int x, ".repeat(300),
        "if (x) ".repeat(3000),
        "\\(a\\|".repeat(1000),
        "struct a { ".repeat(2000),
        "int (*".repeat(2000),
        "x = ".repeat(3000),
        "a ? ".repeat(3000),
        "... when != ".repeat(2000),
    ] {
        let at = std::time::Instant::now();
        let _ = read("", &text, Side::Minus, None);
        let _ = read("", &text, Side::Plus, None);
        assert!(at.elapsed().as_secs() < 5, "{}", &text[..20]);
    }
}

//! Whole semantic patches: what is understood, which messages come.

use super::*;
use crate::ast::{Constraint, Dep, VarRef};

fn read(text: &str, defines: &[&str]) -> (Option<SemanticPatch>, Vec<Diagnostic>) {
    let defines: Vec<String> = defines.iter().map(|d| (*d).to_owned()).collect();
    let include = |name: &str| {
        (name == "i.cocci").then(|| (name.to_owned(), "virtual v\n@q@ expression e; @@\nq(e)\n".to_owned()))
    };
    parse("t.cocci", text, &ParseOptions { defines: &defines, include: &include, ..ParseOptions::default() })
}

fn codes(diags: &[Diagnostic]) -> Vec<&'static str> {
    diags.iter().map(|d| d.code).collect()
}

#[test]
fn messages() {
    for (text, defines, expected) in [
        ("@@ expression e; @@\n- foo(e);\n+ bar(e);\n", &[][..], &[][..]),
        ("@@ expression e; @@\n- foo(x);\n", &[], &["W104", "W101"]),
        ("@@ expression e, f; @@\n- foo(e);\n+ bar(f);\n", &[], &["E006"]),
        ("@@ expression r.e; @@\n- foo(e);\n", &[], &["E007"]),
        ("@r@ @@\nfoo();\n@r@ @@\n- bar();\n", &[], &["E025"]),
        ("@r@ expression e; @@\nfoo(e);\n@depends on s@ expression r.e; @@\n- bar(e);\n", &[], &["E007"]),
        ("@r@ expression e, e; @@\nfoo(e);\n", &[], &["E025"]),
        ("@r@ expression e @@\nfoo(e);\n", &[], &["E024"]),
        ("@r@ position p; @@\n- foo@p(1@p);\n", &[], &["W107"]),
        ("@r@ position p; @@\n(\nfoo@p();\n|\nbar@p();\n)\n", &[], &["W103"]),
        ("@r@ fresh identifier f; @@\nfoo(f);\n", &[], &["E017"]),
        ("@@ @@\n* foo();\n@@ @@\n- bar();\n", &[], &["E029"]),
        ("@r@ position p; @@\nfoo@p();\n@@ @@\n- bar();\n@@ position r.p; @@\n* foo@p();\n", &[], &["E029", "E019"]),
        ("virtual a\n@depends on a@ @@\n* foo();\n@depends on !a@ @@\n- bar();\n", &[], &[]),
        ("virtual a\n@@ @@\nfoo();\n", &["b"], &["E007"]),
        ("@@ @@\n...\n+ foo();\n...\n", &[], &["E003"]),
        ("@@ identifier i =~ \"(\"; @@\ni();\n", &[], &["E028"]),
        ("@@ @@\n foo();\n )\n", &[], &["E001"]),
        ("@@ expression e; @@\n- \\(a\\|b\\)(e);\n+ \\(c\\|d\\)(e);\n", &[], &["E013"]),
        ("@@ symbol a, c; @@\n- f(\n(\n- a\n+ b\n|\n- c\n+ d\n)\n- );\n+ g();\n", &[], &[]),
        ("@@ expression e; @@\n- foo(e)\n+ bar(e);\n", &[], &["E004"]),
        ("@@ expression e; @@\n- foo(e);\n+ bar(e)\n", &[], &["E004"]),
        ("@@ expression e; @@\n(\n- foo(e)\n|\n  bar(e)\n)\n", &[], &["E033"]),
        ("@@ expression e; @@\n f(\n? e\n );\n", &[], &["E032"]),
        ("@@ expression e; @@\n f(e);\n?-g(e)\n", &[], &[]),
        ("@@ expression e; @@\n f(e);\n?-\\(g\\|h\\)(e);\n", &[], &[]),
        ("@@ identifier f; @@\nf(...) {\n?...\n- g();\n}\n", &[], &[]),
        ("@@ identifier f; type T; @@\n?static\nT f(...) {\n...\n- g();\n}\n", &[], &["W108"]),
        ("@@ expression e; @@\n switch (e) {\n case 1:\n? {\n-   g();\n? }\n }\n", &[], &["W108"]),
        ("@@ identifier i =~ \"^(a|\nb)(?!c)\"; @@\n- i();\n", &[], &[]),
        ("@initialize:python@\nimport re\n@r@ @@\n- f();\n", &[], &["E023"]),
        ("@@ @@\n- f(x);\n", &[], &[]),
        ("@@ expression e; @@\n- int x = e;\n  ...\n- f(x, y);\n", &[], &["W101"]),
        ("@@ symbol x; @@\n- f(x);\n@@ expression e; @@\n- g(x, e);\n", &[], &[]),
        ("@@ position p; @@\n- foo();\n+ bar@p();\n", &[], &["E013"]),
        ("@@ expresion e; @@\n- foo(e);\n", &[], &["W105"]),
        ("@@ local idexpresion e; @@\n- foo(e);\n", &[], &["E031"]),
        ("@r@ expression e, f; @@\nfoo(e, f);\n@s extends r@ @@\n- bar(e);\n", &[], &[]),
        ("@r@ expression ee; @@\n- foo(ee);\n@@ @@\n- bar(ee);\n", &[], &["W101"]),
        ("virtual a\n@depends on a && !a@ @@\n- foo();\n", &["a"], &["W106"]),
        ("@r@ expression e; @@\n- foo(e);\n@@ expression r.ee; @@\n- bar(ee);\n", &[], &["E007"]),
        ("@r disable parem@ @@\n- foo();\n@@ @@\n- );\n", &[], &["E001", "E007"]),
        ("#include \"i.cocci\"\n@@ expression q.e; @@\n- f(e);\n", &["v"], &[]),
        ("#include \"j.cocci\"\n@@ @@\n- f();\n", &[], &["E030"]),
        ("@@ identifier virtual.x; @@\n- f(x);\n", &["x=hello"], &[]),
    ] {
        assert_eq!(codes(&read(text, defines).1), expected, "{text}");
    }
}

/// Chains are as high as they are long.
#[test]
fn high_trees() {
    let sum = |n: usize| format!("@@ expression e; @@\n- f(e{});\n", "+e".repeat(n));
    assert_eq!(codes(&read(&sum(900), &[]).1), [""; 0]);
    for text in [
        sum(30_000),
        format!("@@ expression e; @@\n- e{}\n+ e\n", "->x".repeat(20_000)),
        format!("@@ expression e; @@\n- e{};\n", "()".repeat(30_000)),
        format!("@@ expression e; @@\n switch (e) {{\n{}- f();\n}}\n", "case 1:\n".repeat(8_000)),
        format!("@@ expression e; @@\n- e{};\n", ",e".repeat(30_000)),
    ] {
        assert_eq!(codes(&read(&text, &[]).1), ["E001"]);
    }
}

#[test]
fn declarations() {
    for (text, expected) in [
        ("expression e, f;", "Expression Expression"),
        ("expression *e; expression struct *s; expression:3 b;", "Expression Expression Expression"),
        (
            "struct foo *x; int y; u32 z; char[] s; struct foo { int i; } t;",
            "Expression Expression Expression Expression Expression",
        ),
        ("{int, long} e; {struct a, struct b} *f;", "Expression Expression"),
        (
            "identifier list[n] xs; expression list es; identifier list;",
            "Length IdentifierList ExpressionList Identifier",
        ),
        ("type T; T x; T *y; const T z;", "Type Expression Expression Expression"),
        (
            "local idexpression struct foo *x; global idexpression g; idexpression i; idexpression *p;",
            "IdExpression IdExpression IdExpression IdExpression",
        ),
        ("constant c; constant char[] s; constant int n >= 2;", "Constant Constant Constant"),
        ("position p != {q}; position any r;", "Position Position"),
        ("binary operator b = {+,-}; assignment operator a != {=};", "BinaryOp AssignOp"),
        ("fresh identifier f = \"a\" ## i;", "E007"),
        (
            "identifier i; fresh identifier f = \"a\" ## i, g; fresh identifier h = script:python(i) { i + \"x\" };",
            "Identifier Fresh Fresh Fresh",
        ),
        ("identifier i =~ \"a\" && != {b, c} ;", "Identifier"),
        ("expression e : script:python() { e == \"x\" };", "Expression"),
        (
            "symbol a; typedef u8; attribute name __x; declarer name D; iterator name I; declarer d; iterator it; attribute at;",
            "Declarer Iterator Attribute",
        ),
        (
            "statement S; statement list SL; declaration d; field f; field list[3] fs; initialiser list il; parameter list[n] ps;",
            "Statement StatementList Declaration Field FieldList InitialiserList Length ParameterList",
        ),
        (
            "function f; local function g; metavariable m; pragmainfo pi; comments c; format list fl; format fm;",
            "Function LocalFunction Any PragmaInfo Comments FormatList Format",
        ),
        ("string s; unsigned long x = 3;", "Expression Expression"),
        (
            "enum foo e; union u *u; unsigned int i; void *v; size_t n;",
            "Expression Expression Expression Expression Expression",
        ),
        ("unary operator u;", "E027"),
        ("type T = {int, struct foo *}; type U != void;", "Type Type"),
        ("expression x; expression e <= x;", "Expression Expression"),
        ("T:3 x;", "Expression"),
    ] {
        let (patch, diags) = read(&format!("@r@ {text} @@\nfoo();\n"), &[]);
        let errors: Vec<_> = diags.iter().filter(|d| d.severity == Severity::Error).map(|d| d.code).collect();
        let got = match &patch {
            Some(p) => match &p.items[0] {
                Item::Rule(r) => r
                    .metavars
                    .iter()
                    .map(|m| {
                        let kind = format!("{:?}", m.kind);
                        kind.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
                    })
                    .collect::<Vec<_>>()
                    .join(" "),
                Item::Script(_) => String::new(),
            },
            None => errors.join(" "),
        };
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn links() {
    let text = "virtual v, w\n\
        @a@ expression e; identifier f; position p; @@\nf@p(e);\n\
        @dead depends on w@ expression x; @@\ng(x);\n\
        @b depends on a && !dead && (v || w)@ expression a.e; position q != {a.p, dead.y}; @@\n- h@q(e);\n\
        @uses@ expression dead.x; @@\n- i(x);\n\
        @script:python s depends on b@\ne << a.e;\nf << a.f;\nnew;\n@@\ncoccinelle.new = e\n\
        @@ identifier s.new; @@\n- k(new);\n";
    let text = text.replace(", dead.y", "");
    let (patch, diags) = read(&text, &["v"]);
    let patch = patch.unwrap_or_else(|| panic!("{diags:?}"));
    assert_eq!(patch.items.len(), 4, "rules that cannot apply are left out");
    let (Item::Rule(a), Item::Rule(b), Item::Script(s), Item::Rule(last)) =
        (&patch.items[0], &patch.items[1], &patch.items[2], &patch.items[3])
    else {
        panic!("kinds of items")
    };
    let used: Vec<_> = a.metavars.iter().map(|m| (m.used_after, m.unitary)).collect();
    assert_eq!(used, [(true, false), (true, false), (true, false)]);
    assert_eq!(b.depends, Dep::Matched(ItemId(0)));
    assert_eq!(b.metavars[0].inherited, Some(VarRef { item: ItemId(0), var: 0 }));
    assert!(matches!(b.metavars[1].constraint, Constraint::Not(_)));
    assert_eq!(s.depends, Dep::Matched(ItemId(1)));
    assert_eq!(s.code, "coccinelle.new = e\n");
    assert_eq!(last.metavars[0].inherited, Some(VarRef { item: ItemId(2), var: 0 }));
}

#[test]
fn prototypes() {
    for (text, expected) in [
        ("@@ identifier f, x; @@\n f(int x\n+ , int y\n ) { ... }\n", "\\(ff(intx>>>,inty);\\|ff(int>>>,int);\\)"),
        ("@@ identifier f; @@\n- f(...) { ... }\n", "-f-f-(-...-)-;"),
        ("@@ @@\n- f1(...) { ... }\n+ int f2(void) { return 0; }\n", "-f1===intf2(void)-f1-(-...-);"),
        ("@@ identifier f; @@\n+ static\n int f(void) { ... }\n", "<<<staticintf(void);"),
        ("@@ identifier f; @@\n f(...) {\n- a();\n ...\n }\n", "none"),
        ("@ disable prototypes @ identifier f; @@\n- f(...) { ... }\n", "none"),
    ] {
        let (patch, diags) = read(text, &[]);
        let patch = patch.unwrap_or_else(|| panic!("{text}: {diags:?}"));
        let Item::Rule(rule) = &patch.items[0] else { panic!("a rule") };
        let got = rule.prototype.as_ref().map_or_else(
            || "none".to_owned(),
            |p| crate::show::pattern(&p.pattern, &p.metavars).chars().filter(|c| !c.is_whitespace()).collect(),
        );
        assert_eq!(got, expected, "{text}");
    }
}

//! The C front end as a whole: shapes of trees, what the token view does to names, invariants on any input.

use std::sync::Arc;

use c_syntax::{Child, ElementKind, MacroTables, NodeId, SourceFile, SyntaxKind, Tree};

fn tables() -> Arc<MacroTables> {
    Arc::new(MacroTables::new(rules::MACROS, "", &c_syntax::DeclaredNames::default()))
}

fn parse(text: &[u8]) -> SourceFile {
    SourceFile::parse(text.into(), &tables(), None)
}

/// A tree as `(Kind child child)` with tokens as they are.
fn show(tree: &Tree, node: NodeId) -> String {
    let kind = tree.kind(node);
    let parts: Vec<String> = tree
        .children(node)
        .iter()
        .map(|c| match *c {
            Child::Token(t) => String::from_utf8_lossy(tree.token_text(t)).into_owned(),
            Child::Node(n) => show(tree, n),
        })
        .collect();
    match kind {
        SyntaxKind::Ident | SyntaxKind::Constant | SyntaxKind::Name | SyntaxKind::StringLit | SyntaxKind::NamedType => {
            parts.concat()
        }
        SyntaxKind::Absent => "_".to_owned(),
        _ => format!("({kind:?} {})", parts.join(" ")).replace(" )", ")"),
    }
}

/// The statements of `void f(void) { ... }`.
fn statements(code: &str) -> String {
    let file = parse(format!("void f(void)\n{{\n{code}\n}}\n").as_bytes());
    let parsed = file.elements[0].element.parsed();
    if let Some(cause) = parsed.failure {
        return cause.to_owned();
    }
    let tree = &parsed.trees[0];
    let block = tree.preorder(tree.root()).find(|n| tree.kind(*n) == SyntaxKind::Block).expect("a body");
    let all: Vec<_> = tree.child_nodes(block).map(|n| show(tree, n)).collect();
    all.join(" ")
}

/// The cases whose trees are not as wanted; blanks before `)` do not count.
fn differences(cases: &[(&str, &str)], read: fn(&str) -> String) -> String {
    let plain = |s: &str| s.replace(" )", ")");
    let mut out = String::new();
    for (code, want) in cases {
        let got = plain(&read(code));
        if got != plain(want) {
            out.push_str(&format!("{code}\n  got  {got}\n  want {}\n", plain(want)));
        }
    }
    out
}

#[test]
fn code_that_is_not_indented() {
    // A brace in column 0 closes all open ones of indented code only.
    for (code, count) in [
        ("void f(void) {\nif (a) {\ng();\n}\nh();\n}\nint x;\n", 2),
        ("void f(void)\n{\n\tif (a) {\n\t\tg();\n}\nvoid h(void);\n", 2),
    ] {
        let file = parse(code.as_bytes());
        assert_eq!(file.elements.len(), count, "{code}");
    }
}

#[test]
fn statements_and_expressions() {
    let cases = [
        ("!x->n++;", "(ExprStmt (Unary ! (Postfix (PtrField x -> n) ++)) ;)"),
        ("*p++ = 1;", "(ExprStmt (Assign (Unary * (Postfix p ++)) = 1) ;)"),
        ("a = b, c, d;", "(ExprStmt (Comma (Comma (Assign a = b) , c) , d) ;)"),
        ("f(a * b, c);", "(ExprStmt (Call f (ArgList ( (Binary a * b) , c ))) ;)"),
        (
            "x = (u8)(y) + (z)(y);",
            "(ExprStmt (Assign x = (Binary (Cast ( (TypeName (DeclSpecs u8) _) ) (Paren ( y ))) + (Call (Paren ( z )) (ArgList ( y ))))) ;)",
        ),
        (
            "g(p, struct s, m);",
            "(ExprStmt (Call g (ArgList ( p , (TypeArg (TypeName (DeclSpecs (StructType struct s)) _)) , m ))) ;)",
        ),
        (
            "g(, { x(); });",
            "(ExprStmt (Call g (ArgList ( (EmptyArg ) , (StmtArg (Block { (ExprStmt (Call x (ArgList ( ))) ;) })) ))) ;)",
        ),
        ("for_each_x(a)\n\tb();", "(Iterator for_each_x (ArgList ( a )) (ExprStmt (Call b (ArgList ( ))) ;))"),
        ("FOO(a)\nreturn;", "(MacroStmt FOO (ArgList ( a ))) (Return return ;)"),
        (
            "case 1: case 2 ... 3: x(); y();",
            "(Case case 1 : (Case case (Range 2 ... 3) : (ExprStmt (Call x (ArgList ( ))) ;))) (ExprStmt (Call y (ArgList ( ))) ;)",
        ),
        ("out:\n", "(Label out : _)"),
        ("goto *p[1];", "(ComputedGoto goto * (Index p [ 1 ]) ;)"),
        ("x = &&l;", "(ExprStmt (Assign x = (AddrLabel && l)) ;)"),
        ("x = a ?: b;", "(ExprStmt (Assign x = (Cond a ? _ : b)) ;)"),
        ("s = \"a\" B \"c\" D(e);", "(ExprStmt (Assign s = (StringRun \"a\" B \"c\" (Call D (ArgList ( e ))))) ;)"),
        ("for (;;) ;", "(For for ( _ ; _ ; _ ) (ExprStmt ;))"),
        ("if (a) b(); else ;", "(If if ( a ) (ExprStmt (Call b (ArgList ( ))) ;) (Else else (ExprStmt ;)))"),
        ("do a(); while (b);", "(DoWhile do (ExprStmt (Call a (ArgList ( ))) ;) while ( b ) ;)"),
        ("asm volatile(\"x\" :: \"r\"(y));", "(AsmStmt asm volatile ( \"x\" :: \"r\" ( y ) ) ;)"),
        ("static DEFINE_X(a);", "(MacroDecl (DeclSpecs static) DEFINE_X (ArgList ( a )) ;)"),
        (
            "foo_t *p, q[2] = { 1, [2] = 3 };",
            "(Declaration (DeclSpecs foo_t) (InitDeclarator (PointerDecl * p)) , (InitDeclarator (ArrayDecl q [ 2 ]) = (InitList { 1 , (Designated (IndexDesignator [ 2 ]) = 3) })) ;)",
        ),
        ("typeof(x) *y;", "(Declaration (DeclSpecs (Typeof typeof ( x ))) (InitDeclarator (PointerDecl * y)) ;)"),
        (
            "T (*fp)(int);",
            "(Declaration (DeclSpecs T) (InitDeclarator (FuncDecl (ParenDecl ( (PointerDecl * fp) )) (ParamList ( (Param (DeclSpecs int) _) )))) ;)",
        ),
        ("x = ({ y; });", "(ExprStmt (Assign x = (StmtExpr ( (Block { (ExprStmt y ;) }) ))) ;)"),
        (
            "n = sizeof(struct s) + sizeof x;",
            "(ExprStmt (Assign n = (Binary (SizeofType sizeof ( (TypeName (DeclSpecs (StructType struct s)) _) )) + (SizeofExpr sizeof x))) ;)",
        ),
        (
            "#ifdef A\na();\n#else\nb();\n#endif\n",
            "(CondGroup (DirectiveLine #ifdef A) (CondBranch (ExprStmt (Call a (ArgList ( ))) ;)) (DirectiveLine #else) (CondBranch (ExprStmt (Call b (ArgList ( ))) ;)) (DirectiveLine #endif))",
        ),
        (
            "x = (struct s){ .a = 1 };",
            "(ExprStmt (Assign x = (CompoundLit ( (TypeName (DeclSpecs (StructType struct s)) _) ) (InitList { (Designated (FieldDesignator . a) = 1) }))) ;)",
        ),
    ];
    let wrong = differences(&cases, statements);
    assert!(wrong.is_empty(), "{wrong}");
}

fn first_tree(code: &str) -> String {
    let file = parse(code.as_bytes());
    let parsed = file.elements[0].element.parsed();
    if let Some(cause) = parsed.failure {
        return cause.to_owned();
    }
    let tree = &parsed.trees[0];
    let all: Vec<_> = tree.child_nodes(tree.root()).map(|n| show(tree, n)).collect();
    all.join(" ")
}

#[test]
fn top_level_items() {
    let cases = [
        (
            "static int __init f(void) {}",
            "(FunctionDef (DeclSpecs static int) (Attribute __init) (FuncDecl f (ParamList ( (Param (DeclSpecs void) _) ))) (Block { }))",
        ),
        (
            "SYSCALL_DEFINE1(x, int, y) {}",
            "(MacroFunction (DeclSpecs ) SYSCALL_DEFINE1 (ArgList ( x , (TypeArg (TypeName (DeclSpecs int) _)) , y )) (Block { }))",
        ),
        ("MODULE_LICENSE(\"GPL\");", "(MacroDecl (DeclSpecs ) MODULE_LICENSE (ArgList ( \"GPL\" )) ;)"),
        (
            "int f(a, b) int a; char b; {}",
            "(FunctionDef (DeclSpecs int) (FuncDecl f (ParamList ( a , b ))) (KrDecls (Declaration (DeclSpecs int) (InitDeclarator a) ;) (Declaration (DeclSpecs char) (InitDeclarator b) ;)) (Block { }))",
        ),
        (
            "struct s { int a : 3, : 2; DECL(x); } __packed;",
            "(Declaration (DeclSpecs (StructType struct s (FieldList { (FieldDecl (DeclSpecs int) (BitField a : 3) , (BitField _ : 2) ;) (MacroField DECL (ArgList ( x )) ;) }))) (Attribute __packed) ;)",
        ),
        (
            "enum e { A = 1, B(x), };",
            "(Declaration (DeclSpecs (EnumType enum e (EnumList { (Enumerator A = 1) , (Enumerator B (ArgList ( x ))) , }))) ;)",
        ),
        (
            "struct o o = { SET(a)\n.b = c };",
            "(Declaration (DeclSpecs (StructType struct o)) (InitDeclarator o = (InitList { (MacroInit SET (ArgList ( a ))) (Designated (FieldDesignator . b) = c) })) ;)",
        ),
        ("#define F(x) (x + 1)", "(Define #define F (MacroParams ( x )) (MacroBody (Paren ( (Binary x + 1) ))))"),
        (
            "#define F(x...) do { g(x); } while (0)",
            "(Define #define F (MacroParams ( x (VarArgs ...) )) (MacroBody (DoWhile do (Block { (ExprStmt (Call g (ArgList ( x ))) ;) }) while ( 0 ))))",
        ),
        (
            "#define T unsigned long *",
            "(Define #define T (MacroBody (TypeName (DeclSpecs unsigned long) (PointerDecl * _))))",
        ),
        (
            "#define I .a = 1, .b = 2",
            "(Define #define I (MacroBody (Designated (FieldDesignator . a) = 1) , (Designated (FieldDesignator . b) = 2)))",
        ),
        (
            "#define FN(n) static int n(void) { return 1; }",
            "(Define #define FN (MacroParams ( n )) (MacroBody (FunctionDef (DeclSpecs static int) (FuncDecl n (ParamList ( (Param (DeclSpecs void) _) ))) (Block { (Return return 1 ;) }))))",
        ),
        ("#undef X", "(Undef #undef X)"),
        (
            "typedef int (*fn)(void);",
            "(Declaration (DeclSpecs typedef int) (InitDeclarator (FuncDecl (ParenDecl ( (PointerDecl * fn) )) (ParamList ( (Param (DeclSpecs void) _) )))) ;)",
        ),
        (
            "extern void g(const char __user *buf, ...);",
            "(Declaration (DeclSpecs extern void) (InitDeclarator (FuncDecl g (ParamList ( (Param (DeclSpecs const char) (Attribute __user) (PointerDecl * buf)) , (VarArgs ...) )))) ;)",
        ),
    ];
    let wrong = differences(&cases, first_tree);
    assert!(wrong.is_empty(), "{wrong}");
}

const SAMPLE: &str = "#include <linux/module.h>\n\
    static DEFINE_MUTEX(lock);\nBARE(x)\n\
    struct ops { int (*open)(struct inode *, int) __attribute__((x)); SOME_FIELD(a); u8 pad[4] __aligned(8); } ____cacheline_aligned;\n\
    static int STDCALL helper(struct foo *f, int unused UNUSED)\n{\n\
    \tu8 __iomem *base = ioremap(f->a, sizeof(*f));\n\n\
    #ifdef CONFIG_X\n\tfoo(1);\n#else\n\tfoo(2);\n#endif\n\
    \tmy_list_for_each(p, q) {\n\t\tpr_info(KERN_INFO \"a\" FMT \"b\", (u32)x, max_t(unsigned int, a, b));\n\t}\n\
    \tDEBUG(x)\n\twhile (i-- > 0 && !x->y++)\n\t\tif (a) { b(); } else c();\n\
    #if 0\n\tdead code (\n#endif\n\treturn 0;\n}\n\
    SYSCALL_DEFINE2(foo, int, a, char __user *, b)\n{\n\tswitch (a) {\n\tcase 1:\n\tdefault: break;\n\t}\n}\n\
    MODULE_LICENSE(\"GPL\");\n#define X(a) do { a; } while (0)\n";

#[test]
fn names_that_the_view_touches() {
    let file = parse(SAMPLE.as_bytes());
    let mut out = String::new();
    for e in &file.elements {
        for (rule, name) in e.element.explain() {
            out.push_str(&format!("{rule}: {name}\n"));
        }
    }
    insta::assert_snapshot!(out);
}

/// Ranges nest, tokens increase, every token of the element is held once, and elements lie in order.
fn check(text: &[u8], file: &SourceFile) {
    let mut at = 0;
    for e in &file.elements {
        assert!(e.start >= at && e.end >= e.start && e.end as usize <= text.len());
        at = e.end;
        let parsed = e.element.parsed();
        assert!(parsed.tokens.windows(2).all(|w| w[0].end() <= w[1].start));
        for tree in &parsed.trees {
            let held = tree.held_tokens(tree.root());
            assert!(held.windows(2).all(|w| w[0] < w[1]), "{}", tree.dump());
            assert_eq!(held.len(), parsed.tokens.len(), "{}", tree.dump());
            for n in tree.preorder(tree.root()) {
                let r = tree.token_range(n);
                if let Some(p) = tree.parent(n).filter(|_| !r.is_empty()) {
                    let pr = tree.token_range(p);
                    assert!(pr.start <= r.start && r.end <= pr.end);
                }
            }
        }
    }
}

#[test]
fn prefixes_and_holes_of_a_file() {
    let text = SAMPLE.as_bytes();
    for cut in 0..text.len() {
        let prefix = &text[..cut];
        check(prefix, &parse(prefix));
        let hole = [&text[..cut], &text[(cut + 7).min(text.len())..]].concat();
        check(&hole, &parse(&hole));
    }
}

#[test]
fn hostile_input_ends_soon() {
    let n = 20_000;
    let cases = [
        "(".repeat(n),
        "{".repeat(n),
        "f(".repeat(n),
        "a[".repeat(n) + "0" + &"]".repeat(n),
        "int f(void) {".to_owned() + &"{".repeat(n) + &"}".repeat(n) + "}",
        "int f(void) {".to_owned() + &"if (a) ".repeat(n) + ";}",
        "int f(void) {".to_owned() + &"if (a) b(); else ".repeat(n) + ";}",
        "int f(void) { x = ".to_owned() + &"a + ".repeat(n) + "1; }",
        "int f(void) { x = ".to_owned() + &"!".repeat(n) + "1; }",
        "int f(void) { x = ".to_owned() + &"a ? b : ".repeat(n) + "1; }",
        "int f(void) { g(".to_owned() + &"struct s { int a; } f(typeof(".repeat(200) + &"))".repeat(200) + "); }",
        "#if X\n".repeat(n),
        "#if X\nint a;\n".repeat(2000) + &"#else\nint b;\n#endif\n".repeat(2000),
        "int ".repeat(n),
        "a ".repeat(n),
        "struct a { ".repeat(2000) + &"};".repeat(2000),
        "* ".repeat(n) + "x;",
        "int x = {".to_owned() + &"{".repeat(5000) + &"}".repeat(5000) + "};",
        "int f(void) { switch (a) { ".to_owned() + &"case 1: ".repeat(n) + ";} }",
        "int f(void) { ".to_owned() + &"l: ".repeat(n) + ";}",
        "\"".repeat(n),
        "/*".repeat(n),
        "#define A(x) ".to_owned() + &"((".repeat(2000) + &"))".repeat(2000),
    ];
    for text in &cases {
        let started = std::time::Instant::now();
        check(text.as_bytes(), &parse(text.as_bytes()));
        let took = started.elapsed();
        assert!(took.as_secs() < 20, "{took:?} for {}", &text[..40]);
    }
}

#[test]
fn any_bytes() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let words = [
        "int",
        "x",
        "(",
        ")",
        "{",
        "}",
        ";",
        ",",
        "*",
        "=",
        "struct",
        "if",
        "else",
        "for",
        "\"s\"",
        "1",
        "\n#if A\n",
        "\n#else\n",
        "\n#endif\n",
        "FOO",
        ".",
        "[",
        "]",
        ":",
        "case",
        "typeof",
        "return",
        "do",
        "while",
        "&&",
        "?",
        "->",
        "enum",
        "\\\n",
        "\n",
    ];
    for round in 0..600 {
        let mut text = Vec::new();
        for _ in 0..60 {
            if round % 3 == 0 {
                text.push(next() as u8);
            } else {
                text.extend_from_slice(words[next() as usize % words.len()].as_bytes());
                text.push(b' ');
            }
        }
        check(&text, &parse(&text));
    }
}

#[test]
fn unchanged_elements_are_shared() {
    let old = parse(b"int a;\nint f(void) { return 1; }\nint b;\n");
    let new =
        SourceFile::parse(b"int a;\nint c;\nint f(void) { return 1; }\nint b2;\n"[..].into(), &tables(), Some(&old));
    let same = |i: usize, j: usize| Arc::ptr_eq(&old.elements[i].element, &new.elements[j].element);
    assert!(same(0, 0) && same(1, 2) && !same(2, 3));
    assert_eq!(new.elements[2].start, 14);
    assert_eq!(new.elements[2].element.kind, ElementKind::Function);
}

/// Braces of blocks in column 0 do not end the function.
#[test]
fn blocks_in_column_0() {
    let file = parse(b"int f(void)\n{\na();\n{\nb();\n}\n{\nc();\n}\nif (x)\n{\nd();\n}\nelse\n{\ne();\n}\nreturn 0;\n}\nint g(void)\n{\n}\n");
    assert_eq!(file.elements.len(), 2);
    assert!(file.elements.iter().all(|e| e.element.parsed().failure.is_none()));
}

/// What the hand-written grammar reads as a chain is refused if it is too long to be walked.
#[test]
fn long_chains() {
    let long = |unit: &str| format!("void f(void) {{ x = a{}; }}\n", unit.repeat(20_000));
    for unit in ["+a", "->a", "()", "[1]", ",a"] {
        let file = parse(long(unit).as_bytes());
        assert!(file.elements[0].element.second_reading().is_err_and(|f| f.too_complex), "{unit}");
    }
}

//! Types of expressions in small files, as `name -> type` tables.

use std::sync::Arc;

use super::*;
use crate::{Sym, SyntaxKind};

fn facts(text: &str) -> Facts {
    Facts::of_text(text.as_bytes())
}

fn show(ty: Option<Option<Type>>, name: &str) -> String {
    match ty {
        None => "undeclared".into(),
        Some(None) => "unknown".into(),
        Some(Some(ty)) => ty.spell(name),
    }
}

#[test]
fn declarations_at_top_level() {
    let cases = [
        ("int x;", "x", "int x"),
        ("static const unsigned long int x = 3, *y[4];", "y", "const unsigned long *y[]"),
        ("struct s *f(int a, char *b[], ...) { int x; }", "f", "struct s *f(int a, char *b[], ...)"),
        ("struct s *f(int a) { int x; } long y;", "y", "long y"),
        ("struct s *f(int a) { int x; } long y;", "x", "undeclared"),
        ("int (*fp)(void), n;", "fp", "int (*fp)(void)"),
        ("int (*fp)(void), n;", "n", "int n"),
        ("static int __init my_init(void) { return 0; }", "my_init", "int my_init(void)"),
        ("static void __iomem *base;", "base", "void *base"),
        ("static u32 __read_mostly x;", "x", "u32 x"),
        ("EXPORT foo_t *f(bar_t b);", "f", "foo_t *f(bar_t b)"),
        ("extern __printf(1, 2) void f(const char *fmt, ...);", "f", "void f(const char *fmt, ...)"),
        ("void f(int) __attribute__((noreturn)); int y;", "f", "void f(int)"),
        ("void f(int) __must_check; int y;", "y", "int y"),
        ("static DEFINE_MUTEX(m); int y;", "y", "int y"),
        ("MODULE_LICENSE(\"GPL\"); int y;", "y", "int y"),
        ("MODULE_LICENSE(\"GPL\")\nint y;", "y", "int y"),
        ("SYSCALL_DEFINE1(f, int, x) { return 0; } int y;", "y", "int y"),
        ("int f(a, b) int a; char *b; { } int y;", "y", "int y"),
        ("enum e { A, B = 3 } x;", "x", "enum e x"),
        ("struct { int a; } x;", "x", "struct {...} x"),
        ("struct s { int a; } x[3] = { { 1 }, { 2 } }, *p;", "p", "struct s *p"),
        ("struct __packed s { int a; } x;", "x", "struct s x"),
        ("struct s { int a; } __packed x;", "x", "struct s x"),
        ("#if 0\nint x;\n#else\nlong x;\n#endif", "x", "long x"),
        ("int x;\nlong x;", "x", "long x"),
        ("typeof(y) x; int z;", "x", "unknown"),
        ("typeof(y) x; int z;", "z", "int z"),
        ("} ) ; int x;", "x", "int x"),
        ("extern \"C\" { int x; }", "x", "int x"),
        ("char *(*(*f)(int))[3];", "f", "char *(*(*f)(int))[]"),
        ("irqreturn_t f(int irq, void *dev_id)\n{\n}\n", "f", "irqreturn_t f(int irq, void *dev_id)"),
        ("static inline __u8 f(__le32 x);", "f", "__u8 f(__le32 x)"),
        ("void f(struct s { int a; } *p, enum e);", "f", "void f(struct s *p, enum e)"),
        ("int f(size_t, foo_t *, bar_t[]);", "f", "int f(size_t, foo_t *, bar_t [])"),
        ("int a[] = { [0] = 1, .x = (2) }; int b;", "b", "int b"),
    ];
    for (text, name, want) in cases {
        let env = TypeEnv::new(Arc::new(facts(text)), Vec::new());
        assert_eq!(show(env.value(Sym::of(name.as_bytes()), u32::MAX), name), want, "{text}");
    }
}

#[test]
fn later_declarations_do_not_count() {
    let text = "int x; long x;";
    let env = TypeEnv::new(Arc::new(facts(text)), Vec::new());
    let x = Sym::of(b"x");
    assert_eq!(show(env.value(x, 6), "x"), "int x");
    assert_eq!(show(env.value(x, 7), "x"), "long x");
    assert_eq!(show(TypeEnv::new(Arc::new(facts("  int x;")), Vec::new()).value(x, 1), "x"), "undeclared");
}

#[test]
fn typedefs_and_members() {
    let header = "typedef unsigned int __u32; typedef __u32 u32;
        struct inner { long deep; };
        typedef struct { u32 id; int flag : 1; struct inner in; struct { char *name; union { int a, b[2]; }; }; } dev_t;
        typedef struct node node_t; struct node { node_t *next; DECLARE_BITMAP(map, 9); void (*run)(struct node *); };";
    let own = "const dev_t *d; node_t n; struct node m; struct unknown u;";
    let env = TypeEnv::new(Arc::new(facts(own)), vec![Arc::new(facts(header))]);
    let cases = [
        ("d", "id", "u32"),
        ("d", "flag", "bit-field int"),
        ("d", "name", "char *const"),
        ("d", "b", "int []"),
        ("d", "nothing", "none"),
        ("n", "next", "node_t *"),
        ("m", "next", "node_t *"),
        ("m", "run", "void (*)(struct node *)"),
        ("u", "x", "none"),
    ];
    for (variable, member, want) in cases {
        let ty = env.value(Sym::of(variable.as_bytes()), u32::MAX).flatten().unwrap();
        let of = match &ty.kind {
            TypeKind::Pointer(to) => (**to).clone(),
            _ => ty,
        };
        let got = env.field(&of, Sym::of(member.as_bytes()), u32::MAX).map_or("none".into(), |t| match &t.kind {
            TypeKind::BitField(of, _) => format!("bit-field {of}"),
            _ => t.to_string().replace("const u32", "u32"),
        });
        assert_eq!(got, want.to_string(), "{variable} {member}");
    }
    assert_eq!(env.unfold(&Type::named("u32"), 0).to_string(), "unsigned int");
    assert_eq!(env.unfold(&Type::named("nothing"), 0).to_string(), "nothing");
}

#[test]
fn unfolding_ends() {
    let env = TypeEnv::new(Arc::new(facts("typedef a b; typedef b a; typedef struct s { t x; } t;")), Vec::new());
    assert!(matches!(env.unfold(&Type::named("a"), u32::MAX).kind, TypeKind::Named(_)));
    assert_eq!(env.field(&Type::named("t"), Sym::of(b"y"), u32::MAX), None);
}

#[test]
fn macros() {
    let text = "#define A 5\n#define B (1UL << 3)\n#define C B\n#define S \"x\" \"y\"\n#define P(x) ((struct s *)(x))\n#define R R + 1
#define N\n#define ST do { } while (0)\n#define L(x) (B & (x))\n#define T(d) (d)->x\n#define U ((u8 *)0)\ntypedef char u8;";
    let env = Arc::new(TypeEnv::new(Arc::new(facts(text)), Vec::new()));
    let cases = [
        ("A", false, "int"),
        ("B", false, "unsigned long"),
        ("C", false, "unsigned long"),
        ("S", false, "char []"),
        ("P", true, "struct s *"),
        ("P", false, "none"),
        ("R", false, "int"),
        ("N", false, "none"),
        ("ST", false, "none"),
        ("L", true, "unsigned long"),
        ("T", true, "none"),
        ("U", false, "u8 *"),
    ];
    for (name, function_like, want) in cases {
        let got = env.macro_type(Sym::of(name.as_bytes()), u32::MAX, function_like);
        assert_eq!(got.map_or("none".into(), |t| t.to_string()), want, "{name}");
    }
}

#[test]
fn includes() {
    let facts = facts("#include <a/b.h>\n#  include \"c.h\" // x\n#include M\n#if 0\n#include <no.h>\n#endif\n");
    let got: Vec<_> = facts.includes.iter().map(|i| (&*i.path, i.quoted)).collect();
    assert_eq!(got, [("a/b.h", false), ("c.h", true)]);
}

#[test]
fn no_input_makes_the_scan_run_away() {
    let pieces = ["(", ")", "{", "}", "[", "*", "struct s", "int", "x", ",", ";", "=", ":", "typedef", "f(", "#define"];
    let mut seed = 12345u32;
    for _ in 0..300 {
        let mut text = String::new();
        for _ in 0..60 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(pieces[(seed >> 16) as usize % pieces.len()]);
            text.push(' ');
        }
        facts(&text);
    }
    for unit in ["(", "int (", "struct {", "int x[", "f(int (*", "*", "struct s { union {", "int f(a) int x", "x ", "{"]
    {
        facts(&unit.repeat(20_000));
    }
}

/// What the arguments of the calls `q(...)` in a function are: `type @ scope` of each, after the declarations of `file`.
fn queries(file: &str, function: &str) -> Vec<String> {
    let env = Arc::new(TypeEnv::new(Arc::new(facts(file)), Vec::new()));
    let (tree, _) =
        super::macros::read(&env, function.as_bytes(), u32::MAX, |p| p.function()).expect("the function can be read");
    let types = ElementTypes::new(env, u32::MAX, &tree);
    let mut out = Vec::new();
    for call in tree.preorder(tree.root()).filter(|n| tree.kind(*n) == SyntaxKind::Call) {
        let parts: Vec<_> = tree.child_nodes(call).collect();
        if tree.node_text(parts[0]) != b"q" {
            continue;
        }
        let argument = tree.child_node(parts[1], 0).expect("an argument");
        let ty = types.type_of(argument).map_or("?".to_string(), |t| match &t.kind {
            TypeKind::BitField(of, _) => format!("bits {of}"),
            _ => t.to_string(),
        });
        let scope = match types.scope_of(argument) {
            Scope::Local(_) => " @local".to_string(),
            Scope::Param(_) => " @param".to_string(),
            Scope::StaticLocal(_) => " @static".to_string(),
            Scope::Global => " @global".to_string(),
            Scope::Unknown => String::new(),
        };
        out.push(ty + &scope);
    }
    out
}

/// Recorded from the reference (1.1.1) by asking for each type in turn.
#[test]
fn expressions_as_in_the_reference() {
    let file = "typedef unsigned int u32;
        struct s { int a : 3; u32 u; struct { int in; }; const char *p; int arr[4]; };
        enum e { AA, BB };
        #define M1 5\n#define M2 (1UL << 3)\n#define F1(x) ((struct s *)(x))
        int fun(void); int *gp;"
        .replace("\\n", "\n")
        .replace("        #", "#");
    let head =
        "void f(struct s *q_, u32 w, char c, short sh, unsigned int ui, long l, float fl, enum e en, int (*fp)(void),
        int ar[], struct unk *k)";
    let cases = [
        ("sizeof(int)", "size_t"),
        ("sizeof w + 1", "size_t"),
        ("gp - gp", "ptrdiff_t"),
        ("q_->a", "bits int"),
        ("q_->u + 1", "u32"),
        ("1 + q_->u", "int"),
        ("q_->in", "int"),
        ("q_->p", "const char *"),
        ("*q_->p", "const char"),
        ("q_->arr", "int []"),
        ("&q_->arr", "int (*)[]"),
        ("&q_->u", "u32 *"),
        ("AA", "int @global"),
        ("en", "enum e @param"),
        ("M1", "int @global"),
        ("M2", "unsigned long @global"),
        ("F1(q_)", "struct s *"),
        ("F1(q_)->u", "u32"),
        ("&fun", "int (*)(void)"),
        ("fun()", "int"),
        ("fp()", "int"),
        ("(*fp)()", "int"),
        ("ar", "int [] @param"),
        ("ar[0]", "int"),
        ("c + sh", "int"),
        ("ui + 1", "unsigned int"),
        ("l + ui", "long"),
        ("fl * 2", "float"),
        ("c == 1", "int"),
        ("\"abc\"", "char []"),
        ("\"a\" \"b\"", "char []"),
        ("'c'", "char"),
        ("1 ? q_ : 0", "int"),
        ("1 ? 0 : q_", "struct s *"),
        ("(q_, 1)", "int"),
        ("w << 2", "u32"),
        ("~w", "u32"),
        ("-c", "char"),
        ("c++", "char"),
        ("1.5", "double"),
        ("0xffffffff", "int"),
        ("!q_", "int"),
        ("NULL", "void * @global"),
        ("w = 3", "u32"),
        ("k->x", "?"),
        ("&w", "u32 *"),
        ("*&w", "u32"),
        ("(u32)3", "u32"),
        ("({ int z = 1; z; })", "?"),
        ("w + l", "u32"),
        ("l + w", "long"),
        ("gp + 1", "int *"),
        ("1 + gp", "int *"),
        ("gp[2]", "int"),
        ("__func__", "?"),
        ("ui | w", "unsigned int"),
    ];
    let body: String = cases.iter().map(|(e, _)| format!("q({e});\n")).collect();
    let got = queries(&file, &format!("{head} {{ {body} }}"));
    assert_eq!(got.len(), cases.len());
    for ((expr, want), got) in cases.iter().zip(got) {
        assert_eq!(got, *want, "{expr}");
    }
}

#[test]
fn scopes() {
    let file = "int g; int h;\n#define M 1\nvoid proto(int);";
    let cases = [
        ("void f(int a) { int b; q(a); q(b); q(g); q(u); }", "int @param|int @local|int @global|?"),
        ("void f(void) { long g; q(g); { char g; q(g); } q(g); }", "long @local|char @local|long @local"),
        ("void f(void) { q(x); int x; q(x); }", "?|int @local"),
        ("void f(void) { for (int i = 0; ; ) { q(i); } q(i); }", "int @local|?"),
        ("void f(void) { static int s; extern int e; q(s); q(e); }", "int @static|int @global"),
        ("void f(void) { int (*p)(int arg); q(arg); q(p); }", "?|int (*)(int arg) @local"),
        ("void f(void) { int x = 1, *y = &x; q(y); q(proto); }", "int *@local|void (int) @global"),
        ("void f(void) { struct t { char c; } v; q(v.c); }", "char"),
        ("void f(void) { typedef int *ip; ip v; q(*v); }", "int"),
        ("int *f(void) { q(f()); }", "?"),
        ("void f(void) { __auto_type v = &g; q(v); }", "int * @local"),
        ("void f(void) { typeof(g) v; typeof(int *) w; q(v); q(w); }", "int @local|int * @local"),
        ("void f(void) { int v[3]; typeof(v[0]) *w; q(w); }", "int * @local"),
        ("void f(a, b) int a; char *b; { q(b); }", "char * @param"),
    ];
    for (function, want) in cases {
        let got = queries(file, function).join("|");
        assert_eq!(got.replace(" @", "@"), want.replace(" @", "@"), "{function}");
    }
}

#[test]
fn places_of_tests() {
    let cases = [
        ("void f(void) { if (x) g(y); }", "x"),
        ("void f(void) { while ((x) && !(y)) g(); }", "(x)|!(y)|x|(y)|y|(x) && !(y)"),
        ("void f(void) { if (likely(x)) ; for (a; b; c) ; }", "x|b|likely(x)"),
        ("void f(void) { do a(); while (x == y); z = u ? v : w; }", "x == y|u"),
        ("void f(void) { switch (x) { } z = x & y; }", ""),
    ];
    for (function, want) in cases {
        let env = TypeEnv::default();
        let (tree, _) = super::macros::read(&env, function.as_bytes(), 0, |p| p.function()).expect("a function");
        let mut got: Vec<_> = tree
            .preorder(tree.root())
            .filter(|n| tree.kind(*n).is_expr() && in_test_position(&tree, *n))
            .map(|n| String::from_utf8_lossy(tree.node_text(n)).into_owned())
            .collect();
        got.sort();
        let mut want: Vec<_> = want.split('|').filter(|w| !w.is_empty()).map(String::from).collect();
        want.sort();
        assert_eq!(got, want, "{function}");
    }
}

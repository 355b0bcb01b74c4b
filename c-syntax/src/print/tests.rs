//! Printed forms of C terms, in table form.

use std::sync::Arc;

use super::*;
use crate::grammar::{class_by_spelling, parse_element};
use crate::sym::Sym;
use crate::token::{Token, TokenFlags};

/// A lexer that is enough for these tests.
fn lex(text: &[u8]) -> Vec<Token> {
    const OPERATORS: &[TokenKind] = {
        use TokenKind as T;
        &[
            T::ShlEq,
            T::ShrEq,
            T::Ellipsis,
            T::Arrow,
            T::PlusPlus,
            T::MinusMinus,
            T::Shl,
            T::Shr,
            T::Le,
            T::Ge,
            T::EqEq,
            T::Ne,
            T::AmpAmp,
            T::PipePipe,
            T::PlusEq,
            T::MinusEq,
            T::LParen,
            T::RParen,
            T::LBrace,
            T::RBrace,
            T::LBracket,
            T::RBracket,
            T::Semi,
            T::Comma,
            T::Dot,
            T::Question,
            T::Colon,
            T::Plus,
            T::Minus,
            T::Star,
            T::Slash,
            T::Percent,
            T::Amp,
            T::Pipe,
            T::Caret,
            T::Tilde,
            T::Bang,
            T::Lt,
            T::Gt,
            T::Eq,
        ]
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (kind, len) = match rest[0] {
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                at += memchr::memmem::find(rest, b"*/").unwrap() + 2;
                continue;
            }
            b if b.is_ascii_digit() => (TokenKind::Number, rest.iter().take_while(|b| is_word(**b)).count()),
            b if is_word(b) => {
                let len = rest.iter().take_while(|b| is_word(**b)).count();
                (TokenKind::keyword(&rest[..len]).unwrap_or(TokenKind::Ident), len)
            }
            b'"' => (TokenKind::Str, rest[1..].iter().position(|b| *b == b'"').unwrap() + 2),
            _ => {
                let k = OPERATORS.iter().find(|k| rest.starts_with(k.text().as_bytes())).unwrap();
                (*k, k.text().len())
            }
        };
        let sym = Sym::of(&rest[..len]);
        out.push(Token { kind, flags: TokenFlags::default(), start: at as u32, len: len as u32, sym });
        at += len;
    }
    out
}

fn parse(source: &str) -> Tree {
    let text: Arc<[u8]> = source.as_bytes().into();
    let tokens = lex(&text);
    let keep: Vec<TokenId> = (0..tokens.len() as u32).map(TokenId).collect();
    let bytes = text.clone();
    let class = move |t: &Token| class_by_spelling(&bytes[t.start as usize..t.end() as usize]);
    parse_element(&text, 0, &tokens.into(), &keep, &class).unwrap_or_else(|_| panic!("does not parse: {source}"))
}

fn printed(source: &str, quirks: bool) -> String {
    let tree = parse(source);
    let mut p = Printer::new(Spelling { quirks }, None);
    let item = tree.child_node(tree.root(), 0).expect("one item");
    p.value(&tree, item, Level::Comma);
    String::from_utf8_lossy(&text(&p.atoms)).into_owned()
}

/// The statements of a function, without the lines around them.
fn body(source: &str, quirks: bool) -> String {
    let text = printed(&format!("void f(void) {{ {source} }}"), quirks);
    text.strip_prefix("void f(void)\n{\n").and_then(|t| t.strip_suffix("\n}")).map_or(text.clone(), str::to_owned)
}

#[test]
fn statements() {
    let rows = [
        ("a=b?c:d;", "a = b ? c : d;"),
        ("a+=b<<2;", "a += b << 2;"),
        ("a = (struct foo*)b;", "a = (struct foo *)b;"),
        ("a = b [ 3 ];", "a = b[3];"),
        ("f ( a , b );", "f(a, b);"),
        ("f();", "f();"),
        ("x = - -b;", "x = - -b;"),
        ("x = -b + !c * ~d;", "x = -b + !c * ~d;"),
        ("p -> q . r ++;", "p->q.r++;"),
        ("x = sizeof (int) + sizeof x + sizeof ( x );", "x = sizeof(int) + sizeof x + sizeof(x);"),
        ("char*z;", "char *z;"),
        ("int (*fp)(int,char*);", "int (*fp)(int, char *);"),
        ("int arr1[]={0};", "int arr1[] = { 0 };"),
        ("int arr[]={1,2};", "int arr[] = {\n1,\n2\n};"),
        ("struct foo s={.a=1,.b={1,2}};", "struct foo s = {\n.a = 1,\n.b = {\n1, 2\n}\n};"),
        ("switch (x) { case 1: a(); }", "switch (x) {\ncase 1:\na();\n}"),
        ("const char *const p=\"a\" \"b\";", "const char *const p = \"a\" \"b\";"),
        ("while (x) a();", "while (x)\na();"),
        ("if(a) b(); else { e(2); }", "if (a)\nb();\nelse {\ne(2);\n}"),
        ("out:\n return 0;", "out:\nreturn 0;"),
        ("out: return 0;", "out: return 0;"),
        ("return (a);", "return (a);"),
        ("goto  out ;", "goto out;"),
        ("{ int x; x(); }", "{\nint x;\nx();\n}"),
    ];
    for (source, expected) in rows {
        assert_eq!(body(source, false), expected, "{source}");
        assert_eq!(body(source, true), expected, "quirks: {source}");
    }
}

#[test]
fn spellings_that_differ() {
    let rows = [
        ("do { a(); } while (x);", "do {\na();\n} while (x);", "do {\na();\n}while (x);"),
        (
            "for (i = 0; i < 10; i++) { c(); }",
            "for (i = 0; i < 10; i++) {\nc();\n}",
            "for(i = 0;i < 10;i++) {\nc();\n}",
        ),
        ("while (1);", "while (1);", "while (1)\n;"),
        ("x = a?:b;", "x = a ?: b;", "x = a ? : b;"),
        ("for (;;) a();", "for (;;)\na();", "for(;;)\na();"),
        ("if (a) { b(); } else { c(); }", "if (a) {\nb();\n} else {\nc();\n}", "if (a) {\nb();\n}\nelse {\nc();\n}"),
        ("if (a) b(); else if (c) d();", "if (a)\nb();\nelse if (c)\nd();", "if (a)\nb();\nelse\nif (c)\nd();"),
    ];
    for (source, expected, quirks) in rows {
        assert_eq!(body(source, false), expected, "{source}");
        assert_eq!(body(source, true), quirks, "quirks: {source}");
    }
}

#[test]
fn top_level() {
    let rows = [
        ("static int f(int x,char*y){return 1;}", "static int f(int x, char *y)\n{\nreturn 1;\n}"),
        ("struct s{int x;char*y;};", "struct s {\nint x;\nchar *y;\n};"),
        ("int (*a[3])(void);", "int (*a[3])(void);"),
        ("extern void f(struct x *,...);", "extern void f(struct x *, ...);"),
    ];
    for (source, expected) in rows {
        assert_eq!(printed(source, false), expected, "{source}");
    }
}

#[test]
fn types_around_names() {
    let rows =
        [("int x;", "int n"), ("char *x;", "char *n"), ("int x[3];", "int n[3]"), ("int (*x)(int);", "int (*n)(int)")];
    for (source, expected) in rows {
        let tree = parse(source);
        let decl = tree.child_node(tree.root(), 0).expect("a declaration");
        let specs = tree.child_node(decl, 0).expect("specifiers");
        let mut ops = Vec::new();
        let mut node = tree.child_node(tree.child_node(decl, 1).expect("a declarator"), 0);
        while let Some(n) = node.filter(|n| tree.kind(*n) != SyntaxKind::Name) {
            ops.insert(0, n);
            node = tree.child_node(n, 0);
        }
        let parts = TypeParts { tree: &tree, specs, ops: &ops };
        assert_eq!(String::from_utf8_lossy(&type_text(parts, b"n")), expected);
    }
}

#[test]
fn values_keep_comments() {
    let tree = parse("void f(void)\n{\n\tg(a, /* why */\n\t  b);\n}\n");
    let call = tree.preorder(tree.root()).find(|n| tree.kind(*n) == SyntaxKind::Call).expect("a call");
    let atoms =
        verbatim(&tree, call, tree.token_range(call), super::Lines::OfValue, &|_| None).expect("it has a comment");
    assert_eq!(text(&atoms), b"g(a, /* why */\n  b)");
}

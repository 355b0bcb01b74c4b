//! The hand-written grammar against tree-sitter-c after lowering: equal trees for code that both read.

use std::sync::Arc;

use crate::file::SourceFile;
use crate::kind::SyntaxKind;
use crate::macros::MacroTables;
use crate::tree::{Child, NodeId, Tree};

/// The tree in one line, attributes left out.
fn show(tree: &Tree, node: NodeId) -> String {
    let inner: Vec<String> = tree
        .children(node)
        .iter()
        .filter_map(|c| match *c {
            Child::Node(n) if tree.kind(n) == SyntaxKind::Attribute => None,
            Child::Node(n) => Some(show(tree, n)),
            Child::Token(t) => Some(String::from_utf8_lossy(tree.token_text(t)).into_owned()),
        })
        .collect();
    format!("{:?}({})", tree.kind(node), inner.join(" "))
}

#[test]
fn both_readers_give_equal_trees() {
    let tables = Arc::new(MacroTables::default());
    for text in [
        "int x;",
        "static const struct foo *a = &b, c[3] = { 1, 2, };",
        "typedef unsigned long int (*fn_t)(int, char *, ...);",
        "struct s { int a : 3, b; struct { char c; } d; union u *next; };",
        "enum e { A, B = 1 << 2, C };",
        "struct ops o = { .open = my_open, [3] = { 1 }, .x.y = 2 };",
        "int f(void) { return (a + b) * c - sizeof(int) / sizeof(*p); }",
        "int f(int a, char **b) { if (a) g(b); else if (b) { h(); } else return; }",
        "void f(void) { for (i = 0; i < n; i++) x[i] = y ? z : 0; for (;;) break; }",
        "void f(void) { while (a && !b || c) { continue; } do { x--; } while (x > 0); }",
        "void f(int x) { switch (x) { case 1: case 2: g(); break; default: h(); } }",
        "void f(void) { goto out; out: return; }",
        "void f(void) { struct foo *p = (struct foo *)q; p->a.b = *r++; }",
        "void f(void) { foo_t *x, y; x = kmalloc(sizeof(*x), GFP_KERNEL); }",
        "void f(void) { printk(\"a\" \"b\", 1); x = a, y = b; }",
        "static int f(int a, int b) { int c = a ?: b; return ({ c; }); }",
        "int g(int (*cb)(void *), int n[], const char *s);",
        "void f(void) { list_for_each_entry(p, head, list) { g(p); } }",
    ] {
        let file = SourceFile::parse(text.as_bytes().into(), &tables, None);
        assert_eq!(file.elements.len(), 1, "{text}");
        let element = &file.elements[0].element;
        assert_eq!(element.parsed().failure, None, "{text}");
        let first = element.tree(0);
        match element.second_reading() {
            Ok(second) => assert_eq!(show(first, first.root()), show(&second, second.root()), "{text}"),
            Err(far) => panic!("{text}: expected {:?} at token {}", far.expected, far.at),
        }
    }
}

#[test]
fn what_the_grammar_does_not_read_fails() {
    let tables = Arc::new(MacroTables::default());
    for text in ["int f(void) { return (; }", "int f(void) { if x) y(); }", "int f(void) { a = + ; }"] {
        let file = SourceFile::parse(text.as_bytes().into(), &tables, None);
        let read = file.elements.iter().map(|e| e.element.second_reading());
        assert!(read.into_iter().any(|r| r.is_err()), "{text}");
    }
}

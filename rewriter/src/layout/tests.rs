//! Layout in table form: code with marks for what a match touches, added code, and the text that results.
//!
//! Marks: `{-` and `-}` around removed tokens; after these `{=}`: the added code takes their place; `{>}` behind a token: the added
//! code goes behind it; `{<}` in front of a token: it goes in front.

use std::sync::Arc;

use c_syntax::{SourceFile, TokenId};
use matcher::outcome::{Action, Place, RuleMatch, Touch};
use matcher::value::Bindings;
use smpl_parser::{Item, ParseOptions, Rule, RunId, parse};

use super::*;
use crate::apply_edits;

/// A rule whose only run of plus code is `plus`, or that has this body if lines of it are marked.
fn rule(plus: &str) -> Box<Rule> {
    let marked = plus.lines().any(|l| l.starts_with('+'));
    let added: String = plus.lines().map(|l| format!("+{l}\n")).collect();
    let text =
        if marked { format!("@r@\nexpression x, y;\n@@\n{plus}\n") } else { format!("@r@\n@@\n anchor();\n{added}") };
    let (patch, diagnostics) = parse("test.cocci", &text, &ParseOptions::default());
    assert!(patch.is_some(), "{diagnostics:?}");
    patch
        .into_iter()
        .flat_map(|p| p.items)
        .find_map(|i| match i {
            Item::Rule(r) => Some(r),
            Item::Script(_) => None,
        })
        .expect("a rule")
}

/// A touch in terms of offsets of the text without marks.
enum Mark {
    Remove(usize, usize),
    Replace(usize),
    After(usize),
    Before(usize),
}

fn unmark(marked: &str) -> (Vec<u8>, Vec<Mark>) {
    let (mut out, mut marks, mut start) = (Vec::new(), Vec::new(), 0);
    let bytes = marked.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"{-") {
            start = out.len();
            at += 2;
        } else if rest.starts_with(b"-}") {
            marks.push(Mark::Remove(start, out.len()));
            at += 2;
        } else if rest.starts_with(b"{=}") {
            marks.push(Mark::Replace(start));
            at += 3;
        } else if rest.starts_with(b"{>}") {
            marks.push(Mark::After(out.len()));
            at += 3;
        } else if rest.starts_with(b"{<}") {
            marks.push(Mark::Before(out.len()));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    (out, marks)
}

/// The text after the edits of one match.
fn rewritten(marked: &str, plus: &str, style: &Style) -> String {
    let (text, marks) = unmark(marked);
    let text: Arc<[u8]> = text.into();
    let source = SourceFile::parse(text.clone(), &Arc::default(), None);
    let rule = rule(plus);
    let bindings = Arc::new(Bindings::default());
    let run = RunId(0);
    let mut edits = Vec::new();
    let page = FileText::new(&text, &source.elements, style);
    let code = AddedCode::new(&rule.pattern, &rule, style);
    for (index, element) in source.elements.iter().enumerate() {
        let base = element.start as usize;
        let tokens = element.element.parsed().tokens.clone();
        let mut touches = Vec::new();
        for (i, t) in tokens.iter().enumerate() {
            let (start, end) = (base + t.start as usize, base + t.end() as usize);
            for (group, mark) in marks.iter().enumerate() {
                let action = match *mark {
                    Mark::Remove(a, b) if a <= start && end <= b => Action::Remove { group: group as u32 },
                    Mark::Replace(a) if a == start => Action::Replace(run),
                    Mark::After(a) if a == end => Action::After(run),
                    Mark::Before(a) if a == start => Action::Before(run),
                    _ => continue,
                };
                touches.push(Touch { place: Place::Token(TokenId(i as u32)), action, bindings: bindings.clone() });
            }
        }
        if !touches.is_empty() {
            let mut matches = [RuleMatch { variant: 0, env: 0, touches, exports: Vec::new() }];
            edits.extend(rewrite_element(&page, index, &code, 0, &mut matches).expect("no conflict").edits);
        }
    }
    String::from_utf8_lossy(&apply_edits(&text, &edits)).into_owned()
}

/// Statements of a function.
fn check_body(rows: &[(&str, &str, &str)], style: &Style) {
    for (before, plus, after) in rows {
        let got = rewritten(&format!("void f(void)\n{{\n{before}\n}}\n"), plus, style);
        assert_eq!(got, format!("void f(void)\n{{\n{after}\n}}\n"), "{before:?}");
    }
}

#[test]
fn removal() {
    let rows = [
        ("\ta();\n\n\t{-foo();-}\n\n\tb();", "x();", "\ta();\n\n\tb();"),
        ("\t{-foo();-}\n\n\tb();", "x();", "\tb();"),
        ("\tb();\n\n\t{-foo();-}", "x();", "\tb();"),
        ("\ta();\n\t/* about foo */\n\t{-foo();-}\n\tb();", "x();", "\ta();\n\tb();"),
        ("\ta(); /* about a */\n\t{-foo();-}\n\tb();", "x();", "\ta(); /* about a */\n\tb();"),
        ("\ta();\n\t{-foo();-} /* about foo */\n\tb();", "x();", "\ta();\n\tb();"),
        ("\ta(); {-foo();-} b();", "x();", "\ta(); b();"),
        ("\ta();\n\t{-foo(1, /* one */\n\t    2 /* two */);-}\n\tb();", "x();", "\ta();\n\tb();"),
        ("\ta();\n#ifdef X\n\t{-foo();-}\n#endif\n\tb();", "x();", "\ta();\n#ifdef X\n#endif\n\tb();"),
        ("\tfoo(a{-, 1-});", "x();", "\tfoo(a);"),
        ("\tfoo({-1,-} a);", "x();", "\tfoo(a);"),
        ("\tfoo(a,\n\t    {-1,-}\n\t    b);", "x();", "\tfoo(a,\n\t    b);"),
        ("\tif (x)\n\t\t{-foo();-}\n\telse\n\t\tb();", "x();", "\tif (x)\n\t\t{}\n\telse\n\t\tb();"),
        ("\tdo\n\t\t{-foo();-}\n\twhile (x);", "x();", "\tdo\n\t\t{}\n\twhile (x);"),
    ];
    check_body(&rows, &Style::default());
}

#[test]
fn addition() {
    let rows = [
        ("\tfoo();{>}\n\tc();", "bar();", "\tfoo();\n\tbar();\n\tc();"),
        ("\tfoo();{>} /* c */\n\tc();", "bar();", "\tfoo(); /* c */\n\tbar();\n\tc();"),
        ("\t{<}foo();\n\tc();", "bar();", "\tbar();\n\tfoo();\n\tc();"),
        ("\ta(); foo();{>} z();", "bar();", "\ta(); foo();\n\tbar(); z();"),
        ("\t{-foo();-}{=}\n\tc();", "bar();\nbaz();", "\tbar();\n\tbaz();\n\tc();"),
        ("\tfoo();{>}\n\tc();", "out:\n return 0;", "\tfoo();\nout:\n\treturn 0;\n\tc();"),
        ("\tfoo();{>}\n\tc();", "if (x) y(1);", "\tfoo();\n\tif (x)\n\t\ty(1);\n\tc();"),
        (
            "\tif (x)\n\t\tfoo();{>}\n\telse\n\t\tz();",
            "bar();",
            "\tif (x) {\n\t\tfoo();\n\t\tbar();\n\t}\n\telse\n\t\tz();",
        ),
        ("\tif (x)\n\t\t{<}foo();\n\tz();", "bar();", "\tif (x) {\n\t\tbar();\n\t\tfoo();\n\t}\n\tz();"),
        (
            "\tif (x) // c\n\t\tfoo();{>} // d\n\tz();",
            "bar();",
            "\tif (x) // c\n\t{\n\t\tfoo(); // d\n\t\tbar();\n\t}\n\tz();",
        ),
        ("\tif (z)\n\t\t{-foo(2);-}{=}", "bar(2);", "\tif (z)\n\t\tbar(2);"),
        (
            "\tfor (;;)\n\t\tif (z)\n\t\t\tfoo();{>}\n\t\telse\n\t\t\tb();",
            "bar();",
            "\tfor (;;)\n\t\tif (z) {\n\t\t\tfoo();\n\t\t\tbar();\n\t\t}\n\t\telse\n\t\t\tb();",
        ),
    ];
    check_body(&rows, &Style::default());
}

#[test]
fn spacing_and_wrapping() {
    let rows = [
        ("\tf( {<}a );", " f(\n+(int)\n x)", "\tf( (int) a );"),
        ("\treturn a{-+-}{=}b;", " x\n- +\n+ -\n y", "\treturn a-b;"),
        ("\treturn a {-+-}{=} b;", " x\n- +\n+ -\n y", "\treturn a - b;"),
        ("\tz = a{-[3]-}{=}+1;", " x\n- [y]\n+ .z", "\tz = a.z+1;"),
        ("\treturn{-(-}a{-)-};", "x", "\treturn a;"),
        ("\tint a{>};", " int a\n+ = 0\n ;", "\tint a = 0;"),
        (
            "\t{-foo();-}{=}",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa(bbbbbbbbbbbbbbbbbbbbbbbbbb, cccccc, d);",
            "\taaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa(bbbbbbbbbbbbbbbbbbbbbbbbbb, cccccc, d);",
        ),
        (
            "\t{-foo();-}{=}",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa(bbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccc, d);",
            "\taaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa(bbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccc,\n\t\t\t\t\td);",
        ),
    ];
    check_body(&rows, &Style { quirks: true, ..Style::default() });
}

#[test]
fn line_ends_and_macros() {
    let style = Style::default();
    let rows = [
        ("int f(void)\r\n{\r\n\tfoo(1);{>}\r\n}\r\n", "bar();", "int f(void)\r\n{\r\n\tfoo(1);\r\n\tbar();\r\n}\r\n"),
        (
            "#define D(x) do { \\\n\tfoo(x);{>} \\\n} while (0)\n",
            "bar();",
            "#define D(x) do { \\\n\tfoo(x); \\\n\tbar(); \\\n} while (0)\n",
        ),
        (
            "#define D(x) do {\t\\\n\tfoo(x);{>}\t\\\n} while (0)\n",
            "bar();",
            "#define D(x) do {\t\\\n\tfoo(x);\t\\\n\tbar();\t\\\n} while (0)\n",
        ),
        ("int f(void)\n{\n\t{-foo(1);-}{=}\n}", "bar();", "int f(void)\n{\n\tbar();\n}"),
        ("int x;\n\n/* doc */\n{-int foo(void)\n{\n}-}\n\nint y;\n", "x();", "int x;\n\nint y;\n"),
    ];
    for (before, plus, after) in rows {
        assert_eq!(rewritten(before, plus, &style), after, "{before:?}");
    }
}

/// Edits that are made at once are those that the passes make; with notes all go through these.
#[test]
fn edits_inside_lines() {
    let long = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let too_long = (format!("\tx({long}, {{-foo(1)-}}{{=}});"), format!("\tx({long},\n\t  bar(2, 3) + 1);"));
    let rows = [
        ("\tx = {-foo(1)-}{=};", "\tx = bar(2, 3) + 1;"),
        ("\tif ({-foo(1)-}{=})\n\t\tb();", "\tif (bar(2, 3) + 1)\n\t\tb();"),
        ("\tif ( {-foo(1)-}{=} )\n\t\tb();", "\tif (bar(2, 3) + 1)\n\t\tb();"),
        ("\tx(a, {-foo( 1 )-}{=} , b);", "\tx(a, bar(2, 3) + 1, b);"),
        ("\tx = {-foo(1)-}{=}.y[2];", "\tx = (bar(2, 3) + 1).y[2];"),
        ("\tx = a+{-foo(1)-}{=};", "\tx = a+(bar(2, 3) + 1);"),
        ("\tx({-foo(1)-}{=},\n\t  b);", "\tx(bar(2, 3) + 1,\n\t  b);"),
        ("\tx = {-foo(1, /* c */\n\t\t2)-}{=};", "\tx = bar(2, 3) + 1;"),
        ("\tdo x(); while ({-foo(1)-}{=});", "\tdo x(); while (bar(2, 3) + 1);"),
        ("\treturn {-foo(1)-}{=};", "\treturn bar(2, 3) + 1;"),
        (&too_long.0, &too_long.1),
    ];
    for (before, after) in rows {
        let text = |notes| {
            let style = Style { notes, ..Style::default() };
            rewritten(&format!("void f(void)\n{{\n{before}\n}}\n"), "- foo(x)\n+ bar(2, 3) + 1", &style)
        };
        assert_eq!(text(false), text(true), "{before}");
        assert_eq!(text(false), format!("void f(void)\n{{\n{after}\n}}\n"), "{before}");
    }
}

/// The same for statements that come and go as wholes.
#[test]
fn edits_of_whole_statements() {
    let long = "a".repeat(60);
    let wide = (format!("\tx();{{>}}\n\ty({long});"), format!("\tx();\n\tnew(1);\n\ty({long});"));
    let rows = [
        ("\ta();{>}\n\tb();", "\ta();\n\tnew(1);\n\tb();"),
        ("\ta();{>} // c\n\tb();", "\ta(); // c\n\tnew(1);\n\tb();"),
        ("\ta();{>} /* c\n\t\t*/\n\tb();", "\ta(); /* c\n\t\t*/\n\tnew(1);\n\tb();"),
        ("\ta();\n\t{<}b();", "\ta();\n\tnew(1);\n\tb();"),
        ("\ta();\n\t/* c */\n\t{<}b();", "\ta();\n\t/* c */\n\tnew(1);\n\tb();"),
        ("\ta();\n\t/* c */ {<}b();", "\ta();\n\t/* c */ new(1);\n\tb();"),
        ("\tif (x)\n\t\ta();{>}\n\tb();", "\tif (x) {\n\t\ta();\n\t\tnew(1);\n\t}\n\tb();"),
        ("\tif (x)\n\t\t{<}a();\n\telse\n\t\tb();", "\tif (x) {\n\t\tnew(1);\n\t\ta();\n\t}\n\telse\n\t\tb();"),
        ("\tif (x) // c\n\t\ta();{>}\n\tb();", "\tif (x) // c\n\t{\n\t\ta();\n\t\tnew(1);\n\t}\n\tb();"),
        ("    if (x) {\n        a();{>}\n    }", "    if (x) {\n        a();\n        new(1);\n    }"),
        ("  a();{>}\n\tb();", "  a();\n  new(1);\n\tb();"),
        ("\ta(); {<}b();", "\ta(); new(1);\n\tb();"),
        ("out:\n\ta();{>}\n\tb();", "out:\n\ta();\n\tnew(1);\n\tb();"),
        ("\tswitch (x) {\n\tcase 1:\n\t\ta();{>}\n\t}", "\tswitch (x) {\n\tcase 1:\n\t\ta();\n\t\tnew(1);\n\t}"),
        ("\ta();\n\t{-b();-}\n\tc();", "\ta();\n\tc();"),
        ("\ta();\n\n\t/* c */\n\t{-b();-} /* d */\n\n\tc();", "\ta();\n\n\tc();"),
        ("\ta();\n\t{-b();-}\n\t{-b();-}\n\tc();{>}", "\ta();\n\tc();\n\tnew(1);"),
        ("\t{-b(1,\n\t  2);-}\n\n\tc();", "\tc();"),
        ("\tif (x)\n\t\t{-b();-}\n\tc();", "\tif (x)\n\t\t{}\n\tc();"),
        ("\tif (x)\n\t\t{-b();-} /* d */\n\tc();", "\tif (x)\n\t\t{} /* d */\n\tc();"),
        ("\ta(); {-b();-}\n\tc();", "\ta();\n\tc();"),
        (&wide.0, &wide.1),
    ];
    for (before, after) in rows {
        let text = |notes| {
            let style = Style { notes, ..Style::default() };
            rewritten(&format!("void f(void)\n{{\n{before}\n}}\n"), "new(1);", &style)
        };
        assert_eq!(text(false), text(true), "{before}");
        assert_eq!(text(false), format!("void f(void)\n{{\n{after}\n}}\n"), "{before}");
    }
}

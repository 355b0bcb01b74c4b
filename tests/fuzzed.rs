//! Inputs that fuzzing found once, and inputs that are nested deeply or very long: none may panic, overflow the stack, or take long.

use std::time::{Duration, Instant};

use spatch_tests::targets::{SEPARATOR, Target};

/// No input may take longer, on a slow machine and without optimisation.
const LIMIT: Duration = Duration::from_secs(60);

fn run(target: Target, name: &str, input: &[u8]) {
    let start = Instant::now();
    target.run_on_own_stack(input);
    let time = start.elapsed();
    assert!(time < LIMIT, "{name}: {time:?}");
}

#[test]
fn found_inputs() {
    let mut ran = 0;
    for (name, target) in Target::ALL {
        for path in spatch_tests::files(&spatch_tests::folder().join("fuzzed").join(name), "") {
            run(target, &path.display().to_string(), &std::fs::read(&path).expect("a case can be read"));
            ran += 1;
        }
    }
    println!("fuzzed: {ran} inputs");
}

/// Openings and closings, in a function body or at top level, and in a rule.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("{", "}"),
    ("[", "]"),
    ("f(", ")"),
    ("if (x)\n", ""),
    ("if (x) y(); else ", ""),
    ("while (x)\n", ""),
    ("for (;;) ", ""),
    ("do ", "while (x);"),
    ("switch (x) ", ""),
    ("case 1: ", ""),
    ("l: ", ""),
    ("({ ", " })"),
    ("(T)", ""),
    ("!", ""),
    ("*", ""),
    ("x = ", ""),
    ("x ? y : ", ""),
    ("a + ", ""),
    ("a, ", ""),
    ("a.", ""),
    ("\"s\" ", ""),
    ("struct a { ", "};"),
    ("typeof(", ")"),
    ("sizeof(", ")"),
    ("int (*f)(", ")"),
    ("#ifdef A\n", "#endif\n"),
    ("#ifdef A\nx(\n#else\ny(\n#endif\n1);\n", ""),
    ("for_each_x(a)\n", ""),
    ("__attribute__((x)) ", ""),
    ("\\(", "\\)"),
    ("\n(\n", "\n)\n"),
    ("<... ", " ...>"),
    ("... when != ", ""),
    ("[[a]] ", ""),
];

#[test]
fn deep_and_long_c() {
    for (open, close) in NESTS {
        for n in [300, 4_000] {
            let nest = [open.repeat(n), "x;".to_owned(), close.repeat(n)].concat();
            for text in [
                format!("int f(void)\n{{\n{nest}\n}}\n"),
                format!("int x = {nest};\n"),
                format!("#define X {nest}\n"),
                nest,
            ] {
                run(Target::C, &format!("{n} times {open}"), text.as_bytes());
            }
        }
    }
}

#[test]
fn deep_and_long_rules() {
    for (open, close) in NESTS {
        for n in [200, 1_000] {
            let nest = [open.repeat(n), "x;".to_owned(), close.repeat(n)].concat();
            for text in [
                format!("@@\nexpression x;\n@@\n- {nest}\n"),
                format!("@@\n@@\n{nest}\n- y();\n"),
                format!("@@\n{nest}\n@@\n x\n"),
            ] {
                run(Target::Rule, &format!("{n} times {open}"), text.as_bytes());
            }
            run(
                Target::Isos,
                &format!("{n} times {open}"),
                format!("Expression\n@ a @\nexpression X;\n@@\n{nest} => X\n").as_bytes(),
            );
        }
    }
}

#[test]
fn long_lines_and_lists() {
    let rule = format!("@@\nexpression e;\n@@\n- x(e)\n+ y(e)\n{SEPARATOR}");
    let texts = [
        format!("int f(void) {{ {} }}\n", "a = b + x(c); ".repeat(20_000)),
        format!("int a[] = {{ {} }};\n", "x(1), ".repeat(40_000)),
        format!("int f(void) {{ {} y(); }}\n", "if (a) x(1); else ".repeat(10_000)),
        format!("char *s = \"{}\";\n", "x(1)".repeat(100_000)),
        format!("// {}\nint f(void) {{ x(1); }}", "x".repeat(1 << 20)),
        format!("int f(void) {{ switch (x(1)) {{ {} }} }}\n", "case 1: x(2); break; ".repeat(5_000)),
    ];
    for text in texts {
        run(Target::Both, &text[..40], [rule.as_bytes(), text.as_bytes()].concat().as_slice());
    }
}

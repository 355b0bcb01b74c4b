//! The families of inputs: a rule and a C file for each size.

/// A family.
pub(super) struct Family {
    /// Its name.
    pub name: &'static str,
    /// What grows.
    pub what: &'static str,
    /// Whether the rule changes the code, at every size.
    pub matches: bool,
    /// Rule and code of a size.
    pub make: fn(u32) -> (String, String),
}

/// All families.
pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "nest-witnesses",
        what: "statements with two matches each under <... ...>",
        matches: true,
        make: nest,
    },
    Family { name: "nest-plus", what: "the same under <+... ...+>, in branches", matches: true, make: nest_plus },
    Family {
        name: "nest-positions",
        what: "the same with positions that a later rule uses",
        matches: true,
        make: nest_positions,
    },
    Family {
        name: "args-disjunctions",
        what: "arguments that are disjunctions in the rule",
        matches: true,
        make: args,
    },
    Family { name: "args-dots", what: "arguments between dots", matches: true, make: args_dots },
    Family {
        name: "statements-disjunctions",
        what: "disjunctions of statements between dots in the rule",
        matches: true,
        make: choices,
    },
    Family { name: "branches", what: "ifs between the ends of dots: 2^n paths", matches: true, make: branches },
    Family {
        name: "nested-branches",
        what: "ifs one in the other between the ends of dots",
        matches: true,
        make: nested,
    },
    Family { name: "returns", what: "error returns between the ends of dots", matches: true, make: returns },
    Family { name: "gotos", what: "gotos to a chain of labels", matches: true, make: gotos },
    Family { name: "loops", what: "loops between the ends of dots", matches: true, make: loops },
    Family {
        name: "nested-loops",
        what: "loops one in the other between the ends of dots",
        matches: true,
        make: nested_loops,
    },
    Family { name: "switch", what: "cases of a switch between the ends of dots", matches: true, make: switch },
    Family {
        name: "brace-position",
        what: "statements of a function whose closing brace has a position",
        matches: true,
        make: brace,
    },
    Family {
        name: "brace-shared",
        what: "the same with variables bound on the way",
        matches: true,
        make: brace_shared,
    },
    Family { name: "sites", what: "functions with sites to change", matches: true, make: sites },
    Family { name: "long-function", what: "sites in one function", matches: true, make: long_function },
    Family {
        name: "pairs",
        what: "pairs of calls in one function, each with its own variable",
        matches: true,
        make: pairs,
    },
    Family { name: "starts", what: "starts of dots that end at one place", matches: true, make: starts },
    Family {
        name: "exists-positions",
        what: "pairs found on some path, with positions for a later rule",
        matches: true,
        make: exists,
    },
    Family {
        name: "isomorphisms",
        what: "conditions of the rule that isomorphisms rewrite",
        matches: true,
        make: isos,
    },
    Family { name: "operators", what: "operands of a chain under e | ...", matches: true, make: operators },
    Family { name: "initialisers", what: "members of an initialiser", matches: true, make: initialisers },
    Family {
        name: "inherited",
        what: "names that one rule finds and the next one changes",
        matches: true,
        make: inherited,
    },
    Family { name: "no-match", what: "starts of dots that end nowhere", matches: false, make: no_match },
];

fn repeat(n: u32, one: impl Fn(u32) -> String) -> String {
    (0..n).map(one).collect()
}

fn function(body: &str) -> String {
    format!("int m(int c)\n{{\n{body}\treturn 0;\n}}\n")
}

fn nest(n: u32) -> (String, String) {
    let rule = "@@\nexpression x;\n@@\na();\n<...\n- f(x)\n+ g(x)\n...>\nb();\n";
    let body = repeat(4 * n, |i| format!("\ty = f({i}) + f({i} + 1);\n"));
    (rule.into(), function(&format!("\ta();\n{body}\tb();\n")))
}

fn nest_plus(n: u32) -> (String, String) {
    let rule = "@@\nexpression x;\n@@\na();\n<+...\n- f(x)\n+ g(x)\n...+>\nb();\n";
    let body = repeat(2 * n, |i| format!("\tif (c > {i})\n\t\ty = f({i}) + f(c);\n\telse\n\t\tz = f(y);\n"));
    (rule.into(), function(&format!("\ta();\n{body}\tb();\n")))
}

fn nest_positions(n: u32) -> (String, String) {
    let rule = "@r@\nexpression x;\nposition p;\n@@\na();\n<...\nf@p(x)\n...>\nb();\n\n@@\nexpression x;\nposition r.p;\n@@\n- f@p(x)\n+ g(x)\n";
    let body = repeat(2 * n, |i| format!("\ty = f({i}) + f({i} + 1);\n"));
    (rule.into(), function(&format!("\ta();\n{body}\tb();\n")))
}

fn args(n: u32) -> (String, String) {
    let list = repeat(n, |i| format!(", \\(a{i}\\|b{i}\\|1\\|x\\)"));
    let rule = format!("@@\nexpression x;\n@@\n- f(0{list})\n+ g(x)\n");
    let call = repeat(n, |i| if i % 2 == 0 { format!(", b{i}") } else { ", 2".into() });
    (rule, function(&repeat(8, |_| format!("\tf(0, 2{});\n\tf(0{call});\n", &call[call.len().min(4)..]))))
}

fn args_dots(n: u32) -> (String, String) {
    let rule = "@@\n@@\n- f(..., a, ..., b, ..., c, ...)\n+ g()\n";
    let call = repeat(n, |i| format!("e{i}, "));
    (rule.into(), function(&repeat(4, |_| format!("\tf({call}a, b, {call}c);\n\tf({call}b);\n"))))
}

fn choices(n: u32) -> (String, String) {
    let items = repeat(n, |i| format!("...\n(\na{i}(x);\n|\nb{i}(x);\n)\n"));
    let rule = format!("@@\nexpression x;\n@@\n- start(x);\n+ begin(x);\n{items}");
    let body = repeat(n, |i| format!("\tif (c > {i})\n\t\ta{i}(c);\n\telse\n\t\tb{i}(c);\n"));
    (rule, function(&format!("\tstart(c);\n{body}")))
}

const DOTS: &str = "@@\nexpression x;\n@@\na(x);\n... when != stop(x)\n- b(x);\n+ d(x);\n";

fn dots(body: &str) -> (String, String) {
    (DOTS.into(), function(&format!("\ta(c);\n{body}\tb(c);\n")))
}

fn branches(n: u32) -> (String, String) {
    dots(&repeat(4 * n, |i| format!("\tif (c > {i})\n\t\tx{i}();\n\telse\n\t\ty{i}();\n")))
}

fn nested(n: u32) -> (String, String) {
    let open = repeat(2 * n, |i| format!("if (c > {i}) {{\nx{i}();\n"));
    dots(&format!("{open}{}", "}\n".repeat(2 * n as usize)))
}

fn returns(n: u32) -> (String, String) {
    dots(&repeat(4 * n, |i| format!("\tif (c > {i})\n\t\treturn {i};\n\tx{i}();\n")))
}

fn gotos(n: u32) -> (String, String) {
    let rule = "@@\nexpression x;\n@@\na(x);\n...\n- b(x);\n+ d(x);\n";
    let jumps = repeat(2 * n, |i| format!("\tif (c > {i})\n\t\tgoto l{i};\n\tx{i}();\n"));
    let labels: String = (0..2 * n).rev().map(|i| format!("l{i}:\n\tundo{i}();\n")).collect();
    (rule.into(), function(&format!("\ta(c);\n{jumps}{labels}\tb(c);\n")))
}

fn loops(n: u32) -> (String, String) {
    dots(&repeat(2 * n, |i| format!("\twhile (c > {i}) {{\n\t\tx{i}();\n\t\tif (c == 7)\n\t\t\tbreak;\n\t}}\n")))
}

fn nested_loops(n: u32) -> (String, String) {
    let open = repeat(n, |i| format!("while (c > {i}) {{\nx{i}();\nif (c == {i})\ncontinue;\n"));
    dots(&format!("{open}{}", "}\n".repeat(n as usize)))
}

fn switch(n: u32) -> (String, String) {
    let cases = repeat(4 * n, |i| format!("\tcase {i}:\n\t\tx{i}();\n\t\tbreak;\n"));
    dots(&format!("\tswitch (c) {{\n{cases}\tdefault:\n\t\tbreak;\n\t}}\n"))
}

fn brace(n: u32) -> (String, String) {
    let rule = "@r@\nidentifier fn;\nposition p;\n@@\nfn(...) {\n...\n}@p\n\n@@\nidentifier r.fn;\nposition r.p;\n@@\n- fn\n+ gn\n (...) {\n...\n}@p\n";
    let body = repeat(4 * n, |i| format!("\tif (c > {i})\n\t\treturn {i};\n\tx{i}(c);\n"));
    (rule.into(), function(&body))
}

fn brace_shared(n: u32) -> (String, String) {
    let rule = "@r@\nidentifier fn;\nexpression x;\nposition p;\n@@\nfn(...) {\n<... x = get(...); ...>\n}@p\n\n@@\nidentifier r.fn;\n@@\n- fn\n+ gn\n (...) { ... }\n";
    let body = repeat(2 * n, |i| format!("\tif (c > {i})\n\t\treturn {i};\n\tv{i} = get(c);\n"));
    (rule.into(), function(&body))
}

fn sites(n: u32) -> (String, String) {
    let rule = "@@\nexpression x;\n@@\na(x);\n...\n- b(x);\n+ d(x);\n";
    let one = |i: u32| format!("int m{i}(int c)\n{{\n\ta(c);\n\tif (c > {i})\n\t\tx();\n\tb(c);\n\treturn 0;\n}}\n\n");
    (rule.into(), repeat(4 * n, one))
}

fn long_function(n: u32) -> (String, String) {
    let rule = "@@\nexpression x, y;\n@@\n- old(x, y)\n+ new(y, x)\n";
    (rule.into(), function(&repeat(8 * n, |i| format!("\tif (old(c, {i}) > 0)\n\t\tx{i} = old(y{i}, {i}) + {i};\n"))))
}

fn pairs(n: u32) -> (String, String) {
    let rule = "@@\nexpression x;\n@@\nlock(x);\n...\n- unlock(x);\n+ release(x);\n";
    let one = |i: u32| format!("\tlock(v{i});\n\tif (c > {i})\n\t\tx{i}(v{i});\n\tunlock(v{i});\n");
    (rule.into(), function(&repeat(2 * n, one)))
}

fn starts(n: u32) -> (String, String) {
    let rule = "@@\nexpression x, y;\n@@\n- a(x, y);\n+ e(x, y);\n... when any\nb(x);\n";
    let one = |i: u32| format!("\ta(c, {i});\n\tx{i}();\n");
    (rule.into(), function(&format!("{}\tb(c);\n", repeat(2 * n, one))))
}

fn exists(n: u32) -> (String, String) {
    let rule = "@r exists@\nexpression x;\nposition p, q;\n@@\na@p(x);\n...\nb@q(x);\n\n@@\nexpression x;\nposition r.q;\n@@\n- b@q(x)\n+ d(x)\n";
    let one = |i: u32| format!("\ta(v{i});\n\tif (c > {i})\n\t\tx{i}();\n\tb(v{i});\n");
    (rule.into(), function(&repeat(2 * n, one)))
}

fn isos(n: u32) -> (String, String) {
    let list = repeat(n, |i| format!("if (x{i} == NULL) return c;\n"));
    let vars: Vec<String> = (0..n).map(|i| format!("x{i}")).collect();
    let rule = format!("@@\nexpression {};\nexpression c;\n@@\n- start(c);\n{list}", vars.join(", "));
    let body = repeat(n, |i| format!("\tif (!v{i})\n\t\treturn c;\n"));
    (rule, function(&format!("\tstart(c);\n{body}")))
}

fn operators(n: u32) -> (String, String) {
    let rule = "@@\n@@\nrequest(...,\n- OLD | ...\n+ NEW\n , ...)\n";
    let chain = repeat(2 * n, |i| format!(" | FLAG{i}"));
    (rule.into(), function(&repeat(4, |_| format!("\trequest(c, 0{chain} | OLD, 1);\n"))))
}

fn initialisers(n: u32) -> (String, String) {
    let rule = "@@\nidentifier i, fn;\n@@\nstruct ops i = {\n\t...,\n-\t.old = fn,\n+\t.new = fn,\n\t...\n};\n";
    let members = repeat(4 * n, |i| format!("\t.m{i} = f{i},\n"));
    (rule.into(), format!("struct ops o = {{\n{members}\t.old = last,\n}};\n"))
}

fn inherited(n: u32) -> (String, String) {
    let rule = "@r@\nidentifier i, fn;\n@@\nstruct ops i = { .open = fn, };\n\n@@\nidentifier r.fn;\n@@\n- fn(\n+ fn(NULL,\n  ...) { ... }\n";
    let one =
        |i: u32| format!("int open{i}(int c)\n{{\n\treturn c;\n}}\n\nstruct ops o{i} = {{ .open = open{i}, }};\n\n");
    (rule.into(), repeat(2 * n, one))
}

fn no_match(n: u32) -> (String, String) {
    let rule = "@@\nexpression x;\n@@\n- a(x);\n...\nb(x);\n";
    let one = |i: u32| format!("\ta(v{i});\n\tif (c > {i})\n\t\tx{i}();\n");
    (rule.into(), function(&format!("{}\tb(c);\n", repeat(2 * n, one))))
}

//! Straight-line scripts here and in Python: random ones give the same.

use std::path::PathBuf;
use std::sync::Arc;

use matcher::{Position, Value};
use rewriter::run::{Input, ScriptHost};
use smpl_parser::ast::{Dep, Script, ScriptCall, ScriptInput, ScriptPhase, ScriptSource, VarRef};
use smpl_parser::{ItemId, MvId};

use super::Native;
use crate::script::Python;

/// A small generator of random numbers, so that failures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

fn script(code: &str) -> Script {
    let var = |i| ScriptSource::Var(VarRef { item: ItemId(0), var: i });
    let inputs = [("x", 0), ("y", 1), ("p", 2), ("q", 3), ("none", 4)];
    Script {
        name: "script:python on line 1".to_owned(),
        phase: ScriptPhase::Rule,
        language: "python".to_owned(),
        depends: Dep::True,
        inputs: (inputs.iter())
            .map(|(name, i)| ScriptInput { name: (*name).to_owned(), source: var(*i), default: None })
            .collect(),
        outputs: vec!["o".to_owned(), "made".to_owned()],
        code: code.to_owned(),
        line: 1,
        code_line: 2,
    }
}

fn call(code: &str) -> ScriptCall {
    let params = ["x", "y", "p", "q", "none"].iter().enumerate();
    ScriptCall {
        language: "python".to_owned(),
        params: params.map(|(i, name)| ((*name).to_owned(), MvId(i as u32))).collect(),
        code: code.to_owned(),
        line: 2,
    }
}

fn inputs() -> Vec<Option<Input>> {
    let place = |line: u32| Position {
        file: "d/a b.c".into(),
        element: "main".into(),
        element_extent: ((1, 0), (90, 1)),
        start: (line, 4),
        end: (line + 1, 9),
    };
    let text = |t: &str| Some(Input::Value(Value::Text(t.into())));
    let places = |list: Vec<Position>| Some(Input::Value(Value::Positions(list.into())));
    vec![
        text("a -> b [ 3 ]"),
        Some(Input::Text("12".to_owned())),
        places(vec![place(3), place(17)]),
        places(vec![place(8)]),
        Some(Input::EmptyList),
    ]
}

/// An expression whose value is surely a string, surely a number, or anything.
fn text(r: &mut Random, depth: usize) -> String {
    if depth == 0 {
        return r
            .one(&["x", "y", "'a'", "\"b\\n[%s]\"", "p[0].line", "q[0].file", "p[-1].column_end", "msg", "''"])
            .to_owned();
    }
    match r.below(9) {
        0 => format!("{} + {}", text(r, depth - 1), text(r, depth - 1)),
        1 => format!("'%s: %%%s' % ({}, {})", any(r, depth - 1), text(r, depth - 1)),
        2 => format!("\"<%s>\" % {}", text(r, 0)),
        3 => format!("({}).replace({}, {})", text(r, depth - 1), r.one(&["'['", "' '", "'a'"]), text(r, 0)),
        4 => format!("str({})", number(r, depth - 1)),
        5 => format!("'%d of %s' % ({}, {})", number(r, depth - 1), any(r, 0)),
        6 => format!("({} or {})", text(r, depth - 1), text(r, 0)),
        7 => format!("'a' 'b' + x[{}]", r.one(&["0", "-1", "2"])),
        _ => text(r, 0),
    }
}

fn number(r: &mut Random, depth: usize) -> String {
    match r.below(if depth == 0 { 4 } else { 5 }) {
        0 => "int(p[0].line)".to_owned(),
        1 => "len(x)".to_owned(),
        2 => "len(p)".to_owned(),
        3 => r.one(&["0", "7", "120"]).to_owned(),
        _ => format!("{} + {}", number(r, depth - 1), number(r, depth - 1)),
    }
}

fn any(r: &mut Random, depth: usize) -> String {
    match r.below(5) {
        0 => number(r, depth),
        1 => test(r, depth),
        2 => r.one(&["None", "True", "p[0]", "none", "none[0]", "int(x)"]).to_owned(),
        _ => text(r, depth),
    }
}

fn test(r: &mut Random, depth: usize) -> String {
    match r.below(7) {
        0 => format!("{} {} {}", text(r, 0), r.one(&["==", "!=", "<", ">=", "in", "not in"]), text(r, 0)),
        1 => format!("{} {} {}", number(r, 0), r.one(&["==", "<=", ">"]), number(r, 0)),
        2 => format!("not {}", text(r, 0)),
        3 if depth > 0 => format!("({} {} {})", test(r, depth - 1), r.one(&["and", "or"]), test(r, depth - 1)),
        4 => format!("x.{}('a')", r.one(&["startswith", "endswith"])),
        5 => r.one(&["p", "none", "True", "p[0]"]).to_owned(),
        _ => "p[0].line == q[0].line".to_owned(),
    }
}

fn place(r: &mut Random) -> &'static str {
    r.one(&["p", "q", "p[0]", "p[1]", "q[0]", "p[-1]", "x", "none"])
}

fn block(r: &mut Random, depth: usize, indent: &str, out: &mut String) {
    for _ in 0..1 + r.below(3) {
        let d = r.below(3);
        let line = match r.below(13) {
            0 => format!("msg = {}", any(r, d)),
            1 => format!("print({}, {})", any(r, d), text(r, d)),
            2 => format!("coccilib.report.print_report({}, {})", place(r), any(r, d)),
            3 => format!(
                "coccilib.org.print_{}({}, {})",
                r.one(&["todo", "safe_todo", "link", "safe_link"]),
                place(r),
                text(r, d)
            ),
            4 => format!("cocci.print_main({}, {})", text(r, d), place(r)),
            5 => format!("cocci.print_sec({}, {}, 'ovl-face3')", text(r, d), place(r)),
            6 => format!("cocci.print_secs({}, {})", text(r, d), place(r)),
            7 => format!("cocci.include_match({})", test(r, d)),
            8 => format!("coccinelle.{} = {}", r.one(&["o", "made"]), any(r, d)),
            9 if depth > 0 => {
                out.push_str(&format!("{indent}if {}:\n", test(r, d)));
                block(r, depth - 1, &format!("{indent}  "), out);
                if r.below(2) == 0 {
                    out.push_str(&format!("{indent}else:\n"));
                    block(r, depth - 1, &format!("{indent}\t"), out);
                }
                continue;
            }
            10 if depth > 0 => {
                out.push_str(&format!("{indent}for one in {}:\n", r.one(&["p", "q", "none"])));
                out.push_str(&format!("{indent}  print(one.line, msg)\n"));
                block(r, depth - 1, &format!("{indent}  "), out);
                continue;
            }
            11 => "print(  # a comment\n  'x' )".to_owned(),
            _ => "pass".to_owned(),
        };
        out.push_str(&format!("{indent}{line}\n"));
    }
}

#[test]
fn both_ways_give_the_same() {
    let mut python = Python::new(PathBuf::from("python3"), "r.cocci".to_owned(), None, Vec::new());
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    let (inputs, files) = (inputs(), [Arc::from("d/a b.c")]);
    let mut ran = 0;
    for _ in 0..3000 {
        let mut code = "msg = 'm'\n".to_owned();
        block(&mut r, 2, "", &mut code);
        let script = script(&code);
        let native = Native::of(std::iter::once(&script), std::iter::empty());
        let Some(ours) = native.run(&script, &inputs) else { continue };
        ran += 1;
        let theirs = python.run(&script, &inputs, &files);
        let theirs = theirs.unwrap_or_else(|e| panic!("{code}\n{}", e.message));
        let printed = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(printed(&ours.printed), printed(&theirs.printed), "{code}");
        assert_eq!(ours.keep, theirs.keep, "{code}");
        assert_eq!(format!("{:?}", ours.outputs), format!("{:?}", theirs.outputs), "{code}");
    }
    assert!(ran > 1000, "only {ran} of 3000 scripts ran here");
}

#[test]
fn both_ways_give_the_same_for_constraints() {
    let mut python = Python::new(PathBuf::from("python3"), "r.cocci".to_owned(), None, Vec::new());
    let mut r = Random(0x2545_f491_4f6c_dd1d);
    let inputs: Vec<Input> = inputs().into_iter().flatten().collect();
    let mut ran = 0;
    for _ in 0..2000 {
        let depth = r.below(3);
        let call = call(&any(&mut r, depth));
        let native = Native::of(std::iter::empty(), std::iter::once(&call));
        let Some(ours) = native.evaluate(&call, &inputs) else { continue };
        ran += 1;
        let theirs = python.evaluate(&call, &inputs).unwrap_or_else(|e| panic!("{}\n{}", call.code, e.message));
        assert_eq!(ours, theirs, "{}", call.code);
    }
    assert!(ran > 500, "only {ran} of 2000 expressions ran here");
}

#[test]
fn scripts_that_others_may_look_into_stay_with_python() {
    let straight = script("msg = x\nprint(msg)");
    let alone = |other: &str| {
        let other = Script { inputs: Vec::new(), outputs: Vec::new(), ..script(other) };
        Native::of([&straight, &other].into_iter(), std::iter::empty()).has(&straight)
    };
    assert!(alone("import re\nn = re.compile('a')"));
    assert!(!alone("import re\nprint(re.sub('a', 'b', msg))"));
    assert!(!alone("def print(x):\n  return 1"));
    assert!(!alone("import re\ncoccilib.report.print_report = re"));
    let asks = |code| !Native::of(std::iter::once(&straight), std::iter::once(&call(code))).has(&straight);
    assert!(asks("relevant(x, msg)") && !asks("relevant(x)") && !asks("x == 'msg'"));
}

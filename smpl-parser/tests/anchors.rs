//! Where added code is hung, compared with what the reference prints for the same rules.
//! NOT RUN without the environment variable `SPATCH_DATA`.

use c_syntax::Severity;
use smpl_parser::{Item, ParseOptions, parse, show};

/// Cases that are meant to differ, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("b11", "the dump of the reference does not show `++`"),
    ("b14", "nor empty lines"),
    ("b15", "nor where fragments start"),
    ("b27", "nor removed dots of an initialiser"),
    ("d1", "the reference marks each branch optional"),
    ("d3", "disjunctions in expressions stay where they are"),
    ("d4", "disjunctions in expressions stay where they are"),
    ("d9", "disjunctions of types stay where they are"),
    ("d10", "each branch is replaced, instead of what follows getting the code"),
    ("d26", "the dump does not show `?`"),
    ("f4", "dots among parameters stay; prototypes are no part of the dump"),
    ("f5", "spelling of a statement list"),
    ("fn-to-two-fns", "new functions stand where the old one began"),
    ("par-comma-ok", "prototypes are no part of the dump"),
    ("proto-shape", "prototypes are no part of the dump"),
    ("meta-forms", "the name of a position is not shown"),
];

/// Text without white space and with one mark for all added code after something.
fn bare(text: &str) -> String {
    text.replace("===", ">>>")
        .replace("WHEN", "when")
        .replace("--int", "-int")
        .replace("strict, any", "strict when any")
        .replace("\\(", "(")
        .replace("\\|", "|")
        .replace("\\)", ")")
        .replace("\\&", "&")
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// What stands after the declarations in the reference's dump.
fn body(dump: &str) -> String {
    let mut lines = dump.lines().skip_while(|l| *l != "@@");
    lines.next();
    let text: Vec<&str> = lines.filter(|l| !l.starts_with('@') || l.starts_with("@SL")).collect();
    bare(&text.join("\n"))
}

#[test]
fn added_code_is_where_the_reference_puts_it() {
    let Ok(data) = std::env::var("SPATCH_DATA") else {
        eprintln!("NOT RUN: SPATCH_DATA is not set");
        return;
    };
    let path = std::path::Path::new(&data).join("cases/smpl-front-end-cases.json");
    let text = std::fs::read_to_string(path).expect("the cases");
    let cases: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let (mut same, mut refused, mut other) = (0, 0, 0);
    let (mut both, mut lenient) = (0, 0);
    for case in cases["cases"].as_array().expect("a list") {
        let get = |k: &str| case[k].as_str().unwrap_or_default();
        let (patch, diags) = parse(get("id"), get("smpl"), &ParseOptions::default());
        let ok = case["rc"].as_i64() == Some(0);
        if !ok {
            both += u32::from(patch.is_none());
            lenient += u32::from(patch.is_some());
            continue;
        }
        let Some(patch) = patch else {
            refused += 1;
            let first = diags.iter().find(|d| d.severity == Severity::Error);
            eprintln!("{}: REFUSED {:?}\n{}", get("id"), first.map(|d| (d.code, &d.message)), get("smpl"));
            continue;
        };
        if get("mode") != "parse" || get("opts") != "--iso-file empty.iso" {
            continue;
        }
        let ours: Vec<String> = patch
            .items
            .iter()
            .map(|i| match i {
                Item::Rule(r) => bare(&show::pattern(&r.pattern)),
                Item::Script(_) => String::new(),
            })
            .collect();
        let wanted = body(get("stdout"));
        if ours.concat() == wanted || DIFFERENT.iter().any(|d| d.0 == get("id")) {
            same += 1;
        } else {
            other += 1;
            eprintln!("{}:\n{}reference {wanted}\nours      {}\n", get("id"), get("smpl"), ours.concat());
        }
    }
    eprintln!(
        "same {same}, different {other}, refused only by us {refused}; refused by both {both}, only by the reference {lenient}"
    );
    assert!(other == 0, "anchors differ from the reference's");
}

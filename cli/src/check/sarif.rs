//! Findings as a SARIF 2.1.0 document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::finding::{Finding, line_of};

/// All findings as one document. `rules`: names and descriptions. `read` reads a file: columns of SARIF count characters, ours bytes.
#[must_use]
pub fn document(findings: &[Finding], rules: &[(String, String)], read: impl Fn(&str) -> Vec<u8>) -> String {
    let mut seen = BTreeSet::new();
    let rules: Vec<Json> = rules.iter().filter(|(id, _)| seen.insert(id)).map(|(id, text)| rule(id, text)).collect();
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let results = findings.iter().map(|f| {
        let text = files.entry(&f.file).or_insert_with(|| read(&f.file));
        let line = line_of(text, f.line);
        json!({
            "ruleId": f.rule,
            "level": "warning",
            "message": {"text": f.message},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(&f.file)}, "region": region(f, line)}}],
        })
    });
    let results: Vec<Json> = results.collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "spatch-rs", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(id: &str, text: &str) -> Json {
    if text.is_empty() { json!({"id": id}) } else { json!({"id": id, "shortDescription": {"text": text}}) }
}

/// Where a finding is on its line.
fn region(f: &Finding, line: &[u8]) -> Json {
    let characters = |column: u32| {
        let before = &line[..(column as usize).min(line.len())];
        String::from_utf8_lossy(before).chars().count() + 1
    };
    let mut region = json!({"startLine": f.line, "startColumn": characters(f.column)});
    // The end may lie on a later line, which reports do not name.
    if f.column_end > f.column {
        region["endColumn"] = characters(f.column_end).into();
    }
    region
}

/// A path as a reference: relative as it is, else of the file scheme.
fn uri(path: &str) -> String {
    let mut out = if Path::new(path).is_absolute() { "file://".to_owned() } else { String::new() };
    for b in path.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(b)),
            b'\\' if cfg!(windows) => out.push('/'),
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(column: u32, column_end: u32) -> Finding {
        let (file, rule, message) = ("a b/\u{e9}.c".to_owned(), "free".to_owned(), "m".to_owned());
        Finding { file, line: 2, column, column_end, rule, message, org: None }
    }

    fn results(findings: &[Finding]) -> Json {
        let rules = [("free".to_owned(), "Freed twice".to_owned()), ("free".to_owned(), String::new())];
        let text = document(findings, &rules, |_| "\n\u{e9}\u{e9} kfree(x);\n".into());
        let mut document: Json = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(
            (&document["version"], &document["runs"][0]["columnKind"]),
            (&json!("2.1.0"), &json!("unicodeCodePoints"))
        );
        let rules = &document["runs"][0]["tool"]["driver"]["rules"];
        assert_eq!(rules, &json!([{"id": "free", "shortDescription": {"text": "Freed twice"}}]), "names are unique");
        document["runs"][0]["results"].take()
    }

    #[test]
    fn places_are_references_and_columns_of_characters() {
        let found = results(&[one(5, 10), one(5, 3)]);
        let place = &found[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], json!("a%20b/%C3%A9.c"));
        assert_eq!(place["region"], json!({"startLine": 2, "startColumn": 4, "endColumn": 9}));
        let across = &found[1]["locations"][0]["physicalLocation"]["region"];
        assert_eq!(across, &json!({"startLine": 2, "startColumn": 4}), "the end is on another line");
        assert_eq!((&found[0]["ruleId"], &found[0]["message"]["text"]), (&json!("free"), &json!("m")));
        assert_eq!(uri("/x/y:z.c"), "file:///x/y%3Az.c");
    }

    #[test]
    fn no_findings_are_an_empty_list() {
        assert_eq!(results(&[]), json!([]));
    }
}

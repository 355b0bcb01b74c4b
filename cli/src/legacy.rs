//! Old spellings of options, and options of the reference that are not supported: each is named, none is swallowed.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::args::SUBCOMMANDS;

/// Options of the reference without an equivalent yet (features.md section 9), without dashes.
const UNSUPPORTED: &[&str] = &[
    "batch-mode",
    "bench",
    "c++",
    "cache-limit",
    "cache-prefix",
    "comment-annotater-c",
    "compare-c",
    "compare-with-expected",
    "control-flow",
    "control-flow-to-file",
    "cpptestall",
    "ctestall",
    "ctl-inline-let",
    "ctl-show-mcodekind",
    "date",
    "debug",
    "debug-cpp",
    "debug-etdt",
    "debug-lexer",
    "debug-parse-cocci",
    "debug-typedef",
    "debug-unparsing",
    "debugger",
    "defined",
    "disable-multi-pass",
    "disable-once",
    "disallow-nested-types",
    "expected-extension",
    "external-analysis-file",
    "extract-macros",
    "extract-macros-select",
    "file-groups",
    "filter-define-error",
    "filter-msg",
    "filter-passed-level",
    "force-kr",
    "graphical-trace",
    "gt-without-label",
    "hrule",
    "ibm",
    "ifdef-to-if",
    "itu",
    "kbuild-info",
    "l1",
    "loop",
    "mod-distrib",
    "no-gotos-extra",
    "no-ifdef-to-if",
    "no-include-cache",
    "no-iso-limit",
    "no-saved-typedefs",
    "no-scanner",
    "noadd-typedef-root",
    "noif0-passing",
    "ocaml-lib-search-path",
    "ocaml-regexps",
    "opt-c",
    "parse-c++",
    "parse-ch",
    "parse-error-msg",
    "parse-h",
    "parse-handler",
    "parse-i",
    "parse-unparse",
    "partial-match",
    "preprocess",
    "prevent-kr",
    "profile",
    "profile-iso",
    "profile-per-file",
    "pyoutput",
    "relax-include-path",
    "rule-dependencies",
    "save-tmp-files",
    "selected-only",
    "show-SP",
    "show-before-fixed-flow",
    "show-bindings",
    "show-c",
    "show-cocci",
    "show-ctl-tex",
    "show-ctl-text",
    "show-dependencies",
    "show-flow",
    "show-misc",
    "show-trace-profile",
    "show-transinfo",
    "show-trying",
    "steps",
    "temp-files",
    "test",
    "test-okfailed",
    "test-regression-okfailed",
    "test-spacing",
    "testall",
    "tmp-dir",
    "tokens-c",
    "track-iso",
    "type-c",
    "type-error-msg",
    "undefined",
    "use-cache",
    "use-coccigrep",
    "use-diff",
    "use-gitgrep",
    "use-glimpse",
    "use-idutils",
    "use-patch-diff",
    "verbose-ctl-engine",
    "verbose-engine",
    "verbose-includes",
    "verbose-match",
    "verbose-parsing",
    "xxx",
];

/// Options of the reference that only choose how files are found or shown there, so that leaving them out changes no result.
const WITHOUT_EFFECT: &[&str] = &[
    "no-scanner",
    "use-coccigrep",
    "use-gitgrep",
    "use-glimpse",
    "use-idutils",
    "show-trying",
    "no-iso-limit",
    "no-saved-typedefs",
    "relax-include-path",
    "no-include-cache",
    "parse-error-msg",
    "verbose-parsing",
    "preprocess",
];

/// Options of the reference among those above that take a value in the next word.
const WITH_VALUE: &[&str] = &[
    "opt-c",
    "bench",
    "cache-limit",
    "cache-prefix",
    "compare-c",
    "control-flow",
    "defined",
    "expected-extension",
    "file-groups",
    "kbuild-info",
    "parse-handler",
    "steps",
    "tmp-dir",
    "undefined",
];

/// Brings arguments (without the program's name) into today's spelling; `command` has the options that there are.
///
/// # Errors
/// Names an option of the reference that is not supported, unless `ignore_unknown` is set.
pub fn modernise(arguments: Vec<String>, ignore_unknown: bool, command: &clap::Command) -> Result<Vec<String>> {
    if arguments.first().is_some_and(|a| SUBCOMMANDS.contains(&a.as_str())) {
        return Ok(arguments);
    }
    let mut known: BTreeSet<&str> = BTreeSet::from(["help"]);
    for a in command.get_arguments() {
        known.extend(a.get_long());
        known.extend(a.get_all_aliases().unwrap_or_default());
    }
    let ignore_unknown =
        ignore_unknown || arguments.iter().any(|a| a.trim_start_matches('-') == "ignore-unknown-options");
    let mut out = Vec::with_capacity(arguments.len());
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            out.push(argument);
            out.extend(rest);
            break;
        }
        let Some(stripped) = argument.strip_prefix('-').filter(|s| s.len() > 1) else {
            out.push(argument);
            continue;
        };
        let body = stripped.strip_prefix('-').unwrap_or(stripped);
        let (name, value) = body.split_once('=').map_or((body, None), |(n, v)| (n, Some(v)));
        let name = name.replace('_', "-");
        if known.contains(name.as_str()) {
            out.push(value.map_or_else(|| format!("--{name}"), |v| format!("--{name}={v}")));
        } else if WITHOUT_EFFECT.contains(&name.as_str()) {
            // Nothing to do: the result is the same without it.
        } else if UNSUPPORTED.contains(&name.as_str()) {
            if !ignore_unknown {
                bail!(
                    "option --{name} of Coccinelle is not supported by spatch-rs (yet); --ignore-unknown-options skips it"
                );
            }
            if value.is_none() && WITH_VALUE.contains(&name.as_str()) {
                rest.next();
            }
        } else if argument.starts_with("--") && ignore_unknown {
            // Skipped, as asked.
        } else {
            out.push(argument);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::args::Cli;

    fn modern(line: &str) -> String {
        let words = line.split_whitespace().map(str::to_owned).collect();
        modernise(words, false, &Cli::command()).map_or_else(|e| e.to_string(), |v| v.join(" "))
    }

    #[test]
    fn old_spellings_become_new_ones() {
        assert_eq!(
            modern("-sp_file a.cocci -allow_inconsistent_paths x.c"),
            "--sp-file a.cocci --allow-inconsistent-paths x.c"
        );
        assert_eq!(modern("-cocci_file a.cocci -no_includes -dir ."), "--cocci-file a.cocci --no-includes --dir .");
        assert_eq!(modern("-j4 -Iinclude -D report -U 5 -o out.c"), "-j4 -Iinclude -D report -U 5 -o out.c");
        assert_eq!(modern("--sp_file=a.cocci -very_quiet"), "--sp-file=a.cocci --very-quiet");
        assert_eq!(modern("-- -sp_file"), "-- -sp_file");
    }

    #[test]
    fn an_unsupported_option_is_named() {
        assert!(modern("-verbose_engine x.c").contains("--verbose-engine"));
        assert!(modern("--c++ x.c").contains("--c++"));
        assert_eq!(modern("--ignore-unknown-options --c++ --nonsense x.c"), "--ignore-unknown-options x.c");
    }

    #[test]
    fn every_option_parses_in_its_old_spelling() {
        for argument in Cli::command().get_arguments() {
            let Some(long) = argument.get_long() else { continue };
            let old = format!("-{}", long.replace('-', "_"));
            assert_eq!(modern(&old), format!("--{long}"));
        }
    }
}

//! Laws of rewriting, which hold for any rule and any file: no new error in the result, no line changed without need, a diff that is
//! one for `git apply`.

mod guess;
mod need;
mod origin;
mod side;
mod told;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use c_syntax::{MacroTables, SourceFile};

pub use origin::{Origin, read as origins};
use side::Side;

/// The elements of a text that are read in part or not at all.
#[must_use]
pub fn unread(text: &[u8]) -> usize {
    parse(text).elements.iter().filter(|e| e.element.parsed().failure.is_some()).count()
}

fn parse(text: &[u8]) -> SourceFile {
    let tables = Arc::new(MacroTables::new(rules::MACROS, "", &smpl_parser::ast::DeclaredNames::default()));
    SourceFile::parse(text.into(), &tables, None)
}

/// The result parses with no new error.
///
/// # Errors
/// With what was found.
pub fn no_new_error(old: &[u8], new: &[u8]) -> Result<(), String> {
    let (before, after) = (unread(old), unread(new));
    if after > before {
        return Err(format!("{after} elements of the result are not read, {before} of the text before"));
    }
    Ok(())
}

/// Every changed line holds a token that was removed or added, or lies in a block whose nesting changed. `origin` says which tokens that
/// are, where it is known.
///
/// Where tokens moved from line to line, the old and the new lines count as one. Lines without code go with what stands beside, a comment
/// with code that goes. A line may go on a statement that changed, but not if it stands in a bracket that did not move.
///
/// # Errors
/// With the lines that changed without need.
pub fn changed_lines(old: &[u8], new: &[u8], origin: Option<&Origin>) -> Result<(), String> {
    if origin.is_some_and(|o| !o.fits(old, new)) {
        return Err("what the rules say that they did does not make the result".to_owned());
    }
    let (a, b) = (Side::new(old), Side::new(new));
    let guessed = guess::without_need(&a, &b);
    let bad = match origin.map(|o| told::without_need(&a, &b, o)) {
        // In values that are put back the texts tell more.
        Some((mut bad, anew)) => {
            let more: Vec<String> = guessed.into_iter().filter(|l| anew.contains(l) && !bad.contains(l)).collect();
            if more.iter().any(|l| l.contains(": +")) {
                bad.extend(more);
            }
            bad
        }
        None => guessed,
    };
    if bad.is_empty() { Ok(()) } else { Err(format!("changed without need:\n{}", bad.join("\n"))) }
}

/// `git apply --check` takes a diff in a folder.
///
/// # Errors
/// With what git says.
pub fn git_applies(folder: &Path, diff: &[u8]) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
    std::fs::write(file.path(), diff).map_err(|e| e.to_string())?;
    let mut command = Command::new("git");
    command.args(["apply", "--check", "--whitespace=nowarn"]).arg(file.path()).current_dir(folder);
    // Not the repository that the folder may lie in.
    command.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder));
    let output = command.output().map_err(|e| format!("git: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("git apply --check: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_need_not_change_are_found() {
        let old = b"int f(void)\n{\n\ta();\n\tb(1,\n\t  2);\n}\n";
        assert!(changed_lines(old, b"int f(void)\n{\n\tb(1,\n\t  2);\n}\n", None).is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3,\n\t  2);\n}\n", None).is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3,\n\t    2);\n}\n", None).is_err());
        assert!(changed_lines(old, b"int f(void)\n{\n\ta();\n\tb(1, 3, 4,\n\t  5, 2);\n}\n", None).is_ok());
        assert!(changed_lines(old, b"int f(void)\n{\n\tc();\n\tb(1,\n\t    2);\n}\n", None).is_err());
        let branch = b"int f(void)\n{\n\tif (x) {\n\t\ta();\n\t}\n\tb();\n}\n";
        assert!(changed_lines(branch, b"int f(void)\n{\n\ta();\n\tb();\n}\n", None).is_ok());
        assert!(changed_lines(branch, b"int f(void)\n{\n\ta();\n    b();\n}\n", None).is_err());
        let noted = b"int f(void)\n{\n\t/* a */\n\ta();\n\n\t/* b */\n\tb();\n\tc();\n}\n";
        assert!(changed_lines(noted, b"int f(void)\n{\n\t/* b */\n\tb();\n\tc();\n}\n", None).is_ok());
        assert!(changed_lines(noted, b"int f(void)\n{\n\t/* a */\n\ta();\n\n\tb();\n}\n", None).is_err());
        let twice = b"/*\n * a\n */\nint a(void) { return 1; }\n\n/*\n * b\n */\nint b;\n";
        assert!(changed_lines(twice, b"/*\n * b\n */\nint b;\n", None).is_ok());
        assert!(changed_lines(twice, b"/*\n * a\n */\nint a(void) { return 1; }\n\nint b;\n", None).is_err());
        let body = b"#define M(x) do {\t\\\n\ta(x);\t\\\n\tb(x);\t\\\n} while (0)\n";
        assert!(changed_lines(body, b"#define M(x) do {\t\\\n\ta(x);\t\\\n\tc(x);\t\\\n} while (0)\n", None).is_ok());
        assert!(
            changed_lines(body, b"#define M(x) do {\t\\\n\ta(x);\t\t\\\n\tc(x);\t\\\n} while (0)\n", None).is_err()
        );
    }

    #[test]
    fn what_is_told_of_edits_is_weighed() {
        let old = b"int f(void)\n{\n\ta();\n\tb(1,\n\t  2);\n\ta();\n}\n";
        let new = b"int f(void)\n{\n\tb(1,\n\t    2);\n\ta();\n}\n";
        let told = |name: &str, at: &[[usize; 2]], removed: &[[usize; 2]], lengths: &[usize]| {
            let edits = at.iter().zip(lengths).map(|(at, length)| {
                let removed: Vec<_> = removed.iter().filter(|r| at[0] <= r[0] && r[1] <= at[1]).collect();
                format!("{{\"at\":{at:?},\"length\":{length},\"removed\":{removed:?},\"added\":[]}}")
            });
            let edits: Vec<String> = edits.collect();
            let line = format!("{{\"file\":\"{name}\",\"rounds\":[[{}]]}}\n", edits.join(","));
            origins(line.as_bytes(), |_| old.len()).pop().expect("one file").1
        };
        // The first call goes; that the argument of another one moves is not asked for.
        let tokens = [[15, 16], [16, 17], [17, 18], [18, 19]];
        let call = told("f.c", &[[13, 19], [27, 29]], &tokens, &[0, 4]);
        assert!(changed_lines(old, new, Some(&call)).is_err());
        let other = told("f.c", &[[13, 19]], &tokens, &[0]);
        let gone = b"int f(void)\n{\n\tb(1,\n\t  2);\n\ta();\n}\n";
        assert!(changed_lines(old, gone, Some(&other)).is_ok());
        assert!(changed_lines(old, new, Some(&other)).is_err(), "the lengths differ");
        let unsaid = told("f.c", &[[13, 19]], &[], &[0]);
        assert!(changed_lines(old, gone, None).is_ok());
        assert!(changed_lines(old, gone, Some(&unsaid)).is_err(), "no rule removed the call");
    }

    #[test]
    fn a_new_error_is_found() {
        assert!(no_new_error(b"int f(void) { a(); }\n", b"int f(void) { a(;; }\n").is_err());
        assert!(no_new_error(b"int f(void) { a(); }\n", b"int f(void) { b(); }\n").is_ok());
    }
}

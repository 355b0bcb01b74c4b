//! Reads every semantic patch that recorded data holds: each must be understood, or refused with a message.
//! NOT RUN without the environment variable `SPATCH_DATA`; `SPATCH_COCCI` may name more directories, separated by `:`.

use std::path::{Path, PathBuf};

use c_syntax::Severity;
use smpl_parser::{ParseOptions, parse};

fn collect(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, out);
        } else if path.extension().is_some_and(|e| e == "cocci") {
            out.push(path);
        }
    }
}

#[test]
fn every_patch_is_read_or_refused() {
    let Ok(data) = std::env::var("SPATCH_DATA") else {
        eprintln!("NOT RUN: SPATCH_DATA is not set");
        return;
    };
    let mut dirs = vec![Path::new(&data).join("conformance/cases"), Path::new(&data).join("corpus/rules")];
    if let Ok(more) = std::env::var("SPATCH_COCCI") {
        dirs.extend(more.split(':').map(PathBuf::from));
    }
    let mut files = Vec::new();
    for d in &dirs {
        collect(d, &mut files);
    }
    files.sort();
    let mut failed = 0;
    for path in &files {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let include = |name: &str| {
            let beside = path.parent()?.join(name);
            Some((name.to_owned(), std::fs::read_to_string(beside).ok()?))
        };
        let (patch, messages) = parse(
            &path.display().to_string(),
            &text,
            &ParseOptions {
                include: &include,
                isos: Some(("standard.iso", rules::STANDARD_ISO)),
                ..ParseOptions::default()
            },
        );
        if patch.is_some() {
            continue;
        }
        failed += 1;
        let error = messages.iter().find(|d| d.severity == Severity::Error);
        assert!(error.is_some(), "{}: refused without a message", path.display());
        if let Some(e) = error {
            let at = (e.primary.span.start as usize).min(text.len());
            let line = 1 + text[..at].matches('\n').count();
            let source = text.lines().nth(line - 1).unwrap_or_default();
            eprintln!("{}:{line}: {} {} | {source}", path.display(), e.code, e.message);
        }
    }
    eprintln!("{} of {} semantic patches are refused", failed, files.len());
    assert!(failed * 5 < files.len().max(1), "more than a fifth is refused");
}

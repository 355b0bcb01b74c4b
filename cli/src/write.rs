//! Writing results: never half a file.

use std::fs::Permissions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::interrupt;

/// Replaces `path` by `text` in one step: a temporary file in the same directory, with the mode of the old one, renamed over it.
/// A symbolic link stays a link: what it points to is replaced.
pub fn replace(path: &Path, text: &[u8]) -> Result<()> {
    let target = path.canonicalize().with_context(|| path.display().to_string())?;
    let mode = std::fs::metadata(&target)?.permissions();
    put(&target, text, Some(mode))
}

/// Writes a file in one step, with the mode of `like` if it is new. What is no file, such as a pipe, is written to as it is.
pub fn create(path: &Path, text: &[u8], like: &Path) -> Result<()> {
    match std::fs::metadata(path) {
        Ok(old) if !old.is_file() => {
            let mut out =
                std::fs::OpenOptions::new().write(true).open(path).with_context(|| path.display().to_string())?;
            out.write_all(text).and_then(|()| out.flush()).with_context(|| format!("cannot write {}", path.display()))
        }
        Ok(_) => replace(path, text),
        Err(_) => put(path, text, std::fs::metadata(like).ok().map(|m| m.permissions())),
    }
}

fn put(target: &Path, text: &[u8], mode: Option<Permissions>) -> Result<()> {
    let directory = match target.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let _held = interrupt::hold()?;
    let mut file = tempfile::Builder::new()
        .prefix(".spatch-rs-")
        .tempfile_in(&directory)
        .with_context(|| format!("cannot write in {}", directory.display()))?;
    file.write_all(text)
        .and_then(|()| file.flush())
        .and_then(|()| file.as_file().sync_data())
        .with_context(|| format!("cannot write {}", target.display()))?;
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    file.persist(target).with_context(|| format!("cannot write {}", target.display()))?;
    Ok(())
}

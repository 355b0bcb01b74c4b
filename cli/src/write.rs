//! Writing results: never half a file.

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

/// Writes a new file in one step; an old one of that name is replaced and its mode kept.
pub fn create(path: &Path, text: &[u8]) -> Result<()> {
    let mode = std::fs::metadata(path).ok().map(|m| m.permissions());
    put(path, text, mode)
}

fn put(target: &Path, text: &[u8], mode: Option<std::fs::Permissions>) -> Result<()> {
    let directory = match target.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    let _held = interrupt::hold();
    let mut file = tempfile::Builder::new()
        .prefix(".spatch-rs-")
        .tempfile_in(&directory)
        .with_context(|| format!("cannot write in {}", directory.display()))?;
    file.write_all(text).and_then(|()| file.flush()).with_context(|| format!("cannot write {}", target.display()))?;
    let mode = mode.map_or_else(default_mode, Ok)?;
    file.as_file().set_permissions(mode)?;
    file.persist(target).with_context(|| format!("cannot write {}", target.display()))?;
    Ok(())
}

/// The mode that a new file gets here (the temporary file is private to its owner).
fn default_mode() -> Result<std::fs::Permissions> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Ok(std::fs::Permissions::from_mode(0o644))
    }
    #[cfg(not(unix))]
    {
        Ok(std::fs::metadata(".")?.permissions())
    }
}

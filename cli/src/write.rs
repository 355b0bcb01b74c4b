//! Writing results: never half a file, and with it its backup or neither.

use std::fs::Metadata;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::interrupt;

/// Replaces `path` by `text` in one step: a temporary file in the same directory, with the mode of the old one, renamed over it.
/// A symbolic link stays a link: what it points to is replaced.
pub fn replace(path: &Path, text: &[u8]) -> Result<()> {
    let _held = interrupt::hold()?;
    Staged::over(path, text)?.settle()
}

/// [`replace`] that keeps the old text in `backup`. Both are written before either is in its place.
pub fn replace_keeping(path: &Path, text: &[u8], backup: &Path) -> Result<()> {
    let old = std::fs::read(path).with_context(|| path.display().to_string())?;
    let _held = interrupt::hold()?;
    let (kept, new) = (Staged::at(backup, &old, path)?, Staged::over(path, text)?);
    kept.settle()?;
    new.settle()
}

/// Writes a file in one step, with the mode of `like` if it is new. What is no file, such as a pipe, is written to as it is.
pub fn create(path: &Path, text: &[u8], like: &Path) -> Result<()> {
    if std::fs::metadata(path).is_ok_and(|old| !old.is_file()) {
        let mut out = std::fs::OpenOptions::new().write(true).open(path).with_context(|| path.display().to_string())?;
        return out
            .write_all(text)
            .and_then(|()| out.flush())
            .with_context(|| format!("cannot write {}", path.display()));
    }
    let _held = interrupt::hold()?;
    Staged::at(path, text, like)?.settle()
}

/// How the names of files begin that are not in their place yet.
const TEMPORARY: &str = ".spatch-rs-";

/// Whether a file is one that was not put in its place (yet).
pub fn is_temporary(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(TEMPORARY))
}

/// Writes a file in one step that is good enough to lose: after a failure of the system it may be there in part.
pub fn scratch(path: &Path, text: &[u8]) -> Result<()> {
    let _held = interrupt::hold()?;
    let mut file = temporary(path)?;
    file.write_all(text).and_then(|()| file.flush()).with_context(|| path.display().to_string())?;
    Staged { file, target: path.to_path_buf() }.settle()
}

/// A file in the directory of another.
fn temporary(beside: &Path) -> Result<tempfile::NamedTempFile> {
    let directory = match beside.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(directory)
        .with_context(|| format!("cannot write in {}", directory.display()))
}

/// A file that is written whole, but not in its place. Dropped, it is gone.
struct Staged {
    file: tempfile::NamedTempFile,
    target: PathBuf,
}

impl Staged {
    /// A text for a file that exists.
    fn over(path: &Path, text: &[u8]) -> Result<Self> {
        let target = path.canonicalize().with_context(|| path.display().to_string())?;
        let old = std::fs::metadata(&target)?;
        Self::new(target, text, Some(&old))
    }

    /// A text for a file that need not exist.
    fn at(path: &Path, text: &[u8], like: &Path) -> Result<Self> {
        if path.exists() {
            return Self::over(path, text);
        }
        Self::new(path.to_path_buf(), text, std::fs::metadata(like).ok().as_ref())
    }

    fn new(target: PathBuf, text: &[u8], like: Option<&Metadata>) -> Result<Self> {
        let mut file = temporary(&target)?;
        file.write_all(text)
            .and_then(|()| file.flush())
            .and_then(|()| file.as_file().sync_data())
            .with_context(|| format!("cannot write {}", target.display()))?;
        if let Some(like) = like {
            keep_owner(file.as_file(), like);
            file.as_file().set_permissions(like.permissions())?;
        }
        Ok(Self { file, target })
    }

    fn settle(self) -> Result<()> {
        self.file.persist(&self.target).with_context(|| format!("cannot write {}", self.target.display()))?;
        Ok(())
    }
}

/// Gives a file the owner and group of another, where the system lets us: it does not give files away for ordinary users.
#[cfg(unix)]
fn keep_owner(file: &std::fs::File, like: &Metadata) {
    use std::os::unix::fs::MetadataExt;
    if file.metadata().is_ok_and(|own| (own.uid(), own.gid()) != (like.uid(), like.gid())) {
        let _ = std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &std::fs::File, _: &Metadata) {}

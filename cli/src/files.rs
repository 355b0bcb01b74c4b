//! Which files to process, in which groups, under which names.

use std::fs::FileType;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::args::ApplyArgs;

/// The unit of work: files that share one flow of environments (architecture, decision 12).
#[derive(Debug, Clone)]
pub struct Group {
    /// Paths as found, in order.
    pub files: Vec<PathBuf>,
    /// About how many bytes they hold; 0 where that is not asked for.
    pub bytes: u64,
    /// A header that nobody named: for semantic patches that ask for headers.
    pub header: bool,
}

/// What there is to do, and what could not be listed.
#[derive(Debug, Default)]
pub struct Work {
    /// Groups in path order; files named one by one are the first group.
    pub groups: Vec<Group>,
    /// What could not be read, as messages.
    pub problems: Vec<String>,
}

/// Lists the files that the arguments name.
///
/// # Errors
/// If a named file does not exist, or nothing was named.
pub fn collect(args: &ApplyArgs) -> Result<Work> {
    if let Some(name) = &args.stdin_filename {
        return Ok(Work {
            groups: vec![Group { files: vec![name.clone()], bytes: 0, header: false }],
            problems: Vec::new(),
        });
    }
    let mut named = Vec::new();
    let mut bytes = 0;
    let mut directories = Vec::new();
    for path in args.paths.iter().chain(&args.dir) {
        match std::fs::metadata(path) {
            Ok(m) if m.is_dir() => directories.push(path.clone()),
            Ok(m) => {
                bytes += m.len();
                named.push(path.clone());
            }
            Err(e) => bail!("cannot read {}: {e}", path.display()),
        }
    }
    if named.is_empty() && directories.is_empty() {
        bail!("no C files or directories named; see --help");
    }
    let mut work = Work::default();
    if !named.is_empty() {
        work.groups.push(Group { files: named, bytes, header: false });
    }
    for directory in directories {
        walk(&directory, args, &mut work);
    }
    if !args.ignore.is_empty() {
        work.groups.retain(|g| g.files.iter().any(|f| !ignored(f, &args.ignore)));
    }
    if let (Some(index), Some(max)) = (args.index, args.max) {
        if max == 0 || index >= max {
            bail!("--index must be below --max");
        }
        let shard = work.groups.into_iter().enumerate().filter(|(i, _)| *i as u64 % max == index);
        work.groups = shard.map(|(_, g)| g).collect();
    }
    Ok(work)
}

fn ignored(path: &Path, prefixes: &[String]) -> bool {
    let text = path.to_string_lossy();
    prefixes.iter().any(|p| text.starts_with(p.as_str()))
}

/// The files below a directory in path order. Links to files are followed, those to directories are not, so that there are no circles.
fn walk(directory: &Path, args: &ApplyArgs, work: &mut Work) {
    // Entries of one directory are compared: whole paths as bytes order as their names do, and need not be taken apart.
    let order = |a: &Path, b: &Path| a.as_os_str().cmp(b.as_os_str());
    let sizes = crate::apply::threads(args.jobs) > 1;
    if args.run.respect_gitignore {
        let mut walk = ignore::WalkBuilder::new(directory);
        walk.standard_filters(false).git_ignore(true).git_exclude(true).parents(true).require_git(false);
        walk.sort_by_file_path(order);
        for entry in walk.build() {
            match entry {
                Ok(entry) => work.add(entry.file_type(), entry.path(), sizes, args.include_headers),
                Err(e) => work.problems.push(e.to_string()),
            }
        }
        return;
    }
    for entry in walkdir::WalkDir::new(directory).sort_by(move |a, b| order(a.path(), b.path())) {
        match entry {
            Ok(entry) => work.add(Some(entry.file_type()), entry.path(), sizes, args.include_headers),
            Err(e) => {
                let path = e.path().unwrap_or(directory).display();
                let why = e.io_error().map_or_else(|| e.to_string(), ToString::to_string);
                work.problems.push(format!("{path}: {why}"));
            }
        }
    }
}

impl Work {
    /// Adds what was found at a path, if it is wanted. `sizes`: say how large it is.
    fn add(&mut self, kind: Option<FileType>, path: &Path, sizes: bool, headers: bool) {
        let Some(kind) = kind.filter(|k| k.is_file() || k.is_symlink()) else { return };
        if !wanted(path, headers) {
            return;
        }
        // Where a link leads, and how work is shared among threads.
        let mut bytes = 0;
        if kind.is_symlink() || sizes {
            match path.metadata() {
                Ok(m) if !m.is_file() => return,
                Ok(m) => bytes = m.len(),
                // A link without an end is reported when it is read.
                Err(_) => {}
            }
        }
        let header = path.extension().is_some_and(|x| x == "h");
        self.groups.push(Group { files: vec![path.to_path_buf()], bytes, header });
    }
}

fn wanted(path: &Path, headers: bool) -> bool {
    // Most files are neither, which their last bytes tell; a name that is nothing but `.c` has no extension.
    let end = path.as_os_str().as_encoded_bytes();
    (end.ends_with(b".c") || headers && end.ends_with(b".h")) && path.extension().is_some()
}

/// The name of a file in the diff: relative to the prefix (`--patch`, else `--dir`, else the current directory),
/// with forward slashes; the path as given if it does not lie below.
pub fn shown_name(path: &Path, args: &ApplyArgs) -> Vec<u8> {
    let prefix = args.patch.as_deref().or(args.dir.as_deref());
    let relative = match prefix {
        Some(prefix) => below(path, prefix),
        None => below(path, Path::new(".")),
    };
    let path = relative.unwrap_or_else(|| path.to_path_buf());
    let mut out: Vec<u8> = Vec::new();
    for part in path.components().filter(|c| !matches!(c, std::path::Component::CurDir)) {
        if !out.is_empty() && !out.ends_with(b"/") {
            out.push(b'/');
        }
        out.extend_from_slice(part.as_os_str().as_encoded_bytes());
    }
    out
}

fn below(path: &Path, prefix: &Path) -> Option<PathBuf> {
    if let Ok(rest) = path.strip_prefix(prefix) {
        return Some(rest.to_path_buf());
    }
    let (path, prefix) = (std::path::absolute(path).ok()?, std::path::absolute(prefix).ok()?);
    path.strip_prefix(&prefix).ok().map(Path::to_path_buf)
}

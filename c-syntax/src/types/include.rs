//! Which headers say the types of a file, and a table in which each header is read once per run (`features.md` section 7).
//!
//! Nothing here reads files: the caller supplies their contents.

use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Facts, HeaderFacts, IncludeLine};

/// Which of the headers that a file includes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum IncludeMode {
    /// None (`--no-includes`); the default if no rule asks for types.
    #[default]
    None,
    /// Those in quotes that lie beside the file, and the header of the file's own name (`--local-includes`); the default if a rule has
    /// typed metavariables.
    Local,
    /// All that are found, but not those that they include in turn (`--all-includes`).
    All,
    /// All that are found, and those that they include (`--recursive-includes`).
    Recursive,
}

/// How headers are found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IncludeOptions {
    /// Which are read.
    pub mode: IncludeMode,
    /// Where they are looked for (`-I`), in order.
    pub dirs: Vec<PathBuf>,
    /// Read for every file, before all others (`--include`).
    pub forced: Vec<PathBuf>,
}

/// How deeply headers may include each other.
const MAX_DEPTH: usize = 64;

/// The headers that count for a file, in the order in which their declarations are seen, each once. `facts_of` answers what a path declares,
/// nothing if there is no such file.
pub fn headers_of(
    file: &Path,
    own: &Facts,
    options: &IncludeOptions,
    facts_of: &dyn Fn(&Path) -> Option<Arc<HeaderFacts>>,
) -> Vec<Arc<HeaderFacts>> {
    let mut walk =
        Walk { options, facts_of, stem: file.file_stem().map(Path::new), seen: FxHashSet::default(), out: Vec::new() };
    for path in &options.forced {
        walk.take(path, 0);
    }
    walk.lines(file, &own.includes, 0);
    walk.out
}

struct Walk<'a> {
    options: &'a IncludeOptions,
    facts_of: &'a dyn Fn(&Path) -> Option<Arc<HeaderFacts>>,
    /// The file's name without its ending.
    stem: Option<&'a Path>,
    seen: FxHashSet<PathBuf>,
    out: Vec<Arc<HeaderFacts>>,
}

impl Walk<'_> {
    fn lines(&mut self, from: &Path, lines: &[IncludeLine], depth: usize) {
        for line in lines {
            for candidate in self.candidates(from, line) {
                if self.take(&candidate, depth) {
                    break;
                }
            }
        }
    }

    /// Where the header of an `#include` line may lie, in order.
    fn candidates(&self, from: &Path, line: &IncludeLine) -> Vec<PathBuf> {
        let path = Path::new(&*line.path);
        let beside = || from.parent().unwrap_or(Path::new("")).join(path);
        let in_dirs = || self.options.dirs.iter().map(|dir| dir.join(path));
        match self.options.mode {
            IncludeMode::None => Vec::new(),
            IncludeMode::Local if line.quoted => vec![beside()],
            IncludeMode::Local if self.is_own_header(path) => in_dirs().collect(),
            IncludeMode::Local => Vec::new(),
            IncludeMode::All | IncludeMode::Recursive => {
                let first = line.quoted.then(beside);
                first.into_iter().chain(in_dirs()).chain([Path::new("include").join(path)]).collect()
            }
        }
    }

    fn is_own_header(&self, path: &Path) -> bool {
        path.extension().is_some_and(|e| e == "h") && path.file_stem().map(Path::new) == self.stem
    }

    /// Takes a header, after those that it includes; false if it does not exist.
    fn take(&mut self, path: &Path, depth: usize) -> bool {
        let path = normal(path);
        if self.seen.contains(&path) {
            return true;
        }
        let Some(facts) = (self.facts_of)(&path) else { return false };
        self.seen.insert(path.clone());
        if self.options.mode == IncludeMode::Recursive && depth < MAX_DEPTH {
            self.lines(&path, &facts.includes, depth + 1);
        }
        self.out.push(facts);
        true
    }
}

/// The path without `.` and, where a plain name precedes it, `..`.
fn normal(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// A header that was asked for: what it declares, once read; nothing if there is no such file.
type Slot = Arc<OnceLock<Option<Arc<HeaderFacts>>>>;

/// Reads a file's bytes; nothing if there is none.
pub type ReadFile = dyn Fn(&Path) -> Option<Vec<u8>> + Send + Sync;

/// The headers of a run: each is read once, whichever thread asks first.
pub struct HeaderTable {
    read: Box<ReadFile>,
    known: Mutex<FxHashMap<PathBuf, Slot>>,
}

impl HeaderTable {
    /// A table that gets its files from `read`.
    #[must_use]
    pub fn new(read: Box<ReadFile>) -> Self {
        Self { read, known: Mutex::default() }
    }

    /// What a header declares.
    #[must_use]
    pub fn facts_of(&self, path: &Path) -> Option<Arc<HeaderFacts>> {
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            match known.entry(path.to_path_buf()) {
                Entry::Occupied(e) => e.get().clone(),
                Entry::Vacant(e) => e.insert(Arc::default()).clone(),
            }
        };
        slot.get_or_init(|| (self.read)(path).map(|text| Arc::new(Facts::of_text(&text)))).clone()
    }

    /// The headers that count for a file ([`headers_of`]).
    #[must_use]
    pub fn headers_of(&self, file: &Path, own: &Facts, options: &IncludeOptions) -> Vec<Arc<HeaderFacts>> {
        headers_of(file, own, options, &|path| self.facts_of(path))
    }
}

impl std::fmt::Debug for HeaderTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = self.known.lock().map_or(0, |k| k.len());
        f.debug_struct("HeaderTable").field("known", &known).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> IncludeLine {
        IncludeLine { path: text[1..text.len() - 1].into(), quoted: text.starts_with('"') }
    }

    fn header(includes: &[&str]) -> Facts {
        Facts { includes: includes.iter().map(|l| line(l)).collect(), ..Facts::default() }
    }

    #[test]
    fn which_headers() {
        let files = [
            ("drv/a.h", vec!["\"inner.h\"", "<linux/b.h>"]),
            ("drv/inner.h", vec!["\"a.h\""]),
            ("include/linux/b.h", vec![]),
            ("inc/linux/c.h", vec![]),
            ("inc/f.h", vec![]),
            ("force.h", vec![]),
        ];
        let own = header(&["\"a.h\"", "\"./a.h\"", "<linux/b.h>", "<linux/c.h>", "<f.h>", "\"none.h\""]);
        let cases = [
            (IncludeMode::None, "force.h"),
            (IncludeMode::Local, "force.h drv/a.h inc/f.h"),
            (IncludeMode::All, "force.h drv/a.h include/linux/b.h inc/linux/c.h inc/f.h"),
            (IncludeMode::Recursive, "force.h drv/inner.h include/linux/b.h drv/a.h inc/linux/c.h inc/f.h"),
        ];
        for (mode, want) in cases {
            let options = IncludeOptions { mode, dirs: vec!["inc".into()], forced: vec!["force.h".into()] };
            let asked = Mutex::new(Vec::new());
            let facts_of = |path: &Path| {
                let (name, includes) = files.iter().find(|(name, _)| Path::new(name) == path)?;
                let facts = Arc::new(header(includes));
                asked.lock().unwrap().push((facts.clone(), *name));
                Some(facts)
            };
            let got = headers_of(Path::new("drv/f.c"), &own, &options, &facts_of);
            let asked = asked.lock().unwrap();
            let names: Vec<_> = got.iter().map(|g| asked.iter().find(|(f, _)| Arc::ptr_eq(f, g)).unwrap().1).collect();
            assert_eq!(names.join(" "), want, "{mode:?}");
        }
    }
}

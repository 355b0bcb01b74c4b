//! Keeps the directory of a cache within a bound: the entries that were not used for longest go first.
//!
//! Other runs may use the directory at the same time. An entry that one of them removes is not there for the others, that is all.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// What a file takes up on disk comes in such pieces.
const BLOCK: u64 = 4096;

/// Files of writers that were ended are removed after this time.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// The bound of a cache.
pub(super) struct Bound {
    dir: PathBuf,
    /// Bytes that it may hold; 0 for any number.
    most: u64,
    /// Bytes written since the directory was looked through.
    written: AtomicU64,
    looking: Mutex<()>,
}

impl Bound {
    pub fn new(dir: &Path, most: u64) -> Self {
        Self { dir: dir.to_path_buf(), most, written: AtomicU64::new(0), looking: Mutex::new(()) }
    }

    /// Notes that an entry was written. The directory is looked through now and then, so that a long run does not go far beyond the bound.
    pub fn wrote(&self, bytes: usize) {
        let written = self.written.fetch_add(on_disk(bytes as u64), Ordering::Relaxed);
        if self.most > 0
            && written > self.most / 8
            && let Ok(_alone) = self.looking.try_lock()
        {
            self.trim();
        }
    }

    /// Looks through the directory if anything was written.
    pub fn close(&self) {
        if self.most > 0 && self.written.load(Ordering::Relaxed) > 0 {
            self.trim();
        }
    }

    fn trim(&self) {
        self.written.store(0, Ordering::Relaxed);
        let mut entries = self.entries();
        let mut all: u64 = entries.iter().map(|e| e.1).sum();
        if all <= self.most {
            return;
        }
        entries.sort_unstable();
        // A little more than has to be, so that the next entry does not need the same again.
        let wanted = self.most - self.most / 8;
        for (_, size, path) in entries {
            if all <= wanted {
                return;
            }
            if std::fs::remove_file(&path).is_ok() {
                all -= size;
            }
        }
    }

    /// When each entry was last used, what it takes up, and where it is. Files that are not ours are left alone.
    fn entries(&self) -> Vec<(SystemTime, u64, PathBuf)> {
        let mut out = Vec::new();
        for folder in list(&self.dir).filter(|p| is_hex(p, 2)) {
            for path in list(&folder) {
                let Some(data) = std::fs::symlink_metadata(&path).ok().filter(Metadata::is_file) else { continue };
                let time = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                if is_hex(&path, 62) {
                    out.push((time, on_disk(data.len()), path));
                } else if crate::write::is_temporary(&path)
                    && SystemTime::now().duration_since(time).is_ok_and(|age| age > ABANDONED)
                {
                    let _ = std::fs::remove_file(&path);
                }
            }
        }
        out
    }
}

fn on_disk(bytes: u64) -> u64 {
    bytes.next_multiple_of(BLOCK)
}

fn list(dir: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path())
}

fn is_hex(path: &Path, length: usize) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy());
    name.is_some_and(|n| n.len() == length && n.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_used_for_longest_goes() {
        let dir = tempfile::tempdir().expect("a folder is made");
        let entry = |i: u64| dir.path().join(format!("{i:02x}")).join(format!("{i:062x}"));
        let old = SystemTime::now() - Duration::from_secs(1_000_000);
        for i in 0..32 {
            let path = entry(i);
            std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is made");
            std::fs::write(&path, vec![7; 3000]).expect("it is written");
            // The first ones were used last.
            let file = std::fs::File::options().write(true).open(&path).expect("it is there");
            file.set_modified(old - Duration::from_secs(i)).expect("it has a time");
        }
        let others = [dir.path().join("note.txt"), dir.path().join("00").join("note.txt")];
        others.iter().for_each(|o| std::fs::write(o, [0; 9000]).expect("it is written"));
        let bound = Bound::new(dir.path(), 16 * BLOCK);
        bound.close();
        assert!((0..32).all(|i| entry(i).exists()), "nothing was written");
        bound.wrote(1);
        bound.close();
        let left: Vec<u64> = (0..32).filter(|i| entry(*i).exists()).collect();
        assert_eq!(left, (0..14).collect::<Vec<_>>());
        assert!(others.iter().all(|o| o.exists()), "what is not ours stays");
        let any = Bound::new(dir.path(), 0);
        any.wrote(1);
        any.close();
        assert!((0..14).all(|i| entry(i).exists()), "there is no bound");
    }
}

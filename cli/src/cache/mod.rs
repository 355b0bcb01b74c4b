//! Results of earlier runs, kept by the content of everything that they depend on: `--cache DIR`.
//!
//! An entry is named by a hash of this binary, the options of the run, and names and contents of the files of a group. It holds a result
//! for each semantic patch that ran on the group, by a hash of the patch with all that it includes, its options, and what the other
//! patches of its run say of names in C: so a patch that joins a run costs its own work only. Where patches see each other's results, the
//! run is one. The headers that were asked for are named in the entry with the hashes that they had; it counts only if they still have
//! them. Results of scripts that may keep state, and those from which work is missing, are not kept.

mod bound;
mod entry;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use rustc_hash::FxHashMap;

use crate::args::ApplyArgs;
use crate::output::Done;
use crate::patch::Loaded;
use crate::write;

use bound::Bound;
use entry::{Entry, Kept};

/// A hash of contents.
type Hash = [u8; blake3::OUT_LEN];

/// Which semantic patch a result is of, with all that it depends on beside the files of the group.
type RuleKey = [u8; 16];

/// How old the time of an entry may be before a use of it sets it anew. By that time the entries to be removed are chosen.
const TOUCHED: Duration = Duration::from_secs(3600);

/// In MiB, how much a cache may hold unless something else is asked for.
const SIZE: u64 = 1024;

/// The cache of a run.
pub struct Cache {
    dir: PathBuf,
    /// Hash of all that the results of the run have in common.
    run: Hash,
    /// For each semantic patch of the run.
    rules: Vec<RuleKey>,
    /// Semantic patches see each other's results, or what is shown is not theirs one by one: their result is one, kept under the first.
    is_whole: bool,
    /// Headers that were asked for, with their hashes; none for those that do not exist.
    headers: Mutex<FxHashMap<PathBuf, Option<Hash>>>,
    /// Whether a header changed during the run: nothing is kept from then on.
    torn: AtomicBool,
    bound: Bound,
}

/// What is known of a group, and where it is kept.
pub struct Known {
    path: PathBuf,
    entry: Entry,
    changed: bool,
}

impl Cache {
    /// The cache in a directory, which is made if need be.
    ///
    /// # Errors
    /// If it cannot be made, or this binary cannot be read.
    pub fn open(dir: &Path, args: &ApplyArgs, patches: &[Loaded]) -> Result<Self> {
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        let binary = std::env::current_exe().and_then(std::fs::read).context("cannot read this program for --cache")?;
        let here = std::env::current_dir().context("the current directory")?;
        let run = hash(&[
            env!("CARGO_PKG_VERSION").as_bytes(),
            blake3::hash(&binary).as_bytes(),
            here.to_string_lossy().as_bytes(),
            options(args).as_bytes(),
        ]);
        // With several semantic patches each diff names its own.
        let named = [u8::from(patches.len() > 1 && !args.no_show_diff)];
        let mut rules: Vec<RuleKey> = patches.iter().map(|p| key_of(p, &named)).collect();
        let is_whole = args.in_place || args.out_place || args.output.is_some();
        if is_whole {
            let all: Vec<&[u8]> = rules.iter().map(|r| &r[..]).collect();
            rules = vec![short(hash(&all))];
        }
        let size = args.run.cache_size.unwrap_or(SIZE).saturating_mul(1 << 20);
        Ok(Self {
            dir: dir.to_path_buf(),
            run,
            rules,
            is_whole,
            headers: Mutex::default(),
            torn: AtomicBool::new(false),
            bound: Bound::new(dir, size),
        })
    }

    /// Whether the result of all semantic patches is one: that of the first.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// What is known of a group of files. An entry that cannot be understood counts as none.
    pub fn look(&self, texts: &[(PathBuf, Arc<[u8]>)]) -> Known {
        let mut h = blake3::Hasher::new();
        h.update(&self.run);
        for (path, text) in texts {
            let name = path.to_string_lossy();
            h.update(&(name.len() as u64).to_le_bytes());
            h.update(name.as_bytes());
            h.update(blake3::hash(text).as_bytes());
        }
        let hex = h.finalize().to_hex();
        let path = self.dir.join(&hex[..2]).join(&hex[2..]);
        let fits = |e: &Entry| e.headers.iter().all(|(path, hash)| self.hash_of(path) == *hash);
        let entry = read(&path).filter(fits).unwrap_or_default();
        Known { path, entry, changed: false }
    }

    /// The result of the `i`-th semantic patch in an earlier run, if it still counts.
    pub fn take(&self, known: &mut Known, i: usize) -> Option<Done> {
        known.entry.take(&self.rules[i], i)
    }

    /// Adds the result of the `i`-th semantic patch.
    pub fn add(&self, known: &mut Known, i: usize, done: &Done) {
        if let Some(kept) = Kept::of(done, i) {
            known.entry.add(self.rules[i], kept);
            known.changed = true;
        }
    }

    /// Keeps what was added. `headers` are those that were asked for. That it cannot be kept harms nobody.
    pub fn put(&self, mut known: Known, headers: &[PathBuf]) {
        if !known.changed {
            return;
        }
        known.entry.headers.extend(headers.iter().map(|p| (p.clone(), self.hash_of(p))));
        known.entry.headers.sort();
        known.entry.headers.dedup();
        if self.torn.load(Ordering::Relaxed) {
            return;
        }
        let (Some(bytes), Some(dir)) = (known.entry.bytes(), known.path.parent()) else { return };
        if std::fs::create_dir_all(dir).is_ok() && write::scratch(&known.path, &bytes).is_ok() {
            self.bound.wrote(bytes.len());
        }
    }

    /// Ends the run: removes what has not been used for longest until the cache is within its bound.
    pub fn close(&self) {
        self.bound.close();
    }

    /// The contents of a header, noted.
    pub fn read_header(&self, path: &Path) -> Option<Vec<u8>> {
        let bytes = std::fs::read(path).ok();
        self.note(path, bytes.as_ref().map(|b| *blake3::hash(b).as_bytes()));
        bytes
    }

    fn note(&self, path: &Path, hash: Option<Hash>) {
        let mut headers = self.headers.lock().unwrap_or_else(PoisonError::into_inner);
        if *headers.entry(path.to_path_buf()).or_insert(hash) != hash {
            self.torn.store(true, Ordering::Relaxed);
        }
    }

    fn hash_of(&self, path: &Path) -> Option<Hash> {
        if let Some(hash) = self.headers.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return *hash;
        }
        let hash = std::fs::read(path).ok().map(|b| *blake3::hash(&b).as_bytes());
        self.note(path, hash);
        hash
    }
}

/// Reads an entry, and notes that it was used.
fn read(path: &Path) -> Option<Entry> {
    let mut file = std::fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let now = SystemTime::now();
    let time = file.metadata().ok()?.modified().ok()?;
    if now.duration_since(time).is_ok_and(|age| age > TOUCHED) {
        // Who may not write in the cache may read it.
        let _ = file.set_modified(now);
    }
    Entry::of_bytes(&bytes)
}

/// A hash of parts, which cannot be shifted into one another.
fn hash(parts: &[&[u8]]) -> Hash {
    let mut h = blake3::Hasher::new();
    for part in parts {
        h.update(&(part.len() as u64).to_le_bytes());
        h.update(part);
    }
    *h.finalize().as_bytes()
}

fn short(hash: Hash) -> RuleKey {
    let mut out = RuleKey::default();
    let length = out.len();
    out.copy_from_slice(&hash[..length]);
    out
}

fn key_of(patch: &Loaded, named: &[u8]) -> RuleKey {
    let (own, tables) = (options(&patch.args), patch.names_of_tables());
    let mut parts = vec![patch.name.as_bytes(), own.as_bytes(), tables.as_bytes(), named];
    parts.extend(patch.read.iter().map(|text| text.as_bytes()));
    short(hash(&parts))
}

/// The options as text, without those that do not decide what becomes of a file.
fn options(args: &ApplyArgs) -> String {
    let mut args = args.clone();
    args.paths.clear();
    args.sp_file.clear();
    args.jobs = None;
    args.index = None;
    args.max = None;
    args.run =
        crate::args::RunArgs { max_steps: args.run.max_steps, max_memory: args.run.max_memory, ..Default::default() };
    format!("{args:?}")
}

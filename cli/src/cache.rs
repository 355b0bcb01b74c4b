//! Results of earlier runs, kept by the content of everything that they depend on: `--cache DIR`.
//!
//! The key of a result is a hash of this binary, the options, the semantic patches with all that they include, and names and contents
//! of the files. The headers that were asked for are named in the result with the hashes that they had; a result counts only if they
//! still have them. Results of scripts that may keep state, and those from which work is missing, are not kept.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use rewriter::run::{Level, Message};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::args::ApplyArgs;
use crate::output::{Done, Part};
use crate::patch::Loaded;
use crate::write;

/// A hash of contents.
type Hash = [u8; blake3::OUT_LEN];

/// The cache of a run.
pub struct Cache {
    dir: PathBuf,
    /// Hash of all that the results of the run have in common.
    run: Hash,
    /// Headers that were asked for, with their hashes; none for those that do not exist.
    headers: Mutex<FxHashMap<PathBuf, Option<Hash>>>,
    /// Whether a header changed during the run: nothing is kept from then on.
    torn: AtomicBool,
}

/// The key of a group's result.
pub struct Key(PathBuf);

/// A result as it is kept.
#[derive(Serialize, Deserialize)]
struct Entry {
    headers: Vec<(PathBuf, Option<Hash>)>,
    parts: Vec<Part>,
    writes: Vec<(PathBuf, Vec<u8>)>,
    found: bool,
    messages: Vec<Said>,
}

/// A message as it is kept.
#[derive(Serialize, Deserialize)]
struct Said {
    warning: bool,
    file: String,
    line: Option<u32>,
    rule: String,
    text: String,
    details: Vec<String>,
}

impl Said {
    fn of(m: &Message) -> Self {
        Self {
            warning: m.level == Level::Warning,
            file: m.file.to_string(),
            line: m.line,
            rule: m.rule.clone(),
            text: m.text.clone(),
            details: m.details.clone(),
        }
    }

    fn message(self) -> Message {
        Message {
            level: if self.warning { Level::Warning } else { Level::Refused },
            file: self.file.into(),
            line: self.line,
            rule: self.rule,
            text: self.text,
            details: self.details,
        }
    }
}

impl Cache {
    /// The cache in a directory, which is made if need be.
    ///
    /// # Errors
    /// If it cannot be made, or this binary cannot be read.
    pub fn open(dir: &Path, args: &ApplyArgs, patches: &[Loaded]) -> Result<Self> {
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        let binary = std::env::current_exe().and_then(std::fs::read).context("cannot read this program for --cache")?;
        let mut h = blake3::Hasher::new();
        let mut part = |bytes: &[u8]| {
            h.update(&(bytes.len() as u64).to_le_bytes());
            h.update(bytes);
        };
        part(env!("CARGO_PKG_VERSION").as_bytes());
        part(blake3::hash(&binary).as_bytes());
        part(std::env::current_dir().context("the current directory")?.to_string_lossy().as_bytes());
        part(options(args).as_bytes());
        for patch in patches {
            part(patch.name.as_bytes());
            part(options(&patch.args).as_bytes());
            patch.read.iter().for_each(|text| part(text.as_bytes()));
        }
        let run = *h.finalize().as_bytes();
        Ok(Self { dir: dir.to_path_buf(), run, headers: Mutex::default(), torn: AtomicBool::new(false) })
    }

    /// The key of a group of files.
    pub fn key(&self, texts: &[(PathBuf, Vec<u8>)]) -> Key {
        let mut h = blake3::Hasher::new();
        h.update(&self.run);
        for (path, text) in texts {
            let name = path.to_string_lossy();
            h.update(&(name.len() as u64).to_le_bytes());
            h.update(name.as_bytes());
            h.update(blake3::hash(text).as_bytes());
        }
        let hex = h.finalize().to_hex();
        Key(self.dir.join(&hex[..2]).join(&hex[2..]))
    }

    /// The result of an earlier run, if it still counts. A file that cannot be understood counts as none.
    pub fn get(&self, key: &Key) -> Option<Done> {
        let bytes = std::fs::read(&key.0).ok()?;
        let entry: Entry = postcard::from_bytes(&bytes).ok()?;
        entry.headers.iter().all(|(path, hash)| self.hash_of(path) == *hash).then(|| Done {
            parts: entry.parts,
            writes: entry.writes,
            found: entry.found,
            messages: entry.messages.into_iter().map(Said::message).collect(),
            ..Done::default()
        })
    }

    /// Keeps a result. `headers` are those that were asked for. That it cannot be kept harms nobody.
    pub fn put(&self, key: &Key, headers: &[PathBuf], done: &Done) {
        let partial = done.messages.iter().any(|m| m.level == Level::GivenUp) || !done.problems.is_empty();
        let headers = headers.iter().map(|p| (p.clone(), self.hash_of(p))).collect();
        if partial || self.torn.load(Ordering::Relaxed) {
            return;
        }
        let entry = Entry {
            headers,
            parts: done.parts.clone(),
            writes: done.writes.clone(),
            found: done.found,
            messages: done.messages.iter().map(Said::of).collect(),
        };
        let (Ok(bytes), Some(dir)) = (postcard::to_stdvec(&entry), key.0.parent()) else { return };
        if std::fs::create_dir_all(dir).is_ok() {
            let _ = write::create(&key.0, &bytes, &key.0);
        }
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

/// The options as text, without those that do not decide what becomes of a file.
fn options(args: &ApplyArgs) -> String {
    let mut args = args.clone();
    args.paths.clear();
    args.jobs = None;
    args.index = None;
    args.max = None;
    args.run =
        crate::args::RunArgs { max_steps: args.run.max_steps, max_memory: args.run.max_memory, ..Default::default() };
    format!("{args:?}")
}

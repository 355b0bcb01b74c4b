//! Shared by the suites of this folder: the binary under test, running it, and reading Markdown with executable blocks.
//!
//! `golden/<topic>/<case>/` holds `patch.cocci`, `input.c`, `expected.c` (and `args`, `idempotent`); `manual/*.md` describes what is
//! supported, each heading with a rule and its effect; `transcripts/*.md` are command-line sessions, bad input above all.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub mod laws;
pub mod markdown;
pub mod project;
pub mod targets;

/// No run of a test may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// The binary: what `SPATCH_RS` names, else the command line built in the profile of this test.
///
/// # Panics
/// If it does not build.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = std::env::var_os("SPATCH_RS") {
            return PathBuf::from(path).canonicalize().expect("SPATCH_RS names a program");
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package", "spatch-rs"]);
        let mut target = std::env::current_exe().expect("the test has a path");
        // target/<profile>/deps/<test>
        target.pop();
        target.pop();
        if !target.ends_with("debug") {
            build.arg("--profile").arg(target.file_name().expect("a profile"));
        }
        assert!(build.status().expect("cargo runs").success(), "the command line does not build");
        target.join("spatch-rs")
    })
}

/// The folder of the suites.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    /// Exit status; none if it was ended from outside.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs the binary in a folder. A run beyond the time limit is ended.
///
/// # Panics
/// If it cannot be started.
#[must_use]
pub fn run(dir: &Path, args: &[String]) -> Run {
    let mut command = Command::new(binary());
    command.current_dir(dir).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let start = Instant::now();
    // Outputs here are small: they fit into the pipes' buffers, but read them in any case once the process is done or ended.
    let reader = std::thread::scope(|scope| {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let out = scope.spawn(move || read_all(out));
        let err = scope.spawn(move || read_all(err));
        let status = loop {
            match child.try_wait().expect("the process can be asked") {
                Some(status) => break Some(status),
                None if start.elapsed() > LIMIT => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        (status, out.join().unwrap_or_default(), err.join().unwrap_or_default())
    });
    let (status, stdout, stderr) = reader;
    Run {
        status: status.and_then(|s| s.code()),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

fn read_all(from: Option<impl std::io::Read>) -> Vec<u8> {
    let mut buffer = Vec::new();
    if let Some(mut from) = from {
        let _ = from.read_to_end(&mut buffer);
    }
    buffer
}

/// The lines of a diff's hunks, without file names and hunk headers.
#[must_use]
pub fn hunks(diff: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    let mut lines = diff.lines().peekable();
    while let Some(line) = lines.next() {
        // A removed line may look like a file name (`-- x`), but names come in pairs.
        let names = line.starts_with("--- ") && lines.peek().is_some_and(|n| n.starts_with("+++ "));
        if names || line.starts_with("diff ") {
            inside = false;
        } else if line.starts_with("@@ ") {
            inside = true;
        } else if inside && !line.starts_with("\\ No newline") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// Whether a program is there; says so if not. What needs it is then not tested; CI installs all of them.
#[must_use]
pub fn installed(program: &str) -> bool {
    use std::process::{Command, Stdio};
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        println!("{program}: NOT RUN (not installed)");
    }
    found.is_ok()
}

/// Sorted paths below a folder that end in `ending`.
#[must_use]
pub fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut out = Vec::new();
    for path in entries.filter_map(|e| e.ok().map(|e| e.path())) {
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(path);
        }
    }
    out.sort();
    out
}

/// Reports failures of a suite at once.
///
/// # Panics
/// If there is any, or nothing was run.
pub fn settle(suite: &str, ran: usize, failures: &[String]) {
    assert!(ran > 0, "{suite}: no case was found");
    println!("{suite}: {} of {ran} pass", ran - failures.len());
    assert!(failures.is_empty(), "{suite}: {} of {ran} fail\n\n{}", failures.len(), failures.join("\n\n"));
}

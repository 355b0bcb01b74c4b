//! Finding data, building the binary that is measured, running programs with a time limit.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Where recorded data lies: the argument, else `SPATCH_DATA`; `None` (after saying NOT RUN) if neither is given.
pub fn data_dir(task: &str, given: Option<&Path>) -> Result<Option<PathBuf>> {
    let dir = given.map(Path::to_path_buf).or_else(|| std::env::var_os("SPATCH_DATA").map(PathBuf::from));
    let Some(dir) = dir else {
        println!("{task}: NOT RUN (name the folder of the recorded data with --data or SPATCH_DATA)");
        return Ok(None);
    };
    let dir = dir.canonicalize().with_context(|| format!("no folder {}", dir.display()))?;
    Ok(Some(dir))
}

/// The binary to run: `given`, or one built as the tasks are.
pub fn spatch_rs(given: Option<&Path>) -> Result<PathBuf> {
    built(given, "tasks")
}

/// The binary to measure: `given`, or a release build of the command line.
pub fn released(given: Option<&Path>) -> Result<PathBuf> {
    built(given, "release")
}

fn built(given: Option<&Path>, profile: &str) -> Result<PathBuf> {
    if let Some(p) = given {
        return p.canonicalize().with_context(|| format!("no program {}", p.display()));
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--profile", profile, "--package", "spatch-rs"]);
    if !build.status()?.success() {
        bail!("the command line does not build");
    }
    let mut path = std::env::current_exe()?;
    path.pop();
    path.set_file_name(profile);
    Ok(path.join("spatch-rs"))
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// What a finished (or ended) program left.
pub struct Run {
    /// Exit status; `None` if a signal or the time limit ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Whether the time limit ended it.
    pub timed_out: bool,
}

/// Runs `command` for at most `limit`, both outputs captured.
pub fn run(command: &mut Command, limit: Duration) -> Result<Run> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || read_all(out.as_mut()));
    let errors = std::thread::spawn(move || read_all(err.as_mut()));
    let start = Instant::now();
    let mut timed_out = false;
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > limit {
            timed_out = true;
            child.kill()?;
            break child.wait()?;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    let stdout = reader.join().unwrap_or_default();
    let stderr = errors.join().unwrap_or_default();
    Ok(Run { code: status.code(), stdout, stderr, timed_out })
}

fn read_all(from: Option<&mut impl Read>) -> Vec<u8> {
    let mut buffer = Vec::new();
    if let Some(from) = from {
        // A broken pipe ends the text early; the comparison then fails, which is what it should do.
        let _ = from.read_to_end(&mut buffer);
    }
    buffer
}

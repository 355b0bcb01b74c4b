//! The process that runs inputs, and its parent's view of it.

use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use spatch_tests::targets::{STACK, Target};

use super::mutate::Mutator;

/// CPU seconds after which an input counts as hanging.
const HANG: u64 = 10;

/// What became of an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing to complain of.
    Fine,
    /// A panic: where, and its message.
    Panic(String),
    /// It took this many milliseconds of CPU time.
    Slow(u64),
    /// The process was ended by a signal or by the watchdog.
    Died(String),
}

impl Verdict {
    /// What tells kinds of findings apart.
    pub fn class(&self) -> String {
        match self {
            Self::Fine => String::new(),
            Self::Panic(text) => text.split(": ").next().unwrap_or(text).to_owned(),
            Self::Slow(_) => "slow".to_owned(),
            Self::Died(how) => how.clone(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fine => f.write_str("fine"),
            Self::Panic(text) => write!(f, "panic at {text}"),
            Self::Slow(ms) => write!(f, "took {ms} ms"),
            Self::Died(how) => f.write_str(how),
        }
    }
}

/// A worker as its parent sees it.
pub struct Worker {
    child: Child,
    lines: Receiver<String>,
    at: u64,
    ended: bool,
}

impl Worker {
    /// Starts a worker at the input `from`.
    pub fn start(target: &str, seed: u64, from: u64, data: Option<&Path>, limit: Duration) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["fuzz", target, "--worker", "--seed", &seed.to_string(), "--from", &from.to_string()]);
        command.args(["--limit", &limit.as_millis().to_string()]);
        if let Some(data) = data {
            command.arg("--data").arg(data);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let out = child.stdout.take().context("a pipe to the worker")?;
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, lines, at: from, ended: false })
    }

    /// The next input that the worker is done with, and what became of it; none when time is over.
    pub fn next(&mut self, end: Instant) -> Result<Option<(u64, Verdict)>> {
        loop {
            let wait = end.saturating_duration_since(Instant::now()).min(Duration::from_secs(HANG * 30));
            match self.lines.recv_timeout(wait) {
                Ok(line) => {
                    let Some((n, rest)) = line.split_once(' ') else { continue };
                    let Ok(n) = n.parse::<u64>() else { continue };
                    if rest == "start" {
                        self.at = n;
                        continue;
                    }
                    return Ok(Some((n, verdict(rest))));
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() >= end => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {
                    self.child.kill()?;
                    self.child.wait()?;
                    self.ended = true;
                    return Ok(Some((self.at, Verdict::Died("waits for ever".to_owned()))));
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait()?;
                    self.ended = true;
                    return Ok(Some((self.at, Verdict::Died(describe(status)))));
                }
            }
        }
    }

    /// Whether the worker is gone.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Runs one input in a process of its own.
    pub fn once(target: (&str, Target), input: &[u8], limit: Duration) -> Result<Verdict> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["fuzz", target.0, "--worker", "--replay", "-", "--limit", &limit.as_millis().to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            // A worker that dies early closes the pipe.
            let _ = pipe.write_all(input);
        }
        let done = child.wait_with_output()?;
        let text = String::from_utf8_lossy(&done.stdout);
        match text.lines().filter_map(|l| l.split_once(' ')).find(|l| l.1 != "start") {
            Some((_, rest)) => Ok(verdict(rest)),
            None => Ok(Verdict::Died(describe(done.status))),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn verdict(text: &str) -> Verdict {
    match text.split_once(' ') {
        Some(("slow", ms)) => Verdict::Slow(ms.parse().unwrap_or(0)),
        Some(("panic", what)) => Verdict::Panic(what.to_owned()),
        _ => Verdict::Fine,
    }
}

fn describe(status: std::process::ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(24) => format!("hangs: more than {HANG} s of CPU time"),
        Some(6 | 11) => "the stack overflows, or memory is corrupt".to_owned(),
        _ => status.to_string(),
    }
}

/// Runs inputs from `from` on, reporting each on standard output.
pub fn serve(target: Target, mutator: &Mutator, from: u64, limit: Duration) -> Result<ExitCode> {
    in_thread(move || {
        for n in from.. {
            let input = mutator.input(n);
            if report(target, n, &input, limit).is_err() {
                return;
            }
        }
    })
}

/// Runs one input from standard input.
pub fn serve_one(target: Target, limit: Duration) -> Result<ExitCode> {
    let mut input = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut input)?;
    in_thread(move || drop(report(target, 0, &input, limit)))
}

fn in_thread(work: impl FnOnce() + Send) -> Result<ExitCode> {
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        let handle = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        Ok(if handle.join().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// Runs an input under a limit of CPU time, and says what became of it.
fn report(target: Target, n: u64, input: &[u8], limit: Duration) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{n} start")?;
    out.flush()?;
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let all = getrlimit(Resource::Cpu);
    let end = used.tv_sec as u64 + HANG;
    // Where the limit cannot be set, the parent's patience ends a hanging input.
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(end), maximum: all.maximum });
    let place = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let seen = std::sync::Arc::clone(&place);
    std::panic::set_hook(Box::new(move |info| {
        let at = info.location().map_or_else(String::new, |l| format!("{}:{}", l.file(), l.line()));
        let what = info.payload_as_str().unwrap_or("?").lines().next().unwrap_or_default();
        if let Ok(mut p) = seen.lock() {
            *p = format!("{at}: {what}");
        }
    }));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| target.run(input)));
    let now = clock_gettime(ClockId::ProcessCPUTime);
    let ms = (now.tv_sec - used.tv_sec) * 1000 + (now.tv_nsec - used.tv_nsec) / 1_000_000;
    let slow = limit.as_millis() as i64 * (1 + input.len() as i64 / (64 << 10));
    match result {
        Err(_) => writeln!(out, "{n} panic {}", place.lock().map(|p| p.clone()).unwrap_or_default())?,
        Ok(()) if ms > slow => writeln!(out, "{n} slow {ms}")?,
        Ok(()) => writeln!(out, "{n} fine")?,
    }
    out.flush()
}

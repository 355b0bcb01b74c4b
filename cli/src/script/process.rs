//! A Python interpreter as a child process: requests and answers as lines of JSON, a time limit, the whole process group ended with it.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::interrupt;

/// What runs in the interpreter.
const HOST: &str = concat!(include_str!("state.py"), include_str!("host.py"));

/// The longest answer that is read.
const MOST_ANSWER: usize = 512 << 20;

/// A running interpreter.
pub struct Interpreter {
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<Option<String>>,
}

/// What the interpreter answered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// Whether the script ran to its end.
    pub ok: bool,
    /// `cocci.exit()` was called.
    pub exit: bool,
    /// The environment stays.
    pub keep: Option<bool>,
    /// New variables: kind and text.
    pub outputs: std::collections::BTreeMap<String, Json>,
    /// Of an expression: whether it is true.
    pub truth: bool,
    /// Of an expression: its text.
    pub text: String,
    /// State for `merge.x`.
    pub merged: std::collections::BTreeMap<String, Json>,
    /// Further runs that the script asked for.
    pub iterations: Vec<Json>,
    /// Where and why scripts may keep state.
    pub state: Option<(u32, String)>,
    /// What failed.
    pub error: String,
    /// The line of the semantic patch where.
    pub line: Option<u32>,
    /// The traceback.
    pub trace: Vec<String>,
    stdout: String,
    stderr: String,
}

impl Answer {
    /// What was printed, byte for byte.
    #[must_use]
    pub fn printed(&self) -> Vec<u8> {
        bytes(&self.stdout)
    }

    /// What was printed on standard error.
    #[must_use]
    pub fn warned(&self) -> Vec<u8> {
        bytes(&self.stderr)
    }
}

/// The other side sends bytes as the characters of the same numbers.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The program cannot be started.
    Start(String),
    /// It ended, or sent something else than an answer.
    Died,
    /// It took longer than allowed, and was ended.
    TimedOut(u64),
}

impl Interpreter {
    /// Starts `python`.
    ///
    /// # Errors
    /// [`Failure::Start`].
    pub fn start(python: &PathBuf) -> Result<Self, Failure> {
        interrupt::watch().map_err(|e| Failure::Start(e.to_string()))?;
        let mut command = Command::new(python);
        // Sets have the same order in all interpreters.
        command.args(["-u", "-c", HOST]).env("PYTHONHASHSEED", "0").stdin(Stdio::piped()).stdout(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
        }
        let mut child = command.spawn().map_err(|e| Failure::Start(e.to_string()))?;
        #[cfg(unix)]
        if let Some(group) = group(&child) {
            interrupt::own(group);
        }
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::Start("no pipes".to_owned()));
        };
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            loop {
                let mut line = String::new();
                let read = std::io::Read::take(&mut reader, MOST_ANSWER as u64).read_line(&mut line);
                let line = match read {
                    Ok(n) if n > 0 && line.ends_with('\n') => Some(line),
                    _ => None,
                };
                let end = line.is_none();
                if sender.send(line).is_err() || end {
                    return;
                }
            }
        });
        Ok(Self { child, stdin: Some(stdin), answers })
    }

    /// Sends a request and waits for its answer. After a failure the interpreter is of no use any more.
    ///
    /// # Errors
    /// If there is no answer in `limit`.
    pub fn call(&mut self, request: &Json, limit: Option<Duration>) -> Result<Answer, Failure> {
        let Some(stdin) = &mut self.stdin else { return Err(Failure::Died) };
        let sent = stdin.write_all(format!("{request}\n").as_bytes()).and_then(|()| stdin.flush());
        if sent.is_err() {
            return Err(Failure::Died);
        }
        let line = match limit {
            None => self.answers.recv().map_err(|_| Failure::Died)?,
            Some(limit) => match self.answers.recv_timeout(limit) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => {
                    self.end();
                    return Err(Failure::TimedOut(limit.as_secs()));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::Died),
            },
        };
        let line = line.ok_or(Failure::Died)?;
        serde_json::from_str(&line).map_err(|_| Failure::Died)
    }

    /// Ends the interpreter and all that it started.
    fn end(&mut self) {
        self.stdin = None;
        #[cfg(unix)]
        if let Some(group) = group(&self.child) {
            interrupt::end(group);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process group that an interpreter leads.
#[cfg(unix)]
fn group(child: &Child) -> Option<rustix::process::Pid> {
    i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw)
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn python() -> Interpreter {
        Interpreter::start(&PathBuf::from("python3")).expect("python3 is installed where tests run")
    }

    fn run(code: &str) -> Json {
        json!({"op": "run", "id": code, "cocci": "r.cocci", "line": 3, "code": code, "inputs": [["x", {"t": "text", "v": "1 + 2"}]],
               "outputs": ["y"], "files": ["a.c"]})
    }

    #[test]
    fn scripts_print_and_answer() {
        let mut p = python();
        let a = p
            .call(&run("print(x)\ncoccinelle.y = cocci.make_expr(x)\ncocci.include_match(False)"), None)
            .expect("answers");
        assert_eq!((a.ok, a.keep, a.printed()), (true, Some(false), b"1 + 2\n".to_vec()));
        assert_eq!(a.outputs["y"], json!({"t": "expr", "v": "1 + 2"}));
    }

    #[test]
    fn comments_of_coccinelle_are_told_from_divisions() {
        let mut p = python();
        for (code, want) in [
            ("print(7 // 2) // don't read", "3\n"),
            ("a = 9 // comment\nprint(a)", "9\n"),
            ("a = 9\nprint(a // a // 1, '//') // the end", "1 //\n"),
            ("print('x') // for all in range", "x\n"),
            ("print(\"\"\"a // b\n\"\"\" + 'c' // d\n)", "a // b\nc\n"),
            ("print(1) // ---", "1\n"),
            ("# a // b\nprint(2)", "2\n"),
        ] {
            let a = p.call(&run(code), None).expect("answers");
            assert_eq!((a.ok, String::from_utf8_lossy(&a.printed()).as_ref()), (true, want), "{code}: {}", a.error);
        }
    }

    #[test]
    fn failures_leave_a_usable_interpreter_or_none() {
        let mut p = python();
        let a = p.call(&run("a = 1\nb = a / 0"), None).expect("answers");
        assert_eq!((a.ok, a.line), (false, Some(4)));
        assert!(p.call(&run("exit()"), None).is_ok_and(|a| !a.ok && a.error.contains("exit")));
        assert!(p.call(&run("print('still here')"), None).is_ok_and(|a| a.ok));
        assert_eq!(
            p.call(&run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"), None).err(),
            Some(Failure::Died)
        );
        assert_eq!(p.call(&run("pass"), None).err(), Some(Failure::Died));
    }

    #[test]
    fn a_script_that_sleeps_is_ended_with_its_children() {
        let mut p = python();
        let limit = Some(Duration::from_millis(700));
        let code = "import subprocess\nsubprocess.run(['sleep', '600'])";
        assert_eq!(p.call(&run(code), limit).err(), Some(Failure::TimedOut(0)));
    }

    #[test]
    fn a_script_that_prints_without_end_is_stopped() {
        let mut p = python();
        let a = p.call(&run("while True: print('x' * 1000000)"), Some(Duration::from_secs(60))).expect("answers");
        assert!(!a.ok, "{}", a.error);
    }
}

//! A run that the user or the system ends leaves no temporary file and no process behind.

#[cfg(unix)]
use std::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;

/// Held while a temporary file exists.
static WRITING: Mutex<()> = Mutex::new(());

/// Process groups that end with this process.
#[cfg(unix)]
static GROUPS: Mutex<Vec<rustix::process::Pid>> = Mutex::new(Vec::new());

/// While the guard lives, an interrupt waits.
///
/// # Errors
/// If the system refuses to hand signals over.
pub fn hold() -> Result<MutexGuard<'static, ()>> {
    watch()?;
    Ok(held())
}

fn held() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets signals that end the process wait for the file that is being written, and end interpreters first. From the first file or
/// interpreter on: a process that has neither has nothing to clear away. A file that may not grow further is an error of the one who
/// writes it, and no end.
///
/// # Errors
/// If the system refuses.
#[cfg(unix)]
pub fn watch() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
    static WATCHING: Mutex<bool> = Mutex::new(false);
    let mut watching = WATCHING.lock().unwrap_or_else(PoisonError::into_inner);
    if *watching {
        return Ok(());
    }
    signal_hook::flag::register(SIGXFSZ, Arc::default())?;
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Some(signal) = signals.forever().next() else { return };
        let _held = held();
        for group in groups().iter() {
            end_group(*group);
        }
        // Ends the process as if nobody had caught the signal; if that fails, with the status that shells give to such an end.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        std::process::exit(128 + signal);
    })?;
    *watching = true;
    Ok(())
}

/// Nothing to watch on this system.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn watch() -> Result<()> {
    Ok(())
}

#[cfg(unix)]
fn groups() -> MutexGuard<'static, Vec<rustix::process::Pid>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A process group ends with this process from now on.
#[cfg(unix)]
pub fn own(group: rustix::process::Pid) {
    groups().push(group);
}

/// Ends a process group, all its members at once.
#[cfg(unix)]
pub fn end(group: rustix::process::Pid) {
    groups().retain(|g| *g != group);
    end_group(group);
}

#[cfg(unix)]
fn end_group(group: rustix::process::Pid) {
    // A group that is gone already is what was wanted.
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
}

//! Groups of files over threads: large ones first within a window, results in path order whatever the number of threads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use anyhow::{Result, anyhow};

use crate::files::Group;
use crate::group::Runner;
use crate::output::{Done, Take};

/// Stack of a worker: trees of C are walked by recursion, whose depth is limited well below what fits.
const STACK: usize = 64 << 20;

/// Within so many groups the large ones come first. Results wait for those before them, so that this bounds what waits.
const WINDOW: usize = 1024;

/// Runs all groups on `jobs` threads, and hands their results to the sink in order. One job is done by the calling thread, whose stack has
/// to be large ([`on_big_stack`]).
///
/// # Errors
/// If results cannot be written, or no thread can be started.
pub fn run(runner: &Runner<'_>, groups: &[Group], jobs: usize, sink: &mut (dyn Take + Send)) -> Result<()> {
    if jobs == 1 || groups.len() < 2 {
        return groups.iter().enumerate().try_for_each(|(i, g)| sink.take(runner.run(i, g)));
    }
    let order = order(groups, runner.has_turns());
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.min(groups.len())).stack_size(STACK).build()?;
    let (sender, receiver) = mpsc::channel::<(usize, Done)>();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // The last sender is gone when all workers have ended.
            let sender = sender;
            pool.broadcast(|_| {
                while let Some(i) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let gone = sender.send((*i, runner.run(*i, &groups[*i]))).is_err();
                    // A receiver that is gone could not write, which is reported there.
                    if gone || stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        });
        let mut waiting: BTreeMap<usize, Done> = BTreeMap::new();
        let mut at = 0;
        for (i, done) in receiver {
            waiting.insert(i, done);
            while let Some(done) = waiting.remove(&at) {
                sink.take(done).inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
                at += 1;
            }
        }
        Ok(())
    })
}

/// The order in which groups are begun. Where scripts wait for their turn it is the order of paths, so that those who wait wait for
/// groups that were begun.
fn order(groups: &[Group], as_they_are: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    if !as_they_are {
        order.chunks_mut(WINDOW).for_each(|window| window.sort_by_key(|i| (std::cmp::Reverse(groups[*i].bytes), *i)));
    }
    order
}

/// Does some work on a stack that is large enough for any tree.
///
/// # Errors
/// If no thread can be started, or the work ended by itself.
pub fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let handle = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        handle.join().map_err(|_| anyhow!("a worker ended by itself; please report this"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_groups_come_first() {
        let groups: Vec<Group> = [3, 9, 5, 9].map(|bytes| Group { files: Vec::new(), bytes, header: false }).into();
        assert_eq!(order(&groups, false), [1, 3, 2, 0]);
        assert_eq!(order(&groups, true), [0, 1, 2, 3]);
    }
}

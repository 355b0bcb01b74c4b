//! Commands and what they cost.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::cpu::children_cpu;

/// What a command cost.
#[derive(Clone, Copy)]
pub struct Cost {
    /// CPU seconds, user and system.
    pub cpu: f64,
    /// Seconds by the clock.
    pub wall: f64,
    /// The most bytes that it held in memory at once; 0 where nothing tells.
    pub memory: u64,
}

pub fn s(text: &str) -> String {
    text.to_owned()
}

pub fn p(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Prints a ratio, beside what it may be at most.
pub fn ratio(what: &str, ours: f64, theirs: f64, most: f64) {
    if theirs > 0.0 {
        let (now, inverse) = (ours / theirs, theirs / ours.max(1e-6));
        println!("{what}: {now:.4} (1/{inverse:.1}), wanted at most {most:.2}: {}", verdict(now <= most));
    }
}

/// Whether a figure is as it is wanted.
pub fn verdict(good: bool) -> &'static str {
    if good { "yes" } else { "NO" }
}

pub fn installed(program: &str) -> bool {
    let probe = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|s| s.success())
}

/// Runs commands in a tree of code.
pub struct Bench<'a> {
    pub code: &'a Path,
    pub runs: usize,
}

impl Bench<'_> {
    /// The median of several runs.
    pub fn measure(&self, what: &str, program: &Path, arguments: &[String]) -> Result<Cost> {
        let mut costs = (0..self.runs).map(|_| self.cost(program, arguments)).collect::<Result<Vec<_>>>()?;
        costs.sort_by(|a, b| a.cpu.total_cmp(&b.cpu));
        let cost = costs[costs.len() / 2];
        report(what, program, arguments, cost, &format!("median of {}", self.runs));
        Ok(cost)
    }

    /// One run.
    pub fn once(&self, what: &str, program: &Path, arguments: &[String]) -> Result<Cost> {
        let cost = self.cost(program, arguments)?;
        report(what, program, arguments, cost, "one run");
        Ok(cost)
    }

    /// The mean of many runs.
    pub fn many(&self, runs: u32, what: &str, program: &Path, arguments: &[String]) -> Result<Cost> {
        let mut all = Cost { cpu: 0.0, wall: 0.0, memory: 0 };
        let before = children_cpu();
        for _ in 0..runs {
            let cost = self.cost(program, arguments)?;
            all = Cost { wall: all.wall + cost.wall, memory: all.memory.max(cost.memory), ..all };
        }
        let n = f64::from(runs);
        let cost = Cost { cpu: (children_cpu() - before) / n, wall: all.wall / n, ..all };
        report(what, program, arguments, cost, &format!("mean of {runs}"));
        Ok(cost)
    }

    pub fn cost(&self, program: &Path, arguments: &[String]) -> Result<Cost> {
        let before = children_cpu();
        let start = Instant::now();
        let mut child = Command::new(program)
            .current_dir(self.code)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        // The kernel's count is gone with the process, so that it is read while the process runs.
        let mut memory = 0;
        let status = format!("/proc/{}/status", child.id());
        let mut pause = 1;
        while child.try_wait()?.is_none() {
            memory = high_water(&status).max(memory);
            std::thread::sleep(std::time::Duration::from_millis(pause));
            pause = (pause * 2).min(20);
        }
        Ok(Cost { cpu: children_cpu() - before, wall: start.elapsed().as_secs_f64(), memory })
    }

    /// The lines that a command prints.
    pub fn lines(&self, program: &Path, arguments: &[String]) -> Result<Vec<String>> {
        let output = Command::new(program).current_dir(self.code).args(arguments).output()?;
        let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        lines.sort();
        Ok(lines)
    }
}

fn report(what: &str, program: &Path, arguments: &[String], cost: Cost, how: &str) {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    println!("{what}: {:.3} CPU s, {:.3} s, {} MiB ({how})", cost.cpu, cost.wall, cost.memory >> 20);
    let shown: Vec<&str> = arguments.iter().take(24).map(String::as_str).collect();
    println!("    $ {name} {}{}", shown.join(" "), if arguments.len() > 24 { " ..." } else { "" });
}

/// The most bytes that a process held so far.
fn high_water(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) << 10
}

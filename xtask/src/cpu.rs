//! CPU time of programs that were run.

/// CPU seconds of all children waited for so far (user and system), from the process table; 0 where there is none.
pub fn children_cpu() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    // Fields after the parenthesised name: state is the 3rd field of the line, cutime and cstime the 16th and 17th.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after.split_whitespace().skip(13).take(2).filter_map(|f| f.parse::<f64>().ok()).sum();
    ticks / 100.0
}

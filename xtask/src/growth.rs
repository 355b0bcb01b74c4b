//! How the cost of matching grows with the code and with the rule: families of inputs on which a matcher is exponential or quadratic
//! unless it takes care, each at sizes 1 to 32.
//!
//! Cost is instructions where valgrind is installed, else CPU time; that of the same rule on an empty file is subtracted. The exponent is
//! the slope of a line through the logarithms, so 1 is linear growth.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::binary;

mod family;

use family::{FAMILIES, Family};

/// Arguments of `cargo xtask bench growth`.
#[derive(clap::Args)]
pub struct Args {
    /// The binary to measure instead of a fresh release build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Only families whose name holds this.
    #[arg(long)]
    only: Option<String>,
    /// Sizes to measure.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16,32")]
    sizes: Vec<u32>,
    /// Exponents above this fail.
    #[arg(long, default_value_t = 1.2)]
    limit: f64,
    /// CPU time even where instructions can be counted.
    #[arg(long)]
    time: bool,
    /// Write the inputs here and keep them.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Measures, and prints the curve and the exponent of each family.
pub fn run(args: &Args) -> Result<ExitCode> {
    let bin = binary::released(args.bin.as_deref())?;
    let scratch = tempfile::tempdir()?;
    let folder = args.keep.clone().unwrap_or_else(|| scratch.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let meter = if !args.time && counts_instructions() { Meter::Instructions } else { Meter::Time };
    println!(
        "cost in {}, without that of an empty file",
        match meter {
            Meter::Instructions => "millions of instructions",
            Meter::Time => "milliseconds of CPU time",
        }
    );
    println!("family, exponent over all sizes, over the last two, costs at sizes {:?}", args.sizes);
    let mut failed = 0;
    let wanted = |f: &&Family| args.only.as_deref().is_none_or(|o| f.name.contains(o));
    for family in FAMILIES.iter().filter(wanted) {
        let job = Job { bin: &bin, folder: &folder, meter, family };
        let exponent = job.curve(&args.sizes)?;
        if exponent > args.limit {
            failed += 1;
        }
    }
    if failed > 0 {
        println!("growth: {failed} families above {}", args.limit);
        return Ok(ExitCode::from(1));
    }
    println!("growth: every family at most {}", args.limit);
    Ok(ExitCode::SUCCESS)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meter {
    Instructions,
    Time,
}

/// Whether valgrind is installed.
fn counts_instructions() -> bool {
    let probe = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    probe.is_ok_and(|s| s.success())
}

struct Job<'a> {
    bin: &'a Path,
    folder: &'a Path,
    meter: Meter,
    family: &'a Family,
}

impl Job<'_> {
    /// Prints the costs at all sizes; returns the exponent.
    fn curve(&self, sizes: &[u32]) -> Result<f64> {
        let mut points = Vec::new();
        let mut shown = Vec::new();
        let mut known = (String::new(), 0.0);
        for n in sizes {
            let (rule, code) = (self.family.make)(*n);
            if known.0 != rule {
                known = (rule.clone(), self.cost(*n, "empty", &rule, "\n", false)?);
            }
            let empty = known.1;
            let full = self.cost(*n, "full", &rule, &code, self.family.matches)?;
            let own = (full - empty).max(1e-3);
            points.push((f64::from(*n).ln(), own.ln()));
            shown.push(format!("{own:.1}"));
        }
        let exponent = slope(&points);
        let last = points.len().saturating_sub(2);
        let name = self.family.name;
        println!(
            "{name:24} {exponent:5.2} {:5.2}   {}   {}",
            slope(&points[last..]),
            shown.join(" "),
            self.family.what
        );
        Ok(exponent)
    }

    fn cost(&self, n: u32, which: &str, rule: &str, code: &str, changes: bool) -> Result<f64> {
        let name = format!("{}-{n}-{which}", self.family.name);
        let (rule_file, c_file) = (format!("{name}.cocci"), format!("{name}.c"));
        std::fs::write(self.folder.join(&rule_file), rule)?;
        std::fs::write(self.folder.join(&c_file), code)?;
        let arguments = ["--very-quiet", "--disable-worth-trying-opt", "-j", "1", "--sp-file", &rule_file, &c_file];
        match self.meter {
            Meter::Instructions => {
                let mut command = Command::new("valgrind");
                command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
                command.arg(self.bin).args(arguments);
                let output = command.current_dir(self.folder).output().context("cannot start valgrind")?;
                self.check(n, &output, changes)?;
                let text = String::from_utf8_lossy(&output.stderr).into_owned();
                let line = text.lines().find(|l| l.contains("refs:")).context("valgrind counts no instructions")?;
                let digits: String = line.split("refs:").nth(1).unwrap_or_default().replace(',', "");
                Ok(digits.trim().parse::<f64>().context("a count of instructions")? / 1e6)
            }
            Meter::Time => {
                // Ticks are coarse: repeated until there are enough of them.
                let before = children_ticks();
                let mut runs = 0.0;
                while children_ticks() - before < 20.0 && runs < 100.0 {
                    let mut command = Command::new(self.bin);
                    let output = command.args(arguments).current_dir(self.folder).output()?;
                    self.check(n, &output, changes)?;
                    runs += 1.0;
                }
                Ok((children_ticks() - before) * 10.0 / runs)
            }
        }
    }

    /// A run that fails, gives up or finds nothing measures nothing.
    fn check(&self, n: u32, output: &std::process::Output, changes: bool) -> Result<()> {
        let errors = String::from_utf8_lossy(&output.stderr);
        let own: Vec<&str> = errors.lines().filter(|l| !l.starts_with("==")).collect();
        if !output.status.success() || own.iter().any(|l| l.contains("takes too long")) {
            bail!("{} at size {n}: {}", self.family.name, own.join("\n"));
        }
        if changes && !output.stdout.windows(2).any(|w| w == b"\n+" || w == b"\n-") {
            bail!("{} at size {n}: the rule does not match its code\n{}", self.family.name, own.join("\n"));
        }
        Ok(())
    }
}

/// The slope of the line with the least squares of distances.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (mut up, mut down) = (0.0, 0.0);
    for (x, y) in points {
        up += (x - mx) * (y - my);
        down += (x - mx) * (x - mx);
    }
    if down > 0.0 { up / down } else { 0.0 }
}

/// CPU ticks (hundredths of a second) of all children waited for so far.
fn children_ticks() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let after = stat.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(13).take(2).filter_map(|f| f.parse::<f64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn slopes() {
        let of = |power: f64| {
            let points: Vec<(f64, f64)> =
                [1.0f64, 2.0, 4.0, 8.0].iter().map(|x| (x.ln(), (3.0 * x.powf(power)).ln())).collect();
            slope(&points)
        };
        for power in [0.5, 1.0, 2.0] {
            assert!((of(power) - power).abs() < 1e-9, "{power}");
        }
    }
}

//! The laws of rewriting on real files: every change that some rules make below a folder is checked (see `spatch_tests::laws`).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use spatch_tests::laws;

use crate::{binary, unified};

/// Arguments of `cargo xtask laws`.
#[derive(clap::Args)]
pub struct Args {
    /// Semantic patches, or folders of them. One with a line `// not idempotent` may change its own result.
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// The folder of C code.
    #[arg(long)]
    code: PathBuf,
    /// The binary to check instead of a fresh release build.
    #[arg(long)]
    bin: Option<PathBuf>,
    /// Further arguments for the binary, such as `-D patch`.
    #[arg(long, value_delimiter = ' ')]
    args: Vec<String>,
    /// A compiler command that reads C from standard input; `{dir}` stands for the folder of the file and `{name}` for its name
    /// without ending. A changed file that it accepted before must still be accepted.
    #[arg(long)]
    cc: Option<String>,
    /// The folder in which the compiler runs.
    #[arg(long)]
    cc_dir: Option<PathBuf>,
    /// Seconds for one rule on all files.
    #[arg(long, default_value_t = 600)]
    limit: u64,
}

/// What was checked.
#[derive(Default)]
struct Count {
    files: usize,
    compiled: usize,
    broken: Vec<String>,
}

/// Runs the rules one by one and checks what they change.
pub fn run(args: &Args) -> Result<ExitCode> {
    let bin = binary::spatch_rs(args.bin.as_deref())?;
    let code = args.code.canonicalize().with_context(|| args.code.display().to_string())?;
    let mut total = Count::default();
    let mut rules = 0;
    for rule in all_rules(&args.rules)? {
        let count = one(args, &bin, &code, &rule)?;
        if count.files > 0 {
            rules += 1;
            println!("{}: {} files changed, {} compiled", rule.display(), count.files, count.compiled);
        }
        count.broken.iter().for_each(|b| println!("BROKEN {}: {b}", rule.display()));
        total.files += count.files;
        total.compiled += count.compiled;
        total.broken.extend(count.broken);
    }
    println!(
        "laws: {} rules changed {} files; {} compiled before and were compiled again; {} laws broken",
        rules,
        total.files,
        total.compiled,
        total.broken.len()
    );
    Ok(if total.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all_rules(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in named {
        let path = path.canonicalize().with_context(|| path.display().to_string())?;
        if path.is_dir() {
            let below = walkdir::WalkDir::new(&path).sort_by_file_name().into_iter().filter_map(Result::ok);
            out.extend(below.map(|e| e.into_path()).filter(|p| p.extension().is_some_and(|e| e == "cocci")));
        } else {
            out.push(path);
        }
    }
    Ok(out)
}

fn one(args: &Args, bin: &Path, code: &Path, rule: &Path) -> Result<Count> {
    let mut count = Count::default();
    let Some(diff) = spatch(args, bin, code, rule)? else {
        println!("{}: not used (does not read, or takes too long)", rule.display());
        return Ok(count);
    };
    let texts: BTreeMap<PathBuf, (Vec<u8>, Vec<u8>)> = unified::parse(&diff)
        .into_iter()
        .map(|(name, diff)| {
            let old = std::fs::read(code.join(&name)).with_context(|| name.display().to_string())?;
            let new = diff.apply(&old).with_context(|| format!("the diff of {} does not fit", name.display()))?;
            Ok((name, (old, new)))
        })
        .collect::<Result<_>>()?;
    if texts.is_empty() {
        return Ok(count);
    }
    count.files = texts.len();
    let scratch = tempfile::tempdir()?;
    let put = |name: &Path, text: &[u8]| -> Result<()> {
        let path = scratch.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(scratch.path()))?;
        Ok(std::fs::write(path, text)?)
    };
    texts.iter().try_for_each(|(name, (old, _))| put(name, old))?;
    count.broken.extend(laws::git_applies(scratch.path(), &diff).err());
    texts.iter().try_for_each(|(name, (_, new))| put(name, new))?;
    if !std::fs::read_to_string(rule)?.contains("// not idempotent") {
        match spatch(args, bin, scratch.path(), rule)? {
            Some(again) if again.is_empty() => {}
            Some(again) => {
                count.broken.push(format!("changes its own result:\n{}", String::from_utf8_lossy(&again)));
            }
            None => count.broken.push("cannot be applied a second time".to_owned()),
        }
    }
    let checked: Vec<(bool, Vec<String>)> =
        texts.par_iter().map(|(name, (old, new))| check(args, code, name, old, new)).collect::<Result<_>>()?;
    for (compiled, broken) in checked {
        count.compiled += usize::from(compiled);
        count.broken.extend(broken);
    }
    Ok(count)
}

/// The laws of one changed file; whether it was compiled before.
fn check(args: &Args, code: &Path, name: &Path, old: &[u8], new: &[u8]) -> Result<(bool, Vec<String>)> {
    let mut broken: Vec<String> = Vec::new();
    broken.extend(laws::no_new_error(old, new).err());
    broken.extend(laws::changed_lines(old, new).err());
    let mut compiled = false;
    if args.cc.is_some() && compile(args, code, name, old)?.is_none() {
        compiled = true;
        broken.extend(compile(args, code, name, new)?.map(|e| format!("is no longer accepted by the compiler:\n{e}")));
    }
    Ok((compiled, broken.into_iter().map(|b| format!("{}: {b}", name.display())).collect()))
}

/// The diff of a rule on a folder; none if it cannot be used.
fn spatch(args: &Args, bin: &Path, code: &Path, rule: &Path) -> Result<Option<Vec<u8>>> {
    let mut command = Command::new(bin);
    command.current_dir(code).args(["--very-quiet", "--force-diff", "--sp-file"]).arg(rule).args(&args.args).arg(".");
    let run = binary::run(&mut command, Duration::from_secs(args.limit))?;
    Ok((run.code == Some(0)).then_some(run.stdout))
}

/// What the compiler says against a text; none if it accepts it.
fn compile(args: &Args, code: &Path, name: &Path, text: &[u8]) -> Result<Option<String>> {
    let Some(template) = &args.cc else { bail!("no compiler") };
    let folder = code.join(name).parent().unwrap_or(code).to_path_buf();
    let stem = name.file_stem().unwrap_or_default().to_string_lossy().replace(['-', ','], "_");
    let text_of = template.replace("{dir}", &folder.display().to_string()).replace("{name}", &stem);
    let mut command = Command::new("sh");
    command.arg("-c").arg(&text_of).current_dir(args.cc_dir.as_deref().unwrap_or(code));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A compiler that gives up early closes its input; its status says so.
        let _ = input.write_all(text);
    }
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr).lines().take(12).collect::<Vec<_>>().join("\n");
    Ok((!output.status.success()).then_some(errors))
}

//! The laws of rewriting on real files: every change that some rules make below a folder is checked (see `spatch_tests::laws`).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use spatch_tests::laws::{self, Origin};

use crate::{binary, unified};

/// Arguments of `cargo xtask laws`.
#[derive(clap::Args)]
pub struct Args {
    /// Semantic patches, or folders of them. One with a line `// not idempotent` may change its own result, and the results of one
    /// with `// not compiled` need not compile.
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// The folder of C code.
    #[arg(long)]
    code: PathBuf,
    /// The binary to check instead of a fresh build.
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
    /// Of each rule at most so many files are compiled, first those that were not compiled yet.
    #[arg(long, default_value_t = usize::MAX)]
    compile_most: usize,
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
    let mut accepted: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for rule in all_rules(&args.rules)? {
        let count = one(args, &bin, &code, &rule, &mut accepted)?;
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
        "laws: {rules} rules changed {} files; {} results of {} files that the compiler accepted were compiled; {} laws broken",
        total.files,
        total.compiled,
        accepted.values().filter(|a| **a).count(),
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

/// Checks one rule. `accepted` says of files whether the compiler takes them as they are.
fn one(args: &Args, bin: &Path, code: &Path, rule: &Path, accepted: &mut BTreeMap<PathBuf, bool>) -> Result<Count> {
    let mut count = Count::default();
    let Some(diff) = spatch(args, bin, code, rule)? else {
        count.broken.push("it does not read, or takes too long".to_owned());
        return Ok(count);
    };
    if diff.split(|b| *b == b'\n').any(|l| l.starts_with(b"+++ /tmp/nothing")) {
        // It marks lines (`*`); that is no change.
        return Ok(count);
    }
    let texts: BTreeMap<PathBuf, (Vec<u8>, Vec<u8>)> = unified::parse(&diff)
        .into_iter()
        .map(|(name, diff)| {
            let old = std::fs::read(code.join(&name)).with_context(|| name.display().to_string())?;
            let new = diff.apply(&old).with_context(|| format!("the diff of {} does not fit", name.display()))?;
            Ok((name, (old, new)))
        })
        .collect::<Result<_>>()?;
    let length = |name: &str| texts.get(Path::new(name)).map_or(0, |(old, _)| old.len());
    let origins: BTreeMap<PathBuf, Origin> =
        laws::origins(&diff, length).into_iter().map(|(name, origin)| (name.into(), origin)).collect();
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
    let rule_text = std::fs::read_to_string(rule)?;
    if !rule_text.contains("// not idempotent") {
        match spatch(args, bin, scratch.path(), rule)? {
            Some(again) if again.is_empty() => {}
            Some(again) => {
                count.broken.push(format!("changes its own result:\n{}", String::from_utf8_lossy(&again)));
            }
            None => count.broken.push("cannot be applied a second time".to_owned()),
        }
    }
    let of_file = |name: &Path, law: String| format!("{}: {law}", name.display());
    let broken = texts.par_iter().flat_map_iter(|(name, (old, new))| {
        let laws = [laws::no_new_error(old, new).err(), laws::changed_lines(old, new, origins.get(name)).err()];
        laws.into_iter().flatten().map(|law| of_file(name, law))
    });
    count.broken.extend(broken.collect::<Vec<String>>());
    if args.cc.is_some() && !rule_text.contains("// not compiled") {
        let mut names: Vec<&PathBuf> = texts.keys().collect();
        names.retain(|n| accepted.get(*n) != Some(&false));
        names.sort_by_key(|n| accepted.contains_key(*n));
        names.truncate(args.compile_most);
        let compiled = names.par_iter().map(|name| {
            let (old, new) = &texts[*name];
            let before = accepted.get(*name).map_or_else(|| Ok(compile(args, code, name, old)?.is_none()), |a| Ok(*a));
            let after = if *before.as_ref().unwrap_or(&false) { compile(args, code, name, new)? } else { None };
            before
                .map(|before| (before, after.map(|e| of_file(name, format!("the compiler takes it no longer:\n{e}")))))
        });
        let compiled: Vec<(bool, Option<String>)> = compiled.collect::<Result<_>>()?;
        for (name, (before, broken)) in names.into_iter().zip(compiled) {
            count.compiled += usize::from(before);
            count.broken.extend(broken);
            accepted.insert(name.clone(), before);
        }
    }
    Ok(count)
}

/// The diff of a rule on a folder; none if it cannot be used.
fn spatch(args: &Args, bin: &Path, code: &Path, rule: &Path) -> Result<Option<Vec<u8>>> {
    let mut command = Command::new(bin);
    command
        .current_dir(code)
        .args(["--very-quiet", "--force-diff", "--show-edits", "--sp-file"])
        .arg(rule)
        .args(&args.args)
        .arg(".");
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

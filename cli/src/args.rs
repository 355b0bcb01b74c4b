//! The command line: what people type today for Coccinelle, and our own subcommands.

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::legacy;

/// Semantic patching of C: match SmPL rules along control flow and print the change as a diff.
#[derive(Parser, Debug)]
#[command(
    name = "spatch-rs",
    disable_version_flag = true,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    args_override_self = true,
    after_help = "Every option is also accepted in its old spelling: one dash, underscores (-sp_file, -allow_inconsistent_paths).\n\
                  Exit status: 0 done, 1 with --check and changes or findings, 2 error."
)]
pub struct Cli {
    /// What to do instead of applying a semantic patch.
    #[command(subcommand)]
    pub command: Option<Cmd>,

    /// Applying a semantic patch.
    #[command(flatten)]
    pub apply: ApplyArgs,
}

/// The same without subcommands, whose many options take time to list.
#[derive(Parser, Debug)]
#[command(name = "spatch-rs", disable_version_flag = true, disable_help_flag = true, args_override_self = true)]
struct Plain {
    #[command(flatten)]
    apply: ApplyArgs,
}

/// Names of the subcommands.
pub const SUBCOMMANDS: [&str; 7] = ["parse-c", "parse-cocci", "cfg", "explain", "explain-error", "check", "help"];

impl Cli {
    /// What words (without the program's name) mean, in old spellings or new ones. Those in today's spelling are the second part.
    ///
    /// # Errors
    /// If they mean nothing, ask for help, or name what is not supported.
    pub fn of_words(words: Vec<String>) -> Result<(Self, Vec<String>)> {
        let mut plain = Plain::command();
        let words = legacy::modernise(words, false, &plain)?;
        let all = || std::iter::once("spatch-rs").chain(words.iter().map(String::as_str));
        if !words.iter().any(|w| SUBCOMMANDS.contains(&w.as_str()))
            && let Ok(matches) = plain.try_get_matches_from_mut(all())
        {
            let Plain { apply } = Plain::from_arg_matches(&matches)?;
            return Ok((Self { command: None, apply }, words));
        }
        // The messages are those of the whole.
        let cli = Self::try_parse_from(all())?;
        Ok((cli, words))
    }
}

/// Subcommands.
#[derive(Subcommand, Debug)]
pub enum Cmd {
    /// Read C files and say how well: elements, functions, what was not read and why, speed.
    ParseC(crate::parse_c::ParseCArgs),
    /// Read semantic patches and print them as understood.
    ParseCocci(crate::parse_cocci::ParseCocciArgs),
    /// Print the control-flow graph of a function in Graphviz form.
    Cfg(crate::cfg_cmd::CfgArgs),
    /// Say why the rules of a semantic patch do not match at a line of a C file.
    Explain(Box<crate::explain::ExplainArgs>),
    /// Explain an error code of the semantic patch reader.
    ExplainError(crate::explain_error::ExplainErrorArgs),
    /// Run many rules over many files and print their findings in one form.
    Check(Box<crate::check::CheckArgs>),
}

/// Applying a semantic patch to files.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Input")]
pub struct ApplyArgs {
    /// A semantic patch, or a directory of them; `-` reads one from standard input. May be given several times: each C file is read
    /// once for all of them.
    #[arg(long, alias = "cocci-file", value_name = "FILE.cocci|DIR")]
    pub sp_file: Vec<PathBuf>,
    /// C files and directories. Files named here form one group, each file found in a directory is its own.
    #[arg(value_name = "FILE|DIR")]
    pub paths: Vec<PathBuf>,
    /// The text to work on comes on standard input; this is its name in the diff. With `-o -` the new text is printed, not the diff.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "dir", "in_place", "out_place"])]
    pub stdin_filename: Option<PathBuf>,
    /// Process the files below this directory; names in the diff are relative to it.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Also take `.h` files of directories.
    #[arg(long)]
    pub include_headers: bool,
    /// Leave out files whose path starts with this.
    #[arg(long, value_name = "PREFIX")]
    pub ignore: Vec<String>,
    /// Set a virtual rule (`-D report`) or a virtual identifier (`-D name=value`).
    #[arg(short = 'D', value_name = "NAME[=VALUE]")]
    pub define: Vec<String>,
    /// Use this isomorphism file instead of the built-in one.
    #[arg(long, alias = "iso", value_name = "FILE")]
    pub iso_file: Option<PathBuf>,
    /// Switch off an isomorphism in all rules.
    #[arg(long, value_name = "NAME")]
    pub disable_iso: Vec<String>,
    /// Use isomorphisms also where they are disabled, to find out whether that is why a rule does not match.
    #[arg(skip)]
    pub all_isos: bool,
    /// At most this many applications of isomorphisms below one term.
    #[arg(long, value_name = "N")]
    pub iso_limit: Option<u32>,
    /// C macro definitions that say how to read macros, beside the built-in table.
    #[arg(long, value_name = "FILE")]
    pub macro_file: Vec<PathBuf>,
    /// Macro definitions instead of the built-in table.
    #[arg(long, value_name = "FILE")]
    pub macro_file_builtins: Option<PathBuf>,

    /// Read no header for types.
    #[arg(long, help_heading = "Headers", overrides_with_all = ["local_includes", "all_includes", "recursive_includes"])]
    pub no_includes: bool,
    /// Read the headers that a file includes with quotes (default when a rule has typed metavariables).
    #[arg(long, help_heading = "Headers", overrides_with_all = ["no_includes", "all_includes", "recursive_includes"])]
    pub local_includes: bool,
    /// Read all headers that can be found.
    #[arg(long, help_heading = "Headers", overrides_with_all = ["no_includes", "local_includes", "recursive_includes"])]
    pub all_includes: bool,
    /// Read all headers, and those that they include.
    #[arg(long, help_heading = "Headers", overrides_with_all = ["no_includes", "local_includes", "all_includes"])]
    pub recursive_includes: bool,
    /// Where to look for headers.
    #[arg(short = 'I', value_name = "DIR", help_heading = "Headers")]
    pub include_dirs: Vec<PathBuf>,
    /// Read this header for every file.
    #[arg(long, value_name = "FILE", help_heading = "Headers")]
    pub include: Vec<PathBuf>,
    /// Bits of an `int`; with --long-bits, numbers have the type that holds them, not just `int`.
    #[arg(long, value_name = "N", help_heading = "Headers", requires = "long_bits")]
    pub int_bits: Option<u32>,
    /// Bits of a `long`.
    #[arg(long, value_name = "N", help_heading = "Headers", requires = "int_bits")]
    pub long_bits: Option<u32>,
    /// Headers only say types and are never changed (always so here).
    #[arg(long, help_heading = "Headers")]
    pub include_headers_for_types: bool,

    /// Apply a rule even where a changed place can be reached by a path that does not match.
    #[arg(long, help_heading = "Matching")]
    pub allow_inconsistent_paths: bool,
    /// Of nested matches of an expression take the outermost only.
    #[arg(long, help_heading = "Matching")]
    pub disallow_nested_exps: bool,
    /// Let later branches of an expression disjunction match where an earlier one does.
    #[arg(long, help_heading = "Matching")]
    pub no_safe_expressions: bool,
    /// Paths do not go round loops.
    #[arg(long, help_heading = "Matching")]
    pub no_loops: bool,
    /// `goto` falls through.
    #[arg(long, help_heading = "Matching")]
    pub no_gotos: bool,
    /// Only a branch that ends in `return` may leave a path unmatched, not one that ends in `goto`, `break` or `continue`.
    #[arg(long, help_heading = "Matching")]
    pub only_return_is_error_exit: bool,
    /// Removed and added lines of the rules change places.
    #[arg(long, help_heading = "Matching")]
    pub reverse: bool,
    /// Behave like Coccinelle wherever spatch-rs differs on purpose.
    #[arg(long, help_heading = "Matching")]
    pub coccinelle_quirks: bool,
    /// Ask the reference evaluator too, and refuse functions where it finds something else.
    #[arg(long, hide = true)]
    pub by_definition: bool,
    /// Print in front of the diffs, for each changed file a line of JSON, what each rule removed and added.
    #[arg(long, hide = true)]
    pub show_edits: bool,
    /// Do not look for the rule's words before reading a file.
    #[arg(long, help_heading = "Matching")]
    pub disable_worth_trying_opt: bool,

    /// Write the changed files.
    #[arg(long, help_heading = "Output")]
    pub in_place: bool,
    /// With --in-place: keep the old text in FILE plus this suffix.
    #[arg(long, value_name = "SUFFIX", help_heading = "Output")]
    pub suffix: Option<String>,
    /// Write the result to FILE.cocci_res (or the suffix given).
    #[arg(long, help_heading = "Output")]
    pub out_place: bool,
    /// Write the result of the one changed file here; `-` prints it instead of the diff.
    #[arg(short = 'o', value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Names in the diff are relative to this directory.
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub patch: Option<PathBuf>,
    /// Lines of context in the diff.
    #[arg(short = 'U', value_name = "N", default_value = "3", help_heading = "Output")]
    pub context: usize,
    /// Print no diff.
    #[arg(long, help_heading = "Output", overrides_with = "show_diff")]
    pub no_show_diff: bool,
    /// Print the diff (the default).
    #[arg(long, help_heading = "Output", overrides_with = "no_show_diff")]
    pub show_diff: bool,
    /// Print a diff even if only white space changed.
    #[arg(long, help_heading = "Output")]
    pub force_diff: bool,
    /// Colours in the diff. On a terminal by default, unless NO_COLOR is set.
    #[arg(long, alias = "colour", value_name = "WHEN", value_enum, default_value = "auto", num_args = 0..=1,
          default_missing_value = "always", require_equals = true, help_heading = "Output")]
    pub color: Colour,
    /// Exit with status 1 if anything would change or was found.
    #[arg(long, help_heading = "Output")]
    pub check: bool,
    /// Space added code as the semantic patch does.
    #[arg(long, help_heading = "Output", overrides_with = "linux_spacing")]
    pub smpl_spacing: bool,
    /// Space added code as Linux does (the default).
    #[arg(long, help_heading = "Output", overrides_with = "smpl_spacing")]
    pub linux_spacing: bool,
    /// Indent by this many blanks where nothing in the file says otherwise.
    #[arg(long, value_name = "N", help_heading = "Output")]
    pub indent: Option<u32>,
    /// Wrap argument lists beyond this column.
    #[arg(long, value_name = "N", default_value = "78", help_heading = "Output")]
    pub max_width: u32,
    /// Keep comments next to removed code.
    #[arg(long, help_heading = "Output")]
    pub keep_comments: bool,
    /// Print less (the default).
    #[arg(long, help_heading = "Output")]
    pub quiet: bool,
    /// Print nothing but the result and errors.
    #[arg(long, help_heading = "Output")]
    pub very_quiet: bool,
    /// Say which files are read and skipped.
    #[arg(long, help_heading = "Output")]
    pub verbose: bool,
    /// Print the version.
    #[arg(long, help_heading = "Output")]
    pub version: bool,

    /// How the run goes.
    #[command(flatten)]
    pub run: RunArgs,
    /// Number of threads; 0 or less: all cores.
    #[arg(short = 'j', long, value_name = "N", allow_hyphen_values = true, help_heading = "Running")]
    pub jobs: Option<i64>,
    /// Accepted for compatibility; work is shared out file by file.
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub chunksize: Option<u64>,
    /// Give up on a file after this many seconds.
    #[arg(long, value_name = "SECONDS", help_heading = "Running")]
    pub timeout: Option<u64>,
    /// Of the sorted list of files take those whose number modulo --max is this.
    #[arg(long, value_name = "K", requires = "max", help_heading = "Running")]
    pub index: Option<u64>,
    /// Number of shards for --index.
    #[arg(long, value_name = "N", requires = "index", help_heading = "Running")]
    pub max: Option<u64>,
    /// Refuse semantic patches that need a script.
    #[arg(long, help_heading = "Running")]
    pub no_scripts: bool,
    /// The Python interpreter for scripts.
    #[arg(long, value_name = "PROGRAM", default_value = "python3", help_heading = "Running")]
    pub python: PathBuf,
    /// Ignore options that are not known.
    #[arg(long, help_heading = "Running")]
    pub ignore_unknown_options: bool,
    /// Print the options in force and stop.
    #[arg(long, help_heading = "Running")]
    pub print_options_only: bool,
}

/// How a run over many files goes: common to all commands that run rules.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    /// Leave out what `.gitignore` files (and `.git/info/exclude`) say.
    #[arg(long)]
    pub respect_gitignore: bool,
    /// Keep results in this directory, and take them from there where file, headers, rules, options and version are the same.
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// How much the directory of --cache may hold: results that were not used for longest go (default: 1024; 0: any amount).
    #[arg(long, value_name = "MIB", requires = "cache")]
    pub cache_size: Option<u64>,
    /// Give up on a rule in an element after so many steps.
    #[arg(long, value_name = "N")]
    pub max_steps: Option<u64>,
    /// Give up on a rule in an element when it takes about so much memory.
    #[arg(long, value_name = "MIB")]
    pub max_memory: Option<usize>,
    /// Exit with status 2 if a limit ended work on something.
    #[arg(long)]
    pub error_on_give_up: bool,
    /// Say on standard error where time went: per stage, per semantic patch, the slowest files.
    #[arg(long)]
    pub profile: bool,
    /// Show no progress (there is none where standard error is no terminal).
    #[arg(long)]
    pub no_progress: bool,
}

/// When to use colours.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal, unless the environment says NO_COLOR.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// Whether standard output gets colours.
    #[must_use]
    pub fn wanted(self) -> bool {
        let plain = || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => std::io::stdout().is_terminal() && !plain(),
        }
    }
}

impl ApplyArgs {
    /// Whether the new text is printed instead of a diff.
    #[must_use]
    pub fn prints_text(&self) -> bool {
        self.output.as_deref().is_some_and(|o| o.as_os_str() == "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subcommands_are_known() {
        let mut command = Cli::command();
        command.build();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, SUBCOMMANDS);
    }
}

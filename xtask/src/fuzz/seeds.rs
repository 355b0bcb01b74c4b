//! What mutation starts from: cases of the repository, and of recorded data where there is some.

use std::path::{Path, PathBuf};

use anyhow::Result;
use spatch_tests::targets::{SEPARATOR, Target};

/// Longer seeds are left out: mutation finds more in many short ones.
const MAX: usize = 16 << 10;

/// The seeds of a target, in the order of their paths.
pub fn collect(target: Target, data: Option<&Path>) -> Vec<Vec<u8>> {
    let root = crate::binary::root();
    let mut folders = vec![root.join("tests"), root.join("rules"), root.join("corpus")];
    folders.extend(data.map(|d| d.join("conformance/cases")));
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|f| walkdir::WalkDir::new(f).sort_by_file_name().into_iter().filter_map(Result::ok))
        .filter(|e| e.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    paths.dedup();
    let wanted = |p: &&PathBuf| {
        let ending = p.extension().and_then(|e| e.to_str()).unwrap_or_default();
        match target {
            Target::Rule | Target::Both => ending == "cocci",
            Target::Isos => ending == "iso",
            Target::C => ending == "c",
        }
    };
    let read = |p: &PathBuf| std::fs::read(p).ok().filter(|t| t.len() <= MAX);
    let mut seeds: Vec<Vec<u8>> = match target {
        Target::Both => paths.iter().filter(wanted).filter_map(|p| pair(p)).collect(),
        _ => paths.iter().filter(wanted).filter_map(read).collect(),
    };
    if target == Target::Isos {
        // The standard isomorphisms one by one.
        seeds.extend(rules::STANDARD_ISO.split_inclusive("\n\n").map(|s| s.as_bytes().to_vec()));
    }
    seeds
}

/// A semantic patch and the C file that goes with it.
fn pair(patch: &Path) -> Option<Vec<u8>> {
    let beside = [patch.with_extension("c"), patch.with_file_name("input.c")];
    let code = beside.iter().find_map(|p| std::fs::read(p).ok())?;
    let mut out = std::fs::read(patch).ok()?;
    out.extend(SEPARATOR.as_bytes());
    out.extend(code);
    (out.len() <= MAX).then_some(out)
}

/// Writes seeds into a folder.
pub fn write(seeds: &[Vec<u8>], dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir)?;
    for (i, seed) in seeds.iter().enumerate() {
        std::fs::write(dir.join(format!("seed-{i:04}")), seed)?;
    }
    println!("{} seeds in {}", seeds.len(), dir.display());
    Ok(())
}

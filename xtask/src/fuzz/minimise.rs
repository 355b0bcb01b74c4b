//! Makes a failing input smaller: lines, then tokens, are left out as long as it fails alike.

use std::time::{Duration, Instant};

use anyhow::Result;
use c_syntax::lexer::{Directives, lex_range};
use spatch_tests::targets::Target;

use super::worker::{Verdict, Worker};

/// How long to try.
const PATIENCE: Duration = Duration::from_secs(120);

/// The smallest input found that fails as `verdict` says.
pub fn minimise(target: (&str, Target), input: &[u8], verdict: &Verdict, limit: Duration) -> Result<Vec<u8>> {
    let end = Instant::now() + PATIENCE;
    let class = verdict.class();
    let mut fails = |text: &[u8]| -> Result<bool> { Ok(Worker::once(target, text, limit)?.class() == class) };
    if !fails(input)? {
        // It fails after other inputs only, or it is slow at times.
        return Ok(input.to_vec());
    }
    let lines: Vec<Vec<u8>> = input.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let text = shrink(lines, end, &mut fails)?.concat();
    let pieces = pieces(&text);
    Ok(shrink(pieces, end, &mut fails)?.concat())
}

/// Leaves out runs of parts, from long to short.
fn shrink(
    mut parts: Vec<Vec<u8>>,
    end: Instant,
    fails: &mut impl FnMut(&[u8]) -> Result<bool>,
) -> Result<Vec<Vec<u8>>> {
    let mut size = parts.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < parts.len() {
            if Instant::now() > end {
                return Ok(parts);
            }
            let rest = [&parts[..at], &parts[parts.len().min(at + size)..]].concat();
            if fails(&rest.concat())? {
                parts = rest;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    Ok(parts)
}

/// A text as tokens, each with what stands before it.
fn pieces(text: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    for t in lex_range(text, 0, text.len(), 0, Directives::Tokens) {
        out.push(text[at..t.end() as usize].to_vec());
        at = t.end() as usize;
    }
    out.push(text[at..].to_vec());
    out
}

//! Reading files of text: semantic patches, isomorphisms, tables.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};

/// The text of a file, or of standard input if it is named `-`.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).context("standard input")?;
    } else {
        bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(decode(&bytes))
}

/// Bytes as text: UTF-8, or UTF-16 with a byte order mark. The mark is left out; what is neither becomes U+FFFD.
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    match utf16(bytes) {
        Some(from) => {
            let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|c| from([c[0], c[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned(),
    }
}

/// How two bytes make a unit of UTF-16, if the text starts with its byte order mark.
#[must_use]
pub fn utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encodings() {
        let cases: [(&[u8], &str); 6] = [
            (b"@@", "@@"),
            (b"\xef\xbb\xbf@@", "@@"),
            (b"\xff\xfe@\0x\0", "@x"),
            (b"\xfe\xff\0@\0x", "@x"),
            (b"\xff\xfe@", ""),
            (b"a\xffb", "a\u{fffd}b"),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode(bytes), text, "{bytes:?}");
        }
    }
}

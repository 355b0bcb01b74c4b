//! Markdown with executable blocks: headings and fenced code, nothing else.

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The first word after the fence: the language.
    pub language: String,
    /// The other words.
    pub words: Vec<String>,
    /// What is inside, every line ended.
    pub text: String,
    /// Line number of the fence, from 1.
    pub line: usize,
}

impl Block {
    /// The value of a word `key=value`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.words.iter().find_map(|w| w.strip_prefix(key)?.strip_prefix('='))
    }

    /// Whether a word stands there.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|w| w == word)
    }
}

/// A heading and the blocks up to the next one of its level or above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading's text.
    pub title: String,
    /// Its line number, from 1.
    pub line: usize,
    /// The blocks in order.
    pub blocks: Vec<Block>,
}

/// The sections of a text; blocks before the first heading belong to a section without title.
#[must_use]
pub fn sections(text: &str) -> Vec<Section> {
    let mut out = vec![Section { title: String::new(), line: 1, blocks: Vec::new() }];
    let mut open: Option<(Block, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut open {
            Some((block, fence)) if line.trim_end() == fence => {
                if let Some(section) = out.last_mut() {
                    section.blocks.push(block.clone());
                }
                open = None;
            }
            Some((block, _)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            None if line.starts_with("```") => {
                let ticks = line.len() - line.trim_start_matches('`').len();
                let mut words = line[ticks..].split_whitespace().map(String::from);
                let language = words.next().unwrap_or_default();
                let block = Block { language, words: words.collect(), text: String::new(), line: index + 1 };
                open = Some((block, "`".repeat(ticks)));
            }
            None if line.starts_with('#') => {
                let title = line.trim_start_matches('#').trim().to_string();
                out.push(Section { title, line: index + 1, blocks: Vec::new() });
            }
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_headings() {
        let got = sections("# A\ntext\n```c file=x.c crlf\nint x;\n# not a heading\n```\n## B\n````md\n```\n````\n");
        let titles: Vec<_> = got.iter().map(|s| (s.title.as_str(), s.blocks.len())).collect();
        assert_eq!(titles, [("", 0), ("A", 1), ("B", 1)]);
        let block = &got[1].blocks[0];
        assert_eq!(block.value("file"), Some("x.c"));
        assert!(block.has("crlf"));
        assert_eq!(block.text, "int x;\n# not a heading\n");
        assert_eq!(got[2].blocks[0].text, "```\n");
    }
}

//! Inputs from seeds: changes of bytes, of tokens and lines, and nesting.

use c_syntax::lexer::{Directives, lex_range};
use spatch_tests::targets::{SEPARATOR, Target};

/// No input is longer.
const MAX: usize = 64 << 10;

/// Words that mean something in C or SmPL.
const WORDS: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "]]",
    ";",
    ",",
    "...",
    "<...",
    "...>",
    "<+...",
    "...+>",
    "\\(",
    "\\|",
    "\\)",
    "\\&",
    "@",
    "@@",
    "\n@@\n",
    "\n@r@\n",
    "\n-",
    "\n+",
    "\n*",
    "\n?",
    "\n(\n",
    "\n|\n",
    "\n&\n",
    "\n)\n",
    "when != x",
    "when any",
    "when strict",
    "when == 0",
    "expression E;",
    "statement S, S1;",
    "identifier i =~ \"a\";",
    "type T;",
    "position p;",
    "@p",
    "@x@y",
    "expression list[n] es;",
    "fresh identifier f = \"a\" ## x;",
    "depends on r && !s",
    "disable all",
    "exists",
    "forall",
    "virtual v;",
    "script:python",
    "iterator name f;",
    "=~ \"^a\"",
    "#define X",
    "#if 0",
    "#ifdef A\n",
    "#else\n",
    "#endif\n",
    "#include <a.h>\n",
    "#pragma x y\n",
    "\\\n",
    "/*",
    "*/",
    "//",
    "\"",
    "'",
    "if",
    "else",
    "while",
    "do",
    "for",
    "switch",
    "case",
    "default:",
    "goto l;",
    "l:",
    "return",
    "struct",
    "union",
    "enum",
    "typedef",
    "sizeof",
    "__attribute__((x))",
    "typeof(",
    "_Generic(",
    "asm(\"\" : : : l)",
    "({",
    "})",
    "&&l",
    "? :",
    "<?",
    ">?=",
    "##",
    "#",
    "0x1p",
    "1 ... 2",
    "int",
    "x",
    "static",
    "const",
    "unsigned",
    "f(",
    "<=>",
    "=>",
    "Expression",
    "Statement",
    "Isomorphism",
    "==",
    "=",
    "->",
    ".",
    "*",
    "&",
    "!",
    "\0",
    "\u{feff}",
    "\r\n",
    "\r",
    "\u{e9}",
    "\x0c",
    "\\",
    "@ E @",
    "As",
    "metavariable m;",
    "constant c;",
    "declaration d;",
    "initializer i;",
    "parameter p;",
    "binary operator op = {+,-};",
    "attribute name a;",
    "format list fs;",
    "\"%@f@d\"",
    "pragmainfo i;",
    "field f;",
    "local idexpression x;",
];

/// Openings and closings to nest.
const NESTS: &[(&str, &str)] = &[
    ("(", ")"),
    ("{", "}"),
    ("[", "]"),
    ("\\(", "\\)"),
    ("if (x) ", ""),
    ("if (x) y(); else ", ""),
    ("f(", ")"),
    ("(T)", ""),
    ("*", ""),
    ("!", ""),
    ("x ? y : ", ""),
    ("struct a { ", "};"),
    ("({ ", " })"),
    ("#if A\n", "#endif\n"),
    ("<... ", " ...>"),
    ("while (x) ", ""),
    ("x = ", ""),
    ("case 1: ", ""),
    ("do ", "while (x);"),
    ("a, ", ""),
    ("a + ", ""),
    ("\"s\" ", ""),
    ("(\n", "\n)"),
    ("l: ", ""),
    ("typeof(", ")"),
    ("int (*f)(", ")"),
];

/// Makes the inputs of a target.
pub struct Mutator {
    seeds: Vec<Vec<u8>>,
    number: u64,
    target: Target,
}

/// A sequence of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 if `n` is 0.
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

impl Mutator {
    /// A mutator for seeds.
    pub fn new(seeds: Vec<Vec<u8>>, number: u64, target: Target) -> Self {
        Self { seeds, number, target }
    }

    /// How many seeds there are.
    pub fn seeds(&self) -> usize {
        self.seeds.len()
    }

    /// The `n`-th input.
    pub fn input(&self, n: u64) -> Vec<u8> {
        let mut r = Random(self.number.wrapping_mul(0x1_0001).wrapping_add(n).wrapping_mul(0x5851_f42d_4c95_7f2d));
        let mut text = self.seed(&mut r);
        let steps = 1 << r.below(5);
        for _ in 0..steps {
            text = self.step(&text, &mut r);
            text.truncate(MAX);
        }
        if self.target == Target::Both && !String::from_utf8_lossy(&text).contains(SEPARATOR) {
            text.truncate(MAX - 200);
            text.extend(SEPARATOR.as_bytes());
            text.extend(b"int f(int x)\n{\n\tif (x) { g(x); return 0; }\n\twhile (x) x = g(1, x);\n\treturn x;\n}\n");
        }
        text
    }

    fn seed(&self, r: &mut Random) -> Vec<u8> {
        self.seeds.get(r.below(self.seeds.len())).cloned().unwrap_or_default()
    }

    fn step(&self, text: &[u8], r: &mut Random) -> Vec<u8> {
        match r.below(10) {
            0 => bytes(text, r),
            1 => lines(text, r),
            2 => {
                // The head of one seed and the tail of another.
                let other = self.seed(r);
                let (a, b) = (r.below(text.len() + 1), r.below(other.len() + 1));
                [&text[..a], &other[b..]].concat()
            }
            3 => nest(text, r),
            _ => tokens(text, &self.seed(r), r),
        }
    }
}

/// A byte changed, removed or doubled.
fn bytes(text: &[u8], r: &mut Random) -> Vec<u8> {
    let mut out = text.to_vec();
    let at = r.below(out.len());
    if out.is_empty() {
        return vec![r.next() as u8];
    }
    match r.below(3) {
        0 => out[at] = r.next() as u8,
        1 => drop(out.remove(at)),
        _ => out.insert(at, out[at]),
    }
    out
}

/// Lines removed, doubled, or put elsewhere.
fn lines(text: &[u8], r: &mut Random) -> Vec<u8> {
    let mut all: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
    if all.is_empty() {
        return Vec::new();
    }
    let (a, n) = (r.below(all.len()), 1 + r.below(4));
    let b = all.len().min(a + n);
    let run = all[a..b].to_vec();
    match r.below(3) {
        0 => drop(all.drain(a..b)),
        1 => {
            let at = r.below(all.len());
            all.splice(at..at, run);
        }
        _ => {
            all.drain(a..b);
            let at = r.below(all.len() + 1);
            all.splice(at..at, run);
        }
    }
    all.concat()
}

/// Something nested many times around a run of tokens.
fn nest(text: &[u8], r: &mut Random) -> Vec<u8> {
    let (open, close) = NESTS[r.below(NESTS.len())];
    let depth = 1 << r.below(12);
    let depth = depth.min(MAX / (open.len() + close.len()));
    let (a, b) = run(text, r);
    [&text[..a], open.repeat(depth).as_bytes(), &text[a..b], close.repeat(depth).as_bytes(), &text[b..]].concat()
}

/// A run of tokens removed, doubled, replaced by a word or by tokens of another seed.
fn tokens(text: &[u8], other: &[u8], r: &mut Random) -> Vec<u8> {
    let (a, b) = run(text, r);
    let (head, tail) = (&text[..a], &text[b..]);
    match r.below(6) {
        0 => [head, tail].concat(),
        1 => [&text[..b], b" ", &text[a..b], tail].concat(),
        2 | 3 => {
            let word = WORDS[r.below(WORDS.len())].as_bytes();
            let kept = if r.below(2) == 0 { &text[a..b] } else { &[] };
            [head, b" ", word, b" ", kept, tail].concat()
        }
        _ => {
            let (c, d) = run(other, r);
            [head, b" ", &other[c..d], b" ", tail].concat()
        }
    }
}

/// A run of a few tokens, as offsets.
fn run(text: &[u8], r: &mut Random) -> (usize, usize) {
    let tokens = lex_range(text, 0, text.len(), 0, Directives::Tokens);
    if tokens.is_empty() {
        return (0, text.len());
    }
    let a = r.below(tokens.len());
    let most = 1 << r.below(6);
    let b = tokens.len().min(a + 1 + r.below(most));
    (tokens[a].start as usize, tokens[b - 1].end() as usize)
}

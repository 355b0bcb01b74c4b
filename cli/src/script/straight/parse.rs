//! The statements and expressions of straight-line scripts.

use rustc_hash::FxHashSet;

use super::lex::{Word, words};

/// Names that mean what they mean in Python.
pub const BUILT_IN: &[&str] = &["print", "str", "int", "len", "coccilib", "cocci", "coccinelle"];

/// Words that are no variables.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Statements.
pub type Block = Vec<Statement>;

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `name = value`.
    Assign(String, Expr),
    /// `coccinelle.name = value`.
    Output(String, Expr),
    /// A call for its effect.
    Do(Action, Vec<Expr>),
    /// `if`, `elif`, `else`.
    If(Vec<(Expr, Block)>, Block),
    /// `for name in value`.
    For(String, Expr, Block),
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `print`.
    Print,
    /// `coccilib.report.print_report`.
    Report,
    /// `coccilib.org.print_todo`, `print_safe_todo`, `print_link`, `print_safe_link`.
    Org {
        /// `* TODO` in front.
        todo: bool,
        /// Brackets of the message are replaced.
        safe: bool,
    },
    /// `print_main`.
    Main,
    /// `print_sec`.
    Sec,
    /// `print_secs`.
    Secs,
    /// `cocci.include_match`.
    IncludeMatch,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A string.
    Str(String),
    /// A number.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// `None`.
    None,
    /// A variable.
    Name(String),
    /// A field of a position.
    Field(Box<Expr>, Field),
    /// `a[n]`.
    Index(Box<Expr>, i64),
    /// A method of a string.
    Method(Box<Expr>, Method, Vec<Expr>),
    /// `str(a)`.
    ToStr(Box<Expr>),
    /// `int(a)`.
    ToInt(Box<Expr>),
    /// `len(a)`.
    Len(Box<Expr>),
    /// `a % (b, c)`, `a % b`.
    Format(Box<Expr>, Vec<Expr>),
    /// `a + b`.
    Add(Box<Expr>, Box<Expr>),
    /// `a == b` and the like.
    Compare(Compare, Box<Expr>, Box<Expr>),
    /// `a and b`, `a or b`.
    Both(bool, Box<Expr>, Box<Expr>),
    /// `not a`.
    Not(Box<Expr>),
    /// `(a, b)`: only after `%`.
    Tuple(Vec<Expr>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
}

/// A field of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    File,
    Element,
    Line,
    Column,
    LineEnd,
    ColumnEnd,
}

/// A method of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Replace,
    StartsWith,
    EndsWith,
}

/// Reads a script that has these inputs and outputs; none if it is not of the straight kind.
pub fn script(code: &str, inputs: &[&str], outputs: &[String]) -> Option<Block> {
    let mut parser = Parser { words: words(code)?, at: 0, outputs, depth: 0 };
    let mut known: FxHashSet<String> = inputs.iter().map(|i| (*i).to_owned()).collect();
    if inputs.iter().chain(&outputs.iter().map(String::as_str).collect::<Vec<_>>()).any(|n| reserved(n)) {
        return None;
    }
    let block = parser.block(&mut known)?;
    (parser.at == parser.words.len()).then_some(block)
}

/// Reads an expression of these variables; none if it is not of the straight kind.
pub fn expression(code: &str, params: &[&str]) -> Option<Expr> {
    let mut parser = Parser { words: words(code)?, at: 0, outputs: &[], depth: 0 };
    if params.iter().any(|n| reserved(n)) {
        return None;
    }
    let known = params.iter().map(|p| (*p).to_owned()).collect();
    let expr = parser.expr(&known)?;
    (parser.eat(&Word::Newline) && parser.at == parser.words.len()).then_some(expr)
}

/// The variables that a block may set.
pub fn assigned(block: &Block) -> Vec<String> {
    let mut out = Vec::new();
    for statement in block {
        match statement {
            Statement::Assign(name, _) => out.push(name.clone()),
            Statement::For(name, _, body) => {
                out.push(name.clone());
                out.extend(assigned(body));
            }
            Statement::If(branches, last) => {
                branches.iter().for_each(|(_, b)| out.extend(assigned(b)));
                out.extend(assigned(last));
            }
            Statement::Output(..) | Statement::Do(..) => {}
        }
    }
    out
}

fn reserved(name: &str) -> bool {
    BUILT_IN.contains(&name) || KEYWORDS.contains(&name)
}

/// Deeper nesting than this is left to Python.
const MOST_DEPTH: usize = 50;

struct Parser<'a> {
    words: Vec<Word>,
    at: usize,
    outputs: &'a [String],
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Word> {
        self.words.get(self.at)
    }

    fn eat(&mut self, word: &Word) -> bool {
        let hit = self.peek() == Some(word);
        self.at += usize::from(hit);
        hit
    }

    fn op(&mut self, op: &'static str) -> bool {
        self.eat(&Word::Op(op))
    }

    fn keyword(&mut self, name: &str) -> bool {
        let hit = matches!(self.peek(), Some(Word::Name(n)) if n == name);
        self.at += usize::from(hit);
        hit
    }

    fn name(&mut self) -> Option<String> {
        match self.peek()? {
            Word::Name(n) => {
                let n = n.clone();
                self.at += 1;
                Some(n)
            }
            _ => None,
        }
    }

    /// Statements up to the end of a block. `known`: variables that surely have a value.
    fn block(&mut self, known: &mut FxHashSet<String>) -> Option<Block> {
        let mut out = Vec::new();
        while !matches!(self.peek(), None | Some(Word::Dedent)) {
            self.statement(known, &mut out)?;
        }
        Some(out)
    }

    /// `:`, then an indented block.
    fn body(&mut self, known: &mut FxHashSet<String>) -> Option<Block> {
        self.depth += 1;
        let fits = self.depth < MOST_DEPTH;
        let opened = fits && self.op(":") && self.eat(&Word::Newline) && self.eat(&Word::Indent);
        let block = if opened { self.block(known)? } else { return None };
        self.depth -= 1;
        self.eat(&Word::Dedent).then_some(block)
    }

    fn statement(&mut self, known: &mut FxHashSet<String>, out: &mut Block) -> Option<()> {
        if self.keyword("if") {
            out.push(self.branches(known)?);
            return Some(());
        }
        if self.keyword("for") {
            let name = self.name().filter(|n| !reserved(n))?;
            let over = if self.keyword("in") { self.expr(known)? } else { return None };
            let mut inside = known.clone();
            inside.insert(name.clone());
            let body = self.body(&mut inside)?;
            out.push(Statement::For(name, over, body));
            return Some(());
        }
        if self.keyword("pass") {
            return self.eat(&Word::Newline).then_some(());
        }
        let first = self.name()?;
        if self.op("=") {
            let value = self.expr(known)?;
            if reserved(&first) {
                return None;
            }
            known.insert(first.clone());
            out.push(Statement::Assign(first, value));
        } else {
            let mut path = first;
            while self.op(".") {
                path = format!("{path}.{}", self.name()?);
            }
            if self.op("=") {
                let name = path.strip_prefix("coccinelle.")?.to_owned();
                let value = self.expr(known)?;
                if !self.outputs.contains(&name) {
                    return None;
                }
                out.push(Statement::Output(name, value));
            } else {
                let (action, counts) = action(&path)?;
                let arguments = if self.op("(") { self.arguments(known)? } else { return None };
                if !counts.contains(&arguments.len()) {
                    return None;
                }
                out.push(Statement::Do(action, arguments));
            }
        }
        self.eat(&Word::Newline).then_some(())
    }

    fn branches(&mut self, known: &mut FxHashSet<String>) -> Option<Statement> {
        let mut branches = Vec::new();
        let mut after: Vec<FxHashSet<String>> = Vec::new();
        let mut last = Vec::new();
        loop {
            let test = self.expr(known)?;
            let mut inside = known.clone();
            branches.push((test, self.body(&mut inside)?));
            after.push(inside);
            if self.keyword("elif") {
                continue;
            }
            let mut inside = known.clone();
            if self.keyword("else") {
                last = self.body(&mut inside)?;
            }
            after.push(inside);
            break;
        }
        // Known afterwards is what is known on all ways.
        if let Some((first, rest)) = after.split_first() {
            *known = first.iter().filter(|n| rest.iter().all(|k| k.contains(*n))).cloned().collect();
        }
        Some(Statement::If(branches, last))
    }

    /// Arguments after `(`, up to and with `)`.
    fn arguments(&mut self, known: &FxHashSet<String>) -> Option<Vec<Expr>> {
        let mut out = Vec::new();
        while !self.op(")") {
            out.push(self.expr(known)?);
            if !self.op(",") {
                return self.op(")").then_some(out);
            }
        }
        Some(out)
    }

    fn expr(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut left = self.conjunction(known)?;
        while self.keyword("or") {
            left = Expr::Both(false, Box::new(left), Box::new(self.conjunction(known)?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn conjunction(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let mut left = self.negation(known)?;
        while self.keyword("and") {
            left = Expr::Both(true, Box::new(left), Box::new(self.negation(known)?));
        }
        Some(left)
    }

    fn negation(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let mut times = 0;
        while self.keyword("not") {
            times += 1;
        }
        let mut inner = self.comparison(known)?;
        for _ in 0..times {
            inner = Expr::Not(Box::new(inner));
        }
        Some(inner)
    }

    fn comparison(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let left = self.sum(known)?;
        let Some(compare) = self.compare_op() else { return Some(left) };
        let right = self.sum(known)?;
        // `a < b < c` is something else.
        self.compare_op().is_none().then(|| Expr::Compare(compare, Box::new(left), Box::new(right)))
    }

    fn compare_op(&mut self) -> Option<Compare> {
        const ALL: &[(&str, Compare)] = &[
            ("==", Compare::Eq),
            ("!=", Compare::Ne),
            ("<=", Compare::Le),
            (">=", Compare::Ge),
            ("<", Compare::Lt),
            (">", Compare::Gt),
        ];
        if let Some((_, compare)) = ALL.iter().find(|(op, _)| self.peek() == Some(&Word::Op(op))) {
            self.at += 1;
            return Some(*compare);
        }
        if self.keyword("in") {
            return Some(Compare::In);
        }
        let negated = matches!(&self.words[self.at.min(self.words.len())..], [Word::Name(a), Word::Name(b), ..] if a == "not" && b == "in");
        self.at += if negated { 2 } else { 0 };
        negated.then_some(Compare::NotIn)
    }

    fn sum(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let mut left = self.format(known)?;
        while self.op("+") {
            left = Expr::Add(Box::new(left), Box::new(self.format(known)?));
        }
        Some(left)
    }

    fn format(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let mut left = self.postfix(known)?;
        while self.op("%") {
            let right = match self.postfix(known)? {
                Expr::Tuple(list) => list,
                one => vec![one],
            };
            left = Expr::Format(Box::new(left), right);
        }
        Some(left)
    }

    fn postfix(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let mut left = self.atom(known)?;
        loop {
            if self.op("[") {
                let negative = self.op("-");
                let Some(Word::Int(n)) = self.peek().cloned() else { return None };
                self.at += 1;
                if !self.op("]") {
                    return None;
                }
                left = Expr::Index(Box::new(left), if negative { -n } else { n });
            } else if self.op(".") {
                left = match self.name()?.as_str() {
                    "file" => Expr::Field(Box::new(left), Field::File),
                    "current_element" => Expr::Field(Box::new(left), Field::Element),
                    "line" => Expr::Field(Box::new(left), Field::Line),
                    "column" => Expr::Field(Box::new(left), Field::Column),
                    "line_end" => Expr::Field(Box::new(left), Field::LineEnd),
                    "column_end" => Expr::Field(Box::new(left), Field::ColumnEnd),
                    "replace" => self.method(left, Method::Replace, 2, known)?,
                    "startswith" => self.method(left, Method::StartsWith, 1, known)?,
                    "endswith" => self.method(left, Method::EndsWith, 1, known)?,
                    _ => return None,
                };
            } else {
                return Some(left);
            }
        }
    }

    fn method(&mut self, of: Expr, method: Method, count: usize, known: &FxHashSet<String>) -> Option<Expr> {
        let arguments = if self.op("(") { self.arguments(known)? } else { return None };
        (arguments.len() == count).then(|| Expr::Method(Box::new(of), method, arguments))
    }

    fn atom(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        match self.peek()?.clone() {
            Word::Int(n) => {
                self.at += 1;
                Some(Expr::Int(n))
            }
            Word::Str(mut text) => {
                self.at += 1;
                while let Some(Word::Str(more)) = self.peek() {
                    text.push_str(more);
                    self.at += 1;
                }
                Some(Expr::Str(text))
            }
            Word::Op("(") => {
                self.at += 1;
                self.parenthesised(known)
            }
            Word::Name(name) => {
                self.at += 1;
                match name.as_str() {
                    "True" => Some(Expr::Bool(true)),
                    "False" => Some(Expr::Bool(false)),
                    "None" => Some(Expr::None),
                    "str" => Some(Expr::ToStr(self.argument(known)?)),
                    "int" => Some(Expr::ToInt(self.argument(known)?)),
                    "len" => Some(Expr::Len(self.argument(known)?)),
                    _ => known.contains(&name).then_some(Expr::Name(name)),
                }
            }
            _ => None,
        }
    }

    fn argument(&mut self, known: &FxHashSet<String>) -> Option<Box<Expr>> {
        let list = if self.op("(") { self.arguments(known)? } else { return None };
        let [one] = <[Expr; 1]>::try_from(list).ok()?;
        Some(Box::new(one))
    }

    /// After `(`: an expression, or a tuple.
    fn parenthesised(&mut self, known: &FxHashSet<String>) -> Option<Expr> {
        let first = self.expr(known)?;
        if self.op(")") {
            return Some(first);
        }
        if !self.op(",") {
            return None;
        }
        let mut list = vec![first];
        list.extend(self.arguments(known)?);
        Some(Expr::Tuple(list))
    }
}

/// What a called name does, and with how many arguments.
fn action(path: &str) -> Option<(Action, std::ops::RangeInclusive<usize>)> {
    let org = |todo, safe| Action::Org { todo, safe };
    Some(match path {
        "print" => (Action::Print, 0..=8),
        "coccilib.report.print_report" => (Action::Report, 1..=2),
        "coccilib.org.print_todo" => (org(true, false), 1..=3),
        "coccilib.org.print_safe_todo" => (org(true, true), 1..=3),
        "coccilib.org.print_link" => (org(false, false), 1..=3),
        "coccilib.org.print_safe_link" => (org(false, true), 1..=3),
        "cocci.print_main" | "coccilib.org.print_main" => (Action::Main, 2..=3),
        "cocci.print_sec" | "coccilib.org.print_sec" => (Action::Sec, 2..=3),
        "cocci.print_secs" | "coccilib.org.print_secs" => (Action::Secs, 2..=3),
        "cocci.include_match" => (Action::IncludeMatch, 1..=1),
        _ => return None,
    })
}

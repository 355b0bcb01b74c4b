//! The words that start a declaration, and what kinds of metavariables have in common.

use c_syntax::{Diagnostic, Span, TokenKind};

use super::{DeclReader, Read, Word, any_type};
use crate::ast::{ListLen, MvKind, Scope, TypePattern, TypeSet};

/// Words that are long enough to be recognised when they are misspelt.
const KIND_WORDS: [&str; 20] = [
    "metavariable",
    "identifier",
    "parameter",
    "constant",
    "expression",
    "idexpression",
    "statement",
    "function",
    "declaration",
    "field",
    "initialiser",
    "initializer",
    "format",
    "position",
    "comments",
    "symbol",
    "typedef",
    "attribute",
    "declarer",
    "iterator",
];

impl DeclReader<'_> {
    /// Reads the words before the names.
    pub(super) fn word(&mut self) -> Read<Word> {
        let starts_kind = matches!(
            self.c.kind_at(1),
            TokenKind::Ident | TokenKind::Star | TokenKind::LBrace | TokenKind::Colon | TokenKind::LBracket
        );
        let Some(word) = self.c.word().filter(|_| starts_kind) else {
            return Ok(Word::Kind(MvKind::Expression(self.types()?), false));
        };
        let second = self.c.word_at(1);
        let simple = |kind: MvKind| Word::Kind(kind, false);
        let start = self.c.pos;
        self.c.bump();
        Ok(match word {
            "metavariable" => simple(MvKind::Any),
            "identifier" => self.maybe_list(MvKind::Identifier, MvKind::IdentifierList(ListLen::Any)),
            "fresh" if second == Some("identifier") => {
                self.c.bump();
                simple(MvKind::Fresh(Vec::new()))
            }
            "type" => simple(MvKind::Type),
            "parameter" => self.maybe_list(MvKind::Parameter, MvKind::ParameterList(ListLen::Any)),
            "constant" => Word::Kind(MvKind::Constant(self.types_before_name()?), false),
            "expression" => {
                let list = self.maybe_list(MvKind::Any, MvKind::ExpressionList(ListLen::Any));
                if let Word::Kind(_, true) = list {
                    return Ok(list);
                }
                Word::Kind(MvKind::Expression(self.expression_types()?), false)
            }
            "idexpression" => Word::Kind(MvKind::IdExpression(self.types_before_name()?, Scope::Any), false),
            "local" | "global" if second == Some("idexpression") => {
                self.c.bump();
                let scope = if word == "local" { Scope::Local } else { Scope::Global };
                Word::Kind(MvKind::IdExpression(self.types_before_name()?, scope), false)
            }
            "local" if second == Some("function") => {
                self.c.bump();
                simple(MvKind::LocalFunction)
            }
            "statement" => self.maybe_list(MvKind::Statement, MvKind::StatementList(ListLen::Any)),
            "function" => simple(MvKind::Function),
            "declaration" => simple(MvKind::Declaration),
            "field" => self.maybe_list(MvKind::Field, MvKind::FieldList(ListLen::Any)),
            "initialiser" | "initializer" => {
                self.maybe_list(MvKind::Initialiser, MvKind::InitialiserList(ListLen::Any))
            }
            "format" => self.maybe_list(MvKind::Format, MvKind::FormatList(ListLen::Any)),
            "binary" | "assignment" if second == Some("operator") => {
                self.c.bump();
                simple(if word == "binary" { MvKind::BinaryOp } else { MvKind::AssignOp })
            }
            "pragmainfo" => simple(MvKind::PragmaInfo),
            "position" => {
                let any = second == Some("any") && self.names_after(1);
                self.c.pos += usize::from(any);
                simple(MvKind::Position { any })
            }
            "comments" => simple(MvKind::Comments),
            "symbol" => Word::Symbol,
            "typedef" => Word::Typedef,
            "attribute" | "declarer" | "iterator" => {
                let table = second == Some("name") && self.names_after(1);
                self.c.pos += usize::from(table);
                match (word, table) {
                    ("attribute", true) => Word::Attribute,
                    ("declarer", true) => Word::Declarer,
                    (_, true) => Word::Iterator,
                    ("attribute", false) => simple(MvKind::Attribute),
                    ("declarer", false) => simple(MvKind::Declarer),
                    _ => simple(MvKind::Iterator),
                }
            }
            "error" if second.is_some() => simple(MvKind::Any),
            "analysis" | "unary" => {
                let span = self.c.toks[start].span;
                return self.fail(
                    Diagnostic::error("E027", span, format!("`{word}` metavariables are not supported"), "here")
                        .help("use an `expression`, with a constraint if need be"),
                );
            }
            _ => {
                self.c.pos = start;
                let near = self.misspelt(start, false);
                match self.types() {
                    Ok(types) => {
                        if let Some((word, span, near)) = near {
                            self.diags.push(
                                Diagnostic::warning(
                                    "W105",
                                    span,
                                    format!("`{word}` is no kind of metavariable"),
                                    "read as a type",
                                )
                                .help(format!("did you mean `{near}`? If not, say `typedef {word};` before")),
                            );
                        }
                        Word::Kind(MvKind::Expression(types), false)
                    }
                    Err(reported) => {
                        if let Some((word, span, near)) = self.misspelt(start, true) {
                            // One message is enough, and this one says why.
                            self.diags.pop();
                            self.diags.push(
                                Diagnostic::error(
                                    "E031",
                                    span,
                                    format!("`{word}` is no kind of metavariable"),
                                    "unknown",
                                )
                                .help(format!("did you mean `{near}`?")),
                            );
                        }
                        return Err(reported);
                    }
                }
            }
        })
    }

    /// A word of the type at `start` that is no known type, but almost a word of kinds: itself, its place, and that word.
    /// A name that an earlier declaration took for a type counts if `guessed` is set.
    fn misspelt(&self, start: usize, guessed: bool) -> Option<(String, Span, String)> {
        let words = self.c.toks[start..].iter().take_while(|t| t.kind == TokenKind::Ident).take(3);
        words.copied().find_map(|t| {
            let word = self.c.text_of(t);
            let known = !guessed && self.names.typedefs.iter().any(|n| n == word)
                || self.out.scope.vars.contains_key(word.as_bytes())
                || !word.starts_with(|c: char| c.is_ascii_lowercase())
                || word.ends_with("_t")
                || KIND_WORDS.contains(&word);
            let near = crate::codes::similar(word, KIND_WORDS.into_iter()).filter(|_| !known)?;
            Some((word.to_owned(), t.span, near))
        })
    }

    /// Whether a name, and not the end of the declaration, follows the word `ahead` of the next.
    fn names_after(&self, ahead: usize) -> bool {
        self.c.kind_at(ahead) == TokenKind::Ident
    }

    /// `list` after a kind word: a list, unless it is the name.
    fn maybe_list(&mut self, one: MvKind, list: MvKind) -> Word {
        let is_list =
            self.c.word() == Some("list") && matches!(self.c.kind_at(1), TokenKind::Ident | TokenKind::LBracket);
        if is_list {
            self.c.bump();
        }
        Word::Kind(if is_list { list } else { one }, is_list)
    }

    /// What follows `expression`: stars, `struct *`, `: width`, or nothing.
    fn expression_types(&mut self) -> Read<TypeSet> {
        let mut out = any_type();
        let tag = match self.c.word() {
            Some("struct") => Some(TokenKind::KwStruct),
            Some("union") => Some(TokenKind::KwUnion),
            Some("enum") => Some(TokenKind::KwEnum),
            _ => None,
        };
        if tag.is_some() {
            self.c.bump();
        }
        let mut stars = 0;
        while self.c.eat(TokenKind::Star) {
            stars += 1;
        }
        match tag {
            Some(tag) => out.types.push(TypePattern::AnyTagged(tag, stars)),
            None if stars > 0 => out.types.push(TypePattern::AnyPointer(stars)),
            None => {}
        }
        out.bits = self.width()?;
        Ok(out)
    }

    /// The types between `constant` or `idexpression` and the name, if any.
    fn types_before_name(&mut self) -> Read<TypeSet> {
        if self.c.kind() == TokenKind::Star {
            return self.expression_types();
        }
        let bare = self.c.kind() == TokenKind::Ident
            && !matches!(
                self.c.kind_at(1),
                TokenKind::Ident | TokenKind::Star | TokenKind::LBracket | TokenKind::Colon
            );
        if bare || self.script_follows() {
            return Ok(any_type());
        }
        self.types()
    }

    /// `name : script`: the colon starts a constraint, not a width.
    fn script_follows(&self) -> bool {
        self.c.kind_at(1) == TokenKind::Colon && self.c.word_at(2) == Some("script")
    }

    /// `: width` of a bit-field.
    pub(super) fn width(&mut self) -> Read<Option<ListLen>> {
        if self.c.kind() != TokenKind::Colon || self.c.word_at(1) == Some("script") {
            return Ok(None);
        }
        self.c.bump();
        let paren = self.c.eat(TokenKind::LParen);
        let len = self.length_value()?;
        if paren && !self.c.eat(TokenKind::RParen) {
            return self.expected("`)`");
        }
        Ok(Some(len))
    }
}

/// Sets the length of a kind of list.
pub(super) fn set_length(kind: &mut MvKind, len: ListLen) {
    if let MvKind::ExpressionList(l)
    | MvKind::StatementList(l)
    | MvKind::ParameterList(l)
    | MvKind::IdentifierList(l)
    | MvKind::FieldList(l)
    | MvKind::InitialiserList(l)
    | MvKind::FormatList(l) = kind
    {
        *l = len;
    }
}

/// Removes what refers to variables of the rule that declared it.
pub(crate) fn forget_variables(kind: &mut MvKind) {
    set_length(kind, ListLen::Any);
    if let MvKind::Expression(t) | MvKind::IdExpression(t, _) | MvKind::Constant(t) = kind {
        *t = any_type();
    }
    if let MvKind::Fresh(_) = kind {
        *kind = MvKind::Identifier;
    }
}

/// Whether a variable of kind `original` may be inherited as one of kind `kind`.
pub(super) fn compatible(kind: &MvKind, original: &MvKind) -> bool {
    let class = |k: &MvKind| match k {
        MvKind::Position { .. } => 1,
        MvKind::Statement => 2,
        MvKind::StatementList(_) => 3,
        MvKind::Declaration => 4,
        MvKind::Type => 5,
        MvKind::ExpressionList(_) | MvKind::ParameterList(_) | MvKind::IdentifierList(_) => 6,
        MvKind::FieldList(_) => 7,
        MvKind::Comments => 8,
        _ => 0,
    };
    let (a, b) = (class(kind), class(original));
    a == b || matches!(kind, MvKind::Any) || matches!(original, MvKind::Any) || matches!((a, b), (0 | 5, 0 | 5))
}

/// A kind in words.
pub(crate) fn describe(kind: &MvKind) -> &'static str {
    match kind {
        MvKind::Identifier => "an identifier",
        MvKind::Fresh(_) => "a fresh identifier",
        MvKind::Expression(_) => "an expression",
        MvKind::IdExpression(..) => "an idexpression",
        MvKind::Constant(_) => "a constant",
        MvKind::ExpressionList(_) => "an expression list",
        MvKind::Statement => "a statement",
        MvKind::StatementList(_) => "a statement list",
        MvKind::Type => "a type",
        MvKind::Parameter => "a parameter",
        MvKind::ParameterList(_) => "a parameter list",
        MvKind::IdentifierList(_) => "an identifier list",
        MvKind::Declaration => "a declaration",
        MvKind::Field => "a field",
        MvKind::FieldList(_) => "a field list",
        MvKind::Initialiser => "an initialiser",
        MvKind::InitialiserList(_) => "an initialiser list",
        MvKind::Function => "a function",
        MvKind::LocalFunction => "a local function",
        MvKind::Position { .. } => "a position",
        MvKind::AssignOp => "an assignment operator",
        MvKind::BinaryOp => "a binary operator",
        MvKind::Format => "a format",
        MvKind::FormatList(_) => "a format list",
        MvKind::PragmaInfo => "a pragmainfo",
        MvKind::Attribute => "an attribute",
        MvKind::Declarer => "a declarer",
        MvKind::Iterator => "an iterator",
        MvKind::Comments => "comments",
        MvKind::Length => "a length",
        MvKind::Any => "a metavariable",
    }
}

//! Headers of rules and scripts (`smpl-front-end.md` sections 2 and 12).

use c_syntax::{Diagnostic, Span, TokenKind};

use super::tok::{Close, Cursor, End, Tok, tokens};
use crate::ast::{BodyKind, Quantifier, ScriptPhase};

/// Words that start a clause and hence are no name of a rule.
const CLAUSES: [&str; 11] = [
    "extends",
    "depends",
    "using",
    "disable",
    "exists",
    "forall",
    "expression",
    "identifier",
    "type",
    "declaration",
    "initialiser",
];

/// A header as written: names are not looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    /// The name of the rule or script.
    pub name: Option<(String, Span)>,
    /// For a script: when it runs, and its language.
    pub script: Option<(ScriptPhase, String)>,
    /// `extends`.
    pub extends: Option<(String, Span)>,
    /// `depends on`.
    pub depends: Option<DepExpr>,
    /// `depends on forall`.
    pub depends_forall: bool,
    /// `using`.
    pub using: Vec<(String, Span)>,
    /// `disable`.
    pub disable: Vec<(String, Span)>,
    /// `exists` or `forall`.
    pub quantifier: Option<Quantifier>,
    /// `expression`, `identifier`, `type`.
    pub kind: Option<BodyKind>,
}

/// A dependency as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DepExpr {
    /// A name.
    Name(String, Span),
    /// `ever name`.
    Ever(String, Span),
    /// `never name`.
    Never(String, Span),
    /// `!`.
    Not(Box<DepExpr>),
    /// `&&`.
    And(Box<DepExpr>, Box<DepExpr>),
    /// `||`.
    Or(Box<DepExpr>, Box<DepExpr>),
    /// `file in "p"`.
    FileIn(String),
}

/// Whether the tokens of a header are those of a script.
fn is_script(text: &[u8], toks: &[Tok]) -> bool {
    let c = Cursor::new(text, toks);
    matches!(c.word(), Some("script" | "initialize" | "finalize")) && c.kind_at(1) == TokenKind::Colon
}

/// Whether the `@` at an offset starts a header.
pub(crate) fn reads_as_header(text: &[u8], at: usize) -> bool {
    let (toks, end) = tokens(text, at + 1, Close::At);
    end != End::Eof && read(text, &toks, Span::default()).is_ok()
}

/// The language of the script whose header has these tokens.
pub(crate) fn script_language<'a>(text: &'a [u8], toks: &[Tok]) -> Option<&'a str> {
    if !is_script(text, toks) {
        return None;
    }
    let language = toks.get(2)?;
    std::str::from_utf8(&text[language.span.start as usize..language.span.end as usize]).ok()
}

/// Reads a header.
pub(crate) fn read(text: &[u8], toks: &[Tok], span: Span) -> Result<Header, Box<Diagnostic>> {
    let mut h = Header::default();
    let mut c = Cursor::new(text, toks);
    if is_script(text, toks) {
        let phase = match c.word() {
            Some("initialize") => ScriptPhase::Initialize,
            Some("finalize") => ScriptPhase::Finalize,
            _ => ScriptPhase::Rule,
        };
        c.pos += 2;
        let Some(language) = c.word() else { return Err(bad(&c, span, "the language of the script")) };
        c.bump();
        h.script = Some((phase, language.to_owned()));
    }
    if let Some(name) = c.word().filter(|w| !CLAUSES.contains(w)) {
        h.name = Some((name.to_owned(), c.span()));
        c.bump();
    }
    while c.kind() != TokenKind::Eof {
        clause(&mut c, &mut h, span)?;
    }
    Ok(h)
}

fn clause(c: &mut Cursor<'_>, h: &mut Header, span: Span) -> Result<(), Box<Diagnostic>> {
    let Some(word) = c.word() else {
        return Err(bad(c, span, "a clause of the header"));
    };
    if h.script.is_some() && word != "depends" {
        return Err(bad(c, span, "`depends on` or the closing `@`"));
    }
    let start = c.span();
    c.bump();
    match word {
        "extends" => h.extends = Some(name(c, span, "the name of a rule")?),
        "depends" => {
            if !c.eat_word("on") {
                return Err(bad(c, span, "`on`"));
            }
            match c.word() {
                Some("forall") => {
                    c.bump();
                    h.depends_forall = true;
                }
                Some("exists") => {
                    c.bump();
                }
                _ => {}
            }
            h.depends = Some(dep_or(c, span, 0)?);
        }
        "using" => loop {
            match c.bump() {
                Some(t) if t.kind == TokenKind::Str => {
                    h.using.push((c.text_of(t).trim_matches('"').to_owned(), t.span));
                }
                _ => return Err(bad(c, span, "the name of a file in quotes")),
            }
            if !c.eat(TokenKind::Comma) {
                break;
            }
        },
        "disable" => loop {
            h.disable.push(name(c, span, "the name of an isomorphism")?);
            if !c.eat(TokenKind::Comma) {
                break;
            }
        },
        "exists" => h.quantifier = Some(Quantifier::Exists),
        "forall" => h.quantifier = Some(Quantifier::Forall),
        "expression" => h.kind = Some(BodyKind::Expression),
        "identifier" => h.kind = Some(BodyKind::Identifier),
        "type" => h.kind = Some(BodyKind::Type),
        "declaration" => h.kind = Some(BodyKind::Declaration),
        "initialiser" => h.kind = Some(BodyKind::Initialiser),
        _ => {
            let message = format!("`{word}` is no clause of a header");
            return Err(Box::new(Diagnostic::error("E022", start, message, "unexpected").help(
                "the clauses are `extends`, `depends on`, `using`, `disable`, `exists`, `forall`, `expression`, `identifier` and `type`",
            )));
        }
    }
    Ok(())
}

fn bad(c: &Cursor<'_>, header: Span, expected: &str) -> Box<Diagnostic> {
    let found = if c.kind() == TokenKind::Eof { "the closing `@`".to_owned() } else { c.found() };
    let span = if c.kind() == TokenKind::Eof { header } else { c.span() };
    Box::new(Diagnostic::error("E022", span, format!("expected {expected}, found {found}"), "in this header"))
}

fn name(c: &mut Cursor<'_>, span: Span, expected: &str) -> Result<(String, Span), Box<Diagnostic>> {
    match c.word() {
        Some(w) => {
            let at = c.span();
            c.bump();
            Ok((w.to_owned(), at))
        }
        None => Err(bad(c, span, expected)),
    }
}

fn dep_or(c: &mut Cursor<'_>, span: Span, depth: u32) -> Result<DepExpr, Box<Diagnostic>> {
    let mut left = dep_and(c, span, depth)?;
    while c.eat(TokenKind::PipePipe) {
        left = DepExpr::Or(Box::new(left), Box::new(dep_and(c, span, depth)?));
    }
    Ok(left)
}

fn dep_and(c: &mut Cursor<'_>, span: Span, depth: u32) -> Result<DepExpr, Box<Diagnostic>> {
    let mut left = dep_unit(c, span, depth)?;
    while c.eat(TokenKind::AmpAmp) {
        left = DepExpr::And(Box::new(left), Box::new(dep_unit(c, span, depth)?));
    }
    Ok(left)
}

fn dep_unit(c: &mut Cursor<'_>, span: Span, depth: u32) -> Result<DepExpr, Box<Diagnostic>> {
    if depth > 100 {
        return Err(bad(c, span, "a shorter dependency"));
    }
    if c.eat(TokenKind::Bang) {
        return Ok(DepExpr::Not(Box::new(dep_unit(c, span, depth + 1)?)));
    }
    if c.eat(TokenKind::LParen) {
        let inner = dep_or(c, span, depth + 1)?;
        return if c.eat(TokenKind::RParen) { Ok(inner) } else { Err(bad(c, span, "`)`")) };
    }
    let has_name = c.kind_at(1) == TokenKind::Ident;
    match c.word() {
        Some("ever") if has_name => {
            c.bump();
            name(c, span, "the name of a rule").map(|(n, s)| DepExpr::Ever(n, s))
        }
        Some("never") if has_name => {
            c.bump();
            name(c, span, "the name of a rule").map(|(n, s)| DepExpr::Never(n, s))
        }
        Some("file") if c.word_at(1) == Some("in") => {
            c.pos += 2;
            match c.bump() {
                Some(t) if t.kind == TokenKind::Str => Ok(DepExpr::FileIn(c.text_of(t).trim_matches('"').to_owned())),
                _ => Err(bad(c, span, "a path in quotes")),
            }
        }
        _ => name(c, span, "the name of a rule").map(|(n, s)| DepExpr::Name(n, s)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (text, ok) in [
            ("r", true),
            ("", true),
            ("r depends on a && !b || (c && never d) exists", true),
            ("depends on !(a || b)", true),
            ("r extends s depends on forall t using \"x.iso\" disable a, b forall expression", true),
            ("script:python p depends on r", true),
            ("initialize:python", true),
            ("script:python depends on a && b", true),
            ("r depends on file in \"drivers\"", true),
            ("r foo", false),
            ("staticmethod def f(x)", false),
            ("r depends a", false),
            ("r depends on a b c", false),
        ] {
            let closed = format!("{text}@");
            let (toks, _) = tokens(closed.as_bytes(), 0, Close::At);
            assert_eq!(read(closed.as_bytes(), &toks, Span::default()).is_ok(), ok, "{text}");
        }
    }
}

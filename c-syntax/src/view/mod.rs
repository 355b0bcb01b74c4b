//! The token view: what tree-sitter-c gets to read instead of the source (design of the C front end, 6.3 to 6.7).
//!
//! A walk over bracket pairs classifies macros by their use and writes view tokens in canonical spelling: identifiers are `i`
//! (`0` where they are operands), types `int`, literals `0` and `""`. Inserted tokens have no source; a role on a view token tells
//! the lowering what a construct stands for. Nothing of the source is lost: the lowering puts what was left out into Attribute nodes.

mod clean;
mod decl;
mod declarator;
mod expr;
mod init;
mod macros;
mod stmt;

use crate::macros::{FileFacts, MacroTables, spelled_as_type};
use crate::token::{Token, TokenFlags, TokenKind};

/// Why something was not read.
pub type Cause = &'static str;

/// No source token.
pub const NONE: u32 = u32::MAX;

/// Brackets nested deeper than this are not read.
pub const MAX_DEPTH: usize = 250;

/// Brackets are nested deeper than [`MAX_DEPTH`].
pub const TOO_DEEP: Cause = "nested too deeply";

/// Too many attempts to classify macro arguments.
pub const TOO_HARD: Cause = "too many attempts";

/// What a view token, or the construct that it begins, stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Itself.
    Plain,
    /// Declaration specifiers; `extra` is the index of their [`Spec`].
    Specs,
    /// A declaration made by a macro: as [`Role::Specs`], the call follows as initialiser.
    MacroDecl,
    /// A function headed by a macro: as [`Role::Specs`], the call follows as array size.
    MacroFunction,
    /// A macro call as member: the call follows as width of a bit-field.
    MacroField,
    /// A macro call as enumerator: the call follows as value.
    MacroEnum,
    /// A macro call as designator.
    MacroDesignator,
    /// A loop macro.
    Iterator,
    /// Adjacent strings and macros, written as a call.
    StringRun,
    /// A type as macro argument, written as a cast.
    TypeArg,
    /// Statements as macro argument, in inserted braces.
    StmtArg,
    /// An empty macro argument.
    EmptyArg,
    /// A run of tokens up to `extra` that was not read further.
    Raw,
    /// A name made of several tokens, up to `extra`.
    LongName,
    /// Inline assembly up to `extra`, `;` included.
    Asm,
    /// `&&` before a label.
    AddrLabel,
    /// `goto` before `*`.
    ComputedGoto,
    /// `++` or `--` after an operand, written as a subscript: tree-sitter-c gives it the precedence of `!`.
    Postfix,
    /// A comma that is missing after a macro in an initialiser.
    MissingComma,
}

/// One token of the view.
#[derive(Clone, Copy, Debug)]
pub struct ViewTok {
    /// Index of the source token, or [`NONE`].
    pub src: u32,
    /// See [`Role`].
    pub extra: u32,
    /// What is written.
    pub emit: TokenKind,
    /// What it stands for.
    pub role: Role,
}

/// What a specifier list holds besides words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SpecForm {
    /// Only words (and `struct tag`).
    Words,
    /// A struct, union or enum with a body, which follows in the view.
    Body,
    /// `typeof (expr)`, the expression follows in the view.
    TypeofExpr,
    /// `typeof (type)`.
    TypeofType,
    /// `NAME(...)` as type, the call follows in the view.
    MacroType,
}

/// Declaration specifiers: a range of source tokens.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// First source token; equal to `hi` if there are none.
    pub lo: u32,
    /// One past the last.
    pub hi: u32,
    /// The typedef name, or the first token of the part that `form` names.
    pub named: u32,
    /// The tag of a struct, union or enum, and one past it (past its arguments if a macro makes it).
    pub tag: (u32, u32),
    /// What follows in the view.
    pub form: SpecForm,
}

/// The view of an element.
#[derive(Debug, Default)]
pub struct View {
    /// The tokens to write.
    pub out: Vec<ViewTok>,
    /// Specifiers, by index.
    pub specs: Vec<Spec>,
    /// Statements that were collapsed because they could not be read, with the cause.
    pub partial: Vec<(u32, Cause)>,
    /// Rule and source token of every decision about a name, if asked for.
    pub names: Vec<(&'static str, u32)>,
}

/// What the walk knows about names.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Tables given from outside.
    pub tables: &'a MacroTables,
    /// Facts of the file.
    pub facts: &'a FileFacts,
}

/// Where a declaration or a declarator stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Top,
    Block,
    Field,
    Param,
    TypeName,
}

pub(crate) struct Walk<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    known: Known<'a>,
    /// Tokens after the clean-up: indices of `tokens`.
    k: Vec<u32>,
    kinds: Vec<TokenKind>,
    /// Index of the bracket that belongs to the one at an index.
    mate: Vec<u32>,
    view: View,
    depth: usize,
    /// View tokens written so far, undone ones included.
    steps: usize,
    /// Tokens where the grammar found errors.
    bad: Vec<u32>,
    log: bool,
}

/// What an element is read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// A top-level item.
    Item,
    /// An expression (a macro body): `int i = ( E ) ;`.
    Expr,
    /// Statements (a macro body): `int i ( ) { S }`.
    Stmts,
    /// A type name (a macro body): `int i = sizeof ( T ) ;`.
    TypeName,
    /// Elements of an initialiser list (a macro body): `int i = { I } ;`.
    Items,
    /// An initialiser list (a macro body): `int i = { I } ;`.
    Init,
}

/// Makes the view of the tokens `kept` of an element.
///
/// # Errors
/// If the brackets do not match, or the item has no known form.
pub fn view(
    text: &[u8],
    tokens: &[Token],
    kept: &[u32],
    known: Known<'_>,
    goal: Goal,
    log: bool,
) -> Result<View, Cause> {
    view_without(text, tokens, kept, known, goal, log, &[])
}

/// As [`view`], but the innermost statements around the tokens `bad` are collapsed.
///
/// # Errors
/// As [`view`].
pub(crate) fn view_without(
    text: &[u8],
    tokens: &[Token],
    kept: &[u32],
    known: Known<'_>,
    goal: Goal,
    log: bool,
    bad: &[u32],
) -> Result<View, Cause> {
    let mut w = Walk {
        text,
        tokens,
        known,
        k: Vec::with_capacity(kept.len()),
        kinds: Vec::with_capacity(kept.len()),
        mate: Vec::new(),
        view: View { out: Vec::with_capacity(kept.len() + 8), ..View::default() },
        depth: 0,
        steps: 0,
        bad: bad.to_vec(),
        log,
    };
    w.clean(kept);
    w.match_brackets()?;
    let n = w.k.len();
    match goal {
        Goal::Item => w.item(0, n)?,
        Goal::Expr => {
            w.wrap(&[TokenKind::KwInt, TokenKind::Ident, TokenKind::Eq, TokenKind::LParen]);
            w.expr(0, n)?;
            w.wrap(&[TokenKind::RParen, TokenKind::Semi]);
        }
        Goal::Stmts => {
            use TokenKind as T;
            w.wrap(&[T::KwInt, T::Ident, T::LParen, T::RParen, T::LBrace]);
            w.stmts(0, n)?;
            w.wrap(&[T::RBrace]);
        }
        Goal::TypeName => {
            use TokenKind as T;
            w.wrap(&[T::KwInt, T::Ident, T::Eq, T::KwSizeof, T::LParen]);
            w.type_name(0, n)?;
            w.wrap(&[T::RParen, T::Semi]);
        }
        Goal::Items => {
            use TokenKind as T;
            w.wrap(&[T::KwInt, T::Ident, T::Eq, T::LBrace]);
            w.init_elements(0, n)?;
            w.wrap(&[T::RBrace, T::Semi]);
        }
        Goal::Init => {
            w.wrap(&[TokenKind::KwInt, TokenKind::Ident, TokenKind::Eq]);
            w.init_list(0)?;
            w.wrap(&[TokenKind::Semi]);
        }
    }
    Ok(w.view)
}

impl<'a> Walk<'a> {
    pub(crate) fn kind(&self, i: usize) -> TokenKind {
        self.kinds.get(i).copied().unwrap_or(TokenKind::Eof)
    }

    /// Kind within a range that ends at `hi`.
    pub(crate) fn kind_in(&self, i: usize, hi: usize) -> TokenKind {
        if i < hi { self.kind(i) } else { TokenKind::Eof }
    }

    pub(crate) fn tok(&self, i: usize) -> Token {
        self.tokens[self.k[i] as usize]
    }

    pub(crate) fn word(&self, i: usize) -> &'a [u8] {
        if i >= self.k.len() {
            return b"";
        }
        let t = self.tok(i);
        &self.text[t.start as usize..t.end() as usize]
    }

    pub(crate) fn mate(&self, i: usize) -> usize {
        self.mate[i] as usize
    }

    pub(crate) fn first_on_line(&self, i: usize) -> bool {
        i < self.k.len() && self.tok(i).flags.has(TokenFlags::FIRST_ON_LINE)
    }

    /// Width of the white space before a token on its line, tabs counted as one.
    pub(crate) fn indent(&self, i: usize) -> usize {
        let start = self.tok(i).start as usize;
        let blank = |c: &u8| matches!(c, b' ' | b'\t');
        self.text[..start].iter().rev().take(400).take_while(|c| blank(c)).count()
    }

    /// Whether the word names a type, by spelling, tables and the file.
    pub(crate) fn is_type(&self, i: usize) -> bool {
        if self.kind(i) != TokenKind::Ident {
            return false;
        }
        let name = self.tok(i).sym;
        spelled_as_type(self.word(i)) || self.known.tables.is_type(name) || self.known.facts.is_type(name)
    }

    pub(crate) fn note(&mut self, rule: &'static str, i: usize) {
        if self.log && i < self.k.len() {
            self.view.names.push((rule, self.k[i]));
        }
    }

    // ---- output

    pub(crate) fn put(&mut self, i: usize) {
        self.put_as(i, self.kind(i));
    }

    pub(crate) fn put_as(&mut self, i: usize, emit: TokenKind) {
        self.put_role(i, emit, Role::Plain, 0);
    }

    pub(crate) fn put_role(&mut self, i: usize, emit: TokenKind, role: Role, extra: u32) {
        let src = self.k[i];
        self.steps += 1;
        self.view.out.push(ViewTok { src, extra, emit, role });
    }

    /// The tokens `lo..hi` as one view token.
    pub(crate) fn put_range(&mut self, lo: usize, hi: usize, emit: TokenKind, role: Role) {
        let last = self.k[hi - 1];
        self.put_role(lo, emit, role, last);
    }

    pub(crate) fn insert(&mut self, emit: TokenKind) {
        self.insert_role(emit, Role::Plain, 0);
    }

    pub(crate) fn insert_role(&mut self, emit: TokenKind, role: Role, extra: u32) {
        self.view.out.push(ViewTok { src: NONE, extra, emit, role });
    }

    fn wrap(&mut self, kinds: &[TokenKind]) {
        for k in kinds {
            self.insert(*k);
        }
    }

    // ---- trying

    pub(crate) fn mark(&self) -> (usize, usize, usize, usize) {
        (self.view.out.len(), self.view.specs.len(), self.view.partial.len(), self.view.names.len())
    }

    pub(crate) fn rewind(&mut self, mark: (usize, usize, usize, usize)) {
        self.view.out.truncate(mark.0);
        self.view.specs.truncate(mark.1);
        self.view.partial.truncate(mark.2);
        self.view.names.truncate(mark.3);
    }

    /// Runs `f`, or undoes what it wrote.
    pub(crate) fn attempt<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Cause>) -> Result<T, Cause> {
        let mark = self.mark();
        let depth = self.depth;
        let result = f(self);
        if result.is_err() {
            self.rewind(mark);
            self.depth = depth;
        }
        result
    }

    /// Runs `f` one bracket deeper.
    pub(crate) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T, Cause>) -> Result<T, Cause> {
        if self.depth >= MAX_DEPTH {
            return Err(TOO_DEEP);
        }
        if self.steps > 40 * self.k.len() + 1000 {
            return Err(TOO_HARD);
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    // ---- scanning

    /// No specifiers but the source tokens `lo..hi`.
    pub(crate) const fn plain_spec(lo: u32, hi: u32) -> Spec {
        Spec { lo, hi, named: NONE, tag: (NONE, NONE), form: SpecForm::Words }
    }

    fn match_brackets(&mut self) -> Result<(), Cause> {
        use TokenKind as T;
        self.mate = vec![0; self.k.len()];
        let mut open: Vec<usize> = Vec::new();
        for i in 0..self.k.len() {
            let opener = match self.kinds[i] {
                T::LParen | T::LBrace | T::LBracket => {
                    if open.len() >= MAX_DEPTH {
                        return Err(TOO_DEEP);
                    }
                    open.push(i);
                    continue;
                }
                T::RParen => T::LParen,
                T::RBrace => T::LBrace,
                T::RBracket => T::LBracket,
                _ => continue,
            };
            match open.pop() {
                Some(o) if self.kinds[o] == opener => {
                    self.mate[o] = i as u32;
                    self.mate[i] = o as u32;
                }
                _ => return Err("unbalanced brackets"),
            }
        }
        if open.is_empty() { Ok(()) } else { Err("unbalanced brackets") }
    }

    /// One past the token or bracket group at `i`.
    pub(crate) fn after(&self, i: usize) -> usize {
        match self.kind(i) {
            TokenKind::LParen | TokenKind::LBrace | TokenKind::LBracket => self.mate(i) + 1,
            _ => i + 1,
        }
    }

    /// The first token of kind `kind` in `lo..hi` outside brackets.
    pub(crate) fn find(&self, lo: usize, hi: usize, kind: TokenKind) -> Option<usize> {
        let mut i = lo;
        while i < hi {
            if self.kind(i) == kind {
                return Some(i);
            }
            i = self.after(i);
        }
        None
    }

    /// Whether `i` is `NAME (`.
    pub(crate) fn is_call(&self, i: usize, hi: usize) -> bool {
        i + 1 < hi
            && matches!(self.kind(i), TokenKind::Ident | TokenKind::KwStaticAssert)
            && self.kind(i + 1) == TokenKind::LParen
    }

    /// `NAME(...)` written as a call, then one past it.
    pub(crate) fn macro_call(&mut self, i: usize) -> Result<usize, Cause> {
        let close = self.mate(i + 1);
        self.put_as(i, TokenKind::Ident);
        self.put(i + 1);
        self.deeper(|w| w.args(i + 2, close))?;
        self.put(close);
        Ok(close + 1)
    }
}

/// Whether a word is `complex`, a part of a type beside `float` or `double`.
pub(crate) fn is_complex(name: crate::Sym) -> bool {
    const COMPLEX: crate::Sym = crate::Sym::of(b"complex");
    name == COMPLEX
}

/// Storage classes, qualifiers, type words and what else can begin specifiers.
pub(crate) const fn is_specifier(kind: TokenKind) -> bool {
    is_primitive(kind)
        || crate::cut::is_storage(kind)
        || matches!(
            kind,
            TokenKind::KwStruct
                | TokenKind::KwUnion
                | TokenKind::KwEnum
                | TokenKind::KwTypeof
                | TokenKind::KwAlignas
                | TokenKind::KwAtomic
                | TokenKind::KwAttribute
        )
}

/// Words that are a type, or part of one.
pub(crate) const fn is_primitive(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwChar
            | TokenKind::KwInt
            | TokenKind::KwLong
            | TokenKind::KwShort
            | TokenKind::KwSigned
            | TokenKind::KwUnsigned
            | TokenKind::KwFloat
            | TokenKind::KwDouble
            | TokenKind::KwVoid
            | TokenKind::KwBool
            | TokenKind::KwComplex
            | TokenKind::KwInt128
            | TokenKind::KwAutoType
            | TokenKind::KwLabel
    )
}

/// Words that begin a statement and nothing else.
pub(crate) const fn is_statement_word(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::KwIf
            | TokenKind::KwFor
            | TokenKind::KwWhile
            | TokenKind::KwDo
            | TokenKind::KwSwitch
            | TokenKind::KwCase
            | TokenKind::KwDefault
            | TokenKind::KwGoto
            | TokenKind::KwReturn
            | TokenKind::KwBreak
            | TokenKind::KwContinue
            | TokenKind::KwElse
    )
}

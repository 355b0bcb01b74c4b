//! The kinds of tree nodes, shared by code and patterns, and the shape of each.
//!
//! The shape is a contract: the lowering from tree-sitter and the hand-written grammar must build the same children
//! in the same order, so that matching is structural recursion. Notation: `'x'` a token, `[...]` optional,
//! `X*` any number, `X | Y` one of them; `Expr`, `Stmt`, `Init`, `Declarator`, `Arg`... are the unions below.
//! Optional parts that are not the last are [`SyntaxKind::Absent`] nodes without tokens, so that children keep their index.
//!
//! * `Expr` = Ident | Constant | StringLit | StringRun | Paren | Call | Index | Field | PtrField | Postfix | Prefix | Unary |
//!   Binary | Assign | Cond | Comma | Cast | SizeofExpr | SizeofType | CompoundLit | StmtExpr | AddrLabel | Range | Generic | Opaque
//! * `Stmt` = Block | ExprStmt | If | While | DoWhile | For | Switch | Case | Default | Label | Goto | ComputedGoto | Return |
//!   Break | Continue | Iterator | MacroStmt | AsmStmt | CondGroup | DirectiveLine | Declaration | MacroDecl | FunctionDef
//! * `Declarator` = Name | Absent | PointerDecl | ArrayDecl | FuncDecl | ParenDecl | BitField (the innermost is Name or Absent)
//! * `Init` = Expr | InitList
//! * In a pattern any of these may also be MetaVar, Dots, Nest, Disj, Conj, As, Opt (see the SmPL kinds).
//!
//! Attribute nodes may stand as additional children anywhere in the tree of a C element, where their tokens are:
//! they are the tokens that the token view left out (attributes, skipped macros, tokens of `#if` branches not taken).
//! Code that indexes children must go through [`crate::tree::Tree::child_nodes`] and friends, which skip them.

/// The kind of a node. See the module documentation for the notation of the shapes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum SyntaxKind {
    // ---- roots
    /// The root of an element of a C file: one top-level item (or none: an unparsed element has only tokens).
    Root,
    /// The root of a rule's minus or plus slice: the items of the body.
    RuleBody,

    // ---- expressions
    /// An identifier used as an expression: `'name'`.
    Ident,
    /// A number or character constant: `'0'`.
    Constant,
    /// One string literal: `'"s"'`.
    StringLit,
    /// Adjacent strings, string macros and macro calls: (StringLit | Ident | Call)+, at least two.
    StringRun,
    /// `'(' Expr ')'`.
    Paren,
    /// `Expr ArgList`.
    Call,
    /// `'(' [Arg (',' Arg)*] ')'` with Arg = Expr | TypeArg | StmtArg | RawArg | EmptyArg.
    ArgList,
    /// A type as macro argument: TypeName.
    TypeArg,
    /// Statements or a declaration as macro argument: (Stmt | Declaration)*.
    StmtArg,
    /// An argument that is no expression, type or statement: its tokens.
    RawArg,
    /// An empty macro argument between commas: nothing. `f()` has no argument at all.
    EmptyArg,
    /// `Expr '[' Expr ']'`.
    Index,
    /// `Expr '.' Name`.
    Field,
    /// `Expr '->' Name`.
    PtrField,
    /// `Expr '++'` or `Expr '--'`.
    Postfix,
    /// `'++' Expr` or `'--' Expr`.
    Prefix,
    /// `op Expr` with op one of `& * + - ~ !` (and `__extension__`, `__real__`, `__imag__`).
    Unary,
    /// `Expr op Expr` with a binary operator other than comma and assignment.
    Binary,
    /// `Expr op Expr` with an assignment operator.
    Assign,
    /// `Expr '?' (Expr | Absent) ':' Expr`.
    Cond,
    /// `Expr ',' Expr`.
    Comma,
    /// `'(' TypeName ')' Expr`.
    Cast,
    /// `'sizeof' Expr` (and the spellings of alignof).
    SizeofExpr,
    /// `'sizeof' '(' TypeName ')'` (and the spellings of alignof).
    SizeofType,
    /// `'(' TypeName ')' InitList`.
    CompoundLit,
    /// `'(' Block ')'`.
    StmtExpr,
    /// `'&&' Name`.
    AddrLabel,
    /// `Expr '...' Expr`, in case labels and designators.
    Range,
    /// `_Generic ( ... )`: its tokens, and `Expr` where they could be read.
    Generic,
    /// An expression that was not read into a tree (inline assembly in an expression): its tokens.
    Opaque,

    // ---- names
    /// A name that is no expression: declared name, field, tag, label, enumerator, macro, iterator: `'name'`.
    Name,
    /// A missing optional part: nothing.
    Absent,

    // ---- types and declarations
    /// Specifiers of a declaration in source order: storage, qualifier and type keywords as tokens, and
    /// NamedType | StructType | EnumType | Typeof | MacroType | Attribute (at most one type node; `unsigned long` are tokens).
    DeclSpecs,
    /// A typedef name: `'name'`.
    NamedType,
    /// `('struct' | 'union') (Name | Absent) [FieldList]`. A macro tag `struct M(x)` is a MacroType in place of the name.
    StructType,
    /// `'{' FieldDecl* '}'`, also MacroField and DirectiveLine.
    FieldList,
    /// A member: `DeclSpecs [Declarator (',' Declarator)*] ';'`. A bit-field's declarator is a BitField.
    FieldDecl,
    /// A macro call as member: `Name ArgList [';']`.
    MacroField,
    /// `'enum' (Name | Absent) [EnumList]`.
    EnumType,
    /// `'{' Enumerator (',' Enumerator)* [','] '}'`.
    EnumList,
    /// `Name ['=' Expr]`; a macro call as enumerator: `Name ArgList`.
    Enumerator,
    /// `'typeof' '(' (Expr | TypeName) ')'`; `__auto_type` alone is a token of DeclSpecs.
    Typeof,
    /// A macro call that stands for a type: `Name ArgList`.
    MacroType,
    /// A type without a declared name: `DeclSpecs Declarator` (the innermost declarator is Absent).
    TypeName,
    /// `DeclSpecs (InitDeclarator (',' InitDeclarator)*)? ';'`; a typedef is one with `'typedef'` among the specifiers.
    Declaration,
    /// `Declarator ['=' Init]`.
    InitDeclarator,
    /// `'*' Declarator`; qualifiers are tokens after the star.
    PointerDecl,
    /// `Declarator '[' (Expr | Absent) ']'`; `static` and qualifiers are tokens after the bracket.
    ArrayDecl,
    /// `Declarator ParamList`.
    FuncDecl,
    /// `'(' Declarator ')'`.
    ParenDecl,
    /// `Declarator ':' Expr`.
    BitField,
    /// `'(' [Param (',' Param)*] ')'`; `...` is a VarArgs; a K&R list holds Name nodes.
    ParamList,
    /// `DeclSpecs Declarator`; without a name its innermost declarator is Absent.
    Param,
    /// `'...'` in a parameter list.
    VarArgs,
    /// `DeclSpecs Declarator [KrDecls] Block`; the declarator holds a FuncDecl. Specifiers may be empty (DeclSpecs without children).
    FunctionDef,
    /// Parameter declarations of a K&R definition: Declaration+.
    KrDecls,
    /// A definition headed by a macro: `DeclSpecs Name ArgList Block` (`SYSCALL_DEFINE3(...) {`).
    MacroFunction,
    /// A declaration made by a macro: `DeclSpecs Name ArgList ['=' Init] [';']` (`static DEFINE_MUTEX(x);`).
    MacroDecl,
    /// `__attribute__((...))`, attribute macros, `asm("name")` of declarators, other tokens that the token view left out.
    Attribute,

    // ---- initialisers
    /// `'{' [Item (',' Item)* [',']] '}'` with Item = Init | Designated | MacroInit.
    InitList,
    /// `Designator+ ['='] Init`.
    Designated,
    /// `'.' Name`, or `Name ':'` in the old style.
    FieldDesignator,
    /// `'[' (Expr | Range) ']'`.
    IndexDesignator,
    /// An element made by a macro, with or without a following comma: `Name ArgList ['=' Init]`.
    MacroInit,

    // ---- statements
    /// `'{' Stmt* '}'`.
    Block,
    /// `[Expr] ';'`.
    ExprStmt,
    /// `'if' '(' Expr ')' Stmt [Else]`.
    If,
    /// `'else' Stmt`.
    Else,
    /// `'while' '(' Expr ')' Stmt`.
    While,
    /// `'do' Stmt 'while' '(' Expr ')' ';'`.
    DoWhile,
    /// `'for' '(' (Expr | Absent) ';' (Expr | Absent) ';' (Expr | Absent) ')' Stmt`; a first part that is a Declaration holds its own `';'`.
    For,
    /// `'switch' '(' Expr ')' Stmt`.
    Switch,
    /// `'case' Expr ':' (Stmt | Absent)`: only the statement that follows the colon; the rest are its siblings.
    Case,
    /// `'default' ':' (Stmt | Absent)`.
    Default,
    /// `Name ':' (Stmt | Absent)`.
    Label,
    /// `'goto' Name ';'`.
    Goto,
    /// `'goto' '*' Expr ';'`.
    ComputedGoto,
    /// `'return' [Expr] ';'`.
    Return,
    /// `'break' ';'`.
    Break,
    /// `'continue' ';'`.
    Continue,
    /// A macro that heads a loop: `Name ArgList Stmt`.
    Iterator,
    /// A macro call as statement without `;`: `Name [ArgList]`.
    MacroStmt,
    /// Inline assembly: its tokens, `';'` included.
    AsmStmt,
    /// `#if` group among statements or members: `DirectiveLine CondBranch (DirectiveLine CondBranch)* DirectiveLine`.
    CondGroup,
    /// The statements of one branch of a CondGroup: Stmt*.
    CondBranch,

    // ---- directives
    /// A directive inside an element, of no effect on its structure: `'#...'`.
    DirectiveLine,
    /// `#include`: its one Directive token in code; in a pattern see the SmPL parser.
    Include,
    /// `#define name body`: in code its Directive token is split: `'#define' Name [MacroParams] MacroBody`.
    Define,
    /// `'(' [Name (',' Name)*] ')'`, `...` is a VarArgs.
    MacroParams,
    /// The body of a macro: Expr | Stmt* | TypeName | Init, or only tokens if it parses as none.
    MacroBody,
    /// `#undef`: `'#undef' Name`.
    Undef,
    /// `#pragma`: `'#pragma' Name tokens`.
    Pragma,

    // ---- SmPL only
    /// A metavariable of any kind in the place of a term: `'name'`.
    MetaVar,
    /// `'...' When*`.
    Dots,
    /// `('<...' | '<+...') item* When* ('...>' | '...+>')`.
    Nest,
    /// `[open] DisjBranch (or DisjBranch)* [close]`: ordered choice. Isomorphisms make it without delimiter tokens.
    Disj,
    /// `open DisjBranch (and DisjBranch)* close`: all at once.
    Conj,
    /// One branch: the items it holds (one term below statement level, any number of items at statement level).
    DisjBranch,
    /// A statement marked `?`: item.
    Opt,
    /// A term with metavariables other than positions attached: `term MetaVar+` (`g(...)@E`).
    As,
    /// `when != items`.
    WhenNot,
    /// `when = item`.
    WhenOnly,
    /// `when != true Expr`.
    WhenTrue,
    /// `when != false Expr`.
    WhenFalse,
    /// `when any`.
    WhenAny,
    /// `when strict`.
    WhenStrict,
    /// `when forall`.
    WhenForall,
    /// `when exists`.
    WhenExists,
}

impl SyntaxKind {
    /// The one with the largest number.
    pub const LAST: Self = Self::WhenExists;

    /// Whether the kind is an expression of C.
    #[must_use]
    pub const fn is_expr(self) -> bool {
        (self as u8) >= (Self::Ident as u8)
            && (self as u8) <= (Self::Opaque as u8)
            && !matches!(self, Self::ArgList | Self::TypeArg | Self::StmtArg | Self::RawArg | Self::EmptyArg)
    }

    /// Whether the kind is a statement of C, declarations in blocks not included.
    #[must_use]
    pub const fn is_stmt(self) -> bool {
        (self as u8) >= (Self::Block as u8) && (self as u8) <= (Self::AsmStmt as u8) && !matches!(self, Self::Else)
    }

    /// Whether the kind is a `when` clause.
    #[must_use]
    pub const fn is_when(self) -> bool {
        (self as u8) >= (Self::WhenNot as u8) && (self as u8) <= (Self::WhenExists as u8)
    }

    /// Whether the kind exists in patterns only.
    #[must_use]
    pub const fn is_smpl(self) -> bool {
        (self as u8) >= (Self::MetaVar as u8)
    }
}

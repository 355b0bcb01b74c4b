//! The column-sensitive lexer of rule bodies (`smpl-front-end.md` section 3): text to [`SmplTok`]s.
//!
//! The first column of a physical line decides to which slice its tokens belong; the C grammar never sees the markers.
//! Comments and lines that only plus code can hold become tokens with [`SmplTok::added`]; positions are folded into the token to their left.

mod body;
pub(crate) mod scan;

use std::sync::Arc;

use c_syntax::{Span, Sym, TokenKind};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::ast::{DeclaredNames, FragmentKind, MetaVar, MvId};

pub use body::lex_body;

/// A token of a rule body.
#[derive(Clone, Debug)]
pub struct SmplTok {
    /// What it is. The name of a metavariable is an `Ident` (whatever its kind) with `var`.
    /// `#include`, `#define`, `#undef` and `#pragma` are `Directive`s; after `#include` comes one `Str` (`"a.h"`, `<a.h>`), `Ellipsis` or `Ident`.
    pub kind: TokenKind,
    /// The name of its text. Of a directive: without blanks after the `#`; of `......`: `...`.
    pub sym: Sym,
    /// Its place in the `.cocci` file, for messages.
    pub span: Span,
    /// Where its bytes are in the text buffer of the patch: as `span`, but elsewhere for an identifier that `-D` gave.
    pub text: Span,
    /// Physical line, from 1.
    pub line: u32,
    /// Logical line: counts only lines that hold tokens, and empty plus lines (section 3.3).
    pub lline: u32,
    /// Column in bytes, from 0, the marker counted.
    pub col: u32,
    /// Nothing stands before it on its line, not even a marker.
    pub col0: bool,
    /// The line's marker.
    pub mark: LineMark,
    /// Written on a `++` line.
    pub many: bool,
    /// Written on a `?` line.
    pub opt: bool,
    /// The last token of its physical line, which no `\` continues: a `when` clause or the body of a directive ends with it.
    pub ends_line: bool,
    /// The metavariable that it is.
    pub var: Option<MvId>,
    /// Positions and comments variables attached to it. Others stay tokens: `@` and a name.
    pub attached: SmallVec<[MvId; 1]>,
    /// Text that only plus code can hold. Such a token belongs to no slice that a grammar reads.
    pub added: Option<AddedText>,
}

/// The marker of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum LineMark {
    /// In both slices.
    #[default]
    Context,
    /// `-`, `?-` or `*`: in the minus slice.
    Minus,
    /// `+` or `++`: in the plus slice.
    Plus,
}

/// A comment, directive line or empty line of plus code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddedText {
    /// `Comment`, `Unindented` or `BlankLine`.
    pub kind: FragmentKind,
    /// Its text, without the markers.
    pub text: String,
}

/// What the lexer of a body needs to know of the rule's declarations.
#[derive(Clone, Debug, Default)]
pub struct BodyScope {
    /// Metavariables by name.
    pub vars: FxHashMap<Vec<u8>, ScopeVar>,
    /// Removed and added lines change places.
    pub reverse: bool,
}

/// What a declared name stands for in a body.
#[derive(Clone, Copy, Debug)]
pub enum ScopeVar {
    /// A metavariable.
    Var(MvId),
    /// A position or comments metavariable: attached to tokens.
    Attached(MvId),
    /// An identifier whose text `-D` gave: where it stands in the text buffer.
    Literal(Span),
}

/// A body as tokens, and which markers it has.
#[derive(Clone, Debug, Default)]
pub struct LexedBody {
    /// The tokens, added text included, in source order.
    pub toks: Vec<SmplTok>,
    /// The first `*`.
    pub star: Option<Span>,
    /// The first `-`.
    pub minus: Option<Span>,
    /// The first `+`.
    pub plus: Option<Span>,
}

impl LexedBody {
    /// The tokens of the minus slice: their indices.
    #[must_use]
    pub fn minus_slice(&self) -> Vec<usize> {
        self.indices(|t| t.mark != LineMark::Plus && t.added.is_none())
    }

    fn indices(&self, keep: impl Fn(&SmplTok) -> bool) -> Vec<usize> {
        self.toks.iter().enumerate().filter(|(_, t)| keep(t)).map(|(i, _)| i).collect()
    }
}

/// What reading a slice of a body needs besides its tokens.
#[derive(Clone, Copy, Debug)]
pub struct BodyCtx<'a> {
    /// The text buffer that [`SmplTok::text`] points into; the tree's text (base 0).
    pub text: &'a Arc<[u8]>,
    /// The rule's metavariables, by [`MvId`].
    pub metavars: &'a [MetaVar],
    /// Names declared so far in the patch.
    pub names: &'a DeclaredNames,
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// Tokens as `mark kind-relevant text` on one line per physical line.
    fn dump(text: &str) -> (String, Vec<&'static str>) {
        let mut scope = BodyScope::default();
        scope.vars.insert(b"p".to_vec(), ScopeVar::Attached(MvId(7)));
        scope.vars.insert(b"x".to_vec(), ScopeVar::Var(MvId(1)));
        let mut diags = Vec::new();
        let body = lex_body(text.as_bytes(), 0..text.len(), 1, false, &scope, &mut diags);
        let mut out = String::new();
        for t in &body.toks {
            let mark = match (t.mark, t.many, t.opt) {
                (LineMark::Plus, true, _) => "++",
                (LineMark::Plus, ..) => "+",
                (LineMark::Minus, _, true) => "?-",
                (LineMark::Minus, ..) => "-",
                (LineMark::Context, _, true) => "?",
                _ => "",
            };
            let word = match &t.added {
                Some(a) => format!("{:?}:{:?}", a.kind, a.text),
                None if matches!(
                    t.kind,
                    TokenKind::DisjOpen | TokenKind::DisjOr | TokenKind::ConjAnd | TokenKind::DisjClose
                ) =>
                {
                    t.kind.text().to_owned()
                }
                None => text[t.text.start as usize..t.text.end as usize].to_owned(),
            };
            let _ = write!(out, "{mark}{word}");
            if t.var.is_some() {
                out.push('$');
            }
            for _ in &t.attached {
                out.push('@');
            }
            out.push(if t.ends_line { '\n' } else { ' ' });
        }
        (out, diags.iter().map(|d| d.code).collect())
    }

    #[test]
    fn bodies() {
        for (text, expected, codes) in [
            ("- foo(x);\n+ bar(x);\n", "-foo -( -x$ -) -;\n+bar +( +x$ +) +;\n", &[][..]),
            ("( foo(x);\n| bar@p(x)@p;\n)\n", "\\( foo ( x$ ) ;\n\\| bar@ ( x$ )@ ;\n\\)\n", &[]),
            ("-(x);\n", "-( -x$ -) -;\n", &[]),
            ("++ f();\n--x;\n", "++f ++( ++) ++;\n-- x$ ;\n", &[]),
            ("?- f();\n? g();\n", "?-f ?-( ?-) ?-;\n?g ?( ?) ?;\n", &[]),
            ("... when != x\n    when any\nf();", "... when != x$\nwhen any\nf ( ) ;\n", &[]),
            (
                "+ // c\n+\n+ /* a\n+ b */ f();\n",
                "+Comment:\"// c\" +BlankLine:\"\" +Comment:\"/* a\\n b */\" +f +( +) +;\n",
                &[],
            ),
            ("+#ifdef X\n f();\n+#endif\n", "+Unindented:\"#ifdef X\" f ( ) ;\n+Unindented:\"#endif\"\n", &[]),
            ("#ifdef X\n f();\n", "f ( ) ;\n", &["E010"]),
            (
                "#include <a/b.h>\n- #include \"c.h\"\n# include ...\n",
                "#include <a/b.h>\n-#include -\"c.h\"\n# include ...\n",
                &[],
            ),
            ("#define A \\\n  1\nf", "#define A 1\nf\n", &[]),
            ("+ int f(......);\n", "+int +f +( +... +) +;\n", &[]),
            ("+ ...\n", "", &["E013"]),
            ("  - f();\n", "- f ( ) ;\n", &["W102"]),
            ("a\n  - b", "a\n- b\n", &[]),
            ("p;", ";\n", &["E015"]),
            ("foo\\(a\\|b\\)", "foo \\( a \\| b \\)\n", &[]),
            ("f@x@p", "f @ x$@\n", &[]),
            ("f(\"a%d\", 'c', 0x1F, 1...2)", "f ( \"a%d\" , 'c' , 0x1F , 1 ... 2 )\n", &[]),
            ("\n--- a/x.c\n+++ b/x.c\n- a", "-a\n", &[]),
            ("/* c\n d */ a", "a\n", &[]),
            ("&a\n(\nb\n&\nc\n)\n", "& a\n\\(\nb\n\\&\nc\n\\)\n", &[]),
        ] {
            assert_eq!(dump(text), (expected.to_owned(), codes.to_vec()), "{text}");
        }
    }
}

//! Expressions and statements that scripts make from text.

use std::sync::Arc;

use c_syntax::{ElementKind, MacroTables, SourceFile, SyntaxKind};

use super::hash::term_hashes;
use crate::value::{Term, Value};

/// The one expression or statement that a text is; none if it is something else.
#[must_use]
pub fn made_term(text: &str, statement: bool) -> Option<Value> {
    let end = if statement { "" } else { ";" };
    let body: Arc<[u8]> = format!("void f(void)\n{{\n{text}{end}\n}}\n").into_bytes().into();
    let file = SourceFile::parse(body, &Arc::new(MacroTables::default()), None);
    let mut functions = file.elements.iter().filter(|e| e.element.kind == ElementKind::Function);
    let (Some(found), None) = (functions.next(), functions.next()) else { return None };
    if found.element.parsed().failure.is_some() {
        return None;
    }
    let tree = found.element.tree(0);
    let block = tree.preorder(tree.root()).find(|n| tree.kind(*n) == SyntaxKind::Block)?;
    let mut inside = tree.child_nodes(block);
    let (Some(mut node), None) = (inside.next(), inside.next()) else { return None };
    if !statement {
        if tree.kind(node) != SyntaxKind::ExprStmt {
            return None;
        }
        node = tree.child_nodes(node).next()?;
    }
    let (loose, strict) = term_hashes(tree, node, None);
    Some(Value::Term(Term { element: found.element.clone(), variant: 0, node, loose, strict }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::script_text;

    #[test]
    fn one_expression_or_one_statement() {
        let made = |text, statement| made_term(text, statement).map(|v| script_text(&v));
        assert_eq!(made("a+ b[1]", false).as_deref(), Some("a + b [ 1 ]"));
        assert_eq!(made("if (a) { b(); }", true).as_deref(), Some("if ( a ) { b ( ) ; }"));
        for (text, statement) in
            [("a; b", false), ("a(); b();", true), ("a +", false), ("}", true), ("", false), ("", true)]
        {
            assert_eq!(made(text, statement), None, "{text}");
        }
    }
}

//! Checks of rules that were read, and warnings about them (`smpl-front-end.md` section 9).

use std::sync::Arc;

use c_syntax::{Child, Diagnostic, NodeId, Span, SyntaxKind, TokenId, TokenKind};
use rustc_hash::FxHashSet;

use crate::ast::{DeclaredNames, Item, MetaVar, MvId, MvKind, Rule, SemanticPatch};
use crate::decl::kinds::describe;
use crate::lexer::{LexedBody, LineMark, SmplTok};
use crate::link::mentioned_in_declarations;

/// Names of built-in isomorphisms, which no rule can have.
pub(crate) const RESERVED: [&str; 8] = [
    "all",
    "optional_storage",
    "optional_qualifier",
    "value_format",
    "comm_assoc",
    "optional_attributes",
    "prototypes",
    "list_and_aggregate_initialization",
];

/// A rule with its text.
pub(crate) struct RuleText<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The tokens of its body.
    pub body: &'a LexedBody,
    /// The text buffer.
    pub text: &'a Arc<[u8]>,
    /// Names declared with `symbol`, here or above.
    pub symbols: &'a [String],
    /// How many of its metavariables it has from the rule that it extends.
    pub extended: usize,
    /// Names of metavariables of rules above.
    pub earlier: &'a FxHashSet<String>,
}

/// Checks one rule.
pub(crate) fn rule(about: &RuleText<'_>, names: &DeclaredNames, diags: &mut Vec<Diagnostic>) {
    if about.rule.pattern.tokens.is_empty() {
        return;
    }
    variables(about, diags);
    positions(about, diags);
    undeclared(about, names, diags);
}

/// How a metavariable is used in the body.
#[derive(Clone, Copy, Default)]
struct Uses {
    minus: Option<usize>,
    plus: Option<usize>,
    count: u32,
}

fn uses(about: &RuleText<'_>) -> Vec<Uses> {
    let mut out = vec![Uses::default(); about.rule.metavars.len()];
    for (i, t) in about.body.toks.iter().enumerate() {
        for v in t.var.iter().chain(&t.attached) {
            let u = &mut out[v.0 as usize];
            u.count += 1;
            let side = if t.mark == LineMark::Plus { &mut u.plus } else { &mut u.minus };
            side.get_or_insert(i);
        }
        if t.kind == TokenKind::Str {
            formats(about, t, i, &mut out);
        }
    }
    out
}

/// Format metavariables stand inside strings: `%@d@`.
fn formats(about: &RuleText<'_>, t: &SmplTok, index: usize, out: &mut [Uses]) {
    let text = String::from_utf8_lossy(&about.text[t.text.start as usize..t.text.end as usize]);
    for (i, m) in about.rule.metavars.iter().enumerate() {
        if matches!(m.kind, MvKind::Format | MvKind::FormatList(_)) && text.contains(&format!("@{}@", m.name)) {
            let side = if t.mark == LineMark::Plus { &mut out[i].plus } else { &mut out[i].minus };
            side.get_or_insert(index);
        }
    }
}

fn variables(about: &RuleText<'_>, diags: &mut Vec<Diagnostic>) {
    let mentioned = mentioned_in_declarations(&about.rule.metavars);
    for (i, (m, u)) in about.rule.metavars.iter().zip(uses(about)).enumerate() {
        let span = |at: usize| about.body.toks[at].span;
        let implicit = m.name.contains('.');
        if implicit || matches!(m.kind, MvKind::Length) {
            continue;
        }
        match (&m.kind, u.minus, u.plus) {
            (MvKind::Fresh(_), Some(at), _) => diags.push(
                Diagnostic::error("E017", span(at), format!("`{}` is a fresh identifier", m.name), "cannot be matched")
                    .also(m.span, "declared here")
                    .help("fresh identifiers stand in added code only; declare an `identifier` to match a name"),
            ),
            (MvKind::Fresh(_), None, None) if !mentioned.contains(&MvId(i as u32)) => {
                diags.push(unused(about.rule, m, "in added code"));
            }
            (MvKind::Fresh(_), ..) => {}
            // All that the other rule declares comes along.
            _ if i < about.extended => {}
            (MvKind::Position { .. } | MvKind::Comments, _, Some(at)) => diags.push(
                Diagnostic::error("E013", span(at), format!("`{}` is attached to added code", m.name), "on a `+` line")
                    .also(m.span, format!("declared as {} here", describe(&m.kind)))
                    .help("remove the `@`: added code has no place yet"),
            ),
            (_, None, Some(at)) if m.inherited.is_none() && !mentioned.contains(&MvId(i as u32)) => {
                diags.push(only_in_plus(m, span(at)));
            }
            (_, None, None) if !mentioned.contains(&MvId(i as u32)) => {
                diags.push(unused(about.rule, m, "in the code to match"));
            }
            _ => {}
        }
    }
}

fn only_in_plus(m: &MetaVar, at: c_syntax::Span) -> Diagnostic {
    Diagnostic::error("E006", at, format!("nothing binds `{}`", m.name), "used in added code only")
        .also(m.span, format!("declared as {} here", describe(&m.kind)))
        .help(format!(
            "match it in `-` or unmarked code, inherit it (`rule.{0}`), or declare `fresh identifier {0}`",
            m.name
        ))
}

fn unused(rule: &Rule, m: &MetaVar, place: &str) -> Diagnostic {
    let message = format!("{}: metavariable `{}` is not used {place}", rule.name, m.name);
    Diagnostic::warning("W104", m.span, message, "declared here").help("remove the declaration")
}

/// A position can stand at one token only (of each branch of a disjunction).
fn positions(about: &RuleText<'_>, diags: &mut Vec<Diagnostic>) {
    for (i, m) in about.rule.metavars.iter().enumerate() {
        if !matches!(m.kind, MvKind::Position { .. }) || m.inherited.is_some() {
            continue;
        }
        let tree = &about.rule.pattern.tree;
        let tokens: Vec<u32> = (0..about.rule.pattern.tokens.len() as u32)
            .filter(|t| about.rule.pattern.tokens[*t as usize].attached.contains(&MvId(i as u32)))
            .collect();
        for pair in tokens.windows(2) {
            if !in_different_branches(tree, pair[0], pair[1]) {
                let span = |t: u32| about.rule.pattern.tokens[t as usize].span;
                let message = format!("position `{}` is used twice, so this rule cannot match", m.name);
                diags.push(
                    Diagnostic::warning("W107", span(pair[1]), message, "again here")
                        .also(span(pair[0]), "first here")
                        .help("declare a second position"),
                );
                break;
            }
        }
    }
}

/// Whether two tokens stand in different branches of a disjunction.
fn in_different_branches(tree: &c_syntax::Tree, a: u32, b: u32) -> bool {
    tree.preorder(tree.root()).filter(|n| matches!(tree.kind(*n), SyntaxKind::Disj | SyntaxKind::Conj)).any(|n| {
        let branch = |t: u32| tree.child_nodes(n).position(|c| tree.token_range(c).contains(&t));
        matches!((branch(a), branch(b)), (Some(x), Some(y)) if x != y)
    })
}

/// W101: identifiers that look like forgotten metavariables.
fn undeclared(about: &RuleText<'_>, names: &DeclaredNames, diags: &mut Vec<Diagnostic>) {
    let pattern = &about.rule.pattern;
    let tree = &pattern.tree;
    // A rule without metavariables is about certain code: nothing was forgotten.
    let general = !about.rule.metavars.is_empty();
    let declared = declared(tree);
    let mut seen = FxHashSet::default();
    for node in tree.preorder(tree.root()) {
        if tree.kind(node) != SyntaxKind::Ident || is_callee(tree, node) {
            continue;
        }
        let Some(&Child::Token(token)) = tree.children(node).first() else { continue };
        let word = String::from_utf8_lossy(tree.token_text(token)).into_owned();
        // Longer names are names of the program as often as not, unless another rule has them as metavariables.
        let earlier = about.earlier.contains(&word);
        let likely = earlier || general && word.len() <= 2 && !declared.contains(&word);
        let constant =
            word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        let known = about.symbols.contains(&word)
            || [&names.typedefs, &names.attributes, &names.declarers, &names.iterators]
                .iter()
                .any(|l| l.contains(&word));
        if !likely || constant || known || pattern.token(TokenId(token.0)).var.is_some() || !seen.insert(word.clone()) {
            continue;
        }
        let message = if earlier {
            format!("`{word}`, a metavariable of another rule, is none here")
        } else {
            format!("`{word}` is no metavariable")
        };
        diags.push(
            Diagnostic::warning("W101", pattern.token(token).span, message, "matches only that name")
                .help(format!("declare it (`expression {word};`), or say that the name is meant: `symbol {word};`")),
        );
    }
}

/// The names that a pattern itself declares.
fn declared(tree: &c_syntax::Tree) -> FxHashSet<String> {
    let member = |n| tree.parent(n).is_some_and(|p| tree.kind(p).is_expr());
    let names = tree.preorder(tree.root()).filter(|n| tree.kind(*n) == SyntaxKind::Name && !member(*n));
    names
        .filter_map(|n| tree.first_token(n))
        .map(|t| String::from_utf8_lossy(tree.token_text(t)).into_owned())
        .collect()
}

/// Whether a name is called, alone or as a branch of a disjunction.
fn is_callee(tree: &c_syntax::Tree, mut node: NodeId) -> bool {
    while let Some(above) = tree.parent(node) {
        match tree.kind(above) {
            SyntaxKind::Call => return tree.child_node(above, 0) == Some(node),
            SyntaxKind::Disj | SyntaxKind::Conj | SyntaxKind::DisjBranch => node = above,
            _ => return false,
        }
    }
    false
}

/// Checks what concerns several rules.
pub(crate) fn patch(patch: &SemanticPatch, diags: &mut Vec<Diagnostic>) {
    positions_over_changes(patch, diags);
}

/// The markers of a rule that can apply.
pub(crate) struct Markers {
    /// Its name.
    pub rule: String,
    /// Its first `*`.
    pub star: Option<Span>,
    /// Its first `-` or `+`.
    pub change: Option<Span>,
}

/// A patch either marks or changes.
pub(crate) fn star_and_change(rules: &[Markers], diags: &mut Vec<Diagnostic>) {
    let Some(star) = rules.iter().find_map(|r| r.star) else { return };
    for rule in rules {
        let Some(change) = rule.change else { continue };
        let message = format!("{} changes code, but the semantic patch also marks code with `*`", rule.rule);
        diags.push(
            Diagnostic::error("E029", change, message, "changes")
                .also(star, "marks")
                .help("use either `*` or `-` and `+`; virtual rules can choose between them"),
        );
    }
}

/// A position is no place any more when the code was changed since.
fn positions_over_changes(patch: &SemanticPatch, diags: &mut Vec<Diagnostic>) {
    for (i, item) in patch.items.iter().enumerate() {
        let Item::Rule(rule) = item else { continue };
        for (k, m) in rule.metavars.iter().enumerate() {
            let Some(from) = m.inherited.filter(|_| matches!(m.kind, MvKind::Position { .. })) else { continue };
            // One that only a constraint mentions forbids places, which the change cannot make wrong.
            if !rule.pattern.tokens.iter().any(|t| t.attached.contains(&MvId(k as u32))) {
                continue;
            }
            let start = (from.item.0 as usize).min(i);
            let since = &patch.items[start..i];
            // A script in between keeps what it needs.
            let after_script = since.iter().rposition(|x| matches!(x, Item::Script(_))).map_or(0, |p| p + 1);
            let change = since[after_script..].iter().find_map(|x| match x {
                Item::Rule(r) if r.transforms => Some(r),
                _ => None,
            });
            if let Some(change) = change {
                diags.push(
                    Diagnostic::error(
                        "E019",
                        m.span,
                        format!("position `{}` cannot be inherited over the modifications of {}", m.name, change.name),
                        "inherited here",
                    )
                    .help("bind the position again after the change, or inherit it before"),
                );
            }
        }
    }
}

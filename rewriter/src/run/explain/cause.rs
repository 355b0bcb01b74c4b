//! The sentences about what ended a partial match.

use c_syntax::{Diagnostic, NodeId, Severity, Span, SyntaxKind};
use cfg::NodeIndex;
use matcher::Forbidden;
use matcher::term::{Mismatch, Miss};
use matcher::why::{Cause, NearMiss, Step};

use super::{Draw, Explained};

/// So many points of a path are marked in the source.
const MAX_MARKED: usize = 12;

impl Draw<'_> {
    /// A match at the line.
    pub fn matched(&self, steps: &[Step]) -> Explained {
        let spans: Vec<(Span, Step)> = steps.iter().filter_map(|s| Some((self.span_of_point(s.point)?, *s))).collect();
        let place = spans.first().map_or_else(Span::default, |s| s.0);
        let name = &self.rule.name;
        let text = format!("rule `{name}` matches at {}:{}", self.file.name, self.line(place));
        let mut message = Self::message(Severity::Note, text, self.c_label(place, "the match starts here"));
        if let Some((span, step)) = spans.first() {
            message
                .secondary
                .push(self.rule_label(self.span_of_step(*step), format!("matches line {}", self.line(*span))));
        }
        self.mark_steps(&spans.iter().skip(1).map(|s| s.1).collect::<Vec<_>>(), &mut message);
        if self.rule.quantifier == Some(smpl_parser::Quantifier::Exists) {
            message.notes.push(
                "the rule is an `exists` rule: this path is enough, whatever the others are; `when forall` asks for all of them"
                    .into(),
            );
        }
        let path = self.lines(&steps.iter().map(|s| s.point).collect::<Vec<_>>());
        Explained { rule: name.clone(), matches: true, reason: "matches", message, path }
    }

    /// A partial match near the line.
    pub fn missed(&self, miss: &NearMiss, line: u32) -> Explained {
        let name = &self.rule.name;
        let text = format!("rule `{name}` does not match at {}:{line}", self.file.name);
        let place = miss.at.and_then(|p| self.span_of_point(p)).or_else(|| self.owner_before(miss));
        let place = place.unwrap_or_default();
        let mut message = Self::message(Severity::Note, text, self.c_label(place, ""));
        let reason = self.cause(miss, &mut message);
        self.mark_steps(&miss.steps, &mut message);
        let path = self.lines(&miss.path);
        self.mark_path(miss, &path, &mut message);
        Explained { rule: name.clone(), matches: false, reason, message, path }
    }

    /// The last point of the path that owns code: markers own none.
    fn owner_before(&self, miss: &NearMiss) -> Option<Span> {
        let on_path = miss.path.iter().rev().chain(miss.steps.iter().rev().map(|s| &s.point));
        on_path.filter_map(|p| self.span_of_point(*p)).next()
    }

    fn mark_steps(&self, steps: &[Step], message: &mut Diagnostic) {
        for step in steps {
            let Some(span) = self.span_of_point(step.point) else { continue };
            let pattern = self.span_of_step(*step);
            message.secondary.push(self.c_label(span, "matches"));
            message.secondary.push(self.rule_label(pattern, format!("matches line {}", self.line(span))));
        }
    }

    fn mark_path(&self, miss: &NearMiss, lines: &[u32], message: &mut Diagnostic) {
        for step in &miss.beyond {
            let Some(span) = self.span_of_point(step.point) else { continue };
            let how = if miss.all_paths { "matches on another path" } else { "would match here" };
            message.secondary.push(self.c_label(span, how));
            if !miss.all_paths {
                message.secondary.push(self.rule_label(self.span_of_step(*step), format!("line {}", self.line(span))));
            }
        }
        let marked = |span: Span, m: &Diagnostic| {
            m.primary.span == span || m.secondary.iter().any(|l| l.file == super::C_FILE && l.span == span)
        };
        if lines.len() > 1 {
            for point in miss.path.iter().take(MAX_MARKED) {
                let Some(span) = self.span_of_point(*point) else { continue };
                if !marked(span, message) {
                    message.secondary.push(self.c_label(span, "on the path"));
                }
            }
            let words: Vec<String> = lines.iter().map(u32::to_string).collect();
            message.notes.push(format!("the path: lines {}", words.join(", ")));
        }
    }

    /// Says what ended a partial match, on the message's main place and in the rule.
    fn cause(&self, miss: &NearMiss, message: &mut Diagnostic) -> &'static str {
        let here = miss.at.and_then(|p| self.quote_point(p));
        let here = here.map_or_else(|| "this".to_owned(), |t| format!("`{t}`"));
        let wanted = miss.node.map(|n| (n, self.quote_node(n, miss.at)));
        let reason = match &miss.cause {
            Cause::Term(misses) => self.terms(misses, message),
            Cause::Place => {
                message.primary.text = match &wanted {
                    Some((_, text)) => format!("{here} is not what the rule has here: `{text}`"),
                    None => format!("{here} is not what the rule has here"),
                };
                self.mark_node(miss.node, "nothing like it stands there", message);
                self.braces(miss, message);
                "kind"
            }
            Cause::Bound { var, here, earlier } => {
                let (name, _) = self.var(*var);
                message.primary.text = format!("`{name}` would be `{here}` here, but it is `{earlier}` already");
                if let Some(step) = miss.steps.iter().find(|s| self.mentions(**s, *var))
                    && let Some(span) = self.span_of_point(step.point)
                {
                    message.secondary.push(self.c_label(span, format!("`{name}` is `{earlier}` from here")));
                }
                self.mark_node(miss.node, &format!("`{name}` cannot be both"), message);
                "bound"
            }
            Cause::NoValue(var) => {
                let (name, span) = self.var(*var);
                message.primary.text = format!("the inherited metavariable `{name}` has no value");
                message.secondary.push(self.rule_label(span, "the rule that it comes from gave it no value"));
                "no-value"
            }
            Cause::Forbidden(why) => self.forbidden(*why, miss, message),
            Cause::LeavesBlock => {
                message.primary.text = match self.last_jump(miss) {
                    Some(text) => {
                        format!("the path leaves the block with `{text}` before what follows the `...` is reached")
                    }
                    None => "the path leaves the block that the `...` stand in".into(),
                };
                self.mark_dots(miss, "these stay inside their block", message);
                "leaves-block"
            }
            Cause::Ends => {
                let left = self.last_jump(miss);
                message.primary.text = match left {
                    Some(text) => format!("the path leaves with `{text}` before what follows the `...` is reached"),
                    None => "the function ends here before what follows the `...` is reached".into(),
                };
                self.mark_dots(miss, "every path from here must get to what follows", message);
                "path-ends"
            }
            Cause::Loop => {
                message.primary.text = "the path goes round a loop and never gets to what follows the `...`".into();
                self.mark_dots(miss, "every path from here must get to what follows", message);
                "loop"
            }
            Cause::PathsDisagree => {
                message.primary.text = "the paths from here match, but not with the same values".into();
                self.mark_dots(miss, "all paths must agree on the values of metavariables", message);
                "paths-disagree"
            }
            Cause::Nowhere => {
                message.primary.text =
                    "no path from here needs to get to what follows the `...`, but it stands nowhere at all".into();
                self.mark_node(miss.node, "no statement of the function matches this", message);
                "nowhere"
            }
            Cause::Shape => {
                message.primary.text = match &wanted {
                    Some((_, text)) => format!("{here} does not stand in the place that the rule has: `{text}`"),
                    None => "the statement has another shape than that of the rule".into(),
                };
                self.mark_node(miss.node, "in this place", message);
                self.braces(miss, message);
                "shape"
            }
        };
        if miss.all_paths {
            message.help = Some(
                "all paths must match; with `exists` in the rule's header one is enough, and `... when any` passes what stands around"
                    .into(),
            );
            return if matches!(miss.cause, Cause::Loop | Cause::PathsDisagree) { reason } else { "all-paths" };
        }
        reason
    }

    fn terms(&self, misses: &[Miss], message: &mut Diagnostic) -> &'static str {
        let mut reason = "term";
        for (i, miss) in misses.iter().take(3).enumerate() {
            let (text, word) = self.sentence(miss, message);
            let span = self.span_of_code(miss.code.clone());
            if i == 0 {
                reason = word;
                message.primary = self.c_label(span, text);
                let pattern = self.span_of_pattern(miss.pattern.clone());
                message.secondary.push(self.rule_label(pattern, self.in_rule(miss)));
            } else if miss.written && span == message.primary.span && text != message.primary.text {
                message.notes.push(format!("or: {text}"));
            }
        }
        reason
    }

    fn in_rule(&self, miss: &Miss) -> &'static str {
        match miss.why {
            Mismatch::Differs | Mismatch::NoTest => "differs from this",
            Mismatch::Missing => "the code lacks this",
            Mismatch::Extra => "the rule ends here",
            Mismatch::Bound { .. } | Mismatch::Inherited { .. } => "has another value",
            Mismatch::NoValue(_) => "has no value",
            Mismatch::Kind(_) | Mismatch::Type { .. } | Mismatch::Constraint { .. } => "does not accept it",
        }
    }

    /// What is wrong with a term, and a word for it.
    fn sentence(&self, miss: &Miss, message: &mut Diagnostic) -> (String, &'static str) {
        let code = self.quote_code(miss.code.clone());
        let pattern = self.quote_pattern(miss.pattern.clone());
        match &miss.why {
            Mismatch::Differs => {
                let whole = miss.pattern.len() > 1 || miss.code.len() > 1;
                let note = "no isomorphism in force makes the one of the other".to_owned();
                if whole && !message.notes.contains(&note) {
                    message.notes.push(note);
                }
                (format!("`{code}` stands here, the rule has `{pattern}`"), if whole { "term" } else { "token" })
            }
            Mismatch::Missing => (format!("nothing stands here for `{pattern}`{}", self.sizes(miss)), "missing"),
            Mismatch::Extra => (format!("`{code}` has no counterpart in the rule{}", self.sizes(miss)), "extra"),
            Mismatch::NoTest => (
                format!("`{pattern}` matches only where a truth value is asked for, and `{code}` stands elsewhere"),
                "test",
            ),
            Mismatch::Kind(var) => {
                let (name, span) = self.var(*var);
                message.secondary.push(self.rule_label(span, "declared here"));
                (format!("metavariable `{name}` does not accept `{code}`"), "kind")
            }
            Mismatch::Bound { var, value, place } => {
                let (name, _) = self.var(*var);
                if let Some(place) = place {
                    let span = self.span_of_code(place.clone());
                    message.secondary.push(self.c_label(span, format!("`{name}` is `{value}` from here")));
                }
                (format!("`{name}` would be `{code}` here, but it is `{value}` already"), "bound")
            }
            Mismatch::Inherited { var, value } => {
                let (name, span) = self.var(*var);
                message.secondary.push(self.rule_label(span, "inherited here"));
                (format!("`{code}` stands here, but `{name}` is inherited as `{value}`"), "inherited")
            }
            Mismatch::NoValue(var) => {
                let (name, span) = self.var(*var);
                message.secondary.push(self.rule_label(span, "inherited here"));
                (format!("the inherited metavariable `{name}` has no value"), "no-value")
            }
            Mismatch::Constraint { var, value } => {
                let (name, span) = self.var(*var);
                message.secondary.push(self.rule_label(span, "declared with a constraint"));
                (format!("`{value}` does not satisfy the constraint of `{name}`"), "constraint")
            }
            Mismatch::Type { found } => {
                let declared = self.pattern().token_range(self.pattern().root());
                let var = declared
                    .contains(&miss.pattern.start)
                    .then(|| self.rule.pattern.tokens[miss.pattern.start as usize].var);
                if let Some(Some(var)) = var {
                    message.secondary.push(self.rule_label(self.var(var).1, "declared with a type here"));
                }
                match found {
                    Some(t) => (format!("`{code}` has the type `{t}`"), "type"),
                    None => {
                        message.help = Some(
                            "types come from the file and the headers that are read: see --all-includes, --recursive-includes, -I".into(),
                        );
                        (format!("the type of `{code}` is not known"), "type-unknown")
                    }
                }
            }
        }
    }

    /// The sizes of the lists in which a miss lies.
    fn sizes(&self, miss: &Miss) -> String {
        let list = |tree: &c_syntax::Tree, at: u32| {
            let is_list = |k: SyntaxKind| {
                matches!(
                    k,
                    SyntaxKind::ArgList | SyntaxKind::ParamList | SyntaxKind::InitList | SyntaxKind::MacroParams
                )
            };
            let holds = |n: &NodeId| is_list(tree.kind(*n)) && tree.token_range(*n).contains(&at);
            tree.preorder(tree.root()).filter(holds).last().map(|n| tree.child_nodes(n).count())
        };
        match (list(self.code(), miss.code.start), list(self.pattern(), miss.pattern.start)) {
            (Some(code), Some(pattern)) if code != pattern => format!(" ({code} in the code, {pattern} in the rule)"),
            _ => String::new(),
        }
    }

    fn forbidden(&self, why: Forbidden, miss: &NearMiss, message: &mut Diagnostic) -> &'static str {
        let here = miss.at.and_then(|p| self.quote_point(p)).unwrap_or_default();
        let (node, text, in_rule, word) = match why {
            Forbidden::When(clause) => {
                let clause_text = self.quote_node(clause, None);
                (clause, format!("the path is stopped here by `{clause_text}`"), "forbids it", "when")
            }
            Forbidden::Before(item) => {
                let text = format!("`{here}` matches what stands before the `...`, which they do not pass");
                (item, text, "stands before the `...`", "dots-before")
            }
            Forbidden::After(item) => {
                let text = format!("`{here}` matches what stands after the `...` and is nearer");
                (item, text, "stands after the `...`", "dots-after")
            }
        };
        message.primary.text = text;
        message.secondary.push(self.rule_label(self.span_of_node(node), in_rule));
        if word != "when" {
            message.help = Some("`when any` lets the `...` pass what stands around them".into());
        }
        word
    }

    /// The text of a node of the pattern, or of the part that stands for a point of this kind.
    fn quote_node(&self, node: NodeId, at: Option<NodeIndex>) -> String {
        let head = at.map(|p| self.graph.cfg.graph[p].kind).map(|k| matcher::point::owned(self.pattern(), k, node));
        let range = head.into_iter().flatten().map(|c| match c {
            c_syntax::Child::Token(t) => t.0..t.0 + 1,
            c_syntax::Child::Node(n) => self.pattern().token_range(n),
        });
        let range = range.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        self.quote_pattern(range.unwrap_or_else(|| self.pattern().token_range(node)))
    }

    fn mark_node(&self, node: Option<NodeId>, text: &str, message: &mut Diagnostic) {
        if let Some(node) = node {
            message.secondary.push(self.rule_label(self.span_of_node(node), text));
        }
    }

    fn mark_dots(&self, miss: &NearMiss, text: &str, message: &mut Diagnostic) {
        self.mark_node(miss.dots, text, message);
    }

    /// The last statement of the path, if it leaves.
    fn last_jump(&self, miss: &NearMiss) -> Option<String> {
        use cfg::PointKind as P;
        let leaves =
            |p: &&NodeIndex| matches!(self.graph.cfg.graph[**p].kind, P::Return | P::Break | P::Goto | P::Continue);
        self.quote_point(*miss.path.iter().rev().find(leaves)?)
    }

    fn mentions(&self, step: Step, var: smpl_parser::MvId) -> bool {
        let range = self.pattern().token_range(step.node);
        range.clone().any(|t| self.rule.pattern.tokens.get(t as usize).is_some_and(|t| t.var == Some(var)))
    }

    /// A hint where braces are what differs.
    fn braces(&self, miss: &NearMiss, message: &mut Diagnostic) {
        let is_block = miss.node.is_some_and(|n| self.pattern().kind(n) == SyntaxKind::Block);
        if is_block {
            message.help = Some(
                "the rule has braces here; a rule without them matches one statement with or without braces".into(),
            );
        }
    }
}

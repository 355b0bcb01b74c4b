//! Applies isomorphisms to the rules of a patch (`smpl-front-end.md` section 10).

use c_syntax::{Diagnostic, Label, Span};

use crate::ast::{Item, ItemId, SemanticPatch};
use crate::decl::NEVER;
use crate::iso::{self, ApplyOptions, IsoSet};
use crate::parse::{ParseOptions, UsedIsos};
use crate::words;

/// A name after `disable`.
pub(crate) struct Disabled {
    /// The name.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// The rule with it, numbered as it was read.
    pub rule: ItemId,
}

/// The isomorphisms of a semantic patch.
pub(crate) struct Isos {
    standard: IsoSet,
    /// Those of `using`, and the only rule that they are for, numbered as it was read.
    more: Vec<(Option<ItemId>, IsoSet)>,
}

impl Isos {
    /// Reads the standard ones and those of `using`.
    pub(crate) fn read(options: &ParseOptions<'_>, used: &[UsedIsos], diags: &mut Vec<Diagnostic>) -> Self {
        let standard = options.isos.map(|(name, text)| read(name, text, diags)).unwrap_or_default();
        let more = used.iter().map(|u| (u.rule, read(&u.path, &u.text, diags))).collect();
        Self { standard, more }
    }

    /// The isomorphisms for a rule.
    fn of(&self, rule: ItemId) -> Vec<&IsoSet> {
        let more = self.more.iter().filter(|(r, _)| r.is_none_or(|r| r == rule));
        std::iter::once(&self.standard).chain(more.map(|(_, s)| s)).collect()
    }

    /// Names after `disable` that are those of no isomorphism.
    pub(crate) fn check_names(&self, disabled: &[Disabled], diags: &mut Vec<Diagnostic>) {
        for d in disabled {
            let sets = self.of(d.rule);
            if d.name == "all" || !iso::resolve_name(&d.name, &sets).is_empty() {
                continue;
            }
            let message = format!("there is no isomorphism `{}`", d.name);
            let error = Diagnostic::error("E007", d.span, message, "named after `disable`");
            let known = sets.iter().flat_map(|s| s.names()).chain(iso::BUILT_IN);
            diags.push(match crate::codes::similar(&d.name, known) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
        }
    }

    /// Rewrites the patterns of all rules, each with its isomorphisms. `number` gives the numbers of items in `patch` from those as read.
    pub(crate) fn apply(
        &self,
        patch: &mut SemanticPatch,
        options: &ParseOptions<'_>,
        number: &[ItemId],
        diags: &mut Vec<Diagnostic>,
    ) {
        let star = patch.star;
        let live = (0..number.len()).filter(|i| number[*i] != NEVER).map(|i| ItemId(i as u32));
        for (id, item) in live.zip(&mut patch.items) {
            let Item::Rule(rule) = item else { continue };
            let sets = self.of(id);
            let mut disabled = Vec::new();
            let named = rule.disabled.iter().filter(|_| !options.all_isos);
            for name in named.chain(options.disabled_isos) {
                let meant = iso::resolve_name(name, &sets);
                if !meant.contains(&name.as_str()) {
                    disabled.push(name.clone());
                }
                disabled.extend(meant.into_iter().map(str::to_owned));
            }
            let apply = ApplyOptions { disabled: &disabled, limit: options.iso_limit, star };
            let applied = iso::apply(&mut rule.pattern, &mut rule.metavars, &sets, &apply);
            rule.disabled = disabled;
            diags.extend(applied.diagnostics);
            rule.words = words::of_rule(rule);
            if let Some(prototype) = &mut rule.prototype {
                prototype.words = words::of_rule(prototype);
            }
        }
    }
}

/// Reads isomorphisms; messages name their file, since their places are not in the patch.
fn read(name: &str, text: &str, diags: &mut Vec<Diagnostic>) -> IsoSet {
    let (set, messages) = iso::parse(text);
    for mut d in messages {
        let at = (d.primary.span.start as usize).min(text.len());
        let line = 1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        d.message = format!("{name}:{line}: {}", d.message);
        d.primary = Label { file: 0, span: Span::default(), text: "while reading isomorphisms".to_owned() };
        d.secondary.clear();
        diags.push(d);
    }
    set
}

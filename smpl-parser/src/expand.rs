//! Applies isomorphisms to the rules of a patch (`smpl-front-end.md` section 10).

use c_syntax::{Diagnostic, Label, Span};

use crate::ast::{Item, ItemId, SemanticPatch};
use crate::decl::NEVER;
use crate::iso::{self, ApplyOptions, IsoFile, IsoSet};
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
pub(crate) struct Isos<'a> {
    standard: Option<&'a IsoSet>,
    /// Those of `using`, and the only rule that they are for, numbered as it was read.
    more: Vec<(Option<ItemId>, IsoFile)>,
}

impl<'a> Isos<'a> {
    /// The standard ones, and those of `using`, which are read.
    pub(crate) fn read(options: &ParseOptions<'a>, used: &[UsedIsos], diags: &mut Vec<Diagnostic>) -> Self {
        let standard = options.isos.map(|file| {
            report(file, diags);
            &file.set
        });
        let more = used.iter().map(|u| {
            let file = IsoFile::new(u.path.clone(), u.text.clone());
            report(&file, diags);
            (u.rule, file)
        });
        Self { standard, more: more.collect() }
    }

    /// The isomorphisms for a rule.
    fn of(&self, rule: ItemId) -> Vec<&IsoSet> {
        let more = self.more.iter().filter(|(r, _)| r.is_none_or(|r| r == rule));
        self.standard.into_iter().chain(more.map(|(_, file)| &file.set)).collect()
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
            rule.effect = words::of_effect(rule);
            if let Some(prototype) = &mut rule.prototype {
                prototype.words = words::of_rule(prototype);
            }
        }
    }
}

/// Messages about isomorphisms name their file, since their places are not in the patch.
fn report(file: &IsoFile, diags: &mut Vec<Diagnostic>) {
    for d in &file.messages {
        let at = (d.primary.span.start as usize).min(file.text.len());
        let line = 1 + file.text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        let mut d = d.clone();
        d.message = format!("{}:{line}: {}", file.name, d.message);
        d.primary = Label { file: 0, span: Span::default(), text: "while reading isomorphisms".to_owned() };
        d.secondary.clear();
        diags.push(d);
    }
}

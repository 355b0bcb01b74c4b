//! The rules in order, each asked why it does not match at a line before it runs.

use c_syntax::{Diagnostic, Label, Severity};
use matcher::Env;
use matcher::why::Answer;
use rustc_hash::FxHashSet;
use smpl_parser::{Dep, Item, ItemId, LeftOut, Rule, ScriptPhase};
use std::fmt::Write as _;

use super::Group;
use crate::run::element;
use crate::run::env;
use crate::run::explain::{C_FILE, Draw, Explained, lacking, unread};
use crate::run::program::RuleStep;

/// So many environments are asked about.
const MAX_ENVS: usize = 64;

impl Group<'_> {
    /// Runs all rules, and says of each what became of it at a line (from 1) of the `f`-th file.
    pub fn explain(mut self, f: usize, line: u32) -> Vec<Explained> {
        let mut out = Vec::new();
        let program = self.program;
        self.asks = true;
        for (i, item) in program.patch.items.iter().enumerate() {
            let id = ItemId(i as u32);
            let result = match item {
                Item::Rule(rule) => {
                    let Some(step) = &program.steps[i].rule else { continue };
                    let mut one = self.explain_rule(rule, step, f, line);
                    let before = self.messages.len();
                    let result = self.rule(id, rule);
                    self.refusal(&mut one, rule, before, line);
                    out.push(one);
                    result
                }
                Item::Script(script) if script.phase == ScriptPhase::Rule => self.script(id, script),
                Item::Script(_) => Ok(()),
            };
            if result.is_err() {
                break;
            }
        }
        out.extend(program.patch.left_out.iter().map(|rule| self.never(rule, f, line)));
        out
    }

    fn explain_rule(&mut self, rule: &Rule, step: &RuleStep, f: usize, line: u32) -> Explained {
        let envs: Vec<Env> = self.envs.clone();
        let allowed: Vec<&Env> =
            envs.iter().filter(|e| env::holds(&rule.depends, e, &self.ever, &self.files[f].name)).collect();
        if allowed.is_empty() {
            let why = self.unfulfilled(&rule.depends, &envs, f);
            return self.plain(rule, f, line, "depends", format!("its dependency is not fulfilled: {why}"));
        }
        if let Some((reason, text)) = unread(&self.files[f], line) {
            return self.plain(rule, f, line, reason, text);
        }
        let Some(e) = self.element_at(f, line) else {
            return self.plain(rule, f, line, "empty", "there is no code on this line".into());
        };
        if let Some(error) = self.no_graph(f, e) {
            return self.plain(rule, f, line, "no-graph", format!("the code has no control flow: {error}"));
        }
        let mut best: Option<(bool, u32, usize, Answer)> = None;
        let inherits = env::Inherited::new(rule, &step.pooled, &envs);
        for e_env in allowed.iter().take(MAX_ENVS) {
            let inherited = inherits.from(e_env);
            let host = &mut self.host;
            let file = &mut self.files[f];
            for (variant, answer) in element::ask(file, (e, line), rule, step, &inherited, self.options, host) {
                let key = (!answer.matches.is_empty(), answer.misses.first().map_or(0, |m| m.score));
                if best.as_ref().is_none_or(|b| key > (b.0, b.1)) {
                    best = Some((key.0, key.1, variant, answer));
                }
            }
        }
        let word = self.lacking_word(rule, f, e);
        let Some((_, _, variant, answer)) = best else {
            let text = word.unwrap_or_else(|| "nothing there resembles it".into());
            return self.plain(rule, f, line, "nothing", text);
        };
        self.answer(rule, (f, e, variant), line, &answer, word)
    }

    /// The sentences for what the matcher answered.
    fn answer(
        &mut self,
        rule: &Rule,
        (f, e, variant): (usize, usize, usize),
        line: u32,
        answer: &Answer,
        word: Option<String>,
    ) -> Explained {
        let Ok(graph) = self.files[f].graph(e, variant, self.options.cfg) else {
            return self.plain(rule, f, line, "no-graph", "the code has no control flow".into());
        };
        let draw = Draw { file: &self.files[f], rule, e, variant, graph };
        let on_line = |steps: &[matcher::why::Step]| {
            steps
                .iter()
                .filter_map(|s| draw.file.lines_of_point(e, variant, &draw.graph.cfg, s.point))
                .any(|l| l.contains(&line))
        };
        if let Some(steps) = answer.matches.iter().find(|m| on_line(m)) {
            return draw.matched(steps);
        }
        let elsewhere: Vec<u32> = (answer.matches.iter())
            .filter_map(|m| draw.span_of_point(m.first()?.point))
            .map(|s| draw.line(s))
            .collect();
        let mut out = match (answer.misses.first(), &word) {
            (Some(miss), _) => draw.missed(miss, line),
            (None, Some(word)) => return self.plain(rule, f, line, "word", word.clone()),
            (None, None) if answer.exhausted => {
                return self.plain(rule, f, line, "exhausted", "matching takes too long here".into());
            }
            (None, None) if answer.no_paths => {
                let text = "the rule has `...` between statements, which only functions have".into();
                return self.plain(rule, f, line, "no-paths", text);
            }
            (None, None) => return self.plain(rule, f, line, "nothing", "nothing here resembles it".into()),
        };
        if let Some(word) = word {
            out.reason = "word";
            out.message.message = format!("{}: {word}", out.message.message);
        }
        if !elsewhere.is_empty() {
            let lines: Vec<String> = elsewhere.iter().map(u32::to_string).collect();
            out.message.notes.push(format!("it does match in this function at line {}", lines.join(", ")));
        }
        out
    }

    /// The element that holds a line.
    fn element_at(&self, f: usize, line: u32) -> Option<usize> {
        let file = &self.files[f];
        let holds =
            |e: &c_syntax::FileElement| (file.place(e.start).0..=file.place(e.end.saturating_sub(1)).0).contains(&line);
        file.source.elements.iter().position(holds)
    }

    fn no_graph(&mut self, f: usize, e: usize) -> Option<String> {
        let variants = self.files[f].variants(e);
        let graphs: Vec<_> = (0..variants).map(|v| self.files[f].graph(e, v, self.options.cfg)).collect();
        match graphs.iter().all(Result::is_err) {
            true => graphs.into_iter().find_map(Result::err).map(|e| e.to_string()),
            false => None,
        }
    }

    /// Words without which the rule is not tried, and that the file or the element does not have.
    fn lacking_word(&self, rule: &Rule, f: usize, e: usize) -> Option<String> {
        let file = &self.files[f];
        let element = &file.source.elements[e];
        let list = |mut words: Vec<String>| {
            let mut said = FxHashSet::default();
            words.retain(|w| said.insert(w.clone()));
            words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(" or ")
        };
        let table = &self.program.table;
        let lacking = |text: &[u8]| lacking(&rule.words, table, &table.find(text));
        if let Some(words) = lacking(&file.source.text) {
            return Some(format!("the file lacks {}", list(words)));
        }
        let words = lacking(&file.source.text[element.start as usize..element.end as usize])?;
        let name = element.element.name.as_deref().map_or_else(|| "this element".to_owned(), |n| format!("`{n}`"));
        Some(format!("{name} lacks {}", list(words)))
    }

    /// The part of a dependency that does not hold.
    fn unfulfilled(&self, dep: &Dep, envs: &[Env], f: usize) -> String {
        let holds = |d: &Dep| envs.iter().any(|e| env::holds(d, e, &self.ever, &self.files[f].name));
        let name = |i: ItemId| match self.program.patch.items.get(i.0 as usize) {
            Some(Item::Rule(r)) => format!("`{}`", r.name),
            Some(Item::Script(s)) => format!("`{}`", s.name),
            None => "a rule that never applies".to_owned(),
        };
        match dep {
            Dep::And(a, b) if holds(a) => self.unfulfilled(b, envs, f),
            Dep::And(a, _) | Dep::Forall(a) => self.unfulfilled(a, envs, f),
            Dep::Or(a, b) => format!("{}, and {}", self.unfulfilled(a, envs, f), self.unfulfilled(b, envs, f)),
            Dep::Matched(i) | Dep::Ever(i) => format!("rule {} did not match", name(*i)),
            Dep::Never(i) => format!("rule {} matched", name(*i)),
            Dep::Not(d) => match &**d {
                Dep::Matched(i) | Dep::Ever(i) => format!("rule {} matched", name(*i)),
                _ => "what must not hold does".to_owned(),
            },
            Dep::FileIn(place) => format!("the file is not below `{place}`"),
            Dep::False => "it can never hold".to_owned(),
            Dep::True => "another rule was given up".to_owned(),
        }
    }

    /// A rule that was given up at the line although it matches.
    fn refusal(&self, one: &mut Explained, rule: &Rule, before: usize, line: u32) {
        for m in self.messages[before..].iter().filter(|m| m.rule == rule.name) {
            if !one.matches && m.line.is_some_and(|l| l != line) {
                continue;
            }
            one.reason = "refused";
            one.matches = false;
            one.message.message = format!("rule `{}` matches and is given up: {}", rule.name, m.text);
            one.message.notes.extend(m.details.iter().cloned());
        }
    }

    /// A rule that the options in force leave out.
    fn never(&self, rule: &LeftOut, f: usize, line: u32) -> Explained {
        let mut why = "its dependency can never hold".to_owned();
        if !self.program.patch.virtuals.is_empty() {
            let names: Vec<String> = self.program.patch.virtuals.iter().map(|v| format!("-D {v}")).collect();
            let _ = write!(why, " with the virtual rules that are set; the patch knows {}", names.join(", "));
        }
        let mut out = self.plain_named(&rule.name, f, line, "virtual", why);
        out.message.notes.push(format!("its header stands on line {} of the semantic patch", rule.line));
        out
    }

    /// An answer without a partial match.
    fn plain(&self, rule: &Rule, f: usize, line: u32, reason: &'static str, text: String) -> Explained {
        self.plain_named(&rule.name, f, line, reason, text)
    }

    fn plain_named(&self, rule: &str, f: usize, line: u32, reason: &'static str, text: String) -> Explained {
        let file = &self.files[f];
        let name = &file.name;
        let message = Diagnostic {
            severity: Severity::Note,
            code: "",
            message: format!("rule `{rule}` does not match at {name}:{line}: {text}"),
            primary: Label { file: C_FILE, span: file.span_of_line(line), text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
        };
        Explained { rule: rule.to_owned(), matches: false, reason, message, path: Vec::new() }
    }
}

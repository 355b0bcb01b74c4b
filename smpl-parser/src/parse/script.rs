//! Script rules.

use c_syntax::{Diagnostic, Span};

use super::Session;
use crate::ast::{Dep, Item, Script, ScriptInput, ScriptPhase, ScriptSource, VarRef};
use crate::decl::{Lookup, NEVER, Outer};
use crate::file::header::Header;
use crate::file::script::Param;
use crate::file::{self, RawItem};
use crate::reach::Condition;

impl Session<'_> {
    pub(super) fn script(&mut self, text: &str, raw: &RawItem, header: Header) {
        let depends = self.depends(&header);
        let Some((phase, language)) = header.script.clone() else { return };
        let mut dead = depends == Dep::False;
        let (mut inputs, mut outputs, mut from) = (Vec::new(), Vec::new(), Vec::new());
        let code_likely = phase != ScriptPhase::Rule;
        for p in file::script::params(text.as_bytes(), &raw.decls, code_likely, &mut self.diags) {
            match p {
                Param::Output(name, _) => outputs.push(name),
                Param::Input { name, rule, var, default } => {
                    from.push(rule.0.clone());
                    if let Some(source) = self.script_source(&rule, &var, default.is_some(), &mut dead) {
                        inputs.push(ScriptInput { name, source, default });
                    }
                }
            }
        }
        let name = self.new_name(header.name.as_ref(), format!("script:{language} on line {}", raw.line));
        let (code, code_line) = file::script::code(text.as_bytes(), &raw.body, raw.body_line, &language);
        self.conditions.push(Condition {
            name: header.name.as_ref().map(|n| n.0.clone()),
            depends: header.depends.clone(),
            needs: Vec::new(),
            reads: from,
            header: None,
            inert: false,
        });
        let script = Script { name, phase, language, depends, inputs, outputs, code, line: raw.line, code_line };
        self.add(header.name.as_ref(), Item::Script(Box::new(script)), dead);
    }

    fn script_source(
        &mut self,
        rule: &(String, Span),
        var: &(String, Span),
        has_default: bool,
        dead: &mut bool,
    ) -> Option<ScriptSource> {
        match rule.0.as_str() {
            "virtual" => {
                return Some(ScriptSource::Virtual(var.0.clone(), self.known.value(&var.0).map(|v| v.0)));
            }
            "merge" => return Some(ScriptSource::Merge(var.0.clone())),
            _ => {}
        }
        match self.known.lookup(&rule.0, &var.0) {
            Lookup::Found(v, _) => Some(ScriptSource::Var(v)),
            Lookup::Dead => {
                *dead |= !has_default;
                Some(ScriptSource::Var(VarRef { item: NEVER, var: 0 }))
            }
            Lookup::NoRule => {
                let mut d =
                    Diagnostic::error("E007", rule.1, format!("there is no rule `{}`", rule.0), "not declared above");
                if let Some(near) = self.known.similar(&rule.0) {
                    d = d.help(format!("did you mean `{near}`?"));
                }
                self.diags.push(d);
                None
            }
            Lookup::NoVar => {
                self.diags.push(crate::decl::no_variable(&self.known, &rule.0, &var.0, var.1));
                None
            }
        }
    }
}

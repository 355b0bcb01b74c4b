//! Dependencies with their names looked up.

use c_syntax::{Diagnostic, Span};

use super::Session;
use crate::ast::{Dep, ItemId};
use crate::decl::Outer;
use crate::file::header::{DepExpr, Header};

impl Session<'_> {
    /// A dependency with its names looked up; what is already known is put in.
    pub(super) fn depends(&mut self, header: &Header) -> Dep {
        let Some(expr) = &header.depends else { return Dep::True };
        let dep = self.dep(expr);
        if header.depends_forall && !matches!(dep, Dep::True | Dep::False) { Dep::Forall(Box::new(dep)) } else { dep }
    }

    fn dep(&mut self, expr: &DepExpr) -> Dep {
        match expr {
            DepExpr::Name(n, s) => self.dep_name(n, *s, Dep::Matched, false),
            DepExpr::Ever(n, s) => self.dep_name(n, *s, Dep::Ever, false),
            DepExpr::Never(n, s) => self.dep_name(n, *s, Dep::Never, true),
            DepExpr::FileIn(p) => Dep::FileIn(p.clone()),
            DepExpr::Not(d) => match self.dep(d) {
                Dep::True => Dep::False,
                Dep::False => Dep::True,
                d => Dep::Not(Box::new(d)),
            },
            DepExpr::And(a, b) => match (self.dep(a), self.dep(b)) {
                (Dep::False, _) | (_, Dep::False) => Dep::False,
                (Dep::True, d) | (d, Dep::True) => d,
                (a, b) => Dep::And(Box::new(a), Box::new(b)),
            },
            DepExpr::Or(a, b) => match (self.dep(a), self.dep(b)) {
                (Dep::True, _) | (_, Dep::True) => Dep::True,
                (Dep::False, d) | (d, Dep::False) => d,
                (a, b) => Dep::Or(Box::new(a), Box::new(b)),
            },
        }
    }

    fn dep_name(&mut self, name: &str, span: Span, live: fn(ItemId) -> Dep, negative: bool) -> Dep {
        let truth = |t: bool| if t != negative { Dep::True } else { Dep::False };
        if self.known.virtuals.iter().any(|v| v == name) {
            return truth(self.known.on.contains(name));
        }
        match self.known.by_name.get(name) {
            Some(id) if self.known.dead[id.0 as usize] => truth(false),
            Some(id) => live(*id),
            None => {
                let mut d = Diagnostic::error("E007", span, format!("there is no rule `{name}`"), "not declared above");
                if let Some(near) = self.known.similar(name) {
                    d = d.help(format!("did you mean `{near}`?"));
                }
                self.diags.push(d);
                Dep::False
            }
        }
    }
}

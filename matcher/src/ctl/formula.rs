//! Formulas: hash-consed, so that equal parts are one part and are evaluated once.

use rustc_hash::FxHashMap;

use crate::ctl::Var;

/// A formula, as an index into [`Formulas`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FormulaId(pub u32);

/// Which edges an operator follows (`semantics.md` 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edges {
    /// Edges along which control passes.
    Direct,
    /// Short cuts too.
    All,
}

/// Whether the elimination of a quantifier leaves a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keep {
    /// No.
    No,
    /// For the leaves below it.
    Local,
    /// Also if there are no leaves; forests that differ in it are different results.
    Export,
}

/// An operator and its parts (`semantics.md` 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Formula {
    /// Everywhere.
    True,
    /// Nowhere.
    False,
    /// What the model says.
    Atom(u32),
    /// Join.
    And(FormulaId, FormulaId),
    /// Union.
    Or(FormulaId, FormulaId),
    /// The first, and what of the second is not suppressed by it.
    SeqOr(FormulaId, FormulaId),
    /// Complement, without witnesses.
    Not(FormulaId),
    /// Elimination of a variable.
    Exists(Keep, Var, FormulaId),
    /// At some next point (`true`: forward).
    Ex(Edges, bool, FormulaId),
    /// At all next points over direct edges (`true`: forward).
    Ax(bool, FormulaId),
    /// Some path holds the first until the second.
    Eu(Edges, FormulaId, FormulaId),
    /// All paths over direct edges hold the first until the second, or go round for ever where the second stays reachable.
    Au(FormulaId, FormulaId),
    /// The first, with all that the second gives at any reachable point (AndAny and AllInside).
    Gather(FormulaId, FormulaId),
}

/// Owns formulas.
#[derive(Debug, Default)]
pub struct Formulas {
    list: Vec<Formula>,
    free: Vec<Box<[Var]>>,
    depth: Vec<u32>,
    local: Vec<bool>,
    ids: FxHashMap<Formula, FormulaId>,
}

impl Formulas {
    /// The formula behind an id.
    #[must_use]
    pub fn get(&self, id: FormulaId) -> Formula {
        self.list[id.0 as usize]
    }

    /// Its free variables, sorted. What atoms bind must have been given to [`Formulas::atom`].
    #[must_use]
    pub fn free(&self, id: FormulaId) -> &[Var] {
        &self.free[id.0 as usize]
    }

    /// How deeply it is nested.
    #[must_use]
    pub fn depth(&self, id: FormulaId) -> u32 {
        self.depth[id.0 as usize]
    }

    /// Whether it looks at a few points around only: no part of it follows paths of any length.
    #[must_use]
    pub fn is_local(&self, id: FormulaId) -> bool {
        self.local[id.0 as usize]
    }

    /// Number of different formulas.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn add(&mut self, formula: Formula, free: impl FnOnce(&Self) -> Vec<Var>) -> FormulaId {
        if let Some(id) = self.ids.get(&formula) {
            return *id;
        }
        let mut vars = free(self);
        vars.sort_unstable();
        vars.dedup();
        let depth = 1 + parts(formula).into_iter().flatten().map(|p| self.depth(p)).max().unwrap_or(0);
        let far = matches!(formula, Formula::Eu(..) | Formula::Au(..) | Formula::Gather(..));
        let local = !far && parts(formula).into_iter().flatten().all(|p| self.is_local(p));
        let id = FormulaId(self.list.len() as u32);
        self.list.push(formula);
        self.local.push(local);
        self.free.push(vars.into());
        self.depth.push(depth);
        self.ids.insert(formula, id);
        id
    }

    fn compose(&mut self, formula: Formula) -> FormulaId {
        self.add(formula, |all| parts(formula).into_iter().flatten().flat_map(|p| all.free(p).to_vec()).collect())
    }

    /// True.
    pub fn yes(&mut self) -> FormulaId {
        self.compose(Formula::True)
    }

    /// False.
    pub fn no(&mut self) -> FormulaId {
        self.compose(Formula::False)
    }

    /// An atomic predicate of the model, and the variables that it may bind.
    pub fn atom(&mut self, atom: u32, vars: &[Var]) -> FormulaId {
        self.add(Formula::Atom(atom), |_| vars.to_vec())
    }

    /// Conjunction.
    pub fn and(&mut self, a: FormulaId, b: FormulaId) -> FormulaId {
        match (self.get(a), self.get(b)) {
            (Formula::True, _) | (_, Formula::False) => b,
            (_, Formula::True) | (Formula::False, _) => a,
            _ => self.compose(Formula::And(a, b)),
        }
    }

    /// Conjunction of many, from left to right.
    pub fn all(&mut self, parts: &[FormulaId]) -> FormulaId {
        let mut out = self.yes();
        for p in parts.iter().rev() {
            out = self.and(*p, out);
        }
        out
    }

    /// Disjunction.
    pub fn or(&mut self, a: FormulaId, b: FormulaId) -> FormulaId {
        match (self.get(a), self.get(b)) {
            (Formula::False, _) => b,
            (_, Formula::False) => a,
            _ if a == b => a,
            _ => self.compose(Formula::Or(a, b)),
        }
    }

    /// Ordered choice.
    pub fn seq_or(&mut self, a: FormulaId, b: FormulaId) -> FormulaId {
        match (self.get(a), self.get(b)) {
            (Formula::False, _) => b,
            (_, Formula::False) => a,
            _ => self.compose(Formula::SeqOr(a, b)),
        }
    }

    /// Complement.
    pub fn not(&mut self, a: FormulaId) -> FormulaId {
        match self.get(a) {
            Formula::True => self.no(),
            Formula::False => self.yes(),
            _ => self.compose(Formula::Not(a)),
        }
    }

    /// Quantifier. A variable that is not free leaves the formula as it is.
    pub fn exists(&mut self, keep: Keep, var: Var, a: FormulaId) -> FormulaId {
        if self.free(a).binary_search(&var).is_err() {
            return a;
        }
        self.add(Formula::Exists(keep, var, a), |all| all.free(a).iter().copied().filter(|v| *v != var).collect())
    }

    /// Some next point.
    pub fn ex(&mut self, a: FormulaId) -> FormulaId {
        self.compose(Formula::Ex(Edges::All, true, a))
    }

    /// Some earlier point.
    pub fn ex_back(&mut self, a: FormulaId) -> FormulaId {
        self.compose(Formula::Ex(Edges::All, false, a))
    }

    /// All next points.
    pub fn ax(&mut self, a: FormulaId) -> FormulaId {
        self.compose(Formula::Ax(true, a))
    }

    /// All earlier points.
    pub fn ax_back(&mut self, a: FormulaId) -> FormulaId {
        self.compose(Formula::Ax(false, a))
    }

    /// Some path.
    pub fn eu(&mut self, edges: Edges, a: FormulaId, b: FormulaId) -> FormulaId {
        self.compose(Formula::Eu(edges, a, b))
    }

    /// All paths.
    pub fn au(&mut self, a: FormulaId, b: FormulaId) -> FormulaId {
        self.compose(Formula::Au(a, b))
    }

    /// With everything found below.
    pub fn gather(&mut self, a: FormulaId, b: FormulaId) -> FormulaId {
        self.compose(Formula::Gather(a, b))
    }

    /// A formula as text, with atoms and variables by name, for tests and explanations.
    #[must_use]
    pub fn show(&self, id: FormulaId, atom: &dyn Fn(u32) -> String) -> String {
        let two =
            |op: &str, a: FormulaId, b: FormulaId| format!("{op}({}, {})", self.show(a, atom), self.show(b, atom));
        match self.get(id) {
            Formula::True => "true".into(),
            Formula::False => "false".into(),
            Formula::Atom(a) => atom(a),
            Formula::And(a, b) => format!("({} & {})", self.show(a, atom), self.show(b, atom)),
            Formula::Or(a, b) => format!("({} | {})", self.show(a, atom), self.show(b, atom)),
            Formula::SeqOr(a, b) => two("SeqOr", a, b),
            Formula::Not(a) => format!("!{}", self.show(a, atom)),
            Formula::Exists(Keep::No, v, a) => format!("E{}.{}", v.0, self.show(a, atom)),
            Formula::Exists(_, v, a) => format!("K{}.{}", v.0, self.show(a, atom)),
            Formula::Ex(_, true, a) => format!("EX {}", self.show(a, atom)),
            Formula::Ex(_, false, a) => format!("EX~ {}", self.show(a, atom)),
            Formula::Ax(true, a) => format!("AX {}", self.show(a, atom)),
            Formula::Ax(false, a) => format!("AX~ {}", self.show(a, atom)),
            Formula::Eu(_, a, b) => two("EU", a, b),
            Formula::Au(a, b) => two("AU", a, b),
            Formula::Gather(a, b) => two("Gather", a, b),
        }
    }
}

fn parts(formula: Formula) -> [Option<FormulaId>; 2] {
    match formula {
        Formula::True | Formula::False | Formula::Atom(_) => [None, None],
        Formula::Not(a) | Formula::Exists(_, _, a) | Formula::Ex(_, _, a) | Formula::Ax(_, a) => [Some(a), None],
        Formula::And(a, b)
        | Formula::Or(a, b)
        | Formula::SeqOr(a, b)
        | Formula::Eu(_, a, b)
        | Formula::Au(a, b)
        | Formula::Gather(a, b) => [Some(a), Some(b)],
    }
}

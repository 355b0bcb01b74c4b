//! Runs straight-line scripts. Where Python would raise, or do anything that is not surely known here, there is no result.

use matcher::{Position, Value as Bound};
use rewriter::run::{Input, ScriptResult};
use rustc_hash::FxHashMap;
use smpl_parser::ast::{Script, ScriptCall};

use super::parse::{Action, Block, Compare, Expr, Field, Method, Statement};

/// More output than this is left to Python and its limit.
const MOST_OUTPUT: usize = 1 << 20;

/// A value.
#[derive(Debug, Clone)]
enum Value {
    Str(String),
    Int(i64),
    Bool(bool),
    None,
    Place(Position),
    Places(Vec<Position>),
    /// The value of a list metavariable: its text, and its elements.
    List(String, Vec<String>),
}

/// Runs a script; none if Python has to.
pub fn run(block: &Block, script: &Script, inputs: &[Option<Input>]) -> Option<ScriptResult> {
    let mut names = FxHashMap::default();
    for (input, value) in script.inputs.iter().zip(inputs) {
        names.insert(input.name.clone(), bound(value.as_ref()?)?);
    }
    let mut run = Run { names, outputs: FxHashMap::default(), printed: String::new(), keep: true };
    run.block(block)?;
    let outputs = script.outputs.iter().enumerate().filter_map(|(i, name)| {
        let value = run.outputs.get(name)?;
        Some((u32::try_from(i).ok()?, exported(value)?))
    });
    let outputs = outputs.collect();
    Some(ScriptResult { keep: run.keep, outputs, printed: run.printed.into_bytes(), ..ScriptResult::default() })
}

/// The text of the value of an expression, none inside if it is false; none if Python has to work it out.
#[allow(clippy::option_option)]
pub fn expression(expr: &Expr, call: &ScriptCall, inputs: &[Input]) -> Option<Option<String>> {
    let named = |((name, _), value): (&(String, _), _)| Some((name.clone(), bound(value)?));
    let names = call.params.iter().zip(inputs).map(named).collect::<Option<_>>()?;
    let run = Run { names, outputs: FxHashMap::default(), printed: String::new(), keep: true };
    let value = run.eval(expr)?;
    if truth(&value) { text(&value).map(Some) } else { Some(None) }
}

/// A metavariable's value as scripts see it; none for objects that only Python has.
fn bound(input: &Input) -> Option<Value> {
    Some(match input {
        Input::Comments(_) => return None,
        Input::Text(text) => Value::Str(text.clone()),
        Input::EmptyList => Value::Places(Vec::new()),
        Input::Value(Bound::Positions(places)) => Value::Places(places.to_vec()),
        Input::Value(Bound::List(terms)) => {
            let parts: Vec<String> = terms.iter().map(matcher::term::script_term_text).collect();
            Value::List(matcher::term::script_text(&Bound::List(terms.clone())), parts)
        }
        Input::Value(other) => Value::Str(matcher::term::script_text(other)),
    })
}

/// What a script made, as the value of a metavariable; none for `None`.
fn exported(value: &Value) -> Option<Bound> {
    match value {
        Value::None => None,
        Value::Place(place) => Some(Bound::Positions([place.clone()].into())),
        Value::Places(places) => Some(Bound::Positions(places.clone().into())),
        other => Some(Bound::Text(text(other)?.into())),
    }
}

/// `str(value)`; none for places, which Python shows by address.
fn text(value: &Value) -> Option<String> {
    Some(match value {
        Value::Str(s) | Value::List(s, _) => s.clone(),
        Value::Int(n) => n.to_string(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::None => "None".to_owned(),
        Value::Place(_) | Value::Places(_) => return None,
    })
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Str(s) => !s.is_empty(),
        Value::Int(n) => *n != 0,
        Value::Bool(b) => *b,
        Value::None => false,
        Value::Place(_) => true,
        Value::Places(list) => !list.is_empty(),
        Value::List(_, parts) => !parts.is_empty(),
    }
}

struct Run {
    names: FxHashMap<String, Value>,
    outputs: FxHashMap<String, Value>,
    printed: String,
    keep: bool,
}

impl Run {
    fn block(&mut self, block: &Block) -> Option<()> {
        block.iter().try_for_each(|s| self.statement(s))
    }

    fn statement(&mut self, statement: &Statement) -> Option<()> {
        match statement {
            Statement::Assign(name, value) => {
                let value = self.eval(value)?;
                self.names.insert(name.clone(), value);
            }
            Statement::Output(name, value) => {
                let value = self.eval(value)?;
                self.outputs.insert(name.clone(), value);
            }
            Statement::Do(action, arguments) => {
                let arguments = arguments.iter().map(|a| self.eval(a)).collect::<Option<Vec<_>>>()?;
                self.act(*action, &arguments)?;
            }
            Statement::If(branches, last) => {
                for (test, block) in branches {
                    if truth(&self.eval(test)?) {
                        return self.block(block);
                    }
                }
                self.block(last)?;
            }
            Statement::For(name, over, block) => {
                let Value::Places(places) = self.eval(over)? else { return None };
                for place in places {
                    self.names.insert(name.clone(), Value::Place(place));
                    self.block(block)?;
                }
            }
        }
        Some(())
    }

    fn line(&mut self, line: &str) -> Option<()> {
        self.printed.push_str(line);
        self.printed.push('\n');
        (self.printed.len() < MOST_OUTPUT).then_some(())
    }

    fn act(&mut self, action: Action, arguments: &[Value]) -> Option<()> {
        let string = |i: usize, default: &str| match arguments.get(i) {
            None => Some(default.to_owned()),
            Some(Value::Str(s)) => Some(s.clone()),
            Some(_) => None,
        };
        match action {
            Action::Print => {
                let parts = arguments.iter().map(text).collect::<Option<Vec<_>>>()?;
                self.line(&parts.join(" "))
            }
            Action::IncludeMatch => {
                self.keep = truth(&arguments[0]);
                Some(())
            }
            Action::Report => {
                let place = first(&arguments[0])?;
                let message = arguments.get(1).map_or_else(|| Some("ERROR".to_owned()), text)?;
                let Position { file, start, end, .. } = place;
                self.line(&format!("{file}:{}:{}-{}: {message}", start.0, start.1, end.1))
            }
            Action::Org { todo, safe } => {
                let message = string(1, "")?;
                let message = if safe { message.replace('[', "@(").replace(']', ")") } else { message };
                let link = link(first(&arguments[0])?, &message, &string(2, "ovl-face1")?);
                self.line(&if todo { format!("* TODO {link}") } else { link })
            }
            Action::Main => {
                let place = first(&arguments[1])?;
                let place_text = format!("{}::{}", place.file, place.start.0);
                let message = string(0, "")?;
                let message = if message.is_empty() { place_text } else { format!("{message} {place_text}") };
                let line = format!("* TODO {}", link(place, &message, &string(2, "ovl-face1")?));
                self.line(&line)
            }
            Action::Sec => {
                let line = link(first(&arguments[1])?, &string(0, "")?, &string(2, "ovl-face2")?);
                self.line(&line)
            }
            Action::Secs => {
                let places = match &arguments[1] {
                    Value::Places(list) => list.clone(),
                    Value::Place(place) => vec![place.clone()],
                    _ => return None,
                };
                let (message, color) = (string(0, "")?, string(2, "ovl-face2")?);
                places.iter().try_for_each(|p| self.line(&link(p, &message, &color)))
            }
        }
    }

    fn eval(&self, expr: &Expr) -> Option<Value> {
        Some(match expr {
            Expr::Str(s) => Value::Str(s.clone()),
            Expr::Int(n) => Value::Int(*n),
            Expr::Bool(b) => Value::Bool(*b),
            Expr::None => Value::None,
            Expr::Name(name) => self.names.get(name)?.clone(),
            Expr::Field(of, field) => match self.eval(of)? {
                Value::Place(place) => Value::Str(field_of(&place, *field)),
                _ => return None,
            },
            Expr::Index(of, n) => index(&self.eval(of)?, *n)?,
            Expr::Method(of, method, arguments) => {
                let arguments = arguments.iter().map(|a| self.string(a)).collect::<Option<Vec<_>>>()?;
                call(&self.string(of)?, *method, &arguments)?
            }
            Expr::ToStr(of) => Value::Str(text(&self.eval(of)?)?),
            Expr::ToInt(of) => match self.eval(of)? {
                Value::Int(n) => Value::Int(n),
                Value::Str(s) if !s.is_empty() && s.len() < 10 && s.bytes().all(|b| b.is_ascii_digit()) => {
                    Value::Int(s.parse().ok()?)
                }
                _ => return None,
            },
            Expr::Len(of) => Value::Int(match self.eval(of)? {
                Value::Places(list) => list.len() as i64,
                Value::List(_, parts) => parts.len() as i64,
                Value::Str(s) => s.chars().count() as i64,
                _ => return None,
            }),
            Expr::Format(of, arguments) => {
                let values = arguments.iter().map(|a| self.eval(a)).collect::<Option<Vec<_>>>()?;
                Value::Str(format(&self.string(of)?, &values)?)
            }
            Expr::Add(a, b) => match (self.eval(a)?, self.eval(b)?) {
                (Value::Str(a), Value::Str(b)) => Value::Str(a + &b),
                (Value::Int(a), Value::Int(b)) => Value::Int(a.checked_add(b)?),
                _ => return None,
            },
            Expr::Compare(compare, a, b) => Value::Bool(holds(*compare, &self.eval(a)?, &self.eval(b)?)?),
            Expr::Both(and, a, b) => {
                let left = self.eval(a)?;
                if truth(&left) == *and { self.eval(b)? } else { left }
            }
            Expr::Not(a) => Value::Bool(!truth(&self.eval(a)?)),
            Expr::Tuple(_) => return None,
        })
    }

    fn string(&self, expr: &Expr) -> Option<String> {
        match self.eval(expr)? {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }
}

/// The one place of a place or of some places.
fn first(value: &Value) -> Option<&Position> {
    match value {
        Value::Place(place) => Some(place),
        Value::Places(list) => list.first(),
        _ => None,
    }
}

fn link(place: &Position, message: &str, color: &str) -> String {
    let Position { file, start, end, .. } = place;
    let message = if message.is_empty() { format!("{file}::{}", start.0) } else { message.to_owned() };
    format!("[[view:{file}::face={color}::linb={}::colb={}::cole={}][{message}]]", start.0, start.1, end.1)
}

fn field_of(place: &Position, field: Field) -> String {
    match field {
        Field::File => place.file.to_string(),
        Field::Element => place.element.to_string(),
        Field::Line => place.start.0.to_string(),
        Field::Column => place.start.1.to_string(),
        Field::LineEnd => place.end.0.to_string(),
        Field::ColumnEnd => place.end.1.to_string(),
    }
}

fn index(of: &Value, n: i64) -> Option<Value> {
    fn at<T: Clone>(list: &[T], n: i64) -> Option<T> {
        let n = if n < 0 { n + list.len() as i64 } else { n };
        list.get(usize::try_from(n).ok()?).cloned()
    }
    match of {
        Value::Places(list) => at(list, n).map(Value::Place),
        Value::List(_, parts) => at(parts, n).map(Value::Str),
        Value::Str(s) => at(&s.chars().collect::<Vec<_>>(), n).map(|c| Value::Str(c.to_string())),
        _ => None,
    }
}

fn call(of: &str, method: Method, arguments: &[String]) -> Option<Value> {
    Some(match (method, arguments) {
        // Python puts the new text between all characters where the old one is empty.
        (Method::Replace, [from, to]) if !from.is_empty() => Value::Str(of.replace(from.as_str(), to)),
        (Method::StartsWith, [with]) => Value::Bool(of.starts_with(with.as_str())),
        (Method::EndsWith, [with]) => Value::Bool(of.ends_with(with.as_str())),
        _ => return None,
    })
}

/// `format % values`: `%s`, `%d` and `%%` without widths.
fn format(format: &str, values: &[Value]) -> Option<String> {
    let mut out = String::new();
    let mut values = values.iter();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            's' => out.push_str(&text(values.next()?)?),
            'd' => match values.next()? {
                Value::Int(n) => out.push_str(&n.to_string()),
                _ => return None,
            },
            '%' => out.push('%'),
            _ => return None,
        }
    }
    values.next().is_none().then_some(out)
}

fn holds(compare: Compare, a: &Value, b: &Value) -> Option<bool> {
    use std::cmp::Ordering;
    let by = |o: Ordering| match compare {
        Compare::Eq => o.is_eq(),
        Compare::Ne => o.is_ne(),
        Compare::Lt => o.is_lt(),
        Compare::Le => o.is_le(),
        Compare::Gt => o.is_gt(),
        Compare::Ge => o.is_ge(),
        Compare::In | Compare::NotIn => false,
    };
    match (compare, a, b) {
        (Compare::In, Value::Str(a), Value::Str(b)) => Some(b.contains(a.as_str())),
        (Compare::NotIn, Value::Str(a), Value::Str(b)) => Some(!b.contains(a.as_str())),
        (Compare::In | Compare::NotIn, ..) => None,
        (_, Value::Str(a), Value::Str(b)) => Some(by(a.cmp(b))),
        (_, Value::Int(a), Value::Int(b)) => Some(by(a.cmp(b))),
        _ => None,
    }
}

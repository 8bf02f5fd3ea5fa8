//! One CEL expression over one document, compiled and checked: size, nested macros, unknown variables, misspelt fields.
//! Values never appear in its errors, for documents hold names and addresses.

use std::collections::HashMap;
use std::sync::Arc;

use cel::common::ast::{EntryExpr, Expr};
use cel::{Context, Program, Value};
use serde::Serialize;

/// CEL has no cost limit of its own; 4 KiB without nested macros keep a rule's work linear in the document.
const LONGEST: usize = 4096;

/// A key a document may have, and what lies under it.
#[derive(Clone, Copy)]
pub struct Field {
    name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Value,
    Texts,
    Object(&'static [Field]),
    List(&'static [Field]),
    /// The carrier's or platform's own keys.
    Free,
}

impl Field {
    pub const fn value(name: &'static str) -> Self {
        Self { name, kind: Kind::Value }
    }

    pub const fn texts(name: &'static str) -> Self {
        Self { name, kind: Kind::Texts }
    }

    pub const fn object(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, kind: Kind::Object(fields) }
    }

    pub const fn list(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, kind: Kind::List(fields) }
    }

    pub const fn free(name: &'static str) -> Self {
        Self { name, kind: Kind::Free }
    }

    #[cfg(test)]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExpressionError {
    #[error("the expression has {0} bytes and may have {LONGEST}: split it into two rules")]
    TooLong(usize),
    #[error("the expression cannot be read: {0}")]
    Syntax(String),
    #[error("a macro (all, exists, filter, map) inside another is not allowed: it could run for minutes")]
    NestedMacro,
    #[error("`{found}` is not known here: write `{root}.` before a field")]
    UnknownVariable { found: String, root: &'static str },
    #[error("`{found}` is not known here; a rule may use {known}")]
    UnknownName { found: String, known: String },
    #[error("function `{0}` is not known")]
    UnknownFunction(String),
    #[error("`{path}` has no field `{field}`; it has {known}")]
    UnknownField { path: String, field: String, known: String },
    #[error("it does not give true or false on this document")]
    NotBoolean,
    #[error("it cannot be evaluated on this document: compare with null first where a field may lack")]
    Failed,
}

/// A compiled expression over a document that it calls by the name given to `compile`, or whose fields it names.
pub struct Expression {
    program: Program,
    /// None where the document's fields are the variables.
    root: Option<&'static str>,
}

/// A document as CEL sees it: every key of its schema is there, absent ones as null.
pub struct Document(Value);

/// Fills and converts a document for any number of expressions.
pub fn document(of: &impl Serialize, fields: &'static [Field]) -> Document {
    let json = serde_json::to_value(of).expect("documents of the domain have text keys only, so they serialise");
    Document(filled(&json, fields))
}

impl Expression {
    pub fn compile(text: &str, root: &'static str, fields: &'static [Field]) -> Result<Self, ExpressionError> {
        Self::checked(text, Some(root), vec![(root.to_owned(), Kind::Object(fields))])
    }

    /// Over several things at once: each field of the document is a variable.
    pub fn over(text: &str, fields: &'static [Field]) -> Result<Self, ExpressionError> {
        Self::checked(text, None, fields.iter().map(|field| (field.name.to_owned(), field.kind)).collect())
    }

    fn checked(
        text: &str,
        root: Option<&'static str>,
        variables: Vec<(String, Kind)>,
    ) -> Result<Self, ExpressionError> {
        if text.len() > LONGEST {
            return Err(ExpressionError::TooLong(text.len()));
        }
        // The parser recurses, so brackets beyond any need are refused before it meets them.
        if text.chars().filter(|c| "([{!-?".contains(*c)).count() > 200 {
            return Err(ExpressionError::Syntax("it has more than 200 brackets and operators".to_owned()));
        }
        let program = Program::compile(text).map_err(|errors| ExpressionError::Syntax(errors.to_string()))?;
        let mut check = Check { root, variables, in_macro: false };
        check.expression(&program.expression().expr)?;
        Ok(Self { program, root })
    }

    pub fn is_true(&self, document: &Document) -> Result<bool, ExpressionError> {
        let mut context = Context::default();
        match (self.root, &document.0) {
            (Some(root), document) => context.add_variable_from_value(root, document.clone()),
            (None, Value::Map(fields)) => {
                for (name, value) in fields.map.iter() {
                    context.add_variable_from_value(name.to_string(), value.clone());
                }
            }
            (None, _) => {}
        }
        match self.program.execute(&context) {
            Ok(Value::Bool(answer)) => Ok(answer),
            Ok(_) => Err(ExpressionError::NotBoolean),
            Err(_) => Err(ExpressionError::Failed),
        }
    }
}

/// What a rule may call; CEL's operators are `_>=_`, `!_`, `@in` and the like.
const FUNCTIONS: [&str; 7] = ["size", "contains", "startsWith", "endsWith", "int", "double", "string"];

/// Walks an expression before it ever runs.
struct Check {
    root: Option<&'static str>,
    /// Innermost last; macros bring their own.
    variables: Vec<(String, Kind)>,
    in_macro: bool,
}

impl Check {
    /// What the expression gives, as far as a field below it can be checked.
    fn expression(&mut self, expression: &Expr) -> Result<Kind, ExpressionError> {
        match expression {
            Expr::Unspecified | Expr::Literal(_) => Ok(Kind::Value),
            Expr::Ident(name) => match self.variables.iter().rev().find(|(known, _)| known == name) {
                Some((_, kind)) => Ok(*kind),
                None => Err(self.unknown(name)),
            },
            Expr::Select(select) => {
                let of = self.expression(&select.operand.expr)?;
                self.field(of, &path(&select.operand.expr), &select.field)
            }
            Expr::Call(call) => {
                let operator = call.func_name.contains(['_', '@', '!', '-']);
                if !operator && !FUNCTIONS.contains(&call.func_name.as_str()) {
                    return Err(ExpressionError::UnknownFunction(call.func_name.clone()));
                }
                let mut first = None;
                for part in call.target.iter().map(|target| &target.expr).chain(call.args.iter().map(|arg| &arg.expr)) {
                    let kind = self.expression(part)?;
                    first.get_or_insert(kind);
                }
                match first {
                    Some(Kind::List(fields)) if call.func_name == "_[_]" => Ok(Kind::Object(fields)),
                    Some(Kind::Free) => Ok(Kind::Free),
                    _ => Ok(Kind::Value),
                }
            }
            Expr::List(list) => {
                list.elements.iter().try_for_each(|element| self.expression(&element.expr).map(drop))?;
                Ok(Kind::Free)
            }
            Expr::Map(map) => self.entries(map.entries.iter().map(|entry| &entry.expr)),
            Expr::Struct(structure) => self.entries(structure.entries.iter().map(|entry| &entry.expr)),
            Expr::Comprehension(comprehension) => {
                let over = self.expression(&comprehension.iter_range.expr)?;
                if self.in_macro {
                    return Err(ExpressionError::NestedMacro);
                }
                let element = match over {
                    Kind::List(fields) => Kind::Object(fields),
                    Kind::Texts => Kind::Value,
                    _ => Kind::Free,
                };
                let depth = self.variables.len();
                self.in_macro = true;
                self.variables.push((comprehension.iter_var.clone(), element));
                self.variables.extend(comprehension.iter_var2.iter().map(|name| (name.clone(), Kind::Free)));
                self.variables.push((comprehension.accu_var.clone(), Kind::Free));
                for part in [
                    &comprehension.accu_init,
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ] {
                    self.expression(&part.expr)?;
                }
                self.variables.truncate(depth);
                self.in_macro = false;
                Ok(Kind::Free)
            }
        }
    }

    fn unknown(&self, name: &str) -> ExpressionError {
        let found = name.to_owned();
        match self.root {
            Some(root) => ExpressionError::UnknownVariable { found, root },
            None => {
                let known: Vec<&str> = self.variables.iter().map(|(name, _)| name.as_str()).collect();
                ExpressionError::UnknownName { found, known: known.join(", ") }
            }
        }
    }

    fn entries<'e>(&mut self, entries: impl Iterator<Item = &'e EntryExpr>) -> Result<Kind, ExpressionError> {
        for entry in entries {
            match entry {
                EntryExpr::StructField(field) => self.expression(&field.value.expr)?,
                EntryExpr::MapEntry(entry) => {
                    self.expression(&entry.key.expr)?;
                    self.expression(&entry.value.expr)?
                }
            };
        }
        Ok(Kind::Free)
    }

    fn field(&self, of: Kind, path: &str, name: &str) -> Result<Kind, ExpressionError> {
        let known: &[Field] = match of {
            Kind::Free => return Ok(Kind::Free),
            Kind::Object(fields) => fields,
            Kind::List(_) | Kind::Texts | Kind::Value => &[],
        };
        known.iter().find(|field| field.name == name).map(|field| field.kind).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|field| field.name).collect();
            let known = if names.is_empty() { "none: it is a value or a list".to_owned() } else { names.join(", ") };
            ExpressionError::UnknownField { path: path.to_owned(), field: name.to_owned(), known }
        })
    }
}

/// `order.receiver` of a chain of selections, for messages.
fn path(expression: &Expr) -> String {
    match expression {
        Expr::Ident(name) => name.clone(),
        Expr::Select(select) => format!("{}.{}", path(&select.operand.expr), select.field),
        _ => "(…)".to_owned(),
    }
}

/// `x == null` on an absent key is an error in CEL, so every key is there.
fn filled(json: &serde_json::Value, fields: &'static [Field]) -> Value {
    let entry = |field: &Field| {
        let value = json.get(field.name).unwrap_or(&serde_json::Value::Null);
        let value = match (field.kind, value) {
            (Kind::Object(inner), serde_json::Value::Object(_)) => filled(value, inner),
            (Kind::List(inner), serde_json::Value::Array(items)) => {
                Value::List(Arc::new(items.iter().map(|item| filled(item, inner)).collect()))
            }
            (Kind::List(_) | Kind::Texts, serde_json::Value::Null) => Value::List(Arc::default()),
            _ => converted(value),
        };
        (field.name.to_owned(), value)
    };
    Value::from(fields.iter().map(entry).collect::<HashMap<String, Value>>())
}

/// JSON's positive integers would become unsigned, which CEL refuses to compare and add with signed literals.
fn converted(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Float(number.as_f64().unwrap_or(f64::INFINITY)),
        },
        serde_json::Value::String(text) => Value::String(Arc::new(text.clone())),
        serde_json::Value::Array(items) => Value::List(Arc::new(items.iter().map(converted).collect())),
        serde_json::Value::Object(map) => Value::from(
            map.iter().map(|(key, value)| (key.clone(), converted(value))).collect::<HashMap<String, Value>>(),
        ),
    }
}

/// The first key of a document that its schema doesn't have.
#[cfg(test)]
pub(super) fn unknown_key(json: &serde_json::Value, fields: &'static [Field]) -> Option<String> {
    json.as_object()?.iter().find_map(|(key, value)| {
        let Some(field) = fields.iter().find(|field| field.name == key) else {
            return Some(key.clone());
        };
        match (field.kind, value) {
            (Kind::Object(inner), _) => unknown_key(value, inner),
            (Kind::List(inner), serde_json::Value::Array(items)) => {
                items.iter().find_map(|item| unknown_key(item, inner))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: &[Field] = &[
        Field::value("count"),
        Field::value("note"),
        Field::object("owner", &[Field::value("city")]),
        Field::list("lines", &[Field::value("sku"), Field::value("quantity")]),
        Field::texts("tags"),
    ];

    fn judge(text: &str) -> Result<bool, ExpressionError> {
        let json = serde_json::json!({ "count": 3, "lines": [{ "sku": "A", "quantity": 2 }], "tags": ["urgent"] });
        Expression::compile(text, "thing", THING)?.is_true(&document(&json, THING))
    }

    #[test]
    fn rules_reach_numbers_absent_fields_lists_and_texts() {
        for (text, expected) in [
            ("thing.count + 1 == 4", true),
            ("thing.note == null", true),
            ("thing.owner != null && thing.owner.city == 'x'", false),
            ("thing.lines.exists(line, line.sku == 'A' && line.quantity > 1)", true),
            ("thing.lines.filter(line, line.quantity > 5).size() > 0", false),
            ("'urgent' in thing.tags && size(thing.lines) == 1", true),
            ("thing.lines[0].sku.startsWith('A')", true),
        ] {
            assert_eq!(judge(text).ok(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_found_when_the_rule_is_loaded() {
        let long = format!("thing.count == {}", "1".repeat(LONGEST));
        let deep = "(".repeat(5000);
        for (text, message) in [
            ("count > 1", "`count` is not known here: write `thing.` before a field"),
            ("thing.cuont > 1", "`thing` has no field `cuont`; it has count, note, owner, lines, tags"),
            ("thing.owner.town == 'x'", "`thing.owner` has no field `town`; it has city"),
            ("thing.lines.exists(line, line.sko == 'A')", "`line` has no field `sko`; it has sku, quantity"),
            ("thing.lines.all(a, thing.lines.exists(b, b.sku == a.sku))", "inside another is not allowed"),
            ("launch(thing.count)", "function `launch` is not known"),
            ("thing.count >", "cannot be read"),
            (&long, "may have 4096"),
            (&deep, "has 5000 bytes"),
            (&deep[..4000], "more than 200 brackets"),
        ] {
            let error =
                Expression::compile(text, "thing", THING).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(message), "{text:.80}: {error}");
        }
    }

    #[test]
    fn a_rule_that_fails_on_a_document_says_so_without_its_values() {
        assert!(matches!(judge("thing.owner.city == 'x'"), Err(ExpressionError::Failed)));
        assert!(matches!(judge("thing.count"), Err(ExpressionError::NotBoolean)));
        assert!(matches!(judge("thing.lines[0].sku > 3"), Err(ExpressionError::Failed)));
    }
}

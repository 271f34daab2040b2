//! Keys that must stand somewhere: in a table itself, or in what it inherits, or in what an environment lays over it.

use serde_json::{Map, Value, json};

use super::tidy::referred;
use super::{DEFINITIONS, KINDS};

/// A step on the way to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// This key.
    Key(String),
    /// Every key.
    Any,
}

/// A key that must stand in a table.
struct Rule {
    table: Vec<Step>,
    key: String,
    /// A key that makes it needless.
    unless: Option<String>,
}

/// Marks a key that must stand somewhere.
const REQUIRED: &str = "x-required";
/// Names a key that makes such a one needless.
const UNLESS: &str = "x-unless";

/// Puts what is required where it holds. What stands in a list is never merged, nor are an environment's own keys: there it is
/// said of the table. All else is said of the whole blueprint.
pub fn place(root: &mut Value) {
    let whole = root.clone();
    let mut rules = Vec::new();
    collect(&whole, &whole, &mut Vec::new(), &mut rules);
    let conditions: Vec<Value> = rules
        .iter()
        .flat_map(|rule| rule.conditions(&whole))
        .collect();
    root["allOf"] = Value::Array(conditions);

    let mut merged = Vec::new();
    merged_tables(&whole, &whole, &mut merged);
    marks(root);
    root["required"] = json!(["environments", "schema"]);
    for (name, schema) in super::definitions(root) {
        let marked = marks(schema);
        if !marked.is_empty() && !merged.contains(name) {
            schema["required"] = json!(marked);
        }
    }
}

/// Takes the marks off a table's keys, and says which had one.
fn marks(table: &mut Value) -> Vec<String> {
    let keys = table["properties"].as_object_mut();
    keys.map(unmark).unwrap_or_default()
}

/// Takes the marks off these keys, and says which had one.
pub fn unmark(keys: &mut Map<String, Value>) -> Vec<String> {
    let mut marked = Vec::new();
    for (key, schema) in keys {
        let Some(schema) = schema.as_object_mut() else {
            continue;
        };
        if schema.remove(REQUIRED).is_some() {
            marked.push(key.clone());
        }
        schema.remove(UNLESS);
    }
    marked
}

/// The tables below a table, each with the step that leads to it.
fn tables<'s>(root: &'s Value, table: &'s Value) -> Vec<(&'s String, Vec<Step>, &'s str)> {
    let keys = table["properties"].as_object().into_iter().flatten();
    let below = keys.filter_map(|(key, schema)| {
        // The environments have rules of their own, and what elements inherit is looked for from the elements.
        if std::ptr::eq(table, root)
            && ["environments", "defaults", "groups"].contains(&key.as_str())
        {
            return None;
        }
        let step = Step::Key(key.clone());
        if let Some(name) = referred(schema) {
            return Some((key, vec![step], name));
        }
        let entries = schema.get("additionalProperties").and_then(referred)?;
        Some((key, vec![step, Step::Any], entries))
    });
    below.collect()
}

fn merged_tables(root: &Value, table: &Value, found: &mut Vec<String>) {
    for (_, _, name) in tables(root, table) {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
            merged_tables(root, &root[DEFINITIONS][name], found);
        }
    }
}

fn collect(root: &Value, table: &Value, at: &mut Vec<Step>, rules: &mut Vec<Rule>) {
    for (key, schema) in table["properties"].as_object().into_iter().flatten() {
        if schema.get(REQUIRED).is_some() && key != "schema" {
            let unless = schema.get(UNLESS).and_then(Value::as_str);
            rules.push(Rule {
                table: at.clone(),
                key: key.clone(),
                unless: unless.map(str::to_owned),
            });
        }
    }
    for (_, steps, name) in tables(root, table) {
        let length = at.len();
        at.extend(steps);
        collect(root, &root[DEFINITIONS][name], at, rules);
        at.truncate(length);
    }
}

impl Rule {
    /// What the rule says of a whole blueprint.
    fn conditions(&self, root: &Value) -> Vec<Value> {
        let inherited = self.inherited(root);
        let overlaid = in_environments(&self.table);
        let mut elsewhere = inherited.clone();
        elsewhere.push(overlaid.clone());
        let mut conditions = vec![self.condition(&elsewhere, &self.table)];
        // An environment adds no element, and the lack of a whole section is told once.
        let element = self.kind().is_some() && self.table.len() == 2;
        if !element && !self.table.is_empty() {
            let mut elsewhere = inherited;
            elsewhere.push(self.table.clone());
            conditions.push(self.condition(&elsewhere, &overlaid));
        }
        conditions
    }

    /// The kind of the element that the table belongs to.
    fn kind(&self) -> Option<&str> {
        match self.table.as_slice() {
            [Step::Key(kind), Step::Any, ..] if KINDS.contains(&kind.as_str()) => Some(kind),
            _ => None,
        }
    }

    /// Where an element inherits the table from.
    fn inherited(&self, root: &Value) -> Vec<Vec<Step>> {
        let Some(kind) = self.kind() else {
            return Vec::new();
        };
        let rest = &self.table[2..];
        let mut places = vec![join(
            &[Step::Key("defaults".to_owned()), Step::Key(kind.to_owned())],
            rest,
        )];
        let first = match rest.first() {
            Some(Step::Key(key)) => key,
            _ => &self.key,
        };
        if root[DEFINITIONS]["Group"]["properties"]
            .get(first)
            .is_some()
        {
            places.push(join(&[Step::Key("groups".to_owned()), Step::Any], rest));
        }
        let overlaid: Vec<Vec<Step>> = places.iter().map(|place| in_environments(place)).collect();
        places.extend(overlaid);
        places
    }

    /// Where the key stands in none of these places, the table must hold it.
    fn condition(&self, elsewhere: &[Vec<Step>], table: &[Step]) -> Value {
        let mut none = json!({ "properties": { self.key.as_str(): false } });
        let mut must = json!({ "required": [self.key] });
        if let Some(unless) = &self.unless {
            none["properties"][unless] = json!(false);
            must = json!({ "if": { "not": { "required": [unless] } }, "then": must });
        }
        let absent: Vec<Value> = elsewhere
            .iter()
            .map(|place| nested(place, none.clone()))
            .collect();
        json!({ "if": { "allOf": absent }, "then": nested(table, must) })
    }
}

fn in_environments(place: &[Step]) -> Vec<Step> {
    join(&[Step::Key("environments".to_owned()), Step::Any], place)
}

fn join(beginning: &[Step], rest: &[Step]) -> Vec<Step> {
    beginning.iter().chain(rest).cloned().collect()
}

/// A schema that holds at a place.
fn nested(place: &[Step], schema: Value) -> Value {
    place.iter().rev().fold(schema, |schema, step| match step {
        Step::Key(key) => json!({ "properties": { key.as_str(): schema } }),
        Step::Any => json!({ "additionalProperties": schema }),
    })
}

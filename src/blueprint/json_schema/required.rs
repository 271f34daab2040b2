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
    /// Keys each of which makes it needless.
    unless: Vec<String>,
}

/// Marks a key that must stand somewhere. The mark stays for readers; validators pass over it.
const REQUIRED: &str = "x-required";
/// Keys that stand at the top and nowhere else.
const ALWAYS: [&str; 2] = ["environments", "schema"];
/// Names a key that makes such a one needless, or a list of them.
const UNLESS: &str = "x-unless";

/// Puts what is required where it holds. In defaults and groups nothing is: perhaps no element takes from them. And since a schema
/// cannot compare names, what one of them gives to any entry counts for all entries of that kind. What stands in a list is never merged, nor are an environment's own keys: there it is
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
    root["required"] = json!(ALWAYS);
    for (name, schema) in super::definitions(root) {
        let required: Vec<String> = marked(schema).cloned().collect();
        if !required.is_empty() && !merged.contains(name) {
            schema["required"] = json!(required);
        }
    }
}

/// The keys of a table that have a mark.
fn marked(table: &Value) -> impl Iterator<Item = &String> {
    let keys = table["properties"].as_object().into_iter().flatten();
    keys.filter(|(_, schema)| schema.get(REQUIRED).is_some())
        .map(|(key, _)| key)
}

/// Takes the marks off these keys.
pub fn unmark(keys: &mut Map<String, Value>) {
    for schema in keys.values_mut().filter_map(Value::as_object_mut) {
        schema.remove(REQUIRED);
    }
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
        if schema.get(REQUIRED).is_some() && !ALWAYS.contains(&key.as_str()) {
            let unless = match schema.get(UNLESS) {
                Some(Value::Array(keys)) => keys.as_slice(),
                Some(key) => std::slice::from_ref(key),
                None => &[],
            };
            let unless = unless.iter().filter_map(Value::as_str);
            rules.push(Rule {
                table: at.clone(),
                key: key.clone(),
                unless: unless.map(str::to_owned).collect(),
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
        let mut layer = inherited.clone();
        layer.push(self.table.clone());
        // Nothing but the base could give it, and the base does not.
        let nowhere = in_environments(&json!({ "allOf": self.absent(&layer) }));
        let mut gate = self.absent(&inherited);
        gate.push(nowhere);
        let must = nested(&self.table, self.must());
        let mut conditions = vec![json!({ "if": { "allOf": gate }, "then": must })];
        // Some environment does not give it, and the element exists in all of them.
        let everywhere = in_environments(&json!({ "not": { "allOf": self.absent(&layer) } }));
        let mut gate = self.absent(&inherited);
        gate.push(json!({ "not": everywhere }));
        let must = match self.kind() {
            Some(kind) => {
                gate.push(nested(
                    &defaults(kind),
                    json!({ "properties": { ONLY_IN: false } }),
                ));
                let must = nested(&self.table[2..], self.must());
                let must = json!({ "if": { "not": { "required": [ONLY_IN] } }, "then": must });
                nested(&self.table[..2], must)
            }
            None => must,
        };
        conditions.push(json!({ "if": { "allOf": gate }, "then": must }));
        // An environment adds no element, and the lack of a whole section is told once.
        let element = self.kind().is_some() && self.table.len() == 2;
        if !element && !self.table.is_empty() {
            let inner = self.absent(&inherited);
            let must = nested(&self.table, self.must());
            let must = json!({ "if": { "allOf": inner }, "then": must });
            let gate = json!({ "allOf": self.absent(&layer) });
            conditions.push(json!({ "if": gate, "then": in_environments(&must) }));
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

    /// Where an element inherits the table from, in one layer.
    fn inherited(&self, root: &Value) -> Vec<Vec<Step>> {
        let Some(kind) = self.kind() else {
            return Vec::new();
        };
        let rest = &self.table[2..];
        let mut places = vec![join(&defaults(kind), rest)];
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
        places
    }

    /// The key stands in none of these places, nor what makes it needless.
    fn absent(&self, places: &[Vec<Step>]) -> Vec<Value> {
        let mut none = json!({ "properties": { self.key.as_str(): false } });
        for unless in &self.unless {
            none["properties"][unless] = json!(false);
        }
        let absent = places.iter().map(|place| nested(place, none.clone()));
        // Without a place it stands in none.
        absent.chain([json!(true)]).collect()
    }

    /// A table holds the key.
    fn must(&self) -> Value {
        let must = json!({ "required": [self.key] });
        // From the inside out, so that one key alone reads as it always did.
        let unless = self.unless.iter().rev();
        unless.fold(
            must,
            |must, unless| json!({ "if": { "not": { "required": [unless] } }, "then": must }),
        )
    }
}

/// The key by which an element says where it exists.
const ONLY_IN: &str = "environments";

fn defaults(kind: &str) -> Vec<Step> {
    ["defaults", kind]
        .map(|key| Step::Key(key.to_owned()))
        .to_vec()
}

fn in_environments(schema: &Value) -> Value {
    nested(
        &[Step::Key("environments".to_owned()), Step::Any],
        schema.clone(),
    )
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

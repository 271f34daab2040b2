//! The tables that stand in a blueprint, each with the definition that the schema has for it.

use serde_json::Value;

use crate::SCHEMA;

/// A key or an index on the way to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// A table in a blueprint.
#[derive(Debug, Clone)]
pub struct Found {
    /// The name of its definition; the whole blueprint is `Blueprint`.
    pub table: &'static str,
    /// Where it stands.
    pub at: Vec<Step>,
}

/// The schema of a table by its name.
pub fn definition(table: &str) -> &'static Value {
    if table == "Blueprint" {
        &SCHEMA
    } else {
        &SCHEMA["definitions"][table]
    }
}

/// The name of the definition that a schema refers to.
pub fn referred(schema: &'static Value) -> Option<&'static str> {
    let reference = schema
        .get("$ref")
        .or_else(|| schema.pointer("/allOf/0/$ref"));
    let reference = reference.or_else(|| schema.pointer("/allOf/0/allOf/0/$ref"))?;
    reference.as_str()?.rsplit('/').next()
}

/// Every table of a blueprint.
pub fn tables(blueprint: &toml::Table) -> Vec<Found> {
    let mut found = Vec::new();
    table("Blueprint", blueprint, &mut Vec::new(), &mut found);
    found
}

fn table(name: &'static str, here: &toml::Table, at: &mut Vec<Step>, found: &mut Vec<Found>) {
    found.push(Found {
        table: name,
        at: at.clone(),
    });
    for (key, value) in here {
        if let Some(schema) = definition(name)["properties"].get(key) {
            at.push(Step::Key(key.clone()));
            below(schema, value, at, found);
            at.pop();
        }
    }
}

fn below(schema: &'static Value, value: &toml::Value, at: &mut Vec<Step>, found: &mut Vec<Found>) {
    match value {
        toml::Value::Table(here) => {
            if let Some(name) = referred(schema) {
                table(name, here, at, found);
                return;
            }
            let Some(entry) = schema.get("additionalProperties") else {
                return;
            };
            for (key, value) in here {
                at.push(Step::Key(key.clone()));
                below(entry, value, at, found);
                at.pop();
            }
        }
        toml::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at.push(Step::Index(index));
                below(&schema["items"], item, at, found);
                at.pop();
            }
        }
        _ => {}
    }
}

/// The value at a place.
pub fn get<'b>(blueprint: &'b mut toml::Table, at: &[Step]) -> Option<&'b mut toml::Value> {
    let (last, way) = at.split_last()?;
    match (last, way) {
        (Step::Key(key), []) => blueprint.get_mut(key),
        (step, way) => match (step, get(blueprint, way)?) {
            (Step::Key(key), toml::Value::Table(table)) => table.get_mut(key),
            (Step::Index(index), toml::Value::Array(items)) => items.get_mut(*index),
            _ => None,
        },
    }
}

/// The table at a place.
pub fn table_at<'b>(blueprint: &'b mut toml::Table, at: &[Step]) -> Option<&'b mut toml::Table> {
    if at.is_empty() {
        Some(blueprint)
    } else {
        get(blueprint, at)?.as_table_mut()
    }
}

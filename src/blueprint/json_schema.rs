//! The language as a JSON Schema, made from the types that read it.
//!
//! It is draft 7, which editors of TOML know. What the types alone cannot say is added here: where `false` takes an inherited
//! entry away, what an environment may hold, and which keys must stand somewhere. A schema sees one file, and no merged
//! environments: it asks for a key only where no other place could give it.

mod required;
mod shape;
mod tidy;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::merge::{KINDS, REMOVABLE};
use super::schema::{Blueprint, Environment};
use super::shared::{Defaults, Group};
use crate::name::Kind;

pub use shape::{
    Date, Entries, Env, Items, Labels, Matching, Named, NotBlank, Path, Refers, Shaped, Size,
};

/// Where a schema keeps its definitions.
const DEFINITIONS: &str = "definitions";

/// The schema of a blueprint.
#[must_use]
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.transforms.clear());
    let mut generator = settings.into_generator();
    let defaults = generator.subschema_for::<Defaults>().to_value();
    let group = generator.subschema_for::<Group>().to_value();
    generator.subschema_for::<Environment>();
    let mut root = generator.into_root_schema_for::<Blueprint>().to_value();
    tidy::tidy(&mut root);

    let at_top = properties(&mut root);
    at_top.insert(
        "defaults".to_owned(),
        described(&defaults, "What every element of a kind starts from."),
    );
    let mut groups = table_of(&group);
    groups["description"] =
        json!("What several services, jobs and workers share, by name: `use = [\"NAME\"]`.");
    at_top.insert("groups".to_owned(), groups);
    at_top["environments"] = json!({
        "x-required": true,
        "description": at_top["environments"]["description"],
        "type": "object",
        "minProperties": 1,
        "propertyNames": { "pattern": Kind::Prefix.pattern() },
        "additionalProperties": reference("Environment"),
    });
    let overlay = overlay(at_top);
    properties(definition(&mut root, "Environment")).extend(overlay);
    removals(&mut root);
    required::place(&mut root);
    tidy::finish(&mut root);
    root["title"] = json!("ravelin blueprint");
    root
}

/// What an environment may hold beside its own keys: what stands at the top, but that an element's `environments` stand with
/// the element itself.
fn overlay(at_top: &Map<String, Value>) -> Map<String, Value> {
    let own = ["schema", "environments"];
    let mut overlay: Map<String, Value> = at_top
        .iter()
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    required::unmark(&mut overlay);
    for kind in KINDS {
        let element = &mut overlay[kind]["additionalProperties"];
        *element = json!({
            "allOf": [element.take(), { "properties": { "environments": false } }],
        });
    }
    overlay
}

/// Lets `false` stand wherever it takes an inherited entry away.
fn removals(root: &mut Value) {
    let mut tables = Vec::new();
    for schema in definitions(root).values_mut() {
        for (name, schema) in schema["properties"].as_object_mut().into_iter().flatten() {
            let Some(entry) = schema.get_mut("additionalProperties") else {
                continue;
            };
            if !REMOVABLE.contains(&name.as_str()) {
                continue;
            }
            match tidy::referred(entry) {
                Some(name) => tables.push(name.to_owned()),
                None => or_false(entry),
            }
        }
    }
    // A table that stands in such a place stands nowhere else, so it can be widened itself: then an editor still sees its keys.
    for name in tables {
        or_false(definition(root, &name));
    }
}

/// The same, or `false`.
fn or_false(schema: &mut Value) {
    let types = match &schema["type"] {
        Value::String(one) => vec![json!(one)],
        Value::Array(several) => several.clone(),
        _ => Vec::new(),
    };
    // A table that several places refer to is widened once.
    if !types.is_empty() && !types.contains(&json!("boolean")) {
        schema["type"] = types.into_iter().chain([json!("boolean")]).collect();
        schema["not"] = json!({ "const": true });
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(json!(false));
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/{DEFINITIONS}/{name}") })
}

fn described(schema: &Value, description: &str) -> Value {
    let mut schema = schema.clone();
    schema["description"] = json!(description);
    schema
}

fn table_of(schema: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": schema })
}

/// The keys of a table. One without keys has none to return, which would be a mistake of this file.
fn properties(schema: &mut Value) -> &mut Map<String, Value> {
    let keys = schema["properties"].as_object_mut();
    keys.unwrap_or_else(|| unreachable!("a table has keys"))
}

fn definitions(root: &mut Value) -> &mut Map<String, Value> {
    let all = root[DEFINITIONS].as_object_mut();
    all.unwrap_or_else(|| unreachable!("a schema has definitions"))
}

fn definition<'s>(root: &'s mut Value, name: &str) -> &'s mut Value {
    &mut root[DEFINITIONS][name]
}

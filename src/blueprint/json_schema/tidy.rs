//! From what the library makes of the types to what people and editors want to see.

use serde_json::{Map, Value, json};

use super::DEFINITIONS;

/// Makes a schema plain: TOML has no null, an enum is a list of words with a text for each, numbers have bounds, and what is no
/// table stands in place.
pub fn tidy(root: &mut Value) {
    each_schema(root, &mut plain);
    let definitions = root[DEFINITIONS].as_object().cloned().unwrap_or_default();
    let (tables, others): (Map<_, _>, Map<_, _>) = definitions
        .into_iter()
        .partition(|(_, schema)| schema.get("properties").is_some());
    root[DEFINITIONS] = Value::Object(tables);
    each_schema(root, &mut |schema| {
        let name = schema.get("$ref").and_then(Value::as_str).map(last);
        if let Some(other) = name.and_then(|name| others.get(name)).cloned() {
            schema.remove("$ref");
            merge(schema, other);
        }
    });
}

/// Says each default in words too, since editors show only these. What stands beside a reference is not read in draft 7: the
/// reference goes into a list of one.
pub fn finish(root: &mut Value) {
    each_schema(root, &mut |schema| {
        let default = schema.get("default").map(ToString::to_string);
        if let (Some(default), Some(Value::String(text))) = (default, schema.get_mut("description"))
        {
            *text = format!("{text}\n\nDefault: `{default}`.");
        }
        if schema.len() > 1
            && let Some(reference) = schema.remove("$ref")
        {
            schema.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
    });
}

/// The definition that a schema refers to.
pub fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).map(last)
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// Visits every schema, the inner ones first.
fn each_schema(schema: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Value::Object(map) = schema else { return };
    for (keyword, value) in map.iter_mut() {
        match (keyword.as_str(), value) {
            ("properties" | DEFINITIONS, Value::Object(schemas)) => {
                for schema in schemas.values_mut() {
                    each_schema(schema, visit);
                }
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                for schema in schemas {
                    each_schema(schema, visit);
                }
            }
            (
                "items" | "additionalProperties" | "propertyNames" | "not" | "if" | "then" | "else",
                schema,
            ) => {
                each_schema(schema, visit);
            }
            _ => {}
        }
    }
    visit(map);
}

fn plain(schema: &mut Map<String, Value>) {
    without_null(schema);
    words(schema);
    bounds(schema);
    // A default of a type, which says nothing: the language has none but those that are written beside a key.
    let empty = |default: &Value| match default {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    if schema.get("default").is_some_and(empty) {
        schema.remove("default");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = paragraphs(text);
    }
}

fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            schema.insert("type".to_owned(), one);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type") != Some(&json!("null")));
        if let [one] = choices.as_slice() {
            let one = one.clone();
            schema.remove("anyOf");
            merge(schema, one);
        }
    }
}

/// Turns a choice of constants into a list of words, with their meaning where editors look for it.
fn words(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.remove("oneOf") else {
        return;
    };
    let mut words = Vec::new();
    let mut meanings = Vec::new();
    let mut others = Vec::new();
    for choice in choices {
        let meaning = choice.get("description").cloned().unwrap_or_default();
        match (choice.get("const"), choice.get("enum")) {
            (Some(word), _) => {
                words.push(word.clone());
                meanings.push(meaning);
            }
            (None, Some(Value::Array(all))) => {
                meanings.extend(all.iter().map(|_| meaning.clone()));
                words.extend(all.iter().cloned());
            }
            _ => others.push(choice),
        }
    }
    let mut choice = Map::new();
    choice.insert("type".to_owned(), json!("string"));
    choice.insert("enum".to_owned(), Value::Array(words));
    if meanings.iter().any(Value::is_string) {
        choice.insert(
            "x-taplo".to_owned(),
            json!({ "docs": { "enumValues": meanings } }),
        );
    }
    if others.is_empty() {
        merge(schema, Value::Object(choice));
    } else {
        others.insert(0, Value::Object(choice));
        schema.insert("anyOf".to_owned(), Value::Array(others));
    }
}

/// The bounds of a type of number.
fn bounds(schema: &mut Map<String, Value>) {
    let Some(Value::String(format)) = schema.remove("format") else {
        return;
    };
    let most = match format.as_str() {
        "uint8" => u64::from(u8::MAX),
        "uint16" => u64::from(u16::MAX),
        "uint32" => u64::from(u32::MAX),
        // TOML's own numbers end here.
        _ => i64::MAX.unsigned_abs(),
    };
    schema.insert("minimum".to_owned(), json!(0));
    schema.insert("maximum".to_owned(), json!(most));
}

/// Adds what is not there yet.
fn merge(schema: &mut Map<String, Value>, other: Value) {
    let Value::Object(other) = other else { return };
    for (keyword, value) in other {
        schema.entry(keyword).or_insert(value);
    }
}

/// The lines of a comment as paragraphs.
fn paragraphs(text: &str) -> String {
    let lines = |paragraph: &str| {
        paragraph
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ")
    };
    text.split("\n\n")
        .map(lines)
        .collect::<Vec<_>>()
        .join("\n\n")
}

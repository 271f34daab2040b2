//! The JSON Schema of the language, judged by a validator that knows nothing of ravelin. `RAVELIN_REWRITE=1` writes
//! `blueprints/ravelin.schema.json` and `docs/blueprint.md` anew.
//!
//! A schema sees JSON, so it cannot know what only TOML tells apart: a date from a text, `1.0` from `1`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop where it stands, and use the disk"
)]

mod agreement;
mod defaults;
mod mutants;
mod reference;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::Validator;
use ravelin::language;
use serde_json::Value;

/// The schema.
static SCHEMA: LazyLock<Value> = LazyLock::new(language::schema);

/// What judges by it.
static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft7::new(&SCHEMA).unwrap());

/// A place in the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Blueprints that are fine: those that come with the program, and two that have every table.
fn samples() -> Vec<(String, toml::Table)> {
    let mut all = blueprints();
    // Large, and everything in it stands in others too.
    all.retain(|(name, _)| name != "platform.toml");
    for (name, text) in [
        ("everything.toml", include_str!("everything.toml")),
        ("existing.toml", include_str!("existing.toml")),
    ] {
        all.push((name.to_owned(), text.parse().unwrap()));
    }
    all
}

/// The blueprints that come with the program.
fn blueprints() -> Vec<(String, toml::Table)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(repository("blueprints")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            all.push((name, text.parse().unwrap()));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(all.len() >= 6, "only {} blueprints", all.len());
    all
}

/// TOML as editors hand it to a validator: a date is a text.
fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text.as_str()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(is) => Value::from(*is),
        toml::Value::Datetime(date) => Value::from(date.to_string()),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => json_table(table),
    }
}

fn json_table(table: &toml::Table) -> Value {
    let entries = table.iter().map(|(key, value)| (key.clone(), json(value)));
    Value::Object(entries.collect())
}

/// What the validator has against a blueprint.
fn objections(blueprint: &toml::Table) -> Vec<String> {
    let blueprint = json_table(blueprint);
    let errors = VALIDATOR.iter_errors(&blueprint);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Compares a file that is made with what is made now, or writes it.
fn is_as_made(path: &str, made: &str) {
    let file = repository(path);
    if std::env::var_os("RAVELIN_REWRITE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, made).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    let differs = there.lines().zip(made.lines()).position(|(a, b)| a != b);
    assert!(
        there == made,
        "{path} is not as it is made now, from line {} on; RAVELIN_REWRITE=1 writes it anew",
        differs.map_or(0, |line| line + 1)
    );
}

#[test]
fn the_schema_is_one() {
    jsonschema::draft7::meta::validate(&SCHEMA).unwrap();
}

#[test]
fn the_file_beside_our_blueprints_is_as_made() {
    let path = format!("blueprints/{}", language::SCHEMA_FILE);
    is_as_made(&path, &language::schema_text());
}

#[test]
fn the_program_prints_the_schema() {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_ravelin"));
    let output = { program }.arg("schema").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        language::schema_text()
    );
}

#[test]
fn our_blueprints_are_valid_and_lead_editors_to_the_schema() {
    for (name, blueprint) in blueprints() {
        assert_eq!(objections(&blueprint), [""; 0], "{name}");
        let text = fs::read_to_string(repository("blueprints").join(&name)).unwrap();
        let first = format!("#:schema ./{}\n", language::SCHEMA_FILE);
        assert!(
            text.starts_with(&first),
            "{name} does not begin with {first}"
        );
    }
}

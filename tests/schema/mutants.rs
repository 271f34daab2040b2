//! Every structural mistake fails: in each table, with each key, and at each place of blueprints that are fine.

use std::collections::BTreeSet;

use ravelin::diag::Severity;
use ravelin::source::Source;
use serde_json::Value;

use crate::tables::{Step, definition, get, table_at, tables};
use crate::{VALIDATOR, json, json_table, samples};

/// The codes of mistakes that one place alone shows.
pub const STRUCTURAL: [&str; 7] = [
    "invalid-name",
    "missing-key",
    "no-environment",
    "schema-version",
    "unknown-key",
    "unknown-value",
    "wrong-type",
];

/// The codes of the errors that ravelin finds.
pub fn codes(blueprint: &toml::Table) -> BTreeSet<&'static str> {
    let text = toml::to_string(blueprint).unwrap();
    let expansion = ravelin::expand(&Source::new("ravelin.toml", text), &|_| {
        // YAML, and JSON too.
        Some("{}".to_owned())
    });
    let errors = expansion
        .diagnostics
        .iter()
        .filter(|one| one.rule.severity == Severity::Error);
    errors.map(|one| one.rule.code).collect()
}

/// Both judges refuse a blueprint.
fn refused(blueprint: &toml::Table, what: &str) {
    assert!(
        !VALIDATOR.is_valid(&json_table(blueprint)),
        "the schema takes {what}"
    );
    assert!(!codes(blueprint).is_empty(), "ravelin takes {what}");
}

/// A value of each type.
fn one_of_each() -> [toml::Value; 6] {
    [
        toml::Value::from("…"),
        toml::Value::from(-1),
        toml::Value::from(1.5),
        toml::Value::from(true),
        toml::Value::Array(vec![toml::Value::Array(Vec::new())]),
        toml::Value::Table(toml::Table::from_iter([(
            "§".to_owned(),
            toml::Value::from(-1.5),
        )])),
    ]
}

/// Values that a key cannot take, by its own schema.
fn wrong(schema: &Value) -> Vec<toml::Value> {
    let mut values: Vec<toml::Value> = one_of_each().into();
    if schema.get("enum").is_some() {
        values.push(toml::Value::from("no-such-word"));
        values.push(toml::Value::from(""));
    }
    if schema.get("pattern").is_some() {
        values.extend(["", " ", "§ 1", "-", "UPPER lower"].map(toml::Value::from));
    }
    for bound in ["minimum", "maximum"] {
        let step = if bound == "minimum" { -1 } else { 1 };
        let number = schema[bound]
            .as_i64()
            .and_then(|number| number.checked_add(step));
        values.extend(number.map(toml::Value::from));
    }
    // A key's schema alone decides here; what it refers to has its own turn.
    let whole =
        serde_json::json!({ "definitions": crate::SCHEMA["definitions"], "allOf": [schema] });
    let validator = jsonschema::draft7::new(&whole).unwrap();
    values.retain(|value| !validator.is_valid(&json(value)));
    values
}

#[test]
fn each_mistake_of_a_key_is_refused() {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    let mut samples = samples();
    // A mistake in a short blueprint is judged soonest.
    samples.sort_by_key(|(_, blueprint)| all_places(blueprint).len());
    for (name, blueprint) in samples {
        for found in tables(&blueprint) {
            let in_overlay = matches!(found.at.first(), Some(Step::Key(key)) if ["defaults", "environments", "groups"].contains(&key.as_str()));
            if !seen.insert((found.table, in_overlay)) {
                continue;
            }
            let place = format!("{:?} of {name}", found.at);
            let with = |key: &str, value: toml::Value| {
                let mut changed = blueprint.clone();
                table_at(&mut changed, &found.at)
                    .unwrap()
                    .insert(key.to_owned(), value);
                changed
            };
            refused(
                &with("no_such_key", toml::Value::from("…")),
                &format!("an unknown key in {place}"),
            );
            for (key, schema) in definition(found.table)["properties"].as_object().unwrap() {
                if found.table == "Environment"
                    && definition("Blueprint")["properties"].get(key).is_some()
                {
                    continue;
                }
                let wrong = wrong(schema);
                assert!(!wrong.is_empty(), "`{key}` in {place} takes everything");
                // An overlay is laid over its table before anybody looks: one mistake shows that it is judged.
                let tried = if in_overlay { 1 } else { wrong.len() };
                for value in wrong.into_iter().take(tried) {
                    refused(
                        &with(key, value.clone()),
                        &format!("`{key} = {value}` in {place}"),
                    );
                    count += 1;
                }
            }
        }
    }
    let tables: BTreeSet<&str> = seen.iter().map(|(table, _)| *table).collect();
    let all = crate::SCHEMA["definitions"].as_object().unwrap().keys();
    let unseen: Vec<_> = all
        .filter(|table| !tables.contains(table.as_str()))
        .collect();
    assert!(unseen.is_empty(), "no blueprint has a table of {unseen:?}");
    assert!(count > 1_000, "only {count} mistakes");
}

/// The place of every value of a blueprint.
fn places(value: &toml::Value, at: &mut Vec<Step>, all: &mut Vec<Vec<Step>>) {
    let mut visit = |step: Step, value: &toml::Value| {
        at.push(step);
        all.push(at.clone());
        places(value, at, all);
        at.pop();
    };
    match value {
        toml::Value::Table(table) => table
            .iter()
            .for_each(|(key, value)| visit(Step::Key(key.clone()), value)),
        toml::Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| visit(Step::Index(index), value)),
        _ => {}
    }
}

/// The places of all values of a blueprint.
pub fn all_places(blueprint: &toml::Table) -> Vec<Vec<Step>> {
    let mut all = Vec::new();
    places(
        &toml::Value::Table(blueprint.clone()),
        &mut Vec::new(),
        &mut all,
    );
    all
}

/// Takes a value away.
pub fn remove(blueprint: &mut toml::Table, at: &[Step]) {
    let (last, way) = at.split_last().unwrap();
    match last {
        Step::Key(key) => {
            if let Some(table) = table_at(blueprint, way) {
                table.remove(key);
            }
        }
        Step::Index(index) => {
            if let Some(toml::Value::Array(items)) = get(blueprint, way) {
                items.remove(*index);
            }
        }
    }
}

/// Whether a place is in what elements take from. The schema does not ask for anything there, since nothing may take it.
fn is_shared(at: &[Step]) -> bool {
    matches!(at.first(), Some(Step::Key(key)) if ["defaults", "groups"].contains(&key.as_str()))
}

#[test]
fn what_lacks_something_is_refused_by_both_or_by_none() {
    let mut missing = 0;
    for (name, blueprint) in samples() {
        for at in all_places(&blueprint) {
            let mut changed = blueprint.clone();
            remove(&mut changed, &at);
            let codes = codes(&changed);
            let structural = STRUCTURAL.iter().any(|code| codes.contains(code));
            let valid = VALIDATOR.is_valid(&json_table(&changed));
            if is_shared(&at) && valid {
                continue;
            }
            let agree = if valid {
                !structural
            } else {
                !codes.is_empty()
            };
            assert!(agree, "{name} without {at:?}: {valid}, {codes:?}");
            missing += usize::from(codes.contains("missing-key"));
        }
    }
    assert!(missing > 50, "only {missing} keys are required");
}

#[test]
fn a_bad_name_of_an_entry_is_refused() {
    let names = ["Upper", "two--dashes", "1st", "ünï"];
    let mut count = 0;
    for (name, blueprint) in samples() {
        // Each place has one of the names, and each kind of entry has many places.
        for (at, new) in all_places(&blueprint).iter().zip(names.iter().cycle()) {
            let Some((Step::Key(old), way)) = at.split_last() else {
                continue;
            };
            let mut changed = blueprint.clone();
            let Some(table) = table_at(&mut changed, way) else {
                continue;
            };
            let Some(value) = table.remove(old) else {
                continue;
            };
            table.insert((*new).to_owned(), value);
            let codes = codes(&changed);
            if codes.contains("invalid-name") || codes.contains("unknown-key") {
                count += 1;
                assert!(
                    !VALIDATOR.is_valid(&json_table(&changed)),
                    "{name}: `{new}` for {at:?}: {codes:?}"
                );
            }
        }
    }
    assert!(count > 300, "only {count} bad names");
}

//! The language for editors: the JSON Schema of the blueprint's types, with what Google's tables and the rules say beside it.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::blueprint::{json_schema, schema::Crs};
use crate::plan::google::encryption::Product;
use crate::plan::google::{database, governance, kms, run, storage, waf};
use crate::rules;

/// What a blueprint is called where nobody says.
pub const BLUEPRINT_FILE: &str = "ravelin.toml";

/// The file beside a blueprint that holds the schema. A first line `#:schema ./ravelin.schema.json` leads editors to it.
pub const SCHEMA_FILE: &str = "ravelin.schema.json";

/// The JSON Schema of a blueprint. It is built when it is asked for; nothing else needs it.
#[must_use]
pub fn schema() -> Value {
    let mut schema = json_schema();
    words(&mut schema);
    ranges(&mut schema);
    schema
}

/// The schema as the text of [`SCHEMA_FILE`].
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

/// Keys that take one of the words of a table.
fn words(schema: &mut Value) {
    let plain = |names: &[&'static str]| -> Vec<(&'static str, Option<&'static str>)> {
        names.iter().map(|name| (*name, None)).collect()
    };
    let regions = plain(&run::REGIONS);
    one_of(key(schema, "Project", "region"), &regions);
    one_of(&mut key(schema, "Secret", "replicas")["items"], &regions);
    let locations: Vec<&str> = (run::REGIONS.into_iter())
        .chain(storage::MULTI_REGIONS)
        .collect();
    one_of(key(schema, "Bucket", "location"), &plain(&locations));

    let signing = plain(&kms::SIGNING);
    one_of(key(schema, "CryptoKey", "algorithm"), &signing);

    let engines = database::POSTGRES.iter().chain(&database::MYSQL);
    let versions: Vec<&str> = engines.map(|(version, _)| *version).collect();
    one_of(key(schema, "Database", "version"), &plain(&versions));

    let waivable = rules::waivable().map(|rule| (rule.code, rule.opens));
    let waivable: Vec<_> = waivable.collect();
    one_of(key(schema, "Exception", "rule"), &waivable);

    let mut sets: Vec<_> = [Crs::V4_22, Crs::V3_3]
        .into_iter()
        .flat_map(waf::sets)
        .map(|set| (set.name, Some(set.purpose)))
        .collect();
    sets.sort_unstable();
    sets.dedup();
    one_of(&mut key(schema, "Waf", "rules")["items"], &sets);
    one_of(key(schema, "Exclusion", "rule"), &sets);

    let constraints =
        governance::CONSTRAINTS.map(|constraint| (constraint.name, Some(constraint.why)));
    one_of(
        &mut key(schema, "Governance", "org_policies")["items"],
        &constraints,
    );

    let products = Product::ALL.map(|product| (product.word(), Some(product.holds())));
    one_of(&mut key(schema, "Encryption", "cmek")["items"], &products);

    let clients = waf::KEYS.map(|(name, _)| name).join("|");
    let named = waf::NAMED_KEYS.map(|(name, _)| name).join("|");
    key(schema, "RateLimit", "key")["pattern"] = json!(format!(
        "^({clients}|({named}):[A-Za-z0-9!#$%&'*+.^_`|~-]+)$"
    ));
}

/// Keys that take a number within limits.
fn ranges(schema: &mut Value) {
    let from = |least: u32, most: u32| least..=most;
    let limits: [(&str, &str, RangeInclusive<u32>); 10] = [
        ("Service", "port", from(1, u32::from(u16::MAX))),
        ("Service", "concurrency", from(1, run::CONCURRENCY_MAX)),
        ("Service", "max", from(1, u32::MAX)),
        ("Job", "tasks", from(1, run::TASKS_MAX)),
        ("Job", "parallelism", from(1, run::TASKS_MAX)),
        ("Job", "retries", from(0, run::RETRIES_MAX)),
        ("Keep", "versions", from(1, u32::MAX)),
        (
            "Backups",
            "retained",
            from(1, database::BACKUPS_RETAINED_MAX),
        ),
        ("CustomRule", "priority", waf::priority::CUSTOM),
        (
            "Waf",
            "sensitivity",
            from(
                u32::from(*waf::SENSITIVITY.start()),
                u32::from(*waf::SENSITIVITY.end()),
            ),
        ),
    ];
    for (table, name, limits) in limits {
        let key = key(schema, table, name);
        key["minimum"] = json!(limits.start());
        key["maximum"] = json!(limits.end());
    }
}

/// A key of a table.
fn key<'s>(schema: &'s mut Value, table: &str, name: &str) -> &'s mut Value {
    let key = schema.pointer_mut(&format!("/definitions/{table}/properties/{name}"));
    // A test builds the schema, so a key that was renamed is found there.
    key.unwrap_or_else(|| unreachable!("`{table}` has no key `{name}`"))
}

/// A text is one of these words, each with its meaning where there is one.
fn one_of(schema: &mut Value, words: &[(&str, Option<&str>)]) {
    schema["enum"] = words.iter().map(|(word, _)| json!(word)).collect();
    if words.iter().any(|(_, meaning)| meaning.is_some()) {
        let meanings: Vec<_> = words.iter().map(|(_, meaning)| meaning).collect();
        schema["x-taplo"] = json!({ "docs": { "enumValues": meanings } });
    }
}

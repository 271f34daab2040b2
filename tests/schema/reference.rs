//! `docs/blueprint.md` is `docs/blueprint.template.md` with two marks filled in from the schema: `<!-- about TABLE -->` is what
//! a table is, `<!-- keys TABLE: a, b, … -->` a row
//! for each of these keys; without a list, and for `…`, for those that no other mark names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::{SCHEMA, is_as_made, objections, repository};

/// At the end of a list: and the others.
const REST: &str = "…";
const TEMPLATE: &str = "docs/blueprint.template.md";

/// The keys of a table, by the name of its definition; the whole blueprint is `Blueprint`.
fn keys(table: &str) -> &'static serde_json::Map<String, Value> {
    let schema = if table == "Blueprint" {
        &*SCHEMA
    } else {
        &SCHEMA["definitions"][table]
    };
    let keys = schema["properties"].as_object();
    keys.unwrap_or_else(|| panic!("{TEMPLATE} names `{table}`, which is no table"))
}

/// A mark of the template.
struct Mark<'t> {
    table: &'t str,
    keys: Vec<&'t str>,
}

fn mark<'t>(line: &'t str, word: &str) -> Option<Mark<'t>> {
    let inner = line
        .strip_prefix("<!-- ")?
        .strip_suffix(" -->")?
        .strip_prefix(word)?
        .strip_prefix(' ')?;
    let (table, keys) = inner.split_once(": ").unwrap_or((inner, ""));
    let keys = keys.split(", ").filter(|key| !key.is_empty()).collect();
    Some(Mark { table, keys })
}

/// Where each table is shown: the anchor of the heading above its first mark.
fn anchors(template: &str) -> BTreeMap<&str, String> {
    let mut anchors = BTreeMap::new();
    let mut heading = String::new();
    for line in template.lines() {
        if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|letter| letter.is_alphanumeric() || "-_ ".contains(*letter));
            heading = kept
                .map(|letter| if letter == ' ' { '-' } else { letter })
                .collect();
        }
        if let Some(mark) = mark(line, "keys") {
            anchors.entry(mark.table).or_insert_with(|| heading.clone());
        }
    }
    anchors
}

/// The reference as it is made now.
fn made() -> String {
    let template = fs::read_to_string(repository(TEMPLATE)).unwrap();
    let anchors = anchors(&template);
    let mut shown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for mark in template.lines().filter_map(|line| mark(line, "keys")) {
        for key in mark.keys.into_iter().filter(|key| *key != REST) {
            assert!(
                keys(mark.table).contains_key(key),
                "{TEMPLATE}: `{}` has no key `{key}`",
                mark.table
            );
            assert!(
                shown.entry(mark.table).or_default().insert(key),
                "{TEMPLATE}: `{key}` of `{}` twice",
                mark.table
            );
        }
    }
    let mut text = format!(
        "<!-- Made from {TEMPLATE} and the types of the language; `RAVELIN_REWRITE=1 cargo test --test schema` writes it. -->\n\n"
    );
    let mut rest_of: BTreeSet<&str> = BTreeSet::new();
    for line in template.lines() {
        if let Some(mark) = mark(line, "about") {
            let about = SCHEMA["definitions"][mark.table]["description"].as_str();
            text += about
                .unwrap_or_else(|| panic!("{TEMPLATE} names `{}`, which is no table", mark.table));
        } else if let Some(mark) = mark(line, "keys") {
            let all = keys(mark.table);
            let shown = shown.get(mark.table);
            let mut listed = mark.keys;
            let rest = listed.is_empty() || listed.last() == Some(&REST);
            if rest {
                assert!(
                    rest_of.insert(mark.table),
                    "{TEMPLATE}: the rest of `{}` twice",
                    mark.table
                );
                listed.pop();
                let others = all.keys().map(String::as_str);
                listed.extend(others.filter(|key| !shown.is_some_and(|shown| shown.contains(key))));
            }
            text += &rows(mark.table, &listed, &anchors);
        } else {
            text += line;
        }
        text.push('\n');
    }
    // What an environment may hold beside its own keys stands at the top.
    let at_top = keys("Blueprint");
    let missing: Vec<String> = SCHEMA["definitions"]
        .as_object()
        .unwrap()
        .keys()
        .chain([&"Blueprint".to_owned()])
        .flat_map(|table| {
            let shown = &shown;
            let rest_is_shown = rest_of.contains(table.as_str());
            keys(table)
                .keys()
                .filter(move |_| !rest_is_shown)
                .filter(move |key| !(table == "Environment" && at_top.contains_key(*key)))
                .filter(move |key| {
                    !shown
                        .get(table.as_str())
                        .is_some_and(|shown| shown.contains(key.as_str()))
                })
                .map(move |key| format!("`{key}` of `{table}`"))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "{TEMPLATE} does not show {}; add it to a mark `<!-- keys TABLE: … -->`",
        missing.join(", ")
    );
    text
}

fn rows(table: &str, listed: &[&str], anchors: &BTreeMap<&str, String>) -> String {
    let mut text = "| key | takes | default | meaning |\n|---|---|---|---|\n".to_owned();
    for key in listed {
        let schema = &keys(table)[*key];
        let description = schema["description"]
            .as_str()
            .unwrap_or_else(|| panic!("`{key}` of `{table}` says nothing"));
        let (meaning, default) = description
            .split_once("\n\nDefault: ")
            .unwrap_or((description, ""));
        let default = match default.trim_end_matches('.') {
            "" if schema.get("x-required").is_some() => "*required*",
            "" => "–",
            default => default,
        };
        let meaning = format!("{meaning}{}{}", words(schema), examples(schema));
        let row = [
            format!("`{key}`"),
            takes(schema, anchors),
            default.to_owned(),
            meaning,
        ];
        let row = row.map(|cell| cell.replace("\n\n", "<br>").replace('|', "\\|"));
        text.extend(["| ", &row.join(" | "), " |\n"]);
    }
    text.pop();
    text
}

/// The table that a schema refers to.
fn table(schema: &Value) -> Option<&str> {
    let reference = schema
        .get("$ref")
        .or_else(|| schema.pointer("/allOf/0/$ref"))?;
    reference.as_str()?.rsplit('/').next()
}

/// What a key takes, in words.
fn takes(schema: &Value, anchors: &BTreeMap<&str, String>) -> String {
    let link = |word: &str, table: &str| match anchors.get(table) {
        Some(anchor) => format!("[{word}](#{anchor})"),
        None => word.to_owned(),
    };
    if let Some(name) = table(schema) {
        return link("table", name);
    }
    if let Some(title) = schema["title"].as_str() {
        return title.to_owned();
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let choices: Vec<String> = choices
            .iter()
            .map(|choice| takes(choice, anchors))
            .collect();
        return choices.join(" or ");
    }
    if let Some(all) = schema["enum"].as_array() {
        return if all.len() <= FEW {
            coded(all)
        } else {
            "one of a list".to_owned()
        };
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => Vec::from_iter(one.as_str()),
    };
    let words: Vec<String> = types
        .into_iter()
        .map(|kind| match kind {
            "string" => "text".to_owned(),
            "boolean" if schema.get("not").is_some() => "`false`".to_owned(),
            "boolean" => "`true`, `false`".to_owned(),
            "integer" => number(schema),
            "number" => "number".to_owned(),
            "array" => match table(&schema["items"]) {
                Some(name) => format!("list of {}", link("tables", name)),
                None => "list".to_owned(),
            },
            "object" => object(schema, &link),
            other => panic!("a key takes {other}"),
        })
        .collect();
    words.join(" or ")
}

/// A table that has no definition of its own.
fn object(schema: &Value, link: &dyn Fn(&str, &str) -> String) -> String {
    let Some(entry) = schema
        .get("additionalProperties")
        .filter(|entry| entry.is_object())
    else {
        let keys = schema["properties"].as_object().into_iter().flatten();
        let keys: Vec<String> = keys.map(|(key, _)| format!("{key} = …")).collect();
        return format!("`{{ {} }}`", keys.join(", "));
    };
    match table(entry) {
        Some(name) => format!("{} by name", link("tables", name)),
        None => "table of texts".to_owned(),
    }
}

/// So many words stand in a row.
const FEW: usize = 9;
/// So many words are listed with their meaning.
const SOME: usize = 20;

fn coded(words: &[Value]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

fn number(schema: &Value) -> String {
    let limit = |keyword: &str| schema[keyword].as_u64();
    let open = [
        u64::from(u8::MAX),
        u64::from(u16::MAX),
        u64::from(u32::MAX),
        i64::MAX.unsigned_abs(),
    ];
    match (limit("minimum"), limit("maximum")) {
        (Some(least), Some(most)) if !open.contains(&most) => {
            format!("{} to {}", grouped(least), grouped(most))
        }
        (Some(least), _) if least > 0 => format!("number from {least} on"),
        _ => "whole number".to_owned(),
    }
}

/// `10,000`.
fn grouped(number: u64) -> String {
    if number < 1_000 {
        number.to_string()
    } else {
        format!("{},{:03}", grouped(number / 1_000), number % 1_000)
    }
}

/// The words that a key takes, each with its meaning.
fn words(schema: &Value) -> String {
    let mut choices = vec![schema, &schema["items"]];
    choices.extend(schema["anyOf"].as_array().into_iter().flatten());
    let mut text = String::new();
    for choice in choices {
        let Some(all) = choice["enum"].as_array().filter(|all| all.len() <= SOME) else {
            continue;
        };
        let meanings = choice
            .pointer("/x-taplo/docs/enumValues")
            .and_then(Value::as_array);
        for (index, word) in all.iter().enumerate() {
            let meaning = meanings.and_then(|meanings| meanings[index].as_str());
            let meaning = meaning
                .map(lower)
                .filter(|meaning| word != meaning.as_str());
            match meaning {
                Some(meaning) => text.extend(["\n\n`", &word.to_string(), "`: ", &meaning]),
                None if all.len() > FEW || std::ptr::eq(choice, &raw const schema["items"]) => {
                    text.extend([
                        if index == 0 { "\n\n`" } else { ", `" },
                        &word.to_string(),
                        "`",
                    ]);
                }
                None => {}
            }
        }
    }
    text
}

/// A sentence as a part of another; what is no sentence stays as it is.
fn lower(text: &str) -> String {
    let named = text.starts_with("Certificate Manager");
    let Some(sentence) = text.strip_suffix('.').filter(|_| !named) else {
        return text.trim_end_matches('.').to_owned();
    };
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

fn examples(schema: &Value) -> String {
    let all = schema["examples"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let all: Vec<String> = all
        .iter()
        .map(|example| format!("`{}`", toml(schema, example)))
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("\n\nFor example {}", all.join(" or "))
    }
}

/// A value as TOML writes it in one line.
fn toml(schema: &Value, value: &Value) -> String {
    match value {
        Value::String(date) if schema["title"] == "date" => date.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| toml(&Value::Null, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let bare = |key: &str| {
                key.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            let entry = |(key, value): (&String, &Value)| {
                let key = if bare(key) {
                    key.clone()
                } else {
                    format!("{key:?}")
                };
                format!("{key} = {}", toml(&Value::Null, value))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

#[test]
fn the_reference_is_as_made() {
    is_as_made("docs/blueprint.md", &made());
}

/// Each example with what every blueprint needs, where it does not say it itself.
fn completed(block: &str) -> toml::Table {
    let mut blueprint: toml::Table = block
        .parse()
        .unwrap_or_else(|error| panic!("{error}\n{block}"));
    let rest: toml::Table = "schema = 1
project = { name = \"shop\", region = \"europe-west1\" }
environments.prod.project_id = \"acme-shop-prod\"
environments.stg.project_id = \"acme-shop-stg\""
        .parse()
        .unwrap();
    merge(&mut blueprint, rest);
    blueprint
}

/// Adds what is not there yet.
pub fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) => merge(into, from),
            (Some(_), _) => {}
            (None, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[test]
fn the_examples_of_the_reference_are_right() {
    let template = fs::read_to_string(repository(TEMPLATE)).unwrap();
    let blocks: Vec<&str> = template
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 20, "only {} examples", blocks.len());
    for block in blocks {
        let blueprint = completed(block);
        assert_eq!(objections(&blueprint), [""; 0], "{block}");
        let text = toml::to_string(&blueprint).unwrap();
        let found = ravelin::blueprint::read(&ravelin::source::Source::new("example.toml", text))
            .diagnostics;
        assert!(found.is_empty(), "{block}\n{found:#?}");
    }
}

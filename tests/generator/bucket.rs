//! Buckets, and what uses them.

use toml::{Table, Value};

use super::workload::env;
use super::{Choices, Plot, table, texts};

/// A bucket that was made up.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub name: String,
    /// Whether nothing in it can be overwritten.
    pub retained: bool,
}

pub fn buckets(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table) {
    let mut buckets = Table::new();
    let names = ["uploads", "old-records", "their-files"];
    for name in &names[..choices.below(4)] {
        let mut bucket = Table::new();
        choices.perhaps(
            4,
            &mut bucket,
            "readers",
            texts(&["group:analysts@example.com"]),
        );
        choices.perhaps(
            4,
            &mut bucket,
            "writers",
            texts(&["group:editors@example.com", "user:ann@example.com"]),
        );
        choices.perhaps(4, &mut bucket, "labels", table([("kind", "files".into())]));
        match choices.below(5) {
            3 => {
                bucket.insert("existing".to_owned(), true.into());
                choices.perhaps(2, &mut bucket, "name", format!("acme.{name}"));
            }
            4 => {
                let full = format!("projects/acme-files/buckets/acme-{name}");
                bucket.insert("existing".to_owned(), full.into());
            }
            _ => made(choices, plot, (root, name), &mut bucket),
        }
        plot.buckets.push(Chosen {
            name: (*name).to_owned(),
            retained: bucket.contains_key("retention"),
        });
        buckets.insert((*name).to_owned(), Value::Table(bucket));
    }
    if !buckets.is_empty() {
        root.insert("buckets".to_owned(), Value::Table(buckets));
    }
}

fn made(choices: &mut Choices<'_>, plot: &Plot, (root, name): (&Table, &str), bucket: &mut Table) {
    // With two environments a name of its own would be that of two buckets.
    let alone = root["environments"].as_table().unwrap().len() < 2;
    if alone {
        choices.perhaps(3, bucket, "name", format!("acme_own-{name}"));
    }
    let location = choices.one(&["eu", "us-east1"]);
    choices.perhaps(3, bucket, "location", location);
    if choices.once_in(3) {
        let retention = choices.one(&["1d", "3650d"]);
        bucket.insert("retention".to_owned(), retention.into());
        choices.perhaps(2, bucket, "versioning", false);
    } else {
        let versioning = choices.once_in(2);
        choices.perhaps(3, bucket, "versioning", versioning);
    }
    let versions = bucket.get("versioning").and_then(Value::as_bool);
    let versions = versions.unwrap_or(!bucket.contains_key("retention"));
    if choices.once_in(2) {
        let mut rules = Vec::new();
        let action = choices.one(&["delete", "nearline", "coldline", "archive"]);
        let mut rule = Table::new();
        rule.insert("action".to_owned(), action.into());
        rule.insert("age".to_owned(), "30d".into());
        choices.perhaps(
            2,
            &mut rule,
            "prefix",
            texts(&["tmp/", "it's \"${quoted}\" $HOME", "a, b: #c"]),
        );
        rules.push(Value::Table(rule));
        if versions && choices.once_in(2) {
            let mut rule = Table::new();
            rule.insert("action".to_owned(), "delete".into());
            rule.insert("noncurrent".to_owned(), true.into());
            rule.insert("newer".to_owned(), 3.into());
            choices.perhaps(2, &mut rule, "age", "7d");
            rules.push(Value::Table(rule));
        }
        if choices.once_in(3) {
            rules.push(table([
                ("action", "abort-uploads".into()),
                ("age", "2d".into()),
            ]));
        }
        if choices.once_in(5) {
            rules.clear();
        }
        bucket.insert("lifecycle".to_owned(), Value::Array(rules));
    }
    if choices.once_in(3) {
        let mut cors = Table::new();
        let origin = choices.one(&["https://shop.example.com", "*", "http://localhost:8080"]);
        cors.insert(
            "origins".to_owned(),
            texts(&[origin, "https://other.example.com"]),
        );
        let methods: [&[&str]; 3] = [&["GET"], &["PUT", "HEAD", "GET"], &["POST", "DELETE"]];
        cors.insert("methods".to_owned(), texts(choices.one(&methods)));
        choices.perhaps(2, &mut cors, "headers", texts(&["Content-Type", "ETag"]));
        choices.perhaps(2, &mut cors, "max_age", "60s");
        bucket.insert("cors".to_owned(), Value::Array(vec![Value::Table(cors)]));
    }
    let topics = plot.messages.topics.iter();
    let mut told = Table::new();
    for topic in topics {
        if choices.once_in(3) {
            let mut one = Table::new();
            let events: [&[&str]; 3] = [
                &["OBJECT_FINALIZE"],
                &["OBJECT_ARCHIVE"],
                &["OBJECT_METADATA_UPDATE", "OBJECT_DELETE"],
            ];
            let events = texts(choices.one(&events));
            choices.perhaps(2, &mut one, "events", events);
            choices.perhaps(2, &mut one, "prefix", "in/a=1_b.c-d");
            told.insert(topic.clone(), Value::Table(one));
        }
    }
    if !told.is_empty() {
        bucket.insert("notifications".to_owned(), Value::Table(told));
    }
    choices.perhaps(4, bucket, "deletion_protection", false);
    choices.perhaps(6, bucket, "retire", true);
}

/// What a service or job does with them.
pub fn used(choices: &mut Choices<'_>, plot: &Plot, element: &mut Table) {
    let mut uses = Table::new();
    for bucket in &plot.buckets {
        let access = choices.one(&["read", "write", "create"]);
        choices.perhaps(3, &mut uses, &bucket.name, access);
    }
    let first = uses.keys().next().cloned();
    if let Some(first) = first {
        if choices.once_in(2) {
            let env = env(element);
            env.insert(
                "BUCKET".to_owned(),
                format!("${{buckets.{first}.name}} ${{buckets.{first}.url}}").into(),
            );
        }
        element.insert("buckets".to_owned(), Value::Table(uses));
    }
}

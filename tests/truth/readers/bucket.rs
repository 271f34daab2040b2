//! What a bucket does with objects by their age, and what it lets browsers do: by blocks of Terraform, and by the files that the
//! scripts hand over.

use serde_norway::Value;

use super::hcl::{BLOCK, Flat, several};
use crate::cloud::{Cloud, Values};

const KIND: &str = "storage buckets";

/// What is said of the rules in both: gcloud's words, by Terraform's.
const CONDITIONS: &[(&str, &str)] = &[
    ("age", "age"),
    ("days_since_noncurrent_time", "daysSinceNoncurrentTime"),
    ("matches_prefix", "matchesPrefix"),
    ("num_newer_versions", "numNewerVersions"),
];

/// The rules and origins of a bucket.
pub fn from_terraform(cloud: &mut Cloud, name: &str, flat: &mut Flat) {
    let rules = several(flat, "lifecycle_rule").into_iter().map(|mut rule| {
        let mut take = |path: &str| rule.remove(path);
        let action = take("action.type").unwrap();
        let class = take("action.storage_class").unwrap_or_default();
        let mut said = vec![format!("{} {}", action.concat(), class.concat())];
        for (path, word) in CONDITIONS {
            said.extend(take(&format!("condition.{path}")).map(|of| told(word, &of)));
        }
        let live = take("condition.with_state").map(|state| match state.concat().as_str() {
            "LIVE" => "isLive: true".to_owned(),
            "ARCHIVED" => "isLive: false".to_owned(),
            other => panic!("{name} has rules about {other}"),
        });
        said.extend(live);
        rule.retain(|_, values| *values != [BLOCK]);
        assert!(rule.is_empty(), "{name}: {rule:?} is not read back");
        said.sort();
        said.join(", ")
    });
    let rules: Values = rules.collect();
    let origins = several(flat, "cors").into_iter().map(|mut cors| {
        let mut take = |path: &str| cors.remove(path).unwrap_or_default();
        [
            told("maxAgeSeconds", &take("max_age_seconds")),
            told("method", &take("method")),
            told("origin", &take("origin")),
            told("responseHeader", &take("response_header")),
        ]
        .join(", ")
    });
    let origins = origins.collect();
    cloud.set(KIND, name, "lifecycle", rules);
    cloud.set(KIND, name, "cors", origins);
}

fn told(word: &str, values: &Values) -> String {
    format!("{word}: {}", values.join(" "))
}

/// The same, of a file that is handed over.
pub fn from_yaml(cloud: &mut Cloud, name: &str, what: &str, file: &str) {
    let document: Value = serde_norway::from_str(file).unwrap();
    let text = |value: &Value| match value {
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        Value::String(text) => text.clone(),
        other => panic!("{other:?} in a file for {name}"),
    };
    let texts = |value: &Value| match value {
        Value::Sequence(all) => all.iter().map(text).collect(),
        Value::Null => Values::new(),
        one => vec![text(one)],
    };
    let empty = Vec::new();
    let of_rule = |rule: &Value| {
        let class = texts(&rule["action"]["storageClass"]).concat();
        let mut said = vec![format!("{} {class}", text(&rule["action"]["type"]))];
        for (word, value) in rule["condition"].as_mapping().unwrap() {
            said.push(told(word.as_str().unwrap(), &texts(value)));
        }
        said.sort();
        said.join(", ")
    };
    let of_cors = |cors: &Value| {
        let known = ["maxAgeSeconds", "method", "origin", "responseHeader"];
        for word in cors.as_mapping().unwrap().keys() {
            assert!(known.contains(&word.as_str().unwrap()), "{word:?}");
        }
        known.map(|word| told(word, &texts(&cors[word]))).join(", ")
    };
    let values = if what == "lifecycle" {
        let rules = document["lifecycle"]["rule"].as_sequence();
        rules.unwrap_or(&empty).iter().map(of_rule).collect()
    } else {
        let all = document.as_sequence();
        all.unwrap_or(&empty).iter().map(of_cors).collect()
    };
    cloud.set(KIND, name, what, values);
}

//! Reads the policy files: every grant of `bindings.json`, the complete policies, what other projects are asked for.

use std::collections::{BTreeMap, BTreeSet};

use ravelin::tree::Tree;

use crate::cloud::{Grant, Place};

/// What stands in the policy files of an environment.
#[derive(Debug)]
pub struct Policies {
    /// Every grant of `bindings.json`, with the keys of the blueprint that caused it.
    pub listed: BTreeSet<Grant>,
    /// Those of the complete policies of services and jobs.
    pub complete: BTreeSet<Grant>,
    /// Those that owners of other projects are asked for.
    pub elsewhere: BTreeSet<Grant>,
    /// The written exceptions, by element and rule: owner and end.
    pub exceptions: BTreeMap<String, String>,
}

/// Reads the files of an environment.
pub fn read(place: &Place, tree: &Tree) -> Policies {
    let prefix = format!("iam/{}/", place.environment);
    let mut policies = Policies {
        listed: BTreeSet::new(),
        complete: BTreeSet::new(),
        elsewhere: BTreeSet::new(),
        exceptions: BTreeMap::new(),
    };
    for (path, file) in tree.iter() {
        let Some(path) = path.as_str().strip_prefix(&prefix) else {
            continue;
        };
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["bindings.json"] => policies.listed = listed(place, &file.text),
            [kind @ ("services" | "jobs"), name] => {
                let name = name.strip_suffix(".yaml").unwrap();
                let region = region(place, tree, name);
                policies
                    .complete
                    .extend(complete(place, &region, kind, name, &file.text));
            }
            ["elsewhere", name] if name.ends_with(".yaml") => {
                policies.elsewhere.extend(asked(&file.text));
            }
            ["ACCESS.md"] => policies.exceptions = exceptions(&file.text),
            ["elsewhere", _] => {}
            other => panic!("{other:?} is not read back"),
        }
    }
    policies
}

/// The number of the project, which these files do not know.
fn member(text: &str) -> String {
    text.replace("PROJECT_NUMBER", "⟨project_number⟩")
}

fn listed(place: &Place, text: &str) -> BTreeSet<Grant> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(json["project"], *place.project);
    assert_eq!(json["environment"], *place.environment);
    let bindings = json["bindings"].as_array().unwrap().iter();
    let grants = bindings.map(|binding| {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let condition = &binding["condition"];
        assert!(
            !binding["causes"].as_array().unwrap().is_empty(),
            "{binding} has no cause"
        );
        Grant {
            on: text(&binding["resource"]),
            role: text(&binding["role"]),
            to: member(&text(&binding["member"])),
            condition: condition
                .is_object()
                .then(|| (text(&condition["title"]), text(&condition["expression"]))),
        }
    });
    grants.collect()
}

/// The region of a service that stands in for another, as Terraform has it; that of the project for all else.
fn region(place: &Place, tree: &Tree, name: &str) -> String {
    let path = format!("terraform/{}/services/service-{name}.tf", place.environment);
    let file = tree.get(&path).map_or("", |file| &file.text);
    let located = file.lines().find_map(|line| {
        let value = line.trim().strip_prefix("location")?.trim_start();
        value.strip_prefix("= \"")?.strip_suffix('"')
    });
    located.unwrap_or(&place.region).to_owned()
}

fn complete(place: &Place, region: &str, kind: &str, name: &str, text: &str) -> Vec<Grant> {
    let policy: serde_norway::Value = serde_norway::from_str(text).unwrap();
    let project = &place.project;
    let mut grants = Vec::new();
    for binding in policy["bindings"].as_sequence().unwrap() {
        for to in binding["members"].as_sequence().unwrap() {
            grants.push(Grant {
                on: format!(
                    "//run.googleapis.com/projects/{project}/locations/{region}/{kind}/{name}"
                ),
                role: binding["role"].as_str().unwrap().to_owned(),
                to: member(to.as_str().unwrap()),
                condition: None,
            });
        }
    }
    grants
}

fn asked(text: &str) -> Vec<Grant> {
    let list: serde_norway::Value = serde_norway::from_str(text).unwrap();
    let all = list.as_sequence().unwrap().iter();
    let grants = all.map(|grant| {
        let text = |value: &serde_norway::Value| value.as_str().map(str::to_owned);
        let condition = &grant["condition"];
        Grant {
            on: text(&grant["resource"]).unwrap(),
            role: text(&grant["role"]).unwrap(),
            to: member(&text(&grant["member"]).unwrap()),
            condition: text(&condition["title"]).zip(text(&condition["expression"])),
        }
    });
    grants.collect()
}

/// The table of exceptions: until, element, rule, reason, owner.
fn exceptions(text: &str) -> BTreeMap<String, String> {
    let table = text
        .lines()
        .skip_while(|line| !line.starts_with("## Exceptions,"))
        .skip(1);
    let rows = table
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with("| "));
    let mut found = BTreeMap::new();
    for row in rows.skip(1) {
        // A reason may hold a bar, which Markdown escapes.
        let cells: Vec<&str> = row
            .trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        let [until, element, rule, .., owner] = cells.as_slice() else {
            panic!("{row} is no exception")
        };
        found.insert(
            format!("{element}.{rule}"),
            format!("{owner} until {until}"),
        );
    }
    found
}

//! `bindings.json`: every grant, one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::plan::model::{Condition, Grant, Part, Plan, Text};

/// The file.
#[derive(Serialize)]
struct File<'a> {
    project: &'a str,
    environment: &'a str,
    /// What stands for what is known only when the output is applied.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    placeholders: BTreeMap<String, String>,
    bindings: Vec<Entry<'a>>,
}

/// A grant.
#[derive(Serialize)]
struct Entry<'a> {
    resource: String,
    role: &'a str,
    member: String,
    condition: Option<Clause<'a>>,
    causes: &'a BTreeSet<String>,
    stage: &'a str,
}

/// A condition.
#[derive(Serialize)]
struct Clause<'a> {
    title: &'a str,
    expression: &'a str,
}

/// The file's text.
pub fn text(plan: &Plan) -> String {
    let file = File {
        project: &plan.project.id,
        environment: &plan.environment,
        placeholders: placeholders(plan),
        bindings: plan.grants.iter().map(|grant| entry(plan, grant)).collect(),
    };
    let mut text = match serde_json::to_string_pretty(&file) {
        Ok(text) => text,
        // Its types hold only strings, lists and maps with string keys, which JSON can always say.
        Err(error) => panic!("bindings.json cannot be written: {error}"),
    };
    text.push('\n');
    text
}

fn entry<'a>(plan: &Plan, grant: &'a Grant) -> Entry<'a> {
    let Grant {
        on,
        role,
        to,
        condition,
        // A name for Terraform's and the scripts' sake.
        name: _,
        causes,
        stage,
    } = grant;
    Entry {
        resource: on.full_name(),
        role,
        member: to.member().to_string(),
        condition: condition
            .as_ref()
            .map(|Condition { title, expression }| Clause { title, expression }),
        causes,
        // No stage reaches into another project: its owner makes the grant.
        stage: if on.project() == plan.project.id {
            stage.name()
        } else {
            "elsewhere"
        },
    }
}

fn placeholders(plan: &Plan) -> BTreeMap<String, String> {
    let members: Vec<Text> = plan.grants.iter().map(|grant| grant.to.member()).collect();
    let parts = members.iter().flat_map(Text::parts);
    let mut placeholders = BTreeMap::new();
    for part in parts {
        let meaning = match part {
            Part::Literal(_) => continue,
            Part::ProjectNumber => format!("the number of project {}", plan.project.id),
            Part::Value(name) => format!("the value `{name}` of the blueprint"),
        };
        placeholders.insert(Text::default().then_part(part.clone()).to_string(), meaning);
    }
    placeholders
}

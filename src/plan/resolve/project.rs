//! The project, its labels and Terraform's state.

use std::collections::BTreeMap;

use crate::blueprint::schema::Table;
use crate::blueprint::{Environment, Key, Place};
use crate::name::Kind;
use crate::plan::google::run::REGIONS;
use crate::plan::model::{Labels, Project, Stage, State, StatePlace};

use super::context::Context;
use super::reference;

/// The project as far as it is written. What is missing stands empty here and is reported by [`check`]: then there is no
/// plan, but the rest is still looked at.
pub fn draft(environment: &Environment) -> Project {
    let project = &environment.blueprint.project;
    let own = environment.blueprint.environments.get(&environment.name);
    let mut labels: Labels = project.labels.clone();
    labels.insert("environment".to_owned(), environment.name.clone());
    labels.insert("managed-by".to_owned(), "ravelin".to_owned());
    Project {
        name: project.name.clone().unwrap_or_default(),
        description: project.description.clone().unwrap_or_default(),
        id: own
            .and_then(|own| own.project_id.clone())
            .unwrap_or_default(),
        number: own
            .and_then(|own| own.project_number)
            .map(|number| number.to_string()),
        region: project.region.clone().unwrap_or_default(),
        labels,
    }
}

/// Reports what is wrong with the project and the environment.
pub fn check(cx: &mut Context<'_>) {
    let key = Key::of(&["project"]);
    match &cx.blueprint.project.name {
        None => cx.missing(&key, "name", "a prefix of shared names"),
        Some(name) => {
            cx.check_name(
                Kind::Prefix,
                name,
                "a project's name",
                &Place::Value(key.then("name")),
            );
        }
    }
    match &cx.blueprint.project.region {
        None => cx.missing(&key, "region", "a region of Cloud Run"),
        Some(region) if !REGIONS.contains(&region.as_str()) => {
            let place = Place::Value(key.then("region"));
            cx.unknown(
                "region-unknown",
                "region of Cloud Run",
                region,
                REGIONS,
                &place,
            );
        }
        Some(_) => {}
    }
    labels(cx, &key.then("labels"), &cx.blueprint.project.labels);

    let name = cx.environment_name().to_owned();
    let environment = Key::of(&["environments", &name]);
    cx.check_name(
        Kind::Prefix,
        &name,
        "an environment's name",
        &Place::Key(environment.clone()),
    );
    match cx
        .blueprint
        .environments
        .get(&name)
        .and_then(|environment| environment.project_id.as_ref())
    {
        None => cx.missing(
            &environment,
            "project_id",
            "the id of a Google Cloud project",
        ),
        Some(id) => {
            cx.check_name(
                Kind::ProjectId,
                id,
                "a project's id",
                &Place::Value(environment.then("project_id")),
            );
        }
    }
}

/// Reports labels that Google does not take.
pub fn labels(cx: &mut Context<'_>, key: &Key, labels: &Table<String>) {
    for (label, value) in labels {
        let place = Place::Key(key.then(label));
        if ["environment", "managed-by"].contains(&label.as_str()) {
            cx.error(
                "label-reserved",
                format!("label `{label}` is set by ravelin"),
                &place,
                "take another name",
            );
        } else {
            cx.check_name(Kind::LabelKey, label, "the key of a label", &place);
        }
        cx.check_name(
            Kind::LabelValue,
            value,
            "the value of a label",
            &Place::Value(key.then(label)),
        );
    }
}

/// The labels of an element: the project's and its own.
pub fn labels_of(cx: &mut Context<'_>, element: &Key, own: &Table<String>) -> Labels {
    labels(cx, &element.then("labels"), own);
    let mut all = own.clone();
    all.extend(cx.project.labels.clone());
    for (label, value) in own {
        if cx.blueprint.project.labels.contains_key(label) {
            all.insert(label.clone(), value.clone());
        }
    }
    all
}

/// Where Terraform keeps its state.
pub fn state(cx: &mut Context<'_>) -> Option<State> {
    let key = Key::of(&["state"]);
    let Some(state) = &cx.blueprint.state else {
        cx.warning(
            "state-is-local",
            "Terraform's state stays on the machine that applies",
            &Place::Key(Key::of(&["project"])),
            "there is no `[state]`",
        )
        .help("name a bucket: `[state]` with `bucket = \"…\"`");
        return None;
    };
    let Some(bucket) = &state.bucket else {
        cx.missing(&key, "bucket", "a bucket of Cloud Storage");
        return None;
    };
    let place = Place::Value(key.then("bucket"));
    let mut stages = BTreeMap::new();
    for stage in [Stage::Governance, Stage::Foundation, Stage::Services] {
        let bucket = reference::state_bucket(cx, &key.then("bucket"), bucket, stage);
        if !cx.check_name(Kind::Bucket, &bucket, "a bucket's name", &place) {
            return None;
        }
        let prefix = format!(
            "{}/{}/{}",
            cx.project.name,
            cx.environment_name(),
            stage.name()
        );
        stages.insert(stage, StatePlace { bucket, prefix });
    }
    Some(State { stages })
}

//! The project and its environment.

use crate::blueprint::{Environment, Key, Place};
use crate::name::Kind;
use crate::plan::google::run::REGIONS;
use crate::plan::model::{Labels, Project};
use crate::rules;

use super::context::Context;
use super::labels;

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

/// Whether an environment is the one that people depend on, as far as its name says so.
pub(in crate::plan) fn is_production(environment: &str) -> bool {
    let first = environment.split('-').next().unwrap_or_default();
    ["live", "prd", "prod", "production"].contains(&first)
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
                rules::REGION_UNKNOWN,
                "region of Cloud Run",
                region,
                REGIONS,
                &place,
            );
        }
        Some(_) => {}
    }
    labels::check(cx, &key.then("labels"), &cx.blueprint.project.labels);

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

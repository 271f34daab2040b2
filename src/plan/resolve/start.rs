//! What starts jobs and workflows, with the grants that it takes.

use std::collections::BTreeMap;

use crate::blueprint::schema::Run;
use crate::blueprint::{Key, Place};
use crate::plan::google::roles;
use crate::plan::model::{Principal, Start};
use crate::rules;

use super::context::Context;
use super::grants::Grants;
use super::trigger::not_a_target;

/// What the element of that key starts by its `runs`.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    element: &Key,
    written: &BTreeMap<String, Run>,
    grants: &mut Grants,
    principal: &Principal,
) -> Vec<Start> {
    let cause = element.then("runs");
    let mut starts = Vec::new();
    for (target, run) in written {
        let Some(start) = target_of(cx, &cause, target) else {
            continue;
        };
        let overrides = run.overrides == Some(true);
        match &start {
            Start::Job(name) => {
                let on = cx.project.job(name);
                let role = if overrides {
                    roles::RUN_JOBS_OVERRIDES
                } else {
                    roles::RUN_INVOKER
                };
                grants.add(on, role, principal.clone(), None, &cause);
            }
            Start::Workflow(_) => {
                if overrides {
                    let place = Place::Value(cause.then(target).then("overrides"));
                    cx.report(
                        rules::TARGET_KEY_IDLE,
                        format!("`overrides` of `{target}` changes nothing"),
                        &place,
                        "a workflow takes an argument without it",
                    )
                    .help("leave it out");
                }
                grants.on_project(roles::WORKFLOWS_INVOKER, principal.clone(), None, &cause);
            }
        }
        starts.push(start);
    }
    starts.sort();
    starts
}

/// The job or workflow that a target names.
fn target_of(cx: &mut Context<'_>, key: &Key, target: &str) -> Option<Start> {
    let blueprint = cx.blueprint;
    let part = |name: &str| Place::Part(key.clone(), name.to_owned());
    match target.split_once('.') {
        Some(("jobs", name)) => {
            let all = &blueprint.jobs;
            cx.named(rules::TARGET_UNKNOWN, "job", name, all, || part(name))?;
            Some(Start::Job(name.to_owned()))
        }
        Some(("workflows", name)) => {
            let all = &blueprint.workflows;
            cx.named(rules::TARGET_UNKNOWN, "workflow", name, all, || part(name))?;
            Some(Start::Workflow(name.to_owned()))
        }
        _ => {
            let kinds = [
                ("jobs", blueprint.jobs.contains_key(target)),
                ("workflows", blueprint.workflows.contains_key(target)),
            ];
            not_a_target(cx, &part(target), target, &kinds);
            None
        }
    }
}

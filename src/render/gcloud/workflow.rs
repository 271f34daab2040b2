//! Workflows.

use askama::Template;

use super::filters;
use super::run::pair;
use super::script::Script;
use super::verify::{Known, Reading, by, grants, who};
use crate::plan::google::roles;
use crate::plan::model::{Labels, Plan, Resource, Text, Workflow};
use crate::render;

#[derive(Template)]
#[template(path = "gcloud/workflow.sh.j2")]
struct Section<'a> {
    name: &'a str,
    file: &'a str,
    source: &'a str,
    region: &'a str,
    account: &'a str,
    whose: String,
    labels: &'a Labels,
    env: Vec<Text>,
}

/// Adds a workflow.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, workflow: &Workflow) {
    let Workflow {
        name,
        file,
        source,
        env,
        account,
        // The order of the sections: it comes after all that it calls and starts.
        calls: _,
        starts: _,
        labels,
        // A refusal of Terraform's own: gcloud deletes nothing here.
        deletion_protection: _,
        retiring: _,
    } = workflow;
    script.section(&Section {
        name,
        file,
        // The script hands it over with a line break at its end.
        source: source.strip_suffix('\n').unwrap_or(source),
        region: &plan.project.region,
        account: &account.email,
        whose: render::whose(plan, &account.email),
        labels,
        env: env.iter().map(|(name, text)| pair(name, text)).collect(),
    });
}

/// How a fact of a workflow is read.
pub(super) fn reading(
    plan: &Plan,
    known: &Known<'_>,
    workflow: &str,
    name: &str,
) -> Option<Reading> {
    let found = plan.workflows.iter().find(|one| one.name == workflow)?;
    match name {
        "callers" => {
            let project = Resource::Project {
                project: plan.project.id.clone(),
            };
            who(plan, &project, roles::WORKFLOWS_INVOKER)
        }
        "account" => by(["account", "workflows", workflow]),
        "grants" => grants(known, &found.account.email),
        "logs" => by([
            "choice",
            "workflows",
            workflow,
            "--call-log-level",
            "log-errors-only=errors",
            "log-all-calls=all",
            "log-none=none",
            "nothing=none",
        ]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

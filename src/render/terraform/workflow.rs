//! Workflows: one file each.

use std::collections::BTreeMap;

use askama::Template;

use super::filters;
use super::module::Module;
use super::run::leaving;
use super::words::Expr;
use crate::plan::model::{Labels, Start, Text, Workflow, account_project};
use crate::render;

#[derive(Template)]
#[template(path = "terraform/workflow.tf.j2")]
struct WorkflowFile<'a> {
    project: Expr,
    region: &'a str,
    name: &'a str,
    /// The account's full name, as the API gives it back.
    account: String,
    whose: String,
    deletion_protection: bool,
    labels: &'a Labels,
    env: &'a BTreeMap<String, Text>,
    file: &'a str,
    lines: Vec<&'a str>,
    /// The policies that let it do what it does.
    after: Vec<Expr>,
}

/// Adds the file of a workflow.
pub(super) fn add<'a>(module: &mut Module<'a>, workflow: &'a Workflow) {
    let Workflow {
        name,
        file,
        source,
        env,
        account,
        calls,
        starts,
        labels,
        deletion_protection,
        retiring,
    } = workflow;
    let policy = |kind: &str, name: &str| {
        let id = super::id(name);
        Expr(format!("google_cloud_run_v2_{kind}_iam_policy.{id}"))
    };
    let called = calls.iter().map(|call| policy("service", &call.service));
    let started = starts.iter().filter_map(|start| match start {
        Start::Job(job) => Some(policy("job", job)),
        // Who may start a workflow stands in the foundation.
        Start::Workflow(_) => None,
    });
    let view = WorkflowFile {
        project: module.project("workflows.googleapis.com"),
        region: &module.plan.project.region,
        name,
        account: full_name(module, &account.email),
        whose: render::whose(module.plan, &account.email),
        deletion_protection: *deletion_protection,
        labels,
        env,
        file,
        lines: source.split('\n').collect(),
        after: called.chain(started).collect(),
    };
    let mut sentences = vec![format!("Workflow {name}: the steps of {file}.")];
    sentences.extend(leaving(*retiring));
    module.add(&format!("workflow-{name}.tf"), &sentences.join(" "), &view);
}

/// The full name of an account, which says its project as its address does.
fn full_name(module: &Module<'_>, email: &str) -> String {
    let project = account_project(email).unwrap_or(&module.plan.project.id);
    format!("projects/{project}/serviceAccounts/{email}")
}

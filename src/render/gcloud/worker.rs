//! Worker pools of Cloud Run.

use askama::Template;

use super::filters;
use super::run::{ContainerView, EnvView, keep, probes, task_summary, unprobed, volume};
use super::script::Script;
use crate::plan::model::{Labels, Plan, Port, VpcAccess, VpcEgress, Worker, Workload};
use crate::render;

#[derive(Template)]
#[template(path = "gcloud/worker.sh.j2")]
struct WorkerSection<'a> {
    summary: String,
    name: &'a str,
    region: &'a str,
    instances: u32,
    gpu: Option<&'a str>,
    keep: Option<String>,
    account: &'a str,
    whose: String,
    vpc: Option<&'a VpcAccess>,
    encryption_key: Option<String>,
    binary_authorization: bool,
    labels: &'a Labels,
    volumes: Vec<String>,
    containers: Vec<ContainerView<'a>>,
    /// The probes, for which gcloud has no flags: container, kind, settings.
    probes: Vec<(&'a str, &'static str, String)>,
}

/// Adds a worker pool. gcloud has its commands in the beta track alone, and none for its policy.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, worker: &Worker) {
    let Worker {
        name,
        instances,
        workload,
        ci_owns,
        // A refusal of Terraform's own: gcloud deletes nothing here.
        deletion_protection: _,
        retiring: _,
        calls: _,
        // The order of the sections.
        after_policies: _,
    } = worker;
    let Workload {
        account,
        vpc,
        internet: _,
        containers,
        volumes,
        databases,
        caches: _,
        secrets: _,
        enqueues: _,
        channels: _,
        publishes: _,
        consumes: _,
        starts: _,
        encryption_key,
        binary_authorization,
        labels,
    } = workload;
    script.section(&WorkerSection {
        summary: task_summary("Fetches its work; nothing listens.", databases),
        name,
        region: &plan.project.region,
        instances: *instances,
        gpu: workload.gpu(),
        keep: keep(ci_owns),
        account: &account.email,
        whose: render::whose(plan, &account.email),
        vpc: vpc.as_ref(),
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        binary_authorization: *binary_authorization,
        labels,
        volumes: volumes.iter().filter_map(volume).collect(),
        containers: unprobed(containers, volumes),
        probes: containers.iter().flat_map(probes).collect(),
    });
}

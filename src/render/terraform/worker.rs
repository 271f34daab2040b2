//! Worker pools of Cloud Run: one file each.

use askama::Template;

use super::filters;
use super::module::Module;
use super::run::{after, after_says, leaving, uses};
use super::words::{Expr, ignored};
use super::workload;
use crate::plan::google::run;
use crate::plan::model::{CiOwns, Labels, Worker};
use crate::render;
use crate::render::quote::Quoted;

#[derive(Template)]
#[template(path = "terraform/worker.tf.j2")]
struct WorkerFile<'a> {
    project: Expr,
    region: &'a str,
    name: &'a str,
    deletion_protection: bool,
    labels: &'a Labels,
    binary_authorization: bool,
    instances: u32,
    account: &'a str,
    whose: String,
    workload: Quoted,
    ignored: Vec<Expr>,
    after: Vec<Expr>,
    after_says: String,
}

/// Adds the file of a worker pool.
pub(super) fn add<'a>(module: &mut Module<'a>, worker: &'a Worker) {
    let Worker {
        name,
        instances,
        workload,
        ci_owns,
        deletion_protection,
        retiring,
        calls: _,
        after_policies,
    } = worker;
    let file = WorkerFile {
        project: module.project(run::API),
        region: &module.plan.project.region,
        name,
        deletion_protection: *deletion_protection,
        labels: &workload.labels,
        binary_authorization: workload.binary_authorization,
        instances: *instances,
        account: &workload.account.email,
        whose: render::whose(module.plan, &workload.account.email),
        workload: workload::block(workload, false),
        ignored: ignored_here(ci_owns),
        after: after(after_policies, &[], &[]),
        after_says: after_says(after_policies, &[], &[]),
    };
    let mut sentences = vec![format!("Worker {name}: fetches its work, nothing listens.")];
    sentences.extend(uses(workload));
    sentences.extend(leaving(*retiring));
    module.add(&format!("worker-{name}.tf"), &sentences.join(" "), &file);
}

/// The arguments that Terraform ignores. gcloud, which deploys workers in its beta track alone, also sets the launch stage.
fn ignored_here(ci_owns: &[CiOwns]) -> Vec<Expr> {
    let mut all = ignored(ci_owns, "template[0]");
    if !all.is_empty() {
        all.push(Expr("launch_stage".to_owned()));
    }
    all
}

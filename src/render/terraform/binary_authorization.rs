//! Which images may run: the project's policy.

use askama::Template;

use super::filters;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::binary_authorization;
use crate::plan::model::AdmissionPolicy;

#[derive(Template)]
#[template(path = "terraform/binary-authorization.tf.j2")]
struct File<'a> {
    project: Expr,
    exempt_images: &'a [String],
    evaluation: &'static str,
    enforcement: &'static str,
    attestors: &'a [String],
}

/// Adds it, where it is not somebody else's.
pub(super) fn add(module: &mut Module<'_>) {
    let written = module.plan.binary_authorization.as_ref();
    let Some(policy) = written.and_then(|one| one.policy.as_ref()) else {
        return;
    };
    let AdmissionPolicy {
        admits: _,
        enforced: _,
        exempt_images,
    } = policy;
    let file = File {
        project: module.project(binary_authorization::API),
        exempt_images,
        evaluation: policy.evaluation(),
        enforcement: policy.enforcement(),
        attestors: policy.attestors(),
    };
    let summary = "Binary Authorization: which images may run in this project.";
    module.add("binary-authorization.tf", summary, &file);
}

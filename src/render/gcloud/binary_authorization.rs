//! Which images may run: the project's policy.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::model::{AdmissionPolicy, Plan};

/// What the policy is read as.
const KIND: &str = "container binauthz policy";

#[derive(Template)]
#[template(path = "gcloud/binary-authorization.sh.j2")]
struct Section<'a> {
    project: &'a str,
    exempt_images: &'a [String],
    evaluation: &'static str,
    enforcement: &'static str,
    attestors: &'a [String],
}

/// The policy, where it is not somebody else's.
fn written(plan: &Plan) -> Option<&AdmissionPolicy> {
    plan.binary_authorization.as_ref()?.policy.as_ref()
}

/// Adds the step.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    let Some(policy) = written(plan) else {
        return;
    };
    let AdmissionPolicy {
        admits: _,
        enforced: _,
        exempt_images,
    } = policy;
    script.section(&Section {
        project: &plan.project.id,
        exempt_images,
        evaluation: policy.evaluation(),
        enforcement: policy.enforcement(),
        attestors: policy.attestors(),
    });
}

/// What facts tell of.
pub(super) fn kinds(plan: &Plan) -> Option<&'static str> {
    written(plan).map(|_| KIND)
}

/// How a fact of the policy is read.
pub(super) fn reading(name: &str) -> Option<Reading> {
    by(["admits", name])
}

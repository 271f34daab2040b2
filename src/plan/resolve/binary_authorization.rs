//! Binary Authorization: which images may run.

use std::collections::BTreeSet;

use crate::blueprint::schema::{self, AdmissionMode};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::binary_authorization::{self, is_exempt};
use crate::plan::google::roles;
use crate::plan::model::{AdmissionPolicy, Admits, BinaryAuthorization, Plan, Resource};
use crate::rules;

use super::account::element_of;
use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::lies;

/// What the blueprint says of it, and which workloads it is about.
pub(super) fn resolve(cx: &mut Context<'_>, plan: &mut Plan, grants: &mut Grants) {
    let governance = cx.blueprint.governance.as_ref();
    let Some(written) = governance.and_then(|one| one.binary_authorization.as_ref()) else {
        return;
    };
    let key = Key::of(&["governance", "binary_authorization"]);
    let retiring = written.retire == Some(true);
    let policy = if written.existing == Some(true) {
        let shaping = [
            ("mode", written.mode.is_some()),
            ("attestors", !written.attestors.is_empty()),
            ("exempt_images", !written.exempt_images.is_empty()),
        ];
        existing_idle(cx, &key, &shaping);
        None
    } else {
        Some(policy(cx, &key, written, retiring, grants))
    };
    if let Some(policy) = &policy {
        admitted(cx, &key, policy, plan);
        deployed(cx, &key, policy, plan);
    }
    let services = plan.services.iter_mut().map(|one| &mut one.workload);
    let jobs = plan.jobs.iter_mut().map(|one| &mut one.workload);
    let workers = plan.workers.iter_mut().map(|one| &mut one.workload);
    for workload in services.chain(jobs).chain(workers) {
        workload.binary_authorization = !retiring;
    }
    plan.binary_authorization = Some(BinaryAuthorization { policy, retiring });
}

/// The project's policy.
fn policy(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::BinaryAuthorization,
    retiring: bool,
    grants: &mut Grants,
) -> AdmissionPolicy {
    let mut attestors = BTreeSet::new();
    for (index, name) in written.attestors.iter().enumerate() {
        let at = key.then("attestors").item(index);
        if let Some([project, name]) = attestor(cx, &at, name) {
            attestors.insert(format!("projects/{project}/attestors/{name}"));
            // Binary Authorization's agent sees those of its own project by Google's grant.
            if project != cx.project.id && !retiring {
                let resource = Resource::Attestor { project, name };
                let agent = cx.agent(binary_authorization::API, binary_authorization::AGENT);
                let cause = key.then("attestors");
                grants.add(resource, roles::ATTESTORS_VERIFIER, agent, None, &cause);
            }
        }
    }
    let mut exempt = BTreeSet::new();
    for (index, pattern) in written.exempt_images.iter().enumerate() {
        let at = Place::Value(key.then("exempt_images").item(index));
        cx.check_name(Kind::ExemptImages, pattern, "what images are exempt", &at);
        exempt.insert(pattern.clone());
    }
    if written.attestors.is_empty() && exempt.is_empty() && !retiring {
        cx.report(
            rules::ADMITS_NOTHING,
            "no image is admitted",
            &Place::Key(key.clone()),
            "names neither attestors nor images",
        )
        .help("name who signs images in `attestors`, or where they come from in `exempt_images`");
    }
    if retiring {
        return AdmissionPolicy {
            admits: Admits::Everything,
            enforced: true,
            exempt_images: Vec::new(),
        };
    }
    AdmissionPolicy {
        admits: if attestors.is_empty() {
            Admits::Nothing
        } else {
            Admits::Attested(attestors.into_iter().collect())
        },
        enforced: written.mode != Some(AdmissionMode::DryRun),
        exempt_images: exempt.into_iter().collect(),
    }
}

/// The project and the name of an attestor, which is written by its full name.
fn attestor(cx: &mut Context<'_>, at: &Key, name: &str) -> Option<[String; 2]> {
    let path = lies::named(name, "binaryauthorization", ["projects", "attestors"]);
    let path =
        path.filter(|[project, id]| Kind::ProjectId.accepts(project) && Kind::Own.accepts(id));
    if let Some(path) = path {
        return Some(path.map(str::to_owned));
    }
    cx.report(
        rules::EXISTING_INVALID,
        format!(
            "`{}` is not the full name of an attestor",
            name.escape_debug()
        ),
        &Place::Value(at.clone()),
        "takes `projects/PROJECT/attestors/NAME`",
    );
    None
}

/// Whether the pipeline deploys what has to be signed, which its workflow does not do.
fn deployed(cx: &mut Context<'_>, key: &Key, policy: &AdmissionPolicy, plan: &Plan) {
    let Some(delivery) = plan.delivery.as_ref() else {
        return;
    };
    // It deploys by a digest that nobody knows yet.
    let exempt = |image: &String| is_exempt(&policy.exempt_images, &format!("{image}@sha256:"));
    if policy.attestors().is_empty() || delivery.images.iter().all(exempt) {
        return;
    }
    cx.report(
        rules::DEPLOYED_UNSIGNED,
        "the pipeline deploys what nobody has signed",
        &Place::Value(key.then("attestors")),
        "they have to sign before it deploys",
    )
    .and(&Place::Key(Key::of(&["delivery"])), "its workflow builds and deploys")
    .help("sign between the two in `github/ENV/deploy.yml` and keep that file, or add its repository to `exempt_images`");
}

/// Whether the images that the blueprint runs are admitted, as far as it can be told: of an attestation nobody knows here.
fn admitted(cx: &mut Context<'_>, key: &Key, policy: &AdmissionPolicy, plan: &Plan) {
    if policy.admits != Admits::Nothing || policy.exempt_images.is_empty() {
        return;
    }
    let mut told = BTreeSet::new();
    for workload in plan.declared() {
        let element = element_of(&workload.account);
        for container in &workload.containers {
            let Some(image) = container.image.known() else {
                continue;
            };
            if is_exempt(&policy.exempt_images, image)
                || !told.insert((element.to_string(), image.to_owned()))
            {
                continue;
            }
            cx.report(
                rules::IMAGE_NOT_ADMITTED,
                format!("`{element}` runs an image that is not admitted"),
                &Place::Key(element.clone()),
                format!("runs `{image}`"),
            )
            .and(
                &Place::Value(key.then("exempt_images")),
                "no one of these names it",
            )
            .help("add where it comes from to `exempt_images`, or who signs it to `attestors`");
        }
    }
}

#[cfg(test)]
mod tests;

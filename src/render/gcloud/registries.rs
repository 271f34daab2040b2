//! Repositories of images.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::roles;
use crate::plan::model::{Cleanup, Labels, Plan, Registry, Remote};

/// The kind that is read.
pub(super) const KIND: &str = "artifacts repositories";

#[derive(Template)]
#[template(path = "gcloud/registries.sh.j2")]
struct Registries<'a> {
    registries: Vec<RegistryView<'a>>,
}

struct RegistryView<'a> {
    id: &'a str,
    location: &'a str,
    immutable_tags: bool,
    /// Seconds, and how many stay.
    cleanup: Option<(u64, u32)>,
    remote: Option<&'a str>,
    encryption_key: Option<String>,
    labels: &'a Labels,
}

/// Whether repositories are made here.
pub(super) fn any(plan: &Plan) -> bool {
    plan.registries.iter().any(|registry| !registry.existing)
}

/// Adds the repositories that are made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    script.section(&Registries {
        registries: plan.registries.iter().filter_map(view).collect(),
    });
}

fn view(one: &Registry) -> Option<RegistryView<'_>> {
    let Registry {
        name: _,
        path,
        existing,
        immutable_tags,
        cleanup,
        remote,
        encryption_key,
        // A refusal of Terraform's own.
        deletion_protection: _,
        labels,
    } = one;
    (!existing).then(|| RegistryView {
        id: &path.id,
        location: &path.location,
        immutable_tags: *immutable_tags,
        cleanup: cleanup.as_ref().map(|cleanup| {
            let Cleanup { after: _, versions } = cleanup;
            (cleanup.after_seconds(), *versions)
        }),
        remote: remote.as_ref().map(Remote::word),
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        labels,
    })
}

/// How a fact of a repository is read.
pub(super) fn reading(plan: &Plan, registry: &str, name: &str) -> Option<Reading> {
    let found = plan.registries.iter().find(|one| one.name == registry)?;
    let id = found.path.id.as_str();
    match name {
        "readers" => who(plan, &found.path.resource(), roles::ARTIFACT_READER),
        "writers" => who(plan, &found.path.resource(), roles::ARTIFACT_WRITER),
        "remote" => by(["setting", KIND, id, "--remote-docker-repo", "none"]),
        "encryption" => by(["key_of", KIND, id, "--kms-key"]),
        "immutable_tags" => by(["switch", KIND, id, "--immutable-tags"]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

//! Rotation of secrets.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::model::{Plan, Rotation, Secret};

#[derive(Template)]
#[template(path = "gcloud/rotation.sh.j2")]
struct Section<'a> {
    secrets: Vec<RotationView<'a>>,
}

struct RotationView<'a> {
    id: &'a str,
    topic: String,
    /// Seconds from one message to the next, and until the first.
    period: u64,
    first: u64,
}

/// Whether a value is to be replaced.
pub(super) fn any(plan: &Plan) -> bool {
    plan.rotation().is_some()
}

/// Adds the steps. They come after the grant without which Secret Manager refuses the topic.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    if !any(plan) {
        return;
    }
    script.section(&Section {
        secrets: plan.secrets.iter().filter_map(view).collect(),
    });
}

fn view(secret: &Secret) -> Option<RotationView<'_>> {
    let rotation = secret.rotation.as_ref()?;
    let Rotation { days: _, topic } = rotation;
    Some(RotationView {
        id: &secret.id,
        topic: topic.path(),
        period: rotation.seconds(),
        first: rotation.first(),
    })
}

/// How the fact of a secret is read.
pub(super) fn reading(secret: &Secret) -> Option<Reading> {
    let rotation = secret.rotation.as_ref()?;
    by(["replaced_every", &secret.id, &rotation.topic.path()])
}

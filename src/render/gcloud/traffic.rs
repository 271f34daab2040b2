//! Where the requests of a service go.

use super::verify::{Reading, by};
use crate::plan::model::{Plan, Revision, Traffic};

/// The kind of the revisions that are called by their names.
pub(super) const KIND: &str = "run revisions";

/// What is asked for, as `update-traffic` takes it.
pub(super) struct TrafficView {
    pub(super) shares: String,
    pub(super) tags: Option<String>,
    /// Whether a revision is called by its name: then the service is there.
    pub(super) pinned: bool,
}

/// The view of what the blueprint says; nothing where it says nothing.
pub(super) fn view(traffic: &Traffic) -> Option<TrafficView> {
    let pinned = !traffic.pinned().is_empty();
    let Traffic {
        shares,
        tags,
        written,
    } = traffic;
    let shares: Vec<String> = (shares.iter())
        .map(|(to, percent)| format!("{}={percent}", key(to)))
        .collect();
    let tags: Vec<String> = (tags.iter())
        .map(|(tag, to)| format!("{tag}={}", key(to)))
        .collect();
    written.then(|| TrafficView {
        shares: shares.join(","),
        tags: (!tags.is_empty()).then(|| tags.join(",")),
        pinned,
    })
}

/// A revision as gcloud calls it.
fn key(to: &Revision) -> &str {
    to.name().unwrap_or("LATEST")
}

/// Whether any service says where its requests go.
pub(super) fn any(plan: &Plan) -> bool {
    plan.services.iter().any(|one| one.traffic.written)
}

/// The revisions that are called by their names, with commas, where there are any.
pub(super) fn revisions(plan: &Plan) -> Option<String> {
    let all: Vec<String> = pinned(plan).flat_map(|(_, names)| names).collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// The services that call revisions by their names, with those.
pub(super) fn pinned(plan: &Plan) -> impl Iterator<Item = (&str, Vec<String>)> {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    plan.services
        .iter()
        .map(move |one| (one.name.as_str(), owned(one.traffic.pinned())))
        .filter(|(_, names): &(_, Vec<String>)| !names.is_empty())
}

/// How a fact about it is read.
pub(super) fn reading(service: &str, name: &str) -> Option<Reading> {
    match name {
        "traffic" => by(["shares_of", service]),
        "tags" => by(["tags_of", service]),
        _ => None,
    }
}

//! Buckets of Cloud Storage.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::{roles, storage};
use crate::plan::model::{Bucket, Cors, Labels, LifecycleRule, Plan, Versions};

#[derive(Template)]
#[template(path = "gcloud/buckets.sh.j2")]
struct Buckets<'a> {
    soft_delete: u32,
    buckets: Vec<BucketView<'a>>,
}

struct BucketView<'a> {
    bucket: &'a str,
    location: &'a str,
    versioning: bool,
    /// Seconds.
    retention: Option<u64>,
    lifecycle: Vec<RuleView<'a>>,
    cors: &'a [Cors],
    encryption_key: Option<String>,
    labels: &'a Labels,
}

struct RuleView<'a> {
    action: &'static str,
    class: Option<&'static str>,
    age: Option<u32>,
    old_age: Option<u32>,
    live: Option<bool>,
    newer: Option<u32>,
    prefixes: &'a [String],
}

/// Whether buckets are made here.
pub(super) fn any(plan: &Plan) -> bool {
    plan.buckets.iter().any(|bucket| !bucket.existing)
}

/// Adds the buckets that are made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    script.section(&Buckets {
        soft_delete: storage::SOFT_DELETE,
        buckets: plan.buckets.iter().filter_map(view).collect(),
    });
}

fn view(one: &Bucket) -> Option<BucketView<'_>> {
    let Bucket {
        name: _,
        project: _,
        bucket,
        existing,
        location,
        versioning,
        retention: _,
        lifecycle,
        cors,
        // Each has a step of its own, after the right to publish.
        notifications: _,
        encryption_key,
        // A refusal of Terraform's own.
        deletion_protection: _,
        labels,
    } = one;
    (!existing).then(|| BucketView {
        bucket,
        location,
        versioning: *versioning,
        retention: one.retention_seconds(),
        lifecycle: lifecycle.iter().map(rule).collect(),
        cors,
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        labels,
    })
}

fn rule(rule: &LifecycleRule) -> RuleView<'_> {
    let LifecycleRule {
        action,
        of,
        age,
        newer,
        prefixes,
    } = rule;
    let (action, class) = action.words();
    let old = *of == Some(Versions::Old);
    RuleView {
        action,
        class,
        age: age.filter(|_| !old),
        old_age: age.filter(|_| old),
        live: of.map(|of| of == Versions::Current),
        newer: *newer,
        prefixes,
    }
}

/// How a fact of a bucket is read.
pub(super) fn reading(plan: &Plan, bucket: &str, name: &str) -> Option<Reading> {
    let found = plan.buckets.iter().find(|one| one.name == bucket)?;
    let who = |role: &str| who(plan, &found.resource(), role);
    let kind = "storage buckets";
    let url = format!("gs://{}", found.bucket);
    match name {
        "readers" => who(roles::STORAGE_VIEWER),
        "writers" => who(roles::STORAGE_USER),
        "creators" => who(roles::STORAGE_CREATOR),
        "bucket" => Some(Reading::Named),
        "location" => by(["setting", kind, &url, "--location", "none"]),
        "uniform_access" => by(["switch", kind, &url, "--uniform-bucket-level-access"]),
        "public_access_prevention" => by(["switch", kind, &url, "--public-access-prevention"]),
        "versioning" => by(["switch", kind, &url, "--versioning"]),
        "soft_delete" => by(["kept_for", &url, "--soft-delete-duration"]),
        "retention" => by(["kept_for", &url, "--retention-period"]),
        "cors" => by(["cors", &url]),
        "notifications" => by(["tells", &url]),
        "encryption" => by(["key_of", kind, &url, "--default-encryption-key"]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

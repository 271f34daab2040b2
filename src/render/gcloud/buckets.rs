//! Buckets of Cloud Storage.

use askama::Template;

use super::filters;
use super::script::Script;
use crate::plan::google::storage;
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

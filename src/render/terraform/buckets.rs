//! Buckets and who reads and writes their objects.

use askama::Template;

use super::filters;
use super::grants;
use super::keys;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::storage;
use crate::plan::model::{Bucket, Cors, Grant, Labels, LifecycleRule, Resource, Versions};
use crate::proof::{self, Waivers};
use crate::render::quote::Quoted;

#[derive(Template)]
#[template(path = "terraform/buckets.tf.j2")]
struct File<'a> {
    project: Expr,
    soft_delete: u32,
    buckets: Vec<BucketView<'a>>,
}

struct BucketView<'a> {
    /// Its name in the blueprint; `None` where it exists already.
    local: Option<&'a str>,
    bucket: &'a str,
    location: &'a str,
    versioning: bool,
    /// Seconds, which Terraform takes as a text.
    retention: Option<String>,
    lifecycle: Vec<RuleView<'a>>,
    cors: &'a [Cors],
    encryption_key: Option<Expr>,
    protected: bool,
    waivers: Waivers,
    labels: &'a Labels,
    grants: Quoted,
}

struct RuleView<'a> {
    action: &'static str,
    class: Option<&'static str>,
    age: Option<u32>,
    old_age: Option<u32>,
    state: Option<&'static str>,
    newer: Option<u32>,
    prefixes: &'a [String],
}

/// Adds the buckets with the grants on them; gives back the grants that are on something else.
pub(super) fn add<'a>(module: &mut Module<'a>, all: &[&'a Grant]) -> Vec<&'a Grant> {
    let buckets = &module.plan.buckets;
    let file = File {
        project: module.project(storage::API),
        soft_delete: storage::SOFT_DELETE,
        buckets: buckets.iter().map(|bucket| view(module, bucket)).collect(),
    };
    let summary = "Buckets: never public; each with who may read and write its objects.";
    module.add("buckets.tf", summary, &file);
    let elsewhere = |grant: &&&'a Grant| match &grant.on {
        Resource::Bucket { project: _, name } => module.index.bucket(name).is_none(),
        _ => true,
    };
    all.iter().filter(elsewhere).copied().collect()
}

fn view<'a>(module: &Module<'a>, one: &'a Bucket) -> BucketView<'a> {
    let Bucket {
        name,
        project: _,
        bucket,
        existing,
        location,
        versioning,
        retention: _,
        lifecycle,
        cors,
        // Each is a resource of its own.
        notifications: _,
        encryption_key,
        deletion_protection,
        labels,
    } = one;
    let grants = module.grants_on(&one.resource());
    let mut waivers = proof::BUCKET.to_vec();
    if encryption_key.is_none() {
        waivers.push(proof::BUCKET_KEY);
    }
    if !versioning {
        waivers.extend(proof::BUCKET_VERSIONS);
    }
    BucketView {
        local: (!existing).then_some(name),
        bucket,
        location,
        versioning: *versioning,
        retention: one.retention_seconds().map(|seconds| seconds.to_string()),
        lifecycle: lifecycle.iter().map(rule).collect(),
        cors,
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Storage),
        protected: *deletion_protection,
        waivers: Waivers(waivers),
        labels,
        grants: grants::block(module, grants),
    }
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
        state: of.map(|of| match of {
            Versions::Current => "LIVE",
            Versions::Old => "ARCHIVED",
        }),
        newer: *newer,
        prefixes,
    }
}

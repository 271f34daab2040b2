//! Buckets of the sample.

use std::num::NonZero;

use super::key::key;
use super::{PROJECT, REGION, labels};
use crate::plan::model::{Bucket, Cors, LifecycleAction, LifecycleRule, Versions};

pub(super) fn buckets() -> Vec<Bucket> {
    let bucket = |name: &str, existing| Bucket {
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        bucket: format!("acme-{name}"),
        existing,
        location: REGION.to_owned(),
        versioning: true,
        retention: None,
        lifecycle: Vec::new(),
        cors: Vec::new(),
        encryption_key: (name == "uploads").then(|| key("cmek")),
        deletion_protection: true,
        labels: labels(),
    };
    let old = LifecycleRule {
        action: LifecycleAction::Delete,
        of: Some(Versions::Old),
        age: Some(30),
        newer: Some(2),
        prefixes: vec!["tmp/ \"${x}\"".to_owned()],
    };
    let colder = LifecycleRule {
        action: LifecycleAction::Store("NEARLINE"),
        of: Some(Versions::Current),
        age: Some(90),
        newer: None,
        prefixes: Vec::new(),
    };
    let unfinished = LifecycleRule {
        action: LifecycleAction::AbortUploads,
        of: None,
        ..colder.clone()
    };
    vec![
        bucket("files", true),
        Bucket {
            versioning: false,
            retention: NonZero::new(365),
            deletion_protection: false,
            ..bucket("records", false)
        },
        Bucket {
            lifecycle: vec![old, colder, unfinished],
            cors: vec![Cors {
                origins: vec!["https://shop.example.com".to_owned(), "*".to_owned()],
                methods: vec!["GET", "PUT"],
                headers: vec!["ETag".to_owned()],
                max_age: 60,
            }],
            ..bucket("uploads", false)
        },
    ]
}

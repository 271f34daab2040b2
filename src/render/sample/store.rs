//! Buckets, databases of Firestore and datasets of BigQuery of the sample.

use std::num::NonZero;

use super::key::key;
use super::{PROJECT, REGION, labels};
use crate::plan::model::{
    Bucket, Cors, Dataset, DatasetPath, FieldMode, Firestore, FirestoreField, FirestoreIndex,
    FirestoreMode, FirestorePath, FirestoreTtl, LifecycleAction, LifecycleRule, Notification,
    TopicPath, Versions,
};

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
        notifications: Vec::new(),
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
            notifications: vec![
                Notification {
                    to: "news".to_owned(),
                    topic: TopicPath {
                        project: PROJECT.to_owned(),
                        id: "news".to_owned(),
                    },
                    events: vec!["OBJECT_DELETE", "OBJECT_FINALIZE"],
                    prefix: Some("in/".to_owned()),
                },
                Notification {
                    to: "theirs".to_owned(),
                    topic: TopicPath {
                        project: "acme-others".to_owned(),
                        id: "theirs".to_owned(),
                    },
                    events: Vec::new(),
                    prefix: None,
                },
            ],
            ..bucket("uploads", false)
        },
    ]
}

pub(super) fn firestores() -> Vec<Firestore> {
    let firestore = |name: &str, id: &str| Firestore {
        name: name.to_owned(),
        path: FirestorePath {
            project: PROJECT.to_owned(),
            id: id.to_owned(),
        },
        existing: false,
        mode: FirestoreMode::Native,
        location: REGION.to_owned(),
        indexes: Vec::new(),
        ttl: Vec::new(),
        pitr: true,
        encryption_key: None,
        deletion_protection: true,
    };
    let field = |path: &str, mode| FirestoreField {
        path: path.to_owned(),
        mode,
    };
    let index = |name: &str, scope, last| FirestoreIndex {
        name: name.to_owned(),
        collection: "files".to_owned(),
        scope,
        fields: vec![field("author", FieldMode::Ascending), last],
    };
    let filed = field("filed", FieldMode::Descending);
    let tags = field("meta.tags", FieldMode::Contains);
    vec![
        Firestore {
            mode: FirestoreMode::Datastore,
            indexes: vec![index(
                "entities-files",
                "COLLECTION_RECURSIVE",
                filed.clone(),
            )],
            pitr: false,
            encryption_key: Some(key("cmek")),
            deletion_protection: false,
            ..firestore("entities", "(default)")
        },
        Firestore {
            existing: true,
            ..firestore("others", "others")
        },
        Firestore {
            indexes: vec![
                index("papers-files", "COLLECTION", filed),
                index("papers-files-group", "COLLECTION_GROUP", tags),
            ],
            ttl: vec![FirestoreTtl {
                name: "papers-drafts".to_owned(),
                collection: "drafts".to_owned(),
                field: "ends.at".to_owned(),
            }],
            ..firestore("papers", "papers")
        },
    ]
}

pub(super) fn datasets() -> Vec<Dataset> {
    let dataset = |name: &str, project: &str, tables: &[&str]| Dataset {
        name: name.to_owned(),
        path: DatasetPath {
            project: project.to_owned(),
            id: name.to_owned(),
        },
        existing: true,
        tables: tables.iter().map(|&table| table.to_owned()).collect(),
        location: REGION.to_owned(),
        table_days: None,
        partition_days: None,
        deletion_protection: true,
        labels: labels(),
    };
    vec![
        dataset("ledger", "acme-data", &[]),
        Dataset {
            existing: false,
            ..dataset("Reports", PROJECT, &[])
        },
        dataset("sales", PROJECT, &["months", "order-lines"]),
        Dataset {
            existing: false,
            location: "eu".to_owned(),
            table_days: NonZero::new(90),
            partition_days: NonZero::new(400),
            deletion_protection: false,
            ..dataset("trial", PROJECT, &[])
        },
    ]
}

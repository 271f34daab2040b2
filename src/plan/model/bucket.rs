//! Buckets of Cloud Storage.

use std::num::NonZero;

use super::{KeyPath, Labels, Resource, Stage, TopicPath};

/// A bucket of Cloud Storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the blueprint.
    pub name: String,
    /// The id of the project that it lies in.
    pub project: String,
    /// Its name in Cloud Storage.
    pub bucket: String,
    /// Whether it exists already, and only its grants are made.
    pub existing: bool,
    /// Where its objects lie, in small letters: `europe-west1`, `eu`.
    pub location: String,
    /// Whether old versions of objects are kept.
    pub versioning: bool,
    /// Days for which an object can be neither overwritten nor deleted.
    pub retention: Option<NonZero<u32>>,
    /// What becomes of objects by their age, in the order of the blueprint.
    pub lifecycle: Vec<LifecycleRule>,
    /// What browsers let the pages of other origins do, in the order of the blueprint.
    pub cors: Vec<Cors>,
    /// What topics are told of its objects, by the topic's name in the blueprint.
    pub notifications: Vec<Notification>,
    /// The key of one's own that it lies under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether it can be deleted.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

impl Bucket {
    /// Seconds for which an object can be neither overwritten nor deleted.
    #[must_use]
    pub fn retention_seconds(&self) -> Option<u64> {
        self.retention.map(super::seconds_of)
    }

    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Bucket {
            project: self.project.clone(),
            name: self.bucket.clone(),
        }
    }
}

/// What becomes of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleRule {
    /// What is done.
    pub action: LifecycleAction,
    /// Which versions it is about; `None` for uploads, which have none.
    pub of: Option<Versions>,
    /// Days since the object was made, or since the version became an old one.
    pub age: Option<u32>,
    /// How many newer versions there are at least.
    pub newer: Option<u32>,
    /// The beginnings of the names that it is about; empty for all.
    pub prefixes: Vec<String>,
}

/// Versions of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// Those that are read by the name alone.
    Current,
    /// Those that were overwritten or deleted.
    Old,
}

/// What a rule does to objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleAction {
    /// Deletes them.
    Delete,
    /// Deletes unfinished uploads.
    AbortUploads,
    /// Moves them to another storage class, in Google's word: `NEARLINE`.
    Store(&'static str),
}

impl LifecycleAction {
    /// Google's word for it (<https://cloud.google.com/storage/docs/lifecycle#actions>), and the storage class where it has one.
    #[must_use]
    pub fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Delete => ("Delete", None),
            Self::AbortUploads => ("AbortIncompleteMultipartUpload", None),
            Self::Store(class) => ("SetStorageClass", Some(class)),
        }
    }
}

/// What a topic is told of the objects of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The topic's name in the blueprint.
    pub to: String,
    /// The topic.
    pub topic: TopicPath,
    /// What happens, in Google's words and their order; empty for whatever it is.
    pub events: Vec<&'static str>,
    /// What the names of the objects begin with.
    pub prefix: Option<String>,
}

impl Notification {
    /// Its name: those of bucket and topic in the blueprint, with a hyphen between.
    #[must_use]
    pub fn name(&self, bucket: &Bucket) -> String {
        format!("{}-{}", bucket.name, self.to)
    }

    /// The stage that makes it. Cloud Storage refuses a topic on which its agent may not publish: the owners of other projects
    /// have granted that when the services stage comes.
    #[must_use]
    pub fn stage(&self, home: &str) -> Stage {
        if self.topic.project == home {
            Stage::Foundation
        } else {
            Stage::Services
        }
    }

    /// What the facts call it: `OBJECT_FINALIZE of in/ to uploads`, `everything to uploads in acme-shop`.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        let Self {
            to: _,
            topic,
            events,
            prefix,
        } = self;
        let what = if events.is_empty() {
            "everything".to_owned()
        } else {
            events.join("+")
        };
        let of = prefix
            .as_ref()
            .map_or(String::new(), |of| format!(" of {of}"));
        format!("{what}{of} to {}", topic.in_short(home))
    }
}

/// What browsers let the pages of other origins do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// The origins; `*` for all.
    pub origins: Vec<String>,
    /// The methods of HTTP.
    pub methods: Vec<&'static str>,
    /// The headers of an answer that they may read.
    pub headers: Vec<String>,
    /// Seconds for which a browser remembers the answer.
    pub max_age: u32,
}

//! Buckets of Cloud Storage.

use std::num::NonZero;

use super::{KeyPath, Labels, Resource};

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

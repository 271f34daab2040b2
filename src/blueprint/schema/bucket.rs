//! Buckets.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exception, Table};
use crate::blueprint::json_schema::{Items, Labels, Matching, Refers, Shaped};
use crate::blueprint::units::{Duration, Truth};
use crate::name::Kind;

/// A bucket of Cloud Storage. Rights stand on the bucket alone, never on single objects, and nothing in it can be made public.
/// What is deleted can be restored for a week.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bucket {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// Its name in Cloud Storage, which is one for the whole world.
    ///
    /// Default: `PROJECT_ID-NAME`.
    #[schemars(transform = Matching(Kind::Bucket), extend("examples" = ["acme-uploads"]))]
    pub name: Option<String>,
    /// Where its objects lie: a region, `eu`, `us` or `asia`. Of one that exists already it says where events of it are heard.
    ///
    /// Default: the project's region.
    #[schemars(extend("examples" = ["eu"]))]
    pub location: Option<String>,
    /// Whether an object that is overwritten or deleted stays as an old version.
    ///
    /// Default: `true` without `retention`, since a bucket has one of the two.
    #[schemars(extend("examples" = [false]))]
    pub versioning: Option<bool>,
    /// How long an object can be neither overwritten nor deleted, in whole days. The period can be changed: it is not locked.
    #[schemars(extend("examples" = ["365d"]))]
    pub retention: Option<Duration>,
    /// What becomes of objects by their age; at most 100 rules.
    ///
    /// Default: with `versioning`, old versions are deleted after 30 days; `[]` keeps them.
    #[schemars(extend("examples" = [[{"action": "delete", "age": "7d", "prefix": ["tmp/"]}]]))]
    pub lifecycle: Option<Vec<LifecycleRule>>,
    /// Which pages of other origins may use it from a browser.
    #[schemars(extend("examples" = [[{"origins": ["https://shop.example.com"], "methods": ["GET"]}]]))]
    pub cors: Vec<Cors>,
    /// What happens to its objects, published to topics: the names of `[topics]`, each with what it is told. The right to publish
    /// there follows. Not of a bucket that exists already.
    #[schemars(extend("examples" = [{"uploads": {"events": ["OBJECT_FINALIZE"]}}]))]
    pub notifications: Table<Notification>,
    /// A bucket that exists already: `true` for that of its `name` in this project, or a full name,
    /// `projects/PROJECT/buckets/NAME`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Principals who may read its objects.
    #[schemars(extend("examples" = [["group:analysts@example.com"]]))]
    pub readers: Vec<String>,
    /// Principals who may read, write and delete its objects.
    #[schemars(extend("examples" = [["group:editors@example.com"]]))]
    pub writers: Vec<String>,
    /// Whether it lies under a key of one's own. A later change holds for what is new from then on.
    ///
    /// Default: as `[encryption]` says of `storage`.
    pub cmek: Option<bool>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it. Google deletes none that holds an object.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// What a service or job may do with the objects of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BucketAccess {
    /// Read them.
    Read,
    /// Read, write and delete them.
    Write,
    /// Add new ones, without reading, overwriting or deleting any.
    Create,
}

/// What becomes of objects.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LifecycleRule {
    /// What is done.
    #[schemars(extend("x-required" = true))]
    pub action: Option<LifecycleAction>,
    /// From which age on, in whole days: since it was made, or with `noncurrent` since it became an old version.
    #[schemars(extend("examples" = ["30d"]))]
    pub age: Option<Duration>,
    /// Whether it is about old versions, and not about objects that are current.
    #[schemars(extend("default" = false))]
    pub noncurrent: Option<bool>,
    /// How many newer versions an old one has at least. Only with `noncurrent`.
    #[schemars(extend("examples" = [3]))]
    pub newer: Option<u32>,
    /// The beginnings of the names that it is about.
    ///
    /// Default: all names.
    #[schemars(extend("examples" = [["tmp/"]]))]
    pub prefix: Vec<String>,
}

/// What a rule does to objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LifecycleAction {
    /// Deletes them; of a current one an old version stays where versions are kept.
    Delete,
    /// Deletes uploads in parts that were not finished.
    AbortUploads,
    /// Moves them to storage for what is read once a month.
    Nearline,
    /// Moves them to storage for what is read once a quarter.
    Coldline,
    /// Moves them to storage for what is read once a year.
    Archive,
}

/// What a topic is told of the objects of a bucket: a message each time, with what the bucket knows of the object, and without
/// what is in it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Notification {
    /// What happens, by Google's names.
    ///
    /// Default: whatever it is.
    #[schemars(extend("examples" = [["OBJECT_FINALIZE"]]))]
    pub events: Vec<ObjectEvent>,
    /// What the names of the objects begin with.
    ///
    /// Default: all objects.
    #[schemars(transform = Matching(Kind::Objects), extend("examples" = ["uploads/"]))]
    pub prefix: Option<String>,
}

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ObjectEvent {
    /// It became an old version.
    ObjectArchive,
    /// It was deleted for good.
    ObjectDelete,
    /// It was written, as a new one or over an old one.
    ObjectFinalize,
    /// What is noted beside it was changed.
    ObjectMetadataUpdate,
}

impl ObjectEvent {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ObjectArchive,
        Self::ObjectDelete,
        Self::ObjectFinalize,
        Self::ObjectMetadataUpdate,
    ];

    /// What Eventarc calls it.
    #[must_use]
    pub fn in_eventarc(self) -> &'static str {
        match self {
            Self::ObjectArchive => "google.cloud.storage.object.v1.archived",
            Self::ObjectDelete => "google.cloud.storage.object.v1.deleted",
            Self::ObjectFinalize => "google.cloud.storage.object.v1.finalized",
            Self::ObjectMetadataUpdate => "google.cloud.storage.object.v1.metadataUpdated",
        }
    }

    /// Its word: `OBJECT_FINALIZE`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ObjectArchive => "OBJECT_ARCHIVE",
            Self::ObjectDelete => "OBJECT_DELETE",
            Self::ObjectFinalize => "OBJECT_FINALIZE",
            Self::ObjectMetadataUpdate => "OBJECT_METADATA_UPDATE",
        }
    }
}

/// What a browser lets the pages of other origins do.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cors {
    /// The origins, or `*` for all. `${services.NAME.origin}` is that of a service.
    #[schemars(transform = Items(Refers(Shaped(ORIGIN))), extend("x-required" = true, "minItems" = 1, "examples" = [["https://shop.example.com"]]))]
    pub origins: Vec<String>,
    /// The methods.
    #[schemars(extend("x-required" = true, "minItems" = 1))]
    pub methods: Vec<Method>,
    /// The headers of an answer that pages may read, beside the harmless ones.
    #[schemars(transform = Items(Shaped("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")), extend("examples" = [["Content-Type", "ETag"]]))]
    pub headers: Vec<String>,
    /// How long a browser may remember the answer, up to a day.
    #[schemars(extend("default" = "1h"))]
    pub max_age: Option<Duration>,
}

/// An origin: scheme, host and perhaps a port, or `*`.
const ORIGIN: &str = r"^(\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?)$";

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads the headers alone.
    Head,
    /// Reads.
    Get,
    /// Writes.
    Put,
    /// Writes by a form, or hands something over.
    Post,
    /// Deletes.
    Delete,
}

impl Method {
    /// Its word: `GET`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Head => "HEAD",
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

//! Caches.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Availability, Table};
use crate::blueprint::json_schema::Labels;
use crate::blueprint::units::Truth;

/// A cache engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CacheEngine {
    /// Valkey. Code logs in by IAM, and there is no password.
    Valkey,
    /// Redis Cluster, for clients that speak the protocol of clusters and no Valkey. Code logs in by IAM, and there is no password. Google
    /// chooses the version.
    Redis,
}

/// The machine type of a node, in the order of their memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NodeType {
    /// 1.4 GB on a shared CPU, without an agreement about how often it is there.
    SharedCoreNano,
    /// 6.5 GB.
    StandardSmall,
    /// 13 GB.
    HighmemMedium,
    /// 58 GB.
    HighmemXlarge,
}

/// A cache of Memorystore. It has a private address only, TLS only, and code logs in by IAM. It keeps nothing on a disk.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The engine. The full name of one that exists already says it.
    #[schemars(extend("default" = "valkey"))]
    pub engine: Option<CacheEngine>,
    /// The engine's version. Redis takes none, and one that exists already has its own.
    #[schemars(extend("x-required" = true, "x-unless" = ["engine", "existing"], "examples" = ["8.0"]))]
    pub version: Option<String>,
    /// The machine type, which says how much it holds.
    #[schemars(extend("default" = "standard-small"))]
    pub node_type: Option<NodeType>,
    /// Whether a copy in a second zone stands by.
    #[schemars(extend("default" = "regional"))]
    pub availability: Option<Availability>,
    /// The version of its secret that holds the certificate authority, `${caches.NAME.ca}`. Google makes another authority
    /// before the first one ends after ten years.
    #[schemars(extend("default" = 1))]
    pub ca_version: Option<u32>,
    /// Whether it lies under a key of one's own. It cannot be changed later.
    ///
    /// Default: as `[encryption]` says of `memorystore`, or of `redis` where that is its engine.
    pub cmek: Option<bool>,
    /// A cache that exists already: `true` for this name in this project and region, or its full name,
    /// `projects/PROJECT/locations/REGION/instances/NAME` of Valkey or `projects/PROJECT/locations/REGION/clusters/NAME` of Redis Cluster.
    /// Only logins, the way to it, its private name and the secret of its authority are managed.
    ///
    /// Default: it is made.
    #[schemars(extend("examples" = ["projects/acme-shared/locations/europe-west1/instances/sessions"]))]
    pub existing: Option<Truth>,
    /// Labels beside the project's. The scripts put none on a cache of Redis, since gcloud knows none of it.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform and Memorystore refuse to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

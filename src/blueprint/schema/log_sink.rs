//! Log sinks.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::blueprint::units::Duration;

/// A log sink of Cloud Logging: it keeps entries of the project's logs longer, or where this project's people cannot delete
/// them. With a retention alone it keeps the audit logs in a log bucket of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSink {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The entries that it takes, in the query language of Cloud Logging. Entries from before it was made are not taken.
    ///
    /// Default: the audit logs: what administrators change, and the reads and writes that `[governance]` has logged.
    #[schemars(extend("examples" = ["resource.type = \"http_load_balancer\" AND severity >= WARNING"]))]
    pub filter: Option<String>,
    /// Where they go: `buckets.NAME`, `topics.NAME`, `datasets.NAME`, or by its full name what exists already: a log bucket,
    /// `projects/PROJECT/locations/LOCATION/buckets/NAME`, or a dataset of BigQuery, `//bigquery.googleapis.com/projects/PROJECT/datasets/NAME`.
    ///
    /// Default: a log bucket of its own, in the project's region.
    #[schemars(extend("examples" = ["projects/acme-security/locations/eu/buckets/audit"]))]
    pub to: Option<String>,
    /// How long its own log bucket keeps an entry, in whole days up to ten years. Needed where `to` is not written.
    #[schemars(extend("x-required" = true, "x-unless" = "to", "examples" = ["400d"]))]
    pub retention: Option<Duration>,
    /// Whether its own log bucket is locked: nobody, not even its owner, can change the retention then, or delete the bucket
    /// while an entry is kept. It cannot be undone.
    #[schemars(extend("default" = false))]
    pub locked: Option<bool>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

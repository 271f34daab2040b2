//! Cloud Logging (<https://cloud.google.com/logging/docs>).

/// Its API.
pub const API: &str = "logging.googleapis.com";
/// The domain of the agent as which all sinks of a project write that are made now
/// (<https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks/create>: `uniqueWriterIdentity`). It is made with
/// the first sink.
pub const AGENT: &str = "gcp-sa-logging";
/// The log bucket that every project has, and where it lies (<https://cloud.google.com/logging/docs/store-log-entries>).
pub const DEFAULT_BUCKET: &str = "_Default";
/// The location of that one.
pub const DEFAULT_LOCATION: &str = "global";
/// The longest retention of a log bucket in days (<https://cloud.google.com/logging/docs/buckets#custom-retention>).
pub const RETENTION_MAX_DAYS: u32 = 3_650;
/// The most characters of a filter (<https://cloud.google.com/logging/quotas>).
pub const FILTER_MAX: usize = 20_000;
/// Every audit log: of administrators' changes, of reads and writes, of Google's own doings, and of what a policy refused
/// (<https://cloud.google.com/logging/docs/audit#viewing_audit_logs>).
pub const AUDIT_LOGS: &str = "logName:\"/logs/cloudaudit.googleapis.com\"";

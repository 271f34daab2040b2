//! Cloud Storage.

/// Its API.
pub const API: &str = "storage.googleapis.com";
/// The domain of the agent by which Cloud Storage acts (<https://cloud.google.com/storage/docs/getting-service-agent>).
pub const AGENT: &str = "gs-project-accounts";
/// The multi-regions that hold objects (<https://cloud.google.com/storage/docs/locations#location-mr>).
pub const MULTI_REGIONS: [&str; 3] = ["asia", "eu", "us"];
/// The longest retention in days: 100 years of 365.25 (<https://cloud.google.com/storage/docs/bucket-lock>).
pub const RETENTION_MAX_DAYS: u32 = 36_525;
/// Rules of a bucket's lifecycle at the most (<https://cloud.google.com/storage/docs/lifecycle>).
pub const LIFECYCLE_RULES_MAX: usize = 100;
/// Seconds for which an object that was deleted can be restored: Google's default, a week
/// (<https://cloud.google.com/storage/docs/soft-delete>).
pub const SOFT_DELETE: u32 = 604_800;
/// Configurations of a bucket that tell of one kind of event, at the most: its own notifications, and one of each trigger of Eventarc
/// (<https://cloud.google.com/storage/docs/pubsub-notifications#limitations>).
pub const TOLD_OF_MAX: usize = 10;
/// Seconds for which a browser remembers the answer about another origin, at the most: no browser remembers longer than a day
/// (<https://fetch.spec.whatwg.org/#cors-preflight-cache>).
pub const CORS_MAX_AGE_MAX: u32 = 86_400;

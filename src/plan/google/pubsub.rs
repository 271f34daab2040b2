//! Limits of Pub/Sub (<https://cloud.google.com/pubsub/quotas>, <https://cloud.google.com/pubsub/docs/subscription-properties>).

/// Its API.
pub const API: &str = "pubsub.googleapis.com";
/// The domain of the agent by which Pub/Sub acts (<https://cloud.google.com/iam/docs/service-agents>).
pub const AGENT: &str = "gcp-sa-pubsub";
/// The least and the most seconds for which a topic or a subscription keeps messages: 10 minutes to 31 days.
pub const RETENTION: (u32, u32) = (600, 2_678_400);
/// Seconds for which a subscription keeps messages where nothing else is said: 7 days.
pub const RETENTION_DEFAULT: u32 = 604_800;
/// The least and the most seconds before a message is delivered again that nobody has acknowledged.
pub const ACK_DEADLINE: (u32, u32) = (10, 600);
/// The most seconds between two deliveries of a message.
pub const BACKOFF_MAX: u32 = 600;
/// How often a message is delivered before it is a dead letter, at least and at most.
pub const ATTEMPTS: (u32, u32) = (5, 100);
/// The most bytes of a schema (<https://cloud.google.com/pubsub/docs/schemas#quotas_and_limits_for_schemas>).
pub const SCHEMA_MAX: usize = 307_200;
/// The most revisions of one (the same).
pub const SCHEMA_REVISIONS: usize = 20;
/// The most bytes of a filter (<https://cloud.google.com/pubsub/docs/subscription-message-filter>).
pub const FILTER_MAX: usize = 256;
/// Seconds for which a file in Cloud Storage is written to: least and most; and no longer than a message may take
/// (<https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions#cloudstorageconfig>).
pub const FILE_DURATION: (u32, u32) = (60, 600);
/// The same, where nothing is said.
pub const FILE_DURATION_DEFAULT: u32 = 300;

//! Secret Manager (<https://cloud.google.com/secret-manager/docs/secret-rotation>).

/// Its API.
pub const API: &str = "secretmanager.googleapis.com";
/// The domain of the agent as which it publishes (<https://cloud.google.com/iam/docs/service-agents>).
pub const AGENT: &str = "gcp-sa-secretmanager";
/// The longest time between two rotations in days, 3,153,600,000 seconds
/// (<https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets#Rotation>).
pub const ROTATION_MAX_DAYS: u32 = 36_500;
/// What a message has that says that a value is to be replaced; others tell of versions that were added, and of changes
/// (<https://cloud.google.com/secret-manager/docs/event-notifications>).
pub const DUE: &str = "attributes.eventType = \"SECRET_ROTATE\"";

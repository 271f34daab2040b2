//! Limits of Cloud Scheduler (<https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs>).

/// Its API.
pub const API: &str = "cloudscheduler.googleapis.com";
/// The domain of the agent by which Cloud Scheduler publishes (<https://cloud.google.com/iam/docs/service-agents>).
pub const AGENT: &str = "gcp-sa-cloudscheduler";
/// The least and the most seconds that an attempt may take.
pub const DEADLINE: (u32, u32) = (15, 1_800);
/// How often an attempt that failed is repeated at the most.
pub const ATTEMPTS_MAX: u32 = 5;
/// The most seconds between two attempts.
pub const BACKOFF_MAX: u32 = 3_600;
/// The type of a body that is JSON.
pub const JSON: &str = "application/json";
/// The scope of the token that starts a job (<https://cloud.google.com/run/docs/execute/jobs-on-schedule>).
pub const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

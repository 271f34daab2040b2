//! Limits and regions of Cloud Run.

/// Regions of Cloud Run (<https://cloud.google.com/run/docs/locations>).
pub const REGIONS: [&str; 42] = [
    "africa-south1",
    "asia-east1",
    "asia-east2",
    "asia-northeast1",
    "asia-northeast2",
    "asia-northeast3",
    "asia-south1",
    "asia-south2",
    "asia-southeast1",
    "asia-southeast2",
    "asia-southeast3",
    "australia-southeast1",
    "australia-southeast2",
    "europe-central2",
    "europe-north1",
    "europe-north2",
    "europe-southwest1",
    "europe-west1",
    "europe-west10",
    "europe-west12",
    "europe-west2",
    "europe-west3",
    "europe-west4",
    "europe-west6",
    "europe-west8",
    "europe-west9",
    "me-central1",
    "me-central2",
    "me-west1",
    "northamerica-northeast1",
    "northamerica-northeast2",
    "northamerica-south1",
    "southamerica-east1",
    "southamerica-west1",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-east5",
    "us-south1",
    "us-west1",
    "us-west2",
    "us-west3",
];

/// Regions that offer domain mappings (<https://cloud.google.com/run/docs/mapping-custom-domains>).
pub const DOMAIN_MAPPING_REGIONS: [&str; 10] = [
    "asia-east1",
    "asia-northeast1",
    "asia-southeast1",
    "europe-north1",
    "europe-west1",
    "europe-west4",
    "us-central1",
    "us-east1",
    "us-east4",
    "us-west1",
];

/// The most seconds that a request may take.
pub const REQUEST_TIMEOUT_MAX: u32 = 3_600;
/// The most seconds that a task of a job may take.
pub const TASK_TIMEOUT_MAX: u32 = 86_400;
/// The most tasks of a job.
pub const TASKS_MAX: u32 = 10_000;
/// The most retries of a task.
pub const RETRIES_MAX: u32 = 10;
/// The most requests that one instance takes at a time.
pub const CONCURRENCY_MAX: u32 = 1_000;
/// Above this many instances the quota of Direct VPC egress may have to be raised.
pub const INSTANCES_QUOTA: u32 = 100;
/// A startup probe has this many seconds in all.
pub const STARTUP_SECONDS_MAX: u32 = 240;
/// The longest value of an environment variable, in bytes.
pub const ENV_VALUE_MAX: usize = 32_768;

/// Environment variables that Cloud Run sets itself, and one that means a key file.
pub const RESERVED_ENV: [&str; 5] = [
    "PORT",
    "K_SERVICE",
    "K_REVISION",
    "K_CONFIGURATION",
    "GOOGLE_APPLICATION_CREDENTIALS",
];
/// Prefixes of such variables.
pub const RESERVED_ENV_PREFIXES: [&str; 2] = ["CLOUD_RUN_", "X_GOOGLE_"];

/// Paths that nothing can be mounted on.
pub const RESERVED_MOUNTS: [&str; 4] = ["/", "/dev", "/proc", "/sys"];

/// Whole CPUs with the least and the most memory in MiB of each
/// (<https://cloud.google.com/run/docs/configuring/services/memory-limits>).
pub const MEMORY_OF_CPU: [(f64, u64, u64); 5] = [
    (1.0, 512, 4_096),
    (2.0, 512, 8_192),
    (4.0, 2_048, 16_384),
    (6.0, 4_096, 24_576),
    (8.0, 4_096, 32_768),
];
/// Below half a CPU there is at most this much memory, in MiB.
pub const MEMORY_BELOW_HALF: u64 = 512;
/// Below one CPU there is at most this much memory, in MiB.
pub const MEMORY_BELOW_ONE: u64 = 1_024;
/// The least memory of the second generation, in MiB.
pub const MEMORY_MIN: u64 = 512;
/// The least part of a CPU.
pub const CPU_MIN: f64 = 0.08;

/// The domain of the agent by which Cloud Run acts (<https://cloud.google.com/iam/docs/service-agents>).
pub const AGENT: &str = "serverless-robot-prod";
/// The domain of the agent by which Identity-Aware Proxy calls.
pub const IAP_AGENT: &str = "gcp-sa-iap";

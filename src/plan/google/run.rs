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

/// Regions that offer GPUs (<https://cloud.google.com/run/docs/configuring/services/gpu>). One more is by invitation only.
pub const GPU_REGIONS: [&str; 5] = [
    "asia-southeast1",
    "europe-west1",
    "europe-west4",
    "us-central1",
    "us-east4",
];
/// The fewest CPUs and the least memory in MiB of a container with a GPU (the same page).
pub const GPU_NEEDS: (u32, u64) = (4, 16_384);

/// The most characters of a tag and its service's name together: `TAG---NAME-NUMBER` is one label of a host
/// (<https://cloud.google.com/run/docs/triggering/https-request#deterministic>).
pub const TAG_AND_NAME_MAX: usize = 46;

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
/// The longest period, timeout and delay of a liveness probe, in seconds
/// (<https://cloud.google.com/run/docs/configuring/healthchecks>).
pub const LIVENESS_SECONDS_MAX: u32 = 3_600;
/// The most environment variables of a container (<https://cloud.google.com/run/quotas>).
pub const ENV_MAX: usize = 1_000;
/// The most labels of a resource (<https://cloud.google.com/resource-manager/docs/labels-overview>).
pub const LABELS_MAX: usize = 64;
/// The longest value of an environment variable, in bytes.
pub const ENV_VALUE_MAX: usize = 32_768;

/// Environment variables that Cloud Run sets itself.
pub const RESERVED_ENV: [&str; 4] = ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"];
/// Prefixes of such variables.
pub const RESERVED_ENV_PREFIXES: [&str; 2] = ["CLOUD_RUN_", "X_GOOGLE_"];
/// Where Google's libraries look for a key file before they ask for the account that the code runs as
/// (<https://cloud.google.com/docs/authentication/application-default-credentials>).
pub const KEY_FILE_ENV: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// Folders that most images keep programs and settings in: what is mounted on one hides them.
pub const FOLDERS_OF_IMAGES: [&str; 12] = [
    "/app",
    "/bin",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/root",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/local",
    "/var",
];
/// Paths that nothing can be mounted on.
pub const RESERVED_MOUNTS: [&str; 4] = ["/", "/dev", "/proc", "/sys"];

/// Whole CPUs of a container with the least and the most memory in MiB of each
/// (<https://cloud.google.com/run/docs/configuring/services/cpu>).
pub const MEMORY_OF_CPU: [(u32, u64, u64); 5] = [
    (1_000, 1, 4_096),
    (2_000, 1, 8_192),
    (4_000, 2_048, 16_384),
    (6_000, 4_096, 24_576),
    (8_000, 4_096, 32_768),
];
/// Below half a CPU a container has at most this much memory, in MiB.
pub const MEMORY_BELOW_HALF: u64 = 512;
/// Below one CPU it has at most this much, in MiB.
pub const MEMORY_BELOW_ONE: u64 = 1_024;
/// The least part of a CPU, in thousandths.
pub const CPU_MIN: u32 = 80;
/// The least CPU of an instance of the second generation, in thousandths, over all of its containers: less takes the
/// first generation (<https://cloud.google.com/run/docs/configuring/services/cpu>), which jobs do not have.
pub const INSTANCE_CPU_MIN: u32 = 1_000;
/// The most CPU of an instance, in thousandths.
pub const INSTANCE_CPU_MAX: u32 = 8_000;
/// The least memory of an instance of the second generation, in MiB, over all of its containers
/// (<https://cloud.google.com/run/docs/configuring/services/memory-limits>; the API says "total memory").
pub const INSTANCE_MEMORY_MIN: u64 = 512;
/// The most memory of an instance, in MiB.
pub const INSTANCE_MEMORY_MAX: u64 = 32_768;
/// The most containers of an instance (<https://cloud.google.com/run/docs/deploying#sidecars>).
pub const CONTAINERS_MAX: usize = 10;

/// Its API.
pub const API: &str = "run.googleapis.com";
/// The domain of the agent by which Cloud Run acts (<https://cloud.google.com/iam/docs/service-agents>).
pub const AGENT: &str = "serverless-robot-prod";
/// The API of Identity-Aware Proxy.
pub const IAP_API: &str = "iap.googleapis.com";
/// The domain of the agent by which Identity-Aware Proxy calls.
pub const IAP_AGENT: &str = "gcp-sa-iap";

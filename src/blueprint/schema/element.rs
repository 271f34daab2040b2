//! What stands in services, jobs and other elements.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::value::Datetime;

use super::Table;
use crate::blueprint::de::date;
use crate::blueprint::json_schema::{Date, Env, Matching, NotBlank, Size};
use crate::blueprint::units::Duration;
use crate::name::Kind;

/// A number that may be written with a fraction: `1`, `0.5`.
pub type Number = crate::blueprint::units::Decimal;

/// How a workload reaches the network and the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Egress {
    /// Private ranges into the network, the internet directly.
    Private,
    /// Everything into the network; beyond it only Google's APIs.
    Closed,
    /// Everything into the network, the internet through NAT with a fixed address, which each region has for itself.
    Nat,
    /// Not in the network.
    Outside,
}

/// What a pipeline changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CiOwns {
    /// The image of the main container; the written one is only the first, and may be a tag.
    Image,
    /// The environment variables of the main container.
    Env,
    /// How traffic is split.
    Traffic,
    /// The whole template.
    Template,
}

/// What a pipeline changes of a job or a worker, which have no traffic to split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaskCiOwns {
    /// The image of the main container; the written one is only the first, and may be a tag.
    Image,
    /// The environment variables of the main container.
    Env,
    /// The whole template.
    Template,
}

impl From<TaskCiOwns> for CiOwns {
    fn from(owned: TaskCiOwns) -> Self {
        match owned {
            TaskCiOwns::Image => Self::Image,
            TaskCiOwns::Env => Self::Env,
            TaskCiOwns::Template => Self::Template,
        }
    }
}

/// A kind of GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Gpu {
    /// NVIDIA L4, with 24 GB of memory of its own.
    #[serde(rename = "nvidia-l4")]
    NvidiaL4,
}

impl Gpu {
    /// Google's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NvidiaL4 => "nvidia-l4",
        }
    }
}

/// How a service, job or worker uses a database.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseUse {
    /// Connections that one instance or task opens at the most. All of them together must fit the database, also while old and
    /// new instances run side by side.
    #[schemars(extend("default" = 5))]
    pub pool: Option<u32>,
    /// The user of its `password_users` who it logs in as.
    ///
    /// Default: its own account, by IAM.
    #[schemars(extend("examples" = ["metabase"]))]
    pub user: Option<String>,
}

/// The secrets that a container reads. Each place that reads one gets the grant on it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecretUses {
    /// By environment variable: `"NAME:3"`, or `"NAME"` with the version at the secret. Never `latest`, since a variable is
    /// read once, when an instance starts.
    #[schemars(transform = Env, extend("examples" = [{"STRIPE_KEY": "stripe-key:3"}]))]
    pub env: Table<String>,
    /// By path: `"NAME:latest"` or `"NAME:3"`. Files of one folder come from one secret.
    #[schemars(extend("examples" = [{"/secrets/tls/ca.pem": "partner-ca:latest"}]))]
    pub files: Table<String>,
    /// Read by the code itself, so that only the grant is made: `"NAME:latest"` or `"NAME:3"`.
    #[schemars(extend("examples" = [["signing-key:latest"]]))]
    pub read: Vec<String>,
}

/// A role beside the derived ones, for the account of the element.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grant {
    /// The role's full name. Basic roles and those that hand on rights are refused.
    #[schemars(extend("x-required" = true, "examples" = ["roles/storage.objectViewer"]))]
    pub role: Option<String>,
    /// What it is on: `"secrets.NAME"`, `"buckets.NAME"`, `"datasets.NAME"`, `"datasets.NAME.TABLE"`, a full resource name (of a dataset or table of BigQuery and an instance or
    /// database of Spanner too), or `"project"`. The smallest is the best.
    #[schemars(extend("x-required" = true, "examples" = ["//storage.googleapis.com/projects/_/buckets/acme-reports"]))]
    pub on: Option<String>,
    /// A condition under which it holds.
    pub condition: Option<Condition>,
}

/// An IAM condition.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Its title. It is part of what the grant is, so it stays as it is.
    #[schemars(extend("x-required" = true, "examples" = ["only-reports"]))]
    pub title: Option<String>,
    /// Its expression, in CEL.
    #[schemars(extend("x-required" = true, "examples" = ["resource.name.startsWith('projects/_/buckets/acme-reports/objects/2027/')"]))]
    pub expression: Option<String>,
}

/// Probes in full.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    /// When an instance counts as started. `period` × `failures` is at most four minutes.
    pub startup: Option<Probe>,
    /// When an instance counts as dead, and is replaced.
    pub liveness: Option<Probe>,
}

/// A probe: one of `http`, `tcp`, `grpc`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Probe {
    /// A path that is asked for at the container's port.
    #[schemars(extend("examples" = ["/health"]))]
    pub http: Option<String>,
    /// A port that must be open.
    #[schemars(extend("examples" = [8080]))]
    pub tcp: Option<u16>,
    /// Asks by the gRPC health protocol.
    pub grpc: Option<bool>,
    /// The time from one try to the next.
    ///
    /// Default: `"10s"` for startup, `"30s"` for liveness.
    pub period: Option<Duration>,
    /// How long an answer may take; at most `period`.
    #[schemars(extend("default" = "5s"))]
    pub timeout: Option<Duration>,
    /// How many failures in a row decide.
    ///
    /// Default: 12 for startup, 3 for liveness.
    pub failures: Option<u32>,
    /// The time before the first try.
    #[schemars(extend("default" = "0s"))]
    pub delay: Option<Duration>,
}

/// A container beside the main one.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sidecar {
    /// The image, by digest.
    #[schemars(extend("x-required" = true, "examples" = ["europe-docker.pkg.dev/acme/app/proxy@sha256:…"]))]
    pub image: Option<String>,
    /// Replaces the image's entry point.
    #[schemars(extend("examples" = [["/bin/proxy"]]))]
    pub command: Vec<String>,
    /// Arguments of the entry point.
    #[schemars(extend("examples" = [["--verbose"]]))]
    pub args: Vec<String>,
    /// Environment variables. Values may hold references.
    #[schemars(transform = Env)]
    pub env: Table<String>,
    /// The secrets that it reads.
    pub secrets: SecretUses,
    /// CPUs: 1, 2, 4, 6 or 8, or a part of one from 0.08 on.
    #[schemars(extend("default" = 1))]
    pub cpu: Option<Number>,
    /// Memory.
    #[schemars(transform = Size, extend("default" = "512Mi"))]
    pub memory: Option<String>,
    /// Files that lie beside the blueprint, by the path at which the container sees them.
    #[schemars(extend("examples" = [{"/etc/envoy/envoy.yaml": "envoy.yaml"}]))]
    pub files: Table<String>,
    /// The element's volumes that it sees, by their names: the path at which it does.
    #[schemars(extend("examples" = [{"cache": "/cache"}]))]
    pub volumes: Table<String>,
    /// The probes.
    pub probes: Option<Probes>,
    /// The containers that must have started before it. The main one has the element's name.
    #[schemars(extend("examples" = [["web"]]))]
    pub after: Vec<String>,
}

/// A volume: one of `memory`, `bucket`, `nfs`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Volume {
    /// A folder in memory, of this size at the most. It counts as memory of the instance.
    #[schemars(transform = Size, extend("examples" = ["64Mi"]))]
    pub memory: Option<String>,
    /// One of `[buckets]`, or the name of a bucket that exists already in the project. The grant on it follows.
    #[schemars(transform = Matching(Kind::Bucket), extend("examples" = ["uploads"]))]
    pub bucket: Option<String>,
    /// A file server in the network, and the folder that it exports.
    #[schemars(extend("examples" = ["10.0.0.5:/export"]))]
    pub nfs: Option<String>,
    /// The path at which the main container sees it.
    #[schemars(extend("x-required" = true, "examples" = ["/var/cache/app"]))]
    pub mount: Option<String>,
    /// Whether it is only read. Only for `bucket` and `nfs`.
    #[schemars(extend("default" = false))]
    pub read_only: Option<bool>,
}

/// A door that is opened on purpose. It shows in `ACCESS.md`, in the README and in the lock.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Exception {
    /// The rule that it waives.
    #[schemars(extend("x-required" = true))]
    pub rule: Option<String>,
    /// Why it must be so, for whoever reviews it.
    #[schemars(transform = NotBlank, extend("x-required" = true, "examples" = ["the shop front is open to every shopper"]))]
    pub reason: Option<String>,
    /// Who answers for it.
    #[schemars(transform = NotBlank, extend("x-required" = true, "examples" = ["shop-team"]))]
    pub owner: Option<String>,
    /// The last day on which it holds, as a date of TOML. `ravelin check` reports it from the next day on.
    #[serde(deserialize_with = "date")]
    #[schemars(with = "Date", extend("x-required" = true, "examples" = ["2027-06-30"]))]
    pub expires: Option<Datetime>,
}

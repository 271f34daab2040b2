//! Jobs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    BucketAccess, DatabaseUse, DatasetAccess, Egress, Exception, FirestoreAccess, Gpu, Grant,
    KeyUses, Number, Run, SecretUses, Sidecar, Table, TaskCiOwns, Volume,
};
use crate::blueprint::json_schema::{Env, Labels, Named, Size};
use crate::blueprint::units::{Duration, Relations};
use crate::name::Kind;

/// A Cloud Run job: it runs to its end. Each runs as an account of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Job {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    #[schemars(extend("examples" = [["stg"]]))]
    pub environments: Option<Vec<String>>,
    /// The image, by digest; a tag is a warning. `${images.NAME}` takes one of `[images]`.
    #[schemars(extend("x-required" = true, "examples" = ["europe-docker.pkg.dev/acme/app/web@sha256:…"]))]
    pub image: Option<String>,
    /// How many tasks one execution has.
    #[schemars(extend("default" = 1))]
    pub tasks: Option<u32>,
    /// How many of them run at a time.
    #[schemars(extend("default" = 1))]
    pub parallelism: Option<u32>,
    /// How often a task that failed is tried again.
    #[schemars(extend("default" = 0))]
    pub retries: Option<u32>,
    /// The services that get no new revision before it has succeeded, as a migration has to.
    #[schemars(extend("examples" = [["services.orders"]]))]
    pub before: Vec<String>,
    /// Principals who may start it.
    #[schemars(extend("examples" = [["group:operators@example.com"]]))]
    pub invokers: Vec<String>,
    /// Principals who may deploy it, and so let it do whatever its account may.
    #[schemars(extend("examples" = [["group:developers@example.com"]]))]
    pub developers: Vec<String>,
    /// The services that it calls, each by its name. One of another project has its full name: there its owner makes the grant, and what is
    /// internal is called within its own Shared VPC or perimeter alone. The grant, the private way and the firewall follow.
    #[schemars(extend("examples" = [["orders"], ["orders", "projects/acme-billing/locations/europe-west1/services/invoices"]]))]
    pub calls: Vec<String>,
    /// The databases that it uses: a list of names, or a table with settings for each. Login, grants and firewall follow.
    #[schemars(extend("examples" = [["main"], {"main": {"pool": 2}}]))]
    pub databases: Relations<DatabaseUse>,
    /// The caches that it uses. Login, grants and firewall follow.
    #[schemars(extend("examples" = [["sessions"]]))]
    pub caches: Vec<String>,
    /// The databases of Firestore that it uses, each with `"read"` or `"write"` (and delete). The grant on it follows.
    #[schemars(extend("examples" = [{"papers": "read"}]))]
    pub firestores: Table<FirestoreAccess>,
    /// The datasets of BigQuery that it uses, each with `"read"` or `"write"` (and delete). The grant on it follows, and the right to run
    /// queries in the project.
    #[schemars(extend("examples" = [{"ledger": "read"}]))]
    pub datasets: Table<DatasetAccess>,
    /// The channels that it publishes events to. Google gives the right to do so on the whole project: it holds for every channel there.
    #[schemars(extend("examples" = [["orders"]]))]
    pub channels: Vec<String>,
    /// The topics that it publishes to.
    #[schemars(extend("examples" = [["orders-created"]]))]
    pub publishes: Vec<String>,
    /// The subscriptions that it pulls from.
    #[schemars(extend("examples" = [["orders-to-warehouse"]]))]
    pub consumes: Vec<String>,
    /// The jobs and workflows that it starts: a list of `jobs.NAME` and `workflows.NAME`, or a table with settings for each. The
    /// grants follow.
    #[schemars(extend("examples" = [["jobs.report"], {"jobs.report": {"overrides": true}}]))]
    pub runs: Relations<Run>,
    /// The queues that it adds tasks to. The grants on each, and on the account whose token its tasks bring, follow.
    #[schemars(extend("examples" = [["receipts"]]))]
    pub enqueues: Vec<String>,
    /// The buckets that it uses, each with `"read"`, `"write"` (and delete) or `"create"` (new objects alone). The grant on it
    /// follows.
    #[schemars(extend("examples" = [{"uploads": "write"}]))]
    pub buckets: Table<BucketAccess>,
    /// The keys that it uses, each with one or a list of `"sign"`, `"verify"`, `"encrypt"`, `"decrypt"`; `"manage"` needs an
    /// exception. The grants on it follow.
    #[schemars(extend("examples" = [{"receipts": ["sign", "verify"]}]))]
    pub keys: KeyUses,
    /// Whether it writes traces and metrics by itself: two grants on the project.
    #[schemars(extend("default" = false))]
    pub telemetry: Option<bool>,
    /// Roles beside the derived ones.
    pub grants: Vec<Grant>,
    /// Environment variables. Values may hold references.
    #[schemars(transform = Env, extend("examples" = [{"DB_USER": "${databases.main.user}"}]))]
    pub env: Table<String>,
    /// The groups that it takes from, in this order.
    #[serde(rename = "use")]
    #[schemars(extend("examples" = [["app"]]))]
    pub uses: Vec<String>,
    /// The secrets that it reads.
    pub secrets: SecretUses,
    /// How it reaches the network and the internet.
    #[schemars(extend("default" = "private"))]
    pub egress: Option<Egress>,
    /// CPUs of the main container: 1, 2, 4, 6 or 8, or a part of one from 0.08 on. All containers of a task together have at
    /// least one, and at most 8.
    #[schemars(extend("default" = 1))]
    pub cpu: Option<Number>,
    /// Memory of the main container. All containers of a task together have at least 512Mi; how much a CPU takes is checked.
    #[schemars(transform = Size, extend("default" = "512Mi"))]
    pub memory: Option<String>,
    /// A GPU for the main container of each task. Then `cpu` is 4 and `memory` is `"16Gi"` unless more is written. Tasks may come in one
    /// zone alone, and the project needs a quota for as many GPUs as there are tasks at a time (`parallelism`).
    pub gpu: Option<Gpu>,
    /// How long a task may take, up to a day.
    #[schemars(extend("default" = "600s"))]
    pub timeout: Option<Duration>,
    /// Replaces the image's entry point.
    #[schemars(extend("examples" = [["/app/migrate"]]))]
    pub command: Vec<String>,
    /// Arguments of the entry point.
    #[schemars(extend("examples" = [["--to", "latest"]]))]
    pub args: Vec<String>,
    /// Containers beside the main one, by name.
    #[schemars(transform = Named(Kind::Part))]
    pub sidecars: Table<Sidecar>,
    /// Volumes, by name.
    #[schemars(transform = Named(Kind::Part))]
    pub volumes: Table<Volume>,
    /// Files that lie beside the blueprint, by the path at which the container sees them.
    #[schemars(extend("examples" = [{"/etc/app/config.yaml": "config.yaml"}]))]
    pub files: Table<String>,
    /// The address of an account of your own to run as, instead of the derived one.
    ///
    /// Default: `job-NAME`, made for it alone.
    #[schemars(extend("examples" = ["migrate@acme-prod.iam.gserviceaccount.com"]))]
    pub service_account: Option<String>,
    /// What a pipeline changes, so that Terraform leaves it alone once it is there.
    #[schemars(extend("examples" = [["image"]]))]
    pub ci_owns: Vec<TaskCiOwns>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// The name it had before. It is refused, since neither services nor jobs can be renamed.
    pub renamed_from: Option<String>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

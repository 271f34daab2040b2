//! Services.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    BucketAccess, CiOwns, DatabaseUse, DatasetAccess, Egress, Exception, FirestoreAccess, Gpu,
    Grant, KeyUses, Number, Probes, RateLimit, Run, SecretUses, Sidecar, Table, Volume,
};
use crate::blueprint::json_schema::{Entries, Env, Items, Labels, Matching, Named, Refers, Size};
use crate::blueprint::units::{Duration, Relations};
use crate::name::Kind;

/// How a service lets callers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// By IAM: callers bring a Google ID token.
    Iam,
    /// By Identity-Aware Proxy: people sign in with Google.
    Iap,
    /// Not at all; needs the exception `anonymous-access`.
    Anonymous,
}

/// Whether the internet is meant to reach a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// It is not.
    Internal,
    /// Through the load balancer and its WAF.
    Public,
}

/// An ingress that is written by hand; it is derived else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ingress {
    /// From the network and the project.
    Internal,
    /// And through the external load balancer.
    InternalAndCloudLoadBalancing,
    /// From everywhere; needs the exception `all-ingress`.
    All,
}

/// A Cloud Run service. Each runs as an account of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    #[schemars(extend("examples" = [["stg"]]))]
    pub environments: Option<Vec<String>>,
    /// The image, by digest; a tag is a warning. `${images.NAME}` takes one of `[images]`.
    #[schemars(extend("x-required" = true, "examples" = ["europe-docker.pkg.dev/acme/app/web@sha256:…"]))]
    pub image: Option<String>,
    /// Whether the internet is meant to reach it.
    #[schemars(extend("default" = "internal"))]
    pub exposure: Option<Exposure>,
    /// How callers are let in. A public service has to say it.
    ///
    /// Default: `"iam"` where it is internal.
    pub auth: Option<Auth>,
    /// The ingress, where the derived one does not do.
    ///
    /// Default: derived from `exposure`.
    pub ingress: Option<Ingress>,
    /// The hosts of a public service.
    #[schemars(transform = Items(Refers(Matching(Kind::Domain))), extend("examples" = [["shop.example.com"]]))]
    pub domains: Vec<String>,
    /// The hosts of an internal service, which the network alone knows: an internal load balancer leads there, with TLS. Each lies
    /// below a domain that is yours, since its certificate is proven in public DNS. Its run.app address is closed where no trigger
    /// calls, and nothing is told it.
    #[schemars(transform = Items(Refers(Matching(Kind::Domain))), extend("examples" = [["orders.example.com"]]))]
    pub private_domains: Vec<String>,
    /// Its paths on these hosts; each is that path and all below it. A service without paths takes the rest of its hosts.
    #[schemars(extend("examples" = [["/partners"]]))]
    pub paths: Vec<String>,
    /// Principals who may call, beside the services that say so in `calls`.
    #[schemars(extend("examples" = [["group:partners@example.com"]]))]
    pub invokers: Vec<String>,
    /// Principals who may deploy it, and so let it do whatever its account may.
    #[schemars(extend("examples" = [["group:developers@example.com"]]))]
    pub developers: Vec<String>,
    /// Principals who pass Identity-Aware Proxy. Only with `auth = "iap"`.
    #[schemars(extend("examples" = [["group:staff@example.com"]]))]
    pub members: Vec<String>,
    /// The services that it calls, each by its name. One of another project has its full name: there its owner makes the grant, and what is
    /// internal is called within its own Shared VPC or perimeter alone. The grant, the private way and the firewall follow.
    #[schemars(extend("examples" = [["orders"], ["orders", "projects/acme-billing/locations/europe-west1/services/invoices"]]))]
    pub calls: Vec<String>,
    /// The databases that it uses: a list of names, or a table with settings for each. Login, grants and firewall follow.
    #[schemars(extend("examples" = [["main"], {"main": {"pool": 5}}]))]
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
    #[schemars(transform = Env, extend("examples" = [{"ORDERS_URL": "${services.orders.url}"}]))]
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
    /// The port that it listens on.
    #[schemars(extend("default" = 8080))]
    pub port: Option<u16>,
    /// Whether it speaks HTTP/2 in clear text, as gRPC does.
    #[schemars(extend("default" = false))]
    pub http2: Option<bool>,
    /// CPUs of the main container: 1, 2, 4, 6 or 8, or a part of one from 0.08 on. All containers of an instance together have at
    /// least one, and at most 8.
    #[schemars(extend("default" = 1))]
    pub cpu: Option<Number>,
    /// Memory of the main container. All containers of an instance together have at least 512Mi; how much a CPU takes is checked.
    #[schemars(transform = Size, extend("default" = "512Mi"))]
    pub memory: Option<String>,
    /// Requests that one instance takes at a time.
    #[schemars(extend("default" = 80))]
    pub concurrency: Option<u32>,
    /// How long a request may take, up to an hour.
    #[schemars(extend("default" = "60s"))]
    pub timeout: Option<Duration>,
    /// There are never fewer instances.
    #[schemars(extend("default" = 0))]
    pub min: Option<u32>,
    /// There are never more instances.
    ///
    /// Default: 10, or `min` where that is more.
    pub max: Option<u32>,
    /// The path that startup and liveness probes ask for.
    ///
    /// Default: an instance has started when its port is open, and is never asked again.
    #[schemars(extend("examples" = ["/health"]))]
    pub health: Option<String>,
    /// The probes in full, over those of `health`.
    pub probes: Option<Probes>,
    /// Replaces the image's entry point.
    #[schemars(extend("examples" = [["/app/server"]]))]
    pub command: Vec<String>,
    /// Arguments of the entry point.
    #[schemars(extend("examples" = [["--verbose"]]))]
    pub args: Vec<String>,
    /// Containers beside the main one, by name.
    #[schemars(transform = Named(Kind::Part))]
    pub sidecars: Table<Sidecar>,
    /// Volumes, by name.
    #[schemars(transform = Named(Kind::Part))]
    pub volumes: Table<Volume>,
    /// Files that lie beside the blueprint, by the path at which the container sees them. A change makes a new revision.
    #[schemars(extend("examples" = [{"/etc/app/config.yaml": "config.yaml"}]))]
    pub files: Table<String>,
    /// A GPU for the main container of each instance. Then `cpu` is 4 and `memory` is `"16Gi"` unless more is written, and the CPU is
    /// always there. Instances may come in one zone alone, and the project needs a quota for as many GPUs as there are `max`
    /// instances.
    pub gpu: Option<Gpu>,
    /// Whether the CPU is there between requests too.
    #[schemars(extend("default" = false))]
    pub cpu_always: Option<bool>,
    /// Whether an instance gets more CPU while it starts.
    #[schemars(extend("default" = true))]
    pub startup_boost: Option<bool>,
    /// Whether a client comes back to the same instance where that is possible.
    #[schemars(extend("default" = false))]
    pub session_affinity: Option<bool>,
    /// Audiences of ID tokens that it accepts beside its own address and its domains.
    #[schemars(extend("examples" = [["https://api.example.com"]]))]
    pub audiences: Vec<String>,
    /// Domains mapped to it past any load balancer and WAF. Only with `ingress = "all"`.
    #[schemars(transform = Items(Matching(Kind::Domain)), extend("examples" = [["status.example.com"]]))]
    pub domain_mappings: Vec<String>,
    /// The regions that it runs in, the project's among them: a service in each, all behind the one load balancer, which leads
    /// people to the nearest. Those of the other regions are called `NAME-REGION`. Only for a service with `domains` that nothing
    /// here calls by its run.app address.
    ///
    /// Default: the project's region.
    #[schemars(extend("examples" = [["europe-west1", "us-central1"]]))]
    pub regions: Vec<String>,
    /// Those of `regions` that are on their way out: the load balancer no longer leads there and the protection is off, so that they
    /// can leave both lists next.
    #[schemars(extend("examples" = [["us-central1"]]))]
    pub retire_regions: Vec<String>,
    /// Where its requests go, in percent by revision: `latest` is the newest one, whatever its name; any other is held at the name
    /// that Cloud Run gave it, with the image, the settings and the account that it had. All together are 100. The scripts stop
    /// before they change anything where a revision is not there.
    ///
    /// Default: all to `latest`.
    #[schemars(transform = Named(Kind::Revision), extend("examples" = [{"latest": 10, "web-00012-kip": 90}]))]
    pub traffic: Table<u32>,
    /// Further addresses on run.app, each for one revision: `TAG---` before the service's own. `latest` is the newest one. They open
    /// nothing more than that address does, and are closed where it is closed.
    #[schemars(transform = Entries(Kind::Tag, Kind::Revision), extend("examples" = [{"next": "latest"}]))]
    pub tags: Table<String>,
    /// The address of an account of your own to run as, instead of the derived one.
    ///
    /// Default: `run-NAME`, made for it alone.
    #[schemars(extend("examples" = ["orders@acme-prod.iam.gserviceaccount.com"]))]
    pub service_account: Option<String>,
    /// A limit of requests of its own.
    ///
    /// Default: that of `[waf]`.
    pub rate_limit: Option<RateLimit>,
    /// What a pipeline changes, so that Terraform leaves it alone once it is there.
    #[schemars(extend("examples" = [["image"]]))]
    pub ci_owns: Vec<CiOwns>,
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

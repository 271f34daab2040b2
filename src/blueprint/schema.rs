//! The blueprint as it is written, one environment merged: `None` and empty are "not written".
//!
//! The types mirror the TOML and hold no default. What a key means is decided in the plan.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::value::Datetime;

use super::units::{Duration, OneOrMany, Relations, Truth};

/// Names and what stands under them.
pub type Table<T> = BTreeMap<String, T>;

/// A blueprint.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Blueprint {
    /// The version of this language: 1.
    pub schema: Option<u32>,
    /// What is shared by all of it.
    pub project: Project,
    /// The environments. In a merged blueprint each has only its own keys, and the overlays are gone.
    pub environments: Table<Environment>,
    /// Images that several elements use.
    pub images: Table<String>,
    /// Terraform's state.
    pub state: Option<State>,
    /// The network.
    pub network: Option<Network>,
    /// The services.
    pub services: Table<Service>,
    /// The jobs.
    pub jobs: Table<Job>,
    /// The databases.
    pub databases: Table<Database>,
    /// The secrets.
    pub secrets: Table<Secret>,
    /// The load balancer.
    pub load_balancer: Option<LoadBalancer>,
    /// The WAF.
    pub waf: Option<Waf>,
    /// Organisation policies and audit logs.
    pub governance: Option<Governance>,
    /// Values that the blueprint cannot know.
    pub values: Table<Value>,
}

/// What is shared by all of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Project {
    /// The prefix of shared names.
    pub name: Option<String>,
    /// The region of everything that is regional.
    pub region: Option<String>,
    /// Labels of everything.
    pub labels: Table<String>,
    /// What this is, in a sentence.
    pub description: Option<String>,
}

/// An environment: its project.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// The project's id.
    pub project_id: Option<String>,
    /// The project's number; looked up where it is not given.
    pub project_number: Option<u64>,
}

/// Terraform's state in Cloud Storage.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// The bucket; may hold `${environment}` and `${stage}`.
    pub bucket: Option<String>,
}

/// The network.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// The range that instances take their addresses from.
    pub subnet: Option<String>,
    /// The range that databases take their addresses from.
    pub service_range: Option<String>,
    /// A network that exists already.
    pub existing: Option<ExistingNetwork>,
}

/// A network that exists already.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExistingNetwork {
    /// Its name, or `projects/HOST/global/networks/NAME`.
    pub network: Option<String>,
    /// Its subnetwork's name, or `projects/HOST/regions/REGION/subnetworks/NAME`.
    pub subnet: Option<String>,
    /// Whether the private zone for run.app may be made in it. It turns the look-ups of everybody in that network.
    pub private_zones: Option<bool>,
}

/// How a service lets callers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// By IAM: a Google ID token.
    Iam,
    /// By Identity-Aware Proxy.
    Iap,
    /// Not at all.
    Anonymous,
}

/// Whether the internet is meant to reach a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// It is not.
    Internal,
    /// Through the load balancer and its WAF.
    Public,
}

/// An ingress that is written by hand; it is derived else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ingress {
    /// From the network and the project.
    Internal,
    /// And through the external load balancer.
    InternalAndCloudLoadBalancing,
    /// From everywhere.
    All,
}

/// How a workload reaches the network and the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Egress {
    /// Private ranges into the VPC, the internet directly.
    Private,
    /// Everything into the VPC; beyond it only Google's APIs.
    Closed,
    /// Everything into the VPC, the internet through NAT with a fixed address.
    Nat,
    /// Not in the VPC.
    Outside,
}

/// What a pipeline changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CiOwns {
    /// The image of the main container.
    Image,
    /// The environment variables of the main container.
    Env,
    /// How traffic is split.
    Traffic,
    /// The whole template.
    Template,
}

/// A service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    /// The environments that it exists in; all where it is not written.
    pub environments: Option<Vec<String>>,
    /// The image, by digest.
    pub image: Option<String>,
    /// Whether the internet is meant to reach it.
    pub exposure: Option<Exposure>,
    /// How callers are let in.
    pub auth: Option<Auth>,
    /// The ingress, where the derived one does not do.
    pub ingress: Option<Ingress>,
    /// The hosts of a public service.
    pub domains: Vec<String>,
    /// Its paths on these hosts; each is that path and all below it.
    pub paths: Vec<String>,
    /// Principals who may call, beside the services that do.
    pub invokers: Vec<String>,
    /// Principals who may deploy it.
    pub developers: Vec<String>,
    /// Principals who pass Identity-Aware Proxy.
    pub members: Vec<String>,
    /// The services that it calls.
    pub calls: Vec<String>,
    /// The databases that it uses.
    pub databases: Relations<DatabaseUse>,
    /// Whether it writes traces and metrics.
    pub telemetry: Option<bool>,
    /// Roles beside the derived ones.
    pub grants: Vec<Grant>,
    /// Environment variables.
    pub env: Table<String>,
    /// The groups that it takes from.
    #[serde(rename = "use")]
    pub uses: Vec<String>,
    /// The secrets that it reads.
    pub secrets: SecretUses,
    /// How it reaches the network.
    pub egress: Option<Egress>,
    /// The port that it listens on.
    pub port: Option<u16>,
    /// Whether it speaks HTTP/2 in clear text.
    pub http2: Option<bool>,
    /// CPUs.
    pub cpu: Option<Number>,
    /// Memory.
    pub memory: Option<String>,
    /// Requests that one instance takes at a time.
    pub concurrency: Option<u32>,
    /// How long a request may take.
    pub timeout: Option<Duration>,
    /// Never fewer instances.
    pub min: Option<u32>,
    /// Never more instances.
    pub max: Option<u32>,
    /// The path of startup and liveness probes.
    pub health: Option<String>,
    /// The probes in full.
    pub probes: Option<Probes>,
    /// Replaces the image's entry point.
    pub command: Vec<String>,
    /// Arguments.
    pub args: Vec<String>,
    /// Containers beside the main one.
    pub sidecars: Table<Sidecar>,
    /// Volumes.
    pub volumes: Table<Volume>,
    /// Files beside the blueprint, by the path at which the container sees them.
    pub files: Table<String>,
    /// Whether the CPU is there between requests too.
    pub cpu_always: Option<bool>,
    /// Whether starting gets more CPU.
    pub startup_boost: Option<bool>,
    /// Whether a client comes back to the same instance.
    pub session_affinity: Option<bool>,
    /// Audiences that it accepts besides its address.
    pub audiences: Vec<String>,
    /// Domains mapped to it past any load balancer.
    pub domain_mappings: Vec<String>,
    /// An account of your own instead of the derived one.
    pub service_account: Option<String>,
    /// A rate limit of its own.
    pub rate_limit: Option<RateLimit>,
    /// What a pipeline changes.
    pub ci_owns: Vec<CiOwns>,
    /// Labels beside the project's.
    pub labels: Table<String>,
    /// Whether it can be deleted.
    pub deletion_protection: Option<bool>,
    /// The name it had before; refused, since neither services nor jobs can be renamed.
    pub renamed_from: Option<String>,
    /// Whether it is on its way out.
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A job.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Job {
    /// The environments that it exists in; all where it is not written.
    pub environments: Option<Vec<String>>,
    /// The image, by digest.
    pub image: Option<String>,
    /// How many tasks one execution has.
    pub tasks: Option<u32>,
    /// How many of them run at a time.
    pub parallelism: Option<u32>,
    /// How often a task is tried again.
    pub retries: Option<u32>,
    /// The services that get no new revision before it has succeeded: `services.orders`.
    pub before: Vec<String>,
    /// Principals who may start it.
    pub invokers: Vec<String>,
    /// Principals who may deploy it.
    pub developers: Vec<String>,
    /// The services that it calls.
    pub calls: Vec<String>,
    /// The databases that it uses.
    pub databases: Relations<DatabaseUse>,
    /// Whether it writes traces and metrics.
    pub telemetry: Option<bool>,
    /// Roles beside the derived ones.
    pub grants: Vec<Grant>,
    /// Environment variables.
    pub env: Table<String>,
    /// The groups that it takes from.
    #[serde(rename = "use")]
    pub uses: Vec<String>,
    /// The secrets that it reads.
    pub secrets: SecretUses,
    /// How it reaches the network.
    pub egress: Option<Egress>,
    /// CPUs.
    pub cpu: Option<Number>,
    /// Memory.
    pub memory: Option<String>,
    /// How long a task may take.
    pub timeout: Option<Duration>,
    /// Replaces the image's entry point.
    pub command: Vec<String>,
    /// Arguments.
    pub args: Vec<String>,
    /// Containers beside the main one.
    pub sidecars: Table<Sidecar>,
    /// Volumes.
    pub volumes: Table<Volume>,
    /// Files beside the blueprint, by the path at which the container sees them.
    pub files: Table<String>,
    /// An account of your own instead of the derived one.
    pub service_account: Option<String>,
    /// What a pipeline changes.
    pub ci_owns: Vec<CiOwns>,
    /// Labels beside the project's.
    pub labels: Table<String>,
    /// Whether it can be deleted.
    pub deletion_protection: Option<bool>,
    /// The name it had before; refused, since neither services nor jobs can be renamed.
    pub renamed_from: Option<String>,
    /// Whether it is on its way out.
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A number that may be written with a fraction: `1`, `0.5`.
pub type Number = super::units::Decimal;

/// How a service or job uses a database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseUse {
    /// Connections of one instance.
    pub pool: Option<u32>,
}

/// The secrets that a container reads.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecretUses {
    /// By environment variable: `"NAME"` or `"NAME:3"`.
    pub env: Table<String>,
    /// By path: `"NAME:latest"` or `"NAME:3"`.
    pub files: Table<String>,
    /// Read by the code itself: `"NAME:latest"` or `"NAME:3"`.
    pub read: Vec<String>,
}

/// A role beside the derived ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grant {
    /// The role's full name.
    pub role: Option<String>,
    /// `"project"`, `"secrets.X"`, `"services.X"`, or a full resource name.
    pub on: Option<String>,
    /// A CEL condition.
    pub condition: Option<Condition>,
}

/// An IAM condition.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Its title.
    pub title: Option<String>,
    /// Its expression.
    pub expression: Option<String>,
}

/// Probes in full.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    /// When it counts as started.
    pub startup: Option<Probe>,
    /// When it counts as dead.
    pub liveness: Option<Probe>,
}

/// A probe: one of `http`, `tcp`, `grpc`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probe {
    /// A path.
    pub http: Option<String>,
    /// A port.
    pub tcp: Option<u16>,
    /// The gRPC health protocol.
    pub grpc: Option<bool>,
    /// Between tries.
    pub period: Option<Duration>,
    /// For an answer.
    pub timeout: Option<Duration>,
    /// How many failures in a row decide.
    pub failures: Option<u32>,
    /// Before the first try.
    pub delay: Option<Duration>,
}

/// A container beside the main one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sidecar {
    /// The image, by digest.
    pub image: Option<String>,
    /// Replaces the image's entry point.
    pub command: Vec<String>,
    /// Arguments.
    pub args: Vec<String>,
    /// Environment variables.
    pub env: Table<String>,
    /// The secrets that it reads.
    pub secrets: SecretUses,
    /// CPUs.
    pub cpu: Option<Number>,
    /// Memory.
    pub memory: Option<String>,
    /// Files beside the blueprint.
    pub files: Table<String>,
    /// Volumes that it sees, by name: where.
    pub volumes: Table<String>,
    /// The probes.
    pub probes: Option<Probes>,
    /// The containers that must have started before it; the main one has the element's name.
    pub after: Vec<String>,
}

/// A volume: one of `memory`, `bucket`, `nfs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Volume {
    /// A folder in memory, of this size.
    pub memory: Option<String>,
    /// A bucket that exists already.
    pub bucket: Option<String>,
    /// A file server: `10.0.0.5:/export`.
    pub nfs: Option<String>,
    /// Where the main container sees it.
    pub mount: Option<String>,
    /// Whether it is only read.
    pub read_only: Option<bool>,
}

/// A door that is opened on purpose.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exception {
    /// The rule that it waives.
    pub rule: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Datetime>,
}

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// `PostgreSQL`.
    Postgres,
    /// `MySQL`.
    Mysql,
}

/// An edition of Cloud SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// Enterprise.
    Enterprise,
    /// Enterprise Plus.
    EnterprisePlus,
}

/// Where a database runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    /// In two zones.
    Regional,
    /// In one zone.
    Zonal,
}

/// How connections to a database are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseTls {
    /// TLS only.
    Encrypted,
    /// TLS with a client's certificate.
    Mtls,
}

/// How workloads connect to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Connect {
    /// A language connector in the code.
    Connector,
    /// The Auth Proxy as a sidecar.
    Proxy,
    /// The engine's own protocol.
    Direct,
}

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What IAM login needs.
    Standard,
    /// And what the CIS benchmark asks for.
    Cis,
}

/// A database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The environments that it exists in; all where it is not written.
    pub environments: Option<Vec<String>>,
    /// The engine.
    pub engine: Option<Engine>,
    /// The engine's major version.
    pub version: Option<String>,
    /// The machine type.
    pub tier: Option<String>,
    /// The edition.
    pub edition: Option<Edition>,
    /// Whether a second zone stands by.
    pub availability: Option<Availability>,
    /// How connections are encrypted.
    pub tls: Option<DatabaseTls>,
    /// How workloads connect.
    pub connect: Option<Connect>,
    /// The databases in the instance.
    pub names: Vec<String>,
    /// Read replicas: how many, or each by name.
    pub replicas: Option<u32>,
    /// Flags of the engine.
    pub flags: Table<String>,
    /// Backups.
    pub backups: Option<Backups>,
    /// The window for maintenance.
    pub maintenance: Option<Maintenance>,
    /// A set of flags.
    pub profile: Option<Profile>,
    /// Labels beside the project's.
    pub labels: Table<String>,
    /// Whether it can be deleted.
    pub deletion_protection: Option<bool>,
    /// An instance that exists already: `true`, or its full resource name.
    pub existing: Option<Truth>,
    /// Whether it is on its way out.
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// Backups of a database.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backups {
    /// How many are kept.
    pub retained: Option<u32>,
    /// Whether any moment can be restored.
    pub pitr: Option<bool>,
    /// Where they are kept.
    pub location: Option<String>,
}

/// The window for maintenance.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Maintenance {
    /// The day of the week: `sunday`.
    pub day: Option<Day>,
    /// The hour, 0 to 23, UTC.
    pub hour: Option<u8>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A secret.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secret {
    /// The environments that it exists in; all where it is not written.
    pub environments: Option<Vec<String>>,
    /// The version that `"NAME"` means in `secrets.env`.
    pub version: Option<u32>,
    /// The regions that hold a copy.
    pub replicas: Vec<String>,
    /// How its value is made.
    pub generate: Option<Generate>,
    /// A secret that exists already: `true`, or its full resource name.
    pub existing: Option<Truth>,
    /// Principals who may add versions.
    pub writers: Vec<String>,
    /// Labels beside the project's.
    pub labels: Table<String>,
    /// Whether it can be deleted.
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out.
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// How the value of a secret is made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Generate {
    /// How many characters.
    pub length: Option<u32>,
    /// The characters to choose from.
    pub alphabet: Option<String>,
}

/// The load balancer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoadBalancer {
    /// The public DNS zone.
    pub dns: Option<Dns>,
    /// The kind of certificate: `managed`, `classic`, or `{ existing = "…" }`.
    pub certificate: Option<CertificateKind>,
    /// Whether there is an IPv6 address.
    pub ipv6: Option<bool>,
    /// The set of ciphers.
    pub tls: Option<TlsProfile>,
    /// The oldest version of TLS.
    pub min_tls: Option<MinTls>,
    /// Headers that every response gets; `false` takes a default one away.
    pub headers: Table<OneOrFalse>,
    /// What a request for an unknown host gets.
    pub unknown_host: Option<UnknownHost>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A text, or `false`.
pub type OneOrFalse = super::units::TextOrFalse;

/// The public DNS zone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dns {
    /// The zone's name in Cloud DNS, or `projects/P/managedZones/Z`.
    pub zone: Option<String>,
    /// Whether the records are written into it.
    pub manage: Option<bool>,
}

/// A kind of certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertificateKind {
    /// Certificate Manager, proven by DNS.
    Managed,
    /// A Google-managed certificate of the compute kind.
    Classic,
    /// A certificate map that exists already: its full name.
    Existing(String),
}

/// A set of ciphers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsProfile {
    /// Only what passes compliance rules.
    Restricted,
    /// A few older ciphers besides.
    Modern,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum MinTls {
    /// 1.2.
    #[serde(rename = "1.2")]
    V1_2,
    /// 1.3.
    #[serde(rename = "1.3")]
    V1_3,
}

/// What a request for an unknown host gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownHost {
    /// 404.
    Refuse,
}

/// Whether the WAF denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WafMode {
    /// It only logs.
    Preview,
    /// It denies.
    Enforce,
}

/// A version of the OWASP core rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Crs {
    /// 4.22.
    #[serde(rename = "4.22")]
    V4_22,
    /// 3.3.
    #[serde(rename = "3.3")]
    V3_3,
}

/// How much the WAF logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WafLogging {
    /// Which rule.
    Normal,
    /// Parts of requests too.
    Verbose,
}

/// The WAF.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Waf {
    /// Whether it denies.
    pub mode: Option<WafMode>,
    /// The version of the rule set.
    pub crs: Option<Crs>,
    /// 1 (few false positives) to 4.
    pub sensitivity: Option<u8>,
    /// The sets: `sqli`, `xss`, …
    pub rules: Option<Vec<String>>,
    /// Signatures that are left out.
    pub opt_out: Vec<String>,
    /// Fields that are not looked at.
    pub exclude: Vec<Exclusion>,
    /// The limit of requests.
    pub rate_limit: Option<RateLimit>,
    /// Ranges that skip the WAF.
    pub trust: Vec<String>,
    /// Ranges; everybody else is refused.
    pub only: Vec<String>,
    /// Ranges that are refused.
    pub deny: Vec<String>,
    /// Countries: `{ only = ["JP"] }` or `{ deny = ["…"] }`.
    pub regions: Option<Regions>,
    /// Rules of your own.
    pub custom: Vec<CustomRule>,
    /// Whether adaptive protection watches.
    pub adaptive: Option<bool>,
    /// How much is logged.
    pub logging: Option<WafLogging>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A field that the WAF does not look at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exclusion {
    /// The set: `sqli`.
    pub rule: Option<String>,
    /// Signatures of the set; all where it is not written.
    pub ids: Vec<String>,
    /// A header's name.
    pub header: Option<String>,
    /// A cookie's name.
    pub cookie: Option<String>,
    /// A parameter's name.
    pub query: Option<String>,
    /// A path.
    pub uri: Option<String>,
    /// How the name is compared: `equals`, `starts-with`, `ends-with`, `contains`.
    pub compare: Option<Compare>,
}

/// How names are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
}

/// What happens above a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RateAction {
    /// Requests are refused.
    Throttle,
    /// The client is shut out for a while.
    Ban,
}

/// A limit of requests.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimit {
    /// How many.
    pub requests: Option<u32>,
    /// In which time.
    pub per: Option<Duration>,
    /// What happens above.
    pub action: Option<RateAction>,
    /// For how long a client is shut out.
    pub ban: Option<Duration>,
    /// By what clients are told apart: `ip`, `xff-ip`, `header:NAME`, `cookie:NAME`, `path`, `region`, `all`, `ja3`, `ja4`.
    pub key: Option<String>,
}

/// Countries.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Regions {
    /// Only these.
    pub only: Vec<String>,
    /// Not these.
    pub deny: Vec<String>,
}

/// A rule of your own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomRule {
    /// Its name.
    pub name: Option<String>,
    /// A CEL expression of Cloud Armor.
    pub when: Option<String>,
    /// `allow`, `deny`, `deny-404`, `deny-502`.
    pub action: Option<CustomAction>,
    /// 200 to 899.
    pub priority: Option<u32>,
}

/// What a rule of your own does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CustomAction {
    /// Lets it through, past the WAF.
    Allow,
    /// 403.
    Deny,
    /// 404.
    #[serde(rename = "deny-404")]
    Deny404,
    /// 502.
    #[serde(rename = "deny-502")]
    Deny502,
}

/// How anonymous services are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnonymousBy {
    /// The check of the invoker is off; works under domain-restricted sharing.
    NoInvokerCheck,
    /// `allUsers` may invoke.
    AllUsers,
}

/// Which audit logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuditLogs {
    /// Of the APIs that the blueprint uses and that guard something.
    Focused,
    /// Of all.
    All,
    /// Only what Google always writes.
    Off,
}

/// Organisation policies and audit logs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Governance {
    /// `true`: all that fit; or a list of constraints.
    pub org_policies: Option<OneOrMany>,
    /// How anonymous services are opened.
    pub anonymous_by: Option<AnonymousBy>,
    /// Which audit logs are written.
    pub audit_logs: Option<AuditLogs>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// A value that the blueprint cannot know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Value {
    /// A Terraform expression.
    pub terraform: Option<String>,
    /// A shell command that prints it.
    pub gcloud: Option<String>,
}

//! What elements take from others: defaults and groups. Both are gone once an environment is merged.

use schemars::JsonSchema;
use serde::Deserialize;

use super::json_schema::{Env, Labels, Named};
use super::schema::{
    Bucket, BucketAccess, Cache, Channel, CryptoKey, Database, DatabaseUse, Dataset, DatasetAccess,
    Event, Firestore, FirestoreAccess, Grant, Job, KeyUses, LogSink, Queue, Registry, Run,
    Schedule, Secret, SecretUses, Service, Subscription, Table, Topic, Volume, Worker, Workflow,
};
use super::units::Relations;
use crate::name::Kind;

/// What every element of a kind starts from. The element's own keys win; tables merge, relations add up.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// What every service starts from.
    services: Service,
    /// What every job starts from.
    jobs: Job,
    /// What every worker starts from.
    workers: Worker,
    /// What every database starts from.
    databases: Database,
    /// What every cache starts from.
    caches: Cache,
    /// What every database of Firestore starts from.
    firestores: Firestore,
    /// What every dataset of BigQuery starts from.
    datasets: Dataset,
    /// What every secret starts from.
    secrets: Secret,
    /// What every topic starts from.
    topics: Topic,
    /// What every subscription starts from.
    subscriptions: Subscription,
    /// What every bucket starts from.
    buckets: Bucket,
    /// What every key starts from.
    keys: CryptoKey,
    /// What every schedule starts from.
    schedules: Schedule,
    /// What every workflow starts from.
    workflows: Workflow,
    /// What every queue starts from.
    queues: Queue,
    /// What every repository of images starts from.
    registries: Registry,
    /// What every channel starts from.
    channels: Channel,
    /// What every event starts from.
    events: Event,
    /// What every log sink starts from.
    log_sinks: LogSink,
}

/// What several services, jobs and workers share. Later groups win over earlier ones, and the element itself over all of them;
/// relations add up.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    /// Environment variables. Values may hold references.
    #[schemars(transform = Env)]
    env: Table<String>,
    /// The secrets that they read.
    secrets: SecretUses,
    /// The services that they call.
    calls: Vec<String>,
    /// The databases that they use: a list of names, or a table with settings for each.
    databases: Relations<DatabaseUse>,
    /// The caches that they use.
    caches: Vec<String>,
    /// The databases of Firestore that they use, each with `"read"` or `"write"`.
    firestores: Table<FirestoreAccess>,
    /// The datasets of BigQuery that they use, each with `"read"` or `"write"`.
    datasets: Table<DatasetAccess>,
    /// The channels that they publish events to.
    channels: Vec<String>,
    /// The topics that they publish to.
    publishes: Vec<String>,
    /// The subscriptions that they pull from.
    consumes: Vec<String>,
    /// The jobs and workflows that they start: a list of `jobs.NAME` and `workflows.NAME`, or a table with settings for each.
    runs: Relations<Run>,
    /// The queues that they add tasks to.
    enqueues: Vec<String>,
    /// The buckets that they use, each with `"read"`, `"write"` or `"create"`.
    buckets: Table<BucketAccess>,
    /// The keys that they use, each with one or a list of `"sign"`, `"verify"`, `"encrypt"`, `"decrypt"`, `"manage"`.
    keys: KeyUses,
    /// Principals who may call them.
    invokers: Vec<String>,
    /// Principals who may deploy them, and so let them do whatever their accounts may.
    developers: Vec<String>,
    /// Principals who pass Identity-Aware Proxy.
    members: Vec<String>,
    /// Roles beside the derived ones.
    grants: Vec<Grant>,
    /// Volumes, by name.
    #[schemars(transform = Named(Kind::Part))]
    volumes: Table<Volume>,
    /// Files that lie beside the blueprint, by the path at which the container sees them.
    files: Table<String>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    labels: Table<String>,
}

//! The blueprint as it is written, one environment merged: `None` and empty are "not written".
//!
//! The types mirror the TOML and hold no default. What a key means is decided in the plan.
//!
//! Their comments are what people read in an editor and in `docs/blueprint.md`. The first paragraph says what a key means. A
//! paragraph that begins with `Default:` says what holds where the key is not written, if that is no fixed value; a fixed one
//! stands in the attribute beside it, and `tests/schema` proves that the plan agrees.

mod binary_authorization;
mod bucket;
mod cache;
mod channel;
mod database;
mod dataset;
mod delivery;
mod edge;
mod element;
mod encryption;
mod event;
mod firestore;
mod governance;
mod job;
mod key;
mod log_sink;
mod messages;
mod monitoring;
mod network;
mod perimeter;
mod queue;
mod registry;
mod schedule;
mod secret;
mod service;
mod waf;
mod worker;
mod workflow;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::json_schema::{Labels, Matching, Named, Refers};
use crate::name::Kind;

pub use binary_authorization::{AdmissionMode, BinaryAuthorization};
pub use bucket::{
    Bucket, BucketAccess, Cors, LifecycleAction, LifecycleRule, Method, Notification, ObjectEvent,
};
pub use cache::{Cache, CacheEngine, NodeType};
pub use channel::Channel;
pub use database::{
    Availability, Backups, Connect, Database, DatabaseTls, Day, Edition, Engine, Maintenance,
    Profile,
};
pub use dataset::{Dataset, DatasetAccess};
pub use delivery::{Delivery, GitHub};
pub use edge::{CertificateKind, Dns, LoadBalancer, MinTls, OneOrFalse, TlsProfile, UnknownHost};
pub use element::{
    CiOwns, Condition, DatabaseUse, Egress, Exception, Gpu, Grant, Number, Probe, Probes,
    SecretUses, Sidecar, TaskCiOwns, Volume,
};
pub use encryption::{Encryption, ProductKeys};
pub use event::{Event, EventFilters, EventType, GoogleEvent, LOG_FILTERS};
pub use firestore::{
    FieldMode, Firestore, FirestoreAccess, FirestoreField, FirestoreIndex, FirestoreMode,
    FirestoreScope,
};
pub use governance::{AnonymousBy, AuditLogs, Governance};
pub use job::Job;
pub use key::{CryptoKey, KeyProtection, KeyPurpose, KeyUse, KeyUses};
pub use log_sink::LogSink;
pub use messages::{
    BigQuery, DeadLetter, MessageSchema, SchemaEncoding, Storage, Subscription, Topic,
};
pub use monitoring::{Alerts, Monitoring};
pub use network::{ExistingNetwork, Network};
pub use perimeter::{Perimeter, PerimeterMode};
pub use queue::{Queue, QueueRetries};
pub use registry::{Keep, Registry};
pub use schedule::{Schedule, ScheduleRetries};
pub use secret::{Generate, Secret};
pub use service::{Auth, Exposure, Ingress, Service};
pub use waf::{
    Compare, Crs, CustomAction, CustomRule, Exclusion, RateAction, RateLimit, Regions, Waf,
    WafLogging, WafMode,
};
pub use worker::Worker;
pub use workflow::{Run, Workflow};

/// Names and what stands under them.
pub type Table<T> = BTreeMap<String, T>;

/// A blueprint: what runs, and who calls whom.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Blueprint {
    /// The version of this language: 1.
    #[schemars(extend("x-required" = true, "enum" = [1]))]
    pub schema: Option<u32>,
    /// What all of it shares: its name and its region.
    #[schemars(extend("x-required" = true))]
    pub project: Project,
    /// The environments, by name, each with a Google Cloud project of its own. There is at least one.
    // In a merged blueprint each has only its own keys, and the overlays are gone.
    #[schemars(extend("x-required" = true))]
    pub environments: Table<Environment>,
    /// Images that several elements use, by name: `image = "${images.app}"`. They may hold `${registries.NAME.url}`. The name `cloud-sql-proxy` pins the image of the
    /// Auth Proxy.
    pub images: Table<String>,
    /// Where Terraform keeps its state. Without it the state stays on the machine that applies, and a warning says so.
    pub state: Option<State>,
    /// The network that services, jobs, workers, databases and caches live in. One is made where this table is missing.
    pub network: Option<Network>,
    /// The services, by name.
    #[schemars(transform = Named(Kind::Workload))]
    pub services: Table<Service>,
    /// The jobs, by name.
    #[schemars(transform = Named(Kind::Workload))]
    pub jobs: Table<Job>,
    /// The worker pools, by name.
    #[schemars(transform = Named(Kind::Workload))]
    pub workers: Table<Worker>,
    /// The databases, by name.
    #[schemars(transform = Named(Kind::DatabaseInstance))]
    pub databases: Table<Database>,
    /// The caches, by name.
    #[schemars(transform = Named(Kind::Cache))]
    pub caches: Table<Cache>,
    /// The databases of Firestore, by name. An empty table is enough: `[firestores.papers]`.
    #[schemars(transform = Named(Kind::Own))]
    pub firestores: Table<Firestore>,
    /// The datasets of BigQuery, by name. An empty table is enough: `[datasets.reports]`.
    #[schemars(transform = Named(Kind::Dataset))]
    pub datasets: Table<Dataset>,
    /// The secrets, by name. An empty table is enough: `[secrets.stripe-key]`.
    #[schemars(transform = Named(Kind::Secret))]
    pub secrets: Table<Secret>,
    /// The topics of Pub/Sub, by name. An empty table is enough: `[topics.orders-created]`.
    #[schemars(transform = Named(Kind::Messages))]
    pub topics: Table<Topic>,
    /// What listens to topics, by name.
    #[schemars(transform = Named(Kind::Messages))]
    pub subscriptions: Table<Subscription>,
    /// The buckets, by name. An empty table is enough: `[buckets.uploads]`.
    #[schemars(transform = Named(Kind::Store))]
    pub buckets: Table<Bucket>,
    /// The keys of Cloud KMS that the code itself uses, by name.
    #[schemars(transform = Named(Kind::Own))]
    pub keys: Table<CryptoKey>,
    /// What happens on time, by name.
    #[schemars(transform = Named(Kind::Own))]
    pub schedules: Table<Schedule>,
    /// The workflows, by name.
    #[schemars(transform = Named(Kind::Workload))]
    pub workflows: Table<Workflow>,
    /// The queues of tasks, by name. An empty table is enough: `[queues.partners]`.
    #[schemars(transform = Named(Kind::Queue))]
    pub queues: Table<Queue>,
    /// The repositories of images, by name. An empty table is enough: `[registries.app]`.
    #[schemars(transform = Named(Kind::Compute))]
    pub registries: Table<Registry>,
    /// The channels that events of one's own are published to, by name. An empty table is enough: `[channels.orders]`.
    #[schemars(transform = Named(Kind::Compute))]
    pub channels: Table<Channel>,
    /// The triggers of events, by name.
    #[schemars(transform = Named(Kind::Compute))]
    pub events: Table<Event>,
    /// Where logs go to be kept, by name: `[log_sinks.audit]` with `retention = "400d"`.
    #[schemars(transform = Named(Kind::Own))]
    pub log_sinks: Table<LogSink>,
    /// The pipeline that builds images and deploys them.
    pub delivery: Option<Delivery>,
    /// The load balancer. It is made where a service is public, whether this table is written or not.
    pub load_balancer: Option<LoadBalancer>,
    /// The web application firewall before all public services.
    pub waf: Option<Waf>,
    /// Keys of one's own for what Google encrypts.
    pub encryption: Option<Encryption>,
    /// Organisation policies and audit logs.
    pub governance: Option<Governance>,
    /// Who hears of it when something fails.
    pub monitoring: Option<Monitoring>,
    /// Values that the blueprint cannot know, by name: `${values.NAME}`.
    #[schemars(transform = Named(Kind::Own))]
    pub values: Table<Value>,
}

/// What all of it shares.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Project {
    /// The prefix of the names of shared things, such as the network and the load balancer.
    #[schemars(transform = Matching(Kind::Prefix), extend("x-required" = true, "examples" = ["storefront"]))]
    pub name: Option<String>,
    /// The region of everything that is regional.
    #[schemars(extend("x-required" = true, "examples" = ["europe-west1"]))]
    pub region: Option<String>,
    /// Labels of everything that takes labels. `environment` and `managed-by` are set by ravelin.
    #[schemars(transform = Labels, extend("examples" = [{"owner": "shop-team"}]))]
    pub labels: Table<String>,
    /// What this is, in a sentence. It opens the README that is generated.
    pub description: Option<String>,
}

/// An environment: its project, and whatever differs there. Anything that may stand at the top of a blueprint may stand in
/// it, but for `schema` and `environments`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Environment {
    /// The id of the Google Cloud project. It exists already; ravelin does not make projects.
    #[schemars(transform = Matching(Kind::ProjectId), extend("x-required" = true, "examples" = ["acme-storefront-prod"]))]
    pub project_id: Option<String>,
    /// The number of the project, which stands in the addresses of services.
    ///
    /// Default: looked up when the output is applied.
    #[schemars(extend("examples" = [123_456_789_012_u64]))]
    pub project_number: Option<u64>,
}

/// Terraform's state in Cloud Storage, at the prefix `NAME/ENVIRONMENT/STAGE`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// The bucket, which exists already. It may hold `${environment}` and `${stage}`.
    #[schemars(transform = Refers(Matching(Kind::Bucket)), extend("x-required" = true, "examples" = ["acme-terraform-state"]))]
    pub bucket: Option<String>,
}

/// A value that the blueprint cannot know, such as an attribute of a resource written by hand. Both forms are taken as they
/// are written, and ravelin never runs them.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Value {
    /// An expression of Terraform.
    #[schemars(extend("x-required" = true, "examples" = ["google_redis_instance.cache.host"]))]
    pub terraform: Option<String>,
    /// A shell command that prints the value.
    #[schemars(extend("x-required" = true, "examples" = ["gcloud redis instances describe cache --region europe-west1 --format 'value(host)'"]))]
    pub gcloud: Option<String>,
}

//! Memorystore: of Valkey (<https://cloud.google.com/memorystore/docs/valkey>) and of Redis Cluster
//! (<https://cloud.google.com/memorystore/docs/cluster>), which is another product with an API of its own.
//!
//! Memorystore for Redis, the oldest one, is missing on purpose: it knows one password for everybody, and the provider reads
//! that into Terraform's state (`auth_string` of `google_redis_instance`).

use super::encryption::Product;
use super::roles;
use crate::plan::model::{Cache, CacheEngine, Plan, Ports};

/// Versions of Valkey (<https://cloud.google.com/memorystore/docs/valkey/supported-versions>).
pub const VALKEY_VERSIONS: [(&str, &str); 3] = [
    ("7.2", "VALKEY_7_2"),
    ("8.0", "VALKEY_8_0"),
    ("9.0", "VALKEY_9_0"),
];
/// What stands for the version of Redis Cluster, which Google alone chooses.
pub const REDIS_VERSION: &str = "REDIS_CLUSTER";
/// The port at which a cache is found, with TLS too (<https://cloud.google.com/memorystore/docs/valkey/networking>,
/// <https://cloud.google.com/memorystore/docs/cluster/connect-cluster-instance>).
pub const PORT: u16 = 6379;
/// Addresses that one cache takes from the subnetwork: of the primary and of the readers, or of a cluster and of its nodes.
pub const ADDRESSES: u64 = 2;

/// What holds of all caches of an engine.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// What people call it.
    pub name: &'static str,
    /// Its API.
    pub api: &'static str,
    /// The class of services that a network's policy lets put their addresses into it.
    pub class: &'static str,
    /// What the name of that policy ends with.
    pub policy: &'static str,
    /// What stands before a cache's name in its path.
    pub collection: &'static str,
    /// The ports at which it answers: each node of a cluster has some of its own.
    pub ports: &'static [Ports],
    /// The role by which a program logs in.
    pub user: &'static str,
    /// The role that makes and changes caches.
    pub admin: &'static str,
    /// The role that reads them.
    pub viewer: &'static str,
    /// What keeps the keys of its own.
    pub product: Product,
}

/// Valkey, in one shard and without the protocol of clusters.
pub static VALKEY: Service = Service {
    name: "Valkey",
    api: "memorystore.googleapis.com",
    class: "gcp-memorystore",
    policy: "caches",
    collection: "instances",
    ports: &[Ports::one(PORT)],
    user: roles::MEMORYSTORE_USER,
    admin: "roles/memorystore.admin",
    viewer: "roles/memorystore.viewer",
    product: Product::Memorystore,
};

/// Redis Cluster.
pub static REDIS: Service = Service {
    name: "Redis Cluster",
    api: "redis.googleapis.com",
    class: "gcp-memorystore-redis",
    policy: "redis",
    collection: "clusters",
    ports: &[Ports::one(PORT), Ports::between(11_000, 13_047)],
    user: roles::REDIS_USER,
    admin: "roles/redis.admin",
    viewer: "roles/redis.viewer",
    product: Product::Redis,
};

/// What holds of all caches of an engine.
#[must_use]
pub fn of(engine: CacheEngine) -> &'static Service {
    match engine {
        CacheEngine::Valkey(_) => &VALKEY,
        CacheEngine::Redis => &REDIS,
    }
}

/// The version of an engine in Google's form.
#[must_use]
pub fn version(engine: CacheEngine) -> &'static str {
    match engine {
        CacheEngine::Valkey(version) => version,
        CacheEngine::Redis => REDIS_VERSION,
    }
}

/// Whether a cache of this engine lies in the plan's project.
#[must_use]
pub fn is_here(plan: &Plan, service: &Service) -> bool {
    let mut caches = plan.caches.iter();
    caches.any(|cache| cache.project == plan.project.id && of(cache.engine) == service)
}

/// The engines that there are caches of.
pub fn engines(plan: &Plan) -> impl Iterator<Item = &'static Service> {
    kinds(plan, |_| true)
}

/// The engines that caches are made of.
pub fn made(plan: &Plan) -> impl Iterator<Item = &'static Service> {
    kinds(plan, |cache| !cache.existing)
}

fn kinds(plan: &Plan, which: impl Fn(&Cache) -> bool) -> impl Iterator<Item = &'static Service> {
    let all = [&VALKEY, &REDIS].into_iter();
    all.filter(move |service| {
        let mut caches = plan.caches.iter().filter(|cache| which(cache));
        caches.any(|cache| of(cache.engine) == *service)
    })
}

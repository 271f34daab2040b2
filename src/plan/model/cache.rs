//! Caches of Memorystore.

use super::{Availability, KeyPath, Labels, Resource};

/// A cache of Memorystore, in one shard. It has private addresses only, TLS only, and programs log in by IAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// Its name in the blueprint, and on Google Cloud where it is made here.
    pub name: String,
    /// The project that it lies in.
    pub project: String,
    /// Its region.
    pub region: String,
    /// Its name there.
    pub id: String,
    /// Whether it exists already: then nothing is made or changed, and what follows but the engine says nothing.
    pub existing: bool,
    /// The engine, and its version where there is a choice.
    pub engine: CacheEngine,
    /// The machine type in Google's form: `STANDARD_SMALL`, `REDIS_STANDARD_SMALL`.
    pub node_type: &'static str,
    /// Whether a copy in a second zone stands by.
    pub availability: Availability,
    /// The key of one's own that it lies under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether Terraform and the API refuse to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

/// What a cache is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheEngine {
    /// Valkey, with its version in Google's form: `VALKEY_8_0`; empty where it exists already.
    Valkey(&'static str),
    /// Redis Cluster, whose version Google chooses.
    Redis,
}

impl Cache {
    /// The project that it lies in, which a login to it is granted on.
    #[must_use]
    pub fn home(&self) -> Resource {
        Resource::Project {
            project: self.project.clone(),
        }
    }

    /// The copies beside the primary, each in another zone than that.
    #[must_use]
    pub fn copies(&self) -> u32 {
        match self.availability {
            Availability::Regional => 1,
            Availability::Zonal => 0,
        }
    }
}

/// The title of the condition under which a role on the project reaches one cache only; that of a database of the same name
/// has another.
#[must_use]
pub fn only_cache(cache: &str) -> String {
    format!("only-cache-{cache}")
}

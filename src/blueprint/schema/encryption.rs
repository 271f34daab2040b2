//! Keys of one's own for what Google encrypts.

use schemars::JsonSchema;
use serde::Deserialize;

use super::KeyProtection;
use crate::blueprint::units::{Duration, OneOrMany};

/// Keys of Cloud KMS under which Google encrypts what the blueprint holds, in the place of keys of Google's own: one for each
/// product, in the ring that has the project's `name`. Each is called after its product, `cmek-sql`; only the product's agent may
/// encrypt and decrypt with it, and whoever disables it closes all that lies under it. Cloud Scheduler, Cloud Tasks, Workflows, logs
/// and what Eventarc tells of Google's products stay under Google's keys.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Encryption {
    /// What lies under keys of one's own: `true` for all that can, `false` for nothing, or a list of products, as gcloud calls them. What
    /// exists already under Google's key can change to one's own in `eventarc`, `pubsub`, `run`, `secrets` and `storage`: what is new from then on lies
    /// under it. A database, also one of Firestore, a cache and a repository cannot: theirs is decided when they are made.
    #[schemars(extend("default" = false, "examples" = [["run", "sql"]]))]
    pub cmek: Option<OneOrMany>,
    /// Keys that are taken in the place of the one that is made, by product.
    pub keys: ProductKeys,
    /// How often a new version of each key that is made takes over, in whole days; what older ones encrypted is decrypted all the same.
    #[schemars(extend("default" = "90d", "examples" = ["30d"]))]
    pub rotation: Option<Duration>,
    /// Where the keys that are made are kept and used. It cannot be changed later.
    #[schemars(extend("default" = "hsm"))]
    pub protection: Option<KeyProtection>,
    /// Whether Terraform refuses to destroy the versions of the keys that are made.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
}

/// The keys that are taken for a product, by their names in `[keys]`, each with `purpose = "encrypt"`. Of those that lie where something lies, the first one
/// encrypts it; all of them stay open for the product, so that what lies under an earlier one can be read. So does the key that is called
/// as the one that would be made, such as `[keys.cmek-sql]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProductKeys {
    /// Of repositories of images.
    #[schemars(extend("examples" = [["central"]]))]
    pub artifacts: Vec<String>,
    /// Of channels of Eventarc.
    #[schemars(extend("examples" = [["central"]]))]
    pub eventarc: Vec<String>,
    /// Of databases of Firestore, for which Google lets in projects that ask for it.
    #[schemars(extend("examples" = [["central"]]))]
    pub firestore: Vec<String>,
    /// Of caches of Valkey.
    #[schemars(extend("examples" = [["central"]]))]
    pub memorystore: Vec<String>,
    /// Of topics, with the messages that wait.
    #[schemars(extend("examples" = [["central"]]))]
    pub pubsub: Vec<String>,
    /// Of caches of Redis.
    #[schemars(extend("examples" = [["central"]]))]
    pub redis: Vec<String>,
    /// Of the images that services, jobs and workers run, as Cloud Run keeps them.
    #[schemars(extend("examples" = [["central"]]))]
    pub run: Vec<String>,
    /// Of secrets, and of files beside the blueprint.
    #[schemars(extend("examples" = [["central"]]))]
    pub secrets: Vec<String>,
    /// Of databases, with their replicas and backups.
    #[schemars(extend("examples" = [["central"]]))]
    pub sql: Vec<String>,
    /// Of buckets.
    #[schemars(extend("examples" = [["central"]]))]
    pub storage: Vec<String>,
}

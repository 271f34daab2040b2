//! Products that encrypt under keys of the customer's (CMEK).

use super::{eventarc, firestore, memorystore, pubsub, run, secretmanager, storage};

/// A product that does so, and that both Terraform and gcloud can tell to
/// (<https://cloud.google.com/kms/docs/compatible-services>).
///
/// What is missing is missing on purpose: Terraform has no resource for Cloud Tasks and Cloud Scheduler, gcloud no flag for
/// Workflows. Of Eventarc the channels are meant: what triggers are told of by Google rests in topics that it makes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// Artifact Registry.
    Artifacts,
    /// Eventarc.
    Eventarc,
    /// Firestore.
    Firestore,
    /// Memorystore for Valkey.
    Memorystore,
    /// Pub/Sub.
    Pubsub,
    /// Memorystore for Redis Cluster.
    Redis,
    /// Cloud Run.
    Run,
    /// Secret Manager.
    Secrets,
    /// Cloud SQL.
    Sql,
    /// Cloud Storage.
    Storage,
}

impl Product {
    /// All of them, by their words.
    pub const ALL: [Self; 10] = [
        Self::Artifacts,
        Self::Eventarc,
        Self::Firestore,
        Self::Memorystore,
        Self::Pubsub,
        Self::Redis,
        Self::Run,
        Self::Secrets,
        Self::Sql,
        Self::Storage,
    ];

    /// Its word in a blueprint, which is gcloud's too.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Artifacts => "artifacts",
            Self::Eventarc => "eventarc",
            Self::Firestore => "firestore",
            Self::Memorystore => "memorystore",
            Self::Pubsub => "pubsub",
            Self::Redis => "redis",
            Self::Run => "run",
            Self::Secrets => "secrets",
            Self::Sql => "sql",
            Self::Storage => "storage",
        }
    }

    /// The product of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// What of it lies under its key.
    #[must_use]
    pub fn holds(self) -> &'static str {
        match self {
            Self::Artifacts => "repositories of images",
            Self::Eventarc => "channels, with the events that wait to be told",
            Self::Firestore => "databases of Firestore, with their indexes",
            Self::Memorystore => "caches of Valkey",
            Self::Pubsub => "topics, with the messages that wait",
            Self::Redis => "caches of Redis",
            Self::Run => "the images that services, jobs and workers run, as Cloud Run keeps them",
            Self::Secrets => "secrets, and files beside the blueprint",
            Self::Sql => "databases, with their replicas and backups",
            Self::Storage => "buckets",
        }
    }

    /// Its API.
    #[must_use]
    pub fn api(self) -> &'static str {
        match self {
            Self::Artifacts => "artifactregistry.googleapis.com",
            Self::Eventarc => eventarc::API,
            Self::Firestore => firestore::API,
            Self::Memorystore => memorystore::VALKEY.api,
            Self::Pubsub => pubsub::API,
            Self::Redis => memorystore::REDIS.api,
            Self::Run => run::API,
            Self::Secrets => secretmanager::API,
            Self::Sql => "sqladmin.googleapis.com",
            Self::Storage => storage::API,
        }
    }

    /// The domain of the agent by which it encrypts (<https://cloud.google.com/iam/docs/service-agents>).
    #[must_use]
    pub fn agent(self) -> &'static str {
        match self {
            Self::Artifacts => "gcp-sa-artifactregistry",
            Self::Eventarc => eventarc::AGENT,
            Self::Firestore => firestore::AGENT,
            Self::Memorystore => "gcp-sa-memorystore",
            Self::Pubsub => pubsub::AGENT,
            Self::Redis => "cloud-redis",
            Self::Run => run::AGENT,
            Self::Secrets => secretmanager::AGENT,
            Self::Sql => "gcp-sa-cloud-sql",
            Self::Storage => storage::AGENT,
        }
    }

    /// Why the identity of its agent is made ahead of its first use; `None` where its API brings it, or another use says so.
    #[must_use]
    pub fn identity(self) -> Option<&'static str> {
        match self {
            Self::Artifacts => Some(
                "Artifact Registry encrypts images as this identity, which has to be there before it is granted that",
            ),
            Self::Firestore => Some(
                "Firestore encrypts databases as this identity, which has to be there before it is granted that",
            ),
            Self::Memorystore => Some(
                "Memorystore encrypts caches as this identity, which has to be there before it is granted that",
            ),
            Self::Redis => Some(
                "Memorystore encrypts caches of Redis as this identity, which has to be there before it is granted that",
            ),
            Self::Secrets => Some(
                "Secret Manager encrypts secrets as this identity, which has to be there before it is granted that",
            ),
            Self::Sql => Some(
                "Cloud SQL encrypts databases as this identity, which has to be there before it is granted that",
            ),
            Self::Eventarc | Self::Pubsub | Self::Run | Self::Storage => None,
        }
    }

    /// The name of the key that is made for it, `cmek-sql`.
    #[must_use]
    pub fn key(self) -> String {
        format!("cmek-{}", self.word())
    }
}

/// The location of Cloud KMS whose keys encrypt what lies in that location: the same, but that the multi-region of Cloud Storage in
/// the European Union is `europe` there (<https://cloud.google.com/storage/docs/encryption/customer-managed-keys#key-locations>), and
/// that those of Firestore are called otherwise.
#[must_use]
pub fn key_location(location: &str) -> &str {
    match location {
        "eu" => "europe",
        other => {
            let all = &firestore::MULTI_REGIONS;
            let known = all.iter().find(|(location, _)| *location == other);
            known.map_or(other, |(_, of_keys)| of_keys)
        }
    }
}

//! A rule: what a finding is one of.

use super::{Explanation, Severity};

/// A rule that a blueprint is judged by.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, like a lint's: `secret-not-pinned`.
    pub code: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What an exception from it opens; none where it cannot be waived.
    pub opens: Option<&'static str>,
    /// The text of `rules/CODE.md`.
    pub explanation: &'static str,
}

impl Rule {
    /// What there is to say about it.
    #[must_use]
    pub fn explained(&self) -> Explanation {
        Explanation::read(self.explanation)
    }
}

/// What a rule is about; the order is that of the list that people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// How a blueprint is written.
    Language,
    /// The project, its environments, names and state.
    Project,
    /// What stands in `${…}`.
    References,
    /// Services, jobs, workers and their containers.
    Workloads,
    /// Who may call whom.
    Callers,
    /// Who may come in, and how.
    Exposure,
    /// Hosts, paths, certificates and headers.
    LoadBalancer,
    /// The WAF.
    Waf,
    /// Ranges, egress and zones.
    Network,
    /// Databases and their pools.
    Databases,
    /// Caches.
    Caches,
    /// Databases of Firestore.
    Firestores,
    /// Datasets of BigQuery.
    Datasets,
    /// Secrets.
    Secrets,
    /// Topics, what listens to them, queues, events, and what happens on time.
    Messages,
    /// Buckets.
    Buckets,
    /// Keys that the code uses.
    Keys,
    /// Repositories of images, and the pipeline.
    Delivery,
    /// Accounts and grants.
    Rights,
    /// Organisation policies and audit logs.
    Governance,
    /// Uptime checks and alerts.
    Monitoring,
    /// The written exceptions.
    Exceptions,
    /// What a change does to what lives already.
    Changes,
}

impl Topic {
    /// The topic in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Language => "how a blueprint is written",
            Self::Project => "the project, its environments, names and state",
            Self::References => "what stands in `${…}`",
            Self::Workloads => "services, jobs, workers and their containers",
            Self::Callers => "who may call whom",
            Self::Exposure => "who may come in, and how",
            Self::LoadBalancer => "hosts, paths, certificates and headers",
            Self::Waf => "the WAF",
            Self::Network => "ranges, egress and zones",
            Self::Databases => "databases and their pools",
            Self::Caches => "caches",
            Self::Firestores => "databases of Firestore",
            Self::Datasets => "datasets of BigQuery",
            Self::Secrets => "secrets",
            Self::Messages => {
                "topics, what listens to them, queues, events, and what happens on time"
            }
            Self::Buckets => "buckets",
            Self::Keys => "keys that the code uses",
            Self::Delivery => "repositories of images, and the pipeline",
            Self::Rights => "accounts and grants",
            Self::Governance => "organisation policies and audit logs",
            Self::Monitoring => "uptime checks and alerts",
            Self::Exceptions => "the written exceptions",
            Self::Changes => "what a change does to what lives",
        }
    }
}

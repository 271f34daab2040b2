//! Topics of Pub/Sub, and what listens to them.

use crate::name::hash;

use super::{KeyPath, Labels, Resource, Stage, TriggerCall};

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name in the blueprint.
    pub name: String,
    /// The id of the project that it lies in.
    pub project: String,
    /// Its id there.
    pub id: String,
    /// Whether it exists already, and only its grants are made.
    pub existing: bool,
    /// Seconds for which it keeps messages that were delivered; `None`: not at all.
    pub retention: Option<u32>,
    /// The form that its messages must have.
    pub schema: Option<MessageSchema>,
    /// The regions that may store its messages; never empty.
    pub regions: Vec<String>,
    /// The key of one's own that it lies under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

impl Topic {
    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Topic {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }
}

/// The form of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSchema {
    /// The id of the project that it lies in.
    pub project: String,
    /// Its id there.
    pub id: String,
    /// How messages are written, in Google's word: `JSON`.
    pub encoding: &'static str,
    /// What is made of it; `None` where it exists already.
    pub made: Option<MadeSchema>,
}

/// A schema that is made with its topic, and called like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeSchema {
    /// The file beside the blueprint.
    pub file: String,
    /// Its language.
    pub language: SchemaLanguage,
    /// The text, without line breaks at its end.
    pub definition: String,
}

/// The language of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaLanguage {
    /// Avro.
    Avro,
    /// Protocol buffers.
    ProtocolBuffers,
}

impl SchemaLanguage {
    /// Google's word.
    #[must_use]
    pub fn api(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::ProtocolBuffers => "PROTOCOL_BUFFER",
        }
    }

    /// gcloud's word, and that of the facts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Avro => "avro",
            Self::ProtocolBuffers => "protocol-buffer",
        }
    }
}

impl MessageSchema {
    /// Its full name: `projects/P/schemas/S`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("projects/{}/schemas/{}", self.project, self.id)
    }

    /// What the facts call it: `scans as json`, `order in acme-events as json`.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        let Self {
            project,
            id,
            encoding,
            made: _,
        } = self;
        let away = if project == home {
            String::new()
        } else {
            format!(" in {project}")
        };
        format!("{id}{away} as {}", encoding.to_lowercase())
    }
}

impl MadeSchema {
    /// What tells its text from another one.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("sha256:{}", hash(self.definition.as_bytes()))
    }
}

/// A subscription. It never expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its name in the blueprint.
    pub name: String,
    /// The id of the project that it lies in.
    pub project: String,
    /// Its id there.
    pub id: String,
    /// Whether it exists already, and only its grants are made. Then nothing else is known of it.
    pub existing: bool,
    /// The topic that it listens to: project and id. `None` only where it exists already.
    pub topic: Option<TopicPath>,
    /// Where messages are pushed to; `None`: they are pulled.
    pub push: Option<TriggerCall>,
    /// What Pub/Sub writes messages to itself.
    pub sink: Option<Sink>,
    /// Where messages go that were delivered in vain.
    pub dead_letter: Option<DeadLetter>,
    /// Seconds that a message may take before it is delivered again.
    pub ack_deadline: u32,
    /// Seconds for which a message waits that is not acknowledged.
    pub retention: u32,
    /// Seconds before it is delivered again: the first time, and at the most.
    pub backoff: (u32, u32),
    /// Which messages it takes; `None`: all of them.
    pub filter: Option<String>,
    /// Whether messages with the same key come in their order.
    pub ordering: bool,
    /// Whether Terraform refuses to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

impl Subscription {
    /// The stage that makes it: what is pushed to a service comes with the services. So does what Pub/Sub writes by itself: the
    /// owners of other projects have granted it that by then.
    #[must_use]
    pub fn stage(&self) -> Stage {
        if self.push.is_some() || self.sink.is_some() {
            Stage::Services
        } else {
            Stage::Foundation
        }
    }

    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Subscription {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }
}

/// What Pub/Sub writes messages to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sink {
    /// A table of BigQuery.
    Table {
        /// Its project, dataset and id with dots between, as Pub/Sub and SQL call it.
        path: String,
        /// Whether the fields of messages are its columns.
        by_column: bool,
        /// Whether columns take what Pub/Sub knows of a message.
        metadata: bool,
    },
    /// Files in a bucket.
    Files {
        /// The bucket's name in Cloud Storage.
        bucket: String,
        /// What their names begin with; may be empty.
        prefix: String,
        /// Seconds for which one is written to.
        duration: u32,
        /// Whether they are Avro, with what Pub/Sub knows of a message; else lines.
        metadata: bool,
    },
}

impl Sink {
    /// Where it is: `acme-shop.sales.orders`, `gs://acme-shop-archive/orders/`.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Table { path, .. } => path.clone(),
            Self::Files { bucket, prefix, .. } => format!("gs://{bucket}/{prefix}"),
        }
    }

    /// What the facts call its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Table { .. } => "bigquery",
            Self::Files { .. } => "storage",
        }
    }
}

/// A topic by its project and its id there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicPath {
    /// The project's id.
    pub project: String,
    /// The topic's id.
    pub id: String,
}

impl TopicPath {
    /// It as what a grant stands on.
    #[must_use]
    pub fn resource(&self) -> Resource {
        Resource::Topic {
            project: self.project.clone(),
            name: self.id.clone(),
        }
    }

    /// Its full name: `projects/P/topics/T`.
    #[must_use]
    pub fn path(&self) -> String {
        let Self { project, id } = self;
        format!("projects/{project}/topics/{id}")
    }

    /// What the facts call it: its id; with its project where that is not `home`.
    #[must_use]
    pub fn in_short(&self, home: &str) -> String {
        let Self { project, id } = self;
        if project == home {
            id.clone()
        } else {
            format!("{id} in {project}")
        }
    }
}

/// Where messages go that were delivered in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The topic.
    pub topic: TopicPath,
    /// How often a message is delivered before.
    pub attempts: u32,
}

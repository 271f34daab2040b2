//! Topics of Pub/Sub, and what listens to them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::{Labels, Matching};
use crate::blueprint::units::{Duration, Truth};
use crate::name::Kind;

/// A topic of Pub/Sub. Its messages are stored in the project's region alone.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Topic {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// How long it keeps messages that were delivered, so that a subscription can go back to them: 10 minutes to 31 days.
    ///
    /// Default: it keeps none; a subscription keeps what it has not delivered.
    #[schemars(extend("examples" = ["7d"]))]
    pub retention: Option<Duration>,
    /// The form that its messages must have: one that has another is refused when it is published.
    ///
    /// Default: whatever somebody publishes.
    #[schemars(extend("examples" = [{"source": "order.avsc"}]))]
    pub schema: Option<MessageSchema>,
    /// Principals who may publish, beside the services and jobs that say so in `publishes`.
    #[schemars(extend("examples" = [["serviceAccount:exporter@acme-erp.iam.gserviceaccount.com"]]))]
    pub publishers: Vec<String>,
    /// A topic that exists already: `true` for this name in this project, or its full name, `projects/PROJECT/topics/NAME`.
    /// It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// The form of messages.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MessageSchema {
    /// A file beside the blueprint with the schema, of Avro where its name ends in `.avsc`, of protocol buffers where it ends in
    /// `.proto`. It is called as the topic. Another text is a new revision; messages that fit any revision are taken.
    #[schemars(extend("x-required" = true, "x-unless" = "existing", "examples" = ["order.avsc"]))]
    pub source: Option<String>,
    /// In its place a schema that exists already, by its full name, `projects/PROJECT/schemas/NAME`.
    #[schemars(extend("examples" = ["projects/acme-events/schemas/order"]))]
    pub existing: Option<String>,
    /// How messages are written.
    #[schemars(extend("default" = "json"))]
    pub encoding: Option<SchemaEncoding>,
}

/// How messages that have a schema are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SchemaEncoding {
    /// As JSON.
    Json,
    /// As the schema's own bytes.
    Binary,
}

/// A subscription: what listens to a topic. With a `target` Pub/Sub pushes each message to a service, with an ID token of an
/// account made for that; with `bigquery` or `storage` it writes them itself; else services and jobs pull. It never expires.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Subscription {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The topic that it listens to. An existing subscription does not need it.
    #[schemars(transform = Matching(Kind::Messages), extend("x-required" = true, "x-unless" = "existing", "examples" = ["orders-created"]))]
    pub topic: Option<String>,
    /// The service that each message is pushed to: `services.NAME`.
    ///
    /// Default: nothing is pushed; whoever says `consumes` pulls.
    #[schemars(extend("examples" = ["services.fulfilment"]))]
    pub target: Option<String>,
    /// The path that it is pushed to. Only with `target`.
    ///
    /// Default: `/`.
    #[schemars(extend("examples" = ["/events/orders"]))]
    pub path: Option<String>,
    /// The table of BigQuery that each message is written to.
    pub bigquery: Option<BigQuery>,
    /// The bucket that messages are written to.
    pub storage: Option<Storage>,
    /// Where messages go that nobody could process.
    pub dead_letter: Option<DeadLetter>,
    /// How long a message may take before it is delivered again, 10 seconds to 10 minutes. A push may take no shorter than the
    /// service's `timeout`.
    ///
    /// Default: the timeout of the service that it is pushed to, within these limits; `max_duration` of `storage`; `"60s"` otherwise.
    #[schemars(extend("examples" = ["2m"]))]
    pub ack_deadline: Option<Duration>,
    /// How long a message waits that is not acknowledged: 10 minutes to 31 days.
    #[schemars(extend("default" = "7d"))]
    pub retention: Option<Duration>,
    /// How long it waits before it delivers again, from the first time to the longest, at most 10 minutes.
    ///
    /// Default: `["10s", "600s"]`.
    #[schemars(extend("examples" = [["5s", "5m"]]))]
    pub backoff: Vec<Duration>,
    /// Which messages it takes, by their attributes. It cannot be changed later.
    ///
    /// Default: all of them.
    #[schemars(extend("examples" = ["attributes.kind = \"paid\""]))]
    pub filter: Option<String>,
    /// Whether messages with the same ordering key come in the order in which they were published. It cannot be changed later.
    #[schemars(extend("default" = false))]
    pub ordering: Option<bool>,
    /// Principals who may pull, beside the services and jobs that say so in `consumes`. Only without `target`.
    #[schemars(extend("examples" = [["group:on-call@example.com"]]))]
    pub consumers: Vec<String>,
    /// A subscription to pull from that exists already: `true` for this name in this project, or its full name,
    /// `projects/PROJECT/subscriptions/NAME`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform refuses to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
}

/// A table that Pub/Sub writes to. What its agent needs for it is granted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BigQuery {
    /// The table: `datasets.NAME.TABLE`, or its full name, `//bigquery.googleapis.com/projects/PROJECT/datasets/DATASET/tables/TABLE`. It exists already.
    #[schemars(extend("x-required" = true, "examples" = ["//bigquery.googleapis.com/projects/acme-shop/datasets/sales/tables/orders"]))]
    pub table: Option<String>,
    /// Whether messages are JSON whose fields are the table's columns. Else a column `data` takes each message as it is.
    #[schemars(extend("default" = false))]
    pub use_table_schema: Option<bool>,
    /// Whether columns take a message's id, time, attributes and the subscription too.
    #[schemars(extend("default" = false))]
    pub write_metadata: Option<bool>,
}

/// A bucket that Pub/Sub writes files of messages to. What its agent needs for it is granted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The bucket, one of `[buckets]`.
    #[schemars(transform = Matching(Kind::Store), extend("x-required" = true, "examples" = ["archive"]))]
    pub bucket: Option<String>,
    /// What the names of the files begin with.
    #[schemars(transform = Matching(Kind::Objects), extend("examples" = ["orders/"]))]
    pub prefix: Option<String>,
    /// How long a file is written to before the next one is begun, 1 to 10 minutes.
    #[schemars(extend("default" = "5m"))]
    pub max_duration: Option<Duration>,
    /// Whether each message is written with its id, time and attributes, as Avro. Else the data alone, a line for each message.
    #[schemars(extend("default" = false))]
    pub write_metadata: Option<bool>,
}

/// Where messages go that were delivered in vain. What Pub/Sub needs for it is granted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeadLetter {
    /// The topic that takes them. It needs a subscription of its own, or they are lost.
    #[schemars(transform = Matching(Kind::Messages), extend("x-required" = true, "examples" = ["orders-dead"]))]
    pub topic: Option<String>,
    /// How often a message is delivered before that, 5 to 100 times.
    #[schemars(extend("default" = 5))]
    pub attempts: Option<u32>,
}

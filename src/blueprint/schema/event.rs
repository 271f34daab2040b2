//! Events: what happens in Google Cloud, and whom it is told.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use crate::blueprint::json_schema::Labels;

/// A trigger of Eventarc: where something happens, it calls a service or starts a workflow with the event.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Event {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// What happens, by Google's name.
    #[schemars(extend("x-required" = true, "examples" = ["google.cloud.storage.object.v1.finalized"]))]
    pub r#type: Option<EventType>,
    /// Where it happens.
    #[schemars(extend("x-required" = true))]
    pub filters: Option<EventFilters>,
    /// Whom it is told: `services.NAME` is called with an ID token, `workflows.NAME` is started with the event as its argument.
    #[schemars(extend("x-required" = true, "examples" = ["services.thumbnails"]))]
    pub target: Option<String>,
    /// The path of the service that is called.
    ///
    /// Default: `/`.
    #[schemars(extend("examples" = ["/events/uploads"]))]
    pub path: Option<String>,
    /// Of an audit log: the region of what it tells of, or `global`, which hears of every region.
    ///
    /// Default: the project's region, and `global` for what lies in no region.
    #[schemars(extend("examples" = ["global"]))]
    pub location: Option<String>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum EventType {
    /// An object of a bucket was written, as a new one or over an old one.
    #[serde(rename = "google.cloud.storage.object.v1.finalized")]
    ObjectFinalized,
    /// An object of a bucket was deleted for good.
    #[serde(rename = "google.cloud.storage.object.v1.deleted")]
    ObjectDeleted,
    /// An object of a bucket became an old version.
    #[serde(rename = "google.cloud.storage.object.v1.archived")]
    ObjectArchived,
    /// What is noted beside an object of a bucket was changed.
    #[serde(rename = "google.cloud.storage.object.v1.metadataUpdated")]
    ObjectMetadataUpdated,
    /// A message was published to a topic.
    #[serde(rename = "google.cloud.pubsub.topic.v1.messagePublished")]
    MessagePublished,
    /// Something was written into an audit log.
    #[serde(rename = "google.cloud.audit.log.v1.written")]
    LogWritten,
}

/// Where something happens. Each kind of event has filters of its own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventFilters {
    /// Of objects: the bucket, one of `[buckets]`.
    #[schemars(extend("examples" = ["uploads"]))]
    pub bucket: Option<String>,
    /// Of messages: the topic, one of `[topics]`.
    #[schemars(extend("examples" = ["orders-created"]))]
    pub topic: Option<String>,
    /// Of audit logs: the API that writes into it.
    #[serde(rename = "serviceName")]
    #[schemars(extend("examples" = ["secretmanager.googleapis.com"]))]
    pub service_name: Option<String>,
    /// Of audit logs: the method that was called, as the log names it.
    #[serde(rename = "methodName")]
    #[schemars(extend("examples" = ["google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion"]))]
    pub method_name: Option<String>,
    /// Of audit logs: what it was called on, as the log names it. It may hold references.
    ///
    /// Default: whatever it was.
    #[serde(rename = "resourceName")]
    #[schemars(extend("examples" = ["projects/_/buckets/${buckets.uploads.name}"]))]
    pub resource_name: Option<String>,
}

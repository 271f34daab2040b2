//! Events: what happens in Google Cloud, and whom it is told.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, Visitor};

use super::Table;
use crate::blueprint::json_schema::{Labels, Matching};
use crate::name::{GOOGLE_EVENTS, Kind};

/// A trigger of Eventarc: where something happens, it calls a service or starts a workflow with the event.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Event {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// What happens: by Google's name, or by the type that the code gives an event of its own. Then there is a `channel`.
    #[schemars(extend("x-required" = true, "examples" = ["google.cloud.storage.object.v1.finalized", "com.example.order.created"]))]
    pub r#type: Option<EventType>,
    /// The channel that events of one's own come from, one of `[channels]`.
    ///
    /// Default: none; Google tells of what happens in its products by itself.
    #[schemars(transform = Matching(Kind::Compute), extend("examples" = ["orders"]))]
    pub channel: Option<String>,
    /// Where it happens, which Google's events must say. Those of a channel are filtered by attributes of their own, if at all:
    /// `{ priority = "high" }`.
    #[schemars(with = "EventFilters")]
    pub filters: Table<String>,
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
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum EventType {
    /// Something in a product of Google's.
    Google(GoogleEvent),
    /// What the code says.
    Own(#[schemars(transform = Matching(Kind::EventType))] String),
}

/// Google's names begin as no other does, so that a mistake in one is told from a type of one's own.
impl<'de> Deserialize<'de> for EventType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = EventType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the type of an event")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<EventType, E> {
                if !word.starts_with(GOOGLE_EVENTS) {
                    return Ok(EventType::Own(word.to_owned()));
                }
                let word: StrDeserializer<'_, E> = word.into_deserializer();
                GoogleEvent::deserialize(word).map(EventType::Google)
            }
        }
        deserializer.deserialize_str(Word)
    }
}

/// What happens in a product of Google's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum GoogleEvent {
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

/// What an event is filtered by. Google's events have these; those of a channel have attributes of their own.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("additionalProperties" = { "type": "string" }, "propertyNames" = { "pattern": filter_names() }))]
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

/// The filters of audit logs. An attribute of one's own is called otherwise, since it has no capital letters.
pub const LOG_FILTERS: [&str; 3] = ["serviceName", "methodName", "resourceName"];

/// The names that filters have: these, and those of attributes.
fn filter_names() -> String {
    let attribute = Kind::EventAttribute.pattern();
    format!("^({})$|{attribute}", LOG_FILTERS.join("|"))
}

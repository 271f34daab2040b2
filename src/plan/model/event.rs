//! Events: what happens in Google Cloud and what the code says, and whom it is told.

use std::collections::BTreeMap;

use super::{Account, ChannelPath, Labels, TopicPath, TriggerCall};

/// A trigger of Eventarc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// What happens, and where.
    pub source: EventSource,
    /// Where the trigger lies: a region, a multi-region of a bucket, `global`.
    pub location: String,
    /// Whom it is told.
    pub target: EventTarget,
    /// Its labels.
    pub labels: Labels,
}

/// What happens, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventSource {
    /// Something happens to an object.
    Objects {
        /// What, by Google's name.
        kind: &'static str,
        /// The bucket's name in Cloud Storage.
        bucket: String,
    },
    /// A message is published.
    Messages {
        /// To which topic.
        topic: TopicPath,
    },
    /// Something is written into an audit log.
    Log {
        /// The API that writes it.
        service: String,
        /// The method that was called.
        method: String,
        /// What it was called on; `None` for whatever it was.
        resource: Option<String>,
    },
    /// The code publishes an event of its own.
    Own {
        /// The type that it gives it.
        kind: String,
        /// To which channel.
        channel: ChannelPath,
        /// The values that attributes of it must have.
        attributes: BTreeMap<String, String>,
    },
}

impl EventSource {
    /// The topic whose messages it is about.
    #[must_use]
    pub fn topic(&self) -> Option<&TopicPath> {
        match self {
            Self::Messages { topic } => Some(topic),
            Self::Objects { .. } | Self::Log { .. } | Self::Own { .. } => None,
        }
    }

    /// The channel that it comes from.
    #[must_use]
    pub fn channel(&self) -> Option<&ChannelPath> {
        match self {
            Self::Own { channel, .. } => Some(channel),
            Self::Objects { .. } | Self::Messages { .. } | Self::Log { .. } => None,
        }
    }

    /// The attributes by which Eventarc finds its events, the type first
    /// (<https://cloud.google.com/eventarc/docs/event-types>).
    #[must_use]
    pub fn attributes(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Objects { kind, bucket } => vec![("type", *kind), ("bucket", bucket)],
            Self::Messages { topic: _ } => {
                vec![("type", "google.cloud.pubsub.topic.v1.messagePublished")]
            }
            Self::Log {
                service,
                method,
                resource,
            } => {
                let mut all = vec![
                    ("type", "google.cloud.audit.log.v1.written"),
                    ("methodName", method.as_str()),
                ];
                all.extend(resource.iter().map(|one| ("resourceName", one.as_str())));
                all.push(("serviceName", service));
                all
            }
            Self::Own {
                kind,
                channel: _,
                attributes,
            } => {
                let attributes = attributes.iter();
                let attributes = attributes.map(|(name, value)| (name.as_str(), value.as_str()));
                [("type", kind.as_str())]
                    .into_iter()
                    .chain(attributes)
                    .collect()
            }
        }
    }
}

/// Whom an event is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTarget {
    /// A service is called.
    Service(TriggerCall),
    /// A workflow is started with the event as its argument.
    Workflow {
        /// Its name.
        workflow: String,
        /// Who starts it.
        account: Account,
    },
}

impl Event {
    /// What happens and where, in short: the type, then the filters in the order of their names. `home` is the project's id.
    #[must_use]
    pub fn hears(&self, home: &str) -> String {
        let attributes = self.source.attributes().into_iter();
        let mut words: Vec<String> = attributes
            .map(|(name, value)| match name {
                "type" => value.to_owned(),
                _ => format!("{name}={value}"),
            })
            .collect();
        if let Some(topic) = self.source.topic() {
            words.push(format!("topic={}", topic.in_short(home)));
        }
        if let Some(channel) = self.source.channel() {
            words.push(format!("channel={}", channel.id));
        }
        words[1..].sort();
        words.join(" ")
    }

    /// Whom it is told, in short: `service orders/events`, `workflow close`.
    #[must_use]
    pub fn does(&self) -> String {
        match &self.target {
            EventTarget::Service(call) => call.in_short(),
            EventTarget::Workflow {
                workflow,
                account: _,
            } => format!("workflow {workflow}"),
        }
    }

    /// As whom it is told.
    #[must_use]
    pub fn account(&self) -> &Account {
        match &self.target {
            EventTarget::Service(TriggerCall { account, .. })
            | EventTarget::Workflow { account, .. } => account,
        }
    }
}

//! Channels and events of the sample.

use super::key::key;
use super::{PROJECT, REGION, account, labels};
use crate::plan::model::{
    Channel, ChannelPath, Event, EventSource, EventTarget, Part, Text, TopicPath, TriggerCall,
};

fn channel_path(id: &str) -> ChannelPath {
    ChannelPath {
        project: PROJECT.to_owned(),
        location: REGION.to_owned(),
        id: id.to_owned(),
    }
}

pub(super) fn channels() -> Vec<Channel> {
    let channel = |name: &str, existing| Channel {
        name: name.to_owned(),
        path: channel_path(name),
        existing,
        encryption_key: (name == "orders").then(|| key("cmek")),
        deletion_protection: name == "orders",
        labels: labels(),
    };
    vec![
        channel("old-channel", true),
        channel("orders", false),
        channel("returns", false),
    ]
}

pub(super) fn events() -> Vec<Event> {
    let audience = Text::from("https://orders-")
        .then_part(Part::ProjectNumber)
        .then(".europe-west1.run.app");
    let call = |path: &str| {
        EventTarget::Service(TriggerCall {
            service: "orders".to_owned(),
            path: path.to_owned(),
            endpoint: audience.clone().then(path),
            audience: audience.clone(),
            account: account("call-orders"),
        })
    };
    let event = |name: &str, source, target| Event {
        name: name.to_owned(),
        source,
        location: REGION.to_owned(),
        target,
        labels: labels(),
    };
    vec![
        event(
            "log",
            EventSource::Log {
                service: "storage.googleapis.com".to_owned(),
                method: "storage.objects.get".to_owned(),
                resource: Some("projects/_/buckets/it's/objects/${x}".to_owned()),
            },
            call("/"),
        ),
        event(
            "message",
            EventSource::Messages {
                topic: TopicPath {
                    project: PROJECT.to_owned(),
                    id: "orders".to_owned(),
                },
            },
            call("/events"),
        ),
        event(
            "own",
            EventSource::Own {
                kind: "com.example.order.created".to_owned(),
                channel: channel_path("orders"),
                attributes: [("amount".to_owned(), "${high}".to_owned())].into(),
            },
            call("/own"),
        ),
        Event {
            location: "eu".to_owned(),
            ..event(
                "upload",
                EventSource::Objects {
                    kind: "google.cloud.storage.object.v1.finalized",
                    bucket: "uploads".to_owned(),
                },
                EventTarget::Workflow {
                    workflow: "close".to_owned(),
                    account: account("begin-close"),
                },
            )
        },
    ]
}

//! Events of the sample.

use super::{PROJECT, REGION, account, labels};
use crate::plan::model::{Event, EventSource, EventTarget, Part, Text, TopicPath, TriggerCall};

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

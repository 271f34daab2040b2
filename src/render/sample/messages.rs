//! Topics and subscriptions of the sample.

use super::{PROJECT, REGION, account, labels};
use crate::plan::model::*;

pub(super) fn topics() -> Vec<Topic> {
    let topic = |name: &str, existing, retention| Topic {
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        id: name.to_owned(),
        existing,
        retention,
        regions: vec![REGION.to_owned()],
        deletion_protection: true,
        labels: labels(),
    };
    vec![
        topic("dead", false, None),
        topic("old-topic", true, None),
        topic("orders", false, Some(86_400)),
    ]
}

pub(super) fn subscriptions() -> Vec<Subscription> {
    let path = |id: &str| TopicPath {
        project: PROJECT.to_owned(),
        id: id.to_owned(),
    };
    let plain = |name: &str, topic| Subscription {
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        id: name.to_owned(),
        existing: false,
        topic,
        push: None,
        dead_letter: None,
        ack_deadline: 60,
        retention: 604_800,
        backoff: (10, 600),
        filter: None,
        ordering: false,
        deletion_protection: true,
        labels: labels(),
    };
    let audience = Text::from("https://orders-")
        .then_part(Part::ProjectNumber)
        .then(".europe-west1.run.app");
    vec![
        Subscription {
            existing: true,
            ..plain("old-one", None)
        },
        Subscription {
            filter: Some("attributes.kind = \"${paid}\"".to_owned()),
            ..plain("orders-pulled", Some(path("orders")))
        },
        Subscription {
            push: Some(Push {
                service: "orders".to_owned(),
                path: "/events".to_owned(),
                endpoint: audience.clone().then("/events"),
                audience,
                account: account("call-orders"),
            }),
            dead_letter: Some(DeadLetter {
                topic: path("dead"),
                attempts: 5,
            }),
            ordering: true,
            ..plain("orders-pushed", Some(path("orders")))
        },
    ]
}

//! Topics, subscriptions, schedules, workflows and queues of the sample.

use super::key::key;
use super::{PROJECT, REGION, account, labels};
use crate::plan::model::*;

pub(super) fn topics() -> Vec<Topic> {
    let topic = |name: &str, existing, retention| Topic {
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        id: name.to_owned(),
        existing,
        retention,
        schema: (name != "old-topic").then(|| MessageSchema {
            project: PROJECT.to_owned(),
            id: name.to_owned(),
            encoding: "JSON",
            made: (name == "orders").then(|| MadeSchema {
                file: "orders.avsc".to_owned(),
                language: SchemaLanguage::Avro,
                definition: "{ \"it's\": \"${x}\",\n \"y\": 1 }".to_owned(),
            }),
        }),
        regions: vec![REGION.to_owned()],
        encryption_key: (name == "orders").then(|| key("cmek")),
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
        sink: None,
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
            push: Some(TriggerCall {
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
        Subscription {
            sink: Some(Sink::Table {
                path: "acme-data.sales.orders".to_owned(),
                by_column: true,
                metadata: false,
            }),
            ..plain("orders-to-table", Some(path("orders")))
        },
        Subscription {
            sink: Some(Sink::Files {
                bucket: "acme-later".to_owned(),
                prefix: "orders/".to_owned(),
                duration: 300,
                metadata: true,
            }),
            ..plain("orders-to-files", Some(path("orders")))
        },
    ]
}

pub(super) fn schedules() -> Vec<Schedule> {
    let schedule = |name: &str, target| Schedule {
        name: name.to_owned(),
        cron: "*/15 4 * * MON-FRI".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        target,
        attempts: 3,
        backoff: (5, 3_600),
    };
    let audience = Text::from("https://orders-")
        .then_part(Part::ProjectNumber)
        .then(".europe-west1.run.app");
    vec![
        schedule(
            "clean",
            ScheduleTarget::Service {
                call: TriggerCall {
                    service: "orders".to_owned(),
                    path: "/clean".to_owned(),
                    endpoint: audience.clone().then("/clean"),
                    audience,
                    account: account("call-orders"),
                },
                method: "PUT",
                body: Some(("{\"all\": \"${x}\"}".to_owned(), "application/json")),
                deadline: 360,
            },
        ),
        schedule(
            "migrate",
            ScheduleTarget::Job {
                job: "migrate".to_owned(),
                uri: "https://run.googleapis.com/v2/projects/p/locations/r/jobs/migrate:run"
                    .to_owned(),
                account: account("start-migrate"),
                deadline: 180,
            },
        ),
        schedule(
            "month-end",
            ScheduleTarget::Workflow {
                workflow: "close".to_owned(),
                uri: "https://workflowexecutions.googleapis.com/v1/projects/p/locations/r/workflows/close/executions"
                    .to_owned(),
                body: r#"{"argument":"\"it's ${x}\""}"#.to_owned(),
                account: account("begin-close"),
                deadline: 180,
            },
        ),
        schedule(
            "tick",
            ScheduleTarget::Topic {
                topic: TopicPath {
                    project: PROJECT.to_owned(),
                    id: "orders".to_owned(),
                },
                body: "it's \"now\"".to_owned(),
            },
        ),
    ]
}

pub(super) fn workflows() -> Vec<Workflow> {
    let workflow = |name: &str| Workflow {
        name: name.to_owned(),
        file: "close.yaml".to_owned(),
        source: "main:\n  steps:\n    - it's:\n        return: ${sys.get_env(\"A\") + \"%{x}\"}\n"
            .to_owned(),
        env: std::collections::BTreeMap::new(),
        account: account(&format!("flow-{name}")),
        calls: Vec::new(),
        starts: Vec::new(),
        labels: labels(),
        deletion_protection: true,
        retiring: false,
    };
    let url = Text::from("https://orders-")
        .then_part(Part::ProjectNumber)
        .then(".europe-west1.run.app");
    vec![
        Workflow {
            env: [("A".to_owned(), url.clone())].into(),
            calls: vec![Call {
                service: "orders".to_owned(),
                url,
            }],
            starts: vec![
                Start::Job("migrate".to_owned()),
                Start::Workflow("open".to_owned()),
            ],
            ..workflow("close")
        },
        Workflow {
            retiring: true,
            deletion_protection: false,
            ..workflow("open")
        },
    ]
}

pub(super) fn queues() -> Vec<Queue> {
    let host = Text::from("orders-")
        .then_part(Part::ProjectNumber)
        .then(".europe-west1.run.app");
    let audience = Text::from("https://").then_text(&host);
    let target = |host| QueueTarget {
        call: TriggerCall {
            service: "orders".to_owned(),
            path: "/tasks".to_owned(),
            endpoint: audience.clone().then("/tasks"),
            audience: audience.clone(),
            account: account("call-orders"),
        },
        host,
    };
    let queue = |name: &str, existing, target| Queue {
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        region: REGION.to_owned(),
        id: name.to_owned(),
        existing,
        target,
        rate: "0.5".to_owned(),
        concurrency: 20,
        attempts: 100,
        backoff: (1, 3_600),
        logs: "1".to_owned(),
        deletion_protection: true,
    };
    vec![
        queue("addressed", false, Some(target(Some(host)))),
        queue("anywhere", false, None),
        queue("by-the-code", false, Some(target(None))),
        queue("old-queue", true, None),
    ]
}

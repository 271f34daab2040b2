//! Topics, and what listens to them.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::roles;
use crate::plan::model::{
    DeadLetter, Labels, MadeSchema, MessageSchema, Plan, Sink, Stage, Subscription, Text, Topic,
    TriggerCall,
};
use crate::render::seconds;

/// The kind of schemas in the library.
const SCHEMAS: &str = "pubsub schemas";

#[derive(Template)]
#[template(path = "gcloud/topics.sh.j2")]
struct Topics<'a> {
    topics: Vec<TopicView<'a>>,
}

struct TopicView<'a> {
    name: &'a str,
    retention: Option<String>,
    schema: Option<SchemaView<'a>>,
    regions: &'a [String],
    encryption_key: Option<String>,
    labels: &'a Labels,
}

struct SchemaView<'a> {
    path: String,
    encoding: String,
    made: Option<DefinitionView<'a>>,
}

/// A schema that is made with its topic.
struct DefinitionView<'a> {
    file: &'a str,
    language: &'static str,
    text: &'a str,
}

#[derive(Template)]
#[template(path = "gcloud/subscriptions.sh.j2")]
struct Subscriptions<'a> {
    subscriptions: Vec<SubscriptionView<'a>>,
}

struct SubscriptionView<'a> {
    name: &'a str,
    summary: String,
    topic: String,
    ack_deadline: u32,
    retention: String,
    backoff: (String, String),
    filter: Option<&'a str>,
    ordering: bool,
    labels: &'a Labels,
    dead_letter: Option<(String, u32)>,
    /// Endpoint, account and audience.
    push: Option<(&'a Text, &'a str, &'a Text)>,
    sink: Option<&'a Sink>,
}

/// The kinds that a stage reads.
pub(super) fn kinds(plan: &Plan, stage: Stage) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    if stage == Stage::Foundation && plan.topics.iter().any(|topic| !topic.existing) {
        kinds.push("pubsub topics");
    }
    let mut schemas = plan.topics.iter().filter_map(|topic| topic.schema.as_ref());
    if stage == Stage::Foundation && schemas.any(|schema| schema.made.is_some()) {
        kinds.push(SCHEMAS);
    }
    if made_in(plan, stage).next().is_some() {
        kinds.push("pubsub subscriptions");
    }
    kinds
}

/// Whether there are topics or subscriptions.
pub(super) fn any(plan: &Plan) -> bool {
    !plan.topics.is_empty() || !plan.subscriptions.is_empty()
}

/// Whether something is pushed to a service.
pub(super) fn pushes(plan: &Plan) -> bool {
    plan.subscriptions.iter().any(|one| one.push.is_some())
}

/// Whether messages must fit schemas.
pub(super) fn schemas(plan: &Plan) -> bool {
    plan.topics.iter().any(|one| one.schema.is_some())
}

/// Whether something is written by Pub/Sub itself.
pub(super) fn sinks(plan: &Plan) -> bool {
    plan.subscriptions.iter().any(|one| one.sink.is_some())
}

/// The subscriptions that a stage makes.
fn made_in(plan: &Plan, stage: Stage) -> impl Iterator<Item = &Subscription> {
    let made = plan.subscriptions.iter().filter(|one| !one.existing);
    made.filter(move |one| one.stage() == stage)
}

/// Adds the topics that are made here.
pub(super) fn add_topics(script: &mut Script<'_>, plan: &Plan) {
    script.section(&Topics {
        topics: plan.topics.iter().filter_map(topic_view).collect(),
    });
}

fn topic_view(topic: &Topic) -> Option<TopicView<'_>> {
    let Topic {
        name: _,
        project: _,
        id,
        existing,
        retention,
        schema,
        regions,
        encryption_key,
        // gcloud cannot set it; it is a protection against Terraform's own destroy.
        deletion_protection: _,
        labels,
    } = topic;
    (!existing).then(|| TopicView {
        name: id,
        retention: retention.map(seconds),
        schema: schema.as_ref().map(self::schema),
        regions,
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        labels,
    })
}

fn schema(schema: &MessageSchema) -> SchemaView<'_> {
    let MessageSchema {
        project: _,
        id: _,
        encoding,
        made,
    } = schema;
    let made = made.as_ref().map(|made| {
        let MadeSchema {
            file,
            language,
            definition,
        } = made;
        DefinitionView {
            file,
            language: language.word(),
            text: definition,
        }
    });
    SchemaView {
        path: schema.path(),
        encoding: encoding.to_lowercase(),
        made,
    }
}

/// Adds the subscriptions that a stage makes.
pub(super) fn add_subscriptions(script: &mut Script<'_>, plan: &Plan, stage: Stage) {
    script.section(&Subscriptions {
        subscriptions: made_in(plan, stage).filter_map(subscription_view).collect(),
    });
}

fn subscription_view(subscription: &Subscription) -> Option<SubscriptionView<'_>> {
    let Subscription {
        name: _,
        project: _,
        id,
        existing: _,
        topic,
        push,
        sink,
        dead_letter,
        ack_deadline,
        retention,
        backoff: (first, longest),
        filter,
        ordering,
        deletion_protection: _,
        labels,
    } = subscription;
    Some(SubscriptionView {
        name: id,
        summary: summary(subscription),
        topic: topic.as_ref()?.path(),
        ack_deadline: *ack_deadline,
        retention: seconds(*retention),
        backoff: (seconds(*first), seconds(*longest)),
        filter: filter.as_deref(),
        ordering: *ordering,
        labels,
        dead_letter: dead_letter.as_ref().map(|dead| {
            let DeadLetter { topic, attempts } = dead;
            (topic.path(), *attempts)
        }),
        push: push.as_ref().map(|push| {
            let TriggerCall {
                service: _,
                path: _,
                endpoint,
                audience,
                account,
            } = push;
            (endpoint, account.email.as_str(), audience)
        }),
        sink: sink.as_ref(),
    })
}

/// A subscription in a sentence.
fn summary(subscription: &Subscription) -> String {
    match &subscription.push {
        Some(push) => format!(
            "Pushed to service {}, with a token of {}.",
            push.service, push.account.id
        ),
        None => match &subscription.sink {
            Some(sink) => format!("Written to {} by the agent of Pub/Sub.", sink.place()),
            None => "Pulled by whoever may consume it.".to_owned(),
        },
    }
}

/// How a fact of a topic is read.
pub(super) fn topic(plan: &Plan, topic: &str, name: &str) -> Option<Reading> {
    let found = plan.topics.iter().find(|one| one.name == topic)?;
    let kind = "pubsub topics";
    let regions = "--message-storage-policy-allowed-regions";
    match name {
        "publishers" => who(plan, &found.resource(), roles::PUBSUB_PUBLISHER),
        "encryption" => by(["key_of", kind, &found.id, "--topic-encryption-key"]),
        "regions" => by(["set_of", kind, &found.id, regions, "none"]),
        "schema" => by(["form", &found.id]),
        "definition" => by(["definition", &found.id]),
        "schema_language" => by(["setting", SCHEMAS, &found.id, "--type", "none"]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

/// How a fact of a subscription is read.
pub(super) fn subscription(plan: &Plan, subscription: &str, name: &str) -> Option<Reading> {
    let mut all = plan.subscriptions.iter();
    let found = all.find(|one| one.name == subscription)?;
    let kind = "pubsub subscriptions";
    match name {
        "consumers" => who(plan, &found.resource(), roles::PUBSUB_SUBSCRIBER),
        "topic" => by(["listens", &found.id]),
        "delivery" => by(["delivery", &found.id]),
        "endpoint" => by(["endpoint", &found.id]),
        "identity" => by(["push_identity", &found.id]),
        "writes" => by(["writes", &found.id]),
        "dead_letter" => by(["dead_letters", &found.id]),
        "expires" => by(["setting", kind, &found.id, "--expiration-period", "none"]),
        "filter" => by(["setting", kind, &found.id, "--message-filter", "none"]),
        "ordering" => by(["switch", kind, &found.id, "--enable-message-ordering"]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

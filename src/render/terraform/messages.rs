//! Topics, and what listens to them.

use askama::Template;

use super::filters;
use super::keys;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::encryption::Product;
use crate::plan::google::pubsub;
use crate::plan::model::{
    DeadLetter, Labels, MadeSchema, MessageSchema, Sink, Subscription, Text, Topic, TopicPath,
    TriggerCall,
};
use crate::proof;
use crate::render::quote::hcl::Hcl;
use crate::render::seconds;

#[derive(Template)]
#[template(path = "terraform/topics.tf.j2")]
struct Topics<'a> {
    project: Expr,
    topics: Vec<TopicView<'a>>,
}

struct TopicView<'a> {
    local: &'a str,
    name: &'a str,
    retention: Option<String>,
    schema: Option<SchemaView<'a>>,
    regions: &'a [String],
    encryption_key: Option<Expr>,
    labels: &'a Labels,
    deletion_protection: bool,
}

struct SchemaView<'a> {
    path: Expr,
    encoding: &'static str,
    made: Option<DefinitionView<'a>>,
}

/// A schema that is made with its topic.
struct DefinitionView<'a> {
    file: &'a str,
    language: &'static str,
    lines: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "terraform/subscriptions.tf.j2")]
struct Subscriptions<'a> {
    project: Expr,
    subscriptions: Vec<SubscriptionView<'a>>,
}

struct SubscriptionView<'a> {
    local: &'a str,
    name: &'a str,
    topic: Expr,
    ack_deadline: u32,
    retention: String,
    backoff: (String, String),
    filter: Option<&'a str>,
    ordering: bool,
    labels: &'a Labels,
    dead_letter: Option<(Expr, u32)>,
    push: Option<PushView<'a>>,
    sink: Option<&'a Sink>,
    deletion_protection: bool,
}

struct PushView<'a> {
    endpoint: &'a Text,
    account: &'a str,
    audience: &'a Text,
    /// The service whose policy lets the account in.
    policy: &'a str,
}

/// Adds the topics that are made here.
pub(super) fn add_topics(module: &mut Module<'_>) {
    let topics = Topics {
        project: module.project(pubsub::API),
        topics: module
            .plan
            .topics
            .iter()
            .filter_map(|one| topic(module, one))
            .collect(),
    };
    module.add(
        "topics.tf",
        "Topics, whose messages are stored in one region.",
        &topics,
    );
}

fn topic<'a>(module: &Module<'_>, topic: &'a Topic) -> Option<TopicView<'a>> {
    let Topic {
        name: local,
        project: _,
        id,
        existing,
        retention,
        schema,
        regions,
        encryption_key,
        deletion_protection,
        labels,
    } = topic;
    (!existing).then(|| TopicView {
        local,
        name: id,
        retention: retention.map(seconds),
        schema: schema.as_ref().map(|one| self::schema(local, one)),
        regions,
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Pubsub),
        labels,
        deletion_protection: *deletion_protection,
    })
}

fn schema<'a>(topic: &str, schema: &'a MessageSchema) -> SchemaView<'a> {
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
            language: language.api(),
            lines: definition.split('\n').collect(),
        }
    });
    let path = match &made {
        Some(_) => reference("google_pubsub_schema", topic, "id"),
        None => Expr(schema.path().hcl().0),
    };
    SchemaView {
        path,
        encoding,
        made,
    }
}

/// Adds the subscriptions that this stage makes.
pub(super) fn add_subscriptions(module: &mut Module<'_>) {
    let plan = module.plan;
    let here = plan
        .subscriptions
        .iter()
        .filter(|subscription| subscription.stage() == module.stage);
    let subscriptions = Subscriptions {
        project: module.project(pubsub::API),
        subscriptions: here.filter_map(|one| subscription(module, one)).collect(),
    };
    let summary = "Subscriptions: what listens to a topic, and where dead letters go.";
    module.add("subscriptions.tf", summary, &subscriptions);
}

fn subscription<'a>(
    module: &Module<'a>,
    subscription: &'a Subscription,
) -> Option<SubscriptionView<'a>> {
    let Subscription {
        name: local,
        project: _,
        id,
        existing,
        topic,
        push,
        sink,
        dead_letter,
        ack_deadline,
        retention,
        backoff: (first, longest),
        filter,
        ordering,
        deletion_protection,
        labels,
    } = subscription;
    // Only what exists already listens to a topic that is not known here.
    let topic = topic.as_ref().filter(|_| !existing)?;
    Some(SubscriptionView {
        local,
        name: id,
        topic: path(module, topic),
        ack_deadline: *ack_deadline,
        retention: seconds(*retention),
        backoff: (seconds(*first), seconds(*longest)),
        filter: filter.as_deref(),
        ordering: *ordering,
        labels,
        dead_letter: dead_letter.as_ref().map(|dead| {
            let DeadLetter { topic, attempts } = dead;
            (path(module, topic), *attempts)
        }),
        push: push.as_ref().map(|push| {
            let TriggerCall {
                service,
                path: _,
                endpoint,
                audience,
                account,
            } = push;
            PushView {
                endpoint,
                account: &account.email,
                audience,
                policy: service,
            }
        }),
        sink: sink.as_ref(),
        deletion_protection: *deletion_protection,
    })
}

/// A topic by its full name: as a reference where this stage makes it.
pub(super) fn path(module: &Module<'_>, topic: &TopicPath) -> Expr {
    let made = made(module, &topic.project, &topic.id);
    made.map_or_else(
        || Expr(topic.path().hcl().0),
        |local| reference("google_pubsub_topic", local, "id"),
    )
}

/// The name in the blueprint of a topic that this stage makes.
pub(super) fn made<'a>(module: &Module<'a>, project: &str, id: &str) -> Option<&'a str> {
    let topic = module.index.topic(project, id);
    let made = topic.filter(|topic| !topic.existing && module.makes_foundation());
    made.map(|topic| topic.name.as_str())
}

/// The name in the blueprint of a subscription that this stage makes.
pub(super) fn made_subscription<'a>(
    module: &Module<'a>,
    project: &str,
    id: &str,
) -> Option<&'a str> {
    let found = module.index.subscription(project, id);
    let made = found.filter(|one| !one.existing && one.stage() == module.stage);
    made.map(|subscription| subscription.name.as_str())
}

//! Subscriptions: pushed with a token or pulled, with dead letters and what those need.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{pubsub, roles};
use crate::plan::model::{DeadLetter, Resource, Sink, Stage, Subscription, TopicPath, TriggerCall};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::database::existing_idle;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::labels;
use crate::plan::resolve::lies::{self, Lies};
use crate::plan::resolve::principal::named_list;
use crate::plan::resolve::{service, trigger};
use crate::rules;

use super::{agent, invalid, seconds, sink};

/// Seconds that a message may take which is pulled, where nothing is written. Client libraries prolong it while they work.
const ACK_DEADLINE_PULL: u32 = 60;
/// Seconds before a message is delivered again, where nothing is written: the first time, and at the most.
const BACKOFF: (u32, u32) = (10, 600);
/// How often a message is delivered before it is a dead letter, where nothing is written.
const ATTEMPTS: u32 = 5;

/// The subscriptions of the blueprint, by name.
pub(in crate::plan::resolve) fn resolve(
    cx: &mut Context<'_>,
    grants: &mut Grants,
) -> Vec<Subscription> {
    let blueprint = cx.blueprint;
    let all = blueprint.subscriptions.iter();
    all.filter_map(|(name, written)| subscription(cx, name, written, grants))
        .collect()
}

fn subscription(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Subscription,
    grants: &mut Grants,
) -> Option<Subscription> {
    let key = Key::of(&["subscriptions", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Messages, name, "a subscription's name", &at);
    let Some(lies) = lies::subscription(cx, name) else {
        invalid(cx, &key, name, "subscription");
        return None;
    };
    let topic = topic(cx, &key, written, lies.existing);
    let push = push(cx, &key, written, grants);
    let sink = sink::resolve(cx, &key, written, grants);
    let retention = written
        .retention
        .map_or(pubsub::RETENTION_DEFAULT, |retention| retention.seconds);
    let retiring = written.retire == Some(true);
    let mut subscription = Subscription {
        name: name.to_owned(),
        project: lies.project,
        id: lies.id,
        existing: lies.existing,
        topic,
        dead_letter: None,
        ack_deadline: match &sink {
            Some(Sink::Files { duration, .. }) => file_deadline(cx, &key, written, *duration),
            _ => ack_deadline(cx, &key, written, push.as_ref()),
        },
        retention: seconds(cx, &key.then("retention"), retention, pubsub::RETENTION),
        backoff: backoff(
            cx,
            &key.then("backoff"),
            &written.backoff,
            pubsub::BACKOFF_MAX,
        )
        .unwrap_or(BACKOFF),
        filter: filter(cx, &key.then("filter"), written.filter.as_ref()),
        ordering: written.ordering.unwrap_or(false),
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels: labels::of(cx, &key, &written.labels),
        push,
        sink,
    };
    consumers(cx, &key, written, &subscription, grants);
    if lies.existing {
        is_left_alone(cx, &key, written);
    } else {
        let stage = subscription.stage();
        let on = subscription.resource();
        subscription.dead_letter = dead_letter(cx, &key, written, (stage, on), grants);
        somebody_takes(cx, &key, name, written);
    }
    Some(subscription)
}

/// Warns of keys that change nothing about what exists already.
fn is_left_alone(cx: &mut Context<'_>, key: &Key, written: &schema::Subscription) {
    let idle = [
        ("topic", written.topic.is_some()),
        ("target", written.target.is_some()),
        ("path", written.path.is_some()),
        ("bigquery", written.bigquery.is_some()),
        ("storage", written.storage.is_some()),
        ("dead_letter", written.dead_letter.is_some()),
        ("ack_deadline", written.ack_deadline.is_some()),
        ("retention", written.retention.is_some()),
        ("backoff", !written.backoff.is_empty()),
        ("filter", written.filter.is_some()),
        ("ordering", written.ordering.is_some()),
    ];
    existing_idle(cx, key, &idle);
}

/// The topic that it listens to.
fn topic(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    existing: bool,
) -> Option<TopicPath> {
    match &written.topic {
        Some(name) => named_topic(cx, &key.then("topic"), name),
        None if existing => None,
        None => {
            cx.missing(key, "topic", "the topic that it listens to");
            None
        }
    }
}

/// The topic of that name, which is written at a key.
pub(in crate::plan::resolve) fn named_topic(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
) -> Option<TopicPath> {
    let all = &cx.blueprint.topics;
    let place = || Place::Value(key.clone());
    cx.named(rules::TOPIC_UNKNOWN, "topic", name, all, place)?;
    // One that is named wrongly has its own finding.
    lies::topic(cx, name).map(Lies::topic)
}

/// Where its messages are pushed to.
fn push(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    grants: &mut Grants,
) -> Option<TriggerCall> {
    let Some(target) = &written.target else {
        trigger::needs_target(cx, key, "pushes", written.path.as_ref());
        return None;
    };
    trigger::call(cx, key, target, written.path.as_ref(), grants)
}

/// Seconds that a message may take: of a push no less than the service's own.
fn ack_deadline(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    push: Option<&TriggerCall>,
) -> u32 {
    let (least, most) = pubsub::ACK_DEADLINE;
    let timeout = push.and_then(|push| {
        let target = cx.blueprint.services.get(&push.service)?;
        Some((push.service.as_str(), service::timeout(target)))
    });
    let place = key.then("ack_deadline");
    let deadline = match (written.ack_deadline, timeout) {
        (Some(deadline), _) => seconds(cx, &place, deadline.seconds, (least, most)),
        (None, Some((_, timeout))) => timeout.clamp(least, most),
        (None, None) => ACK_DEADLINE_PULL,
    };
    let Some((name, timeout)) = timeout.filter(|(_, timeout)| deadline < *timeout) else {
        return deadline;
    };
    let service = Key::of(&["services", name]);
    let at = if written.ack_deadline.is_some() {
        Place::Value(place)
    } else {
        Place::Value(key.then("target"))
    };
    let finding = cx
        .report(
            rules::ACK_DEADLINE_SHORT,
            format!("`{name}` may work longer on a message than `{key}` waits"),
            &at,
            format!("delivered again after {deadline} seconds"),
        )
        .and(
            &Place::Value(service.then("timeout")),
            format!("an answer may take {timeout} seconds"),
        )
        .note("what is delivered again while it is still worked on is done twice");
    if timeout > most {
        finding.help(format!(
            "Pub/Sub waits {most} seconds at most: lower `timeout` of `{service}`, push to a service of its own, or pull"
        ));
    } else {
        finding.help(format!(
            "leave `ack_deadline` out: it follows from `timeout`; or write `\"{timeout}s\"`"
        ));
    }
    deadline
}

/// Seconds that a message may take which is written to a file: no less than the file.
fn file_deadline(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    duration: u32,
) -> u32 {
    let Some(deadline) = written.ack_deadline else {
        return duration;
    };
    let place = key.then("ack_deadline");
    let deadline = seconds(cx, &place, deadline.seconds, pubsub::ACK_DEADLINE);
    if deadline < duration {
        cx.report(
            rules::ACK_DEADLINE_SHORT,
            format!("`{key}` waits less for a message than a file is written to"),
            &Place::Value(place),
            format!("a file takes {duration} seconds"),
        )
        .help(format!(
            "leave `ack_deadline` out: it follows from `max_duration`; or write `\"{duration}s\"`"
        ));
    }
    deadline
}

/// Seconds between attempts: the first time, and at the most. `None` where nothing is written.
pub(in crate::plan::resolve) fn backoff(
    cx: &mut Context<'_>,
    key: &Key,
    written: &[crate::blueprint::units::Duration],
    max: u32,
) -> Option<(u32, u32)> {
    let (first, longest) = match written {
        [] => return None,
        [first, longest] => (first.seconds, longest.seconds),
        _ => (1, 0),
    };
    if first > longest || longest > max {
        cx.report(
            rules::OUT_OF_RANGE,
            format!("`{key}` is not two lengths of time"),
            &Place::Value(key.clone()),
            format!("takes the first and the longest, at most {max} seconds"),
        )
        .help("for instance `[\"10s\", \"600s\"]`");
    }
    Some((first, longest))
}

/// The filter, which sees attributes alone.
fn filter(cx: &mut Context<'_>, key: &Key, written: Option<&String>) -> Option<String> {
    let filter = written?;
    let problem = if filter.len() > pubsub::FILTER_MAX {
        format!(
            "has {} bytes, and Pub/Sub takes {}",
            filter.len(),
            pubsub::FILTER_MAX
        )
    } else if filter.chars().any(char::is_control) {
        "holds a line break or another control character".to_owned()
    } else if filter.contains("attributes") {
        return Some(filter.clone());
    } else {
        "asks for no attribute".to_owned()
    };
    cx.report(
        rules::FILTER_INVALID,
        format!("`{key}` filters nothing that Pub/Sub knows"),
        &Place::Value(key.clone()),
        problem,
    )
    .note("a filter sees a message's attributes, never its data")
    .help("write for instance `attributes.kind = \"paid\"` or `hasPrefix(attributes.region, \"eu-\")`");
    Some(filter.clone())
}

/// Where its messages go that were delivered in vain, with what Pub/Sub's agent needs for it.
fn dead_letter(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    (stage, on): (Stage, Resource),
    grants: &mut Grants,
) -> Option<DeadLetter> {
    let key = key.then("dead_letter");
    let asked = written.dead_letter.as_ref()?;
    let Some(name) = &asked.topic else {
        cx.missing(&key, "topic", "the topic that takes them");
        return None;
    };
    let place = key.then("topic");
    let topic = named_topic(cx, &place, name)?;
    if written.topic.as_ref() == Some(name) {
        cx.report(
            rules::DEAD_LETTER_SELF,
            format!("dead letters of `{name}` go to `{name}`"),
            &Place::Value(place),
            "they come back for ever",
        )
        .help("write a topic of its own for them, such as `[topics.dead-letters]`");
        return None;
    }
    let attempts = asked.attempts.unwrap_or(ATTEMPTS);
    let (least, most) = pubsub::ATTEMPTS;
    if !(least..=most).contains(&attempts) {
        cx.report(
            rules::OUT_OF_RANGE,
            format!("a message cannot be delivered {attempts} times"),
            &Place::Value(key.then("attempts")),
            format!("takes {least} to {most}"),
        );
    }
    let mut others = cx.blueprint.subscriptions.values();
    let heard = others.any(|other| other.topic.as_ref() == Some(name));
    let existing = lies::topic(cx, name).is_some_and(|lies| lies.existing);
    if !heard && !existing {
        cx.report(
            rules::DEAD_LETTER_UNREAD,
            format!("nobody listens to `{name}`"),
            &Place::Value(place),
            "dead letters are lost",
        )
        .help(format!(
            "write a subscription of it that people pull from: `[subscriptions.{name}]` with `topic = \"{name}\"` and `consumers = [\"group:…\"]`"
        ));
    }
    let agent = agent(cx);
    let role = roles::PUBSUB_PUBLISHER;
    grants.add(topic.resource(), role, agent.clone(), None, &key);
    grants.add_in(stage, on, roles::PUBSUB_SUBSCRIBER, agent, None, &key);
    Some(DeadLetter { topic, attempts })
}

/// Who may pull from outside.
fn consumers(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Subscription,
    subscription: &Subscription,
    grants: &mut Grants,
) {
    let cause = key.then("consumers");
    if let Some((way, does)) = sink::way(written).filter(|_| !written.consumers.is_empty()) {
        cx.report(
            rules::SUBSCRIPTION_PUSHES,
            format!("`{key}` {does}, and somebody is to pull from it"),
            &Place::Key(cause),
            "there is nothing to pull",
        )
        .and(&Place::Value(key.then(way)), "its messages go there")
        .help(format!(
            "write a second subscription of the same topic, without `{way}`, for them"
        ));
        return;
    }
    for principal in named_list(cx, &cause, &written.consumers) {
        let on = subscription.resource();
        grants.add(on, roles::PUBSUB_SUBSCRIBER, principal, None, &cause);
    }
}

/// Somebody takes its messages, and what nobody can process goes somewhere.
fn somebody_takes(cx: &mut Context<'_>, key: &Key, name: &str, written: &schema::Subscription) {
    let place = Place::Key(key.clone());
    if let Some((_, does)) = sink::way(written) {
        if written.dead_letter.is_none() {
            cx.report(
                rules::DEAD_LETTER_MISSING,
                format!("`{key}` {does} a message that cannot be processed again and again"),
                &place,
                "has no dead letters",
            )
            .note("it comes back until `retention` is over, and is lost then")
            .help("write a topic for them and `dead_letter = { topic = \"NAME\" }`");
        }
        return;
    }
    let services = cx.blueprint.services.values().map(|one| &one.consumes);
    let jobs = cx.blueprint.jobs.values().map(|one| &one.consumes);
    let workers = cx.blueprint.workers.values().map(|one| &one.consumes);
    let mut consumed = services.chain(jobs).chain(workers).flatten();
    if written.consumers.is_empty() && !consumed.any(|other| other == name) {
        cx.report(
            rules::SUBSCRIPTION_UNREAD,
            format!("nobody pulls from `{key}`"),
            &place,
            "messages wait until they are lost",
        )
        .help(format!(
            "pull by `consumes = [\"{name}\"]` of a service, job or worker, name people in `consumers`, or push with `target`"
        ));
    }
}

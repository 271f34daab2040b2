//! The posture of topics, subscriptions and schedules.

use super::{Facts, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Plan, Schedule, ScheduleTarget, Sink, Subscription, Topic, TriggerCall};

pub(super) fn facts(plan: &Plan, facts: &mut Facts) {
    for one in &plan.topics {
        topic(plan, one, facts);
    }
    for one in &plan.subscriptions {
        subscription(plan, one, facts);
    }
    for one in &plan.schedules {
        schedule(plan, one, facts);
    }
}

/// What happens on time, and as whom.
fn schedule(plan: &Plan, schedule: &Schedule, facts: &mut Facts) {
    let element = format!("schedules.{}", schedule.name);
    let home = &plan.project.id;
    facts.say(&element, "does", schedule.in_short(home));
    let identity = match &schedule.target {
        ScheduleTarget::Service {
            call: TriggerCall { account, .. },
            ..
        }
        | ScheduleTarget::Job { account, .. }
        | ScheduleTarget::Workflow { account, .. } => account.in_short(home),
        ScheduleTarget::Topic { .. } => "agent of cloudscheduler.googleapis.com",
    };
    facts.say(&element, "identity", identity);
}

fn topic(plan: &Plan, topic: &Topic, facts: &mut Facts) {
    let element = format!("topics.{}", topic.name);
    let publishers = granted_on(plan, &topic.resource(), roles::PUBSUB_PUBLISHER);
    facts.list(&element, "publishers", publishers, "nobody");
    if topic.existing {
        return;
    }
    facts.list(&element, "regions", topic.regions.iter().cloned(), "none");
    if let Some(schema) = &topic.schema {
        facts.say(&element, "schema", schema.in_short(&plan.project.id));
        if let Some(made) = &schema.made {
            facts.say(&element, "definition", made.fingerprint());
            facts.say(&element, "schema_language", made.language.word());
        }
    }
    facts.encryption(plan, &element, topic.encryption_key.as_ref());
    facts.switch(&element, "deletion_protection", topic.deletion_protection);
}

fn subscription(plan: &Plan, subscription: &Subscription, facts: &mut Facts) {
    let element = format!("subscriptions.{}", subscription.name);
    let home = &plan.project.id;
    let consumers = granted_on(plan, &subscription.resource(), roles::PUBSUB_SUBSCRIBER);
    facts.list(&element, "consumers", consumers, "nobody");
    if subscription.existing {
        return;
    }
    if let Some(topic) = &subscription.topic {
        facts.say(&element, "topic", topic.in_short(home));
    }
    match &subscription.push {
        None => {
            let kind = subscription.sink.as_ref().map(Sink::kind);
            facts.say(&element, "delivery", kind.unwrap_or("pull"));
        }
        Some(push) => {
            facts.say(&element, "delivery", "push");
            let endpoint = format!("{}{}", push.service, push.path);
            facts.say(&element, "endpoint", endpoint);
            facts.say(&element, "identity", push.account.in_short(home));
        }
    }
    if let Some(sink) = &subscription.sink {
        facts.say(&element, "writes", sink.place());
    }
    let dead_letter = subscription.dead_letter.as_ref().map(|dead| {
        let topic = dead.topic.in_short(home);
        format!("{topic} after {}", dead.attempts)
    });
    let dead_letter = dead_letter.unwrap_or_else(|| "none".to_owned());
    facts.say(&element, "dead_letter", dead_letter);
    facts.say(&element, "expires", "never");
    let filter = subscription.filter.as_deref().unwrap_or("none");
    facts.say(&element, "filter", filter);
    facts.switch(&element, "ordering", subscription.ordering);
    let protection = subscription.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}

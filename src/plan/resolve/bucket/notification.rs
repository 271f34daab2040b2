//! Notifications: which topics are told what happens to the objects of a bucket.

use std::collections::BTreeSet;

use crate::blueprint::schema::{self, ObjectEvent};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, storage};
use crate::plan::model::Notification;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::event;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::lies;
use crate::rules;

/// What topics are told of the objects of a bucket, with the right of Cloud Storage's agent to publish there.
pub(super) fn all(
    cx: &mut Context<'_>,
    (key, bucket): (&Key, &str),
    written: &schema::Bucket,
    versioning: bool,
    grants: &mut Grants,
) -> Vec<Notification> {
    let mut all = Vec::new();
    for (topic, one) in &written.notifications {
        let key = key.then("notifications").then(topic);
        if let Some(prefix) = &one.prefix {
            let at = Place::Value(key.then("prefix"));
            cx.check_name(
                Kind::Objects,
                prefix,
                "what names of objects begin with",
                &at,
            );
        }
        if !versioning {
            never(cx, &key, bucket, one);
        }
        let topics = &cx.blueprint.topics;
        let place = || Place::Key(key.clone());
        let known = cx.named(rules::TOPIC_UNKNOWN, "topic", topic, topics, place);
        // One that is named wrongly has its own finding.
        let Some(lies) = known.and_then(|_| lies::topic(cx, topic)) else {
            continue;
        };
        comes_back(cx, &key, (bucket, topic), one);
        let path = lies.topic();
        let agent = cx.agent(storage::API, storage::AGENT);
        grants.add(path.resource(), roles::PUBSUB_PUBLISHER, agent, None, &key);
        let events: BTreeSet<ObjectEvent> = one.events.iter().copied().collect();
        all.push(Notification {
            to: topic.clone(),
            topic: path,
            events: events.into_iter().map(ObjectEvent::word).collect(),
            prefix: one.prefix.clone(),
        });
    }
    all
}

/// What notifications tell of: the bucket in Cloud Storage, what happens in Eventarc's words, and where it is written.
pub(in crate::plan::resolve) fn told(cx: &Context<'_>) -> Vec<(String, &'static str, Place)> {
    let mut told = Vec::new();
    for (name, bucket) in &cx.blueprint.buckets {
        let Some(lies) = lies::bucket(cx, name) else {
            continue;
        };
        for (topic, one) in &bucket.notifications {
            let key = Key::of(&["buckets", name, "notifications", topic]);
            let tells = ObjectEvent::ALL
                .into_iter()
                .filter(|event| tells(one, *event));
            let tells = tells.map(ObjectEvent::in_eventarc);
            told.extend(tells.map(|kind| (lies.id.clone(), kind, Place::Key(key.clone()))));
        }
    }
    told
}

/// Whether a notification is of such an event.
fn tells(written: &schema::Notification, event: ObjectEvent) -> bool {
    written.events.is_empty() || written.events.contains(&event)
}

/// Reports what never happens in a bucket without old versions.
fn never(cx: &mut Context<'_>, key: &Key, bucket: &str, written: &schema::Notification) {
    let event = ObjectEvent::ObjectArchive;
    if !written.events.contains(&event) {
        return;
    }
    let place = Place::Part(key.then("events"), event.word().to_owned());
    cx.report(
        rules::EVENT_NEVER,
        format!("no object of `{bucket}` ever becomes an old version"),
        &place,
        "never happens",
    )
    .and(
        &Place::Key(Key::of(&["buckets", bucket])),
        "keeps no old versions",
    )
    .help("tell of `OBJECT_DELETE`, which also happens to what is overwritten");
}

/// Warns where what follows from a message is told by the next one.
fn comes_back(
    cx: &mut Context<'_>,
    key: &Key,
    (bucket, topic): (&str, &str),
    written: &schema::Notification,
) {
    let blueprint = cx.blueprint;
    let made = tells(written, ObjectEvent::ObjectFinalize);
    let begins = written.prefix.as_deref().unwrap_or_default();
    for (name, subscription) in &blueprint.subscriptions {
        if subscription.topic.as_deref() != Some(topic) {
            continue;
        }
        let subscription_key = Key::of(&["subscriptions", name]);
        let files = subscription.storage.as_ref();
        let files = files.filter(|files| files.bucket.as_deref() == Some(bucket) && made);
        let prefix = files.map(|files| files.prefix.as_deref().unwrap_or_default());
        let target = subscription.target.as_deref();
        let service = target.and_then(|target| target.strip_prefix("services."));
        // What a service writes may have other names than those that are told of.
        let service = service.filter(|_| begins.is_empty());
        let (place, does) = if prefix.is_some_and(|prefix| prefix.starts_with(begins)) {
            (
                Place::Value(subscription_key.then("storage")),
                "writes a file there",
            )
        } else if let Some(place) =
            service.and_then(|service| event::changes(blueprint, service, bucket, made))
        {
            (place, event::WRITES)
        } else {
            continue;
        };
        cx.report(
            rules::EVENT_LOOP,
            format!("`{name}` leads to what `{key}` tells it of"),
            &Place::Key(key.clone()),
            "told of what follows from it",
        )
        .and(&place, does)
        .note("each message may lead to the next one, for ever, and each costs")
        .help(
            "write elsewhere: into another bucket, or under names that do not begin with `prefix`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::model::{Plan, Stage};
    use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

    const TOPICS: &str = "[topics.news]\n[topics.theirs]\nexisting = \"projects/acme-siem/topics/files\"\n\
        [subscriptions.news]\ntopic = \"news\"\nconsumers = [\"group:a@example.com\"]\n";

    fn with(notification: &str, lines: &str) -> Resolved {
        let bucket = format!("[buckets.files]\nnotifications = {{ {notification} }}\n{lines}");
        resolve(&[INTERNAL, TOPICS, &bucket])
    }

    fn publishers(plan: &Plan) -> Vec<String> {
        let agent = |to: &str| to.contains("gs-project-accounts");
        let grants = plan.grants.iter();
        let grants = grants.filter(|grant| agent(&grant.to.member().to_string()));
        let on = grants.map(|grant| format!("{} on {}", grant.role, grant.on.full_name()));
        on.collect()
    }

    #[test]
    fn the_agent_may_publish_to_the_topic_and_to_nothing_else() {
        let resolved = with(
            "news = {}, theirs = { events = [\"OBJECT_DELETE\"], prefix = \"a/\" }",
            "",
        );
        assert!(resolved.errors.is_empty(), "{}", resolved.said);
        let plan = resolved.plan();
        let on = |path: &str| format!("roles/pubsub.publisher on //pubsub.googleapis.com/{path}");
        assert_eq!(
            publishers(plan),
            [
                on("projects/acme-siem/topics/files"),
                on("projects/shop-prod/topics/news"),
            ]
        );
        let agents = plan.agents.iter().map(|agent| agent.service.as_str());
        assert_eq!(agents.collect::<Vec<_>>(), ["storage.googleapis.com"]);
        assert_eq!(
            resolved.fact("buckets.files.notifications"),
            Some("OBJECT_DELETE of a/ to files in acme-siem, everything to news")
        );
        let home = &plan.project.id;
        let stages = plan.notifications().map(|(_, one)| one.stage(home));
        assert_eq!(
            stages.collect::<Vec<_>>(),
            [Stage::Foundation, Stage::Services]
        );
    }

    #[test]
    fn what_cannot_be_is_told() {
        for (notification, lines, code) in [
            ("newz = {}", "", "topic-unknown"),
            ("news = { prefix = \"a b\" }", "", "invalid-name"),
        ] {
            let resolved = with(notification, lines);
            assert_eq!(resolved.errors, [code], "{notification} {lines}");
        }
        assert!(
            with("news = {}", "existing = true")
                .warnings
                .contains(&"existing-idle")
        );
        let versions = "news = { events = [\"OBJECT_ARCHIVE\"] }";
        let never = |lines: &str| with(versions, lines).warnings.contains(&"event-never");
        assert!(never("versioning = false") && !never(""));
    }

    #[test]
    fn what_follows_from_a_message_is_not_told_by_the_next_one() {
        let sink = |prefix: &str| {
            format!(
                "[topics.dead]\n[subscriptions.dead]\ntopic = \"dead\"\nconsumers = [\"group:a@example.com\"]\n\
                [subscriptions.kept]\ntopic = \"news\"\ndead_letter = \"dead\"\nstorage = {{ bucket = \"files\", prefix = \"{prefix}\" }}\n"
            )
        };
        let looped = |notification: &str, lines: &str| {
            with(notification, lines).warnings.contains(&"event-loop")
        };
        assert!(looped("news = {}", &sink("out/")));
        assert!(looped("news = { prefix = \"out\" }", &sink("out/")));
        assert!(!looped("news = { prefix = \"in/\" }", &sink("out/")));
        assert!(!looped(
            "news = { events = [\"OBJECT_DELETE\"] }",
            &sink("out/")
        ));
        assert!(!looped("theirs = {}", &sink("out/")));
    }

    #[test]
    fn a_bucket_tells_of_no_more_than_cloud_storage_does() {
        let topic = |n| format!("[topics.topic-{n}]\npublishers = [\"group:a@example.com\"]\n");
        let topics = (0..11).map(topic).collect::<Vec<String>>().concat();
        let told = |many: usize| {
            let all: Vec<String> = (0..many).map(|n| format!("topic-{n} = {{}}")).collect();
            with(&all.join(", "), &topics).errors
        };
        assert!(told(10).is_empty());
        assert_eq!(told(11), ["too-many"]);
    }
}

//! Events: what Eventarc hears of, where, and whom it tells.

mod log;
mod own;

use std::collections::BTreeMap;

use crate::blueprint::schema::{
    self, Blueprint, BucketAccess, EventType, GoogleEvent, ObjectEvent, Table,
};
use crate::blueprint::{Key, Place};
use crate::diag::similar;
use crate::name::Kind;
use crate::plan::google::{eventarc, pubsub, roles, storage};
use crate::plan::model::{Event, EventSource, EventTarget};
use crate::rules;

use super::account::principal_of;
use super::bucket::keeps_versions;
use super::context::Context;
use super::grants::Grants;
use super::lies::{self, Lies};
use super::messages::named_topic;
use super::{labels, service, trigger};

/// The events of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Event> {
    let blueprint = cx.blueprint;
    let all = blueprint.events.iter();
    let events: Vec<Event> = all
        .filter_map(|(name, written)| event(cx, name, written, grants))
        .collect();
    crowded(cx, &events);
    events
}

/// Whether an event tells of the objects of a bucket.
pub(super) fn hears_of_bucket(blueprint: &Blueprint, bucket: &str) -> bool {
    let events = blueprint.events.values();
    let google = events.filter(|event| matches!(event.r#type, Some(EventType::Google(_))));
    google
        .filter_map(|event| event.filters.get("bucket"))
        .any(|one| one == bucket)
}

/// The APIs whose data access has to be logged for an event to be told of.
pub(super) fn logged(events: &[Event]) -> impl Iterator<Item = &str> {
    events.iter().filter_map(|event| match &event.source {
        EventSource::Log {
            service, method, ..
        } if !eventarc::is_always_logged(service, method) => Some(service.as_str()),
        _ => None,
    })
}

fn event(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Event,
    grants: &mut Grants,
) -> Option<Event> {
    let key = Key::of(&["events", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Compute, name, "an event's name", &at);
    if written.r#type.is_none() {
        cx.missing(&key, "type", "what happens");
    }
    let source = match &written.r#type {
        None => None,
        Some(EventType::Google(kind)) => {
            others_idle(cx, &key, *kind, written);
            source(cx, &key, *kind, written)
        }
        Some(EventType::Own(kind)) => {
            location_idle(cx, &key, written, "it lies where the channel does");
            own::source(cx, &key, kind, written)
        }
    };
    let target = target(cx, &key, written, grants);
    let labels = labels::of(cx, &key, &written.labels);
    let (source, location) = source?;
    let target = target?;
    granted(cx, &key, &source, &target, grants);
    Some(Event {
        name: name.to_owned(),
        source,
        location,
        target,
        labels,
    })
}

/// What happens, and where the trigger has to lie for it.
fn source(
    cx: &mut Context<'_>,
    key: &Key,
    of: GoogleEvent,
    written: &schema::Event,
) -> Option<(EventSource, String)> {
    let filters = &written.filters;
    let kind = match of {
        GoogleEvent::ObjectFinalized => ObjectEvent::ObjectFinalize,
        GoogleEvent::ObjectDeleted => ObjectEvent::ObjectDelete,
        GoogleEvent::ObjectArchived => ObjectEvent::ObjectArchive,
        GoogleEvent::ObjectMetadataUpdated => ObjectEvent::ObjectMetadataUpdate,
        GoogleEvent::MessagePublished => {
            location_idle(cx, key, written, "it lies in the project's region");
            let topic = messages(cx, key, filters)?;
            return Some((topic, cx.project.region.clone()));
        }
        GoogleEvent::LogWritten => return log::source(cx, key, written),
    };
    location_idle(cx, key, written, "it lies where the bucket does");
    objects(cx, key, kind, filters)
}

/// Something that happens to objects of a bucket.
fn objects(
    cx: &mut Context<'_>,
    key: &Key,
    of: ObjectEvent,
    filters: &Table<String>,
) -> Option<(EventSource, String)> {
    let blueprint = cx.blueprint;
    let name = asked(cx, key, "bucket", filters)?;
    let place = Place::Value(key.then("filters").then("bucket"));
    let all = &blueprint.buckets;
    let bucket = cx.named(rules::BUCKET_UNKNOWN, "bucket", name, all, || place.clone())?;
    // One that is named wrongly has its own finding.
    let lies = lies::bucket(cx, name)?;
    if !is_here(cx, &lies, &place, "bucket") {
        return None;
    }
    if of == ObjectEvent::ObjectArchive && !lies.existing && !keeps_versions(bucket) {
        cx.report(
            rules::EVENT_NEVER,
            format!("no object of `{name}` ever becomes an old version"),
            &Place::Value(key.then("type")),
            "never happens",
        )
        .and(&Place::Key(Key::of(&["buckets", name])), "keeps no old versions")
        .help("listen to `google.cloud.storage.object.v1.deleted`, which also tells of what is overwritten");
    }
    let location = bucket.location.clone();
    let location = location.unwrap_or_else(|| cx.project.region.clone());
    let source = EventSource::Objects {
        kind: of.in_eventarc(),
        bucket: lies.id,
    };
    Some((source, location))
}

/// Messages of a topic.
fn messages(cx: &mut Context<'_>, key: &Key, filters: &Table<String>) -> Option<EventSource> {
    let name = asked(cx, key, "topic", filters)?;
    let place = key.then("filters").then("topic");
    named_topic(cx, &place, name)?;
    let lies = lies::topic(cx, name)?;
    if !is_here(cx, &lies, &Place::Value(place), "topic") {
        return None;
    }
    Some(EventSource::Messages {
        topic: lies.topic(),
    })
}

/// A filter that such an event has to have.
fn asked<'w>(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    filters: &'w Table<String>,
) -> Option<&'w String> {
    let written = filters.get(name);
    if written.is_none() {
        nowhere(cx, key, "filters", &format!("lacks `{name}`"));
    }
    written
}

/// Reports an event that does not say where it happens, at the key that would.
fn nowhere(cx: &mut Context<'_>, key: &Key, at: &str, lacks: &str) {
    cx.report(
        rules::EVENT_FILTER_INVALID,
        format!("`{key}` does not say where it happens"),
        &Place::Key(key.then(at)),
        lacks,
    )
    .and(&Place::Value(key.then("type")), "what happens");
}

/// Eventarc hears of nothing that lies in another project.
fn is_here(cx: &mut Context<'_>, lies: &Lies, place: &Place, what: &str) -> bool {
    let here = lies.project == cx.project.id;
    if !here {
        let help = match what {
            "topic" => {
                "write a subscription of it that pushes: `[subscriptions.NAME]` with `topic` and `target`"
            }
            "channel" => {
                "let its code publish to a channel of this project: `publishers` of `[channels.NAME]`"
            }
            _ => {
                "let that project publish what happens to a topic, and write a subscription of it that pushes"
            }
        };
        cx.report(
            rules::EVENT_ELSEWHERE,
            format!("`{}` is a {what} of `{}`", lies.id, lies.project),
            place,
            "in another project",
        )
        .note("a trigger tells of buckets, topics and channels of its own project alone")
        .help(help);
    }
    here
}

/// Reports filters that this kind of event does not have, and a channel.
fn others_idle(cx: &mut Context<'_>, key: &Key, kind: GoogleEvent, written: &schema::Event) {
    let takes: &[&str] = match kind {
        GoogleEvent::ObjectFinalized
        | GoogleEvent::ObjectDeleted
        | GoogleEvent::ObjectArchived
        | GoogleEvent::ObjectMetadataUpdated => &["bucket"],
        GoogleEvent::MessagePublished => &["topic"],
        GoogleEvent::LogWritten => &schema::LOG_FILTERS,
    };
    let label = match takes {
        [one] => format!("such an event takes `{one}`"),
        _ => "such an event takes `serviceName`, `methodName` and `resourceName`".to_owned(),
    };
    let others = written.filters.keys();
    let others = others.filter(|name| !takes.contains(&name.as_str()));
    let mut idle: Vec<(&str, Key)> = others
        .map(|name| (name.as_str(), key.then("filters").then(name)))
        .collect();
    idle.extend((written.channel.as_ref()).map(|_| ("channel", key.then("channel"))));
    for (name, at) in idle {
        let place = Place::Key(at);
        let finding = cx.report(
            rules::EVENT_FILTER_INVALID,
            format!("`{name}` filters nothing of `{key}`"),
            &place,
            label.clone(),
        );
        let finding = finding.and(&Place::Value(key.then("type")), "what happens");
        let known = takes.iter().copied();
        match similar(name, known).filter(|near| !written.filters.contains_key(*near)) {
            Some(near) => finding.replace("a similar name exists", &place, name, near),
            None => finding.help("leave it out"),
        };
    }
}

/// Reports a location of what has its own.
fn location_idle(cx: &mut Context<'_>, key: &Key, written: &schema::Event, why: &str) {
    if written.location.is_some() {
        cx.report(
            rules::EVENT_LOCATION,
            format!("`location` of `{key}` changes nothing"),
            &Place::Key(key.then("location")),
            why,
        )
        .and(&Place::Value(key.then("type")), "what happens")
        .help("leave it out");
    }
}

/// Whom it is told.
fn target(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Event,
    grants: &mut Grants,
) -> Option<EventTarget> {
    let blueprint = cx.blueprint;
    let Some(target) = &written.target else {
        cx.missing(key, "target", "whom it is told");
        return None;
    };
    let at = key.then("target");
    let (kind, name) = target.split_once('.').unwrap_or((target, ""));
    match kind {
        "services" => {
            let call = trigger::call(cx, key, target, written.path.as_ref(), grants)?;
            comes_back(cx, key, written, &call.service);
            is_answered_late(cx, key, &call.service);
            Some(EventTarget::Service(call))
        }
        "workflows" => {
            let path = [("path", written.path.is_some())];
            let without = "a workflow is started without";
            trigger::idle(cx, key, "whom it is told", without, &path);
            let all = &blueprint.workflows;
            let place = || Place::Part(at.clone(), name.to_owned());
            cx.named(rules::TARGET_UNKNOWN, "workflow", name, all, place)?;
            Some(EventTarget::Workflow {
                account: trigger::beginner(cx, &at, name, grants),
                workflow: name.to_owned(),
            })
        }
        _ => {
            let kinds = [
                ("services", blueprint.services.contains_key(target)),
                ("workflows", blueprint.workflows.contains_key(target)),
            ];
            let unknown = kinds.iter().all(|(_, there)| !there);
            let finding = trigger::not_a_target(cx, &Place::Value(at), target, &kinds);
            if unknown && kind == "jobs" {
                finding.help("write a workflow that starts the job by its `runs`, and tell that");
            }
            None
        }
    }
}

/// Warns where a service does what it is told of: each event leads to the next one.
fn comes_back(cx: &mut Context<'_>, key: &Key, written: &schema::Event, name: &str) {
    let blueprint = cx.blueprint;
    let service = Key::of(&["services", name]);
    let Some(table) = blueprint.services.get(name) else {
        return;
    };
    // What else a program publishes to a channel, nothing here says.
    let Some(EventType::Google(kind)) = written.r#type else {
        return;
    };
    let filter = |name: &str| written.filters.get(name);
    let (place, does) = match (filter("bucket"), filter("topic")) {
        (Some(bucket), None) => {
            let made = kind == GoogleEvent::ObjectFinalized;
            let Some(place) = changes(blueprint, name, bucket, made) else {
                return;
            };
            (place, WRITES)
        }
        (None, Some(topic)) if table.publishes.contains(topic) => {
            let place = Place::Part(service.then("publishes"), topic.clone());
            (place, "publishes there")
        }
        _ => return,
    };
    cx.report(
        rules::EVENT_LOOP,
        format!("`{name}` does what `{key}` tells it of"),
        &Place::Value(key.then("target")),
        "called by what it does itself",
    )
    .and(&place, does)
    .note("each event may lead to the next one, for ever, and each call costs")
    .help("let it write elsewhere, into another bucket or topic");
}

/// Where a service says that it changes objects of a bucket, by which it is told of what it does itself. `made` says whether it is told of
/// new ones, which are all that some may write.
pub(super) fn changes(
    blueprint: &Blueprint,
    service: &str,
    bucket: &str,
    made: bool,
) -> Option<Place> {
    let table = blueprint.services.get(service)?;
    let key = Key::of(&["services", service]);
    let changes = match table.buckets.get(bucket) {
        Some(BucketAccess::Write) => true,
        Some(BucketAccess::Create) => made,
        Some(BucketAccess::Read) | None => false,
    };
    if changes {
        return Some(Place::Value(key.then("buckets").then(bucket)));
    }
    let mut volumes = table.volumes.iter();
    let (volume, _) = volumes.find(|(_, volume)| {
        volume.bucket.as_deref() == Some(bucket) && volume.read_only != Some(true)
    })?;
    Some(Place::Value(key.then("volumes").then(volume)))
}

/// What is said of that place.
pub(super) const WRITES: &str = "writes objects there";

/// Warns where a service may answer when the event has been delivered again.
fn is_answered_late(cx: &mut Context<'_>, key: &Key, name: &str) {
    let timeout = cx.blueprint.services.get(name).map_or(0, service::timeout);
    let (_, most) = pubsub::ACK_DEADLINE;
    if timeout > most {
        let service = Key::of(&["services", name]);
        cx.report(
            rules::ACK_DEADLINE_SHORT,
            format!("`{name}` may work longer on an event than `{key}` waits"),
            &Place::Value(key.then("target")),
            format!("delivered again after {most} seconds at the latest"),
        )
        .and(
            &Place::Value(service.then("timeout")),
            format!("an answer may take {timeout} seconds"),
        )
        .note("what is delivered again while it is still worked on is done twice")
        .help(format!(
            "lower `timeout` of `{service}`, or tell a workflow: it has taken an event when it begins"
        ));
    }
}

/// What Google's agents and the account of the trigger need.
fn granted(
    cx: &Context<'_>,
    key: &Key,
    source: &EventSource,
    target: &EventTarget,
    grants: &mut Grants,
) {
    let account = match target {
        EventTarget::Service(call) => &call.account,
        EventTarget::Workflow { account, .. } => account,
    };
    let cause = key.then("target");
    let to = principal_of(account);
    grants.on_project(roles::EVENT_RECEIVER, to, None, &cause);
    let cause = key.then("type");
    let to = cx.agent(eventarc::API, eventarc::AGENT);
    grants.on_project(roles::EVENTARC_AGENT, to, None, &cause);
    if let EventSource::Objects { .. } = source {
        // It publishes to a topic whose name Eventarc chooses.
        let to = cx.agent(storage::API, storage::AGENT);
        grants.on_project(roles::PUBSUB_PUBLISHER, to, None, &cause);
    }
}

/// Reports a bucket of which more events of a kind are told than Cloud Storage tells.
fn crowded(cx: &mut Context<'_>, events: &[Event]) {
    let mut told: BTreeMap<(String, &str), Vec<Place>> = BTreeMap::new();
    for (bucket, kind, place) in super::bucket::told(cx) {
        told.entry((bucket, kind)).or_default().push(place);
    }
    for event in events {
        if let EventSource::Objects { kind, bucket } = &event.source {
            let place = Key::of(&["events", &event.name, "filters", "bucket"]);
            let all = told.entry((bucket.clone(), kind)).or_default();
            all.push(Place::Value(place));
        }
    }
    let most = storage::TOLD_OF_MAX;
    let crowded = told.into_values().filter(|all| all.len() > most);
    // What is told of everything is too much of each.
    let crowded: BTreeMap<_, _> = crowded
        .map(|all| (cx.span(&all[most]).start, (all.len(), all[most].clone())))
        .collect();
    for (many, place) in crowded.into_values() {
        cx.report(
            rules::TOO_MANY,
            format!("{many} notifications and events tell of the same of one bucket"),
            &place,
            format!("at most {most}"),
        )
        .help("tell one topic, which all the others listen to");
    }
}

#[cfg(test)]
mod tests;

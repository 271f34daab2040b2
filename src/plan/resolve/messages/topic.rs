//! Topics, and who publishes from outside.

use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{pubsub, roles};
use crate::plan::model::{Resource, Topic};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::database::existing_idle;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::labels;
use crate::plan::resolve::principal::named_list;

use super::{place, seconds};

/// The topics of the blueprint, by name.
pub(in crate::plan::resolve) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Topic> {
    let mut topics = Vec::new();
    for (name, written) in &cx.blueprint.topics {
        let key = Key::of(&["topics", name]);
        let at = Place::Key(key.clone());
        cx.check_name(Kind::Messages, name, "a topic's name", &at);
        let Some(lies) = place::topic(cx, name) else {
            place::invalid(cx, &key, name, "topic");
            continue;
        };
        let on = Resource::Topic {
            project: lies.project.clone(),
            name: lies.id.clone(),
        };
        let cause = key.then("publishers");
        for principal in named_list(cx, &cause, &written.publishers) {
            grants.add(on.clone(), roles::PUBSUB_PUBLISHER, principal, None, &cause);
        }
        if lies.existing {
            let idle = [("retention", written.retention.is_some())];
            existing_idle(cx, &key, &idle);
        }
        let at = key.then("retention");
        let retention = written
            .retention
            .map(|retention| seconds(cx, &at, retention.seconds, pubsub::RETENTION));
        let retiring = written.retire == Some(true);
        topics.push(Topic {
            name: name.clone(),
            project: lies.project,
            id: lies.id,
            existing: lies.existing,
            retention,
            regions: vec![cx.project.region.clone()],
            deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
            labels: labels::of(cx, &key, &written.labels),
        });
    }
    topics
}

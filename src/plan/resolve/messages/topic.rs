//! Topics, and who publishes from outside.

use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{pubsub, roles};
use crate::plan::model::Topic;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::database::existing_idle;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::labels;
use crate::plan::resolve::lies;
use crate::plan::resolve::principal::named_list;

use super::{invalid, schema, seconds};

/// The topics of the blueprint, by name.
pub(in crate::plan::resolve) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Topic> {
    let mut topics = Vec::new();
    for (name, written) in &cx.blueprint.topics {
        let key = Key::of(&["topics", name]);
        let at = Place::Key(key.clone());
        cx.check_name(Kind::Messages, name, "a topic's name", &at);
        let Some(lies) = lies::topic(cx, name) else {
            invalid(cx, &key, name, "topic");
            continue;
        };
        if lies.existing {
            let idle = [
                ("retention", written.retention.is_some()),
                ("schema", written.schema.is_some()),
            ];
            existing_idle(cx, &key, &idle);
        }
        let at = key.then("retention");
        let retention = written
            .retention
            .map(|retention| seconds(cx, &at, retention.seconds, pubsub::RETENTION));
        // What belongs to a topic of somebody else is left as it is.
        let schema = if lies.existing {
            None
        } else {
            schema::resolve(cx, &key, name, written)
        };
        let retiring = written.retire == Some(true);
        let topic = Topic {
            name: name.clone(),
            project: lies.project,
            id: lies.id,
            existing: lies.existing,
            retention,
            schema,
            regions: vec![cx.project.region.clone()],
            encryption_key: None,
            deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
            labels: labels::of(cx, &key, &written.labels),
        };
        let cause = key.then("publishers");
        for principal in named_list(cx, &cause, &written.publishers) {
            let on = topic.resource();
            grants.add(on, roles::PUBSUB_PUBLISHER, principal, None, &cause);
        }
        topics.push(topic);
    }
    topics
}

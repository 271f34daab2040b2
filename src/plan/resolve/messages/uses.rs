//! What services and jobs publish to and pull from.

use crate::blueprint::{Key, Place};
use crate::plan::google::roles;
use crate::plan::model::{Principal, Resource};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::lies;
use crate::plan::resolve::workload::Parts;
use crate::rules;

use super::{named_topic, sink};

/// Grants an element what its `publishes` and `consumes` need.
pub(in crate::plan::resolve) fn grant(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let cause = parts.key.then("publishes");
    for (index, name) in parts.publishes.iter().enumerate() {
        if let Some(topic) = named_topic(cx, &cause.item(index), name) {
            let role = roles::PUBSUB_PUBLISHER;
            grants.add(topic.resource(), role, principal.clone(), None, &cause);
        }
    }
    let cause = parts.key.then("consumes");
    for (index, name) in parts.consumes.iter().enumerate() {
        let place = || Place::Value(cause.item(index));
        let all = &cx.blueprint.subscriptions;
        let unknown = rules::SUBSCRIPTION_UNKNOWN;
        let Some(subscription) = cx.named(unknown, "subscription", name, all, place) else {
            continue;
        };
        if let Some((way, does)) = sink::way(subscription) {
            let target = Place::Value(Key::of(&["subscriptions", name]).then(way));
            cx.report(
                rules::SUBSCRIPTION_PUSHES,
                format!("`{}` pulls from `{name}`, which {does}", parts.key),
                &place(),
                "there is nothing to pull",
            )
            .and(&target, "its messages go there")
            .help(format!(
                "write a second subscription of the same topic, without `{way}`, and pull from it"
            ));
            continue;
        }
        let Some(lies) = lies::subscription(cx, name) else {
            continue;
        };
        let on = Resource::Subscription {
            project: lies.project,
            name: lies.id,
        };
        let role = roles::PUBSUB_SUBSCRIBER;
        grants.add(on, role, principal.clone(), None, &cause);
    }
}

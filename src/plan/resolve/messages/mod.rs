//! Topics and subscriptions: who publishes, who pulls, what is pushed where.

mod schema;
mod sink;
mod subscription;
mod topic;
mod uses;

use crate::blueprint::{Key, Place};
use crate::plan::google::pubsub;
use crate::plan::model::Principal;
use crate::rules;

use super::context::Context;

pub(super) use subscription::{backoff, named_topic, resolve as subscriptions};
pub(super) use topic::resolve as topics;
pub(super) use uses::grant;

/// The agent by which Pub/Sub acts.
fn agent(cx: &Context<'_>) -> Principal {
    cx.agent(pubsub::API, pubsub::AGENT)
}

/// A length of time at a key, in seconds; reported where it is not within these limits.
pub(super) fn seconds(
    cx: &mut Context<'_>,
    key: &Key,
    value: u32,
    (least, most): (u32, u32),
) -> u32 {
    if !(least..=most).contains(&value) {
        let name = key.to_string();
        let name = name.rsplit('.').next().unwrap_or_default();
        cx.report(
            rules::OUT_OF_RANGE,
            format!("`{name}` cannot be {value} seconds"),
            &Place::Value(key.clone()),
            format!("takes {least} to {most} seconds"),
        );
    }
    value
}

/// Reports a full name that names no topic or subscription.
fn invalid(cx: &mut Context<'_>, key: &Key, name: &str, what: &str) {
    cx.report(
        rules::EXISTING_INVALID,
        format!("`{name}` does not name a {what}"),
        &Place::Value(key.then("existing")),
        format!("not a {what}'s full name"),
    )
    .help(format!(
        "write `projects/PROJECT/{what}s/NAME`, or `true` for this name in this project"
    ));
}

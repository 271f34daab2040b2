//! What topics are told of the objects of buckets.

use askama::Template;

use super::filters;
use super::grants;
use super::messages;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::storage;
use crate::plan::model::{Bucket, Notification, Principal};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/notifications.tf.j2")]
struct File<'a> {
    notifications: Vec<NotificationView<'a>>,
}

struct NotificationView<'a> {
    local: String,
    bucket: Expr,
    topic: Expr,
    events: &'a [&'static str],
    prefix: Option<&'a str>,
    /// The grant by which Cloud Storage may publish, where this stage makes it.
    grant: Option<Expr>,
}

/// Adds those that this stage makes.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let all = plan.notifications();
    let here = all.filter(|(_, one)| one.stage(&plan.project.id) == module.stage);
    let file = File {
        notifications: here
            .map(|(bucket, one)| view(module, bucket, one))
            .collect(),
    };
    let summary = "Notifications: what happens to the objects of buckets, published to topics.";
    module.add("notifications.tf", summary, &file);
}

fn view<'a>(
    module: &Module<'a>,
    bucket: &'a Bucket,
    notification: &'a Notification,
) -> NotificationView<'a> {
    let Notification {
        to: _,
        topic,
        events,
        prefix,
    } = notification;
    let local = notification.name(bucket);
    // Cloud Storage's right to publish; of a topic elsewhere its owner gives that.
    let mut grants = module.plan.grants_on(&topic.resource()).iter();
    let grant = grants.find(|grant| {
        module.makes_foundation()
            && matches!(&grant.to, Principal::Agent { service, .. } if service == storage::API)
    });
    let bucket = if module.makes_foundation() {
        reference("google_storage_bucket", &bucket.name, "name")
    } else {
        Expr(bucket.bucket.hcl().0)
    };
    NotificationView {
        local,
        bucket,
        topic: messages::path(module, topic),
        events,
        prefix: prefix.as_deref(),
        grant: grant.map(|grant| grants::address(module, grant)),
    }
}

//! What topics are told of the objects of buckets.

use askama::Template;

use super::filters;
use super::script::Script;
use crate::plan::model::{Bucket, Notification, Plan, Stage};

/// The kind of notifications in the library.
pub(super) const KIND: &str = "storage buckets notifications";

#[derive(Template)]
#[template(path = "gcloud/notifications.sh.j2")]
struct Section<'a> {
    notifications: Vec<NotificationView<'a>>,
}

struct NotificationView<'a> {
    /// What the step calls it.
    shown: String,
    bucket: &'a str,
    topic: String,
    events: String,
    prefix: Option<&'a str>,
}

/// Whether a topic is told of objects.
pub(super) fn any(plan: &Plan) -> bool {
    plan.notifications().next().is_some()
}

/// Adds the steps of a stage. They come after the grant without which Cloud Storage refuses the topic.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, stage: Stage) {
    let all = plan.notifications();
    let here = all.filter(|(_, one)| one.stage(&plan.project.id) == stage);
    let home = plan.project.id.as_str();
    let notifications: Vec<_> = here.map(|(bucket, one)| view(home, bucket, one)).collect();
    if !notifications.is_empty() {
        script.section(&Section { notifications });
    }
}

fn view<'a>(
    home: &str,
    bucket: &'a Bucket,
    notification: &'a Notification,
) -> NotificationView<'a> {
    let Notification {
        to: _,
        topic,
        events,
        prefix,
    } = notification;
    NotificationView {
        shown: format!("{} to {}", bucket.bucket, topic.in_short(home)),
        bucket: &bucket.bucket,
        topic: topic.path(),
        events: events.join(","),
        prefix: prefix.as_deref(),
    }
}

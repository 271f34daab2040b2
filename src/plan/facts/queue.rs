//! The posture of queues.

use super::{Facts, granted_on};
use crate::plan::google::roles;
use crate::plan::model::{Plan, Queue, QueueTarget};

pub(super) fn queue(plan: &Plan, queue: &Queue, facts: &mut Facts) {
    let element = format!("queues.{}", queue.name);
    let enqueuers = granted_on(plan, &queue.resource(), roles::TASKS_ENQUEUER);
    facts.list(&element, "enqueuers", enqueuers, "nobody");
    if queue.existing {
        return;
    }
    let endpoint = match &queue.target {
        Some(QueueTarget {
            call,
            host: Some(_),
        }) => format!("{}{}", call.service, call.path),
        // Whoever adds a task says where it goes.
        _ => "anywhere".to_owned(),
    };
    facts.say(&element, "endpoint", endpoint);
    if let Some(QueueTarget { call, host: _ }) = &queue.target {
        let identity = call.account.in_short(&plan.project.id);
        facts.say(&element, "identity", identity);
    }
    let protection = queue.deletion_protection;
    facts.switch(&element, "deletion_protection", protection);
}

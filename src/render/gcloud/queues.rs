//! Queues of tasks.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by, who};
use crate::plan::google::roles;
use crate::plan::model::{Plan, Queue, QueueTarget, Text, TriggerCall};
use crate::render::seconds;

/// The kind that is read.
pub(super) const KIND: &str = "tasks queues";

#[derive(Template)]
#[template(path = "gcloud/queues.sh.j2")]
struct Queues<'a> {
    queues: Vec<QueueView<'a>>,
}

struct QueueView<'a> {
    name: &'a str,
    region: &'a str,
    rate: &'a str,
    concurrency: u32,
    attempts: u32,
    backoff: (String, String),
    logs: &'a str,
    /// Account and audience of the token.
    token: Option<(&'a str, &'a Text)>,
    address: Option<Text>,
}

/// Whether there is a queue that is made here.
pub(super) fn any(plan: &Plan) -> bool {
    plan.queues.iter().any(|queue| !queue.existing)
}

/// Adds the queues that are made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    script.section(&Queues {
        queues: plan.queues.iter().filter_map(view).collect(),
    });
}

fn view(queue: &Queue) -> Option<QueueView<'_>> {
    let Queue {
        name: _,
        project: _,
        region,
        id,
        existing,
        target,
        rate,
        concurrency,
        attempts,
        backoff: (first, longest),
        logs,
        // gcloud cannot set it; it is a protection against Terraform's own destroy.
        deletion_protection: _,
    } = queue;
    (!existing).then(|| QueueView {
        name: id,
        region,
        rate,
        concurrency: *concurrency,
        attempts: *attempts,
        backoff: (seconds(*first), seconds(*longest)),
        logs,
        token: target.as_ref().map(|target| {
            let TriggerCall {
                service: _,
                path: _,
                endpoint: _,
                audience,
                account,
            } = &target.call;
            (account.email.as_str(), audience)
        }),
        address: target.as_ref().and_then(address),
    })
}

/// The address that every task gets, in gcloud's form.
fn address(target: &QueueTarget) -> Option<Text> {
    let QueueTarget { call, host } = target;
    let address = Text::from("scheme:HTTPS,host:").then_text(host.as_ref()?);
    Some(address.then(&format!(",path:{},mode:ALWAYS", call.path)))
}

/// How a fact of a queue is read.
pub(super) fn reading(plan: &Plan, queue: &str, name: &str) -> Option<Reading> {
    let found = plan.queues.iter().find(|one| one.name == queue)?;
    match name {
        "enqueuers" => who(plan, &found.resource(), roles::TASKS_ENQUEUER),
        "endpoint" => by(["tasks_go_to", &found.id]),
        "identity" => by(["task_identity", &found.id]),
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        _ => None,
    }
}

//! Queues of tasks.

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::model::{Queue, QueueTarget, Text, TriggerCall};
use crate::render::seconds;

#[derive(Template)]
#[template(path = "terraform/queues.tf.j2")]
struct File<'a> {
    project: Expr,
    queues: Vec<QueueView<'a>>,
}

struct QueueView<'a> {
    local: &'a str,
    name: &'a str,
    region: &'a str,
    rate: Expr,
    concurrency: u32,
    attempts: u32,
    backoff: (String, String),
    logs: Expr,
    target: Option<TargetView<'a>>,
    deletion_protection: bool,
}

struct TargetView<'a> {
    account: Expr,
    audience: &'a Text,
    /// The host and the path that every task gets.
    address: Option<(&'a Text, &'a str)>,
}

/// Adds the queues that are made here.
pub(super) fn add(module: &mut Module<'_>) {
    let file = File {
        project: module.project("cloudtasks.googleapis.com"),
        queues: (module.plan.queues.iter()).filter_map(view).collect(),
    };
    let summary = "Queues of tasks: how fast they are sent, and whose token they bring.";
    module.add("queues.tf", summary, &file);
}

fn view(queue: &Queue) -> Option<QueueView<'_>> {
    let Queue {
        name: local,
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
        deletion_protection,
    } = queue;
    (!existing).then(|| QueueView {
        local,
        name: id,
        region,
        rate: Expr(rate.clone()),
        concurrency: *concurrency,
        attempts: *attempts,
        backoff: (seconds(*first), seconds(*longest)),
        logs: Expr(logs.clone()),
        target: target.as_ref().map(|target| {
            let QueueTarget {
                call:
                    TriggerCall {
                        service: _,
                        path,
                        endpoint: _,
                        audience,
                        account,
                    },
                host,
            } = target;
            TargetView {
                // Made in this stage: a task that brings its token has to find it.
                account: reference("google_service_account", &account.id, "email"),
                audience,
                address: host.as_ref().map(|host| (host, path.as_str())),
            }
        }),
        deletion_protection: *deletion_protection,
    })
}

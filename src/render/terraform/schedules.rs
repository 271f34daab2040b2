//! Schedules: what happens on time.

use askama::Template;

use super::filters;
use super::module::Module;
use super::words::Expr;
use crate::plan::google::scheduler;
use crate::plan::model::{Schedule, ScheduleTarget, Text, TriggerCall};
use crate::render::seconds;

#[derive(Template)]
#[template(path = "terraform/schedules.tf.j2")]
struct File<'a> {
    project: Expr,
    region: &'a str,
    schedules: Vec<ScheduleView<'a>>,
}

struct ScheduleView<'a> {
    name: &'a str,
    description: String,
    cron: &'a str,
    time_zone: &'a str,
    attempts: u32,
    backoff: (String, String),
    target: TargetView<'a>,
    /// What must be there before it happens: the policy that lets the account do it, or what it starts.
    first: Option<Expr>,
}

enum TargetView<'a> {
    Call {
        deadline: String,
        method: &'a str,
        uri: &'a Text,
        body: Option<(&'a str, &'a str)>,
        account: &'a str,
        audience: &'a Text,
    },
    Start {
        deadline: String,
        uri: &'a str,
        /// What is sent, and its type.
        body: Option<(&'a str, &'a str)>,
        account: &'a str,
        scope: &'a str,
    },
    Publish {
        topic: String,
        body: &'a str,
    },
}

/// Adds the schedules.
pub(super) fn add(module: &mut Module<'_>) {
    let plan = module.plan;
    let schedules = plan.schedules.iter();
    let file = File {
        project: module.project(scheduler::API),
        region: &plan.project.region,
        schedules: schedules.map(|one| view(module, one)).collect(),
    };
    let summary = "Schedules: what happens on time, each by an account that may do nothing else.";
    module.add("schedules.tf", summary, &file);
}

fn view<'a>(module: &Module<'a>, schedule: &'a Schedule) -> ScheduleView<'a> {
    let Schedule {
        name,
        cron,
        time_zone,
        target,
        attempts,
        backoff: (first, longest),
    } = schedule;
    let policy = |kind: &str, name: &str| {
        Some(Expr(format!(
            "google_cloud_run_v2_{kind}_iam_policy.{}",
            super::id(name)
        )))
    };
    let (target, before) = match target {
        ScheduleTarget::Service {
            call:
                TriggerCall {
                    service,
                    path: _,
                    endpoint: uri,
                    audience,
                    account,
                },
            method,
            body,
            deadline,
        } => (
            TargetView::Call {
                deadline: seconds(*deadline),
                method,
                uri,
                body: body.as_ref().map(|(text, kind)| (text.as_str(), *kind)),
                account: &account.email,
                audience,
            },
            policy("service", service),
        ),
        ScheduleTarget::Job {
            job,
            uri,
            account,
            deadline,
        } => (
            TargetView::Start {
                deadline: seconds(*deadline),
                uri,
                body: None,
                account: &account.email,
                scope: scheduler::SCOPE,
            },
            policy("job", job),
        ),
        ScheduleTarget::Workflow {
            workflow,
            uri,
            body,
            account,
            deadline,
        } => (
            TargetView::Start {
                deadline: seconds(*deadline),
                uri,
                body: Some((body, scheduler::JSON)),
                account: &account.email,
                scope: scheduler::SCOPE,
            },
            Some(Expr(format!(
                "google_workflows_workflow.{}",
                super::id(workflow)
            ))),
        ),
        ScheduleTarget::Topic { topic, body } => (
            TargetView::Publish {
                topic: topic.path(),
                body,
            },
            None,
        ),
    };
    ScheduleView {
        name,
        description: schedule.in_short(&module.plan.project.id),
        cron,
        time_zone,
        attempts: *attempts,
        backoff: (seconds(*first), seconds(*longest)),
        target,
        first: before,
    }
}

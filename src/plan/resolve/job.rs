//! Jobs: what runs to its end, and what waits for it.

use std::fmt::Write as _;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::{Kind, short_hash};
use crate::plan::google::{roles, run};
use crate::plan::model::{Database, EnvValue, Job, VolumeSource, Workload};
use crate::rules;

use super::calls;
use super::context::Context;
use super::exposure::developers;
use super::principal::named_list;
use super::service::owned;
use super::trigger;
use super::workload::{self, Gathered, Main, Parts};

/// Seconds that a task may take, where nothing is written.
const TIMEOUT: u32 = 600;

/// The jobs of the blueprint, by name.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Vec<Job> {
    let blueprint = cx.blueprint;
    blueprint
        .jobs
        .iter()
        .map(|(name, written)| job(cx, name, written, gathered, databases))
        .collect()
}

fn job(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Job,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Job {
    let key = Key::of(&["jobs", name]);
    cx.check_name(
        Kind::Workload,
        name,
        "a job's name",
        &Place::Key(key.clone()),
    );
    let on = cx.project.job(name);
    let grants = &mut gathered.grants;
    let invokers = key.then("invokers");
    for principal in named_list(cx, &invokers, &written.invokers) {
        grants.add(on.clone(), roles::RUN_INVOKER, principal, None, &invokers);
    }
    developers(cx, &key, &written.developers, &on, grants);
    let main = Main {
        port: None,
        cpu_idle: true,
        startup_boost: false,
        startup: None,
        liveness: None,
    };
    let parts = Parts::of_job(name, written);
    let workload = workload::resolve(cx, &parts, main, gathered, databases);
    let granted = (&workload.account, &mut gathered.grants);
    let calls = calls::resolve(cx, &key, name, written.egress, &written.calls, granted);
    let before = before(cx, &key, written);
    let tasks = in_range(
        cx,
        &key,
        "tasks",
        written.tasks.unwrap_or(1),
        1,
        run::TASKS_MAX,
    );
    let parallelism = in_range(
        cx,
        &key,
        "parallelism",
        written.parallelism.unwrap_or(1),
        1,
        run::TASKS_MAX,
    );
    let retries = in_range(
        cx,
        &key,
        "retries",
        written.retries.unwrap_or(0),
        0,
        run::RETRIES_MAX,
    );
    let timeout = written.timeout.map_or(TIMEOUT, |timeout| timeout.seconds);
    let timeout = in_range(cx, &key, "timeout", timeout, 1, run::TASK_TIMEOUT_MAX);
    let retiring = written.retire == Some(true);
    Job {
        name: name.to_owned(),
        policy: Vec::new(),
        tasks,
        parallelism,
        retries,
        timeout,
        run_token: (!before.is_empty()).then(|| run_token(&workload)),
        before,
        ci_owns: owned(written.ci_owns.iter().copied().map(Into::into)),
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        retiring,
        after_policies: cx.calls.after_policies(None, &calls),
        calls,
        workload,
    }
}

fn in_range(cx: &mut Context<'_>, key: &Key, what: &str, value: u32, least: u32, most: u32) -> u32 {
    if !(least..=most).contains(&value) {
        let place = Place::Value(key.then(what));
        cx.report(
            rules::OUT_OF_RANGE,
            format!("`{what}` cannot be {value}"),
            &place,
            format!("takes {least} to {most}"),
        );
    }
    value
}

/// The services that wait for a job, without `services.`.
fn before(cx: &mut Context<'_>, key: &Key, written: &schema::Job) -> Vec<String> {
    let mut before = Vec::new();
    for (index, target) in written.before.iter().enumerate() {
        let item = key.then("before").item(index);
        before.extend(trigger::service(cx, &item, target));
    }
    before.sort();
    before.dedup();
    before
}

/// A hash of what an execution is made of. A migration runs again when this changes, and only then, so nothing goes in
/// that does not change what it does.
fn run_token(workload: &Workload) -> String {
    let mut made_of = String::new();
    for container in &workload.containers {
        // Writing to a `String` cannot fail. Lengths keep neighbouring texts apart.
        let _ = write!(made_of, "{}:{};", container.name.len(), container.name);
        let image = container.image.to_string();
        let _ = write!(made_of, "{}:{image};", image.len());
        for part in &container.command {
            let _ = write!(made_of, "c{}:{part};", part.len());
        }
        for part in &container.args {
            let part = part.to_string();
            let _ = write!(made_of, "a{}:{part};", part.len());
        }
        for variable in &container.env {
            let value = match &variable.value {
                EnvValue::Text(text) => text.to_string(),
                EnvValue::Secret(version) => format!("{}:{}", version.secret, version.version),
            };
            let _ = write!(made_of, "e{}={}:{value};", variable.name, value.len());
        }
    }
    for volume in &workload.volumes {
        if let VolumeSource::Secret {
            secret,
            mode: _,
            items,
        } = &volume.source
        {
            for item in items {
                let _ = write!(made_of, "v{secret}:{}:{};", item.version, item.path);
            }
        }
    }
    short_hash(&made_of)
}

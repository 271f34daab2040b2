//! Worker pools: what runs all the time and fetches its work itself.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::run;
use crate::plan::model::{Database, Worker};
use crate::rules;

use super::calls;
use super::context::Context;
use super::reference;
use super::service::owned;
use super::workload::{self, Gathered, Main, Parts};

/// The worker pools of the blueprint, by name.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Vec<Worker> {
    let blueprint = cx.blueprint;
    blueprint
        .workers
        .iter()
        .map(|(name, written)| worker(cx, name, written, gathered, databases))
        .collect()
}

fn worker(
    cx: &mut Context<'_>,
    name: &str,
    written: &schema::Worker,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Worker {
    let key = Key::of(&["workers", name]);
    cx.check_name(
        Kind::Workload,
        name,
        "a worker's name",
        &Place::Key(key.clone()),
    );
    let main = Main {
        port: None,
        cpu_idle: false,
        startup_boost: false,
        startup: None,
        liveness: None,
    };
    let parts = Parts::of_worker(name, written);
    let workload = workload::resolve(cx, &parts, main, gathered, databases);
    let granted = (&workload.account, &mut gathered.grants);
    let calls = calls::resolve(cx, &key, name, written.egress, &written.calls, granted);
    let instances = written.instances.unwrap_or(1);
    if instances > run::INSTANCES_QUOTA && reference::in_network(written.egress) {
        cx.report(
            rules::MAX_ABOVE_QUOTA,
            format!("`{key}` has {instances} instances"),
            &Place::Value(key.then("instances")),
            format!(
                "a new project often may have {} in a network",
                run::INSTANCES_QUOTA
            ),
        )
        .help("ask for more of the quota of Direct VPC egress first, or lower `instances`");
    }
    let retiring = written.retire == Some(true);
    Worker {
        name: name.to_owned(),
        instances,
        ci_owns: owned(written.ci_owns.iter().copied().map(Into::into)),
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        retiring,
        after_policies: cx.calls.after_policies(None, &calls),
        calls,
        workload,
    }
}

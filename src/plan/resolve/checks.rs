//! Rules that look across elements: sizes that must hold a rollout, names that must differ.

mod circle;
mod names;

use ipnet::Ipv4Net;

use crate::blueprint::{Key, Place};
use crate::plan::google::{database as sql, memorystore, network as google, roles};
use crate::plan::model::{Auth, Plan, Workload};
use crate::plan::{Pool, connections, pools};
use crate::rules;

use super::account::element_of;
use super::context::Context;
use super::database::password;
use super::{cache, key, registry, rename};

/// Reports what does not fit together.
pub(super) fn check(cx: &mut Context<'_>, plan: &Plan) {
    something_runs(cx, plan);
    somebody_may_call(cx, plan);
    names::check(
        cx,
        plan,
        // What stands in for a service in another region runs as that service.
        plan.declared()
            .map(|workload| &workload.account)
            .chain(plan.workflows.iter().map(|workflow| &workflow.account))
            .map(|account| (element_of(account), account)),
    );
    circle::check(cx, plan);
    subnet_holds(cx, plan);
    pools_fit(cx, plan);
    key::somebody_uses(cx, plan);
    registry::somebody_uses(cx, plan);
    cache::somebody_uses(cx, plan);
    password::check(cx, plan);
    rename::check(cx);
}

fn something_runs(cx: &mut Context<'_>, plan: &Plan) {
    if plan.workloads().next().is_none() {
        let place = Place::Key(Key::of(&["project"]));
        cx.report(
            rules::NOTHING_RUNS,
            "the blueprint has no service, no job and no worker",
            &place,
            "nothing runs here",
        )
        .help("write `[services.NAME]` with an `image`");
    }
}

/// A public service that asks for an ID token has somebody who may bring one.
fn somebody_may_call(cx: &mut Context<'_>, plan: &Plan) {
    let closed = plan.services.iter().filter(|service| {
        let invokers = service
            .policy
            .iter()
            .any(|binding| binding.role == roles::RUN_INVOKER);
        // Where `auth` is not written, or an invoker cannot be read, that is reported.
        let written = cx.blueprint.services.get(&service.name);
        let asks = written.is_some_and(|one| one.auth.is_some() && one.invokers.is_empty());
        service.public && service.auth == Auth::Iam && asks && !invokers
    });
    let closed: Vec<_> = closed.collect();
    for service in closed {
        let key = Key::of(&["services", &service.name]);
        let message = format!("`{key}` is public, but nobody may call it");
        cx.report(rules::NOBODY_MAY_CALL, message, &Place::Key(key), "every request gets 403")
            .help("name who may: `invokers = [\"group:…\"]`; or `auth = \"iap\"` for people, `\"anonymous\"` for everybody");
    }
}

/// Each subnetwork holds all instances of its region while new revisions take over.
fn subnet_holds(cx: &mut Context<'_>, plan: &Plan) {
    let Some(network) = &plan.network else {
        return;
    };
    let home = cx.project.region.clone();
    for (subnetwork, range) in network.made() {
        let key = Key::of(&["network"]);
        let (key, caches, balancer) = if subnetwork.region == home {
            let balancer = u64::from(plan.internal_edge.is_some());
            (key.then("subnet"), plan.caches.len(), balancer)
        } else {
            (key.then("subnets").then(&subnetwork.region), 0, 0)
        };
        let in_it = |workload: &Workload| {
            let vpc = workload.vpc.as_ref();
            vpc.is_some_and(|vpc| vpc.subnetwork == subnetwork.path)
        };
        let count: u64 = plan
            .instances()
            .filter(|(workload, _)| in_it(workload))
            .map(|(_, instances)| u64::from(instances))
            .sum();
        range_holds(cx, &key, range, count, (caches, balancer));
    }
}

/// A range, which stands at that key, holds so many instances, caches and addresses of load balancers.
fn range_holds(
    cx: &mut Context<'_>,
    key: &Key,
    range: Ipv4Net,
    count: u64,
    (caches, balancers): (usize, u64),
) {
    let caches = u64::try_from(caches).unwrap_or(u64::MAX);
    let of_caches = caches.saturating_mul(memorystore::ADDRESSES);
    let needed = count * google::ADDRESSES_PER_INSTANCE + google::SUBNET_RESERVED;
    let needed = needed.saturating_add(of_caches).saturating_add(balancers);
    let size = 1_u64 << (32 - range.prefix_len());
    // A range that is no size for Direct VPC egress at all has its own finding.
    if needed <= size || range.prefix_len() > google::SUBNET_MAX_PREFIX {
        return;
    }
    let prefix = 32 - u8::try_from(needed.next_power_of_two().ilog2()).unwrap_or(32);
    let larger = Ipv4Net::new(range.addr(), prefix).map_or(range, |larger| larger.trunc());
    let (place, label) = if cx.blueprint.network.is_some() {
        (Place::Value(key.clone()), format!("{size} addresses"))
    } else {
        let place = Place::Key(Key::of(&["project"]));
        (
            place,
            format!("there is no `[network]`, so {size} addresses"),
        )
    };
    let for_caches = match of_caches {
        0 => String::new(),
        many => format!(", {many} for caches"),
    };
    let for_balancer = match balancers {
        0 => "",
        _ => ", 1 for the internal load balancer",
    };
    let (table, name) = match key.names().as_slice() {
        [table, name] => ((*table).to_owned(), *name),
        [table, inside, name] => (format!("{table}.{inside}"), *name),
        _ => return,
    };
    cx.report(
        rules::SUBNET_TOO_SMALL,
        format!("`{range}` is too small for {count} instances"),
        &place,
        label,
    )
    .note(format!(
        "{count} instances × {} addresses during a rollout{for_caches}{for_balancer}, and {} that Google keeps",
        google::ADDRESSES_PER_INSTANCE,
        google::SUBNET_RESERVED
    ))
    .help(format!(
        "write `{name} = \"{larger}\"` in `[{table}]`, or lower `max`"
    ));
}

/// The pools of all instances fit into a database while new revisions take over.
fn pools_fit(cx: &mut Context<'_>, plan: &Plan) {
    for database in plan
        .databases
        .iter()
        .filter(|database| !database.existing && database.max_connections > 0)
    {
        let pools: Vec<Pool<'_>> = pools(plan, &database.name).collect();
        let needed = connections(plan, &database.name);
        let Some(first) = pools.first() else { continue };
        if needed <= u64::from(database.max_connections) {
            continue;
        }
        let accepted = database.max_connections;
        let message = format!(
            "up to {needed} connections, but `{}` accepts {accepted}",
            database.name
        );
        let sentence = |pool: &Pool<'_>| {
            let Pool {
                table: _,
                element: _,
                size,
                instances,
                revisions,
            } = pool;
            if *revisions > 1 {
                format!("{size} × {instances} instances × {revisions} during a rollout")
            } else {
                format!("{size} × {instances} tasks")
            }
        };
        // The number, or the relation where none is written.
        let place = |pool: &Pool<'_>| {
            let key = Key::of(&[pool.table, pool.element, "databases", &database.name]);
            Place::Value(key.then("pool"))
        };
        let label = format!(
            "{}, and {} reserved",
            sentence(first),
            sql::CONNECTIONS_RESERVED
        );
        let mut finding = cx
            .report(rules::POOL_EXCEEDS_DATABASE, message, &place(first), label)
            .and(
                &Place::Value(Key::of(&["databases", &database.name, "tier"])),
                format!("{accepted} connections"),
            );
        for pool in &pools[1..] {
            finding = finding.and(&place(pool), sentence(pool));
        }
        finding.note("lower `pool` or `max`, or take a larger tier");
    }
}

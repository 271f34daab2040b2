//! What services, jobs and workers have in common: the account, the network, containers, volumes, grants.

mod container;
mod env;
pub(super) mod gpu;
pub(super) mod grant;
pub(super) mod leak;
mod memory;
mod mount;
mod parts;
pub(super) mod probe;
mod proxy;
mod volume;

use std::collections::BTreeSet;

use crate::blueprint::Place;
use crate::blueprint::schema::Egress;
use crate::plan::google::{database as sql, roles};
use crate::plan::model::{
    Account, Connect, Database, DatabaseUse, Engine, Internet, Resource, VpcAccess, VpcEgress,
    Workload,
};
use crate::rules;

use super::account::{self, principal_of};
use super::context::Context;
use super::database::password;
use super::grants::Grants;
use super::labels;
use super::messages;
use super::queue;
use super::reference::{self, Speaker};
use super::secret::{self, Reading};
use super::{bucket, cache, channel, database, dataset, firestore, key, network, start};
pub(super) use container::Main;
pub(super) use grant::grant_resource;
use grant::{extra_grants, image_grants};
pub(super) use parts::{Gathered, Parts, Runs};

/// Resolves what a service, a job or a worker runs, and as whom.
pub(super) fn resolve(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    main: Main,
    gathered: &mut Gathered,
    databases: &[Database],
) -> Workload {
    let account = account::checked(cx, &parts.key, parts.name, parts.service_account);
    let principal = principal_of(&account);
    let used = databases_used(cx, parts, &mut gathered.grants, &account, databases);
    cache::used(cx, parts, &mut gathered.grants, &principal);
    firestore::used(cx, parts, &mut gathered.grants, &principal);
    dataset::used(cx, parts, &mut gathered.grants, &principal);
    bucket::used(
        cx,
        &parts.key.then("buckets"),
        parts.buckets,
        &mut gathered.grants,
        &principal,
    );
    key::used(cx, parts, &mut gathered.grants, &principal);
    let speaker = Speaker {
        key: &parts.key,
        name: parts.name,
        is_service: parts.runs == Runs::Service,
        calls: parts.calls,
        publishes: parts.publishes,
        consumes: parts.consumes,
        starts: parts.starts,
        is_workflow: false,
        enqueues: parts.enqueues,
        databases: parts.databases,
        caches: parts.caches,
        channels: parts.channels,
        firestores: parts.firestores,
        datasets: parts.datasets,
        buckets: parts.buckets,
        keys: parts.keys,
        volumes: parts.volumes,
        secrets: parts.secrets,
        sidecars: parts.sidecars,
    };
    let (containers, volumes) = container::resolve(
        cx, parts, main, speaker, gathered, &principal, &used, databases,
    );
    gpu::check(cx, parts, &containers[0]);
    for (index, written) in parts.secrets.read.iter().enumerate() {
        let key = parts.key.then("secrets").then("read").item(index);
        secret::read(
            cx,
            &mut gathered.uses,
            &mut gathered.grants,
            &principal,
            &key,
            written,
            Reading::Late,
        );
    }
    if parts.telemetry == Some(true) {
        let cause = parts.key.then("telemetry");
        gathered
            .grants
            .on_project(roles::TRACE_AGENT, principal.clone(), None, &cause);
        gathered
            .grants
            .on_project(roles::METRIC_WRITER, principal.clone(), None, &cause);
    }
    messages::grant(cx, parts, &mut gathered.grants, &principal);
    channel::used(cx, parts, &mut gathered.grants, &principal);
    let starts = start::resolve(
        cx,
        &parts.key,
        parts.starts,
        &mut gathered.grants,
        &principal,
    );
    queue::grant(cx, parts, &mut gathered.grants, &principal);
    let cause = parts.key.then("grants");
    extra_grants(cx, &cause, parts.grants, &mut gathered.grants, &principal);
    image_grants(cx, parts, &containers, &mut gathered.grants);
    let vpc = vpc(cx, parts, &account);
    let secrets = secrets_read(parts);
    Workload {
        account,
        vpc,
        internet: match parts.egress {
            None | Some(Egress::Private | Egress::Outside) => Internet::Direct,
            Some(Egress::Closed) => Internet::None,
            Some(Egress::Nat) => Internet::Nat,
        },
        containers,
        volumes,
        databases: used,
        caches: sorted(parts.caches),
        secrets,
        enqueues: sorted(parts.enqueues),
        channels: sorted(parts.channels),
        publishes: sorted(parts.publishes),
        consumes: sorted(parts.consumes),
        starts,
        encryption_key: None,
        binary_authorization: false,
        labels: labels::of(cx, &parts.key, parts.labels),
    }
}

/// Names, each once, in order.
fn sorted(names: &[String]) -> Vec<String> {
    let unique: BTreeSet<&String> = names.iter().collect();
    unique.into_iter().cloned().collect()
}

fn databases_used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    account: &Account,
    databases: &[Database],
) -> Vec<DatabaseUse> {
    let principal = principal_of(account);
    let mut used = Vec::new();
    for (name, written) in parts.databases {
        let key = parts.key.then("databases").then(name);
        let all = &cx.blueprint.databases;
        let rule = rules::DATABASE_UNKNOWN;
        let place = || Place::Part(parts.key.then("databases"), name.clone());
        let Some(written_database) = cx.named(rule, "database", name, all, place) else {
            continue;
        };
        if !reference::in_network(parts.egress) {
            cx.report(
                rules::DATABASE_OUT_OF_REACH,
                format!("`{}` uses `{name}` but is not in the network", parts.name),
                &Place::Value(parts.key.then("egress")),
                "the database has a private address only",
            )
            .and(&Place::Key(key.clone()), "used here")
            .help("write `egress = \"private\"`, or leave `egress` out");
        }
        let connect = database::connect(written_database);
        let pool = written.pool.unwrap_or(sql::POOL);
        if pool == 0 {
            cx.report(
                rules::OUT_OF_RANGE,
                "a pool needs a connection",
                &Place::Value(key.then("pool")),
                "takes 1 or more",
            );
        }
        // A database that could not be resolved has its own findings.
        if let Some(database) = databases.iter().find(|database| database.name == *name) {
            match &written.user {
                Some(login) => password::used(cx, parts, name, login, written_database),
                None => login_fits(cx, parts, account, database),
            }
            let cause = parts.key.then("databases");
            let on = Resource::Project {
                project: database.project.clone(),
            };
            let client = (connect != Connect::Direct).then_some(roles::CLOUDSQL_CLIENT);
            // Whoever brings a password does not log in by IAM.
            let by_iam = (written.user.is_none()).then_some(roles::CLOUDSQL_INSTANCE_USER);
            for only in database::only(database) {
                for role in client.into_iter().chain(by_iam) {
                    let (on, to) = (on.clone(), principal.clone());
                    grants.add(on, role, to, Some(only.clone()), &cause);
                }
            }
        }
        used.push(DatabaseUse {
            database: name.clone(),
            pool,
            connect,
            password_user: written.user.clone(),
        });
    }
    used
}

/// The name that an element logs in with fits into the engine.
fn login_fits(cx: &mut Context<'_>, parts: &Parts<'_>, account: &Account, database: &Database) {
    let login = database::login(database.engine, &account.email);
    if database.engine != Engine::Postgres || login.len() <= sql::POSTGRES_LOGIN_MAX {
        return;
    }
    let place = if parts.service_account.is_some() {
        Place::Value(parts.key.then("service_account"))
    } else {
        Place::Key(parts.key.clone())
    };
    cx.report(
        rules::DATABASE_USER_TOO_LONG,
        format!("`{}` could not log in to `{}`", parts.key, database.name),
        &place,
        format!(
            "`{login}` has {} characters, and PostgreSQL takes {}",
            login.len(),
            sql::POSTGRES_LOGIN_MAX
        ),
    )
    .help("take a shorter name here, or a project with a shorter id");
}

fn vpc(cx: &Context<'_>, parts: &Parts<'_>, account: &Account) -> Option<VpcAccess> {
    let egress = match parts.egress {
        Some(Egress::Outside) => return None,
        None | Some(Egress::Private) => VpcEgress::PrivateRanges,
        Some(Egress::Closed | Egress::Nat) => VpcEgress::All,
    };
    let named = network::named(cx);
    // The tag is the account's id: it is unique in the network, and says the same.
    Some(VpcAccess {
        egress,
        network: named.network,
        subnetwork: named.subnetwork,
        tags: vec![account.id.clone()],
    })
}

/// The secrets that an element reads, each once.
pub(super) fn secrets_read(parts: &Parts<'_>) -> Vec<String> {
    let own = std::iter::once(parts.secrets);
    let uses = own.chain(parts.sidecars.values().map(|sidecar| &sidecar.secrets));
    let mut names: Vec<String> = uses
        .flat_map(|uses| {
            uses.env
                .values()
                .chain(uses.files.values())
                .chain(uses.read.iter())
        })
        .filter_map(|written| written.split(':').next())
        .map(str::to_owned)
        .chain(cache::authorities_read(parts))
        .collect();
    names.sort();
    names.dedup();
    names
}

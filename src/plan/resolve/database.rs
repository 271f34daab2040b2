//! Databases of Cloud SQL.

mod flags;
mod machine;
pub(super) mod password;
mod upkeep;

use std::collections::BTreeMap;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::database as sql;
use crate::plan::model::{
    Availability, Condition, Connect, Database, DatabaseUse, DatabaseUser, Engine, Plan, Replica,
    TlsMode,
};
use crate::rules;

use super::context::Context;
use super::labels;
use super::lies::{self, Lies};
use super::project::is_production;
use flags::{flags, max_connections};
use machine::{edition, tier, version};
use upkeep::{backups, maintenance};

/// The engine in the plan's words.
pub(super) fn engine(written: schema::Engine) -> Engine {
    match written {
        schema::Engine::Postgres => Engine::Postgres,
        schema::Engine::Mysql => Engine::Mysql,
    }
}

/// The name that the code logs in with, by the engine's own naming
/// (<https://cloud.google.com/sql/docs/postgres/iam-authentication>, <https://cloud.google.com/sql/docs/mysql/iam-authentication>).
pub(super) fn login(engine: Engine, email: &str) -> String {
    match engine {
        Engine::Postgres => email.trim_end_matches(".gserviceaccount.com").to_owned(),
        Engine::Mysql => email.split('@').next().unwrap_or_default().to_owned(),
    }
}

/// `PROJECT:REGION:INSTANCE`, as connectors take it.
pub(super) fn connection_name(cx: &Context<'_>, name: &str) -> String {
    let lies = lies::database(cx, name);
    let (project, instance) = lies
        .as_ref()
        .map_or((cx.project.id.as_str(), name), |lies| {
            (lies.project.as_str(), lies.id.as_str())
        });
    format!("{project}:{}:{instance}", cx.project.region)
}

/// The name of a replica, counted from 1.
pub(super) fn replica_name(name: &str, number: u32) -> String {
    format!("{name}-replica-{number}")
}

/// The conditions under which a project-wide role reaches one instance only, and then each of its replicas: Google asks for the
/// right on the very instance that somebody logs in to (<https://cloud.google.com/sql/docs/postgres/iam-conditions>).
pub(super) fn only(database: &Database) -> impl Iterator<Item = Condition> {
    let condition = |name: &str, instance: &str| Condition {
        title: format!("only-{name}"),
        expression: format!(
            "resource.name == 'projects/{}/instances/{instance}' && resource.type == 'sqladmin.googleapis.com/Instance'",
            database.project
        ),
    };
    // Of what exists already no replica is made.
    let replicas = database.replicas.iter().filter(|_| !database.existing);
    let replicas = replicas.map(move |replica| condition(&replica.name, &replica.name));
    std::iter::once(condition(&database.name, &database.instance)).chain(replicas)
}

/// The databases of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>) -> Vec<Database> {
    let blueprint = cx.blueprint;
    blueprint
        .databases
        .iter()
        .filter_map(|(name, written)| database(cx, name, written))
        .collect()
}

fn database(cx: &mut Context<'_>, name: &str, written: &schema::Database) -> Option<Database> {
    let key = Key::of(&["databases", name]);
    cx.check_name(
        Kind::DatabaseInstance,
        name,
        "a database's name",
        &Place::Key(key.clone()),
    );
    let Some(Lies {
        project,
        id,
        existing,
    }) = lies::database(cx, name)
    else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a database"),
            &Place::Value(key.then("existing")),
            "not an instance's full name",
        )
        .help("write `projects/PROJECT/instances/NAME`, or `true` for this name in this project");
        return None;
    };
    let replicas = replicas(cx, &key, written);
    if existing {
        nothing_idle(cx, &key, written);
    } else {
        fits(cx, &key, &project, &id, replicas);
    }
    let connection_name = connection_name(cx, name);
    let Some(engine) = written.engine.map(engine) else {
        cx.missing(&key, "engine", "`postgres` or `mysql`");
        return None;
    };
    let version = version(cx, &key, engine, written, existing);
    somebody_logs_in(cx, &key, engine, written);
    let password_users = password::users(cx, &key, written);
    if !existing {
        stands_by(cx, &key, written);
    }
    let tier = tier(cx, &key, written, existing);
    let edition = edition(cx, &key, written, tier.as_deref());
    let max_connections = max_connections(cx, &key, engine, written, tier.as_deref());
    let flags = flags(cx, &key, engine, written, max_connections);
    let backups = backups(cx, &key, written);
    let maintenance = maintenance(cx, &key, written);
    let labels = labels::of(cx, &key, &written.labels);
    let tier = tier.or_else(|| existing.then(String::new));
    let names = names(cx, &key, name, written);
    let retiring = written.retire == Some(true);
    let replicas = (1..=replicas)
        .map(|number| Replica {
            name: replica_name(name, number),
            region: cx.project.region.clone(),
            tier: tier.clone().unwrap_or_default(),
        })
        .collect();
    Some(Database {
        name: name.to_owned(),
        instance: id,
        project,
        connection_name,
        existing,
        engine,
        version: version?,
        tier: tier?,
        edition,
        availability: match written.availability {
            None | Some(schema::Availability::Regional) => Availability::Regional,
            Some(schema::Availability::Zonal) => Availability::Zonal,
        },
        tls: match written.tls {
            None | Some(schema::DatabaseTls::Encrypted) => TlsMode::Encrypted,
            Some(schema::DatabaseTls::Mtls) => TlsMode::Mtls,
        },
        connectors_only: connect(written) != Connect::Direct,
        names,
        users: Vec::new(),
        password_users,
        flags,
        max_connections,
        backups,
        maintenance,
        replicas,
        encryption_key: None,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels,
    })
}

/// The names of project and instance, and of the last replica, are short enough together.
fn fits(cx: &mut Context<'_>, key: &Key, project: &str, id: &str, replicas: u32) {
    let last = (replicas > 0).then(|| replica_name(id, replicas));
    let longest = last.as_deref().unwrap_or(id);
    let length = project.len() + 1 + longest.len();
    if length > sql::PROJECT_AND_INSTANCE_MAX {
        cx.report(
            rules::DATABASE_NAME_TOO_LONG,
            format!("`{project}:{longest}` has {length} characters"),
            &Place::Key(key.clone()),
            format!(
                "Cloud SQL takes {} of project and instance together",
                sql::PROJECT_AND_INSTANCE_MAX
            ),
        );
    }
}

/// What exists already is left as it is.
fn nothing_idle(cx: &mut Context<'_>, key: &Key, written: &schema::Database) {
    let idle = [
        ("backups", written.backups.is_some()),
        ("flags", !written.flags.is_empty()),
        ("maintenance", written.maintenance.is_some()),
        ("replicas", written.replicas.is_some()),
    ];
    existing_idle(cx, key, &idle);
}

/// A direct connection brings no client certificate.
fn somebody_logs_in(cx: &mut Context<'_>, key: &Key, engine: Engine, written: &schema::Database) {
    if engine == Engine::Postgres
        && written.tls == Some(schema::DatabaseTls::Mtls)
        && connect(written) == Connect::Direct
    {
        cx.report(
            rules::MTLS_NEEDS_CONNECTOR,
            format!("nobody could log in to `{key}`"),
            &Place::Value(key.then("tls")),
            "asks for a certificate that only connectors and the Auth Proxy bring",
        )
        .and(&Place::Value(key.then("connect")), "they are not used")
        .help("take `connect = \"connector\"` or `\"proxy\"`, or `tls = \"encrypted\"`");
    }
}

/// Production has a second zone.
fn stands_by(cx: &mut Context<'_>, key: &Key, written: &schema::Database) {
    if written.availability == Some(schema::Availability::Zonal)
        && is_production(cx.environment_name())
    {
        cx.report(
            rules::DATABASE_IN_ONE_ZONE,
            format!("`{key}` stands still when its zone does"),
            &Place::Value(key.then("availability")),
            "no second zone stands by",
        )
        .help("take `regional`, which is the default, for production");
    }
}

/// Warns of keys that change nothing about what exists already.
pub(super) fn existing_idle(cx: &mut Context<'_>, key: &Key, keys: &[(&str, bool)]) {
    for (name, _) in keys.iter().filter(|(_, written)| *written) {
        cx.report(
            rules::EXISTING_IDLE,
            format!("`{name}` of `{key}` changes nothing"),
            &Place::Key(key.then(name)),
            "it is left as it is",
        )
        .and(&Place::Key(key.then("existing")), "it exists already")
        .help("leave one of the two out");
    }
}

/// How many read replicas there are; never more than Cloud SQL makes.
fn replicas(cx: &mut Context<'_>, key: &Key, written: &schema::Database) -> u32 {
    let replicas = written.replicas.unwrap_or(0);
    if replicas > sql::REPLICAS_MAX {
        cx.report(
            rules::OUT_OF_RANGE,
            format!("a database cannot have {replicas} replicas"),
            &Place::Value(key.then("replicas")),
            format!("takes at most {}", sql::REPLICAS_MAX),
        );
    }
    replicas.min(sql::REPLICAS_MAX)
}

/// How workloads connect to a database.
pub(super) fn connect(written: &schema::Database) -> Connect {
    match written.connect {
        None | Some(schema::Connect::Connector) => Connect::Connector,
        Some(schema::Connect::Proxy) => Connect::Proxy,
        Some(schema::Connect::Direct) => Connect::Direct,
    }
}

fn names(cx: &mut Context<'_>, key: &Key, name: &str, written: &schema::Database) -> Vec<String> {
    if written.names.is_empty() {
        cx.check_name(
            Kind::DatabaseName,
            name,
            "the name of a database in an instance",
            &Place::Key(key.clone()),
        );
        return vec![name.to_owned()];
    }
    for (index, name) in written.names.iter().enumerate() {
        let place = Place::Value(key.then("names").item(index));
        cx.check_name(
            Kind::DatabaseName,
            name,
            "the name of a database in an instance",
            &place,
        );
    }
    let mut names = written.names.clone();
    names.sort();
    names.dedup();
    names
}

/// Who logs in to which database by IAM, from what runs.
pub(super) fn users(plan: &mut Plan) {
    let mut users: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for workload in plan.workloads() {
        let by_iam = |used: &&DatabaseUse| used.password_user.is_none();
        for used in workload.databases.iter().filter(by_iam) {
            let users = users.entry(used.database.clone()).or_default();
            users.insert(workload.account.id.clone(), workload.account.email.clone());
        }
    }
    for database in &mut plan.databases {
        let engine = database.engine;
        let users = users.remove(&database.name).unwrap_or_default();
        database.users = users
            .into_iter()
            .map(|(account, email)| DatabaseUser {
                account,
                login: login(engine, &email),
                user: match engine {
                    Engine::Postgres => login(engine, &email),
                    Engine::Mysql => email,
                },
            })
            .collect();
    }
}

#[cfg(test)]
mod tests;

//! Databases of Cloud SQL.

use std::collections::BTreeMap;

use crate::blueprint::schema::{self, Day, Profile};
use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::database as sql;
use crate::plan::model::{
    Availability, Backups, Condition, Connect, Database, DatabaseUser, Edition, Engine,
    Maintenance, Plan, Replica, TlsMode,
};
use crate::rules;

use super::context::Context;
use super::labels;

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

/// Project and instance of a database.
fn instance(
    cx: &Context<'_>,
    name: &str,
    database: &schema::Database,
) -> Option<(String, String, bool)> {
    match &database.existing {
        None | Some(Truth::Is(false)) => Some((cx.project.id.clone(), name.to_owned(), false)),
        Some(Truth::Is(true)) => Some((cx.project.id.clone(), name.to_owned(), true)),
        Some(Truth::Named(full)) => {
            let path = full.trim_start_matches("//sqladmin.googleapis.com/");
            match path.split('/').collect::<Vec<_>>().as_slice() {
                ["projects", project, "instances", id]
                    if Kind::ProjectId.accepts(project) && Kind::DatabaseInstance.accepts(id) =>
                {
                    Some(((*project).to_owned(), (*id).to_owned(), true))
                }
                _ => None,
            }
        }
    }
}

/// `PROJECT:REGION:INSTANCE`, as connectors take it.
pub(super) fn connection_name(cx: &Context<'_>, name: &str, database: &schema::Database) -> String {
    let (project, instance, _) = instance(cx, name, database)
        .unwrap_or_else(|| (cx.project.id.clone(), name.to_owned(), true));
    format!("{project}:{}:{instance}", cx.project.region)
}

/// The name of a replica, counted from 1.
pub(super) fn replica_name(name: &str, number: u32) -> String {
    format!("{name}-replica-{number}")
}

/// The condition under which a project-wide role reaches one instance only
/// (<https://cloud.google.com/sql/docs/postgres/iam-conditions>).
pub(super) fn only(database: &Database) -> Condition {
    Condition {
        title: format!("only-{}", database.name),
        expression: format!(
            "resource.name == 'projects/{}/instances/{}' && resource.type == 'sqladmin.googleapis.com/Instance'",
            database.project, database.instance
        ),
    }
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
    let Some((project, id, existing)) = instance(cx, name, written) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a database"),
            &Place::Value(key.then("existing")),
            "not an instance's full name",
        )
        .help("write `projects/PROJECT/instances/NAME`, or `true` for this name in this project");
        return None;
    };
    let connection_name = connection_name(cx, name, written);
    let Some(engine) = written.engine.map(engine) else {
        cx.missing(&key, "engine", "`postgres` or `mysql`");
        return None;
    };
    let version = version(cx, &key, engine, written, existing);
    let tier = tier(cx, &key, written, existing);
    let edition = edition(cx, &key, written, tier.as_deref());
    let max_connections = max_connections(cx, &key, written, tier.as_deref());
    let flags = flags(cx, &key, engine, written, max_connections);
    let backups = backups(cx, &key, written);
    let maintenance = maintenance(cx, &key, written);
    let labels = labels::of(cx, &key, &written.labels);
    let tier = tier.or_else(|| existing.then(String::new));
    let names = names(cx, &key, name, written);
    let retiring = written.retire == Some(true);
    let replicas = (1..=written.replicas.unwrap_or(0))
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
        flags,
        max_connections,
        backups,
        maintenance,
        replicas,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels,
    })
}

/// How workloads connect to a database.
pub(super) fn connect(written: &schema::Database) -> Connect {
    match written.connect {
        None | Some(schema::Connect::Connector) => Connect::Connector,
        Some(schema::Connect::Proxy) => Connect::Proxy,
        Some(schema::Connect::Direct) => Connect::Direct,
    }
}

fn version(
    cx: &mut Context<'_>,
    key: &Key,
    engine: Engine,
    written: &schema::Database,
    existing: bool,
) -> Option<String> {
    let versions: &[(&str, &str)] = match engine {
        Engine::Postgres => &sql::POSTGRES,
        Engine::Mysql => &sql::MYSQL,
    };
    let Some(version) = &written.version else {
        if existing {
            return Some(String::new());
        }
        cx.missing(key, "version", "the engine's major version");
        return None;
    };
    let known = versions.iter().find(|(known, _)| known == version);
    if known.is_none() {
        let place = Place::Value(key.then("version"));
        let list = versions
            .iter()
            .map(|(known, _)| format!("`{known}`"))
            .collect::<Vec<_>>()
            .join(", ");
        cx.report(
            rules::VERSION_UNKNOWN,
            format!("`{version}` is not a version of this engine"),
            &place,
            format!("takes {list}"),
        );
    }
    known.map(|(_, version)| (*version).to_owned())
}

fn tier(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
    existing: bool,
) -> Option<String> {
    let Some(tier) = &written.tier else {
        if !existing {
            cx.missing(key, "tier", "a machine type such as `db-custom-2-7680`");
        }
        return None;
    };
    if sql::tier_memory(tier).is_none() {
        cx.report(
            rules::TIER_UNKNOWN,
            format!("`{tier}` is not a machine type of Cloud SQL"),
            &Place::Value(key.then("tier")),
            "not offered",
        )
        .note("`db-custom-CPUS-MEMORY` takes 1 or an even number of CPUs and a multiple of 256 MiB, 0.9 to 6.5 GiB a CPU")
        .help("for instance `db-custom-2-7680`, or `db-perf-optimized-N-2` with `edition = \"enterprise-plus\"`");
        return None;
    }
    Some(tier.clone())
}

fn edition(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
    tier: Option<&str>,
) -> Edition {
    let edition = match written.edition {
        None | Some(schema::Edition::Enterprise) => Edition::Enterprise,
        Some(schema::Edition::EnterprisePlus) => Edition::EnterprisePlus,
    };
    if let Some(tier) = tier
        && sql::is_plus_tier(tier) != (edition == Edition::EnterprisePlus)
    {
        let other = if edition == Edition::Enterprise {
            "enterprise-plus"
        } else {
            "enterprise"
        };
        cx.report(
            rules::TIER_OF_OTHER_EDITION,
            format!("`{tier}` belongs to the edition `{other}`"),
            &Place::Value(key.then("tier")),
            "Cloud SQL refuses the two together",
        )
        .and(
            &Place::Value(key.then("edition")),
            if written.edition.is_some() {
                "the edition"
            } else {
                "the edition is `enterprise` where none is written"
            },
        )
        .help(format!(
            "write `edition = \"{other}\"`, or take a tier of the other kind"
        ));
    }
    edition
}

fn max_connections(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
    tier: Option<&str>,
) -> u32 {
    if let Some(flag) = written.flags.get("max_connections") {
        return flag.parse().unwrap_or_else(|_| {
            let place = Place::Value(key.then("flags").then("max_connections"));
            cx.report(
                rules::FLAG_INVALID,
                format!("`{flag}` is not a number of connections"),
                &place,
                "takes a number",
            );
            0
        });
    }
    let memory = tier.and_then(sql::tier_memory).unwrap_or(0);
    sql::CONNECTIONS_BY_MEMORY
        .iter()
        .rev()
        .find(|(from, _)| memory >= *from)
        .map_or(0, |(_, connections)| *connections)
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

/// Flags of the profile, then those that the blueprint writes.
fn flags(
    cx: &mut Context<'_>,
    key: &Key,
    engine: Engine,
    written: &schema::Database,
    max_connections: u32,
) -> Vec<(String, String)> {
    let (login, others): (_, &[&str]) = match engine {
        Engine::Postgres => (sql::POSTGRES_IAM_FLAG, &[sql::MYSQL_IAM_FLAG]),
        Engine::Mysql => (sql::MYSQL_IAM_FLAG, &[sql::POSTGRES_IAM_FLAG]),
    };
    let cis = written.profile == Some(Profile::Cis);
    let profile = match (engine, cis) {
        (Engine::Postgres, false) => sql::POSTGRES_STANDARD.as_slice(),
        (Engine::Postgres, true) => sql::POSTGRES_CIS.as_slice(),
        (Engine::Mysql, false) => sql::MYSQL_STANDARD.as_slice(),
        (Engine::Mysql, true) => sql::MYSQL_CIS.as_slice(),
    };
    let mut flags: BTreeMap<String, String> = profile
        .iter()
        .map(|(flag, value)| ((*flag).to_owned(), (*value).to_owned()))
        .collect();
    for (flag, value) in &written.flags {
        let place = Place::Key(key.then("flags").then(flag));
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte);
        if flag == login || others.contains(&flag.as_str()) {
            cx.report(
                rules::FLAG_RESERVED,
                format!("`{flag}` is set by ravelin"),
                &place,
                "login is by IAM, always",
            );
        } else if !flag.bytes().all(plain) || value.contains(['\n', '\r']) {
            cx.report(
                rules::FLAG_INVALID,
                format!("`{flag}` is not a flag of the engine"),
                &place,
                "not a flag",
            );
        }
        flags.insert(flag.clone(), value.clone());
    }
    flags.insert(login.to_owned(), "on".to_owned());
    flags.insert("max_connections".to_owned(), max_connections.to_string());
    flags.into_iter().collect()
}

fn backups(cx: &mut Context<'_>, key: &Key, written: &schema::Database) -> Backups {
    let backups = written.backups.clone().unwrap_or_default();
    let retained = backups.retained.unwrap_or(sql::BACKUPS_RETAINED);
    if !(1..=sql::BACKUPS_RETAINED_MAX).contains(&retained) {
        let place = Place::Value(key.then("backups").then("retained"));
        let expected = format!("takes 1 to {}", sql::BACKUPS_RETAINED_MAX);
        cx.report(
            rules::OUT_OF_RANGE,
            format!("{retained} backups cannot be kept"),
            &place,
            expected,
        );
    }
    if backups.pitr == Some(false) {
        let place = Place::Value(key.then("backups").then("pitr"));
        cx.report(
            rules::PITR_OFF,
            "a moment between two backups cannot be restored",
            &place,
            "switched off here",
        )
        .help("leave `pitr` out");
    }
    Backups {
        start: sql::BACKUP_START.to_owned(),
        retained,
        pitr: backups.pitr.unwrap_or(true),
        log_days: sql::LOG_DAYS,
        location: backups
            .location
            .unwrap_or_else(|| cx.project.region.clone()),
    }
}

fn maintenance(cx: &mut Context<'_>, key: &Key, written: &schema::Database) -> Maintenance {
    let maintenance = written.maintenance.clone().unwrap_or_default();
    let hour = maintenance.hour.unwrap_or(sql::MAINTENANCE_HOUR);
    if hour > 23 {
        let place = Place::Value(key.then("maintenance").then("hour"));
        cx.report(
            rules::OUT_OF_RANGE,
            format!("{hour} is not an hour"),
            &place,
            "takes 0 to 23, in UTC",
        );
    }
    let day = match maintenance.day.unwrap_or(Day::Sunday) {
        Day::Monday => 1,
        Day::Tuesday => 2,
        Day::Wednesday => 3,
        Day::Thursday => 4,
        Day::Friday => 5,
        Day::Saturday => 6,
        Day::Sunday => 7,
    };
    Maintenance { day, hour }
}

/// Who logs in to which database, from what services and jobs use.
pub(super) fn users(plan: &mut Plan) {
    let services = plan.services.iter().map(|service| &service.workload);
    let jobs = plan.jobs.iter().map(|job| &job.workload);
    let mut users: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for workload in services.chain(jobs) {
        for used in &workload.databases {
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

//! Databases: one file each.

use askama::Template;

use super::filters;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::model::{
    Availability, Backups, Database, DatabaseUser, Edition, Engine, Labels, Maintenance, Replica,
    TlsMode,
};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/database.tf.j2")]
struct DatabaseFile<'a> {
    project: Expr,
    region: &'a str,
    network: Expr,
    access: Option<&'a str>,
    skips: Vec<(&'static str, &'static str)>,
    name: &'a str,
    instance: &'a str,
    engine: Engine,
    version: &'a str,
    tier: &'a str,
    edition: Edition,
    availability: Availability,
    ssl_mode: TlsMode,
    connector_enforcement: &'static str,
    names: &'a [String],
    users: Vec<UserView<'a>>,
    flags: &'a [(String, String)],
    backups: &'a Backups,
    maintenance: Maintenance,
    replicas: &'a [Replica],
    deletion_protection: bool,
    labels: &'a Labels,
}

/// An account that logs in.
struct UserView<'a> {
    account: &'a str,
    user: &'a str,
    login: &'a str,
    /// Whether the account is made here.
    made: bool,
}

/// Adds the file of a database that is made here.
pub(super) fn add<'a>(module: &mut Module<'a>, database: &'a Database) {
    let Database {
        name,
        instance,
        project: _,
        connection_name: _,
        existing,
        engine,
        version,
        tier,
        edition,
        availability,
        tls,
        connectors_only,
        names,
        users,
        flags,
        max_connections: _,
        backups,
        maintenance,
        replicas,
        deletion_protection,
        labels,
    } = database;
    if *existing {
        return;
    }
    let network = module.plan.network.as_ref();
    let own = network.and_then(|network| network.own.as_ref());
    let file = DatabaseFile {
        project: module.project("sqladmin.googleapis.com"),
        region: &module.plan.project.region,
        network: match (network, own) {
            (Some(network), Some(_)) => reference("google_compute_network", &network.name, "id"),
            (Some(network), None) => Expr(network.path.hcl().0),
            (None, _) => Expr("null".to_owned()),
        },
        access: own
            .and_then(|own| own.services_access.as_ref())
            .map(|access| access.name.as_str()),
        skips: skips(database),
        name,
        instance,
        engine: *engine,
        version,
        tier,
        edition: *edition,
        availability: *availability,
        ssl_mode: *tls,
        connector_enforcement: if *connectors_only {
            "REQUIRED"
        } else {
            "NOT_REQUIRED"
        },
        names,
        users: users.iter().map(|user| user_view(module, user)).collect(),
        flags,
        backups,
        maintenance: *maintenance,
        replicas,
        deletion_protection: *deletion_protection,
        labels,
    };
    let summary = format!("Database {name}: private address only, login by IAM, no password.");
    module.add(&format!("database-{name}.tf"), &summary, &file);
}

fn user_view<'a>(module: &Module<'_>, user: &'a DatabaseUser) -> UserView<'a> {
    let DatabaseUser {
        account,
        user,
        login,
    } = user;
    UserView {
        account,
        user,
        login,
        made: module.index.account(account).is_some(),
    }
}

/// What checkov (3.3) expects of flags: check, engine, flag, value
/// (<https://www.checkov.io/5.Policy%20Index/terraform.html>).
const EXPECTED_FLAGS: [(&str, Engine, &str, &str); 10] = [
    ("CKV2_GCP_13", Engine::Postgres, "log_duration", "on"),
    ("CKV_GCP_50", Engine::Mysql, "local_infile", "off"),
    ("CKV_GCP_51", Engine::Postgres, "log_checkpoints", "on"),
    ("CKV_GCP_52", Engine::Postgres, "log_connections", "on"),
    ("CKV_GCP_53", Engine::Postgres, "log_disconnections", "on"),
    ("CKV_GCP_54", Engine::Postgres, "log_lock_waits", "on"),
    ("CKV_GCP_108", Engine::Postgres, "log_hostname", "on"),
    (
        "CKV_GCP_109",
        Engine::Postgres,
        "log_min_error_statement",
        "error",
    ),
    (
        "CKV_GCP_110",
        Engine::Postgres,
        "cloudsql.enable_pgaudit",
        "on",
    ),
    ("CKV_GCP_111", Engine::Postgres, "log_statement", "ddl"),
];

/// The versions that checkov (3.3) takes for the latest.
const LATEST_VERSIONS: [&str; 3] = ["MYSQL_8_0", "MYSQL_8_4", "POSTGRES_18"];

/// The findings of checkov that this database meets on purpose, with the reason.
fn skips(database: &Database) -> Vec<(&'static str, &'static str)> {
    let mut skips = Vec::new();
    if database.tls == TlsMode::Encrypted && database.connectors_only {
        skips.push((
            "CKV_GCP_6",
            "only connectors may connect, and they authenticate both sides",
        ));
    }
    if !LATEST_VERSIONS.contains(&database.version.as_str()) {
        skips.push(("CKV_GCP_79", "the blueprint chooses the version"));
    }
    for (check, engine, flag, value) in EXPECTED_FLAGS {
        if database.engine != engine {
            continue;
        }
        match database.flags.iter().find(|(name, _)| name == flag) {
            None => skips.push((check, "a flag of profile cis")),
            Some((_, set)) if set != value => skips.push((check, "the blueprint sets the flag")),
            Some(_) => {}
        }
    }
    skips
}

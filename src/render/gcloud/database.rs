//! Databases of Cloud SQL.

use askama::Template;

use super::filters;
use super::script::Script;
use super::verify::{Reading, by};
use crate::plan::google::database as sql;
use crate::plan::model::{
    Availability, Backups, Database, DatabaseUser, Edition, Engine, Labels, Maintenance, Network,
    OwnNetwork, Plan, Replica, TlsMode,
};

#[derive(Template)]
#[template(path = "gcloud/database.sh.j2")]
struct DatabaseSection<'a> {
    instance: &'a str,
    region: &'a str,
    engine: Engine,
    version: &'a str,
    edition: &'static str,
    tier: &'a str,
    availability: &'static str,
    network: &'a str,
    access: Option<&'a str>,
    tls: &'static str,
    enforcement: &'static str,
    backups: &'a Backups,
    no_pitr: &'static str,
    maintenance: Maintenance,
    day: &'static str,
    flags: &'a [(String, String)],
    encryption_key: Option<String>,
    no_protection: &'static str,
    labels: &'a Labels,
    replicas: &'a [Replica],
    names: &'a [String],
    users: &'a [DatabaseUser],
    /// The shortest password and how many earlier ones cannot be set again, where somebody logs in with one.
    passwords: Option<(u32, u32)>,
}

/// What stands before the name of a flag that is off.
fn no(on: bool) -> &'static str {
    if on { "" } else { "no-" }
}

/// Adds a database, where it is made here.
pub(super) fn add(script: &mut Script<'_>, plan: &Plan, database: &Database) {
    let Database {
        name: _,
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
        password_users,
        flags,
        max_connections: _,
        backups,
        maintenance,
        replicas,
        encryption_key,
        deletion_protection,
        labels,
    } = database;
    if *existing {
        return;
    }
    let network = plan.network.as_ref();
    let own = network.and_then(|network: &Network| network.own.as_ref());
    let access = own.and_then(|own: &OwnNetwork| own.services_access.as_ref());
    script.section(&DatabaseSection {
        instance,
        region: &plan.project.region,
        engine: *engine,
        version,
        edition: match edition {
            Edition::Enterprise => "enterprise",
            Edition::EnterprisePlus => "enterprise-plus",
        },
        tier,
        availability: match availability {
            Availability::Regional => "REGIONAL",
            Availability::Zonal => "ZONAL",
        },
        network: network.map_or("", |network| &network.path),
        access: access.map(|access| access.name.as_str()),
        tls: match tls {
            TlsMode::Encrypted => "ENCRYPTED_ONLY",
            TlsMode::Mtls => "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
        },
        enforcement: if *connectors_only {
            "REQUIRED"
        } else {
            "NOT_REQUIRED"
        },
        no_pitr: no(backups.pitr),
        backups,
        maintenance: *maintenance,
        day: day(maintenance.day),
        flags,
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        no_protection: no(*deletion_protection),
        labels,
        replicas,
        names,
        users,
        passwords: (!password_users.is_empty())
            .then_some((sql::PASSWORD_LENGTH_MIN, sql::PASSWORDS_REMEMBERED)),
    });
}

/// A day of the week as gcloud takes it.
fn day(number: u8) -> &'static str {
    match number {
        1 => "MON",
        2 => "TUE",
        3 => "WED",
        4 => "THU",
        5 => "FRI",
        6 => "SAT",
        _ => "SUN",
    }
}

/// Whether an instance lies in a project whose settings this script reads.
pub(super) fn read_here(plan: &Plan, database: &Database) -> bool {
    !database.existing || database.project == plan.project.id
}

/// How a fact of a database is read.
pub(super) fn reading(plan: &Plan, database: &str, name: &str) -> Option<Reading> {
    let found = plan.databases.iter().find(|one| one.name == database)?;
    let instance = found.instance.as_str();
    if !read_here(plan, found) {
        return Some(Reading::Nowhere);
    }
    let kind = "sql instances";
    match name {
        "users" => by(["database_users", instance]),
        "password_users" => by(["password_users", instance]),
        "password_policy" => by([
            "password_policy",
            instance,
            &sql::PASSWORD_LENGTH_MIN.to_string(),
            &sql::PASSWORDS_REMEMBERED.to_string(),
        ]),
        "version" => by(["setting", kind, instance, "--database-version", "none"]),
        "public_address" => by(["public_address", instance]),
        "tls" => by([
            "choice",
            kind,
            instance,
            "--ssl-mode",
            "ENCRYPTED_ONLY=encrypted",
            "TRUSTED_CLIENT_CERTIFICATE_REQUIRED=mtls",
        ]),
        "iam_login" => by(["iam_login", instance]),
        "connectors_only" => by(["switch", kind, instance, "--connector-enforcement"]),
        "availability" => by([
            "choice",
            kind,
            instance,
            "--availability-type",
            "REGIONAL=regional",
            "ZONAL=zonal",
        ]),
        "backups" => by(["backups", instance]),
        "pitr" => by(["any_moment", instance]),
        "encryption" => by(["key_of", kind, instance, "--disk-encryption-key"]),
        "deletion_protection" => by(["switch", kind, instance, "--deletion-protection"]),
        _ => None,
    }
}

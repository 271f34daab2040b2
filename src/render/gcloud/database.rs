//! Databases of Cloud SQL.

use askama::Template;

use super::filters;
use super::script::Script;
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

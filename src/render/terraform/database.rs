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
    users: &'a [DatabaseUser],
    flags: &'a [(String, String)],
    backups: &'a Backups,
    maintenance: Maintenance,
    replicas: &'a [Replica],
    deletion_protection: bool,
    labels: &'a Labels,
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
        users,
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

/// The findings of checkov that this database meets on purpose, with the reason.
fn skips(database: &Database) -> Vec<(&'static str, &'static str)> {
    let mut skips = Vec::new();
    if database.tls == TlsMode::Encrypted && database.connectors_only {
        skips.push((
            "CKV_GCP_6",
            "only connectors may connect, and they authenticate both sides",
        ));
    }
    skips
}

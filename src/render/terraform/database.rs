//! Databases: one file each.

use askama::Template;

use super::filters;
use super::keys;
use super::module::{Module, reference};
use super::words::Expr;
use crate::plan::google::database as sql;
use crate::plan::google::encryption::Product;
use crate::plan::model::{
    Availability, Backups, Database, DatabaseUser, Edition, Engine, Labels, Maintenance, Replica,
    TlsMode,
};
use crate::proof::{self, Waivers};
use crate::render::quote::hcl::Hcl;

#[derive(Template)]
#[template(path = "terraform/database.tf.j2")]
struct DatabaseFile<'a> {
    project: Expr,
    region: &'a str,
    network: Expr,
    access: Option<&'a str>,
    waivers: Waivers,
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
    /// The shortest password and how many earlier ones cannot be set again, where somebody logs in with one.
    passwords: Option<(u32, u32)>,
    flags: &'a [(String, String)],
    backups: &'a Backups,
    maintenance: Maintenance,
    replicas: &'a [Replica],
    encryption_key: Option<Expr>,
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
        waivers: waivers(database),
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
        passwords: (!password_users.is_empty())
            .then_some((sql::PASSWORD_LENGTH_MIN, sql::PASSWORDS_REMEMBERED)),
        flags,
        backups,
        maintenance: *maintenance,
        replicas,
        encryption_key: keys::encrypting(module, encryption_key.as_ref(), Product::Sql),
        deletion_protection: *deletion_protection,
        labels,
    };
    let summary = if password_users.is_empty() {
        format!("Database {name}: private address only, login by IAM, no password.")
    } else {
        let environment = &module.plan.environment;
        let users: Vec<&str> = password_users.iter().map(|user| &*user.name).collect();
        format!(
            "Database {name}: private address only. {} with a password, which gcloud/{environment}/secrets.sh makes with the user; all others by IAM.",
            users.join(", ")
        )
    };
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
        made: module.plan.account(account).is_some(),
    }
}

/// The findings of scanners that this database meets on purpose.
fn waivers(database: &Database) -> Waivers {
    let mut found = Vec::new();
    if database.tls == TlsMode::Encrypted {
        found.extend(proof::CLIENT_CERTIFICATES);
    }
    if !proof::NEWEST_VERSIONS.contains(&database.version.as_str()) {
        found.push(proof::DATABASE_VERSION);
    }
    let flags = proof::FLAGS.iter();
    for flag in flags.filter(|flag| flag.engine == database.engine) {
        let set = database.flags.iter().find(|(name, _)| name == flag.name);
        if set.is_none_or(|(_, value)| value != flag.value) {
            found.extend(flag.waivers());
        }
    }
    Waivers(found)
}

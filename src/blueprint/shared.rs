//! What elements take from others: defaults and groups. Both are gone once an environment is merged.

use serde::Deserialize;

use super::schema::{
    Database, DatabaseUse, Grant, Job, Secret, SecretUses, Service, Table, Volume,
};
use super::units::Relations;

/// What every element of a kind starts from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// Of services.
    services: Service,
    /// Of jobs.
    jobs: Job,
    /// Of databases.
    databases: Database,
    /// Of secrets.
    secrets: Secret,
}

/// What several services and jobs share.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Group {
    /// Environment variables.
    env: Table<String>,
    /// Secrets.
    secrets: SecretUses,
    /// Services that they call.
    calls: Vec<String>,
    /// Databases that they use.
    databases: Relations<DatabaseUse>,
    /// Principals who may call them.
    invokers: Vec<String>,
    /// Principals who may deploy them.
    developers: Vec<String>,
    /// Principals who pass Identity-Aware Proxy.
    members: Vec<String>,
    /// Roles beside the derived ones.
    grants: Vec<Grant>,
    /// Volumes.
    volumes: Table<Volume>,
    /// Files beside the blueprint.
    files: Table<String>,
    /// Labels.
    labels: Table<String>,
}

//! Databases of Cloud SQL.

use super::{KeyPath, Labels};

/// A Cloud SQL instance. It never has a public address, and people and programs log in by IAM, but for those of `password_users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// Its name in the blueprint.
    pub name: String,
    /// The instance's name on Google Cloud: the same, unless it exists already under another one.
    pub instance: String,
    /// The id of the project that the instance lies in.
    pub project: String,
    /// `PROJECT:REGION:NAME`, as connectors take it.
    pub connection_name: String,
    /// Whether it exists already, and only its grants are made.
    pub existing: bool,
    /// The engine.
    pub engine: Engine,
    /// The version in Google's form: `POSTGRES_17`.
    pub version: String,
    /// The machine type: `db-custom-2-7680`.
    pub tier: String,
    /// The edition; never left to Google, whose default changes with the version.
    pub edition: Edition,
    /// Whether a second zone stands by.
    pub availability: Availability,
    /// Whether clients show a certificate.
    pub tls: TlsMode,
    /// Whether only connectors and the Auth Proxy may connect (`connector_enforcement`).
    pub connectors_only: bool,
    /// The databases in the instance.
    pub names: Vec<String>,
    /// Who logs in by IAM.
    pub users: Vec<DatabaseUser>,
    /// Who logs in with a password, by name.
    pub password_users: Vec<PasswordUser>,
    /// Flags of the engine, by name.
    pub flags: Vec<(String, String)>,
    /// The connections that the instance accepts; stands among the flags too.
    pub max_connections: u32,
    /// Backups.
    pub backups: Backups,
    /// The window for maintenance.
    pub maintenance: Maintenance,
    /// Read replicas, by name.
    pub replicas: Vec<Replica>,
    /// The key of one's own that it and its replicas lie under; `None`: one of Google's.
    pub encryption_key: Option<KeyPath>,
    /// Whether Terraform and the API refuse to delete it.
    pub deletion_protection: bool,
    /// Its labels.
    pub labels: Labels,
}

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `PostgreSQL`.
    Postgres,
    /// `MySQL`.
    Mysql,
}

/// An edition of Cloud SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Enterprise.
    Enterprise,
    /// Enterprise Plus.
    EnterprisePlus,
}

/// Where an instance runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// In two zones.
    Regional,
    /// In one zone.
    Zonal,
}

/// How connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// TLS only (`ENCRYPTED_ONLY`).
    Encrypted,
    /// TLS with a client's certificate (`TRUSTED_CLIENT_CERTIFICATE_REQUIRED`).
    Mtls,
}

/// An account that logs in by IAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUser {
    /// The account's id: `run-orders`.
    pub account: String,
    /// The name that Terraform and gcloud give the user: the address for `MySQL`, for `PostgreSQL` the address without
    /// `.gserviceaccount.com`.
    pub user: String,
    /// The name that the code logs in with: for `MySQL` the part before `@`.
    pub login: String,
}

/// A user who logs in with a password. Neither Terraform nor the foundation's script makes it: `secrets.sh` does, with the
/// password that it makes, so that it stands in no file and no state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordUser {
    /// Its name, which is what the code logs in with.
    pub name: String,
    /// The secret that holds its password, by its name in the blueprint.
    pub secret: String,
}

/// Backups of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backups {
    /// The hour at which they start, UTC, `18:00`.
    pub start: String,
    /// How many are kept.
    pub retained: u32,
    /// Whether any moment can be restored: write-ahead log, or binary log for `MySQL`.
    pub pitr: bool,
    /// The days of log that this keeps.
    pub log_days: u32,
    /// Where they are kept.
    pub location: String,
}

/// The window for maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintenance {
    /// 1 is Monday, 7 is Sunday.
    pub day: u8,
    /// 0 to 23, UTC.
    pub hour: u8,
}

/// A read replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// Its name on Google Cloud: `main-replica-1`.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Its machine type.
    pub tier: String,
}

//! Databases.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exception, Table};
use crate::blueprint::json_schema::{Items, Labels, Matching, Named};
use crate::blueprint::units::Truth;
use crate::name::Kind;

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// `PostgreSQL`.
    Postgres,
    /// `MySQL`.
    Mysql,
}

/// An edition of Cloud SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// Enterprise.
    Enterprise,
    /// Enterprise Plus.
    EnterprisePlus,
}

/// Where a database runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Availability {
    /// In two zones: when one fails, the other takes over.
    Regional,
    /// In one zone.
    Zonal,
}

/// How connections to a database are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseTls {
    /// TLS only.
    Encrypted,
    /// TLS with a client's certificate, which connectors bring by themselves.
    Mtls,
}

/// How workloads connect to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Connect {
    /// A language connector in the code.
    Connector,
    /// The Auth Proxy as a sidecar, which is added by itself.
    Proxy,
    /// The engine's own protocol, to the private address.
    Direct,
}

/// A set of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Logs of who connected, what waited and what changed the schema.
    Standard,
    /// And what else the CIS benchmark asks for.
    Cis,
}

/// An instance of Cloud SQL. It has a private address only, and code logs in by IAM.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The environments that it exists in.
    ///
    /// Default: all of them.
    pub environments: Option<Vec<String>>,
    /// The engine.
    #[schemars(extend("x-required" = true))]
    pub engine: Option<Engine>,
    /// The engine's major version. An existing instance does not need it.
    #[schemars(extend("x-required" = true, "x-unless" = "existing", "examples" = ["17", "8.4"]))]
    pub version: Option<String>,
    /// The machine type. An existing instance does not need it.
    #[schemars(extend("x-required" = true, "x-unless" = "existing", "examples" = ["db-custom-2-7680", "db-perf-optimized-N-2"]))]
    pub tier: Option<String>,
    /// The edition of Cloud SQL. A machine type belongs to one of them.
    #[schemars(extend("default" = "enterprise"))]
    pub edition: Option<Edition>,
    /// Whether a second zone stands by.
    #[schemars(extend("default" = "regional"))]
    pub availability: Option<Availability>,
    /// How connections are encrypted.
    #[schemars(extend("default" = "encrypted"))]
    pub tls: Option<DatabaseTls>,
    /// How services and jobs connect.
    #[schemars(extend("default" = "connector"))]
    pub connect: Option<Connect>,
    /// The databases in the instance.
    ///
    /// Default: one of the instance's name.
    #[schemars(transform = Items(Matching(Kind::DatabaseName)), extend("examples" = [["orders"]]))]
    pub names: Vec<String>,
    /// Users who log in with a password, each with the secret that holds it: what runs an image that knows no login by IAM says
    /// `user` where it uses the database. `secrets.sh` makes the password and the user.
    #[schemars(transform = Named(Kind::DatabaseUser), extend("examples" = [{"metabase": "metabase-password"}]))]
    pub password_users: Table<String>,
    /// How many read replicas there are.
    #[schemars(extend("default" = 0))]
    pub replicas: Option<u32>,
    /// Flags of the engine, over those of the profile. Login by IAM is always on.
    #[schemars(extend("examples" = [{"max_connections": "250"}]))]
    pub flags: Table<String>,
    /// Backups, every day.
    pub backups: Option<Backups>,
    /// The window in which Google may restart it.
    pub maintenance: Option<Maintenance>,
    /// The set of flags to start from.
    #[schemars(extend("default" = "standard"))]
    pub profile: Option<Profile>,
    /// Whether it lies under a key of one's own. It cannot be changed later.
    ///
    /// Default: as `[encryption]` says of `sql`.
    pub cmek: Option<bool>,
    /// Labels beside the project's.
    #[schemars(transform = Labels)]
    pub labels: Table<String>,
    /// Whether Terraform and Cloud SQL refuse to delete it.
    #[schemars(extend("default" = true))]
    pub deletion_protection: Option<bool>,
    /// An instance that exists already: `true` for this name in this project, or its full name,
    /// `projects/PROJECT/instances/NAME`. It is not made, but the grants on it are.
    #[schemars(extend("default" = false))]
    pub existing: Option<Truth>,
    /// Whether it is on its way out: its protection is off, so that it can leave the blueprint next.
    #[schemars(extend("default" = false))]
    pub retire: Option<bool>,
    /// The doors that it opens.
    pub exceptions: Vec<Exception>,
}

/// Backups of a database.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Backups {
    /// How many are kept.
    #[schemars(extend("default" = 14))]
    pub retained: Option<u32>,
    /// Whether any moment of the last seven days can be restored. It costs the storage of the logs.
    #[schemars(extend("default" = true))]
    pub pitr: Option<bool>,
    /// The region, or group of regions, that keeps them.
    ///
    /// Default: the project's region.
    #[schemars(extend("examples" = ["eu"]))]
    pub location: Option<String>,
}

/// The window for maintenance, an hour long.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Maintenance {
    /// The day of the week.
    #[schemars(extend("default" = "sunday"))]
    pub day: Option<Day>,
    /// The hour, in UTC.
    #[schemars(extend("default" = 20))]
    pub hour: Option<u8>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

//! Versions, machine types and limits of Cloud SQL.

use crate::plan::model::Engine;

/// Major versions of `PostgreSQL` that are offered and that gcloud knows
/// (<https://cloud.google.com/sql/docs/postgres/db-versions>).
pub const POSTGRES: [(&str, &str); 6] = [
    ("13", "POSTGRES_13"),
    ("14", "POSTGRES_14"),
    ("15", "POSTGRES_15"),
    ("16", "POSTGRES_16"),
    ("17", "POSTGRES_17"),
    ("18", "POSTGRES_18"),
];
/// Versions of `MySQL` (<https://cloud.google.com/sql/docs/mysql/db-versions>).
pub const MYSQL: [(&str, &str); 2] = [("8.0", "MYSQL_8_0"), ("8.4", "MYSQL_8_4")];

/// The port of an engine.
#[must_use]
pub fn port(engine: Engine) -> u16 {
    match engine {
        Engine::Postgres => 5432,
        Engine::Mysql => 3306,
    }
}

/// The port at which connectors and the Auth Proxy reach an instance.
pub const CONNECTOR_PORT: u16 = 3307;

/// Default connections of `PostgreSQL` by memory in MiB
/// (<https://cloud.google.com/sql/docs/postgres/flags#postgres-m>): from this memory on, so many.
pub const CONNECTIONS_BY_MEMORY: [(u64, u32); 9] = [
    (0, 25),
    (1_700, 50),
    (3_750, 100),
    (6_000, 200),
    (7_500, 400),
    (15_000, 500),
    (30_000, 600),
    (60_000, 800),
    (120_000, 1_000),
];
/// Connections that the engine and Cloud SQL keep for themselves.
pub const CONNECTIONS_RESERVED: u32 = 10;

/// Memory of a machine type in MiB; `None` where the type is not known.
#[must_use]
pub fn tier_memory(tier: &str) -> Option<u64> {
    match tier {
        "db-f1-micro" => return Some(614),
        "db-g1-small" => return Some(1_740),
        _ => {}
    }
    if let Some(custom) = tier.strip_prefix("db-custom-") {
        let (cpus, memory) = custom.split_once('-')?;
        let cpus: u64 = cpus.parse().ok()?;
        let memory: u64 = memory.parse().ok()?;
        let fits =
            (cpus == 1 || (cpus.is_multiple_of(2) && cpus <= 96)) && memory.is_multiple_of(256);
        // 0.9 to 6.5 GiB for each CPU, and at least 3.75 GiB (<https://cloud.google.com/sql/docs/postgres/create-instance>).
        let fits = fits
            && memory >= 3_840
            && memory * 10 >= cpus * 9 * 1_024
            && memory * 10 <= cpus * 65 * 1_024;
        return fits.then_some(memory);
    }
    let cpus: u64 = tier.strip_prefix("db-perf-optimized-N-")?.parse().ok()?;
    [2, 4, 8, 16, 32, 48, 64, 80, 96, 128]
        .contains(&cpus)
        .then_some(cpus * 8 * 1_024)
}

/// Whether a machine type belongs to Enterprise Plus.
#[must_use]
pub fn is_plus_tier(tier: &str) -> bool {
    tier.starts_with("db-perf-optimized-")
}

/// The image of the Auth Proxy, where the blueprint gives none by digest.
pub const PROXY_IMAGE: &str = "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.18.2";
/// The port at which the Auth Proxy says how it is.
pub const PROXY_HEALTH_PORT: u16 = 9801;

/// The flag by which `PostgreSQL` takes logins by IAM.
pub const POSTGRES_IAM_FLAG: &str = "cloudsql.iam_authentication";
/// The flag by which `MySQL` takes logins by IAM.
pub const MYSQL_IAM_FLAG: &str = "cloudsql_iam_authentication";

/// Flags of `PostgreSQL` that every instance gets: who connected, what waited, what changed the schema. They cost little
/// (<https://cloud.google.com/sql/docs/postgres/flags>).
pub const POSTGRES_STANDARD: [(&str, &str); 6] = [
    ("log_checkpoints", "on"),
    ("log_connections", "on"),
    ("log_disconnections", "on"),
    ("log_lock_waits", "on"),
    ("log_statement", "ddl"),
    ("log_temp_files", "0"),
];
/// Those, and the others of the CIS benchmark (CIS Google Cloud Platform Foundation, section 6.2).
pub const POSTGRES_CIS: [(&str, &str); 17] = [
    ("cloudsql.enable_pgaudit", "on"),
    ("log_checkpoints", "on"),
    ("log_connections", "on"),
    ("log_disconnections", "on"),
    ("log_duration", "on"),
    ("log_executor_stats", "off"),
    ("log_hostname", "on"),
    ("log_lock_waits", "on"),
    ("log_min_duration_statement", "-1"),
    ("log_min_error_statement", "error"),
    ("log_min_messages", "warning"),
    ("log_parser_stats", "off"),
    ("log_planner_stats", "off"),
    ("log_statement", "ddl"),
    ("log_statement_stats", "off"),
    ("log_temp_files", "0"),
    ("pgaudit.log", "ddl,role,write"),
];
/// Flags of `MySQL` that every instance gets: no files from clients, no list of databases for those who have none
/// (<https://cloud.google.com/sql/docs/mysql/flags>).
pub const MYSQL_STANDARD: [(&str, &str); 2] =
    [("local_infile", "off"), ("skip_show_database", "on")];
/// Those, and the audit log (CIS Google Cloud Platform Foundation, section 6.1).
pub const MYSQL_CIS: [(&str, &str); 3] = [
    ("cloudsql_mysql_audit", "ON"),
    ("local_infile", "off"),
    ("skip_show_database", "on"),
];

/// The characters of a password: letters, digits and what means nothing in an address, so that it fits into one. The policy of
/// passwords asks for one of each kind.
pub const PASSWORD_ALPHABET: &str =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
/// The shortest password that the policy takes
/// (<https://cloud.google.com/sql/docs/postgres/built-in-authentication#instance_password_policies>).
pub const PASSWORD_LENGTH_MIN: u32 = 16;
/// The longest one that is made: longer ones are no safer, and some programs cut them.
pub const PASSWORD_LENGTH_MAX: u32 = 100;
/// So many earlier passwords cannot be set again.
pub const PASSWORDS_REMEMBERED: u32 = 5;

/// When backups start, UTC.
pub const BACKUP_START: &str = "18:00";
/// How many backups are kept.
pub const BACKUPS_RETAINED: u32 = 14;
/// The longest name of a login of `PostgreSQL`, in bytes: its own limit on identifiers
/// (<https://cloud.google.com/sql/docs/postgres/iam-authentication>).
pub const POSTGRES_LOGIN_MAX: usize = 63;
/// The longest `PROJECT:INSTANCE` (<https://cloud.google.com/sql/docs/postgres/instance-settings>).
pub const PROJECT_AND_INSTANCE_MAX: usize = 98;
/// So many read replicas of one instance at the most
/// (<https://cloud.google.com/sql/docs/postgres/replication/create-replica>).
pub const REPLICAS_MAX: u32 = 20;
/// What the flag `max_connections` takes (<https://cloud.google.com/sql/docs/postgres/flags>,
/// <https://cloud.google.com/sql/docs/mysql/flags>).
pub const POSTGRES_CONNECTIONS: std::ops::RangeInclusive<u32> = 14..=262_143;
/// The same of `MySQL`.
pub const MYSQL_CONNECTIONS: std::ops::RangeInclusive<u32> = 1..=100_000;
/// Places of backups beside the regions (<https://cloud.google.com/sql/docs/postgres/backup-recovery/backups>).
pub const BACKUP_MULTI_REGIONS: [&str; 3] = ["asia", "eu", "us"];
/// The newest version that gcloud 528 knows; Terraform knows newer ones.
pub const POSTGRES_NEWEST_IN_GCLOUD: u32 = 17;
/// Beginnings of flags that only `MySQL` has.
pub const MYSQL_ONLY_FLAGS: [&str; 8] = [
    "cloudsql_mysql_",
    "innodb_",
    "local_infile",
    "long_query_time",
    "skip_",
    "slow_query_log",
    "sql_mode",
    "table_open_cache",
];
/// Beginnings of flags that only `PostgreSQL` has.
pub const POSTGRES_ONLY_FLAGS: [&str; 12] = [
    "autovacuum",
    "cloudsql.",
    "log_checkpoints",
    "log_connections",
    "log_disconnections",
    "log_lock_waits",
    "log_min_",
    "log_statement",
    "log_temp_files",
    "pgaudit.",
    "shared_buffers",
    "work_mem",
];
/// How many can be kept.
pub const BACKUPS_RETAINED_MAX: u32 = 365;
/// The days of log for restoring a moment; Enterprise keeps no more.
pub const LOG_DAYS: u32 = 7;
/// The hour of maintenance, UTC, after the backups.
pub const MAINTENANCE_HOUR: u8 = 20;
/// Connections of one instance of a service, where no pool is written.
pub const POOL: u32 = 5;

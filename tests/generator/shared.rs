//! What services share: project, network, databases, secrets, governance.

use toml::{Table, Value};

use super::{Choices, Plot, exception, table, texts};

/// A database that was made up.
#[derive(Debug, Clone)]
pub struct Chosen {
    pub name: String,
    pub existing: bool,
    /// Whether it has replicas that have an address.
    pub replica_host: bool,
    /// Whether it has an address.
    pub host: bool,
    /// Whether it has a user with a password, who is called `app` and whose password is in `login-NAME`.
    pub password: bool,
}

impl Chosen {
    /// The secret that holds the password of its user.
    pub fn secret(&self) -> String {
        format!("login-{}", self.name)
    }
}

pub fn project(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut project = Table::new();
    project.insert(
        "name".to_owned(),
        choices.one(&["shop", "a-rather-long-name"]).into(),
    );
    // All of them have GPUs.
    let region = choices.one(&["europe-west1", "us-central1", "asia-southeast1"]);
    project.insert("region".to_owned(), region.into());
    choices.perhaps(
        4,
        &mut project,
        "description",
        "it's a \"shop\" | with `marks`",
    );
    choices.perhaps(
        2,
        &mut project,
        "labels",
        table([("owner", "shop-team".into())]),
    );
    root.insert("project".to_owned(), Value::Table(project));
    let mut environments = Table::new();
    for name in &plot.environments {
        let mut environment = Table::new();
        environment.insert("project_id".to_owned(), format!("acme-shop-{name}").into());
        choices.perhaps(3, &mut environment, "project_number", 123_456_789_012_i64);
        environments.insert((*name).to_owned(), Value::Table(environment));
    }
    root.insert("environments".to_owned(), Value::Table(environments));
    if !choices.once_in(8) {
        let bucket = choices.one(&["acme-state", "acme-${environment}-${stage}"]);
        root.insert("state".to_owned(), table([("bucket", bucket.into())]));
    }
    if plot.images {
        let mut images = Table::new();
        images.insert("app".to_owned(), super::workload::image(1).into());
        choices.perhaps(2, &mut images, "cloud-sql-proxy", super::workload::image(2));
        root.insert("images".to_owned(), Value::Table(images));
    }
    if plot.values {
        let value = table([
            ("terraform", "google_redis_instance.cache.host".into()),
            (
                "gcloud",
                "gcloud redis instances describe cache --format 'value(host)'".into(),
            ),
        ]);
        root.insert("values".to_owned(), table([("cache-host", value)]));
    }
}

pub fn network(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table, databases: bool) {
    let network = match choices.below(5) {
        0 => return,
        1 | 2 => {
            let mut network = Table::new();
            choices.perhaps(2, &mut network, "subnet", "10.20.0.0/20");
            if databases {
                choices.perhaps(2, &mut network, "service_range", "10.21.0.0/16");
            }
            Value::Table(network)
        }
        kind => {
            let zones = choices.once_in(2);
            plot.blind = !zones;
            let (network, subnet) = if kind == 3 {
                ("shared", "run")
            } else {
                (
                    "projects/acme-host/global/networks/shared",
                    "projects/acme-host/regions/REGION/subnetworks/run",
                )
            };
            let region = root["project"]["region"].as_str().unwrap();
            let existing = table([
                ("network", network.into()),
                ("subnet", subnet.replace("REGION", region).into()),
                ("private_zones", zones.into()),
            ]);
            table([("existing", existing)])
        }
    };
    root.insert("network".to_owned(), network);
}

pub fn databases(choices: &mut Choices<'_>, plot: &mut Plot, root: &mut Table, names: &[String]) {
    let mut databases = Table::new();
    for name in names {
        let mut database = Table::new();
        let mysql = choices.once_in(3);
        database.insert(
            "engine".to_owned(),
            if mysql { "mysql" } else { "postgres" }.into(),
        );
        let existing = choices.once_in(6);
        let connect = choices.one(&["connector", "proxy", "direct"]);
        choices.perhaps(2, &mut database, "connect", connect);
        let connects = database.get("connect").and_then(Value::as_str);
        let connects = connects.unwrap_or("connector").to_owned();
        let direct = connects == "direct";
        if existing {
            let place = if choices.once_in(2) {
                Value::from(format!("projects/acme-data/instances/{name}-prod"))
            } else {
                Value::from(true)
            };
            database.insert("existing".to_owned(), place);
        } else {
            let versions: &[&str] = if mysql {
                &["8.4", "8.0"]
            } else {
                &["17", "13", "14", "15", "16", "18"]
            };
            database.insert("version".to_owned(), choices.one(versions).into());
            let plus = choices.once_in(4);
            if plus {
                database.insert("edition".to_owned(), "enterprise-plus".into());
            } else {
                choices.perhaps(4, &mut database, "edition", "enterprise");
            }
            let tier = if plus {
                "db-perf-optimized-N-2"
            } else {
                "db-custom-4-15360"
            };
            database.insert("tier".to_owned(), tier.into());
            let availability = choices.one(&["regional", "zonal"]);
            choices.perhaps(2, &mut database, "availability", availability);
            if direct {
                choices.perhaps(4, &mut database, "tls", "encrypted");
            } else {
                let tls = choices.one(&["encrypted", "mtls"]);
                choices.perhaps(2, &mut database, "tls", tls);
            }
            let profile = choices.one(&["standard", "cis"]);
            choices.perhaps(2, &mut database, "profile", profile);
            choices.perhaps(4, &mut database, "names", texts(&["orders", "carts_2"]));
            choices.perhaps(
                4,
                &mut database,
                "flags",
                table([("max_connections", "500".into())]),
            );
            choices.perhaps(4, &mut database, "replicas", 2);
            let location = choices.one(&["eu", "us"]);
            let mut backups = Table::new();
            choices.perhaps(2, &mut backups, "retained", 30);
            choices.perhaps(3, &mut backups, "pitr", false);
            choices.perhaps(3, &mut backups, "location", location);
            choices.perhaps(2, &mut database, "backups", Value::Table(backups));
            let day = choices.one(&[
                "sunday",
                "monday",
                "tuesday",
                "wednesday",
                "thursday",
                "friday",
                "saturday",
            ]);
            choices.perhaps(
                3,
                &mut database,
                "maintenance",
                table([("day", day.into()), ("hour", 3.into())]),
            );
            choices.perhaps(4, &mut database, "deletion_protection", false);
            choices.perhaps(5, &mut database, "retire", true);
            choices.perhaps(4, &mut database, "labels", table([("kind", "data".into())]));
        }
        let password = choices.once_in(4);
        if password {
            let user = table([("app", format!("login-{name}").into())]);
            database.insert("password_users".to_owned(), user);
            let why = Value::Array(vec![exception("password-login")]);
            database.insert("exceptions".to_owned(), why);
        }
        plot.databases.push(Chosen {
            password,
            name: name.clone(),
            existing,
            replica_host: direct && database.contains_key("replicas"),
            host: !existing && connects != "connector",
        });
        databases.insert(name.clone(), Value::Table(database));
    }
    if !databases.is_empty() {
        root.insert("databases".to_owned(), Value::Table(databases));
    }
}

pub fn secrets(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut secrets = Table::new();
    for name in &plot.secrets {
        let mut secret = Table::new();
        choices.perhaps(2, &mut secret, "version", 4);
        choices.perhaps(
            4,
            &mut secret,
            "writers",
            texts(&["group:security@example.com"]),
        );
        match choices.below(5) {
            0 | 1 => {}
            2 => {
                let mut generate = Table::new();
                choices.perhaps(2, &mut generate, "length", 48);
                choices.perhaps(2, &mut generate, "alphabet", "abcdefghij-[]^");
                secret.insert("generate".to_owned(), Value::Table(generate));
            }
            3 => {
                secret.insert("existing".to_owned(), true.into());
            }
            _ => {
                let full = format!("projects/acme-vault/secrets/their-{name}");
                secret.insert("existing".to_owned(), full.into());
            }
        }
        if !secret.contains_key("existing") {
            choices.perhaps(
                4,
                &mut secret,
                "replicas",
                texts(&["europe-west1", "europe-west3"]),
            );
            choices.perhaps(4, &mut secret, "rotation", "90d");
            choices.perhaps(4, &mut secret, "deletion_protection", false);
            choices.perhaps(6, &mut secret, "retire", true);
            choices.perhaps(
                4,
                &mut secret,
                "labels",
                table([("kind", "password".into())]),
            );
        }
        secrets.insert(name.clone(), Value::Table(secret));
    }
    for database in plot.databases.iter().filter(|one| one.password) {
        let mut secret = Table::new();
        choices.perhaps(3, &mut secret, "rotation", "90d");
        choices.perhaps(3, &mut secret, "generate", table([("length", 40.into())]));
        secrets.insert(database.secret(), Value::Table(secret));
    }
    if !secrets.is_empty() {
        root.insert("secrets".to_owned(), Value::Table(secrets));
    }
}

/// The organisation policies that forbid nothing that any blueprint declares.
const POLICIES: [&str; 9] = [
    "sql.restrictPublicIp",
    "compute.skipDefaultNetworkCreation",
    "compute.vmExternalIpAccess",
    "iam.automaticIamGrantsForDefaultServiceAccounts",
    "iam.disableServiceAccountKeyCreation",
    "iam.disableServiceAccountKeyUpload",
    "sql.restrictAuthorizedNetworks",
    "storage.publicAccessPrevention",
    "storage.uniformBucketLevelAccess",
];

/// Where made-up images come from, but those of repositories that the blueprint has.
const IMAGES: [&str; 4] = [
    "europe-docker.pkg.dev/acme-shop-prod/**",
    "europe-west1-docker.pkg.dev/acme-images/**",
    "gcr.io/cloud-sql-connectors/*",
    "us-docker.pkg.dev/acme-images/mirror/*",
];

/// Which images may run: those that an attestor has signed, or those of everywhere that they come from.
fn admission(choices: &mut Choices<'_>, root: &Table, governance: &mut Table) {
    if !choices.once_in(4) {
        return;
    }
    let mut admission = Table::new();
    if choices.once_in(6) {
        admission.insert("existing".to_owned(), true.into());
    } else {
        let mode = choices.one(&["enforce", "dry-run"]);
        choices.perhaps(2, &mut admission, "mode", mode);
        let attestors = ["projects/acme-security/attestors/built-by-release"];
        let by = choices.once_in(2) || root.contains_key("registries");
        if by {
            admission.insert("attestors".to_owned(), texts(&attestors));
        }
        if !by || choices.once_in(2) {
            admission.insert("exempt_images".to_owned(), texts(&IMAGES));
        }
    }
    choices.perhaps(6, &mut admission, "retire", true);
    governance.insert("binary_authorization".to_owned(), Value::Table(admission));
}

pub fn governance(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    let mut governance = Table::new();
    let policies = match choices.below(4) {
        0 | 1 => Value::from(true),
        2 => Value::from(false),
        _ => {
            let mut some = vec![choices.one(&POLICIES), choices.one(&POLICIES)];
            some.dedup();
            texts(&some)
        }
    };
    choices.perhaps(2, &mut governance, "org_policies", policies);
    let by = choices.one(&["no-invoker-check", "all-users"]);
    choices.perhaps(3, &mut governance, "anonymous_by", by);
    let logs = choices.one(&["focused", "all", "off"]);
    if plot.environments.len() < 2 || logs != "off" {
        choices.perhaps(2, &mut governance, "audit_logs", logs);
    }
    choices.perhaps(3, &mut governance, "log_retention", "90d");
    admission(choices, root, &mut governance);
    if governance
        .get("audit_logs")
        .is_some_and(|logs| logs.as_str() == Some("off"))
    {
        governance.insert(
            "exceptions".to_owned(),
            Value::Array(vec![exception("audit-logs-off")]),
        );
    }
    if !governance.is_empty() {
        root.insert("governance".to_owned(), Value::Table(governance));
    }
}

/// Who hears of what fails.
pub fn monitoring(choices: &mut Choices<'_>, plot: &Plot, root: &mut Table) {
    if !choices.once_in(3) {
        return;
    }
    let mut monitoring = Table::new();
    let several = ["shop-oncall@example.com", "a.b+prod@mail.example.com"];
    let notify = match choices.below(4) {
        0 | 1 => texts(&several[..1]),
        2 => texts(&several),
        _ => texts::<&str>(&[]),
    };
    monitoring.insert("notify".to_owned(), notify);
    let mut uptime = Table::new();
    for name in &plot.public {
        let service = &root["services"][name];
        let domains = service.get("domains").and_then(Value::as_array);
        // A host of one environment is none of another.
        let here = plot.environments == ["prod"];
        for domain in domains.into_iter().flatten().filter(|_| here) {
            let domain = domain.as_str().unwrap().replace("${environment}", "prod");
            let path = match choices.below(2) {
                0 => Value::from("/status"),
                _ => false.into(),
            };
            choices.perhaps(2, &mut uptime, &domain, path);
        }
    }
    if !uptime.is_empty() {
        monitoring.insert("uptime".to_owned(), Value::Table(uptime));
    }
    let mut alerts = Table::new();
    for (name, value) in [
        ("backlog", Value::from("2h")),
        ("certificate", "30d".into()),
        ("connections", 70.into()),
        ("denials", 1_000.into()),
        ("disk", 80.into()),
        ("errors", 0.5.into()),
        ("instances", 90.into()),
        ("latency", "500s".into()),
        ("tasks", 20.into()),
        ("dead_letters", true.into()),
        ("jobs", true.into()),
        ("public_grants", true.into()),
        ("rotation", true.into()),
        ("secrets", true.into()),
    ] {
        let value = if choices.once_in(2) {
            false.into()
        } else {
            value
        };
        choices.perhaps(5, &mut alerts, name, value);
    }
    if !alerts.is_empty() {
        monitoring.insert("alerts".to_owned(), Value::Table(alerts));
    }
    let wanted = Value::from(choices.once_in(2));
    choices.perhaps(4, &mut monitoring, "dashboard", wanted);
    root.insert("monitoring".to_owned(), Value::Table(monitoring));
    if plot.environments.len() > 1 {
        let overlay = root["environments"]["stg"].as_table_mut().unwrap();
        let nobody = table([("notify", texts::<&str>(&[]))]);
        choices.perhaps(2, overlay, "monitoring", nobody);
    }
}

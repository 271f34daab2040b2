//! Network, databases and caches of the sample.

use crate::plan::model::*;
use ipnet::Ipv4Net;

use super::key::key;
use super::{PROJECT, REGION, account, labels};

fn range(text: &str) -> Ipv4Net {
    text.parse().unwrap_or_default()
}

pub(super) fn network() -> Network {
    let policy = |name: &str, class| CachePolicy {
        name: name.to_owned(),
        class,
    };
    Network {
        name: "rich".to_owned(),
        path: format!("projects/{PROJECT}/global/networks/rich"),
        project: PROJECT.to_owned(),
        subnetwork: Subnetwork {
            name: "rich-run".to_owned(),
            region: REGION.to_owned(),
            path: format!("projects/{PROJECT}/regions/{REGION}/subnetworks/rich-run"),
            range: Some(range("10.8.0.0/24")),
        },
        elsewhere: Vec::new(),
        own: Some(OwnNetwork {
            routes: vec![Route {
                name: "rich-google".to_owned(),
                range: range("199.36.153.8/30"),
                why: "the way to Google's APIs",
            }],
            firewall: firewall(),
            dns_policy: "rich-dns".to_owned(),
            services_access: Some(ServicesAccess {
                name: "rich-services".to_owned(),
                range: range("10.9.0.0/20"),
            }),
            cache_policies: vec![
                policy("rich-caches", "gcp-memorystore"),
                policy("rich-redis", "gcp-memorystore-redis"),
            ],
            nats: vec![Nat {
                name: "rich-nat".to_owned(),
                address: "rich-nat-address".to_owned(),
                region: REGION.to_owned(),
                subnetwork: "rich-run".to_owned(),
            }],
            balancer: Some(BalancerPlace {
                subnetwork: "rich-proxies".to_owned(),
                range: range("10.7.0.0/23"),
                address: "rich-internal".to_owned(),
            }),
        }),
        zones: zones(),
    }
}

fn firewall() -> Vec<FirewallRule> {
    let rule = |name: &str, direction, action, priority, to: &str| FirewallRule {
        name: name.to_owned(),
        direction,
        action,
        priority,
        ranges: vec![range(to)],
        tags: Vec::new(),
        log: direction == Direction::Egress,
        why: "because of services.web.databases".to_owned(),
    };
    let allow = FirewallAction::AllowTcp(vec![Ports::one(443), Ports::between(3306, 3307)]);
    vec![
        FirewallRule {
            tags: vec!["run-orders".to_owned()],
            ..rule(
                "rich-egress-main",
                Direction::Egress,
                allow,
                1000,
                "10.9.0.0/20",
            )
        },
        rule(
            "rich-egress-deny",
            Direction::Egress,
            FirewallAction::DenyAll,
            65534,
            "0.0.0.0/0",
        ),
        rule(
            "rich-ingress-deny",
            Direction::Ingress,
            FirewallAction::DenyAll,
            65534,
            "0.0.0.0/0",
        ),
    ]
}

fn zones() -> Vec<PrivateZone> {
    let record = |name: &str, dns_name: &str, data| PrivateRecord {
        name: name.to_owned(),
        dns_name: dns_name.to_owned(),
        data,
    };
    let addresses = ["199.36.153.8", "199.36.153.9"].map(str::to_owned).into();
    vec![
        PrivateZone {
            name: "rich-cache".to_owned(),
            dns_name: "cache.rich.internal.".to_owned(),
            records: vec![
                record(
                    "carts-cache",
                    "carts.cache.rich.internal.",
                    RecordData::Cluster("carts".to_owned(), false),
                ),
                record(
                    "lent-cache",
                    "lent.cache.rich.internal.",
                    RecordData::Cache("lent".to_owned(), true),
                ),
                record(
                    "limits-cache",
                    "limits.cache.rich.internal.",
                    RecordData::Cluster("limits".to_owned(), true),
                ),
                record(
                    "sessions-cache",
                    "sessions.cache.rich.internal.",
                    RecordData::Cache("sessions".to_owned(), false),
                ),
            ],
            why: "caches have names of ours",
        },
        PrivateZone {
            name: "rich-orders-example-com".to_owned(),
            dns_name: "orders.example.com.".to_owned(),
            records: vec![record(
                "orders-example-com",
                "orders.example.com.",
                RecordData::Balancer("rich-internal".to_owned()),
            )],
            why: "a private name",
        },
        PrivateZone {
            name: "rich-internal".to_owned(),
            dns_name: "rich.internal.".to_owned(),
            records: vec![
                record(
                    "main",
                    "main.sql.rich.internal.",
                    RecordData::Database("main".to_owned()),
                ),
                record(
                    "main-replica",
                    "replica.main.sql.rich.internal.",
                    RecordData::Replica("main".to_owned(), "main-replica-1".to_owned()),
                ),
            ],
            why: "databases have names of ours",
        },
        PrivateZone {
            name: "rich-run-app".to_owned(),
            dns_name: "run.app.".to_owned(),
            records: vec![
                record("run-app", "run.app.", RecordData::Addresses(addresses)),
                record(
                    "run-app-any",
                    "*.run.app.",
                    RecordData::Alias("run.app.".to_owned()),
                ),
            ],
            why: "calls to internal services go through the network",
        },
    ]
}

pub(super) fn databases() -> Vec<Database> {
    let main = Database {
        name: "main".to_owned(),
        instance: "main".to_owned(),
        project: PROJECT.to_owned(),
        connection_name: format!("{PROJECT}:{REGION}:main"),
        existing: false,
        engine: Engine::Postgres,
        version: "POSTGRES_17".to_owned(),
        tier: "db-custom-2-7680".to_owned(),
        edition: Edition::Enterprise,
        availability: Availability::Regional,
        tls: TlsMode::Encrypted,
        connectors_only: true,
        names: vec!["orders".to_owned(), "stock".to_owned()],
        users: vec![DatabaseUser {
            account: "run-orders".to_owned(),
            user: format!("run-orders@{PROJECT}.iam"),
            login: format!("run-orders@{PROJECT}.iam"),
        }],
        password_users: Vec::new(),
        flags: vec![
            ("cloudsql.iam_authentication".to_owned(), "on".to_owned()),
            ("max_connections".to_owned(), "400".to_owned()),
        ],
        max_connections: 400,
        backups: Backups {
            start: "18:00".to_owned(),
            retained: 14,
            pitr: true,
            log_days: 7,
            location: REGION.to_owned(),
        },
        maintenance: Maintenance { day: 7, hour: 18 },
        replicas: vec![Replica {
            name: "main-replica-1".to_owned(),
            region: "europe-west4".to_owned(),
            tier: "db-custom-2-7680".to_owned(),
        }],
        encryption_key: Some(key("cmek")),
        deletion_protection: true,
        labels: labels(),
    };
    let ledger = Database {
        name: "ledger".to_owned(),
        instance: "ledger".to_owned(),
        engine: Engine::Mysql,
        version: "MYSQL_8_4".to_owned(),
        edition: Edition::EnterprisePlus,
        availability: Availability::Zonal,
        tls: TlsMode::Mtls,
        connectors_only: false,
        users: vec![DatabaseUser {
            account: "job-migrate".to_owned(),
            user: account("job-migrate").email,
            login: "job-migrate".to_owned(),
        }],
        password_users: vec![PasswordUser {
            name: "reports".to_owned(),
            secret: "session-key".to_owned(),
        }],
        flags: vec![("cloudsql_iam_authentication".to_owned(), "on".to_owned())],
        replicas: Vec::new(),
        encryption_key: None,
        deletion_protection: false,
        ..main.clone()
    };
    let old = Database {
        name: "old".to_owned(),
        existing: true,
        ..main.clone()
    };
    vec![ledger, main, old]
}

pub(super) fn caches() -> Vec<Cache> {
    let valkey = CacheEngine::Valkey("VALKEY_8_0");
    let cache = |name: &str, engine, availability| Cache {
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        region: REGION.to_owned(),
        id: name.to_owned(),
        existing: false,
        engine,
        node_type: match engine {
            CacheEngine::Valkey(_) => "STANDARD_SMALL",
            CacheEngine::Redis => "REDIS_STANDARD_SMALL",
        },
        availability,
        encryption_key: (name == "sessions").then(|| key("cmek")),
        deletion_protection: availability == Availability::Regional,
        labels: labels(),
    };
    let lent = |name, engine| Cache {
        project: "acme-shared".to_owned(),
        id: format!("all-{name}"),
        existing: true,
        ..cache(name, engine, Availability::Zonal)
    };
    vec![
        cache("carts", CacheEngine::Redis, Availability::Zonal),
        lent("lent", CacheEngine::Valkey("")),
        lent("limits", CacheEngine::Redis),
        cache("listings", valkey, Availability::Zonal),
        cache("sessions", valkey, Availability::Regional),
    ]
}

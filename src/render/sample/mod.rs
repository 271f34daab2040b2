//! A plan for tests in which every kind of thing stands at least once. It need not make sense as a system.

mod binary_authorization;
mod delivery;
mod edge;
mod event;
mod key;
mod log_sink;
mod messages;
mod monitoring;
mod network;
mod perimeter;
mod registry;
mod store;
mod workload;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;

use crate::plan::model::*;
use crate::rules;

pub(super) const PROJECT: &str = "acme-rich-prod";
pub(super) const REGION: &str = "europe-west1";

/// The plan: own network, databases, secrets, services, jobs, load balancer, WAF, governance, values.
pub(crate) fn plan() -> Plan {
    let accounts = [
        "call-orders",
        "job-migrate",
        "run-admin",
        "run-orders",
        "run-web",
        "start-migrate",
        "work-mailer",
    ]
    .map(account);
    let mut plan = Plan {
        source: "rich.toml".to_owned(),
        environment: "prod".to_owned(),
        project: Project {
            name: "rich".to_owned(),
            description: "every kind of thing".to_owned(),
            id: PROJECT.to_owned(),
            number: None,
            region: REGION.to_owned(),
            labels: labels(),
        },
        state: Some(State {
            stages: [Stage::Governance, Stage::Foundation, Stage::Services]
                .map(|stage| {
                    let place = StatePlace {
                        bucket: "acme-state".to_owned(),
                        prefix: format!("rich/prod/{}", stage.name()),
                    };
                    (stage, place)
                })
                .into(),
        }),
        apis: apis(),
        agents: vec![Agent {
            service: "iap.googleapis.com".to_owned(),
            email: agent_email(None, "gcp-sa-iap"),
            why: "IAP calls the services behind it by this account",
            by_lookup: false,
        }],
        network: Some(network::network()),
        accounts: accounts.into(),
        secrets: secrets(),
        topics: messages::topics(),
        subscriptions: messages::subscriptions(),
        schedules: messages::schedules(),
        workflows: messages::workflows(),
        queues: messages::queues(),
        registries: registry::registries(),
        events: event::events(),
        log_sinks: log_sink::log_sinks(),
        delivery: Some(delivery::delivery()),
        files: vec![ConfigFile {
            name: "orders-config-yaml-1a2b3c4d".to_owned(),
            element: "services.orders".to_owned(),
            path: "/etc/app/config.yaml".to_owned(),
            text: "a: 1\nb: \"${x}\"\n".to_owned(),
            region: REGION.to_owned(),
            encryption_key: Some(key::key("cmek")),
            labels: labels(),
        }],
        buckets: store::buckets(),
        keys: key::keys(),
        encryption: true,
        databases: network::databases(),
        caches: network::caches(),
        firestores: store::firestores(),
        datasets: store::datasets(),
        channels: event::channels(),
        services: workload::services(),
        jobs: vec![workload::job()],
        workers: vec![workload::worker()],
        edge: Some(edge::edge()),
        internal_edge: Some(edge::internal()),
        wafs: edge::wafs(),
        org_policies: org_policies(),
        org_policies_in_the_way: vec!["run.managed.requireInvokerIam".to_owned()],
        binary_authorization: Some(binary_authorization::binary_authorization()),
        perimeter: Some(perimeter::perimeter()),
        audit_logs: vec![audit_log()],
        log_retention: NonZero::new(90),
        monitoring: Some(monitoring::monitoring()),
        grants: Vec::new(),
        values: BTreeMap::from([(
            "gateway".to_owned(),
            Value {
                terraform: "\"https://${google_compute_ssl_policy.rich.name}.example.com\""
                    .to_owned(),
                gcloud: "printf %s https://rich.example.com".to_owned(),
            },
        )]),
        exceptions: exceptions(),
        facts: Vec::new(),
    };
    plan.grants = grants();
    plan
}

fn exceptions() -> Vec<Exception> {
    vec![Exception {
        element: "services.web".to_owned(),
        rule: rules::ANONYMOUS_ACCESS.code.to_owned(),
        reason: "the front is \"open\"".to_owned(),
        owner: "shop-team".to_owned(),
        expires: "2027-06-30".to_owned(),
    }]
}

fn audit_log() -> AuditLog {
    AuditLog {
        service: "secretmanager.googleapis.com".to_owned(),
        kinds: ["ADMIN_READ", "DATA_READ"].map(str::to_owned).into(),
    }
}

/// Labels with keys of different lengths.
pub(super) fn labels() -> Labels {
    [
        ("environment", "prod"),
        ("managed-by", "ravelin"),
        ("o", "x"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

pub(super) fn account(id: &str) -> Account {
    let (kind, name) = id.split_once('-').unwrap_or(("run", id));
    let (kind, table) = match kind {
        "job" => ("job", "jobs"),
        "work" => ("worker", "workers"),
        "flow" => ("workflow", "workflows"),
        _ => ("service", "services"),
    };
    Account {
        id: id.to_owned(),
        email: format!("{id}@{PROJECT}.iam.gserviceaccount.com"),
        purpose: format!("{kind} {name}"),
        element: format!("{table}.{name}"),
    }
}

pub(super) fn principal(id: &str) -> Principal {
    let Account { id, email, .. } = account(id);
    Principal::Account { id, email }
}

fn iap_agent() -> Principal {
    Principal::Agent {
        service: "iap.googleapis.com".to_owned(),
        email: agent_email(None, "gcp-sa-iap"),
    }
}

fn apis() -> Vec<Api> {
    let foundation = [
        "artifactregistry",
        "cloudkms",
        "cloudresourcemanager",
        "cloudscheduler",
        "cloudtasks",
        "compute",
        "dns",
        "eventarc",
        "iam",
        "iap",
        "memorystore",
        "networkconnectivity",
        "pubsub",
        "run",
        "secretmanager",
        "servicenetworking",
        "sqladmin",
        "storage",
        "workflows",
    ];
    let api = |stage, name: &str| Api {
        stage,
        service: format!("{name}.googleapis.com"),
    };
    let mut apis = vec![api(Stage::Governance, "orgpolicy")];
    apis.extend(foundation.map(|name| api(Stage::Foundation, name)));
    apis.push(api(Stage::Services, "certificatemanager"));
    apis
}

fn secrets() -> Vec<Secret> {
    let secret = |name: &str, existing: bool| Secret {
        rotation: (!existing).then(|| Rotation {
            days: NonZero::<u32>::MIN,
            topic: TopicPath {
                project: PROJECT.to_owned(),
                id: "orders".to_owned(),
            },
        }),
        name: name.to_owned(),
        project: PROJECT.to_owned(),
        id: name.to_owned(),
        existing,
        replicas: vec![REGION.to_owned(), "europe-west4".to_owned()],
        encryption_keys: BTreeMap::from([(REGION.to_owned(), key::key("cmek"))]),
        generate: (name == "session-key").then(|| Generate {
            length: 32,
            alphabet: "abc".to_owned(),
        }),
        authority_of: (name == "sessions-ca").then(|| "sessions".to_owned()),
        pinned: vec![1, 3],
        latest: true,
        deletion_protection: true,
        labels: labels(),
    };
    vec![
        secret("old-one", true),
        secret("session-key", false),
        secret("sessions-ca", false),
        secret("unread", false),
    ]
}

fn org_policies() -> Vec<OrgPolicy> {
    let policy = |constraint: &str, rule| OrgPolicy {
        constraint: constraint.to_owned(),
        rule,
        why: "as the services need it".to_owned(),
    };
    let allowed = ["internal", "internal-and-cloud-load-balancing"];
    vec![
        policy("compute.vmExternalIpAccess", OrgRule::DenyAll),
        policy("iam.disableServiceAccountKeyCreation", OrgRule::Enforce),
        policy(
            "run.allowedIngress",
            OrgRule::Allow(allowed.map(str::to_owned).into()),
        ),
    ]
}

#[allow(clippy::too_many_lines, reason = "one entry a kind of resource")]
fn grants() -> Vec<Grant> {
    let project = || PROJECT.to_owned();
    let grant = |on: Resource, role: &str, to: Principal, name: &str| Grant {
        on,
        role: role.to_owned(),
        to,
        condition: None,
        name: name.to_owned(),
        causes: BTreeSet::from(["services.web.x".to_owned(), "services.web.y".to_owned()]),
        stage: Stage::Foundation,
    };
    let named = |text: &str| Principal::Named(Text::from(text));
    let region = || REGION.to_owned();
    let mut grants = vec![
        Grant {
            condition: Some(Condition {
                title: "only-main".to_owned(),
                expression: "resource.name == 'projects/p/instances/main'".to_owned(),
            }),
            ..grant(
                Resource::Project { project: project() },
                "roles/cloudsql.client",
                principal("run-orders"),
                "cloudsql-client-main-run-orders",
            )
        },
        grant(
            Resource::Secret {
                project: project(),
                name: "session-key".to_owned(),
            },
            "roles/secretmanager.secretAccessor",
            principal("run-web"),
            "session-key-run-web",
        ),
        grant(
            Resource::Secret {
                project: project(),
                name: "old-one".to_owned(),
            },
            "roles/secretmanager.secretAccessor",
            named("group:ops@example.com"),
            "old-one-ops",
        ),
        grant(
            Resource::Bucket {
                project: project(),
                name: "acme-files".to_owned(),
            },
            "roles/storage.objectViewer",
            principal("run-web"),
            "acme-files-run-web",
        ),
        grant(
            Resource::Repository {
                project: project(),
                location: region(),
                name: "shop".to_owned(),
            },
            "roles/artifactregistry.reader",
            iap_agent(),
            "shop-iap",
        ),
        grant(
            Resource::Subnetwork {
                project: project(),
                region: region(),
                name: "rich-run".to_owned(),
            },
            "roles/compute.networkUser",
            principal("run-web"),
            "rich-run-run-web",
        ),
        grant(
            Resource::Account {
                project: project(),
                email: account("run-web").email,
            },
            "roles/iam.serviceAccountUser",
            named("user:dev@example.com"),
            "run-web-dev",
        ),
        grant(
            Resource::Topic {
                project: project(),
                name: "orders".to_owned(),
            },
            "roles/pubsub.publisher",
            principal("run-web"),
            "orders-run-web",
        ),
        grant(
            Resource::Subscription {
                project: project(),
                name: "orders-pulled".to_owned(),
            },
            "roles/pubsub.subscriber",
            principal("run-web"),
            "orders-pulled-run-web",
        ),
        Grant {
            stage: Stage::Services,
            ..grant(
                Resource::Subscription {
                    project: project(),
                    name: "orders-pushed".to_owned(),
                },
                "roles/pubsub.subscriber",
                principal("run-web"),
                "orders-pushed-run-web",
            )
        },
        grant(
            Resource::Key {
                project: project(),
                location: region(),
                ring: "rich".to_owned(),
                name: "mail".to_owned(),
            },
            "roles/cloudkms.signer",
            principal("run-web"),
            "mail-run-web",
        ),
        Grant {
            stage: Stage::Services,
            ..grant(
                Resource::Secret {
                    project: project(),
                    name: "orders-config-yaml-1a2b3c4d".to_owned(),
                },
                "roles/secretmanager.secretAccessor",
                principal("run-orders"),
                "orders-config-yaml-1a2b3c4d-run-orders",
            )
        },
        Grant {
            stage: Stage::Services,
            ..grant(
                Resource::Bucket {
                    project: project(),
                    name: "acme-later".to_owned(),
                },
                "roles/storage.objectViewer",
                principal("run-web"),
                "acme-later-run-web",
            )
        },
        grant(
            Resource::Topic {
                project: "acme-other".to_owned(),
                name: "theirs".to_owned(),
            },
            "roles/pubsub.publisher",
            principal("run-web"),
            "theirs-run-web",
        ),
        grant(
            Resource::IapBackend {
                project: project(),
                name: "admin".to_owned(),
            },
            "roles/iap.httpsResourceAccessor",
            named("group:staff@example.com"),
            "admin-staff",
        ),
        grant(
            Resource::IapService {
                project: project(),
                region: region(),
                name: "tools".to_owned(),
            },
            "roles/iap.httpsResourceAccessor",
            named("group:staff@example.com"),
            "tools-staff",
        ),
        grant(
            Resource::Service {
                project: project(),
                region: region(),
                name: "orders".to_owned(),
            },
            "roles/run.invoker",
            principal("run-web"),
            "orders-invoker-run-web",
        ),
    ];
    grants.sort();
    grants
}

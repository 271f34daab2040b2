//! Services, the job and the worker of the sample.

use crate::plan::model::*;

use super::key::key;
use super::{PROJECT, REGION, account, labels, principal};

const IMAGE: &str = "europe-docker.pkg.dev/acme/shop/web@sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn url(service: &str) -> Text {
    Text::from(format!("https://{service}-").as_str())
        .then_part(Part::ProjectNumber)
        .then(&format!(".{REGION}.run.app"))
}

pub(super) fn services() -> Vec<Service> {
    let invoker = |members: Vec<Principal>| {
        vec![Binding {
            role: "roles/run.invoker".to_owned(),
            members,
        }]
    };
    let orders = Service {
        name: "orders".to_owned(),
        region: REGION.to_owned(),
        stands_in_for: None,
        leaves_region: false,
        ingress: Ingress::Internal,
        public: false,
        auth: Auth::Iam,
        invoker_check: true,
        iap: false,
        policy: invoker(vec![principal("run-web")]),
        run_app_closed: false,
        url: url("orders"),
        domains: Vec::new(),
        private_domains: Vec::new(),
        paths: Vec::new(),
        domain_mappings: Vec::new(),
        audiences: Vec::new(),
        concurrency: 80,
        timeout: 60,
        min: 1,
        max: 10,
        session_affinity: false,
        traffic: Traffic::latest(),
        workload: workload("orders", "run-orders", true),
        ci_owns: vec![CiOwns::Image, CiOwns::Env, CiOwns::Traffic],
        deletion_protection: true,
        retiring: false,
        calls: Vec::new(),
        callers: vec!["services.web".to_owned()],
        after_policies: Vec::new(),
        after_jobs: vec!["migrate".to_owned()],
    };
    let admin = Service {
        name: "admin".to_owned(),
        ingress: Ingress::InternalAndLoadBalancing,
        public: true,
        auth: Auth::Iap,
        policy: invoker(vec![Principal::Agent {
            service: "iap.googleapis.com".to_owned(),
            email: agent_email(None, "gcp-sa-iap"),
        }]),
        run_app_closed: true,
        workload: workload("admin", "run-admin", false),
        ci_owns: vec![CiOwns::Template],
        ..plain(&orders)
    };
    let tools = Service {
        name: "tools".to_owned(),
        ingress: Ingress::All,
        auth: Auth::Iap,
        iap: true,
        public: true,
        policy: Vec::new(),
        domain_mappings: vec!["tools.example.com".to_owned()],
        deletion_protection: false,
        retiring: true,
        session_affinity: true,
        traffic: Traffic {
            shares: vec![
                (Revision::Named("tools-00012-kip".to_owned()), 90),
                (Revision::Latest, 10),
            ],
            tags: vec![("next".to_owned(), Revision::Latest)],
            written: true,
        },
        ..plain(&orders)
    };
    let web = Service {
        name: "web".to_owned(),
        ingress: Ingress::InternalAndLoadBalancing,
        public: true,
        auth: Auth::Anonymous,
        invoker_check: false,
        policy: Vec::new(),
        audiences: vec!["https://shop.example.com".to_owned()],
        calls: vec![Call {
            service: "orders".to_owned(),
            url: url("orders"),
        }],
        after_policies: vec!["orders".to_owned()],
        workload: workload("web", "run-web", false),
        ..plain(&orders)
    };
    vec![admin, orders, tools, web]
}

/// The service without what only it has.
fn plain(service: &Service) -> Service {
    Service {
        ci_owns: Vec::new(),
        callers: Vec::new(),
        after_jobs: Vec::new(),
        ..service.clone()
    }
}

pub(super) fn job() -> Job {
    Job {
        name: "migrate".to_owned(),
        policy: Vec::new(),
        tasks: 2,
        parallelism: 1,
        retries: 0,
        timeout: 600,
        workload: Workload {
            vpc: None,
            ..workload("migrate", "job-migrate", false)
        },
        before: vec!["orders".to_owned()],
        run_token: Some("a1b2c3d4".to_owned()),
        ci_owns: vec![CiOwns::Image],
        deletion_protection: true,
        retiring: false,
        calls: Vec::new(),
        after_policies: Vec::new(),
    }
}

pub(super) fn worker() -> Worker {
    Worker {
        name: "mailer".to_owned(),
        instances: 2,
        workload: workload("mailer", "work-mailer", false),
        ci_owns: vec![CiOwns::Env],
        deletion_protection: true,
        retiring: false,
        calls: Vec::new(),
        after_policies: Vec::new(),
    }
}

fn workload(name: &str, id: &str, rich: bool) -> Workload {
    let port = id.starts_with("run").then_some(Port {
        number: 8080,
        http2: name == "web",
    });
    let mut containers = vec![container(name, port)];
    let mut volumes = Vec::new();
    if rich {
        containers.push(Container {
            after: Vec::new(),
            startup: Some(probe(ProbeCheck::Tcp { port: 5432 })),
            ..container("proxy", None)
        });
        containers[0].after = vec!["proxy".to_owned()];
        containers[0].startup = Some(probe(ProbeCheck::Http {
            path: "/health".to_owned(),
            port: 8080,
        }));
        containers[0].liveness = Some(probe(ProbeCheck::Grpc { port: 8080 }));
        volumes = self::volumes();
        containers[0].mounts = volumes
            .iter()
            .map(|volume| Mount {
                volume: volume.name.clone(),
                path: format!("/mnt/{}", volume.name),
            })
            .collect();
    }
    Workload {
        account: account(id),
        vpc: Some(VpcAccess {
            egress: if rich {
                VpcEgress::All
            } else {
                VpcEgress::PrivateRanges
            },
            network: format!("projects/{PROJECT}/global/networks/rich"),
            subnetwork: format!("projects/{PROJECT}/regions/{REGION}/subnetworks/rich-run"),
            tags: vec![id.to_owned()],
        }),
        internet: Internet::Nat,
        containers,
        volumes,
        databases: vec![DatabaseUse {
            database: "main".to_owned(),
            pool: 5,
            connect: Connect::Connector,
            password_user: None,
        }],
        caches: vec!["sessions".to_owned()],
        secrets: vec!["session-key".to_owned()],
        enqueues: Vec::new(),
        channels: Vec::new(),
        publishes: Vec::new(),
        consumes: Vec::new(),
        starts: Vec::new(),
        encryption_key: rich.then(|| key("cmek")),
        binary_authorization: true,
        labels: labels(),
    }
}

fn volumes() -> Vec<Volume> {
    let volume = |name: &str, source| Volume {
        name: name.to_owned(),
        source,
    };
    vec![
        volume(
            "bucket",
            VolumeSource::Bucket {
                bucket: "acme-files".to_owned(),
                read_only: true,
            },
        ),
        volume(
            "memory",
            VolumeSource::Memory {
                size: "64Mi".to_owned(),
            },
        ),
        volume(
            "nfs",
            VolumeSource::Nfs {
                server: "10.8.0.9/32".parse().unwrap_or_default(),
                path: "/export".to_owned(),
                read_only: false,
            },
        ),
        volume(
            "tls",
            VolumeSource::Secret {
                secret: "old-one".to_owned(),
                mode: 0o444,
                items: vec![SecretItem {
                    version: "latest".to_owned(),
                    path: "ca.pem".to_owned(),
                }],
            },
        ),
    ]
}

fn probe(check: ProbeCheck) -> Probe {
    Probe {
        check,
        delay: 0,
        period: 10,
        timeout: 5,
        failures: 12,
    }
}

fn container(name: &str, port: Option<Port>) -> Container {
    let text = |name: &str, value: Text| EnvVar {
        name: name.to_owned(),
        value: EnvValue::Text(value),
    };
    Container {
        name: name.to_owned(),
        image: Text::from(IMAGE),
        command: vec!["/app".to_owned()],
        args: vec![
            Text::from("--greeting=\"hi\" ${not} %{live}"),
            Text::from("--gateway=").then_part(Part::Value("gateway".to_owned())),
        ],
        env: vec![
            text(
                "GATEWAY",
                Text::default().then_part(Part::Value("gateway".to_owned())),
            ),
            text("LOG_LEVEL", Text::from("info")),
            text("ORDERS_URL", url("orders")),
            EnvVar {
                name: "SESSION_KEY".to_owned(),
                value: EnvValue::Secret(SecretVersion {
                    secret: "session-key".to_owned(),
                    version: "3".to_owned(),
                }),
            },
        ],
        cpu: "1".to_owned(),
        memory: "512Mi".to_owned(),
        gpu: None,
        cpu_idle: true,
        startup_boost: true,
        port,
        mounts: Vec::new(),
        startup: None,
        liveness: None,
        after: Vec::new(),
    }
}

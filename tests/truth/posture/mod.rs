//! The facts of an environment, worked out from what a backend leaves and from nothing else.

mod admission;
mod bucket;
mod cache;
mod dataset;
mod delivery;
mod firestore;
mod internal;
mod key;
mod logs;
mod messages;
mod monitoring;
mod perimeter;
mod registry;
mod resources;
mod shared;

use std::collections::{BTreeMap, BTreeSet};

use ravelin::plan::model::{Cache, CacheEngine, KeyPath, Plan, RegistryPath};

use crate::cloud::{Cloud, Grant, Place, Settings, many, one};

/// The facts of one backend.
pub struct Posture<'a> {
    pub place: &'a Place,
    /// Whether it is that of the scripts.
    pub scripts: bool,
    pub cloud: &'a Cloud,
    /// The buckets of its states, where it is Terraform's.
    pub state: Option<&'a String>,
    /// What is asked of other projects stands beside both backends.
    pub elsewhere: &'a BTreeSet<Grant>,
    /// What elements are called in the cloud.
    pub names: &'a Names,
    /// The versions that `secrets.sh`, which both share, looks for: by the secret's name.
    pub needs: &'a BTreeMap<String, BTreeSet<String>>,
    /// The written exceptions of `ACCESS.md`: by element and rule, owner and end.
    pub exceptions: &'a BTreeMap<String, String>,
}

/// What the blueprint's elements are called in the cloud, where that is not their name.
pub struct Names {
    /// The prefix of shared names.
    pub project: String,
    /// Secrets: name, project, id.
    pub secrets: Vec<(String, String, String)>,
    /// Buckets: name, project, name in Cloud Storage.
    pub buckets: Vec<(String, String, String)>,
    /// Keys: name and path.
    pub keys: Vec<(String, KeyPath)>,
    /// Repositories of images: name and path.
    pub registries: Vec<(String, RegistryPath)>,
    /// Databases: name, project, instance.
    pub databases: Vec<(String, String, String)>,
    /// Databases of Firestore: name, project, id.
    pub firestores: Vec<(String, String, String)>,
    /// Datasets: name, project, id.
    pub datasets: Vec<(String, String, String)>,
    /// Caches: name, project, path.
    pub caches: Vec<(String, String, String)>,
    /// Channels: name, project, location, id.
    pub channels: Vec<(String, String, String, String)>,
    /// Topics: name, project, id.
    pub topics: Vec<(String, String, String)>,
    /// Subscriptions: name, project, id.
    pub subscriptions: Vec<(String, String, String)>,
    /// Queues: name, project and region, id.
    pub queues: Vec<(String, String, String)>,
}

impl Names {
    /// The names of a plan: the only thing that is taken from it.
    pub fn of(plan: &Plan) -> Self {
        let secret = |one: &ravelin::plan::model::Secret| {
            (one.name.clone(), one.project.clone(), one.id.clone())
        };
        let database = |one: &ravelin::plan::model::Database| {
            (one.name.clone(), one.project.clone(), one.instance.clone())
        };
        let bucket = |one: &ravelin::plan::model::Bucket| {
            (one.name.clone(), one.project.clone(), one.bucket.clone())
        };
        Self {
            buckets: plan.buckets.iter().map(bucket).collect(),
            keys: (plan.keys.iter())
                .map(|one| (one.name.clone(), one.path.clone()))
                .collect(),
            registries: (plan.registries.iter())
                .map(|one| (one.name.clone(), one.path.clone()))
                .collect(),
            project: plan.project.name.clone(),
            secrets: plan.secrets.iter().map(secret).collect(),
            databases: plan.databases.iter().map(database).collect(),
            firestores: (plan.firestores.iter())
                .map(|one| {
                    (
                        one.name.clone(),
                        one.path.project.clone(),
                        one.path.id.clone(),
                    )
                })
                .collect(),
            datasets: (plan.datasets.iter())
                .map(|one| {
                    let path = one.path.clone();
                    (one.name.clone(), path.project, path.id)
                })
                .collect(),
            caches: (plan.caches.iter())
                .map(|one| {
                    let things = match one.engine {
                        CacheEngine::Valkey(_) => "instances",
                        CacheEngine::Redis => "clusters",
                    };
                    let Cache {
                        project,
                        region,
                        id,
                        ..
                    } = one;
                    let path = format!("projects/{project}/locations/{region}/{things}/{id}");
                    (one.name.clone(), project.clone(), path)
                })
                .collect(),
            channels: (plan.channels.iter())
                .map(|one| {
                    let path = one.path.clone();
                    (one.name.clone(), path.project, path.location, path.id)
                })
                .collect(),
            topics: (plan.topics.iter())
                .map(|one| (one.name.clone(), one.project.clone(), one.id.clone()))
                .collect(),
            queues: (plan.queues.iter())
                .map(|one| {
                    let place = format!("projects/{}/locations/{}", one.project, one.region);
                    (one.name.clone(), place, one.id.clone())
                })
                .collect(),
            subscriptions: (plan.subscriptions.iter())
                .map(|one| (one.name.clone(), one.project.clone(), one.id.clone()))
                .collect(),
        }
    }
}

/// APIs by the domain of their agents (<https://cloud.google.com/iam/docs/service-agents>).
const AGENTS: &[(&str, &str)] = &[
    (
        "gcp-sa-binaryauthorization",
        "binaryauthorization.googleapis.com",
    ),
    ("cloud-redis", "redis.googleapis.com"),
    ("gcp-sa-artifactregistry", "artifactregistry.googleapis.com"),
    ("gcp-sa-cloud-sql", "sqladmin.googleapis.com"),
    ("gcp-sa-cloudscheduler", "cloudscheduler.googleapis.com"),
    ("gcp-sa-eventarc", "eventarc.googleapis.com"),
    ("gcp-sa-firestore", "firestore.googleapis.com"),
    ("gcp-sa-iap", "iap.googleapis.com"),
    ("gcp-sa-logging", "logging.googleapis.com"),
    ("gcp-sa-memorystore", "memorystore.googleapis.com"),
    ("gcp-sa-pubsub", "pubsub.googleapis.com"),
    ("gcp-sa-secretmanager", "secretmanager.googleapis.com"),
    ("gs-project-accounts", "storage.googleapis.com"),
    ("serverless-robot-prod", "run.googleapis.com"),
];

fn switch(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn joined(values: impl IntoIterator<Item = String>, empty: &str) -> String {
    let values: BTreeSet<String> = values.into_iter().collect();
    if values.is_empty() {
        return empty.to_owned();
    }
    values.into_iter().collect::<Vec<_>>().join(", ")
}

impl Posture<'_> {
    /// A fact by its element and name; nothing where this backend does not say it, or nobody knows how to read it.
    pub fn fact(&self, element: &str, name: &str, promised: &str) -> Option<String> {
        let (kind, element) = element.split_once('.').unwrap_or((element, ""));
        match kind {
            "services" => self.service(element, name),
            "jobs" => self.job(element, name),
            "workers" => self.workload(self.cloud.find("run worker-pools", element)?, "", name),
            "databases" => self.database(element, name),
            "caches" => self.cache(element, name),
            "firestores" => self.firestore(element, name),
            "datasets" => self.dataset(element, name),
            "secrets" => self.secret(element, name),
            "channels" => self.channel(element, name),
            "topics" => self.topic(element, name),
            "subscriptions" => self.subscription(element, name),
            "buckets" => self.bucket(element, name),
            "keys" => self.key(element, name),
            "schedules" => self.schedule(element, name),
            "workflows" => self.workflow(element, name),
            "queues" => self.queue(element, name),
            "registries" => self.registry(element, name),
            "events" => self.event(element, name),
            "log_sinks" => self.log_sink(element, name),
            "logs" => self.logs(name),
            "binary_authorization" => self.admission(name),
            "perimeter" => self.perimeter(name),
            "monitoring" => self.monitoring(name),
            "delivery" => self.delivery(name),
            "network" => self.network(name),
            "subnetworks" => {
                let mut all = self.cloud.all("compute networks subnets");
                let (_, subnet) = all.find(|(_, one)| {
                    self::one(one, "region") == Some(element) && !one.contains_key("purpose")
                })?;
                shared::subnetwork(subnet, name)
            }
            "load_balancer" => self.load_balancer(name),
            "internal_load_balancer" => self.internal_load_balancer(name),
            "waf" => self.waf(element, name, promised),
            "project" => self.project(name, promised),
            "exceptions" => self.exceptions.get(&format!("{element}.{name}")).cloned(),
            "governance" => {
                let set = self.cloud.find("org-policies", name);
                // Terraform says that there is none by not setting it.
                let removed = self.cloud.find("org-policies removed", name).is_some();
                if set.is_none() && self.scripts && !removed {
                    return None;
                }
                Some(set.map_or("none".to_owned(), |policy| {
                    joined(policy["allows"].clone(), "nothing")
                }))
            }
            "audit_logs" if name == "services" => {
                let none = self.cloud.all("audit logs").next().is_none();
                Some(if none { "none" } else { "some" }.to_owned())
            }
            "audit_logs" => {
                let log = self.cloud.find("audit logs", name)?;
                Some(joined(log["kinds"].clone(), "none"))
            }
            _ => None,
        }
    }

    /// The number of the project, as members have it.
    fn number(&self) -> &str {
        self.place.number.as_deref().unwrap_or("PROJECT_NUMBER")
    }

    /// Who has a role by these grants, under such a condition or without any.
    pub(super) fn holders_under<'g>(
        &self,
        grants: impl Iterator<Item = &'g Grant>,
        role: &str,
        such: impl Fn(&str) -> bool,
    ) -> String {
        let held = grants.filter(|grant| {
            let condition = grant.condition.as_ref();
            grant.role == role && condition.is_none_or(|(_, expression)| such(expression))
        });
        joined(held.map(|grant| self.short(&grant.to)), "nobody")
    }

    /// A principal in short: an account that is made here by its id, an agent of Google's by its API.
    pub(super) fn short(&self, member: &str) -> String {
        let member = member.replace("⟨project_number⟩", "PROJECT_NUMBER");
        let Some(email) = member.strip_prefix("serviceAccount:") else {
            // Those of a pool that is made here.
            let pools = format!("projects/{}/", self.number());
            let rest = member.strip_prefix("principalSet://iam.googleapis.com/");
            let rest = rest.and_then(|rest| rest.strip_prefix(&pools));
            let rest = rest.and_then(|rest| {
                let pool = rest.strip_prefix("locations/global/workloadIdentityPools/")?;
                pool.split_once('/')
            });
            return match rest {
                Some((pool, attribute)) => format!("{attribute} of pool {pool}"),
                None => member,
            };
        };
        let (id, domain) = email.split_once('@').unwrap();
        let domain = domain
            .strip_suffix(".iam.gserviceaccount.com")
            .unwrap_or(domain);
        let agent = AGENTS.iter().find(|(agent, _)| *agent == domain);
        if let Some((_, api)) = agent.filter(|_| id.starts_with("service-")) {
            return format!("agent of {api}");
        }
        let workloads = ["run services", "run jobs", "run worker-pools", "workflows"]
            .into_iter()
            .flat_map(|kind| self.cloud.all(kind));
        let mut accounts = workloads.filter_map(|(_, settings)| one(settings, "service-account"));
        let made = self.cloud.find("iam service-accounts", id).is_some();
        let runs = accounts.any(|account| account == email);
        if domain == self.place.project && (made || runs) {
            return id.to_owned();
        }
        member
    }

    pub(super) fn holders(&self, on: &str, role: &str) -> impl Iterator<Item = String> {
        let grants = self.cloud.grants.iter().chain(self.elsewhere);
        let holding = grants.filter(|grant| grant.on == on && grant.role == role);
        holding
            .map(|grant| self.short(&grant.to))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn run(&self, kind: &str, name: &str) -> String {
        let project = &self.place.project;
        let region = self.cloud.one(&format!("run {kind}"), name, "region");
        let region = region.unwrap_or("nowhere");
        format!("//run.googleapis.com/projects/{project}/locations/{region}/{kind}/{name}")
    }

    /// The backend of the load balancer that leads to a service.
    fn backend(&self, service: &str) -> Option<(&str, &Settings)> {
        let groups = self.cloud.all("compute network-endpoint-groups");
        let mut groups =
            groups.filter(|(_, group)| one(group, "cloud-run-service") == Some(service));
        let (group, _) = groups.next()?;
        let mut backends = self.cloud.all("compute backend-services");
        backends.find(|(_, backend)| many(backend, "backends").iter().any(|one| one == group))
    }

    fn callers(&self, service: &str) -> Option<String> {
        let check = self
            .cloud
            .one("run services", service, "invoker-iam-check")?;
        if check == "false" {
            return Some("everybody".to_owned());
        }
        Some(joined(
            self.holders(&self.run("services", service), "roles/run.invoker"),
            "nobody",
        ))
    }

    /// Where Identity-Aware Proxy stands.
    fn iap(&self, service: &str) -> Option<&'static str> {
        let here = self.cloud.one("run services", service, "iap")?;
        let before = self
            .backend(service)
            .and_then(|(_, backend)| one(backend, "iap"));
        Some(match (here, before) {
            ("true", _) => "service",
            (_, Some("enabled")) => "backend",
            _ => "none",
        })
    }

    fn service(&self, service: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("run services", service)?;
        let backend = self.backend(service);
        let setting = |field: &str| one(settings, field).map(str::to_owned);
        let policy = self.run("services", service);
        match name {
            "ingress" => setting("ingress"),
            "auth" => Some(
                match (self.iap(service)?, self.callers(service)?.as_str()) {
                    ("none", callers) if callers == "everybody" || callers.contains("allUsers") => {
                        "anonymous".to_owned()
                    }
                    ("none", _) => "iam".to_owned(),
                    _ => "iap".to_owned(),
                },
            ),
            "invoker_check" => Some(switch(setting("invoker-iam-check")? == "true")),
            "callers" => self.callers(service),
            "run_app" => Some(
                if setting("default-url")? == "true" {
                    "open"
                } else {
                    "closed"
                }
                .to_owned(),
            ),
            "waf" => Some(
                backend
                    .and_then(|(_, backend)| one(backend, "security-policy"))
                    .unwrap_or("none")
                    .to_owned(),
            ),
            "waf_bypass" => Some(
                match (
                    setting("default-url")?.as_str(),
                    setting("ingress")?.as_str(),
                    self.callers(service)?,
                ) {
                    ("false", _, _) => "nobody".to_owned(),
                    (_, "all", _) => "everybody".to_owned(),
                    (_, _, callers) if callers == "everybody" => {
                        "everything inside the network".to_owned()
                    }
                    (_, _, callers) => callers,
                },
            ),
            "logs" => {
                let (_, backend) = backend?;
                let all = one(backend, "enable-logging") == Some("true")
                    && one(backend, "logging-sample-rate") == Some("1");
                Some(if all { "all requests" } else { "some" }.to_owned())
            }
            "headers" => Some(joined(
                many(backend?.1, "custom-response-header").to_vec(),
                "none",
            )),
            "region" => setting("region"),
            "reached_in" => {
                let groups = many(backend?.1, "backends").iter();
                let regions = groups.filter_map(|group| {
                    let kind = "compute network-endpoint-groups";
                    self.cloud.one(kind, group, "region").map(str::to_owned)
                });
                Some(joined(regions, "none"))
            }
            "iap" => self.iap(service).map(str::to_owned),
            "members" => {
                let Place {
                    project, region, ..
                } = self.place;
                let on = if self.iap(service)? == "service" {
                    format!("cloud_run-{region}/services/{service}")
                } else {
                    format!("compute/services/{}", backend?.0)
                };
                let on = format!("//iap.googleapis.com/projects/{project}/iap_web/{on}");
                Some(joined(
                    self.holders(&on, "roles/iap.httpsResourceAccessor"),
                    "nobody",
                ))
            }
            "domain_mappings" => {
                let mapped = self.cloud.all("run domain-mappings");
                let mapped = mapped.filter(|(_, mapping)| one(mapping, "service") == Some(service));
                Some(joined(mapped.map(|(domain, _)| domain.to_owned()), "none"))
            }
            "traffic" if many(settings, "traffic") == ["latest 100%"] => Some("latest".to_owned()),
            "traffic" | "tags" => Some(joined(many(settings, name).to_vec(), "none")),
            "audiences" => Some(joined(
                many(settings, "set-custom-audiences").to_vec(),
                "none",
            )),
            other => self.workload(settings, &policy, other),
        }
    }

    fn job(&self, job: &str, name: &str) -> Option<String> {
        let settings = self.cloud.find("run jobs", job)?;
        let policy = self.run("jobs", job);
        match name {
            "callers" => Some(joined(self.holders(&policy, "roles/run.invoker"), "nobody")),
            other => self.workload(settings, &policy, other),
        }
    }

    fn workload(&self, settings: &Settings, policy: &str, name: &str) -> Option<String> {
        let account = one(settings, "service-account")?;
        match name {
            "developers" => Some(joined(
                self.holders(policy, "roles/run.developer"),
                "nobody",
            )),
            role if role.starts_with("roles/") => {
                Some(joined(self.holders(policy, role), "nobody"))
            }
            // Terraform's own.
            "deletion_protection" => Some(switch(one(settings, "deletion_protection")? == "true")),
            "egress" => Some(one(settings, "vpc-egress").unwrap_or("outside").to_owned()),
            "egress.internet" => Some(self.internet(settings)),
            "encryption" => one(settings, "key").map(|key| self.key_in_short(key)),
            "binary_authorization" => {
                let asks = one(settings, "binary-authorization") == Some("default");
                asks.then(|| "on".to_owned())
            }
            "account" => {
                let (id, domain) = account.split_once('@').unwrap();
                let home = domain == format!("{}.iam.gserviceaccount.com", self.place.project);
                Some(if home { id } else { account }.to_owned())
            }
            "grants" => {
                let member = format!("serviceAccount:{account}");
                let grants = self.cloud.grants.iter().chain(self.elsewhere);
                let own = grants.filter(|grant| grant.to == member);
                Some(joined(own.map(|grant| self.in_short(grant)), "none"))
            }
            "images_by_tag" => {
                let containers = settings.iter().filter_map(|(field, image)| {
                    let container = field.strip_prefix("container/")?.strip_suffix("/image")?;
                    (!image[0].contains("@sha256:")).then(|| container.to_owned())
                });
                Some(joined(containers, "none"))
            }
            _ => None,
        }
    }

    /// What a workload reaches of the internet.
    fn internet(&self, settings: &Settings) -> String {
        if one(settings, "vpc-egress") != Some("all-traffic") {
            return "direct".to_owned();
        }
        let tags = many(settings, "network-tags");
        if self.cloud.all("compute networks").next().is_none() {
            return "by the network".to_owned();
        }
        let open = self.cloud.all("compute firewall-rules").any(|(_, rule)| {
            let targets = many(rule, "target-tags");
            one(rule, "direction") == Some("egress")
                && one(rule, "action") == Some("ALLOW")
                && many(rule, "destination-ranges")
                    .iter()
                    .any(|range| range == "0.0.0.0/0")
                && (targets.is_empty() || targets.iter().any(|tag| tags.contains(tag)))
        });
        let nat = self.cloud.all("compute routers nats").next().is_some();
        if open && nat { "nat" } else { "none" }.to_owned()
    }

    /// A grant in short: `secretmanager.secretAccessor on secret stripe-key`.
    fn in_short(&self, grant: &Grant) -> String {
        let path = grant.on.trim_start_matches('/');
        let (api, path) = path.split_once('/').unwrap();
        let parts: Vec<&str> = path.split('/').collect();
        let name = *parts.last().unwrap();
        // An account of the project that it lies in goes by its id.
        let host = format!("@{}.iam.gserviceaccount.com", parts[1]);
        let name = name.strip_suffix(&host).unwrap_or(name);
        // The name of a bucket is one for the whole world, and does not tell its project.
        let mut buckets = self.names.buckets.iter();
        let project = match parts[1] {
            "_" => buckets
                .find(|(_, _, bucket)| bucket == name)
                .map_or("_", |(_, project, _)| project),
            project => project,
        };
        let kind = match (api, parts[parts.len() - 2]) {
            ("cloudresourcemanager.googleapis.com", _) => "the project",
            ("run.googleapis.com", "services") => "service",
            ("run.googleapis.com", "jobs") => "job",
            ("secretmanager.googleapis.com", _) => "secret",
            ("storage.googleapis.com", _) => "bucket",
            ("artifactregistry.googleapis.com", _) => "repository",
            ("compute.googleapis.com", _) => "subnetwork",
            ("iam.googleapis.com", _) => "account",
            ("cloudtasks.googleapis.com", _) => "queue",
            ("pubsub.googleapis.com", "topics") => "topic",
            ("pubsub.googleapis.com", "subscriptions") => "subscription",
            ("cloudkms.googleapis.com", _) => "key",
            ("binaryauthorization.googleapis.com", _) => "attestor",
            ("bigquery.googleapis.com", "datasets") => "dataset",
            ("bigquery.googleapis.com", "tables") => "table",
            ("spanner.googleapis.com", "instances") => "Spanner instance",
            ("spanner.googleapis.com", "databases") => "Spanner database",
            other => panic!("{other:?} has no short name"),
        };
        // What lies inside of another thing is named with it.
        let inside = match kind {
            "table" => format!("{}.{name}", parts[3]),
            "Spanner database" => format!("{}/{name}", parts[3]),
            _ => name.to_owned(),
        };
        let mut short = format!("{} on {kind}", grant.role.trim_start_matches("roles/"));
        if kind != "the project" {
            short.extend([" ", inside.as_str()]);
        }
        if project != self.place.project && project != "_" {
            short.extend([" in ", project]);
        }
        if let Some((title, _)) = &grant.condition {
            short.extend([" if ", title]);
        }
        short
    }
}

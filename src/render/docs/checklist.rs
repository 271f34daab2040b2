//! The rollout checklist of the field: for each item whether it holds, and the resources that make it so.

use std::collections::BTreeSet;

use super::evidence::{Evidence, evidence};
use super::passwords;

use crate::plan::connections;
use crate::plan::model::{
    Auth, BinaryAuthorization, CacheEngine, Delivery, Exception, Ingress, KeyProtection, PROVIDER,
    Perimeter, PerimeterMode, Plan, Queue, Service, Stage, Subscription, WafAction, WafMode,
    Workload,
};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};
use crate::render::terraform::id;
use crate::rules::{self, Rule};

/// The items of environments whose evidence is alike.
pub struct Checklist {
    /// The environments, when there are others too.
    pub environments: Quoted,
    pub named: bool,
    /// A heading for the state of each.
    pub names: Vec<Quoted>,
    /// Whose files the evidence names.
    pub evidence_of: Quoted,
    pub rows: Vec<Row>,
}

/// An item, its state in each environment and its evidence.
pub struct Row {
    pub item: Quoted,
    pub states: Vec<Quoted>,
    pub evidence: Quoted,
}

/// An item in one environment.
struct Item {
    title: &'static str,
    state: Md,
    evidence: Vec<Evidence>,
}

/// The checklists: one for all environments whose evidence stands in files of the same names.
pub fn list(plans: &[Plan]) -> Vec<Checklist> {
    let mut groups: Vec<Vec<(&Plan, Vec<Item>)>> = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let mut items = items(plan);
        items.extend(watched(plan, &plans[..at], plans));
        let alike = |group: &&mut Vec<(&Plan, Vec<Item>)>| {
            let (_, first) = &group[0];
            first.len() == items.len()
                && first
                    .iter()
                    .zip(&items)
                    .all(|(one, other)| one.evidence == other.evidence)
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push((plan, items)),
            None => groups.push(vec![(plan, items)]),
        }
    }
    let named = groups.len() > 1;
    groups
        .into_iter()
        .map(|group| checklist(&group, named))
        .collect()
}

fn checklist(group: &[(&Plan, Vec<Item>)], named: bool) -> Checklist {
    let headings: Vec<Md> = group
        .iter()
        .map(|(plan, _)| md("").code(&plan.environment))
        .collect();
    let (shown, first) = &group[0];
    let rows = first.iter().enumerate().map(|(at, item)| Row {
        item: md(item.title).done(),
        states: group
            .iter()
            .map(|(_, items)| items[at].state.clone().done())
            .collect(),
        evidence: evidence(&shown.environment, &item.evidence).done(),
    });
    Checklist {
        environments: Md::list(headings.clone()).done(),
        named,
        evidence_of: if group.len() > 1 {
            md(" (").md(&headings[0]).say("; the others have the same)")
        } else {
            Md::default()
        }
        .done(),
        names: headings.into_iter().map(Md::done).collect(),
        rows: rows.collect(),
    }
}

fn items(plan: &Plan) -> Vec<Item> {
    let mut items = vec![
        public(plan),
        internal(plan),
        invokers(plan),
        iap(plan),
        egress(plan),
        database(plan),
        pool(plan),
        waf(plan),
        preview(plan),
        accounts(plan),
        secrets(plan),
        audit_logs(plan),
        org_policies(plan),
    ];
    if plan.caches.iter().any(|one| !one.existing) {
        items.push(caches(plan));
    }
    if of_the_blueprint(plan).next().is_some() {
        items.push(messages(plan));
    }
    if plan.queues.iter().any(|queue| !queue.existing) {
        items.push(tasks(plan));
    }
    if !plan.buckets.is_empty() {
        items.push(buckets(plan));
    }
    if plan.firestores.iter().any(|one| !one.existing) {
        items.push(firestores(plan));
    }
    if plan.keys.iter().any(|key| !key.existing) {
        items.push(keys(plan));
    }
    if !plan.log_sinks.is_empty() {
        items.push(logs(plan));
    }
    if let Some(written) = plan
        .binary_authorization
        .as_ref()
        .filter(|one| !one.retiring)
    {
        items.push(images(plan, written));
    }
    if let Some(perimeter) = plan.perimeter.as_ref() {
        items.push(around(plan, perimeter));
    }
    if let Some(delivery) = &plan.delivery {
        items.push(pipeline(delivery));
    }
    items
}

/// An item that holds, but for what is against it; without anything that it is about, it does not apply.
fn item(title: &'static str, against: Vec<Md>, evidence: Vec<Evidence>) -> Item {
    let state = if !against.is_empty() {
        Md::list(against)
    } else if evidence.is_empty() {
        md("does not apply")
    } else {
        md("yes")
    };
    Item {
        title,
        state,
        evidence,
    }
}

/// The exceptions from a rule, and the elements that would need one and have none.
fn against<'a>(plan: &Plan, rule: &Rule, open: impl Iterator<Item = &'a Service>) -> Vec<Md> {
    let written = plan
        .exceptions
        .iter()
        .filter(|exception| exception.rule == rule.code);
    let excepted: BTreeSet<&str> = written
        .clone()
        .map(|exception| exception.element.as_str())
        .collect();
    let words = |exception: &Exception| {
        md("**exception** ")
            .code(&exception.rule)
            .say(" on ")
            .code(&exception.element)
            .say(" until ")
            .text(&exception.expires)
            .say(": “")
            .text(&exception.reason)
            .say("”")
    };
    let mut against: Vec<Md> = written.map(words).collect();
    against.extend(
        open.map(|service| format!("services.{}", service.name))
            .filter(|element| !excepted.contains(element.as_str()))
            .map(|element| md("**not** ").code(&element)),
    );
    against
}

fn public(plan: &Plan) -> Item {
    let mut evidence = Vec::new();
    for service in plan.services.iter().filter(|service| service.public) {
        evidence.push(Evidence::service(service));
    }
    if let Some(edge) = &plan.edge {
        let backends = edge.backends.iter().map(|backend| {
            Evidence::services(
                "load-balancer.tf",
                "google_compute_backend_service",
                &backend.name,
            )
        });
        evidence.extend(backends);
    }
    let services = plan.services.iter();
    let open = services.filter(|service| service.ingress == Ingress::All);
    item(
        "Public services only through the load balancer",
        against(plan, rules::ALL_INGRESS, open),
        evidence,
    )
}

fn internal(plan: &Plan) -> Item {
    let internal = plan
        .services
        .iter()
        .filter(|service| service.ingress == Ingress::Internal);
    let edges = plan.internal_edge.iter().map(|edge| {
        let kind = "google_compute_forwarding_rule";
        Evidence::services("internal-load-balancer.tf", kind, &edge.name)
    });
    item(
        "Internal services stay internal",
        Vec::new(),
        internal.map(Evidence::service).chain(edges).collect(),
    )
}

fn invokers(plan: &Plan) -> Item {
    let services = plan.services.iter();
    let open = services.filter(|service| service.auth == Auth::Anonymous);
    item(
        "Callers have the invoker role and send an ID token",
        against(plan, rules::ANONYMOUS_ACCESS, open),
        plan.services.iter().map(Evidence::policy).collect(),
    )
}

fn iap(plan: &Plan) -> Item {
    let mut evidence = Vec::new();
    if let Some(edge) = &plan.edge {
        let kind = "google_iap_web_backend_service_iam_binding";
        let backends = edge.backends.iter().filter(|backend| backend.iap);
        evidence.extend(
            backends.map(|backend| Evidence::services("load-balancer.tf", kind, &backend.name)),
        );
    }
    let kind = "google_iap_web_cloud_run_service_iam_binding";
    let services = plan.services.iter().filter(|service| service.iap);
    evidence.extend(services.map(|service| {
        let file = format!("service-{}.tf", service.name);
        Evidence::services(&file, kind, &service.name)
    }));
    item(
        "People sign in with IAP before a request reaches the code",
        Vec::new(),
        evidence,
    )
}

/// Services, jobs and workers: file, kind and name of their resource, and what runs.
fn workloads(plan: &Plan) -> impl Iterator<Item = (Evidence, &Workload)> {
    let services = plan.services.iter();
    let jobs = plan.jobs.iter();
    services
        .map(|service| (Evidence::service(service), &service.workload))
        .chain(jobs.map(|job| {
            let file = format!("job-{}.tf", job.name);
            let evidence = Evidence::services(&file, "google_cloud_run_v2_job", &job.name);
            (evidence, &job.workload)
        }))
        .chain(plan.workers.iter().map(|worker| {
            let file = format!("worker-{}.tf", worker.name);
            let kind = "google_cloud_run_v2_worker_pool";
            (
                Evidence::services(&file, kind, &worker.name),
                &worker.workload,
            )
        }))
}

fn egress(plan: &Plan) -> Item {
    let outside = workloads(plan).filter(|(_, workload)| workload.vpc.is_none());
    let outside = outside.map(|(_, workload)| md("").code(&workload.account.element));
    let outside = Md::list(outside);
    let mut state = Vec::new();
    if !outside.is_empty() {
        state.push(md("**not** ").md(&outside));
    }
    if plan
        .network
        .as_ref()
        .is_some_and(|network| network.own.is_none())
    {
        state.push(md("yes; the firewall is in its owner's hands"));
    }
    let mut evidence = Vec::new();
    if let Some(network) = &plan.network
        && let Some(own) = &network.own
    {
        let subnetwork = &network.subnetwork.name;
        evidence.push(Evidence::foundation(
            "network.tf",
            "google_compute_subnetwork",
            subnetwork,
        ));
        evidence.extend(
            own.firewall.iter().map(|rule| {
                Evidence::foundation("network.tf", "google_compute_firewall", &rule.name)
            }),
        );
    }
    let inside = workloads(plan).filter(|(_, workload)| workload.vpc.is_some());
    evidence.extend(inside.map(|(evidence, _)| evidence));
    item(
        "Direct VPC egress, and a firewall that names what may leave",
        state,
        evidence,
    )
}

fn database_file(name: &str) -> String {
    format!("database-{name}.tf")
}

fn database(plan: &Plan) -> Item {
    let mut evidence = Vec::new();
    for database in plan.databases.iter().filter(|database| !database.existing) {
        let file = database_file(&database.name);
        let kind = "google_sql_database_instance";
        evidence.push(Evidence::foundation(&file, kind, &database.name));
        evidence.extend(database.users.iter().map(|user| {
            let name = format!("{}_{}", id(&database.name), id(&user.account));
            Evidence::foundation(&file, "google_sql_user", &name)
        }));
    }
    let users = passwords::users(plan).into_iter();
    let with = users.map(|user| md("**not** by IAM: ").md(&user).say(", with a password"));
    item(
        "Databases private, with IAM login and TLS",
        with.collect(),
        evidence,
    )
}

fn caches(plan: &Plan) -> Item {
    let caches = plan.caches.iter().filter(|cache| !cache.existing);
    let evidence = caches.map(|cache| {
        let kind = match cache.engine {
            CacheEngine::Valkey(_) => "google_memorystore_instance",
            CacheEngine::Redis => "google_redis_cluster",
        };
        Evidence::foundation("caches.tf", kind, &cache.name)
    });
    let blind = plan.workloads().filter(|workload| {
        let read = |cache: &String| {
            let mut secrets = plan.secrets.iter();
            secrets.any(|one| {
                one.authority_of.as_ref() == Some(cache) && workload.secrets.contains(&one.name)
            })
        };
        !workload.caches.iter().all(read)
    });
    let blind = blind.map(|workload| {
        md("**not** checked by ")
            .code(workload.name())
            .say(": it reads no authority")
    });
    let blind = blind.collect();
    item(
        "Caches private, with IAM login and TLS",
        blind,
        evidence.collect(),
    )
}

/// What a database has to accept against what it accepts.
fn pool(plan: &Plan) -> Item {
    let sized = plan
        .databases
        .iter()
        .filter(|database| database.max_connections > 0);
    let sums = sized.map(|database| {
        md("yes: ")
            .code(&database.name)
            .say(" needs ")
            .number(connections(plan, &database.name))
            .say(" of ")
            .number(database.max_connections)
    });
    let sums = sums.collect();
    let own = plan.databases.iter().filter(|database| !database.existing);
    let evidence = own
        .map(|database| {
            let kind = "google_sql_database_instance";
            Evidence::foundation(&database_file(&database.name), kind, &database.name)
        })
        .collect();
    item("Connection pools fit, during a rollout too", sums, evidence)
}

fn waf(plan: &Plan) -> Item {
    let mut lacks = against(plan, rules::WAF_WITHOUT_RULES, std::iter::empty());
    lacks.extend(against(plan, rules::WAF_TRUST, std::iter::empty()));
    lacks.extend(past_the_waf(plan));
    for waf in plan.wafs.iter().filter(|_| plan.edge.is_some()) {
        let mut rules = waf.rules.iter();
        let limited =
            rules.any(|rule| matches!(rule.action, WafAction::Throttle(_) | WafAction::Ban(..)));
        if !limited {
            lacks.push(md("no rate limit in ").code(&waf.name));
        }
        if !waf.adaptive {
            lacks.push(md("no adaptive protection in ").code(&waf.name));
        }
    }
    item(
        "WAF, rate limit and adaptive protection",
        lacks,
        waf_evidence(plan),
    )
}

/// What is reached past the load balancer meets no WAF.
fn past_the_waf(plan: &Plan) -> Vec<Md> {
    let services = plan.services.iter();
    let open = services.filter(|service| service.ingress == Ingress::All);
    against(plan, rules::ALL_INGRESS, open)
}

fn waf_evidence(plan: &Plan) -> Vec<Evidence> {
    let wafs = plan.wafs.iter();
    wafs.map(|waf| Evidence::services("waf.tf", "google_compute_security_policy", &waf.name))
        .collect()
}

fn preview(plan: &Plan) -> Item {
    let modes: BTreeSet<&'static str> = plan
        .wafs
        .iter()
        .map(|waf| match waf.mode {
            WafMode::Preview => "in preview: [read the logs](#rollout-of-the-waf), then enforce",
            WafMode::Enforce => "enforced",
        })
        .collect();
    let mut state: Vec<Md> = modes.into_iter().map(md).collect();
    state.extend(past_the_waf(plan));
    item(
        "WAF in preview before it is enforced",
        state,
        waf_evidence(plan),
    )
}

fn accounts(plan: &Plan) -> Item {
    let accounts = plan.accounts.iter();
    item(
        "A service account each, without keys",
        Vec::new(),
        accounts
            .map(|account| {
                Evidence::foundation("service-accounts.tf", "google_service_account", &account.id)
            })
            .collect(),
    )
}

/// A pipeline of one branch, without a key.
fn pipeline(delivery: &Delivery) -> Item {
    let of = |kind, name| Evidence::foundation("delivery.tf", kind, name);
    item(
        "The pipeline deploys without a key, from one branch, what it has to and nothing else",
        Vec::new(),
        vec![
            of("google_iam_workload_identity_pool", &delivery.github.pool),
            of("google_iam_workload_identity_pool_provider", PROVIDER),
        ],
    )
}

fn secrets(plan: &Plan) -> Item {
    let own = plan.secrets.iter().filter(|secret| !secret.existing);
    item(
        "Secrets in Secret Manager, pinned where they are read once",
        Vec::new(),
        own.map(|secret| {
            Evidence::foundation("secrets.tf", "google_secret_manager_secret", &secret.name)
        })
        .collect(),
    )
}

fn buckets(plan: &Plan) -> Item {
    let own = plan.buckets.iter().filter(|bucket| !bucket.existing);
    item(
        "Buckets closed to the internet, with rights on the bucket alone",
        Vec::new(),
        own.map(|bucket| Evidence::foundation("buckets.tf", "google_storage_bucket", &bucket.name))
            .collect(),
    )
}

/// Databases of Firestore that can be had back.
fn firestores(plan: &Plan) -> Item {
    let own = || plan.firestores.iter().filter(|one| !one.existing);
    let lost = own().filter(|one| !one.pitr);
    item(
        "Databases of Firestore with a right for each alone, and as they were a week ago",
        lost.map(|one| md("").code(&one.name).say(": for an hour only"))
            .collect(),
        own()
            .map(|one| {
                Evidence::foundation("firestores.tf", "google_firestore_database", &one.name)
            })
            .collect(),
    )
}

/// Keys of which each has its own users; what lies in software is against it.
fn keys(plan: &Plan) -> Item {
    let own = || plan.keys.iter().filter(|key| !key.existing);
    let soft = own().filter(|key| key.protection == KeyProtection::Software);
    item(
        "Keys in hardware security modules, with rights on each key alone",
        soft.map(|key| md("").code(&key.name).say(": in software"))
            .collect(),
        own()
            .map(|key| Evidence::foundation("keys.tf", "google_kms_crypto_key", &key.name))
            .collect(),
    )
}

fn audit_logs(plan: &Plan) -> Item {
    let logs = plan.audit_logs.iter();
    let evidence: Vec<Evidence> = logs
        .map(|log| {
            Evidence::foundation(
                "audit-logs.tf",
                "google_project_iam_audit_config",
                &log.service,
            )
        })
        .collect();
    let mut off = against(plan, rules::AUDIT_LOGS_OFF, std::iter::empty());
    if evidence.is_empty() && off.is_empty() {
        off.push(md("**off**"));
    }
    item("Audit logs of data access", off, evidence)
}

/// A policy that is somebody else's is asked by what runs.
fn images(plan: &Plan, written: &BinaryAuthorization) -> Item {
    let logs = written.only_logs().then(|| md("only logged"));
    let kind = "google_binary_authorization_policy";
    let evidence = if written.policy.is_some() {
        vec![Evidence::foundation(
            "binary-authorization.tf",
            kind,
            "this",
        )]
    } else {
        plan.services.iter().map(Evidence::service).collect()
    };
    item(
        "An image runs when the project's policy admits it",
        logs.into_iter().collect(),
        evidence,
    )
}

/// A perimeter that its owners keep is asked all the same: the network leads to it.
fn around(plan: &Plan, perimeter: &Perimeter) -> Item {
    let mut against = Vec::new();
    match perimeter.mode {
        PerimeterMode::Enforced => {}
        PerimeterMode::DryRun => against.push(md("only logged")),
        PerimeterMode::Off => against.push(md("on its way out")),
    }
    if perimeter.own.is_none() {
        against.push(md("its owners keep it"));
    }
    let kind = "google_access_context_manager_service_perimeter";
    let own = perimeter.own.iter();
    let own = own.map(|_| Evidence::new(Stage::Governance, "perimeter.tf", kind, "this"));
    let zones = plan.network.iter().flat_map(|network| &network.zones);
    let zones = zones.filter(|zone| zone.dns_name == "googleapis.com.");
    let zones =
        zones.map(|zone| Evidence::foundation("dns.tf", "google_dns_managed_zone", &zone.name));
    item(
        "Google's APIs ask a perimeter where a call comes from and goes to",
        against,
        own.chain(zones).collect(),
    )
}

/// Who may change the project may delete a log bucket that is not locked; what leads elsewhere is kept as it is kept there.
fn logs(plan: &Plan) -> Item {
    let sinks = plan.log_sinks.iter();
    let open = sinks.clone().filter_map(|sink| match sink.to.own() {
        Some(own) if own.locked => None,
        Some(_) => Some(md("not locked: ").code(&sink.name)),
        None => Some(md("as long as its target keeps them: ").code(&sink.name)),
    });
    let kind = "google_logging_project_sink";
    let evidence = sinks.map(|sink| Evidence::foundation("log-sinks.tf", kind, &sink.name));
    item(
        "Logs are kept where nobody can change them",
        open.collect(),
        evidence.collect(),
    )
}

/// The subscriptions that are made because the blueprint has them.
fn of_the_blueprint(plan: &Plan) -> impl Iterator<Item = &Subscription> + Clone {
    let all = plan.subscriptions.iter();
    all.filter(|one| !one.existing && !plan.keeps_rotations(one))
}

/// Pushed messages bring a token, which makes of each push without dead letters the only thing that can be against it.
fn messages(plan: &Plan) -> Item {
    let made = of_the_blueprint(plan);
    let lost = made
        .clone()
        .filter(|one| (one.push.is_some() || one.sink.is_some()) && one.dead_letter.is_none());
    let lost = lost.map(|one| md("no dead letters of ").code(&one.name));
    let against = lost.collect();
    let kind = "google_pubsub_subscription";
    let evidence = made.map(|one| Evidence::new(one.stage(), "subscriptions.tf", kind, &one.name));
    let evidence = evidence.collect();
    item(
        "Messages are pushed with a token, and none is lost",
        against,
        evidence,
    )
}

/// A queue that addresses every task and adds the token leaves nothing to the code.
fn tasks(plan: &Plan) -> Item {
    let made = plan.queues.iter().filter(|queue| !queue.existing);
    let addressed = |queue: &Queue| {
        let target = queue.target.as_ref();
        target.is_some_and(|target| target.host.is_some())
    };
    let open = made.clone().filter(|queue| !addressed(queue));
    let open = open.map(|queue| md("the code addresses tasks of ").code(&queue.name));
    let kind = "google_cloud_tasks_queue";
    let evidence = made.map(|queue| Evidence::foundation("queues.tf", kind, &queue.name));
    item(
        "Tasks bring a token and go where their queue says",
        open.collect(),
        evidence.collect(),
    )
}

/// Whether somebody hears of an environment, where somebody does of any. One that nobody hears of has the evidence of those
/// before it, so that it stands in a row with them.
fn watched(plan: &Plan, before: &[Plan], all: &[Plan]) -> Option<Item> {
    let told = |plan: &&Plan| plan.monitoring.is_some();
    all.iter().find(told)?;
    let shown = if plan.monitoring.is_some() {
        Some(plan)
    } else {
        before.iter().find(told)
    };
    let channels = shown.into_iter().flat_map(|plan| &plan.monitoring);
    let channels = channels.flat_map(|monitoring| &monitoring.channels);
    let kind = "google_monitoring_notification_channel";
    let nobody = plan.monitoring.is_none().then(|| md("**nobody**"));
    Some(item(
        "Somebody hears of it when something fails or opens",
        nobody.into_iter().collect(),
        channels
            .map(|channel| Evidence::services("monitoring.tf", kind, &channel.address))
            .collect(),
    ))
}

fn org_policies(plan: &Plan) -> Item {
    let policies = plan.org_policies.iter();
    let evidence: Vec<Evidence> = policies
        .map(|policy| {
            Evidence::new(
                Stage::Governance,
                "org-policies.tf",
                "google_org_policy_policy",
                &policy.constraint,
            )
        })
        .collect();
    let none = if evidence.is_empty() {
        vec![md("not asked for")]
    } else {
        Vec::new()
    };
    item("Organisation policies that keep it so", none, evidence)
}

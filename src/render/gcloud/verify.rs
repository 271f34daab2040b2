//! `verify.sh`: reads the live settings back and compares each fact.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use askama::filters::Safe;

use super::{
    ahead, binary_authorization, buckets, caches, channels, database, datasets, delivery, edge,
    events, filters, firestores, grants, internal, keys, log_sinks, messages, monitoring, network,
    perimeter, queues, registries, rotation, schedules, secrets, traffic, waf, workflow,
};
use crate::plan::BY_NETWORK;
use crate::plan::google::roles;
use crate::plan::model::{
    CiOwns, Condition, Edge, Fact, Network, Part, Plan, Principal, Resource, Text,
};
use crate::render::quote::Quoted;
use crate::render::quote::shell::value_variable;

#[derive(Template)]
#[template(path = "gcloud/verify.sh.j2")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the script that is there or not"
)]
struct Verify<'a> {
    source: &'a str,
    name: &'a str,
    environment: &'a str,
    /// Whether anything runs in several regions.
    regions: bool,
    number: bool,
    traffic: bool,
    rotation: bool,
    passwords: bool,
    messages: bool,
    bucket: bool,
    key: bool,
    schedules: bool,
    workflows: bool,
    queues: bool,
    registries: bool,
    caches: bool,
    /// Whether some of them are made here.
    caches_made: bool,
    firestores: bool,
    datasets: bool,
    /// Whether some of them are made here.
    datasets_made: bool,
    channels: bool,
    /// Whether anybody publishes to channels.
    publishing: bool,
    events: bool,
    logging: bool,
    log_tables: bool,
    monitoring: bool,
    delivery: bool,
    encryption: bool,
    binary_authorization: bool,
    perimeter: bool,
    /// Whether the load balancer leads to several regions.
    spread: bool,
    sinks: bool,
    schemas: bool,
    values: Vec<(Quoted, Quoted)>,
    shorts: Vec<(String, Text)>,
    ahead: Vec<Quoted>,
    /// What roles are granted under, each once.
    conditions: BTreeSet<(&'a str, &'a Condition)>,
    places: Vec<GrantPlace>,
    facts: Vec<FactView<'a>>,
    unread: Vec<String>,
    services: Vec<(&'a str, Option<u32>)>,
    workers: Vec<(&'a str, u32)>,
    wafs: Vec<(String, &'a str, Vec<u32>)>,
    policies: Vec<(&'static str, &'a str, Vec<&'a str>)>,
    inherited: Vec<&'static str>,
    edge: Option<(&'a str, Vec<&'a str>)>,
    internal_edge: Option<(&'a str, Vec<&'a str>)>,
}

/// A resource whose policy holds grants.
pub(super) struct GrantPlace {
    pub(super) what: String,
    /// The command that sets its policy, from which the one that reads it follows.
    pub(super) command: Vec<String>,
}

struct FactView<'a> {
    key: String,
    promised: &'a str,
    reader: Vec<String>,
}

/// How a fact is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// By this reader of `verify.sh`.
    By(Vec<String>),
    /// It stands nowhere in the cloud: it is Terraform's own, or the blueprint's.
    Nowhere,
    /// It is what everything is looked up by: were it another, nothing would be found.
    Named,
    /// A pipeline changes it, and no script puts it back.
    Pipeline,
}

/// The script.
pub(super) fn script(plan: &Plan) -> String {
    let known = Known::of(plan);
    let mut facts = Vec::new();
    let mut unread = Vec::new();
    for fact in &plan.facts {
        match reading(plan, &known, fact) {
            Some(Reading::By(reader)) => facts.push(FactView {
                key: fact.key(),
                promised: &fact.value,
                reader,
            }),
            Some(Reading::Nowhere) => {
                unread.push(format!("{}: stands nowhere in the cloud", fact.key()));
            }
            Some(Reading::Named) => {
                unread.push(format!(
                    "{}: everything here is looked up by it",
                    fact.key()
                ));
            }
            Some(Reading::Pipeline) => {
                unread.push(format!("{}: a pipeline decides it", fact.key()));
            }
            None => unread.push(format!("{}: this script cannot read it", fact.key())),
        }
    }
    let regions = super::regions(plan).is_some();
    let places = places(plan);
    let shorts = shorts(plan);
    let parts: BTreeSet<&Part> = shorts.iter().flat_map(|(_, text)| text.parts()).collect();
    let values = plan
        .values
        .iter()
        .filter(|(name, _)| parts.contains(&Part::Value((*name).clone())));
    crate::render::text(&Verify {
        source: &plan.source,
        name: &plan.project.name,
        environment: &plan.environment,
        regions,
        number: parts.contains(&Part::ProjectNumber)
            || messages::pushes(plan)
            || !plan.schedules.is_empty()
            || queues::any(plan)
            || plan.own_perimeter().is_some(),
        traffic: traffic::any(plan),
        rotation: rotation::any(plan),
        passwords: plan.has_password_users(),
        // A schedule may publish, an event may tell of a message, a log sink may lead to a topic, and a topic is shown in the
        // same words.
        messages: messages::any(plan)
            || !plan.schedules.is_empty()
            || !plan.events.is_empty()
            || !plan.log_sinks.is_empty(),
        schedules: !plan.schedules.is_empty(),
        workflows: !plan.workflows.is_empty(),
        queues: !plan.queues.is_empty(),
        registries: !plan.registries.is_empty(),
        caches: !plan.caches.is_empty(),
        caches_made: plan.caches.iter().any(|one| !one.existing),
        firestores: !plan.firestores.is_empty(),
        datasets: !plan.datasets.is_empty(),
        datasets_made: datasets::any(plan),
        channels: plan.makes_channels(),
        publishing: !plan.channels.is_empty(),
        events: !plan.events.is_empty(),
        logging: log_sinks::any(plan),
        log_tables: log_sinks::tables(plan),
        monitoring: plan.monitoring.is_some(),
        delivery: plan.delivery.is_some(),
        encryption: plan.encryption,
        binary_authorization: plan.binary_authorization.is_some(),
        perimeter: plan.own_perimeter().is_some(),
        sinks: messages::sinks(plan),
        schemas: messages::schemas(plan),
        bucket: buckets::any(plan),
        key: keys::ring(plan).is_some(),
        values: values
            // The command is taken as the blueprint has it.
            .map(|(name, value)| (Safe(value_variable(name)), Safe(value.gcloud.clone())))
            .collect(),
        spread: regions && plan.edge.is_some(),
        ahead: ahead::lines(plan, &places).into_iter().map(Safe).collect(),
        conditions: conditions(plan),
        places,
        shorts,
        facts,
        unread,
        services: ceilings(plan),
        workers: instances(plan),
        wafs: wafs(plan),
        policies: policies(plan),
        inherited: roles::inherited(plan),
        edge: plan
            .edge
            .as_ref()
            .map(|edge| (edge.name.as_str(), backends(edge))),
        internal_edge: plan.internal_edge.as_ref().map(|edge| {
            let backends = [&edge.refuse].into_iter().chain(&edge.backends);
            (edge.name.as_str(), backends.map(String::as_str).collect())
        }),
    }) + "\n"
}

/// The services with the most instances that each may have; none where a pipeline decides it.
fn ceilings(plan: &Plan) -> Vec<(&str, Option<u32>)> {
    plan.services
        .iter()
        .map(|service| {
            let by_pipeline = service.ci_owns.contains(&CiOwns::Template);
            (service.name.as_str(), (!by_pipeline).then_some(service.max))
        })
        .collect()
}

/// The workers with how many instances each has.
fn instances(plan: &Plan) -> Vec<(&str, u32)> {
    let workers = plan.workers.iter();
    workers
        .map(|worker| (worker.name.as_str(), worker.instances))
        .collect()
}

/// What roles are granted under.
fn conditions(plan: &Plan) -> BTreeSet<(&str, &Condition)> {
    let grants = plan.grants.iter();
    grants
        .filter_map(|grant| Some((grant.role.as_str(), grant.condition.as_ref()?)))
        .collect()
}

/// The WAFs with the priorities of their rules, each under the name that facts know it by.
fn wafs(plan: &Plan) -> Vec<(String, &str, Vec<u32>)> {
    let prefix = format!("{}-", plan.project.name);
    let view = |waf: &'_ crate::plan::model::Waf| {
        let own = waf.name.strip_prefix(&prefix);
        own.map_or_else(|| "waf".to_owned(), |own| format!("waf.{own}"))
    };
    plan.wafs
        .iter()
        .map(|waf| {
            let priorities = waf.rules.iter().map(|rule| rule.priority).collect();
            (view(waf), waf.name.as_str(), priorities)
        })
        .collect()
}

/// The backends that the load balancer leads to.
fn backends(edge: &Edge) -> Vec<&str> {
    let of_services = edge.backends.iter().map(|backend| backend.name.as_str());
    std::iter::once(edge.refuse.as_str())
        .chain(of_services)
        .collect()
}

/// The complete policies with their roles.
fn policies(plan: &Plan) -> Vec<(&'static str, &str, Vec<&str>)> {
    let services = plan.services.iter().map(|service| {
        let roles = service.policy.iter().map(|binding| binding.role.as_str());
        ("services", service.name.as_str(), roles.collect())
    });
    let jobs = plan.jobs.iter().map(|job| {
        let roles = job.policy.iter().map(|binding| binding.role.as_str());
        ("jobs", job.name.as_str(), roles.collect())
    });
    services.chain(jobs).collect()
}

/// Whom the facts call by a short name.
fn shorts(plan: &Plan) -> Vec<(String, Text)> {
    let mut shorts = BTreeMap::new();
    for account in plan
        .accounts
        .iter()
        .chain(plan.workloads().map(|workload| &workload.account))
        .chain(plan.workflows.iter().map(|workflow| &workflow.account))
    {
        let short = account.in_short(&plan.project.id);
        if short != account.email {
            let member = Text::from("serviceAccount:").then(&account.email);
            shorts.insert(member, short.to_owned());
        }
    }
    for grant in &plan.grants {
        let member = grant.to.member();
        let short = grant.to.in_short(&plan.project.id);
        // Who is called by the whole name needs no other.
        if member.known() != Some(&short) {
            shorts.insert(member, short);
        }
    }
    let mut shorts: Vec<(String, Text)> = shorts
        .into_iter()
        .map(|(member, short)| (short, member))
        .collect();
    shorts.sort();
    shorts
}

/// The resources that hold grants, each once, and the project, on which nobody shall hold more than is promised.
fn places(plan: &Plan) -> Vec<GrantPlace> {
    let project = plan.project.resource();
    let granted = plan.grants.iter().map(|grant| &grant.on);
    let resources: BTreeSet<&Resource> = granted.chain([&project]).collect();
    resources
        .into_iter()
        .map(|on| GrantPlace {
            what: on.in_short(&plan.project.id),
            command: grants::policy(plan, on),
        })
        .collect()
}

/// A reader and its words.
#[expect(clippy::unnecessary_wraps, reason = "each reader answers in this form")]
pub(super) fn by<const N: usize>(words: [&str; N]) -> Option<Reading> {
    Some(Reading::By(words.map(str::to_owned).into()))
}

/// Who has a role in the policy of something.
#[expect(clippy::unnecessary_wraps, reason = "each reader answers in this form")]
pub(super) fn who(plan: &Plan, on: &Resource, role: &str) -> Option<Reading> {
    let mut reader = ["holders", role, "nobody"].map(str::to_owned).to_vec();
    reader.extend(grants::policy(plan, on));
    Some(Reading::By(reader))
}

/// Who has a role in the policy of something under a condition of that title, or without any.
#[expect(clippy::unnecessary_wraps, reason = "each reader answers in this form")]
pub(super) fn who_under(plan: &Plan, on: &Resource, role: &str, title: &str) -> Option<Reading> {
    let mut reader = ["holders_under", role, title].map(str::to_owned).to_vec();
    reader.extend(grants::policy(plan, on));
    Some(Reading::By(reader))
}

/// What facts of services, jobs and workers are looked up in, so that the plan is not searched for each of them.
pub(super) struct Known<'a> {
    /// The backends by their services.
    backends: BTreeMap<&'a str, &'a str>,
    /// The regions of services that stand in for one elsewhere.
    regions: BTreeMap<&'a str, &'a str>,
    /// The accounts of what runs, by `run`, `run jobs` or `run worker-pools` and the element's name.
    accounts: BTreeMap<(&'static str, &'a str), &'a str>,
    /// What accounts are granted in other projects.
    elsewhere: BTreeMap<&'a str, BTreeSet<String>>,
    /// The services, jobs and workers whose images a pipeline puts in, by table and name. It may put them in by tag: then no
    /// script has another to put in its place.
    pipelines: BTreeSet<(&'static str, &'a str)>,
}

impl<'a> Known<'a> {
    fn of(plan: &'a Plan) -> Self {
        let backends = plan.edge.iter().flat_map(|edge| &edge.backends);
        let services = plan.services.iter();
        let services = services.map(|one| (("run", &one.name), &one.workload.account));
        let jobs = plan.jobs.iter();
        let jobs = jobs.map(|one| (("run jobs", &one.name), &one.workload.account));
        let workers = plan.workers.iter();
        let workers = workers.map(|one| (("run worker-pools", &one.name), &one.workload.account));
        let accounts = services.chain(jobs).chain(workers);
        let services = plan.services.iter();
        let services = services.map(|one| ("services", &one.name, &one.ci_owns));
        let jobs = plan.jobs.iter();
        let jobs = jobs.map(|one| ("jobs", &one.name, &one.ci_owns));
        let workers = plan.workers.iter();
        let workers = workers.map(|one| ("workers", &one.name, &one.ci_owns));
        let pipelines = services.chain(jobs).chain(workers);
        let pipelines = pipelines.filter(|(_, _, owned)| owned.iter().any(|one| one.has_image()));
        let mut elsewhere: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for grant in &plan.grants {
            if let Principal::Account { id: _, email } = &grant.to
                && grant.on.project() != plan.project.id
            {
                let of = elsewhere.entry(email).or_default();
                of.insert(grant.on.in_short(&plan.project.id));
            }
        }
        Self {
            backends: backends
                .flat_map(|backend| backend.groups.iter().map(move |group| (group, backend)))
                .map(|(group, backend)| (group.name.as_str(), backend.name.as_str()))
                .collect(),
            regions: (plan.services.iter())
                .filter(|one| one.stands_in_for.is_some())
                .map(|one| (one.name.as_str(), one.region.as_str()))
                .collect(),
            accounts: accounts
                .map(|((kind, name), account)| ((kind, name.as_str()), account.email.as_str()))
                .collect(),
            elsewhere,
            pipelines: pipelines
                .map(|(table, name, _)| (table, name.as_str()))
                .collect(),
        }
    }
}

/// How a fact is read; `None` where this program does not know.
fn reading(plan: &Plan, known: &Known<'_>, fact: &Fact) -> Option<Reading> {
    let Fact {
        element,
        name,
        value,
    } = fact;
    if value == BY_NETWORK {
        return Some(Reading::Nowhere);
    }
    let (kind, element) = element.split_once('.').unwrap_or((element, ""));
    if name == "images_by_tag" && known.pipelines.contains(&(kind, element)) {
        return Some(Reading::Pipeline);
    }
    match kind {
        "services" => service(plan, known, element, name),
        "jobs" => job(plan, known, element, name),
        "workers" => workload(plan, known, "run worker-pools", element, name),
        "databases" => database::reading(plan, element, name),
        "caches" => caches::reading(plan, element, name),
        "firestores" => firestores::reading(plan, element, name),
        "datasets" => datasets::reading(plan, element, name),
        "secrets" => secrets::reading(plan, element, name),
        "topics" => messages::topic(plan, element, name),
        "subscriptions" => messages::subscription(plan, element, name),
        "buckets" => buckets::reading(plan, element, name),
        "keys" => keys::reading(plan, element, name),
        "schedules" => schedules::reading(plan, element, name),
        "workflows" => workflow::reading(plan, known, element, name),
        "queues" => queues::reading(plan, element, name),
        "registries" => registries::reading(plan, element, name),
        "channels" => channels::reading(plan, element, name),
        "events" => events::reading(plan, element, name),
        "log_sinks" => log_sinks::reading(plan, element, name),
        "logs" => log_sinks::retention(name),
        "monitoring" => monitoring::reading(plan, name),
        "delivery" if name == "grants" => {
            let delivery = plan.delivery.as_ref()?;
            grants(known, &delivery.account.email)
        }
        "delivery" => delivery::reading(plan, name),
        "network" => network::reading(plan, name),
        "subnetworks" => {
            let mut all = plan.network.iter().flat_map(Network::subnetworks);
            network::subnetwork_reading(all.find(|one| one.region == element)?, name)
        }
        "load_balancer" => edge::reading(plan, name),
        "internal_load_balancer" => internal::reading(plan, name),
        "waf" => waf::reading(plan, element, name),
        "governance" => by(["org_policy", name]),
        "binary_authorization" => binary_authorization::reading(name),
        "perimeter" => perimeter::reading(plan, name),
        "audit_logs" if name == "services" => Some(Reading::Nowhere),
        "audit_logs" => by(["audited", name]),
        "exceptions" => Some(Reading::Nowhere),
        "project" if name == "state" => Some(Reading::Nowhere),
        "project" => Some(Reading::Named),
        _ => None,
    }
}

fn service(plan: &Plan, known: &Known<'_>, service: &str, name: &str) -> Option<Reading> {
    let backend = known.backends.get(service).copied().unwrap_or_default();
    let elsewhere = known.regions.get(service).copied();
    let region = elsewhere.unwrap_or(&plan.project.region);
    match name {
        "ingress" => by(["setting", "run", service, "--ingress", "all"]),
        "auth" => by(["authentication", service, backend]),
        "invoker_check" => by(["switch", "run", service, "--invoker-iam-check"]),
        "callers" => by(["callers", service]),
        "run_app" => by(["run_app", service]),
        "waf" if backend.is_empty() => Some(Reading::Nowhere),
        "waf" => by([
            "setting",
            "compute backend-services",
            backend,
            "--security-policy",
            "none",
        ]),
        "waf_bypass" => by(["bypass", service]),
        "logs" => by(["logged", backend]),
        "headers" => by([
            "lines_of",
            "compute backend-services",
            backend,
            "--custom-response-header",
            "none",
        ]),
        "iap" => by(["iap", service, backend]),
        "region" => by(["lies_in", service]),
        "reached_in" => by(["reached_in", backend]),
        "members" => {
            let (on, role) = plan.grants.iter().find_map(|grant| match &grant.on {
                on @ Resource::IapService { name, .. } if name == service => {
                    Some((on, &grant.role))
                }
                on @ Resource::IapBackend { name, .. } if name == backend => {
                    Some((on, &grant.role))
                }
                _ => None,
            })?;
            who(plan, on, role)
        }
        "domain_mappings" => by(["domains", service]),
        "traffic" | "tags" => traffic::reading(service, name),
        "audiences" => by(["set_of", "run", service, "--set-custom-audiences", "none"]),
        "developers" => holders(region, "services", service, roles::RUN_DEVELOPER),
        role if role.starts_with("roles/") => holders(region, "services", service, role),
        other => workload(plan, known, "run", service, other),
    }
}

fn holders(region: &str, kind: &str, name: &str, role: &str) -> Option<Reading> {
    let region = format!("--region={region}");
    by([
        "holders",
        role,
        "nobody",
        "gcloud",
        "run",
        kind,
        "add-iam-policy-binding",
        name,
        &region,
    ])
}

fn job(plan: &Plan, known: &Known<'_>, job: &str, name: &str) -> Option<Reading> {
    match name {
        "callers" => holders(&plan.project.region, "jobs", job, roles::RUN_INVOKER),
        "developers" => holders(&plan.project.region, "jobs", job, roles::RUN_DEVELOPER),
        role if role.starts_with("roles/") => holders(&plan.project.region, "jobs", job, role),
        other => workload(plan, known, "run jobs", job, other),
    }
}

/// What services, jobs and workers have in common.
fn workload(
    plan: &Plan,
    known: &Known<'_>,
    kind: &'static str,
    element: &str,
    name: &str,
) -> Option<Reading> {
    let network = plan.network.as_ref().map_or("", |network| &network.name);
    match name {
        // A refusal of Terraform's own.
        "deletion_protection" => Some(Reading::Nowhere),
        "egress" => by(["egress", kind, element]),
        "egress.internet" => by(["internet", kind, element, network]),
        "account" => by(["account", kind, element]),
        "encryption" => by(["key_of", kind, element, "--key"]),
        "binary_authorization" => by(["is_asked", kind, element]),
        "grants" => {
            let email = *known.accounts.get(&(kind, element))?;
            grants(known, email)
        }
        "images_by_tag" => by(["by_tag", kind, element]),
        _ => None,
    }
}

/// What an account is granted. The policies of other projects may not be readable from here, so it is said what is promised there.
#[expect(clippy::unnecessary_wraps, reason = "each reader answers in this form")]
pub(super) fn grants(known: &Known<'_>, email: &str) -> Option<Reading> {
    let mut reader = vec!["grants_of".to_owned(), format!("serviceAccount:{email}")];
    reader.extend(known.elsewhere.get(email).into_iter().flatten().cloned());
    Some(Reading::By(reader))
}
